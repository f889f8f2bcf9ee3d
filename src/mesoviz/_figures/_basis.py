"""What an estimate rests on, as facts: how the trial was made, and where the number was read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mesoviz._figures import _arms
from mesoviz._page import _furniture, _given, _layout, _style, _words

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_PRIMARY = {
    "OS": ("OS", "OS and PFS"),
    "PFS": ("PFS or similar", "OS and PFS"),
    "response": ("response",),
    "disease control": ("disease control",),
}
_OWN_REPORT = ("primary", "update")
FACTS = {  # column: letter on a chart, words in its legend
    "blinded": ("B", "blinded"),
    "primary_endpoint": ("P", "this endpoint was the trial's primary one"),
    "own_report": ("R", "read in the trial's own peer-reviewed report"),
    "extracted_twice": ("2", "extracted twice, independently"),
}
FACTS_OF_ARMS = {"randomized": ("A", "allocated at random"), **FACTS}
_SHARE = 0.25  # width of the marks' panel, in widths of the axes beside it
_ROOMY, _ROOMY_BESIDE_NAMES = 60, 70  # type sizes across the page
_FROM_TRIAL = ("trial", "trial_label", "blinding", "primary_endpoint_type", "second_extraction")


def evidence_basis(
    frame: pd.DataFrame, endpoint: str | None = None, *, sources: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Tell what each estimate rests on, as facts and not as a grade.

    Parameters
    ----------
    frame : pandas.DataFrame
        Comparisons from `load_comparisons`, or arms from `load_trials`.
    endpoint : {"OS", "PFS", "response", "disease control"}, optional
        The arms' figure in question; comparisons tell their own.
    sources : pandas.DataFrame, optional
        From `load_sources`, for arms; by default the project's own.

    Returns
    -------
    pandas.DataFrame
        The rows of `frame` in their order and with their index: `trial`, `trial_label`, the arm or arms,
        `endpoint`; `randomized`, `blinding` with `blinded`, `primary_endpoint` (was this endpoint the
        trial's primary one), `n`, `source_kind` with `own_report` (read in a primary report or its update,
        not where another page quotes it), `extracted_twice`, `source` and `citation`. What is not stated is
        missing, never "no".

    Raises
    ------
    TypeError
        If `frame` is not a DataFrame.
    ValueError
        If it is empty or lacks columns, if arms come without an endpoint, or comparisons with one.

    Examples
    --------
    >>> import mesoviz as mv
    >>> comparisons = mv.load_comparisons()
    >>> basis = mv.evidence_basis(comparisons[comparisons["trial"].eq("determine")])
    >>> basis[["blinding", "primary_endpoint", "extracted_twice"]].to_numpy().tolist()
    [['double-blind', True, True]]
    """
    _given.require(frame, _FROM_TRIAL, "evidence_basis")
    if "hazard_ratio" in frame:
        if endpoint is not None:
            raise ValueError("evidence_basis: comparisons tell their own endpoint; leave the option out.")
        return _of_comparisons(frame)
    if endpoint is None:
        raise ValueError(
            f"evidence_basis: for arms, say the endpoint: {_words.listing(map(repr, _PRIMARY))}."
        )
    _given.choose(endpoint, _PRIMARY, "endpoint")
    return _of_arms(frame, endpoint, sources)


def beside(trials: pd.DataFrame, endpoint: str, sources: pd.DataFrame | None = None) -> dict[str, pd.Series]:
    """The facts that a figure of arms shows beside its numbers; none where the frame does not tell them."""
    if not {*_FROM_TRIAL, "design"} <= set(trials):
        return {}
    facts = evidence_basis(trials, endpoint, sources=sources)
    return {name: facts[name] for name in (*FACTS_OF_ARMS, "blinding", "source_kind")}


def words(row: dict[str, object]) -> str:
    """The facts of one row as a phrase."""
    said = [
        _either(row["randomized"], "randomized", "not randomized", "randomization not stated"),
        str(row["blinding"]) if pd.notna(row["blinding"]) else "blinding not stated",
        _either(
            row["primary_endpoint"],
            "primary endpoint",
            "not the primary endpoint",
            "primary endpoint not stated",
        ),
        f"source: {row['source_kind']}" if pd.notna(row["source_kind"]) else "kind of source not stated",
        _either(row["extracted_twice"], "extracted twice", "extracted once", "extraction not stated"),
    ]
    return ", ".join(said)


def roomy() -> bool:
    """Whether the page has room for the marks: on a slide the basis stands in the words alone."""
    style = _style.current()
    return style.width > _ROOMY * style.text


def draw(
    data: pd.DataFrame, axes: Axes, y: Sequence[float], facts: Mapping[str, tuple[str, str]] = FACTS
) -> None:
    """The facts that a row rests on, a small mark each: filled for yes, hollow for no."""
    style = _style.current()
    axes.set_xlim(-0.6, len(facts) - 0.4)
    axes.set_xticks(range(len(facts)), [letter for letter, _ in facts.values()])
    axes.grid(False)
    y, told = np.asarray(y, dtype=float), data[[*facts]].astype("boolean")
    for value, face, gid in ((True, _style.GRAY, "holds"), (False, "white", "does not hold")):
        rows, columns = np.nonzero(told.eq(value).to_numpy(dtype=bool, na_value=False))
        axes.scatter(
            columns, y[rows], s=(0.6 * style.marker) ** 2, facecolors=face, edgecolors=_style.GRAY,
            linewidths=0.8, gid=gid,
        )  # fmt: skip


