"""Zones from anywhere: shapes that cannot be kept, files that mean harm or are of elsewhere, and what never leaves."""

from __future__ import annotations

import io
import json
import random
import re
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from data.place.area import Area
from data.zone.exported import zones_geojson
from data.zone.imported import MOST_FEATURES, Found, read_zones
from data.zone.limits import Limit, limit_note, limits_of
from data.zone.times import length_words, moment_of, words
from data.zone.zone import CLOSURE, DISPERSAL, FILE, MOST_POINTS, OTHER, WARDS, Zone, kept_shape
from geo.crs import geometry_to_wgs84
from geo.errors import InputError
from tests.properties import examples
from tests.zone.made_zones import EAST, NORTH, made_zone

CLOCK = ZoneInfo("Europe/London")


def blobs(rng: random.Random) -> Any:
    """A shape of discs, some cut out: with holes, parts, slivers and narrow necks."""
    size = rng.choice([2.0, 50.0, 1000.0])

    def disc() -> Any:
        at = shapely.Point(EAST + rng.uniform(0, size), NORTH + rng.uniform(0, size))
        return at.buffer(rng.uniform(0.05, size / 2), quad_segs=rng.randint(1, 8))

    shape = shapely.union_all([disc() for _ in range(rng.randint(1, 5))])
    return shape.difference(disc()) if rng.random() < 0.6 else shape


@given(st.randoms(use_true_random=True))
@examples(150)
def test_what_is_kept_is_valid_and_written_the_same_again(rng: random.Random) -> None:
    shape = blobs(rng)
    try:
        wkt = kept_shape(shape)
    except InputError:
        assert shape.is_empty or shape.area < 5
        return
    again = shapely.from_wkt(wkt)
    assert again.is_valid
    assert kept_shape(again) == wkt
    assert kept_shape(shapely.reverse(again)) == wkt
    assert abs(again.area - shape.area) <= 0.1 * shape.length + 1


@given(st.randoms(use_true_random=True))
@examples(25)
def test_any_shape_that_leaves_comes_back_the_same(area: Area, rng: random.Random) -> None:
    try:
        zone = replace(made_zone(kind=OTHER), wkt=kept_shape(blobs(rng)))
    except InputError:
        return
    raw = zones_geojson([zone], CLOCK)
    if zone.restricted:
        with pytest.raises(InputError, match="no zone in the file"):
            read_zones(raw, "zones.geojson", area, CLOCK)
        return
    found = read_zones(raw, "zones.geojson", area, CLOCK)
    (one,) = found.proposals
    assert one.wkt == zone.wkt or one.told == ("Its outline touched itself, and was mended.",)


