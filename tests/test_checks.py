"""Every semantic check holds in the given tables and fails on a copy that breaks it."""

import random

import numpy as np
import pandas as pd
import pytest
from data_helpers import add, all_findings, changed_folder, drop, findings, put, rows_of

import mesoviz as mv
from mesoviz._checks._all import RULES
from mesoviz._checks._rules import Checked
from mesoviz._schema import TABLES

MAPS = {"trial": "maps", "arm": "bevacizumab-pemetrexed-cisplatin"}
MAPS_CONTROL = {"trial": "maps", "arm": "pemetrexed-cisplatin"}
GEFITINIB = {"trial": "calgb-30101"}
COHORT = {"trial": "ad-ifn-alpha2b-celecoxib-chemotherapy", "arm": "first-line-cohort"}
OTHER_COHORT = COHORT | {"arm": "second-line-cohort"}
ARCS = {"trial": "arcs-m", "endpoint": "PFS"}
MAPS_OS = {"trial": "maps", "endpoint": "OS"}
YEAR = {"trial": "checkmate-743", "arm": "chemotherapy", "endpoint": "OS", "month": "12"}
CURVE = MAPS | {"endpoint": "OS"}
NIVO = {"trial": "checkmate-743", "hazard_ratio": "1"}

# A column of free text in each table that has one.
LABELS = {
    "trials": "regimen",
    "comparisons": "analysis",
    "therapies": "target",
    "sources": "title",
    "targets": "strategy",
    "target_figures": "measure",
    "claims": "statement",
    "claim_and_target_sources": "citation",
    "known_exceptions": "reason",
}

