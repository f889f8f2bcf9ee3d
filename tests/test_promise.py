"""From promise to test: held against the CSV files, read back from both panels, said in words."""

import re

import matplotlib.style
import numpy as np
import pandas as pd
import pytest
from conftest import ROOT
from drawn import artists, outside, overlapping, points, table, words

import mesoviz as mv
from mesoviz._figures._later import ENDPOINTS, RULES
from mesoviz._figures._promise import _ratio_cell, prepare, promise_and_test


@pytest.fixture(scope="module")
def trials():
    return mv.load_trials()


@pytest.fixture(scope="module")
def comparisons():
    return mv.load_comparisons()


@pytest.fixture(scope="module")
def chart(trials, comparisons):
    return promise_and_test(trials, comparisons)


@pytest.fixture(scope="module")
def raw():
    return {(row["trial"], row["arm"]): row for row in table(ROOT / "data" / "trials.csv")}


@pytest.fixture(scope="module")
def raw_ratios():
    return {
        (row["trial"], row["experimental_arm"], row["endpoint"].lower()): row
        for row in table(ROOT / "data" / "comparisons.csv")
        if row["main_analysis"] == "yes" and row["endpoint"] in ("OS", "PFS")
    }


def same(value, text):
    return text == "" if pd.isna(value) else float(text) == float(value)


def test_numbers_are_those_of_the_files(chart, raw, raw_ratios):
    for row in chart.data.to_dict("records"):
        source = raw[row["trial"], row["arm"]]
        assert same(row["n"], source["n"]) and same(row["os_median_months"], source["os_median_months"])
        assert same(row["count"], source["objective_response"]) and same(
            row["evaluable"], source["evaluable"]
        )
        assert same(row["printed_pct"], source["objective_response_pct"])
        for endpoint in ENDPOINTS:
            found = raw_ratios.get((row["trial"], row["arm"], endpoint), {})
            for name, column in (("hazard_ratio", "hazard_ratio"), ("hr_low", "low"), ("hr_high", "high")):
                assert same(row[f"{endpoint}_{name}"], found.get(column, "")), (row["trial"], endpoint, name)
            assert same(row[f"{endpoint}_hr_level"], found.get("ci_level", ""))


def test_five_known_stories(chart):
    def steps(agent):
        rows = chart.data[chart.data["agent"].eq(agent)]
        return list(zip(rows["trial_label"], rows["step"], strict=True))

    assert steps("Tremelimumab") == [
        ("MESOT-TREM-2008", "signal"),
        ("MESOT-TREM-2012", "signal"),
        ("DETERMINE", "test"),
    ]
    assert [step for _, step in steps("NGR-hTNF")] == ["signal", "signal", "test", "test"]
    assert steps("Nintedanib") == [("LUME-Meso phase 2", "signal"), ("LUME-Meso phase 3", "test")]
    assert ("CheckMate 743", "test") in steps("Nivolumab + ipilimumab")
    assert steps("Dendritic cell vaccine")[-1] == ("DENIM", "test")
    assert "Ganetespib" not in set(chart.data["agent"])  # its trials were never followed by a randomized one


def test_every_test_is_randomized_against_a_control_and_later_than_a_signal(chart, raw):
    tests = chart.data[chart.data["step"].eq("test")]
    controls = {trial for (trial, _), row in raw.items() if row["role"] == "control"}
    for row in tests.to_dict("records"):
        source = raw[row["trial"], row["arm"]]
        assert source["design"] == "randomized" and row["trial"] in controls and row["ordered_by"] in RULES
        signals = chart.data[
            chart.data["agent"].eq(row["agent"]) & chart.data["trial_label"].eq(row["after"])
        ]
        assert len(signals)
        if row["ordered_by"] == RULES[0]:
            before = [
                raw[pair]["first_patient"] for pair in zip(signals["trial"], signals["arm"], strict=True)
            ]
            assert all(date and date[:4] <= source["first_patient"][:4] for date in before)
    signals = chart.data[chart.data["step"].eq("signal")]
    for row in signals.to_dict("records"):
        source = raw[row["trial"], row["arm"]]
        uncontrolled = source["design"] != "randomized" or row["trial"] not in controls
        assert uncontrolled or source["phase"] in ("1", "1/2", "2")
        assert row["agent"] in set(tests["agent"])


@pytest.mark.parametrize(
    "select",
    [
        lambda t: t,
        lambda t: mv.select(t, therapy_class="Checkpoint inhibitor"),
        lambda t: t[t["arm_setting"].eq("pretreated")],
        lambda t: mv.select(t, agent="NGR-hTNF"),
    ],
)
def test_what_is_given_is_drawn_or_omitted_with_a_reason(trials, comparisons, select):
    given = select(trials)
    drawn, omitted = prepare(given, comparisons)
    assert omitted["reason"].notna().all()
    pairs = pd.concat([drawn, omitted])[["trial", "arm"]].apply(tuple, axis=1)
    assert sorted(pairs) == sorted(given[["trial", "arm"]].apply(tuple, axis=1))


