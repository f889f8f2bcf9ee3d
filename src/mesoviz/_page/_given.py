"""What a function was given: refused in one sentence if unusable, else parted into drawn and omitted."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from mesoviz._page import _values, _words

# What names one row, by the columns that a frame has.
_KEYS = (("trial", "arm", "endpoint", "month"), ("trial", "arm"))
_NAMES = (
    "trial",
    "arm",
    "experimental_arm",
    "control_arm",
    "endpoint",
    "month",
    "claim",
    "target_id",
    "measure",
)


def require(frame: pd.DataFrame, columns: Iterable[str], function: str, *, evidence: bool = True) -> None:
    """Refuse what cannot be drawn, in one sentence.

    Parameters
    ----------
    frame : pandas.DataFrame
        What a function was given.
    columns : iterable of str
        The columns that it needs.
    function : str
        What the sentence calls it.
    evidence : bool, default True
        Whether the rows are evidence, so that none may stand twice, nor a value that no table may hold.

    Raises
    ------
    TypeError
        If `frame` is not a DataFrame.
    ValueError
        If it has no rows, lacks columns, names two of them alike, or is no evidence.
    """
    has(frame, columns, function)
    if frame.empty:
        raise ValueError(f"{function} was given no rows: the selection is empty.")
    if not evidence:
        return
    key = next((list(key) for key in _KEYS if set(key) <= set(frame.columns)), None)
    if key and len(twice := frame.loc[frame.duplicated(key), key].dropna()):  # patients would count twice
        row = _words.clean(", ".join(map(str, twice.iloc[0])))
        raise ValueError(f"{function} was given a row twice ({row}): drop duplicated rows.")
    _values.check(frame, columns, function)


def has(frame: pd.DataFrame, columns: Iterable[str], function: str) -> None:
    """Refuse what is no DataFrame or lacks a column, in one sentence."""
    if not isinstance(frame, pd.DataFrame):
        raise TypeError(f"{function} takes a DataFrame; got {type(frame).__name__}.")
    if not frame.columns.is_unique or set(frame.index.names) & set(frame.columns):
        raise ValueError(f"{function} was given two columns (or a column and an index) with one name.")
    missing = [_words.clean(str(column)) for column in columns if column not in frame.columns]
    if missing:
        raise ValueError(
            f"{function} needs the columns {_words.listing(missing)}; the frame lacks them "
            "(load it with mesoviz, or keep them when selecting columns)."
        )


def choose(value: object, allowed: Iterable[str], parameter: str) -> None:
    """Refuse an option that is not among those allowed, in one sentence."""
    allowed = list(allowed)
    if not isinstance(value, str) or value not in allowed:
        raise ValueError(
            f"{parameter} must be one of {', '.join(map(repr, allowed))}; got {_words.got(value)}."
        )


def text(value: object, parameter: str) -> None:
    """Refuse what is neither text nor left out, in one sentence."""
    if value is not None and not isinstance(value, str):
        raise TypeError(f"{parameter} must be text; got {_words.got(value)}.")


def several(values: object, parameter: str) -> list[str]:
    """One text or several as a list; refuse anything else, in one sentence."""
    listed = (
        [values] if isinstance(values, str) else list(values) if isinstance(values, Iterable) else [values]
    )
    if not all(isinstance(value, str) for value in listed):
        raise TypeError(f"{parameter} must be text, or several texts; got {_words.got(values)}.")
    return listed


def heading(title: str | None, general: str) -> str:
    """A heading of the user's own, else the general one."""
    text(title, "title")
    return title or general


def split(frame: pd.DataFrame, reason: pd.Series) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Part a frame by `reason`: rows without one are drawn, the others are omitted and say why.

    The omitted are sorted by name, so that the rows' order changes no words.
    """
    given = reason.notna()
    keys = [name for name in _NAMES if name in frame]
    return frame[~given], frame[given].assign(reason=reason[given]).sort_values(keys, kind="stable")


def take(frame: pd.DataFrame, columns: Iterable[str]) -> pd.DataFrame:
    """The columns that a figure needs, and the disease site for its footnotes where the frame tells it."""
    return frame[[*columns, *(["disease_site"] if "disease_site" in frame else [])]]


def records(frame: pd.DataFrame) -> list[dict[str, object]]:
    """Each row as a dict, as `to_dict` gives it, of a frame of many columns in a fifth of the time."""
    names = list(frame.columns)
    return [dict(zip(names, row, strict=True)) for row in frame.to_numpy(dtype=object).tolist()]
