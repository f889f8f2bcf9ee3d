"""What becomes of a corruption: caught by a rule, by a figure, harmless, not caught, or a failure."""

import copy
import resource
import shutil
import signal
from collections import namedtuple
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from unittest import mock
from zlib import crc32

import kinds_of_forms  # noqa: F401 - the modules declare the kinds
import kinds_of_values  # noqa: F401
import kinds_of_words  # noqa: F401
import pandas as pd
from kinds import corruption
from sheets import DATA

import mesoviz as mv
from mesoviz._checks._problems import sentence
from mesoviz._figures import _arms, _references
from mesoviz._notebooks import _run
from mesoviz._page._chart import Chart
from mesoviz._schema import TABLES
from mesoviz._tables import _evidence, _load, _validate

PATIENCE = 600
MEMORY = 4_000_000_000
FAILURE = "error"
OUTCOMES = ("rule", "figure", "harmless", "undetectable", FAILURE)
# Tables that figures look up by themselves where they are given none.
_LOOKED_UP = ("sources", "claim_and_target_sources", "therapies")
_RESPONSES = ("evaluable", "stable_disease", "progressive_disease", "disease_control", "disease_control_pct")
_ENROLLMENT = ("enrolled", "enrolled_mesothelioma", "planned", "first_patient", "last_patient", "n")
_NOT_FIGURES = {"check", "DataError", "Chart", "style", "where", "explore"}
_FUNCTIONS = {name: getattr(mv, name) for name in mv._HOMES if name not in _NOT_FIGURES}

Known = namedtuple("Known", "words calls")


@dataclass(frozen=True)
class Verdict:
    """What became of one corruption; `how` is the rule's sentence, or what a notebook showed otherwise."""

    kind: str
    number: int
    table: str
    what: str
    outcome: str
    named: str = ""  # how closely a rule named the place: cell, row, file
    how: str = ""
    notebook: str = ""
    columns: frozenset = frozenset()
    mark: int = 0  # of the corrupted file, to tell equal ones

    @property
    def held(self):
        """Whether nobody is misled: it was caught, or the same table was read."""
        return self.outcome in ("rule", "figure", "harmless")


class Judge:
    """Judges corruptions in a folder of its own; what the notebooks show is known from the sound tables."""

    def __init__(self, folder):
        self.folder = _copy_of_data(folder)
        examined = _validate.examine_path(self.folder)
        self.findings = set(_sentences(examined.report.frame()))
        self.tables = _frames(examined)
        self._known = {}

    def moved_to(self, folder):
        """The same judge in another folder, for another process."""
        other = copy.copy(self)
        other.folder = _copy_of_data(folder)
        return other

    def judge(self, name, number, *, load=False):
        """The verdict on one corruption, which is taken back afterwards.

        With `load`, what the checks call an error must make loading fail as well.
        """
        table, change = corruption(name, number)
        path = self.folder / TABLES[table].file
        path.write_bytes(change.data)
        try:
            with bounded():
                found = self._verdict(table, change, load)
        except Exception as error:
            found = {"outcome": FAILURE, "how": f"{type(error).__name__}: {error}"[:300]}
        finally:
            shutil.copy(DATA / TABLES[table].file, path)
        return Verdict(
            name, number, table, change.what, columns=change.columns, mark=crc32(change.data), **found
        )

    def _verdict(self, table, change, load):
        examined = _validate.examine_path(self.folder)  # all that `check` does
        found = self._by_rule(examined.report.frame(), table, change)
        if load and examined.report.total("error"):
            _refused(self.folder)
        if found:
            return found
        tables = _frames(examined)
        if all(_in_order(name, tables[name]).equals(_in_order(name, self.tables[name])) for name in TABLES):
            return {"outcome": "harmless"}
        return self._by_figure(table, change, tables) or {"outcome": "undetectable"}

    def _by_rule(self, found, table, change):
        """The finding that was not there before and names the place most closely."""
        new = found[[one not in self.findings for one in _sentences(found)]]
        new = new[new["level"] != "known"]
        here = new["file"] == TABLES[table].file
        row = here & new["row"].isin(change.rows)
        cell = row & new["column"].isin(change.columns)
        for named, rows in (("cell", cell), ("row", row), ("file", here), ("elsewhere", ~here)):
            if rows.any():
                return {"outcome": "rule", "named": named, "how": sentence(new[rows].iloc[0])}
        return None

    def _by_figure(self, table, change, tables):
        """The first notebook that shows other words than with the sound tables."""
        evidence = joined(tables)
        for path in _most_concerned_first(table, change.columns):
            sound = self.known(path)
            calls = None if table in _LOOKED_UP else sound.calls
            with closing(_words_of(path, tables, evidence, calls)) as shown:
                for cell, (before, now) in enumerate(zip_longest(sound.words, shown), 1):
                    if not _same(before, now):
                        return {"outcome": "figure", "notebook": path.stem, "how": f"output {cell}"}
        return None

    def known(self, path):
        """What a notebook shows with the sound tables; it is run when first asked for."""
        if path not in self._known:
            calls = {}
            words = list(_words_of(path, self.tables, joined(self.tables), calls))
            self._known[path] = Known(words, calls)
        return self._known[path]


