"""What notebooks cost: a first chart, and executing all of them, against kernels that do next to nothing."""

import asyncio
import shutil
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path

from benchmarks._run import Row

_ROOT = Path(__file__).resolve().parents[1]
_TOOL = _ROOT / "tools" / "run_notebooks.py"
_JOBS = "2"
_THREE = "import pandas, matplotlib.pyplot, seaborn"
_FIRST = """
import mesoviz as mv

trials = mv.load_trials()
mv.median_survival(trials[trials["arm_setting"].eq("maintenance")])
"""
_FIRST_BY_HAND = f"""
import pandas as pd
import matplotlib.pyplot as plt

trials = pd.read_csv({str(_ROOT / "data" / "trials.csv")!r})
chosen = trials[trials["arm_setting"].eq("maintenance") & trials["os_median_months"].notna()]
middle = chosen["os_median_months"]
spread = [middle - chosen["os_low_months"], chosen["os_high_months"] - middle]
figure, axes = plt.subplots(figsize=(9.5, 3))
axes.errorbar(middle, chosen["trial_label"] + ", " + chosen["arm"], xerr=spread, fmt="o")
axes.set(xlabel="Median overall survival (months)", title="Maintenance", xlim=(0, None))
figure.tight_layout()
"""

# Of what cells do: the rest is what a chart's function and the notebook's own code do besides.
_STEPS = {
    "tables, read and checked": "_tables/_validate.py:read_checked",
    "rows": ":prepare",
    "words": ":describe",
    "sources": ":sources_behind",
    "laying out and drawing": "_page/_chart.py:figure",
    "pixels": "_page/_chart.py:_pixels",
    "256 colors and PNG": "_png.py:of_few_colors",
}


def _collection():
    return sorted((_ROOT / "notebooks").glob("*.ipynb"))


def _client(node, **options):
    from nbclient import NotebookClient

    quiet = ["--log-level=ERROR"]
    return NotebookClient(node, kernel_name="python3", extra_arguments=quiet, **options)


def kernel(source):
    """Start a kernel, run one cell, receive what it shows."""
    import nbformat

    def run():
        node = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)])
        _client(node).execute()
        if not any("image/png" in output.get("data", {}) for output in node.cells[0].outputs):
            raise AssertionError("no chart was shown")

    return run


def tool(*options):
    """What `make notebooks` runs, on a copy of our notebooks."""

    def run():
        with tempfile.TemporaryDirectory(prefix="notebooks-") as folder:
            copies = [shutil.copy(path, folder) for path in _collection()]
            command = [sys.executable, _TOOL, "--jobs", _JOBS, *options, *copies]
            subprocess.run(command, check=True, capture_output=True)

    return run


def cells():
    """The cells of all our notebooks, in this process: what kernels do, without kernels."""
    from mesoviz._notebooks._run import shown
    from mesoviz._tables._validate import read_own

    def run():
        for path in _collection():
            read_own.cache_clear()  # each kernel reads them anew
            for one in shown(path):
                for kind in ("_repr_mimebundle_", "_repr_html_"):
                    getattr(one.value, kind, lambda: None)()

    return run


def bare_kernels(source):
    """As many kernels as there are notebooks, and this run in each: two at once, while a third gets ready."""
    import nbformat

    async def one(kernels, turn):
        node = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)])
        client = _client(node)
        async with kernels, client.async_setup_kernel(), turn:
            await client.async_execute_cell(node.cells[0], 0)

    async def everything():
        kernels, turn = asyncio.Semaphore(int(_JOBS) + 1), asyncio.Semaphore(int(_JOBS))
        await asyncio.gather(*(one(kernels, turn) for _ in _collection()))

    return lambda: asyncio.run(everything())


def nbval():
    """Compare the stored outputs of all our notebooks, one after another."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist"]
    return lambda: subprocess.run([*command, *_collection()], cwd=_ROOT, check=True, capture_output=True)


def nbclient():
    """Execute all our notebooks, one after another, each in a kernel of its own; compare nothing."""
    import nbformat

    def run():
        for path in _collection():
            node = nbformat.read(path, as_version=4)
            _client(node, resources={"metadata": {"path": path.parent}}).execute()

    return run


ROWS = [
    Row(
        what="opening a notebook to its first chart",
        limit="the same with matplotlib by hand, from read_csv",
        aim=1.15,
        ours=partial(kernel, _FIRST),
        floor=partial(kernel, _FIRST_BY_HAND),
    ),
    Row(
        what="executing all notebooks (`make notebooks`)",
        limit="as many kernels, and in each the imports of pandas, matplotlib.pyplot and seaborn",
        aim=1.25,
        ours=tool,
        floor=partial(bare_kernels, _THREE),
        steps=_STEPS,
        profiled=cells,
        slow=True,
        why="bare kernels run no cell, and much of what cells do is matplotlib's drawing",
    ),
    Row(
        what="executing all notebooks, kernels forked",
        limit="kernels started from nothing",
        aim=0.5,
        ours=tool,
        floor=partial(tool, "--no-fork"),
        slow=True,
        why="a fork saves a kernel's start and its imports alone, cells cost the same on both roads",
    ),
    Row(
        what="comparing all notebooks with their stored outputs (nbval)",
        limit="executing them with nbclient",
        aim=1.2,
        ours=nbval,
        floor=nbclient,
        slow=True,
    ),
]
