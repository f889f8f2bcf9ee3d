"""Remember what an unfinished run has re-executed, so that the next run need not do it again.

A run leaves a note for each notebook it has done, and removes its notes when it comes to its end. So only an
interrupted run, or one that is still going, has left any. A note is worth something only while the notebook
and all it was made from are unchanged.
"""

import hashlib
import sys
from importlib.metadata import distributions
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NOTES = ROOT / ".cache" / "executed"


def made_from(root=ROOT):
    """A hash of what every output depends on: the evidence, the code, Python and the packages."""
    packages = sorted(f"{found.name} {found.version}" for found in distributions())
    total = hashlib.sha256("\n".join([sys.version, *packages]).encode())
    for folder, files in (("data", "*.csv"), ("src", "*.py"), ("tools", "*.py")):
        for path in sorted((root / folder).rglob(files)):
            total.update(f"\n{path.relative_to(root)} {_hash(path.read_bytes())}".encode())
    return total.hexdigest()


def is_done(path, inputs):
    """True when an unfinished run has re-executed the notebook as it is now, from the same inputs."""
    note = _note(path)
    return note.is_file() and note.read_text(encoding="utf-8") == _stamp(path, inputs)


def note_done(path, inputs):
    """Leave a note that the notebook, as it is now, has been re-executed."""
    NOTES.mkdir(parents=True, exist_ok=True)
    _note(path).write_text(_stamp(path, inputs), encoding="utf-8")


def forget(paths):
    """Remove the notes of these notebooks, if there are any."""
    for path in paths:
        _note(path).unlink(missing_ok=True)


def _note(path):
    return NOTES / _hash(str(path.resolve()).encode())


def _stamp(path, inputs):
    return _hash(inputs.encode() + path.read_bytes())


def _hash(content):
    return hashlib.sha256(content).hexdigest()
