"""Cell, gene and virus therapies as rows: what approach each belongs to, and what became of it."""

from __future__ import annotations

import pandas as pd

from mesoviz._page import _given, _words

CLASSES = ("Cell therapy", "Gene or virus therapy")
# Approach: a pattern found in the therapy's modality or target; the first that fits is taken.
APPROACHES = {
    "CAR T and other engineered T cells": r"CAR T|T-cell receptor",
    "Suicide genes": r"suicide gene",
    "Tumor-suppressor genes and microRNA": r"suppressor|microRNA",
    "Oncolytic viruses and virus envelopes": r"oncolytic|Sendai",
    "Immune genes carried by a virus": r"viral vector|vaccinia vector",
    "Other living cells": r"lymphocyte|macrophage",
    "Other genes and vectors": r"",
}
NO_TRIAL = "no human trial found"
STEPS = ("none", "1", "1/2", "2", "2/3", "3", "4")
_ARM = (
    *("trial", "trial_label", "arm", "arm_label", "arm_setting", "role", "part_of", "phase", "status"),
    *(
        "registry_id",
        "therapy",
        "therapy_label",
        "agent",
        "therapy_class",
        "n",
        "evaluable",
        "objective_response",
    ),
    *("objective_response_pct", "disease_control", "disease_control_pct", "os_status", "os_median_months"),
    *("pfs_median_months", "notes"),
)
SOURCES = ("primary_source", "enrollment_source", "n_source", "response_source", "os_source")
CITED = tuple(name.replace("source", "citation") for name in SOURCES)
_FOUND = ("objective_response", "objective_response_pct", "disease_control", "disease_control_pct")


def prepare(
    trials: pd.DataFrame, targets: pd.DataFrame | None = None, therapies: pd.DataFrame | None = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Part arms into those of the approaches, with the strategies never tried, and others."""
    _given.require(trials, [*_ARM, *SOURCES, *CITED], "approaches")
    frame = trials[[*_ARM, *SOURCES, *CITED]].astype({"phase": "object"})
    reason = pd.Series(pd.NA, index=frame.index, dtype="object")
    reason[~frame["phase"].isin(STEPS)] = f"phase {_words.UNREPORTED}"
    reason[frame["part_of"].notna()] = "part of another arm"
    reason[~frame["therapy_class"].isin(CLASSES)] = "another class of therapy"
    reason[frame["role"].eq("control")] = "control arm"
    drawn, omitted = _given.split(frame, reason)
    if drawn.empty:
        raise ValueError("approaches: the selection holds no arm of cell, gene or virus therapy.")
    drawn = drawn.assign(**_kind(drawn, therapies), outlook=_outlooks(drawn, frame))
    # The notes call an empty cell of the table "null".
    drawn["notes"] = drawn["notes"].str.replace(r"\b(?:left )?null\b", "left empty", regex=True)
    drawn["reported"] = drawn[[*_FOUND, "os_median_months", "pfs_median_months"]].notna().any(axis=1)
    if targets is not None:
        drawn = pd.concat([drawn, _untried(targets)], ignore_index=True)
    keys = {
        "_approach": drawn["approach"].map(list(APPROACHES).index),
        "_step": drawn["phase"].map(STEPS.index),
        "_name": drawn["therapy_label"].str.casefold(),
    }
    drawn = drawn.assign(**keys).sort_values(["_approach", "_name", "_step", "trial", "arm"])
    return drawn.drop(columns=list(keys)).reset_index(drop=True), omitted.reset_index(drop=True)


def _kind(arms: pd.DataFrame, therapies: pd.DataFrame | None) -> dict[str, pd.Series]:
    """What is given, what it aims at, and the approach that these make it."""
    if therapies is None:
        from mesoviz._tables._load import load_therapies

        therapies = load_therapies()
    _given.require(therapies, ["therapy", "modality", "target"], "approaches: therapies")
    found = arms[["therapy"]].merge(therapies[["therapy", "modality", "target"]], how="left", on="therapy")
    found.index = arms.index
    words = found["modality"].fillna("") + " " + found["target"].fillna("")
    return {"modality": found["modality"], "approach": _approach(words)}


def _approach(words: pd.Series) -> pd.Series:
    approach = pd.Series(pd.NA, index=words.index, dtype="object")
    for name, pattern in APPROACHES.items():
        approach[approach.isna() & words.str.contains(pattern, case=False)] = name
    return approach


def _untried(targets: pd.DataFrame) -> pd.DataFrame:
    """Gene therapies without a human trial, as rows beside the arms."""
    _given.require(targets, ["target_id", "strategy", "strategy_class", "stage", "key_finding"], "approaches")
    kind = targets["strategy_class"].str.startswith("gene therapy")
    rows = targets[targets["stage"].eq(NO_TRIAL) & kind]
    outlook = pd.Series(f"{NO_TRIAL[:1].upper()}{NO_TRIAL[1:]}.", index=rows.index)
    planned = rows["key_finding"].str.contains("published as a protocol")
    return pd.DataFrame(
        {
            "therapy": rows["target_id"],
            "therapy_label": rows["strategy"],
            "modality": rows["strategy_class"],
            "approach": _approach(rows["strategy_class"]),
            "phase": "none",
            "outlook": outlook.mask(planned, "A protocol was published; no result found."),
            "notes": rows["key_finding"],
            "reported": False,
        }
    )


def _outlooks(arms: pd.DataFrame, table: pd.DataFrame) -> list[str]:
    """What became of each arm's therapy, from the status of its trial and later trials of the agent."""
    states = {
        "recruiting": "Recruiting.",
        "active": "Still running.",
        "terminated": "Stopped early.",
        "completed": "Completed.",
    }
    told = [*_FOUND, "os_median_months", "pfs_median_months", "n"]
    step = table["phase"].map({phase: at for at, phase in enumerate(STEPS)})
    found = []
    for row in _given.records(arms):
        later = table[table["agent"].eq(row["agent"]) & step.gt(STEPS.index(row["phase"]))]
        words = [states.get(row["status"], "Status unknown.")]
        if all(pd.isna(row[name]) for name in told):
            words.append("No result found.")
        if len(later):
            words.append(f"Went on: {_words.listing(sorted(set(later['trial_label'])), 2)}.")
        elif row["status"] in ("completed", "terminated"):
            words.append("No later phase in this selection.")
        found.append(" ".join(words))
    return found
