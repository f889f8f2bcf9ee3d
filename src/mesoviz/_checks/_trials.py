"""What must hold within a trial: its arms, numbers and dates."""

import numpy as np
import pandas as pd

from mesoviz._checks._rules import Found, differ, rule
from mesoviz._schema._trial_columns import TRIAL_COLUMNS

_REPEATED = [column.name for column in TRIAL_COLUMNS if column.name != "trial"]


def _of_trial(trials, values, how):
    # Rows whose trial cannot be read form a group too, so that no result is missing.
    return pd.Series(values).groupby(trials["trial"], dropna=False, sort=False).transform(how).to_numpy()


def _first_places(trials, name):
    """For each row, the place of the first row that has the same value."""
    codes, distinct = pd.factorize(trials.text(name), use_na_sentinel=False)
    first = np.empty(len(distinct), dtype=np.intp)
    first[codes[::-1]] = np.arange(len(codes))[::-1]
    return first[codes]


def _year(date):
    return float(date[:4])


def _month(date):
    """The months up to a date; a year alone has none."""
    return 12 * float(date[:4]) + float(date[5:]) if len(date) == 7 else np.nan


def _first_of_trial(trials):
    return _first_places(trials, "trial") == np.arange(len(trials.frame))


def _assigned(trials):
    """The patients of all arms of a trial that are not part of another."""
    counted = np.where(trials.given("n") & ~trials.given("part_of"), trials.number("n"), 0)
    return _of_trial(trials, counted, "sum")


@rule("trial-is-constant")
def trial_is_constant(trials):
    """Trial-level columns say the same in every arm of a trial."""
    first = _first_places(trials, "trial")
    for name in _REPEATED:
        codes = trials.raw.cells[name].codes
        rows = codes != codes[first]
        if rows.any():
            values = trials[name].array
            # What differs as text may be the same number.
            said, said_first = values[rows], values[first[rows]]
            same = pd.Series(said == said_first).to_numpy(dtype=bool, na_value=False)
            rows[rows] = ~(same | (said.isna() & said_first.isna()))
            message = f"{name} differs from the trial's first arm ({{first}})."
            yield Found(rows, name, message, {"first": trials[name].take(first)}, first)


@rule("label-names-one-trial")
def label_names_one_trial(trials):
    """No two trials share a label."""
    first = _first_places(trials, "trial_label")
    named = trials.text("trial")[first]
    rows = trials.text("trial") != named
    message = "The label {trial_label} also names the trial {first}."
    yield Found(rows, "trial_label", message, {"first": named}, first)


@rule("dates-in-order")
def dates_in_order(trials):
    """The last patient was not enrolled before the first."""
    # Where one of them is a year alone, they are compared by the year.
    months, years = (
        [trials.by_text(name, part) for name in ("first_patient", "last_patient")] for part in (_month, _year)
    )
    yield Found(
        (months[0] > months[1]) | (years[0] > years[1]),
        "last_patient",
        "The last patient ({last_patient}) was enrolled before the first ({first_patient}).",
    )


@rule("trial-starts-before-its-report", level="implausible")
def trial_starts_before_its_report(trials, sources):
    """A trial's first patient was not enrolled after its main publication appeared."""
    years = sources.frame.drop_duplicates("source").set_index("source")["year"].astype("float64")
    year = trials["primary_source"].map(years)
    yield Found(
        trials.by_text("first_patient", _year) > year,
        "first_patient",
        "The first patient ({first_patient}) came after the primary source of {year}.",
        {"year": year},
    )


@rule("date-is-past", level="implausible")
def date_is_past(trials, sources):
    """No date of enrollment is later than the newest source."""
    newest = sources["year"].max()
    for column in ("first_patient", "last_patient"):
        rows = trials.by_text(column, _year) > (float("inf") if pd.isna(newest) else newest)
        message = f"{{{column}}} is later than the newest source, of {{newest}}."
        yield Found(rows, column, message, {"newest": lambda place: newest})


@rule("mesothelioma-within-enrolled")
def mesothelioma_within_enrolled(trials):
    """Patients with mesothelioma are no more than all patients enrolled."""
    yield Found(
        trials.number("enrolled_mesothelioma") > trials.number("enrolled"),
        "enrolled_mesothelioma",
        "{enrolled_mesothelioma} patients with mesothelioma are more than the {enrolled} enrolled.",
    )


