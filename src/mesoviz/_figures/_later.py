"""Which trial of a therapy came first: a signal without proof, and the randomized trial that came later."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mesoviz._estimates import _rates
from mesoviz._figures import _arms, _response_rate
from mesoviz._page import _given, _words

SIGNAL, TEST = "signal", "test"
EARLY_PHASES = ("1", "1/2", "2")
_EXPANDED = r"(?i)expanded[ -]access|compassionate|named[ -]patient"
# How two trials are put in order: each tells the same thing, or it is not compared.
RULES = ("first patient", "last patient", "year of the primary publication")

ENDPOINTS = ("os", "pfs")
_ARM_COLUMNS = (
    *("trial", "trial_label", "trial_name", "arm", "arm_label", "arm_setting", "role", "phase", "design"),
    *("therapy_label", "agent", "therapy_class", "part_of", "population", "overlaps_trial"),
    *("primary_source", "primary_citation", "first_patient", "last_patient", "enrollment_source"),
    *("enrollment_citation", "primary_endpoint_met", "n", "n_source", "n_citation", "evaluable"),
    *("response_source", "response_citation", "os_status", "os_median_months", "os_source", "os_citation"),
)
_RENAMED = {"objective_response": "count", "objective_response_pct": "printed_pct"}
_RATIO = {
    **{"hazard_ratio": "hazard_ratio", "low": "hr_low", "high": "hr_high", "ci_level": "hr_level"},
    **{"hazards": "hazards", "analysis": "analysis", "source": "hr_source", "citation": "hr_citation"},
}
_COMPARISON_COLUMNS = ("trial", "experimental_arm", "control_arm", "endpoint", "main_analysis", *_RATIO)


def sequences(
    trials: pd.DataFrame, comparisons: pd.DataFrame, sources: pd.DataFrame | None = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Arms that are a signal or a later test, in drawing order; and the others, with the reason."""
    _given.require(trials, [*_ARM_COLUMNS, *_RENAMED], "promise_and_test")
    _given.require(comparisons, _COMPARISON_COLUMNS, "promise_and_test")
    frame = _arms.with_class(_given.take(trials, [*_ARM_COLUMNS, *_RENAMED]))
    frame = frame.rename(columns=_RENAMED).reset_index(drop=True)
    frame["published"] = _arms.year_of(frame["primary_source"], sources)
    reason = pd.Series(pd.NA, index=frame.index, dtype="object")
    reason[frame["part_of"].notna()] = "part of another arm"
    control = frame["role"].eq("control")
    reason[control] = "control arm"
    controlled = frame["design"].eq("randomized") & frame["trial"].isin(frame.loc[control, "trial"])
    widened = frame["phase"].eq("4") | frame["trial_name"].str.contains(_EXPANDED, na=False)
    reason[reason.isna() & widened & ~controlled] = "expanded access or phase 4, no early trial"
    arms = frame[reason.isna()]
    steps = stages(arms, controlled[arms.index])
    reason = reason.where(reason.notna(), steps["reason"].reindex(frame.index))
    drawn, omitted = _given.split(frame.join(steps[["step", "after", "ordered_by"]]), reason)
    if drawn.empty:
        raise ValueError(
            "promise_and_test: no therapy of the selection has an early trial and a later randomized one."
        )
    drawn = _in_order(_with_sources(_with_ratios(_response_rate.with_rates(drawn), comparisons)))
    return drawn, omitted[["trial", "trial_label", "arm", "agent", "reason"]].reset_index(drop=True)


def _with_ratios(arms: pd.DataFrame, comparisons: pd.DataFrame) -> pd.DataFrame:
    """Add the main hazard ratios of each arm; an arm that was compared with two controls gets two rows."""
    main = comparisons[comparisons["main_analysis"].fillna(False).astype(bool)]
    keys = ["trial", "experimental_arm", "control_arm"]
    pairs = main[keys].drop_duplicates()
    for endpoint in ENDPOINTS:
        of_endpoint = main[main["endpoint"].eq(endpoint.upper())].drop_duplicates(keys)
        names = {name: f"{endpoint}_{new}" for name, new in _RATIO.items()}
        pairs = pairs.merge(of_endpoint[[*keys, *names]].rename(columns=names), how="left", on=keys)
    pairs = pairs.rename(columns={"experimental_arm": "arm"})
    return arms.merge(pairs, how="left", on=["trial", "arm"])


def _with_sources(data: pd.DataFrame) -> pd.DataFrame:
    """Keep the sources of what is shown alone, and say when each trial took place, and what tells so."""
    shown = {
        "response": data["pct"].notna(),
        "os": data["os_status"].isin(["reported", _words.NOT_REACHED]),
        "n": data["n"].notna(),
    }
    for kind, there in shown.items():
        for what in ("source", "citation"):
            data[f"{kind}_{what}"] = data[f"{kind}_{what}"].where(there)
    first, last = data["first_patient"], data["last_patient"]
    year = data["published"].astype("Int64").astype("str")
    data["dated"] = np.select([first.notna(), last.notna()], ["from", "until"], "published")
    data["year"] = first.str[:4].where(first.notna(), last.str[:4].where(last.notna(), year))
    for what in ("source", "citation"):
        own = data[f"enrollment_{what}"]
        data[f"date_{what}"] = own.where(first.notna() | last.notna(), data[f"primary_{what}"])
    return data


