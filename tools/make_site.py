"""Build the static site: ``make_site.py build/site``. Nothing is fetched, and no notebook is written.

The executed notebooks, the tables and the docstrings are staged as a Sphinx project, Sphinx builds it, and
every built page is then checked: each picture has its words, each link leads somewhere, nothing is loaded
from elsewhere.
"""

import argparse
import os
import shutil
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from site_builder import notebooks, pages
from site_builder.charts import StaleNotebook
from site_builder.checks import problems

import mesoviz
from mesoviz._notebooks import _run

ROOT = pages.ROOT


def _stage_notebook(path, source):
    return notebooks.stage(path, source / "notebooks" / path.name, source / "_extra", pages.chart_html)


def stage(source, jobs):
    """Make the Sphinx project in `source`."""
    pages.stage_texts(source)
    paths = sorted((ROOT / "notebooks").glob("*.ipynb"))
    downloads = source / "_extra" / "notebooks"
    downloads.mkdir(parents=True)
    for path in paths:
        shutil.copy(path, downloads)
    with ProcessPoolExecutor(jobs) as pool:
        # The largest first, so that no core waits for one that began last.
        tasks = sorted(paths, key=lambda path: -path.stat().st_size)
        found = dict(zip(tasks, pool.map(_stage_notebook, tasks, [source] * len(tasks)), strict=True))
    figures = [figure for path in paths for figure in found[path]]
    titles = {path.stem: _run.title(_run.read(path)["cells"]) for path in paths}
    pages.write(source, mesoviz.load_evidence(), figures, titles)


def build(source, target):
    """Let Sphinx build the project; True when it did so without a warning."""
    doctrees = source.with_name("doctrees")
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-d", doctrees, source, target]
    return subprocess.run([str(part) for part in command]).returncode == 0


def main(arguments=None):
    parser = argparse.ArgumentParser(description="Build the static site.")
    parser.add_argument("target", type=Path, help="the folder to build, replaced whole where all is well")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="how many notebooks at once")
    options = parser.parse_args(arguments)
    start, target = time.perf_counter(), options.target.resolve()
    work = target.with_name(f"{target.name}-work")
    shutil.rmtree(work, ignore_errors=True)
    source, built = work / "source", work / "site"
    try:
        stage(source, options.jobs)
    except StaleNotebook as error:
        print(error, file=sys.stderr)
        return 1
    complaints = problems(built) if build(source, built) else ["Sphinx complains: see above."]
    if complaints:
        print(*complaints, f"What was built stays in {work.name}.", sep="\n", file=sys.stderr)
        return 1
    shutil.rmtree(target, ignore_errors=True)
    built.rename(target)
    shutil.rmtree(work)
    number, seconds = sum(1 for _ in target.rglob("*.html")), time.perf_counter() - start
    print(f"{number} pages in {seconds:.0f} s: open {options.target / 'index.html'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
