"""How old the data are, and what that makes of a forecast: the words that every page and every file uses."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pandas as pd

from analysis.common.method import YEAR, list_months, month_name, period_words

PUBLISHED_AFTER = 2  # months: data.police.uk publishes a month usually about two months after it
FRESH = 3  # months: with the month that is not over, as new as published data get


def months_old(last: pd.Period, day: date) -> int:
    """Count the months from the last month that is known to the month of a day; negative where the day lies before."""
    return int((pd.Period(day, "M") - last).n)


def age_words(last: pd.Period, day: date, *, published: bool = True) -> str:
    """Say how old the data are.

    Parameters
    ----------
    last : Period
        The last month there is.
    day : date
        On which is asked.
    published : bool
        They come from data.police.uk, not from a partner's feed.

    Returns
    -------
    str
        "Data to December 2025, 11 months old; published usually two months behind"; up to ``FRESH`` months without the
        age. No full stop.
        It speaks of the last month: months that are missing before it are told elsewhere.
    """
    head, old = f"Data to {month_name(last)}", months_old(last, day)
    if old <= FRESH:
        return head
    return f"{head}, {_long(old)} old" + ("; published usually two months behind" if published else "")


def stepped_words(month: pd.Period) -> str:
    """Say of which month a page speaks whose reader has stepped back; no full stop."""
    return f"As at {month_name(month)}: nothing later is used"


def known_words(month: pd.Period, day: date) -> str:
    """Say why a rehearsal, on a day before the last month that is loaded, knows less than is loaded. A sentence."""
    return (
        f"On {day.day} {month_name(pd.Period(day, 'M'))} the months to {month_name(month)} are taken as known: later "
        "ones are not used, unless another month is chosen under As at."
    )


def told_age(line: str) -> bool:
    """Whether a line of a file is one of :func:`age_words` or :func:`stepped_words`."""
    return line.startswith("Data to ") or (line.startswith("As at ") and line.endswith(": nothing later is used"))


def months_to_load(last: pd.Period, day: date) -> tuple[pd.Period, ...]:
    """List the months after the last one that are usually published by a day; none where the data are fresh."""
    if months_old(last, day) <= FRESH:
        return ()
    return tuple(pd.period_range(last + 1, pd.Period(day, "M") - PUBLISHED_AFTER, freq="M"))


def load_words(last: pd.Period, day: date) -> str:
    """Say which months would help where the data are old; empty where they are fresh. Whole sentences."""
    months = months_to_load(last, day)
    if not months:
        return ""
    they, them = ("it is", "it") if len(months) == 1 else ("they are", "them")
    return (
        f"Load {period_words(months[0], months[-1])} first, on the Data page: {they} usually published by now, and a "
        f"plan would rest on {them}. Until then this is what data to {month_name(last)} can give."
    )


def expected_words(when: str, *, over: bool, each: str = "") -> str:
    """Say when incidents are expected, or were to be, to go on from a number.

    Parameters
    ----------
    when : str
        Months or days in words.
    over : bool
        They have passed, and are not loaded.
    each : str
        "a month " where the number is one of several months.

    Returns
    -------
    str
        "expected in January 2026", or "to be expected in January 2026, not yet loaded".
    """
    return f"to be expected {each}in {when}, not yet loaded" if over else f"expected {each}in {when}"


def months_over(months: Sequence[pd.Period], day: date) -> bool:
    """Whether all of some months have passed on a day."""
    return bool(len(months)) and months[-1] < pd.Period(day, "M")


def expected_in_months(months: Sequence[pd.Period], day: date) -> str:
    """Say of a forecast of months what :func:`expected_words` does; months that have passed are named.

    Parameters
    ----------
    months : sequence of Period
        Forecast, in order; at least one.
    day : date
        On which is asked.
    """
    each = "" if len(months) == 1 else "a month "
    said = expected_words(list_months(months), over=months_over(months, day), each=each)
    passed = [month for month in months if month < pd.Period(day, "M")]
    return f"{said} ({list_months(passed)} not yet loaded)" if 0 < len(passed) < len(months) else said


def _long(months: int) -> str:
    """Write a number of months out, in years from two on."""
    years, rest = divmod(months, YEAR) if months >= 2 * YEAR else (0, months)
    parts = [f"{years} years"] if years else []
    parts += [f"{rest} {'month' if rest == 1 else 'months'}"] if rest else []
    return " and ".join(parts)
