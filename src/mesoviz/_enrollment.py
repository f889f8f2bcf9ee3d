"""How many patients were studied: one bar a group, counted by the one rule, whatever the grouping."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.ticker import MaxNLocator

from mesoviz import _arms, _layout, _style, _words
from mesoviz._chart import ALT_LENGTH, Chart

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# What each grouping is called, and the columns that make a group (a heading before its groups).
GROUPINGS = {
    "agent": ("therapy", ["therapy_class", "agent"]),
    "therapy_class": ("therapy class", ["therapy_class"]),
    "setting": ("setting", ["arm_setting"]),
    "phase": ("phase of the trial", ["phase"]),
}
UNASSIGNED = "not assignable"
UNASSIGNED_GROUP = "Enrolled, but not assignable to an arm"
UNASSIGNED_HEADING = "No arm known"
PART_REASON = "part of another arm: counted there"
_ROLES = ["experimental", "control", UNASSIGNED]
_COLUMNS = (
    *("trial", "trial_label", "arm", "role", "arm_setting", "phase", "agent", "therapy_class", "part_of"),
    *("n", "n_source", "n_citation", "patients", "unassigned", "population", "overlaps_trial"),
    *("enrollment_source", "enrollment_citation"),
)
_CAVEAT = (
    "How many patients were studied does not tell how well a therapy works. An arm counts its patients as "
    "published: enrolled, treated or evaluable."
)
_RULE = (
    "No n: arms that report no number add nothing to a bar; where their trial reports its total, their "
    "patients stand in the last row."
)


def enrollment(
    trials: pd.DataFrame,
    by: str = "agent",
    *,
    title: str | None = None,
    sources: pd.DataFrame | None = None,
) -> Chart:
    """Draw how many patients were studied in each group of arms.

    Parameters
    ----------
    trials : pandas.DataFrame
        Arms from `load_trials`, one row an arm; filter it with pandas first.
    by : {"agent", "therapy_class", "setting", "phase"}, default "agent"
        One bar for each therapy within its class (without its chemotherapy backbone), therapy class,
        setting of the arm, or phase of the trial.
    title : str, optional
        A heading of your own in place of the general one.
    sources : pandas.DataFrame, optional
        From `load_sources`; by default the project's own.

    Returns
    -------
    Chart
        `data` has one row a group and role (experimental, control, not assignable) with `patients`
        (missing where no arm reports a number), `arms`, `trials` and `arms_without_n`; `omitted` the arms
        that are part of another arm.

    Raises
    ------
    ValueError
        If the selection has no arm to count, or `by` is not allowed.

    Notes
    -----
    Every grouping adds up to the same total, by one rule: an arm counts its own n; without one, the
    trial's enrolled patients with mesothelioma if the trial has one arm; else it is not reported. Patients
    who were enrolled but cannot be assigned to an arm are a row of their own, and arms that are part of
    another arm are never added. Therapies stand within their class from most to fewest patients; classes,
    settings and phases in their usual order.

    Examples
    --------
    >>> import mesoviz as mv
    >>> trials = mv.load_trials()
    >>> chart = mv.enrollment(trials[trials["trial"] == "maps"], by="setting")
    >>> chart.data[["group", "role", "arms"]].to_numpy().tolist()
    [['First-line treatment', 'experimental', 1], ['First-line treatment', 'control', 1]]
    """
    _arms.choose(by, GROUPINGS, "by")
    counts, omitted = counted(trials, by)
    data = marks(counts)
    behind = _arms.sources_behind(counts, ["source"], sources)
    title = title or f"Patients studied, by {GROUPINGS[by][0]}"
    notes = _remarks(counts)
    return Chart(
        _draw_rows(counts, data, [*notes, *_omitted_note(omitted)], behind, by, title),
        data,
        title=title,
        alt=_alt(counts, data, by),
        text=describe(counts, data, omitted, title),
        omitted=omitted,
        sources=behind,
    )


def prepare(trials: pd.DataFrame, by: str = "agent") -> tuple[pd.DataFrame, pd.DataFrame]:
    """One row a mark, in drawing order; and the arms that are not counted, with the reason."""
    counts, omitted = counted(trials, by)
    return marks(counts), omitted


def counted(trials: pd.DataFrame, by: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """One row an arm with its group and its patients, then one a trial whose patients have no arm."""
    _arms.require(trials, _COLUMNS, "enrollment")
    frame = trials[list(_COLUMNS)]
    reason = pd.Series(pd.NA, index=frame.index, dtype="object")
    reason[frame["part_of"].notna()] = PART_REASON
    arms, omitted = _arms.split(frame, reason)
    if arms.empty:
        raise ValueError("enrollment: every arm of the selection is part of an arm outside it.")
    arms = arms.assign(row=_places(arms, by), group=_labels(arms[GROUPINGS[by][1][-1]], by))
    arms = arms.assign(heading=_labels(arms["therapy_class"], by) if by == "agent" else "")
    for kind in ("source", "citation"):  # what the number of patients rests on
        rests_on = arms[f"n_{kind}"].where(arms["n"].notna(), arms[f"enrollment_{kind}"])
        arms[kind] = rests_on.where(arms["patients"].notna())
    rest = frame.drop_duplicates("trial")
    rest = rest[rest["unassigned"].fillna(0) > 0]
    rest = rest.assign(
        row=arms["row"].max() + 1,
        group=UNASSIGNED_GROUP,
        heading=UNASSIGNED_HEADING if by == "agent" else "",
        role=UNASSIGNED,
        arm=pd.NA,
        patients=rest["unassigned"],
        therapy_class=pd.NA,
        source=rest["enrollment_source"],
        citation=rest["enrollment_citation"],
    )
    columns = ["row", "heading", "group", "role", "trial", "trial_label", "arm", "therapy_class", "patients"]
    columns += ["source", "citation", "population", "overlaps_trial"]
    text = {name: "str" for name in columns if name not in ("row", "patients")}
    counts = pd.concat([part[columns].astype(text) for part in (arms, rest)], ignore_index=True)
    counts["role"] = pd.Categorical(counts["role"], categories=_ROLES, ordered=True)
    return counts.sort_values(["row", "role", "trial", "arm"], ignore_index=True), omitted.reset_index(
        drop=True
    )


def _places(arms: pd.DataFrame, by: str) -> pd.Series:
    """The row of each arm: groups in their usual order, therapies by patients and name within their class."""
    keys = GROUPINGS[by][1]
    groups = arms.groupby(keys, observed=True, dropna=False)["patients"].sum(min_count=1).reset_index()
    if by == "agent":
        groups["_name"] = groups["agent"].str.casefold()
        order = ["therapy_class", "patients", "_name"]
        groups = groups.sort_values(order, ascending=[True, False, True], na_position="last")
    places = {key: at for at, key in enumerate(_pairs(groups[keys]))}
    return pd.Series([places[key] for key in _pairs(arms[keys])], index=arms.index)


def _pairs(keys: pd.DataFrame) -> list[tuple[object, ...]]:
    """Rows as tuples that compare equal where both lack a value."""
    return list(keys.astype("object").where(keys.notna(), None).itertuples(index=False, name=None))


def _labels(values: pd.Series, by: str) -> pd.Series:
    values = values.astype("str")
    if by == "setting":
        values = values.map(lambda value: _words.SETTINGS.get(value, value), na_action="ignore")
    if by == "phase":
        values = "Phase " + values
    return values.fillna("Not reported")


def marks(counts: pd.DataFrame) -> pd.DataFrame:
    """One row a bar: the arms of one role in one group, `start` being where the bar before it ends."""
    keys = ["row", "heading", "group", "role"]
    known = counts.assign(without=counts["arm"].notna() & counts["patients"].isna())
    grouped = known.groupby(keys, observed=True, dropna=False, sort=True)
    data = grouped.agg(
        therapy_class=("therapy_class", "first"),
        arms=("arm", "count"),
        trials=("trial", "nunique"),
        arms_without_n=("without", "sum"),
    )
    data["patients"] = grouped["patients"].sum(min_count=1)
    data = data.reset_index()
    drawn = data["patients"].fillna(0)
    data["start"] = drawn.groupby(data["row"]).cumsum() - drawn
    data["role"] = data["role"].astype("str")
    return data[
        ["row", "heading", "group", "therapy_class", "role", "start", "patients"]
        + ["arms", "trials", "arms_without_n"]
    ]


def draw(data: pd.DataFrame, axes: Axes, y: Sequence[float], *, by_class: bool = True) -> Axes:
    """Draw the bars at the heights `y`: experimental arms filled, controls hollow, the rest hatched."""
    style = _style.current()
    y = np.asarray(y, dtype=float)
    totals = data["start"] + data["patients"].fillna(0)
    limit = max(1.0, float(totals.max())) * 1.06
    axes.set_xlim(0, limit)
    room = 72 * axes.figure.get_figwidth() * axes.get_position().width
    widest = 1.6 * _layout.text_width(f"{int(limit):,}", style.text)
    ticks = MaxNLocator(max(1, min(6, int(room / widest))), integer=True, steps=[1, 2, 5, 10])
    axes.set_xticks([tick for tick in ticks.tick_values(0, limit) if 0 <= tick <= limit])
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    for row, at in zip(data.to_dict("records"), y, strict=True):
        if pd.isna(row["patients"]):
            continue
        color = _style.class_color(row["therapy_class"]) if by_class else _style.GRAY
        look = {
            "experimental": {"facecolor": color, "edgecolor": color},
            "control": {"facecolor": "white", "edgecolor": _style.EDGE},
            UNASSIGNED: {"facecolor": "white", "edgecolor": _style.EDGE, "hatch": "////"},
        }[row["role"]]
        axes.barh(
            at, row["patients"], left=row["start"], height=style.text, linewidth=0.8, gid=row["role"], **look
        )
    unknown = data.assign(y=y).groupby("row").agg(patients=("patients", "count"), y=("y", "first"))
    for at in unknown.loc[unknown["patients"] == 0, "y"]:
        axes.text(
            0.01 * limit,
            at + _layout.BASELINE * style.small,
            _words.NOT_REPORTED,
            size=style.small,
            style="italic",
            color=_style.GRAY,
            va="baseline",
            gid=_words.NOT_REPORTED,
        )
    return axes


def describe(counts: pd.DataFrame, data: pd.DataFrame, omitted: pd.DataFrame, title: str) -> str:
    """Every plotted number in words, one line a bar, and what is not counted."""
    lines = [f"{title}. {_subtitle(counts)}"]
    cited = counts.dropna(subset="citation").groupby(["row", "role"], observed=True)["citation"].unique()
    for row in data.to_dict("records"):
        place = f"{row['heading']}, {row['group']}" if row["heading"] else row["group"]
        patients = (
            _words.count(row["patients"], "patient")
            if pd.notna(row["patients"])
            else f"patients {_words.NOT_REPORTED}"
        )
        if row["role"] == UNASSIGNED:
            where = f"of {_words.count(row['trials'], 'trial')}"
        else:
            arms = _words.count(row["arms"], f"{row['role']} arm")
            where = f"in {arms} of {_words.count(row['trials'], 'trial')}"
        without = ""
        if row["arms_without_n"] and pd.notna(row["patients"]):
            without = f", n not reported for {_words.count(row['arms_without_n'], 'arm')}"
        citations = cited.get((row["row"], row["role"]), [])
        lines.append(f"{place}: {patients} {where}{without}. {_behind(citations)}".rstrip())
    return "\n".join([*lines, *_remarks(counts, limit=None), *_arms.omitted_words(omitted), _CAVEAT])


def _behind(citations: Sequence[str], limit: int = 6) -> str:
    """Citations in brackets; a large group's are named in the list of sources."""
    more = [f"{len(citations) - limit:,} more, listed below"] if len(citations) > limit else []
    return f"[{'; '.join([*citations[:limit], *more])}]" if len(citations) else ""


