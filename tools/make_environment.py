"""Make or refresh one of the project's two environments: ``make_environment.py .venv test``.

Runs on any plain Python, so that a too old one gets a sentence instead of a traceback.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
OLDEST = (3, 11)
WARM_UP = "import matplotlib.font_manager, mesoviz"


class SetupError(Exception):
    """A step of the set-up failed; the message says what to do."""


def python_in(folder):
    """The interpreter of the environment in `folder`."""
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def run(*command, env=None):
    """Run a command from the project's root; True when it succeeded."""
    return subprocess.run([str(part) for part in command], cwd=str(ROOT), env=env).returncode == 0


def is_usable(folder):
    """True when `folder` is an environment of an interpreter that still runs and is new enough."""
    python = python_in(folder)
    question = f"import sys, pip; sys.exit(sys.version_info < {OLDEST})"
    try:
        return subprocess.run([str(python), "-c", question], stderr=subprocess.DEVNULL).returncode == 0
    except OSError:
        return False


def create(folder):
    """Create a bare environment, unless a usable one is there to be refreshed."""
    if is_usable(folder):
        return
    if sys.version_info < OLDEST:
        wanted, found = (".".join(map(str, version[:2])) for version in (OLDEST, sys.version_info))
        raise SetupError(
            f"mesoviz needs Python {wanted} or newer; this is {found}. "
            "Name another one, as in: make PYTHON=python3.12"
        )
    shutil.rmtree(str(folder), ignore_errors=True)
    if not run(sys.executable, "-m", "venv", folder):
        raise SetupError(
            "This Python cannot make a virtual environment (on Debian and Ubuntu: apt install python3-venv)."
        )


def install(folder, extra):
    """Install the project with one of its extras, every version pinned; fast where uv is to be had."""
    python = python_in(folder)
    pins, project = ROOT / "constraints.txt", f".[{extra}]"
    if run(python, "-m", "pip", "install", "--quiet", "-c", pins, "uv"):
        # Compiled now, since uncompiled imports would cost seconds in every kernel.
        uv = (python, "-m", "uv", "pip", "install", "--quiet", "--python", python, "--compile-bytecode")
        if run(*uv, "-c", pins, "--build-constraints", pins, "-e", project):
            return
    print("uv did not work here: falling back to pip, which takes a minute longer.", file=sys.stderr)
    if not run(python, "-m", "pip", "install", "--quiet", "-c", pins, "-e", project):
        raise SetupError("The packages could not be installed: see the message above.")


def finish(folder, extra):
    """Do once what would else disturb a notebook: fill the font cache, silence JupyterLab's news."""
    python = python_in(folder)
    if not run(python, "-c", WARM_UP):
        raise SetupError("The installed packages do not import: see the message above.")
    if extra == "lab":
        # Asks the network for news and lays a question over the first notebook.
        news = "@jupyterlab/apputils-extension:announcements"
        command = [str(python), "-m", "jupyter", "labextension", "disable", "--level=sys_prefix", news]
        subprocess.run(command, stderr=subprocess.DEVNULL)


def main(folder, extra):
    """Set up `folder`; the file .ready in it tells make that this was done."""
    target = ROOT / folder
    print(f"Setting up {folder} (once; about half a minute) ...", file=sys.stderr)
    try:
        create(target)
        install(target, extra)
        finish(target, extra)
    except SetupError as error:
        return str(error)
    (target / ".ready").touch()
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
