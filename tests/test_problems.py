"""Bad input is refused, every problem at once, each in a sentence that says where and what."""

import io
import re

import pandas as pd
import pytest
from data_helpers import DATA, as_csv, changed_folder, copy_of_data, matching, put, rows_of

import mesoviz as mv
from mesoviz._checks._faults import CELL_FAULTS, FILE_FAULTS

GIVEN = (DATA / "therapies.csv").read_bytes()
HEADER, *LINES = GIVEN.decode().splitlines(keepends=True)
MAPS = {"trial": "maps", "arm": "bevacizumab-pemetrexed-cisplatin"}


def problems_of(load, *arguments):
    with pytest.raises(mv.DataError) as caught:
        load(*arguments)
    return caught.value


def fault_of(data):
    """The one problem of a therapies table."""
    error = problems_of(mv.load_therapies, io.BytesIO(data))
    assert error.total == 1, str(error)
    return error.problems.iloc[0]


# Bytes of a therapies table that is wrong in its form: the rule, and a word of the message.
FORMS = {
    "file-empty": (b" \n", "empty"),
    "byte-order-mark": (b"\xef\xbb\xbf" + GIVEN, "byte order mark"),
    "not-text": (GIVEN[:300] + b"\0" + GIVEN[300:], "NUL"),
    "line-endings": (GIVEN.replace(b"\n", b"\r"), "CR alone"),
    "unbalanced-quotes": (GIVEN.replace(b"\nAZD4547,", b'\n"AZD4547,', 1), "quotation mark"),
    "wrong-separator": (GIVEN.replace(b",", b";"), "semicolons"),
    "header-missing": ("".join(LINES).encode(), "header"),
    "header-duplicated": (GIVEN.replace(b"backbone", b"agent", 1), "Two columns are called"),
    "column-missing": (GIVEN.replace(b",target_ids", b"", 1), "missing"),
    "column-unknown": (GIVEN.replace(b"therapy_label", b"Therapy_Label", 1), "is therapy_label meant?"),
    "row-blank": (GIVEN + b",,,,,,,\n", "blank"),
    "row-length": (GIVEN.replace(b"AZD4547,AZD4547,", b"AZD4547,AZD4547,,", 1), "9 cells"),
}


@pytest.mark.parametrize("rule", FORMS)
def test_each_fault_of_form_gets_its_own_sentence(rule):
    data, word = FORMS[rule]
    error = problems_of(mv.load_therapies, io.BytesIO(data))
    first = error.problems[error.problems["rule"] == rule].iloc[0]
    assert word in first["message"] and first["message"][-1] in ".?"
    assert first["file"] == "therapies.csv"
    assert rule in FILE_FAULTS


@pytest.mark.parametrize("encoding", ["utf-16", "latin-1", "cp1252"])
def test_another_encoding_is_named(encoding):
    text = GIVEN.decode().replace("AZD4547", "Bézanson", 1)
    fault = fault_of(text.encode(encoding))
    assert fault["rule"] == "wrong-encoding" and "UTF-8" in fault["message"]


def test_an_open_file_in_another_encoding_is_named(tmp_path):
    path = tmp_path / "therapies.csv"
    path.write_bytes(GIVEN.decode().replace("AZD4547", "Bézanson", 1).encode("latin-1"))
    with open(path, encoding="utf-8") as file:
        assert problems_of(mv.load_therapies, file).problems["rule"].tolist() == ["wrong-encoding"]


def test_crlf_is_read_and_listed(tmp_path):
    copy_of_data(tmp_path)
    (tmp_path / "therapies.csv").write_bytes(GIVEN.replace(b"\n", b"\r\n"))
    pd.testing.assert_frame_equal(mv.load_therapies(tmp_path / "therapies.csv"), mv.load_therapies())
    found = mv.check(tmp_path / "therapies.csv")
    assert found[["rule", "level"]].values.tolist() == [["line-endings", "implausible"]]


@pytest.mark.parametrize("ending", [b"", b"\n"])
def test_the_last_line_end_may_be_missing(ending):
    assert len(mv.load_therapies(io.BytesIO(GIVEN.rstrip(b"\n") + ending))) == len(LINES)


def test_missing_files_and_folders_in_place_of_files(tmp_path):
    for place, words in ((tmp_path / "none.csv", "There is no file"), (tmp_path, "is a folder")):
        error = problems_of(mv.load_therapies, place)
        assert error.problems["rule"].tolist() == ["file-missing"] and words in str(error)


