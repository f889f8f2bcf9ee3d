"""The outcome tables beside the trials: landmarks.csv, curves.csv and comparisons.csv."""

from . import _words as words
from ._model import (
    Column,
    Reference,
    Table,
    choice,
    count,
    derived,
    key,
    level,
    months,
    percent,
    source,
    text,
    yes_no,
)
from ._trials import THERAPY_DERIVED

_ARM_REFERENCE = Reference(("trial", "arm"), "trials", ("trial", "arm"), "arm-exists")
_SOURCE_REFERENCE = Reference(("source",), "sources", ("source",), "source-exists")
_SOURCE = source("source", "Source", "Where the figures of the row come from.", required=True)
_TRIAL = key("trial", "Trial", "Key of the trial in trials.csv.")
_ARM = key("arm", "Arm", "Key of the arm within its trial.")

_SITE = derived("disease_site", "choice", "Disease site", "Where the mesothelioma is.", allowed=words.SITES)

_FROM_ARM = (
    derived("trial_label", "text", "Trial label", "Short name of the trial."),
    derived("arm_label", "text", "Arm label", "Short name of the arm, where there is one."),
    derived("arm_setting", "choice", "Setting of the arm", "The arm's setting.", allowed=words.SETTINGS),
    derived("role", "choice", "Role", "Experimental or control.", allowed=words.ROLES),
    derived("part_of", "text", "Part of", "The arm that contains these patients."),
    derived("therapy", "text", "Therapy", "Key of the therapy."),
    *(column for column in THERAPY_DERIVED if column.name != "backbone"),
    derived("n", "count", "Patients of the arm", "Patients in the arm."),
    derived("n_source", "text", "Source of n", "Key of the source of n."),
    derived("n_citation", "text", "Citation of n", "The publication behind n, for people."),
    _SITE,
    derived("population", "text", "Selected population", "How the patients were selected."),
    derived(
        "overlaps_trial", "text", "Overlaps with trial", "A trial that counts some of the same patients."
    ),
    derived("citation", "text", "Citation", "The publication behind the row, for people."),
)

LANDMARKS = Table(
    name="landmarks",
    title="Survival at fixed times",
    row="survival of an arm at a fixed time, as published",
    description="Shares of patients alive, or alive without progression, at a fixed time, as published.",
    columns=(
        _TRIAL,
        _ARM,
        choice(
            "endpoint",
            "Endpoint",
            "Overall survival, progression-free survival, or its immune-related form.",
            words.LANDMARK_ENDPOINTS,
            required=True,
        ),
        months("month", "Month", "Months from the start of the trial's clock.", required=True),
        percent("survival_pct", "Survival", "Share of patients without the event.", required=True),
        percent("low_pct", "Survival, lower limit", "Lower limit of the interval."),
        percent("high_pct", "Survival, upper limit", "Upper limit of the interval."),
        level("ci_level", "Interval level", "Confidence level of the interval, stated wherever a limit is."),
        _SOURCE,
    ),
    key=("trial", "arm", "endpoint", "month"),
    references=(_ARM_REFERENCE, _SOURCE_REFERENCE),
    derived=_FROM_ARM,
)

CURVES = Table(
    name="curves",
    title="Survival curves",
    row="survival of an arm at the end of a month",
    description=(
        "Kaplan-Meier estimates at month ends from patient data reconstructed from published figures, "
        "with log-log "
        "95 % intervals; events and censored patients add up over time."
    ),
    columns=(
        _TRIAL,
        _ARM,
        choice(
            "endpoint", "Endpoint", "Overall or progression-free survival.", words.ENDPOINTS, required=True
        ),
        count("month", "Month", "Months from the start.", unit="months", required=True, maximum=240),
        percent("survival_pct", "Survival", "Share of patients without the event.", required=True),
        percent("low_pct", "Survival, lower limit", "Lower limit of the 95 % interval."),
        percent("high_pct", "Survival, upper limit", "Upper limit of the 95 % interval."),
        count("at_risk", "At risk", "Patients still followed at the end of the month.", required=True),
        count("events", "Events", "Patients with the event up to then.", unit="patients", required=True),
        count(
            "censored",
            "Censored",
            "Patients whose follow-up ended without the event up to then.",
            required=True,
        ),
        _SOURCE,
    ),
    key=("trial", "arm", "endpoint", "month"),
    references=(_ARM_REFERENCE, _SOURCE_REFERENCE),
    derived=_FROM_ARM,
)


