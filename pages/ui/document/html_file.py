"""A document as one HTML file: it needs no script and asks for nothing, on a screen, a phone and paper."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement, tostring

from pages.ui.document.blocks import Block, Document, Figure, Gap, Paragraph, Points, Section, Table
from pages.ui.document.drawn import MADE_BY, line, sheet_of
from pages.ui.paper import picture
from pages.ui.shell.downloads import SIMULATED_LINE

_STYLE = Path(__file__).with_name("document.css")
_DPI = 144  # twice what a screen shows
_CONTENTS_DEPTH = 2
_CONTENTS_FROM = 3  # sections
_BROAD = 500  # points: wider ones reach beyond the text where there is room
_SHORT = 18  # rows of a table that is not parted over two pages of paper
_SHORT_LETTERS = 1200  # in all its cells
_LOWEST = 6  # level of a heading


def page(document: Document, when: datetime, ready: Mapping[Figure, bytes] | None = None) -> bytes:
    """Write a document as one HTML file.

    Parameters
    ----------
    document : Document
    when : datetime
        Written into the file as the time it was made.
    ready : mapping of Figure to bytes, optional
        Pictures that were drawn already, as PNG; the others are drawn here.

    Returns
    -------
    bytes
        The same arguments give the same bytes.
    """
    style = _STYLE.read_text(encoding="utf-8").replace("\r\n", "\n")
    html = Element("html", lang="en-GB")
    html.append(_head(document, when, style))
    body = SubElement(html, "body", {"class": "simulated"} if document.simulated else {})
    _put(body, "a", "Skip to the text", href="#_text", **{"class": "skip"})
    header = SubElement(body, "header")
    if document.simulated:
        _put(header, "p", SIMULATED_LINE, **{"class": "band"})
    _put(header, "h1", document.title)
    for text in document.lines:
        _put(header, "p", text, **{"class": "about"})
    main = SubElement(body, "main", id="_text", tabindex="-1")
    if document.summary:
        summary = SubElement(main, "section", {"class": "summary", "aria-labelledby": "_summary"})
        _put(summary, "h2", "Summary", id="_summary")
        for text in document.summary:
            _put(summary, "p", text)
    _contents(main, document)
    whole = _Whole(document, ready or {})
    for one in document.sections:
        _section(main, one, 2, whole)
    _sources(body, document, when)
    return b"<!DOCTYPE html>\n" + tostring(html, encoding="unicode", method="html").encode() + b"\n"


def _put(parent: Element, tag: str, text: str, **attributes: str) -> Element:
    """Add an element with a text of any origin."""
    made = SubElement(parent, tag, attributes)
    made.text = line(text)
    return made


def _head(document: Document, when: datetime, style: str) -> Element:
    """Make the head; what the file may do is said before anything else stands there."""
    head = Element("head")
    SubElement(head, "meta", charset="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; img-src data:; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    SubElement(head, "meta", {"http-equiv": "Content-Security-Policy", "content": policy})
    SubElement(head, "meta", name="viewport", content="width=device-width, initial-scale=1")
    SubElement(head, "meta", name="color-scheme", content="light dark")
    SubElement(head, "meta", name="generator", content=MADE_BY)
    SubElement(head, "meta", name="date", content=when.isoformat(timespec="seconds"))
    _put(head, "title", f"{picture.SIMULATED}: {document.title}" if document.simulated else document.title)
    SubElement(head, "style").text = style
    return head


def _contents(main: Element, document: Document) -> None:
    every = [(depth, one) for depth, one in document.every() if depth <= _CONTENTS_DEPTH]
    if len(every) < _CONTENTS_FROM:
        return
    nav = SubElement(main, "nav", {"aria-labelledby": "_contents"})
    _put(nav, "h2", "Contents", id="_contents")
    _entries(nav, document.sections, 1)


def _entries(parent: Element, sections: tuple[Section, ...], depth: int) -> None:
    listed = SubElement(parent, "ol" if depth == 1 else "ul")
    for one in sections:
        item = SubElement(listed, "li")
        _put(item, "a", one.heading, href=f"#{one.key}")
        if one.sections and depth < _CONTENTS_DEPTH:
            _entries(item, one.sections, depth + 1)


@dataclass(frozen=True)
class _Whole:
    """What goes through all sections: the document, pictures that are ready, and the next numbers."""

    document: Document
    ready: Mapping[Figure, bytes]
    tables: Iterator[int] = field(default_factory=lambda: count(1))
    figures: Iterator[int] = field(default_factory=lambda: count(1))


def _section(parent: Element, one: Section, level: int, whole: _Whole) -> None:
    section = SubElement(parent, "section", {"class": "new"} if one.new_page else {})
    _put(section, f"h{min(level, _LOWEST)}", one.heading, id=one.key)
    for block in one.blocks:
        _block(section, block, one, level, whole)
    for inner in one.sections:
        _section(section, inner, level + 1, whole)


def _block(section: Element, block: Block, of: Section, level: int, whole: _Whole) -> None:
    if isinstance(block, Paragraph):
        _put(section, "p", block.text, **({"class": "small"} if block.small else {}))
    elif isinstance(block, Points):
        listed = SubElement(section, "ul")
        for text in block.items:
            _put(listed, "li", text)
    elif isinstance(block, Table):
        _table(section, block, next(whole.tables))
    elif isinstance(block, Figure):
        _figure(section, block, whole)
    else:
        _gap(section, block, of, level)


def _region(parent: Element, name: str, kind: str) -> Element:
    """Give what scrolls sideways where there is no room for it; the keyboard reaches it."""
    about = {"class": f"wide {kind}", "role": "region", "aria-labelledby": name, "tabindex": "0"}
    return SubElement(parent, "div", about)


def _short(table: Table) -> bool:
    """Whether a table stays on one page of paper: long texts in few rows need more than the rest of one."""
    letters = sum(len(cell) for row in table.rows for cell in row)
    return len(table.rows) < _SHORT and letters < _SHORT_LETTERS


def _table(section: Element, table: Table, number: int) -> None:
    whole = SubElement(_region(section, f"_table-{number}", "rows short" if _short(table) else "rows"), "table")
    caption = SubElement(whole, "caption", id=f"_table-{number}")
    _put(caption, "strong", f"Table {number}.").tail = f" {line(table.title)}"
    row = SubElement(SubElement(whole, "thead"), "tr")
    for column in table.columns:
        _put(row, "th", column.name, scope="col", **({"class": "right"} if column.right else {}))
    body = SubElement(whole, "tbody")
    names = next((i for i, column in enumerate(table.columns) if not column.right), 0)
    for at, cells in enumerate(table.rows):
        row = SubElement(body, "tr", {"class": "told"} if at in table.bold else {})
        for i, (column, text) in enumerate(zip(table.columns, cells, strict=True)):
            made = _put(row, "th" if i == names else "td", text)
            if i == names:
                made.set("scope", "row")
            if column.right:
                made.set("class", "right")
    if table.note:
        _put(section, "p", table.note, **{"class": "small"})


def _figure(section: Element, figure: Figure, whole: _Whole) -> None:
    number = next(whole.figures)
    made = SubElement(section, "figure", {"class": "broad"} if figure.wide > _BROAD else {})
    title = SubElement(made, "figcaption", id=f"_figure-{number}")
    _put(title, "strong", f"Figure {number}.").tail = f" {line(figure.title)}"
    region = _region(made, f"_figure-{number}", "picture")
    SubElement(region, "img", {
        "src": _source(figure, whole), "alt": line(figure.alt),
        "width": f"{figure.wide:.0f}", "height": f"{figure.wide / figure.shape:.0f}",
    })  # fmt: skip
    if figure.caption:
        _put(made, "p", figure.caption, **{"class": "small"})


def _source(figure: Figure, whole: _Whole) -> str:
    """Draw a picture into an address: as shapes, which stay sharp, or as dots where there are too many shapes."""
    raw = whole.ready.get(figure)
    kind = "png"
    if raw is None:
        sheet = sheet_of(figure, whole.document)
        kind = "png" if picture.busy(sheet) else "svg+xml"
        raw = picture.png(sheet, _DPI) if kind == "png" else picture.svg(sheet, figure.title, figure.alt)
    return f"data:image/{kind};base64,{base64.b64encode(raw).decode()}"


def _gap(section: Element, gap: Gap, of: Section, level: int) -> None:
    box = SubElement(section, "div", {"class": "gap"})
    if line(gap.what) != line(of.heading):
        _put(box, f"h{min(level + 1, _LOWEST)}", gap.what)
    if not gap.given:
        _put(box, "p", "Open data do not say. The partners can.")
    for one in gap.given:
        for text in one.text.splitlines() or [""]:
            _put(box, "p", text)
        _put(box, "p", f"Source: {one.source}; as of {one.as_of}", **{"class": "small"})
    ask = SubElement(box, "p")
    _put(ask, "strong", "Ask:").tail = f" {line(gap.ask)}"


def _sources(body: Element, document: Document, when: datetime) -> None:
    footer = SubElement(body, "footer")
    _put(footer, "h2", "Sources")
    for text in document.sources:
        _put(footer, "p", text)
    day = f"{when.day} {when:%B %Y}"
    _put(footer, "p", f"Data version {document.version}. Made on {day} by the {MADE_BY[0].lower()}{MADE_BY[1:]}.")
    if document.simulated:
        _put(footer, "p", SIMULATED_LINE)
