"""trials.csv, the tidy table: one row is a trial arm."""

from . import _words as words
from ._arm_columns import ARM_COLUMNS
from ._model import Reference, Table, derived
from ._trial_columns import TRIAL_COLUMNS

SOURCES = (
    "primary_source",
    "enrollment_source",
    "n_source",
    "os_source",
    "pfs_source",
    "response_source",
    "grade3plus_ae_source",
)

THERAPY_DERIVED = (
    derived("therapy_label", "text", "Therapy label", "Short name of the therapy, for axes."),
    derived(
        "agent",
        "text",
        "Agent",
        "What is tried, without its chemotherapy backbone: groups arms across trials.",
    ),
    derived("backbone", "text", "Backbone", "What the agent is given with."),
    derived(
        "therapy_class",
        "choice",
        "Therapy class",
        "One of nine classes of therapy.",
        allowed=words.THERAPY_CLASSES,
        ordered=True,
    ),
)

TRIALS = Table(
    name="trials",
    title="Trial arms",
    row="a trial arm",
    description=(
        "The tidy trials table: one row is an arm; the trial-level columns repeat over a trial's arms."
    ),
    columns=(*TRIAL_COLUMNS, *ARM_COLUMNS),
    key=("trial", "arm"),
    references=(
        *(Reference((column,), "sources", ("source",), "source-exists") for column in SOURCES),
        Reference(("therapy",), "therapies", ("therapy",), "therapy-exists"),
        Reference(("trial", "part_of"), "trials", ("trial", "arm"), "part-of-exists"),
        # A table of some of the trials is still a sound table, so this one only warns.
        Reference(("overlaps_trial",), "trials", ("trial",), "overlap-exists", level="implausible"),
    ),
    derived=(
        *THERAPY_DERIVED,
        *(
            derived(
                column.replace("_source", "_citation"),
                "text",
                f"Citation of {column}",
                f"The publication behind `{column}`, for people.",
            )
            for column in SOURCES
        ),
        derived(
            "patients",
            "count",
            "Patients counted",
            "Patients this row adds to any total: the arm's n, else the enrollment of a one-arm trial; "
            "empty where unknown or already counted in another arm.",
        ),
        derived(
            "unassigned",
            "count",
            "Patients without an arm",
            "Patients of the trial who were enrolled but cannot be assigned to an arm; repeated over the "
            "trial's arms, so count it once a trial.",
        ),
    ),
)
