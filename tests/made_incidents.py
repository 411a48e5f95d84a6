"""Incidents made for a test: what happened where and when, with everything else left out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import shapely

from data.kinds.crime_types import ASB
from data.place.area import Area
from data.store.schema import Incidents, conform
from geo.grid import Grid, make_grid

FIRST = "2023-01"


def square_grid(cells: int = 8, buffer_cells: int = 2, cell_size_m: float = 200) -> Grid:
    """A square area of whole cells with a buffer of whole cells round it, its south-west corner at 340 km, 390 km."""
    side = cells * cell_size_m
    west, south = 340_000.0, 390_000.0
    return make_grid(shapely.box(west, south, west + side, south + side), cell_size_m, buffer_cells * cell_size_m)


def months_of(n: int, first: str = FIRST) -> pd.PeriodIndex:
    return pd.period_range(first, periods=n, freq="M")


def made(
    easting_m: Sequence[float] | np.ndarray,
    northing_m: Sequence[float] | np.ndarray,
    month: Sequence[object] | pd.PeriodIndex,
    months: pd.PeriodIndex,
    location: Sequence[str | None] | str = "On or near Mill Street",
    ward_code: Sequence[str | None] | str | None = None,
) -> Incidents:
    """Incidents from coordinates and months; ``months`` are those published."""
    n = len(easting_m)
    frame = pd.DataFrame(
        {
            "incident_id": [f"made:{i}" for i in range(n)],
            "source": "made",
            "month": pd.PeriodIndex(month, freq="M") if n else pd.PeriodIndex([], freq="M"),
            "category": ASB,
            "easting_m": np.asarray(easting_m, dtype=float),
            "northing_m": np.asarray(northing_m, dtype=float),
            "location": location,
            "ward_code": ward_code,
        },
        index=pd.RangeIndex(n),
    )
    return Incidents(conform(frame), months, "made")


def in_cells(
    grid: Grid, cells: Sequence[int], month: Sequence[object], months: pd.PeriodIndex, **more: object
) -> Incidents:
    """Incidents at the centres of cells, given as flat indices of the lattice."""
    east, north = grid.centres(np.asarray(cells, dtype=np.intp))
    return made(east, north, month, months, **more)  # type: ignore[arg-type]


def of_table(area: Area, table: np.ndarray, first: str, missing: Sequence[int] = ()) -> Incidents:
    """Incidents with the counts of a table of months by the area's wards; ``missing`` months are not published."""
    months = months_of(len(table), first)
    row, column = np.nonzero(table)
    many = table[row, column].astype(int)
    frame = pd.DataFrame(
        {
            "month": months[np.repeat(row, many)],
            "category": ASB,
            "ward_code": np.array(area.wards.codes, dtype=object)[np.repeat(column, many)],
        }
    )
    return Incidents(conform(frame), months.delete(list(missing)), "made")
