"""Run the tests on every Python and with the oldest, the pinned and the newest packages allowed.

Each set gets an environment of its own in build/matrix, and a line in a table. Two sets break a bound of
pyproject.toml on purpose: their stored outputs must not be met, else the bound is narrower than needed.
Ends with 1 where a set did not do as expected, and with 3 where a Python was not to be found.
"""

import argparse
import importlib.util
import os
import re
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "build" / "matrix"
UV = (sys.executable, "-m", "uv")
PINS = ROOT / "constraints.txt"
STORED = ("notebooks", "tests/test_pictures.py")
SHOWN = ("pandas", "matplotlib", "numpy", "scipy", "pillow", "great-tables")
COLUMNS = ("set", "Python", *SHOWN, "seconds", "result")
VERSIONS = "import platform, importlib.metadata as m; print(platform.python_version(), *map(m.version, {}))"
DID_AS_EXPECTED, FAILED, SKIPPED = 0, 1, 3


@dataclass(frozen=True)
class Set:
    """A Python; how uv is to choose the packages (as pinned, unless told); what takes the place of a pin."""

    name: str
    python: str
    options: tuple = ("--constraints", PINS)
    instead: str = ""

    @property
    def interpreter(self):
        return FOLDER / self.name / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


SETS = (
    *(Set(f"pinned-{python}", python) for python in ("3.11", "3.12", "3.13")),
    Set("oldest", "3.11", ("--resolution", "lowest-direct")),
    Set("newest", "3.13", ("--upgrade",)),
    Set("older-matplotlib", "3.11", instead="matplotlib==3.10.*"),
    Set("older-pandas", "3.11", instead="pandas==2.3.*"),
)


class SetupError(Exception):
    """A set could not be installed; the message is what uv said."""


def find(python):
    """The path of an interpreter that is on this machine, or None; pyenv's are found though not active."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    folders = [str(folder) for folder in sorted(pyenv.glob(f"{python}.*/bin"), reverse=True)]
    path = os.pathsep.join([*folders, os.environ.get("PATH", "")])
    command = (*UV, "python", "find", "--system", "--no-python-downloads", python)
    found = subprocess.run(command, env={**os.environ, "PATH": path}, capture_output=True, text=True)
    return found.stdout.strip() or None


def uv(*arguments):
    done = subprocess.run([*UV, *map(str, arguments)], cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        raise SetupError(done.stderr.strip())


def broken_bound(one):
    """Options for uv: all pins but that of one package, and for that one the requirement given instead."""
    pins, override = FOLDER / f"{one.name}-pins.txt", FOLDER / f"{one.name}-instead.txt"
    package = one.instead.partition("==")[0] + "=="
    kept = [pin for pin in PINS.read_text(encoding="utf-8").splitlines() if not pin.startswith(package)]
    pins.write_text("\n".join(kept), encoding="utf-8")
    override.write_text(one.instead, encoding="utf-8")
    return "--constraints", pins, "--overrides", override


def install(one, base):
    """Make the environment of a set anew; the versions that matter, Python first."""
    uv("venv", "--quiet", "--clear", "--seed", "--python", base, FOLDER / one.name)
    options = broken_bound(one) if one.instead else one.options
    uv("pip", "install", "--python", one.interpreter, "--compile-bytecode", *options, "-e", ".[test,publish]")
    return _said(one.interpreter, "-c", VERSIONS.format(SHOWN)).split()


def test(one, quick, jobs):
    """The last line of pytest; all it said is in a file beside the environment."""
    chosen = STORED if quick or one.instead else ()
    command = (one.interpreter, "-m", "pytest", "-q", "-n", str(jobs), "--dist", "loadfile", *chosen)
    said = _said(*command)
    (FOLDER / f"{one.name}.log").write_text(said, encoding="utf-8")
    return re.sub(r" in [\d.]+s.*", "", (said.strip() or "pytest said nothing").splitlines()[-1].strip("= "))


def judge(one, last_line):
    """The result in words, and whether it is the expected one."""
    passed = bool(re.fullmatch(r"\d+ passed(, \d+ (skipped|warnings?))*", last_line))
    if passed and one.instead:
        return f"PASSED, so {one.instead} could be allowed: {last_line}", False
    if one.instead and re.search(r"\d+ (failed|errors?)\b", last_line):
        return f"differs, as it must: {last_line}", True
    return (last_line if passed else f"FAILED: {last_line}"), passed


def _said(*command):
    done = subprocess.run(
        list(map(str, command)), cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    return done.stdout


def line(one, options):
    """Install and test one set; its line of the table and its exit code."""
    start, base, versions = time.monotonic(), find(one.python), ["-"] * (len(SHOWN) + 1)
    if base is None:
        return [one.name, one.python, *versions[1:], "-", "SKIPPED: this Python is not here"], SKIPPED
    try:
        versions = install(one, base)
        result, as_expected = judge(one, test(one, options.quick, options.jobs))
    except SetupError as error:
        result, as_expected = f"NOT INSTALLED: {error}", False
    seconds = f"{time.monotonic() - start:.0f}"
    return [one.name, *versions, seconds, result], DID_AS_EXPECTED if as_expected else FAILED


def exit_code(codes):
    """That of the whole: a failure outweighs a Python that is missing."""
    return FAILED if FAILED in codes else max(codes)


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("sets", nargs="*", metavar="SET", help=f"of {', '.join(one.name for one in SETS)}")
    parser.add_argument("--quick", action="store_true", help="stored outputs and baseline pictures alone")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="how many tests at once")
    options = parser.parse_args(arguments)
    unknown = set(options.sets) - {one.name for one in SETS}
    if unknown:
        parser.error(f"no such set: {', '.join(sorted(unknown))}")
    if importlib.util.find_spec("uv") is None:
        parser.error("this needs uv: python -m pip install uv")
    FOLDER.mkdir(parents=True, exist_ok=True)
    codes = []
    print(_row(COLUMNS))
    for one in SETS:
        if not options.sets or one.name in options.sets:
            cells, code = line(one, options)
            codes.append(code)
            print(_row(cells), flush=True)
    return exit_code(codes)


def _row(cells):
    widths = (18, 8, *(max(len(name), 6) + 2 for name in SHOWN), 9, 0)
    return "".join(str(cell).ljust(width) for cell, width in zip(cells, widths, strict=True))


if __name__ == "__main__":
    sys.exit(main())
