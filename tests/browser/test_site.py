"""The built site in a real browser: it is accessible, works from a disk, asks nobody for anything."""

from pathlib import Path

import pytest

SITE = Path(__file__).resolve().parents[2] / "build" / "site"
# One of every kind.
KINDS = {
    "home": "index.html",
    "list of notebooks": "notebooks/index.html",
    "notebook": "notebooks/00-start-here.html",
    "notebook of tables": "notebooks/06-gene-cell-and-virus-therapy.html",
    "trials": "trials.html",
    "therapies": "therapies.html",
    "list of functions": "api/index.html",
    "function": "api/pool.html",
    "class": "api/Chart.html",
    "codebook": "data/README.html",
    "document": "docs/design.html",
    "search": "search.html",
}


@pytest.fixture
def open_site(open_page):
    """A function that opens a page of the site, from the disk unless told."""
    if not (SITE / "index.html").exists():
        pytest.fail("the site is not built: make site")

    def open_(name, root=None, **options):
        return open_page(name, root=root or SITE.as_uri(), **options)

    return open_


@pytest.fixture(scope="module")
def served(serve):
    return serve(SITE)


@pytest.mark.parametrize(
    "kind", [pytest.param(kind, marks=[pytest.mark.smoke] * (kind == "notebook")) for kind in KINDS]
)
def test_every_kind_of_page_is_accessible_in_both_themes(open_site, violations, kind):
    page = open_site(KINDS[kind], color_scheme="light")
    if page.locator("#entry-filter").count():
        page.fill("#entry-filter", "bevacizumab")  # hundreds of entries are alike
    # Nothing but colors differs between the themes.
    for theme, rules in {"light": None, "dark": ["color-contrast"]}.items():
        page.emulate_media(color_scheme=theme)
        page.wait_for_function(f"document.documentElement.dataset.theme === '{theme}'")
        page.wait_for_timeout(400)  # colors fade over
        assert violations(page, rules=rules) == [], theme


@pytest.mark.parametrize("width", [390, 1280, 1920])
@pytest.mark.parametrize("kind", ["home", "notebook", "trials", "function", "codebook"])
def test_no_page_is_wider_than_the_screen(open_site, kind, width):
    page = open_site(KINDS[kind], viewport={"width": width, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_every_chart_is_shown_with_its_words(open_site):
    page = open_site(KINDS["notebook"])
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    charts = page.locator(".chart img")
    assert charts.count() > 0
    for chart in charts.all():
        chart.scroll_into_view_if_needed()
        assert chart.get_attribute("alt")
        page.wait_for_function(
            "image => image.complete && image.naturalWidth > 0", arg=chart.element_handle()
        )
    assert page.locator(".chart-text").first.is_visible()
    assert "notebooks/00-start-here.html#chart-" in page.locator(".chart-address").first.inner_text()


def test_a_phone_shows_charts_as_wide_as_it_is(open_site):
    page = open_site(KINDS["notebook"], viewport={"width": 390, "height": 844})
    chart = page.locator(".chart img").first
    chart.scroll_into_view_if_needed()
    page.wait_for_function(
        "image => image.complete && image.currentSrc.endsWith('.narrow.png')", arg=chart.element_handle()
    )
    frame = page.locator(".chart-frame").first
    assert frame.evaluate("frame => frame.scrollWidth <= frame.clientWidth")
    assert chart.evaluate("image => image.clientWidth") >= 300  # type of 8 points on 336 pixels


def test_trials_are_found_by_name_number_and_setting(open_site):
    page = open_site(KINDS["trials"])
    entries = page.locator("article section section section")
    total = entries.count()
    field = page.get_by_label("Find on this page")
    field.fill("NCT00651456")
    assert page.locator("article section section section:not([hidden]) > h3").all_inner_texts() == ["MAPS"]
    assert page.get_by_role("status").first.inner_text() == f"1 of {total}"
    field.fill("")
    assert page.locator("article section section section:not([hidden])").count() == total


@pytest.mark.smoke
def test_search_finds_a_trial_from_the_disk(open_site):
    page = open_site("search.html?q=DETERMINE")
    found = page.locator("#search-results a[href*='trials.html#']")
    found.first.wait_for()
    found.first.click()
    page.wait_for_url("**/trials.html*trial-determine")


def test_the_keyboard_reaches_content_first_and_sees_where_it_is(open_site):
    page = open_site(KINDS["notebook"])
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent.trim()") == "Skip to main content"
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#main-content"
    frame = page.locator(".chart-frame").first
    frame.focus()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "CSV"
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"


def test_the_theme_switch_is_remembered(open_site):
    page = open_site("index.html", color_scheme="light")
    page.get_by_label("Color mode").first.click()
    page.locator(".theme-change-button[data-mode=dark]").first.click()
    page.wait_for_function("document.documentElement.dataset.theme === 'dark'")
    page.reload()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"


def test_a_chart_is_downloaded_and_cited_with_its_address(open_site, served):
    page = open_site(KINDS["notebook"], root=served)
    chart = page.locator(".chart").first
    for kind in ("CSV", "PNG", "SVG", "Notebook"):
        link = chart.locator(".chart-downloads").get_by_text(kind, exact=True)
        with page.expect_download() as download:
            link.click()
        wanted = SITE / "notebooks" / link.get_attribute("href")
        assert Path(download.value.path()).read_bytes() == wanted.resolve().read_bytes()
    chart.locator(".chart-cite summary").click()
    address = chart.locator(".chart-address").inner_text()
    assert address == f"{served}/notebooks/00-start-here.html#{chart.get_attribute('id')}"


def test_search_on_a_server_shows_where_the_words_stand(open_site, served):
    page = open_site("search.html?q=pegargiminase", root=served)
    page.locator("#search-results .context").first.wait_for()
    assert "egargiminase" in page.locator("#search-results .context").first.inner_text()
