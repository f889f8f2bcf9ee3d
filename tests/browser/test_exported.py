"""What leaves the project: a notebook saved as HTML, the index of the figure pack, and a chart as SVG."""

import re
from pathlib import Path

import nbformat
import pytest
from nbconvert import HTMLExporter
from notebook_rules import Images, outputs

from mesoviz._export._pack import make

NOTEBOOK = Path(__file__).resolve().parents[2] / "notebooks" / "00-start-here.ipynb"
OUTPUT = {"lab": ".jp-OutputArea-output", "classic": ".output_subarea"}  # what templates wrap an output in


@pytest.fixture(scope="module")
def pack(tmp_path_factory):
    folder = tmp_path_factory.mktemp("figures")
    make(folder, notebooks=[NOTEBOOK], figure="of-how-to-read", jobs=1)
    return folder


@pytest.mark.parametrize("template", OUTPUT)
def test_a_notebook_saved_as_html_is_accessible(open_page, violations, tmp_path, template):
    markup, _ = HTMLExporter(template_name=template).from_filename(NOTEBOOK)
    # What nbconvert itself loads, from elsewhere: mathematics, diagrams and widgets, of which there are none.
    markup = re.sub(r"<script\b.*?</script>", "", markup, flags=re.DOTALL)
    (tmp_path / "page.html").write_text(markup, encoding="utf-8")
    page = open_page("page.html", root=tmp_path.as_uri())
    assert page.locator("html").get_attribute("lang") == "en"
    stored = nbformat.read(NOTEBOOK, 4)
    alts = Images("".join(out.get("data", {}).get("text/html", "") for _, out in outputs(stored))).alts
    assert page.locator("img").evaluate_all("all => all.map(one => one.alt)") == alts != []
    # The links of the classic style are too pale for the gray that it gives to every other row.
    found = {rule for rule, *_ in violations(page, within=[[OUTPUT[template]]])}
    assert found <= ({"color-contrast"} if template == "classic" else set())
    # What nbconvert draws is grayer than it should be, and does not underline links.
    assert {rule for rule, *_ in violations(page)} <= {"color-contrast", "link-in-text-block"}


def test_the_index_of_the_figures_is_accessible_and_leads_to_each_file(open_page, violations, pack):
    page = open_page("index.html", root=pack.as_uri(), color_scheme="light")
    assert violations(page) == []
    page.emulate_media(color_scheme="dark")
    assert violations(page, rules=["color-contrast"]) == []
    links = page.locator("a[href]:not([href^='#'])").evaluate_all(
        "all => all.map(one => one.getAttribute('href'))"
    )
    assert links and all((pack / link).is_file() for link in links)
    for width in (390, 1280, 1920):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.screenshot(path=f"/tmp/L/index{width}.png", full_page=True)


def test_a_screen_reader_is_told_the_alternative_text_of_an_svg(open_page, pack):
    alt = open_page("index.html", root=pack.as_uri()).locator("img").first.get_attribute("alt")
    picture = next(pack.glob("*/slide-1.svg"))
    page = open_page(picture.relative_to(pack), root=pack.as_uri())
    assert page.get_by_role("img", name=alt, exact=True).count() == 1
