"""Load the evidence tables."""

from pathlib import Path

import pandas as pd

from ._joins import dtype_of, join_all
from ._schema import TABLES


def _folder():
    beside = Path(__file__).parent / "data"
    return beside if beside.is_dir() else Path(__file__).parents[2] / "data"


def _read(name):
    table = TABLES[name]
    raw = pd.read_csv(_folder() / table.file, dtype="str", keep_default_na=False, na_values=[""])
    yes_no = {"yes": True, "no": False}
    return pd.DataFrame(
        {
            c.name: raw[c.name].map(yes_no).astype("boolean")
            if c.kind == "yes/no"
            else raw[c.name].astype(dtype_of(c))
            for c in table.columns
        }
    )


def _all():
    return join_all({name: _read(name) for name in TABLES})


def load_trials(path=None, *, therapies=None, sources=None):
    return _all()["trials"]


def load_landmarks(path=None, *, trials=None):
    return _all()["landmarks"]


def load_curves(path=None, *, trials=None):
    return _all()["curves"]


def load_comparisons(path=None, *, trials=None):
    return _all()["comparisons"]


def load_therapies(path=None):
    return _all()["therapies"]


def load_sources(path=None):
    return _all()["sources"]


def load_targets(path=None):
    return _all()["targets"]


def load_claims(path=None):
    return _all()["claims"]


def load_evidence(folder=None):
    from types import SimpleNamespace

    return SimpleNamespace(**_all())
