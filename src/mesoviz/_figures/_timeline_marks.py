"""The marks of the timeline: windows, reports, patients added up, and their legend."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mesoviz._figures import _calendar, _lanes
from mesoviz._page import _layout, _style

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def draw(data: pd.DataFrame, axes: Axes, y: Sequence[float]) -> Axes:
    """Draw each trial at its height `y`: its recruitment window as a bar, its report as a dot."""
    style = _style.current()
    spans = _calendar.spans(data)
    colors = [_style.class_color(kind) for kind in data["lead_class"]]
    tall = 0.32 * style.text
    for row, span, color, at in zip(data.to_dict("records"), spans.itertuples(), colors, y, strict=True):
        report = row["published"] + 0.5 if pd.notna(row["published"]) else np.nan
        for gid, start, end in (
            ("year only", span.start, span.solid_from),
            ("window", span.solid_from, span.solid_to),
            ("year only", span.solid_to, span.end),
        ):
            if end > start:
                look = {"color": color, "alpha": 0.25 if gid == "year only" else 0.6, "linewidth": 0}
                axes.barh(at, end - start, left=start, height=tall, gid=gid, **look)
        if span.ends in ("start only", "end only"):
            axes.plot(span.start, at, "|", color=color, markersize=style.marker, gid="one date")
        if span.ends == "open":
            axes.plot(span.end, at, ">", color=color, markersize=style.marker, gid="recruiting")
        elif report > span.end:
            axes.plot([span.end, report], [at, at], color=color, alpha=0.4, linewidth=0.6, gid="until report")
        if pd.isna(report):
            continue
        if pd.isna(row["patients"]):
            axes.scatter(
                report, at, marker="x", s=style.marker**2, c=color, linewidths=1.1, gid="n not reported"
            )
        else:
            size = _lanes.diameter(row["patients"], style) ** 2
            axes.scatter(
                report, at, s=size, c=color, edgecolors="white", linewidths=0.4, zorder=3, gid="report"
            )
    return axes


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
            alpha=0.85,
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
    for year in kept:
        at = bottom - scale * total[year] - 0.35 * style.small
        look = {"size": style.small, "color": _style.INK, "ha": "right", "va": "baseline"}
        axes.text(year + 1, at, f"{int(total[year]):,}", gid="added up", **look)
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


def keys(data: pd.DataFrame) -> list[_layout.Key]:
    """The legend of what is drawn, and of nothing else."""
    style = _style.current()
    spans = _calendar.spans(data)
    dark = _style.OTHER_COLOR
    keys = []
    if (spans["solid_to"] > spans["solid_from"]).any():
        keys.append(_layout.Key("recruitment", {"facecolor": dark, "alpha": 0.6, "linewidth": 0}, patch=True))
    if ((spans["solid_from"] > spans["start"]) | (spans["end"] > spans["solid_to"])).any():
        pale = {"facecolor": dark, "alpha": 0.25, "linewidth": 0}
        keys.append(_layout.Key("some time in that year", pale, patch=True))
    if spans["ends"].isin(["start only", "end only"]).any():
        keys.append(_layout.Key("one date alone is known", {"marker": "|", "color": dark}))
    if spans["ends"].eq("open").any():
        keys.append(_layout.Key("still recruiting", {"marker": ">", "color": dark}))
    told = data["published"].notna()
    if (told & data["patients"].isna()).any():
        keys.append(_layout.Key("report, number not in the sources read", {"marker": "x", "color": dark}))
    largest = data.loc[told, "patients"].max()
    for n in (10, 100, 500):
        if pd.notna(largest) and (n <= largest or n == 10):
            mark = {"marker": "o", "color": dark, "markersize": _lanes.diameter(n, style)}
            keys.append(_layout.Key(f"report, {n} patients", mark))
    return keys
