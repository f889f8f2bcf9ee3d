"""What can be chosen: each value that still leads to a chart beside the other values chosen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass

import pandas as pd

from mesoviz._estimates import _counting
from mesoviz._figures import _comparisons, _response_rate, _survival
from mesoviz._page import _given

# The columns of arms and of comparisons that each control filters by; `endpoint` chooses the figure.
ARM_COLUMNS = {
    "setting": "arm_setting",
    "therapy_class": "therapy_class",
    "agent": "agent",
    "phase": "phase",
}
CONTROLS = (*ARM_COLUMNS, "endpoint")
ENDPOINTS = {
    "OS": "Median overall survival",
    "PFS": "Median progression-free survival",
    "objective response": "Objective response",
    "disease control": "Disease control",
    "enrollment": "Patients studied",
    "comparisons of OS": "Randomized comparisons of overall survival",
    "comparisons of PFS": "Randomized comparisons of progression-free survival",
}


@dataclass(frozen=True)
class Choice:
    """One value for each control; None chooses all."""

    endpoint: str
    setting: str | None = None
    therapy_class: str | None = None
    agent: str | None = None
    phase: str | None = None


def ways(trials: pd.DataFrame, comparisons: pd.DataFrame) -> pd.DataFrame:
    """All that leads to a chart: one row an endpoint and experimental arm, or comparison, with its values.

    The figures themselves tell what they draw.
    """
    drawn: dict[str, Callable[[], pd.DataFrame]] = {
        "OS": lambda: _survival.prepare(trials, "OS")[0],
        "PFS": lambda: _survival.prepare(trials, "PFS")[0],
        "objective response": lambda: _response_rate.prepare(trials, "objective response")[0],
        "disease control": lambda: _response_rate.prepare(trials, "disease control")[0],
        "enrollment": lambda: _with_patients(trials),
        "comparisons of OS": lambda: _comparisons.prepare(comparisons, trials, "OS")[0],
        "comparisons of PFS": lambda: _comparisons.prepare(comparisons, trials, "PFS")[0],
    }
    found, refused = [], None
    for endpoint, prepare in drawn.items():
        try:
            rows = prepare()
        except ValueError as nothing:
            refused = refused or nothing
            continue
        if endpoint.startswith("comparisons"):
            phases = trials.drop_duplicates("trial").set_index("trial")["phase"]
            rows = rows.assign(phase=rows["trial"].map(phases))
        else:
            rows = _leading(trials, rows)
            rows = rows.assign(setting=rows["arm_setting"])  # that of a trial can differ
        found.append(rows[list(ARM_COLUMNS)].astype("object").assign(endpoint=endpoint))
    if not found:
        raise refused
    all_ways = pd.concat(found, ignore_index=True)
    for control, column in ARM_COLUMNS.items():
        all_ways[control] = pd.Categorical(all_ways[control], _in_order(trials[column]))
    return all_ways.assign(endpoint=pd.Categorical(all_ways["endpoint"], list(ENDPOINTS)))


def _in_order(values: pd.Series) -> list[str]:
    if isinstance(values.dtype, pd.CategoricalDtype):
        return list(values.cat.categories)
    return sorted(values.dropna().unique(), key=str.casefold)


def _with_patients(trials: pd.DataFrame) -> pd.DataFrame:
    """The arms that make a bar: with patients of their own, or of their trial."""
    counts = _counting.counted(trials, "agent")[0]
    unassigned = counts.loc[counts["role"].eq(_counting.UNASSIGNED), "trial"]
    return counts[counts["arm"].notna() & (counts["patients"].notna() | counts["trial"].isin(unassigned))]


def _leading(trials: pd.DataFrame, drawn: pd.DataFrame) -> pd.DataFrame:
    """The experimental arms that are drawn, or beside which an arm that they were compared with is."""
    keys = [trials["trial"], trials["arm_setting"]]
    shown = pd.MultiIndex.from_frame(trials[["trial", "arm"]]).isin(
        pd.MultiIndex.from_frame(drawn[["trial", "arm"]])
    )
    shown = pd.Series(shown, trials.index)
    control = trials["role"].eq("control")
    beside = shown.groupby(keys, observed=True).transform("any")
    compared = control.groupby(keys, observed=True).transform("any")
    return trials[~control & (shown | (beside & compared))]


def offered(all_ways: pd.DataFrame, choice: Choice, control: str) -> list[str]:
    """The values of one control that lead to a chart beside the others' values, in their usual order."""
    left = pd.Series(True, all_ways.index)
    for other, value in asdict(choice).items():
        if other != control and value is not None:
            left &= all_ways[other].eq(value)
    return list(all_ways.loc[left, control].cat.remove_unused_categories().cat.categories)


def check(all_ways: pd.DataFrame, choice: Choice) -> None:
    """Refuse what is no value of its control, or leads nowhere, in one sentence."""
    for control, value in asdict(choice).items():
        if value is not None:
            _given.choose(value, all_ways[control].cat.categories, control)
    if choice.endpoint not in offered(all_ways, choice, "endpoint"):
        raise ValueError(
            f"explore: no arm with all these values has a figure for {choice.endpoint}; "
            "leave one of them out."
        )