def _ratio(name, title, description, *, required=False):
    return Column(
        name, "number", title, description, required=required, minimum=0, maximum=20, above_minimum=True
    )


COMPARISONS = Table(
    name="comparisons",
    title="Randomized comparisons",
    row="an analysis of a randomized comparison",
    description=(
        "Hazard ratios of randomized comparisons, below 1 in favor of the experimental arm. Several "
        "analyses of one "
        "comparison can stand here; the main one is the one to draw."
    ),
    columns=(
        _TRIAL,
        key("experimental_arm", "Experimental arm", "Key of the arm that was tried."),
        key("control_arm", "Control arm", "Key of the arm it was compared with."),
        choice(
            "endpoint", "Endpoint", "Overall or progression-free survival.", words.ENDPOINTS, required=True
        ),
        _ratio("hazard_ratio", "Hazard ratio", "Experimental against control.", required=True),
        _ratio("low", "Hazard ratio, lower limit", "Lower limit of the interval."),
        _ratio("high", "Hazard ratio, upper limit", "Upper limit of the interval."),
        level("ci_level", "Interval level", "Confidence level of the interval, stated wherever a limit is."),
        Column("p_value", "number", "P value", "As printed.", minimum=0, maximum=1, above_minimum=True),
        choice(
            "p_relation", "P value, relation", "Whether p was given exactly or as a bound.", words.P_RELATIONS
        ),
        count("p_sides", "P value, sides", "Sides of the test, where stated.", unit="", minimum=1, maximum=2),
        choice(
            "hazards",
            "Hazards",
            "Whether the publication says that one ratio does not hold for the whole follow-up.",
            words.HAZARDS,
            required=True,
        ),
        text(
            "endpoint_criteria",
            "Endpoint criteria",
            "Criteria of progression, where the analyses differ in them.",
        ),
        text("analysis", "Analysis", "Which patients and which analysis.", required=True),
        _SOURCE,
        choice(
            "control_kind", "Kind of control", "What the control arm got.", words.CONTROL_KINDS, required=True
        ),
        yes_no("main_analysis", "Main analysis", "Whether this is the analysis to draw.", required=True),
    ),
    key=("trial", "experimental_arm", "control_arm", "endpoint", "analysis"),
    references=(
        Reference(("trial", "experimental_arm"), "trials", ("trial", "arm"), "arm-exists"),
        Reference(("trial", "control_arm"), "trials", ("trial", "arm"), "arm-exists"),
        _SOURCE_REFERENCE,
    ),
    derived=(
        derived("trial_label", "text", "Trial label", "Short name of the trial."),
        derived("setting", "choice", "Setting", "The experimental arm's setting.", allowed=words.SETTINGS),
        derived("blinding", "choice", "Blinding", "Who knew the treatment.", allowed=words.BLINDINGS),
        derived(
            "primary_endpoint_type",
            "choice",
            "Primary endpoint, type",
            "What the trial set out to measure.",
            allowed=words.ENDPOINT_TYPES,
        ),
        derived("primary_endpoint_met", "yes/no", "Primary endpoint met", "Whether the trial reached it."),
        derived(
            "second_extraction",
            "choice",
            "Second extraction",
            "Whether the figures were extracted twice.",
            allowed=words.EXTRACTIONS,
        ),
        _SITE,
        derived("population", "text", "Selected population", "How the patients were selected."),
        derived(
            "overlaps_trial", "text", "Overlaps with trial", "A trial that counts some of the same patients."
        ),
        *(column for column in THERAPY_DERIVED if column.name in ("agent", "therapy_class")),
        derived(
            "experimental_label", "text", "Experimental therapy", "Short name of the experimental therapy."
        ),
        derived("control_label", "text", "Control therapy", "Short name of the control therapy."),
        derived("experimental_n", "count", "Patients, experimental", "Patients of the experimental arm."),
        derived("control_n", "count", "Patients, control", "Patients of the control arm."),
        derived(
            "experimental_median_months",
            "number",
            "Median, experimental",
            "The experimental arm's median of the endpoint, in months.",
        ),
        derived(
            "control_median_months",
            "number",
            "Median, control",
            "The control arm's median of the endpoint, in months.",
        ),
        derived(
            "source_kind",
            "choice",
            "Kind of source",
            "What kind of source the row rests on.",
            allowed=words.SOURCE_KINDS,
        ),
        derived("citation", "text", "Citation", "The publication behind the row, for people."),
    ),
)
