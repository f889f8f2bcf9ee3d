"""The trial-level columns of trials.csv: they repeat over a trial's arms."""

from . import _words as words
from ._model import choice, count, key, source, text, yes_no

DATE = "(19[6-9][0-9]|20[0-9]{2})(-(0[1-9]|1[0-2]))?"
REGISTRY_ID = "NCT[0-9]{8}|ISRCTN[0-9]{8}|ACTRN[0-9]{14}|UMIN[0-9]{9}|JapicCTI-[0-9]{6}|NTR[0-9]{3,5}"

TRIAL_COLUMNS = (
    key("trial", "Trial", "Key of the trial.", required=True),
    text(
        "trial_label",
        "Trial label",
        "Short name of the trial, for axes; no two trials share one.",
        required=True,
        max_length=24,
    ),
    text("trial_name", "Trial name", "Full name of the trial.", required=True),
    text(
        "registry_id",
        "Registry number",
        "Number of the trial in a public registry; empty if none was found. The parts of one program may "
        "share a number.",
        pattern=REGISTRY_ID,
        example="NCT00651456",
    ),
    choice(
        "phase",
        "Phase",
        "Phase of the trial; expanded-access programs stand as 3 or 4, as published.",
        words.PHASES,
        required=True,
        ordered=True,
    ),
    choice(
        "design",
        "Design",
        "How patients came to their arm: by chance, into the only arm, or into one of several cohorts.",
        words.DESIGNS,
        required=True,
    ),
    choice("blinding", "Blinding", "Who knew the treatment.", words.BLINDINGS, required=True),
    choice(
        "setting",
        "Setting of the trial",
        "When in the disease the trial treats: before any other drug, to hold a response, after other "
        "drugs, or around surgery.",
        words.SETTINGS,
        required=True,
    ),
    choice("disease_site", "Disease site", "Where the mesothelioma is.", words.SITES, required=True),
    choice("status", "Status", "How far the trial has come.", words.STATUSES, required=True),
    source("primary_source", "Primary source", "The trial's own main publication."),
    text("primary_endpoint", "Primary endpoint", "What the trial set out to measure, as published."),
    choice(
        "primary_endpoint_type",
        "Primary endpoint, type",
        "The primary endpoint, sorted into a few kinds.",
        words.ENDPOINT_TYPES,
    ),
    yes_no(
        "primary_endpoint_met",
        "Primary endpoint met",
        "Whether the trial reached its primary endpoint; empty where that was not stated or no target "
        "was set.",
    ),
    choice(
        "second_extraction",
        "Second extraction",
        "Whether the figures were extracted a second time, independently, and the differences settled.",
        words.EXTRACTIONS,
        required=True,
    ),
    count("enrolled", "Enrolled", "Patients enrolled in the whole trial, other tumors included.", minimum=1),
    count(
        "enrolled_mesothelioma",
        "Enrolled with mesothelioma",
        "Patients with mesothelioma enrolled in the whole trial.",
        minimum=1,
    ),
    count("planned", "Planned", "Patients the trial planned to enroll, other tumors included.", minimum=1),
    text(
        "first_patient",
        "First patient",
        "Month or year of the first patient (for some trials, the start given by the registry).",
        pattern=DATE,
        example="2008-02 or 2008",
    ),
    text(
        "last_patient",
        "Last patient",
        "Month or year in which the last patient was enrolled.",
        pattern=DATE,
        example="2014-01 or 2014",
    ),
    source("enrollment_source", "Enrollment source", "Where the numbers and dates of enrollment come from."),
    text(
        "population",
        "Selected population",
        "How the patients, or those behind a figure, were selected; empty where they were not.",
    ),
    key(
        "overlaps_trial",
        "Overlaps with trial",
        "Another trial of this table that very probably counts some of the same patients.",
        required=False,
    ),
)
