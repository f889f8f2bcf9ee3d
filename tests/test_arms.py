"""What every figure of arms rests on: order, names, footnotes, sources, and selections."""

import re

import pandas as pd
import pytest
from drawn import words

import mesoviz as mv
from mesoviz._figures import _arms
from mesoviz._page import _given


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


@pytest.mark.parametrize(
    ("therapy", "label", "name"),
    [
        ("NGR-hTNF", "ngr htnf triweekly", "NGR-hTNF (triweekly)"),
        ("HVJ-E", "hvj e low dose", "HVJ-E (low dose)"),
        ("Trimetrexate", "trimetrexate 6", "Trimetrexate (6)"),
        ("MVP", "mvp", "MVP"),
        ("Pemetrexed + cisplatin", "pemetrexed cisplatin 75", "Pemetrexed + cisplatin (75)"),
        ("Trabectedin", "trabectedins", "Trabectedin (trabectedins)"),  # whole words alone
        ("Trabectedin", "low trabectedin", "Trabectedin (low trabectedin)"),  # at the start alone
        (None, "low dose", "Therapy not reported (low dose)"),
    ],
)
def test_names_do_not_repeat_the_therapy(therapy, label, name):
    frame = pd.DataFrame({"therapy_label": [therapy], "arm_label": [label]}).astype("str")
    assert list(_arms.names(frame)) == [name]


def test_two_arms_of_a_trial_never_get_one_name():
    frame = arms(
        trial=["t", "t", "u", "v", "v"],
        arm=["a", "b", "a", "a", "a"],  # one arm on two rows is one arm
        therapy_label=["MVP"] * 5,
        arm_label=["mvp", None, "mvp", "mvp", "mvp"],
    )
    assert list(_arms.names(frame)) == ["MVP (mvp)", "MVP", "MVP", "MVP", "MVP"]


def test_every_arm_of_a_trial_has_a_name_of_its_own(trials):
    labeled = trials[trials["arm_label"].notna()]
    named = labeled.assign(name=_arms.names(trials)[labeled.index])
    assert not named.duplicated(["trial", "name"]).any()
    for row in named.itertuples():
        inside = re.sub(r"[\W_]", "", row.name.removeprefix(row.therapy_label)).casefold()
        assert not inside.startswith(re.sub(r"[\W_]", "", row.therapy_label).casefold())


def test_parts_of_drawn_arms_alone_are_named():
    frame = arms(trial=["t", "t", "t", "u"], arm=["whole", "part", "unreported", "part"],
                 part_of=[None, "whole", None, "whole"])  # fmt: skip
    reason = pd.Series([None, None, "not reported", None], dtype="object")
    assert list(_arms.parts_of_drawn(frame, reason)) == [False, True, False, False]
    reason[0] = "not reported"  # the whole is not drawn: its part may stand for it
    assert not _arms.parts_of_drawn(frame, reason).any()


def test_split_loses_no_row_and_sorts_the_omitted():
    frame = arms(trial=["c", "a", "b"])
    drawn, omitted = _given.split(frame, pd.Series(["no count", pd.NA, "no count"], dtype="object"))
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


def test_peritoneal_trials_are_marked_where_the_site_is_known(trials):
    peritoneal = trials["disease_site"].eq("peritoneal")
    said = ["Peritoneal mesothelioma only." in remarks for remarks in _arms.remarks(trials)]
    assert said == peritoneal.tolist() and any(said)
    without = trials.drop(columns="disease_site")
    assert not any("Peritoneal mesothelioma only." in remarks for remarks in _arms.remarks(without))
    assert "disease_site" in _given.take(trials, ["trial"]) and list(_given.take(without, ["trial"])) == [
        "trial"
    ]


def test_peritoneal_trials_are_named_up_to_a_limit(trials):
    inside = trials[trials["disease_site"].eq("peritoneal")]
    labels = inside["trial_label"].drop_duplicates()
    two = inside[inside["trial_label"].isin(labels[:2])]
    assert f"Peritoneal mesothelioma only: {labels.iloc[0]} and {labels.iloc[1]}." in _arms.special_trials(
        two
    )
    counted = f"Peritoneal mesothelioma only: {len(labels)} trials, named in the text folded under the chart."
    assert len(labels) > 3 and counted in _arms.special_trials(inside)
    everything = " ".join(_arms.special_trials(inside, limit=None))
    assert all(label in everything for label in labels)


