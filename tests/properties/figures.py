"""Every public figure function: how it is called, the rows it accounts for, what its marks stand for."""

import re
from collections import namedtuple

import drawn
import numpy as np
from hypothesis import note

import mesoviz as mv

# `given` names the table whose rows, told by `key`, are drawn or omitted; without a key, `data` counts them.
# `marks` gives the numbers that a chart draws beside those of its data; `said` what a row's line must hold.
Figure = namedtuple("Figure", "draw given key marks said")

_ARM = ("trial", "arm")
_POINT = ("trial", "arm", "endpoint", "month")
_COMPARED = ("trial", "experimental_arm", "control_arm", "endpoint", "analysis")
_ROLES = ("experimental", "control")
_RATES = (*_ROLES, "experimental, no count", "control, no count")
_STRIPS = (*_ROLES, "experimental, other", "control, other", "n not reported")


def _dots(column, *gids):
    """The places of dots along the x axis, and the values that they stand for."""
    return lambda chart: (
        np.concatenate([drawn.points(chart, gid)[:, 0] for gid in gids]),
        chart.data[column],
    )


def _count(column, *gids):
    """A dot for each row that has a value, wherever it stands."""
    return lambda chart: (
        np.ones(sum(len(drawn.points(chart, gid)) for gid in gids)),
        chart.data[column].notna().astype(float).replace(0, np.nan),
    )


def _bars(column, *gids):
    """The lengths of bars, and the values that they stand for."""
    return lambda chart: (
        [bar.get_width() for gid in gids for bar in drawn.artists(chart, gid)],
        chart.data[column],
    )


def _ratios(chart):
    return (
        [*drawn.points(chart, "ratio")[:, 0], *drawn.points(chart, "ratio without interval")[:, 0]],
        chart.data.loc[chart.data["mark"].eq("comparison"), "hazard_ratio"],
    )


def _both_ratios(chart):
    columns = [f"{endpoint}_hazard_ratio" for endpoint in ("os", "pfs")]
    at = [drawn.points(chart, f"{endpoint} hazard ratio")[:, 0] for endpoint in ("os", "pfs")]
    return np.concatenate(at), chart.data[columns].stack()


def _curves(chart):
    lines = [line for arm in chart.data["arm"].unique() for line in drawn.artists(chart, f"curve {arm}")]
    return np.concatenate([line.get_ydata() for line in lines]), chart.data["survival_pct"]


def _parts(chart):
    names = ["complete_response", "partial_response", "stable_disease", "progressive_disease"]
    found = [right - left for name in names for left, right, _ in drawn.boxes(chart, name)]
    share = 100 * chart.data[names].astype(float).div(chart.data["evaluable"].astype(float), axis=0)
    return found, share.where(share > 0).stack()


def _planned(chart):
    return np.concatenate([line.get_xdata() for line in drawn.artists(chart, "planned")]), chart.data[
        "planned"
    ]


def _lines(chart):
    pairs = chart.data.drop_duplicates(["setting", "control", "experimental"])
    return np.ones(len(drawn.artists(chart, "line"))), np.ones(len(pairs))


def _bubbles(chart):
    fates = [f"{fate}_trials" for fate in ("met", "not_met", "not_stated")]
    found = sum(len(drawn.points(chart, gid)) for gid in ("met", "not_met", "not_stated", "n not reported"))
    return np.ones(found), np.ones(int(chart.data[fates].gt(0).sum().sum()))


def _squares(chart):
    counts = chart.data["verdict"].value_counts(sort=False)
    return [len(drawn.boxes(chart, verdict)) for verdict in counts.index], counts


def _found(chart):
    span = chart.data["scale_high"] - chart.data["scale_low"]
    return drawn.points(chart, "found")[:, 0], (chart.data["found"] - chart.data["scale_low"]) / span


def _steps(chart):
    steps = ("none", "1", "1/2", "2", "2/3", "3", "4")
    gids = ("reported", "not reported", "untried")
    return np.concatenate([drawn.points(chart, gid)[:, 0] for gid in gids]), chart.data["phase"].map(
        steps.index
    )


def _number(column, label="trial_label"):
    """A row's name and a number of it as published."""
    return lambda row: (row[label], f"{row[column]:.10g}")


def _rounded(column, label="trial_label"):
    return lambda row: (
        row[label],
        f"{row[column]:.1f}" if row.get("counted", True) else f"{row[column]:.10g}",
    )


def _patients(column, *labels):
    return lambda row: (*(row[label] for label in labels), f"{int(row[column]):,}")


def _label(*names):
    return lambda row: tuple(row[name] for name in names)


def _of_trials(name, marks, said, key=_ARM, **options):
    function = getattr(mv, name)
    return Figure(
        lambda e: function(e["trials"], sources=e["sources"], **options), "trials", key, marks, said
    )


def _of_comparisons(name, marks, said, **options):
    function = getattr(mv, name)

    def draw(e):
        return function(e["comparisons"], e["trials"], sources=e["sources"], **options)

    return Figure(draw, "comparisons", _COMPARED, marks, said)


def _of_claims(name, marks, said, **options):
    function = getattr(mv, name)

    def draw(e):
        return function(e["claims"], sources=e["claim_and_target_sources"], **options)

    return Figure(draw, "claims", ("claim",), marks, said)


