"""What must hold for survival over time: at fixed times, along a curve, and against the median."""

import numpy as np
import pandas as pd

from mesoviz._checks._rules import Found, rule

_LINE = ["trial", "arm", "endpoint"]


def _lines(shares):
    """The rows in the order of time, grouped by curve."""
    return shares.frame.sort_values("month", kind="stable").groupby(_LINE, observed=True, sort=False)


def _before(shares, column):
    """The value of a column at the time before, along the same curve."""
    return _lines(shares)[column].shift().reindex(shares.frame.index)


@rule("survival-never-rises", tables=("landmarks", "curves"))
def survival_never_rises(shares):
    """Survival, once fallen, never rises."""
    before, month = _before(shares, "survival_pct"), _before(shares, "month")
    message = "Survival rises from {before} % at month {month_before} to {survival_pct} % at month {month}."
    yield Found(
        shares["survival_pct"] > before, "survival_pct", message, {"before": before, "month_before": month}
    )


@rule("survival-pfs-within-os", tables=("landmarks", "curves"))
def pfs_within_os_over_time(shares):
    """Of the patients of an arm, no more live without progression than live.

    Curves are read off two figures each with its own error, so they may differ by one percent.
    """
    key = ["trial", "arm", "month"]
    places = shares.frame[key].astype({"month": "float64"})
    overall = places.assign(overall=shares["survival_pct"])[shares["endpoint"] == "OS"]
    beside = places.join(overall.drop_duplicates(key).set_index(key), on=key)["overall"]
    slack = 1 if "at_risk" in shares else 0
    message = "{survival_pct} % without progression are more than the {overall} % alive at month {month}."
    rows = (shares["endpoint"] != "OS") & (shares["survival_pct"] > beside + slack)
    yield Found(rows, "survival_pct", message, {"overall": beside})


@rule("landmark-agrees-with-median", level="implausible")
def landmark_agrees_with_median(landmarks, trials):
    """More than half are alive before the median, and less than half after it."""
    median = _median(landmarks, trials)
    rate, month = landmarks["survival_pct"], landmarks["month"]
    rows = ((month < median) & (rate < 49.5)) | ((month > median) & (rate > 50.5))
    message = "{survival_pct} % at month {month} does not agree with a median of {median} months."
    yield Found(rows, "survival_pct", message, {"median": median})


@rule("landmark-falls-with-median", level="implausible")
def landmark_falls_with_median(landmarks, trials):
    """Survival falls at about the pace that the median tells: at most four times as fast or as slow."""
    share = (landmarks["survival_pct"] / 100).clip(0.005, 0.995)
    median = _median(landmarks, trials)
    # Where as many die every month, one half is left at the median, a quarter at twice the median.
    pace = np.log(share) / np.log(0.5) * median / landmarks["month"]
    message = "{survival_pct} % at month {month} does not go with a median of {median} months."
    yield Found(np.log(pace).abs() > np.log(4), "survival_pct", message, {"median": median})


@rule("landmark-interval-centered", level="implausible")
def landmark_interval_centered(landmarks):
    """Neither limit is more than four times as far from the estimate as the other, on the log-log scale."""
    inner = {
        name: (landmarks[f"{name}_pct"] / 100).clip(0.005, 0.995) for name in ("low", "survival", "high")
    }
    low, middle, high = (np.log(-np.log(share)) for share in inner.values())
    above, below = (middle - high).clip(lower=0), (low - middle).clip(lower=0)
    rows = (above > 4 * below) | (below > 4 * above)
    message = "{survival_pct} % is not in the middle of {low_pct} to {high_pct} %."
    yield Found(rows, "survival_pct", message)


def _median(shares, trials):
    """The published median of each row's arm and endpoint."""
    medians = trials.frame.drop_duplicates(["trial", "arm"]).set_index(["trial", "arm"])
    columns = medians[["os_median_months", "pfs_median_months", "pfs_definition"]]
    beside = shares.frame[["trial", "arm"]].join(columns, on=["trial", "arm"])
    same = beside["pfs_definition"].astype("str") == shares["endpoint"].astype("str")
    return beside["os_median_months"].where(
        shares["endpoint"] == "OS", beside["pfs_median_months"].where(same)
    )


