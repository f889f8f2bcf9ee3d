"""Re-executing notebooks: what is written, what is kept, and what happens when something fails."""

import base64
import io
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import interrupted
import nbformat
import notebook_outputs
import numpy as np
import pytest
import run_notebooks
from PIL import Image

SCRIPT = Path(run_notebooks.__file__)
SHOW = """from IPython.display import display
html = '<img src="data:image/png;base64,{png}">'
display({{"image/png": {png!r}, "text/plain": {words!r}, "text/html": html}}, raw=True)"""


def picture(shift=0, *, noise=0, size=(90, 130)):
    """A base64 PNG of one dot, moved by `shift` pixels, every level changed by `noise`."""
    rows, columns = np.ogrid[: size[0], : size[1]]
    dot = (rows - 40) ** 2 + (columns - 50 - shift) ** 2 < 16
    levels = np.where(dot, 20, 250 - noise).astype("uint8")
    buffer = io.BytesIO()
    Image.fromarray(levels).convert("RGB").save(buffer, "PNG")
    return base64.b64encode(buffer.getvalue()).decode()


def notebook(*sources):
    cells = [nbformat.v4.new_markdown_cell("# A title"), *map(nbformat.v4.new_code_cell, sources)]
    return nbformat.v4.new_notebook(cells=cells)


def write(path, node):
    path.write_text(nbformat.writes(node) + "\n", encoding="utf-8")
    return path


def read(path):
    return nbformat.read(path, as_version=4)


def start(*paths, jobs=2, script=SCRIPT):
    """Start the tool as a person does."""
    command = [sys.executable, str(script), "--jobs", str(jobs), *map(str, paths)]
    return subprocess.Popen(command, stderr=subprocess.PIPE, text=True)


def end(process):
    """Wait for the tool; its exit code and what it printed."""
    _, printed = process.communicate(timeout=120)
    return process.returncode, printed


def run(*paths):
    """Run the tool as a person does; its exit code and what it printed."""
    return end(start(*paths))


def await_file(path):
    deadline = time.monotonic() + 60
    while not path.exists():
        assert time.monotonic() < deadline, f"{path.name} was never written"
        time.sleep(0.05)


def test_a_first_and_a_second_run(tmp_path):
    source = "import os, matplotlib\nopen('here.txt').read(), os.path.basename(os.getcwd())"
    (tmp_path / "here.txt").write_text("found")
    path = write(tmp_path / "one.ipynb", notebook("print('a')", source))
    ids = [cell.id for cell in read(path).cells]

    code, printed = run(path)
    assert code == 0 and "one.ipynb" in printed and "written" in printed
    done = read(path)
    assert [cell.id for cell in done.cells] == ids
    assert [cell.execution_count for cell in done.cells[1:]] == [1, 2]
    assert done.cells[1].outputs[0].text == "a\n"
    assert done.cells[2].outputs[0].data["text/plain"] == f"('found', '{tmp_path.name}')"
    assert done.metadata.kernelspec == notebook_outputs.KERNELSPEC
    assert "version" not in done.metadata.language_info
    assert all("execution" not in cell.metadata for cell in done.cells)
    text = path.read_text(encoding="utf-8")
    assert text.endswith("}\n") and not text.endswith("\n\n")

    before = path.stat()
    code, printed = run(path)
    assert code == 0 and "unchanged" in printed
    assert (path.stat().st_mtime_ns, path.stat().st_ino) == (before.st_mtime_ns, before.st_ino)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["here.txt", "one.ipynb"]


def test_kernels_run_side_by_side_and_know_nothing_of_each_other(tmp_path):
    paths = [
        write(tmp_path / f"{name}.ipynb", notebook("try: seen\nexcept NameError: seen = 1", "seen"))
        for name in "ab"
    ]
    code, _ = run(*paths)
    assert code == 0
    assert {read(path).cells[2].outputs[0].data["text/plain"] for path in paths} == {"1"}


def test_a_failure_names_the_cell_and_leaves_the_file_whole(tmp_path):
    bad = write(tmp_path / "bad.ipynb", notebook("x = 1", "x / 0"))
    good = write(tmp_path / "good.ipynb", notebook("40 + 2"))
    before = bad.read_bytes()
    code, printed = run(bad, good)
    assert code == 1
    assert "bad.ipynb, code cell 2:" in printed and "ZeroDivisionError: division by zero" in printed
    assert "\x1b" not in printed
    assert bad.read_bytes() == before
    assert read(good).cells[1].outputs[0].data["text/plain"] == "42"
    assert sorted(file.name for file in tmp_path.iterdir()) == ["bad.ipynb", "good.ipynb"]


