"""Read a drawn figure back: its artists by `gid`, and the boxes of all its texts."""

import csv
from typing import NamedTuple

import matplotlib as mpl
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import PathCollection
from matplotlib.text import Text

from mesoviz._page import _style
from mesoviz._page._texts import Texts


class Line(NamedTuple):
    """A line of text as it was drawn: its baseline's anchor as the artist holds it, and its look."""

    words: str
    gid: str | None
    x: float
    y: float
    size: float
    bold: bool
    align: str
    transform: object


def table(path):
    """The rows of a CSV file as dicts of text, read with the csv module alone."""
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def artists(chart, gid):
    """All artists of a chart's figure that carry the `gid`."""
    return chart.figure.findobj(lambda artist: artist.get_gid() == gid)


def points(chart, gid):
    """The places of a scatter's marks, as an array of (x, y)."""
    found = [np.asarray(artist.get_offsets(), dtype=float) for artist in artists(chart, gid)]
    return np.concatenate(found) if found else np.empty((0, 2))


def lines(chart, gid):
    """The horizontal lines of collections, as an array of (left, right, y)."""
    found = [
        (*sorted((start[0], end[0])), start[1])
        for artist in artists(chart, gid)
        for start, end in artist.get_segments()
    ]
    return np.array(found, dtype=float).reshape(-1, 3)


def boxes(chart, gid):
    """The rectangles of patch collections, as an array of (left, right, middle of y)."""
    found = [
        (box.x0, box.x1, (box.y0 + box.y1) / 2)
        for artist in artists(chart, gid)
        for box in (path.get_extents() for path in artist.get_paths())
    ]
    return np.array(found, dtype=float).reshape(-1, 3)


def words(chart, gid=None):
    """The words of all texts drawn, or of those with the `gid`."""
    return [line.words for line in texts(chart, gid)]


def texts(chart, gid=None):
    """All lines of text drawn, or those with the `gid`, as `Line`s."""
    found = []
    for text in _texts(chart.figure):
        look = (text.get_fontsize(), text.get_weight() == "bold", text.get_ha(), text.get_transform())
        found.append(Line(text.get_text(), text.get_gid(), *text.get_position(), *look))
    for artist in _many(chart.figure):
        look = (artist.size, artist.bold, artist.align, artist.get_transform())
        for (x, y), line in zip(artist.places, artist.lines, strict=True):
            found.append(Line(line, artist.get_gid(), x, y, *look))
    return [line for line in found if gid is None or line.gid == gid]


def outside(chart, slack=0.5):
    """Texts that reach over the edge of the canvas by more than `slack` pixels."""
    across, down = chart.figure.bbox.size
    return [
        text
        for text, box in _boxes(chart.figure)
        if box.x0 < -slack or box.y0 < -slack or box.x1 > across + slack or box.y1 > down + slack
    ]


def overlapping(chart, slack=1.0):
    """Pairs of texts whose boxes share more than `slack` pixels in both directions."""
    found = sorted(_boxes(chart.figure), key=lambda pair: pair[1].y0)
    clashes = []
    for i, (text, box) in enumerate(found):
        for other, below in found[i + 1 :]:
            if below.y0 >= box.y1 - slack:
                break  # sorted: nothing further down can touch this one
            if min(box.x1, below.x1) - max(box.x0, below.x0) > slack:
                clashes.append((text, other))
    return clashes


def cut(chart, slack=1.0):
    """The `gid`s of dots that the edge of their axes cuts by more than `slack` pixels."""
    found = set()
    for axes in chart.figure.axes:
        for dots in axes.findobj(PathCollection):
            if not dots.get_clip_on() or not len(dots.get_offsets()):
                continue
            places = dots.get_offset_transform().transform(dots.get_offsets())
            half = 0.5 * np.sqrt(dots.get_sizes()) * chart.figure.dpi / 72 - slack
            box = axes.get_window_extent()
            inside = (places[:, 0] - half >= box.x0) & (places[:, 0] + half <= box.x1)
            if not inside[np.isfinite(places[:, 0])].all():
                found.add(dots.get_gid())
    return found


def _texts(figure):
    return [text for text in figure.findobj(Text) if text.get_visible() and text.get_text().strip()]


def _many(figure):
    return [artist for artist in figure.findobj(Texts) if artist.get_visible()]


def _boxes(figure):
    """Every drawn text with its box in pixels, as the Agg renderer measures it."""
    with mpl.rc_context(_style.settings()):
        return _measured(figure)


def _measured(figure):
    renderer = FigureCanvasAgg(figure).get_renderer()
    figure.draw_without_rendering()
    hidden = {
        label
        for axes in figure.axes
        for axis in (axes.xaxis, axes.yaxis)
        for tick in axis.get_major_ticks()
        for label in (tick.label1, tick.label2)
        if not min(axis.get_view_interval()) <= tick.get_loc() <= max(axis.get_view_interval())
    }
    single = [
        (text.get_text(), text.get_window_extent(renderer)) for text in _texts(figure) if text not in hidden
    ]
    return single + [
        pair for artist in _many(figure) for pair in zip(artist.lines, artist.boxes(), strict=True)
    ]
