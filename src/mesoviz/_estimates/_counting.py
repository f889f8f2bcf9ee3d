"""Patients counted by the one rule: each arm in its group, and those whom no arm is known for in theirs."""

from __future__ import annotations

import pandas as pd

from mesoviz._page import _given, _words

# What each grouping is called, and the columns that make a group (a heading before its groups).
GROUPINGS = {
    "agent": ("therapy", ["therapy_class", "agent"]),
    "therapy_class": ("therapy class", ["therapy_class"]),
    "setting": ("setting", ["arm_setting"]),
    "phase": ("phase of the trial", ["phase"]),
}
UNASSIGNED = "not assignable"
UNASSIGNED_GROUP = "Enrolled, but not assignable to an arm"
UNASSIGNED_HEADING = "No arm known"
PART_REASON = "part of another arm: counted there"
ROLES = ["experimental", "control", UNASSIGNED]
_COLUMNS = (
    *("trial", "trial_label", "arm", "role", "arm_setting", "phase", "agent", "therapy_class", "part_of"),
    *("n", "n_source", "n_citation", "patients", "unassigned", "population", "overlaps_trial"),
    *("enrollment_source", "enrollment_citation"),
)


def counted(trials: pd.DataFrame, by: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """One row an arm with its group and its patients, then one a trial whose patients have no arm."""
    _given.require(trials, _COLUMNS, "enrollment")
    frame = _given.take(trials, _COLUMNS)
    reason = pd.Series(pd.NA, index=frame.index, dtype="object")
    reason[frame["part_of"].notna()] = PART_REASON
    arms, omitted = _given.split(frame, reason)
    if arms.empty:
        raise ValueError("enrollment: every arm of the selection is part of an arm outside it.")
    arms = arms.assign(row=_places(arms, by), group=_labels(arms[GROUPINGS[by][1][-1]], by))
    arms = arms.assign(heading=_labels(arms["therapy_class"], by) if by == "agent" else "")
    for kind in ("source", "citation"):  # what the number of patients rests on
        rests_on = arms[f"n_{kind}"].where(arms["n"].notna(), arms[f"enrollment_{kind}"])
        arms[kind] = rests_on.where(arms["patients"].notna())
    rest = frame.drop_duplicates("trial")
    rest = rest[rest["unassigned"].fillna(0) > 0]
    rest = rest.assign(
        row=arms["row"].max() + 1,
        group=UNASSIGNED_GROUP,
        heading=UNASSIGNED_HEADING if by == "agent" else "",
        role=UNASSIGNED,
        arm=pd.NA,
        patients=rest["unassigned"],
        therapy_class=pd.NA,
        source=rest["enrollment_source"],
        citation=rest["enrollment_citation"],
    )
    columns = ["row", "heading", "group", "role", "trial", "trial_label", "arm", "therapy_class", "patients"]
    columns += ["source", "citation", "population", "overlaps_trial"]
    columns += ["disease_site"] if "disease_site" in frame else []
    text = {name: "str" for name in columns if name not in ("row", "patients")}
    counts = pd.concat([part[columns].astype(text) for part in (arms, rest)], ignore_index=True)
    if counts["patients"].isna().all():
        raise ValueError("enrollment: the selection reports no number of patients.")
    counts["role"] = pd.Categorical(counts["role"], categories=ROLES, ordered=True)
    return counts.sort_values(["row", "role", "trial", "arm"], ignore_index=True), omitted.reset_index(
        drop=True
    )


def _places(arms: pd.DataFrame, by: str) -> pd.Series:
    """The row of each arm: groups in their usual order, therapies by patients and name within their class."""
    keys = GROUPINGS[by][1]
    groups = arms.groupby(keys, observed=True, dropna=False)["patients"].sum(min_count=1).reset_index()
    if by == "agent":
        groups["_name"] = groups["agent"].str.casefold()
        order = ["therapy_class", "patients", "_name"]
        groups = groups.sort_values(order, ascending=[True, False, True], na_position="last")
    places = {key: at for at, key in enumerate(_pairs(groups[keys]))}
    return pd.Series([places[key] for key in _pairs(arms[keys])], index=arms.index)


def _pairs(keys: pd.DataFrame) -> list[tuple[object, ...]]:
    """Rows as tuples that compare equal where both lack a value."""
    return list(keys.astype("object").where(keys.notna(), None).itertuples(index=False, name=None))


def _labels(values: pd.Series, by: str) -> pd.Series:
    values = values.astype("str")
    if by == "setting":
        values = values.map(lambda value: _words.SETTINGS.get(value, value), na_action="ignore")
    if by == "phase":
        values = "Phase " + values
    return values.fillna("Not reported")


def marks(counts: pd.DataFrame) -> pd.DataFrame:
    """One row a bar: the arms of one role in one group, `start` being where the bar before it ends."""
    keys = ["row", "heading", "group", "role"]
    known = counts.assign(without=counts["arm"].notna() & counts["patients"].isna())
    grouped = known.groupby(keys, observed=True, dropna=False, sort=True)
    data = grouped.agg(
        therapy_class=("therapy_class", "first"),
        arms=("arm", "count"),
        trials=("trial", "nunique"),
        arms_without_n=("without", "sum"),
    )
    data["patients"] = grouped["patients"].sum(min_count=1)
    data = data.reset_index()
    drawn = data["patients"].fillna(0)
    data["start"] = drawn.groupby(data["row"]).cumsum() - drawn
    data["role"] = data["role"].astype("str")
    return data.reindex(
        columns=[*keys, "therapy_class", "start", "patients", "arms", "trials", "arms_without_n"]
    )
