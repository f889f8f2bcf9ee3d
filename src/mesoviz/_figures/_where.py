"""Where a therapy is spoken of: an index of names to the notebooks' sections."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pandas as pd

from mesoviz._page import _given

_START = "00-"  # the start page holds the index itself
_HEADING = re.compile(r"^(#{1,2})\s+(.+?)\s*#*$")
_FENCE = re.compile(r"^(```|~~~)")
_COMMON = (
    "Key takeaways",
    "What you need to know",
    "Learning goals",
    "The table behind it",
    "Limits",
    "Try it yourself",
    "Quiz",
    "Glossary",
    "Sources",
)


def where(names: Iterable[str], *, folder: str | Path = ".") -> pd.DataFrame:
    """Find the sections of the notebooks that speak of each name.

    Parameters
    ----------
    names : iterable of str
        Names of therapies or targets, such as the `therapy` column of the claims. The words before a plus
        sign, comma or parenthesis are looked for, in any case; a name without such words is left out.
    folder : str or pathlib.Path, default "."
        Where the notebooks are.

    Returns
    -------
    pandas.DataFrame
        One row a name and section: `name`, `notebook`, `section` and `link`, in the order of the names and
        notebooks. A name that no section speaks of has one row without a section.

    Raises
    ------
    FileNotFoundError
        If the folder holds no notebook.

    Notes
    -----
    Prose, headings and code are read, not stored outputs, so that the index is the same while the notebooks
    are executed again. The start page and sections that every notebook has, such as its sources, are left
    out.

    Examples
    --------
    >>> import json, pathlib, tempfile, mesoviz as mv
    >>> cells = [{"cell_type": "markdown", "source": "# Which cells?"},
    ...          {"cell_type": "markdown", "source": "CAR T cells were given to few."}]
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = pathlib.Path(folder, "09-cells.ipynb").write_text(json.dumps({"cells": cells}))
    ...     mv.where(["CAR T cells (Kymriah)"], folder=folder).to_numpy().tolist()
    [['CAR T cells', '09-cells', 'Which cells?', '09-cells.ipynb#Which-cells?']]
    """
    wanted = dict.fromkeys(filter(None, map(_subject, _given.several(names, "names"))))
    sections = [section for path in _notebooks(Path(folder)) for section in _sections(path)]
    rows = []
    for name in wanted:
        pattern = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)", re.IGNORECASE)
        found = [section[:3] for section in sections if pattern.search(section[3])]
        rows += [(name, *section) for section in found] or [(name, None, None, None)]
    return pd.DataFrame(rows, columns=["name", "notebook", "section", "link"], dtype="str")


def _subject(name: str) -> str:
    return re.split(r"\s*(?:\s\+|\(|,)", name)[0].strip()


def _notebooks(folder: Path) -> list[Path]:
    paths = sorted(path for path in folder.glob("*.ipynb") if not path.name.startswith(_START))
    if not paths:
        raise FileNotFoundError(f"where: no notebook to look into in {str(folder)!r}.")
    return paths


def _sections(path: Path) -> Iterator[tuple[str, str, str, str]]:
    """Each section's notebook, heading, link, and its words and code."""
    title, lines = "", []
    for is_heading, line in _lines(path):
        if is_heading:
            yield from _section(path, title, lines)
            title, lines = line, [line]
        else:
            lines.append(line)
    yield from _section(path, title, lines)


def _section(path: Path, title: str, lines: list[str]) -> Iterator[tuple[str, str, str, str]]:
    if title and title not in _COMMON:
        yield path.stem, title, f"{path.name}#{title.replace(' ', '-')}", "\n".join(lines)


def _lines(path: Path) -> Iterator[tuple[bool, str]]:
    """All lines of a notebook's cells; headings of the first two levels as their bare words."""
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        fenced = False
        for line in "".join(cell["source"]).splitlines():
            fenced ^= bool(_FENCE.match(line))
            heading = _HEADING.match(line) if cell["cell_type"] == "markdown" and not fenced else None
            yield (True, heading[2]) if heading else (False, line)
