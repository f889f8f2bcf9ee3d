"""The files of one figure, in a folder that appears whole: pictures in three sizes, words, sources, data."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import matplotlib as mpl

from mesoviz._export._choose import Figure
from mesoviz._page import _csv, _pages, _pdf, _style, _words
from mesoviz._page._chart import Chart

ROWS = 12  # on a slide
RECORD = "figure.json"


@cache
def _code() -> str:
    """What the look of all figures hangs on, besides their numbers and words: our code and matplotlib's."""
    package = Path(__file__).resolve().parents[1]
    code = hashlib.sha256(mpl.__version__.encode())
    for path in sorted(package.rglob("*.py")):
        code.update(path.read_bytes())
    return code.hexdigest()


def key(figure: Figure) -> str:
    """The same as long as the figure's files would be."""
    chart, shown = figure.chart, figure.shown
    parts = [_code(), chart.title, chart.alt, chart.text, shown.notebook, shown.title, shown.heading]
    parts += [frame.to_csv(index=False) for frame in (chart.data, chart.omitted, chart.sources)]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def sized(chart: Chart) -> dict[str, list[Chart]]:
    """The pages of a chart in each size."""
    slides = {"rows": ROWS, "takeaway": True}
    return {
        size: _pages.pages(chart, style, **(slides if size == "slide" else {}))
        for size, style in _style.PAGES.items()
    }


def caption(chart: Chart) -> str:
    """What stands under a figure in a paper."""
    cited = chart.sources["citation"].dropna().drop_duplicates()
    return (
        f"{_words.sentence(chart.title)} {chart.takeaway}. Data to {_words.DATA_TO}. Sources: "
        f"{'; '.join(cited)}. mesoviz, CC BY 4.0. Not medical advice."
    )


def current(folder: Path, figure: Figure) -> bool:
    """Whether the figure's files are there, and are what would be written now."""
    would = key(figure)
    try:
        record = json.loads((folder / figure.name / RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    files = record.get("files", {})
    return record.get("key") == would and all(
        _sum(folder / name) == told["sha256"] for name, told in files.items()
    )


def write(folder: Path, figure: Figure) -> None:
    """Write all files of a figure; its folder is replaced when they are whole."""
    chart = figure.chart
    fresh, place = folder / f".{figure.name}.part", folder / figure.name
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    files: dict[str, dict[str, object]] = {}
    for name, text in {
        "caption.txt": f"{caption(chart)}\n",
        "alt.txt": f"{chart.alt}\n",
        "words.txt": f"{chart.text}\n",
        "data.csv": _csv.text(chart.data),
        "sources.csv": _csv.text(chart.sources),
    }.items():
        (fresh / name).write_text(text, encoding="utf-8", newline="")
        files[name] = {}
    for size, pages in sized(chart).items():
        style = pages[0]._style
        # Type as it is when the page is shown as large as others of its size.
        type_pt = round(style.text * _style.PAGES[size].width / style.width, 1)
        of = {"size": size, "of": len(pages), "type_pt": type_pt}
        for number, page in enumerate(pages, 1):
            for kind in ("png", "svg"):
                page.save(fresh / f"{size}-{number}.{kind}")
                files[f"{size}-{number}.{kind}"] = of | {"alt": page.alt, "rows": len(page.data)}
        (fresh / f"{size}.pdf").write_bytes(_pdf.document(pages, chart.title, chart.alt))
        files[f"{size}.pdf"] = of | {"alt": chart.alt, "rows": len(chart.data)}
    record = {
        "name": figure.name,
        "title": chart.title,
        "takeaway": chart.takeaway,
        "alt": chart.alt,
        "notebook": figure.shown.notebook,
        "notebook_title": figure.shown.title,
        "section": figure.shown.heading,
        "cell": figure.shown.cell,
        "sources": len(chart.sources),
        "key": key(figure),
        "files": {
            f"{figure.name}/{name}": {**about, "sha256": _sum(fresh / name)} for name, about in files.items()
        },
    }
    (fresh / RECORD).write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8", newline="\n")
    shutil.rmtree(place, ignore_errors=True)
    fresh.rename(place)


def records(folder: Path, names: Iterable[str]) -> list[dict[str, object]]:
    """What was written of each figure."""
    return [json.loads((folder / name / RECORD).read_text(encoding="utf-8")) for name in names]


def _sum(path: Path) -> str:
    """The checksum of a file; none of one that is not there."""
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
