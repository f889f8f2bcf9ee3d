"""What every notebook must be as teaching material: notebook node → list of complaints (empty when kept)."""

import ast
import re

from notebook_rules import code_cells, headings

from mesoviz._page._terms import TERMS

LEVELS = ("Easier", "Harder", "A challenge")
QUESTIONS, FEWEST_CHOICES = 5, 3
_COMPUTED = re.compile(r"\{[^}]*\}|95 %")
_FIGURE = re.compile(r"(?<![\w-])(?<![A-Z] )\d")  # but no part of a name, such as that of a trial
FOLDED = {"source_hidden": True, "outputs_hidden": True}
TASK = re.compile(rf"\*\*({'|'.join(LEVELS)}):\*\* \S")
GOAL = re.compile(r"^- (?!.*\*\*)\S", re.MULTILINE)
_MEANT = {word.casefold(): name for name, term in TERMS.items() for word in (name, *term.forms)}
_WORDS = "|".join(re.escape(word) for word in sorted(_MEANT, key=len, reverse=True))
_LINK = r"\[([^\]]*)\]\(#Glossary\)"
_TERM = re.compile(rf"{_LINK}|(?<![\w-])({_WORDS})(?![\w-])", re.IGNORECASE)
# Code, headings and links that lead elsewhere are no place for a link.
_NO_PLACE = re.compile(
    r"^(```|~~~).*?^\1|`[^`\n]*`|^#[^\n]*$|\[[^\]]*\]\((?!#Glossary\))[^)]*\)", re.M | re.S
)


def tags(cell):
    return cell.metadata.get("tags", [])


def section(notebook, name):
    """The cells from a heading of the second level to the next one."""
    starts = [place for level, _, place in headings(notebook) if level == 2] + [len(notebook.cells)]
    begins = [place for level, text, place in headings(notebook) if (level, text) == (2, name)]
    return [cell for begin in begins for cell in notebook.cells[begin : starts[starts.index(begin) + 1]]]


def says_what_it_teaches(notebook):
    cells = section(notebook, "Learning goals")
    goals = GOAL.findall(cells[0].source) if cells else []
    told = bool(cells) and "After this notebook you can" in cells[0].source
    return [] if told and 3 <= len(goals) <= 5 else [f"{len(goals)} learning goals, not 3 to 5"]


def has_three_solved_tasks(notebook):
    """A task in words, from easier to harder, and then its solution, folded."""
    cells = section(notebook, "Try it yourself")[1:]
    levels = [TASK.match(cell.source) for cell in cells[::2]]
    complaints = []
    if [level and level[1] for level in levels] != list(LEVELS):
        complaints.append(f"the tasks are not three, graded {LEVELS}")
    for number, cell in enumerate(cells[1::2], 1):
        if cell.cell_type != "code" or not {"solution", "hide-cell"} <= {*tags(cell)}:
            complaints.append(f"task {number} is not followed by a solution")
        elif cell.metadata.get("jupyter") != FOLDED:
            complaints.append(f"solution {number} is not folded")
        elif not cell.outputs:
            complaints.append(f"solution {number} shows nothing")
    if len(cells) != 2 * len(LEVELS):
        complaints.append(f"{len(cells)} cells of tasks and solutions, not {2 * len(LEVELS)}")
    return complaints


def has_five_answered_questions(notebook):
    """Each one call of `say`: a numbered question, its choices, and an answer that computes what it tells."""
    asked = [cell for cell in section(notebook, "Quiz") if cell.cell_type == "code"]
    complaints = [] if len(asked) == QUESTIONS else [f"{len(asked)} questions, not {QUESTIONS}"]
    for number, cell in enumerate(asked, 1):
        last = ast.parse(cell.source).body[-1]
        call = last.value if isinstance(last, ast.Expr) and isinstance(last.value, ast.Call) else None
        named = {word.arg: word.value for word in call.keywords} if call else {}
        if not call or ast.unparse(call.func) != "mv.say" or "answer" not in named:
            complaints.append(f"question {number} is no mv.say with an answer")
            continue
        question, answer = ast.literal_eval(call.args[0]).strip(), ast.literal_eval(named["answer"])
        if not question.startswith(f"**{number}. "):
            complaints.append(f"question {number} is not numbered")
        if len(re.findall(r"^\s*- \S", question, re.MULTILINE)) < FEWEST_CHOICES:
            complaints.append(f"question {number} has fewer than {FEWEST_CHOICES} choices")
        typed = _FIGURE.search(_COMPUTED.sub("", question.removeprefix(f"**{number}. ") + answer))
        if typed or "{" not in answer:
            complaints.append(f"question {number} types a figure, or computes none in its answer")
        if cell.metadata.get("jupyter") != {"source_hidden": True}:
            complaints.append(f"question {number} shows its own answer as code")
    return complaints


def glossary_terms(notebook):
    """What the notebook's glossary lists."""
    calls = [
        node
        for cell in code_cells(notebook)
        for node in ast.walk(ast.parse(cell.source))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "mv.glossary"
    ]
    return [ast.literal_eval(argument) for call in calls for argument in call.args]


def links_its_terms(notebook):
    """Each term of the glossary is linked to it where the notebook's prose first uses it, and only there."""
    terms, complaints = glossary_terms(notebook), []
    used = set()
    for cell in notebook.cells:
        if cell.cell_type != "markdown":
            continue
        for linked, plain in _TERM.findall(_NO_PLACE.sub(" ", cell.source)):
            name = _MEANT.get((linked or plain).casefold())
            if linked and name not in terms:
                complaints.append(f"{linked!r} is no term of this glossary")
            elif linked and name in used:
                complaints.append(f"{linked!r} is linked twice, or late")
            elif plain and name in terms and name not in used:
                complaints.append(f"{name!r} is not linked where it is first used: {cell.source[:60]!r}")
            used.add(name)
    return complaints + [f"{name!r} is never used" for name in terms if name not in used]


RULES = (says_what_it_teaches, has_three_solved_tasks, has_five_answered_questions, links_its_terms)
