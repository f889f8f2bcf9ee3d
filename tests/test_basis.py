"""What estimates rest on: facts held against the CSV files."""

import pandas as pd
import pytest
from conftest import ROOT
from drawn import points, table, words

import mesoviz as mv
from mesoviz._figures import _basis

YES_NO = {"agrees": True, "not done": False}


@pytest.fixture(scope="module")
def arms():
    return {(row["trial"], row["arm"]): row for row in table(ROOT / "data" / "trials.csv")}


@pytest.fixture(scope="module")
def kinds():
    return {row["source"]: row["kind"] for row in table(ROOT / "data" / "sources.csv")}


def test_comparisons_tell_the_facts_of_their_trials(arms, kinds):
    comparisons = mv.load_comparisons()
    basis = mv.evidence_basis(comparisons)
    assert basis.index.equals(comparisons.index)
    raw = table(ROOT / "data" / "comparisons.csv")
    for row, found in zip(raw, basis.to_dict("records"), strict=True):
        arm = arms[row["trial"], row["experimental_arm"]]
        other = arms[row["trial"], row["control_arm"]]
        assert found["randomized"] and found["blinding"] == arm["blinding"]
        assert found["blinded"] == (arm["blinding"] != "open-label")
        kind = arm["primary_endpoint_type"]
        aims = {"OS": {"OS", "OS and PFS"}, "PFS": {"PFS or similar", "OS and PFS"}}[row["endpoint"]]
        assert found["primary_endpoint"] == (kind in aims)
        assert found["source_kind"] == kinds[row["source"]]
        assert found["own_report"] == (kinds[row["source"]] in ("primary", "update"))
        assert found["extracted_twice"] == YES_NO[arm["second_extraction"]]
        n = str(int(arm["n"]) + int(other["n"])) if arm["n"] and other["n"] else ""
        assert ("" if pd.isna(found["n"]) else str(found["n"])) == n


@pytest.mark.parametrize(("endpoint", "source"), [("OS", "os_source"), ("response", "response_source")])
def test_arms_tell_their_own_facts_and_what_is_not_stated_is_missing(arms, kinds, endpoint, source):
    trials = mv.load_trials()
    basis = mv.evidence_basis(trials, endpoint)
    assert len(basis) == len(arms)
    for found in basis.to_dict("records"):
        row = arms[found["trial"], found["arm"]]
        assert found["randomized"] == (row["design"] == "randomized")
        for value, text in (
            (found["blinding"], row["blinding"]),
            (found["source_kind"], kinds.get(row[source], "")),
            (found["n"], row["n"]),
        ):
            assert ("" if pd.isna(value) else str(value)) == text
        assert pd.isna(found["blinded"]) == (row["blinding"] == "")
        assert pd.isna(found["own_report"]) == (row[source] == "")
        assert pd.isna(found["primary_endpoint"]) == (row["primary_endpoint_type"] == "")


def test_facts_are_said_in_words():
    comparisons = mv.load_comparisons()
    basis = mv.evidence_basis(comparisons[comparisons["trial"].eq("mesovats")])
    said = _basis.words(basis.to_dict("records")[0])
    assert said == "randomized, open-label, primary endpoint, source: primary, extracted once"
    unknown = dict.fromkeys(basis.columns, pd.NA)
    assert _basis.words(unknown) == (
        "randomization not stated, blinding not stated, primary endpoint not stated, "
        "kind of source not stated, extraction not stated"
    )
    labels = [key.label for key in _basis.keys(basis)]
    assert labels == ["Rests on:", "yes", "no", *(": ".join(fact) for fact in _basis.FACTS.values())]
    blank = basis.assign(blinded=pd.array([pd.NA] * len(basis), dtype="boolean"))
    assert [key.label for key in _basis.keys(blank)][:4] == ["Rests on:", "yes", "no", "none: not stated"]


