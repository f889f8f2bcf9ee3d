"""Prose with computed numbers: `say` fills a template, and what it fills in never acts as markup."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable
from numbers import Integral, Real
from string import Formatter

import numpy as np
import pandas as pd

from mesoviz._page import _words

# All ASCII punctuation that Markdown or HTML might act on: a comma and a hyphen inside a word are safe.
_MARKUP = re.compile(r"(?<!\w)-|-(?!\w)|[!-$&(-+./:-@\[-`{-~]")


class Words:
    """A passage of computed prose: Markdown in a notebook, plain text elsewhere."""

    def __init__(self, markdown: str, plain: str) -> None:
        self.markdown = markdown
        self.plain = plain

    def __repr__(self) -> str:
        return self.plain

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        return {"text/markdown": self.markdown, "text/plain": self.plain}


def say(template: str, /, *, answer: str | None = None, **values: object) -> Words:
    """Fill a Markdown template with values, so that no number in prose is typed by hand.

    Parameters
    ----------
    template : str
        Markdown, with names in braces: ``"{trials} trials"``. A format may follow a name, as in
        ``"{share:.0f} %"``; indentation common to all lines is taken away.
    answer : str, optional
        A second template, shown folded away under the first, for a reader to think before looking.
    **values
        One for each name: a number, a text, a missing value, or a list or Series of these. Counts get
        thousands separators, measured numbers the decimals they have (at least one), yes/no its word, a
        missing value the words "not reported", a list commas and an "and".

    Returns
    -------
    Words
        Shown as Markdown in a notebook; its `repr` is the plain text.

    Raises
    ------
    ValueError
        If a name has no value, a value no name, a field is more than a name and a format, or a format does
        not fit its value.
    TypeError
        If a template is no text, or a value of a kind that has no words.

    Notes
    -----
    Texts are escaped: whatever a label holds is shown as it is, never acted on as Markdown, HTML or
    mathematics. Only the template itself is Markdown.

    Examples
    --------
    >>> import mesoviz as mv
    >>> mv.say("**{n}** patients took {drugs}; {share:.0f} % lived.", n=1200, drugs=["a", "b"], share=48.3)
    **1,200** patients took a and b; 48 % lived.
    >>> mv.say("How many took part?", answer="{n} patients.", n=1200)
    How many took part?
    <BLANKLINE>
    Answer: 1,200 patients.
    """
    templates = [template] if answer is None else [template, answer]
    for text in templates:
        if not isinstance(text, str):
            raise TypeError(f"say takes a text as its template; got {type(text).__name__}.")
    passages = [_parse(textwrap.dedent(text).strip()) for text in templates]
    names = {name for parts in passages for _, name, _ in parts if name is not None}
    for problem, found in (("has no value for", names - set(values)), ("does not use", set(values) - names)):
        if found:
            raise ValueError(f"say: the template {problem} {_words.listing(sorted(found))}.")
    markdown = [_fill(parts, values, escape) for parts in passages]
    # Markdown inside the fold needs blank lines around it.
    markdown[1:] = [f"<details><summary>Answer</summary>\n\n{text}\n\n</details>" for text in markdown[1:]]
    plain = [_fill(parts, values, str) for parts in passages]
    return Words("\n\n".join(markdown), "\n\nAnswer: ".join(plain))


def escape(text: str) -> str:
    """A text as Markdown that shows exactly this text, in notebooks, exported pages and repositories."""
    return _MARKUP.sub(_entity, text)


def _entity(match: re.Match[str]) -> str:
    entity = f"&#{ord(match[0])};"
    # MathJax reads the rendered page, where an entity is the character; it does not look across elements.
    return f"<span>{entity}</span>" if match[0] in "$\\" else entity


def _parse(template: str) -> list[tuple[str, str | None, str]]:
    """Literal text, and the name and format of the field that follows it."""
    try:
        fields = list(Formatter().parse(template))
    except ValueError as error:
        raise ValueError(f"say: the template is not well formed ({error}).") from None
    for _, name, spec, conversion in fields:
        if name is not None and (not name.isidentifier() or conversion or "{" in spec):
            raise ValueError(f"say: only a plain name, and a format, may stand in braces; got {name!r}.")
    return [(literal, name, spec or "") for literal, name, spec, _ in fields]


def _fill(
    parts: list[tuple[str, str | None, str]], values: dict[str, object], shown: Callable[[str], str]
) -> str:
    return "".join(
        literal + (_words_of(values[name], spec, name, shown) if name is not None else "")
        for literal, name, spec in parts
    )


def _words_of(value: object, spec: str, name: str, shown: Callable[[str], str]) -> str:
    """A value in words; texts pass through `shown`."""
    if isinstance(value, list | tuple | pd.Series | pd.Index | np.ndarray) and np.ndim(value) == 1:
        return _words.listing([_words_of(item, spec, name, shown) for item in value]) or "none"
    if isinstance(value, str):
        if spec:
            raise ValueError(f"say: {name} is a text, which takes no format; got {spec!r}.")
        return shown(" ".join(_words.clean(value).split()))
    if pd.api.types.is_scalar(value) and pd.isna(value):
        return _words.NOT_REPORTED
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    if not isinstance(value, Real):
        raise TypeError(f"say: {name} is neither a number, a text nor a list; got {type(value).__name__}.")
    if not spec:
        return f"{int(value):,}" if isinstance(value, Integral) else _words.number(float(value))
    try:
        return shown(format(value, spec))
    except ValueError:
        raise ValueError(f"say: the format {spec!r} does not fit {name}, which is {value!r}.") from None
