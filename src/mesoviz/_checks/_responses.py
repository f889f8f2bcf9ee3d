"""What must hold between the counts of a response and its rates."""

import numpy as np

from mesoviz._checks._rules import Found, rule

_PARTS = ("complete_response", "partial_response", "stable_disease", "progressive_disease")
_COUNTS = (*_PARTS, "not_evaluable", "objective_response", "disease_control")
_RATES = {"objective_response_pct": "objective_response", "disease_control_pct": "disease_control"}


def _words(column):
    return column.removesuffix("_pct").replace("_", " ")


@rule("evaluable-within-n")
def evaluable_within_n(trials):
    """No more patients are evaluable than the arm has."""
    yield Found(
        trials["evaluable"] > trials["n"],
        "evaluable",
        "{evaluable} evaluable patients are more than the arm's {n}.",
    )


@rule("count-within-evaluable")
def count_within_evaluable(trials):
    """A count of responses is no more than the evaluable patients."""
    for column in _COUNTS:
        message = f"{{{column}}} ({_words(column)}) is more than the {{evaluable}} evaluable patients."
        yield Found(trials[column] > trials["evaluable"], column, message)


@rule("count-needs-denominator")
def count_needs_denominator(trials):
    """A count of responses or of disease control has its denominator."""
    given = trials[list(_RATES.values())].notna().any(axis=1)
    yield Found(
        given & trials["evaluable"].isna(), "evaluable", "Responses are counted, but not out of how many."
    )


@rule("part-needs-denominator", level="implausible")
def part_needs_denominator(trials):
    """A part of a response has its denominator."""
    given = trials[[*_PARTS, "not_evaluable"]].notna().any(axis=1)
    alone = given & trials[list(_RATES.values())].isna().all(axis=1)
    yield Found(
        alone & trials["evaluable"].isna(), "evaluable", "Patients are counted, but not out of how many."
    )


@rule("response-equals-parts")
def response_equals_parts(trials):
    """Complete and partial responses add up to the objective responses."""
    complete, partial, total = (trials[name] for name in (*_PARTS[:2], "objective_response"))
    message = (
        "{complete_response} complete and {partial_response} partial responses are not {objective_response}."
    )
    yield Found(complete + partial != total, "objective_response", message)
    # With one part alone the other could still be anything up to the total, but never less than none.
    for part in _PARTS[:2]:
        message = f"{{{part}}} ({_words(part)}) is more than the {{objective_response}} objective responses."
        yield Found((trials[part] > total) & (complete + partial).isna(), part, message)
    both = complete.notna() & partial.notna()
    yield Found(
        both & total.isna(), "objective_response", "Both parts are given, but not the objective responses."
    )


@rule("disease-control-equals-parts")
def disease_control_equals_parts(trials):
    """Objective responses and stable disease add up to the disease control."""
    parts = trials["objective_response"] + trials["stable_disease"]
    message = (
        "{objective_response} responses and {stable_disease} with stable disease are not {disease_control}."
    )
    yield Found(parts != trials["disease_control"], "disease_control", message)
    for part in ("objective_response", "stable_disease"):
        message = f"{{{part}}} ({_words(part)}) is more than the {{disease_control}} with disease control."
        yield Found((trials[part] > trials["disease_control"]) & parts.isna(), part, message)


@rule("responses-sum-to-evaluable")
def responses_sum_to_evaluable(trials):
    """The parts of a response and those not evaluable add up to the evaluable patients, never to more."""
    parts = trials[["objective_response", "stable_disease", "progressive_disease", "not_evaluable"]]
    total = parts.sum(axis=1, min_count=1)
    whole = parts.notna().all(axis=1)
    message = "The parts add up to {total}, not to the {evaluable} evaluable patients."
    wrong = (total != trials["evaluable"]) & whole | (total > trials["evaluable"])
    yield Found(wrong, "evaluable", message, {"total": total})


@rule("responses-leave-some-out", level="implausible")
def responses_leave_some_out(trials):
    """Where nobody is said to be not evaluable, the other parts add up to the evaluable patients."""
    total = trials["objective_response"] + trials["stable_disease"] + trials["progressive_disease"]
    message = "The parts add up to {total}; of the {evaluable} evaluable patients some are left out."
    rows = trials["not_evaluable"].isna() & (total < trials["evaluable"])
    yield Found(rows, "evaluable", message, {"total": total})


@rule("percentage-equals-count")
def percentage_equals_count(trials):
    """A printed percentage equals its count over its denominator, within what papers make of rounding."""
    for found, off, slack in _off_rounding(trials):
        yield Found(off > slack, *found)


@rule("percentage-rounds-to-count", level="implausible")
def percentage_rounds_to_count(trials):
    """A printed percentage is its count over its denominator, correctly rounded."""
    for found, off, slack in _off_rounding(trials):
        half = np.where(slack > 0.5, 0.5, 0.05)
        yield Found((off > half + 1e-9) & (off <= slack), *found)


def _off_rounding(trials):
    """How far each rate is from its count, and how far it may be.

    Whole percentages may be a tenth further off than rounding takes them, others by one in the last place.
    """
    for rate, count in _RATES.items():
        exact = 100 * trials[count].astype("float64") / trials["evaluable"].astype("float64")
        message = f"{{{rate}}} % is not {{{count}}} of {{evaluable}}, which is {{exact}} %."
        slack = np.where(trials[rate] == np.floor(trials[rate]), 0.55, 0.1)
        yield (rate, message, {"exact": exact}), (trials[rate] - exact).abs(), slack


@rule("response-rate-within-control-rate")
def response_rate_within_control_rate(trials):
    """The rate of objective responses is no more than the rate of disease control."""
    message = "{objective_response_pct} % responses are more than {disease_control_pct} % disease control."
    rows = trials["objective_response_pct"] > trials["disease_control_pct"]
    yield Found(rows, "objective_response_pct", message)


@rule("response-says-whether-derived", level="implausible")
def response_says_whether_derived(trials):
    """Response figures say whether they were worked out from a percentage."""
    given = trials[[*_COUNTS, *_RATES]].notna().any(axis=1)
    derived = trials["response_derived"].notna()
    yield Found(
        given & ~derived, "response_derived", "Response figures do not say whether they were worked out."
    )
    yield Found(~given & derived, "response_derived", "There are no response figures to be worked out.")


@rule("criteria-have-type", level="implausible")
def criteria_have_type(trials):
    """Response criteria are sorted into a type."""
    named, sorted_ = trials["response_criteria"].notna(), trials["response_criteria_type"].notna()
    yield Found(named != sorted_, "response_criteria_type", "Criteria and their type do not stand together.")


@rule("adverse-events-say-what")
def adverse_events_say_what(trials):
    """A share of adverse events says what was counted."""
    given = trials["grade3plus_ae_pct"].notna()
    for column in ("grade3plus_ae_basis", "grade3plus_ae_type"):
        yield Found(
            given != trials[column].notna(), column, "The share and what was counted do not stand together."
        )
