"""Which charts of the notebooks, and which of their rows, are about a therapy or a setting."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pandas as pd

from mesoviz._notebooks._run import Shown
from mesoviz._page import _pages, _words
from mesoviz._page._chart import Chart

_THERAPY = (
    *("agent", "therapy_label", "therapy_class", "lead_agent", "lead_label", "lead_class", "therapy"),
    *("experimental", "control", "heading", "group", "row"),
)
_LONGEST = 60  # letters of a name, of those that stand for a title
_SETTING = ("arm_setting", "setting", "group")


@dataclass(frozen=True)
class Figure:
    """A chart of a notebook, under the name that its files bear."""

    name: str
    shown: Shown
    chart: Chart


def figures(shown: list[Shown]) -> list[Figure]:
    """The charts among what notebooks show, each under a name of its own that titles alone decide."""
    found: list[Figure] = []
    for one in shown:
        if isinstance(one.value, Chart):
            name = f"{_slug(one.notebook[:2])}-{_slug(one.value.title)}"
            again = sum(other.name == name or other.name.startswith(f"{name}--") for other in found)
            found.append(Figure(f"{name}--{again + 1}" if again else name, one, one.value))
    return found


def _slug(text: str) -> str:
    """A text as what any file's name and any address may hold, cut between words."""
    slug = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
    if len(slug) <= _LONGEST:
        return slug
    return slug[: _LONGEST + 1].rpartition("-")[0] or slug[:_LONGEST]


def about(
    found: list[Figure], *, therapy: str | None = None, setting: str | None = None, figure: str | None = None
) -> list[Figure]:
    """The figures whose name holds `figure`, each cut to its rows about a therapy and a setting.

    A trial's other arms stay beside the arm asked for, and what is no list of rows stays whole.
    """
    kept = [one for one in found if figure is None or figure.lower() in one.name]
    for value, columns in ((therapy, _THERAPY), (setting, _SETTING)):
        if value is not None:
            cut = [(one, _rows_about(one.chart, value, columns)) for one in kept]
            kept = [Figure(one.name, one.shown, chart) for one, chart in cut if chart is not None]
    return kept


def _rows_about(chart: Chart, value: str, columns: tuple[str, ...]) -> Chart | None:
    """The chart of the rows that name `value`, or all of it where rows cannot be taken out; else none."""
    data = chart.data
    words = {value, _words.SETTINGS.get(value, value)}
    pattern = rf"(?<!\w)(?:{'|'.join(map(re.escape, sorted(words)))})(?!\w)"
    named = pd.Series(False, index=data.index)
    for column in data.columns.intersection(columns):
        named |= data[column].astype("str").str.contains(pattern, case=False).fillna(False).astype(bool)
    if not named.any():
        return None
    if "trial" in data:
        named = named.groupby(data["trial"], dropna=False).transform("any")
    row = _pages.row_of(data, chart.keys)
    named = named.groupby(row).transform("any")
    pooled = bool(chart.keys) and data[list(chart.keys)].isna().all(axis=1).any()
    if named.all() or pooled:
        return chart
    part = data[named].reset_index(drop=True)
    return chart.part(part, chart.omitted.head(0), f"{chart.title}: {value}")
