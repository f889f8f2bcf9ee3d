"""Every notebook keeps every rule, and every rule notices a notebook that breaks it."""

import base64
import copy
import io
import re
from pathlib import Path

import nbformat
import notebook_rules as rules
import pytest
from PIL import Image

FOLDER = Path(__file__).resolve().parents[1] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
EXPECTED = {"00-start-here", "01-survival", "02-response", "03-enrollment"}


def by_name(thing):
    return getattr(thing, "stem", None) or getattr(thing, "__name__", str(thing))


def test_the_notebooks_are_there():
    assert {path.stem for path in NOTEBOOKS} >= EXPECTED


@pytest.mark.parametrize("path", NOTEBOOKS, ids=by_name)
@pytest.mark.parametrize("rule", rules.RULES, ids=by_name)
def test_a_notebook_keeps_the_rule(path, rule):
    assert rule(nbformat.read(path, as_version=4)) == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=by_name)
def test_a_notebook_is_named_and_stored_as_the_others(path):
    assert re.fullmatch(r"\d\d-[a-z]+(-[a-z]+)*", path.stem)
    text = path.read_text(encoding="utf-8")
    assert text == nbformat.writes(nbformat.read(path, as_version=4)).rstrip("\n") + "\n"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=by_name)
def test_links_lead_to_files(path):
    prose = "".join(
        cell.source for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "markdown"
    )
    targets = re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", prose)
    assert [target for target in targets if not (path.parent / target).exists()] == []


# A notebook that keeps all rules, and the ways to break it --------------------------------------------


def markdown(source, slide="slide"):
    cell = nbformat.v4.new_markdown_cell(source)
    cell.metadata["slideshow"] = {"slide_type": slide}
    return cell


def code(source, number, outputs=()):
    cell = nbformat.v4.new_code_cell(source, execution_count=number, outputs=list(outputs))
    cell.metadata["slideshow"] = {"slide_type": "-"}
    return cell


def chart_output(number):
    buffer = io.BytesIO()
    Image.new("RGB", (4, 4), "white").save(buffer, "PNG")
    png = base64.b64encode(buffer.getvalue()).decode()
    data = {
        "text/html": f'<img alt="Median survival, two arms" src="data:image/png;base64,{png}">',
        "image/png": png,
        "text/plain": "Median survival of two arms: the first longer than the second.",
    }
    return nbformat.v4.new_output("execute_result", data=data, execution_count=number)


@pytest.fixture
def good():
    cells = [
        markdown("# How long did patients live?"),
        code("import mesoviz as mv\n\ntrials = mv.load_trials()", 1),
        markdown("## Key takeaways\n\nIntervals are 95 % unless said, by RECIST 1.1, under CC BY 4.0."),
        markdown("## What you need to know\n\n| what | time |\n|---|---|\n| intervals | 5 minutes |"),
        markdown("## And by setting?\n\nSee `months=24` and [the paper](https://doi.org/10.1000/1.23)."),
        code('mv.median_survival(trials, title="""Half;\nof them""")', 2, [chart_output(2)]),
        *(markdown(f"## {name}") for name in rules.SECTIONS[2:]),
    ]
    metadata = {
        "kernelspec": {"name": "python3", "display_name": "Python 3"},
        "language_info": {"name": "python"},
    }
    return nbformat.v4.new_notebook(cells=cells, metadata=metadata)


BREAKAGES = []


def breaks(rule):
    """Register a function that breaks `rule` in the notebook it is given."""

    def register(change):
        BREAKAGES.append(pytest.param(rule, change, id=f"{by_name(rule)}-{by_name(change)}"))
        return change

    return register


@breaks(rules.is_executed)
def a_count_lost(notebook):
    notebook.cells[1].execution_count = None


@breaks(rules.is_executed)
def run_out_of_order(notebook):
    notebook.cells[1].execution_count, notebook.cells[5].execution_count = 2, 1


@breaks(rules.stores_outputs)
def outputs_stripped(notebook):
    notebook.cells[5].outputs = []


@breaks(rules.runs_silently)
def an_error(notebook):
    error = nbformat.v4.new_output("error", ename="ValueError", evalue="no", traceback=[])
    notebook.cells[5].outputs.append(error)


@breaks(rules.runs_silently)
def a_warning(notebook):
    notebook.cells[5].outputs.append(nbformat.v4.new_output("stream", name="stderr", text="careful"))


@breaks(rules.hides_no_output)
def a_semicolon(notebook):
    notebook.cells[5].source += ";  # quiet"


@breaks(rules.ignores_no_cell)
def an_ignoring_comment(notebook):
    notebook.cells[5].source = "# NBVAL_IGNORE_OUTPUT\n" + notebook.cells[5].source


@breaks(rules.ignores_no_cell)
def a_skipping_tag(notebook):
    notebook.cells[5].metadata["tags"] = ["nbval-skip"]


@breaks(rules.has_short_cells)
def a_long_cell(notebook):
    notebook.cells[5].source = "\n\n".join(["x = 1"] * (rules.MOST_LINES + 1))


