"""Make a handout of each notebook: one page to print, with its takeaways and the two charts tagged for it."""

import argparse
import sys
from dataclasses import replace
from pathlib import Path

import jinja2
from nbconvert.filters.markdown import markdown2html
from print_pdf import chromium, print_pdf
from slides_deck import fonts, inline

from mesoviz._notebooks import _run
from mesoviz._page import _words
from mesoviz._page._chart import Chart
from mesoviz._page._furniture import DoesNotFit
from mesoviz._page._say import Words
from mesoviz._page._style import Style

HERE = Path(__file__).resolve().parent
# As wide as the page's text, each as high as it needs.
LOOK = Style("handout", width=527, text=8.5, small=7.5, title=11, row=12.5, dpi=300, leading=1.2, whole=True)
CITED = 8  # sources that have room in one line
TALLEST = 660  # points of both charts together: taller ones would be drawn too small to read


def handout(path, folder):
    """Write the page of one notebook; its path."""
    cells = _run.read(path)["cells"]
    tagged = {cell.get("id") for cell in cells if "handout" in cell["metadata"].get("tags", [])}
    shown = _run.shown(path)
    charts = [one.value for one in shown if one.cell in tagged and isinstance(one.value, Chart)]
    told = [one.value for one in shown if one.heading == "Key takeaways" and isinstance(one.value, Words)]
    if len(charts) != 2 or not told:
        raise ValueError(f"{path.name}: {len(charts)} charts tagged for the handout, {len(told)} takeaways.")
    drawn = [_brief(chart) for chart in charts]
    heights = [round(72 * chart.figure.get_figheight()) for chart in drawn]
    if sum(heights) > TALLEST:
        raise ValueError(f"{path.name}: the charts are {sum(heights)} points high; a page has {TALLEST}.")
    pictures = [inline(chart, f"c{number}") for number, chart in enumerate(drawn)]
    takeaways = markdown2html("\n".join(words.markdown for words in told))
    template = (HERE / "handouts" / "handout.html.j2").read_text(encoding="utf-8")
    page = (
        jinja2.Environment(autoescape=True)
        .from_string(template)
        .render(
            title=_run.title(cells),
            takeaways=takeaways,
            charts=list(zip(heights, pictures, strict=True)),
            fonts=fonts("".join([*pictures, takeaways])),
            date=_words.DATA_TO,
            caveat=_words.CAVEAT,
            sources=_sources(charts),
            notebook=f"notebooks/{path.name}",
        )
    )
    target = folder / f"{path.stem}.html"
    target.write_text(page, encoding="utf-8", newline="\n")
    return target


def _brief(chart):
    """The chart without what the notebook says beside it, on a page that is as high as it needs."""
    try:
        chart._again(replace(LOOK, page=0.0, draft=True), chart.title).figure  # noqa: B018
    except DoesNotFit as problem:  # it tells how high the chart is
        return chart._again(replace(LOOK, page=problem.height), chart.title)
    raise AssertionError("unreachable")


def _sources(charts):
    """The sources of the charts in one line, or their number."""
    cited = dict.fromkeys(name for chart in charts for name in chart.sources["citation"].dropna())
    if len(cited) > CITED:
        return f"{len(cited)} publications and other sources, all listed under the charts in the notebook"
    return "; ".join(sorted(cited, key=str.casefold))


def main(arguments=None):
    parser = argparse.ArgumentParser(description="Make a one-page handout of each notebook, as PDF.")
    parser.add_argument("folder", type=Path, help="where to")
    parser.add_argument("notebooks", nargs="*", type=Path, help="default: the project's own")
    options = parser.parse_args(arguments)
    browser = chromium()
    if browser is None:
        parser.error("handouts are printed by Chromium, which is not installed.")
    paths = options.notebooks or sorted(_run.folder().glob("[0-9][0-9]-*.ipynb"))
    options.folder.mkdir(parents=True, exist_ok=True)
    try:
        pages = [handout(path, options.folder) for path in paths]
        print_pdf(pages, browser)
    except (_run.CellError, ValueError) as error:
        print(f"make_handouts: {error}", file=sys.stderr)
        return 1
    for page in pages:
        print(f"{page.with_suffix('.pdf')} written", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
