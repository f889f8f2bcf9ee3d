"""The map of the evidence: recounted from the CSV files, read back from the bubbles, said in words."""

import re
from collections import defaultdict

import matplotlib.style
import numpy as np
import pandas as pd
import pytest
from conftest import ROOT
from drawn import artists, outside, overlapping, points, table, texts, words

import mesoviz as mv
from mesoviz._figures._map import evidence_map, prepare
from mesoviz._figures._map_marks import FATES, keys

ENDPOINTS = ["OS", "PFS", "Response", "Toxicity", "None of these"]
FILTERS = {
    "cell therapy": lambda t: t[t["therapy_class"].eq("Cell therapy")],
    "pretreated": lambda t: t[t["arm_setting"].eq("pretreated")],
    "randomized phase 3": lambda t: t[t["phase"].eq("3") & t["design"].eq("randomized")],
    "a trial with parts": lambda t: t[t["trial"].eq("ad-ifn-alpha2b-celecoxib-chemotherapy")],
    "five trials": lambda t: t[t["trial"].isin(["maps", "nvalt-5", "determine", "checkmate-743", "mars-2"])],
}


@pytest.fixture(scope="module")
def trials():
    return mv.load_trials()


@pytest.fixture(scope="module")
def charts(trials):
    return {
        ("therapy_class", "phase"): evidence_map(trials),
        ("therapy_class", "endpoint"): evidence_map(trials, columns="endpoint"),
        ("agent", "phase"): evidence_map(trials, rows="agent"),
    }


@pytest.fixture(scope="module")
def csv_arms():
    """Arms as the files have them, with class, agent, fate, columns and the patients each counts."""
    therapies = {row["therapy"]: row for row in table(ROOT / "data" / "therapies.csv")}
    arms = table(ROOT / "data" / "trials.csv")
    of_trial = defaultdict(list)
    for arm in arms:
        of_trial[arm["trial"]].append(arm)
    for arm in arms:
        whole = [other for other in of_trial[arm["trial"]] if not other["part_of"]]
        n = arm["n"] or (arm["enrolled_mesothelioma"] if len(whole) == 1 else "")
        told = {
            "OS": arm["os_status"] in ("reported", "not reached"),
            "PFS": arm["pfs_status"] in ("reported", "not reached"),
            "Response": bool(arm["objective_response"] or arm["objective_response_pct"]),
            "Toxicity": bool(arm["grade3plus_ae_pct"]),
        }
        arm |= {
            "therapy_class": therapies[arm["therapy"]]["therapy_class"],
            "agent": therapies[arm["therapy"]]["agent"],
            "fate": {"yes": "met", "no": "not_met"}.get(arm["primary_endpoint_met"], "not_stated"),
            "counts": int(n) if n and not arm["part_of"] else None,
            "phase_columns": [f"Phase {arm['phase']}"],
            "endpoint_columns": [name for name in told if told[name]] or ["None of these"],
        }
    return arms


def number(value):
    return "n.r." if pd.isna(value) else int(value)


def recount(csv_arms, rows, columns):
    """Numbers of each cell that is not empty, from dicts of text."""
    cells = defaultdict(
        lambda: {"arms": 0, "without": 0, "trials": defaultdict(set), "patients": defaultdict(list)}
    )
    for arm in csv_arms:
        if arm["role"] == "control" or arm["part_of"]:
            continue
        for column in arm[f"{columns}_columns"]:
            heading = arm["therapy_class"] if rows == "agent" else ""
            cell = cells[heading, arm[rows], column]
            cell["arms"] += 1
            cell["without"] += arm["counts"] is None
            cell["trials"][arm["fate"]].add(arm["trial"])
            if arm["counts"] is not None:
                cell["patients"][arm["fate"]].append(arm["counts"])
    return cells


@pytest.mark.parametrize(
    "rows, columns", [("therapy_class", "phase"), ("therapy_class", "endpoint"), ("agent", "phase")]
)
def test_every_cell_is_what_the_files_hold(charts, csv_arms, rows, columns):
    expected = recount(csv_arms, rows, columns)
    data = charts[rows, columns].data
    for cell in data.to_dict("records"):
        key = (cell["heading"], cell["row"], cell["column"])
        if key not in expected:
            assert not any(cell[name] for name in data.columns[3:]), key
            continue
        found = expected.pop(key)
        assert (cell["arms"], cell["arms_without_n"]) == (found["arms"], found["without"]), key
        assert cell["trials"] == len(set().union(*found["trials"].values())), key
        for fate in FATES:
            assert cell[f"{fate}_trials"] == len(found["trials"][fate]), (key, fate)
            counted = found["patients"][fate]
            expect = sum(counted) if counted else ("n.r." if found["trials"][fate] else 0)
            assert number(cell[f"{fate}_patients"]) == expect, (key, fate)
        everyone = [n for counted in found["patients"].values() for n in counted]
        assert number(cell["patients"]) == (sum(everyone) if everyone else "n.r."), key
    assert not expected


