"""Where things stand on the page: lines fit, rows have room, nothing is cut off or covered."""

import io
import itertools
from types import SimpleNamespace

import matplotlib as mpl
import numpy as np
import pytest
from drawn import artists, outside, overlapping, texts, words
from hypothesis import example, given, settings
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.collections import LineCollection
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

import mesoviz as mv
from mesoviz._page import _furniture, _layout, _style
from mesoviz._page._furniture import Furniture, Key
from mesoviz._page._layout import Column, Panel, rows
from mesoviz._page._texts import plain, text_width, wrap

LONG = "Pemetrexed with or without cisplatin and bevacizumab (chemotherapy-naive, expanded access)"


@pytest.fixture(autouse=True)
def settings_of_a_figure():
    with mpl.rc_context(_style.settings()):
        yield


def laid(n_rows=3, **changes):
    given = {
        "left": [
            Column("Therapy", [f"Therapy {i}" for i in range(n_rows)]),
            Column("Trial", [f"Trial {i}" for i in range(n_rows)]),
        ],
        "right": [Column("n", [str(10 * i) for i in range(n_rows)], align="right")],
        **changes,
    }
    return rows(Furniture("Title", "Subtitle", ["A note."]), **given)


def as_chart(figure):
    return SimpleNamespace(figure=figure)


@settings(max_examples=60, deadline=None)
@given(
    st.text(st.characters(min_codepoint=32, max_codepoint=383, exclude_categories=["Cc"]), max_size=80),
    st.integers(30, 300),
)
@example("", 30)
@example("  two  words ", 300)
@example("a" * 300, 30)
def test_wrapped_lines_fit_and_lose_nothing(text, width):
    lines = wrap(text, width, 9)
    assert len(lines) >= 1
    assert all(text_width(line, 9) <= width or len(line) == 1 for line in lines)

    def letters(some):
        return "".join("".join(some).split())

    assert letters(lines) == letters(text)


def test_words_stay_whole_where_they_fit():
    assert wrap("one two three", text_width("one two", 9) + 0.1, 9) == ("one two", "three")


def test_control_characters_are_drawn_as_spaces(recwarn):
    hostile = "a\tb\x00c\x1b[31m\x85\u202ed"
    assert text_width(hostile, 9) == text_width("a b c [31m  d", 9)
    assert wrap(hostile, 300, 9) == ("a b c [31m d",)
    laid = rows(
        Furniture(hostile, hostile, [hostile], [Key(hostile)]),
        left=[Column(hostile, [hostile])],
        right=[Column(hostile, [hostile])],
        groups=[(hostile,)],
    )
    laid.figure.savefig(io.BytesIO())
    assert [str(one.message) for one in recwarn] == []


def test_a_no_break_space_holds_words_together():
    together = "daunorubicin\xa0ᵃ"
    assert wrap(f"Liposomal {together}", text_width(together, 9) + 0.1, 9) == ("Liposomal", together)
    narrow = text_width("daunorubicin", 9) + 0.1
    assert wrap(together, narrow, 9) == ("daunorubicin", "ᵃ")  # no room: the letter alone, not indented


def test_widths_grow_with_size_and_weight():
    assert text_width("Trial", 18) == pytest.approx(2 * text_width("Trial", 9), rel=0.02)
    assert text_width("Trial", 9, True) > text_width("Trial", 9)


@pytest.mark.parametrize("style", _style.STYLES)
def test_a_page_is_as_wide_as_its_medium_and_its_body_as_asked(style):
    with mv.style(style):
        figure, top = _furniture.page(Furniture("Title", "Subtitle", ["Note."]), body=100)
        axes = _furniture.axes_at(figure, 20, top, 200, 100)
    assert 72 * figure.get_figwidth() == pytest.approx(_style.STYLES[style].width)
    width, height = 72 * figure.get_size_inches()
    box = axes.get_position()
    assert (width * box.x0, width * box.width) == pytest.approx((20, 200))
    assert (height * (1 - box.y1), height * box.height) == pytest.approx((top, 100))


