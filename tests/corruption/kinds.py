"""The kinds of corruption: each a name, a group, and a function that does it to a table by seed.

Groups: a *value* is a number, date or level that is still well written; a *word* is a category, key,
identifier or label; *rows* are whole arms, rows or columns; *form* is how cells are written, *file* how files
are.
"""

import random
import re
from collections import namedtuple

from sheets import sheet

from mesoviz._schema import TABLES

Kind = namedtuple("Kind", "name group change")
KINDS = {}
GROUPS = ("value", "word", "rows", "form", "file")


def kind(name, group):
    """Declare a kind: its function gets dice and a sheet, and gives a change, or None."""

    def declare(change):
        assert name not in KINDS and group in GROUPS
        KINDS[name] = Kind(name, group, change)
        return change

    return declare


def cells(name, group, fits, tries=60):
    """Declare a kind that changes one cell: its function gets dice, the text, and the row's cells.

    The column is chosen among those that fit, then a row, so that rare columns are met as often as full ones.
    """

    def declare(change):
        def change_cell(dice, table):
            columns = [column for column in table.columns if fits(column)]
            for _ in range(tries if columns else 0):
                column, row = dice.choice(columns), dice.randrange(len(table.rows))
                text = table.get(row, column.name)
                new = change(dice, text, table.records()[row], column)
                if new is not None and new != text:
                    what = f"{column.name} {_short(text)} → {_short(new)}"
                    return table.put({(row, column.name): new}, what, alone=group == "form")
            return None

        kind(name, group)(change_cell)
        return change

    return declare


def corruption(name, number):
    """The change of this kind with this number, and the table it is made to: always the same one."""
    dice = random.Random(f"{name}/{number}")
    names = list(TABLES)
    if KINDS[name].group == "file":
        names = names[number % len(names) :] + names
    else:  # most evidence stands in the trials: they are drawn as often as all other tables together
        names = [*(["trials"] if dice.random() < 0.5 else []), *dice.sample(names, len(names))]
    for table in names:
        found = KINDS[name].change(dice, sheet(table))
        if found is not None:
            return table, found
    raise LookupError(f"{name} fits no table")


def _short(text):
    text = text if text.isprintable() else ascii(text)[1:-1]
    return (text[:40] + "…" if len(text) > 40 else text) or "empty"


def numeric(column):
    return column.kind in ("count", "number")


def words(column):
    return column.kind == "text" and not column.pattern


def digits(text):
    return [place for place, char in enumerate(text) if char in "0123456789"]


def is_number(text):
    return bool(re.fullmatch(r"[0-9]+(\.[0-9]+)?", text))
