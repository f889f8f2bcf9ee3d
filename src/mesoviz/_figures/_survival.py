"""Median survival per arm: one row an arm, or an overview with one dot an arm."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import matplotlib as mpl
import numpy as np
import pandas as pd

from mesoviz._figures import _arms, _basis
from mesoviz._page import _furniture, _given, _layout, _strips, _style, _words
from mesoviz._page._chart import ALT_LENGTH, Chart

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ENDPOINTS = {"OS": ("os", "overall survival"), "PFS": ("pfs", "progression-free survival")}
_BEYOND = 0.08  # how far an axis may reach beyond its last tick, as a share of it
_ARM_COLUMNS = (
    *("trial", "trial_label", "arm", "arm_label", "arm_setting", "role", "design", "therapy_label", "agent"),
    *("therapy_class", "part_of", "n", "population", "overlaps_trial", "n_source", "n_citation"),
)


def median_survival(
    trials: pd.DataFrame,
    endpoint: str = "OS",
    *,
    by: str = "arm",
    title: str | None = None,
    sources: pd.DataFrame | None = None,
) -> Chart:
    """Draw the median survival of each arm with its interval as published.

    Parameters
    ----------
    trials : pandas.DataFrame
        Arms from `load_trials`, one row an arm; filter it with pandas first.
    endpoint : {"OS", "PFS"}, default "OS"
        Overall or progression-free survival, in months.
    by : {"arm", "therapy_class"}, default "arm"
        One labeled row an arm, by setting, class and agent; or an overview, one strip a class within each
        setting, every arm a dot whose area is its number of patients, controls apart.
    title : str, optional
        A heading of your own in place of the general one.
    sources : pandas.DataFrame, optional
        From `load_sources`; by default the project's own.

    Returns
    -------
    Chart
        `data` has one row an arm with `median_months`, `low_months`, `high_months`, `ci_level` (percent);
        `omitted` the arms whose median is not reported.

    Raises
    ------
    ValueError
        If the selection is empty, reports no median, or an option is not allowed.

    Notes
    -----
    Nothing is computed: medians and intervals are those of the publications, whose methods differ. Arms
    are ordered by name, never by result; the arms of a randomized comparison stand together.

    Examples
    --------
    >>> import mesoviz as mv
    >>> trials = mv.load_trials()
    >>> chart = mv.median_survival(trials[trials["trial"] == "determine"])
    >>> chart.data[["arm", "role"]].to_numpy().tolist()
    [['tremelimumab', 'experimental'], ['placebo', 'control']]
    """
    _given.choose(endpoint, ENDPOINTS, "endpoint")
    _given.choose(by, ("arm", "therapy_class"), "by")
    data, omitted = prepare(trials, endpoint, by=by, sources=sources)
    title = _given.heading(title, f"Median {ENDPOINTS[endpoint][1]} by therapy")
    draw_all = _draw_rows if by == "arm" else _draw_strips

    def chart(data: pd.DataFrame, omitted: pd.DataFrame, title: str) -> Chart:
        behind = _arms.sources_behind(data, ["source", "n_source"], sources)
        return Chart(
            lambda title: draw_all(data, omitted, behind, endpoint, title),
            data,
            title=title,
            alt=_alt(data, endpoint, by),
            text=describe(data, omitted, endpoint, title),
            omitted=omitted,
            sources=behind,
            part=chart,
            takeaway=_takeaway(data, endpoint),
            keys=_arms.ROWS if by == "arm" else _strips.KEYS[:2],
        )

    return chart(data, omitted, title)


def prepare(
    trials: pd.DataFrame, endpoint: str, *, by: str = "arm", sources: pd.DataFrame | None = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Part arms into those with a median to draw, in drawing order, and those without, with the reason."""
    key, words = ENDPOINTS[endpoint]
    renamed = {
        f"{key}_status": "status",
        f"{key}_high_status": "high_status",
        f"{key}_median_months": "median_months",
        f"{key}_low_months": "low_months",
        f"{key}_high_months": "high_months",
        f"{key}_ci_level": "ci_level",
        f"{key}_source": "source",
        f"{key}_citation": "citation",
    }
    extra = ["pfs_definition"] if endpoint == "PFS" else []
    _given.require(trials, [*_ARM_COLUMNS, *extra, *renamed], "median_survival")
    frame = _given.take(trials, [*_ARM_COLUMNS, *extra, *renamed]).rename(columns=renamed)
    if by == "arm":
        frame = frame.assign(**_basis.beside(trials, endpoint, sources))
    reason = pd.Series(pd.NA, index=frame.index, dtype="object")
    reason[frame["status"].astype("object").isin([_words.NOT_REPORTED]) | frame["status"].isna()] = (
        f"median {words} {_words.UNREPORTED}"
    )
    if by == "therapy_class":  # a dot for an arm and another for its part would show patients twice
        reason[frame["status"].eq(_words.NOT_REACHED) & reason.isna()] = f"median {words} not reached"
        reason[_arms.parts_of_drawn(frame, reason)] = "part of an arm that is drawn"
    drawn, omitted = _given.split(frame, reason)
    if drawn.empty:
        raise ValueError(f"median_survival: no arm of the selection reports a median {words}.")
    drawn = _arms.in_order(drawn)
    if by == "therapy_class":
        keys = ["arm_setting", "therapy_class", "role", "median_months", "trial", "arm"]
        drawn = drawn.sort_values(keys).reset_index(drop=True)
    return drawn, omitted.reset_index(drop=True)


