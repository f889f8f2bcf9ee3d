"""Frames and arguments that nothing sensible can be made of: a chart all the same, or one sentence."""

import re

import numpy as np
import pandas as pd
import pytest

import mesoviz as mv

FEW = ["maps", "determine", "confirm", "crs-207"]
NUMBERS = {  # columns that figures draw or count, each with a figure that needs it
    "n": mv.enrollment,
    "patients": mv.evidence_map,
    "evaluable": mv.best_response,
    "complete_response": mv.best_response,
    "objective_response": mv.response_rate,
    "objective_response_pct": mv.response_rate,
    "os_median_months": mv.median_survival,
    "os_high_months": mv.median_survival,
    "os_ci_level": mv.median_survival,
    "grade3plus_ae_pct": mv.benefit_and_harm,
    "enrolled": mv.accrual,
    "planned": mv.accrual,
    "unassigned": mv.timeline,
}
OF_RATIOS = ("hazard_ratio", "low", "high", "ci_level")
NOT_TEXT = [5, ["x"], np.nan, pd.Series(["a", "b"])]


@pytest.fixture(scope="module")
def trials():
    frame = mv.load_trials()
    return frame[frame["trial"].isin(FEW)]


@pytest.fixture(scope="module")
def comparisons():
    frame = mv.load_comparisons()
    return frame[frame["trial"].isin(FEW)]


@pytest.fixture(scope="module")
def others():
    return mv.load_evidence()._asdict()


def with_cell(frame, column, value):
    """The frame with this value in its first cell that is not empty."""
    values = frame[column].astype("object" if isinstance(value, str) else "float64")
    values[frame[column].first_valid_index()] = value
    return frame.assign(**{column: values})


def refusal(call):
    with pytest.raises((TypeError, ValueError)) as caught:
        call()
    assert re.fullmatch(r"[^\n]{10,400}[.)]", str(caught.value)), str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("value", [-5.0, float("inf"), 1e12, "abc"])
@pytest.mark.parametrize("column", NUMBERS)
def test_a_number_that_no_table_holds_is_refused_by_its_column(trials, column, value):
    if value == 1e12 and column in ("patients", "unassigned"):
        value = 0.5  # sums have no upper limit, but nobody is half a patient
    said = refusal(lambda: NUMBERS[column](with_cell(trials, column, value)))
    assert re.search(rf"^\w+: {column} must hold (whole )?numbers", said)
    assert f"got {value!r}" in said or f"got {value}" in said
    assert any(trial in said for trial in FEW)


@pytest.mark.parametrize("column", ["n", "evaluable", "enrolled"])
def test_nobody_is_no_number_of_patients(trials, column):
    said = refusal(lambda: NUMBERS[column](with_cell(trials, column, 0)))
    assert f"{column} must hold whole numbers from 1 to 100000; got 0" in said


@pytest.mark.parametrize("value", [-5.0, 0.0, float("inf"), 1e12, "abc"])
@pytest.mark.parametrize("column", OF_RATIOS)
@pytest.mark.parametrize("function", [mv.forest, mv.absolute_effects, mv.promise_and_test, mv.pool])
def test_a_ratio_that_no_table_holds_is_refused_by_its_column(trials, comparisons, function, column, value):
    frame = with_cell(comparisons[comparisons["endpoint"].eq("OS")], column, value)
    given = {mv.pool: (frame,), mv.promise_and_test: (trials, frame)}.get(function, (frame, trials))
    assert f"{function.__name__}: {column} must hold numbers" in refusal(lambda: function(*given))


def test_a_ratio_that_is_missing_beside_its_interval_is_omitted_and_said(trials, comparisons):
    frame = comparisons.assign(hazard_ratio=comparisons["hazard_ratio"].mask(comparisons["trial"].eq("maps")))
    chart = mv.forest(frame, trials)
    reasons = chart.omitted.loc[chart.omitted["trial"].eq("maps"), "reason"].tolist()
    assert "no hazard ratio reported" in reasons and "no hazard ratio reported" in chart.text


@pytest.mark.parametrize(
    ("function", "table", "column", "value"),
    [
        (mv.landmark_survival, "landmarks", "survival_pct", -1.0),
        (mv.landmark_survival, "landmarks", "high_pct", 101.0),
        (mv.landmark_survival, "landmarks", "month", float("inf")),
        (mv.survival_curves, "curves", "at_risk", -1.0),
        (mv.survival_curves, "curves", "month", 1e12),
        (mv.survival_curves, "curves", "survival_pct", "all"),
        (mv.alterations, "target_figures", "count", -1.0),
        (mv.alterations, "target_figures", "pct", float("inf")),
        (mv.claims, "claims", "text_year", 1e12),
        (mv.claims, "claims", "verdict", "perhaps"),
        (mv.median_survival, "trials", "role", "both"),
        (mv.median_survival, "trials", "os_status", "unknown"),
    ],
)
def test_what_no_table_holds_is_refused_by_every_figure(others, function, table, column, value):
    said = refusal(lambda: function(with_cell(others[table], column, value)))
    assert f"{function.__name__}: {column} must hold" in said


@pytest.mark.parametrize("column", ["primary_endpoint_met", "arm_setting", "trial_label", "therapy_label"])
def test_columns_of_another_kind_are_refused(trials, column):
    plain = trials.assign(**{column: "yes" if column == "primary_endpoint_met" else 7})
    kind = {"primary_endpoint_met": "True or False", "arm_setting": "one of"}.get(column, "text")
    figure = {"therapy_label": mv.accrual, "arm_setting": mv.enrollment}.get(column, mv.evidence_map)
    assert f"{column} must hold {kind}" in refusal(lambda: figure(plain))


