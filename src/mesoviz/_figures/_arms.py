"""What every figure of arms needs: the rows it can draw, their order, names, footnotes and sources."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
import pandas as pd

from mesoviz._page import _furniture, _given, _style, _values, _words
from mesoviz._schema import LIST_SEPARATOR
from mesoviz._tables import _citations

ROWS = ("arm_setting", "lead_class", "trial", "arm")  # what a row stands under, and what it is
NO_CLASS, NO_THERAPY = "Therapy class not reported", "Therapy not reported"
PERITONEAL = "Peritoneal mesothelioma only"
_LETTERS = "ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ"
_DEFINITIONS = {
    "TTP": "time to progression",
    "irPFS": "progression-free survival by immune-related criteria",
    "FFS": "failure-free survival",
}


def parts_of_drawn(frame: pd.DataFrame, reason: pd.Series) -> pd.Series:
    """True for drawn arms (no `reason`) that are part of a drawn arm: together they show patients twice."""
    drawn = reason.isna()
    shown = set(zip(frame["trial"][drawn], frame["arm"][drawn], strict=True))
    whole = zip(frame["trial"], frame["part_of"], strict=True)
    inside = [pd.notna(part) and (trial, part) in shown for trial, part in whole]
    return drawn & pd.Series(inside, index=frame.index, dtype=bool)


def select(
    trials: pd.DataFrame,
    *,
    setting: str | Sequence[str] | None = None,
    therapy_class: str | Sequence[str] | None = None,
    agent: str | Sequence[str] | None = None,
) -> pd.DataFrame:
    """Keep the arms of the therapies asked for, with the arms that they were compared with.

    A plain pandas filter on the class of an arm loses its control, which is of another class.

    Parameters
    ----------
    trials : pandas.DataFrame
        Arms from `load_trials`.
    setting, therapy_class, agent : str or sequence of str, optional
        Values of `arm_setting`, `therapy_class` and `agent`; an option left out selects nothing away.

    Returns
    -------
    pandas.DataFrame
        Rows of `trials`, unchanged and in their order: every experimental arm that has all the values
        asked for, and all arms of the same trial in the same setting where the trial has a control.

    Raises
    ------
    ValueError
        If a value does not occur in the column, or no arm has all of them.

    Examples
    --------
    >>> import mesoviz as mv
    >>> chosen = mv.select(mv.load_trials(), agent="Tremelimumab", setting="pretreated")
    >>> sorted(chosen.loc[chosen["trial"] == "determine", "arm"])
    ['placebo', 'tremelimumab']
    """
    asked = {"arm_setting": setting, "therapy_class": therapy_class, "agent": agent}
    _given.require(trials, ["trial", "role", *asked], "select")
    match = trials["role"].ne("control")
    for column, values in asked.items():
        if values is None:
            continue
        values = _given.several(values, f"select: {column}")
        unknown = [value for value in values if not trials[column].eq(value).any()]
        if unknown:
            raise ValueError(f"select: no arm has {column} {_words.listing(map(repr, unknown))}.")
        match &= trials[column].isin(values)
    if not match.any():
        raise ValueError("select: no experimental arm has all the values asked for.")
    keys = ["trial", "arm_setting"]
    compared = (
        trials["role"].eq("control").groupby([trials[key] for key in keys], observed=True).transform("any")
    )
    with_match = match.groupby([trials[key] for key in keys], observed=True).transform("any")
    return trials[match | (with_match & compared)]


def in_order(frame: pd.DataFrame) -> pd.DataFrame:
    """Sort arms by setting, class and agent, a randomized comparison's arms standing together.

    A control stands under its trial's first experimental arm, so it takes that arm's class and agent as
    `lead_class` and `lead_agent`. A frame that does not tell the `design` keeps every trial's arms together.
    The order rests on names alone, never on results or on the rows' order.
    """
    randomized = frame["design"].eq("randomized") if "design" in frame else True
    compared = randomized | frame.groupby("trial")["role"].transform(
        lambda roles: roles.eq("control").any()
    ).astype(bool)
    first = frame.assign(_part=frame["part_of"].notna()).sort_values(["trial", "role", "_part", "arm"])
    leads = first.drop_duplicates(["trial", "arm_setting"]).set_index(["trial", "arm_setting"])
    at = pd.MultiIndex.from_frame(frame[["trial", "arm_setting"]])
    frame = frame.assign(
        lead_class=frame["therapy_class"].where(~compared, leads["therapy_class"].reindex(at).to_numpy()),
        lead_agent=frame["agent"].where(~compared, leads["agent"].reindex(at).to_numpy()),
    )
    keys = ["arm_setting", "lead_class", "_agent", "_label", "trial", "role", "_part", "therapy_label", "arm"]
    helpers = {
        "_agent": frame["lead_agent"].str.casefold(),
        "_label": frame["trial_label"].str.casefold(),
        "_part": frame["part_of"].notna(),
    }
    return frame.assign(**helpers).sort_values(keys).drop(columns=list(helpers)).reset_index(drop=True)


def with_class(frame: pd.DataFrame) -> pd.DataFrame:
    """Say so where the therapy class is missing, that no arm may fall out of a grouping by it."""
    kinds = frame["therapy_class"].astype("category")
    if kinds.isna().any():
        kinds = kinds.cat.add_categories(NO_CLASS).fillna(NO_CLASS)
    return frame.assign(therapy_class=kinds)


def names(frame: pd.DataFrame) -> pd.Series:
    """An arm's name on an axis: its therapy, and its own label where a trial has several of one therapy.

    A label that begins by repeating the therapy loses that part, unless two arms of a trial would then have
    one name.
    """
    label = frame["arm_label"].astype("object")
    therapy = frame["therapy_label"].fillna(NO_THERAPY)
    whole = therapy.where(label.isna(), therapy + " (" + label.astype(str) + ")")
    pairs = zip(label.where(label.notna(), ""), therapy, strict=True)
    own = pd.Series([_beyond(words, name) for words, name in pairs], frame.index, dtype="str")
    short = therapy.where(own.eq(""), therapy + " (" + own + ")")
    if not {"trial", "arm"} <= set(frame):
        return short
    alike = frame["arm"].astype("object").groupby([frame["trial"], short]).transform("nunique")
    return short.where(alike.le(1), whole)


def _beyond(label: str, therapy: str) -> str:
    """What an arm's label says beyond the therapy that it begins with, spelling aside."""

    def letters(text: str) -> str:
        return re.sub(r"[\W_]", "", text).casefold()

    words = label.split()
    cuts = [cut for cut in range(len(words) + 1) if letters("".join(words[:cut])) == letters(therapy)]
    return " ".join(words[max(cuts, default=0) :])


