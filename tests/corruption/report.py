"""Writes docs/trust.md: the promises, how each is tested, and what becomes of every kind of corruption."""

from collections import Counter
from pathlib import Path

from judging import FAILURE, MEMORY, PATIENCE
from kinds import GROUPS, KINDS

TEMPLATE = Path(__file__).with_name("trust_template.md")
_GROUPS = {
    "value": "Values that look right",
    "word": "Words that look right",
    "rows": "Rows and columns",
    "form": "How cells are written",
    "file": "How files are written",
}
_HEADS = ("Kind", "made", "rule", "figure", "harmless", "not caught")


def page(verdicts, confirmed):
    """The page, the same for the same verdicts."""
    filled = {
        "numbers": _numbers(verdicts),
        "kinds": "\n\n".join(_group(group, verdicts) for group in GROUPS),
        "undetectable": _undetectable(verdicts),
        "patience": str(PATIENCE),
        "memory": str(MEMORY // 10**9),
        "confirmed": "\n".join(f"- {_place(one)}: `{one.notebook}.ipynb`" for one in confirmed),
    }
    text = TEMPLATE.read_text(encoding="utf-8")
    for name, words in filled.items():
        text = text.replace(f"{{{name}}}", words)
    return text


def _numbers(verdicts):
    of = Counter(one.outcome for one in verdicts)
    named = Counter(one.named for one in verdicts if one.outcome == "rule")
    different = len({(one.table, one.mark) for one in verdicts})
    lines = [
        f"- {len(verdicts)} corruptions of {len(KINDS)} kinds were made, {different} of them different.",
        f"- {of['rule']} were caught by a rule, whose message names the cell ({named['cell']}), its row "
        f"({named['row']}), the file ({named['file']}), or the row of another table that no longer fits "
        f"({named['elsewhere']}).",
        f"- {of['figure']} more were caught by a figure: the words of a notebook change.",
        f"- {of['harmless']} were harmless: the same table was read, cell by cell.",
        f"- {of['undetectable']} were not caught; each is listed below.",
        f"- {of[FAILURE]} ended in anything else, such as another error, a hang or memory without bound.",
    ]
    for group in GROUPS:
        ours = [one for one in verdicts if KINDS[one.kind].group == group and one.outcome != "harmless"]
        caught = sum(one.held for one in ours)
        lines.append(
            f"- {_GROUPS[group]}: {caught} of {len(ours)} caught ({100 * caught / len(ours):.1f} %)."
        )
    return "\n".join(lines)


def _group(group, verdicts):
    rows = [f"### {_GROUPS[group]}\n", _row(_HEADS), _row(["---"] + ["--:"] * (len(_HEADS) - 1))]
    for name in (name for name, kind in KINDS.items() if kind.group == group):
        of = Counter(one.outcome for one in verdicts if one.kind == name)
        counts = [of[outcome] or "" for outcome in ("rule", "figure", "harmless", "undetectable")]
        rows.append(_row([name, of.total(), *counts]))
    return "\n".join(rows)


def _row(cells):
    return f"| {' | '.join(map(str, cells))} |"


def _undetectable(verdicts):
    """Every corruption that was not caught, and why."""
    shown = {(one.table, name) for one in verdicts if one.outcome == "figure" for name in one.columns}
    rows = [_row(("Kind", "Table", "What was changed", "Why")), _row(["---"] * 4)]
    for one in (one for one in verdicts if one.outcome == "undetectable"):
        elsewhere = any((one.table, name) in shown for name in one.columns)
        why = "not shown of this row, or not so exactly" if elsewhere else "no notebook was seen to show it"
        rows.append(_row((one.kind, one.table, _code(one.what), why)))
    return "\n".join(rows)


def _place(one):
    return f"{one.kind}, {one.table}: {_code(one.what)}"


def _code(text):
    return "`" + text.replace("`", "'").replace("|", "/") + "`"
