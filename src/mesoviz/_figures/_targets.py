"""How often tumors carry a change: frequencies of molecular alterations, each cohort on its own row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import matplotlib as mpl
import numpy as np
import pandas as pd

from mesoviz._estimates._rates import exact_interval
from mesoviz._figures import _arms, _references
from mesoviz._page import _furniture, _given, _layout, _style, _words
from mesoviz._page._chart import ALT_LENGTH, Chart

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

CAVEAT = (
    "Cohorts differ in who was examined and by which method, so their shares are not added up. That a change "
    "is frequent does not say that a drug against it works."
)
COLOR = "#3b6fb6"
_COLUMNS = (
    "target_id",
    "kind",
    "gene",
    "measure",
    "value",
    "unit",
    "count",
    "denominator",
    "pct",
    "source",
    "url",
)


def alterations(
    target_figures: pd.DataFrame, *, title: str | None = None, sources: pd.DataFrame | None = None
) -> Chart:
    """Draw how often tumors carry each molecular change, a cohort a row.

    Parameters
    ----------
    target_figures : pandas.DataFrame
        Figures of target strategies, `load_evidence().target_figures`; filter it with pandas first. Rows
        of another `kind` than ``"frequency"`` are omitted.
    title : str, optional
        A heading of your own in place of the general one.
    sources : pandas.DataFrame, optional
        `load_evidence().claim_and_target_sources`; by default the project's own.

    Returns
    -------
    Chart
        `data` has one row a cohort: `share` in percent with `low` and `high`, its exact 95 % interval
        (missing where no count is given), and `reference`, its number in the list of sources.

    Raises
    ------
    ValueError
        If the selection is empty or holds no frequency.

    Notes
    -----
    A share is computed where the count and the denominator are given, else taken as printed; no count is
    worked out from a percentage. Genes and cohorts are ordered by name, never by share.

    References
    ----------
    .. [1] Clopper CJ, Pearson ES. The use of confidence or fiducial limits illustrated in the case of the
       binomial. Biometrika 1934;26:404-413.

    Examples
    --------
    >>> import mesoviz as mv
    >>> figures = mv.load_evidence().target_figures
    >>> chart = mv.alterations(figures[figures["gene"].eq("NF2")])
    >>> chart.data[["share", "low", "high"]].round(1).to_numpy().tolist()
    [[23.8, 18.8, 29.5], [33.0, nan, nan]]
    """
    references = _references.table(sources, "alterations")
    data, omitted = prepare(target_figures)
    title = _given.heading(title, "How often tumors carry each change")

    def chart(data: pd.DataFrame, omitted: pd.DataFrame, title: str) -> Chart:
        behind = _references.of_figures(data, references)
        data = data.assign(reference=_references.numbers(data, behind))
        return Chart(
            lambda title: _draw_rows(data, omitted, behind, title),
            data,
            title=title,
            alt=_alt(data),
            text=describe(data, omitted, behind, title),
            omitted=omitted,
            sources=behind,
            part=chart,
            keys=("gene", "measure", "source", "url"),
        )

    return chart(data, omitted, title)


def prepare(target_figures: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Part figures into frequencies to draw, in drawing order, and others, with the reason."""
    _given.require(target_figures, _COLUMNS, "alterations")
    frame = target_figures[list(_COLUMNS)]
    share = (100 * frame["count"] / frame["denominator"]).astype("Float64").to_numpy(float, na_value=np.nan)
    share = pd.Series(share, index=frame.index).fillna(frame["pct"].astype(float))
    reason = pd.Series(pd.NA, index=frame.index, dtype="object")
    reason[share.isna()] = "no percentage reported"
    kind = frame["kind"].astype("object")
    reason[kind.ne("frequency")] = "no frequency but " + kind.fillna("a figure of unknown kind")
    drawn, omitted = _given.split(frame.assign(share=share), reason)
    if drawn.empty:
        raise ValueError("alterations: the selection holds no frequency.")
    keys = ["_gene", "gene", "_uncounted", "denominator", "measure", "source", "url"]
    helpers = {"_gene": drawn["gene"].str.casefold(), "_uncounted": drawn["count"].isna()}
    drawn = drawn.assign(**helpers).sort_values(keys).drop(columns=list(helpers)).reset_index(drop=True)
    low, high = exact_interval(drawn["count"], drawn["denominator"].where(drawn["count"].notna()))
    return drawn.assign(low=low, high=high), omitted.drop(columns="share").reset_index(drop=True)


def draw(data: pd.DataFrame, axes: Axes, y: Sequence[float]) -> Axes:
    """Draw shares at the heights `y`: a dot with its interval where counted, else a hollow triangle."""
    style = _style.current()
    y = np.asarray(y, dtype=float)
    counted = data["count"].notna().to_numpy()
    axes.set_xlim(0, 100)
    axes.set_xticks(range(0, 101, 25), [f"{tick} %" for tick in range(0, 101, 25)])
    axes.hlines(
        y[counted],
        data["low"][counted],
        data["high"][counted],
        colors=COLOR,
        linewidth=style.line,
        gid="interval",
    )
    for gid, marker, face, which in (("counted", "o", COLOR, counted), ("printed", "^", "white", ~counted)):
        axes.scatter(
            data["share"][which],
            y[which],
            s=style.marker**2,
            marker=marker,
            facecolors=face,
            edgecolors=COLOR,
            linewidths=style.line,
            zorder=3,
            clip_on=False,
            gid=gid,
        )
    return axes


