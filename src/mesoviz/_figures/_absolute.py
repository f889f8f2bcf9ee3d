"""What a hazard ratio means for 100 patients: the difference in survivors at one time, worked out."""

from __future__ import annotations

from numbers import Real
from typing import TYPE_CHECKING

import matplotlib as mpl
import pandas as pd

from mesoviz._figures import _arms, _compared, _difference_marks
from mesoviz._page import _furniture, _given, _layout, _style, _words
from mesoviz._page._chart import ALT_LENGTH, Chart

if TYPE_CHECKING:
    from matplotlib.figure import Figure

ALIVE = {"OS": "alive", "PFS": "alive without progression"}
ASSUMPTION = (
    "Worked out, not observed: it assumes proportional hazards, that the ratio holds at every time. The "
    "interval is the ratio's alone; the control's share is taken as certain."
)


def absolute_effects(
    comparisons: pd.DataFrame,
    trials: pd.DataFrame,
    endpoint: str = "OS",
    *,
    control_pct: float = 50,
    month: float | None = None,
    title: str | None = None,
    sources: pd.DataFrame | None = None,
) -> Chart:
    """Draw what each hazard ratio means for 100 patients at one time.

    Parameters
    ----------
    comparisons : pandas.DataFrame
        From `load_comparisons`; filter it with pandas first. Of several analyses of a comparison the main
        one is drawn.
    trials : pandas.DataFrame
        Arms from `load_trials`, among them all that were compared.
    endpoint : {"OS", "PFS"}, default "OS"
        Overall or progression-free survival.
    control_pct : float, default 50
        Percent of the control patients who are alive at the time in question: 50 at the control's own
        median, or a survival of your choice, such as that at 24 months.
    month : float, optional
        The time in question, for the words.
    title : str, optional
        A heading of your own in place of the general one.
    sources : pandas.DataFrame, optional
        From `load_sources`; by default the project's own.

    Returns
    -------
    Chart
        `data` has one row a comparison with `control_pct`, `experimental_pct`, and their difference in
        patients of 100, `difference` with `difference_low` and `difference_high` at the ratio's `ci_level`.
        `omitted` has those whose hazards are not proportional, among others.

    Raises
    ------
    ValueError
        If the selection is empty, no comparison of it can be worked out, `trials` lacks an arm, or an
        option is not allowed.

    Notes
    -----
    Under proportional hazards the experimental survival is the control's to the power of the hazard ratio,
    at every time. Where a publication says that hazards are not proportional, nothing is worked out.

    References
    ----------
    .. [1] Altman DG, Andersen PK. Calculating the number needed to treat for trials where the outcome is
       time to an event. BMJ 1999;319:1492-1495.

    Examples
    --------
    >>> import mesoviz as mv
    >>> comparisons = mv.load_comparisons()
    >>> around_surgery = comparisons["setting"].isin(["perioperative", "mixed"])
    >>> chart = mv.absolute_effects(comparisons[around_surgery], mv.load_trials())
    >>> "hazards not proportional" in chart.omitted["reason"].tolist()
    True
    """
    _given.choose(endpoint, _compared.ENDPOINTS, "endpoint")
    _check(control_pct, month)
    data, omitted = prepare(comparisons, trials, endpoint, control_pct=control_pct)
    when = _when(control_pct, month)
    title = _given.heading(
        title, f"What the ratios mean for 100 patients: {_compared.ENDPOINTS[endpoint][1]}"
    )

    def chart(data: pd.DataFrame, omitted: pd.DataFrame, title: str) -> Chart:
        behind = _arms.sources_behind(data, _compared.sources_columns(), sources)
        return Chart(
            lambda title: _draw_rows(data, omitted, behind, endpoint, title, when),
            data,
            title=title,
            alt=_alt(data, endpoint, when),
            text=describe(data, omitted, endpoint, title, when),
            omitted=omitted,
            sources=behind,
            part=chart,
            keys=_compared.ROWS,
            takeaway=_takeaway(data, endpoint),
        )

    return chart(data, omitted, title)