def joined(frame: pd.DataFrame) -> list[bool]:
    """True where a row is of the same trial as the row above it."""
    return frame["trial"].eq(frame["trial"].shift()).tolist()


def remarks(frame: pd.DataFrame, definition: str | None = None) -> list[list[str]]:
    """What must be said of each row beside its numbers: selected, shared or differently measured patients."""
    labels = dict(zip(frame["trial"], frame["trial_label"], strict=True))
    told = ["population", "overlaps_trial", "part_of", *([definition] if definition else [])]
    told += ["disease_site"] if "disease_site" in frame else []
    found: list[list[str]] = []
    for row in _given.records(frame[told]):
        here = []
        if pd.notna(row["population"]):
            here.append(f"Population: {row['population']}.")
        if row.get("disease_site") == "peritoneal":
            here.append(PERITONEAL + ".")
        if pd.notna(row["overlaps_trial"]):
            other = labels.get(row["overlaps_trial"], row["overlaps_trial"])
            here.append(f"Some patients probably stand in another trial too ({other}).")
        if pd.notna(row["part_of"]):
            here.append("Part of a larger arm of the same trial: never added to it.")
        if definition and row[definition] in _DEFINITIONS:
            here.append(f"{row[definition]}: {_DEFINITIONS[row[definition]]}.")
        found.append(here)
    return found


