"""The timeline of the field: when trials recruited and reported, class by class, and patients added up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import matplotlib as mpl
import numpy as np
import pandas as pd

from mesoviz._estimates import _rates
from mesoviz._figures import _arms, _calendar, _lanes, _timeline_marks
from mesoviz._page import _furniture, _given, _layout, _style, _words
from mesoviz._page._chart import ALT_LENGTH, Chart

if TYPE_CHECKING:
    from matplotlib.figure import Figure

NO_TIME = "neither recruitment dates nor the year of a primary publication known"
TOTAL = "Patients of reported trials, added up"
CAVEAT = (
    "A trial stands under the class of its first experimental arm, with all its patients. A dot stands in "
    "the middle of the year in which the trial's primary publication appeared; trials without one have no "
    "dot and are not added up."
)
_COLUMNS = (
    *("trial", "trial_label", "arm", "role", "part_of", "therapy_class", "therapy_label", "status"),
    *("patients", "unassigned", "n", "n_source", "n_citation", "first_patient", "last_patient"),
    *("population", "overlaps_trial", "enrollment_source", "enrollment_citation"),
    *("primary_source", "primary_citation"),
)
_SHARE = 0.6  # of the page's width, for the axes
_TALL = 9.0  # height of the added-up patients, in type sizes


def timeline(trials: pd.DataFrame, *, title: str | None = None, sources: pd.DataFrame | None = None) -> Chart:
    """Draw when trials recruited and when they reported, in a strip for each therapy class.

    Parameters
    ----------
    trials : pandas.DataFrame
        Arms from `load_trials`; filter it with pandas first. A trial is drawn once.
    title : str, optional
        A heading of your own in place of the general one.
    sources : pandas.DataFrame, optional
        From `load_sources`, with years of publication; by default the project's own.

    Returns
    -------
    Chart
        `data` has one row a trial with `first_patient`, `last_patient`, `published` (year of the primary
        publication), `patients` (of the whole trial) and `added_up` (patients of all trials of the selection
        that had reported by the end of that year); `omitted` the trials without any time.

    Raises
    ------
    ValueError
        If no trial of the selection tells a time.

    Notes
    -----
    Patients follow the rule of `enrollment`: those of the trial's arms and those who cannot be assigned to
    one. A bar is hollow over a year that is all a date tells. Dots have an area by patients; a trial whose
    number is not reported has a cross.

    Examples
    --------
    >>> import mesoviz as mv
    >>> trials = mv.load_trials()
    >>> chart = mv.timeline(trials[trials["agent"] == "Tremelimumab"])
    >>> chart.data["trial_label"].tolist()
    ['MESOT-TREM-2008', 'MESOT-TREM-2012', 'DETERMINE']
    """
    data, omitted = prepare(trials, sources)
    title = _given.heading(title, "When trials recruited, and when they reported")

    def chart(data: pd.DataFrame, omitted: pd.DataFrame, title: str) -> Chart:
        data = data.assign(added_up=_added_up(data))
        rests_on = ["enrollment_source", "primary_source", "n_source"]
        behind = _arms.sources_behind(_behind(trials, data), rests_on, sources)
        return Chart(
            lambda title: _draw_rows(data, omitted, behind, title),
            data,
            title=title,
            alt=_alt(data),
            text=describe(data, omitted, title),
            omitted=omitted,
            sources=behind,
            part=chart,
            keys=("lead_class",),
            takeaway=_subtitle(data).rstrip("."),
        )

    return chart(data, omitted, title)


def prepare(trials: pd.DataFrame, sources: pd.DataFrame | None = None) -> tuple[pd.DataFrame, pd.DataFrame]:
    """One row a trial that tells a time, in drawing order, times in years; and the others, with why."""
    _given.require(trials, _COLUMNS, "timeline")
    arms = _arms.with_class(_given.take(trials, _COLUMNS)).assign(_part=trials["part_of"].notna())
    arms["population"] = arms.groupby("trial")["population"].transform("first")
    of_arms = arms.groupby("trial")["patients"].sum(min_count=1)
    lead = arms.sort_values(["trial", "role", "_part", "arm"]).drop_duplicates("trial")
    rest = lead["unassigned"].where(lead["unassigned"].gt(0))
    known = lead["trial"].map(of_arms).astype("Int64")
    lead = lead.assign(
        patients=known.fillna(0).add(rest.fillna(0)).where(known.notna() | rest.notna()),
        published=_arms.year_of(lead["primary_source"], sources),
        part_of=pd.NA,
    )
    lead = lead.rename(columns={"therapy_class": "lead_class", "therapy_label": "lead_label"})
    lead["lead_label"] = lead["lead_label"].fillna(_arms.NO_THERAPY)
    for end in ("first", "last"):
        span = _rates.month_span(lead[f"{end}_patient"])
        for side, edge in (("from", "start"), ("to", "end")):
            lead[f"{end}_{side}"] = span[edge].to_numpy(float, na_value=np.nan) / 12
    dated = lead["first_from"].notna() | lead["last_from"].notna()
    reason = pd.Series(pd.NA, index=lead.index, dtype="object")
    reason[~dated & lead["published"].isna()] = NO_TIME
    reason[lead["last_to"] <= lead["first_from"]] = "the last patient before the first"
    drawn, omitted = _given.split(lead, reason)
    if drawn.empty:
        raise ValueError("timeline: no trial of the selection tells when it recruited or reported.")
    drawn = _lanes.sort(drawn)
    drawn["added_up"] = _added_up(drawn)
    columns = ["trial", "trial_label", "lead_class", "lead_label", "patients", "reason"]
    drop = ["arm", "role", "_part", "unassigned", "n", "n_source", "n_citation"]
    return drawn.drop(columns=drop), omitted[columns].reset_index(drop=True)


def _added_up(drawn: pd.DataFrame) -> pd.Series:
    """The patients of all trials that had reported by the end of each trial's year."""
    reported = drawn.dropna(subset="published").groupby("published")["patients"].sum().sort_index().cumsum()
    return drawn["published"].map(reported).astype("Int64")