def _subtitle(counts: pd.DataFrame) -> str:
    total = int(counts["patients"].sum())
    rest = int(counts.loc[counts["role"].eq(UNASSIGNED), "patients"].sum())
    arms = counts["arm"].notna()
    without = int((arms & counts["patients"].isna()).sum())
    words = f"{_words.count(total, 'patient')} in {_words.count(counts['trial'].nunique(), 'trial')}"
    words += f" with {_words.count(int(arms.sum()), 'arm')}"
    if without:
        words += f"; n not reported for {_words.count(without, 'arm')}"
    if rest:
        words += f"; {_words.count(rest, 'patient')} not assignable to an arm"
    return words + "."


def _alt(counts: pd.DataFrame, data: pd.DataFrame, by: str) -> str:
    groups = data.loc[data["role"] != UNASSIGNED, "row"].nunique()
    totals = data[data["role"] != UNASSIGNED].groupby("row")["patients"].sum(min_count=1).dropna()
    span = f"from {totals.min():,} to {totals.max():,} patients" if len(totals) else "none with a number"
    text = (
        f"Bar chart: patients studied by {GROUPINGS[by][0]}, {_words.count(groups, 'group')}, {span}. "
        f"{_subtitle(counts)} Numbers of patients do not tell how well a therapy works."
    )
    return _words.shorten(text, ALT_LENGTH)


