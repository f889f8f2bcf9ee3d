"""Addresses that a person gives: read over https alone, whole, in time and within a size."""

import gzip
import http.server
import ssl
import subprocess
import threading
from contextlib import suppress
from pathlib import Path
from urllib import request

import pandas as pd
import pytest

import mesoviz as mv
from mesoviz._tables import _fetch

TABLE = (Path(__file__).parents[1] / "data" / "therapies.csv").read_bytes()
REDIRECTS = {
    "moved": "/whole",
    "to-http": "http://localhost/whole",
    "to-file": "file:///etc/hosts",
    "to-data": "data:text/csv,a",
    "round": "/round",
}
# What each page of the server sends after the status line: headers, then pieces of the body.
PAGES = {
    "whole": ([f"Content-Length: {len(TABLE)}"], [TABLE]),
    "chunked": (["Transfer-Encoding: chunked"], [b"%x\r\n%s\r\n" % (len(TABLE), TABLE), b"0\r\n\r\n"]),
    "cut": ([f"Content-Length: {len(TABLE) + 9}"], [TABLE]),
    "cut-chunk": (["Transfer-Encoding: chunked"], [b"%x\r\n%s" % (len(TABLE) + 9, TABLE)]),
    "no-length": ([], [TABLE]),
    "zipped": (["Content-Encoding: gzip"], [gzip.compress(b"0" * 10_000_000)]),
    "escape": (["Content-Length: 6"], [b"\x1b[31m\n"]),
}


class Pages(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.server.asked.append(self.path)
        self.close_connection = True
        with suppress(OSError):  # the reader may hang up
            self._answer(self.path.strip("/"))

    def _answer(self, page):
        if page in REDIRECTS:
            self._send(
                f"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: {REDIRECTS[page]}\r\n\r\n".encode()
            )
        elif page == "silent":
            self.server.over.wait()
        elif page in ("slow", "slow-headers", "endless"):
            headers = b"HTTP/1.1 200 OK\r\n" + b"Transfer-Encoding: chunked\r\n\r\n" * (
                page != "slow-headers"
            )
            self._send(headers)
            while not self.server.over.wait(0 if page == "endless" else 0.05):
                self._send(
                    {
                        "slow": b"1\r\na\r\n",
                        "slow-headers": b"a",
                        "endless": b"ffff\r\n" + b"a" * 65535 + b"\r\n",
                    }[page]
                )
        elif page in PAGES:
            headers, pieces = PAGES[page]
            if page == "zipped":
                headers = [*headers, f"Content-Length: {len(pieces[0])}"]
            self._send("\r\n".join(["HTTP/1.1 200 OK", *headers, "", ""]).encode())
            for piece in pieces:
                self._send(piece)
        else:
            self._send(b"HTTP/1.1 404 Not \x1b[31m here\r\nContent-Length: 0\r\n\r\n")

    def _send(self, data):
        self.wfile.write(data)
        self.wfile.flush()

    def log_message(self, *arguments):
        pass


def started(context=None):
    server = http.server.ThreadingHTTPServer(("localhost", 0), Pages)
    server.asked, server.over = [], threading.Event()
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    server.address = f"http{'s' if context else ''}://localhost:{server.server_port}"
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    return server


def stop(server):
    server.over.set()
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """The files of a key and of a certificate that it signs itself."""
    key, certificate = (tmp_path_factory.mktemp("tls") / name for name in ("key.pem", "certificate.pem"))
    make = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost"
    files = ["-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", certificate]
    subprocess.run([*make.split(), *files], check=True, capture_output=True)
    return key, certificate


@pytest.fixture(scope="module")
def untrusted(certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate[1], certificate[0])
    server = started(context)
    yield server
    stop(server)


@pytest.fixture
def server(untrusted, certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[1]))
    monkeypatch.setattr(_fetch, "PATIENCE", 0.7)
    monkeypatch.setattr(_fetch, "LARGEST_DOWNLOAD", 1_000_000)
    untrusted.asked.clear()
    return untrusted


def refused(address):
    with pytest.raises(mv.DataError) as caught:
        mv.load_therapies(address)
    (message,) = str(caught.value).splitlines()[1:]
    assert message.isprintable()
    return caught.value.problems["rule"].item(), message


@pytest.mark.parametrize("page", ["whole", "chunked", "moved"])
def test_a_table_is_read_over_https(server, page):
    read = mv.load_therapies(f"{server.address}/{page}")
    pd.testing.assert_frame_equal(read, mv.load_therapies())


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ("cut", "in place of"),
        ("cut-chunk", "IncompleteRead"),
        ("no-length", "a part could pass for the whole"),
        ("endless", "more than 1 MB"),
        ("slow", "more than 0.7 seconds"),
        ("slow-headers", "more than 0.7 seconds"),
        ("silent", "more than 0.7 seconds"),
        ("to-http", "unknown url type: http"),
        ("to-file", "not allowed"),
        ("to-data", "not allowed"),
        ("round", "infinite loop"),
        ("missing", "Not \\u001b[31m here"),
    ],
)
def test_an_answer_that_is_cut_slow_endless_or_leads_elsewhere_is_one_sentence(server, page, words):
    rule, message = refused(f"{server.address}/{page}")
    assert rule == "address-unreadable" and words in message


@pytest.mark.parametrize(("page", "rule"), [("zipped", "not-text"), ("escape", "header-missing")])
def test_what_is_read_is_checked_like_any_file(server, page, rule):
    """Nothing is unpacked, so that a small answer cannot grow."""
    assert refused(f"{server.address}/{page}")[0] == rule


def test_a_server_that_cannot_prove_its_name_is_refused(untrusted):
    rule, message = refused(f"{untrusted.address}/whole")
    assert rule == "address-unreadable" and "CERTIFICATE_VERIFY_FAILED" in message


@pytest.mark.parametrize("address", ["ftp://x.example/t.csv", "file:///etc/hosts", "data://x", "HTTP://x.y"])
def test_only_https_addresses_are_read(address):
    assert refused(address)[0] == "address-refused"


def test_other_schemes_are_refused_unasked_unless_the_person_opens_them():
    server = started()
    try:
        rule, message = refused(f"{server.address}/whole")
        assert rule == "address-refused" and "open it yourself" in message and not server.asked
        with request.urlopen(f"{server.address}/whole", timeout=5) as opened:
            pd.testing.assert_frame_equal(mv.load_therapies(opened), mv.load_therapies())
    finally:
        stop(server)


def test_an_address_where_nobody_answers_is_one_sentence():
    server = started()
    stop(server)
    rule, message = refused(server.address.replace("http", "https"))
    assert rule == "address-unreadable" and "refused" in message
