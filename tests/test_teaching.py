"""Every notebook teaches by the rules, and every rule notices a notebook that breaks it."""

from pathlib import Path

import nbformat
import pytest
import teaching_rules as rules

NOTEBOOKS = sorted((Path(__file__).resolve().parents[1] / "notebooks").glob("0[0-9]-*.ipynb"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
@pytest.mark.parametrize("rule", rules.RULES, ids=lambda rule: rule.__name__)
def test_a_notebook_keeps_the_rule(path, rule):
    assert rule(nbformat.read(path, as_version=4)) == []


def solution(number):
    shown = nbformat.v4.new_output("execute_result", data={"text/plain": "2"}, execution_count=1)
    cell = nbformat.v4.new_code_cell(f"{number} + 1", outputs=[shown])
    cell.metadata.update(tags=["solution", "hide-cell"], jupyter=dict(rules.FOLDED))
    return cell


def question(number):
    source = f'mv.say("**{number}. Which?**\\n\\n- a\\n- b\\n- {{n}}", answer="{{n}}, at 95 %.", n=1)'
    return nbformat.v4.new_code_cell(source, metadata={"jupyter": {"source_hidden": True}})


@pytest.fixture
def good():
    goals = "## Learning goals\n\nAfter this notebook you can\n\n- read\n- tell\n- say"
    tasks = [f"**{level}:** Count." for level in rules.LEVELS]
    markdown = nbformat.v4.new_markdown_cell
    cells = [markdown("# Title"), markdown(goals), markdown("## Try it yourself")]
    for number, task in enumerate(tasks):
        cells += [markdown(task), solution(number)]
    cells += [markdown("## Quiz"), *(question(number) for number in range(1, 6)), markdown("## Sources")]
    return nbformat.v4.new_notebook(cells=cells)


def test_a_good_notebook_keeps_every_rule(good):
    assert [rule(good) for rule in rules.RULES] == [[], [], [], []]


def no_goals(notebook):
    notebook.cells[1].source = "## Learning goals\n\nAfter this notebook you can\n\n- read"


def no_challenge(notebook):
    del notebook.cells[7:9]


def order_of_tasks(notebook):
    notebook.cells[3].source, notebook.cells[5].source = notebook.cells[5].source, notebook.cells[3].source


def task_without_a_solution(notebook):
    notebook.cells[4] = nbformat.v4.new_markdown_cell("See above.")


def solution_unfolded(notebook):
    notebook.cells[4].metadata.pop("jupyter")


def solution_shows_nothing(notebook):
    notebook.cells[6].outputs = []


def four_questions(notebook):
    del notebook.cells[10]


def question_without_an_answer(notebook):
    notebook.cells[10].source = 'mv.say("**1. Which?**\\n\\n- a\\n- b\\n- c")'


def two_choices(notebook):
    notebook.cells[10].source = 'mv.say("**1. Which?**\\n\\n- a\\n- b", answer="{n}", n=1)'


def typed_figure(notebook):
    notebook.cells[10].source = 'mv.say("**1. Which?**\\n\\n- a\\n- b\\n- 12", answer="{n}", n=1)'


def answer_that_computes_nothing(notebook):
    notebook.cells[10].source = 'mv.say("**1. {n}?**\\n\\n- a\\n- b\\n- c", answer="a", n=1)'


def answer_in_plain_sight(notebook):
    notebook.cells[10].metadata.pop("jupyter")


GOALS, TASKS, QUIZ = rules.RULES[:3]
BREAKAGES = [(GOALS, no_goals)]
BREAKAGES += [(TASKS, change) for change in (no_challenge, order_of_tasks, task_without_a_solution)]
BREAKAGES += [(TASKS, change) for change in (solution_unfolded, solution_shows_nothing)]
BREAKAGES += [(QUIZ, change) for change in (four_questions, question_without_an_answer, two_choices)]
BREAKAGES += [
    (QUIZ, change) for change in (typed_figure, answer_that_computes_nothing, answer_in_plain_sight)
]


@pytest.mark.parametrize(("rule", "breakage"), BREAKAGES, ids=lambda one: one.__name__)
def test_a_rule_notices_what_breaks_it(good, rule, breakage):
    breakage(good)
    assert rule(good) != []
