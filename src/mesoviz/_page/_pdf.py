"""Charts as a PDF for readers that speak, too: each page one figure with its alternative text."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

import matplotlib as mpl

from mesoviz._page import _style

if TYPE_CHECKING:
    from mesoviz._page._chart import Chart

LANGUAGE = "en-US"


def document(charts: Sequence[Chart], title: str, alt: str) -> bytes:
    """The charts, one a page, in one document: its fonts are embedded once.

    Parameters
    ----------
    charts : sequence of Chart
        In the order of their pages.
    title, alt : str
        The document's title, and what all of it shows.

    Returns
    -------
    bytes
        A tagged PDF with no date in it.
    """
    from matplotlib.backends.backend_pdf import PdfPages

    about = {"Title": title, "Subject": alt, "Creator": "mesoviz", "CreationDate": None}
    stream = io.BytesIO()
    with mpl.rc_context(_style.settings()), PdfPages(stream, metadata=about) as file:
        for chart in charts:
            with _style.using(chart._style), mpl.rc_context(_style.settings()):
                file.savefig(chart.figure, dpi=chart._style.dpi)
    return tagged(stream.getvalue(), [chart.alt for chart in charts])


def tagged(pdf: bytes, alts: Sequence[str]) -> bytes:
    """Tag each page as one figure, as matplotlib does not: ISO 32000-1, sections 14.7 to 14.9.

    Parameters
    ----------
    pdf : bytes
        A document.
    alts : sequence of str
        What a screen reader says for each page.

    Returns
    -------
    bytes
        The same pages, their text as it was.
    """
    from pypdf import PdfWriter, generic

    writer = PdfWriter(clone_from=io.BytesIO(pdf))

    def added(value: generic.PdfObject) -> generic.IndirectObject:
        return writer._add_object(value)

    def dictionary(entries: dict[str, generic.PdfObject]) -> generic.DictionaryObject:
        return generic.DictionaryObject({generic.NameObject(key): value for key, value in entries.items()})

    def stream(data: bytes) -> generic.IndirectObject:
        part = generic.StreamObject()
        part.set_data(data)
        return added(part)

    tree = dictionary({"/Type": generic.NameObject("/StructTreeRoot")})
    root = added(tree)
    begin, end = stream(b"/Figure <</MCID 0>> BDC\n"), stream(b"\nEMC")
    figures, whose = generic.ArrayObject(), generic.ArrayObject()
    for number, (page, alt) in enumerate(zip(writer.pages, alts, strict=True)):
        # All that a page draws is one marked content, and one element of the document's tree has it.
        drawn = generic.ArrayObject([begin, page.raw_get("/Contents"), end])
        page.update(dictionary({"/Contents": drawn, "/StructParents": generic.NumberObject(number)}))
        element = {
            "/Type": generic.NameObject("/StructElem"),
            "/S": generic.NameObject("/Figure"),
            "/P": root,
            "/Pg": page.indirect_reference,
            "/K": generic.NumberObject(0),
            "/Alt": generic.TextStringObject(alt),
        }
        figures.append(added(dictionary(element)))
        whose += [generic.NumberObject(number), generic.ArrayObject([figures[-1]])]
    tree.update(dictionary({"/K": figures, "/ParentTree": added(dictionary({"/Nums": whose}))}))
    yes = generic.BooleanObject(True)
    about = {
        "/Lang": generic.TextStringObject(LANGUAGE),
        "/MarkInfo": dictionary({"/Marked": yes}),
        "/StructTreeRoot": root,
        "/ViewerPreferences": dictionary({"/DisplayDocTitle": yes}),
    }
    writer.root_object.update(dictionary(about))
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()