def test_bad_input_is_refused_in_one_sentence():
    trials, comparisons = mv.load_trials(), mv.load_comparisons()
    for arguments, message in (
        ((trials,), "for arms, say the endpoint"),
        ((trials, "QOL"), "endpoint must be one of"),
        ((comparisons, "OS"), "comparisons tell their own endpoint"),
        ((trials.drop(columns="design"), "OS"), "needs the columns design"),
        ((trials.head(0), "OS"), "the selection is empty"),
    ):
        with pytest.raises(ValueError, match=message):
            mv.evidence_basis(*arguments)
    with pytest.raises(TypeError, match="takes a DataFrame"):
        mv.evidence_basis(None)


FIGURES = {
    "OS": lambda frame: mv.median_survival(frame),
    "PFS": lambda frame: mv.median_survival(frame, "PFS"),
    "response": lambda frame: mv.response_rate(frame),
    "disease control": lambda frame: mv.response_rate(frame, "disease control"),
}


@pytest.mark.parametrize("endpoint", FIGURES)
def test_figures_of_arms_show_what_each_row_rests_on(arms, kinds, endpoint):
    chart = FIGURES[endpoint](mv.load_trials())
    source = f"{endpoint.lower()}_source" if endpoint in ("OS", "PFS") else "response_source"
    aims = {
        "OS": {"OS", "OS and PFS"},
        "PFS": {"PFS or similar", "OS and PFS"},
        "response": {"response"},
        "disease control": {"disease control"},
    }[endpoint]
    told = {name: {True: 0, False: 0} for name in _basis.FACTS_OF_ARMS}
    for row in chart.data.to_dict("records"):
        given = arms[row["trial"], row["arm"]]
        blinding, kind = given["blinding"], given["primary_endpoint_type"]
        facts = {
            "randomized": given["design"] == "randomized",
            "blinded": blinding != "open-label" if blinding else pd.NA,
            "primary_endpoint": kind in aims if kind else pd.NA,
            "own_report": kinds[given[source]] in ("primary", "update") if given[source] else pd.NA,
            "extracted_twice": YES_NO.get(given["second_extraction"], pd.NA),
        }
        for name, value in facts.items():
            missing = pd.isna(value)
            assert pd.isna(row[name]) if missing else row[name] == value, (row["trial"], name)
            if not missing:
                told[name][value] += 1
    for at, name in enumerate(_basis.FACTS_OF_ARMS):
        for value, gid in ((True, "holds"), (False, "does not hold")):
            assert (points(chart, gid)[:, 0] == at).sum() == told[name][value]
    assert sum(len(points(chart, gid)) for gid in ("holds", "does not hold")) == sum(
        sum(numbers.values()) for numbers in told.values()
    )
    assert chart.text.count("Rests on: ") == len(chart.data)
    shown = words(chart)
    assert "Rests on:" in shown and "A: allocated at random" in shown
    own, marks = (axes.get_position().width * chart.figure.get_figwidth() for axes in chart.axes)
    assert own >= 0.339 * chart.figure.get_figwidth() > 3 * marks


@pytest.mark.parametrize("endpoint", FIGURES)
def test_where_there_is_no_room_or_no_fact_the_figure_stands_without_them(endpoint):
    trials = mv.load_trials().head(60)
    for name in ("slide", "paper"):
        with mv.style(name):
            chart = FIGURES[endpoint](trials)
        assert len(chart.axes) == 1 and "Rests on:" not in words(chart) and "Rests on: " in chart.text
    bare = FIGURES[endpoint](trials.drop(columns="second_extraction"))
    assert len(bare.axes) == 1 and "Rests on" not in bare.text and "own_report" not in bare.data


def test_the_legend_of_the_facts_begins_a_line():
    first, *others = _basis.keys(mv.evidence_basis(mv.load_trials(), "OS"), _basis.FACTS_OF_ARMS)
    assert first.first and not any(key.first for key in others)
