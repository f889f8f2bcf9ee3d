"""What every figure of randomized comparisons needs: both arms beside the ratio, order, marks, counts."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import pandas as pd

from mesoviz._estimates import _meta
from mesoviz._figures import _arms
from mesoviz._page import _given, _words

ENDPOINTS = {"OS": ("os", "overall survival"), "PFS": ("pfs", "progression-free survival")}
SIDES = ("experimental", "control")
ROWS = ("setting", "therapy_class", "trial", "experimental_arm", "control_arm")  # as in `_arms`
COLUMNS = (
    *("trial", "trial_label", "experimental_arm", "control_arm", "endpoint", "hazard_ratio", "low", "high"),
    *(
        "ci_level",
        "p_value",
        "p_relation",
        "p_sides",
        "hazards",
        "endpoint_criteria",
        "analysis",
        "main_analysis",
        "control_kind",
        "setting",
    ),
    *("blinding", "primary_endpoint_type", "primary_endpoint_met", "second_extraction", "population"),
    *("overlaps_trial", "agent", "therapy_class", "source_kind", "source", "citation"),
)
CAVEAT = (
    "Each ratio compares the two arms of one randomized trial. Ratios of different trials are not "
    "comparable: patients, controls and years differ."
)

_TIME = re.compile(r"\d[\s-]*(day|week|month|year)s?\b")


def require(comparisons: pd.DataFrame, function: str) -> None:
    """Refuse what cannot be drawn, in one sentence."""
    _given.require(comparisons, COLUMNS, function)


def part(comparisons: pd.DataFrame, endpoint: str, function: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Part comparisons into the main analyses of an endpoint, in drawing order, and the rest, with reasons.

    The order rests on setting, class and names alone, never on results.
    """
    require(comparisons, function)
    frame = _given.take(comparisons, COLUMNS)
    reason = pd.Series(pd.NA, index=frame.index, dtype="object")
    reason[frame["hazard_ratio"].isna()] = "no hazard ratio reported"
    reason[~frame["main_analysis"].fillna(False).astype(bool)] = "not the main analysis of its comparison"
    other = frame["endpoint"].astype("object").ne(endpoint)
    reason[other] = [f"of another endpoint ({name})" for name in frame["endpoint"][other]]
    drawn, omitted = _given.split(frame, reason)
    if drawn.empty:
        raise ValueError(
            f"{function}: the selection has no main analysis with a hazard ratio for "
            f"{ENDPOINTS[endpoint][1]}."
        )
    helpers = {name: drawn[name].str.casefold() for name in ("agent", "trial_label")}
    keys = ["setting", "therapy_class", "_agent", "_trial_label", "trial", "experimental_arm", "control_arm"]
    drawn = drawn.assign(**{f"_{name}": folded for name, folded in helpers.items()}).sort_values(keys)
    drawn = drawn.drop(columns=["_agent", "_trial_label"]).reset_index(drop=True)
    return drawn, omitted.reset_index(drop=True)


def with_arms(drawn: pd.DataFrame, trials: pd.DataFrame, endpoint: str, function: str) -> pd.DataFrame:
    """Put both arms' names, numbers of patients and medians beside each comparison.

    Raises
    ------
    ValueError
        If `trials` lacks an arm that was compared.
    """
    key = ENDPOINTS[endpoint][0]
    taken = {
        "therapy_label": "therapy_label",
        "arm_label": "arm_label",
        "part_of": "part_of",
        "n": "n",
        "n_source": "n_source",
        "n_citation": "n_citation",
        f"{key}_status": "status",
        f"{key}_median_months": "median_months",
        f"{key}_source": "median_source",
        f"{key}_citation": "median_citation",
    }
    if endpoint == "PFS":
        taken["pfs_definition"] = "definition"
    _given.require(trials, ["trial", "arm", *taken], f"{function} (trials)")
    arms = trials[["trial", "arm", *taken]].drop_duplicates(["trial", "arm"])
    arms = arms.set_index(["trial", "arm"]).rename(columns=taken)
    sides = {}
    for side in SIDES:
        at = pd.MultiIndex.from_frame(drawn[["trial", f"{side}_arm"]])
        if not at.isin(arms.index).all():
            trial, arm = at[~at.isin(arms.index)][0]
            raise ValueError(f"{function}: trials has no arm {arm!r} of {trial!r}, which was compared.")
        found = arms.reindex(at).reset_index(drop=True)
        sides |= {f"{side}_{name}": found[name] for name in found}
        sides[f"{side}_name"] = _arms.names(found)
    difference = sides["experimental_median_months"] - sides["control_median_months"]
    return drawn.assign(**sides, median_difference_months=difference.round(10), precision=_precision(drawn))


def _precision(drawn: pd.DataFrame) -> pd.Series:
    """The inverse variance of each log ratio: how much it would weigh; missing without an interval."""
    known = drawn["low"].gt(0) & drawn["high"].gt(drawn["low"]) & drawn["ci_level"].notna()
    low, high, level = (drawn[name].where(known).to_numpy(float) for name in ("low", "high", "ci_level"))
    return pd.Series(1 / _meta.standard_error(np.log(low), np.log(high), level) ** 2, drawn.index)


