"""All numbers of a briefing as CSV and as one workbook, and everything together in one zip; the same bytes always."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import pandas as pd

from analysis.cli.output import neutral
from pages.ui.briefing import document as briefing_document
from pages.ui.briefing import sheet as briefing_sheet
from pages.ui.briefing import slides as briefing_slides
from pages.ui.briefing.document import Cut, Watched
from pages.ui.briefing.panel import Panel
from pages.ui.paper import picture
from pages.ui.paper import text as words
from pages.ui.paper.packed import repacked, stamped
from pages.ui.paper.page import bind
from pages.ui.shell import downloads, screenshot
from pages.ui.shell.downloads import SIMULATED_LINE

_SHEET_NAME = 31  # letters that Excel allows
_NOT_IN_NAMES = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))
_PACKED = (".png", ".pptx", ".pdf", ".xlsx")  # compressed by themselves
_WIDEST, _LOOKED_AT = 60, 200


@dataclass(frozen=True, eq=False)
class Pack:
    """A briefing that was made.

    Attributes
    ----------
    name : str
        Of the zip, without its ending.
    files : mapping of str to bytes
        By path inside the zip.
    panels : tuple of Panel
    left_out : tuple of Panel
        Those that the data refuse or that have no message, which nobody asked for by name.
    """

    name: str
    files: Mapping[str, bytes]
    panels: tuple[Panel, ...]
    left_out: tuple[Panel, ...] = ()

    @property
    def zip(self) -> bytes:
        """Everything in one file."""
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as whole:
            for path, raw in self.files.items():
                info = stamped(f"{self.name}/{path}")
                packed = path.endswith(_PACKED)
                whole.writestr(info, raw, zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED, compresslevel=6)
        return made.getvalue()


def pack(
    name: str,
    title: str,
    lines: Sequence[str],
    panels: Sequence[Panel],
    audience: str,
    when: datetime,
    left_out: Sequence[Panel] = (),
) -> Pack:
    """Make every file of a briefing.

    Parameters
    ----------
    name : str
        Of the zip and the files in it.
    title : str
    lines : sequence of str
        Of the first slide.
    panels : sequence of Panel
    audience : str
    when : datetime
        When it was made, as the files say.
    left_out : sequence of Panel
        Only named in the README.

    Returns
    -------
    Pack
        The same arguments give the same bytes.
    """
    files: dict[str, bytes] = {
        f"{name}.pptx": briefing_slides.slides(title, lines, panels, audience, when),
        f"{name}.pdf": pdf(title, lines, panels, audience, when),
        f"{name}.xlsx": workbook(title, lines, panels, when),
    }
    cuts: list[Cut | None] = []
    for number, panel in enumerate(panels, start=1):
        start = f"{number:02d}-{panel.key}"
        watched = Watched(panel)
        sheet = briefing_sheet.page(watched.panel, audience, briefing_sheet.SCREEN)
        files[f"png/{start}.png"] = picture.png(sheet, briefing_sheet.SCREEN_DPI)
        cuts.append(watched.map_of(sheet, files[f"png/{start}.png"], briefing_sheet.SCREEN_DPI))
        if panel.draw is not None:
            about = f"{panel.alt} {panel.caption(audience)}"
            files[f"svg/{start}.svg"] = picture.svg(sheet, panel.finding, about)
        for part, table in panel.numbers:
            ending = "" if part == panel.key or len(panel.numbers) == 1 else f"-{part}"
            files[f"csv/{start}{ending}.csv"] = downloads.csv_bytes(table, about_lines(panel, part))
    files[f"{name}.html"] = briefing_document.one_file(title, lines, panels, audience, when, cuts)
    files["README.txt"] = readme(title, lines, panels, left_out).encode()
    return Pack(name, files, tuple(panels), tuple(left_out))


def pdf(title: str, lines: Sequence[str], panels: Sequence[Panel], audience: str, when: datetime) -> bytes:
    """Put a briefing on A4 paper, landscape: a page of findings, then a page a panel."""
    of = len(panels) + 1
    sheets = [briefing_sheet.cover(title, lines, panels, briefing_sheet.PAPER, f"1 of {of}")]
    sheets += [
        briefing_sheet.page(panel, audience, briefing_sheet.PAPER, f"{number} of {of}")
        for number, panel in enumerate(panels, start=2)
    ]
    return bind(sheets, title, when)


def about_lines(panel: Panel, part: str) -> tuple[str, ...]:
    """Say at the head of a file what its figures are, where they come from and what they do not say."""
    lines = (
        SIMULATED_LINE if panel.simulated else "",
        f"{panel.place}: {panel.name} ({part})",
        f"{screenshot.FINDING}{panel.finding}",
        f"Period: {panel.period}" if panel.period else "",
        f"Method: {panel.method}" if panel.method else "",
        *panel.caveats,
        f"{panel.sources[0].removesuffix('.')}; data version {panel.version}",
        *panel.sources[1:],
    )
    return tuple(line for line in lines if line)


def readme(title: str, lines: Sequence[str], panels: Sequence[Panel], left_out: Sequence[Panel] = ()) -> str:
    """Say in plain text what is in the zip, what was found, and what stands behind it."""
    text = [SIMULATED_LINE] if any(panel.simulated for panel in panels) else []
    text += [title, *lines, ""]
    for number, panel in enumerate(panels, start=1):
        text += [f"{number}. {panel.name}: {panel.finding}."]
        text += [f"   {line}" for line in briefing_slides.notes(panel) if line.removesuffix(".") != panel.finding]
        text += [""]
    text += [
        f"Left out, since the data do not carry it: {one.name}. {one.refusal or one.finding + '.'}" for one in left_out
    ]
    text += ["pptx and pdf: the briefing. html: the same to read, on a phone too, without a connection."]
    text += ["png: every panel at 1920 x 1080. svg: charts. csv and xlsx: all figures."]
    return "\r\n".join(line[: len(line) - len(line.lstrip(" "))] + words.clean(line) for line in text) + "\r\n"


# --- workbook --------------------------------------------------------------------------------------------------------
def workbook(title: str, lines: Sequence[str], panels: Sequence[Panel], when: datetime) -> bytes:
    """Put all figures into one workbook: a sheet a table, and one that says what they are. No cell is a formula."""
    import xlsxwriter

    made = io.BytesIO()
    book = xlsxwriter.Workbook(
        made,
        {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False},
    )
    book.set_properties(
        {"title": title[:250], "author": "Community safety dashboard", "created": when.replace(tzinfo=None)}
    )
    head = book.add_format({"bold": True, "bg_color": "#12436D", "font_color": "#FFFFFF"})
    bold, wrap = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
    front = book.add_worksheet("About")
    front.set_column(0, 0, 30)
    front.set_column(1, 1, 110)
    front.write_string(0, 0, neutral(title), bold)
    row = 1
    for line in lines:
        front.write_string(row, 0, neutral(line))
        row += 1
    used = {"about"}
    for number, panel in enumerate(panels, start=1):
        row += 1
        front.write_string(row, 0, f"{number}. {neutral(panel.name)}", bold)
        for line in briefing_slides.notes(panel):
            front.write_string(row, 1, neutral(line), wrap)
            row += 1
        for part, table in panel.numbers:
            name = _sheet_name(
                f"{number:02d} {panel.key} {part}" if part != panel.key else f"{number:02d} {part}", used
            )
            sheet = book.add_worksheet(name)
            sheet.freeze_panes(1, 0)
            for column, label in enumerate(table.columns):
                sheet.write_string(0, column, neutral(str(label)), head)
                _column(sheet, column, table.iloc[:, column], str(label))
    book.close()
    return repacked(made.getvalue())


def _sheet_name(text: str, used: set[str]) -> str:
    name = text.translate(_NOT_IN_NAMES).strip()[:_SHEET_NAME]
    while name.lower() in used:
        name = f"{name[: _SHEET_NAME - 3]} {len(used)}"
    used.add(name.lower())
    return name


def _column(sheet: object, column: int, values: pd.Series, label: str) -> None:
    number = pd.api.types.is_numeric_dtype(values.dtype) and not pd.api.types.is_bool_dtype(values.dtype)
    texts = []
    for row, (value, absent) in enumerate(zip(values, values.isna(), strict=True), start=1):
        if absent:
            continue
        if number:
            sheet.write_number(row, column, float(value))  # type: ignore[attr-defined]
        else:
            texts.append(neutral(str(value)))
            sheet.write_string(row, column, texts[-1])  # type: ignore[attr-defined]
    widest = max([len(label), *(len(text) for text in texts[:_LOOKED_AT])])
    sheet.set_column(column, column, min(widest + 2, _WIDEST))  # type: ignore[attr-defined]
