"""One artist for many lines: as matplotlib would draw each, in pixels and in words, and nothing kept."""

import io
from concurrent.futures import ThreadPoolExecutor

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.transforms import Bbox, IdentityTransform
from pypdf import PdfReader

from mesoviz._page import _style, _texts
from mesoviz._page._texts import Texts, plain, text_width

WORDS = [
    "Pemetrexed + cisplatin",
    "18.8 (15.9\N{EN DASH}22.6)",
    "CheckMate 743 \N{MODIFIER LETTER SMALL A}",
    "Äg, ≥ 3",
]


@pytest.fixture(autouse=True)
def settings_of_a_figure():
    with mpl.rc_context(_style.settings()):
        yield


def ink(draw, dpi=100):
    """How dark each pixel is that `draw` leaves on a white figure, from 0 to 255, from the top down."""
    figure = Figure((4, 1), dpi=dpi)
    canvas = FigureCanvasAgg(figure)
    draw(figure)
    canvas.draw()
    return 255 - np.asarray(canvas.buffer_rgba())[..., :3].min(axis=2).astype(int)


def texts(words, *, x=20, y=40, **look):
    places = [(x, y)] * len(words)
    return Texts(places, words, **{"size": 9, "color": "black", "transform": IdentityTransform()} | look)


@pytest.mark.parametrize("dpi", [60, 100, 300])
@pytest.mark.parametrize("bold", [False, True])
@pytest.mark.parametrize("words", WORDS)
def test_a_line_is_drawn_as_matplotlib_draws_it(words, bold, dpi):
    how = {"size": 9, "color": "black", "transform": IdentityTransform(), "va": "baseline"}
    weight = "bold" if bold else "normal"
    theirs = ink(lambda figure: figure.text(20, 40, words, weight=weight, **how), dpi)
    ours = ink(lambda figure: figure.add_artist(texts([words], bold=bold)), dpi)
    assert theirs.sum() > 0 and np.abs(ours - theirs).sum() <= 0.01 * theirs.sum()


@pytest.mark.parametrize(("align", "share"), [("left", 0), ("center", 0.5), ("right", 1)])
def test_each_line_keeps_its_end_at_its_place(align, share):
    for words in WORDS:
        columns = np.flatnonzero(
            ink(lambda figure, w=words: figure.add_artist(texts([w], x=200, align=align))).any(0)
        )
        middle = columns[0] + share * (columns[-1] - columns[0])
        assert abs(middle - 200) <= 2


def test_color_transparency_and_visibility_are_honored():
    figure = Figure((1, 1), dpi=100)
    canvas = FigureCanvasAgg(figure)
    artist = figure.add_artist(texts(["WWW"], color="#ff0000"))
    seen = []
    for alpha, visible in ((1, True), (0.5, True), (1, False)):
        artist.set(alpha=alpha, visible=visible)
        canvas.draw()
        seen.append(np.asarray(canvas.buffer_rgba())[..., :3].reshape(-1, 3).min(axis=0).astype(int).tolist())
    assert seen[0] == [255, 0, 0] and seen[2] == [255, 255, 255]
    assert seen[1] == pytest.approx([255, 127, 127], abs=2)


def test_what_lies_beyond_a_clip_is_not_drawn():
    def draw(figure, on):
        artist = figure.add_artist(texts(["WWWWWW"]))
        artist.set_clip_box(Bbox.from_extents(0, 0, 40, 100))
        artist.set_clip_on(on)

    clipped, whole = (
        np.flatnonzero(ink(lambda figure, on=on: draw(figure, on)).any(0)) for on in (True, False)
    )
    assert clipped[-1] <= 40 < whole[-1] and clipped[0] == whole[0]


@pytest.mark.parametrize("align", ["left", "center", "right"])
def test_boxes_hold_the_ink_and_as_much_as_matplotlib_would_say(align):
    for words in [*WORDS, "jumps", "E\u0301\u0302\u0303"]:
        artist = texts([words], x=200, align=align)
        dark = ink(lambda figure, one=artist: figure.add_artist(one))
        (box,) = artist.boxes()
        down, across = np.nonzero(dark)
        assert box.x0 - 1.5 <= across.min() and across.max() + 1 <= box.x1 + 1.5
        assert box.y0 - 1 <= 100 - down.max() - 1 and 100 - down.min() <= box.y1 + 1
        font = FontProperties(family="DejaVu Sans", size=9)
        wide = (
            FigureCanvasAgg(Figure(dpi=100))
            .get_renderer()
            .get_text_width_height_descent(words, font, False)[0]
        )
        assert box.width == pytest.approx(wide, abs=0.5)
        assert box.width * 72 / 100 == pytest.approx(text_width(words, 9) / _texts.SLACK, rel=0.01, abs=0.3)


def test_the_extent_of_many_lines_is_around_them_all():
    artist = Texts([(10, 10), (50, 60)], ["one", "two"], size=9, transform=IdentityTransform())
    Figure().add_artist(artist)
    one, two = artist.boxes()
    assert artist.get_window_extent().extents.tolist() == [one.x0, one.y0, two.x1, two.y1]
    empty = Figure().add_artist(texts([" ", ""]))
    assert empty.lines == [] and empty.get_window_extent().width == -np.inf


def test_text_stays_text_in_svg_at_its_anchor():
    stream = io.BytesIO()
    figure = Figure((4, 1))
    figure.add_artist(texts(["a < $b_1$"], x=100, align="right", bold=True, gid="a name"))
    figure.savefig(stream, format="svg")
    svg = stream.getvalue().decode()
    assert '<g id="a name">' in svg and ">a &lt; $b_1$</text>" in svg
    assert "text-anchor: end" in svg and "font-weight: 700" in svg


def test_text_stays_text_in_pdf():
    stream = io.BytesIO()
    figure = Figure((4, 1))
    for align in ("left", "right"):
        figure.add_artist(texts([f"{align} words"], x=150, align=align))
    figure.savefig(stream, format="pdf")
    words = PdfReader(stream).pages[0].extract_text()
    assert "left words" in words and "right words" in words


def test_pictures_of_lines_do_not_depend_on_what_was_drawn_before():
    def drawn():
        return ink(lambda figure: [figure.add_artist(texts(WORDS, size=size)) for size in (8, 9, 13)])

    kept = (_texts._picture, _texts._step, _texts.text_width, _texts.wrap)
    for cache in kept:
        cache.cache_clear()
    fresh = drawn()
    ink(lambda figure: figure.text(0.1, 0.1, "other", size=30, rotation=30, style="italic"), 200)
    assert (drawn() == fresh).all()
    for cache in kept:
        cache.cache_clear()
    assert (drawn() == fresh).all()


def test_accents_that_pile_up_stay_within_their_row():
    assert plain("e\u0301" + 29 * "\u0302" + "x") == "e\u0301\u0302x"
    assert plain("ế và Å") == "ế và Å"
    dark = ink(lambda figure: figure.add_artist(texts(["e" + 30 * "\u0301"])))
    assert np.ptp(np.flatnonzero(dark.any(1))) < _style.STYLES["notebook"].row * 100 / 72


def test_threads_share_no_font():
    with ThreadPoolExecutor(1) as other:
        theirs, again = other.map(_texts._font, (False, False))
    assert theirs is again is not _texts._font(False)
