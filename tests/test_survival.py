"""Median survival: what is drawn and said, held against the CSV file read with the csv module alone."""

import re

import matplotlib as mpl
import matplotlib.style
import numpy as np
import pandas as pd
import pytest
from conftest import ROOT
from drawn import artists, lines, outside, overlapping, points, table, texts, words

import mesoviz as mv
from mesoviz._figures._survival import median_survival, prepare
from mesoviz._page import _style
from mesoviz._tables._citations import REPORTS

KEYS = {"OS": "os", "PFS": "pfs"}
NUMBER = r"-?\d+(?:\.\d+)?"
FILTERS = {
    "all": lambda t: t,
    "setting": lambda t: t[t["arm_setting"].eq("pretreated")],
    "class": lambda t: t[t["therapy_class"].eq("Checkpoint inhibitor")],
    "controls": lambda t: t[t["role"].eq("control")],
    "small": lambda t: t[t["n"].lt(30)],
    "one": lambda t: t[t["trial"].eq("maps")].head(1),
}


@pytest.fixture(scope="module")
def trials():
    return mv.load_trials()


@pytest.fixture(scope="module")
def raw():
    return {(row["trial"], row["arm"]): row for row in table(ROOT / "data" / "trials.csv")}


@pytest.fixture(scope="module", params=["OS", "PFS"])
def endpoint(request):
    return request.param


@pytest.fixture(scope="module")
def chart(trials, endpoint):
    return median_survival(trials, endpoint)


@pytest.fixture(scope="module")
def overview(trials):
    return median_survival(trials, by="therapy_class")


def keys(frame):
    return list(zip(frame["trial"], frame["arm"], strict=True))


def same(drawn, told):
    """A drawn number is that of a cell of the file; an empty one is no number."""
    return pd.isna(drawn) if told == "" else drawn == float(told)


def same_text(drawn, told):
    return pd.isna(drawn) if told == "" else drawn == told


def test_every_arm_that_reports_a_median_is_drawn_and_no_other(chart, raw, endpoint):
    status = f"{KEYS[endpoint]}_status"
    assert sorted(keys(chart.data)) == sorted(k for k, row in raw.items() if row[status] != "not reported")


def test_numbers_are_those_of_the_file(chart, raw, endpoint):
    for row in chart.data.to_dict("records"):
        told = raw[row["trial"], row["arm"]]
        for name in ("median_months", "low_months", "high_months", "ci_level"):
            assert same(row[name], told[f"{KEYS[endpoint]}_{name}"]), (row["trial"], row["arm"], name)
        assert same(row["n"], told["n"])
        assert same_text(row["source"], told[f"{KEYS[endpoint]}_source"])


def test_the_special_cases_are_among_them(trials, raw):
    data, _ = prepare(trials, "OS")
    rows = {(row["trial"], row["arm"]): row for row in data.to_dict("records")}
    part = rows["fizazi-2003-raltitrexed-oxaliplatin", "pretreated"]
    assert part["part_of"] == "all-patients"
    assert pd.isna(rows["calgb-39807", "capecitabine"]["n"])
    assert rows["rames", "gemcitabine-placebo"]["ci_level"] == 70
    assert rows["initiate", "nivolumab-ipilimumab"]["status"] == "not reached"
    open_end = rows["federico-2013-trimodality", "trimodality"]
    assert open_end["high_status"] == "not reached" and pd.isna(open_end["high_months"])


@pytest.mark.parametrize("by", ["arm", "therapy_class"])
@pytest.mark.parametrize("name", FILTERS)
def test_input_is_drawn_plus_omitted(trials, endpoint, by, name):
    given = FILTERS[name](trials)
    drawn, omitted = prepare(given, endpoint, by=by)
    assert sorted(keys(drawn) + keys(omitted)) == sorted(keys(given))
    assert omitted["reason"].notna().all()


def test_marks_stand_at_their_medians_in_the_order_of_the_rows(chart):
    for role in ("experimental", "control"):
        rows = chart.data[chart.data["role"].eq(role)]
        marks = points(chart, role)
        assert np.allclose(marks[:, 0], rows["median_months"].astype(float), equal_nan=True)
        assert (np.diff(marks[:, 1]) > 0).all()


def test_intervals_reach_from_limit_to_limit(chart):
    right = chart.axes[0].get_xlim()[1]
    expected = []
    for row in chart.data.to_dict("records"):
        ends = [row["low_months"], row["high_months"]]
        if row["high_status"] == "not reached":
            ends[1] = right
        if not any(pd.isna(end) for end in ends):
            expected.append(ends)
    drawn = lines(chart, "interval")
    assert len(drawn) > 20
    assert np.allclose(drawn[:, :2], expected)
    arrows = points(chart, "open upper limit")
    assert len(arrows) == chart.data["high_status"].eq("not reached").sum()


