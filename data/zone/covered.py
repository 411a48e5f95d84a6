"""Which cells of the area a polygon covers."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely

from data.place.area import Area
from geo.errors import InputError
from geo.grid import Grid, grid_reference


def must_touch(shape: Any, area: Area) -> None:
    """Refuse an outline that lies outside the area: nothing shows or counts there, and what was kept would be lost.

    Parameters
    ----------
    shape : Geometry
        Polygon or polygons, EPSG:27700.
    area : Area

    Raises
    ------
    InputError
        It has no point in common with the area.
    """
    if shapely.intersects(shape, area.wards.outline):
        return
    east, north = shapely.get_coordinates(shape)[0]
    raise InputError(
        f"the zone lies outside {area.name}", value=f"easting {east:.0f}, northing {north:.0f}",
        hint="Check its corners, or the coordinate system of its file.",
    )  # fmt: skip


def covered(shape: Any, grid: Grid) -> tuple[str, ...]:
    """Name the cells that a polygon covers.

    Parameters
    ----------
    shape : Geometry
        Polygon or polygons, EPSG:27700.
    grid : Grid

    Returns
    -------
    tuple of str
        Six-figure references, sorted: of cells whose middle lies in it or on its edge, or, where none does, of those
        that it reaches into; empty outside the area.

    Notes
    -----
    When it misleads: a zone narrower than a cell is taken for the whole of the cells that it reaches into.
    """
    shapely.prepare(shape)
    east, north = grid.centres(grid.cells)
    at = np.flatnonzero(shapely.intersects(shape, shapely.points(east, north)))
    if len(at) == 0:
        at = np.flatnonzero(shapely.area(shapely.intersection(shape, grid.polygons(grid.cells))) > 0)
    return tuple(sorted(grid_reference(*grid.corners(grid.cells[at]))))
