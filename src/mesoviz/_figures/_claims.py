"""Statements of public texts against the evidence: every statement a square in the column of its verdict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import matplotlib as mpl
import pandas as pd
from matplotlib.collections import PatchCollection
from matplotlib.patches import Rectangle

from mesoviz._figures import _arms, _references
from mesoviz._page import _furniture, _given, _layout, _style, _words
from mesoviz._page._chart import ALT_LENGTH, Chart
from mesoviz._page._texts import Texts

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

CAVEAT = (
    "A verdict compares the sentence as it stood with what could be read of the evidence; outdated means "
    "true or open when it was written."
)
# Blue stands for kept, ochre for overtaken, red for wrong; the columns tell them apart without color.
VERDICTS = {
    "supported": {"facecolor": "#1f5f99", "edgecolor": "#1f5f99"},
    "supported with a caveat": {"facecolor": "#9cc3e3", "edgecolor": "#1f5f99"},
    "outdated": {"facecolor": "#d8b765", "edgecolor": "#7d6420"},
    "cannot be verified": {"facecolor": "white", "edgecolor": "#6f6f6f"},
    "contradicted": {"facecolor": "#a8321c", "edgecolor": "#a8321c"},
}
COLUMNS = (
    *("claim", "text", "text_title", "text_year", "therapy", "statement", "claimed_value", "claimed_unit"),
    *("found_value", "found_unit", "verdict", "evidence", "later_evidence"),
)
_BY = {"text": "text", "therapy": "subject"}
_PER_LINE = 5


def claims(
    claims: pd.DataFrame,
    *,
    by: str = "text",
    title: str | None = None,
    sources: pd.DataFrame | None = None,
) -> Chart:
    """Draw how the statements of public texts stand against the evidence, a square a statement.

    Parameters
    ----------
    claims : pandas.DataFrame
        Statements from `load_claims`; filter it with pandas first.
    by : {"text", "therapy"}, default "text"
        One row a public text, by year and title; or one row a subject, by name.
    title : str, optional
        A heading of your own in place of the general one.
    sources : pandas.DataFrame, optional
        `load_evidence().claim_and_target_sources`; by default the project's own.

    Returns
    -------
    Chart
        `data` has one row a statement: all columns of `claims`, its `row` and `place` within the row's
        column of squares, and `citations`, all in one line. `omitted` holds statements without a verdict.

    Raises
    ------
    ValueError
        If the selection is empty, holds no verdict, or an option is not allowed.

    Examples
    --------
    >>> import mesoviz as mv
    >>> statements = mv.load_claims()
    >>> chart = mv.claims(statements[statements["therapy"].eq("Fresolimumab")])
    >>> chart.data[["claim", "verdict"]].to_numpy().tolist()
    [['c21', 'supported'], ['c22', 'supported'], ['c23', 'cannot be verified']]
    """
    references = _references.table(sources, "claims")
    data, omitted = prepare(claims, by=by)
    data["citations"] = _references.joined(data["claim"], references)
    title = _given.heading(title, "How public statements stand against the evidence")

    def chart(data: pd.DataFrame, omitted: pd.DataFrame, title: str) -> Chart:
        behind = _references.of(data["claim"], references)
        return Chart(
            lambda title: _draw_rows(data, omitted, behind, by, title),
            data,
            title=title,
            alt=_alt(data, by),
            text=describe(data, omitted, by, title),
            omitted=omitted,
            sources=behind,
            part=chart,
            keys=("row",),
        )

    return chart(data, omitted, title)


def prepare(claims: pd.DataFrame, *, by: str = "text") -> tuple[pd.DataFrame, pd.DataFrame]:
    """Part statements into those with a verdict, in drawing order, and others, with the reason."""
    _given.choose(by, _BY, "by")
    _given.require(claims, COLUMNS, "claims")
    frame = claims[list(COLUMNS)]
    known = frame["verdict"].astype("object").isin(VERDICTS)
    reason = pd.Series("no verdict", index=frame.index, dtype="object").mask(known)
    drawn, omitted = _given.split(frame, reason)
    if drawn.empty:
        raise ValueError("claims: no statement of the selection has a verdict.")
    year = drawn["text_year"].astype("Int64").astype("str").mask(drawn["text_year"].isna(), "")
    named = (drawn["text_title"] + ", " + year).where(year.ne(""), drawn["text_title"])
    drawn = drawn.assign(
        row=named if by == "text" else drawn["therapy"],
        verdict=pd.Categorical(drawn["verdict"].astype("object"), list(VERDICTS), ordered=True),
        _aside=drawn["therapy"].str.startswith("(") if by == "therapy" else False,
        _year=drawn["text_year"] if by == "text" else 0,
        _name=(drawn["text_title"] if by == "text" else drawn["therapy"]).str.casefold(),
    )
    helpers = ["_aside", "_year", "_name"]
    drawn = drawn.sort_values([*helpers, "row", "verdict", "claim"]).drop(columns=helpers)
    drawn["place"] = drawn.groupby(["row", "verdict"], observed=True).cumcount()
    return drawn.reset_index(drop=True), omitted.reset_index(drop=True)


def draw(data: pd.DataFrame, axes: Sequence[Axes], y: Mapping[str, float], step: float) -> Sequence[Axes]:
    """Draw a square a statement, an axes a verdict; `y` is the middle of each row's first line of squares."""
    side = 0.78 * step
    for panel, (verdict, look) in zip(axes, VERDICTS.items(), strict=True):
        here = data[data["verdict"].eq(verdict)]
        left = here["place"] % _PER_LINE * step
        top = here["row"].map(y).astype(float) + here["place"] // _PER_LINE * step - side / 2
        squares = [Rectangle((x, at), side, side) for x, at in zip(left, top, strict=True)]
        panel.add_collection(PatchCollection(squares, **look, linewidths=0.8, zorder=3, gid=verdict))
    return axes


