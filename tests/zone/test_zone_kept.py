"""Zones: kept as they were made, read and written as GeoJSON, restricted ones never in it; times, limits, cells."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import geopandas as gpd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from data.place.area import Area
from data.zone.covered import covered
from data.zone.exported import zones_geojson
from data.zone.imported import read_zones
from data.zone.limits import NATIONAL, limit_note, limits_of
from data.zone.times import length_words, moment_of, second_of, words
from data.zone.zone import (
    CLOSURE,
    KINDS,
    PUBLIC_SPACES,
    Zone,
    kept_shape,
    zone_from_json,
)
from data.zone.zones import ZONES
from geo.errors import InputError
from geo.grid import grid_reference
from tests.properties import examples
from tests.zone.made_zones import EAST, NORTH, made_zone

CLOCK = ZoneInfo("Europe/London")
NOW = datetime(2024, 11, 1, 12, tzinfo=UTC)


@st.composite
def zones(draw: st.DrawFn) -> Zone:
    corner = st.floats(-2_000, 2_000, allow_nan=False)
    points = draw(st.lists(st.tuples(corner, corner), min_size=4, max_size=9))
    shape = shapely.MultiPoint([(EAST + x, NORTH + y) for x, y in points]).convex_hull.buffer(draw(st.floats(1, 80)))
    starts = draw(st.datetimes(datetime(2015, 1, 1), datetime(2035, 1, 1))).replace(second=0, microsecond=0)
    ends = draw(st.none() | st.integers(1, 2_000_000).map(lambda n: starts + timedelta(minutes=n)))
    text = st.text(
        st.characters(blacklist_categories=("Cc", "Cs", "Cf", "Zl", "Zp", "Co", "Cn")), min_size=1, max_size=40
    )
    name, role = (draw(text.filter(lambda said: said.strip() != "")) for _ in range(2))
    return Zone(
        " ".join(name.split()) or "x", draw(st.sampled_from(sorted(KINDS))), " ".join(role.split()) or "x",
        starts.replace(tzinfo=UTC), None if ends is None else ends.replace(tzinfo=UTC), kept_shape(shape),
    )  # fmt: skip


@given(zones())
@examples(40)
def test_a_zone_is_read_back_as_it_was_written(zone: Zone) -> None:
    assert zone_from_json(json.loads(json.dumps(zone.to_json()))) == zone
    assert kept_shape(zone.shape) == zone.wkt


@given(st.lists(zones(), min_size=1, max_size=4))
@examples(20)
def test_nothing_of_a_restricted_zone_is_exported(every: list[Zone]) -> None:
    own = [replace(zone, name=f"zone-{n}-named", role="role-" + str(n)) for n, zone in enumerate(every)]
    found = json.loads(zones_geojson(own, CLOCK))
    told = [one["properties"]["name"] for one in found["features"]]
    assert told == [zone.name for zone in own if not zone.restricted]
    for zone in own:
        across = 2 * shapely.minimum_bounding_radius(zone.shape)
        assert (zone.name in json.dumps(found)) == (zone.kind != CLOSURE and across >= 50)


def test_what_was_exported_is_read_again_as_the_same(area: Area) -> None:
    every = [made_zone(), replace(made_zone("Town centre", PUBLIC_SPACES), ends=None)]
    found = read_zones(zones_geojson(every, CLOCK), "zones.geojson", area, CLOCK)
    assert found.read == 2
    assert found.refused == ()
    assert [(p.name, p.kind, p.role, p.starts, p.ends, p.wkt) for p in found.proposals] == [
        (z.name, z.kind, z.role, z.starts, z.ends, z.wkt) for z in every
    ]


def test_a_geopackage_in_metres_is_read(area: Area, tmp_path: Path) -> None:
    path = tmp_path / "zones.gpkg"
    table = {
        "Title": ["Pier"],
        "Type": ["PSPO (alcohol)"],
        "From": ["30/10/2024 17:00"],
        "geometry": [made_zone().shape],
    }
    gpd.GeoDataFrame(table, crs="EPSG:27700").to_file(path, layer="zones")
    found = read_zones(path.read_bytes(), "zones.gpkg", area, CLOCK)
    (one,) = found.proposals
    assert (one.name, one.kind, one.role, one.ends) == ("Pier", "alcohol", "", None)
    assert one.starts == datetime(2024, 10, 30, 17, tzinfo=UTC)
    assert one.wkt == made_zone().wkt


def test_every_feature_is_taken_or_refused_with_its_place(area: Area) -> None:
    def feature(shape: object, **values: str) -> dict[str, object]:
        return {"type": "Feature", "properties": values, "geometry": shape}

    good = json.loads(zones_geojson([made_zone()], CLOCK))["features"][0]["geometry"]
    far = {"type": "Polygon", "coordinates": [[[-0.1, 51.5], [0.0, 51.5], [0.0, 51.6], [-0.1, 51.5]]]}
    bow = {
        "type": "Polygon",
        "coordinates": [[[-2.8, 53.4], [-2.79, 53.41], [-2.79, 53.4], [-2.8, 53.41], [-2.8, 53.4]]],
    }
    features = [
        feature(good, name="Good", kind="a fence"),
        feature(None, name="Nothing"),
        feature({"type": "Point", "coordinates": [-2.8, 53.4]}),
        feature(far, name="London"),
        feature(bow, name="Bow tie"),
        feature(good, name="Never", starts="yesterday"),
        feature(good, name="Backwards", starts="2024-10-30T17:00", ends="2024-10-29T17:00"),
        feature(good, name="Gap", starts="2024-03-31T01:30"),
    ]
    raw = json.dumps({"type": "FeatureCollection", "features": features}).encode()
    found = read_zones(raw, "council.geojson", area, CLOCK)
    assert found.read == len(features) == len(found.proposals) + len(found.refused)
    assert [one.name for one in found.proposals] == ["Good"]
    assert "a fence" in found.proposals[0].told[0]
    assert [one.row for one in found.refused] == [2, 3, 4, 5, 6, 7, 8]
    said = [str(one) for one in found.refused]
    assert all(one.startswith("council.geojson, row ") and one.endswith(".") for one in said)
    for text, one in zip(
        ("no geometry", "not a polygon", "outside", "crosses itself", "yesterday", "ends before", "never shows"), said,
        strict=True,
    ):  # fmt: skip
        assert text in one


@pytest.mark.parametrize(
    ("raw", "name", "said"),
    [
        (b"nothing", "x.geojson", "no GeoJSON and no GeoPackage"),
        (b"{}", "x.json", "x.json"),
        (b"name,kind\n", "x.csv", "GeoJSON and GeoPackage"),
        (b'{"type":"FeatureCollection","features":[]}', "x.geojson", "no zone"),
        (b"SQLite format 3\x00" + b"\x00" * 200, "x.gpkg", "x.gpkg"),
    ],
)
def test_a_file_that_is_none_is_told(area: Area, raw: bytes, name: str, said: str) -> None:
    with pytest.raises(InputError, match=said) as error:
        read_zones(raw, name, area, CLOCK)
    assert "/tmp" not in str(error.value)
    assert "ward" not in str(error.value)


def test_times_on_the_nights_the_clock_changes() -> None:
    spring, autumn = date(2024, 3, 31), date(2024, 10, 27)
    with pytest.raises(InputError, match="never shows"):
        moment_of(spring, time(1, 30), CLOCK)
    assert moment_of(spring, time(2, 0), CLOCK) == (datetime(2024, 3, 31, 1, tzinfo=UTC), "")
    first, note = moment_of(autumn, time(1, 30), CLOCK)
    assert first == datetime(2024, 10, 27, 0, 30, tzinfo=UTC)
    assert note == "The clock shows 01:30 twice that night; the first is taken (BST)."
    second, note = moment_of(autumn, time(1, 30, fold=1), CLOCK)
    assert second == datetime(2024, 10, 27, 1, 30, tzinfo=UTC)
    assert note == "The clock shows 01:30 twice that night; the second is taken (GMT)."
    assert [second_of(autumn, time(h, 30), CLOCK) for h in (0, 1, 2)] == ["", "GMT", ""]
    assert [second_of(spring, time(h, 30), CLOCK) for h in (0, 1, 2)] == ["", "", ""]
    assert moment_of(spring, time(2, 0, fold=1), CLOCK) == (datetime(2024, 3, 31, 1, tzinfo=UTC), "")
    starts, _ = moment_of(date(2024, 10, 26), time(18), CLOCK)
    ends, _ = moment_of(date(2024, 10, 28), time(18), CLOCK)
    assert words(starts, ends, CLOCK) == "from 18:00 BST on 26 October 2024 to 18:00 GMT on 28 October 2024"
    assert length_words(starts, ends, CLOCK) == "49 hours"  # an hour more than the clock says
    assert limit_note(replace(made_zone(), starts=starts, ends=ends), NATIONAL, CLOCK).startswith(
        "This zone lasts 49 h"
    )
    assert words(starts, None, CLOCK).endswith("with no end set")


def test_what_lasts_longer_than_the_law_lets_it_gets_a_note() -> None:
    zone = made_zone()
    assert limit_note(zone, NATIONAL, CLOCK) == ""
    longer = replace(zone, ends=zone.ends and zone.ends + timedelta(minutes=1))
    assert "at most 48 hours" in limit_note(longer, NATIONAL, CLOCK)
    three = datetime(2027, 10, 30, 16, tzinfo=UTC)  # 17:00 on the clock, as it began, but of summer time
    order = replace(zone, kind=PUBLIC_SPACES, ends=three)
    assert limit_note(order, NATIONAL, CLOCK) == ""
    assert "3 years" in limit_note(replace(order, ends=three + timedelta(minutes=1)), NATIONAL, CLOCK)
    closed = replace(zone, kind=CLOSURE, ends=zone.starts + timedelta(days=60))
    assert "closure notice" in limit_note(closed, NATIONAL, CLOCK)
    assert "closure order" not in limit_note(closed, NATIONAL, CLOCK)
    own = limits_of({"zone_limits": [{"kind": "dispersal", "hours": 72, "source": "A later Act"}]})
    assert limit_note(replace(zone, ends=zone.starts + timedelta(hours=72)), own, CLOCK) == ""
    assert limits_of({"zone_limits": "none"}) == ()


def test_the_area_file_has_the_national_limits(area: Area) -> None:
    assert limits_of(area.raw, area.file) == NATIONAL


def test_limits_that_cannot_be_read_are_told_at_once() -> None:
    with pytest.raises(InputError) as error:
        limits_of(
            {"zone_limits": [{"kind": "fence", "hours": 0}, {"kind": "closure", "hours": 1, "days": 2, "source": "x"}]}
        )
    for said in ("'fence'", "from 1 to", "source says", "it has one of"):
        assert said in str(error.value)


def test_cells_are_those_whose_middle_lies_inside(area: Area) -> None:
    grid = area.grid()
    shape = shapely.Point(EAST, NORTH).buffer(700)
    east, north = grid.centres(grid.cells)
    inside = (east - EAST) ** 2 + (north - NORTH) ** 2 <= 699**2
    found = set(covered(shape, grid))
    assert set(grid_reference(*grid.corners(grid.cells[inside]))) <= found
    assert len(found) <= inside.sum() + 3
    assert len(covered(shapely.Point(east[5] + 60, north[5] + 60).buffer(3), grid)) == 1
    corner_east, corner_north = (float(one[0]) for one in grid.corners(grid.cells[5:6]))
    tiny = shapely.box(corner_east, corner_north, corner_east + 5, corner_north + 5)  # its corner is that of four cells
    assert covered(tiny, grid) == tuple(grid_reference(*grid.corners(grid.cells[5:6])))
    assert covered(shapely.box(0, 0, 100, 100), grid) == ()


def test_a_zone_is_kept_with_every_revision(tmp_path: Path) -> None:
    store = tmp_path / "store"
    first = ZONES.save(store, made_zone(), NOW)
    with pytest.raises(InputError, match="end after it starts"):
        ZONES.save(store, replace(made_zone(), ends=made_zone().starts), NOW)
    again = ZONES.revise(store, first.id, 1, replace(first.content, notes="Extended"), NOW, what="Notes")
    assert again.revision == 2
    with pytest.raises(InputError, match="another has saved this zone"):
        ZONES.revise(store, first.id, 1, replace(first.content, notes="Mine"), NOW)
    assert ZONES.revise(store, first.id, 2, again.content, NOW) == again  # nothing changed
    ZONES.archive(store, first.id, 2, NOW)
    with pytest.raises(InputError, match="archived"):
        ZONES.revise(store, first.id, 3, first.content, NOW)
    assert [one.revision for one in ZONES.history(store, first.id)] == [3, 2, 1]
    assert ZONES.load(store, first.id, 1).content == made_zone()
    ZONES.forget(store, first.id, 3)
    assert ZONES.listed(store) == ()
    assert b"Retail park" not in (store / "plans.sqlite3").read_bytes()


def test_in_force_at_any_minute_of_a_day() -> None:
    zone = made_zone()  # from 17:00 on 30 October to 17:00 on 1 November
    found = [zone.in_force(date(2024, 10, 29) + timedelta(days=n), "Europe/London") for n in range(5)]
    assert found == [False, True, True, True, False]
    midnight = replace(zone, ends=datetime(2024, 10, 31, 0, 0, tzinfo=UTC))
    assert not midnight.in_force(date(2024, 10, 31), "Europe/London")  # until this minute, and not in it
