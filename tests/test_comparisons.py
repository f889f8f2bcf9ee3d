"""The forest plot: marks read back, numbers held against the CSV files, pooled only where allowed."""

import re

import numpy as np
import pandas as pd
import pytest
from conftest import ROOT
from drawn import artists, lines, outside, overlapping, points, table, words

import mesoviz as mv
from mesoviz._figures._comparisons import prepare
from mesoviz._figures._forest_marks import ENDS

DASH, MINUS = "\N{EN DASH}", "\N{MINUS SIGN}"


@pytest.fixture(scope="module")
def trials():
    return mv.load_trials()


@pytest.fixture(scope="module")
def comparisons():
    return mv.load_comparisons()


@pytest.fixture(scope="module")
def arms():
    return {(row["trial"], row["arm"]): row for row in table(ROOT / "data" / "trials.csv")}


@pytest.fixture(scope="module")
def rows():
    """The rows of the CSV file that are to be drawn, by trial and endpoint."""
    raw = table(ROOT / "data" / "comparisons.csv")
    return {(row["trial"], row["endpoint"]): row for row in raw if row["main_analysis"] == "yes"}


@pytest.fixture(scope="module", params=["OS", "PFS"])
def endpoint(request):
    return request.param


@pytest.fixture(scope="module")
def chart(comparisons, trials, endpoint):
    return mv.forest(comparisons, trials, endpoint)


@pytest.fixture(scope="module")
def added(comparisons):
    """Anti-angiogenic drugs added to platinum and pemetrexed: alike, and one prints no interval."""
    chosen = comparisons["therapy_class"].eq("Anti-angiogenic therapy")
    return comparisons[chosen & comparisons["control_kind"].eq("platinum-pemetrexed")]


@pytest.fixture(scope="module")
def pooled(added, trials):
    return mv.forest(added, trials, pool="reml-knha")


def number(text):
    return float(text) if text else np.nan


def test_every_number_is_the_files(chart, rows, arms, endpoint):
    key = {"OS": "os", "PFS": "pfs"}[endpoint]
    drawn = {row["trial"]: row for row in chart.data.to_dict("records")}
    assert set(drawn) == {trial for trial, of in rows if of == endpoint}
    for trial, found in drawn.items():
        row = rows[trial, endpoint]
        for column in ("hazard_ratio", "low", "high", "ci_level"):
            assert found[column] == pytest.approx(number(row[column]), nan_ok=True)
        medians = []
        for side in ("experimental", "control"):
            arm = arms[trial, row[f"{side}_arm"]]
            n, median = found[f"{side}_n"], found[f"{side}_median_months"]
            assert ("" if pd.isna(n) else str(n)) == arm["n"]
            assert median == pytest.approx(number(arm[f"{key}_median_months"]), nan_ok=True)
            medians.append(number(arm[f"{key}_median_months"]))
        difference = found["median_difference_months"]
        assert difference == pytest.approx(medians[0] - medians[1], nan_ok=True)


def test_named_rows_are_the_awkward_ones(rows, arms):
    assert rows["checkmate-743", "OS"]["ci_level"] == "96.6"
    assert {rows["rames", of]["ci_level"] for of in ("OS", "PFS")} == {"70"}
    assert {rows[trial, "PFS"]["ci_level"] for trial in ("nipu", "swog-s0905")} == {"80"}
    assert not rows["vantage-014", "OS"]["low"] and not rows["ngr015", "OS"]["low"]
    assert not arms["nvalt-5", "asc"]["n"]
    assert rows["mars-2", "OS"]["hazards"] == "not proportional"


def test_squares_and_circles_stand_at_the_ratios(chart):
    data = chart.data
    bare = data["low"].isna()
    for gid, which in (("ratio", ~bare), ("ratio without interval", bare)):
        found = points(chart, gid)
        np.testing.assert_allclose(found[:, 0], data.loc[which, "hazard_ratio"])
        assert (np.diff(found[:, 1]) > 0).all()
    (squares,) = artists(chart, "ratio")
    precision = data.loc[~bare, "precision"].to_numpy()
    large = precision / precision.max() > 0.1
    np.testing.assert_allclose(
        squares.get_sizes()[large] / squares.get_sizes().max(), precision[large] / precision.max()
    )


def test_intervals_are_lines_and_those_without_get_none(chart):
    found = lines(chart, "interval")
    known = chart.data.dropna(subset="low")
    np.testing.assert_allclose(found[:, :2], known[["low", "high"]])
    np.testing.assert_allclose(found[:, 2], points(chart, "ratio")[:, 1])
    assert artists(chart, "interval leaves the axis") == []


