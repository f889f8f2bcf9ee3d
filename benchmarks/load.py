"""What loading a table with all its checks costs, against reading it with pandas and no check at all."""

import csv
import os
from functools import partial
from pathlib import Path

from benchmarks._run import Row

_ROOT = Path(__file__).resolve().parents[1]
_FOLDER = _ROOT / ".cache" / "benchmarks"
_STEPS = {
    "text of the cells": "_tables/_read.py:read_raw",
    "types, cell by cell": "_tables/_convert.py:convert",
    "rules": "_checks/_all.py:check_tables",
    "joins and citations": "_tables/_joins.py:join_trials",
}


def _own_rows():
    """The rows of the trials that no known exception names: those that pass every check as they are."""
    data = _ROOT / "data"
    with open(data / "known_exceptions.csv", encoding="utf-8", newline="") as file:
        odd = {row["trial"] for row in csv.DictReader(file)}
    with open(data / "trials.csv", encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if row["trial"] not in odd]


def write_trials(path, size, spoil=None):
    """A trials table of about this many arms: our own trials again and again, each time under other names.

    Trials stay whole, so that every check holds. `spoil` changes each row, given its number and cells.
    """
    rows = _own_rows()
    numbers = {trial: number for number, trial in enumerate(dict.fromkeys(row["trial"] for row in rows))}
    part = path.with_suffix(f".{os.getpid()}")
    with open(part, "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        written = turn = 0
        while written < size:
            for row in rows:
                again = row if not turn else {**row, **_renamed(row, turn, numbers)}
                writer.writerow({**again, **spoil(written)} if spoil else again)
                written += 1
            turn += 1
    part.replace(path)
    return path


def _renamed(row, turn, numbers):
    names = {"trial": f"{row['trial']}-again{turn}", "trial_label": f"Trial {numbers[row['trial']]}-{turn}"}
    overlap = row["overlaps_trial"]
    return names | {"overlaps_trial": f"{overlap}-again{turn}" if overlap in numbers else ""}


def _junk(number):
    text = {"regimen": f"=junk {number}", "phase": f"IV{number}"}
    return text | {"n": f"{number},5", "os_median_months": f"<{number}"}


# What makes a table wrong in every row: one cell, one rule between cells, one name that nobody knows, or
# much at once.
_SPOILS = {
    "one cell": lambda number: {"os_median_months": "NR"},
    "one rule": lambda number: {"os_status": "reported", "os_median_months": ""},
    "one unknown name": lambda number: {"os_source": f"nobody{number}"},
    "four cells, no two alike": _junk,
}


def _table(size, fault=None):
    """The path of a table of this size, written once."""
    path = _FOLDER / f"trials-{size}-{(fault or 'sound').replace(' ', '-').replace(',', '')}.csv"
    if not path.exists():
        _FOLDER.mkdir(parents=True, exist_ok=True)
        write_trials(path, size, _SPOILS.get(fault))
    return path


def load(size):
    import mesoviz as mv
    from mesoviz._tables._validate import read_own

    path = _table(size) if size else None
    load_trials = mv.load_trials  # fetched on first use

    def run():
        read_own.cache_clear()  # each time as if it were the first
        load_trials(path)

    return run


def load_again():
    import mesoviz as mv

    mv.load_trials()
    return mv.load_trials


def check(size):
    import mesoviz as mv

    path, check = _table(size), mv.check
    return lambda: check(path)


def read(size):
    """Read the trials with pandas; without a size, all four files that loading our own trials reads."""
    import pandas as pd

    from mesoviz._schema import TABLES

    names = ["trials"] if size else ["trials", "therapies", "sources", "known_exceptions"]
    dtypes = {name: {column.name: _dtype(column) for column in TABLES[name].columns} for name in names}
    paths = {name: _table(size) if size else _ROOT / "data" / f"{name}.csv" for name in names}
    yes_no = {"true_values": ["yes"], "false_values": ["no"]}
    return lambda: [pd.read_csv(paths[name], dtype=dtypes[name], **yes_no) for name in names]


def _dtype(column):
    import pandas as pd

    return pd.CategoricalDtype(column.allowed, column.ordered) if column.kind == "choice" else column.dtype


def load_wrong(size, fault):
    import mesoviz as mv

    path, load_trials = _table(size, fault), mv.load_trials

    def run():
        try:
            load_trials(path)
        except mv.DataError as error:
            if len(str(error).splitlines()) == 102 and error.total >= size:
                return
        raise AssertionError("the message must list the first hundred problems and count the rest")

    return run


def read_wrong(size, fault):
    import pandas as pd

    path = _table(size, fault)
    return lambda: pd.read_csv(path)


def _row(size, slow):
    return Row(
        what=f"`load_trials`, {f'{size:,}' if size else 'our own'} arms",
        limit=f"pandas.read_csv with the same dtypes{'' if size else ' of the same four files'}",
        aim=3.0,
        ours=partial(load, size),
        floor=partial(read, size),
        memory=2.0 if size else None,
        steps=_STEPS,
        size=size,
        slow=slow,
    )


def _wrong_row(fault, size=100_000):
    return Row(
        what=f"`load_trials`, {size:,} arms wrong in every row: {fault}",
        limit="pandas.read_csv as it is",
        aim=3.0,
        ours=partial(load_wrong, size, fault),
        floor=partial(read_wrong, size, fault),
        memory=2.0,
        slow=True,
    )


ROWS = [
    *(_row(size, slow=size > 10_000) for size in (0, 10_000, 100_000, 300_000)),
    Row(
        what="`load_trials`, our own arms, again in one process",
        limit="pandas.read_csv with the same dtypes of the same four files",
        aim=3.0,
        ours=load_again,
        floor=partial(read, 0),
    ),
    Row(
        what="`check`, 100,000 arms: also what is merely implausible",
        limit="pandas.read_csv with the same dtypes",
        aim=4.0,
        ours=partial(check, 100_000),
        floor=partial(read, 100_000),
        memory=2.0,
        slow=True,
    ),
    *(_wrong_row(fault) for fault in _SPOILS),
]
