"""What a function was given: refused in one sentence if unusable, else parted into drawn and omitted."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from mesoviz._page import _words


def require(frame: pd.DataFrame, columns: Iterable[str], function: str) -> None:
    """Refuse what cannot be drawn, in one sentence.

    Raises
    ------
    TypeError
        If `frame` is not a DataFrame.
    ValueError
        If it has no rows or lacks columns.
    """
    if not isinstance(frame, pd.DataFrame):
        raise TypeError(f"{function} takes a DataFrame; got {type(frame).__name__}.")
    missing = [column for column in columns if column not in frame.columns]
    if missing:
        raise ValueError(
            f"{function} needs the columns {_words.listing(missing)}; the frame lacks them "
            "(load it with mesoviz, or keep them when selecting columns)."
        )
    if frame.empty:
        raise ValueError(f"{function} was given no rows: the selection is empty.")


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
