"""The machinery of semantic checks: a rule finds rows, this module turns them into findings."""

import inspect
import string
from dataclasses import dataclass, field
from functools import reduce
from operator import or_

import numpy as np
import pandas as pd
from pandas.api.types import is_numeric_dtype

from mesoviz._checks._problems import Finding
from mesoviz._schema import TABLES


class Checked:
    """What the checks see of a table: typed columns, the text behind them, and rows not read in full.

    Columns are asked for as arrays, which are worked out once: on a few hundred rows, pandas spends more on
    each comparison than the comparison costs.
    """

    def __init__(self, frame, raw, faulty):
        self.frame, self.raw, self.faulty = frame, raw, faulty
        self._known = {}

    def __contains__(self, name):
        return name in self.frame

    def __getitem__(self, name):
        return self.frame[name]

    def _once(self, kind, name, work):
        if (kind, name) not in self._known:
            values = self._known[kind, name] = work(self.frame[name])
            values.flags.writeable = False
        return self._known[kind, name]

    def given(self, *names):
        """Which rows have a value in any of the columns."""
        found = (self._once("given", name, lambda column: ~column.array.isna()) for name in names)
        return reduce(or_, found)

    def number(self, name):
        """A column of numbers or counts; what is missing is no number, and compares as False."""
        return self._once("number", name, lambda column: column.to_numpy(float))

    def text(self, name):
        """A column of texts; what is missing is no text."""
        return self._once("text", name, lambda column: column.to_numpy(object))

    def says(self, name, word):
        """Which rows hold this one of the words that the column may hold."""
        return self.frame[name].array == word

    def repeated(self, *names):
        """Which rows hold in these columns what an earlier row holds."""
        places = np.zeros(len(self.faulty), dtype=np.int64)
        for name in names:
            texts, codes = self.raw.cells[name]
            if is_numeric_dtype(self.frame[name].dtype):  # a number may be written in two ways
                codes, texts = pd.factorize(self.number(name), use_na_sentinel=False)
            places = pd.factorize(places * len(texts) + codes)[0]
        return pd.Series(places).duplicated().to_numpy()

    def by_text(self, name, work, dtype=float):
        """A column worked out from a column of texts, each distinct one being looked at once."""
        texts, codes = self.raw.cells[name]
        read = np.zeros(len(texts), dtype=bool)
        read[codes[self.given(name)]] = True
        worked = [work(text) if sound else None for text, sound in zip(texts, read, strict=True)]
        return np.array(worked, dtype=dtype)[codes]


@dataclass(frozen=True)
class Found:
    """Rows that break a rule, the column to look at, and a message with the row's values in braces.

    A value that is no column of the table is given as a column of its own, or as a function of the place.
    `beside` are the places of the rows they were compared with, where one of those could be at fault.
    """

    rows: np.ndarray | pd.Series
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


def differ(left, right):
    """Where two columns of numbers differ; never where either has none."""
    return np.abs(left - right) > 0


def run(rules, tables, exceptions, report):
    """Run every rule whose tables are there, and report what it finds.

    Returns the places, among the exceptions, of those that were met.
    """
    of_rules, met = {}, set()
    for exception in () if exceptions is None else exceptions.itertuples():
        of_rules.setdefault((exception.table, exception.rule), []).append(exception)
    for one in rules:
        if all(name in tables for name in one.needs):
            of_rule = of_rules.get((one.table, one.name), ())
            for found in one(tables):
                met |= _report(one, found, tables[one.table], of_rule, report)
    return met


def _report(one, found, checked, exceptions, report):
    rows = found.rows
    if isinstance(rows, pd.Series):
        rows = rows.to_numpy(dtype=bool, na_value=False)
    if not rows.any():
        return set()
    rows = rows & ~checked.faulty
    if found.beside is not None:
        rows &= ~checked.faulty[found.beside]
    known, met = _known(found, checked, np.flatnonzero(rows), exceptions)
    for level, positions in (
        (one.level, np.flatnonzero(rows & (known < 0))),
        ("known", np.flatnonzero(known >= 0)),
    ):

        def describe(position, level=level):
            reason = exceptions[known[position]].reason if level == "known" else ""
            return _finding(one, found, checked, position, level, reason)

        report.add_rows(positions, describe, rule=one.name, level=level)
    return met


def _known(found, checked, positions, exceptions):
    """For each row which of the exceptions covers it, or -1; and the places of those that cover any."""
    known = np.full(len(checked.faulty), -1)
    met = set()
    for number, exception in enumerate(exceptions):
        covered = checked.text("trial")[positions] == exception.trial
        if not pd.isna(exception.arm) and "arm" in checked:
            covered &= checked.text("arm")[positions] == exception.arm
        if not pd.isna(exception.endpoint):
            covered &= _of_endpoint(checked, positions, found.column, exception.endpoint)
        known[positions[covered]] = number
        if covered.any():
            met.add(exception.Index)
    return known, met


def _of_endpoint(checked, positions, column, endpoint):
    if "endpoint" in checked:
        return checked.says("endpoint", endpoint)[positions]
    return column.startswith(f"{endpoint.lower()}_")


def _finding(one, found, checked, position, level, reason):
    raw = checked.raw
    names = {name for _, name, _, _ in string.Formatter().parse(found.message) if name}
    values = {name: tidy(_value(found, checked, name, position)) for name in names}
    message = found.message.format(**values) + (f" Known: {reason}." if reason else "")
    text = raw.cells[found.column].at(position)[:200]
    trial, arm = (str(checked.text(name)[position]) if name in checked else "" for name in ("trial", "arm"))
    allowed = TABLES[one.table][found.column].rule
    row = int(raw.rows[position])
    return Finding(raw.file, row, found.column, text, one.name, message, allowed, level, trial, arm)


def _value(found, checked, name, position):
    value = found.values.get(name)
    if callable(value):
        return value(position)
    value = checked[name] if value is None else value
    return (value.array if isinstance(value, pd.Series) else value)[position]


def tidy(value):
    """A value for a message: no needless decimals, and "empty" for what is missing."""
    if pd.isna(value):
        return "empty"
    if isinstance(value, (float, np.floating)):
        return f"{value:.4g}" if abs(value) < 1000 else f"{value:.0f}"
    return str(value)
