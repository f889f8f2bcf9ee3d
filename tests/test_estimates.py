"""Intervals of a share, held against scipy, a published table, and simulation."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom, binomtest

from mesoviz._estimates._rates import exact_interval, wilson_interval

METHODS = {"exact": exact_interval, "wilson": wilson_interval}
SHARES = [(0, 1), (1, 1), (0, 10), (10, 10), (1, 118), (5, 53), (17, 382), (10, 40), (163, 752), (30, 31)]
# Newcombe RG, Statistics in Medicine 1998;17:857-872, table I: four shares, limits by both methods.
PUBLISHED = [
    (81, 263, (0.2527, 0.3676), (0.2553, 0.3662)),
    (15, 148, (0.0578, 0.1617), (0.0624, 0.1605)),
    (0, 20, (0.0000, 0.1684), (0.0000, 0.1611)),
    (1, 29, (0.0009, 0.1776), (0.0061, 0.1718)),
]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("level", [70, 80, 95, 96.6, 99])
def test_limits_are_those_of_scipy(method, level):
    counts, denominators = zip(*SHARES, strict=True)
    low, high = METHODS[method](counts, denominators, level)
    for i, (count, denominator) in enumerate(SHARES):
        expected = binomtest(count, denominator).proportion_ci(level / 100, method=method)
        assert low[i] == pytest.approx(100 * expected.low, abs=1e-9)
        assert high[i] == pytest.approx(100 * expected.high, abs=1e-9)


@pytest.mark.parametrize(("count", "denominator", "exact", "wilson"), PUBLISHED)
def test_limits_are_those_of_newcombe_1998(count, denominator, exact, wilson):
    for method, published in (("exact", exact), ("wilson", wilson)):
        low, high = METHODS[method]([count], [denominator])
        assert (round(low[0] / 100, 4), round(high[0] / 100, 4)) == published


@pytest.mark.parametrize("method", METHODS)
def test_ends_are_exactly_none_and_all(method):
    low, high = METHODS[method]([0, 7], [7, 7])
    assert low[0] == 0 and high[1] == 100
    assert high[0] == pytest.approx(100 - low[1], abs=1e-12)  # none of 7 mirrors 7 of 7


@pytest.mark.parametrize("method", METHODS)
def test_missing_stays_missing(method):
    count = pd.Series([1, pd.NA, 3, 0], dtype="Int64")
    low, high = METHODS[method](count, pd.Series([4, 4, pd.NA, 0], dtype="Int64"))
    assert np.isnan(low).tolist() == np.isnan(high).tolist() == [False, True, True, True]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    ("count", "denominator", "level", "message"),
    [
        ([5], [4], 95, "count must lie between 0 and its denominator"),
        ([-1], [4], 95, "count must lie between 0 and its denominator"),
        ([1], [4], 0, "level must lie between 0 and 100"),
        ([1], [4], 100, "level must lie between 0 and 100"),
    ],
)
def test_what_cannot_be_is_refused(method, count, denominator, level, message):
    with pytest.raises(ValueError, match=message):
        METHODS[method](count, denominator, level)


def test_exact_intervals_cover_at_least_as_often_as_they_say():
    count = np.arange(21)
    low, high = exact_interval(count, np.full(21, 20))
    for share in (2, 5, 10, 25, 50, 75, 98):
        covered = (low <= share) & (share <= high)
        assert binom.pmf(count, 20, share / 100)[covered].sum() >= 0.95


def test_wilson_intervals_cover_on_average_as_often_as_they_say():
    count = np.arange(21)
    low, high = wilson_interval(count, np.full(21, 20))
    shares = np.linspace(1, 99, 197)
    covered = [binom.pmf(count, 20, s / 100)[(low <= s) & (s <= high)].sum() for s in shares]
    assert np.mean(covered) == pytest.approx(0.95, abs=0.01)
