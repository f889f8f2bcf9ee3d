"""The timeline: held against the CSV files, read back from bars and dots, said in words."""

import itertools
import re
from collections import defaultdict

import matplotlib.style
import numpy as np
import pandas as pd
import pytest
from conftest import ROOT
from drawn import artists, boxes, outside, overlapping, points, table, texts, words

import mesoviz as mv
from mesoviz._figures import _lanes
from mesoviz._figures._timeline import NO_TIME, TOTAL, prepare, timeline
from mesoviz._figures._timeline_marks import by_year
from mesoviz._page import _style


@pytest.fixture(scope="module")
def trials():
    return mv.load_trials()


@pytest.fixture(scope="module")
def chart(trials):
    return timeline(trials)


@pytest.fixture(scope="module")
def raw():
    """Trials as the files have them: dates, year of the primary publication, patients of the whole trial."""
    years = {row["source"]: row["year"] for row in table(ROOT / "data" / "sources.csv")}
    arms = defaultdict(list)
    for row in table(ROOT / "data" / "trials.csv"):
        arms[row["trial"]].append(row)
    found = {}
    for trial, rows in arms.items():
        whole = [row for row in rows if not row["part_of"]]
        enrolled = rows[0]["enrolled_mesothelioma"]
        counts = [int(row["n"] or (enrolled if len(whole) == 1 else 0) or 0) for row in whole]
        found[trial] = {
            "first": rows[0]["first_patient"],
            "last": rows[0]["last_patient"],
            "published": years.get(rows[0]["primary_source"], ""),
            "patients": max(sum(counts), int(enrolled or 0)) or None,
            "arms": rows,
        }
    return found


def test_every_trial_with_a_time_is_drawn_once_and_no_other(chart, raw):
    told = {trial for trial, row in raw.items() if row["first"] or row["last"] or row["published"]}
    assert sorted(chart.data["trial"]) == sorted(told)
    assert set(chart.omitted["trial"]) == set(raw) - told and set(chart.omitted["reason"]) == {NO_TIME}


def test_numbers_are_those_of_the_files(chart, raw):
    for row in chart.data.to_dict("records"):
        source = raw[row["trial"]]
        assert (row["first_patient"] if pd.notna(row["first_patient"]) else "") == source["first"]
        assert (row["last_patient"] if pd.notna(row["last_patient"]) else "") == source["last"]
        assert ("" if pd.isna(row["published"]) else str(row["published"])) == source["published"]
        assert (None if pd.isna(row["patients"]) else row["patients"]) == source["patients"], row["trial"]


def test_known_trials(chart):
    rows = chart.data.set_index("trial")
    assert rows.loc["maps", ["first_patient", "last_patient", "published"]].tolist() == [
        "2008-02",
        "2014-01",
        2016,
    ]
    assert rows.loc["nvalt-5", "lead_class"] == "Anti-angiogenic therapy"
    assert pd.isna(rows.loc["dream3r", "published"]) and pd.isna(rows.loc["dream3r", "last_patient"])
    sterman = rows.loc["ad-ifn-alpha2b-celecoxib-chemotherapy"]  # its two cohorts are not added
    assert sterman["patients"] == 40


def test_patients_are_added_up_yearby_year(chart, raw):
    told = [
        (int(row["published"]), row["patients"])
        for row in raw.values()
        if row["published"] and row["patients"]
    ]
    for year in range(min(y for y, _ in told), max(y for y, _ in told) + 1):
        total = sum(n for y, n in told if y <= year)
        (line,) = re.findall(
            rf"^{TOTAL}, to the end of {year}: ([\d,]+) \((.*)\)\.$", chart.text, flags=re.MULTILINE
        )
        assert int(line[0].replace(",", "")) == total
        classes = [int(n.replace(",", "")) for n in re.findall(r" ([\d,]+)(?:;|$)", line[1])]
        assert sum(classes) == total
    rows = chart.data.dropna(subset="published")
    assert all(
        n == sum(m for y, m in told if y <= year)
        for year, n in zip(rows["published"], rows["added_up"], strict=True)
    )


