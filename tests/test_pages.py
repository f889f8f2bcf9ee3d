"""Pages of a chart: no row lost or torn, words of their own, all on a screen of 16:9, type of 18 points."""

import numpy as np
import pandas as pd
import pytest
import test_pictures
from drawn import outside, overlapping, texts
from matplotlib.lines import Line2D

import mesoviz as mv
from mesoviz._page import _pages, _style

SLIDE, COLUMN, PAGE = (_style.PAGES[name] for name in ("slide", "column", "page"))


evidence = test_pictures.evidence


@pytest.fixture(scope="module")
def trials():
    return mv.load_trials()


@pytest.fixture(scope="module")
def medians(trials):
    chosen = mv.select(
        trials, setting="pretreated", therapy_class=["Chemotherapy", "Anti-angiogenic therapy"]
    )
    return mv.median_survival(chosen)


@pytest.fixture(scope="module")
def slides(medians):
    return medians.pages(rows=6)


def rows_of(pages):
    return pd.concat([page.data for page in pages], ignore_index=True)


def test_the_rows_of_all_pages_are_those_of_the_chart_and_the_last_page_tells_what_is_omitted(
    medians, slides
):
    assert len(slides) > 2 and len(medians.omitted)
    pd.testing.assert_frame_equal(rows_of(slides), medians.data)
    assert [len(page.omitted) for page in slides] == [0] * (len(slides) - 1) + [len(medians.omitted)]
    assert all(len(page.data) <= 6 for page in slides)


def test_no_last_page_is_left_nearly_empty(trials):
    evidence = mv.load_evidence()
    chosen = evidence.comparisons[evidence.comparisons["setting"].eq("pretreated")]
    for endpoint in ("OS", "PFS"):
        shown = [len(page.data) for page in mv.forest(chosen, trials, endpoint).pages()]
        assert len(shown) > 1 and min(shown) >= 0.5 * max(shown)


def test_as_many_rows_as_fit_stand_on_a_page():
    fits = {"rows": 7}

    def over(first, last):
        return max(0.0, (last - first - fits["rows"]) / (last - first + 3))

    assert [_pages._fitting(over, 0, 40, likely) for likely in (1, 3, 7, 12, 40)] == [7] * 5
    assert _pages._fitting(over, 5, 4, 9) == 4
    fits["rows"] = 1
    assert _pages._fitting(over, 0, 12, 12) == 1


def test_arms_of_one_trial_stay_on_one_page(slides):
    homes = [set(page.data["trial"]) for page in slides]
    assert sum(map(len, homes)) == len(set.union(*homes))


def test_the_words_and_sources_of_a_page_are_about_its_rows_alone(medians, slides):
    for page in slides:
        there, elsewhere = set(page.data["trial_label"]), set(medians.data["trial_label"])
        rows = [line for line in page.text.split("\n") if ": median " in line]
        assert len(rows) == len(page.data) and f"{len(page.data)} arm" in page.alt
        for label in elsewhere - there:
            assert not any(f", {label}, n" in line for line in rows)
        assert set(page.sources["source"]) >= set(page.data["source"].dropna())
        assert set(page.sources["source"]) < set(medians.sources["source"])


def test_a_page_says_which_of_how_many_it_is(slides):
    assert [page.title.rpartition(" (")[2] for page in slides] == [
        f"{i} of {len(slides)})" for i in range(1, len(slides) + 1)
    ]


@pytest.mark.parametrize(
    "name", ["medians", "classes", "ratios", "differences", "patients", "accrual", "years"]
)
def test_the_axes_of_all_pages_of_a_chart_span_the_same(name, trials, medians):
    evidence = mv.load_evidence()
    chart = {
        "medians": lambda: medians,
        "classes": lambda: mv.median_survival(trials, by="therapy_class"),
        "ratios": lambda: mv.forest(evidence.comparisons[evidence.comparisons["endpoint"].eq("OS")], trials),
        "differences": lambda: mv.absolute_effects(evidence.comparisons, trials),
        "patients": lambda: mv.enrollment(trials[trials["therapy_class"].eq("Cell therapy")]),
        "accrual": lambda: mv.accrual(trials[trials["therapy_class"].eq("Checkpoint inhibitor")]),
        "years": lambda: mv.timeline(trials),
    }[name]()
    slides = chart.pages(rows=4)[:3]
    assert len(slides) > 1 and not slides[0].data.equals(slides[1].data)
    spans = [[axes.get_xlim() for axes in page.axes if axes.get_xticks().size] for page in slides]
    assert spans[0] and np.ptp(spans, axis=0).max() <= 0.01 * np.max(spans[0])  # room for the last label