@pytest.mark.parametrize(
    ("shape", "said"),
    [
        (None, "a zone is a polygon"),
        (shapely.Point(EAST, NORTH), "a zone is a polygon"),
        (shapely.Polygon(), "a zone is a polygon"),
        (shapely.GeometryCollection([shapely.box(EAST, NORTH, EAST + 9, NORTH + 9)]), "a zone is a polygon"),
        (shapely.box(EAST, NORTH, EAST + 0.03, NORTH + 0.03), "no area"),
        (shapely.Polygon([(EAST, NORTH), (EAST + 99, NORTH + 0.04), (EAST + 198, NORTH)]), "no area"),
        (shapely.Polygon([(0, 0), (9, 9), (9, 0), (0, 9)]), "crosses itself"),
        (shapely.box(1e300, 1e300, 1.1e300, 1.1e300), "outside Great Britain"),
        (shapely.box(-1e17, -1e17, 1e17, 1e17), "outside Great Britain"),
        (shapely.box(-2.8, 53.3, -2.7, 53.4e6), "outside Great Britain"),
        (shapely.Point(EAST, NORTH).buffer(900, quad_segs=2000), "too many corners"),
        (shapely.Point(EAST, NORTH).buffer(900, quad_segs=40_000), "too many corners"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_a_shape_that_cannot_be_kept_is_told(shape: Any, said: str) -> None:
    with pytest.raises(InputError, match=said):
        kept_shape(shape)


@pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning")
@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_a_corner_that_is_no_number_is_told(bad: float) -> None:
    with pytest.raises(InputError, match="no number"):
        kept_shape(shapely.Polygon([(0, 0), (bad, 1), (1, 1)]))


def squares(*sizes: float) -> str:
    parts = [shapely.box(EAST + n * 500, NORTH, EAST + n * 500 + size, NORTH + size) for n, size in enumerate(sizes)]
    return kept_shape(shapely.union_all(parts))


@pytest.mark.parametrize(
    ("sizes", "restricted"), [((36,), False), ((35,), True), ((10, 10), True), ((300, 10), True), ((300, 36), False)]
)
def test_two_houses_far_apart_are_two_houses(sizes: tuple[float, ...], *, restricted: bool) -> None:
    zone = replace(made_zone(), wkt=squares(*sizes))
    assert zone.restricted is restricted
    assert replace(zone, kind=CLOSURE).restricted
    if len(sizes) > 1:
        assert not replace(zone, origin=WARDS).restricted


@given(st.lists(st.tuples(st.sampled_from([CLOSURE, DISPERSAL]), st.sampled_from([20, 80, 300])), max_size=5))
@examples(30)
def test_no_name_and_no_corner_of_a_restricted_zone_leaves(of: list[tuple[str, float]]) -> None:
    every = []
    for n, (kind, size) in enumerate(of):
        at = EAST + 1000 * n
        shape = shapely.box(at, NORTH, at + size, NORTH + size)
        zone = made_zone(f"name-{n}-", kind)
        every.append(replace(zone, role=f"role-{n}-", notes=f"notes-{n}-", wkt=kept_shape(shape)))
    raw = zones_geojson(every, CLOCK, ("Source: the council",)).decode()
    assert "Source: the council" in raw
    assert "notes-" not in raw
    hidden = [zone for zone in every if zone.restricted]
    assert bool(hidden) == ("not exported" in raw)
    assert not hidden or f'"{len(hidden)} zone' in raw
    for zone in hidden:
        assert zone.name not in raw
        assert zone.role not in raw
        for east, _ in shapely.get_coordinates(geometry_to_wgs84(zone.shape)):
            assert f"{east:.4f}"[:-1] not in raw or any(
                abs(east - lon) < 0.001 for other in every if not other.restricted
                for lon, _ in shapely.get_coordinates(geometry_to_wgs84(other.shape))
            )  # fmt: skip


def test_what_leaves_is_marked_and_lies_as_the_standard_has_it() -> None:
    hole = shapely.Point(EAST, NORTH).buffer(300).difference(shapely.Point(EAST, NORTH).buffer(100))
    zone = replace(made_zone(), wkt=kept_shape(hole), simulated=True, starts=datetime(2024, 7, 1, 16, tzinfo=UTC))
    (feature,) = json.loads(zones_geojson([zone], CLOCK))["features"]
    assert feature["properties"]["starts"] == "2024-07-01T17:00+01:00"
    assert feature["properties"]["ends"] == "2024-11-01T17:00+00:00"
    assert feature["properties"]["simulated"].startswith("Simulated")
    outer, inner = feature["geometry"]["coordinates"]
    assert shapely.LinearRing(outer).is_ccw
    assert not shapely.LinearRing(inner).is_ccw


# --- files ------------------------------------------------------------------------------------------------------------
GOOD = json.loads(zones_geojson([made_zone()], CLOCK))["features"][0]["geometry"]


def feature(shape: Any = GOOD, **values: object) -> dict[str, Any]:
    return {"type": "Feature", "properties": values, "geometry": shape}


def read(area: Area, *features: Any, name: str = "council.geojson") -> Found:
    return read_zones(json.dumps({"type": "FeatureCollection", "features": features}).encode(), name, area, CLOCK)


@pytest.mark.parametrize(
    ("text", "moment", "told"),
    [
        ("2024-10-30T17:00", datetime(2024, 10, 30, 17), ""),
        ("2024-07-01T17:00", datetime(2024, 7, 1, 16), ""),
        ("2024-07-01T17:00+01:00", datetime(2024, 7, 1, 16), ""),
        ("2024-07-01T17:00Z", datetime(2024, 7, 1, 17), "is 18:00 BST on 1 July 2024 here"),
        ("01/07/2024 17:00", datetime(2024, 7, 1, 16), ""),
        ("1/7/2024, 17:00:00", datetime(2024, 7, 1, 16), ""),
        ("2024-10-30", datetime(2024, 10, 30), "no time: 00:00 is taken"),
        ("30/10/2024", datetime(2024, 10, 30), "no time: 00:00 is taken"),
        ("2024-10-30T17:00:59", datetime(2024, 10, 30, 17), "to the minute"),
        ("2024-10-27T01:30", datetime(2024, 10, 27, 0, 30), "twice that night"),
    ],
)
def test_times_of_a_file(area: Area, text: str, moment: datetime, told: str) -> None:
    (one,) = read(area, feature(starts=text)).proposals
    assert one.starts == moment.replace(tzinfo=UTC)
    assert told in " ".join(one.told)
    assert bool(one.told) == bool(told)


@pytest.mark.parametrize(
    "text",
    ["0001-01-01T00:00+14:00", "9999-12-31T23:59-14:00", "1066-10-14", "31/02/2024", "10/30/2024", "soon", 1730307600],
)
def test_a_time_that_is_none_is_refused_with_the_column_of_the_file(area: Area, text: object) -> None:
    found = read(area, feature(**{"Valid From": text}), feature(name="Good"))
    assert [one.name for one in found.proposals] == ["Good"]
    assert [(one.row, one.column, one.value) for one in found.refused] == [(1, "Valid From", str(text))]


def test_a_feature_of_elsewhere_is_no_fault_of_the_others(area: Area) -> None:
    metres = json.loads(shapely.to_geojson(made_zone().shape))
    rome = {"type": "Polygon", "coordinates": [[[12.4, 41.8], [12.5, 41.8], [12.5, 41.9], [12.4, 41.8]]]}
    found = read(area, feature(rome), feature(name="Good"), feature(metres))
    assert [(one.row, one.name) for one in found.proposals] == [(2, "Good")]
    assert [one.row for one in found.refused] == [1, 3]
    assert "outside the United Kingdom" in found.refused[0].message
    assert "metres" in found.refused[1].message
    with pytest.raises(InputError, match="outside the United Kingdom"):
        read(area, feature(rome), feature(rome))


def test_a_zone_that_lies_beside_the_area_is_refused_for_no_page_would_show_it(area: Area) -> None:
    west, south, *_ = area.wards.outline.bounds
    beside = shapely.box(west - 500, south, west - 300, south + 200)  # within the buffer, and in no ward
    touching = shapely.box(*area.wards.outline.representative_point().buffer(100).bounds)
    shapes = [json.loads(shapely.to_geojson(geometry_to_wgs84(one))) for one in (beside, touching)]
    found = read(area, feature(shapes[0]), feature(shapes[1], name="Here"))
    assert [one.name for one in found.proposals] == ["Here"]
    assert "lies outside Knowsley" in found.refused[0].message


def test_an_outline_that_touches_itself_is_mended_and_one_that_crosses_is_not(area: Area) -> None:
    def ring(*corners: tuple[float, float]) -> dict[str, Any]:
        return {
            "type": "Polygon",
            "coordinates": [[(-2.8 + x / 100, 53.4 + y / 100) for x, y in (*corners, corners[0])]],
        }

    touching = ring((0, 0), (1, 0), (1, 1), (0.5, 0), (0, 1))
    crossing = ring((0, 0), (1, 0), (1, 1), (0.5, -0.3), (0, 1))
    found = read(area, feature(touching), feature(crossing))
    assert [one.told for one in found.proposals] == [("Its outline touched itself, and was mended.",)]
    assert [(one.row, "crosses itself" in one.message) for one in found.refused] == [(2, True)]


def test_hostile_texts_are_values_and_no_more(area: Area) -> None:
    hostile = "<script>\u202e\x00\x1b[31m=cmd()" + "a" * 300
    deep: Any = "x"
    for _ in range(200):
        deep = [deep]
    found = read(
        area, feature(name=hostile, kind="closed premises", role={"a": [1]}), feature(name=deep, kind=["fence"]),
        name="../../etc/\u202e<b>.geojson",
    )  # fmt: skip
    one, two = found.proposals
    assert one.name.startswith("<script> [31m=cmd()aaa")
    assert one.kind == CLOSURE
    assert "cut to 120" in one.told[0]
    assert two.kind == ""
    assert found.file == "<b>.geojson"
    Zone(one.name, one.kind, one.role, made_zone().starts, None, one.wkt, FILE)


def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("zones.geojson", json.dumps({"type": "FeatureCollection", "features": [feature()]}))
    return out.getvalue()


@pytest.mark.parametrize("raw", [zipped(), b"<kml><Placemark/></kml>", b"", b"[1]", b"\x00\x00\x27\x0a"], ids=len)
def test_another_kind_of_file_is_refused_whatever_its_name(area: Area, raw: bytes) -> None:
    for name in ("zones.geojson", "zones.gpkg"):
        with pytest.raises(InputError, match="no GeoJSON and no GeoPackage"):
            read_zones(raw, name, area, CLOCK)


def test_too_many_features_are_refused_and_so_is_a_part_of_a_layer(area: Area) -> None:
    with pytest.raises(InputError, match=f"At most {MOST_FEATURES}"):
        read(area, *[feature()] * (MOST_FEATURES + 1))
    cut = {"type": "FeatureCollection", "features": [feature()], "numberMatched": 20}
    with pytest.raises(InputError, match="cut short"):
        read_zones(json.dumps(cut).encode(), "x.json", area, CLOCK)
    assert MOST_POINTS * 16 < 400_000  # the outline of one fits into what is kept of a record


def test_times_of_a_geopackage_keep_their_offset(area: Area, tmp_path: Path) -> None:
    summer = pd.to_datetime(["2024-07-01 17:00"])
    for name, column in (
        ("local", summer.tz_localize("Europe/London")),
        ("utc", summer.tz_localize("Europe/London").tz_convert("UTC")),
        ("naive", summer),
        ("text", ["2024-07-01 17:00"]),
    ):
        path = tmp_path / f"{name}.gpkg"
        table = {"name": ["n"], "starts": column, "geometry": [made_zone().shape]}
        gpd.GeoDataFrame(table, crs="EPSG:27700").to_file(path, layer="zones")
        (one,) = read_zones(path.read_bytes(), path.name, area, CLOCK).proposals
        assert one.starts == datetime(2024, 7, 1, 16, tzinfo=UTC), name
    gpd.GeoDataFrame(table, crs="EPSG:27700").to_file(path, layer="more")
    with pytest.raises(InputError, match="several layers"):
        read_zones(path.read_bytes(), path.name, area, CLOCK)


def test_a_simulated_zone_that_comes_back_says_so(area: Area) -> None:
    simulated = replace(made_zone(), simulated=True)
    (one,) = read_zones(zones_geojson([simulated], CLOCK), "x.geojson", area, CLOCK).proposals
    assert one.told == ("The file says that it is simulated.",)


# --- times and limits -------------------------------------------------------------------------------------------------
@given(st.dates(date(1990, 1, 1), date(2099, 12, 31)), st.times())
@examples(100)
def test_a_time_on_the_clock_is_the_same_when_it_is_told(day: date, at: time) -> None:
    try:
        moment, note = moment_of(day, at, CLOCK)
    except InputError:
        assert day.month in {3, 4}
        assert at.hour == 1
        return
    assert words(moment, None, CLOCK).startswith(f"from {at:%H:%M}")
    assert f"on {day.day} {day:%B %Y}, with no end set" in words(moment, None, CLOCK)
    assert bool(note) == bool(re.search("BST|GMT", words(moment, None, CLOCK)))


@pytest.mark.parametrize(
    ("starts", "ends", "said"),
    [
        (datetime(2024, 10, 30, 17), datetime(2024, 10, 30, 18, 1), "1 hour 1 minute"),
        (datetime(2024, 10, 26, 17), datetime(2024, 10, 27, 18), "25 hours"),
        (datetime(2024, 10, 30, 17), datetime(2024, 11, 4, 16), "4 days 23 hours"),
        (datetime(2024, 10, 1, 16), datetime(2024, 11, 1, 17), "1 month"),
        (datetime(2024, 10, 1, 16), datetime(2027, 10, 1, 16), "3 years"),
        (datetime(2024, 10, 1, 16), datetime(2027, 10, 2, 16), "1,096 days"),
    ],
)
def test_how_long_it_lasts(starts: datetime, ends: datetime, said: str) -> None:
    assert length_words(starts.replace(tzinfo=UTC), ends.replace(tzinfo=UTC), CLOCK) == said


@pytest.mark.parametrize(
    ("limit", "starts", "until"),
    [
        ((3, "months"), datetime(2024, 11, 30), datetime(2025, 2, 28)),
        ((1, "years"), datetime(2024, 2, 29), datetime(2025, 2, 28)),
        ((2, "days"), datetime(2024, 10, 26, 16), datetime(2024, 10, 28, 17)),  # on the clock the same
        ((48, "hours"), datetime(2024, 10, 26, 16), datetime(2024, 10, 28, 16)),
    ],
)
def test_the_last_moment_that_the_law_lets(limit: tuple[int, str], starts: datetime, until: datetime) -> None:
    one = Limit(DISPERSAL, "order", *limit, "Act")
    assert one.until(starts.replace(tzinfo=UTC), CLOCK) == until.replace(tzinfo=UTC)


def test_a_limit_says_of_which_year_the_law_is(area: Area) -> None:
    for limits in (limits_of({}), limits_of(area.raw)):
        assert len(limits) == 5
        assert all("as it stood in 2025" in one.source for one in limits)


def test_a_limit_beyond_all_calendars_is_none() -> None:
    one = Limit(DISPERSAL, "order", 10_000, "years", "Act")
    zone = replace(made_zone(), ends=made_zone().starts + timedelta(days=60_000))
    assert limit_note(zone, (one,), CLOCK) == ""
    assert "No end is set: an order lasts at most 10,000 years" in limit_note(replace(zone, ends=None), (one,), CLOCK)


@pytest.mark.parametrize("amount", [0, -1, 1.5, True, "48", 10**9, None])
def test_an_amount_that_is_none_is_told(amount: object) -> None:
    with pytest.raises(InputError, match="whole number"):
        limits_of({"zone_limits": [{"kind": "other", "hours": amount, "source": "x"}]})


@pytest.mark.parametrize("text", ["x\x1b[31m", "x\u202e", "x" * 201, 5, ["x"]])
def test_a_text_of_a_limit_is_a_line(text: object) -> None:
    with pytest.raises(InputError, match=r"source (is a|says)"):
        limits_of({"zone_limits": [{"kind": "other", "hours": 4, "source": text}]})


@pytest.mark.parametrize("raw", ["all", 5, {"kind": "other"}, [5], True])
def test_limits_that_are_no_tables_are_told(raw: object) -> None:
    with pytest.raises(InputError, match=r"\[\[zone_limits\]\]"):
        limits_of({"zone_limits": raw})
