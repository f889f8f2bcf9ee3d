"""Hostile input: whatever a table, a name or an address holds is shown as it is and never acts."""

import re
import unicodedata
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit
from xml.etree import ElementTree

import nbformat
import pandas as pd
import pytest
from hostile import ADDRESSES, DRAWN, PAYLOADS, evidence, figures, notebook_of, readable
from nbconvert import HTMLExporter, SlidesExporter

import mesoviz as mv
from mesoviz import cli
from mesoviz._export import _choose, _index
from mesoviz._notebooks._run import Shown
from mesoviz._page import _links, _words

ROOT = Path(__file__).parents[1]
TURNING = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}


def acts(text):
    """The characters of a text that steer a terminal, turn the text around them, or are no characters."""
    return {
        letter
        for letter in text
        if unicodedata.category(letter) in ("Cc", "Cs") or unicodedata.bidirectional(letter) in TURNING
    }


@pytest.fixture(scope="module")
def hostile():
    return evidence()


@pytest.fixture(scope="module")
def charts(hostile):
    return figures(hostile)


@pytest.fixture(scope="module")
def table(hostile):
    return readable(hostile)


@pytest.fixture(scope="module")
def notebook(charts, table):
    return notebook_of([*(charts[name] for name in DRAWN), table])


class Page(HTMLParser):
    """What could act on a page: scripts, handlers, addresses, tags."""

    def __init__(self, text):
        super().__init__()
        self.scripts, self.handlers, self.links, self.loads, self.tags = [], [], [], [], set()
        self._script = False
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self._script = tag == "script"
        for name, value in attrs:
            if name.startswith("on") or name == "srcdoc":
                self.handlers.append((tag, name, value))
            elif name == "href" and tag == "a":
                self.links.append(value)
            elif name in ("src", "href", "data", "action", "xlink:href"):
                self.loads.append(value)

    def handle_data(self, data):
        if self._script:
            self.scripts.append(data)
            self._script = False


def test_the_words_of_every_figure_steer_no_terminal_and_turn_no_text(charts):
    for name, chart in charts.items():
        for words in (chart.title, chart.alt, chart.text.replace("\n", "")):
            assert not acts(words), name
    assert sum("<script>" in chart.text for chart in charts.values()) > 9  # the payloads are there, as words


def test_the_words_of_a_table_and_of_prose_steer_no_terminal(table):
    said = mv.say("{x}", x=list(PAYLOADS))
    for words in (table.text.replace("\n", ""), said.plain, said.markdown):
        assert not acts(words) and "script" in words


@pytest.mark.parametrize("template", ["lab", "classic", "slides"])
def test_an_exported_notebook_holds_no_script_handler_or_address_of_the_data(notebook, template):
    exporter = SlidesExporter() if template == "slides" else HTMLExporter(template_name=template)
    empty = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("x")])
    blank, page = (Page(exporter.from_notebook_node(one)[0]) for one in (empty, notebook))
    assert page.scripts == blank.scripts and page.handlers == blank.handlers
    added = [address for address in page.loads if address not in blank.loads]
    assert added and all(address.startswith("data:image/png;base64,") for address in added)
    targets = [urlsplit(address) for address in page.links if not address.startswith("#")]
    assert targets and {target.scheme for target in targets} == {"https"}
    assert {target.netloc for target in targets} <= _links.REFERENCE_HOSTS | _links.project_hosts()
    assert (
        not page.tags & {"object", "embed", "form", "math", "base"} and "iframe" not in page.tags - blank.tags
    )


@pytest.mark.parametrize("name", DRAWN)
def test_an_svg_is_whole_and_holds_no_script_handler_or_address(charts, name, tmp_path):
    tree = ElementTree.parse(charts[name].save(tmp_path / "x.svg"))
    for element in tree.getroot().iter():
        assert element.tag.rpartition("}")[2] not in ("script", "a", "image", "foreignObject", "iframe")
        for attribute, value in element.attrib.items():
            bare = attribute.rpartition("}")[2]
            assert not bare.startswith("on") and (bare != "href" or value.startswith("#"))
    words = "".join(tree.getroot().itertext())
    assert not acts(words.replace("\n", ""))


def test_the_figure_pack_bears_no_markup_in_its_page_and_the_names_of_its_files(charts):
    shown = [
        Shown(payload, 1, "c", payload, chart, payload)
        for payload, chart in zip(PAYLOADS, (*charts.values(),) * 2, strict=False)
    ]
    found = _choose.figures(shown)
    assert all(re.fullmatch(r"[a-z0-9-]+", figure.name) for figure in found)
    records = [
        {
            **{"name": one.name, "title": one.chart.title, "takeaway": one.chart.text, "sources": 1},
            **{
                "notebook": one.shown.notebook,
                "notebook_title": one.shown.title,
                "section": one.shown.heading,
            },
            "files": {f"{one.name}/slide-1.svg": {"size": "slide", "alt": one.chart.alt}},
        }
        for one in found
    ]
    page = Page(_index.page(records))
    assert not page.scripts and not page.handlers
    assert set(page.loads) == {f"{one.name}/slide-1.svg" for one in found}
    anchors = {f"#{payload}" for payload in PAYLOADS}
    assert {address for address in page.links if address.startswith("#")} == anchors
    assert {address for address in page.links if not address.startswith("#")} == set(page.loads)


