"""What a mark on a cell rests on: cells that ever had an incident, a correction over those, a level, a number of draws.

Every figure is held against one worked out beside it, on maps of a few cells.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from analysis.common.refusal import Refusal
from analysis.where.cells import cell_counts_by_month
from analysis.where.concentration import concentration
from analysis.where.gistar import ChanceTest, gi_star, more_than_chance, pooled_permutation, queen_weights
from analysis.where.hotspots import rank_counted
from analysis.where.kde import density_surface
from data.store.schema import Incidents
from tests.made_incidents import in_cells, months_of, square_grid

GRID = square_grid()
MONTHS = months_of(30)
FIRST, LAST = MONTHS[6], MONTHS[20]
BUSY = [18, 18, 18, 19, 19, 26, 26, 26, 27, 27, 27, 27, 40, 51]  # positions in GRID.cells, a heap and two others
BEFORE, AFTER = [0, 1, 2, 8, 9], [60, 61]  # cells that had an incident outside the period alone


def incidents_of(*parts: tuple[list[int], pd.Period]) -> Incidents:
    cells = [int(GRID.cells[position]) for positions, _ in parts for position in positions]
    month = [month for positions, month in parts for _ in positions]
    return in_cells(GRID, cells, month, MONTHS)


WHOLE = incidents_of((BUSY, MONTHS[10]), (BEFORE, MONTHS[5]), (AFTER, MONTHS[21]))


def marked(incidents: Incidents = WHOLE, seed: int = 4, **more: object) -> ChanceTest:
    return more_than_chance(incidents, GRID, np.random.default_rng(seed), FIRST, LAST, **more)  # type: ignore[arg-type]


def by_hand(p: np.ndarray) -> np.ndarray:
    """Benjamini and Hochberg's q, number by number."""
    m = len(p)
    return np.array([min(1.0, *(other * m / (p <= other).sum() for other in p if other >= one)) for one in p])


def test_a_cell_is_active_that_had_an_incident_in_any_stored_month() -> None:
    ever = np.zeros(64, dtype=bool)
    ever[[*BUSY, *BEFORE, *AFTER]] = True
    counts = np.bincount(BUSY, minlength=64)
    found = marked(permutations=199)
    np.testing.assert_array_equal(found.counts, counts)
    assert (found.p[~ever] == 1).all()
    assert found.method.parameters["cells"] == f"200 m ({ever.sum()} of 64 ever had an incident)"
    weights = queen_weights(GRID)
    expected = pooled_permutation(counts, weights, np.random.default_rng(4), 199, ever)
    np.testing.assert_array_equal(found.p, expected.p)
    np.testing.assert_array_equal(found.q, expected.q)
    np.testing.assert_array_equal(found.z, gi_star(counts, weights))
    # the period's own mask would make another map of it, and so would one that leaves out what came later
    for other in (counts > 0, np.isin(np.arange(64), [*BUSY, *BEFORE])):
        assert (pooled_permutation(counts, weights, np.random.default_rng(4), 199, other).p != expected.p).any()


def test_q_is_corrected_over_the_active_cells_alone() -> None:
    found = marked()
    active = np.isin(np.arange(64), [*BUSY, *BEFORE, *AFTER])
    np.testing.assert_allclose(found.q[active], by_hand(found.p[active]))
    assert (found.p[~active] == 1).all()
    assert (found.q[~active] == 1).all()
    assert found.q.min() < 0.9 * by_hand(found.p).min()  # over all cells the heap would be drowned


def test_a_mark_is_a_q_of_at_most_the_level() -> None:
    usual = marked()
    for level in (0.01, 0.05, 0.3, float(np.sort(usual.q)[3])):
        found = marked(level=level)
        np.testing.assert_array_equal(found.q, usual.q)
        np.testing.assert_array_equal(found.significant, usual.q <= level)
        assert found.level == level
        assert found.method.correction == f"Benjamini-Hochberg at {level * 100:g} %"
    assert usual.level == 0.05
    np.testing.assert_array_equal(usual.significant, usual.q <= 0.05)
    marks = [int(marked(level=level).significant.sum()) for level in (1e-6, 0.3, 1.0)]
    assert marks[0] == 0 < marks[1] < marks[2] == 64  # every cell, at a level of 1


