"""Cells and files that are written wrongly, and rows and columns that are lost, repeated or moved."""

import codecs
import gzip

from kinds import cells, digits, is_number, kind, numeric, words
from sheets import Change

_LONG_LINE = 300_000_000
_PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\6\0\0\0\x1f\x15\xc4\x89"


def _counted(column):
    return column.kind == "count"


def _given(text):
    return lambda dice, cell, row, column: text if cell else None


def _added(before="", after=""):
    return lambda dice, cell, row, column: before + cell + after if cell else None


# Single cells


@cells("comma for the decimal point", "form", numeric)
def comma_decimals(dice, text, row, column):
    return text.replace(".", ",") if "." in text else None


@cells("thousands separator", "form", numeric)
def thousands_separator(dice, text, row, column):
    return f"{dice.randint(1, 9)},{dice.randint(0, 999):03}" if text else None


@cells("word for missing", "form", lambda column: column.kind != "text" or column.pattern)
def word_for_missing(dice, text, row, column):
    return None if text or column.required else dice.choice(("NR", "n/a", "-", "NA", "nan", "–", "none"))


@cells("date in another form", "form", lambda column: column.name in ("first_patient", "last_patient"))
def date_in_another_form(dice, text, row, column):
    if not text:
        return None
    year, month = text[:4], text[5:] or "03"
    return dice.choice((f"{month}/{year}", f"{year}/{month}", f"Mar {year}", f"{year}-{month}-01", year[2:]))


@cells("TRUE for yes", "form", lambda column: column.kind == "yes/no")
def true_for_yes(dice, text, row, column):
    return {"yes": "TRUE", "no": "FALSE"}.get(text)


@cells("category in other letters", "form", lambda column: column.kind == "choice")
def category_in_other_letters(dice, text, row, column):
    return dice.choice((text.swapcase(), text[:-1], text + "s")) if text.isalpha() else None


@cells("letter for a digit", "form", numeric)
def letter_for_a_digit(dice, text, row, column):
    fitting = [at for at in digits(text) if text[at] in "015"]
    if not fitting:
        return None
    at = dice.choice(fitting)
    return text[:at] + {"0": "O", "1": "l", "5": "S"}[text[at]] + text[at + 1 :]


@cells("count that is not whole", "form", _counted)
def count_not_whole(dice, text, row, column):
    return text + dice.choice((".5", ".0", ".")) if text else None


@cells("very long text", "form", lambda column: column.kind in ("text", "list"))
def very_long_text(dice, text, row, column):
    return (text or "x") * 2000


@cells("encoding misread", "form", words)
def encoding_misread(dice, text, row, column):
    """Text in UTF-8 that was read as Windows-1252 and saved again."""
    return None if text.isascii() else text.encode().decode("cp1252", errors="replace").replace("�", "€")


cells("negative number", "form", numeric)(_added("-"))
cells("percent sign", "form", numeric)(_added(after="%"))
cells("sign before a number", "form", numeric)(_added("<"))
cells("unit in the cell", "form", numeric)(_added(after=" months"))
cells("hazard ratio zero", "form", lambda column: column.name in ("hazard_ratio", "low", "high"))(_given("0"))
cells("nobody evaluable", "form", lambda column: column.name in ("evaluable", "n", "denominator"))(
    _given("0")
)
cells("infinite number", "form", numeric)(_given("inf"))
cells("number beyond all bounds", "form", numeric)(_given("1e309"))
cells("formula", "form", lambda column: column.kind in ("text", "list") or numeric(column))(_added("=1+"))
cells("no-break space", "form", lambda column: True)(_added(after="\u00a0"))
cells("invisible character", "form", lambda column: True)(_added(after="\u200b"))
cells("blank before the text", "form", lambda column: True)(_added(" "))
cells("line break in a cell", "form", lambda column: True)(_added(after="\nx"))


# Files


def file_kind(name, what):
    """Declare a kind that changes the bytes of a file."""

    def declare(change):
        @kind(name, "file")
        def change_file(dice, table):
            data = change(dice, table)
            return None if data is None or data == table.as_bytes() else Change(data, what)

        return change

    return declare


def _middle(dice, data):
    """A place in the file behind its header."""
    return dice.randrange(data.index(b"\n") + 2, len(data) - 1)


