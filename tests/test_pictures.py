"""Figures look as they did: decoded pixels against baselines, on the pinned matplotlib.

`make pictures` re-makes the baselines; look at each before it is committed. The few rows drawn hold the
special cases: parts of an arm, 70 % intervals, a median not reached, an open upper limit, a ratio without an
interval, hazards that are not proportional, a claim that names a limit.
"""

import base64

import pytest
from notebook_outputs import pixels_agree

import mesoviz as mv

TRIALS = [
    "maps",
    "checkmate-743",
    "rames",
    "initiate",
    "hasegawa-2021-neoadjuvant-pleurectomy",
    "ad-ifn-alpha2b-celecoxib-chemotherapy",
]


@pytest.fixture(scope="module")
def evidence():
    everything = mv.load_evidence()
    few = {
        name: frame[frame["trial"].isin(TRIALS)]
        for name in ("trials", "landmarks", "curves")
        for frame in [getattr(everything, name)]
    }
    every = everything.comparisons
    vessels = every["therapy_class"].eq("Anti-angiogenic therapy") & every["setting"].eq("first-line")
    return few | {
        "every_trial": everything.trials,
        "comparisons": every,
        "vessels": every[vessels],
        "several": every[vessels | every["trial"].isin(["mars-2", "rames", "checkmate-743"])],
        "figures": everything.target_figures.query("target_id == 'bap1-loss'"),
        "claims": everything.claims[everything.claims["claim"].isin(["c06", "c08", "c09", "c17", "c47"])],
    }


FIGURES = {
    "median-survival": lambda few: mv.median_survival(few["trials"]),
    "median-survival-by-class": lambda few: mv.median_survival(few["trials"], by="therapy_class"),
    "progression-free-survival": lambda few: mv.median_survival(few["trials"], endpoint="PFS"),
    "landmark-survival": lambda few: mv.landmark_survival(few["landmarks"]),
    "survival-curves": lambda few: mv.survival_curves(few["curves"], trial="maps"),
    "best-response": lambda few: mv.best_response(few["trials"]),
    "response-rate": lambda few: mv.response_rate(few["trials"]),
    "enrollment": lambda few: mv.enrollment(few["trials"]),
    "accrual": lambda few: mv.accrual(few["trials"]),
    "forest": lambda few: mv.forest(few["several"], few["every_trial"]),
    "forest-pooled": lambda few: mv.forest(few["vessels"], few["every_trial"], pool="reml-knha"),
    "network": lambda few: mv.network(few["several"]),
    "absolute-effects": lambda few: mv.absolute_effects(few["several"], few["every_trial"]),
    "evidence-map": lambda few: mv.evidence_map(few["trials"]),
    "promise-and-test": lambda few: mv.promise_and_test(
        mv.select(few["every_trial"], agent=["NGR-hTNF", "Tremelimumab"]), few["comparisons"]
    ),
    "benefit-and-harm": lambda few: mv.benefit_and_harm(few["trials"]),
    "timeline": lambda few: mv.timeline(few["trials"]),
    "alterations": lambda few: mv.alterations(few["figures"]),
    "claims": lambda few: mv.claims(few["claims"]),
    "claimed-values": lambda few: mv.claimed_values(few["claims"]),
    "approaches": lambda few: mv.approaches(
        mv.select(few["every_trial"], agent=["MV-NIS measles virus", "Ad.HSVtk"])
    ),
}


def png(chart, folder):
    """The chart as the bytes of a small PNG."""
    return chart.save(folder / "chart.png", dpi=60).read_bytes()


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_looks_as_it_did(evidence, name, tmp_path, assert_picture):
    assert_picture(name, png(FIGURES[name](evidence), tmp_path))


@pytest.mark.parametrize("style", ["slide", "paper"])
def test_a_style_looks_as_it_did(evidence, style, tmp_path, assert_picture):
    with mv.style(style):
        assert_picture(f"median-survival-{style}", png(mv.median_survival(evidence["trials"]), tmp_path))


def test_a_median_moved_by_half_a_month_is_seen(evidence, tmp_path):
    moved = evidence["trials"].copy()
    first = moved.index[moved["os_median_months"].notna()][0]
    moved.loc[first, "os_median_months"] += 0.5
    before, after = (
        base64.b64encode(png(mv.median_survival(trials), tmp_path)).decode()
        for trials in (evidence["trials"], moved)
    )
    assert not pixels_agree(before, after)
