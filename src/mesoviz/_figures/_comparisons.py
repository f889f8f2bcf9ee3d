"""Randomized comparisons: one row a comparison, its hazard ratio beside both arms; pooled only when asked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import matplotlib as mpl
import pandas as pd

from mesoviz._estimates import _meta
from mesoviz._figures import _arms, _basis, _compared, _forest_marks, _pooled
from mesoviz._page import _furniture, _given, _layout, _style, _words
from mesoviz._page._chart import ALT_LENGTH, Chart

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def forest(
    comparisons: pd.DataFrame,
    trials: pd.DataFrame,
    endpoint: str = "OS",
    *,
    pool: str | None = None,
    allow_mixed: bool = False,
    title: str | None = None,
    sources: pd.DataFrame | None = None,
) -> Chart:
    """Draw the hazard ratio of each randomized comparison with its interval as published.

    Parameters
    ----------
    comparisons : pandas.DataFrame
        From `load_comparisons`; filter it with pandas first. Of several analyses of a comparison the main
        one is drawn.
    trials : pandas.DataFrame
        Arms from `load_trials`, among them all that were compared.
    endpoint : {"OS", "PFS"}, default "OS"
        Overall or progression-free survival.
    pool : {"fixed", "dl", "reml", "reml-knha"}, optional
        Draw a pooled estimate too, by one of the methods of `mesoviz.pool`: a diamond, and a line for the
        prediction interval. It is not drawn, and the chart says so, where the comparisons left out of it
        hold over 10 % of the patients.
    allow_mixed : bool, default False
        Pool comparisons of different settings or controls all the same; the chart then says so.
    title : str, optional
        A heading of your own in place of the general one.
    sources : pandas.DataFrame, optional
        From `load_sources`; by default the project's own.

    Returns
    -------
    Chart
        `data` has one row a `mark`: a comparison with `hazard_ratio`, `low`, `high`, `ci_level` (percent),
        both arms' patients and medians and the facts of `evidence_basis`; the last may be the pooled
        estimate. `omitted` has the rows of another endpoint or analysis.

    Raises
    ------
    ValueError
        If the selection is empty or has no hazard ratio for the endpoint, `trials` lacks an arm, an option
        is not allowed, or a pooled estimate is asked of comparisons that are not alike.

    Notes
    -----
    The area of a square is the inverse variance of the log ratio, worked out from the interval at its
    stated level. Comparisons are ordered by name within setting and class, never by result.

    Examples
    --------
    >>> import mesoviz as mv
    >>> comparisons = mv.load_comparisons()
    >>> chart = mv.forest(comparisons[comparisons["setting"].eq("maintenance")], mv.load_trials())
    >>> chart.data["trial_label"].tolist()
    ['NVALT19', 'CALGB 30901', 'NVALT 5', 'COMMAND', 'DENIM']
    """
    _given.choose(endpoint, _compared.ENDPOINTS, "endpoint")
    if pool is not None:
        _given.choose(pool, _meta.METHODS, "pool")
    data, omitted = prepare(comparisons, trials, endpoint)
    found = _pooled.combined(data, pool, allow_mixed) if pool else None
    title = _given.heading(title, f"Randomized comparisons: {_compared.ENDPOINTS[endpoint][1]}")
    told = _pooled.words(found, pool)
    pooled = found is not None and bool(found["shown"])

    def chart(marks: pd.DataFrame, omitted: pd.DataFrame, title: str) -> Chart:
        data = marks[marks["mark"].eq("comparison")]
        behind = _arms.sources_behind(data, _compared.sources_columns(), sources)
        elsewhere = pooled and len(data) == len(marks)  # the pooled estimate stands on another page
        notes = [] if elsewhere else told
        return Chart(
            lambda title: _draw_rows(marks, omitted, behind, endpoint, title, notes),
            marks,
            title=title,
            alt=_alt(data, endpoint),
            text=describe(data, omitted, endpoint, title, notes),
            omitted=omitted,
            sources=behind,
            part=chart,
            keys=_compared.ROWS,
            takeaway=_takeaway(data, endpoint),
        )

    return chart(_pooled.with_mark(data, found), omitted, title)


def prepare(
    comparisons: pd.DataFrame, trials: pd.DataFrame, endpoint: str
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Part comparisons into those to draw, with arms and basis beside them, and the rest with reasons."""
    drawn, omitted = _compared.part(comparisons, endpoint, "forest")
    drawn = _compared.with_arms(drawn, trials, endpoint, "forest")
    facts = _basis.evidence_basis(drawn)
    return drawn.assign(
        mark="comparison", **{name: facts[name] for name in ("randomized", *_basis.FACTS)}
    ), omitted


