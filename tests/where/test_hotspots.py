from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from analysis.where.hotspots import cell_counts_by_month, cells_in_share, quartic_kernel, rank_cells, rank_counted
from data.demo.dataset import make_demo
from data.kinds.crime_types import ASB, DRUGS
from data.place.area import Area
from data.store.schema import Incidents, empty_frame
from geo.errors import InputError
from geo.grid import Grid, make_grid
from tests.made_incidents import in_cells, made, months_of, square_grid
from tests.properties import examples

GRID = square_grid()
MONTHS = months_of(16)

# a published month that is missing lies among them
THERE = MONTHS.delete([9])
ROWS = st.lists(
    st.tuples(st.integers(0, GRID.size - 1), st.sampled_from(list(THERE))), min_size=1, max_size=60
)  # fmt: skip


def incidents_of(rows: list[tuple[int, pd.Period]], months: pd.PeriodIndex = THERE) -> Incidents:
    return in_cells(GRID, [cell for cell, _ in rows], [month for _, month in rows], months)


def by_hand(rows: list[tuple[int, pd.Period]], last: pd.Period) -> np.ndarray:
    """The recipe written out: incident by incident, cell by cell."""
    discounted = np.zeros((GRID.rows, GRID.columns))
    for cell, month in rows:
        discounted[divmod(cell, GRID.columns)] += 0.5 ** ((last - month).n / 12)
    near, corner = (1 - (200 / 300) ** 2) ** 2, (1 - 2 * (200 / 300) ** 2) ** 2
    whole = 1 + 4 * near + 4 * corner
    padded = np.pad(discounted, 1)
    spread = np.zeros_like(discounted)
    for down in (0, 1, 2):
        for across in (0, 1, 2):
            weight = {0: 1.0, 1: near, 2: corner}[abs(down - 1) + abs(across - 1)] / whole
            spread += weight * padded[down : down + GRID.rows, across : across + GRID.columns]
    return (0.9 * discounted + 0.1 * spread).reshape(-1)[GRID.cells]


@examples(40)
@given(ROWS)
def test_the_score_is_the_recipe_written_out(rows: list[tuple[int, pd.Period]]) -> None:
    ranking = rank_cells(incidents_of(rows), GRID)
    np.testing.assert_allclose(ranking.score, by_hand(rows, THERE[-1]), rtol=1e-12, atol=1e-14)
    assert (np.diff(ranking.score[ranking.order]) <= 0).all()
    np.testing.assert_array_equal(ranking.rank[ranking.order], np.arange(1, 65))


