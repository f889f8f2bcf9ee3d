"""Any table that loads, drawn: marks stand where the data say, and no text is cut off or hidden."""

import drawn
import numpy as np
import pandas as pd
import pytest
from budget import MANY, examples
from figures import FIGURES, chart_of
from hypothesis import given
from valid_tables import evidence, full


@pytest.mark.parametrize("name", FIGURES)
@examples(2, times=4)
@given(full)
def test_what_is_drawn_is_the_data_and_no_text_is_cut_off_or_hidden(name, knobs):
    chart = chart_of(name, evidence(knobs))
    if chart is None:
        return
    marks, values = (pd.Series(numbers, dtype="float64").dropna() for numbers in FIGURES[name].marks(chart))
    np.testing.assert_allclose(np.sort(marks), np.sort(values))
    assert drawn.outside(chart) == [] and not drawn.cut(chart)
    assert drawn.overlapping(chart) == []


NAMED = ("trial_label", "arm_label", "therapy_label", "agent", "population", "citation", "experimental_label")
ROWS = ("median_survival", "landmark_survival", "best_response", "forest", "evidence_map", "timeline")
LONG = " " + "long name " * 14 + "W" * 140


@pytest.mark.parametrize("name", FIGURES if MANY else ROWS)
@examples(1, times=4)
@given(full)
def test_names_of_three_hundred_letters_are_drawn_whole(name, knobs):
    tables = {
        table: frame.assign(**{name: frame[name] + LONG for name in NAMED if name in frame})
        for table, frame in evidence(knobs).items()
    }
    chart = chart_of(name, tables)
    if chart is None:
        assert MANY  # the few that are asked for every day are drawn
        return
    assert drawn.outside(chart) == [] and not drawn.cut(chart)
    assert drawn.overlapping(chart) == []


@pytest.mark.parametrize("arms", [500] if MANY else [120])
@pytest.mark.parametrize("name", FIGURES if MANY else ["median_survival by class", "enrollment", "timeline"])
@examples(1, times=1)
@given(full)
def test_hundreds_of_arms_are_drawn_whole(name, arms, knobs):
    seed, _, *rest = knobs
    chart = chart_of(name, evidence((seed, arms, *rest)))
    if chart is None:
        assert MANY  # the few that are asked for every day are drawn
        return
    assert drawn.outside(chart) == [] and not drawn.cut(chart)
    assert drawn.overlapping(chart) == []