def _behind(trials: pd.DataFrame, data: pd.DataFrame) -> pd.DataFrame:
    """The arms of the drawn trials, with the sources of what is shown of them alone."""
    arms = data[["trial", "published"]].merge(trials[list(_COLUMNS)], on="trial", how="left")
    dated = arms["first_patient"].notna() | arms["last_patient"].notna()
    shown = {"enrollment": dated, "primary": arms["published"].notna(), "n": arms["n"].notna()}
    for kind, there in shown.items():
        arms[f"{kind}_source"] = arms[f"{kind}_source"].where(there)
    return arms


def describe(data: pd.DataFrame, omitted: pd.DataFrame, title: str) -> str:
    """Every trial in words, one line each, and the patients added up over the years."""
    lines = [f"{_words.sentence(title)} {_subtitle(data)}"]
    for row, remarks in zip(_given.records(data), _arms.remarks(data), strict=True):
        first, last = (row[f"{end}_patient"] for end in ("first", "last"))
        told = [
            f"first patient {first}" if pd.notna(first) else "",
            f"last patient {last}" if pd.notna(last) else "",
            "recruiting" if row["status"] == _calendar.RECRUITING else "",
            f"reported {row['published']}" if pd.notna(row["published"]) else "no primary publication",
            _words.count(row["patients"], "patient")
            if pd.notna(row["patients"])
            else "patients not reported",
        ]
        cited = dict.fromkeys([row["enrollment_citation"], row["primary_citation"]])
        citations = _words.cited(word for word in cited if pd.notna(word))
        lines.append(
            f"{row['lead_class']}: {row['trial_label']} ({row['lead_label']}), "
            f"{', '.join(filter(None, told))}. {' '.join([*remarks, ''])}{citations}".rstrip()
        )
    table = _timeline_marks.by_year(data)
    for year, row in table.iterrows():
        total = int(row.sum())
        classes = "; ".join(f"{kind} {int(n):,}" for kind, n in row.items() if n)
        lines.append(f"{TOTAL}, to the end of {year}: {total:,} ({classes}).")
    return "\n".join([*lines, *_arms.omitted_words(omitted, "trial"), *_words.meaning(lines), CAVEAT])


