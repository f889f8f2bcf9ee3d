"""When trials recruited and how fast: one row a trial on a calendar, enrolled beside planned."""

from __future__ import annotations

from typing import TYPE_CHECKING

import matplotlib as mpl
import numpy as np
import pandas as pd

from mesoviz._estimates import _rates
from mesoviz._figures import _arms, _calendar
from mesoviz._page import _furniture, _given, _layout, _style, _words
from mesoviz._page._chart import ALT_LENGTH, Chart

if TYPE_CHECKING:
    from matplotlib.figure import Figure

NO_DATES = "no recruitment dates in the sources read"
_COLUMNS = (
    *("trial", "trial_label", "arm", "role", "part_of", "therapy_class", "therapy_label", "status"),
    *("enrolled", "enrolled_mesothelioma", "planned", "first_patient", "last_patient"),
    *("population", "overlaps_trial", "enrollment_source", "enrollment_citation"),
)
_CAVEAT = (
    "Patients are those of the whole trial, other tumors included. Per month: enrolled patients by the "
    "months from the first to the last patient, both counted, where both months are known. Some dates are "
    "those of the registry."
)


def accrual(trials: pd.DataFrame, *, title: str | None = None, sources: pd.DataFrame | None = None) -> Chart:
    """Draw when each trial recruited, how many patients a month, and enrolled against planned.

    Parameters
    ----------
    trials : pandas.DataFrame
        Arms from `load_trials`; filter it with pandas first. A trial is drawn once.
    title : str, optional
        A heading of your own in place of the general one.
    sources : pandas.DataFrame, optional
        From `load_sources`; by default the project's own.

    Returns
    -------
    Chart
        `data` has one row a trial with `first_patient`, `last_patient`, `months`, `patients_per_month`,
        `enrolled` and `planned`; `omitted` the trials without dates, one row each.

    Raises
    ------
    ValueError
        If no trial of the selection reports a date, or a date reads neither ``YYYY-MM`` nor ``YYYY``.

    Notes
    -----
    A date told to the year alone is a paler band over that year: recruitment began, or ended, somewhere
    within it. Patients per month are `enrolled`, the whole trial's, by the months from the first patient's
    to the last patient's, both counted; they are left out unless both months are known. Trials stand under
    the class of their experimental arm, from the earliest start to the latest.

    Examples
    --------
    >>> import mesoviz as mv
    >>> trials = mv.load_trials()
    >>> chart = mv.accrual(trials[trials["trial"] == "maps"])
    >>> chart.data[["trial_label", "status"]].to_numpy().tolist()
    [['MAPS', 'completed']]
    """
    data, omitted = prepare(trials)
    title = _given.heading(title, "When trials recruited, and how many patients")

    def chart(data: pd.DataFrame, omitted: pd.DataFrame, title: str) -> Chart:
        behind = _arms.sources_behind(data, ["enrollment_source"], sources)
        return Chart(
            lambda title: _draw_rows(data, omitted, behind, title),
            data,
            title=title,
            alt=_alt(data),
            text=describe(data, omitted, title),
            omitted=omitted,
            sources=behind,
            part=chart,
            keys=("lead_class", "trial"),
        )

    return chart(data, omitted, title)


