"""Approaches: what is drawn and said, held against the CSV files read with the csv module alone."""

import re

import matplotlib as mpl
import pandas as pd
import pytest
from conftest import ROOT
from drawn import lines, outside, overlapping, points, table, words

import mesoviz as mv
from mesoviz._figures._approach_rows import APPROACHES, CLASSES, STEPS, prepare
from mesoviz._figures._approaches import approaches


@pytest.fixture(scope="module")
def trials():
    return mv.load_trials()


@pytest.fixture(scope="module")
def targets():
    return mv.load_targets()


@pytest.fixture(scope="module")
def therapies():
    return {row["therapy"]: row for row in table(ROOT / "data" / "therapies.csv")}


@pytest.fixture(scope="module")
def raw(therapies):
    """Experimental arms of cell, gene and virus therapy that are no part of another, from the file."""
    return {
        (row["trial"], row["arm"]): row
        for row in table(ROOT / "data" / "trials.csv")
        if therapies[row["therapy"]]["therapy_class"] in CLASSES
        and row["role"] == "experimental"
        and not row["part_of"]
    }


@pytest.fixture(scope="module")
def chart(trials, targets):
    return approaches(trials, targets=targets)


@pytest.fixture(scope="module")
def arms(chart):
    return chart.data[chart.data["phase"].ne("none")]


def test_every_arm_is_drawn_with_its_figures(arms, raw):
    assert set(zip(arms["trial"], arms["arm"], strict=True)) == set(raw) and len(arms) == len(raw)
    for row in arms.to_dict("records"):
        file = raw[row["trial"], row["arm"]]
        for name in ("phase", "status", "n", "evaluable", "objective_response", "disease_control"):
            assert ("" if pd.isna(row[name]) else str(row[name])) == file[name]
        assert (None if pd.isna(row["os_median_months"]) else row["os_median_months"]) == (
            float(file["os_median_months"]) if file["os_median_months"] else None
        )


def test_strategies_never_tried_are_drawn_as_such(chart):
    expected = {
        row["target_id"]
        for row in table(ROOT / "data" / "targets.csv")
        if row["stage"] == "no human trial found" and row["strategy_class"].startswith("gene therapy")
    }
    untried = chart.data[chart.data["phase"].eq("none")]
    assert set(untried["therapy"]) == expected
    planned = untried["notes"].str.contains("protocol")
    assert planned.any() and untried.loc[~planned, "outlook"].eq("No human trial found.").all()
    assert untried.loc[planned, "outlook"].eq("A protocol was published; no result found.").all()
    assert len(points(chart, "untried")) == len(expected)


@pytest.mark.parametrize(
    ("agent", "approach"),
    [
        ("Mesothelin CAR T cells", "CAR T and other engineered T cells"),
        ("Gavocabtagene autoleucel", "CAR T and other engineered T cells"),
        ("Ad.HSVtk", "Suicide genes"),
        ("PA1-STK cells", "Suicide genes"),
        ("TargomiRs (miR-16 mimic)", "Tumor-suppressor genes and microRNA"),
        ("MV-NIS measles virus", "Oncolytic viruses and virus envelopes"),
        ("HVJ-E", "Oncolytic viruses and virus envelopes"),
        ("ONCOS-102", "Oncolytic viruses and virus envelopes"),
        ("Vaccinia-IL-2", "Immune genes carried by a virus"),
        ("MTG201 + nivolumab", "Immune genes carried by a virus"),
        ("Nadofaragene firadenovec", "Immune genes carried by a virus"),
        ("Tumor-infiltrating lymphocytes", "Other living cells"),
    ],
)
def test_named_therapies_stand_under_their_approach(arms, agent, approach):
    assert set(arms.loc[arms["agent"].eq(agent), "approach"]) == {approach}


def test_no_arm_of_the_table_is_left_without_a_fitting_approach(arms):
    assert "Other genes and vectors" not in set(arms["approach"])
    assert list(dict.fromkeys(arms["approach"])) == [
        name for name in APPROACHES if name in set(arms["approach"])
    ]


def test_what_became_of_it_is_told_from_status_and_later_phases(arms, raw):
    outlook = dict(zip(arms["trial"], arms["outlook"], strict=True))
    assert outlook["ad-ifn-alpha2b"] == "Completed. Went on: Sterman 2016."
    assert outlook["infinite"] == "Still running. No result found."
    assert outlook["mv-nis-measles"] == "Status unknown. No result found."
    assert outlook["hsv1716"] == "Completed. No later phase in this selection."
    for row in arms.to_dict("records"):
        file = raw[row["trial"], row["arm"]]
        figures = ("n", "objective_response", "disease_control", "disease_control_pct", "os_median_months")
        if any(file[name] for name in figures):
            assert "No result found" not in row["outlook"]


def test_marks_stand_at_the_phase_reached(chart, arms):
    reported = arms["reported"].astype(bool)
    for gid, which in (("reported", reported), ("not reported", ~reported)):
        assert points(chart, gid)[:, 0].tolist() == [STEPS.index(phase) for phase in arms.loc[which, "phase"]]
    reached = lines(chart, "reached")
    assert reached[:, 0].tolist() == [0] * len(arms)
    assert reached[:, 1].tolist() == [STEPS.index(phase) for phase in arms["phase"]]


def test_notes_speak_of_empty_cells_and_not_of_nulls(chart):
    notes = chart.data["notes"].dropna()
    assert notes.str.contains("left empty").any() and not notes.str.contains("null").any()
    assert "null" not in chart.text


