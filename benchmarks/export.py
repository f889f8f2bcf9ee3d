"""What the figure pack costs: all figures in all sizes and kinds, against matplotlib's savefig alone."""

import io
import multiprocessing
import os
import tempfile

from benchmarks._run import Row

_CORES = os.cpu_count() or 1


def ours():
    """What `make figures` does, notebooks run and all files written, on all cores."""
    from mesoviz._export._pack import make

    def run():
        with tempfile.TemporaryDirectory(prefix="figures-") as folder:
            make(folder, jobs=_CORES, stream=io.StringIO())

    return run


def savefig():
    """The same figures, drawn beforehand, handed to savefig on as many cores."""
    from mesoviz._export import _choose, _files
    from mesoviz._notebooks import _run

    shown = [one for path in sorted(_run.folder().glob("*.ipynb")) for one in _run.shown(path)]
    charts = [one.chart for one in _choose.figures(shown)]
    pages = [page for chart in charts for group in _files.sized(chart).values() for page in group]
    for page in pages:
        page.figure  # noqa: B018
    pages.sort(key=lambda page: -len(page.data))

    def run():
        fork = multiprocessing.get_context("fork")
        workers = [fork.Process(target=_save, args=(pages[place::_CORES],)) for place in range(_CORES)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        if any(worker.exitcode for worker in workers):
            raise AssertionError("a figure was not saved")

    return run


def _save(pages):
    """Write each figure as a file of each kind, as a user's own script would."""
    import matplotlib as mpl

    from mesoviz._page import _style

    with tempfile.TemporaryDirectory(prefix="savefig-") as folder:
        for page in pages:
            with _style.using(page._style), mpl.rc_context(_style.settings()):
                for kind in ("png", "svg", "pdf"):
                    page.figure.savefig(f"{folder}/page.{kind}", dpi=page._style.dpi)


ROWS = [
    Row(
        what="exporting all figures (`make figures`), on all cores",
        limit="the savefig calls alone, on as many",
        aim=1.2,
        ours=ours,
        floor=savefig,
        slow=True,
    )
]
