"""An open evidence summary of what clinical trials found about therapies for malignant mesothelioma."""

from importlib import import_module

__version__ = "0.1.0"

_HOMES = {
    "load_trials": "_tables",
    "load_landmarks": "_tables",
    "load_curves": "_tables",
    "load_comparisons": "_tables",
    "load_therapies": "_tables",
    "load_sources": "_tables",
    "load_targets": "_tables",
    "load_claims": "_tables",
    "load_evidence": "_tables",
    "check": "_validate",
    "DataError": "_problems",
    "select": "_arms",
    "Chart": "_chart",
    "style": "_style",
    "say": "_say",
    "median_survival": "_survival",
    "landmark_survival": "_landmarks",
    "survival_curves": "_curves",
    "best_response": "_response",
    "response_rate": "_response_rate",
    "enrollment": "_enrollment",
    "accrual": "_accrual",
    "forest": "_comparisons",
    "absolute_effects": "_absolute",
    "network": "_network",
    "evidence_basis": "_basis",
    "pool": "_pool",
    "pool_weights": "_pool",
    "leave_one_out": "_pool",
    "evidence_map": "_map",
    "promise_and_test": "_promise",
    "benefit_and_harm": "_harm",
    "timeline": "_timeline",
    "alterations": "_targets",
    "claims": "_claims",
    "claimed_values": "_claimed_values",
    "approaches": "_approaches",
    "table": "_readable",
    "where": "_where",
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
