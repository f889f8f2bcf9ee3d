"""Pooling: held against R's metafor, and against what must not be pooled."""

import math
from itertools import permutations
from pathlib import Path

import drawn
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

import mesoviz as mv
from mesoviz._estimates import _meta

DATA = Path(__file__).parents[1] / "data"
NAN = math.nan

# R 4.2.2, metafor 3.8-1, metadat 1.2-0:
#   v <- ((log(high) - log(low)) / (2 * qnorm(0.5 + level / 200)))^2; y <- log(hazard_ratio)
#   fixed: rma(y, v, method="EE"); dl: rma(y, v, method="DL")
#   reml: rma(y, v, method="REML", control=list(threshold=1e-12, maxiter=10000))
#   reml-knha: rma(y, v, method="REML", test="knha", control=list(threshold=1e-12, maxiter=10000))
#   predict(r, transf=exp); confint(r, control=list(tol=1e-14, tau2.max=1e6)); weights(r); leave1out(r)
COLUMNS = (
    *("hazard_ratio", "low", "high", "prediction_low", "prediction_high"),
    *("tau2", "i2_pct", "i2_low", "i2_high", "q", "q_p_value"),
)
METAFOR = drawn.table(Path(__file__).with_name("metafor.csv"))  # what R answered, nine digits
# leave1out of the second: ratio, low, high without each trial in alphabetical order; and weights(r) of it.
WITHOUT_ONE = (
    (0.886685351, 0.102109673, 7.699671241),
    (0.640350587, 0.143598547, 2.855522455),
    (0.782590516, 0.019106179, 32.054965744),
)
WEIGHTS = (26.61623843, 43.18683365, 30.19692792)

# Our own comparisons as R was given them: (hazard ratio, low, high, level) by trial.
OURS = {
    "anti-angiogenic OS": {
        "lume-meso-phase2": (0.77, 0.46, 1.29, 95),
        "lume-meso-phase3": (1.12, 0.79, 1.58, 95),
        "maps": (0.77, 0.62, 0.95, 95),
    },
    "anti-angiogenic PFS": {
        "lume-meso-phase2": (0.56, 0.34, 0.91, 95),
        "lume-meso-phase3": (1.01, 0.79, 1.30, 95),
        "swog-s0905": (0.71, 0.54, 0.95, 80),
    },
    "maintenance OS": {
        "calgb-30901": (0.86, 0.44, 1.71, 95),
        "command": (1.00, 0.70, 1.40, 95),
        "denim": (1.10, 0.77, 1.57, 95),
        "nvalt-19": (0.90, 0.60, 1.34, 95),
        "nvalt-5": (1.20, 0.90, 1.60, 95),
    },
    "maintenance chemotherapy PFS": {
        "calgb-30901": (0.99, 0.51, 1.90, 95),
        "nvalt-19": (0.48, 0.33, 0.71, 95),
    },
}
# Colditz GA et al. Efficacy of BCG vaccine in the prevention of tuberculosis. JAMA 1994;271:698-702:
# tuberculosis and none among the vaccinated, tuberculosis and none among the others, thirteen trials.
BCG = (
    *((4, 119, 11, 128), (6, 300, 29, 274), (3, 228, 11, 209), (62, 13536, 248, 12619), (33, 5036, 47, 5761)),
    *((180, 1361, 372, 1079), (8, 2537, 10, 619), (505, 87886, 499, 87892), (29, 7470, 45, 7232)),
    *((17, 1699, 65, 1600), (186, 50448, 141, 27197), (5, 2493, 3, 2338), (27, 16886, 29, 17825)),
)
# Raudenbush SW. Magnitude of teacher expectancy effects on pupil IQ. Journal of Educational Psychology
# 1984;76:85-97: standardized mean difference and its variance, nineteen studies.
TEACHERS = (
    *((0.03, 0.0156), (0.12, 0.0216), (-0.14, 0.0279), (1.18, 0.1391), (0.26, 0.1362), (-0.06, 0.0106)),
    *((-0.02, 0.0106), (-0.32, 0.0484), (0.27, 0.0269), (0.80, 0.0630), (0.54, 0.0912), (0.18, 0.0497)),
    *((-0.02, 0.0835), (0.23, 0.0841), (-0.18, 0.0253), (-0.06, 0.0279), (0.30, 0.0193), (0.07, 0.0088)),
    (-0.07, 0.0303),
)


