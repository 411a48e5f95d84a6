"""What is new this month, as sentences: counts outside what is usual, the data, and the next operation."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pandas as pd

from analysis.common.method import list_months, month_name
from analysis.findings.finding import Finding, capital, readable
from data.kinds.crime_types import ASB, category_words
from data.kinds.lists import join_words, number_words

QUIET = "Nothing stands out this month"


def unusual_count(category: str, ward: str, month: pd.Period, count: int, usual: float) -> Finding:
    """Say that a count was unusual for its month of the year.

    Parameters
    ----------
    category : str
    ward : str
        Name; empty of the whole area.
    month : Period
    count : int
    usual : float
        For that month of the year.
    """
    name = "ASB" if category == ASB else capital(category_words(category))
    were = "was" if name.isupper() or not name.endswith("s") else "were"
    way = "high" if count > usual else "low"
    where = f" in {ward}" if ward else ""
    title = f"{name} {were} unusually {way} for the month{where}"
    if not readable(title):
        title = f"{name} {were} unusually {way}{where}"
    return Finding(
        title, f"in {month_name(month)}",
        f"{count:,} recorded, where about {usual:,.0f} are usual for {month_name(month).split()[0]} at the level of "
        "the two years before. It names no cause.",
    )  # fmt: skip


def judged_words(area: int, wards: int, rare: int) -> Finding:
    """Say what was looked at, and how seldom a quiet month is remarked on."""
    if not area + wards:
        return Finding("No count could be held against what is usual", detail="A usual month has too few incidents.")
    left = f" {rare:,} more have too few incidents to be judged." if rare else ""
    return Finding(
        f"{area + wards:,} counts were held against what is usual",
        detail=f"{area:,} of crime types in the whole area and {wards:,} of crime types in wards.{left} In a quiet "
        "month any remark at all is to come in at most one of ten.",
    )


def too_few(months: int, needed: int, category: str = "") -> Finding:
    """Say that the months do not tell what is usual."""
    of = f" of {category_words(category)}" if category else ""
    return Finding(
        "These months do not say what is usual",
        detail=f"That takes {needed} known months{of} before the newest, within three years; there "
        f"{'is' if months == 1 else 'are'} {months}.",
    )


def some_short(categories: Sequence[str]) -> Finding:
    """Name the crime types that have too few months to be judged."""
    return Finding(
        f"{capital(number_words(len(categories)))} crime types could not be judged",
        detail=f"Too few known months: {join_words([category_words(kind) for kind in categories])}.",
    )


def doubted(months: Sequence[pd.Period]) -> Finding:
    """Say which months may not be whole."""
    one = len(months) == 1
    return Finding(
        f"{capital(number_words(len(months)))} {'month is' if one else 'months are'} in doubt and left out",
        detail=f"{list_months(list(months))} may not be whole: check {'it' if one else 'them'} on the Data page.",
    )


def next_up(name: str, first: date, last: date, days: int, plan: str | None, missing: Sequence[str]) -> Finding:
    """Say when the next operation is, what stands in its plan, and what is missing.

    Parameters
    ----------
    name : str
    first, last : date
    days : int
        Until it starts; 0 and fewer while it runs.
    plan : str or None
        What stands in its plan, as a sentence; None where none is saved.
    missing : sequence of str
        What it lacks, each to stand in a list.
    """
    title = f"Next: {name}, in {days} {'day' if days == 1 else 'days'}" if days > 0 else f"Under way: {name}"
    lacks = f" Missing: {join_words(missing)}." if missing else ""
    window = f"{first.day} {month_name(pd.Period(first, 'M'))} to {last.day} {month_name(pd.Period(last, 'M'))}."
    return Finding(title, detail=f"{window} {'No plan is saved for it.' if plan is None else plan}{lacks}")
