from __future__ import annotations

from itertools import permutations as every_order

import esda
import libpysal
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import sparse

import analysis.common.permutation
from analysis.common.refusal import Refusal
from analysis.where.gistar import gi_star, more_than_chance, pooled_permutation, queen_weights
from analysis.where.hotspots import CellMonths, cell_counts_by_month
from data.kinds.crime_types import ASB, DRUGS
from data.place.area import Area
from data.store.schema import Incidents
from geo.errors import InputError
from geo.grid import Grid
from tests.made_incidents import in_cells, months_of, square_grid
from tests.properties import examples

COUNTS = arrays(np.float64, 64, elements=st.integers(0, 9).map(float))


@pytest.fixture(scope="module")
def grid(area: Area) -> Grid:
    return area.grid()


@pytest.fixture(scope="module")
def counted(real: Incidents, grid: Grid) -> dict[str, CellMonths]:
    return {category: cell_counts_by_month(real.of(category), grid) for category in (ASB, DRUGS)}


def year(counted: CellMonths, which: int) -> np.ndarray:
    start = counted.trained_on(pd.Period(f"{which - 1}-12"))
    assert [str(m) for m in counted.months[[start, start + 11]]] == [f"{which}-01", f"{which}-12"]
    return counted.of(slice(start, start + 12))


def test_the_published_example() -> None:
    points = np.array([(10, 10), (20, 10), (40, 10), (15, 20), (30, 20), (30, 30)], dtype=float)
    apart = np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1))
    weights = sparse.csr_array((apart <= 15).astype(float))
    z = gi_star([2, 3, 3.2, 5, 8, 7], weights)
    expected = [-1.39727626, -0.28917762, 0.65064964, -0.28917762, 1.23452088, 2.02424331]
    np.testing.assert_allclose(z, expected, atol=5e-9)


@pytest.mark.parametrize("category", [ASB, DRUGS])
def test_equals_esda_on_real_counts(counted: dict[str, CellMonths], grid: Grid, category: str) -> None:
    weights = queen_weights(grid)
    reference = libpysal.graph.Graph.from_sparse(weights)
    for which in (2019, 2024):
        x = year(counted[category], which)
        theirs = esda.G_Local(x, reference, transform="B", permutations=0, star=True).Zs
        np.testing.assert_allclose(gi_star(x, weights), theirs, atol=1e-9, rtol=0)


@examples(20)
@given(COUNTS)
def test_equals_the_formula_written_out(x: np.ndarray) -> None:
    weights = queen_weights(square_grid())
    z = gi_star(x, weights)
    if x.min() == x.max():
        assert np.isnan(z).all()
        return
    w, n = weights.toarray(), len(x)
    s = np.sqrt((x**2).sum() / n - x.mean() ** 2)
    big = w.sum(axis=1)
    expected = (w @ x - x.mean() * big) / (s * np.sqrt((n * (w**2).sum(axis=1) - big**2) / (n - 1)))
    np.testing.assert_allclose(z, expected, atol=1e-9)


def test_weights_other_than_ones_and_units_without_neighbours() -> None:
    x = np.array([1.0, 4.0, 0.0, 2.0])
    weights = sparse.csr_array(np.array([[0, 0, 0, 0], [0.5, 1, 0, 2], [0, 0, 0, 0], [0, 1, 0, 0.25]]))
    w, n = weights.toarray(), 4
    big = w.sum(axis=1)
    with np.errstate(invalid="ignore"):
        spread = np.sqrt((x**2).mean() - x.mean() ** 2) * np.sqrt((n * (w**2).sum(axis=1) - big**2) / 3)
        expected = (w @ x - x.mean() * big) / spread
    np.testing.assert_allclose(gi_star(x, weights), expected, atol=1e-12)
    assert np.isnan(expected[[0, 2]]).all()


def test_no_answer_where_nothing_varies() -> None:
    weights = sparse.csr_array(np.ones((3, 3)))
    assert np.isnan(gi_star([2, 2, 2], weights)).all()
    assert np.isnan(gi_star([1, 2, 3], weights)).all()  # everybody's neighbour is everybody
    assert gi_star([], sparse.csr_array((0, 0))).shape == (0,)


