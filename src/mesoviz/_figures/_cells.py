"""The cells of the map of the evidence: which arms stand in which, and their patients by fate."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mesoviz._figures import _arms
from mesoviz._page import _given, _words

FATES = ("met", "not_met", "not_stated")  # of a trial's primary endpoint
NONE = "None of these"
_COLUMNS = (
    *("trial", "trial_label", "arm", "role", "part_of", "agent", "therapy_class", "phase"),
    *("primary_endpoint_met", "patients", "unassigned", "n", "n_source", "n_citation"),
    *("enrollment_source", "enrollment_citation", "primary_source", "primary_citation"),
    *("population", "overlaps_trial"),
)
_REPORTED = ("os_status", "pfs_status", "objective_response", "objective_response_pct", "grade3plus_ae_pct")


def place(trials: pd.DataFrame, rows: str, columns: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """One row an arm and column that it stands in; and the arms that are not counted, with the reason."""
    extra = _REPORTED if columns == "endpoint" else ()
    _given.require(trials, [*_COLUMNS, *extra], "evidence_map")
    frame = _arms.with_class(_given.take(trials, [*_COLUMNS, *extra]).reset_index(drop=True))
    reason = pd.Series(pd.NA, index=frame.index, dtype="object")
    reason[frame["part_of"].notna()] = "part of another arm: counted there"
    reason[frame["role"].eq("control")] = "control arm"
    arms, omitted = _given.split(frame, reason)
    if arms.empty:
        raise ValueError("evidence_map: the selection has no experimental arm to count.")
    met = arms["primary_endpoint_met"].astype("boolean")
    arms = arms.assign(
        fate=np.select([met.fillna(False), ~met.fillna(True)], ["met", "not_met"], "not_stated"),
        heading="" if rows == "therapy_class" else arms["therapy_class"].astype("str"),
        row=arms[rows].astype("str").fillna("Not reported"),
    )
    for kind in ("source", "citation"):  # what the number of patients rests on
        rests_on = arms[f"n_{kind}"].where(arms["n"].notna(), arms[f"enrollment_{kind}"])
        arms[kind] = rests_on.where(arms["patients"].notna())
    at = _phases(arms) if columns == "phase" else _endpoints(arms)
    placed = arms.drop(columns=list(extra)).join(at, how="inner")
    helpers = {"_name": placed["row"].str.casefold()}
    order = ["therapy_class", "_name", "column", "trial", "arm"]
    placed = placed.assign(**helpers).sort_values(order).drop(columns="_name").reset_index(drop=True)
    return placed, omitted[["trial", "trial_label", "arm", "patients", "reason"]].reset_index(drop=True)


def _phases(arms: pd.DataFrame) -> pd.DataFrame:
    """The column of each arm: its trial's phase."""
    phase = arms["phase"].astype("category")
    names = [f"Phase {name}" for name in phase.cat.categories]
    phase = phase.cat.rename_categories(names)
    if phase.isna().any():
        phase = phase.cat.add_categories("Phase n.r.").fillna("Phase n.r.")
    return pd.DataFrame({"column": phase.cat.as_ordered()})


def _endpoints(arms: pd.DataFrame) -> pd.DataFrame:
    """The columns of each arm: what it reports."""
    told = pd.DataFrame(
        {
            "OS": arms["os_status"].isin(["reported", _words.NOT_REACHED]),
            "PFS": arms["pfs_status"].isin(["reported", _words.NOT_REACHED]),
            "Response": arms[["objective_response", "objective_response_pct"]].notna().any(axis=1),
            "Toxicity": arms["grade3plus_ae_pct"].notna(),
        }
    )
    told[NONE] = ~told.any(axis=1)
    at = told.stack()
    at = at[at].reset_index(level=1)["level_1"]
    return pd.DataFrame({"column": pd.Categorical(at, categories=list(told), ordered=True)}, index=at.index)


def cells(placed: pd.DataFrame) -> pd.DataFrame:
    """One row a cell of the map, empty ones too: what was studied there, and with what result."""
    keys = ["heading", "row"]
    known = placed.assign(without=placed["patients"].isna())
    lines = placed[keys].drop_duplicates().reset_index(drop=True)
    columns = placed["column"].cat.categories.to_frame(index=False, name="column")
    data = lines.merge(columns, how="cross")
    grouped = known.groupby([*keys, "column"], observed=True)
    parts = [
        grouped.agg(arms=("arm", "size"), trials=("trial", "nunique"), arms_without_n=("without", "sum")),
        grouped["patients"].sum(min_count=1),
    ]
    for fate in FATES:
        of_fate = known[known["fate"] == fate].groupby([*keys, "column"], observed=True)
        parts.append(of_fate["trial"].nunique().rename(f"{fate}_trials"))
        parts.append(of_fate["patients"].sum(min_count=1).rename(f"{fate}_patients"))
    counts = pd.concat(parts, axis=1).reset_index()
    data = data.merge(counts, how="left", on=[*keys, "column"])
    data["column"] = data["column"].astype(placed["column"].dtype)
    for name in [column for column in data if column not in (*keys, "column")]:
        data[name] = data[name].astype("Int64")
    for kind in ("", *(f"{fate}_" for fate in FATES)):  # no trial, no patients; but a missing n stays missing
        nobody = data[f"{kind}trials"].isna()
        data[f"{kind}patients"] = data[f"{kind}patients"].mask(nobody, 0)
        data[f"{kind}trials"] = data[f"{kind}trials"].fillna(0)
    data[["arms", "arms_without_n"]] = data[["arms", "arms_without_n"]].fillna(0)
    names = [f"{fate}_{what}" for fate in FATES for what in ("trials", "patients")]
    return data[[*keys, "column", "arms", "trials", "patients", "arms_without_n", *names]]


def totals(placed: pd.DataFrame) -> pd.DataFrame:
    """Trials and patients of each row of the map, every arm counted once."""
    arms = placed.drop_duplicates(["trial", "arm", "heading", "row"])
    grouped = arms.groupby(["heading", "row"], sort=False)
    return pd.DataFrame(
        {"trials": grouped["trial"].nunique(), "patients": grouped["patients"].sum(min_count=1)}
    ).reset_index()
