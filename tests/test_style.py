"""The look: colors that all can tell apart, and the context manager that switches between media."""

from itertools import combinations
from threading import Thread

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.colors import to_rgb

import mesoviz as mv
from mesoviz._page import _style

# Machado GM, Oliveira MM, Fernandes LAF, IEEE Trans Vis Comput Graph 2009;15:1291-1298: severity 1.0.
CONES_MISSING = {
    "none": np.eye(3),
    "red (protanopia)": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "green (deuteranopia)": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "blue (tritanopia)": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
SRGB_TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
WHITE = np.array([0.95047, 1.0, 1.08883])


def linear(color):
    channels = np.array(to_rgb(color))
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def lab(rgb):
    """CIELAB (D65) of linear RGB."""
    x, y, z = (
        np.cbrt(t) if t > 216 / 24389 else (24389 / 27 * t + 16) / 116
        for t in SRGB_TO_XYZ @ np.clip(rgb, 0, 1) / WHITE
    )
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def contrast(color, ground="white"):
    light, dark = sorted((float(SRGB_TO_XYZ[1] @ linear(c)) + 0.05 for c in (color, ground)), reverse=True)
    return light / dark


def test_the_arithmetic_of_color_is_right():
    assert contrast("black") == pytest.approx(21, abs=0.01)
    assert contrast("#767676") == pytest.approx(4.54, abs=0.01)  # the gray WCAG is often explained with
    assert lab(linear("red")) == pytest.approx([53.24, 80.09, 67.20], abs=0.02)
    assert all(matrix.sum(axis=1) == pytest.approx(1, abs=1e-5) for matrix in CONES_MISSING.values())


@pytest.mark.parametrize("cone", CONES_MISSING)
def test_any_two_classes_can_be_told_apart(cone):
    seen = {name: lab(CONES_MISSING[cone] @ linear(c)) for name, c in _style.CLASS_COLORS.items()}
    apart = {pair: np.linalg.norm(seen[pair[0]] - seen[pair[1]]) for pair in combinations(seen, 2)}
    assert min(apart.values()) >= 14, min(apart, key=apart.get)


@pytest.mark.parametrize("name", [*_style.CLASS_COLORS, "a class of one's own"])
def test_marks_stand_out_from_the_page(name):
    assert contrast(_style.class_color(name)) >= 3


def test_outlines_and_words_stand_out_from_the_page():
    assert contrast(_style.EDGE) >= 3
    for words in (_style.INK, _style.GRAY):
        assert contrast(words) >= 4.5 and contrast(words, _style.FIELD) >= 4.5


def test_the_classes_are_those_of_the_schema():
    classes = mv.load_trials()["therapy_class"].cat.categories
    assert list(_style.CLASS_COLORS) == list(classes)
    assert len(set(_style.CLASS_COLORS.values())) == len(classes)


@pytest.mark.parametrize("unknown", ["My own class", None, float("nan"), 3])
def test_an_unknown_class_is_dark_gray(unknown):
    assert _style.class_color(unknown) == _style.OTHER_COLOR


def test_sizes_can_be_read():
    assert _style.STYLES["notebook"].small >= 8 and _style.STYLES["slide"].small >= 18
    for style in _style.STYLES.values():
        assert style.row >= 1.5 * style.text and style.title > style.text >= style.small


def test_a_style_holds_inside_its_block_alone():
    assert _style.current().name == "notebook"
    with mv.style("slide"):
        assert _style.current().name == "slide"
        with mv.style("paper"):
            assert _style.current().name == "paper"
        assert _style.current().name == "slide"
    assert _style.current().name == "notebook"


def test_a_style_ends_with_an_exception():
    with pytest.raises(ZeroDivisionError), mv.style("slide"):
        raise ZeroDivisionError
    assert _style.current().name == "notebook"


def test_an_unknown_style_is_refused_in_one_sentence():
    with pytest.raises(ValueError) as caught, mv.style("poster"):
        pass
    assert str(caught.value) == "style must be one of 'notebook', 'slide', 'paper'; got 'poster'."
    assert _style.current().name == "notebook"


def test_another_thread_keeps_its_own_style():
    seen = []
    with mv.style("slide"):
        thread = Thread(target=lambda: seen.append(_style.current().name))
        thread.start()
        thread.join()
    assert seen == ["notebook"]


def test_styles_touch_no_setting_of_matplotlib():
    before = dict(mpl.rcParams)
    with mv.style("slide"):
        assert dict(mpl.rcParams) == before
    assert dict(mpl.rcParams) == before


def test_settings_are_names_that_matplotlib_knows():
    with mpl.rc_context(_style.settings()):
        assert mpl.rcParams["text.parse_math"] is False
        assert mpl.rcParams["font.size"] == _style.current().text
