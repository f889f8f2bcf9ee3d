"""Patients per group: held against the CSV files, read back from the bars, one total for any grouping."""

import re
from collections import defaultdict
from pathlib import Path

import drawn
import matplotlib as mpl
import matplotlib.style
import pandas as pd
import pytest

import mesoviz as mv
from mesoviz._figures import _enrollment

DATA = Path(__file__).resolve().parents[1] / "data"
COLUMNS = {"agent": "agent", "therapy_class": "therapy_class", "setting": "arm_setting", "phase": "phase"}
SETTINGS = {
    "first-line": "First-line treatment",
    "maintenance": "Maintenance after first-line treatment",
    "pretreated": "Pretreated",
    "perioperative": "Around surgery",
    "mixed": "Mixed or several settings",
}
REST = "not assignable"
FILTERS = {
    "a class": lambda arms: arms[arms["therapy_class"] == "Cell therapy"],
    "a setting": lambda arms: arms[arms["arm_setting"] == "maintenance"],
    "controls": lambda arms: arms[arms["role"] == "control"],
    "a trial with a part": lambda arms: arms[arms["trial"].isin(arms.loc[arms["part_of"].notna(), "trial"])],
    "one arm": lambda arms: arms[arms["n"].notna() & arms["part_of"].isna()].head(1),
}


def is_missing(value):
    return value is pd.NA or value != value


@pytest.fixture(scope="module")
def trials():
    return mv.load_trials()


@pytest.fixture(scope="module")
def charts(trials):
    return {by: mv.enrollment(trials, by) for by in COLUMNS}


@pytest.fixture(scope="module")
def csv_arms():
    """Arms as the files have them, with the patients each adds and those its trial leaves without an arm."""
    therapies = {row["therapy"]: row for row in drawn.table(DATA / "therapies.csv")}
    of_trial = defaultdict(list)
    for arm in drawn.table(DATA / "trials.csv"):
        therapy = therapies[arm["therapy"]]
        of_trial[arm["trial"]].append(
            arm | {"agent": therapy["agent"], "therapy_class": therapy["therapy_class"]}
        )
    for arms in of_trial.values():
        alone = sum(not arm["part_of"] for arm in arms) == 1
        for arm in arms:
            n = arm["n"] or (arm["enrolled_mesothelioma"] if alone else "")
            arm["patients"] = int(n) if n and not arm["part_of"] else None
        rest = int(arms[0]["enrolled_mesothelioma"] or 0) - sum(arm["patients"] or 0 for arm in arms)
        for arm in arms:
            arm["unassigned"] = max(0, rest)
    return [arm for arms in of_trial.values() for arm in arms]


def label(arm, by):
    value = arm[COLUMNS[by]]
    return {"setting": SETTINGS.get(value), "phase": f"Phase {value}"}.get(by, value)


def test_every_grouping_adds_up_to_the_total_of_the_file(charts, csv_arms):
    rest = {arm["trial"]: arm["unassigned"] for arm in csv_arms}
    total = sum(arm["patients"] or 0 for arm in csv_arms) + sum(rest.values())
    totals = {by: int(chart.data["patients"].sum()) for by, chart in charts.items()}
    assert totals == dict.fromkeys(COLUMNS, total)
    assert all(f"{total:,} patients in {len(rest)} trials" in chart.text for chart in charts.values())


@pytest.mark.parametrize("by", COLUMNS)
def test_each_bar_counts_what_the_files_say(charts, csv_arms, by):
    expected = defaultdict(list)
    for arm in csv_arms:
        if not arm["part_of"]:
            expected[label(arm, by), arm["role"]].append((arm["trial"], arm["patients"]))
    found = {(row.group, row.role): row for row in charts[by].data.itertuples() if row.role != REST}
    assert found.keys() == expected.keys()
    for key, arms in expected.items():
        known = [patients for _, patients in arms if patients is not None]
        row = found[key]
        assert (row.arms, row.trials) == (len(arms), len({trial for trial, _ in arms}))
        assert row.arms_without_n == len(arms) - len(known)
        assert row.patients == sum(known) if known else is_missing(row.patients)


@pytest.mark.parametrize("by", COLUMNS)
def test_the_unassignable_stand_once_a_trial_in_the_last_row(charts, csv_arms, by):
    rest = {arm["trial"]: arm["unassigned"] for arm in csv_arms if arm["unassigned"]}
    last = charts[by].data.iloc[-1]
    assert (last["role"], last["group"]) == (REST, "Enrolled, but not assignable to an arm")
    assert (last["patients"], last["trials"]) == (sum(rest.values()), len(rest))