def test_an_interval_that_leaves_the_axis_gets_an_arrow(comparisons, trials):
    wide = comparisons[comparisons["trial"].eq("maps")].copy()
    wide.loc[:, ["low", "high"]] = [0.05, 19.0]
    chart = mv.forest(wide, trials)
    low, high = chart.axes[0].get_xlim()
    assert low == pytest.approx(1 / high) and high < 19
    np.testing.assert_allclose(sorted(points(chart, "interval leaves the axis")[:, 0]), [low, high])
    np.testing.assert_allclose(lines(chart, "interval")[0, :2], [low, high])
    assert "leaves the axis" in words(chart) and f"(0.05{DASH}19.00)" in words(chart)


def test_the_axis_is_logarithmic_and_says_whom_each_side_favors(chart):
    axes = chart.axes[0]
    assert axes.get_xscale() == "log"
    (line,) = artists(chart, "no effect")
    assert set(line.get_xdata()) == {1}
    low, high = axes.get_xlim()
    assert low < chart.data[["hazard_ratio", "low"]].min().min()
    assert high > chart.data[["hazard_ratio", "high"]].max().max()
    written = " ".join(words(chart)).replace("\xa0", " ")
    for side in ("favors the", "experimental arm", "control \N{RIGHTWARDS ARROW}"):
        assert side in written and any(side in end.replace("\xa0", " ") for end in ENDS)


def test_levels_that_are_not_the_usual_one_are_said(chart):
    other = chart.data[chart.data["ci_level"].notna() & chart.data["ci_level"].ne(95)]
    said = [text for text in words(chart) if text.startswith("at ")]
    assert said == [f"at {level:g} %" for level in other["ci_level"]]
    assert len(said) == {"OS": 2, "PFS": 3}[chart.data["endpoint"].iloc[0]]


def test_the_time_that_a_ratio_holds_for_stands_in_the_footnote(comparisons, trials):
    chart = mv.forest(comparisons[comparisons["trial"].eq("mars-2")], trials)
    analysis = comparisons.loc[comparisons["trial"].eq("mars-2"), "analysis"].iloc[0]
    time = re.search(r"[^:;]*\d+ months", analysis)[0].strip()
    shown = " ".join(" ".join(words(chart)).replace("\N{NO-BREAK SPACE}", " ").split())
    assert time[1:] in shown and time[1:] in chart.text


def test_hazards_definitions_and_populations_are_footnotes(comparisons, trials):
    assert any("Hazards are not proportional" in text for text in words(mv.forest(comparisons, trials)))
    later = mv.forest(comparisons[comparisons["trial"].isin(["nvalt-5", "adam"])], trials, "PFS")
    assert any("TTP: time to progression." in text for text in words(later))
    assert any("Population: ASS1-deficient only." in text for text in words(later))


def test_the_words_hold_every_plotted_number(chart):
    told = [line for line in chart.text.splitlines() if "hazard ratio for" in line]
    assert len(told) == len(chart.data)
    for line, row in zip(told, chart.data.to_dict("records"), strict=True):
        ratio, limits, p = re.search(r"survival (\d[\d.]*) \((.*?)(?:; P (.*?))?\); medians", line).groups()
        assert (p is None) == pd.isna(row["p_value"])
        if p:
            assert float(re.findall(r"[\d.]+", p)[0]) == row["p_value"]
            assert p.startswith("<") == (row["p_relation"] == "less than")
            assert ("one-sided" in p) == (pd.notna(row["p_sides"]) and row["p_sides"] == 1)
        assert float(ratio) == row["hazard_ratio"]
        if pd.isna(row["low"]):
            assert limits == "no interval in the sources read"
        else:
            level, low, high = re.fullmatch(rf"([\d.]+) % interval ([\d.]+){DASH}([\d.]+)", limits).groups()
            assert [float(level), float(low), float(high)] == [row["ci_level"], row["low"], row["high"]]
        medians = re.search(r"medians (\S+|not reported) against (\S+|not reported) months", line).groups()
        for said, side in zip(medians, ("experimental", "control"), strict=True):
            value = row[f"{side}_median_months"]
            assert said == "not reported" if pd.isna(value) else float(said) == value
        gained = re.search(r"difference ([+±−]\d+(?:\.\d+)?)", line)
        if gained:
            assert float(gained[1].replace(MINUS, "-")) == row["median_difference_months"]
        counts = re.findall(r"\((?:n = (\d+)|n not reported)\)", line)
        sides = [row["experimental_n"], row["control_n"]]
        assert counts == ["" if pd.isna(n) else str(n) for n in sides]
        assert row["trial_label"] in line and f"[{row['citation']}]" in line
    assert len(chart.alt) <= 300 and "not comparable" in chart.alt


