from __future__ import annotations

import warnings

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj.transformer import TransformerGroup

from geo.crs import geometry_to_bng, geometry_to_wgs84, to_bng, to_wgs84
from geo.errors import InputError
from geo.grid import grid_reference

# Latitude, longitude (ETRS89), easting, northing (OSTN15): Ordnance Survey's test points for the transformation.
OS_POINTS = [
    (49.92226393730, -6.29977752014, 91492.146, 11318.804),
    (49.96006137820, -5.20304609998, 170370.718, 11572.405),
    (50.43885825610, -4.10864563561, 250359.811, 62016.569),
    (51.48936564550, -0.11992557180, 530624.974, 178388.464),
    (57.48625000720, -4.21926398550, 267056.768, 846176.972),
]


@pytest.mark.parametrize(("latitude", "longitude", "easting", "northing"), OS_POINTS)
def test_within_five_metres_of_the_ordnance_survey(
    latitude: float, longitude: float, easting: float, northing: float
) -> None:
    east, north = to_bng(longitude, latitude)
    assert np.hypot(east - easting, north - northing) < 5


def test_the_pipeline_is_epsg_1314() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that the OSTN15 grid is not installed
        group = TransformerGroup(4326, 27700, always_xy=True)
    (helmert,) = [t for t in group.transformers if "OSGB36 to WGS 84 (6)" in t.description]
    lon, lat = np.array([-2.85, -2.65, -5.2, 1.7]), np.array([53.45, 53.3, 50.0, 52.6])
    np.testing.assert_allclose(
        np.column_stack(to_bng(lon, lat)), np.column_stack(helmert.transform(lon, lat)), atol=1e-6
    )


@given(st.floats(-6.2, 1.7), st.floats(49.9, 58.6))
def test_there_and_back(longitude: float, latitude: float) -> None:
    back = to_wgs84(*to_bng(longitude, latitude))
    assert back[0] == pytest.approx(longitude, abs=1e-7)  # a centimetre
    assert back[1] == pytest.approx(latitude, abs=1e-7)


def test_what_is_no_coordinate_gives_no_coordinate() -> None:
    east, north = to_bng([np.nan, -2.8, np.inf], [53.4, np.nan, 53.4])
    assert not np.isfinite(np.column_stack([east, north])).all(axis=1).any()
    assert [len(a) for a in to_bng([], [])] == [0, 0]


def test_metres_are_metres() -> None:
    # one minute of latitude is a nautical mile, 1,855 m at this latitude; grid scale is within 0.04 %
    (_, south), (_, north) = to_bng(-2.85, 53.45), to_bng(-2.85, 53.45 + 1 / 60)
    assert float(north - south) == pytest.approx(1855.2, rel=1e-3)


def test_geometry_keeps_its_form() -> None:
    square = shapely.box(-2.9, 53.4, -2.8, 53.5)
    there = geometry_to_bng(square)
    assert there.area == pytest.approx(6640 * 11130, rel=0.01)
    assert shapely.equals_exact(geometry_to_wgs84(there), square, tolerance=1e-7)


def test_grid_references() -> None:
    # the corners of lettered squares, and a published example: the Ordnance Survey's head office is at SU 387 148
    east, north = [0, 341_400, 438_700, 699_999], [0, 390_600, 114_800, 1_299_999]
    assert grid_reference(east, north) == ["SV000000", "SJ414906", "SU387148", "JM999999"]
    with pytest.raises(InputError, match="not on the National Grid"):
        grid_reference([-1], [0])
