"""The map of the evidence: which therapies were tried in which phase, in how many patients, to what end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import matplotlib as mpl
import numpy as np
import pandas as pd

from mesoviz._figures import _arms, _cells
from mesoviz._page import _layout, _style, _words
from mesoviz._page._chart import ALT_LENGTH, Chart

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ROWS = {"therapy_class": "therapy class", "agent": "therapy"}
COLUMNS = {"phase": "phase of the trial", "endpoint": "what is reported"}
# What became of a trial's primary endpoint: words, and how it is drawn.
FATES = {
    "met": ("primary endpoint met", {"marker": "o", "facecolor": "#1f5fa8", "edgecolor": "#1f5fa8"}),
    "not_met": ("primary endpoint not met", {"marker": "D", "facecolor": "#d0562b", "edgecolor": "#d0562b"}),
    "not_stated": ("not stated whether met", {"marker": "o", "facecolor": "#d4d4d4", "edgecolor": "#8c8c8c"}),
}
CAVEAT = (
    "How many patients were studied, and whether a trial met its endpoint, does not tell how well a therapy "
    "works."
)
_SHAPES = {"o": (1.0, 1.0), "D": (np.pi / 4, np.sqrt(np.pi / 2))}  # equal areas: matplotlib's size, width


def evidence_map(
    trials: pd.DataFrame,
    *,
    rows: str = "therapy_class",
    columns: str = "phase",
    title: str | None = None,
    sources: pd.DataFrame | None = None,
) -> Chart:
    """Draw where the evidence lies and where there is none: patients per therapy and phase.

    Parameters
    ----------
    trials : pandas.DataFrame
        Arms from `load_trials`, one row an arm; filter it with pandas first.
    rows : {"therapy_class", "agent"}, default "therapy_class"
        One row a therapy class, or one a therapy (without its chemotherapy backbone) within its class.
    columns : {"phase", "endpoint"}, default "phase"
        The phase of the trial; or what an arm reports: overall survival (OS), progression-free survival
        (PFS), objective response, adverse events of grade 3 or more.
    title : str, optional
        A heading of your own in place of the general one.
    sources : pandas.DataFrame, optional
        From `load_sources`; by default the project's own.

    Returns
    -------
    Chart
        `data` has one row a cell, empty ones too, with its `arms`, `trials`, `patients`, `arms_without_n`,
        and trials and patients by what became of the primary endpoint (`met_trials`, `met_patients`, and so
        on); `omitted` the control arms and the arms that are part of another.

    Raises
    ------
    ValueError
        If the selection has no experimental arm, or an option is not allowed.

    Notes
    -----
    Experimental arms are counted, by the rule of `enrollment`: an arm's own n; without one, the trial's
    enrolled patients if the trial has one arm. A bubble's area is its number of patients, one bubble for
    each fate of the primary endpoint. Columns are the categories of `phase`, so that a phase without
    a trial stands there empty; ``cat.remove_unused_categories`` drops what a filter has taken away. An arm
    that reports several endpoints stands in each of their columns.

    Examples
    --------
    >>> import mesoviz as mv
    >>> trials = mv.load_trials()
    >>> chart = mv.evidence_map(trials[trials["therapy_class"] == "Cell therapy"])
    >>> chart.data.loc[chart.data["trials"] == 0, "column"].tolist()
    ['Phase 2/3', 'Phase 3', 'Phase 4']
    """
    _arms.choose(rows, ROWS, "rows")
    _arms.choose(columns, COLUMNS, "columns")
    placed, omitted = _cells.place(trials, rows, columns)
    data = _cells.cells(placed)
    behind = _arms.sources_behind(placed, ["source", "primary_source"], sources)
    title = title or f"Where the evidence lies: patients by {ROWS[rows]} and {COLUMNS[columns]}"
    return Chart(
        _draw_rows(placed, data, omitted, behind, rows, columns, title),
        data,
        title=title,
        alt=_alt(placed, data, rows, columns),
        text=describe(placed, data, omitted, columns, title),
        omitted=omitted,
        sources=behind,
    )


def prepare(
    trials: pd.DataFrame, rows: str = "therapy_class", columns: str = "phase"
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """One row a cell, in drawing order; and the arms that are not counted, with the reason."""
    placed, omitted = _cells.place(trials, rows, columns)
    return _cells.cells(placed), omitted


def draw(
    data: pd.DataFrame, axes: Axes, y: Sequence[float], *, per_patient: float, below: bool = True
) -> Axes:
    """Draw the cells at the heights `y`, one for each: bubbles side by side, and the patients in figures.

    Parameters
    ----------
    data : pandas.DataFrame
        From `prepare`.
    axes : matplotlib.axes.Axes
        Its columns become the axes' places.
    y : sequence of float
        The middle of each cell's row.
    per_patient : float
        Diameter in points of a bubble of one patient.
    below : bool, default True
        Write the number of patients below the bubbles; else to their right.
    """
    style = _style.current()
    columns = list(data["column"].cat.categories)
    axes.set_xlim(-0.5, len(columns) - 0.5)
    axes.set_xticks(range(len(columns)), columns)
    axes.tick_params(labeltop=True, labelbottom=len(data) > 20 * len(columns))
    axes.grid(False)
    point = len(columns) / (72 * axes.figure.get_figwidth() * axes.get_position().width)
    shift = 0.62 * style.small if below else 0.0
    marks: dict[str, list[tuple[float, float, float]]] = {"empty": [], "n not reported": []}
    for row, middle, at in zip(data.to_dict("records"), y, data["column"].cat.codes, strict=True):
        if not row["arms"]:
            marks["empty"].append((at, middle, 0.55 * style.text))
            continue
        parts = [(fate, row[f"{fate}_patients"]) for fate in FATES if row[f"{fate}_trials"]]
        words = _words.whole(row["patients"])
        room = _layout.text_width(words, style.small)
        wide = [_width(fate, n, per_patient, style) for fate, n in parts]
        total = sum(wide) + _gap(style) * (len(wide) - 1) + (0 if below else _gap(style) + room)
        x = at - total / 2 * point
        for (fate, n), size in zip(parts, wide, strict=True):
            kind = "n not reported" if pd.isna(n) else fate
            place = (x + size / 2 * point, middle - shift, _diameter(n, per_patient, style))
            marks.setdefault(kind, []).append(place)
            x += (size + _gap(style)) * point
        drop = max(wide) / 2 - shift + 1.15 * style.small if below else _layout.BASELINE * style.small
        axes.text(
            at if below else x,
            middle + drop,
            words,
            size=style.small,
            color=_style.INK,
            ha="center" if below else "left",
            va="baseline",
            gid="patients",
        )
    _draw_marks(axes, marks, style)
    return axes


def _draw_marks(axes: Axes, marks: dict[str, list[tuple[float, float, float]]], style: _style.Style) -> None:
    for kind, places in marks.items():
        if not places:
            continue
        x, y, size = (np.array(part) for part in zip(*places, strict=True))
        if kind == "empty":
            look = {"marker": "s", "facecolor": "none", "edgecolor": "#9a9a9a", "linewidth": 0.7}
        elif kind == "n not reported":
            look = {"marker": "x", "color": _style.GRAY, "linewidth": 1.1}
        else:
            look = {**FATES[kind][1], "linewidth": 0.7}
        equal = _SHAPES.get(look["marker"], (1.0, 1.0))[0]
        axes.scatter(x, y, s=equal * size**2, gid=kind, zorder=3, clip_on=False, **look)


def _gap(style: _style.Style) -> float:
    return 0.3 * style.text


def _width(fate: str, patients: object, per_patient: float, style: _style.Style) -> float:
    """Width of a bubble in points, whatever its shape."""
    wide = _SHAPES[FATES[fate][1]["marker"]][1] if pd.notna(patients) else 1.0
    return wide * _diameter(patients, per_patient, style)


def _diameter(patients: object, per_patient: float, style: _style.Style) -> float:
    """Diameter of a bubble in points: its area is its patients, but it is never too small to be seen."""
    if pd.isna(patients):
        return style.marker
    return max(per_patient * np.sqrt(float(patients)), 0.3 * style.text)


def _scale(data: pd.DataFrame, room: float, tallest: float, beside: bool, style: _style.Style) -> float:
    """Diameter in points of one patient: as large as the fullest cell and the tallest row allow."""
    largest = max(_width(fate, n, 1.0, style) for fate in FATES for n in data[f"{fate}_patients"])
    best = min(0.2 * style.text, tallest / largest)  # never so large that ten patients look like a lot
    for row in data.to_dict("records"):
        parts = [(fate, row[f"{fate}_patients"]) for fate in FATES if row[f"{fate}_trials"]]
        roots = sum(_width(fate, n, 1.0, style) for fate, n in parts if pd.notna(n))
        fixed = _gap(style) * len(parts) + style.marker * sum(pd.isna(n) for _, n in parts)
        if beside and parts:
            fixed += _gap(style) + _layout.text_width(_words.whole(row["patients"]), style.small)
        if roots:
            best = min(best, max(room - fixed, 0.25 * room) / roots)
    return best


def describe(
    placed: pd.DataFrame, data: pd.DataFrame, omitted: pd.DataFrame, columns: str, title: str
) -> str:
    """Every cell in words, one line a row of the map, and what is not counted."""
    lines = [f"{_words.sentence(title)} {_subtitle(placed)}"]
    cited = placed.dropna(subset="citation").groupby(["heading", "row"])["citation"].unique()
    for (heading, name), row in data.groupby(["heading", "row"], sort=False):
        full = [_cell_words(cell) for cell in row[row["arms"] > 0].to_dict("records")]
        empty = row.loc[row["arms"] == 0, "column"].tolist()
        if empty:
            full.append(f"{_nothing(columns)}: {', '.join(empty)}")
        place = f"{heading}, {name}" if heading else name
        citations = _words.cited(cited.get((heading, name), []))
        lines.append(f"{place}. {'; '.join(full)}. {citations}".rstrip())
    tail = [*_gaps(data, columns), *_arms.special_trials(placed, limit=None)]
    tail += [*_not_counted(placed, omitted), *_arms.omitted_words(omitted), *_words.meaning(lines), CAVEAT]
    return "\n".join([*lines, *tail])


def _cell_words(cell: dict[str, object]) -> str:
    known = pd.notna(cell["patients"])
    patients = _words.count(cell["patients"], "patient") if known else f"patients {_words.NOT_REPORTED}"
    fates = []
    for fate, (words, _) in FATES.items():
        if cell[f"{fate}_trials"]:
            n = cell[f"{fate}_patients"]
            of = _words.count(n, "patient") if pd.notna(n) else f"patients {_words.NOT_REPORTED}"
            fates.append(f"{words} in {_words.count(cell[f'{fate}_trials'], 'trial')}, {of}")
    arms = f"{_words.count(cell['arms'], 'arm')} of {_words.count(cell['trials'], 'trial')}"
    without = cell["arms_without_n"]
    missing = f", n not reported for {_words.count(without, 'arm')}" if without and known else ""
    return f"{cell['column']}: {patients} in {arms}{missing} ({'; '.join(fates)})"


def _nothing(columns: str) -> str:
    return "no trial in" if columns == "phase" else "nothing reported under"


def _gaps(data: pd.DataFrame, columns: str) -> list[str]:
    """What is not there: for each column, how many rows have nothing in it."""
    lines = []
    rows = len(data[["heading", "row"]].drop_duplicates())
    for column, cells in data.groupby("column", observed=False):
        empty = cells.loc[cells["arms"] == 0, "row"]
        if len(empty) and column != _cells.NONE:
            named = f" ({'; '.join(empty)})" if len(empty) <= 12 else ""
            lines.append(
                f"Empty, {_nothing(columns)} {column}: {len(empty)} of {_words.count(rows, 'row')}{named}."
            )
    return lines


def _subtitle(placed: pd.DataFrame) -> str:
    arms = placed.drop_duplicates(["trial", "arm"])
    without = int(arms["patients"].isna().sum())
    missing = f" (n not reported for {_words.count(without, 'arm')})" if without else ""
    return (
        f"{_words.count(len(arms), 'experimental arm')} of {_words.count(arms['trial'].nunique(), 'trial')}, "
        f"{_words.count(int(arms['patients'].sum()), 'patient')}{missing}. A bubble's area is its patients."
    )


def _alt(placed: pd.DataFrame, data: pd.DataFrame, rows: str, columns: str) -> str:
    lines = _words.count(len(data[["heading", "row"]].drop_duplicates()), "row")
    across = _words.count(data["column"].nunique(), "column")
    empty = int(data["arms"].eq(0).sum())
    all_cells = _words.count(len(data), "cell")
    text = (
        f"Grid of bubbles: {lines} by {ROWS[rows]}, {across} by {COLUMNS[columns]}; {empty} of {all_cells} "
        f"are empty. {_subtitle(placed)} Numbers do not tell how well a therapy works."
    )
    return _words.shorten(text, ALT_LENGTH)


def _keys(data: pd.DataFrame, per_patient: float) -> list[_layout.Key]:
    """The legend of what is drawn, and of nothing else."""
    style = _style.current()
    keys = []
    for fate, (words, look) in FATES.items():
        if data[f"{fate}_patients"].gt(0).any():
            mark = {"marker": look["marker"], "markerfacecolor": look["facecolor"]}
            keys.append(_layout.Key(words, {**mark, "markeredgecolor": look["edgecolor"]}))
    if any((data[f"{fate}_trials"].gt(0) & data[f"{fate}_patients"].isna()).any() for fate in FATES):
        keys.append(_layout.Key("number not in the sources read", {"marker": "x", "color": _style.GRAY}))
    if data["arms"].eq(0).any():
        hollow = {"marker": "s", "markerfacecolor": "none", "markeredgecolor": "#9a9a9a"}
        keys.append(_layout.Key("empty: none in this selection", hollow))
    for n in (10, 100, 300, 1000):
        size = _diameter(n, per_patient, style)
        if 0.5 * style.text < size < 1.7 * style.text:  # what fits into a line of the legend
            mark = {"marker": "o", "color": _style.GRAY, "markersize": size}
            keys.append(_layout.Key(f"{n:,} patients", mark))
    return keys


def _not_counted(placed: pd.DataFrame, omitted: pd.DataFrame) -> list[str]:
    """What the bubbles leave out of all patients of the selection."""
    said = []
    for reason, rows in omitted.groupby("reason", sort=True):
        known = rows["patients"].notna().any()
        patients = f"; {_words.count(int(rows['patients'].sum()), 'patient')}" if known else ""
        said.append(f"{_words.count(len(rows), 'arm')} ({reason}{patients})")
    rest = int(placed.drop_duplicates("trial")["unassigned"].sum())
    if rest:
        said.append(f"{_words.count(rest, 'patient')} enrolled but not assignable to an arm")
    return [f"Not counted: {_words.listing(said)}."] if said else []


def _notes(placed: pd.DataFrame, omitted: pd.DataFrame, behind: pd.DataFrame, columns: str) -> list[str]:
    notes = _not_counted(placed, omitted)
    if placed["patients"].isna().any() or placed["column"].eq("Phase n.r.").any():
        notes.append(_words.unreported("n.r."))
    notes += _arms.special_trials(placed)
    if placed["column"].eq("Phase 4").any():
        notes.append("Expanded-access programs stand under the phase that they were published as.")
    if columns == "endpoint":
        notes.append(
            "OS, PFS: median overall and progression-free survival; Response: objective response; "
            "Toxicity: adverse events of grade 3 or more. An arm stands in each column that it reports."
        )
    return [*notes, CAVEAT, _arms.sources_note(behind), _arms.license_note()]


def _draw_rows(
    placed: pd.DataFrame,
    data: pd.DataFrame,
    omitted: pd.DataFrame,
    behind: pd.DataFrame,
    rows: str,
    columns: str,
    title: str,
) -> Figure:
    style = _style.current()
    below = rows == "therapy_class"
    share = 0.6
    n_columns = len(data["column"].cat.categories)
    room = 0.92 * share * style.width / n_columns
    per_patient = _scale(data, room, (3.2 if below else 1.5) * style.row, not below, style)
    table = _cells.totals(placed)
    largest = [
        max(_width(fate, row[f"{fate}_patients"], per_patient, style) for fate in FATES)
        for row in data.to_dict("records")
    ]
    tallest = pd.Series(largest).groupby(data.index // n_columns).max().to_numpy()
    heights = tallest + (2.1 * style.small if below else 0.5 * style.text)
    with mpl.rc_context(_style.settings()):
        laid = _layout.rows(
            _layout.Furniture(
                title, _subtitle(placed), _notes(placed, omitted, behind, columns), _keys(data, per_patient)
            ),
            left=[_layout.Column(ROWS[rows].capitalize(), list(table["row"]))],
            right=[
                _layout.Column("Trials", [_words.whole(n) for n in table["trials"]], align="right"),
                _layout.Column("Patients", [_words.whole(n) for n in table["patients"]], align="right"),
            ],
            groups=[(heading,) for heading in table["heading"]],
            swatches=_style.CLASS_COLORS,
            heights=heights,
            plot_share=share,
        )
        draw(data, laid.axes[0], np.repeat(laid.y, n_columns), per_patient=per_patient, below=below)
    return laid.figure
