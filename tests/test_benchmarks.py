"""The benchmarks run, on small sizes, and their page says what was measured. Nothing here is timed."""

import json
import subprocess
import sys
from functools import partial
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module", autouse=True)
def package():
    """The benchmarks stand beside the package, not in it."""
    sys.path.insert(0, str(ROOT))
    yield
    sys.path.remove(str(ROOT))


@pytest.fixture(scope="module")
def rows():
    from benchmarks.__main__ import declared

    return [row for module in declared().values() for row in module.ROWS]


def work(number):
    """A contender: what it makes ready, and then does."""
    return partial(sorted, list(range(number)))


def row_of(what, **options):
    from benchmarks._run import Row

    side = {"limit": "half of it", "ours": partial(work, 2000), "floor": partial(work, 1000)}
    return Row(what, **side | {"aim": 100.0} | options)


def test_every_row_says_what_it_is_held_against(rows):
    names = [row.what for row in rows]
    assert len({*names}) == len(names) and {"`import mesoviz`", "`pool`, 10,000 comparisons"} <= {*names}
    for row in rows:
        assert row.limit and row.aim > 0 and not {"|", "\n"} & {*row.what, *row.limit}


def test_two_sides_are_measured_in_processes_of_their_own():
    from benchmarks._run import compare

    row = row_of("sorting", memory=2.0, steps={"all of it": "sorted"})
    result = compare(row, repeat=1)
    assert result["seconds"] > 0 and result["limit_seconds"] > 0 and result["memory"] >= 0
    assert result["ratio"] == result["seconds"] / result["limit_seconds"]
    assert set(result["steps"]) == {"all of it"}


def test_code_is_timed_as_a_whole_process_and_its_failure_is_raised():
    from benchmarks._run import measure

    assert measure("import json").memory is None
    with pytest.raises(subprocess.CalledProcessError):
        measure("raise SystemExit(1)")


def test_the_page_says_what_was_measured_and_what_is_over_its_aim(monkeypatch, tmp_path):
    from benchmarks import _report

    monkeypatch.setattr(_report, "RESULTS", tmp_path / "results.json")
    monkeypatch.setattr(_report, "PAGE", tmp_path / "speed.md")
    rows = [
        row_of("loading few", size=100, memory=2.0, aim=3.0),
        row_of("loading many", size=300, memory=2.0, aim=3.0, why="it is long"),
    ]
    measured = {"limit_seconds": 1.0, "limit_memory": 1e6}
    results = {
        "loading few": measured | {"ratio": 2.0, "seconds": 2.0, "memory": 1e6},
        "loading many": measured | {"ratio": 4.0, "seconds": 4.0, "memory": 3e6, "steps": {"reading": 0.25}},
        "gone": measured,
    }
    _report.store({"What loading costs": rows, "What else": [row_of("never run")]}, results)
    page = _report.PAGE.read_text("utf-8")
    assert "| loading few | half of it | ≤ 3 | 2.00 | 2 / 1 s | 1.00 (≤ 2): 1 / 1 MB |" in page
    assert "Over their aims are:\n\n- loading many: it is long.\n" in page
    assert "\n## What loading costs\n" in page and "What else" not in page and "never run" not in page
    assert "loading many: reading 25 %" in page
    # 2 s for 200 arms more: 10 ms an arm, so 600,000 take about 6,000 s.
    assert "each further arm costs 10000 µs" in page and "in about 6001 s" in " ".join(page.split())
    assert set(json.loads(_report.RESULTS.read_text())["rows"]) == {"loading few", "loading many"}
    assert set(_report.stored()) == {"loading few", "loading many"}


def test_a_table_made_of_our_own_trials_is_sound_at_any_size(tmp_path):
    import mesoviz as mv
    from benchmarks.load import write_trials

    trials = mv.load_trials(write_trials(tmp_path / "trials.csv", 800))
    assert len(trials) >= 800 and trials["trial_label"].nunique() == trials["trial"].nunique()


@pytest.mark.parametrize("fault", ["one cell", "one rule", "one unknown name", "four cells, no two alike"])
def test_a_wrong_table_is_refused_as_the_benchmark_wants_it(monkeypatch, tmp_path, fault):
    from benchmarks import load

    monkeypatch.setattr(load, "_FOLDER", tmp_path)
    load.load_wrong(300, fault)()
    load.read_wrong(300, fault)()


def test_what_loading_is_held_against_reads_the_same_cells():
    import mesoviz as mv
    from benchmarks import load

    trials, *_ = load.read(0)()
    own = mv.load_trials()
    assert len(trials) == len(own) and trials["n"].equals(own["n"])


def test_pooling_by_hand_gives_what_pool_gives():
    from benchmarks import pool

    pooled = pool.pool(60)()
    limits, *ratios = pool.by_hand(60)()
    found = pooled[["hazard_ratio", "low", "high"]].to_numpy()
    assert np.allclose(found, ratios, rtol=1e-6, atol=0) and len(limits) == 2
