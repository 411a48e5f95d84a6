"""How much of a square lies inside an outline: from its edges, and by cutting the squares out of it."""

from __future__ import annotations

import numpy as np
import shapely
from hypothesis import given
from hypothesis import strategies as st

from data.place.area import Area
from geo.coverage import coverage
from geo.grid import INSIDE_SHARE, make_grid
from tests.properties import examples

SIZE, ROWS, COLUMNS = 200.0, 9, 12
WEST, SOUTH = 340_000.0, 390_000.0


def cut_out(outline: shapely.Geometry, west: float, south: float, size: float, rows: int, columns: int) -> np.ndarray:
    """The other route: every square cut out of the outline."""
    row, column = np.divmod(np.arange(rows * columns), columns)
    squares = shapely.box(
        west + column * size, south + row * size, west + (column + 1) * size, south + (row + 1) * size
    )
    return np.asarray(shapely.area(shapely.intersection(squares, outline)) / size**2)


@examples(40)
@given(seed=st.integers(0, 10**6), parts=st.integers(1, 4), reach=st.sampled_from([700.0, 1500.0]))
def test_edges_alone_tell_what_cutting_out_tells(seed: int, parts: int, reach: float) -> None:
    """Several parts, holes, corners on the lattice, and outlines that reach beyond it."""
    rng = np.random.default_rng(seed)
    middle = np.array([WEST + COLUMNS * SIZE / 2, SOUTH + ROWS * SIZE / 2])
    outline = shapely.union_all(
        [
            shapely.convex_hull(shapely.MultiPoint(np.round(middle + rng.uniform(-reach, reach, (6, 2)), -2 * (n % 2))))
            for n in range(parts)
        ]
    )
    x, y = middle
    outline = outline.difference(shapely.box(x - 150, y - 100, x + 250, y + 330))
    found = coverage(outline, WEST, SOUTH, SIZE, ROWS, COLUMNS)
    np.testing.assert_allclose(found, cut_out(outline, WEST, SOUTH, SIZE, ROWS, COLUMNS), atol=1e-9)


def test_the_project_s_own_outline(area: Area) -> None:
    for size, offset in ((200.0, (0.0, 0.0)), (150.0, (37.5, 112.5))):
        grid = area.grid(size, offset)
        where = (grid.west_m, grid.south_m, size, grid.rows, grid.columns)
        expected = cut_out(area.wards.outline, *where)
        np.testing.assert_allclose(coverage(area.wards.outline, *where), expected, atol=1e-9)
        np.testing.assert_array_equal(grid.cells, np.flatnonzero(expected >= INSIDE_SHARE))


def test_squares_that_are_half_inside_are_cut_out_after_all() -> None:
    """A lattice of squares of which an outline takes exactly half: rounding would decide."""
    west, south = 340_033.3, 390_071.7
    outline = shapely.box(west, south + 100, west + 1000, south + 500)
    grid = make_grid(outline, 200, 400, (west % 200, south % 200))
    east, north = grid.corners(grid.cells)
    assert len(grid.cells) == 15
    np.testing.assert_allclose(sorted({round(float(n), 1) for n in north}), [south, south + 200, south + 400])
    assert np.ptp(east) == 800