@pytest.mark.parametrize(
    ("figure", "table"),
    [
        (mv.median_survival, "trials"),
        (lambda frame: mv.median_survival(frame, by="therapy_class"), "trials"),
        (lambda frame: mv.response_rate(frame), "trials"),
        (lambda frame: mv.response_rate(frame, by="therapy_class"), "trials"),
        (mv.best_response, "trials"),
        (mv.enrollment, "trials"),
        (mv.accrual, "trials"),
        (mv.timeline, "trials"),
        (mv.evidence_map, "trials"),
        (lambda frame: mv.landmark_survival(frame, months=(12, 24, 36)), "landmarks"),
    ],
)
def test_figures_of_arms_mark_peritoneal_trials_in_picture_and_words(figure, table):
    frame = getattr(mv.load_evidence(), table)
    mixed = frame[frame["disease_site"].eq("peritoneal") | frame["trial"].isin(["maps2", "checkmate-743"])]
    chart = figure(mixed)
    assert (
        "Peritoneal mesothelioma only" in " ".join(words(chart))
        and "Peritoneal mesothelioma only" in chart.text
    )
    plain = figure(mixed.drop(columns="disease_site"))
    assert "Peritoneal" not in " ".join(words(plain)).replace("Intraperitoneal", "").split("Sources")[0]


def test_footnotes_share_letters_in_order_of_appearance():
    marks, line = _arms.footnotes([["One."], [], ["Two.", "One."]])
    assert marks == ["\xa0ᵃ", "", "\xa0ᵃ\xa0ᵇ"]  # on a row, too, in the order in which they are explained
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
        _given.require(frame, ["a", "b", "c"], "figure")


def test_choose_names_what_is_allowed():
    _given.choose("OS", ("OS", "PFS"), "endpoint")
    with pytest.raises(ValueError, match=re.escape("endpoint must be one of 'OS', 'PFS'; got None.")):
        _given.choose(None, ("OS", "PFS"), "endpoint")


def test_select_keeps_controls_with_the_therapy_they_were_compared_with(trials):
    chosen = mv.select(trials, therapy_class="Checkpoint inhibitor", setting="pretreated")
    asked = trials["therapy_class"].eq("Checkpoint inhibitor") & trials["arm_setting"].eq("pretreated")
    asked &= trials["role"].eq("experimental")
    here = trials["arm_setting"].eq("pretreated")
    controlled = set(trials.loc[here & trials["role"].eq("control"), "trial"])
    beside = here & trials["trial"].isin(controlled & set(trials.loc[asked, "trial"]))
    assert beside.sum() > (asked & beside).sum()  # a plain filter loses controls
    pd.testing.assert_frame_equal(chosen, trials[asked | beside])  # rows unchanged, in their order


def test_select_keeps_the_order_and_index_that_it_was_given(trials):
    shuffled = trials.sample(frac=1, random_state=7)
    before = shuffled.copy()
    chosen = mv.select(shuffled, agent=["Tremelimumab", "Ramucirumab"])
    pd.testing.assert_frame_equal(chosen, shuffled.loc[shuffled.index.isin(chosen.index)])
    pd.testing.assert_frame_equal(shuffled, before)  # nothing is changed in place


def test_select_compares_within_a_setting_alone():
    frame = arms(
        trial=["t"] * 4,
        arm=["a", "a-control", "b", "b-control"],
        arm_setting=["first-line", "first-line", "pretreated", "pretreated"],
        role=["experimental", "control"] * 2,
    )
    assert list(mv.select(frame, setting="pretreated")["arm"]) == ["b", "b-control"]
    assert list(mv.select(frame)["arm"]) == ["a", "a-control", "b", "b-control"]


