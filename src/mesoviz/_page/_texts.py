"""Lines of text: what can be drawn, how wide it is, where it breaks, and one artist for many lines.

Text is most of what a chart that is also a table costs. Matplotlib's own `Text` lays out each cell twice and
draws it glyph by glyph; here a line is measured by the font's advances and drawn as one picture, kept for
the next time that the same words are drawn. In SVG and PDF it stays text.
"""

from __future__ import annotations

import io
import math
import os
import re
import threading
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from matplotlib.artist import Artist
from matplotlib.colors import to_rgba
from matplotlib.font_manager import FontProperties, findfont
from matplotlib.ft2font import FT2Font, Kerning, LoadFlags
from matplotlib.text import Text
from matplotlib.transforms import Bbox, IdentityTransform

from mesoviz._page import _style, _words

if TYPE_CHECKING:
    from matplotlib.backend_bases import GraphicsContextBase, RendererBase
    from matplotlib.transforms import Transform

SLACK = 1.02  # a program that shows an SVG may draw a text slightly wider
ASCENT, DESCENT = 0.76, 0.24  # of a line's box, above and below its baseline, in type sizes

_ACCENTS = 2  # as many as stand above one another within a row


class _Picture(NamedTuple):
    """A line of text in pixels: its coverage, its advance, and where its origin is in it."""

    ink: np.ndarray
    width: float
    left: int
    above: int
    ascent: float
    descent: float


class Texts(Artist):
    """Many lines of text of one look, each with its baseline at a place of its own.

    Parameters
    ----------
    places : array_like
        The x and y of each line, in the coordinates of `transform`.
    lines : sequence of str
        The lines; one that is empty is left out.
    size : float
        Type size in points.
    color : color
        Of all lines.
    bold : bool
        The weight of all lines.
    align : {"left", "center", "right"}
        Which end of a line its x is.
    transform : matplotlib.transforms.Transform
        From `places` to the canvas.
    gid : str, optional
        The name of the artist.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> figure = Figure()
    >>> texts = Texts([(0, 0), (0, 1)], ["one", "two"], size=9, transform=figure.transFigure)
    >>> figure.add_artist(texts).lines
    ['one', 'two']
    """

    def __init__(
        self,
        places: Iterable[tuple[float, float]],
        lines: Sequence[str],
        *,
        size: float,
        color: str = _style.INK,
        bold: bool = False,
        align: str = "left",
        transform: Transform,
        gid: str | None = None,
    ) -> None:
        super().__init__()
        kept = [(place, plain(line)) for place, line in zip(places, lines, strict=True) if line.strip()]
        self.places = np.array([place for place, _ in kept], dtype=float).reshape(-1, 2)
        self.lines = [line for _, line in kept]
        self.size, self.color, self.bold, self.align = size, color, bold, align
        self.set(transform=transform, gid=gid, zorder=3, clip_on=False)

    def draw(self, renderer: RendererBase) -> None:
        """Draw all lines."""
        if not self.get_visible():
            return
        renderer.open_group("text", self.get_gid())
        gc = renderer.new_gc()
        if self.get_clip_on():
            gc.set_clip_rectangle(self.get_clip_box())
            gc.set_clip_path(self.get_clip_path())
        if hasattr(renderer, "buffer_rgba"):
            self._draw_pixels(renderer, gc)
        else:
            self._draw_words(renderer, gc)
        gc.restore()
        renderer.close_group("text")
        self.stale = False

    def _draw_pixels(self, renderer: RendererBase, gc: GraphicsContextBase) -> None:
        """Lay a picture of each line on the canvas, at whole pixels."""
        red, green, blue, alpha = to_rgba(self.color, self.get_alpha())
        rgb = np.round(255 * np.array([red, green, blue])).astype(np.uint8)
        for x, y, picture in self._pictures(renderer.dpi):
            image = np.empty((*picture.ink.shape, 4), dtype=np.uint8)
            image[..., :3] = rgb
            image[..., 3] = picture.ink if alpha == 1 else np.round(alpha * picture.ink)
            bottom = round(y) + picture.above - len(picture.ink)
            renderer.draw_image(gc, round(x) + picture.left, bottom, image)

    def _draw_words(self, renderer: RendererBase, gc: GraphicsContextBase) -> None:
        """Hand each line to a renderer that keeps text as text."""
        gc.set_foreground(to_rgba(self.color), isRGBA=True)
        gc.set_alpha(self.get_alpha())
        font = FontProperties(family="DejaVu Sans", size=self.size, weight="bold" if self.bold else "normal")
        anchor = Text(ha=self.align, transform=IdentityTransform())
        height = renderer.get_canvas_width_height()[1]
        for (x, y), line in zip(self.get_transform().transform(self.places), self.lines, strict=True):
            anchor.set_position((x, y))
            if self.align != "left":
                wide = renderer.get_text_width_height_descent(line, font, False)[0]
                x -= wide if self.align == "right" else wide / 2
            down = height - y if renderer.flipy() else y
            renderer.draw_text(gc, x, down, line, font, 0, ismath=False, mtext=anchor)

    def _pictures(self, dpi: float) -> Iterable[tuple[float, float, _Picture]]:
        """The origin and picture of each line, in pixels."""
        share = {"left": 0.0, "center": 0.5, "right": 1.0}[self.align]
        for (x, y), line in zip(self.get_transform().transform(self.places), self.lines, strict=True):
            picture = _picture(line, self.size, self.bold, dpi)
            yield x - share * picture.width, y, picture

    def boxes(self) -> list[Bbox]:
        """The box of each line in pixels: at least as high as the font's lines are."""
        dpi = self.get_figure(root=True).dpi
        scale = self.size * dpi / 72
        return [
            Bbox.from_extents(
                x,
                y - max(picture.descent, DESCENT * scale),
                x + picture.width,
                y + max(picture.ascent, ASCENT * scale),
            )
            for x, y, picture in self._pictures(dpi)
        ]

    def get_window_extent(self, renderer: RendererBase | None = None) -> Bbox:
        """The box around all lines, in pixels."""
        return Bbox.union(self.boxes()) if self.lines else Bbox.null()