def test_the_table_beside_the_marks_says_the_same(chart):
    written = words(chart)
    for row in chart.data.to_dict("records"):
        fate = "met" if row["primary_endpoint_met"] else "not met"
        assert f"{row['primary_endpoint_type']}, {fate}" in written
        if pd.notna(row["low"]):
            assert f"({row['low']:.2f}{DASH}{row['high']:.2f})" in written
        for side in ("experimental", "control"):
            n = row[f"{side}_n"]
            assert (f"{n:,}" if pd.notna(n) else "n.r.") in written


def test_basis_marks_are_filled_where_a_fact_holds(chart):
    places = np.sort(
        np.concatenate([points(chart, gid)[:, 1] for gid in ("ratio", "ratio without interval")])
    )
    for at, name in enumerate(("blinded", "primary_endpoint", "own_report", "extracted_twice")):
        for value, gid in ((True, "holds"), (False, "does not hold")):
            found = points(chart, gid)
            holds = chart.data[name].eq(value).fillna(False).to_numpy(dtype=bool)
            np.testing.assert_allclose(found[found[:, 0] == at, 1], places[holds])


def test_every_source_is_listed(chart, trials):
    needed = set(chart.data["source"])
    for side in ("experimental", "control"):
        needed |= set(chart.data[f"{side}_n_source"].dropna())
        needed |= set(chart.data[f"{side}_median_source"].dropna())
    assert set(chart.sources["source"]) == needed


def test_what_is_given_is_drawn_or_omitted_with_a_reason(comparisons, trials, endpoint):
    filters = [
        comparisons,
        comparisons[comparisons["setting"].eq("first-line")],
        comparisons[comparisons["trial"].isin(["ms01", "maps", "nvalt-5"])],
    ]
    for given in filters:
        data, omitted = prepare(given, trials, endpoint)
        assert len(data) + len(omitted) == len(given)
        both = pd.concat([data, omitted])[["trial", "endpoint", "analysis"]]
        keys = ["trial", "endpoint", "analysis"]
        merged = both.astype("str").sort_values(keys).reset_index(drop=True)
        pd.testing.assert_frame_equal(
            merged, given[keys].astype("str").sort_values(keys).reset_index(drop=True)
        )
        assert omitted["reason"].notna().all()


def test_arms_in_arms_are_counted_once(comparisons, trials):
    every = comparisons[comparisons["trial"].eq("ms01")].assign(main_analysis=True)
    total = sum(
        int(row["n"])
        for row in table(ROOT / "data" / "trials.csv")
        if row["trial"] == "ms01" and not row["part_of"]
    )
    chart = mv.forest(every, trials)
    assert f"3 comparisons of 1 trial, {total} patients" in chart.text
    assert "Part of a larger arm" in chart.text


def test_order_of_rows_and_own_settings_change_nothing(comparisons, trials, endpoint, chart):
    shuffled = mv.forest(
        comparisons.sample(frac=1, random_state=3), trials.sample(frac=1, random_state=4), endpoint
    )
    pd.testing.assert_frame_equal(chart.data, shuffled.data)
    assert chart.text.splitlines()[:-3] == shuffled.text.splitlines()[:-3]
    import matplotlib as mpl

    few = comparisons[comparisons["trial"].eq("determine")]
    plain = mv.forest(few, trials)._bytes("png")
    with mpl.rc_context({**mpl.rcParams, "axes.facecolor": "black", "font.size": 20, "axes.grid": True}):
        assert mv.forest(few, trials)._bytes("png") == plain


def test_a_pooled_estimate_is_a_diamond_a_dotted_line_and_words(pooled, added):
    estimate = mv.pool(added[added["endpoint"].eq("OS")]).set_index("method").loc["reml-knha"]
    last = pooled.data.iloc[-1]
    assert last["mark"] == "pooled" and pooled.data["mark"].eq("pooled").sum() == 1
    for column in ("hazard_ratio", "low", "high", "prediction_low", "prediction_high", "tau2", "i2_pct"):
        assert last[column] == estimate[column]
    (diamond,) = artists(pooled, "pooled")
    edges = diamond.get_xy()[:, 0]
    np.testing.assert_allclose([edges.min(), edges.max()], [estimate["low"], estimate["high"]])
    low, high = pooled.axes[0].get_xlim()
    ends = np.clip([estimate["prediction_low"], estimate["prediction_high"]], low, high)
    np.testing.assert_allclose(lines(pooled, "prediction interval")[0, :2], ends)
    (said,) = (line for line in pooled.text.splitlines() if line.startswith("Pooled"))
    found = re.findall(r"\d+(?:\.\d+)?", said.replace("95 %", ""))
    told = [estimate[c] for c in ("hazard_ratio", "low", "high")] + [estimate["trials"], estimate["patients"]]
    told += [
        estimate[c] for c in ("prediction_low", "prediction_high", "tau2", "i2_pct", "i2_low", "i2_high")
    ]
    told += [estimate["q"], estimate["q_p_value"]]
    assert [float(x) for x in found] == [
        round(float(x), places)
        for x, places in zip(told, (2, 2, 2, 0, 0, 2, 2, 3, 0, 0, 0, 1, 2), strict=True)
    ]
    assert "SWOG S0905 (92 patients): no interval in the sources read" in pooled.text
    assert "Pooled" in words(pooled)