def _words_of(path, tables, evidence, calls):
    """The words that a notebook shows where it finds these tables, one item an output.

    With `calls`, what is already known to come of a call is not worked out again.
    """
    looked_up = (_arms._project_listing, _references._project_references)
    with ExitStack() as patches:
        for module in (_load, _evidence):
            patches.enter_context(mock.patch.object(module, "read_checked", _reader(tables)))
        patches.enter_context(mock.patch.multiple(mv, **loaders(evidence)))
        if calls is not None:
            patches.enter_context(mock.patch.multiple(mv, **_remembering(calls)))
        for of_project in looked_up:
            of_project.cache_clear()
            patches.callback(of_project.cache_clear)
        for one in _run._run(path.stem, _run.read(path)["cells"]):
            yield words(one.value)


def _reader(tables):
    return lambda places: {name: tables[name].copy() for name in places}


def joined(tables):
    """All evidence, as it is loaded where these are the tables read."""
    with mock.patch.object(_evidence, "read_checked", _reader(tables)):
        return mv.load_evidence()


def loaders(evidence):
    """The load functions, each giving its table of the evidence."""
    loaders = {"load_evidence": lambda: type(evidence)(*(frame.copy() for frame in evidence))}
    for name in _FUNCTIONS:
        if name.removeprefix("load_") in evidence._fields and name.startswith("load_"):
            loaders[name] = getattr(evidence, name.removeprefix("load_")).copy
    return loaders


def _remembering(calls):
    """The public functions of figures, words and tables, each giving again what it gave for the same."""
    return {
        name: _Remembering(function, calls.setdefault(name, []))
        for name, function in _FUNCTIONS.items()
        if not name.startswith("load_")
    }


class _Remembering:
    """A function whose calls with the sound tables are known: the same input has the same output."""

    def __init__(self, function, calls):
        self.function, self.calls, self.at = function, calls, 0

    def __call__(self, *args, **options):
        given, at = (*args, *sorted(options.items())), self.at
        self.at += 1
        if at < len(self.calls) and _same(given, self.calls[at][0]):
            return copy.copy(self.calls[at][1])
        result = self.function(*args, **options)
        if at == len(self.calls):
            self.calls.append((given, copy.copy(result)))
        return result


def _frames(examined):
    return {name: checked.frame for name, checked in examined.tables.items()}


def _refused(folder):
    """Loading must raise `DataError`, with a message."""
    try:
        mv.load_evidence(folder)
    except mv.DataError as error:
        assert str(error)
    else:
        raise AssertionError("check reports an error, but loading succeeds")


def _in_order(name, frame):
    """The rows of a table in the order of their keys: in which order they stand says nothing."""
    return frame.sort_values(list(TABLES[name].key)).reset_index(drop=True)


def notebooks():
    return sorted(_run.folder().glob("*.ipynb"))


def _most_concerned_first(table, columns):
    """The notebooks in the order in which one may expect them to show a change."""
    name = min(columns, default="")
    hints = {
        "comparisons": "04",
        "targets": "07",
        "target_figures": "07",
        "claims": "08",
        "claim_and_target_sources": "08",
        "trials": "02" if "respon" in name or name in _RESPONSES else "03" if name in _ENROLLMENT else "01",
    }
    first = hints.get(table, "01")
    return sorted(notebooks(), key=lambda path: (not path.name.startswith(first), path.name))


def _same(one, other):
    if type(one) is not type(other):
        return False
    if isinstance(one, pd.DataFrame | pd.Series):
        return one.equals(other) and (isinstance(one, pd.DataFrame) or one.name == other.name)
    if isinstance(one, tuple | list):
        return len(one) == len(other) and all(map(_same, one, other))
    return one is other or bool(one == other)


def _copy_of_data(folder):
    folder = Path(folder)
    folder.mkdir()
    for table in TABLES.values():
        shutil.copy(DATA / table.file, folder)
    return folder


def words(value):
    """What nbval compares of a shown object, pixels apart: all its words, and where its sources lead."""
    if isinstance(value, Chart):
        listed = [name for name in ("source", "citation", "reference", "link") if name in value.sources]
        return (value.text, value.alt, value.sources[listed])
    if hasattr(value, "_repr_mimebundle_"):  # a widget's own view has a new number every time, and no words
        return tuple(told for kind, told in value._repr_mimebundle_().items() if "widget" not in kind)
    return value.to_html() if isinstance(value, pd.DataFrame) else repr(value)


def _sentences(found):
    """Findings without their rows and arms, which move where rows do."""
    return [(row.file, row.column, row.message, row.trial) for row in found.itertuples()]


@contextmanager
def bounded(patience=PATIENCE):
    """Time and memory are limited; beyond either an exception is raised."""

    def expire(signum, frame):
        raise TimeoutError(f"took longer than {patience} s")

    before = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, before[1]))
    signal.signal(signal.SIGALRM, expire)
    signal.alarm(patience)
    try:
        yield
    finally:
        signal.alarm(0)
        resource.setrlimit(resource.RLIMIT_AS, before)