def _in_order(data: pd.DataFrame) -> pd.DataFrame:
    """By class and therapy, signals before tests, each by time and name, never by result."""
    helpers = {
        "_agent": data["agent"].str.casefold(),
        "_time": data["first_patient"].fillna(data["last_patient"]).fillna(data["year"]),
        "_label": data["trial_label"].str.casefold(),
    }
    keys = ["therapy_class", "_agent", "step", "_time", "_label", "arm", "control_arm"]
    return data.assign(**helpers).sort_values(keys).drop(columns=[*helpers]).reset_index(drop=True)


def stages(arms: pd.DataFrame, controlled: pd.Series) -> pd.DataFrame:
    """Which arms are signals, which are tests that came later, and why the others are neither.

    Parameters
    ----------
    arms : pandas.DataFrame
        Experimental arms with `agent`, `trial`, `trial_label`, `phase`, `first_patient`, `last_patient` and
        `published` (the year of the primary publication).
    controlled : pandas.Series
        True for arms that were randomized against a control.

    Returns
    -------
    pandas.DataFrame
        `step` (signal, test or missing), `reason` where it is missing, and for a test `after`, the signal's
        trial that it is known to have followed, and `ordered_by`, one of `RULES`.

    Notes
    -----
    A signal is an arm without a randomized control, or of a trial of phase 1 or 2; a test is randomized
    against a control. A test counts as later where one of the rules, asked in their order, tells both
    trials' times and puts the signal first; a year without a month leaves the order within it open.
    """
    table = pd.DataFrame(
        {
            "agent": arms["agent"],
            "trial": arms["trial"],
            "label": arms["trial_label"],
            "is_test": controlled,
            "is_signal": ~controlled | arms["phase"].isin(EARLY_PHASES),
            "times": _times(arms),
        }
    )
    found = pd.DataFrame(index=arms.index, columns=["step", "reason", "after", "ordered_by"], dtype="object")
    for _, group in table.groupby("agent", observed=True):
        rows = _given.records(group)
        for at, row in zip(group.index, rows, strict=True):
            found.loc[at] = _stage(row, [other for other in rows if other["trial"] != row["trial"]])
    found.loc[arms["agent"].isna(), "reason"] = f"therapy {_words.UNREPORTED}"
    return found


def _times(arms: pd.DataFrame) -> list[dict[str, tuple[int, int]]]:
    """What each arm's trial tells of its time: by rule, the months between which the event lies."""
    year = arms["published"].astype("Int64")
    spans = [
        _rates.month_span(arms["first_patient"]),
        _rates.month_span(arms["last_patient"]),
        pd.DataFrame({"start": 12 * year, "end": 12 * year + 12}),
    ]
    return [
        {
            rule: (int(span["start"].iloc[i]), int(span["end"].iloc[i]))
            for rule, span in zip(RULES, spans, strict=True)
            if pd.notna(span["start"].iloc[i])
        }
        for i in range(len(arms))
    ]


def _is_before(one: dict[str, object], other: dict[str, object]) -> tuple[bool | None, str | None]:
    """Whether one trial came before the other, and the rule that tells; neither where none does."""
    for rule in RULES:
        if rule in one["times"] and rule in other["times"]:
            (start, end), (other_start, other_end) = one["times"][rule], other["times"][rule]
            if end <= other_start:
                return True, rule
            if other_end <= start:
                return False, rule
    return None, None


def _stage(row: dict[str, object], others: list[dict[str, object]]) -> list[str | None]:
    """The step of one arm among the arms of its therapy in other trials, or why it has none."""
    signals = [other for other in others if other["is_signal"]] if row["is_test"] else []
    tests = [other for other in others if other["is_test"]] if row["is_signal"] else []
    followed = [(*_is_before(other, row), other) for other in signals]
    earlier = [(RULES.index(rule), other["times"][rule], other) for known, rule, other in followed if known]
    if earlier:
        rule, _, first = min(earlier, key=lambda found: (found[0], found[1], found[2]["label"]))
        return [TEST, None, first["label"], RULES[rule]]
    ahead = [_is_before(row, other)[0] for other in tests]
    if any(ahead):
        return [SIGNAL, None, None, None]
    if None in [*ahead, *(known for known, _, _ in followed)]:
        return [None, "its order in time among the therapy's trials is not known", None, None]
    if row["is_test"]:
        return [
            None,
            "randomized, with no earlier uncontrolled or phase 1 or 2 trial of the therapy",
            None,
            None,
        ]
    return [None, "no later randomized trial of the therapy", None, None]
