"""Extracts of OpenStreetMap: what is taken out of them, whole at a seam, refused where they are damaged."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from data.place.area import Area
from data.streets import kinds, osm
from data.streets.base_map import BASEMAP, LAYERS, BaseMap, base_map
from data.streets.importing import LEAST_M2, import_basemap
from data.streets.network import NETWORK, network
from data.streets.open_roads import A_ROAD, ACCESS, B_ROAD, LOCAL, MOTORWAY, PATH
from data.streets.osm import check_pbf, read_pbf
from geo.crs import geometry_to_wgs84
from geo.errors import InputError
from tests.conftest import ROOT, need
from tests.properties import examples
from tests.streets.made_roads import HOSTILE, cross, zoomstack
from tests.streets.made_town import Town, made_town
from tests.streets.town_files import pbf_bytes, write_pbf, write_zoomstack

SAMPLE = ROOT.parent / "shared" / "live" / "samples" / "geofabrik_mini.osm.pbf"


@pytest.fixture(scope="module")
def town(area: Area) -> Town:
    return made_town(area)


@pytest.fixture(scope="module")
def extract(town: Town, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_pbf(town, tmp_path_factory.mktemp("town") / "town.osm.pbf")


@pytest.fixture(scope="module")
def kept(extract: Path, area: Area) -> BaseMap:
    return loaded([extract], extract.parent / "store", area)


def loaded(paths: Sequence[Path], store: Path, area: Area) -> BaseMap:
    import_basemap(paths, store, area, 2026)
    found = base_map(store, area)
    assert found is not None
    return found


def drawn(path: Path, area: Area, ways: Sequence[Mapping[str, str]], points: Sequence[Mapping[str, str]] = ()) -> Path:
    """Write ways one above the other, each closed where it stands for an area, and points beside them."""
    x, y = cross(area)
    rows, nodes = [], []
    for k, tags in enumerate(ways):
        closed = "highway" not in tags and "railway" not in tags and tags.get("waterway") in (None, "dock", "riverbank")
        steps = [(0, 0), (50, 0), (50, 15), (0, 15)] if closed else [(0, 0), (40, 2), (90, 0)]
        first = len(nodes)
        nodes += [(x + a, y + 20 * k + b) for a, b in steps]
        along = list(range(first, len(nodes)))
        rows.append((k + 1, along + along[:1] if closed else along, tags))
    first = len(nodes)
    nodes += [(x - 400, y + 20 * k) for k in range(len(points))]
    degrees = shapely.get_coordinates(geometry_to_wgs84(shapely.points(np.array(nodes, dtype=float))))
    path.write_bytes(pbf_bytes(degrees, rows, (), [(first + k, tags) for k, tags in enumerate(points)]))
    return path


def test_the_sample_is_read(area: Area, tmp_path: Path) -> None:
    need(SAMPLE.is_file(), "samples in ../shared/live/samples")
    found = read_pbf(SAMPLE, area.wards.outline.bounds)
    assert list(found.frame[["layer", "class", "kind", "name", "number"]].itertuples(index=False, name=None)) == [
        ("roads", LOCAL, "", "Test Street", ""), ("roads", A_ROAD, "", "Test Road", "A5080"),
        ("water", -1, kinds.WATER, "Test Pond", ""), ("green", -1, kinds.PARK, "Test Park", ""),
    ]  # fmt: skip
    assert found.attribution() == "© OpenStreetMap contributors"


def test_every_word_that_is_known_becomes_its_class(area: Area, tmp_path: Path) -> None:
    roads = [{"highway": word, "name": f"Way {word}", "ref": "A1;A2"} for word in osm.HIGHWAY]
    areas = [{key: value, "name": f"{key} {value}"} for key, words in osm.AREA.items() for value in words]
    lines = [{"waterway": word, "name": word} for word in osm.WATERWAY] + [{"railway": word} for word in osm.RAILWAY]
    stops = [{"railway": word, "name": word} for word in osm.STATION] + [
        {"place": word, "name": word} for word in osm.PLACE
    ]
    others = [{"highway": "proposed"}, {"waterway": "drain"}, {"railway": "abandoned"}, {"building": "yes"}]
    path = drawn(tmp_path / "a.osm.pbf", area, [*roads, *areas, *lines, *others], [*stops, {"place": "sea"}])
    frame = read_pbf(path, area.wards.outline.bounds).frame
    found = {name: level for name, level in zip(frame["name"], frame["class"], strict=True) if level >= 0}
    assert found == {f"Way {word}": level for word, level in osm.HIGHWAY.items()}
    numbered = {level for number, level in zip(frame["number"], frame["class"], strict=True) if number == "A1"}
    assert numbered == {MOTORWAY, A_ROAD, B_ROAD}
    told = Counter(zip(frame["layer"], frame["kind"], strict=True))
    wanted = Counter(place for words in osm.AREA.values() for place in words.values())
    for layer, words in (("waterways", osm.WATERWAY), ("railways", osm.RAILWAY), ("stations", osm.STATION),
                         ("places", osm.PLACE)):  # fmt: skip
        wanted.update((layer, kind) for kind in words.values())
    assert {key: count for key, count in told.items() if key[0] != "roads"} == wanted
    assert all(kind in kinds.KINDS[layer] for layer, kind in wanted)


WAYS = (  # tags, whether it is drawn, whether one may walk along it
    ({"highway": "footway"}, True, True),
    ({"highway": "footway", "footway": "sidewalk"}, False, True),
    ({"highway": "footway", "footway": "crossing"}, False, True),
    ({"highway": "service", "service": "driveway"}, False, True),
    ({"highway": "service", "access": "private"}, False, False),
    ({"highway": "path", "access": "private", "foot": "permissive"}, False, True),
    ({"highway": "residential", "access": "private"}, True, False),
    ({"highway": "trunk", "foot": "no"}, True, False),
    ({"highway": "motorway"}, True, False),
)


def test_what_is_drawn_and_what_is_walked(area: Area, tmp_path: Path) -> None:
    path = drawn(tmp_path / "a.osm.pbf", area, [{**tags, "name": f"Way {k}"} for k, (tags, *_) in enumerate(WAYS)])
    frame = read_pbf(path, area.wards.outline.bounds).frame
    told = list(zip(frame["drawn"].tolist(), frame["foot"].tolist(), strict=True))
    assert told == [(on_map, on_foot) for _, on_map, on_foot in WAYS]
    found = loaded([path], tmp_path / "store", area)
    assert set(found.roads.names) == {f"Way {k}" for k, (_, on_map, _) in enumerate(WAYS) if on_map}
    walked = network(tmp_path / "store", area)
    assert walked is not None
    assert int(walked.foot.sum()) == sum(on_foot for *_, on_foot in WAYS)
    assert sorted(walked.classes[~walked.foot].tolist()) == [MOTORWAY, A_ROAD]  # for vehicles


def test_words_of_a_file_stay_words(area: Area, tmp_path: Path) -> None:
    name = f"  {HOSTILE}\n\t=cmd() "
    path = drawn(tmp_path / "a.osm.pbf", area, [{"highway": "residential", "name": name}, {"natural": "water"}])
    assert loaded([path], tmp_path / "store", area).roads.names == (f"{HOSTILE} =cmd()",)


# --- a town ----------------------------------------------------------------------------------------------------------
def test_a_town_is_kept_small(town: Town, kept: BaseMap, extract: Path, area: Area) -> None:
    assert 7000 < town.segments < 10_000
    assert (extract.parent / "store" / BASEMAP).stat().st_size < 160_000
    levels = Counter(kept.roads.classes.tolist())
    assert all(levels[level] > 0 for level in (MOTORWAY, A_ROAD, B_ROAD, LOCAL, ACCESS, PATH))
    assert {"M590", "A590"} < set(kept.roads.numbers)
    assert all(len(getattr(kept, layer)) > 0 for layer in LAYERS if layer != "roads")
    shape = shapely.buffer(area.wards.outline, area.buffer_m + 1)
    for layer in LAYERS[1:]:
        found = getattr(kept, layer)
        assert shapely.within(found.shapes, shape).all()
        assert shapely.is_valid(found.shapes).all()
        assert (shapely.get_coordinates(found.shapes) % 1 == 0).all()
        assert set(found.kinds) <= set(kinds.KINDS[layer])
    assert shapely.area(np.concatenate([kept.water.shapes, kept.green.shapes])).min() >= LEAST_M2 - 1
    assert kept.attribution == "© OpenStreetMap contributors"


def test_an_island_is_a_hole_in_its_lake(kept: BaseMap) -> None:
    assert max(len(shape.interiors) for shape in kept.water.shapes) == 1


def test_two_routes_give_the_same_town(town: Town, kept: BaseMap, area: Area, tmp_path: Path) -> None:
    other = loaded([write_zoomstack(town, tmp_path / "stack.gpkg")], tmp_path / "store", area)
    assert other.attribution == "Contains OS data © Crown copyright and database right 2026"
    for layer in ("water", "waterways", "railways", "stations", "places"):
        one, two = (shapely.union_all(getattr(found, layer).shapes) for found in (kept, other))
        assert shapely.hausdorff_distance(one, two) < 10, layer
    for kind in (kinds.PARK, kinds.WOOD, kinds.GOLF, kinds.ALLOTMENTS, kinds.CEMETERY):
        one, two = (shapely.union_all(found.green.of(kind).shapes).area for found in (kept, other))
        assert one == pytest.approx(two, rel=0.02), kind
    streets = kept.roads.take(np.flatnonzero(kept.roads.classes < PATH))
    assert set(other.roads.names) == set(streets.names)
    for level in range(PATH):
        one, two = (shapely.length(found.lines[found.classes == level]).sum() for found in (streets, other.roads))
        assert one == pytest.approx(two, rel=0.005), level
    assert sorted(other.stations.names) == sorted(kept.stations.names)
    assert set(other.places.names) == set(kept.places.names)


def test_two_extracts_that_meet_give_what_one_does(town: Town, area: Area, tmp_path: Path) -> None:
    x, y = cross(area)
    box = (x - 500, y - 500, x + 500, y + 500)
    one = loaded([write_pbf(town, tmp_path / "whole.osm.pbf", box)], tmp_path / "one", area)
    lower = write_pbf(town, tmp_path / "lower.osm.pbf", (*box[:3], y + 100))
    upper = write_pbf(town, tmp_path / "upper.osm.pbf", (box[0], y, *box[2:]))
    two = loaded([lower, upper], tmp_path / "two", area)
    loaded([upper, lower, lower], tmp_path / "again", area)
    for name in (BASEMAP, NETWORK):
        assert (tmp_path / "two" / name).read_bytes() == (tmp_path / "again" / name).read_bytes()
        assert (tmp_path / "two" / name).read_bytes() == (tmp_path / "one" / name).read_bytes()
    assert len(two.roads.lines) > 50
    assert two.version == one.version


def test_a_river_that_is_cut_at_a_seam_is_one_again(area: Area, tmp_path: Path) -> None:
    x, y = cross(area)

    def half(path: Path, number: int, west: float) -> Path:
        nodes = [(x + west, y), (x + west + 120, y), (x + west + 120, y + 30), (x + west, y + 30), (x, y), (x + 60, y)]
        degrees = shapely.get_coordinates(geometry_to_wgs84(shapely.points(np.array(nodes))))
        ways = [
            (number, [0, 1, 2, 3, 0], {"natural": "water", "name": "River Made"}),
            (9, [4, 5], {"highway": "residential", "name": "Mill Lane"}),
        ]
        path.write_bytes(pbf_bytes(degrees, ways))
        return path

    found = loaded([half(tmp_path / "a.pbf", 1, 0), half(tmp_path / "b.pbf", 2, 100)], tmp_path / "store", area)
    assert [shape.area for shape in found.water.shapes] == [pytest.approx(220 * 30, rel=0.05)]
    assert [line.length for line in found.roads.lines] == [pytest.approx(60, abs=2)]


def test_the_ground_of_two_publishers_has_both_names_under_it(area: Area, tmp_path: Path) -> None:
    both = [drawn(tmp_path / "a.osm.pbf", area, [{"highway": "path"}]), zoomstack(tmp_path / "stack.gpkg", area)]
    found = loaded(both, tmp_path / "store", area)
    assert found.attribution == (
        "© OpenStreetMap contributors; Contains OS data © Crown copyright and database right 2026"
    )
    assert found.source == "OS Open Zoomstack and OpenStreetMap"


# --- damaged, hostile, too large -------------------------------------------------------------------------------------
def test_a_file_that_was_cut_off_or_is_another_is_refused_before_it_is_read(
    extract: Path, area: Area, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw, store = extract.read_bytes(), tmp_path / "store"

    def refused(name: str, content: bytes, match: str) -> None:
        (tmp_path / name).write_bytes(content)
        with pytest.raises(InputError, match=match) as told:
            import_basemap(tmp_path / name, store, area)
        assert "Geofabrik" in str(told.value) or "GeoPackage" in str(told.value)
        assert not store.exists()

    for cut in (1, 3, 17, len(raw) // 2, len(raw) - 1):
        refused("cut.osm.pbf", raw[:cut], "no whole extract|no extract")
    refused("empty.osm.pbf", b"", "no extract")
    refused("text.osm.pbf", b"<osm>no</osm>" * 100, "no whole extract")
    refused("zip.osm.pbf", b"PK\x03\x04" + bytes(1000), "no whole extract")
    refused("named.osm", raw, "name of an extract of OpenStreetMap ends in")
    with pytest.raises(InputError, match="no such file"):
        import_basemap(tmp_path / "none.osm.pbf", store, area)
    monkeypatch.setattr(osm, "MOST_BYTES", 1000)
    refused("large.osm.pbf", raw, "too large to be read")


@examples(8)
@given(at=st.integers(0, 10_000), bit=st.integers(0, 7))
def test_a_flipped_bit_is_told_or_does_no_harm(
    area: Area, tmp_path_factory: pytest.TempPathFactory, at: int, bit: int
) -> None:
    folder = tmp_path_factory.mktemp("flipped")
    path = drawn(folder / "a.osm.pbf", area, [{"highway": "residential", "name": "Mill Lane"}, {"leisure": "park"}])
    raw = bytearray(path.read_bytes())
    raw[at % len(raw)] ^= 1 << bit
    path.write_bytes(raw)
    try:
        loaded([path], folder / "store", area)
    except InputError:
        assert not (folder / "store").exists()


def test_a_block_that_says_it_is_huge_is_not_read(tmp_path: Path) -> None:
    for head in (b"\xff\xff\xff\xff", b"\x00\x00\x00\x0e\x0a\x07OSMData\x18\xff\xff\xff\xff\x0f"):
        (tmp_path / "a.pbf").write_bytes(head + bytes(200))
        with pytest.raises(InputError, match="no whole extract"):
            check_pbf(tmp_path / "a.pbf")


MEASURE = """
import re, sys, time
from pathlib import Path
from data.place.area import load_area
from data.streets.importing import import_basemap
report = import_basemap(Path(sys.argv[1]), Path(sys.argv[2]), load_area(Path(sys.argv[3])))
status = Path("/proc/self/status").read_text()  # the peak that getrusage gives is the parent's too
peak = int(re.search(r"VmHWM:\\s+(\\d+)", status)[1]) // 1024
print(report.lines, report.size, peak, time.process_time())
"""


@pytest.mark.long
@pytest.mark.skipif(not Path("/proc/self/status").is_file(), reason="memory is read from /proc")
def test_an_extract_of_a_county_takes_little_memory(town: Town, area: Area, tmp_path: Path) -> None:
    """Twelve towns and 300,000 houses: 1.6 million nodes, as many as a small county's."""
    rng, count = np.random.default_rng(1), len(town.xy)
    shifts = [(0.02 * k - 0.12, 0.012 * k - 0.07) for k in range(12)]
    ways = [(tuple(n + count * k for n in way.nodes), way.tags) for k in range(12) for way in town.ways]
    corner = town.degrees[rng.integers(0, count, 300_000)] + rng.normal(0, 0.003, (300_000, 2))
    sides = np.array([(0, 0), (1e-4, 0), (1e-4, 1e-4), (0, 1e-4)])
    houses = (corner[:, None] + sides).reshape(-1, 2)
    first = 12 * count
    tags = {"building": "yes", "addr:housenumber": "7"}
    ways += [((i, i + 1, i + 2, i + 3, i), tags) for i in range(first, first + 1_200_000, 4)]
    degrees = np.round(np.vstack([*(town.degrees + shift for shift in shifts), houses]), 7)
    (tmp_path / "a.osm.pbf").write_bytes(pbf_bytes(degrees, [(k + 1, *way) for k, way in enumerate(ways)]))
    told = subprocess.run(
        [sys.executable, "-c", MEASURE, tmp_path / "a.osm.pbf", tmp_path / "store", area.file],
        check=True, capture_output=True, text=True, cwd=ROOT,
    )  # fmt: skip
    lines, size, megabytes, seconds = (float(value) for value in told.stdout.split())
    print(f"{lines:,.0f} lines, {size / 1e6:.2f} MB; {megabytes:,.0f} MB of memory, {seconds:.1f} s of one processor")
    assert lines > 5000
    assert size < 2e6
    assert megabytes < 700
    assert seconds < 30
