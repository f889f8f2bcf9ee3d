"""Corrupt the evidence tables in every way, print what becomes of it, and write docs/trust.md.

    python tests/corruption/trust.py [--jobs 2] [--update]

It fails where a kind is caught less often than expected.json says, and where anything but a finding comes of
a corruption: another error, a hang, memory without bound. With --update what was found becomes what is
expected.
"""

import argparse
import json
import multiprocessing
import os
import sys
import tempfile
from collections import Counter
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1]))  # what the tests share
from confirming import confirmed, worth_confirming
from judging import FAILURE, OUTCOMES, Judge, notebooks
from kinds import GROUPS, KINDS
from report import page

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
EXPECTED = HERE / "expected.json"
EACH = {"value": 17, "word": 8, "rows": 8, "form": 8, "file": 8}  # corruptions of each kind of a group


def main(arguments=None):
    """Run it all; the exit status is 0, or 1 where the tables are held less well than expected."""
    options = _parser().parse_args(arguments)
    os.chdir(ROOT / "notebooks")  # as a kernel would be
    with tempfile.TemporaryDirectory() as folder:
        verdicts = judge_all(Path(folder), EACH, options.jobs)
        print(*lines(verdicts), sep="\n")
        print("", *(told(one) for one in verdicts if one.outcome == "undetectable"), sep="\n", flush=True)
        confirmations = confirmed(worth_confirming(verdicts), Path(folder), options.jobs)
    for one, held in confirmations:
        print(f"{'confirmed' if held else 'NOT CONFIRMED'} by nbval: {told(one)}")
    if options.update:
        EXPECTED.write_text(json.dumps(outcomes_by_kind(verdicts), indent=1) + "\n", encoding="utf-8")
    problems = [*fallen(verdicts), *(told(one) for one, held in confirmations if not held)]
    if problems:
        print("\nNot held:", *problems, sep="\n  ", file=sys.stderr)
        return 1
    text = page(verdicts, [one for one, _ in confirmations])
    (ROOT / "docs" / "trust.md").write_text(text, encoding="utf-8", newline="\n")
    print("\nAll held; docs/trust.md written.")
    return 0


def _parser():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="processes at once")
    parser.add_argument("--update", action="store_true", help="expect from now on what is found")
    return parser


def judge_all(folder, each, jobs):
    """The verdicts on the corruptions of every kind, in the order of the kinds."""
    wanted = [(name, number) for name, kind in KINDS.items() for number in range(each[kind.group])]
    judge = Judge(folder / "sound")
    for path in notebooks():
        judge.known(path)
    context, ends = multiprocessing.get_context("fork"), []
    for job in range(jobs):  # what was learned is inherited by forking, not sent
        end, other = context.Pipe(duplex=False)
        own = judge.moved_to(folder / f"job-{job}")
        context.Process(target=_work, args=(own, wanted[job::jobs], other), daemon=True).start()
        other.close()
        ends.append(end)
    found = []
    for at in range(len(wanted)):
        found.append(ends[at % jobs].recv())  # a process that died ends its pipe: EOFError
        if sys.stderr.isatty():
            print(f"\r{at + 1} of {len(wanted)} judged ", end="", file=sys.stderr, flush=True)
    return found


def _work(judge, wanted, end):
    for name, number in wanted:
        end.send(judge.judge(name, number, load=number < 2))


def outcomes_by_kind(verdicts):
    """For each kind the first letters of what became of its corruptions, in their order."""
    letters = {}
    for one in verdicts:
        letters[one.kind] = letters.get(one.kind, "") + one.outcome[0]
    return letters


def share_caught(letters):
    """The share that is caught or harmless, where these are the outcomes."""
    return sum(letters.count(outcome) for outcome in "rfh") / len(letters)


def fallen(verdicts):
    """What is wrong: failures, and kinds that are caught less often than expected."""
    expected = json.loads(EXPECTED.read_text(encoding="utf-8"))
    found = [told(one) for one in verdicts if one.outcome == FAILURE]
    for name, letters in outcomes_by_kind(verdicts).items():
        if share_caught(letters) < share_caught(expected[name]):
            found.append(f"{name}: {letters} where {expected[name]} is expected")
    return found


def told(one):
    """A verdict in one line."""
    return f"{one.kind}, {one.table}: {one.what}: {one.outcome} {one.notebook} {one.how}".strip()


def lines(verdicts):
    """A table of the outcomes, one line a kind and one a group."""
    heads = ["made", *OUTCOMES]
    yield f"{'':44}" + "".join(f"{head:>14}" for head in heads)
    for group in GROUPS:
        of_group = [one for one in verdicts if KINDS[one.kind].group == group]
        for name in dict.fromkeys(one.kind for one in of_group):
            yield _line(name, [one for one in of_group if one.kind == name])
        yield _line(f"ALL OF GROUP {group.upper()}", of_group)
    yield _line("ALL", verdicts)


def _line(name, verdicts):
    counted = Counter(one.outcome for one in verdicts)
    return f"{name:44}{len(verdicts):>14}" + "".join(f"{counted[outcome]:>14}" for outcome in OUTCOMES)


if __name__ == "__main__":
    sys.exit(main())
