"""The form of a file's bytes: text in UTF-8, and where each record begins, ends and has its commas.

Bytes are looked at in blocks, so that what is worked out about them never fills the memory.
"""

import codecs

import numpy as np

# What files begin with that are no text, whatever their name.
_BINARY = {
    b"\x1f\x8b": "gzip",
    b"PK\x03\x04": "zip, as spreadsheets are",
    b"BZh": "bzip2",
    b"\xfd7zXZ\0": "xz",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"%PDF-": "PDF",
    b"\xd0\xcf\x11\xe0": "a spreadsheet or document of old office programs",
}
_QUOTE, _COMMA, _NEWLINE = b'",\n'
_BLOCK = 1 << 18  # bytes looked at in one go: what fits into a processor's cache
_MOST_ROWS = 5_000_000


def plain(file, data, report):
    """The bytes, sure to be UTF-8 text with LF line ends; None if they are not."""
    problem = None
    kind = next((kind for start, kind in _BINARY.items() if data.startswith(start)), None)
    if kind:
        problem = ("not-text", f"This is a compressed or binary file ({kind}), not text.")
    elif not data or data.isspace():
        problem = ("file-empty", "The file is empty.")
    elif data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        problem = ("wrong-encoding", "The file is encoded as UTF-16; save it as UTF-8.")
    elif data.startswith(codecs.BOM_UTF8):
        problem = (
            "byte-order-mark",
            "The file begins with a byte order mark; save it as plain UTF-8, not as UTF-8 with BOM.",
        )
    elif b"\0" in data:
        problem = ("not-text", "The file is not a text file: it holds NUL bytes.")
    else:
        place = _not_utf8(data)
        if place is not None:
            line = data.count(b"\n", 0, place) + 1
            problem = (
                "wrong-encoding",
                f"The file is not encoded as UTF-8 (line {line} holds the byte 0x{data[place]:02x}); "
                "save it as UTF-8.",
            )
    if not problem and b"\r" in data:
        data = data.replace(b"\r\n", b"\n")
        if b"\r" in data:
            problem = ("line-endings", "Lines end with CR alone; save the file with LF line ends.")
        else:
            # Spreadsheets on Windows write CRLF; no cell changes by it, so the table still loads.
            message = "Lines end with CRLF; the project's tables use LF."
            report.add(file, "line-endings", message, level="implausible")
    if not problem and b"\n" in data and not data.endswith(b"\n"):
        message = "The last line does not end; was the file cut off?"
        report.add(file, "line-endings", message, level="implausible")
    if problem:
        report.add(file, *problem)
        return None
    return data


def _not_utf8(data):
    """Where the first byte stands that is not UTF-8, or None; never more than a block becomes text."""
    place = 0
    while place < len(data):
        try:
            _, used = codecs.utf_8_decode(data[place : place + _BLOCK], "strict", place + _BLOCK >= len(data))
        except UnicodeDecodeError as error:
            return place + error.start
        place += used
    return None


def is_wrongly_separated(file, data, report):
    first = data[: data.find(b"\n") % (len(data) + 1)]
    for name, mark in (("semicolons", b";"), ("tabs", b"\t"), ("vertical bars", b"|")):
        if mark in first and b"," not in first:
            message = f"Cells are separated by {name}; separate them by commas."
            report.add(file, "wrong-separator", message, row=1)
            return True
    return False


def records(file, data, report):
    """Start, end and number of fields of every record, found on the bytes; None if they cannot be told.

    Commas and line ends inside quotes do not count. A quotation mark may open only at the start of a
    cell and close only at its end; two in a row stand for one.
    """
    bytes_ = np.frombuffer(data, dtype=np.uint8)
    ends, commas = [], []
    rows = counted = 0
    open_at = None  # where the quotation mark stands that no other has closed yet
    for start in range(0, len(bytes_), _BLOCK):
        block = bytes_[start : start + _BLOCK]
        places = np.flatnonzero((block == _QUOTE) | (block == _COMMA) | (block == _NEWLINE))
        kinds = block[places]
        places += start
        quotes = kinds == _QUOTE
        inside = (np.cumsum(quotes, dtype=np.uint8) + (open_at is not None)) % 2 == 1
        is_end = (kinds == _NEWLINE) & ~inside
        seen = np.cumsum((kinds == _COMMA) & ~inside) + counted
        ends.append(places[is_end])
        commas.append(seen[is_end])
        counted = seen[-1] if seen.size else counted
        rows += ends[-1].size
        if rows > _MOST_ROWS:
            message = f"The file has more than {_MOST_ROWS // 1_000_000} million rows."
            report.add(file, "file-too-large", message)
            return None
        marks, opens = places[quotes], inside[quotes]
        stray = _stray_quote(bytes_, marks, opens, open_at)
        if stray is not None:
            break
        if marks.size:
            open_at = marks[-1] if opens[-1] else None
    else:
        stray = open_at
    ends, commas = np.concatenate(ends), np.concatenate(commas)
    if stray is not None:
        row = int(np.searchsorted(ends, stray)) + 1
        message = "A quotation mark is not closed, or stands inside a cell that is not quoted."
        report.add(file, "unbalanced-quotes", message, row=row)
        return None
    if not ends.size or ends[-1] != len(data) - 1:
        ends, commas = np.append(ends, len(data)), np.append(commas, counted)
    return np.append(0, ends[:-1] + 1), ends, np.diff(commas, prepend=0) + 1


def _stray_quote(bytes_, marks, opens, open_at):
    """Where the first of some quotation marks stands that does not belong there, or None."""
    neighbors = marks + np.where(opens, -1, 1)
    beside = bytes_.take(neighbors, mode="clip")
    # At either end of the file there is nothing beside a mark, which is as good as a line end.
    sound = (beside == _COMMA) | (beside == _NEWLINE) | (beside == _QUOTE)
    stray = np.flatnonzero(~sound & (neighbors >= 0) & (neighbors < len(bytes_)))
    if not stray.size:
        return None
    # A mark that closes where it cannot was meant to open: the one before it is the faulty one.
    first = stray[0]
    return marks[first] if opens[first] else marks[first - 1] if first else open_at
