"""What a cell may hold, by the name of its column: a figure takes no value that no table may have."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd

from mesoviz._page import _words
from mesoviz._schema import TABLES, Column

_ROW = ("trial", "arm", "experimental_arm", "claim", "target_id", "source")  # what tells which row it is


def check(frame: pd.DataFrame, columns: Iterable[str], function: str) -> None:
    """Refuse a value of the wrong kind, or beyond what its column may hold, in one sentence.

    Raises
    ------
    ValueError
        If a cell holds what no table of the project could.
    """
    for name in dict.fromkeys(columns):
        column = _declared().get(name)
        if column is None:
            continue
        sound = _sound(frame[name], column)
        if sound.all():
            continue
        wrong = ~sound & frame[name].notna().to_numpy()
        if wrong.any():
            at = int(np.argmax(wrong))
            row = ", ".join(str(frame[key].iloc[at]) for key in _ROW if key in frame)
            value = _words.got(frame[name].iloc[at])
            where = f" ({_words.clean(row)})" if row else ""
            raise ValueError(f"{function}: {name} must hold {_rule(column)}; got {value}{where}.")


@cache
def _declared() -> dict[str, Column]:
    """What the tables declare of each column; where they differ, all that any of them allows."""
    found: dict[str, Column] = {}
    for column in (column for table in TABLES.values() for column in table.columns):
        other = found.get(column.name, column)
        found[column.name] = replace(
            column,
            kind="number" if "number" in (other.kind, column.kind) else column.kind,
            allowed=tuple(dict.fromkeys((*other.allowed, *column.allowed))),
            minimum=min(other.minimum or 0, column.minimum or 0),
            above_minimum=other.above_minimum and column.above_minimum,
            maximum=max(other.maximum or 0, column.maximum or 0) or np.inf,
        )
    for column in (column for table in TABLES.values() for column in table.derived):
        found.setdefault(column.name, replace(column, minimum=0, maximum=np.inf))
    return found


def _sound(values: pd.Series, column: Column) -> np.ndarray:
    """Which values are of the column's kind and within its limits."""
    if column.kind in ("count", "number"):
        if not pd.api.types.is_numeric_dtype(values) or pd.api.types.is_bool_dtype(values):
            return np.zeros(len(values), dtype=bool)
        numbers = values.to_numpy(float, na_value=np.nan)
        least = np.nextafter(column.minimum, np.inf) if column.above_minimum else column.minimum
        within = np.isfinite(numbers) & (numbers >= least) & (numbers <= column.maximum)
        return within & (np.floor(numbers) == numbers) if column.kind == "count" else within
    if column.kind == "yes/no":
        if pd.api.types.is_bool_dtype(values):
            return np.ones(len(values), dtype=bool)
        return np.fromiter((isinstance(value, (bool, np.bool_)) for value in values), bool, len(values))
    if column.kind == "choice" and column.allowed:
        if isinstance(values.dtype, pd.CategoricalDtype):
            return np.append(values.cat.categories.isin(column.allowed), False)[values.cat.codes]
        return values.astype("object").isin(column.allowed).to_numpy()
    if isinstance(values.dtype, pd.StringDtype):
        return np.ones(len(values), dtype=bool)
    return np.fromiter((isinstance(value, str) for value in values), bool, len(values))


def _rule(column: Column) -> str:
    """What the column may hold, in words."""
    if column.kind in ("count", "number"):
        noun = "whole numbers" if column.kind == "count" else "numbers"
        if np.isinf(column.maximum):
            return f"{noun} of at least {column.minimum:g}"
        since = f"above {column.minimum:g} and up" if column.above_minimum else f"from {column.minimum:g}"
        return f"{noun} {since} to {column.maximum:g}"
    if column.kind == "yes/no":
        return "True or False"
    if column.kind == "choice" and column.allowed:
        return f"one of {', '.join(column.allowed)}"
    return "text"
