"""The furniture of a page: title, legend and notes around a body, and where things stand on it.

All lengths are points (1/72 inch) from the top left corner, so that nothing has to be moved, measured
again or cropped once it is drawn.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.transforms import Affine2D

from mesoviz._page import _style
from mesoviz._page._texts import Texts, text_width, wrap

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.transforms import Transform

MARGIN = 8.0
_APART = 0.15  # of two notes, in type sizes
BASELINE = 0.36  # from the middle of a line down to its baseline, in type sizes


class DoesNotFit(ValueError):
    """The chart needs more room than its page has; its `height`, where that is what it lacks."""

    def __init__(self, message: str, height: float = 0.0) -> None:
        super().__init__(message)
        self.height = height


@dataclass(frozen=True)
class Key:
    """An entry of the legend: words, and how their mark is drawn (Line2D properties or a patch's), if any."""

    label: str
    mark: Mapping[str, object] = field(default_factory=dict)
    patch: bool = False
    first: bool = False  # begins a line of the legend


class Fits(Exception):
    """The chart has room enough: all that a draft is to find out."""


class Aside(str):
    """A note that a page of a slide show leaves to the words of its chart."""

    __slots__ = ()


class Lead(str):
    """A note of which a page of a slide show says the first sentence."""

    __slots__ = ()


class Footnotes(str):
    """What raised letters mean, in one note."""

    __slots__ = ()


@dataclass(frozen=True)
class Furniture:
    """The words around a figure's body.

    The last three notes are what the figure does not show, its sources, and its license.
    """

    title: str
    subtitle: str
    notes: Sequence[str] = ()
    keys: Sequence[Key] = ()


def page(furniture: Furniture, body: float) -> tuple[Figure, float]:
    """Make a figure with all its furniture around a body of the given height.

    Returns
    -------
    (Figure, float)
        The figure and the distance of the body's top from the figure's.
    """
    style = _style.current()
    above, keys, top = _head(furniture, style)
    notes, foot = _foot(furniture, style)
    y = top + body + 0.4 * style.text
    if style.whole:  # they stand at the foot of the page
        y = max(y, style.page - MARGIN - foot)
    below = []
    for lines in notes:
        below.append(baselines(y + style.small, lines, style.small))
        y += len(lines) * style.leading * style.small
        y += _APART * style.small
    height = y + MARGIN
    if height > style.page + 0.01:
        raise DoesNotFit(f"the chart is {height:.0f} points high, its page {style.page:.0f}.", height)
    if style.draft:
        raise Fits
    figure = Figure(figsize=(style.width / 72, height / 72), dpi=style.dpi)
    points = from_top_left(figure)
    for text in above:
        figure.add_artist(Texts(transform=points, **text))
    for lines, heights in zip(notes, below, strict=True):
        places = [(MARGIN, base) for base in heights]
        figure.add_artist(Texts(places, lines, size=style.small, color=_style.GRAY, transform=points))
    _draw_keys(figure, furniture.keys, keys, points)
    return figure, top


def room(furniture: Furniture) -> float:
    """The height that a page of a set height leaves to its body."""
    style = _style.current()
    return style.page - MARGIN - _foot(furniture, style)[1] - 0.4 * style.text - _head(furniture, style)[2]


def _head(
    furniture: Furniture, style: _style.Style
) -> tuple[list[dict[str, object]], list[tuple[float, float]], float]:
    """The texts above the body, the places of the legend's entries, and where the body begins."""
    width = style.width - 2 * MARGIN
    texts: list[dict[str, object]] = []
    y = MARGIN

    def write(text: str, size: float, color: str, bold: bool = False) -> None:
        nonlocal y
        lines = wrap(text, width, size, bold)
        places = [(MARGIN, base) for base in baselines(y + size, lines, size)]
        texts.append({"places": places, "lines": lines, "size": size, "color": color, "bold": bold})
        y += len(lines) * style.leading * size

    title, *below = furniture.title.split("\n")
    write(title, style.title, _style.INK, bold=True)
    for line in below:
        write(line, style.text, _style.INK, bold=True)
    y += 0.2 * style.text
    if not (style.whole and below):  # there, the title says what the figure finds in what
        write(furniture.subtitle, style.text, _style.GRAY)
    keys = _flow(furniture.keys, width, style)
    gap = 0.3 if style.whole else 0.5
    beside = _beside(below[-1], furniture.keys, width, style) if style.whole and below else 0.0
    if beside:
        keys_top = y - 0.2 * style.text - 0.5 * style.leading * style.text - 0.8 * style.text
    else:
        keys_top = y + gap * style.text
        y = keys_top + keys[-1][1] + 1.6 * style.text if keys else y
    places = [(MARGIN + x + beside, keys_top + line + 0.8 * style.text) for x, line in keys]
    return texts, places, y + (gap + 0.3 * (not style.whole)) * style.text


def _foot(furniture: Furniture, style: _style.Style) -> tuple[list[tuple[str, ...]], float]:
    """The notes in lines, and their height."""
    width = style.width - 2 * MARGIN
    notes = [_brief(furniture.notes, width, style)] if style.whole else furniture.notes
    lines = [wrap(note, width, style.small) for note in notes]
    return lines, sum(style.leading * len(note) + _APART for note in lines) * style.small


def baselines(first: float, lines: Sequence[str], size: float) -> list[float]:
    """Where lines stand that follow one another downwards from the first one's baseline."""
    return [first + i * _style.current().leading * size for i in range(len(lines))]


def _beside(line: str, keys: Sequence[Key], width: float, style: _style.Style) -> float:
    """Where the legend begins that fits beside a line of the title; zero where it does not."""
    wide = sum(_key_room(key, style) + text_width(key.label, style.small) + 1.2 * style.text for key in keys)
    least = text_width(line, style.text, True) + 1.5 * style.text
    return width - wide if keys and least + wide <= width else 0.0


def _brief(notes: Sequence[str], width: float, style: _style.Style) -> str:
    """What a page of a slide show must say in one paragraph: of the caveat, its first clause.

    Where that is longer than two lines, footnotes stand in the notes of the speaker.
    """
    said = [_lead(note) for note in notes if not isinstance(note, Aside)]
    said[-3:-2] = [re.split(r"[:.] ", caveat)[0].rstrip(".") + "." for caveat in said[-3:-2]]
    if len(wrap(" ".join(said), width, style.small)) > 2:
        footnotes = f"Footnotes: in {style.rest}."
        said = [footnotes if isinstance(note, Footnotes) else note for note in said]
    return " ".join(dict.fromkeys(said))


def _lead(note: str) -> str:
    """Of a `Lead`, its first sentence."""
    return f"{note.split('. ')[0].rstrip('.')}." if isinstance(note, Lead) else note


def from_top_left(figure: Figure) -> Transform:
    """Points from the top left corner of a figure, downwards, to the canvas."""
    width, height = 72 * figure.get_figwidth(), 72 * figure.get_figheight()
    return Affine2D().scale(1 / width, -1 / height).translate(0, 1) + figure.transFigure


def axes_at(figure: Figure, left: float, top: float, width: float, height: float) -> Axes:
    """Add axes at a place given in points from the top left corner."""
    across, down = 72 * figure.get_figwidth(), 72 * figure.get_figheight()
    return figure.add_axes((left / across, 1 - (top + height) / down, width / across, height / down))


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


def _draw_keys(
    figure: Figure, keys: Sequence[Key], places: Sequence[tuple[float, float]], points: Transform
) -> None:
    """The legend: marks, and their words."""
    style = _style.current()
    words = []
    for key, (x, y) in zip(keys, places, strict=True):
        room = _key_room(key, style)
        words.append((x + room, y + BASELINE * style.small))
        if key.patch:
            size = 0.9 * style.text
            mark = Rectangle((x + 0.15 * room, y - size / 2), 0.6 * room, size, transform=points, **key.mark)
            figure.add_artist(mark)
        elif key.mark:
            line = key.mark.get("linestyle", "none") != "none"
            at = [x + 0.1 * room, x + 0.8 * room] if line else [x + 0.45 * room]
            mark = {"markersize": style.marker, "linestyle": "none", **key.mark}
            figure.add_artist(Line2D(at, [y] * len(at), transform=points, **mark))
    figure.add_artist(Texts(words, [key.label for key in keys], size=style.small, transform=points))
