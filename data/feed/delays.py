"""How long after incidents they were reported, where a partner's file has a date for both."""

from __future__ import annotations

import numpy as np

from data.feed.times import Times

_DAY_S = 86_400
_UNITS = ((_DAY_S, "day"), (3_600, "hour"), (60, "minute"))
_NEXT_DAY = np.timedelta64(1, "D")


def delay_words(happened: Times, reported: Times) -> str:
    """Say how much later incidents were reported.

    Parameters
    ----------
    happened, reported : Times
        Of the same rows.

    Returns
    -------
    str
        "a median of 2 days later, 84 of 297 on a later day; 3 stand before it, which is doubtful"; empty where no row
        has both.

    Notes
    -----
    The median is of hours and minutes where most rows have both times of day, else of whole days. Reports before the
    incident count in it as they are.
    """
    good = np.array([not (one or other) for one, other in zip(happened.why, reported.why, strict=True)], dtype=bool)
    n = int(good.sum())
    if not n:
        return ""
    at, told = happened.start[good], reported.start[good]
    days = (told.astype("datetime64[D]") - at.astype("datetime64[D]")).astype(np.int64)
    seconds = (told - at).astype(np.int64)
    # a day alone is stored as the interval of its whole day
    timed = ~((happened.until[good] - at == _NEXT_DAY) | (reported.until[good] - told == _NEXT_DAY))
    early = int(np.where(timed, seconds < 0, days < 0).sum())
    middle = float(np.median(seconds[timed])) if 2 * timed.sum() > n else float(np.median(days)) * _DAY_S
    later = f"{int((days > 0).sum()):,} of {n:,} on a later day"
    doubtful = f"; {early:,} before it, which is doubtful" if early else ""
    return f"{_span(middle)}, {later}{doubtful}"


def _span(seconds: float) -> str:
    if abs(seconds) < 60:
        return "at the same time in the median"
    length, name = next(each for each in _UNITS if abs(seconds) >= each[0])
    number = f"{abs(seconds) / length:.1f}".removesuffix(".0")
    more = "" if number == "1" else "s"
    return f"a median of {number} {name}{more} {'later' if seconds > 0 else 'earlier'}"