def prepare(trials: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """One row a trial with a date, in drawing order, times in years; the trials without, with the reason."""
    _given.require(trials, _COLUMNS, "accrual")
    arms = _given.take(trials, _COLUMNS).assign(_part=trials["part_of"].notna())
    arms["population"] = arms.groupby("trial")["population"].transform("first")
    lead = arms.sort_values(["trial", "role", "_part", "arm"]).drop_duplicates("trial")
    lead = lead.drop(columns=["arm", "role", "part_of", "_part"]).rename(
        columns={"therapy_class": "lead_class", "therapy_label": "lead_label"}
    )
    first, last = (_rates.month_span(lead[f"{end}_patient"]) for end in ("first", "last"))
    reason = pd.Series(pd.NA, index=lead.index, dtype="object")
    reason[first["start"].isna() & last["start"].isna()] = NO_DATES
    reason[(last["end"] <= first["start"]).fillna(False).astype(bool)] = "the last patient before the first"
    rate = _rates.accrual_rate(lead["enrolled"], lead["first_patient"], lead["last_patient"])
    lead = lead.assign(
        first_from=_years(first["start"]),
        first_to=_years(first["end"]),
        last_from=_years(last["start"]),
        last_to=_years(last["end"]),
        months=rate["months"],
        patients_per_month=rate["per_month"],
    )
    drawn, omitted = _given.split(lead, reason)
    if drawn.empty:
        raise ValueError("accrual: no trial of the selection reports when it recruited.")
    drawn = drawn.assign(
        _at=drawn["first_from"].fillna(drawn["last_from"]), _name=drawn["trial_label"].str.casefold()
    )
    drawn = drawn.sort_values(["lead_class", "_at", "first_to", "_name", "trial"])
    columns = ["trial", "trial_label", "lead_class", "lead_label", "reason"]
    return (
        drawn.drop(columns=["_at", "_name"]).reset_index(drop=True),
        omitted[columns].reset_index(drop=True),
    )


def _years(months: pd.Series) -> np.ndarray:
    return months.to_numpy(float, na_value=np.nan) / 12


def describe(data: pd.DataFrame, omitted: pd.DataFrame, title: str) -> str:
    """Every plotted number in words, one line a trial, and what is not drawn."""
    lines = [f"{_words.sentence(title)} {_subtitle(data)}"]
    for row, remarks in zip(_given.records(data), _all_remarks(data), strict=True):
        citation = row["enrollment_citation"]
        said = (
            f"{row['lead_class']}: {row['trial_label']} ({row['lead_label']}), {_window_words(row)}; "
            f"{_count_words(row)}; {_rate_words(row)}; {_status_words(row)}."
        )
        cited = f"[{citation if pd.notna(citation) else 'source not given'}]"
        lines.append(" ".join([said, *remarks, cited]))
    below = [*_arms.omitted_words(omitted, "trial"), *_words.meaning(lines), _CAVEAT]
    return "\n".join([*lines, *below])


def _window_words(row: dict[str, object]) -> str:
    first, last = (row[f"{end}_patient"] for end in ("first", "last"))
    since = f"first patient {first if pd.notna(first) else _words.NOT_REPORTED}"
    if pd.isna(last) and row["status"] == _calendar.RECRUITING:
        return f"{since}, open at the date of the data ({_words.DATA_MONTH})"
    return f"{since}, last patient {last if pd.notna(last) else _words.NOT_REPORTED}"


def _count_words(row: dict[str, object]) -> str:
    enrolled, planned = (
        f"{row[name]:,}" if pd.notna(row[name]) else _words.NOT_REPORTED for name in ("enrolled", "planned")
    )
    return f"enrolled {enrolled}, planned {planned}"


def _rate_words(row: dict[str, object]) -> str:
    if pd.isna(row["patients_per_month"]):
        return "patients per month not known"
    months = _words.count(row["months"], "month")
    return f"{_rate(row['patients_per_month'])} patients a month over {months}"


def _status_words(row: dict[str, object]) -> str:
    if row["status"] == _calendar.STOPPED:
        return f"status {_calendar.STATUS[_calendar.STOPPED]}"
    return f"status {row['status'] if pd.notna(row['status']) else _words.NOT_REPORTED}"


def _rate(per_month: float) -> str:
    if pd.isna(per_month):
        return "\N{EN DASH}"
    return f"{per_month:.1f}" if per_month >= 0.1 else f"{per_month:.2g}"


def _all_remarks(data: pd.DataFrame) -> list[list[str]]:
    """Footnotes of each trial: selected or shared patients, and other tumors among them."""
    found = _arms.remarks(data.assign(part_of=pd.NA))
    for here, whole, own in zip(found, data["enrolled"], data["enrolled_mesothelioma"], strict=True):
        if pd.notna(whole) and pd.notna(own) and own < whole:
            here.append(f"{own:,} of the {whole:,} enrolled had mesothelioma.")
        elif pd.notna(whole) and pd.isna(own):
            here.append(f"How many of the enrolled had mesothelioma is {_words.UNREPORTED}.")
    return found


def _subtitle(data: pd.DataFrame) -> str:
    known = data["enrolled"].dropna()
    rates = int(data["patients_per_month"].notna().sum())
    patients = f"{_words.count(int(known.sum()), 'patient')} enrolled"
    if known.empty:
        patients = f"patients {_words.NOT_REPORTED}"
    elif len(known) < len(data):
        patients += f" in the {len(known):,} that report it"
    return f"{_words.count(len(data), 'trial')}, {patients}; patients per month known for {rates:,}."


def _alt(data: pd.DataFrame) -> str:
    drawn = _calendar.spans(data)
    since, until = int(drawn["start"].min()), int(np.ceil(drawn["end"].max())) - 1
    rates = data["patients_per_month"].dropna()
    pace = f"{_rate(rates.min())} to {_rate(rates.max())} patients a month" if len(rates) else "no rate known"
    half = int(drawn["ends"].isin(["start only", "end only"]).sum())
    missing = f" One of two dates is not reported for {_words.count(half, 'trial')}." if half else ""
    text = (
        f"Calendar chart: recruitment of {_words.count(len(data), 'trial')} between {since} and {until}, "
        f"{pace}, with enrolled and planned patients. Whole trials, other tumors included.{missing}"
    )
    return _words.shorten(text, ALT_LENGTH)


def _draw_rows(data: pd.DataFrame, omitted: pd.DataFrame, behind: pd.DataFrame, title: str) -> Figure:
    marks, explained = _arms.footnotes(_all_remarks(data))
    told = [_calendar.STATUS.get(status) for status in data["status"].astype("object")]
    told = [words.split(",")[0] if words else None for words in told]  # the legend says the rest
    names = [
        f"{label}{mark} ({words})" if words else f"{label}{mark}"
        for label, mark, words in zip(data["trial_label"], marks, told, strict=True)
    ]
    notes = [explained] if explained else []
    missing = data[["enrolled", "planned"]].isna().any(axis=None)
    notes += [_furniture.Aside(_words.unreported("n.r."))] if missing else []
    notes += [
        _furniture.Aside(f"Not drawn: {_words.count(n, 'trial')} ({reason}).")
        for reason, n in omitted["reason"].value_counts().items()
    ]
    notes += [_CAVEAT, _arms.sources_note(behind), _arms.license_note()]
    with mpl.rc_context(_style.settings()):
        laid = _layout.rows(
            _furniture.Furniture(title, _subtitle(data), notes, _calendar.keys(data)),
            left=[
                _layout.Column("Trial", names),
                _layout.Column("Therapy", list(data["lead_label"]), color=_style.GRAY),
            ],
            right=[
                _layout.Column("Enrolled", [_words.whole(n) for n in data["enrolled"]], align="right"),
                _layout.Column(
                    "Planned", [_words.whole(n) for n in data["planned"]], align="right", color=_style.GRAY
                ),
                _layout.Column(
                    "Per month", [_rate(rate) for rate in data["patients_per_month"]], align="right"
                ),
            ],
            panels=[
                _layout.Panel(label="Recruitment", share=0.68),
                _layout.Panel(label="Patients", share=0.32),
            ],
            groups=[(str(kind),) for kind in data["lead_class"]],
            swatches=_style.CLASS_COLORS,
            plot_share=0.37,
        )
        _calendar.draw(data, laid.axes[0], laid.y)
        _calendar.draw_counts(data, laid.axes[1], laid.y)
    return laid.figure
