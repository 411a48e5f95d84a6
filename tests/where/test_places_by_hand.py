"""Places on few cells: how they are cut and joined, in what order they come, which name each gets, how it was made."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
import shapely

from analysis.where.hotspots import Ranking, rank_cells
from analysis.where.places import STREETS, Place, find_places
from analysis.where.walkable import walkable_groups
from data.place.area import Area
from data.store.schema import Incidents
from geo.assign import assign_wards
from geo.errors import InputError
from geo.grid import Grid, grid_reference
from tests.made_incidents import in_cells, made, months_of

MONTHS = months_of(14)


@pytest.fixture(scope="module")
def grid(area: Area) -> Grid:
    return area.grid()


def at(grid: Grid, row: int, column: int) -> int:
    """A cell in the middle of the area, moved by rows and columns."""
    return int(grid.cells[len(grid.cells) // 2]) + row * grid.columns + column


def ranked(incidents: Incidents, grid: Grid, **more: object) -> Ranking:
    return rank_cells(incidents, grid, smoothing=0, **more)  # type: ignore[arg-type]


def groups_of(picture: str, widest: int, weights: dict[str, float] | None = None) -> set[frozenset[tuple[int, int]]]:
    """Groups of the cells drawn with letters and digits, a dot for none; a letter may have a weight."""
    cells = [(r, c, sign) for r, line in enumerate(picture.split()) for c, sign in enumerate(line) if sign != "."]
    row, column = (np.array([cell[axis] for cell in cells]) for axis in (0, 1))
    weight = np.array([(weights or {}).get(cell[2], 1.0) for cell in cells])
    found = walkable_groups(row, column, weight, widest)
    assert all((np.diff(group) > 0).all() for group in found)
    return {frozenset((int(row[i]), int(column[i])) for i in group) for group in found}


def drawn(*pictures: str) -> set[frozenset[tuple[int, int]]]:
    """Groups as they are drawn, each on its own."""
    return {
        frozenset((r, c) for r, line in enumerate(picture.split()) for c, sign in enumerate(line) if sign != ".")
        for picture in pictures
    }


# Cutting and joining.


def test_cells_that_share_an_edge_or_a_corner_are_one_group() -> None:
    assert groups_of("xx..x .x... ..x.x", 9) == drawn("xx... .x... ..x..", "....x", "..... ..... ....x")
    assert groups_of("x", 1) == drawn("x")


def test_a_group_that_just_fits_stays_whole_and_one_wider_is_cut() -> None:
    assert groups_of("xxxxx", 5) == drawn("xxxxx")
    assert groups_of("xxxxxx", 5) == drawn("xxx...", "...xxx")
    assert groups_of("x x x x x x", 5) == drawn("x x x", ". . . x x x")
    assert groups_of("xxxx", 1) == drawn("x...", ".x..", "..x.", "...x")


def test_a_cut_parts_the_least_weight_and_leaves_no_crumbs() -> None:
    # eight in a row, five wide: a cut after 3, 4 or 5 makes two parts; it goes where the lighter of a pair is lightest
    assert groups_of("xxxxxxxx", 5) == drawn("xxxx....", "....xxxx")  # all alike: in the middle
    assert groups_of("xxaxxxxx", 5, {"a": 0.5}) == drawn("xxx.....", "...xxxxx")
    assert groups_of("xxxxxaxx", 5, {"a": 0.5}) == drawn("xxxxx...", ".....xxx")
    # lighter still beyond the quarter at either end, or where it would take three parts: not there
    assert groups_of("axxxxxxx", 7, {"a": 0.1}) == drawn("xxxx....", "....xxxx")
    assert groups_of("xxaxxxxx", 4, {"a": 0.1}) == drawn("xxxx....", "....xxxx")


def test_a_cut_goes_across_the_longer_side_and_rows_go_first() -> None:
    assert groups_of("xxx xxx xxx xxx xxx", 4) == drawn("xxx xxx", "... ... xxx xxx xxx")
    assert groups_of("xxxx xxxx xxxx xxxx", 3) == drawn(
        "xx.. xx..", "..xx ..xx", ".... .... xx.. xx..", ".... .... ..xx ..xx"
    )
    assert groups_of("xxxxx xxxxx xxxxx", 4) == drawn("xx... xx... xx...", "..xxx ..xxx ..xxx")


def test_parts_that_meet_and_fit_are_joined_again() -> None:
    rng = np.random.default_rng(1)
    many = 0
    for widest in (2, 3, 4, 5):
        for _ in range(12):
            row, column = np.divmod(rng.choice(64, 30, replace=False), 8)
            groups = walkable_groups(row, column, rng.integers(1, 4, 30).astype(float), widest)
            for one, other in combinations(groups, 2):
                r, c = (axis[np.r_[one, other]] for axis in (row, column))
                meet = (abs(row[one][:, None] - row[other]) <= 1) & (abs(column[one][:, None] - column[other]) <= 1)
                assert not (meet.any() and max(np.ptp(r), np.ptp(c)) < widest)
                many += meet.any()
    assert many > 100


def test_groups_do_not_hang_on_where_the_lattice_begins_or_on_the_order_of_cells() -> None:
    rng = np.random.default_rng(4)
    row, column = np.divmod(rng.choice(120, 60, replace=False), 12)
    weight = rng.integers(1, 5, 60).astype(float)
    plain = {tuple(group) for group in walkable_groups(row, column, weight, 4)}
    moved = {tuple(group) for group in walkable_groups(row + 1000, column + 77, weight, 4)}
    scaled = {tuple(group) for group in walkable_groups(row, column, 3 * weight, 4)}
    assert plain == moved == scaled
    order = rng.permutation(60)
    mixed = walkable_groups(row[order], column[order], weight[order], 4)
    assert {tuple(sorted(order[group])) for group in mixed} == plain


# Places.


def test_places_come_by_what_is_expected_then_south_west_first(area: Area, grid: Grid) -> None:
    spots = [(6, 0), (0, 0), (0, 6), (-6, 3)]
    many = [1, 2, 2, 5]
    cells = [at(grid, *spot) for spot, n in zip(spots, many, strict=True) for _ in range(n)]
    incidents = in_cells(grid, cells, [MONTHS[-1]] * 10, MONTHS)
    places = find_places(ranked(incidents, grid, expected_total=20), incidents, area)
    assert [place.cells.tolist() for place in places] == [[at(grid, *spots[i])] for i in (3, 1, 2, 0)]
    assert [place.number for place in places] == [1, 2, 3, 4]
    assert [place.expected for place in places] == pytest.approx([10, 4, 4, 2])
    assert [place.count_last12 for place in places] == [5, 2, 2, 1]


def test_where_a_place_lies(area: Area, grid: Grid) -> None:
    spots = {(0, 0): 1, (0, 1): 6, (1, 1): 3}
    cells = [at(grid, *spot) for spot, n in spots.items() for _ in range(n)]
    incidents = in_cells(grid, cells, [MONTHS[-1]] * 10, MONTHS)
    (place,) = find_places(ranked(incidents, grid), incidents, area)
    east, north = grid.centres([at(grid, *spot) for spot in spots])
    assert place.easting_m == pytest.approx((east * [1, 6, 3]).sum() / 10)
    assert place.northing_m == pytest.approx((north * [1, 6, 3]).sum() / 10)
    assert place.grid_reference == grid_reference(east[1], north[1])[0]
    assert place.cells.tolist() == sorted(at(grid, *spot) for spot in spots)


def test_the_share_decides_what_is_top(area: Area, grid: Grid) -> None:
    cells = [at(grid, 0, 3 * i) for i in range(4) for _ in range(4 - i)]
    incidents = in_cells(grid, cells, [MONTHS[-1]] * 10, MONTHS)
    ranking = ranked(incidents, grid)
    assert [len(find_places(ranking, incidents, area, n / len(grid.cells))) for n in (1, 2, 3, 4, 5)] == [1, 2, 3, 4, 4]
    with pytest.raises(InputError, match="share"):
        find_places(ranking, incidents, area, 0)


def test_a_width_is_whole_cells(area: Area, grid: Grid) -> None:
    incidents = in_cells(grid, [at(grid, 0, i) for i in range(4)], [MONTHS[-1]] * 4, MONTHS)
    ranking = ranked(incidents, grid)
    for width, places in ((200, 4), (399, 4), (400, 2), (799, 2), (800, 1)):
        assert len(find_places(ranking, incidents, area, max_width_m=width)) == places
    with pytest.raises(InputError, match="at least one cell of 200 m wide") as caught:
        find_places(ranking, incidents, area, max_width_m=199.5)
    assert (caught.value.column, caught.value.value) == ("max_width_m", "199.5")


def test_streets_weigh_like_the_score(area: Area, grid: Grid) -> None:
    # three a year ago weigh 1.5, two today 2; one after the ranking's month weighs nothing
    names = ["On or near Old Road"] * 3 + ["On or near New Road"] * 2 + ["On or near Tomorrow"] * 9
    when = [MONTHS[0]] * 3 + [MONTHS[12]] * 2 + [MONTHS[13]] * 9
    incidents = in_cells(grid, [at(grid, 0, 0)] * 14, when, MONTHS, location=names)
    (place,) = find_places(ranked(incidents, grid, as_at_month=MONTHS[12]), incidents, area)
    assert place.streets == ("New Road", "Old Road")
    assert place.name == "New Road"
    (other,) = find_places(ranked(incidents, grid, as_at_month=MONTHS[12], half_life_months=60), incidents, area)
    assert other.streets == ("Old Road", "New Road")
    # a month between that was not published is no month of the ranking
    there = MONTHS.delete([6])
    unknown = in_cells(
        grid, [at(grid, 0, 0)] * 3, [MONTHS[6], MONTHS[6], MONTHS[12]], there,
        location=["On or near Gap Road"] * 2 + ["On or near New Road"],
    )  # fmt: skip
    (place,) = find_places(ranked(unknown, grid), unknown, area)
    assert place.streets == ("New Road",)


def test_five_streets_at_most_and_equal_ones_by_the_alphabet(area: Area, grid: Grid) -> None:
    names = [f"On or near {letter} Road" for letter in "GFEDCBA"] + ["On or near G Road"]
    incidents = in_cells(grid, [at(grid, 0, 0)] * 8, [MONTHS[-1]] * 8, MONTHS, location=names)
    (place,) = find_places(ranked(incidents, grid), incidents, area)
    assert place.streets == ("G Road", "A Road", "B Road", "C Road", "D Road")
    assert len(place.streets) == STREETS == 5


def test_only_what_lies_in_a_place_names_it(area: Area, grid: Grid) -> None:
    # the busiest street lies beside the place, and one lies off the lattice
    cells = [at(grid, 0, 0)] * 3 + [at(grid, 0, 9)] * 2
    inside = in_cells(grid, cells, [MONTHS[-1]] * 5, MONTHS)
    east = np.r_[inside.frame["easting_m"], [grid.west_m - 5000] * 9]
    north = np.r_[inside.frame["northing_m"], [grid.south_m - 5000] * 9]
    names = ["On or near Mill Street"] * 3 + ["On or near Hill Street"] * 2 + ["On or near Far Away"] * 9
    incidents = made(east, north, [MONTHS[-1]] * 14, MONTHS, names)
    (place,) = find_places(ranked(incidents, grid), incidents, area, 1 / len(grid.cells))
    assert place.streets == ("Mill Street",)
    assert place.count_last12 == 3


def test_names_that_are_taken(area: Area, grid: Grid) -> None:
    mill, hill, vale, park = (f"On or near {name}" for name in ("Mill Street", "Hill Street", "Vale", "Parking Area"))
    spots = [(0, 0)] * 4 + [(6, 0)] * 4 + [(12, 0)] * 4 + [(-6, 0)] * 2 + [(-12, 0)] * 2
    names = [mill] * 4 + [mill, mill, mill, hill] + [mill, mill, hill, vale] + [park] * 2 + [park] * 2
    incidents = in_cells(grid, [at(grid, *spot) for spot in spots], [MONTHS[-1]] * 16, MONTHS, location=names)
    places = find_places(ranked(incidents, grid), incidents, area)
    assert [place.name for place in places[:3]] == [
        "Mill Street",
        "Mill Street and Hill Street",
        "Mill Street and Vale",
    ]
    near = [place for place in places if place.label]
    assert {place.name for place in near} == {"near Mill Street", f"near Mill Street, {near[1].grid_reference}"}
    assert all(place.label == "parking area" for place in near)
    assert [place.title for place in places[:1]] == ["Mill Street"]
    assert near[0].title == "near Mill Street (parking area)"


def test_the_nearest_street_names_a_place_without_one(area: Area, grid: Grid) -> None:
    x, y = (float(axis[0]) for axis in grid.centres([at(grid, 0, 0)]))
    names = ["On or near Supermarket"] * 5 + ["On or near Zeta Road", "On or near Beta Road", "On or near Hospital"]
    east, north = [x] * 5 + [x + 500, x, x + 250], [y] * 5 + [y, y - 500, y]
    incidents = made(east, north, [MONTHS[-1]] * 8, MONTHS, names)
    (place,) = find_places(ranked(incidents, grid), incidents, area, 1 / len(grid.cells))
    assert place.name == "near Beta Road"  # as near as the other, and first by the alphabet
    nearer = made([*east[:5], x + 499, x, x + 250], north, [MONTHS[-1]] * 8, MONTHS, names)
    (place,) = find_places(ranked(nearer, grid), nearer, area, 1 / len(grid.cells))
    assert place.name == "near Zeta Road"


def test_the_ward_of_most_incidents_or_the_nearest(area: Area, grid: Grid) -> None:
    codes = sorted(area.wards.codes)
    cell = at(grid, 0, 0)
    three = in_cells(grid, [cell] * 3, [MONTHS[-1]] * 3, MONTHS, ward_code=[codes[4], codes[2], codes[4]])
    (place,) = find_places(ranked(three, grid), three, area)
    assert place.ward_code == codes[4]
    even = in_cells(grid, [cell] * 3, [MONTHS[-1]] * 3, MONTHS, ward_code=[codes[4], codes[2], None])
    (place,) = find_places(ranked(even, grid), even, area)
    assert place.ward_code == codes[2]
    outside = grid.cells[assign_wards(*grid.centres(grid.cells), area.wards, 0) < 0]
    for one in outside[:5].tolist():
        edge = in_cells(grid, [one], [MONTHS[-1]], MONTHS)
        (place,) = find_places(ranked(edge, grid), edge, area)
        x, y = (float(axis[0]) for axis in grid.centres([one]))
        away = [shapely.distance(polygon, shapely.Point(x, y)) for polygon in area.wards.polygons]
        assert place.ward_code == area.wards.codes[int(np.argmin(away))]


def test_how_places_were_found(area: Area, grid: Grid) -> None:
    incidents = replace(in_cells(grid, [at(grid, 0, 0)] * 2, [MONTHS[0], MONTHS[-1]], MONTHS), version="v3")
    ranking = ranked(incidents, grid)
    (place,) = find_places(ranking, incidents, area, 0.02, 600)
    method = place.method
    assert dict(method.parameters) == {
        "top": f"2 % of {len(grid.cells):,} cells", "at most": "600 m wide", **ranking.method.parameters,
    }  # fmt: skip
    assert method.name.startswith("Places")
    assert (method.n, method.data_version, method.period) == (2, "v3", "January 2023 to February 2024")
    assert method.caveats == ranking.method.caveats
    (usual,) = find_places(ranking, incidents, area)
    assert usual.method.parameters["top"].startswith("5 % of")
    assert usual.method.parameters["at most"] == "1000 m wide"


def test_the_title_has_the_label_in_brackets(area: Area, grid: Grid) -> None:
    incidents = in_cells(grid, [at(grid, 0, 0)], [MONTHS[-1]], MONTHS)
    place: Place = find_places(ranked(incidents, grid), incidents, area)[0]
    assert replace(place, label="prison").title == "Mill Street (prison)"
    assert replace(place, label="").title == "Mill Street"


def test_null_and_empty_locations_name_nothing(area: Area, grid: Grid) -> None:
    names = [None, "", "On or near ", "No Location", "On or near Mill Street"]
    incidents = in_cells(grid, [at(grid, 0, 0)] * 5, [MONTHS[-1]] * 5, MONTHS, location=names)
    (place,) = find_places(ranked(incidents, grid), incidents, area)
    assert place.streets == ("Mill Street",)
    frame = incidents.frame
    assert pd.isna(frame["location"].iloc[0])
