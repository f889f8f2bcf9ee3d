"""Survival at fixed times: one row an arm, one panel a month."""

from __future__ import annotations

from collections.abc import Iterable
from numbers import Real
from typing import TYPE_CHECKING

import matplotlib as mpl
import pandas as pd

from mesoviz._figures import _arms, _landmarks_panels
from mesoviz._page import _furniture, _given, _layout, _style, _words
from mesoviz._page._chart import ALT_LENGTH, Chart

if TYPE_CHECKING:
    from matplotlib.figure import Figure

ENDPOINTS = {
    "OS": ("overall survival", "Percent alive"),
    "PFS": ("progression-free survival", "Percent alive without progression"),
    "irPFS": ("progression-free survival by immune-related criteria", "Percent alive without progression"),
}
MOST_MONTHS = 4
_ARM_COLUMNS = (
    *("trial", "trial_label", "arm", "arm_label", "arm_setting", "role", "therapy_label", "agent"),
    *("therapy_class", "part_of", "n", "population", "overlaps_trial", "n_source", "n_citation"),
)
_COLUMNS = (
    *_ARM_COLUMNS,
    *("endpoint", "month", "survival_pct", "low_pct", "high_pct", "ci_level", "source", "citation"),
)


def landmark_survival(
    landmarks: pd.DataFrame,
    endpoint: str = "OS",
    *,
    months: Iterable[float] | float = (12, 24, 36, 60),
    title: str | None = None,
    sources: pd.DataFrame | None = None,
) -> Chart:
    """Draw the share of patients alive at fixed times, with its interval, as published.

    Parameters
    ----------
    landmarks : pandas.DataFrame
        From `load_landmarks`, one row an arm, endpoint and month; filter it with pandas first.
    endpoint : {"OS", "PFS", "irPFS"}, default "OS"
        Overall survival, progression-free survival, or the latter by immune-related criteria.
    months : float or iterable of float, default (12, 24, 36, 60)
        One panel a month, at most four; a month without any value in the selection gets none.
    title : str, optional
        A heading of your own in place of the general one.
    sources : pandas.DataFrame, optional
        From `load_sources`; by default the project's own.

    Returns
    -------
    Chart
        `data` has one row an arm and month with `survival_pct`, `low_pct`, `high_pct`, `ci_level` (percent);
        `omitted` the rows of other endpoints and months.

    Raises
    ------
    ValueError
        If the selection is empty, has no value at the months asked for or too many months, or an option is
        not allowed.

    Notes
    -----
    Nothing is computed, nor read off a curve: a month without a published value stays empty. Arms are
    ordered by name within setting and class, never by result; a trial's arms stand side by side.

    Examples
    --------
    >>> import mesoviz as mv
    >>> landmarks = mv.load_landmarks()
    >>> chart = mv.landmark_survival(landmarks[landmarks["trial"] == "maps2"], months=(12, 24))
    >>> chart.data[["arm", "month"]].to_numpy().tolist()
    [['nivolumab', 12.0], ['nivolumab', 24.0], ['nivolumab-ipilimumab', 12.0], ['nivolumab-ipilimumab', 24.0]]
    """
    _given.choose(endpoint, ENDPOINTS, "endpoint")
    data, omitted = prepare(landmarks, endpoint, months=months)
    title = _given.heading(title, f"{ENDPOINTS[endpoint][0].capitalize()} at {_at(data)}")

    def chart(data: pd.DataFrame, omitted: pd.DataFrame, title: str) -> Chart:
        behind = _arms.sources_behind(data, ["source", "n_source"], sources)
        return Chart(
            lambda title: _draw_rows(data, omitted, behind, endpoint, title),
            data,
            title=title,
            alt=_alt(data, endpoint),
            text=describe(data, omitted, endpoint, title),
            omitted=omitted,
            sources=behind,
            part=chart,
            keys=("arm_setting", "lead_class", "trial", "arm"),
        )

    return chart(data, omitted, title)


