"""Which addresses become links: decided here, for charts and tables alike."""

from __future__ import annotations

import html
import re
from collections.abc import Collection
from functools import cache
from urllib.parse import quote

# Publications and registered trials are found here.
REFERENCE_HOSTS = frozenset(
    {"doi.org", "pubmed.ncbi.nlm.nih.gov", "clinicaltrials.gov", "www.isrctn.com", "www.anzctr.org.au"}
)
# A plain name as host: no user, port, number or letters of other alphabets, which can look like ours.
_WEB = re.compile(
    r"https://((?:(?!xn--)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,})(?:[/?#][!-~]*)?",
    re.ASCII | re.IGNORECASE,
)
# A file of the project, beside the notebook or in a folder of the level above, and a place in it.
_BESIDE = re.compile(r"(?:\.\./)?[\w-][\w.-]*(?:/[\w-][\w.-]*)*(?:#\S*)?")


def web(address: object) -> str | None:
    """A secure web address as it may stand in a link; None for any other value."""
    written = isinstance(address, str) and _WEB.fullmatch(address)
    return _quoted(address) if written else None


def declared(address: object, hosts: Collection[str] = ()) -> str | None:
    """The same, if the host is that of a DOI, PubMed, registry or project source, or one of `hosts`."""
    written = isinstance(address, str) and _WEB.fullmatch(address)
    if not written:
        return None
    host = written[1].lower()
    known = host in REFERENCE_HOSTS or host in hosts or host in project_hosts()
    return _quoted(address) if known else None


def beside(address: object) -> str | None:
    """The address of a file of the project as it may stand in a link; None for any other value."""
    return _quoted(address) if isinstance(address, str) and _BESIDE.fullmatch(address) else None


def anchor(markup: str, address: str) -> str:
    """A link around words that are HTML already, underlined: color alone would not tell it from its text."""
    look = 'rel="noopener noreferrer" style="text-decoration:underline"'
    return f'<a href="{html.escape(address)}" {look}>{markup}</a>'


@cache
def project_hosts() -> frozenset[str]:
    """The hosts that the project's own tables name as sources."""
    from mesoviz._tables._evidence import load_evidence

    evidence = load_evidence()
    tables = (evidence.sources, evidence.claim_and_target_sources, evidence.target_figures)
    written = (_WEB.fullmatch(url) for table in tables for url in table["url"].dropna())
    return frozenset(match[1].lower() for match in written if match)


def _quoted(address: str) -> str:
    return quote(address, safe="%/:=&?~#+!,;'@()*[]")  # no quotation mark, angle bracket or dollar sign