@breaks(rules.has_short_cells)
def an_empty_cell(notebook):
    notebook.cells[5].source = "\n"


@breaks(rules.says_its_pictures)
def only_a_figure_repr(notebook):
    notebook.cells[5].outputs[0].data["text/plain"] = "<Figure size 1000x800 with 12 Axes, and so on>"


@breaks(rules.says_its_pictures)
def no_alt(notebook):
    data = notebook.cells[5].outputs[0].data
    data["text/html"] = data["text/html"].replace("alt=", "title=")


@breaks(rules.says_its_pictures)
def an_empty_alt(notebook):
    data = notebook.cells[5].outputs[0].data
    data["text/html"] = re.sub('alt="[^"]*"', 'alt=""', data["text/html"])


@breaks(rules.says_its_pictures)
def a_long_alt(notebook):
    data = notebook.cells[5].outputs[0].data
    data["text/html"] = re.sub('alt="[^"]*"', f'alt="{"x" * 301}"', data["text/html"])


@breaks(rules.says_its_pictures)
def no_html(notebook):
    del notebook.cells[5].outputs[0].data["text/html"]


@breaks(rules.has_one_title)
def no_title(notebook):
    notebook.cells[0].source = "## How long did patients live?"


@breaks(rules.has_one_title)
def two_titles(notebook):
    notebook.cells[4].source = "# And by setting?"


@breaks(rules.has_one_title)
def a_computed_title(notebook):
    said = nbformat.v4.new_output("display_data", data={"text/markdown": "# Also a title"})
    notebook.cells[5].outputs.append(said)


@breaks(rules.skips_no_heading_level)
def a_skipped_level(notebook):
    notebook.cells[4].source = "#### And by setting?"


@breaks(rules.has_the_sections)
def no_limits(notebook):
    notebook.cells = [cell for cell in notebook.cells if "Limits" not in cell.source]


@breaks(rules.has_the_sections)
def sources_first(notebook):
    notebook.cells.insert(2, notebook.cells.pop())


@breaks(rules.imports_once)
def a_late_import(notebook):
    notebook.cells[5].source = "import math\n" + notebook.cells[5].source


@breaks(rules.imports_once)
def nothing_loaded(notebook):
    notebook.cells[1].source = "import mesoviz as mv"


@breaks(rules.has_slide_tags)
def no_slide_tag(notebook):
    del notebook.cells[3].metadata["slideshow"]


@breaks(rules.has_ids)
def an_id_twice(notebook):
    notebook.cells[1].id = notebook.cells[0].id


@breaks(rules.has_neutral_metadata)
def a_version(notebook):
    notebook.metadata.language_info["version"] = "3.12.1"


@breaks(rules.has_neutral_metadata)
def another_kernel(notebook):
    notebook.metadata.kernelspec["name"] = "my-kernel"


@breaks(rules.has_neutral_metadata)
def times(notebook):
    notebook.cells[5].metadata["execution"] = {"iopub.execute_input": "2026-11-25"}


@breaks(rules.is_small)
def a_huge_picture(notebook):
    notebook.cells[5].outputs[0].data["image/png"] = "A" * rules.MOST_BYTES


@breaks(rules.names_no_machine)
def a_path_in_code(notebook):
    notebook.cells[1].source += "\ntable = mv.load_trials('/home/ann/trials.csv')"


@breaks(rules.names_no_machine)
def a_path_on_windows(notebook):
    notebook.cells[2].source += "\n\nOpen C:\\Users\\ann\\trials.csv"


@breaks(rules.names_no_machine)
def a_path_in_an_output(notebook):
    notebook.cells[5].outputs.append(nbformat.v4.new_output("stream", text="saved /home/me/x.png"))


@breaks(rules.names_no_machine)
def an_address(notebook):
    notebook.cells[5].outputs[0].data["text/plain"] += " <object at 0x7f3a5c0d>"


@breaks(rules.types_no_evidence)
def a_decimal(notebook):
    notebook.cells[2].source += " The ratio was 0.77."


@breaks(rules.types_no_evidence)
def months(notebook):
    notebook.cells[2].source += " They lived 18 months."


@breaks(rules.types_no_evidence)
def a_share(notebook):
    notebook.cells[2].source += " It was 41 %, by a 95 % interval."


@breaks(rules.types_no_evidence)
def a_count(notebook):
    notebook.cells[2].source += " Of these, 9 of 20 responded."


def test_a_good_notebook_keeps_every_rule(good):
    assert {by_name(rule): rule(good) for rule in rules.RULES if rule(good)} == {}


@pytest.mark.parametrize("rule, change", BREAKAGES)
def test_a_broken_notebook_is_noticed(good, rule, change):
    broken = copy.deepcopy(good)
    change(broken)
    assert rule(broken)


def test_every_rule_has_a_notebook_that_breaks_it():
    assert {breakage.values[0] for breakage in BREAKAGES} == set(rules.RULES)