def _remarks(counts: pd.DataFrame, limit: int | None = 3) -> list[str]:
    """Trials whose patients are selected, or may be counted in another trial of the selection too."""
    found = []
    labels = dict(zip(counts["trial"], counts["trial_label"], strict=True))
    shared = counts.loc[counts["overlaps_trial"].isin(labels), "trial_label"].drop_duplicates()
    if len(shared):
        found.append(f"Some patients are probably counted twice, in {_words.listing(shared)}.")
    special = counts.dropna(subset="population").drop_duplicates("trial")
    if limit and len(special) > limit:
        found.append(f"Selected patients in {len(special):,} trials, named in this chart's words.")
    elif len(special):
        named = [f"{row.trial_label} ({row.population})" for row in special.itertuples()]
        found.append(f"Selected patients: {'; '.join(named)}.")
    return found


def _omitted_note(omitted: pd.DataFrame) -> list[str]:
    if omitted.empty:
        return []
    return [f"Not added: {_words.count(len(omitted), 'arm')} that are part of another arm, counted there."]


def _keys(data: pd.DataFrame) -> list[_layout.Key]:
    looks = {
        "experimental": {"facecolor": _style.GRAY, "edgecolor": _style.GRAY},
        "control": {"facecolor": "white", "edgecolor": _style.EDGE},
        UNASSIGNED: {"facecolor": "white", "edgecolor": _style.EDGE, "hatch": "////"},
    }
    drawn = set(data.loc[data["patients"].notna(), "role"])
    words = {"experimental": "experimental arms", "control": "control arms", UNASSIGNED: "no arm known"}
    return [_layout.Key(words[role], looks[role], patch=True) for role in _ROLES if role in drawn]


