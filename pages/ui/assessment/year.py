"""Which year a needs assessment is of: a financial year, or the last 12 months where no whole one is stored."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pandas as pd

from analysis.common.method import YEAR, month_name
from analysis.course.target import financial_year
from geo.errors import InputError
from pages.ui.shell.cache import Dataset
from pages.ui.shell.choice import Choice, Filters, resolve

_WRITTEN = re.compile(r"(\d{4})/(\d{2})")


@dataclass(frozen=True)
class DocumentYear:
    """The 12 months that a document is of.

    Attributes
    ----------
    name : str
        "2023/24", or "12 months to December 2024".
    last : Period
    """

    name: str
    last: pd.Period

    @property
    def first(self) -> pd.Period:
        """First of its months."""
        return self.last - YEAR + 1

    @property
    def words(self) -> str:
        """Name it as a sentence does: "2023/24", "the 12 months to December 2024"."""
        return self.name if self.financial else f"the {self.name}"

    @property
    def financial(self) -> bool:
        """Whether it is a financial year, and not the last 12 months."""
        return _WRITTEN.fullmatch(self.name) is not None


def years(data: Dataset) -> tuple[str, ...]:
    """List the financial years whose last month is stored, the latest first."""
    months = data.incidents.months
    ends = [month for month in reversed(months) if month.month == 3]
    return tuple(f"{end.year - 1}/{end.year % 100:02d}" for end in ends)


def year_of(data: Dataset, name: str = "") -> DocumentYear | None:
    """Find a year by its name; by default the last that is stored whole, or the last 12 months.

    Parameters
    ----------
    data : Dataset
    name : str

    Returns
    -------
    DocumentYear or None
        None where nothing is loaded.

    Raises
    ------
    InputError
        The name is no financial year, or its last month is not stored.
    """
    months = data.incidents.months
    known = years(data)
    if name:
        match = _WRITTEN.fullmatch(name)
        if not match or (int(match[1]) + 1) % 100 != int(match[2]):
            raise InputError(
                "this is no financial year", column="year", value=name, hint="Write it as 2023/24: April to March."
            )
        if name not in known:
            raise InputError(
                "the last month of this year is not stored", column="year", value=name,
                hint=f"Stored are: {', '.join(known)}." if known else "Load its months first, on the Data page.",
            )  # fmt: skip
        return DocumentYear(name, financial_year(name)[-1])
    if not len(months):
        return None
    there = set(months)
    whole = [one for one in known if set(financial_year(one)) <= there]
    if whole:
        return DocumentYear(whole[0], financial_year(whole[0])[-1])
    return DocumentYear(f"12 months to {month_name(months[-1])}", months[-1])


def filters(data: Dataset, year: DocumentYear, category: str) -> Filters:
    """Give the filters of the pages that a document's figures come from: the whole area, 12 months, nothing later."""
    latest = data.incidents.as_at_month
    as_at = str(year.last) if year.last != latest else ""
    return resolve(Choice(category=category, as_at=as_at), data.incidents.months)