def test_known_trials_count_as_they_should(trials):
    def of(trial):
        data = evidence_map(trials[trials["trial"].eq(trial)]).data
        return data[data["arms"] > 0].iloc[0]

    raw = {(row["trial"], row["arm"]): row for row in table(ROOT / "data" / "trials.csv")}
    maps = of("maps")
    assert (maps["column"], maps["row"]) == ("Phase 2/3", "Anti-angiogenic therapy")
    assert maps["met_patients"] == int(raw["maps", "bevacizumab-pemetrexed-cisplatin"]["n"])
    sterman = of("ad-ifn-alpha2b-celecoxib-chemotherapy")  # two cohorts are part of all its patients
    assert sterman["patients"] == int(raw["ad-ifn-alpha2b-celecoxib-chemotherapy", "all-patients"]["n"])
    nvalt5 = of("nvalt-5")  # no n of either arm
    assert pd.isna(nvalt5["patients"]) and nvalt5["arms_without_n"] == 1
    assert nvalt5["not_met_trials"] == 1


def test_bubbles_controls_and_the_unassigned_add_up_to_all_patients(charts, trials, csv_arms):
    chart = charts["therapy_class", "phase"]
    everyone = int(trials["patients"].sum() + trials.drop_duplicates("trial")["unassigned"].sum())
    rest = int(trials.drop_duplicates("trial")["unassigned"].sum())
    assert int(chart.data["patients"].sum() + chart.omitted["patients"].sum()) + rest == everyone
    enrolled = {arm["trial"]: int(arm["enrolled_mesothelioma"] or 0) for arm in csv_arms}
    of_arms = defaultdict(int)
    for arm in csv_arms:
        of_arms[arm["trial"]] += arm["counts"] or 0
    assert sum(of_arms.values()) + sum(max(0, enrolled[t] - of_arms[t]) for t in enrolled) == everyone
    assert f"{rest:,} patients enrolled but not assignable to an arm" in chart.text


def test_bubbles_stand_in_their_cells_with_areas_by_patients(charts):
    chart = charts["therapy_class", "phase"]
    data, axes = chart.data, chart.axes[0]
    middles = sorted({text.y for text in texts(chart, "patients")})
    assert len(middles) >= data["row"].nunique() - 1
    scale = set()
    for fate in FATES:
        shown = data[data[f"{fate}_trials"].gt(0) & data[f"{fate}_patients"].notna()]
        (marks,) = artists(chart, fate)
        at, sizes = np.asarray(marks.get_offsets()), marks.get_sizes()
        assert list(np.round(at[:, 0]).astype(int)) == list(shown["column"].cat.codes)
        assert np.all(np.diff(at[:, 1]) >= -1e-6)  # in drawing order, row by row
        areas = sizes * (np.pi / 4 if fate != "not_met" else 1)  # a diamond of matplotlib's is a square
        large = shown[f"{fate}_patients"].to_numpy(int) > 60
        scale |= set(np.round(areas[large] / shown[f"{fate}_patients"].to_numpy(int)[large], 6))
    assert len(scale) == 1
    assert axes.get_xlim() == (-0.5, len(data["column"].cat.categories) - 0.5)


def test_numbers_under_the_bubbles_and_beside_the_rows_are_the_data(charts):
    chart = charts["therapy_class", "phase"]
    full = chart.data[chart.data["arms"] > 0]
    assert words(chart, "patients") == [f"{n:,}" if pd.notna(n) else "n.r." for n in full["patients"]]
    everything = words(chart)
    for _, row in chart.data.groupby("row", sort=False):
        total = row.loc[row["arms"] > 0, "patients"].sum(min_count=1)
        assert (f"{total:,}" if pd.notna(total) else "n.r.") in everything


