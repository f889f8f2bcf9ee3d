"""Shared by all tests: no settings of the person who runs them, and baseline pictures."""

import base64
import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

# Figures must not depend on a person's own settings; the kernels that tests start inherit these.
os.environ.setdefault("MPLCONFIGDIR", str(ROOT / ".cache" / "matplotlib"))
os.environ.setdefault("IPYTHONDIR", str(ROOT / ".cache" / "ipython"))
os.environ.pop("PYTHONSTARTUP", None)


def pytest_addoption(parser):
    parser.addoption("--update-pictures", action="store_true", help="re-make the baselines in tests/pictures")


@pytest.fixture
def assert_picture(request, tmp_path):
    """A function (name, PNG bytes) that fails where the picture does not look like its baseline."""
    from notebook_outputs import pixels_agree

    def check(name, png):
        baseline, fresh = ROOT / "tests" / "pictures" / f"{name}.png", tmp_path / f"{name}.png"
        stored = baseline.read_bytes() if baseline.exists() else b""
        agrees = stored and pixels_agree(*(base64.b64encode(one).decode() for one in (stored, png)))
        if not agrees and request.config.getoption("--update-pictures"):
            baseline.parent.mkdir(exist_ok=True)
            baseline.write_bytes(png)
        elif not agrees:
            fresh.write_bytes(png)
            pytest.fail(f"compare {fresh} with {baseline}; where the change is meant: make pictures")

    return check
