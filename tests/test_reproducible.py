"""Same in, same out: files, words and notebooks do not depend on where, when and for whom they are made.

Run as a script, it prints what it made in the environment it was started in; the tests start it in several.
"""

import hashlib
import json
import locale
import os
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import matplotlib as mpl
import nbformat
import pytest

import mesoviz as mv

RUN_NOTEBOOKS = Path(__file__).resolve().parents[1] / "tools" / "run_notebooks.py"
# Each of these alone would change a figure that took it over.
SETTINGS = """
backend: svg
font.family: serif
font.size: 21
text.usetex: True
text.hinting: force_autohint
text.antialiased: False
axes.formatter.use_locale: True
axes.unicode_minus: False
axes.linewidth: 7
axes.prop_cycle: cycler("color", ["red"])
lines.linewidth: 9
lines.antialiased: False
patch.linewidth: 5
path.sketch: 2, 100, 5
path.simplify_threshold: 1.0
agg.path.chunksize: 101
image.cmap: gray
legend.fontsize: 30
figure.dpi: 33
figure.facecolor: black
figure.autolayout: True
savefig.bbox: tight
savefig.transparent: True
svg.fonttype: path
svg.hashsalt: theirs
svg.id: theirs
pdf.compression: 0
pdf.fonttype: 3
pdf.use14corefonts: True
timezone: Asia/Tokyo
errorbar.capsize: 9
xtick.labelsize: 30
ytick.direction: inout
"""
CODE_AT_START = """
import builtins, matplotlib
builtins.repr = lambda thing: "theirs"
matplotlib.rcParams["font.size"] = 30
seen = "theirs"
"""
TRIALS = ["maps", "checkmate-743", "rames", "initiate", "ad-ifn-alpha2b-celecoxib-chemotherapy"]


def charts():
    """Charts with few rows, and with points, intervals, steps, bars, hatches, a graph and a grid."""
    everything = mv.load_evidence()
    trials, comparisons = everything.trials, everything.comparisons
    few, several = (frame[frame["trial"].isin(TRIALS)] for frame in (trials, comparisons))
    yield mv.median_survival(few)
    yield mv.survival_curves(everything.curves, trial="maps")
    yield mv.best_response(few)
    yield mv.network(several)
    yield mv.evidence_map(few)


def digest(content):
    return hashlib.sha256(content).hexdigest()


def made():
    """The hash of everything a chart or a table gives, by name."""
    hashes = {}
    for chart in charts():
        for kind in ("png", "svg", "pdf"):
            hashes[f"{chart.title}.{kind}"] = digest(chart.save(Path(f"chart.{kind}")).read_bytes())
        hashes[f"{chart.title} in a notebook"] = digest(json.dumps(chart._repr_mimebundle_()).encode())
        hashes[f"{chart.title} as a frame"] = digest(chart.data.to_csv().encode())
    table = mv.table(mv.load_claims().head(3), id="claims")
    hashes["table"] = digest(json.dumps(table._repr_mimebundle_()).encode())
    return hashes


def surroundings():
    """What must not matter, so that a test can see that it differed."""
    return {
        "process": os.getpid(),
        "hash of a text": hash("mesothelioma"),
        "time zone": time.strftime("%z"),
        "number": locale.format_string("%.1f", 1.5),
        "month": time.strftime("%b", (2026, 5, 1, 0, 0, 0, 0, 1, 0)),
        "folder": os.getcwd(),
        "type size": mpl.rcParams["font.size"],
    }


@pytest.fixture(scope="module")
def decimal_comma(tmp_path_factory):
    """Variables that choose a language whose numbers have a comma: the machine's own, or one made here."""
    folder = tmp_path_factory.mktemp("locales")
    chosen = {"LC_ALL": "de_DE.UTF-8"}
    if shutil.which("localedef"):
        subprocess.run(["localedef", "-i", "de_DE", "-f", "UTF-8", folder / "de_DE.UTF-8"], check=True)
        chosen["LOCPATH"] = str(folder)
    return chosen


def run_in(folder, environment):
    """What this script prints in another process."""
    command = [sys.executable, __file__]
    done = subprocess.run(
        command, cwd=folder, env=os.environ | environment, stdout=subprocess.PIPE, check=True
    )
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def runs(tmp_path_factory, decimal_comma):
    """What three processes made, each in an environment of its own, at once; and what surrounded them."""
    settings = tmp_path_factory.mktemp("settings")
    (settings / "matplotlibrc").write_text(SETTINGS, encoding="utf-8")
    environments = [
        {"PYTHONHASHSEED": "1", "TZ": "UTC", "LC_ALL": "C.UTF-8"},
        {"PYTHONHASHSEED": "random", "TZ": "Asia/Kathmandu", "LC_ALL": "C", "SOURCE_DATE_EPOCH": "0"},
        {"PYTHONHASHSEED": "random", "TZ": "America/St_Johns", "MATPLOTLIBRC": str(settings)} | decimal_comma,
    ]
    folders = [tmp_path_factory.mktemp("run") for _ in environments]
    with ThreadPoolExecutor() as threads:
        return list(threads.map(run_in, folders, environments))


@pytest.mark.parametrize("what", ["png", "svg", "pdf", "in a notebook", "as a frame", "table"])
def test_processes_elsewhere_make_the_same_bytes(runs, what):
    found = [{name: one for name, one in run["made"].items() if name.endswith(what)} for run in runs]
    assert found[0] and found[0] == found[1] == found[2]


@pytest.mark.parametrize("what", ["process", "hash of a text", "time zone", "folder"])
def test_the_three_processes_differed_in(runs, what):
    assert len({run["surroundings"][what] for run in runs}) == 3


@pytest.mark.parametrize("what", ["number", "month", "type size"])
def test_the_last_process_differed_in(runs, what):
    first, second, last = (run["surroundings"][what] for run in runs)
    assert first == second != last


def test_a_notebook_takes_over_no_settings_of_a_person(tmp_path):
    settings, start = tmp_path / "ipython", tmp_path / "start.py"
    (settings / "profile_default" / "startup").mkdir(parents=True)
    (settings / "profile_default" / "startup" / "00-theirs.py").write_text(CODE_AT_START)
    (settings / "profile_default" / "ipython_config.py").write_text(
        "c.InteractiveShell.ast_node_interactivity = 'all'\nc.PlainTextFormatter.float_precision = 2\n"
    )
    start.write_text(CODE_AT_START)
    source = "import matplotlib\n1 / 3\n'seen' in dir(), matplotlib.rcParams['font.size'], 1 / 3"
    path = tmp_path / "one.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)]), path)
    environment = {**os.environ, "IPYTHONDIR": str(settings), "PYTHONSTARTUP": str(start)}
    subprocess.run([sys.executable, RUN_NOTEBOOKS, path], env=environment, check=True)
    (output,) = nbformat.read(path, as_version=4).cells[0].outputs
    assert output.data["text/plain"] == "(False, 10.0, 0.3333333333333333)"


if __name__ == "__main__":
    locale.setlocale(locale.LC_ALL, "")
    print(json.dumps({"surroundings": surroundings(), "made": made()}))
