"""Which neighbourhood an incident is of: against raw files counted with pandas alone, and rule by rule."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from analysis.common.neighbourhoods import main_wards, monthly_by_neighbourhood, neighbourhood_of
from data.place.area import Area
from data.place.small_area_tables import read_other_census, read_people
from data.place.small_areas import SmallAreas
from data.place.small_areas_made import Known, keep_small_areas, read_boundaries
from data.published.police_uk import import_paths
from data.store.force_counts import force_counts
from data.store.schema import Incidents
from data.store.store import load
from tests.made_incidents import made, months_of
from tests.made_small_areas import code_of, kept, own_area
from tests.properties import examples

SPLIT = {"E01006441": ("E01034832", "E01034833"), "E01006463": ("E01034834", "E01034835")}
MONTHS = {"2021-06": "merseyside_2018-01_to_2021-12.zip", "2024-10": "merseyside_2022-10_to_2024-12.zip"}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Area:
    return own_area(tmp_path_factory.mktemp("place"))


@pytest.fixture(scope="module")
def small(place: Area) -> SmallAreas:
    return kept(place)


def real_areas(shared: Path, area: Area, folder: Path) -> SmallAreas:
    """The published neighbourhoods, with residents and lookup."""
    found = read_boundaries(shared / "boundaries" / "knowsley_lsoa_2021.geojson", area)
    people = read_people(shared / "lookups" / "lsoa2021_census2021_residents.csv", found.codes)
    other = read_other_census(shared / "lookups" / "lsoa2011_to_lsoa2021.csv", found.codes)
    return keep_small_areas(found, Known(people, "Census 2021", other, "lookup"), area, folder / "kept.geojson")[0]


def test_counts_are_those_of_the_raw_files_by_code(shared: Path, area: Area, tmp_path: Path) -> None:
    published = real_areas(shared, area, tmp_path)
    raw, files = {}, []
    for month, name in MONTHS.items():
        with zipfile.ZipFile(shared / "police_uk" / name) as archive:
            member = next(one for one in archive.namelist() if one.endswith(f"{month}-merseyside-street.csv"))
            files.append(Path(archive.extract(member, tmp_path)))
            raw[month] = pd.read_csv(io.BytesIO(archive.read(member)))["LSOA code"].value_counts()
    import_paths(files, tmp_path / "store", area)
    incidents = load(tmp_path / "store", area)
    counted, told = monthly_by_neighbourhood(incidents, published), neighbourhood_of(incidents, published)
    for month, by_code in raw.items():
        ours = counted.loc[month]
        for code in published.codes:
            if code not in {one for parts in SPLIT.values() for one in parts}:
                assert ours[code] == by_code.get(code, 0), (month, code)
        for before, parts in SPLIT.items():
            assert ours[list(parts)].sum() == by_code.reindex([before, *parts]).sum(), (month, before)
    assert counted.loc["2021-06", ["E01034832", "E01034833", "E01034834", "E01034835"]].min() > 0, (
        "both parts have some"
    )
    whole = force_counts(tmp_path / "store", area, ["merseyside"]).frame
    district = whole[whole["district"] == area.name].groupby("month", observed=True)["n"].sum()
    assert {month: int(counted.loc[month].sum()) for month in MONTHS} == district.to_dict(), "and of the district's"
    assert told.by_point == 0, "every row has a code"
    assert counted.loc["2021-07"].isna().all(), "a month that is missing is missing"


@pytest.mark.long
def test_where_code_and_point_differ_it_is_the_generalised_line(
    real: Incidents, shared: Path, area: Area, tmp_path: Path
) -> None:
    published = real_areas(shared, area, tmp_path)
    told = neighbourhood_of(real, published)
    bare = real.frame.assign(lsoa_code=pd.Categorical([None] * len(real.frame)))
    point = neighbourhood_of(replace(real, frame=bare), published).position
    coded = (told.position >= 0) & real.frame["lsoa_code"].isin(published.codes).to_numpy()
    differs = coded & (point != told.position)
    assert differs.sum() / coded.sum() == pytest.approx(0.035, abs=0.001)
    where = shapely.points(real.frame.loc[differs, ["easting_m", "northing_m"]].to_numpy())
    assert shapely.distance(where, published.polygons[told.position[differs]]).max() < 17
    assert (told.by_code, told.by_other_census, told.by_point) == (94_751, 4_834, 0)
    assert (told.next_door, told.beyond) == (301, 454)


def at(small: SmallAreas, rows: list[tuple[str | None, int]], ward: str | None = "E05010935") -> Incidents:
    """Incidents under a code, each in the middle of a neighbourhood by its number."""
    spots = [shapely.point_on_surface(small.polygons[n]) for _, n in rows]
    found = made(
        [p.x for p in spots], [p.y for p in spots], ["2024-01"] * len(rows), months_of(1, "2024-01"), ward_code=ward
    )
    return replace(found, frame=found.frame.assign(lsoa_code=pd.Categorical([code for code, _ in rows])))


def test_rule_by_rule(small: SmallAreas) -> None:
    other = {
        code_of(0, "11"): (code_of(0), code_of(1)),  # split
        code_of(2, "11"): (code_of(2),),  # merged or renamed
        code_of(4, "11"): (code_of(4), "E01888888"),  # part of it lies outside
    }
    looked_up = replace(small, other=other, lookup="lookup")
    rows = [
        (code_of(7), 3),  # the code holds, wherever the point is
        (code_of(0, "11"), 1),  # a split: the part that the point lies in
        (code_of(0, "11"), 0),
        (code_of(0, "11"), 9),  # ... or is nearest to
        (code_of(2, "11"), 9),
        (code_of(4, "11"), 4),
        (code_of(4, "11"), 9),  # in neither of the parts that are ours
        ("E01999999", 5),  # another area's
        (None, 6),  # none: the point
    ]
    told = neighbourhood_of(at(looked_up, rows), looked_up)
    nearest = min((0, 1), key=lambda n: small.polygons[n].distance(shapely.point_on_surface(small.polygons[9])))
    assert told.position.tolist() == [7, 1, 0, nearest, 2, 4, -1, -1, 6]
    assert (told.by_code, told.by_other_census, told.by_point) == (1, 5, 1)
    assert told.next_door == 2
    assert "2 in a ward of the area are published under a neighbourhood next to it" in told.sentence
    without = replace(small, other={}, lookup="")
    assert neighbourhood_of(at(without, rows), without).position.tolist() == [7, 1, 0, 9, 9, 4, 9, 5, 6]


def test_outside_the_wards_only_the_code_counts(small: SmallAreas) -> None:
    far = made([300_000.0] * 2, [400_000.0] * 2, ["2024-01"] * 2, months_of(1, "2024-01"))
    found = replace(far, frame=far.frame.assign(lsoa_code=pd.Categorical([code_of(3), None])))
    told = neighbourhood_of(found, small)
    assert told.position.tolist() == [3, -1]
    assert told.beyond == 1


@given(st.lists(st.tuples(st.sampled_from([None, *range(45)]), st.integers(0, 44)), max_size=40))
@examples(20)
def test_each_is_of_one_and_all_are_counted(small: SmallAreas, rows: list[tuple[int | None, int]]) -> None:
    found = at(small, [(None if code is None else code_of(code), n) for code, n in rows])
    told = neighbourhood_of(found, small)
    expected = [n if code is None else code for code, n in rows]
    assert told.position.tolist() == expected
    counted = monthly_by_neighbourhood(found, small)
    assert counted.to_numpy().sum() == len(rows)
    assert counted.iloc[0].to_numpy().tolist() == np.bincount(expected or [0], minlength=45).tolist() if rows else True


def test_the_ward_that_most_of_it_lies_in(place: Area, small: SmallAreas) -> None:
    found = main_wards(small, place.wards.codes, place.wards.polygons)
    assert found == tuple(code for code in place.wards.codes for _ in range(3))
