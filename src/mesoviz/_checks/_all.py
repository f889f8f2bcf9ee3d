"""All semantic checks: those that follow from the schema, and those declared by theme."""

import difflib
from dataclasses import replace
from functools import cache

import numpy as np

from mesoviz._checks import (
    _across_tables,
    _intervals,
    _provenance,
    _responses,
    _slips,
    _survival_times,
    _trials,
)
from mesoviz._checks._rules import Found, Rule, rules_of, run
from mesoviz._schema import TABLES


def _key_rules(table):
    def repeated(rows):
        key = ", ".join(f"{{{name}}}" for name in table.key)
        message = f"The row repeats the key of another one: {key}."
        yield Found(rows.repeated(*table.key), table.key[-1], message)

    def shared(rows):
        for column in table.columns:
            if column.unique:
                again = rows.given(column.name) & rows.repeated(column.name)
                yield Found(again, column.name, f"{{{column.name}}} stands in another row as well.")

    yield Rule(
        "duplicate-key", table.name, "error", "No two rows have the same key.", repeated, (table.name,)
    )
    if any(column.unique for column in table.columns):
        about = "A label or identifier that names one row names no other."
        yield Rule("duplicate-value", table.name, "error", about, shared, (table.name,))


def _reference_rules(table):
    by_rule = {}
    for reference in table.references:
        by_rule.setdefault((reference.rule, reference.level, reference.table), []).append(reference)
    for (name, level, target), references in by_rule.items():

        def find(rows, *others, references=references):
            for reference in references:
                yield _dangling(rows, others[0] if others else rows, reference)

        columns = ", ".join(f"`{reference.columns[-1]}`" for reference in references)
        about = f"What is named in {columns} stands in {target}.csv."
        needs = (table.name,) if target == table.name else (table.name, target)
        yield Rule(name, table.name, level, about, find, needs)


def _dangling(rows, target, reference):
    """Rows that name a row which does not exist."""
    columns, keys = reference.columns, [target.text(name) for name in reference.keys]
    if len(columns) == 1:
        known = set(keys[0])
        lost = rows.by_text(columns[0], lambda text: text not in known, bool)
    else:
        lost = np.logical_and.reduce([rows.given(column) for column in columns])
        asked = list(zip(*(rows.text(column)[lost] for column in columns), strict=True))
        known = set(asked).intersection(zip(*keys, strict=True))
        lost[lost] = [key not in known for key in asked]

    def name(position):
        return " / ".join(rows.text(column)[position] for column in columns)

    hint = _hints(target.frame, list(reference.keys))
    message = f"There is no {{name}} in {reference.table}.csv{{hint}}"
    values = {"name": name, "hint": lambda place: hint(name(place))}
    return Found(lost, columns[-1], message, values)


def _hints(target, keys):
    """The end of the sentence about a name: a close choice is looked for only where that is quick."""

    @cache
    def choices():
        known = target[keys].dropna().itertuples(index=False, name=None)
        return list({" / ".join(key): None for key in known})

    hints = {}

    def hint(name):
        if name not in hints:
            quick = len(hints) < 20 and len(choices()) <= 2000
            close = difflib.get_close_matches(name, choices() if quick else [], n=1, cutoff=0.85)
            hints[name] = f"; is {close[0]} meant?" if close else "."
        return hints[name]

    return hint


def _declared():
    for table in TABLES.values():
        yield from _key_rules(table)
        yield from _reference_rules(table)
    for module in (
        _trials,
        _provenance,
        _intervals,
        _responses,
        _survival_times,
        _across_tables,
        _slips,
    ):
        yield from rules_of(module)


RULES = (
    *_declared(),
    Rule(
        "exception-names-rule",
        "known_exceptions",
        "error",
        "A known exception names a rule that its table has.",
        lambda exceptions: [_nameless(exceptions)],
        ("known_exceptions",),
    ),
    Rule(
        "exception-is-met",
        "known_exceptions",
        "implausible",
        "A known exception is still met: the rule is broken at its place.",
        # Only `check_tables` can tell, once all other rules have run.
        lambda exceptions: [],
        ("known_exceptions",),
    ),
)


def _nameless(exceptions):
    named = {(rule.table, rule.name) for rule in RULES}
    pairs = zip(exceptions.text("table"), exceptions.text("rule"), strict=True)
    rows = np.array([pair not in named for pair in pairs], dtype=bool)
    return Found(rows, "rule", "The table {table} has no rule called {rule}.")


def check_tables(tables, report, *, own_exceptions=False):
    """Run every rule whose tables are there and whose findings the report wants.

    With `own_exceptions` the known exceptions belong to these tables, so that one which is not met is
    itself reported.
    """
    exceptions = tables["known_exceptions"].frame if "known_exceptions" in tables else None
    rules = [rule for rule in RULES if report.wants(rule.level)]
    met = run(rules, tables, exceptions, report)
    if own_exceptions and exceptions is not None:
        judged = exceptions["table"].isin(list(tables))
        stale = judged & ~exceptions.index.isin(met)
        message = "The exception is no longer met: {rule} holds for {trial}, or no such row exists."
        found = [Found(stale, "rule", message)]
        run([replace(RULES[-1], find=lambda exceptions: found)], tables, None, report)
