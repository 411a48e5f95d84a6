"""Where published points lie."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from data.place.area import Area
from data.store.locate import DECIMALS, Locator
from geo.assign import BUFFER, OUTSIDE, assign_wards
from geo.crs import to_bng, to_wgs84


@pytest.fixture(scope="module")
def points(area: Area) -> tuple[np.ndarray, np.ndarray]:
    """Degrees of points all over the area and beyond, and of points that lie just within and beyond the buffer."""
    rng = np.random.default_rng(1)
    west, south, east, north = area.wards.outline.bounds
    over = rng.uniform((west - 3000, south - 3000), (east + 3000, north + 3000), (500, 2))
    rings = [area.wards.outline.buffer(area.buffer_m + by).exterior for by in (-5.0, 5.0)]
    edge = [shapely.get_coordinates(ring.interpolate(np.linspace(0, 1, 200), normalized=True)) for ring in rings]
    outer = area.wards.outline.buffer(area.buffer_m - 5.0, quad_segs=64)
    corners = shapely.get_coordinates(outer)
    far = corners[[corners[:, 0].argmin(), corners[:, 0].argmax(), corners[:, 1].argmin(), corners[:, 1].argmax()]]
    lon, lat = to_wgs84(*np.vstack([over, *edge, far]).T)
    return np.round(lon, 6), np.round(lat, 6)


def test_every_point_is_where_it_is_without_the_short_cut(area: Area, points: tuple[np.ndarray, np.ndarray]) -> None:
    east, north, ward = Locator(area)(*points)
    x, y = (np.round(values, DECIMALS) for values in to_bng(*points))
    expected = assign_wards(x, y, area.wards, area.buffer_m)
    assert ward.tolist() == expected.tolist()
    assert ward.dtype == np.int16
    assert {BUFFER, OUTSIDE, 0, len(area.wards.codes) - 1} <= set(ward.tolist())
    kept = ward != OUTSIDE
    assert east[kept].tolist() == x[kept].tolist()
    assert north[kept].tolist() == y[kept].tolist()
    assert (ward[-4:] == BUFFER).all(), "the ends of the buffer in each direction"


def test_the_same_point_is_looked_up_once(
    area: Area, points: tuple[np.ndarray, np.ndarray], monkeypatch: pytest.MonkeyPatch
) -> None:
    from data.store import locate

    asked: list[int] = []

    def counted(east: np.ndarray, *others: object) -> np.ndarray:
        asked.append(len(east))
        return assign_wards(east, *others)  # type: ignore[arg-type]

    monkeypatch.setattr(locate, "assign_wards", counted)
    lon, lat = points
    fresh = Locator(area)
    whole = fresh(lon, lat)
    near = sum(asked)
    again = fresh(np.tile(lon, 3)[::-1], np.tile(lat, 3)[::-1])
    assert asked == [near], "nothing is new"
    for one, other in zip(whole, again, strict=True):
        assert np.array_equal(np.tile(one, 3)[::-1], other, equal_nan=True)
    # in parts, which overlap: what was learnt stays in its place
    parts = Locator(area)
    for cut in (slice(0, 300), slice(100, 600), slice(500, None), slice(0, None)):
        for one, other in zip(whole, parts(lon[cut], lat[cut]), strict=True):
            assert np.array_equal(one[cut], other, equal_nan=True)
    assert sum(asked) == 2 * near
    assert near < len(lon), "far points are never looked up"


def test_far_points_have_no_place(area: Area) -> None:
    lon, lat = np.array([-0.1278, -2.85, 0.0, -2.85, 20.0]), np.array([51.5074, 0.0, 53.42, 80.0, 53.42])
    for east, north, ward in (Locator(area)(lon, lat), Locator(area)(lon[:0], lat[:0])):
        assert np.isnan(east).all()
        assert np.isnan(north).all()
        assert (ward == OUTSIDE).all()
        assert len(east) == len(north) == len(ward)
    assert len(Locator(area)(lon, lat)[2]) == 5


def test_places_are_the_same_number_on_every_machine(area: Area, points: tuple[np.ndarray, np.ndarray]) -> None:
    east, north, _ = Locator(area)(*points)
    for values in (east, north):
        there = values[np.isfinite(values)]
        assert (there == np.round(there, 6)).all()
