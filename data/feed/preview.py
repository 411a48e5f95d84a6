"""Some incidents of a partner's file as they would be stored, and when and where all of them were.

Somebody who picked the wrong column sees it here before anything is imported: weekdays that nobody works, hours that
nobody is out, points in the sea.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.feed.rows import CheckedFeed
from data.kinds.lists import join_words
from data.place.area import Area
from geo.assign import OUTSIDE

ROWS, POINTS = 10, 500
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
BUFFER_WORDS, OUTSIDE_WORDS = "in the buffer around it", "outside: not loaded"
_BARS = "▁▂▃▄▅▆▇█"
_WARDS_SHOWN = 5
_WHAT = ("category", "asb_type", "subcategory", "location")
_HOUR = np.timedelta64(3_600, "s")
_SIDES = ("east", "north-east", "north", "north-west", "west", "south-west", "south", "south-east")


@dataclass(frozen=True, eq=False)
class Preview:
    """What a person looks at before they say yes.

    Attributes
    ----------
    rows : DataFrame
        At most ten incidents from all over the file: row, when, where, easting_m, northing_m, and what they are
        (category, asb_type, subcategory, location), as they would be stored.
    weekdays : tuple of int
        Incidents by day of the week, Monday first.
    hours : tuple of int
        Of those whose hour is known, by hour of the day.
    wards : mapping of str to int
        Incidents by ward, the most first.
    buffer, outside : int
        Incidents in the buffer around the area, and beyond it.
    far : str
        How far the farthest of those outside lies, in words; empty without one.
    points : ndarray, shape (k, 2)
        Some of the points, easting and northing in metres, k at most 500.
    ward : ndarray, shape (k,)
        Their wards, as :func:`geo.assign.assign_wards` has it.
    place_notes : tuple of str
        What the places show that a person should know, such as how coarse they are; the report of an import has them
        among its own notes.
    """

    rows: pd.DataFrame = field(repr=False)
    weekdays: tuple[int, ...]
    hours: tuple[int, ...]
    wards: Mapping[str, int]
    buffer: int
    outside: int
    far: str
    points: NDArray[np.float64] = field(repr=False)
    ward: NDArray[np.int16] = field(repr=False)
    place_notes: tuple[str, ...] = ()

    @property
    def days_words(self) -> str:
        """Days of the week in a line."""
        return ", ".join(f"{day} {n:,}" for day, n in zip(WEEKDAYS, self.weekdays, strict=True))

    @property
    def hours_words(self) -> str:
        """Busiest hour in a line, and how many have no hour."""
        known, every = sum(self.hours), sum(self.weekdays)
        if not known:
            return "no hour is known"
        without = f"; {every - known:,} without a known hour" if known < every else ""
        busiest = self.hours.index(max(self.hours))
        return f"most between {busiest:02d}:00 and {busiest + 1:02d}:00 ({max(self.hours):,}){without}"

    @property
    def hours_bars(self) -> str:
        """Hours of the day as bars of text that rise with the incidents."""
        most = max(self.hours) or 1
        return "".join(_BARS[round(n / most * (len(_BARS) - 1))] for n in self.hours)

    @property
    def places_words(self) -> str:
        """Wards in a line, and how many points lie beyond them."""
        shown = [f"{name} {n:,}" for name, n in list(self.wards.items())[:_WARDS_SHOWN]]
        more = len(self.wards) - len(shown)
        inside, wards = sum(self.wards.values()), len(self.wards)
        told = [f"{inside:,} incident{'s' * (inside != 1)} in {wards} ward{'s' * (wards != 1)}"]
        if shown:
            told[0] += f" ({', '.join(shown)}{f' and {more} more' if more else ''})"
        if self.buffer:
            told.append(f"{self.buffer:,} {BUFFER_WORDS}")
        if self.outside:
            told.append(f"{self.outside:,} outside{f', {self.far}' if self.far else ''}")
        return join_words(told)

    def lines(self) -> list[str]:
        """Tell a person at a terminal."""
        told = [f"  {len(self.rows)} of its incidents, as they would be stored:"]
        for row in self.rows.to_dict("records"):
            kind = ", ".join(str(row[name]) for name in _WHAT if row[name])
            point = f"{row['easting_m']:.0f}, {row['northing_m']:.0f}"
            told.append(f"    row {row['row']}: {row['when']}; {row['where']} ({point}); {kind}")
        told += [
            f"  days: {self.days_words}",
            f"  hours: 0 {self.hours_bars} 23, {self.hours_words}",
            f"  places: {self.places_words}",
        ]
        return told

    def to_json(self) -> dict[str, Any]:
        """Plain values, without the points."""
        return {
            "rows": self.rows.to_dict("records"),
            "weekdays": list(self.weekdays),
            "hours": list(self.hours),
            "wards": dict(self.wards),
            "buffer": self.buffer,
            "outside": self.outside,
        }


def preview(checked: CheckedFeed, area: Area) -> Preview:
    """Look at the incidents of a file that can be used.

    Parameters
    ----------
    checked : CheckedFeed
    area : Area

    Returns
    -------
    Preview
    """
    usable = checked.usable
    at = usable["at"].to_numpy().astype("datetime64[s]")
    until = usable["until"].to_numpy().astype("datetime64[s]")
    known = ~(until - at > _HOUR)  # also where there is no end
    ward = usable["ward"].to_numpy()
    east, north = (usable[name].to_numpy(dtype=float) for name in ("easting_m", "northing_m"))
    hours = (at[known] - at[known].astype("datetime64[D]")) // _HOUR
    names = pd.Series([area.wards.names[place] for place in ward[ward >= 0]]).value_counts()
    some = _spread(len(usable), POINTS)
    return Preview(
        rows=_rows(usable, known, area),
        weekdays=_counts((at.astype("datetime64[D]").astype(np.int64) + 3) % 7, 7),
        hours=_counts(hours.astype(np.int64), 24),
        wards={str(name): int(n) for name, n in names.items()},
        buffer=int(((ward < 0) & (ward != OUTSIDE)).sum()),
        outside=int((ward == OUTSIDE).sum()),
        far=_far(east[ward == OUTSIDE], north[ward == OUTSIDE], area),
        points=np.column_stack([east, north])[some],
        ward=ward[some],
        place_notes=checked.place_notes,
    )


def _counts(values: NDArray[np.int64], size: int) -> tuple[int, ...]:
    return tuple(int(n) for n in np.bincount(values, minlength=size))


def _spread(n: int, most: int) -> NDArray[np.int64]:
    """Positions from all over, at most so many."""
    return np.unique(np.linspace(0, n - 1, min(n, most)).round().astype(np.int64)) if n else np.zeros(0, np.int64)


def _rows(usable: pd.DataFrame, known: NDArray[np.bool_], area: Area) -> pd.DataFrame:
    places = _spread(len(usable), ROWS)
    some, hour = usable.iloc[places], known[places]
    moments = pd.DatetimeIndex(some["at"])
    when = [_when(moment, hour=clear) for moment, clear in zip(moments, hour, strict=True)]
    return pd.DataFrame(
        {
            "row": some["line"].to_numpy(),
            "when": when,
            "where": [_where(place, area, side) for place, side in zip(some["ward"], some["precision_m"], strict=True)],
            "easting_m": some["easting_m"].to_numpy(dtype=float),
            "northing_m": some["northing_m"].to_numpy(dtype=float),
            **{name: some[name].to_numpy() for name in _WHAT},
        }
    )


def _when(at: pd.Timestamp, *, hour: bool) -> str:
    return f"{WEEKDAYS[at.day_of_week]} {at.day} {at:%b %Y}" + (f" {at:%H:%M}" if hour else ", hour not known")


def _where(ward: int, area: Area, side_m: float) -> str:
    """Name the ward, and how exactly the place is known where it is not exact."""
    if ward == OUTSIDE:
        return OUTSIDE_WORDS
    name = area.wards.names[ward] if ward >= 0 else BUFFER_WORDS
    return name if np.isnan(side_m) else f"{name}, known to {side_m:,.0f} m"


def _far(east: NDArray[np.float64], north: NDArray[np.float64], area: Area) -> str:
    """Say how far and where the farthest point lies."""
    there = np.isfinite(east) & np.isfinite(north)  # what lies beyond the grid has no place on it
    east, north = east[there], north[there]
    if not len(east):
        return ""
    middle = area.wards.outline.centroid
    dx, dy = east - middle.x, north - middle.y
    distance = np.hypot(dx, dy)
    place = int(distance.argmax())
    side = _SIDES[round(float(np.arctan2(dy[place], dx[place])) / (np.pi / 4)) % 8]
    return f"the farthest {distance[place] / 1_000:,.0f} km to the {side}"
