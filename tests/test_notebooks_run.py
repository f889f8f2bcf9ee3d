"""Notebooks executed in this process: the same objects, in the same cells, as a kernel stores."""

import json
from pathlib import Path

import nbformat
import pandas as pd
import pytest

from mesoviz._notebooks import _run
from mesoviz._page._chart import Chart

NOTEBOOKS = sorted(_run.folder().glob("[0-9][0-9]-*.ipynb"))


def stored(path, kind):
    """(cell id, text/plain) of each stored output that has this kind of data."""
    return [
        (cell.id, output.data["text/plain"])
        for cell in nbformat.read(path, as_version=4).cells
        if cell.cell_type == "code"
        for output in cell.outputs
        if kind in output.get("data", {})
    ]


def write(path, *sources):
    """A notebook under two headings; a text that begins with # is Markdown."""
    kinds = {True: nbformat.v4.new_markdown_cell, False: nbformat.v4.new_code_cell}
    cells = [kinds[source.startswith("#")](source) for source in sources]
    path.write_text(nbformat.writes(nbformat.v4.new_notebook(cells=cells)), encoding="utf-8")
    return path


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_every_stored_output_is_found_with_the_same_words_and_no_chart_is_drawn(path, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    found = _run.shown(path)
    with pd.option_context("display.max_columns", 20, "display.width", 80):  # as a kernel, not a terminal
        assert [(one.cell, repr(one.value)) for one in found] == stored(path, "text/plain")
    charts = [one for one in found if isinstance(one.value, Chart)]
    assert [(one.cell, one.value.text) for one in charts] == stored(path, "image/png")
    assert len(charts) > 2
    assert not any("figure" in vars(one.value) for one in charts)
    assert Path.cwd() == tmp_path


def test_what_a_cell_shows_and_under_which_heading(tmp_path):
    path = write(
        tmp_path / "a.ipynb",
        "# One",
        "n = 2\nn",
        "## Who lived?\n\nText.\n\n### In 3 months",
        "display(n, 'b')\nn + 1",
        "n = None\nn",
        "def twice(x):\n    return 2 * x\n\n\n[twice(y) for y in (1, 2)]",
        "if True:\n    5",
    )
    found = [(one.notebook, one.number, one.heading, one.anchor, one.value) for one in _run.shown(path)]
    assert found == [
        ("a", 1, "One", "One", 2),
        *(("a", 2, "In 3 months", "In-3-months", value) for value in (2, "b", 3)),
        ("a", 4, "In 3 months", "In-3-months", [2, 4]),
    ]
    ids = [cell["id"] for cell in json.loads(path.read_text())["cells"]]
    assert [one.cell for one in _run.shown(path)] == [ids[1], ids[3], ids[3], ids[3], ids[5]]


def test_each_run_has_a_namespace_of_its_own(tmp_path):
    first, second = (
        write(tmp_path / f"{name}.ipynb", "# T", code) for name, code in (("a", "m = 1\nm"), ("b", "m"))
    )
    assert _run.shown(first)[0].value == 1
    with pytest.raises(_run.CellError, match=r"^b\.ipynb, code cell 1: NameError: name 'm' is not defined$"):
        _run.shown(second)


@pytest.mark.parametrize(("code", "cause"), [("1 / 0", ZeroDivisionError), ("x =", SyntaxError)])
def test_an_error_names_the_notebook_and_the_cell_and_leaves_the_working_directory(tmp_path, code, cause):
    path, before = write(tmp_path / "a.ipynb", "# T", "1", code), Path.cwd()
    with pytest.raises(_run.CellError, match=rf"^a\.ipynb, code cell 2: {cause.__name__}: ") as caught:
        _run.shown(path)
    assert isinstance(caught.value.__cause__, cause) and Path.cwd() == before
