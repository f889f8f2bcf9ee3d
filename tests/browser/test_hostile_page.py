"""A page of hostile labels in a real browser, with a real MathJax: nothing runs, nothing is typeset."""

import nbformat
import pytest
from hostile import DRAWN, evidence, figures, notebook_of, readable
from nbconvert import HTMLExporter, SlidesExporter
from npm_packages import NpmError, package

from mesoviz._page import _links

# What JupyterLab tells its MathJax, of this version.
SETTINGS = """window.MathJax = {tex: {inlineMath: [['$', '$'], ['\\\\(', '\\\\)']],
    displayMath: [['$$', '$$'], ['\\\\[', '\\\\]']], processEscapes: true, processEnvironments: true}}"""


@pytest.fixture(scope="module")
def mathjax(missing):
    try:
        return (package("mathjax") / "es5" / "tex-chtml-full.js").as_uri()
    except NpmError as error:
        missing(str(error))


@pytest.fixture(scope="module")
def notebook():
    """Hostile output, after mathematics of an author, which is to be typeset."""
    tables = evidence()
    charts = figures(tables)
    made = notebook_of([*(charts[name] for name in DRAWN), readable(tables)])
    made.cells.insert(0, nbformat.v4.new_markdown_cell("Meant: $x^2$ and \\(y\\) end."))
    return made


@pytest.mark.parametrize("template", ["lab", "classic", "slides"])
def test_nothing_runs_and_nothing_is_typeset(notebook, browser, mathjax, template, tmp_path):
    kind = SlidesExporter if template == "slides" else HTMLExporter
    options = {} if template == "slides" else {"template_name": template}
    page_file = tmp_path / "page.html"
    page_file.write_text(
        kind(mathjax_url=mathjax, **options).from_notebook_node(notebook)[0], encoding="utf-8"
    )
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    asked = []
    page.route("http*://**", lambda route: (asked.append(route.request.url), route.abort()))
    page.on("dialog", lambda dialog: pytest.fail(f"a dialog opened: {dialog.message}"))
    page.add_init_script(SETTINGS)
    page.goto(page_file.as_uri(), wait_until="load")
    page.wait_for_function("window.MathJax && MathJax.startup && MathJax.startup.promise")
    page.evaluate("MathJax.startup.promise")
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    for target in page.locator("img, details, a, td, th").all()[:60]:
        target.dispatch_event("mouseover")
    assert page.evaluate("window.hurt") is None
    assert not [address for address in asked if "evil" in address]
    typeset = page.locator("mjx-container")
    inside = page.locator(".jp-OutputArea mjx-container, .output mjx-container, .output_area mjx-container")
    assert typeset.count() == 1 and inside.count() == 0
    assert page.locator("pre", has_text="<script>window.hurt=1</script>").count() > 0
    links = page.eval_on_selector_all("a[href]", "all => all.map(one => [one.protocol, one.hostname])")
    known = _links.REFERENCE_HOSTS | _links.project_hosts()
    assert links and all(kind == "file:" or (kind == "https:" and host in known) for kind, host in links)
    page.screenshot(path=str(tmp_path / "page.png"))
    page.close()