def test_marks_are_colored_by_class_and_controls_are_hollow(chart):
    from mesoviz._page._style import class_color

    experimental = chart.data[chart.data["role"].eq("experimental")]
    (marks,) = artists(chart, "experimental")
    colors = [mpl.colors.to_rgba(class_color(kind)) for kind in experimental["therapy_class"]]
    assert np.allclose(marks.get_facecolors(), colors)
    (controls,) = artists(chart, "control")
    assert np.allclose(controls.get_facecolors(), mpl.colors.to_rgba("white"))


def test_not_reached_is_written_where_it_is(chart):
    assert len(words(chart, "not reached")) == chart.data["status"].eq("not reached").sum()


def test_the_words_hold_every_number(chart, endpoint):
    pattern = re.compile(
        rf", (?:n = (\d+)|n not reported): median [a-z -]+ (?:({NUMBER}) months|not reached)"
        rf"(?: \(({NUMBER}) % interval ({NUMBER})–({NUMBER}|not reached)\))?"
    )
    said = [found.groups() for found in map(pattern.search, chart.text.splitlines()) if found]
    assert len(said) == len(chart.data)
    for (n, median, level, low, high), row in zip(said, chart.data.to_dict("records"), strict=True):
        assert same(row["n"], n or "")
        assert same(row["median_months"], median or "")
        assert same(row["low_months"], low or "")
        assert same(row["high_months"], "" if high in (None, "not reached") else high)
        assert (high == "not reached") == (row["high_status"] == "not reached")
        assert level is None or same(row["ci_level"], level)


def test_the_printed_cells_hold_the_same_numbers(chart):
    printed = "\n".join(words(chart))
    for row in chart.data.dropna(subset="median_months").to_dict("records"):
        assert f"{row['median_months']:g}" in printed
    assert ("; 70 %)" in printed) == chart.data["ci_level"].eq(70).any()


def test_words_name_what_is_not_drawn_and_cite_what_is(chart):
    for label in chart.omitted["trial_label"]:
        assert label in chart.text
    for citation in chart.data["citation"].fillna("source not given").unique():
        assert f"[{citation}]" in chart.text
    assert "nan" not in re.findall(r"\w+", chart.text)


def test_the_alternative_text_is_short_and_counts(chart):
    assert len(chart.alt) <= 300
    assert f"{len(chart.data)} arms of {chart.data['trial'].nunique()} trials" in chart.alt
    medians = chart.data["median_months"]
    assert f"from {medians.min():.1f} to {medians.max():.1f} months" in chart.alt


def test_every_source_is_listed(chart):
    behind = set(chart.data["source"].dropna()) | set(chart.data["n_source"].dropna())
    assert set(chart.sources["source"]) == behind


def test_a_trials_arms_stand_together_beside_their_control(chart):
    randomized = chart.data[chart.data["design"].eq("randomized")]
    for _, rows in randomized.groupby(["trial", "arm_setting"], observed=True):
        assert list(rows.index) == list(range(rows.index[0], rows.index[0] + len(rows)))
        assert rows["role"].is_monotonic_increasing


def test_rows_are_not_ranked_by_result(trials):
    turned = trials.assign(os_median_months=trials["os_median_months"].rank(ascending=False))
    assert keys(prepare(trials, "OS")[0]) == keys(prepare(turned, "OS")[0])


@pytest.mark.parametrize("by", ["arm", "therapy_class"])
def test_the_order_of_the_rows_given_changes_nothing(trials, by):
    some = trials[trials["arm_setting"].isin(["maintenance", "perioperative"])]
    one, other = (median_survival(t, by=by) for t in (some, some.sample(frac=1, random_state=3)))
    pd.testing.assert_frame_equal(one.data, other.data)
    assert one.text == other.text


def test_a_median_that_is_not_reached_shows_its_lower_limit(trials):
    given = trials[trials["trial"].eq("initiate")].assign(
        os_low_months=7.0, os_high_status="not reached", os_ci_level=95.0
    )
    chart = median_survival(given)
    right = chart.axes[0].get_xlim()[1]
    assert np.allclose(lines(chart, "interval")[:, :2], [[7, right]])
    assert "not reached (95 % interval 7.0–not reached)" in chart.text


def test_an_interval_of_another_level_is_marked(trials):
    chart = median_survival(trials[trials["trial"].eq("rames")])
    assert sum("; 70 %)" in text for text in words(chart)) == 2
    unknown = trials[trials["trial"].eq("maps")].assign(os_ci_level=np.nan)
    assert sum("level not stated" in text for text in words(median_survival(unknown))) == 2


