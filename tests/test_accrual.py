"""Recruitment windows: held against the CSV file, read back from the artists, rates against another way."""

import math
import re
from collections import Counter
from pathlib import Path

import drawn
import matplotlib.style
import numpy as np
import pandas as pd
import pytest

import mesoviz as mv
from mesoviz._estimates._rates import accrual_rate, month_span
from mesoviz._figures import _accrual, _calendar
from mesoviz._page import _words

DATA = Path(__file__).resolve().parents[1] / "data"
NOW = 12 * int(_words.DATA_MONTH[:4]) + int(_words.DATA_MONTH[5:])  # end of the data's month, in months
FILTERS = {
    "a class": lambda arms: arms[arms["therapy_class"] == "Targeted therapy"],
    "a setting": lambda arms: arms[arms["arm_setting"] == "maintenance"],
    "controls": lambda arms: arms[arms["role"] == "control"],
    "still recruiting": lambda arms: arms[arms["status"] == "recruiting"],
    "terminated": lambda arms: arms[arms["status"] == "terminated"],
}


def months(date):
    """First and last month that a date of the file may mean, the last not included."""
    year, _, month = date.partition("-")
    start = 12 * int(year) + (int(month) - 1 if month else 0)
    return start, start + (1 if month else 12)


@pytest.fixture(scope="module")
def trials():
    return mv.load_trials()


@pytest.fixture(scope="module")
def chart(trials):
    return mv.accrual(trials)


@pytest.fixture(scope="module")
def csv_trials():
    return {row["trial"]: row for row in drawn.table(DATA / "trials.csv")}


def test_each_trial_stands_once_with_what_the_file_says(chart, csv_trials):
    dated = {name for name, row in csv_trials.items() if row["first_patient"] or row["last_patient"]}
    assert sorted(chart.data["trial"]) == sorted(dated)
    assert sorted(chart.omitted["trial"]) == sorted(csv_trials.keys() - dated)
    for row in chart.data.to_dict("records"):
        given = csv_trials[row["trial"]]
        for name in ("trial_label", "status", "first_patient", "last_patient"):
            assert (row[name] if pd.notna(row[name]) else "") == given[name]
        for name in ("enrolled", "planned"):
            assert (str(row[name]) if pd.notna(row[name]) else "") == given[name]


def test_patients_per_month_are_the_enrolled_by_months_of_the_file(chart, csv_trials):
    known = 0
    for row in chart.data.itertuples():
        given = csv_trials[row.trial]
        if not (len(given["first_patient"]) == len(given["last_patient"]) == 7):
            assert pd.isna(row.months) and math.isnan(row.patients_per_month)
            continue
        count = len(pd.period_range(given["first_patient"], given["last_patient"], freq="M"))
        assert row.months == count
        if given["enrolled"]:
            known += 1
            assert row.patients_per_month == pytest.approx(int(given["enrolled"]) / count)
        else:
            assert math.isnan(row.patients_per_month)
    assert f"patients per month known for {known}." in chart.text


def test_the_windows_drawn_are_those_of_the_file(chart, csv_trials):
    solid, pale, recruiting, one_date = [], [], [], 0
    for name in chart.data["trial"]:
        row = csv_trials[name]
        first = months(row["first_patient"]) if row["first_patient"] else None
        last = months(row["last_patient"]) if row["last_patient"] else None
        if first and not last and row["status"] == "recruiting":
            last = (NOW - 1, NOW)
            recruiting.append(NOW)
        one_date += not (first and last)
        first, last = first or (last[0], last[0] + 1), last or (first[1] - 1, first[1])
        start = first[0] if first[1] - first[0] == 1 else first[1]
        end = last[1] if last[1] - last[0] == 1 else last[0]
        if end < start:
            pale.append((first[0], last[1]))
            continue
        pieces = [(first[0], start), (end, last[1])]
        pale += [piece for piece in pieces if piece[1] > piece[0]]
        solid += [(start, end)] if end > start else []
    for gid, wanted in (("window", solid), ("year only", pale)):
        bars = [(12 * bar.get_x(), 12 * (bar.get_x() + bar.get_width())) for bar in drawn.artists(chart, gid)]
        assert np.array(sorted(bars)) == pytest.approx(np.array(sorted(wanted)), abs=1e-6)
    arrows = [line.get_xdata()[0] for line in drawn.artists(chart, "recruiting")]
    assert len(arrows) == len(recruiting) and min(arrows) > NOW / 12  # just behind the end of the bar
    assert len(drawn.artists(chart, "one date")) == len(drawn.artists(chart, "not reported")) == one_date


