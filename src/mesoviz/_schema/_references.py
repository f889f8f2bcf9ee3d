"""The tables that others point to: therapies.csv, sources.csv; and known_exceptions.csv."""

from . import _words as words
from ._model import Column, Table, choice, count, derived, key, keys, source, text

THERAPIES = Table(
    name="therapies",
    title="Therapies",
    row="a therapy",
    description=(
        "What the arms were given, with a short label, the agent that is tried, its class and its targets."
    ),
    columns=(
        text("therapy", "Therapy", "Key of the therapy: its name.", required=True, max_length=100),
        text(
            "therapy_label",
            "Therapy label",
            "Short name, for axes; no two therapies share one.",
            required=True,
            max_length=42,
            unique=True,
        ),
        text(
            "agent",
            "Agent",
            "What is tried, without its chemotherapy backbone: groups arms across trials.",
            required=True,
            max_length=100,
        ),
        text("backbone", "Backbone", "What the agent is given with."),
        choice(
            "therapy_class",
            "Therapy class",
            "One of nine classes; a therapy with a checkpoint inhibitor counts as one, unless its other "
            "part is a "
            "vaccine, gene, virus or cell product.",
            words.THERAPY_CLASSES,
            required=True,
            ordered=True,
        ),
        text("target", "Target", "What the therapy acts on.", required=True),
        text("modality", "Modality", "What kind of product it is.", required=True),
        keys("target_ids", "Targets", "Keys of targets.csv, with ; between."),
    ),
    key=("therapy",),
)

SOURCES = Table(
    name="sources",
    title="Sources",
    row="a publication or registry record",
    description="Every publication, registry record or page that a figure of the trials rests on.",
    columns=(
        source("source", "Source", "Key of the source.", required=True),
        text("authors", "Authors", "The first authors, or who answers for the page."),
        text("title", "Title", "Title of the publication or page.", required=True, max_length=1000),
        text("journal", "Journal", "Journal, conference or site."),
        count("year", "Year", "Year of publication.", unit="", minimum=1950, maximum=2100),
        text(
            "doi",
            "DOI",
            "Digital object identifier.",
            pattern=r"10\.[0-9]{4,9}/[!-~]+",
            example="10.1016/S0140-6736(15)01238-6",
            unique=True,
        ),
        text(
            "pmid",
            "PubMed ID",
            "Number in PubMed.",
            pattern="[1-9][0-9]{3,7}",
            example="26719230",
            unique=True,
        ),
        text(
            "url",
            "Address",
            "Where it can be read.",
            pattern=r"https?://[!-~]+",
            example="https://example.org",
        ),
        choice(
            "kind",
            "Kind",
            "A peer-reviewed report, a later peer-reviewed report, a registry record, a conference "
            "abstract, a press "
            "release, a page that quotes the paper, or patient data reconstructed from a figure.",
            words.SOURCE_KINDS,
            required=True,
        ),
        keys(
            "reports", "Reports", "Keys of the primary publications that such a page reports, with ; between."
        ),
    ),
    key=("source",),
    derived=(
        derived(
            "citation",
            "text",
            "Citation",
            "Short form for people: first author and year, and via which page.",
        ),
        derived(
            "reference",
            "text",
            "Reference",
            "Full line for a list of references; of a page that reports papers, with up to three of them.",
        ),
        derived("link", "text", "Link", "Address of the DOI, else of PubMed, else of the page."),
    ),
)

KNOWN_EXCEPTIONS = Table(
    name="known_exceptions",
    title="Known exceptions",
    row="a place where the publication itself breaks a rule",
    description=(
        "Where a publication itself breaks a rule, and why: shown by a check as known, never silenced."
    ),
    columns=(
        choice("table", "Table", "The table concerned.", words.EXCEPTION_TABLES, required=True),
        key("trial", "Trial", "Key of the trial."),
        key(
            "arm",
            "Arm",
            "Key of the arm; empty where the trial or a comparison is concerned.",
            required=False,
        ),
        choice("endpoint", "Endpoint", "The endpoint, where one is concerned.", words.LANDMARK_ENDPOINTS),
        key("rule", "Rule", "Name of the rule.", example="arms-sum-to-enrolled"),
        Column("reason", "text", "Reason", "What the publication says.", required=True),
    ),
    key=("table", "trial", "arm", "endpoint", "rule"),
)
