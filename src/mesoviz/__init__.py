"""An open evidence summary of what clinical trials found about therapies for malignant mesothelioma."""

from importlib import import_module

__version__ = "0.1.0"

_HOMES = {
    "load_trials": "_tables._load",
    "load_landmarks": "_tables._load",
    "load_curves": "_tables._load",
    "load_comparisons": "_tables._load",
    "load_therapies": "_tables._load",
    "load_sources": "_tables._load",
    "load_targets": "_tables._load",
    "load_claims": "_tables._load",
    "load_evidence": "_tables._load",
    "check": "_tables._validate",
    "DataError": "_checks._problems",
    "select": "_figures._arms",
    "Chart": "_page._chart",
    "style": "_page._style",
    "say": "_page._say",
    "median_survival": "_figures._survival",
    "landmark_survival": "_figures._landmarks",
    "survival_curves": "_figures._curves",
    "best_response": "_figures._response",
    "response_rate": "_figures._response_rate",
    "enrollment": "_figures._enrollment",
    "accrual": "_figures._accrual",
    "forest": "_figures._comparisons",
    "absolute_effects": "_figures._absolute",
    "network": "_figures._network",
    "evidence_basis": "_figures._basis",
    "pool": "_estimates._pool",
    "pool_weights": "_estimates._pool",
    "leave_one_out": "_estimates._pool",
    "evidence_map": "_figures._map",
    "promise_and_test": "_figures._promise",
    "benefit_and_harm": "_figures._harm",
    "timeline": "_figures._timeline",
    "alterations": "_figures._targets",
    "claims": "_figures._claims",
    "claimed_values": "_figures._claimed_values",
    "approaches": "_figures._approaches",
    "explore": "_explore._explorer",
    "glossary": "_page._glossary",
    "table": "_page._readable",
    "where": "_figures._where",
}

__all__ = [*_HOMES, "__version__"]


def __getattr__(name):
    # Names are fetched on first use (PEP 562), so that importing mesoviz costs next to nothing.
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f".{_HOMES[name]}", __name__), name)
    globals()[name] = value
    return value


def __dir__():
    return sorted({*globals(), *__all__})
