"""The panels of survival at fixed times: one a month, its values printed beside the axis."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mesoviz._page import _furniture, _layout, _style, _words
from mesoviz._page._texts import Texts

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def by_arm(data: pd.DataFrame) -> tuple[pd.DataFrame, np.ndarray]:
    """One row an arm, in drawing order, and each value's place among them."""
    place = data.groupby(["trial", "arm"], sort=False).ngroup().to_numpy()
    return data.drop_duplicates(["trial", "arm"]).reset_index(drop=True), place


def draw(data: pd.DataFrame, axes: Sequence[Axes], y: Sequence[float]) -> Sequence[Axes]:
    """Draw each month's values in its own axes, arms at the heights `y`: controls hollow."""
    style = _style.current()
    arms, place = by_arm(data)
    y = np.asarray(y, dtype=float)
    cells, room = _cells(data, min(_points_wide(panel) for panel in axes), style)
    for panel, month in zip(axes, sorted(data["month"].unique()), strict=True):
        here = data["month"].eq(month).to_numpy()
        wide = _points_wide(panel)
        panel.set_xlim(0, 100 * wide / (wide - room))
        panel.set_xticks(_ticks((wide - room) / style.text))
        _draw_panel(data[here], panel, y[place[here]], style)
        words = dict(zip(place[here], np.array(cells, dtype=object)[here], strict=True))
        right = 100 * (1 + 0.6 * style.text / (wide - room))
        for gid, size, color in (
            ("value", style.text, _style.INK),
            (_words.NOT_REPORTED, style.small, _style.GRAY),
        ):
            chosen = [arm for arm in range(len(arms)) if (arm in words) == (gid == "value")]
            at = [(right, y[arm] + _furniture.BASELINE * size) for arm in chosen]
            how = {"size": size, "color": color, "transform": panel.transData, "gid": gid}
            panel.add_artist(Texts(at, [words.get(arm, "n.r.") for arm in chosen], **how))
    return axes


def _ticks(wide: float) -> list[int]:
    """Ticks of an axis that is so many type sizes wide."""
    return [0, 25, 50, 75, 100] if wide > 12 else [0, 50, 100] if wide > 4 else [0, 100]


def _points_wide(axes: Axes) -> float:
    return 72 * axes.figure.get_figwidth() * axes.get_position().width


def _cells(data: pd.DataFrame, wide: float, style: _style.Style) -> tuple[list[str], float]:
    """What is printed beside each value's axis, and the room it takes: intervals where they fit."""
    short = [_words.number(value, 0) for value in data["survival_pct"]]
    limits = [
        _words.interval(low, high, places=0)
        for low, high in zip(data["low_pct"], data["high_pct"], strict=True)
    ]
    full = [f"{value} {limit}".rstrip() for value, limit in zip(short, limits, strict=True)]
    rounded = [f"{value:.0f}" for value in data["survival_pct"]]  # for values of many decimals
    for cells, least in ((full, 9), (short, 2.4), (rounded, 0)):
        room = 0.6 * style.text + max(_layout.text_width(cell, style.text) for cell in cells)
        if wide - room >= least * style.text:
            break
    return cells, room


def plot_share(data: pd.DataFrame, style: _style.Style) -> float:
    """Share of the page that the panels take: more of them need more, and leave less for the names."""
    values = max(_layout.text_width(_words.number(value, 0), style.text) for value in data["survival_pct"])
    wide = data["month"].nunique() * (6 * style.text + values + 2.4 * style.text)
    return min(max(wide / style.width, 0.4), 0.56)


def _draw_panel(data: pd.DataFrame, axes: Axes, y: np.ndarray, style: _style.Style) -> None:
    control = data["role"].eq("control").to_numpy()
    colors = np.array(
        [
            _style.EDGE if c else _style.class_color(k)
            for c, k in zip(control, data["therapy_class"], strict=True)
        ],
        dtype=object,
    )
    x, low, high = (data[name].to_numpy(dtype=float) for name in ("survival_pct", "low_pct", "high_pct"))
    low, high = np.where(np.isnan(low), x, low), np.where(np.isnan(high), x, high)
    line = high > low
    axes.hlines(
        y[line], low[line], high[line], colors=list(colors[line]), linewidth=style.line, gid="interval"
    )
    for role, marker, which in (("experimental", "o", ~control), ("control", "D", control)):
        axes.scatter(
            x[which],
            y[which],
            s=(0.85 * style.marker) ** 2 * (1.0 if role == "experimental" else 0.72),
            marker=marker,
            facecolors=list(colors[which]) if role == "experimental" else "white",
            edgecolors=list(colors[which]),
            linewidths=style.line,
            zorder=3,
            clip_on=False,  # a value of 0 or 100 % is drawn whole
            gid=role,
        )