def describe(data: pd.DataFrame, omitted: pd.DataFrame, by: str, title: str) -> str:
    """Every statement with its verdict and citations, and the number of each verdict in each row."""
    lines = [f"{_words.sentence(title)} {_subtitle(data, by)}"]
    for row, here in data.groupby("row", sort=False):
        counts = [f"{n} {verdict}" for verdict, n in here["verdict"].value_counts(sort=False).items() if n]
        lines.append(f"{row} ({_words.count(len(here), 'statement')}: {', '.join(counts)}):")
        for claim in _given.records(here):
            subject = f"{claim['therapy']}: " if by == "text" else ""
            cited = claim["citations"] if pd.notna(claim["citations"]) else "no citation"
            lines.append(f"- {claim['claim']}, {claim['verdict']}. {subject}{claim['statement']} [{cited}]")
    if len(omitted):
        lines.append(f"Not drawn, no verdict ({len(omitted)}): {', '.join(omitted['claim'])}.")
    return "\n".join([*lines, CAVEAT])


def _subtitle(data: pd.DataFrame, by: str) -> str:
    texts = _words.count(data["text"].nunique(), "public text")
    return f"Each square is one of {_words.count(len(data), 'statement')} of {texts}, a row a {_BY[by]}."


def _alt(data: pd.DataFrame, by: str) -> str:
    counts = data["verdict"].value_counts(sort=False)
    told = ", ".join(f"{n} {verdict}" for verdict, n in counts.items())
    text = f"Squares by verdict, a row a {_BY[by]}: {_words.count(len(data), 'statement')}; {told}."
    return _words.shorten(text, ALT_LENGTH)


def _draw_rows(
    data: pd.DataFrame, omitted: pd.DataFrame, behind: pd.DataFrame, by: str, title: str
) -> Figure:
    style = _style.current()
    rows = data.groupby("row", sort=False)
    lines = (rows["place"].max() // _PER_LINE + 1).to_numpy()
    words = {verdict: max(_layout.text_width(w, style.text) for w in verdict.split()) for verdict in VERDICTS}
    notes = [CAVEAT, _references.note(behind), _arms.license_note()]
    if len(omitted):
        said = f"Not drawn: {_words.count(len(omitted), 'statement')} without a verdict."
        notes.insert(0, _furniture.Aside(said))
    with mpl.rc_context(_style.settings()):
        laid = _layout.rows(
            _furniture.Furniture(title, _subtitle(data, by), notes),
            left=[_layout.Column(_BY[by].capitalize(), list(rows.groups))],
            right=[_layout.Column("All", [str(n) for n in rows.size()], align="right")],
            panels=[_layout.Panel(heading=verdict, share=wide) for verdict, wide in words.items()],
            heights=list((0.8 * lines + 0.35) * style.row),
            plot_share=0.68,
        )
        wide = [axes.get_position().width * style.width for axes in laid.axes]
        for axes, width in zip(laid.axes, wide, strict=True):
            axes.set_xlim(0, width)
            axes.set_xticks([])
        counts = data.groupby(["row", "verdict"], observed=True).size()
        room = 0.3 * style.text + _layout.text_width(str(counts.max()), style.small)
        step = min(0.8 * style.row, (min(wide) - room) / _PER_LINE)
        y = dict(zip(rows.groups, laid.y - (lines - 1) * step / 2, strict=True))
        draw(data, laid.axes, y, step)
        _write_counts(data, laid.axes, y, step)
    return laid.figure


def _write_counts(data: pd.DataFrame, axes: Sequence[Axes], y: Mapping[str, float], step: float) -> None:
    """The number of squares beside them; a dash where there is none, so that no place looks forgotten."""
    style = _style.current()
    counts = data.groupby(["row", "verdict"], observed=False).size()
    for panel, verdict in zip(axes, VERDICTS, strict=True):
        for gid in ("count", "none"):
            chosen = [(middle, counts[row, verdict]) for row, middle in y.items()]
            chosen = [(middle, n) for middle, n in chosen if (n > 0) == (gid == "count")]
            right = [min(n, _PER_LINE) * step + 0.2 * style.text * (n > 0) for _, n in chosen]
            base = [middle + _furniture.BASELINE * style.small for middle, _ in chosen]
            said = [str(n) if n else "\N{EN DASH}" for _, n in chosen]
            how = {"size": style.small, "color": _style.GRAY, "transform": panel.transData, "gid": gid}
            panel.add_artist(Texts(zip(right, base, strict=True), said, **how))