def test_a_file_name_with_a_nul_is_no_traceback():
    assert problems_of(mv.load_therapies, "a\0b.csv").problems["rule"].tolist() == ["file-missing"]


@pytest.mark.parametrize("how", ["path", "binary", "text"])
def test_a_file_is_bounded(monkeypatch, tmp_path, how):
    from mesoviz._tables import _fetch

    monkeypatch.setattr(_fetch, "LARGEST_FILE", 1000)
    path = tmp_path / "therapies.csv"
    path.write_bytes(GIVEN)
    place = {"path": path, "binary": io.BytesIO(GIVEN), "text": io.StringIO(GIVEN.decode())}[how]
    found = problems_of(mv.load_therapies, place).problems
    assert found.loc[found["file"] == "therapies.csv", "rule"].tolist() == ["file-too-large"]


# A cell of the trials, what is written in it, the rule, and words of the message.
CELLS = [
    ("n", "12,5", "not-a-whole-number", "a decimal point, not a comma"),
    ("n", "1,704", "not-a-whole-number", "without commas"),
    ("n", "12.5", "not-a-whole-number", "is not a whole number"),
    ("n", "223.0", "not-a-whole-number", "without a decimal point"),
    ("n", "-223", "out-of-range", "at least 1"),
    ("n", "0", "out-of-range", "at least 1"),
    ("n", "٢٢٣", "not-a-whole-number", "is not a whole number"),
    ("os_median_months", "18,8", "not-a-number", "a decimal point, not a comma"),
    ("os_median_months", "NR", "missing-word", "leave the cell empty"),
    ("os_median_months", "n/a", "missing-word", "leave the cell empty"),
    ("os_median_months", "-", "missing-word", "leave the cell empty"),
    ("os_median_months", "not reached", "not-a-number", "is not a number"),
    ("os_median_months", "0", "out-of-range", "above 0"),
    ("os_median_months", "inf", "not-a-number", "is not a number"),
    ("os_median_months", "nan", "missing-word", "leave the cell empty"),
    ("os_median_months", "1e309", "out-of-range", "at most"),
    ("os_median_months", "-1e309", "out-of-range", "above 0"),
    ("os_median_months", "18.8 ", "blanks", "blanks before or after"),
    ("os_median_months", "18.8\u00a0", "invisible-character", "U+00A0"),
    ("os_median_months", ".5", "not-a-number", "is not a number"),
    ("os_median_months", "0x12", "not-a-number", "is not a number"),
    ("os_median_months", "1_0", "not-a-number", "is not a number"),
    ("grade3plus_ae_pct", "71%", "not-a-number", "percent sign"),
    ("grade3plus_ae_pct", "<71", "not-a-number", "the number alone"),
    ("primary_endpoint_met", "TRUE", "not-yes-or-no", "write yes"),
    ("primary_endpoint_met", "Yes", "not-yes-or-no", "write yes"),
    ("primary_endpoint_met", "0", "not-yes-or-no", "write no"),
    ("phase", "III", "not-allowed", "none of the words"),
    ("role", "Experimental", "not-allowed", "is experimental meant?"),
    ("arm_setting", "first line", "not-allowed", "is first-line meant?"),
    ("registry_id", "NCT0065145", "wrong-form", "NCT00651456"),
    ("first_patient", "02/2008", "wrong-form", "2008-02 or 2008"),
    ("first_patient", "2008-13", "wrong-form", "2008-02 or 2008"),
    ("trial", "mаps", "wrong-form", "is not a plain letter"),
    ("trial", "", "value-missing", "always needed"),
    ("regimen", "", "value-missing", "always needed"),
    ("regimen", "NR", "missing-word", "leave the cell empty"),
    ("regimen", " Bevacizumab", "blanks", "blanks before or after"),
    ("regimen", "Beva\u200bcizumab", "invisible-character", "zero width space"),
    ("regimen", "Beva\ncizumab", "invisible-character", "U+000A"),
    ("regimen", "Beva\tcizumab", "invisible-character", "U+0009"),
    ("regimen", "Beva\u202ecizumab", "invisible-character", "U+202E"),
    ("regimen", "=1+1", "formula", "formula"),
    ("regimen", "+1", "formula", "formula"),
    ("regimen", "-1", "formula", "formula"),
    ("regimen", "@SUM(A1)", "formula", "formula"),
    ("regimen", "RiviÃ¨re", "broken-encoding", "another encoding"),
    ("regimen", "x" * 100_000, "too-long", "100000 characters"),
    ("trial_label", "A label that no axis could hold", "too-long", "at most 24"),
]


