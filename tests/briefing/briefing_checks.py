"""Looking at a briefing: the data it is made from, its slides as read back, and whether text fits its box."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
from pptx import Presentation
from pptx.util import Emu

from data.demo.dataset import make_demo
from data.kinds.crime_types import ASB
from data.place.area import Area
from data.store.schema import Incidents
from data.store.store import load
from pages.ui.briefing import make as briefing_make
from pages.ui.briefing.panel import PANELS, PARTNERSHIP, Ask, Panel
from pages.ui.document.blocks import Table
from pages.ui.paper import text as words
from pages.ui.shell.cache import Dataset

PT = 12700
CAUSAL = (
    "because", "due to", "led to", "caused", "cause of", "thanks to", "impact", "resulted in", "as a result",
    "driven by", "owing to", "prevented", "drove",
)  # fmt: skip


def real_data(store: Path, area: Area, *, day: date = date(2025, 1, 15)) -> Dataset:
    """The real store as the pages see it."""
    incidents = load(store, area)
    return Dataset(area, incidents, day, f"{incidents.version}|test|{store}", store)


def demo_data(area: Area, store: Path) -> Dataset:
    """The demonstration as the pages see it; its plans are those of the store."""
    demo = make_demo(area)
    return Dataset(area, demo.incidents, demo.as_at, f"{demo.incidents.version}|test|{store}", store, demo)


def other_data(data: Dataset, incidents: Incidents, area: Area, name: str) -> Dataset:
    """The same with other incidents or another area."""
    return Dataset(area, incidents, data.as_at, f"{incidents.version}|{name}", data.store)


def asked(
    data: Dataset,
    panels: tuple[str, ...] = tuple(PANELS),
    *,
    audience: str = PARTNERSHIP,
    as_at: str = "2024-07",
    window: str = "halloween",
    year: int | None = 2024,
    title: str = "",
) -> Ask:
    """What is asked of a briefing."""
    month = pd.Period(as_at, "M")
    day = month.end_time.date()
    return Ask(panels, audience, title, briefing_make.window_of(data, ASB, month, day, window, year))


def slides(raw: bytes) -> list[Any]:
    """Slides of a PowerPoint."""
    return list(Presentation(io.BytesIO(raw)).slides)


def overflowing(raw: bytes) -> list[str]:
    """Text boxes whose text, measured with wider letters than theirs, does not fit; shapes that leave their slide."""
    deck = Presentation(io.BytesIO(raw))
    wide, high = deck.slide_width, deck.slide_height
    found = []
    for number, slide in enumerate(deck.slides, start=1):
        for shape in slide.shapes:
            where = f"slide {number}, {shape.name}"
            box = (shape.left, shape.top, shape.left + shape.width, shape.top + shape.height)
            if box[0] < -PT or box[1] < -PT or box[2] > wide + PT or box[3] > high + PT:
                found.append(f"{where} leaves the slide")
            if shape.has_text_frame and shape.text_frame.text:
                found += [f"{where}: {text}" for text in _too_long(shape)]
            if shape.has_table:
                found += [f"{where}: {text}" for text in _too_high(shape)]
    return found


def _lines(paragraph: Any, room: float) -> tuple[int, float]:
    text = "".join(run.text for run in paragraph.runs)
    font = paragraph.runs[0].font
    style = "bold" if font.bold else "normal"
    size = font.size / PT
    return len(words.wrap(text, room, size, style)), size


def _too_long(shape: Any) -> Iterator[str]:
    room, used = (shape.width - shape.text_frame.margin_left) / PT + 1, 0.0
    for paragraph in shape.text_frame.paragraphs:
        if paragraph.runs:
            lines, size = _lines(paragraph, room)
            used += lines * paragraph.line_spacing / PT + (paragraph.space_after or 0) / PT
    if used > shape.height / PT + 0.35 * size:
        yield f"{used:.0f} points of text in {shape.height / PT:.0f}: {shape.text_frame.text[:50]}"


def _too_high(shape: Any) -> Iterator[str]:
    grid = shape.table
    total = sum(Emu(row.height) for row in grid.rows)
    if abs(total - shape.height) > 2 * PT:
        yield "rows do not add up to the table"
    for row in grid.rows:
        for column, cell in zip(grid.columns, row.cells, strict=True):
            paragraph = cell.text_frame.paragraphs[0]
            if not paragraph.runs or not paragraph.runs[0].text:
                continue
            room = (column.width - cell.margin_left - cell.margin_right) / PT
            lines, size = _lines(paragraph, room + 1)
            if (
                lines * paragraph.line_spacing / PT + (cell.margin_top + cell.margin_bottom) / PT
                > row.height / PT + 0.5
            ):
                yield f"{lines} lines of {size:g} points in {row.height / PT:.1f}: {cell.text_frame.text[:40]}"


def cells(table: Table) -> list[list[str]]:
    """Cells of a table that is shown, with its head."""
    return [[column.name for column in table.columns], *(list(row) for row in table.rows)]


def said(panel: Panel) -> str:
    """All that a panel says."""
    return " ".join((panel.finding, panel.more, panel.alt))
