"""Numbers, lists and counts as people print them: one way for figures, words and prose."""

from __future__ import annotations

import re
from collections.abc import Iterable
from numbers import Real

import pandas as pd

NOT_REPORTED = "not reported"
NOT_REACHED = "not reached"
# What is missing was not found: a publication that could not be read in full may hold it.
UNREPORTED = "not reported in the sources read"
MAY_HOLD = "the publication may hold it."
NO_INTERVAL = "no interval in the sources read"
DATA_TO = "November 2026"
DATA_MONTH = "2026-11"  # the same, as the tables write a date
SETTINGS = {
    "first-line": "First-line treatment",
    "maintenance": "Maintenance after first-line treatment",
    "pretreated": "Pretreated",
    "perioperative": "Around surgery",
    "mixed": "Mixed or several settings",
}
CAVEAT = (
    "Arms of different trials are not comparable: patients differ between trials, and survival clocks start "
    "at different events (randomization, first dose, diagnosis)."
)

# What acts instead of being read: line breaks, terminal escapes and marks that turn the direction of the text
# around them; and codes that are no characters, which no file may hold.
_ACTING = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u206f\ud800-\udfff\ufff9-\ufffb\ufffe\uffff]"
)


def clean(text: str) -> str:
    """The text with a space for each character that would act on what reads it: a terminal, a page."""
    return text if text.isascii() and text.isprintable() else _ACTING.sub(" ", text)


def clean_lines(text: str) -> str:
    """The same, its line breaks kept."""
    return "\n".join(map(clean, text.split("\n")))


def got(value: object) -> str:
    """A value as an error message shows it: on one line, and not all of what is long."""
    words = str(value) if isinstance(value, Real) else repr(value)
    return shorten(clean(" ".join(words.split())), 60)


def number(value: float, places: int = 1) -> str:
    """A measured number with at least `places` decimals, and never fewer than it was published with."""
    short = f"{value:.{places}f}"
    return short if float(short) == value else f"{value:.10g}"


def whole(value: object) -> str:
    """A count in a table's cell; "n.r." where it is not reported."""
    return f"{int(value):,}" if pd.notna(value) else "n.r."


def unreported(*signs: str) -> str:
    """What a figure's signs for a missing value mean, such as "n.r."."""
    return f"{listing(signs)}: {UNREPORTED}; {MAY_HOLD}"


def meaning(lines: Iterable[str]) -> list[str]:
    """What "not reported" means, where it stands among a figure's words."""
    said = f"\u201cNot reported\u201d is said of the sources read; {MAY_HOLD}"
    return [said] if any(NOT_REPORTED in line for line in lines) else []


def interval(low: float, high: float, *, open_high: bool = False, places: int = 1) -> str:
    """An interval in parentheses; an end that is missing is said, not filled."""
    if pd.isna(low) and pd.isna(high):
        return ""
    ends = [number(end, places) if pd.notna(end) else "?" for end in (low, high)]
    if open_high:
        ends[1] = NOT_REACHED
    return f"({ends[0]}\N{EN DASH}{ends[1]})"


def count(value: float, singular: str, plural: str | None = None) -> str:
    """A count with its noun: `count(1, "trial")` is "1 trial"."""
    return f"{value:,} {singular if value == 1 else plural or singular + 's'}"


def listing(items: Iterable[str], limit: int | None = None) -> str:
    """Items as a phrase; beyond `limit`, the number of the others."""
    items = list(items)
    if limit and len(items) > limit:
        return f"{', '.join(items[:limit])} and {len(items) - limit:,} more"
    return " and ".join(items) if len(items) < 3 else f"{', '.join(items[:-1])} and {items[-1]}"


def citation(value: object) -> str:
    """A citation in brackets; one that is missing is said."""
    return f"[{value if pd.notna(value) else 'source not given'}]"


def cited(citations: Iterable[str], limit: int = 6) -> str:
    """Citations in brackets; those beyond `limit` are named in the list of sources."""
    citations = list(citations)
    more = [f"{len(citations) - limit:,} more, listed below"] if len(citations) > limit else []
    return f"[{'; '.join([*citations[:limit], *more])}]" if citations else ""


def sentence(text: str) -> str:
    """A title as a sentence: with a full stop, unless it ends in a mark of its own."""
    return text if text.endswith((".", "?", "!", "\N{HORIZONTAL ELLIPSIS}")) else f"{text}."


def shorten(text: str, length: int) -> str:
    """At most `length` characters, cut between words."""
    if len(text) <= length:
        return text
    return text[: length - 1].rsplit(" ", 1)[0].rstrip(",;:") + "\N{HORIZONTAL ELLIPSIS}"
