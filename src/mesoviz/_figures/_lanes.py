"""Trials of a class side by side on a calendar: each in a lane that is free for as long as it needs."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mesoviz._figures import _calendar
from mesoviz._page import _style


def diameter(patients: object, style: _style.Style) -> float:
    """Diameter in points of a dot whose area is its patients; one of 100 is two thirds of a type size.

    On a slide, with its large type, it is four tenths.
    """
    n = 0.0 if pd.isna(patients) else float(patients)
    return max(np.sqrt(n / 100) * (0.4 if style.whole else 0.66) * style.text, 2.2)


def sort(trials: pd.DataFrame) -> pd.DataFrame:
    """By class, then by the earliest time that is known, then by name."""
    earliest = trials[["first_from", "last_from"]].min(axis=1)
    at = earliest.fillna(trials["published"].astype("Float64").astype("float64"))
    helpers = trials.assign(_at=at, _name=trials["trial_label"].str.casefold())
    order = helpers.sort_values(["lead_class", "_at", "published", "_name", "trial"])
    return order.drop(columns=["_at", "_name"]).reset_index(drop=True)


def calendar(data: pd.DataFrame) -> tuple[float, float]:
    """The years that the axis spans, a little more than what is drawn."""
    low, high = _extent(_style.on_the_axes(data))
    low, high = np.floor(np.nanmin(low)), np.ceil(np.nanmax(high))
    room = max(0.5, 0.02 * (high - low))
    return low - room, high + room


def pack(data: pd.DataFrame, per_point: float, style: _style.Style) -> tuple[np.ndarray, np.ndarray]:
    """Give each trial a place within its class's strip.

    Parameters
    ----------
    data : pandas.DataFrame
        Trials in drawing order, from `sort`.
    per_point : float
        Years that a point of the axis stands for.
    style : Style
        The medium.

    Returns
    -------
    (numpy.ndarray, numpy.ndarray)
        The offset of each trial from the middle of its strip, and the height of each strip, in points.
    """
    lane = (0.36 if style.whole else 0.5) * style.text
    low, high = _extent(data)
    report = data["published"].to_numpy(float, na_value=np.nan) + 0.5
    wide = np.array([diameter(n, style) for n in data["patients"]])
    left = np.fmin(low, report - wide / 2 * per_point) - lane / 2 * per_point
    right = np.fmax(high, report + wide / 2 * per_point) + lane / 2 * per_point
    needs = np.where(np.isnan(report), 1, np.ceil(wide / lane)).astype(int)
    offsets, heights = np.empty(len(data)), []
    for rows in data.groupby("lead_class", observed=True, sort=False).indices.values():
        free: list[float] = []  # until when each lane is taken
        for i in rows:
            lanes = next(
                at for at in range(len(free) + 1) if all(end <= left[i] for end in free[at : at + needs[i]])
            )
            free += [-np.inf] * (lanes + needs[i] - len(free))
            free[lanes : lanes + needs[i]] = [right[i]] * needs[i]
            offsets[i] = (lanes + needs[i] / 2) * lane
        offsets[rows] -= len(free) * lane / 2
        heights.append(len(free) * lane + 0.9 * style.text)
    return offsets, np.array(heights)


def _extent(data: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """The first and the last time drawn of each trial, in years."""
    spans = _calendar.spans(data)
    year = data["published"].to_numpy(float, na_value=np.nan)
    start, end = spans["start"].to_numpy(float), spans["end"].to_numpy(float)
    return np.fmin(start, year), np.fmax(end, year + 1)
