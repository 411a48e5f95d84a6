"""Which crime types data.police.uk published in which months, and what became of them.

The list was drawn anew twice. Six types became eleven in September 2011, and eleven became fourteen in May 2013. A name
that stayed may hold less than before, so a series is one only while its name meant the same.

References
----------
police.uk, "What do the crime categories mean?", with its note on the changes of May 2013; Lewis, D. (2013), "The
evolution of crime categories", UKCrimeStats, https://economicpolicycentre.com/2013/12, on the six of 2010. Both at
second hand: as readers of the archive quote them, who found these names in its files of these months.
"""

from __future__ import annotations

from dataclasses import dataclass

from data.kinds.crime_types import ASB, CATEGORIES, DRUGS, category_words, is_sum, kinds_of
from data.kinds.lists import MONTHS


@dataclass(frozen=True)
class Stretch:
    """Months in which a crime type was published and its name meant the same.

    Attributes
    ----------
    category : str
    first, last : str
        YYYY-MM, both included; ``last`` is empty while it lasts.
    before : str
        Half a sentence: where these incidents were before, or what the name held then. Empty at the beginning of all.
    after : str
        Half a sentence: what became of it. Empty where the name stayed.
    """

    category: str
    first: str
    last: str = ""
    before: str = ""
    after: str = ""


VIOLENT, DISORDER = "Violent crime", "Public disorder and weapons"
# No longer published; files of before May 2013 hold them.
OLDER: tuple[str, ...] = (DISORDER, VIOLENT)
EVERY: tuple[str, ...] = CATEGORIES + OLDER

_BEGAN, _ELEVEN, _ELEVEN_ENDED, _FOURTEEN = "2010-12", "2011-09", "2013-04", "2013-05"
_IN_OTHER = "these incidents were part of 'Other crime'"
STRETCHES: tuple[Stretch, ...] = (
    Stretch(ASB, _BEGAN),
    Stretch("Burglary", _BEGAN),
    Stretch("Robbery", _BEGAN),
    Stretch("Vehicle crime", _BEGAN),
    Stretch(VIOLENT, _BEGAN, _ELEVEN_ENDED, after="it is published as 'Violence and sexual offences'"),
    Stretch("Other crime", _BEGAN, "2011-08"),
    Stretch(
        "Other crime",
        _ELEVEN,
        _ELEVEN_ENDED,
        "it also held criminal damage and arson, drugs, shoplifting, other theft, and public disorder and weapons",
    ),
    Stretch("Other crime", _FOURTEEN, before="it also held some offences with firearms and knives"),
    Stretch("Criminal damage and arson", _ELEVEN, before=_IN_OTHER),
    Stretch(DRUGS, _ELEVEN, before=_IN_OTHER),
    Stretch("Shoplifting", _ELEVEN, before=_IN_OTHER),
    Stretch("Other theft", _ELEVEN, _ELEVEN_ENDED, _IN_OTHER),
    Stretch("Other theft", _FOURTEEN, before="it also held bicycle theft and theft from the person"),
    Stretch(
        DISORDER, _ELEVEN, _ELEVEN_ENDED, _IN_OTHER, "it is two crime types: 'Public order' and 'Possession of weapons'"
    ),
    Stretch("Bicycle theft", _FOURTEEN, before="these incidents were part of 'Other theft'"),
    Stretch("Theft from the person", _FOURTEEN, before="these incidents were part of 'Other theft'"),
    Stretch("Public order", _FOURTEEN, before=f"these incidents were part of '{DISORDER}'"),
    Stretch(
        "Possession of weapons",
        _FOURTEEN,
        before=f"these incidents were part of '{DISORDER}', and some of it of 'Other crime'",
    ),
    Stretch("Violence and sexual offences", _FOURTEEN, before=f"these incidents were published as '{VIOLENT}'"),
)


def stretch_at(category: str, month: str) -> Stretch | None:
    """Find the stretch of a crime type that a month (YYYY-MM) lies in; None where it was not published then."""
    for one in STRETCHES:
        if one.category == category and one.first <= month and (not one.last or month <= one.last):
            return one
    return None


def published(month: str) -> tuple[str, ...]:
    """List the crime types that were published for a month (YYYY-MM), in the order of ``EVERY``."""
    return tuple(name for name in EVERY if stretch_at(name, month))


def same_meaning(category: str, as_at: str) -> tuple[str, str] | None:
    """Find the months whose counts of a crime type may stand in one series with those of the as-at month.

    Every count, chart, trend, season, forecast and comparison goes by this, through
    :meth:`data.store.schema.Incidents.of`. Months that do not count as the as-at month does are left out: they are
    missing, as a month is that was never published.

    Parameters
    ----------
    category : str
        A crime type, or a sum of several (:func:`data.kinds.crime_types.together`).
    as_at : str
        The last month that is known, YYYY-MM.

    Returns
    -------
    (first, last) or None
        Of a sum the months in which all of its types meant what they mean now.
        Both YYYY-MM and included, ``last`` not after the as-at month; None of a crime type that was not published for
        the as-at month, which therefore has no series. A name that is not in the table is taken never to have changed.
    """
    if is_sum(category):
        every = [same_meaning(kind, as_at) for kind in kinds_of(category)]
        there = [one for one in every if one is not None]
        return max(there) if len(there) == len(every) else None
    found = stretch_at(category, as_at)
    if found is not None:
        return found.first, as_at
    return None if category in EVERY and as_at >= _BEGAN else ("0001-01", as_at)


def change_words(category: str, first: str, as_at: str) -> str:
    """Say what of a series is left out because the crime type was counted otherwise; empty where nothing is.

    Parameters
    ----------
    category : str
    first, as_at : str
        The first and the last month that are there, YYYY-MM.
    """
    if is_sum(category):
        return change_words(_youngest(category, as_at), first, as_at)
    found = stretch_at(category, as_at)
    if found is None:
        return absent_words(category, as_at) if same_meaning(category, as_at) is None else ""
    if first >= found.first:
        return ""
    begin = f"Comparable counts of {category_words(category)} begin in {_name(found.first)}"
    return f"{begin}: before, {found.before}. Earlier months are left out."


def _youngest(category: str, as_at: str) -> str:
    """Find the crime type of a sum that is counted as it is now for the fewest months, or not at all."""
    return max(kinds_of(category), key=lambda kind: (same_meaning(kind, as_at) or ("9999-12", ""))[0])


def last_month_of(category: str) -> str:
    """Give the last month (YYYY-MM) of a crime type that is no longer published."""
    return next(one.last for one in reversed(STRETCHES) if one.category == category)


def since_words(category: str) -> str:
    """Say what became of a crime type that is no longer published."""
    mine = next(one for one in reversed(STRETCHES) if one.category == category)
    return f"'{category}' was published until {_name(mine.last)}: since then, {mine.after}."


def absent_words(category: str, as_at: str) -> str:
    """Say why a crime type has no incidents at an as-at month for which it was not published, and what to ask for."""
    if is_sum(category):
        return absent_words(_youngest(category, as_at), as_at)
    mine = [one for one in STRETCHES if one.category == category]
    if as_at < mine[0].first:
        begin = f"There are no counts of {category_words(category)} before {_name(mine[0].first)}"
        return f"{begin}: until then, {mine[0].before}."
    return f"{since_words(category)} Step back to {_name(mine[-1].last)} to look at it."


def _name(month: str) -> str:
    return f"{MONTHS[int(month[5:]) - 1]} {month[:4]}"