def describe(
    data: pd.DataFrame, omitted: pd.DataFrame, endpoint: str, title: str, notes: Sequence[str]
) -> str:
    """Every plotted number in words, one line a comparison, and what is not drawn."""
    lines = [f"{_words.sentence(title)} {_subtitle(data)}"]
    told = zip(_given.records(data), _compared.remarks(data), _compared.groups(data), strict=True)
    for row, remarks, where in told:
        arms = [f"{row[f'{side}_name']} ({_n_words(row[f'{side}_n'])})" for side in _compared.SIDES]
        lines.append(
            f"{', '.join(where)}: {arms[0]} against {arms[1]}, {row['trial_label']}: "
            f"hazard ratio for {_compared.ENDPOINTS[endpoint][1]} {_words.number(row['hazard_ratio'], 2)} "
            f"({_compared.interval_words(row)}{_p_words(row)}); {_medians_words(row)}. {_aim(row, ': ')}. "
            f"{' '.join([*remarks, ''])}Analysis: {row['analysis']}. Rests on: {_basis.words(row)}. "
            f"{_words.citation(row['citation'])}"
        )
    below = [*notes, *_arms.omitted_words(omitted, "row"), *_words.meaning(lines), _compared.CAVEAT]
    return "\n".join([*lines, *below])


def _p_words(row: dict[str, object]) -> str:
    """The published P value, where there is one."""
    if pd.isna(row["p_value"]):
        return ""
    sign = "<" if row["p_relation"] == "less than" else "="
    sides = {1: ", one-sided", 2: ", two-sided"}.get(row["p_sides"], "") if pd.notna(row["p_sides"]) else ""
    return f"; P {sign} {row['p_value']:.10g}{sides}"


def _n_words(n: object) -> str:
    return f"n = {int(n)}" if pd.notna(n) else "n not reported"


def _medians_words(row: dict[str, object]) -> str:
    medians = [_median(row, side) for side in _compared.SIDES]
    said = f"medians {medians[0]} against {medians[1]} months"
    gained = row["median_difference_months"]
    return f"{said}, difference {_signed(gained)}" if pd.notna(gained) else said


def _median(row: dict[str, object], side: str) -> str:
    value = row[f"{side}_median_months"]
    if pd.notna(value):
        return _words.number(value)
    return _words.NOT_REACHED if row[f"{side}_status"] == _words.NOT_REACHED else _words.NOT_REPORTED


def _signed(value: float) -> str:
    sign = "+" if value > 0 else "\N{MINUS SIGN}" if value < 0 else "\N{PLUS-MINUS SIGN}"
    return f"{sign}{_words.number(abs(value))}"


def _aim(row: dict[str, object], between: str) -> str:
    """The trial's primary endpoint and its fate."""
    kind, met = row["primary_endpoint_type"], row["primary_endpoint_met"]
    fate = "fate not stated" if pd.isna(met) else "met" if met else "not met"
    name = str(kind) if pd.notna(kind) else "not stated"
    return f"Primary endpoint{between}{name}, {fate}" if between == ": " else f"{name}{between}{fate}"


def _subtitle(data: pd.DataFrame) -> str:
    return f"Hazard ratio; {_compared.studied(data)}. Intervals are 95 % unless said."


def _takeaway(data: pd.DataFrame, endpoint: str) -> str:
    ratios = [_words.number(end, 2) for end in (data["hazard_ratio"].min(), data["hazard_ratio"].max())]
    name = _compared.ENDPOINTS[endpoint][1].capitalize()
    told = f"hazard ratios {ratios[0]} to {ratios[1]}" if len(data) > 1 else f"hazard ratio {ratios[0]}"
    return f"{name}: {told} in {_words.count(data['trial'].nunique(), 'trial')}"


def _alt(data: pd.DataFrame, endpoint: str) -> str:
    ratios = data["hazard_ratio"]
    text = (
        f"Forest plot: hazard ratios for {_compared.ENDPOINTS[endpoint][1]}, {_compared.studied(data)}, from "
        f"{_words.number(ratios.min(), 2)} to {_words.number(ratios.max(), 2)}; below 1 favors the "
        "experimental arm. Different trials are not comparable."
    )
    return _words.shorten(text, ALT_LENGTH)


def _notes(
    data: pd.DataFrame, omitted: pd.DataFrame, behind: pd.DataFrame, explained: str, pooled: Sequence[str]
) -> list[str]:
    notes = [*pooled, *([explained] if explained else [])]
    if any(_words.whole(n) == "n.r." for pair in _compared.sided(data, "n") for n in pair):
        notes.append(_furniture.Aside(_words.unreported("n.r.")))
    if len(omitted):
        said = f"Not drawn: {_words.count(len(omitted), 'row')} of another endpoint or analysis."
        notes.append(_furniture.Aside(said))
    return [*notes, _compared.CAVEAT, _arms.sources_note(behind), _arms.license_note()]


