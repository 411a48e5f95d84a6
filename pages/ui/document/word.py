"""A document as a Word file that people go on writing: real headings, contents, numbered tables and figures."""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any

from pages.ui.document import word_parts as parts
from pages.ui.document import word_template as look
from pages.ui.document.blocks import Block, Document, Figure, Gap, Paragraph, Points, Section, Table
from pages.ui.document.drawn import MADE_BY, line, sheet_of
from pages.ui.document.word_template import WordTemplate
from pages.ui.paper import picture
from pages.ui.paper import text as words
from pages.ui.paper.packed import repacked
from pages.ui.shell.downloads import SIMULATED_LINE

_DPI = 200  # on paper
_HIGHEST, _BRIEF_HIGHEST = 0.62, 0.24  # of the page's text, for a picture
_CONTENTS_DEPTH = 2
_BESIDE = 0.34  # of the width of a page, for a picture beside the lines under its title
_PT = 12700
_SMALL = 8.5
_TABLE_SIZES = (9.5, 9.0, 8.5, 8.0, 7.5)
_BRIEF_TABLE_SIZES = _TABLE_SIZES[2:]
_TOGETHER = 18  # rows of a table that is not parted over two pages
_TYPE_HERE = "Click here and type the text, the figures and their source."


def word(document: Document, when: datetime, template: WordTemplate | None = None) -> bytes:
    """Write a document as a Word file.

    Parameters
    ----------
    document : Document
    when : datetime
        Written into the file as the time it was made.
    template : WordTemplate, optional
        A Word file whose styles are used by name, with its page size, headers and footers.

    Returns
    -------
    bytes
        The same arguments give the same bytes.

    Raises
    ------
    InputError
        The template cannot be used.
    """
    return _Writer(document, when, template).written()