def test_bars_and_ticks_show_enrolled_and_planned(chart):
    data = chart.data
    bars = [bar.get_width() for bar in drawn.artists(chart, "enrolled")]
    assert bars == data["enrolled"].dropna().tolist()
    (ticks,) = drawn.artists(chart, "planned")
    assert ticks.get_xdata().tolist() == data["planned"].dropna().tolist()


def test_bars_and_windows_stand_in_the_row_of_their_trial(chart, trials):
    one = mv.accrual(trials[trials["trial"] == "maps"])
    window, enrolled = drawn.artists(one, "window") + drawn.artists(one, "enrolled")
    middles = {bar.get_y() + bar.get_height() / 2 for bar in (window, enrolled)}
    assert len({round(at, 6) for at in middles}) == 1
    tall = [bar.get_y() for bar in drawn.artists(chart, "enrolled")]
    assert tall == sorted(tall)


def test_a_trial_registered_as_terminated_is_marked_and_said_to_be_no_more(trials):
    stopped = mv.accrual(FILTERS["terminated"](trials))
    ended = stopped.data["last_patient"].notna().sum()
    assert len(drawn.artists(stopped, "terminated")) == ended > 0
    assert " ".join(drawn.words(stopped)).count("(terminated)") == len(stopped.data)
    assert "terminated, as registered" in drawn.words(stopped)  # in the legend
    assert stopped.text.count("status terminated, as registered.") == len(stopped.data)
    assert "stopped early" not in stopped.text + " ".join(drawn.words(stopped))


def test_the_words_hold_every_number_and_its_citation(chart):
    lines = [line for line in chart.text.splitlines() if "; enrolled " in line]
    assert len(lines) == len(chart.data)
    for row, line in zip(chart.data.to_dict("records"), lines, strict=True):
        assert line.startswith(f"{row['lead_class']}: {row['trial_label']} (")
        said = re.search(
            r"first patient (.+?), (?:last patient (.+?)|open at .+?); enrolled (.+?), planned (.+?); "
            r"(?:(\S+) patients a month over (\d+) months?|patients per month not known); "
            r"status (\w+)(?:, as registered)?\.",
            line,
        )
        named = [row[name] for name in ("first_patient", "last_patient", "enrolled", "planned")]
        told = [value and value.replace(",", "") for value in said.groups()[:4]]
        for value, words in zip(named, told, strict=True):
            assert (words in (None, "not reported")) if pd.isna(value) else words == str(value)
        if pd.notna(row["patients_per_month"]):
            assert float(said[5]) == pytest.approx(row["patients_per_month"], abs=0.0501)
            assert int(said[6]) == row["months"]
        assert said[7] == row["status"]
        cited = row["enrollment_citation"]
        assert line.endswith(f"[{cited if pd.notna(cited) else 'source not given'}]")


def test_the_columns_print_what_is_drawn(chart):
    words = Counter(drawn.words(chart))
    for row in chart.data.itertuples():
        assert words[str(row.enrolled) if pd.notna(row.enrolled) else "n.r."]
        if pd.notna(row.patients_per_month):
            assert words[f"{row.patients_per_month:.1f}"]


def test_other_tumors_among_the_enrolled_are_footnoted(chart, csv_trials):
    for row in chart.data.itertuples():
        given = csv_trials[row.trial]
        if given["enrolled"] and given["enrolled_mesothelioma"] not in ("", given["enrolled"]):
            assert f"{given['enrolled_mesothelioma']} of the {given['enrolled']} enrolled had" in chart.text


