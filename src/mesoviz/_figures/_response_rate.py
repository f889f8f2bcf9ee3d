"""Objective response and disease control per arm, with exact intervals from their counts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import matplotlib as mpl
import numpy as np
import pandas as pd

from mesoviz._estimates._rates import exact_interval
from mesoviz._figures import _arms, _basis, _response
from mesoviz._figures._response_parts import derived_note, how, lettered
from mesoviz._page import _furniture, _given, _layout, _strips, _style, _words
from mesoviz._page._chart import ALT_LENGTH, Chart

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ENDPOINTS = {
    "objective response": ("objective_response", "complete or partial response"),
    "disease control": ("disease_control", "complete or partial response or stable disease"),
}
_ARM_COLUMNS = (
    *("trial", "trial_label", "arm", "arm_label", "arm_setting", "role", "design", "therapy_label", "agent"),
    *("therapy_class", "part_of", "population", "overlaps_trial", "n", "evaluable"),
    *("response_criteria", "response_criteria_type", "response_derived"),
)


def response_rate(
    trials: pd.DataFrame,
    endpoint: str = "objective response",
    *,
    by: str = "arm",
    title: str | None = None,
    sources: pd.DataFrame | None = None,
) -> Chart:
    """Draw the share of evaluable patients who responded in each arm, with its exact interval.

    Parameters
    ----------
    trials : pandas.DataFrame
        Arms from `load_trials`, one row an arm; filter it with pandas first.
    endpoint : {"objective response", "disease control"}, default "objective response"
        Complete or partial response; or these and stable disease.
    by : {"arm", "therapy_class"}, default "arm"
        One labeled row an arm, by setting, class and agent; or an overview, one strip a class within each
        setting, every arm a dot whose area is its number of patients, controls apart.
    title : str, optional
        A heading of your own in place of the general one.
    sources : pandas.DataFrame, optional
        From `load_sources`; by default the project's own.

    Returns
    -------
    Chart
        `data` has one row an arm with `count`, `evaluable`, `printed_pct`, `pct` (what is drawn),
        `low_pct` and `high_pct`; `omitted` the arms whose rate is not reported.

    Raises
    ------
    ValueError
        If the selection is empty, reports no rate, or an option is not allowed.

    Notes
    -----
    Where count and denominator are reported, the rate is their quotient and its 95 % interval the exact one
    of Clopper and Pearson [1]_: the interval is ours, not the publication's, and wide where patients are
    few. A rate printed without its count or denominator is drawn as a hollow triangle without an interval;
    no count is worked out from it.

    References
    ----------
    .. [1] Clopper CJ, Pearson ES. The use of confidence or fiducial limits illustrated in the case of the
       binomial. Biometrika 1934;26:404-413.

    Examples
    --------
    >>> import mesoviz as mv
    >>> trials = mv.load_trials()
    >>> chart = mv.response_rate(trials[trials["trial"] == "determine"])
    >>> chart.data[["arm", "role"]].to_numpy().tolist()
    [['tremelimumab', 'experimental'], ['placebo', 'control']]
    """
    _given.choose(endpoint, ENDPOINTS, "endpoint")
    _given.choose(by, ("arm", "therapy_class"), "by")
    data, omitted = prepare(trials, endpoint, by=by, sources=sources)
    title = _given.heading(title, f"{endpoint.capitalize()} by therapy")
    draw_all = _draw_rows if by == "arm" else _draw_strips

    def chart(data: pd.DataFrame, omitted: pd.DataFrame, title: str) -> Chart:
        behind = _arms.sources_behind(data, ["source"], sources)
        return Chart(
            lambda title: draw_all(data, omitted, behind, endpoint, title),
            data,
            title=title,
            alt=_alt(data, endpoint, by),
            text=describe(data, omitted, endpoint, title),
            omitted=omitted,
            sources=behind,
            part=chart,
            keys=_arms.ROWS if by == "arm" else _strips.KEYS[:2],
        )

    return chart(data, omitted, title)


def prepare(
    trials: pd.DataFrame, endpoint: str, *, by: str = "arm", sources: pd.DataFrame | None = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Part arms into those with a rate to draw, in drawing order, and those without, with the reason."""
    key = ENDPOINTS[endpoint][0]
    renamed = {
        key: "count",
        f"{key}_pct": "printed_pct",
        "response_source": "source",
        "response_citation": "citation",
    }
    _given.require(trials, [*_ARM_COLUMNS, *renamed], "response_rate")
    frame = _given.take(trials, [*_ARM_COLUMNS, *renamed]).rename(columns=renamed)
    if by == "arm":
        aim = "response" if endpoint == "objective response" else endpoint
        frame = frame.assign(**_basis.beside(trials, aim, sources))
    counted = frame["count"].notna() & frame["evaluable"].gt(0).fillna(False).astype(bool)
    reason = pd.Series(pd.NA, index=frame.index, dtype="object")
    alone = ~counted & frame["printed_pct"].isna()
    reason[alone] = f"{endpoint} {_words.UNREPORTED}"
    reason[alone & frame["count"].notna()] = f"{endpoint} reported as a count without its denominator"
    if by == "therapy_class":  # a dot for an arm and another for its part would show patients twice
        reason[_arms.parts_of_drawn(frame, reason)] = "part of an arm that is drawn"
    drawn, omitted = _given.split(frame, reason)
    if drawn.empty:
        raise ValueError(f"response_rate: no arm of the selection reports a rate of {endpoint}.")
    drawn = _arms.in_order(with_rates(drawn))
    if by == "therapy_class":
        drawn = drawn.assign(patients_shown=drawn["evaluable"].fillna(drawn["n"]))
        keys = ["arm_setting", "therapy_class", "role", "pct", "trial", "arm"]
        drawn = drawn.sort_values(keys).reset_index(drop=True)
    return drawn, omitted.reset_index(drop=True)


