"""A copy of all that a notebook needs, in which tables may be changed, and nbval over its notebooks."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
_COPIED = ("pyproject.toml", "src", "data", "notebooks", "tests/nbval_sanitize.cfg")


def copied(folder):
    """Copy the project's parts into a folder; the folder."""
    for name in _COPIED:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / name).is_dir():
            ignored = shutil.ignore_patterns("__pycache__", ".ipynb_*")
            shutil.copytree(ROOT / name, folder / name, ignore=ignored)
        else:
            shutil.copy(ROOT / name, folder / name)
    return folder


def nbval(copy, notebook):
    """Compare one notebook of a copy, with its package, up to the first difference: code and output."""
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST_")}
    options = ["-x", "--color=no", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, f"notebooks/{notebook}.ipynb"],
        cwd=copy,
        env=inherited | {"PYTHONPATH": str(copy / "src")},
        capture_output=True,
        text=True,
    )
    return done.returncode, done.stdout
