"""The source itself: nothing runs text as code or as a command, or builds objects from bytes."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FORBIDDEN = {
    "eval",
    "exec",
    "compile",
    "__import__",
    "system",
    "popen",
    "spawnl",
    "load_module",
    "query",
    "read_pickle",
}
MODULES = {"pickle", "marshal", "shelve", "dill", "cloudpickle", "joblib", "imp", "code"}


def calls(tree):
    """Names called, modules imported, and options given, of a module's syntax tree."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            owner = getattr(getattr(node.func, "value", None), "id", "")
            if name in FORBIDDEN and owner != "re":
                yield name
            if owner == "yaml" and name != "safe_load":
                yield "yaml.load"
            if any(one.arg == "shell" for one in node.keywords) or any(
                one.arg == "allow_pickle" for one in node.keywords
            ):
                yield "shell or allow_pickle"
        elif isinstance(node, ast.Import | ast.ImportFrom):
            names = [one.name for one in node.names] + [getattr(node, "module", None) or ""]
            yield from MODULES & {name.partition(".")[0] for name in names}


@pytest.mark.parametrize("folder", ["src", "tools"])
def test_nothing_runs_text_as_code_or_command(folder):
    found = {}
    for path in (ROOT / folder).rglob("*.py"):
        if calls_here := set(calls(ast.parse(path.read_text(encoding="utf-8")))):
            found[path.relative_to(ROOT).as_posix()] = calls_here
    # The cells of the project's own notebooks are run, when they are asked to be.
    assert found == (
        {"src/mesoviz/_notebooks/_run.py": {"exec", "eval", "compile"}} if folder == "src" else {}
    )


def test_the_search_for_code_finds_it():
    source = (
        "import pickle\nfrom marshal import loads\neval('1')\nos.system('x')\nrun('x', shell=True)\n"
        "yaml.load('x')"
    )
    assert len(set(calls(ast.parse(source)))) == 6
