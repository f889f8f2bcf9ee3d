"""What is loaded, saved and loaded again is the same, and rows in another order are the same rows."""

import pandas as pd
import pytest
from budget import examples
from data_helpers import DATA, copy_of_data
from hypothesis import given
from hypothesis import strategies as st
from valid_tables import evidence, knobs, raw

import mesoviz as mv
from mesoviz._schema import TABLES

LOADERS = {
    name: getattr(mv, f"load_{name}")
    for name in (
        *("trials", "landmarks", "curves", "comparisons", "therapies", "sources", "targets", "claims"),
    )
}
JOINED = ("trials", "landmarks", "curves", "comparisons", "therapies", "sources")


def saved(tables, folder):
    """Write frames as a user would, derived columns left out, which are worked out at every load."""
    for name, frame in tables.items():
        frame[TABLES[name].names].to_csv(folder / f"{name}.csv", index=False)
    return folder


def by_key(frame, name):
    return frame.sort_values([*TABLES[name].key]).reset_index(drop=True)


@pytest.mark.parametrize("name", LOADERS)
def test_loading_what_was_saved_is_identity(name, tmp_path):
    once = LOADERS[name]()
    again = LOADERS[name](saved({name: once}, copy_of_data(tmp_path)) / f"{name}.csv")
    pd.testing.assert_frame_equal(again, once)
    pd.testing.assert_frame_equal(LOADERS[name](once[TABLES[name].names]), once)


def test_saving_all_tables_as_they_were_loaded_changes_no_cell(tmp_path):
    once = mv.load_evidence()
    again = mv.load_evidence(saved(once._asdict(), tmp_path))
    for name, frame in once._asdict().items():
        pd.testing.assert_frame_equal(getattr(again, name), frame)
        written = pd.read_csv(tmp_path / f"{name}.csv", dtype="str", keep_default_na=False)
        given = pd.read_csv(DATA / f"{name}.csv", dtype="str", keep_default_na=False)
        pd.testing.assert_series_equal(written.ne("").sum(), given.ne("").sum())  # what is missing stays so


@examples(3)
@given(knobs)
def test_any_tables_that_are_made_load_from_files_and_back(tmp_path_factory, knobs):
    folder = tmp_path_factory.mktemp("made")
    for name, frame in raw(knobs).items():
        frame.convert_dtypes().to_csv(folder / f"{name}.csv", index=False)
    findings = mv.check(folder)
    assert not findings["level"].eq("error").any(), findings["message"].tolist()
    once = mv.load_evidence(folder)
    for name, frame in evidence(knobs).items():
        pd.testing.assert_frame_equal(getattr(once, name), frame)
    again = mv.load_evidence(saved(once._asdict(), tmp_path_factory.mktemp("again")))
    for name, frame in once._asdict().items():
        pd.testing.assert_frame_equal(getattr(again, name), frame)


@examples(2)
@given(knobs, st.integers(0, 2**32 - 1))
def test_rows_in_another_order_load_as_the_same_rows(tmp_path_factory, knobs, seed):
    made, folder = raw(knobs), tmp_path_factory.mktemp("shuffled")
    for name, frame in made.items():
        shuffled = frame.sample(frac=1, random_state=seed)
        shuffled.convert_dtypes().to_csv(folder / f"{name}.csv", index=False)
    loaded = mv.load_evidence(folder)
    for name in JOINED:
        pd.testing.assert_frame_equal(
            by_key(getattr(loaded, name), name), by_key(evidence(knobs)[name], name)
        )


@pytest.mark.parametrize("name", JOINED)
def test_the_projects_own_rows_in_another_order_load_as_the_same_rows(name):
    once = LOADERS[name]()
    shuffled = LOADERS[name](once[TABLES[name].names].sample(frac=1, random_state=1))
    pd.testing.assert_frame_equal(by_key(shuffled, name), by_key(once, name))


@pytest.mark.parametrize("text", ["=SUM(A1)", "+1", "-x", "@cmd", "＝1"])
def test_text_like_a_formula_is_refused_so_that_nothing_needs_escaping(text):
    claims = mv.load_claims()
    claims.loc[0, "statement"] = text
    with pytest.raises(mv.DataError, match="begins like a formula"):
        mv.load_claims(claims)
