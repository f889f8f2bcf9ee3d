"""One plotted figure changed in a copy of the tables fails the notebook that shows it."""

import csv

import pytest
from checkout import copied, nbval

import mesoviz

LANDMARK_MONTHS = {"12", "24", "36", "60"}


def plus(step):
    """Change a number by one unit of what is printed."""
    return lambda text: f"{round(float(text) + step, 2):g}"


def next_year(text):
    """Move a date, written YYYY or YYYY-MM, by a year."""
    return str(int(text[:4]) + 1) + text[4:]


def any_row(row):
    return True


# notebook, table, column, change, which rows the notebook shows
MUTATIONS = (
    ("01-survival", "trials", "os_median_months", plus(0.1), any_row),
    ("01-survival", "trials", "os_high_months", plus(0.1), any_row),
    ("01-survival", "trials", "pfs_median_months", plus(-0.1), any_row),
    ("01-survival", "landmarks", "survival_pct", plus(-0.1), lambda row: row["month"] in LANDMARK_MONTHS),
    ("01-survival", "curves", "survival_pct", plus(-0.1), lambda row: row["month"] == "7"),
    ("02-response", "trials", "stable_disease", plus(1), any_row),
    ("02-response", "trials", "objective_response_pct", plus(1), lambda row: not row["objective_response"]),
    ("03-enrollment", "trials", "n", plus(1), lambda row: not row["part_of"]),
    ("03-enrollment", "trials", "planned", plus(1), lambda row: row["first_patient"]),
    ("03-enrollment", "trials", "last_patient", next_year, lambda row: row["first_patient"]),
)


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    return copied(tmp_path_factory.mktemp("checkout"))


def passes_the_checks(checkout):
    try:
        mesoviz.load_evidence(checkout / "data")
    except mesoviz.DataError:
        return False
    return True


def mutate(checkout, table, column, change, shown):
    """Change the first cell of `column` whose new value no check objects to; what the file held before."""
    path = checkout / "data" / f"{table}.csv"
    before = path.read_bytes()
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    place = header.index(column)
    for row in rows:
        old = row[place]
        if not old or not shown(dict(zip(header, row, strict=True))):
            continue
        row[place] = change(old)
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows([header, *rows])
        if passes_the_checks(checkout):
            return before
        row[place] = old
    raise LookupError(f"no cell of {table}.{column} can be changed within the rules")


def test_the_copy_passes_as_it_is(checkout):
    # One is enough: that each passes in the project itself, every run of the tests shows.
    code, printed = nbval(checkout, "03-enrollment")
    assert code == 0, printed


@pytest.mark.parametrize(
    "name, table, column, change, shown", MUTATIONS, ids=[f"{m[0]}-{m[1]}-{m[2]}" for m in MUTATIONS]
)
def test_a_changed_figure_fails_its_notebook(checkout, name, table, column, change, shown):
    before = mutate(checkout, table, column, change, shown)
    code, printed = nbval(checkout, name)
    (checkout / "data" / f"{table}.csv").write_bytes(before)
    assert code == 1, printed
    assert f"FAILED notebooks/{name}.ipynb::Cell " in printed
    assert "Cell outputs differ" in printed
