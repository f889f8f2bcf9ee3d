"""Write the computed pages of the site: home, trials, therapies, functions."""

import inspect
import shutil
from pathlib import Path

import jinja2
import yaml
from markupsafe import Markup

import mesoviz
from mesoviz._page import _say, _words
from site_builder import entries

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "docs" / "site" / "pages"
# The home page's pictures: the charts of these cells.
AT_A_GLANCE = ("00-11", "00-14", "04-19")
# The rooms of the package, as headings for those who call it.
_ROOMS = {
    "_tables": "Load and check",
    "_checks": "Load and check",
    "_figures": "Draw",
    "_explore": "Draw",
    "_estimates": "Pool",
    "_page": "Style, words and tables",
}
LICENSE = "CC BY 4.0"


def environment():
    """Jinja's, in which every text is escaped: as HTML, or with `markdown` as a heading."""
    loader = jinja2.FileSystemLoader(TEMPLATES)
    found = jinja2.Environment(loader=loader, autoescape=True, undefined=jinja2.StrictUndefined)
    found.filters["markdown"] = lambda text: Markup(_say.escape(str(text)))
    return found


def chart_html(figure, root="../"):
    """One chart with its downloads, its citation and its words; `root` leads to the site's root."""
    return environment().get_template("chart.html").module.chart(figure, root, citation(figure))


def citation(figure):
    """How to cite one chart: everything but the address, which differs with where the site stands."""
    about = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    authors = _words.listing(author["name"] for author in about["authors"])
    return (
        f"{authors}. {_words.sentence(figure.title)} Chart in {about['title']}, version {about['version']}; "
        f"data to {_words.DATA_TO}. {LICENSE}."
    )


def write(target, evidence, figures, notebooks):
    """Write the computed pages into `target`. `notebooks` maps the names of notebooks to their titles."""
    trials = entries.trials(evidence, figures)
    for entry in trials:
        entry["letter"] = entry["label"][0].upper() if entry["label"][0].isalpha() else "0 to 9"
    glance = {figure.cell: figure for figure in figures if figure.cell in AT_A_GLANCE}
    contents = {
        "index.md": {
            "numbers": numbers(evidence),
            "charts": glance,
            "citations": {cell: citation(figure) for cell, figure in glance.items()},
            "notebooks": notebooks,
            "tables": [path.name for path in tables()],
            "data_to": _words.DATA_TO,
        },
        "trials.md": {"trials": trials},
        "therapies.md": {"therapies": entries.therapies(evidence, figures)},
    }
    for name, values in contents.items():
        _write(target / name, name, values)
    groups = functions()
    _write(target / "api" / "index.md", "functions.md", {"groups": groups, "version": mesoviz.__version__})
    for function in (function for group in groups.values() for function in group):
        _write(target / "api" / f"{function['name']}.rst", "function.rst", function)


def _write(path, template, values):
    path.parent.mkdir(exist_ok=True)
    text = environment().get_template(template).render(values)
    path.write_text(text, encoding="utf-8", newline="\n")


def tables():
    """The files of the evidence, to be had from the site."""
    return [*sorted((ROOT / "data").glob("*.csv")), ROOT / "data" / "datapackage.json"]


def numbers(evidence):
    """The evidence at a glance, counted."""
    arms = evidence.trials
    trials = arms.drop_duplicates("trial")
    randomized = trials[trials["design"].eq("randomized")]
    met = randomized["primary_endpoint_met"]
    return {
        "trials": len(trials),
        "patients": int(arms["patients"].sum() + trials["unassigned"].sum()),
        "agents": int(evidence.therapies.groupby(["therapy_class", "agent"]).ngroups),
        "randomized": len(randomized),
        "met": int(met.eq(True).sum()),
        "failed": int(met.eq(False).sum()),
        "sources": len(evidence.sources),
    }


def functions():
    """Every function and class that the package offers, by headings, with the directive that documents it."""
    found = {}
    for name, home in mesoviz._HOMES.items():
        value = getattr(mesoviz, name)
        directive = "autofunction"
        if inspect.isclass(value):
            directive = "autoexception" if issubclass(value, Exception) else "autoclass"
        summary = inspect.getdoc(value).partition("\n")[0]
        entry = {"name": name, "directive": directive, "summary": summary}
        found.setdefault(_ROOMS[home.partition(".")[0]], []).append(entry)
    return found


def stage_texts(target):
    """Copy the Sphinx source, the project's own documents and the tables."""
    shutil.copytree(ROOT / "docs" / "site", target, ignore=shutil.ignore_patterns("pages", "__pycache__"))
    shutil.copytree(ROOT / "data", target / "data")
    downloads = target / "_extra" / "data"
    downloads.mkdir(parents=True)
    for path in tables():
        shutil.copy(path, downloads)
    (target / "docs").mkdir()
    for path in sorted((ROOT / "docs").glob("*.md")):
        shutil.copy(path, target / "docs")
    shutil.copy(ROOT / "CITATION.cff", target)
