"""Computed prose: numbers as people print them, and labels that never act as markup."""

import html
import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import mesoviz as mv
from mesoviz._page._say import escape

HOSTILE = [
    "<script>alert(1)</script>",
    "[x](javascript:alert(1))",
    "![x](https://example.org/x.png)",
    "a | b",
    "**bold** _and_ `code`",
    "$x^2$ and \\(y\\) and \\begin{align}",
    "# heading",
    "- item",
    "1. item",
    "1) item",
    "> quote",
    "~~gone~~",
    "&lt;b&gt;",
    "www.example.org",
    "https://example.org",
    "someone@example.org",
    "---",
    "===",
    "    code",
    "a <b onmouseover=x>",
    "{x.__class__}",
]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (1200, "1,200"),
        (np.int64(14214), "14,214"),
        (14.0, "14.0"),
        (np.float64(7.25), "7.25"),
        (0, "0"),
        (True, "yes"),
        (np.False_, "no"),
        (None, "not reported"),
        (np.nan, "not reported"),
        (pd.NA, "not reported"),
        (pd.NaT, "not reported"),
        ("MAPS", "MAPS"),
        (["a"], "a"),
        (["a", "b"], "a and b"),
        (pd.Series(["a", "b", "c"]), "a, b and c"),
        (pd.Series([1, None], dtype="Int64"), "1 and not reported"),
        (pd.Series(["first-line", None], dtype="category"), "first-line and not reported"),
        ((1.5, 2.0), "1.5 and 2.0"),
        (pd.Index([1000, 2]), "1,000 and 2"),
        ([], "none"),
    ],
)
def test_values_are_said_as_people_print_them(value, words):
    said = mv.say("It is {value}.", value=value)
    assert repr(said) == f"It is {words}."


@pytest.mark.parametrize(
    ("template", "value", "words"),
    [
        ("{x:.0f} %", 48.4, "48 %"),
        ("{x:.1f}", 3, "3.0"),
        ("{x:,}", 12345, "12,345"),
        ("{x:.2f}", [1.234, 5.678], "1.23 and 5.68"),
        ("{x:.1f}", pd.NA, "not reported"),
        ("{{x}} is {x}", 1, "{x} is 1"),
    ],
)
def test_a_format_may_follow_a_name(template, value, words):
    assert repr(mv.say(template, x=value)) == words


def test_it_shows_as_markdown_and_as_plain_text():
    said = mv.say("**{n}** took {drug}.", n=2, drug="a*b")
    bundle = said._repr_mimebundle_()
    assert bundle == {"text/markdown": "**2** took a&#42;b.", "text/plain": "**2** took a*b."}


def test_lines_lose_the_indentation_they_share():
    said = mv.say(
        """
        - {a}
          - {b}
        """,
        a=1,
        b="x\ny",
    )
    assert repr(said) == "- 1\n  - x y"


@pytest.mark.parametrize("label", HOSTILE)
def test_a_hostile_label_shows_as_it_is(label):
    markdown = mv.say("{label}", label=label).markdown
    assert not re.search(r"[<>*_`\\$\[\]|~@:]", re.sub(r"</?span>|&#\d+;", "", markdown))
    assert html.unescape(re.sub(r"</?span>", "", markdown)) == label.strip()


@given(st.text(alphabet=st.characters(codec="utf-8")))
def test_any_text_survives_its_escaping(text):
    escaped = escape(text)
    entities = re.compile(r"<span>&#\d+;</span>|&#\d+;")
    bare = entities.sub("", escaped)
    assert not set(bare) & set('!"#$&()*+./:;<=>?@[\\]^_`{|}~')
    assert entities.sub(lambda found: html.unescape(re.sub("</?span>", "", found[0])), escaped) == text


def test_mathematics_cannot_pair_up_across_labels():
    markdown = mv.say("{a} {b}", a="$1", b="$2").markdown
    assert markdown == "<span>&#36;</span>1 <span>&#36;</span>2"


@pytest.mark.parametrize("label", ["a\x1b[31mred", "a\u202eb", "a\u2066b", "a\r\nb", "a\x00b", "a\u2028b"])
def test_terminal_escapes_and_turned_text_are_taken_out(label):
    said = mv.say("{label}", label=label)
    for text in (said.markdown, said.plain):
        assert re.fullmatch(r"[\x20-\x7e]+", text)


@pytest.mark.parametrize(
    ("template", "values", "error", "message"),
    [
        ("{a.b}", {"a": 1}, ValueError, "only a plain name, and a format, may stand in braces; got 'a.b'"),
        ("{a[0]}", {"a": [1]}, ValueError, "only a plain name"),
        ("{a!r}", {"a": 1}, ValueError, "only a plain name"),
        ("{a:{b}}", {"a": 1, "b": 2}, ValueError, "only a plain name"),
        ("{}", {}, ValueError, "only a plain name"),
        ("{a", {"a": 1}, ValueError, "not well formed"),
        ("{a} {b} {c}", {"b": 1}, ValueError, "has no value for a and c"),
        ("{a}", {"a": 1, "b": 2}, ValueError, "does not use b"),
        ("{a:q}", {"a": 1}, ValueError, "the format 'q' does not fit a, which is 1"),
        ("{a:d}", {"a": 1.5}, ValueError, "does not fit"),
        ("{a:.1f}", {"a": "x"}, ValueError, "a is a text, which takes no format"),
        ("{a}", {"a": {"b": 1}}, TypeError, "neither a number, a text nor a list; got dict"),
        ("{a}", {"a": pd.DataFrame({"b": [1]})}, TypeError, "got DataFrame"),
        ("{a}", {"a": [[1]]}, TypeError, "got list"),
        (3, {}, TypeError, "takes a text as its template; got int"),
    ],
)
def test_what_cannot_be_said_is_refused_in_one_sentence(template, values, error, message):
    with pytest.raises(error, match=re.escape(message)) as caught:
        mv.say(template, **values)
    assert "\n" not in str(caught.value)


def test_a_value_may_be_called_template():
    assert repr(mv.say("{template}", template="x")) == "x"


def test_a_format_cannot_make_markup():
    assert "<" not in mv.say("{v:c}", v=60).markdown


def test_an_answer_is_folded_away_in_markdown_and_follows_in_plain_text():
    shown = mv.say("Who?\n\n- {who}\n- b", answer="\n  **{who}**, in {n} of\n  them.", who="a*c", n=1200)
    fold = "<details><summary>Answer</summary>\n\n**a&#42;c**, in 1,200 of\nthem.\n\n</details>"
    assert shown.markdown == f"Who?\n\n- a&#42;c\n- b\n\n{fold}"
    assert str(shown) == "Who?\n\n- a*c\n- b\n\nAnswer: **a*c**, in 1,200 of\nthem."


def test_an_answer_is_a_template_as_well():
    with pytest.raises(ValueError, match="does not use n"):
        mv.say("Who?", answer="She.", n=1)
    with pytest.raises(ValueError, match="has no value for n"):
        mv.say("Who?", answer="{n}")
    with pytest.raises(TypeError, match="takes a text as its template; got int"):
        mv.say("Who?", answer=3)
