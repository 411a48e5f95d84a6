"""Times that carry a label such as +00:00, which may be right or not: both readings, and what tells one from the other.

Many systems write local time with the label of UTC. Nothing but the times themselves can show it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.feed.mapping import AS_LABELLED, LOCAL
from data.feed.odd_times import Moved, Seconds, moved_midnights, to_local


@dataclass(eq=False)
class Labelled:
    """Both readings of times of which some are labelled.

    Attributes
    ----------
    zone : ZoneInfo
        Of the feed.
    rows : ndarray of bool, shape (n,)
        Which are labelled.
    minutes : ndarray of float, shape (n,)
        What the labels add to UTC.
    written : ndarray of datetime64[s], shape (n,)
        As they stand in the file.
    there : ndarray of datetime64[s], shape (n,)
        Converted to the zone, where they are labelled.
    utc : ndarray of datetime64[s], shape (n,)
        The instants, if the labels are right.
    converted : bool
        Which of the two readings was taken.
    """

    zone: ZoneInfo
    rows: NDArray[np.bool_] = field(repr=False)
    minutes: NDArray[np.float64] = field(repr=False)
    written: Seconds = field(repr=False)
    there: Seconds = field(init=False, repr=False)
    utc: Seconds = field(init=False, repr=False)
    converted: bool = False

    def __post_init__(self) -> None:
        """Work out the other reading."""
        self.utc, self.there = self.written.copy(), self.written.copy()
        self.utc[self.rows] -= (self.minutes[self.rows] * 60).astype("timedelta64[s]")
        self.there[self.rows] = to_local(self.utc[self.rows], self.zone)

    @property
    def stored(self) -> Seconds:
        """Local times in the reading that was taken."""
        return self.there if self.converted else self.written

    def follow_the_clocks(self, rows: NDArray[np.bool_]) -> bool:
        """Whether the labels of these rows change with the clocks of the zone: both readings are then the same."""
        offset = self.minutes[rows] * 60
        local = pd.DatetimeIndex(self.written[rows]).tz_localize(self.zone, ambiguous="NaT", nonexistent="NaT")
        here = np.asarray((local.tz_localize(None) - local.tz_convert("UTC").tz_localize(None)).total_seconds())
        return bool((offset != 0).any()) and bool(np.all((here == offset) | np.isnan(here)))

    def moved(self, rows: NDArray[np.bool_], *, converted: bool) -> Moved:
        """Midnights of these rows that one reading puts elsewhere, and the other does not."""
        known = rows & self.rows
        stored, other = (self.there, self.written) if converted else (self.written, self.there)
        return moved_midnights(stored[known], other[known], self.utc[known], self.zone)


def verdict(moved: Moved, *, converted: bool) -> str:
    """Say what moved midnights tell against the reading that moved them; empty where there are none.

    Parameters
    ----------
    moved : Moved
    converted : bool
        The labels were taken for right.
    """
    if not moved.words:
        return ""
    are = "these are" if moved.sure else "these are probably"
    if converted:
        return f"{moved.words}: {are} written as 00:00, so the label is wrong (--labelled-times {LOCAL})."
    return f'{moved.words}: {are} midnights, so the label is right (--labelled-times "{AS_LABELLED}").'
