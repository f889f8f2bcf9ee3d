"""What must hold within a trial: its arms, numbers and dates."""

import numpy as np
import pandas as pd

from mesoviz._checks._rules import Found, by_text, rule
from mesoviz._schema._trial_columns import TRIAL_COLUMNS

_REPEATED = [column.name for column in TRIAL_COLUMNS if column.name != "trial"]


def _of_trial(trials, values, how):
    # Rows whose trial cannot be read form a group too, so that no result is missing.
    return values.groupby(trials["trial"], dropna=False, sort=False).transform(how)


def _first_places(values):
    """For each row, the place of the first row that has the same value."""
    codes, distinct = pd.factorize(values, use_na_sentinel=False)
    first = np.empty(len(distinct), dtype=np.intp)
    first[codes[::-1]] = np.arange(len(codes))[::-1]
    return first[codes]


def _year(dates):
    return dates.str[:4].astype("float64")


def _whole(trials):
    return trials["part_of"].isna()


@rule("trial-is-constant")
def trial_is_constant(trials):
    """Trial-level columns say the same in every arm of a trial."""
    first = _first_places(trials["trial"])
    later = np.flatnonzero(first < np.arange(len(first)))
    for name in _REPEATED:
        values = trials[name].array
        said, said_first = values.take(later), values.take(first[later])
        same = pd.Series(said == said_first).to_numpy(dtype=bool, na_value=False)
        differs = ~(same | (said.isna() & said_first.isna()))
        if differs.any():
            rows = pd.Series(False, index=trials.index)
            rows.iloc[later] = differs
            message = f"{name} differs from the trial's first arm ({{first}})."
            yield Found(rows, name, message, {"first": trials[name].take(first)}, first)


@rule("label-names-one-trial")
def label_names_one_trial(trials):
    """No two trials share a label."""
    first = _first_places(trials["trial_label"])
    named = trials["trial"].take(first)
    rows = trials["trial"] != named.array
    message = "The label {trial_label} also names the trial {first}."
    yield Found(rows, "trial_label", message, {"first": named}, first)


@rule("dates-in-order")
def dates_in_order(trials):
    """The last patient was not enrolled before the first."""
    first, last = trials["first_patient"], trials["last_patient"]
    # Where one of them is a year alone, they are compared by the year.
    to_the_month = (first.str.len() == 7) & (last.str.len() == 7)
    rows = (to_the_month & (first > last)) | (first.str[:4] > last.str[:4])
    yield Found(
        rows,
        "last_patient",
        "The last patient ({last_patient}) was enrolled before the first ({first_patient}).",
    )


@rule("trial-starts-before-its-report", level="implausible")
def trial_starts_before_its_report(trials, sources):
    """A trial's first patient was not enrolled after its main publication appeared."""
    years = sources.drop_duplicates("source").set_index("source")["year"].astype("float64")
    year = trials["primary_source"].map(years)
    started = by_text(trials["first_patient"], _year)
    yield Found(
        started > year,
        "first_patient",
        "The first patient ({first_patient}) came after the primary source of {year}.",
        {"year": year},
    )


@rule("date-is-past", level="implausible")
def date_is_past(trials, sources):
    """No date of enrollment is later than the newest source."""
    newest = sources["year"].max()
    for column in ("first_patient", "last_patient"):
        rows = by_text(trials[column], _year) > (float("inf") if pd.isna(newest) else newest)
        message = f"{{{column}}} is later than the newest source, of {{newest}}."
        yield Found(rows, column, message, {"newest": pd.Series(newest, index=trials.index)})


@rule("mesothelioma-within-enrolled")
def mesothelioma_within_enrolled(trials):
    """Patients with mesothelioma are no more than all patients enrolled."""
    yield Found(
        trials["enrolled_mesothelioma"] > trials["enrolled"],
        "enrolled_mesothelioma",
        "{enrolled_mesothelioma} patients with mesothelioma are more than the {enrolled} enrolled.",
    )


@rule("enrolled-are-counted", level="implausible")
def enrolled_are_counted(trials):
    """Where the patients with mesothelioma are counted, so are all who were enrolled."""
    rows = trials["enrolled"].isna() & trials["enrolled_mesothelioma"].notna()
    yield Found(rows, "enrolled", "{enrolled_mesothelioma} patients have mesothelioma, but of how many?")


