"""Recruitment windows on a calendar, and enrolled patients beside planned ones: what is drawn of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mesoviz._estimates import _rates
from mesoviz._page import _furniture, _layout, _style, _words

if TYPE_CHECKING:
    from matplotlib.axes import Axes

RECRUITING, STOPPED = "recruiting", "terminated"
STATUS = {
    STOPPED: "terminated, as registered",  # a trial that enrolled fully can be registered so, too
    RECRUITING: "still recruiting",
    "active": "active",
    "unknown": "status unknown",
}


def spans(data: pd.DataFrame) -> pd.DataFrame:
    """What is drawn of each window, in years: solid between hollow ends that are known to the year alone.

    A window whose other end is not reported is as short as the date that is; one that is open, as its trial
    still recruits, lasts to the date of the data.
    """
    names = ("first_from", "first_to", "last_from", "last_to")
    first_from, first_to, last_from, last_to = (data[name].to_numpy(float, na_value=np.nan) for name in names)
    now = _rates.month_span(pd.Series([_words.DATA_MONTH]))["end"].iloc[0] / 12
    no_first, no_last = np.isnan(first_from), np.isnan(last_from)
    is_open = no_last & data["status"].eq(RECRUITING).to_numpy(bool, na_value=False)
    end = np.where(is_open, np.fmax(now, first_to), first_to)
    last_from, last_to = np.where(no_last, end, last_from), np.where(no_last, end, last_to)
    first_from, first_to = np.where(no_first, last_from, first_from), np.where(no_first, last_from, first_to)
    solid_from = np.where(first_to - first_from < 0.5, first_from, first_to)
    solid_to = np.where(last_to - last_from < 0.5, last_to, last_from)
    within = solid_to < solid_from  # both ends lie in one year: all of it is hollow
    return pd.DataFrame(
        {
            "start": first_from,
            "solid_from": np.where(within, last_to, solid_from),
            "solid_to": np.where(within, last_to, solid_to),
            "end": last_to,
            "ends": np.select([is_open, no_last, no_first], ["open", "start only", "end only"], "both"),
        },
        index=data.index,
    )


def draw(data: pd.DataFrame, axes: Axes, y: Sequence[float]) -> Axes:
    """Draw the recruitment windows at the heights `y`: what is known to the year alone is hollow."""
    style = _style.current()
    drawn = spans(data)
    on_axes = spans(_style.on_the_axes(data))
    low = np.floor(on_axes["start"].min())
    high = max(np.ceil(on_axes["end"].max()), low + 2)
    room = 72 * axes.figure.get_figwidth() * axes.get_position().width
    point = (high - low) / (room - 4 * style.text)  # years
    axes.set_xlim(low - 2 * style.text * point, high + 2 * style.text * point)
    ticks = _layout.whole_ticks(axes, low, high, "0000")
    axes.set_xticks(ticks if len(ticks) > 1 else [low, high])
    axes.xaxis.set_major_formatter(lambda year, _: f"{year:.0f}")
    colors = [_style.class_color(kind) for kind in data["lead_class"]]
    stopped = data["status"].eq(STOPPED).to_numpy(bool, na_value=False)
    for span, color, early, at in zip(drawn.itertuples(), colors, stopped, y, strict=True):
        for gid, start, end in (
            ("year only", span.start, span.solid_from),
            ("window", span.solid_from, span.solid_to),
            ("year only", span.solid_to, span.end),
        ):
            if end > start:
                look = {
                    "facecolor": "white" if gid == "year only" else color,
                    "edgecolor": color,
                    "linewidth": 0.5,
                }
                axes.barh(at, end - start, left=start, height=0.7 * style.text, gid=gid, **look)
        _draw_ends(axes, span, at, color, 1.8 * style.text * point)
        if early and span.ends != "start only":
            look = {"markersize": style.marker, "markeredgewidth": style.line, "color": _style.INK}
            axes.plot(span.end + 0.6 * style.text * point, at, "x", gid=STOPPED, **look)
    return axes


def _draw_ends(axes: Axes, span: tuple, at: float, color: str, stub: float) -> None:
    """An arrow where recruitment goes on, a dotted line of length `stub` where its other end is not known."""
    style = _style.current()
    if span.ends == "open":
        tip = {"color": color, "markersize": style.text, "markeredgewidth": 0}
        axes.plot(span.end + 0.2 * stub, at, ">", gid="recruiting", **tip)
    elif span.ends != "both":
        known, other = (
            (span.start, span.end + stub) if span.ends == "start only" else (span.end, span.start - stub)
        )
        look = {"color": color, "markersize": style.marker, "markeredgewidth": style.line}
        axes.plot(known, at, "|", gid="one date", **look)
        axes.plot([known, other], [at, at], ":", color=color, linewidth=style.line, gid="not reported")


def draw_counts(data: pd.DataFrame, axes: Axes, y: Sequence[float]) -> Axes:
    """Draw enrolled patients as bars and planned ones as ticks; what is not reported is not drawn."""
    style = _style.current()
    y = np.asarray(y, dtype=float)
    enrolled, planned = (data[name].to_numpy(float, na_value=np.nan) for name in ("enrolled", "planned"))
    counts = _style.on_the_axes(data)[["enrolled", "planned"]].to_numpy(float, na_value=np.nan)
    limit = 1.06 * np.nanmax([*counts.ravel(), 1.0])
    axes.set_xlim(0, limit)
    axes.set_xticks(_layout.whole_ticks(axes, 0, limit, f"{limit:,.0f}"))
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    known = ~np.isnan(enrolled)
    bars = axes.barh(y[known], enrolled[known], height=0.7 * style.text, color=_style.EDGE, linewidth=0)
    for bar in bars:
        bar.set_gid("enrolled")
    aim = ~np.isnan(planned)
    mark = {"markersize": 1.3 * style.text, "markeredgewidth": style.line, "color": _style.INK}
    axes.plot(planned[aim], y[aim], "|", gid="planned", **mark)
    return axes


def keys(data: pd.DataFrame) -> list[_furniture.Key]:
    """The legend of what is drawn, and of nothing else."""
    drawn = spans(data)
    dark = {"color": _style.OTHER_COLOR}
    found = []
    if (drawn["solid_to"] > drawn["solid_from"]).any():
        found.append(_furniture.Key("first to last patient", {"facecolor": _style.OTHER_COLOR}, patch=True))
    if ((drawn["solid_from"] > drawn["start"]) | (drawn["end"] > drawn["solid_to"])).any():
        hollow = {"facecolor": "white", "edgecolor": _style.OTHER_COLOR, "linewidth": 0.5}
        found.append(_furniture.Key("some time in that year", hollow, patch=True))
    if drawn["ends"].isin(["start only", "end only"]).any():
        found.append(_furniture.Key("other date not in the sources read", {"linestyle": ":", **dark}))
    if drawn["ends"].eq("open").any():
        found.append(_furniture.Key(STATUS[RECRUITING], {"marker": ">", **dark}))
    if (data["status"].eq(STOPPED) & drawn["ends"].ne("start only")).any():
        found.append(_furniture.Key(STATUS[STOPPED], {"marker": "x", "markeredgewidth": 1.4, **dark}))
    if data["planned"].notna().any():
        found.append(_furniture.Key("planned patients", {"marker": "|", "markeredgewidth": 1.4, **dark}))
    return found