def test_yes_and_no_read_without_the_loader_are_not_both_taken_for_yes(trials, comparisons):
    plain = comparisons.assign(main_analysis=comparisons["main_analysis"].map({True: "yes", False: "no"}))
    assert "main_analysis must hold True or False; got 'yes'" in refusal(lambda: mv.forest(plain, trials))


def test_as_many_patients_and_months_as_a_table_can_hold_are_drawn(trials, comparisons):
    most = {"n": 100_000, "patients": 100_000, "enrolled": 100_000, "planned": 100_000}
    most |= {"os_median_months": 240.0, "os_low_months": 0.001, "os_high_months": 240.0}
    frame = trials.assign(**most, os_status="reported", os_high_status="reported")
    for function in (mv.median_survival, mv.enrollment, mv.accrual, mv.timeline):
        assert function(frame).figure.axes
    for ratio in (20.0, 1e-12):
        chart = mv.forest(comparisons.assign(hazard_ratio=ratio, low=ratio / 2, high=20.0), frame)
        left, right = chart.axes[0].get_xlim()
        assert left < ratio < right


FIGURES = {
    "median_survival": lambda t, c, **k: mv.median_survival(t, **k),
    "best_response": lambda t, c, **k: mv.best_response(t, **k),
    "enrollment": lambda t, c, **k: mv.enrollment(t, **k),
    "accrual": lambda t, c, **k: mv.accrual(t, **k),
    "forest": lambda t, c, **k: mv.forest(c, t, **k),
    "network": lambda t, c, **k: mv.network(c, **k),
    "timeline": lambda t, c, **k: mv.timeline(t, **k),
    "evidence_map": lambda t, c, **k: mv.evidence_map(t, **k),
}


@pytest.mark.parametrize("name", FIGURES)
def test_headings_and_sources_of_another_kind_are_refused(trials, comparisons, name):
    for value in NOT_TEXT:
        said = refusal(lambda value=value: FIGURES[name](trials, comparisons, title=value))
        assert said.startswith("title must be text; got ")
        said = refusal(lambda value=value: FIGURES[name](trials, comparisons, sources=value))
        assert said.startswith("sources takes a DataFrame; got ")
    said = refusal(lambda: FIGURES[name](trials, comparisons, sources=trials))
    assert said.startswith("sources needs the columns source")


def test_years_of_sources_that_are_no_numbers_are_refused(trials, others):
    plain = others["sources"].assign(year=others["sources"]["year"].astype("str"))
    said = refusal(lambda: mv.timeline(trials, sources=plain))
    assert said.startswith("sources: year must hold whole numbers from 1950 to 2100; got '")


@pytest.mark.parametrize("value", [3, ["arm"], None, np.array([1, 2]), {"a": 1}, pd.Series(["OS", "PFS"])])
def test_options_of_another_kind_are_refused(trials, comparisons, others, value):
    calls = {
        "endpoint": lambda: mv.median_survival(trials, endpoint=value),
        "by": lambda: mv.enrollment(trials, by=value),
        "rows": lambda: mv.evidence_map(trials, rows=value),
        "benefit": lambda: mv.benefit_and_harm(trials, benefit=value),
        "method": lambda: mv.pool_weights(comparisons, method=value),
        "months": lambda: mv.landmark_survival(others["landmarks"], months=[value, "x"]),
        "control_pct": lambda: mv.absolute_effects(comparisons, trials, control_pct=[value]),
        "id": lambda: mv.table(trials, id=value),
    }
    for option, call in calls.items():
        assert refusal(call).startswith(f"{option} must ")
    if value is not None:
        assert "survival_curves: there is no curve of trial" in refusal(
            lambda: mv.survival_curves(others["curves"], trial=7)
        )


@pytest.mark.parametrize("value", [3, np.nan, True, [3], b"x", {1: "a"}])
def test_names_of_another_kind_are_refused(trials, value):
    assert refusal(lambda: mv.select(trials, agent=value)).startswith("select: agent must be text")
    assert refusal(lambda: mv.where(value)).startswith("names must be text")


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("widths", {"claim": "30%"}, "widths must be numbers above 0 and up to 100; got '30%'."),
        ("widths", {"claim": 0}, "widths must be numbers above 0 and up to 100; got 0."),
        ("widths", {"claim": np.nan}, "widths must be numbers above 0 and up to 100; got nan."),
        ("widths", {"nowhere": 30}, "table needs the columns nowhere"),
        ("widths", 30, "widths must be a mapping from columns; got 30."),
        ("labels", ["claim"], "labels must be a mapping from columns; got ['claim']."),
        ("links", "url", "links must be a mapping from columns; got 'url'."),
        ("group", ["text"], "group must be text; got ['text']."),
        ("title", 5, "title must be text; got 5."),
        ("note", ["a"], "note must be text; got ['a']."),
    ],
)
def test_what_cannot_make_a_table_is_refused(others, option, value, said):
    assert refusal(lambda: mv.table(others["claims"], id="x", **{option: value})).startswith(said)


def test_a_table_may_have_columns_of_any_name(others):
    names = {name: f"about {name}" for name in ("_group", "group", "", "index", "_", "row")}
    frame = others["claims"][["text"]].assign(**names)
    shown = mv.table(frame, id="x", group="text", labels={name: f"Column {name}" for name in names})
    for name in names:
        assert f"about {name}" in shown.markup and f"Column {name}" in shown.text
    assert all(text in shown.markup for text in frame["text"])
