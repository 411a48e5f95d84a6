"""The annual review on the page: a year, the section as it also stands in a document, files; it prints by itself."""

from __future__ import annotations

from html import escape

import streamlit as st

from geo.errors import InputError
from pages.ui.document.blocks import Block, Paragraph, Points, Section, Table
from pages.ui.shell import address, choice, downloads, frame
from pages.ui.shell.address import Control
from pages.ui.shell.cache import Dataset
from pages.ui.shell.choice import Filters
from pages.ui.targets import review
from pages.ui.targets.outcomes import lines_of
from pages.ui.targets.review_more import More, frame_of, joined, nothing_more

_YEAR = "targets_review_year"
_FILES = {"aims": "CSV of the aims", "operations": "CSV of the operations", "typed": "CSV of what was typed",
          "problems": "CSV of the problems"}  # fmt: skip


def show(data: Dataset, chosen: Filters, more: More = nothing_more) -> None:
    """Draw the review of a year that is chosen, with its files; a print of the page holds the review alone."""
    try:
        with st.container(key="review"):
            year = _choose(data, chosen)
            found = review.review(data, chosen, year)
            added = more(data, year, choice.as_at_date(data, chosen))
            whose = f'<p class="note review">{escape(data.area.partnership)}</p>'
            st.html(whose + html_of(joined(review.section_of(found), added), 2))
            with st.container(horizontal=True, gap="small", key="beneath_review"):
                for part, table in {**review.frames(found), "problems": frame_of(added)}.items():
                    if len(table):
                        name = downloads.file_name(data, "review", year, part)
                        what = f"annual review of {year}: {part}"
                        lines = downloads.about(data, what, found.period, None)
                        lines = lines_of(data, what) if part == "typed" else lines
                        downloads.csv_button(table, name, lines, key=f"csv_review_{part}", label=_FILES[part])
    except InputError as error:  # the rest of the page does not hang on it
        frame.failed(error)


def _choose(data: Dataset, chosen: Filters) -> str:
    """Draw the choice of the year, which stands in the address; the usual is that of the last month known."""
    every, usual = review.years(data, chosen), review.usual_year(data, chosen)
    control = Control("review", _YEAR, {year: year for year in every}, "the year of the review", {usual: usual})
    address.read([control])
    if st.session_state.get(_YEAR) not in every:
        st.session_state[_YEAR] = usual
    left, right = st.columns([1, 4], gap="medium", vertical_alignment="bottom")
    year = left.selectbox("Year, April to March", every, key=_YEAR)
    with right:
        frame.note("The plan's aims at the end of the year, or so far. Printing this page prints the review alone.")
    address.write([control])
    return str(year)


# --- the section as HTML ---------------------------------------------------------------------------------------------
def html_of(section: Section, level: int) -> str:
    """Write a section of texts and tables as HTML, every text of it escaped; headings begin at a level."""
    inside = "".join(_block(one) for one in section.blocks)
    inside += "".join(html_of(one, level + 1) for one in section.sections)
    return f'<section class="review"><h{level:d}>{escape(section.heading)}</h{level:d}>{inside}</section>'


def _block(one: Block) -> str:
    if isinstance(one, Paragraph):
        return f'<p class="{"note" if one.small else "answer"}">{escape(one.text)}</p>'
    if isinstance(one, Points):
        said = "".join(f"<li>{escape(item)}</li>" for item in one.items)
        return f'<ul class="seasons">{said}</ul>'
    return _table(one) if isinstance(one, Table) else ""


def _table(one: Table) -> str:
    """Write a table whose rows stand one below the other on a phone, each cell behind its column's name."""
    names = [escape(column.name) for column in one.columns]
    head = "".join(f'<th scope="col" role="columnheader">{name}</th>' for name in names)
    rows = "".join(
        '<tr role="row">'
        + "".join(
            f'<td role="cell" data-column="{name}">{escape(cell)}</td>' for name, cell in zip(names, row, strict=True)
        )
        + "</tr>"
        for row in one.rows
    )
    note = f'<p class="note">{escape(one.note)}</p>' if one.note else ""
    return (
        f'<table role="table"><caption>{escape(one.title)}</caption><thead><tr role="row">{head}</tr></thead>'
        f"<tbody>{rows}</tbody></table>{note}"
    )