def _cells(row: dict[str, object], marks: str) -> dict[str, str]:
    """What the table beside the axes says of one mark."""
    ratio = _words.number(
        round(row["hazard_ratio"], 2) if row["mark"] == "pooled" else row["hazard_ratio"], 2
    )
    if row["mark"] == "pooled":
        limits = f"({row['low']:.2f}\N{EN DASH}{row['high']:.2f})"
        return {
            "arms": _meta.SHORT[row["method"]], "trial": _words.count(int(row["trials"]), "trial"),
            "n": _words.whole(row["patients"]), "median": "", "difference": "", "ratio": f"{ratio}\n{limits}",
        }  # fmt: skip
    limits = [_words.interval(row["low"], row["high"], places=2), _compared.level_cell(row)]
    gained = row["median_difference_months"]
    return {
        "arms": f"{row['experimental_name']}\nvs {row['control_name']}",
        "trial": f"{row['trial_label']}{marks}\n{_aim(row, ', ')}",
        "n": "\n".join(_words.whole(row[f"{side}_n"]) for side in _compared.SIDES),
        "median": "\n".join(_short_median(row, side) for side in _compared.SIDES),
        "difference": _signed(gained) if pd.notna(gained) else "",
        "ratio": "\n".join([ratio, *filter(None, limits)]),
    }


def _short_median(row: dict[str, object], side: str) -> str:
    words = _median(row, side)
    return "n.r." if words == _words.NOT_REPORTED else words


def _columns(cells: pd.DataFrame, roomy: bool) -> list[_layout.Column]:
    """The table beside the axes; where room is short, trial and therapies share a column.

    A slide leaves the primary endpoint and the medians to the words, a narrow page the primary endpoint.
    """
    if _style.current().whole or _style.current().narrow:
        trials = cells["trial"].str.partition("\n")[0]
        names = [_layout.Column("Therapy vs control (trial)", (cells["arms"] + " (" + trials + ")").tolist())]
    elif roomy:
        names = [
            _layout.Column("Therapy vs control", cells["arms"].tolist()),
            _layout.Column("Trial; primary endpoint", cells["trial"].tolist(), color=_style.GRAY),
        ]
    else:
        both = (cells["arms"] + "\n" + cells["trial"].str.replace("\n", ": ")).tolist()
        names = [_layout.Column("Therapy vs control, trial, its primary endpoint", both)]
    medians = [
        _layout.Column("Median, months", cells["median"].tolist(), align="right", aside=True),
        _layout.Column("Differ- ence", cells["difference"].tolist(), align="right", aside=True),
    ]
    return [
        *names,
        _layout.Column("n", cells["n"].tolist(), align="right"),
        *medians,
        _layout.Column("Ratio (interval)", cells["ratio"].tolist()),
    ]


def _draw_rows(
    data: pd.DataFrame,
    omitted: pd.DataFrame,
    behind: pd.DataFrame,
    endpoint: str,
    title: str,
    pooled: Sequence[str],
) -> Figure:
    drawn = data[data["mark"].eq("comparison")]
    marks, explained = _arms.footnotes(_compared.remarks(drawn))
    records = _given.records(data)
    cells = pd.DataFrame([_cells(row, mark) for row, mark in zip(records, [*marks, ""], strict=False)])
    groups = [*_compared.groups(drawn), *[("Pooled", "")] * (len(data) - len(drawn))]
    roomy = _basis.roomy()
    panels = [_layout.Panel(label="Hazard ratio, log scale", ends=_forest_marks.ends())]
    panels += [_layout.Panel("Rests on", share=0.28)] if roomy else []
    with mpl.rc_context(_style.settings()):
        laid = _layout.rows(
            _furniture.Furniture(
                title,
                _subtitle(drawn),
                _notes(drawn, omitted, behind, explained, pooled),
                _forest_marks.keys(data) + (_basis.keys(drawn) if roomy else []),
            ),
            left=_columns(cells, roomy),
            right=[],
            panels=panels,
            groups=groups,
            swatches=_style.CLASS_COLORS,
            plot_share=0.3 if roomy else 0.28,
        )
        _forest_marks.draw(data, laid.axes[0], laid.y)
        if roomy:
            _basis.draw(drawn, laid.axes[1], laid.y[: len(drawn)])
    return laid.figure
