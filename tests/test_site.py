"""The site's pages say what the tables hold, and its checks find what they are there to find."""

import html
import re
from collections import Counter

import nbformat
import pytest
from data_helpers import rows_of
from PIL import Image
from site_builder import charts, checks, entries, notebooks, pages

import mesoviz as mv

SOURCE = """import mesoviz as mv
trials = mv.load_trials()
mv.median_survival(trials[trials["trial"] == "maps"])"""


@pytest.fixture(scope="module")
def evidence():
    return mv.load_evidence()


@pytest.fixture(scope="module")
def trials(evidence):
    return entries.trials(evidence, [])


@pytest.fixture(scope="module")
def therapies(evidence):
    return entries.therapies(evidence, [])


@pytest.fixture(scope="module")
def staged(tmp_path_factory):
    """A notebook of one chart, a table and a live control, staged; and its figure."""
    folder = tmp_path_factory.mktemp("staged")
    path = folder / "01-one.ipynb"
    trials = mv.load_trials()
    chart = mv.median_survival(trials[trials["trial"] == "maps"])
    table = '<style>#t {color: red}</style><a href="02-two.ipynb#Who-lived,-and-how-long?">there</a>'
    live = {"application/vnd.jupyter.widget-view+json": {"model_id": "1"}, "text/plain": "Box()"}
    shown = [chart._repr_mimebundle_(), {"text/html": table, "text/plain": "there"}, live]
    cells = [
        nbformat.v4.new_markdown_cell(
            "# How long?\n\n[There](02-two.ipynb#Who-lived,-and-how-long?)", id="a"
        ),
        nbformat.v4.new_code_cell(
            SOURCE, id="b", outputs=[nbformat.v4.new_output("display_data", data=data) for data in shown]
        ),
    ]
    cells.append(nbformat.v4.new_code_cell("1", id="c", metadata={"tags": ["solution", "hide-cell"]}))
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    figures = notebooks.stage(path, folder / "out" / path.name, folder / "extra", pages.chart_html)
    return folder, figures


def arms(found):
    return [(entry, arm) for entry in found for arm in entry["arms"]]


def median(row, endpoint):
    """How a cell begins that tells this median, from the CSV file alone."""
    status = row[f"{endpoint}_status"]
    return f"{float(row[f'{endpoint}_median_months']):.10g}" if status == "reported" else status


def test_every_arm_stands_once_under_its_trial_and_once_under_its_therapy(trials, therapies):
    wanted = Counter(row["trial"] for row in rows_of("trials"))
    assert {entry["id"]: len(entry["arms"]) for entry in trials} == {
        f"trial-{k}": n for k, n in wanted.items()
    }
    assert Counter(arm["trial"] for _, arm in arms(therapies)) == wanted


def test_every_arm_says_what_the_table_holds(trials):
    rows = {}
    for row in rows_of("trials"):
        rows.setdefault(f"trial-{row['trial']}", []).append(row)
    for entry in trials:
        for arm, row in zip(entry["arms"], rows[entry["id"]], strict=True):
            assert arm["n"].replace(",", "") == (row["n"] or "not reported")
            for endpoint in ("os", "pfs"):
                said = arm[endpoint].split(" (")[0].split(", ")[0]
                wanted = median(row, endpoint)
                assert said == wanted or float(said) == float(wanted), (entry["id"], endpoint)
                low = row[f"{endpoint}_low_months"]
                assert (not low) or f"({float(low):g}" in arm[endpoint].replace(
                    ".0\N{EN DASH}", "\N{EN DASH}"
                )
                level = row[f"{endpoint}_ci_level"]
                assert (level in ("", "95")) or f"{level} %" in arm[endpoint]
            count, among = row["objective_response"], row["evaluable"]
            assert not (count and among) or arm["response"].startswith(f"{count}/{among}: ")
            assert (arm["response"] == "not reported") == (not count and not row["objective_response_pct"])
            assert (arm["harm"] == "not reported") == (row["grade3plus_ae_pct"] == "")
            assert arm["part"] == bool(row["part_of"])


