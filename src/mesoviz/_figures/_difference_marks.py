"""The marks of differences in patients of 100: dots and intervals around the line of no difference."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mesoviz._figures import _compared
from mesoviz._page import _furniture, _layout, _style, _words

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def draw(data: pd.DataFrame, axes: Axes, y: Sequence[float]) -> Axes:
    """Draw differences and their intervals at the heights `y`: classes by color, hollow without interval."""
    style = _style.current()
    y = np.asarray(y, dtype=float)
    x, low, high = (
        data[name].to_numpy(dtype=float) for name in ("difference", "difference_low", "difference_high")
    )
    farthest = _style.on_the_axes(data)[["difference", "difference_low", "difference_high"]].to_numpy(float)
    reach = np.nanmax([5.0, *np.abs(farthest).ravel()]) * 1.08
    step = next(s for s in (2, 5, 10, 20, 50) if reach / s <= 3.5)
    ticks = np.arange(-(reach // step), reach // step + 1) * step
    # The last tick's label needs room to its right.
    over = 0.5 * _layout.text_width(_compared.signed(ticks[-1], 0), style.text) + 1 - _furniture.MARGIN
    wide = 72 * axes.figure.get_figwidth() * axes.get_position().width
    reach = max(reach, 1.08 * ticks[-1], ticks[-1] / (1 - 2 * over / wide))
    axes.set_xlim(-reach, reach)
    axes.set_xticks(ticks, [_compared.signed(tick, 0) for tick in ticks])
    axes.axvline(0, color=_style.INK, linewidth=0.9, zorder=1, gid="no difference")
    colors = np.array([_style.class_color(kind) for kind in data["therapy_class"]], dtype=object)
    line = ~(np.isnan(low) & np.isnan(high))
    start, end = np.where(np.isnan(low), x, low)[line], np.where(np.isnan(high), x, high)[line]
    axes.hlines(y[line], start, end, colors=list(colors[line]), linewidth=style.line, gid="interval")
    for gid, which in (("difference", line), ("difference without interval", ~line)):
        axes.scatter(
            x[which],
            y[which],
            s=style.marker**2,
            facecolors=list(colors[which]) if gid == "difference" else "white",
            edgecolors=list(colors[which]),
            linewidths=style.line,
            zorder=3,
            gid=gid,
        )
    return axes


def keys(data: pd.DataFrame) -> list[_furniture.Key]:
    """The legend of what is drawn, and of nothing else."""
    dark = {"marker": "o", "markerfacecolor": _style.OTHER_COLOR, "markeredgecolor": _style.OTHER_COLOR}
    bare = data["low"].isna() & data["high"].isna()
    found = [_furniture.Key("difference", dark)] if not bare.all() else []
    found += [_furniture.Key(_words.NO_INTERVAL, {**dark, "markerfacecolor": "white"})] if bare.any() else []
    return found
