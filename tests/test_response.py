"""Best response: what is drawn and said, held against the CSV file read with the csv module alone."""

import re

import matplotlib.colors
import matplotlib.style
import numpy as np
import pandas as pd
import pytest
from conftest import ROOT
from drawn import boxes, outside, overlapping, table, words

import mesoviz as mv
from mesoviz._figures._response import FILLS, best_response, prepare
from mesoviz._figures._response_parts import PARTS, SEGMENTS, cells, remarks

COUNTS = [*PARTS, "objective_response", "disease_control"]


@pytest.fixture(scope="module")
def trials():
    return mv.load_trials()


@pytest.fixture(scope="module")
def raw():
    return {(row["trial"], row["arm"]): row for row in table(ROOT / "data" / "trials.csv")}


@pytest.fixture(scope="module")
def chart(trials):
    return best_response(trials)


def arm(chart, trial, name=None):
    rows = chart.data[chart.data["trial"].eq(trial)]
    return (rows if name is None else rows[rows["arm"].eq(name)]).iloc[0].to_dict()


def test_every_arm_with_counts_of_evaluable_patients_is_drawn_and_no_other(chart, raw):
    counted = [name for name in COUNTS if name != "not_evaluable"]
    expected = {
        key
        for key, row in raw.items()
        if row["evaluable"] and row["evaluable"] != "0" and any(row[name] for name in counted)
    }
    assert set(zip(chart.data["trial"], chart.data["arm"], strict=True)) == expected


def test_counts_are_those_of_the_file(chart, raw):
    for row in chart.data.to_dict("records"):
        source = raw[row["trial"], row["arm"]]
        for name in ["evaluable", *COUNTS]:
            assert ("" if pd.isna(row[name]) else str(row[name])) == source[name], (row["trial"], name)


@pytest.mark.parametrize(
    "select",
    [
        lambda t: t,
        lambda t: t[t["arm_setting"].eq("pretreated")],
        lambda t: t[t["trial"].isin(["maps2", "checkmate-743", "scagliotti-2003-pemetrexed", "merit"])],
        lambda t: t[t["role"].eq("control")],
    ],
)
def test_what_is_given_is_drawn_or_omitted_with_a_reason(trials, select):
    given = select(trials)
    drawn, omitted = prepare(given)
    pairs = pd.concat([drawn, omitted])[["trial", "arm"]].apply(tuple, axis=1)
    assert sorted(pairs) == sorted(given[["trial", "arm"]].apply(tuple, axis=1))
    assert omitted["reason"].notna().all()


def test_reasons_say_what_is_missing(trials, raw):
    _, omitted = prepare(trials)
    for row in omitted.to_dict("records"):
        source = raw[row["trial"], row["arm"]]
        counted = any(source[name] for name in COUNTS if name != "not_evaluable")
        printed = source["objective_response_pct"] or source["disease_control_pct"]
        expected = (
            "number of evaluable patients not reported in the sources read"
            if counted
            else "only a percentage is reported"
            if printed
            else "response not reported in the sources read"
        )
        assert row["reason"] == expected


def test_segments_never_exceed_the_evaluable_and_complete_them(chart):
    total = chart.data[list(SEGMENTS)].fillna(0).sum(axis=1)
    assert total.eq(chart.data["evaluable"]).all()


def test_responses_not_told_apart_are_one_segment_and_stable_disease_the_difference(chart, raw):
    source = raw["maps2", "nivolumab"]
    row = arm(chart, "maps2", "nivolumab")
    responses, control = int(source["objective_response"]), int(source["disease_control"])
    assert pd.isna(row["complete_response"]) and pd.isna(row["stable_disease"])
    assert (row["response_untold"], row["control_untold"]) == (responses, control - responses)
    assert row["rest"] == int(source["evaluable"]) - control
    dash = "\N{EN DASH}"
    assert cells(row) == [
        (0, 1, str(responses)),
        (2, 2, f"({control - responses})"),
        (3, 3, dash),
        (4, 4, dash),
    ]


def test_a_told_part_is_never_counted_again(chart, raw):
    source = raw["metintas-1999-cisplatin-mitomycin-interferon", "cisplatin-mitomycin-interferon"]
    row = arm(chart, "metintas-1999-cisplatin-mitomycin-interferon")
    beyond = int(source["objective_response"]) - int(source["complete_response"])
    assert source["partial_response"] == "" and row["response_untold"] == beyond
    assert (1, 1, f"({beyond})") in cells(row)


def test_a_missing_complete_response_is_not_taken_as_zero(chart, raw):
    source = raw["dream", "durvalumab-pemetrexed-cisplatin"]
    row = arm(chart, "dream")
    assert source["complete_response"] == "" and source["partial_response"] == source["objective_response"]
    assert pd.isna(row["complete_response"]) and row["response_untold"] == 0
    assert cells(row)[0] == (0, 0, "\N{EN DASH}")


