"""Pictures as PNG: every color for a file, 256 for a notebook.

A chart is flat. To filter its rows, as Pillow does with all that has more than 256 colors, takes most of the
time of writing it, and makes it larger.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Mapping

import numpy as np
from PIL import Image
from PIL.PngImagePlugin import PngInfo, putchunk

_LEVEL = 3  # of compression; higher ones take longer for next to nothing


def whole(image: Image.Image, texts: Mapping[str, str], dpi: float) -> bytes:
    """Every color, and texts by their names."""
    if image.getchannel("A").getextrema()[0] == 255:
        image = image.convert("RGB")
    bands = len(image.getbands())
    rows = np.zeros((image.height, 1 + image.width * bands), dtype=np.uint8)  # a row begins with its filter
    rows[:, 1:] = np.asarray(image).reshape(image.height, -1)
    info = PngInfo()
    for name, words in texts.items():
        info.add_text(name, words)
    a_meter = round(dpi / 0.0254)
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", *image.size, 8, {3: 2, 4: 6}[bands], 0, 0, 0)),
        *((kind, data) for kind, data, _ in info.chunks),
        (b"pHYs", struct.pack(">IIB", a_meter, a_meter, 1)),
        (b"IDAT", zlib.compress(rows, _LEVEL)),
        (b"IEND", b""),
    )
    stream = io.BytesIO()
    stream.write(b"\x89PNG\r\n\x1a\n")
    for kind, data in chunks:
        putchunk(stream, kind, data)
    return stream.getvalue()


def of_few_colors(image: Image.Image) -> bytes:
    """256 colors: all that a chart needs, at a quarter of the size."""
    few = image.convert("RGB").quantize(256, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    few.putpalette([255 if value > 252 else value for value in few.getpalette()])  # keep white white
    stream = io.BytesIO()
    few.save(stream, "PNG", compress_type=zlib.Z_FILTERED)
    return stream.getvalue()
