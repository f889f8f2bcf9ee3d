"""What every figure of arms rests on: order, names, footnotes, sources, and selections."""

import re

import pandas as pd
import pytest

import mesoviz as mv
from mesoviz._figures import _arms


@pytest.fixture(scope="module")
def trials():
    return mv.load_trials()


def arms(**columns):
    """A small frame of arms: what is not given is the same in every row."""
    size = len(next(iter(columns.values())))
    settings = pd.CategoricalDtype(["first-line", "pretreated"], ordered=True)
    classes = pd.CategoricalDtype(["Chemotherapy", "Targeted therapy", "Supportive care"], ordered=True)
    given = {
        "trial": [f"trial-{i}" for i in range(size)],
        "arm": ["arm"] * size,
        "arm_setting": ["first-line"] * size,
        "role": ["experimental"] * size,
        "design": ["single-arm"] * size,
        "therapy_class": ["Chemotherapy"] * size,
        "agent": ["Agent"] * size,
        "therapy_label": ["Therapy"] * size,
        "part_of": [None] * size,
        **columns,
    }
    frame = pd.DataFrame(given).astype({"arm_setting": settings, "therapy_class": classes, "part_of": "str"})
    frame["role"] = pd.Categorical(frame["role"], ["experimental", "control"], ordered=True)
    return frame.assign(trial_label=given.get("trial_label", frame["trial"]))


def test_arms_stand_by_setting_then_class_then_agent_then_trial():
    frame = arms(
        trial=["e", "d", "c", "b", "a"],
        arm_setting=["pretreated", "first-line", "first-line", "first-line", "first-line"],
        therapy_class=["Chemotherapy", "Targeted therapy", *["Chemotherapy"] * 3],
        agent=["A", "A", "b", "A", "A"],
    )
    assert list(_arms.in_order(frame)["trial"]) == ["a", "b", "c", "d", "e"]


def test_a_control_stands_under_the_therapy_it_was_compared_with():
    frame = arms(
        trial=["two", "two", "one"],
        arm=["placebo", "drug", "drug"],
        role=["control", "experimental", "experimental"],
        design=["randomized", "randomized", "single-arm"],
        therapy_class=["Supportive care", "Targeted therapy", "Targeted therapy"],
        agent=["Placebo", "Drug", "Drug"],
    )
    ordered = _arms.in_order(frame)
    assert ordered[["trial", "arm"]].to_numpy().tolist() == [
        ["one", "drug"],
        ["two", "drug"],
        ["two", "placebo"],
    ]
    assert set(ordered["lead_class"]) == {"Targeted therapy"} and set(ordered["lead_agent"]) == {"Drug"}
    assert _arms.joined(ordered) == [False, False, True]


def test_arms_of_a_trial_without_comparison_stand_under_their_own_therapies():
    frame = arms(trial=["t", "t"], arm=["x", "y"], design=["multi-cohort"] * 2, agent=["X", "Y"])
    assert list(_arms.in_order(frame)["lead_agent"]) == ["X", "Y"]


def test_a_part_stands_after_its_whole():
    frame = arms(trial=["t", "t"], arm=["a", "b"], part_of=["b", None], design=["randomized"] * 2)
    assert list(_arms.in_order(frame)["arm"]) == ["b", "a"]


def test_order_does_not_depend_on_the_order_of_rows(trials):
    once = _arms.in_order(trials)
    again = _arms.in_order(trials.sample(frac=1, random_state=1))
    pd.testing.assert_frame_equal(once, again)
    assert len(once) == len(trials)


def test_randomized_arms_of_a_setting_stand_side_by_side(trials):
    ordered = _arms.in_order(trials)
    compared = ordered[ordered["design"].eq("randomized")]
    for _, rows in compared.groupby(["trial", "arm_setting"], observed=True):
        assert rows.index[-1] - rows.index[0] == len(rows) - 1


def test_names_tell_arms_of_one_therapy_apart():
    frame = pd.DataFrame({"therapy_label": ["Drug", "Drug"], "arm_label": [None, "high dose"]}).astype("str")
    assert list(_arms.names(frame)) == ["Drug", "Drug (high dose)"]


