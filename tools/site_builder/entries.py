"""What the pages of trials and therapies say: one entry each, every number as the tables have it."""

import re
from collections import defaultdict

import pandas as pd

from mesoviz._figures import _response_rate, _survival
from mesoviz._page import _chart, _words
from mesoviz._schema import LIST_SEPARATOR

_REGISTRIES = {
    "NCT": "https://clinicaltrials.gov/study/{}",
    "ISRCTN": "https://www.isrctn.com/{}",
    "ACTRN": "https://www.anzctr.org.au/{}.aspx",
}
_COUNTED = {"enrolled_mesothelioma": "with mesothelioma", "enrolled": "in all", "planned": "planned"}


def trials(evidence, figures):
    """One entry a trial, in the order of its label, with its arms, comparisons, charts and sources."""
    compared = _rows_by(evidence.comparisons, "trial")
    timed = _rows_by(evidence.landmarks, "trial")
    cite = _Sources(evidence.sources)
    entries = []
    for key, arms in _rows_by(_with_rates(evidence.trials), "trial").items():
        elsewhere = [row["source"] for row in (*compared[key], *timed[key])]
        entries.append(
            {
                "id": f"trial-{key}",
                "label": arms[0]["trial_label"],
                "name": arms[0]["trial_name"],
                "facts": _facts(arms[0]),
                "arms": [_arm(row) for row in arms],
                "comparisons": [_comparison(row) for row in compared[key]],
                "landmarks": [_landmark(row) for row in timed[key]],
                "notes": _told(arms, "notes"),
                "charts": [figure for figure in figures if key in figure.trials],
                "sources": cite([*_sources_of(arms), *elsewhere]),
            }
        )
    return sorted(entries, key=lambda entry: _order(entry["label"]))


def therapies(evidence, figures):
    """One entry an agent within its class, with regimens, arms, targets, claims, charts and sources."""
    strategies = {row["target_id"]: row for row in evidence.targets.to_dict("records")}
    claims = evidence.claims.to_dict("records")
    tried = _rows_by(_with_rates(evidence.trials), "agent")
    cite = _Sources(evidence.sources)
    entries = []
    for agent, regimens in _rows_by(evidence.therapies, "agent").items():
        named = {row[name].casefold() for row in regimens for name in ("therapy", "therapy_label", "agent")}
        keys = LIST_SEPARATOR.join(_told(regimens, "target_ids")).split(LIST_SEPARATOR)
        entries.append(
            {
                "id": slug(f"therapy-{agent}"),
                "class": regimens[0]["therapy_class"],
                "label": agent,
                "facts": _regimen_facts(regimens),
                "regimens": _told(regimens, "therapy"),
                "arms": [_arm(row) for row in tried[agent]],
                "strategies": [strategies[key] for key in dict.fromkeys(keys) if key],
                "claims": [row for row in claims if _named(row["therapy"]) & named],
                "charts": [figure for figure in figures if agent in figure.agents],
                "sources": cite(_sources_of(tried[agent])),
            }
        )
    return sorted(entries, key=lambda entry: _order(entry["label"]))


