"""Wrong values that look right: numbers, dates and levels."""

from itertools import pairwise

from kinds import cells, digits, is_number, kind, numeric

_LEVELS = ("80", "90", "95", "99")
_COUNTED = ("complete_response", "partial_response", "stable_disease", "progressive_disease")
_COUNTED += ("objective_response", "disease_control", "not_evaluable", "count")


def _named(*names):
    return lambda column: column.name in names


def _unit(unit):
    return lambda column: numeric(column) and column.unit == unit and column.name != "ci_level"


def _plain(value):
    return f"{value:.6g}"


@cells("digits transposed", "value", numeric)
def digits_transposed(dice, text, row, column):
    places = digits(text)
    pairs = [(a, b) for a, b in pairwise(places) if text[a] != text[b]]
    if not pairs:
        return None
    (a, b), chars = dice.choice(pairs), list(text)
    chars[a], chars[b] = chars[b], chars[a]
    return "".join(chars)


@cells("digit changed", "value", numeric)
def digit_changed(dice, text, row, column):
    if not digits(text):
        return None
    place = dice.choice(digits(text))
    return text[:place] + dice.choice("0123456789".replace(text[place], "")) + text[place + 1 :]


@cells("digit left out", "value", numeric)
def digit_left_out(dice, text, row, column):
    if len(digits(text)) < 2:
        return None
    place = dice.choice(digits(text))
    return text[:place] + text[place + 1 :]


@cells("digit typed twice", "value", numeric)
def digit_typed_twice(dice, text, row, column):
    if not digits(text):
        return None
    place = dice.choice(digits(text))
    return text[: place + 1] + text[place:]


@cells("last digit off by one", "value", numeric)
def last_digit_off_by_one(dice, text, row, column):
    if not is_number(text):
        return None
    decimals = len(text.partition(".")[2])
    value = float(text) + dice.choice((-1, 1)) * 10**-decimals
    return f"{value:.{decimals}f}" if value >= 0 else None


@cells("decimals rounded off", "value", numeric)
def decimals_rounded_off(dice, text, row, column):
    return f"{float(text):.0f}" if is_number(text) and "." in text else None


@cells("decimal point shifted", "value", numeric)
def decimal_point_shifted(dice, text, row, column):
    return _plain(float(text) * dice.choice((10, 0.1))) if is_number(text) else None


@cells("weeks for months", "value", _unit("months"))
def weeks_for_months(dice, text, row, column):
    return _plain(round(float(text) * 4.345, 0 if column.kind == "count" else 1)) if text else None


@cells("years for months", "value", _unit("months"))
def years_for_months(dice, text, row, column):
    return _plain(round(float(text) / 12, 0 if column.kind == "count" else 2)) if text else None


@cells("fraction for percentage", "value", _unit("%"))
def fraction_for_percentage(dice, text, row, column):
    return _plain(float(text) / 100) if text and float(text) else None


@cells("percentage for fraction", "value", _named("hazard_ratio", "low", "high", "p_value"))
def percentage_for_fraction(dice, text, row, column):
    return _plain(float(text) * 100) if text else None


@cells("rate of the others", "value", _unit("%"))
def rate_of_the_others(dice, text, row, column):
    return _plain(100 - float(text)) if text else None


@cells("ratio turned over", "value", _named("hazard_ratio"))
def ratio_turned_over(dice, text, row, column):
    return f"{1 / float(text):.2f}" if text else None


@kind("interval turned over with its ratio", "value")
def interval_turned_over(dice, table):
    if table.name != "comparisons":
        return None
    at = table.any_row(dice, lambda row: row["low"] and row["high"])
    ratio, low, high = (f"{1 / float(table.get(at, name)):.2f}" for name in ("hazard_ratio", "low", "high"))
    changes = {(at, "hazard_ratio"): ratio, (at, "low"): high, (at, "high"): low}
    return table.put(changes, f"hazard_ratio {table.get(at, 'hazard_ratio')} → {ratio}, its interval too")


@kind("interval ends swapped", "value")
def interval_ends_swapped(dice, table):
    pairs = [("os_low_months", "os_high_months"), ("pfs_low_months", "pfs_high_months")]
    pairs += [("low_pct", "high_pct"), ("low", "high")]
    pairs = [pair for pair in pairs if set(pair) <= set(table.header)]
    if not pairs:
        return None
    low, high = dice.choice(pairs)
    at = table.any_row(dice, lambda row: row[low] and row[high] and row[low] != row[high])
    changes = {(at, low): table.get(at, high), (at, high): table.get(at, low)}
    return table.put(changes, f"{low} {table.get(at, low)} ↔ {high} {table.get(at, high)}")


@cells("limit for estimate", "value", _named("os_median_months", "pfs_median_months", "survival_pct"))
def limit_for_estimate(dice, text, row, column):
    end = dice.choice(("low", "high"))
    return row[column.name.replace("median", end).replace("survival", end)] or None


