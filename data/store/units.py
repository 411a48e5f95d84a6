"""From checked rows to the units of the store: incidents in area and buffer, one table for each force and month."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from data.kinds.changes import EVERY
from data.place.area import Area
from data.store.checks import Checked
from data.store.force_counts import count_rows
from data.store.locate import Locator
from data.store.schema import POLICE_UK
from data.store.store import month_dates
from geo.assign import OUTSIDE

_STORED = ["Crime ID", "Crime type", "Location", "LSOA code", "Last outcome category"]
_MONTHS = 10_000  # more than there are months since 1970


@dataclass(frozen=True, eq=False)
class UnitTable:
    """The incidents of a unit in area and buffer, and how many of its rows lie outside.

    ``by_type`` counts all of its rows by crime type, ``unlocated`` those of them without a location. ``counts`` is of
    :func:`data.store.force_counts.count_rows`.
    """

    force: str
    month: str
    in_area: int
    outside: int
    by_type: Mapping[str, int]
    unlocated: Mapping[str, int]
    table: pa.Table = field(repr=False)
    counts: pa.Table = field(repr=False)


def unit_tables(checked: Checked, locate: Locator, area: Area) -> Iterator[UnitTable]:
    """Cut the usable rows of a file into units.

    Parameters
    ----------
    checked : Checked
    locate : Locator
    area : Area

    Yields
    ------
    UnitTable
        Ordered by force, as first met, and month; rows in the order of the file. A unit that was published without any
        location is there and empty; one of which every row was rejected for something else is none: what it holds is
        not known.
    """
    rows = checked.usable
    stored = checked.table.select(_STORED)
    lon, lat = (checked.table[name].to_numpy()[rows].astype(float) for name in ("Longitude", "Latitude"))
    east, north, ward = locate(lon, lat)
    unit = checked.force * _MONTHS + checked.month
    keys = np.unique(unit[checked.published])
    which = np.searchsorted(keys, unit[rows])
    order = np.argsort(which, kind="stable")
    parts = np.split(order, np.searchsorted(which[order], np.arange(1, len(keys))))
    known = (checked.category >= 0) & (checked.month >= 0) & (checked.force >= 0)
    by_type = _by_type(keys, unit[known], checked.category[known])
    nowhere = np.setdiff1d(checked.published, rows, assume_unique=True)
    unlocated = _by_type(keys, unit[nowhere], checked.category[nowhere])
    counts = count_rows(checked, keys, unit)
    for key, part, typed, lost, counted in zip(keys.tolist(), parts, by_type, unlocated, counts, strict=True):
        kept = part[ward[part] != OUTSIDE]
        force, month = checked.forces[key // _MONTHS], pd.Period(ordinal=key % _MONTHS, freq="M")
        table = _table(stored.take(rows[kept]), force, month, east[kept], north[kept], ward[kept], area)
        inside = int((ward[kept] >= 0).sum())
        yield UnitTable(force, str(month), inside, len(part) - len(kept), typed, lost, table, counted)


def _by_type(keys: NDArray[np.int64], unit: NDArray[np.int64], category: NDArray[np.int64]) -> list[dict[str, int]]:
    """Count rows by crime type, for each of the units; types without rows are left out."""
    there = np.isin(unit, keys)
    which = np.searchsorted(keys, unit[there]) * len(EVERY) + category[there]
    counts = np.bincount(which, minlength=len(keys) * len(EVERY)).reshape(len(keys), len(EVERY))
    return [{EVERY[k]: int(row[k]) for k in np.flatnonzero(row)} for row in counts]


def _table(
    rows: pa.Table,
    force: str,
    month: pd.Period,
    east: NDArray[np.float64],
    north: NDArray[np.float64],
    ward: NDArray[np.int16],
    area: Area,
) -> pa.Table:
    blank = pc.equal(rows["Crime ID"], "").to_numpy().astype(bool)
    numbered = pa.array(np.cumsum(blank)).cast(pa.string())
    prefix = pa.scalar(f"{POLICE_UK}:{force}:{month}")
    ids = pc.if_else(pa.array(blank), pc.binary_join_element_wise(prefix, numbered, ":"), rows["Crime ID"])
    wards = pa.DictionaryArray.from_arrays(
        pa.array(np.maximum(ward, 0).astype(np.int32), mask=ward < 0), pa.array(list(area.wards.codes), pa.string())
    )
    return pa.table(
        {
            "incident_id": ids,
            "month": month_dates(month.ordinal, rows.num_rows),
            "category": _words(rows["Crime type"]),
            "easting_m": pa.array(east),
            "northing_m": pa.array(north),
            "location": _words(rows["Location"]),
            "lsoa_code": _words(rows["LSOA code"]),
            "ward_code": wards,
            "outcome": _words(rows["Last outcome category"]),
        }
    )


def _words(column: pa.ChunkedArray) -> pa.Array:
    """Text as a dictionary of only the words that occur; blank text becomes null."""
    text = column.combine_chunks().cast(pa.string())
    return pc.if_else(pc.equal(text, ""), pa.scalar(None, pa.string()), text).dictionary_encode()
