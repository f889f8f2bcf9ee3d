"""Turn the text cells of a table into declared dtypes, and explain each cell that is not what it must be.

Every distinct text is looked at once, whatever the number of rows. The checks are our own: importing a
validation library would cost several times what loading the tables does. The tests hold them against one.
"""

import difflib
import re
import unicodedata
from functools import cache

import numpy as np
import pandas as pd

from mesoviz._checks._problems import Finding, show

# Control and format characters, blanks but the plain one, private use, the mark of a lost character.
_HIDDEN = (
    "\x00-\x1f\x7f-\xa0\xad\u034f\u061c\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f\u2000-\u200f\u2028-\u202f"
    "\u205f-\u206f\u3000\u3164\ud800-\uf8ff\ufeff\uffa0\ufff0-\uffff"
    "\U000e0000-\U000e0fff\U000f0000-\U0010ffff"
)
_FORMULA = "=+\\-@＝＋－＠"
_CLEAN = re.compile(f"(?![ {_FORMULA}])[^{_HIDDEN}]*(?<! )")
# UTF-8 read as Latin-1 or Windows-1252 leaves these behind.
_GARBLED = re.compile("[ÂÃ][\u0080-\u00bf]|â€|â\u0080|ï»¿")
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]{1,3})?")
_WHOLE = re.compile(r"-?(0|[1-9][0-9]*)")
_YES_NO = {"yes": True, "no": False, "True": True, "False": False}
_MISSING_WORDS = re.compile(
    r"n\.?/?[adr]\.?|nan|none|null|nil|nd|missing|unknown|not (reported|available|known)|[-–—?.]+", re.I
)
_MISSING_IN_TEXT = {
    *("NA", "N/A", "n/a", "NR", "n.r.", "nan", "NaN", "NULL", "null"),
    *("#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!"),
}
# What `_CLEAN` lets through, in ASCII: with the greatest length and the form that a column asks for.
_PLAIN = r"(?![ =+\-@])(?=[ -~]{{0,{}}}\Z)(?:{})(?<! )"
_TEXT = pd.StringDtype(na_value=np.nan)  # what "str" stands for, which pandas would look up again and again
_OF_ARM = ("trial", "arm")  # columns that say whose row it is


def convert(table, raw, report):
    """The typed columns of a table, and which of its rows hold a cell that could not be read."""
    faulty = np.zeros(len(raw.rows), dtype=bool)
    columns = {}
    for column in table.columns:
        texts, codes = raw.cells[column.name]
        empty = texts == ""
        good, values = _READ[column.kind](column, texts)
        good = np.where(empty, not column.required, good)
        columns[column.name] = _typed(column, values, good & ~empty, codes)
        if not good.all():
            bad_rows = np.flatnonzero(~good[codes])
            faulty[bad_rows] = True
            _explain(table, column, raw, bad_rows, report)
    return pd.DataFrame(columns, copy=False), faulty


def _read_choices(column, texts):
    """Which of the texts a cell may hold, and the place of each among the allowed ones."""
    place = {text: i for i, text in enumerate(column.allowed)}
    places = np.array([place.get(text, -1) for text in texts], dtype=np.int8)
    return places >= 0, places


def _read_yes_no(column, texts):
    good = np.array([text in _YES_NO for text in texts], dtype=bool)
    return good, np.array([_YES_NO.get(text, False) for text in texts], dtype=bool)


def _read_numbers(column, texts):
    matches = (_WHOLE if column.kind == "count" else _NUMBER).fullmatch
    numbers = np.array([float(text) if matches(text) else np.nan for text in texts], dtype=float)
    good = ~np.isnan(numbers)
    if column.minimum is not None:
        good &= numbers > column.minimum if column.above_minimum else numbers >= column.minimum
    if column.maximum is not None:
        good &= numbers <= column.maximum
    return good, numbers


def _read_texts(column, texts):
    longest, form = column.max_length, column.pattern or "(?s:.*)"
    # Nearly every text is sound and plain ASCII, which one pattern tells at a fraction of the time.
    is_plain = re.compile(_PLAIN.format(longest, form)).fullmatch

    def is_sound(text):
        return len(text) <= longest and _is_clean(text) and re.fullmatch(form, text) is not None

    good = [text not in _MISSING_IN_TEXT if is_plain(text) else is_sound(text) for text in texts]
    return np.array(good, dtype=bool), texts


def _is_clean(text):
    return text not in _MISSING_IN_TEXT and bool(_CLEAN.fullmatch(text)) and not _GARBLED.search(text)


_READ = {
    "choice": _read_choices,
    "yes/no": _read_yes_no,
    "count": _read_numbers,
    "number": _read_numbers,
    "text": _read_texts,
    "list": _read_texts,
}


@cache
def _categories(allowed, ordered):
    return pd.CategoricalDtype(allowed, ordered)


