"""The loaders: dtypes, joins held against the csv module alone, counts, round trips, one's own tables."""

import inspect
import io
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from data_helpers import DATA, as_csv, as_file, copy_of_data, drop, matching, put, rows_of

import mesoviz as mv
from mesoviz._schema import TABLES

LOADERS = {
    "trials": mv.load_trials,
    "landmarks": mv.load_landmarks,
    "curves": mv.load_curves,
    "comparisons": mv.load_comparisons,
    "therapies": mv.load_therapies,
    "sources": mv.load_sources,
    "targets": mv.load_targets,
    "claims": mv.load_claims,
}


@pytest.fixture(scope="module")
def evidence():
    return mv.load_evidence()


def keyed(name, *keys):
    return {tuple(row[key] for key in keys): row for row in rows_of(name)}


@pytest.mark.parametrize("name", TABLES)
def test_every_column_has_its_declared_dtype_and_every_row_is_there(evidence, name):
    frame, table = getattr(evidence, name), TABLES[name]
    assert frame.columns.tolist() == table.names + table.derived_names
    assert len(frame) == len(rows_of(name)) and frame.index.equals(pd.RangeIndex(len(frame)))
    for column in (*table.columns, *table.derived):
        dtype = frame[column.name].dtype
        assert str(dtype) == column.dtype, column.name
        if column.kind == "choice":
            assert tuple(dtype.categories) == column.allowed and dtype.ordered == column.ordered


@pytest.mark.parametrize("name", TABLES)
def test_every_cell_is_what_the_file_says(evidence, name):
    frame = getattr(evidence, name)
    for column in TABLES[name].columns:
        texts = [row[column.name] for row in rows_of(name)]
        values = frame[column.name]
        assert values.isna().tolist() == [text == "" for text in texts], column.name
        if column.kind in ("count", "number"):
            assert [float(value) for value in values.dropna()] == [float(text) for text in texts if text]
        else:
            said = {True: "yes", False: "no"} if column.kind == "yes/no" else {}
            assert [said.get(value, value) for value in values.dropna()] == [text for text in texts if text]


@pytest.mark.parametrize("name", LOADERS)
def test_each_loader_gives_what_load_evidence_gives(evidence, name):
    pd.testing.assert_frame_equal(LOADERS[name](), getattr(evidence, name))


@pytest.mark.parametrize("name", LOADERS)
def test_a_saved_frame_loads_back_identical(evidence, name, tmp_path):
    frame = getattr(evidence, name)
    frame.to_csv(tmp_path / f"{name}.csv", index=False)
    pd.testing.assert_frame_equal(LOADERS[name](tmp_path / f"{name}.csv"), frame)
    pd.testing.assert_frame_equal(LOADERS[name](frame), frame)


def test_what_was_derived_is_worked_out_afresh(evidence):
    frame = evidence.trials.assign(agent="Snake oil", patients=1, os_citation="Nobody 1900")
    pd.testing.assert_frame_equal(mv.load_trials(frame), evidence.trials)


def test_frames_are_fresh_every_time():
    first = mv.load_trials()
    first.loc[:, "n"] = 1
    assert mv.load_trials()["n"].max() > 1


# --- joins, held against the csv module alone ---


def test_trials_carry_their_therapy(evidence):
    therapies = keyed("therapies", "therapy")
    columns = ["therapy_label", "agent", "backbone", "therapy_class"]
    joined = evidence.trials[columns].astype("object").fillna("").to_dict("records")
    for row, got in zip(rows_of("trials"), joined, strict=True):
        assert got == {column: therapies[row["therapy"],][column] for column in columns}


@pytest.mark.parametrize("name", ["landmarks", "curves"])
def test_outcomes_carry_their_arm(evidence, name):
    arms, therapies = keyed("trials", "trial", "arm"), keyed("therapies", "therapy")
    from_arm = ["trial_label", "arm_label", "arm_setting", "role", "part_of", "therapy", "n_source"]
    from_arm += ["disease_site", "population", "overlaps_trial"]
    joined = getattr(evidence, name).astype("object").fillna("").to_dict("records")
    for row, got in zip(rows_of(name), joined, strict=True):
        arm = arms[row["trial"], row["arm"]]
        assert {column: got[column] for column in from_arm} == {column: arm[column] for column in from_arm}
        assert str(got["n"]) == arm["n"]
        for column in ("therapy_label", "agent", "therapy_class"):
            assert got[column] == therapies[arm["therapy"],][column]