@file_kind("quotes unbalanced", "a quotation mark left out")
def quotes_unbalanced(dice, table):
    data = table.as_bytes()
    places = [at for at in range(len(data)) if data[at] == 0x22]
    if not places:
        return None
    at = dice.choice(places)
    return data[:at] + data[at + 1 :]


@file_kind("stray quotation mark", "a quotation mark too many")
def stray_quotation_mark(dice, table):
    data = table.as_bytes()
    at = _middle(dice, data)
    return data[:at] + b'"' + data[at:]


@file_kind("encoding broken", "saved as Latin-1")
def encoding_broken(dice, table):
    text = table.as_bytes().decode()
    return None if text.isascii() else text.encode("latin-1", errors="replace")


@file_kind("encoded as UTF-16", "saved as UTF-16")
def utf_16(dice, table):
    return table.as_bytes().decode().encode("utf-16")


@file_kind("byte order mark", "saved with a byte order mark")
def byte_order_mark(dice, table):
    return codecs.BOM_UTF8 + table.as_bytes()


@file_kind("CRLF", "saved with CRLF line ends")
def crlf(dice, table):
    return table.as_bytes(lineterminator="\r\n")


@file_kind("CR alone", "saved with CR line ends")
def cr_alone(dice, table):
    return table.as_bytes(lineterminator="\r")


@file_kind("every cell in quotes", "saved with every cell in quotation marks")
def every_cell_in_quotes(dice, table):
    return table.as_bytes(quoting=1)


@file_kind("no line end at the end", "saved without the last line end")
def no_last_line_end(dice, table):
    return table.as_bytes().removesuffix(b"\n")


@file_kind("semicolons for commas", "saved with semicolons")
def semicolons(dice, table):
    return table.as_bytes(delimiter=";")


@file_kind("tabs for commas", "saved with tabs")
def tabs(dice, table):
    return table.as_bytes(delimiter="\t")


@file_kind("comma at the end of every line", "a comma at the end of every line")
def trailing_delimiter(dice, table):
    return table.as_bytes().replace(b"\n", b",\n")


@file_kind("empty file", "emptied")
def empty_file(dice, table):
    return dice.choice((b"", b"\n", b" \n\n"))


@file_kind("header alone", "all rows lost")
def header_alone(dice, table):
    return table.as_bytes(rows=[])


@file_kind("binary file", "replaced by a binary file")
def binary_file(dice, table):
    data = table.as_bytes()
    return dice.choice(
        (_PNG, gzip.compress(data, mtime=0), data.replace(b",", b"\0", 3), dice.randbytes(4000))
    )


@file_kind("line of 300 MB", "a line of 300 MB at the end")
def line_of_300_mb(dice, table):
    return table.as_bytes() + b"x" * _LONG_LINE


@file_kind("file cut off", "cut off in the middle")
def file_cut_off(dice, table):
    data = table.as_bytes()
    return data[: _middle(dice, data)]


@file_kind("line break lost", "two lines joined")
def line_break_lost(dice, table):
    data = table.as_bytes()
    places = [at for at in range(len(data) - 1) if data[at] == 0x0A]
    at = dice.choice(places)
    return data[:at] + data[at + 1 :]


@file_kind("blank line", "a blank line")
def blank_line(dice, table):
    data = table.as_bytes()
    at = data.index(b"\n", _middle(dice, data)) + 1
    return data[:at] + b"\n" + data[at:]


@file_kind("header missing", "its header left out")
def header_missing(dice, table):
    return table.as_bytes().partition(b"\n")[2]


@file_kind("header in other letters", "a column name in other letters")
def header_in_other_letters(dice, table):
    at = dice.randrange(len(table.header))
    new = dice.choice((str.upper, str.title, lambda name: name.replace("_", " ") + " "))(table.header[at])
    return table.as_bytes(header=[*table.header[:at], new, *table.header[at + 1 :]])


@file_kind("column named twice", "a column named like another")
def column_named_twice(dice, table):
    a, b = dice.sample(range(len(table.header)), 2)
    return table.as_bytes(header=[*table.header[:a], table.header[b], *table.header[a + 1 :]])


@file_kind("extra column", "a column more")
def extra_column(dice, table):
    rows = [[*row, "x"] for row in table.rows]
    return table.as_bytes(header=[*table.header, dice.choice(("comment", "", "n2"))], rows=rows)


