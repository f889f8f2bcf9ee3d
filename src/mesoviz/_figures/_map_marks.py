"""The marks of the map: bubbles by the fate of the primary endpoint, empty cells, and their legend."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mesoviz._page import _furniture, _given, _layout, _style, _words
from mesoviz._page._texts import Texts

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# What became of a trial's primary endpoint: words, and how it is drawn.
FATES = {
    "met": ("primary endpoint met", {"marker": "o", "facecolor": "#1f5fa8", "edgecolor": "#1f5fa8"}),
    "not_met": ("primary endpoint not met", {"marker": "D", "facecolor": "#d0562b", "edgecolor": "#d0562b"}),
    "not_stated": ("not stated whether met", {"marker": "o", "facecolor": "#d4d4d4", "edgecolor": "#8c8c8c"}),
}
_SHAPES = {"o": (1.0, 1.0), "D": (np.pi / 4, np.sqrt(np.pi / 2))}  # equal areas: matplotlib's size, width


def draw(
    data: pd.DataFrame, axes: Axes, y: Sequence[float], *, per_patient: float, below: bool = True
) -> Axes:
    """Draw the cells at the heights `y`, one for each: bubbles side by side, and the patients in figures.

    Parameters
    ----------
    data : pandas.DataFrame
        From `prepare`.
    axes : matplotlib.axes.Axes
        Its columns become the axes' places.
    y : sequence of float
        The middle of each cell's row.
    per_patient : float
        Diameter in points of a bubble of one patient.
    below : bool, default True
        Write the number of patients below the bubbles; else to their right.
    """
    style = _style.current()
    columns = list(data["column"].cat.categories)
    axes.set_xlim(-0.5, len(columns) - 0.5)
    axes.set_xticks(range(len(columns)), columns)
    axes.tick_params(labeltop=True, labelbottom=len(data) > 20 * len(columns))
    if style.narrow:
        axes.tick_params(labelsize=style.small)
    axes.grid(False)
    point = len(columns) / (72 * axes.figure.get_figwidth() * axes.get_position().width)
    shift = 0.62 * style.small if below else 0.0
    marks: dict[str, list[tuple[float, float, float]]] = {"empty": [], "n not reported": []}
    counts: list[tuple[float, float, str]] = []
    for row, middle, at in zip(_given.records(data), y, data["column"].cat.codes, strict=True):
        if not row["arms"]:
            marks["empty"].append((at, middle, 0.55 * style.text))
            continue
        parts = [(fate, row[f"{fate}_patients"]) for fate in FATES if row[f"{fate}_trials"]]
        words = _words.whole(row["patients"])
        room = _layout.text_width(words, style.small)
        wide = [width(fate, n, per_patient, style) for fate, n in parts]
        total = sum(wide) + _gap(style) * (len(wide) - 1) + (0 if below else _gap(style) + room)
        x = at - total / 2 * point
        for (fate, n), size in zip(parts, wide, strict=True):
            kind = "n not reported" if pd.isna(n) else fate
            place = (x + size / 2 * point, middle - shift, _diameter(n, per_patient, style))
            marks.setdefault(kind, []).append(place)
            x += (size + _gap(style)) * point
        drop = max(wide) / 2 - shift + 1.15 * style.small if below else _furniture.BASELINE * style.small
        counts.append((at if below else x, middle + drop, words))
    how = {"size": style.small, "align": "center" if below else "left", "gid": "patients"}
    places, words = [place for *place, _ in counts], [words for *_, words in counts]
    axes.add_artist(Texts(places, words, transform=axes.transData, **how))
    _draw_marks(axes, marks, style)
    return axes


def _draw_marks(axes: Axes, marks: dict[str, list[tuple[float, float, float]]], style: _style.Style) -> None:
    for kind, places in marks.items():
        if not places:
            continue
        x, y, size = (np.array(part) for part in zip(*places, strict=True))
        if kind == "empty":
            look = {"marker": "s", "facecolor": "none", "edgecolor": _style.EDGE, "linewidth": 0.7}
        elif kind == "n not reported":
            look = {"marker": "x", "color": _style.GRAY, "linewidth": 1.1}
        else:
            look = {**FATES[kind][1], "linewidth": 0.7}
        equal = _SHAPES.get(look["marker"], (1.0, 1.0))[0]
        axes.scatter(x, y, s=equal * size**2, gid=kind, zorder=3, clip_on=False, **look)


def _gap(style: _style.Style) -> float:
    return 0.3 * style.text


def width(fate: str, patients: object, per_patient: float, style: _style.Style) -> float:
    """Width of a bubble in points, whatever its shape."""
    wide = _SHAPES[FATES[fate][1]["marker"]][1] if pd.notna(patients) else 1.0
    return wide * _diameter(patients, per_patient, style)


def _diameter(patients: object, per_patient: float, style: _style.Style) -> float:
    """Diameter of a bubble in points: its area is its patients, but it is never too small to be seen."""
    if pd.isna(patients):
        return style.marker
    return max(per_patient * np.sqrt(float(patients)), 0.3 * style.text)


def scale(data: pd.DataFrame, room: float, tallest: float, beside: bool, style: _style.Style) -> float:
    """Diameter in points of one patient: as large as the fullest cell and the tallest row allow."""
    largest = max(width(fate, n, 1.0, style) for fate in FATES for n in data[f"{fate}_patients"])
    best = min(0.2 * style.text, tallest / largest)  # never so large that ten patients look like a lot
    for row in _given.records(data):
        parts = [(fate, row[f"{fate}_patients"]) for fate in FATES if row[f"{fate}_trials"]]
        roots = sum(width(fate, n, 1.0, style) for fate, n in parts if pd.notna(n))
        fixed = _gap(style) * len(parts) + style.marker * sum(pd.isna(n) for _, n in parts)
        if beside and parts:
            fixed += _gap(style) + _layout.text_width(_words.whole(row["patients"]), style.small)
        if roots:
            best = min(best, max(room - fixed, 0.25 * room) / roots)
    return best


def keys(data: pd.DataFrame, per_patient: float) -> list[_furniture.Key]:
    """The legend of what is drawn, and of nothing else."""
    style = _style.current()
    keys = []
    for fate, (words, look) in FATES.items():
        if data[f"{fate}_patients"].gt(0).any():
            mark = {"marker": look["marker"], "markerfacecolor": look["facecolor"]}
            keys.append(_furniture.Key(words, {**mark, "markeredgecolor": look["edgecolor"]}))
    if any((data[f"{fate}_trials"].gt(0) & data[f"{fate}_patients"].isna()).any() for fate in FATES):
        keys.append(_furniture.Key("number not in the sources read", {"marker": "x", "color": _style.GRAY}))
    if data["arms"].eq(0).any():
        hollow = {"marker": "s", "markerfacecolor": "none", "markeredgecolor": _style.EDGE}
        keys.append(_furniture.Key("empty: none in this selection", hollow))
    for n in (10, 100, 300, 1000):
        size = _diameter(n, per_patient, style)
        if 0.5 * style.text < size < 1.7 * style.text:  # what fits into a line of the legend
            mark = {"marker": "o", "color": _style.GRAY, "markersize": size}
            keys.append(_furniture.Key(f"{n:,} patients", mark))
    return keys
