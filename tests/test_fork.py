"""A forked kernel gives what one started from nothing gives, and knows nothing of those before it."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import forked
import nbformat
import pytest
import run_notebooks

pytestmark = pytest.mark.skipif(not forked.POSSIBLE, reason="kernels are forked on Linux alone")

SCRIPT = Path(run_notebooks.__file__)
NOTEBOOK = SCRIPT.parents[1] / "notebooks" / "00-start-here.ipynb"
# All that a package could have settled while it was imported, or a notebook before could have changed.
SURROUNDINGS = """
import json, locale, os, signal, sys, warnings
import matplotlib, numpy, pandas, scipy.stats
import mesoviz as mv
known = {
    "matplotlib": repr(sorted(matplotlib.rcParams.items(), key=str)),
    "backend": matplotlib.get_backend(),
    "pandas": pandas.describe_option("", _print_desc=False),
    "numpy": repr(numpy.get_printoptions()),
    "environment": {k: v for k, v in os.environ.items() if k not in ("JPY_PARENT_PID", "IPYTHONDIR")},
    "path": sys.path,
    "folder": os.getcwd(),
    "locale": locale.setlocale(locale.LC_ALL),
    "warnings": sorted({repr(one) for one in warnings.filters}),
    "signals": repr({one: signal.getsignal(one) for one in (signal.SIGCHLD, signal.SIGPIPE)}),
    "hook": repr(sys.displayhook.__class__),
    "names": sorted(name for name in dir() if not name.startswith("_")),
    "builtins": sorted(dir(__builtins__)),
    "mesoviz": [mv.median_survival.__module__, mv.style.__name__, repr(mv.say("{n}", n=1))],
    "modules": hasattr(mv, "changed"),
}
print(json.dumps(known, indent=1, default=repr))
"""
FIGURE = "import matplotlib.pyplot as plt\nplt.plot([1, 3, 2])\nplt.title('Three')"
ERROR = "print('out')\nimport sys; print('err', file=sys.stderr)\npandas.Series([1.23456789], name='x')"
WRECKS = """
import builtins, locale, os, signal, sys, warnings
import matplotlib, numpy, pandas
import mesoviz as mv
matplotlib.rcParams.update({"font.size": 30, "lines.linewidth": 9})
matplotlib.use("svg")
pandas.set_option("display.max_rows", 3, "display.precision", 1)
numpy.set_printoptions(precision=1)
os.environ["MPLCONFIGDIR"] = "theirs"
os.chdir("/")
sys.path.insert(0, "/theirs")
signal.signal(signal.SIGPIPE, signal.SIG_IGN)
warnings.simplefilter("error")
mv.median_survival = mv.say = mv.changed = lambda *_, **__: "theirs"
builtins.repr = lambda thing: "theirs"
builtins.seen = "theirs"
"""


def write(path, *sources):
    cells = [nbformat.v4.new_code_cell(source, id=f"c{i}") for i, source in enumerate(sources)]
    path.write_text(nbformat.writes(nbformat.v4.new_notebook(cells=cells)), encoding="utf-8")
    return path


def bare(path):
    """A notebook of the project without its outputs, at another place."""
    node = nbformat.read(NOTEBOOK, as_version=4)
    for cell in node.cells:
        if cell.cell_type == "code":
            cell.outputs = []
    path.write_text(nbformat.writes(node), encoding="utf-8")
    return path


def run(*arguments):
    done = subprocess.run([sys.executable, SCRIPT, *map(str, arguments)], stderr=subprocess.PIPE, text=True)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """What two notebooks became: from kernels started from nothing, forked, and forked after another."""
    made, paths = {}, {}
    folder = tmp_path_factory.mktemp("notebooks")
    for how in ("from nothing", "forked"):
        for name in ("asks", "chart"):
            (folder / f"{name}.ipynb").unlink(missing_ok=True)
        paths = [
            write(folder / "asks.ipynb", SURROUNDINGS, FIGURE, ERROR),
            bare(folder / "chart.ipynb"),
        ]
        # Two, as a kernel gets ready while the notebook before it runs; long ones, as these are run first.
        wrecks = [write(folder / f"{one}.ipynb", WRECKS + 9999 * "#") for one in ("wrecks", "wrecks-too")]
        run("--jobs", 1, *(wrecks if how == "forked" else ["--no-fork"]), *paths)
        made[how] = {path.stem: path.read_bytes() for path in paths}
    made["alone"] = {"asks": _alone(folder)}
    return made


def _alone(folder):
    path = write(folder / "asks.ipynb", SURROUNDINGS, FIGURE, ERROR)
    run(path)
    return path.read_bytes()


def printed(content):
    return json.loads(nbformat.reads(content.decode(), as_version=4).cells[0].outputs[0].text)


def test_a_forked_kernel_has_the_surroundings_of_one_started_from_nothing(made):
    assert printed(made["forked"]["asks"]) == printed(made["from nothing"]["asks"])


@pytest.mark.parametrize("name", ["asks", "chart"])
def test_a_notebook_becomes_the_same_bytes_also_after_one_that_changes_all_settings(made, name):
    assert made["forked"][name] == made["from nothing"][name]
    assert b"image/png" in made["forked"][name]


def test_a_notebook_becomes_the_same_bytes_alone(made):
    assert made["alone"]["asks"] == made["forked"]["asks"]


def test_kernels_draw_different_random_numbers(tmp_path):
    paths = [write(tmp_path / f"{name}.ipynb", "import numpy\nnumpy.random.random()") for name in "ab"]
    run(*paths)
    assert paths[0].read_text() != paths[1].read_text()


def test_kernels_end_with_a_tool_that_is_killed(tmp_path):
    path = write(
        tmp_path / "slow.ipynb", "import os, time\nopen('pid', 'w').write(f'{os.getpid()} ')\ntime.sleep(90)"
    )
    tool = subprocess.Popen([sys.executable, SCRIPT, path], stderr=subprocess.DEVNULL)
    note, deadline = tmp_path / "pid", time.monotonic() + 60
    while not (note.exists() and note.read_text().endswith(" ")):
        assert time.monotonic() < deadline, "the notebook never ran"
        time.sleep(0.05)
    tool.send_signal(signal.SIGKILL)
    tool.wait()
    kernel = int(note.read_text())
    while _runs(kernel):
        assert time.monotonic() < deadline, "the kernel goes on"
        time.sleep(0.1)


def _runs(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # One that has ended may wait for its new parent to take note.
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