# One case a rule and table: the change, and the column the finding must point to.
CASES = {
    ("duplicate-key", "trials"): (add(MAPS, {"n": "1"}), "arm"),
    ("duplicate-key", "landmarks"): (add(YEAR, {"survival_pct": "1"}), "month"),
    ("duplicate-key", "curves"): (add(CURVE, {}), "month"),
    ("duplicate-key", "comparisons"): (add(MAPS_OS, {"p_value": "0.1"}), "analysis"),
    ("duplicate-key", "therapies"): (add({"therapy": "AZD4547"}, {"therapy_label": "x"}), "therapy"),
    ("duplicate-key", "sources"): (add({"source": "zalcman2016"}, {"doi": "", "pmid": ""}), "source"),
    ("duplicate-key", "targets"): (add({"target_id": "kras"}, {}), "target_id"),
    ("duplicate-key", "target_figures"): (add({"target_id": "kras"}, {}), "measure"),
    ("duplicate-key", "claims"): (add({"claim": "c01"}, {}), "claim"),
    ("duplicate-key", "claim_and_target_sources"): (add({"source": "ref001"}, {}), "citation"),
    ("duplicate-key", "known_exceptions"): (add({"trial": "emphacis"}, {}), "rule"),
    ("duplicate-value", "therapies"): (
        put({"therapy": "AZD4547"}, {"therapy_label": "Abemaciclib"}),
        "therapy_label",
    ),
    ("duplicate-value", "sources"): (put({"source": "aerts2018"}, {"pmid": "34266984"}), "pmid"),
    ("source-exists", "trials"): (put(MAPS, {"os_source": "zalcman2061"}), "os_source"),
    ("source-exists", "landmarks"): (put(YEAR, {"source": "nobody1900"}), "source"),
    ("source-exists", "curves"): (put(CURVE, {"source": "nobody1900"}), "source"),
    ("source-exists", "comparisons"): (put(MAPS_OS, {"source": "nobody1900"}), "source"),
    ("therapy-exists", "trials"): (put(MAPS, {"therapy": "Bevacizumab"}), "therapy"),
    ("part-of-exists", "trials"): (put(COHORT, {"part_of": "everybody"}), "part_of"),
    ("overlap-exists", "trials"): (put(GEFITINIB, {"overlaps_trial": "calgb-1"}), "overlaps_trial"),
    ("arm-exists", "landmarks"): (put(YEAR, {"arm": "chemo"}), "arm"),
    ("arm-exists", "curves"): (put(CURVE, {"arm": "chemo"}), "arm"),
    ("arm-exists", "comparisons"): (put(MAPS_OS, {"control_arm": "chemo"}), "control_arm"),
    ("target-exists", "target_figures"): (put({"target_id": "kras"}, {"target_id": "kra"}), "target_id"),
    ("trial-is-constant", "trials"): (put(MAPS_CONTROL, {"phase": "3"}), "phase"),
    ("label-names-one-trial", "trials"): (put({"trial": "emphacis"}, {"trial_label": "MAPS"}), "trial_label"),
    ("dates-in-order", "trials"): (put({"trial": "maps"}, {"last_patient": "2007"}), "last_patient"),
    ("trial-starts-before-its-report", "trials"): (
        put({"trial": "maps"}, {"first_patient": "2018-02"}),
        "first_patient",
    ),
    ("date-is-past", "trials"): (put({"trial": "maps"}, {"last_patient": "2041-01"}), "last_patient"),
    ("mesothelioma-within-enrolled", "trials"): (
        put({"trial": "maps"}, {"enrolled": "400"}),
        "enrolled_mesothelioma",
    ),
    ("arms-within-enrolled", "trials"): (
        put({"trial": "maps"}, {"enrolled_mesothelioma": "400"}),
        "enrolled_mesothelioma",
    ),
    ("arms-sum-to-enrolled", "trials"): (put(MAPS, {"n": "232"}), "enrolled"),
    ("part-within-whole", "trials"): (put(COHORT, {"n": "81"}), "n"),
    ("arm-setting-fits-trial", "trials"): (put(MAPS, {"arm_setting": "pretreated"}), "arm_setting"),
    ("design-fits-arms", "trials"): (drop(MAPS_CONTROL), "design"),
    ("trial-has-experimental-arm", "trials"): (put(GEFITINIB, {"role": "control"}), "role"),
    ("accrual-is-plausible", "trials"): (put({"trial": "maps"}, {"last_patient": "2008-04"}), "last_patient"),
    ("figure-has-source", "trials"): (put(MAPS, {"os_source": ""}), "os_source"),
    ("enrollment-has-source", "trials"): (
        put({"trial": "maps"}, {"enrollment_source": ""}),
        "enrollment_source",
    ),
    ("source-has-figure", "trials"): (put(MAPS, {"response_source": "zalcman2016"}), "response_source"),
    ("source-is-of-this-trial", "trials"): (put(MAPS, {"os_source": "vogelzang2003"}), "os_source"),
    ("registry-number-fits-source", "trials"): (
        put({"trial": COHORT["trial"]}, {"registry_id": "NCT01119665"}),
        "registry_id",
    ),
    ("median-in-interval", "trials"): (put(MAPS, {"os_median_months": "28.8"}), "os_median_months"),
    ("ratio-in-interval", "comparisons"): (put(MAPS_OS, {"hazard_ratio": "1.77"}), "hazard_ratio"),
    ("survival-in-interval", "landmarks"): (put(YEAR, {"survival_pct": "85"}), "survival_pct"),
    ("survival-in-interval", "curves"): (put(CURVE | {"month": "9"}, {"high_pct": "80"}), "survival_pct"),
    ("interval-states-level", "trials"): (put(MAPS, {"os_ci_level": ""}), "os_ci_level"),
    ("interval-states-level", "landmarks"): (put(YEAR, {"ci_level": ""}), "ci_level"),
    ("interval-states-level", "comparisons"): (put(MAPS_OS, {"ci_level": ""}), "ci_level"),
    ("interval-has-two-limits", "trials"): (put(MAPS, {"os_low_months": ""}), "os_low_months"),
    ("interval-has-two-limits", "landmarks"): (put(YEAR, {"high_pct": ""}), "high_pct"),
    ("interval-has-two-limits", "curves"): (put(CURVE | {"month": "9"}, {"low_pct": ""}), "low_pct"),
    ("interval-has-two-limits", "comparisons"): (put(MAPS_OS, {"low": ""}), "low"),
    ("status-fits-median", "trials"): (put(MAPS, {"os_status": "not reached"}), "os_status"),
    ("pfs-definition-stated", "trials"): (put(MAPS, {"pfs_definition": ""}), "pfs_definition"),
    ("pfs-within-os", "trials"): (put(MAPS, {"pfs_median_months": "29.2"}), "pfs_median_months"),
    ("ratio-centered-in-interval", "comparisons"): (put(MAPS_OS, {"hazard_ratio": "0.71"}), "hazard_ratio"),
    ("interval-is-wide-enough", "comparisons"): (
        put(MAPS_OS, {"low": "0.72", "high": "0.83"}),
        "low",
    ),
    ("p-fits-interval", "comparisons"): (put(MAPS_OS, {"p_value": "0.167"}), "p_value"),
    ("p-fits-ratio", "comparisons"): (put(MAPS_OS, {"p_value": "0.00167"}), "p_value"),
    ("p-says-how", "comparisons"): (put(MAPS_OS, {"p_relation": ""}), "p_relation"),
    ("evaluable-within-n", "trials"): (put(GEFITINIB, {"n": "42"}), "evaluable"),
    ("count-within-evaluable", "trials"): (put(GEFITINIB, {"stable_disease": "210"}), "stable_disease"),
    ("count-needs-denominator", "trials"): (put(GEFITINIB, {"evaluable": ""}), "evaluable"),
    ("part-needs-denominator", "trials"): (put(MAPS, {"stable_disease": "3"}), "evaluable"),
    ("response-equals-parts", "trials"): (put(GEFITINIB, {"complete_response": "2"}), "objective_response"),
    ("disease-control-equals-parts", "trials"): (
        put(GEFITINIB, {"disease_control": "32"}),
        "disease_control",
    ),
    ("responses-sum-to-evaluable", "trials"): (put(GEFITINIB, {"progressive_disease": "16"}), "evaluable"),
    ("responses-leave-some-out", "trials"): (put(GEFITINIB, {"not_evaluable": ""}), "evaluable"),
    ("percentage-equals-count", "trials"): (
        put(GEFITINIB, {"disease_control_pct": "55.3"}),
        "disease_control_pct",
    ),
    ("percentage-rounds-to-count", "trials"): (
        put(GEFITINIB, {"disease_control_pct": "53.4"}),
        "disease_control_pct",
    ),
    ("response-rate-within-control-rate", "trials"): (
        put(GEFITINIB, {"objective_response_pct": "54"}),
        "objective_response_pct",
    ),
    ("response-says-whether-derived", "trials"): (
        put(GEFITINIB, {"response_derived": ""}),
        "response_derived",
    ),
    ("criteria-have-type", "trials"): (
        put(GEFITINIB, {"response_criteria": "WHO"}),
        "response_criteria_type",
    ),
    ("adverse-events-say-what", "trials"): (put(MAPS, {"grade3plus_ae_type": ""}), "grade3plus_ae_type"),
    ("survival-never-rises", "landmarks"): (
        put(YEAR | {"month": "24"}, {"survival_pct": "72"}),
        "survival_pct",
    ),
    ("survival-never-rises", "curves"): (
        put(CURVE | {"month": "9"}, {"survival_pct": "98.2"}),
        "survival_pct",
    ),
    ("survival-pfs-within-os", "landmarks"): (
        put(YEAR | {"endpoint": "PFS", "month": "36"}, {"survival_pct": "16"}),
        "survival_pct",
    ),
    ("survival-pfs-within-os", "curves"): (
        put(MAPS | {"endpoint": "PFS", "month": "9"}, {"survival_pct": "90"}),
        "survival_pct",
    ),
    ("landmark-agrees-with-median", "landmarks"): (put(YEAR, {"survival_pct": "48"}), "survival_pct"),
    ("landmark-agrees-with-curve", "landmarks"): (
        add(YEAR, MAPS | {"survival_pct": "58", "low_pct": "", "high_pct": "", "ci_level": ""}),
        "survival_pct",
    ),
    ("curve-agrees-with-median", "curves"): (
        put(CURVE | {"month": "9"}, {"survival_pct": "40"}),
        "survival_pct",
    ),
    ("curve-is-whole", "curves"): (drop(CURVE | {"month": "9"}), "month"),
    ("curve-counts-add-up", "curves"): (put(CURVE | {"month": "9"}, {"at_risk": "117"}), "at_risk"),
    ("survival-follows-events", "curves"): (
        put(CURVE | {"month": "9"}, {"survival_pct": "82.0"}),
        "survival_pct",
    ),
    ("curve-interval-centered", "curves"): (put(CURVE | {"month": "9"}, {"low_pct": "72.3"}), "survival_pct"),
    ("comparison-of-two-arms", "comparisons"): (put(MAPS_OS, {"control_arm": MAPS["arm"]}), "control_arm"),
    ("comparison-is-randomized", "comparisons"): (put(MAPS_OS, {"trial": "calgb-30101"}), "trial"),
    ("comparison-fits-roles", "comparisons"): (
        put(MAPS_OS, {"experimental_arm": MAPS_CONTROL["arm"], "control_arm": MAPS["arm"]}),
        "experimental_arm",
    ),
    ("control-kind-fits-arm", "comparisons"): (
        put(MAPS_OS, {"control_kind": "placebo or supportive care"}),
        "control_kind",
    ),
    ("one-main-analysis", "comparisons"): (
        put({"trial": "checkmate-743", "endpoint": "OS"}, {"main_analysis": "yes"}),
        "main_analysis",
    ),
    ("main-analysis-is-named", "comparisons"): (put(MAPS_OS, {"main_analysis": "no"}), "main_analysis"),
    ("ratio-fits-medians", "comparisons"): (
        put(MAPS_OS, {"hazard_ratio": "7.7", "low": "6.2", "high": "9.5"}),
        "hazard_ratio",
    ),
    ("reported-source-exists", "sources"): (
        put({"source": "pdq"}, {"reports": "baas2021;nobody1900"}),
        "reports",
    ),
    ("only-pages-report", "sources"): (put({"source": "aerts2018"}, {"reports": "baas2021"}), "reports"),
    ("source-year-fits-key", "sources"): (put({"source": "aerts2018"}, {"year": "2008"}), "year"),
    ("therapy-target-exists", "therapies"): (
        put({"therapy": "Abemaciclib"}, {"target_ids": "cdkn2a-loss;kra"}),
        "target_ids",
    ),
    ("agent-has-one-class", "therapies"): (
        put({"therapy": "Ad.IFN-alpha2b"}, {"therapy_class": "Chemotherapy"}),
        "therapy_class",
    ),
    ("therapy-is-used", "therapies"): (
        add({"therapy": "AZD4547"}, {"therapy": "Laetrile", "therapy_label": "Laetrile"}),
        "therapy",
    ),
    ("target-in-trial-has-stage", "targets"): (
        put({"target_id": "mesothelin"}, {"stage": "no human trial found"}),
        "stage",
    ),
    ("figure-source-exists", "target_figures"): (put({"target_id": "kras"}, {"source": "ref999"}), "source"),
    ("figure-share-equals-count", "target_figures"): (put({"value": "55.0"}, {"count": "134"}), "pct"),
    ("figure-count-needs-denominator", "target_figures"): (
        put({"value": "55.0"}, {"denominator": ""}),
        "denominator",
    ),
    ("figure-value-fits", "target_figures"): (put({"value": "55.0"}, {"value": "5.5"}), "value"),
    ("citation-is-of-something", "claim_and_target_sources"): (put({"of": "c01"}, {"of": "c99"}), "of"),
    ("claim-has-citation", "claims"): (add({"claim": "c01"}, {"claim": "c99"}), "claim"),
    ("value-has-unit", "claims"): (put({"claim": "c01"}, {"claimed_unit": ""}), "claimed_unit"),
    ("share-is-no-fraction", "trials"): (put(MAPS, {"grade3plus_ae_pct": "0.71"}), "grade3plus_ae_pct"),
    ("share-is-no-fraction", "landmarks"): (put(YEAR, {"survival_pct": "0.57"}), "survival_pct"),
    ("share-is-no-fraction", "target_figures"): (put({"value": "55.0"}, {"pct": "0.55"}), "pct"),
    **{
        ("word-in-one-script", table): (
            put({}, {column: "Mesothelioma tri\N{CYRILLIC SMALL LETTER A}l"}),
            column,
        )
        for table, column in LABELS.items()
    },
    ("address-fits-key", "sources"): (
        put({"source": "nct01119664"}, {"url": "https://clinicaltrials.gov/study/NCT01119666"}),
        "url",
    ),
    ("analysis-stands-once", "comparisons"): (add(MAPS_OS, {"analysis": "as published"}), "analysis"),
    ("level-is-usual", "trials"): (put(MAPS, {"os_ci_level": "59"}), "os_ci_level"),
    ("level-is-usual", "landmarks"): (put({"ci_level": "80"}, {"ci_level": "92"}), "ci_level"),
    ("level-is-usual", "comparisons"): (put(MAPS_OS, {"ci_level": "59"}), "ci_level"),
    ("landmark-falls-with-median", "landmarks"): (put(YEAR, {"month": "1"}), "survival_pct"),
    ("landmark-interval-centered", "landmarks"): (
        put({"low_pct": "39.1", "high_pct": "62.3"}, {"survival_pct": "62"}),
        "survival_pct",
    ),
    ("enrolled-are-counted", "trials"): (put({"trial": "maps"}, {"enrolled": ""}), "enrolled"),
    ("analyses-agree", "comparisons"): (
        put({"trial": "checkmate-743", "hazard_ratio": "0.73"}, {"hazard_ratio": "1.37"}),
        "hazard_ratio",
    ),
    ("registry-number-fits-address", "trials"): (
        put({"trial": "ad-ifn-alpha2b-celecoxib-chemotherapy"}, {"registry_id": "NCT01119646"}),
        "registry_id",
    ),
    ("exception-names-rule", "known_exceptions"): (put({"trial": "emphacis"}, {"rule": "arms-sum"}), "rule"),
}