def test_trials_name_registry_publications_and_comparisons(trials):
    by_id = {entry["id"]: entry for entry in trials}
    links = {row["source"]: row["doi"] for row in rows_of("sources")}
    for row in rows_of("trials"):
        entry = by_id[f"trial-{row['trial']}"]
        number, address = entry["facts"]["Registry"]
        assert number == (row["registry_id"] or "not reported")
        assert (address or "").startswith("https://") == number.startswith(("NCT", "ISRCTN", "ACTRN"))
        doi = links.get(row["primary_source"])
        assert not doi or any(html.escape(doi) in source for source in entry["sources"])
    compared = Counter(f"trial-{row['trial']}" for row in rows_of("comparisons"))
    timed = Counter(f"trial-{row['trial']}" for row in rows_of("landmarks"))
    assert {k: len(entry["comparisons"]) for k, entry in by_id.items() if entry["comparisons"]} == compared
    assert {k: len(entry["landmarks"]) for k, entry in by_id.items() if entry["landmarks"]} == timed


def test_every_regimen_stands_under_one_therapy_with_its_targets_and_claims(therapies):
    placed = Counter(name for entry in therapies for name in entry["regimens"])
    rows = rows_of("therapies")
    assert placed == Counter(row["therapy"] for row in rows)
    by_label = {(entry["class"], entry["label"]): entry for entry in therapies}
    for row in rows:
        entry = by_label[row["therapy_class"], row["agent"]]
        targets = {target["target_id"] for target in entry["strategies"]}
        assert {*filter(None, row["target_ids"].split(";"))} <= targets
    claimed = {claim["claim"]: entry["label"] for entry in therapies for claim in entry["claims"]}
    for row in rows_of("claims"):
        if row["therapy"] in placed:
            assert row["claim"] in claimed, row["claim"]


def test_numbers_at_a_glance_are_those_of_the_tables(evidence):
    rows, found = rows_of("trials"), pages.numbers(evidence)
    first = {row["trial"]: row for row in rows}
    chance = [row for row in first.values() if row["design"] == "randomized"]
    assert found["trials"] == len(first) and found["randomized"] == len(chance)
    assert found["met"] == sum(row["primary_endpoint_met"] == "yes" for row in chance)
    assert found["failed"] == sum(row["primary_endpoint_met"] == "no" for row in chance)
    assert found["sources"] == len(rows_of("sources"))
    assert found["agents"] == len({row["agent"] for row in rows_of("therapies")})


def test_every_public_name_has_a_page():
    named = [function["name"] for group in pages.functions().values() for function in group]
    assert sorted(named) == sorted({*mv.__all__} - {"__version__"})
    assert all(function["summary"] for group in pages.functions().values() for function in group)


def test_pages_have_an_anchor_for_each_entry_and_act_on_no_label(evidence, trials, therapies, tmp_path):
    hostile = "<script>*x*|`y`</script>"
    changed = evidence.trials.copy()
    changed.loc[changed["trial"] == "maps", ["trial_label", "regimen"]] = hostile
    figures = [figure for cell in pages.AT_A_GLANCE for figure in [fake(cell)]]
    titles = dict.fromkeys(("00-x", "01-survival", "03-enrollment", "04-randomized-comparisons"), hostile)
    pages.write(tmp_path, evidence._replace(trials=changed), figures, titles)
    for name, found in (("trials.md", trials), ("therapies.md", therapies)):
        text = (tmp_path / name).read_text(encoding="utf-8")
        anchors = re.findall(r"^\((.+)\)=$", text, flags=re.MULTILINE)
        assert sorted(anchors) == sorted(entry["id"] for entry in found)
        assert checks.repeated(anchors) == []
        assert hostile not in text and "<script" not in text
        assert not re.search(r">(nan|&lt;NA&gt;)<| nan\b", text)
    assert hostile not in (tmp_path / "index.md").read_text(encoding="utf-8")
    assert {path.stem for path in (tmp_path / "api").iterdir()} == {*mv.__all__, "index"} - {"__version__"}


def fake(cell):
    return charts.Figure(
        "01-survival", cell, cell, "T", "A", "W", (9, 9), (9, 9), (), frozenset({"maps"}), frozenset()
    )


