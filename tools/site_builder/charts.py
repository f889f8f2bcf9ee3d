"""The charts of one notebook as the site shows them: picture, downloads, words, and how to cite them."""

from dataclasses import dataclass, replace

from mesoviz._notebooks._run import shown
from mesoviz._page import _style
from mesoviz._page._chart import Chart, _reference

NARROW = replace(_style.PAGES["column"], page=float("inf"))  # all of a chart, as wide as a phone
_PIXELS = 96  # of a page, an inch


class StaleNotebook(Exception):
    """What a notebook stores is not what its code shows now."""


@dataclass(frozen=True)
class Figure:
    """One chart of the site. Addresses are relative to the site's root."""

    notebook: str
    cell: str
    name: str
    title: str
    alt: str
    text: str
    wide: tuple[int, int]  # as shown, in pixels of the page
    narrow: tuple[int, int]  # on a phone
    references: tuple[str, ...]  # HTML, one a source
    trials: frozenset[str]  # drawn in it
    agents: frozenset[str]

    @property
    def page(self):
        return f"notebooks/{self.notebook}.html"

    @property
    def anchor(self):
        return f"chart-{self.name}"

    @property
    def address(self):
        return f"{self.page}#{self.anchor}"

    def file(self, kind):
        return f"charts/{self.notebook}/{self.name}.{kind}"


def figures(path, stored, root):
    """Write picture, SVG and CSV of each chart of a notebook below `root`; return its figures, cell by cell.

    `stored` maps the ids of cells to their stored outputs that hold a picture: what the code draws now must
    say the same, so that the site shows what readers of the notebook see.
    """
    drawn = {}
    for one in shown(path):
        if isinstance(one.value, Chart):
            drawn.setdefault(one.cell, []).append(one.value)
    if {cell: len(charts) for cell, charts in drawn.items()} != {
        cell: len(kept) for cell, kept in stored.items()
    }:
        raise StaleNotebook(f"{path.name} does not store the charts that its code draws: make notebooks.")
    return {
        cell: [
            _figure(path, cell, number, chart, output, root)
            for number, (chart, output) in enumerate(zip(charts, stored[cell], strict=True))
        ]
        for cell, charts in drawn.items()
    }


def _figure(path, cell, number, chart, output, root):
    if output["data"]["text/plain"] != chart.text:
        raise StaleNotebook(
            f"{path.name}, cell {cell} stores other words than its code writes: make notebooks."
        )
    name = f"{cell}-{number + 1}" if number else cell
    narrow = chart._again(NARROW, chart.title)
    data = chart.data
    figure = Figure(
        notebook=path.stem,
        cell=cell,
        name=name,
        title=chart.title,
        alt=chart.alt,
        text=chart.text,
        wide=_size(chart),
        narrow=_size(narrow),
        references=tuple(_reference(row) for row in chart.sources.to_dict("records")),
        trials=frozenset(data["trial"].dropna()) if "trial" in data else frozenset(),
        agents=frozenset(data["agent"].dropna()) if "agent" in data else frozenset(),
    )
    (root / figure.file("svg")).parent.mkdir(parents=True, exist_ok=True)
    chart.save(root / figure.file("svg"), csv=True)
    # Sharp on a phone and on a projector, too.
    for drawn, kind in ((chart, "png"), (narrow, "narrow.png")):
        drawn.save(root / figure.file(kind), dpi=2 * _PIXELS)
    return figure


def _size(chart):
    """Width and height of a drawn chart, in pixels of a page."""
    return tuple(round(_PIXELS * side) for side in chart.figure.get_size_inches())
