"""Places in every usual form: a file written from known points comes back as those points, as exactly as it tells."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given
from hypothesis import strategies as st
from pyproj import Transformer

from data.feed.fit import check_mapping
from data.feed.mapping import FeedMapping
from data.feed.places import read_pair
from data.feed.precision import degrees_of_rounded_metres, degrees_rounded, metres_rounded
from data.feed.propose import propose
from data.feed.reasons import NOT_A_POINT, OTHER_PLACE_FORM, TOO_COARSE
from data.feed.rows import CheckedFeed, check_feed
from data.feed.table import Table, read_table
from data.kinds.crime_types import ASB
from data.place.area import Area
from data.store.checks import ABROAD, NO_LOCATION, SWAPPED, ZERO
from data.store.store import load
from geo.assign import OUTSIDE, assign_wards
from geo.crs import to_wgs84
from geo.errors import InputError
from geo.grid import grid_reference
from tests.feed.feed_files import csv_bytes, points_in
from tests.feed.feed_rows import TODAY, import_rows
from tests.properties import examples

TO_DEGREES = Transformer.from_crs("EPSG:27700", "EPSG:4326", always_xy=True)
POINT = FeedMapping(columns={"start": "When", "point": "Place"}, category=ASB, day_first=True)
ONE_COLUMN = (
    "{lat:.6f}, {lon:.6f}", "{lon:.6f} {lat:.6f}", "({lat:.6f},{lon:.6f})", "N{lat:.6f} W{west:.6f}", "{e} {n}",
    "POINT ({lon:.6f} {lat:.6f})", "SRID=27700;POINT ({e} {n})", "point z({lon:.6f} {lat:.6f} 0)",
    '{{"type": "Point", "coordinates": [{lon:.6f}, {lat:.6f}]}}',
)  # fmt: skip


def spread(area: Area, n: int, seed: int = 7) -> list[tuple[int, int]]:
    """Whole metres all over the area, no two alike."""
    rng = np.random.default_rng(seed)
    west, south, east, north = area.wards.outline.bounds
    found: list[tuple[int, int]] = []
    while len(found) < n:
        x, y = int(rng.integers(west, east)), int(rng.integers(south, north))
        if assign_wards([x], [y], area.wards, 0.0)[0] >= 0:
            found.append((x, y))
    return found


def written(pattern: str, points: Sequence[tuple[int, int]]) -> list[str]:
    texts = []
    for e, n in points:
        lon, lat = TO_DEGREES.transform(e, n)
        texts.append(pattern.format(e=e, n=n, lon=lon, lat=lat, west=-lon))
    return texts


def one_column(texts: Sequence[str], header: str = "Place") -> Table:
    whens = [f"2024-10-{1 + k % 28:02d} 20:15" for k in range(len(texts))]
    return Table("f.csv", {"When": whens, header: list(texts)}, list(range(2, 2 + len(texts))))


def in_degrees(area: Area, x: Sequence[object], y: Sequence[object]) -> CheckedFeed:
    table = one_column([str(text) for text in x], "X")
    table.columns["Y"] = [str(text) for text in y]
    return check_feed(table, FeedMapping({"start": "When", "longitude": "X", "latitude": "Y"}, ASB), area, TODAY)


def reasons(found: CheckedFeed) -> list[str]:
    return [row.reason for row in found.rejected]


# --- one column -------------------------------------------------------------------------------------------------------
@examples(15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_points_in_any_form_come_back_as_those_points(area: Area, data: st.DataObject) -> None:
    pattern = data.draw(st.sampled_from(ONE_COLUMN))
    points = spread(area, data.draw(st.integers(1, 12)), data.draw(st.integers(0, 99)))
    found = check_feed(one_column(written(pattern, points)), POINT, area, TODAY).usable
    assert len(found) == len(points)
    away = np.hypot(found["easting_m"] - [e for e, _ in points], found["northing_m"] - [n for _, n in points])
    assert away.max() < 6  # one transformation is within some metres of the other
    assert found["precision_m"].isna().all()


@examples(10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_grid_references_come_back_as_the_middle_of_their_square(area: Area, data: st.DataObject) -> None:
    side = data.draw(st.sampled_from([10, 100]))
    points = spread(area, data.draw(st.integers(1, 12)), data.draw(st.integers(0, 99)))
    figures = {10: 4, 100: 3}[side]
    letters = [text[:2] for text in grid_reference(*np.array(points, dtype=float).T)]
    blank = data.draw(st.sampled_from(["", " "]))
    texts = [
        f"{letter}{blank}{e % 100_000 // side:0{figures}d}{blank}{n % 100_000 // side:0{figures}d}"
        for letter, (e, n) in zip(letters, points, strict=True)
    ]
    texts = [text.lower() if data.draw(st.booleans()) else text for text in texts]
    found = check_feed(one_column(texts), POINT, area, TODAY)
    assert not found.rejected
    assert (found.usable["precision_m"] == side).all()
    for axis, name in enumerate(("easting_m", "northing_m")):
        assert (abs(found.usable[name] - [point[axis] for point in points]) <= side / 2).all()


def test_a_square_of_a_kilometre_counts_where_one_ward_holds_it_and_is_put_aside_over_a_boundary(area: Area) -> None:
    west, south, east, north = (int(v // 1000) for v in area.wards.outline.bounds)
    corners = [(e, n) for e in range(west - 3, east + 4) for n in range(south - 3, north + 4)]
    texts = [f"{grid_reference(float(e * 1000), float(n * 1000))[0][:2]}{e % 100:02d}{n % 100:02d}" for e, n in corners]
    found = check_feed(one_column(texts), POINT, area, TODAY)
    told = dict(zip(found.usable["line"], found.usable["ward"], strict=True))
    assert set(reasons(found)) == {TOO_COARSE}
    assert (found.usable["precision_m"] == 1000).all()
    inside = 0
    for row, (e, n) in enumerate(corners, start=2):
        inner = np.array([(e * 1000 + a, n * 1000 + b) for a in range(1, 1000, 83) for b in range(1, 1000, 83)])
        wards = set(assign_wards(inner[:, 0], inner[:, 1], area.wards, 0.0).tolist())
        if row in told:  # no point of the square lies in another ward
            assert wards == {told[row]} or (wards == {OUTSIDE} and told[row] < 0)
            inside += told[row] >= 0
        else:
            square = shapely.box(e * 1000, n * 1000, e * 1000 + 1000, n * 1000 + 1000)
            assert shapely.intersects(area.wards.outline, square)
            assert row in {each.row for each in found.rejected}
    assert inside > 0


def test_a_column_has_one_form_and_rows_of_another_are_put_aside_with_their_reason(area: Area) -> None:
    points = spread(area, 9)
    texts = written("{lat:.6f}, {lon:.6f}", points[:5]) + written("{lon:.6f}, {lat:.6f}", points[5:6])
    texts += ["SJ 414 906", "somewhere near the park", "", "0, 0", "40.71283, -74.00601", "POINT EMPTY"]
    found = check_feed(one_column(texts), POINT, area, TODAY)
    assert reasons(found) == [
        OTHER_PLACE_FORM, OTHER_PLACE_FORM, NOT_A_POINT, NO_LOCATION, ZERO, ABROAD, NO_LOCATION,
    ]  # fmt: skip
    assert found.rejected[2].value == "(text not kept)"
    assert found.rejected[1].value == "SJ 414 906"
    assert "park" not in "".join(map(str, found.rejected))


def test_well_known_text_with_its_numbers_swapped_is_told_so(area: Area) -> None:
    found = check_feed(one_column(written("POINT ({lat:.6f} {lon:.6f})", spread(area, 4))), POINT, area, TODAY)
    assert reasons(found) == [SWAPPED] * 4


def test_degrees_in_two_columns_may_have_letters_and_minutes(area: Area) -> None:
    ((e, n),) = spread(area, 1)
    lon, lat = TO_DEGREES.transform(e, n)
    minutes = f"{int(-lon)}°{(-lon % 1) * 60:.5f}'W"
    found = in_degrees(area, [f"{-lon:.6f} W", minutes, f"{lon:.6f}"], [f"{lat:.6f}N", f"{lat:.6f}", "-0.5"])
    assert reasons(found) == [ABROAD]
    assert np.hypot(found.usable["easting_m"] - e, found.usable["northing_m"] - n).max() < 6


def test_the_place_is_mapped_once() -> None:
    table = one_column(["SJ 414 906"])
    table.columns["X"] = table.columns["Y"] = ["1"]
    twice = FeedMapping({"start": "When", "point": "Place", "easting": "X", "northing": "Y"}, ASB)
    with pytest.raises(InputError, match="mapped twice"):
        check_mapping(table, twice)
    with pytest.raises(InputError, match="place is not mapped"):
        check_mapping(table, FeedMapping({"start": "When"}, ASB))


# --- how exact --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("step", "shift"), [(1000, 0), (500, 0), (100, 0), (100, 50), (50, 0), (10, 5)])
def test_a_rounded_file_shows_its_step(area: Area, step: int, shift: int) -> None:
    x, y = np.array(spread(area, 40), dtype=float).T
    rounded = metres_rounded(x // step * step + shift, y // step * step + shift)
    assert (rounded == step).all()
    assert np.isnan(metres_rounded(x, y)).all()


def test_rounded_places_among_exact_ones_are_found_and_the_exact_ones_left(area: Area) -> None:
    x, y = np.array(spread(area, 300), dtype=float).T
    x[:60], y[:60] = x[:60] // 100 * 100 + 50, y[:60] // 100 * 100 + 50
    found = metres_rounded(x, y)
    assert (found[:60] >= 100).all()
    assert np.isnan(found[60:]).sum() >= 238  # chance puts one in a hundred on a multiple of 10


def test_exact_places_are_hardly_ever_taken_for_rounded(area: Area) -> None:
    west, south, east, north = area.wards.outline.bounds
    rng = np.random.default_rng(3)
    wrong = 0
    for n in [1, 2, 3, 5, 10, 50, 500] * 40:
        x, y = rng.integers(west, east, n).astype(float), rng.integers(south, north, n).astype(float)
        wrong += int(np.isfinite(metres_rounded(x, y)).any())
    assert wrong <= 1


def test_decimals_of_degrees_show_how_exact_they_are() -> None:
    rng = np.random.default_rng(1)
    values = rng.uniform(53.3, 53.5, 50)
    for places, step in ((2, 0.01), (3, 0.001), (4, 0.0001)):
        assert degrees_rounded(np.round(values, places), np.full(50, 10.0**-places)) == pytest.approx(step)
    assert np.isnan(degrees_rounded(np.round(values, 5), np.full(50, 1e-5)))
    lost = np.where(np.arange(50) % 5 == 0, 0.001, 1e-5)  # zeros at the end that a spreadsheet left away
    assert np.isnan(degrees_rounded(values, lost))
    assert np.isnan(degrees_rounded(np.array([53.4]), np.array([0.1])))  # one value says nothing


def test_three_decimals_of_degrees_are_some_hundred_metres(area: Area) -> None:
    found = check_feed(one_column(written("{lat:.3f}, {lon:.3f}", spread(area, 20))), POINT, area, TODAY)
    np.testing.assert_allclose(found.usable["precision_m"], 111.32)
    assert any("known to 111 m only" in note for note in found.place_notes)


@pytest.mark.parametrize(("step", "places"), [(100, 5), (100, 7), (50, 6), (500, 5), (1000, 4)])
def test_degrees_of_rounded_metres_are_no_more_exact_for_their_decimals(area: Area, step: int, places: int) -> None:
    points = [(e // step * step + step // 2, n // step * step + step // 2) for e, n in spread(area, 40)]
    degrees = np.array([TO_DEGREES.transform(e, n) for e, n in points]).T
    for turned in (degrees, np.array(to_wgs84(*np.array(points, dtype=float).T))):
        lon, lat = np.round(turned, places)
        assert degrees_of_rounded_metres(np.append(lon, np.nan), np.append(lat, np.nan)) == step
    exact = np.array([TO_DEGREES.transform(e, n) for e, n in spread(area, 40, 8)]).T
    assert np.isnan(degrees_of_rounded_metres(*exact))
    assert np.isnan(degrees_of_rounded_metres(lon[:2], lat[:2]))
    table = one_column([f"{y:.{places}f}, {x:.{places}f}" for x, y in zip(lon, lat, strict=True)])
    said = " ".join(propose(table, area).notes)
    assert ("rounded to" in said) == (step > 50)


def test_precision_is_stored_where_a_month_needs_it_and_read_beside_months_without(area: Area, tmp_path: Path) -> None:
    def rows(month: str, step: int) -> list[dict[str, str]]:
        return [
            {"When": f"{day:02d}/{month} 20:15", "X": str(e // step * step), "Y": str(n // step * step)}
            for day, (e, n) in enumerate(spread(area, 30), start=1)
        ]

    mapping = FeedMapping({"start": "When", "easting": "X", "northing": "Y"}, ASB, day_first=True)

    def period(m: int) -> tuple[date, date]:
        return date(2024, m, 1), date(2024, m, 30)

    exact, rounded = rows("09/2024", 1), rows("11/2024", 100)
    import_rows(tmp_path, area, exact, mapping, period=period(9))
    report = import_rows(tmp_path, area, rounded, mapping, period=period(11))
    assert any("the places of 30 rows are known to 100 m only" in note for note in report.notes)
    found = load(tmp_path, area, "fire-service")
    precision = found.frame.groupby(found.frame["month"].astype(str))["precision_m"]
    assert precision.count().to_dict() == {"2024-09": 0, "2024-11": report.loaded}
    kept, coarse = found.placed(200)
    assert (coarse, len(kept.frame)) == (report.loaded, len(found.frame) - report.loaded)
    assert found.placed(400)[1] == 0
    import pyarrow.parquet as pq

    names = [set(pq.read_schema(path).names) for path in sorted((tmp_path / "incidents").rglob("*.parquet"))]
    assert ["precision_m" in each for each in names] == [False, True]


# --- what is proposed -------------------------------------------------------------------------------------------------
def test_of_an_exact_pair_with_gaps_and_a_rounded_one_the_complete_one_is_proposed(area: Area) -> None:
    points = spread(area, 60)
    table = one_column([str(e) if k % 3 else "" for k, (e, _) in enumerate(points)], "Easting_m")
    table.columns["Northing_m"] = [str(n) if k % 3 else "" for k, (_, n) in enumerate(points)]
    table.columns["Easting_rounded"] = [str(e // 100 * 100 + 50) for e, _ in points]
    table.columns["Northing_rounded"] = [str(n // 100 * 100 + 50) for _, n in points]
    found = propose(table, area)
    assert (found.mapping.columns["easting"], found.mapping.columns["northing"]) == (
        "Easting_rounded", "Northing_rounded",
    )  # fmt: skip
    said = " ".join(found.notes)
    assert "rounded to 100 m" in said
    assert "in 40 rows only" in said
    table.columns["Easting_m"], table.columns["Northing_m"] = ([str(p[k]) for p in points] for k in (0, 1))
    assert propose(table, area).mapping.columns["easting"] == "Easting_m"  # as complete, and more exact


@pytest.mark.parametrize("header", ["Grid reference", "geometry", "Place", "column 7"])
def test_a_column_of_points_is_proposed_by_its_name_or_because_it_lies_here(area: Area, header: str) -> None:
    table = one_column(written("POINT ({lon:.6f} {lat:.6f})", spread(area, 20)), header)
    found = propose(table, area)
    assert found.mapping.columns["point"] == header
    assert header not in found.personal


def test_numbers_of_jobs_are_no_grid_references(area: Area) -> None:
    table = one_column([f"SW{n:06d}" for n in range(101_000, 101_040)], "Job")
    assert "point" not in propose(table, area).mapping.columns


CASES = (
    ("feed_forms/gridref.csv", {"point": "Grid reference"}, 40, np.nan),
    ("feed_forms/latlon_one.csv", {"point": "Location"}, 40, 111.32),
    ("wkt_point/wkt_point.csv", {"point": "geometry"}, 120, np.nan),
    ("fire_null_dwellings/fire_null_dwellings.csv", {"easting": "Easting_rounded", "northing": "Northing_rounded"},
     160, 100),
)  # fmt: skip


@pytest.mark.parametrize(("file", "place", "rows", "precision"), CASES)
def test_files_as_people_have_them(
    shared: Path, area: Area, file: str, place: dict[str, str], rows: int, precision: float
) -> None:
    path = shared / "cases" / file
    if not path.is_file():
        pytest.skip(f"{file} is not there")
    table = read_table(path.name, path.read_bytes())
    found = propose(table, area)
    assert found.mapping.columns.items() >= place.items()
    mapping = FeedMapping({"start": found.mapping.columns["start"], **place}, ASB)
    checked = check_feed(table, mapping, area, TODAY)
    assert len(checked.usable) == rows
    assert (checked.usable["ward"] >= 0).mean() > 0.9
    np.testing.assert_allclose(checked.usable["precision_m"], precision)
    assert any("rounded to 100 m" in note for note in found.notes) == (precision == 100)


def test_geojson_text_in_a_cell_is_a_point(area: Area) -> None:
    texts = written('{{"type": "Point", "coordinates": [ {lon:.6f} , {lat:.6f} ]}}', points_in(area, 60))
    assert propose(one_column(texts, "g"), area).mapping.columns["point"] == "g"


def test_longitudes_without_their_minus_sign_are_told_so(area: Area, tmp_path: Path) -> None:
    made = [
        {"When": f"{day:02d}/10/2024 19:05", "Lat": f"{y:.5f}", "Long": f"{-x:.5f}"}
        for day, (x, y) in enumerate(zip(*to_wgs84(*np.array(points_in(area, 5), dtype=float).T), strict=True), start=1)
    ]
    mapping = FeedMapping({"start": "When", "longitude": "Long", "latitude": "Lat"}, ASB, day_first=True)
    with pytest.raises(InputError, match="lost their minus sign"):
        import_rows(tmp_path, area, made, mapping)


def test_a_place_that_is_missing_is_asked_for_in_the_words_of_its_column(area: Area, tmp_path: Path) -> None:
    x, y = points_in(area, 1)[0]
    made = [{"When": f"{day:02d}/10/2024 19:05", "At": f"{x}, {y}" if day > 2 else ""} for day in range(1, 6)]
    report = import_rows(tmp_path, area, made, FeedMapping({"start": "When", "point": "At"}, ASB, day_first=True))
    assert {(row.reason, row.value) for row in report.rejected_rows} == {("no location", "")}
    assert all("coordinates" not in row.advice for row in report.rejected_rows)
    made = [{"When": f"{day:02d}/10/2024 19:05", "E": str(x), "N": str(y)} for day in range(1, 6)]
    made[0] |= {"E": "", "N": ""}
    columns = {"start": "When", "easting": "E", "northing": "N"}
    report = import_rows(tmp_path, area, made, FeedMapping(columns, ASB, day_first=True))
    assert [row.value for row in report.rejected_rows] == [""]


@pytest.mark.parametrize("metres", [True, False])
def test_decimal_commas_beside_semicolons_are_read(area: Area, tmp_path: Path, metres: bool) -> None:
    points = np.array(points_in(area, 30), dtype=float).T + np.linspace(0.11, 9.87, 30)
    x, y = points if metres else to_wgs84(*points)
    form = "{:.1f}" if metres else "{:.5f}"
    names = ("Easting", "Northing") if metres else ("Longitude", "Latitude")
    made = [
        {"Date": f"{13 + n % 9}/10/2024 19:05", "Kind": "Noise"}
        | {name: form.format(value).replace(".", ",") for name, value in zip(names, (east, north), strict=True)}
        for n, (east, north) in enumerate(zip(x, y, strict=True))
    ]
    found = read_table("f.csv", csv_bytes(list(made[0]), made, ";"))
    mapping = propose(found, area).mapping
    assert (mapping.columns[names[0].lower()], mapping.columns[names[1].lower()]) == names
    usable = check_feed(found, mapping, area, TODAY).usable
    np.testing.assert_allclose(usable["easting_m"], points[0], atol=1.0)
    np.testing.assert_allclose(usable["northing_m"], points[1], atol=1.0)
    assert usable["precision_m"].isna().all()


@pytest.mark.parametrize(
    ("text", "number"),
    [("343,300", 343_300), ("343,300.5", 343_300.5), ("343300,5", 343_300.5), ("-2,86590", -2.8659), ("1,2,3", np.nan)],
)
def test_a_comma_parts_thousands_or_decimals(text: str, number: float) -> None:
    table = Table("f.csv", {"X": [text], "Y": ["1"]}, [2])
    np.testing.assert_equal(read_pair(table, "X", "Y", metres=True)[0], [number])


def test_a_comma_in_degrees_is_a_decimal_mark_before_any_digits() -> None:
    table = Table("f.csv", {"X": ["-2,866", "-2,86590"], "Y": ["53,413", "53,4"]}, [2, 3])
    x, y, _ = read_pair(table, "X", "Y", metres=False)
    np.testing.assert_array_equal([x, y], [[-2.866, -2.8659], [53.413, 53.4]])
