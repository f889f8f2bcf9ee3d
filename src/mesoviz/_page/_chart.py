"""`Chart`: one figure with the frame it draws, its words and its sources. It knows nothing of trials."""

from __future__ import annotations

import base64
import copy
import html
import io
import re
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import matplotlib as mpl
import pandas as pd
from PIL import Image

from mesoviz._page import _csv, _links, _png, _style, _words
from mesoviz._page._furniture import DoesNotFit
from mesoviz._tables._citations import REPORTS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ALT_LENGTH = 300
_TALLEST = 65_535  # pixels of a picture that browsers show
# JupyterLab breaks the lines of a <pre> anywhere, in the middle of a word too, unless told otherwise.
_WORDS_CSS = "white-space:pre-wrap;word-break:normal;overflow-wrap:anywhere;font-family:inherit"
_DOI = re.compile(r"doi:(10\.\d{4,9}/\S+?)(?=[.;,]?(?:\s|$))")
_KINDS = ("png", "svg", "pdf")


class Chart:
    """A figure together with the numbers it draws, the same numbers in words, and their sources.

    Figure functions return it; a notebook shows it as a picture with alternative text, and with every
    plotted number in words folded away beneath.

    Parameters
    ----------
    draw : callable
        From the title, returns the drawn `matplotlib.figure.Figure`. It is called when the figure is first
        looked at or saved, in the style that was current when the chart was made.
    data : pandas.DataFrame
        What is drawn, one row a mark, in drawing order.
    title, alt, text : str
        The title; at most 300 characters on what is drawn; all plotted numbers in words.
    omitted : pandas.DataFrame
        Each row given but not drawn, with its `reason`.
    sources : pandas.DataFrame
        The publications behind `data`, one row each.
    part : callable, optional
        From some rows of `data`, some of `omitted` and a title, returns their chart.
    keys : sequence of str
        Columns of `data` whose values make a row of the figure, those of its headings first; without any,
        the figure has no rows.
    takeaway : str, optional
        What the figure shows, in one sentence of computed numbers; by default the first one of `alt`,
        without the kind of picture that it begins with.

    Attributes
    ----------
    data, title, alt, text, omitted, sources, part, keys, takeaway
        As given.
    figure : matplotlib.figure.Figure
        The drawn figure.
    axes : list of matplotlib.axes.Axes
        The axes of the figure, to customize further.

    Examples
    --------
    >>> import mesoviz as mv
    >>> trials = mv.load_trials()
    >>> chart = mv.median_survival(trials[trials["trial"] == "maps"])
    >>> list(chart.data["trial_label"])
    ['MAPS', 'MAPS']
    >>> len(chart.alt) <= 300
    True
    """

    def __init__(
        self,
        draw: Callable[[str], Figure],
        data: pd.DataFrame,
        *,
        title: str,
        alt: str,
        text: str,
        omitted: pd.DataFrame,
        sources: pd.DataFrame,
        part: Callable[[pd.DataFrame, pd.DataFrame, str], Chart] | None = None,
        keys: Sequence[str] = (),
        takeaway: str = "",
    ) -> None:
        if len(alt) > ALT_LENGTH:
            raise ValueError(f"alt must have at most {ALT_LENGTH} characters; got {len(alt)}.")
        self._draw = draw
        self.data = data.copy(deep=False)  # whoever changes it leaves the frame to be drawn as it is
        self.title = _words.clean(title)
        self.alt = _words.clean(alt)
        self.text = _words.clean_lines(text)
        self.omitted = omitted
        self.sources = sources
        self.part = part
        self.keys = keys
        self.takeaway = takeaway or _finding(alt)
        self._style = _style.current()

    @cached_property
    def figure(self) -> Figure:
        """The drawn figure, always the same one."""
        with _style.using(self._style):
            return self._draw(self.title)

    def restyled(self, style: str) -> Chart:
        """The same numbers and words, drawn anew for another medium.

        Parameters
        ----------
        style : {"notebook", "slide", "paper"}
            As for `mesoviz.style`.

        Returns
        -------
        Chart
            A new one; this one stays as it is.

        Raises
        ------
        ValueError
            If `style` is not one of the three media.

        Examples
        --------
        >>> import mesoviz as mv
        >>> trials = mv.load_trials()
        >>> chart = mv.median_survival(trials[trials["trial"] == "maps"])
        >>> float(chart.restyled("slide").figure.get_figwidth().round(1))
        13.3
        """
        if style not in _style.STYLES:
            raise ValueError(_style.unknown(style))
        return self._again(_style.STYLES[style], self.title)

    def _again(self, style: _style.Style, title: str) -> Chart:
        """The same, not yet drawn."""
        new = copy.copy(self)
        new._style, new.title, new.data = style, title, self.data.copy(deep=False)
        for drawn in ("figure", "_png"):
            vars(new).pop(drawn, None)
        return new

    def pages(self, *, rows: int = 12) -> list[Chart]:
        """The same numbers on several pages of a slide show, the words of each page being about it alone.

        A page is 13.33 x 7.5 in, its type 18 points. It ends where a group of rows does where that leaves it
        two thirds full at least, and never between arms of one trial that fit. Pages are filled evenly, and
        their axes span the same. What needs more room than a page has, be it a single row, is drawn on a
        larger page of the same shape.

        Parameters
        ----------
        rows : int, default 12
            At most so many rows on a page.

        Returns
        -------
        list of Chart
            At least one; the last one tells what is omitted.

        Examples
        --------
        >>> import mesoviz as mv
        >>> trials = mv.load_trials()
        >>> pages = mv.median_survival(mv.select(trials, agent="Nivolumab")).pages(rows=4)
        >>> [len(page.data) for page in pages]
        [3, 3]
        """
        from mesoviz._page._pages import pages

        return pages(self, _style.PAGES["slide"], rows=rows)

    @property
    def axes(self) -> list[Axes]:
        """The axes of the figure, in drawing order."""
        return self.figure.axes

    def __repr__(self) -> str:
        return self.text

    def save(self, path: str | Path, *, csv: bool = False, dpi: int | None = None) -> Path:
        """Write the figure to a file that carries its title and alternative text.

        Parameters
        ----------
        path : str or pathlib.Path
            Ends in ``.png``, ``.svg`` or ``.pdf``.
        csv : bool, default False
            Also write the drawn frame beside it, under the same name with ``.csv``.
        dpi : int, optional
            Pixels per inch of a PNG; by default the style's.

        Returns
        -------
        pathlib.Path
            The file written.

        Raises
        ------
        ValueError
            If the name ends otherwise, a PNG would be higher than programs show, or the frame for ``csv``
            holds a text that a spreadsheet would run as a formula.

        Examples
        --------
        >>> import tempfile, mesoviz as mv
        >>> trials = mv.load_trials()
        >>> chart = mv.median_survival(trials[trials["trial"] == "maps"])
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     chart.save(f"{folder}/maps.svg", csv=True).name
        'maps.svg'
        """
        path = Path(path)
        kind = path.suffix.lower().removeprefix(".")
        if kind not in _KINDS:
            raise ValueError(f"path must end in .png, .svg or .pdf; got {path.name!r}.")
        table = _csv.text(self.data) if csv else ""
        path.write_bytes(self._bytes(kind, dpi))
        if csv:
            path.with_suffix(".csv").write_text(table, encoding="utf-8", newline="")
        return path

    def _bytes(self, kind: str, dpi: int | None = None) -> bytes:
        dpi = dpi or self._style.dpi
        if kind == "png":
            about = {"Title": self.title, "Description": self.alt}
            return _png.whole(self._pixels(dpi), about, dpi)
        if kind == "pdf":
            from mesoviz._page._pdf import document

            return document([self], self.title, self.alt)
        about = {"Title": self.title, "Description": self.alt, "Creator": "mesoviz", "Date": None}
        written = self._drawn(kind, dpi, {"metadata": about})
        # Screen readers take the name of a picture from here.
        named = written.replace(b"<svg ", b'<svg role="img" aria-labelledby="alt" ', 1)
        alt = f'<desc id="alt">{html.escape(self.alt)}</desc>\n <metadata>'
        return named.replace(b"<metadata>", alt.encode(), 1)

    def _pixels(self, dpi: float) -> Image.Image:
        pixels = self._drawn("rgba", dpi, {})
        width = int(self.figure.get_figwidth() * dpi)
        return Image.frombuffer("RGBA", (width, len(pixels) // (4 * width)), pixels)

    def _drawn(self, kind: str, dpi: float, options: Mapping[str, object]) -> bytes:
        """What matplotlib writes of the figure, under our settings."""
        pixels = self.figure.get_figheight() * dpi
        if kind == "rgba" and pixels > _TALLEST:
            raise DoesNotFit(
                f"the chart is {pixels:,.0f} pixels high, and no program shows more than {_TALLEST:,}: "
                "draw fewer rows, or save it as .svg or .pdf."
            )
        stream = io.BytesIO()
        with _style.using(self._style), mpl.rc_context(_style.settings()):
            self.figure.savefig(stream, format=kind, dpi=dpi, **options)
        return stream.getvalue()

    @cached_property
    def _png(self) -> bytes:
        """The picture of a notebook."""
        return _png.of_few_colors(self._pixels(self.figure.dpi))

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        try:
            picture = base64.b64encode(self._png).decode("ascii")
        except DoesNotFit as problem:
            return {"text/plain": f"No picture: {problem}\n{self.text}"}
        return {"text/html": self._html(picture), "image/png": picture, "text/plain": self.text}

    def _html(self, picture: str) -> str:
        width = round(self.figure.get_figwidth() * 96)
        listed = "".join(f"<li>{_reference(row)}</li>" for row in self.sources.to_dict("records"))
        return (
            f'<figure style="margin:0"><img alt="{html.escape(self.alt)}" width="{width}" '
            f'style="max-width:100%;height:auto" src="data:image/png;base64,{picture}">'
            "<details><summary>Every number of this chart in words, and its sources</summary>"
            f'<pre style="{_WORDS_CSS}">{html.escape(self.text)}</pre>'
            f"<ol>{listed}</ol></details></figure>"
        )


def _finding(alt: str) -> str:
    """What the alternative text begins with, without the kind of picture."""
    told = alt.split(". ")[0].rstrip(".")
    told = told.partition(": ")[2] or told
    return told[:1].upper() + told[1:]


def _reference(row: dict[str, object]) -> str:
    """One source as HTML: its short citation, to find it by, and its reference where known.

    Secure web addresses alone become links: that of the source, and the DOIs of the papers that it reports.
    Their hosts are declared: the table of sources names them.
    """
    words = [row[name] for name in ("citation", "source") if isinstance(row.get(name), str)]
    name = _shown(words[0]) if words else ""
    reference = row["reference"] if isinstance(row.get("reference"), str) else ""
    own, reports, papers = reference.partition(REPORTS)
    link = _links.web(row.get("link"))
    if not own:
        return f"<b>{_links.anchor(name, link) if link else name}</b>"
    own = _links.anchor(_shown(own), link) if link else _shown(own)
    parts = _DOI.split(papers)  # every other part is a DOI
    told = [_doi(part) if i % 2 else _shown(part) for i, part in enumerate(parts)]
    return f"<b>{name}</b>. {own}{reports}{''.join(told)}"


def _shown(text: str) -> str:
    """Text as HTML in which JupyterLab finds no formula."""
    return html.escape(_words.clean(text)).replace("$", "<span>$</span>").replace("\\", "<span>\\</span>")


def _doi(doi: str) -> str:
    return _links.anchor(f"doi:{_shown(doi)}", f"https://doi.org/{quote(doi, safe='/')}")
