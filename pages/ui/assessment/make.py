"""A needs assessment put together: the document, and its files; the same input gives the same bytes."""

from __future__ import annotations

from datetime import date, datetime

import pandas as pd

from analysis.common.method import month_name
from analysis.common.refusal import Refusal
from pages.ui.assessment import each_type, parts
from pages.ui.assessment.profiles import profiles
from pages.ui.assessment.year import DocumentYear
from pages.ui.briefing.make import stamp as stamp
from pages.ui.briefing.panel import licences
from pages.ui.document.blocks import Document
from pages.ui.document.word_template import WordTemplate
from pages.ui.shell import choice, downloads
from pages.ui.shell.cache import Dataset

NOTHING = Refusal("There is nothing to assess: no month is loaded", "Load published files on the Data page")


def document(data: Dataset, year: DocumentYear | None, day: date | None = None) -> Document:
    """Put a needs assessment together.

    Parameters
    ----------
    data : Dataset
    year : DocumentYear or None
    day : date, optional
        On which it is made; by default the as-at day.

    Raises
    ------
    Refusal
        Nothing is loaded.
    """
    if year is None:
        raise NOTHING
    day = day or data.as_at
    every = profiles(data, year)
    return Document(
        title=f"{data.area.name}: strategic needs assessment {year.name}",
        lines=lines(data, year, day),
        summary=parts.summary(data, year, every, day),
        sections=(
            each_type.side_by_side(every),
            parts.plan(data, year),
            *parts.problems(data, year, day),
            each_type.each(data, year, every),
            parts.area(data),
            parts.gaps(data, day),
            *parts.review_of(data, year, day),
            parts.annex(data, year, every, again(data, year, day)),
        ),
        sources=licences(data, age=choice.age_line(data, year.last)),
        version=data.incidents.version,
        simulated=data.simulated,
    )


def lines(data: Dataset, year: DocumentYear, day: date) -> tuple[str, ...]:
    """Give what stands under the title."""
    made = f"Made on {day.day} {month_name(pd.Period(day, 'M'))}"
    return (
        data.area.partnership,
        f"{parts.when_words(year)}; {made}",
        "The evidence of recorded incidents, for partners to complete",
    )


def file_name(data: Dataset, year: DocumentYear, ending: str) -> str:
    """Name a file of the document."""
    return downloads.file_name(data, "needs-assessment", year.name.replace("/", "-"), ending=ending)


def again(data: Dataset, year: DocumentYear, day: date) -> tuple[str, ...]:
    """Say how the same figures are made again."""
    if data.simulated:
        return ()
    name = backup_name(data, day)
    of = f"--year {year.name} " if year.financial else ""  # the last 12 months are what it makes unasked
    return (
        f"The figures are of data version {data.incidents.version}, kept as {name} where the document was made by its "
        "command.",
        f"To make them again: python -m data restore {name} --store earlier, then python -m pages.ui.assessment "
        f"--store earlier {of}--made {day.isoformat()} --out again.",
    )


def files(
    data: Dataset, year: DocumentYear | None, made: Document, when: datetime, template: WordTemplate | None = None
) -> dict[str, bytes]:
    """Write a document as Word and as one HTML file, by file name.

    Parameters
    ----------
    data : Dataset
    year : DocumentYear or None
    made : Document
        Of :func:`document`.
    when : datetime
        That the files carry.
    template : WordTemplate, optional
        Word file whose styles are used.

    Raises
    ------
    Refusal
        There is no year.
    InputError
        The template cannot be used.
    """
    from pages.ui.document.html_file import page
    from pages.ui.document.word import word

    if year is None:
        raise NOTHING
    return {
        file_name(data, year, "docx"): word(made, when, template),
        file_name(data, year, "html"): page(made, when),
    }


def backup_name(data: Dataset, day: date) -> str:
    """Name the file that keeps the data, with all that was typed, as they were on a day."""
    return downloads.file_name(data, "data", data.incidents.version, day.isoformat(), ending="zip")
