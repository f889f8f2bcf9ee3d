"""Readable tables: every cell is there, nothing acts as markup, and the HTML is the same in every run."""

import html
import re
import subprocess
import sys
from html.parser import HTMLParser

import pandas as pd
import pytest

import mesoviz as mv
from mesoviz._page._readable import table

LABELS = {"statement": "What the text says", "verdict": "Verdict", "later_evidence": "What came later"}


class Parsed(HTMLParser):
    """The cells, links and tags of a table."""

    def __init__(self, markup):
        super().__init__()
        self.cells, self.links, self.tags, self.styles = [], [], set(), []
        self._inside = False
        self.feed(markup)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        if tag in ("td", "th"):
            self.cells.append("")
            self.styles.append(dict(attrs).get("style", ""))
            self._inside = True
        if tag == "a":
            self.links.append(dict(attrs)["href"])

    def handle_endtag(self, tag):
        self._inside &= tag not in ("td", "th")

    def handle_data(self, data):
        if self._inside:
            self.cells[-1] += data


@pytest.fixture(scope="module")
def claims():
    return mv.load_claims()


@pytest.fixture(scope="module")
def shown(claims):
    return table(claims, id="claims", title="All", labels=LABELS, group="text", note="A note.")


def test_every_cell_of_every_row_is_in_the_table(claims, shown):
    cells = Parsed(shown.markup).cells
    for row in claims.to_dict("records"):
        for name in LABELS:
            words = "not reported" if pd.isna(row[name]) else row[name]
            assert words in cells
            assert words.rstrip(".") in shown.text
    assert {"All", *LABELS.values(), *claims["text"], "A note."} <= set(cells)


def test_headings_stand_above_their_rows_in_order(claims, shown):
    cells = Parsed(shown.markup).cells
    for text, rows in claims.groupby("text"):
        places = [cells.index(statement) for statement in rows["statement"]]
        assert cells.index(text) < min(places) and places == sorted(places)


def test_cells_say_themselves_how_they_stand(shown):
    """Notebooks that are not trusted drop style sheets, but keep the style of an element."""
    assert all("text-align: left" in style for style in Parsed(shown.markup).styles)


def test_there_is_no_script_and_no_address_of_another_host(shown):
    parsed = Parsed(shown.markup)
    assert not parsed.tags & {"script", "iframe", "img", "link", "input", "form"}
    assert not re.search(r"https?://|url\(|@import", shown.markup)


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "$\\frac{1}{2}$ and \\(x\\)",
        "**bold** [x](javascript:alert(1))",
        "&lt;b&gt; & <b>",
    ],
)
@pytest.mark.parametrize("place", ["cell", "heading", "label", "title", "note", "link"])
def test_whatever_stands_in_the_table_is_shown_and_never_acts(hostile, place):
    frame = pd.DataFrame(
        {"a": [hostile if place in ("cell", "link") else "x"], "u": ["https://example.org/"]}
    )
    frame["g"] = hostile if place == "heading" else "y"
    made = table(
        frame,
        id="t",
        title=hostile if place == "title" else None,
        note=hostile if place == "note" else None,
        labels={"a": hostile if place == "label" else "A"},
        group="g",
        links={"a": "u"} if place == "link" else None,
        hosts="example.org",
    )
    parsed = Parsed(made.markup)
    assert hostile in parsed.cells
    assert parsed.tags <= {"div", "style", "table", "thead", "tbody", "tfoot", "tr", "td", "th", "span", "a"}
    body = made.markup[made.markup.index("<table") :]
    assert "$" not in body and "\\" not in body


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("https://doi.org/10.1000/x", True),
        ("08-claims.ipynb#What-was-claimed?", True),
        ("../data/claims.csv", True),
        ("javascript:alert(1)", False),
        ("data:text/html,x", False),
        ("http://example.org/", False),
        ("//example.org/x", False),
        ("/etc/passwd", False),
        ("https://[broken", False),
        (None, False),
    ],
)
def test_only_secure_addresses_and_files_of_the_project_become_links(address, kept):
    made = table(pd.DataFrame({"a": ["x"], "u": [address]}), id="t", labels={"a": "A"}, links={"a": "u"})
    assert [html.unescape(link) for link in Parsed(made.markup).links] == ([address] if kept else [])
    assert "x" in Parsed(made.markup).cells


def test_an_address_cannot_leave_its_attribute():
    made = table(
        pd.DataFrame({"a": ["x"], "u": ['https://example.org/"onclick="alert(1)$<b>']}),
        id="t",
        labels={"a": "A"},
        links={"a": "u"},
        hosts=["example.org"],
    )
    assert Parsed(made.markup).links == ["https://example.org/%22onclick=%22alert(1)%24%3Cb%3E"]


def test_the_html_is_the_same_in_another_process():
    code = (
        "import mesoviz as mv; f = mv.load_claims().head(3);"
        "print(mv.table(f, id='c', labels={'claim': 'Claim'}, group='text').markup)"
    )
    runs = [
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, check=True, env={"PYTHONHASHSEED": seed}
        )
        for seed in ("1", "2")
    ]
    assert runs[0].stdout == runs[1].stdout and b'id="c"' in runs[0].stdout


def test_a_notebook_gets_html_and_words(shown):
    bundle = shown._repr_mimebundle_()
    assert bundle == {"text/html": shown.markup, "text/plain": shown.text} and repr(shown) == shown.text


def test_numbers_and_missing_values_are_words():
    frame = pd.DataFrame({"a": pd.array([1, None], "Int64"), "b": [0.5, float("nan")], "c": [True, False]})
    assert table(frame, id="t").text.splitlines() == [
        "a: 1. b: 0.5. c: True.",
        "a: not reported. b: not reported. c: False.",
    ]


def test_a_cell_ends_in_one_mark():
    frame = pd.DataFrame({"a": ["How long?", "Long.", "Stop!"]})
    assert table(frame, id="t").text.splitlines() == ["a: How long?", "a: Long.", "a: Stop!"]


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda c: table(c.head(0), id="t"), ValueError, "table was given no rows"),
        (lambda c: table("x", id="t"), TypeError, "table takes a DataFrame; got str."),
        (lambda c: table(c, id="t", labels={"x": "X"}), ValueError, "the columns x"),
        (lambda c: table(c, id="t", group="y"), ValueError, "the columns y"),
        (lambda c: table(c, id="<t>"), ValueError, "id must be lower-case letters"),
    ],
)
def test_what_cannot_be_shown_is_refused_in_one_sentence(claims, call, error, message):
    with pytest.raises(error, match=re.escape(message)) as caught:
        call(claims)
    assert "\n" not in str(caught.value)