def test_every_rule_has_a_case():
    declared = {(rule.name, rule.table) for rule in RULES} - {("exception-is-met", "known_exceptions")}
    assert declared == set(CASES)


def test_every_rule_says_what_must_hold():
    for rule in RULES:
        assert rule.about.endswith(".") and rule.level in ("error", "implausible")


@pytest.mark.parametrize(("name", "table"), CASES, ids=lambda value: value)
def test_rule_fails_on_a_changed_copy(name, table):
    change, column = CASES[name, table]
    before = findings(name)
    found = findings(name, table, change)
    new = found[~found["message"].isin(before["message"]) | ~found["row"].isin(before["row"])]
    assert column in set(new.loc[new["file"] == f"{table}.csv", "column"]), found.to_string()
    level = next(rule.level for rule in RULES if rule.name == name and rule.table == table)
    assert set(new["level"]) == {level}
    assert new["message"].str.fullmatch(r".*[.?]").all() and not new["message"].str.contains("[{}]").any()


def test_a_value_written_in_two_ways_is_one_value():
    again = add(YEAR, {"month": YEAR["month"] + ".0"})
    assert findings("duplicate-key", "landmarks", again)["row"].tolist() == [len(rows_of("landmarks")) + 2]

    met = {"primary_endpoint_met": "yes"}
    respelt = put(MAPS_CONTROL | met, {"primary_endpoint_met": "True"})
    assert findings("trial-is-constant", "trials", respelt).empty


