"""Numbers, lists and counts in words."""

import math

import pandas as pd
import pytest

from mesoviz._page import _words


@pytest.mark.parametrize(
    ("value", "places", "said"),
    [
        (12, 1, "12.0"),
        (12.0, 0, "12"),
        (7.66, 1, "7.66"),  # never fewer decimals than published
        (0.125, 0, "0.125"),
        (0, 1, "0.0"),
        (1234.5, 1, "1234.5"),
        (0.1 + 0.2, 1, "0.3"),  # a float's dust is not a decimal
    ],
)
def test_number(value, places, said):
    assert _words.number(value, places) == said


@pytest.mark.parametrize(
    ("value", "said"), [(3, "3"), (21854, "21,854"), (0, "0"), (pd.NA, "n.r."), (math.nan, "n.r.")]
)
def test_whole(value, said):
    assert _words.whole(value) == said


@pytest.mark.parametrize(
    ("low", "high", "options", "said"),
    [
        (1.5, 2, {}, "(1.5–2.0)"),
        (1.5, 2, {"places": 0}, "(1.5–2)"),
        (1.5, math.nan, {"open_high": True}, "(1.5–not reached)"),
        (1.5, math.nan, {}, "(1.5–?)"),
        (math.nan, 2, {}, "(?–2.0)"),
        (math.nan, math.nan, {}, ""),
    ],
)
def test_interval(low, high, options, said):
    assert _words.interval(low, high, **options) == said


def test_a_sign_for_what_is_missing_does_not_claim_that_nobody_published_it():
    assert _words.unreported("n.r.", "?") == (
        "n.r. and ?: not reported in the sources read; the publication may hold it."
    )
    assert _words.meaning(["MAPS: median 18.8 months."]) == []
    assert _words.meaning(iter(["MAPS: n not reported", "CONFIRM: n not reported"])) == [
        "\u201cNot reported\u201d is said of the sources read; the publication may hold it."
    ]


def test_count():
    assert _words.count(1, "trial") == "1 trial"
    assert _words.count(0, "trial") == "0 trials"
    assert _words.count(1500, "study", "studies") == "1,500 studies"


def test_listing():
    assert _words.listing([]) == ""
    assert _words.listing(["a"]) == "a"
    assert _words.listing(["a", "b"]) == "a and b"
    assert _words.listing(iter("abc")) == "a, b and c"
    assert _words.listing("abcde", limit=2) == "a, b and 3 more"
    assert _words.listing("ab", limit=2) == "a and b"


def test_cited():
    assert _words.cited([]) == ""
    assert _words.cited(["A 2001", "B 2002"]) == "[A 2001; B 2002]"
    assert _words.cited("abc", limit=2) == "[a; b; 1 more, listed below]"


@pytest.mark.parametrize("title", ["Who lived longer?", "Survival.", "Look!"])
def test_a_sentence_keeps_its_own_mark(title):
    assert _words.sentence(title) == title


def test_a_sentence_gets_a_full_stop():
    assert _words.sentence("Median survival") == "Median survival."


def test_shorten_cuts_between_words():
    assert _words.shorten("short", 10) == "short"
    cut = _words.shorten("one two three, four five", 16)
    assert cut == "one two three…" and len(cut) <= 16


@pytest.mark.parametrize("length", range(5, 40))
def test_shorten_never_exceeds_the_length(length):
    assert len(_words.shorten("several words of different lengths, with a comma", length)) <= length
    assert len(_words.shorten("x" * 50, length)) <= length


def test_the_date_of_the_data_is_one_date():
    month = pd.Timestamp(_words.DATA_MONTH)
    assert month.strftime("%B %Y") == _words.DATA_TO
