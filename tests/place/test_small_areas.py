"""Neighbourhoods of an area: read from published files, checked, kept in one file, and refused where they are not."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from data.__main__ import main
from data.place.area import Area, load_area
from data.place.small_area_tables import IMD_2025, read_deprivation, read_other_census, read_people
from data.place.small_areas import Deprivation, kept_beside, read_small_areas
from data.place.small_areas_made import Known, keep_small_areas, read_boundaries
from geo.errors import InputError
from geo.layer_columns import strange
from tests.made_small_areas import CREDIT, code_of, kept, own_area, strips, write_layer, write_table
from tests.properties import examples

EVIL = '=HYPERLINK("http://x")<img src=x onerror=alert(1)>'


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Area:
    return own_area(tmp_path_factory.mktemp("place"))


def test_what_is_kept_is_read_as_it_was_given(tmp_path: Path) -> None:
    area = own_area(tmp_path)
    assert read_small_areas(area) is None
    known = Known(
        {code_of(0): 1234}, "Census", {code_of(7, "11"): (code_of(0), code_of(1))}, "lookup.csv",
        {code_of(2): Deprivation(5, 1, 60.5)}, "index", CREDIT,
    )  # fmt: skip
    small = kept(area, known, names={1: EVIL})
    assert small.codes == tuple(code_of(n) for n in range(45))
    assert small.name_of(code_of(1)) == EVIL
    assert (small.residents, small.other, small.lookup) == (known.residents, known.other, "lookup.csv")
    assert small.deprivation == known.deprivation
    assert small.attribution == CREDIT
    given_m = np.asarray(strips(area), dtype=object)
    moved = shapely.area(shapely.symmetric_difference(small.polygons, given_m)) / shapely.area(given_m)
    assert moved.max() < 0.001, "shapes are those given, to a thousandth of their ground"
    again = read_small_areas(area)
    assert again is not None
    assert again.version == small.version
    assert sorted(p.name for p in tmp_path.iterdir()) == [
        "area.toml",
        "area_small_areas.geojson",
        "layer.json",
        "wards.geojson",
    ]


def test_those_outside_are_left_out_and_those_of_another_area_refused_by_code(place: Area, tmp_path: Path) -> None:
    own = strips(place)
    away = [shapely.transform(shape, lambda xy: xy + 40_000) for shape in own]
    both = read_boundaries(write_layer(tmp_path / "both.json", [*own, *away]), place)
    assert len(both.codes) == len(own)
    assert f"Left out, as they lie outside {place.name}: 45 of 90 neighbourhoods." in both.notes
    with pytest.raises(InputError, match=rf"none of these neighbourhoods lies in .*: {code_of(0)}, {code_of(1)}"):
        read_boundaries(write_layer(tmp_path / "away.json", away), place)
    with pytest.raises(InputError, match=rf"differ by .*not covered are {place.wards.names[0]} \(100%\)"):
        read_boundaries(write_layer(tmp_path / "less.json", own[3:]), place)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda one: one["properties"].update(LSOA21CD="E05010935"), "has the code of a neighbourhood|of wards"),
        (lambda one: one["properties"].update(LSOA21CD=code_of(1)), "codes are there twice"),
        (
            lambda one: one["properties"].update(LSOA21NM="A\u202eB"),
            r"a name holds a character that controls \(U\+202E",
        ),
        (lambda one: one.update(geometry=None), "has no geometry"),
        (lambda one: one.update(geometry={"type": "Point", "coordinates": [-2.8, 53.4]}), "is a Point|not a polygon"),
    ],
)
def test_a_layer_that_cannot_be_used(
    place: Area, tmp_path: Path, change: Callable[[dict[str, Any]], None], message: str
) -> None:
    path = write_layer(tmp_path / "layer.json", strips(place))
    told = json.loads(path.read_text(encoding="utf-8"))
    change(told["features"][0])
    path.write_text(json.dumps(told), encoding="utf-8")
    with pytest.raises(InputError, match=message):
        read_boundaries(path, place)


@pytest.mark.long
def test_a_code_that_is_there_twice_in_a_whole_country_is_told_soon(place: Area, tmp_path: Path) -> None:
    layer = {"type": "FeatureCollection", "features": [
        {"type": "Feature", "properties": {"LSOA21CD": f"E01{n:06d}"},
         "geometry": {"type": "Polygon", "coordinates": [[[1, 52], [1.001, 52], [1.001, 52.001], [1, 52]]]}}
        for n in (*range(35_672), 0)
    ]}  # fmt: skip
    path = tmp_path / "layer.json"
    path.write_text(json.dumps(layer), encoding="utf-8")
    begun = time.process_time()
    with pytest.raises(InputError, match=r"codes are there twice.*E01000000"):
        read_boundaries(path, place)
    assert time.process_time() - begun < 10, "it took 50 s while each code was counted for itself"


def test_other_kinds_of_place_are_named(place: Area) -> None:
    with pytest.raises(InputError, match="this is a layer of wards, not of neighbourhoods"):
        read_boundaries(Path(place.file).with_name("wards.geojson"), place)


def _head(**more: object) -> Callable[[dict[str, Any]], None]:
    return lambda told: told.update(more)


def _first(**more: object) -> Callable[[dict[str, Any]], None]:
    return lambda told: told["features"][0]["properties"].update(more)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (_head(form=2), "not a file of neighbourhoods in form 1.*'2'"),
        (_head(area="E08000099"), "of another area than .*'E08000099'.*Make it anew"),
        (_head(features=[]), "has no neighbourhood"),
        (_head(other={"E01000001": ["E01000002"]}), "leads to none of these"),
        (_head(other=[]), "not listed by code"),
        (_head(vintage="20\u000021"), "vintage is no text"),
        (_first(lsoa_code="<b>"), "a code is none"),
        (_first(lsoa_name=""), "the name of .* is none"),
        (_first(residents=-1), "residents of .* is no number from 0"),
        (_first(residents=True), "residents of .* is no number"),
        (_first(imd_rank=1, imd_decile=11), "decile of .* is no number from 1 to 10"),
        (_first(imd_rank=1, imd_decile=1, imd_score="x"), "score of .* is no number"),
        (lambda told: told["features"].reverse(), "not in order"),
        (lambda told: told["features"][0].update(geometry={"type": "Polygon"}), "cannot be read"),
        (lambda told: told.update(features=told["features"][:-6]), "differ by"),
    ],
)
def test_a_damaged_file_is_told_and_never_shown(
    place: Area, tmp_path: Path, change: Callable[[dict[str, Any]], None], message: str
) -> None:
    kept(place)
    told = json.loads(kept_beside(Path(place.file)).read_text(encoding="utf-8"))
    change(told)
    path = tmp_path / "kept.json"
    path.write_text(json.dumps(told), encoding="utf-8")
    with pytest.raises(InputError, match=message):
        read_small_areas(place, path)


@pytest.mark.parametrize("raw", [b"", b"[", b"[]", b"null", b"\xff", b"[" * 200_000])
def test_what_is_no_file_of_ours(place: Area, tmp_path: Path, raw: bytes) -> None:
    (tmp_path / "kept.json").write_bytes(raw)
    with pytest.raises(InputError):
        read_small_areas(place, tmp_path / "kept.json")


def test_a_file_that_fails_leaves_what_was_there(tmp_path: Path) -> None:
    area = own_area(tmp_path)
    kept(area)
    before = kept_beside(tmp_path / "area.toml").read_bytes()
    with pytest.raises(InputError, match="residents of"):
        kept(area, Known({code_of(0): -5}, "made"))
    with pytest.raises(InputError, match="character that controls"):
        kept(area, Known({}, "a\nb"))
    assert kept_beside(tmp_path / "area.toml").read_bytes() == before
    assert not list(tmp_path.glob(".*"))


@given(st.text(max_size=30))
@examples(10)
def test_any_name_is_kept_as_it_is_or_refused(place: Area, name: str) -> None:
    layer = write_layer(Path(place.file).with_name("layer.json"), strips(place, 1), {0: name})
    if strange(name.strip(" \t\r\n\u00a0")):
        with pytest.raises(InputError, match="a character that controls"):
            read_boundaries(layer, place)
        return
    small, _ = keep_small_areas(read_boundaries(layer, place), Known(), place)
    assert small.names[0] == (name.strip(" \t\r\n\u00a0") or code_of(0))


# --- tables ----------------------------------------------------------------------------------------------------------
WANTED = ("E01000001", "E01000002", "E01000003")
RANK = "Index of Multiple Deprivation (IMD) Rank (where 1 is most deprived)"
DECILE = "Index of Multiple Deprivation (IMD) Decile (where 1 is most deprived 10% of LSOAs)"


def test_residents_by_the_column_that_is_called_so(tmp_path: Path) -> None:
    rows = [(code, 9, f"1,{n}00", 400 + n) for n, code in enumerate((*WANTED, "E01999999"))]
    file = write_table(tmp_path / "a.csv", ("code", "wards", "total_residents", "total_households"), rows)
    assert read_people(file, WANTED) == dict(zip(WANTED, (1000, 1100, 1200), strict=True))
    both = write_table(tmp_path / "b.csv", ("code", "men", "women"), [(code, 1, 2) for code in WANTED])
    with pytest.raises(InputError, match="several columns may be: men, women"):
        read_people(both, WANTED)
    twice = write_table(tmp_path / "c.csv", ("code", "residents"), [(WANTED[0], 1), (WANTED[0], 2)])
    with pytest.raises(InputError, match=r"row 3, column 'code': this code is there twice"):
        read_people(twice, WANTED)
    for many, told in (("9" * 400, "no column of whole numbers"), ("10000001", r"row 2.*no neighbourhood.*10000001")):
        file = write_table(tmp_path / "many.csv", ("code", "residents"), [(WANTED[0], many)])
        with pytest.raises(InputError, match=told):
            read_people(file, WANTED)
    with pytest.raises(InputError, match="none of the area's neighbourhoods is in this file: it has E01999999"):
        read_people(write_table(tmp_path / "d.csv", ("code", "residents"), [("E01999999", 1)]), WANTED)


@pytest.mark.parametrize(
    "head",
    [("LSOA code (2021)", RANK, DECILE, "Income Decile"), ("lsoa21_code", "IMD_rank", "IMD_decile", "Income_rank")],
)
def test_deprivation_under_the_names_of_the_ministry_and_short_ones(tmp_path: Path, head: tuple[str, ...]) -> None:
    file = write_table(
        tmp_path / "IoD2025.csv", head, [(code, f"{n * 100 + 1}.0", n + 1, 7) for n, code in enumerate(WANTED)]
    )
    found, source = read_deprivation(file, WANTED[:2])
    assert found == {WANTED[0]: Deprivation(1, 1), WANTED[1]: Deprivation(101, 2)}
    assert source == IMD_2025


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([("E01000001", "0", "1")], "no whole number from 1"),
        ([("E01000001", "1", "11")], "no whole number from 1 to 10"),
        ([("E01000001", "1.5", "1")], "no whole number"),
        ([("E01000001", "1", "2"), ("E01000002", "2", "1")], "deciles do not follow ranks"),
    ],
)
def test_deprivation_that_is_none(tmp_path: Path, rows: list[tuple[str, ...]], message: str) -> None:
    file = write_table(tmp_path / "i.csv", ("code", "IMD_rank", "IMD_decile"), rows)
    with pytest.raises(InputError, match=message):
        read_deprivation(file, WANTED)
    with pytest.raises(InputError, match="no rank and no decile"):
        read_deprivation(write_table(tmp_path / "j.csv", ("code", "Income_rank"), [(WANTED[0], 1)]), WANTED)


OLD = ("E01900001", "E01900002", "E01900003", "E01900004")


def test_splits_merges_and_what_is_complex(tmp_path: Path) -> None:
    rows = [
        (WANTED[0], WANTED[0], "U"), (OLD[0], WANTED[1], "S"), (OLD[0], "E01888888", "S"),
        (OLD[1], WANTED[2], "M"), (OLD[2], WANTED[2], "M"), ("E01777777", "E01777777", "U"),
    ]  # fmt: skip
    file = write_table(tmp_path / "lookup.csv", ("LSOA11CD", "LSOA21CD", "CHGIND"), rows)
    assert read_other_census(file, WANTED) == {
        OLD[0]: (WANTED[1], "E01888888"), OLD[1]: (WANTED[2],), OLD[2]: (WANTED[2],)
    }  # fmt: skip
    # boundaries of 2011 are led to by codes of 2021
    assert read_other_census(file, (WANTED[0], OLD[0], OLD[1], OLD[2])) == {
        WANTED[1]: (OLD[0],), "E01888888": (OLD[0],), WANTED[2]: (OLD[1], OLD[2])
    }  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (
            [(OLD[0], WANTED[0], "U"), (OLD[0], WANTED[1], "U"), (WANTED[2], WANTED[2], "U")],
            "changed as U, and the rows",
        ),
        (
            [(OLD[0], WANTED[0], "M"), (OLD[0], WANTED[1], "M"), (WANTED[2], WANTED[2], "U")],
            "changed as M, and the rows",
        ),
        ([(WANTED[0], WANTED[0], "U")], "lacks 2 neighbourhoods of the area: E01000002, E01000003"),
        ([("E05000001", WANTED[0], "U")], "two columns of codes .* has 1"),
    ],
)
def test_a_lookup_that_contradicts_itself_or_lacks_some(
    tmp_path: Path, rows: list[tuple[str, ...]], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        read_other_census(write_table(tmp_path / "l.csv", ("LSOA11CD", "LSOA21CD", "CHGIND"), rows), WANTED)


# --- the command, on the real files ----------------------------------------------------------------------------------
def test_the_command_on_the_real_files(shared: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    area, lookups, shapes = own_area(tmp_path), shared / "lookups", shared / "boundaries"
    command = ["small-areas", "--area", area.file, "--lookup", str(lookups / "lsoa2011_to_lsoa2021.csv")]
    more = ["--residents", str(lookups / "lsoa2021_census2021_residents.csv"), "--residents-source", "Census 2021"]
    more += ["--imd", str(lookups / "lsoa2021_imd2025.csv"), "--json"]
    assert main([*command, "--boundaries", str(shapes / "knowsley_lsoa_2021.geojson"), *more]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["neighbourhoods"], told["residents"], told["deprivation"]) == (100, 154_505, 100)
    assert told["deprivation_source"] == IMD_2025
    small = read_small_areas(area)
    assert small is not None
    assert small.other == {"E01006441": ("E01034832", "E01034833"), "E01006463": ("E01034834", "E01034835")}
    assert small.deprivation["E01006412"] == Deprivation(509, 1, 66.076)
    people = ["--residents", str(lookups / "lsoa2011_population_mid2020_by_age.csv")]
    assert main([*command, "--boundaries", str(shapes / "knowsley_lsoa_2011.geojson"), *people]) == 0
    older = read_small_areas(area)
    assert older is not None
    assert (len(older.codes), older.vintage, len(older.residents)) == (98, "2011", 98)
    assert older.other["E01034833"] == ("E01006441",)
    before = kept_beside(tmp_path / "area.toml").read_bytes()
    assert main([*command, "--boundaries", str(shapes / "knowsley_wards.geojson")]) == 1
    assert "this is a layer of wards, not of neighbourhoods" in capsys.readouterr().err
    assert kept_beside(tmp_path / "area.toml").read_bytes() == before


def test_the_file_of_one_area_is_refused_by_another(place: Area, tmp_path: Path) -> None:
    kept(place)
    other = own_area(tmp_path)
    text = (tmp_path / "area.toml").read_text(encoding="utf-8").replace(f'"{other.code}"', '"E07000117"', 1)
    (tmp_path / "area.toml").write_text(text, encoding="utf-8")
    shutil.copy(kept_beside(Path(place.file)), kept_beside(tmp_path / "area.toml"))
    with pytest.raises(InputError, match=rf"of another area than .*{place.code}"):
        read_small_areas(load_area(tmp_path / "area.toml"))
