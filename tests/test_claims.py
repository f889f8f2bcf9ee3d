"""Claims: what is drawn and said, held against the CSV files read with the csv module alone."""

import re
from collections import Counter

import matplotlib as mpl
import pandas as pd
import pytest
from conftest import ROOT
from drawn import boxes, outside, overlapping, table, texts, words

import mesoviz as mv
from mesoviz._figures._claims import VERDICTS, claims, prepare


@pytest.fixture(scope="module")
def statements():
    return mv.load_claims()


@pytest.fixture(scope="module")
def raw():
    return table(ROOT / "data" / "claims.csv")


@pytest.fixture(scope="module")
def cited():
    return table(ROOT / "data" / "claim_and_target_sources.csv")


@pytest.fixture(scope="module", params=["text", "therapy"])
def by(request):
    return request.param


@pytest.fixture(scope="module")
def chart(statements, by):
    return claims(statements, by=by)


def test_every_statement_is_drawn_once_with_its_verdict(chart, raw):
    assert dict(zip(chart.data["claim"], chart.data["verdict"], strict=True)) == {
        row["claim"]: row["verdict"] for row in raw
    }
    assert len(chart.data) == len(raw)


@pytest.mark.parametrize("claim", ["c09", "c23", "c26", "c28", "c47"])
def test_named_statements_are_as_in_the_file(chart, raw, claim):
    row = next(r for r in raw if r["claim"] == claim)
    drawn = chart.data[chart.data["claim"].eq(claim)].iloc[0]
    for name in ("statement", "therapy", "evidence", "later_evidence", "claimed_value", "found_value"):
        assert ("" if pd.isna(drawn[name]) else drawn[name]) == row[name]


def test_squares_are_as_many_as_statements_of_each_verdict(chart):
    for verdict in VERDICTS:
        here = chart.data[chart.data["verdict"].eq(verdict)]
        squares = boxes(chart, verdict)
        assert len(squares) == len(here) and len({tuple(square.round(3)) for square in squares}) == len(here)


def test_squares_stand_in_the_row_of_their_text_or_subject(chart):
    """Rows from above, as the squares' heights tell them, hold as many squares as statements."""
    rows = list(dict.fromkeys(chart.data["row"]))
    for verdict in VERDICTS:
        counts = Counter(chart.data.loc[chart.data["verdict"].eq(verdict), "row"])
        expected = [counts[row] for row in rows if counts[row]]
        shown = [int(text) for text in _counts(chart, verdict)]
        assert shown == expected
        tall = boxes(chart, verdict)[:, 2]
        assert list(tall) == sorted(tall)


def _counts(chart, verdict):
    axes = chart.axes[list(VERDICTS).index(verdict)]
    here = [text for text in texts(chart, "count") if text.transform == axes.transData]
    return [text.words for text in sorted(here, key=lambda text: text.y)]


def test_where_no_square_stands_a_dash_does(chart):
    rows = chart.data["row"].nunique()
    assert len(words(chart, "count")) + len(words(chart, "none")) == rows * len(VERDICTS)
    assert sum(map(int, words(chart, "count"))) == len(chart.data)


def test_words_hold_every_statement_verdict_and_citation(chart, cited):
    lines = [line for line in chart.text.splitlines() if line.startswith("- ")]
    assert len(lines) == len(chart.data)
    for line, row in zip(lines, chart.data.to_dict("records"), strict=True):
        assert line.startswith(f"- {row['claim']}, {row['verdict']}. ") and row["statement"] in line
        sources = {r["source"]: r["citation"] for r in reversed(cited) if r["of"] == row["claim"]}
        assert sources and all(citation in line for citation in sources.values())


def test_words_count_each_rows_verdicts(chart):
    for row, here in chart.data.groupby("row"):
        counts = Counter(here["verdict"])
        told = ", ".join(f"{counts[verdict]} {verdict}" for verdict in VERDICTS if counts[verdict])
        statements = f"{len(here)} statement{'s' * (len(here) > 1)}"
        assert f"{row} ({statements}: {told}):" in chart.text.splitlines()