@rule("enrolled-are-counted", level="implausible")
def enrolled_are_counted(trials):
    """Where the patients with mesothelioma are counted, so are all who were enrolled."""
    rows = ~trials.given("enrolled") & trials.given("enrolled_mesothelioma")
    yield Found(rows, "enrolled", "{enrolled_mesothelioma} patients have mesothelioma, but of how many?")


@rule("arms-within-enrolled", level="implausible")
def arms_within_enrolled(trials):
    """The arms of a trial hold no more patients than were enrolled."""
    total = _assigned(trials)
    yield Found(
        (total > trials.number("enrolled_mesothelioma")) & _first_of_trial(trials),
        "enrolled_mesothelioma",
        "The arms hold {total} patients, more than the {enrolled_mesothelioma} enrolled.",
        {"total": total},
    )


@rule("arms-sum-to-enrolled", level="implausible")
def arms_sum_to_enrolled(trials):
    """The arms of a randomized trial add up to the patients enrolled."""
    known = _of_trial(trials, trials.given("n", "part_of"), "all")
    total = _assigned(trials)
    yield Found(
        trials.says("design", "randomized")
        & known
        & differ(total, trials.number("enrolled"))
        & _first_of_trial(trials),
        "enrolled",
        "The arms add up to {total} patients; {enrolled} were enrolled.",
        {"total": total},
    )


@rule("part-within-whole")
def part_within_whole(trials):
    """An arm that is part of another holds no more patients, and that other is not itself a part."""
    trial, arm, part_of = (trials.text(name) for name in ("trial", "arm", "part_of"))
    parts = np.flatnonzero(trials.given("part_of"))
    arms = np.flatnonzero(trials["trial"].isin(trial[parts]))
    places = {(trial[place], arm[place]): place for place in arms[::-1]}  # the first, where a key is repeated
    above = np.full(len(trial), -1)
    above[parts] = [places.get((trial[place], part_of[place]), -1) for place in parts]
    whole = np.where(above >= 0, trials.number("n")[above], np.nan)
    message = "{n} patients are more than the {whole} of the arm they are part of."
    yield Found(trials.number("n") > whole, "n", message, {"whole": whole})
    rows = (above >= 0) & trials.given("part_of")[above]
    yield Found(rows, "part_of", "The arm {part_of} is itself part of another arm.")


@rule("arm-setting-fits-trial", level="implausible")
def arm_setting_fits_trial(trials):
    """An arm's setting is its trial's, unless the trial mixes several."""
    yield Found(
        (trials.text("setting") != trials.text("arm_setting")) & ~trials.says("setting", "mixed"),
        "arm_setting",
        "The arm is {arm_setting}, its trial {setting}.",
    )


@rule("design-fits-arms", level="implausible")
def design_fits_arms(trials):
    """A randomized trial has two arms or more, and a single-arm trial has one."""
    randomized, whole = trials.says("design", "randomized"), ~trials.given("part_of")
    arms = _of_trial(trials, whole | randomized, "sum")
    faulty = (randomized & (arms < 2)) | (trials.says("design", "single-arm") & (arms > 1))
    message = "The trial is called {design} but has {arms} arms."
    yield Found(faulty & _first_of_trial(trials), "design", message, {"arms": arms})


@rule("trial-has-experimental-arm", level="implausible")
def trial_has_experimental_arm(trials):
    """Every trial tries something: one arm at least is experimental."""
    tried = _of_trial(trials, trials.says("role", "experimental"), "any")
    yield Found(~tried & _first_of_trial(trials), "role", "The trial has no experimental arm.")


@rule("accrual-is-plausible", level="implausible")
def accrual_is_plausible(trials):
    """A trial enrolls no more than 60 patients a month, and no more than twice as many as planned."""
    dates = {
        name: pd.to_datetime(trials[name].where(trials[name].str.len() == 7), format="%Y-%m")
        for name in ("first_patient", "last_patient")
    }
    days = (dates["last_patient"] - dates["first_patient"]).dt.days
    rate = trials["enrolled"].astype("float64") / (days / 30.4 + 1)
    first = _first_of_trial(trials)
    yield Found(
        (rate > 60) & first,
        "last_patient",
        "{enrolled} patients in this window make {rate} a month.",
        {"rate": rate},
    )
    yield Found(
        (trials.number("enrolled") > 2 * trials.number("planned")) & first,
        "enrolled",
        "{enrolled} patients were enrolled, {planned} planned.",
    )
