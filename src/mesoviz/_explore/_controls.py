"""The controls in a notebook: one menu a choice, and under them what the choice shows."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

import ipywidgets as widgets

from mesoviz._explore._choices import ENDPOINTS
from mesoviz._explore._explorer import links
from mesoviz._page import _words

if TYPE_CHECKING:
    from mesoviz._explore._explorer import Explorer

LABELS = {
    "endpoint": "Show",
    "setting": "Setting",
    "therapy_class": "Class",
    "agent": "Therapy",
    "phase": "Phase",
}
_ALL = ""  # a menu takes None for nothing chosen
FEW_ROWS = 25  # drawn at once; before more, it is said that they are being drawn
_REGION = (
    'role="region" aria-label="The rows of the chart" tabindex="0" style="max-height:30em;overflow:auto"'
)


class Controls:
    """The menus of an explorer, kept as it allows, and the outputs under them.

    Parameters
    ----------
    explorer : Explorer
        What is chosen, and what that shows.
    """

    def __init__(self, explorer: Explorer) -> None:
        self.explorer = explorer
        self.menus = {name: self._menu(name) for name in LABELS}
        self.again = widgets.Button(description="Choose all again", tooltip="Set every menu back to all")
        self.again.on_click(self._start_again)
        self.status, self.picture, self.files, self.code, self.table = (widgets.HTML() for _ in range(5))
        wrapping = widgets.Layout(flex_flow="row wrap", align_items="center")
        above = widgets.Box([*self.menus.values(), self.again], layout=wrapping)
        self.box = widgets.VBox([above, self.status, self.picture, self.files, self.code, self.table])
        self._following = False
        self.show()
        self._offer()
        for name, menu in self.menus.items():
            menu.observe(lambda change, name=name: self._changed(name, change["new"]), "value")

    def _menu(self, name: str) -> widgets.Dropdown:
        return widgets.Dropdown(
            description=LABELS[name],
            style={"description_width": "4.5em"},
            layout=widgets.Layout(flex="1 1 18em", max_width="34em", min_width="0"),
        )

    def _changed(self, name: str, value: str) -> None:
        if self._following:  # a menu that is given other values reports that, too
            return
        self.explorer.choose(name, value or None)
        self.show()
        self._offer()

    def _start_again(self, _: object) -> None:
        self.explorer.choose_all()
        self.show()
        self._offer()

    def _offer(self) -> None:
        """Let each menu offer what leads to a chart now."""
        self._following = True
        for name, menu in self.menus.items():
            values = self.explorer.offered(name)
            options = [(_label(name, value), value) for value in values]
            options = options if name == "endpoint" else [("All", _ALL), *options]
            with menu.hold_sync():
                if menu.options != tuple(options):
                    menu.options = options
                menu.value = getattr(self.explorer.choice, name) or _ALL
        self._following = False

    def show(self) -> None:
        """Show what is chosen, the picture first: the files take as long again."""
        chart = self.explorer.chart
        if len(chart.data) > FEW_ROWS:
            self._say(f"Drawing {len(chart.data):,} rows ...")
        shown = chart._repr_mimebundle_()
        self.picture.value = shown.get("text/html") or f"<pre>{html.escape(shown['text/plain'])}</pre>"
        self.table.value = f"<div {_REGION}>{self.explorer.table.markup}</div>"
        self._say(self.explorer.status)
        self.code.value = (
            "<details><summary>The code that makes the same chart</summary>"
            f'<pre tabindex="0" style="user-select:all;white-space:pre-wrap">'
            f"{html.escape(self.explorer.code)}</pre></details>"
        )
        try:
            self.files.value = links(self.explorer.files())
        except ValueError as problem:  # a picture too high, or a cell that a spreadsheet would run
            self.files.value = f"<p>No files: {html.escape(str(problem))}</p>"

    def _say(self, words: str) -> None:
        self.status.value = f'<p role="status">{html.escape(words)}</p>'


def _label(name: str, value: str) -> str:
    if name == "endpoint":
        return ENDPOINTS[value]
    if name == "setting":
        return _words.SETTINGS.get(value, value)
    return value
