"""Times of a file that probably stand for something else: not known, or a midnight that was moved by a label.

All is judged on local times as they are stored, not on what is written.
"""

from __future__ import annotations

from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Seconds = NDArray[np.datetime64]
DAY = np.timedelta64(86_400, "s")
_DAY_S, _HOUR_S, _NOON_S = 86_400, 3_600, 43_200
_FEW, _SHARE = 5, 0.05  # more rows, and a larger share of them, are pointed out at midnight
_FEW_ELSEWHERE, _OTHERS = 10, 10  # at another minute, and only beside so many rows that show what is usual
_TIMES_USUAL = 4  # of the mean of the same minute of the hours around it
_HOURS_AROUND = (-3, -2, -1, 1, 2, 3)
_HALF, _FIFTH, _SIGMAS = 0.5, 0.2, 4.0


def clock_words(second: int) -> str:
    """Time of day as it is written: 19:05, or 19:05:30."""
    minute, rest = divmod(second, 60)
    return f"{minute // 60:02d}:{minute % 60:02d}" + (f":{rest:02d}" if rest else "")


def second_of_day(local: Seconds) -> NDArray[np.int64]:
    """Seconds since midnight of local times."""
    return np.asarray((local - local.astype("datetime64[D]")).astype(np.int64))


def to_local(utc: Seconds, zone: ZoneInfo) -> Seconds:
    """Local times of instants in UTC."""
    there = pd.DatetimeIndex(utc).tz_localize("UTC").tz_convert(zone).tz_localize(None)
    return np.asarray(there.to_numpy().astype("datetime64[s]"))


class Moved(NamedTuple):
    """Midnights that stand at another time.

    ``words`` is "76 of 120 stand at 23:00 in summer only", empty where there are none; ``sure`` whether the other part
    of the year confirms it; ``seconds`` the times of day.
    """

    words: str
    sure: bool
    seconds: frozenset[int]


def piled_up(local: Seconds, told_otherwise: frozenset[int] = frozenset()) -> tuple[str, ...]:
    """Point out times of day at which far more rows stand than chance would put there.

    Parameters
    ----------
    local : ndarray of datetime64[s], shape (n,)
        Times that are known, as they are stored.
    told_otherwise : frozenset of int
        Seconds of the day of which something else is known.

    Returns
    -------
    tuple of str
        A sentence for each such time, the one with most rows first; it says how to tell that it is not known.

    Notes
    -----
    Midnight is pointed out from 5 % of the rows on. Any other time needs four times as many rows as there are, on
    average, at the same minute of the three hours before and after, the fullest of them left aside. When it
    misleads: an event that begins at the same minute every day looks like it.
    """
    seconds = second_of_day(local)
    n = len(seconds)
    values, counts = np.unique(seconds, return_counts=True)
    held = dict(zip(values.tolist(), counts.tolist(), strict=True))
    told = []
    for second, rows in sorted(held.items(), key=lambda item: (-item[1], item[0])):
        if rows <= max(_FEW, _SHARE * n):
            break
        around = sorted(held.get((second + hours * _HOUR_S) % _DAY_S, 0) for hours in _HOURS_AROUND)
        usual = sum(around[:-1]) / (len(around) - 1)
        if second in told_otherwise or rows < (_TIMES_USUAL * usual if second else 0):
            continue
        if second not in (0, _NOON_S) and (rows <= _FEW_ELSEWHERE or n - rows < _OTHERS):
            continue
        head = f"{rows:,} of {n:,} times are exactly {clock_words(second)}"
        if second:
            say = f"so (--unknown-time {clock_words(second)}): that hour would otherwise look busier than it was"
            head += f", where {usual:,.0f} would be usual"
        else:
            say = "so (--unknown-time 00:00): the hours of the night would otherwise look busier than they were"
        told.append(f"{head}. If that stands for a time that is not known, say {say}.")
    return tuple(told)


def moved_midnights(stored: Seconds, other: Seconds, utc: Seconds, zone: ZoneInfo) -> Moved:
    """Say which stored times would be midnights if the file were read the other way.

    Parameters
    ----------
    stored, other : ndarray of datetime64[s], shape (n,)
        Local times as they are stored, and as they would be in the other reading of their labels.
    utc : ndarray of datetime64[s], shape (n,)
        The instants, if the labels are right: they tell summer from winter.
    zone : ZoneInfo

    Returns
    -------
    Moved
        Where the other part of the year does not confirm it, half of the rows or more stand there.

    Notes
    -----
    A date without a time is often stored as a midnight. Taken for an instant in UTC, or for none, it moves by as much
    as the clocks of the zone differ from it, and by another amount in summer. Ordinary times do not know the season.
    """
    n = len(stored)
    if not n:
        return Moved("", sure=False, seconds=frozenset())
    seconds, moved = second_of_day(stored), (second_of_day(other) == 0) & (second_of_day(stored) != 0)
    summer = _in_summer(utc, zone)
    parts: list[str] = []
    sure, where = False, set[int]()
    for season, half in (("summer", summer), ("winter", ~summer)):
        for second in np.unique(seconds[half & moved]).tolist():
            here = seconds == second
            rows, elsewhere = int((here & half).sum()), int((here & ~half).sum())
            part, rest = rows / half.sum(), int((~half).sum())
            if rows <= _FEW or part <= _SHARE or elsewhere > _FIFTH * part * rest:
                continue
            usual = part * rest  # as many would stand there in the other season if it were an ordinary time
            contrast = usual - elsewhere >= _SIGMAS * np.sqrt(usual) and rest > 0
            if not contrast and part < _HALF:
                continue
            sure |= bool(contrast)
            where.add(second)
            when = (f" in {season}" + ("" if elsewhere else " only")) if rest else ""
            parts.append(f"{rows:,}{'' if parts else f' of {n:,} stand'} at {clock_words(second)}{when}")
    return Moved(" and ".join(parts), sure, frozenset(where))


def _in_summer(utc: Seconds, zone: ZoneInfo) -> NDArray[np.bool_]:
    """Whether clocks are forward: farther ahead of UTC than at the other end of that year."""
    years = utc.astype("datetime64[Y]")
    july = (years.astype("datetime64[M]") + 6).astype("datetime64[s]")
    ahead, new_year, middle = (to_local(at, zone) - at for at in (utc, years.astype("datetime64[s]"), july))
    return np.asarray(ahead > np.minimum(new_year, middle))