def draw(data: pd.DataFrame, axes: Axes, y: Sequence[float]) -> Axes:
    """Draw medians and intervals at the heights `y`: classes by color, controls hollow."""
    style = _style.current()
    control = data["role"].eq("control").to_numpy()
    colors = [
        _style.EDGE if c else _style.class_color(k)
        for c, k in zip(control, data["therapy_class"], strict=True)
    ]
    colors = np.array(colors, dtype=object)
    y = np.asarray(y, dtype=float)
    x, low, high = (
        data[name].to_numpy(dtype=float) for name in ("median_months", "low_months", "high_months")
    )
    open_high = data["high_status"].eq(_words.NOT_REACHED).to_numpy(dtype=bool, na_value=False)
    limit = _month_axis(axes, _latest(data))
    start = np.where(np.isnan(low), x, low)
    end = np.where(open_high, limit, np.where(np.isnan(high), x, high))
    has_line = end > start  # also where the median is not reached but its lower limit is
    axes.hlines(
        y[has_line],
        start[has_line],
        end[has_line],
        colors=list(colors[has_line]),
        linewidth=style.line,
        gid="interval",
    )
    size = style.marker**2
    for role, marker, which in (("experimental", "o", ~control), ("control", "D", control)):
        face = list(colors[which]) if role == "experimental" else "white"
        scale = 1.0 if role == "experimental" else 0.72  # a diamond of the same side looks larger
        axes.scatter(
            x[which],
            y[which],
            s=scale * size,
            marker=marker,
            facecolors=face,
            edgecolors=list(colors[which]),
            linewidths=style.line,
            zorder=3,
            clip_on=False,  # a median near zero is drawn whole
            gid=role,
        )
    axes.scatter(
        np.full(open_high.sum(), limit),
        y[open_high],
        s=size,
        marker=">",
        c=list(colors[open_high]),
        zorder=3,
        clip_on=False,
        gid="open upper limit",
    )
    for at in y[data["status"].eq(_words.NOT_REACHED).to_numpy(dtype=bool)]:
        axes.text(
            0.01 * limit,
            at + _furniture.BASELINE * style.small,
            _words.NOT_REACHED,
            size=style.small,
            style="italic",
            color=_style.GRAY,
            va="baseline",
            gid="not reached",
        )
    return axes


def describe(data: pd.DataFrame, omitted: pd.DataFrame, endpoint: str, title: str) -> str:
    """Every plotted number in words, one line an arm, and what is not drawn."""
    words = ENDPOINTS[endpoint][1]
    lines = [f"{_words.sentence(title)} {_studied(data)} Intervals are 95 % unless said."]
    notes = _arms.remarks(data, "pfs_definition" if endpoint == "PFS" else None)
    for row, name, remarks in zip(_given.records(data), _arms.names(data), notes, strict=True):
        n = f"n = {row['n']}" if pd.notna(row["n"]) else "n not reported"
        lines.append(
            f"{_words.SETTINGS.get(row['arm_setting'], row['arm_setting'])}, {row['therapy_class']}: "
            f"{name} ({row['role']}), "
            f"{row['trial_label']}, {n}: median {words} {median_words(row)}. "
            f"{' '.join([*remarks, *_basis.said(row), ''])}{_words.citation(row['citation'])}"
        )
    below = [*_arms.omitted_words(omitted), *_words.meaning(lines), _words.CAVEAT]
    return "\n".join([*lines, *below])


