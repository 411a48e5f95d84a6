"""What another room adds to the annual review, such as the problems of the year: a part of the same section."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pandas as pd

from pages.ui.document.blocks import Section, Table
from pages.ui.shell.cache import Dataset

More = Callable[[Dataset, str, date], Section | None]  # of a year, as things were on a day


def nothing_more(data: Dataset, year: str, day: date) -> Section | None:  # noqa: ARG001  one of ``More``
    """Add nothing."""
    return None


def joined(section: Section, more: Section | None) -> Section:
    """Put a part after the operations of a review; without one the section is as it was."""
    if more is None:
        return section
    return replace(section, sections=(*section.sections[:1], more, *section.sections[1:]))


def frame_of(more: Section | None) -> pd.DataFrame:
    """Lay the tables of a part out for a file."""
    tables = [one for one in (more.blocks if more is not None else ()) if isinstance(one, Table)]
    if not tables:
        return pd.DataFrame()
    names = [column.name.lower().replace(" ", "_") for column in tables[0].columns]
    return pd.DataFrame([row for one in tables for row in one.rows], columns=names)