class _Writer:
    """A Word file on its way: what is counted through the whole of it."""

    def __init__(self, document: Document, when: datetime, template: WordTemplate | None) -> None:
        self.document, self.when = document, when
        self.file = look.opened(template)
        if document.brief:
            look.brief(self.file)
        self.counts = {"Table": 0, "Figure": 0}
        self.marks = 0
        section = self.file.sections[-1]
        self.room = (section.page_width - section.left_margin - section.right_margin) / _PT
        self.high = (section.page_height - section.top_margin - section.bottom_margin) / _PT

    def written(self) -> bytes:
        """Write everything from the title to the sources."""
        document = self.document
        self._about()
        self._edges()
        self._text(document.title, look.TITLE)
        self._lines()
        if document.summary:
            self._heading("Summary", 1, "")
            for text in document.summary:
                self._text(text)
        if not document.brief:
            self._contents()
        for number, (depth, section) in enumerate(document.every()):
            heading = self._heading(section.heading, depth, _mark(section))
            heading.paragraph_format.page_break_before = (
                (number == 0 and not document.brief) or section.new_page or None
            )
            for block in section.blocks:
                self._block(block, section, depth)
        self._heading("Sources", 1, "")
        for text in document.sources:
            self._text(text, small=True)
        day = f"{self.when.day} {self.when:%B %Y}"
        self._text(
            f"Data version {document.version}. Made on {day} by the {MADE_BY[0].lower()}{MADE_BY[1:]}.", small=True
        )
        made = io.BytesIO()
        self.file.save(made)
        return repacked(made.getvalue())

    # --- about the file ----------------------------------------------------------------------------------------------
    def _about(self) -> None:
        about, moment = self.file.core_properties, self.when.replace(tzinfo=None)
        about.title, about.subject = line(self.document.title)[:250], line("; ".join(self.document.lines))[:250]
        about.author = about.last_modified_by = MADE_BY
        about.comments = SIMULATED_LINE if self.document.simulated else ""
        about.keywords, about.category, about.language, about.revision = "", "", "en-GB", 1
        about.identifier, about.content_status, about.version = "", "", line(self.document.version)[:250]
        about.created = about.modified = about.last_printed = moment
        styles = self.file.styles.element
        for found in styles.xpath(".//w:docDefaults//w:lang"):
            found.getparent().remove(found)
        for defaults in styles.xpath(".//w:docDefaults/w:rPrDefault/w:rPr"):
            defaults.append(parts.made("lang", val="en-GB", eastAsia="en-GB", bidi="ar-SA"))
        for key, relation in list(self.file.part.package.rels.items()):
            if relation.reltype.endswith("/thumbnail"):
                del self.file.part.package.rels[key]

    def _edges(self) -> None:
        """Write the lower edge of every page, and the upper edge of a simulated one."""
        section = self.file.sections[-1]
        pairs = [(section.header, section.footer)]
        if section.different_first_page_header_footer:
            pairs.append((section.first_page_header, section.first_page_footer))
        if self.file.settings.odd_and_even_pages_header_footer:
            pairs.append((section.even_page_header, section.even_page_footer))
        for header, footer in pairs:
            if self.document.simulated:
                shown = self._edge(header)
                shown.add_run(SIMULATED_LINE).bold = True
            shown = self._edge(footer)
            about = words.cut(line(self.document.title), 0.45 * self.room, _SMALL)
            shown.add_run(f"{about} · data version {line(self.document.version)} · page ")
            parts.field(shown, "PAGE", "1")
            shown.add_run(" of ")
            parts.field(shown, "NUMPAGES", "1")

    def _edge(self, edge: Any) -> Any:
        edge.is_linked_to_previous = False
        last = edge.paragraphs[-1] if edge.paragraphs else edge.add_paragraph()
        return edge.add_paragraph() if last.text or last._p.xpath(".//w:drawing|.//w:pict") else last

    # --- text --------------------------------------------------------------------------------------------------------
    def _text(
        self, text: str, style: str = look.NORMAL, *, small: bool = False, after: float | None = None, colour: str = ""
    ) -> Any:
        from docx.shared import Pt, RGBColor

        paragraph = self.file.add_paragraph(style=style)
        run = paragraph.add_run(line(text))
        if small:
            run.font.size = Pt(_SMALL)
        if small or colour:
            run.font.color.rgb = RGBColor.from_string(colour or look.MUTED)
        if after is not None:
            paragraph.paragraph_format.space_after = Pt(after)
        return paragraph

    def _lines(self) -> None:
        """Write the lines under the title; where a picture stands beside them, in a table that nobody sees."""
        from docx.shared import Pt

        document, figure = self.document, self.document.beside
        if figure is None:
            for text in document.lines:
                self._text(text, look.NORMAL, after=2, colour=look.MUTED)
            return
        made = self.file.add_table(1, 2)
        made.autofit = False
        right = _BESIDE * self.room
        for cell, column, wide in zip(made.rows[0].cells, made._tbl.tblGrid.gridCol_lst, (self.room - right, right),
                                      strict=True):  # fmt: skip
            cell.width = column.w = round(wide * _PT)
        left, picture_cell = made.rows[0].cells
        for at, text in enumerate(document.lines):
            shown = left.paragraphs[0] if at == 0 else left.add_paragraph()
            shown.add_run(line(text))
            shown.paragraph_format.space_after = Pt(2)
        self._picture(figure, picture_cell.paragraphs[0], right - 12, figure.title)

    def _heading(self, text: str, depth: int, mark: str) -> Any:
        heading = self._text(text, look.HEADINGS[min(depth, len(look.HEADINGS)) - 1])
        if mark:
            self.marks += 1
            parts.bookmark(heading, mark, self.marks)
        return heading

    def _contents(self) -> None:
        """Write the contents as a field that holds its lines already: Word works out pages when asked to."""
        from docx.shared import Pt

        every = [(depth, one) for depth, one in self.document.every() if depth <= _CONTENTS_DEPTH]
        if not every:
            return
        title = self._text("Contents", colour=look.NAVY)  # no heading: the contents do not list themselves
        title.paragraph_format.space_before, title.paragraph_format.keep_with_next = Pt(16), True
        title.runs[0].bold, title.runs[0].font.size = True, Pt(13)
        title.paragraph_format.page_break_before = bool(self.document.summary)  # which has the first page to itself
        known = {style.name.lower(): style.name for style in self.file.styles}
        for number, (depth, section) in enumerate(every):
            entry = self.file.add_paragraph(style=known.get(f"toc {depth}", look.NORMAL))
            if number == 0:
                entry.add_run()._r.append(parts.made("fldChar", fldCharType="begin"))
                asked = parts.made("instrText")
                asked.text = f'TOC \\o "1-{_CONTENTS_DEPTH}" \\h \\z \\u'
                entry.add_run()._r.append(asked)
                entry.add_run()._r.append(parts.made("fldChar", fldCharType="separate"))
            parts.link(entry, _mark(section), line(section.heading))
        entry.add_run()._r.append(parts.made("fldChar", fldCharType="end"))

    def _block(self, block: Block, section: Section, depth: int) -> None:
        if isinstance(block, Paragraph):
            self._text(block.text, small=block.small)
        elif isinstance(block, Points):
            for text in block.items:
                self._text(text, look.BULLETS)
        elif isinstance(block, Table):
            self._table(block)
        elif isinstance(block, Figure):
            self._figure(block)
        else:
            self._gap(block, section, depth)

    def _caption(self, kind: str, title: str) -> str:
        """Write a numbered caption, which stays with what follows; gives it as text."""
        self.counts[kind] += 1
        caption = self.file.add_paragraph(style=look.CAPTION)
        caption.add_run(f"{kind} ")
        parts.field(caption, f"SEQ {kind} \\* ARABIC", str(self.counts[kind]))
        caption.add_run(f". {line(title)}")
        caption.paragraph_format.keep_with_next = True
        return f"{kind} {self.counts[kind]}. {line(title)}"

    # --- tables ------------------------------------------------------------------------------------------------------
    def _table(self, table: Table) -> None:
        from docx.enum.text import WD_ALIGN_PARAGRAPH
        from docx.shared import Pt

        title = self._caption("Table", table.title)
        rows = [tuple(column.name for column in table.columns), *table.rows]
        size, wide = _fitted(rows, self.room, _BRIEF_TABLE_SIZES if self.document.brief else _TABLE_SIZES)
        made = self.file.add_table(len(rows), len(table.columns), style=look.GRID)
        made.autofit = False
        together = len(rows) - 1 if len(rows) <= _TOGETHER else 0
        parts.borders(made, "C9CFD4")
        parts.table_words(made, title, line(table.note) or title)
        for column, width in zip(made._tbl.tblGrid.gridCol_lst, wide, strict=True):
            column.w = round(width * _PT)
        for at, (row, texts) in enumerate(zip(made.rows, rows, strict=True)):
            parts.whole_row(row)
            if at == 0:
                parts.head_row(row)
            for i, (cell, text) in enumerate(zip(row.cells, texts, strict=True)):
                cell.width = round(wide[i] * _PT)
                shown = cell.paragraphs[0]
                shown.paragraph_format.space_after = shown.paragraph_format.space_before = Pt(1.5)
                shown.paragraph_format.line_spacing = 1.0
                shown.paragraph_format.keep_with_next = at == 0 or at < together
                if table.columns[i].right:
                    shown.alignment = WD_ALIGN_PARAGRAPH.RIGHT
                run = shown.add_run(line(text))
                run.font.size = Pt(size)
                run.bold = True if at == 0 or at - 1 in table.bold else None
                if at == 0 or at - 1 in table.bold:
                    parts.shade(cell, "E3EDF6" if at else "F0F2F4")
        note = self._text(table.note, small=True)  # an empty line too: a table is never glued to what follows
        note.paragraph_format.space_before = Pt(3)
        if not table.note:
            note.paragraph_format.line_spacing, note.paragraph_format.space_after = Pt(4), Pt(0)

    # --- figures -----------------------------------------------------------------------------------------------------
    def _figure(self, figure: Figure) -> None:
        title = self._caption("Figure", figure.title)
        highest = _BRIEF_HIGHEST if self.document.brief else _HIGHEST
        wide = min(self.room, highest * self.high * figure.shape)
        shown = self.file.add_paragraph(style=look.NORMAL)
        shown.paragraph_format.keep_with_next = True if figure.caption else None
        self._picture(figure, shown, wide, title)
        if figure.caption:
            self._text(figure.caption, small=True)

    def _picture(self, figure: Figure, paragraph: Any, wide: float, title: str) -> None:
        """Put a figure into a paragraph, so many points wide."""
        from docx.shared import Pt

        raw = picture.png(sheet_of(figure, self.document), _DPI * wide / figure.wide)
        paragraph.paragraph_format.line_spacing = 1.0
        drawn = paragraph.add_run().add_picture(io.BytesIO(raw), width=Pt(wide))
        parts.described(drawn, title[:250], line(figure.alt))

    # --- gaps --------------------------------------------------------------------------------------------------------
    def _gap(self, gap: Gap, section: Section, depth: int) -> None:
        if line(gap.what) != line(section.heading):
            self._heading(gap.what, depth + 1, "")
        ask = self.file.add_paragraph(style=look.NORMAL)
        ask.add_run("Ask: ").bold = True
        ask.add_run(line(gap.ask))
        for one in gap.given:
            for text in one.text.splitlines() or [""]:
                self._text(text)
            self._text(f"Source: {one.source}; as of {one.as_of}", small=True)
        place = self.file.add_paragraph(style=look.NORMAL)
        self.marks += 1
        parts.place_to_type(place, line(gap.what), _TYPE_HERE, self.marks)
        parts.boxed(place, look.MUTED, "F3F5F7")


def _mark(section: Section) -> str:
    """Name a heading for links; Word allows 40 letters."""
    return ("_" + "".join(c if c.isascii() and c.isalnum() else "_" for c in section.key))[:40]


def _fitted(rows: list[tuple[str, ...]], room: float, sizes: tuple[float, ...]) -> tuple[float, list[float]]:
    """Find the largest letters at which the columns fit on one line each, and their widths; the last where none do."""
    for size in sizes:
        need = [max(words.width(words.clean(row[i]), size, "bold") for row in rows) + 14 for i in range(len(rows[0]))]
        if sum(need) <= room:
            break
    least = [
        max((words.width(words.clean(part), size, "bold") for row in rows for part in row[i].split()), default=0) + 14
        for i in range(len(rows[0]))
    ]
    if sum(need) > room and sum(least) < room:
        spare = (room - sum(least)) / sum(a - b for a, b in zip(need, least, strict=True))
        return size, [b + spare * (a - b) for a, b in zip(need, least, strict=True)]
    return size, [room * one / sum(need) for one in need]