@rule("landmark-agrees-with-curve", level="implausible")
def landmark_agrees_with_curve(landmarks, curves):
    """Survival at a fixed time is about that of the reconstructed curve."""
    key = [*_LINE, "month"]
    values = (
        curves.frame.drop_duplicates(key)
        .astype({"endpoint": "str", "month": "float64"})
        .set_index(key)["survival_pct"]
    )
    beside = landmarks.frame[key].astype({"endpoint": "str"}).join(values.rename("curve"), on=key)["curve"]
    rows = (landmarks["survival_pct"] - beside).abs() > 3
    yield Found(
        rows,
        "survival_pct",
        "{survival_pct} % at month {month} is far from the curve's {curve} %.",
        {"curve": beside},
    )


@rule("curve-agrees-with-median", level="implausible")
def curve_agrees_with_median(curves, trials):
    """A curve crosses one half within a month of the published median."""
    median = _median(curves, trials)
    rate, month = curves["survival_pct"], curves["month"].astype("float64")
    rows = ((month < median - 1) & (rate < 50)) | ((month > median + 1) & (rate > 50))
    yield Found(
        rows,
        "survival_pct",
        "{survival_pct} % at month {month} does not agree with a median of {median} months.",
        {"median": median},
    )


@rule("curve-is-whole")
def curve_is_whole(curves):
    """A curve begins with everybody at month 0 and has every month after it."""
    before = _before(curves, "month")
    start = before.isna()
    sound = (
        (curves["month"] == 0)
        & (curves["survival_pct"] == 100)
        & (curves["events"] == 0)
        & (curves["censored"] == 0)
    )
    yield Found(start & ~sound, "month", "The curve does not begin at month 0 with everybody at risk.")
    yield Found(
        ~start & (curves["month"] != before + 1),
        "month",
        "The curve jumps from month {before} to {month}.",
        {"before": before},
    )


@rule("curve-counts-add-up")
def curve_counts_add_up(curves):
    """At every month the patients at risk, with the event and censored are all who began."""
    first = _lines(curves)["at_risk"].transform("first").reindex(curves.frame.index)
    total = curves["at_risk"] + curves["events"] + curves["censored"]
    message = "{at_risk} at risk, {events} events and {censored} censored are not the {first} who began."
    yield Found(total != first, "at_risk", message, {"first": first})
    for column in ("events", "censored"):
        before = _before(curves, column)
        yield Found(
            curves[column] < before,
            column,
            f"The {column} up to this month are fewer than a month before ({{before}}).",
            {"before": before},
        )


@rule("survival-follows-events")
def survival_follows_events(curves):
    """Survival falls by what the month's events make it fall, whenever in it patients were censored."""
    number = {name: curves[name].astype("float64") for name in ("at_risk", "events", "censored")}
    begun = _before(curves, "at_risk").astype("float64")
    died = number["events"] - _before(curves, "events").astype("float64")
    lost = number["censored"] - _before(curves, "censored").astype("float64")
    before = _before(curves, "survival_pct")
    # Survival is printed to a tenth: half of that at either end.
    least = (before - 0.05) * (begun - lost - died).clip(lower=0) / (begun - lost).clip(lower=1) - 0.06
    most = (before + 0.05) * (begun - died) / begun.clip(lower=1) + 0.06
    rate = curves["survival_pct"]
    message = "{died} events among {begun} patients do not take survival from {before} % to {survival_pct} %."
    yield Found(
        (rate < least) | (rate > most),
        "survival_pct",
        message,
        {"died": died, "begun": begun, "before": before},
    )


@rule("curve-interval-centered", level="implausible")
def curve_interval_centered(curves):
    """A curve's limits lie evenly about it on the log-log scale, as far as rounding allows."""
    limits = {name: (curves[f"{name}_pct"] / 100).clip(0, 1) for name in ("low", "high", "survival")}
    inner = pd.concat(limits, axis=1)
    # Near 0 and 100 the scale stretches a rounding error without end.
    usable = (inner > 0.02).all(axis=1) & (inner < 0.98).all(axis=1)
    scale = np.log(-np.log(inner.where(usable)))
    middle = (scale["low"] + scale["high"]) / 2
    slack = sum(0.0005 / (inner[name] * -np.log(inner[name].where(usable))) for name in inner) + 0.01
    rows = (scale["survival"] - middle).abs() > slack
    yield Found(rows, "survival_pct", "{survival_pct} % is not in the middle of {low_pct} to {high_pct} %.")
