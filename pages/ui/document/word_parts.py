"""Parts of a Word file that python-docx has no call for: fields, bookmarks, texts beside pictures, places to type."""

from __future__ import annotations

from typing import Any


def made(tag: str, **attributes: str) -> Any:
    """Make an element of Word with attributes of its own namespace."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    element = OxmlElement(f"w:{tag}")
    for key, value in attributes.items():
        element.set(qn(f"w:{key}"), value)
    return element


def field(paragraph: Any, instruction: str, shown: str) -> None:
    """Add a field with what it shows until Word works it out again."""
    for kind in ("begin", "separate", "end"):
        if kind == "separate":
            text = made("instrText")
            text.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
            text.text = f" {instruction} "
            paragraph.add_run()._r.append(text)
        if kind == "end":
            paragraph.add_run(shown)
        paragraph.add_run()._r.append(made("fldChar", fldCharType=kind))


def bookmark(paragraph: Any, name: str, number: int) -> None:
    """Give a paragraph a name that links inside the file lead to."""
    start, end = made("bookmarkStart", id=str(number), name=name), made("bookmarkEnd", id=str(number))
    first = paragraph._p.find(paragraph._p.r_lst[0].tag) if paragraph._p.r_lst else None
    if first is None:
        paragraph._p.append(start)
    else:
        first.addprevious(start)
    paragraph._p.append(end)


def link(paragraph: Any, name: str, text: str) -> None:
    """Add a link to a bookmark."""
    holder = made("hyperlink", anchor=name, history="1")
    run = paragraph.add_run(text)._r
    holder.append(run)
    paragraph._p.append(holder)


def described(picture: Any, title: str, text: str) -> None:
    """Give a picture its text for those who do not see it."""
    about = picture._inline.docPr
    about.set("descr", text)
    about.set("title", title)
    about.set("name", title)


def table_words(table: Any, title: str, text: str) -> None:
    """Give a table its title and description, for screen readers."""
    properties = table._tbl.tblPr
    properties.append(made("tblCaption", val=title))
    properties.append(made("tblDescription", val=text))


def head_row(row: Any) -> None:
    """Mark a row as the head of its table: it stands on every page that the table reaches."""
    row._tr.get_or_add_trPr().append(made("tblHeader"))


def whole_row(row: Any) -> None:
    """Keep a row on one page."""
    row._tr.get_or_add_trPr().append(made("cantSplit"))


def shade(cell: Any, colour: str) -> None:
    """Fill a cell."""
    cell._tc.get_or_add_tcPr().append(made("shd", val="clear", color="auto", fill=colour))


def borders(table: Any, colour: str) -> None:
    """Draw thin lines between rows only."""
    lines = made("tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        shown = side in ("top", "bottom", "insideH")
        lines.append(made(side, val="single" if shown else "nil", sz="4", space="0", color=colour))
    table._tbl.tblPr.append(lines)


def place_to_type(paragraph: Any, label: str, words: str, number: int) -> None:
    """Put a field to type in into a paragraph: one click chooses its words, and what is typed takes their place."""
    control, about, content = made("sdt"), made("sdtPr"), made("sdtContent")
    about.append(made("alias", val=label[:64]))
    about.append(made("id", val=str(number)))
    about.append(made("showingPlcHdr"))
    about.append(made("text", multiLine="1"))
    run = paragraph.add_run(words)
    content.append(run._r)
    control.append(about)
    control.append(content)
    paragraph._p.append(control)


def boxed(paragraph: Any, colour: str, fill: str) -> None:
    """Draw a frame round a paragraph; paragraphs under each other share it."""
    properties = paragraph._p.get_or_add_pPr()
    lines = made("pBdr")
    for side in ("top", "left", "bottom", "right"):
        lines.append(made(side, val="dashed", sz="8", space="6", color=colour))
    later = [one for one in properties if one.tag.rpartition("}")[2] in _AFTER_BORDER]
    (later[0].addprevious if later else properties.append)(lines)
    lines.addnext(made("shd", val="clear", color="auto", fill=fill))
    paragraph.paragraph_format.left_indent = paragraph.paragraph_format.right_indent = 8 * 12700  # as wide as the text


_AFTER_BORDER = {
    "shd", "tabs", "suppressAutoHyphens", "kinsoku", "wordWrap", "overflowPunct", "topLinePunct", "autoSpaceDE",
    "autoSpaceDN", "bidi", "adjustRightInd", "snapToGrid", "spacing", "ind", "contextualSpacing", "mirrorIndents",
    "suppressOverlap", "jc", "textDirection", "textAlignment", "textboxTightWrap", "outlineLvl", "divId", "cnfStyle",
    "rPr", "sectPr", "pPrChange",
}  # fmt: skip
