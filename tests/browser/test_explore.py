"""The explorer in JupyterLab: read before it runs, used with a mouse or keys, on a screen or a phone."""

import ast
from pathlib import Path

import pytest
from playwright.sync_api import expect

NOTEBOOK = "lab/tree/notebooks/09-explore.ipynb?reset"
RUN = """async () => {
  const panel = jupyterapp.shell.currentWidget
  await panel.context.ready
  await panel.sessionContext.ready
  for (const one of ["clear-all-cell-outputs", "run-all-cells"])
    await jupyterapp.commands.execute(`notebook:${one}`)
}"""
# In JupyterLab an element with controls is marked so; the picture is the explorer's own.
HELD = ".jp-OutputArea-output .jupyter-widgets"
PICTURE = f"{HELD} figure img"


@pytest.fixture
def page(open_page, lab):
    page = open_page(NOTEBOOK, root=lab)
    page.locator(".jp-Notebook .jp-Cell").first.wait_for()
    return page


@pytest.fixture
def explorer(page):
    """The page with the explorer running, and a function that does something and awaits another picture."""
    page.evaluate(RUN)
    page.locator(PICTURE).wait_for(state="attached")
    page.locator(PICTURE).scroll_into_view_if_needed()

    def follow(action, *arguments, **options):
        before = page.locator(PICTURE).get_attribute("src")
        action(*arguments, **options)
        page.wait_for_function(
            "([picture, before]) => document.querySelector(picture).src !== before", arg=[PICTURE, before]
        )

    return page, follow


def test_before_it_runs_it_tells_how_and_shows_no_error(page):
    page.get_by_text("The controls appear here when this notebook is run").wait_for(state="attached")
    assert page.get_by_text("model not found").count() == 0
    page.locator(".jp-OutputArea-output img").nth(1).wait_for(state="attached")


@pytest.mark.smoke
def test_all_follows_what_is_chosen(explorer, violations):
    page, follow = explorer
    menus = {name: page.get_by_label(name, exact=True) for name in ("Show", "Setting", "Class", "Therapy")}
    follow(menus["Therapy"].select_option, label="Tremelimumab")
    assert "Tremelimumab" in page.locator(f"{HELD} pre").first.text_content()
    assert page.locator(f"{HELD} #explored", has_text="DETERMINE").count() == 1
    assert page.locator(f"{HELD} #explored", has_text="Placebo").count() == 1
    assert "placebo" not in menus["Therapy"].inner_text().lower()
    assert page.locator(PICTURE).get_attribute("alt").startswith("Dot chart with intervals: median overall")
    follow(menus["Show"].select_option, label="Objective response")
    assert page.locator(PICTURE).get_attribute("alt").startswith("Dot chart with exact intervals: objective")
    follow(page.get_by_role("button", name="Choose all again").click)
    page.get_by_text("This is an overview").wait_for()
    expect(menus["Therapy"].locator("option:checked")).to_have_text("All")
    assert violations(page, within=[[HELD]]) == []


def test_what_is_seen_is_saved(explorer):
    page, _ = explorer
    begins = {"PNG": b"\x89PNG", "SVG": b"<?xml", "CSV": b"trial,"}
    for kind, start in begins.items():
        with page.expect_download() as saved:
            page.locator(HELD).get_by_role("link", name=kind, exact=True).click()
        assert saved.value.suggested_filename.endswith(f"checkpoint-inhibitor.{kind.lower()}")
        assert Path(saved.value.path()).read_bytes().startswith(start)
    page.get_by_text("The code that makes the same chart").click()
    assert ast.parse(page.locator(f"{HELD} details[open] pre").inner_text())


def test_keys_alone_are_enough(explorer):
    page, follow = explorer
    page.get_by_label("Show", exact=True).focus()
    page.keyboard.press("Space")  # opens the menu: JupyterLab keeps the arrows of a closed one for itself
    page.keyboard.press("ArrowDown")
    follow(page.keyboard.press, "Enter")
    for name in ("Setting", "Class", "Therapy", "Phase"):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.labels[0].textContent") == name
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Choose all again"
    follow(page.keyboard.press, "Space")


def test_nothing_is_wider_than_a_screen_or_a_phone(explorer):
    page, _ = explorer
    page.evaluate("jupyterapp.commands.execute('application:set-mode', {mode: 'single-document'})")
    page.evaluate("jupyterapp.shell.collapseLeft()")
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 844})
        page.wait_for_function("width => document.documentElement.clientWidth === width", arg=width)
        page.wait_for_timeout(500)  # it is laid out again
        wide = "one => one.closest('.jp-OutputArea-output').scrollWidth - one.getBoundingClientRect().width"
        assert page.locator(HELD).first.evaluate(wide) < 30
        for menu in page.locator(f"{HELD} select").all():
            box = menu.bounding_box()
            assert box["width"] > 100 and box["x"] + box["width"] <= width
