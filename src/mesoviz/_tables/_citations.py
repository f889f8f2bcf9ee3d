"""Citations for people: short ones for figures, full references for lists, and links."""

import re
from collections import namedtuple
from functools import cache

import pandas as pd

from mesoviz._schema import LIST_SEPARATOR

# Pages that quote a paper; a figure read there is cited as the paper's, via the page.
QUOTING = ("secondary", "press")
REPORTS = ". Reports: "  # before the papers, in the reference of such a page
_NAMED = 3  # papers that a page's reference names
_INITIALS = re.compile(r"\s[A-Z]{1,4}(\s(Jr|Sr|II|III))?$")
_ASIDE = re.compile(r"\s*\([^()]*\)")
_TAIL = re.compile(r", (?:as|quoting|relaying|republished|reporting) | \d+:\d")
SHORT = ("citation", "journal", "doi", "pmid", "url")  # what a short reference is made of
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


def own_names(sources):
    """What each source is cited as where it speaks for itself, whatever it reports."""
    columns = ["authors", "journal", "title", "year"]
    if not {*columns} <= {*sources}:
        return [None] * len(sources)
    text = sources[columns].astype("object").fillna("").astype("str")
    return [_dated(short_name(*row[:3]), row.year) for row in text.itertuples(index=False)]


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


def short_reference(citation, journal, doi, pmid, url):
    """A publication as another one's reference names it: its short citation, journal and address."""
    where = f"doi:{doi}" if doi else f"PubMed {pmid}" if pmid else url
    return ", ".join(part for part in (citation, _bare(journal), where) if part)


def told_of(reference, papers):
    """A page's reference followed by the papers that it reports."""
    page = reference.partition(REPORTS)[0]
    more = [f"and {len(papers) - _NAMED} more"] if len(papers) > _NAMED else []
    return f"{page}{REPORTS}{'; '.join([*papers[:_NAMED], *more])}." if papers else page


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


_Source = namedtuple("_Source", "source authors title journal year doi pmid url reports kind")


class Citer:
    """Writes citations from the sources table."""

    def __init__(self, sources):
        cells = sources[[*_Source._fields]].to_numpy(object, na_value="")
        self._rows = {row.source: row for row in map(_Source._make, cells)}
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

    def columns(self, cited, primaries):
        """Cite columns of source keys, each key beside its trial's primary source."""
        own, cite = primaries.to_numpy(object), cache(self.cite_for)  # each pair of sources once
        return {
            name: pd.Series(list(map(cite, keys.to_numpy(object), own)), index=keys.index, dtype="str")
            for name, keys in cited.items()
        }

    def citations(self):
        return pd.array([self.cite(key) for key in self._rows], dtype="str")

    def references(self):
        return pd.array([self._full(row) for row in self._rows.values()], dtype="str")

    def _full(self, row):
        papers = [
            short_reference(self._names[key], *(getattr(self._rows[key], name) for name in SHORT[1:]))
            for key in self._reports(row)
        ]
        return told_of(_reference(row), papers)

    def links(self):
        return pd.array([_link(row) or None for row in self._rows.values()], dtype="str")
