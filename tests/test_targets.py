"""Alterations: what is drawn and said, held against the CSV files read with the csv module alone."""

import re

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from conftest import ROOT
from drawn import lines, outside, overlapping, points, table, words
from scipy.stats import binomtest

import mesoviz as mv
from mesoviz._figures._targets import alterations, prepare

DASH = "\N{EN DASH}"


@pytest.fixture(scope="module")
def evidence():
    return mv.load_evidence()


@pytest.fixture(scope="module")
def figures(evidence):
    return evidence.target_figures


@pytest.fixture(scope="module")
def raw():
    return table(ROOT / "data" / "target_figures.csv")


@pytest.fixture(scope="module")
def chart(figures):
    return alterations(figures)


def test_every_frequency_is_drawn_with_its_count_or_as_printed(chart, raw):
    expected = {}
    for row in raw:
        if row["kind"] == "frequency":
            counted = row["count"] and row["denominator"]
            share = 100 * int(row["count"]) / int(row["denominator"]) if counted else float(row["pct"])
            expected[row["gene"], row["measure"]] = share
    drawn = {(row["gene"], row["measure"]): row["share"] for row in chart.data.to_dict("records")}
    assert drawn == pytest.approx(expected) and len(drawn) == len(chart.data)


@pytest.mark.parametrize(
    ("gene", "part", "what"),
    [
        ("BAP1", "pathogenic", "counted"),
        ("TP53", "pathogenic", "counted"),
        ("KRAS", "mutation", "a percentage with a denominator alone"),
        ("PD-L1", "non-epithelioid", "a percentage alone"),
        ("ASS1", "phase 2 screening", "a count without a percentage, from a page without a key"),
    ],
)
def test_named_rows_are_as_in_the_file(chart, raw, gene, part, what):
    row = next(r for r in raw if r["gene"] == gene and part in r["measure"])
    drawn = chart.data[chart.data["measure"].eq(row["measure"])].iloc[0]
    for name in ("count", "denominator", "source"):
        assert ("" if pd.isna(drawn[name]) else str(drawn[name])) == row[name], what
    assert ("" if pd.isna(drawn["pct"]) else f"{drawn['pct']:g}") == (
        f"{float(row['pct']):g}" if row["pct"] else ""
    )


def test_intervals_are_exact_where_counts_are_given_and_nowhere_else(chart):
    for row in chart.data.to_dict("records"):
        if pd.isna(row["count"]):
            assert np.isnan(row["low"]) and np.isnan(row["high"])
            continue
        limits = binomtest(row["count"], row["denominator"]).proportion_ci(method="exact")
        assert (row["low"], row["high"]) == pytest.approx((100 * limits.low, 100 * limits.high))


def test_marks_stand_at_the_shares_and_lines_at_the_limits(chart):
    counted = chart.data["count"].notna()
    heights = pd.Series(np.nan, index=chart.data.index)
    for gid, which in (("counted", counted), ("printed", ~counted)):
        marks = points(chart, gid)
        assert marks[:, 0] == pytest.approx(chart.data.loc[which, "share"].to_numpy())
        heights[which] = marks[:, 1]
    assert heights.is_monotonic_increasing and heights.is_unique
    limits = lines(chart, "interval")
    assert limits[:, :2] == pytest.approx(chart.data.loc[counted, ["low", "high"]].to_numpy())
    assert limits[:, 2] == pytest.approx(heights[counted].to_numpy())


def test_the_columns_beside_the_axes_say_count_and_share(chart):
    shown = words(chart)
    for row in chart.data[chart.data["count"].notna()].to_dict("records"):
        assert f"{row['count']} / {row['denominator']}" in shown
        assert f"{row['share']:.1f} % ({row['low']:.1f}{DASH}{row['high']:.1f})" in shown


