"""Which treatments were compared with which: a graph for each setting, and no ranking."""

from __future__ import annotations

from typing import TYPE_CHECKING

import matplotlib as mpl
import pandas as pd

from mesoviz._figures import _arms, _graph, _tree
from mesoviz._page import _furniture, _given, _style, _words
from mesoviz._page._chart import ALT_LENGTH, Chart
from mesoviz._page._texts import Texts

if TYPE_CHECKING:
    from matplotlib.figure import Figure

KINDS = {  # controls that stand for each other
    "placebo or supportive care": "Placebo or supportive care",
    "platinum-pemetrexed": "Platinum + pemetrexed",
}
CAVEAT = (
    "A line joins what one trial compared. Nothing is concluded along two lines: between trials, patients "
    "and years differ."
)
_COLUMNS = (
    *("trial", "trial_label", "experimental_arm", "control_arm", "endpoint", "main_analysis", "setting"),
    *("control_kind", "therapy_class", "experimental_label", "control_label", "experimental_n", "control_n"),
    *("population", "overlaps_trial", "source", "citation"),
)


def network(
    comparisons: pd.DataFrame, *, title: str | None = None, sources: pd.DataFrame | None = None
) -> Chart:
    """Draw which treatments were compared with which in randomized trials.

    Parameters
    ----------
    comparisons : pandas.DataFrame
        From `load_comparisons`; filter it with pandas first. Each comparison is drawn once, whatever
        endpoints and analyses it has.
    title : str, optional
        A heading of your own in place of the general one.
    sources : pandas.DataFrame, optional
        From `load_sources`; by default the project's own.

    Returns
    -------
    Chart
        `data` has one row a comparison with the names of its two nodes, `control` and `experimental`, the
        patients of each (`control_patients`, `experimental_patients`: all of the setting) and the number of
        trials on the line between them (`line_trials`); `omitted` has further endpoints and analyses.

    Raises
    ------
    ValueError
        If the selection is empty or has no main analysis.

    Notes
    -----
    Settings stand apart, as their patients do. Placebo, supportive care and observation make one node, and
    so do cisplatin and carboplatin with pemetrexed. Nothing is computed along the lines.

    Examples
    --------
    >>> import mesoviz as mv
    >>> comparisons = mv.load_comparisons()
    >>> chart = mv.network(comparisons[comparisons["trial"].isin(["vim", "arcs-m"])])
    >>> chart.data[["control", "experimental"]].to_numpy().tolist()
    [['Placebo or supportive care', 'Vinorelbine'], ['Vinorelbine', 'Anetumab ravtansine']]
    """
    data, omitted = prepare(comparisons)
    title = _given.heading(title, "Which treatments were compared with which")

    def chart(data: pd.DataFrame, omitted: pd.DataFrame, title: str) -> Chart:
        behind = _arms.sources_behind(data, ["source"], sources)
        return Chart(
            lambda title: _draw(data, omitted, behind, title),
            data,
            title=title,
            alt=_alt(data),
            text=describe(data, omitted, title),
            omitted=omitted,
            sources=behind,
            part=chart,
            keys=("setting", "control"),
        )

    return chart(data, omitted, title)