def test_dots_stand_in_the_middle_of_the_year_with_areas_by_patients(chart):
    style = _style.STYLES["notebook"]
    rows = chart.data[chart.data["published"].notna() & chart.data["patients"].notna()]
    (dots,) = artists(chart, "report")
    assert points(chart, "report")[:, 0].tolist() == [year + 0.5 for year in rows["published"]]
    sizes = dots.get_sizes()
    assert np.allclose(sizes, [_lanes.diameter(n, style) ** 2 for n in rows["patients"]])
    large = rows["patients"].to_numpy(int) > 50
    assert np.ptp(sizes[large] / rows["patients"].to_numpy(int)[large]) < 1e-6
    unknown = chart.data["published"].notna() & chart.data["patients"].isna()
    assert len(points(chart, "n not reported")) == unknown.sum() > 0


def test_bars_last_from_the_first_to_the_last_patient(chart, raw):
    def years(date, end):
        year, month = (int(part) for part in date.split("-"))
        return year + (month - 1 + end) / 12

    exact = [row for row in raw.values() if len(row["first"]) == 7 and len(row["last"]) == 7]
    expected = sorted((round(years(row["first"], 0), 4), round(years(row["last"], 1), 4)) for row in exact)
    drawn = {(round(start, 4), round(end, 4)) for start, end, _ in boxes(chart, "window")}
    assert len(expected) > 60 and set(expected) <= drawn
    recruiting = [row for row in chart.data.to_dict("records") if row["status"] == "recruiting"]
    assert len(points(chart, "recruiting")) == len(recruiting)


def test_years_without_a_month_are_hollow(chart, raw):
    by_year = [row for row in raw.values() if len(row["first"]) == 4 or len(row["last"]) == 4]
    assert by_year and len(boxes(chart, "year only")) >= len(by_year)
    assert all((bars.get_facecolor() == 1).all() for bars in artists(chart, "year only"))
    assert not any((bars.get_facecolor() == 1).all() for bars in artists(chart, "window"))


def test_trials_of_a_class_share_a_strip_and_no_two_overlap(chart):
    (dots,) = artists(chart, "report")
    rows = chart.data[chart.data["published"].notna() & chart.data["patients"].notna()].reset_index(drop=True)
    axes = chart.axes[0]
    low, high = axes.get_xlim()
    per_point = (high - low) / (72 * axes.figure.get_figwidth() * axes.get_position().width)
    at, radius = points(chart, "report"), np.sqrt(dots.get_sizes()) / 2
    across, down = (at[:, 0][:, None] - at[:, 0]) / per_point, at[:, 1][:, None] - at[:, 1]
    gap = np.hypot(across, down) - radius[:, None] - radius
    np.fill_diagonal(gap, np.inf)
    assert gap.min() > -0.5
    ranges = [at[rows["lead_class"].eq(kind).to_numpy(), 1] for kind in rows["lead_class"].unique()]
    assert all(one.max() < other.min() for one, other in itertools.pairwise(ranges))


def test_the_stack_is_as_high_as_its_total(chart):
    table_by_year = by_year(chart.data)
    layers = [artists(chart, f"added up, {kind}")[0] for kind in table_by_year.columns]
    edges = [layer.get_paths()[0].get_extents() for layer in layers]
    for kind, box in zip(table_by_year.columns, edges, strict=True):
        if table_by_year[kind].iloc[0] == 0:
            continue
        assert box.x0 == table_by_year.index[0] and box.x1 == table_by_year.index[-1] + 1
    bottom, top = max(box.y1 for box in edges), min(box.y0 for box in edges)
    text = texts(chart, "added up")[0]
    assert text.words == f"{int(table_by_year.iloc[-1].sum()):,}"
    assert 0 < top - text.y < bottom - top


def test_words_hold_every_trial(chart):
    for row, line in zip(chart.data.to_dict("records"), chart.text.splitlines()[1:], strict=False):
        assert line.startswith(f"{row['lead_class']}: {row['trial_label']} (")
        for what, column in (("first patient", "first_patient"), ("last patient", "last_patient")):
            said = re.search(rf"{what} ([\d-]+)", line)
            assert (said is None) == bool(pd.isna(row[column])) and (said is None or said[1] == row[column])
        said = re.search(r"reported (\d{4})", line)
        assert (said is None) == bool(pd.isna(row["published"])) and (
            said is None or int(said[1]) == row["published"]
        )
        patients = re.search(r"([\d,]+) patients?", line)
        if pd.isna(row["patients"]):
            assert "patients not reported" in line
        else:
            assert int(patients[1].replace(",", "")) == row["patients"]


