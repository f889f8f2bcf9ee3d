"""Corruptions that a figure caught, confirmed by nbval: the stored outputs of the notebook no longer hold."""

import shutil
from concurrent.futures import ThreadPoolExecutor

from checkout import copied, nbval
from kinds import corruption

WANTED = 10


def worth_confirming(verdicts):
    """Ten corruptions caught by a figure: of every notebook that caught one, and of as many kinds."""
    caught = [one for one in verdicts if one.outcome == "figure"]
    chosen = []
    while caught and len(chosen) < WANTED:
        chosen.append(min(caught, key=lambda one: _met(one, chosen)))
        caught.remove(chosen[-1])
    return chosen


def _met(one, chosen):
    """How often its notebook and its kind were chosen already."""
    return (
        sum(one.notebook == other.notebook for other in chosen),
        sum(one.kind == other.kind for other in chosen),
    )


def confirmed(verdicts, folder, jobs):
    """Each of the verdicts, and whether nbval fails the notebook at the cell that showed it."""
    with ThreadPoolExecutor(jobs) as pool:  # each waits for a process of its own
        return list(zip(verdicts, pool.map(lambda one: _fails(one, folder), verdicts), strict=True))


def _fails(verdict, folder):
    copy = copied(folder / f"{verdict.kind}-{verdict.number}".replace(" ", "-"))
    table, change = corruption(verdict.kind, verdict.number)
    (copy / "data" / f"{table}.csv").write_bytes(change.data)
    code, printed = nbval(copy, verdict.notebook)
    shutil.rmtree(copy)
    return code == 1 and "Cell outputs differ" in printed
