"""What a chart costs, from the tables to a PNG, against the same marks drawn by hand from numbers at hand.

Ours prepares the rows, measures, lays out, draws, writes every number in words and looks the sources up; each
time anew, with nothing kept of the texts of the time before. The hand knows all of it beforehand.
"""

from functools import partial

from benchmarks._run import Row

_LIMIT = "matplotlib by hand: the same marks, one text of many lines a column"
_STEPS = {
    "rows": "_comparisons.py:prepare",
    "words and sources": "_comparisons.py:chart",
    "layout": "_layout.py:rows",
    "drawing": "matplotlib/figure.py:savefig",
    "of that, text": "_texts.py:draw",
    "PNG": "_png.py:whole",
}


def _first(frame, trials):
    """The rows of the first so many trials."""
    return frame[frame["trial"].isin(frame["trial"].unique()[:trials])]


def _draw(name, evidence):
    """A chart of about 40 rows, or all there are."""
    import mesoviz as mv

    trials, comparisons = evidence.trials, evidence.comparisons
    if name in ("median_survival", "response_rate", "best_response"):
        column = "os_median_months" if name == "median_survival" else "objective_response"
        return getattr(mv, name)(trials[trials[column].notna()].head(40))
    if name in ("forest", "absolute_effects", "promise_and_test"):
        first = (trials, comparisons) if name == "promise_and_test" else (comparisons, trials)
        return getattr(mv, name)(*first)
    if name == "survival_curves":
        return mv.survival_curves(_first(evidence.curves, 1), trials=trials)
    frames = {
        "accrual": trials,
        "alterations": evidence.target_figures,
        "approaches": trials,
        "benefit_and_harm": trials,
        "claimed_values": evidence.claims,
        "claims": evidence.claims,
        "enrollment": _first(trials, 40),
        "evidence_map": trials,
        "landmark_survival": _first(evidence.landmarks, 20),
        "network": comparisons,
        "timeline": _first(trials, 40),
    }
    return getattr(mv, name)(frames[name])


FIGURES = (
    *("absolute_effects", "accrual", "alterations", "approaches", "benefit_and_harm", "best_response"),
    *("claimed_values", "claims", "enrollment", "evidence_map", "landmark_survival", "median_survival"),
    *("network", "promise_and_test", "response_rate", "survival_curves", "timeline"),
)


def comparisons(evidence, size):
    """So many comparisons and their arms: our own again and again, each time under other names."""
    import pandas as pd

    own = evidence.comparisons
    own = own[own["endpoint"].eq("OS") & own["main_analysis"]].drop_duplicates("trial")
    arms = evidence.trials[evidence.trials["trial"].isin(own["trial"])]
    frames = ([], [])
    for turn in range(-(-size // len(own))):
        for many, frame in zip(frames, (own, arms), strict=True):
            names = {"trial": frame["trial"] + f"-{turn}", "trial_label": frame["trial_label"] + f" {turn}"}
            many.append(frame.assign(**names, overlaps_trial=None))
    return pd.concat(frames[0], ignore_index=True).head(size), pd.concat(frames[1], ignore_index=True)


def maker(name, size):
    """A function that makes the chart."""
    import mesoviz as mv

    evidence = mv.load_evidence()
    if size is None:
        return partial(_draw, name, evidence)
    return partial(mv.forest, *comparisons(evidence, size))


def ours(name, size=None):
    from mesoviz._page import _texts

    make = maker(name, size)

    def run():
        for kept in (_texts.text_width, _texts.wrap, _texts._picture):
            kept.cache_clear()
        return make()._bytes("png")

    return run


def by_hand(name, size=None):
    from benchmarks._by_hand import draw, marks

    read = marks(maker(name, size)().figure)
    return lambda: draw(*read)


ROWS = [
    Row(
        what=f"forest of {size:,} rows to PNG",
        limit=_LIMIT,
        aim=1.15,
        ours=partial(ours, "forest", size),
        floor=partial(by_hand, "forest", size),
        steps=_STEPS,
        slow=size > 30,
    )
    for size in (30, 300, 1000)
]
ROWS += [
    Row(
        what=f"{name} to PNG",
        limit=_LIMIT,
        aim=1.3,
        ours=partial(ours, name),
        floor=partial(by_hand, name),
        slow=place > 2,
    )
    for place, name in enumerate(FIGURES)
]
