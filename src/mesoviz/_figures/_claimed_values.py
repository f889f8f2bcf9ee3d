"""Figures that public texts gave, beside the figures that were found: a dumbbell a statement."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import matplotlib as mpl
import numpy as np
import pandas as pd

from mesoviz._figures import _arms, _references
from mesoviz._figures._claims import COLUMNS
from mesoviz._page import _furniture, _given, _layout, _style, _words
from mesoviz._page._chart import ALT_LENGTH, Chart

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

CAVEAT = (
    "Each unit has a scale of its own: distances may be compared within a unit only. A verdict judges the "
    "whole sentence, not its figure alone."
)
FOUND = "#1f5f99"
YEAR = "calendar year"
# A text that sets a limit names no figure that a found one could miss.
_LIMITS = {
    "less than": r"(?:less|fewer) than|under|below|at most|no more than|up to",
    "more than": r"(?:more|greater) than|over|above|at least|no (?:less|fewer) than",
}
_NUMBER = r"(?:a|an|one|two|three|four|five|six|seven|eight|nine|ten|half|\d[\d,.]*)\b"
_LIMIT_MARKS = {"less than": "<", "more than": ">"}
_UNITS = {"%": "percent", "year": "years", "month": "months", "patient": "patients"}


def claimed_values(
    claims: pd.DataFrame, *, title: str | None = None, sources: pd.DataFrame | None = None
) -> Chart:
    """Draw the figure that a public text gave beside the figure that was found, unit by unit.

    Parameters
    ----------
    claims : pandas.DataFrame
        Statements from `load_claims`; filter it with pandas first.
    title : str, optional
        A heading of your own in place of the general one.
    sources : pandas.DataFrame, optional
        `load_evidence().claim_and_target_sources`; by default the project's own.

    Returns
    -------
    Chart
        `data` has one row a statement with `claimed`, `found` and their common `unit`, `limit` where the
        text says ``"less than"`` or ``"more than"`` the claimed figure, and the ends of the unit's scale,
        `scale_low` and `scale_high`; `omitted` the statements without two numbers in one unit.

    Raises
    ------
    ValueError
        If the selection is empty or no statement has two numbers in one unit.

    Notes
    -----
    Units are taken as one where their first words agree, such as "% with disease control" and "% (of all)";
    a year above one thousand is a date, a smaller one a length of time.

    Examples
    --------
    >>> import mesoviz as mv
    >>> statements = mv.load_claims()
    >>> chart = mv.claimed_values(statements[statements["therapy"].eq("Tremelimumab")])
    >>> chart.data[["claim", "unit"]].to_numpy().tolist()[:2]
    [['c17', 'calendar year'], ['c16', 'patients']]
    """
    references = _references.table(sources, "claimed_values")
    data, omitted = prepare(claims)
    data["citations"] = _references.joined(data["claim"], references)
    title = _given.heading(title, "What texts claimed, and what was found")

    def chart(data: pd.DataFrame, omitted: pd.DataFrame, title: str) -> Chart:
        behind = _references.of(data["claim"], references)
        return Chart(
            lambda title: _draw_rows(data, omitted, behind, title),
            data,
            title=title,
            alt=_alt(data),
            text=describe(data, omitted, title),
            omitted=omitted,
            sources=behind,
            part=chart,
            keys=("unit", "claim"),
        )

    return chart(data, omitted, title)


def prepare(claims: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Part statements into those with two numbers in one unit, in drawing order, and others."""
    _given.require(claims, COLUMNS, "claimed_values")
    frame = claims[list(COLUMNS)]
    values = {side: pd.to_numeric(frame[f"{side}_value"], errors="coerce") for side in ("claimed", "found")}
    units = {
        side: pd.Series(map(unit, frame[f"{side}_unit"], values[side]), frame.index, dtype="object")
        for side in values
    }
    reason = pd.Series(pd.NA, index=frame.index, dtype="object")
    reason[units["claimed"].ne(units["found"])] = "claimed and found in different units"
    for side in ("found", "claimed"):
        reason[values[side].isna()] = f"the {side} value is no single number"
        reason[frame[f"{side}_value"].isna()] = f"no {side} value"
    drawn, omitted = _given.split(frame.assign(**values, unit=units["claimed"]), reason)
    if drawn.empty:
        raise ValueError("claimed_values: no statement of the selection has two numbers in one unit.")
    drawn = drawn.sort_values(["unit", "claim"]).reset_index(drop=True)
    low, high = zip(*(_scale(drawn[drawn["unit"].eq(name)], name) for name in drawn["unit"]), strict=True)
    omitted = omitted.drop(columns=["claimed", "found", "unit"]).reset_index(drop=True)
    limit = pd.Series([*map(limit_of, drawn["statement"])], drawn.index, dtype="str")
    return drawn.assign(limit=limit, scale_low=low, scale_high=high), omitted


def limit_of(statement: str) -> str | None:
    """Whether a text names a limit, not a figure: "less than one year", "up to 30 percent"."""
    for name, words in _LIMITS.items():
        if re.search(rf"\b(?:{words}) {_NUMBER}", statement, re.IGNORECASE):
            return name
    return None


def unit(words: object, value: float) -> str | None:
    """The unit that two figures must share: its first word, in the plural."""
    if pd.isna(words) or pd.isna(value):
        return None
    first = str(words).split()[0].rstrip(",;").lower()
    name = first.removesuffix("s")
    if name == "year" and value > 1000:
        return YEAR
    return _UNITS.get(name, first)


