"""What a function was given: refused in one sentence if unusable, else parted into drawn and omitted."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from mesoviz._page import _words

# What names one row, by the columns that a frame has.
_KEYS = (("trial", "arm", "endpoint", "month"), ("trial", "arm"))


def require(frame: pd.DataFrame, columns: Iterable[str], function: str, *, once: bool = True) -> None:
    """Refuse what cannot be drawn, in one sentence; a row given twice too, unless `once` is false.

    Raises
    ------
    TypeError
        If `frame` is not a DataFrame.
    ValueError
        If it has no rows, lacks columns, names two of them alike, or holds a row twice.
    """
    if not isinstance(frame, pd.DataFrame):
        raise TypeError(f"{function} takes a DataFrame; got {type(frame).__name__}.")
    if not frame.columns.is_unique or set(frame.index.names) & set(frame.columns):
        raise ValueError(f"{function} was given two columns (or a column and an index) with one name.")
    missing = [column for column in columns if column not in frame.columns]
    if missing:
        raise ValueError(
            f"{function} needs the columns {_words.listing(missing)}; the frame lacks them "
            "(load it with mesoviz, or keep them when selecting columns)."
        )
    if frame.empty:
        raise ValueError(f"{function} was given no rows: the selection is empty.")
    key = next((list(key) for key in _KEYS if once and set(key) <= set(frame.columns)), None)
    if key and len(twice := frame.loc[frame.duplicated(key), key].dropna()):  # patients would count twice
        row = ", ".join(map(str, twice.iloc[0]))
        raise ValueError(f"{function} was given a row twice ({row}): drop duplicated rows.")


def choose(value: object, allowed: Iterable[str], parameter: str) -> None:
    """Refuse an option that is not among those allowed, in one sentence."""
    allowed = list(allowed)
    if value not in allowed:
        raise ValueError(f"{parameter} must be one of {', '.join(map(repr, allowed))}; got {value!r}.")


def split(frame: pd.DataFrame, reason: pd.Series) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Part a frame by `reason`: rows without one are drawn, the others are omitted and say why.

    The omitted are sorted by name, so that the rows' order changes no words.
    """
    given = reason.notna()
    keys = [name for name in ("trial", "arm", "endpoint", "month") if name in frame]
    return frame[~given], frame[given].assign(reason=reason[given]).sort_values(keys, kind="stable")


def take(frame: pd.DataFrame, columns: Iterable[str]) -> pd.DataFrame:
    """The columns that a figure needs, and the disease site for its footnotes where the frame tells it."""
    return frame[[*columns, *(["disease_site"] if "disease_site" in frame else [])]]