def test_select_takes_no_neighbor_from_a_trial_without_a_control():
    frame = arms(
        trial=["t", "t", "u", "u", "u"],
        arm=["x", "y", "x", "y", "placebo"],
        role=[*["experimental"] * 4, "control"],
        agent=["X", "Y", "X", "Y", "Placebo"],
    )
    chosen = mv.select(frame, agent="X")
    assert chosen[["trial", "arm"]].to_numpy().tolist() == [
        ["t", "x"],
        ["u", "x"],
        ["u", "y"],
        ["u", "placebo"],
    ]


def test_select_does_not_take_a_control_for_what_was_tried():
    frame = arms(
        trial=["t", "t", "u"],
        arm=["new", "old", "old"],
        role=["experimental", "control", "experimental"],
        agent=["New", "Old", "Old"],
    )
    assert mv.select(frame, agent="Old")["trial"].tolist() == ["u"]
    with pytest.raises(ValueError, match="no experimental arm has all the values"):
        mv.select(frame[frame["trial"].eq("t")], agent="Old")


@pytest.mark.parametrize("dtype", ["str", "object", "category"])
@pytest.mark.parametrize("values", ["first-line", ["first-line"], ("first-line",), pd.Series(["first-line"])])
def test_select_takes_one_value_or_several_of_columns_of_any_kind(dtype, values):
    frame = arms(trial=["t", "u"], arm_setting=["first-line", "pretreated"])
    typed = frame.astype(dict.fromkeys(["arm_setting", "therapy_class", "agent"], dtype))
    assert mv.select(typed, setting=values)["trial"].tolist() == ["t"]
    assert mv.select(typed, setting=["pretreated", "first-line"])["trial"].tolist() == ["t", "u"]
    with pytest.raises(ValueError, match="no arm has arm_setting 'lunar' and 'maintenance'"):
        mv.select(typed, setting=["lunar", "first-line", "maintenance"])


def test_select_passes_over_arms_whose_value_is_missing(trials):
    bare = trials.head(40).assign(agent=trials["agent"].head(40).mask(trials.index[:40] % 2 == 0))
    wanted = bare["agent"].dropna().iloc[0]
    chosen = mv.select(bare, agent=wanted)
    tried = chosen[chosen["role"].eq("experimental") & chosen["agent"].eq(wanted)]
    assert len(tried) == (bare["agent"].eq(wanted) & bare["role"].eq("experimental")).sum()


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"agent": "Elixir"}, "select: no arm has agent 'Elixir'."),
        ({"setting": ["first-line", "lunar"]}, "select: no arm has arm_setting 'lunar'."),
        (
            {"agent": "Tremelimumab", "therapy_class": "Chemotherapy"},
            "select: no experimental arm has all the values asked for.",
        ),
        ({"agent": []}, "select: no experimental arm has all the values asked for."),
    ],
)
def test_select_refuses_what_is_not_there(trials, asked, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        mv.select(trials, **asked)


def test_select_refuses_a_frame_that_it_cannot_read(trials):
    with pytest.raises(ValueError, match="select needs the columns role"):
        mv.select(trials.drop(columns="role"))
    with pytest.raises(ValueError, match="select was given no rows"):
        mv.select(trials.head(0))
    with pytest.raises(TypeError, match="select takes a DataFrame"):
        mv.select([1])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda trials: pd.concat([trials, trials]), "was given a row twice (maps, "),
        (lambda trials: trials.set_index("trial", drop=False), "with one name."),
        (lambda trials: pd.concat([trials, trials[["n"]]], axis=1), "with one name."),
    ],
)
def test_rows_and_columns_given_twice_are_refused(trials, change, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        mv.median_survival(change(trials[trials["trial"].eq("maps")]))


def test_a_source_of_the_users_own_is_listed_with_its_key(trials):
    mine = trials[trials["trial"].eq("maps")].copy()
    mine[["os_source", "n_source"]] = "mine2026"
    mine[["os_citation", "n_citation"]] = "Mine 2026"
    chart = mv.median_survival(mine)
    assert chart.sources[["source", "citation"]].to_numpy().tolist() == [["mine2026", "Mine 2026"]]
    assert chart.sources["reference"].isna().all()
