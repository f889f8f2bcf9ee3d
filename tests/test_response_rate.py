"""Response rates: what is drawn and said, held against the CSV file read with the csv module alone."""

import re

import numpy as np
import pandas as pd
import pytest
from conftest import ROOT
from drawn import lines, outside, overlapping, points, table, words
from scipy.stats import binomtest

import mesoviz as mv
from mesoviz._figures._response_rate import ENDPOINTS, prepare, response_rate

DASH = "\N{EN DASH}"


@pytest.fixture(scope="module")
def trials():
    return mv.load_trials()


@pytest.fixture(scope="module")
def raw():
    return {(row["trial"], row["arm"]): row for row in table(ROOT / "data" / "trials.csv")}


@pytest.fixture(scope="module", params=list(ENDPOINTS))
def endpoint(request):
    return request.param


@pytest.fixture(scope="module")
def chart(trials, endpoint):
    return response_rate(trials, endpoint)


@pytest.fixture(scope="module")
def overview(trials):
    return response_rate(trials, by="therapy_class")


def test_rates_are_counts_by_denominators_else_as_printed(chart, endpoint, raw):
    key = ENDPOINTS[endpoint][0]
    expected = {}
    for pair, row in raw.items():
        if row[key] and row["evaluable"]:
            expected[pair] = 100 * int(row[key]) / int(row["evaluable"])
        elif row[f"{key}_pct"]:
            expected[pair] = float(row[f"{key}_pct"])
    drawn = {(row["trial"], row["arm"]): row["pct"] for row in chart.data.to_dict("records")}
    assert drawn == pytest.approx(expected)
    counted = {pair for pair in expected if raw[pair][key] and raw[pair]["evaluable"]}
    assert {(r["trial"], r["arm"]) for r in chart.data.to_dict("records") if r["counted"]} == counted


def test_intervals_are_exact(chart):
    for row in chart.data.to_dict("records"):
        if not row["counted"]:
            assert np.isnan(row["low_pct"]) and np.isnan(row["high_pct"])
            continue
        limits = binomtest(row["count"], row["evaluable"]).proportion_ci(method="exact")
        assert (row["low_pct"], row["high_pct"]) == pytest.approx((100 * limits.low, 100 * limits.high))


@pytest.mark.parametrize(
    ("trial", "arm", "what"),
    [
        ("checkmate-743", "nivolumab-ipilimumab", "a percentage without count or denominator"),
        (
            "amatuximab-pemetrexed-cisplatin",
            "amatuximab-pemetrexed-cisplatin",
            "a count without a denominator",
        ),
        ("fennell-2007-irinotecan-cisplatin-mitomycin", None, "a percentage with a denominator alone"),
        ("srl172-intrapleural-mvp", None, "n not reported"),
        ("vt3989", None, "a part of an arm"),
        ("hsv1716", None, "no response at all"),
    ],
)
def test_named_arms_are_as_in_the_file(trials, raw, trial, arm, what):
    key = next(k for k in raw if k[0].startswith(trial) and arm in (None, k[1]) and _has(raw[k], what))
    row = raw[key]
    data, _ = prepare(trials, "objective response")
    drawn = data[data["trial"].eq(key[0]) & data["arm"].eq(key[1])].iloc[0]
    if row["objective_response"] and row["evaluable"]:
        assert drawn["pct"] == pytest.approx(100 * int(row["objective_response"]) / int(row["evaluable"]))
    else:
        assert drawn["pct"] == float(row["objective_response_pct"])
    assert ("" if pd.isna(drawn["n"]) else str(drawn["n"])) == row["n"]
    assert ("" if pd.isna(drawn["part_of"]) else drawn["part_of"]) == row["part_of"]


def _has(row, what):
    count, of, pct = row["objective_response"], row["evaluable"], row["objective_response_pct"]
    return {
        "a percentage without count or denominator": bool(pct) and not count and not of,
        "a count without a denominator": bool(count and pct) and not of,
        "a percentage with a denominator alone": bool(pct and of) and not count,
        "n not reported": not row["n"] and bool(count),
        "a part of an arm": bool(row["part_of"] and count),
        "no response at all": count == "0",
    }[what]


