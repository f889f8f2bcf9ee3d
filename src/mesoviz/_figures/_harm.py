"""Benefit beside harm: response or survival and severe adverse events of the same arm, in one row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import matplotlib as mpl
import pandas as pd

from mesoviz._figures import _arms, _response, _response_rate, _survival
from mesoviz._page import _furniture, _given, _layout, _style, _words
from mesoviz._page._chart import ALT_LENGTH, Chart

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BENEFITS = {"response": "objective response", "OS": "median overall survival"}
TYPES = {
    "treatment-related": "Adverse events related to treatment",
    "all-cause": "Adverse events of any cause",
}
NO_TYPE = "Adverse events, cause not stated"
CAVEAT = (
    "Arms of different trials are not comparable: patients, time under treatment and the counting of adverse "
    "events differ between trials. Events related to treatment and events of any cause must not be compared."
)
_COLUMNS = (
    *("trial", "trial_label", "arm", "arm_label", "arm_setting", "role", "design", "therapy_label", "agent"),
    *("therapy_class", "part_of", "population", "overlaps_trial", "n", "n_source", "n_citation"),
)
_HARM = {
    "grade3plus_ae_pct": "harm_pct",
    "grade3plus_ae_type": "harm_type",
    "grade3plus_ae_basis": "harm_basis",
    "grade3plus_ae_source": "harm_source",
    "grade3plus_ae_citation": "harm_citation",
}
_BENEFIT = {
    "response": {
        **{"objective_response": "count", "evaluable": "evaluable", "objective_response_pct": "printed_pct"},
        **{name: name for name in ("response_criteria", "response_criteria_type", "response_derived")},
        **{"response_source": "source", "response_citation": "citation"},
    },
    "OS": {
        **{"os_status": "status", "os_high_status": "high_status", "os_median_months": "median_months"},
        **{"os_low_months": "low_months", "os_high_months": "high_months", "os_ci_level": "ci_level"},
        **{"os_source": "source", "os_citation": "citation"},
    },
}


def benefit_and_harm(
    trials: pd.DataFrame,
    benefit: str = "response",
    *,
    title: str | None = None,
    sources: pd.DataFrame | None = None,
) -> Chart:
    """Draw the benefit of each arm beside its adverse events of grade 3 or more.

    Parameters
    ----------
    trials : pandas.DataFrame
        Arms from `load_trials`; filter it with pandas first.
    benefit : {"response", "OS"}, default "response"
        Objective response, or median overall survival.
    title : str, optional
        A heading of your own in place of the general one.
    sources : pandas.DataFrame, optional
        From `load_sources`; by default the project's own.

    Returns
    -------
    Chart
        `data` has one row an arm that reports both: the benefit as in `response_rate` or `median_survival`,
        and `harm_pct`, `harm_type` (treatment-related or all-cause) and `harm_basis` (as published);
        `omitted` the arms that lack one of the two.

    Raises
    ------
    ValueError
        If no arm of the selection reports both, or `benefit` is not allowed.

    Notes
    -----
    Adverse events related to treatment and those of any cause are two groups: the first leave out what the
    investigators did not put down to the treatment. Their percentages are as printed, with no interval.
    Intervals of responses are exact (Clopper and Pearson) and ours; those of medians are as published.

    Examples
    --------
    >>> import mesoviz as mv
    >>> trials = mv.load_trials()
    >>> chart = mv.benefit_and_harm(trials[trials["trial"] == "determine"])
    >>> chart.data[["arm", "harm_type"]].to_numpy().tolist()
    [['tremelimumab', 'all-cause'], ['placebo', 'all-cause']]
    """
    _given.choose(benefit, BENEFITS, "benefit")
    data, omitted = prepare(trials, benefit)
    title = _given.heading(title, f"Benefit beside harm: {BENEFITS[benefit]} and severe adverse events")

    def chart(data: pd.DataFrame, omitted: pd.DataFrame, title: str) -> Chart:
        behind = _arms.sources_behind(data, ["source", "harm_source", "n_source"], sources)
        return Chart(
            lambda title: _draw_rows(data, omitted, behind, benefit, title),
            data,
            title=title,
            alt=_alt(data, benefit),
            text=describe(data, omitted, benefit, title),
            omitted=omitted,
            sources=behind,
            part=chart,
            keys=("harm_type", "arm_setting", "lead_class", "trial", "arm"),
        )

    return chart(data, omitted, title)


def prepare(trials: pd.DataFrame, benefit: str = "response") -> tuple[pd.DataFrame, pd.DataFrame]:
    """Arms that report benefit and harm, in drawing order; and the others, with the reason."""
    renamed = {**_BENEFIT[benefit], **_HARM}
    _given.require(trials, [*_COLUMNS, *renamed], "benefit_and_harm")
    frame = _arms.with_class(_given.take(trials, [*_COLUMNS, *renamed])).rename(columns=renamed)
    if benefit == "response":
        frame = _response_rate.with_rates(frame)
        lacking = frame["pct"].isna()
    else:
        lacking = ~frame["status"].isin(["reported", _words.NOT_REACHED])
    reason = pd.Series(pd.NA, index=frame.index, dtype="object")
    reason[lacking] = f"{BENEFITS[benefit]} {_words.UNREPORTED}"
    reason[frame["harm_pct"].isna()] = f"adverse events of grade 3 or more {_words.UNREPORTED}"
    drawn, omitted = _given.split(frame, reason)
    if drawn.empty:
        raise ValueError(
            f"benefit_and_harm: no arm of the selection reports both {BENEFITS[benefit]} and adverse events."
        )
    drawn = _arms.in_order(drawn)
    place = drawn["harm_type"].astype("object").map({name: at for at, name in enumerate(TYPES)})
    drawn = drawn.assign(_place=place.fillna(len(TYPES))).sort_values("_place", kind="stable")
    return drawn.drop(columns="_place").reset_index(drop=True), omitted.reset_index(drop=True)


def draw(data: pd.DataFrame, axes: Sequence[Axes], y: Sequence[float], benefit: str) -> Sequence[Axes]:
    """Draw the benefit in the first axes and adverse events as bars in the second, at the heights `y`."""
    style = _style.current()
    if benefit == "response":
        _response_rate.draw(data, axes[0], y)
        axes[0].set_xticks([0, 50, 100])
    else:
        _survival.draw(data, axes[0], y)
    _response.percent_axis(axes[1])
    axes[1].set_xticks([0, 50, 100])
    for row, at in zip(_given.records(data), y, strict=True):
        hollow = row["role"] == "control"
        color = _style.EDGE if hollow else _style.class_color(row["therapy_class"])
        face = "white" if hollow else color
        look = {"facecolor": face, "edgecolor": color, "linewidth": 0.8, "height": 0.55 * style.text}
        axes[1].barh(at, row["harm_pct"], zorder=2, gid=f"harm, {row['role']}", **look)
    return axes


def describe(data: pd.DataFrame, omitted: pd.DataFrame, benefit: str, title: str) -> str:
    """Every plotted number in words, one line an arm, and what is not drawn."""
    lines = [f"{_words.sentence(title)} {_subtitle(data)}"]
    say = _response_rate.rate_words if benefit == "response" else _survival.median_words
    for row, name, remarks in zip(
        _given.records(data), _arms.names(data), _remarks(data, benefit), strict=True
    ):
        setting = _words.SETTINGS.get(row["arm_setting"], row["arm_setting"])
        n = f"n = {row['n']}" if pd.notna(row["n"]) else "n not reported"
        cited = dict.fromkeys(row[name] for name in ("citation", "harm_citation", "n_citation"))
        lines.append(
            f"{_type(row)}, {setting}, {row['therapy_class']}: {name} ({row['role']}), "
            f"{row['trial_label']}, {n}: {BENEFITS[benefit]} {say(row)}; adverse events of grade 3 or more "
            f"{_percent(row['harm_pct'])}. {' '.join([*remarks, ''])}"
            f"[{'; '.join(word for word in cited if pd.notna(word))}]"
        )
    return "\n".join([*lines, *_arms.omitted_words(omitted), *_words.meaning(lines), CAVEAT])


def _type(row: dict[str, object]) -> str:
    return TYPES.get(row["harm_type"], NO_TYPE) if isinstance(row["harm_type"], str) else NO_TYPE


def _percent(value: float) -> str:
    return f"{_words.number(value, 0)} %"


def _remarks(data: pd.DataFrame, benefit: str) -> list[list[str]]:
    """What must be said of each arm: its patients, how response was judged, what was counted as harm."""
    found = _response_rate.remarks(data) if benefit == "response" else _arms.remarks(data)
    for row, here in zip(_given.records(data), found, strict=True):
        if pd.notna(row["harm_basis"]):
            here.append(f"Adverse events: {row['harm_basis']}.")
    return found


def _subtitle(data: pd.DataFrame) -> str:
    types = [_type(row) for row in _given.records(data)]
    counts = [f"{types.count(kind)} with {kind[0].lower()}{kind[1:]}" for kind in dict.fromkeys(types)]
    return f"{_arms.studied(data)}: {_words.listing(counts)}. Intervals are 95 % unless said."


def _alt(data: pd.DataFrame, benefit: str) -> str:
    harm = f"{data['harm_pct'].min():.0f} to {data['harm_pct'].max():.0f} percent"
    values = data["pct" if benefit == "response" else "median_months"].dropna()
    if values.empty:
        span = _words.NOT_REACHED
    elif benefit == "response":
        span = f"{values.min():.0f} to {values.max():.0f} percent"
    else:
        span = f"{_words.number(values.min())} to {_words.number(values.max())} months"
    text = (
        f"Two panels, a row an arm: {BENEFITS[benefit]} ({span}) and adverse events of grade 3 or more "
        f"({harm}). Patients differ between trials. {_subtitle(data)}"
    )
    return _words.shorten(text, ALT_LENGTH)


def _keys(data: pd.DataFrame, benefit: str) -> list[_furniture.Key]:
    """The legend of what is drawn, and of nothing else."""
    keys = (_response_rate if benefit == "response" else _survival).keys(data)
    control = data["role"].eq("control")
    if (~control).any():
        dark = {"facecolor": _style.OTHER_COLOR, "edgecolor": _style.OTHER_COLOR}
        keys.append(_furniture.Key("adverse events, experimental arm", dark, patch=True))
    if control.any():
        hollow = {"facecolor": "white", "edgecolor": _style.EDGE}
        keys.append(_furniture.Key("adverse events, control arm", hollow, patch=True))
    return keys


def _draw_rows(
    data: pd.DataFrame, omitted: pd.DataFrame, behind: pd.DataFrame, benefit: str, title: str
) -> Figure:
    marks, explained = _arms.footnotes(_remarks(data, benefit))
    trials = [label + mark for label, mark in zip(data["trial_label"], marks, strict=True)]
    rows = _given.records(data)
    headings = [f"{row['lead_class']}, {row['arm_setting']}" for row in rows]
    shares = [_response_rate.share_cell(row) for row in rows] if benefit == "response" else []
    notes = [explained] if explained else []
    signs = ["n.r."] if "n.r." in [*shares, *map(_words.whole, data["n"])] else []
    signs += ["?"] if any("?" in share for share in shares) else []
    said = [_words.unreported(*signs)] if signs and not _style.current().whole else []
    notes.append(" ".join([*said, "Grade 3+: patients with adverse events of grade 3 or more."]))
    if len(omitted):
        why = [f"{reason} for {n}" for reason, n in omitted["reason"].value_counts(sort=False).items()]
        said = f"Not drawn: {_words.count(len(omitted), 'arm')} ({', '.join(why)})."
        notes.append(_furniture.Aside(said))
    notes += [CAVEAT, _arms.sources_note(behind), _arms.license_note()]
    cells = [
        (_response_rate.rate_cell if benefit == "response" else _survival.median_cell)(row) for row in rows
    ]
    with mpl.rc_context(_style.settings()):
        laid = _layout.rows(
            _furniture.Furniture(title, _subtitle(data), notes, _keys(data, benefit)),
            left=[
                _layout.Column("Therapy", list(_arms.names(data))),
                _layout.Column("Trial", trials, color=_style.GRAY),
            ],
            right=[
                _layout.Column("n", [_words.whole(n) for n in data["n"]], align="right"),
                *([_layout.Column("Response", shares, align="right")] if shares else []),
                _layout.Column("Rate" if shares else "Median OS", cells, aside=bool(shares)),
                _layout.Column("Grade 3+", [_percent(pct) for pct in data["harm_pct"]], align="right"),
            ],
            panels=[
                _layout.Panel(label="Response, %" if shares else "OS, months"),
                _layout.Panel(label="Grade 3+, %"),
            ],
            groups=[(_type(row), heading) for row, heading in zip(rows, headings, strict=True)],
            swatches={
                heading: _style.class_color(row["lead_class"])
                for row, heading in zip(rows, headings, strict=True)
            },
            joined=_arms.joined(data),
        )
        draw(data, laid.axes, laid.y, benefit)
    return laid.figure
