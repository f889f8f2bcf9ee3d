"""The schema itself: complete, in words for people, and the same thing as the files."""

import re

import pytest
from data_helpers import rows_of

from mesoviz._schema import TABLES

KINDS = {"text", "count", "number", "yes/no", "choice", "list"}


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.name)
def test_the_columns_are_those_of_the_file(table):
    assert list(rows_of(table.name)[0]) == table.names


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.name)
def test_every_column_is_described_for_people(table):
    assert len(set(table.names + table.derived_names)) == len(table.names) + len(table.derived_names)
    assert table.title and table.row and table.description.endswith(".")
    for column in (*table.columns, *table.derived):
        assert column.kind in KINDS and column.title and column.description.endswith("."), column.name
        assert column.title[0].isupper() or not column.title[0].isalpha()
        assert (column.kind == "choice") <= bool(column.allowed)
        if column.kind in ("count", "number") and column in table.columns:
            assert column.minimum is not None and column.maximum is not None
        if column.name.endswith(("_months", "month")):
            assert column.unit == "months" or column in table.derived
        if column.name.endswith(("_pct", "ci_level")):
            assert column.unit == "%"


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.name)
def test_keys_and_references_name_columns(table):
    assert set(table.key) <= set(table.names)
    for reference in table.references:
        assert set(reference.columns) <= set(table.names)
        assert set(reference.keys) <= set(TABLES[reference.table].names)
        assert len(reference.columns) == len(reference.keys)


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.name)
def test_examples_have_the_form_they_are_examples_of(table):
    for column in table.columns:
        for example in filter(None, column.example.split(" or ")):
            assert re.fullmatch(column.pattern, example), column.name


def test_there_are_nine_therapy_classes_in_one_order():
    stored, derived = TABLES["therapies"]["therapy_class"], TABLES["trials"]["therapy_class"]
    assert stored.allowed == derived.allowed and stored.ordered and derived.ordered
    assert len(stored.allowed) == 9
    assert {row["therapy_class"] for row in rows_of("therapies")} == set(stored.allowed)


def test_every_source_column_has_a_citation():
    table = TABLES["trials"]
    sources = [name for name in table.names if name.endswith("_source")]
    assert [name.replace("_source", "_citation") for name in sources] == [
        name for name in table.derived_names if name.endswith("_citation")
    ]


@pytest.mark.parametrize(
    ("table", "column", "words"),
    [
        ("trials", "n", "a whole number of at least 1 and at most 100000, or empty"),
        ("trials", "os_median_months", "a number above 0 and at most 240, with a decimal point, or empty"),
        ("trials", "role", "one of experimental, control"),
        ("trials", "registry_id", "text such as NCT00651456, or empty"),
        ("comparisons", "main_analysis", "yes or no"),
        ("therapies", "target_ids", "keys with ; between, or empty"),
    ],
)
def test_what_a_cell_holds_is_said_in_words(table, column, words):
    assert TABLES[table][column].rule == words


def test_modules_of_the_schema_are_short():
    from pathlib import Path

    import mesoviz._schema

    for path in Path(mesoviz._schema.__file__).parent.glob("*.py"):
        assert len(path.read_text(encoding="utf-8").splitlines()) <= 250, path.name