def published(pairs, level=95):
    """Estimates and variances dressed as comparisons, each with an interval of the given level."""
    estimates, variances = np.array(pairs).T
    half = stats.norm.ppf(0.5 + level / 200) * np.sqrt(variances)
    names = [f"trial {i:02}" for i in range(len(estimates))]
    return pd.DataFrame(
        {
            "trial": names, "trial_label": names, "experimental_arm": "new", "control_arm": "old",
            "experimental_label": "New", "control_label": "Old", "endpoint": "OS",
            "hazard_ratio": np.exp(estimates),
            "low": np.exp(estimates - half), "high": np.exp(estimates + half),
            "ci_level": float(level), "hazards": "not stated", "main_analysis": True, "setting": "first-line",
            "control_kind": "platinum-pemetrexed", "overlaps_trial": pd.NA,
            "experimental_n": pd.array([10] * len(names), "Int64"),
            "control_n": pd.array([20] * len(names), "Int64"),
        }
    )  # fmt: skip


@pytest.fixture(scope="module")
def comparisons():
    return mv.load_comparisons()


@pytest.fixture(scope="module")
def pools(comparisons):
    """What R was given, as frames to pool."""
    c = comparisons
    maintenance = c["setting"].eq("maintenance")
    added = c["therapy_class"].eq("Anti-angiogenic therapy") & c["control_kind"].eq("platinum-pemetrexed")
    overall = c["endpoint"].eq("OS")
    bcg = [  # log risk ratio and its variance
        (math.log(a / (a + b) / (x / (x + y))), 1 / a - 1 / (a + b) + 1 / x - 1 / (x + y))
        for a, b, x, y in BCG
    ]
    return {
        "anti-angiogenic OS": c[added & overall],
        "anti-angiogenic PFS": c[added & ~overall],
        "maintenance OS": c[maintenance & overall],
        "maintenance chemotherapy PFS": c[maintenance & ~overall & c["therapy_class"].eq("Chemotherapy")],
        "BCG": published(bcg),
        "teacher expectancy": published(TEACHERS, level=80),
    }


@pytest.fixture(scope="module")
def antiangiogenic(pools):
    return pools["anti-angiogenic OS"]


