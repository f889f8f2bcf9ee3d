"""The marks of the timeline: windows, reports, patients added up, and their legend."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.collections import PatchCollection
from matplotlib.patches import Rectangle

from mesoviz._figures import _calendar, _lanes
from mesoviz._page import _furniture, _layout, _style
from mesoviz._page._texts import Texts

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def draw(data: pd.DataFrame, axes: Axes, y: Sequence[float]) -> Axes:
    """Draw each trial at its height `y`: its recruitment window as a bar, its report as a dot."""
    style = _style.current()
    y = np.asarray(y, dtype=float)
    spans = _calendar.spans(data)
    colors = np.array([_style.class_color(kind) for kind in data["lead_class"]], dtype=object)
    for start, end, gid in (
        ("start", "solid_from", "year only"),
        ("solid_to", "end", "year only"),
        ("solid_from", "solid_to", "window"),
    ):
        _bars(axes, spans[start].to_numpy(), spans[end].to_numpy(), y, colors, gid=gid)
    start, end, ends = (spans[name].to_numpy() for name in ("start", "end", "ends"))
    size = style.marker**2
    report = data["published"].to_numpy(float, na_value=np.nan) + 0.5
    later = (report > end) & (ends != "open")
    axes.hlines(
        y[later], end[later], report[later],
        colors=list(colors[later]), linewidth=0.6, gid="until report", zorder=2,
    )  # fmt: skip
    patients = data["patients"].to_numpy(float, na_value=np.nan)
    told, known = ~np.isnan(report), ~np.isnan(patients)
    sizes = np.array([_lanes.diameter(n, style) ** 2 for n in patients])
    for gid, x, which, look in (
        (
            "one date",
            start,
            np.isin(ends, ("start only", "end only")),
            {"marker": "|", "s": size, "linewidths": 1},
        ),
        ("recruiting", end, ends == "open", {"marker": ">", "s": size, "linewidths": 1}),
        ("n not reported", report, told & ~known, {"marker": "x", "s": size, "linewidths": 1.1}),
        (
            "report",
            report,
            told & known,
            {"s": sizes[told & known], "edgecolors": "white", "linewidths": 0.4},
        ),
    ):
        look = {"c": list(colors[which]), "zorder": 3, "clip_on": False, **look}  # whole in the last year too
        axes.scatter(x[which], y[which], gid=gid, **look)
    return axes


def _bars(
    axes: Axes,
    start: np.ndarray,
    end: np.ndarray,
    y: np.ndarray,
    colors: np.ndarray,
    *,
    gid: str,
) -> None:
    """Draw bars from `start` to `end`, hollow where a year alone is known."""
    tall = 0.32 * _style.current().text
    which = end > start
    bars = [
        Rectangle((left, middle - tall / 2), right - left, tall)
        for left, right, middle in zip(start[which], end[which], y[which], strict=True)
    ]
    edges = list(colors[which])
    look = {"facecolors": "white" if gid == "year only" else edges, "edgecolors": edges, "linewidth": 0.5}
    axes.add_collection(PatchCollection(bars, gid=gid, zorder=1, **look), autolim=False)


def draw_total(data: pd.DataFrame, axes: Axes, bottom: float, top: float) -> Axes:
    """Draw patients of reported trials, added up year by year and stacked by class, between two heights."""
    style = _style.current()
    table = by_year(data)
    if table.empty:
        return axes
    total = table.sum(axis=1)
    scale = (bottom - top) / max(1.0, float(total.max()))
    years = np.array([*table.index, table.index[-1] + 1], dtype=float)
    below = np.zeros(len(table))
    for kind in table.columns:
        above = below + table[kind].to_numpy(float)
        edges = (np.append(part, part[-1]) for part in (bottom - scale * below, bottom - scale * above))
        axes.fill_between(
            years,
            *edges,
            step="post",
            color=_style.class_color(kind),
            linewidth=0,
            gid=f"added up, {kind}",
        )
        below = above
    low, high = axes.get_xlim()
    per_point = (high - low) / (72 * axes.figure.get_figwidth() * axes.get_position().width)
    apart = max(5.0, 1.2 * _layout.text_width(f"{total.iloc[-1]:,.0f}", style.small) * per_point)
    kept = [table.index[-1]]
    for year in table.index[::-1]:
        if year % 5 == 4 and total[year] > 0 and kept[-1] - year >= apart:
            kept.append(year)
    at = [(year + 1, bottom - scale * total[year] - 0.35 * style.small) for year in kept]
    look = {"size": style.small, "align": "right", "transform": axes.transData, "gid": "added up"}
    axes.add_artist(Texts(at, [f"{int(total[year]):,}" for year in kept], **look))
    return axes


def by_year(data: pd.DataFrame) -> pd.DataFrame:
    """Patients of reported trials up to each year, one column a class."""
    told = data.dropna(subset=["published", "patients"])
    if told.empty:
        return pd.DataFrame()
    table = told.pivot_table(
        index="published", columns="lead_class", values="patients", aggfunc="sum", observed=True
    )
    years = range(int(table.index.min()), int(table.index.max()) + 1)
    return table.reindex(years).astype("Float64").fillna(0).cumsum()


def keys(data: pd.DataFrame) -> list[_furniture.Key]:
    """The legend of what is drawn, and of nothing else."""
    style = _style.current()
    spans = _calendar.spans(data)
    dark = _style.OTHER_COLOR
    keys = []
    if (spans["solid_to"] > spans["solid_from"]).any():
        keys.append(_furniture.Key("recruitment", {"facecolor": dark, "linewidth": 0}, patch=True))
    if ((spans["solid_from"] > spans["start"]) | (spans["end"] > spans["solid_to"])).any():
        hollow = {"facecolor": "white", "edgecolor": dark, "linewidth": 0.5}
        keys.append(_furniture.Key("some time in that year", hollow, patch=True))
    if spans["ends"].isin(["start only", "end only"]).any():
        keys.append(_furniture.Key("one date alone is known", {"marker": "|", "color": dark}))
    if spans["ends"].eq("open").any():
        keys.append(_furniture.Key("still recruiting", {"marker": ">", "color": dark}))
    told = data["published"].notna()
    if (told & data["patients"].isna()).any():
        keys.append(_furniture.Key("report, number not in the sources read", {"marker": "x", "color": dark}))
    largest = data.loc[told, "patients"].max()
    for n in (10, 100, 500):
        if pd.notna(largest) and (n <= largest or n == 10):
            mark = {"marker": "o", "color": dark, "markersize": _lanes.diameter(n, style)}
            keys.append(_furniture.Key(f"report, {n} patients", mark))
    return keys
