"""A briefing as PowerPoint: titles, tables and notes to edit, pictures with alt text; the same bytes always."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypedDict, Unpack

from pages.ui.briefing import sheet as briefing_sheet
from pages.ui.briefing.board import NAVY
from pages.ui.briefing.panel import Panel
from pages.ui.briefing.table import MORE, Fitted
from pages.ui.document.blocks import Table
from pages.ui.paper import text as words
from pages.ui.paper.packed import repacked
from pages.ui.paper.picture import SIMULATED, png
from pages.ui.paper.room import INK, MUTED
from pages.ui.shell.downloads import SIMULATED_LINE

WIDE, HIGH = briefing_sheet.SCREEN
FONT = "Arial"  # narrower than the letters that are measured: what fits there fits here
_MARGIN, _GAP = 30.0, 16.0
_FOOT = HIGH - 24
_PICTURE_DPI = 192
_TITLE_ONLY = 5
_PAD_PT = 1.0


def slides(title: str, lines: Sequence[str], panels: Sequence[Panel], audience: str, when: datetime) -> bytes:
    """Make the PowerPoint of a briefing.

    Parameters
    ----------
    title : str
    lines : sequence of str
        Of the first slide: place, audience, what is known.
    panels : sequence of Panel
        One slide each.
    audience : str
    when : datetime
        Written into the file as the time it was made.

    Returns
    -------
    bytes
    """
    from pptx import Presentation
    from pptx.util import Pt

    deck = Presentation()
    wide, high = int(deck.slide_width or 0), int(deck.slide_height or 0)  # of the default template
    _widen(deck, WIDE / (wide / 12700), HIGH / (high / 12700))
    deck.slide_width, deck.slide_height = Pt(WIDE), Pt(HIGH)
    about = deck.core_properties
    about.title, about.subject = words.clean(title), "; ".join(words.clean(line) for line in lines)[:250]
    about.author = about.last_modified_by = "Community safety dashboard"
    about.comments = SIMULATED_LINE if any(p.simulated for p in panels) else ""
    about.keywords, about.category, about.language, about.revision = "", "", "en-GB", 1
    about.created = about.modified = about.last_printed = when.replace(tzinfo=None)
    _cover(deck, title, lines, panels)
    for number, panel in enumerate(panels, start=2):
        _slide(deck, panel, audience, title, number, len(panels) + 1)
    made = io.BytesIO()
    deck.save(made)
    return repacked(made.getvalue())


def _widen(deck: Any, along: float, down: float) -> None:
    """Stretch master and layouts to the shape of the slides, so that a slide added by hand fits too."""
    for holder in (deck.slide_master, *deck.slide_layouts):
        for shape in holder.placeholders:
            box = shape.left, shape.top, shape.width, shape.height
            if None not in box:
                shape.left, shape.width = int(box[0] * along), int(box[2] * along)
                shape.top, shape.height = int(box[1] * down), int(box[3] * down)


# --- slides ----------------------------------------------------------------------------------------------------------
def _cover(deck: Any, title: str, lines: Sequence[str], panels: Sequence[Panel]) -> None:
    slide = deck.slides.add_slide(deck.slide_layouts[_TITLE_ONLY])
    left = 0.36 * WIDE
    _box(slide, 0, 0, left, HIGH, NAVY, "Background")
    room = left - 2 * _MARGIN
    size = words.largest(title, room, briefing_sheet.COVER_SIZES, 5, "bold")
    shown = words.wrap(title, room, size, "bold", most=8)
    high = 1.25 * size * len(shown) + 6
    top = 0.22 * HIGH - size
    _title(slide, " ".join(shown), _MARGIN, top, room, high, size, "FFFFFF")
    fitted = [words.wrap(text, room - 2, 11, most=3) for text in lines]
    tall = 14.0 * sum(len(text) for text in fitted) + 5 * len(lines) + 4
    _text(slide, [" ".join(text) for text in fitted], _MARGIN, top + high + 8, room, tall, 11,
          colour="FFFFFF", name="About", after=4)  # fmt: skip
    x, room = left + _MARGIN, WIDE - left - 2 * _MARGIN
    if any(panel.simulated for panel in panels):
        _badge(slide, x, 20, room, SIMULATED_LINE)
    _text(slide, ["What it says"], x, 50, room, 22, 15, bold=True, colour=NAVY, name="What it says")
    for number, size_, text, y in briefing_sheet.findings(panels, room, HIGH - 110):
        _text(
            slide, [number], x, y + 84 - size_, 24, 1.4 * size_, size_, bold=True, colour=NAVY, name=f"Number {number}"
        )
        _text(slide, [" ".join(text)], x + 24, y + 84 - size_, room - 24, 1.3 * size_ * len(text) + 2, size_,
              name=f"Finding {number}")  # fmt: skip
    said = [f"{number}. {panel.finding}." for number, panel in enumerate(panels, start=1)]
    slide.notes_slide.notes_text_frame.text = "\n".join([words.clean(line) for line in (*lines, *said)])


def _slide(deck: Any, panel: Panel, audience: str, title: str, number: int, of: int) -> None:
    slide = deck.slides.add_slide(deck.slide_layouts[_TITLE_ONLY])
    room = WIDE - 2 * _MARGIN
    _box(slide, 0, 0, WIDE, 6, NAVY, "Line above")
    size = words.largest(panel.finding, room, (24.0, 22.0, 20.0, 18.0, 16.0, 14.5, 13.0), 2, "bold")
    lines = words.wrap(panel.finding, room, size, "bold", most=4)
    y, high = 28.0, 1.22 * size * len(lines) + 4
    _title(slide, " ".join(lines), _MARGIN, y, room, high, size, INK.lstrip("#"))
    y += high
    head = words.cut(f"{panel.name} · {panel.place}", 0.6 * room - 4, 9, "bold")
    _text(slide, [head], _MARGIN, 11, 0.6 * room, 15, 9, bold=True, colour=NAVY, name="Panel")
    if panel.simulated:
        wide = words.width(SIMULATED, 9, "bold") + 20
        _badge(slide, WIDE - _MARGIN - wide, 10, wide, SIMULATED)
    if panel.more:
        more = words.wrap(panel.more, room, 12, most=3)
        _text(slide, [" ".join(more)], _MARGIN, y, room, 15.6 * len(more) + 3, 12, colour=MUTED, name="More")
        y += 15.6 * len(more) + 3
    y += 8
    end = _FOOT - 6
    if panel.draw is None:
        _refused(slide, panel, audience, y, end)
    else:
        shown = (room, end - y)
        if panel.table is not None:
            at, found, shown = briefing_sheet.beside(panel, panel.table, y, room, end)
            _table(slide, panel.table, found, _MARGIN + at[0], at[1], at[2])
        sheet = briefing_sheet.part(panel, audience, *shown)
        picture = slide.shapes.add_picture(
            io.BytesIO(png(sheet, _PICTURE_DPI)), _pt(_MARGIN), _pt(y), _pt(shown[0]), _pt(shown[1])
        )
        picture.name = f"Picture: {panel.name}"
        _alt(picture, f"{panel.alt} {panel.caption(audience)}")
    foot = f"{title} · {panel.place}"
    _text(slide, [words.cut(foot, room - 90, 8)], _MARGIN, _FOOT, room - 80, 14, 8, colour=MUTED, name="Foot")
    _text(slide, [f"{number} of {of}"], WIDE - _MARGIN - 70, _FOOT, 70, 14, 8, bold=True, name="Page", right=True)
    slide.notes_slide.notes_text_frame.text = "\n".join(words.clean(line) for line in notes(panel))


def notes(panel: Panel) -> tuple[str, ...]:
    """Say for the speaker what stands behind a slide: finding, method, caveats, source."""
    parts = (
        SIMULATED_LINE if panel.simulated else "",
        f"{panel.finding}.",
        panel.more,
        panel.refusal,
        *panel.notes,
        *(f"Caveat: {caveat}" for caveat in panel.caveats),
        f"{panel.place}, {panel.period}." if panel.period else "",
        panel.source,
        f"Data version {panel.version}.",
    )
    return tuple(dict.fromkeys(part for part in parts if part))


def _refused(slide: Any, panel: Panel, audience: str, y: float, end: float) -> None:
    """Say why nothing is shown, with the same caption as a picture."""
    room = WIDE - 2 * _MARGIN
    lines = words.wrap(panel.refusal, room - 40, 16, most=8)
    high = 21.5 * len(lines) + 46
    _box(slide, _MARGIN, y + 8, room, high, "#F4F6F8", "Ground")
    _box(slide, _MARGIN, y + 8, 5, high, NAVY, "Edge")
    _text(slide, [f"{panel.name}: the data do not carry this"], _MARGIN + 22, y + 16, room - 40, 18, 11, bold=True,
          colour=MUTED, name="Kind")  # fmt: skip
    _text(slide, [" ".join(lines)], _MARGIN + 22, y + 38, room - 40, 21.5 * len(lines) + 6, 16, name="Refusal")
    caption = words.wrap(panel.caption(audience), room, 7.5)
    tall = 10.2 * len(caption) + 4
    _text(slide, [" ".join(caption)], _MARGIN, end - tall, room, tall, 7.5, colour=MUTED, name="Caption")


def _table(slide: Any, table: Table, found: Fitted, x: float, y: float, wide: float) -> None:
    """Set a real table, fitted with letters that are wider than those of the slide."""
    title = words.wrap(table.title, wide, 10, "bold", most=2)
    high = 13 * len(title) + 2
    _text(slide, [" ".join(title)], x, y - high - 5, wide, high, 10, bold=True, name="Table title")
    shape = slide.shapes.add_table(
        len(found.rows) + 1, len(found.widths), _pt(x), _pt(y), _pt(sum(found.widths)), _pt(found.high)
    )
    shape.name = f"Table: {words.clean(table.title)}"
    _alt(shape, f"{table.title}. {len(table.rows)} rows; columns: {', '.join(c.name for c in table.columns)}.")
    grid = shape.table
    look = shape._element.graphic.graphicData.tbl.tblPr
    look.find("{http://schemas.openxmlformats.org/drawingml/2006/main}tableStyleId").text = _PLAIN
    grid.first_row, grid.horz_banding = True, False
    for column, width in zip(grid.columns, found.widths, strict=True):
        column.width = _pt(width)
    heads = [" ".join(lines) for lines in found.head]
    rows = [[" ".join(lines) for lines in row] for row in found.rows]
    for at, (cells, height) in enumerate(zip([heads, *rows], [found.head_height, *found.heights], strict=True)):
        grid.rows[at].height = _pt(height)
        for i, text in enumerate(cells):
            _cell(grid.cell(at, i), text, found, right=table.columns[i].right, head=at == 0,
                  bold=at == 0 or at - 1 in table.bold, band=at % 2 == 0)  # fmt: skip
    if found.left_out:
        more = [MORE.format(found.left_out)]
        _text(slide, more, x, y + found.high + 2, wide, 12, found.size, colour=MUTED, name="More rows")


_PLAIN = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"  # "No style, no grid"


def _cell(cell: Any, text: str, found: Fitted, *, right: bool, head: bool, bold: bool, band: bool) -> None:
    from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
    from pptx.util import Pt

    cell.margin_left = cell.margin_right = _pt(5 - _PAD_PT)
    cell.margin_top = cell.margin_bottom = _pt(0.15 * found.size)
    cell.vertical_anchor = MSO_ANCHOR.MIDDLE
    frame = cell.text_frame
    frame.word_wrap = True
    run = frame.paragraphs[0].add_run()
    run.text = text
    frame.paragraphs[0].alignment = PP_ALIGN.RIGHT if right else PP_ALIGN.LEFT
    _look(run.font, found.size, "FFFFFF" if head else INK, bold)
    cell.fill.solid()
    cell.fill.fore_color.rgb = _rgb(NAVY if head else "#F3F4F5" if band else "#FFFFFF")
    frame.paragraphs[0].line_spacing = Pt(1.2 * found.size)


# --- shapes ----------------------------------------------------------------------------------------------------------
def _pt(value: float) -> int:
    return round(value * 12700)


def _rgb(colour: str) -> Any:
    from pptx.dml.color import RGBColor

    return RGBColor.from_string(colour.lstrip("#"))  # type: ignore[no-untyped-call]  # pptx has no types here


def _look(font: Any, size: float, colour: str, bold: bool) -> None:
    from pptx.util import Pt

    font.name, font.size, font.bold = FONT, Pt(size), bold
    font.color.rgb = _rgb(colour)


def _alt(shape: Any, text: str) -> None:
    shape._element.xpath(".//p:cNvPr")[0].set("descr", words.clean(text))


def _box(slide: Any, x: float, y: float, wide: float, high: float, colour: str, name: str) -> None:
    from pptx.enum.shapes import MSO_SHAPE

    shape = slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, _pt(x), _pt(y), _pt(wide), _pt(high))
    shape.name = name
    shape.fill.solid()
    shape.fill.fore_color.rgb = _rgb(colour)
    shape.line.fill.background()
    if (style := shape._element.find("{http://schemas.openxmlformats.org/presentationml/2006/main}style")) is not None:
        shape._element.remove(style)  # it would throw a shadow
    tree = shape._element.getparent()
    tree.remove(shape._element)
    tree.insert(2, shape._element)


def _badge(slide: Any, x: float, y: float, wide: float, text: str) -> None:
    _box(slide, x, y, wide, 17, INK, "Simulated")
    _text(slide, [text], x, y, wide, 17, 9, bold=True, colour="FFFFFF", name="Simulated, words", centre=len(text) < 12,
          left=0 if len(text) < 12 else 6, middle=True)  # fmt: skip


def _title(slide: Any, text: str, x: float, y: float, wide: float, high: float, size: float, colour: str) -> None:
    shape = slide.shapes.title
    shape.left, shape.top, shape.width, shape.height = _pt(x), _pt(y), _pt(wide), _pt(high)
    _fill(shape.text_frame, [words.clean(text, "bold")], size, colour=colour, bold=True)


class _Look(TypedDict, total=False):
    """How a text is set, beside its size."""

    colour: str
    bold: bool
    right: bool
    centre: bool
    middle: bool
    left: float
    after: float


def _text(
    slide: Any, lines: Sequence[str], x: float, y: float, wide: float, high: float, size: float, *, name: str,
    **look: Unpack[_Look],
) -> None:  # fmt: skip
    shape = slide.shapes.add_textbox(_pt(x), _pt(y), _pt(wide), _pt(high))
    shape.name = name
    _fill(shape.text_frame, lines, size, **look)


def _fill(
    frame: Any, lines: Sequence[str], size: float, *, colour: str = INK, bold: bool = False, right: bool = False,
    centre: bool = False, middle: bool = False, left: float = 0.0, after: float = 0.0,
) -> None:  # fmt: skip
    from pptx.enum.text import MSO_ANCHOR, MSO_AUTO_SIZE, PP_ALIGN
    from pptx.util import Pt

    frame.margin_left, frame.margin_right, frame.margin_top, frame.margin_bottom = _pt(left), 0, 0, 0
    frame.word_wrap, frame.auto_size = True, MSO_AUTO_SIZE.NONE
    frame.vertical_anchor = MSO_ANCHOR.MIDDLE if middle else MSO_ANCHOR.TOP
    for number, line in enumerate(lines):
        paragraph = frame.paragraphs[0] if number == 0 else frame.add_paragraph()
        paragraph.alignment = PP_ALIGN.RIGHT if right else PP_ALIGN.CENTER if centre else PP_ALIGN.LEFT
        paragraph.line_spacing, paragraph.space_after, paragraph.space_before = Pt(1.22 * size), Pt(after), Pt(0)
        run = paragraph.add_run()
        run.text = words.clean(line)
        _look(run.font, size, colour, bold)
