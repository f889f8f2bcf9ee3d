"""Survival curves: what is drawn and said, held against the CSV files read with the csv module alone."""

import re

import matplotlib as mpl
import matplotlib.style
import numpy as np
import pandas as pd
import pytest
from conftest import ROOT
from drawn import artists, lines, outside, overlapping, table, texts, words

import mesoviz as mv
from mesoviz._figures._curves import NO_RATIO, RECONSTRUCTED, prepare, survival_curves
from mesoviz._figures._curves_page import dodge, month_ticks

NUMBER = r"\d+(?:\.\d+)?"
WHICH = [("maps", "OS"), ("maps", "PFS"), ("vantage-014", "OS"), ("vantage-014", "PFS")]
COUNTS = ("at_risk", "events", "censored")


@pytest.fixture(scope="module")
def curves():
    return mv.load_curves()


@pytest.fixture(scope="module")
def raw():
    rows = table(ROOT / "data" / "curves.csv")
    return {(row["trial"], row["arm"], row["endpoint"], int(row["month"])): row for row in rows}


@pytest.fixture(scope="module")
def published():
    return {(row["trial"], row["arm"]): row for row in table(ROOT / "data" / "trials.csv")}


@pytest.fixture(scope="module", params=WHICH, ids="-".join)
def chart(request, curves):
    trial, endpoint = request.param
    return survival_curves(curves, trial=trial, endpoint=endpoint)


def keys(frame):
    return list(zip(frame["trial"], frame["arm"], frame["endpoint"], frame["month"], strict=True))


def same(drawn, told):
    """A drawn number is that of a cell of the file; an empty one is no number."""
    return pd.isna(drawn) if told == "" else drawn == float(told)


@pytest.mark.parametrize(("trial", "endpoint"), WHICH)
def test_the_points_are_those_of_the_file(curves, raw, trial, endpoint):
    drawn, omitted = prepare(curves, trial, endpoint)
    assert sorted(keys(drawn)) == sorted(k for k in raw if (k[0], k[2]) == (trial, endpoint))
    assert sorted(keys(drawn) + keys(omitted)) == sorted(raw)
    assert set(omitted["reason"]) <= {
        "of another trial",
        *(f"of another endpoint ({e})" for e in ("OS", "PFS")),
    }
    for key, row in zip(keys(drawn), drawn.to_dict("records"), strict=True):
        for name in ("survival_pct", "low_pct", "high_pct", *COUNTS):
            assert same(row[name], raw[key][name]), (key, name)


@pytest.mark.parametrize(("trial", "endpoint"), WHICH)
def test_medians_are_those_published(curves, published, trial, endpoint):
    drawn, _ = prepare(curves, trial, endpoint)
    for row in drawn.drop_duplicates("arm").to_dict("records"):
        told = published[trial, row["arm"]]
        key = endpoint.lower()
        for name in ("median_months", "low_months", "high_months", "ci_level"):
            assert same(row[name], told[f"{key}_{name}"])
        assert same(row["n"], told["n"])


@pytest.mark.parametrize(
    "select", [lambda t: t[t["month"].le(24)], lambda t: t[t["role"].eq("control")], lambda t: t.head(3)]
)
def test_input_is_drawn_plus_omitted(curves, select):
    given = select(curves)
    drawn, omitted = prepare(given, "maps", "OS")
    assert sorted(keys(drawn) + keys(omitted)) == sorted(keys(given))


def test_steps_hold_each_estimate_until_the_next(chart):
    for arm, rows in chart.data.groupby("arm", sort=False):
        (curve,) = artists(chart, f"curve {arm}")
        assert curve.get_drawstyle() == "steps-post"
        assert np.allclose(curve.get_xdata(), rows["month"].astype(float))
        assert np.allclose(curve.get_ydata(), rows["survival_pct"])


def test_bands_are_the_intervals(chart):
    for arm, rows in chart.data.groupby("arm", sort=False):
        (band,) = artists(chart, f"band {arm}")
        corners = {(round(x, 6), round(y, 6)) for path in band.get_paths() for x, y in path.vertices}
        for row in rows.dropna(subset=["low_pct", "high_pct"]).to_dict("records"):
            month = float(row["month"])
            assert {(month, row["low_pct"]), (month, row["high_pct"])} <= corners


def test_medians_are_marked_where_they_were_published(chart):
    for row in chart.data.drop_duplicates("arm").to_dict("records"):
        marks = artists(chart, f"median {row['arm']}")
        whiskers = lines(chart, f"median interval {row['arm']}")
        if pd.isna(row["median_months"]):
            assert not marks and not len(whiskers)
            continue
        assert list(marks[0].get_xdata()) == [row["median_months"]]
        assert abs(marks[0].get_ydata()[0] - 50) < 10
        told = [] if pd.isna(row["low_months"]) else [[row["low_months"], row["high_months"]]]
        assert whiskers[:, :2].tolist() == told


