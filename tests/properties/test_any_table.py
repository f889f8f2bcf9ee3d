"""Any table that loads: a chart loses no row and says every number, or is refused in one sentence."""

import pandas as pd
import pytest
from budget import examples
from figures import FIGURES, chart_of
from hypothesis import given
from hypothesis import strategies as st
from valid_tables import evidence, full, knobs


@pytest.mark.parametrize("name", FIGURES)
@examples(4)
@given(knobs)
def test_every_row_is_drawn_or_omitted_and_every_number_said(name, knobs):
    tables = evidence(knobs)
    chart = chart_of(name, tables)
    if chart is None:
        return
    no_row_is_lost(name, chart, tables)
    every_number_is_said(name, chart)
    assert chart.omitted["reason"].str.len().gt(0).all()
    assert chart.alt and chart.title in chart.text


def no_row_is_lost(name, chart, tables):
    rows = tables[FIGURES[name].given]
    key = list(FIGURES[name].key)
    if not key:  # rows are counted in groups; an arm may stand in several columns of the map
        arms = chart.data["arms"].sum() + len(chart.omitted)
        assert arms >= len(rows) if "endpoint" in name else arms == len(rows)
        return
    comparisons = chart.data["mark"].eq("comparison") if "mark" in chart.data else slice(None)
    shown = chart.data.loc[comparisons]
    both = pd.concat([shown.get(key, shown[key[:1]]), chart.omitted.reindex(columns=key)])
    assert pairs(both, key) == pairs(rows, key)
    if "promise" not in name:  # there an arm that was compared with two controls has two rows
        assert len(both) == len(rows.drop_duplicates(key) if key == ["trial"] else rows)


def pairs(frame, key):
    return set(frame[key].astype("object").itertuples(index=False, name=None))


def every_number_is_said(name, chart):
    lines = [" ".join(line.split()) for line in chart.text.splitlines()]
    for row in chart.data.to_dict("records"):
        said = said_of(name, row)
        assert not said or any(all(word in line for word in said) for line in lines), said
    for label in chart.omitted.get("trial_label", pd.Series(dtype="str")):
        assert " ".join(label.split()) in " ".join(lines)


def said_of(name, row):
    """What one line of the words must hold of a row; nothing where a number of it is missing."""
    known = {column: value for column, value in row.items() if not pd.isna(value)}
    if row.get("mark") == "pooled" or row.get("arms") == 0:
        return ()
    try:
        return [" ".join(str(word).split()) for word in FIGURES[name].said(known)]
    except KeyError:
        return ()


@pytest.mark.parametrize("name", FIGURES)
@examples(1)
@given(full, st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_no_chart(name, knobs, random):
    tables = evidence(knobs)
    shuffled = {
        table: frame.sample(frac=1, random_state=random.randrange(2**32)) for table, frame in tables.items()
    }
    shuffled["curves"] = pd.concat([tables["curves"].head(1), shuffled["curves"].drop(index=[0])])
    before = {table: frame.copy() for table, frame in shuffled.items()}
    chart, other = chart_of(name, tables), chart_of(name, shuffled)
    for table, frame in before.items():  # what was given is left as it was
        pd.testing.assert_frame_equal(shuffled[table], frame)
    assert (chart is None) == (other is None)
    if chart is not None:
        assert other.text == chart.text
        assert other.alt == chart.alt
        pd.testing.assert_frame_equal(other.data, chart.data)
