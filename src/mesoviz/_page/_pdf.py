"""A chart's PDF for readers that speak: one figure with its alternative text, in its language."""

from __future__ import annotations

import io

LANGUAGE = "en-US"


def tagged(pdf: bytes, alt: str) -> bytes:
    """Tag a page as one figure, as matplotlib does not: ISO 32000-1, sections 14.7 to 14.9.

    Parameters
    ----------
    pdf : bytes
        A document of one page.
    alt : str
        What a screen reader says for it.

    Returns
    -------
    bytes
        The same page, its text as it was.
    """
    from pypdf import PdfWriter, generic

    writer = PdfWriter(clone_from=io.BytesIO(pdf))
    page = writer.pages[0]

    def added(value: generic.PdfObject) -> generic.IndirectObject:
        return writer._add_object(value)

    def dictionary(entries: dict[str, generic.PdfObject]) -> generic.DictionaryObject:
        return generic.DictionaryObject({generic.NameObject(key): value for key, value in entries.items()})

    def stream(data: bytes) -> generic.IndirectObject:
        part = generic.StreamObject()
        part.set_data(data)
        return added(part)

    # All that the page draws is one marked content, number 0; the only element of the document's tree has it.
    drawn = [stream(b"/Figure <</MCID 0>> BDC\n"), page.raw_get("/Contents"), stream(b"\nEMC")]
    first = generic.NumberObject(0)
    page.update(dictionary({"/Contents": generic.ArrayObject(drawn), "/StructParents": first}))
    tree = dictionary({"/Type": generic.NameObject("/StructTreeRoot")})
    figure = added(
        dictionary(
            {
                "/Type": generic.NameObject("/StructElem"),
                "/S": generic.NameObject("/Figure"),
                "/P": added(tree),
                "/Pg": page.indirect_reference,
                "/K": first,
                "/Alt": generic.TextStringObject(alt),
            }
        )
    )
    whose = generic.ArrayObject([first, generic.ArrayObject([figure])])
    tree.update(dictionary({"/K": figure, "/ParentTree": added(dictionary({"/Nums": whose}))}))
    yes = generic.BooleanObject(True)
    about = {
        "/Lang": generic.TextStringObject(LANGUAGE),
        "/MarkInfo": dictionary({"/Marked": yes}),
        "/StructTreeRoot": tree.indirect_reference,
        "/ViewerPreferences": dictionary({"/DisplayDocTitle": yes}),
    }
    writer.root_object.update(dictionary(about))
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()
