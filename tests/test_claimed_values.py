"""Claimed and found figures: what is drawn and said, held against the CSV file read with the csv module."""

import re

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from conftest import ROOT
from drawn import lines, outside, overlapping, points, table, words

import mesoviz as mv
from mesoviz._figures._claimed_values import claimed_values, limit_of, prepare, unit


@pytest.fixture(scope="module")
def statements():
    return mv.load_claims()


@pytest.fixture(scope="module")
def raw():
    return table(ROOT / "data" / "claims.csv")


@pytest.fixture(scope="module")
def chart(statements):
    return claimed_values(statements)


def _number(text):
    try:
        return float(text)
    except ValueError:
        return None


def test_every_statement_with_two_numbers_is_drawn(chart, raw):
    expected = {
        row["claim"]: (float(row["claimed_value"]), float(row["found_value"]))
        for row in raw
        if _number(row["claimed_value"]) is not None and _number(row["found_value"]) is not None
    }
    drawn = {row["claim"]: (row["claimed"], row["found"]) for row in chart.data.to_dict("records")}
    assert drawn == expected


def test_named_statements_have_their_unit(chart):
    units = dict(zip(chart.data["claim"], chart.data["unit"], strict=True))
    assert {claim: units[claim] for claim in ("c09", "c17", "c22", "c46", "c47")} == {
        "c09": "patients",
        "c17": "calendar year",
        "c22": "percent",
        "c46": "diagnoses",
        "c47": "years",
    }


@pytest.mark.parametrize(
    ("words", "value", "expected"),
    [
        ("patients", 57, "patients"),
        ("patient", 1, "patients"),
        ("% with disease control (26 of 57)", 45.6, "percent"),
        ("years (8 months, registry median)", 0.67, "years"),
        ("year of print", 2015, "calendar year"),
        ("mice", 3, "mice"),
        (pd.NA, 3, None),
        ("months", float("nan"), None),
    ],
)
def test_a_unit_is_its_first_word(words, value, expected):
    assert unit(words, value) == expected


def test_marks_stand_at_both_figures_on_their_units_scale(chart):
    data = chart.data
    span = data["scale_high"] - data["scale_low"]
    claimed, found = (((data[side] - data["scale_low"]) / span).to_numpy() for side in ("claimed", "found"))
    exact = data["limit"].isna().to_numpy()
    for gid, expected in (("claimed", claimed[exact]), ("found", found)):
        marks = points(chart, gid)
        assert marks[:, 0] == pytest.approx(expected) and (np.diff(marks[:, 1]) > 0).all()
        assert ((marks[:, 0] >= 0) & (marks[:, 0] <= 1)).all()
    between = lines(chart, "difference")
    assert between[:, 0] == pytest.approx(np.minimum(claimed, found)[exact])
    assert between[:, 1] == pytest.approx(np.maximum(claimed, found)[exact])
    for name in ("less than", "more than"):
        assert points(chart, f"claimed {name}")[:, 0] == pytest.approx(claimed[data["limit"].eq(name)])


def test_a_limit_is_not_drawn_as_a_figure_that_was_missed(chart):
    (row,) = chart.data[chart.data["limit"].notna()].to_dict("records")
    assert row["limit"] == "less than" and row["limit"] in row["statement"] and row["found"] < row["claimed"]
    assert f"claimed less than {row['claimed_value']} " in chart.text
    assert {"claimed as less than", f"less than\N{NO-BREAK SPACE}{row['claimed_value']}"} <= set(words(chart))


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("Survival is often less than one year.", "less than"),
        ("Up to 30 percent responded.", "less than"),
        ("At least 2,000 were treated.", "more than"),
        ("Over 40 patients were treated.", "more than"),
        ("Nearly 3,000 people are diagnosed.", None),
        ("12 months passed under treatment with more than chemotherapy.", None),
    ],
)
def test_a_limit_is_read_from_the_words_before_a_number(statement, expected):
    assert limit_of(statement) == expected


