"""Whatever a file holds, reading it takes bounded time and memory, and the message about it stays short."""

import io
import itertools
import sys
import tracemalloc
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from data_helpers import DATA, TABLES

import mesoviz as mv
from mesoviz._checks._problems import KEPT, Report
from mesoviz._schema._model import Column
from mesoviz._tables import _bytes, _convert, _read

ROOT = Path(__file__).resolve().parents[1]
HEADER, *LINES = (DATA / "therapies.csv").read_text("utf-8").splitlines(keepends=True)
SIZE = 20_000


def everything(number):
    return {name: f"Junk {name} {number}" for name in TABLES["trials"].names}


# How a table is wrong in every row, and how many rows it has.
WRONG = {
    "one cell": (lambda number: {"os_median_months": "NR"}, SIZE),
    "one rule": (lambda number: {"os_status": "reported", "os_median_months": ""}, SIZE),
    "one unknown name": (lambda number: {"os_source": f"nobody{number}"}, SIZE),
    "every cell, no two alike": (everything, 4_000),
}


@pytest.fixture(scope="module")
def write_trials():
    sys.path.insert(0, str(ROOT))
    from benchmarks.load import write_trials

    yield write_trials
    sys.path.remove(str(ROOT))


def peak_of(work):
    """The peak of memory that a call takes, and what it gives."""
    tracemalloc.start()
    try:
        result = work()
        return tracemalloc.get_traced_memory()[1], result
    finally:
        tracemalloc.stop()


def refused(path):
    with pytest.raises(mv.DataError) as caught:
        mv.load_trials(path)
    return caught.value


@pytest.mark.parametrize("fault", WRONG)
def test_a_large_table_wrong_in_every_row_is_described_by_its_first_rows(write_trials, tmp_path, fault):
    spoil, size = WRONG[fault]
    path = write_trials(tmp_path / "trials.csv", size, spoil)
    limit, _ = peak_of(lambda: pd.read_csv(path, low_memory=False))
    peak, error = peak_of(lambda: refused(path))
    lines = str(error).splitlines()
    assert error.total >= size and lines[0] == f"{error.total} problems in the data"
    assert len(lines) == 102 and lines[-1] == f"- and {error.total - 100} more"
    assert len(error.problems) < error.total
    assert peak <= 2 * limit


def test_a_large_sound_table_takes_little_more_memory_than_reading_it(write_trials, tmp_path):
    path = write_trials(tmp_path / "trials.csv", SIZE)
    limit, _ = peak_of(lambda: pd.read_csv(path))
    peak, trials = peak_of(lambda: mv.load_trials(path))
    assert len(trials) >= SIZE and peak <= 2 * limit


def test_rows_of_a_wrong_length_are_counted(write_trials, tmp_path):
    path = write_trials(tmp_path / "trials.csv", SIZE)
    path.write_bytes(path.read_bytes().replace(b"\n", b",\n").replace(b",\n", b"\n", 1))
    error = refused(path)
    assert set(error.problems["rule"]) == {"row-length"} and error.total >= SIZE
    assert len(error.problems) == KEPT and len(str(error).splitlines()) == 102


def test_only_so_many_distinct_texts_are_explained_but_all_are_counted():
    lines = [LINES[0].replace(LINES[0].split(",")[4], f"Magic {number}") for number in range(KEPT + 500)]
    with pytest.raises(mv.DataError) as caught:
        mv.load_therapies(io.StringIO(HEADER + "".join(lines)))
    assert caught.value.total == KEPT + 500 and len(caught.value.problems) == KEPT


def rules_of(data):
    report = Report()
    assert _read.read_raw(TABLES["therapies"], io.BytesIO(data), report) is None
    return [finding.rule for finding in report.findings]


def test_a_file_of_too_many_rows_is_refused(monkeypatch):
    monkeypatch.setattr(_bytes, "_MOST_ROWS", 100)
    assert rules_of(HEADER.encode() + b"\n" * 200) == ["file-too-large"]


def test_a_first_row_without_end_is_refused():
    assert rules_of(b"x" * 200_000) == ["header-missing"]
    assert rules_of(HEADER.encode().rstrip() + b",y" * 60_000) == ["header-missing"]


def test_many_columns_that_are_unknown_or_named_twice_are_told_quickly():
    many = "".join(f",column_{number}" for number in range(8_000))
    assert set(rules_of((HEADER.rstrip() + many + "\n").encode())) == {"column-unknown"}
    assert set(rules_of((HEADER.rstrip() + many + many + "\n").encode()[:99_000] + b"\n")) == {
        "column-unknown",
        "header-duplicated",
    }


QUOTED = [b'a,"b\nc",d\n', b'"a"",",b\n\n"', b'"a" b,c\n', b"a,b\n" * 9 + b'c"', b'"",""\n"x,\n', b"a\n\n,\n"]


@pytest.mark.parametrize("data", QUOTED)
def test_the_size_of_a_block_changes_nothing(monkeypatch, data):
    results = []
    for size in (1, 2, 3, 7, 1 << 18):
        monkeypatch.setattr(_bytes, "_BLOCK", size)
        report = Report()
        records = _bytes.records("x.csv", data, report)
        results.append((None if records is None else np.stack(records).tolist(), report.findings))
    assert all(result == results[0] for result in results)


@pytest.mark.parametrize("size", [4, 5, 6, 7])
def test_a_letter_that_two_blocks_share_is_read_whole(monkeypatch, size):
    monkeypatch.setattr(_bytes, "_BLOCK", size)
    sound = "aé貝🙂 ≥ü".encode() * 3
    assert _bytes._not_utf8(sound) is None
    for place in range(len(sound)):
        broken = sound[:place] + b"\xff" + sound[place:]
        with pytest.raises(UnicodeDecodeError) as caught:
            broken.decode()
        assert _bytes._not_utf8(broken) == caught.value.start


def test_plain_texts_are_judged_as_the_pattern_judges_them():
    plain = [chr(code) for code in range(128)]
    for first, last in itertools.product(plain, plain):
        for text in (first + last, first + "x" + last):
            assert _convert._is_clean(text) == (
                bool(_convert._CLEAN.fullmatch(text)) and text not in _convert._MISSING_IN_TEXT
            )


@pytest.mark.parametrize("pattern", ["", "[a-z ]*", "(?s:.+)"])
def test_a_shortcut_for_plain_texts_changes_no_judgment(pattern, monkeypatch):
    ends = [chr(code) for code in range(129)]
    texts = ["", *ends, *(f"{first}{text}{last}" for first in ends for last in ends for text in ("", "xx"))]
    texts += [*_convert._MISSING_IN_TEXT, "nano", "four\n", "fourÃ©"]
    column = Column("name", "text", "Name", "A name.", pattern=pattern, max_length=3)
    good, _ = _convert._read_texts(column, texts)
    monkeypatch.setattr(_convert, "_PLAIN", "(?!){}{}")  # matches nothing
    assert np.array_equal(good, _convert._read_texts(column, texts)[0])
    assert 0 < good.sum() < len(texts)
