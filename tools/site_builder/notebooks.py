"""Stage the executed notebooks: code folded, charts as files with their downloads, tables in its look."""

import html
import re
from urllib.parse import unquote

import nbformat
from docutils.nodes import make_id

from site_builder.charts import figures

# Jupyter's links to a section of a notebook, in HTML and in Markdown.
_LINK = re.compile(r'href="([\w-]+)\.ipynb(#[^"]*)?"')
_MARKDOWN_LINK = re.compile(r"(\]\((?:[\w-]+\.ipynb)?#)([^)\s]+)\)")
_STYLE = re.compile(r"<style[^>]*>.*?</style>", re.DOTALL)
# Live controls need a kernel, and a script from elsewhere; what else an output holds is shown.
_LIVE = ("application/vnd.jupyter.widget-view+json", "application/javascript")


def stage(path, target, extra, chart_html):
    """Write the notebook for Sphinx and its charts' files below `extra`; return its figures, in order.

    `chart_html` makes the markup of one figure.
    """
    notebook = nbformat.read(path, as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    stored = {cell.id: [o for o in cell.outputs if "image/png" in o.get("data", {})] for cell in code}
    found = figures(path, {cell: kept for cell, kept in stored.items() if kept}, extra)
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = _MARKDOWN_LINK.sub(_slug, cell.source)
    for cell in code:
        if "solution" in cell.metadata.get("tags", ()):
            cell.metadata["mystnb"] = {"code_prompt_show": "A solution", "code_prompt_hide": "A solution"}
        else:
            cell.metadata["tags"] = ["hide-input"]
        charts = iter(found.get(cell.id, ()))
        shown = [_output(output, charts, chart_html) for output in cell.outputs]
        cell.outputs = [output for output in shown if output is not None]
    notebook.metadata.pop("widgets", None)
    target.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, target)
    return [figure for cell in code for figure in found.get(cell.id, ())]


def _output(output, charts, chart_html):
    """An output as the site shows it; None for one that is nothing without a kernel."""
    data = output.get("data", {})
    live = [data.pop(kind) for kind in _LIVE if kind in data]
    if live and not {"text/html", "image/png"} & {*data}:
        return None
    if "image/png" in data:
        del data["image/png"]
        data["text/html"] = chart_html(next(charts))
    elif "text/html" in data:
        data["text/html"] = _LINK.sub(_address, _STYLE.sub("", data["text/html"]))
    return output


def _slug(link):
    """A link to a section as MyST finds it: in lower case, without punctuation."""
    return link[1] + re.sub(r"[^\w-]", "", unquote(link[2]).lower()) + ")"


def _address(link):
    """A link to a section as the built page has it."""
    section = make_id(unquote(html.unescape(link[2] or "")))
    return f'href="{link[1]}.html{"#" + section if section else ""}"'
