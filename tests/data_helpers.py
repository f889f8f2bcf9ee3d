"""Copies of the evidence tables with something changed, for the tests of the data side."""

import csv
import io
import shutil
from functools import cache
from pathlib import Path

from mesoviz._checks._all import RULES, check_tables
from mesoviz._checks._problems import Report
from mesoviz._checks._rules import Checked, run
from mesoviz._schema import TABLES
from mesoviz._tables._convert import convert
from mesoviz._tables._read import read_raw
from mesoviz._tables._validate import data_folder

DATA = data_folder()


def rows_of(name, folder=DATA):
    """The rows of a table, by the csv module alone."""
    with open(Path(folder) / f"{name}.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def as_csv(name, rows):
    out = io.StringIO()
    writer = csv.DictWriter(out, TABLES[name].names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def as_file(name, rows):
    return io.BytesIO(as_csv(name, rows).encode())


def matching(rows, where):
    """The rows that hold these values; at least one, or the test itself is wrong."""
    found = [row for row in rows if all(row[column] == value for column, value in where.items())]
    assert found, where
    return found


def put(where, values):
    """A change: write values into the rows that match."""

    def change(rows):
        for row in matching(rows, where):
            assert set(values) <= set(row)
            row.update(values)
        return rows

    return change


def drop(where):
    """A change: leave out the rows that match."""
    return lambda rows: [row for row in rows if row not in matching(rows, where)]


def add(where, values):
    """A change: append a copy of the first row that matches, with other values."""
    return lambda rows: [*rows, matching(rows, where)[0] | values]


def copy_of_data(folder):
    """All tables, copied where a test may spoil them."""
    for table in TABLES.values():
        shutil.copy(DATA / table.file, folder)
    return folder


def changed_folder(folder, name, change):
    copy_of_data(folder)
    (folder / f"{name}.csv").write_bytes(as_csv(name, change(rows_of(name))).encode())
    return folder


@cache
def _given():
    return {name: _checked(name, DATA / table.file) for name, table in TABLES.items()}


def _checked(name, place):
    report = Report()
    raw = read_raw(TABLES[name], place, report)
    frame, faulty = convert(TABLES[name], raw, report)
    assert not report.findings, report.frame().to_string()
    return Checked(frame, raw, faulty)


def findings(rule_name, table=None, change=None):
    """What one rule finds in the given tables, one of them changed."""
    tables = dict(_given())
    if change:
        tables[table] = _checked(table, as_file(table, change(rows_of(table))))
    report = Report()
    rules = [rule for rule in RULES if rule.name == rule_name]
    assert rules
    run(rules, tables, tables["known_exceptions"].frame, report)
    return report.frame()


def all_findings(table, rows):
    """Whatever is found, of any kind, once a table has these rows."""
    tables, report = dict(_given()), Report()
    raw = read_raw(TABLES[table], as_file(table, rows), report)
    if raw is not None:
        frame, faulty = convert(TABLES[table], raw, report)
        tables[table] = Checked(frame, raw, faulty)
    check_tables(tables, report, own_exceptions=True)
    return report.frame()