def test_no_rule_changes_a_column_that_others_see():
    checked = Checked(pd.DataFrame({"n": [1.0, np.nan]}), None, np.zeros(2, dtype=bool))
    for column in (checked.given("n"), checked.number("n")):
        with pytest.raises(ValueError, match="read-only"):
            column[0] = 0


def test_the_given_tables_have_no_errors_and_known_oddities_only():
    found = mv.check()
    assert not (found["level"] == "error").any()
    odd = found[found["level"] == "implausible"]
    assert set(zip(odd["rule"], odd["trial"], strict=True)) == {
        ("trial-starts-before-its-report", "fap-car-t-fapme"),
        ("trial-starts-before-its-report", "mesotip"),
        ("design-fits-arms", "nakagawa-2008-pemetrexed-cisplatin-japan"),
        ("source-is-of-this-trial", "pembrolizumab-uchicago"),
        ("registry-number-fits-address", "poly-iclc-intratumoral"),
        ("enrollment-has-source", "pemmela"),
        ("part-needs-denominator", "fizazi-2003-raltitrexed-oxaliplatin"),
        ("responses-leave-some-out", "bnt327-pm8002-chemotherapy"),
        ("responses-leave-some-out", "pre0505"),
        ("responses-leave-some-out", "swog-s0509"),
        ("percentage-rounds-to-count", "royal-marsden-mvp"),
        ("percentage-rounds-to-count", "us-eap-pemetrexed-cisplatin-chemonaive"),
        ("percentage-rounds-to-count", "zucali-2020-gemcitabine-imatinib"),
    }


