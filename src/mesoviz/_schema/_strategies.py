"""The tables of target strategies and of claims in public texts, and the citations behind both."""

from . import _words as words
from ._model import Column, Reference, Table, choice, count, key, percent, text

_URL = r"https?://[!-~]+"
_FIGURE = r"[0-9]+(\.[0-9]+)?(-[0-9]+(\.[0-9]+)?)?"

TARGETS = Table(
    name="targets",
    title="Target strategies",
    row="a molecular or preclinical strategy",
    description="Molecular and preclinical strategies, how far each has come, and the key finding.",
    columns=(
        key("target_id", "Target strategy", "Key of the strategy.", example="bap1-loss"),
        text("strategy", "Strategy", "Name of the strategy.", required=True),
        text("strategy_class", "Class of strategy", "What kind of strategy it is.", required=True),
        text("target", "Target", "What it acts on.", required=True),
        text("mechanism", "Mechanism", "How it is meant to work.", required=True),
        choice("stage", "Stage", "The furthest stage found.", words.STAGES, required=True, ordered=True),
        Column("key_finding", "text", "Key finding", "What is known.", required=True, max_length=1000),
    ),
    key=("target_id",),
)

TARGET_FIGURES = Table(
    name="target_figures",
    title="Figures of the target strategies",
    row="a figure of a strategy",
    description="Figures behind the strategies: how often a change occurs, its prognosis, trial results.",
    columns=(
        key("target_id", "Target strategy", "Key of the strategy.", example="bap1-loss"),
        choice("kind", "Kind", "What kind of figure it is.", words.FIGURE_KINDS, required=True),
        text("gene", "Gene", "The gene or protein, for a frequency."),
        text("measure", "Measure", "What was measured, in whom.", required=True),
        Column(
            "value", "number", "Value", "The figure as published.", required=True, minimum=0, maximum=100_000
        ),
        text("unit", "Unit", "Unit of the value.", required=True),
        count("count", "Count", "Patients or tumors with the finding."),
        count("denominator", "Denominator", "Patients or tumors examined.", minimum=1),
        percent("pct", "Share", "Share with the finding, where given."),
        key("source", "Source", "Key of claim_and_target_sources.csv.", required=False, example="ref029"),
        text(
            "url",
            "Address",
            "Where the figure can be read.",
            required=True,
            pattern=_URL,
            example="https://example.org",
        ),
    ),
    key=("target_id", "kind", "measure"),
    references=(Reference(("target_id",), "targets", ("target_id",), "target-exists"),),
)

CLAIMS = Table(
    name="claims",
    title="Claims",
    row="a checkable statement of a public text",
    description=(
        "Checkable statements of five public texts about therapies for mesothelioma, each with a verdict."
    ),
    columns=(
        key("claim", "Claim", "Key of the claim.", example="c01"),
        key("text", "Text", "Key of the public text.", example="kras-2022"),
        text("text_title", "Title of the text", "Title of the public text.", required=True),
        count(
            "text_year",
            "Year of the text",
            "Year of the text, where it has one.",
            unit="",
            minimum=1950,
            maximum=2100,
        ),
        text("therapy", "Subject", "What the claim is about, in free words: not a key.", required=True),
        text("statement", "Statement", "What the text says.", required=True),
        text(
            "claimed_value",
            "Claimed value",
            "The figure the text gives; of a range both ends, with a hyphen between.",
            pattern=_FIGURE,
            example="46 or 85-90",
        ),
        text("claimed_unit", "Claimed unit", "Unit of the claimed value."),
        text(
            "found_value",
            "Found value",
            "The figure that was found; of a range both ends, with a hyphen between.",
            pattern=_FIGURE,
            example="45.6",
        ),
        text("found_unit", "Found unit", "Unit of the found value."),
        choice(
            "verdict", "Verdict", "How the claim stands against the evidence.", words.VERDICTS, required=True
        ),
        Column("evidence", "text", "Evidence", "What was found.", required=True, max_length=1000),
        Column("later_evidence", "text", "Later evidence", "What has been found since.", max_length=1000),
    ),
    key=("claim",),
)

CLAIM_AND_TARGET_SOURCES = Table(
    name="claim_and_target_sources",
    title="Citations of claims and targets",
    row="a citation behind a claim or a target strategy",
    description="The citations behind the claims and the target strategies.",
    columns=(
        key("source", "Source", "Key of the citation.", example="ref029"),
        key("of", "Of", "Key of the claim or target strategy it stands behind.", example="c01"),
        text("citation", "Citation", "The citation in words.", required=True),
        text(
            "doi",
            "DOI",
            "Digital object identifier.",
            pattern=r"10\.[0-9]{4,9}/[!-~]+",
            example="10.1016/S0140-6736(15)01238-6",
        ),
        text("url", "Address", "Where it can be read.", pattern=_URL, example="https://example.org"),
    ),
    # A publication may stand behind one claim twice, once by itself and once as a page reports it.
    key=("source", "of", "citation"),
)
