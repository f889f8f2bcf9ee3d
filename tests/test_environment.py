"""What is declared in several places agrees: requirements, pins, the conda file, versions and commands."""

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from rattler import MatchSpec, Version, VersionSpec

import mesoviz

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PINS = (ROOT / "constraints.txt").read_text(encoding="utf-8")
CONDA = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
README = (ROOT / "README.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
CONDA_NAMES = {"matplotlib-base": "matplotlib", "seaborn-base": "seaborn"}
PYTHONS = ("3.11.0", "3.11.7", "3.12.1", "3.13.0")


def wanted():
    """Every requirement of the package and of its extras, by name."""
    extras = PROJECT["project"]["optional-dependencies"].values()
    lines = sum(extras, list(PROJECT["project"]["dependencies"]))
    return {canonicalize_name(Requirement(line).name): Requirement(line) for line in lines}


def pins(python):
    """The (name, version) pairs that constraints.txt means on one version of Python."""
    environment = default_environment() | {
        "python_full_version": python,
        "python_version": python.rpartition(".")[0],
    }
    requirements = [Requirement(line) for line in PINS.splitlines()]
    return [
        (canonicalize_name(pin.name), next(iter(pin.specifier)).version)
        for pin in requirements
        if pin.marker is None or pin.marker.evaluate(environment)
    ]


def conda_specs():
    """The conda file's packages under their names on PyPI; its Python apart."""
    specs = [MatchSpec(line, strict=True) for line in CONDA["dependencies"] if isinstance(line, str)]
    named = {spec.name.normalized: spec for spec in specs}
    return {CONDA_NAMES.get(name, name): spec for name, spec in named.items()}


def bounds(text):
    return set(str(text).replace(" ", "").split(","))


def imported_by(folder):
    """The top-level names that the modules of a folder import, wherever in the file."""
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in folder.rglob("*.py")]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    names = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    names += [node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.level == 0]
    return {name.partition(".")[0] for name in names}


def test_what_the_package_imports_is_what_it_requires():
    foreign = imported_by(ROOT / "src") - set(sys.stdlib_module_names) - {"mesoviz"}
    required = {Requirement(line).name for line in PROJECT["project"]["dependencies"]}
    in_jupyter = {Requirement(line).name for line in PROJECT["project"]["optional-dependencies"]["lab"]}
    names = {"PIL": "pillow", "great_tables": "great-tables", "IPython": "ipykernel"}
    assert required <= {names.get(name, name) for name in foreign} <= required | in_jupyter


def test_one_requirement_is_written_the_same_in_every_extra():
    extras = PROJECT["project"]["optional-dependencies"].values()
    lines = sum(extras, list(PROJECT["project"]["dependencies"]))
    assert len(set(lines)) == len(wanted())


@pytest.mark.parametrize("python", PYTHONS)
def test_every_requirement_has_one_pin_inside_its_range(python):
    pinned = pins(python)
    assert len(dict(pinned)) == len(pinned)
    build = [Requirement(line) for line in PROJECT["dependency-groups"]["setup"]]
    for requirement in [*wanted().values(), *build]:
        assert requirement.specifier.contains(dict(pinned)[canonicalize_name(requirement.name)]), requirement


def test_the_build_is_pinned_by_the_same_range():
    assert set(PROJECT["build-system"]["requires"]) <= set(PROJECT["dependency-groups"]["setup"])


def test_pins_are_exact_and_name_no_host():
    assert re.findall(r"://|index-url|find-links|trusted-host", PINS) == []
    for line in PINS.splitlines():
        assert re.match(r"[a-z0-9-]+==[^ *]+( ; .+)?$", line), line


