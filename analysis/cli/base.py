"""What every command of ``python -m analysis`` starts from and gives back: a question, an answer, how it was made."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from analysis.cli.output import metadata
from analysis.common.method import Method, period_words
from analysis.common.refusal import Refusal
from data.kinds.changes import absent_words, change_words, same_meaning
from data.kinds.crime_types import ASB, sum_words
from data.place.area import Area
from data.store.schema import POLICE_UK, Incidents

POLICE_ATTRIBUTION = "Contains data from data.police.uk, licensed under the Open Government Licence v3.0"
ASB_NOTE = "Police-recorded ASB only: reports to the council, housing and the fire service are not in it."


@dataclass(frozen=True, eq=False)
class Question:
    """What is asked of: the area, everything loaded, a crime type and the months to look at (None for all).

    Attributes
    ----------
    area : Area
    incidents : Incidents
        Of one source, everything that is loaded.
    category : str
    first, last : Period or None
        The window of data, both included; ``last`` is the as-at month. Of a backtest, the window of targets: what it
        learns from may be older.
    left_out : str
        What the data leave out, in sentences: months whose files may not be whole, and in a question about cells
        incidents whose place is too coarse; empty where there is nothing.
    """

    area: Area
    incidents: Incidents = field(repr=False)
    category: str
    first: pd.Period | None = None
    last: pd.Period | None = None
    left_out: str = ""

    def history(self) -> Incidents:
        """Every crime type up to the as-at month, however long ago.

        Raises
        ------
        Refusal
            No month is left, or the crime type was not published for the as-at month.
        """
        months = self.incidents.months
        if len(months) == 0:
            raise Refusal("There are no months to look at.", "Import every force that covers the area.")
        found = self.incidents if self.last is None else self.incidents.up_to(self.last)
        if len(found.months) == 0:
            raise self._no_month()
        as_at = str(found.months[-1])
        if self.incidents.source == POLICE_UK and same_meaning(self.category, as_at) is None:
            raise Refusal(absent_words(self.category, as_at), "Choose another --category, or other months with --to.")
        return found

    def changed(self) -> str:
        """Say which months are left out because the crime type was counted otherwise; empty where none is."""
        months = self.incidents.months
        if self.incidents.source != POLICE_UK or len(months) == 0:
            return ""
        first, last = (max(months[0], self.first or months[0]), min(months[-1], self.last or months[-1]))
        return change_words(self.category, str(first), str(last)) if first <= last else ""

    def known(self) -> Incidents:
        """Every crime type, in the months asked for.

        Raises
        ------
        Refusal
            None of them is there.
        """
        found = self.history()
        if self.first is not None:
            found = found.within(self.first, found.months[-1])
        if len(found.months) == 0:
            raise self._no_month()
        return found

    def asked(self) -> Incidents:
        """Of the crime type, in the months asked for, buffer included."""
        return self.known().of(self.category)

    def _no_month(self) -> Refusal:
        months = self.incidents.months
        return Refusal(
            f"None of the months asked for is there; there is {period_words(months[0], months[-1])}.",
            "Choose other months with --from and --to.",
        )

    def made(self, what: str, method: Method | None = None, **more: Any) -> dict[str, Any]:
        """Say how a table was made, for the file or beside it."""
        return metadata(
            f"{'SIMULATED. ' if self.incidents.simulated else ''}{self.area.name}: {what}",
            method,
            category=self.category,
            source=self.incidents.source,
            simulated=self.incidents.simulated,
            data_version=self.incidents.version,
            **({"wards": self.area.layer_words} if self.area.layers else {}),
            **more,
            notes=[
                note
                for note in (self.left_out, self.changed(), ASB_NOTE * (self.category == ASB), sum_words(self.category))
                if note
            ],
            attribution=[
                *([POLICE_ATTRIBUTION] if self.incidents.source == POLICE_UK else []),
                *([self.area.wards.attribution] if self.area.wards.attribution else []),
            ],
        )


@dataclass(frozen=True, eq=False)
class Answer:
    """A table with how it was made, a geometry (EPSG:27700) for each row where it has one, and a sentence."""

    table: pd.DataFrame
    made: Mapping[str, Any]
    geometry: Any = None
    sentence: str = ""


@dataclass(frozen=True)
class Command:
    """One command: what computes it, what only it takes, and its help.

    Attributes
    ----------
    run : callable
        From a question and the parsed options to the answer.
    words, more : str
        A line of help, and the paragraph of its own ``--help``.
    examples : tuple of str
        What follows ``python -m analysis``.
    add_options : callable
        Adds what only this command takes to its parser.
    in_cells : callable
        Whether the parsed options ask about places finer than wards.
    """

    run: Callable[[Question, argparse.Namespace], Answer]
    words: str
    more: str
    examples: tuple[str, ...]
    add_options: Callable[[argparse.ArgumentParser], None] = lambda parser: None  # noqa: ARG005
    in_cells: Callable[[argparse.Namespace], bool] = lambda options: False  # noqa: ARG005


def always(options: argparse.Namespace) -> bool:  # noqa: ARG001
    """Say of every question of a command that it is about places finer than wards."""
    return True


def two_months(text: str) -> tuple[pd.Period, pd.Period]:
    """Read a period written ``YYYY-MM:YYYY-MM``, both months included."""
    first, _, last = text.partition(":")
    period = month(first), month(last)
    if period[1] < period[0]:
        raise argparse.ArgumentTypeError(f"the period ends before it begins: {text}")
    return period


def month(text: str) -> pd.Period:
    """Read a month written ``YYYY-MM``."""
    try:
        if len(text) != 7 or text[4] != "-":
            raise ValueError(text)
        return pd.Period(text, freq="M")
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"a month is written YYYY-MM, not {text!r}") from error
