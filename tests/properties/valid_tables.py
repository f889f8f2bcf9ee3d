"""Evidence tables made at random: of any size, with any gaps, words and levels, that the loaders accept."""

import re
from functools import lru_cache

import numpy as np
import pandas as pd
from hypothesis import strategies as st

from mesoviz._schema import TABLES
from mesoviz._tables._joins import join_evidence
from mesoviz._tables._validate import read_checked

# Words that are hard to set: right to left, stacked marks, wide, astral, without blanks, like markup.
HARD = (
    "شريط النجاة من ورم المتوسطة",
    "תרופה נגד מזותליומה",
    "Z\u0351\u036b\u0343a\u0329\u0333l\u0321\u0353g\u0306\u0304o\u0317",
    "\u0301 mark first",
    "😀🧬 emoji 👩🏽",
    "胸膜間皮腫の治療",
    "W" * 300,
    "many short words " * 18 + "end",
    "$x_1$ \\frac{1}{2} %s {0} <b>&amp;</b> **x**",
    "ﬁ ligature ǅ ẞ İ ı",
)
BLOCKS = (
    *("arm_label", "population", "overlaps", "aim", "met", "enrolled", "planned", "dates", "n", "os", "pfs"),
    *("interval", "response", "parts", "count", "printed", "criteria", "harm", "reports", "year"),
)
# What no cell may be: a formula, a word for what is missing, garbled, with what cannot be seen.
_REFUSED = re.compile(
    r"[=+\-@＝＋－＠].*|.*(?:[ÂÃ][\x80-\xbf]|â€|ï»¿|[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\uffa0]).*"
    r"|NA|N/A|n/a|NR|n\.r\.|nan|NaN|NULL|null|#[NRVD].*|",
    re.DOTALL,
)
LANDMARKS = (6, 12, 24, 36, 60)

_words = st.text(
    st.characters(codec="utf-8", exclude_categories=("C", "Z"), include_characters=" "),
    min_size=1,
    max_size=40,
)
# What makes a set of tables: a seed, the number of arms, the share of gaps in each block, words, a level.
knobs = st.tuples(
    st.integers(0, 2**32 - 1),
    st.integers(0, 24),
    st.tuples(*[st.sampled_from((0.0, 0.3, 0.8, 1.0)) for _ in BLOCKS]),
    st.tuples(_words, _words, st.sampled_from(HARD), st.sampled_from(HARD)),
    st.one_of(st.just(95.0), st.sampled_from((50, 80, 90, 96.6, 99, 99.9)), st.floats(50, 99.9)),
)

# Tables in which most is told, in all the hard words at once.
full = st.tuples(
    st.integers(0, 2**32 - 1),
    st.integers(10, 16),
    st.tuples(*[st.sampled_from((0.0, 0.3)) for _ in BLOCKS]),
    st.permutations(HARD).map(lambda words: tuple(words[:6])),
    st.sampled_from((80.0, 99.9)),
)


@lru_cache(maxsize=200)
def evidence(knobs):
    """All tables of these knobs, read, checked and joined as `load_evidence` does."""
    return join_evidence(read_checked(raw(knobs)))


def raw(knobs):
    """The tables as they would stand in files."""
    return _Maker(*knobs).tables()