def _check(control_pct: object, month: object) -> None:
    """Refuse a share or a time that cannot be."""
    if not isinstance(control_pct, Real) or isinstance(control_pct, bool) or not 0 < control_pct < 100:
        raise ValueError(f"control_pct must lie between 0 and 100 percent; got {_words.got(control_pct)}.")
    if month is not None and (not isinstance(month, Real) or isinstance(month, bool) or not month > 0):
        raise ValueError(f"month must be a number above 0; got {_words.got(month)}.")


def prepare(
    comparisons: pd.DataFrame, trials: pd.DataFrame, endpoint: str, *, control_pct: float
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Part comparisons into those that can be worked out and the rest, with reasons."""
    drawn, omitted = _compared.part(comparisons, endpoint, "absolute_effects")
    reason = pd.Series(pd.NA, index=drawn.index, dtype="object")
    reason[drawn["hazards"].eq("not proportional")] = "hazards not proportional"
    drawn, refused = _given.split(drawn, reason)
    if drawn.empty:
        raise ValueError(
            "absolute_effects: hazards are not proportional in any comparison of the selection, so no ratio "
            "gives the survivors at one time."
        )
    drawn = _compared.with_arms(drawn.reset_index(drop=True), trials, endpoint, "absolute_effects")
    alive = {
        name: 100 * (control_pct / 100) ** drawn[ratio]
        for name, ratio in (("middle", "hazard_ratio"), ("least", "high"), ("most", "low"))
    }
    drawn = drawn.assign(
        control_pct=float(control_pct),
        experimental_pct=alive["middle"],
        difference=alive["middle"] - control_pct,
        difference_low=alive["least"] - control_pct,
        difference_high=alive["most"] - control_pct,
    )
    return drawn, pd.concat([omitted, refused], ignore_index=True)


def describe(data: pd.DataFrame, omitted: pd.DataFrame, endpoint: str, title: str, when: str) -> str:
    """Every plotted number in words, one line a comparison, and what is not drawn."""
    lines = [f"{_words.sentence(title)} {_subtitle(data, endpoint, when)}", ASSUMPTION]
    told = zip(_given.records(data), _compared.remarks(data), _compared.groups(data), strict=True)
    for row, remarks, where in told:
        limits = _words.NO_INTERVAL
        if pd.notna(row["low"]) or pd.notna(row["high"]):
            level = f"{row['ci_level']:g} % interval" if pd.notna(row["ci_level"]) else "level not stated,"
            limits = f"{level} {_limits(row)}"
        lines.append(
            f"{', '.join(where)}: {row['experimental_name']} against {row['control_name']}, "
            f"{row['trial_label']}, {_n_words(row)}: hazard ratio {_words.number(row['hazard_ratio'], 2)}; "
            f"of 100 patients {row['experimental_pct']:.1f} {ALIVE[endpoint]} against {row['control_pct']:g} "
            f"({_median_words(row)}), difference {_compared.signed(row['difference'])} ({limits}). "
            f"{' '.join([*remarks, ''])}{_words.citation(row['citation'])}"
        )
    below = [*_arms.omitted_words(omitted, "row"), *_words.meaning(lines), _compared.CAVEAT]
    return "\n".join([*lines, *below])


def _limits(row: dict[str, object]) -> str:
    ends = [row["difference_low"], row["difference_high"]]
    return " to ".join(_compared.signed(end) if pd.notna(end) else "?" for end in ends)


def _n_words(row: dict[str, object]) -> str:
    counts = [row[f"{side}_n"] for side in _compared.SIDES]
    return "n " + " and ".join(str(int(n)) if pd.notna(n) else _words.NOT_REPORTED for n in counts)


def _median_words(row: dict[str, object]) -> str:
    median = row["control_median_months"]
    return (
        f"control median {_words.number(median)} months"
        if pd.notna(median)
        else "control median not reported"
    )


def _when(control_pct: float, month: float | None) -> str:
    """The time in question, in words."""
    if month is not None:
        return f"at {month:g} months, if {control_pct:g} of 100 control patients are then"
    if control_pct == 50:
        return "at the control's median, when 50 of 100 control patients are"
    return f"when {control_pct:g} of 100 control patients are"


def _subtitle(data: pd.DataFrame, endpoint: str, when: str) -> str:
    return (
        f"Patients of 100 more or fewer {ALIVE[endpoint]} {when}; {_compared.studied(data)}. "
        "Intervals are 95 % unless said."
    )


def _takeaway(data: pd.DataFrame, endpoint: str) -> str:
    ends = dict.fromkeys(
        _compared.signed(end) for end in (data["difference"].min(), data["difference"].max())
    )
    return f"Of 100 patients, {' to '.join(ends)} {ALIVE[endpoint]}: {_words.count(len(data), 'comparison')}"


def _alt(data: pd.DataFrame, endpoint: str, when: str) -> str:
    span = f"{_compared.signed(data['difference'].min())} to {_compared.signed(data['difference'].max())}"
    text = (
        f"Dot chart with intervals: expected difference in patients {ALIVE[endpoint]} of 100, {when}, from "
        f"{span}; {_words.count(len(data), 'comparison')}. Assumes proportional hazards. "
        "Different trials are not comparable."
    )
    return _words.shorten(text, ALT_LENGTH)


def _draw_rows(
    data: pd.DataFrame, omitted: pd.DataFrame, behind: pd.DataFrame, endpoint: str, title: str, when: str
) -> Figure:
    marks, explained = _arms.footnotes(_compared.remarks(data))
    records = _given.records(data)
    labels = [f"{label}{mark}" for label, mark in zip(data["trial_label"], marks, strict=True)]
    counts = ["\n".join(map(_words.whole, pair)) for pair in _compared.sided(data, "n")]
    alive = [f"{row['experimental_pct']:.1f}\n{row['control_pct']:g}" for row in records]
    notes = [_furniture.Lead(ASSUMPTION), *([explained] if explained else [])]
    notes += [_furniture.Aside(_words.unreported("n.r."))] if any("n.r." in count for count in counts) else []
    refused = int(omitted["reason"].eq("hazards not proportional").sum()) if len(omitted) else 0
    notes += [f"Not worked out, as hazards are not proportional: {_refused(omitted)}."] if refused else []
    rest = len(omitted) - refused
    said = f"Not drawn: {_words.count(rest, 'row')} of another endpoint or analysis."
    notes += [_furniture.Aside(said)] if rest else []
    notes += [_compared.CAVEAT, _arms.sources_note(behind), _arms.license_note()]
    with mpl.rc_context(_style.settings()):
        laid = _layout.rows(
            _furniture.Furniture(title, _subtitle(data, endpoint, when), notes, _difference_marks.keys(data)),
            left=[
                *_names(data, labels),
                _layout.Column("n", counts, align="right"),
                _layout.Column("Of 100", alive, align="right"),
                _layout.Column("Difference (interval)", [_cell(row) for row in records]),
            ],
            right=[],
            panels=[
                _layout.Panel(
                    label="Patients of 100",
                    ends=(
                        f"\N{LEFTWARDS ARROW} fewer {ALIVE[endpoint]}",
                        f"more {ALIVE[endpoint]}\N{NO-BREAK SPACE}\N{RIGHTWARDS ARROW}",
                    ),
                )
            ],
            groups=_compared.groups(data),
            swatches=_style.CLASS_COLORS,
        )
        _difference_marks.draw(data, laid.axes[0], laid.y)
    return laid.figure


def _names(data: pd.DataFrame, labels: list[str]) -> list[_layout.Column]:
    """Therapies and trial, on a slide and a narrow page in one column."""
    pairs = _compared.pair_names(data)
    if _style.current().whole or _style.current().narrow:
        both = [f"{pair} ({label})" for pair, label in zip(pairs, labels, strict=True)]
        return [_layout.Column("Therapy vs control (trial)", both)]
    return [
        _layout.Column("Therapy vs control", pairs),
        _layout.Column("Trial", labels, color=_style.GRAY),
    ]


def _refused(omitted: pd.DataFrame) -> str:
    labels = omitted.loc[omitted["reason"].eq("hazards not proportional"), "trial_label"]
    return _words.listing(labels.drop_duplicates(), limit=6)


def _cell(row: dict[str, object]) -> str:
    if pd.isna(row["low"]) and pd.isna(row["high"]):
        return _compared.signed(row["difference"])
    lines = [_compared.signed(row["difference"]), f"({_limits(row)})", _compared.level_cell(row)]
    return "\n".join(line for line in lines if line)
