"""Print pages of HTML to PDF, by the Chromium of this machine."""

import shutil


def chromium():
    """Where Chromium is; None where it is not installed."""
    return shutil.which("chromium") or shutil.which("google-chrome")


def print_pdf(pages, browser_path, *, query="", ready="body", size=(1280, 720)):
    """Print each page to a PDF beside it, of the size that its style sheet states.

    `ready` selects what must be there before a page is whole; `query` ends its address.
    """
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=browser_path)
        page = browser.new_page(viewport=dict(zip(("width", "height"), size, strict=True)))
        for path in pages:
            page.goto(path.resolve().as_uri() + query)
            page.wait_for_selector(ready)
            page.evaluate("document.fonts.ready")
            target = path.with_suffix(".pdf")
            page.pdf(path=target, prefer_css_page_size=True, print_background=True, tagged=True)
        browser.close()