@pytest.mark.parametrize("name", FILTERS)
def test_every_trial_given_is_drawn_or_omitted(trials, name):
    given = FILTERS[name](trials)
    data, omitted = _accrual.prepare(given)
    assert sorted([*data["trial"], *omitted["trial"]]) == sorted(given["trial"].unique())
    assert set(omitted["reason"]) <= {"no recruitment dates in the sources read"}


def test_trials_without_dates_are_named(chart):
    line = next(
        line for line in chart.text.splitlines() if line.startswith("Not drawn, no recruitment dates")
    )
    assert f"({len(chart.omitted)} trials)" in line
    assert all(name in line for name in chart.omitted["trial_label"])


def test_trials_stand_by_start_within_the_class_of_their_experimental_arm(chart, trials):
    order = list(trials["therapy_class"].cat.categories)
    spans = _calendar.spans(chart.data)
    keys = [
        (order.index(kind), start)
        for kind, start in zip(chart.data["lead_class"], spans["start"], strict=True)
    ]
    assert keys == sorted(keys)
    arms = trials[trials["role"].eq("experimental") & trials["part_of"].isna()]
    for row in chart.data.itertuples():
        assert row.lead_class in set(arms.loc[arms["trial"] == row.trial, "therapy_class"])


def test_the_sources_are_those_of_the_trials(chart, csv_trials):
    wanted = {csv_trials[name]["enrollment_source"] for name in chart.data["trial"]}
    assert set(chart.sources["source"]) == wanted - {""}


def test_the_order_of_rows_does_not_matter(trials, chart):
    data, omitted = _accrual.prepare(trials.sample(frac=1, random_state=3))
    pd.testing.assert_frame_equal(data, chart.data)
    pd.testing.assert_frame_equal(omitted, chart.omitted)


def test_ones_own_settings_do_not_change_the_figure(trials):
    few = FILTERS["terminated"](trials)
    plain = mv.accrual(few)._bytes("png")
    with matplotlib.style.context("dark_background"):
        assert mv.accrual(few)._bytes("png") == plain


@pytest.mark.parametrize("style", ["notebook", "slide", "paper"])
@pytest.mark.parametrize("size", [1, 5, 40, None])
def test_no_text_is_cut_or_covered(trials, style, size):
    dated = trials[trials["first_patient"].notna() | trials["last_patient"].notna()]
    names = dated["trial"].drop_duplicates().head(size or len(trials))
    with mv.style(style):
        few = mv.accrual(dated[dated["trial"].isin(names)])
        assert drawn.outside(few) == []
        assert drawn.overlapping(few) == []


@pytest.mark.parametrize("style", ["notebook", "slide", "paper"])
@pytest.mark.parametrize("first", ["1996-02", "1996", "1972-12"])
@pytest.mark.parametrize("last", ["1996-05", "1996-12", "2019", None])
def test_short_and_long_windows_have_apt_ticks(trials, style, first, last):
    one = trials[trials["trial"] == "maps"].assign(first_patient=first, last_patient=last)
    with mv.style(style):
        few = mv.accrual(one)
        assert drawn.outside(few) == []
        assert drawn.overlapping(few) == []
        assert len(few.axes[0].get_xticks()) >= 2
        assert all(tick == round(tick) for axes in few.axes for tick in axes.get_xticks())


def test_the_alternative_text_is_short_and_tells_the_range(chart):
    assert len(chart.alt) <= 300
    rates = chart.data["patients_per_month"]
    assert f"recruitment of {len(chart.data)} trials" in chart.alt
    assert f"{rates.min():.1f} to {rates.max():.1f} patients a month" in chart.alt
    since = chart.data["first_patient"].min()[:4]
    half = len(drawn.artists(chart, "one date"))
    assert f"One of two dates is not reported for {half} trials." in chart.alt
    assert f"between {since} and {_words.DATA_MONTH[:4]}" in chart.alt