def test_an_arm_compared_with_two_controls_gets_two_rows(trials, comparisons):
    given = mv.select(trials, agent="Tremelimumab")
    twice = comparisons[comparisons["trial"].eq("determine")]
    twice = pd.concat([twice, twice.assign(control_arm="another", hazard_ratio=0.5)])
    data = promise_and_test(given, twice).data
    tests = data[data["step"].eq("test")]
    assert tests["control_arm"].tolist() == ["another", "placebo"]
    assert tests["os_hazard_ratio"].tolist()[0] == 0.5


def test_responses_and_ratios_are_where_the_data_say(chart):
    data = chart.data
    counted = points(chart, "experimental")
    assert np.allclose(counted[:, 0], data.loc[data["counted"], "pct"])
    printed = points(chart, "experimental, no count")
    assert np.allclose(printed[:, 0], data.loc[~data["counted"] & data["pct"].notna(), "pct"])
    for endpoint in ENDPOINTS:
        known = data[f"{endpoint}_hazard_ratio"].notna()
        assert np.allclose(
            points(chart, f"{endpoint} hazard ratio")[:, 0], data.loc[known, f"{endpoint}_hazard_ratio"]
        )
        lines = artists(chart, f"{endpoint} interval")
        limits = data.loc[data[f"{endpoint}_hr_low"].notna(), [f"{endpoint}_hr_low", f"{endpoint}_hr_high"]]
        assert np.allclose([line.get_xdata() for line in lines], limits.to_numpy())
    (line,) = artists(chart, "no effect")
    assert list(line.get_xdata()) == [1, 1] and chart.axes[1].get_xscale() == "log"


def test_a_ratio_without_an_interval_is_hollow(chart):
    for endpoint in ENDPOINTS:
        ratio, low, high = (
            chart.data[f"{endpoint}_{name}"] for name in ("hazard_ratio", "hr_low", "hr_high")
        )
        bare = (low.isna() & high.isna())[ratio.notna()].tolist()
        faces = [mark.get_facecolor()[0, :3].tolist() for mark in artists(chart, f"{endpoint} hazard ratio")]
        assert [face == [1, 1, 1] for face in faces] == bare and any(bare)
    assert any(key.startswith("hollow ratio") for key in words(chart))


def test_expanded_access_is_no_early_trial(chart, trials, raw):
    reasons = chart.omitted.set_index(["trial", "arm"])["reason"]
    widened = {
        key
        for key, row in raw.items()
        if row["phase"] == "4" or "expanded access" in row["trial_name"].casefold().replace("-", " ")
    }
    assert widened and all(reasons[key].startswith("expanded access") for key in widened)
    assert not widened & set(zip(chart.data["trial"], chart.data["arm"], strict=True))


def test_steps_stand_in_order_of_time(chart):
    time = chart.data["first_patient"].fillna(chart.data["last_patient"]).fillna(chart.data["year"])
    for _, rows in time.groupby([chart.data["agent"], chart.data["step"]]):
        assert rows.tolist() == sorted(rows)


def test_os_stands_above_pfs_in_the_same_row(chart):
    both = chart.data[["os_hazard_ratio", "pfs_hazard_ratio"]].notna().all(axis=1)
    known = {e: chart.data[f"{e}_hazard_ratio"].notna() for e in ENDPOINTS}
    heights = {e: points(chart, f"{e} hazard ratio")[both[known[e]].to_numpy(), 1] for e in ENDPOINTS}
    gaps = heights["pfs"] - heights["os"]  # the axis points down
    assert len(gaps) == both.sum() and np.all(gaps > 0) and np.ptp(gaps) < 1e-6


def test_an_interval_that_leaves_the_axis_ends_in_an_arrow(trials, comparisons):
    given = mv.select(trials, agent="Tremelimumab")
    wide = comparisons.assign(high=comparisons["high"].where(comparisons["trial"].ne("determine"), 19.0))
    chart = promise_and_test(given, wide)
    (arrow,) = artists(chart, "beyond the axis")
    assert arrow.get_marker() == ">" and arrow.get_xdata()[0] == chart.axes[1].get_xlim()[1]
    assert "0.76\N{EN DASH}19.00" in " ".join(words(chart)) + chart.text


