"""The overview's strips: every dot inside its strip, its area its patients, the largest beneath."""

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from drawn import artists, outside, overlapping, points

import mesoviz as mv
from mesoviz._page import _furniture, _strips, _style

FURNITURE = _furniture.Furniture("Title", "Subtitle")


@pytest.fixture(scope="module")
def data():
    trials = mv.load_trials()
    shown = trials[trials["os_median_months"].notna()]
    keys = [*_strips.KEYS, "os_median_months", "trial", "arm"]
    return shown.sort_values(keys).reset_index(drop=True)


def drawn(data, **options):
    with mpl.rc_context(_style.settings()):
        laid, y, height = _strips.lay_out(
            data, FURNITURE, value="os_median_months", span="From", label="Months"
        )
        laid.axes[0].set_xlim(0, data["os_median_months"].max())
        _strips.draw(data, laid.axes[0], y, height, value="os_median_months", **options)
    return laid, y, height


def test_a_strip_sums_its_arms(data):
    table = _strips.table(data, "os_median_months")
    assert table["arms"].sum() == len(data)
    assert table["patients"].sum() == data["n"].sum()
    for strip in table.to_dict("records"):
        here = data[np.logical_and.reduce([data[key].eq(strip[key]) for key in _strips.KEYS])]
        assert (strip["low"], strip["high"]) == (
            here["os_median_months"].min(),
            here["os_median_months"].max(),
        )
        assert pd.isna(strip["patients"]) == here["n"].isna().all()  # missing is not zero


def test_every_dot_lies_inside_its_strip(data):
    laid, y, height = drawn(data)
    strips = sorted(set(zip(y, height, strict=True)))
    seen = 0
    for gid in ("experimental", "control"):
        for artist in artists(laid, gid):
            for (_, at), area in zip(artist.get_offsets(), artist.get_sizes(), strict=True):
                middle, tall = min(strips, key=lambda strip: abs(strip[0] - at))
                assert abs(at - middle) + np.sqrt(area) / 2 <= tall / 2 + 1e-6
                seen += 1
    assert seen == data["n"].notna().sum()
    assert outside(laid) == [] and overlapping(laid) == []


def test_the_area_of_a_dot_is_its_patients(data):
    laid, _, _ = drawn(data)
    (dots,) = artists(laid, "experimental")
    experimental = data[data["role"].eq("experimental") & data["n"].notna()]
    size = dict(zip(dots.get_offsets()[:, 0], dots.get_sizes(), strict=True))
    unique = experimental[~experimental["os_median_months"].duplicated(keep=False) & experimental["n"].gt(20)]
    ratio = [size[x] / n for x, n in zip(unique["os_median_months"], unique["n"].astype(float), strict=True)]
    assert len(ratio) > 3 and ratio == pytest.approx([ratio[0]] * len(ratio))


def test_the_largest_dots_are_drawn_first(data):
    laid, _, _ = drawn(data)
    for gid in ("experimental", "control"):
        sizes = artists(laid, gid)[0].get_sizes()
        assert (np.diff(sizes) <= 0).all()


def test_triangles_stand_for_the_arms_named(data):
    named = data["n"].gt(100).fillna(False).to_numpy(dtype=bool)
    laid, _, _ = drawn(data, triangles=named)
    control = data["role"].eq("control").to_numpy()
    assert len(points(laid, "experimental, other")) == (named & ~control).sum()
    assert len(points(laid, "control, other")) == (named & control).sum()
    assert len(points(laid, "n not reported")) == data["n"].isna().sum()


def test_the_legend_names_what_is_drawn_and_nothing_else(data):
    labels = [key.label for key in _strips.keys(data)]
    assert (
        labels[:2] == ["experimental arm", "control arm"] and labels[-1] == "number not in the sources read"
    )
    one = data[data["role"].eq("control") & data["n"].notna()]
    assert [key.label for key in _strips.keys(one)] == [
        "control arm",
        "10 patients",
        "100 patients",
        "300 patients",
    ]