def describe(data: pd.DataFrame, omitted: pd.DataFrame, behind: pd.DataFrame, title: str) -> str:
    """Every plotted number in words, one line a cohort, and what is not drawn."""
    lines = [f"{_words.sentence(title)} {_subtitle(data)}"]
    for row in _given.records(data):
        citation = behind["citation"].iloc[row["reference"] - 1]
        lines.append(f"{_gene(row)}: {row['measure']}: {_share_words(row)}. [{citation}]")
    for reason, rows in omitted.groupby("reason", sort=False):
        lines.append(f"Not drawn, {reason} ({_words.count(len(rows), 'figure')}): {_list(rows['measure'])}.")
    return "\n".join([*lines, CAVEAT])


def _list(items: pd.Series) -> str:
    return "; ".join(items.drop_duplicates())


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _gene(row: dict[str, object]) -> str:
    return row["gene"] if pd.notna(row["gene"]) else "Gene not told"


def _share_words(row: dict[str, object]) -> str:
    if pd.notna(row["count"]):
        return f"{row['count']} of {row['denominator']}, {row['share']:.1f} % (95 % interval {_limits(row)})"
    of = f" of {row['denominator']}" if pd.notna(row["denominator"]) else ""
    return f"{row['share']:g} %{of} as printed, count not reported"


def _limits(row: dict[str, object]) -> str:
    return _words.interval(round(row["low"], 1), round(row["high"], 1))[1:-1]


def _share_cell(row: dict[str, object]) -> str:
    if pd.notna(row["count"]):
        return f"{row['share']:.1f} % ({_limits(row)})"
    return f"{row['share']:g} %"


def _count_cell(row: dict[str, object]) -> str:
    count, denominator = (
        f"{row[key]:,}" if pd.notna(row[key]) else "n.r." for key in ("count", "denominator")
    )
    return "n.r." if count == denominator else f"{count} / {denominator}"


def _subtitle(data: pd.DataFrame) -> str:
    rows = _words.count(len(data), "cohort or subgroup", "cohorts or subgroups")
    genes = _words.count(data["gene"].nunique(), "gene or protein", "genes or proteins")
    return f"Percent of the tumors or patients examined; {rows}, {genes}."


def _alt(data: pd.DataFrame) -> str:
    shares = f"from {data['share'].min():.1f} to {data['share'].max():.1f} percent"
    text = (
        f"Dot chart: share of tumors with a change in {_words.listing(data['gene'].dropna().unique(), 8)}; "
        f"{_words.count(len(data), 'row')}, {shares}. An exact interval where a count is given "
        f"({int(data['count'].notna().sum())}). Cohorts differ and are not added up."
    )
    return _words.shorten(text, ALT_LENGTH)


def _keys(data: pd.DataFrame) -> list[_furniture.Key]:
    counted = data["count"].notna()
    keys = []
    if counted.any():
        keys += [
            _furniture.Key("counted", {"marker": "o", "color": COLOR}),
            _furniture.Key("exact 95 % interval", {"linestyle": "-", "color": COLOR}),
        ]
    if not counted.all():
        hollow = {"marker": "^", "markerfacecolor": "white", "markeredgecolor": COLOR}
        keys.append(_furniture.Key("percentage as printed, no count in the sources read", hollow))
    return keys


def _notes(data: pd.DataFrame, omitted: pd.DataFrame, behind: pd.DataFrame) -> list[str]:
    missing = data[["count", "denominator"]].isna().any(axis=None)
    said = f"Not drawn: {_words.count(len(omitted), 'figure')} of another kind."
    return [
        *([_furniture.Aside(_words.unreported("n.r."))] if missing else []),
        *([_furniture.Aside(said)] if len(omitted) else []),
        CAVEAT,
        _references.note(behind),
        _arms.license_note(),
    ]


def _draw_rows(data: pd.DataFrame, omitted: pd.DataFrame, behind: pd.DataFrame, title: str) -> Figure:
    rows = _given.records(data)
    measures = [f"{_capital(row['measure'])}\N{NO-BREAK SPACE}[{row['reference']}]" for row in rows]
    with mpl.rc_context(_style.settings()):
        laid = _layout.rows(
            _furniture.Furniture(title, _subtitle(data), _notes(data, omitted, behind), _keys(data)),
            left=[_layout.Column("What was found, in whom", measures)],
            right=[
                _layout.Column("Count", [_count_cell(row) for row in rows], align="right"),
                _layout.Column("Share (interval)", [_share_cell(row) for row in rows]),
            ],
            panels=[_layout.Panel(label="Percent of those examined")],
            groups=[(_capital(_gene(row)),) for row in rows],
        )
        draw(data, laid.axes[0], laid.y)
    return laid.figure
