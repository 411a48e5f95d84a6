from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from data.place.area import AREA_VARIABLE, DEFAULT_AREA, Area, load_area
from data.place.area_calendar import next_operation, operation_window
from data.place.national import SCHOOL, bank_holidays, with_national
from data.place.ward_names import told_apart
from geo.boundaries import convert_wards, read_wards
from geo.errors import InputError
from tests.conftest import ROOT

ATTRIBUTION = "Contains OS data © Crown copyright and database right; source: Office for National Statistics, OGL v3.0"


def square(west: float, south: float = 390_000, side: float = 1000) -> shapely.Geometry:
    return shapely.box(west, south, west + side, south + side)


def layer(
    path: Path, shapes: dict[str, object], crs: int | None = 27700, code: str = "WD24CD", name: str = "WD24NM"
) -> Path:
    """Write a ward layer."""
    gpd.GeoDataFrame(
        {code: list(shapes), name: [f"Ward {c}" for c in shapes]}, geometry=list(shapes.values()), crs=crs
    ).to_file(path, driver="GPKG" if path.suffix == ".gpkg" else "GeoJSON")
    return path


TWO = {"X1": square(340_000), "X2": square(341_000)}
MINIMAL = """
name = "Elsewhere"
code = "X"
ward_file = "wards.gpkg"
[forces]
area = ["norfolk"]
[wards]
X1 = "West"
X2 = "East"
"""


@pytest.fixture
def small(tmp_path: Path) -> Path:
    layer(tmp_path / "wards.gpkg", TWO)
    path = tmp_path / "area.toml"
    path.write_text(MINIMAL, encoding="utf-8")
    return path


# The project's own area.


def test_the_area_is_described_in_full(area: Area) -> None:
    assert len(area.wards.codes) == len(set(area.wards.codes)) == 15
    assert set(area.residents) == set(area.wards.codes) == set(area.ward_names)
    assert sum(area.residents.values()) == 154_505
    assert {code for t in area.townships for code in t.wards} == set(area.wards.codes)
    assert sum(len(t.wards) for t in area.townships) == 15, "every ward in one township"
    assert area.forces
    assert not set(area.forces) & set(area.buffer_forces)
    assert (area.buffer_m, area.cell_size_m) == (1000, 200)
    assert area.lockdown == (pd.Period("2020-04", "M"), pd.Period("2021-04", "M"))
    assert [s.months for s in area.seasons] == [(7, 8), (10,), (11,)]
    assert "cannot be isolated" in area.season("bonfire").caveat
    assert len(area.grid().cells) == 2165


def test_residents_are_those_of_the_census(area: Area, shared: Path) -> None:
    lsoas = pd.read_csv(shared / "lookups" / "lsoa2021_census2021_residents.csv")
    by_ward = lsoas[lsoas["ltla24_code"] == area.code].groupby("ward24_code")["total_residents"].sum()
    assert by_ward.astype(int).to_dict() == dict(area.residents)


def test_terms_are_as_the_council_published_them(area: Area, shared: Path) -> None:
    terms = pd.read_csv(shared / "lookups" / "knowsley_term_dates.csv", parse_dates=["start", "end"])
    summer_ends = {d.year: d.date() for d in terms[terms["term"] == "Summer"]["end"]}
    autumn_starts = {d.year: d.date() for d in terms[terms["term"] == "Autumn"]["start"]}
    for term in area.terms:
        assert term.summer_ends == summer_ends[term.year]
        assert term.autumn_starts == autumn_starts.get(term.year)


