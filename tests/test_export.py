"""The figure pack: whole files, true checksums, embedded fonts, words that agree; nothing is drawn twice."""

import csv
import hashlib
import io
import json
import re
import signal
import subprocess
import sys
import time
from html.parser import HTMLParser

import nbformat
import pandas as pd
import pypdf
import pytest
from PIL import Image

import mesoviz as mv
from mesoviz import cli
from mesoviz._export import _choose, _files, _index
from mesoviz._export._pack import make
from mesoviz._notebooks import _run

CODE = """import mesoviz as mv

trials = mv.load_trials()
chosen = mv.select(trials, agent=["Tremelimumab", "Vorinostat"])
mv.median_survival(chosen, title="Two drugs: survival")
---
mv.best_response(chosen, title="Two drugs: response")
---
chosen.head(1)"""


def write(path, code):
    cells = [nbformat.v4.new_markdown_cell("# Which drugs?")]
    cells += [nbformat.v4.new_code_cell(source.strip()) for source in code.split("---")]
    path.write_text(nbformat.writes(nbformat.v4.new_notebook(cells=cells)), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def notebook(tmp_path_factory):
    return write(tmp_path_factory.mktemp("book") / "01-drugs.ipynb", CODE)


@pytest.fixture(scope="module")
def pack(notebook, tmp_path_factory):
    """A pack that two processes drew; what they said of it stands in `said.txt`."""
    folder, stream = tmp_path_factory.mktemp("pack") / "figures", io.StringIO()
    drawn = make(folder, notebooks=[notebook], jobs=2, stream=stream)
    assert drawn == ["01-two-drugs-survival", "01-two-drugs-response"]
    assert stream.getvalue() == f"2 figures in {folder}, 2 of them drawn now\n"
    return folder


@pytest.fixture(scope="module")
def manifest(pack):
    return json.loads((pack / "manifest.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def chart():
    return mv.median_survival(mv.select(mv.load_trials(), agent=["Tremelimumab", "Vorinostat"]))


def test_the_manifest_names_every_file_with_its_checksum(pack, manifest):
    told = {name: file["sha256"] for figure in manifest["figures"] for name, file in figure["files"].items()}
    there = {
        str(path.relative_to(pack)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in pack.glob("*/*")
        if path.name != _files.RECORD
    }
    assert told == there
    assert {path.name for path in pack.iterdir()} == {
        "index.html", "manifest.json", *(figure["name"] for figure in manifest["figures"])
    }  # fmt: skip


def test_each_size_comes_as_three_kinds_of_picture(pack, manifest):
    survival, response = manifest["figures"]
    for name, size in (("slide-1", (2560, 1440)), ("column-1", None), ("page-1", None)):
        with Image.open(pack / survival["name"] / f"{name}.png") as image:
            assert image.size == size or size is None
        assert (pack / survival["name"] / f"{name}.svg").is_file()
        document = pypdf.PdfReader(pack / survival["name"] / f"{name.partition('-')[0]}.pdf")
        assert (document.metadata.title, document.metadata.subject) == (survival["title"], survival["alt"])
    slides = [file for file in survival["files"].values() if file.get("size") == "slide"]
    assert {file["type_pt"] for file in slides} == {18.0}
    for figure in (survival, response):
        sizes = [file["size"] for file in figure["files"].values() if "size" in file]
        assert {*sizes} == {"slide", "column", "page"}


def test_fonts_are_embedded_and_text_can_be_selected(pack):
    folder = pack / "01-two-drugs-survival"
    page = pypdf.PdfReader(folder / "slide.pdf").pages[0]
    assert [float(side) for side in page.mediabox[2:]] == [960, 540]
    fonts = [font.get_object() for font in page["/Resources"]["/Font"].values()]
    assert fonts and all(
        "/FontFile2" in part.get_object()["/FontDescriptor"]
        for font in fonts
        for part in font.get("/DescendantFonts", [font])
    )
    assert "DETERMINE" in page.extract_text()
    svg = (folder / "slide-1.svg").read_text(encoding="utf-8")
    assert re.search(r"<text [^>]*>DETERMINE", svg) and 'role="img"' in svg


def test_words_data_and_sources_are_those_of_the_chart(pack, chart):
    folder = pack / "01-two-drugs-survival"
    with (folder / "data.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["arm"] for row in rows] == chart.data["arm"].tolist()
    with (folder / "sources.csv").open(encoding="utf-8", newline="") as file:
        assert [row["source"] for row in csv.DictReader(file)] == chart.sources["source"].tolist()
    assert (folder / "alt.txt").read_text() == f"{chart.alt}\n"
    assert (folder / "words.txt").read_text().split("\n")[1:-1] == chart.text.split("\n")[1:]
    caption = (folder / "caption.txt").read_text()
    assert caption.startswith(f"Two drugs: survival. {chart.takeaway}. Data to November 2026. Sources: ")
    assert all(name in caption for name in chart.sources["citation"])
    assert "CC BY 4.0. Not medical advice." in caption


class Seen(HTMLParser):
    def __init__(self, markup):
        super().__init__()
        self.tags = []
        self.feed(markup)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))


def test_the_index_stands_alone_and_its_links_lead_to_files(pack, manifest):
    tags = Seen((pack / "index.html").read_text(encoding="utf-8")).tags
    assert ("html", {"lang": "en"}) in tags and not {"script", "link", "iframe"} & {tag for tag, _ in tags}
    links = [attrs[name] for _, attrs in tags for name in ("href", "src") if name in attrs]
    ids = [attrs["id"] for _, attrs in tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    for link in links:
        assert link[1:] in ids if link.startswith("#") else (pack / link).is_file()
    files = {name for figure in manifest["figures"] for name in figure["files"]}
    assert files <= set(links)
    assert [tag for tag, _ in tags if tag in ("h1", "h2", "h3")] == ["h1", "h2", "h3", "h3"]
    assert all(attrs["alt"] for tag, attrs in tags if tag == "img")


def test_what_the_index_shows_is_text():
    record = {
        "name": "a",
        "title": "<b>",
        "takeaway": '"x"',
        "notebook": "01-a",
        "notebook_title": "<i>",
        "section": "&",
        "sources": 1,
    }
    record["files"] = {"a/slide-1.svg": {"size": "slide", "alt": '"><script>'}}
    markup = _index.page([record])
    assert "<b>" not in markup and "<i>" not in markup and "<script" not in markup and "&lt;b&gt;" in markup


def test_a_second_run_draws_nothing_and_a_damaged_figure_alone_is_drawn_anew(pack, notebook):
    before = {path: path.read_bytes() for path in pack.rglob("*") if path.is_file()}
    assert make(pack, notebooks=[notebook], stream=io.StringIO()) == []
    damaged = pack / "01-two-drugs-response" / "page-1.svg"
    damaged.write_text("cut off")
    (pack / ".01-killed.part").mkdir()
    assert make(pack, notebooks=[notebook], jobs=1, stream=io.StringIO()) == ["01-two-drugs-response"]
    assert {path: path.read_bytes() for path in pack.rglob("*") if path.is_file()} == before


def test_a_killed_run_leaves_whole_figures(notebook, tmp_path):
    run = f"from {make.__module__} import make; import sys; make(sys.argv[1], notebooks=sys.argv[2:], jobs=1)"
    command = [sys.executable, "-c", run, str(tmp_path), str(notebook)]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    end = time.monotonic() + 60
    while not list(tmp_path.glob(".*.part/*.png")) and time.monotonic() < end and process.poll() is None:
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    for folder in (path for path in tmp_path.iterdir() if not path.name.startswith(".")):
        record = json.loads((folder / _files.RECORD).read_text(encoding="utf-8"))
        for name, told in record["files"].items():
            assert hashlib.sha256((tmp_path / name).read_bytes()).hexdigest() == told["sha256"]
    assert list(tmp_path.glob(".*.part"))


# Which charts, and which of their rows ----------------------------------------------------------------


@pytest.fixture(scope="module")
def found(notebook):
    return _choose.figures(_run.shown(notebook))


def test_a_therapy_keeps_its_rows_and_their_controls(found):
    kept = _choose.about(found, therapy="tremelimumab")
    assert [one.name for one in kept] == [one.name for one in found]
    survival, response = (one.chart for one in kept)
    assert survival.title == "Two drugs: survival: tremelimumab" and survival.omitted.empty
    assert "placebo" in set(survival.data["arm"])
    assert "vantage-014" not in set(survival.data["trial"]) and "VANTAGE" not in survival.text
    assert response is found[1].chart  # it is about nothing else


def test_a_setting_and_a_name_narrow_further(found):
    assert len(_choose.about(found, setting="pretreated", figure="response")) == 1
    assert _choose.about(found, setting="first-line") == []
    assert [one.chart for one in _choose.about(found, figure="SURVIVAL")] == [found[0].chart]


def test_what_is_no_list_of_rows_stays_whole():
    trials = mv.load_trials()
    strips = mv.median_survival(trials, by="therapy_class")
    part = _choose._rows_about(strips, "Cell therapy", _choose._THERAPY)
    assert set(part.data["arm_setting"]) < set(strips.data["arm_setting"])
    curves = mv.survival_curves(mv.load_curves(), trial="maps")
    assert _choose._rows_about(curves, "Bevacizumab + pem + cisplatin", _choose._THERAPY) is curves
    assert _choose._rows_about(curves, "Nivolumab", _choose._THERAPY) is None


def test_two_charts_of_one_title_have_two_names():
    chart = mv.enrollment(mv.load_trials(), by="setting")
    shown = [
        _run.Shown("03-a", i, str(i), "H", value, "A")
        for i, value in enumerate([chart, pd.DataFrame(), chart])
    ]
    first, second = (one.name for one in _choose.figures(shown))
    assert first == "03-patients-studied-by-setting" and second == f"{first}--2"


def test_a_long_title_is_cut_between_words_in_the_names_of_files():
    assert _choose._slug("A drug: platinum & " + "pemetrexed " * 6) == "a-drug-platinum" + "-pemetrexed" * 4
    assert _choose._slug("x" * 99) == "x" * 60


def test_nothing_found_is_said_in_one_sentence(capsys, tmp_path):
    with pytest.raises(ValueError, match=r"^no figure is about therapy 'Snake oil' and setting 'x'\.$"):
        make(tmp_path, notebooks=[], therapy="Snake oil", setting="x")
    assert not list(tmp_path.iterdir())


def test_the_command_line_passes_on_what_is_asked_and_tells_errors(capsys, monkeypatch, tmp_path):
    asked = []
    monkeypatch.setattr("mesoviz._export._pack.make", lambda folder, **given: asked.append((folder, given)))
    assert (
        cli.main(
            ["figures", str(tmp_path), "--therapy", "A", "--setting", "b", "--figure", "c", "--jobs", "3"]
        )
        == 0
    )
    assert asked == [(str(tmp_path), {"therapy": "A", "setting": "b", "figure": "c", "jobs": 3})]
    monkeypatch.undo()
    monkeypatch.setattr(_run, "folder", lambda: tmp_path)
    assert cli.main(["figures", str(tmp_path / "out")]) == 1
    assert capsys.readouterr().err == "mesoviz figures: the notebooks show no figure.\n"