def with_rates(frame: pd.DataFrame) -> pd.DataFrame:
    """Add `pct`, its exact interval and whether it is `counted`; else `pct` is the printed one."""
    counted = frame["count"].notna() & frame["evaluable"].gt(0).fillna(False).astype(bool)
    low, high = exact_interval(frame["count"].where(counted), frame["evaluable"].where(counted))
    share = 100 * frame["count"].astype("Float64") / frame["evaluable"].where(counted).astype("Float64")
    return frame.assign(
        pct=share.astype("float64").where(counted, frame["printed_pct"]),
        low_pct=low,
        high_pct=high,
        counted=counted,
    )


def draw(data: pd.DataFrame, axes: Axes, y: Sequence[float]) -> Axes:
    """Draw rates and intervals at the heights `y`: controls hollow, rates without a count as triangles."""
    style = _style.current()
    _response.percent_axis(axes)
    control = data["role"].eq("control").to_numpy()
    colors = np.array(
        [
            _style.EDGE if c else _style.class_color(kind)
            for c, kind in zip(control, data["therapy_class"], strict=True)
        ],
        dtype=object,
    )
    y = np.asarray(y, dtype=float)
    x, low, high = (data[name].to_numpy(dtype=float) for name in ("pct", "low_pct", "high_pct"))
    counted = data["counted"].to_numpy(dtype=bool)
    axes.hlines(
        y[counted],
        low[counted],
        high[counted],
        colors=list(colors[counted]),
        linewidth=style.line,
        gid="interval",
    )
    for gid, marker, scale, which in (
        ("experimental", "o", 1.0, ~control & counted),
        ("control", "D", 0.72, control & counted),
        ("experimental, no count", "^", 1.0, ~control & ~counted),
        ("control, no count", "v", 1.0, control & ~counted),
    ):
        axes.scatter(
            x[which],
            y[which],
            s=scale * style.marker**2,
            marker=marker,
            facecolors=list(colors[which]) if gid == "experimental" else "white",
            edgecolors=list(colors[which]),
            linewidths=style.line,
            zorder=3,
            clip_on=False,  # a rate of 0 or 100 % is drawn whole
            gid=gid,
        )
    return axes


def remarks(data: pd.DataFrame) -> list[list[str]]:
    """What must be said of each arm: its patients, its criteria, and a printed rate that does not fit."""
    found = _arms.remarks(data)
    for row, here in zip(_given.records(data), found, strict=True):
        here += how(row)
        if row["counted"] and abs(row["printed_pct"] - row["pct"]) > 0.55:  # more than rounding
            here.append(f"The publication prints {_words.number(row['printed_pct'], 0)} %.")
    return found


