"""The citations behind claims and target strategies, as the rows that a `Chart` lists."""

from __future__ import annotations

from functools import cache
from urllib.parse import urlsplit

import pandas as pd

from mesoviz._page import _given, _style, _words

_NEEDED = ("source", "of", "citation", "doi", "url")
_PRINTED = 8  # numbered references that a figure has room for


@cache
def _project_references() -> pd.DataFrame:
    from mesoviz._tables._load import load_evidence

    return load_evidence().claim_and_target_sources


def table(sources: pd.DataFrame | None, function: str) -> pd.DataFrame:
    """The citations to look up, each with its `link`; by default the project's own."""
    frame = _project_references() if sources is None else sources
    _given.require(frame, _NEEDED, f"{function}: sources")
    by_doi = "https://doi.org/" + frame["doi"].str.replace("<", "%3C").str.replace(">", "%3E")
    return frame[list(_NEEDED)].assign(link=by_doi.where(frame["doi"].notna(), frame["url"]))


def of(keys: pd.Series, references: pd.DataFrame) -> pd.DataFrame:
    """The citations of claims or strategies, in the order of `keys`, each source once."""
    order = dict(zip(keys, range(len(keys)), strict=True))
    found = references[references["of"].isin(order)]
    found = found.sort_values("of", key=lambda column: column.map(order), kind="stable")
    return found.drop_duplicates("source").reset_index(drop=True)


def joined(keys: pd.Series, references: pd.DataFrame) -> pd.Series:
    """All citations of each key in one line; a source cited twice under one key is named once."""
    once = references.drop_duplicates(["source", "of"])
    return keys.map(once.groupby("of")["citation"].agg("; ".join)).astype("str")


def of_figures(figures: pd.DataFrame, references: pd.DataFrame) -> pd.DataFrame:
    """The sources of target figures in their order; one without a key is cited by the page's host."""
    pairs = figures[["source", "target_id", "url"]].drop_duplicates()
    found = pairs.merge(
        references.rename(columns={"of": "target_id"})[["source", "target_id", "citation", "doi", "link"]],
        how="left",
        on=["source", "target_id"],
    )
    host = found["url"].map(lambda url: urlsplit(url).hostname, na_action="ignore").astype("str")
    found["citation"] = found["citation"].fillna(found["source"].fillna(host))
    found["link"] = found["link"].fillna(found["url"])
    key = found["source"].fillna(found["url"])
    columns = ["source", "citation", "doi", "url", "link"]
    return found.loc[~key.duplicated(), columns].reset_index(drop=True)


def numbers(figures: pd.DataFrame, behind: pd.DataFrame) -> list[int]:
    """Each figure's place in the numbered list of sources."""
    keys = list(behind["source"].fillna(behind["url"]))
    return [keys.index(key) + 1 for key in figures["source"].fillna(figures["url"])]


def note(behind: pd.DataFrame) -> str:
    """The figure's source line, numbered like the list under the figure."""
    if behind.empty:
        return "Sources: none is cited."
    slide = _style.current().whole
    if len(behind) > (2 if slide else _PRINTED):
        return f"Sources: {len(behind)} publications, listed {_style.current().sources}."
    cited = [f"[{i}] {_words.shorten(words, 72)}" for i, words in enumerate(behind["citation"], 1)]
    return f"Sources: {'  '.join(cited)}"