def test_disease_control_alone_spans_three_parts(chart, raw):
    source = raw["ad-ifn-alpha2b", "ad-ifn-alpha2b"]
    row = arm(chart, "ad-ifn-alpha2b")
    assert cells(row)[0] == (0, 2, source["disease_control"])
    assert row["rest"] == int(source["evaluable"]) - int(source["disease_control"])


def test_no_response_is_said_even_where_complete_and_partial_are_not_told(chart):
    assert cells(arm(chart, "icorg-05-10-bortezomib", "first-line"))[0] == (0, 1, "0")


@pytest.mark.parametrize(
    ("trial", "place"),
    [
        ("calgb-39807", "inside"),
        ("jme-001", "inside"),
        ("castagneto-2005-gemcitabine-cisplatin", "beside"),
        ("van-haarst-2002-gemcitabine-cisplatin", "not known"),
        ("calgb-9733", "not known"),
    ],
)
def test_patients_not_evaluable_are_stacked_only_where_they_complete_the_sum(chart, trial, place):
    row = arm(chart, trial)
    assert row["not_evaluable_place"] == place
    drawn = row["not_evaluable_inside"]
    assert drawn == row["not_evaluable"] if place == "inside" else pd.isna(drawn)
    assert (4, 4, str(row["not_evaluable"])) in cells(row)
    said = " ".join(remarks(chart.data[chart.data["trial"].eq(trial)])[0])
    assert ("Patients not evaluable stand beside" in said) == (place == "beside")
    assert ("Whether patients not evaluable stand among" in said) == (place == "not known")


def test_counts_that_contradict_each_other_have_a_footnote(chart):
    said = dict(zip(chart.data["trial"], remarks(chart.data), strict=True))
    contradicting = {trial for trial, here in said.items() if "As printed" in " ".join(here)}
    known = {
        (row["trial"], row["rule"])
        for row in table(ROOT / "data" / "known_exceptions.csv")
        if row["rule"] in ("responses-sum-to-evaluable", "disease-control-equals-parts")
    }
    # one of the known exceptions is no contradiction: its patient not evaluable stands beside the others
    assert contradicting | {"castagneto-2005-gemcitabine-cisplatin"} == {trial for trial, _ in known}


def test_parts_beyond_the_evaluable_stay_in_sight_and_are_marked(trials):
    one = trials[trials["trial"].eq("byrne-1999-gemcitabine-cisplatin")]
    over = best_response(one.assign(stable_disease=one["evaluable"]))
    row = over.data.iloc[0]
    total = int(row[[*PARTS][:4]].sum())
    assert f"the parts add up to {total} of {row['evaluable']} evaluable" in over.text
    assert row["rest"] == 0
    assert over.axes[0].get_xlim()[1] > 100 * total / row["evaluable"]
    assert any("add up to" in line for line in words(over))


def test_bars_are_the_segments_in_percent_of_the_evaluable(chart):
    evaluable = chart.data["evaluable"].to_numpy(dtype=float)
    start = np.zeros(len(chart.data))
    heights = []
    for name in SEGMENTS:
        share = 100 * chart.data[name].fillna(0).to_numpy(dtype=float) / evaluable
        drawn = boxes(chart, name)
        there = share > 0
        assert np.allclose(drawn[:, 0], start[there]) and np.allclose(drawn[:, 1], (start + share)[there])
        start += share
        heights.append(pd.Series(drawn[:, 2], index=np.flatnonzero(there)))
    assert np.allclose(start, 100)
    assert pd.concat(heights).groupby(level=0).nunique().le(1).all()  # one height a row
    top_down = pd.concat(heights).groupby(level=0).first()
    assert top_down.is_monotonic_increasing  # the axis points down: drawing order is reading order


def test_counts_in_the_segments_are_counts_of_the_data(chart):
    for name in SEGMENTS:
        if name == "rest":
            continue
        known = set(chart.data[name].dropna().astype(str))
        assert set(words(chart, f"count of {name}")) <= known


def test_the_table_at_the_right_holds_every_count(chart):
    spans = [text for row in chart.data.to_dict("records") for a, b, text in cells(row) if a != b]
    assert words(chart, "count of several") == spans
    shown = words(chart)
    for text in {text for row in chart.data.to_dict("records") for a, b, text in cells(row) if a == b}:
        assert text in shown


def test_words_hold_every_plotted_number(chart):
    lines = chart.text.splitlines()[1 : len(chart.data) + 1]
    names = {
        **{name: long for name, (_, long) in PARTS.items()},
        "response_untold": "complete or partial response, not told apart",
        "control_untold": "other disease control",
        "rest": "not reported apart",
    }
    for line, row in zip(lines, chart.data.to_dict("records"), strict=True):
        assert row["trial_label"] in line and f"{row['evaluable']} evaluable: " in line
        assert f"[{row['citation']}]" in line
        composition = line.split("evaluable: ")[1]
        for name, said in names.items():
            found = re.search(rf"(?:^|, ){said} (\d+)", composition)
            expected = row[name]
            if name in PARTS:
                assert (found is None) == pd.isna(expected)
            else:
                assert (found is None) == (pd.isna(expected) or expected == 0)
            assert found is None or int(found[1]) == expected


