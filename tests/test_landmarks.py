"""Survival at fixed times: drawn and said, held against the CSV file read with the csv module alone."""

import re

import matplotlib as mpl
import matplotlib.style
import numpy as np
import pandas as pd
import pytest
from conftest import ROOT
from drawn import lines, outside, overlapping, points, table, words

import mesoviz as mv
from mesoviz._figures._landmarks import landmark_survival, prepare
from mesoviz._figures._landmarks_panels import by_arm

MONTHS = (12, 24, 36, 60)
NUMBER = r"\d+(?:\.\d+)?"
FILTERS = {
    "all": lambda t: t,
    "setting": lambda t: t[t["arm_setting"].eq("pretreated")],
    "class": lambda t: t[t["therapy_class"].eq("Checkpoint inhibitor")],
    "one": lambda t: t[t["trial"].eq("calgb-30101")],
}


@pytest.fixture(scope="module")
def landmarks():
    return mv.load_landmarks()


@pytest.fixture(scope="module")
def raw():
    rows = table(ROOT / "data" / "landmarks.csv")
    return {(row["trial"], row["arm"], row["endpoint"], float(row["month"])): row for row in rows}


@pytest.fixture(scope="module")
def arms():
    return {(row["trial"], row["arm"]): row for row in table(ROOT / "data" / "trials.csv")}


@pytest.fixture(scope="module")
def chart(landmarks):
    return landmark_survival(landmarks)


def keys(frame):
    return list(zip(frame["trial"], frame["arm"], frame["endpoint"], frame["month"], strict=True))


def same(drawn, told):
    """A drawn number is that of a cell of the file; an empty one is no number."""
    return pd.isna(drawn) if told == "" else drawn == float(told)


@pytest.mark.parametrize(("endpoint", "months"), [("OS", MONTHS), ("PFS", (2.8, 6, 12)), ("irPFS", [6, 12])])
def test_the_values_at_the_months_asked_for_are_drawn_and_no_other(landmarks, raw, endpoint, months):
    drawn, _ = prepare(landmarks, endpoint, months=months)
    assert sorted(keys(drawn)) == sorted(key for key in raw if key[2] == endpoint and key[3] in months)


@pytest.mark.parametrize(("endpoint", "months"), [("OS", MONTHS), ("PFS", (2.8, 4.1, 6))])
def test_numbers_are_those_of_the_files(landmarks, raw, arms, endpoint, months):
    drawn, _ = prepare(landmarks, endpoint, months=months)
    for key, row in zip(keys(drawn), drawn.to_dict("records"), strict=True):
        for name in ("survival_pct", "low_pct", "high_pct", "ci_level"):
            assert same(row[name], raw[key][name]), (key, name)
        assert row["source"] == raw[key]["source"]
        assert same(row["n"], arms[key[:2]]["n"])
        assert row["role"] == arms[key[:2]]["role"]


def test_the_special_cases_are_among_them(landmarks):
    data = prepare(landmarks, "OS", months=12)[0].set_index("arm")
    assert data.loc["chemotherapy-naive", "part_of"] == "all-patients"
    assert pd.isna(data.loc["capecitabine", "n"])
    early = prepare(landmarks, "PFS", months=2.8)[0].set_index("arm")
    assert early["ci_level"].to_dict() == {"lurbinectedin": 90, "epithelioid": 80, "non-epithelioid": 90}
    assert prepare(landmarks, "OS", months=30)[0]["survival_pct"].min() == 0


@pytest.mark.parametrize("name", FILTERS)
@pytest.mark.parametrize("months", [MONTHS, 12])
def test_input_is_drawn_plus_omitted(landmarks, name, months):
    given = FILTERS[name](landmarks)
    drawn, omitted = prepare(given, "OS", months=months)
    assert sorted(keys(drawn) + keys(omitted)) == sorted(keys(given))
    assert omitted["reason"].notna().all()


def test_each_reason_is_told(landmarks):
    given = landmarks.assign(survival_pct=landmarks["survival_pct"].where(landmarks["trial"].ne("dream")))
    _, omitted = prepare(given, "OS", months=(12, 24))
    reasons = set(omitted["reason"])
    assert {
        "survival not reported in the sources read",
        "at 36 months, which is not among those drawn",
        "of another endpoint (PFS)",
    } <= reasons


