"""Combine estimates of several trials: arrays in, numbers out. Each function agrees with R's metafor."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

METHODS = {
    "fixed": "fixed effect",
    "dl": "random effects, DerSimonian-Laird",
    "reml": "random effects, restricted maximum likelihood",
    "reml-knha": "random effects, restricted maximum likelihood, Hartung-Knapp interval",
}
SHORT = {
    "fixed": "Fixed effect",
    "dl": "Random effects (DL)",
    "reml": "Random effects (REML)",
    "reml-knha": "Random effects (REML, Hartung-Knapp)",
}
LEVEL = 95


@dataclass(frozen=True)
class Combined:
    """A combined estimate with its 95 % limits, on the scale of the estimates."""

    estimate: float
    low: float
    high: float
    prediction_low: float
    prediction_high: float
    tau2: float
    i2_pct: float
    i2_low: float
    i2_high: float
    q: float
    q_p_value: float


def standard_error(low: np.ndarray, high: np.ndarray, level: np.ndarray) -> np.ndarray:
    """Standard error that a symmetric interval of the given level, in percent, rests on.

    References
    ----------
    .. [1] Parmar MKB, Torri V, Stewart L. Extracting summary statistics to perform meta-analyses of the
       published literature for survival endpoints. Statistics in Medicine 1998;17:2815-2834.
    """
    from scipy.special import ndtri

    return (high - low) / (2 * ndtri(0.5 + level / 200))


def combine(estimates: np.ndarray, variances: np.ndarray, method: str) -> Combined:
    """Combine two or more estimates.

    Parameters
    ----------
    estimates, variances : numpy.ndarray
        One estimate a trial, such as a log hazard ratio, and the square of its standard error.
    method : {"fixed", "dl", "reml", "reml-knha"}
        How the variance between trials is estimated, and how the interval is built.

    Returns
    -------
    Combined
        With the fixed effect no prediction interval, and no interval of I², as both rest on a variance
        between trials.

    References
    ----------
    .. [1] DerSimonian R, Laird N. Meta-analysis in clinical trials. Controlled Clinical Trials
       1986;7:177-188.
    .. [2] Knapp G, Hartung J. Improved tests for a random effects meta-regression with a single covariate.
       Statistics in Medicine 2003;22:2693-2710.
    .. [3] Higgins JPT, Thompson SG. Quantifying heterogeneity in a meta-analysis. Statistics in Medicine
       2002;21:1539-1558.
    .. [4] Higgins JPT, Thompson SG, Spiegelhalter DJ. A re-evaluation of random-effects meta-analysis.
       Journal of the Royal Statistical Society A 2009;172:137-159.
    """
    return combine_all(estimates, variances, (method,))[method]


def combine_all(estimates: np.ndarray, variances: np.ndarray, methods: Iterable[str]) -> dict[str, Combined]:
    """Combine the same estimates by several methods; what they share is worked out once."""
    between: dict[str, float] = {}
    combined: dict[str, Combined] = {}
    ends = np.array([np.nan, np.nan])
    for method in methods:
        estimator = method.removesuffix("-knha")
        if estimator not in between:
            between[estimator] = between_trials(estimates, variances, estimator)
        if method != "fixed" and np.isnan(ends).all():
            ends = tau2_interval(estimates, variances)
        combined[method] = _combined(estimates, variances, method, between[estimator], ends)
    return combined


def _combined(
    estimates: np.ndarray, variances: np.ndarray, method: str, tau2: float, tau2_ends: np.ndarray
) -> Combined:
    from scipy.special import chdtrc, ndtri, stdtrit

    freedom = len(estimates) - 1
    q = _spread(estimates, variances, 0.0)
    weights = 1 / (variances + tau2)
    middle = np.average(estimates, weights=weights)
    error2 = 1 / weights.sum()
    quantile = ndtri(0.5 + LEVEL / 200)
    if method == "reml-knha":
        error2 *= _spread(estimates, variances, tau2) / freedom
        quantile = stdtrit(freedom, 0.5 + LEVEL / 200)
    half = quantile * np.sqrt(error2)
    wide = quantile * np.sqrt(error2 + tau2) if method != "fixed" else np.nan
    typical = _typical_variance(variances)
    i2 = tau2 / (tau2 + typical) if method != "fixed" else max(0.0, 1 - freedom / q) if q else 0.0
    i2_ends = tau2_ends / (tau2_ends + typical) if method != "fixed" else (np.nan, np.nan)
    return Combined(
        estimate=float(middle),
        low=float(middle - half),
        high=float(middle + half),
        prediction_low=float(middle - wide),
        prediction_high=float(middle + wide),
        tau2=float(tau2),
        i2_pct=float(100 * i2),
        i2_low=float(100 * i2_ends[0]),
        i2_high=float(100 * i2_ends[1]),
        q=float(q),
        q_p_value=float(chdtrc(freedom, q)),
    )


def weights_pct(variances: np.ndarray, tau2: float) -> np.ndarray:
    """Each trial's share in the combined estimate, in percent."""
    weights = 1 / (variances + tau2)
    return 100 * weights / weights.sum()