def test_the_level_of_a_permutation_is_the_one_asked_for() -> None:
    found = pooled_permutation(np.bincount(BUSY, minlength=64), queen_weights(GRID), np.random.default_rng(4), 99)
    np.testing.assert_array_equal(found.significant(), found.q <= 0.05)
    for level in (0.001, 0.2, float(found.q.min()), 0.9):
        np.testing.assert_array_equal(found.significant(level), found.q <= level)


def test_the_monte_carlo_error_is_that_of_a_share_of_the_draws() -> None:
    active = np.isin(np.arange(64), [*BUSY, *BEFORE, *AFTER])
    counts = np.bincount(BUSY, minlength=64)
    found = pooled_permutation(counts, queen_weights(GRID), np.random.default_rng(4), 99, active)
    for cell in np.flatnonzero(active):
        p, draws = found.p[cell], found.reference[cell]
        assert found.monte_carlo_error[cell] == pytest.approx((p * (1 - p) / draws) ** 0.5)
    assert (found.monte_carlo_error[~active] == 0).all()
    assert found.permutations == 99
    np.testing.assert_array_equal(found.active, active)


def test_the_monte_carlo_error_is_how_far_answers_scatter() -> None:
    chain = sparse.csr_array((abs(np.subtract.outer(range(9), range(9))) <= 1).astype(float))
    x = np.array([3.0, 0, 1, 0, 2, 0, 0, 1, 4])
    found = [pooled_permutation(x, chain, np.random.default_rng(seed), 100) for seed in range(300)]
    scatter = np.std([one.p for one in found], axis=0)
    said = np.mean([one.monte_carlo_error for one in found], axis=0)
    some = said > 0
    assert some.sum() >= 7
    # the sums of one map hang together, so it is right to about a third
    assert (scatter[some] > 0.65 * said[some]).all()
    assert (scatter[some] < 1.35 * said[some]).all()


def test_the_period_is_that_which_was_asked_for_or_the_last_year() -> None:
    every = in_cells(GRID, [int(GRID.cells[20])] * 30, MONTHS.tolist(), MONTHS)

    def months(*period: pd.Period) -> list[pd.Period]:
        return more_than_chance(every, GRID, np.random.default_rng(1), *period, permutations=1).months.tolist()

    assert months() == MONTHS[18:].tolist()
    assert months(None, MONTHS[20]) == MONTHS[9:21].tolist()  # type: ignore[arg-type]
    assert months(MONTHS[3]) == MONTHS[3:].tolist()
    assert months(MONTHS[3], MONTHS[14]) == MONTHS[3:15].tolist()
    with pytest.raises(Refusal, match="at least 12 published months, and this period has 11") as caught:
        months(MONTHS[3], MONTHS[13])
    assert caught.value.remedy == "Choose a longer period or load more months."
    with pytest.raises(Refusal, match="this period has 9"):
        months(None, MONTHS[8])  # type: ignore[arg-type]


def test_it_says_how_it_was_made() -> None:
    found = marked(replace(WHOLE, version="v7"), permutations=1234)
    assert found.grid is GRID
    assert found.months.tolist() == MONTHS[6:21].tolist()
    method = found.method
    assert method.n == len(BUSY)
    assert method.parameters["shuffles"] == "1,234"
    assert method.data_version == "v7"
    assert method.period == "July 2023 to September 2024"
    assert any("the busiest" in caveat for caveat in method.caveats)
    assert method.source_refs == ("Ord and Getis 1995", "Benjamini and Hochberg 1995")
    assert marked().method.parameters["shuffles"] == "999"


def test_a_result_is_read_without_its_arrays() -> None:
    found = marked(permutations=1)
    ranking = rank_counted(cell_counts_by_month(WHOLE, GRID))
    moved = pooled_permutation(found.counts, queen_weights(GRID), np.random.default_rng(1), 1)
    surface = density_surface(WHOLE, GRID)
    shares = concentration(found.counts, np.random.default_rng(1), draws=1)
    for one in (found, ranking, moved, surface, shares, cell_counts_by_month(WHOLE, GRID)):
        assert "array(" not in repr(one).replace(repr(GRID), "")
        assert "Columns" not in repr(one)
        assert "rows x" not in repr(one)
