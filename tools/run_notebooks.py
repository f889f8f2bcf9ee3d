"""Re-execute notebooks in place, side by side, each in a kernel of its own.

Where the system allows, the kernels are forked from one process that has imported the packages already;
what they write is the same as what kernels started from nothing do.

What is written depends on the evidence and the code alone: no times, no Python version, and a stored
picture stays as it is while its words are equal and its pixels agree within a tolerance. A notebook is
written whole or not at all, so a failure or an interruption leaves the old file; after an interruption, the
next run goes on where the last one stopped.
"""

import argparse
import asyncio
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import closing, nullcontext
from pathlib import Path

import interrupted
import ipykernel.kernelspec
import nbformat
from forked import POSSIBLE, ForkProvisioner, Server
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellControlSignal, CellExecutionError
from notebook_outputs import keep_stored, tidy

ANSI = re.compile(r"\x1b\[[0-9;]*m")
CELL_SECONDS = 600


class NotebookError(Exception):
    """A notebook could not be executed; the message names it, its cell and the end of the traceback."""


class OwnKernel(KernelSpecManager):
    """Whatever kernel a notebook or the machine names, run the one of this environment."""

    def get_kernel_spec(self, kernel_name):
        return self.kernel_spec_class(
            resource_dir=ipykernel.kernelspec.RESOURCES, **ipykernel.kernelspec.get_kernel_dict()
        )


async def execute(notebook, folder, on_cell, server, turn):
    """Run every cell in a fresh kernel in `folder`, when it is their turn; the seconds that it took.

    The kernel ends with us, whatever happens.
    """
    manager = AsyncKernelManager(kernel_name="python3", kernel_spec_manager=OwnKernel())
    if server:
        manager.provisioner = ForkProvisioner(parent=manager, kernel_spec=manager.kernel_spec)
        manager.provisioner.server = server
    client = NotebookClient(
        notebook, km=manager, timeout=CELL_SECONDS, record_timing=False, coalesce_streams=True
    )
    with tempfile.TemporaryDirectory() as settings:
        environment = {**os.environ, "IPYTHONDIR": settings}
        environment.pop("PYTHONSTARTUP", None)  # no start-up files of the person's own
        # What matters is reported as an output; the kernel's own stderr only repeats it.
        await client.async_start_new_kernel(cwd=str(folder), env=environment, stderr=subprocess.DEVNULL)
        try:
            await client.async_start_new_kernel_client()
            async with turn:
                start = time.perf_counter()
                for index, cell in enumerate(notebook.cells):
                    await client.async_execute_cell(cell, index)
                    on_cell()
                return time.perf_counter() - start
        finally:
            if client.kc is not None:
                client.kc.stop_channels()
            await manager.shutdown_kernel(now=True)


