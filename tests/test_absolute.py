"""Absolute effects: survivors worked out from ratios, refused where hazards are not proportional."""

import re

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from conftest import ROOT
from drawn import artists, lines, outside, overlapping, points, table, words
from scipy.stats import weibull_min

import mesoviz as mv
from mesoviz._figures._absolute import ASSUMPTION, prepare

MINUS = "\N{MINUS SIGN}"


@pytest.fixture(scope="module")
def trials():
    return mv.load_trials()


@pytest.fixture(scope="module")
def comparisons():
    return mv.load_comparisons()


@pytest.fixture(scope="module")
def chart(comparisons, trials):
    return mv.absolute_effects(comparisons, trials)


@pytest.fixture(scope="module")
def rows():
    raw = table(ROOT / "data" / "comparisons.csv")
    return {row["trial"]: row for row in raw if row["main_analysis"] == "yes" and row["endpoint"] == "OS"}


@pytest.mark.parametrize("control", [50, 12.5, 84])
def test_survivors_follow_from_the_files_ratios(comparisons, trials, rows, control):
    data, _ = prepare(comparisons, trials, "OS", control_pct=control)
    assert set(data["trial"]) == {trial for trial, row in rows.items() if row["hazards"] == "not stated"}
    for found in data.to_dict("records"):
        row = rows[found["trial"]]
        for column, ratio in (
            ("difference", "hazard_ratio"),
            ("difference_low", "high"),
            ("difference_high", "low"),
        ):
            survivors = 100 * np.exp(float(row[ratio] or "nan") * np.log(control / 100))
            assert found[column] == pytest.approx(survivors - control, nan_ok=True)
        assert found["experimental_pct"] - found["control_pct"] == pytest.approx(found["difference"])


def test_survivors_are_those_of_a_survival_model_with_proportional_hazards(comparisons, trials):
    for shape, time in ((1.0, 1.5), (0.7, 0.4), (2.2, 1.1)):  # Weibull: hazards rise, fall, or stay
        control = 100 * weibull_min(shape).sf(time)
        data, _ = prepare(comparisons, trials, "PFS", control_pct=control)
        for row in data.to_dict("records"):
            slower = row["hazard_ratio"] ** (-1 / shape)  # multiplies the hazard by the ratio
            expected = 100 * weibull_min(shape, scale=slower).sf(time)
            assert row["experimental_pct"] == pytest.approx(expected)


def test_marks_stand_where_the_data_say(chart):
    data = chart.data
    bare = data["low"].isna()
    np.testing.assert_allclose(points(chart, "difference")[:, 0], data.loc[~bare, "difference"])
    np.testing.assert_allclose(
        points(chart, "difference without interval")[:, 0], data.loc[bare, "difference"]
    )
    np.testing.assert_allclose(
        lines(chart, "interval")[:, :2], data.loc[~bare, ["difference_low", "difference_high"]]
    )
    (zero,) = artists(chart, "no difference")
    assert set(zero.get_xdata()) == {0}
    low, high = chart.axes[0].get_xlim()
    assert low == -high and high > data[["difference_low", "difference_high"]].abs().max().max()


def test_hazards_that_are_not_proportional_are_refused(chart, comparisons, trials):
    gone = chart.omitted[chart.omitted["reason"].eq("hazards not proportional")]
    assert gone["trial"].tolist() == ["mars-2"]
    assert any("Not worked out, as hazards are not proportional: MARS 2." in text for text in words(chart))
    with pytest.raises(ValueError, match="hazards are not proportional in any comparison"):
        mv.absolute_effects(comparisons[comparisons["trial"].eq("mars-2")], trials)


def test_what_is_given_is_drawn_or_omitted_with_a_reason(chart, comparisons):
    assert len(chart.data) + len(chart.omitted) == len(comparisons)
    assert chart.omitted["reason"].notna().all()