def describe(data: pd.DataFrame, omitted: pd.DataFrame, endpoint: str, title: str) -> str:
    """Every plotted number in words, one line an arm, and what is not drawn."""
    lines = [f"{_words.sentence(title)} {_subtitle(data, endpoint)}"]
    for row, name, said in zip(_given.records(data), _arms.names(data), remarks(data), strict=True):
        setting = _words.SETTINGS.get(row["arm_setting"], row["arm_setting"])
        lines.append(
            f"{setting}, {row['therapy_class']}: {name} ({row['role']}), {row['trial_label']}: "
            f"{endpoint} {rate_words(row)}. {' '.join([*said, *_basis.said(row), ''])}"
            f"[{row['citation']}]"
        )
    below = [*_arms.omitted_words(omitted), *_words.meaning(lines), _response.CAVEAT]
    return "\n".join([*lines, *below])


def rate_words(row: dict[str, object]) -> str:
    if row["counted"]:
        limits = f"{row['low_pct']:.1f}\N{EN DASH}{row['high_pct']:.1f}"
        rate = f"{row['pct']:.1f} % (exact 95 % interval {limits})"
        return f"{row['count']} of {row['evaluable']} evaluable, {rate}"
    known = [
        f"{label} {row[name]}"
        for name, label in (("count", "count"), ("evaluable", "evaluable"))
        if pd.notna(row[name])
    ]
    missing = "count and denominator" if not known else "denominator" if pd.notna(row["count"]) else "count"
    also = f", {known[0]}" if known else ""
    size = f", n = {row['patients_shown']}" if pd.notna(row.get("patients_shown", pd.NA)) else ""
    return f"{_words.number(row['printed_pct'], 0)} % as printed{also}{size}, {missing} not reported"


def share_cell(row: dict[str, object]) -> str:
    """Count over denominator, with a question mark for what is not reported."""
    if pd.isna(row["count"]) and pd.isna(row["evaluable"]):
        return "n.r."
    return "/".join(f"{row[name]:,}" if pd.notna(row[name]) else "?" for name in ("count", "evaluable"))


def rate_cell(row: dict[str, object]) -> str:
    if not row["counted"]:
        return f"{_words.number(row['printed_pct'], 0)} %"
    return f"{_whole(row['pct'])} % ({_whole(row['low_pct'])}\N{EN DASH}{_whole(row['high_pct'])})"


def _whole(pct: float) -> str:
    """A percentage without decimals, but never 0 or 100 for one that is neither."""
    return f"{pct:.1f}" if 0 < pct < 0.95 or 99.05 < pct < 100 else f"{pct:.0f}"


def _subtitle(data: pd.DataFrame, endpoint: str) -> str:
    counted = data["counted"]
    said = [f"Percent of evaluable patients with {ENDPOINTS[endpoint][1]}"]
    if counted.any():
        said.append(_arms.studied(data[counted].assign(n=data["evaluable"])) + " with exact 95 % intervals")
    if not counted.all():
        said.append(f"{_words.count(int((~counted).sum()), 'arm')} with a printed rate alone")
    return "; ".join(said) + "."


def _alt(data: pd.DataFrame, endpoint: str, by: str) -> str:
    shape = "Dot chart with exact intervals" if by == "arm" else "Strips of dots by therapy class"
    text = (
        f"{shape}: {endpoint} in {_words.count(len(data), 'arm')} of "
        f"{_words.count(data['trial'].nunique(), 'trial')}, from {_whole(data['pct'].min())} to "
        f"{_whole(data['pct'].max())} percent. Arms of different trials are not comparable, as patients and "
        "criteria differ."
    )
    return _words.shorten(text, ALT_LENGTH)


