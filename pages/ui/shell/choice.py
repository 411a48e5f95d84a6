"""What a person chose, as it stands in the address, and what that means for the months that are there."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import pandas as pd

from analysis.common.method import MONTH_NAMES, period_words
from analysis.common.refusal import Refusal
from analysis.findings.age import PUBLISHED_AFTER, age_words, stepped_words
from data.kinds.changes import OLDER, change_words, published
from data.kinds.crime_types import (
    ASB,
    CATEGORIES,
    DRUGS,
    NEVER_ADDED,
    category_title,
)
from data.place.area import Area
from data.store.schema import POLICE_UK, Incidents
from pages.ui.shell.cache import Dataset
from pages.ui.shell.crimes import category_word, read_category

CHOICE, CHOICE_WRITTEN = "choice", "choice_written"  # session keys: what was chosen, and what was written of it
LAST_12, ALL, OWN = "last12", "all", "own"
OWN_MONTHS = re.compile(r"((?:19|20)\d\d-(?:0[1-9]|1[0-2]))\.\.((?:19|20)\d\d-(?:0[1-9]|1[0-2]))")
PARAMETERS = ("category", "period", "wards", "season", "source", "as-at")
_LASTS = {"last3": 3, LAST_12: 12, "last24": 24, "last36": 36}


@dataclass(frozen=True)
class Choice:
    """What the person chose; every field has a default that is left out of the address.

    Attributes
    ----------
    category : str
        A crime type, or a sum of several (:func:`data.kinds.crime_types.together`).
    period : str
        ``last3``, ``last12``, ``last24``, ``last36``, ``all``, a year (``2024``), a financial year (``2023/24``) or two
        months (``2024-03..2024-08``).
    wards : tuple of str
        Codes; empty for the whole area.
    season : str
        Key of a season of the area; empty for the whole year.
    source : str
    as_at : str
        ``YYYY-MM``; empty for the last month loaded.
    """

    category: str = ASB
    period: str = LAST_12
    wards: tuple[str, ...] = ()
    season: str = ""
    source: str = POLICE_UK
    as_at: str = ""


def no_months() -> Refusal:
    """Say that nothing is loaded."""
    return Refusal("There are no months to show.", "Import published files on the Data page.")


@dataclass(frozen=True)
class Filters:
    """What is looked at.

    Attributes
    ----------
    category : str
    first, last : Period or None
        Both included, never after ``as_at``; None when nothing is loaded.
    wards : tuple of str
        Codes; empty for the whole area.
    season : str
        Key of a season of the area; empty for the whole year.
    source : str
    as_at : Period or None
        The last month that anything may know of.
    stepped_back : bool
        ``as_at`` is not the last month loaded.
    """

    category: str
    first: pd.Period | None
    last: pd.Period | None
    wards: tuple[str, ...] = ()
    season: str = ""
    source: str = POLICE_UK
    as_at: pd.Period | None = None
    stepped_back: bool = False

    def span(self) -> tuple[pd.Period, pd.Period]:
        """First and last month of the period.

        Raises
        ------
        Refusal
            Nothing is loaded.
        """
        if self.first is None or self.last is None:
            raise no_months()
        return self.first, self.last

    def latest(self) -> pd.Period:
        """Give the as-at month.

        Raises
        ------
        Refusal
            Nothing is loaded.
        """
        if self.as_at is None:
            raise no_months()
        return self.as_at

    def known(self, incidents: Incidents) -> Incidents:
        """All that may be known at the as-at month: every crime type, ward and month up to it."""
        return incidents if self.as_at is None else incidents.up_to(self.as_at)

    def history(self, incidents: Incidents) -> Incidents:
        """Every month up to the as-at month of the crime type and wards."""
        return self.known(incidents).of(self.category, self.wards or None)

    def selected(self, incidents: Incidents) -> Incidents:
        """Incidents of the crime type, wards and period."""
        found = self.history(incidents)
        return found if self.first is None or self.last is None else found.within(self.first, self.last)

    def period_words(self) -> str:
        """Period in words; empty when nothing is loaded."""
        return "" if self.first is None or self.last is None else period_words(self.first, self.last)


# --- from the address ------------------------------------------------------------------------------------------------
def from_address(
    params: Mapping[str, str], area: Area, months: pd.PeriodIndex, sources: Sequence[str] = (POLICE_UK,)
) -> tuple[Choice, tuple[str, ...]]:
    """Read a choice from the address.

    Parameters
    ----------
    params : mapping of str to str
        ``category``, ``period``, ``wards``, ``season``, ``source``, ``as-at``; anything else is left alone.
    area : Area
    months : PeriodIndex
        Months that are there.
    sources : sequence of str

    Returns
    -------
    choice : Choice
        With the default wherever the address holds something that does not exist. Its wards may be those of another
        layer of the area.
    notes : tuple of str
        What was not used and what is shown instead, each a sentence in plain text.
    """
    choice, notes = Choice(), []

    def refuse(what: str, value: str, instead: str) -> None:
        shown = value if len(value) <= 40 else value[:37] + "..."
        notes.append(f"The address asks for {what} “{shown}”, which is not there: {instead} is shown.")

    if value := params.get("category"):
        category, not_there, asb_left_out = read_category(value)
        choice = replace(choice, category=category)
        if not_there:
            refuse("the crime type", ", ".join(not_there), category_title(category))
        if asb_left_out:
            notes.append(f"{NEVER_ADDED}: {category_title(category)} is shown.")
    if value := params.get("wards"):
        codes = tuple(dict.fromkeys(value.split(",")))
        there = {*area.ward_names, *(code for one in area.layers for code in one.wards.codes)}
        unknown = [code for code in codes if code not in there]
        if unknown:
            refuse("the ward", ", ".join(unknown), "the others are" if len(unknown) < len(codes) else "the whole area")
            notes[-1] = notes[-1].replace("the others are is shown", "the others are shown")
        choice = replace(choice, wards=tuple(code for code in codes if code in there))
    if value := params.get("season"):
        if value in {season.key for season in area.seasons}:
            choice = replace(choice, season=value)
        else:
            refuse("the season", value, "the whole year")
    if value := params.get("source"):
        if value in sources:
            choice = replace(choice, source=value)
        else:
            refuse("the source", value, choice.source)
    if value := params.get("as-at"):
        if value in {str(month) for month in months}:
            choice = replace(choice, as_at=value)
        else:
            refuse("the month", value, "the last month loaded")
    if value := params.get("period"):
        if window(value, as_at_month(choice, months), months) is not None:
            choice = replace(choice, period=value)
        else:
            refuse("the period", value, "the last 12 months")
    return choice, tuple(notes)


def to_address(choice: Choice) -> dict[str, str]:
    """Give the address of a choice, without defaults; the other way round of :func:`from_address`."""
    plain = Choice()
    found = {
        "category": category_word(choice.category) if choice.category != plain.category else "",
        "period": choice.period if choice.period != plain.period else "",
        "wards": ",".join(choice.wards),
        "season": choice.season,
        "source": choice.source if choice.source != plain.source else "",
        "as-at": choice.as_at,
    }
    return {key: value for key, value in found.items() if value}


# --- what it means for the months that are there ---------------------------------------------------------------------
def as_at_month(choice: Choice, months: pd.PeriodIndex) -> pd.Period | None:
    """Give the last month that anything may know of; None when nothing is loaded."""
    if not len(months):
        return None
    return pd.Period(choice.as_at, "M") if choice.as_at else months[-1]


def window(period: str, as_at: pd.Period | None, months: pd.PeriodIndex) -> tuple[pd.Period, pd.Period] | None:
    """Give the first and last month of a period; None where it means nothing, or lies wholly outside what is known."""
    if as_at is None:
        return None
    start = months[0]
    if period in _LASTS:
        first, last = as_at - _LASTS[period] + 1, as_at
    elif period == ALL:
        first, last = start, as_at
    elif re.fullmatch(r"(?:19|20)\d\d", period):
        first, last = pd.Period(f"{period}-01", "M"), pd.Period(f"{period}-12", "M")
    elif match := re.fullmatch(r"((?:19|20)\d\d)/(\d\d)", period):
        year = int(match[1])
        if (year + 1) % 100 != int(match[2]):
            return None
        first, last = pd.Period(f"{year}-04", "M"), pd.Period(f"{year + 1}-03", "M")
    elif match := OWN_MONTHS.fullmatch(period):
        first, last = pd.Period(match[1], "M"), pd.Period(match[2], "M")
    else:
        return None
    # A period of a number of months keeps its length, so that missing months show as missing.
    first, last = first if period in _LASTS else max(first, start), min(last, as_at)
    return (first, last) if start <= last and first <= last else None


def resolve(choice: Choice, months: pd.PeriodIndex) -> Filters:
    """Give the filters that a choice means; a period that is no longer there becomes the last 12 months."""
    as_at = as_at_month(choice, months)
    found = window(choice.period, as_at, months) or window(LAST_12, as_at, months)
    return Filters(
        category=choice.category,
        first=found[0] if found else None,
        last=found[1] if found else None,
        wards=choice.wards,
        season=choice.season,
        source=choice.source,
        as_at=as_at,
        stepped_back=as_at is not None and as_at != months[-1],
    )


def categories(incidents: Incidents, as_at: pd.Period | None) -> tuple[str, ...]:
    """List the crime types that can be chosen at an as-at month, ASB and drugs first.

    Parameters
    ----------
    incidents : Incidents
    as_at : Period or None

    Returns
    -------
    tuple of str
        Those that were published for the month; one that is no longer published only where the store holds it.
    """
    there = published(str(as_at)) if as_at is not None and incidents.source == POLICE_UK else CATEGORIES
    held = incidents.frame["category"].unique() if set(there) & set(OLDER) else ()
    offered = [name for name in there or CATEGORIES if name not in OLDER or name in held]
    return tuple(sorted(offered, key=lambda name: (name != ASB, name != DRUGS)))


def changed(data: Dataset, category: str, as_at: pd.Period | None) -> str:
    """Say which months are left out of a crime type because it was counted otherwise; empty where none is."""
    months = data.incidents.months
    if as_at is None or not len(months) or data.incidents.source != POLICE_UK:
        return ""
    return change_words(category, str(months[0]), str(as_at))


def short_month(month: pd.Period) -> str:
    """Write a month as "Oct 2024", in English whatever the machine's locale."""
    return f"{MONTH_NAMES[month.month - 1][:3]} {month.year}"