def test_marks_stand_at_their_values_in_the_panel_of_their_month(chart):
    arms, place = by_arm(chart.data)
    heights = {}
    for axes, month in zip(chart.axes, MONTHS, strict=True):
        for role in ("experimental", "control"):
            (marks,) = (artist for artist in axes.collections if artist.get_gid() == role)
            which = (chart.data["month"].eq(month) & chart.data["role"].eq(role)).to_numpy()
            x, y = np.asarray(marks.get_offsets()).T
            assert np.allclose(x, chart.data["survival_pct"][which])
            for arm, at in zip(place[which], y, strict=True):
                assert heights.setdefault(arm, at) == at  # one height an arm, through all panels
    assert len(heights) == len(arms)
    assert [at for _, at in sorted(heights.items())] == sorted(heights.values())


def test_intervals_reach_from_limit_to_limit(chart):
    known = chart.data.dropna(subset=["low_pct", "high_pct"]).sort_values("month", kind="stable")
    drawn = lines(chart, "interval")
    assert len(drawn) > 20
    assert np.allclose(drawn[:, :2], known[["low_pct", "high_pct"]])


def test_each_panel_shows_0_to_100_and_leaves_room_for_its_values(chart):
    for axes in chart.axes:
        left, right = axes.get_xlim()
        assert left == 0 and right > 100
        assert {0, 100} <= set(axes.get_xticks())


def test_values_are_printed_and_missing_ones_are_marked(chart):
    arms, _ = by_arm(chart.data)
    printed = sorted(float(text) for text in words(chart, "value"))
    assert printed == sorted(chart.data["survival_pct"])
    assert len(words(chart, "not reported")) == len(MONTHS) * len(arms) - len(chart.data)


def test_intervals_are_printed_where_there_is_room(landmarks):
    chart = landmark_survival(landmarks[landmarks["trial"].eq("stellar")], months=(12, 24))
    assert words(chart, "value") == [
        f"{row['survival_pct']:g} ({row['low_pct']:g}–{row['high_pct']:g})"
        for row in chart.data.to_dict("records")
    ]


def test_the_words_hold_every_number(chart):
    pattern = re.compile(
        rf", (?:n = (\d+)|n not reported): overall survival at ({NUMBER}) months ({NUMBER}) %"
        rf"(?: \(({NUMBER}) % interval ({NUMBER})–({NUMBER})\))?"
    )
    said = [found.groups() for found in map(pattern.search, chart.text.splitlines()) if found]
    assert len(said) == len(chart.data)
    names = ("n", "month", "survival_pct", "ci_level", "low_pct", "high_pct")
    for numbers, row in zip(said, chart.data.to_dict("records"), strict=True):
        for name, number in zip(names, numbers, strict=True):
            if name != "ci_level" or number:
                assert same(row[name], number or ""), (row["trial"], name)


def test_the_words_tell_the_months_not_reported(chart):
    (line,) = (text for text in chart.text.splitlines() if "CALGB 30101" in text)
    assert line.endswith("At 24, 36 and 60 months not reported.")


def test_words_name_what_is_not_drawn_and_cite_what_is(chart):
    for label in chart.omitted["trial_label"]:
        assert label in chart.text
    for citation in chart.data["citation"].unique():
        assert f"[{citation}]" in chart.text


def test_the_alternative_text_is_short_and_counts(chart):
    assert len(chart.alt) <= 300
    assert f"{len(by_arm(chart.data)[0])} arms of {chart.data['trial'].nunique()} trials" in chart.alt
    assert "from 6 to 95 percent" in chart.alt


def test_every_source_is_listed(chart):
    assert set(chart.sources["source"]) == set(chart.data["source"]) | set(chart.data["n_source"].dropna())


def test_a_trials_arms_stand_side_by_side(chart):
    arms, _ = by_arm(chart.data)
    for _, rows in arms.groupby(["trial", "arm_setting"], observed=True):
        assert list(rows.index) == list(range(rows.index[0], rows.index[0] + len(rows)))
        assert rows["role"].is_monotonic_increasing


def test_rows_are_not_ranked_by_result(landmarks):
    turned = landmarks.assign(survival_pct=100 - landmarks["survival_pct"])
    drawn, other = (prepare(frame, "OS", months=MONTHS)[0] for frame in (landmarks, turned))
    assert keys(drawn) == keys(other)


