"""Turn the text cells of a table into declared dtypes, and explain each cell that is not what it must be.

Every distinct text is looked at once, whatever the number of rows. The checks are our own: importing a
validation library would cost several times what loading the tables does. The tests hold them against one.
"""

import difflib
import re
import unicodedata

import numpy as np
import pandas as pd

from mesoviz._checks._problems import KEPT, Finding, show

# Control and format characters, blanks but the plain one, private use, the mark of a lost character.
_HIDDEN = (
    "\x00-\x1f\x7f-\xa0\xad\u034f\u061c\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f\u2000-\u200f\u2028-\u202f"
    "\u205f-\u206f\u3000\u3164\ud800-\uf8ff\ufeff\uffa0\ufff0-\uffff"
    "\U000e0000-\U000e0fff\U000f0000-\U0010ffff"
)
_HIDDEN_PATTERN = re.compile(f"[{_HIDDEN}]")
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
_MISSING_IN_TEXT = re.compile("NA|N/A|n/a|NR|n\\.r\\.|nan|NaN|NULL|null|#N/A|#REF!|#VALUE!|#NAME\\?|#DIV/0!")


def convert(table, raw, report):
    """The typed columns of a table, and which of its rows hold a cell that could not be read."""
    faulty = np.zeros(len(raw.cells), dtype=bool)
    columns = {}
    for column in table.columns:
        cells = raw.cells[column.name].cat
        texts = cells.categories.to_numpy(dtype=object)
        codes = cells.codes.to_numpy()
        good = _good(column, texts)
        columns[column.name] = _typed(column, texts, good, codes)
        if not good.all():
            bad_rows = np.flatnonzero(~good[codes])
            faulty[bad_rows] = True
            _explain(table, column, raw, texts, bad_rows, codes, report)
    return pd.DataFrame(columns), faulty


def _good(column, texts):
    """Which of the texts a cell of the column may hold."""
    empty = texts == ""
    good = np.fromiter((_is_good(column, text) for text in texts), dtype=bool, count=len(texts))
    return np.where(empty, not column.required, good)


def _is_good(column, text):
    if column.kind == "choice":
        return text in column.allowed
    if column.kind == "yes/no":
        return text in _YES_NO
    if column.kind == "count":
        return bool(_WHOLE.fullmatch(text)) and _within(column, text)
    if column.kind == "number":
        return bool(_NUMBER.fullmatch(text)) and _within(column, text)
    if column.pattern and not re.fullmatch(column.pattern, text):
        return False
    return len(text) <= column.max_length and _is_clean(text)


def _is_clean(text):
    return bool(_CLEAN.fullmatch(text)) and not _GARBLED.search(text) and not _MISSING_IN_TEXT.fullmatch(text)


def _within(column, text):
    value = float(text)
    low = (
        column.minimum is None
        or value > column.minimum
        or (value == column.minimum and not column.above_minimum)
    )
    return low and (column.maximum is None or value <= column.maximum)


def _typed(column, texts, good, codes):
    """The column in its dtype; cells that are empty or not good are missing."""
    texts = np.where(good, texts, "")
    given = texts != ""
    if column.kind == "choice":
        place = {text: i for i, text in enumerate(column.allowed)}
        places = np.array([place.get(text, -1) for text in texts], dtype=np.int64)
        return pd.Categorical.from_codes(places[codes], list(column.allowed), ordered=column.ordered)
    if column.kind in ("count", "number"):
        numbers = np.array([float(text) if text else np.nan for text in texts], dtype=float)
        if column.kind == "number":
            return numbers[codes]
        whole = np.where(given, numbers, 0).astype(np.int64)
        return pd.arrays.IntegerArray(whole[codes], ~given[codes])
    if column.kind == "yes/no":
        truth = np.array([_YES_NO.get(text, False) for text in texts], dtype=bool)
        return pd.arrays.BooleanArray(truth[codes], ~given[codes])
    return pd.array([text or None for text in texts], dtype="str").take(codes)


def _explain(table, column, raw, texts, bad_rows, codes, report):
    by_rule = {}
    explained = {}
    for position in bad_rows:
        code = codes[position]
        if code not in explained and len(explained) < KEPT:
            explained[code] = _why(column, texts[code])
        rule, _ = explained.get(code, ("not-listed", ""))
        by_rule.setdefault(rule, []).append(position)
    for rule, positions in by_rule.items():

        def describe(position, rule=rule):
            text = texts[codes[position]]
            message = explained.get(codes[position], ("", "It is not what this column holds."))[1]
            trial, arm = (_key(table, raw, position, name) for name in ("trial", "arm"))
            row = int(raw.rows[position])
            place = (raw.file, row, column.name, text[:200])
            return Finding(*place, rule, message, column.rule, "error", trial, arm)

        report.add_rows(positions, describe, rule=rule, level="error")


def _key(table, raw, position, name):
    return str(raw.cells[name].iloc[position])[:80] if name in table.names else ""


def _why(column, text):
    """The rule that a text breaks, and a sentence that says what to write instead."""
    if text == "":
        return "value-missing", "The cell is empty, but this column is always needed."
    return _why_not_clean(column, text) or _WHY[column.kind](column, text)


def _why_not_clean(column, text):
    hidden = _HIDDEN_PATTERN.search(text)
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
    missing = _MISSING_WORDS if column.kind != "text" or column.pattern else _MISSING_IN_TEXT
    if missing.fullmatch(text) and text not in column.allowed:
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
