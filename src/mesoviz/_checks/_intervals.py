"""What must hold for estimates and their intervals: medians, ratios and shares."""

import numpy as np
import pandas as pd

from mesoviz._checks._rules import Found, rule

_ENDPOINTS = ("os", "pfs")
_NAMES = {"os": "OS", "pfs": "PFS"}


def _outside(table, *names):
    estimate, low, high = map(table.number, names)
    return (low > estimate) | (high < estimate) | (low > high)


def _median(prefix):
    return [f"{prefix}_{part}" for part in ("median_months", "low_months", "high_months", "ci_level")]


def _per_endpoint(text, prefix):
    """A message for one endpoint: its columns stand for {median}, {low}, {high} and so on."""
    for word in ("median_months", "low_months", "high_months", "ci_level", "status", "high_status"):
        text = text.replace("{" + word + "}", "{" + f"{prefix}_{word}" + "}")
    return text.replace("NAME", _NAMES[prefix])


@rule("median-in-interval")
def median_in_interval(trials):
    """A median lies inside its interval."""
    for prefix in _ENDPOINTS:
        median, low, high, _ = _median(prefix)
        message = "The NAME median {median_months} is not inside {low_months} to {high_months}."
        rows = _outside(trials, median, low, high)
        yield Found(rows, median, _per_endpoint(message, prefix))


@rule("ratio-in-interval")
def ratio_in_interval(comparisons):
    """A hazard ratio lies inside its interval."""
    rows = _outside(comparisons, "hazard_ratio", "low", "high")
    yield Found(rows, "hazard_ratio", "The hazard ratio {hazard_ratio} is not inside {low} to {high}.")


@rule("survival-in-interval", tables=("landmarks", "curves"))
def survival_in_interval(shares):
    """A survival estimate lies inside its interval."""
    rows = _outside(shares, "survival_pct", "low_pct", "high_pct")
    yield Found(rows, "survival_pct", "Survival of {survival_pct} % is not inside {low_pct} to {high_pct} %.")


@rule("interval-states-level")
def median_interval_states_level(trials):
    """A median's interval states its confidence level, and a level stands only with an interval."""
    for prefix in _ENDPOINTS:
        _, low, high, level = _median(prefix)
        yield from _level(trials, low, high, level)


@rule("interval-states-level", tables=("landmarks", "comparisons"))
def interval_states_level(estimates):
    """An interval states its confidence level, and a level stands only with an interval."""
    low, high = ("low", "high") if "low" in estimates else ("low_pct", "high_pct")
    # With one limit alone the interval is faulty anyway, and another rule says so.
    yield from _level(estimates, low, high, "ci_level", both=True)


def _level(table, low, high, level, both=False):
    given, limits = table.given(level), table.given(low, high)
    stated = table.given(low) & table.given(high) if both else limits
    yield Found(stated & ~given, level, "The interval does not state its level.")
    yield Found(given & ~limits, level, "A level is stated, but no interval.")


@rule("interval-has-two-limits")
def median_interval_has_two_limits(trials):
    """A median's interval has both limits, or an upper limit that is not reached."""
    for prefix in _ENDPOINTS:
        _, low, high, _ = _median(prefix)
        open_ = trials.says(f"{prefix}_high_status", "not reached")
        lower, upper = trials.given(low), trials.given(high)
        yield Found(upper & ~lower, low, "The upper limit is given, the lower is not.")
        yield Found(
            lower & ~upper & ~open_,
            high,
            "The lower limit is given, the upper is neither given nor not reached.",
        )


@rule("interval-has-two-limits", tables=("landmarks", "curves", "comparisons"))
def interval_has_two_limits(estimates):
    """An interval has both limits."""
    low, high = ("low", "high") if "low" in estimates else ("low_pct", "high_pct")
    lower, upper = estimates.given(low), estimates.given(high)
    yield Found(upper & ~lower, low, "The upper limit is given, the lower is not.")
    yield Found(lower & ~upper, high, "The lower limit is given, the upper is not.")


@rule("status-fits-median")
def status_fits_median(trials):
    """A median stands exactly where its status is "reported", and likewise its upper limit."""
    for prefix in _ENDPOINTS:
        median, low, high, _ = _median(prefix)
        status, high_status = f"{prefix}_status", f"{prefix}_high_status"
        reported, high_reported = (trials.says(name, "reported") for name in (status, high_status))
        given, limit = trials.given(median), trials.given(high)
        for rows, column, message in (
            (reported & ~given, median, "The NAME median is called reported, but is empty."),
            (~reported & given, status, "There is a NAME median, but it is called {status}."),
            (high_reported & ~limit, high, "The upper limit is called reported, but is empty."),
            (~high_reported & limit, high_status, "There is an upper limit, but it is called {high_status}."),
            (
                given & ~trials.given(high_status),
                high_status,
                "There is a median; say whether its upper limit is reported.",
            ),
            (
                ~given & trials.given(low, high, high_status),
                median,
                "An interval is given without its median.",
            ),
        ):
            yield Found(rows, column, _per_endpoint(message, prefix))