@pytest.mark.parametrize(
    "select",
    [
        lambda c: c,
        lambda c: c[c["verdict"].eq("contradicted")],
        lambda c: c.assign(verdict=c["verdict"].mask(c["claim"].isin(["c01", "c02"]))),
    ],
)
def test_what_is_given_is_drawn_or_omitted_with_a_reason(statements, select, by):
    given = select(statements)
    drawn, omitted = prepare(given, by=by)
    assert sorted([*drawn["claim"], *omitted["claim"]]) == sorted(given["claim"])
    assert omitted["reason"].eq("no verdict").all() and len(omitted) == given["verdict"].isna().sum()


def test_what_is_omitted_is_said(statements):
    chart = claims(statements.assign(verdict=statements["verdict"].mask(statements["claim"].eq("c01"))))
    assert "Not drawn, no verdict (1): c01." in chart.text
    assert any("1 statement without a verdict" in text for text in words(chart))


def test_sources_are_all_those_cited_for_the_drawn_statements(statements, chart, cited, raw):
    wanted = {row["source"] for row in cited if row["of"] in {r["claim"] for r in raw}}
    assert set(chart.sources["source"]) == wanted and chart.sources["source"].is_unique
    one = claims(statements[statements["claim"].eq("c28")])
    assert list(one.sources["source"]) == [row["source"] for row in cited if row["of"] == "c28"]
    by_doi = chart.sources.dropna(subset="doi")
    assert by_doi["link"].str.startswith("https://doi.org/10.").all()


def test_statements_without_a_citation_say_so(statements):
    chart = claims(statements.head(1).assign(claim="c99"))
    assert chart.sources.empty and "[no citation]" in chart.text
    assert "Sources: none is cited." in words(chart)


def test_alternative_text_is_short_and_counts_the_verdicts(chart, raw):
    assert len(chart.alt) <= 300
    for verdict, n in Counter(row["verdict"] for row in raw).items():
        assert f"{n} {verdict}" in chart.alt


def test_the_order_of_rows_changes_nothing(statements, chart, by):
    shuffled = claims(statements.sample(frac=1, random_state=2), by=by)
    pd.testing.assert_frame_equal(shuffled.data, chart.data)
    assert shuffled.text == chart.text and shuffled.alt == chart.alt


def test_the_settings_of_the_user_change_nothing(statements):
    plain = claims(statements.head(4))._png
    with mpl.rc_context({"axes.facecolor": "black", "font.size": 30, "text.color": "red"}):
        assert claims(statements.head(4))._png == plain


@pytest.mark.parametrize("style", ["notebook", "slide", "paper"])
@pytest.mark.parametrize("rows", [1, 5, 51, 200])
def test_no_text_is_cut_off_or_covers_another(statements, style, rows, by):
    many = pd.concat([statements.assign(claim=statements["claim"] + f"-{i}") for i in range(4)])
    with mv.style(style):
        chart = claims(many.head(rows), by=by)
    assert outside(chart) == [] and overlapping(chart) == []
    for axes, verdict in zip(chart.axes, VERDICTS, strict=True):
        squares = boxes(chart, verdict)
        assert not len(squares) or squares[:, 1].max() <= axes.get_xlim()[1]


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda c: claims(c.head(0)), ValueError, "claims was given no rows"),
        (lambda c: claims(c.drop(columns=["verdict"])), ValueError, "the columns verdict"),
        (lambda c: claims("c01"), TypeError, "claims takes a DataFrame; got str."),
        (lambda c: claims(c, by="year"), ValueError, "by must be one of 'text', 'therapy'; got 'year'."),
        (lambda c: claims(c.assign(verdict=None)), ValueError, "no statement of the selection has a verdict"),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_one_sentence(statements, call, error, message):
    with pytest.raises(error, match=re.escape(message)) as caught:
        call(statements)
    assert "\n" not in str(caught.value)