def test_queen_weights_of_a_square() -> None:
    grid = square_grid(4)
    w = queen_weights(grid)
    assert (w.toarray() == w.toarray().T).all()
    assert (w.diagonal() == 1).all()
    assert np.bincount(w.sum(axis=1).astype(int))[[4, 6, 9]].tolist() == [4, 8, 4]
    assert set(w.data) == {1.0}
    # the definition: centres less than two cells apart on both axes
    east, north = grid.centres(grid.cells)
    near = (abs(east[:, None] - east) < 201) & (abs(north[:, None] - north) < 201)
    assert (w.toarray() == near).all()


def test_queen_weights_where_the_area_has_holes_and_ends_with_the_lattice() -> None:
    # a lattice of 3 rows by 4 columns whose area lacks two cells: neighbours are counted by cell, not by position
    grid = Grid(100, 0.0, 0.0, 3, 4, np.array([0, 1, 3, 4, 6, 7, 8, 9, 10, 11]))
    row, column = np.divmod(grid.cells, 4)
    near = (abs(row[:, None] - row) <= 1) & (abs(column[:, None] - column) <= 1)
    found = queen_weights(grid)
    np.testing.assert_array_equal(found.toarray(), near)
    assert found.shape == (10, 10)
    assert found.nnz == near.sum()


def test_permutation_against_every_shuffle_there_is() -> None:
    x = np.array([3.0, 0.0, 1.0, 0.0, 2.0, 0.0])
    chain = sparse.csr_array((abs(np.subtract.outer(range(6), range(6))) <= 1).astype(float))
    sums = np.array([chain @ np.array(order) for order in every_order(x)])
    ends, middle = sums[:, [0, 5]], sums[:, 1:5]
    observed = chain @ x
    exact = np.array(
        [(pool >= value).mean() for value, pool in zip(observed, [ends, *[middle] * 4, ends], strict=True)]
    )
    found = pooled_permutation(x, chain, np.random.default_rng(5), permutations=20_000)
    np.testing.assert_allclose(found.p, exact, atol=0.01)
    assert found.reference.tolist() == [40_000, *[80_000] * 4, 40_000]
    assert (abs(found.p - exact) <= 5 * found.monte_carlo_error + 1e-3).all()


def test_permutation_pools_by_active_neighbours_and_leaves_the_rest_out() -> None:
    grid = square_grid(6)
    weights = queen_weights(grid)
    active = np.zeros(36, dtype=bool)
    active[[0, 1, 2, 6, 7, 8, 21, 35]] = True
    x = np.where(active, 1.0, 0.0)
    x[7] = 12
    found = pooled_permutation(x, weights, np.random.default_rng(1), permutations=99, active=active)
    assert (found.p[~active] == 1).all()
    assert (found.q[~active] == 1).all()
    assert (found.reference[~active] == 0).all()
    neighbours = (weights @ active.astype(float)).astype(int)
    size = np.bincount(neighbours[active])
    assert (found.reference[active] == 99 * size[neighbours[active]]).all()
    # a lone active cell is compared with single counts: 12 of 8 cells is seen about one time in eight
    assert found.p[35] == 1


@examples(15)
@given(COUNTS, st.integers(0, 2**31))
def test_permutation_is_a_probability_and_scale_does_not_matter(x: np.ndarray, seed: int) -> None:
    weights = queen_weights(square_grid())
    found = pooled_permutation(x, weights, np.random.default_rng(seed), permutations=19)
    assert (found.p > 0).all()
    assert (found.p <= 1).all()
    assert (found.q >= found.p).all()
    twice = pooled_permutation(2 * x, weights, np.random.default_rng(seed), permutations=19)
    np.testing.assert_array_equal(found.p, twice.p)
    tenth = pooled_permutation(x / 10, weights, np.random.default_rng(seed), permutations=19)
    np.testing.assert_array_equal(found.p, tenth.p)


