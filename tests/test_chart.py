"""`Chart`: what it carries, what it writes to files, and what a notebook shows."""

import base64
import html
import io
import re
from html.parser import HTMLParser

import pandas as pd
import pypdf
import pytest
from drawn import words
from matplotlib.figure import Figure
from matplotlib.text import Text
from PIL import Image

import mesoviz as mv
from mesoviz._page import _pdf, _style
from mesoviz._page._chart import ALT_LENGTH, Chart, _reference

HOSTILE = "<script>alert('x')</script> & \"quoted\" $\\frac{1}{0}$"


@pytest.fixture(scope="module")
def trials():
    frame = mv.load_trials()
    return frame[frame["trial"].eq("maps")]


@pytest.fixture(scope="module")
def chart(trials):
    return mv.median_survival(trials)


@pytest.fixture(scope="module")
def hostile(trials):
    return mv.median_survival(
        trials.assign(therapy_label=HOSTILE, trial_label="$x_1$ <b>", os_citation="</pre><img src=x>"),
        title=HOSTILE,
    )


def own(**changes):
    sources = pd.DataFrame(columns=["source", "citation", "reference", "link"])
    given = {"title": "t", "alt": "a", "text": "w", "omitted": pd.DataFrame(), "sources": sources, **changes}
    return Chart(lambda title: Figure(figsize=(2, 1)), pd.DataFrame({"n": [1]}), **given)


