"""Citations for people: short ones for figures, full references for lists, and links."""

import re

import pandas as pd

from mesoviz._schema import LIST_SEPARATOR

# Pages that quote a paper; a figure read there is cited as the paper's, via the page.
QUOTING = ("secondary", "press")
_INITIALS = re.compile(r"\s[A-Z]{1,4}(\s(Jr|Sr|II|III))?$")
_ASIDE = re.compile(r"\s*\([^()]*\)")
_TAIL = re.compile(r", (?:as|quoting|relaying|republished|reporting) | \d+:\d")
# Names that say what kind of page it is, not which.
_VAGUE = re.compile(r"paper|press release|foundation blog", re.IGNORECASE)


def _bare(text):
    """The text without parentheses, without volume and pages, and without ", reporting ..." or the like."""
    while _ASIDE.search(text):
        text = _ASIDE.sub("", text)
    return _TAIL.split(text)[0].strip()


def _first_author(authors):
    """Surname of the first author, or a corporate author whole."""
    bare = _bare(authors)
    first = bare.split(",")[0].strip()
    if _INITIALS.search(first):
        return _INITIALS.sub("", first)
    return first if "et al" in bare else bare


def _shortened_title(title, words=6):
    parts = title.split()
    return "“" + " ".join(parts[:words]) + ("…" if len(parts) > words else "") + "”"


def short_name(authors, journal, title):
    """Who answers for a publication: the first author, else the journal or site, else the title."""
    return _first_author(authors) or _bare(journal) or _shortened_title(title)


def _site(row):
    """Name of the page a figure was read on."""
    site = _bare(row.journal).split(",")[0]
    vague = not site or _VAGUE.search(site)
    return short_name(row.authors, row.journal, row.title) if vague else site


def _dated(name, year):
    return f"{name} {year}" if year else name


def _reference(row):
    parts = [row.authors, row.title, _dated(row.journal, row.year).strip()]
    line = " ".join(part if part[-1] in ".!?" else f"{part}." for part in parts if part)
    where = f"doi:{row.doi}" if row.doi else f"PubMed {row.pmid}" if row.pmid else row.url
    return f"{line} {where}".strip()


def _link(row):
    if row.doi:
        # Old DOIs hold < and >, which would end the address early.
        return "https://doi.org/" + row.doi.replace("<", "%3C").replace(">", "%3E")
    return f"https://pubmed.ncbi.nlm.nih.gov/{row.pmid}/" if row.pmid else row.url


def _via(names, site):
    """The reported publications and the page, in one short phrase."""
    others = len(names) - 1
    more = f" and {others} other{'s' if others > 1 else ''}" if others else ""
    return f"{names[0]}{more}, via {site}"


class Citer:
    """Writes citations from the sources table."""

    def __init__(self, sources):
        text = sources[["source", "authors", "title", "journal", "year", "doi", "pmid", "url", "reports"]]
        text = text.astype({"year": "str"}).fillna("").assign(kind=sources["kind"].astype("str").fillna(""))
        self._rows = {row.source: row for row in text.itertuples(index=False)}
        self._names = {
            key: _dated(short_name(row.authors, row.journal, row.title), row.year)
            for key, row in self._rows.items()
        }

    def cite(self, source):
        """Cite one source; a page that quotes publications is cited through those it reports."""
        row = self._rows.get(source)
        if row is None:
            return None
        reports = self._reports(row)
        return _via([self._names[key] for key in reports], _site(row)) if reports else self._names[source]

    def cite_for(self, source, primary):
        """Cite one source beside a figure of the trial with this primary source.

        A page is cited through the trial's own publication, and only if it reports that one.
        """
        row = self._rows.get(source)
        if row is None:
            return None
        if primary in self._reports(row):
            return _via([self._names[primary]], _site(row))
        return self._names[source]

    def _reports(self, row):
        if row.kind not in QUOTING:
            return []
        return [key for key in row.reports.split(LIST_SEPARATOR) if key in self._names]

    def column(self, sources, primaries):
        """Cite a column of source keys, each beside its trial's primary source."""
        codes, pairs = pd.factorize(pd.MultiIndex.from_arrays([sources, primaries]))
        cited = pd.array([self.cite_for(*pair) for pair in pairs], dtype="str")
        return pd.Series(cited.take(codes), index=sources.index, dtype="str")

    def citations(self):
        return pd.array([self.cite(key) for key in self._rows], dtype="str")

    def references(self):
        return pd.array([_reference(row) for row in self._rows.values()], dtype="str")

    def links(self):
        return pd.array([_link(row) or None for row in self._rows.values()], dtype="str")