def median_words(row: dict[str, object]) -> str:
    reached = row["status"] != _words.NOT_REACHED
    median = f"{_words.number(row['median_months'])} months" if reached else _words.NOT_REACHED
    limits = _words.interval(
        row["low_months"], row["high_months"], open_high=row["high_status"] == _words.NOT_REACHED
    )
    if not limits:
        return f"{median}, {_words.NO_INTERVAL}" if reached else median
    level = f"{row['ci_level']:g} %" if pd.notna(row["ci_level"]) else "level not stated,"
    return f"{median} ({level} interval {limits[1:-1]})"


def median_cell(row: dict[str, object]) -> str:
    reached = row["status"] != _words.NOT_REACHED
    median = _words.number(row["median_months"]) if reached else _words.NOT_REACHED
    limits = _words.interval(
        row["low_months"], row["high_months"], open_high=row["high_status"] == _words.NOT_REACHED
    )
    if limits and row["ci_level"] != 95:
        level = f"{row['ci_level']:g} %" if pd.notna(row["ci_level"]) else "level not stated"
        limits = f"{limits[:-1]}; {level})"
    return f"{median} {limits}".rstrip()


def _studied(data: pd.DataFrame) -> str:
    unknown = int((data["n"].isna() & data["part_of"].isna()).sum())
    extra = f" (n not reported for {_words.count(unknown, 'arm')})" if unknown else ""
    return f"Months; {_arms.studied(data)}{extra}."


def _span(data: pd.DataFrame) -> list[str]:
    """The least and the largest median, where any is reached."""
    medians = data["median_months"].dropna()
    return [_words.number(medians.min()), _words.number(medians.max())] if len(medians) else []


def _takeaway(data: pd.DataFrame, endpoint: str) -> str:
    found = dict.fromkeys(_span(data))
    told = f"{' to '.join(found)} months" if found else "none reached"
    where = f"{_words.count(len(data), 'arm')} of {_words.count(data['trial'].nunique(), 'trial')}"
    return f"Median {ENDPOINTS[endpoint][1]}: {told} in {where}"


def _alt(data: pd.DataFrame, endpoint: str, by: str) -> str:
    found = _span(data)
    span = f"from {' to '.join(found)} months" if found else "none reached"
    shape = "Dot chart with intervals" if by == "arm" else "Strips of dots by therapy class"
    text = (
        f"{shape}: median {ENDPOINTS[endpoint][1]} of {_arms.studied(data)}, {span}. "
        "Arms of different trials are not comparable, as patients differ."
    )
    return _words.shorten(text, ALT_LENGTH)


def _latest(data: pd.DataFrame) -> float:
    """The last month that a median or an interval reaches."""
    reached = _style.on_the_axes(data)[["median_months", "low_months", "high_months"]]
    return float(np.nanmax([*reached.to_numpy(float).ravel(), 1.0]))


def _month_axis(axes: Axes, latest: float) -> float:
    """Set the x axis from 0 to beyond the `latest` month, or to the next tick; return its end."""
    limit = 1.06 * latest
    step = next((s for s in (1, 2, 3, 6, 12, 24, 60) if limit / s <= 7), 120)
    ticks = np.arange(0, limit, step)
    if limit - ticks[-1] > _BEYOND * limit:
        ticks = np.append(ticks, ticks[-1] + step)
    half = 0.5 * _layout.text_width(f"{ticks[-1]:g}", _style.current().text)
    wide = 72 * axes.figure.get_figwidth() * axes.get_position().width
    limit = max(limit, float(ticks[-1]) / (1 - half / wide))  # the label ends where the axis does
    axes.set_xlim(0, limit)
    axes.set_xticks(ticks)
    return limit


