from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import ndimage

from analysis.where.hotspots import Ranking, rank_cells
from analysis.where.places import GENERIC_LOCATIONS, Place, find_places, is_generic, street_name
from analysis.where.walkable import walkable_groups
from data.demo.dataset import make_demo
from data.kinds.crime_types import ASB, DRUGS
from data.place.area import Area
from data.store.schema import Incidents
from geo.assign import assign_wards
from geo.errors import InputError
from geo.grid import Grid, grid_reference
from tests.made_incidents import in_cells, made, months_of
from tests.properties import examples

MONTHS = months_of(12)


@pytest.fixture(scope="module")
def grid(area: Area) -> Grid:
    return area.grid()


def cell_at(grid: Grid, row: int, column: int) -> int:
    """A cell in the middle of the real area, moved by rows and columns."""
    middle = int(grid.cells[len(grid.cells) // 2])
    return middle + row * grid.columns + column


def placed(
    area: Area,
    grid: Grid,
    cells: list[tuple[int, int]],
    locations: list[str | None],
    share: float = 0.05,
    **more: float,
) -> tuple[Place, ...]:
    incidents = in_cells(
        grid, [cell_at(grid, *cell) for cell in cells], [MONTHS[-1]] * len(cells), MONTHS, location=locations
    )
    return find_places(rank_cells(incidents, grid, smoothing=0), incidents, area, share, **more)


def connected(row: np.ndarray, column: np.ndarray) -> bool:
    image = np.zeros((int(np.ptp(row)) + 1, int(np.ptp(column)) + 1), dtype=int)
    image[row - row.min(), column - column.min()] = 1
    return bool(ndimage.label(image, structure=np.ones((3, 3)))[1] == 1)


@given(
    st.sets(st.tuples(st.integers(0, 13), st.integers(0, 13)), min_size=1, max_size=70),
    st.integers(1, 7),
    st.randoms(use_true_random=False),
)
def test_groups_are_connected_narrow_and_each_cell_is_in_one(
    cells: set[tuple[int, int]], widest: int, shuffler: object
) -> None:
    listed = sorted(cells)
    row, column = np.array(listed).T
    weight = 1.0 + (7 * row + 3 * column) % 5
    groups = walkable_groups(row, column, weight, widest)
    assert sorted(np.concatenate(groups).tolist()) == list(range(len(listed)))
    for group in groups:
        assert connected(row[group], column[group])
        assert max(np.ptp(row[group]), np.ptp(column[group])) + 1 <= widest
    # cells that meet and would fit together are not left apart without need: a whole that fits is one group
    image = np.zeros((14, 14), dtype=int)
    image[row, column] = 1
    labels, n = ndimage.label(image, structure=np.ones((3, 3)))
    for label in range(1, n + 1):
        own = labels[row, column] == label
        if max(np.ptp(row[own]), np.ptp(column[own])) + 1 <= widest:
            assert any(sorted(group.tolist()) == np.flatnonzero(own).tolist() for group in groups)
    order = np.arange(len(listed))
    shuffler.shuffle(order)  # type: ignore[attr-defined]
    again = walkable_groups(row[order], column[order], weight[order], widest)
    assert {tuple(sorted(order[group])) for group in again} == {tuple(sorted(group)) for group in groups}


def test_a_wide_group_is_cut_at_its_waist() -> None:
    cells = [(r, c) for r in range(3) for c in (0, 1, 2, 4, 5, 6)] + [(1, 3)]
    row, column = np.array(cells).T
    groups = walkable_groups(row, column, np.ones(len(cells)), 5)
    assert sorted(len(group) for group in groups) == [9, 10]


@pytest.mark.parametrize("category", [ASB, DRUGS])
def test_places_of_the_real_data(real: Incidents, area: Area, grid: Grid, category: str) -> None:
    incidents = real.of(category)
    ranking = rank_cells(incidents, grid)
    places = find_places(ranking, incidents, area)
    top = ranking.top(0.05)
    assert sum(place.expected for place in places) == pytest.approx(ranking.expected[top].sum())
    cells = np.concatenate([place.cells for place in places])
    np.testing.assert_array_equal(np.sort(cells), np.sort(grid.cells[top]))
    assert sum(place.count_last12 for place in places) == ranking.count_last12[top].sum()
    assert [place.number for place in places] == list(range(1, len(places) + 1))
    assert (np.diff([place.expected for place in places]) <= 0).all()
    assert len({place.name for place in places}) == len(places)
    for place in places:
        east, north = grid.corners(place.cells)
        assert max(np.ptp(east), np.ptp(north)) + 200 <= 1000
        assert connected(*np.divmod(place.cells, grid.columns))
        assert place.ward_code in area.wards.codes
        assert east.min() <= place.easting_m <= east.max() + 200
        assert north.min() <= place.northing_m <= north.max() + 200
        assert not any(is_generic(street) for street in place.streets)
        assert "On or near" not in place.title


def test_a_place_is_named_by_an_independent_count(real: Incidents, area: Area, grid: Grid) -> None:
    incidents = real.of(ASB)
    places = find_places(rank_cells(incidents, grid), incidents, area)
    frame = incidents.frame
    cell = grid.locate(frame["easting_m"], frame["northing_m"])
    age = frame["month"].map(lambda month: (pd.Period("2024-12") - month).n)
    weight = 0.5 ** (age.astype(float) / 12)
    for place in places[:10]:
        here = np.isin(cell, place.cells)
        streets = weight[here].groupby(frame.loc[here, "location"].astype(str)).sum().sort_values(ascending=False)
        streets.index = streets.index.str.removeprefix("On or near ").str.strip()
        real_ones = [s for s in streets.index if s and s.casefold() not in GENERIC_LOCATIONS]
        assert place.name == real_ones[0].replace("'S", "'s")
        busiest = next(s for s in streets.index if s)
        assert place.label == (busiest.casefold() if busiest.casefold() in GENERIC_LOCATIONS else "")
        wards = weight[here].groupby(frame.loc[here, "ward_code"].astype(str)).sum()
        assert place.ward_code == wards.drop("nan", errors="ignore").idxmax()


def test_a_name_comes_from_the_street_and_the_label_from_the_busiest(area: Area, grid: Grid) -> None:
    (place,) = placed(
        area,
        grid,
        [(0, 0)] * 7 + [(0, 1)] * 2,
        ["On or near Shopping Area"] * 4 + ["On or near Mill Street"] * 2 + ["On or near Hill Street"] * 2 + [None],
    )
    assert (place.name, place.label, place.title) == ("Hill Street", "shopping area", "Hill Street (shopping area)")
    assert place.streets == ("Hill Street", "Mill Street")  # equal: by the alphabet
    assert place.expected == pytest.approx(9 / 12)
    assert place.count_last12 == 9
    east, north = grid.centres([cell_at(grid, 0, 0)])
    assert place.grid_reference == grid_reference(east, north)[0]
    assert place.easting_m == pytest.approx(east[0] + 200 * 2 / 9)


def test_a_place_without_a_street_is_near_one(area: Area, grid: Grid) -> None:
    locations = ["On or near Supermarket"] * 3 + ["On or near ", "On or near Hall Drive", "On or near Far Lane"]
    cells = [(0, 0)] * 4 + [(4, 0), (-6, 0)]
    places = placed(area, grid, cells, locations)
    assert places[0].title == "near Hall Drive (supermarket)"
    assert places[0].streets == ()
    alone = placed(area, grid, [(0, 0)], ["No Location"])
    assert alone[0].name == alone[0].grid_reference
    assert alone[0].label == ""


def test_two_places_on_a_street_can_be_told_apart(area: Area, grid: Grid) -> None:
    mill, hill = "On or near Mill Street", "On or near Hill Street"
    cells = [(0, 0)] * 3 + [(6, 0)] * 3 + [(-6, 0)]
    first, second, third = placed(area, grid, cells, [mill, mill, mill, mill, mill, hill, mill])
    assert first.name == "Mill Street"
    assert second.name == "Mill Street and Hill Street"
    assert third.name == f"Mill Street, {third.grid_reference}"


def test_a_wide_place_is_split(area: Area, grid: Grid) -> None:
    row = [(0, c) for c in range(-6, 6)]
    places = placed(area, grid, row, ["On or near Long Lane"] * 12)
    assert len(places) == 3
    assert all(np.ptp(place.cells % grid.columns) < 5 for place in places)
    assert len(placed(area, grid, row, ["On or near Long Lane"] * 12, max_width_m=2400)) == 1
    assert len(placed(area, grid, row, ["On or near Long Lane"] * 12, max_width_m=200)) == 12
    with pytest.raises(InputError, match="at least one cell"):
        placed(area, grid, row, ["On or near Long Lane"] * 12, max_width_m=199)


@examples(15)
@given(order=st.permutations(range(30)))
def test_rows_and_the_future_do_not_matter(area: Area, grid: Grid, order: list[int]) -> None:
    rng = np.random.default_rng(8)
    east, north = grid.centres(rng.choice([cell_at(grid, r, c) for r in range(4) for c in range(6)], 30))
    month = rng.choice(np.asarray(MONTHS[:9]), 30)
    streets = np.array([f"On or near {name} Street" for name in "ABCDE"])[rng.integers(0, 5, 30)]
    as_at = MONTHS[8]

    def summary(incidents: Incidents) -> list[tuple[object, ...]]:
        ranking = rank_cells(incidents, grid, as_at)
        found = find_places(ranking, incidents, area, 0.004)
        return [(p.title, p.cells.tolist(), p.streets, p.ward_code, p.expected, p.grid_reference) for p in found]

    plain = summary(made(east, north, month, MONTHS, streets.tolist()))
    mixed = summary(made(east[order], north[order], month[order], MONTHS, streets[order].tolist()))
    assert plain == mixed
    poisoned = made(
        np.r_[east, east[:9]], np.r_[north, north[:9]], [*month, *[MONTHS[11]] * 9], MONTHS,
        [*streets, *["On or near Tomorrow Road"] * 9],
    )  # fmt: skip
    assert summary(poisoned) == plain


def test_nothing_expected_has_no_places(area: Area, grid: Grid) -> None:
    assert placed(area, grid, [], []) == ()
    months = months_of(30)
    long_ago = in_cells(grid, [cell_at(grid, 0, 0)], [months[0]], months)
    ranking = rank_cells(long_ago, grid)
    assert len(ranking.top(0.05))  # it was busy once, but the mean month of the last 12 is 0
    assert find_places(ranking, long_ago, area) == ()


def test_the_ward_is_that_of_its_incidents_or_of_its_centre(area: Area, grid: Grid) -> None:
    cell = cell_at(grid, 0, 0)
    east, north = grid.centres([cell])
    own = area.wards.codes[int(assign_wards(east, north, area.wards, 0)[0])]
    (place,) = placed(area, grid, [(0, 0)], ["On or near Mill Street"])
    assert place.ward_code == own  # no incident has a ward
    other = next(code for code in area.wards.codes if code != own)
    incidents = in_cells(grid, [cell] * 3, [MONTHS[0]] * 3, MONTHS, ward_code=[own, other, other])
    (place,) = find_places(rank_cells(incidents, grid, smoothing=0), incidents, area)
    assert place.ward_code == other
    # a cell half inside can have its centre outside
    centre = grid.centres(grid.cells)
    outside = grid.cells[assign_wards(*centre, area.wards, 0) < 0]
    assert len(outside)
    edge = in_cells(grid, [int(outside[0])], [MONTHS[0]], MONTHS)
    (place,) = find_places(rank_cells(edge, grid, smoothing=0), edge, area)
    assert place.ward_code in area.wards.codes


@pytest.mark.parametrize(
    ("published", "name", "generic"),
    [
        ("On or near Mill Street", "Mill Street", False),
        ("On or near ", "", False),
        ("On or near", "", False),
        ("No Location", "", False),
        ("Mill Street", "Mill Street", False),
        ("on or near  Mill   Street ", "Mill Street", False),
        ("On or near Baron'S Hey", "Baron's Hey", False),
        ("On or near Sports/recreation Area", "Sports/recreation Area", True),
        ("On or near Parking Area", "Parking Area", True),
        ("On or near A57", "A57", False),
        ("On or nearby Lane", "On or nearby Lane", False),
        ("<b>On or near x</b>", "<b>On or near x</b>", False),  # escaped where it is drawn
    ],
)
def test_published_locations(published: str, name: str, generic: bool) -> None:
    assert street_name(published) == name
    assert is_generic(name) is generic


def test_every_kind_of_point_in_the_data_is_known(real: Incidents) -> None:
    # the busiest texts that do not end like a street are kinds of point, and all of those are in the list
    names = real.frame["location"].astype(str).map(street_name)
    slashed = {name for name in names.unique() if "/" in name}
    assert slashed
    assert all(is_generic(name) for name in slashed)
    assert {"Parking Area", "Supermarket", "Petrol Station", "Hospital"} <= {n for n in names.unique() if is_generic(n)}


def test_the_demonstration_has_places_where_they_were_planted(area: Area, grid: Grid) -> None:
    demo = make_demo(area)
    incidents = demo.incidents.of(ASB)
    ranking: Ranking = rank_cells(incidents, grid)
    places = find_places(ranking, incidents, area)
    planted = sorted((p for p in demo.planted.places if p.category == ASB and not p.months), key=lambda p: -p.share)
    for truth in planted[:4]:
        east, north = grid.centres(np.concatenate([place.cells for place in places[:8]]))
        assert np.hypot(east - truth.easting_m, north - truth.northing_m).min() < 200
