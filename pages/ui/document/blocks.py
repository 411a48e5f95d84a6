"""What a document is made of, whatever it is written on: sections, paragraphs, tables, figures, gaps."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

SUMMARY_WORDS = 250  # what a councillor can read aloud


@dataclass(frozen=True)
class Column:
    """A column of a table that is shown; numbers stand at the right."""

    name: str
    right: bool = False


@dataclass(frozen=True)
class Table:
    """A table as it is shown: every cell a text; ``bold`` rows are those that the finding speaks of."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    title: str
    bold: tuple[int, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Paragraph:
    """Whole sentences; ``small`` ones are notes under what they belong to."""

    text: str
    small: bool = False


@dataclass(frozen=True)
class Points:
    """A list of sentences that stand beside each other."""

    items: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Figure:
    """A picture with its words.

    Attributes
    ----------
    title : str
        What it shows, as a sentence without a full stop.
    alt : str
        For those who do not see it.
    draw : callable
        Draws it: a sheet of :mod:`pages.ui.paper.page`, and left, top, width and height on it in points.
    caption : str
        Period, place, source, method and caveats.
    shape : float
        Width over height.
    wide : float
        Points at which it is drawn; it is brought to the width of the page or column.
    marked : bool
        It says itself, in each of its parts, where it is simulated; else that is written across it.
    """

    title: str
    alt: str
    draw: Callable[[Any, float, float, float, float], None] = field(repr=False)
    caption: str = ""
    shape: float = 2.0
    wide: float = 480.0
    marked: bool = False


@dataclass(frozen=True)
class Typed:
    """What a partner gave: a text or a figure with its source and day."""

    text: str
    source: str
    as_of: str


@dataclass(frozen=True)
class Gap:
    """What only a partner can fill, whom to ask, and what was given so far, the newest first."""

    what: str
    ask: str
    given: tuple[Typed, ...] = ()


Block = Paragraph | Points | Table | Figure | Gap


@dataclass(frozen=True, eq=False)
class Section:
    """A headed part of a document: one message, its blocks, then its own sections.

    Attributes
    ----------
    key : str
        For addresses inside the file: letters, digits and hyphens.
    heading : str
    blocks : tuple of Block
    sections : tuple of Section
    new_page : bool
        On paper it begins a page.
    """

    key: str
    heading: str
    blocks: tuple[Block, ...] = ()
    sections: tuple[Section, ...] = ()
    new_page: bool = False


@dataclass(frozen=True, eq=False)
class Document:
    """A document.

    Attributes
    ----------
    title : str
    lines : tuple of str
        Under the title: for whom, of which months, as at which day.
    summary : tuple of str
        Paragraphs of the first page, at most ``SUMMARY_WORDS`` words together.
    sections : tuple of Section
    sources : tuple of str
        Sources and licences, for the last lines.
    version : str
        Of the data.
    simulated : bool
        Then every page says so.
    brief : bool
        A form of a few pages: small letters, no contents, and its first section begins no page.
    beside : Figure or None
        Of a brief one: stands beside the lines under the title.
    """

    title: str
    lines: tuple[str, ...]
    summary: tuple[str, ...]
    sections: tuple[Section, ...]
    sources: tuple[str, ...]
    version: str
    simulated: bool = False
    brief: bool = False
    beside: Figure | None = None

    def every(self) -> Iterator[tuple[int, Section]]:
        """Give all sections in reading order with their depth, 1 for the first."""
        waiting = [(1, one) for one in reversed(self.sections)]
        while waiting:
            depth, section = waiting.pop()
            yield depth, section
            waiting += [(depth + 1, one) for one in reversed(section.sections)]