@examples(40)
@given(ROWS, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(rows: list[tuple[int, pd.Period]], shuffler: object) -> None:
    one = rank_cells(incidents_of(rows), GRID)
    mixed = list(rows)
    shuffler.shuffle(mixed)  # type: ignore[attr-defined]
    other = rank_cells(incidents_of(mixed), GRID)
    np.testing.assert_array_equal(one.score, other.score)
    np.testing.assert_array_equal(one.order, other.order)


@examples(40)
@given(ROWS)
def test_twice_the_data_is_twice_the_score_in_the_same_order(rows: list[tuple[int, pd.Period]]) -> None:
    one, twice = rank_cells(incidents_of(rows), GRID), rank_cells(incidents_of(rows * 2), GRID)
    np.testing.assert_array_equal(twice.score, 2 * one.score)
    np.testing.assert_array_equal(twice.order, one.order)
    np.testing.assert_array_equal(twice.count_last12, 2 * one.count_last12)
    np.testing.assert_allclose(twice.expected, 2 * one.expected, rtol=1e-12)


@examples(40)
@given(ROWS, st.integers(-20, 20), st.integers(-20, 20))
def test_moving_points_and_grid_moves_the_answer(rows: list[tuple[int, pd.Period]], across: int, up: int) -> None:
    moved = Grid(200, GRID.west_m + 200 * across, GRID.south_m + 200 * up, GRID.rows, GRID.columns, GRID.cells)
    east, north = GRID.centres([cell for cell, _ in rows])
    months = [month for _, month in rows]
    one = rank_cells(incidents_of(rows), GRID)
    other = rank_cells(made(east + 200 * across, north + 200 * up, months, THERE), moved)
    np.testing.assert_array_equal(one.score, other.score)
    np.testing.assert_array_equal(one.order, other.order)


@examples(40)
@given(ROWS, ROWS, st.integers(1, 14))
def test_a_poisoned_future_changes_nothing(
    rows: list[tuple[int, pd.Period]], poison: list[tuple[int, pd.Period]], last: int
) -> None:
    as_at = THERE[last]
    before = [row for row in rows if row[1] <= as_at]
    after = [row for row in poison if row[1] > as_at]
    clean = rank_cells(incidents_of(rows).up_to(as_at), GRID)
    poisoned = rank_cells(incidents_of(before + 50 * after), GRID, as_at_month=as_at)
    np.testing.assert_array_equal(clean.score, poisoned.score)
    np.testing.assert_array_equal(clean.expected, poisoned.expected)
    np.testing.assert_array_equal(clean.count_last12, poisoned.count_last12)
    assert clean.month == poisoned.month == as_at
    assert clean.method == poisoned.method


@examples(40)
@given(ROWS)
def test_incidents_are_conserved(rows: list[tuple[int, pd.Period]]) -> None:
    counted = cell_counts_by_month(incidents_of(rows), GRID)
    assert counted.counts.sum() == len(rows)
    np.testing.assert_array_equal(
        np.asarray(counted.counts.sum(axis=1)).reshape(-1),
        [sum(month == there for _, month in rows) for there in THERE],
    )


@examples(40)
@given(ROWS, st.floats(0.1, 500))
def test_expected_incidents_add_up(rows: list[tuple[int, pd.Period]], total: float) -> None:
    ranking = rank_cells(incidents_of(rows), GRID)
    last = [cell for cell, month in rows if month in THERE[-12:] and cell in GRID.cells]
    if ranking.score.sum() == 0:
        assert not ranking.expected.any()
        return
    assert ranking.expected.sum() == pytest.approx(len(last) / 12)
    assert ranking.count_last12.sum() == len(last)
    assert rank_cells(incidents_of(rows), GRID, expected_total=total).expected.sum() == pytest.approx(total)


def test_a_missing_month_is_as_long_as_any_other() -> None:
    months = pd.PeriodIndex(["2022-01", "2024-01"], freq="M")
    cell = int(GRID.cells[30])
    ranking = rank_cells(in_cells(GRID, [cell, cell], list(months), months), GRID, smoothing=0)
    assert ranking.score[30] == pytest.approx(1 + 0.25)
    assert ranking.expected.sum() == pytest.approx(1)
    assert "(23 months missing)" in ranking.method.period


def test_months_that_were_not_published_are_not_counted() -> None:
    cell = int(GRID.cells[0])
    incidents = in_cells(GRID, [cell] * 3, [MONTHS[8], MONTHS[9], MONTHS[10]], THERE)
    assert cell_counts_by_month(incidents, GRID).counts.sum() == 2


def test_the_buffer_counts_where_it_lies_and_nowhere_else() -> None:
    outside = int(np.setdiff1d(np.arange(GRID.size), GRID.cells)[0])
    beside = int(GRID.cells[0]) - GRID.columns  # the buffer cell under the first cell
    ranking = rank_cells(in_cells(GRID, [outside, beside], [MONTHS[0]] * 2, THERE), GRID, as_at_month=MONTHS[0])
    assert ranking.count_last12.sum() == 0
    assert ranking.score[0] > 0  # spread into the area
    assert ranking.score[30] == 0


def test_top_is_rounded_up_and_never_empty_cells() -> None:
    assert cells_in_share(0.05, 2165) == 109
    assert cells_in_share(0.02, 2165) == 44
    assert cells_in_share(0.07, 100) == 7  # 7.000000000000001 in floating point
    assert cells_in_share(1, 3) == 3
    one = rank_cells(in_cells(GRID, [int(GRID.cells[20])], [MONTHS[0]], THERE), GRID, smoothing=0)
    assert one.top(0.5).tolist() == [20]
    assert one.top(0.001).tolist() == [20]
    for bad in (0, -0.1, 1.1, float("nan")):
        with pytest.raises(InputError, match="share"):
            one.top(bad)


def test_the_kernel_has_unit_sum_and_known_weights() -> None:
    kernel = quartic_kernel(200, 300)
    assert kernel.shape == (3, 3)
    assert kernel.sum() == pytest.approx(1)
    assert kernel[0, 1] / kernel[1, 1] == pytest.approx(25 / 81)
    assert kernel[0, 0] / kernel[1, 1] == pytest.approx(1 / 81)
    assert quartic_kernel(300, 300).tolist() == [[1.0]]
    assert quartic_kernel(150, 300).shape == (3, 3)


def test_nothing_loaded_ranks_nothing() -> None:
    for months in (pd.PeriodIndex([], freq="M"), MONTHS):
        ranking = rank_cells(Incidents(empty_frame(), months, "empty"), GRID)
        assert not ranking.score.any()
        assert not ranking.expected.any()
        assert len(ranking.top(0.05)) == 0
        assert len(ranking.table()) == 64
    assert rank_cells(incidents_of([(40, THERE[3])]), GRID, as_at_month=THERE[0] - 1).month is None


@pytest.mark.parametrize(
    "more",
    [
        {"half_life_months": 0}, {"smoothing": 1.2}, {"smoothing": -0.1}, {"kernel_m": 0}, {"expected_total": -1},
        {"expected_total": float("nan")},
    ],
)  # fmt: skip
def test_parameters_outside_their_range_are_refused(more: dict[str, float]) -> None:
    with pytest.raises(InputError, match=next(iter(more))):
        rank_cells(incidents_of([(40, THERE[3])]), GRID, **more)  # type: ignore[arg-type]


def test_the_table_names_cells_by_their_south_west_corner() -> None:
    cell = int(GRID.locate([341_450.0], [390_650.0])[0])
    table = rank_cells(in_cells(GRID, [cell] * 3, list(MONTHS[-3:]), THERE), GRID).table()
    assert table.loc[0, ["cell", "easting_m", "northing_m", "count", "rank"]].tolist() == [
        "SJ414906", 341_400, 390_600, 3, 1,
    ]  # fmt: skip
    assert table["rank"].tolist() == list(range(1, 65))


def test_how_it_was_made_names_every_choice() -> None:
    line = rank_cells(incidents_of([(40, THERE[3])]), GRID).method.line()
    for words in (
        "200 m",
        "half-life 12 months",
        "smoothing 0.1",
        "n = 1 incident;",
        "January 2023 to April 2024",
        "made",
    ):
        assert words in line
    assert "mean of the last 12 published months" in line


@pytest.mark.parametrize("category", [ASB, DRUGS])
def test_real_counts_are_conserved(real: Incidents, area: Area, category: str) -> None:
    grid = area.grid()
    incidents = real.of(category)
    counted = cell_counts_by_month(incidents, grid)
    assert counted.counts.sum() == len(incidents.frame)  # the lattice covers area and buffer
    ranking = rank_counted(counted)
    frame = incidents.frame
    last = frame[frame["month"] >= pd.Period("2024-01")]
    cell = grid.locate(last["easting_m"], last["northing_m"])
    assert ranking.count_last12.sum() == np.isin(cell, grid.cells).sum()
    assert ranking.expected.sum() == pytest.approx(ranking.count_last12.sum() / 12)


def test_counted_before_is_counted_now(real: Incidents, area: Area) -> None:
    grid = area.grid()
    incidents = real.of(DRUGS)
    as_at = pd.Period("2021-12")
    one = rank_cells(incidents.up_to(as_at), grid)
    other = rank_counted(cell_counts_by_month(incidents, grid), as_at)
    np.testing.assert_array_equal(one.score, other.score)
    assert one.month == other.month == as_at


@examples(5)
@given(st.sampled_from([150.0, 200.0, 300.0]), st.sampled_from([0.0, 50.0, 110.0]))
def test_any_lattice_finds_the_same_heap(size: float, offset: float) -> None:
    grid = make_grid(shapely.box(340_000, 390_000, 343_000, 393_000), size, 600, (offset, offset))
    rng = np.random.default_rng(2)
    east, north = rng.normal(341_512, 30, 40), rng.normal(391_734, 30, 40)
    ranking = rank_cells(made(east, north, [MONTHS[0]] * 40, THERE), grid)
    x, y = grid.centres(grid.cells[ranking.order[0]])
    assert max(abs(x - 341_512), abs(y - 391_734)) <= size


def test_what_was_planted_is_found(area: Area) -> None:
    demo = make_demo(area)
    grid = area.grid()
    for category in (ASB, DRUGS):
        ranking = rank_cells(demo.incidents.of(category), grid)
        east, north = grid.centres(grid.cells[ranking.top(0.05)])
        planted = [p for p in demo.planted.places if p.category == category and not p.months]
        assert planted
        for place in planted:
            assert np.hypot(east - place.easting_m, north - place.northing_m).min() < 200
