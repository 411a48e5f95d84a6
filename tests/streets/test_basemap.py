"""Roads under the map: read from both products, cut, joined, kept; refused where they cannot be right."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

from data.__main__ import main
from data.place.area import Area
from data.streets.base_map import BASEMAP, Roads, base_map, basemap_version
from data.streets.importing import TOLERANCE_M, import_basemap
from data.streets.network import NETWORK
from data.streets.open_roads import A_ROAD, ACCESS, B_ROAD, LOCAL, MINOR, MOTORWAY
from geo.errors import InputError
from pages.ui.chart.palette import LIGHT
from pages.ui.map import base_map as page_map
from pages.ui.shell import cache
from tests.streets.made_roads import HOSTILE, cross, dense, open_roads, zoomstack
from tests.tab_pages import html, open_page


def read(path: Path, store: Path, area: Area) -> Roads:
    import_basemap(path, store, area)
    found = base_map(store, area)
    assert found is not None
    return found.roads


@pytest.fixture(scope="module")
def made(area: Area, tmp_path_factory: pytest.TempPathFactory) -> Roads:
    folder = tmp_path_factory.mktemp("roads")
    return read(open_roads(folder / "oproad_gb.gpkg", area), folder / "store", area)


def test_roads_are_read_by_class_name_and_number(made: Roads) -> None:
    rows = {(int(c), n, m) for c, n, m in zip(made.classes, made.names, made.numbers, strict=True)}
    assert rows == {
        (MOTORWAY, "", "M57"), (A_ROAD, "Liverpool Road", "A58"), (B_ROAD, "", "B5192"), (MINOR, "Mill Lane", ""),
        (LOCAL, HOSTILE, ""), (LOCAL, "Oak Close", ""), (ACCESS, "", ""),
    }  # fmt: skip
    assert made.source == "OS Open Roads"
    assert made.attribution.startswith("Contains OS data © Crown copyright and database right 20")
    assert not shapely.has_z(made.lines).any()


def test_links_of_one_road_become_one_line_without_needless_points(made: Roads, area: Area) -> None:
    x, y = cross(area)
    own = [line for line, name in zip(made.lines, made.names, strict=True) if name == "Liverpool Road"]
    assert [list(line.coords) for line in own] == [[(x - 400, y), (x + 400, y)]]


def test_roads_are_cut_at_the_buffer(made: Roads, area: Area) -> None:
    shape = shapely.buffer(area.wards.outline, area.buffer_m + 1)  # whole metres
    assert shapely.within(made.lines, shape).all()
    assert 1000 < made.lines[made.classes == MOTORWAY][0].length < 30_000
    assert "Far Away Street" not in made.names


def test_zoomstack_says_the_same_roads(area: Area, made: Roads, tmp_path: Path) -> None:
    found = read(zoomstack(tmp_path / "stack.gpkg", area), tmp_path / "store", area)
    assert (found.names, found.numbers) == (made.names, made.numbers)
    assert found.classes.tolist() == made.classes.tolist()
    assert all(shapely.equals_exact(found.lines, made.lines, 0))
    assert found.source == "OS Open Zoomstack"


@pytest.mark.parametrize("epsg", [4326, 3857])
def test_another_coordinate_system_is_converted(area: Area, made: Roads, tmp_path: Path, epsg: int) -> None:
    found = read(open_roads(tmp_path / "other.gpkg", area, epsg), tmp_path / "store", area)
    assert found.names == made.names
    assert shapely.hausdorff_distance(found.lines, made.lines).max() < 10  # two ways from degrees to metres


def test_the_order_of_the_file_changes_nothing(area: Area, made: Roads, tmp_path: Path) -> None:
    path = open_roads(tmp_path / "a.gpkg", area)
    whole = gpd.read_file(path, layer="road_link")
    whole.iloc[::-1].to_file(tmp_path / "b.gpkg", layer="road_link", driver="GPKG")
    one = read(path, tmp_path / "one", area)
    two = read(tmp_path / "b.gpkg", tmp_path / "two", area)
    assert one.version == two.version
    assert (tmp_path / "one" / BASEMAP).read_bytes() == (tmp_path / "two" / BASEMAP).read_bytes()


def test_loading_again_replaces_and_leaves_nothing_behind(area: Area, tmp_path: Path) -> None:
    path, store = open_roads(tmp_path / "a.gpkg", area), tmp_path / "store"
    assert base_map(store, area) is None
    assert basemap_version(store) == ""
    first = import_basemap(path, store, area, 2024)
    assert basemap_version(store) == first.version
    second = import_basemap(path, store, area, 2025)
    assert second.attribution.endswith("2025")
    assert basemap_version(store) == second.version != first.version
    assert sorted(p.name for p in store.iterdir()) == [BASEMAP, NETWORK]
    assert gpd.read_parquet(store / BASEMAP).crs.to_epsg() == 27700  # any other program can read it


def test_roads_of_another_area_are_refused(area: Area, tmp_path: Path) -> None:
    import_basemap(open_roads(tmp_path / "a.gpkg", area), tmp_path, area)
    with pytest.raises(InputError, match=r"cut for another area.*buffer 1000 m.*buffer 500 m.*basemap FILE"):
        base_map(tmp_path, replace(area, buffer_m=500))
    (tmp_path / BASEMAP).write_bytes(b"PAR1 and no more")
    with pytest.raises(InputError, match="cannot be read"):
        base_map(tmp_path, area)
    assert basemap_version(tmp_path).startswith("damaged")


def test_a_file_that_has_no_roads_is_refused_with_what_it_has(area: Area, tmp_path: Path) -> None:
    store = tmp_path / "store"
    with pytest.raises(InputError, match="no such file"):
        import_basemap(tmp_path / "none.gpkg", store, area)
    (tmp_path / "text.gpkg").write_text("no database")
    with pytest.raises(InputError, match="not a GeoPackage"):
        import_basemap(tmp_path / "text.gpkg", store, area)
    box = gpd.GeoDataFrame({"a": [1]}, geometry=[shapely.box(0, 0, 1, 1)], crs=27700)
    box.to_file(tmp_path / "other.gpkg", layer="buildings")
    with pytest.raises(InputError, match=r"no layer of roads.*road_link.*roads_local.*found 'buildings'"):
        import_basemap(tmp_path / "other.gpkg", store, area)
    path = open_roads(tmp_path / "less.gpkg", area, road_function=None)
    with pytest.raises(InputError, match=r"column 'road_function'.*found 'id, fictitious"):
        import_basemap(path, store, area)
    far = gpd.GeoDataFrame(
        {"road_function": ["A Road"], "name_1": [""]}, geometry=[shapely.LineString([(0, 0), (9, 9)])], crs=27700
    )
    far.to_file(tmp_path / "far.gpkg", layer="road_link")
    with pytest.raises(InputError, match="no road of it lies in"):
        import_basemap(tmp_path / "far.gpkg", store, area)
    bare = far.set_crs(None, allow_override=True)
    with pytest.warns(UserWarning, match="crs"):
        bare.to_file(tmp_path / "bare.gpkg", layer="road_link")
    with pytest.raises(InputError, match="coordinate system"):
        import_basemap(tmp_path / "bare.gpkg", store, area)
    assert not store.exists()


def test_the_command_says_what_it_kept(area: Area, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, store = str(open_roads(tmp_path / "a.gpkg", area)), str(tmp_path / "store")
    assert main(["basemap", path, "--store", store, "--year", "2024"]) == 0
    out, err = capsys.readouterr()
    assert "9 road links" in out
    assert out.splitlines()[-1] == "Contains OS data © Crown copyright and database right 2024"
    assert err == ""
    assert main(["basemap", path, "--store", store, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["lines"] == 8
    assert main(["basemap", str(tmp_path), "--store", store, "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["ok"] is False


# --- on the screen ---------------------------------------------------------------------------------------------------
def test_simplifying_moves_no_road_further_than_it_says(area: Area, tmp_path: Path) -> None:
    frame = dense(area, 300, np.random.default_rng(2))
    frame.to_file(tmp_path / "some.gpkg", layer="road_link", driver="GPKG")
    found = read(tmp_path / "some.gpkg", tmp_path, area)
    before = shapely.intersection(shapely.union_all(frame.geometry.values), shapely.buffer(area.wards.outline, 1000))
    assert shapely.hausdorff_distance(shapely.union_all(found.lines), before) <= TOLERANCE_M + 1.5


def test_loading_roads_makes_every_page_draw_its_map_anew(
    area: Area, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DASHBOARD_DATA", str(tmp_path))
    before = cache.dataset()
    assert page_map.base_map_of(before) is None
    bare = page_map.base(before, LIGHT.dark, "a")
    report = import_basemap(open_roads(tmp_path / "a.gpkg", area), tmp_path, area)
    after = cache.dataset()
    drawn = page_map.base(after, LIGHT.dark, "a")
    assert (drawn.slot, drawn.mounted) != (bare.slot, bare.mounted)
    assert report.attribution.split("©")[1] in drawn.script
    found = page_map.base_map_of(after)
    assert found is not None
    assert found.version == report.version
    assert page_map.problem(after) == ""
    other = replace(after, area=replace(area, buffer_m=500), version="other")
    assert page_map.base_map_of(other) is None
    assert "another area" in page_map.problem(other)


def test_a_map_without_streets_is_drawn_where_they_cannot_be_put(
    area: Area, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> str:
        raise InputError(
            "the streets of the map cannot be put into place: Read-only file system", hint="Give it leave."
        )

    import_basemap(open_roads(tmp_path / "a.gpkg", area), tmp_path / "store", area)
    monkeypatch.setattr(page_map.map_streets, "put", full)
    told = html(open_page(monkeypatch, tmp_path / "store", "pages/hotspots.py"))
    assert told.count("No streets are drawn") == 1
    assert "Read-only file system. Give it leave." in told
    assert "This cannot be shown" not in told


@pytest.mark.parametrize(("page", "times"), [("hotspots", 1), ("data", 2)])  # there also where the map is licensed
def test_damaged_roads_are_told_where_a_person_looks(
    area: Area, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, page: str, times: int
) -> None:
    store = tmp_path / "store"
    import_basemap(open_roads(tmp_path / "a.gpkg", area), store, area)
    assert "No streets are drawn" not in html(open_page(monkeypatch, store, f"pages/{page}.py"))
    kept = store / BASEMAP
    kept.write_bytes(kept.read_bytes()[:-200])
    told = html(open_page(monkeypatch, store, f"pages/{page}.py"))
    assert told.count("No streets are drawn") == times
    assert "python -m data basemap FILE" in told
    assert str(tmp_path) not in told
