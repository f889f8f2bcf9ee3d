"""What every notebook must be, one function a rule: notebook node → list of complaints (empty when kept)."""

import ast
import html
import io
import itertools
import re
import tokenize
from html.parser import HTMLParser

import nbformat

MOST_BYTES, LONGEST_ALT = 4_000_000, 300
MOST_LINES, MOST_HIDDEN_LINES = 12, 22  # a question of the quiz needs room, and is read without its code
SECTIONS = (
    "Key takeaways",
    "What you need to know",
    "Learning goals",
    "The table behind it",
    "Limits",
    "Try it yourself",
    "Quiz",
    "Glossary",
    "Sources",
)
SLIDE_TYPES = {"slide", "subslide", "fragment", "skip", "notes", "-"}
FIGURE_REPR = "<Figure size 640x480 with 1 Axes>"
EMBEDDED = re.compile(r"data:image/[a-z+]+;base64,[A-Za-z0-9+/=]+")
ABSOLUTE_PATH = re.compile(r"(?<![\w/.:<~-])/(?:home|tmp|root|work|Users|usr|opt|var|mnt)/|\b[A-Za-z]:\\")
ADDRESS = re.compile(r"\b0x[0-9a-fA-F]{6,}")
UNITS = r"%|percent|per cent|(?:month|week|year|patient|trial|arm|death|response|publication)s?|people"
EVIDENCE_FIGURE = re.compile(rf"\d+[.,]\d|\b\d+\s*(?:{UNITS})(?!\w)|\b\d+ (?:of|out of) \d+|\bn\s*=\s*\d")
# Numbers that are no evidence: the usual interval level, a license, criteria, links, code.
NOT_EVIDENCE = re.compile(r"\b95\s?%|CC BY 4\.0|RECIST 1\.[01]|`[^`]*`|https?://\S+|\]\([^)]*\)")


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def outputs(notebook):
    """Every output with the number of its code cell, as JupyterLab shows it."""
    return [(n, output) for n, cell in enumerate(code_cells(notebook), 1) for output in cell.outputs]


def texts(notebook):
    """Every piece of text a reader or a diff sees, pictures left out."""
    found = [cell.source for cell in notebook.cells]
    for _, output in outputs(notebook):
        found += [str(output.get("text", "")), *map(str, output.get("traceback", []))]
        data = output.get("data", {})
        found += [EMBEDDED.sub("", str(data[kind])) for kind in data if not kind.startswith("image/")]
    return found


def headings(notebook):
    """(level, text, number of the cell) of every heading, written or computed, code blocks left out."""
    found = []
    for position, cell in enumerate(notebook.cells):
        written = [cell.source] if cell.cell_type == "markdown" else []
        written += [out.get("data", {}).get("text/markdown", "") for out in cell.get("outputs", [])]
        for source in written:
            prose = re.sub(r"^(```|~~~).*?^\1", "", source, flags=re.DOTALL | re.MULTILINE)
            marks = re.findall(r"^(#{1,6})\s+(.+?)\s*#*$", prose, flags=re.MULTILINE)
            found += [(len(mark), text.strip(), position) for mark, text in marks]
    return found


def statements(cell):
    """The statements of a code cell; a cell that is no plain Python has none."""
    try:
        return ast.parse(cell.source).body
    except SyntaxError:
        return []


class Images(HTMLParser):
    """Collects the alt text of every <img>; None where there is none."""

    def __init__(self, markup):
        super().__init__()
        self.alts = []
        self.feed(markup)

    def handle_starttag(self, tag, attrs):
        if tag == "img":
            self.alts.append(dict(attrs).get("alt"))


def is_executed(notebook):
    counts = [cell.execution_count for cell in code_cells(notebook)]
    return [] if counts == list(range(1, len(counts) + 1)) else [f"execution counts are {counts}, not 1 to n"]


def stores_outputs(notebook):
    complaints = [] if outputs(notebook) else ["the notebook stores no output"]
    for number, cell in enumerate(code_cells(notebook), 1):
        body = statements(cell)
        if body and isinstance(body[-1], ast.Expr) and not cell.outputs:
            complaints.append(f"cell {number} ends in a value but stores no output")
    return complaints


def runs_silently(notebook):
    bad = [(n, o) for n, o in outputs(notebook) if o.output_type == "error" or o.get("name") == "stderr"]
    return [f"cell {number} stores an error or a warning" for number, _ in bad]


def ends_a_line_in_semicolon(source):
    """True for a statement that ends in ';', which makes IPython hide its output; prose in quotes may."""
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(source).readline))
    except (tokenize.TokenError, SyntaxError):
        return ";" in source
    ends = (tokenize.NEWLINE, tokenize.COMMENT, tokenize.ENDMARKER)
    return any(one.string == ";" and after.type in ends for one, after in itertools.pairwise(tokens))


def hides_no_output(notebook):
    return [
        f"cell {number} has a line that ends in ';'"
        for number, cell in enumerate(code_cells(notebook), 1)
        if ends_a_line_in_semicolon(cell.source)
    ]