def test_no_pooled_estimate_where_too_many_patients_are_left_out(added, comparisons, trials):
    hidden = mv.forest(added, trials, "PFS", pool="reml")
    share = mv.pool(added[added["endpoint"].eq("PFS")])["left_out_pct"].iloc[0]
    assert share > 10
    assert not artists(hidden, "pooled") and hidden.data["mark"].eq("comparison").all()
    assert f"No pooled estimate: comparisons that cannot be combined hold {share:.0f} %" in hidden.text
    assert any(text.startswith("No pooled estimate") for text in words(hidden))
    placebo = comparisons["control_kind"].eq("placebo or supportive care")
    later = comparisons[placebo & comparisons["setting"].eq("pretreated")]
    assert (
        "VANTAGE-014 (661 patients): no interval in the sources read"
        in mv.forest(later, trials, pool="dl").text
    )


def test_a_mixed_pool_is_refused_or_says_so(comparisons, trials):
    first = comparisons[comparisons["setting"].eq("first-line")]
    with pytest.raises(ValueError, match="not alike: controls differ"):
        mv.forest(first, trials, pool="reml")
    chart = mv.forest(first, trials, pool="reml", allow_mixed=True)
    assert "Combined on request although they are not alike: controls differ" in chart.text
    assert any("although they are not alike" in text for text in words(chart))


def test_an_interval_too_narrow_for_chance_is_called_so(comparisons, trials):
    maintenance = comparisons[comparisons["setting"].eq("maintenance")]
    assert "may be too narrow" in mv.forest(maintenance, trials, pool="reml-knha").text
    assert "may be too narrow" not in mv.forest(maintenance, trials, pool="reml").text


def many(comparisons, trials, n):
    """So many comparisons, copies of the real ones under other names."""
    copies = range(-(-n // 26))

    def renamed(frame, i):
        return frame.assign(trial=frame["trial"] + f"-{i}", trial_label=frame["trial_label"] + f" {i}")

    arms = pd.concat([renamed(trials, i) for i in copies])
    main = comparisons[comparisons["main_analysis"] & comparisons["endpoint"].eq("OS")]
    return pd.concat([renamed(main, i) for i in copies]).head(n), arms


@pytest.mark.parametrize("medium", ["notebook", "slide", "paper"])
@pytest.mark.parametrize("n", [1, 5, 40, 200])
def test_nothing_overlaps_or_is_cut_off(comparisons, trials, medium, n):
    if n == 200 and medium != "notebook":
        n = 12
    given, arms = many(comparisons, trials, n)
    with mv.style(medium):
        chart = mv.forest(given, arms)
    assert len(chart.data) == n
    assert outside(chart) == []
    assert overlapping(chart) == []


def test_nothing_overlaps_beside_a_pooled_estimate(added, trials, pooled):
    with mv.style("slide"):
        slide = mv.forest(added, trials, pool="reml-knha")
    for chart in (pooled, slide):
        assert outside(chart) == [] and overlapping(chart) == []
    assert not [text for text in words(slide) if text == "Rests on"]
    assert "Rests on: randomized" in slide.text


def test_bad_input_is_refused_in_one_sentence(comparisons, trials):
    maps = comparisons[comparisons["trial"].eq("maps")]
    for arguments, words_ in (
        ((comparisons.head(0), trials), "the selection is empty"),
        ((comparisons.drop(columns="setting"), trials), "needs the columns setting"),
        ((maps, trials.drop(columns="n")), r"forest \(trials\) needs the columns n"),
        ((maps, trials[~trials["trial"].eq("maps")]), "trials has no arm 'bevacizumab-pemetrexed-cisplatin'"),
        ((comparisons[~comparisons["main_analysis"]], trials), "no main analysis with a hazard ratio"),
        ((maps, trials, "ORR"), "endpoint must be one of"),
    ):
        with pytest.raises(ValueError, match=words_) as caught:
            mv.forest(*arguments)
        assert "\n" not in str(caught.value)
    with pytest.raises(ValueError, match="pool must be one of"):
        mv.forest(maps, trials, pool="bayes")
    with pytest.raises(TypeError, match="takes a DataFrame; got dict"):
        mv.forest({}, trials)
