"""The index: each name leads to the sections that speak of it, and every public text's therapy has one."""

import json

import pytest
from conftest import ROOT
from drawn import table

import mesoviz as mv
from mesoviz._figures._where import where


def _notebook(folder, name, *cells):
    made = [{"cell_type": kind, "source": source} for kind, source in cells]
    (folder / name).write_text(json.dumps({"cells": made}), encoding="utf-8")


@pytest.fixture
def folder(tmp_path):
    _notebook(tmp_path, "00-start.ipynb", ("markdown", "# Start\nGanetespib"))
    _notebook(
        tmp_path,
        "02-second.ipynb",
        ("markdown", "# Second: what now?\nNothing here."),
        ("markdown", "## Which drugs?"),
        ("code", 'mv.select(trials, agent=["Ganetespib", "NGR-hTNF"])\n# Not a heading'),
        ("markdown", "### Deeper\nSubtle p53x work.\n```\n# Fenced\n```\nGene therapy, in a way."),
        ("markdown", "## Sources\nGanetespib"),
    )
    _notebook(tmp_path, "01-first.ipynb", ("markdown", ["# First\n", "GANETESPIB came first."]))
    return tmp_path


def test_names_are_found_in_prose_and_code_in_the_order_of_the_notebooks(folder):
    found = where(["Ganetespib (lung cancer)"], folder=folder)
    assert found.to_numpy().tolist() == [
        ["Ganetespib", "01-first", "First", "01-first.ipynb#First"],
        ["Ganetespib", "02-second", "Which drugs?", "02-second.ipynb#Which-drugs?"],
    ]


def test_deeper_headings_and_fenced_lines_make_no_section(folder):
    assert where(["gene therapy"], folder=folder)["section"].tolist() == ["Which drugs?"]


def test_a_name_is_found_whole_only(folder):
    found = where(["p53", "NGR"], folder=folder)
    assert found["name"].tolist() == ["p53", "NGR"]
    assert found["section"].isna().tolist() == [True, False]


def test_a_name_is_listed_once_and_an_aside_not_at_all(folder):
    found = where(
        ["Ganetespib", "(epidemiology)", "Ganetespib + pemetrexed", "NGR-hTNF, ganetespib"], folder=folder
    )
    assert list(dict.fromkeys(found["name"])) == ["Ganetespib", "NGR-hTNF"]


def test_a_single_name_may_be_given_as_it_is(folder):
    assert where("NGR-hTNF", folder=folder)["notebook"].tolist() == ["02-second"]


def test_a_folder_without_notebooks_is_refused(tmp_path):
    with pytest.raises(FileNotFoundError, match="no notebook to look into"):
        where(["x"], folder=tmp_path)


def test_every_therapy_of_the_public_texts_is_found_in_a_section():
    rows = table(ROOT / "data" / "claims.csv")
    names = [row["therapy"] for row in rows]
    found = where(names, folder=ROOT / "notebooks")
    assert not found["section"].isna().any(), found[found["section"].isna()]["name"].tolist()
    subjects = {name for name in names if not name.startswith("(")}
    assert all(any(name.startswith(known) for known in set(found["name"])) for name in subjects)


def test_links_lead_to_notebooks_and_headings_that_are_there():
    found = where(mv.load_claims()["therapy"], folder=ROOT / "notebooks").dropna()
    for row in found.to_dict("records"):
        file, _, anchor = row["link"].partition("#")
        cells = json.loads((ROOT / "notebooks" / file).read_text(encoding="utf-8"))["cells"]
        assert any(
            line.lstrip("# ").replace(" ", "-") == anchor
            for cell in cells
            for line in "".join(cell["source"]).splitlines()
            if line.startswith("#")
        )
