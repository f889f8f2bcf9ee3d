"""The explorer: what it offers leads to a chart, its code makes the same one, and its controls follow."""

import base64
import itertools
import sys
from dataclasses import astuple

import pandas as pd
import pytest

import mesoviz as mv
from mesoviz._explore import _choices, _views
from mesoviz._explore._choices import ARM_COLUMNS, ENDPOINTS, Choice

FIRST = {"setting": "pretreated", "therapy_class": "Checkpoint inhibitor"}


@pytest.fixture(scope="module")
def tables():
    return mv.load_trials(), mv.load_comparisons()


@pytest.fixture(scope="module")
def ways(tables):
    return _choices.ways(*tables)


@pytest.fixture
def explorer(tables):
    return mv.explore(*tables, **FIRST)


def run(code, **names):
    """The value of the last line of the code."""
    *lines, last = code.splitlines()
    exec("\n".join(lines), names)
    return eval(last, names)


# What is offered --------------------------------------------------------------------------------------


def test_whatever_leads_to_a_chart_was_found_in_the_table(tables, ways):
    """Read again from the table: an arm with a figure, or one whose control in the same setting has one."""
    trials = tables[0]
    for endpoint, column in (("OS", "os_status"), ("PFS", "pfs_status")):
        told = trials[trials[column].ne("not reported") & trials[column].notna()]
        compared = trials.loc[trials["role"].eq("control"), ["trial", "arm_setting"]]
        pairs = set(compared.itertuples(index=False, name=None))
        has = {(t, s) for t, s in told[["trial", "arm_setting"]].itertuples(index=False) if (t, s) in pairs}
        wanted = sorted(
            row.agent
            for row in trials[trials["role"].eq("experimental")].itertuples()
            if (row.trial, row.arm_setting) in has or row.Index in told.index
        )
        assert sorted(ways.loc[ways["endpoint"].eq(endpoint), "agent"]) == wanted


def test_every_agent_can_be_found(tables, ways):
    tried = tables[0].loc[tables[0]["role"].eq("experimental")]
    counted = tried[tried["patients"].notna() & tried["part_of"].isna()]
    assert {*counted["agent"]} <= {*_choices.offered(ways, Choice("enrollment"), "agent")}


def test_values_alone_lead_to_a_chart(tables, ways):
    choices = [
        Choice(endpoint, **{control: value})
        for endpoint, control in itertools.product(ENDPOINTS, ("setting", "therapy_class", "phase"))
        for value in _choices.offered(ways, Choice(endpoint), control)
    ]
    assert len(choices) > 80
    for choice in choices[::4]:
        chart = _views.view(choice, *tables).chart
        assert len(chart.data) and chart.text


def test_an_endpoint_is_offered_where_the_selection_has_it_and_nowhere_else(tables, ways):
    """For values that arms have together: what `select` keeps against all that is drawn of the table."""
    trials = tables[0]
    counts = trials["part_of"].isna() & (trials["patients"].notna() | trials["unassigned"].gt(0))
    drawn = {"enrollment": {*trials.index[counts]}}
    keys = pd.MultiIndex.from_frame(trials[["trial", "arm"]])
    for draw, names in ((mv.median_survival, ("OS", "PFS")), (mv.response_rate, list(ENDPOINTS)[2:4])):
        for name in names:
            data = draw(trials, name).data
            drawn[name] = {*trials.index[keys.isin(pd.MultiIndex.from_frame(data[["trial", "arm"]]))]}
    values = trials.loc[trials["role"].eq("experimental"), list(ARM_COLUMNS.values())].astype("object")
    combinations = {
        tuple(value if kept else None for value, kept in zip(row, mask, strict=True))
        for row in values.drop_duplicates().itertuples(index=False, name=None)
        for mask in itertools.product((True, False), repeat=4)
    }
    assert len(combinations) > 1000
    for combination in sorted(combinations, key=str)[::9]:
        choice = Choice("enrollment", *combination)
        kept = {*_views._chosen_arms(choice, trials)[0].index}
        offered = {*_choices.offered(ways, choice, "endpoint")}
        assert {name for name, rows in drawn.items() if kept & rows} == offered & {*drawn}


def test_a_choice_stays_valid_whatever_offered_value_follows(tables, ways):
    """From any choice, each value of each menu leads to a choice whose own values are all offered again."""
    choice = Choice("OS", **FIRST)
    for control in _choices.CONTROLS:
        for value in _choices.offered(ways, choice, control):
            after = Choice(**{**vars(choice), control: value})
            for other in _choices.CONTROLS:
                mine = getattr(after, other)
                assert mine is None or mine in _choices.offered(ways, after, other)


@pytest.mark.parametrize(
    "wrong, words",
    [
        ({"setting": "second-line"}, "setting must be one of 'first-line'"),
        ({"endpoint": "hope"}, "endpoint must be one of 'OS'"),
        ({"agent": "Tremelimumab", "therapy_class": "Cell therapy"}, "no arm with all these values"),
    ],
)
def test_what_leads_nowhere_is_refused_in_a_sentence(tables, wrong, words):
    with pytest.raises(ValueError, match=words):
        mv.explore(*tables, **wrong)


def test_a_frame_that_cannot_be_drawn_says_what_it_lacks(tables):
    with pytest.raises(ValueError, match="lacks them"):
        mv.explore(tables[0][["trial", "arm"]], tables[1])