@pytest.mark.parametrize("name", dict.fromkeys(row["data"] for row in METAFOR))
def test_agrees_with_metafor(pools, name):
    expected = [row for row in METAFOR if row["data"] == name]
    pooled = mv.pool(pools[name])
    assert pooled["method"].tolist() == [row["method"] for row in expected] == list(_meta.METHODS)
    for found, row in zip(pooled.to_dict("records"), expected, strict=True):
        values = [float(row[column] or "nan") for column in COLUMNS]
        np.testing.assert_allclose([found[column] for column in COLUMNS], values, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("name", OURS)
def test_r_was_given_what_the_table_says(pools, name):
    weights = mv.pool_weights(pools[name])
    used = weights[weights["reason"].isna()].set_index("trial")
    assert sorted(used.index) == sorted(OURS[name])
    rows = [r for r in drawn.table(DATA / "comparisons.csv") if r["main_analysis"] == "yes"]
    for trial, used_in_r in OURS[name].items():
        (row,) = (r for r in rows if r["trial"] == trial and r["endpoint"] == name[-len(r["endpoint"]) :])
        assert [float(row[c]) for c in ("hazard_ratio", "low", "high", "ci_level")] == list(used_in_r)
        assert used.loc[trial, ["hazard_ratio", "low", "high", "ci_level"]].tolist() == list(used_in_r)


def test_weights_and_leaving_one_out_agree_with_metafor(pools):
    chosen = pools["anti-angiogenic PFS"]
    weights = mv.pool_weights(chosen)
    np.testing.assert_allclose(weights["weight_pct"].dropna(), WEIGHTS, rtol=1e-6)
    assert weights["weight_pct"].sum() == pytest.approx(100)
    without = mv.leave_one_out(chosen)
    assert without["without"].tolist() == ["LUME-Meso phase 2", "LUME-Meso phase 3", "SWOG S0905"]
    np.testing.assert_allclose(without[["hazard_ratio", "low", "high"]], WITHOUT_ONE, rtol=1e-6)
    assert set(without["trials"]) == {2}


def test_two_trials_left_give_the_interval_of_one_degree_of_freedom():
    estimates = [(math.log(0.7), 0.04), (math.log(0.7), 0.02), (math.log(1.1), 0.03)]
    rest = mv.leave_one_out(published(estimates), method="reml-knha")
    same = rest["low"].eq(rest["high"])
    assert same.sum() == 1 and rest.loc[same, "hazard_ratio"].item() == pytest.approx(0.7)
    for (one, other), row in zip(((1, 2), (0, 2)), rest[~same].to_dict("records"), strict=True):
        (x, v), (y, w) = estimates[one], estimates[other]
        tau2 = max(0, (x - y) ** 2 / 2 - (v + w) / 2)  # the REML estimate of two trials
        share = (w + tau2) / (v + w + 2 * tau2)
        error = abs(x - y) * math.sqrt(share * (1 - share))
        half = math.tan(math.pi * 0.475) * error  # the quantile of Student's t with one degree of freedom
        assert math.log(row["high"] / row["low"]) / 2 == pytest.approx(half)


def test_standard_errors_come_from_intervals_at_their_level():
    estimates = [(math.log(0.8), 0.04), (math.log(0.9), 0.09), (0.1, 0.01)]
    by_level = [mv.pool(published(estimates, level)) for level in (70, 80, 95, 96.6)]
    for other in by_level[1:]:
        pd.testing.assert_frame_equal(by_level[0], other)
    weights = mv.pool_weights(published(estimates, 70))
    np.testing.assert_allclose(weights["standard_error"] ** 2, [0.04, 0.09, 0.01])


def test_what_is_left_out_is_listed_with_patients_and_reason(antiangiogenic, comparisons):
    pooled = mv.pool(antiangiogenic)
    arms = {(row["trial"], row["arm"]): int(row["n"]) for row in drawn.table(DATA / "trials.csv") if row["n"]}
    patients = {
        row["trial"]: arms[row["trial"], row["experimental_arm"]] + arms[row["trial"], row["control_arm"]]
        for row in drawn.table(DATA / "comparisons.csv")
        if row["trial"] in {*OURS["anti-angiogenic OS"], "swog-s0905"}
    }
    gone = patients.pop("swog-s0905")
    assert set(pooled["left_out"]) == {f"SWOG S0905 ({gone} patients): no interval in the sources read"}
    assert set(pooled["patients"]) == {sum(patients.values())}
    np.testing.assert_allclose(pooled["left_out_pct"], 100 * gone / (gone + sum(patients.values())))
    weights = mv.pool_weights(antiangiogenic).set_index("trial")
    assert weights.loc["swog-s0905", "reason"] == "no interval in the sources read"
    assert math.isnan(weights.loc["swog-s0905", "weight_pct"])


def test_patients_not_reported_are_said_not_guessed(pools):
    pooled = mv.pool(pools["maintenance OS"])
    assert set(pooled["n_not_reported"]) == {1}  # NVALT 5 prints no number of patients by arm
    nowhere = pools["maintenance OS"].assign(experimental_n=pd.NA)
    assert set(mv.pool(nowhere)["left_out_pct"]) == {0} and set(mv.pool(nowhere)["patients"]) == {0}
    hidden = pools["anti-angiogenic OS"].copy()
    hidden.loc[hidden["trial"].eq("swog-s0905"), "control_n"] = pd.NA
    pooled = mv.pool(hidden)
    assert pooled["left_out_pct"].isna().all() and pooled["left_out_patients"].isna().all()
    assert "patients not reported" in pooled["left_out"].iloc[0]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"low": NAN, "high": NAN, "ci_level": NAN}, "no interval in the sources read"),
        ({"low": NAN}, "only one limit of the interval reported"),
        ({"ci_level": NAN}, "level of the interval not stated"),
        ({"low": 1.5, "high": 1.5}, "interval without width"),
        ({"hazard_ratio": NAN}, "no hazard ratio reported"),
        ({"hazards": "not proportional"}, "hazards not proportional"),
    ],
)
def test_a_comparison_that_cannot_be_combined_is_left_out(change, reason):
    frame = published(TEACHERS)
    frame.loc[3, list(change)] = list(change.values())
    weights = mv.pool_weights(frame)
    assert weights["reason"].dropna().to_dict() == {3: reason}
    rest = mv.pool(frame.drop(index=3))
    pd.testing.assert_frame_equal(mv.pool(frame)[list(COLUMNS)], rest[list(COLUMNS)])


def test_shared_patients_always_raise(comparisons):
    ms01 = comparisons[comparisons["trial"].eq("ms01")].assign(main_analysis=True)
    with pytest.raises(ValueError, match="share patients, and MS01 has several"):
        mv.pool(ms01, allow_mixed=True)
    frame = published(TEACHERS)
    frame.loc[2, "overlaps_trial"] = "trial 05"
    with pytest.raises(ValueError, match="trial 02 shares patients with another trial"):
        mv.pool(frame, allow_mixed=True)


def test_analyses_that_are_not_the_main_one_are_set_aside(comparisons):
    chosen = comparisons["trial"].isin(["checkmate-743", "ind-227"]) & comparisons["endpoint"].eq("OS")
    rows = comparisons[chosen]
    assert rows["main_analysis"].eq(False).any()
    main = rows[rows["main_analysis"]]
    pd.testing.assert_frame_equal(mv.pool(rows), mv.pool(main))
    with pytest.raises(ValueError, match="main analysis"):
        mv.pool(rows[~rows["main_analysis"]])


