"""Execute a notebook's code cells in this process, and collect the objects that they show.

A kernel turns what a cell shows into text and pixels. Here a `Chart` stays a `Chart`, not yet drawn, so that
it can be drawn in another style, counted or linked to.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from contextlib import chdir
from dataclasses import dataclass
from pathlib import Path

_HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*$", re.MULTILINE)


class CellError(Exception):
    """A cell failed; the message names the notebook and the cell, its cause is the error itself."""


@dataclass(frozen=True)
class Shown:
    """An object that a code cell of a notebook shows, and where."""

    notebook: str  # the file's name without .ipynb
    number: int  # of the code cell, from 1, as notebooks count them
    cell: str  # the cell's id
    heading: str  # the nearest above it
    value: object
    title: str  # the notebook's first heading, else its name

    @property
    def anchor(self) -> str:
        """Where a link to the heading leads: Jupyter's own anchors are the heading with hyphens."""
        return self.heading.replace(" ", "-")


def folder() -> Path:
    """The project's notebooks; they stand beside the package in a clone of the project alone."""
    found = Path(__file__).resolve().parents[3] / "notebooks"
    if not found.is_dir():
        raise FileNotFoundError("the notebooks are not part of an installed package: use a clone of mesoviz.")
    return found


def read(path: str | Path) -> dict[str, object]:
    """A notebook as the dictionary that its file holds, the source of each cell as one text."""
    notebook = json.loads(Path(path).read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        cell["source"] = "".join(cell["source"])
    return notebook


def shown(path: str | Path) -> list[Shown]:
    """Run the code cells of one notebook in a fresh namespace, and return what they show, in order.

    As in Jupyter, a cell shows the value of its last line, and whatever it hands to ``display``; the working
    directory is the notebook's folder meanwhile. Nothing is written.

    Parameters
    ----------
    path : str or pathlib.Path
        An ``.ipynb`` file.

    Returns
    -------
    list of Shown
        One entry an object, whatever its kind: charts, tables, words.

    Raises
    ------
    CellError
        If a cell fails.

    Examples
    --------
    >>> import json, tempfile
    >>> cells = [
    ...     {"cell_type": "markdown", "id": "a", "source": "# Two numbers"},
    ...     {"cell_type": "code", "id": "b", "source": "one = 1\\none + 1"},
    ... ]
    >>> with tempfile.NamedTemporaryFile("w", suffix=".ipynb") as file:
    ...     json.dump({"cells": cells}, file)
    ...     file.flush()
    ...     [(one.heading, one.number, one.value) for one in shown(file.name)]
    [('Two numbers', 1, 2)]
    """
    path = Path(path)
    with chdir(path.parent):
        return list(_run(path.stem, read(path.name)["cells"]))


def title(cells: list[dict[str, object]]) -> str:
    """The question that a notebook answers: its first heading, where it has one."""
    texts = (cell for cell in cells if cell["cell_type"] == "markdown")
    return next((heading for cell in texts for heading in headings(cell)), "")


def headings(cell: dict[str, object]) -> list[str]:
    """The headings of a cell of text."""
    return _HEADING.findall(cell["source"])


def _run(name: str, cells: list[dict[str, object]]) -> Iterator[Shown]:
    values: list[object] = []
    namespace = {"__name__": "__main__", "display": lambda *shown: values.extend(shown)}
    question = title(cells) or name
    heading, number = "", 0
    for cell in cells:
        if cell["cell_type"] == "markdown":
            heading = next(reversed(headings(cell)), heading)
        if cell["cell_type"] != "code":
            continue
        number += 1
        values.clear()
        try:
            last = _execute(cell["source"], f"{name}, cell {number}", namespace)
        except Exception as error:
            raise CellError(f"{name}.ipynb, code cell {number}: {type(error).__name__}: {error}") from error
        for value in [*values, *([] if last is None else [last])]:
            yield Shown(name, number, cell.get("id", str(number)), heading, value, question)


def _execute(source: str, name: str, namespace: dict[str, object]) -> object:
    """Run a cell; the value of its last line where that is an expression."""
    body = ast.parse(source, name).body
    last = body.pop() if body and isinstance(body[-1], ast.Expr) else None
    exec(compile(ast.Module(body, []), name, "exec"), namespace)
    return None if last is None else eval(compile(ast.Expression(last.value), name, "eval"), namespace)