def test_parts_of_drawn_arms_alone_are_named():
    frame = arms(trial=["t", "t", "t", "u"], arm=["whole", "part", "unreported", "part"],
                 part_of=[None, "whole", None, "whole"])  # fmt: skip
    reason = pd.Series([None, None, "not reported", None], dtype="object")
    assert list(_arms.parts_of_drawn(frame, reason)) == [False, True, False, False]
    reason[0] = "not reported"  # the whole is not drawn: its part may stand for it
    assert not _arms.parts_of_drawn(frame, reason).any()


def test_split_loses_no_row_and_sorts_the_omitted():
    frame = arms(trial=["c", "a", "b"])
    drawn, omitted = _arms.split(frame, pd.Series(["no count", pd.NA, "no count"], dtype="object"))
    assert list(drawn["trial"]) == ["a"]
    assert omitted[["trial", "reason"]].to_numpy().tolist() == [["b", "no count"], ["c", "no count"]]
    assert _arms.omitted_words(omitted) == ["Not drawn, no count (2 arms): b, c."]


def test_remarks_name_what_is_special(trials):
    said = dict(zip(trials["trial"], _arms.remarks(trials, "pfs_definition"), strict=True))
    assert any("Population: " in remark for remark in said["atomic-meso"])
    shared = trials.loc[trials["overlaps_trial"].notna()].iloc[[0]]
    assert any("another trial" in remark for remark in _arms.remarks(shared)[0])
    with_part = trials.loc[trials["part_of"].notna()].iloc[[0]]
    assert any("never added" in remark for remark in _arms.remarks(with_part)[0])
    ttp = trials.loc[trials["pfs_definition"].eq("TTP")].iloc[[0]]
    assert "TTP: time to progression." in _arms.remarks(ttp, "pfs_definition")[0]
    assert "TTP: time to progression." not in _arms.remarks(ttp)[0]


def test_footnotes_share_letters_in_order_of_appearance():
    marks, line = _arms.footnotes([["One."], [], ["Two.", "One."]])
    assert marks == ["\xa0ᵃ", "", "\xa0ᵇ\xa0ᵃ"]
    assert line == "ᵃ\xa0One.  ᵇ\xa0Two."
    assert _arms.footnotes([[], []]) == (["", ""], "")


def test_footnotes_never_run_out_of_letters():
    marks, _ = _arms.footnotes([[str(i)] for i in range(200)])
    assert len(set(marks)) == 200


def test_special_trials_are_named_up_to_a_limit(trials):
    special = trials[trials["population"].notna()]
    few = special[special["trial"].isin(special["trial"].unique()[:2])]
    named = " ".join(_arms.special_trials(few))
    assert all(label in named for label in few["trial_label"])
    many = special["trial"].nunique()
    assert any(f"in {many} trials" in said for said in _arms.special_trials(special))
    assert _arms.special_trials(trials[trials["trial"].eq("maps")]) == []


def test_patients_of_parts_are_not_added():
    frame = arms(trial=["t", "t", "u"], arm=["whole", "part", "x"], part_of=[None, "whole", None])
    frame["n"] = pd.array([30, 10, pd.NA], dtype="Int64")
    assert _arms.studied(frame) == "3 arms of 2 trials, 30 patients"


def sources():
    return pd.DataFrame(
        {"source": ["s1", "s2"], "citation": ["A 2001", "B 2002"], "link": ["https://a", None]}
    )


def test_sources_stand_once_each_in_drawing_order():
    drawn = pd.DataFrame(
        {
            "os_source": ["s2", "s1", "s2", None],
            "os_citation": ["B 2002", "A 2001", "B 2002", None],
            "n_source": ["s1", "s2", None, "own"],
            "n_citation": ["A 2001", "B 2002", None, "My notes"],
        }
    )
    behind = _arms.sources_behind(drawn, ["os_source", "n_source"], sources())
    assert list(behind["source"]) == ["s2", "s1", "own"]
    assert list(behind.columns) == ["source", "citation", "link"]
    assert behind["citation"].iloc[2] == "My notes" and pd.isna(behind["link"].iloc[2])


