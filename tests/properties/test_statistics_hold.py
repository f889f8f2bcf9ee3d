"""Statistics, whatever the numbers: held against scipy, against simulation, and against themselves."""

import numpy as np
import pandas as pd
import pytest
from budget import examples
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

import mesoviz as mv
from mesoviz._estimates._rates import accrual_rate, exact_interval, month_span, wilson_interval

METHODS = {"exact": exact_interval, "wilson": wilson_interval}
LOG_SCALE = ("hazard_ratio", "low", "high", "prediction_low", "prediction_high")
SAME = ("tau2", "i2_pct", "i2_low", "i2_high", "q", "q_p_value", "trials", "patients")

shares = st.integers(1, 100_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
levels = st.floats(50, 99.9)
months = st.integers(12 * 1960, 12 * 2100)
ratios = st.tuples(st.floats(0.2, 5), st.floats(1.01, 4), st.sampled_from((80.0, 90.0, 95.0, 99.0)))


@pytest.mark.parametrize("method", METHODS)
@examples(40)
@given(st.lists(shares, min_size=1, max_size=5), levels)
def test_intervals_are_those_of_scipy_and_hold_the_share(method, shares, level):
    low, high = METHODS[method](*zip(*shares, strict=True), level)
    for (count, denominator), least, most in zip(shares, low, high, strict=True):
        expected = binomtest(count, denominator).proportion_ci(level / 100, method=method)
        assert (least, most) == pytest.approx((100 * expected.low, 100 * expected.high), abs=1e-8)
        assert 0 <= least <= 100 * count / denominator <= most <= 100


@pytest.mark.parametrize("method", METHODS)
@examples(20)
@given(shares, levels, st.floats(0.01, 0.4))
def test_a_higher_level_and_fewer_patients_make_an_interval_wider(method, share, level, more):
    (count, denominator), interval = share, METHODS[method]
    low, high = np.array(interval([count], [denominator], level)).ravel()
    wider = np.array(interval([count], [denominator], level + more * (100 - level))).ravel()
    assert wider[0] <= low and high <= wider[1]
    few = np.array(interval([count], [denominator])).ravel()
    many = np.array(interval([10 * count], [10 * denominator])).ravel()
    assert many[1] - many[0] < few[1] - few[0]


@pytest.mark.parametrize("level", [80, 95, 99])
@pytest.mark.parametrize("n", [5, 21, 118])
def test_exact_intervals_cover_what_they_say_in_simulated_trials(n, level):
    rng = np.random.default_rng(n)
    trials = 4000
    for share in (0.03, 0.2, 0.5, 0.93):
        low, high = exact_interval(rng.binomial(n, share, trials), np.full(trials, n), level)
        covered = np.mean((low <= 100 * share) & (100 * share <= high))
        chance = 3 * np.sqrt(level / 100 * (1 - level / 100) / trials)  # of so many simulated trials
        assert covered >= level / 100 - chance


def comparisons(found):
    """Comparisons of one setting against one control, as `load_comparisons` would give them."""
    ratio, factor, level = (np.array(column) for column in zip(*found, strict=True))
    size = len(found)
    return pd.DataFrame(
        {
            "trial": [f"t{i}" for i in range(size)], "trial_label": [f"T {i}" for i in range(size)],
            "experimental_arm": "a", "control_arm": "b", "experimental_label": "A", "control_label": "B",
            "endpoint": "OS", "hazard_ratio": ratio, "low": ratio / factor, "high": ratio * factor,
            "ci_level": level, "hazards": "not stated", "main_analysis": True, "setting": "pretreated",
            "control_kind": "other active therapy", "overlaps_trial": None, "experimental_n": 100,
            "control_n": 90,
        }
    )  # fmt: skip


def pooled(found):
    return mv.pool(comparisons(found)).set_index("method")


@examples(15)
@given(st.lists(ratios, min_size=2, max_size=8), st.randoms(use_true_random=False))
def test_pooling_does_not_depend_on_the_order_of_trials(found, random):
    other = random.sample(found, len(found))
    numbers = [*LOG_SCALE, *SAME]
    pd.testing.assert_frame_equal(
        pooled(other)[numbers], pooled(found)[numbers], check_exact=False, rtol=1e-6, atol=1e-9
    )


@examples(15)
@given(st.lists(ratios, min_size=2, max_size=8))
def test_pooling_swapped_arms_gives_one_over_the_ratio(found):
    one = pooled(found)
    other = pooled([(1 / ratio, factor, level) for ratio, factor, level in found])
    for name, mirrored in zip(
        LOG_SCALE, ("hazard_ratio", "high", "low", "prediction_high", "prediction_low"), strict=True
    ):
        np.testing.assert_allclose(1 / other[mirrored].to_numpy(), one[name].to_numpy(), rtol=1e-6)
    for name in SAME:
        np.testing.assert_allclose(
            other[name].to_numpy(float), one[name].to_numpy(float), rtol=1e-5, atol=1e-8
        )


@examples(15)
@given(st.lists(ratios, min_size=2, max_size=8))
def test_a_pooled_ratio_lies_among_the_trials_and_its_intervals_around_it(found):
    for row in pooled(found).to_dict("records"):
        least, most = (extreme(ratio for ratio, *_ in found) for extreme in (min, max))
        assert least * (1 - 1e-9) <= row["hazard_ratio"] <= most * (1 + 1e-9)
        assert row["low"] <= row["hazard_ratio"] <= row["high"]
        if not np.isnan(row["prediction_low"]):
            assert row["prediction_low"] <= row["low"] * (1 + 1e-9)
            assert row["prediction_high"] >= row["high"] * (1 - 1e-9)
        assert row["tau2"] >= 0 and 0 <= row["i2_pct"] <= 100


@examples(15)
@given(st.lists(ratios, min_size=2, max_size=8))
def test_weights_add_up_and_favor_the_more_precise(found):
    found = [(ratio, factor, 95.0) for ratio, factor, _ in found]
    weights = mv.pool_weights(comparisons(found))
    assert weights["weight_pct"].sum() == pytest.approx(100)
    ordered = weights.sort_values("standard_error")["weight_pct"].to_numpy()
    assert (np.diff(ordered) <= 1e-9).all()


@examples(40)
@given(st.lists(st.one_of(st.none(), months), min_size=1, max_size=6), st.booleans())
def test_a_date_spans_its_month_or_its_year(told, whole_years):
    written = [
        None if month is None else f"{month // 12}" + ("" if whole_years else f"-{month % 12 + 1:02}")
        for month in told
    ]
    span = month_span(pd.Series(written, dtype="str"))
    for month, start, end in zip(told, span["start"], span["end"], strict=True):
        if month is None:
            assert pd.isna(start) and pd.isna(end)
        else:
            assert start <= month < end and end - start == (12 if whole_years else 1)


@examples(40)
@given(months, st.integers(0, 300), st.integers(1, 5000))
def test_patients_per_month_times_months_are_the_patients(first, wait, enrolled):
    written = [f"{month // 12}-{month % 12 + 1:02}" for month in (first, first + wait)]
    start, end = (pd.Series([date], dtype="str") for date in written)
    patients = pd.Series([enrolled], dtype="Int64")
    rate = accrual_rate(patients, start, end).iloc[0]
    assert rate["months"] == wait + 1
    assert rate["months"] * rate["per_month"] == pytest.approx(enrolled)
    assert accrual_rate(patients, end, start).isna().all(axis=None) == (wait > 0)  # the last came first
    assert accrual_rate(patients, start.str[:4], end).isna().all(axis=None)
