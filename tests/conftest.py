"""Shared by all tests: no settings of the person who runs them, and baseline pictures."""

import base64
import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

# Figures must not depend on a person's own settings; the kernels that tests start inherit these.
os.environ.setdefault("MPLCONFIGDIR", str(ROOT / ".cache" / "matplotlib"))
os.environ.setdefault("IPYTHONDIR", str(ROOT / ".cache" / "ipython"))


def pytest_addoption(parser):
    parser.addoption("--update-pictures", action="store_true", help="re-make the baselines in tests/pictures")


@pytest.fixture
def root():
    """The project's root folder."""
    return ROOT


@pytest.fixture
def matches_baseline(request):
    """A function (name, PNG bytes) → whether the picture looks like tests/pictures/NAME.png."""
    from run_notebooks import pixels_agree

    def matches(name, png):
        baseline = ROOT / "tests" / "pictures" / f"{name}.png"
        fresh = base64.b64encode(png).decode()

        def agrees():
            return baseline.exists() and pixels_agree(base64.b64encode(baseline.read_bytes()).decode(), fresh)

        if request.config.getoption("--update-pictures") and not agrees():
            baseline.parent.mkdir(exist_ok=True)
            baseline.write_bytes(png)
        return agrees()

    return matches
