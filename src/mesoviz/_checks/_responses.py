"""What must hold between the counts of a response and its rates."""

import numpy as np

from mesoviz._checks._rules import Found, differ, rule

_PARTS = ("complete_response", "partial_response", "stable_disease", "progressive_disease")
_COUNTS = (*_PARTS, "not_evaluable", "objective_response", "disease_control")
_RATES = {"objective_response_pct": "objective_response", "disease_control_pct": "disease_control"}


def _words(column):
    return column.removesuffix("_pct").replace("_", " ")


@rule("evaluable-within-n")
def evaluable_within_n(trials):
    """No more patients are evaluable than the arm has."""
    yield Found(
        trials.number("evaluable") > trials.number("n"),
        "evaluable",
        "{evaluable} evaluable patients are more than the arm's {n}.",
    )


@rule("count-within-evaluable")
def count_within_evaluable(trials):
    """A count of responses is no more than the evaluable patients."""
    for column in _COUNTS:
        message = f"{{{column}}} ({_words(column)}) is more than the {{evaluable}} evaluable patients."
        yield Found(trials.number(column) > trials.number("evaluable"), column, message)


@rule("count-needs-denominator")
def count_needs_denominator(trials):
    """A count of responses or of disease control has its denominator."""
    rows = trials.given(*_RATES.values()) & ~trials.given("evaluable")
    yield Found(rows, "evaluable", "Responses are counted, but not out of how many.")


@rule("part-needs-denominator", level="implausible")
def part_needs_denominator(trials):
    """A part of a response has its denominator."""
    rows = trials.given(*_PARTS, "not_evaluable") & ~trials.given(*_RATES.values(), "evaluable")
    yield Found(rows, "evaluable", "Patients are counted, but not out of how many.")


@rule("response-equals-parts")
def response_equals_parts(trials):
    """Complete and partial responses add up to the objective responses."""
    total = trials.number("objective_response")
    both = trials.number("complete_response") + trials.number("partial_response")
    message = (
        "{complete_response} complete and {partial_response} partial responses are not {objective_response}."
    )
    yield Found(differ(both, total), "objective_response", message)
    # With one part alone the other could still be anything up to the total, but never less than none.
    for part in _PARTS[:2]:
        message = f"{{{part}}} ({_words(part)}) is more than the {{objective_response}} objective responses."
        yield Found((trials.number(part) > total) & np.isnan(both), part, message)
    rows = ~np.isnan(both) & ~trials.given("objective_response")
    yield Found(rows, "objective_response", "Both parts are given, but not the objective responses.")


@rule("disease-control-equals-parts")
def disease_control_equals_parts(trials):
    """Objective responses and stable disease add up to the disease control."""
    total = trials.number("disease_control")
    both = trials.number("objective_response") + trials.number("stable_disease")
    message = (
        "{objective_response} responses and {stable_disease} with stable disease are not {disease_control}."
    )
    yield Found(differ(both, total), "disease_control", message)
    for part in ("objective_response", "stable_disease"):
        message = f"{{{part}}} ({_words(part)}) is more than the {{disease_control}} with disease control."
        yield Found((trials.number(part) > total) & np.isnan(both), part, message)


@rule("responses-sum-to-evaluable")
def responses_sum_to_evaluable(trials):
    """The parts of a response and those not evaluable add up to the evaluable patients, never to more."""
    names = ("objective_response", "stable_disease", "progressive_disease", "not_evaluable")
    total = sum(np.where(trials.given(name), trials.number(name), 0) for name in names)
    whole = np.logical_and.reduce([trials.given(name) for name in names])
    evaluable = trials.number("evaluable")
    message = "The parts add up to {total}, not to the {evaluable} evaluable patients."
    wrong = (whole & differ(total, evaluable)) | (total > evaluable)
    yield Found(wrong, "evaluable", message, {"total": total})


@rule("responses-leave-some-out", level="implausible")
def responses_leave_some_out(trials):
    """Where nobody is said to be not evaluable, the other parts add up to the evaluable patients."""
    total = sum(map(trials.number, ("objective_response", "stable_disease", "progressive_disease")))
    message = "The parts add up to {total}; of the {evaluable} evaluable patients some are left out."
    rows = ~trials.given("not_evaluable") & (total < trials.number("evaluable"))
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
        printed, exact = trials.number(rate), 100 * trials.number(count) / trials.number("evaluable")
        message = f"{{{rate}}} % is not {{{count}}} of {{evaluable}}, which is {{exact}} %."
        slack = np.where(printed == np.floor(printed), 0.55, 0.1)
        yield (rate, message, {"exact": exact}), np.abs(printed - exact), slack


@rule("response-rate-within-control-rate")
def response_rate_within_control_rate(trials):
    """The rate of objective responses is no more than the rate of disease control."""
    message = "{objective_response_pct} % responses are more than {disease_control_pct} % disease control."
    rows = trials.number("objective_response_pct") > trials.number("disease_control_pct")
    yield Found(rows, "objective_response_pct", message)


@rule("response-says-whether-derived", level="implausible")
def response_says_whether_derived(trials):
    """Response figures say whether they were worked out from a percentage."""
    given, derived = trials.given(*_COUNTS, *_RATES), trials.given("response_derived")
    yield Found(
        given & ~derived, "response_derived", "Response figures do not say whether they were worked out."
    )
    yield Found(~given & derived, "response_derived", "There are no response figures to be worked out.")


@rule("criteria-have-type", level="implausible")
def criteria_have_type(trials):
    """Response criteria are sorted into a type."""
    rows = trials.given("response_criteria") != trials.given("response_criteria_type")
    yield Found(rows, "response_criteria_type", "Criteria and their type do not stand together.")


@rule("adverse-events-say-what")
def adverse_events_say_what(trials):
    """A share of adverse events says what was counted."""
    for column in ("grade3plus_ae_basis", "grade3plus_ae_type"):
        rows = trials.given("grade3plus_ae_pct") != trials.given(column)
        yield Found(rows, column, "The share and what was counted do not stand together.")
