"""Load all evidence tables at once."""

from typing import NamedTuple

import pandas as pd

from mesoviz._tables._joins import join_evidence
from mesoviz._tables._validate import places_in, read_checked


class Evidence(NamedTuple):
    """All tables, each read once and joined with the others."""

    trials: pd.DataFrame
    landmarks: pd.DataFrame
    curves: pd.DataFrame
    comparisons: pd.DataFrame
    therapies: pd.DataFrame
    sources: pd.DataFrame
    targets: pd.DataFrame
    target_figures: pd.DataFrame
    claims: pd.DataFrame
    claim_and_target_sources: pd.DataFrame
    known_exceptions: pd.DataFrame


def load_evidence(folder=None):
    """Load all tables at once, each read a single time and joined with the others.

    Parameters
    ----------
    folder : str or path-like, optional
        A folder with all tables; the default is the project's own.

    Returns
    -------
    Evidence
        A named tuple of frames: `trials`, `landmarks`, `curves`, `comparisons`, `therapies`, `sources`,
        `targets`, `target_figures`, `claims`, `claim_and_target_sources` and `known_exceptions`.

    Raises
    ------
    DataError
        If anything in the tables is wrong; it lists every problem of every table.

    Examples
    --------
    >>> import mesoviz as mv
    >>> evidence = mv.load_evidence()
    >>> evidence.landmarks["trial"].isin(evidence.trials["trial"]).all().item()
    True
    """
    return Evidence(**join_evidence(read_checked(places_in(folder))))
