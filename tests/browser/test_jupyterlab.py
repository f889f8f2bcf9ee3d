"""Notebooks in JupyterLab, run as a reader runs them: every chart is shown with its words, for everyone."""

from pathlib import Path

import nbformat
import pytest
from notebook_rules import Images, outputs

PATHS = sorted((Path(__file__).resolve().parents[2] / "notebooks").glob("*.ipynb"))
# Forgets what is stored, runs all, unfolds all, and tells of each code cell its number and its outputs.
RUN = """async () => {
  const panel = jupyterapp.shell.currentWidget
  await panel.context.ready
  await panel.sessionContext.ready
  for (const one of ["clear-all-cell-outputs", "run-all-cells", "show-all-cell-outputs"])
    await jupyterapp.commands.execute(`notebook:${one}`)
  return [...panel.content.model.cells].filter(cell => cell.type === "code").map(cell =>
    [cell.executionCount, Array.from(cell.outputs.toJSON(), output => output.output_type)])
}"""
# JupyterLab draws the cells near the screen, one over the other as they scroll, and axe judges no contrast of
# what may be covered: all outputs, one below the other in the page of the theme, it does.
LAY_OUT = """() => {
  const all = document.createElement("main")
  all.id = "laid-out"
  const outputs = [...document.querySelectorAll(".jp-OutputArea-output")]
  all.append(...outputs.map(one => one.cloneNode(true)))
  all.style.background = "var(--jp-layout-color0)"
  all.style.width = `${outputs[0].clientWidth}px`
  document.querySelector("#main").style.display = "none"
  document.body.style.overflow = "auto"
  document.body.append(all)
}"""
PICTURES = ".jp-OutputArea-output img:not(.jupyter-widgets img)"  # test_explore.py looks at those
THEMES = ("JupyterLab Light", "JupyterLab Dark")


@pytest.mark.parametrize(
    "path",
    [pytest.param(path, id=path.stem, marks=[pytest.mark.smoke] * (path == PATHS[0])) for path in PATHS],
)
def test_every_cell_runs_and_every_chart_is_shown_with_its_words(open_page, lab, violations, path):
    notebook = nbformat.read(path, 4)
    page = open_page(f"lab/tree/notebooks/{path.name}?reset", root=lab)
    page.locator(".jp-Notebook .jp-Cell").first.wait_for()
    cells = page.evaluate(RUN)
    first = cells[0][0]  # 1, or more where a kernel was left by another test
    assert [number for number, _ in cells] == list(range(first, first + len(cells))) and len(cells) > 5
    assert not [kinds for _, kinds in cells if "error" in kinds or "stream" in kinds]
    markup = "".join(output.get("data", {}).get("text/html", "") for _, output in outputs(notebook))
    stored = Images(markup).alts
    pictures = page.locator(PICTURES)
    page.wait_for_function(
        "([all, number]) => document.querySelectorAll(all).length >= number", arg=[PICTURES, len(stored)]
    )
    for picture in pictures.all():
        picture.scroll_into_view_if_needed()
    shown = pictures.evaluate_all("all => all.map(one => [one.alt, one.complete && one.naturalWidth > 300])")
    assert shown == [[alt, True] for alt in stored] and all(stored)
    assert violations(page, within=[[".jp-OutputArea-output"]], words=False) == []
    page.evaluate(LAY_OUT)
    for theme in THEMES:
        page.evaluate("theme => jupyterapp.commands.execute('apputils:change-theme', {theme})", theme)
        page.wait_for_function("theme => document.body.dataset.jpThemeName === theme", arg=theme)
        assert violations(page, within=[["#laid-out"]], rules=["color-contrast"]) == [], theme
