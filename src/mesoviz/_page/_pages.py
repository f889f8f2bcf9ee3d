"""A chart cut into pages: by its rows, at the borders of its groups, as many as a page is high enough for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mesoviz._page import _layout, _style

if TYPE_CHECKING:
    from mesoviz._page._chart import Chart

# A page that one row, or a chart without rows, does not fit is taken larger, so that its type looks smaller.
ENLARGED = (1.0, 1.15, 1.3, 1.5, 1.75, 2.0, 2.4, 3.0, 4.0)


def pages(
    chart: Chart, style: _style.Style, *, rows: int | None = None, takeaway: bool = False
) -> list[Chart]:
    """The chart on as many pages of a style as it needs.

    Parameters
    ----------
    chart : Chart
        It stays as it is.
    style : _style.Style
        Its `page` is the height of a page.
    rows : int, optional
        At most so many rows on a page.
    takeaway : bool
        Let each page's takeaway be its title, the chart's title standing below.

    Returns
    -------
    list of Chart
        Their rows in order are those of `chart`; the last page tells what is omitted.

    Raises
    ------
    _layout.DoesNotFit
        If the chart cannot be drawn at all on so narrow a page.
    """
    for larger in ENLARGED:
        size = {"width": larger * style.width, "page": larger * style.page, "dpi": style.dpi / larger}
        room = replace(style, all_rows=chart.data, **size)
        try:
            with _style.using(room):
                return _cut(chart, rows, takeaway)
        except _layout.DoesNotFit as problem:
            if style.narrow or larger == ENLARGED[-1]:
                raise problem
    raise AssertionError("unreachable")


def _cut(chart: Chart, rows: int | None, takeaway: bool) -> list[Chart]:
    starts, levels = _rows(chart.data, chart.keys)
    tied = list(chart.keys).index("trial") if "trial" in chart.keys else len(chart.keys)
    found: list[Chart] = []
    first, most = 0, rows or len(levels)
    while first < len(levels):
        last = _border(levels, first, most, tied)
        page = _part(chart, starts[first], starts[last])
        whole = last - first == len(levels)
        drawn = _titled(page, "" if whole else "(88 of 88)", takeaway)
        draft = replace(_style.current(), draft=True)
        try:
            drawn._again(draft, drawn.title).figure  # noqa: B018
        except _layout.Fits:
            pass
        except _layout.DoesNotFit as problem:
            if not problem.height or last == first + 1:
                raise
            over = (problem.height - _style.current().page) / problem.height
            most = max(1, min(last - first - 1, int((last - first) * (1 - over))))
            continue
        if whole:
            return [drawn]
        found.append(page)
        first, most = last, min(rows or len(levels), most + 1)
    return [_titled(page, f"({i} of {len(found)})", takeaway) for i, page in enumerate(found, 1)]


def _part(chart: Chart, first: int, end: int) -> Chart:
    """The chart of some of the rows of `data`."""
    if (first, end) == (0, len(chart.data)):
        return chart
    data = chart.data.iloc[first:end].reset_index(drop=True)
    omitted = chart.omitted if end == len(chart.data) else chart.omitted.head(0)
    return chart.part(data, omitted, chart.title)


def _titled(page: Chart, where: str, takeaway: bool) -> Chart:
    """The page as it is drawn: its finding above its title, and which of how many it is."""
    title = f"{page.title} {where}".rstrip()
    return page._again(_style.current(), f"{page.takeaway}\n{title}" if takeaway else title)


def row_of(data: pd.DataFrame, keys: Sequence[str]) -> pd.Series:
    """The number of the figure's row that each line of `data` belongs to; all to one without keys.

    A line without any key, as that of a pooled estimate, belongs with the line above it.
    """
    return _changes(data, keys).any(axis=1).cumsum()


def _changes(data: pd.DataFrame, keys: Sequence[str]) -> pd.DataFrame:
    """True where a key differs from that of the line above."""
    told = data[list(keys)].astype("object").ffill().fillna("")
    return told.ne(told.shift())


def _rows(data: pd.DataFrame, keys: Sequence[str]) -> tuple[list[int], list[int]]:
    """Where each row of the figure begins in `data` (and the end of it); its outermost key that is new."""
    if not keys:
        return [0, len(data)], [0]
    changed = _changes(data, keys).to_numpy()
    begins = np.flatnonzero(changed.any(axis=1))
    return [*begins.tolist(), len(data)], changed[begins].argmax(axis=1).tolist()


def _border(levels: Sequence[int], first: int, most: int, tied: int) -> int:
    """The best row to begin the next page with: the outermost border in the last third of this page.

    Rows that share the keys up to `tied`, as the arms of a trial do, are parted only where nothing else fits.
    """
    if first + most >= len(levels):
        return len(levels)
    end = min(range(first + most, first + 2 * most // 3, -1), key=levels.__getitem__)
    whole = [at for at in range(first + most, first, -1) if levels[at] <= tied]
    return whole[0] if whole and levels[end] > tied else end