def test_what_is_not_drawn_is_said(chart):
    tail = chart.text.split("\n")[len(chart.data) + 1 :]
    for reason, rows in chart.omitted.groupby("reason"):
        line = next(line for line in tail if line.startswith(f"Not drawn, {reason} ({len(rows)} arm"))
        assert all(label in line for label in rows["trial_label"])
    assert any("Not drawn" in line for line in words(chart))


def test_sources_are_those_of_the_drawn_counts(chart, raw):
    expected = {
        raw[pair]["response_source"] for pair in zip(chart.data["trial"], chart.data["arm"], strict=True)
    }
    assert set(chart.sources["source"]) == expected - {""}


def test_patients_of_a_part_are_not_counted_twice(trials, raw):
    given = trials[trials["trial"].eq("vt3989")]
    whole, part = (raw[key] for key in raw if key[0] == "vt3989" and raw[key]["evaluable"])
    if whole["part_of"]:
        whole, part = part, whole
    chart = best_response(given)
    assert part["part_of"] == whole["arm"]
    assert f"2 arms of 1 trial, {whole['evaluable']} evaluable patients" in chart.text
    assert "Part of a larger arm" in chart.text


def test_alternative_text_is_short_and_says_what_is_drawn(chart):
    assert len(chart.alt) <= 300
    assert f"{len(chart.data)} arms" in chart.alt and "not comparable" in chart.alt


def test_the_order_of_rows_changes_nothing(trials, chart):
    shuffled = best_response(trials.sample(frac=1, random_state=7))
    pd.testing.assert_frame_equal(shuffled.data, chart.data)
    assert shuffled.text == chart.text and shuffled.sources.equals(chart.sources)


def test_a_persons_own_matplotlib_settings_change_nothing(trials):
    few = trials[trials["trial"].eq("maps2")]
    plain = best_response(few)._png
    with matplotlib.style.context("dark_background"), matplotlib.rc_context({"font.size": 30}):
        assert best_response(few)._png == plain


@pytest.mark.parametrize("style", ["notebook", "slide", "paper"])
@pytest.mark.parametrize("rows", [1, 5, 40])
def test_no_text_is_cut_off_or_covers_another(trials, chart, style, rows):
    pairs = chart.data[["trial", "arm"]].iloc[:: len(chart.data) // rows].head(rows)
    with mv.style(style):
        few = best_response(trials.merge(pairs, on=["trial", "arm"]))
    assert len(few.data) == rows
    assert outside(few) == [] and overlapping(few) == []


def test_no_text_is_cut_off_or_covers_another_in_the_whole_collection(chart):
    assert outside(chart) == [] and overlapping(chart) == []


def test_a_title_of_ones_own(trials):
    own = best_response(trials[trials["trial"].eq("maps2")], title="Two arms of one trial")
    assert own.title in words(own) and own.text.startswith(f"{own.title}. ")


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        (lambda t: t.head(0), ValueError, "best_response was given no rows: the selection is empty."),
        (lambda t: t.drop(columns="evaluable"), ValueError, "needs the columns evaluable"),
        (lambda t: t.to_dict(), TypeError, "best_response takes a DataFrame; got dict."),
        (lambda t: t[t["trial"].eq("checkmate-743")], ValueError, "no arm of the selection reports a count"),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_one_sentence(trials, change, error, message):
    with pytest.raises(error, match=re.escape(message)) as caught:
        best_response(change(trials))
    assert "\n" not in str(caught.value)


def test_counts_can_be_read_on_their_segments():
    def luminance(color):
        channels = np.array(matplotlib.colors.to_rgb(color))
        linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
        return linear @ [0.2126, 0.7152, 0.0722]

    for name, (_, fill, ink) in FILLS.items():
        light, dark = sorted((luminance(ink), luminance(fill["facecolor"])), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5, name


@pytest.mark.parametrize("figure", [best_response, mv.response_rate])
def test_counts_worked_out_from_percentages_are_told_once_below_and_in_the_words(figure, trials):
    chart = figure(trials)
    arms = int(chart.data["response_derived"].fillna(False).sum())
    note = f"In {arms} of {len(chart.data)} arms some counts are worked out from printed percentages; "
    shown = words(chart)
    assert arms > 0 and sum(text.count("worked out from printed") for text in shown) == 1
    assert note in " ".join(shown)
    assert chart.text.count("Some counts are worked out from printed percentages.") == arms
    exact = figure(trials[trials["response_derived"].eq(False).fillna(False)])
    assert "worked out from printed" not in " ".join(words(exact)) + exact.text
