"""The marks of a forest plot: ratios, intervals, the pooled diamond, and what a comparison rests on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mesoviz._page import _furniture, _layout, _style, _words

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ENDS = (
    "\N{LEFTWARDS ARROW} favors the experimental arm",
    "favors the control\N{NO-BREAK SPACE}\N{RIGHTWARDS ARROW}",
)
_FARTHEST = 700.0  # the logarithm of a ratio that a log axis can still reach


def ends() -> tuple[str, str]:
    """What lies at either side of no effect, briefly on a slide."""
    slide = _style.current().whole
    return (
        (ENDS[0].replace("the experimental arm", "therapy"), ENDS[1].replace("the ", "")) if slide else ENDS
    )


def draw(data: pd.DataFrame, axes: Axes, y: Sequence[float]) -> Axes:
    """Draw ratios and intervals at the heights `y` on a log axis: classes by color, area by weight."""
    style = _style.current()
    y = np.asarray(y, dtype=float)
    span = _span(data)
    _log_axis(axes, span, style)
    pooled = data["mark"].eq("pooled").to_numpy()
    colors = np.array([_style.class_color(kind) for kind in data["therapy_class"]], dtype=object)
    x, low, high = (data[name].to_numpy(dtype=float) for name in ("hazard_ratio", "low", "high"))
    bare = np.isnan(low) & np.isnan(high) & ~pooled
    _interval(
        axes, y[~pooled], low[~pooled], high[~pooled], x[~pooled], list(colors[~pooled]), "interval", span
    )
    weight = data["precision"].to_numpy(dtype=float)
    share = (
        np.nan_to_num(weight / np.nanmax(weight), nan=0) if np.isfinite(weight).any() else np.zeros(len(x))
    )
    area = (1.7 * style.marker) ** 2 * np.maximum(share, 0.09)  # the smallest can still be seen
    square = ~bare & ~pooled
    axes.scatter(
        x[square], y[square], s=area[square], marker="s", c=list(colors[square]),
        edgecolors="white", linewidths=0.5, zorder=3, gid="ratio",
    )  # fmt: skip
    axes.scatter(
        x[bare], y[bare], s=style.marker**2, marker="o", facecolors="white",
        edgecolors=list(colors[bare]), linewidths=style.line, zorder=3, gid="ratio without interval",
    )  # fmt: skip
    for (_, row), at in zip(data[pooled].iterrows(), y[pooled], strict=True):
        _diamond(axes, row, at, span, style)
    return axes


def _interval(
    axes: Axes, y: np.ndarray, low: np.ndarray, high: np.ndarray, x: np.ndarray,
    colors: list[str], gid: str, span: float, dashes: str = "-",
) -> None:  # fmt: skip
    """Lines of intervals, with an arrow where one leaves the axis."""
    style = _style.current()
    start, end = np.where(np.isnan(low), x, low), np.where(np.isnan(high), x, high)
    line = end > start
    colors = np.array(colors, dtype=object)
    axes.hlines(
        y[line], np.clip(start, 1 / span, span)[line], np.clip(end, 1 / span, span)[line],
        colors=list(colors[line]), linewidth=style.line, linestyles=dashes, gid=gid,
    )  # fmt: skip
    for gone, at, marker in ((start < 1 / span, 1 / span, "<"), (end > span, span, ">")):
        which = gone & line
        if not which.any():
            continue
        axes.scatter(
            np.full(which.sum(), at), y[which], s=(0.8 * style.marker) ** 2, marker=marker,
            c=list(colors[which]), zorder=3, clip_on=False, gid=f"{gid} leaves the axis",
        )  # fmt: skip


def _diamond(axes: Axes, row: pd.Series, y: float, span: float, style: _style.Style) -> None:
    """A pooled estimate: its interval as a diamond, the prediction interval as a line through it."""
    one = [np.array([row[name]]) for name in ("prediction_low", "prediction_high", "hazard_ratio")]
    _interval(axes, np.array([y]), *one, [_style.INK], "prediction interval", span, ":")
    low, high = (float(np.clip(row[name], 1 / span, span)) for name in ("low", "high"))
    half = 0.55 * style.text
    corners = ([low, row["hazard_ratio"], high, row["hazard_ratio"]], [y, y - half, y, y + half])
    axes.fill(*corners, facecolor=_style.INK, linewidth=0, zorder=3, gid="pooled")


def _span(data: pd.DataFrame) -> float:
    """The axis reaches from one over it to it: all ratios, and intervals up to a fourfold ratio."""
    data = _style.on_the_axes(data)
    ratios = np.abs(np.log(data["hazard_ratio"].to_numpy(float))).max()
    ends = np.abs(np.log(data[["low", "high"]].where(data[["low", "high"]] > 0).to_numpy(float)))
    ends = np.nanmax(ends) if np.isfinite(ends).any() else 0.0
    return float(np.exp(min(max(1.12 * ratios, min(1.06 * ends, np.log(4)), np.log(2.1)), _FARTHEST)))


def _log_axis(axes: Axes, span: float, style: _style.Style) -> None:
    """A logarithmic axis around the line of no effect."""
    axes.set_xscale("log")
    axes.set_xlim(1 / span, span)
    ratio_ticks(axes, ((1, 1.5, 2, 3), (1, 2, 4, 8, 16, 32, 64), (1, 3, 9, 27, 81)), style)
    axes.axvline(1, color=_style.INK, linewidth=0.9, zorder=1, gid="no effect")


def ratio_ticks(axes: Axes, ladders: Sequence[Sequence[float]], style: _style.Style) -> None:
    """Set ticks on a log axis, at the first steps (and one over them) that reach its ends and do not touch.

    After the `ladders` given, powers of ten are tried, ever farther apart.
    """
    low, high = axes.get_xlim()
    per_log = 72 * axes.figure.get_figwidth() * axes.get_position().width / np.log(high / low)
    powers = ([10.0**power for power in range(0, 308, apart)] for apart in (1, 2, 5, 10, 25, 50, 100))
    for steps in (*ladders, *powers):
        ticks = sorted(tick for step in steps for tick in {step, 1 / step} if 1.02 * low < tick < high / 1.02)
        labels = [f"{float(f'{tick:.2g}'):g}" for tick in ticks]
        widest = max(_layout.text_width(label, style.text) for label in labels)
        reaches = max(high, 1 / low) / steps[-1] < 3
        if reaches and (np.diff(np.log(ticks)) * per_log > max(2.6 * style.text, 1.2 * widest)).all():
            break
    axes.set_xticks(ticks, labels)
    axes.minorticks_off()


def keys(data: pd.DataFrame) -> list[_furniture.Key]:
    """The legend of what is drawn, and of nothing else."""
    dark = {"color": _style.OTHER_COLOR}
    bare = data["low"].isna() & data["high"].isna()
    keys = []
    if (~bare & data["mark"].eq("comparison")).any():
        keys.append(_furniture.Key("ratio; area: its weight", {"marker": "s", **dark}))
        keys.append(_furniture.Key("interval as published", {"linestyle": "-", **dark}))
    if bare.any():
        hollow = {"marker": "o", "markerfacecolor": "white", "markeredgecolor": _style.OTHER_COLOR}
        keys.append(_furniture.Key(_words.NO_INTERVAL, hollow))
    span = _span(data)
    reached = data.reindex(columns=["low", "high", "prediction_low", "prediction_high"])
    if ((reached < 1 / span) | (reached > span)).any(axis=None):
        keys.append(_furniture.Key("leaves the axis", {"marker": ">", **dark}))
    if data["mark"].eq("pooled").any():
        keys.append(_furniture.Key("pooled", {"marker": "D", "color": _style.INK}))
        if data["prediction_low"].notna().any():
            keys.append(_furniture.Key("prediction interval", {"linestyle": ":", "color": _style.INK}))
    return keys