def test_the_area_can_be_chosen_by_the_environment(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(AREA_VARIABLE, str(small))
    assert load_area().name == "Elsewhere"
    monkeypatch.delenv(AREA_VARIABLE)
    assert load_area().code == load_area(DEFAULT_AREA).code != "X"


def test_an_area_file_of_few_words(small: Path) -> None:
    area = load_area(small)
    assert area.ward_names == {"X1": "West", "X2": "East"}
    assert (area.kind, area.partnership, area.buffer_m) == ("area", "Elsewhere", 1000)
    assert dict(area.residents) == {}
    assert area.terms == area.townships == ()
    assert area.wards.outline.area == pytest.approx(2e6, rel=1e-6)
    assert area.file == str(small)


def test_what_is_national_holds_where_a_file_does_not_speak_of_it(small: Path, area: Area) -> None:
    """A file of few words is left out of nothing: what holds in England and Wales is taken, and said."""
    few = load_area(small)
    assert (few.seasons, few.operations, few.nights) == (area.seasons, area.operations, area.nights)
    assert (few.lockdown, few.lockdown_categories) == (area.lockdown, area.lockdown_categories)
    assert area.notes == (), "the project's own file speaks of everything"
    (note,) = few.notes
    assert "seasons, operations, named nights, COVID restrictions" in note
    assert 'seasons = "none"' in note
    assert few.bank_holidays is None, "these codes lie in no country"
    assert bank_holidays(["W05000001"]) == {"country": "GB", "subdivision": "WLS"}
    assert bank_holidays(area.wards.codes)["subdivision"] == area.bank_holidays.subdivision  # type: ignore[union-attr]
    assert SCHOOL["holidays"] == area.raw["school"]["holidays"]


def test_a_file_may_say_none(small: Path) -> None:
    keys = ("seasons", "operations", "nights", "bank_holidays", "school", "lockdown")
    text = "\n".join(f'{key} = "none"' for key in keys) + small.read_text(encoding="utf-8")
    small.write_text(text, encoding="utf-8")
    none = load_area(small)
    assert none.seasons == none.operations == none.nights == none.school.holidays == ()
    assert none.lockdown is None
    assert none.notes == ()
    assert next_operation(none, date(2025, 1, 1)) is None
    with pytest.raises(InputError, match="no such season"):
        none.season("summer")


def test_terms_alone_get_the_usual_holidays() -> None:
    own = {"terms": [], "source": "the council"}
    others = dict.fromkeys(("seasons", "operations", "nights", "bank_holidays", "lockdown"), "none")
    raw, (note,) = with_national({"school": own, **others}, ["E05000001"])
    assert raw["school"] == SCHOOL | own
    assert set(raw) == {"school"}
    assert note.endswith("to have none, write holidays = [] in [school].")
    assert with_national({"school": own | {"holidays": []}, **others}, ["E05000001"])[1] == ()


def test_own_seasons_keep_operations_of_other_seasons_out(small: Path) -> None:
    own = '[[seasons]]\nkey = "summer"\nname = "Summer"\nmonths = [7]\n'
    small.write_text(small.read_text(encoding="utf-8").replace("[wards]", own + "[wards]"), encoding="utf-8")
    found = load_area(small)
    assert [one.season for one in found.operations] == ["summer"]
    assert "operations" in found.notes[0]


def test_wards_of_one_name_are_told_apart(small: Path) -> None:
    text = small.read_text(encoding="utf-8").replace("West", "Park").replace("East", "PARK")
    small.write_text(text, encoding="utf-8")
    assert load_area(small).wards.names == ("Park (X1)", "PARK (X2)")
    towns = "".join(
        f'[[townships]]\nname = "{town}"\nwards = ["{code}"]\n' for town, code in (("A", "X1"), ("B", "X2"))
    )
    small.write_text(text.replace("[wards]", towns + "[wards]"), encoding="utf-8")
    named = load_area(small)
    assert named.wards.names == ("Park (A)", "PARK (B)")
    assert named.ward_names == {"X1": "Park (A)", "X2": "PARK (B)"}


@given(
    names=st.lists(st.sampled_from(["Park", "park", "Park (A)", "Park (W3)", "Mill & Hill", "Mill and Hill"])),
    towns=st.lists(st.sampled_from(["", "A", "B"]), min_size=12, max_size=12),
)
def test_no_two_wards_are_called_the_same(names: list[str], towns: list[str]) -> None:
    codes = [f"W{n}" for n in range(len(names))]
    found = told_apart(dict(zip(codes, names, strict=True)), dict(zip(codes, towns, strict=False)))
    assert list(found) == codes
    assert len({name.casefold().replace("&", "and") for name in found.values()}) == len(names)
    assert all(found[code].startswith(name) for code, name in zip(codes, names, strict=True))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("code = ", "kode = "), r"lacks a key.*|.*column 'code'"),
        (("[wards]", "[wards"), "not valid TOML"),
        (("[forces]", "cell_size_m = 100\n[forces]"), "at least 150 m wide"),
        (("[wards]", "[residents.by_ward]\nX9 = 5\n[wards]"), r"residents\.by_ward.*does not exist.*X9"),
        (("[wards]", '[[townships]]\nname = "T"\nwards = ["X1", "X8"]\n[wards]'), "townships.*X8"),
        (
            ("[wards]", '[lockdown]\nfirst = "2020-04"\nlast = "2021-04"\ncategories = ["Piracy"]\n[wards]'),
            r"lockdown\.categories.*Piracy",
        ),
        (
            ("[wards]", '[[operations]]\nname = "O"\nseason = "s"\nstarts = "02-30"\nends = "03-01"\n[wards]'),
            "written MM-DD.*02-30",
        ),
        (('X2 = "East"', 'X3 = "East"'), r"X1 to X2.*X1 to X3.*1 codes are in both"),
        (("wards.gpkg", "nowhere.gpkg"), "no such ward file"),
    ],
)
def test_what_is_wrong_with_an_area_file(small: Path, change: tuple[str, str], message: str) -> None:
    text = small.read_text(encoding="utf-8")
    assert change[0] in text
    small.write_text(text.replace(*change), encoding="utf-8")
    with pytest.raises(InputError, match=message):
        load_area(small)