class Seen(HTMLParser):
    """The tags, attributes and words of a piece of HTML."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.words = [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.words.append(data)


def test_it_says_itself_in_words(chart):
    assert repr(chart) == chart.text
    assert chart.axes == chart.figure.axes


def test_an_alternative_text_beyond_the_limit_is_refused():
    assert own(alt="x" * ALT_LENGTH).alt
    with pytest.raises(ValueError, match=r"at most 300 characters; got 301\.$"):
        own(alt="x" * (ALT_LENGTH + 1))


def test_a_notebook_gets_picture_alternative_text_and_words(chart):
    bundle = chart._repr_mimebundle_()
    assert set(bundle) == {"text/html", "image/png", "text/plain"}
    assert bundle["text/plain"] == chart.text
    seen = Seen(bundle["text/html"])
    (image,) = (attrs for tag, attrs in seen.tags if tag == "img")
    assert image["alt"] == chart.alt
    assert image["src"] == f"data:image/png;base64,{bundle['image/png']}"
    assert chart.text in seen.words
    assert [tag for tag, _ in seen.tags].count("li") == len(chart.sources)


def test_the_picture_of_a_notebook_is_the_figure(chart):
    with Image.open(io.BytesIO(base64.b64decode(chart._repr_mimebundle_()["image/png"]))) as image:
        expected = (chart.figure.get_size_inches() * _style.STYLES["notebook"].dpi).round()
        assert abs(image.width - expected[0]) <= 1 and abs(image.height - expected[1]) <= 1
        assert image.convert("RGB").getpixel((1, 1)) == (255, 255, 255)


def test_labels_stay_words(hostile):
    seen = Seen(hostile._repr_mimebundle_()["text/html"])
    assert {tag for tag, _ in seen.tags} <= {
        "figure",
        "img",
        "details",
        "summary",
        "pre",
        "ol",
        "li",
        "a",
        "b",
    }
    assert next(attrs for tag, attrs in seen.tags if tag == "img")["alt"] == hostile.alt
    assert "".join(seen.words).count("<script>") >= 2  # shown, not run
    assert all(not name.startswith("on") for _, attrs in seen.tags for name in attrs)


def test_a_dollar_sign_is_a_dollar_sign(hostile):
    assert any("$x_1$" in line for line in words(hostile))
    assert not any(text.get_parse_math() for text in hostile.figure.findobj(Text) if "$" in text.get_text())


def test_hostile_labels_stay_words_in_svg(hostile, tmp_path):
    svg = hostile.save(tmp_path / "x.svg").read_text(encoding="utf-8")
    assert "<script" not in svg
    assert "$x_1$ &lt;b&gt;" in svg


@pytest.mark.parametrize(
    ("link", "linked"),
    [
        ("https://doi.org/10.1000/1", True),
        ("javascript:alert(1)", False),
        ("data:text/html,x", False),
        (None, False),
        ('https://example.org/" onclick="y', False),
    ],
)
def test_web_addresses_alone_become_links(link, linked):
    sources = pd.DataFrame(
        {"source": ["s"], "citation": ["A 2001"], "reference": ["A, <i>B</i>"], "link": [link]}
    )
    seen = Seen(own(sources=sources)._repr_mimebundle_()["text/html"])
    links = [attrs for tag, attrs in seen.tags if tag == "a"]
    assert len(links) == linked and "i" not in {tag for tag, _ in seen.tags}
    assert not linked or (links[0]["href"] == link and set(links[0]) == {"href", "rel", "style"})
    assert "A, <i>B</i>" in " ".join(seen.words)


def test_an_entry_of_the_list_starts_with_its_citation_and_links_page_and_paper():
    sources = pd.DataFrame(
        {
            "source": ["s", "t"],
            "citation": ["A <i>2001</i>, via B", "C 2002"],
            "reference": [
                "B page. https://b.example. Reports: A 2001, J, doi:10.1000/a(1)<2>3; and 4 more.",
                None,
            ],
            "link": ["https://b.example", None],
        }
    )
    markup = own(sources=sources)._repr_mimebundle_()["text/html"]
    assert "<li><b>A &lt;i&gt;2001&lt;/i&gt;, via B</b>. <a " in markup and "<li><b>C 2002</b></li>" in markup
    links = [attrs["href"] for tag, attrs in Seen(markup).tags if tag == "a"]
    assert links == ["https://b.example", "https://doi.org/10.1000/a%281%29%3C2%3E3"]
    assert "doi:10.1000/a(1)&lt;2&gt;3</a>; and 4 more.</li>" in markup


@pytest.mark.parametrize("ending", ["png", "svg", "pdf"])
def test_files_are_the_same_byte_for_byte(chart, trials, ending, tmp_path):
    first = chart.save(tmp_path / f"a.{ending}").read_bytes()
    assert chart.save(tmp_path / f"b.{ending}").read_bytes() == first
    assert mv.median_survival(trials).save(tmp_path / f"c.{ending}").read_bytes() == first


def test_png_carries_title_and_alternative_text(chart, tmp_path):
    with Image.open(chart.save(tmp_path / "x.PNG", dpi=50)) as image:
        assert image.text["Title"] == chart.title and image.text["Description"] == chart.alt
        assert "Software" not in image.text
        assert abs(image.width - 50 * chart.figure.get_figwidth()) <= 1


@pytest.mark.parametrize("background", ["white", "none"])
def test_png_holds_every_color_and_a_background_that_is_transparent(trials, background, tmp_path):
    chart = mv.median_survival(trials[trials["trial"] == "maps"])
    chart.figure.set_facecolor(background)
    with Image.open(chart.save(tmp_path / "x.png", dpi=83)) as image:
        assert image.mode == ("RGB" if background == "white" else "RGBA")
        assert image.convert("RGBA").tobytes() == chart._drawn("rgba", 83, {})
        assert image.info["dpi"] == pytest.approx((83, 83), abs=0.02)


def test_svg_carries_title_and_alternative_text_and_no_date(chart, tmp_path):
    svg = chart.save(tmp_path / "x.svg").read_text(encoding="utf-8")
    named = r'<svg role="img" aria-labelledby="alt" .*?<title>(.*?)</title>\s*<desc id="alt">(.*?)</desc>'
    named = re.search(named, svg, re.DOTALL)
    assert [html.unescape(words) for words in named.groups()] == [chart.title, chart.alt]
    assert f"<dc:title>{chart.title}</dc:title>" in svg and "<dc:date>" not in svg
    for shown in ("MAPS", chart.title):  # text stays text
        assert re.search(rf"<text[^>]*>{re.escape(shown)}", svg)


def test_pdf_carries_title_and_no_date(chart, tmp_path):
    pdf = chart.save(tmp_path / "x.pdf").read_bytes()
    assert f"/Title ({chart.title})".encode() in pdf
    assert b"/CreationDate" not in pdf and b"/Subject" in pdf


def test_each_page_of_a_pdf_is_one_figure_to_a_screen_reader_its_text_to_be_selected():
    chart = mv.median_survival(mv.select(mv.load_trials(), agent="Tremelimumab"))
    pages = chart.pages(rows=2)
    document = pypdf.PdfReader(io.BytesIO(_pdf.document(pages, chart.title, chart.alt)))
    root = document.root_object
    assert (root["/Lang"], root["/MarkInfo"]["/Marked"]) == ("en-US", True)
    figures = [element.get_object() for element in root["/StructTreeRoot"]["/K"]]
    parents = root["/StructTreeRoot"]["/ParentTree"]["/Nums"]
    assert len(pages) == len(document.pages) == len(figures) > 1
    for number, (drawn, page, figure) in enumerate(zip(pages, document.pages, figures, strict=True)):
        assert (figure["/S"], figure["/Alt"], figure["/K"]) == ("/Figure", drawn.alt, 0)
        assert figure.raw_get("/Pg") == page.indirect_reference
        assert (parents[2 * number], parents[2 * number + 1][0].get_object()) == (number, figure)
        assert page["/StructParents"] == number
        content = page.get_contents().get_data().split()
        assert content[:4] == b"/Figure <</MCID 0>> BDC".split() and content[-1] == b"EMC"
        assert drawn.title in page.extract_text()
    assert document.metadata.title == chart.title and document.metadata.creation_date is None


def test_the_drawn_frame_stands_beside_the_picture(chart, tmp_path):
    path = chart.save(tmp_path / "x.png", csv=True)
    assert path == tmp_path / "x.png"
    saved = pd.read_csv(tmp_path / "x.csv")
    assert list(saved.columns) == list(chart.data.columns) and len(saved) == len(chart.data)
    assert b"\r" not in (tmp_path / "x.csv").read_bytes()


@pytest.mark.parametrize(
    "label", ["=cmd()", "+1", "-x", "@x", "\t=1", " =1", "a;=1", "a\n=1", "＝1", '=HYPERLINK("x")']
)
@pytest.mark.parametrize("where", ["cell", "header"])
def test_no_frame_is_written_that_a_spreadsheet_would_run(label, where, tmp_path):
    chart = own()
    chart.data = pd.DataFrame({"a": [label]} if where == "cell" else {label: ["a"]})
    with pytest.raises(ValueError, match=r"^csv: .* begins like a formula") as caught:
        chart.save(tmp_path / "x.png", csv=True)
    assert str(caught.value).isprintable() and not list(tmp_path.iterdir())


def test_numbers_and_words_with_signs_are_written(tmp_path):
    chart = own()
    chart.data = pd.DataFrame({"a": [-1.5, 2.0], "b": ["CT-P6 + x; then y", "a = b"], "c": [None, "1-2"]})
    chart.save(tmp_path / "x.png", csv=True)
    pd.testing.assert_frame_equal(pd.read_csv(tmp_path / "x.csv"), chart.data)


@pytest.mark.parametrize("name", ["x.jpg", "x", "x.png.zip"])
def test_another_kind_of_file_is_refused(chart, name, tmp_path):
    with pytest.raises(ValueError, match=r"^path must end in \.png, \.svg or \.pdf; got"):
        chart.save(tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_a_chart_keeps_the_style_it_was_drawn_in(trials, tmp_path):
    with mv.style("slide"):
        slide = mv.median_survival(trials)
    outside = slide.save(tmp_path / "a.png").read_bytes()
    with mv.style("paper"):
        assert slide.save(tmp_path / "b.png").read_bytes() == outside


def test_folded_words_break_between_words_in_any_reader(chart):
    seen = Seen(chart._repr_mimebundle_()["text/html"])
    (look,) = [attrs["style"] for tag, attrs in seen.tags if tag == "pre"]
    assert {"white-space:pre-wrap", "word-break:normal", "overflow-wrap:anywhere"} <= set(look.split(";"))


def test_only_secure_addresses_become_links_and_no_text_a_formula():
    row = {"source": "a", "citation": "A $x$ 2020", "reference": "A $x$ \\(y\\). <b>J</b> 2020."}
    markup = _reference(row | {"link": "http://example.org/a"})
    assert "<a " not in markup and "$x$" not in markup and "\\(" not in markup and "&lt;b&gt;" in markup
    assert 'href="https://example.org/a"' in _reference(row | {"link": "https://example.org/a"})


def test_a_figure_is_drawn_when_it_is_first_looked_at_and_then_kept():
    drawn = []

    def draw(title):
        drawn.append(Figure(figsize=(2, 1)))
        return drawn[-1]

    sources = pd.DataFrame(columns=["source", "citation", "reference", "link"])
    chart = Chart(
        draw, pd.DataFrame({"n": [1]}), title="t", alt="a", text="w", omitted=pd.DataFrame(), sources=sources
    )
    assert not drawn
    assert chart.figure is chart.figure is drawn[0]
    assert len(drawn) == 1


def test_changing_the_data_of_a_chart_leaves_its_figure_as_its_words_are(trials):
    arms = trials[trials["trial"] == "maps"]
    chart, changed = mv.median_survival(arms), mv.median_survival(arms)
    changed.data["median_months"] = 1.0
    assert changed.figure.axes[0].get_xlim() == chart.figure.axes[0].get_xlim()


def test_a_chart_is_drawn_in_the_style_it_was_made_in_and_restyled_with_the_same_words(trials):
    arms = trials[trials["trial"] == "maps"]
    with mv.style("slide"):
        slide = mv.median_survival(arms)
    notebook = mv.median_survival(arms)
    assert slide.figure.get_figwidth() > notebook.figure.get_figwidth()
    again = notebook.restyled("slide")
    assert again._bytes("png") == slide._bytes("png")
    assert (again.text, again.alt, again.title) == (notebook.text, notebook.alt, notebook.title)


def test_a_chart_too_high_for_a_picture_says_so_and_keeps_its_words(trials, tmp_path):
    chart = mv.median_survival(trials)
    chart.figure.set_size_inches(9.5, 700)
    with pytest.raises(ValueError, match="70,000 pixels high"):
        chart.save(tmp_path / "x.png")
    assert not (tmp_path / "x.png").exists()
    assert chart.save(tmp_path / "x.png", dpi=60).exists()
    bundle = chart._repr_mimebundle_()
    assert list(bundle) == ["text/plain"]
    assert bundle["text/plain"].startswith("No picture: ") and bundle["text/plain"].endswith(chart.text)
