"""What becomes of a corruption: caught by a rule, by a figure, harmless, not caught, or a failure."""

import copy
import re
import resource
import shutil
import signal
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

import kinds_of_forms
import kinds_of_values
import kinds_of_words
import pandas as pd
from kinds import KINDS, corruption
from sheets import DATA

import mesoviz as mv
from mesoviz._checks._problems import sentence
from mesoviz._figures import _arms, _references
from mesoviz._notebooks import _run
from mesoviz._page._chart import Chart, _reference
from mesoviz._schema import TABLES
from mesoviz._tables import _evidence, _load, _validate

DECLARING = (kinds_of_values, kinds_of_words, kinds_of_forms)
PATIENCE = 120
MEMORY = 4_000_000_000
OUTCOMES = ("rule", "figure", "harmless", "undetectable", "failure")
# Tables that figures look up by themselves where they are given none.
_LOOKED_UP = ("sources", "claim_and_target_sources", "therapies")


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


class Judge:
    """Judges corruptions in a folder of its own; what the notebooks show is known from the sound tables."""

    def __init__(self, folder):
        self.folder = Path(folder)
        for table in TABLES.values():
            shutil.copy(DATA / table.file, self.folder)
        found = mv.check(self.folder)
        self.findings = _sentences(found)
        self.frames = mv.load_evidence(self.folder)
        self.calls = {}
        self.shown = {}

    def judge(self, name, number):
        """The verdict on one corruption, which is taken back afterwards."""
        table, change = corruption(name, number)
        path = self.folder / TABLES[table].file
        path.write_bytes(change.data)
        try:
            with _bounded():
                found = self._verdict(table, change)
        except Exception as error:
            found = {"outcome": "failure", "how": f"{type(error).__name__}: {error}"[:300]}
        finally:
            shutil.copy(DATA / TABLES[table].file, path)
        return Verdict(name, number, table, change.what, **found)

    def _verdict(self, table, change):
        try:
            frames = mv.load_evidence(self.folder)
        except mv.DataError as error:
            str(error)
            return self._by_rule(error.problems, table, change)
        found = mv.check(self.folder)
        if new := self._by_rule(found, table, change):
            return new
        if all(old.equals(new) for old, new in zip(self.frames, frames, strict=True)):
            return {"outcome": "harmless"}
        return self._by_figure(table) or {"outcome": "undetectable"}

    def _by_rule(self, found, table, change):
        """The finding that was not there before and names the place most closely."""
        new = found[~found.apply(_sentence, axis=1).isin(self.findings)] if len(found) else found
        if new.empty:
            return None
        here = new["file"] == TABLES[table].file
        row = here & new["row"].isin(change.rows)
        cell = row & new["column"].isin(change.columns)
        for named, rows in (("cell", cell), ("row", row), ("file", here), ("elsewhere", here | True)):
            if rows.any():
                return {"outcome": "rule", "named": named, "how": sentence(new[rows].iloc[0])}
        return None

    def _by_figure(self, table):
        with self._reading(memory=table not in _LOOKED_UP):
            for path in sorted(_run.folder().glob("*.ipynb")):
                if path.stem not in self.shown:
                    raise LookupError("notebooks must be run with the sound tables first")
                before = iter(self.shown[path.stem])
                for one in _run._run(path.stem, _run.read(path)["cells"]):
                    if words(one.value) != next(before, None):
                        return {"outcome": "figure", "notebook": path.stem, "how": f"cell {one.number}"}
                if next(before, None) is not None:
                    return {"outcome": "figure", "notebook": path.stem, "how": "less is shown"}
        return None

    def learn(self):
        """Run every notebook with the sound tables, and remember what it shows."""
        with self._reading(memory=True):
            for path in sorted(_run.folder().glob("*.ipynb")):
                cells = _run.read(path)["cells"]
                self.shown[path.stem] = [words(one.value) for one in _run._run(path.stem, cells)]

    @contextmanager
    def _reading(self, memory):
        """Notebooks read this folder; its tables are read once, and what was drawn from the same is known."""
        read = _validate.read_checked
        tables = read(_validate.places_in(self.folder))

        def known(places):
            return {name: tables[name].copy() for name in places}

        for looked_up in (_arms._project_sources, _references._project_references):
            looked_up.cache_clear()
        with ExitStack() as patched:
            patched.enter_context(mock.patch.object(_validate, "data_folder", lambda: self.folder))
            for module in (_load, _evidence):
                patched.enter_context(mock.patch.object(module, "read_checked", known))
            if memory:
                patched.enter_context(mock.patch.multiple(mv, **self._remembering()))
            yield
        for looked_up in (_arms._project_sources, _references._project_references):
            looked_up.cache_clear()

    def _remembering(self):
        """The public functions of figures, words and tables, each giving again what it gave for the same input."""
        return {
            name: _Remembering(getattr(mv, name), self.calls.setdefault(name, []))
            for name in set(mv._HOMES) - {"check", "DataError", "Chart", "style", "where"}
            if not name.startswith("load_")
        }


class _Remembering:
    """A function whose calls with the sound tables are known: equal input has equal output."""

    def __init__(self, function, calls):
        self.function, self.calls, self.at = function, calls, 0

    def __call__(self, *args, **options):
        given = (*args, *sorted(options.items()))
        at, self.at = self.at, self.at + 1
        if at < len(self.calls):
            before, result = self.calls[at]
            if _same(given, before):
                return copy.copy(result)
        result = self.function(*args, **options)
        if at == len(self.calls):
            self.calls.append((given, copy.copy(result)))
        return result


def _same(one, other):
    if type(one) is not type(other):
        return False
    if isinstance(one, pd.DataFrame | pd.Series):
        return one.equals(other) and (isinstance(one, pd.DataFrame) or one.name == other.name)
    if isinstance(one, tuple | list):
        return len(one) == len(other) and all(map(_same, one, other))
    return one is other or bool(one == other)


def words(value):
    """What nbval compares of a shown object, pixels apart."""
    if isinstance(value, Chart):
        return "\n".join([value.text, value.alt, *map(_reference, value.sources.to_dict("records"))])
    if hasattr(value, "_repr_mimebundle_"):
        return "\n".join(value._repr_mimebundle_().values())
    return value.to_html() if isinstance(value, pd.DataFrame) else repr(value)


def _sentences(found):
    return {_sentence(row) for _, row in found.iterrows()}


def _sentence(row):
    """A finding without the number of its row, which moves with the rows above it."""
    return re.sub(r", row \d+", "", sentence(row)) + row["level"] + row["trial"] + row["arm"]


@contextmanager
def _bounded():
    """Time and memory are limited; beyond either an exception is raised."""

    def expire(signum, frame):
        raise TimeoutError(f"took longer than {PATIENCE} s")

    before = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, before[1]))
    signal.signal(signal.SIGALRM, expire)
    signal.alarm(PATIENCE)
    try:
        yield
    finally:
        signal.alarm(0)
        resource.setrlimit(resource.RLIMIT_AS, before)


def all_kinds():
    return list(KINDS)