@file_kind("column lost", "a column less")
def column_lost(dice, table):
    at = dice.randrange(len(table.header))
    header, *rows = ([*row[:at], *row[at + 1 :]] for row in (table.header, *table.rows))
    return table.as_bytes(header=header, rows=rows)


@file_kind("columns in another order", "its columns reordered")
def columns_reordered(dice, table):
    order = dice.sample(range(len(table.header)), len(table.header))
    header, *rows = ([row[at] for at in order] for row in (table.header, *table.rows))
    return table.as_bytes(header=header, rows=rows)


# Rows and columns


@kind("names of two columns exchanged", "rows")
def column_names_exchanged(dice, table):
    a, b = dice.sample(range(len(table.header)), 2)
    if [row[a] for row in table.rows] == [row[b] for row in table.rows]:
        return None
    header = list(table.header)
    header[a], header[b] = header[b], header[a]
    rows = frozenset(range(2, len(table.rows) + 2))
    what = f"the names of {header[a]} and {header[b]} exchanged"
    return Change(table.as_bytes(header=header), what, rows, frozenset((header[a], header[b])))


@kind("cells shifted in a row", "rows")
def cells_shifted(dice, table):
    """A cell too many in the middle of a row, and its last one lost."""
    at = dice.randrange(len(table.rows))
    row = list(table.rows[at])
    column = dice.randrange(len(row) - 1)
    row = [*row[:column], "", *row[column:-1]]
    if tuple(row) == table.rows[at]:
        return None
    rows = [*table.rows[:at], row, *table.rows[at + 1 :]]
    return table.with_rows(rows, f"the cells from {table.header[column]} on shifted to the right", (at + 2,))


@kind("column shifted down", "rows")
def column_shifted_down(dice, table):
    """All values of a column one row too low, from some row on."""
    columns = [
        at for at, column in enumerate(table.header) if table.get(0, column) or numeric(table.columns[at])
    ]
    column, start = dice.choice(columns), dice.randrange(len(table.rows) - 1)
    rows = [list(row) for row in table.rows]
    for at in range(len(rows) - 1, start, -1):
        rows[at][column] = table.rows[at - 1][column]
    if tuple(map(tuple, rows)) == table.rows:
        return None
    what = f"the cells of {table.header[column]} from row {start + 2} on shifted down"
    return table.with_rows(rows, what, range(start + 3, len(rows) + 2))


@kind("row repeated", "rows")
def row_repeated(dice, table):
    at, to = dice.randrange(len(table.rows)), dice.randrange(len(table.rows))
    rows = [*table.rows[:to], table.rows[at], *table.rows[to:]]
    return table.with_rows(rows, "a row repeated", (at + 2, to + 2, at + 3))


@kind("row repeated with another value", "rows")
def row_repeated_with_another_value(dice, table):
    """A row entered a second time with one number changed."""
    names = [column.name for column in table.columns if numeric(column)]
    at = dice.randrange(len(table.rows))
    given = [name for name in names if is_number(table.get(at, name))]
    if not given:
        return None
    again, name = list(table.rows[at]), dice.choice(given)
    again[table.place(name)] = str(int(float(table.get(at, name))) + 1)
    return table.with_rows(
        [*table.rows, again], f"a row repeated with another {name}", (at + 2, len(table.rows) + 2)
    )


@kind("row dropped", "rows")
def row_dropped(dice, table):
    at = dice.randrange(len(table.rows))
    rows = [*table.rows[:at], *table.rows[at + 1 :]]
    return table.with_rows(rows, f"the row of {' / '.join(table.rows[at][:4])[:60]} dropped")


@kind("arm dropped", "rows")
def arm_dropped(dice, table):
    if table.name != "trials":
        return None
    at = table.any_row(dice, lambda row: row["design"] == "randomized")
    rows = [*table.rows[:at], *table.rows[at + 1 :]]
    return table.with_rows(rows, f"the arm {table.get(at, 'arm')} of {table.get(at, 'trial')} dropped")


@kind("trial dropped", "rows")
def trial_dropped(dice, table):
    if table.name != "trials":
        return None
    trial = dice.choice(table.rows)[0]
    return table.with_rows([row for row in table.rows if row[0] != trial], f"all arms of {trial} dropped")


@kind("rows in another order", "rows")
def rows_in_another_order(dice, table):
    return table.with_rows(dice.sample(table.rows, len(table.rows)), "its rows shuffled")
