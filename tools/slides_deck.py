"""A deck as a notebook of slides: what a notebook shows, drawn for a screen, one chart a slide."""

import base64
import html
import io
import re
from pathlib import Path

import matplotlib as mpl
import nbformat
import pandas as pd
from fontTools import subset
from fontTools.ttLib import TTFont
from nbconvert.filters.markdown import markdown2html

from mesoviz._notebooks import _run
from mesoviz._page import _pages, _style, _words
from mesoviz._page._chart import Chart
from mesoviz._page._readable import Table
from mesoviz._page._say import Words, escape

ROWS = 12  # on a slide
# The most slides of a chart, by what its rows are: longer ones are left to the notebook, whatever they show.
MOST = {"therapy_class": 6, "lead_class": 6, "arm": 2}
OTHERS = 3
LIST = 900  # characters of a slide that lists sources
CARE = f"Not medical advice. Data to {_words.DATA_TO}. {_words.CAVEAT}"
CARE_LINES = 4  # of the first and the last slide, which say it
LINE, LINES = 66, 17.5  # characters of a line of text, and lines of a slide, its heading included
FONTS = Path(mpl.get_data_path()) / "fonts" / "ttf"
_ANCHOR = re.compile(r'<a class="anchor-link".*?</a>')
_GLOSSARY = re.compile(r"\[([^\]]*)\]\(#Glossary\)")  # it stands in the notebook alone
TABLE = "A table goes with this: it stands in the notebook."


def deck(path):
    """The notebook of slides made from a notebook, whose `slide` cells begin new slides."""
    shown = {}
    for one in _run.shown(path):
        shown.setdefault(one.cell, []).append(one.value)
    slides, cited = [], {}
    for cell in _run.read(path)["cells"]:
        kind = cell["metadata"].get("slideshow", {}).get("slide_type")
        if kind == "skip":
            continue
        if kind == "notes":
            for slide in _latest(slides):
                slide["notes"] = f"{cell['source']}\n\n{slide['notes']}"
        elif cell["cell_type"] == "markdown":
            if kind == "slide" or not slides or not slides[-1]["question"]:
                slides.append({"text": "", "question": True, "notes": ""})
            slides[-1]["text"] += _GLOSSARY.sub(r"\1", f"{cell['source']}\n\n")
        for value in shown.get(cell.get("id"), []) if cell["cell_type"] == "code" else []:
            if isinstance(value, Chart):
                pages, why = _slides_of(value)
                slides += [_chart_slide(page, f"s{len(slides) + i}") for i, page in enumerate(pages)]
                if why:
                    question = next(slide for slide in reversed(slides) if slide["question"])
                    question.setdefault("left", []).append((value, why))
                else:
                    cited |= dict.fromkeys(value.sources["citation"].dropna())
            elif slides[-1]["question"] and (told := _told(value, slides[-1]["text"])):
                slides[-1] |= {"text": slides[-1]["text"] + told, "told": True}
    slides = _with_the_rest(slides)
    slides += [_list_slide(part) for part in _parts(sorted(cited, key=str.casefold))]
    slides = [part for i, slide in enumerate(slides) for part in _fitted(slide, CARE_LINES * (not i))]
    slides[0]["care"] = slides[-1]["care"] = True
    cells = [cell for slide in slides for cell in _cells(slide)]
    notebook = nbformat.v4.new_notebook(cells=cells)
    title = re.match(r"# (.+)", slides[0]["text"])
    notebook.metadata["title"] = title[1] if title else Path(path).stem
    notebook.metadata["fonts"] = fonts("".join(slide.get("svg", "") + slide["text"] for slide in slides))
    return notebook


def _slides_of(chart):
    """The chart on as many slides as it takes; or none, and why: no chart is left out for what it shows."""
    style = _style.PAGES["slide"]
    pages = _pages.pages(chart, style, rows=ROWS, takeaway=True)
    if pages[0]._style.width > style.width:
        return [], "its type would be too small to be read from afar"
    most = MOST.get(chart.keys[-1], OTHERS) if chart.keys else OTHERS
    return ([], f"it takes more than {most}") if len(pages) > most else (pages, "")


def _with_the_rest(slides):
    """What charts that the deck leaves out show: with their question, or at the end where it has no other."""
    kept, rest = [], ""
    for slide, after in zip(slides, [*slides[1:], None], strict=True):
        left = slide.pop("left", [])
        if left and not slide.get("told") and (after is None or after["question"]):
            question = slide["text"].partition("\n")[0].lstrip("# ")
            rest += f"- **{question}** {' '.join(_told_of(chart) for chart, _ in left)}\n\n"
            continue
        for why in dict.fromkeys(why for _, why in left):
            slide["text"] += f"Not on slides, as {why}; the notebook shows it:\n\n"
            slide["text"] += "".join(f"- {_told_of(chart)}\n\n" for chart, other in left if other == why)
        kept.append(slide)
    if rest:
        text = f"## More in the notebook\n\n{rest}"
        kept.append(
            {"text": text, "question": True, "notes": "These charts take more room than slides have."}
        )
    return kept


