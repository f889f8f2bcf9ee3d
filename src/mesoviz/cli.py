"""The command line: check tables, write the codebook, and export figures."""

import argparse
import os
import sys
from collections import Counter

from mesoviz import __version__
from mesoviz._checks._faults import CELL_FAULTS, FILE_FAULTS

_MARKS = {"error": ("✗", "x"), "implausible": ("!", "!"), "known": ("•", "*"), None: ("✓", "ok")}


def main(arguments=None):
    """Run one command and return the exit status: 0, or 1 where errors were found."""
    options = _parser().parse_args(arguments)
    try:
        return options.run(options)
    except BrokenPipeError:
        # Whoever read the lines has read enough; nothing is left to write to, not even at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def _parser():
    parser = argparse.ArgumentParser(
        prog="mesoviz", description="Check the evidence tables of mesoviz, export its figures."
    )
    parser.add_argument("--version", action="version", version=f"mesoviz {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    check = commands.add_parser(
        "check", help="check a table, a folder of tables, or the project's own tables"
    )
    check.add_argument("path", nargs="?", metavar="FILE or FOLDER", help="default: the project's own tables")
    check.set_defaults(run=_check)
    figures = commands.add_parser("figures", help="write every figure of the notebooks for slides and papers")
    figures.add_argument(
        "folder", nargs="?", default="build/figures", metavar="FOLDER", help="default: %(default)s"
    )
    figures.add_argument("--therapy", help="only what is about a therapy or a class of therapies")
    figures.add_argument("--setting", help="only what is about a setting, such as first-line")
    figures.add_argument("--figure", metavar="WORD", help="only figures whose name holds the word")
    figures.add_argument("--jobs", type=int, help="how many processes draw (default: one a core)")
    figures.set_defaults(run=_figures)
    codebook = commands.add_parser("codebook", help="write data/datapackage.json and data/README.md")
    codebook.set_defaults(run=_codebook)
    return parser


def _check(options):
    from mesoviz._tables._validate import examine_path

    examined = examine_path(options.path)
    for line in tick_list(examined):
        print(_printable(line))
    return 1 if examined.report.total("error") else 0


def _figures(options):
    from mesoviz._export._pack import make
    from mesoviz._notebooks._run import CellError

    try:
        asked = {name: getattr(options, name) for name in ("therapy", "setting", "figure")}
        make(options.folder, **asked, jobs=options.jobs)
    except (CellError, OSError, ValueError) as error:
        print(f"mesoviz figures: {error}", file=sys.stderr)
        return 1
    return 0


def _codebook(options):
    from mesoviz._checks._codebook import write
    from mesoviz._tables._validate import data_folder

    for path in write(data_folder()):
        print(f"{path.name} written")
    return 0


def tick_list(examined):
    """What was checked, one line a rule, then every finding in a sentence."""
    report = examined.report
    tables = {name: checked for name, checked in examined.tables.items() if checked is not None}
    for name, checked in tables.items():
        yield f"{name}: {len(checked.frame)} rows read"
    counted = Counter()
    for (_, level, rule), number in report.counts.items():
        counted[rule, level] += number
    # Of a file that could not be read, only what it breaks is known.
    about = {
        name: words
        for name, words in (FILE_FAULTS | CELL_FAULTS).items()
        if tables or any((name, level) in counted for level in _MARKS)
    }
    for rule in examined.rules:
        about.setdefault(rule.name, rule.about)
    for name, words in about.items():
        yield _tick(name, words, {level: counted[name, level] for level in _MARKS if level})
    yield from _details(report)


def _tick(name, about, counts):
    found = {level: number for level, number in counts.items() if number}
    mark = _MARKS[next(iter(found), None)][0]
    numbers = ", ".join(
        f"{number} {level}{'s' if level == 'error' and number > 1 else ''}" for level, number in found.items()
    )
    return f"{mark} {name}{': ' + numbers if numbers else ''}" + (f" - {about}" if about else "")


def _details(report):
    from mesoviz._checks._problems import SHOWN, printable, sentence

    for level, title in (("error", "Errors"), ("implausible", "Implausible"), ("known", "Known exceptions")):
        frame, total = report.frame(level), report.total(level)
        if total:
            yield ""
            yield f"{title} ({total})"
            for row in frame.head(SHOWN).itertuples(index=False):
                place = "/".join(part for part in (row.trial, row.arm) if part)
                yield f"  {sentence(row)}" + (f" [{printable(place)}]" if place else "")
            if total > min(len(frame), SHOWN):
                yield f"  and {total - min(len(frame), SHOWN)} more"
    errors = report.total("error")
    yield ""
    yield f"{errors} error{'s' if errors != 1 else ''}" if errors else "No errors."


def _printable(line):
    """The line in what the terminal can write; marks have a plain form."""
    encoding = sys.stdout.encoding or "ascii"
    try:
        line.encode(encoding)
    except UnicodeEncodeError:
        for mark, plain in _MARKS.values():
            line = line.replace(mark, plain)
        line = line.encode(encoding, errors="replace").decode(encoding)
    return line
