"""Squares of the National Grid: the lattice on which places are counted and compared."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from geo.coverage import coverage
from geo.errors import InputError

SMALLEST_CELL_M = 150  # snap points lie 71 m apart at the median: anything finer draws the points, not the crime
INSIDE_SHARE = 0.5
_CLOSE = 1e-6  # a share this near to it is measured by cutting the square out of the outline
_LETTERS = "ABCDEFGHJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True, eq=False)
class Grid:
    """A lattice of square cells over the area and its buffer.

    Attributes
    ----------
    cell_size_m : float
    west_m, south_m : float
        South-west corner of the lattice, EPSG:27700.
    rows, columns : int
        Flat index of a cell: ``row * columns + column``, row 0 in the south.
    cells : ndarray of int, shape (n,)
        Flat indices of the cells at least half inside the area, ascending: what is ranked and tested.
    """

    cell_size_m: float
    west_m: float
    south_m: float
    rows: int
    columns: int
    cells: NDArray[np.intp] = field(repr=False)

    @property
    def size(self) -> int:
        """Number of cells of the whole lattice, buffer included."""
        return self.rows * self.columns

    def locate(self, easting_m: ArrayLike, northing_m: ArrayLike) -> NDArray[np.intp]:
        """Flat index of the cell each point falls in, shape (n,); -1 off the lattice."""
        column = np.floor((np.asarray(easting_m, dtype=float) - self.west_m) / self.cell_size_m).astype(np.intp)
        row = np.floor((np.asarray(northing_m, dtype=float) - self.south_m) / self.cell_size_m).astype(np.intp)
        on = (column >= 0) & (column < self.columns) & (row >= 0) & (row < self.rows)
        return np.where(on, row * self.columns + column, -1)

    def count(
        self, easting_m: ArrayLike, northing_m: ArrayLike, weights: ArrayLike | None = None
    ) -> NDArray[np.float64]:
        """Incidents (or their weights) by cell of the whole lattice, shape (rows * columns,)."""
        index = self.locate(easting_m, northing_m)
        on = index >= 0
        w = None if weights is None else np.asarray(weights, dtype=float)[on]
        return np.bincount(index[on], weights=w, minlength=self.size).astype(float)

    def corners(self, index: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Easting and northing of the south-west corners, each of shape (n,)."""
        row, column = np.divmod(np.asarray(index, dtype=np.intp), self.columns)
        return self.west_m + column * self.cell_size_m, self.south_m + row * self.cell_size_m

    def centres(self, index: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Easting and northing of the centres, each of shape (n,)."""
        east, north = self.corners(index)
        return east + self.cell_size_m / 2, north + self.cell_size_m / 2

    def polygons(self, index: ArrayLike) -> Any:
        """Squares in EPSG:27700 as an array of shapely polygons, shape (n,)."""
        east, north = self.corners(index)
        return shapely.box(east, north, east + self.cell_size_m, north + self.cell_size_m)


def make_grid(
    area: Any, cell_size_m: float = 200, buffer_m: float = 1000, offset_m: tuple[float, float] = (0.0, 0.0)
) -> Grid:
    """Lay the lattice over an area.

    Parameters
    ----------
    area : shapely polygon or multipolygon
        EPSG:27700.
    cell_size_m : float
        At least 150 m. Cells are aligned to multiples of it.
    buffer_m : float
        How far beyond the area the lattice reaches.
    offset_m : (float, float)
        Moves the lattice's origin, to see whether a result hangs on it.

    Returns
    -------
    Grid

    Raises
    ------
    InputError
        ``cell_size_m`` below 150.
    """
    if not cell_size_m >= SMALLEST_CELL_M:
        raise InputError(
            f"cells must be at least {SMALLEST_CELL_M} m wide",
            column="cell_size_m",
            value=str(cell_size_m),
            hint="Published points lie about 70 m apart: smaller cells would show the points, not where crime happens.",
        )
    west, south, east, north = area.bounds
    dx, dy = offset_m
    first_column = int(np.floor((west - buffer_m - dx) / cell_size_m))
    first_row = int(np.floor((south - buffer_m - dy) / cell_size_m))
    columns = int(np.ceil((east + buffer_m - dx) / cell_size_m)) - first_column
    rows = int(np.ceil((north + buffer_m - dy) / cell_size_m)) - first_row
    lattice = Grid(
        cell_size_m=cell_size_m,
        west_m=first_column * cell_size_m + dx,
        south_m=first_row * cell_size_m + dy,
        rows=rows,
        columns=columns,
        cells=np.empty(0, dtype=np.intp),
    )
    share = coverage(area, lattice.west_m, lattice.south_m, cell_size_m, rows, columns)
    close = np.flatnonzero(np.abs(share - INSIDE_SHARE) < _CLOSE)  # cut out after all, row by row
    for row in np.unique(close // columns):
        own = close[close // columns == row]
        squares = lattice.polygons(own)
        strip = shapely.intersection(area, shapely.box(*shapely.total_bounds(squares)))
        share[own] = shapely.area(shapely.intersection(squares, strip)) / cell_size_m**2
    return Grid(
        cell_size_m=lattice.cell_size_m,
        west_m=lattice.west_m,
        south_m=lattice.south_m,
        rows=rows,
        columns=columns,
        cells=np.flatnonzero(share >= INSIDE_SHARE),
    )


def grid_reference(easting_m: ArrayLike, northing_m: ArrayLike) -> list[str]:
    """Six-figure National Grid references (100 m), such as ``SJ414906``.

    Parameters
    ----------
    easting_m, northing_m : array_like, shape (n,)
        Metres, EPSG:27700; a reference names the south-west corner of its 100 m square.

    Returns
    -------
    list of str, length n

    Raises
    ------
    InputError
        A point outside the National Grid.
    """
    east, north = np.atleast_1d(np.asarray(easting_m, dtype=float)), np.atleast_1d(np.asarray(northing_m, dtype=float))
    off = ~((east >= 0) & (east < 700_000) & (north >= 0) & (north < 1_300_000))
    if off.any():
        first = int(np.argmax(off))
        raise InputError("this point is not on the National Grid", value=f"{east[first]}, {north[first]}")
    (e100, e), (n100, n) = (divmod((metres // 100).astype(np.int64), 1000) for metres in (east, north))
    square = (19 - n100) - (19 - n100) % 5 + (e100 + 10) // 5, (19 - n100) * 5 % 25 + e100 % 5
    rows = zip(*(values.tolist() for values in (*square, e, n)), strict=True)
    return [f"{_LETTERS[one]}{_LETTERS[two]}{e:03d}{n:03d}" for one, two, e, n in rows]