def test_a_scale_starts_at_zero_unless_it_is_a_calendar(chart):
    for name, rows in chart.data.groupby("unit"):
        assert rows[["scale_low", "scale_high"]].drop_duplicates().shape[0] == 1
        assert (rows["scale_low"].iloc[0] == 0) == (name != "calendar year")
        ends = f"{rows['scale_low'].iloc[0]:g} to {rows['scale_high'].iloc[0]:g}"
        assert f"{name[0].upper()}{name[1:]}: {ends}" in words(chart)


def test_words_and_columns_hold_both_figures(chart):
    shown = words(chart)
    body = chart.text.splitlines()[1 : len(chart.data) + 1]
    for line, row in zip(body, chart.data.to_dict("records"), strict=True):
        found = re.search(r"claimed (?:less than )?([\d.]+) .*?, found ([\d.]+) ", line)
        assert (float(found[1]), float(found[2])) == (row["claimed"], row["found"])
        assert any(words.endswith(row["claimed_value"]) for words in shown) and row["found_value"] in shown
        assert row["claim"] in line and row["verdict"] in line and row["citations"] in line


def test_what_is_given_is_drawn_or_omitted_with_a_reason(statements, raw):
    drawn, omitted = prepare(statements)
    assert sorted([*drawn["claim"], *omitted["claim"]]) == sorted(row["claim"] for row in raw)
    reasons = dict(zip(omitted["claim"], omitted["reason"], strict=True))
    assert reasons["c01"] == "the claimed value is no single number"
    assert reasons["c07"] == "no found value" and reasons["c02"] == "no claimed value"


def test_different_units_are_never_set_side_by_side(statements):
    other = statements.assign(
        found_unit=statements["found_unit"].mask(statements["claim"].eq("c06"), "weeks")
    )
    drawn, omitted = prepare(other)
    reasons = dict(zip(omitted["claim"], omitted["reason"], strict=True))
    assert reasons["c06"] == "claimed and found in different units" and "c06" not in set(drawn["claim"])


def test_sources_hold_every_citation(chart):
    cited = table(ROOT / "data" / "claim_and_target_sources.csv")
    assert set(chart.sources["source"]) == {r["source"] for r in cited if r["of"] in set(chart.data["claim"])}


def test_alternative_text_is_short(chart):
    assert len(chart.alt) <= 300 and f"{len(chart.data)} statements" in chart.alt


def test_the_order_of_rows_changes_nothing(statements, chart):
    shuffled = claimed_values(statements.sample(frac=1, random_state=5))
    pd.testing.assert_frame_equal(shuffled.data, chart.data)
    assert shuffled.alt == chart.alt


def test_the_settings_of_the_user_change_nothing(statements):
    few = statements[statements["claim"].isin(["c06", "c08"])]
    plain = claimed_values(few)._png
    with mpl.rc_context({"axes.facecolor": "black", "font.size": 30, "text.color": "red"}):
        assert claimed_values(few)._png == plain


@pytest.mark.parametrize("style", ["notebook", "slide", "paper"])
@pytest.mark.parametrize("rows", [1, 5, 40])
def test_no_text_is_cut_off_or_covers_another(statements, style, rows):
    both = prepare(statements)[0]["claim"]
    few = statements[statements["claim"].isin(both)]
    many = pd.concat([few.assign(claim=few["claim"] + f"-{i}") for i in range(3)]).head(rows)
    with mv.style(style):
        chart = claimed_values(many)
    assert len(chart.data) == rows
    assert outside(chart) == [] and overlapping(chart) == []


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda c: claimed_values(c.head(0)), ValueError, "claimed_values was given no rows"),
        (lambda c: claimed_values(c.drop(columns=["found_unit"])), ValueError, "the columns found_unit"),
        (lambda c: claimed_values(None), TypeError, "claimed_values takes a DataFrame; got NoneType."),
        (
            lambda c: claimed_values(c[c["claim"].eq("c02")]),
            ValueError,
            "claimed_values: no statement of the selection has two numbers in one unit.",
        ),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_one_sentence(statements, call, error, message):
    with pytest.raises(error, match=re.escape(message)) as caught:
        call(statements)
    assert "\n" not in str(caught.value)
