"""A frame as a table for people: static HTML that reads alike in a notebook, on a web page and in print."""

from __future__ import annotations

import html
import re
from collections.abc import Collection, Mapping
from numbers import Real

import pandas as pd

from mesoviz._page import _given, _links, _words

_ID = re.compile(r"[a-z][a-z0-9-]*")


class Table:
    """A readable table: HTML in a notebook, plain text elsewhere.

    Parameters
    ----------
    data : pandas.DataFrame
        What is shown.
    markup, text : str
        The same as HTML and as plain text.
    """

    def __init__(self, data: pd.DataFrame, markup: str, text: str) -> None:
        self.data = data
        self.markup = markup
        self.text = text

    def __repr__(self) -> str:
        return self.text

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        return {"text/html": self.markup, "text/plain": self.text}


def table(
    frame: pd.DataFrame,
    *,
    id: str,
    title: str | None = None,
    labels: Mapping[str, str] | None = None,
    widths: Mapping[str, int] | None = None,
    group: str | None = None,
    links: Mapping[str, str] | None = None,
    hosts: Collection[str] = (),
    note: str | None = None,
) -> Table:
    """Show a frame as a table for reading: long texts wrap, rows can stand under headings.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row a row of the table; filter it with pandas first.
    id : str
        The table's name on the page, so that its HTML is the same from run to run: lower-case letters,
        digits and hyphens.
    title : str, optional
        A heading above the table.
    labels : mapping of str to str, optional
        Columns to show, in this order, with their headings; by default all, as they are named.
    widths : mapping of str to int, optional
        Share of the width in percent, for columns that need one.
    group : str, optional
        A column whose values become headings above their rows.
    links : mapping of str to str, optional
        Columns whose cells are links, with the column that holds the address: of a file of the project,
        or an ``https`` address at DOI, PubMed, a registry of trials, a host of the project's own sources
        or one of `hosts`. A cell with any other address stays plain text.
    hosts : collection of str, optional
        Further hosts whose addresses may become links, such as ``"example.org"``.
    note : str, optional
        A line under the table.

    Returns
    -------
    Table
        Displayed as HTML; its `repr` is the same as plain text.

    Raises
    ------
    TypeError
        If an argument is of another kind than is said above.
    ValueError
        If the frame is empty, lacks a column that is named, or `id` is not a plain name.

    Notes
    -----
    Whatever a cell holds is shown as it is, never acted on as HTML, Markdown or mathematics. The table
    needs no script. Missing values read "not reported".

    Examples
    --------
    >>> import mesoviz as mv
    >>> claims = mv.load_claims().head(1)
    >>> mv.table(claims, id="first", labels={"claim": "Claim", "verdict": "Verdict"})
    Claim: c01. Verdict: cannot be verified.
    """
    _given.has(frame, (), "table")
    _check(labels, widths, links)
    for parameter, words in (("title", title), ("group", group), ("note", note)):
        _given.text(words, parameter)
    labels = {str(name): str(name) for name in frame} if labels is None else dict(labels)
    labels = {name: _cell(heading) for name, heading in labels.items()}
    title, note = (text and _cell(text) for text in (title, note))
    named = [*labels, *(widths or {}), *(links or {}), *(links or {}).values(), *([group] if group else [])]
    _given.require(frame, dict.fromkeys(named), "table", evidence=False)
    if not isinstance(id, str) or not _ID.fullmatch(id):
        raise ValueError(f"id must be lower-case letters, digits and hyphens; got {_words.got(id)}.")
    labels.pop(group, None)
    cells = pd.DataFrame({name: [_cell(value) for value in frame[name]] for name in labels})
    headings = None if group is None else [_cell(value) for value in frame[group]]
    hosts = {hosts} if isinstance(hosts, str) else set(hosts)
    addresses = {
        name: [_links.beside(url) or _links.declared(url, hosts) for url in frame[column]]
        for name, column in (links or {}).items()
    }
    markup = _markup(cells, headings, addresses, id, title, labels, widths or {}, note)
    return Table(frame, markup, _plain(cells, headings, title, labels, note))


def _check(labels: object, widths: object, links: object) -> None:
    """Refuse what names no columns, and a width that is no share."""
    for parameter, value in (("labels", labels), ("widths", widths), ("links", links)):
        if value is not None and not isinstance(value, Mapping):
            raise TypeError(f"{parameter} must be a mapping from columns; got {_words.got(value)}.")
    for share in (widths or {}).values():
        if not isinstance(share, Real) or isinstance(share, bool) or not 0 < share <= 100:
            raise TypeError(f"widths must be numbers above 0 and up to 100; got {_words.got(share)}.")


def _cell(value: object) -> str:
    if pd.api.types.is_scalar(value) and pd.isna(value):
        return _words.NOT_REPORTED
    if isinstance(value, float):
        return _words.number(value, 0)
    return " ".join(_words.clean(str(value)).split())


def _markup(
    cells: pd.DataFrame,
    headings: list[str] | None,
    addresses: Mapping[str, list[str | None]],
    id: str,
    title: str | None,
    labels: dict[str, str],
    widths: Mapping[str, int],
    note: str | None,
) -> str:
    from great_tables import GT, loc, style

    shown = cells.copy()
    for name, urls in addresses.items():
        shown[name] = [_linked(text, url) for text, url in zip(cells[name], urls, strict=True)]
    grouped = None if headings is None else "_".join([*labels, ""])  # a name that no column has
    if grouped is not None:
        shown[grouped] = headings
    built = GT(shown, id=id, groupname_col=grouped)
    if addresses:
        built = built.fmt(str, columns=list(addresses))  # these are markup of ours: all else is escaped
    built = built.cols_label(labels).cols_align("left")
    # Each cell says so itself: notebooks that are not trusted drop the style sheet.
    for place in (loc.body(), loc.column_labels(), loc.row_groups(), loc.header(), loc.source_notes()):
        built = built.tab_style(style.text(align="left", v_align="top"), place)
    if widths:
        built = built.cols_width({name: f"{share}%" for name, share in widths.items()})
    if title:
        built = built.tab_header(title)
    if note:
        built = built.tab_source_note(note)
    built = built.tab_options(
        table_width="100%",
        table_font_size="13px",
        heading_align="left",
        heading_title_font_weight="bold",
        column_labels_font_weight="bold",
        row_group_font_weight="bold",
        data_row_padding="6px",
    )
    # The page's own colors, be it light or dark: JupyterLab shades every other row in them.
    own = "color: inherit !important; background-color: transparent !important;"
    page = built.opt_css(f"#{id} :not(a, tr) {{ {own} }}").as_raw_html()
    start = page.index("<table")
    # Notebooks read dollar signs and backslashes as mathematics, but never across elements.
    body = page[start:].replace("$", "<span>&#36;</span>").replace("\\", "<span>&#92;</span>")
    return page[:start] + body


def _linked(text: str, address: str | None) -> str:
    inner = html.escape(text)
    return _links.anchor(inner, address) if address else inner


def _plain(
    cells: pd.DataFrame,
    headings: list[str] | None,
    title: str | None,
    labels: Mapping[str, str],
    note: str | None,
) -> str:
    lines = [title] if title else []
    before = None
    for i, row in enumerate(cells.to_dict("records")):
        if headings is not None and headings[i] != before:
            before = headings[i]
            lines.append(f"{before}:")
        parts = [f"{labels[name]}: {_words.sentence(text)}" for name, text in row.items()]
        lines.append(" ".join(parts))
    return "\n".join([*lines, *([note] if note else [])])