def test_a_small_table_offers_what_it_has(tables):
    trials, comparisons = (frame[frame["trial"].eq("maps")] for frame in tables)
    explorer = mv.explore(trials, comparisons)
    assert explorer.offered("agent") == ["Bevacizumab"]
    assert "load_" not in explorer.code
    assert run(explorer.code, trials=trials).text == explorer.chart.text
    explorer.choose("endpoint", "comparisons of OS")
    assert "load_" not in explorer.code
    assert run(explorer.code, trials=trials, comparisons=comparisons).text == explorer.chart.text


# Its chart, its code, its table -----------------------------------------------------------------------

CHOICES = [
    Choice("OS", **FIRST),
    Choice("OS"),
    Choice("PFS", phase="3"),
    Choice("PFS", setting="first-line", therapy_class="Chemotherapy", phase="2"),
    Choice("objective response", agent="Tremelimumab"),
    Choice("objective response"),
    Choice("disease control", setting="first-line"),
    Choice("enrollment"),
    Choice("enrollment", therapy_class="Cell therapy", phase="1"),
    Choice("comparisons of OS"),
    Choice("comparisons of OS", setting="maintenance", phase="3"),
    Choice("comparisons of PFS", therapy_class="Checkpoint inhibitor"),
    Choice("comparisons of PFS", agent="Pegargiminase", setting="mixed"),
]


@pytest.mark.parametrize("choice", CHOICES, ids=lambda one: "-".join(filter(None, astuple(one))))
def test_the_code_makes_the_same_chart_and_the_table_has_its_rows(tables, choice):
    view = _views.view(choice, *tables)
    again = run(view.code)
    assert (again.text, again.alt, again.title) == (view.chart.text, view.chart.alt, view.chart.title)
    pd.testing.assert_frame_equal(again.data, view.chart.data)
    shown = _views.table(view.chart, choice.endpoint)
    assert len(repr(shown).splitlines()) == len(view.chart.data)
    assert "nan" not in repr(shown).lower().split()
    assert view.overview == ('by="therapy_class"' in view.code and choice.endpoint != "enrollment")


def test_an_arm_stays_beside_what_it_was_compared_with(tables):
    chart = _views.view(Choice("OS", agent="Tremelimumab", setting="pretreated"), *tables).chart
    assert {"tremelimumab", "placebo"} <= {*chart.data.loc[chart.data["trial"].eq("determine"), "arm"]}


def test_a_name_with_quotes_is_quoted(tables):
    name = 'The "new" \\ one\'s'
    trials = tables[0][tables[0]["trial"].eq("maps")].assign(agent=name)
    explorer = mv.explore(trials, tables[1].head(0), agent=name)
    assert run(explorer.code, trials=trials).text == explorer.chart.text


# Its controls -----------------------------------------------------------------------------------------


def test_all_follows_the_menus(explorer):
    controls = explorer.controls
    menus = controls.menus
    before = controls.picture.value
    menus["agent"].value = "Tremelimumab"
    assert "DETERMINE" in explorer.chart.text and explorer.choice.agent == "Tremelimumab"
    assert controls.picture.value != before and explorer.chart.alt in controls.picture.value
    assert "<details>" in controls.picture.value and "DETERMINE" in controls.table.value
    assert "mv.select(trials" in controls.code.value
    assert controls.status.value == f'<p role="status">{explorer.status}</p>'
    menus["endpoint"].value = "objective response"
    assert explorer.chart.title.startswith("Objective response: Pretreated")
    for name, menu in menus.items():
        assert [value for _, value in menu.options if value] == explorer.offered(name)
        assert menu.value == (getattr(explorer.choice, name) or "")
    controls.again.click()
    assert explorer.choice == Choice("objective response")
    assert [menus[name].label for name in ARM_COLUMNS] == ["All"] * 4
    assert "This is an overview" in controls.status.value


def test_many_rows_are_announced_before_they_are_drawn(explorer):
    said = []
    controls = explorer.controls
    controls.status.observe(lambda change: said.append(change["new"]), "value")
    controls.menus["agent"].value = "Tremelimumab"
    assert not any("Drawing" in words for words in said)
    said.clear()
    explorer.choose("agent", None)
    controls.menus["therapy_class"].label = "All"
    assert [words for words in said if "Drawing" in words] == said[:1]
    assert f"Drawing {len(explorer.chart.data)} rows" in said[0]


def test_what_is_seen_is_saved(explorer):
    files = explorer.files()
    name = "median-overall-survival-pretreated-checkpoint-inhibitor"
    assert list(files) == [f"{name}.{kind}" for kind in ("png", "svg", "csv")]
    held = [base64.b64decode(address.partition(",")[2]) for address in files.values()]
    assert held[0] == explorer.chart._png and b"<svg " in held[1]
    assert held[2].decode().splitlines()[0] == ",".join(explorer.chart.data)
    assert explorer.controls.files.value.count("<a ") == 3


def test_a_text_that_acts_is_shown_and_never_saved(tables):
    name = "=1+1<script>alert(1)</script>"
    trials = tables[0][tables[0]["trial"].eq("maps")].assign(agent=name)
    controls = mv.explore(trials, tables[1].head(0), agent=name).controls
    assert "begins like a formula" in controls.files.value and "href" not in controls.files.value
    for output in (controls.status, controls.picture, controls.files, controls.code, controls.table):
        assert "<script" not in output.value


def test_a_notebook_is_told_in_words_what_it_cannot_show(explorer, monkeypatch):
    bundle = explorer._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert bundle["text/plain"] == repr(explorer) and "Run All Cells" in bundle["text/html"]
    monkeypatch.setitem(sys.modules, "mesoviz._explore._controls", None)
    without = mv.explore(**FIRST)._repr_mimebundle_()
    assert sorted(without) == ["text/html", "text/plain"] and "ipywidgets" in without["text/html"]