@pytest.mark.parametrize("by", ["arm", "therapy_class"])
@pytest.mark.parametrize(
    "select",
    [
        lambda t: t,
        lambda t: t[t["arm_setting"].eq("first-line") & t["therapy_class"].eq("Chemotherapy")],
        lambda t: t[t["trial"].isin(["vt3989", "royal-marsden-mvp", "scagliotti-2003-pemetrexed"])],
        lambda t: t[t["role"].eq("control")],
    ],
)
def test_what_is_given_is_drawn_or_omitted_with_a_reason(trials, select, by, endpoint):
    given = select(trials)
    try:
        drawn, omitted = prepare(given, endpoint, by=by)
    except ValueError as error:  # a selection may report no disease control at all
        assert "no arm of the selection reports" in str(error)
        assert given[f"{ENDPOINTS[endpoint][0]}_pct"].isna().all()
        return
    pairs = pd.concat([drawn, omitted])[["trial", "arm"]].apply(tuple, axis=1)
    assert sorted(pairs) == sorted(given[["trial", "arm"]].apply(tuple, axis=1))
    assert omitted["reason"].notna().all()


def test_a_count_without_its_denominator_is_omitted_for_that_reason(trials, raw):
    _, omitted = prepare(trials, "objective response")
    said = omitted[omitted["reason"].str.contains("without its denominator")]
    expected = {
        key
        for key, row in raw.items()
        if row["objective_response"] and not row["evaluable"] and not row["objective_response_pct"]
    }
    assert expected and set(zip(said["trial"], said["arm"], strict=True)) == expected


def test_marks_stand_at_the_rates_and_lines_at_the_limits(chart):
    data = chart.data
    control, counted = data["role"].eq("control"), data["counted"]
    marks = {
        "experimental": ~control & counted,
        "control": control & counted,
        "experimental, no count": ~control & ~counted,
        "control, no count": control & ~counted,
    }
    heights = pd.Series(np.nan, index=data.index)
    for gid, which in marks.items():
        drawn = points(chart, gid)
        assert drawn[:, 0] == pytest.approx(data.loc[which, "pct"].to_numpy())
        heights[which] = drawn[:, 1]
    assert heights.is_monotonic_increasing and heights.is_unique
    limits = lines(chart, "interval")
    expected = data.loc[counted, ["low_pct", "high_pct"]].to_numpy()
    assert limits[:, :2] == pytest.approx(expected)
    assert limits[:, 2] == pytest.approx(heights[counted].to_numpy())


def test_the_table_at_the_right_says_count_and_rate(trials, raw):
    chart = response_rate(trials[trials["trial"].isin(["determine", "checkmate-743", "merit"])])
    row = next(row for (trial, _), row in raw.items() if trial == "merit")
    count, of = int(row["objective_response"]), int(row["evaluable"])
    limits = binomtest(count, of).proportion_ci(method="exact")
    shown = words(chart)
    assert f"{count}/{of}" in shown
    assert f"{100 * count / of:.0f} % ({100 * limits.low:.0f}{DASH}{100 * limits.high:.0f})" in shown
    printed = raw["checkmate-743", "nivolumab-ipilimumab"]["objective_response_pct"]
    assert f"{float(printed):.0f} %" in shown and "n.r." in shown


def test_a_rate_that_is_neither_none_nor_all_is_never_rounded_to_it(trials):
    few = trials[trials["trial"].eq("vim")].assign(evaluable=1000)
    cells = [text for text in words(response_rate(few)) if re.match(r"[\d.]+ % \(", text)]
    assert len(cells) == 2 and not any(text.startswith("0 %") for text in cells)
    assert not any(text.split("(")[1].startswith("0\N{EN DASH}") for text in cells)


def test_words_hold_every_plotted_number(chart, endpoint):
    body = chart.text.splitlines()[1 : len(chart.data) + 1]
    for line, row in zip(body, chart.data.to_dict("records"), strict=True):
        assert row["trial_label"] in line and f"[{row['citation']}]" in line
        if not row["counted"]:
            printed = re.search(rf"{endpoint} ([\d.]+) % as printed", line)
            assert float(printed[1]) == row["pct"]
            continue
        found = re.search(
            rf"{endpoint} (\d+) of (\d+) evaluable, ([\d.]+) % "
            rf"\(exact 95 % interval ([\d.]+){DASH}([\d.]+)\)",
            line,
        )
        assert [int(found[1]), int(found[2])] == [row["count"], row["evaluable"]]
        assert [float(n) for n in found.groups()[2:]] == pytest.approx(
            [row["pct"], row["low_pct"], row["high_pct"]], abs=0.0501
        )