def test_comparisons_carry_both_arms(evidence):
    arms, therapies = keyed("trials", "trial", "arm"), keyed("therapies", "therapy")
    sources = keyed("sources", "source")
    joined = evidence.comparisons.astype("object").fillna("").to_dict("records")
    for row, got in zip(rows_of("comparisons"), joined, strict=True):
        sides = {side: arms[row["trial"], row[f"{side}_arm"]] for side in ("experimental", "control")}
        tried = sides["experimental"]
        for side, arm in sides.items():
            median = arm[f"{row['endpoint'].lower()}_median_months"]
            assert got[f"{side}_label"] == therapies[arm["therapy"],]["therapy_label"]
            assert str(got[f"{side}_n"]) == arm["n"]
            assert got[f"{side}_median_months"] == (float(median) if median else "")
        of_trial = ("trial_label", "blinding", "primary_endpoint_type", "second_extraction", "population")
        for column in (*of_trial, "disease_site"):
            assert got[column] == tried[column]
        assert got["setting"] == tried["arm_setting"]
        assert {True: "yes", False: "no"}.get(got["primary_endpoint_met"], "") == tried[
            "primary_endpoint_met"
        ]
        assert got["therapy_class"] == therapies[tried["therapy"],]["therapy_class"]
        assert got["agent"] == therapies[tried["therapy"],]["agent"]
        assert got["source_kind"] == sources[row["source"],]["kind"]


def test_loaders_agree_on_citations(evidence):
    arms = evidence.trials.set_index(["trial", "arm"])
    for name in ("landmarks", "curves"):
        frame = getattr(evidence, name)
        citations = arms["n_citation"].reindex(pd.MultiIndex.from_frame(frame[["trial", "arm"]]))
        assert frame["n_citation"].fillna("").tolist() == citations.fillna("").tolist()


# --- counting ---


def counted_by_hand():
    rows = rows_of("trials")
    by_trial = {}
    for row in rows:
        by_trial.setdefault(row["trial"], []).append(row)
    patients, unassigned = [], {}
    for row in rows:
        whole = [arm for arm in by_trial[row["trial"]] if not arm["part_of"]]
        text = row["n"] or (row["enrolled_mesothelioma"] if len(whole) == 1 else "")
        patients.append(int(text) if text and not row["part_of"] else None)
    for row, number in zip(rows, patients, strict=True):
        left = unassigned.setdefault(row["trial"], int(row["enrolled_mesothelioma"] or 0))
        unassigned[row["trial"]] = left - (number or 0)
    return patients, {trial: max(0, left) for trial, left in unassigned.items()}


def test_patients_are_counted_by_one_rule(evidence):
    patients, unassigned = counted_by_hand()
    trials = evidence.trials
    assert [None if pd.isna(value) else value for value in trials["patients"]] == patients
    assert trials["unassigned"].tolist() == [unassigned[trial] for trial in trials["trial"]]


def test_a_part_is_never_counted_and_a_missing_n_is_never_zero(evidence):
    trials = evidence.trials
    assert trials.loc[trials["part_of"].notna(), "patients"].isna().all()
    assert (trials["patients"].dropna() > 0).all()
    unknown = trials["n"].isna() & trials["part_of"].isna() & trials["enrolled_mesothelioma"].isna()
    assert unknown.any() and trials.loc[unknown, "patients"].isna().all()


def test_filtering_does_not_change_the_count(evidence):
    trials = evidence.trials
    some = trials[trials["role"] == "control"]
    assert (
        some["patients"].sum() + trials.loc[trials["role"] != "control", "patients"].sum()
        == trials["patients"].sum()
    )


# --- citations ---


def test_a_page_is_cited_through_the_trials_own_publication(evidence):
    trials = evidence.trials.set_index(["trial", "arm"])
    maps = trials.loc[("maps", "bevacizumab-pemetrexed-cisplatin")]
    assert maps["os_source"] == "pdq" and maps["os_citation"] == "Zalcman 2016, via NCI PDQ"
    assert maps["primary_citation"] == "Zalcman 2016"
    sources = evidence.sources.set_index("source")
    assert sources.loc["pdq", "citation"] == "Baas 2021 and 7 others, via NCI PDQ"


def test_a_page_that_does_not_report_the_trial_is_cited_itself(evidence):
    trial = evidence.trials.set_index("trial").loc["pembrolizumab-uchicago"]
    assert trial["os_source"] == "bjc2021" and trial["os_citation"] == "Br J Cancer 2021"


