"""The marks of promise and test: responses in one panel, hazard ratios in the other, and their legend."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mesoviz._figures import _forest_marks, _later, _map_marks, _response_rate
from mesoviz._page import _furniture, _given, _style

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def fate(row: dict[str, object]) -> str:
    """What became of the primary endpoint, as a key of the map's fates."""
    if pd.isna(row["primary_endpoint_met"]):
        return "not_stated"
    return "met" if row["primary_endpoint_met"] else "not_met"


def draw(data: pd.DataFrame, axes: Sequence[Axes], y: Sequence[float]) -> Sequence[Axes]:
    """Draw responses in the first axes and hazard ratios in the second, OS above PFS, at the heights `y`."""
    y = np.asarray(y, dtype=float)
    told = data["pct"].notna().to_numpy()
    _response_rate.draw(data[told], axes[0], y[told])
    axes[0].set_xticks([0, 50, 100])
    _draw_scale(axes[1], data)
    shift = 0.5 * _style.current().leading * _style.current().text
    two = data[[f"{endpoint}_hazard_ratio" for endpoint in _later.ENDPOINTS]].notna().all(axis=1)
    for endpoint, side in zip(_later.ENDPOINTS, (-1, 1), strict=True):
        for row, at in zip(_given.records(data), y + side * shift * two.to_numpy(), strict=True):
            if pd.notna(row[f"{endpoint}_hazard_ratio"]):
                _draw_ratio(axes[1], row, endpoint, at)
    return axes


def _bare(data: pd.DataFrame, endpoint: str) -> pd.Series:
    """True where a ratio has no interval."""
    limits = data[[f"{endpoint}_hr_low", f"{endpoint}_hr_high"]]
    return data[f"{endpoint}_hazard_ratio"].notna() & limits.isna().all(axis=1)


def _draw_ratio(axes: Axes, row: dict[str, object], endpoint: str, y: float) -> None:
    """A ratio by the fate of its trial, hollow without an interval; an arrow where one leaves the axis."""
    style = _style.current()
    ratio, low, high = (float(row[f"{endpoint}_{name}"]) for name in ("hazard_ratio", "hr_low", "hr_high"))
    least, most = axes.get_xlim()
    look = _map_marks.FATES[fate(row)][1]
    bare = np.isnan(low) and np.isnan(high)
    if bare:
        look = {**look, "facecolor": "white"}
    else:
        ends = max(np.fmin(low, ratio), least), min(np.fmax(high, ratio), most)
        color = look["edgecolor"]
        axes.plot(ends, [y, y], color=color, linewidth=style.line, gid=f"{endpoint} interval")
        for at, gone, marker in ((least, low < least, "<"), (most, high > most, ">")):
            if gone:
                how = {"color": color, "markersize": style.marker, "clip_on": False, "gid": "beyond the axis"}
                axes.plot(at, y, marker, **how)
    size = style.marker**2 * (np.pi / 4 if look["marker"] == "D" else 1)
    edge = style.line if bare else style.line / 2
    look = {**look, "zorder": 3, "linewidths": edge, "clip_on": False}  # whole at an end of the axis too
    axes.scatter(ratio, y, s=size, gid=f"{endpoint} hazard ratio", **look)


def _draw_scale(axes: Axes, data: pd.DataFrame) -> None:
    """A log axis wide enough for all ratios, and the line of no effect."""
    names = [
        f"{endpoint}_{name}"
        for endpoint in _later.ENDPOINTS
        for name in ("hazard_ratio", "hr_low", "hr_high")
    ]
    values = data[names].to_numpy(float)
    ratios = data[[name for name in names if name.endswith("ratio")]].to_numpy(float)
    low = np.nanmin([max(np.nanmin([*values.ravel(), 0.5]), 0.1), *ratios.ravel()])
    high = np.nanmax([min(np.nanmax([*values.ravel(), 2.0]), 10), *ratios.ravel()])
    axes.set_xscale("log")
    axes.set_xlim(low / 1.08, high * 1.08)
    _forest_marks.ratio_ticks(axes, ((1, 2, 4, 10, 30, 100),), _style.current())
    axes.axvline(1, color=_style.INK, linewidth=0.9, zorder=1, gid="no effect")


def keys(data: pd.DataFrame) -> list[_furniture.Key]:
    """The legend of what is drawn, and of nothing else."""
    dark = {"markeredgecolor": _style.OTHER_COLOR}
    keys = []
    if data["counted"].any():
        filled = {"marker": "o", "markerfacecolor": _style.OTHER_COLOR, **dark}
        keys.append(_furniture.Key("response with exact interval", filled))
    if (~data["counted"] & data["pct"].notna()).any():
        keys.append(
            _furniture.Key("response without a count", {"marker": "^", "markerfacecolor": "white", **dark})
        )
    shown = data[[f"{endpoint}_hazard_ratio" for endpoint in _later.ENDPOINTS]].notna().any(axis=1)
    fates = {fate(row) for row in _given.records(data[shown])}
    for name, (words, look) in _map_marks.FATES.items():
        if name in fates:
            mark = {"marker": look["marker"], "markerfacecolor": look["facecolor"]}
            label = f"hazard ratio, {words}"
            keys.append(_furniture.Key(label, {**mark, "markeredgecolor": look["edgecolor"]}))
    if any(_bare(data, endpoint).any() for endpoint in _later.ENDPOINTS):
        hollow = {"marker": "o", "markerfacecolor": "white", **dark}
        keys.append(_furniture.Key("hollow ratio: no interval in the sources read", hollow))
    return keys
