"""Run the benchmarks: print the table, store it, and write docs/speed.md."""

import argparse
import importlib
import re
from importlib.util import find_spec
from pathlib import Path

from benchmarks._report import line, store, stored
from benchmarks._run import compare


def declared():
    """The modules that declare rows, by name."""
    names = [path.stem for path in sorted(Path(__file__).parent.glob("[a-z]*.py"))]
    return {name: importlib.import_module(f"benchmarks.{name}") for name in names}


def _about(module):
    """What a module's rows are about, in the first clause of its words."""
    return re.split(r"[:,.]", module.__doc__)[0]


def main():
    modules = declared()
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("modules", nargs="*", metavar="NAME", help=f"some of {', '.join(modules)}")
    parser.add_argument("--quick", action="store_true", help="three turns, without the slow rows")
    parser.add_argument("--turns", type=int, help="how often each side is measured (default: 7, or 3)")
    options = parser.parse_args()
    turns = options.turns or (3 if options.quick else 7)
    results = {}
    for name in options.modules or modules:
        for row in modules[name].ROWS:
            if row.needs and not find_spec(row.needs):
                print(f"not measured, as {row.needs} is not installed: {row.what}", flush=True)
            elif not (options.quick and row.slow):
                results[row.what] = compare(row, repeat=turns)
                print(line(row, results[row.what]), flush=True)
    # What was not measured now stays as it was, even if another run has stored it meanwhile.
    store({_about(module): module.ROWS for module in modules.values()}, stored() | results)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
