"""Pool randomized comparisons that are alike, and refuse to pool others: frame in, frame out."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from mesoviz._estimates import _alike, _meta
from mesoviz._page import _given

MOST_LEFT_OUT_PCT = 10  # of the eligible patients: beyond it a pooled estimate misleads


def pool(comparisons: pd.DataFrame, *, allow_mixed: bool = False) -> pd.DataFrame:
    """Combine the hazard ratios of comparisons that are alike.

    Parameters
    ----------
    comparisons : pandas.DataFrame
        From `load_comparisons`, one endpoint; filter it with pandas first. Analyses that are not the main
        one of their comparison are set aside.
    allow_mixed : bool, default False
        Combine comparisons of different settings or against different controls all the same; `mixed` then
        tells what differs.

    Returns
    -------
    pandas.DataFrame
        One row a `method`: ``"fixed"``, ``"dl"`` (DerSimonian-Laird), ``"reml"`` and ``"reml-knha"`` (with
        Hartung-Knapp interval). `hazard_ratio` with 95 % limits `low` and `high`; `prediction_low` and
        `prediction_high`, where the ratio of a further trial of this kind would lie; `tau2`, `i2_pct` with
        `i2_low` and `i2_high`, `q` and `q_p_value` tell how much the trials disagree. `trials` and
        `patients` are those combined (where a number is not reported it is not counted, and
        `n_not_reported` counts such trials). `left_out` names each comparison that could not be combined,
        with its patients and the reason; `left_out_patients` and `left_out_pct` say how many of the
        eligible patients they hold.

    Raises
    ------
    ValueError
        If comparisons share patients, are of several endpoints, or fewer than two can be combined; unless
        `allow_mixed`, also if their settings or controls differ.

    Notes
    -----
    The standard error comes from the interval at its stated level, never from a p-value. A comparison
    without an interval, or whose hazards are not proportional, is left out and listed. With two or three
    trials the Hartung-Knapp interval is very wide, as it should be; where trials agree more closely than
    chance would have it, it can be narrower than the fixed effect's.

    References
    ----------
    .. [1] Deeks JJ, Higgins JPT, Altman DG. Analysing data and undertaking meta-analyses. In: Cochrane
       Handbook for Systematic Reviews of Interventions, chapter 10.
    .. [2] Viechtbauer W. Conducting meta-analyses in R with the metafor package. Journal of Statistical
       Software 2010;36(3):1-48.

    Examples
    --------
    >>> import mesoviz as mv
    >>> comparisons = mv.load_comparisons()
    >>> added = comparisons["therapy_class"].eq("Anti-angiogenic therapy") & comparisons["endpoint"].eq("OS")
    >>> alike = added & comparisons["control_kind"].eq("platinum-pemetrexed")
    >>> pooled = mv.pool(comparisons[alike])
    >>> pooled["method"].tolist()
    ['fixed', 'dl', 'reml', 'reml-knha']
    """
    frame = _alike.eligible(comparisons, "pool", allow_mixed=allow_mixed)
    return _typed(_rows(frame, _meta.METHODS))


def pool_weights(
    comparisons: pd.DataFrame, *, method: str = "reml-knha", allow_mixed: bool = False
) -> pd.DataFrame:
    """List what goes into a pooled estimate, with weights, and what is left out of it.

    Parameters
    ----------
    comparisons : pandas.DataFrame
        As for `pool`.
    method : {"fixed", "dl", "reml", "reml-knha"}, default "reml-knha"
        The method whose weights are wanted.
    allow_mixed : bool, default False
        As for `pool`.

    Returns
    -------
    pandas.DataFrame
        One row an eligible comparison with `log_hazard_ratio`, `standard_error`, `weight_pct` (adding up to
        100) and `patients`; where it is left out, `reason` says why and there is no weight.

    Raises
    ------
    ValueError
        As `pool`, and if `method` is not one of the four.

    Examples
    --------
    >>> import mesoviz as mv
    >>> comparisons = mv.load_comparisons()
    >>> overall = comparisons["endpoint"].eq("OS") & comparisons["setting"].eq("pretreated")
    >>> chosen = comparisons[overall & comparisons["control_kind"].eq("placebo or supportive care")]
    >>> weights = mv.pool_weights(chosen)
    >>> weights.loc[weights["reason"].notna(), ["trial_label", "reason"]].to_numpy().tolist()
    [['VANTAGE-014', 'no interval in the sources read']]
    """
    _given.choose(method, _meta.METHODS, "method")
    frame = _alike.eligible(comparisons, "pool_weights", allow_mixed=allow_mixed)
    used = frame["reason"].isna()
    estimates, variances = _numbers(frame[used])
    tau2 = _meta.between_trials(estimates, variances, method)
    frame.loc[used, "weight_pct"] = _meta.weights_pct(variances, tau2)
    return frame[
        [
            *("trial", "trial_label", "experimental_label", "control_label", "hazard_ratio", "low", "high"),
            *("ci_level", "log_hazard_ratio", "standard_error", "weight_pct", "patients", "reason"),
        ]
    ]


def leave_one_out(
    comparisons: pd.DataFrame, *, method: str = "reml-knha", allow_mixed: bool = False
) -> pd.DataFrame:
    """Combine the hazard ratios again and again, each time without one trial.

    Parameters
    ----------
    comparisons : pandas.DataFrame
        As for `pool`; at least three that can be combined.
    method : {"fixed", "dl", "reml", "reml-knha"}, default "reml-knha"
        How they are combined.
    allow_mixed : bool, default False
        As for `pool`.

    Returns
    -------
    pandas.DataFrame
        One row a trial taken out (`without`), with the columns of `pool`.

    Raises
    ------
    ValueError
        As `pool`, if fewer than three can be combined, or if `method` is not one of the four.

    Notes
    -----
    Where two trials are left, the Hartung-Knapp interval rests on their difference alone: very wide as a
    rule, too narrow where they happen to agree, and without any width (`low` equals `high`) where their
    ratios are the same. That is no certainty; the other methods' intervals tell more there.

    Examples
    --------
    >>> import mesoviz as mv
    >>> comparisons = mv.load_comparisons()
    >>> overall = comparisons["endpoint"].eq("OS") & comparisons["setting"].eq("pretreated")
    >>> chosen = comparisons[overall & comparisons["control_kind"].eq("placebo or supportive care")]
    >>> mv.leave_one_out(chosen)["without"].tolist()
    ['CONFIRM', 'DETERMINE', 'VIM']
    """
    _given.choose(method, _meta.METHODS, "method")
    frame = _alike.eligible(comparisons, "leave_one_out", allow_mixed=allow_mixed)
    used = frame.index[frame["reason"].isna()]
    if len(used) < 3:
        raise ValueError("leave_one_out needs at least three comparisons that can be combined.")
    rows = [
        {"without": frame.loc[place, "trial_label"], **row}
        for place in used
        for row in _rows(frame.drop(index=place), (method,))
    ]
    return _typed(rows)


def _numbers(frame: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Log hazard ratios and their variances."""
    return frame["log_hazard_ratio"].to_numpy(float), frame["standard_error"].to_numpy(float) ** 2