@pytest.mark.parametrize("style", _style.STYLES)
def test_long_furniture_wraps_and_stays_on_the_page(style):
    keys = [Key(f"a mark of kind {i}", {"marker": "o"}) for i in range(12)]
    keys += [Key("a patch", {"facecolor": "red"}, patch=True), Key("a line", {"linestyle": "-"})]
    with mv.style(style):
        figure, _ = _furniture.page(Furniture(LONG, 3 * LONG, [5 * LONG, "Short."], keys), body=50)
    assert outside(as_chart(figure)) == [] and overlapping(as_chart(figure)) == []
    assert [text for text in words(as_chart(figure)) if text.startswith("a mark")] == [
        key.label for key in keys[:12]
    ]
    marks = [artist for artist in figure.get_children() if isinstance(artist, Line2D)]
    patches = [a for a in figure.get_children() if isinstance(a, Rectangle) and a is not figure.patch]
    assert len(marks) == 13 and len(patches) == 1


def test_the_legend_fills_lines_from_the_left():
    keys = [Key("x" * 20)] * 5
    places = _furniture._flow(keys, 400, _style.current())
    assert places[0] == (0, 0)
    assert [y for _, y in places] == sorted(y for _, y in places)
    for x, _ in places:
        assert x == 0 or x + text_width("x" * 20, 8) <= 400


@pytest.mark.parametrize("style", _style.STYLES)
@pytest.mark.parametrize("n_rows", [1, 5, 40])
def test_rows_stand_apart_and_on_the_page(style, n_rows):
    groups = [("First-line treatment", f"Class {i // 3}") for i in range(n_rows)]
    left = [
        Column("Therapy", [LONG if i % 7 == 0 else f"Drug {i}" for i in range(n_rows)]),
        Column("Trial", [f"TRIAL-{i}" for i in range(n_rows)]),
    ]
    with mv.style(style):
        chart = laid(n_rows, left=left, groups=groups, panels=[Panel("Left", "months"), Panel("Right", "%")])
    for axes in chart.axes:
        axes.set_xticks([0, 0.5])
    assert outside(as_chart(chart.figure)) == [] and overlapping(as_chart(chart.figure)) == []
    top, bottom = chart.y - chart.height / 2, chart.y + chart.height / 2
    assert (top[1:] >= bottom[:-1] - 1e-9).all() and top[0] >= 0
    assert bottom[-1] == pytest.approx(chart.axes[0].get_ylim()[0])


def test_a_data_unit_is_a_point():
    chart = laid()
    low, high = chart.axes[0].get_ylim()
    height = 72 * chart.figure.get_figheight() * chart.axes[0].get_position().height
    assert (low, high) == pytest.approx((height, 0))


def test_each_row_is_level_with_its_words():
    chart = laid(4)
    points = chart.axes[0].transData
    for i, y in enumerate(chart.y):
        (text,) = (t for t in texts(chart) if t.words == f"Therapy {i}")
        baseline = text.transform.transform((text.x, text.y))[1]
        middle = points.transform((0, y))[1]
        below = (middle - baseline) * 72 / chart.figure.dpi
        assert below == pytest.approx(_furniture.BASELINE * _style.current().text, abs=0.01)


def test_columns_are_where_their_words_are_aligned():
    chart = laid()
    width = 72 * chart.figure.get_figwidth()
    (cell,) = (text for text in texts(chart) if text.words == "20")
    assert cell.align == "right" and cell.x == chart.columns[2]
    assert (
        _furniture.MARGIN
        == chart.columns[0]
        < chart.columns[1]
        < chart.columns[2]
        <= width - _furniture.MARGIN
    )


def test_headings_stand_once_where_they_change():
    groups = [("A", "x"), ("A", "x"), ("A", "y"), ("B", "x"), ("B", "")]
    chart = laid(5, groups=groups, swatches={"x": "red"})
    bold = sorted((text for text in texts(chart) if text.bold), key=lambda text: text.y)
    assert [text.words for text in bold] == ["Title", "A", "x", "y", "B", "x"]
    (squares,) = artists(chart, "swatch")
    assert len(squares.get_paths()) == 2  # one before each heading "x"


def test_rows_that_belong_together_have_no_rule_between():
    def rules(chart):
        found = [a for a in chart.figure.get_children() if isinstance(a, LineCollection)]
        return len(found[0].get_segments())

    assert rules(laid(4)) == 4
    assert rules(laid(4, joined=[False, True, True, False])) == 2


