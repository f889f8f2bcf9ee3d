"""The one look: palette, type sizes, page widths, and the context manager that switches between them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import matplotlib as mpl

if TYPE_CHECKING:
    import pandas as pd

INK = "#1a1a1a"
GRAY = "#595959"  # 7:1 on white: small print stays readable
EDGE = "#6f6f6f"  # outlines of controls
RULE = "#d9d9d9"  # grid and separators, never the carrier of a meaning
FIELD = "#e6e6e6"  # ground of a table cell that spans several columns

# Each at least 3:1 against white, and any two apart by 14 CIELAB units at least, also as seen without red,
# green or blue cones (tests/test_style.py); a class is also told by its place and label.
CLASS_COLORS = {
    "Chemotherapy": "#5f80c9",
    "Anti-angiogenic therapy": "#1f7239",
    "Targeted therapy": "#98298a",
    "Checkpoint inhibitor": "#cf4400",
    "Vaccine or other immunotherapy": "#959038",
    "Cell therapy": "#5f0f45",
    "Gene or virus therapy": "#0a9b9b",
    "Surgery, radiotherapy or device": "#51330f",
    "Supportive care or placebo": "#626262",
}
OTHER_COLOR = "#333333"


@dataclass(frozen=True)
class Style:
    """Sizes of one medium: lengths in points, `dpi` in pixels per inch.

    `leading` is the distance of lines, in type sizes. Where figures go on pages of a `page`'s height, those
    that are `whole` take all of it, and leave to their notes what can stand there; the axes of each have room
    for `all_rows` of the chart, so that those of all its pages span the same. A `draft` ends when it is
    known whether it fits.
    """

    name: str
    width: float
    text: float
    small: float
    title: float
    row: float
    dpi: int
    leading: float = 1.3
    page: float = float("inf")
    whole: bool = False
    all_rows: pd.DataFrame | None = field(default=None, compare=False, repr=False)
    draft: bool = False

    @property
    def narrow(self) -> bool:
        """True where there is no room for a column of text beside another."""
        return self.width < 40 * self.text

    @property
    def rest(self) -> str:
        """Where that stands which the medium leaves out."""
        if not self.whole:
            return "the text folded under the chart"
        return "the notes" if self.name == "slide" else "the notebook"

    @property
    def sources(self) -> str:
        """Where the medium lists many sources."""
        if not self.whole:
            return "below"
        return "at the end" if self.name == "slide" else "in the notebook"

    @property
    def marker(self) -> float:
        """Diameter of a mark, in points."""
        return 0.62 * self.text

    @property
    def line(self) -> float:
        """Width of an interval's line, in points."""
        return 0.15 * self.text


STYLES = {
    "notebook": Style("notebook", width=684, text=9, small=8, title=13, row=15.5, dpi=100),
    "slide": Style("slide", width=960, text=18, small=18, title=26, row=29, dpi=96),
    "paper": Style("paper", width=504, text=8, small=7, title=10, row=13, dpi=300),
}
# What is exported: a screen of 16:9, a column and a whole page of a journal.
PAGES = {
    "slide": Style(
        "slide", width=960, text=18, small=18, title=20, row=24, dpi=192, leading=1.17, page=540, whole=True
    ),
    "column": Style("column", width=252, text=8, small=7, title=10, row=13, dpi=300, page=648),
    "page": replace(STYLES["paper"], page=648),
}

# The groups of matplotlib's settings that a drawing rests on.
_DRAWING = (
    *("axes.", "figure.", "font.", "grid.", "hatch.", "lines.", "markers.", "patch.", "path.", "pdf."),
    *("savefig.", "scatter.", "svg.", "text.", "xaxis.", "yaxis.", "xtick.", "ytick."),
)
_current: ContextVar[Style] = ContextVar("mesoviz_style", default=STYLES["notebook"])


def current() -> Style:
    """The style that figures drawn now take."""
    return _current.get()


@contextmanager
def style(name: str = "notebook") -> Iterator[None]:
    """Draw the charts made inside the ``with`` block for one medium.

    Parameters
    ----------
    name : {"notebook", "slide", "paper"}
        ``"notebook"`` is sized for reading on a laptop, ``"slide"`` for a projector (type of 18 pt on a
        page 13.3 in wide), ``"paper"`` for a printed page (7 in wide at 300 dpi).

    Yields
    ------
    None
        Nothing: charts look the medium up when they are drawn.

    Raises
    ------
    ValueError
        If `name` is not one of the three media.

    Examples
    --------
    >>> import mesoviz as mv
    >>> trials = mv.load_trials()
    >>> with mv.style("slide"):
    ...     chart = mv.median_survival(trials[trials["trial"] == "maps"])
    >>> float(chart.figure.get_figwidth().round(1))
    13.3
    """
    if name not in STYLES:
        raise ValueError(unknown(name))
    with using(STYLES[name]):
        yield


def on_the_axes(data: pd.DataFrame) -> pd.DataFrame:
    """What the axes must have room for: the rows drawn, or those of all pages."""
    return data if current().all_rows is None else current().all_rows


def unknown(name: object) -> str:
    """What is said of a style that there is not."""
    return f"style must be one of {', '.join(map(repr, STYLES))}; got {name!r}."


@contextmanager
def using(style: Style) -> Iterator[None]:
    """The same with any sizes."""
    token = _current.set(style)
    try:
        yield
    finally:
        _current.reset(token)


def settings() -> dict[str, object]:
    """Matplotlib's settings for one drawing or saving: ours, whatever the user's own are."""
    defaults = {name: value for name, value in mpl.rcParamsDefault.items() if name.startswith(_DRAWING)}
    return defaults | {
        "font.family": ["DejaVu Sans"],
        "font.size": current().text,
        "text.color": INK,
        "text.parse_math": False,  # a "$" in a label is a dollar sign
        "text.usetex": False,
        "text.hinting": "none",  # else the width of a text depends on the pixels per inch, by up to a tenth
        "axes.facecolor": "white",
        "axes.edgecolor": GRAY,
        "axes.labelcolor": INK,
        "axes.unicode_minus": True,
        "axes.formatter.use_mathtext": False,
        "xtick.color": GRAY,
        "xtick.labelcolor": INK,
        "ytick.labelcolor": INK,
        "figure.facecolor": "white",
        "figure.autolayout": False,
        "figure.constrained_layout.use": False,
        "hatch.linewidth": 0.6,
        "lines.antialiased": True,
        "path.simplify": False,
        "svg.fonttype": "none",  # text stays text: selectable, searchable
        "svg.hashsalt": "mesoviz",
        "pdf.fonttype": 42,
        "savefig.bbox": None,
    }


def class_color(therapy_class: object) -> str:
    """The fixed color of a therapy class; a class of the user's own is drawn in dark gray."""
    return CLASS_COLORS.get(therapy_class, OTHER_COLOR) if isinstance(therapy_class, str) else OTHER_COLOR
