"""An installed wheel carries the evidence and loads it from any folder."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ASK = (
    "import mesoviz; print(mesoviz.__file__, len(mesoviz.load_trials()), len(mesoviz.load_trials().columns))"
)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (path,) = folder.glob("*.whl")
    return path


def answer(folder, *, packages=None):
    """Where mesoviz came from and the shape of the trials table, asked from `folder`."""
    extra = {"PYTHONPATH": str(packages)} if packages else {}
    done = subprocess.run(
        [sys.executable, "-c", ASK],
        cwd=folder,
        env=os.environ | extra,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.split()


def test_the_wheel_loads_the_evidence_from_anywhere(wheel, tmp_path):
    installed = tmp_path / "site-packages"
    zipfile.ZipFile(wheel).extractall(installed)
    (tmp_path / "elsewhere").mkdir()
    file, *shape = answer(tmp_path / "elsewhere", packages=installed)
    assert Path(file).is_relative_to(installed)
    assert shape == answer(ROOT)[1:]


def test_the_wheel_holds_every_table_and_the_licenses(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    for path in (ROOT / "data").iterdir():
        assert f"mesoviz/data/{path.name}" in names
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert not any(
        part in f"/{name}" for name in names for part in ("/tests/", "/notebooks/", "__pycache__", ".ipynb")
    )