def write_whole(path, text):
    """Replace the file in one step: a reader sees the old or the new one, never half of it."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".tmp", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        shutil.copymode(path, name)
        os.replace(name, path)
    finally:
        Path(name).unlink(missing_ok=True)


def explain(path, notebook, error):
    """A short message for people: which notebook, which cell, and the end of the traceback."""
    if not isinstance(error, CellExecutionError):
        return f"{path}: {type(error).__name__}: {error}"
    code_cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    number = next(
        (
            n
            for n, cell in enumerate(code_cells, 1)
            if any(out.output_type == "error" for out in cell.outputs)
        ),
        "?",
    )
    tail = ANSI.sub("", error.traceback).rstrip().splitlines()[-20:]
    return "\n    ".join([f"{path}, code cell {number}:", *tail])


async def refresh(path, on_cell, server, turn):
    """Re-execute one notebook in place, its kernel forked from `server` if given; a verdict in words."""
    before = path.read_text(encoding="utf-8")
    notebook = None
    try:
        notebook, stored = nbformat.reads(before, as_version=4), nbformat.reads(before, as_version=4)
        seconds = await execute(notebook, path.parent, on_cell, server, turn)
    except (CellControlSignal, RuntimeError, ValueError, OSError) as error:
        raise NotebookError(explain(path, notebook, error)) from error
    tidy(notebook)
    keep_stored(stored, notebook)
    after = nbformat.writes(notebook).rstrip("\n") + "\n"
    now = path.read_text(encoding="utf-8")
    if now not in (before, after):
        raise NotebookError(f"{path}: it was changed while it ran, and is left as it is now.")
    if now != after:
        write_whole(path, after)
    return f"{seconds:.1f} s  {'unchanged' if after == before else 'written'}"


class Progress:
    """A bar on a terminal; elsewhere, one line a notebook."""

    def __init__(self, paths, stream=sys.stderr):
        self.stream, self.bar = stream, stream.isatty()
        self.total = sum(len(nbformat.read(path, as_version=4).cells) for path in paths) if self.bar else 0
        self.done = 0

    def cell(self):
        self.done += 1
        if self.bar:
            filled = 30 * self.done // max(self.total, 1)
            bar = "#" * filled + "." * (30 - filled)
            print(f"\r[{bar}] {self.done}/{self.total} cells", end="", file=self.stream, flush=True)

    def line(self, text):
        print(("\r\x1b[K" if self.bar else "") + text, file=self.stream, flush=True)


class Turn:
    """A notebook's turn: so many run at once, each when the one listed before it has begun or failed."""

    def __init__(self, free, earlier):
        self.free, self.earlier, self.begun = free, earlier, asyncio.Event()

    async def __aenter__(self):
        if self.earlier:
            await self.earlier.begun.wait()
        await self.free.acquire()
        self.begun.set()

    async def __aexit__(self, *failure):
        self.free.release()


async def refresh_all(paths, jobs, server=None):
    """Re-execute all that no unfinished run has done, `jobs` at once; the messages of those that failed."""
    inputs = interrupted.made_from()
    rest = [path for path in paths if not interrupted.is_done(path, inputs)]
    # While notebooks run, the kernel of the next one gets ready, which is waiting for the most part.
    progress, kernels, free = Progress(rest), asyncio.Semaphore(jobs + 1), asyncio.Semaphore(jobs)
    if len(rest) < len(paths):
        progress.line(f"resumed: {len(paths) - len(rest)} already done by a run that did not end")

    async def one(path, turn):
        async with kernels:
            try:
                verdict = await refresh(path, progress.cell, server, turn)
                interrupted.note_done(path, inputs)
            except NotebookError as error:
                verdict, failures[path] = "FAILED", str(error)
            finally:
                turn.begun.set()
            progress.line(f"{path.name}  {verdict}")

    failures = {}
    largest_first = sorted(rest, key=lambda path: -path.stat().st_size)  # none shall run alone at the end
    turns = []
    for _ in largest_first:
        turns.append(Turn(free, turns[-1] if turns else None))
    await asyncio.gather(*map(one, largest_first, turns))
    interrupted.forget(paths)
    return [failures[path] for path in paths if path in failures]


def main(arguments=None):
    parser = argparse.ArgumentParser(description="Re-execute notebooks in place, side by side.")
    parser.add_argument("notebooks", nargs="+", type=Path, help="the .ipynb files")
    parser.add_argument(
        "--jobs", type=int, default=os.cpu_count() or 1, help="how many at once (default: all cores)"
    )
    parser.add_argument(
        "--no-fork", action="store_true", help="start each kernel from nothing (default: fork them on Linux)"
    )
    options = parser.parse_args(arguments)
    missing = [str(path) for path in options.notebooks if not path.is_file()]
    if missing:
        parser.error(f"no such notebook: {', '.join(missing)}")
    forks = POSSIBLE and not options.no_fork
    try:
        with closing(Server()) if forks else nullcontext() as server:
            failures = asyncio.run(refresh_all(options.notebooks, max(options.jobs, 1), server))
    except KeyboardInterrupt:
        print(
            "\nInterrupted: every notebook is whole, old or new; the next run goes on here.", file=sys.stderr
        )
        return 130
    for message in failures:
        print(f"\n{message}", file=sys.stderr)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