def test_a_file_that_is_no_notebook_gets_a_sentence(tmp_path):
    path = tmp_path / "broken.ipynb"
    path.write_text("{", encoding="utf-8")
    code, printed = run(path)
    assert code == 1 and "broken.ipynb: NotJSONError" in printed and "Traceback" not in printed
    code, printed = run(tmp_path / "missing.ipynb")
    assert code == 2 and "no such notebook" in printed


def test_an_interruption_leaves_the_file_whole(tmp_path):
    path = write(
        tmp_path / "slow.ipynb", notebook("open('started', 'w').close()", "import time; time.sleep(60)")
    )
    before = path.read_bytes()
    process = start(path)
    await_file(tmp_path / "started")
    process.send_signal(signal.SIGINT)
    code, printed = end(process)
    assert code == 130
    assert "Interrupted" in printed and "Traceback" not in printed
    assert path.read_bytes() == before
    assert sorted(file.name for file in tmp_path.iterdir()) == ["slow.ipynb", "started"]


LOGS = "open('{name}.log', 'a').write('.')"
WAITS = "import os, time\nopen('waits', 'w').close()\nwhile not os.path.exists('go'): time.sleep(0.05)"


def test_a_rerun_goes_on_where_the_interrupted_one_stopped_and_the_next_starts_anew(tmp_path):
    def ran():
        return len((tmp_path / "first.log").read_text()), len((tmp_path / "second.log").read_text())

    # A copy, so that an edit of the code while this test runs is no reason to start anew.
    script = shutil.copytree(SCRIPT.parent, tmp_path / "tools") / SCRIPT.name
    first = write(tmp_path / "first.ipynb", notebook(LOGS.format(name="first") + 9999 * "#"))  # run first
    second = write(tmp_path / "second.ipynb", notebook(LOGS.format(name="second"), WAITS, "40 + 2"))
    process = start(first, second, jobs=1, script=script)
    assert process.stderr.readline().startswith("first.ipynb")
    await_file(tmp_path / "waits")
    process.send_signal(signal.SIGINT)
    assert end(process)[0] == 130 and ran() == (1, 1)
    (tmp_path / "go").touch()

    code, printed = end(start(first, second, script=script))
    assert code == 0 and "resumed: 1 already done" in printed and "first.ipynb" not in printed
    assert ran() == (1, 2) and read(second).cells[3].outputs[0].data["text/plain"] == "42"

    code, printed = end(start(first, second, script=script))
    assert code == 0 and "resumed" not in printed and ran() == (2, 3)


def test_the_largest_notebook_is_run_first_whichever_kernel_is_ready_first(tmp_path):
    says = "open('order.log', 'a').write('{}')"
    paths = [
        write(tmp_path / f"{name}.ipynb", notebook(says.format(name) + size * "#"))
        for name, size in (("c", 10), ("a", 3000), ("d", 0), ("b", 200))
    ]
    code, printed = end(start(*paths, jobs=1))
    assert code == 0, printed
    assert (tmp_path / "order.log").read_text() == "abcd"


def test_a_note_counts_for_the_same_notebook_and_the_same_inputs(tmp_path):
    path = write(tmp_path / "one.ipynb", notebook("1"))
    assert not interrupted.is_done(path, "inputs")
    interrupted.note_done(path, "inputs")
    assert interrupted.is_done(path, "inputs") and not interrupted.is_done(path, "others")
    edited = write(path, notebook("2"))
    assert not interrupted.is_done(edited, "inputs")
    interrupted.note_done(path, "inputs")
    interrupted.forget([path])
    assert not interrupted.is_done(path, "inputs")


@pytest.mark.parametrize("place", ["data/trials.csv", "src/mesoviz/cli.py", "tools/run_notebooks.py"])
def test_evidence_and_code_are_inputs(place, tmp_path):
    seen = {interrupted.made_from(tmp_path)}
    (tmp_path / place).parent.mkdir(parents=True)
    for text in ("one", "other", "one"):
        (tmp_path / place).write_text(text)
        seen.add(interrupted.made_from(tmp_path))
    assert len(seen) == 3


