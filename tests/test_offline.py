"""No network: importing, loading, drawing and running a notebook ask no other machine for anything.

Python reports every connection and every look-up of a name before it is made (sys.addaudithook). A guard in
each process writes such attempts down and refuses them, so that one which is caught and hidden counts too.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parents[1]
GUARD = """
import os, sys

ASKS = ("socket.connect", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo", "socket.gethostbyname")


def near(address):
    host = address[0] if isinstance(address, tuple) else address
    return host is None or str(host) in ("", "localhost", "::1") or str(host).startswith(("/", "127.", "b'/"))


def refuse(event, arguments):
    if event in ASKS:
        address = arguments[0 if event.startswith("socket.get") else 1]
        if not near(address):
            with open(os.environ["ATTEMPTS"], "a") as file:
                file.write(f"{event} {address}\\n")
            raise ConnectionRefusedError("no network in this test")


sys.addaudithook(refuse)
"""
DRAW = """
import mesoviz as mv

for name in mv.__all__:
    getattr(mv, name)
mv.check()
everything = mv.load_evidence()
chart = mv.median_survival(everything.trials[everything.trials["trial"] == "maps"])
for ending in ("png", "svg", "pdf"):
    chart.save(f"chart.{ending}", csv=True)
chart._repr_mimebundle_()
mv.table(everything.claims.head(3), id="claims")._repr_mimebundle_()
"""
# An address of a range that is reserved for documentation: nobody is there.
ASKING = {
    "a connection": "import socket; socket.create_connection(('192.0.2.1', 80), timeout=5)",
    "a name": "import socket; socket.getaddrinfo('example.org', 443)",
    "a datagram": "import socket; socket.socket(type=socket.SOCK_DGRAM).sendto(b'', ('192.0.2.1', 53))",
    "a page": "from urllib.request import urlopen; urlopen('https://192.0.2.1', timeout=5)",
    "what hides it": "import socket\ntry: socket.create_connection(('192.0.2.1', 80))\nexcept OSError: pass",
    "a table": "import mesoviz as mv; mv.load_trials('https://192.0.2.1/trials.csv')",
}


@pytest.fixture
def guarded(tmp_path):
    """A function that runs a command in a folder of its own under the guard; what it asked for."""
    (tmp_path / "guard").mkdir()
    (tmp_path / "guard" / "sitecustomize.py").write_text(GUARD, encoding="utf-8")
    attempts, folder = tmp_path / "attempts", tmp_path / "folder"
    folder.mkdir()
    environment = os.environ | {"PYTHONPATH": str(tmp_path / "guard"), "ATTEMPTS": str(attempts)}

    def run(*command, check=True):
        attempts.write_text("")
        subprocess.run([sys.executable, *command], cwd=folder, env=environment, check=check, timeout=300)
        return attempts.read_text().splitlines()

    return run


@pytest.mark.parametrize("what", ASKING)
def test_the_guard_notices(guarded, what):
    (attempt,) = guarded("-c", ASKING[what], check=False)
    assert "192.0.2.1" in attempt or "example.org" in attempt


def test_the_guard_lets_a_process_talk_to_its_own_machine(guarded):
    talk = (
        "import socket; s = socket.create_server(('127.0.0.1', 0)); socket.create_connection(s.getsockname())"
    )
    assert guarded("-c", talk) == []


def test_importing_loading_and_drawing_ask_nobody(guarded):
    assert guarded("-c", DRAW) == []


def test_running_a_notebook_asks_nobody(guarded, tmp_path):
    path = tmp_path / "folder" / "claims.ipynb"
    shutil.copy(ROOT / "notebooks" / "08-claims-and-evidence.ipynb", path)
    assert guarded(str(ROOT / "tools" / "run_notebooks.py"), str(path)) == []


def test_a_notebook_that_asks_is_noticed(guarded, tmp_path):
    path = tmp_path / "folder" / "asks.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(ASKING["what hides it"])]), path)
    (attempt,) = guarded(str(ROOT / "tools" / "run_notebooks.py"), str(path))
    assert "192.0.2.1" in attempt


@pytest.mark.parametrize("path", sorted((ROOT / "notebooks").glob("*.ipynb")), ids=lambda path: path.stem)
def test_no_stored_output_makes_a_browser_fetch_anything(path):
    cells = nbformat.read(path, as_version=4).cells
    pages = [
        output.get("data", {}).get("text/html", "") for cell in cells for output in cell.get("outputs", [])
    ]
    assert any(pages)
    for page in pages:
        assert set(re.findall(r'\bsrc="([^"]{,22})', page)) <= {"data:image/png;base64,"}
        assert not re.search(r"<(script|link|iframe|object|embed)\b|@import|url\(", page)
