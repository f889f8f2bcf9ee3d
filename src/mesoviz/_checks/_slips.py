"""Slips of whoever enters data: what is well written, lies in its range, and is wrong all the same."""

import re

import numpy as np

from mesoviz._checks._rules import Found, rule
from mesoviz._schema import TABLES

# Cyrillic and Greek letters that look like Latin ones.
_ALIKE = (
    "\u0370-\u0377\u037f\u0391\u0392\u0395-\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7\u03bf"
    "\u0400-\u04ff"
)
_LATIN = "A-Za-z\u00c0-\u024f"
_MIXED = f"[{_LATIN}][{_ALIKE}]|[{_ALIKE}][{_LATIN}]"
_WORDED = tuple(
    name
    for name, table in TABLES.items()
    if any(column.kind == "text" and not column.pattern for column in table.columns)
)
_COMPARED = ["trial", "experimental_arm", "control_arm", "endpoint"]


@rule("share-is-no-fraction", level="implausible", tables=("trials", "landmarks", "target_figures"))
def share_is_no_fraction(shares):
    """A share is given in percent, not as a fraction of one."""
    names = ("objective_response_pct", "disease_control_pct", "grade3plus_ae_pct", "survival_pct", "pct")
    for name in (name for name in names if name in shares):
        message = f"{{{name}}} % is less than one in a hundred; is a percentage given as a fraction?"
        yield Found((shares[name] > 0) & (shares[name] < 1), name, message)


@rule("level-is-usual", level="implausible", tables=("trials", "landmarks", "comparisons"))
def level_is_usual(estimates):
    """The level of an interval is a multiple of 5 %, or one above 95 % that was adjusted."""
    for name in (name for name in estimates.frame if name.endswith("ci_level")):
        level = estimates[name]
        yield Found((level < 95) & (level % 5 != 0), name, f"Intervals of {{{name}}} % are not usual.")


@rule("word-in-one-script", level="implausible", tables=_WORDED)
def word_in_one_script(table):
    """No Latin word holds a letter of another script that looks like a Latin one."""
    for name in table.frame.select_dtypes("str"):
        texts = table[name].dropna().unique()
        if mixed := [text for text in texts if not text.isascii() and re.search(_MIXED, text)]:
            message = "A Latin word holds a Cyrillic or Greek letter that looks like a Latin one."
            yield Found(table[name].isin(mixed), name, message)


@rule("address-fits-key", level="implausible")
def address_fits_key(sources):
    """A registry record that is called by its number lies at an address with that number."""
    key = sources["source"].str.extract("(nct[0-9]{8})", expand=False).str.upper()
    number = sources["url"].str.extract("(NCT[0-9]+)", expand=False)
    message = "The record {source} lies at an address of {number}."
    yield Found(key.notna() & number.notna() & (key != number), "url", message, {"number": number})


@rule("analysis-stands-once", level="implausible")
def analysis_stands_once(comparisons):
    """No two analyses of a comparison give the same ratio with the same interval."""
    repeated = comparisons.frame.duplicated([*_COMPARED, "hazard_ratio", "low", "high"])
    again = comparisons.given("low") & repeated
    message = "The ratio {hazard_ratio} ({low} to {high}) stands in another row of the comparison as well."
    yield Found(again, "analysis", message)


@rule("analyses-agree", level="implausible")
def analyses_agree(comparisons):
    """A further analysis of a comparison gives about the ratio of the main one."""
    main = comparisons.frame[comparisons["main_analysis"].fillna(False)].drop_duplicates(_COMPARED)
    beside = comparisons.frame[_COMPARED].join(
        main.set_index(_COMPARED)["hazard_ratio"].rename("main"), on=_COMPARED
    )
    rows = np.log(comparisons["hazard_ratio"] / beside["main"]).abs() > np.log(1.5)
    message = "The hazard ratio {hazard_ratio} is far from that of the main analysis, {main}."
    yield Found(rows, "hazard_ratio", message, {"main": beside["main"]})


@rule("registry-number-fits-address", level="implausible")
def registry_number_fits_address(trials, sources):
    """A registry record that a figure rests on lies at an address with the trial's own number."""
    numbers = sources.frame.drop_duplicates("source").set_index("source")["url"]
    numbers = numbers.str.extract("(NCT[0-9]+)", expand=False)
    for column in ("enrollment_source", "n_source", "os_source", "pfs_source", "response_source"):
        number = trials[column].map(numbers)
        rows = number.notna() & trials["registry_id"].notna() & (number != trials["registry_id"])
        message = (
            f"The registry number is {{registry_id}}, but {{{column}}} lies at an address of {{number}}."
        )
        yield Found(rows, "registry_id", message, {"number": number})
