"""A real browser, what it opens, and what it must not do: tell an error, or ask another machine."""

import json
import os
import shutil
import subprocess
import threading
import time
import urllib.request
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socket import socket
from urllib.parse import urlsplit

import pytest
from npm_packages import NpmError, package
from playwright.sync_api import sync_playwright
from print_pdf import chromium

ROOT = Path(__file__).resolve().parents[2]
LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
STRUCTURE = [
    "heading-order",
    "landmark-one-main",
    "landmark-unique",
    "page-has-heading-one",
    "region",
    "tabindex",
]
# The browser asks its maker for nothing, and finds no machine but this one.
QUIET = [
    *("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
PATIENCE = 60_000  # milliseconds: the machine may be busy


def pytest_addoption(parser):
    parser.addoption("--need-browser", action="store_true", help="fail where Chromium or npm is not there")


def pytest_configure(config):
    config.addinivalue_line("markers", "smoke: what automatic testing looks at, in less than two minutes")


def pytest_terminal_summary(terminalreporter, config):
    missing = {report.longrepr[2] for report in terminalreporter.getreports("skipped")}
    if missing:
        terminalreporter.section("NOT LOOKED AT IN A BROWSER", red=True)
        for reason in sorted(missing):
            terminalreporter.line(reason.removeprefix("Skipped: "), red=True)


@pytest.fixture(scope="session")
def missing(request):
    """A function that skips or, with --need-browser, fails for the reason that it is told."""
    return pytest.fail if request.config.getoption("--need-browser") else pytest.skip


@pytest.fixture(scope="session")
def browser(missing):
    if chromium() is None:
        missing("Chromium is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser):
    """A function that opens a page; in the end no error was told, and nothing asked from outside its root."""
    told, contexts = [], []

    def open_(name, *, root, **options):
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        context.on("console", lambda said: told.append(said.text) if said.type == "error" else None)
        context.on("weberror", lambda error: told.append(str(error.error)))
        context.on("request", lambda asked: None if own(asked.url, root) else told.append(asked.url))
        page = context.new_page()
        page.goto(f"{root}/{name}")
        return page

    yield open_
    for context in contexts:
        context.close()
    assert told == []


def own(address, root):
    """Whether an address belongs to the page itself: on its server, in its folder, or within the page."""
    return address.startswith(f"{root}/") or urlsplit(address).scheme in ("data", "blob")


@pytest.fixture(scope="session")
def violations(missing):
    """A function that unfolds a page and returns what it has against levels A and AA: rule, place, reason.

    A whole page must have its headings in order and its landmarks, too. Outside pictures, it has `words`.
    """
    try:
        axe = (package("axe-core") / "axe.min.js").read_text(encoding="utf-8")
    except NpmError as error:
        missing(str(error))

    def check(page, *, within=None, rules=None, words=True):
        page.evaluate("axe => window.axe ?? (0, eval)(axe)", axe)
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        # JupyterLab's own boxes are as high as the screen at most: axe would take the rest for cut off.
        page.evaluate(
            "document.querySelectorAll('body, .jp-LabShell').forEach(one => one.style.overflow = 'visible')"
        )
        only = {"type": "rule", "values": rules} if rules else {"type": "tag", "values": LEVELS}
        more = {} if rules or within else {name: {"enabled": True} for name in STRUCTURE}
        options = {"runOnly": only, "rules": more, "resultTypes": ["violations"], "preload": False}
        run = "([within, options]) => axe.run(within ? {include: within} : document, options)"
        seen = page.evaluate(run, [within, options])
        judged = {one["id"] for kind in ("passes", "violations") for one in seen[kind]}
        assert "color-contrast" in judged or not words, "axe saw no words"
        found = [(one["id"], node) for one in seen["violations"] for node in one["nodes"][:2]]
        return [(rule, node["target"], node["failureSummary"]) for rule, node in found]

    return check


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *message):
        pass


@pytest.fixture(scope="session")
def serve():
    """A function that returns the address of a folder on a server of this machine."""
    servers = []

    def serve_(folder):
        servers.append(ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=folder)))
        threading.Thread(target=servers[-1].serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{servers[-1].server_port}"

    yield serve_
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="session")
def lab(browser, tmp_path_factory):
    """The address of a JupyterLab, as it is after `make lab`, with copies of notebooks and tables."""
    home = tmp_path_factory.mktemp("lab")
    for name in ("notebooks", "data"):
        shutil.copytree(ROOT / name, home / "work" / name, ignore=shutil.ignore_patterns(".*"))
    settings = home / "config" / "labconfig" / "page_config.json"
    settings.parent.mkdir(parents=True)
    # It would offer news, which stand elsewhere.
    settings.write_text(
        json.dumps({"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": True}})
    )
    with socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        *(ROOT / ".venv-lab" / "bin" / "jupyter", "lab", "--no-browser", "--allow-root", "--ip=127.0.0.1"),
        *(f"--port={port}", "--ServerApp.port_retries=0", f"--ServerApp.root_dir={home / 'work'}"),
        *("--IdentityProvider.token=", "--ServerApp.password=", "--LabApp.expose_app_in_browser=True"),
    ]
    folders = {f"JUPYTER_{kind}_DIR": str(home / kind.lower()) for kind in ("CONFIG", "DATA", "RUNTIME")}
    with (home / "log").open("w") as log:
        server = subprocess.Popen(command, env={**os.environ, **folders}, stdout=log, stderr=log)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait(f"{address}/api/status", server, home / "log")
        yield address
    finally:
        server.terminate()
        server.wait(30)


def _wait(address, server, log):
    until = time.monotonic() + 60
    while time.monotonic() < until and server.poll() is None:
        try:
            return urllib.request.urlopen(address, timeout=10).close()
        except OSError:
            time.sleep(0.3)
    pytest.fail(f"JupyterLab did not start: {log.read_text()[-500:]}")