def _subtitle(data: pd.DataFrame) -> str:
    dated = int((data["first_from"].notna() | data["last_from"].notna()).sum())
    reported = int(data["published"].notna().sum())
    patients = data.loc[data["published"].notna(), "patients"].sum()
    unknown = int(data["patients"].isna().sum())
    missing = f"; number of patients not reported for {_words.count(unknown, 'trial')}" if unknown else ""
    return (
        f"{_words.count(len(data), 'trial')}: recruitment dates known for {dated}, {reported} with a primary "
        f"publication, {_words.count(int(patients), 'patient')} in these{missing}."
    )


def _alt(data: pd.DataFrame) -> str:
    spans = _calendar.spans(data)
    years = [*spans["start"].dropna(), *data["published"].dropna()]
    ends = [*spans["end"].dropna(), *(data["published"].dropna() + 1)]
    classes = _words.count(data["lead_class"].nunique(), "therapy class", "therapy classes")
    text = (
        f"Calendar from {int(min(years))} to {int(np.ceil(max(ends))) - 1}, {classes} in strips: bars for "
        f"recruitment, dots for reports; below, patients added up. {_subtitle(data)}"
    )
    return _words.shorten(text, ALT_LENGTH)


def _draw_rows(data: pd.DataFrame, omitted: pd.DataFrame, behind: pd.DataFrame, title: str) -> Figure:
    style = _style.current()
    low, high = _lanes.calendar(data)
    offsets, tall = _lanes.pack(data, (high - low) / (_SHARE * style.width), style)
    strips = data.groupby("lead_class", observed=True, sort=False)
    table = pd.DataFrame({"trials": strips.size(), "patients": strips["patients"].sum(min_count=1)})
    table["tall"] = tall
    has_total = not (style.whole or _timeline_marks.by_year(data).empty)  # no room for it on a slide
    names = [str(kind) for kind in table.index] + [TOTAL] * has_total
    heights = [*table["tall"], *([_TALL * style.text] if has_total else [])]
    total = int(data.loc[data["published"].notna(), "patients"].sum())
    reported = int((data["published"].notna() & data["patients"].notna()).sum())
    notes = [
        _furniture.Aside(f"Not drawn: {_words.count(n, 'trial')} ({reason}).")
        for reason, n in omitted["reason"].value_counts().items()
    ]
    notes += [
        *map(_furniture.Footnotes, _arms.special_trials(data)),
        CAVEAT,
        _arms.sources_note(behind),
        _arms.license_note(),
    ]
    with mpl.rc_context(_style.settings()):
        laid = _layout.rows(
            _furniture.Furniture(title, _subtitle(data), notes, _timeline_marks.keys(data)),
            left=[_layout.Column("Therapy class", names)],
            right=[
                _layout.Column(
                    "Trials",
                    [_words.whole(n) for n in [*table["trials"], *([reported] * has_total)]],
                    align="right",
                ),
                _layout.Column(
                    "Patients",
                    [_words.whole(n) for n in [*table["patients"], *([total] * has_total)]],
                    align="right",
                ),
            ],
            heights=heights,
            plot_share=_SHARE,
        )
        axes = laid.axes[0]
        axes.set_xlim(low, high)
        axes.set_xticks(_layout.whole_ticks(axes, np.ceil(low), np.floor(high), "0000"))
        axes.xaxis.set_major_formatter(lambda year, _: f"{year:.0f}")
        axes.tick_params(labeltop=True)
        middle = dict(zip(table.index, laid.y, strict=False))
        _timeline_marks.draw(data, axes, data["lead_class"].map(middle).to_numpy(float) + offsets)
        if has_total:
            end = laid.y[-1] + laid.height[-1] / 2
            _timeline_marks.draw_total(data, axes, end, end - laid.height[-1] + 1.6 * style.small)
    return laid.figure