def keys(data: pd.DataFrame) -> list[_furniture.Key]:
    """The legend of what is drawn, and of nothing else."""
    filled = {"marker": "o", "markerfacecolor": _style.OTHER_COLOR, "markeredgecolor": _style.OTHER_COLOR}
    hollow = {"marker": "D", "markerfacecolor": "white", "markeredgecolor": _style.EDGE}
    roles = data["role"].astype("object")
    keys = []
    if roles.eq("experimental").any():
        keys.append(_furniture.Key("experimental arm", filled))
    if roles.eq("control").any():
        keys.append(_furniture.Key("control arm", hollow))
    if data["low_months"].notna().any():
        keys.append(_furniture.Key("interval as published", {"linestyle": "-", "color": _style.OTHER_COLOR}))
    if data["high_status"].eq(_words.NOT_REACHED).any():
        keys.append(_furniture.Key("upper limit not reached", {"marker": ">", "color": _style.OTHER_COLOR}))
    return keys


def _notes(data: pd.DataFrame, omitted: pd.DataFrame, behind: pd.DataFrame, marks: str) -> list[str]:
    notes = [_furniture.Footnotes(marks)] if marks else []
    if data["n"].isna().any():
        notes.append(_furniture.Aside(_words.unreported("n.r.")))
    if len(omitted):
        why = [f"{reason} for {n}" for reason, n in omitted["reason"].value_counts(sort=False).items()]
        said = f"Not drawn: {_words.count(len(omitted), 'arm')} ({', '.join(why)})."
        notes.append(_furniture.Aside(said))
    return [*notes, _words.CAVEAT, _arms.sources_note(behind), _arms.license_note()]


def _draw_rows(
    data: pd.DataFrame, omitted: pd.DataFrame, behind: pd.DataFrame, endpoint: str, title: str
) -> Figure:
    notes = _arms.remarks(data, "pfs_definition" if endpoint == "PFS" else None)
    marks, explained = _arms.footnotes(notes)
    trials = [label + mark for label, mark in zip(data["trial_label"], marks, strict=True)]
    basis = _basis.panels(data)
    with mpl.rc_context(_style.settings()):
        laid = _layout.rows(
            _furniture.Furniture(
                title,
                f"{_studied(data)} Intervals are 95 % unless said.",
                _notes(data, omitted, behind, explained),
                keys(data) + (_basis.keys(data, _basis.FACTS_OF_ARMS) if basis else []),
            ),
            left=[
                _layout.Column("Therapy", list(_arms.names(data))),
                _layout.Column("Trial", trials, color=_style.GRAY),
            ],
            right=[
                _layout.Column("n", [_words.whole(n) for n in data["n"]], align="right"),
                _layout.Column("Median (interval)", [median_cell(row) for row in _given.records(data)]),
            ],
            panels=[_layout.Panel(label=f"Median {ENDPOINTS[endpoint][1]}, months"), *basis],
            groups=[
                (_words.SETTINGS.get(setting, str(setting)), str(lead))
                for setting, lead in zip(data["arm_setting"], data["lead_class"], strict=True)
            ],
            swatches=_style.CLASS_COLORS,
            joined=_arms.joined(data),
            plot_share=_basis.plot_share(basis),
        )
        draw(data, laid.axes[0], laid.y)
        if basis:
            _basis.draw(data, laid.axes[1], laid.y, _basis.FACTS_OF_ARMS)
    return laid.figure


def _draw_strips(
    data: pd.DataFrame, omitted: pd.DataFrame, behind: pd.DataFrame, endpoint: str, title: str
) -> Figure:
    with mpl.rc_context(_style.settings()):
        furniture = _furniture.Furniture(
            title,
            _studied(data) + " Each dot is an arm; its area is its number of patients.",
            _notes(data, omitted, behind, " ".join(_arms.special_trials(data))),
            _strips.keys(data),
        )
        laid, y, height = _strips.lay_out(
            data,
            furniture,
            value="median_months",
            span="Medians from\N{EN DASH}to",
            label=f"Median {ENDPOINTS[endpoint][1]}, months",
        )
        axes = laid.axes[0]
        _month_axis(axes, _style.on_the_axes(data)["median_months"].max())
        _strips.draw(data, axes, y, height, value="median_months")
    return laid.figure
