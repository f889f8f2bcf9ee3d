"""Which trial came first: told by like dates only, never guessed."""

import pandas as pd
import pytest

from mesoviz._figures._later import RULES, stages

UNKNOWN = "its order in time among the therapy's trials is not known"
NO_TEST = "no later randomized trial of the therapy"
NO_SIGNAL = "randomized, with no earlier uncontrolled or phase 1 or 2 trial of the therapy"


def order(*trials):
    """Stages of one therapy's arms, given as (trial, phase, controlled, first, last, published)."""
    names = ["trial", "phase", "controlled", "first_patient", "last_patient", "published"]
    arms = pd.DataFrame(trials, columns=names)
    arms = arms.assign(agent="Drug", trial_label=arms["trial"])
    arms["published"] = arms["published"].astype("Int64")
    return stages(arms, arms["controlled"])


@pytest.mark.parametrize(
    "early, late, rule",
    [
        (("2001-05", None, None), ("2001-06", None, None), RULES[0]),
        (("2001", None, None), ("2002-01", None, None), RULES[0]),
        (("2001-05", "2009", 2003), ("2002-06", "2008", 2002), RULES[0]),  # the first rule decides alone
        ((None, "2003-01", 2009), ("2005-02", "2004", 2008), RULES[1]),
        ((None, None, 2003), ("1999-02", "2001-01", 2004), RULES[2]),
        (("2001", None, 2005), ("2001-06", None, 2006), RULES[2]),  # the year leaves the first rule open
    ],
)
def test_a_rule_decides_where_both_trials_tell_it(early, late, rule):
    found = order(("a", "2", False, *early), ("b", "3", True, *late))
    assert found["step"].tolist() == ["signal", "test"]
    assert found.loc[1, ["after", "ordered_by"]].tolist() == ["a", rule]
    assert found["reason"].isna().all()


@pytest.mark.parametrize(
    "one, other",
    [
        (("2001-05", None, None), (None, "2009-01", None)),  # unlike dates are not compared
        (("2001", None, None), ("2001-11", None, None)),  # within the same year
        ((None, None, 2004), (None, None, 2004)),
        ((None, None, None), ("2010-01", "2012-01", 2014)),
    ],
)
def test_an_order_that_is_not_told_is_not_guessed(one, other):
    found = order(("a", "2", False, *one), ("b", "3", True, *other))
    assert found["step"].isna().all() and found["reason"].tolist() == [UNKNOWN, UNKNOWN]


def test_a_trial_that_came_earlier_is_no_test_of_a_later_signal():
    found = order(("a", "2", False, "2010-01", None, None), ("b", "3", True, "2001-01", None, None))
    assert found["step"].isna().all() and found["reason"].tolist() == [NO_TEST, NO_SIGNAL]


def test_a_controlled_phase_2_trial_is_a_signal_for_phase_3_and_phase_3_is_none_for_it():
    found = order(("a", "2", True, "2010-01", None, None), ("b", "3", True, "2012-01", None, None))
    assert found["step"].tolist() == ["signal", "test"]
    found = order(("a", "3", True, "2010-01", None, None), ("b", "2", True, "2012-01", None, None))
    assert found["step"].isna().all() and found["reason"].tolist() == [NO_SIGNAL, NO_SIGNAL]


def test_arms_of_one_trial_are_not_put_in_order():
    found = order(("a", "2", False, "2010-01", None, None), ("a", "2", True, "2010-01", None, None))
    assert found["step"].isna().all()


def test_the_earliest_known_signal_is_named():
    found = order(
        ("late", "2", False, "2005-01", None, None),
        ("early", "1", False, "2003-01", None, None),
        ("test", "3", True, "2009-01", None, None),
    )
    assert found.loc[2, "after"] == "early"
    assert found["step"].tolist() == ["signal", "signal", "test"]


def test_therapies_are_kept_apart_and_an_unknown_one_is_said():
    arms = pd.DataFrame(
        {
            "agent": ["One", "Other", None],
            "trial": ["a", "b", "c"],
            "trial_label": ["a", "b", "c"],
            "phase": ["2", "3", "3"],
            "first_patient": ["2001-01", "2005-01", "2006-01"],
            "last_patient": [None, None, None],
            "published": pd.array([pd.NA, pd.NA, pd.NA], dtype="Int64"),
        }
    )
    found = stages(arms, pd.Series([False, True, True]))
    assert found["step"].isna().all()
    assert found["reason"].tolist() == [NO_TEST, NO_SIGNAL, "therapy not reported in the sources read"]