def test_words_hold_every_number(chart):
    lines = chart.text.splitlines()[1:]
    for row, line in zip(chart.data.to_dict("records"), lines, strict=False):
        assert line.startswith(f"{row['therapy_class']}, {row['agent']}, ") and row["trial_label"] in line
        assert (f"n = {row['n']}:" if pd.notna(row["n"]) else "n not reported:") in line
        if row["counted"]:
            said = re.search(
                r"response (\d+) of (\d+) evaluable, ([\d.]+) % \(exact 95 % interval ([\d.]+)–([\d.]+)\)",
                line,
            )
            assert (int(said[1]), int(said[2])) == (row["count"], row["evaluable"])
            assert np.allclose(
                [float(said[i]) for i in (3, 4, 5)], [row["pct"], row["low_pct"], row["high_pct"]], atol=0.051
            )
        elif pd.notna(row["pct"]):
            assert float(re.search(r"response ([\d.]+) % as printed", line)[1]) == row["pct"]
        else:
            assert "response not reported" in line
        if pd.notna(row["os_median_months"]):
            assert (
                float(re.search(r"median overall survival ([\d.]+) months", line)[1])
                == row["os_median_months"]
            )
        for endpoint in ENDPOINTS:
            said = re.search(rf"{endpoint.upper()} hazard ratio ([\d.]+) \((.*?)\)", line)
            if pd.isna(row[f"{endpoint}_hazard_ratio"]):
                assert said is None
                continue
            assert float(said[1]) == row[f"{endpoint}_hazard_ratio"]
            if pd.isna(row[f"{endpoint}_hr_low"]):
                assert said[2] == "no interval in the sources read"
            else:
                level, low, high = re.match(r"([\d.]+) % interval ([\d.]+)–([\d.]+)", said[2]).groups()
                expected = [row[f"{endpoint}_hr_{name}"] for name in ("level", "low", "high")]
                assert [float(level), float(low), float(high)] == expected
        if row["step"] == "test":
            assert f"later than {row['after']} by {row['ordered_by']}" in line


def test_interval_levels_that_are_not_95_percent_stand_in_the_table(chart):
    cells = {row["trial"]: _ratio_cell(row) for row in chart.data.to_dict("records")}
    assert "; 96.6 %)" in cells["checkmate-743"] and "; 80 %)" in cells["swog-s0905"]
    assert "%" not in cells["confirm"]
    assert cells["dream3r"] == "not reported"  # a test without a printed ratio says so
    for cell in "\n".join(cells.values()).split("\n"):
        assert cell in words(chart) or cell == ""


def test_sources_of_all_shown_numbers_are_listed(chart):
    listed = set(chart.sources["source"])
    for name in ("response_source", "os_source", "n_source", "os_hr_source", "pfs_hr_source", "date_source"):
        assert set(chart.data[name].dropna()) <= listed, name


def test_selected_patients_and_printed_rates_have_a_footnote(chart):
    everything = " ".join(words(chart))
    for note in ("Population: non-epithelioid only.", "Response as printed, its count not reported."):
        assert note in chart.text and note.split(": ")[-1] in everything


def test_hazards_that_are_not_proportional_have_a_footnote(trials, comparisons):
    given = mv.select(trials, agent="Tremelimumab")
    crossed = comparisons["hazards"].where(comparisons["trial"].ne("determine"), "not proportional")
    timed = comparisons.assign(hazards=crossed, analysis="ITT; up to 42 months: crossing curves")
    chart = promise_and_test(given, timed)
    said = "OS: Hazards are not proportional: one number for a ratio that changes with time. Up to 42 months."
    assert said in chart.text
    assert said in " ".join(" ".join(words(chart)).replace("\N{NO-BREAK SPACE}", " ").split())


def test_the_order_of_rows_changes_nothing(trials, comparisons, chart):
    again = promise_and_test(
        trials.sample(frac=1, random_state=3), comparisons.sample(frac=1, random_state=5)
    )
    pd.testing.assert_frame_equal(again.data, chart.data)
    assert again.text == chart.text


def test_settings_of_the_user_change_no_pixel(trials, comparisons):
    given = mv.select(trials, agent="Tremelimumab")
    plain = promise_and_test(given, comparisons)._png
    with matplotlib.style.context("dark_background"):
        assert promise_and_test(given, comparisons)._png == plain


@pytest.mark.parametrize(
    "agents, style",
    [
        (None, "notebook"),
        (None, "paper"),
        (["Tremelimumab", "NGR-hTNF"], "slide"),
        (["Nintedanib"], "notebook"),
        (["Nivolumab", "Durvalumab", "Dendritic cell vaccine"], "paper"),
    ],
)
def test_nothing_overlaps_or_leaves_the_canvas(trials, comparisons, agents, style):
    given = mv.select(trials, agent=agents) if agents else trials
    with mv.style(style):
        chart = promise_and_test(given, comparisons)
    assert outside(chart) == [] and overlapping(chart) == []
    assert len(chart.alt) <= 300


def test_a_title_of_ones_own(trials, comparisons):
    chart = promise_and_test(mv.select(trials, agent="Nintedanib"), comparisons, title="What became of it?")
    assert chart.title == "What became of it?" and chart.text.startswith("What became of it? 1 therapy: ")


@pytest.mark.parametrize(
    "make, error, words_of_it",
    [
        (lambda t, c: promise_and_test(t.iloc[:0], c), ValueError, "given no rows"),
        (lambda t, c: promise_and_test(t, c.drop(columns="low")), ValueError, "needs the columns low"),
        (lambda t, c: promise_and_test(t.drop(columns="agent"), c), ValueError, "needs the columns agent"),
        (lambda t, c: promise_and_test(t, None), TypeError, "takes a DataFrame; got NoneType"),
        (
            lambda t, c: promise_and_test(t[t["trial"].eq("maps")], c),
            ValueError,
            "no therapy of the selection",
        ),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_a_sentence(trials, comparisons, make, error, words_of_it):
    with pytest.raises(error, match=re.escape(words_of_it)) as caught:
        make(trials, comparisons)
    assert "\n" not in str(caught.value)
