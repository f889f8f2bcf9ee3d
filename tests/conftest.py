"""Shared by all tests: the project's folders, and no settings of the person who runs them."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

# Figures must not depend on a person's own matplotlib settings; kernels started by tests inherit this.
os.environ.setdefault("MPLCONFIGDIR", str(ROOT / ".cache" / "matplotlib"))


@pytest.fixture
def root():
    """The project's root folder."""
    return ROOT
