"""Streets from the network: the right extracts, whole or not at all, from nobody but who was named."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
import shapely

from data.__main__ import main
from data.fetch import download as downloads
from data.fetch import streets
from data.fetch.download import download
from data.fetch.extracts import Source, geofabrik, ordnance_survey, shape_of, squares
from data.fetch.hosts import Hosts
from data.fetch.report import Step
from data.fetch.streets import fetch_streets, lacks_streets
from data.fetch.web import FetchError, Web
from data.place.area import Area
from data.streets.base_map import BASEMAP, base_map
from geo.crs import geometry_to_wgs84
from tests.conftest import ROOT, need
from tests.fetch.standin import Standin, as_json, stand_in
from tests.fetch.streets_hosts import Geofabrik, Ordnance, boxed, small_pbf, zipped
from tests.streets.made_roads import cross

SAMPLES = ROOT.parent / "shared" / "live" / "samples"


def hosts(standin: Standin) -> Hosts:
    return Hosts(geofabrik=f"{standin.address}/geofabrik", os=f"{standin.address}/os")


@pytest.fixture
def county(area: Area) -> Geofabrik:
    return Geofabrik.of(area)


@pytest.fixture
def served(county: Geofabrik) -> Iterator[Standin]:
    with stand_in(geofabrik=county) as standin:
        yield standin


def edges(area: Area) -> tuple[float, float, float, float]:
    west, south, east, north = shapely.bounds(geometry_to_wgs84(shapely.buffer(area.wards.outline, 5000))).tolist()
    return west, south, east, north


def names(found: tuple[Source, ...]) -> list[str]:
    return [source.name for source in found]


# --- which files -----------------------------------------------------------------------------------------------------
def test_the_smallest_extract_that_holds_the_area_is_taken(area: Area, web: Web) -> None:
    need(SAMPLES.is_dir(), "samples in ../shared/live/samples")
    index = json.loads((SAMPLES / "geofabrik_index-v1_trimmed.json").read_text("utf-8"))["features"]
    with stand_in(geofabrik=Geofabrik(index, {"merseyside": b"x"})) as standin:
        (found,) = geofabrik(web, hosts(standin), area)
        assert found.url.endswith("/europe/united-kingdom/england/merseyside-latest.osm.pbf")
        assert found.url.startswith(standin.address)
        assert len(found.md5) == 32


def test_an_area_across_two_extracts_gets_both_and_not_the_country(area: Area, web: Web) -> None:
    west, south, east, north = edges(area)
    middle = (south + north) / 2
    index = [
        boxed("england", west - 5, south - 5, east + 5, north + 5, parent="europe"),
        boxed("north", west, middle - 0.001, east, north),
        boxed("south", west, south, east, middle + 0.001),
        boxed("far", west + 20, south, east + 20, north),
        boxed("scrap", west, south, west + 0.001, south + 0.001),
    ]
    with stand_in(geofabrik=Geofabrik(index, {})) as standin:
        assert sorted(name[2:] for name in names(geofabrik(web, hosts(standin), area))) == [
            "north.osm.pbf", "south.osm.pbf",
        ]  # fmt: skip
    with stand_in(geofabrik=Geofabrik(index[:2], {})) as standin:  # a part that no county covers
        assert names(geofabrik(web, hosts(standin), area)) == ["0-england.osm.pbf"]
    with stand_in(geofabrik=Geofabrik(index[1:2], {})) as standin:  # beyond is the sea
        assert names(geofabrik(web, hosts(standin), area)) == ["0-north.osm.pbf"]
    with stand_in(geofabrik=Geofabrik(index[3:4], {})) as standin, pytest.raises(FetchError, match="no extract"):
        geofabrik(web, hosts(standin), area)


def test_squares_of_the_national_grid(area: Area) -> None:
    assert squares(shape_of(area)) == ("SD", "SJ")
    for x, y, square in ((0, 0, "SV"), (651, 313, "TG"), (530, 180, "TQ"), (325, 673, "NT"), (446, 1200, "HP")):
        assert squares(shapely.box(x * 1000, y * 1000, x * 1000 + 5, y * 1000 + 5)) == (square,)


@pytest.mark.parametrize(
    "index",
    [
        "text", {"features": 3}, {"features": [{}]}, [],
        {"features": [{"properties": {"id": "x", "urls": {"pbf": 3}}}]},
        {"features": [{"properties": {"id": "x", "urls": {"pbf": "u"}}, "geometry": {"type": "Polygon",
                       "coordinates": [[["a", 1]]]}}]},
        {"features": [{"properties": {"id": "x", "urls": {"pbf": "u"}}, "geometry": {"type": "Sphere"}}]},
    ],
)  # fmt: skip
def test_an_index_of_another_form_is_told(area: Area, web: Web, index: Any) -> None:
    def play(_: object) -> Any:
        return as_json(index)

    with stand_in(geofabrik=play) as standin, pytest.raises(FetchError, match="another form"):
        geofabrik(web, hosts(standin), area)


def test_an_index_that_leads_elsewhere_is_not_followed(
    area: Area, web: Web, county: Geofabrik, served: Standin
) -> None:
    county.index[0]["properties"]["urls"]["pbf"] = "https://example.org/x.osm.pbf"
    with pytest.raises(FetchError, match="another machine"):
        geofabrik(web, hosts(served), area)


# --- a file ----------------------------------------------------------------------------------------------------------
def test_an_extract_becomes_the_map(area: Area, web: Web, served: Standin, tmp_path: Path) -> None:
    told: list[Step] = []
    assert lacks_streets(tmp_path, area)
    report = fetch_streets(web, hosts(served), tmp_path, area, progress=told.append)
    assert not lacks_streets(tmp_path, area)
    found = base_map(tmp_path, area)
    assert found is not None
    assert (found.roads.names, found.water.names, found.green.names) == (("Mill Lane",), ("Mill Pond",), ("Mill Park",))
    assert report.attribution == "© OpenStreetMap contributors"
    assert told[-2].bytes_done == told[-2].bytes_total > 0
    assert told[-1].month == ""
    assert [path.name for path in tmp_path.rglob("*.pbf")] == []


def test_a_large_file_comes_by_parts_and_one_that_fails_is_asked_for_again(
    area: Area, web: Web, served: Standin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(downloads, "PART_BYTES", 100)
    served.misbehave(r"osm\.pbf$", "short", times=1, after=2)
    served.misbehave(r"osm\.pbf$", "500", times=1, after=3)
    fetch_streets(web, hosts(served), tmp_path, area)
    ranges = [one.range for one in served.asked if one.path.endswith(".osm.pbf")]
    assert ranges[0] == "bytes=0-0"
    assert len(ranges) > 4
    assert ranges.count("bytes=100-199") == 2


def test_a_service_without_parts_gives_the_whole(area: Area, web: Web, served: Standin, tmp_path: Path) -> None:
    served.misbehave(r"osm\.pbf$", "no range", times=9)
    assert fetch_streets(web, hosts(served), tmp_path, area).lines == 1


@pytest.mark.parametrize(
    ("path", "fault", "match"),
    [
        (r"pbf$", "flip", "MD5"), (r"pbf$", "403", "found '403'"), (r"pbf$", "html", "no part|MD5|no whole"),
        (r"pbf$", "other range", "another part"), (r"index", "html", "not JSON"), (r"index", "500", "refused"),
        (r"md5$", "html", "should be an MD5"), (r"index", "reset", "cannot be reached"),
    ],
)  # fmt: skip
def test_what_goes_wrong_is_told_and_what_was_there_stays(
    area: Area, web: Web, served: Standin, tmp_path: Path, path: str, fault: str, match: str
) -> None:
    fetch_streets(web, hosts(served), tmp_path, area)
    before = (tmp_path / BASEMAP).read_bytes()
    served.misbehave(path, fault, times=9)
    with pytest.raises(Exception, match=match):
        fetch_streets(web, hosts(served), tmp_path, area)
    assert (tmp_path / BASEMAP).read_bytes() == before
    assert [file.name for file in tmp_path.rglob("*") if "pbf" in file.name] == []


def test_a_file_that_is_too_large_is_not_begun(
    area: Area, web: Web, served: Standin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streets, "MOST_BYTES", 100)
    with pytest.raises(FetchError, match="larger than it may be"):
        fetch_streets(web, hosts(served), tmp_path, area)
    assert [one.range for one in served.asked if one.path.endswith(".pbf")] == ["bytes=0-0"]


def test_a_file_that_is_replaced_on_the_way_is_not_taken(
    area: Area, web: Web, county: Geofabrik, served: Standin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(downloads, "PART_BYTES", 64)
    (name,) = county.files
    first, second = county.files[name], small_pbf(area, "Another Lane of Another Day")
    url = f"{hosts(served).geofabrik}/europe/united-kingdom/england/{name}-latest.osm.pbf"

    def told(done: int, _: int) -> None:
        if done == 64:
            county.files = {name: second}

    county.files = {name: first}
    with pytest.raises(FetchError, match="replaced"):
        download(web, url, tmp_path / "x", most=10_000, told=told)


def test_without_an_md5_the_file_is_taken(
    area: Area, web: Web, county: Geofabrik, served: Standin, tmp_path: Path
) -> None:
    county.md5 = False
    assert fetch_streets(web, hosts(served), tmp_path, area).lines == 1


# --- the other licence -----------------------------------------------------------------------------------------------
@pytest.fixture
def ordnance(area: Area, tmp_path: Path) -> Ordnance:
    """Squares SJ and SD: a road that is in both, a pond and a wood in one, a park from the other product."""
    x, y = cross(area)

    def frame(rows: list[dict[str, Any]]) -> gpd.GeoDataFrame:
        return gpd.GeoDataFrame(rows, geometry="geometry", crs=27700)

    road = {
        "ID": "r1",
        "DISTNAME": "Mill Lane",
        "ROADNUMBER": "A58",
        "CLASSIFICA": "A Road, Collapsed Dual Carriageway",
    }
    line = shapely.LineString([(x - 200, y), (x + 200, y)])
    pond = {"ID": "p1", "FEATCODE": 1, "geometry": shapely.box(x, y + 50, x + 60, y + 90)}
    wood = {"ID": "w1", "FEATCODE": 2, "geometry": shapely.box(x, y - 90, x + 60, y - 50)}
    place = {"ID": "n1", "DISTNAME": "Millton", "CLASSIFICA": "Populated Place", "geometry": shapely.Point(x, y)}
    other = {**place, "ID": "n2", "DISTNAME": "Mill Hill", "CLASSIFICA": "Landform"}
    stop = {"ID": "s1", "DISTNAME": "Millton", "CLASSIFICA": "Railway Station", "geometry": shapely.Point(x + 90, y)}
    park = {"id": "g1", "function": "Public Park Or Garden", "distName1": "Mill Park"}
    local = {
        "Road": frame([{**road, "geometry": line}]),
        "SurfaceWater_Area": frame([pond]),
        "Woodland": frame([wood]),
        "NamedPlace": frame([place, other]),
        "RailwayStation": frame([stop]),
        "Building": frame([{"ID": "b", "geometry": shapely.box(x, y, x + 9, y + 9)}]),
    }
    spaces = {"GreenspaceSite": frame([{**park, "geometry": shapely.box(x, y + 100, x + 80, y + 150)}])}
    files = {
        ("OpenMapLocal", "SJ"): zipped(tmp_path / "a", "SJ", local),
        ("OpenMapLocal", "SD"): zipped(tmp_path / "b", "SD", {"Road": local["Road"]}),
        ("OpenGreenspace", "SJ"): zipped(tmp_path / "c", "SJ", spaces),
    }
    return Ordnance(files)


def test_squares_of_os_opendata_become_the_map(area: Area, web: Web, ordnance: Ordnance, tmp_path: Path) -> None:
    with stand_in(os=ordnance, blob=ordnance) as standin:
        report = fetch_streets(web, hosts(standin), tmp_path / "store", area, ogl=True)
    found = base_map(tmp_path / "store", area)
    assert found is not None
    assert (found.roads.names, found.roads.numbers, found.roads.classes.tolist()) == (("Mill Lane",), ("A58",), [1])
    assert found.roads.lines[0].length == 400
    assert (found.water.kinds, found.green.kinds) == (("water",), ("park", "wood"))
    assert (found.stations.names, found.places.names) == (("Millton",), ("Millton",))
    assert report.attribution.startswith("Contains OS data © Crown copyright and database right 20")
    assert report.source == "OS Open Greenspace and OS OpenMap Local"
    assert sorted(set(ordnance.opened)) == ["SD", "SJ"]


def test_every_part_has_an_address_of_its_own(
    area: Area, web: Web, ordnance: Ordnance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(downloads, "PART_BYTES", 500)
    ordnance.known = False
    with stand_in(os=ordnance, blob=ordnance) as standin:
        assert all(source.md5 == "" for source in ordnance_survey(web, hosts(standin), area))
        fetch_streets(web, hosts(standin), tmp_path / "store", area, ogl=True)
    assert ordnance.signed > 10


@pytest.mark.parametrize("has", [None, 5, "SJ, SD"])
def test_squares_that_are_no_list_are_told(area: Area, web: Web, has: Any) -> None:
    with stand_in(os=lambda _: as_json({"areas": has})) as standin, pytest.raises(FetchError, match="another form"):
        ordnance_survey(web, hosts(standin), area)


def test_a_list_of_another_form_or_without_the_squares_is_told(area: Area, web: Web, tmp_path: Path) -> None:
    with stand_in(os=Ordnance({("OpenMapLocal", "TQ"): b"", ("OpenGreenspace", "TQ"): b""})) as standin:
        with pytest.raises(FetchError, match=r"none of the squares.*SD, SJ"):
            fetch_streets(web, hosts(standin), tmp_path, area, ogl=True)
        with pytest.raises(FetchError, match="refused"):
            ordnance_survey(web, Hosts(os=f"{standin.address}/elsewhere"), area)


# --- the command -----------------------------------------------------------------------------------------------------
def test_the_command(
    area: Area, served: Standin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DASHBOARD_HOST_GEOFABRIK", f"{served.address}/geofabrik")
    store = ["--store", str(tmp_path)]
    assert main(["basemap", "--fetch", *store]) == 0
    out, err = capsys.readouterr()
    assert err.count("Asking 127.0.0.1") == 1
    assert "water 1, green 1" in out
    assert out.splitlines()[-1] == "© OpenStreetMap contributors"
    for wrong in ([], ["x.gpkg", "--fetch"], ["x.gpkg", "--ogl"]):
        assert main(["basemap", *wrong, *store]) == 1
        assert "--fetch" in capsys.readouterr().err
