"""The map of the evidence: which therapies were tried in which phase, in how many patients, to what end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import matplotlib as mpl
import numpy as np
import pandas as pd

from mesoviz._figures import _arms, _cells, _map_marks
from mesoviz._page import _furniture, _given, _layout, _style, _words
from mesoviz._page._chart import ALT_LENGTH, Chart

if TYPE_CHECKING:
    from matplotlib.figure import Figure

ROWS = {"therapy_class": "therapy class", "agent": "therapy"}
COLUMNS = {"phase": "phase of the trial", "endpoint": "what is reported"}
CAVEAT = (
    "How many patients were studied, and whether a trial met its endpoint, does not tell how well a therapy "
    "works."
)


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
    _given.choose(rows, ROWS, "rows")
    _given.choose(columns, COLUMNS, "columns")
    placed, omitted = _cells.place(trials, rows, columns)
    data = _cells.cells(placed)
    title = _given.heading(title, f"Where the evidence lies: patients by {ROWS[rows]} and {COLUMNS[columns]}")

    def chart(data: pd.DataFrame, omitted: pd.DataFrame, title: str) -> Chart:
        here = placed[placed["row"].isin(data["row"]) & placed["heading"].isin(data["heading"])]
        behind = _arms.sources_behind(here, ["source", "primary_source"], sources)
        return Chart(
            lambda title: _draw_rows(here, data, omitted, behind, rows, columns, title),
            data,
            title=title,
            alt=_alt(here, data, rows, columns),
            text=describe(here, data, omitted, columns, title),
            omitted=omitted,
            sources=behind,
            part=chart,
            keys=("heading", "row"),
        )

    return chart(data, omitted, title)


def prepare(
    trials: pd.DataFrame, rows: str = "therapy_class", columns: str = "phase"
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """One row a cell, in drawing order; and the arms that are not counted, with the reason."""
    placed, omitted = _cells.place(trials, rows, columns)
    return _cells.cells(placed), omitted


def describe(
    placed: pd.DataFrame, data: pd.DataFrame, omitted: pd.DataFrame, columns: str, title: str
) -> str:
    """Every cell in words, one line a row of the map, and what is not counted."""
    lines = [f"{_words.sentence(title)} {_subtitle(placed)}"]
    cited = placed.dropna(subset="citation").groupby(["heading", "row"])["citation"].unique()
    for (heading, name), row in data.groupby(["heading", "row"], sort=False):
        full = [_cell_words(cell) for cell in _given.records(row[row["arms"] > 0])]
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
    for fate, (words, _) in _map_marks.FATES.items():
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
    notes: list[str] = [_furniture.Aside(said) for said in _not_counted(placed, omitted)]
    if placed["patients"].isna().any() or placed["column"].eq("Phase n.r.").any():
        notes.append(_furniture.Aside(_words.unreported("n.r.")))
    notes += map(_furniture.Footnotes, _arms.special_trials(placed))
    if placed["column"].eq("Phase 4").any():
        notes.append(
            _furniture.Aside("Expanded-access programs stand under the phase that they were published as.")
        )
    if columns == "endpoint":
        said = "OS, PFS: median overall and progression-free survival; Response: objective response; "
        said += "Toxicity: adverse events of grade 3 or more. An arm stands in each column that it reports."
        notes.append(_furniture.Aside(said))
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
    tallest = (1.5 + 1.7 * (below and not style.whole)) * style.row
    per_patient = _map_marks.scale(_style.on_the_axes(data), room, tallest, not below, style)
    table = _cells.totals(placed)
    largest = [
        max(_map_marks.width(fate, row[f"{fate}_patients"], per_patient, style) for fate in _map_marks.FATES)
        for row in _given.records(data)
    ]
    tallest = pd.Series(largest).groupby(data.index // n_columns).max().to_numpy()
    heights = tallest + (2.1 * style.small if below else 0.5 * style.text)
    with mpl.rc_context(_style.settings()):
        laid = _layout.rows(
            _furniture.Furniture(
                title,
                _subtitle(placed),
                _notes(placed, omitted, behind, columns),
                _map_marks.keys(data, per_patient),
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
        _map_marks.draw(
            data, laid.axes[0], np.repeat(laid.y, n_columns), per_patient=per_patient, below=below
        )
    return laid.figure
