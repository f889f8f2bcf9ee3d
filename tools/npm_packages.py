"""What the project takes from npm: the versions that package.json states, installed into .cache/npm."""

import json
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
HOME = ROOT / ".cache" / "npm"


class NpmError(Exception):
    """A package is not there and could not be had; the message says why."""


def package(name):
    """The folder of one package, fetched if it is not there in the version that package.json states."""
    wanted = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))["dependencies"][name]
    folder = HOME / "node_modules" / name
    if _version(folder) != wanted:
        _install()
    return folder


def _version(folder):
    stated = folder / "package.json"
    return json.loads(stated.read_text(encoding="utf-8"))["version"] if stated.exists() else None


def _install():
    npm = shutil.which("npm")
    if npm is None:
        raise NpmError("npm is not installed: see nodejs.org, or your system's packages.")
    HOME.mkdir(parents=True, exist_ok=True)
    shutil.copy(ROOT / "package.json", HOME)
    # No lock file: it would name the registry of this machine; package.json states exact versions.
    command = [npm, "install", "--no-package-lock", "--no-audit", "--no-fund"]
    done = subprocess.run(command, cwd=HOME, capture_output=True, text=True)
    if done.returncode:
        raise NpmError(f"npm could not install what package.json states: {done.stderr.strip()[-300:]}")
