"""The arm-level columns of trials.csv: who was treated with what, and what happened."""

from . import _words as words
from ._model import Column, choice, count, key, level, months, percent, source, text, yes_no


def _time_to_event(prefix, name, event):
    """Median, interval and status of one time-to-event endpoint."""
    columns = [
        choice(
            f"{prefix}_status",
            f"{name} median, status",
            f"Whether a median {event} was reported, or not reached when the data were cut.",
            words.REPORTED,
            required=True,
        ),
        choice(
            f"{prefix}_high_status",
            f"Upper limit of the {name} median, status",
            "Whether the interval's upper limit was reported, or not reached; empty without a median.",
            words.REPORTED,
        ),
        months(f"{prefix}_median_months", f"{name} median", f"Median {event}."),
        months(f"{prefix}_low_months", f"{name} median, lower limit", "Lower limit of the interval."),
        months(f"{prefix}_high_months", f"{name} median, upper limit", "Upper limit of the interval."),
        level(
            f"{prefix}_ci_level",
            f"{name} median, interval level",
            "Confidence level of the interval, stated wherever a limit is.",
        ),
        source(f"{prefix}_source", f"{name} source", f"Where the {name} figures come from."),
    ]
    if prefix == "pfs":
        definition = choice(
            "pfs_definition",
            "PFS, definition",
            "What was measured: progression-free survival, the immune-related form, time to progression, "
            "or failure-free survival.",
            words.PFS_DEFINITIONS,
        )
        columns.insert(2, definition)
    return columns


def _responses():
    parts = (
        ("complete_response", "Complete responses", "Patients whose tumor disappeared."),
        ("partial_response", "Partial responses", "Patients whose tumor shrank by the criteria's measure."),
        (
            "stable_disease",
            "Stable disease",
            "Patients with neither response nor progression as best result.",
        ),
        ("progressive_disease", "Progressive disease", "Patients with progression as best result."),
        (
            "not_evaluable",
            "Not evaluable",
            "Patients whose response could not be judged; inside `evaluable` in some publications, "
            "beside it in others.",
        ),
        ("objective_response", "Objective responses", "Complete and partial responses together."),
    )
    columns = [
        count("evaluable", "Evaluable", "Denominator of the responses.", minimum=1),
        *(count(*part) for part in parts),
        percent(
            "objective_response_pct",
            "Objective response rate",
            "As printed, or worked out from printed counts.",
        ),
        count("disease_control", "Disease control", "Objective responses and stable disease together."),
        percent(
            "disease_control_pct", "Disease control rate", "As printed, or worked out from printed counts."
        ),
    ]
    return columns


ARM_COLUMNS = (
    key("arm", "Arm", "Key of the arm within its trial."),
    text(
        "arm_label",
        "Arm label",
        "Short name of the arm, where a trial has several arms of one therapy.",
        max_length=24,
    ),
    choice(
        "arm_setting",
        "Setting of the arm",
        "The arm's own setting; the trial's, unless the trial mixes several.",
        words.SETTINGS,
        required=True,
    ),
    choice(
        "role",
        "Role",
        "Whether the arm is what was tried or what it was compared with.",
        words.ROLES,
        required=True,
    ),
    text("regimen", "Regimen", "The treatment in full.", required=True),
    text("therapy", "Therapy", "Key of the therapy in therapies.csv.", required=True, max_length=100),
    key(
        "part_of",
        "Part of",
        "Another arm of the trial that contains these patients: never add the two up.",
        required=False,
        example="all-patients",
    ),
    count(
        "n",
        "Patients of the arm",
        "Patients in the arm: randomized or enrolled; evaluable or treated where the note says so.",
        minimum=1,
    ),
    source("n_source", "Source of n", "Where the arm's number of patients comes from."),
    *_time_to_event("os", "OS", "overall survival"),
    *_time_to_event("pfs", "PFS", "progression-free survival"),
    *_responses(),
    text("response_criteria", "Response criteria", "By which criteria response was judged, as published."),
    choice(
        "response_criteria_type",
        "Response criteria, type",
        "The criteria, sorted into a few kinds.",
        words.CRITERIA,
    ),
    yes_no(
        "response_derived",
        "Response derived",
        "Whether some counts were worked out from a printed percentage and its denominator.",
    ),
    source("response_source", "Response source", "Where the response figures come from."),
    percent(
        "grade3plus_ae_pct",
        "Grade 3 or higher adverse events",
        "Share of patients with an adverse event of grade 3 or higher.",
    ),
    text("grade3plus_ae_basis", "Adverse events, basis", "What was counted, as published."),
    choice(
        "grade3plus_ae_type",
        "Adverse events, type",
        "Whether only events put down to the treatment were counted.",
        words.AE_TYPES,
    ),
    source("grade3plus_ae_source", "Adverse events source", "Where the adverse events figure comes from."),
    Column("notes", "text", "Notes", "What a reader of the row's figures should know.", max_length=1000),
)