def special_trials(frame: pd.DataFrame, limit: int | None = 3) -> list[str]:
    """Trials whose patients are selected, or may be counted in another trial of the selection too.

    More than `limit` are counted, and named in the words alone.
    """
    slide = _style.current().whole
    below = f"named in {_style.current().rest}"
    limit = min(limit, 1) if limit and slide else limit
    found = []
    labels = dict(zip(frame["trial"], frame["trial_label"], strict=True))
    shared = frame.loc[frame["overlaps_trial"].isin(labels), "trial_label"].drop_duplicates()
    if len(shared):
        found.append(f"Some patients are probably counted twice, in {_words.listing(shared)}.")
    special = frame.dropna(subset="population").drop_duplicates("trial")
    if limit and len(special) > limit:
        found.append(f"Selected patients in {len(special):,} trials, {below}.")
    elif len(special):
        named = [f"{row.trial_label} ({row.population})" for row in special.itertuples()]
        found.append(f"Selected patients: {'; '.join(named)}.")
    inside = frame[frame["disease_site"].eq("peritoneal")] if "disease_site" in frame else frame.head(0)
    inside = inside["trial_label"].drop_duplicates()
    if limit and len(inside) > limit:
        found.append(f"{PERITONEAL}: {len(inside):,} trials, {below}.")
    elif len(inside):
        found.append(f"{PERITONEAL}: {_words.listing(inside)}.")
    return found


def footnotes(remarks: Sequence[Sequence[str]]) -> tuple[list[str], str]:
    """Raised letters for each row, and the line that explains them, in order of appearance."""
    seen: dict[str, str] = {}
    marks = []
    for here in remarks:
        for remark in here:
            seen.setdefault(remark, _letter(len(seen)))
        letters = [letter for remark, letter in seen.items() if remark in here]
        marks.append("".join(f"\N{NO-BREAK SPACE}{letter}" for letter in letters))
    told = "  ".join(f"{letter}\N{NO-BREAK SPACE}{remark}" for remark, letter in seen.items())
    return marks, _furniture.Footnotes(told)


def _letter(position: int) -> str:
    more, last = divmod(position, len(_LETTERS))
    return (_letter(more - 1) if more else "") + _LETTERS[last]


class _Listing(NamedTuple):
    """Sources by their keys: as which page each is listed, its own name, and what names it elsewhere."""

    rows: pd.DataFrame
    pages: dict[str, str]
    names: dict[str, str]
    papers: dict[str, tuple[str, ...]]


def _listing(table: pd.DataFrame) -> _Listing:
    rows = table.dropna(subset="source").drop_duplicates("source")
    rows = rows.set_index("source", drop=False).rename_axis(None)
    pages = {key: _page(citation) for key, citation in rows["citation"].dropna().items()}
    names = dict(zip(rows.index, _citations.own_names(rows), strict=True))
    papers = {}
    if {"reference", "reports", *_citations.SHORT} <= set(rows):
        known = rows[[*_citations.SHORT]].astype("object").fillna("")
        papers = dict(zip(rows.index, known.itertuples(index=False, name=None), strict=True))
    return _Listing(rows, pages, names, papers)


def _page(citation: str) -> str:
    """The page that a paper is cited by: one that quotes several is cited by the paper, "via" the page."""
    return citation.rpartition(", via ")[2]


@cache
def _project_listing() -> _Listing:
    from mesoviz._tables._load import load_sources

    return _listing(load_sources())


def listed_sources(sources: pd.DataFrame | None, *columns: str) -> pd.DataFrame:
    """The sources to look keys up in, with the columns asked for; by default the project's own."""
    if sources is None:
        return _project_listing().rows
    _given.has(sources, ["source", "citation", *columns], "sources")
    _values.check(sources, ["source", "citation", *columns], "sources")
    return sources