def test_the_words_hold_every_plotted_number(chart):
    told = [line for line in chart.text.splitlines() if ": hazard ratio " in line]
    assert len(told) == len(chart.data)
    for line, row in zip(told, chart.data.to_dict("records"), strict=True):
        found = re.search(
            r"hazard ratio ([\d.]+); of 100 patients ([\d.]+) alive against ([\d.]+) .*?, difference (\S+) "
            r"\((?:([\d.]+) % interval (\S+) to (\S+)|no interval in the sources read)\)",
            line,
        ).groups()
        values = [float(x.replace(MINUS, "-")) if x else np.nan for x in found]
        columns = ["hazard_ratio", "experimental_pct", "control_pct", "difference", "ci_level"]
        columns += ["difference_low", "difference_high"]
        np.testing.assert_allclose(values, [row[column] for column in columns], atol=0.051)
        assert row["trial_label"] in line and f"[{row['citation']}]" in line
    assert ASSUMPTION in chart.text and len(chart.alt) <= 300
    assert "at 96.6 %" in words(chart) and "at 70 %" in words(chart)


def test_every_source_is_listed(chart):
    needed = set(chart.data["source"])
    for side in ("experimental", "control"):
        needed |= set(chart.data[f"{side}_n_source"].dropna())
        needed |= set(chart.data[f"{side}_median_source"].dropna())
    assert set(chart.sources["source"]) == needed


def test_the_chosen_time_is_said(comparisons, trials):
    few = comparisons[comparisons["setting"].eq("pretreated")]
    chosen = mv.absolute_effects(few, trials, "PFS", control_pct=20, month=12)
    assert "at 12 months, if 20 of 100 control patients are then" in chosen.text
    assert "alive without progression" in chosen.text and set(chosen.data["control_pct"]) == {20}
    assert "when 30 of 100 control patients are" in mv.absolute_effects(few, trials, control_pct=30).text


def test_order_of_rows_and_own_settings_change_nothing(comparisons, trials):
    few = comparisons[comparisons["setting"].eq("pretreated")]
    plain = mv.absolute_effects(few, trials)
    with mpl.rc_context({**mpl.rcParams, "axes.facecolor": "black", "font.size": 20}):
        other = mv.absolute_effects(few.sample(frac=1, random_state=5), trials.sample(frac=1, random_state=6))
    pd.testing.assert_frame_equal(plain.data, other.data)
    assert plain._bytes("png") == other._bytes("png")


@pytest.mark.parametrize("medium", ["notebook", "slide", "paper"])
def test_nothing_overlaps_or_is_cut_off(comparisons, trials, medium, chart):
    with mv.style(medium):
        charts = [
            mv.absolute_effects(comparisons[comparisons["trial"].eq("maps")], trials, control_pct=5),
            mv.absolute_effects(comparisons[comparisons["setting"].eq("pretreated")], trials, "PFS", month=6),
        ]
    for drawn in [*charts, chart]:
        assert outside(drawn) == [] and overlapping(drawn) == []


@pytest.mark.parametrize("medium", ["notebook", "slide", "paper"])
def test_the_last_tick_keeps_its_label_on_the_canvas(comparisons, trials, medium):
    unselected = comparisons[comparisons["trial"].isin(["maps", "swog-s0905", "checkmate-743", "ind-227"])]
    with mv.style(medium):
        drawn = mv.absolute_effects(unselected, trials, control_pct=27, month=24)
    axes = drawn.figure.axes[0]
    assert max(axes.get_xticks()) < axes.get_xlim()[1] / 1.05
    assert outside(drawn, slack=0) == []


def test_bad_input_is_refused_in_one_sentence(comparisons, trials):
    maps = comparisons[comparisons["trial"].eq("maps")]
    for options, message in (
        ({"control_pct": 0}, "control_pct must lie between 0 and 100"),
        ({"control_pct": 100}, "control_pct must lie between 0 and 100"),
        ({"control_pct": "half"}, "control_pct must lie between 0 and 100"),
        ({"control_pct": float("nan")}, "control_pct must lie between 0 and 100"),
        ({"month": -1}, "month must be a number above 0"),
        ({"endpoint": "ORR"}, "endpoint must be one of"),
    ):
        with pytest.raises(ValueError, match=message):
            mv.absolute_effects(maps, trials, **options)
    with pytest.raises(ValueError, match="the selection is empty"):
        mv.absolute_effects(maps.head(0), trials)
    with pytest.raises(ValueError, match="needs the columns hazards"):
        mv.absolute_effects(maps.drop(columns="hazards"), trials)
    with pytest.raises(TypeError, match="takes a DataFrame"):
        mv.absolute_effects(None, trials)
