"""Points in one text: every usual form comes back, and nothing else is taken for one."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Transformer

from geo.crs import to_bng
from geo.grid import grid_reference
from geo.points import (
    GEOJSON,
    GEOJSON_METRES,
    LATLON,
    LONLAT,
    METRES,
    REFERENCE,
    WKT_DEGREES,
    WKT_METRES,
    read_degrees,
    read_point,
)
from geo.reference import square_of

DEGREES = (
    ("53.40, -2.83", LATLON), ("-2.83 53.40", LONLAT), ("(53.4,-2.83)", LATLON), ("[ -2.83; 53.4 ]", LONLAT),
    ("N53.40 W2.83", LATLON), ("53.40N, 2.83W", LATLON), ("W 2.83 N 53.40", LONLAT), ("53.4 n 2.83 w", LATLON),
    ("53°24'0\"N 2°49'48\"W", LATLON), ("53° 24′ 00″ N, 2° 49′ 48″ W", LATLON), ("53º24’ -2º49.8’", LATLON),
    ("53 24 00 N 2 49 48 W", LATLON), ("53:24:00N 2:49:48W", LATLON), ("53°24'0''N 2°49'48''W", LATLON),
    ("53.40°N 2.83°W", LATLON), ("53.40 | −2.83", LATLON), ("53.40/-2.83", LATLON),
    ("POINT (-2.83 53.40)", WKT_DEGREES), ("point(-2.83 53.4)", WKT_DEGREES),
    ("POINT Z (-2.83 53.4 12.5)", WKT_DEGREES),
    ("SRID=4326;POINT(-2.83 53.4)", WKT_DEGREES), ("srid=4326; pointz(-2.83 53.4 0)", WKT_DEGREES),
    ('{"type": "Point", "coordinates": [-2.83, 53.4]}', GEOJSON),
    ('{"coordinates":[-2.83,53.4,0],"type":"Point"}', GEOJSON),
)  # fmt: skip
IN_METRES = (
    ("341474 394250", METRES), ("341474,394250", METRES), ("(341474.0; 394250)", METRES),
    ("E341474 N394250", METRES), ("POINT (341474 394250)", WKT_METRES),
    ("SRID=27700;POINT Z(341474 394250 1)", WKT_METRES),
    ('{"type":"Point","coordinates":[341474,394250]}', GEOJSON_METRES), ("SJ 41474 94250", REFERENCE),
    ("sj4147494250", REFERENCE),
)  # fmt: skip


@pytest.mark.parametrize(("text", "form"), DEGREES)
def test_degrees_in_every_form(text: str, form: str) -> None:
    found = read_point(text)
    assert found is not None
    assert found.form == form
    assert (found.x, found.y) == pytest.approx((-2.83, 53.4), abs=1e-9)


@pytest.mark.parametrize(("text", "form"), IN_METRES)
def test_metres_in_every_form(text: str, form: str) -> None:
    found = read_point(text)
    assert found is not None
    half = 0.5 if form == REFERENCE else 0.0
    assert (found.form, found.x, found.y) == (form, 341_474 + half, 394_250 + half)


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "53.4", "12 Hall Lane", "1.2.3 4", "53.40-2.83", "53.4, -2.83, 12", "53.4 -2.83 12 Hall Lane", "SJ",
        "-2.83W 53N", "53N 2N", "53°70'N 2°W", "SRID=3857;POINT(1 2)", "POINT(1)", "LINESTRING(1 2, 3 4)", "L36 9YL",
        '{"type":"LineString","coordinates":[[1,2],[3,4]]}', '{"type":"Point","coordinates":["a","b"]}', "{",
        "SJ414 90",
        '{"type":"Point","coordinates":[1]}', "(53.4, -2.83", "POINT EMPTY", "x" * 501, "53,4 -2,83", "٥٣.٤, -٢.٨",
        '{"type":"Point","coordinates":[NaN, 1]}', "[" * 400, '{"type":' * 200, "53 24 0 2 49 48",
    ],
)  # fmt: skip
def test_anything_else_is_no_point(text: str) -> None:
    assert read_point(text) is None


@pytest.mark.parametrize(
    ("text", "step"),
    [("53.40, -2.83", 0.01), ("53.4000, -2.8300", 1e-4), ("53°24'0\"N 2°49'48\"W", 1 / 3600),
     ("53°24.5'N 2°49.8'W", 1 / 600)],
)  # fmt: skip
def test_the_smallest_difference_that_could_have_been_written(text: str, step: float) -> None:
    found = read_point(text)
    assert found is not None
    assert (found.step_x, found.step_y) == pytest.approx((step, step))


def test_two_numbers_that_do_not_tell_which_is_the_latitude_are_told_by_their_column() -> None:
    found = read_point("40.7, -74.25")
    assert found is not None
    assert found.form == ""
    told = found.told(LATLON)
    assert (told.x, told.y, told.step_x, told.step_y) == (-74.25, 40.7, 0.01, 0.1)
    assert (found.told(LONLAT).x, found.told(METRES).y) == (40.7, -74.25)


@given(
    st.floats(-7.5, 1.7), st.floats(50.0, 58.0), st.integers(0, 7),
    st.sampled_from(["{y:.{d}f}, {x:.{d}f}", "({x:.{d}f} {y:.{d}f})", "POINT({x:.{d}f} {y:.{d}f})", "json"]),
)  # fmt: skip
def test_what_is_written_in_decimals_comes_back_within_half_a_step(x: float, y: float, places: int, form: str) -> None:
    pattern = '{{"type":"Point","coordinates":[{x:.{d}f},{y:.{d}f}]}}' if form == "json" else form
    found = read_point(pattern.format(x=x, y=y, d=places))
    assert found is not None
    assert found.step_x == pytest.approx(10.0**-places)
    assert abs(found.x - x) <= found.step_x * 0.5001
    assert abs(found.y - y) <= found.step_y * 0.5001


def dms(value: float, letters: str, places: int) -> str:
    """Write degrees, minutes and seconds, carried over where seconds round up to 60."""
    seconds = round(abs(value) * 3600, places)
    return (
        f"{int(seconds // 3600)}°{int(seconds // 60 % 60)}'{seconds % 60:.{places}f}\"{letters[0 if value >= 0 else 1]}"
    )


@given(st.floats(-7.5, 1.7), st.floats(50.0, 58.0), st.integers(0, 3))
def test_what_is_written_in_seconds_comes_back(x: float, y: float, places: int) -> None:
    text = f"{dms(y, 'NS', places)} {dms(x, 'EW', places)}"
    found = read_point(text)
    assert found is not None
    assert math.hypot(found.x - x, found.y - y) <= found.step_x
    alone = read_degrees(dms(x, "EW", places))
    assert alone is not None
    assert alone == (found.x, found.step_x, "x")


@given(st.integers(0, 699_999), st.integers(0, 1_299_999), st.sampled_from([1, 10, 100, 1000]))
def test_a_reference_names_the_square_that_the_point_lies_in(east: int, north: int, side: int) -> None:
    (letters,) = (text[:2] for text in grid_reference(float(east), float(north)))
    figures = {1: 5, 10: 4, 100: 3, 1000: 2}[side]
    text = f"{letters}{east % 100_000 // side:0{figures}d}{north % 100_000 // side:0{figures}d}"
    for written in (text, text.lower(), f"{text[:2]} {text[2 : 2 + figures]} {text[2 + figures :]}"):
        x, y, found = square_of(written)
        assert found == side
        assert abs(x - east) <= side / 2 and abs(y - north) <= side / 2  # noqa: PT018
        assert x % side == side / 2


def test_the_worked_example_of_ordnance_survey() -> None:
    # Caister water tower, of OS's guide to coordinate systems and of the test data of OSTN15
    for text in ("52.658007833, 1.716073973", "52°39'28.8282\"N 1°42'57.8663\"E"):
        found = read_point(text)
        assert found is not None
        east, north = to_bng(found.x, found.y)
        assert np.hypot(east - 651_409.804, north - 313_177.450) < 5
    assert square_of("TG 51409 13177")[:2] == (651_409.5, 313_177.5)
    assert square_of("TG 514 131") == (651_450, 313_150, 100)


def test_the_same_point_by_another_way() -> None:
    other = Transformer.from_crs("EPSG:4326", "EPSG:27700", always_xy=True)
    for text in ("53.41234, -2.83456", "POINT (-2.7501 53.4721)", "53°24'0.5\"N 2°49'48.5\"W"):
        found = read_point(text)
        assert found is not None
        ours, theirs = to_bng(found.x, found.y), other.transform(found.x, found.y)
        assert np.hypot(ours[0] - theirs[0], ours[1] - theirs[1]) < 6