def compared(drawn: pd.DataFrame) -> pd.DataFrame:
    """Every arm that stands in the comparisons, once; an arm within another one here is left away."""
    sides = [
        drawn[["trial", f"{side}_arm", f"{side}_n", f"{side}_part_of"]].set_axis(
            ["trial", "arm", "n", "part_of"], axis=1
        )
        for side in SIDES
    ]
    arms = pd.concat(sides).drop_duplicates(["trial", "arm"])
    here = set(zip(arms["trial"], arms["arm"], strict=True))
    inside = [pair in here for pair in zip(arms["trial"], arms["part_of"], strict=True)]
    return arms[~np.array(inside, dtype=bool)]


def studied(drawn: pd.DataFrame) -> str:
    """How many comparisons, trials and patients are drawn."""
    arms = compared(drawn)
    unknown = int(arms["n"].isna().sum())
    extra = f" (n not reported for {_words.count(unknown, 'arm')})" if unknown else ""
    return (
        f"{_words.count(len(drawn), 'comparison')} of {_words.count(drawn['trial'].nunique(), 'trial')}, "
        f"{_words.count(int(arms['n'].sum()), 'patient')}{extra}"
    )


def remarks(drawn: pd.DataFrame) -> list[list[str]]:
    """What must be said of each comparison beside its numbers."""
    part_of = drawn["experimental_part_of"].fillna(drawn["control_part_of"])
    found = _arms.remarks(drawn.assign(part_of=part_of))
    if "experimental_definition" in drawn:
        definitions = _arms.remarks(drawn.assign(part_of=pd.NA), "experimental_definition")
        found = [
            [*a, *(word for word in b if word not in a)] for a, b in zip(found, definitions, strict=True)
        ]
    told = zip(drawn["hazards"], drawn["analysis"], drawn["endpoint_criteria"], strict=True)
    for here, (hazards, analysis, criteria) in zip(found, told, strict=True):
        here += hazards_words(hazards, analysis)
        if pd.notna(criteria):
            here.append(f"Progression by {criteria}.")
    return found


def hazards_words(hazards: object, analysis: object) -> list[str]:
    """What a ratio leaves unsaid where it changes with time, and the time that its analysis names."""
    if pd.isna(hazards) or hazards != "not proportional":
        return []
    said = ["Hazards are not proportional: one number for a ratio that changes with time."]
    parts = re.split(r"[;:]", analysis) if isinstance(analysis, str) else []
    timed = [part.strip() for part in parts if _TIME.search(part)]
    said += [_words.sentence(part[:1].upper() + part[1:]) for part in timed]
    return [" ".join(said)]


def setting_words(setting: object) -> str:
    """A setting as a heading."""
    return _words.SETTINGS.get(setting, str(setting)) if pd.notna(setting) else "Setting not stated"


def groups(drawn: pd.DataFrame) -> list[tuple[str, str]]:
    """Each row's headings: setting and class."""
    return [
        (setting_words(setting), str(kind) if pd.notna(kind) else "Class not stated")
        for setting, kind in zip(drawn["setting"], drawn["therapy_class"], strict=True)
    ]


def interval_words(row: dict[str, object], places: int = 2) -> str:
    """A ratio's interval with its level, or that there is none."""
    limits = _words.interval(row["low"], row["high"], places=places)
    if not limits:
        return _words.NO_INTERVAL
    level = f"{row['ci_level']:g} %" if pd.notna(row["ci_level"]) else "level not stated,"
    return f"{level} interval {limits[1:-1]}"


def level_cell(row: dict[str, object]) -> str:
    """The level of an interval where it is not the usual one."""
    if row["ci_level"] == 95 or (pd.isna(row["low"]) and pd.isna(row["high"])):
        return ""
    return f"at {row['ci_level']:g} %" if pd.notna(row["ci_level"]) else "level not stated"


def pair_names(drawn: pd.DataFrame) -> list[str]:
    """Both therapies of each comparison, a line each."""
    return [f"{tried}\nvs {control}" for tried, control in sided(drawn, "name")]


def signed(value: float, places: int = 1) -> str:
    """A difference with its sign, rounded."""
    value = round(float(value), places)
    sign = "+" if value > 0 else "\N{MINUS SIGN}" if value < 0 else ""
    return f"{sign}{abs(value):.{places}f}"


def sided(drawn: pd.DataFrame, name: str) -> list[tuple[object, object]]:
    """Experimental and control value of each comparison."""
    return list(zip(*(drawn[f"{side}_{name}"].to_numpy(dtype=object) for side in SIDES), strict=True))


def sources_columns() -> Sequence[str]:
    """The columns with the sources of what is drawn: ratios, patients, medians."""
    return ["source", *(f"{side}_{name}_source" for side in SIDES for name in ("n", "median"))]