def test_each_known_exception_is_shown_once_with_its_reason():
    known = mv.check().query("level == 'known'")
    exceptions = rows_of("known_exceptions")
    assert len(known) == len(exceptions)
    for row in exceptions:
        (shown,) = known[(known["trial"] == row["trial"]) & (known["rule"] == row["rule"])].to_dict("records")
        assert row["reason"] in shown["message"] and shown["file"] == f"{row['table']}.csv"


def test_without_its_exception_a_broken_rule_is_an_error(tmp_path):
    folder = changed_folder(tmp_path, "known_exceptions", drop({"trial": "calgb-9733"}))
    with pytest.raises(mv.DataError, match="row 57, column evaluable: The parts add up to"):
        mv.load_evidence(folder)


def test_an_exception_that_is_no_longer_met_is_reported(tmp_path):
    folder = changed_folder(tmp_path, "known_exceptions", put({"trial": "emphacis"}, {"trial": "maps"}))
    found = mv.check(folder).set_index("rule")
    assert found.loc["exception-is-met", "level"] == "implausible"
    assert "maps" in found.loc["exception-is-met", "message"]
    mv.load_evidence(folder)


def test_an_exception_covers_its_own_endpoint_only(tmp_path):
    other = {"trial": "nvalt-5", "endpoint": "OS"}
    folder = changed_folder(tmp_path, "comparisons", put(other, {"hazard_ratio": "0.7"}))
    found = mv.check(folder).query("rule == 'ratio-centered-in-interval'")
    assert sorted(found["level"]) == ["implausible", "known"]