def test_trials_lead_to_the_charts_that_draw_them(evidence):
    found = {entry["id"]: entry["charts"] for entry in entries.trials(evidence, [fake("x")])}
    assert [figure.address for figure in found["trial-maps"]] == ["notebooks/01-survival.html#chart-x"]
    assert found["trial-determine"] == []


def test_a_chart_stands_with_its_words_files_and_citation(staged):
    folder, [figure] = staged
    cells = nbformat.read(folder / "out" / "01-one.ipynb", as_version=4).cells
    chart, table = (output["data"] for output in cells[1].outputs)
    assert "image/png" not in chart and "base64" not in chart["text/html"]
    assert f'alt="{html.escape(figure.alt)}"' in chart["text/html"] and 'loading="lazy"' in chart["text/html"]
    for kind in ("png", "svg", "csv"):
        assert f'href="../{figure.file(kind)}" download' in chart["text/html"]
        assert (folder / "extra" / figure.file(kind)).stat().st_size > 100
    assert html.escape(pages.citation(figure)) in chart["text/html"] and figure.address in chart["text/html"]
    for line in figure.text.splitlines():
        assert html.escape(line) in chart["text/html"].replace("&#34;", "&quot;")
    assert figure.trials == {"maps"} and (figure.wide[0], figure.narrow[0]) == (912, 336)
    for kind, size in (("png", figure.wide), ("narrow.png", figure.narrow)):
        assert figure.file(kind) in chart["text/html"]
        with Image.open(folder / "extra" / figure.file(kind)) as image:
            assert image.size == pytest.approx((2 * size[0], 2 * size[1]), abs=1)
    assert table["text/html"] == '<a href="02-two.html#who-lived-and-how-long">there</a>'
    assert "(02-two.ipynb#who-lived-and-how-long)" in cells[0].source
    assert cells[1].metadata["tags"] == ["hide-input"] and "hide-cell" in cells[2].metadata["tags"]
    assert cells[2].metadata["mystnb"]["code_prompt_show"] == "A solution"


def test_a_citation_names_the_project_its_version_and_the_date_of_the_data():
    said = pages.citation(fake("x"))
    assert all(part in said for part in ("mesoviz contributors", mv.__version__, "November 2026", "T."))


def test_a_notebook_that_is_not_up_to_date_is_refused(staged):
    path = staged[0] / "01-one.ipynb"
    output = {"data": {"text/plain": "other words", "image/png": ""}}
    with pytest.raises(charts.StaleNotebook, match="other words"):
        charts.figures(path, {"b": [output]}, staged[0])
    with pytest.raises(charts.StaleNotebook, match="does not store"):
        charts.figures(path, {}, staged[0])


def test_the_checks_find_what_is_wrong_with_a_page(tmp_path):
    good = (
        '<html lang="en"><h1 id="top">A</h1><a href="b.html#there">b</a><a href="https://x.org">x</a></html>'
    )
    (tmp_path / "b.html").write_text('<html lang="en"><h1 id="there">B</h1></html>')
    (tmp_path / "a.html").write_text(good)
    (tmp_path / "a.css").write_text("a {background: url(data:image/png;base64,AA)}")
    assert checks.problems(tmp_path) == []
    wrong = {
        '<script src="https://x.org/a.js"></script>': "from elsewhere",
        '<link rel="stylesheet" href="//x.org/a.css">': "from elsewhere",
        '<p style="background: url(http://x.org/a.png)">': "from elsewhere",
        "<style>@import 'https://x.org/a.css';</style>": "from elsewhere",
        '<img srcset="a.css 1x, https://x.org/a.png 2x" alt="" width="1" height="1">': "from elsewhere",
        '<img src="a.css" width="1" height="1">': "lacks alt",
        '<a href="c.html">c</a>': "leads nowhere",
        '<a href="b.html#here">b</a>': "leads nowhere",
        '<p id="top">': "stands twice",
        "<h1>Again</h1>": "2 headings of level 1",
    }
    for markup, complaint in wrong.items():
        (tmp_path / "a.html").write_text(good.replace("</html>", f"{markup}</html>"))
        [found] = checks.problems(tmp_path)
        assert found.startswith("a.html: ") and complaint in found
