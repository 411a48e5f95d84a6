"""Which days and months a problem may name."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

EARLIEST, LATEST = 1990, 2100  # years; others are typing errors, and not every tool reads them
MOST_MEASURED = 12  # months of a measure: a longer response is not judged
_MONTH = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])", re.ASCII)
_TOLD = 3


def wrong_times(days: Iterable[date | None], months: Iterable[str]) -> list[str]:
    """Tell which months are none, and which years cannot be meant.

    Parameters
    ----------
    days : iterable of date or None
    months : iterable of str
        ``YYYY-MM``.
    """
    named = tuple(months)
    wrong = [f"no month: {month[:20]!r}" for month in named if not _MONTH.fullmatch(month)]
    years = [day.year for day in days if day is not None] + [int(m[:4]) for m in named if _MONTH.fullmatch(m)]
    return wrong + [f"no year from {EARLIEST} to {LATEST}: {y}" for y in years if not EARLIEST <= y <= LATEST][:_TOLD]


def wrong_span(first: str, last: str) -> list[str]:
    """Tell what is wrong with a measure's months: they run backwards, or are too many."""
    if not (_MONTH.fullmatch(first) and _MONTH.fullmatch(last)):
        return []
    start, end = (12 * int(month[:4]) + int(month[5:]) for month in (first, last))
    if start > end:
        return ["the months of its measure run backwards"]
    return [f"its measure has 1 to {MOST_MEASURED} months: {first} to {last}"] if end - start >= MOST_MEASURED else []
