"""The command line: tick lists, exit codes, and never a traceback."""

import io
import subprocess
import sys

import pytest
from data_helpers import DATA, as_csv, changed_folder, copy_of_data, put, rows_of

import mesoviz as mv
from mesoviz import cli
from mesoviz._checks._all import RULES
from mesoviz._checks._codebook import codebook_text, package_text

MAPS = {"trial": "maps", "arm": "bevacizumab-pemetrexed-cisplatin"}


def run(capsys, *arguments):
    status = cli.main([str(argument) for argument in arguments])
    return status, capsys.readouterr().out.splitlines()


def test_the_given_tables_pass_with_one_line_a_rule(capsys):
    status, lines = run(capsys, "check")
    assert status == 0 and lines[-1] == "No errors."
    for name in {rule.name for rule in RULES}:
        (line,) = (line for line in lines if line[2:].startswith((f"{name} -", f"{name}:")))
        assert line[0] in "✓!•"
    assert f"trials: {len(rows_of('trials'))} rows read" in lines
    assert any(line.startswith("• arms-sum-to-enrolled: 8 known") for line in lines)


def test_errors_are_crossed_listed_and_make_it_fail(capsys, tmp_path):
    folder = changed_folder(tmp_path, "trials", put(MAPS, {"os_median_months": "28.8"}))
    status, lines = run(capsys, "check", folder)
    assert status == 1 and lines[-1] == "1 error"
    assert any(line.startswith("✗ median-in-interval: 1 error -") for line in lines)
    (detail,) = (line for line in lines if "28.8 is not inside" in line)
    assert detail.startswith("  trials.csv, row 196, column os_median_months: ")
    assert detail.endswith("[maps/bevacizumab-pemetrexed-cisplatin]")


def test_one_file_is_checked_among_the_projects_own(capsys, tmp_path):
    rows = put(MAPS, {"therapy": "Snake oil"})(rows_of("trials"))
    path = tmp_path / "trials.csv"
    path.write_text(as_csv("trials", rows), encoding="utf-8", newline="\n")
    status, lines = run(capsys, "check", path)
    assert status == 1 and any("There is no Snake oil in therapies.csv" in line for line in lines)
    assert not any(line.startswith("landmarks:") for line in lines)


def test_a_file_is_known_by_its_header_where_its_name_says_nothing(capsys, tmp_path):
    path = tmp_path / "mine.csv"
    path.write_bytes((DATA / "therapies.csv").read_bytes())
    status, lines = run(capsys, "check", path)
    assert status == 0 and lines[0] == f"therapies: {len(rows_of('therapies'))} rows read"
    assert mv.check(path).empty


BAD = {
    "nothing.csv": (None, "There is no file"),
    "trials.csv": (b"", "The file is empty."),
    "therapies.csv": (b"\xff\xfet\0", "UTF-16"),
    "sources.csv": (b"source;authors\n", "separated by semicolons"),
    "claims.csv": (b"claim,claim\n", "Two columns are called"),
    "targets.csv": ("strategy,Größe\n".encode("latin-1"), "not encoded as UTF-8"),
    "prose.txt": (b"Dear reader,\nhello.\n", "none of the tables"),
    "picture.png": (bytes(range(256)), "none of the tables"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_file_that_cannot_be_read_gets_a_sentence(capsys, tmp_path, name):
    data, words = BAD[name]
    if data is not None:
        (tmp_path / name).write_bytes(data)
    status, lines = run(capsys, "check", tmp_path / name)
    assert status == 1 and any(words in line for line in lines)
    assert not any("Traceback" in line for line in lines)


def test_a_folder_without_any_table_is_one_sentence(capsys, tmp_path):
    status, lines = run(capsys, "check", tmp_path)
    assert status == 1 and lines[-1] == "1 error"
    assert any("holds none of the tables" in line for line in lines)


@pytest.mark.parametrize("text", ["", "a b", "Ä"])
def test_a_row_without_a_readable_trial_is_no_traceback(capsys, tmp_path, text):
    path = tmp_path / "trials.csv"
    path.write_text(as_csv("trials", put(MAPS, {"trial": text})(rows_of("trials"))), encoding="utf-8")
    status, lines = run(capsys, "check", path)
    assert status == 1 and any("column trial:" in line for line in lines)


def test_the_errors_of_one_file_are_counted_beyond_those_listed(capsys, tmp_path):
    rows = [row | {"n": "many"} for row in rows_of("trials")] * 4
    path = tmp_path / "trials.csv"
    path.write_text(as_csv("trials", rows), encoding="utf-8", newline="\n")
    _, lines = run(capsys, "check", path)
    assert len(rows) > 1000 and any(f"not-a-whole-number: {len(rows)} errors" in line for line in lines)


def test_an_address_is_not_checked_but_loaded(capsys):
    _, lines = run(capsys, "check", "https://me:secret@example.org/trials.csv")
    assert lines[-1] == "1 error" and any("load functions" in line for line in lines)
    assert not any("secret" in line for line in lines)


@pytest.mark.parametrize("name", ["a" * 5000, "a/" * 2500 + "trials.csv", "a\0b"])
def test_a_path_that_no_file_can_have_is_one_sentence(capsys, name):
    status, lines = run(capsys, "check", name)
    assert status == 1 and lines[-1] == "1 error"


def test_many_problems_are_listed_up_to_a_hundred(capsys, tmp_path):
    rows = put({"role": "experimental"}, {"role": "tested"})(rows_of("trials"))
    path = tmp_path / "trials.csv"
    path.write_text(as_csv("trials", rows), encoding="utf-8", newline="\n")
    status, lines = run(capsys, "check", path)
    assert status == 1 and sum("“tested”" in line for line in lines) == 100
    assert any(line.startswith("  and ") and line.endswith(" more") for line in lines)


def test_a_plain_terminal_gets_plain_marks(monkeypatch):
    out = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", out)
    assert cli.main(["check"]) == 0
    out.seek(0)
    text = out.read()
    assert "ok median-in-interval" in text and "* arms-sum-to-enrolled" in text


def test_the_codebook_is_written_into_the_data_folder(capsys, tmp_path, monkeypatch):
    from mesoviz._tables import _validate

    monkeypatch.setattr(_validate, "data_folder", lambda: tmp_path)
    status, lines = run(capsys, "codebook")
    assert status == 0 and lines == ["datapackage.json written", "README.md written"]
    assert (tmp_path / "README.md").read_bytes() == codebook_text().encode()
    assert (tmp_path / "datapackage.json").read_bytes() == package_text().encode()


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (["--version"], 0, f"mesoviz {mv.__version__}"),
        (["--help"], 0, "check a table, a folder of tables"),
        ([], 2, "required: COMMAND"),
        (["draw"], 2, "invalid choice: 'draw'"),
    ],
)
def test_the_module_runs_by_itself(arguments, status, words):
    done = subprocess.run([sys.executable, "-m", "mesoviz", *arguments], capture_output=True, text=True)
    assert done.returncode == status and words in done.stdout + done.stderr


def test_a_reader_who_has_read_enough_is_no_traceback():
    command = [sys.executable, "-m", "mesoviz", "check"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        running.stdout.close()
        assert "Traceback" not in running.stderr.read()


def test_check_never_raises_on_bad_content(tmp_path):
    copy_of_data(tmp_path)
    for name in ("trials.csv", "sources.csv", "therapies.csv"):
        (tmp_path / name).write_bytes(b'"')
    found = mv.check(tmp_path)
    assert set(found["rule"]) >= {"unbalanced-quotes"} and set(found["level"]) <= {
        "error",
        "known",
        "implausible",
    }