@pytest.mark.parametrize("by", COLUMNS)
def test_the_bars_are_those_of_the_data(charts, by):
    chart = charts[by]
    data = chart.data.dropna(subset="patients")
    for role, rows in data.groupby("role"):
        bars = [(bar.get_x(), bar.get_width()) for bar in drawn.artists(chart, role)]
        assert bars == list(zip(rows["start"], rows["patients"], strict=True))
    unknown = chart.data.groupby("row")["patients"].count().eq(0).sum()
    assert len(drawn.artists(chart, "not reported")) == unknown


def test_controls_are_hollow_and_the_unassignable_hatched(charts):
    chart = charts["therapy_class"]
    assert {mpl.colors.to_hex(bar.get_facecolor()) for bar in drawn.artists(chart, "control")} == {"#ffffff"}
    assert [bar.get_hatch() for bar in drawn.artists(chart, REST)] == ["////"]
    colors = [bar.get_facecolor() for bar in drawn.artists(chart, "experimental")]
    assert len(set(colors)) == len(colors)


@pytest.mark.parametrize("by", COLUMNS)
def test_the_words_hold_every_number_and_its_citation(charts, by):
    chart = charts[by]
    lines = [
        line for line in chart.text.splitlines() if re.search(r" arms? of \d+ trials?|patients of", line)
    ]
    assert len(lines) == len(chart.data)
    for row, line in zip(chart.data.itertuples(), lines, strict=True):
        place = f"{row.heading}, {row.group}: " if row.heading else f"{row.group}: "
        said = line.removeprefix(place)
        assert said != line
        if is_missing(row.patients):
            assert said.startswith("patients not reported in ") and "[" not in said
            continue
        assert int(said.split(" patient")[0].replace(",", "")) == row.patients
        assert f"of {row.trials} trial" in said and re.search(r"\[.+\]$", said)
        if row.role != REST:
            assert f"in {row.arms} {row.role} arm" in said
            without = re.search(r"n not reported for (\d+)", said)
            assert int(without[1] if without else 0) == row.arms_without_n


@pytest.mark.parametrize("by", COLUMNS)
@pytest.mark.parametrize("name", [None, *FILTERS])
def test_every_arm_given_is_counted_or_omitted(trials, by, name):
    given = FILTERS[name](trials) if name else trials
    data, omitted = _enrollment.prepare(given, by)
    assert data["arms"].sum() + len(omitted) == len(given)
    assert set(omitted["reason"]) <= {"part of another arm: counted there"}
    assert set(zip(omitted["trial"], omitted["arm"], strict=True)) == {
        (row.trial, row.arm) for row in given.itertuples() if not is_missing(row.part_of)
    }
    once = given.drop_duplicates("trial")["unassigned"].sum()
    assert data["patients"].sum() == given["patients"].sum() + once


def test_parts_are_named_in_the_words(charts, trials):
    parts = trials[trials["part_of"].notna()]
    line = next(line for line in charts["phase"].text.splitlines() if line.startswith("Not drawn, part of"))
    assert f"({len(parts)} arms)" in line
    assert all(name in line for name in parts["trial_label"])


def test_groups_stand_in_their_usual_order(charts, trials):
    for by in ("therapy_class", "setting", "phase"):
        kinds = trials[COLUMNS[by]].cat.categories
        wanted = [label({COLUMNS[by]: kind}, by) for kind in kinds if trials[COLUMNS[by]].eq(kind).any()]
        assert charts[by].data["group"].drop_duplicates().tolist()[:-1] == wanted


def test_therapies_stand_by_patients_then_name_within_their_class(charts):
    data = charts["agent"].data
    rows = data.groupby("row").agg(heading=("heading", "first"), group=("group", "first"))
    rows["patients"] = data.groupby("row")["patients"].sum(min_count=1)
    for _, group in rows.iloc[:-1].groupby("heading", sort=False):
        keys = [
            (-(n if not is_missing(n) else -1), name.casefold())
            for n, name in group[["patients", "group"]].to_numpy()
        ]
        assert keys == sorted(keys)


def test_the_sources_are_those_of_the_numbers(charts, csv_arms):
    wanted = {
        arm["n_source"] if arm["n"] else arm["enrollment_source"]
        for arm in csv_arms
        if arm["patients"] is not None
    } | {arm["enrollment_source"] for arm in csv_arms if arm["unassigned"]}
    for chart in charts.values():
        assert set(chart.sources["source"]) == wanted