def test_the_scale_is_repeated_above_many_rows():
    def above(n_rows):
        return laid(n_rows).axes[0].xaxis.get_tick_params()["labeltop"]

    assert not above(15) and above(16)


def test_axes_keep_their_share_of_the_page():
    wide = [Column("Therapy", [LONG] * 2), Column("Trial", [LONG] * 2)]
    for share in (0.34, 0.5):
        chart = laid(2, left=wide, plot_share=share)
        assert chart.axes[0].get_position().width == pytest.approx(share, abs=0.01)


def test_panels_share_the_width_as_asked():
    first, second = laid(panels=[Panel(share=2), Panel(share=1)]).axes
    assert first.get_position().width == pytest.approx(2 * second.get_position().width)
    assert first.get_position().x1 < second.get_position().x0


def test_heights_are_least_heights():
    chart = laid(3, heights=[1, 50, 80])
    assert chart.height == pytest.approx([_style.current().row, 50, 80])


def test_a_cell_keeps_its_own_line_breaks():
    chart = laid(1, left=[Column("Therapy", ["one\ntwo"])])
    assert {"one", "two"} <= set(words(as_chart(chart.figure)))
    assert chart.height[0] > _style.current().row


def test_ends_of_an_axis_say_what_lies_there():
    chart = laid(
        panels=[Panel(label="Hazard ratio", ends=("favors the experimental arm", "favors the control"))]
    )
    shown = " ".join(words(as_chart(chart.figure)))
    assert "favors the control" in shown
    assert overlapping(as_chart(chart.figure)) == []


@pytest.mark.parametrize(("low", "high"), [(0, 7), (0, 120), (1980, 2026), (0, 21854)])
def test_ticks_are_whole_and_their_labels_do_not_touch(low, high):
    chart = laid()
    axes = chart.axes[0]
    axes.set_xlim(low, high)
    ticks = _layout.whole_ticks(axes, low, high, f"{high:,}")
    assert len(ticks) >= 2 and all(tick == int(tick) for tick in ticks)
    assert low <= ticks[0] and ticks[-1] <= high
    step = np.diff(ticks)
    assert (step == step[0]).all()
    room = 72 * chart.figure.get_figwidth() * axes.get_position().width / (high - low) * step[0]
    assert room > text_width(f"{high:,}", _style.current().text)


@pytest.mark.parametrize("name", list(_style.STYLES))
@pytest.mark.parametrize("dpi", [72, 96, 100, 200, 300])
def test_a_text_is_as_wide_as_it_was_measured_at_any_resolution(name, dpi):
    style = _style.STYLES[name]
    with mpl.rc_context(_style.settings()):
        renderer = RendererAgg(10, 10, dpi)
        for size, weight in itertools.product((style.text, style.small, style.title), ("normal", "bold")):
            font = FontProperties(family="DejaVu Sans", size=size, weight=weight)
            for words in ("n", "n.r.", "18.8 (15.9\N{EN DASH}22.6)", "Intraperitoneal paclitaxel", "8" * 60):
                drawn = renderer.get_text_width_height_descent(words, font, False)[0] * 72 / dpi
                wide = text_width(words, size, weight == "bold")
                assert drawn <= wide <= 1.05 * drawn + 0.5, words


def test_a_tick_label_stays_clear_of_the_column_beside_it():
    chart = laid()
    axes = chart.axes[0]
    axes.set_xlim(0, 2520)
    wide = 72 * chart.figure.get_figwidth() * axes.get_position().width
    last = _layout.whole_ticks(axes, 0, 2520, "2,520")[-1]
    beyond = wide * (last / 2520 - 1) + text_width("2,520", _style.current().text) / 2
    assert beyond <= 0.6 * _style.current().text


def test_a_character_that_the_font_lacks_is_an_empty_square_and_no_warning():
    assert (
        plain("Ünï \N{TEST TUBE} \N{CJK UNIFIED IDEOGRAPH-4E2D}") == "Ünï \N{WHITE SQUARE} \N{WHITE SQUARE}"
    )
    assert text_width("\N{TEST TUBE}", 9) == text_width("\N{WHITE SQUARE}", 9) > 0
