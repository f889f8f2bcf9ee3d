"""Write the figure pack: run the notebooks, choose figures, draw on all cores those that changed."""

from __future__ import annotations

import json
import multiprocessing
import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from mesoviz import __version__
from mesoviz._export import _choose, _files, _index
from mesoviz._notebooks import _run
from mesoviz._page import _words


def make(
    folder: str | Path,
    *,
    notebooks: Sequence[Path] | None = None,
    therapy: str | None = None,
    setting: str | None = None,
    figure: str | None = None,
    jobs: int | None = None,
    stream: TextIO = sys.stderr,
) -> list[str]:
    """Write every figure of the notebooks, an index page and a manifest with checksums.

    Parameters
    ----------
    folder : str or pathlib.Path
        Where to; made if need be. Figures in it that are as they would be written are kept, those that are
        not asked for are removed.
    notebooks : sequence of pathlib.Path, optional
        By default the project's own.
    therapy, setting, figure : str, optional
        Only figures, and their rows, about a therapy or class of therapies, about a setting, or under names
        that hold a word.
    jobs : int, optional
        How many processes draw; by default one a core.
    stream : text stream
        Where progress is shown: a bar on a terminal, elsewhere a line at the end.

    Returns
    -------
    list of str
        The names of the figures that were drawn now.

    Raises
    ------
    ValueError
        If no figure is about what was asked for.
    """
    paths = notebooks if notebooks is not None else sorted(_run.folder().glob("[0-9][0-9]-*.ipynb"))
    shown = [one for path in paths for one in _run.shown(path)]
    found = _choose.about(_choose.figures(shown), therapy=therapy, setting=setting, figure=figure)
    if not found:
        asked = {"therapy": therapy, "setting": setting, "figure": figure}
        said = _words.listing([f"{name} {value!r}" for name, value in asked.items() if value])
        raise ValueError(f"no figure is about {said}." if said else "the notebooks show no figure.")
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    _remove_others(folder, {one.name for one in found})
    changed = [one for one in found if not _files.current(folder, one)]
    _draw(folder, changed, jobs or os.cpu_count() or 1, stream)
    records = _files.records(folder, [one.name for one in found])
    manifest = {"project": "mesoviz", "version": __version__, "license": "CC BY 4.0", "figures": records}
    _replace(folder / "manifest.json", json.dumps(manifest, indent=1, ensure_ascii=False) + "\n")
    _replace(folder / "index.html", _index.page(records))
    print(f"{len(found)} figures in {folder}, {len(changed)} of them drawn now", file=stream)
    return [one.name for one in changed]


def _remove_others(folder: Path, names: set[str]) -> None:
    """Remove figures of an earlier run, and what a killed one left; nothing else."""
    for path in folder.iterdir():
        stale = path.name.startswith(".") and path.name.endswith(".part")
        if stale or (path.name not in names and (path / _files.RECORD).is_file()):
            shutil.rmtree(path)


def _draw(folder: Path, figures: Sequence[_choose.Figure], jobs: int, stream: TextIO) -> None:
    """Draw on several cores: charts cannot be sent to a process, so each is forked with all of them."""
    if jobs == 1 or len(figures) < 2 or "fork" not in multiprocessing.get_all_start_methods():
        for done, figure in enumerate(figures, 1):
            _files.write(folder, figure)
            _bar(done, len(figures), stream)
        return
    fork = multiprocessing.get_context("fork")
    todo, told = fork.SimpleQueue(), fork.SimpleQueue()
    largest_first = sorted(range(len(figures)), key=lambda i: -len(figures[i].chart.data))
    workers = [
        fork.Process(target=_work, args=(folder, figures, todo, told), daemon=True)
        for _ in range(min(jobs, len(figures)))
    ]
    for worker in workers:
        worker.start()
    try:
        for i in [*largest_first, *[None] * len(workers)]:
            todo.put(i)
        for done in range(1, len(figures) + 1):
            failure = told.get()
            if failure:
                raise RuntimeError(failure)
            _bar(done, len(figures), stream)
    finally:
        for worker in workers:
            worker.terminate() if sys.exc_info()[0] else worker.join()


def _work(folder: Path, figures: Sequence[_choose.Figure], todo: object, told: object) -> None:
    while (i := todo.get()) is not None:
        try:
            _files.write(folder, figures[i])
            told.put("")
        except Exception as error:
            told.put(f"{figures[i].name}: {type(error).__name__}: {error}")


def _bar(done: int, total: int, stream: TextIO) -> None:
    if stream.isatty():
        end = "\n" if done == total else ""
        bar = f"[{'#' * (30 * done // total):.<30}] {done}/{total} figures"
        print(f"\r{bar}", end=end, file=stream, flush=True)


def _replace(path: Path, text: str) -> None:
    """Write a file in one step."""
    fresh = path.with_name(f".{path.name}.new")
    fresh.write_text(text, encoding="utf-8", newline="\n")
    fresh.replace(path)