def keys(data: pd.DataFrame, *, strips: bool = False) -> list[_furniture.Key]:
    """The legend of what is drawn, and of nothing else."""
    control, counted = data["role"].eq("control"), data["counted"]
    dark = {"markeredgecolor": _style.OTHER_COLOR}
    gray = {"markeredgecolor": _style.EDGE, "markerfacecolor": "white"}
    keys = []
    if not strips and (counted & ~control).any():
        filled = {"marker": "o", "markerfacecolor": _style.OTHER_COLOR, **dark}
        keys.append(_furniture.Key("experimental arm", filled))
    if not strips and (counted & control).any():
        keys.append(_furniture.Key("control arm", {"marker": "D", **gray}))
    if not strips and counted.any():
        keys.append(_furniture.Key("exact 95 % interval", {"linestyle": "-", "color": _style.OTHER_COLOR}))
    if (~counted & ~control).any():
        hollow = {"marker": "^", "markerfacecolor": "white", **dark}
        keys.append(_furniture.Key("experimental arm, rate without a count", hollow))
    if (~counted & control).any():
        keys.append(_furniture.Key("control arm, rate without a count", {"marker": "v", **gray}))
    return keys


def _notes(
    data: pd.DataFrame, omitted: pd.DataFrame, behind: pd.DataFrame, marks: str, shares: Sequence[str]
) -> list[str]:
    notes = [*([_furniture.Footnotes(marks)] if marks else []), *map(_furniture.Aside, derived_note(data))]
    signs = [sign for sign in ("n.r.", "?") if any(sign in share for share in shares)]
    if signs:
        notes.append(_furniture.Aside(_words.unreported(*signs)))
    if len(omitted):
        why = [f"{reason} for {n}" for reason, n in omitted["reason"].value_counts(sort=False).items()]
        said = f"Not drawn: {_words.count(len(omitted), 'arm')} ({', '.join(why)})."
        notes.append(_furniture.Aside(said))
    return [*notes, _response.CAVEAT, _arms.sources_note(behind), _arms.license_note()]


def _draw_rows(
    data: pd.DataFrame, omitted: pd.DataFrame, behind: pd.DataFrame, endpoint: str, title: str
) -> Figure:
    marks, explained = _arms.footnotes(lettered(remarks(data)))
    trials = [label + mark for label, mark in zip(data["trial_label"], marks, strict=True)]
    basis = _basis.panels(data)
    rows = _given.records(data)
    shares = [share_cell(row) for row in rows]
    with mpl.rc_context(_style.settings()):
        laid = _layout.rows(
            _furniture.Furniture(
                title,
                _subtitle(data, endpoint),
                _notes(data, omitted, behind, explained, shares),
                keys(data) + (_basis.keys(data, _basis.FACTS_OF_ARMS) if basis else []),
            ),
            left=[
                _layout.Column("Therapy", list(_arms.names(data))),
                _layout.Column("Trial", trials, color=_style.GRAY),
            ],
            right=[
                _layout.Column("Patients", shares, align="right"),
                _layout.Column("Rate (interval)", [rate_cell(row) for row in rows]),
            ],
            panels=[_layout.Panel(label=f"{endpoint.capitalize()}, percent"), *basis],
            groups=[
                (_words.SETTINGS.get(setting, str(setting)), str(lead))
                for setting, lead in zip(data["arm_setting"], data["lead_class"], strict=True)
            ],
            swatches=_style.CLASS_COLORS,
            joined=_arms.joined(data),
            plot_share=_basis.plot_share(basis),
        )
        draw(data, laid.axes[0], laid.y)
        if basis:
            _basis.draw(data, laid.axes[1], laid.y, _basis.FACTS_OF_ARMS)
    return laid.figure


def _draw_strips(
    data: pd.DataFrame, omitted: pd.DataFrame, behind: pd.DataFrame, endpoint: str, title: str
) -> Figure:
    size = "patients_shown"
    triangles = ~data["counted"].to_numpy(dtype=bool)
    with mpl.rc_context(_style.settings()):
        furniture = _furniture.Furniture(
            title,
            _subtitle(data, endpoint).replace(" with exact 95 % intervals", "")
            + " Each mark is an arm; its area is its number of evaluable patients, or of all where only the"
            " rate is printed.",
            _notes(data, omitted, behind, " ".join(_arms.special_trials(data)), ()),
            _strips.keys(data, size) + keys(data, strips=True),
        )
        laid, y, height = _strips.lay_out(
            data.assign(pct=data["pct"].round()),
            furniture,
            value="pct",
            size=size,
            span="Rates from\N{EN DASH}to",
            label=f"{endpoint.capitalize()}, percent",
            places=0,
        )
        _response.percent_axis(laid.axes[0])
        _strips.draw(data, laid.axes[0], y, height, value="pct", size=size, triangles=triangles)
    return laid.figure
