"""A frame as CSV that stays data when a spreadsheet opens it."""

from __future__ import annotations

import re

import pandas as pd

# Also after a semicolon, tab or line break, where spreadsheets of some countries begin another cell.
_FORMULA = re.compile("(?:^|[;\t\r\n])\\s*[=+\\-@＝＋－＠]")


def text(frame: pd.DataFrame) -> str:
    """The frame's rows as CSV.

    Raises
    ------
    ValueError
        If a text or the name of a column begins like a formula. Loading refuses such texts too, so that
        none has to be changed here.
    """
    for name in frame:
        for value in dict.fromkeys(cell for cell in (name, *frame[name]) if isinstance(cell, str)):
            if _FORMULA.search(value):
                raise ValueError(
                    f"csv: {value[:60]!r} in column {str(name)[:60]!r} begins like a formula, which a "
                    "spreadsheet would run; write it otherwise."
                )
    return frame.to_csv(index=False, lineterminator="\n")
