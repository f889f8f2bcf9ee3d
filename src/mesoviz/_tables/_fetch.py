"""Get the bytes of a table: from a path, an open file, a DataFrame, or an https address."""

import os
import re
import stat
import time
from pathlib import Path

import pandas as pd

from mesoviz._checks._problems import printable

LARGEST_FILE = 200_000_000
LARGEST_DOWNLOAD = 50_000_000
PATIENCE = 60
_USER = re.compile(r"(?<=://)[^/?#]*@")


def read_bytes(place, name, report):
    """The name to call the table by, and its bytes; None in place of bytes that cannot be had."""
    if isinstance(place, pd.DataFrame):
        # A frame is checked as what it would be as a file, so nothing can come in by a side door.
        # A gap makes pandas read whole numbers as 34.0; they are written as 34 again.
        return name, place.convert_dtypes().to_csv(index=False).encode(errors="surrogatepass")
    if hasattr(place, "read"):
        return _from_open_file(place, name, report)
    text = os.fsdecode(place)
    scheme, mark, _ = text.partition("://")
    if mark and "/" not in scheme:
        return without_user(text), _download(text, scheme, report)
    return Path(text).name, _from_path(Path(text), report)


def _from_open_file(place, name, report):
    name = Path(str(getattr(place, "name", name))).name
    try:
        content = place.read(LARGEST_FILE + 1)
    except UnicodeDecodeError:
        report.add(name, "wrong-encoding", "The file is not encoded as UTF-8; save it as UTF-8.")
        return name, None
    except Exception as error:  # whatever the object given raises
        report.add(name, "file-missing", f"The open file cannot be read: {_reason(error)}.")
        return name, None
    if not isinstance(content, (str, bytes, bytearray)):
        kind = type(content).__name__
        report.add(name, "file-missing", f"Reading the open file gives neither text nor bytes but {kind}.")
        return name, None
    content = content.encode(errors="surrogatepass") if isinstance(content, str) else content
    if len(content) > LARGEST_FILE:
        _too_large(name, report)
        return name, None
    return name, content


def _from_path(path, report):
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            report.add(path.name or str(path), "file-missing", f"{path} is a folder, not a file.")
        elif not stat.S_ISREG(status.st_mode):
            report.add(path.name, "file-missing", f"{path} is not a regular file.")
        elif status.st_size > LARGEST_FILE:
            _too_large(path.name, report)
        else:
            return path.read_bytes()
    except (OSError, ValueError) as error:
        missing = isinstance(error, FileNotFoundError)
        message = f"There is no file {path}." if missing else f"{path} cannot be read: {_reason(error)}."
        report.add(path.name, "file-missing", message)
    return None


def _too_large(name, report):
    report.add(name, "file-too-large", f"The file is larger than {LARGEST_FILE // 1_000_000} MB.")


def without_user(address):
    """The address without a user's name and password, which no message may repeat."""
    return _USER.sub("", address)


def _download(address, scheme, report):
    from http.client import HTTPException

    name = without_user(address)
    if scheme.lower() != "https":
        message = f"Only https addresses are read, not {scheme}; or open it yourself and pass the open file."
        report.add(name, "address-refused", message, allowed="https")
        return None
    if name != address:
        message = "Addresses that hold a user's name or password are not read; download the file instead."
        report.add(name, "address-refused", message, allowed="https")
        return None
    try:
        return _answer(address)
    except (OSError, ValueError, HTTPException) as error:
        report.add(name, "address-unreadable", f"The address cannot be read: {_reason(error)}.")
    return None


def _answer(address):
    """What an address sends; finding it, its headers and its body are held to one deadline."""
    from concurrent.futures import Future
    from threading import Thread
    from urllib.error import HTTPError

    answer = Future()

    def fetch():
        try:
            with https_opener().open(address, timeout=PATIENCE) as response:
                answer.set_result(_read_within_limits(response))
        except Exception as error:
            if isinstance(error, HTTPError):
                error.close()
            answer.set_exception(error)

    # A server can keep a socket waiting for ever, a byte at a time; a thread is left behind instead.
    Thread(target=fetch, daemon=True).start()
    try:
        return answer.result(PATIENCE)
    except TimeoutError:
        raise ValueError(f"it took more than {PATIENCE} seconds") from None


def https_opener():
    """What opens addresses: it knows https alone, so a redirect to anything else is refused as well."""
    from urllib import request

    opener = request.OpenerDirector()
    for handler in (
        request.HTTPSHandler,
        request.HTTPRedirectHandler,
        request.HTTPDefaultErrorHandler,
        request.HTTPErrorProcessor,
        request.UnknownHandler,
    ):
        opener.add_handler(handler())
    return opener


def _read_within_limits(response):
    deadline, content = time.monotonic() + PATIENCE, bytearray()
    length = response.length  # where there is none, the end of the last chunk is marked
    if length is None and not response.chunked:
        raise ValueError("it does not say how long the file is, so a part could pass for the whole")
    while len(content) != length and (piece := response.read1(1 << 16)):
        content += piece
        if len(content) > LARGEST_DOWNLOAD:
            raise ValueError(f"it holds more than {LARGEST_DOWNLOAD // 1_000_000} MB")
        if time.monotonic() > deadline:
            raise TimeoutError
    if length not in (None, len(content)):
        raise ValueError(f"it sent {len(content)} bytes in place of {length}")
    return bytes(content)


def _reason(error):
    reason = getattr(error, "reason", None) or getattr(error, "strerror", None) or error
    return printable(" ".join(str(reason).split())[:200]).rstrip(".")