def _draw_rows(
    counts: pd.DataFrame,
    data: pd.DataFrame,
    remarks: list[str],
    behind: pd.DataFrame,
    by: str,
    title: str,
) -> Figure:
    table = data.groupby("row", sort=True).agg(
        heading=("heading", "first"),
        group=("group", "first"),
        arms=("arms", "sum"),
        without=("arms_without_n", "sum"),
    )
    table["patients"] = data.groupby("row")["patients"].sum(min_count=1)
    table["trials"] = counts.groupby("row")["trial"].nunique()
    place = {row: at for at, row in enumerate(table.index)}
    notes = [_RULE] if table["without"].any() else []
    notes += [*remarks, _CAVEAT, _arms.sources_note(behind), _arms.license_note()]
    last = [group == UNASSIGNED_GROUP for group in table["group"]]
    right = [
        _layout.Column("Patients", [_words.whole(n) for n in table["patients"]], align="right"),
        _layout.Column("Trials", [_words.whole(n) for n in table["trials"]], align="right"),
        _layout.Column(
            "Arms",
            ["" if rest else _words.whole(n) for n, rest in zip(table["arms"], last, strict=True)],
            align="right",
        ),
    ]
    if table["without"].any():
        cells = [_words.whole(n) if n else "" for n in table["without"]]
        right.append(_layout.Column("No n", cells, align="right", color=_style.GRAY))
    with mpl.rc_context(_style.settings()):
        laid = _layout.rows(
            _layout.Furniture(title, _subtitle(counts), notes, _keys(data)),
            left=[_layout.Column(GROUPINGS[by][0].capitalize(), list(table["group"]))],
            right=right,
            panels=[_layout.Panel(label="Patients")],
            groups=[(heading,) for heading in table["heading"]],
            swatches=_style.CLASS_COLORS,
        )
        draw(data, laid.axes[0], laid.y[data["row"].map(place)], by_class=by in ("agent", "therapy_class"))
    return laid.figure
