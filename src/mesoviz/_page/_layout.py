"""A body of rows: columns of text beside the axes whose marks stand on their heights."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.collections import LineCollection, PatchCollection
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from mesoviz._page import _style
from mesoviz._page._furniture import (
    BASELINE,
    MARGIN,
    Furniture,
    axes_at,
    baselines,
    from_top_left,
    page,
    room,
)
from mesoviz._page._texts import Texts, text_width, wrap

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.transforms import Transform


_SPREAD = 0.75  # by how much the rows of a slide may be higher than they need, in rows
_ABOVE = 3.0  # above a text that stands above its marks


@dataclass(frozen=True)
class Column:
    """A column of text beside the axes, one cell a row; a line break in a cell is kept.

    A page of a slide show leaves one that is `aside` to the words of its chart.
    """

    title: str
    cells: Sequence[str]
    align: str = "left"
    color: str = _style.INK
    aside: bool = False


@dataclass(frozen=True)
class Panel:
    """An axes of a row chart: a heading above it, a label below it, its share of the width.

    `ends` say what lies to the left and to the right on the axis; they stand below its ticks.
    """

    heading: str = ""
    label: str = ""
    share: float = 1.0
    ends: tuple[str, str] = ("", "")


@dataclass(frozen=True)
class Rows:
    """A laid-out row chart: `y` is the middle of each row, `height` its height, in data units of `axes`.

    `columns` are the edges that the text columns are aligned at, in points from the left.
    """

    figure: Figure
    axes: list[Axes]
    y: np.ndarray
    height: np.ndarray
    columns: list[float]


def whole_ticks(axes: Axes, low: float, high: float, widest: str) -> list[float]:
    """Round whole numbers from `low` to `high` whose labels do not touch, at the limits that `axes` has."""
    left, right = axes.get_xlim()
    room = 72 * axes.figure.get_figwidth() * axes.get_position().width
    apart = max(1.35 * text_width(widest, _style.current().text), room / 8) * (right - left) / room
    step = next(n * 10**power for power in range(12) for n in (1, 2, 5) if n * 10**power >= apart)
    ticks = [float(tick) for tick in np.arange(np.ceil(low / step) * step, high + 1e-9, step)]
    spare = right + 0.6 * _style.current().text * (right - left) / room  # beyond it stands a column's title
    half = 0.5 * text_width(widest, _style.current().text) * (right - left) / room
    clear = [tick for tick in ticks if tick + half <= spare]
    return clear if len(clear) > 1 else ticks


def rows(
    furniture: Furniture,
    *,
    left: Sequence[Column],
    right: Sequence[Column],
    panels: Sequence[Panel] = (Panel(),),
    groups: Sequence[tuple[str, ...]] | None = None,
    swatches: Mapping[str, str] | None = None,
    joined: Sequence[bool] | None = None,
    heights: Sequence[float] | None = None,
    plot_share: float = 0.34,
) -> Rows:
    """Lay out a chart that is also a table: text columns left and right of one or more axes.

    Parameters
    ----------
    furniture : Furniture
        Words around the body.
    left, right : sequence of Column
        Text columns, one cell a row; those at the left wrap where room is short.
    panels : sequence of Panel
        The axes between them, sharing the rows.
    groups : sequence of tuple of str, optional
        Each row's headings, outermost first; a heading is drawn where it changes, an empty one never.
    swatches : mapping of str to color, optional
        Headings that get a colored square before them.
    joined : sequence of bool, optional
        True where a row belongs with the one above it: no rule is drawn between them.
    heights : sequence of float, optional
        Least height of each row, in points.
    plot_share : float, default 0.34
        Least share of the page's width for the axes: text columns at the left wrap before they get less.

    Returns
    -------
    Rows
        Figure, axes (x limits and ticks are the caller's), and the place of each row.
    """
    style = _style.current()
    swatches = swatches or {}
    n_rows = len(left[0].cells)
    groups = groups if groups is not None else [()] * n_rows
    if style.whole:
        groups, swatches = _lower(groups, swatches)
        left, right = ([column for column in side if not column.aside] for side in (left, right))
    if style.whole or style.narrow:
        panels = [_said_above(panel) for panel in panels]
    above: list[tuple[list[str], list[str]]] = []  # the names and the values of each row that stand above it
    if style.narrow:
        above, left, right = _told_above(left, right, style), [], []
    if style.whole:
        plot_share = min(plot_share, 0.18 + 0.08 * len(panels))
    joined = joined if joined is not None else [False] * n_rows
    widths, plot = _widths(left, right, plot_share, style)
    cells = [
        [_lines(cell, wide, style.text) for cell in column.cells]
        for column, wide in zip(left, widths, strict=False)
    ]
    cells += [[_lines(cell, 1e9, style.text) for cell in column.cells] for column in right]
    lines = np.array([[1] * n_rows, *([len(cell) for cell in column] for column in cells)]).max(axis=0)
    height = style.row + (lines - 1) * style.leading * style.text
    if heights is not None:
        height = np.maximum(height, np.asarray(heights, dtype=float))
    told = np.zeros(n_rows)  # height of what stands above a row's marks
    if above:
        told += [(len(names) + len(values)) * style.leading * style.text + _ABOVE for names, values in above]

    text_edges, axes_edges = _edges(left, right, widths, panels, plot - 1.6 * style.text * bool(above))
    if above:  # no room beside the axes is there for the labels of the first and the last tick
        axes_edges = [(x + style.text, wide) for x, wide in axes_edges]
    header = _header_lines(left, right, widths, panels, axes_edges, style)
    repeat_ticks = n_rows > 15  # far from the lower axis: say the scale above too
    head = max(len(titles) for titles in header) * style.leading * style.text + 0.4 * style.text
    head += 1.5 * style.text if repeat_ticks else 0
    ends = [
        [wrap(words, 0.47 * wide, style.small) for words in panel.ends]
        for panel, (_, wide) in zip(panels, axes_edges, strict=True)
    ]
    below = max(len(words) for pair in ends for words in pair) * any(any(p.ends) for p in panels)
    below = below * style.leading * style.small + 0.4 * style.text * bool(below)
    foot = (1.7 + 1.5 * any(panel.label for panel in panels)) * style.text + below

    begins, headings, body = _stack(groups, told + height, style)
    if style.name == "slide" and style.whole and heights is None:  # few rows take the room that there is
        spare = room(furniture) - head - body - foot
        height = height + min(max(spare, 0.0) / n_rows, _SPREAD * style.row)
        begins, headings, body = _stack(groups, told + height, style)
    middle = begins + told + height / 2

    figure, top = page(furniture, head + body + foot)
    points = from_top_left(figure)
    top += head
    axes = [axes_at(figure, x, top, wide, body) for x, wide in axes_edges]
    _style_axes(axes, panels, body, repeat_ticks, below, style)
    for (x, wide), pair in zip(axes_edges, ends, strict=True):
        for at, align, words in zip((x, x + wide), ("left", "right"), pair, strict=True):
            start = top + body + 2 * style.text + BASELINE * style.small
            _write(figure, points, at, align, [(start, words)], _style.GRAY, style.small)
    _rules(figure, points, top + begins, joined, (top, top + body))
    _write_above(figure, points, top + begins, above, style)
    for column, (x, align), column_cells, titles in zip(
        [*left, *right], text_edges, cells, header[: len(text_edges)], strict=True
    ):
        base = top - 0.5 * style.text
        _write(figure, points, x, align, [(base, titles)], _style.GRAY, style.text, up=True)
        above_middle = (np.array([len(cell) for cell in column_cells]) - 1) / 2 * style.leading * style.text
        first = top + middle - above_middle
        stacks = zip((first + BASELINE * style.text).tolist(), column_cells, strict=True)
        _write(figure, points, x, align, stacks, column.color, style.text)
    for panel_axes, titles in zip(axes_edges, header[len(text_edges) :], strict=True):
        base = top - 0.5 * style.text - (1.5 * style.text if repeat_ticks else 0)
        _write(figure, points, panel_axes[0], "left", [(base, titles)], _style.GRAY, style.text, up=True)
    _headings(figure, points, top, headings, swatches, style)
    return Rows(figure, axes, middle, height, [x for x, _ in text_edges])


def _stack(
    groups: Sequence[tuple[str, ...]], tall: np.ndarray, style: _style.Style
) -> tuple[np.ndarray, list[tuple[float, int, str, str]], float]:
    """Where each row begins, headings by height, level, line and words, and the height of all."""
    y, begins, headings = 0.0, np.empty(len(groups)), []
    before: tuple[str, ...] = ()
    for i, group in enumerate(groups):
        for level, words in enumerate(group):
            if words and group[: level + 1] != before[: level + 1]:
                for line in wrap(words, style.width - 4 * MARGIN, _heading_size(level, style), True):
                    apart = 0.1 if style.whole or not y or line != words else 0.45
                    y += apart * style.text
                    headings.append((y + style.row / 2, level, line, words))
                    y += style.row
        before = group
        begins[i] = y
        y += tall[i]
    return begins, headings, y


def _lower(
    groups: Sequence[tuple[str, ...]], swatches: Mapping[str, str]
) -> tuple[list[tuple[str, ...]], dict[str, str]]:
    """One heading for each group, and its color: less high than a heading a level."""
    joined = {group: ": ".join(filter(None, group)) for group in groups}
    colors = {joined[group]: swatches[group[-1]] for group in joined if group and group[-1] in swatches}
    return [(joined[group],) for group in groups], colors


def _said_above(panel: Panel) -> Panel:
    """What an axis shows, said above it, where it takes no height and can wrap."""
    return panel if panel.heading or not panel.label else replace(panel, heading=panel.label, label="")


def _told_above(
    left: Sequence[Column], right: Sequence[Column], style: _style.Style
) -> list[tuple[list[str], list[str]]]:
    """Each row's names, and its values after the titles of their columns, in lines as wide as the page.

    Names are the columns at the left up to the first of numbers.
    """
    wide = style.width - 2 * MARGIN
    number = next((i for i, column in enumerate(left) if column.align == "right"), len(left))
    names, values = left[:number], [*left[number:], *right]
    told = []
    for row in range(len(left[0].cells)):
        named = ", ".join(filter(None, (column.cells[row] for column in names)))
        said = "; ".join(_titled(column, column.cells[row]) for column in values if column.cells[row])
        told.append((_lines(named, wide, style.text), wrap(said, wide, style.text) if said else []))
    return told


def _titled(column: Column, cell: str) -> str:
    """A cell in one line after its title: intervals follow their numbers, arms stand side by side."""
    line = re.sub(r"\n(?=\(|at )", " ", cell).replace("\n", ", ")
    return f"{column.title.replace('- ', '')}: {line}" if column.title else line


def _lines(cell: str, width: float, size: float) -> list[str]:
    """The lines of a cell, its own line breaks kept."""
    return [line for part in cell.split("\n") for line in wrap(part, width, size)]


def _heading_size(level: int, style: _style.Style) -> float:
    return style.text * (1.15 if level == 0 and not style.whole else 1.0)


def _widths(
    left: Sequence[Column], right: Sequence[Column], plot_share: float, style: _style.Style
) -> tuple[list[float], float]:
    """Widths of the text columns, and what they leave for the axes."""

    def natural(column: Column) -> float:
        parts = (part for cell in column.cells for part in cell.split("\n"))
        words = max((text_width(part, style.text) for part in parts), default=0.0)
        longest = max((text_width(word, style.text) for word in column.title.split()), default=0.0)
        return max(words, longest) + 1

    wide = [natural(column) for column in [*left, *right]]
    gaps = 1.1 * style.text * len(wide)
    room = style.width - 2 * MARGIN - gaps - plot_share * style.width - sum(wide[len(left) :])
    words = [
        max((text_width(word, style.text) for cell in column.cells for word in cell.split()), default=0.0)
        for column in left
    ]
    shortest = [min(whole, 7 * style.text) for whole in wide[: len(left)]]
    unbroken = [
        max(least, min(whole, word, 12 * style.text))
        for least, whole, word in zip(shortest, wide, words, strict=False)
    ]
    capped = _shrink(_shrink(wide[: len(left)], unbroken, room), shortest, room)
    wide = [*capped, *wide[len(left) :]]
    return wide, style.width - 2 * MARGIN - gaps - sum(wide)


def _shrink(widths: list[float], least: Sequence[float], room: float) -> list[float]:
    """Take from the widest, in turn, until all fit or none can give more."""
    while sum(widths) > room + 0.01 and any(w > floor for w, floor in zip(widths, least, strict=True)):
        widest = max(w for w, floor in zip(widths, least, strict=True) if w > floor)
        among = [i for i, w in enumerate(widths) if w == widest and w > least[i]]
        stop = max([w for w in widths if w < widest] + [least[i] for i in among])
        target = max(stop, widest - (sum(widths) - room) / len(among))
        widths = [max(target, least[i]) if i in among else w for i, w in enumerate(widths)]
    return widths


def _edges(
    left: Sequence[Column],
    right: Sequence[Column],
    widths: Sequence[float],
    panels: Sequence[Panel],
    plot: float,
) -> tuple[list[tuple[float, str]], list[tuple[float, float]]]:
    """Anchor and alignment of each text column; left edge and width of each axes."""
    gap = 1.1 * _style.current().text
    x, texts = MARGIN, []
    for column, wide in zip(left, widths, strict=False):
        texts.append((x if column.align == "left" else x + wide, column.align))
        x += wide + gap
    shares = np.array([panel.share for panel in panels]) / sum(panel.share for panel in panels)
    between = (0.5 if _style.current().narrow and len(panels) > 3 else 1.6) * gap
    room = plot - between * (len(panels) - 1)
    edges = []
    for share in shares:
        edges.append((x, room * share))
        x += room * share + between
    x += gap - between
    for column, wide in zip(right, widths[len(left) :], strict=True):
        texts.append((x if column.align == "left" else x + wide, column.align))
        x += wide + gap
    return texts, edges


def _header_lines(
    left: Sequence[Column],
    right: Sequence[Column],
    widths: Sequence[float],
    panels: Sequence[Panel],
    axes_edges: Sequence[tuple[float, float]],
    style: _style.Style,
) -> list[tuple[str, ...]]:
    lines = [
        wrap(column.title, wide, style.text) for column, wide in zip([*left, *right], widths, strict=True)
    ]
    return lines + [
        wrap(panel.heading, wide, style.text) for panel, (_, wide) in zip(panels, axes_edges, strict=True)
    ]


def _write(
    figure: Figure,
    points: Transform,
    x: float,
    align: str,
    stacks: Iterable[tuple[float, Sequence[str]]],
    color: str,
    size: float,
    *,
    up: bool = False,
) -> None:
    """Write stacks of lines downwards from a baseline, or so that the last line stands on it."""
    places, words = [], []
    for y, lines in stacks:
        first = y - (len(lines) - 1) * _style.current().leading * size if up else y
        places += [(x, base) for base in baselines(first, lines, size)]
        words += lines
    figure.add_artist(Texts(places, words, size=size, color=color, align=align, transform=points))


def _headings(
    figure: Figure,
    points: Transform,
    top: float,
    headings: Sequence[tuple[float, int, str, str]],
    swatches: Mapping[str, str],
    style: _style.Style,
) -> None:
    """Headings of groups on white, so that no grid line runs through them; before some a colored square."""
    squares, colors, grounds = [], [], []
    for outer in (True, False):
        places, lines = [], []
        size = _heading_size(0 if outer else 1, style)
        for at, level, line, words in headings:
            if (level == 0) != outer:
                continue
            x, side = MARGIN, 0.8 * size
            if words in swatches:
                squares.append(Rectangle((x, top + at - side / 2), side, side))
                colors.append(swatches[words])
                x += 1.5 * side
            places.append((x, top + at + BASELINE * size))
            lines.append(line)
            wide = text_width(line, size, True)
            grounds.append(Rectangle((x - 1, top + at - 0.4 * size - 1), wide + 2, size + 2))
        figure.add_artist(Texts(places, lines, size=size, bold=True, transform=points))
    for name, patches, faces, layer in (("ground", grounds, "white", 2.5), ("swatch", squares, colors, 2.6)):
        if patches:
            how = {
                "facecolors": faces,
                "edgecolors": "none",
                "transform": points,
                "zorder": layer,
                "gid": name,
            }
            figure.add_artist(PatchCollection(patches, **how))


def _rules(
    figure: Figure, points: Transform, begins: np.ndarray, joined: Sequence[bool], ends: tuple[float, float]
) -> None:
    """Hair lines between rows that do not belong together, one below the header, one above the scale."""
    right = _style.current().width - MARGIN
    between = [y for y, tie in zip(begins, joined, strict=True) if not tie]
    for heights, color, width, layer in ((between, _style.RULE, 0.5, 0), (ends, _style.EDGE, 0.7, 1)):
        lines = [[(MARGIN, y), (right, y)] for y in heights]
        how = {"colors": color, "linewidths": width, "transform": points, "zorder": layer}
        figure.add_artist(LineCollection(lines, **how))


def _write_above(
    figure: Figure,
    points: Transform,
    begins: np.ndarray,
    above: Sequence[tuple[list[str], list[str]]],
    style: _style.Style,
) -> None:
    """The names and values of rows above their marks, on white, so that no grid line runs through them."""
    if not above:
        return
    apart, right = style.leading * style.text, style.width - MARGIN
    names, values, grounds = [], [], []
    for start, (said, told) in zip(begins, above, strict=True):
        first = start + _ABOVE + 0.8 * style.text
        names.append((first, said))
        values.append((first + len(said) * apart, told))
        high = (len(said) + len(told)) * apart
        grounds.append(Rectangle((MARGIN, start + _ABOVE / 2), right - MARGIN, high))
    ground = {
        "facecolors": "white",
        "edgecolors": "none",
        "transform": points,
        "zorder": 2.5,
        "gid": "ground",
    }
    figure.add_artist(PatchCollection(grounds, **ground))
    _write(figure, points, MARGIN, "left", names, _style.INK, style.text)
    _write(figure, points, MARGIN, "left", values, _style.GRAY, style.text)


def _style_axes(
    axes: Sequence[Axes],
    panels: Sequence[Panel],
    body: float,
    repeat_ticks: bool,
    below: float,
    style: _style.Style,
) -> None:
    for panel_axes, panel in zip(axes, panels, strict=True):
        panel_axes.set_ylim(body, 0)
        panel_axes.set_yticks([])
        panel_axes.spines[:].set_visible(False)
        panel_axes.patch.set_visible(False)
        panel_axes.tick_params(
            axis="x", labelsize=style.text, length=0, pad=0.3 * style.text, labeltop=repeat_ticks
        )
        panel_axes.grid(axis="x", color=_style.RULE, linewidth=0.8)
        panel_axes.set_axisbelow(True)
        panel_axes.set_xlabel(panel.label, size=style.text, loc="left", labelpad=0.2 * style.text + below)