@pytest.mark.parametrize(
    ("column", "text", "rule", "words"), CELLS, ids=lambda value: value[:12].encode("unicode_escape").decode()
)
def test_each_fault_of_a_cell_gets_its_own_sentence(column, text, rule, words):
    rows = rows_of("trials")
    (row,) = matching(rows, MAPS)
    place = 2 + rows.index(row)
    row[column] = text
    error = problems_of(mv.load_trials, io.StringIO(as_csv("trials", rows)))
    mine = error.problems[error.problems["column"] == column]
    assert mine["rule"].tolist() == [rule], str(error)
    (found,) = mine.to_dict("records")
    assert (found["file"], found["row"], found["value"]) == ("trials.csv", place, text[:200])
    assert words in found["message"] and found["level"] == "error" and found["allowed"]
    assert f"trials.csv, row {place}, column {column}: " in str(error)
    assert len(str(error)) < 20_000 and "\u202e" not in str(error)
    assert rule in CELL_FAULTS


def test_every_fault_is_provoked_by_a_test():
    assert {rule for _, _, rule, _ in CELLS} == set(CELL_FAULTS)
    elsewhere = {
        "file-missing",
        "file-too-large",
        "address-refused",
        "address-unreadable",
        "table-unknown",
        "wrong-encoding",
        "rows-missing",
    }
    assert set(FORMS) | elsewhere == set(FILE_FAULTS)


def test_letters_signs_and_scripts_are_welcome():
    rows = rows_of("trials")
    matching(rows, MAPS)[0]["regimen"] = "Бевацизумаб 貝伐 بيفاسيزوماب e\u0301 🙂 ≥ 15 mg/kg – “q3w” (α)"
    loaded = mv.load_trials(io.StringIO(as_csv("trials", rows)))
    assert loaded["regimen"].str.contains("🙂").sum() == 1


def test_all_problems_of_all_tables_come_at_once(tmp_path):
    changed_folder(tmp_path, "trials", put(MAPS, {"n": "many", "os_source": "nobody1900", "phase": "III"}))
    (tmp_path / "claims.csv").write_bytes(b"")
    (tmp_path / "targets.csv").unlink()
    error = problems_of(mv.load_evidence, tmp_path)
    found = set(zip(error.problems["file"], error.problems["rule"], strict=True))
    assert found >= {
        ("trials.csv", "not-a-whole-number"),
        ("trials.csv", "not-allowed"),
        ("claims.csv", "file-empty"),
        ("targets.csv", "file-missing"),
    }
    assert str(error).startswith(f"{error.total} problems in the data\n")
    assert len(str(error).splitlines()) == error.total + 1


def test_the_first_hundred_problems_are_listed_and_the_rest_is_counted():
    rows = rows_of("trials")
    for row in rows:
        row["os_median_months"] = "NR"
    error = problems_of(mv.load_trials, io.StringIO(as_csv("trials", rows)))
    assert error.total == len(error.problems) == len(rows)
    lines = str(error).splitlines()
    assert len(lines) == 102 and lines[-1] == f"- and {len(rows) - 100} more"


def test_a_table_wrong_in_every_row_is_described_by_its_first_rows():
    line = LINES[0].replace(LINES[0].split(",")[4], "Magic")
    error = problems_of(mv.load_therapies, io.StringIO(HEADER + line * 3000))
    assert error.total == 3000 and len(error.problems) == 1000
    assert str(error).endswith("- and 2900 more")


def test_rows_after_a_quoted_line_end_are_numbered_as_a_spreadsheet_does():
    rows = rows_of("trials")
    rows[0]["notes"] = "one\ntwo"
    rows[3]["n"] = "many"
    found = problems_of(mv.load_trials, io.StringIO(as_csv("trials", rows))).problems
    assert found[["row", "rule"]].values.tolist() == [[2, "invisible-character"], [5, "not-a-whole-number"]]


def test_uneven_rows_are_named_and_the_others_still_judged():
    lines = [HEADER, *LINES]
    lines[5] = lines[5].rstrip("\n") + ",\n"
    lines[8] = "\n"
    lines[9] = lines[9].replace(LINES[8].split(",")[4], "Magic")
    found = problems_of(mv.load_therapies, io.StringIO("".join(lines))).problems
    assert found[["row", "rule"]].values.tolist() == [
        [6, "row-length"],
        [9, "row-blank"],
        [10, "not-allowed"],
    ]


