"""Best response per arm: how many of the evaluable patients had which, and what was not told apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.collections import PatchCollection
from matplotlib.patches import Rectangle
from matplotlib.transforms import blended_transform_factory

from mesoviz._figures import _arms
from mesoviz._figures._response_parts import (
    COUNTS,
    PARTS,
    cells,
    composition,
    derived_note,
    lettered,
    remarks,
    worked_out,
)
from mesoviz._page import _furniture, _given, _layout, _style, _words
from mesoviz._page._chart import ALT_LENGTH, Chart
from mesoviz._page._texts import Texts

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

CAVEAT = (
    "Arms of different trials are not comparable: patients, criteria of response and times of assessment "
    "differ between trials."
)
# Segment: words, how it is filled, and the color of the count in it. Dark blue is best, orange is progress.
FILLS = {
    "complete_response": ("complete response (CR)", {"facecolor": "#123f6e"}, "white"),
    "partial_response": ("partial response (PR)", {"facecolor": "#3a76b2"}, "white"),
    "response_untold": ("CR or PR, not told apart", {"facecolor": "#3a76b2", "hatch": "||||"}, "white"),
    "stable_disease": ("stable disease (SD)", {"facecolor": "#c3d5e8"}, _style.INK),
    "control_untold": ("other disease control", {"facecolor": "#c3d5e8", "hatch": "||||"}, _style.INK),
    "progressive_disease": ("progressive disease (PD)", {"facecolor": "#e8a45c"}, _style.INK),
    "not_evaluable_inside": ("not evaluable (NE)", {"facecolor": "#a6a6a6"}, _style.INK),
    "rest": (
        "not reported apart",
        {"facecolor": "white", "edgecolor": "#b5b5b5", "hatch": "////"},
        _style.INK,
    ),
}
_ARM_COLUMNS = (
    *("trial", "trial_label", "arm", "arm_label", "arm_setting", "role", "design", "therapy_label", "agent"),
    *("therapy_class", "part_of", "population", "overlaps_trial", "n", "n_source", "n_citation"),
)
_PRINTED = ("objective_response_pct", "disease_control_pct")
_HOW = ("response_criteria", "response_criteria_type", "response_derived")


def best_response(
    trials: pd.DataFrame, *, title: str | None = None, sources: pd.DataFrame | None = None
) -> Chart:
    """Draw the composition of best response in each arm, as counts of the evaluable patients.

    Parameters
    ----------
    trials : pandas.DataFrame
        Arms from `load_trials`, one row an arm; filter it with pandas first.
    title : str, optional
        A heading of your own in place of the general one.
    sources : pandas.DataFrame, optional
        From `load_sources`; by default the project's own.

    Returns
    -------
    Chart
        `data` has one row an arm: the counts as reported; `response_untold` and `control_untold`, the
        responses and the disease control beyond the parts that are told; `not_evaluable_place`;
        `not_evaluable_inside`; and `rest`, the evaluable patients left. `omitted` holds the arms without
        a count or without its denominator.

    Raises
    ------
    ValueError
        If the selection is empty or reports no count of evaluable patients.

    Notes
    -----
    Bars show percent of the evaluable. A part is drawn where its count is reported; a missing one is never
    taken as zero. Responses beyond the complete and partial ones that are told (`objective_response` less
    these) are a segment of their own, "CR or PR, not told apart"; so is disease control beyond responses
    and stable disease. What is left of the evaluable is hatched: "not reported apart". Patients not
    evaluable are drawn only where they complete the sum of the evaluable; where the other parts complete
    it without them, or not all parts are told, their number stands in the table alone, with a footnote.
    Parts that contradict each other as printed have a footnote, too.

    Examples
    --------
    >>> import mesoviz as mv
    >>> trials = mv.load_trials()
    >>> chart = mv.best_response(trials[trials["trial"] == "maps2"])
    >>> list(chart.data["arm"])
    ['nivolumab', 'nivolumab-ipilimumab']
    """
    data, omitted = prepare(trials)
    title = _given.heading(title, "Best response by therapy")

    def chart(data: pd.DataFrame, omitted: pd.DataFrame, title: str) -> Chart:
        behind = _arms.sources_behind(data, ["source"], sources)
        return Chart(
            lambda title: _draw_rows(data, omitted, behind, title),
            data,
            title=title,
            alt=_alt(data),
            text=describe(data, omitted, title),
            omitted=omitted,
            sources=behind,
            part=chart,
            keys=("arm_setting", "lead_class", "trial", "arm"),
        )

    return chart(data, omitted, title)


def prepare(trials: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Part arms into those with counts to draw, in drawing order, and those without, with the reason."""
    renamed = {"response_source": "source", "response_citation": "citation"}
    columns = [*_ARM_COLUMNS, *COUNTS, *_PRINTED, *_HOW, *renamed]
    _given.require(trials, columns, "best_response")
    frame = _given.take(trials, columns).rename(columns=renamed)
    counted = (
        frame[[name for name in COUNTS if name not in ("evaluable", "not_evaluable")]].notna().any(axis=1)
    )
    printed = frame[list(_PRINTED)].notna().any(axis=1)
    reason = pd.Series(pd.NA, index=frame.index, dtype="object")
    reason[frame["evaluable"].isna()] = f"number of evaluable patients {_words.UNREPORTED}"
    reason[~counted & printed] = "only a percentage is reported"
    reason[~counted & ~printed] = f"response {_words.UNREPORTED}"
    drawn, omitted = _given.split(frame, reason)
    if drawn.empty:
        raise ValueError("best_response: no arm of the selection reports a count of evaluable patients.")
    drawn = _arms.in_order(drawn)
    return drawn.assign(**worked_out(drawn)), omitted.reset_index(drop=True)


