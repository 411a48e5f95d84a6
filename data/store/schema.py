"""What an incident is: columns, crime types, months, and the frozen selection every analysis starts from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.kinds.crime_types import CATEGORIES

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
)
_TIMES = ("occurred_at", "occurred_until")
_METRES = ("easting_m", "northing_m")


def month_numbers(frame: pd.DataFrame) -> NDArray[np.int64]:
    """Months of a frame as integers that count calendar months (January 1970 is 0), shape (n,)."""
    return np.asarray(frame["month"].array.asi8, dtype=np.int64)


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
        Digest of what was loaded: two objects with the same version give the same answers.
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
        """Incidents of a crime type, and of wards where given (which leaves the buffer out)."""
        keep = np.ones(len(self.frame), dtype=bool)
        if category is not None:
            keep &= (self.frame["category"] == category).to_numpy()
        if wards is not None:
            keep &= self.frame["ward_code"].isin(list(wards)).to_numpy()
        return replace(self, frame=self.frame[keep])

    def within(self, first: pd.Period, last: pd.Period) -> Incidents:
        """Incidents and published months from first to last, both included."""
        months = self.frame["month"]
        return replace(
            self,
            frame=self.frame[(months >= first) & (months <= last)],
            months=self.months[(self.months >= first) & (self.months <= last)],
        )

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
        elif name in _TIMES:
            out[name] = pd.to_datetime(column).astype("datetime64[s]")
        elif name in _METRES:
            out[name] = column.astype("float64")
        elif name == "incident_id":
            out[name] = column.astype("str")
        elif name == "category":
            out[name] = column.astype(pd.CategoricalDtype(list(CATEGORIES)))
        else:
            out[name] = column.astype("category")
    return pd.DataFrame(out, index=frame.index)


def _absent(name: str, index: pd.Index) -> pd.Series:
    """Nulls in the type of a column at once: pandas takes as long to infer it as to read everything else."""
    if name in _TIMES:
        return pd.Series(np.datetime64("NaT"), index=index, dtype="datetime64[s]")
    if name in _METRES:
        return pd.Series(np.nan, index=index)
    none: list[str] = []
    words = pd.Categorical.from_codes(np.full(len(index), -1, dtype=np.int8), categories=pd.Index(none, dtype="str"))
    return pd.Series(words, index=index)
