"""Handouts: two charts tagged in each notebook, and a page made of them, its takeaways and its sources."""

import re
from pathlib import Path

import make_handouts
import nbformat
import pytest

NOTEBOOKS = sorted((Path(__file__).resolve().parents[1] / "notebooks").glob("0[0-9]-*.ipynb"))
TAKEAWAY = 'mv.say("- **{n}** of {who}", n=3, who="a <b> & c")'
CHART = 'mv.median_survival(trials[trials["trial"].eq("maps")], title="MAPS <i>alone</i>")'
TALL = 'mv.median_survival(mv.select(trials, setting="first-line"))'


def write(path, title="Who <lived>?", takeaway=TAKEAWAY, charts=(CHART, CHART, CHART), tagged=2):
    markdown, code = nbformat.v4.new_markdown_cell, nbformat.v4.new_code_cell
    drawn = [code(chart) for chart in charts]
    for cell in drawn[:tagged]:
        cell.metadata["tags"] = ["handout"]
    load = code("import mesoviz as mv\n\ntrials = mv.load_trials()")
    told = [markdown("## Key takeaways"), code(takeaway), markdown("## Then")]
    cells = [markdown(f"# {title}"), load, *told, code('mv.say("Elsewhere.")'), *drawn]
    path.write_text(nbformat.writes(nbformat.v4.new_notebook(cells=cells)), encoding="utf-8")
    return path


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_two_charts_of_a_notebook_are_tagged(path):
    cells = nbformat.read(path, as_version=4).cells
    tagged = [cell for cell in cells if "handout" in cell.metadata.get("tags", [])]
    shown = [any("image/png" in output.get("data", {}) for output in cell.outputs) for cell in tagged]
    assert shown == [True, True]


def test_a_page_holds_the_title_the_takeaways_and_two_charts(tmp_path):
    page = make_handouts.handout(write(tmp_path / "a.ipynb"), tmp_path).read_text(encoding="utf-8")
    assert page.count("<svg ") == 2
    assert (
        len(re.findall(r'role="img" aria-labelledby="(c\d-alt)".*?<desc id="\1">Dot chart', page, re.S)) == 2
    )
    assert "<title>Who &lt;lived&gt;?</title>" in page and "<h1>Who &lt;lived&gt;?</h1>" in page
    assert "<strong>3</strong> of a &#60;b&#62;" in page or "<strong>3</strong> of a &lt;b&gt;" in page
    assert "Elsewhere" not in page and "<i>" not in page
    for words in ("Not medical advice", "November 2026", "CC BY 4.0", "notebooks/a.ipynb", "Zalcman 2016"):
        assert words in re.sub(r"<svg .*?</svg>", "", page, flags=re.DOTALL)
    assert "http" not in re.sub(r'xmlns(:\w+)?="[^"]*"', "", page)


@pytest.mark.parametrize("path", [NOTEBOOKS[0], NOTEBOOKS[7]], ids=lambda path: path.stem)
def test_type_is_large_enough_to_read_on_paper(path, tmp_path):
    page = make_handouts.handout(path, tmp_path).read_text(encoding="utf-8")
    heights = [int(height) for height in re.findall(r"max-height: (\d+)pt", page)]
    boxes = re.findall(r'<svg [^>]*viewBox="0 0 ([\d.]+) ([\d.]+)"', page)
    assert [round(float(high)) for _, high in boxes] == heights and len(heights) == 2
    assert {wide for wide, _ in boxes} == {"527"}  # points: type is as large as LOOK has it, or a fifth less
    assert sum(heights) <= make_handouts.TALLEST
    assert "Footnotes: in the notes" not in page and "listed below" not in page


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"tagged": 1}, "1 charts tagged for the handout, 1 takeaways"),
        ({"tagged": 3}, "3 charts tagged"),
        ({"takeaway": "1"}, "0 takeaways"),
        ({"charts": (CHART, TALL)}, r"the charts are \d{4} points high"),
    ],
)
def test_what_makes_no_page_is_refused(tmp_path, change, complaint):
    with pytest.raises(ValueError, match=complaint):
        make_handouts.handout(write(tmp_path / "a.ipynb", **change), tmp_path)


def test_many_sources_are_counted_and_not_named(tmp_path):
    both = ['mv.enrollment(trials, by="therapy_class")', 'mv.enrollment(trials, by="phase")']
    page = make_handouts.handout(write(tmp_path / "a.ipynb", charts=both), tmp_path)
    assert re.search(r"Sources: \d{3} publications and other sources, all listed", page.read_text("utf-8"))


def test_without_chromium_it_says_so(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SystemExit) as ended:
        make_handouts.main([str(tmp_path / "out")])
    assert ended.value.code == 2
    assert "printed by Chromium, which is not installed" in capsys.readouterr().err
