from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from data.place.area import Area
from geo.assign import BUFFER, OUTSIDE, assign_wards
from geo.errors import InputError
from geo.grid import grid_reference, make_grid
from tests.made_incidents import square_grid
from tests.properties import examples

POINTS = arrays(np.float64, st.tuples(st.integers(0, 60), st.just(2)), elements=st.floats(-3000, 5000, width=32))
WEST, SOUTH = 340_000.0, 390_000.0


def test_the_project_s_own_lattice(area: Area) -> None:
    grid = area.grid()
    assert len(grid.cells) == 2165
    assert (grid.west_m % 200, grid.south_m % 200) == (0, 0)
    squares = grid.polygons(grid.cells)
    inside = shapely.area(shapely.intersection(squares, area.wards.outline)) / 200**2
    assert inside.min() >= 0.5
    others = np.setdiff1d(np.arange(grid.size), grid.cells)
    assert (shapely.area(shapely.intersection(grid.polygons(others), area.wards.outline)) / 200**2).max() < 0.5
    # the lattice covers the buffer
    west, south, east, north = area.wards.outline.buffer(area.buffer_m).bounds
    assert (grid.locate([west, east - 1e-6], [south, north - 1e-6]) >= 0).all()


@given(POINTS, st.sampled_from([150.0, 200.0, 300.0]))
def test_every_point_on_the_lattice_is_counted_once(points: np.ndarray, size: float) -> None:
    grid = square_grid(8, 2, size)
    east, north = WEST + points[:, 0], SOUTH + points[:, 1]
    index = grid.locate(east, north)
    assert grid.count(east, north).sum() == (index >= 0).sum()
    weights = np.arange(len(points), dtype=float)
    assert grid.count(east, north, weights).sum() == weights[index >= 0].sum()
    corner_east, corner_north = grid.corners(index[index >= 0])
    assert (corner_east <= east[index >= 0]).all()
    assert (east[index >= 0] < corner_east + size).all()
    assert (corner_north <= north[index >= 0]).all()
    assert (north[index >= 0] < corner_north + size).all()
    off = index < 0
    right, top = grid.west_m + grid.columns * size, grid.south_m + grid.rows * size
    outside = (east < grid.west_m) | (east >= right) | (north < grid.south_m) | (north >= top)
    np.testing.assert_array_equal(off, outside)


@given(POINTS, st.integers(-50, 50), st.integers(-50, 50))
def test_moving_points_and_area_moves_the_counts(points: np.ndarray, across: int, up: int) -> None:
    grid = square_grid()
    box = shapely.box(WEST, SOUTH, WEST + 1600, SOUTH + 1600)
    dx, dy = 200.0 * across, 200.0 * up
    moved = make_grid(shapely.affinity.translate(box, dx, dy), 200, 400)
    np.testing.assert_array_equal(moved.cells, grid.cells)
    whole = np.round(points)  # moved by whole metres: no rounding at the edge of a cell
    np.testing.assert_array_equal(
        moved.count(WEST + whole[:, 0] + dx, SOUTH + whole[:, 1] + dy),
        grid.count(WEST + whole[:, 0], SOUTH + whole[:, 1]),
    )


@given(st.integers(0, 10**6), st.sampled_from([0.0, 50.0, 130.0]))
def test_cells_know_where_they_are(seed: int, offset: float) -> None:
    grid = make_grid(shapely.box(0, 0, 2000, 1000), 200, 400, (offset, 2 * offset))
    index = np.random.default_rng(seed).integers(0, grid.size, 20)
    east, north = grid.centres(index)
    np.testing.assert_array_equal(grid.locate(east, north), index)
    np.testing.assert_array_equal(grid.locate(*grid.corners(index)), index)
    assert (grid.west_m - offset) % 200 == 0


def test_half_inside_is_in_and_less_is_out() -> None:
    grid = make_grid(shapely.box(0, 0, 900, 499), 200, 0)
    east, north = grid.corners(grid.cells)
    assert sorted(set(east)) == [0, 200, 400, 600, 800]
    assert sorted(set(north)) == [0, 200]


