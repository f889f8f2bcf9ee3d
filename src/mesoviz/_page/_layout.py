"""Where things stand on the page: furniture around a body, and a body of labeled rows beside their axes.

All lengths are points (1/72 inch) from the top left corner, so that nothing has to be moved, measured
again or cropped once it is drawn.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.collections import LineCollection, PatchCollection
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.textpath import TextToPath
from matplotlib.transforms import Affine2D

from mesoviz._page import _style, _words

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.transforms import Transform

MARGIN = 8.0
LEADING = 1.3  # line distance, in type sizes
BASELINE = 0.36  # from the middle of a line down to its baseline, in type sizes
SLACK = 1.02  # a program that shows an SVG may draw a text slightly wider


class DoesNotFit(ValueError):
    """The chart needs more room than its page has; its `height`, where that is what it lacks."""

    def __init__(self, message: str, height: float = 0.0) -> None:
        super().__init__(message)
        self.height = height


@dataclass(frozen=True)
class Column:
    """A column of text beside the axes, one cell a row; a line break in a cell is kept."""

    title: str
    cells: Sequence[str]
    align: str = "left"
    color: str = _style.INK


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
class Key:
    """An entry of the legend: words, and how their mark is drawn (Line2D properties or a patch's), if any."""

    label: str
    mark: Mapping[str, object] = field(default_factory=dict)
    patch: bool = False
    first: bool = False  # begins a line of the legend


@dataclass(frozen=True)
class Furniture:
    """The words around a figure's body."""

    title: str
    subtitle: str
    notes: Sequence[str] = ()
    keys: Sequence[Key] = ()


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


@lru_cache(maxsize=1)
def _outlines() -> TextToPath:
    return TextToPath()


@lru_cache(maxsize=1)
def _drawable() -> frozenset[int]:
    """The characters that both weights of the font can draw."""
    fonts = (FontProperties(family="DejaVu Sans", weight=weight) for weight in ("normal", "bold"))
    return frozenset.intersection(*(frozenset(get_font(findfont(font)).get_charmap()) for font in fonts))


def plain(text: str) -> str:
    """The text as it can be drawn: control characters become spaces, what the font lacks an empty square."""
    text = _words.clean(text)
    if text.isascii():
        return text
    return "".join(letter if ord(letter) in _drawable() else "\N{WHITE SQUARE}" for letter in text)


@lru_cache(maxsize=50_000)
def text_width(text: str, size: float, bold: bool = False) -> float:
    """Width of one line of text, in points."""
    font = FontProperties(family="DejaVu Sans", size=size, weight="bold" if bold else "normal")
    return SLACK * _outlines().get_text_width_height_descent(plain(text), font, ismath=False)[0]


@lru_cache(maxsize=50_000)
def wrap(text: str, width: float, size: float, bold: bool = False) -> tuple[str, ...]:
    """Break a text into lines no wider than `width` points; a word that is wider is broken inside.

    A no-break space holds two words together; a control character becomes a space.
    """
    lines: list[str] = []
    line = ""
    for word in re.split(r"[^\S\xa0]+", plain(text).strip()):
        longer = f"{line} {word}" if line else word
        if text_width(longer, size, bold) <= width:
            line = longer
            continue
        if line:
            lines.append(line)
        line = ""
        for letter in word:
            if line and text_width(line + letter, size, bold) > width:
                lines.append(line)
                line = ""
            line += letter if line or letter != "\xa0" else ""
    return (*lines, line) if line or not lines else tuple(lines)


def page(furniture: Furniture, body: float, *, narrow: bool = False) -> tuple[Figure, float]:
    """Make a figure with all its furniture around a body of the given height, which may be `narrow`.

    Returns
    -------
    (Figure, float)
        The figure and the distance of the body's top from the figure's.
    """
    style = _style.current()
    if style.narrow and not narrow:
        raise DoesNotFit("this chart needs the width of a page.")
    width = style.width - 2 * MARGIN
    texts: list[tuple[float, str, dict[str, object]]] = []
    y = MARGIN

    def write(text: str, size: float, color: str, bold: bool = False) -> None:
        nonlocal y
        for line in wrap(text, width, size, bold):
            y += LEADING * size
            weight = "bold" if bold else "normal"
            texts.append((y - (LEADING - 1) * size, line, {"size": size, "color": color, "weight": weight}))

    title, *below = furniture.title.split("\n")
    write(title, style.title, _style.INK, bold=True)
    for line in below:
        write(line, style.text, _style.INK, bold=True)
    y += 0.2 * style.text
    write(furniture.subtitle, style.text, _style.GRAY)
    keys = _flow(furniture.keys, width, style)
    keys_top = y + 0.5 * style.text
    y = keys_top + keys[-1][1] + 1.6 * style.text if keys else y
    top = y + 0.8 * style.text
    y = top + body + 0.4 * style.text
    notes = [" ".join(furniture.notes)] if style.whole else furniture.notes
    if style.whole:  # they stand at the foot of the page
        lines = sum(len(wrap(note, width, style.small)) for note in notes)
        y = max(y, style.page - MARGIN - (LEADING * lines + 0.15 * len(notes)) * style.small)
    for note in notes:
        write(note, style.small, _style.GRAY)
        y += 0.15 * style.small
    height = y + MARGIN
    if height > style.page + 0.01:
        raise DoesNotFit(f"the chart is {height:.0f} points high, its page {style.page:.0f}.", height)

    figure = Figure(figsize=(style.width / 72, height / 72), dpi=style.dpi)
    points = from_top_left(figure)
    for line_y, line, how in texts:
        figure.text(MARGIN, line_y, line, transform=points, va="baseline", ha="left", **how)
    for (x, line_y), key in zip(keys, furniture.keys, strict=True):
        _draw_key(figure, key, MARGIN + x, keys_top + line_y + 0.8 * style.text, points, style)
    return figure, top


def from_top_left(figure: Figure) -> Transform:
    """Points from the top left corner of a figure, downwards, to the canvas."""
    width, height = 72 * figure.get_figwidth(), 72 * figure.get_figheight()
    return Affine2D().scale(1 / width, -1 / height).translate(0, 1) + figure.transFigure


def axes_at(figure: Figure, left: float, top: float, width: float, height: float) -> Axes:
    """Add axes at a place given in points from the top left corner."""
    across, down = 72 * figure.get_figwidth(), 72 * figure.get_figheight()
    return figure.add_axes((left / across, 1 - (top + height) / down, width / across, height / down))


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


def _key_room(key: Key, style: _style.Style) -> float:
    """Room of a legend's mark before its words."""
    if not key.mark:
        return 0.15 * style.text
    return max(1.8 * style.text, float(key.mark.get("markersize", 0)) + 0.6 * style.text)


def _flow(keys: Sequence[Key], width: float, style: _style.Style) -> list[tuple[float, float]]:
    """Places of the legend's entries, in lines that are filled from the left."""
    places: list[tuple[float, float]] = []
    x = y = 0.0
    for key in keys:
        wide = _key_room(key, style) + text_width(key.label, style.small) + 1.2 * style.text
        if x and (key.first or x + wide > width):
            x, y = 0.0, y + 1.6 * style.text
        places.append((x, y))
        x += wide
    return places


def _draw_key(figure: Figure, key: Key, x: float, y: float, points: Transform, style: _style.Style) -> None:
    room = _key_room(key, style)
    if key.patch:
        size = 0.9 * style.text
        figure.add_artist(
            Rectangle((x + 0.15 * room, y - size / 2), 0.6 * room, size, transform=points, **key.mark)
        )
    elif key.mark:
        at = (
            [x + 0.1 * room, x + 0.8 * room]
            if key.mark.get("linestyle", "none") != "none"
            else [x + 0.45 * room]
        )
        mark = {"markersize": style.marker, "linestyle": "none", **key.mark}
        figure.add_artist(Line2D(at, [y] * len(at), transform=points, **mark))
    figure.text(
        x + room,
        y + BASELINE * style.small,
        plain(key.label),
        transform=points,
        va="baseline",
        size=style.small,
        color=_style.INK,
    )


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
        groups, swatches, panels = _lower(groups, swatches, panels)
    if style.narrow:
        left, right, plot_share = _stacked(left), _stacked(right), 0.26
    joined = joined if joined is not None else [False] * n_rows
    widths, plot = _widths(left, right, plot_share, style)
    if style.narrow and plot < 7 * style.text * len(panels):
        raise DoesNotFit("the texts of this chart leave its marks too little room on so narrow a page.")
    cells = [
        [_lines(cell, wide, style.text) for cell in column.cells]
        for column, wide in zip(left, widths, strict=False)
    ]
    cells += [[_lines(cell, 1e9, style.text) for cell in column.cells] for column in right]
    lines = np.array([[len(cell) for cell in column] for column in cells]).max(axis=0)
    height = style.row + (lines - 1) * LEADING * style.text
    if heights is not None:
        height = np.maximum(height, np.asarray(heights, dtype=float))

    header = _header_lines(left, right, widths, panels, plot, style)
    repeat_ticks = n_rows > 15  # far from the lower axis: say the scale above too
    head = max(len(titles) for titles in header) * LEADING * style.text + 0.4 * style.text
    head += 1.5 * style.text if repeat_ticks else 0
    y, middle, headings = 0.0, np.empty(n_rows), []
    before: tuple[str, ...] = ()
    for i, group in enumerate(groups):
        for level, words in enumerate(group):
            if words and group[: level + 1] != before[: level + 1]:
                for line in wrap(words, style.width - 4 * MARGIN, _heading_size(level, style), True):
                    y += (0.45 if y and line == words else 0.1) * style.text
                    headings.append((y + style.row / 2, level, line, words))
                    y += style.row
        before = group
        middle[i] = y + height[i] / 2
        y += height[i]
    body = y
    text_edges, axes_edges = _edges(left, right, widths, panels, plot)
    ends = [
        [wrap(words, 0.47 * wide, style.small) for words in panel.ends]
        for panel, (_, wide) in zip(panels, axes_edges, strict=True)
    ]
    below = max(len(words) for pair in ends for words in pair) * any(any(p.ends) for p in panels)
    below = below * LEADING * style.small + 0.4 * style.text * bool(below)
    foot = (1.7 + 1.5 * any(panel.label for panel in panels)) * style.text + below

    figure, top = page(furniture, head + body + foot, narrow=True)
    points = from_top_left(figure)
    top += head
    axes = [axes_at(figure, x, top, wide, body) for x, wide in axes_edges]
    _style_axes(axes, panels, body, repeat_ticks, below, style)
    for (x, wide), pair in zip(axes_edges, ends, strict=True):
        for at, align, words in zip((x, x + wide), ("left", "right"), pair, strict=True):
            start = top + body + 2 * style.text + BASELINE * style.small
            _write(figure, points, at, align, start, words, _style.GRAY, style, size=style.small)
    _rules(figure, points, top, middle, height, joined, body)
    for column, (x, align), column_cells, titles in zip(
        [*left, *right], text_edges, cells, header[: len(text_edges)], strict=True
    ):
        _write(figure, points, x, align, top - 0.5 * style.text, titles, _style.GRAY, style, up=True)
        for at, cell in zip(middle, column_cells, strict=True):
            start = top + at - (len(cell) - 1) / 2 * LEADING * style.text + BASELINE * style.text
            _write(figure, points, x, align, start, cell, column.color, style)
    for panel_axes, titles in zip(axes_edges, header[len(text_edges) :], strict=True):
        up = 0.5 * style.text + (1.5 * style.text if repeat_ticks else 0)
        _write(figure, points, panel_axes[0], "left", top - up, titles, _style.GRAY, style, up=True)
    _headings(figure, points, top, headings, swatches, style)
    return Rows(figure, axes, middle, height, [x for x, _ in text_edges])


def _lower(
    groups: Sequence[tuple[str, ...]], swatches: Mapping[str, str], panels: Sequence[Panel]
) -> tuple[list[tuple[str, ...]], dict[str, str], list[Panel]]:
    """The same in less height: one heading for each group, and what an axis shows said above it."""
    joined = {group: ": ".join(filter(None, group)) for group in groups}
    colors = {joined[group]: swatches[group[-1]] for group in joined if group and group[-1] in swatches}
    said = [
        panel if panel.heading or not panel.label else replace(panel, heading=panel.label, label="")
        for panel in panels
    ]
    return [(joined[group],) for group in groups], colors, said


def _stacked(columns: Sequence[Column]) -> list[Column]:
    """One column instead of several, the cells of each row below one another."""
    if len(columns) > 3:
        raise DoesNotFit(f"{len(columns)} columns of text do not fit on so narrow a page.")
    if len(columns) < 2:
        return list(columns)
    cells = ["\n".join(filter(None, row)) for row in zip(*(column.cells for column in columns), strict=True)]
    return [Column(", ".join(column.title for column in columns), cells)]


def _lines(cell: str, width: float, size: float) -> list[str]:
    """The lines of a cell, its own line breaks kept."""
    return [line for part in cell.split("\n") for line in wrap(part, width, size)]


def _heading_size(level: int, style: _style.Style) -> float:
    return style.text * (1.15 if level == 0 else 1.0)


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
    between = 1.6 * gap
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
    plot: float,
    style: _style.Style,
) -> list[tuple[str, ...]]:
    lines = [
        wrap(column.title, wide, style.text) for column, wide in zip([*left, *right], widths, strict=True)
    ]
    shares = sum(panel.share for panel in panels)
    room = plot - 1.8 * style.text * (len(panels) - 1)
    return lines + [wrap(panel.heading, room * panel.share / shares, style.text) for panel in panels]


