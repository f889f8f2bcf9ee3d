"""Read a CSV file strictly: as text, with every fault of its form named and placed."""

import codecs
import csv
import difflib
import io
from dataclasses import dataclass

import numpy as np
import pandas as pd

from mesoviz._checks._problems import Finding, show
from mesoviz._tables._fetch import read_bytes

# What files begin with that are no text, whatever their name.
_BINARY = {
    b"\x1f\x8b": "gzip",
    b"PK\x03\x04": "zip, as spreadsheets are",
    b"BZh": "bzip2",
    b"\xfd7zXZ\0": "xz",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"%PDF-": "PDF",
    b"\xd0\xcf\x11\xe0": "a spreadsheet or document of old office programs",
}
_QUOTE, _COMMA, _NEWLINE = b'",\n'


@dataclass(frozen=True)
class Raw:
    """A table as it stands in a file: text cells, and the spreadsheet's number of each row."""

    file: str
    cells: pd.DataFrame
    rows: np.ndarray
    whole: bool


def read_raw(table, place, report):
    """The table's cells as text, or None where the file cannot be read as this table."""
    file, data = read_bytes(place, table.file, report)
    if data is None:
        return None
    data = _plain(file, data, report)
    if data is None:
        return None
    records = None if _is_wrongly_separated(file, data, report) else _records(file, data, report)
    if records is None:
        return None
    starts, ends, found = records
    header = _header(data[starts[0] : ends[0]])
    if not _header_is_sound(file, table, header, report):
        return None
    good = _even_rows(file, starts, ends, found, len(header), report)
    rows = np.flatnonzero(good) + 1
    if not good.all():
        data = b"\n".join(data[starts[i] : ends[i]] for i in np.flatnonzero(good))
    wanted = [name for name in table.names if name in header]
    return Raw(file, _cells(data, len(header))[wanted], rows[1:], bool(good.all()))


def _cells(data, width):
    """The cells as categories, so that every distinct text is kept, and later converted, only once."""
    # pandas makes numbers of categories that are all numerals, and so forgets how they were written (40 or
    # 40.0); a last row of words, dropped again, keeps it from that.
    words = b"\n" + b",".join([b"~"] * width)
    cells = pd.read_csv(
        io.BytesIO(data.removesuffix(b"\n") + words),
        dtype="category",
        na_filter=False,
        skip_blank_lines=False,
        index_col=False,
    )
    return cells.iloc[:-1]


def _plain(file, data, report):
    """The bytes, sure to be UTF-8 text with LF line ends; None if they are not."""
    problem = None
    kind = next((kind for start, kind in _BINARY.items() if data.startswith(start)), None)
    if kind:
        problem = ("not-text", f"This is a compressed or binary file ({kind}), not text.")
    elif not data.strip():
        problem = ("file-empty", "The file is empty.")
    elif data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        problem = ("wrong-encoding", "The file is encoded as UTF-16; save it as UTF-8.")
    elif data.startswith(codecs.BOM_UTF8):
        problem = (
            "byte-order-mark",
            "The file begins with a byte order mark; save it as plain UTF-8, not as UTF-8 with BOM.",
        )
    elif b"\0" in data:
        problem = ("not-text", "The file is not a text file: it holds NUL bytes.")
    else:
        try:
            data.decode()
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            problem = (
                "wrong-encoding",
                f"The file is not encoded as UTF-8 (line {line} holds the byte 0x{data[error.start]:02x}); "
                "save it as UTF-8.",
            )
    if not problem and b"\r" in data:
        data = data.replace(b"\r\n", b"\n")
        if b"\r" in data:
            problem = ("line-endings", "Lines end with CR alone; save the file with LF line ends.")
        else:
            # Spreadsheets on Windows write CRLF; no cell changes by it, so the table still loads.
            message = "Lines end with CRLF; the project's tables use LF."
            report.add(file, "line-endings", message, level="implausible")
    if problem:
        report.add(file, *problem)
        return None
    return data


def _is_wrongly_separated(file, data, report):
    first = data.partition(b"\n")[0]
    for name, mark in (("semicolons", b";"), ("tabs", b"\t"), ("vertical bars", b"|")):
        if mark in first and b"," not in first:
            message = f"Cells are separated by {name}; separate them by commas."
            report.add(file, "wrong-separator", message, row=1)
            return True
    return False


def _records(file, data, report):
    """Start, end and number of fields of every record, found on the bytes; None if quotes do not match.

    Commas and line ends inside quotes do not count. A quotation mark may open only at the start of a
    cell and close only at its end; two in a row stand for one.
    """
    bytes_ = np.frombuffer(data, dtype=np.uint8)
    marks = bytes_ == _QUOTE
    inside = np.logical_xor.accumulate(marks)
    ends = np.flatnonzero((bytes_ == _NEWLINE) & ~inside)
    stray = _stray_quote(bytes_, marks, inside)
    if stray is not None:
        row = int(np.searchsorted(ends, stray)) + 1
        message = "A quotation mark is not closed, or stands inside a cell that is not quoted."
        report.add(file, "unbalanced-quotes", message, row=row)
        return None
    if not ends.size or ends[-1] != len(data) - 1:
        ends = np.append(ends, len(data))
    starts = np.append(0, ends[:-1] + 1)
    commas = np.searchsorted(np.flatnonzero((bytes_ == _COMMA) & ~inside), ends)
    return starts, ends, np.diff(commas, prepend=0) + 1


def _stray_quote(bytes_, marks, inside):
    """Where the first quotation mark stands that does not belong there, or None."""
    places = np.flatnonzero(marks)
    if not places.size:
        return None
    opens = inside[places]
    neighbors = places + np.where(opens, -1, 1)
    beside = bytes_.take(neighbors, mode="clip")
    # At either end of the file there is nothing beside a mark, which is as good as a line end.
    sound = (beside == _COMMA) | (beside == _NEWLINE) | (beside == _QUOTE) | (neighbors < 0)
    stray = np.flatnonzero(~sound & (neighbors < len(bytes_)))
    if stray.size:
        # A mark that closes where it cannot was meant to open: the one before it is the faulty one.
        first = stray[0]
        return places[first] if opens[first] else places[first - 1]
    return places[-1] if inside[-1] else None


def _header(record):
    return next(csv.reader([record.decode()]), [])


def _header_is_sound(file, table, header, report):
    """Report every fault of the header; True if all columns of the table can be read."""
    known = set(table.names)
    sound = True
    # One such name is told like any other misspelt one, but many are one mistake.
    respelt = [name for name in header if name not in known and name.strip().lower() in known]
    if len(respelt) > 1 or (respelt and not known & set(header)):
        message = f"Column names are written in lower case without blanks, unlike {show(respelt[0])}."
        report.add(file, "header-missing", message, row=1, value=",".join(header)[:60])
        header = [name.strip().lower() if name in respelt else name for name in header]
        sound = False
    if not known & set(header):
        message = f"The header is missing: the first row names none of the columns of {table.file}."
        report.add(file, "header-missing", message, row=1, value=",".join(header)[:60])
        return False
    for name in sorted({name for name in header if name.strip() and header.count(name) > 1}):
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
            close = difflib.get_close_matches(name.strip().lower(), missing or table.names, n=1, cutoff=0.8)
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