@pytest.mark.parametrize("place", [1, 40, len(LINES)])
def test_a_quotation_mark_that_is_not_closed_is_found_in_its_row(place):
    lines = [HEADER, *LINES]
    lines[place] = '"' + lines[place]
    fault = fault_of("".join(lines).encode())
    assert (fault["rule"], fault["row"]) == ("unbalanced-quotes", place + 1)


class Broken(io.BytesIO):
    """An open file that cannot be read."""

    def read(self, *arguments):
        raise RuntimeError("the line is cut")


class Numbers(io.BytesIO):
    """An open file that gives no text."""

    def read(self, *arguments):
        return 5


@pytest.mark.parametrize(("file", "words"), [(Broken(), "the line is cut"), (Numbers(), "int")])
def test_an_open_file_that_gives_no_text_is_one_sentence(file, words):
    error = problems_of(mv.load_therapies, file)
    assert error.problems["rule"].tolist() == ["file-missing"] and words in str(error)


def test_an_address_with_a_blank_is_one_sentence():
    error = problems_of(mv.load_therapies, "https://example.invalid/a b.csv")
    assert error.problems["rule"].tolist() == ["address-unreadable"]


@pytest.mark.parametrize("scheme", ["https", "ftp"])
def test_no_message_repeats_a_password(scheme):
    error = problems_of(mv.load_therapies, f"{scheme}://me:secret@example.invalid/t.csv")
    assert error.problems["rule"].tolist() == ["address-refused"]
    assert "secret" not in error.problems.to_csv()


def test_a_frame_with_half_a_character_is_one_sentence():
    frame = mv.load_therapies().astype({"agent": "object"})
    frame.loc[3, "agent"] = "\ud800"
    assert problems_of(mv.load_therapies, frame).problems["rule"].tolist() == ["wrong-encoding"]


def test_a_folder_that_is_none_is_one_sentence(tmp_path):
    for place in (tmp_path, tmp_path / "none", "https://me:secret@example.org/data"):
        error = problems_of(mv.load_evidence, place)
        assert error.total == 1 and "secret" not in str(error)


def test_names_are_shown_short_and_without_hidden_characters(tmp_path):
    header = HEADER.rstrip("\n") + ",\u202e" + "x" * 5000 + "\n"
    path = tmp_path / "thera\u202epies.csv"
    path.write_text(header, encoding="utf-8")
    lines = str(problems_of(mv.load_therapies, path))
    assert "\u202e" not in lines and "thera\\u202epies.csv" in lines and len(lines) < 500


@pytest.mark.parametrize("header", [HEADER.upper(), HEADER.replace(",", ", "), HEADER.title()])
def test_names_in_another_case_or_with_blanks_are_one_sentence(header):
    fault = fault_of((header + LINES[0]).encode())
    assert "lower case without blanks" in fault["message"]


def test_a_column_without_a_name_is_numbered():
    fault = fault_of("".join(line.rstrip("\n") + ",\n" for line in (HEADER, LINES[0])).encode())
    count = HEADER.count(",") + 2
    assert fault["message"] == f"Column {count} has no name; does every row end in a comma?"


@pytest.mark.parametrize("start", [b"\x1f\x8b\x08\0", b"PK\x03\x04\x14\0", b"\x89PNG\r\n\x1a\n"])
def test_what_is_no_text_is_known_by_its_first_bytes(start):
    fault = fault_of(start + b"\xff\0")
    assert fault["rule"] == "not-text" and "compressed or binary" in fault["message"]


def test_problems_have_their_columns_and_dtypes():
    problems = problems_of(mv.load_therapies, io.StringIO("a")).problems
    expected = ["file", "row", "column", "value", "rule", "message", "allowed", "level", "trial", "arm"]
    assert problems.columns.tolist() == expected
    assert str(problems["row"].dtype) == "Int64" and str(problems["message"].dtype) == "str"


def test_an_error_can_be_pickled_and_is_a_value_error():
    import pickle

    error = problems_of(mv.load_therapies, io.StringIO("a"))
    again = pickle.loads(pickle.dumps(error))
    assert isinstance(again, ValueError) and str(again) == str(error)


def test_messages_are_single_sentences():
    rows = rows_of("trials")
    matching(rows, MAPS)[0]["regimen"] = "x\r\ny"
    error = problems_of(mv.load_trials, io.StringIO(as_csv("trials", rows), newline=""))
    assert all(re.fullmatch(r"[^\n\r]*[.?]", message) for message in error.problems["message"])
