"""The marks of a drawn figure as plain numbers and words, and the same picture drawn from them by hand.

What a careful hand would write: one scatter a kind of mark, one collection of lines or bars, one text of many
lines a column, nothing measured, and no name, source or note looked up.
"""

import io
from dataclasses import dataclass, field
from itertools import groupby

import numpy as np
from matplotlib import transforms
from matplotlib.axis import Axis
from matplotlib.collections import LineCollection, PatchCollection, PathCollection, PolyCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.spines import Spine
from matplotlib.text import Text

from mesoviz._page._texts import Texts


@dataclass
class Place:
    """An axes: where it stands, its limits and ticks, and what is drawn in it. The whole figure has none."""

    box: tuple | None
    limits: tuple = ()
    ticks: tuple = ()
    grid: tuple = ()
    log: bool = False
    marks: list = field(default_factory=list)


def marks(figure):
    """Size and dpi of a figure, and what stands in each of its places."""
    places = [Place(None, marks=_read(figure.get_children(), figure))]
    for axes in figure.axes:
        box = axes.get_position().bounds
        limits = (axes.get_xlim(), axes.get_ylim())
        shown = axes.axison
        ticks = [_ticks(axis) if shown else ([], []) for axis in (axes.xaxis, axes.yaxis)]
        grid = tuple(
            shown and axis.get_tick_params().get("gridOn", False) for axis in (axes.xaxis, axes.yaxis)
        )
        log = axes.get_xscale() == "log"
        places.append(Place(box, limits, ticks, grid, log, _read(axes.get_children(), axes)))
    return figure.get_size_inches(), figure.dpi, places


def _ticks(axis):
    low, high = sorted(axis.get_view_interval())
    labels = [(tick.get_loc(), tick.label1.get_text()) for tick in axis.get_major_ticks()]
    kept = [(at, words) for at, words in labels if low <= at <= high]
    return [at for at, _ in kept], [words for _, words in kept]


def _read(artists, place):
    """The marks among artists: scatters of one name as one."""
    found = []
    own = (Spine, Axis, Figure)
    artists = [a for a in artists if a.get_visible() and not isinstance(a, own) and a is not place.patch]
    for (kind, _), same in groupby(artists, key=lambda artist: (type(artist), artist.get_gid())):
        same = list(same)
        if kind is PathCollection:
            found.append(_scatter(same, place))
        elif kind in (LineCollection, PatchCollection, PolyCollection) or isinstance(same[0], PolyCollection):
            found += [_collection(one, place) for one in same]
        elif kind is Texts:
            found += [_column(one, place) for one in same if one.lines]
        elif kind is Text:
            found += [_word(one, place) for one in same if one.get_text()]
        elif kind is Line2D:
            found += [_line(one, place) for one in same]
        elif kind in (Rectangle, PathPatch):
            found += [_patch(one, place) for one in same]
    return found


def _to(artist, place, points):
    """Points as the place measures them: data of an axes, shares of a figure."""
    target = place.transData if hasattr(place, "transData") else place.transFigure
    return target.inverted().transform(artist.get_transform().transform(np.asarray(points, dtype=float)))


def _scatter(same, place):
    at = np.concatenate([np.asarray(one.get_offsets(), dtype=float) for one in same])
    sizes = np.concatenate([np.broadcast_to(one.get_sizes(), len(one.get_offsets())) for one in same])

    def colors(name):
        rows = [getattr(one, name)() for one in same]
        return np.concatenate(
            [
                np.broadcast_to(row if len(row) else (0, 0, 0, 0), (len(one.get_offsets()), 4))
                for row, one in zip(rows, same, strict=True)
            ]
        )

    look = {"facecolors": colors("get_facecolor"), "edgecolors": colors("get_edgecolor")}
    look |= {"linewidths": same[0].get_linewidths()[0], "zorder": same[0].get_zorder()}
    path = same[0].get_paths()[0]
    return lambda where: where.add_collection(
        PathCollection([path], sizes, offsets=at, offset_transform=where.transData, **look), autolim=False
    ).set_transform(transforms.IdentityTransform())


def _collection(one, place):
    look = {"facecolors": one.get_facecolor(), "edgecolors": one.get_edgecolor(), "hatch": one.get_hatch()}
    look |= {"linewidths": one.get_linewidths(), "zorder": one.get_zorder()}
    shapes = [_to(one, place, path.vertices) for path in one.get_paths()]
    if isinstance(one, LineCollection):
        look = {"colors": one.get_color(), "linewidths": one.get_linewidths(), "zorder": one.get_zorder()}
        return lambda where: _add(where, LineCollection(shapes, **look))
    return lambda where: _add(where, PolyCollection(shapes, closed=True, **look))


def _add(where, collection):
    if hasattr(where, "add_collection"):
        return where.add_collection(collection, autolim=False)
    collection.set_transform(where.transFigure)
    return where.add_artist(collection)


def _column(one, place):
    x, y = _to(one, place, one.places[:1])[0]
    look = {"size": one.size, "color": one.color, "ha": one.align, "va": "top", "zorder": one.get_zorder()}
    look |= {"weight": "bold" if one.bold else "normal"}
    words = "\n".join(one.lines)
    return lambda where: where.text(x, y, words, **look)


def _word(one, place):
    (x, y), words = _to(one, place, [one.get_position()])[0], one.get_text()
    look = {"size": one.get_size(), "color": one.get_color(), "ha": one.get_ha(), "va": one.get_va()}
    look |= {"weight": one.get_weight(), "style": one.get_style(), "zorder": one.get_zorder()}
    return lambda where: where.text(x, y, words, **look)


def _line(one, place):
    x, y = _to(one, place, one.get_xydata()).T
    look = {"color": one.get_color(), "marker": one.get_marker(), "markersize": one.get_markersize()}
    look |= {"linestyle": one.get_linestyle(), "linewidth": one.get_linewidth(), "zorder": one.get_zorder()}
    look |= {"markerfacecolor": one.get_markerfacecolor(), "markeredgecolor": one.get_markeredgecolor()}
    return lambda where: where.add_artist(Line2D(x, y, transform=_data(where), **look))


def _patch(one, place):
    outline = _to(one, place, one.get_path().vertices)
    look = {"facecolor": one.get_facecolor(), "edgecolor": one.get_edgecolor(), "hatch": one.get_hatch()}
    look |= {"linewidth": one.get_linewidth(), "zorder": one.get_zorder()}
    path = type(one.get_path())(outline, one.get_path().codes)
    return lambda where: where.add_artist(PathPatch(path, transform=_data(where), **look))


def _data(where):
    return where.transData if hasattr(where, "transData") else where.transFigure


def draw(size, dpi, places):
    """Draw them anew, to the bytes of a PNG."""
    figure = Figure(size, dpi=dpi)
    for place in places:
        where = figure.add_axes(place.box) if place.box else figure
        if place.box:
            _set(where, place)
        for mark in place.marks:
            mark(where)
    stream = io.BytesIO()
    figure.savefig(stream, format="png")
    return stream.getvalue()


def _set(axes, place):
    axes.spines[:].set_visible(False)
    axes.patch.set_visible(False)
    if place.log:
        axes.set_xscale("log")
    axes.set(xlim=place.limits[0], ylim=place.limits[1])
    axes.set_xticks(*place.ticks[0])
    axes.set_yticks(*place.ticks[1])
    axes.minorticks_off()
    axes.tick_params(length=0, labelsize=9)
    for on, name in zip(place.grid, "xy", strict=True):
        if on:
            axes.grid(axis=name, color="#d9d9d9", linewidth=0.8)
    axes.set_axisbelow(True)