def test_no_area_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"gone\.toml.*no such area file"):
        load_area(tmp_path / "gone.toml")


# The ward layer.


def test_the_superseded_wards_are_refused_with_both_vintages(area: Area, shared: Path) -> None:
    with pytest.raises(InputError) as refused:
        read_wards(shared / "boundaries" / "knowsley_wards_2013_superseded.json", area.ward_names, area.ward_vintage)
    text = str(refused.value)
    for part in ("vintage 2013 with 21 wards", f"vintage {area.ward_vintage} with 15 wards", "0 codes are in both"):
        assert part in text
    assert "describe the new wards in the area file" in text


def test_the_converter_writes_the_file_the_project_carries(area: Area, shared: Path, tmp_path: Path) -> None:
    made = convert_wards(
        shared / "boundaries" / "knowsley_wards.geojson",
        tmp_path / "wards.geojson",
        vintage=area.wards.vintage,
        attribution=ATTRIBUTION,
    )
    assert (tmp_path / "wards.geojson").read_bytes() == (ROOT / "data" / "wards.geojson").read_bytes()
    assert made.version == area.wards.version
    assert area.wards.attribution == ATTRIBUTION
    assert [p.name for p in tmp_path.iterdir()] == ["wards.geojson"], "nothing is left aside"


def test_the_carried_layer_is_a_valid_coverage_of_the_published_one(area: Area, shared: Path) -> None:
    assert shapely.coverage_is_valid(area.wards.polygons)
    assert shapely.is_valid(area.wards.polygons).all()
    published = gpd.read_file(shared / "boundaries" / "knowsley_wards.geojson").to_crs(27700).set_index("WD19CD")
    for code, polygon in zip(area.wards.codes, area.wards.polygons, strict=True):
        apart = shapely.symmetric_difference(polygon, published.geometry[code]).area
        assert apart < 0.005 * polygon.area, code
    assert area.wards.outline.area == pytest.approx(sum(p.area for p in area.wards.polygons))
    document = json.loads((ROOT / "data" / "wards.geojson").read_text(encoding="utf-8"))
    assert {key for f in document["features"] for key in f["properties"]} == {"ward_code", "ward_name"}


def test_the_other_generalisation_has_another_version(area: Area, shared: Path) -> None:
    other = read_wards(shared / "boundaries" / "knowsley_wards_wd25_alt.geojson", area.ward_names)
    assert other.codes == area.wards.codes
    assert other.version != area.wards.version
    assert other.outline.area == pytest.approx(area.wards.outline.area, rel=0.01)


def test_a_layer_says_the_same_in_degrees_and_in_metres(tmp_path: Path) -> None:
    metres = read_wards(layer(tmp_path / "m.gpkg", TWO))
    made = convert_wards(tmp_path / "m.gpkg", tmp_path / "d.geojson", vintage="2024", attribution=ATTRIBUTION)
    assert made.codes == metres.codes
    assert (made.vintage, metres.vintage) == ("2024", "2024")
    for one, other in zip(made.polygons, metres.polygons, strict=True):
        assert shapely.hausdorff_distance(one, other) < 0.2


def test_the_order_of_wards_in_the_file_does_not_matter(tmp_path: Path) -> None:
    one = read_wards(layer(tmp_path / "a.gpkg", TWO))
    other = read_wards(layer(tmp_path / "b.gpkg", dict(reversed(TWO.items()))))
    assert (one.codes, one.version) == (other.codes, other.version)
    assert one.name_of("X2") == "Ward X2"


def test_only_the_wards_to_keep_are_written(tmp_path: Path) -> None:
    source = layer(tmp_path / "s.gpkg", {**TWO, "Y1": square(342_000)})
    made = convert_wards(source, tmp_path / "t.geojson", vintage="v", attribution="a", keep={"X1": "", "X2": ""})
    assert made.codes == ("X1", "X2")


def test_small_overlaps_are_cleaned_by_the_converter(tmp_path: Path) -> None:
    overlapping = {"X1": square(340_000, side=1000.5), "X2": square(341_000, side=1000.5)}
    source = layer(tmp_path / "s.gpkg", overlapping)
    with pytest.raises(InputError, match=r"overlap or do not meet.*X1, X2.*python -m data wards"):
        read_wards(source)
    made = convert_wards(source, tmp_path / "t.geojson", vintage="v", attribution="a")
    assert shapely.coverage_is_valid(made.polygons)


