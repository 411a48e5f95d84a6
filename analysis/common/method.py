"""How a result was made, carried with it so that a caption, an export and a test read the same thing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
import pandas as pd

from data.kinds.lists import join_words


@dataclass(frozen=True)
class Method:
    """How a result was made.

    Attributes
    ----------
    name : str
        The method, as its field calls it.
    parameters : mapping of str to str
        Every choice that was made, also those made for the user; values carry their units.
    n : int or None
        Incidents that went in.
    correction : str
        Of several tests or of overdispersion; empty where none is made.
    data_version : str
        ``Incidents.version`` of what went in.
    period : str
        Months covered, in words.
    caveats : tuple of str
        When it misleads, each a sentence.
    source_refs : tuple of str
        Author and year.
    """

    name: str
    parameters: Mapping[str, str] = field(default_factory=dict)
    n: int | None = None
    correction: str = ""
    data_version: str = ""
    period: str = ""
    caveats: tuple[str, ...] = ()
    source_refs: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Freeze the parameters too."""
        object.__setattr__(self, "parameters", MappingProxyType(dict(self.parameters)))

    def __hash__(self) -> int:
        """Hash by value, with the parameters in their order."""
        return hash((self.name, tuple(self.parameters.items()), self.n, self.data_version, self.period))

    def __reduce__(self) -> tuple[object, ...]:
        """Copy and pickle through the constructor: a read-only mapping cannot be pickled."""
        return (
            type(self),
            (
                self.name,
                dict(self.parameters),
                self.n,
                self.correction,
                self.data_version,
                self.period,
                self.caveats,
                self.source_refs,
            ),
        )

    def line(self) -> str:
        """Put it into one line for "How this was made"; caveats are shown on their own."""
        parts = [self.name]
        if self.parameters:
            parts.append(", ".join(f"{key} {value}".strip() for key, value in self.parameters.items()))
        if self.n is not None:
            parts.append(f"n = {self.n:,} {'incident' if self.n == 1 else 'incidents'}")
        if self.correction:
            parts.append(self.correction)
        if self.period:
            parts.append(self.period)
        if self.data_version:
            parts.append(f"data version {self.data_version}")
        if self.source_refs:
            parts.append("after " + ", ".join(self.source_refs))
        return "; ".join(parts) + "."


def month_name(month: pd.Period) -> str:
    """Name a month in words: "October 2024", in English whatever the machine's locale."""
    return f"{MONTH_NAMES[month.month - 1]} {month.year}"


def period_words(first: pd.Period, last: pd.Period) -> str:
    """Name a run of months in words: "January 2024 to December 2024", or one month."""
    return month_name(first) if first == last else f"{month_name(first)} to {month_name(last)}"


def covered(months: pd.PeriodIndex) -> str:
    """Name the published months from the first to the last, saying how many between them are missing."""
    if len(months) == 0:
        return "no months"
    missing = (months[-1] - months[0]).n + 1 - len(months)
    words = period_words(months[0], months[-1])
    return f"{words} ({missing} {'month' if missing == 1 else 'months'} missing)" if missing else words


def runs_of(months: Sequence[pd.Period]) -> list[list[pd.Period]]:
    """Cut months in order into runs of neighbours."""
    runs: list[list[pd.Period]] = []
    for month in months:
        if runs and month == runs[-1][-1] + 1:
            runs[-1].append(month)
        else:
            runs.append([month])
    return runs


def list_months(months: Sequence[pd.Period]) -> str:
    """List months in words, runs of them together: "May 2021 and July 2021 to June 2022"."""
    return join_words(period_words(run[0], run[-1]) for run in runs_of(months))


def days_in(months: pd.PeriodIndex) -> int:
    """Count the days of some months."""
    return int(np.asarray(months.days_in_month).sum())


YEAR = 12  # months

MONTH_NAMES: tuple[str, ...] = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