def prepare(
    landmarks: pd.DataFrame, endpoint: str, *, months: Iterable[float] | float
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Part rows into those to draw, in drawing order, and those of other endpoints or months."""
    months = _checked(months)
    _given.require(landmarks, _COLUMNS, "landmark_survival")
    frame = _given.take(landmarks, _COLUMNS)
    reason = pd.Series(pd.NA, index=frame.index, dtype="object")
    reason[frame["survival_pct"].isna()] = f"survival {_words.UNREPORTED}"
    off = ~frame["month"].isin(months)
    reason[off] = [f"at {month:g} months, which is not among those drawn" for month in frame["month"][off]]
    other = frame["endpoint"].astype("object").ne(endpoint)
    reason[other] = [f"of another endpoint ({name})" for name in frame["endpoint"][other]]
    drawn, omitted = _given.split(frame, reason)
    if drawn.empty:
        wanted = _words.listing([f"{month:g}" for month in months])
        raise ValueError(
            f"landmark_survival: the selection has no {ENDPOINTS[endpoint][0]} at {wanted} months."
        )
    if drawn["month"].nunique() > MOST_MONTHS:
        found = _words.listing([f"{month:g}" for month in sorted(drawn["month"].unique())])
        raise ValueError(f"months: at most {MOST_MONTHS} fit beside each other; the selection has {found}.")
    arms = _arms.in_order(drawn.drop_duplicates(["trial", "arm"]))
    place = {pair: i for i, pair in enumerate(zip(arms["trial"], arms["arm"], strict=True))}
    drawn = drawn.assign(_arm=[place[pair] for pair in zip(drawn["trial"], drawn["arm"], strict=True)])
    leads = arms[["trial", "arm", "lead_class", "lead_agent"]]
    drawn = drawn.sort_values(["_arm", "month"]).drop(columns="_arm").merge(leads, on=["trial", "arm"])
    return drawn, omitted.reset_index(drop=True)


def _checked(months: Iterable[float] | float) -> list[float]:
    """The months asked for, in order, each once; refuse what is not a number above zero."""
    several = isinstance(months, Iterable) and not isinstance(months, str)
    asked = list(months) if several else [months]
    if not asked or not all(isinstance(m, Real) and not isinstance(m, bool) and m > 0 for m in asked):
        raise ValueError(
            f"months must be one or more numbers above 0, such as (12, 24); got {_words.got(months)}."
        )
    return sorted({float(month) for month in asked})


def describe(data: pd.DataFrame, omitted: pd.DataFrame, endpoint: str, title: str) -> str:
    """Every plotted number in words, one line a value, and what is not drawn."""
    arms, place = _landmarks_panels.by_arm(data)
    months = set(data["month"])
    lines = [f"{_words.sentence(title)} {_subtitle(data, endpoint)}"]
    notes = _arms.remarks(arms)
    for i, (arm, name, remarks) in enumerate(
        zip(_given.records(arms), _arms.names(arms), notes, strict=True)
    ):
        n = f"n = {arm['n']}" if pd.notna(arm["n"]) else "n not reported"
        setting = _words.SETTINGS.get(arm["arm_setting"], arm["arm_setting"])
        mine = data[place == i]
        lines += [
            f"{setting}, {arm['therapy_class']}: {name} ({arm['role']}), {arm['trial_label']}, {n}: "
            f"{ENDPOINTS[endpoint][0]} at {row['month']:g} months {_value_words(row)}. "
            f"{' '.join([*remarks, ''])}{_words.citation(row['citation'])}"
            for row in _given.records(mine)
        ]
        missing = [f"{month:g}" for month in sorted(months - set(mine["month"]))]
        if missing:
            lines[-1] += f" At {_words.listing(missing)} months {_words.NOT_REPORTED}."
    below = [*_arms.omitted_words(omitted, "value"), *_words.meaning(lines), _words.CAVEAT]
    return "\n".join([*lines, *below])


def _value_words(row: dict[str, object]) -> str:
    value = f"{_words.number(row['survival_pct'], 0)} %"
    limits = _words.interval(row["low_pct"], row["high_pct"], places=0)
    if not limits:
        return f"{value}, {_words.NO_INTERVAL}"
    level = f"{row['ci_level']:g} %" if pd.notna(row["ci_level"]) else "level not stated,"
    return f"{value} ({level} interval {limits[1:-1]})"


def _at(data: pd.DataFrame) -> str:
    """The months drawn, as a phrase."""
    return f"{_words.listing([f'{month:g}' for month in sorted(data['month'].unique())])} months"


def _subtitle(data: pd.DataFrame, endpoint: str) -> str:
    arms, _ = _landmarks_panels.by_arm(data)
    unknown = int((arms["n"].isna() & arms["part_of"].isna()).sum())
    extra = f" (n not reported for {_words.count(unknown, 'arm')})" if unknown else ""
    has_interval = data[["low_pct", "high_pct"]].notna().any(axis=None)
    levels = "Intervals are 95 % unless said." if has_interval else f"{_words.NO_INTERVAL.capitalize()}."
    return f"{ENDPOINTS[endpoint][1]}, as published; {_arms.studied(arms)}{extra}. {levels}"


def _alt(data: pd.DataFrame, endpoint: str) -> str:
    arms, _ = _landmarks_panels.by_arm(data)
    values = data["survival_pct"]
    text = (
        f"Dot chart with intervals, a panel a month: {ENDPOINTS[endpoint][0]} at {_at(data)} of "
        f"{_arms.studied(arms)}, from {_words.number(values.min(), 0)} to {_words.number(values.max(), 0)} "
        "percent. Arms of different trials are not comparable, as patients differ."
    )
    return _words.shorten(text, ALT_LENGTH)


def _levels(data: pd.DataFrame) -> list[list[str]]:
    """Each arm's intervals that are not 95 % ones."""
    arms, place = _landmarks_panels.by_arm(data)
    found: list[list[str]] = [[] for _ in range(len(arms))]
    for at, row in zip(place, _given.records(data), strict=True):
        if row["ci_level"] == 95 or (pd.isna(row["low_pct"]) and pd.isna(row["high_pct"])):
            continue
        level = f"{row['ci_level']:g} %" if pd.notna(row["ci_level"]) else "of a level not stated"
        found[at].append(f"Interval at {row['month']:g} months: {level}.")
    return found


def _keys(data: pd.DataFrame) -> list[_furniture.Key]:
    """The legend of what is drawn, and of nothing else."""
    filled = {"marker": "o", "markerfacecolor": _style.OTHER_COLOR, "markeredgecolor": _style.OTHER_COLOR}
    hollow = {"marker": "D", "markerfacecolor": "white", "markeredgecolor": _style.EDGE}
    keys = []
    if data["role"].eq("experimental").any():
        keys.append(_furniture.Key("experimental arm", filled))
    if data["role"].eq("control").any():
        keys.append(_furniture.Key("control arm", hollow))
    if data["low_pct"].notna().any():
        keys.append(_furniture.Key("interval as published", {"linestyle": "-", "color": _style.OTHER_COLOR}))
    return keys


def _notes(data: pd.DataFrame, omitted: pd.DataFrame, behind: pd.DataFrame, marks: str) -> list[str]:
    notes = [marks] if marks else []
    arms, _ = _landmarks_panels.by_arm(data)
    if len(data) < data["month"].nunique() * len(arms) or arms["n"].isna().any():
        notes.append(_furniture.Aside(_words.unreported("n.r.")))
    if len(omitted):
        said = f"Not drawn: {_words.count(len(omitted), 'value')} of other months or endpoints."
        notes.append(_furniture.Aside(said))
    return [*notes, _words.CAVEAT, _arms.sources_note(behind), _arms.license_note()]


def _draw_rows(
    data: pd.DataFrame, omitted: pd.DataFrame, behind: pd.DataFrame, endpoint: str, title: str
) -> Figure:
    arms, _ = _landmarks_panels.by_arm(data)
    months = sorted(data["month"].unique())
    remarks = [[*a, *b] for a, b in zip(_arms.remarks(arms), _levels(data), strict=True)]
    marks, explained = _arms.footnotes(remarks)
    trials = [label + mark for label, mark in zip(arms["trial_label"], marks, strict=True)]
    with mpl.rc_context(_style.settings()):
        laid = _layout.rows(
            _furniture.Furniture(
                title, _subtitle(data, endpoint), _notes(data, omitted, behind, explained), _keys(data)
            ),
            left=[
                _layout.Column("Therapy", list(_arms.names(arms))),
                _layout.Column("Trial", trials, color=_style.GRAY),
                _layout.Column("n", [_words.whole(n) for n in arms["n"]], align="right"),
            ],
            right=[],
            panels=[
                _layout.Panel(f"{month:g} months", label="" if i else ENDPOINTS[endpoint][1])
                for i, month in enumerate(months)
            ],
            groups=[
                (_words.SETTINGS.get(setting, str(setting)), str(lead))
                for setting, lead in zip(arms["arm_setting"], arms["lead_class"], strict=True)
            ],
            swatches=_style.CLASS_COLORS,
            joined=_arms.joined(arms),
            plot_share=_landmarks_panels.plot_share(data, _style.current()),
        )
        _landmarks_panels.draw(data, laid.axes, laid.y)
    return laid.figure
