"""What must hold for comparisons, and for the tables that others point to."""

import numpy as np

from mesoviz._checks._rules import Found, rule
from mesoviz._schema import LIST_SEPARATOR

_COMPARED = ["trial", "experimental_arm", "control_arm", "endpoint"]


def _arm(comparisons, side, trials, column):
    """A column of the trials for one side of each comparison."""
    values = trials.frame.drop_duplicates(["trial", "arm"]).set_index(["trial", "arm"])[column]
    key = comparisons.frame[["trial", f"{side}_arm"]].set_axis(["trial", "arm"], axis=1)
    return key.join(values, on=["trial", "arm"])[column]


@rule("comparison-of-two-arms")
def comparison_of_two_arms(comparisons):
    """A comparison has two different arms."""
    rows = comparisons["experimental_arm"] == comparisons["control_arm"]
    yield Found(rows, "control_arm", "{control_arm} is compared with itself.")


@rule("comparison-is-randomized")
def comparison_is_randomized(comparisons, trials):
    """A hazard ratio comes from a randomized trial."""
    design = comparisons["trial"].map(
        trials.frame.drop_duplicates("trial").set_index("trial")["design"].astype("str")
    )
    yield Found(
        design.notna() & (design != "randomized"), "trial", "The trial is {design}.", {"design": design}
    )


@rule("comparison-fits-roles", level="implausible")
def comparison_fits_roles(comparisons, trials):
    """The experimental and the control arm have these roles in their trial."""
    for side in ("experimental", "control"):
        role = _arm(comparisons, side, trials, "role").astype("str")
        yield Found(
            role.notna() & (role != side),
            f"{side}_arm",
            f"The arm {{{side}_arm}} is not {side} in its trial.",
        )


@rule("control-kind-fits-arm", level="implausible")
def control_kind_fits_arm(comparisons, trials, therapies):
    """The kind of control fits the class of the control arm's therapy."""
    therapy = _arm(comparisons, "control", trials, "therapy")
    classes = therapies.frame.drop_duplicates("therapy").set_index("therapy")["therapy_class"]
    of = therapy.map(classes.astype("str"))
    passive = comparisons["control_kind"] == "placebo or supportive care"
    message = "The control is called {control_kind}; its therapy is of the class {of}."
    yield Found(
        of.notna() & (passive != (of == "Supportive care or placebo")), "control_kind", message, {"of": of}
    )


@rule("one-main-analysis")
def one_main_analysis(comparisons):
    """A comparison of one endpoint has no more than one main analysis."""
    main = comparisons["main_analysis"].fillna(False)
    again = main & comparisons.frame[main].duplicated(_COMPARED).reindex(main.index, fill_value=False)
    yield Found(again, "main_analysis", "The comparison already has a main analysis.")


@rule("main-analysis-is-named", level="implausible")
def main_analysis_is_named(comparisons, trials):
    """A comparison of one endpoint has a main analysis, unless it is about part of an arm."""
    main = (
        comparisons["main_analysis"]
        .fillna(True)
        .groupby([comparisons[name] for name in _COMPARED], observed=True, dropna=False)
    )
    none = ~main.transform("any") & ~comparisons.frame.duplicated(_COMPARED)
    whole = _arm(comparisons, "experimental", trials, "part_of").isna()
    yield Found(none & whole, "main_analysis", "No analysis of this comparison is the main one.")


@rule("ratio-fits-medians", level="implausible")
def ratio_fits_medians(comparisons, trials):
    """A hazard ratio is somewhere near the ratio of the medians."""
    medians = {}
    for side in ("experimental", "control"):
        os, pfs = (_arm(comparisons, side, trials, f"{prefix}_median_months") for prefix in ("os", "pfs"))
        medians[side] = os.where(comparisons["endpoint"] == "OS", pfs)
    ratio = medians["control"] / medians["experimental"]
    # Curves that cross or differ late leave their medians behind: a factor of 1.8 is wide.
    rows = np.log(comparisons["hazard_ratio"] / ratio).abs() > np.log(1.8)
    message = "The hazard ratio {hazard_ratio} is far from {ratio}, the ratio of the medians."
    yield Found(rows, "hazard_ratio", message, {"ratio": ratio})


def _without(table, column, known):
    """Rows whose list names a key that is not known, and those keys."""
    known = set(known)

    def strangers(text):
        return ", ".join(key for key in text.split(LIST_SEPARATOR) if key not in known)

    unknown = table.by_text(column, strangers, object)
    return unknown.astype(bool), {"unknown": unknown}


@rule("reported-source-exists")
def reported_source_exists(sources):
    """A page reports publications that are sources themselves, and not itself."""
    rows, values = _without(sources, "reports", sources.text("source"))
    yield Found(rows, "reports", "There is no source called {unknown}.", values)
    own = sources.given("reports").copy()
    pairs = zip(sources.text("source")[own], sources.text("reports")[own], strict=True)
    own[own] = [source in reports.split(LIST_SEPARATOR) for source, reports in pairs]
    yield Found(own, "reports", "{source} is said to report itself.")


