"""The page of survival curves: steps, bands and labels, and the counts aligned beneath the ticks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.lines import Line2D

from mesoviz._figures import _arms
from mesoviz._page import _furniture, _layout, _style, _words
from mesoviz._page._texts import Texts

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COUNTS = {"at_risk": "At risk", "events": "Events", "censored": "Censored"}
LINE = 1.45  # line distance of the table, in type sizes
GAP = 0.35  # below an arm in it, in lines
_NAME = 2.3  # room of its line before an arm's name, in type sizes
LABEL_GAP = 0.5  # below a label at a curve's end, in lines
_LINES = ("-", (0, (4, 1.6)), (0, (1, 1.2)), (0, (7, 1.5, 1, 1.5)))


class _Look(NamedTuple):
    """How an arm is told from the others: by color, kind of line, and mark."""

    color: str
    line: object
    marker: str
    face: str


def draw_page(
    data: pd.DataFrame, furniture: _furniture.Furniture, *, heading: str, ends: Sequence[Sequence[str]]
) -> Figure:
    """Lay out the curves, with what is written at their `ends`, above the table of counts."""
    style = _style.current()
    text = style.text
    counts = max(_layout.text_width(_words.whole(n), text) for n in data[[*COUNTS]].to_numpy().ravel())
    words = max(_layout.text_width(name, text) for name in COUNTS.values())
    left = _furniture.MARGIN + words + counts / 2 + text
    label = (0.36 if style.whole or style.narrow else 0.22) * style.width
    wide = style.width - left - label - text - _furniture.MARGIN
    labels = [_lines(end, label, style) for end in ends]
    least = (0.3 if style.whole else 0.5) * wide
    tall = max(least, sum(len(lines) + LABEL_GAP for lines in labels) * _style.current().leading * text)
    last = data[["month", "median_months", "high_months"]].astype(float).max()
    limit = max(1.0, last.max())
    ticks = month_ticks(limit, (counts + 0.8 * text) / wide)
    limit = max(limit, ticks[-1])
    table = sum(len(_name(name)) + len(_counted()) + GAP for name in names(data)) * LINE * text
    head, foot = (1.6 if style.whole else 2.2) * text, 2.4 * text
    with mpl.rc_context(_style.settings()):
        figure, top = _furniture.page(furniture, head + tall + foot + table)
        points = _furniture.from_top_left(figure)
        said = [(_furniture.MARGIN, top + text), (_furniture.MARGIN, top + head + tall + 1.16 * text)]
        how = {"size": text, "color": _style.GRAY, "transform": points}
        figure.add_artist(Texts(said, [heading, "Months"], **how))
        top += head
        axes = _furniture.axes_at(figure, left, top, wide, tall)
        _style_axes(axes, limit, ticks)
        draw(data, axes)
        below = _furniture.axes_at(figure, left, top + tall + foot, wide, table)
        below.set_axis_off()
        below.set_xlim(0, limit)
        below.set_ylim(table, 0)
        draw_table(data, below, ticks)
        _draw_ends(figure, data, labels, left + wide + 0.8 * text, top, tall)
    return figure


def month_ticks(limit: float, least: float) -> np.ndarray:
    """Ticks every 6 or 12 months, or as far apart as their counts need: `least` is a share of the axis.

    The last tick lies beyond `limit` where the one before it is far from it.
    """
    steps = (6, 12, 24, 36, 60, 120, 240) if limit >= 12 else (1, 2, 3, 6, 12)
    for step in steps:
        ticks = np.arange(0, limit + 1e-9, step)
        if limit - ticks[-1] > 0.08 * limit:  # the axis goes on to the next tick
            ticks = np.append(ticks, ticks[-1] + step)
        if step / max(limit, ticks[-1]) >= least:
            break
    return ticks


def _style_axes(axes: Axes, limit: float, ticks: np.ndarray) -> None:
    text = _style.current().text
    axes.set_xlim(0, limit)
    axes.set_ylim(0, 100)
    axes.set_xticks(ticks)
    axes.set_yticks([0, 25, 50, 75, 100], ["0 %", "25 %", "50 %", "75 %", "100 %"])
    axes.tick_params(length=0, labelsize=text, pad=0.4 * text)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.spines["bottom"].set(color=_style.EDGE, linewidth=0.7)
    axes.grid(axis="y", color=_style.RULE, linewidth=0.8)
    axes.set_axisbelow(True)
    axes.patch.set_visible(False)


def by_arm(data: pd.DataFrame) -> list[pd.DataFrame]:
    """The points of each arm, in drawing order."""
    return [points for _, points in data.groupby("arm", sort=False)]


def names(data: pd.DataFrame) -> list[str]:
    """The name of each arm, in drawing order."""
    return _arms.names(data.drop_duplicates("arm")).tolist()


def _looks(arms: Sequence[pd.DataFrame]) -> list[_Look]:
    looks = []
    for i, points in enumerate(arms):
        control = points["role"].iloc[0] == "control"
        color = _style.EDGE if control else _style.class_color(points["therapy_class"].iloc[0])
        mark = ("D", "white") if control else ("o", color)
        looks.append(_Look(color, _LINES[i % len(_LINES)], *mark))
    return looks


def draw(data: pd.DataFrame, axes: Axes) -> Axes:
    """Draw each arm's steps and band, and its published median on the 50 % line."""
    style = _style.current()
    arms = by_arm(data)
    lane = 100 * style.text / (72 * axes.figure.get_figheight() * axes.get_position().height)
    for i, (points, look) in enumerate(zip(arms, _looks(arms), strict=True)):
        arm = points["arm"].iloc[0]
        x, y, low, high = (
            points[name].to_numpy(dtype=float, na_value=np.nan)
            for name in ("month", "survival_pct", "low_pct", "high_pct")
        )
        axes.fill_between(
            x, low, high, step="post", color=look.color, alpha=0.15, linewidth=0, gid=f"band {arm}"
        )
        axes.step(
            x,
            y,
            where="post",
            color=look.color,
            linestyle=look.line,
            linewidth=1.2 * style.line,
            marker=look.marker if len(points) == 1 else None,  # a single point has no line
            gid=f"curve {arm}",
            clip_on=False,
            zorder=3,
        )
        _draw_median(axes, points.iloc[0], 50 + lane * ((len(arms) - 1) / 2 - i), look)
    return axes