def test_a_selection_says_what_to_beware_of(trials):
    pair = trials[trials["trial"].isin(trials["overlaps_trial"].dropna())]
    labels = pair["trial_label"].drop_duplicates()
    assert len(labels) == 2
    both = mv.enrollment(pair)
    assert "probably counted twice" in both.text and all(name in both.text for name in labels)
    assert "probably counted twice" not in mv.enrollment(pair[pair["trial_label"] == labels.iloc[0]]).text
    chosen = trials[trials["population"].notna()].head(1)
    assert f"Selected patients: {chosen['trial_label'].iloc[0]} (" in mv.enrollment(chosen).text


def test_missing_groups_are_a_group_and_keep_the_total(trials, charts):
    blank = trials.assign(
        phase=trials["phase"].where(trials["phase"] != "2"),
        arm_setting=trials["arm_setting"].where(trials["arm_setting"] != "pretreated"),
        therapy_class=trials["therapy_class"].where(trials["therapy_class"] != "Cell therapy"),
    )
    for by in COLUMNS:
        data, _ = _enrollment.prepare(blank, by)
        assert data["patients"].sum() == charts[by].data["patients"].sum()
    assert "Not reported" in set(_enrollment.prepare(blank, "phase")[0]["group"])


def test_the_order_of_rows_does_not_matter(trials, charts):
    shuffled = trials.sample(frac=1, random_state=5)
    for by, chart in charts.items():
        data, _ = _enrollment.prepare(shuffled, by)
        pd.testing.assert_frame_equal(data, chart.data)
    few = FILTERS["a class"]
    assert mv.enrollment(few(shuffled)).text == mv.enrollment(few(trials)).text


def test_ones_own_settings_do_not_change_the_figure(trials):
    few = FILTERS["a class"](trials)
    plain = mv.enrollment(few)._bytes("png")
    with matplotlib.style.context("dark_background"):
        mpl.rcParams.update({"font.size": 20, "hatch.linewidth": 4})
        assert mv.enrollment(few)._bytes("png") == plain


@pytest.mark.parametrize("by", COLUMNS)
def test_the_alternative_text_is_short_and_tells_the_total(charts, by):
    assert len(charts[by].alt) <= 300
    assert f"{charts[by].data['patients'].sum():,} patients" in charts[by].alt


@pytest.mark.parametrize("style", ["notebook", "slide", "paper"])
@pytest.mark.parametrize("size", [1, 5, 40, None])
def test_no_text_is_cut_or_covered(trials, style, size):
    agents = trials["agent"].drop_duplicates().head(size or len(trials))
    with mv.style(style):
        chart = mv.enrollment(trials[trials["agent"].isin(agents)])
        assert drawn.outside(chart) == []
        assert drawn.overlapping(chart) == []


@pytest.mark.parametrize("style", ["notebook", "slide", "paper"])
@pytest.mark.parametrize("by", ["therapy_class", "setting", "phase"])
def test_no_text_is_cut_or_covered_in_the_overviews(trials, style, by):
    with mv.style(style):
        chart = mv.enrollment(trials, by)
        assert drawn.outside(chart) == []
        assert drawn.overlapping(chart) == []


def test_a_title_of_ones_own(trials):
    chart = mv.enrollment(FILTERS["one arm"](trials), title="Who took part?")
    assert chart.title == "Who took part?" and chart.text.startswith("Who took part? ")
    assert "Who took part?" in drawn.words(chart)


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        (lambda t: t.iloc[:0], ValueError, "was given no rows"),
        (lambda t: t.drop(columns=["patients", "unassigned"]), ValueError, "patients and unassigned"),
        (lambda t: t[t["part_of"].notna()], ValueError, "is part of an arm outside it"),
        (lambda t: t[t["patients"].isna() & t["unassigned"].eq(0)], ValueError, "no number of patients"),
        (lambda t: t["n"], TypeError, "takes a DataFrame; got Series"),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_a_sentence(trials, change, error, message):
    with pytest.raises(error, match=message) as raised:
        mv.enrollment(change(trials))
    assert "\n" not in str(raised.value)


def test_an_unknown_grouping_is_refused(trials):
    with pytest.raises(
        ValueError, match="by must be one of 'agent', 'therapy_class', 'setting', 'phase'; got 'x'"
    ):
        mv.enrollment(trials, "x")