def test_what_is_not_alike_is_refused_unless_asked_for(comparisons):
    overall = comparisons[comparisons["endpoint"].eq("OS")]
    first = overall[overall["setting"].eq("first-line")]
    placebo = overall[overall["control_kind"].eq("placebo or supportive care")]
    active = first[first["control_kind"].eq("other active therapy")]
    for frame, words in (
        (first, r"controls differ \(other active therapy, placebo or supportive care and platinum-"),
        (placebo, r"settings differ \(first-line, maintenance, mixed and pretreated\)"),
        (active, r"active controls differ \(Bevacizumab \+ carboplatin \+ pem and Cisplatin\)"),
    ):
        with pytest.raises(ValueError, match=words):
            mv.pool(frame)
        assert mv.pool(frame, allow_mixed=True)["mixed"].str.contains(words).all()
    assert mv.pool(placebo[placebo["setting"].eq("maintenance")])["mixed"].isna().all()


def test_too_few_or_unfit_input_is_refused_in_one_sentence(comparisons, antiangiogenic):
    one = antiangiogenic[antiangiogenic["trial"].isin(["maps", "swog-s0905"])]
    both = comparisons[comparisons["trial"].isin(["maps", "lume-meso-phase3"])]
    for frame, words in (
        (one, r"fewer than two comparisons can be combined; left out: SWOG S0905 \(92 patients\)"),
        (both, "takes one endpoint"),
        (antiangiogenic.head(0), "the selection is empty"),
        (antiangiogenic.drop(columns=["low", "setting"]), "needs the columns low and setting"),
    ):
        for function in (mv.pool, mv.pool_weights, mv.leave_one_out):
            with pytest.raises(ValueError, match=words):
                function(frame)
    with pytest.raises(ValueError, match="at least three"):
        mv.leave_one_out(antiangiogenic[~antiangiogenic["trial"].eq("maps")])
    with pytest.raises(ValueError, match="method must be one of"):
        mv.pool_weights(antiangiogenic, method="REML")
    with pytest.raises(TypeError, match="takes a DataFrame; got list"):
        mv.pool([1])


def test_order_of_rows_does_not_matter(antiangiogenic):
    for order in permutations(range(len(antiangiogenic))):
        shuffled = antiangiogenic.iloc[list(order)]
        pd.testing.assert_frame_equal(mv.pool(antiangiogenic), mv.pool(shuffled))
        pd.testing.assert_frame_equal(mv.pool_weights(antiangiogenic), mv.pool_weights(shuffled))


estimates_and_errors = st.lists(
    st.tuples(st.floats(-3, 3, allow_nan=False), st.floats(0.02, 2)), min_size=2, max_size=12
)


@settings(deadline=None, max_examples=60, derandomize=True)
@given(estimates_and_errors)
def test_swapping_the_arms_inverts_every_ratio(pairs):
    y, v = np.array([[estimate, error**2] for estimate, error in pairs]).T
    for method in _meta.METHODS:
        one, other = _meta.combine(y, v, method), _meta.combine(-y, v, method)
        assert one.tau2 == pytest.approx(other.tau2, rel=1e-6, abs=1e-9)
        assert (one.estimate, one.low) == pytest.approx((-other.estimate, -other.high), rel=1e-6, abs=1e-9)
        assert one.low <= one.estimate <= one.high
        if method != "fixed":
            assert one.prediction_low <= one.low + 1e-12 and one.i2_low <= one.i2_high


@settings(deadline=None, max_examples=60, derandomize=True)
@given(estimates_and_errors)
def test_reml_is_the_highest_point_of_the_likelihood(pairs):
    y, v = np.array([[estimate, error**2] for estimate, error in pairs]).T

    def likelihood(tau2):
        w = 1 / (v + tau2)
        return 0.5 * (np.log(w).sum() - np.log(w.sum()) - (w * (y - np.average(y, weights=w)) ** 2).sum())

    best = _meta.between_trials(y, v, "reml")
    others = np.concatenate([[0], np.geomspace(1e-6, 100, 300)])
    assert likelihood(best) >= max(map(likelihood, others)) - 1e-9


def test_the_tau2_interval_covers_the_truth_as_often_as_it_says():
    random = np.random.default_rng(20261125)
    v = random.uniform(0.01, 0.1, 8)
    truth, hits, runs = 0.05, 0, 1000
    for _ in range(runs):
        low, high = _meta.tau2_interval(random.normal(0, np.sqrt(v + truth)), v)
        hits += low <= truth <= high
    assert abs(hits / runs - 0.95) < 3 * math.sqrt(0.95 * 0.05 / runs)