@rule("pfs-definition-stated")
def pfs_definition_stated(trials):
    """A progression-free median says what was measured, and a definition stands only with a median."""
    given, defined = trials.says("pfs_status", "reported"), trials.given("pfs_definition")
    yield Found(given & ~defined, "pfs_definition", "The PFS median does not say what was measured.")
    yield Found(~given & defined, "pfs_definition", "A definition is given, but no PFS median.")


@rule("pfs-within-os")
def pfs_within_os(trials):
    """Progression-free survival is no longer than overall survival."""
    yield Found(
        trials.number("pfs_median_months") > trials.number("os_median_months"),
        "pfs_median_months",
        "The PFS median {pfs_median_months} is longer than the OS median {os_median_months}.",
    )


@rule("ratio-centered-in-interval", level="implausible")
def ratio_centered_in_interval(comparisons):
    """A hazard ratio sits in the middle of its interval on the log scale, as far as rounding allows."""
    ratio, low, high = (comparisons[name] for name in ("hazard_ratio", "low", "high"))
    middle = np.sqrt(low * high)
    # Each of the three was rounded by itself: half a unit of the last place they were printed with.
    slack = (_half_unit(low) / low + _half_unit(high) / high) / 2 + _half_unit(ratio) / ratio + 0.005
    rows = np.log(ratio / middle).abs() > slack
    message = "The hazard ratio {hazard_ratio} is far from {middle}, the middle of {low} to {high}."
    yield Found(rows, "hazard_ratio", message, {"middle": middle})


def _half_unit(values):
    """Half a unit of the last decimal: two at least, since 0.9 may have been printed as 0.90."""
    digits = values.map(lambda value: len(f"{value:.10g}".partition(".")[2]) if pd.notna(value) else 0)
    return 0.5 * 10.0 ** -digits.clip(lower=2)


@rule("interval-is-wide-enough", level="implausible")
def interval_is_wide_enough(comparisons, trials):
    """A hazard ratio's interval is not narrower than if every patient of both arms had had the event."""
    level = comparisons["ci_level"].fillna(95)
    spread = np.log(comparisons["high"] / comparisons["low"]) / (2 * _quantile(0.5 + level / 200))
    arms = trials.frame.drop_duplicates(["trial", "arm"])
    patients = arms.set_index(["trial", "arm"])["n"].astype("float64")
    sizes = [
        comparisons.frame[["trial", side]]
        .set_axis(["trial", "arm"], axis=1)
        .join(patients, on=["trial", "arm"])["n"]
        for side in ("experimental_arm", "control_arm")
    ]
    least = np.sqrt(1 / sizes[0] + 1 / sizes[1])
    message = "The interval {low} to {high} is narrower than {patients} patients can give."
    yield Found(spread < 0.97 * least, "low", message, {"patients": sizes[0] + sizes[1]})


def _quantile(share):
    """Quantile of the normal distribution."""
    from statistics import NormalDist

    return share.clip(1e-15, 1 - 1e-15).map(NormalDist().inv_cdf)


@rule("p-fits-interval", level="implausible")
def p_fits_interval(comparisons):
    """P value and interval agree about crossing 1, at the stated level and sides."""
    level = 1 - comparisons["ci_level"] / 100
    sides = comparisons["p_sides"].astype("float64").fillna(2)
    crosses = (comparisons["low"] < 1) & (comparisons["high"] > 1)
    excludes = (comparisons["low"] > 1) | (comparisons["high"] < 1)
    alpha, p = level * sides / 2, comparisons["p_value"]
    bound = comparisons["p_relation"] == "less than"
    message = "p {p_value} and the interval {low} to {high} disagree about 1."
    yield Found(crosses & (p < alpha), "p_value", message)
    yield Found(excludes & (p > alpha) & ~bound, "p_value", message)


@rule("p-fits-ratio", level="implausible")
def p_fits_ratio(comparisons):
    """A p value is about what the hazard ratio and its interval give."""
    quantile = _quantile(0.5 + comparisons["ci_level"].fillna(95) / 200)
    error = np.log(comparisons["high"] / comparisons["low"]) / (2 * quantile)
    score = -np.log(comparisons["hazard_ratio"]) / error
    one_sided = (comparisons["p_sides"] == 1).fillna(False)
    # A one-sided test asks for benefit alone: a ratio above 1 gives a p above a half.
    score = score.where(one_sided, score.abs())
    expected = _quantile(1 - comparisons["p_value"] / np.where(one_sided, 1, 2))
    # Log-rank tests, adjustments and interim looks all move p a little: half a standard error.
    bound = comparisons["p_relation"] == "less than"
    rows = ((score - expected).abs() > 0.5) & ~bound | bound & (score < expected - 0.5)
    message = "p {p_value} does not fit the hazard ratio {hazard_ratio} ({low} to {high})."
    yield Found(rows, "p_value", message)


@rule("p-says-how")
def p_says_how(comparisons):
    """A p value says whether it is exact or a bound."""
    given, how = comparisons.given("p_value"), comparisons.given("p_relation")
    yield Found(given & ~how, "p_relation", "The p value does not say whether it is exact or a bound.")
    yield Found(~given & comparisons.given("p_relation", "p_sides"), "p_value", "The p value is missing.")