@pytest.mark.parametrize(
    ("shapes", "options", "message"),
    [
        (TWO, {"code": "id"}, r"no column of ward codes and names \(found 'id"),
        (TWO, {"name": "label"}, "no column of ward codes and names"),
        (
            {"X1": shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])},
            {},
            r"not valid \(found 'X1: Self-intersection",
        ),
        ({"X1": square(340_000), "X2": square(340_500)}, {}, "overlap or do not meet"),
    ],
)
def test_what_is_wrong_with_a_layer(
    tmp_path: Path, shapes: dict[str, object], options: dict[str, str], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        read_wards(layer(tmp_path / "bad.gpkg", shapes, **options))


def test_a_code_twice(tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame(
        {"ward_code": ["X1", "X1"], "ward_name": ["A", "B"]}, geometry=list(TWO.values()), crs=27700
    )
    frame.to_file(tmp_path / "twice.gpkg")
    with pytest.raises(InputError, match="there twice"):
        read_wards(tmp_path / "twice.gpkg")


def test_what_is_no_layer(tmp_path: Path) -> None:
    (tmp_path / "page.geojson").write_text("<html>Not found</html>", encoding="utf-8")
    with pytest.raises(InputError, match="not a boundary file that can be read"):
        read_wards(tmp_path / "page.geojson")
    empty = {"type": "FeatureCollection", "features": []}
    (tmp_path / "empty.geojson").write_text(json.dumps(empty), encoding="utf-8")
    with pytest.raises(InputError, match="no column of ward codes"):
        read_wards(tmp_path / "empty.geojson")
    none = tmp_path / "none.gpkg"
    gpd.read_file(layer(tmp_path / "s.gpkg", TWO)).iloc[:0].to_file(none)
    with pytest.raises(InputError, match="has no ward in it"):
        read_wards(none, {"X1": "West"})
    source = layer(tmp_path / "s.gpkg", TWO)
    with pytest.raises(InputError, match="without its attribution"):
        convert_wards(source, tmp_path / "t.geojson", vintage="v", attribution="  ")
    assert not (tmp_path / "t.geojson").exists()


def test_a_county_of_271_wards(shared: Path) -> None:
    wards = read_wards(shared / "boundaries" / "lancashire_wards.gpkg")
    assert len(wards.codes) == 271
    assert wards.vintage == "not stated"


# The calendar.


def test_summer_runs_between_the_terms_where_they_are_published(area: Area) -> None:
    summer, autumn = area.operations
    known = operation_window(area, summer, 2024)
    assert (known.first, known.last, known.assumed) == (date(2024, 7, 20), date(2024, 9, 1), False)
    half = operation_window(area, summer, 2025)
    assert (half.first, half.last, half.assumed) == (date(2025, 7, 23), date(2025, 8, 31), True)
    guess = operation_window(area, summer, 2027)
    assert (guess.first, guess.last, guess.assumed) == (date(2027, 7, 21), date(2027, 8, 31), True)
    fixed = operation_window(area, autumn, 2027)
    assert (fixed.first, fixed.last, fixed.assumed) == (date(2027, 10, 25), date(2027, 11, 8), False)


@given(st.dates(date(2015, 1, 1), date(2035, 12, 31)))
def test_the_next_operation_is_running_or_the_nearest_to_start(day: date) -> None:
    area = load_area(DEFAULT_AREA)
    window = next_operation(area, day)
    assert window is not None
    assert window.last >= day
    assert window.days_from(day) == (window.first - day).days <= 270
    for operation in area.operations:
        for year in range(day.year - 1, day.year + 2):
            other = operation_window(area, operation, year)
            assert other.last < day or other.first >= window.first


def test_on_the_day_of_the_demonstration(area: Area) -> None:
    window = next_operation(area, date(2025, 1, 15))
    assert window is not None
    assert window.operation.season == "summer"
    assert window.days_from(date(2025, 1, 15)) == 189
    assert next_operation(area, date(2024, 11, 8)).first == date(2024, 10, 25)  # type: ignore[union-attr]


def test_an_operation_over_the_turn_of_the_year(small: Path) -> None:
    text = small.read_text(encoding="utf-8")
    winter = '[[operations]]\nname = "Christmas"\nseason = "winter"\nstarts = "12-20"\nends = "01-04"\n'
    small.write_text(text.replace("[wards]", winter + "[wards]"), encoding="utf-8")
    area = load_area(small)
    running = next_operation(area, date(2025, 1, 2))
    assert running is not None
    assert (running.first, running.last) == (date(2024, 12, 20), date(2025, 1, 4))
    later = next_operation(area, running.last + timedelta(days=1))
    assert later is not None
    assert later.first == date(2025, 12, 20)
