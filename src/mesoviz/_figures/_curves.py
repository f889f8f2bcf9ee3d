"""Kaplan-Meier curves of one trial, as reconstructed, above the table of patients at risk."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from mesoviz._figures import _arms, _curves_page
from mesoviz._figures._curves_page import COUNTS
from mesoviz._page import _furniture, _given, _style, _words
from mesoviz._page._chart import ALT_LENGTH, Chart

if TYPE_CHECKING:
    from matplotlib.figure import Figure

ENDPOINTS = {
    "OS": ("os", "overall survival", "Percent alive"),
    "PFS": ("pfs", "progression-free survival", "Percent alive without progression"),
}
RECONSTRUCTED = "Estimates at month ends, reconstructed from the published figure"
NO_RATIO = "No hazard ratio is computed from these curves: the published one stands with the comparisons."
_COLUMNS = (
    *("trial", "trial_label", "arm", "arm_label", "arm_setting", "role", "therapy_label", "agent"),
    *("therapy_class", "part_of", "n", "population", "overlaps_trial", "n_source", "n_citation"),
    *("endpoint", "month", "survival_pct", "low_pct", "high_pct", *COUNTS, "source", "citation"),
)


def survival_curves(
    curves: pd.DataFrame,
    *,
    trial: str | None = None,
    endpoint: str = "OS",
    trials: pd.DataFrame | None = None,
    title: str | None = None,
    sources: pd.DataFrame | None = None,
) -> Chart:
    """Draw a trial's Kaplan-Meier curves above the numbers at risk, events and censored.

    Parameters
    ----------
    curves : pandas.DataFrame
        From `load_curves`, one row an arm, endpoint and month; filter it with pandas first.
    trial : str, optional
        The trial to draw; may be left out where `curves` holds one only.
    endpoint : {"OS", "PFS"}, default "OS"
        Overall or progression-free survival.
    trials : pandas.DataFrame, optional
        From `load_trials`, for the published medians; by default the project's own.
    title : str, optional
        A heading of your own in place of the general one.
    sources : pandas.DataFrame, optional
        From `load_sources`; by default the project's own.

    Returns
    -------
    Chart
        `data` has one row an arm and month, with the arm's published median beside; `omitted` the rows of
        other trials and endpoints.

    Raises
    ------
    ValueError
        If the selection is empty, holds several trials and `trial` does not say which, or has no such curve.

    Notes
    -----
    The curves are reconstructed from published figures, so they are estimates at month ends and no more: the
    medians marked on the 50 % line are those of the publications, and no hazard ratio is computed. The table
    beneath is that of KMunicate [1]_; events and censored are counted from the start.

    References
    ----------
    .. [1] Morris TP, Jarvis CI, Cragg W, et al. Proposals on Kaplan-Meier plots in medical research and a
       survey of stakeholder views: KMunicate. BMJ Open 2019;9:e030215. doi:10.1136/bmjopen-2019-030215

    Examples
    --------
    >>> import mesoviz as mv
    >>> chart = mv.survival_curves(mv.load_curves(), trial="vantage-014")
    >>> chart.data["arm"].unique().tolist()
    ['vorinostat', 'placebo']
    >>> chart.data[["month", "survival_pct", "at_risk"]].iloc[0].tolist()
    [0.0, 100.0, 329.0]
    """
    _given.choose(endpoint, ENDPOINTS, "endpoint")
    data, omitted = prepare(curves, trial, endpoint, trials=trials)
    title = _given.heading(title, f"{ENDPOINTS[endpoint][1].capitalize()} in {data['trial_label'].iloc[0]}")

    def chart(data: pd.DataFrame, omitted: pd.DataFrame, title: str) -> Chart:
        behind = _arms.sources_behind(data, ["source", "median_source", "n_source"], sources)
        return Chart(
            lambda title: _draw(data, omitted, behind, endpoint, title),
            data,
            title=title,
            alt=_alt(data, endpoint),
            text=describe(data, omitted, endpoint, title),
            omitted=omitted,
            sources=behind,
            part=chart,
            keys=(),
        )

    return chart(data, omitted, title)


def _draw(
    data: pd.DataFrame, omitted: pd.DataFrame, behind: pd.DataFrame, endpoint: str, title: str
) -> Figure:
    furniture = _furniture.Furniture(
        title, _subtitle(data, endpoint), _notes(data, omitted, behind), _keys(data)
    )
    return _curves_page.draw_page(data, furniture, heading=ENDPOINTS[endpoint][2], ends=_ends(data))


def prepare(
    curves: pd.DataFrame, trial: str | None, endpoint: str, *, trials: pd.DataFrame | None = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Part rows into the points of one trial's curves, in drawing order, and all others."""
    _given.require(curves, _COLUMNS, "survival_curves")
    there = sorted(curves["trial"].unique())
    if trial is None and len(there) == 1:
        trial = there[0]
    if trial not in there:
        problem = "trial must be given" if trial is None else f"there is no curve of trial {trial!r}"
        raise ValueError(f"survival_curves: {problem}; choose from {', '.join(map(repr, there))}.")
    frame = _given.take(curves, _COLUMNS)
    reason = pd.Series(pd.NA, index=frame.index, dtype="object")
    reason[frame["survival_pct"].isna()] = f"survival {_words.UNREPORTED}"
    other = frame["endpoint"].astype("object").ne(endpoint)
    reason[other] = [f"of another endpoint ({name})" for name in frame["endpoint"][other]]
    reason[frame["trial"].ne(trial)] = "of another trial"
    drawn, omitted = _given.split(frame, reason)
    if drawn.empty:
        raise ValueError(f"survival_curves: the selection has no {ENDPOINTS[endpoint][1]} of {trial!r}.")
    order = _arms.in_order(drawn.drop_duplicates("arm"))["arm"].tolist()
    drawn = drawn.assign(_arm=drawn["arm"].map(order.index)).sort_values(["_arm", "month"])
    drawn = drawn.drop(columns="_arm").merge(_medians(trials, endpoint), on=["trial", "arm"], how="left")
    return drawn, omitted.reset_index(drop=True)


