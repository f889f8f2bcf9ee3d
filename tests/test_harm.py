"""Benefit beside harm: held against the CSV file, read back from both panels, said in words."""

import re

import matplotlib.colors
import matplotlib.style
import numpy as np
import pandas as pd
import pytest
from conftest import ROOT
from drawn import artists, outside, overlapping, points, table, words

import mesoviz as mv
from mesoviz._figures._harm import NO_TYPE, TYPES, benefit_and_harm, prepare
from mesoviz._page import _style


@pytest.fixture(scope="module")
def trials():
    return mv.load_trials()


@pytest.fixture(scope="module")
def charts(trials):
    return {benefit: benefit_and_harm(trials, benefit) for benefit in ("response", "OS")}


@pytest.fixture(scope="module")
def raw():
    return {(row["trial"], row["arm"]): row for row in table(ROOT / "data" / "trials.csv")}


def same(value, text):
    return text == "" if pd.isna(value) else float(text) == float(value)


def has_response(row):
    counted = row["objective_response"] and row["evaluable"] not in ("", "0")
    return bool(counted or row["objective_response_pct"])


def test_every_arm_that_reports_both_is_drawn_and_no_other(charts, raw):
    harm = {key for key, row in raw.items() if row["grade3plus_ae_pct"]}
    response = {key for key, row in raw.items() if has_response(row)}
    survival = {key for key, row in raw.items() if row["os_status"] in ("reported", "not reached")}
    for benefit, told in (("response", response), ("OS", survival)):
        data = charts[benefit].data
        assert set(zip(data["trial"], data["arm"], strict=True)) == harm & told


def test_numbers_are_those_of_the_file(charts, raw):
    columns = {
        "response": {
            "count": "objective_response",
            "evaluable": "evaluable",
            "printed_pct": "objective_response_pct",
        },
        "OS": {
            "median_months": "os_median_months",
            "low_months": "os_low_months",
            "high_months": "os_high_months",
        },
    }
    for benefit, names in columns.items():
        for row in charts[benefit].data.to_dict("records"):
            source = raw[row["trial"], row["arm"]]
            for name, column in {**names, "harm_pct": "grade3plus_ae_pct", "n": "n"}.items():
                assert same(row[name], source[column]), (row["trial"], name)
            assert row["harm_type"] == source["grade3plus_ae_type"]


def test_known_arms(charts):
    response = charts["response"].data.set_index(["trial", "arm"])
    assert not response.loc[("checkmate-743", "nivolumab-ipilimumab"), "counted"]
    assert response.loc[("determine", "tremelimumab"), "harm_type"] == "all-cause"
    survival = charts["OS"].data.set_index(["trial", "arm"])
    assert pd.isna(survival.loc[("nvalt-5", "thalidomide"), "n"])
    assert survival.loc[("rames", "gemcitabine-ramucirumab"), "ci_level"] == 70
    assert survival.loc[("initiate", "nivolumab-ipilimumab"), "status"] == "not reached"
    assert "median overall survival not reached" in charts["OS"].text


def test_related_events_and_events_of_any_cause_are_two_groups(charts):
    for chart in charts.values():
        kinds = chart.data["harm_type"].astype("object").tolist()
        assert kinds == sorted(kinds, key=list(TYPES).index)
        everything = words(chart)
        assert everything.index(TYPES["treatment-related"]) < everything.index(TYPES["all-cause"])
        assert "must not be compared" in chart.text


def test_a_cause_that_is_not_stated_is_a_group_of_its_own(trials):
    given = trials[trials["trial"].eq("determine")]
    given = given.assign(grade3plus_ae_type=given["grade3plus_ae_type"].where(given["role"].eq("control")))
    chart = benefit_and_harm(given)
    assert NO_TYPE in words(chart) and chart.data["role"].tolist() == ["control", "experimental"]


def test_bars_are_the_percentages_of_the_data(charts):
    for chart in charts.values():
        for role in ("experimental", "control"):
            bars = artists(chart, f"harm, {role}")
            rows = chart.data[chart.data["role"].eq(role)]
            assert np.allclose([bar.get_width() for bar in bars], rows["harm_pct"])
            assert all(bar.get_x() == 0 for bar in bars)
            faces = [matplotlib.colors.to_hex(bar.get_facecolor()) for bar in bars]
            colors = [_style.class_color(kind) for kind in rows["therapy_class"]]
            assert faces == (["#ffffff"] * len(rows) if role == "control" else colors)


def test_benefits_are_where_the_data_say(charts):
    data = charts["response"].data
    for gid, role, counted in (
        ("experimental", "experimental", True),
        ("control", "control", True),
        ("experimental, no count", "experimental", False),
        ("control, no count", "control", False),
    ):
        rows = data[data["role"].eq(role) & data["counted"].eq(counted)]
        assert np.allclose(points(charts["response"], gid)[:, 0], rows["pct"])
    data = charts["OS"].data
    for role in ("experimental", "control"):
        drawn = points(charts["OS"], role)[:, 0]
        assert np.allclose(drawn, data.loc[data["role"].eq(role), "median_months"], equal_nan=True)


def test_bars_and_benefits_of_an_arm_share_their_height(charts):
    chart = charts["OS"]
    bars = artists(chart, "harm, experimental")
    assert np.allclose(
        [bar.get_y() + bar.get_height() / 2 for bar in bars], points(chart, "experimental")[:, 1]
    )