def said(row: dict[str, object]) -> list[str]:
    """The facts of an arm as a sentence, where its frame tells them."""
    return [f"Rests on: {words(row)}."] if "source_kind" in row else []


def panels(data: pd.DataFrame) -> list[_layout.Panel]:
    """The panel of the marks beside a figure of arms, where there is room and the frame tells the facts."""
    style = _style.current()
    room = style.width > _ROOMY_BESIDE_NAMES * style.text
    return [_layout.Panel("Rests on", share=_SHARE)] if room and "source_kind" in data else []


def plot_share(panels: Sequence[_layout.Panel]) -> float:
    """Least share of the page for the axes: what they have alone, and the panel of the marks beside it."""
    return 0.34 * (1 + _SHARE) + 0.025 if panels else 0.34


def keys(data: pd.DataFrame, facts: Mapping[str, tuple[str, str]] = FACTS) -> list[_furniture.Key]:
    """The legend of a chart's marks: what filled and hollow mean where they occur, then the letters."""
    mark = {"marker": "o", "markeredgecolor": _style.GRAY, "markersize": 0.6 * _style.current().marker}
    told = data[[*facts]].astype("boolean")
    found = [
        _furniture.Key(words, {**mark, "markerfacecolor": face})
        for words, face, holds in (("yes", _style.GRAY, told), ("no", "white", ~told))
        if holds.any(axis=None)
    ]
    unknown = [_furniture.Key("none: not stated")] if told.isna().any(axis=None) else []
    letters = [_furniture.Key(f"{letter}: {meaning}") for letter, meaning in facts.values()]
    return [_furniture.Key("Rests on:", first=True), *found, *unknown, *letters]


def _either(value: object, yes: str, no: str, unknown: str) -> str:
    return unknown if pd.isna(value) else yes if value else no


def _of_comparisons(frame: pd.DataFrame) -> pd.DataFrame:
    columns = ["experimental_arm", "control_arm", "endpoint", "experimental_n", "control_n"]
    _given.require(frame, [*columns, "source_kind", "source", "citation"], "evidence_basis")
    return _facts(
        frame,
        {
            "experimental_arm": frame["experimental_arm"],
            "control_arm": frame["control_arm"],
            "endpoint": frame["endpoint"],
            "randomized": pd.Series(True, frame.index, dtype="boolean"),
            "n": frame["experimental_n"] + frame["control_n"],
            "source_kind": frame["source_kind"],
            "source": frame["source"],
            "citation": frame["citation"],
        },
    )


def _of_arms(frame: pd.DataFrame, endpoint: str, sources: pd.DataFrame | None) -> pd.DataFrame:
    key = "response" if endpoint == "disease control" else endpoint.lower()
    _given.require(frame, ["arm", "design", "n", f"{key}_source", f"{key}_citation"], "evidence_basis")
    table = _arms.listed_sources(sources, "kind")
    kinds = table.drop_duplicates("source").set_index("source")["kind"].astype("object")
    source = frame[f"{key}_source"]
    return _facts(
        frame,
        {
            "arm": frame["arm"],
            "endpoint": pd.Series(endpoint, frame.index, dtype="str"),
            "randomized": frame["design"].eq("randomized").astype("boolean").mask(frame["design"].isna()),
            "n": frame["n"],
            "source_kind": source.map(kinds).astype("str"),
            "source": source,
            "citation": frame[f"{key}_citation"],
        },
    )


def _facts(frame: pd.DataFrame, found: dict[str, pd.Series]) -> pd.DataFrame:
    """The facts in the order of the docstring; those that follow from others are worked out here."""
    kind = frame["primary_endpoint_type"].astype("object")
    primary = [
        pd.NA if pd.isna(aim) else aim in _PRIMARY.get(endpoint, ())
        for aim, endpoint in zip(kind, found["endpoint"], strict=True)
    ]
    facts = {
        **{
            name: found[name]
            for name in ("arm", "experimental_arm", "control_arm", "endpoint")
            if name in found
        },
        "randomized": found["randomized"],
        "blinding": frame["blinding"],
        "blinded": _yes_no(frame["blinding"], frame["blinding"].ne("open-label")),
        "primary_endpoint": pd.Series(primary, frame.index, dtype="boolean"),
        "n": found["n"],
        "source_kind": found["source_kind"],
        "own_report": _yes_no(found["source_kind"], found["source_kind"].isin(_OWN_REPORT)),
        "extracted_twice": _yes_no(frame["second_extraction"], frame["second_extraction"].eq("agrees")),
        "source": found["source"],
        "citation": found["citation"],
    }
    return frame[["trial", "trial_label"]].assign(**facts)


def _yes_no(known: pd.Series, holds: pd.Series) -> pd.Series:
    return holds.astype("boolean").mask(known.isna())
