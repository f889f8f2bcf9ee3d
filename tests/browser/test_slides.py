"""Decks in a real browser, from a disk: nothing is cut off or small, no error, no request, a page a slide."""

import shutil
from pathlib import Path

import make_slides
import pypdf
import pytest
from playwright.sync_api import sync_playwright

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
def chromium():
    path = shutil.which("chromium") or shutil.which("google-chrome")
    if not path:
        pytest.skip("Chromium is not installed")
    return path


@pytest.fixture(scope="module")
def decks(chromium, tmp_path_factory):
    folder = tmp_path_factory.mktemp("slides")
    paths = [str(ROOT / "notebooks" / f"{book}.ipynb") for book in BOOKS]
    assert make_slides.main([str(folder), *paths, "--pdf"]) == 0
    return folder


@pytest.fixture(scope="module")
def page(chromium):
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium)
        yield browser.new_page(viewport={"width": 1280, "height": 720})
        browser.close()


@pytest.mark.parametrize("book", BOOKS)
def test_every_slide_can_be_read_from_the_back_row(decks, page, book):
    told = []
    page.on("console", lambda said: told.append(said.text))
    page.on("pageerror", lambda error: told.append(str(error)))
    page.on("requestfailed", lambda asked: told.append(asked.url))
    page.on("request", lambda asked: told.append(asked.url) if asked.url.startswith("http") else None)
    page.goto((decks / f"{book}.html").as_uri())
    page.wait_for_function("window.Reveal && Reveal.isReady()")
    page.evaluate("document.fonts.ready")
    assert page.evaluate("[...document.fonts].filter(font => font.status === 'loaded').length") == 2
    small, slides = [], page.evaluate("Reveal.getTotalSlides()")
    for i in range(slides):
        page.evaluate(f"Reveal.slide({i})")
        seen = page.evaluate(LOOK)
        assert seen["title"].strip() and seen["out"] == []
        if seen["least"] < 23.9:
            small.append((seen["title"], seen["least"]))
    # What no page holds takes a larger one: a graph of comparisons, and a pooled estimate with all its words.
    assert len(small) <= 7 and all(least >= 15.9 for _, least in small)
    assert all(" that stand apart" in title or "Hazard ratios" in title for title, _ in small)
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("Reveal.getState().indexh") == 1
    assert told == []


@pytest.mark.parametrize("book", BOOKS)
def test_the_pdf_has_a_page_a_slide_with_text_in_it(decks, page, book):
    page.goto((decks / f"{book}.html").as_uri())
    page.wait_for_function("window.Reveal && Reveal.isReady()")
    printed = pypdf.PdfReader(decks / f"{book}.pdf").pages
    assert len(printed) == page.evaluate("Reveal.getTotalSlides()")
    for sheet in printed:
        assert [float(side) for side in sheet.mediabox[2:]] == [960, 540] and sheet.extract_text().strip()
    assert any("Not medical advice." in sheet.extract_text().replace("\n", " ") for sheet in printed)