def test_empty_cells_are_drawn_empty_and_counted(charts):
    for (_, columns), chart in charts.items():
        empty = chart.data[chart.data["arms"].eq(0)]
        at = points(chart, "empty")
        assert list(at[:, 0].astype(int)) == list(empty["column"].cat.codes)
        for column, cells in empty.groupby("column", observed=True):
            if column == "None of these":
                continue
            place = "no trial in" if columns == "phase" else "nothing reported under"
            rows = len(chart.data[["heading", "row"]].drop_duplicates())
            (line,) = re.findall(
                rf"^Empty, {place} {re.escape(column)}: (.*)$", chart.text, flags=re.MULTILINE
            )
            assert line.startswith(f"{len(cells)} of {rows} row")
            if len(cells) <= 12:
                assert all(name in line for name in cells["row"])


def test_a_cell_without_any_number_of_patients_gets_a_cross(charts):
    chart = charts["agent", "phase"]
    unknown = sum(
        (chart.data[f"{fate}_trials"].gt(0) & chart.data[f"{fate}_patients"].isna()).sum() for fate in FATES
    )
    assert unknown > 0 and len(points(chart, "n not reported")) == unknown


@pytest.mark.parametrize(
    "rows, columns", [("therapy_class", "phase"), ("therapy_class", "endpoint"), ("agent", "phase")]
)
def test_words_hold_every_number_of_every_cell(charts, rows, columns):
    chart = charts[rows, columns]
    lines = iter(chart.text.splitlines()[1:])
    for (heading, name), row in chart.data.groupby(["heading", "row"], sort=False):
        line = next(lines)
        assert line.startswith(f"{heading}, {name}. " if heading else f"{name}. ")
        for cell in row[row["arms"] > 0].to_dict("records"):
            said = re.search(
                rf"(?:\. |; ){re.escape(cell['column'])}: (?P<n>[\d,]+ patients?|patients not reported) in "
                r"(?P<arms>[\d,]+) arms? of (?P<trials>[\d,]+) trials?"
                r"(?:, n not reported for (?P<without>\d+) arms?)? \((?P<fates>[^)]*)\)",
                line,
            )
            assert said, (name, cell["column"])
            n = said["n"].split()[0].replace(",", "")
            assert n == ("patients" if pd.isna(cell["patients"]) else str(cell["patients"]))
            assert int(said["arms"].replace(",", "")) == cell["arms"]
            assert int(said["trials"]) == cell["trials"]
            if pd.notna(cell["patients"]):
                assert int(said["without"] or 0) == cell["arms_without_n"]
            expected = [
                f"{FATES[fate][0]} in {cell[f'{fate}_trials']} trial"
                for fate in FATES
                if cell[f"{fate}_trials"]
            ]
            parts = said["fates"].split("; ")
            assert [part.split(" trial")[0] + " trial" for part in parts] == expected
            patients = [cell[f"{fate}_patients"] for fate in FATES if cell[f"{fate}_trials"]]
            for part, n in zip(parts, patients, strict=True):
                assert part.endswith("not reported" if pd.isna(n) else f"{n:,} patient{'s' * (n != 1)}")
        empty = ", ".join(row.loc[row["arms"].eq(0), "column"])
        assert empty in line


@pytest.mark.parametrize("select", FILTERS.values(), ids=FILTERS)
@pytest.mark.parametrize("columns", ["phase", "endpoint"])
def test_what_is_given_is_counted_or_omitted_with_a_reason(trials, select, columns):
    given = select(trials)
    data, omitted = prepare(given, columns=columns)
    counted = given[given["role"].ne("control") & given["part_of"].isna()]
    assert len(counted) + len(omitted) == len(given) and omitted["reason"].notna().all()
    assert data["arms"].sum() == len(counted) if columns == "phase" else data["arms"].sum() >= len(counted)
    left_out = set(zip(omitted["trial"], omitted["arm"], strict=True))
    assert not left_out & set(zip(counted["trial"], counted["arm"], strict=True))


def test_columns_are_the_categories_of_phase(trials):
    cells = trials[trials["therapy_class"].eq("Cell therapy")]
    assert set(evidence_map(cells).data["column"]) >= {"Phase 3", "Phase 4"}
    trimmed = cells.assign(phase=cells["phase"].cat.remove_unused_categories())
    assert sorted(set(evidence_map(trimmed).data["column"])) == ["Phase 1", "Phase 1/2", "Phase 2"]
    unknown = cells.assign(phase=cells["phase"].where(cells["phase"].ne("2")))
    data = evidence_map(unknown).data
    assert data.loc[data["column"].eq("Phase n.r."), "trials"].sum() == 1


