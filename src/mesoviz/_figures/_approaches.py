"""Cell, gene and virus therapies by approach: who was treated, what was found, how far it got."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import matplotlib as mpl
import numpy as np
import pandas as pd

from mesoviz._figures import _arms, _references
from mesoviz._figures._approach_rows import CITED, SOURCES, STEPS, prepare
from mesoviz._page import _furniture, _given, _layout, _style, _words
from mesoviz._page._chart import ALT_LENGTH, Chart

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

CAVEAT = (
    "A phase says how far testing went, not how well a therapy works. Patients of small early trials were "
    "chosen, and most had no control group."
)


def approaches(
    trials: pd.DataFrame,
    *,
    targets: pd.DataFrame | None = None,
    therapies: pd.DataFrame | None = None,
    title: str | None = None,
    sources: pd.DataFrame | None = None,
) -> Chart:
    """Draw how far each cell, gene and virus therapy got, with what was found in whom.

    Parameters
    ----------
    trials : pandas.DataFrame
        Arms from `load_trials`; filter it with pandas first. Arms of other classes are omitted.
    targets : pandas.DataFrame, optional
        Strategies from `load_targets`: gene therapies for which no human trial was found get a row, too.
    therapies : pandas.DataFrame, optional
        From `load_therapies`, for what is given (`modality`); by default the project's own.
    title : str, optional
        A heading of your own in place of the general one.
    sources : pandas.DataFrame, optional
        From `load_sources`; by default the project's own.

    Returns
    -------
    Chart
        `data` has one row an arm or strategy: `approach`, `modality`, `phase` (``"none"`` where no human
        trial was found), the figures as reported, `reported` (whether any outcome is) and `outlook`, what
        became of it. `omitted` holds controls, parts of arms and arms of other classes.

    Raises
    ------
    ValueError
        If the selection is empty or holds no cell, gene or virus therapy.

    Notes
    -----
    What became of a therapy is told by its trial's status and by whether the arms given hold a trial of the
    same agent in a later phase; reasons, where a publication gives any, stand in the words of the chart.

    Examples
    --------
    >>> import mesoviz as mv
    >>> trials = mv.load_trials()
    >>> chart = mv.approaches(trials[trials["agent"].eq("HSV1716")])
    >>> chart.data[["approach", "phase", "n"]].to_numpy().tolist()
    [['Oncolytic viruses and virus envelopes', '1/2', 13]]
    """
    data, omitted = prepare(trials, targets, therapies)
    title = _given.heading(title, "Cell, gene and virus therapy: how far each approach got")

    def chart(data: pd.DataFrame, omitted: pd.DataFrame, title: str) -> Chart:
        behind = _arms.sources_behind(data, SOURCES, sources)
        ideas = data.loc[data["phase"].eq("none"), "therapy"]
        if len(ideas):
            cited = _references.of(ideas, _references.table(None, "approaches"))
            behind = pd.concat([behind, cited], ignore_index=True)
        return Chart(
            lambda title: _draw_rows(data, behind, title),
            data,
            title=title,
            alt=_alt(data),
            text=describe(data, omitted, title),
            omitted=omitted,
            sources=behind,
            part=chart,
            keys=("approach", "therapy_label", "phase", "trial", "arm"),
        )

    return chart(data, omitted, title)


def draw(data: pd.DataFrame, axes: Axes, y: Sequence[float]) -> Axes:
    """Draw a line up to the phase at the heights `y`: a dot, hollow without an outcome, a cross if none."""
    style = _style.current()
    y = np.asarray(y, dtype=float)
    x = data["phase"].map(STEPS.index).to_numpy(dtype=float)
    colors = np.array([_style.class_color(name) for name in data["therapy_class"]], dtype=object)
    last = max(STEPS.index("3"), int(x.max()))
    axes.set_xlim(-0.35, last + 0.35)
    axes.set_xticks(range(last + 1), STEPS[: last + 1])
    tried = x > 0
    axes.hlines(y[tried], 0, x[tried], colors=list(colors[tried]), linewidth=style.line, gid="reached")
    reported = data["reported"].to_numpy(dtype=bool)
    for gid, which, filled in (
        ("reported", tried & reported, True),
        ("not reported", tried & ~reported, False),
    ):
        edges = list(colors[which])
        axes.scatter(
            x[which],
            y[which],
            s=style.marker**2,
            facecolors=edges if filled else "white",
            edgecolors=edges,
            linewidths=style.line,
            zorder=3,
            gid=gid,
        )
    axes.scatter(
        x[~tried],
        y[~tried],
        s=style.marker**2,
        marker="x",
        c=_style.EDGE,
        linewidths=style.line,
        gid="untried",
    )
    return axes


def describe(data: pd.DataFrame, omitted: pd.DataFrame, title: str) -> str:
    """Every row in words with its figures, what became of it, and the note of the table."""
    lines = [f"{_words.sentence(title)} {_subtitle(data)}"]
    for row, name in zip(_given.records(data), _arms.names(data), strict=True):
        note = f' Note: "{row["notes"]}"' if pd.notna(row["notes"]) else ""
        head = f"{row['approach']}: {name} ({row['modality']})"
        if row["phase"] == "none":
            lines.append(f"{head}. {row['outlook']}{note}")
            continue
        cited = [row[column] for column in CITED if pd.notna(row[column])]
        cited = "; ".join(dict.fromkeys(cited)) or f"registry: {row['registry_id']}"
        n = f"{row['n']} patients" if pd.notna(row["n"]) else "number of patients n.r."
        figures = (
            f"responses {_told(row, 'objective_response')}; disease control {_told(row, 'disease_control')}; "
            f"median overall survival, months: {_survival(row)};"
        )
        where = f"{row['trial_label']}, phase {row['phase']}, {n}"
        lines.append(f"{head}, {where}: {figures} {row['outlook']}{note} [{cited}]")
    return "\n".join([*lines, *_arms.omitted_words(omitted), _words.unreported("n.r."), CAVEAT])


def _told(row: dict[str, object], what: str) -> str:
    count, share, of = row[what], row[f"{what}_pct"], row["evaluable"]
    if pd.notna(count):
        return f"{int(count)} / {int(of)}" if pd.notna(of) else f"{int(count)} / n.r."
    return f"{share:g} %" if pd.notna(share) else "n.r."


def _survival(row: dict[str, object]) -> str:
    if row["os_status"] == _words.NOT_REACHED:
        return _words.NOT_REACHED
    return _words.number(row["os_median_months"]) if pd.notna(row["os_median_months"]) else "n.r."


def _subtitle(data: pd.DataFrame) -> str:
    arms = data[data["phase"].ne("none")]
    ideas = len(data) - len(arms)
    untried = f"; {_words.count(ideas, 'strategy', 'strategies')} without known patients" if ideas else ""
    n = int(arms["n"].sum())
    unknown = int(arms["n"].isna().sum())
    missing = f" (n not reported for {_words.count(unknown, 'arm')})" if unknown else ""
    trials = _words.count(arms["trial"].nunique(), "trial")
    return f"{_words.count(len(arms), 'arm')} of {trials}, {_words.count(n, 'patient')}{missing}{untried}."


def _alt(data: pd.DataFrame) -> str:
    reached = data["phase"].map(STEPS.index).max()
    text = (
        f"Lines up to the phase reached by cell, gene and virus therapies, by approach: {_subtitle(data)} "
        f"Furthest phase: {STEPS[reached]}. {int(data['reported'].sum())} rows report an outcome."
    )
    return _words.shorten(text, ALT_LENGTH)


def _keys(data: pd.DataFrame) -> list[_furniture.Key]:
    ink = {"marker": "o", "markeredgecolor": _style.OTHER_COLOR}
    keys = []
    if data["reported"].any():
        keys.append(_furniture.Key("an outcome is reported", {**ink, "markerfacecolor": _style.OTHER_COLOR}))
    if (data["phase"].ne("none") & ~data["reported"].astype(bool)).any():
        keys.append(_furniture.Key("no outcome in the sources read", {**ink, "markerfacecolor": "white"}))
    if data["phase"].eq("none").any():
        keys.append(_furniture.Key("no patients known", {"marker": "x", "color": _style.EDGE}))
    return keys


def _draw_rows(data: pd.DataFrame, behind: pd.DataFrame, title: str) -> Figure:
    style = _style.current()
    lean = style.width < 60 * style.text  # on a slide there is room for the main columns only
    rows = _given.records(data)
    notes = [
        _furniture.Aside(_words.unreported("n.r.")),
        CAVEAT,
        _arms.sources_note(behind),
        _arms.license_note(),
    ]

    def column(name: str, cell: Callable[[dict[str, object]], str], *, gray: bool = False) -> _layout.Column:
        cells = [cell(row) if row["phase"] != "none" else "" for row in rows]
        color = _style.GRAY if gray else _style.INK
        return _layout.Column(name, cells, align="left" if gray else "right", color=color)

    left = [_layout.Column("Therapy", list(_arms.names(data)))]
    left.append(column("Trial", lambda row: row["trial_label"], gray=True))
    right = [
        column("Patients", lambda row: _words.whole(row["n"])),
        column("Responses", lambda row: _told(row, "objective_response")),
        column("Disease control", lambda row: _told(row, "disease_control")),
        column("Median OS, months", _survival),
    ]
    if lean:
        said = "Disease control, and what became of each therapy, stand in the words of this chart."
        notes.insert(1, _furniture.Aside(said))
        del right[2]
    else:
        left.append(_layout.Column("What became of it", [row["outlook"] for row in rows], color=_style.GRAY))
    with mpl.rc_context(_style.settings()):
        laid = _layout.rows(
            _furniture.Furniture(title, _subtitle(data), notes, _keys(data)),
            left=left,
            right=right,
            panels=[_layout.Panel(label="Phase reached")],
            groups=[(row["approach"],) for row in rows],
            plot_share=0.26 if lean else 0.2,
        )
        draw(data, laid.axes[0], laid.y)
    return laid.figure
