"""The measure of a problem: what is counted, against what, and what change could be seen at all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.common.method import YEAR, Method, period_words
from analysis.common.refusal import Refusal
from analysis.outcome.evaluation import FELL
from analysis.outcome.operation import MOST_MONTHS, Verdict, call
from analysis.problem.said import hushed
from data.kinds.crime_types import incidents_words
from data.kinds.lists import join_words, number_words
from data.store.schema import months_between
from geo.errors import InputError

STEP = 0.05  # to which a smallest fall is rounded, upwards
ALMOST_ALL = 0.9  # a larger one leaves next to nothing
Judged = Callable[[pd.Period, pd.Period], "Verdict | Refusal"]


@dataclass(frozen=True, eq=False)
class Seen:
    """What change could be seen in some months.

    Attributes
    ----------
    first, last : Period
        Months of the response.
    judged_first, judged_last : Period
        Months that were judged in their place: the same, or where they are not yet recorded those of an earlier year.
    baseline : str
        From what it is measured, in words: "the same months of 2021 to 2024"; "" where there are none.
    smallest_fall : float or None
        Share by which incidents must fall to be seen in four of five cases, rounded up to 5 %; None where it would
        have to leave almost nothing, and where that cannot be told.
    sentence : str
        The same in words, or why it cannot be told.
    refusal : Refusal or None
    method : Method or None
        Of the verdict it rests on.
    """

    first: pd.Period
    last: pd.Period
    judged_first: pd.Period
    judged_last: pd.Period
    baseline: str
    smallest_fall: float | None
    sentence: str
    refusal: Refusal | None
    method: Method | None


def seen(
    judged: Judged,
    usable: pd.PeriodIndex,
    first: pd.Period,
    last: pd.Period,
    as_at: pd.Period,
    *,
    partner: bool = False,
) -> Seen:
    """Tell what fall could be seen in the months of a response, before it begins.

    Parameters
    ----------
    judged : callable
        Judges the problem's cells in months from a first to a last: :func:`analysis.outcome.operation.judge` with their
        comparison area and a library up to the last month, or why there is no verdict; it may raise the refusal.
    usable : PeriodIndex
        Months in the data up to the as-at month that may be learnt from: ``lattice.months[lattice.used]``.
    first, last : Period
        Months of the response, at most twelve; they may lie in the future.
    as_at : Period
        Last month that is known.
    partner : bool
        A partner's feed gave the counts: those from 1 to 4 are not written out.

    Returns
    -------
    Seen

    Raises
    ------
    InputError
        Months that run backwards, or more than twelve.

    Notes
    -----
    Months that are not yet recorded are stepped back by whole years until all are known, and on until all are there and
    may be judged; what could have been seen then is what is said. It hangs on what was expected, never on what was
    recorded in the cells in these months. On made data a planted fall of that size was found in 51 of 60 cases where
    places drift apart and 56 where they do not, a third of it in 13 and 7 (``tests/problem/test_measure.py``, long).
    When it misleads: where the counts have clearly changed since those months,
    a larger or smaller fall could be seen than it says; and it holds for a fall of the whole period, not for one of a
    few days in it.

    References
    ----------
    Of this project, from :func:`analysis.outcome.operation.smallest`.
    """
    wanted = months_between(first, last)
    if not 0 < len(wanted) <= MOST_MONTHS:
        raise InputError(
            f"a response is measured over 1 to {MOST_MONTHS} months",
            column="months",
            value=f"{first} to {last}",
            hint="Choose a shorter period.",
        )
    baseline = baseline_words(usable, first, last)
    back = stepped_back(usable, first, last, as_at)
    start, end = first - YEAR * back, last - YEAR * back
    try:
        found = judged(start, end)
    except Refusal as refusal:
        found = refusal
    if isinstance(found, Refusal):
        found = Refusal(hushed(found.reason), found.remedy) if partner else found
        told = f"What fall could be seen cannot be told. {found}"
        return Seen(first, last, start, end, baseline, None, told, found, None)
    fall = rounded(found.smallest_fall)
    size = fall if fall <= ALMOST_ALL else None
    sentence = _sentence(found, size, start, end)
    return Seen(first, last, start, end, baseline, size, sentence, None, found.method)


def stepped_back(usable: pd.PeriodIndex, first: pd.Period, last: pd.Period, as_at: pd.Period) -> int:
    """Count the years by which months are stepped back until they are known, and further until all are usable.

    Where no year has them all, the fewest by which they are known.
    """
    least = max(0, -(-(last - as_at).n // YEAR))
    back = least
    while len(usable) and first - YEAR * back >= usable[0]:
        if months_between(first - YEAR * back, last - YEAR * back).isin(usable).all():
            return back
        back += 1
    return least


def baseline_words(usable: pd.PeriodIndex, first: pd.Period, last: pd.Period) -> str:
    """Name the earlier years whose same months are usable: "the same months of 2021 to 2023 and 2025"; "" for none."""
    years = []
    back = 1
    while len(usable) and first - YEAR * back >= usable[0]:
        if months_between(first - YEAR * back, last - YEAR * back).isin(usable).all():
            years.append((first - YEAR * back).year)
        back += 1
    if not years:
        return ""
    runs: list[tuple[int, int]] = []
    for year in reversed(years):
        if runs and runs[-1][1] == year - 1:
            runs[-1] = (runs[-1][0], year)
        else:
            runs.append((year, year))
    named = [f"{a} to {b}" if b > a + 1 else str(a) if a == b else f"{a}, {b}" for a, b in runs]
    return f"the same months of {join_words(', '.join(named).split(', '))}"


def objective_words(category: str, first: pd.Period, last: pd.Period, baseline: str) -> str:
    """Say what is counted and against what, in one sentence.

    Parameters
    ----------
    category : str
    first, last : Period
    baseline : str
        Of :class:`Seen`.
    """
    words = incidents_words(category)
    against = f"{baseline} and places like it" if baseline else "the months before and places like it"
    return f"{words[:1].upper()}{words[1:]} recorded in the places, {span_words(first, last)}, against {against}."


def rounded(fall: float) -> float:
    """Round a smallest fall up to the next 5 %, so that no smaller one is promised."""
    return round(float(min(np.ceil(round(fall / STEP, 6)) * STEP, 1.0)), 2)


def _sentence(found: Verdict, fall: float | None, first: pd.Period, last: pd.Period) -> str:
    n = (last - first).n + 1
    length = "one month" if n == 1 else f"{number_words(n)} months"
    rests = f"going by {span_words(first, last)}, when about {found.expected:,.0f} were to be expected"
    if fall is None:
        none = call(0, found.expected, found.spread, found.level).verdict == FELL  # were nothing recorded at all
        what = "Only a fall to almost nothing" if none else "No fall, however large,"
        return f"{what} could be seen in {length}: counts here are too small or too uneven, {rests}."
    return f"A fall under about {100 * fall:.0f} % in {length} would go unseen, {rests}."


def span_words(first: pd.Period, last: pd.Period) -> str:
    """Name months as short as can be: "July to December 2025"."""
    words = period_words(first, last)
    return words.replace(f" {first.year} to ", " to ", 1) if first.year == last.year else words
