"""The overview of many arms: a strip for each class within a setting, a dot for each arm, controls apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mesoviz._page import _furniture, _layout, _style, _words

if TYPE_CHECKING:
    from matplotlib.axes import Axes

KEYS = ["arm_setting", "therapy_class", "role"]


def table(data: pd.DataFrame, value: str, size: str = "n") -> pd.DataFrame:
    """One row a strip: setting, class, role, its arms, patients and range of values."""
    return (
        data.groupby(KEYS, observed=True, sort=False)
        .agg(
            arms=("arm", "size"),
            patients=(size, lambda n: n.sum(min_count=1)),
            low=(value, "min"),
            high=(value, "max"),
        )
        .reset_index()
    )


def keys(data: pd.DataFrame, size: str = "n") -> list[_furniture.Key]:
    """The legend of what is drawn, and of nothing else."""
    style = _style.current()
    dark = {"marker": "o", "color": _style.OTHER_COLOR}
    hollow = {"marker": "o", "markerfacecolor": "white", "markeredgecolor": _style.EDGE}
    shown = set(data["role"].astype("object"))
    found = [_furniture.Key("experimental arm", dark)] if "experimental" in shown else []
    found += [_furniture.Key("control arm", hollow)] if "control" in shown else []
    for n in (100, 300) if style.whole else (10, 100, 300):
        mark = {"marker": "o", "color": _style.GRAY, "markersize": float(_diameter(n, style))}
        found.append(_furniture.Key(f"{n} patients", mark))
    if data[size].isna().any():
        found.append(_furniture.Key("number not in the sources read", {"marker": "x", "color": _style.GRAY}))
    return found


def lay_out(
    data: pd.DataFrame,
    furniture: _furniture.Furniture,
    *,
    value: str,
    size: str = "n",
    span: str,
    label: str,
    places: int = 1,
) -> tuple[_layout.Rows, np.ndarray, np.ndarray]:
    """Lay out the strips as rows; also give each dot its strip's middle and height.

    Parameters
    ----------
    data : pandas.DataFrame
        One row a dot, in drawing order.
    furniture : _furniture.Furniture
        Words around the strips.
    value, size : str
        Columns of a dot's place and of its number of patients.
    span, label : str
        Title of the column with the range of values, and the words below the axis.
    places : int
        Least decimals of the range's ends.
    """
    style = _style.current()
    strips = table(data, value, size)
    strip = data[KEYS].merge(strips[KEYS].reset_index(names="at"), on=KEYS, how="left")["at"].to_numpy()
    largest = _diameter(data[size].fillna(0).to_numpy(dtype=float), style)
    largest = pd.Series(largest).groupby(strip).max().to_numpy()
    lanes = _lanes(strips["arms"].to_numpy())
    ends = [
        [_words.number(end, places) for end in dict.fromkeys(pair)]
        for pair in zip(strips["low"], strips["high"], strict=True)
    ]
    laid = _layout.rows(
        furniture,
        left=[
            _layout.Column(
                "Therapy class",
                [
                    f"{kind}, controls" if role == "control" else str(kind)
                    for kind, role in zip(strips["therapy_class"], strips["role"], strict=True)
                ],
            )
        ],
        right=[
            _layout.Column("Arms", [str(arms) for arms in strips["arms"]], align="right"),
            _layout.Column("Patients", [_words.whole(n) for n in strips["patients"]], align="right"),
            _layout.Column(span, ["\N{EN DASH}".join(pair) for pair in ends]),
        ],
        panels=[_layout.Panel(label=label)],
        groups=[(_words.SETTINGS.get(setting, str(setting)),) for setting in strips["arm_setting"]],
        heights=np.maximum(style.row + (lanes - 1) * _lane(style), largest + 0.3 * style.text),
    )
    return laid, laid.y[strip], laid.height[strip]


def draw(
    data: pd.DataFrame,
    axes: Axes,
    y: np.ndarray,
    height: np.ndarray,
    *,
    value: str,
    size: str = "n",
    triangles: np.ndarray | None = None,
) -> Axes:
    """Draw a dot an arm within the strip around `y`, neighbors in turn above and below its middle.

    The largest are drawn first, so that no dot hides behind another. Where `triangles` is true, a hollow
    triangle stands for the dot: up for an experimental arm, down for a control.
    """
    style = _style.current()
    strip = pd.Series(y)
    turn = strip.groupby(strip).cumcount().to_numpy()
    lane = turn % _lanes(strip.groupby(strip).transform("size").to_numpy())
    offset = np.where(lane % 2, -1, 1) * ((lane + 1) // 2) * _lane(style)
    known = data[size].notna().to_numpy()
    n = data[size].fillna(0).to_numpy(dtype=float)
    room = np.maximum((np.asarray(height) - _diameter(n, style)) / 2, 0)
    y = y + np.clip(offset, -room, room)
    x = data[value].to_numpy(dtype=float)
    colors = np.array([_style.class_color(kind) for kind in data["therapy_class"]], dtype=object)
    control = data["role"].eq("control").to_numpy()
    plain = np.ones(len(data), dtype=bool) if triangles is None else ~np.asarray(triangles)
    largest_first = np.argsort(-n, kind="stable")
    for gid, chosen, marker in (
        ("experimental", ~control & plain, "o"),
        ("control", control & plain, "o"),
        ("experimental, other", ~control & ~plain, "^"),
        ("control, other", control & ~plain, "v"),
    ):
        which = largest_first[(chosen & known)[largest_first]]
        hollow = gid != "experimental"
        edges = [_style.EDGE] * len(which) if "control" in gid else list(colors[which])
        axes.scatter(
            x[which],
            y[which],
            s=_diameter(n[which], style) ** 2,
            marker=marker,
            facecolors="none" if hollow else list(colors[which]),
            edgecolors=edges if hollow else "white",
            linewidths=1.1 if hollow else 0.5,
            alpha=1 if hollow else 0.8,
            gid=gid,
            zorder=3,
            clip_on=False,  # a dot at zero is drawn whole
        )
    axes.scatter(
        x[~known],
        y[~known],
        marker="x",
        s=style.marker**2,
        c=list(np.where(control, _style.EDGE, colors)[~known]),
        linewidths=1.1,
        gid="n not reported",
        zorder=3,
        clip_on=False,
    )
    return axes


def _lanes(arms: np.ndarray) -> np.ndarray:
    """How many lanes a strip of so many arms has: one up to five arms, nine at most."""
    return np.minimum(9, 1 + 2 * (arms // 6))


def _lane(style: _style.Style) -> float:
    """The height of a lane in points, low on a slide."""
    return (0.28 if style.whole else 0.55) * style.text


def _diameter(n: float | np.ndarray, style: _style.Style) -> np.ndarray:
    """Diameter in points of a dot whose area is proportional to `n`.

    A dot of 100 patients is a type size wide, on a slide, with its large type, six tenths of it.
    """
    size = (0.6 if style.whole else 1.0) * style.text
    return np.maximum(np.sqrt(np.asarray(n, dtype=float) / 100) * size, 2.0)