def _draw_median(axes: Axes, row: pd.Series, y: float, look: _Look) -> None:
    """The median as published; the arms stand above one another, so that none hides another."""
    style = _style.current()
    if pd.isna(row["median_months"]):
        return
    low, high = (
        row[name] if pd.notna(row[name]) else row["median_months"] for name in ("low_months", "high_months")
    )
    if row["high_status"] == _words.NOT_REACHED:
        high = axes.get_xlim()[1]
        axes.plot([high], [y], marker=">", color=look.color, clip_on=False, gid=f"open {row['arm']}")
    if high > low:
        axes.hlines(
            y,
            low,
            high,
            colors=look.color,
            linewidth=1.6 * style.line,
            zorder=4,
            gid=f"median interval {row['arm']}",
        )
    axes.plot(
        [row["median_months"]],
        [y],
        marker=look.marker,
        markersize=style.marker * (0.85 if look.marker == "D" else 1.0),
        markerfacecolor=look.face,
        markeredgecolor=look.color,
        markeredgewidth=style.line,
        linestyle="none",
        zorder=5,
        gid=f"median {row['arm']}",
    )


def draw_table(data: pd.DataFrame, axes: Axes, ticks: Sequence[float]) -> Axes:
    """Write the counts of each arm beneath the ticks; blank where the arm's curve does not reach."""
    style = _style.current()
    line = LINE * style.text
    arms = by_arm(data)
    left = _furniture.MARGIN - 72 * axes.figure.get_figwidth() * axes.get_position().x0
    places = axes.get_yaxis_transform()  # across in fractions of the axes, down in points
    wide = 72 * axes.figure.get_figwidth() * axes.get_position().width
    top = 0.0
    for points, look, name in zip(arms, _looks(arms), names(data), strict=True):
        base = top + line / 2 + _furniture.BASELINE * style.text
        axes.add_artist(
            Line2D(
                [left / wide, (left + 1.8 * style.text) / wide],
                [top + line / 2] * 2,
                transform=places,
                color=look.color,
                linestyle=look.line,
                linewidth=1.2 * style.line,
                clip_on=False,
            )
        )
        how = {"size": style.text, "transform": places}
        lines = _name(name)
        at = [((left + _NAME * style.text) / wide, base + i * line) for i in range(len(lines))]
        axes.add_artist(Texts(at, lines, bold=True, color=look.color, **how))
        top += max(len(lines) - 1, 0) * line
        known = points[points["month"].isin(ticks)]
        for j, (column, words) in enumerate(_counted().items(), start=len(lines) > 0):
            base = top + (j + 0.5) * line + _furniture.BASELINE * style.text
            at_left = (left + _NAME * style.text * (not lines)) / wide
            axes.add_artist(Texts([(at_left, base)], [words], color=_style.GRAY, **how))
            cells = [_words.whole(n) for n in known[column]]
            at = [(month, base) for month in known["month"]]
            gid = f"{column} {points['arm'].iloc[0]}"
            how_counted = {"size": style.text, "transform": axes.transData, "gid": gid}
            axes.add_artist(Texts(at, cells, align="center", **how_counted))
        top += (bool(lines) + len(_counted()) + GAP) * line
    return axes


