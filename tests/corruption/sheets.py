"""A table as the text cells of its file, and copies of it in which something is changed."""

import csv
import io
from dataclasses import dataclass
from functools import cache

from mesoviz._schema import TABLES
from mesoviz._schema._trial_columns import TRIAL_COLUMNS
from mesoviz._tables._validate import data_folder

DATA = data_folder()
_REPEATED = {column.name for column in TRIAL_COLUMNS} - {"trial"}


@dataclass(frozen=True)
class Change:
    """A corrupted file: its bytes, what was done to it, and the rows and columns where."""

    data: bytes
    what: str
    rows: frozenset = frozenset()  # as a spreadsheet numbers them, the header being row 1
    columns: frozenset = frozenset()


@dataclass(frozen=True)
class Sheet:
    """The text cells of one table."""

    name: str
    header: tuple
    rows: tuple

    @property
    def columns(self):
        return TABLES[self.name].columns

    def place(self, column):
        return self.header.index(column)

    def get(self, row, column):
        return self.rows[row][self.place(column)]

    def as_bytes(self, header=None, rows=None, **form):
        out = io.StringIO(newline="")
        writer = csv.writer(out, **{"lineterminator": "\n"} | form)
        writer.writerows([header or self.header, *(self.rows if rows is None else rows)])
        return out.getvalue().encode()

    def put(self, changes, what, *, alone=False):
        """A change of cells: (row, column) to text.

        What is known of a trial is repeated over its arms, and whoever mistypes it repeats the mistake:
        unless `alone`, all rows of the trial are changed.
        """
        rows = [list(row) for row in self.rows]
        for (row, column), text in changes.items():
            for at in [row] if alone else self.alike(row, column):
                rows[at][self.place(column)] = text
        touched = {at + 2 for row, column in changes for at in self.alike(row, column)}
        columns = frozenset(column for _, column in changes)
        first = min(row for row, _ in changes) + 2
        return Change(self.as_bytes(rows=rows), f"row {first}, {what}", frozenset(touched), columns)

    def alike(self, row, column):
        """The rows that repeat a cell: those of its trial for what is known of a trial, else its own."""
        if self.name != "trials" or column not in _REPEATED:
            return [row]
        return [at for at, other in enumerate(self.rows) if other[0] == self.rows[row][0]]

    def with_rows(self, rows, what, touched=()):
        return Change(self.as_bytes(rows=rows), what, frozenset(touched))

    def any_row(self, dice, fits=lambda row: True):
        """The number of a row that fits, counted from 0; None where none does."""
        fitting = [number for number, row in enumerate(self.records()) if fits(row)]
        return dice.choice(fitting) if fitting else None

    @cache  # noqa: B019 - there are as many sheets as tables, for as long as the program runs
    def records(self):
        return [dict(zip(self.header, row, strict=True)) for row in self.rows]


@cache
def sheet(name):
    """The project's own table."""
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    return Sheet(name, tuple(header), tuple(map(tuple, rows)))
