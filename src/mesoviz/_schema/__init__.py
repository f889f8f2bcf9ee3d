"""What every column of every table must be: the one definition, for code, validators and people."""

from ._model import LIST_SEPARATOR, Column, Reference, Table
from ._outcomes import COMPARISONS, CURVES, LANDMARKS
from ._references import KNOWN_EXCEPTIONS, SOURCES, THERAPIES
from ._strategies import CLAIM_AND_TARGET_SOURCES, CLAIMS, TARGET_FIGURES, TARGETS
from ._trials import TRIALS

TABLES = {
    table.name: table
    for table in (
        TRIALS,
        LANDMARKS,
        CURVES,
        COMPARISONS,
        THERAPIES,
        SOURCES,
        TARGETS,
        TARGET_FIGURES,
        CLAIMS,
        CLAIM_AND_TARGET_SOURCES,
        KNOWN_EXCEPTIONS,
    )
}

__all__ = ["LIST_SEPARATOR", "TABLES", "Column", "Reference", "Table"]
