"""What is computed from the tables: intervals of a share, patients enrolled per month."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd


def exact_interval(
    count: Sequence[float] | pd.Series, denominator: Sequence[float] | pd.Series, level: float = 95
) -> tuple[np.ndarray, np.ndarray]:
    """Exact (Clopper-Pearson) limits of a share, in percent.

    Parameters
    ----------
    count, denominator : array-like
        Patients with the outcome, and all patients; missing where not reported.
    level : float, default 95
        Confidence in percent.

    Returns
    -------
    (numpy.ndarray, numpy.ndarray)
        Lower and upper limits; missing where the count or the denominator is missing or the denominator
        is zero.

    Raises
    ------
    ValueError
        If a count lies outside 0 to its denominator, or `level` outside 0 to 100.

    References
    ----------
    .. [1] Clopper CJ, Pearson ES. The use of confidence or fiducial limits illustrated in the case of the
       binomial. Biometrika 1934;26:404-413.

    Examples
    --------
    >>> from mesoviz._estimates._rates import exact_interval
    >>> low, high = exact_interval([0, 10], [10, 40])
    >>> low.round(1).tolist(), high.round(1).tolist()
    ([0.0, 12.7], [30.8, 41.2])
    """
    from scipy.stats import beta

    k, n, tail = _checked(count, denominator, level)
    failures = n - k
    low = np.where(k == 0, 0.0, beta.ppf(tail, k, failures + 1))
    high = np.where(failures == 0, 1.0, beta.ppf(1 - tail, k + 1, failures))
    return _percent(low, k, n), _percent(high, k, n)


def wilson_interval(
    count: Sequence[float] | pd.Series, denominator: Sequence[float] | pd.Series, level: float = 95
) -> tuple[np.ndarray, np.ndarray]:
    """Limits of a share by Wilson's score method, in percent.

    Shorter than the exact ones: on average they cover the truth as often as they say, not at least so often.

    Parameters
    ----------
    count, denominator : array-like
        Patients with the outcome, and all patients; missing where not reported.
    level : float, default 95
        Confidence in percent.

    Returns
    -------
    (numpy.ndarray, numpy.ndarray)
        Lower and upper limits; missing where the count or the denominator is missing or the denominator
        is zero.

    Raises
    ------
    ValueError
        If a count lies outside 0 to its denominator, or `level` outside 0 to 100.

    References
    ----------
    .. [1] Wilson EB. Probable inference, the law of succession, and statistical inference. Journal of the
       American Statistical Association 1927;22:209-212.
    .. [2] Newcombe RG. Two-sided confidence intervals for the single proportion: comparison of seven methods.
       Statistics in Medicine 1998;17:857-872.

    Examples
    --------
    >>> from mesoviz._estimates._rates import wilson_interval
    >>> low, high = wilson_interval([81, 0], [263, 20])
    >>> low.round(2).tolist(), high.round(2).tolist()
    ([25.53, 0.0], [36.62, 16.11])
    """
    from scipy.special import ndtri

    k, n, tail = _checked(count, denominator, level)
    z = -ndtri(tail)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = k / n
        middle = (share + z**2 / (2 * n)) / (1 + z**2 / n)
        half = z / (1 + z**2 / n) * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    low = np.where(k == 0, 0.0, middle - half)  # exactly: rounding leaves the like of 1e-17
    high = np.where(k == n, 1.0, middle + half)
    return _percent(low, k, n), _percent(high, k, n)


def _checked(
    count: Sequence[float] | pd.Series, denominator: Sequence[float] | pd.Series, level: float
) -> tuple[np.ndarray, np.ndarray, float]:
    """Counts and denominators as floats, and the probability left out at each end."""
    if not 0 < level < 100:
        raise ValueError(f"level must lie between 0 and 100 percent; got {level!r}.")
    k, n = (
        pd.Series(value).astype("Float64").to_numpy(float, na_value=np.nan) for value in (count, denominator)
    )
    if ((k < 0) | (k > n)).any():
        raise ValueError("count must lie between 0 and its denominator.")
    return k, n, (1 - level / 100) / 2


def _percent(share: np.ndarray, k: np.ndarray, n: np.ndarray) -> np.ndarray:
    return np.where(np.isnan(k) | np.isnan(n) | (n == 0), np.nan, 100 * share)


def month_span(dates: pd.Series) -> pd.DataFrame:
    """What a date that is told to the month or the year says, in months since the year 0.

    Parameters
    ----------
    dates : pandas.Series
        ``YYYY-MM`` or ``YYYY``; missing where not reported.

    Returns
    -------
    pandas.DataFrame
        `start` and `end` (not included): the date lies somewhere between them, a month or a year apart.

    Raises
    ------
    ValueError
        If a date is written otherwise.

    Examples
    --------
    >>> from mesoviz._estimates._rates import month_span
    >>> month_span(pd.Series(["2000-02", "2001"])).to_numpy().tolist()
    [[24001, 24002], [24012, 24024]]
    """
    text = dates.astype("str").astype("object")
    parts = text.str.extract(r"^(\d{4})(?:-(0[1-9]|1[0-2]))?$").astype("Float64").astype("Int64")
    wrong = text[dates.notna() & parts[0].isna()]
    if len(wrong):
        raise ValueError(f"dates must read YYYY-MM or YYYY; got {wrong.iloc[0]!r}.")
    start = 12 * parts[0] + (parts[1] - 1).fillna(0)
    return pd.DataFrame({"start": start, "end": start + parts[1].isna().map({True: 12, False: 1})})


def accrual_rate(enrolled: pd.Series, first_patient: pd.Series, last_patient: pd.Series) -> pd.DataFrame:
    """Patients enrolled per month, both the first and the last patient's month counted.

    Parameters
    ----------
    enrolled : pandas.Series
        Patients of each trial.
    first_patient, last_patient : pandas.Series
        ``YYYY-MM``; with ``YYYY`` alone the number of months is not known.

    Returns
    -------
    pandas.DataFrame
        `months` from the first patient's to the last patient's, both included, and `per_month`, patients
        by months; missing where a month or the number of patients is, or where the last comes first.

    Raises
    ------
    ValueError
        If a date reads neither ``YYYY-MM`` nor ``YYYY``.

    Examples
    --------
    >>> from mesoviz._estimates._rates import accrual_rate
    >>> first, last = pd.Series(["2001-11", "2001"]), pd.Series(["2002-02", "2002-02"])
    >>> accrual_rate(pd.Series([10, 10]), first, last)
       months  per_month
    0       4        2.5
    1    <NA>        NaN
    """
    first, last = month_span(first_patient), month_span(last_patient)
    exact = (first["end"] - first["start"]).eq(1) & (last["end"] - last["start"]).eq(1)
    months = last["end"] - first["start"]
    months = months.where(exact.fillna(False).astype(bool) & months.gt(0).fillna(False).astype(bool))
    patients = enrolled.astype("Float64").to_numpy(float, na_value=np.nan)
    per_month = patients / months.to_numpy(float, na_value=np.nan)
    return pd.DataFrame({"months": months.astype("Int64"), "per_month": per_month}, index=enrolled.index)
