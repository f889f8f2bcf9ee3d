"""All semantic checks: those that follow from the schema, and those declared by theme."""

import difflib
from dataclasses import replace

import pandas as pd

from mesoviz._checks import _across_tables, _intervals, _provenance, _responses, _survival_times, _trials
from mesoviz._checks._rules import Found, Rule, rules_of, run
from mesoviz._schema import TABLES


def _key_rules(table):
    def repeated(frame):
        key = list(table.key)
        message = "The row repeats the key of another one: " + ", ".join(f"{{{name}}}" for name in key) + "."
        yield Found(frame.duplicated(key), key[-1], message)

    def shared(frame):
        for column in table.columns:
            if column.unique:
                values = frame[column.name]
                again = values.notna() & values.duplicated()
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

        def find(frame, *others, references=references):
            for reference in references:
                yield _dangling(frame, others[0] if others else frame, reference)

        columns = ", ".join(f"`{reference.columns[-1]}`" for reference in references)
        about = f"What is named in {columns} stands in {target}.csv."
        needs = (table.name,) if target == table.name else (table.name, target)
        yield Rule(name, table.name, level, about, find, needs)


def _dangling(frame, target, reference):
    """Rows that name a row which does not exist."""
    given, known = frame[list(reference.columns)], target[list(reference.keys)]
    if len(reference.keys) == 1:
        found = given.iloc[:, 0].isin(known.iloc[:, 0])
    else:
        keys = set(known.itertuples(index=False, name=None))
        found = [key in keys for key in given.itertuples(index=False, name=None)]
        found = pd.Series(found, index=frame.index, dtype=bool)
    missing = given.notna().all(axis=1) & ~found
    names = hints = pd.Series("", index=frame.index)
    if missing.any():
        names = _in_words(given[missing])
        hints = names.map(_hints(names.unique(), _in_words(known.dropna()).unique()))
        names, hints = names.reindex(frame.index), hints.reindex(frame.index)
    message = f"There is no {{name}} in {reference.table}.csv{{hint}}"
    return Found(missing, reference.columns[-1], message, {"name": names, "hint": hints})


def _in_words(keys):
    words = [" / ".join(key) for key in keys.itertuples(index=False, name=None)]
    return pd.Series(words, index=keys.index, dtype="str")


def _hints(names, choices):
    """For each name the end of its sentence; a close choice is looked for only where that is quick."""
    hints = dict.fromkeys(names, ".")
    for name in names[:20] if len(choices) <= 2000 else []:
        if close := difflib.get_close_matches(name, choices, n=1, cutoff=0.85):
            hints[name] = f"; is {close[0]} meant?"
    return hints


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
    pairs = zip(exceptions["table"].astype("str"), exceptions["rule"], strict=True)
    rows = pd.Series([pair not in named for pair in pairs], index=exceptions.index, dtype=bool)
    return Found(rows, "rule", "The table {table} has no rule called {rule}.")


def check_tables(tables, report, *, own_exceptions=False, errors_only=False):
    """Run every rule whose tables are there, or only those that make loading fail.

    With `own_exceptions` the known exceptions belong to these tables, so that one which is not met is
    itself reported.
    """
    exceptions = tables["known_exceptions"].frame if "known_exceptions" in tables else None
    rules = [rule for rule in RULES if rule.level == "error" or not errors_only]
    met = run(rules, tables, exceptions, report)
    if own_exceptions and exceptions is not None:
        judged = exceptions["table"].isin(list(tables))
        stale = judged & ~exceptions.index.isin(met)
        message = "The exception is no longer met: {rule} holds for {trial}, or no such row exists."
        found = [Found(stale, "rule", message)]
        run([replace(RULES[-1], find=lambda exceptions: found)], tables, None, report)