@rule("arms-within-enrolled", level="implausible")
def arms_within_enrolled(trials):
    """The arms of a trial hold no more patients than were enrolled."""
    total = _of_trial(trials, trials["n"].where(_whole(trials), 0).fillna(0), "sum")
    yield Found(
        (total > trials["enrolled_mesothelioma"]) & ~trials["trial"].duplicated(),
        "enrolled_mesothelioma",
        "The arms hold {total} patients, more than the {enrolled_mesothelioma} enrolled.",
        {"total": total},
    )


@rule("arms-sum-to-enrolled", level="implausible")
def arms_sum_to_enrolled(trials):
    """The arms of a randomized trial add up to the patients enrolled."""
    whole = _whole(trials)
    known = _of_trial(trials, trials["n"].notna() | ~whole, "all")
    total = _of_trial(trials, trials["n"].where(whole, 0).fillna(0), "sum")
    yield Found(
        (trials["design"] == "randomized")
        & known
        & (total != trials["enrolled"])
        & ~trials["trial"].duplicated(),
        "enrolled",
        "The arms add up to {total} patients; {enrolled} were enrolled.",
        {"total": total},
    )


@rule("part-within-whole")
def part_within_whole(trials):
    """An arm that is part of another holds no more patients, and that other is not itself a part."""
    parts = trials.loc[trials["part_of"].notna(), ["trial", "part_of"]]
    arms = trials.loc[trials["trial"].isin(parts["trial"]), ["trial", "arm"]]
    places = {}
    for place, *arm in arms.itertuples(name=None):
        places.setdefault(tuple(arm), place)
    above = np.full(len(trials), -1)
    above[parts.index] = [places.get(part, -1) for part in parts.itertuples(index=False, name=None)]
    whole = pd.Series(trials["n"].array.take(above, allow_fill=True), trials.index)
    message = "{n} patients are more than the {whole} of the arm they are part of."
    yield Found(trials["n"] > whole, "n", message, {"whole": whole})
    rows = (above >= 0) & trials["part_of"].notna().to_numpy()[above]
    message = "The arm {part_of} is itself part of another arm."
    yield Found(pd.Series(rows, trials.index), "part_of", message)


@rule("arm-setting-fits-trial", level="implausible")
def arm_setting_fits_trial(trials):
    """An arm's setting is its trial's, unless the trial mixes several."""
    yield Found(
        (trials["setting"].astype("str") != trials["arm_setting"].astype("str"))
        & (trials["setting"] != "mixed"),
        "arm_setting",
        "The arm is {arm_setting}, its trial {setting}.",
    )


@rule("design-fits-arms", level="implausible")
def design_fits_arms(trials):
    """A randomized trial has two arms or more, and a single-arm trial has one."""
    whole = _of_trial(trials, _whole(trials), "sum")
    arms = _of_trial(trials, trials["arm"], "size").where(trials["design"] == "randomized", whole)
    first = ~trials["trial"].duplicated()
    faulty = ((trials["design"] == "randomized") & (arms < 2)) | (
        (trials["design"] == "single-arm") & (arms > 1)
    )
    yield Found(faulty & first, "design", "The trial is called {design} but has {arms} arms.", {"arms": arms})


@rule("trial-has-experimental-arm", level="implausible")
def trial_has_experimental_arm(trials):
    """Every trial tries something: one arm at least is experimental."""
    tried = _of_trial(trials, trials["role"] == "experimental", "any")
    yield Found(~tried & ~trials["trial"].duplicated(), "role", "The trial has no experimental arm.")


@rule("accrual-is-plausible", level="implausible")
def accrual_is_plausible(trials):
    """A trial enrolls no more than 60 patients a month, and no more than twice as many as planned."""
    dates = {
        name: pd.to_datetime(trials[name].where(trials[name].str.len() == 7), format="%Y-%m")
        for name in ("first_patient", "last_patient")
    }
    days = (dates["last_patient"] - dates["first_patient"]).dt.days
    rate = trials["enrolled"].astype("float64") / (days / 30.4 + 1)
    first = ~trials["trial"].duplicated()
    yield Found(
        (rate > 60) & first,
        "last_patient",
        "{enrolled} patients in this window make {rate} a month.",
        {"rate": rate},
    )
    yield Found(
        (trials["enrolled"] > 2 * trials["planned"]) & first,
        "enrolled",
        "{enrolled} patients were enrolled, {planned} planned.",
    )
