"""Decks: one chart a slide under its finding, with notes and sources; no code, and nothing from afar."""

import html
import re
from html.parser import HTMLParser

import make_slides
import nbformat
import pytest
import slides_deck

import mesoviz as mv

CODE = {
    "first": ("import mesoviz as mv\n\ntrials = mv.load_trials()", "skip"),
    "said": ('mv.say("- **{n} arms** are here.", n=len(trials))', "-"),
    "chart": (
        'mv.median_survival(mv.select(trials, setting="maintenance"), title="Maintenance")\n',
        "-",
    ),
    "long": ('mv.median_survival(mv.select(trials, setting="first-line"), title="A long list")', "-"),
    "table": ('mv.table(trials.head(2)[["trial"]], id="two")', "-"),
}


def cell(kind, source, slide):
    made = {"md": nbformat.v4.new_markdown_cell, "py": nbformat.v4.new_code_cell}[kind](source)
    made.metadata["slideshow"] = {"slide_type": slide}
    return made


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The HTML of a deck, converted as `make slides` does it."""
    folder = tmp_path_factory.mktemp("deck")
    cells = [
        cell("md", "# A deck of arms?", "slide"),
        cell("py", *CODE["first"]),
        cell("md", "## Key takeaways", "slide"),
        cell("py", *CODE["said"]),
        cell("md", "## Left out", "skip"),
        cell("md", "## What was found?", "slide"),
        cell("py", *CODE["chart"]),
        cell("md", "**How to read this.** Left to right.", "notes"),
        cell("md", "## Many arms", "slide"),
        cell("py", *CODE["long"]),
        cell("md", "**How to read this.** Top down.", "notes"),
        cell("md", "## A table", "slide"),
        cell("py", *CODE["table"]),
    ]
    path = folder / "01-arms.ipynb"
    path.write_text(nbformat.writes(nbformat.v4.new_notebook(cells=cells)), encoding="utf-8")
    return make_slides.convert(path, folder).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def pages():
    chart = mv.median_survival(mv.select(mv.load_trials(), setting="maintenance"), title="Maintenance")
    return chart.pages()


class Seen(HTMLParser):
    """The tags of a page, and the text within each slide and each note."""

    def __init__(self, markup):
        super().__init__()
        self.tags, self.slides, self.notes, self.stack = [], [], [], []
        self.feed(markup)
        self.slides, self.notes = (
            [" ".join(told.split()) for told in all] for all in (self.slides, self.notes)
        )

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag == "section" and "section" in self.stack:
            self.slides.append("")
            self.notes.append("")
        if tag in ("section", "aside"):
            self.stack.append(tag)

    def handle_endtag(self, tag):
        if tag in ("section", "aside"):
            self.stack.pop()

    def handle_data(self, data):
        if self.stack:
            told = self.notes if self.stack[-1] == "aside" else self.slides
            told[-1] += f" {data}"


@pytest.fixture(scope="module")
def seen(made):
    return Seen(made)


def test_each_question_and_each_page_of_a_chart_is_a_slide(seen, pages):
    assert len(pages) == 2
    assert seen.slides[0].startswith("A deck of arms? ")
    assert seen.slides[1:3] == ["Key takeaways 376 arms are here.", "What was found?"]
    assert seen.slides[-1].startswith("Sources ") and len(seen.slides) == 3 + len(pages) + 3
    assert not any("Left out" in words for words in seen.slides)
    assert seen.slides[-3] == f"A table {slides_deck.TABLE}"


def test_the_first_and_the_last_slide_say_what_to_mind(seen):
    for slide in (seen.slides[0], seen.slides[-1]):
        assert slide.endswith(slides_deck.CARE)
    for said in ("Not medical advice.", "Data to ", "not comparable", "survival clocks start at different"):
        assert said in slides_deck.CARE


def test_a_long_list_is_left_to_the_notebook_and_the_deck_says_so(seen, pages):
    slide, notes = seen.slides[-2], seen.notes[-2]
    assert slide.startswith("More in the notebook Many arms A long list: Median overall survival: ")
    assert re.search(r"months in \d+ arms of \d+ trials\.$", slide)
    assert notes == "These charts take more room than slides have."


def test_a_chart_left_out_is_told_where_its_question_has_other_slides():
    chart = mv.median_survival(mv.select(mv.load_trials(), agent="Tremelimumab"))
    question = {"text": "## A?\n\nText.\n\n", "question": True, "left": [(chart, "it is long")]}
    drawn = {"text": "", "question": False}
    kept = slides_deck._with_the_rest([question, drawn])
    assert [slide["question"] for slide in kept] == [True, False]
    said = f"Not on slides, as it is long; the notebook shows it:\n\n- {slides_deck._told_of(chart)}\n\n"
    assert kept[0]["text"] == f"## A?\n\nText.\n\n{said}"


def test_an_overview_may_take_more_slides_than_a_list():
    trials = mv.load_trials()
    listed, why = slides_deck._slides_of(mv.median_survival(trials[trials["arm_setting"].eq("pretreated")]))
    assert listed == [] and why == "it takes more than 2"
    overview, why = slides_deck._slides_of(mv.median_survival(trials, by="therapy_class"))
    assert 3 < len(overview) <= 6 and why == ""


def test_a_slide_does_not_speak_of_what_is_folded_under_a_chart(made):
    assert "folded" not in made


def test_the_finding_is_the_title_of_a_chart_and_sources_stand_on_its_slide(seen, pages):
    for number, (words, page) in enumerate(zip(seen.slides[3:], pages, strict=False), 1):
        assert words.startswith(f"{page.takeaway}. Maintenance ({number} of 2)")
        assert "Sources: " in words and "Not medical advice." in words


def test_the_notes_of_a_chart_say_how_to_read_it_and_every_number(seen, pages):
    for notes, page in zip(seen.notes[3:], pages, strict=False):
        assert notes.startswith("How to read this. Left to right.")
        for label in set(page.data["trial_label"]):
            assert label in notes


def test_the_list_of_sources_holds_all_of_the_deck(seen, pages):
    for page in pages:
        assert all(name in seen.slides[-1] for name in page.sources["citation"])


def test_code_is_hidden_and_pictures_have_alternative_text(made, seen, pages):
    assert "load_trials" not in made and "mv." not in made
    labels = [attrs["aria-labelledby"] for tag, attrs in seen.tags if tag == "svg"]
    told = [re.search(f'<desc id="{label}">(.*?)</desc>', made)[1] for label in labels]
    assert list(map(html.unescape, told)) == [page.alt for page in pages]
    assert seen.tags[0] == ("html", {"lang": "en"})


def test_no_two_elements_have_one_id_and_every_reference_finds_its_own(made, seen):
    ids = [attrs["id"] for _, attrs in seen.tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    used = re.findall(r'xlink:href="#([^"]+)"|url\(#([^)]+)\)', made)
    assert used and {"".join(pair) for pair in used} <= set(ids)


def test_nothing_is_loaded_but_what_lies_beside_the_deck(made, seen):
    loads = [attrs[name] for tag, attrs in seen.tags for name in ("src",) if name in attrs]
    loads += [attrs["href"] for tag, attrs in seen.tags if tag == "link"]
    assert sorted(loads) == [
        "deck.css", "reveal.js/dist/reset.css", "reveal.js/dist/reveal.css", "reveal.js/dist/reveal.js",
        "reveal.js/plugin/notes/notes.js",
    ]  # fmt: skip
    assert set(re.findall(r"url\([\"']?(\w+:)", made)) == {"data:"}
    assert not re.search(r"mathjax|require\.js|jquery|mermaid|fonts\.g", made, re.IGNORECASE)


def test_no_type_of_the_decks_is_below_18_points():
    css = (make_slides.HERE / "slides" / "deck.css").read_text(encoding="utf-8")
    sizes = [int(size) for size in re.findall(r"(?:font-size: |font: )(\d+)px", css)]
    assert len(sizes) > 3 and min(sizes) >= 24  # pixels


def test_long_text_goes_on_under_the_same_heading():
    items = [f"- Point {n}: {'word ' * 40}" for n in range(9)]
    slide = {"text": "## Key takeaways\n\n" + "\n".join(items), "question": True, "notes": ""}
    parts = [part["text"] for part in slides_deck._fitted(slide)]
    assert [part.split("\n")[0] for part in parts] == [
        "## Key takeaways", *["## Key takeaways (continued)"] * (len(parts) - 1)
    ]  # fmt: skip
    assert [line.strip() for part in parts for line in part.split("\n") if line.startswith("- ")] == [
        item.strip() for item in items
    ]
    assert len(parts) == 3
    (short,) = slides_deck._fitted({"text": "# One\n\nTwo.", "question": True})
    assert short["text"] == "# One\n\nTwo."


def test_many_sources_take_several_lists():
    names = [f"Somebody {year}" for year in range(1900, 2100)]
    parts = list(slides_deck._parts(names))
    assert [name for part in parts for name in part] == names
    assert len(parts) == 4 and all(len("; ".join(part)) <= slides_deck.LIST for part in parts)