def _typed(rows: list[dict[str, object]]) -> pd.DataFrame:
    """Results as a frame whose types do not depend on what is missing."""
    text = dict.fromkeys(("left_out", "mixed"), "str")
    counts = dict.fromkeys(
        ("trials", "patients", "n_not_reported", "left_out_trials", "left_out_patients"), "Int64"
    )
    return pd.DataFrame(rows).astype({**text, **counts})


def _rows(frame: pd.DataFrame, methods: Iterable[str]) -> list[dict[str, object]]:
    """Each method's result, on the scale of hazard ratios."""
    used = frame["reason"].isna()
    patients = frame["patients"]
    out = patients[~used]
    shared = {
        "trials": int(used.sum()),
        "patients": int(patients[used].sum()),
        "n_not_reported": int(patients[used].isna().sum()),
        "left_out": _alike.left_out(frame) or pd.NA,
        "left_out_trials": int((~used).sum()),
        "left_out_patients": int(out.sum()) if out.notna().all() else pd.NA,
        "left_out_pct": _share(out, patients),
        "mixed": frame["mixed"].iloc[0],
    }
    results = _meta.combine_all(*_numbers(frame[used]), methods)
    return [{"method": method, **_ratios(found), **shared} for method, found in results.items()]


def _ratios(found: _meta.Combined) -> dict[str, float]:
    return {
        "hazard_ratio": np.exp(found.estimate),
        "low": np.exp(found.low),
        "high": np.exp(found.high),
        "prediction_low": np.exp(found.prediction_low),
        "prediction_high": np.exp(found.prediction_high),
        **{name: getattr(found, name) for name in ("tau2", "i2_pct", "i2_low", "i2_high", "q", "q_p_value")},
    }


def _share(out: pd.Series, patients: pd.Series) -> float:
    """Percent of the eligible patients that are left out; missing where nobody can tell.

    Patients not reported among those combined only make the share too large, never too small.
    """
    if out.empty:
        return 0.0
    return 100 * int(out.sum()) / int(patients.sum()) if out.notna().all() else np.nan
