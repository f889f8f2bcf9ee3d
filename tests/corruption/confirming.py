"""Corruptions that a figure caught, confirmed by nbval: the stored outputs of the notebook no longer hold."""

import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from kinds import corruption

ROOT = Path(__file__).parents[2]
COPIED = ("pyproject.toml", "src", "data", "notebooks", "tests/nbval_sanitize.cfg")
WANTED = 10


def worth_confirming(verdicts):
    """Ten corruptions caught by a figure: of every notebook that caught one, and of as many kinds."""
    caught = [one for one in verdicts if one.outcome == "figure"]
    chosen = []
    while caught and len(chosen) < WANTED:
        chosen.append(min(caught, key=lambda one: _met(one, chosen)))
        caught.remove(chosen[-1])
    return chosen


def _met(one, chosen):
    """How often its notebook and its kind were chosen already."""
    return (
        sum(one.notebook == other.notebook for other in chosen),
        sum(one.kind == other.kind for other in chosen),
    )


def confirmed(verdicts, folder, jobs):
    """Each of the verdicts, and whether nbval fails the notebook at the cell that showed it."""
    with ThreadPoolExecutor(jobs) as pool:  # each waits for a process of its own
        return list(zip(verdicts, pool.map(lambda one: _fails(one, folder), verdicts), strict=True))


def _fails(verdict, folder):
    copy = folder / f"{verdict.kind}-{verdict.number}".replace(" ", "-")
    for name in COPIED:
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / name).is_dir():
            shutil.copytree(
                ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__", ".ipynb_*")
            )
        else:
            shutil.copy(ROOT / name, copy / name)
    table, change = corruption(verdict.kind, verdict.number)
    (copy / "data" / f"{table}.csv").write_bytes(change.data)
    code, printed = nbval(copy, verdict.notebook)
    shutil.rmtree(copy)
    return code == 1 and "Cell outputs differ" in printed


def nbval(copy, notebook):
    """Run nbval over one notebook of a copy of the project, up to the first difference."""
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST_")}
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-x",
            "-q",
            "--color=no",
            "-p",
            "no:cacheprovider",
            f"notebooks/{notebook}.ipynb",
        ],
        cwd=copy,
        env=inherited | {"PYTHONPATH": str(copy / "src")},
        capture_output=True,
        text=True,
    )
    return done.returncode, done.stdout