def test_permutation_does_not_depend_on_how_many_are_held_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    weights = queen_weights(square_grid())
    x = np.random.default_rng(3).poisson(1, 64).astype(float)
    at_once = pooled_permutation(x, weights, np.random.default_rng(7), permutations=50)
    monkeypatch.setattr(analysis.common.permutation, "BLOCK_VALUES", 1)
    one_by_one = pooled_permutation(x, weights, np.random.default_rng(7), permutations=50)
    np.testing.assert_array_equal(at_once.p, one_by_one.p)


def test_permutation_of_nothing() -> None:
    weights = queen_weights(square_grid(3))
    found = pooled_permutation(np.zeros(9), weights, np.random.default_rng(1), 9, np.zeros(9, dtype=bool))
    assert (found.q == 1).all()
    assert (pooled_permutation(np.zeros(9), weights, np.random.default_rng(1), 9).p == 1).all()


@pytest.mark.parametrize(
    ("counts", "more", "word"),
    [
        ([1, 2], {}, "weights"),
        ([1, -2, 0], {}, "negative"),
        ([1, np.nan, 0], {}, "not a number"),
        ([1, 2, 3], {"permutations": 0}, "at least one"),
        ([1, 2, 3], {"active": [True, True]}, "one value a cell"),
        ([1, 2, 3], {"active": [True, True, False]}, "not active"),
        ([1, 2, 3], {"weights": sparse.csr_array(2 * np.eye(3))}, "0 and 1"),
        ([1, 2, 3], {"weights": np.eye(3)}, "sparse"),
        ([[1, 2, 3]], {}, "one list"),
    ],
)
def test_what_does_not_fit_is_refused(counts: object, more: dict[str, object], word: str) -> None:
    given_weights = more.pop("weights", sparse.csr_array(np.eye(3)))
    with pytest.raises(InputError, match=word):
        pooled_permutation(counts, given_weights, np.random.default_rng(1), **more)  # type: ignore[arg-type]


def test_shuffled_maps_have_no_hotspots(counted: dict[str, CellMonths], grid: Grid) -> None:
    # 25 shuffled maps of each of eight category-years; of 3,000 maps of 2024, 3.9 % (ASB) and 3.5 % (drugs) had one
    weights = queen_weights(grid)
    rng = np.random.default_rng(0)
    false = maps = 0
    for months in counted.values():
        own = np.flatnonzero(months.of(slice(None)) > 0)
        active = np.isin(np.arange(len(grid.cells)), own)
        for which in (2019, 2020, 2023, 2024):
            x = year(months, which)
            for _ in range(25):
                shuffled = x.copy()
                shuffled[own] = rng.permutation(x[own])
                false += bool(pooled_permutation(shuffled, weights, rng, active=active).significant().any())
                maps += 1
    assert maps == 200
    assert false <= 10


@pytest.mark.parametrize("category", [ASB, DRUGS])
@pytest.mark.parametrize("which", [2019, 2020, 2023, 2024])
def test_a_real_year_has_a_handful(counted: dict[str, CellMonths], grid: Grid, category: str, which: int) -> None:
    first, last = pd.Period(f"{which}-01"), pd.Period(f"{which}-12")
    found = more_than_chance(counted[category], grid, np.random.default_rng(0), first, last)
    assert 0 <= found.significant.sum() <= 9
    assert found.method.n == found.counts.sum() == year(counted[category], which).sum()
    assert (found.z[found.significant] > 2).all()


def test_short_periods_are_refused() -> None:
    grid = square_grid()
    months = months_of(30)
    incidents = in_cells(grid, grid.cells[:30].tolist(), months.tolist(), months)
    with pytest.raises(Refusal, match="at least 12 published months, and this period has 11"):
        more_than_chance(incidents, grid, np.random.default_rng(1), months[0], months[10])
    assert len(more_than_chance(incidents, grid, np.random.default_rng(1)).months) == 12
    found = more_than_chance(incidents, grid, np.random.default_rng(1), months[2], months[20])
    assert found.counts.sum() == 19
    assert "Benjamini-Hochberg" in found.method.line()