def test_arms_are_told_apart_by_color_and_line(chart):
    looks = [artists(chart, f"curve {arm}")[0] for arm in chart.data["arm"].unique()]
    assert len({look.get_color() for look in looks}) == len(looks)
    assert looks[0].get_linestyle() == "-" and looks[1].get_linestyle() == "--"
    for rows in (chart.data[chart.data["arm"].eq(arm)] for arm in chart.data["arm"].unique()):
        name = rows["therapy_label"].iloc[0]
        assert name in words(chart)  # in the table, whole; at the curve's end it may be wrapped


def test_the_scale_starts_at_zero_and_ticks_are_6_or_12_months_apart(chart):
    plot = chart.axes[0]
    assert plot.get_ylim() == (0, 100) and plot.get_xlim()[0] == 0
    assert set(np.diff(plot.get_xticks())) <= {6, 12}


def test_counts_stand_exactly_beneath_the_ticks(chart, raw):
    plot, below = chart.axes
    assert plot.get_xlim() == below.get_xlim()
    assert plot.get_position().x0 == below.get_position().x0
    assert plot.get_position().width == below.get_position().width
    first = chart.data.iloc[0]
    seen = 0
    for arm in chart.data["arm"].unique():
        for tick in plot.get_xticks():
            row = raw.get((first["trial"], arm, first["endpoint"], int(tick)))
            for name in COUNTS:
                found = [text for text in texts(chart, f"{name} {arm}") if text.x == tick]
                assert [text.words for text in found] == ([row[name]] if row else [])
                assert all(text.align == "center" for text in found)
                seen += len(found)
    assert seen > 20


def test_counts_add_up_to_the_patients(chart):
    assert (chart.data[list(COUNTS)].sum(axis=1) == chart.data["n"]).all()


def test_the_words_hold_every_number(chart):
    pattern = re.compile(
        rf", month (\d+): ({NUMBER}) %(?: \(95 % interval ({NUMBER})–({NUMBER})\))?; "
        r"at risk (\d+), events (\d+), censored (\d+)\.$"
    )
    said = [found.groups() for found in map(pattern.search, chart.text.splitlines()) if found]
    names = ("month", "survival_pct", "low_pct", "high_pct", *COUNTS)
    assert len(said) == len(chart.data)
    for numbers, row in zip(said, chart.data.to_dict("records"), strict=True):
        for name, number in zip(names, numbers, strict=True):
            assert same(row[name], number or ""), (keys(chart.data.head(1)), name)


def test_the_published_medians_are_said(chart):
    for row in chart.data.drop_duplicates("arm").to_dict("records"):
        (line,) = (text for text in chart.text.splitlines() if f"({row['role']})" in text)
        if pd.isna(row["median_months"]):
            assert "not reported. Curve" in line
        else:
            assert f"{row['median_months']:.1f} months" in line and f"[{row['median_citation']}]" in line
        if pd.notna(row["low_months"]):
            assert f"(95 % interval {row['low_months']:.1f}–{row['high_months']:.1f})" in line


def test_it_says_what_the_curves_are_and_what_they_are_not(chart):
    for said in (chart.text, " ".join(words(chart))):
        assert RECONSTRUCTED in said and NO_RATIO in said
    assert len(chart.alt) <= 300 and RECONSTRUCTED in chart.alt
    assert "hazard ratio 0" not in chart.text


def test_every_source_is_listed(chart):
    behind = set(chart.data[["source", "n_source", "median_source"]].stack().dropna())
    assert set(chart.sources["source"]) == behind
    assert chart.sources["reference"].notna().all()


def test_the_trial_may_be_left_out_where_there_is_one(curves):
    chart = survival_curves(curves[curves["trial"].eq("vantage-014")])
    assert chart.title == "Overall survival in VANTAGE-014"


def test_medians_come_from_the_trials_given(curves):
    trials = mv.load_trials()
    changed = trials.assign(os_median_months=trials["os_median_months"] + 1, os_high_status="not reached")
    chart = survival_curves(curves, trial="maps", trials=changed)
    assert chart.data["median_months"].unique().tolist() == [19.8, 17.1]
    assert len(artists(chart, "open pemetrexed-cisplatin")) == 1
    assert "15.9–not reached" in chart.text
    without = survival_curves(curves, trial="maps", trials=trials[trials["trial"].eq("denim")])
    assert "not among the trials given" in without.text and not artists(
        without, "median pemetrexed-cisplatin"
    )