@pytest.mark.parametrize("address", ADDRESSES)
def test_no_other_address_becomes_a_link(address):
    assert _links.web(address) is None
    assert _links.declared(address, {"evil.example.com", "localhost", "127.0.0.1"}) is None
    assert _links.beside(address) is None


@pytest.mark.parametrize(
    ("address", "link"),
    [
        ("https://doi.org/10.1000/x(1)", True),
        ("https://DOI.org/10.1000/x", True),
        ("https://pubmed.ncbi.nlm.nih.gov/1/", True),
        ("https://clinicaltrials.gov/study/NCT00000000?a=b#c", True),
        ("https://aacrjournals.org", True),
        ("https://declared.example.com/x", True),
        ("https://sub.doi.org/x", False),
        ("https://doi.org.evil.com/x", False),
        ("https://evil.com/doi.org", False),
        ("https://evil.com#doi.org", False),
    ],
)
def test_only_declared_hosts_become_links_of_a_table(address, link):
    assert (_links.declared(address, {"declared.example.com"}) == address) is link


@pytest.mark.parametrize(
    ("address", "link"),
    [
        ("08-claims.ipynb#What-was-claimed?", True),
        ("../data/claims.csv", True),
        ("a/b.csv", True),
        ("a/../../etc/passwd", False),
        ("../../etc/passwd", False),
        ("..", False),
        ("./x", False),
        ("a//b", False),
        ("/etc/passwd", False),
        ("~/x", False),
        ("C:\\x", False),
        ("a\nb", False),
    ],
)
def test_only_files_beside_or_one_level_above_become_links(address, link):
    assert (_links.beside(address) == address) is link


def test_a_host_is_compared_whole():
    frame = pd.DataFrame({"a": ["x"], "u": ["https://ample.com/"]})
    assert "<a " not in mv.table(frame, id="t", links={"a": "u"}, hosts="example.com").markup


def test_the_cleaner_takes_out_what_acts_and_nothing_else():
    for letter in [*map(chr, range(0xA0)), *"\u061c\u200e\u200f\u202a\u202e\u2028\u2066\u2069\ud800\uffff"]:
        expected = letter if letter.isprintable() else " "
        assert _words.clean(f"a{letter}b") == f"a{expected}b", ascii(letter)


def test_letters_of_all_alphabets_stay():
    text = "Ä é\u0301 شريط תרופה 治療 😀 👩\u200d🔬 no\u00a0break a\u00adb"
    assert _words.clean(text) == text


def as_name(payload):
    """What of a payload may stand in a file's name."""
    return re.sub(r"[/\x00]", "", payload)


def test_notebooks_with_hostile_names_and_headings_are_only_found(tmp_path):
    for i, payload in enumerate(PAYLOADS):
        cell = nbformat.v4.new_markdown_cell(f"# {payload}\n\nCAR T cells")
        nbformat.write(nbformat.v4.new_notebook(cells=[cell]), tmp_path / f"{i}{as_name(payload)}.ipynb")
    found = mv.where(["CAR T cells"], folder=tmp_path)
    shown = mv.table(found, id="t", links={"section": "link"})
    assert (
        len(found) == len(PAYLOADS)
        and not Page(shown.markup).links
        and not acts(shown.text.replace("\n", ""))
    )


@pytest.mark.parametrize("payload", PAYLOADS)
def test_messages_about_a_hostile_file_steer_no_terminal(payload, tmp_path, capsys):
    path = tmp_path / f"{as_name(payload)}.csv"
    header, *rows = (ROOT / "data" / "therapies.csv").read_text(encoding="utf-8").splitlines()
    first = payload.replace("\x00", "").replace('"', '""')
    path.write_text(
        "\n".join([f'{header},"{first}"', f'"{first}",{rows[0]}', *rows[1:], ""]), encoding="utf-8"
    )
    assert cli.main(["check", str(path)]) == 1
    with pytest.raises(mv.DataError) as caught:
        mv.load_therapies(path)
    for words in (capsys.readouterr().out, str(caught.value), *caught.value.problems["message"]):
        assert not acts(words.replace("\n", ""))


def test_refusals_of_hostile_frames_steer_no_terminal(hostile):
    trials = hostile["trials"].head(2).assign(trial=PAYLOADS[13], arm=PAYLOADS[14])
    for call in (
        lambda: mv.median_survival(trials),
        lambda: mv.median_survival(hostile["trials"], PAYLOADS[13]),
        lambda: mv.median_survival(hostile["trials"], by=PAYLOADS[14]),
        lambda: mv.table(trials, id=PAYLOADS[13]),
        lambda: mv.table(trials, id="t", group=PAYLOADS[14]),
        lambda: mv.select(hostile["trials"], agent=PAYLOADS[13]),
        lambda: mv.pool(hostile["comparisons"][hostile["comparisons"]["endpoint"].eq("OS")]),
        lambda: mv.survival_curves(hostile["curves"], trial=PAYLOADS[14]),
        lambda: mv.say("{x:\x1b[31m}", x=1),
    ):
        with pytest.raises(ValueError) as caught:
            call()
        assert not acts(str(caught.value))
