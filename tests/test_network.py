"""The graph of comparisons: nodes and lines read back, patients counted once, loops counted."""

import re

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from conftest import ROOT
from drawn import artists, outside, overlapping, points, table, words

import mesoviz as mv
from mesoviz._figures import _tree
from mesoviz._figures._graph import diameter
from mesoviz._figures._network import CAVEAT, prepare


@pytest.fixture(scope="module")
def comparisons():
    return mv.load_comparisons()


@pytest.fixture(scope="module")
def chart(comparisons):
    return mv.network(comparisons)


@pytest.fixture(scope="module")
def rows():
    """One row a comparison of the CSV file, whatever its endpoints."""
    raw = table(ROOT / "data" / "comparisons.csv")
    return {
        (row["trial"], row["experimental_arm"], row["control_arm"]): row
        for row in raw
        if row["main_analysis"] == "yes"
    }


@pytest.fixture(scope="module")
def arms():
    return {(row["trial"], row["arm"]): row for row in table(ROOT / "data" / "trials.csv")}


def test_every_comparison_is_drawn_once(chart, rows, comparisons):
    keys = [tuple(row) for row in chart.data[["trial", "experimental_arm", "control_arm"]].to_numpy()]
    assert len(set(keys)) == len(keys) and set(keys) == set(rows)
    assert len(chart.data) + len(chart.omitted) == len(comparisons)
    assert chart.omitted["reason"].notna().all()


def test_nodes_hold_the_patients_of_the_files_arms_each_once(chart, rows, arms):
    shared = {
        "placebo or supportive care": "Placebo or supportive care",
        "platinum-pemetrexed": "Platinum + pemetrexed",
    }
    expected = {}
    for (trial, tried, control), row in rows.items():
        kind = shared.get(row["control_kind"])
        if kind:
            expected.setdefault((arms[trial, tried]["arm_setting"], kind), {})[trial, control] = arms[
                trial, control
            ]["n"]
    # the one trial that tried what was to become the control of the others
    expected["first-line", "Platinum + pemetrexed"]["emphacis", "pemetrexed-cisplatin"] = arms[
        "emphacis", "pemetrexed-cisplatin"
    ]["n"]
    for (setting, name), found in expected.items():
        total = sum(int(n) for n in found.values() if n)
        here = chart.data[chart.data["setting"].eq(setting)]
        drawn = set(here.loc[here["control"].eq(name), "control_patients"])
        drawn |= set(here.loc[here["experimental"].eq(name), "experimental_patients"])
        assert drawn == {total}


def test_a_node_without_a_number_is_a_cross_not_a_zero(chart):
    unknown = chart.data[chart.data["experimental_patients"].isna()]
    assert set(unknown["trial"]) == {"nvalt-5", "nipu"}
    assert len(points(chart, "patients not reported")) == 3  # of NIPU both, of NVALT 5 the drug alone
    assert (
        words(chart, "node").count("patients not reported")
        + sum(text.startswith("patients not reported;") for text in words(chart, "node"))
        == 3
    )


def test_dots_have_the_area_of_their_patients(chart):
    sizes = []
    for gid in ("experimental", "control"):
        for artist in artists(chart, gid):
            sizes += list(artist.get_sizes())
    nodes = {}
    for row in chart.data.to_dict("records"):
        for side in ("control", "experimental"):
            nodes[row["setting"], row[side]] = row[f"{side}_patients"]
    known = [n for n in nodes.values() if pd.notna(n)]
    expected = [diameter(n, max(known)) ** 2 for n in known]
    np.testing.assert_allclose(sorted(sizes), sorted(expected))


def test_lines_join_controls_and_therapies_and_widen_with_trials(chart):
    pairs = chart.data.drop_duplicates(["setting", "control", "experimental"])
    found = artists(chart, "line")
    assert len(found) == len(pairs)
    widths = np.array([line.get_linewidth() for line in found])
    np.testing.assert_allclose(widths / widths.min(), pairs["line_trials"])
    tried = np.concatenate([points(chart, "experimental"), points(chart, "patients not reported")])
    for line in found:
        start, end = line.get_path().vertices[[0, -1]]
        assert start[0] < end[0]
        distance = np.hypot(*(tried - end).T).min()
        assert distance < 30  # ends at the edge of a dot


def test_words_are_beside_their_dots(chart):
    joined = " ".join(words(chart, "node"))
    for row in chart.data.to_dict("records"):
        for name in (row["control"], row["experimental"], row["trial_label"]):
            assert all(word in joined for word in name.split())


def test_the_words_hold_every_plotted_number(chart):
    for row in chart.data.to_dict("records"):
        counts = [
            f"n = {row[f'{s}_n']}" if pd.notna(row[f"{s}_n"]) else "n not reported"
            for s in ("experimental", "control")
        ]
        pair = f"{row['experimental']} ({counts[0]}) against {row['control']} ({counts[1]})"
        assert f"{pair}, {row['trial_label']}." in chart.text
    totals = {}
    for line in re.findall(r"^Patients in ([\w-]+): (.*)$", chart.text, flags=re.MULTILINE):
        for entry in line[1].split(". ")[0].rstrip(".").split("; "):
            name, n = re.fullmatch(r"(.*?) ([\d,]+|not reported)", entry).groups()
            totals[line[0], name] = n
    for row in chart.data.to_dict("records"):
        for side in ("control", "experimental"):
            n = row[f"{side}_patients"]
            assert totals[row["setting"], row[side]] == (f"{n:,}" if pd.notna(n) else "not reported")
    assert "were compared in 2 trials" in chart.text
    assert CAVEAT in chart.text and len(chart.alt) <= 300