def sources_behind(
    drawn: pd.DataFrame, columns: Sequence[str], sources: pd.DataFrame | None = None
) -> pd.DataFrame:
    """The rows of `sources` that drawn numbers rest on, in drawing order.

    Parameters
    ----------
    drawn : pandas.DataFrame
        Has, for each of `columns` (such as ``"os_source"``), the citation too (``"os_citation"``).
    columns : sequence of str
        The source columns of the figures that are drawn.
    sources : pandas.DataFrame, optional
        From `load_sources`; by default the project's own. A source that it does not hold, or cites
        otherwise, is listed with its key and citation alone.
    """
    listed = _project_listing() if sources is None else _listing(listed_sources(sources))
    beside = [name for column in columns for name in (column, column.replace("source", "citation"))]
    cells = np.stack([drawn[name].to_numpy(dtype=object) for name in beside], axis=1)
    pairs = pd.DataFrame(cells.reshape(-1, 2), columns=["source", "citation"])
    pairs = pairs.dropna(subset="source").drop_duplicates(ignore_index=True)
    alike = [
        isinstance(cited, str) and (_page(cited) == listed.pages.get(key) or cited == listed.names.get(key))
        for key, cited in pairs.itertuples(index=False)
    ]
    found = listed.rows.reindex(pairs["source"].where(np.array(alike, dtype=bool)))
    found = found.set_index(pairs.index).assign(source=pairs["source"], citation=pairs["citation"])
    if listed.papers:
        found["reference"] = _narrowed(found, listed.papers)
    return found


def _narrowed(found: pd.DataFrame, papers: Mapping[str, tuple[str, ...]]) -> list[object]:
    """References in which a page tells of the one paper that it is cited for, where that is known."""
    told = found["reference"].tolist()
    cites = _citations.SHORT.index("citation")
    telling = found[["reference", "citation", "reports"]].dropna(subset=["reference", "reports"])
    for i, page, citation, reports in telling.itertuples(name=None):
        for key in reports.split(LIST_SEPARATOR):
            if key in papers and papers[key][cites] == citation.rpartition(", via ")[0]:
                told[i] = _citations.told_of(page, [_citations.short_reference(*papers[key])])
    return told


def year_of(keys: pd.Series, sources: pd.DataFrame | None = None) -> pd.Series:
    """The year in which each source was published, by its key; missing where it is not known."""
    table = listed_sources(sources, "year")
    years = table.drop_duplicates("source").set_index("source")["year"]
    return keys.map(years).astype("Int64")


def sources_note(sources: pd.DataFrame) -> str:
    """The source line: up to six citations, on a slide those that a line holds, else how many."""
    cited = sources["citation"].fillna(sources["source"]).drop_duplicates().tolist()
    if not cited:
        return "Sources: not given."
    slide = _style.current().whole
    if len("; ".join(cited)) > 70 if slide else len(cited) > 6:
        return f"Sources: {len(cited)} publications, listed {_style.current().sources}."
    return f"Sources: {'; '.join(cited)}."


def license_note() -> str:
    """The date of the data and its license."""
    return f"Data to {_words.DATA_TO}. mesoviz, CC BY 4.0. Not medical advice."


def studied(frame: pd.DataFrame, *, arms: str = "arm") -> str:
    """How many arms, trials and patients stand in a frame of arms: part-of arms are never added.

    Where no arm tells a number to add, none is said: unknown is not zero.
    """
    trials = frame["trial"].nunique()
    patients = frame["n"].where(frame["part_of"].isna())
    words = f"{_words.count(len(frame), arms)} of {_words.count(trials, 'trial')}"
    known = patients.notna().any()
    return f"{words}, {_words.count(int(patients.sum()), 'patient')}" if known else words


def omitted_words(omitted: pd.DataFrame, what: str = "arm") -> list[str]:
    """The rows that are not drawn, by reason, named by trial."""
    lines = []
    for reason, rows in omitted.groupby("reason", sort=False, observed=True):
        labels = rows["trial_label"].drop_duplicates()
        lines.append(f"Not drawn, {reason} ({_words.count(len(rows), what)}): {', '.join(labels)}.")
    return lines