def test_a_printed_rate_that_differs_from_its_count_is_said(trials):
    rules = table(ROOT / "data" / "known_exceptions.csv")
    known = {row["trial"] for row in rules if row["rule"] == "percentage-equals-count"}
    data, _ = prepare(trials, "objective response")
    text = response_rate(trials[trials["trial"].isin(known)]).text
    assert known <= set(data["trial"]) and text.count("The publication prints") == len(known)


def test_strips_hold_every_arm_once(overview):
    data = overview.data
    control, counted, sized = data["role"].eq("control"), data["counted"], data["patients_shown"].notna()
    marks = {
        "experimental": ~control & counted & sized,
        "control": control & counted & sized,
        "experimental, other": ~control & ~counted & sized,
        "control, other": control & ~counted & sized,
        "n not reported": ~sized,
    }
    for gid, which in marks.items():
        assert sorted(points(overview, gid)[:, 0]) == pytest.approx(sorted(data.loc[which, "pct"]))
    assert sum(which.sum() for which in marks.values()) == len(data)


def test_strips_draw_no_patient_twice(overview, raw):
    drawn = set(zip(overview.data["trial"], overview.data["arm"], strict=True))
    assert not any((trial, raw[trial, arm]["part_of"]) in drawn for trial, arm in drawn)
    parts = overview.omitted[overview.omitted["reason"].eq("part of an arm that is drawn")]
    assert len(parts) and parts["part_of"].notna().all()


def test_sources_are_those_of_the_drawn_rates(chart, raw):
    pairs = zip(chart.data["trial"], chart.data["arm"], strict=True)
    assert set(chart.sources["source"]) == {raw[pair]["response_source"] for pair in pairs} - {""}


def test_alternative_text_is_short_and_says_what_is_drawn(chart, overview):
    for one in (chart, overview):
        assert len(one.alt) <= 300
        assert f"{len(one.data)} arms" in one.alt and "not comparable" in one.alt


def test_the_order_of_rows_changes_nothing(trials, chart, endpoint, overview):
    shuffled = trials.sample(frac=1, random_state=3)
    rows = response_rate(shuffled, endpoint)
    pd.testing.assert_frame_equal(rows.data, chart.data)
    assert rows.text == chart.text
    assert response_rate(shuffled, by="therapy_class").text == overview.text


@pytest.mark.parametrize("style", ["notebook", "slide", "paper"])
@pytest.mark.parametrize("rows", [1, 5, 40])
@pytest.mark.parametrize("by", ["arm", "therapy_class"])
def test_no_text_is_cut_off_or_covers_another(trials, style, rows, by):
    data, _ = prepare(trials, "objective response")
    pairs = data[["trial", "arm"]].iloc[:: len(data) // rows].head(rows)
    with mv.style(style):
        few = response_rate(trials.merge(pairs, on=["trial", "arm"]), by=by)
    assert len(few.data) == rows
    assert outside(few) == [] and overlapping(few) == []


def test_no_text_is_cut_off_or_covers_another_in_the_whole_collection(chart, overview):
    for one in (chart, overview):
        assert outside(one) == [] and overlapping(one) == []


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda t: response_rate(t.head(0)), ValueError, "response_rate was given no rows"),
        (
            lambda t: response_rate(t.drop(columns=["n", "evaluable"])),
            ValueError,
            "the columns n and evaluable",
        ),
        (lambda t: response_rate(t["n"]), TypeError, "response_rate takes a DataFrame; got Series."),
        (
            lambda t: response_rate(t, "ORR"),
            ValueError,
            "endpoint must be one of 'objective response', 'disease control'; got 'ORR'.",
        ),
        (lambda t: response_rate(t, by="trial"), ValueError, "by must be one of 'arm', 'therapy_class'"),
        (
            lambda t: response_rate(t[t["trial"].eq("maps")]),
            ValueError,
            "response_rate: no arm of the selection reports a rate of objective response.",
        ),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_one_sentence(trials, call, error, message):
    with pytest.raises(error, match=re.escape(message)) as caught:
        call(trials)
    assert "\n" not in str(caught.value)