def test_words_hold_every_plotted_number(chart):
    body = chart.text.splitlines()[1 : len(chart.data) + 1]
    for line, row in zip(body, chart.data.to_dict("records"), strict=True):
        assert row["measure"] in line and chart.sources["citation"].iloc[row["reference"] - 1] in line
        if pd.notna(row["count"]):
            found = re.search(rf": (\d+) of (\d+), ([\d.]+) % \(95 % interval ([\d.]+){DASH}([\d.]+)\)", line)
            assert [int(found[1]), int(found[2])] == [row["count"], row["denominator"]]
            numbers = [float(n) for n in found.groups()[2:]]
            assert numbers == pytest.approx([row["share"], row["low"], row["high"]], abs=0.0501)
        else:
            assert float(re.search(r": ([\d.]+) %(?: of \d+)? as printed", line)[1]) == row["share"]


@pytest.mark.parametrize("select", [lambda f: f, lambda f: f[f["target_id"].isin(["kras", "nf2-loss"])]])
def test_what_is_given_is_drawn_or_omitted_with_a_reason(figures, select):
    given = select(figures)
    drawn, omitted = prepare(given)
    keys = ["target_id", "kind", "measure"]
    both = pd.concat([drawn, omitted])[keys].astype("object")
    assert sorted(map(tuple, both.to_numpy())) == sorted(map(tuple, given[keys].astype("object").to_numpy()))
    assert omitted["reason"].str.startswith("no frequency but ").all()


def test_every_drawn_row_has_its_source_under_its_number(chart, raw):
    cited = {r["source"]: r for r in table(ROOT / "data" / "claim_and_target_sources.csv")}
    for row in chart.data.to_dict("records"):
        source = chart.sources.iloc[row["reference"] - 1]
        if pd.notna(row["source"]):
            assert source["source"] == row["source"] and row["source"] in cited
        else:
            assert source["link"] == row["url"] and source["citation"] in row["url"]
    assert sorted(set(chart.data["reference"])) == list(range(1, len(chart.sources) + 1))
    assert chart.sources["link"].str.startswith("http").all()


def test_alternative_text_is_short(chart, figures):
    one = alterations(figures[figures["gene"].eq("KRAS")])
    assert len(chart.alt) <= 300 and f"{len(chart.data)} rows" in chart.alt and "1 row," in one.alt


def test_the_order_of_rows_changes_nothing(figures, chart):
    shuffled = alterations(figures.sample(frac=1, random_state=1))
    pd.testing.assert_frame_equal(shuffled.data, chart.data)
    assert shuffled.alt == chart.alt
    assert shuffled.text.split("Not drawn")[0] == chart.text.split("Not drawn")[0]


def test_the_settings_of_the_user_change_nothing(figures, chart):
    few = figures[figures["gene"].eq("NF2")]
    plain = alterations(few)._png
    with mpl.rc_context({"axes.facecolor": "black", "font.size": 30, "text.color": "red"}):
        assert alterations(few)._png == plain


@pytest.mark.parametrize("style", ["notebook", "slide", "paper"])
@pytest.mark.parametrize("rows", [1, 5, 40])
def test_no_text_is_cut_off_or_covers_another(figures, style, rows):
    frequencies = figures[figures["kind"].eq("frequency")]
    many = pd.concat([frequencies.assign(measure=frequencies["measure"] + f" {i}") for i in range(3)])
    with mv.style(style):
        chart = alterations(many.head(rows))
    assert len(chart.data) == rows
    assert outside(chart) == [] and overlapping(chart) == []


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda f: alterations(f.head(0)), ValueError, "alterations was given no rows"),
        (lambda f: alterations(f.drop(columns=["gene", "pct"])), ValueError, "the columns gene and pct"),
        (lambda f: alterations(f["gene"]), TypeError, "alterations takes a DataFrame; got Series."),
        (
            lambda f: alterations(f[f["kind"].eq("prognosis")]),
            ValueError,
            "alterations: the selection holds no frequency.",
        ),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_one_sentence(figures, call, error, message):
    with pytest.raises(error, match=re.escape(message)) as caught:
        call(figures)
    assert "\n" not in str(caught.value)
