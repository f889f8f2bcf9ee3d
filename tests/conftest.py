"""Shared by all tests: the project's folders, and no settings of the person who runs them."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

# Figures must not depend on a person's own settings; the kernels that tests start inherit these.
os.environ.setdefault("MPLCONFIGDIR", str(ROOT / ".cache" / "matplotlib"))
os.environ.setdefault("IPYTHONDIR", str(ROOT / ".cache" / "ipython"))


@pytest.fixture
def root():
    """The project's root folder."""
    return ROOT