def short_period(first: pd.Period, last: pd.Period) -> str:
    """Write months as "Jan to Dec 2024"."""
    if first == last:
        return short_month(first)
    start = MONTH_NAMES[first.month - 1][:3] if first.year == last.year else short_month(first)
    return f"{start} to {short_month(last)}"


def period_options(as_at: pd.Period | None, months: pd.PeriodIndex) -> dict[str, str]:
    """List the periods that can be chosen at an as-at month, with their labels."""
    if as_at is None:
        return {LAST_12: "No months loaded"}
    options = {}
    for key, n in _LASTS.items():
        if as_at - n + 1 >= months[0] or key == LAST_12:
            options[key] = f"{short_period(as_at - n + 1, as_at)} (last {n})"
    options[ALL] = f"{short_period(months[0], as_at)} (all)"
    for year in range(as_at.year, months[0].year - 1, -1):
        if window(str(year), as_at, months):
            options[str(year)] = str(year) if as_at >= pd.Period(f"{year}-12", "M") else f"{year} so far"
    for year in range(as_at.year, months[0].year - 2, -1):
        key = f"{year}/{(year + 1) % 100:02d}"
        if window(key, as_at, months):
            options[key] = f"April {year} to March {year + 1}"
    options[OWN] = "Choose months ..."
    return options


