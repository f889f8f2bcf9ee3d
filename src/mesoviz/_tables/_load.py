"""Load the evidence tables one by one, checked and joined."""

from mesoviz._tables._evidence import load_evidence as load_evidence
from mesoviz._tables._joins import join_comparisons, join_outcomes, join_sources, join_trials
from mesoviz._tables._validate import places_of, read_checked


def load_trials(path=None, *, therapies=None, sources=None):
    """Load the trials: one row a trial arm.

    Parameters
    ----------
    path : str, path-like, file object or DataFrame, optional
        Where the table is: a local CSV file, an open file, an https address or a frame. The default is
        the project's own table. What lies at an address of another kind, open yourself and pass the open
        file.
    therapies, sources : str, path-like, file object or DataFrame, optional
        The tables that the trials refer to. The default is the files beside `path`, or else the
        project's own.

    Returns
    -------
    DataFrame
        The columns of the table, and derived ones: the therapy's label, agent, backbone and class; a
        citation for every source; `patients`, what the arm adds to any total (its n, else the
        enrollment of a trial with one arm; nothing where that is unknown or the arm is part of
        another); and `unassigned`, the trial's patients who were enrolled but have no arm.

    Raises
    ------
    DataError
        If anything in the tables is wrong; it lists every problem.

    Examples
    --------
    >>> import mesoviz as mv
    >>> trials = mv.load_trials()
    >>> trials[["trial_label", "therapy_label", "os_median_months"]].columns.tolist()
    ['trial_label', 'therapy_label', 'os_median_months']
    """
    tables = read_checked(places_of("trials", path, {"therapies": therapies, "sources": sources}))
    return join_trials(tables["trials"], tables["therapies"], tables["sources"])


def load_landmarks(path=None, *, trials=None):
    """Load survival at fixed times: one row an arm, endpoint and month, as published.

    Parameters
    ----------
    path : str, path-like, file object or DataFrame, optional
        Where the table is; the default is the project's own.
    trials : str, path-like, file object or DataFrame, optional
        The trials it refers to. The default is the file beside `path`, or else the project's own.

    Returns
    -------
    DataFrame
        The columns of the table, those of the arm that figures need, and a citation.

    Raises
    ------
    DataError
        If anything in the tables is wrong; it lists every problem.

    Examples
    --------
    >>> import mesoviz as mv
    >>> mv.load_landmarks()["endpoint"].cat.categories.tolist()
    ['OS', 'PFS', 'irPFS']
    """
    return _load_outcomes("landmarks", path, trials)


def load_curves(path=None, *, trials=None):
    """Load survival curves: one row an arm, endpoint and month, reconstructed from published figures.

    Parameters
    ----------
    path : str, path-like, file object or DataFrame, optional
        Where the table is; the default is the project's own.
    trials : str, path-like, file object or DataFrame, optional
        The trials it refers to. The default is the file beside `path`, or else the project's own.

    Returns
    -------
    DataFrame
        The columns of the table, those of the arm that figures need, and a citation.

    Raises
    ------
    DataError
        If anything in the tables is wrong; it lists every problem.

    Examples
    --------
    >>> import mesoviz as mv
    >>> int(mv.load_curves()["month"].min())
    0
    """
    return _load_outcomes("curves", path, trials)


def load_comparisons(path=None, *, trials=None):
    """Load randomized comparisons: one row an analysis with its hazard ratio.

    Parameters
    ----------
    path : str, path-like, file object or DataFrame, optional
        Where the table is; the default is the project's own.
    trials : str, path-like, file object or DataFrame, optional
        The trials it refers to. The default is the file beside `path`, or else the project's own.

    Returns
    -------
    DataFrame
        The columns of the table, those of both arms that figures need, and a citation.

    Raises
    ------
    DataError
        If anything in the tables is wrong; it lists every problem.

    Examples
    --------
    >>> import mesoviz as mv
    >>> comparisons = mv.load_comparisons()
    >>> main = comparisons[comparisons["main_analysis"]]
    >>> bool(main.duplicated(["trial", "experimental_arm", "control_arm", "endpoint"]).any())
    False
    """
    tables = read_checked(places_of("comparisons", path, {"trials": trials}))
    joined = join_trials(tables["trials"], tables["therapies"], tables["sources"])
    return join_comparisons(tables["comparisons"], joined, tables["sources"])


def _load_outcomes(name, path, trials):
    tables = read_checked(places_of(name, path, {"trials": trials}))
    joined = join_trials(tables["trials"], tables["therapies"], tables["sources"])
    return join_outcomes(name, tables[name], joined, tables["sources"])


def load_therapies(path=None):
    """Load the therapies: label, agent, backbone, class and targets of each.

    Parameters
    ----------
    path : str, path-like, file object or DataFrame, optional
        Where the table is; the default is the project's own.

    Returns
    -------
    DataFrame

    Raises
    ------
    DataError
        If anything in the table is wrong; it lists every problem.

    Examples
    --------
    >>> import mesoviz as mv
    >>> mv.load_therapies()["therapy_class"].cat.ordered
    True
    """
    return read_checked(places_of("therapies", path))["therapies"]


def load_sources(path=None):
    """Load the sources: publications, registry records and pages that the figures rest on.

    Parameters
    ----------
    path : str, path-like, file object or DataFrame, optional
        Where the table is; the default is the project's own.

    Returns
    -------
    DataFrame
        The columns of the table, and a short `citation`, a full `reference` (of a page that quotes papers,
        with the first three of these) and a `link`.

    Raises
    ------
    DataError
        If anything in the table is wrong; it lists every problem.

    Examples
    --------
    >>> import mesoviz as mv
    >>> sources = mv.load_sources().set_index("source")
    >>> sources.loc["zalcman2016", "citation"]
    'Zalcman 2016'
    """
    return join_sources(read_checked(places_of("sources", path))["sources"])


def load_targets(path=None):
    """Load the target strategies: how each is meant to work, how far it has come, what is known.

    Parameters
    ----------
    path : str, path-like, file object or DataFrame, optional
        Where the table is; the default is the project's own.

    Returns
    -------
    DataFrame

    Raises
    ------
    DataError
        If anything in the table is wrong; it lists every problem.

    Examples
    --------
    >>> import mesoviz as mv
    >>> mv.load_targets()["stage"].cat.categories[0]
    'no human trial found'
    """
    return read_checked(places_of("targets", path))["targets"]


def load_claims(path=None):
    """Load the claims of public texts, each with its verdict and the evidence.

    Parameters
    ----------
    path : str, path-like, file object or DataFrame, optional
        Where the table is; the default is the project's own.

    Returns
    -------
    DataFrame

    Raises
    ------
    DataError
        If anything in the table is wrong; it lists every problem.

    Examples
    --------
    >>> import mesoviz as mv
    >>> mv.load_claims()["verdict"].cat.categories[0]
    'supported'
    """
    return read_checked(places_of("claims", path))["claims"]