def test_the_order_of_the_rows_given_changes_nothing(landmarks):
    some = landmarks[landmarks["arm_setting"].isin(["maintenance", "pretreated"])]
    one, other = (landmark_survival(frame) for frame in (some, some.sample(frac=1, random_state=3)))
    pd.testing.assert_frame_equal(one.data, other.data)
    assert one.text == other.text


def test_a_month_without_any_value_gets_no_panel(landmarks):
    chart = landmark_survival(landmarks[landmarks["trial"].eq("checkmate-743")], "PFS")
    assert len(chart.axes) == 1 and chart.title == "Progression-free survival at 36 months"


def test_intervals_of_another_level_have_a_footnote(landmarks):
    chart = landmark_survival(landmarks[landmarks["trial"].eq("atreus")], "PFS", months=2.8)
    notes = " ".join(words(chart))
    assert "Interval at 2.8 months: 80 %." in notes and "Interval at 2.8 months: 90 %." in notes
    assert "(80 % interval 34.9–52.5)" in chart.text


def test_patients_that_are_not_reported_are_not_counted_as_none(landmarks):
    chart = landmark_survival(landmarks[landmarks["trial"].eq("eortc-08983")])
    assert "0 patients" not in chart.text + chart.alt and "n not reported for 2 arms" in chart.text
    assert "No interval in the sources read." in chart.text


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        (lambda t: t.iloc[:0], ValueError, "the selection is empty"),
        (lambda t: t.drop(columns=["month", "n"]), ValueError, "needs the columns n and month"),
        (lambda t: list(t), TypeError, "takes a DataFrame; got list"),
        (lambda t: t[t["endpoint"].eq("PFS")], ValueError, "no overall survival at 12, 24, 36 and 60 months"),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_one_sentence(landmarks, change, error, message):
    with pytest.raises(error, match=message) as caught:
        landmark_survival(change(landmarks))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"endpoint": "DFS"}, "endpoint must be one of 'OS', 'PFS', 'irPFS'; got 'DFS'"),
        ({"months": ()}, r"months must be one or more numbers above 0"),
        ({"months": "12"}, r"months must be .* got '12'"),
        ({"months": (12, -1)}, r"months must be"),
        ({"months": True}, r"months must be"),
        ({"months": (6, 12, 18, 24, 36)}, "at most 4 fit beside each other"),
    ],
)
def test_an_option_that_is_not_allowed_is_refused(landmarks, options, message):
    with pytest.raises(ValueError, match=message):
        landmark_survival(landmarks, **options)


def test_a_persons_own_settings_change_nothing(landmarks):
    few = landmarks[landmarks["trial"].eq("checkmate-743")]
    plain = landmark_survival(few)._bytes("png")
    with mpl.style.context("dark_background"), mpl.rc_context({"font.size": 20}):
        assert landmark_survival(few)._bytes("png") == plain


@pytest.mark.parametrize("style", ["notebook", "slide", "paper"])
@pytest.mark.parametrize("rows", [1, 5, 40, None])
def test_nothing_overlaps_or_leaves_the_canvas(landmarks, style, rows):
    overall = landmarks[landmarks["endpoint"].eq("OS") & landmarks["month"].isin(MONTHS)]
    with mv.style(style):
        chart = landmark_survival(overall if rows is None else overall.sample(rows, random_state=rows))
        assert outside(chart) == [] and overlapping(chart) == []


@pytest.mark.parametrize("style", ["notebook", "slide", "paper"])
def test_values_of_many_decimals_stay_in_their_panel(landmarks, style):
    given = landmarks[landmarks["trial"].eq("checkmate-743")]
    given = given.assign(survival_pct=given["survival_pct"] + 1 / 3)
    with mv.style(style):
        chart = landmark_survival(given)
        assert outside(chart) == [] and overlapping(chart) == []
    assert f"{68 + 1 / 3:.10g} %" in chart.text


def test_marks_at_both_ends_are_drawn_whole(landmarks):
    chart = landmark_survival(landmarks[landmarks["trial"].eq("oncos-102")], months=30)
    assert points(chart, "control")[0, 0] == 0
    assert not any(artist.get_clip_on() for artist in chart.figure.findobj(match=_is_mark))


def _is_mark(artist):
    return artist.get_gid() in ("experimental", "control")
