"""Show what terms mean: their definitions stand in `_terms`."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from mesoviz._page import _words
from mesoviz._page._say import Words, escape
from mesoviz._page._terms import TERMS


def glossary(*terms: str) -> Words:
    """Say what terms mean, in plain language.

    Parameters
    ----------
    *terms : str
        Terms such as ``"hazard ratio"``; without any, all of them.

    Returns
    -------
    Words
        A list of definitions in alphabetical order, which names the work that a definition follows.

    Raises
    ------
    ValueError
        If a term has no definition here.

    Examples
    --------
    >>> import mesoviz as mv
    >>> mv.glossary("accrual")
    - Accrual: How fast patients enter a trial. (After the NCI Dictionary of Cancer Terms.)
    """
    unknown = [term for term in terms if not isinstance(term, str) or term not in TERMS]
    if unknown:
        got = _words.listing(map(_words.got, unknown))
        raise ValueError(f"glossary: no definition of {got}; there is one of {_words.listing(TERMS)}.")
    chosen = sorted(terms or TERMS, key=str.casefold)
    return Words(_listed(chosen, escape, "**"), _listed(chosen, str, ""))


def _listed(terms: Iterable[str], shown: Callable[[str], str], bold: str) -> str:
    lines = []
    for name in dict.fromkeys(terms):
        term = TERMS[name]
        follows = f" (After {term.follows}.)" if term.follows else ""
        lines.append(f"- {bold}{shown(name[:1].upper() + name[1:])}{bold}: {shown(term.meaning + follows)}")
    return "\n".join(lines)