def _medians(trials: pd.DataFrame | None, endpoint: str) -> pd.DataFrame:
    """The published medians, one row an arm."""
    if trials is None:
        from mesoviz._tables._load import load_trials

        trials = load_trials()
    key = ENDPOINTS[endpoint][0]
    renamed = {
        f"{key}_status": "median_status",
        f"{key}_median_months": "median_months",
        f"{key}_low_months": "low_months",
        f"{key}_high_months": "high_months",
        f"{key}_high_status": "high_status",
        f"{key}_ci_level": "ci_level",
        f"{key}_source": "median_source",
        f"{key}_citation": "median_citation",
    }
    _given.require(trials, ["trial", "arm", *renamed], "survival_curves (trials)")
    return trials[["trial", "arm", *renamed]].rename(columns=renamed).drop_duplicates(["trial", "arm"])


def describe(data: pd.DataFrame, omitted: pd.DataFrame, endpoint: str, title: str) -> str:
    """Every plotted number in words, one line a point, and what is not drawn."""
    words = ENDPOINTS[endpoint][1]
    lines = [f"{_words.sentence(title)} {_subtitle(data, endpoint)}"]
    for points, name in zip(_curves_page.by_arm(data), _curves_page.names(data), strict=True):
        row = points.iloc[0]
        n = f"n = {row['n']}" if pd.notna(row["n"]) else "n not reported"
        setting = _words.SETTINGS.get(row["arm_setting"], row["arm_setting"])
        told = row["median_status"] in ("reported", _words.NOT_REACHED)
        cited = f" {_words.citation(row['median_citation'])}" if told else ""
        remarks = " ".join(["", *_arms.remarks(points.head(1))[0]])
        lines.append(
            f"{setting}, {row['therapy_class']}: {name} ({row['role']}), {row['trial_label']}, {n}: "
            f"published median {words} {_median_words(row)}{cited}.{remarks} "
            f"Curve {_words.citation(row['citation'])}:"
        )
        lines += [f"{name}, {_point_words(point)}" for point in _given.records(points)]
    below = [*_arms.omitted_words(omitted, "point"), *_words.meaning(lines), NO_RATIO]
    return "\n".join([*lines, *below])