def between_trials(estimates: np.ndarray, variances: np.ndarray, method: str) -> float:
    """The variance between trials (tau²): none, DerSimonian and Laird's, or the one of highest likelihood."""
    if method == "fixed":
        return 0.0
    if method == "dl":
        weights = 1 / variances
        excess = _spread(estimates, variances, 0.0) - (len(estimates) - 1)
        return float(max(0.0, excess / (weights.sum() - (weights**2).sum() / weights.sum())))
    return _reml(estimates, variances)


def tau2_interval(estimates: np.ndarray, variances: np.ndarray) -> np.ndarray:
    """95 % limits of the variance between trials by the Q-profile method.

    References
    ----------
    .. [1] Viechtbauer W. Confidence intervals for the amount of heterogeneity in meta-analysis. Statistics
       in Medicine 2007;26:37-52.
    """
    from scipy.special import chdtri

    tail = 0.5 - LEVEL / 200
    freedom = len(estimates) - 1
    ends = [chdtri(freedom, tail), chdtri(freedom, 1 - tail)]
    return np.array([_falls_to(lambda t: _spread(estimates, variances, t), float(end)) for end in ends])


def _spread(estimates: np.ndarray, variances: np.ndarray, tau2: float) -> float:
    """Weighted sum of squares around the combined estimate: Cochran's Q where `tau2` is zero."""
    weights = 1 / (variances + tau2)
    return float((weights * (estimates - np.average(estimates, weights=weights)) ** 2).sum())


def _typical_variance(variances: np.ndarray) -> float:
    weights = 1 / variances
    return float((len(variances) - 1) * weights.sum() / (weights.sum() ** 2 - (weights**2).sum()))


def _falls_to(function: Callable[[float], float], value: float) -> float:
    """Where a falling function of a number above zero reaches a value; zero where it starts below."""
    from scipy.optimize import brentq

    if function(0.0) <= value:
        return 0.0
    far = 1.0
    while function(far) > value:
        far *= 4
    return float(brentq(lambda t: function(t) - value, 0.0, far, xtol=1e-14, rtol=1e-14))


def _reml(estimates: np.ndarray, variances: np.ndarray) -> float:
    """Variance between trials of highest restricted likelihood.

    The likelihood may have several peaks, so all are looked for on a grid and refined, and the highest is
    taken.

    References
    ----------
    .. [1] Viechtbauer W. Bias and efficiency of meta-analytic variance estimators in the random-effects
       model. Journal of Educational and Behavioral Statistics 2005;30:261-293.
    """
    from scipy.optimize import brentq

    def slope(tau2: float) -> float:
        weights = 1 / (variances + tau2)
        residuals = estimates - np.average(estimates, weights=weights)
        squares = (weights**2).sum()
        return float((weights**2 * residuals**2).sum() - weights.sum() + squares / weights.sum())

    def likelihood(tau2: float) -> float:
        weights = 1 / (variances + tau2)
        spread = _spread(estimates, variances, tau2)
        return float(np.log(weights).sum() - np.log(weights.sum()) - spread)

    reach = 4 * np.ptp(estimates) ** 2
    if reach == 0:
        return 0.0
    grid = np.concatenate([[0.0], np.geomspace(1e-9 * reach, reach, 1000)])
    rising = _slopes(estimates, variances, grid) > 0
    peaks = [] if rising[0] else [0.0]
    for place in np.flatnonzero(rising[:-1] & ~rising[1:]):
        low, high = grid[place : place + 2]
        # Where the grid's sums were rounded to the other side of zero, the peak is at that very place.
        if slope(low) <= 0 or slope(high) >= 0:
            peaks.append(float(low if slope(low) <= 0 else high))
        else:
            peaks.append(float(brentq(slope, low, high, xtol=1e-15, rtol=1e-14)))
    return max(peaks, key=likelihood)


def _slopes(estimates: np.ndarray, variances: np.ndarray, grid: np.ndarray) -> np.ndarray:
    """Slope of the restricted likelihood at every place of a grid: sums of powers, by matrix products."""
    centered = estimates - estimates.mean()
    powers = np.stack([np.ones_like(centered), centered, centered**2], axis=1)
    slopes = []
    for part in np.array_split(grid, 1 + len(grid) * len(estimates) // 100_000):
        weights = 1 / (variances + part[:, None])
        total, first, _ = (weights @ powers).T
        total2, first2, second2 = (weights**2 @ powers).T
        middle = first / total
        slopes.append(second2 - 2 * middle * first2 + middle**2 * total2 - total + total2 / total)
    return np.concatenate(slopes)