def test_a_bubble_of_so_many_patients_is_as_large_on_all_pages(trials):
    slides = mv.evidence_map(trials).pages(rows=4)
    largest = {}
    for page in slides:
        (dot,) = [mark for mark in page.figure.findobj(Line2D) if mark.get_marker() == "o"][-1:]
        largest[dot.get_markersize()] = page.title
    assert len(slides) > 1 and len(largest) == 1


def test_a_slide_is_16_to_9_and_no_type_is_below_18_points(medians, slides):
    for page in slides:
        assert page.figure.get_size_inches() * 72 == pytest.approx([960, 540])
        assert min(line.size for line in texts(page.figure)) >= 18
    assert medians._style.name == "notebook"


def test_few_rows_take_the_room_of_a_slide(trials):
    (slide,) = mv.median_survival(trials[trials["trial"] == "maps"]).pages()
    (dots,) = [marks for marks in slide.axes[0].collections if marks.get_gid() == "experimental"]
    (diamonds,) = [marks for marks in slide.axes[0].collections if marks.get_gid() == "control"]
    apart = np.ptp([dots.get_offsets()[0, 1], diamonds.get_offsets()[0, 1]])
    assert apart > 1.5 * SLIDE.row and outside(slide) == [] == overlapping(slide)


def test_what_fits_on_one_page_is_not_numbered(trials):
    (page,) = mv.median_survival(trials[trials["trial"] == "maps"]).pages()
    assert page.title == "Median overall survival by therapy"
    (told,) = _pages.pages(mv.median_survival(trials[trials["trial"] == "maps"]), SLIDE, takeaway=True)
    assert told.title.split("\n") == [told.takeaway, page.title]
    assert told.takeaway == "Median overall survival: 16.1 to 18.8 months in 2 arms of 1 trial"


def test_what_one_page_cannot_hold_takes_a_larger_one_of_the_same_shape(trials):
    chart = mv.evidence_map(trials[trials["therapy_class"].eq("Cell therapy")])
    low = _style.Style(**{**vars(SLIDE), "page": 330})
    (page,) = _pages.pages(chart, low)
    width, height = page.figure.get_size_inches() * 72
    assert width > 960 and width / height == pytest.approx(960 / 330)


@pytest.mark.parametrize("name", test_pictures.FIGURES)
def test_every_chart_stands_in_the_column_of_a_paper_its_texts_above_its_marks(name, evidence):
    chart = test_pictures.FIGURES[name](evidence)
    for page in _pages.pages(chart, COLUMN):
        width, height = page.figure.get_size_inches() * 72
        assert width == pytest.approx(252) and height <= COLUMN.page + 0.01
        assert outside(page) == [] and overlapping(page) == []
        assert min(line.size for line in texts(page.figure)) >= 7


def test_a_column_tells_each_row_and_its_numbers(medians):
    told = " ".join(line.words for page in _pages.pages(medians, COLUMN) for line in texts(page.figure))
    for row in medians.data.to_dict("records"):
        n = "n.r." if pd.isna(row["n"]) else f"{row['n']:,}"
        assert row["trial_label"] in told and f"n: {n}; Median (interval): {row['median_months']:g}" in told


def test_a_pooled_estimate_stays_with_the_comparison_above_it():
    comparisons = mv.load_comparisons()
    alike = comparisons[
        comparisons["setting"].eq("first-line") & comparisons["therapy_class"].eq("Checkpoint inhibitor")
    ]
    chart = mv.forest(alike, mv.load_trials(), pool="fixed", allow_mixed=True)
    assert chart.data["mark"].tolist()[-1] == "pooled"
    pages = chart.pages(rows=1)
    assert [page.data["mark"].tolist() for page in pages[-1:]] == [["comparison", "pooled"]]
    assert len(rows_of(pages)) == len(chart.data)


@pytest.mark.parametrize(
    ("levels", "first", "most", "border"),
    [
        ([0, 2, 2, 0, 2, 2], 0, 4, 3),  # a group ends in the last third
        ([0, 1, 1, 1, 1, 1], 0, 4, 4),  # one group: the page is filled
        ([0, 1, 2, 2, 2, 2], 0, 4, 1),  # rows of one trial are not torn where they fit alone
        ([0, 2, 2, 2, 2, 2], 0, 4, 4),  # or else they are
        ([0, 1, 1], 1, 4, 3),  # the rest
    ],
)
def test_a_page_ends_at_the_best_border(levels, first, most, border):
    assert _pages._border(levels, first, most, tied=1) == border
