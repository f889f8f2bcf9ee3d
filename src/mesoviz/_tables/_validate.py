"""Read and check tables together, from wherever they come."""

import csv
import io
import os
from collections import namedtuple
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from mesoviz._checks._all import RULES, check_tables
from mesoviz._checks._problems import Report
from mesoviz._checks._rules import Checked
from mesoviz._schema import TABLES
from mesoviz._tables._convert import convert
from mesoviz._tables._fetch import without_user
from mesoviz._tables._read import read_raw

# The tables that a table is joined with or checked against.
_OUTCOME = ("trials", "therapies", "sources", "known_exceptions")
COMPANIONS = {
    "trials": ("therapies", "sources", "known_exceptions"),
    "landmarks": _OUTCOME,
    "curves": _OUTCOME,
    "comparisons": _OUTCOME,
    "therapies": ("targets",),
    "target_figures": ("targets", "claim_and_target_sources"),
    "claim_and_target_sources": ("claims", "targets"),
}

Examined = namedtuple("Examined", "report tables rules")


def data_folder():
    """Where the project's own tables are: inside an installed package, or at the top of a checkout."""
    inside = Path(__file__).parents[1] / "data"
    return inside if inside.is_dir() else Path(__file__).parents[3] / "data"


def places_of(name, place=None, given=None):
    """Where a table and its companions are read from.

    A companion is the one given, else the file beside the table, else the project's own.
    """
    own = data_folder()
    beside = _folder_beside(place)
    places = {name: own / TABLES[name].file if place is None else place}
    for companion in COMPANIONS.get(name, ()):
        file = TABLES[companion].file
        near = beside is not None and os.path.isfile(beside / file)
        places[companion] = (beside if near else own) / file
    return places | {key: value for key, value in (given or {}).items() if value is not None}


def places_in(folder=None):
    """Where every table is in a folder of tables; raises DataError if it holds none of them."""
    if folder is not None:
        report = Report()
        _is_folder_of_tables(folder, report)
        report.raise_errors()
    folder = data_folder() if folder is None else Path(folder)
    return {name: folder / table.file for name, table in TABLES.items()}


def _is_address(place, report):
    text = os.fsdecode(place)
    if "://" in text:
        message = (
            "check and load_evidence take files and folders; "
            "the load functions of the single tables take https addresses."
        )
        report.add(without_user(text), "file-missing", message)
    return "://" in text


def _is_folder_of_tables(place, report):
    """Whether a folder holds any of the tables; if not, one sentence says so."""
    if _is_address(place, report):
        return False
    path = Path(os.fsdecode(place))
    if any(os.path.isfile(path / table.file) for table in TABLES.values()):
        return True
    if os.path.isdir(path):
        message = f"The folder {path} holds none of the tables, or cannot be opened."
    elif os.path.isfile(path):
        message = f"{path} is a file, not a folder."
    else:
        message = f"There is no folder {path}."
    report.add(
        path.name or str(path), "file-missing", message, allowed=", ".join(t.file for t in TABLES.values())
    )
    return False


def _folder_beside(place):
    if not isinstance(place, (str, Path)) or "://" in str(place):
        return None
    return Path(place).parent


def examine(places, *, own_exceptions=False, errors_only=False):
    """Read the tables and check them one by one and against each other; what is wrong is in the report."""
    report, tables = Report(errors_only=errors_only), {}
    for name, place in places.items():
        raw = read_raw(TABLES[name], place, report)
        if raw is not None:
            frame, faulty = convert(TABLES[name], raw, report)
            tables[name] = Checked(frame, raw, faulty)
    check_tables(tables, report, own_exceptions=own_exceptions)
    rules = [rule for rule in RULES if all(name in tables for name in rule.needs)]
    return Examined(report, tables, rules)


def read_checked(places):
    """The typed tables; raises DataError if anything in them is wrong."""
    own = data_folder()
    if all(isinstance(place, Path) and place == own / TABLES[name].file for name, place in places.items()):
        with suppress(OSError):
            contents = tuple((name, place.read_bytes()) for name, place in places.items())
            return {name: frame.copy() for name, frame in read_own(contents).items()}
    return _checked(places)


@lru_cache(maxsize=16)
def read_own(contents):
    """The project's own tables, which are loaded again and again: checked anew only if they have changed."""
    return _checked({name: io.BytesIO(content) for name, content in contents})


def _checked(places):
    examined = examine(places, errors_only=True)
    examined.report.raise_errors()
    return {name: checked.frame for name, checked in examined.tables.items()}


def check(path=None):
    """List everything that is wrong with, or odd about, a table or a folder of tables.

    Parameters
    ----------
    path : str or path-like, optional
        A CSV file or a folder with all tables. The default is the project's own tables. Which table a
        file is, its name tells, or else its header. What a file refers to is looked for beside it, and
        else in the project's own tables; the tables beside it that refer to it are looked at as well.

    Returns
    -------
    DataFrame
        One row a finding: file, row (as a spreadsheet shows it, the header being row 1), column, value,
        rule, message, what is allowed, level, trial and arm. The level is ``error`` (loading raises),
        ``implausible`` (worth a look; loading succeeds) or ``known`` (the publication itself breaks the
        rule, with the reason). Empty if there is nothing to say. A rule broken by more than a thousand
        rows is listed for the first thousand; once ten thousand findings are listed, each further rule
        for its first hundred.

    Examples
    --------
    >>> import mesoviz as mv
    >>> findings = mv.check()
    >>> int((findings["level"] == "error").sum())
    0
    """
    return examine_path(path).report.frame()


def examine_path(path=None):
    """Examine a folder of tables, or one file among its companions."""
    report = Report()
    if path is not None and _is_address(path, report):
        return Examined(report, {}, [])
    place = data_folder() if path is None else Path(os.fsdecode(path))
    if os.path.isdir(place):
        if not _is_folder_of_tables(place, report):
            return Examined(report, {}, [])
        return examine(places_in(place), own_exceptions=True)
    name = _table_of(place)
    if name is None:
        if os.path.isfile(place):
            message = "The name and the header of the file are those of none of the tables."
            report.add(
                place.name, "table-unknown", message, allowed=", ".join(t.file for t in TABLES.values())
            )
        else:
            report.add(place.name, "file-missing", f"There is no file {place}.")
        return Examined(report, {}, [])
    referring = _referring(name, place)
    examined = examine(places_of(name, place) | {other: path for other, (path, _) in referring.items()})
    references = {rule for _, rules in referring.values() for rule in rules}
    about = [rule for rule in examined.rules if rule.table == name or rule.name in references]
    report = examined.report.only(place.name, rules=references)
    return Examined(report, {name: examined.tables.get(name)}, about)


def _referring(name, place):
    """The tables beside a file that refer to it, each with the rules by which they do."""
    referring = {}
    for other, table in TABLES.items():
        rules = {reference.rule for reference in table.references if reference.table == name != other}
        path = place.parent / table.file
        if rules and place.name == TABLES[name].file and os.path.isfile(path):
            referring[other] = (path, rules)
    return referring


def _table_of(place):
    """Which table a file is: by its name, else by its header."""
    if place.stem in TABLES:
        return place.stem
    try:
        with place.open(encoding="utf-8", newline="") as file:
            header = set(next(csv.reader([file.readline(100_000)]), []))
    except (OSError, ValueError, csv.Error):
        return None
    shared = {name: len(header & set(table.names)) / len(table.names) for name, table in TABLES.items()}
    best = max(shared, key=shared.get)
    return best if shared[best] > 0.5 else None
