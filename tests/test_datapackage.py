"""The data package and the codebook: fresh, valid, and of one mind with our own checks."""

import json
import re

import pytest
from data_helpers import DATA, as_csv, copy_of_data, matching, rows_of
from frictionless import Package

import mesoviz as mv
from mesoviz._checks._all import RULES
from mesoviz._checks._codebook import codebook_text, data_package, package_text
from mesoviz._checks._faults import CELL_FAULTS, FILE_FAULTS
from mesoviz._schema import TABLES

MAPS = {"trial": "maps", "arm": "bevacizumab-pemetrexed-cisplatin"}


@pytest.mark.parametrize(
    ("name", "text"),
    [("datapackage.json", package_text), ("README.md", codebook_text)],
    ids=["package", "codebook"],
)
def test_what_is_written_is_fresh(name, text):
    stale = f"data/{name} is stale: run python -m mesoviz codebook"
    assert (DATA / name).read_bytes() == text().encode(), stale


def test_the_descriptor_is_valid_and_complete():
    package = Package(str(DATA / "datapackage.json"))
    assert Package.validate_descriptor(package.to_descriptor()).valid
    assert [resource.path for resource in package.resources] == [table.file for table in TABLES.values()]
    descriptor = data_package()
    assert descriptor["licenses"] and descriptor["sources"]
    for resource, table in zip(descriptor["resources"], TABLES.values(), strict=True):
        schema = resource["schema"]
        assert [field["name"] for field in schema["fields"]] == table.names
        assert schema["primaryKey"] == list(table.key) and schema["missingValues"] == [""]
        assert all(field["title"] and field["description"] for field in schema["fields"])


def test_the_descriptor_knows_the_references_between_tables():
    by_name = {resource["name"]: resource["schema"] for resource in data_package()["resources"]}
    keys = [
        (tuple(key["fields"]), key["reference"]["resource"]) for key in by_name["landmarks"]["foreignKeys"]
    ]
    assert keys == [(("trial", "arm"), "trials"), (("source",), "sources")]
    assert (("overlaps_trial",), "") in [
        (tuple(key["fields"]), key["reference"]["resource"]) for key in by_name["trials"]["foreignKeys"]
    ]


def test_a_second_validator_finds_the_given_tables_valid():
    report = Package(str(DATA / "datapackage.json")).validate()
    assert report.valid, report.flatten(["rowNumber", "fieldName", "note"])


# What both validators must refuse: a cell of a table, and what is written in it.
CORRUPTIONS = [
    ("trials", MAPS, "phase", "III"),
    ("trials", MAPS, "n", "many"),
    ("trials", MAPS, "n", "-1"),
    ("trials", MAPS, "n", "12.5"),
    ("trials", MAPS, "os_median_months", "18,8"),
    ("trials", MAPS, "grade3plus_ae_pct", "171"),
    ("trials", MAPS, "primary_endpoint_met", "TRUE"),
    ("trials", MAPS, "registry_id", "NCT123"),
    ("trials", MAPS, "first_patient", "02/2008"),
    ("trials", MAPS, "trial_label", "A label that no axis could hold"),
    ("trials", MAPS, "regimen", ""),
    ("trials", MAPS, "therapy", "Snake oil"),
    ("trials", MAPS, "os_source", "nobody1900"),
    ("landmarks", {"trial": "checkmate-743", "month": "12"}, "arm", "nobody"),
    ("landmarks", {"trial": "checkmate-743", "month": "12"}, "survival_pct", ""),
    ("curves", {"trial": "maps", "month": "9"}, "month", "8"),
    ("comparisons", {"trial": "maps"}, "hazard_ratio", "x"),
    ("comparisons", {"trial": "maps"}, "source", "nobody1900"),
    ("sources", {"source": "zalcman2016"}, "doi", "doi:10.1016"),
    ("sources", {"source": "zalcman2016"}, "source", "aerts2018"),
    ("therapies", {"therapy": "AZD4547"}, "therapy_label", "Abemaciclib"),
    ("targets", {"target_id": "kras"}, "stage", "phase 9"),
    ("target_figures", {"target_id": "kras"}, "target_id", "kra"),
    ("claims", {"claim": "c01"}, "claim", "c02"),
]


@pytest.mark.parametrize(("name", "where", "column", "text"), CORRUPTIONS)
def test_a_corrupted_copy_is_refused_by_both_validators(tmp_path, name, where, column, text):
    rows = rows_of(name)
    for row in matching(rows, where):
        row[column] = text
    copy_of_data(tmp_path)
    (tmp_path / f"{name}.csv").write_bytes(as_csv(name, rows).encode())
    (tmp_path / "datapackage.json").write_text(package_text(), encoding="utf-8")
    assert not Package(str(tmp_path / "datapackage.json")).validate().valid
    ours = mv.check(tmp_path)
    errors = ours[(ours["level"] == "error") & (ours["file"] == f"{name}.csv")]
    assert not errors.empty


def test_the_second_validator_is_not_needed_to_load():
    import subprocess
    import sys

    code = "import mesoviz, sys; mesoviz.load_evidence(); print('frictionless' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "False\n"


def test_the_codebook_has_every_table_column_and_rule():
    text = (DATA / "README.md").read_text(encoding="utf-8")
    for table in TABLES.values():
        assert f"## {table.file}\n" in text
        for name in (*table.names, *table.derived_names):
            assert f"| `{name}` |" in text
    for rule in {rule.name for rule in RULES} | set(FILE_FAULTS) | set(CELL_FAULTS):
        assert f"| `{rule}` |" in text


def test_the_tables_of_the_codebook_are_even():
    width = None
    for line in (DATA / "README.md").read_text(encoding="utf-8").splitlines():
        cells = len(re.findall(r"(?<!\\)\|", line)) if line.startswith("|") else None
        assert width is None or cells is None or cells == width, line
        width = cells


def test_the_descriptor_is_plain_json():
    assert json.loads((DATA / "datapackage.json").read_text(encoding="utf-8")) == data_package()
