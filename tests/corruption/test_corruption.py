"""Part of the corruptions of `make trust`: each kind is caught as before, and nothing else comes of it."""

import json
import re
import time
from pathlib import Path

import pytest
from judging import Judge, bounded, joined, loaders
from kinds import GROUPS, KINDS, corruption
from report import TEMPLATE
from sheets import DATA, sheet
from trust import EACH, EXPECTED, share_caught

import mesoviz as mv
from mesoviz._schema import TABLES

ROOT = Path(__file__).parents[2]
CAUGHT = json.loads(EXPECTED.read_text(encoding="utf-8"))

SHOWN = [name for name in KINDS if KINDS[name].group == "value" and "f" in CAUGHT.get(name, "")]


def first_caught(name):
    """The number of the first corruption of a kind that is expected to be caught by a rule, else at all."""
    letters = CAUGHT[name]
    return next(letters.index(letter) for letter in "rhf" if letter in letters)


@pytest.fixture(scope="module")
def judge(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT / "notebooks")
        yield Judge(tmp_path_factory.mktemp("corruption") / "data")


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_is_caught_as_before(judge, name):
    verdict = judge.judge(name, first_caught(name))
    assert verdict.held, verdict


@pytest.mark.parametrize("name", SHOWN[::3])  # running notebooks takes its time
def test_a_figure_shows_what_no_rule_finds(judge, name):
    verdict = judge.judge(name, CAUGHT[name].index("f"))
    assert verdict.held, verdict


def test_at_least_a_thousand_corruptions_of_forty_kinds_are_judged():
    assert set(CAUGHT) == set(KINDS) and len(KINDS) >= 40
    assert {name: len(letters) for name, letters in CAUGHT.items()} == {
        name: EACH[kind.group] for name, kind in KINDS.items()
    }
    assert sum(map(len, CAUGHT.values())) >= 1000


@pytest.mark.parametrize(("group", "share"), [("form", 1), ("file", 1), ("value", 0.95)])
def test_nearly_all_are_caught(group, share):
    letters = "".join(letters for name, letters in CAUGHT.items() if KINDS[name].group == group)
    assert share_caught(letters.replace("h", "")) >= share


def test_no_corruption_ends_in_anything_but_a_finding():
    assert set("".join(CAUGHT.values())) <= set("rfhu")


@pytest.mark.parametrize("name", TABLES)
def test_an_unchanged_table_is_written_back_as_it_was(name):
    assert sheet(name).as_bytes() == (DATA / f"{name}.csv").read_bytes()


@pytest.mark.parametrize("group", GROUPS)
def test_the_same_corruption_comes_of_the_same_seed(group):
    name = next(name for name, kind in KINDS.items() if kind.group == group)
    assert corruption(name, 3) == corruption(name, 3) != corruption(name, 4)


def test_sound_tables_are_given_as_they_are_loaded(judge):
    given = loaders(joined(judge.tables))
    for name in (name for name in mv._HOMES if name.startswith("load_") and name != "load_evidence"):
        assert given[name]().equals(getattr(mv, name)()), name


def test_no_figure_changes_where_no_table_does(judge):
    table, change = corruption(next(iter(KINDS)), 0)
    assert judge._by_figure(table, change, judge.tables) is None


def test_what_takes_too_long_is_ended():
    with pytest.raises(TimeoutError), bounded(patience=1):
        while True:
            time.sleep(0.05)


def test_the_page_says_what_its_template_says():
    page = (ROOT / "docs" / "trust.md").read_text(encoding="utf-8").splitlines()
    fixed = [line for line in TEMPLATE.read_text(encoding="utf-8").splitlines() if "{" not in line]
    assert [line for line in fixed if line not in page] == [], "run make trust"


def test_the_tests_that_the_page_names_exist():
    text = TEMPLATE.read_text(encoding="utf-8")
    code = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("*.py"))
    named = set(re.findall(r"`(test_\w+)`", text))
    assert named and [name for name in sorted(named) if f"def {name}(" not in code] == []
    files = set(re.findall(r"\btests/[\w/.]+", text))
    assert [name for name in sorted(files) if not (ROOT / name.rstrip(".")).exists()] == []
