"""The table of Pythons and packages: what it covers, and how it judges."""

import re
import tomllib
from argparse import Namespace
from pathlib import Path

import matrix
import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
OURS, BROKEN = matrix.SETS[0], next(one for one in matrix.SETS if one.instead)


def test_every_python_we_name_is_tested_with_the_pins():
    named = {line.rpartition(" ")[2] for line in PROJECT["classifiers"] if re.search(r":: 3\.\d+$", line)}
    assert {one.python for one in matrix.SETS if one.options == OURS.options and not one.instead} == named


def test_the_page_about_it_lists_every_set():
    page = (ROOT / "docs" / "reproducible.md").read_text(encoding="utf-8")
    assert [one.name for one in matrix.SETS if f"`{one.name}`" not in page] == []


@pytest.mark.parametrize("one", [one for one in matrix.SETS if one.instead], ids=lambda one: one.name)
def test_a_broken_bound_is_one_of_ours(one):
    instead = Requirement(one.instead)
    (ours,) = (line for line in map(Requirement, PROJECT["dependencies"]) if line.name == instead.name)
    version = str(instead.specifier).removeprefix("==").replace("*", "99")
    assert not SpecifierSet(str(ours.specifier)).contains(version)


def test_a_broken_bound_keeps_all_other_pins(tmp_path, monkeypatch):
    monkeypatch.setattr(matrix, "FOLDER", tmp_path)
    _, pins, _, override = matrix.broken_bound(BROKEN)
    left = set(matrix.PINS.read_text().splitlines()) - set(pins.read_text().splitlines())
    assert {line.partition("==")[0] for line in left} == {Requirement(BROKEN.instead).name}
    assert override.read_text() == BROKEN.instead


@pytest.mark.parametrize(
    ("one", "last_line", "result", "as_expected"),
    [
        (OURS, "9 passed", "9 passed", True),
        (OURS, "1 failed, 8 passed", "FAILED: 1 failed, 8 passed", False),
        (OURS, "8 passed, 1 error", "FAILED: 8 passed, 1 error", False),
        (OURS, "8 passed, 1 skipped", "8 passed, 1 skipped", True),
        (OURS, "no module named pytest", "FAILED: no module named pytest", False),
        (BROKEN, "1 failed, 8 passed", "differs, as it must: 1 failed, 8 passed", True),
        (BROKEN, "no module named pytest", "FAILED: no module named pytest", False),
        (BROKEN, "9 passed", f"PASSED, so {BROKEN.instead} could be allowed: 9 passed", False),
    ],
)
def test_it_judges(one, last_line, result, as_expected):
    assert matrix.judge(one, last_line) == (result, as_expected)


def test_a_python_that_is_not_here_is_said_and_ends_with_a_code_of_its_own():
    cells, code = matrix.line(matrix.Set("future", "3.99"), Namespace(quick=True, jobs=1))
    assert cells[0] == "future" and cells[-1].startswith("SKIPPED") and len(cells) == len(matrix.COLUMNS)
    assert matrix.exit_code([0, code]) == code != 0
    assert matrix.exit_code([0, code, matrix.FAILED]) == matrix.FAILED != code
