"""Drawn charts as seen without color, and by eyes that miss one kind of cone: nothing is lost."""

import drawn
import numpy as np
import pytest
import test_pictures
from matplotlib.collections import Collection
from matplotlib.colors import to_hex
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.text import Text
from test_style import CONES_MISSING, SRGB_TO_XYZ, linear

from mesoviz._page import _style
from mesoviz._page._texts import Texts

CHARTS = [
    *("median-survival", "median-survival-by-class", "survival-curves", "best-response", "enrollment"),
    *("forest-pooled", "network", "evidence-map", "benefit-and-harm", "timeline", "claims", "alterations"),
]
WORDS = {_style.INK, _style.GRAY, "#ffffff"}
# Areas that may be pale, and what tells the same.
PALE = {
    "#c3d5e8": "stable disease: the number stands in it, and in a column",
    "#9cc3e3": "supported with a caveat: outlined, in a column of its own, with the number beside it",
    "#ddeae1": "the interval around a curve, whose limits are told in words",
    "#ccd7d0": "two of these, one over the other",
    "#f7e0d5": "the middle half of the dots that stand on it",
}
evidence = test_pictures.evidence


@pytest.fixture(scope="module", params=CHARTS)
def chart(request, evidence):
    return test_pictures.FIGURES[request.param](evidence)


@pytest.fixture(scope="module")
def seen(chart):
    """The drawn chart, without smoothed edges: its colors with and without its texts, a row a pixel."""
    for artist in chart.figure.findobj(lambda artist: isinstance(artist, (Collection, Line2D, Patch))):
        artist.set_antialiased(False)
    whole = colors(chart)
    texts = chart.figure.findobj(lambda artist: isinstance(artist, (Text, Texts)) and artist.get_visible())
    for artist in texts:
        artist.set_visible(False)
    bare = colors(chart)
    for artist in texts:
        artist.set_visible(True)
    return whole, bare


def colors(chart):
    return np.frombuffer(chart._drawn("rgba", 72, {}), np.uint8).reshape(-1, 4)[:, :3]


def common(rows, least):
    """The different rows that are there so often at least."""
    found, counts = np.unique(rows, axis=0, return_counts=True)
    return found[counts >= least] / 255


def contrast(one, other):
    """The lowest contrast of two colors, as all see them: gray, and with each kind of cone missing."""
    seen = [
        np.clip(cones @ linear(color), 0, 1) for cones in CONES_MISSING.values() for color in (one, other)
    ]
    light = SRGB_TO_XYZ[1] @ np.array(seen).T + 0.05
    return min(max(pair) / min(pair) for pair in light.reshape(-1, 2))


def test_words_stand_out_from_what_they_stand_on(seen):
    whole, bare = seen
    inked = (whole != bare).any(axis=1)
    pairs = common(np.hstack([whole, bare])[inked], 3)
    pairs = [(pair[:3], pair[3:]) for pair in pairs if to_hex(pair[:3]) in WORDS]
    assert pairs
    assert [(to_hex(word), to_hex(on)) for word, on in pairs if contrast(word, on) < 4.5] == []


def test_marks_stand_out_from_the_page(seen):
    marks = [color for color in common(seen[1], 60) if np.ptp(color) > 0.08]
    assert [to_hex(mark) for mark in marks if contrast(mark, "white") < 3 and to_hex(mark) not in PALE] == []


def test_a_class_is_told_by_its_name_or_its_arms_also(chart, seen):
    named, used = " ".join(drawn.words(chart)), {to_hex(color) for color in common(seen[1], 20)}
    for name, color in _style.CLASS_COLORS.items():
        if "therapy_class" in chart.data and color in used and name not in named:
            arms = chart.data.loc[chart.data["therapy_class"].eq(name), "therapy_label"]
            assert len(arms) and all(arm in named for arm in arms)
