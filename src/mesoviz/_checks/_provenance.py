"""What must hold between a trial's figures and the sources they rest on."""

import re

import numpy as np
import pandas as pd

from mesoviz._checks._rules import Found, rule

# What each source column answers for.
_OF_ENROLLMENT = {
    "enrollment_source": ["enrolled", "enrolled_mesothelioma", "planned", "first_patient", "last_patient"]
}
_RESPONSES = [
    "evaluable",
    "complete_response",
    "partial_response",
    "stable_disease",
    "progressive_disease",
    "not_evaluable",
    "objective_response",
    "objective_response_pct",
    "disease_control",
    "disease_control_pct",
]
_OF_FIGURES = {
    "n_source": ["n"],
    "os_source": ["os_median_months", "os_low_months", "os_high_months"],
    "pfs_source": ["pfs_median_months", "pfs_low_months", "pfs_high_months"],
    "response_source": _RESPONSES,
    "grade3plus_ae_source": ["grade3plus_ae_pct"],
}


@rule("figure-has-source")
def figure_has_source(trials):
    """Every figure of an arm names the source it comes from."""
    yield from _without_source(trials, _OF_FIGURES)


@rule("enrollment-has-source", level="implausible")
def enrollment_has_source(trials):
    """Numbers and dates of enrollment name the source they come from."""
    yield from _without_source(trials, _OF_ENROLLMENT)


def _without_source(trials, answers):
    for source, columns in answers.items():
        rows = trials.given(*columns) & ~trials.given(source)
        yield Found(rows, source, "Figures are given without the source they come from.")


@rule("source-has-figure", level="implausible")
def source_has_figure(trials):
    """A source is named only where a figure rests on it."""
    for source, columns in (_OF_ENROLLMENT | _OF_FIGURES).items():
        rows = trials.given(source) & ~trials.given(*columns)
        yield Found(rows, source, f"{{{source}}} is named, but no figure rests on it.")


@rule("source-is-of-this-trial", level="implausible")
def source_is_of_this_trial(trials, sources):
    """A figure rests neither on another trial's primary source nor on a page that reports only others."""
    own = trials["primary_source"]
    owners = set(zip(own, trials["trial"], strict=True))
    reports = dict(zip(sources["source"], sources["reports"].fillna("").str.split(";"), strict=True))
    reports = {source: reported for source, reported in reports.items() if reported != [""]}
    for column in _OF_ENROLLMENT | _OF_FIGURES:
        named = trials[column]
        others = _not_paired(named.isin(own.dropna()) & (named != own), named, trials["trial"], owners)
        quoting = named.isin(reports)
        reported = {(source, primary) for source in set(named[quoting]) for primary in reports[source]}
        unreported = _not_paired(quoting, named, own, reported)
        name = {"name": named}
        yield Found(others, column, "{name} is the primary source of another trial.", name)
        yield Found(unreported, column, "{name} is not said to report this trial's primary source.", name)


def _not_paired(rows, left, right, pairs):
    """Of these rows, those whose two values are none of the pairs."""
    lost = rows.copy()
    asked = zip(left[rows].to_numpy(), right[rows].to_numpy(), strict=True)
    lost[rows] = np.array([pair not in pairs for pair in asked], dtype=bool)
    return lost


def _number(source):
    found = re.match("nct[0-9]{8}", source)
    return found and found[0].upper()


@rule("registry-number-fits-source", level="implausible")
def registry_number_fits_source(trials):
    """A source called by a registry number is called by the trial's own."""
    for column in ("enrollment_source", "n_source", "os_source", "response_source"):
        number = trials.by_text(column, _number, object)
        rows = pd.notna(number) & trials.given("registry_id") & (number != trials.text("registry_id"))
        message = f"The registry number is {{registry_id}}, but {column} is a record of {{number}}."
        yield Found(rows, "registry_id", message, {"number": number})
