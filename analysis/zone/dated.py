"""Days and hours inside a zone, from a partner's dated feed; and how they are written where they leave the machine."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.common.disclosure import Sum, printed, protected
from analysis.common.method import MONTH_NAMES, YEAR, month_name
from analysis.common.refusal import Refusal
from analysis.zone.recorded import inside_of
from data.kinds.crime_types import ASB, addable, together
from data.place.area import Area
from data.store.schema import Incidents

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday", "Not known")
BAND_H = 4
HOURS = (*(f"{h:02d}:00 to {h + BAND_H:02d}:00" for h in range(0, 24, BAND_H)), "Not known")
_REMEDY = "Load a feed that gives date and time, such as a partner's own records"


@dataclass(frozen=True)
class Dated:
    """Incidents of a dated feed inside a zone, in the last twelve months of the feed.

    Attributes
    ----------
    name : str
        Of the feed.
    category : str
    months : tuple of Period
        Those of the feed's last twelve months that it has.
    by_month, by_day, by_hours : tuple of int
        As ``months``, ``DAYS`` and ``HOURS``; each comes to ``total``.
    total : int
    coarse : int
        Incidents of the feed whose place is too coarse to be in or out of the zone: left out.
    simulated : bool
    """

    name: str
    category: str
    months: tuple[pd.Period, ...]
    by_month: tuple[int, ...]
    by_day: tuple[int, ...]
    by_hours: tuple[int, ...]
    total: int
    coarse: int
    simulated: bool


@dataclass(frozen=True)
class Written:
    """The same as text: no count of 1 to 4 is said, and none can be worked out from the others."""

    by_month: tuple[tuple[str, str], ...]
    by_day: tuple[tuple[str, str], ...]
    by_hours: tuple[tuple[str, str], ...]
    total: str
    coarse: str


def dated(feed: Incidents | None, area: Area, shape: Any, as_at: pd.Period | None = None) -> Dated:
    """Count a dated feed's incidents inside a zone by day of the week, hours and month.

    Parameters
    ----------
    feed : Incidents or None
        ASB is counted where it has any, else all its crimes; the two are never added.
    area : Area
    shape : Geometry
        EPSG:27700.
    as_at : Period, optional
        Nothing later is looked at.

    Returns
    -------
    Dated
        Where it is not known on which day or in which hours an incident was, because it may have begun in one and ended
        in another, it stands under "Not known". A time of midnight exactly stands for a day without an hour.

    Raises
    ------
    Refusal
        There is no feed, its places are too coarse, or it has no incident in the zone.

    Notes
    -----
    When it misleads: many records carry the time of the call, not of the incident, and a feed counts what its owner was
    told of.

    References
    ----------
    Of this project.
    """
    if feed is None or not len(feed.months):
        raise Refusal("There is no dated feed: days and hours are not in the published data", _REMEDY)
    known = feed if as_at is None else feed.up_to(as_at)
    if not len(known.months):
        raise Refusal("The dated feed begins after the month that is looked at", "Choose a later month")
    kept, coarse = known.placed(area.cell_size_m)
    if coarse and not len(kept.frame):
        raise Refusal("The feed's places are too coarse to tell what lay in the zone", "Load a feed with exact places")
    kinds = [str(kind) for kind in kept.frame["category"].dropna().unique()]
    crimes = [kind for kind in kinds if addable(kind)]
    if not kinds:
        raise Refusal("The dated feed has no incident")
    category = ASB if ASB in kinds else together(crimes)
    last = known.months[-1]
    late = kept.of(category).in_area().within(last - YEAR + 1, last)
    here = replace(late, frame=late.frame[inside_of(late.frame, shape)])
    if here.frame.empty:
        raise Refusal(f"The dated feed has no incident in the zone in the 12 months to {month_name(last)}")
    day, band = _when(here.frame)
    month = pd.PeriodIndex(here.frame["month"])
    return Dated(
        name=feed.source,
        category=category,
        months=tuple(late.months),
        by_month=tuple(int((month == each).sum()) for each in late.months),
        by_day=tuple(np.bincount(day, minlength=len(DAYS)).tolist()),
        by_hours=tuple(np.bincount(band, minlength=len(HOURS)).tolist()),
        total=len(here.frame),
        coarse=coarse,
        simulated=feed.simulated,
    )


def _when(frame: pd.DataFrame) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Give by incident the position in ``DAYS`` and in ``HOURS``."""
    begun = frame["occurred_at"].to_numpy(dtype="datetime64[s]")
    ended = frame["occurred_until"].to_numpy(dtype="datetime64[s]")
    ended = np.where(np.isnat(ended), begun, ended)
    dates = begun.astype("datetime64[D]")
    known = ~np.isnat(begun) & (dates == ended.astype("datetime64[D]"))
    second = [np.where(known, (each - dates).astype(np.int64), 0) for each in (begun, ended)]
    first, last = (each // (BAND_H * 3600) for each in second)
    clock = known & (first == last) & ((second[0] > 0) | (second[1] > 0))
    weekday = (dates.astype(np.int64) + 3) % 7  # 1 January 1970 was a Thursday
    day = np.where(known, weekday, len(DAYS) - 1).astype(np.intp)
    band = np.where(clock, first, len(HOURS) - 1).astype(np.intp)
    return day, band


def written(found: Dated) -> Written:
    """Write the counts of a dated feed so that no small one can be worked out.

    Parameters
    ----------
    found : Dated

    Returns
    -------
    Written
        Labels with texts, each in the order of ``found``.

    Notes
    -----
    When it misleads: as :func:`analysis.common.disclosure.protected`.

    References
    ----------
    As :func:`analysis.common.disclosure.protected`.
    """
    tables = {"month": found.by_month, "day": found.by_day, "hours": found.by_hours}
    keys = {name: tuple(f"{name} {i:02d}" for i in range(len(many))) for name, many in tables.items()}
    counts = {key: count for name, many in tables.items() for key, count in zip(keys[name], many, strict=True)}
    sums = [Sum(each, "total") for each in keys.values() if each]
    said = protected({**counts, "total": found.total}, sums)
    labels = {"month": [_short(month) for month in found.months], "day": DAYS, "hours": HOURS}
    rows = {
        name: tuple((label, said[key]) for label, key in zip(labels[name], keys[name], strict=True)) for name in tables
    }
    return Written(rows["month"], rows["day"], rows["hours"], said["total"], printed(found.coarse))


def _short(month: pd.Period) -> str:
    return f"{MONTH_NAMES[month.month - 1][:3]} {month.year}"