def _typed(column, values, given, codes):
    """The column in its dtype; cells that are empty or not good are missing."""
    if column.kind == "choice":
        dtype = _categories(column.allowed, column.ordered)
        return pd.Categorical.from_codes(np.where(given, values, -1)[codes], dtype=dtype)
    if column.kind == "number":
        return np.where(given, values, np.nan)[codes]
    if column.kind == "count":
        whole = np.where(given, values, 0).astype(np.int64)
        return pd.arrays.IntegerArray(whole[codes], ~given[codes])
    if column.kind == "yes/no":
        return pd.arrays.BooleanArray(values[codes], ~given[codes])
    return pd.array(np.where(given, values, None), dtype=_TEXT).take(codes)


def _explain(table, column, raw, bad_rows, report):
    """Report the cells that are not good, by what is wrong; only the first distinct texts are explained."""
    cells = raw.cells[column.name]
    codes = cells.codes[bad_rows]
    _, first = np.unique(codes, return_index=True)
    distinct = codes[np.sort(first)[: report.room]]
    explained = {code: _why(column, cells.texts[code]) for code in distinct}
    places = np.full(len(cells.texts), -1)
    rules = list(dict.fromkeys(rule for rule, _ in explained.values()))
    places[distinct] = [rules.index(rule) for rule, _ in explained.values()]

    def describe(position):
        rule, message = explained[cells.codes[position]]
        trial, arm = (raw.cells[name].at(position)[:80] if name in table.names else "" for name in _OF_ARM)
        place = (raw.file, int(raw.rows[position]), column.name, cells.at(position)[:200])
        return Finding(*place, rule, message, column.rule, "error", trial, arm)

    broken = places[codes]
    for place, rule in enumerate(rules):
        report.add_rows(bad_rows[broken == place], describe, rule=rule, level="error")
    if (broken < 0).any():
        report.count(raw.file, "error", "not-explained", int((broken < 0).sum()))


def _why(column, text):
    """The rule that a text breaks, and a sentence that says what to write instead."""
    if text == "":
        return "value-missing", "The cell is empty, but this column is always needed."
    return _why_not_clean(column, text) or _WHY[column.kind](column, text)


def _why_not_clean(column, text):
    hidden = re.search(f"[{_HIDDEN}]", text)
    if text != text.strip(" "):
        return "blanks", f"{show(text)} has blanks before or after it."
    if hidden:
        name = unicodedata.name(hidden[0], "control character").lower()
        return (
            "invisible-character",
            f"{show(text)} holds an invisible character (U+{ord(hidden[0]):04X}, {name}).",
        )
    if _GARBLED.search(text):
        return "broken-encoding", f"{show(text)} looks like UTF-8 read in another encoding."
    if column.kind in ("text", "list") and re.match(f"[{_FORMULA}]", text):
        return "formula", f"{show(text)} begins like a formula of a spreadsheet ({text[0]})."
    if len(text) > column.max_length:
        return "too-long", f"The text is too long: {len(text)} characters, of at most {column.max_length}."
    is_word = column.kind != "text" or column.pattern
    missing = _MISSING_WORDS.fullmatch(text) if is_word else text in _MISSING_IN_TEXT
    if missing and text not in column.allowed:
        return "missing-word", f"{show(text)} stands for a missing value; leave the cell empty."
    return None


def _why_not_number(column, text):
    pattern, rule = (_WHOLE, "not-a-whole-number") if column.kind == "count" else (_NUMBER, "not-a-number")
    words = rule.replace("-", " ").replace("not", "is not", 1)
    if pattern.fullmatch(text):
        return "out-of-range", f"{show(text)} is out of range: {column.rule} is needed."
    hint = ""
    if re.fullmatch(r"-?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?", text):
        hint = "; write it without commas"
    elif re.fullmatch("-?[0-9]+,[0-9]+", text):
        hint = "; write a decimal point, not a comma"
    elif text.endswith("%"):
        hint = "; leave out the percent sign"
    elif text[0] in "<>≤≥":
        hint = "; write the number alone"
    elif column.kind == "count" and re.fullmatch(r"-?[0-9]+\.0*", text):
        hint = "; write it without a decimal point"
    return rule, f"{show(text)} {words}{hint}."


def _why_not_chosen(column, text):
    fitting = {word.lower(): word for word in column.allowed}
    close = fitting.get(text.lower()) or next(iter(difflib.get_close_matches(text, column.allowed, n=1)), "")
    hint = f"; is {close} meant?" if close else "."
    return "not-allowed", f"{show(text)} is none of the words this column holds{hint}"


def _why_not_yes_or_no(column, text):
    word = {"true": "yes", "y": "yes", "1": "yes", "false": "no", "n": "no", "0": "no"}.get(
        text.lower(), text.lower()
    )
    hint = f"write {word}" if word in ("yes", "no") else "write yes or no"
    return "not-yes-or-no", f"{show(text)} is not yes or no; {hint}."


def _why_not_form(column, text):
    needed = f"text such as {column.example}" if column.example else "keys with ; between"
    foreign = next((char for char in text if not char.isascii()), "")
    hint = f"; {show(foreign)} is not a plain letter" if foreign else ""
    return "wrong-form", f"{show(text)} does not have the form of this column ({needed}){hint}."


_WHY = {
    "number": _why_not_number,
    "count": _why_not_number,
    "choice": _why_not_chosen,
    "yes/no": _why_not_yes_or_no,
    "text": _why_not_form,
    "list": _why_not_form,
}