def draw(data: pd.DataFrame, axes: Axes, y: Sequence[float]) -> Axes:
    """Draw each arm's bar in percent of its evaluable patients at the heights `y`, counts in the segments."""
    style = _style.current()
    y = np.asarray(y, dtype=float)
    tall = max(0.66 * style.row, 1.1 * style.small)
    evaluable = data["evaluable"].to_numpy(dtype=float)
    start = np.zeros(len(data))
    starts, widths = {}, {}
    for name in FILLS:
        widths[name] = 100 * data[name].fillna(0).to_numpy(dtype=float) / evaluable
        starts[name] = start
        start = start + widths[name]
    per_point = percent_axis(axes, max(100.0, start.max()))
    for name, (_, fill, ink) in FILLS.items():
        drawn = np.flatnonzero(widths[name] > 0)
        if not len(drawn):
            continue
        boxes = [Rectangle((starts[name][i], y[i] - tall / 2), widths[name][i], tall) for i in drawn]
        how_filled = {"edgecolor": "white", "linewidth": 0.6, **fill}
        axes.add_collection(PatchCollection(boxes, gid=name, zorder=2, **how_filled), autolim=False)
        if name == "rest":
            continue
        at, counts, grounds = [], [], []
        for i in drawn:
            words = str(data[name].iloc[i])
            room = _layout.text_width(words, style.small) + 0.5 * style.small
            if widths[name][i] >= per_point * (room + (1.2 * style.small if "hatch" in fill else 0)):
                middle, wide = starts[name][i] + widths[name][i] / 2, per_point * room
                at.append((middle, y[i] + _furniture.BASELINE * style.small))
                counts.append(words)
                grounds.append(Rectangle((middle - wide / 2, y[i] - tall / 2 + 0.6), wide, tall - 1.2))
        if "hatch" in fill:  # a plain ground, to read the count on
            plain = {"facecolor": fill["facecolor"], "linewidth": 0, "zorder": 2}
            axes.add_collection(PatchCollection(grounds, **plain), autolim=False)
        how = {"size": style.small, "color": ink, "align": "center", "gid": f"count of {name}"}
        axes.add_artist(Texts(at, counts, transform=axes.transData, **how))
    return axes


def percent_axis(axes: Axes, end: float = 100.0) -> float:
    """Set the x axis to percent, with room for the last tick's label; return percent per point."""
    style = _style.current()
    wide = 72 * axes.figure.get_figwidth() * axes.get_position().width
    per_point = end / (wide - 0.6 * _layout.text_width("100", style.text))
    axes.set_xlim(0, wide * per_point)
    axes.set_xticks([0, 25, 50, 75, 100])
    return per_point


def describe(data: pd.DataFrame, omitted: pd.DataFrame, title: str) -> str:
    """Every plotted number in words, one line an arm, and what is not drawn."""
    lines = [f"{_words.sentence(title)} {_subtitle(data)}"]
    for row, name, said in zip(_given.records(data), _arms.names(data), remarks(data), strict=True):
        setting = _words.SETTINGS.get(row["arm_setting"], row["arm_setting"])
        lines.append(
            f"{setting}, {row['therapy_class']}: {name} ({row['role']}), {row['trial_label']}, "
            f"{row['evaluable']} evaluable: {composition(row)}. {' '.join([*said, ''])}[{row['citation']}]"
        )
    below = [*_arms.omitted_words(omitted), *_words.meaning(lines), CAVEAT]
    return "\n".join([*lines, *below])


def _subtitle(data: pd.DataFrame) -> str:
    studied = _arms.studied(data.assign(n=data["evaluable"])).replace("patient", "evaluable patient")
    return f"Patients by their best response, in percent of the evaluable; {studied}."


def _alt(data: pd.DataFrame) -> str:
    told = int(data["rest"].eq(0).sum())
    text = (
        f"Stacked bars: best response in {_arms.studied(data.assign(n=data['evaluable']))} (evaluable); all "
        f"parts are reported for {_words.count(told, 'arm')}, the rest is hatched as not reported apart. "
        "Arms of different trials are not comparable, as patients differ."
    )
    return _words.shorten(text, ALT_LENGTH)


