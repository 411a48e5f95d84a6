"""What an incident is: columns, crime types, months, and the frozen selection every analysis starts from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.kinds.changes import EVERY, same_meaning
from data.kinds.crime_types import kinds_of

POLICE_UK = "police.uk"
BY_OUTLINE = "by-outline"  # in place of a force: a month of every force, asked for by the outline of area and buffer

COLUMNS: tuple[str, ...] = (
    "incident_id",
    "source",
    "force",
    "month",
    "occurred_at",
    "occurred_until",
    "category",
    "asb_type",
    "subcategory",
    "easting_m",
    "northing_m",
    "location",
    "lsoa_code",
    "ward_code",
    "outcome",
    "precision_m",
)
TIMES = ("occurred_at", "occurred_until")
METRES = ("easting_m", "northing_m", "precision_m")


def month_numbers(frame: pd.DataFrame) -> NDArray[np.int64]:
    """Months of a frame as integers that count calendar months (January 1970 is 0), shape (n,)."""
    return np.asarray(frame["month"].array.asi8, dtype=np.int64)


def coarsest_m(cell_size_m: float) -> float:
    """How wide the square may be in which a place is known to lie, so that its incident still counts in a cell."""
    return cell_size_m / 4


def months_between(first: pd.Period, last: pd.Period) -> pd.PeriodIndex:
    """Every month from first to last, both included; empty when last is before first."""
    return pd.period_range(first, last, freq="M")


@dataclass(frozen=True, eq=False)
class Incidents:
    """Incidents of one source with the months for which that source has published.

    Attributes
    ----------
    frame : DataFrame
        One row an incident, with ``COLUMNS``; ``month`` is period[M]; incidents in the buffer have a null ward.
    months : PeriodIndex
        Months that were published for the whole area, ascending. A month that is not in it is missing, never zero.
    version : str
        Digest of what was loaded: two objects with the same version, and by the same wards, give the same answers.
    simulated : bool
        Made up for the demonstration.
    source : str
    """

    frame: pd.DataFrame = field(repr=False)
    months: pd.PeriodIndex
    version: str
    simulated: bool = False
    source: str = POLICE_UK

    @property
    def as_at_month(self) -> pd.Period | None:
        """The last month there is, or None with nothing loaded."""
        return self.months[-1] if len(self.months) else None

    def up_to(self, month: pd.Period) -> Incidents:
        """Forget everything after a month, as if it had not happened yet."""
        return replace(self, frame=self.frame[self.frame["month"] <= month], months=self.months[self.months <= month])

    def of(self, category: str | None = None, wards: Iterable[str] | None = None) -> Incidents:
        """Incidents of a crime type or of a sum of several, and of wards where given (which leaves the buffer out).

        Of a crime type that was once counted otherwise only the months are left that count it as the last month does:
        one series never holds two meanings of a name (:func:`data.kinds.changes.same_meaning`). So forget what is later
        than the as-at month first.
        """
        found = self if category is None else self._alike(category)
        keep = np.ones(len(found.frame), dtype=bool)
        if category is not None:
            keep &= found.frame["category"].isin(kinds_of(category)).to_numpy()
        if wards is not None:
            keep &= found.frame["ward_code"].isin(list(wards)).to_numpy()
        return replace(found, frame=found.frame[keep])

    def _alike(self, category: str) -> Incidents:
        if self.source != POLICE_UK or not len(self.months):  # a feed's kinds are its own
            return self
        alike = same_meaning(category, str(self.months[-1]))
        if alike is None:
            return replace(self, frame=self.frame.iloc[:0], months=self.months[:0])
        if alike[0] <= str(self.months[0]):
            return self
        return self.within(pd.Period(alike[0], "M"), self.months[-1])

    def within(self, first: pd.Period, last: pd.Period) -> Incidents:
        """Incidents and published months from first to last, both included."""
        months = self.frame["month"]
        return replace(
            self,
            frame=self.frame[(months >= first) & (months <= last)],
            months=self.months[(self.months >= first) & (self.months <= last)],
        )

    def placed(self, cell_size_m: float) -> tuple[Incidents, int]:
        """Only incidents whose place is known well enough for cells of this size, and how many are not.

        Parameters
        ----------
        cell_size_m : float
            Metres. A place that is known to a square of more than a quarter of it is too coarse. Published incidents
            and places without a precision count as exact.
        """
        if "precision_m" not in self.frame:
            return self, 0
        coarse = (self.frame["precision_m"] > coarsest_m(cell_size_m)).to_numpy()
        return (replace(self, frame=self.frame[~coarse]), int(coarse.sum())) if coarse.any() else (self, 0)

    def all_coarse(self, cell_size_m: float) -> bool:
        """Whether there are incidents, and not one of them can be put into a cell of this size."""
        kept, coarse = self.placed(cell_size_m)
        return coarse > 0 and len(kept.frame) == 0

    def in_area(self) -> Incidents:
        """Only what is counted in totals: incidents that lie in a ward."""
        return replace(self, frame=self.frame[self.frame["ward_code"].notna()])


def empty_frame() -> pd.DataFrame:
    """No incidents, with every column in its type."""
    frame = pd.DataFrame({name: pd.Series(dtype="str") for name in COLUMNS})
    return conform(frame)


def conform(frame: pd.DataFrame) -> pd.DataFrame:
    """Put the columns of incidents into order and type; columns that are absent become null.

    Parameters
    ----------
    frame : DataFrame
        ``month`` as period[M], or as whole numbers that count months from January 1970.

    Returns
    -------
    DataFrame
    """
    out: dict[str, object] = {}
    for name in COLUMNS:
        column = frame[name] if name in frame else _absent(name, frame.index)
        if name == "month":
            if isinstance(column.dtype, pd.PeriodDtype):
                out[name] = column
            elif pd.api.types.is_integer_dtype(column.dtype):
                out[name] = pd.Series(
                    pd.arrays.PeriodArray(column.to_numpy(dtype="int64"), dtype=pd.PeriodDtype("M")),
                    index=frame.index,
                )
            else:
                out[name] = pd.Series(pd.PeriodIndex(column.astype("str"), freq="M"), index=frame.index)
        elif name in TIMES:
            out[name] = pd.to_datetime(column).astype("datetime64[s]")
        elif name in METRES:
            out[name] = column.astype("float64")
        elif name == "incident_id":
            out[name] = column.astype("str")
        elif name == "category":
            out[name] = column.astype(pd.CategoricalDtype(list(EVERY)))
        else:
            out[name] = column.astype("category")
    return pd.DataFrame(out, index=frame.index)


def _absent(name: str, index: pd.Index) -> pd.Series:
    """Nulls in the type of a column at once: pandas takes as long to infer it as to read everything else."""
    if name in TIMES:
        return pd.Series(np.datetime64("NaT"), index=index, dtype="datetime64[s]")
    if name in METRES:
        return pd.Series(np.nan, index=index)
    none: list[str] = []
    words = pd.Categorical.from_codes(np.full(len(index), -1, dtype=np.int8), categories=pd.Index(none, dtype="str"))
    return pd.Series(words, index=index)
