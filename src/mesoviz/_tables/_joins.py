"""Join the tables: each gets the columns that figures need, worked out afresh at every load."""

import numpy as np
import pandas as pd

from mesoviz._schema import TABLES
from mesoviz._tables._citations import Citer

_FROM_TRIALS = [
    "trial_label",
    "arm_label",
    "arm_setting",
    "role",
    "part_of",
    "therapy",
    "therapy_label",
    "agent",
    "therapy_class",
    "n",
    "n_source",
    "n_citation",
    "disease_site",
    "population",
    "overlaps_trial",
]


def _ordered(frame, name):
    """The table's columns in the order of its schema."""
    return frame[TABLES[name].names + TABLES[name].derived_names]


def _sum_of_trial(trials, values):
    """The sum of some values over the arms of each row's trial."""
    codes, _ = pd.factorize(trials["trial"])
    return np.bincount(codes, values)[codes]


def _whole_numbers(values, trials):
    missing = np.isnan(values)
    whole = np.where(missing, 0, values).astype(np.int64)
    return pd.Series(pd.arrays.IntegerArray(whole, missing), index=trials.index)


def count_patients(trials):
    """Patients each arm adds to a total: the one rule by which every figure counts.

    An arm's n; else the enrollment of a trial with one arm; else unknown. Arms that are part of another
    arm are never counted again.
    """
    n, enrolled = (trials[name].to_numpy(float) for name in ("n", "enrolled_mesothelioma"))
    whole = trials["part_of"].isna().to_numpy()
    alone = _sum_of_trial(trials, whole) == 1
    counted = np.where(np.isnan(n) & alone, enrolled, n)
    return _whole_numbers(np.where(whole, counted, np.nan), trials)


def count_unassigned(trials, patients):
    """Patients of a trial who were enrolled but cannot be assigned to an arm."""
    assigned = _sum_of_trial(trials, np.nan_to_num(patients.to_numpy(float)))
    left = trials["enrolled_mesothelioma"].to_numpy(float) - assigned
    return _whole_numbers(np.fmax(left, 0), trials)


def _look_up(frame, columns, table, on):
    """Columns of another table, row by row, through a key that is unique there."""
    if isinstance(on, str):
        known, asked = pd.Index(table[on]), pd.Index(frame[on])
    else:
        known = pd.MultiIndex.from_frame(table[list(on.values())])
        asked = pd.MultiIndex.from_frame(frame[list(on)])
    first = np.flatnonzero(~known.duplicated())
    places = np.append(first, -1)[known[first].get_indexer(asked)]
    taken = {name: table[name].array.take(places, allow_fill=True) for name in columns}
    return {name: pd.Series(values, frame.index) for name, values in taken.items()}


def join_trials(trials, therapies, sources):
    looked_up = _look_up(
        trials, ["therapy_label", "agent", "backbone", "therapy_class"], therapies, "therapy"
    )
    cited = {
        name: trials[name.replace("_citation", "_source")]
        for name in TABLES["trials"].derived_names
        if name.endswith("_citation")
    }
    citations = Citer(sources).columns(cited, trials["primary_source"])
    patients = count_patients(trials)
    return trials.assign(
        **looked_up, **citations, patients=patients, unassigned=count_unassigned(trials, patients)
    )


def join_outcomes(name, outcomes, trials, sources):
    """Landmarks or curves beside the arm they belong to."""
    key = {"trial": "trial", "arm": "arm"}
    looked_up = _look_up(outcomes, [*_FROM_TRIALS, "primary_source"], trials, key)
    citation = Citer(sources).columns({"citation": outcomes["source"]}, looked_up.pop("primary_source"))
    return _ordered(outcomes.assign(**looked_up, **citation), name)


def join_comparisons(comparisons, trials, sources):
    """Comparisons beside their two arms."""
    medians = ["os_median_months", "pfs_median_months"]
    of_trial = [
        "trial_label",
        "blinding",
        "primary_endpoint_type",
        "primary_endpoint_met",
        "second_extraction",
        "disease_site",
        "population",
        "overlaps_trial",
        "agent",
        "therapy_class",
    ]
    of_arm = ["therapy_label", "n", *medians]
    sides = {}
    for side, more in (("experimental", [*of_trial, "arm_setting", "primary_source"]), ("control", [])):
        key = {"trial": "trial", f"{side}_arm": "arm"}
        arm = _look_up(comparisons, [*of_arm, *more], trials, key)
        is_os = comparisons["endpoint"] == "OS"
        sides[f"{side}_label"] = arm["therapy_label"]
        sides[f"{side}_n"] = arm["n"]
        sides[f"{side}_median_months"] = arm[medians[0]].where(is_os, arm[medians[1]])
        if more:
            sides |= {column: arm[column] for column in of_trial} | {"setting": arm["arm_setting"]}
            citation = Citer(sources).columns({"citation": comparisons["source"]}, arm["primary_source"])
    kind = _look_up(comparisons, ["kind"], sources, "source")["kind"]
    return _ordered(comparisons.assign(**sides, source_kind=kind, **citation), "comparisons")


def join_sources(sources):
    citer = Citer(sources)
    joined = sources.assign(citation=citer.citations(), reference=citer.references(), link=citer.links())
    return _ordered(joined, "sources")


def join_evidence(tables):
    """Every table of a dict of checked tables, joined with the others."""
    trials = join_trials(tables["trials"], tables["therapies"], tables["sources"])
    sources = tables["sources"]
    joined = {
        "trials": trials,
        "landmarks": join_outcomes("landmarks", tables["landmarks"], trials, sources),
        "curves": join_outcomes("curves", tables["curves"], trials, sources),
        "comparisons": join_comparisons(tables["comparisons"], trials, sources),
        "sources": join_sources(sources),
    }
    return {**tables, **joined}