def ignores_no_cell(notebook):
    return [
        f"cell {number} is kept from being compared"
        for number, cell in enumerate(code_cells(notebook), 1)
        if re.search(r"#\s*(NBVAL_|PYTEST_VALIDATE)", cell.source)
        or re.search(r"nbval|raises-exception|skip-execution", " ".join(cell.metadata.get("tags", [])))
    ]


def has_short_cells(notebook):
    complaints = []
    for number, cell in enumerate(code_cells(notebook), 1):
        length = sum(bool(line.strip()) for line in cell.source.splitlines())
        hidden = cell.metadata.get("jupyter", {}).get("source_hidden")
        most = MOST_HIDDEN_LINES if hidden else MOST_LINES
        if not 0 < length <= most:
            complaints.append(f"cell {number} has {length} lines, not 1 to {most}")
    return complaints


def says_its_pictures(notebook):
    complaints = []
    for number, output in outputs(notebook):
        data = output.get("data", {})
        plain, markup = data.get("text/plain", ""), data.get("text/html", "")
        shows = any(kind.startswith("image/") for kind in data)
        if shows and (len(plain) <= len(FIGURE_REPR) or plain.startswith("<")):
            complaints.append(f"cell {number} shows a picture without its words")
        alts = Images(markup).alts
        if (shows and not alts) or not all(alt and len(html.unescape(alt)) <= LONGEST_ALT for alt in alts):
            complaints.append(
                f"cell {number} shows a picture without an alt text of 1 to {LONGEST_ALT} characters"
            )
    return complaints


def has_one_title(notebook):
    titles = [position for level, _, position in headings(notebook) if level == 1]
    return [] if titles == [0] else [f"H1 headings stand in cells {titles}, not once in the first"]


def skips_no_heading_level(notebook):
    levels = [level for level, _, _ in headings(notebook)]
    return [
        f"a heading of level {after} follows one of level {before}"
        for before, after in itertools.pairwise(levels)
        if after > before + 1
    ]


def has_the_sections(notebook):
    found = [text.lower() for _, text, _ in headings(notebook)]
    missing = [f"no heading '{name}'" for name in SECTIONS if name.lower() not in found]
    places = [found.index(name.lower()) for name in SECTIONS if name.lower() in found]
    return missing + ([] if places == sorted(places) else [f"the sections are not in order: {SECTIONS}"])


def imports_once(notebook):
    importing = [
        number
        for number, cell in enumerate(code_cells(notebook), 1)
        if any(isinstance(part, ast.Import | ast.ImportFrom) for part in statements(cell))
    ]
    complaints = [] if importing == [1] else [f"imports stand in cells {importing}, not in the first alone"]
    first = code_cells(notebook)[0].source if code_cells(notebook) else ""
    return complaints + ([] if ".load_" in first else ["the first cell loads no table"])


def has_slide_tags(notebook):
    return [
        f"cell {position} (from 0) has no slide tag"
        for position, cell in enumerate(notebook.cells)
        if cell.metadata.get("slideshow", {}).get("slide_type") not in SLIDE_TYPES
    ]


def has_ids(notebook):
    ids = [cell.get("id") for cell in notebook.cells]
    return [] if all(ids) and len(set(ids)) == len(ids) else ["cell ids are missing or not unique"]


def has_neutral_metadata(notebook):
    language, kernel = notebook.metadata.get("language_info", {}), notebook.metadata.get("kernelspec", {})
    complaints = [] if language.get("name") == "python" else ["language_info does not say python"]
    complaints += ["language_info names a version"] if "version" in language else []
    complaints += [] if kernel.get("name") == "python3" else ["the kernel is not python3"]
    timed = any("execution" in cell.metadata for cell in notebook.cells)
    return complaints + (["a cell stores execution times"] if timed else [])


def is_small(notebook):
    size = len(nbformat.writes(notebook).encode())
    return [] if size <= MOST_BYTES else [f"{size:,} bytes, more than {MOST_BYTES:,}"]


def names_no_machine(notebook):
    return [
        f"a path or an address of one machine: {match.group()!r} in {text[:60]!r}"
        for text in texts(notebook)
        for match in [ABSOLUTE_PATH.search(text) or ADDRESS.search(text)]
        if match
    ]


def types_no_evidence(notebook):
    lines = [
        NOT_EVIDENCE.sub("", line)
        for cell in notebook.cells
        if cell.cell_type == "markdown"
        for line in cell.source.splitlines()
    ]
    found = [(match.group(), line) for line in lines for match in EVIDENCE_FIGURE.finditer(line)]
    return [f"a figure typed into prose: {figure!r} in {line[:100]!r}" for figure, line in found]


RULES = (
    is_executed,
    stores_outputs,
    runs_silently,
    hides_no_output,
    ignores_no_cell,
    has_short_cells,
    says_its_pictures,
    has_one_title,
    skips_no_heading_level,
    has_the_sections,
    imports_once,
    has_slide_tags,
    has_ids,
    has_neutral_metadata,
    is_small,
    names_no_machine,
    types_no_evidence,
)
