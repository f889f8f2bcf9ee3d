"""The counts of a best response: what is told, what is not told apart, and what contradicts itself."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mesoviz._figures import _arms
from mesoviz._page import _given, _style

PARTS = {
    "complete_response": ("CR", "complete response"),
    "partial_response": ("PR", "partial response"),
    "stable_disease": ("SD", "stable disease"),
    "progressive_disease": ("PD", "progressive disease"),
    "not_evaluable": ("NE", "not evaluable"),
}
DERIVED = "Some counts are worked out from printed percentages."
COUNTS = ("evaluable", *PARTS, "objective_response", "disease_control")
# A bar's segments, from the best outcome to what is left of the evaluable.
SEGMENTS = (
    *("complete_response", "partial_response", "response_untold", "stable_disease", "control_untold"),
    *("progressive_disease", "not_evaluable_inside", "rest"),
)


def worked_out(frame: pd.DataFrame) -> dict[str, pd.Series]:
    """What the reported counts leave untold, and where the patients not evaluable stand."""
    n = {name: frame[name].to_numpy(dtype=float, na_value=np.nan) for name in COUNTS}
    complete, partial, stable = n["complete_response"], n["partial_response"], n["stable_disease"]
    told = np.nan_to_num(complete) + np.nan_to_num(partial)
    open_response = np.isnan(complete) | np.isnan(partial)
    untold = np.where(open_response, np.maximum(n["objective_response"] - told, 0), np.nan)
    responses = told + np.nan_to_num(untold)
    open_control = np.isnan(stable) | (open_response & np.isnan(n["objective_response"]))
    control = np.maximum(n["disease_control"] - responses - np.nan_to_num(stable), 0)
    control = np.where(open_control, control, np.nan)
    others = responses + np.nan_to_num(stable) + np.nan_to_num(control)
    others += np.nan_to_num(n["progressive_disease"])
    known = ~(open_response & np.isnan(untold)) & ~(open_control & np.isnan(control))
    known &= ~np.isnan(n["progressive_disease"])
    beside = n["not_evaluable"]
    inside = known & (others + beside == n["evaluable"])
    place = np.select(
        [np.isnan(beside) | (beside == 0), inside, known & (others == n["evaluable"])],
        ["", "inside", "beside"],
        "not known",
    )
    among = np.where(inside, beside, np.nan)
    rest = n["evaluable"] - others - np.nan_to_num(among)
    made = {
        "response_untold": untold,
        "control_untold": control,
        "not_evaluable_inside": among,
        "rest": rest.clip(min=0),
    }
    series = {name: pd.Series(value, index=frame.index).astype("Int64") for name, value in made.items()}
    return {**series, "not_evaluable_place": pd.Series(place, index=frame.index).replace("", pd.NA)}


def remarks(data: pd.DataFrame) -> list[list[str]]:
    """What must be said of each arm: its patients, its criteria, and where its counts do not fit."""
    found = _arms.remarks(data)
    for row, here in zip(_given.records(data), found, strict=True):
        here += how(row)
        if row["not_evaluable_place"] == "beside":
            here.append("Patients not evaluable stand beside the evaluable, not among them.")
        if row["not_evaluable_place"] == "not known":
            here.append("Whether patients not evaluable stand among the evaluable is not reported.")
        here += _contradictions(row)
    return found


def how(row: dict[str, object]) -> list[str]:
    """How an arm's response was judged and its counts were had."""
    said = []
    if pd.notna(row["response_criteria"]):
        said.append(f"Criteria: {row['response_criteria']}.")
    if pd.notna(row["response_derived"]) and row["response_derived"]:
        said.append(DERIVED)
    return said


def lettered(remarks: list[list[str]]) -> list[list[str]]:
    """Remarks that get a letter on the row: not the one that would stand on most of them."""
    return [[remark for remark in here if remark != DERIVED] for here in remarks]


def derived_note(data: pd.DataFrame) -> list[str]:
    """How many arms have counts worked out from printed percentages."""
    arms = int(data["response_derived"].fillna(False).sum())
    if not arms:
        return []
    if len(data) == 1:
        return [DERIVED]
    said = f"In {arms:,} of {len(data):,} arms {DERIVED[0].lower()}{DERIVED[1:-1]}"
    where = _style.current().rest
    return [f"{said}; {where} tell{'' if where.endswith('notes') else 's'} which."]


def _contradictions(row: dict[str, object]) -> list[str]:
    """Counts that cannot all be right as printed."""
    said = []
    response = [row["complete_response"], row["partial_response"]]
    stable, all_responses, control = (
        row[name] for name in ("stable_disease", "objective_response", "disease_control")
    )
    told = sum(part for part in response if pd.notna(part))
    split = not any(pd.isna(part) for part in response)
    if pd.notna(all_responses) and (told > all_responses or (split and told != all_responses)):
        said.append(f"As printed, all responses are {all_responses}, their parts {told}.")
    if pd.notna(control):
        base = (all_responses if pd.notna(all_responses) else told) + (stable if pd.notna(stable) else 0)
        whole = pd.notna(stable) and (split or pd.notna(all_responses))
        if base > control or (whole and base != control):
            said.append(f"As printed, disease control is {control}, its parts {base}.")
    total = sum(row[name] for name in SEGMENTS if name != "rest" and pd.notna(row[name]))
    told_all = (
        pd.notna(row["progressive_disease"]) and pd.notna(stable) and (split or pd.notna(all_responses))
    )
    if total > row["evaluable"]:
        said.append(f"As printed, the parts add up to {total} of {row['evaluable']} evaluable.")
    elif told_all and pd.notna(row["not_evaluable"]) and row["not_evaluable_place"] == "not known":
        total += row["not_evaluable"]
        said.append(f"As printed, the parts add up to {total} of {row['evaluable']} evaluable.")
    return said


def cells(row: dict[str, object]) -> list[tuple[int, int, str]]:
    """An arm's counts in the table: first and last column of `PARTS`, and words.

    A count of parts that are not told apart spans their columns; a count that is a difference stands in
    parentheses.
    """
    given = [pd.notna(row[name]) for name in PARTS]
    found = {(i, i): str(row[name]) if given[i] else "\N{EN DASH}" for i, name in enumerate(PARTS)}
    for name, columns in (("response_untold", (0, 1)), ("control_untold", (0, 1, 2))):
        if pd.isna(row[name]):
            continue
        if name == "control_untold" and pd.notna(row["objective_response"]):
            columns = (2,)
        open_columns = [i for i in columns if not given[i]]
        spans = len(open_columns) > 1 and open_columns[-1] - open_columns[0] == len(open_columns) - 1
        if spans and (row[name] > 0 or pd.notna(row["objective_response"])):
            found = {at: words for at, words in found.items() if at[0] not in open_columns}
            found[open_columns[0], open_columns[-1]] = str(row[name])
        elif row[name] > 0:
            found[open_columns[-1], open_columns[-1]] = f"({row[name]})"
    return [(*at, words) for at, words in sorted(found.items())]


def composition(row: dict[str, object]) -> str:
    words = {
        **{name: long for name, (_, long) in PARTS.items()},
        "response_untold": "complete or partial response, not told apart",
        "control_untold": "other disease control",
        "rest": "not reported apart",
    }
    order = [name if name != "not_evaluable_inside" else "not_evaluable" for name in SEGMENTS]
    said = [
        f"{words[name]} {row[name]}" for name in order if pd.notna(row[name]) and (name in PARTS or row[name])
    ]
    return ", ".join(said)
