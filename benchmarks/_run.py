"""Measure two ways to the same end side by side, turn by turn, so that a busy machine slows both alike."""

import cProfile
import multiprocessing
import pstats
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from typing import NamedTuple

_LONG = 10.0  # seconds after which a call is not repeated
_ENOUGH = 0.5  # seconds of repeated calls, and how many calls at most
_MOST_CALLS = 20


@dataclass(frozen=True)
class Row:
    """One line of the table: what is measured, the limit it is held against, and the ratio aimed at.

    `ours` and `floor` are Python code, timed from the start to the end of its process; or a function that
    makes everything ready and returns the function to be timed. Either runs in a process of its own, so
    they are functions of a module, with `functools.partial` for their arguments.

    `memory` is the aim for the peak of memory over what the process held before. `steps` names parts of
    the work by the end of their function in a profile (``"_read.py:read_raw"``); the table then says which
    share each takes. Where `ours` works in other processes, the same work in one is `profiled` instead.
    `size` is the number of rows, where the cost of other sizes is worked out from it. A `slow` row is left
    out of a quick run; one that `needs` a package that is not installed is not measured again, but what was
    measured before stays. `why` says what keeps it from its aim, where it is over it.
    """

    what: str
    limit: str
    aim: float
    ours: str | Callable
    floor: str | Callable
    memory: float | None = None
    steps: dict = field(default_factory=dict)
    profiled: Callable | None = None
    size: int | None = None
    slow: bool = False
    needs: str = ""
    why: str = ""


class Measured(NamedTuple):
    """Seconds of a call, and by how many bytes the first one raised the peak of memory."""

    seconds: float
    memory: float | None


def compare(row, *, repeat=5):
    """Measure both sides of a row, turn by turn; their medians, and the median of the turns' ratios."""
    turns = [(measure(row.ours), measure(row.floor)) for _ in range(repeat)]
    ours, floor = zip(*turns, strict=True)
    result = {
        "ratio": statistics.median(one.seconds / other.seconds for one, other in turns),
        "seconds": statistics.median(one.seconds for one in ours),
        "limit_seconds": statistics.median(one.seconds for one in floor),
    }
    if row.memory:
        result["memory"] = statistics.median(one.memory for one in ours)
        result["limit_memory"] = statistics.median(one.memory for one in floor)
    if row.steps:
        result["steps"] = _in_a_process(_profile, row.profiled or row.ours, row.steps)
    return result


def measure(contender):
    """Run one side in a process of its own."""
    if isinstance(contender, str):
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", contender], check=True)
        return Measured(time.perf_counter() - start, None)
    return _in_a_process(_measure, contender)


def _in_a_process(work, *arguments):
    # A fresh process, not a fork: nothing that this one has imported or allocated may count.
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(work, *arguments).result()


def _measure(contender):
    run = contender()
    before, first = _peak(), _timed(run)
    peak = _peak() - before
    # The first call also imports what is imported on first use; a long one shows little of that.
    again = [_timed(run)] if first < _LONG else [first]
    while sum(again) < _ENOUGH and len(again) < _MOST_CALLS:
        again.append(_timed(run))
    return Measured(statistics.median(again), peak)


def _timed(run):
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def _peak():
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def _profile(contender, steps):
    run = contender()
    run()  # what is done once only, such as imports, is no part of the work
    profile = cProfile.Profile()
    profile.runcall(run)
    stats = pstats.Stats(profile)
    seconds = {f"{file}:{name}": numbers[3] for (file, _, name), numbers in stats.stats.items()}
    return {
        words: sum(time for place, time in seconds.items() if place.endswith(end)) / stats.total_tt
        for words, end in steps.items()
    }