def _scale(rows: pd.DataFrame, name: str) -> tuple[float, float]:
    """Round ends of a unit's scale: from zero, but for calendar years."""
    values = rows[["claimed", "found"]].to_numpy(dtype=float)
    if name == YEAR:
        return 5 * math.floor((values.min() - 1) / 5), 5 * math.ceil((values.max() + 1) / 5)
    if name == "percent":
        return 0.0, max(100.0, values.max())
    size = 10.0 ** math.floor(math.log10(values.max())) if values.max() > 0 else 1.0
    return min(0.0, values.min()), size * math.ceil(values.max() / size)


def draw(data: pd.DataFrame, axes: Axes, y: Sequence[float]) -> Axes:
    """Draw both figures at the heights `y`, from 0 to 1 of their unit's scale."""
    style = _style.current()
    y = np.asarray(y, dtype=float)
    span = data["scale_high"] - data["scale_low"]
    claimed, found = (((data[side] - data["scale_low"]) / span).to_numpy() for side in ("claimed", "found"))
    axes.set_xlim(0, 1)
    axes.set_xticks([])
    axes.hlines(y, 0, 1, colors=_style.RULE, linewidth=0.8, zorder=1)
    limit = data["limit"].to_numpy(dtype=object)
    exact = pd.isna(limit)
    axes.hlines(
        y[exact],
        np.minimum(claimed, found)[exact],
        np.maximum(claimed, found)[exact],
        colors=_style.GRAY,
        linewidth=1.6 * style.line,
        gid="difference",
    )
    look = {"zorder": 3, "clip_on": False, "linewidths": style.line}
    axes.scatter(found, y, s=style.marker**2, color=FOUND, gid="found", **look)
    ring = {"s": (1.75 * style.marker) ** 2, "facecolors": "none", "edgecolors": _style.INK, **look}
    axes.scatter(claimed[exact], y[exact], gid="claimed", **ring)  # an equal figure is seen inside it
    for name, marker in _LIMIT_MARKS.items():
        here = limit == name
        axes.scatter(claimed[here], y[here], marker=marker, gid=f"claimed {name}", **ring)
    return axes


def describe(data: pd.DataFrame, omitted: pd.DataFrame, title: str) -> str:
    """Both figures of every statement in words, and what is not drawn."""
    lines = [f"{_words.sentence(title)} {_subtitle(data)}"]
    for row in _given.records(data):
        cited = row["citations"] if pd.notna(row["citations"]) else "no citation"
        lines.append(
            f"{row['claim']}, {row['therapy']}: claimed {_claimed(row, ' ')} {row['claimed_unit']}, "
            f"found {row['found_value']} {row['found_unit']} ({row['verdict']}). {row['statement']} [{cited}]"
        )
    for reason, rows in omitted.groupby("reason", sort=False):
        lines.append(f"Not drawn, {reason} ({len(rows)}): {', '.join(rows['claim'])}.")
    return "\n".join([*lines, CAVEAT])


def _claimed(row: dict[str, object], between: str = "\N{NO-BREAK SPACE}") -> str:
    """The claimed figure, with "less than" or "more than" where it is a limit."""
    words = [row["limit"]] if pd.notna(row["limit"]) else []
    return between.join([*words, row["claimed_value"]])


def _subtitle(data: pd.DataFrame) -> str:
    equal = int((data["claimed"].eq(data["found"]) & data["limit"].isna()).sum())
    agree = "agrees" if equal == 1 else "agree"
    return f"{_words.count(len(data), 'statement')} with both figures in one unit; {equal} {agree} exactly."


def _alt(data: pd.DataFrame) -> str:
    text = (
        f"Dumbbells: claimed against found figures of {_words.count(len(data), 'statement')}, in "
        f"{_words.listing(data['unit'].drop_duplicates())}. {_subtitle(data).split('; ')[1].capitalize()} "
        "Each unit has its own scale."
    )
    return _words.shorten(text, ALT_LENGTH)


def _draw_rows(data: pd.DataFrame, omitted: pd.DataFrame, behind: pd.DataFrame, title: str) -> Figure:
    ring = {"marker": "o", "markerfacecolor": "none", "markeredgecolor": _style.INK}
    keys = [
        _furniture.Key("claimed", {**ring, "markersize": 1.4 * _style.current().marker}),
        _furniture.Key("found", {"marker": "o", "color": FOUND}),
    ]
    for name, marker in _LIMIT_MARKS.items():
        if data["limit"].eq(name).any():
            keys.insert(-1, _furniture.Key(f"claimed as {name}", {**keys[0].mark, "marker": marker}))
    notes = [CAVEAT, _references.note(behind), _arms.license_note()]
    if len(omitted):
        said = f"Not drawn: {_words.count(len(omitted), 'statement')} without two such figures."
        notes.insert(0, _furniture.Aside(said))
    rows = _given.records(data)
    with mpl.rc_context(_style.settings()):
        laid = _layout.rows(
            _furniture.Furniture(title, _subtitle(data), notes, keys),
            left=[
                _layout.Column("What the text says", [_statement(row) for row in rows]),
            ],
            right=[
                _layout.Column("Claimed", [_claimed(row) for row in rows], align="right"),
                _layout.Column("Found", [row["found_value"] for row in rows], align="right"),
                _layout.Column("Verdict", [row["verdict"] for row in rows]),
            ],
            groups=[(_heading(row),) for row in rows],
            plot_share=0.26,
        )
        draw(data, laid.axes[0], laid.y)
    return laid.figure


def _statement(row: dict[str, object]) -> str:
    """What is said, with its subject where the sentence leaves it out."""
    named = row["therapy"].startswith("(") or row["therapy"].casefold() in row["statement"].casefold()
    return row["statement"] if named else f"{row['therapy']}: {row['statement']}"


def _heading(row: dict[str, object]) -> str:
    ends = f"{row['scale_low']:g} to {row['scale_high']:g}"
    return f"{row['unit'][:1].upper()}{row['unit'][1:]}: {ends}"