def _counted() -> dict[str, str]:
    """The counts that the table has room for: on a slide, those at risk."""
    return {"at_risk": "At risk"} if _style.current().whole else COUNTS


def _name(name: str) -> tuple[str, ...]:
    """An arm's name in the table, line by line; on a slide its line alone stands for it."""
    style = _style.current()
    if style.whole:
        return ()
    return _layout.wrap(name, style.width - 2 * _furniture.MARGIN - _NAME * style.text, style.text, True)


def _lines(end: Sequence[str], wide: float, style: _style.Style) -> list[tuple[str, bool]]:
    """What is written at a curve's end, line by line, and whether it is bold: its name is."""
    return [
        (line, i == 0)
        for i, words in enumerate(end)
        for line in _layout.wrap(words, wide, style.text, i == 0)
    ]


def _draw_ends(
    figure: Figure,
    data: pd.DataFrame,
    labels: Sequence[Sequence[tuple[str, bool]]],
    left: float,
    top: float,
    tall: float,
) -> None:
    """Write each arm's label beside the end of its curve, moved where two would overlap."""
    style = _style.current()
    line = style.leading * style.text
    arms = by_arm(data)
    heights = [(len(lines) + LABEL_GAP) * line for lines in labels]
    ends = [tall * (1 - points["survival_pct"].iloc[-1] / 100) for points in arms]
    points = _furniture.from_top_left(figure)
    for at, lines, look in zip(
        dodge([end - line for end in ends], heights, tall), labels, _looks(arms), strict=True
    ):
        base = top + at + 0.5 * line + _furniture.BASELINE * style.text
        for weight in (True, False):
            kept = [(k, words) for k, (words, bold) in enumerate(lines) if bold is weight]
            places = [(left, base + k * line) for k, _ in kept]
            how = {"bold": weight, "color": look.color if weight else _style.GRAY, "size": style.text}
            figure.add_artist(Texts(places, [words for _, words in kept], transform=points, **how))


def dodge(wanted: Sequence[float], heights: Sequence[float], room: float) -> np.ndarray:
    """Tops of boxes as near as can be to those wanted, one below the other, within 0 to `room`."""
    order = sorted(range(len(wanted)), key=lambda i: (wanted[i], i))
    tops = np.zeros(len(wanted))
    end = 0.0
    for i in order:
        tops[i] = max(wanted[i], end)
        end = tops[i] + heights[i]
    for i in reversed(order):
        room -= heights[i]
        tops[i] = room = min(tops[i], room)
    return tops
