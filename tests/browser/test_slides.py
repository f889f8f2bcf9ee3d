"""Decks in a real browser, from a disk: nothing is cut off or small, no error, no request, a page a slide."""

import subprocess
import sys
from pathlib import Path

import pypdf
import pytest

ROOT = Path(__file__).parents[2]
BOOKS = ("04-randomized-comparisons", "06-gene-cell-and-virus-therapy")
# Of the slide that is shown: its smallest type in pixels, and the texts that leave it.
LOOK = """() => {
  const slide = Reveal.getCurrentSlide(), out = []
  let least = Infinity
  for (const text of slide.querySelectorAll("svg text, p, li, h1, h2:not(.hidden)")) {
    if (!text.textContent.trim()) continue
    const box = text.getBoundingClientRect()
    const scale = text.ownerSVGElement ? text.getScreenCTM().a : 1
    least = Math.min(least, parseFloat(getComputedStyle(text).fontSize) * scale)
    if (box.left < -1 || box.right > 1281 || box.top < -1 || box.bottom > 721) out.push(text.textContent)
  }
  return {least, out, title: slide.querySelector("h1, h2").textContent}
}"""


@pytest.fixture(scope="module")
def decks(browser, tmp_path_factory):
    folder = tmp_path_factory.mktemp("slides")
    paths = [ROOT / "notebooks" / f"{book}.ipynb" for book in BOOKS]
    subprocess.run([sys.executable, ROOT / "tools" / "make_slides.py", folder, *paths, "--pdf"], check=True)
    return folder


@pytest.fixture
def show(open_page, decks):
    """A function that opens a deck."""

    def show_(book):
        page = open_page(f"{book}.html", root=decks.as_uri(), viewport={"width": 1280, "height": 720})
        page.wait_for_function("window.Reveal && Reveal.isReady()")
        return page

    return show_


@pytest.mark.parametrize("book", BOOKS)
def test_every_slide_can_be_read_from_the_back_row(show, book):
    page = show(book)
    page.evaluate("document.fonts.ready")
    assert page.evaluate("[...document.fonts].filter(font => font.status === 'loaded').length") == 2
    for i in range(page.evaluate("Reveal.getTotalSlides()")):
        page.evaluate(f"Reveal.slide({i})")
        seen = page.evaluate(LOOK)
        assert seen["title"].strip() and seen["out"] == []
        assert seen["least"] >= 23.9, seen["title"]  # pixels: 18 points
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("Reveal.getState().indexh") == 1


@pytest.mark.parametrize("book", BOOKS)
def test_the_pdf_has_a_page_a_slide_with_text_in_it(decks, show, book):
    printed = pypdf.PdfReader(decks / f"{book}.pdf").pages
    assert len(printed) == show(book).evaluate("Reveal.getTotalSlides()")
    for sheet in printed:
        assert [float(side) for side in sheet.mediabox[2:]] == [960, 540] and sheet.extract_text().strip()
    assert any("Not medical advice." in sheet.extract_text().replace("\n", " ") for sheet in printed)


@pytest.mark.smoke
def test_every_slide_is_accessible(open_page, violations, tmp_path):
    notebook = ROOT / "notebooks" / "00-start-here.ipynb"
    subprocess.run([sys.executable, ROOT / "tools" / "make_slides.py", tmp_path, notebook], check=True)
    page = open_page(f"{notebook.stem}.html", root=tmp_path.as_uri())
    page.wait_for_function("window.Reveal && Reveal.isReady()")
    number, charts = page.evaluate("Reveal.getTotalSlides()"), 0
    for i in range(number):
        page.evaluate(f"Reveal.slide({i})")
        pictures = page.locator("section.present svg[role=img]").all()
        assert violations(page, words=not pictures) == [], f"slide {i + 1}"
        for picture in pictures:
            alt = picture.locator("desc").text_content()
            assert alt and page.get_by_role("img", name=alt, exact=True).count() == 1
        charts += len(pictures)
    assert charts > 2