def test_every_source_is_listed(chart):
    assert set(chart.sources["source"]) == set(chart.data["source"])


def test_settings_stand_apart(chart):
    assert chart.data["setting"].is_monotonic_increasing
    placebo = chart.data[chart.data["control"].eq("Placebo or supportive care")]
    assert placebo.drop_duplicates("setting")["control_patients"].nunique() > 1


def test_a_control_that_was_itself_tried_is_one_node(chart):
    first = chart.data[chart.data["setting"].eq("first-line")]
    tried = first[first["trial"].eq("emphacis")]
    assert tried["experimental"].tolist() == ["Platinum + pemetrexed"]
    assert first.loc[first["trial"].eq("maps"), "control"].tolist() == ["Platinum + pemetrexed"]


def test_loops_are_counted():
    assert _tree.loops([("a", "b"), ("b", "c"), ("c", "a"), ("c", "d")]) == 1
    assert _tree.loops([("a", "b"), ("b", "a"), ("a", "c")]) == 0
    assert _tree.loops([(x, y) for x in "abcd" for y in "abcd" if x < y]) == 3


def test_places_go_from_left_to_right_also_in_a_circle():
    depth = _tree.depths([("a", "b"), ("b", "c"), ("a", "c"), ("c", "a"), ("x", "c")])
    assert depth == {"a": 0, "b": 1, "c": 2, "x": 0}
    middles, height = _tree.rows(
        [("a", "b"), ("a", "c"), ("x", "y")], {"a": 50.0, "b": 10.0, "c": 10.0, "x": 5.0, "y": 20.0}
    )
    assert height == 70
    assert middles == {"a": 25, "b": 20, "c": 30, "x": 60, "y": 60}


def test_a_circle_is_drawn_and_counted(comparisons):
    three = comparisons[comparisons["trial"].isin(["maps", "checkmate-743", "ind-227"])].copy()
    names = {"maps": ("A", "B"), "checkmate-743": ("B", "C"), "ind-227": ("C", "A")}
    three["control_kind"] = "other active therapy"
    for trial, (tried, control) in names.items():
        three.loc[three["trial"].eq(trial), ["experimental_label", "control_label"]] = [tried, control]
    chart = mv.network(three)
    assert "Closed loops of comparisons: 1." in words(chart) and len(artists(chart, "line")) == 3


def test_dots_of_any_size_stay_on_the_page(comparisons):
    huge = comparisons.assign(experimental_n=10**7, control_n=3)
    chart = mv.network(huge)
    assert outside(chart) == [] and overlapping(chart) == []
    areas = {float(size) for artist in artists(chart, "experimental") for size in artist.get_sizes()}
    assert max(areas) ** 0.5 < 72 * chart.figure.get_figwidth() / 10


def test_order_of_rows_and_own_settings_change_nothing(comparisons, chart):
    with mpl.rc_context({**mpl.rcParams, "axes.facecolor": "black", "font.size": 20}):
        other = mv.network(comparisons.sample(frac=1, random_state=7))
    pd.testing.assert_frame_equal(chart.data, other.data)
    assert chart._bytes("png") == other._bytes("png")


@pytest.mark.parametrize("medium", ["notebook", "slide", "paper"])
def test_nothing_overlaps_or_is_cut_off(comparisons, medium):
    with mv.style(medium):
        charts = [mv.network(comparisons), mv.network(comparisons[comparisons["trial"].eq("maps")])]
        many = pd.concat(
            comparisons.assign(
                trial=comparisons["trial"] + f"-{i}",
                trial_label=comparisons["trial_label"] + f" {i}",
                experimental_label=comparisons["experimental_label"] + f" {i}",
            )
            for i in range(3)
        )
        charts += [mv.network(many)] if medium == "notebook" else []
    for chart in charts:
        assert outside(chart) == [] and overlapping(chart) == []


def test_bad_input_is_refused_in_one_sentence(comparisons):
    for frame, message in (
        (comparisons.head(0), "the selection is empty"),
        (comparisons.drop(columns=["setting", "source"]), "needs the columns setting and source"),
        (comparisons[~comparisons["main_analysis"]], "main analysis"),
    ):
        with pytest.raises(ValueError, match=message):
            mv.network(frame)
    with pytest.raises(TypeError, match="takes a DataFrame"):
        mv.network([])


def test_each_row_is_drawn_or_omitted_once(comparisons):
    few = comparisons[comparisons["trial"].isin(["ms01", "emphacis", "vim"])]
    drawn, omitted = prepare(few)
    keys = ["trial", "experimental_arm", "control_arm", "endpoint", "source"]
    both = pd.concat([drawn, omitted])[keys].astype("str").sort_values(keys).reset_index(drop=True)
    pd.testing.assert_frame_equal(both, few[keys].astype("str").sort_values(keys).reset_index(drop=True))
