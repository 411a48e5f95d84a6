"""Counts made straight from the incidents with pandas alone, to hold the program's own figures against."""

from __future__ import annotations

import pandas as pd

from data.store.schema import Incidents


def monthly(real: Incidents, category: str) -> pd.Series:
    """Counts by month in the area, straight from the frame."""
    frame = real.frame
    frame = frame[(frame["category"] == category) & frame["ward_code"].notna()]
    return frame.groupby(frame["month"].astype(str)).size()


def in_wards(real: Incidents, category: str, month: str) -> pd.DataFrame:
    """Incidents of a month in the area."""
    frame = real.frame
    return frame[(frame["category"] == category) & frame["ward_code"].notna() & (frame["month"] == month)]


def by_square(real: Incidents, category: str, first: str, last: str) -> pd.Series[int]:
    """Incidents by the south-west corner of their 200 m square, by floor division, ward or no ward."""
    frame = real.frame
    frame = frame[(frame["category"] == category) & (frame["month"] >= first) & (frame["month"] <= last)]
    corner = [(frame[axis] // 200 * 200).astype(int) for axis in ("easting_m", "northing_m")]
    return frame.groupby(corner).size()