def test_words_hold_every_number(charts):
    for benefit, chart in charts.items():
        lines = chart.text.splitlines()[1:]
        for row, line in zip(chart.data.to_dict("records"), lines, strict=False):
            assert line.startswith(f"{TYPES[row['harm_type']]}, ") and row["trial_label"] in line
            assert (f"n = {row['n']}:" if pd.notna(row["n"]) else "n not reported:") in line
            assert float(re.search(r"grade 3 or more ([\d.]+) %", line)[1]) == row["harm_pct"]
            cited = [row[name] for name in ("harm_citation", "citation", "n_citation") if pd.notna(row[name])]
            assert cited and all(name in line for name in cited)
            if benefit == "response" and row["counted"]:
                said = re.search(
                    r"(\d+) of (\d+) evaluable, ([\d.]+) % \(exact 95 % interval ([\d.]+)–([\d.]+)\)", line
                )
                assert (int(said[1]), int(said[2])) == (row["count"], row["evaluable"])
                assert np.allclose(
                    [float(said[i]) for i in (3, 4, 5)],
                    [row["pct"], row["low_pct"], row["high_pct"]],
                    atol=0.051,
                )
            elif benefit == "response":
                assert float(re.search(r"response ([\d.]+) % as printed", line)[1]) == row["pct"]
            elif row["status"] == "reported":
                assert float(re.search(r"survival ([\d.]+) months", line)[1]) == row["median_months"]
                said = re.search(r"\(([\d.]+) % interval ([\d.]+)–([\d.]+|not reached)\)", line)
                assert (said is None) == bool(pd.isna(row["low_months"]))
                if said:
                    assert (float(said[1]), float(said[2])) == (row["ci_level"], row["low_months"])


def test_percentages_stand_in_the_table(charts):
    for chart in charts.values():
        everything = words(chart)
        for value in chart.data["harm_pct"]:
            assert f"{value:g} %" in everything


@pytest.mark.parametrize("benefit", ["response", "OS"])
@pytest.mark.parametrize(
    "select",
    [
        lambda t: t,
        lambda t: mv.select(t, therapy_class="Checkpoint inhibitor"),
        lambda t: t[t["arm_setting"].eq("first-line")],
        lambda t: t[t["trial"].isin(["determine", "adam", "rames"])],
    ],
)
def test_what_is_given_is_drawn_or_omitted_with_a_reason(trials, select, benefit):
    given = select(trials)
    drawn, omitted = prepare(given, benefit)
    assert omitted["reason"].notna().all()
    pairs = pd.concat([drawn, omitted])[["trial", "arm"]].apply(tuple, axis=1)
    assert sorted(pairs) == sorted(given[["trial", "arm"]].apply(tuple, axis=1))


def test_reasons_say_what_is_missing(charts, raw):
    for row in charts["response"].omitted.to_dict("records"):
        source = raw[row["trial"], row["arm"]]
        assert row["reason"] == (
            "objective response not reported in the sources read"
            if source["grade3plus_ae_pct"]
            else "adverse events of grade 3 or more not reported in the sources read"
        )


def test_what_was_counted_as_harm_has_a_footnote(charts):
    assert "Adverse events: related to pegargiminase/placebo, grade >=3." in charts["response"].text
    assert "Population: non-epithelioid only." in charts["OS"].text


def test_sources_of_all_shown_numbers_are_listed(charts):
    for chart in charts.values():
        listed = set(chart.sources["source"])
        for name in ("source", "harm_source", "n_source"):
            assert set(chart.data[name].dropna()) <= listed


def test_the_order_of_rows_changes_nothing(trials, charts):
    shuffled = trials.sample(frac=1, random_state=11)
    for benefit, chart in charts.items():
        again = benefit_and_harm(shuffled, benefit)
        pd.testing.assert_frame_equal(again.data, chart.data)
        assert again.text == chart.text


def test_settings_of_the_user_change_no_pixel(trials):
    given = trials[trials["trial"].eq("determine")]
    plain = benefit_and_harm(given)._png
    with matplotlib.style.context("dark_background"):
        assert benefit_and_harm(given)._png == plain


@pytest.mark.parametrize(
    "agents, benefit, style",
    [
        (None, "response", "notebook"),
        (None, "OS", "paper"),
        (["Nivolumab", "Nivolumab + ipilimumab"], "response", "slide"),
        (["Nivolumab", "Ramucirumab"], "OS", "slide"),
        (["Tremelimumab"], "OS", "notebook"),
        (["BNC105P"], "response", "paper"),
    ],
)
def test_nothing_overlaps_or_leaves_the_canvas(trials, agents, benefit, style):
    given = mv.select(trials, agent=agents) if agents else trials
    with mv.style(style):
        chart = benefit_and_harm(given, benefit)
    assert outside(chart) == [] and overlapping(chart) == []
    assert len(chart.alt) <= 300


def test_an_arm_whose_median_is_not_reached_is_drawn_alone(trials):
    chart = benefit_and_harm(trials[trials["trial"].eq("initiate")], "OS")
    assert "not reached" in chart.alt and words(chart, "not reached") == ["not reached"]


@pytest.mark.parametrize(
    "make, error, words_of_it",
    [
        (
            lambda t: benefit_and_harm(t, "PFS"),
            ValueError,
            "benefit must be one of 'response', 'OS'; got 'PFS'",
        ),
        (lambda t: benefit_and_harm(t.iloc[:0]), ValueError, "given no rows"),
        (lambda t: benefit_and_harm(t.drop(columns="grade3plus_ae_pct")), ValueError, "grade3plus_ae_pct"),
        (
            lambda t: benefit_and_harm(t[t["trial"].eq("denim")]),
            ValueError,
            "reports both objective response",
        ),
        (lambda t: benefit_and_harm([]), TypeError, "takes a DataFrame; got list"),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_a_sentence(trials, make, error, words_of_it):
    with pytest.raises(error, match=re.escape(words_of_it)) as caught:
        make(trials)
    assert "\n" not in str(caught.value)
