"""Handouts as printed: one page each, with its words as text and its charts told; nothing is cut off."""

import subprocess
import sys
from pathlib import Path

import pypdf
import pytest

ROOT = Path(__file__).parents[2]
NOTEBOOK = ROOT / "notebooks" / "04-randomized-comparisons.ipynb"  # has the longest takeaways
# The smallest type of the page in points, and what leaves it.
LOOK = """() => {
  const page = document.body.getBoundingClientRect(), out = []
  let least = Infinity
  for (const text of document.querySelectorAll("h1, h2, li, footer p, svg, svg text")) {
    const box = text.getBoundingClientRect()
    if (box.bottom > page.bottom + 1 || box.right > page.right + 1) out.push(text.textContent)
    if (text.tagName !== "text") continue
    least = Math.min(least, parseFloat(getComputedStyle(text).fontSize) * text.getScreenCTM().a * 0.75)
  }
  return {least, out, charts: document.querySelectorAll("svg[role=img]").length}
}"""


@pytest.fixture(scope="module")
def folder(browser, tmp_path_factory):
    folder = tmp_path_factory.mktemp("handouts")
    subprocess.run([sys.executable, ROOT / "tools" / "make_handouts.py", folder, NOTEBOOK], check=True)
    return folder


def alternatives(node):
    """Each alternative text of the document's tags."""
    node = node.get_object()
    if not isinstance(node, dict):
        return []
    kids = node["/K"].get_object() if "/K" in node else []
    own = [str(node["/Alt"])] if "/Alt" in node else []
    return own + [alt for kid in (kids if isinstance(kids, list) else [kids]) for alt in alternatives(kid)]


def test_a_handout_is_one_tagged_page_with_its_words_as_text(folder):
    printed = pypdf.PdfReader(folder / f"{NOTEBOOK.stem}.pdf")
    (page,) = printed.pages
    assert [round(float(side) / 72 * 25.4) for side in page.mediabox[2:]] == [210, 279]
    text = " ".join(page.extract_text().split())
    for words in (
        "Which therapies did better than what they were compared with?",
        "randomized trials with a hazard ratio for survival or tumor growth.",
        "Not medical advice. Data to November 2026.",
        "Surgery: overall survival",
        f"notebooks/{NOTEBOOK.name}",
    ):
        assert words in text
    assert [alt.split(":")[0] for alt in alternatives(printed.trailer["/Root"]["/StructTreeRoot"])] == [
        "Forest plot",
        "Forest plot",
    ]
    assert printed.trailer["/Root"]["/Lang"] == "en"


def test_nothing_is_cut_off_or_too_small(open_page, violations, folder):
    size = {"width": 794, "height": 1055}
    page = open_page(f"{NOTEBOOK.stem}.html", root=folder.as_uri(), viewport=size)
    seen = page.evaluate(LOOK)
    assert seen["out"] == [] and seen["charts"] == 2
    assert seen["least"] >= 4
    assert violations(page) == []