def plain(text: str) -> str:
    """The text as it can be drawn.

    Control characters become spaces, what the font lacks an empty square; of accents that pile up on one
    letter two are kept, which is what a row has room for.
    """
    text = _words.clean(text)
    if text.isascii():
        return text
    letters, piled = [], 0
    for letter in text:
        piled = piled + 1 if unicodedata.combining(letter) else 0
        if piled <= _ACCENTS:
            letters.append(letter if ord(letter) in _drawable() else "\N{WHITE SQUARE}")
    return "".join(letters)


@lru_cache(maxsize=50_000)
def text_width(text: str, size: float, bold: bool = False) -> float:
    """Width of one line of text, in points."""
    text = plain(text)
    steps = (_step(letter, after, bold) for letter, after in zip(text, f"{text[1:]}\0", strict=True))
    return SLACK * size * sum(steps) if text else 0.0


@lru_cache(maxsize=50_000)
def wrap(text: str, width: float, size: float, bold: bool = False) -> tuple[str, ...]:
    """Break a text into lines no wider than `width` points; a word that is wider is broken inside.

    A no-break space holds two words together; a control character becomes a space.
    """
    lines: list[str] = []
    line = ""
    for word in re.split(r"[^\S\xa0]+", plain(text).strip()):
        longer = f"{line} {word}" if line else word
        if text_width(longer, size, bold) <= width:
            line = longer
            continue
        if line:
            lines.append(line)
        line = ""
        for letter in word:
            if line and text_width(line + letter, size, bold) > width:
                lines.append(line)
                line = ""
            line += letter if line or letter != "\xa0" else ""
    return (*lines, line) if line or not lines else tuple(lines)


def _font(bold: bool) -> FT2Font:
    return _own_font(bold, threading.get_ident(), os.getpid())  # neither threads nor forks may share one


@lru_cache(maxsize=16)
def _own_font(bold: bool, thread: int, process: int) -> FT2Font:
    """The font, read from memory: matplotlib's own reads its file anew for each letter."""
    return FT2Font(io.BytesIO(_font_file(bold)))


@lru_cache(maxsize=2)
def _font_file(bold: bool) -> bytes:
    path = findfont(FontProperties(family="DejaVu Sans", weight="bold" if bold else "normal"))
    return Path(path).read_bytes()


@lru_cache(maxsize=1)
def _drawable() -> frozenset[int]:
    """The characters that both weights of the font can draw."""
    return frozenset.intersection(*(frozenset(_font(bold).get_charmap()) for bold in (False, True)))


@lru_cache(maxsize=20_000)
def _step(letter: str, after: str, bold: bool) -> float:
    """From one letter to the next, in type sizes: its advance and the kerning between the two."""
    font = _font(bold)
    em = 1000
    font.set_size(em, 72)
    advance = font.load_char(ord(letter), LoadFlags.NO_HINTING).linearHoriAdvance / 65536
    pair = [font.get_char_index(ord(one)) for one in (letter, after)]
    return (advance + font.get_kerning(*pair, Kerning.UNFITTED) / 64) / em


@lru_cache(maxsize=10_000)
def _picture(line: str, size: float, bold: bool, dpi: float) -> _Picture:
    """A line of text as the canvas shows it, without hinting."""
    font = _font(bold)
    font.clear()
    font.set_size(size, dpi)
    font.set_text(line, 0, flags=LoadFlags.NO_HINTING)
    font.draw_glyphs_to_bitmap()
    width, high = (length / 64 for length in font.get_width_height())
    descent = font.get_descent() / 64
    ascent = high - descent
    left = int(font.get_bitmap_offset()[0] / 64)
    return _Picture(font.get_image()[::-1].copy(), width, left, math.floor(ascent) + 1, ascent, descent)