def _write(
    figure: Figure,
    points: Transform,
    x: float,
    align: str,
    y: float,
    lines: Sequence[str],
    color: str,
    style: _style.Style,
    *,
    up: bool = False,
    size: float | None = None,
) -> None:
    """Write lines downwards from the baseline `y`, or so that the last one stands on it."""
    size = size or style.text
    first = y - (len(lines) - 1) * LEADING * size if up else y
    for i, line in enumerate(lines):
        if line:
            at = first + i * LEADING * size
            figure.text(x, at, line, transform=points, ha=align, va="baseline", size=size, color=color)


def _headings(
    figure: Figure,
    points: Transform,
    top: float,
    headings: Sequence[tuple[float, int, str, str]],
    swatches: Mapping[str, str],
    style: _style.Style,
) -> None:
    squares, colors = [], []
    for at, level, line, words in headings:
        size = _heading_size(level, style)
        x = MARGIN
        if words in swatches:
            side = 0.8 * size
            squares.append(Rectangle((x, top + at - side / 2), side, side))
            colors.append(swatches[words])
            x += 1.5 * side
        figure.text(
            x,
            top + at + BASELINE * size,
            line,
            transform=points,
            va="baseline",
            size=size,
            weight="bold",
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 1},  # no grid line through it
        )
    if squares:
        figure.add_artist(PatchCollection(squares, facecolors=colors, edgecolors="none", transform=points))


def _rules(
    figure: Figure,
    points: Transform,
    top: float,
    middle: np.ndarray,
    height: np.ndarray,
    joined: Sequence[bool],
    body: float,
) -> None:
    """Hair lines between rows that do not belong together, one below the header, one above the scale."""
    right = _style.current().width - MARGIN
    between = [top + at - tall / 2 for at, tall, tie in zip(middle, height, joined, strict=True) if not tie]
    lines = [[(MARGIN, y), (right, y)] for y in between]
    figure.add_artist(LineCollection(lines, colors=_style.RULE, linewidths=0.5, transform=points, zorder=0))
    frame = [[(MARGIN, y), (right, y)] for y in (top, top + body)]
    figure.add_artist(LineCollection(frame, colors=_style.EDGE, linewidths=0.7, transform=points, zorder=1))


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
