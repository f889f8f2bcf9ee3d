"""`explore`: a chart that follows the controls above it, with its table, its files and its code beneath."""

from __future__ import annotations

import base64
import html
import re
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from mesoviz._explore import _choices, _views
from mesoviz._page import _csv, _words
from mesoviz._tables import _load

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from mesoviz._explore._controls import Controls
    from mesoviz._explore._views import Code
    from mesoviz._page._chart import Chart
    from mesoviz._page._readable import Table

_AT_REST = (
    "<p>The controls appear here when this notebook is run in Jupyter: choose <b>Run</b>, "
    "then <b>Run All Cells</b>.</p>"
)
_TYPES = {"png": "image/png", "svg": "image/svg+xml", "csv": "text/csv"}


def explore(
    trials: pd.DataFrame | None = None,
    comparisons: pd.DataFrame | None = None,
    *,
    endpoint: str = "OS",
    setting: str | None = None,
    therapy_class: str | None = None,
    agent: str | None = None,
    phase: str | None = None,
) -> Explorer:
    """Choose trials with controls, and see their chart, its table, its files and its code.

    Parameters
    ----------
    trials : pandas.DataFrame, optional
        Arms from `load_trials`; by default the project's own.
    comparisons : pandas.DataFrame, optional
        From `load_comparisons`; by default the project's own. They are offered where `trials` holds all
        of their arms.
    endpoint : str, default "OS"
        What is shown first: ``"OS"``, ``"PFS"``, ``"objective response"``, ``"disease control"``,
        ``"enrollment"``, ``"comparisons of OS"`` or ``"comparisons of PFS"``.
    setting, therapy_class, agent, phase : str, optional
        What is chosen first; an option left out chooses all.

    Returns
    -------
    Explorer
        A notebook shows its controls, for which it needs ipywidgets; `chart` and `code` are those of the
        values chosen at the moment.

    Raises
    ------
    ValueError
        If a value does not occur, or the values together lead to no chart.

    Notes
    -----
    A control offers only what leads to a chart beside the values of the other controls. Arms stay beside
    those that they were compared with. More than a hundred arms are shown as an overview by class.

    Examples
    --------
    >>> import mesoviz as mv
    >>> explorer = mv.explore(agent="Tremelimumab", setting="pretreated")
    >>> explorer.offered("phase")
    ['2']
    >>> print(explorer.code)
    import mesoviz as mv
    <BLANKLINE>
    trials = mv.load_trials()
    chosen = mv.select(trials, setting="pretreated", agent="Tremelimumab")
    mv.median_survival(chosen, "OS", title="Median overall survival: Pretreated, Tremelimumab")
    """
    given = {"trials": trials, "comparisons": comparisons}
    load = [name for name, frame in given.items() if frame is None]
    trials = _load.load_trials() if trials is None else trials
    comparisons = _load.load_comparisons() if comparisons is None else comparisons
    choice = _choices.Choice(endpoint, setting, therapy_class, agent, phase)
    return Explorer(trials, comparisons, choice, load=load)


class Explorer:
    """What `explore` returns: a choice, and what it shows.

    Parameters
    ----------
    trials, comparisons : pandas.DataFrame
        The tables to choose from.
    choice : Choice
        What is chosen first.
    load : sequence of str
        The tables that the code loads; those left out are at hand under their names.
    """

    def __init__(
        self, trials: pd.DataFrame, comparisons: pd.DataFrame, choice: _choices.Choice, *, load: Sequence[str]
    ) -> None:
        self._tables, self._load = (trials, comparisons), load
        self._ways = _choices.ways(trials, comparisons)
        _choices.check(self._ways, choice)
        self._choose(choice)

    def _choose(self, choice: _choices.Choice) -> None:
        self.choice = choice
        self._view = _views.view(choice, *self._tables, load=self._load)

    def choose(self, control: str, value: str | None) -> None:
        """Change the value of one control; None chooses all.

        Parameters
        ----------
        control : {"setting", "therapy_class", "agent", "phase", "endpoint"}
            Which control.
        value : str or None
            One of the values that it offers.
        """
        choice = replace(self.choice, **{control: value})
        _choices.check(self._ways, choice)
        self._choose(choice)

    def choose_all(self) -> None:
        """Set every control but the endpoint back to all."""
        self._choose(_choices.Choice(self.choice.endpoint))

    def offered(self, control: str) -> list[str]:
        """The values of a control that lead to a chart beside the values of the others."""
        return _choices.offered(self._ways, self.choice, control)

    @property
    def chart(self) -> Chart:
        """The chart of what is chosen."""
        return self._view.chart

    @property
    def code(self) -> Code:
        """The code that makes the same chart."""
        return self._view.code

    @property
    def table(self) -> Table:
        """The rows of the chart, for reading."""
        return _views.table(self.chart, self.choice.endpoint)

    @property
    def status(self) -> str:
        """How much is shown, in a sentence."""
        drawn = _words.count(len(self.chart.data), "arm" if self._view.overview else "row")
        told = [f"{drawn} drawn."]
        if self._view.overview:
            told.append("This is an overview: choose a class or a therapy to see a row for each arm.")
        if omitted := len(self.chart.omitted):
            told.append(f"{omitted:,} not drawn: the words under the picture tell which, and why.")
        return " ".join(told)

    def files(self) -> dict[str, str]:
        """The chart as PNG, SVG and CSV: file names with what they hold as addresses of its own."""
        chart = self.chart
        held = {
            "png": chart._png,
            "svg": chart._bytes("svg"),
            "csv": _csv.text(chart.data).encode(),
        }
        name = re.sub(r"[^a-z0-9]+", "-", chart.title.lower()).strip("-")
        return {
            f"{name}.{kind}": f"data:{_TYPES[kind]};base64,{base64.b64encode(data).decode()}"
            for kind, data in held.items()
        }

    @cached_property
    def controls(self) -> Controls:
        """The controls with all that follows them."""
        from mesoviz._explore._controls import Controls

        return Controls(self)

    def __repr__(self) -> str:
        return f"Explorer, showing: {self.chart.title}"

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, object]:
        # The words stand in for the controls wherever these cannot work: in a stored notebook, on a page.
        bundle = {"text/plain": repr(self), "text/html": _AT_REST}
        try:
            shown = self.controls.box._repr_mimebundle_()
        except ImportError:
            return bundle | {"text/html": "<p>The controls need the package <b>ipywidgets</b>.</p>"}
        return {**shown, **bundle}


def links(files: dict[str, str]) -> str:
    """Links that save files."""
    shown = " ".join(
        f'<a href="{address}" download="{html.escape(name)}" style="text-decoration:underline">'
        f"{name.rpartition('.')[2].upper()}</a>"
        for name, address in files.items()
    )
    return f"Download what you see: {shown}"