@cells("wrong interval level", "value", lambda column: column.name.endswith("ci_level"))
def wrong_interval_level(dice, text, row, column):
    return dice.choice(_LEVELS) if text else None


@cells("count above its denominator", "value", _named(*_COUNTED))
def count_above_its_denominator(dice, text, row, column):
    whole = row["denominator" if column.name == "count" else "evaluable"]
    return str(int(whole) + dice.randint(1, 9)) if text and whole else None


@cells("wrong denominator", "value", _named("evaluable", "denominator"))
def wrong_denominator(dice, text, row, column):
    others = [row.get("n"), row.get("enrolled"), row.get("count"), row.get("disease_control")]
    return dice.choice([other for other in others if other] or [None]) if text else None


@kind("value of the row above", "value")
def value_of_the_row_above(dice, table):
    columns = [column.name for column in table.columns if numeric(column)]
    for _ in range(60 if columns else 0):
        at, name = dice.randrange(1, len(table.rows)), dice.choice(columns)
        own, above = table.get(at, name), table.get(at - 1, name)
        if own and above and own != above:
            return table.put({(at, name): above}, f"{name} {own} → {above}")
    return None


@cells("value left out", "value", lambda column: numeric(column) and not column.required)
def value_left_out(dice, text, row, column):
    return ""


@cells("zero for missing", "value", lambda column: numeric(column) and not column.required)
def zero_for_missing(dice, text, row, column):
    return None if text else "0"


@cells("value where none was reported", "value", lambda column: numeric(column) and not column.required)
def value_where_none_was_reported(dice, text, row, column):
    return None if text else str(dice.randint(2, 40))


def _dated(column):
    return column.name in ("first_patient", "last_patient", "year", "text_year")


@cells("wrong year", "value", _dated)
def wrong_year(dice, text, row, column):
    return str(int(text[:4]) + dice.choice((-10, -2, -1, 1, 2, 10))) + text[4:] if text else None


@cells("wrong month", "value", _dated)
def wrong_month(dice, text, row, column):
    return f"{text[:5]}{dice.randint(1, 12):02}" if len(text) == 7 else None


@kind("dates swapped", "value")
def dates_swapped(dice, table):
    if table.name != "trials":
        return None
    at = table.any_row(dice, lambda row: row["first_patient"] and row["last_patient"] > row["first_patient"])
    first, last = table.get(at, "first_patient"), table.get(at, "last_patient")
    changes = {(at, "first_patient"): last, (at, "last_patient"): first}
    return table.put(changes, f"first_patient {first} ↔ last_patient {last}")


@kind("endpoints swapped", "value")
def endpoints_swapped(dice, table):
    """OS and PFS medians of an arm in each other's place, with their intervals."""
    if table.name != "trials":
        return None
    at = table.any_row(dice, lambda row: row["os_median_months"] and row["pfs_median_months"])
    changes = {}
    for part in ("status", "high_status", "median_months", "low_months", "high_months", "ci_level"):
        changes[at, f"os_{part}"] = table.get(at, f"pfs_{part}")
        changes[at, f"pfs_{part}"] = table.get(at, f"os_{part}")
    return table.put(changes, f"OS median {table.get(at, 'os_median_months')} ↔ PFS median")


@kind("arms swapped in one value", "value")
def arms_swapped_in_one_value(dice, table):
    if table.name != "trials":
        return None
    columns = ["n", "os_median_months", "pfs_median_months", "objective_response", "evaluable"]
    for _ in range(60):
        name = dice.choice([*columns, "objective_response_pct", "grade3plus_ae_pct"])
        pair = _two_arms(dice, table, lambda row, name=name: row["design"] == "randomized" and row[name])
        if pair and table.get(pair[0], name) != table.get(pair[1], name):
            a, b = pair
            changes = {(a, name): table.get(b, name), (b, name): table.get(a, name)}
            return table.put(changes, f"{name} {table.get(a, name)} ↔ {table.get(b, name)} between arms")
    return None


def _two_arms(dice, table, fits):
    """The places of two rows of one trial that both fit, or None."""
    first = table.any_row(dice, fits)
    rows = table.records()
    others = [at for at, row in enumerate(rows) if row["trial"] == rows[first]["trial"] and fits(row)]
    return dice.sample(others, 2) if len(others) > 1 else None


@kind("arms swapped in all outcomes", "rows")
def arms_swapped(dice, table):
    if table.name != "trials":
        return None
    pair = None
    while not pair:
        pair = _two_arms(dice, table, lambda row: row["design"] == "randomized" and row["os_median_months"])
    start = table.place("os_status")
    rows = [list(row) for row in table.rows]
    a, b = pair
    rows[a][start:], rows[b][start:] = rows[b][start:], rows[a][start:]
    return table.with_rows(rows, f"all outcomes of two arms of {rows[a][0]} swapped", (a + 2, b + 2))