CITATIONS = {
    "vanmeerbeeck2005": "van Meerbeeck 2005",
    "slcg2025": "Spanish Lung Cancer Group 2025",
    "anepembro2024": "Lung Cancer 2024",
    "batirel": "Batirel",
    "ascopost2016": "Clive 2016, via The ASCO Post",
    "cta2024": "Szlosarek 2024, via Cancer Therapy Advisor",
    "vogelzang2000": "Vogelzang 2000",
    "cisplatin1985": "“Phase II trial of high-dose cisplatin…”",
}


@pytest.mark.parametrize("source", CITATIONS)
def test_sources_have_short_citations(evidence, source):
    assert evidence.sources.set_index("source").loc[source, "citation"] == CITATIONS[source]


def test_every_source_can_be_cited_referred_to_and_most_linked(evidence):
    sources = evidence.sources
    assert sources[["citation", "reference"]].notna().all(axis=None)
    assert sources["citation"].str.len().max() <= 90
    given = sources[["doi", "pmid", "url"]].notna().any(axis=1)
    assert sources["link"].notna().equals(given)
    links = sources["link"].dropna()
    assert links.str.fullmatch(r"https?://[!-~]+").all() and not links.str.contains('[<>"]').any()
    zalcman = sources.set_index("source").loc["zalcman2016"]
    assert zalcman["link"] == f"https://doi.org/{zalcman['doi']}"
    assert zalcman["reference"].startswith("Zalcman G") and zalcman["doi"] in zalcman["reference"]


def test_a_page_names_the_papers_that_it_reports(evidence):
    sources = evidence.sources.set_index("source")
    quoting = sources["kind"].isin(["secondary", "press"]) & sources["reports"].notna()
    assert quoting.any() and not sources.loc[~quoting, "reference"].str.contains("Reports:").any()
    for row in sources[quoting].to_dict("records"):
        papers = sources.loc[row["reports"].split(";")]
        told = row["reference"].partition(". Reports: ")[2]
        for paper in papers.head(3).to_dict("records"):
            assert paper["citation"] in told and (pd.isna(paper["doi"]) or f"doi:{paper['doi']}" in told)
        assert (f"and {len(papers) - 3} more." in told) == (len(papers) > 3)


def test_every_figure_has_a_citation(evidence):
    for column in evidence.trials.columns:
        if column.endswith("_citation"):
            source = column.replace("_citation", "_source")
            assert evidence.trials[column].notna().equals(evidence.trials[source].notna())
    for name in ("landmarks", "curves", "comparisons"):
        assert getattr(evidence, name)["citation"].notna().all()


# --- tables of one's own ---


def test_a_table_comes_from_a_path_a_string_a_file_or_a_frame(evidence, tmp_path):
    copy_of_data(tmp_path)
    path = tmp_path / "trials.csv"
    with open(path, encoding="utf-8") as text, open(path, "rb") as binary:
        for place in (path, str(path), text, binary, io.StringIO(path.read_text("utf-8")), evidence.trials):
            pd.testing.assert_frame_equal(mv.load_trials(place), evidence.trials)


# Of two tables pandas alone loses text: it takes the word None for a gap, and 57 beside 45.6 for 57.0.
@pytest.mark.parametrize("name", [name for name in LOADERS if name not in ("therapies", "claims")])
def test_what_pandas_reads_by_itself_loads_identical(evidence, name):
    frame = pd.read_csv(DATA / f"{name}.csv")
    pd.testing.assert_frame_equal(LOADERS[name](frame), getattr(evidence, name))


def test_a_frame_of_strange_numbers_is_refused_in_sentences(evidence):
    frame = evidence.landmarks.astype({"month": "float64"})
    frame.loc[:2, "month"] = [float("inf"), 1e300, -1e19]
    with pytest.raises(mv.DataError) as caught:
        mv.load_landmarks(frame)
    assert set(caught.value.problems["column"]) == {"month"}


def test_what_stands_beside_a_table_is_used_before_the_projects_own(tmp_path):
    rows = put({"therapy": "AZD4547"}, {"agent": "My agent"})(rows_of("therapies"))
    copy_of_data(tmp_path)
    (tmp_path / "therapies.csv").write_text(as_csv("therapies", rows), encoding="utf-8", newline="\n")
    assert "My agent" in set(mv.load_trials(tmp_path / "trials.csv")["agent"])
    (tmp_path / "therapies.csv").unlink()
    assert "My agent" not in set(mv.load_trials(tmp_path / "trials.csv")["agent"])