def test_cells_finer_than_the_snap_points_are_refused() -> None:
    for size in (149.9, 0, -200, float("nan")):
        with pytest.raises(InputError, match="at least 150 m"):
            make_grid(shapely.box(0, 0, 1000, 1000), size)


def test_grid_references_of_known_places() -> None:
    # Ordnance Survey: Ben Nevis NN 166 712, Greenwich Observatory TQ 388 773, the false origin SV 000 000
    east = [216_600, 538_800, 0, 341_499, 429_157]
    north = [771_200, 177_300, 0, 390_600, 623_009]
    assert grid_reference(east, north) == ["NN166712", "TQ388773", "SV000000", "SJ414906", "NU291230"]
    assert grid_reference(341_400.0, 390_600.0) == ["SJ414906"]
    for bad in ((-1, 0), (700_000, 0), (0, 1_300_000)):
        with pytest.raises(InputError, match="National Grid"):
            grid_reference(*bad)


@examples(20)
@given(seed=st.integers(0, 10**6))
def test_wards_equal_a_spatial_join(area: Area, seed: int) -> None:
    west, south, east, north = area.wards.outline.bounds
    rng = np.random.default_rng(seed)
    x, y = rng.uniform(west - 2000, east + 2000, 300), rng.uniform(south - 2000, north + 2000, 300)
    found = assign_wards(x, y, area.wards, area.buffer_m)
    points = gpd.GeoDataFrame(geometry=gpd.points_from_xy(x, y), crs=27700)
    wards = gpd.GeoDataFrame({"ward": np.arange(len(area.wards.codes))}, geometry=list(area.wards.polygons), crs=27700)
    joined = gpd.sjoin(points, wards, predicate="within")["ward"].reindex(range(300))
    np.testing.assert_array_equal(np.where(found >= 0, found, -1), joined.fillna(-1).astype(int))
    away = shapely.distance(shapely.points(x, y), area.wards.outline)
    np.testing.assert_array_equal(found == BUFFER, (joined.isna() & (away <= area.buffer_m)).to_numpy())
    np.testing.assert_array_equal(found == OUTSIDE, away > area.buffer_m)


@given(st.permutations(range(40)))
def test_wards_do_not_depend_on_the_order_of_points(area: Area, order: list[int]) -> None:
    west, south, east, north = area.wards.outline.bounds
    rng = np.random.default_rng(4)
    x, y = rng.uniform(west, east, 40), rng.uniform(south, north, 40)
    found = assign_wards(x, y, area.wards, 1000)
    np.testing.assert_array_equal(assign_wards(x[order], y[order], area.wards, 1000), found[order])
    np.testing.assert_array_equal(assign_wards(np.tile(x, 3), np.tile(y, 3), area.wards, 1000), np.tile(found, 3))


def test_a_point_on_a_shared_line_belongs_to_the_first_code(area: Area) -> None:
    shared_line = shapely.intersection(area.wards.polygons[0], area.wards.polygons[3])
    x, y = shapely.get_coordinates(shared_line)[0]
    touching = np.flatnonzero(shapely.intersects(area.wards.polygons, shapely.Point(x, y)))
    assert len(touching) >= 2
    assert assign_wards([x], [y], area.wards, 0)[0] == touching[0]


def test_no_points_have_no_wards(area: Area) -> None:
    assert assign_wards([], [], area.wards, 1000).shape == (0,)


def test_another_area_has_its_own_lattice(shared: Path) -> None:
    wards = gpd.read_file(shared / "boundaries" / "lancashire_wards.gpkg").to_crs(27700)
    grid = make_grid(shapely.union_all(wards.geometry.values), 300)
    area_km2 = float(wards.geometry.area.sum()) / 1e6
    assert len(grid.cells) * 0.09 == pytest.approx(area_km2, rel=0.01)