def _survival_curves(e):
    trial = e["curves"]["trial"].iloc[0] if len(e["curves"]) else None
    return mv.survival_curves(e["curves"], trial=trial, trials=e["trials"], sources=e["sources"])


def _landmarks(endpoint, months):
    def draw(e):
        return mv.landmark_survival(e["landmarks"], endpoint, months=months, sources=e["sources"])

    return Figure(draw, "landmarks", _POINT, _dots("survival_pct", *_ROLES), _number("survival_pct"))


_MEDIAN = (_dots("median_months", *_ROLES), _number("median_months"))
_COUNTED = (_bars("patients", *_ROLES, "not assignable"), _patients("patients", "group"))

FIGURES = {
    "median_survival": _of_trials("median_survival", *_MEDIAN),
    "median_survival PFS": _of_trials("median_survival", *_MEDIAN, endpoint="PFS"),
    "median_survival by class": _of_trials(
        "median_survival", _dots("median_months", *_STRIPS), _number("median_months"), by="therapy_class"
    ),
    "landmark_survival": _landmarks("OS", (12, 24, 36, 60)),
    "landmark_survival irPFS": _landmarks("irPFS", (6, 24)),
    "survival_curves": Figure(_survival_curves, "curves", _POINT, _curves, _label("month", "at_risk")),
    "best_response": _of_trials("best_response", _parts, _number("evaluable")),
    "response_rate": _of_trials("response_rate", _dots("pct", *_RATES), _rounded("pct")),
    "response_rate control": _of_trials(
        "response_rate", _dots("pct", *_RATES), _rounded("pct"), endpoint="disease control"
    ),
    "response_rate by class": _of_trials(
        "response_rate", _dots("pct", *_STRIPS), _rounded("pct"), by="therapy_class"
    ),
    "enrollment": _of_trials("enrollment", *_COUNTED, key=()),
    "enrollment by class": _of_trials("enrollment", *_COUNTED, key=(), by="therapy_class"),
    "enrollment by setting": _of_trials("enrollment", *_COUNTED, key=(), by="setting"),
    "enrollment by phase": _of_trials("enrollment", *_COUNTED, key=(), by="phase"),
    "accrual": _of_trials("accrual", _planned, _patients("planned", "trial_label"), key=("trial",)),
    "forest": _of_comparisons("forest", _ratios, _number("hazard_ratio")),
    "forest pooled": _of_comparisons(
        "forest", _ratios, _number("hazard_ratio"), endpoint="PFS", pool="reml-knha", allow_mixed=True
    ),
    "absolute_effects": _of_comparisons(
        "absolute_effects",
        _dots("difference", "difference", "difference without interval"),
        _number("hazard_ratio"),
    ),
    "network": Figure(
        lambda e: mv.network(e["comparisons"], sources=e["sources"]),
        "comparisons",
        _COMPARED[:4],
        _lines,
        _label("trial_label", "experimental", "control"),
    ),
    "evidence_map": _of_trials("evidence_map", _bubbles, _patients("patients", "row", "column"), key=()),
    "evidence_map by endpoint": _of_trials(
        "evidence_map",
        _bubbles,
        _patients("patients", "row", "column"),
        key=(),
        rows="agent",
        columns="endpoint",
    ),
    "promise_and_test": Figure(
        lambda e: mv.promise_and_test(e["trials"], e["comparisons"], sources=e["sources"]),
        "trials",
        _ARM,
        _both_ratios,
        _number("os_hazard_ratio"),
    ),
    "benefit_and_harm": _of_trials(
        "benefit_and_harm", _bars("harm_pct", "harm, experimental", "harm, control"), _number("harm_pct")
    ),
    "benefit_and_harm OS": _of_trials("benefit_and_harm", *_MEDIAN, benefit="OS"),
    "timeline": _of_trials(
        "timeline",
        _count("published", "report", "n not reported"),
        _label("trial_label", "published"),
        key=("trial",),
    ),
    "alterations": Figure(
        lambda e: mv.alterations(e["target_figures"], sources=e["claim_and_target_sources"]),
        "target_figures",
        ("target_id", "measure"),
        _dots("share", "counted", "printed"),
        _label("measure"),
    ),
    "claims": _of_claims("claims", _squares, _label("claim", "verdict", "statement")),
    "claims by therapy": _of_claims("claims", _squares, _label("claim", "verdict"), by="therapy"),
    "claimed_values": _of_claims("claimed_values", _found, _label("claim", "found_value", "claimed_value")),
    "approaches": Figure(
        lambda e: mv.approaches(e["trials"], therapies=e["therapies"], sources=e["sources"]),
        "trials",
        _ARM,
        _steps,
        _label("trial_label", "phase"),
    ),
}


_ONE_SENTENCE = re.compile(r"(?s)[^\n]+[.)]")


def chart_of(name, tables):
    """The chart, or None where it is refused, in a sentence that names what was asked."""
    try:
        return FIGURES[name].draw(tables)
    except ValueError as error:
        note(str(error))
        assert _ONE_SENTENCE.fullmatch(str(error))
        assert str(error).startswith((name.split()[0], "pool: ", "months: ")), str(error)
        return None