def _told_of(chart):
    return f"{escape(chart.title)}: {escape(chart.takeaway)}."


def _latest(slides):
    """The slides that a note is about: the charts of the last question, else the question itself."""
    at = max((i for i, slide in enumerate(slides) if slide["question"]), default=0)
    return slides[at + 1 :] or slides[at:]


def _told(value, before):
    """What else a cell shows, as a slide says it: words; of tables, once, where they stand."""
    if isinstance(value, Words):
        return f"{value.markdown}\n\n"
    return f"{TABLE}\n\n" if isinstance(value, Table | pd.DataFrame) and TABLE not in before else ""


def _chart_slide(page, name):
    """A page as it is drawn, its words as the speaker's notes; its title is text for a screen reader, too."""
    told = "\n\n".join(escape(line) for line in page.text.split("\n"))
    return {"svg": inline(page, name), "text": page.title, "question": False, "notes": told}


def inline(page, name):
    """The picture as part of a page of HTML: no two pictures of the page may use one name."""
    svg = page._bytes("svg").decode()
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg[svg.index("<svg ") :], flags=re.DOTALL)
    svg = re.sub(r'\bid="', f'id="{name}-', svg)
    svg = re.sub(r'(xlink:href="#|url\(#|aria-labelledby=")', rf"\g<1>{name}-", svg)
    return re.sub(r'^(<svg [^>]*?)\bheight="[^"]*"([^>]*?)\bwidth="[^"]*"', r"\1\2", svg)


def _parts(cited):
    """The citations on as many lists as a slide has room for, one at least."""
    part = [] if cited else ["the notebook lists them"]
    for name in cited:
        if part and len("; ".join([*part, name])) > LIST:
            yield part
            part = []
        part.append(name)
    if part:
        yield part


def _list_slide(cited):
    text = f"## Sources\n\n{escape('; '.join(cited))}. Data to {_words.DATA_TO}."
    return {"text": text, "question": True, "small": True, "notes": "The notebooks list them in full."}


def _fitted(slide, taken=0):
    """A slide of text on as many slides as it needs, each under its heading, told by the lines it takes.

    Some lines may be `taken` by what stands below the text.
    """
    if not slide["question"]:
        return [slide]
    heading, _, rest = slide["text"].partition("\n\n")
    room = LINES - taken - 2 * -(-len(heading) // 45)
    parts, free = [[]], room
    for block in re.split(r"\n\n|\n(?=- )", rest.strip()):
        lines = 0.5 + -(-len(block) // LINE)
        if lines > free and parts[-1]:
            parts.append([])
            free = room
        parts[-1].append(block)
        free -= lines
    titles = [heading, *[f"{heading} (continued)"] * (len(parts) - 1)]
    texts = ["\n\n".join([title, *part]) for title, part in zip(titles, parts, strict=True)]
    return [{**slide, "text": text} for text in texts]


def _cells(slide):
    """A slide as a cell that shows its HTML, and one with its notes."""
    if slide["question"]:
        kind = "text small" if slide.get("small") else "text"
        words = _ANCHOR.sub("", markdown2html(slide["text"]))
        care = f'<p class="care">{html.escape(CARE)}</p>' if slide.get("care") else ""
        body = f'<div class="{kind}">{words}</div>{care}'
    else:
        title = html.escape(slide["text"].replace("\n", ". "))
        body = f'<h2 class="hidden">{title}</h2><div class="chart">{slide["svg"]}</div>'
    shown = nbformat.v4.new_output("display_data", data={"text/html": body})
    cell = nbformat.v4.new_code_cell(outputs=[shown])
    cell.metadata["slideshow"] = {"slide_type": "slide"}
    notes = nbformat.v4.new_markdown_cell(slide["notes"])
    notes.metadata["slideshow"] = {"slide_type": "notes"}
    return [cell, notes] if slide["notes"].strip() else [cell]


def fonts(text):
    """The font that figures are measured with, its letters of this deck alone, as part of a style sheet."""
    letters = {ord(letter) for letter in html.unescape(text)} | set(range(32, 127))
    rules = []
    for name, weight in (("DejaVuSans.ttf", "normal"), ("DejaVuSans-Bold.ttf", "bold")):
        font = TTFont(FONTS / name, recalcTimestamp=False)
        chosen = subset.Subsetter(subset.Options(notdef_outline=True, drop_tables=["FFTM"]))
        chosen.populate(unicodes=letters)
        chosen.subset(font)
        font.flavor, stream = "woff", io.BytesIO()
        font.save(stream)
        data = base64.b64encode(stream.getvalue()).decode()
        rules.append(
            f'@font-face {{ font-family: "DejaVu Sans"; font-weight: {weight}; '
            f'src: url("data:font/woff;base64,{data}") format("woff"); }}'
        )
    return "\n".join(rules)
