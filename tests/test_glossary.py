"""The glossary: definitions hold no figures, and each notebook links its terms where it first uses them."""

import re
from pathlib import Path

import nbformat
import pytest
import teaching_rules as rules

import mesoviz as mv
from mesoviz._page._terms import TERMS

NOTEBOOKS = sorted((Path(__file__).resolve().parents[1] / "notebooks").glob("0[0-9]-*.ipynb"))


@pytest.mark.parametrize("name", TERMS)
def test_a_definition_is_a_sentence_without_figures(name):
    term = TERMS[name]
    assert term.meaning[0].isupper() and term.meaning.endswith(".")
    assert not re.search(r"\d", re.sub("[²]", "", term.meaning))
    assert len(term.meaning) <= 320


def test_a_word_belongs_to_one_term():
    words = [word.casefold() for name, term in TERMS.items() for word in (name, *term.forms)]
    assert sorted(words) == sorted(set(words))


def test_the_glossary_lists_what_is_asked_for_in_alphabetical_order():
    shown = mv.glossary("partial response", "Hazard ratio".lower())
    assert [line[:15] for line in str(shown).splitlines()] == ["- Hazard ratio:", "- Partial respo"]
    assert "**Hazard ratio**: How fast" in shown.markdown
    assert str(shown).endswith("(After RECIST 1.1.)")
    assert len(str(mv.glossary()).splitlines()) == len(TERMS)


def test_an_unknown_term_is_refused():
    with pytest.raises(ValueError, match=r"no definition of 'cure'; there is one of .*hazard ratio"):
        mv.glossary("hazard ratio", "cure")
    with pytest.raises(ValueError, match=r"no definition of \["):
        mv.glossary(["hazard ratio"])


def notebook(*sources, listed=("hazard ratio",)):
    cells = [nbformat.v4.new_markdown_cell(source) for source in sources]
    names = ", ".join(map(repr, listed))
    return nbformat.v4.new_notebook(cells=[*cells, nbformat.v4.new_code_cell(f"mv.glossary({names})")])


@pytest.mark.parametrize(
    ("notebook", "complaint"),
    [
        (notebook("A [hazard ratio](#Glossary) is a hazard ratio."), None),
        (notebook("# Hazard ratio\n\n`hazard ratio`, then [Hazard ratios](#Glossary)"), None),
        (
            notebook("A hazard ratio, then a [hazard ratio](#Glossary)."),
            "is not linked where it is first used",
        ),
        (notebook("Hazard ratios."), "is not linked where it is first used"),
        (notebook("Nothing."), "is never used"),
        (notebook("[hazard ratio](#Glossary) [arms](#Glossary)"), "'arms' is no term of this glossary"),
        (notebook("A [hazard](#Glossary) [hazard ratio](#Glossary)."), "'hazard' is no term"),
        (notebook("[hazard ratio](#Glossary), and once more [hazard ratio](#Glossary)"), "linked twice"),
    ],
)
def test_a_link_that_is_missing_or_leads_nowhere_is_noticed(notebook, complaint):
    complaints = rules.links_its_terms(notebook)
    assert (complaints == []) if complaint is None else any(complaint in one for one in complaints)


def test_the_longest_term_is_the_one_meant():
    cells = "[Disease control](#Glossary), then a [control](#Glossary)."
    assert rules.links_its_terms(notebook(cells, listed=("control arm", "disease control"))) == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_links_each_term_where_it_first_uses_it(path):
    assert rules.links_its_terms(nbformat.read(path, as_version=4)) == []