@pytest.mark.skipif(os.name == "nt", reason="Windows knows no such signals")
def test_whenever_it_is_ended_every_notebook_is_whole_and_a_rerun_completes_them(tmp_path):
    changing = "import time; print(time.time_ns())"
    paths = [write(tmp_path / f"{name}.ipynb", notebook(changing, "'done'")) for name in "abc"]
    chance, codes = random.Random(4), []
    for how in (signal.SIGINT, signal.SIGKILL, signal.SIGTERM, signal.SIGKILL, signal.SIGINT):
        process = start(*paths)
        time.sleep(chance.uniform(0.3, 3))
        process.send_signal(how)
        codes.append(end(process)[0])
        for path in paths:
            node = read(path)
            nbformat.validate(node)
            assert [len(cell.outputs) for cell in node.cells[1:]] in ([0, 0], [1, 1])
    assert any(codes)
    assert run(*paths)[0] == 0
    assert all(read(path).cells[2].outputs[0].data["text/plain"] == "'done'" for path in paths)


def test_two_runs_at_once_do_not_disturb_each_other(tmp_path):
    paths = [write(tmp_path / f"{name}.ipynb", notebook(f"'{name}' * 100_000")) for name in "abc"]
    for process in [start(*paths), start(*paths)]:
        code, printed = end(process)
        assert code == 0, printed
    for path in paths:
        assert read(path).cells[1].outputs[0].data["text/plain"] == repr(path.stem * 100_000)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["a.ipynb", "b.ipynb", "c.ipynb"]


def test_a_notebook_that_is_saved_meanwhile_stays_as_it_was_saved(tmp_path):
    saves = "text = open('one.ipynb').read().replace('# A', '# Another')\nopen('one.ipynb', 'w').write(text)"
    path = write(tmp_path / "one.ipynb", notebook(saves))
    code, printed = run(path)
    assert code == 1 and "it was changed while it ran" in printed and "Traceback" not in printed
    assert read(path).cells[0].source == "# Another title" and not read(path).cells[1].outputs


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    path = tmp_path / "one.ipynb"
    path.write_text("old", encoding="utf-8")

    def fail(*_):
        raise OSError("disk full")

    monkeypatch.setattr(run_notebooks.os, "replace", fail)
    with pytest.raises(OSError, match="disk full"):
        run_notebooks.write_whole(path, "new")
    assert path.read_text(encoding="utf-8") == "old"
    assert [file.name for file in tmp_path.iterdir()] == ["one.ipynb"]


def stored_then(tmp_path, fresh_picture, fresh_words="one dot"):
    """Store a chart, change the code so that it draws another, run; the stored and the new output."""
    path = write(tmp_path / "chart.ipynb", notebook(SHOW.format(png=picture(), words="one dot")))
    assert run(path)[0] == 0
    node = read(path)
    stored = node.cells[1].outputs
    node.cells[1].source = SHOW.format(png=fresh_picture, words=fresh_words)
    write(path, node)
    assert run(path)[0] == 0
    return stored[0].data, read(path).cells[1].outputs[0].data


def test_a_picture_that_agrees_within_tolerance_is_kept(tmp_path):
    stored, now = stored_then(tmp_path, picture(noise=1))
    assert now == stored


def test_a_picture_that_moved_is_replaced(tmp_path):
    moved = picture(shift=1)
    _, now = stored_then(tmp_path, moved)
    assert now["image/png"].strip() == moved and moved in now["text/html"]


def test_other_words_replace_the_picture_too(tmp_path):
    nearly = picture(noise=1)
    _, now = stored_then(tmp_path, nearly, "one dot, moved")
    assert now["text/plain"] == "one dot, moved" and now["image/png"].strip() == nearly


@pytest.mark.parametrize("size", [(64, 64), (90, 130), (2000, 700)])
def test_the_tolerance_does_not_depend_on_the_size(size):
    before = picture(size=size)
    assert notebook_outputs.pixels_agree(before, picture(noise=1, size=size))
    assert not notebook_outputs.pixels_agree(before, picture(shift=1, size=size))


def test_pictures_of_different_size_do_not_agree():
    assert not notebook_outputs.pixels_agree(picture(), picture(size=(90, 131)))


def test_an_alt_text_that_changed_is_not_kept():
    one = nbformat.v4.new_output("display_data", data={"text/html": '<img alt="a">', "text/plain": "x"})
    other = nbformat.v4.new_output("display_data", data={"text/html": '<img alt="b">', "text/plain": "x"})
    assert notebook_outputs.same_output(one, one) and not notebook_outputs.same_output(one, other)


def test_a_bar_on_a_terminal(tmp_path):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    path = write(tmp_path / "one.ipynb", notebook("1", "2"))
    screen = Terminal()
    progress = run_notebooks.Progress([path], screen)
    for _ in range(3):
        progress.cell()
    assert screen.getvalue().endswith(f"\r[{'#' * 30}] 3/3 cells")
