"""Re-execute notebooks in place, side by side, each in a kernel of its own.

What is written depends on the evidence and the code alone: no times, no Python version, and a stored
picture stays as it is while its words are equal and its pixels agree within a tolerance. A notebook is
written whole or not at all, so a failure or an interruption leaves the old file.
"""

import argparse
import asyncio
import base64
import io
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import ipykernel.kernelspec
import nbformat
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellControlSignal, CellExecutionError

KERNELSPEC = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
LANGUAGE = {
    "file_extension": ".py",
    "mimetype": "text/x-python",
    "name": "python",
    "pygments_lexer": "ipython3",
}
EMBEDDED_PNG = re.compile(r"data:image/png;base64,([A-Za-z0-9+/=]+)")
ANSI = re.compile(r"\x1b\[[0-9;]*m")
CELL_SECONDS = 600
# Processors round differently by less than 1 of 255 levels; a mark that moves by a pixel makes more than 10.
TILE, TOLERANCE = 64, 4.0


class NotebookError(Exception):
    """A notebook could not be executed; the message names it, its cell and the end of the traceback."""


class OwnKernel(KernelSpecManager):
    """Whatever kernel a notebook or the machine names, run the one of this environment."""

    def get_kernel_spec(self, kernel_name):
        return self.kernel_spec_class(
            resource_dir=ipykernel.kernelspec.RESOURCES, **ipykernel.kernelspec.get_kernel_dict()
        )


def pictures(output):
    """Every PNG of an output, as base64 text: its own and those embedded in its HTML."""
    data = output.get("data", {})
    own = [data["image/png"].strip()] if "image/png" in data else []
    return own + EMBEDDED_PNG.findall(data.get("text/html", ""))


def words(output):
    """An output without its pictures and its number: all that must be equal."""
    rest = {key: value for key, value in output.items() if key not in ("data", "execution_count")}
    data = {kind: value for kind, value in output.get("data", {}).items() if kind != "image/png"}
    if "text/html" in data:
        data["text/html"] = EMBEDDED_PNG.sub("PIXELS", data["text/html"])
    return rest, data


def pixels_agree(one, other, *, tolerance=TOLERANCE):
    """True when two base64 PNGs look the same, judged by the worst tile so that size does not matter."""
    if one == other:
        return True
    import numpy as np
    from PIL import Image

    first, second = (
        np.asarray(Image.open(io.BytesIO(base64.b64decode(text))).convert("RGBA"), dtype="float32")
        for text in (one, other)
    )
    if first.shape != second.shape:
        return False
    squares = ((first - second) ** 2).mean(axis=2)
    padded = np.pad(squares, [(0, -size % TILE) for size in squares.shape])
    tiles = padded.reshape(padded.shape[0] // TILE, TILE, -1, TILE).mean(axis=(1, 3))
    return bool(np.sqrt(tiles.max()) <= tolerance)


def same_output(stored, fresh):
    """True when the fresh output says and shows what the stored one does."""
    before, after = pictures(stored), pictures(fresh)
    return (
        words(stored) == words(fresh)
        and len(before) == len(after)
        and all(pixels_agree(*pair) for pair in set(zip(before, after, strict=True)))
    )


def keep_stored(stored, fresh):
    """Put a stored output back wherever the fresh one is the same, so that version control sees no change."""
    stored_outputs = {cell.get("id"): cell.get("outputs", []) for cell in stored.cells}
    for cell in fresh.cells:
        pairs = zip(stored_outputs.get(cell.get("id"), []), cell.get("outputs", []), strict=False)
        for position, (old, new) in enumerate(pairs):
            if same_output(old, new):
                number = {"execution_count": new.execution_count} if "execution_count" in new else {}
                cell.outputs[position] = nbformat.from_dict({**old, **number})


def tidy(notebook):
    """Leave out what differs from run to run, and count the code cells from 1."""
    notebook.metadata["kernelspec"] = KERNELSPEC
    notebook.metadata["language_info"] = LANGUAGE
    notebook.metadata.pop("widgets", None)
    code_cells = (cell for cell in notebook.cells if cell.cell_type == "code")
    for number, cell in enumerate(code_cells, start=1):
        cell.metadata.pop("execution", None)
        cell.execution_count = number
        for output in cell.outputs:
            if "execution_count" in output:
                output.execution_count = number


async def execute(notebook, folder, on_cell):
    """Run every cell in a fresh kernel in `folder`; the kernel ends with us, whatever happens."""
    manager = AsyncKernelManager(kernel_name="python3", kernel_spec_manager=OwnKernel())
    client = NotebookClient(
        notebook, km=manager, timeout=CELL_SECONDS, record_timing=False, coalesce_streams=True
    )
    with tempfile.TemporaryDirectory() as settings:
        environment = {**os.environ, "IPYTHONDIR": settings}  # no start-up files of the person's own
        # What matters is reported as an output; the kernel's own stderr only repeats it.
        await client.async_start_new_kernel(cwd=str(folder), env=environment, stderr=subprocess.DEVNULL)
        try:
            await client.async_start_new_kernel_client()
            for index, cell in enumerate(notebook.cells):
                await client.async_execute_cell(cell, index)
                on_cell()
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
    except BaseException:
        os.unlink(name)
        raise


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


async def refresh(path, on_cell=lambda: None):
    """Re-execute one notebook in place; True when the file changed."""
    before = path.read_text(encoding="utf-8")
    notebook = None
    try:
        notebook, stored = nbformat.reads(before, as_version=4), nbformat.reads(before, as_version=4)
        await execute(notebook, path.parent, on_cell)
    except (CellControlSignal, RuntimeError, ValueError, OSError) as error:
        raise NotebookError(explain(path, notebook, error)) from error
    tidy(notebook)
    keep_stored(stored, notebook)
    after = nbformat.writes(notebook).rstrip("\n") + "\n"
    if after != before:
        write_whole(path, after)
    return after != before


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


async def refresh_all(paths, jobs):
    """Re-execute all, at most `jobs` at once; the messages of those that failed."""
    progress, free = Progress(paths), asyncio.Semaphore(jobs)

    async def one(path):
        async with free:
            start = time.perf_counter()
            try:
                verdict = "written" if await refresh(path, progress.cell) else "unchanged"
            except NotebookError as error:
                verdict, failures[path] = "FAILED", str(error)
            progress.line(f"{path.name}  {time.perf_counter() - start:.1f} s  {verdict}")

    failures = {}
    await asyncio.gather(*(one(path) for path in paths))
    return [failures[path] for path in paths if path in failures]


def main(arguments=None):
    parser = argparse.ArgumentParser(description="Re-execute notebooks in place, side by side.")
    parser.add_argument("notebooks", nargs="+", type=Path, help="the .ipynb files")
    parser.add_argument(
        "--jobs", type=int, default=os.cpu_count() or 1, help="how many at once (default: all cores)"
    )
    options = parser.parse_args(arguments)
    missing = [str(path) for path in options.notebooks if not path.is_file()]
    if missing:
        parser.error(f"no such notebook: {', '.join(missing)}")
    try:
        failures = asyncio.run(refresh_all(options.notebooks, max(options.jobs, 1)))
    except KeyboardInterrupt:
        print("\nInterrupted: every notebook is whole, old or new.", file=sys.stderr)
        return 130
    for message in failures:
        print(f"\n{message}", file=sys.stderr)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
