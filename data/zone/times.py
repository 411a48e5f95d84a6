"""Minutes of a zone: from the clock on the wall to UTC and back, and how long that is."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from geo.errors import InputError

_HOUR_S = 3600
_HOURS_SAID = 96  # longer ones are told in days


def moment_of(day: date, at: time, clock: ZoneInfo) -> tuple[datetime, str]:
    """Give the moment of a time on the clock.

    Parameters
    ----------
    day : date
    at : time
        To the minute. Where the clock shows it twice, its ``fold`` says which: 0 the first, 1 the second.
    clock : ZoneInfo
        Of the area.

    Returns
    -------
    moment : datetime
        UTC.
    note : str
        Where the clock shows this time twice: which of the two is taken. Else empty.

    Raises
    ------
    InputError
        The clock never shows this time: it was put forward over it.
    """
    first, second = _shown(day, at, clock)
    wanted = first.replace(tzinfo=None)
    if first.astimezone(UTC).astimezone(clock).replace(tzinfo=None) != wanted:
        raise InputError(
            "the clock never shows this time: it goes forward over it that night",
            value=f"{wanted:%H:%M} on {_day(wanted)}", hint="Choose a time an hour later.",
        )  # fmt: skip
    if first.utcoffset() == second.utcoffset():
        return first.astimezone(UTC), ""
    taken, which = (second, "second") if at.fold else (first, "first")
    note = f"The clock shows {wanted:%H:%M} twice that night; the {which} is taken ({taken.tzname()})."
    return taken.astimezone(UTC), note


def second_of(day: date, at: time, clock: ZoneInfo) -> str:
    """Name the time that a minute is of when the clock shows it for the second time ("GMT"); "" where it does not."""
    first, second = _shown(day, at, clock)
    return str(second.tzname()) if second.astimezone(UTC) > first.astimezone(UTC) else ""


def _shown(day: date, at: time, clock: ZoneInfo) -> tuple[datetime, datetime]:
    """Give a minute as the clock shows it for the first and the second time; the same where it does so once."""
    wanted = datetime.combine(day, at.replace(second=0, microsecond=0, tzinfo=None, fold=0))
    return wanted.replace(tzinfo=clock), wanted.replace(tzinfo=clock, fold=1)


def words(starts: datetime, ends: datetime | None, clock: ZoneInfo) -> str:
    """Say from when to when: "from 17:00 on 30 October 2024 to 17:00 on 1 November 2024".

    Notes
    -----
    Where the clock changes in between, or shows a time twice, the name of its time stands with it: BST or GMT.
    """
    local = [one.astimezone(clock) for one in (starts, ends) if one is not None]
    named = len({one.utcoffset() for one in local}) > 1 or any(_twice(one) for one in local)
    said = [minute_words(one, clock, named=named) for one in local]
    return f"from {said[0]} to {said[1]}" if ends is not None else f"from {said[0]}, with no end set"


def minute_words(moment: datetime, clock: ZoneInfo, *, named: bool = False) -> str:
    """Say a minute: "17:00 on 30 October 2024", with BST or GMT where it is named."""
    local = moment.astimezone(clock)
    return f"{local:%H:%M}{f' {local.tzname()}' if named else ''} on {_day(local)}"


def length_words(starts: datetime, ends: datetime, clock: ZoneInfo) -> str:
    """Say how long: in hours that really pass, beyond four days in days, in whole months or years where it is so.

    Parameters
    ----------
    starts, ends : datetime
        UTC.
    clock : ZoneInfo
        Of the area, whose days, months and years are counted.
    """
    seconds = int((ends - starts).total_seconds())
    first, last = (one.astimezone(clock).replace(tzinfo=None) for one in (starts, ends))
    if seconds <= _HOURS_SAID * _HOUR_S:
        hours, minutes = divmod(seconds // 60, 60)
        return _counted((hours, "hour"), (minutes, "minute")) or "no time"
    months = (last.year - first.year) * 12 + last.month - first.month
    if months and (first.day, first.time()) == (last.day, last.time()):
        return _counted((months // 12, "year") if months % 12 == 0 else (months, "month"))
    days, rest = divmod(int((last - first).total_seconds()) // 60, 24 * 60)
    return _counted((days, "day"), (rest // 60, "hour"), (rest % 60, "minute"))


def _counted(*parts: tuple[int, str]) -> str:
    return " ".join(f"{n:,} {word}{'' if n == 1 else 's'}" for n, word in parts if n)


def _twice(local: datetime) -> bool:
    return local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()


def _day(local: datetime) -> str:
    return f"{local.day} {local:%B %Y}"