@pytest.mark.parametrize(
    "select",
    [
        lambda t: t,
        lambda t: t[t["therapy_class"].eq("Gene or virus therapy")],
        lambda t: t[t["phase"].eq("3")],
        lambda t: t[t["role"].eq("control")],
    ],
)
def test_what_is_given_is_drawn_or_omitted_with_a_reason(trials, select):
    given = select(trials)
    drawn, omitted = prepare(given)
    assert omitted["reason"].notna().all()
    assert sorted([*drawn["trial"], *omitted["trial"]]) == sorted(given["trial"].unique())


def test_a_last_patient_before_the_first_is_not_drawn(trials):
    given = trials[trials["trial"].isin(["maps", "determine"])]
    wrong = given.assign(last_patient=given["last_patient"].where(given["trial"].ne("maps"), "2001-01"))
    drawn, omitted = prepare(wrong)
    assert drawn["trial"].tolist() == ["determine"]
    assert omitted["reason"].tolist() == ["the last patient before the first"]


def test_sources_of_all_shown_facts_are_listed(chart, trials):
    listed = set(chart.sources["source"])
    shown = trials[trials["trial"].isin(chart.data["trial"])]
    dated = shown["first_patient"].notna() | shown["last_patient"].notna()
    assert set(shown.loc[dated, "enrollment_source"].dropna()) <= listed
    assert set(shown["n_source"].dropna()) <= listed
    published = chart.data.loc[chart.data["published"].notna(), "primary_source"]
    assert set(published) <= listed


def test_years_come_from_the_sources_given(trials):
    given = trials[trials["trial"].eq("maps")]
    mine = mv.load_sources().assign(year=lambda s: s["year"] + 1)
    assert timeline(given, sources=mine).data["published"].tolist() == [2017]


def test_the_order_of_rows_changes_nothing(trials, chart):
    again = timeline(trials.sample(frac=1, random_state=2))
    pd.testing.assert_frame_equal(again.data, chart.data)
    assert again.text == chart.text


def test_settings_of_the_user_change_no_pixel(trials):
    given = trials[trials["agent"].eq("Tremelimumab")]
    plain = timeline(given)._png
    with matplotlib.style.context("dark_background"):
        assert timeline(given)._png == plain


@pytest.mark.parametrize(
    "select, style",
    [
        (lambda t: t, "notebook"),
        (lambda t: t, "slide"),
        (lambda t: t[t["trial"].eq("maps")], "notebook"),
        (lambda t: t[t["trial"].eq("dream3r")], "paper"),
        (lambda t: t[t["therapy_class"].isin(["Cell therapy", "Gene or virus therapy"])], "paper"),
        (lambda t: t[t["trial"].isin(["maps", "rames", "mars-2", "denim", "determine"])], "slide"),
    ],
)
def test_nothing_overlaps_or_leaves_the_canvas(trials, select, style):
    with mv.style(style):
        chart = timeline(select(trials))
    assert outside(chart) == [] and overlapping(chart) == []
    assert len(chart.alt) <= 300


def test_trials_that_have_not_reported_are_drawn_without_a_total(trials):
    chart = timeline(trials[trials["trial"].eq("dream3r")])
    assert TOTAL not in " ".join(words(chart)) and "no primary publication" in chart.text


@pytest.mark.parametrize(
    "make, error, words_of_it",
    [
        (lambda t: timeline(t.iloc[:0]), ValueError, "given no rows"),
        (lambda t: timeline(t.drop(columns="first_patient")), ValueError, "needs the columns first_patient"),
        (lambda t: timeline(t[t["trial"].eq("mesodec")]), ValueError, "no trial of the selection tells"),
        (lambda t: timeline("maps"), TypeError, "takes a DataFrame; got str"),
        (
            lambda t: timeline(t.assign(first_patient="May 2001")),
            ValueError,
            "dates must read YYYY-MM or YYYY",
        ),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_a_sentence(trials, make, error, words_of_it):
    with pytest.raises(error, match=re.escape(words_of_it)) as caught:
        make(trials)
    assert "\n" not in str(caught.value)


def test_a_trial_without_a_class_stands_in_a_strip_of_its_own(trials):
    given = trials[trials["trial"].isin(["maps", "determine"])]
    chart = timeline(given.assign(therapy_class=given["therapy_class"].mask(given["trial"].eq("maps"))))
    assert chart.data["lead_class"].tolist() == ["Checkpoint inhibitor", "Therapy class not reported"]
    assert len(points(chart, "report")) == 2