def test_a_trial_that_recruits_after_the_data_is_not_drawn_backwards(trials):
    later = trials[trials["trial"] == "mesotip"].assign(first_patient="2031-05", last_patient=None)
    (bar,) = drawn.artists(mv.accrual(later), "window")
    assert bar.get_width() == pytest.approx(1 / 12)


def test_what_is_not_reported_is_never_zero(trials):
    bare = mv.accrual(trials[trials["trial"] == "pemmela"])
    assert "1 trial, patients not reported; patients per month known for 0." in bare.text
    assert "Sources: not given." in drawn.words(bare)
    assert drawn.artists(bare, "enrolled") == []
    assert [line.get_xdata().size for line in drawn.artists(bare, "planned")] == [0]


def test_dates_in_the_wrong_order_are_omitted_and_said(trials):
    wrong = trials[trials["trial"].isin(["maps", "mars-2"])].copy()
    wrong.loc[wrong["trial"] == "maps", "last_patient"] = "1999-01"
    turned = mv.accrual(wrong)
    assert turned.data["trial"].tolist() == ["mars-2"]
    assert turned.omitted["reason"].tolist() == ["the last patient before the first"]


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        (lambda t: t.iloc[:0], ValueError, "was given no rows"),
        (lambda t: t.drop(columns="planned"), ValueError, "needs the columns planned"),
        (lambda t: t[t["first_patient"].isna() & t["last_patient"].isna()], ValueError, "reports when it"),
        (lambda t: t.assign(last_patient="May 2019"), ValueError, "YYYY-MM or YYYY; got 'May 2019'"),
        (lambda t: t["trial"], TypeError, "takes a DataFrame; got Series"),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_a_sentence(trials, change, error, message):
    with pytest.raises(error, match=message) as raised:
        mv.accrual(change(trials))
    assert "\n" not in str(raised.value)


def test_a_month_span_is_a_month_or_a_year():
    span = month_span(pd.Series(["1999-12", "2000", None], index=[7, 8, 9]))
    assert span.loc[7].tolist() == [12 * 1999 + 11, 12 * 2000]
    assert span.loc[8].tolist() == [12 * 2000, 12 * 2001]
    assert span.loc[9].isna().all()


@pytest.mark.parametrize("date", ["2000-13", "2000-1", "00", "2000-00", "2000-01-05", "about 2000"])
def test_a_date_written_otherwise_is_refused(date):
    with pytest.raises(ValueError, match=re.escape(f"dates must read YYYY-MM or YYYY; got '{date}'.")):
        month_span(pd.Series(["2000", date]))


def test_the_rate_agrees_with_numpy_calendar_arithmetic():
    rng = np.random.default_rng(11)
    first = np.datetime64("1985-01", "M") + rng.integers(0, 400, 300)
    last = first + rng.integers(0, 90, 300)
    enrolled = rng.integers(1, 700, 300)
    found = accrual_rate(pd.Series(enrolled), pd.Series(first.astype(str)), pd.Series(last.astype(str)))
    wanted = (last - first).astype(int) + 1
    assert found["months"].tolist() == wanted.tolist()
    assert found["per_month"].to_numpy() == pytest.approx(enrolled / wanted)


@pytest.mark.parametrize(
    ("enrolled", "first", "last"),
    [(None, "2001-01", "2002-01"), (9, "2001", "2002-01"), (9, "2001-01", "2002"), (9, None, "2002-01")],
)
def test_no_rate_without_both_months_and_patients(enrolled, first, last):
    found = accrual_rate(pd.Series([enrolled], dtype="Int64"), pd.Series([first]), pd.Series([last]))
    assert math.isnan(found["per_month"][0])
    assert pd.isna(found["months"][0]) or enrolled is None


def test_no_rate_where_the_last_comes_first():
    found = accrual_rate(pd.Series([9]), pd.Series(["2002-02"]), pd.Series(["2002-01"]))
    assert pd.isna(found["months"][0]) and math.isnan(found["per_month"][0])