def test_the_order_of_the_rows_given_changes_nothing(curves):
    one, other = (survival_curves(c, trial="maps") for c in (curves, curves.sample(frac=1, random_state=3)))
    pd.testing.assert_frame_equal(one.data, other.data)
    assert one.text == other.text


def test_a_single_point_is_a_mark(curves):
    chart = survival_curves(curves[curves["month"].eq(12)], trial="maps")
    (curve,) = artists(chart, "curve pemetrexed-cisplatin")
    assert curve.get_marker() == "D" and list(curve.get_xdata()) == [12]


@pytest.mark.parametrize(
    ("change", "options", "error", "message"),
    [
        (lambda t: t.iloc[:0], {}, ValueError, "the selection is empty"),
        (lambda t: t.drop(columns="at_risk"), {}, ValueError, "needs the columns at_risk"),
        (lambda t: None, {}, TypeError, "takes a DataFrame; got NoneType"),
        (lambda t: t, {}, ValueError, "trial must be given; choose from 'maps', 'vantage-014'"),
        (
            lambda t: t,
            {"trial": "lume-meso"},
            ValueError,
            "no curve of trial 'lume-meso'; choose from 'maps'",
        ),
        (lambda t: t, {"trial": "maps", "endpoint": "irPFS"}, ValueError, "must be one of 'OS', 'PFS'"),
        (
            lambda t: t[t["endpoint"].eq("OS")],
            {"trial": "maps", "endpoint": "PFS"},
            ValueError,
            "has no prog",
        ),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_one_sentence(curves, change, options, error, message):
    with pytest.raises(error, match=message) as caught:
        survival_curves(change(curves), **options)
    assert "\n" not in str(caught.value)


def test_a_persons_own_settings_change_nothing(curves):
    plain = survival_curves(curves, trial="vantage-014")._bytes("png")
    with mpl.style.context("dark_background"), mpl.rc_context({"font.size": 20, "lines.linewidth": 9}):
        assert survival_curves(curves, trial="vantage-014")._bytes("png") == plain


@pytest.mark.parametrize("style", ["notebook", "slide", "paper"])
@pytest.mark.parametrize(("trial", "endpoint"), WHICH)
def test_nothing_overlaps_or_leaves_the_canvas(curves, style, trial, endpoint):
    with mv.style(style):
        chart = survival_curves(curves, trial=trial, endpoint=endpoint)
        assert outside(chart) == [] and overlapping(chart) == []


@pytest.mark.parametrize("style", ["notebook", "slide", "paper"])
def test_many_arms_with_long_names_find_room(curves, style):
    maps = curves[curves["trial"].eq("maps") & curves["endpoint"].eq("OS")]
    more = [
        maps.assign(arm=maps["arm"] + str(i), therapy_label=maps["therapy_label"] + f", at another dose, {i}")
        for i in range(3)
    ]
    with mv.style(style):
        chart = survival_curves(pd.concat(more))
        assert outside(chart) == [] and overlapping(chart) == []
    assert chart.data["arm"].nunique() == 6


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ([0, 50], [0, 50]),  # apart: each where it wants to be
        ([50, 50], [50, 60]),  # together: the second moves down
        ([95, 90], [90, 80]),  # at the end: all move up, in their order
        ([-5, 2], [0, 10]),  # at the start
    ],
)
def test_labels_that_would_overlap_move_apart(wanted, expected):
    assert dodge(wanted, [10, 10], 100).tolist() == expected


@pytest.mark.parametrize(
    ("limit", "least", "step"), [(33, 0.05, 6), (76, 0.1, 12), (5, 0.05, 1), (76, 0.05, 6), (240, 0.08, 24)]
)
def test_ticks_are_as_far_apart_as_their_counts_need(limit, least, step):
    ticks = month_ticks(limit, least)
    assert ticks[0] == 0 and ticks[-2] < limit and set(np.diff(ticks)) == {step}
    end = max(limit, ticks[-1])
    assert end - ticks[-1] <= 0.08 * end  # no long stretch of axis without a label
    assert step / end >= least


def test_medians_moved_apart_are_said_to_be(curves):
    moved = "stand a little above and below the 50 % line"
    assert moved in " ".join(words(survival_curves(curves, trial="maps")))
    alone = curves[curves["trial"].eq("maps") & curves["role"].eq("control")]
    assert moved not in " ".join(words(survival_curves(alone)))


def test_arms_of_one_therapy_keep_names_of_their_own(curves):
    two = curves[curves["trial"].eq("maps") & curves["endpoint"].eq("OS")]
    same = two.assign(therapy_label="MVP", arm_label=two["arm_label"].mask(two["role"].eq("control"), "mvp"))
    ends = " ".join(words(survival_curves(same)))
    assert "MVP (mvp)" in ends
