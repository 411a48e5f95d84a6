"""The lattice of the map: wards and references of its cells, what is counted in them, and streets to name them by."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from analysis.where.hotspots import CellMonths, cell_counts_by_month
from analysis.where.places import is_generic, street_name
from data.kinds.changes import same_meaning
from geo.assign import assign_wards
from geo.grid import Grid, grid_reference
from pages.ui.shell.cache import Dataset, cached


def grid(data: Dataset) -> Grid:
    """Lattice of the area."""
    return data.area.grid()


def cell_wards(data: Dataset) -> NDArray[np.object_]:
    """Ward code of the centre of every cell; of the nearest ward where the centre lies just outside."""
    cells = cached(grid, data)
    east, north = cells.centres(cells.cells)
    wards = data.area.wards
    found = assign_wards(east, north, wards, 0)
    outside = np.flatnonzero(found < 0)
    nearest = shapely.STRtree(wards.polygons).nearest(shapely.points(east[outside], north[outside]))
    found[outside] = nearest
    return np.asarray(wards.codes, dtype=object)[found]


def counted(data: Dataset, category: str, last: pd.Period | None = None) -> CellMonths:
    """Incidents of a crime type by month and cell, all months, or all up to a last one."""
    known = data.incidents if last is None else data.incidents.up_to(last)
    return cell_counts_by_month(known.of(category), cached(grid, data))


def known_cells(data: Dataset, category: str, as_at: pd.Period) -> CellMonths:
    """Incidents of a crime type by month and cell, up to the as-at month: nothing later is in it."""
    months = data.incidents.months
    latest = same_meaning(category, str(months[-1])) if len(months) else None
    as_now = latest is not None and latest[0] <= str(as_at)  # else the type was counted otherwise at the as-at month
    every = cached(counted, data, category) if as_now else cached(counted, data, category, as_at)
    n = every.trained_on(as_at)
    return replace(every, months=every.months[:n], counts=every.counts[:n])


def streets(data: Dataset) -> tuple[tuple[str, float, float], ...]:
    """Every real street once, busiest first: name, and the snap point nearest the middle of its snap points."""
    frame = data.incidents.in_area().frame
    points = frame.groupby(["location", "easting_m", "northing_m"], observed=True).size().reset_index(name="n")
    names = {text: street_name(text) for text in points["location"].unique()}
    points["street"] = points["location"].astype("object").map(names)
    points = points[(points["street"] != "") & ~points["street"].map(is_generic)]
    if points.empty:
        return ()
    names_there, of = np.unique(points["street"].to_numpy(dtype=object), return_inverse=True)
    order = np.argsort(of, kind="stable")
    ends = np.searchsorted(of[order], np.arange(1, len(names_there)))
    east, north, counts = (points[name].to_numpy()[order] for name in ("easting_m", "northing_m", "n"))
    rows = []
    parts = (np.split(values, ends) for values in (east, north, counts))
    for name, e, n, count in zip(names_there, *parts, strict=True):
        nearest = int(np.argmin((e - e.mean()) ** 2 + (n - n.mean()) ** 2))
        rows.append((int(count.sum()), str(name), float(e[nearest]), float(n[nearest])))
    rows.sort(key=lambda row: (-row[0], row[1]))
    return tuple((name, e, n) for _, name, e, n in rows)


def cell_references(cells: Grid) -> dict[str, int]:
    """Position in ``grid.cells`` by the six-figure reference of the south-west corner."""
    east, north = cells.corners(cells.cells)
    return {reference: i for i, reference in enumerate(grid_reference(east, north))}