def test_a_page_stands_once_for_each_paper_that_it_is_cited_for():
    table = mv.load_sources()
    page = table.loc[table["reports"].str.count(";").idxmax()]
    papers = table.set_index("source").loc[page["reports"].split(";")].iloc[[-1, 0]]
    site = page["citation"].rpartition(", via ")[2]
    cited = [f"{name}, via {site}" for name in papers["citation"]]
    drawn = pd.DataFrame({"source": page["source"], "citation": [*cited, cited[0]]})
    behind = _arms.sources_behind(drawn, ["source"])
    assert behind["citation"].tolist() == cited and behind["link"].eq(page["link"]).all()
    for told, doi in zip(behind["reference"], papers["doi"], strict=True):
        assert told.partition(". Reports: ")[2].endswith(f"doi:{doi}.") and told.count("doi:") == 1


def test_a_page_that_speaks_for_itself_keeps_its_link():
    table = mv.load_sources()
    page = table[table["source"].eq("bjc2021")].iloc[0]
    drawn = pd.DataFrame({"source": ["bjc2021"], "citation": [f"Br J Cancer {page['year']}"]})
    assert _arms.sources_behind(drawn, ["source"])["link"].tolist() == [page["link"]]


def test_a_citation_of_ones_own_is_not_given_the_projects_link():
    drawn = pd.DataFrame({"source": ["s1"], "citation": ["Somebody else 1999"]})
    behind = _arms.sources_behind(drawn, ["source"], sources())
    assert behind["citation"].iloc[0] == "Somebody else 1999" and pd.isna(behind["link"].iloc[0])


def test_the_source_line_names_six_and_counts_more():
    several = pd.DataFrame({"source": list("abcdefg"), "citation": [f"{c} 2000" for c in "ABCDEFG"]})
    assert _arms.sources_note(several.head(2)) == "Sources: A 2000; B 2000."
    assert _arms.sources_note(several.head(6)).count(";") == 5
    assert _arms.sources_note(several) == "Sources: 7 publications, listed below."
    assert _arms.sources_note(several.head(1).assign(citation=None)) == "Sources: a."


@pytest.mark.parametrize(
    ("frame", "error", "message"),
    [
        ([1], TypeError, "figure takes a DataFrame; got list."),
        (pd.DataFrame({"a": [1]}), ValueError, "figure needs the columns b and c; the frame lacks them"),
        (
            pd.DataFrame(columns=["a", "b", "c"]),
            ValueError,
            "figure was given no rows: the selection is empty.",
        ),
    ],
)
def test_require_refuses_in_one_sentence(frame, error, message):
    with pytest.raises(error, match=re.escape(message)):
        _arms.require(frame, ["a", "b", "c"], "figure")


def test_choose_names_what_is_allowed():
    _arms.choose("OS", ("OS", "PFS"), "endpoint")
    with pytest.raises(ValueError, match=re.escape("endpoint must be one of 'OS', 'PFS'; got None.")):
        _arms.choose(None, ("OS", "PFS"), "endpoint")


def test_select_keeps_controls_with_the_therapy_they_were_compared_with(trials):
    chosen = mv.select(trials, therapy_class="Checkpoint inhibitor", setting="pretreated")
    experimental = chosen[chosen["role"].eq("experimental")]
    assert set(chosen["arm_setting"].astype(str)) == {"pretreated"}
    controls = chosen[chosen["role"].eq("control")]
    assert len(controls) and set(controls["trial"]) <= set(experimental["trial"])
    asked = trials["therapy_class"].eq("Checkpoint inhibitor") & trials["arm_setting"].eq("pretreated")
    asked &= trials["role"].eq("experimental")
    assert set(trials.index[asked]) <= set(chosen.index)
    assert chosen.index.is_monotonic_increasing


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"agent": "Elixir"}, "select: no arm has agent 'Elixir'."),
        ({"setting": ["first-line", "lunar"]}, "select: no arm has arm_setting 'lunar'."),
        (
            {"agent": "Tremelimumab", "therapy_class": "Chemotherapy"},
            "select: no experimental arm has all the values asked for.",
        ),
    ],
)
def test_select_refuses_what_is_not_there(trials, asked, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        mv.select(trials, **asked)