def test_patients_that_are_not_reported_are_not_counted_as_none(trials):
    chart = median_survival(trials[trials["trial"].eq("dream3r")])
    assert "0 patients" not in chart.text + chart.alt
    assert "n not reported for 2 arms" in chart.text


def test_dots_of_the_overview_have_areas_in_proportion_to_their_patients(overview):
    data = overview.data
    dots = artists(overview, "experimental") + artists(overview, "control")
    drawn = sorted(
        (x, size) for dot in dots for (x, _), size in zip(dot.get_offsets(), dot.get_sizes(), strict=True)
    )
    known = data[data["n"].notna()]
    per_patient = _style.STYLES["notebook"].text ** 2 / 100
    expected = sorted(
        (row["median_months"], max(row["n"] * per_patient, 4.0)) for row in known.to_dict("records")
    )
    assert np.allclose(drawn, expected)
    crosses = points(overview, "n not reported")
    assert sorted(crosses[:, 0]) == sorted(data.loc[data["n"].isna(), "median_months"])


def test_the_overview_shows_no_patient_twice(overview):
    shown = set(keys(overview.data))
    for row in overview.data.dropna(subset="part_of").to_dict("records"):
        assert (row["trial"], row["part_of"]) not in shown


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        (lambda t: t.iloc[:0], ValueError, "the selection is empty"),
        (lambda t: t.drop(columns=["n", "agent"]), ValueError, "needs the columns agent and n"),
        (lambda t: t["trial"], TypeError, "takes a DataFrame; got Series"),
        (lambda t: t[t["os_status"].eq("not reported")], ValueError, "no arm of the selection reports"),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_one_sentence(trials, change, error, message):
    with pytest.raises(error, match=message) as caught:
        median_survival(change(trials))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("options", [{"endpoint": "DFS"}, {"by": "trial"}])
def test_an_unknown_option_names_those_allowed(trials, options):
    with pytest.raises(ValueError, match=r"must be one of '.+', '.+'; got"):
        median_survival(trials, **options)


def test_a_persons_own_settings_change_nothing(trials):
    few = trials[trials["trial"].eq("checkmate-743")]
    plain = median_survival(few)._bytes("png")
    with mpl.style.context("dark_background"), mpl.rc_context({"font.size": 20, "text.parse_math": True}):
        assert median_survival(few)._bytes("png") == plain


@pytest.mark.parametrize("style", ["notebook", "slide", "paper"])
@pytest.mark.parametrize("by", ["arm", "therapy_class"])
@pytest.mark.parametrize("rows", [1, 5, 40])
def test_nothing_overlaps_or_leaves_the_canvas(trials, style, by, rows):
    medians = trials[trials["os_median_months"].notna()]
    with mv.style(style):
        chart = median_survival(medians.sample(rows, random_state=rows), by=by)
        assert outside(chart) == [] and overlapping(chart) == []


def test_nothing_overlaps_in_the_whole_table(chart, overview):
    for drawn in (chart, overview):
        assert outside(drawn) == [] and overlapping(drawn) == []


@pytest.mark.parametrize(("style", "least"), [("notebook", 8), ("slide", 18), ("paper", 7)])
def test_type_is_never_too_small_to_read(trials, style, least):
    with mv.style(style):
        chart = median_survival(trials[trials["trial"].eq("maps")])
        assert min(text.size for text in texts(chart)) >= least


def test_a_title_of_ones_own_is_used(trials):
    chart = median_survival(trials[trials["trial"].eq("maps")], title="How long?")
    assert chart.title == "How long?" and "How long?" in words(chart) and chart.text.startswith("How long?")


def test_sources_given_replace_the_projects_own(trials):
    mine = mv.load_sources().assign(reference="mine")
    chart = median_survival(trials[trials["trial"].eq("maps")], sources=mine)
    own = chart.sources["reference"].str.partition(REPORTS)[0]  # a page names the papers that it reports
    assert own.eq("mine").all() and len(own)


@pytest.mark.parametrize("by", ["arm", "therapy_class"])
@pytest.mark.parametrize("longest", [1.2, 4, 9.5, 17, 19.6, 23, 33.5, 41, 58, 70, 95, 150, 230])
def test_the_axis_does_not_reach_far_beyond_its_last_label(trials, by, longest):
    few = trials[trials["trial"].eq("maps")].assign(os_low_months=np.nan, os_high_months=np.nan)
    drawn = median_survival(few.assign(os_median_months=[longest / 2, longest]), by=by)
    axes = drawn.axes[0]
    end, last = axes.get_xlim()[1], max(axes.get_xticks())
    assert longest < end and end - last <= 0.08 * end
    assert len(axes.get_xticks()) <= 9 and outside(drawn) == [] and overlapping(drawn) == []
