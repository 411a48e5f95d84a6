"""The Word file that a document is written into: the project's own styles, or those of a file that somebody gives."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from geo.errors import InputError

INK, MUTED, NAVY = "0B0C0C", "4F575E", "12436D"
FONT = "Arial"
TITLE, NORMAL, BULLETS, CAPTION, GRID = "Title", "Normal", "List Bullet", "Caption", "Table Grid"
HEADINGS = ("Heading 1", "Heading 2", "Heading 3")
NEEDED = (TITLE, *HEADINGS, NORMAL, BULLETS, CAPTION, GRID)
_MOST_FILES, _MOST_BYTES = 1000, 50_000_000
_ACTIVE = ("vbaproject", "vbadata", "activex/", "embeddings/", "macrosheets/")
# Relations of the main part that carry the look; all others belong to text that is taken out.
_KEPT = {
    "styles", "settings", "numbering", "fontTable", "theme", "webSettings", "header", "footer", "footnotes", "endnotes",
}  # fmt: skip
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


@dataclass(frozen=True)
class WordTemplate:
    """A Word file whose styles, page size, headers and footers are used; its text is not.

    Attributes
    ----------
    name : str
        As the person named it.
    raw : bytes
    """

    name: str
    raw: bytes

    @classmethod
    def of(cls, path: Path) -> WordTemplate:
        """Read one.

        Raises
        ------
        InputError
            It cannot be read, or is larger than any template.
        """
        try:
            if path.stat().st_size > _MOST_BYTES:
                raise InputError(f"the template is larger than {_MOST_BYTES // 1_000_000} MB", file=str(path))
            return cls(path.name, path.read_bytes())
        except OSError as error:
            raise InputError(f"the template cannot be read: {error.strerror or error}", file=str(path)) from error


def opened(template: WordTemplate | None) -> Any:
    """Open an empty Word file with the styles that are used.

    Raises
    ------
    InputError
        The template is no Word file, holds a program, or has not all styles.
    """
    from docx import Document

    if template is None:
        file = Document()
        _own_look(file)
        return file
    try:
        _checked(template)
        file = Document(io.BytesIO(template.raw))
        body = file.element.body
        for one in [child for child in body if child.tag != f"{_W}sectPr"]:
            body.remove(one)
        _without_text(file)
        known = {style.name for style in file.styles}
    except InputError:
        raise
    except Exception as error:  # whatever a file that is none makes of its reader
        raise _wrong(template, "this is no Word file that can be read") from error
    for name in NEEDED:
        if name not in known:
            raise InputError(
                f"the template has no style named {name!r}", file=template.name,
                hint="Use the style once in the template, so that Word keeps it, and save it again.",
            )  # fmt: skip
    return file


def _wrong(template: WordTemplate, why: str) -> InputError:
    return InputError(why, file=template.name, hint="Save the template in Word as .docx, without macros.")


def _checked(template: WordTemplate) -> None:
    """Look at the zip before anything of it is read as XML."""
    with zipfile.ZipFile(io.BytesIO(template.raw)) as whole:
        infos = whole.infolist()
        if len(infos) > _MOST_FILES or sum(info.file_size for info in infos) > _MOST_BYTES:
            raise _wrong(template, "the template is too large when unpacked")
        names = [info.filename.lower() for info in infos]
        kinds = whole.read("[Content_Types].xml").lower()
        if b"macroenabled" in kinds or any(part in name for name in names for part in _ACTIVE):
            raise _wrong(template, "the template holds a program or another file, and none may")
        for info in infos:
            if info.filename.lower().endswith((".xml", ".rels")) and b"<!doctype" in whole.read(info)[:4096].lower():
                raise _wrong(template, "the template holds a definition that no Word file has")


def _without_text(file: Any) -> None:
    """Let go of what belonged to the template's text, and of everything that lies outside it."""
    for key, relation in list(file.part.rels.items()):
        if relation.reltype.rpartition("/")[2] not in _KEPT:
            del file.part.rels[key]
    settings = file.settings.element
    for tag in ("attachedTemplate", "documentProtection", "mailMerge"):
        for one in settings.findall(f"{_W}{tag}"):
            settings.remove(one)
    for part in file.part.package.iter_parts():
        for key, relation in list(part.rels.items()):
            if relation.is_external and relation.reltype.rpartition("/")[2] != "hyperlink":
                del part.rels[key]


# --- the project's own look ------------------------------------------------------------------------------------------
def _own_look(file: Any) -> None:
    """Set the look of a report: A4, one family of letters, dark blue headings."""
    from docx.enum.style import WD_STYLE_TYPE
    from docx.shared import Cm, Pt

    section = file.sections[0]
    section.page_width, section.page_height = Cm(21.0), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.3)
    section.top_margin, section.bottom_margin = Cm(2.2), Cm(2.2)
    sizes = {
        NORMAL: (10.5, INK, False, 0, 6), TITLE: (24, NAVY, True, 0, 8), "Heading 1": (17, NAVY, True, 20, 6),
        "Heading 2": (13, NAVY, True, 14, 4), "Heading 3": (11, NAVY, True, 10, 3), BULLETS: (10.5, INK, False, 0, 3),
        CAPTION: (10, INK, True, 10, 4), "Header": (8.5, MUTED, False, 0, 0), "Footer": (8.5, MUTED, False, 0, 0),
    }  # fmt: skip
    for name, (size, colour, bold, before, after) in sizes.items():
        style = file.styles[name]
        _font(style, size, colour, bold=bold)
        style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(after)
    file.styles[NORMAL].paragraph_format.line_spacing = 1.15
    title = file.styles[TITLE].element.pPr
    for border in title.findall(f"{_W}pBdr"):
        title.remove(border)
    for depth in (1, 2):
        style = file.styles.add_style(f"toc {depth}", WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = file.styles[NORMAL]
        style.paragraph_format.left_indent = Cm(0.6 * (depth - 1))
        style.paragraph_format.space_after = Pt(2)


def brief(file: Any) -> None:
    """Make letters and spaces small, for a form of a few pages."""
    from docx.shared import Cm, Pt

    section = file.sections[0]
    section.left_margin = section.right_margin = Cm(1.7)
    section.top_margin, section.bottom_margin = Cm(1.4), Cm(1.4)
    sizes = {
        NORMAL: (9, 0, 2), TITLE: (17, 0, 3), "Heading 1": (11.5, 8, 2), "Heading 2": (10.5, 6, 2),
        "Heading 3": (10, 4, 2), BULLETS: (9, 0, 1), CAPTION: (9, 4, 2),
    }  # fmt: skip
    for name, (size, before, after) in sizes.items():
        style = file.styles[name]
        style.font.size = Pt(size)
        style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(after)
    file.styles[NORMAL].paragraph_format.line_spacing = 1.0


def _font(style: Any, size: float, colour: str, *, bold: bool) -> None:
    from docx.oxml.ns import qn
    from docx.shared import Pt, RGBColor

    font = style.font
    font.name, font.size, font.bold, font.italic = FONT, Pt(size), bold, False
    font.color.rgb = RGBColor.from_string(colour)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for key in list(fonts.attrib):
        del fonts.attrib[key]
    for key in ("ascii", "hAnsi", "cs", "eastAsia"):
        fonts.set(qn(f"w:{key}"), FONT)
