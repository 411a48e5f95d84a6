from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from data.place.area import Area, load_area
from data.place.layer_added import Added, add_layer
from data.place.ward_layers import control_words, counterparts, outline_gap_m, tolerance_m
from geo.errors import InputError
from tests.conftest import ROOT
from tests.two_layers import DAY, EAST, JOINED, MERGED, SPLIT, WEST, two_layers

SIDE = 1000.0
HEAD = """
name = "Elsewhere"
code = "X"
ward_file = "first.geojson"
[forces]
area = ["norfolk"]
[wards]
X1 = "West"
X2 = "East"
"""
SECOND = """
[[ward_layers]]
valid_from = 2028-05-04
ward_file = "second.geojson"
[ward_layers.wards]
Y1 = "North"
Y2 = "South"
"""


def wards(path: Path, shapes: dict[str, shapely.Geometry]) -> None:
    """Write a ward layer in metres."""
    names = {"WD24CD": list(shapes), "WD24NM": list(shapes)}
    gpd.GeoDataFrame(names, geometry=list(shapes.values()), crs=27700).to_file(path, driver="GeoJSON")


def box(west: float, south: float, east: float, north: float) -> shapely.Geometry:
    return shapely.box(340_000 + west, 390_000 + south, 340_000 + east, 390_000 + north)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """An area of two squares side by side, cut the other way from May 2028 on."""
    wards(tmp_path / "first.geojson", {"X1": box(0, 0, SIDE, SIDE), "X2": box(SIDE, 0, 2 * SIDE, SIDE)})
    wards(tmp_path / "second.geojson", {"Y1": box(0, 400, 2 * SIDE, SIDE), "Y2": box(0, 0, 2 * SIDE, 400)})
    path = tmp_path / "area.toml"
    path.write_text(HEAD + SECOND, encoding="utf-8")
    return path


def test_an_area_opens_with_its_first_layer_and_gives_the_others(file: Path) -> None:
    area = load_area(file)
    assert area.wards.codes == ("X1", "X2")
    assert [one.key for one in area.layers] == ["first", DAY]
    second = area.with_layer(DAY)
    assert (second.wards.codes, second.ward_names["Y2"], second.valid_from) == (("Y1", "Y2"), "South", date(2028, 5, 4))
    assert (second.name, second.buffer_m, second.layer_key) == (area.name, area.buffer_m, DAY)
    assert second.with_layer("first").wards is area.wards
    assert area.on(date(2028, 5, 3)).layer_key == "first"
    assert area.on(date(2028, 5, 4)).layer_key == DAY
    assert second.on(date(2001, 1, 1)).layer_key == "first"
    assert area.with_version(second.wards.version) is not None
    assert area.with_version("none") is None
    assert area.layer_words.startswith("ward boundaries in force until 3 May 2028 (")
    assert second.layer_words.startswith("ward boundaries in force from 4 May 2028 (")
    with pytest.raises(InputError, match=r"no such ward layer.*'2027-01-01'.*first, 2028-05-04"):
        area.with_layer("2027-01-01")