def test_therapies_and_sources_can_be_given():
    therapies = mv.load_therapies().replace({"agent": {"AZD4547": "My agent"}})
    sources = as_file("sources", put({"source": "zalcman2016"}, {"year": "2015"})(rows_of("sources")))
    trials = mv.load_trials(therapies=therapies, sources=sources)
    assert "My agent" in set(trials["agent"]) and "Zalcman 2015" in set(trials["primary_citation"])


def test_outcomes_can_be_joined_with_ones_own_trials():
    rows = put({"trial": "checkmate-743"}, {"trial_label": "My trial"})(rows_of("trials"))
    for load in (mv.load_landmarks, mv.load_comparisons):
        assert "My trial" in set(load(trials=as_file("trials", rows))["trial_label"])
    fewer = as_file("trials", drop({"trial": "maps"})(rows_of("trials")))
    with pytest.raises(mv.DataError, match=r"There is no maps / .* in trials\.csv"):
        mv.load_curves(trials=fewer)


def test_some_of_the_trials_are_still_a_table(evidence):
    some = evidence.trials[evidence.trials["therapy_class"] == "Cell therapy"]
    assert mv.load_trials(some)["trial"].tolist() == some["trial"].tolist()
    assert len(mv.load_trials(evidence.trials.head(0))) == 0


def test_a_table_without_rows_keeps_its_dtypes(evidence):
    for name, load in LOADERS.items():
        frame = getattr(evidence, name)
        pd.testing.assert_series_equal(load(frame.head(0)).dtypes, frame.dtypes)


def test_columns_may_stand_in_any_order(evidence):
    turned = evidence.trials[evidence.trials.columns[::-1]]
    pd.testing.assert_frame_equal(mv.load_trials(turned), evidence.trials)


def test_rows_may_stand_in_any_order(evidence):
    turned = mv.load_trials(evidence.trials[::-1])
    again = turned[::-1].reset_index(drop=True)
    pd.testing.assert_frame_equal(again, evidence.trials)


def test_the_working_directory_does_not_matter(tmp_path):
    source = Path(inspect.getfile(mv)).parents[1]
    code = "import mesoviz as mv; print(len(mv.load_trials()), mv.check().query('level == \"error\"').empty)"
    environment = os.environ | {"PYTHONPATH": str(source)}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True
    )
    assert done.stdout == f"{len(rows_of('trials'))} True\n", done.stderr


def test_nothing_is_fetched_unless_an_address_is_given(monkeypatch):
    import socket

    def refuse(*arguments, **options):
        raise AssertionError("no network is needed")

    monkeypatch.setattr(socket, "socket", refuse)
    mv.load_evidence()
    assert mv.check().query("level == 'error'").empty


def test_the_given_files_use_lf_and_utf_8_only():
    for table in TABLES.values():
        data = (DATA / table.file).read_bytes()
        assert b"\r" not in data and data.endswith(b"\n") and data.decode("utf-8")


def test_a_trial_can_be_added(evidence):
    rows = rows_of("trials")
    new = dict.fromkeys(rows[0], "") | {
        column: matching(rows, {"trial": "calgb-30101"})[0][column]
        for column in TABLES["trials"].names
        if TABLES["trials"][column].required
    }
    new |= {
        "trial": "my-trial",
        "trial_label": "My trial",
        "os_status": "not reported",
        "pfs_status": "not reported",
    }
    loaded = mv.load_trials(as_file("trials", [*rows, new]))
    assert loaded.iloc[-1]["trial_label"] == "My trial" and pd.isna(loaded.iloc[-1]["patients"])


def test_own_tables_are_read_again_when_they_change_and_never_take_over_changes_of_a_frame(
    tmp_path, monkeypatch
):
    from mesoviz._tables import _validate

    folder = copy_of_data(tmp_path)
    monkeypatch.setattr(_validate, "data_folder", lambda: folder)
    first = mv.load_trials()
    first.loc[0, "n"], first.attrs["seen"] = 1, True
    first["trial_label"] = "theirs"
    pd.testing.assert_frame_equal(mv.load_trials(), mv.load_trials(DATA / "trials.csv"))
    path = folder / "trials.csv"
    sound = path.read_bytes()
    for wrong in (sound.replace(b"maps,", b"maps ,", 1), b""):
        path.write_bytes(wrong)
        for _ in range(2):
            with pytest.raises(mv.DataError):
                mv.load_trials()
    path.write_bytes(sound)
    pd.testing.assert_frame_equal(mv.load_trials(), mv.load_trials(DATA / "trials.csv"))
    path.unlink()
    with pytest.raises(mv.DataError, match="There is no file"):
        mv.load_trials()