def slug(text):
    """A name as an anchor: small letters, digits and hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", text.casefold()).strip("-")


def registry_link(number):
    """Where a registry shows a trial; None for a registry without lasting addresses."""
    found = re.match(r"[A-Z]+", number)
    address = found and _REGISTRIES.get(found[0])
    return address.format(number) if address else None


class _Sources:
    """Sources as HTML, each once, in the order of their citation."""

    def __init__(self, sources):
        rows = sorted(sources.to_dict("records"), key=lambda row: _order(row["citation"]))
        self._shown = {row["source"]: _chart._reference(row) for row in rows}

    def __call__(self, keys):
        wanted = {*keys}
        return [shown for key, shown in self._shown.items() if key in wanted]


def _rows_by(frame, column):
    rows = defaultdict(list)
    for row in frame.to_dict("records"):
        rows[row[column]].append(row)
    return rows


def _with_rates(arms):
    """Each arm with its response rate as the response figure works it out."""
    renamed = {"objective_response": "count", "objective_response_pct": "printed_pct"}
    return _response_rate.with_rates(arms.rename(columns=renamed))


def _sources_of(arms):
    return [row[name] for row in arms for name in row if name.endswith("_source")]


def _arm(row):
    """An arm as a line of a table."""
    labels = [row["therapy_label"], row["arm_label"]]
    return {
        "trial": row["trial"],
        "trial_label": row["trial_label"],
        "name": " \N{MIDDLE DOT} ".join(label for label in labels if pd.notna(label)),
        "regimen": row["regimen"],
        "agent": slug(f"therapy-{row['agent']}"),
        "role": row["role"],
        "part": pd.notna(row["part_of"]),
        "setting": _words.SETTINGS[row["arm_setting"]],
        "n": f"{row['n']:,}" if pd.notna(row["n"]) else _words.NOT_REPORTED,
        "os": _median(row, "os"),
        "pfs": _median(row, "pfs"),
        "response": _response(row),
        "harm": _harm(row),
    }


def _median(row, endpoint):
    if row[f"{endpoint}_status"] == _words.NOT_REPORTED:
        return _words.NOT_REPORTED
    names = ("status", "median_months", "low_months", "high_months", "high_status", "ci_level")
    cell = _survival.median_cell({name: row[f"{endpoint}_{name}"] for name in names})
    definition = row["pfs_definition"] if endpoint == "pfs" else None
    return f"{cell}, {definition}" if pd.notna(definition) and definition != "PFS" else cell


def _response(row):
    """Count over denominator and the rate; one alone where the other is not reported."""
    rated = row["counted"] or pd.notna(row["printed_pct"])
    shared = pd.notna(row["count"]) or (pd.notna(row["evaluable"]) and rated)
    parts = [_response_rate.share_cell(row)] if shared else []
    parts += [_response_rate.rate_cell(row)] if rated else []
    return ": ".join(parts) or _words.NOT_REPORTED


def _harm(row):
    if pd.isna(row["grade3plus_ae_pct"]):
        return _words.NOT_REPORTED
    kind = f" ({row['grade3plus_ae_type']})" if pd.notna(row["grade3plus_ae_type"]) else ""
    return f"{_words.number(row['grade3plus_ae_pct'], 0)} %{kind}"


def _comparison(row):
    level = f"{row['ci_level']:g} % " if pd.notna(row["ci_level"]) else ""
    limits = _words.interval(row["low"], row["high"], places=2)
    sides = f", {row['p_sides']}-sided" if pd.notna(row["p_sides"]) else ""
    relation = "<" if row["p_relation"] == "less than" else "="
    return {
        "arms": f"{row['experimental_label']} vs {row['control_label']}",
        "endpoint": row["endpoint"],
        "ratio": _words.number(row["hazard_ratio"], 2),
        "interval": f"{level}{limits}" if limits else _words.NO_INTERVAL,
        "p": f"{relation} {row['p_value']:g}{sides}" if pd.notna(row["p_value"]) else _words.NOT_REPORTED,
        "analysis": row["analysis"],
    }


def _landmark(row):
    labels = [row["therapy_label"], row["arm_label"]]
    limits = _words.interval(row["low_pct"], row["high_pct"], places=0)
    if limits and row["ci_level"] != 95:
        limits += f" at {row['ci_level']:g} %" if pd.notna(row["ci_level"]) else " level not stated"
    return {
        "arm": " \N{MIDDLE DOT} ".join(label for label in labels if pd.notna(label)),
        "endpoint": row["endpoint"],
        "month": f"{row['month']:g}",
        "value": f"{_words.number(row['survival_pct'], 0)} % {limits}".rstrip(),
    }


def _facts(row):
    """What is known of a trial as a whole: pairs of a name and a text, and a link where there is one."""
    number = row["registry_id"]
    counts = [f"{row[name]:,} {words}" for name, words in _COUNTED.items() if pd.notna(row[name])]
    aim = row["primary_endpoint"] if pd.notna(row["primary_endpoint"]) else _words.NOT_REPORTED
    met = {True: "; met", False: "; not met"}.get(row["primary_endpoint_met"], "")
    months = [row[name] if pd.notna(row[name]) else "?" for name in ("first_patient", "last_patient")]
    shown = {
        "Registry": (number, registry_link(number)) if pd.notna(number) else (_words.NOT_REPORTED, None),
        "Phase": (str(row["phase"]), None),
        "Design": (f"{row['design']}, {row['blinding']}", None),
        "Setting": (_words.SETTINGS[row["setting"]], None),
        "Disease": (f"{row['disease_site']} mesothelioma", None),
        "Status": (row["status"], None),
        "Primary endpoint": (aim + met, None),
        "Patients": (_words.listing(counts) or _words.NOT_REPORTED, None),
        "First to last patient": (" to ".join(months) if months != ["?", "?"] else _words.NOT_REPORTED, None),
        "Extracted twice": ("yes, the figures agree" if row["second_extraction"] == "agrees" else "no", None),
    }
    if pd.notna(row["population"]):
        shown["Selected patients"] = (row["population"], None)
    if pd.notna(row["overlaps_trial"]):
        shown["Very probably shares patients with"] = (
            row["overlaps_trial"],
            f"#trial-{row['overlaps_trial']}",
        )
    return shown


def _regimen_facts(regimens):
    named = {"Regimens": "therapy", "Kind": "modality", "Aims at": "target"}
    told = {name: _told(regimens, column) for name, column in named.items()}
    return {name: "; ".join(texts) for name, texts in told.items() if texts}


def _told(rows, column):
    """The texts of a column, each once."""
    return list(dict.fromkeys(row[column] for row in rows if pd.notna(row[column])))


def _named(therapy):
    """The names that a claim is about, for comparing."""
    if pd.isna(therapy):
        return set()
    bare = re.sub(r"\s*\([^()]*\)", "", therapy).casefold()
    return {bare, *(part.strip() for part in bare.split(","))} - {""}


def _order(label):
    return [label.casefold(), label]
