"""The graph of one setting: treatments as dots with words, comparisons as lines from control to therapy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd
from matplotlib.patches import PathPatch
from matplotlib.path import Path

from mesoviz._figures import _tree
from mesoviz._page import _layout, _style, _words
from mesoviz._page._texts import Texts

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True)
class Node:
    """A treatment of one setting: what is written at it, and how it is drawn."""

    name: str
    patients: float
    therapy_class: str | None  # missing where it was a control only
    name_lines: tuple[str, ...]
    small_lines: tuple[str, ...]
    diameter: float
    x: float
    text_x: float

    @property
    def height(self) -> float:
        """Room for its words and its dot."""
        style = _style.current()
        words = style.leading * (len(self.name_lines) * _size() + len(self.small_lines) * style.small)
        return max(words, self.diameter) + (0.3 if style.whole else 0.8) * style.text

    @property
    def right(self) -> float:
        """Where its words end."""
        style = _style.current()
        wide = [_layout.text_width(line, _size()) for line in self.name_lines]
        wide += [_layout.text_width(line, style.small) for line in self.small_lines]
        return self.text_x + max(wide)


def _size() -> float:
    """Of the type of names: small where columns of them are narrow."""
    style = _style.current()
    return style.small if style.narrow else style.text


def nodes(data: pd.DataFrame, width: float, most: float) -> dict[str, Node]:
    """The nodes of one setting in columns that share the width."""
    style = _style.current()
    edges = list(zip(data["control"], data["experimental"], strict=True))
    depth = _tree.depths(edges)
    tried = data.drop_duplicates("experimental").set_index("experimental")["therapy_class"]
    patients = dict(zip(data["control"], data["control_patients"], strict=True))
    patients |= dict(zip(data["experimental"], data["experimental_patients"], strict=True))
    column = width / (max(depth.values()) + 1)
    sizes = {name: diameter(n, most) for name, n in patients.items()}
    widest = {at: max(sizes[name] for name in depth if depth[name] == at) for at in set(depth.values())}
    found = {}
    for name, at in depth.items():
        room = max(column - widest[at] - (1.2 if style.narrow else 2.2) * style.text, 6 * style.text)
        trials = data.loc[data["experimental"].eq(name), "trial_label"].drop_duplicates()
        n = (
            _words.count(int(patients[name]), "patient")
            if pd.notna(patients[name])
            else "patients not reported"
        )
        small = f"{n}; {', '.join(trials)}" if len(trials) else n
        found[name] = Node(
            name=name,
            patients=patients[name],
            therapy_class=tried.get(name),
            name_lines=_layout.wrap(name, room, _size()),
            small_lines=_layout.wrap(small, room, style.small),
            diameter=sizes[name],
            x=at * column + widest[at] / 2 + style.line,
            text_x=at * column + widest[at] + 0.6 * style.text,
        )
    return found


def diameter(patients: object, most: float) -> float:
    """Diameter of a dot whose area is its patients, `most` being the most of any; a cross where not reported.

    A dot of 100 patients is a type size wide, or less where the largest would be wider than six.
    """
    style = _style.current()
    if pd.isna(patients):
        return style.marker
    shrunk = min(1.0, 6 / max(most / 100, 1e-9) ** 0.5)
    return max(shrunk * (float(patients) / 100) ** 0.5 * style.text, 2.0)


def draw(data: pd.DataFrame, axes: Axes, top: float, most: float) -> float:
    """Draw one setting's graph from `top` downwards in axes measured in points; give its height."""
    style = _style.current()
    here = nodes(data, axes.get_xlim()[1], most)
    lines = data.drop_duplicates(["control", "experimental"])
    edges = list(zip(lines["control"], lines["experimental"], strict=True))
    middles, height = _tree.rows(edges, {name: node.height for name, node in here.items()})
    for (start, end), trials in zip(edges, lines["line_trials"], strict=True):
        one, other = here[start], here[end]
        x0, x1 = one.right + 0.4 * style.text, other.x - other.diameter / 2
        y0, y1 = top + middles[start], top + middles[end]
        bend = x0 + 0.5 * max(x1 - x0, 0)
        path = Path([(x0, y0), (bend, y0), (bend, y1), (x1, y1)], [1, 4, 4, 4])
        width = 0.11 * style.text * int(trials)
        axes.add_patch(PathPatch(path, facecolor="none", edgecolor=_style.EDGE, linewidth=width, gid="line"))
    for gid, control in (("experimental", False), ("control", True)):
        chosen = [
            node
            for node in here.values()
            if (node.therapy_class is None) == control and pd.notna(node.patients)
        ]
        colors = [_style.EDGE if control else _style.class_color(node.therapy_class) for node in chosen]
        axes.scatter(
            [node.x for node in chosen],
            [top + middles[node.name] for node in chosen],
            s=[node.diameter**2 for node in chosen],
            facecolors="white" if control else colors,
            edgecolors=colors,
            linewidths=style.line,
            zorder=3,
            clip_on=False,
            gid=gid,
        )
    unknown = [node for node in here.values() if pd.isna(node.patients)]
    axes.scatter(
        [node.x for node in unknown],
        [top + middles[node.name] for node in unknown],
        s=style.marker**2,
        marker="x",
        c=_style.EDGE,
        linewidths=1.1,
        zorder=3,
        gid="patients not reported",
    )
    _write(here, {name: top + middle for name, middle in middles.items()}, axes, style)
    return height


def _write(here: Mapping[str, Node], y: Mapping[str, float], axes: Axes, style: _style.Style) -> None:
    """The words beside the dots: each node's name, and in small print below it what was tried."""
    looks = [(_size(), _style.INK), (style.small, _style.GRAY)]
    places, words = ([], []), ([], [])
    for name, node in here.items():
        blocks = (node.name_lines, node.small_lines)
        tall = len(node.name_lines) * _size() + len(node.small_lines) * style.small
        at = y[name] - style.leading * tall / 2
        for i, (lines, (size, _)) in enumerate(zip(blocks, looks, strict=True)):
            for line in lines:
                places[i].append((node.text_x, at + size))
                words[i].append(line)
                at += style.leading * size
    for at, lines, (size, color) in zip(places, words, looks, strict=True):
        axes.add_artist(Texts(at, lines, size=size, color=color, transform=axes.transData, gid="node"))


def most_patients(data: pd.DataFrame) -> float:
    """The most patients of any node."""
    most = data[["control_patients", "experimental_patients"]].max(axis=None)
    return float(most) if pd.notna(most) else 0.0


def height(part: pd.DataFrame, width: float, most: float) -> float:
    edges = list(dict.fromkeys(zip(part["control"], part["experimental"], strict=True)))
    return _tree.rows(edges, {name: node.height for name, node in nodes(part, width, most).items()})[1]