def test_sources_of_all_counted_numbers_are_listed(charts, trials):
    counted = trials[trials["role"].ne("control") & trials["part_of"].isna()]
    for chart in charts.values():
        listed = set(chart.sources["source"])
        assert set(counted["n_source"].dropna()) <= listed
        assert set(counted["primary_source"].dropna()) <= listed
        by_enrollment = counted[counted["n"].isna() & counted["patients"].notna()]
        assert set(by_enrollment["enrollment_source"].dropna()) <= listed


def test_selected_and_shared_patients_are_named(charts):
    text = charts["therapy_class", "phase"].text
    assert "Selected patients: " in text and "ATOMIC-meso (non-epithelioid only)" in text
    assert "Some patients are probably counted twice, in " in text


def test_the_order_of_rows_changes_nothing(trials, charts):
    shuffled = trials.sample(frac=1, random_state=7)
    for (rows, columns), chart in charts.items():
        again = evidence_map(shuffled, rows=rows, columns=columns)
        pd.testing.assert_frame_equal(again.data, chart.data)
        assert again.text == chart.text


def test_settings_of_the_user_change_no_pixel(trials):
    given = FILTERS["five trials"](trials)
    plain = evidence_map(given)._png
    with matplotlib.style.context("dark_background"):
        assert evidence_map(given)._png == plain


@pytest.mark.parametrize(
    "select, options, style",
    [
        ("all", {}, "notebook"),
        ("all", {"columns": "endpoint"}, "slide"),
        ("all", {}, "slide"),
        ("all", {"rows": "agent"}, "notebook"),
        ("all", {"columns": "endpoint"}, "paper"),
        ("cell therapy", {"rows": "agent"}, "slide"),
        ("cell therapy", {"rows": "agent"}, "paper"),
        ("a trial with parts", {}, "notebook"),
        ("five trials", {}, "paper"),
    ],
)
def test_nothing_overlaps_or_leaves_the_canvas(trials, select, options, style):
    given = trials if select == "all" else FILTERS[select](trials)
    with mv.style(style):
        chart = evidence_map(given, **options)
    assert outside(chart) == [] and overlapping(chart) == []
    assert len(chart.alt) <= 300


def test_bubbles_of_one_cell_do_not_touch_the_next(charts):
    for chart in charts.values():
        axes = chart.axes[0]
        per_point = len(chart.data["column"].cat.categories) / (
            72 * axes.figure.get_figwidth() * axes.get_position().width
        )
        for fate in FATES:
            (marks,) = artists(chart, fate)
            x, size = np.asarray(marks.get_offsets())[:, 0], np.sqrt(marks.get_sizes())
            half = size / 2 * (np.sqrt(2) if fate == "not_met" else 1) * per_point
            assert np.all(np.abs(x - np.round(x)) + half <= 0.5 + 1e-6)


def test_a_title_of_ones_own(trials):
    chart = evidence_map(FILTERS["five trials"](trials), title="Who tried what?")
    assert chart.title == "Who tried what?" and chart.text.startswith("Who tried what? 5 ")


@pytest.mark.parametrize(
    "make, error, words_of_it",
    [
        (lambda t: evidence_map(t, rows="drug"), ValueError, "rows must be one of 'therapy_class', 'agent'"),
        (lambda t: evidence_map(t, columns="year"), ValueError, "columns must be one of 'phase', 'endpoint'"),
        (lambda t: evidence_map(t.iloc[:0]), ValueError, "given no rows"),
        (lambda t: evidence_map(t.drop(columns="phase")), ValueError, "needs the columns phase"),
        (lambda t: evidence_map(t[t["role"].eq("control")]), ValueError, "no experimental arm"),
        (lambda t: evidence_map(t.to_dict()), TypeError, "takes a DataFrame; got dict"),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_a_sentence(trials, make, error, words_of_it):
    with pytest.raises(error, match=re.escape(words_of_it)) as caught:
        make(trials)
    assert "\n" not in str(caught.value)


def test_the_legend_names_what_is_drawn_and_nothing_else(trials):
    labels = {key.label for key in keys(prepare(FILTERS["cell therapy"](trials))[0], 1.0)}
    assert "not stated whether met" in labels and "primary endpoint met" not in labels
    assert "empty: none in this selection" in labels


def test_an_arm_without_a_class_stands_in_a_row_of_its_own(trials):
    given = FILTERS["five trials"](trials)
    given = given.assign(therapy_class=given["therapy_class"].mask(given["trial"].eq("maps")))
    for rows, column in (("therapy_class", "row"), ("agent", "heading")):
        data = evidence_map(given, rows=rows).data
        assert data.loc[data[column].eq("Therapy class not reported"), "arms"].sum() == 1
