"""What the README shows is what its commands give: its code runs, its pictures are drawn from it anew."""

import io
import re

import matplotlib as mpl
import pytest
from conftest import ROOT
from data_helpers import changed_folder, put
from matplotlib.figure import Figure

import mesoviz as mv
from mesoviz import cli
from mesoviz._page import _pages, _style

README = (ROOT / "README.md").read_text(encoding="utf-8")
MAPS = {"trial": "maps", "arm": "bevacizumab-pemetrexed-cisplatin"}


@pytest.fixture(scope="module")
def chart(tmp_path_factory):
    """The chart that the README's code makes."""
    (code,) = re.findall(r"```python\n(.+?)```", README, flags=re.DOTALL)
    names = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("readme"))
        exec(code, names)
    return names["chart"]


def test_the_code_of_the_readme_makes_its_picture(chart, assert_picture):
    assert_picture("readme-analyze", chart._png)


def test_a_slide_looks_as_the_readme_shows_it(assert_picture):
    chosen = mv.select(mv.load_trials(), setting="maintenance")
    chart = mv.median_survival(chosen, title="Maintenance after first-line treatment")
    first, second = _pages.pages(chart, _style.PAGES["slide"], rows=12, takeaway=True)
    assert first.title.startswith(first.takeaway) and second.title.endswith("(2 of 2)")
    assert_picture("readme-teach", first._png)


def test_a_wrong_digit_is_told_as_the_readme_shows_it(assert_picture, tmp_path, capsys):
    folder = changed_folder(tmp_path, "trials", put(MAPS, {"os_median_months": "188"}))
    assert cli.main(["check", str(folder)]) == 1
    said = capsys.readouterr().out.splitlines()
    told = [line for line in said if "row 196" in line or line.startswith(("✗", "Errors"))]
    assert "maps" in "".join(told)
    assert_picture("readme-check", terminal(["$ make check", *told, said[-1]]))


def test_every_picture_of_the_readme_is_one_of_these():
    shown = re.findall(r"!\[.+?\]\(tests/pictures/(.+?)\.png\)", README)
    assert shown == ["readme-teach", "readme-analyze", "readme-check"]


def terminal(lines, wide=118):
    """Lines as a terminal shows them, as a PNG."""
    folded = [line[i : i + wide] for line in lines for i in range(0, max(len(line), 1), wide)]
    figure = Figure(figsize=(9.5, 0.25 * len(folded) + 0.3), facecolor="#1a1a1a", dpi=100)
    with mpl.rc_context({"text.parse_math": False, "text.hinting": "none"}):
        for i, line in enumerate(folded):
            y = 1 - (0.25 * i + 0.15) / figure.get_figheight()
            figure.text(0.02, y, line, family="DejaVu Sans Mono", size=9, color="#f2f2f2", va="top")
        stream = io.BytesIO()
        figure.savefig(stream, format="png", metadata={"Software": None})
    return stream.getvalue()
