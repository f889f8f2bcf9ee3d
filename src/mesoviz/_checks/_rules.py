"""The machinery of semantic checks: a rule finds rows, this module turns them into findings."""

import inspect
import string
from collections import namedtuple
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from mesoviz._checks._problems import Finding
from mesoviz._schema import TABLES

# What the checks see of a table: typed columns, the text behind them, and rows not read in full.
Checked = namedtuple("Checked", "frame raw faulty")


@dataclass(frozen=True)
class Found:
    """Rows that break a rule, the column to look at, and a message with the row's values in braces.

    A value that is no column of the table is given as a column of its own, or as a function of the place.
    `beside` are the places of the rows they were compared with, where one of those could be at fault.
    """

    rows: pd.Series
    column: str
    message: str
    values: dict = field(default_factory=dict)
    beside: np.ndarray | None = None


@dataclass(frozen=True)
class Rule:
    """A semantic check: `find` gets the tables it names as parameters and yields what it found."""

    name: str
    table: str
    level: str
    about: str
    find: object
    needs: tuple

    def __call__(self, tables):
        return self.find(*(tables[name] for name in self.needs))


def rule(name, *, level="error", tables=()):
    """Declare a check; its parameters are the tables it needs, the first being the one it is about.

    With `tables`, the first parameter stands for each of these tables in turn.
    """

    def declare(find):
        parameters = tuple(inspect.signature(find).parameters)
        about = " ".join(inspect.getdoc(find).split())
        return [
            Rule(name, table, level, about, find, (table, *parameters[1:]))
            for table in tables or parameters[:1]
        ]

    return declare


def rules_of(module):
    """All rules declared in a module, in order."""
    declared = [value for value in vars(module).values() if isinstance(value, list)]
    return [one for value in declared for one in value if isinstance(one, Rule)]


def by_text(values, work):
    """A column worked out from a column of text, each distinct text being looked at once."""
    codes, texts = pd.factorize(values)
    return work(pd.Series(texts, dtype="str")).reindex(codes).set_axis(values.index)


def run(rules, tables, exceptions, report):
    """Run every rule whose tables are there, and report what it finds.

    Returns the places, among the exceptions, of those that were met.
    """
    frames = {name: checked.frame for name, checked in tables.items()}
    met = set()
    for one in rules:
        if all(name in tables for name in one.needs):
            for found in one(frames):
                met |= _report(one, found, tables[one.table], exceptions, report)
    return met


def _report(one, found, checked, exceptions, report):
    rows = found.rows.to_numpy(dtype=bool, na_value=False) & ~checked.faulty
    if found.beside is not None:
        rows &= ~checked.faulty[found.beside]
    if not rows.any():
        return set()
    known, met = _known(one, found, checked, rows, exceptions)
    for level, positions in (
        (one.level, np.flatnonzero(rows & (known < 0))),
        ("known", np.flatnonzero(known >= 0)),
    ):
        if len(positions):

            def describe(position, level=level):
                reason = exceptions["reason"].iloc[known[position]] if level == "known" else ""
                return _finding(one, found, checked, position, level, reason)

            report.add_rows(positions, describe, rule=one.name, level=level)
    return met


def _known(one, found, checked, rows, exceptions):
    """For each row the exception that covers it, or -1; and which exceptions do."""
    known = np.full(len(rows), -1)
    met = set()
    if exceptions is None:
        return known, met
    of_rule = exceptions[(exceptions["table"] == one.table) & (exceptions["rule"] == one.name)]
    frame = checked.frame
    for place, exception in zip(of_rule.index, of_rule.itertuples(index=False), strict=True):
        covered = rows & (frame["trial"] == exception.trial).to_numpy(dtype=bool)
        if not pd.isna(exception.arm) and "arm" in frame:
            covered &= (frame["arm"] == exception.arm).to_numpy(dtype=bool)
        if not pd.isna(exception.endpoint):
            covered &= _of_endpoint(frame, found.column, exception.endpoint)
        known[covered] = place
        if covered.any():
            met.add(place)
    return known, met


def _of_endpoint(frame, column, endpoint):
    if "endpoint" in frame:
        return (frame["endpoint"] == endpoint).to_numpy(dtype=bool)
    return np.full(len(frame), column.startswith(f"{endpoint.lower()}_"))


def _finding(one, found, checked, position, level, reason):
    frame, raw = checked.frame, checked.raw
    names = {name for _, name, _, _ in string.Formatter().parse(found.message) if name}
    values = {name: tidy(_value(found, frame, name, position)) for name in names}
    message = found.message.format(**values) + (f" Known: {reason}." if reason else "")
    text = raw.cells[found.column].at(position)[:200]
    trial, arm = (str(frame[name].iloc[position]) if name in frame else "" for name in ("trial", "arm"))
    allowed = TABLES[one.table][found.column].rule
    row = int(raw.rows[position])
    return Finding(raw.file, row, found.column, text, one.name, message, allowed, level, trial, arm)


def _value(found, frame, name, position):
    value = found.values.get(name)
    if callable(value):
        return value(position)
    return (frame[name] if value is None else value).iloc[position]


def tidy(value):
    """A value for a message: no needless decimals, and "empty" for what is missing."""
    if pd.isna(value):
        return "empty"
    if isinstance(value, (float, np.floating)):
        return f"{value:.4g}" if abs(value) < 1000 else f"{value:.0f}"
    return str(value)
