"""The ranking on lattices small enough to work it out: ties, the edge of the lattice, ages, what it is scaled to."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis.where.cells import CellMonths, cell_counts_by_month, cells_in_share
from analysis.where.hotspots import discounted_score, quartic_kernel, rank_cells, rank_counted, smoothed
from data.store.schema import Incidents
from geo.errors import InputError
from geo.grid import Grid
from tests.made_incidents import in_cells, made, months_of, square_grid

MONTHS = months_of(16)
WIDE = square_grid(30)
NEAR, CORNER = (1 - (200 / 300) ** 2) ** 2, (1 - 2 * (200 / 300) ** 2) ** 2
WHOLE = 1 + 4 * NEAR + 4 * CORNER


def once_each(grid: Grid, positions: list[int]) -> Incidents:
    return in_cells(grid, grid.cells[positions].tolist(), [MONTHS[-1]] * len(positions), MONTHS)


def test_equal_cells_come_south_west_first() -> None:
    rng = np.random.default_rng(2)
    positions = rng.integers(0, 900, 400).tolist()
    ranking = rank_cells(once_each(WIDE, positions), WIDE, smoothing=0)
    east, north = WIDE.centres(WIDE.cells)
    expected = sorted(range(900), key=lambda cell: (-positions.count(cell), north[cell], east[cell]))
    assert ranking.order.tolist() == expected
    assert ranking.rank[expected].tolist() == list(range(1, 901))
    assert ranking.rank.dtype == ranking.order.dtype == np.intp
    assert ranking.top(0.05).tolist() == expected[:45]
    table = ranking.table()
    assert table["rank"].tolist() == list(range(1, 901))
    assert table["easting_m"].tolist() == (east[expected] - 100).tolist()
    # every tie, and not by luck: the same cells asked for from the other end
    other = rank_cells(once_each(WIDE, positions[::-1]), WIDE, smoothing=0)
    assert other.order.tolist() == expected


def test_beyond_the_edge_of_the_lattice_there_is_nothing() -> None:
    grid = square_grid(4, buffer_cells=0)
    assert grid.size == len(grid.cells) == 16
    corner = rank_cells(once_each(grid, [0] * 5), grid).score.reshape(4, 4)
    expected = np.zeros((4, 4))
    expected[0, 0] = 5 * (0.9 + 0.1 / WHOLE)
    expected[0, 1] = expected[1, 0] = 0.5 * NEAR / WHOLE
    expected[1, 1] = 0.5 * CORNER / WHOLE
    np.testing.assert_allclose(corner, expected, atol=1e-15)
    edge = rank_cells(once_each(grid, [11]), grid).score.reshape(4, 4)  # the east edge, third row
    expected = np.zeros((4, 4))
    expected[2, 3] = 0.9 + 0.1 / WHOLE
    expected[1, 3] = expected[3, 3] = expected[2, 2] = 0.1 * NEAR / WHOLE
    expected[1, 2] = expected[3, 2] = 0.1 * CORNER / WHOLE
    np.testing.assert_allclose(edge, expected, atol=1e-15)


def test_a_wide_kernel_at_the_edge() -> None:
    counts = np.zeros((3, 5))
    counts[0, 4], counts[1, 0] = 2, 1
    spread = smoothed(counts, 100, 0.4, 350)
    raw = np.array([[max(1 - (dx**2 + dy**2) / 3.5**2, 0) ** 2 for dx in range(-3, 4)] for dy in range(-3, 4)])
    np.testing.assert_allclose(quartic_kernel(100, 350), raw / raw.sum())
    for row, column in np.ndindex(3, 5):
        at = 0.6 * counts[row, column]
        for (r, c), many in np.ndenumerate(counts):
            if max(abs(row - r), abs(column - c)) <= 3:
                at += 0.4 * many * raw[3 + row - r, 3 + column - c] / raw.sum()
        assert spread[row, column] == pytest.approx(at)


def test_all_is_kept_where_the_kernel_stays_on_the_lattice() -> None:
    counts = np.zeros((7, 7))
    counts[3, 2:5] = [1, 4, 2]
    for smoothing in (0.0, 0.1, 1.0):
        assert smoothed(counts, 200, smoothing, 300).sum() == pytest.approx(7)
    np.testing.assert_array_equal(smoothed(counts, 200, 0), counts)
    assert smoothed(counts, 200)[3, 3] == pytest.approx(0.9 * 4 + 0.1 * (4 + 3 * NEAR) / WHOLE)


def test_every_choice_reaches_the_score() -> None:
    grid = square_grid(6)
    cells = grid.cells[[7, 7, 14]].tolist()
    incidents = in_cells(grid, cells, [MONTHS[3], MONTHS[15], MONTHS[15]], MONTHS)
    counted = cell_counts_by_month(incidents, grid)
    found = rank_cells(incidents, grid, half_life_months=3, smoothing=0.5, kernel_m=250, expected_total=30)
    d = np.zeros(36)
    d[7], d[14] = 1 + 0.5**4, 1
    near, whole = (1 - 0.8**2) ** 2, 1 + 4 * (1 - 0.8**2) ** 2
    around = {7: (1, 6, 8, 13), 14: (8, 13, 15, 20)}
    expected = 0.5 * d + 0.5 * d / whole
    for cell, others in around.items():
        expected[list(others)] += 0.5 * d[cell] * near / whole
    np.testing.assert_allclose(found.score, expected, atol=1e-15)
    np.testing.assert_allclose(found.expected, 30 * expected / expected.sum())
    assert found.half_life_months == 3
    for other in (
        rank_counted(counted, None, 3, 0.5, 250, 30),
        rank_counted(counted, half_life_months=3, smoothing=0.5, kernel_m=250, expected_total=30),
    ):
        np.testing.assert_array_equal(other.score, found.score)
        np.testing.assert_array_equal(other.expected, found.expected)
        assert other.method == found.method
    np.testing.assert_array_equal(discounted_score(counted, 16, 3, 0.5, 250), found.score)
    assert found.method.parameters == {
        "cells": "200 m (36 at least half inside the area)",
        "half-life": "3 months",
        "smoothing": "0.5 (quartic kernel, 250 m)",
        "scale": "to 30.0 expected in all",
    }


def test_what_a_ranking_says_of_its_months() -> None:
    grid = square_grid(4)
    there = MONTHS.delete([9])
    cell = int(grid.cells[5])
    incidents = replace(in_cells(grid, [cell] * 15, there.tolist(), there), version="v3")
    found = rank_cells(incidents, grid, MONTHS[14])
    assert found.month == MONTHS[14]
    assert found.months_used.tolist() == there[:14].tolist()
    assert found.months_last12.tolist() == there[2:14].tolist()
    assert found.count_last12[5] == 12 == found.count_last12.sum()
    assert found.expected.sum() == pytest.approx(1)
    assert found.method.n == 14
    assert found.method.data_version == "v3"
    assert found.method.period == "January 2023 to March 2024 (1 month missing)"
    assert len(found.method.caveats) == 2
    early = rank_cells(incidents, grid, MONTHS[2])
    assert early.method.parameters["scale"] == "to the mean of the last 3 published months"
    assert early.count_last12.sum() == 3
    assert early.expected.sum() == pytest.approx(1)
    faint = rank_cells(in_cells(grid, [cell], [MONTHS[8]], MONTHS), grid, MONTHS[12])
    assert faint.score.sum() < 1
    assert faint.expected.sum() == pytest.approx(1 / 12)
    nothing = rank_cells(incidents, grid, MONTHS[0] - 1)
    assert (nothing.month, nothing.method.n, len(nothing.months_used)) == (None, 0, 0)


def test_the_table_of_some_cells_is_in_the_order_asked_for() -> None:
    grid = square_grid(4)
    found = rank_cells(once_each(grid, [5, 5, 2]), grid, smoothing=0)
    table = found.table(np.array([2, 0, 5]))
    assert table["rank"].tolist() == [2, 3, 1]
    assert table["count"].tolist() == [1, 0, 2]
    assert table["expected"].tolist() == pytest.approx([1 / 12, 0, 2 / 12])
    east, north = grid.corners(grid.cells[[2, 0, 5]])
    assert table["easting_m"].tolist() == east.tolist() == [340_400, 340_000, 340_200]
    assert table["northing_m"].tolist() == north.tolist() == [390_000, 390_000, 390_200]
    assert table["cell"].tolist() == ["SJ404900", "SJ400900", "SJ402902"]


def test_parameters_at_the_ends_of_their_range() -> None:
    grid = square_grid(4)
    incidents = once_each(grid, [5])
    assert rank_cells(incidents, grid, smoothing=1).score[5] == pytest.approx(1 / WHOLE)
    assert rank_cells(incidents, grid, expected_total=0).expected.sum() == 0
    assert rank_cells(incidents, grid, half_life_months=0.5, kernel_m=0.5).score[5] == 1
    for name, value in (
        ("half_life_months", 0.0), ("half_life_months", -1.0), ("smoothing", 1.01), ("smoothing", -0.01),
        ("kernel_m", 0.0), ("kernel_m", float("nan")), ("expected_total", -0.1), ("expected_total", np.inf),
    ):  # fmt: skip
        with pytest.raises(InputError, match="outside its range") as caught:
            rank_counted(cell_counts_by_month(incidents, grid), **{name: value})  # type: ignore[arg-type]
        assert (caught.value.column, caught.value.value) == (name, str(value))


# The counts under it.


def test_what_is_counted_and_what_is_left_out() -> None:
    grid = square_grid(2, buffer_cells=1)  # 4 by 4 cells, of which the four in the middle are the area
    east = [340_100.0, 340_100.0, 339_900.0, 340_300.0, 339_799.0]  # the last lies off the lattice
    north = [390_100.0, 390_100.0, 389_900.0, 390_300.0, 390_100.0]
    there = MONTHS.delete([1, 15])
    when = [MONTHS[0], MONTHS[2], MONTHS[2], MONTHS[14], MONTHS[0]]
    counted = cell_counts_by_month(made(east, north, when, there), grid)
    assert counted.grid is grid
    assert counted.months.tolist() == there.tolist()
    assert counted.counts.shape == (14, 16)
    table = counted.counts.toarray()
    assert {(int(r), int(c)): int(table[r, c]) for r, c in zip(*table.nonzero(), strict=True)} == {
        (0, 5): 1, (1, 5): 1, (1, 0): 1, (13, 10): 1,
    }  # fmt: skip
    assert counted.of(slice(0, 2)).tolist() == [2, 0, 0, 0]
    assert counted.of(np.array([13, 0])).tolist() == [1, 0, 0, 1]
    # months that are not published, before, between and after those that are
    for month in (MONTHS[0] - 1, MONTHS[1], MONTHS[15], MONTHS[15] + 5):
        assert cell_counts_by_month(made([340_100.0], [390_100.0], [month], there), grid).counts.sum() == 0
    assert cell_counts_by_month(replace(made(east, north, when, there), version="v2"), grid).version == "v2"


def test_how_many_months_are_known_at_a_month() -> None:
    there = MONTHS.delete([5])
    counted = CellMonths(square_grid(2), there, None)
    assert counted.version == ""
    assert [counted.trained_on(month) for month in (MONTHS[0] - 1, MONTHS[0], MONTHS[4], MONTHS[5], MONTHS[6])] == [
        0, 1, 5, 5, 6,
    ]  # fmt: skip
    assert counted.trained_on(None) == counted.trained_on(pd.Period("2030-01")) == 15


def test_a_share_of_cells_is_rounded_up() -> None:
    assert [cells_in_share(share, 1000) for share in (1e-9, 0.001, 0.0010001, 0.5, 1.0)] == [1, 1, 2, 500, 1000]
    for bad in (0, 1.0001, -1, float("nan")):
        with pytest.raises(InputError, match="above 0 and at most 1") as caught:
            cells_in_share(bad, 10)
        assert (caught.value.column, caught.value.value) == ("share", str(bad))