class _Maker:
    """One random number generator, and how likely each block of cells is to be empty."""

    def __init__(self, seed, arms, gaps, words, level):
        self.rng = np.random.default_rng(seed)
        self.arms = arms
        self.gap = dict(zip(BLOCKS, gaps, strict=True))
        self.words = words
        self.level = float(f"{level:.4g}")

    def tables(self):
        """Every table; all but the trials' are small."""
        sources = [self._source(i) for i in range(8)]
        therapies = [self._therapy(i) for i in range(self.pick(1, 9))]
        trials = self._trials(sources, therapies)
        shares = [self._shares(arm) for arm in trials[:40]]
        claims = [self._claim(i) for i in range(self.pick(0, 12))]
        targets = [self._target(i) for i in range(self.pick(0, 5))]
        cited = [self._citation(i, of) for i, of in enumerate([*claims, *targets]) if self.there("reports")]
        found = {
            "sources": sources,
            "therapies": therapies,
            "trials": trials,
            "landmarks": [row for landmarks, _ in shares for row in landmarks],
            "curves": [row for _, curves in shares[:4] for row in curves],
            "comparisons": [row for pair in self._pairs(trials) for row in self._comparisons(*pair)],
            "claims": claims,
            "targets": targets,
            "target_figures": [self._figure(i, targets, cited) for i in range(3 * len(targets))],
            "claim_and_target_sources": cited,
            "known_exceptions": [],
        }
        return {name: pd.DataFrame(rows, columns=TABLES[name].names) for name, rows in found.items()}

    def there(self, block):
        return self.rng.random() >= self.gap[block]

    def pick(self, low, high):
        """A whole number from `low` up to, not including, `high`."""
        return int(self.rng.integers(low, high))

    def of(self, column):
        """One of the words that a column allows."""
        table, name = column.split(".")
        return TABLES[table][name].allowed[self.pick(0, len(TABLES[table][name].allowed))]

    def text(self, most=600, own=""):
        """Words of at most `most` characters, made unlike all others by `own`."""
        words = self.words[self.pick(0, len(self.words))][: most - len(own) - 1].strip()
        return f"Word {own}".strip() if _REFUSED.fullmatch(words) else f"{words} {own}".strip()

    def number(self, low, high):
        """A number between, on the log scale, with up to two decimals."""
        value = np.exp(self.rng.uniform(np.log(low), np.log(high)))
        return float(np.clip(round(value, self.pick(0, 3)), low, high))

    def around(self, value, least, most):
        """An interval around a value with its level; nothing where there is a gap."""
        if not self.there("interval"):
            return None, None, None
        ends = np.clip(value * np.exp(self.rng.uniform(0, 1.5, 2) * (-1, 1)), least, most).round(3)
        return min(ends[0], value), max(ends[1], value), self.level

    def _source(self, i):
        row = {"source": f"s{i}", "title": self.text(1000), "kind": self.of("sources.kind")}
        row |= {"authors": self.text() if self.there("reports") else None, "journal": self.text()}
        row |= {"url": "https://example.org/$<b>"} if i % 2 else {"doi": f"10.1234/{i}<a>"}
        row["year"] = self.pick(1950, 2101) if self.there("year") else None
        if row["kind"] in ("secondary", "press") and i:
            row["reports"] = "s0"
        return row

    def _therapy(self, i):
        kinds = ("CAR T cells", "Antibody", "HSV-TK suicide gene", "viral vector", self.text())
        return {
            "therapy": f"Therapy {i}", "therapy_label": self.text(42, str(i)), "agent": self.text(100),
            "therapy_class": self.of("therapies.therapy_class"), "target": self.text(),
            "modality": kinds[self.pick(0, 5)],
        }  # fmt: skip

    def _trials(self, sources, therapies):
        rows = []
        while len(rows) < self.arms:
            i = len(rows)
            of_trial = self._trial(i)
            size = min(self.pick(1, 5), self.arms - len(rows))
            arms = [self._arm(j, of_trial, size, therapies) for j in range(size)]
            if size > 2 and self.pick(0, 2):  # the last arm is part of the first
                arms[-1] |= {"part_of": "a0", "role": arms[0]["role"]}
                arms[-1]["n"] = arms[0]["n"] and arms[-1]["n"] and min(arms[-1]["n"], arms[0]["n"])
            for arm in arms:
                arm |= self._responses(arm["n"])
                arm |= {
                    f"{kind}_source": f"s{self.pick(0, len(sources))}"
                    for kind in ("n", "os", "pfs", "response", "grade3plus_ae")
                }
            rows += [of_trial | arm for arm in arms]
        return rows

    def _trial(self, i):
        row = {"trial": f"t{i}", "trial_label": self.text(24, str(i)), "trial_name": self.text()}
        for name in ("phase", "design", "blinding", "setting", "disease_site", "status", "second_extraction"):
            row[name] = self.of(f"trials.{name}")
        row |= {"primary_source": f"s{self.pick(0, 8)}", "enrollment_source": f"s{self.pick(0, 8)}"}
        row["primary_endpoint_type"] = self.of("trials.primary_endpoint_type") if self.there("aim") else None
        row["primary_endpoint_met"] = ("yes", "no")[self.pick(0, 2)] if self.there("met") else None
        row["enrolled"] = self.pick(1, 2000) if self.there("enrolled") else None
        if self.there("enrolled"):
            row["enrolled_mesothelioma"] = self.pick(1, 1 + (row["enrolled"] or 500))
        row["planned"] = self.pick(1, 3000) if self.there("planned") else None
        first = self.pick(12 * 1960, 12 * 2027)
        for name, month in (("first_patient", first), ("last_patient", first + self.pick(0, 150))):
            told = f"{month // 12}" if self.pick(0, 3) == 0 else f"{month // 12}-{month % 12 + 1:02}"
            row[name] = told if self.there("dates") else None
        row["population"] = self.text() if self.there("population") else None
        row["overlaps_trial"] = f"t{self.pick(0, self.arms)}" if self.there("overlaps") else None
        return row

    def _arm(self, j, of_trial, size, therapies):
        row = {
            "arm": f"a{j}", "arm_setting": of_trial["setting"], "regimen": self.text(), "part_of": None,
            "role": "control" if j == 1 else "experimental" if j == 0 else self.of("trials.role"),
            "therapy": therapies[self.pick(0, len(therapies))]["therapy"],
            "n": int(self.number(1, 2000)) if self.there("n") else None,
        }  # fmt: skip
        if size > 1 and self.there("arm_label"):
            row["arm_label"] = self.text(24, str(j))
        longest = 240.0
        for prefix in ("os", "pfs"):
            median = self._median(prefix, longest)
            row |= median
            longest = median.get(f"{prefix}_median_months", longest)
        if self.there("harm"):
            row |= {"grade3plus_ae_pct": self.number(0.1, 100), "grade3plus_ae_basis": self.text()}
            row["grade3plus_ae_type"] = self.of("trials.grade3plus_ae_type")
        row["notes"] = self.text(1000) if self.there("population") else None
        return row

    def _median(self, prefix, longest):
        if not self.there(prefix):
            return {f"{prefix}_status": ("not reached", "not reported")[self.pick(0, 2)]}
        median = self.number(min(0.1, longest), longest)
        low, high, level = self.around(median, 0.001, 240)
        if low and self.pick(0, 4) == 0:
            high = None
        found = {"median_months": median, "low_months": low, "high_months": high, "ci_level": level}
        found["high_status"] = "reported" if high else "not reached" if low else "not reported"
        found = {f"{prefix}_{name}": value for name, value in found.items()}
        if prefix == "pfs":
            found["pfs_definition"] = self.of("trials.pfs_definition")
        return {f"{prefix}_status": "reported", **found}

    def _responses(self, n):
        """Parts that add up, each told or not; and printed rates that agree with them."""
        if not self.there("response"):
            return {}
        evaluable = self.pick(1, 1 + (n or 300))
        parts = self.rng.multinomial(evaluable, self.rng.dirichlet([0.5] * 5))
        complete, partial, stable = (int(part) for part in parts[:3])
        row = {"evaluable": evaluable, "complete_response": complete, "partial_response": partial}
        row |= {
            "stable_disease": stable,
            "progressive_disease": int(parts[3]),
            "not_evaluable": int(parts[4]),
        }
        row = {name: value for name, value in row.items() if name == "evaluable" or self.there("parts")}
        of = {"objective_response": complete + partial, "disease_control": complete + partial + stable}
        for name, value in of.items():
            if self.there("count"):
                row[name] = value
            if self.there("printed"):
                row[f"{name}_pct"] = round(100 * value / evaluable, 1)
        if "objective_response" not in row and {"complete_response", "partial_response"} <= set(row):
            del row["complete_response"]  # both would tell the total
        if not set(of) & set(row) and not self.there("count"):
            del row["evaluable"]
        if self.there("criteria"):
            row |= {
                "response_criteria": self.text(),
                "response_criteria_type": self.of("trials.response_criteria_type"),
            }
        return row | {"response_derived": ("yes", "no")[self.pick(0, 2)]}

    def _shares(self, arm):
        """Landmarks and a curve of an arm: survival that falls, and less without progression."""
        key = {"trial": arm["trial"], "arm": arm["arm"], "source": f"s{self.pick(0, 8)}"}
        landmarks, alive = [], 100.0
        for month in LANDMARKS:
            alive = float(np.floor(10 * alive * self.rng.uniform(0.2, 1)) / 10)
            share = alive
            for endpoint in ("OS", "PFS", "irPFS"):
                if self.there("os" if endpoint == "OS" else "pfs"):
                    low, high, level = self.around(max(share, 0.001), 0, 100)
                    low = low if low is None else min(low, share)
                    row = {"endpoint": endpoint, "month": month, "survival_pct": share}
                    landmarks.append({**key, **row, "low_pct": low, "high_pct": high, "ci_level": level})
                share = round(share * 0.9, 1)
        return landmarks, [{**key, **row} for row in self._curve(self.pick(1, 200))]

    def _curve(self, at_risk):
        endpoint, alive = self.of("curves.endpoint"), 1.0
        row = {"endpoint": endpoint, "month": 0, "survival_pct": 100.0, "at_risk": at_risk}
        rows = [{**row, "events": 0, "censored": 0}]
        for month in range(1, self.pick(1, 40)):
            before = rows[-1]
            events = self.pick(0, 1 + before["at_risk"] // 4)
            lost = self.pick(0, 1 + (before["at_risk"] - events) // 6)
            alive *= 1 - events / before["at_risk"] if before["at_risk"] else 1
            share = round(100 * alive, 1)
            low, high, _ = self.around(max(share, 0.001), 0, 100)
            rows.append(
                {
                    "endpoint": endpoint, "month": month, "survival_pct": share, "high_pct": high,
                    "low_pct": low if low is None else min(low, share),
                    "at_risk": before["at_risk"] - events - lost, "events": before["events"] + events,
                    "censored": before["censored"] + lost,
                }
            )  # fmt: skip
        return rows

    def _pairs(self, trials):
        """Experimental and control arm of the trials that can be compared, which are made randomized."""
        by_key = {(row["trial"], row["arm"]): row for row in trials}
        pairs = [(row, by_key.get((row["trial"], "a1"))) for row in trials if row["arm"] == "a0"]
        pairs = [(tried, control) for tried, control in pairs if control]
        for row in trials:
            if (row["trial"], "a1") in by_key:
                row["design"] = "randomized"
        return pairs

    def _comparisons(self, tried, control):
        rows = []
        key = {"trial": tried["trial"], "experimental_arm": tried["arm"], "control_arm": control["arm"]}
        kind = self.of("comparisons.control_kind")
        for endpoint in ("OS", "PFS"):
            for analysis, main in (("ITT", "yes"), (self.text(), "no")):
                if not self.there(endpoint.lower()):
                    continue
                ratio = self.number(0.01, 20)
                low, high, level = self.around(ratio, 0.001, 20)
                row = {
                    "endpoint": endpoint,
                    "hazard_ratio": ratio,
                    "low": low,
                    "high": high,
                    "ci_level": level,
                }
                row |= {
                    "hazards": self.of("comparisons.hazards"),
                    "analysis": analysis,
                    "main_analysis": main,
                }
                row |= {"source": f"s{self.pick(0, 8)}", "control_kind": kind}
                if self.there("aim"):
                    row |= {"p_value": self.number(0.001, 1), "p_relation": self.of("comparisons.p_relation")}
                row["endpoint_criteria"] = self.text() if self.there("criteria") else None
                rows.append({**key, **row})
        return rows

    def _claim(self, i):
        units = ("%", "% of patients", "months", "years", "year", self.text(), "patients")
        row = {"claim": f"c{i}", "text": f"x{i % 3}", "text_title": f"Text {i % 3}"}
        row |= {"text_year": (2015, None, 2022)[i % 3], "therapy": self.text(), "statement": self.text()}
        for side in ("claimed", "found"):
            if self.there("aim"):
                value = (str(self.number(0.1, 5000)), "85-90", str(self.pick(0, 2030)))[self.pick(0, 3)]
                row |= {f"{side}_value": value, f"{side}_unit": units[self.pick(0, 7)]}
        row |= {"verdict": self.of("claims.verdict"), "evidence": self.text()}
        return row | {"later_evidence": self.text() if self.there("population") else None}

    def _target(self, i):
        kind = ("gene therapy (plasmid)", self.text())[self.pick(0, 2)]
        row = {"target_id": f"g{i}", "strategy": self.text(), "strategy_class": kind, "target": self.text()}
        return row | {
            "mechanism": self.text(),
            "stage": self.of("targets.stage"),
            "key_finding": self.text(),
        }

    def _figure(self, i, targets, cited):
        of = targets[i % len(targets)]["target_id"]
        row = {"target_id": of, "kind": self.of("target_figures.kind"), "measure": self.text(600, str(i))}
        row |= {"gene": self.text(600) if self.there("arm_label") else None, "url": "https://example.org/a"}
        keys = [citation["source"] for citation in cited if citation["of"] == of]
        row["source"] = keys[0] if keys else None
        denominator = self.pick(1, 900)
        count = self.pick(0, denominator + 1)
        if self.there("count"):
            row |= {"count": count, "denominator": denominator}
        share = round(100 * count / denominator, 1)
        if self.there("printed"):
            return row | {"pct": share, "value": share, "unit": "%"}
        return row | {"value": share, "unit": "months"}

    def _citation(self, i, of):
        key = of.get("claim") or of["target_id"]
        where = {"doi": f"10.1234/{i}"} if i % 2 else {"url": "http://example.org/x"} if i % 3 else {}
        return {"source": f"ref{i}", "of": key, "citation": self.text(), **where}
