"""Store what was measured, and write docs/speed.md from it."""

import json
import platform
import textwrap
from importlib.metadata import version
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[1]
RESULTS = _ROOT / "benchmarks" / "results.json"
PAGE = _ROOT / "docs" / "speed.md"
_PACKAGES = ("pandas", "numpy", "matplotlib", "scipy", "nbclient")
_STUDIES = 600_000  # about what ClinicalTrials.gov holds
_LARGEST = 200_000_000  # bytes of a file that is read

_TOP = """# Speed

Written by `make bench`; do not edit it by hand. Every row was measured as two ways to the same end, side by
side in one run: each in fresh processes of its own, turn by turn, so that a busy machine slows both alike.
The ratio is the median of the turns' ratios; seconds are medians, and tell of one machine only.

"""
_HEAD = """| what | held against | aim | measured | seconds | peak of memory |
|---|---|---|---|---|---|
"""


def line(row, result):
    """What was measured, for the terminal."""
    mark = "ok  " if _is_met(row, result) else "OVER"
    memory = f", memory {_memory(row, result)}" if row.memory else ""
    measured = f"{mark} {result['ratio']:6.2f} (aim {row.aim:g})"
    return f"{measured}  {row.what}: {_seconds(result)} of {row.limit}{memory}"


def stored():
    """What was measured before."""
    return json.loads(RESULTS.read_text("utf-8"))["rows"] if RESULTS.exists() else {}


def store(sections, results):
    """Keep the results of the rows there are, by what they are about, and write the page."""
    sections = {about: [row for row in rows if row.what in results] for about, rows in sections.items()}
    rows = [row for rows in sections.values() for row in rows]
    versions = {"python": platform.python_version(), **{name: version(name) for name in _PACKAGES}}
    kept = {"versions": versions, "rows": {row.what: results[row.what] for row in rows}}
    RESULTS.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8", newline="\n")
    PAGE.write_text(page(sections, results, versions), encoding="utf-8", newline="\n")


def page(sections, results, versions):
    """The page about speed, in Markdown."""
    rows = [row for rows in sections.values() for row in rows]
    over = [row for row in rows if not _is_met(row, results[row.what])]
    told = "".join(f"- {row.what}{': ' * bool(row.why)}{row.why}.\n" for row in over)
    verdict = f"Over their aims are:\n\n{told}" if over else "Every row is within its aim.\n"
    on = ", ".join(f"{name} {number}" for name, number in versions.items())
    tables = "".join(
        f"## {about}\n\n{_HEAD}{''.join(_cells(row, results[row.what]) for row in rows)}\n"
        for about, rows in sections.items()
        if rows
    )
    return f"{_TOP}{verdict}\nVersions: {on}.\n\n{tables}{_where(rows, results)}{_scale(rows, results)}"


def _cells(row, result):
    ratio = f"{result['ratio']:.2f}" if _is_met(row, result) else f"**{result['ratio']:.2f}**"
    memory = _memory(row, result) if row.memory else ""
    return f"| {row.what} | {row.limit} | ≤ {row.aim:g} | {ratio} | {_seconds(result)} | {memory} |\n"


def _is_met(row, result):
    in_memory = not row.memory or result["memory"] <= row.memory * result["limit_memory"]
    return result["ratio"] <= row.aim and in_memory


def _seconds(result):
    return f"{result['seconds']:.3g} / {result['limit_seconds']:.3g} s"


def _memory(row, result):
    ours, limit = (result[name] / 1e6 for name in ("memory", "limit_memory"))
    return f"{ours / limit:.2f} (≤ {row.memory:g}): {ours:.0f} / {limit:.0f} MB"


def _where(rows, results):
    """Where the time of each row goes, by its profile."""
    lines = []
    for row in rows:
        shares = results[row.what].get("steps")
        if shares:
            parts = [f"{words} {100 * share:.0f} %" for words, share in shares.items()]
            lines.append(f"- {row.what}: {', '.join(parts)}.\n")
    return f"## Where the time goes\n\nShares by the profiler.\n\n{''.join(lines)}" if lines else ""


def _scale(rows, results):
    """What a table as large as a registry would cost, from the slope between the two largest measured."""
    sized = sorted((row for row in rows if row.size), key=lambda row: row.size)[-2:]
    if len(sized) < 2:
        return ""
    fewer, more = (results[row.what] for row in sized)
    arms = sized[1].size - sized[0].size
    cost = {name: (more[name] - fewer[name]) / arms for name in ("seconds", "memory")}
    beyond = _STUDIES - sized[1].size
    seconds, memory = (more[name] + cost[name] * beyond for name in ("seconds", "memory"))
    words = (
        f"ClinicalTrials.gov holds about {_STUDIES:,} studies. From {sized[0].size:,} to {sized[1].size:,} "
        f"arms, each further arm costs {1e6 * cost['seconds']:.0f} µs and {cost['memory'] / 1e3:.1f} kB. "
        f"A table of {_STUDIES:,} arms would so load, with every check, in about {seconds:.0f} s with "
        f"{memory / 1e9:.1f} GB: nothing but pandas would be needed. One file of that size is refused all "
        f"the same: what is larger than {_LARGEST // 1_000_000} MB is more likely a mistake than evidence."
    )
    return f"\n## Scale, on paper\n\n{textwrap.fill(words, 110)}\n"
