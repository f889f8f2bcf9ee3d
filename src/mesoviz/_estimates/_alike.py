"""Which comparisons may be pooled: alike, and sharing no patients; and why others are left out."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mesoviz._estimates import _meta
from mesoviz._page import _given, _words

_COLUMNS = (
    *("trial", "trial_label", "experimental_arm", "control_arm", "experimental_label", "control_label"),
    *("endpoint", "hazard_ratio", "low", "high", "ci_level", "hazards", "main_analysis", "setting"),
    *("control_kind", "overlaps_trial", "experimental_n", "control_n"),
)


def eligible(comparisons: pd.DataFrame, function: str, *, allow_mixed: bool = False) -> pd.DataFrame:
    """The comparisons asked to be pooled, by trial, with `reason` where one has to be left out.

    Raises
    ------
    ValueError
        As `pool`.
    """
    _given.require(comparisons, _COLUMNS, function)
    frame = comparisons[comparisons["main_analysis"].fillna(False).astype(bool)]
    if frame.empty:
        raise ValueError(f"{function}: no row of the selection is the main analysis of its comparison.")
    frame = frame.assign(_label=frame["trial_label"].str.casefold()).sort_values(["_label", "trial"])
    frame = frame.drop(columns="_label").reset_index(drop=True)
    if frame["endpoint"].nunique() > 1:
        raise ValueError(f"{function} takes one endpoint; the selection has OS and PFS of the same patients.")
    _refuse_shared(frame, function)
    differences = unlike(frame)
    if differences and not allow_mixed:
        raise ValueError(
            f"{function}: these comparisons are not alike: {_words.clean('; '.join(differences))} "
            "(allow_mixed=True combines them all the same)."
        )
    frame = frame.assign(
        reason=_reasons(frame),
        patients=frame["experimental_n"] + frame["control_n"],
        mixed="; ".join(differences) or pd.NA,
        weight_pct=np.nan,
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = {name: np.log(frame[name].to_numpy(float)) for name in ("hazard_ratio", "low", "high")}
        error = _meta.standard_error(logs["low"], logs["high"], frame["ci_level"].to_numpy(float))
    used = frame["reason"].isna()
    frame["log_hazard_ratio"] = pd.Series(logs["hazard_ratio"], frame.index)
    frame["standard_error"] = pd.Series(error, frame.index).where(used)
    if used.sum() < 2:
        left = _words.clean(left_out(frame))
        raise ValueError(
            f"{function}: fewer than two comparisons can be combined{f'; left out: {left}' if left else ''}."
        )
    return frame


def unlike(frame: pd.DataFrame) -> list[str]:
    """What differs between comparisons that are to be pooled, in words."""
    found = []
    for column, words in (("setting", "settings"), ("control_kind", "controls")):
        values = sorted(frame[column].dropna().astype("str").unique())
        if frame[column].isna().any():
            values.append(_words.NOT_REPORTED)
        if len(values) > 1:
            found.append(f"{words} differ ({_words.listing(values)})")
    active = frame["control_kind"].eq("other active therapy")
    controls = sorted(frame.loc[active, "control_label"].unique())
    if len(controls) > 1:  # the kind only says that they are none of the usual ones
        found.append(f"active controls differ ({_words.listing(controls)})")
    return found


def left_out(frame: pd.DataFrame) -> str:
    """Each eligible comparison that is not combined: trial, patients, reason."""
    out = frame[frame["reason"].notna()]
    return "; ".join(
        f"{label} ({_words.count(n, 'patient') if pd.notna(n) else 'patients not reported'}): {reason}"
        for label, n, reason in zip(out["trial_label"], out["patients"], out["reason"], strict=True)
    )


def _reasons(frame: pd.DataFrame) -> pd.Series:
    """Why a comparison cannot be combined, missing where it can."""
    ends = frame[["low", "high"]]
    reason = pd.Series(pd.NA, index=frame.index, dtype="object")
    reason[~(ends["high"] > ends["low"])] = "interval without width"
    reason[frame["ci_level"].isna()] = "level of the interval not stated"
    reason[ends.isna().any(axis=1)] = "only one limit of the interval reported"
    reason[ends.isna().all(axis=1)] = _words.NO_INTERVAL
    reason[frame["hazard_ratio"].isna()] = "no hazard ratio reported"
    reason[frame["hazards"].eq("not proportional")] = "hazards not proportional"
    return reason


def _refuse_shared(frame: pd.DataFrame, function: str) -> None:
    """Refuse patients counted twice: a trial's second comparison, or a trial that overlaps another."""
    twice = frame.loc[frame["trial"].duplicated(), "trial_label"]
    if len(twice):
        label = _words.clean(twice.iloc[0])
        raise ValueError(
            f"{function}: comparisons of one trial share patients, and {label} has several here; keep one."
        )
    overlap = frame.loc[frame["overlaps_trial"].isin(frame["trial"]), "trial_label"]
    if len(overlap):
        label = _words.clean(overlap.iloc[0])
        raise ValueError(f"{function}: {label} shares patients with another trial here; keep one.")