def test_the_conda_file_asks_for_the_same_packages_in_the_same_ranges():
    specs = conda_specs()
    python = specs.pop("python")
    specs.pop("pip")
    assert bounds(python.version) == bounds(PROJECT["project"]["requires-python"])
    ranges = {name: bounds(requirement.specifier) for name, requirement in wanted().items()}
    by_pip = [Requirement(line) for line in CONDA["dependencies"][-1]["pip"] if not line.startswith("-e")]
    found = {name: bounds(spec.version) for name, spec in specs.items()}
    assert found | {one.name: bounds(one.specifier) for one in by_pip} == ranges


@pytest.mark.parametrize("python", PYTHONS)
def test_the_pins_suit_the_conda_file(python):
    pinned = dict(pins(python)) | {"python": python}
    for name, spec in conda_specs().items():
        if name != "pip":
            assert VersionSpec(str(spec.version)).matches(Version(pinned[name])), (name, pinned[name])


def test_the_conda_file_installs_the_project_itself():
    assert CONDA["name"] == "mesoviz" and CONDA["channels"][0] == "conda-forge"
    assert "-e ." in CONDA["dependencies"][-1]["pip"]


def test_the_oldest_python_is_the_same_everywhere():
    oldest = PROJECT["project"]["requires-python"].removeprefix(">=")
    assert PROJECT["tool"]["ruff"]["target-version"] == "py" + oldest.replace(".", "")
    script = (ROOT / "tools" / "make_environment.py").read_text(encoding="utf-8")
    assert f"OLDEST = ({oldest.replace('.', ', ')})" in script


def test_the_version_is_said_once():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["version"] == mesoviz.__version__
    assert citation["license"] == PROJECT["project"]["license"]
    assert PROJECT["project"]["dynamic"] == ["version"]


def test_make_explains_every_target():
    targets = set(re.findall(r"^([a-z-]+):", MAKEFILE, flags=re.MULTILINE))
    explained = set(re.findall(r"^([a-z-]+):.*? ## \S", MAKEFILE, flags=re.MULTILINE))
    phony = set(re.search(r"^\.PHONY: (.+)$", MAKEFILE, flags=re.MULTILINE)[1].split())
    assert targets == explained == phony
    assert ".DEFAULT_GOAL := help" in MAKEFILE


def test_the_readme_leads_with_the_two_commands():
    commands = re.findall(r"^make [a-z-]+", README, flags=re.MULTILINE)
    assert commands[:2] == ["make lab", "make test"]
    targets = set(re.findall(r"^([a-z-]+):", MAKEFILE, flags=re.MULTILINE))
    assert {command.split()[1] for command in commands} <= targets


def test_the_readme_and_make_run_the_same_tests():
    command = re.search(r"^test: .*\n\t\$\(RUN\) (-m pytest.*)$", MAKEFILE, flags=re.MULTILINE)[1]
    assert f".venv/bin/python {command.replace('$(JOBS)', '2')}" in README


def test_automatic_testing_runs_the_command_of_the_readme():
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert re.findall(r"^make \w+", script, flags=re.MULTILINE) == ["make lint", "make check", "make test"]


def test_what_the_readme_names_is_there():
    named = re.findall(r"`([\w./-]+(?:/|\.(?:md|yml|txt|toml|cff|ipynb)))`", README)
    assert len(named) > 5
    assert [name for name in named if not (ROOT / name).exists()] == []


def loaded_by(code):
    """The top-level modules that are loaded after running `code` in a fresh process."""
    script = f"{code}\nimport sys\nprint(*{{name.partition('.')[0] for name in sys.modules}})"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_importing_the_package_loads_nothing_heavy():
    assert loaded_by("import mesoviz") & {"numpy", "pandas", "matplotlib", "seaborn", "scipy", "PIL"} == set()


def test_its_names_need_no_more_than_pandas_and_matplotlib():
    loaded = loaded_by("import mesoviz\nfor name in mesoviz.__all__: getattr(mesoviz, name)")
    assert {"pandas", "matplotlib"} <= loaded
    assert loaded & {"scipy", "statsmodels", "frictionless", "IPython", "nbformat", "requests"} == set()