def _notes(
    data: pd.DataFrame, omitted: pd.DataFrame, behind: pd.DataFrame, marks: str, table: list[list[tuple]]
) -> list[str]:
    notes = [*([marks] if marks else []), *map(_furniture.Aside, derived_note(data))]
    shown = [(first, last, words) for row in table for first, last, words in row]
    signs = []
    if any(words == "\N{EN DASH}" for *_, words in shown):
        signs.append(_words.unreported("\N{EN DASH}"))
    if any(words.startswith("(") for *_, words in shown):
        signs.append("(n): as a difference from all responses or all disease control.")
    if any(first != last for first, last, _ in shown) and not _style.current().narrow:
        signs.append("Gray field: parts that are not told apart.")
    notes += [" ".join(signs)] if signs else []
    if len(omitted):
        why = [f"{reason} for {n}" for reason, n in omitted["reason"].value_counts(sort=False).items()]
        said = f"Not drawn: {_words.count(len(omitted), 'arm')} ({', '.join(why)})."
        notes.append(_furniture.Aside(said))
    return [*notes, CAVEAT, _arms.sources_note(behind), _arms.license_note()]


def _keys(data: pd.DataFrame) -> list[_furniture.Key]:
    """The legend of what is drawn, and of nothing else."""
    return [
        _furniture.Key(words, {"edgecolor": "white", "linewidth": 0.6, **fill}, patch=True)
        for name, (words, fill, _) in FILLS.items()
        if data[name].gt(0).any()
    ]


def _draw_rows(data: pd.DataFrame, omitted: pd.DataFrame, behind: pd.DataFrame, title: str) -> Figure:
    style = _style.current()
    marks, explained = _arms.footnotes(lettered(remarks(data)))
    trials = [label + mark for label, mark in zip(data["trial_label"], marks, strict=True)]
    table = [cells(row) for row in _given.records(data)]
    with mpl.rc_context(_style.settings()):
        laid = _layout.rows(
            _furniture.Furniture(
                title, _subtitle(data), _notes(data, omitted, behind, explained, table), _keys(data)
            ),
            left=[
                _layout.Column("Therapy", list(_arms.names(data))),
                _layout.Column("Trial", trials, color=_style.GRAY),
            ],
            right=[
                *_columns(table),
                _layout.Column("Evaluable", [_words.whole(n) for n in data["evaluable"]], align="right"),
            ],
            panels=[_layout.Panel(label="Percent of evaluable patients")],
            groups=[
                (_words.SETTINGS.get(setting, str(setting)), str(lead))
                for setting, lead in zip(data["arm_setting"], data["lead_class"], strict=True)
            ],
            joined=_arms.joined(data),
            plot_share=0.34 if style.width > 60 * style.text else 0.24,  # on a slide, names come first
        )
        draw(data, laid.axes[0], laid.y)
        if not style.narrow:
            _draw_spans(laid, table)
    return laid.figure


def _columns(table: list[list[tuple[int, int, str]]]) -> list[_layout.Column]:
    """The counts: a column a part; on a narrow page all in one, parts not told apart by their names."""
    names = [short for short, _ in PARTS.values()]
    if _style.current().narrow:
        told = [
            "; ".join(f"{'+'.join(names[first : last + 1])}: {words}" for first, last, words in row)
            for row in table
        ]
        return [_layout.Column("", told)]
    single = [{first: words for first, last, words in row if first == last} for row in table]
    return [
        _layout.Column(name, [row.get(i, "") for row in single], align="right")
        for i, name in enumerate(names)
    ]


def _draw_spans(laid: _layout.Rows, table: list[list[tuple[int, int, str]]]) -> None:
    """Write the counts that span columns, each on a gray field as wide as its columns."""
    style = _style.current()
    across = blended_transform_factory(_furniture.from_top_left(laid.figure), laid.axes[0].transData)
    edges = laid.columns[2:]
    fields, places, counts = [], [], []
    for y, row in zip(laid.y, table, strict=True):
        for first, last, words in row:
            if first == last:
                continue
            left, right = edges[first] - _layout.text_width("CR", style.text), edges[last]
            half = max(0.33 * style.row, 0.55 * style.small)
            fields.append(Rectangle((left, y - half), right - left, 2 * half))
            places.append(((left + right) / 2, y + _furniture.BASELINE * style.text))
            counts.append(words)
    ground = {"facecolor": _style.FIELD, "linewidth": 0, "zorder": 0.5, "gid": "field"}
    laid.figure.add_artist(PatchCollection(fields, transform=across, **ground))
    how = {"size": style.text, "align": "center", "gid": "count of several"}
    laid.figure.add_artist(Texts(places, counts, transform=across, **how))