def _point_words(row: dict[str, object]) -> str:
    limits = _words.interval(row["low_pct"], row["high_pct"], places=0)
    band = f" (95 % interval {limits[1:-1]})" if limits else ""
    counts = ", ".join(
        f"{name.lower()} {row[column]:,}"
        if pd.notna(row[column])
        else f"{name.lower()} {_words.NOT_REPORTED}"
        for column, name in COUNTS.items()
    )
    return f"month {row['month']}: {_words.number(row['survival_pct'], 0)} %{band}; {counts}."


def _median_words(row: pd.Series) -> str:
    if pd.isna(row["median_status"]):
        return "not among the trials given"
    if pd.isna(row["median_months"]):
        return str(row["median_status"])
    limits = _words.interval(
        row["low_months"], row["high_months"], open_high=row["high_status"] == _words.NOT_REACHED
    )
    known = pd.notna(row["ci_level"])
    level = f"{row['ci_level']:g} % interval" if known else "interval of a level not stated"
    more = f" ({level} {limits[1:-1]})" if limits else f", {_words.NO_INTERVAL}"
    return f"{_words.number(row['median_months'])} months{more}"


def _subtitle(data: pd.DataFrame, endpoint: str) -> str:
    arms = data.drop_duplicates("arm")
    setting = _words.listing(
        dict.fromkeys(_words.SETTINGS.get(s, str(s)).lower() for s in arms["arm_setting"])
    )
    bands = "; bands are 95 % intervals" if data["low_pct"].notna().any() else ""
    return f"{ENDPOINTS[endpoint][2]}; {_arms.studied(arms)}, {setting}. {RECONSTRUCTED}{bands}."


def _alt(data: pd.DataFrame, endpoint: str) -> str:
    arms = data.drop_duplicates("arm")
    known = arms["median_months"].dropna()
    medians = _words.listing([_words.number(m) for m in known])
    text = (
        f"Kaplan-Meier curves of {ENDPOINTS[endpoint][1]} in {arms['trial_label'].iloc[0]}, "
        f"{_arms.studied(arms)}, months {data['month'].min()} to {data['month'].max()}"
        f"{f'; published medians {medians} months' if len(known) else ''}. {RECONSTRUCTED}."
    )
    return _words.shorten(text, ALT_LENGTH)


def _keys(data: pd.DataFrame) -> list[_furniture.Key]:
    """The legend of the published medians; the curves bear their own labels."""
    arms = data.drop_duplicates("arm")
    if arms["median_months"].isna().all():
        return []
    filled = {"marker": "o", "markerfacecolor": _style.OTHER_COLOR, "markeredgecolor": _style.OTHER_COLOR}
    keys = [_furniture.Key("median as published", filled)]
    if arms[["low_months", "high_months"]].notna().any(axis=None):
        keys.append(_furniture.Key("its interval", {"linestyle": "-", "color": _style.OTHER_COLOR}))
    return keys


def _notes(data: pd.DataFrame, omitted: pd.DataFrame, behind: pd.DataFrame) -> list[str]:
    arms = data.drop_duplicates("arm")
    notes = list(dict.fromkeys(remark for remarks in _arms.remarks(arms) for remark in remarks))
    said = "Events and censored are counted from the start to the end of the month."
    if arms["median_months"].notna().any():
        said += " Medians are those published, not read off the curves."
    if arms["median_months"].notna().sum() > 1:
        said += " They stand a little above and below the 50 % line, so that none hides another."
    notes.append(_furniture.Aside(said))
    if len(omitted):
        said = f"Not drawn: {_words.count(len(omitted), 'point')} of other trials or endpoints."
        notes.append(_furniture.Aside(said))
    return [*notes, NO_RATIO, _arms.sources_note(behind), _arms.license_note()]


def _ends(data: pd.DataFrame) -> list[list[str]]:
    """What is written at the end of each curve, its name first."""
    ends = []
    for points, name in zip(_curves_page.by_arm(data), _curves_page.names(data), strict=True):
        row = points.iloc[0]
        n = f"n = {_words.whole(row['n'])}" if pd.notna(row["n"]) else "n not reported"
        median = _median_words(row).replace(" months", "").replace("95 % interval ", "")
        ends.append([name, n, f"Published median {median}"])
    return ends
