"""Read a CSV file strictly: as text, with every fault of its form named and placed."""

import csv
import difflib
import io
from collections import Counter
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from mesoviz._checks._problems import Finding, show
from mesoviz._tables._bytes import is_wrongly_separated, plain, records
from mesoviz._tables._fetch import read_bytes

_LONGEST_HEADER = 100_000
_TEXT = pd.StringDtype("python", na_value=np.nan)


class Cells(NamedTuple):
    """The cells of a column: the distinct texts, and which of them each row holds."""

    texts: np.ndarray
    codes: np.ndarray

    def at(self, position):
        return self.texts[self.codes[position]]


@dataclass(frozen=True)
class Raw:
    """A table as it stands in a file: text cells, and the spreadsheet's number of each row."""

    file: str
    cells: dict
    rows: np.ndarray


def read_raw(table, place, report):
    """The table's cells as text, or None where the file cannot be read as this table."""
    file, data = read_bytes(place, table.file, report)
    if data is None:
        return None
    data = plain(file, data, report)
    if data is None:
        return None
    found = None if is_wrongly_separated(file, data, report) else records(file, data, report)
    if found is None:
        return None
    starts, ends, widths = found
    header = _header(file, data[: ends[0]], report)
    if header is None or not _header_is_sound(file, table, header, report):
        return None
    if len(starts) == 1:
        report.add(file, "rows-missing", "The table holds no rows.", level="implausible")
    good = _even_rows(file, starts, ends, widths, len(header), report)
    if not good.all():
        data = b"\n".join(data[starts[i] : ends[i]] for i in np.flatnonzero(good))
    return Raw(file, _cells(data, table.names), np.flatnonzero(good)[1:] + 1)


def _cells(data, names):
    """The cells, so that every distinct text of a column is kept, and later converted, only once."""
    read = pd.read_csv(
        io.BytesIO(data),
        dtype=_TEXT,
        na_filter=False,
        skip_blank_lines=False,
        index_col=False,
        usecols=names,
    )
    columns = [(name, column.to_numpy(object)) for name, column in read.items()]
    del read
    cells = {}
    while columns:
        # Each column is given up for its distinct texts before the next one is looked at.
        name, column = columns.pop()
        codes, texts = pd.factorize(column)
        cells[name] = Cells(texts, codes.astype(np.min_scalar_type(len(texts))))
    return cells


def _header(file, record, report):
    """The names in the first row; None if they are too many to be looked at."""
    if len(record) <= _LONGEST_HEADER:
        return next(csv.reader([record.decode()]), [])
    message = f"The header is missing: the first row holds {len(record)} characters."
    report.add(file, "header-missing", message, row=1)
    return None


def _header_is_sound(file, table, header, report):
    """Report every fault of the header; True if all columns of the table can be read."""
    known = set(table.names)
    sound = True
    # One such name is told like any other misspelt one, but many are one mistake.
    respelt = {name: None for name in header if name not in known and name.strip().lower() in known}
    if len(respelt) > 1 or (respelt and not known & set(header)):
        message = (
            f"Column names are written in lower case without blanks, unlike {show(next(iter(respelt)))}."
        )
        report.add(file, "header-missing", message, row=1, value=",".join(header)[:60])
        header = [name.strip().lower() if name in respelt else name for name in header]
        sound = False
    if not known & set(header):
        message = f"The header is missing: the first row names none of the columns of {table.file}."
        report.add(file, "header-missing", message, row=1, value=",".join(header)[:60])
        return False
    for name in sorted(name for name, times in Counter(header).items() if name.strip() and times > 1):
        report.add(file, "header-duplicated", f"Two columns are called {show(name)}.", row=1, column=name)
        sound = False
    missing = [name for name in table.names if name not in header]
    for name in missing:
        report.add(file, "column-missing", f"The column {name} is missing.", row=1, column=name)
        sound = False
    for number, name in enumerate(header, 1):
        if not name.strip():
            hint = "was an index saved with the table" if number == 1 else "does every row end in a comma"
            report.add(file, "column-unknown", f"Column {number} has no name; {hint}?", row=1)
            sound = False
        elif name not in known and name not in table.derived_names:
            # Comparing is slow, so only names of a length that a column could have are compared.
            near = (missing or table.names) if number < 200 and len(name) < 100 else []
            close = difflib.get_close_matches(name.strip().lower(), near, n=1, cutoff=0.8)
            hint = f"; is {close[0]} meant?" if close else "."
            message = f"There is no column {show(name)} in this table{hint}"
            report.add(file, "column-unknown", message, row=1, column=name, allowed=", ".join(table.names))
            sound = False
    return sound


def _even_rows(file, starts, ends, found, expected, report):
    """Which records have as many cells as the header; the others are reported."""
    blank = ends - starts == found - 1
    uneven = (found != expected) & ~blank
    for rule, faulty in (("row-blank", blank), ("row-length", uneven)):

        def describe(i, rule=rule):
            row = int(i) + 1
            cells = f"{found[i]} cell{'s' if found[i] > 1 else ''}"
            message = (
                "The row is blank."
                if rule == "row-blank"
                else f"The row has {cells}; the header has {expected}."
            )
            return Finding(file, row, "", "", rule, message, "", "error")

        report.add_rows(np.flatnonzero(faulty), describe, rule=rule, level="error")
    return ~(blank | uneven)