def test_an_area_of_one_layer_has_no_words_for_it(area: Area) -> None:
    assert (area.layers, area.layer_words) == ((), "")
    assert area.on(date(1990, 1, 1)) is area
    assert area.with_layer(area.layer_key) is area


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("valid_from = 2028-05-04\n", "", r"ward_layers\[1\].valid_from.*lacks a key"),
        ("2028-05-04", '"next May"', r"ward_layers\[1\].valid_from.*YYYY-MM-DD.*next May"),
        ("2028-05-04", "0001-01-01", r"ward_layers\[1\].valid_from.*before 1800"),
        ('"second.geojson"', '"first.geojson"', "0 codes are in both"),
        ('Y2 = "South"\n', "", "1 codes are in both"),
        (
            'Y2 = "South"\n',
            'Y2 = "South"\n[ward_layers.residents.by_ward]\nX1 = 3\n',
            r"ward_layers\[1\].residents.*X1",
        ),
        ('Y2 = "South"\n', 'Y2 = "South"\n[[ward_layers.townships]]\nname = "T"\nwards = ["X1"]\n', "townships.*X1"),
        ('code = "X"\n', 'code = "X"\nvalid_from = 2028-05-04\n', "begins after the one before it.*2028-05-04"),
        ('[ward_layers.wards]\nY1 = "North"\nY2 = "South"\n', "wards = {}\n", r"ward_layers\[1\].wards.*lists no ward"),
        ("[[ward_layers]]", "[ward_layers]", "a list of tables"),
        ("second.geojson", "third.geojson", "third.geojson"),
    ],
)
def test_a_further_layer_is_checked_as_the_first_is(file: Path, old: str, new: str, told: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(InputError, match=told):
        load_area(file)


def test_the_same_wards_twice_are_refused(file: Path) -> None:
    again = SECOND.replace("second", "first").replace("Y1", "X1").replace("Y2", "X2")
    file.write_text(HEAD + again, encoding="utf-8")
    with pytest.raises(InputError, match="the same as the one valid from the start"):
        load_area(file)


@pytest.mark.parametrize("beyond_m", [150, 250])
def test_outlines_must_agree_and_it_is_told_by_how_much_they_do_not(file: Path, beyond_m: int) -> None:
    shapes = {"Y1": box(0, 400, 2 * SIDE + beyond_m, SIDE), "Y2": box(0, 0, 2 * SIDE + beyond_m, 400)}
    wards(file.parent / "second.geojson", shapes)
    if beyond_m < tolerance_m(1000):
        assert len(load_area(file).layers) == 2
        return
    with pytest.raises(
        InputError, match=r"not of the same area as the first: it reaches 250 m beyond.*200 m are allow"
    ):
        load_area(file)


def test_no_outline_may_reach_further_than_incidents_are_kept(file: Path) -> None:
    shapes = {"Y1": box(0, 400, 2 * SIDE + 30, SIDE), "Y2": box(0, 0, 2 * SIDE + 30, 400)}
    wards(file.parent / "second.geojson", shapes)
    file.write_text(file.read_text(encoding="utf-8").replace('code = "X"', 'code = "X"\nbuffer_m = 20'))
    with pytest.raises(InputError, match=r"30 m beyond the outline of the first.*20 m are allowed"):
        load_area(file)


def test_a_ward_that_lacks_inside_is_seen() -> None:
    whole, hole = box(0, 0, 3000, 3000), box(1000, 1000, 2000, 2000)
    assert outline_gap_m(whole, shapely.difference(whole, hole)) == pytest.approx(500, abs=20)
    assert outline_gap_m(shapely.difference(whole, hole), whole) == 0
    assert outline_gap_m(whole, box(0, 0, 3000, 2930)) == pytest.approx(70)


def test_layers_are_named_by_the_day_on_which_is_asked(file: Path) -> None:
    area = load_area(file)
    assert control_words(area.layers, date(2025, 1, 1)) == {"first": "until May 2028", DAY: "from May 2028"}
    assert control_words(area.layers, date(2028, 5, 4))[DAY] == "since May 2028"
    dated = HEAD.replace('code = "X"', 'code = "X"\nvalid_from = 2028-05-01') + SECOND
    file.write_text(dated, encoding="utf-8")
    area = load_area(file)
    assert control_words(area.layers, date(2025, 1, 1)) == {
        "2028-05-01": "from 1 May 2028", DAY: "from 4 May 2028",
    }  # fmt: skip
    assert area.layer_words.startswith("ward boundaries in force from 1 May 2028 until 3 May 2028")


def test_wards_that_were_merged_or_split_stand_for_each_other(tmp_path: Path) -> None:
    area = two_layers(tmp_path)
    first, second = area.layers
    assert counterparts(MERGED[0], area.layers, second) == (JOINED,)
    assert counterparts(JOINED, area.layers, first) == MERGED
    assert set(counterparts(SPLIT, area.layers, second)) == {EAST, WEST}
    assert counterparts(EAST, area.layers, first) == (SPLIT,)
    assert counterparts(SPLIT, area.layers, first) == (SPLIT,)
    assert counterparts("E05999999", area.layers, first) == ()


def test_a_layer_is_added_at_the_end_of_the_file_and_nothing_else_changes(tmp_path: Path) -> None:
    before = (ROOT / "data" / "area.toml").read_text(encoding="utf-8")
    area = two_layers(tmp_path)
    after = (tmp_path / "area.toml").read_text(encoding="utf-8")
    assert after.startswith(before.rstrip())
    second = area.with_layer(DAY)
    assert (len(second.wards.codes), second.ward_names[JOINED]) == (15, "Roby and Swanside")
    assert second.residents == {}
    assert [town.name for town in second.townships] == [town.name for town in area.townships]
    assert sorted(code for town in second.townships for code in town.wards) == sorted(second.wards.codes)
    source = tmp_path / "source.json"
    residents = dict.fromkeys(second.wards.codes, 7)
    third, notes = add_layer(
        source.rename(tmp_path / "moved.json"), tmp_path / "area.toml", _moved(tmp_path, residents)
    )
    assert (third.layer_key, sum(third.residents.values()), len(third.layers)) == ("2032-05-06", 15 * 7, 3)
    assert not any("residents" in note for note in notes)


def _moved(folder: Path, residents: dict[str, int]) -> Added:
    """Shift every ward of a source by a metre, as another year may, and say what is known of them."""
    read = gpd.read_file(folder / "moved.json").to_crs(27700)
    read["geometry"] = read.translate(1.0)
    read.to_file(folder / "moved.json", driver="GeoJSON")
    return Added("2032-05-06", residents=residents, residents_source="A count")


@pytest.mark.parametrize(
    ("day", "told"), [("4 May", "YYYY-MM-DD.*4 May"), (DAY, "begins after the one before it"), ("", "YYYY-MM-DD")]
)
def test_a_layer_that_cannot_be_added_leaves_everything_as_it_was(tmp_path: Path, day: str, told: str) -> None:
    two_layers(tmp_path)
    shutil.copy(tmp_path / "area_wards_2028-05-04.geojson", tmp_path / "kept.geojson")
    (tmp_path / "area_wards_2028-05-04.geojson").rename(tmp_path / "other.geojson")
    text = (tmp_path / "area.toml").read_text(encoding="utf-8").replace("area_wards_2028-05-04", "other")
    (tmp_path / "area.toml").write_text(text, encoding="utf-8")
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    with pytest.raises(InputError, match=told) as caught:
        add_layer(tmp_path / "kept.geojson", tmp_path / "area.toml", Added(day))
    assert ".tmp" not in str(caught.value)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_wards_of_another_area_are_not_added(file: Path) -> None:
    wards(file.parent / "far.geojson", {"Z1": box(5000, 0, 6000, SIDE)})
    before = sorted(path.name for path in file.parent.iterdir())
    with pytest.raises(InputError, match="not of the same area as the first"):
        add_layer(file.parent / "far.geojson", file, Added("2032-05-06"))
    assert sorted(path.name for path in file.parent.iterdir()) == before
