"""A chart cut into pages: by its rows, at the borders of its groups, as many as a page is high enough for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mesoviz._page import _furniture, _style

if TYPE_CHECKING:
    from mesoviz._page._chart import Chart

# A page that one row, or a chart without rows, does not fit is taken larger, so that its type looks smaller.
ENLARGED = (1.0, 1.15, 1.3, 1.5, 1.75, 2.0, 2.4, 3.0, 4.0)
_LEAST = 0.7  # of a fair share of the rows: where the last page has less, pages are filled more evenly
_TRIES = 3  # of ways to do so


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
    _furniture.DoesNotFit
        If one row, or a chart without rows, needs more than the largest page.
    """
    for larger in ENLARGED:
        size = {"width": larger * style.width, "page": larger * style.page, "dpi": style.dpi / larger}
        room = replace(style, all_rows=chart.data, **size)
        try:
            with _style.using(room):
                return _cut(chart, rows, takeaway)
        except _furniture.DoesNotFit as problem:
            if larger == ENLARGED[-1]:
                raise problem
    raise AssertionError("unreachable")


def _cut(chart: Chart, rows: int | None, takeaway: bool) -> list[Chart]:
    """As few pages as fit, of about the same number of rows."""
    starts, levels = _rows(chart.data, chart.keys)
    tied = list(chart.keys).index("trial") if "trial" in chart.keys else len(chart.keys)

    @cache
    def part(first: int, last: int) -> Chart:
        return _part(chart, starts[first], starts[last])

    @cache
    def over(first: int, last: int) -> float:
        where = "" if last - first == len(levels) else "(88 of 88)"
        return _over(_titled(part(first, last), where, takeaway), last - first)

    def borders(most: int) -> list[int]:
        found, likely = [0], most
        while found[-1] < len(levels):
            likely = _fitting(over, found[-1], min(most, len(levels) - found[-1]), likely)
            found.append(_border(levels, found[-1], likely, tied))
        return found

    most = rows or len(levels)
    found = borders(most)
    number = len(found) - 1
    fair = -(-len(levels) // number)
    if found[-1] - found[-2] < _LEAST * fair:
        tried = (borders(fewer) for fewer in range(fair, min(fair + _TRIES, most)))
        found = next((even for even in tried if len(even) == number + 1), found)
    where = [f"({i} of {number})" * (number > 1) for i in range(1, number + 1)]
    return [_titled(part(*ends), at, takeaway) for ends, at in zip(pairwise(found), where, strict=True)]


def _over(page: Chart, rows: int) -> float:
    """The share of the page's height that is too much; none where it fits.

    A page of one row that does not fit is refused.
    """
    draft = replace(_style.current(), draft=True)
    try:
        page._again(draft, page.title).figure  # noqa: B018
    except _furniture.Fits:
        return 0.0
    except _furniture.DoesNotFit as problem:
        if not problem.height or rows == 1:
            raise
        return (problem.height - _style.current().page) / problem.height
    return 0.0


def _fitting(over: Callable[[int, int], float], first: int, most: int, likely: int) -> int:
    """How many rows from the `first` on fit a page, `most` of them at most, found from a `likely` number."""
    fit, too_many, count = 0, most + 1, min(likely, most)
    while too_many - fit > 1:
        share = over(first, first + count)
        if share:
            too_many = count
            count = max(fit + 1, min(count - 1, int(count * (1 - share))))
        else:
            fit = count
            count += 1
    return fit


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