def as_at_date(data: Dataset, chosen: Filters) -> date:
    """Give the day on which the person asks: the last of the as-at month when they have stepped back."""
    return day_at(data, chosen.as_at if chosen.stepped_back else None)


def known_month(data: Dataset) -> pd.Period | None:
    """Give the latest month that was known on the day on which the person asks; None when nothing is loaded.

    Parameters
    ----------
    data : Dataset

    Returns
    -------
    Period or None
        The last month loaded. Where the clock is set before its end, for a rehearsal, the last that is usually
        published by then; when none is loaded that early, the last there is.
    """
    latest, this = data.incidents.as_at_month, pd.Period(data.as_at, "M")
    if latest is None or latest < this:
        return latest
    earlier = data.incidents.months[data.incidents.months <= this - PUBLISHED_AFTER]
    return earlier[-1] if len(earlier) else latest


def day_at(data: Dataset, as_at: pd.Period | None) -> date:
    """Give the day on which is asked by somebody who knows the months up to ``as_at``; None for all there are."""
    return as_at.end_time.date() if as_at is not None and _stepped(data, as_at) else data.as_at


def age_line(data: Dataset, as_at: pd.Period | None = None) -> str:
    """Say how old the data are, for every page and every file; nothing of what is simulated.

    Parameters
    ----------
    data : Dataset
    as_at : Period, optional
        The last month that is known, where it is not the last loaded.

    Returns
    -------
    str
        Of the last month, or of the one that the person stepped back to; empty on the demonstration and where nothing
        is loaded. No full stop.
    """
    latest = data.incidents.as_at_month
    if data.simulated or latest is None:
        return ""
    if as_at is not None and _stepped(data, as_at):
        return stepped_words(as_at)
    last = latest if as_at is None else min(as_at, latest)
    return age_words(last, data.as_at, published=data.incidents.source == POLICE_UK)


def _stepped(data: Dataset, as_at: pd.Period) -> bool:
    """Whether a month is one that somebody stepped back to: earlier than the last there is, or was on that day."""
    latest = data.incidents.as_at_month
    return latest is not None and as_at < latest and as_at != known_month(data)


def where(data: Dataset, chosen: Filters) -> str:
    """Name the wards that are looked at."""
    names = [data.area.ward_names[code] for code in chosen.wards]
    if not names:
        return data.area.name
    return ", ".join(names) if len(names) <= 3 else f"{len(names)} wards"