@rule("only-pages-report", level="implausible")
def only_pages_report(sources):
    """Only secondary pages and press releases report other publications."""
    rows = sources["reports"].notna() & ~sources["kind"].isin(["secondary", "press"])
    yield Found(rows, "reports", "A source of the kind {kind} is said to report others.")


@rule("source-year-fits-key", level="implausible")
def source_year_fits_key(sources):
    """A year at the end of a source's key is about its year of publication."""
    year = (
        sources["source"]
        .str.extract("(?:^|[a-z_])((?:19|20)[0-9]{2})(?:-[a-z])?$", expand=False)
        .astype("float64")
    )
    off = (sources["year"] - year).abs() > 1
    yield Found(off, "year", "The year {year} is far from the key {source}.")


@rule("therapy-target-exists")
def therapy_target_exists(therapies, targets):
    """A therapy's targets are target strategies."""
    rows, values = _without(therapies, "target_ids", targets.text("target_id"))
    yield Found(rows, "target_ids", "There is no target strategy called {unknown}.", values)


@rule("agent-has-one-class", level="implausible")
def agent_has_one_class(therapies):
    """An agent stands in one therapy class, whatever it is given with."""
    classes = therapies["therapy_class"].astype("str")
    first = classes.groupby(therapies["agent"]).transform("first")
    yield Found(
        classes != first, "therapy_class", "{agent} stands in the class {first} as well.", {"first": first}
    )


@rule("therapy-is-used", level="implausible")
def therapy_is_used(therapies, trials):
    """Every therapy is given in some arm."""
    yield Found(~therapies["therapy"].isin(trials["therapy"]), "therapy", "No arm is given {therapy}.")


@rule("target-in-trial-has-stage")
def target_in_trial_has_stage(targets, therapies, trials):
    """A target strategy with a trial is not called "no human trial found"."""
    tried = therapies["target_ids"][therapies["therapy"].isin(trials["therapy"])]
    reached = tried.dropna().str.split(LIST_SEPARATOR).explode()
    rows = targets["target_id"].isin(reached) & (targets["stage"] == "no human trial found")
    yield Found(rows, "stage", "A therapy of the trials acts on {target_id}, so a human trial was found.")


@rule("figure-source-exists")
def figure_source_exists(target_figures, claim_and_target_sources):
    """A figure's source is one of the citations."""
    source = target_figures["source"]
    rows = source.notna() & ~source.isin(claim_and_target_sources["source"])
    yield Found(rows, "source", "There is no citation called {source}.")


@rule("figure-share-equals-count")
def figure_share_equals_count(target_figures):
    """A share equals its count over its denominator, and no count exceeds its denominator."""
    count, denominator = target_figures["count"], target_figures["denominator"]
    exact = 100 * count.astype("float64") / denominator.astype("float64")
    whole = target_figures["pct"] == np.floor(target_figures["pct"])
    off = (target_figures["pct"] - exact).abs() > whole.map({True: 0.55, False: 0.1})
    yield Found(off, "pct", "{pct} % is not {count} of {denominator}, which is {exact} %.", {"exact": exact})
    yield Found(count > denominator, "count", "{count} is more than the denominator {denominator}.")


@rule("figure-count-needs-denominator")
def figure_count_needs_denominator(target_figures):
    """A count of tumors or patients has its denominator."""
    rows = target_figures["count"].notna() & target_figures["denominator"].isna()
    yield Found(rows, "denominator", "{count} are counted, but not out of how many.")


@rule("figure-value-fits")
def figure_value_fits(target_figures):
    """The value repeats the share, or the count and denominator, as its unit says."""
    value, unit = target_figures["value"], target_figures["unit"]
    share = unit.str.startswith("%").fillna(False)
    yield Found(
        share & (target_figures["pct"] != value), "value", "The value {value} % is not the share {pct} %."
    )
    of = unit.str.extract("of ([0-9]+) ", expand=False).astype("float64")
    counted = unit.str.startswith("of ").fillna(False)
    yield Found(
        counted & (target_figures["count"] != value), "value", "The value {value} is not the count {count}."
    )
    rows = of.notna() & (target_figures["denominator"].astype("float64") != of)
    yield Found(
        rows, "denominator", "The denominator {denominator} is not that of the unit, {of}.", {"of": of}
    )


@rule("citation-is-of-something")
def citation_is_of_something(claim_and_target_sources, claims, targets):
    """A citation stands behind a claim or a target strategy."""
    of = claim_and_target_sources["of"]
    rows = ~of.isin(claims["claim"]) & ~of.isin(targets["target_id"])
    yield Found(rows, "of", "There is no claim or target strategy called {of}.")


@rule("claim-has-citation", level="implausible")
def claim_has_citation(claims, claim_and_target_sources):
    """A claim has a citation behind its verdict."""
    yield Found(
        ~claims["claim"].isin(claim_and_target_sources["of"]), "claim", "No citation stands behind {claim}."
    )


@rule("value-has-unit", tables=("claims",))
def value_has_unit(claims):
    """A claimed or found value has its unit, and a unit its value."""
    for which in ("claimed", "found"):
        rows = claims[f"{which}_value"].notna() != claims[f"{which}_unit"].notna()
        yield Found(rows, f"{which}_unit", "A value and its unit do not stand together.")
