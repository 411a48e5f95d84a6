"""A briefing as a document: a section a panel, its finding the heading, picture and table, the notes in an annex."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from pages.ui.briefing.panel import Panel
from pages.ui.document import html_file
from pages.ui.document.blocks import Block, Document, Figure, Paragraph, Points, Section
from pages.ui.paper import picture
from pages.ui.paper.page import Sheet

_ROOM = (620.0, 380.0)  # points that pictures are drawn for
_UNDER = 0.68  # of its height, for a picture with a table under it
_LEAST = 430.0  # points of width


class Watched:
    """A panel that tells where on a sheet its picture was drawn, so that it need not be drawn again."""

    def __init__(self, panel: Panel) -> None:
        self.box: tuple[float, float, float, float] | None = None
        self.panel = panel if panel.draw is None else replace(panel, draw=self._draw)
        self._of = panel

    def _draw(self, sheet: Any, x: float, y: float, wide: float, high: float) -> None:
        self.box = x, y, wide, high
        if self._of.draw is not None:
            self._of.draw(sheet, x, y, wide, high)

    def map_of(self, sheet: Sheet, raw: bytes, dpi: float) -> Cut | None:
        """Cut the picture out of the PNG of a sheet where it is a map; a chart is sharper drawn as shapes."""
        if self.box is None or not picture.busy(sheet):
            return None
        return picture.cut(raw, dpi, *self.box), self.box[2], self.box[3]


Cut = tuple[bytes, float, float]  # a PNG, its width and height in points


def one_file(
    title: str, lines: Sequence[str], panels: Sequence[Panel], audience: str, when: datetime,
    cuts: Sequence[Cut | None],
) -> bytes:  # fmt: skip
    """Write a briefing as one HTML file.

    Parameters
    ----------
    title : str
    lines : sequence of str
    panels : sequence of Panel
    audience : str
    when : datetime
    cuts : sequence of Cut or None
        A panel each: its picture where it is there already.

    Returns
    -------
    bytes
    """
    made = document(title, lines, panels, audience)
    ready: dict[Figure, bytes] = {}
    sections = list(made.sections)
    for at, cut in enumerate(cuts):
        figure = next((one for one in sections[at].blocks if isinstance(one, Figure)), None)
        if cut is not None and figure is not None:
            raw, wide, high = cut
            shown = replace(figure, wide=wide, shape=wide / high)
            sections[at] = replace(
                sections[at], blocks=tuple(shown if one is figure else one for one in sections[at].blocks)
            )
            ready[shown] = raw
    return html_file.page(replace(made, sections=tuple(sections)), when, ready)


def document(title: str, lines: Sequence[str], panels: Sequence[Panel], audience: str) -> Document:
    """Turn a briefing into a document; its contents are the findings.

    Parameters
    ----------
    title : str
    lines : sequence of str
        Under the title.
    panels : sequence of Panel
    audience : str
        Key of ``AUDIENCES``: how much detail stands in captions.

    Returns
    -------
    Document
    """
    sections = tuple(
        Section(f"{number:02d}-{panel.key}", panel.finding, tuple(_blocks(panel, audience)))
        for number, panel in enumerate(panels, start=1)
    )
    if notes := tuple(_annex(panels)):
        sections = (*sections, Section("how", "How this was made, and what else was found", notes, new_page=True))
    sources = tuple(dict.fromkeys(text for panel in panels for text in panel.sources))
    version = ", ".join(dict.fromkeys(panel.version for panel in panels))
    return Document(title, tuple(lines), (), sections, sources, version, any(panel.simulated for panel in panels))


def _blocks(panel: Panel, audience: str) -> Iterator[Block]:
    if panel.more:
        yield Paragraph(panel.more)
    small = panel.made_and_told(audience)
    if panel.draw is None:
        yield Paragraph(f"The data do not carry this. {panel.refusal}")
    else:
        wide, high = _size(panel)
        shows = f"{panel.name}, {panel.place}" + (f", {panel.period}" if panel.period else "")
        yield Figure(shows, panel.alt, panel.draw, shape=wide / high, wide=wide, marked=panel.marked)
    if panel.table is not None:
        yield panel.table
    if small:
        yield Paragraph(small, small=True)


def _annex(panels: Sequence[Panel]) -> Iterator[Block]:
    """Give what the speaker's notes say of every panel; what several say stands there once."""
    said: set[str] = set()
    for number, panel in enumerate(panels, start=1):
        notes = tuple(note for note in dict.fromkeys(panel.notes) if note not in said)
        said |= set(notes)
        if notes:
            yield Paragraph(f"{number}. {panel.name}")
            yield Points(notes)


def _size(panel: Panel) -> tuple[float, float]:
    """Give the size for which the picture is drawn: what it has on a page."""
    if panel.table is None:
        return _ROOM
    if panel.under:
        return _ROOM[0], _UNDER * _ROOM[1]
    return max(panel.share * _ROOM[0], _LEAST), _ROOM[1]