def test_a_file_is_held_against_the_tables_beside_it_that_refer_to_it(tmp_path):
    folder = changed_folder(tmp_path, "trials", drop(MAPS))
    found = mv.check(folder / "trials.csv").query("level == 'error'")
    assert set(found["file"]) >= {"curves.csv", "comparisons.csv"}
    assert "There is no maps" in found["message"].iloc[-1]
    assert mv.check(folder / "therapies.csv").empty


def test_a_table_without_rows_and_a_file_cut_off_are_worth_a_look(tmp_path):
    folder = changed_folder(tmp_path, "curves", lambda rows: [])
    (folder / "claims.csv").write_bytes((folder / "claims.csv").read_bytes()[:-20])
    found = mv.check(folder).query("level == 'implausible'")
    assert set(zip(found["file"], found["rule"], strict=True)) >= {
        ("curves.csv", "rows-missing"),
        ("claims.csv", "line-endings"),
    }


def test_the_closest_key_is_proposed():
    found = findings("source-exists", "trials", put(MAPS, {"os_source": "zalcman2061"}))
    assert found["message"].tolist() == ["There is no zalcman2061 in sources.csv; is zalcman2016 meant?"]


def test_a_part_may_not_have_parts_of_its_own():
    found = findings("part-within-whole", "trials", put(OTHER_COHORT, {"part_of": COHORT["arm"]}))
    assert "part_of" in found["column"].tolist()


def test_a_one_sided_p_above_one_half_fits_a_ratio_above_one():
    assert findings("p-fits-ratio").empty
    assert findings("p-fits-ratio", "comparisons", put(ARCS, {"p_sides": ""}))["trial"].tolist() == ["arcs-m"]


def test_years_alone_are_compared_by_their_year():
    dates = {"first_patient": "2008-02", "last_patient": "2008"}
    assert findings("dates-in-order", "trials", put({"trial": "maps"}, dates)).empty


def test_a_row_that_cannot_be_read_is_not_judged_by_the_rules_as_well(tmp_path):
    folder = changed_folder(tmp_path, "trials", put(MAPS, {"os_median_months": "18,8"}))
    found = mv.check(folder).query("level == 'error'")
    assert found["rule"].tolist() == ["not-a-number"]


JUNK = [
    "",
    "0",
    "-1",
    "x",
    "NR",
    "1e309",
    "2008",
    "2008-05",
    "yes",
    "9999",
    "maps",
    "=a",
    "\n",
    '"',
    "ä",
    "a;b",
    "{n}",
    "%s",
]


@pytest.mark.parametrize("seed", range(12))
def test_no_random_damage_makes_the_checks_fail(seed):
    dice = random.Random(seed)
    name = dice.choice(list(TABLES))
    rows = rows_of(name)
    for _ in range(dice.choice([1, 5, 50])):
        damage = dice.choice(["cell", "column", "repeat", "drop"])
        column, row = dice.choice(TABLES[name].names), dice.randrange(len(rows))
        if damage == "cell":
            rows[row][column] = dice.choice(JUNK)
        elif damage == "column":
            rows = [one | {column: JUNK[seed]} for one in rows]
        elif damage == "repeat":
            rows.append(dict(rows[row]))
        elif len(rows) > 1:
            rows.pop(row)
    found = all_findings(name, rows)
    assert found["message"].str.fullmatch(r"[^\n]*[.?]").all()