def test_words_hold_every_figure_and_note(chart):
    body = chart.text.splitlines()[1 : len(chart.data) + 1]
    for line, row in zip(body, chart.data.to_dict("records"), strict=True):
        assert line.startswith(f"{row['approach']}: {row['therapy_label']}") and row["outlook"] in line
        assert pd.isna(row["notes"]) or f'Note: "{row["notes"]}"' in line
        if row["phase"] == "none":
            continue
        found = re.search(
            r", phase ([\d/]+), (.+?): responses (.+?); disease control (.+?); median .*?: (.+?);", line
        )
        n = "number of patients n.r." if pd.isna(row["n"]) else f"{row['n']} patients"
        assert found[1] == row["phase"] and found[2] == n
        assert found[3] == _share(row, "objective_response") and found[4] == _share(row, "disease_control")
        assert found[5] == ("n.r." if pd.isna(row["os_median_months"]) else f"{row['os_median_months']:.1f}")
        assert re.search(r"\[.+\]$", line) and "no citation" not in line


def _share(row, what):
    if pd.notna(row[what]):
        return f"{row[what]} / {'n.r.' if pd.isna(row['evaluable']) else row['evaluable']}"
    return "n.r." if pd.isna(row[f"{what}_pct"]) else f"{row[f'{what}_pct']:g} %"


def test_the_columns_hold_patients_responses_and_survival(chart, arms):
    shown = words(chart)
    for row in arms.to_dict("records"):
        for what in ("objective_response", "disease_control"):
            assert _share(row, what) in shown
        assert pd.isna(row["n"]) or str(row["n"]) in shown


@pytest.mark.parametrize(
    "select",
    [
        lambda t: t,
        lambda t: t[t["therapy_class"].eq("Cell therapy")],
        lambda t: t[t["trial"].eq("oncos-102")],
    ],
)
def test_what_is_given_is_drawn_or_omitted_with_a_reason(trials, targets, select):
    given = select(trials)
    drawn, omitted = prepare(given, targets)
    pairs = pd.concat([drawn[drawn["phase"].ne("none")], omitted])[["trial", "arm"]].apply(tuple, axis=1)
    assert sorted(pairs) == sorted(given[["trial", "arm"]].apply(tuple, axis=1))
    assert omitted["reason"].notna().all()


def test_parts_of_an_arm_and_controls_are_omitted(chart, trials):
    reasons = chart.omitted.set_index(["trial", "arm"])["reason"]
    assert reasons["ad-ifn-alpha2b-celecoxib-chemotherapy", "first-line-cohort"] == "part of another arm"
    controls = chart.omitted["role"].eq("control")
    assert chart.omitted.loc[controls, "reason"].eq("control arm").all()
    assert controls.sum() == trials["role"].eq("control").sum()


def test_an_arm_without_a_phase_is_omitted_for_that_reason(trials):
    few = trials[trials["trial"].isin(["hsv1716", "mesomir-1"])]
    drawn, omitted = prepare(few.assign(phase=few["phase"].mask(few["trial"].eq("hsv1716"))))
    assert drawn["trial"].tolist() == ["mesomir-1"]
    assert omitted[["trial", "reason"]].to_numpy().tolist() == [
        ["hsv1716", "phase not reported in the sources read"]
    ]


def test_sources_hold_every_source_of_a_drawn_row(chart, raw):
    columns = ("primary_source", "enrollment_source", "n_source", "response_source", "os_source")
    wanted = {row[name] for row in raw.values() for name in columns} - {""}
    ideas = set(chart.data.loc[chart.data["phase"].eq("none"), "therapy"])
    cited = {r["source"] for r in table(ROOT / "data" / "claim_and_target_sources.csv") if r["of"] in ideas}
    assert set(chart.sources["source"]) == wanted | cited


def test_alternative_text_is_short(chart, arms):
    assert len(chart.alt) <= 300 and f"{len(arms)} arms" in chart.alt


def test_the_order_of_rows_changes_nothing(trials, targets, chart):
    shuffled = approaches(
        trials.sample(frac=1, random_state=4), targets=targets.sample(frac=1, random_state=4)
    )
    pd.testing.assert_frame_equal(shuffled.data, chart.data)


def test_the_settings_of_the_user_change_nothing(trials):
    few = trials[trials["trial"].eq("hsv1716")]
    plain = approaches(few)._png
    with mpl.rc_context({"axes.facecolor": "black", "font.size": 30, "text.color": "red"}):
        assert approaches(few)._png == plain


@pytest.mark.parametrize("style", ["notebook", "slide", "paper"])
@pytest.mark.parametrize("rows", [1, 5, 26, 100])
def test_no_text_is_cut_off_or_covers_another(trials, targets, arms, style, rows):
    few = trials.merge(arms[["trial", "arm"]], on=["trial", "arm"])
    many = pd.concat([few.assign(arm=few["arm"] + f"-{i}") for i in range(4)]).head(rows)
    with mv.style(style):
        chart = approaches(many, targets=targets if rows > 5 else None)
    assert outside(chart) == [] and overlapping(chart) == []


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda t: approaches(t.head(0)), ValueError, "approaches was given no rows"),
        (lambda t: approaches(t.drop(columns=["status"])), ValueError, "the columns status"),
        (lambda t: approaches([1]), TypeError, "approaches takes a DataFrame; got list."),
        (
            lambda t: approaches(t[t["trial"].eq("maps")]),
            ValueError,
            "approaches: the selection holds no arm of cell, gene or virus therapy.",
        ),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_one_sentence(trials, call, error, message):
    with pytest.raises(error, match=re.escape(message)) as caught:
        call(trials)
    assert "\n" not in str(caught.value)