def prepare(comparisons: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """One row a comparison, with its nodes and their patients; and the rows that say the same again."""
    _given.require(comparisons, _COLUMNS, "network")
    frame = _given.take(comparisons, _COLUMNS)
    pair = ["trial", "experimental_arm", "control_arm"]
    frame = frame.sort_values([*pair, "endpoint", "source"]).reset_index(drop=True)
    reason = pd.Series(pd.NA, index=frame.index, dtype="object")
    main = frame["main_analysis"].fillna(False).astype(bool)
    reason[frame["setting"].isna()] = "setting not stated"
    reason[~main] = "not the main analysis of its comparison"
    reason[frame[main].duplicated(pair).reindex(frame.index, fill_value=False)] = "the same comparison again"
    drawn, omitted = _given.split(frame, reason)
    if drawn.empty:
        raise ValueError(
            "network: no row of the selection is the main analysis of a comparison with a setting."
        )
    drawn = drawn.assign(**_nodes(drawn))
    folded = {f"_{name}": drawn[name].str.casefold() for name in ("control", "experimental", "trial_label")}
    keys = ["setting", "_control", "therapy_class", "_experimental", "_trial_label", *pair]
    drawn = drawn.assign(**folded).sort_values(keys).drop(columns=list(folded)).reset_index(drop=True)
    line = drawn.groupby(["setting", "control", "experimental"], observed=True)["trial"]
    patients = _patients(drawn)
    return drawn.assign(
        line_trials=line.transform("nunique"),
        **{
            f"{side}_patients": pd.array(
                [patients[node] for node in zip(drawn["setting"], drawn[side], strict=True)], "Int64"
            )
            for side in ("control", "experimental")
        },
    ), omitted.reset_index(drop=True)


def _nodes(drawn: pd.DataFrame) -> dict[str, pd.Series]:
    """Names of the two nodes: controls that stand for each other share one."""
    kind = drawn["control_kind"].astype("object").map(KINDS)
    shared = dict(zip(drawn["control_label"][kind.notna()], kind.dropna(), strict=True))
    return {
        "control": kind.fillna(drawn["control_label"]).astype("str"),
        "experimental": drawn["experimental_label"].map(lambda label: shared.get(label, label)),
    }


def _patients(drawn: pd.DataFrame) -> dict[tuple[str, str], object]:
    """Patients of each node of a setting, every arm once; missing where none of its arms reports them."""
    sides = [
        drawn[["setting", "trial", f"{side}_arm", side, f"{side}_n"]].set_axis(
            ["setting", "trial", "arm", "node", "n"], axis=1
        )
        for side in ("control", "experimental")
    ]
    arms = pd.concat(sides).drop_duplicates(["setting", "trial", "arm", "node"])
    return arms.groupby(["setting", "node"], observed=True)["n"].sum(min_count=1).to_dict()


def describe(data: pd.DataFrame, omitted: pd.DataFrame, title: str) -> str:
    """Every node and line in words, and what is not drawn."""
    lines = [f"{_words.sentence(title)} {_subtitle(data)}"]
    for row, remarks in zip(_given.records(data), _remarks(data), strict=True):
        setting = _words.SETTINGS.get(row["setting"], row["setting"])
        counts = [_n_words(row[f"{side}_n"]) for side in ("experimental", "control")]
        lines.append(
            f"{setting}: {row['experimental']} ({counts[0]}) against {row['control']} ({counts[1]}), "
            f"{row['trial_label']}. {' '.join([*remarks, ''])}{_words.citation(row['citation'])}"
        )
    for setting, part in data.groupby("setting", observed=True, sort=False):
        totals = dict(zip(part["control"], part["control_patients"], strict=True))
        totals |= dict(zip(part["experimental"], part["experimental_patients"], strict=True))
        told = [f"{name} {_words.whole(n) if pd.notna(n) else 'not reported'}" for name, n in totals.items()]
        thick = part[part["line_trials"].gt(1)].drop_duplicates(["control", "experimental"])
        several = [
            f" {row['experimental']} and {row['control']} were compared in {row['line_trials']} trials."
            for row in _given.records(thick)
        ]
        lines.append(f"Patients in {setting}: {'; '.join(told)}.{''.join(several)}")
    return "\n".join(
        [*lines, *_arms.omitted_words(omitted, "row"), _loops(data), *_words.meaning(lines), CAVEAT]
    )


def _n_words(n: object) -> str:
    return f"n = {int(n)}" if pd.notna(n) else "n not reported"


def _remarks(data: pd.DataFrame) -> list[list[str]]:
    return _arms.remarks(data.assign(part_of=pd.NA))


def _loops(data: pd.DataFrame) -> str:
    """Whether any treatments were compared with each other in a circle."""
    closed = sum(
        _tree.loops(zip(part["control"], part["experimental"], strict=True))
        for _, part in data.groupby("setting", observed=True)
    )
    return f"Closed loops of comparisons: {closed or 'none'}."


def _subtitle(data: pd.DataFrame) -> str:
    arms = pd.concat(
        data[["trial", f"{side}_arm", f"{side}_n"]].set_axis(["trial", "arm", "n"], axis=1)
        for side in ("experimental", "control")
    ).drop_duplicates(["trial", "arm"])
    patients = int(arms["n"].sum())
    unknown = int(arms["n"].isna().sum())
    extra = f" (n not reported for {_words.count(unknown, 'arm')})" if unknown else ""
    return (
        "Randomized comparisons with a hazard ratio, control at the left; "
        f"{_words.count(len(data), 'comparison')} of {_words.count(data['trial'].nunique(), 'trial')}, "
        f"{_words.count(patients, 'patient')}{extra}."
    )


def _alt(data: pd.DataFrame) -> str:
    settings = data["setting"].nunique()
    text = (
        f"Graph of treatments compared in {_words.count(data['trial'].nunique(), 'randomized trial')}: "
        f"{_words.count(len(data), 'comparison')} in {_words.count(settings, 'setting')} that stand apart. "
        f"{_loops(data)} No ranking is made, as patients and years differ between trials."
    )
    return _words.shorten(text, ALT_LENGTH)


def _keys(data: pd.DataFrame) -> list[_furniture.Key]:
    """The legend of what is drawn, and of nothing else."""
    style = _style.current()
    hollow = {"marker": "o", "markerfacecolor": "white", "markeredgecolor": _style.EDGE}
    keys = [
        _furniture.Key(str(kind), {"marker": "o", "color": _style.class_color(kind)})
        for kind in data["therapy_class"].sort_values().unique()
    ]
    keys.append(_furniture.Key("control only", hollow))
    most = _graph.most_patients(data)
    for n in (100, 300):
        mark = {"marker": "o", "color": _style.GRAY, "markersize": _graph.diameter(n, most)}
        keys.append(_furniture.Key(f"{n} patients", mark))
    if data[["control_patients", "experimental_patients"]].isna().any(axis=None):
        keys.append(_furniture.Key("number not in the sources read", {"marker": "x", "color": _style.EDGE}))
    for trials in sorted(data["line_trials"].unique()):
        mark = {"linestyle": "-", "color": _style.EDGE, "linewidth": 0.11 * style.text * int(trials)}
        keys.append(_furniture.Key(_words.count(int(trials), "trial"), mark))
    return keys


def _draw(data: pd.DataFrame, omitted: pd.DataFrame, behind: pd.DataFrame, title: str) -> Figure:
    style = _style.current()
    width = style.width - 2 * _furniture.MARGIN
    head = style.row + 0.6 * style.text
    parts = [part for _, part in data.groupby("setting", observed=True, sort=False)]
    most = _graph.most_patients(data)
    heights = [_graph.height(part, width, most) for part in parts]
    notes = [_furniture.Aside(_loops(data))]
    if len(omitted):
        said = f"Not drawn again: {_words.count(len(omitted), 'row')} of other endpoints or analyses."
        notes.append(_furniture.Aside(said))
    notes += [CAVEAT, _arms.sources_note(behind), _arms.license_note()]
    with mpl.rc_context(_style.settings()):
        furniture = _furniture.Furniture(title, _subtitle(data), notes, _keys(data))
        body = sum(heights) + len(parts) * head
        figure, top = _furniture.page(furniture, body)
        axes = _furniture.axes_at(figure, _furniture.MARGIN, top, width, body)
        axes.set_xlim(0, width)
        axes.set_ylim(body, 0)
        axes.set_axis_off()
        y = 0.0
        for part, height in zip(parts, heights, strict=True):
            setting = part["setting"].iloc[0]
            words = _words.SETTINGS.get(setting, str(setting))
            size = 1.15 * style.text
            axes.hlines(y, 0, width, colors=_style.RULE, linewidth=0.7, clip_on=False)
            at = [(0, y + head / 2 + _furniture.BASELINE * size)]
            axes.add_artist(Texts(at, [words], size=size, bold=True, transform=axes.transData))
            _graph.draw(part, axes, y + head, most)
            y += head + height
    return figure
