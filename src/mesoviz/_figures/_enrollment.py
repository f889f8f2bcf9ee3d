"""How many patients were studied: one bar a group, counted by the one rule, whatever the grouping."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import matplotlib as mpl
import numpy as np
import pandas as pd

from mesoviz._estimates import _counting
from mesoviz._figures import _arms
from mesoviz._page import _furniture, _given, _layout, _style, _words
from mesoviz._page._chart import ALT_LENGTH, Chart

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_CAVEAT = (
    "How many patients were studied does not tell how well a therapy works. An arm counts its patients as "
    "published: enrolled, treated or evaluable."
)
_RULE = (
    f"Arms n.r.: number of patients {_words.UNREPORTED}; {_words.MAY_HOLD} They add nothing to a bar; where "
    "their trial reports its total, their patients stand in the last row."
)


def enrollment(
    trials: pd.DataFrame,
    by: str = "agent",
    *,
    title: str | None = None,
    sources: pd.DataFrame | None = None,
) -> Chart:
    """Draw how many patients were studied in each group of arms.

    Parameters
    ----------
    trials : pandas.DataFrame
        Arms from `load_trials`, one row an arm; filter it with pandas first.
    by : {"agent", "therapy_class", "setting", "phase"}, default "agent"
        One bar for each therapy within its class (without its chemotherapy backbone), therapy class,
        setting of the arm, or phase of the trial.
    title : str, optional
        A heading of your own in place of the general one.
    sources : pandas.DataFrame, optional
        From `load_sources`; by default the project's own.

    Returns
    -------
    Chart
        `data` has one row a group and role (experimental, control, not assignable) with `patients`
        (missing where no arm reports a number), `arms`, `trials` and `arms_without_n`; `omitted` the arms
        that are part of another arm.

    Raises
    ------
    ValueError
        If the selection has no arm or no number of patients to count, or `by` is not allowed.

    Notes
    -----
    Every grouping adds up to the same total, by one rule: an arm counts its own n; without one, the
    trial's enrolled patients with mesothelioma if the trial has one arm; else it is not reported. Patients
    who were enrolled but cannot be assigned to an arm are a row of their own, and arms that are part of
    another arm are never added. Therapies stand within their class from most to fewest patients; classes,
    settings and phases in their usual order.

    Examples
    --------
    >>> import mesoviz as mv
    >>> trials = mv.load_trials()
    >>> chart = mv.enrollment(trials[trials["trial"] == "maps"], by="setting")
    >>> chart.data[["group", "role", "arms"]].to_numpy().tolist()
    [['First-line treatment', 'experimental', 1], ['First-line treatment', 'control', 1]]
    """
    _given.choose(by, _counting.GROUPINGS, "by")
    counts, omitted = _counting.counted(trials, by)
    data = _counting.marks(counts)
    title = _given.heading(title, f"Patients studied, by {_counting.GROUPINGS[by][0]}")

    def chart(data: pd.DataFrame, omitted: pd.DataFrame, title: str) -> Chart:
        here = counts[counts["row"].isin(data["row"])]
        behind = _arms.sources_behind(here, ["source"], sources)
        return Chart(
            lambda title: _draw_rows(here, data, len(omitted), behind, by, title),
            data,
            title=title,
            alt=_alt(here, data, by),
            text=describe(here, data, omitted, title),
            omitted=omitted,
            sources=behind,
            part=chart,
            keys=("heading", "row"),
        )

    return chart(data, omitted, title)


def prepare(trials: pd.DataFrame, by: str = "agent") -> tuple[pd.DataFrame, pd.DataFrame]:
    """One row a mark, in drawing order; and the arms that are not counted, with the reason."""
    counts, omitted = _counting.counted(trials, by)
    return _counting.marks(counts), omitted


def draw(data: pd.DataFrame, axes: Axes, y: Sequence[float], *, by_class: bool = True) -> Axes:
    """Draw the bars at the heights `y`: experimental arms filled, controls hollow, the rest hatched."""
    style = _style.current()
    y = np.asarray(y, dtype=float)
    on_axes = _style.on_the_axes(data)
    totals = on_axes["start"] + on_axes["patients"].fillna(0)
    limit = max(1.0, float(totals.max())) * 1.06
    axes.set_xlim(0, limit)
    axes.set_xticks(_layout.whole_ticks(axes, 0, limit, f"{limit:,.0f}"))
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    for row, at in zip(_given.records(data), y, strict=True):
        if pd.isna(row["patients"]):
            continue
        color = _style.class_color(row["therapy_class"]) if by_class else _style.GRAY
        bar = {"left": row["start"], "height": style.text, "linewidth": 0.8, "gid": row["role"]}
        axes.barh(at, row["patients"], **bar, **_look(row["role"], color))
    unknown = data.assign(y=y).groupby("row").agg(patients=("patients", "count"), y=("y", "first"))
    for at in unknown.loc[unknown["patients"] == 0, "y"]:
        axes.text(
            0.01 * limit,
            at + _furniture.BASELINE * style.small,
            _words.NOT_REPORTED,
            size=style.small,
            style="italic",
            color=_style.GRAY,
            va="baseline",
            gid=_words.NOT_REPORTED,
        )
    return axes


def _look(role: str, color: str = _style.GRAY) -> dict[str, str]:
    """How the bar of a role is filled: not by color alone."""
    if role == "experimental":
        return {"facecolor": color, "edgecolor": color}
    hatch = {"hatch": "////"} if role == _counting.UNASSIGNED else {}
    return {"facecolor": "white", "edgecolor": _style.EDGE, **hatch}


def describe(counts: pd.DataFrame, data: pd.DataFrame, omitted: pd.DataFrame, title: str) -> str:
    """Every plotted number in words, one line a bar, and what is not counted."""
    lines = [f"{_words.sentence(title)} {_subtitle(counts)}"]
    cited = counts.dropna(subset="citation").groupby(["row", "role"], observed=True)["citation"].unique()
    for row in _given.records(data):
        place = f"{row['heading']}, {row['group']}" if row["heading"] else row["group"]
        patients = (
            _words.count(row["patients"], "patient")
            if pd.notna(row["patients"])
            else f"patients {_words.NOT_REPORTED}"
        )
        if row["role"] == _counting.UNASSIGNED:
            where = f"of {_words.count(row['trials'], 'trial')}"
        else:
            arms = _words.count(row["arms"], f"{row['role']} arm")
            where = f"in {arms} of {_words.count(row['trials'], 'trial')}"
        without = ""
        if row["arms_without_n"] and pd.notna(row["patients"]):
            without = f", n not reported for {_words.count(row['arms_without_n'], 'arm')}"
        citations = cited.get((row["row"], row["role"]), [])
        lines.append(f"{place}: {patients} {where}{without}. {_words.cited(citations)}".rstrip())
    return "\n".join(
        [
            *lines,
            *_arms.special_trials(counts, limit=None),
            *_arms.omitted_words(omitted),
            *_words.meaning(lines),
            _CAVEAT,
        ]
    )


def _subtitle(counts: pd.DataFrame) -> str:
    total = int(counts["patients"].sum())
    rest = int(counts.loc[counts["role"].eq(_counting.UNASSIGNED), "patients"].sum())
    arms = counts["arm"].notna()
    without = int((arms & counts["patients"].isna()).sum())
    words = f"{_words.count(total, 'patient')} in {_words.count(counts['trial'].nunique(), 'trial')}"
    words += f" with {_words.count(int(arms.sum()), 'arm')}"
    if without:
        words += f"; n not reported for {_words.count(without, 'arm')}"
    if rest:
        words += f"; {_words.count(rest, 'patient')} not assignable to an arm"
    return words + "."


def _alt(counts: pd.DataFrame, data: pd.DataFrame, by: str) -> str:
    known = data[data["role"] != _counting.UNASSIGNED].groupby("row")["patients"].sum(min_count=1)
    totals = known.dropna()
    span = f"from {totals.min():,} to {totals.max():,} patients" if len(totals) else "none with a number"
    text = (
        f"Bar chart: patients studied by {_counting.GROUPINGS[by][0]}, {_words.count(len(known), 'group')}, "
        f"{span}. {_subtitle(counts)} Numbers of patients do not tell how well a therapy works."
    )
    return _words.shorten(text, ALT_LENGTH)


def _keys(data: pd.DataFrame) -> list[_furniture.Key]:
    """The legend of what is drawn, and of nothing else."""
    drawn = set(data.loc[data["patients"].notna(), "role"])
    words = {role: f"{role} arms" for role in _counting.ROLES} | {_counting.UNASSIGNED: "no arm known"}
    return [_furniture.Key(words[role], _look(role), patch=True) for role in _counting.ROLES if role in drawn]


def _draw_rows(
    counts: pd.DataFrame,
    data: pd.DataFrame,
    parts: int,
    behind: pd.DataFrame,
    by: str,
    title: str,
) -> Figure:
    table = data.groupby("row", sort=True).agg(
        heading=("heading", "first"),
        group=("group", "first"),
        arms=("arms", "sum"),
        without=("arms_without_n", "sum"),
    )
    table["patients"] = data.groupby("row")["patients"].sum(min_count=1)
    table["trials"] = counts.groupby("row")["trial"].nunique()
    place = {row: at for at, row in enumerate(table.index)}
    notes = [_furniture.Lead(_RULE)] if table["without"].any() else []
    notes += map(_furniture.Footnotes, _arms.special_trials(counts))
    if parts:
        said = f"Not added: {_words.count(parts, 'arm')}, part of another arm and counted there."
        notes.append(_furniture.Aside(said))
    notes += [_CAVEAT, _arms.sources_note(behind), _arms.license_note()]
    last = [group == _counting.UNASSIGNED_GROUP for group in table["group"]]
    right = [
        _layout.Column("Patients", [_words.whole(n) for n in table["patients"]], align="right"),
        _layout.Column("Trials", [_words.whole(n) for n in table["trials"]], align="right"),
        _layout.Column(
            "Arms",
            ["" if rest else _words.whole(n) for n, rest in zip(table["arms"], last, strict=True)],
            align="right",
        ),
    ]
    if table["without"].any():
        cells = [_words.whole(n) if n else "" for n in table["without"]]
        right.append(_layout.Column("n.r.", cells, align="right", color=_style.GRAY))
    with mpl.rc_context(_style.settings()):
        laid = _layout.rows(
            _furniture.Furniture(title, _subtitle(counts), notes, _keys(data)),
            left=[_layout.Column(_counting.GROUPINGS[by][0].capitalize(), list(table["group"]))],
            right=right,
            panels=[_layout.Panel(label="Patients")],
            groups=[(heading,) for heading in table["heading"]],
            swatches=_style.CLASS_COLORS,
        )
        draw(data, laid.axes[0], laid.y[data["row"].map(place)], by_class=by in ("agent", "therapy_class"))
    return laid.figure
