"""Did it work: expectation, drift, comparison and verdict; false alarms and power on real incidents."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from analysis.common.refusal import Refusal
from analysis.outcome.comparison import memberships, propose, ring, within_reach
from analysis.outcome.drift import Lattice, Spread, residuals, size_class, spread
from analysis.outcome.evaluation import CANNOT_TELL, FELL, ROSE, weighted_displacement_difference
from analysis.outcome.expectation import SEASON_PRIOR, expect, past_windows
from analysis.outcome.operation import call, judge, smallest
from analysis.placebo.operations import placebo_operations, rates, removal_operations
from analysis.when.seasonality import season_mask
from analysis.where.cells import CellMonths, cell_counts_by_month
from data.kinds.crime_types import ASB, DRUGS
from data.place.area import Area
from data.store.schema import Incidents
from geo.errors import InputError
from geo.grid import Grid, make_grid
from tests.properties import examples

CAUSAL = re.compile(r"\b(because|caus\w*|due to|thanks|worked|effect\w*|impact|prevent\w*|led to|result of)\b", re.I)
times = pd.period_range("2020-01", "2024-12", freq="M")
USED = np.ones(len(times), dtype=bool)


def month(text: str) -> pd.Period:
    return pd.Period(text, freq="M")


@pytest.fixture(scope="module")
def grid() -> Grid:
    return make_grid(shapely.box(340000, 390000, 346000, 396000))  # 900 cells of 200 m


def counted(grid: Grid, counts: np.ndarray, months: pd.PeriodIndex = times) -> CellMonths:
    whole = np.zeros((len(months), grid.size))
    whole[:, grid.cells] = counts
    return CellMonths(grid, months, sparse.csr_array(whole), "made")


@pytest.fixture(scope="module")
def made(grid: Grid) -> CellMonths:
    """Steady cells: busy ones and quiet ones, a common season, nothing planned."""
    rng = np.random.default_rng(6)
    rate = rng.gamma(0.7, 1.0, len(grid.cells))
    season = 1 + 0.5 * np.sin(2 * np.pi * np.asarray(times.month) / 12)
    return counted(grid, rng.poisson(season[:, None] * rate))


@pytest.fixture(scope="module")
def lattice(made: CellMonths) -> Lattice:
    return Lattice(made, USED)


@pytest.fixture(scope="module")
def real_lattice(real: Incidents, area: Area) -> Lattice:
    found = cell_counts_by_month(real.of(ASB), area.grid())
    return Lattice(found, ~season_mask(found.months, area, ASB))


BLOCK = np.array([30 * r + c for r in range(10, 14) for c in range(10, 14)])


# --- expectation ------------------------------------------------------------------------------------------------------
def test_expectation_written_out() -> None:
    months = pd.period_range("2023-01", "2024-10", freq="M")
    t, c = np.full((1, 22), 4.0), np.full((1, 22), 20.0)
    t[0, 9], c[0, 9] = 16.0, 40.0  # October 2023: a season of the area's own, on top of the common one
    c[0, 21], t[0, 21] = 60.0, 7.0
    found = expect(t, c, months, np.ones(22, dtype=bool), 21, 1)
    assert found is not None
    weight = 0.5 ** (np.arange(21, 0, -1) / 12)
    share = (t[0, :21] @ weight) / (c[0, :21] @ weight)
    near = slice(3, 16)  # six months on either side of October 2023
    local = t[0, near].sum() / c[0, near].sum()
    season = (SEASON_PRIOR + 16) / (SEASON_PRIOR + local * 40)
    assert found.share[0] == pytest.approx(share)
    assert found.season[0] == pytest.approx(season)
    assert found.expected[0] == pytest.approx(60 * share * season)
    assert found.recorded[0] == 7
    assert [str(w[0]) for w in found.windows] == ["2023-10"]


def test_nothing_of_the_operation_or_later_is_looked_at(lattice: Lattice) -> None:
    t, c = lattice.series([BLOCK]), lattice.series([np.arange(300)])
    one = expect(t, c, times, USED, 40, 2)
    t2, c2 = t.copy(), c.copy()
    t2[:, 40:], c2[:, 42:] = 999, 999
    two = expect(t2, c2, times, USED, 40, 2)
    assert one is not None
    assert two is not None
    assert two.expected == pytest.approx(one.expected)
    assert one.recorded != two.recorded


def test_past_windows_need_all_their_months() -> None:
    gap = times[times != month("2022-10")]
    used = np.ones(len(gap), dtype=bool)
    used[gap == month("2021-11")] = False
    start = int(np.flatnonzero(gap == month("2024-10"))[0])
    found = past_windows(gap, used, start, 2)
    assert [str(gap[w.start]) for w in found] == ["2023-10", "2020-10"]


@examples(30)
@given(st.integers(2, 9), st.integers(1, 6))
def test_scales_with_the_area_and_not_with_the_comparison(factor: int, length: int) -> None:
    rng = np.random.default_rng(factor)
    t, c = rng.poisson(9.0, (1, 60)).astype(float), rng.poisson(50.0, (1, 60)).astype(float)
    one = expect(t, c, times, USED, 50, length)
    larger = expect(t, factor * c, times, USED, 50, length)
    assert one is not None
    assert larger is not None
    assert larger.expected == pytest.approx(one.expected)
    assert (larger.variance < one.variance).all()


# --- verdict ----------------------------------------------------------------------------------------------------------
@given(st.integers(0, 800), st.floats(1, 500), st.floats(0.08, 0.9))
def test_verdict_usual_range_and_interval_agree(recorded: int, expected: float, sd: float) -> None:
    found = Spread(sd, 30.0, 0.1, 1.0, 20, 0.01)
    said = call(recorded, expected, found)
    outside = FELL if recorded < said.usual[0] - 1e-9 else ROSE if recorded > said.usual[1] + 1e-9 else CANNOT_TELL
    if said.usual[0] > 0 or recorded > 0:
        assert said.verdict == outside
    assert (said.p < 0.05) == (said.verdict != CANNOT_TELL)
    assert (said.interval[1] < 1) == (said.verdict == FELL)
    assert (said.interval[0] > 1) == (said.verdict == ROSE)


def test_smallest_change_is_seen_in_four_of_five_cases() -> None:
    rng = np.random.default_rng(3)
    expected, drift = 120.0, 0.1
    found = Spread(float(np.sqrt(drift**2 + 1 / 120.5)), 1e6, drift, 1.0, 60, 1 / 120.5)
    for side, word in ((-1, FELL), (1, ROSE)):
        share = smallest(expected, found, side)
        assert share > 0
        means = expected * (1 + side * share) * np.exp(rng.normal(-(drift**2) / 2, drift, 2000))
        seen = np.mean([call(int(n), expected, found).verdict == word for n in rng.poisson(means)])
        assert 0.74 < seen < 0.86


def test_a_planted_removal_is_found_and_nothing_else(lattice: Lattice, made: CellMonths) -> None:
    first, last = month("2024-06"), month("2024-08")
    library = lattice.library(size_class(len(BLOCK)), 3, np.random.default_rng(1), 100)
    around = ring(lattice.grid, BLOCK)
    proposed = propose(made, BLOCK, around, first)
    plain = judge(lattice, BLOCK, proposed.cells, first, last, library, name="ASB incidents")
    assert plain.verdict == CANNOT_TELL
    assert "cannot tell" in plain.sentence
    assert judge(lattice, around, proposed.cells, first, last, library).verdict == CANNOT_TELL
    counts = lattice.counts.copy()
    here = np.ix_(np.flatnonzero((times >= first) & (times <= last)), BLOCK)
    counts[here] = np.random.default_rng(2).binomial(counts[here].astype(int), 0.4)
    less = judge(Lattice(counted(lattice.grid, counts), USED), BLOCK, proposed.cells, first, last, library)
    assert less.verdict == FELL
    assert less.expected == pytest.approx(plain.expected)
    assert less.recorded < less.usual[0]
    assert less.published is not None
    # the published form is of the year before alone, at the same level
    (t1, c1), (t0, c0) = less.before[["treated", "comparison"]].to_numpy()[:2].tolist()
    assert less.published == weighted_displacement_difference(
        (t0, t1), (c0, c1), level=0.95, data_version="made",
        period="June 2024 to August 2024 against June 2023 to August 2023",
    )  # fmt: skip
    assert not CAUSAL.search(" ".join([less.sentence, plain.sentence, less.method.line(), *less.method.caveats]))
    assert plain.smallest_fall < 0.6


def test_a_count_that_stayed_the_same_is_not_said_to_fall(lattice: Lattice, made: CellMonths) -> None:
    first, last = month("2024-06"), month("2024-08")
    library = lattice.library(size_class(len(BLOCK)), 3, np.random.default_rng(1), 100)
    proposed = propose(made, BLOCK, ring(lattice.grid, BLOCK), first)
    counts = lattice.counts.copy()
    now = np.flatnonzero((times >= first) & (times <= last))
    counts[now] *= 3
    counts[np.ix_(now, BLOCK)] = counts[np.ix_(now - 12, BLOCK)]
    found = judge(Lattice(counted(lattice.grid, counts), USED), BLOCK, proposed.cells, first, last, library)
    assert found.verdict == FELL
    assert found.recorded == found.before["treated"].iloc[1]
    assert "stayed the same, unlike elsewhere (less by comparison)" in found.sentence
    fewest, most = found.usual_counts
    assert f"(with nothing planned {fewest} to {most} in 95 of 100 cases)" in found.sentence
    assert found.usual[0] <= fewest <= most <= found.usual[1]
    assert not CAUSAL.search(found.sentence)


def test_what_cannot_be_judged_is_refused(lattice: Lattice, made: CellMonths) -> None:
    library = lattice.library((1, 20), 1, np.random.default_rng(1), 30)
    rest = np.arange(400, 900)

    def at(first: str, last: str, cells: np.ndarray = BLOCK, of: Lattice = lattice) -> None:
        judge(of, cells, np.setdiff1d(rest, cells), month(first), month(last), library)

    with pytest.raises(Refusal, match=r"January 2025 is not in the data.*look for January 2025 from March 2025"):
        at("2025-01", "2025-01")
    with pytest.raises(Refusal, match=r"June 2019 is not in the data. Load the missing months"):
        at("2019-06", "2019-06")
    with pytest.raises(Refusal, match="August 2019 is needed to compare with"):
        at("2020-08", "2020-08")
    used = USED.copy()
    used[times == month("2024-03")] = False
    with pytest.raises(Refusal, match="lockdown is in it"):
        at("2024-02", "2024-04", of=Lattice(made, used))
    quiet = lattice.counts.copy()
    quiet[:, BLOCK] = 0
    with pytest.raises(Refusal, match="had 0 incidents in the same months"):
        at("2024-06", "2024-06", of=Lattice(counted(lattice.grid, quiet), USED))
    with pytest.raises(InputError, match="1 to 12 months"):
        at("2022-06", "2023-06")
    with pytest.raises(InputError, match="shares cells"):
        judge(lattice, BLOCK, BLOCK, month("2024-06"), month("2024-06"), library)
    with pytest.raises(InputError, match="between 0 and 1"):
        judge(lattice, BLOCK, rest, month("2024-06"), month("2024-06"), library, 95)


def test_an_area_that_always_strays_gets_a_wider_range(lattice: Lattice) -> None:
    rng = np.random.default_rng(4)
    library = lattice.library((1, 20), 1, rng, 60)
    c = lattice.series([np.arange(400, 900)])
    steady = rng.poisson(20, (1, 60)).astype(float)
    wild = rng.poisson(20 * np.exp(rng.normal(0, 0.8, (1, 60)))).astype(float)
    found = []
    for t in (steady, wild):
        own = residuals(t, c, times, USED, 1)
        found.append(spread(own, 0, len(own.starts) - 1, library, times))
    assert found[1].sd > 1.5 * found[0].sd
    assert found[0].sd ** 2 >= found[0].chance


# --- areas ------------------------------------------------------------------------------------------------------------
def test_ring_lies_round_and_beside(grid: Grid) -> None:
    around = ring(grid, BLOCK, 400)
    assert len(around) == 8 * 8 - 16
    assert not np.intersect1d(around, BLOCK).size
    east, north = grid.centres(grid.cells)
    apart = np.maximum(
        np.abs(east[:, None] - east[BLOCK]), np.abs(north[:, None] - north[BLOCK])
    ).min(axis=1)  # fmt: skip
    assert set(around) == set(np.flatnonzero((apart > 0) & (apart <= 400)))
    assert len(ring(grid, BLOCK, 0)) == 0
    reach = within_reach(grid, 200)
    assert (reach != reach.T).nnz == 0
    # kept for every crime type of a county: one byte a pair and four for its place, and counted with as if it were ones
    assert (reach.data.itemsize, reach.indices.itemsize) == (1, 4)
    near = np.maximum(np.abs(east[:, None] - east), np.abs(north[:, None] - north)) <= 200
    counted = memberships([BLOCK, np.arange(len(east))], len(east)) @ reach
    np.testing.assert_array_equal(counted.toarray(), [near[BLOCK].sum(axis=0), near.sum(axis=0)])
    with pytest.raises(InputError, match="not negative"):
        ring(grid, BLOCK, -1)


def test_proposal_takes_the_like_and_looks_at_nothing_later(grid: Grid, made: CellMonths) -> None:
    around = ring(grid, BLOCK)
    found = propose(made, BLOCK, around, month("2024-01"))
    assert not np.intersect1d(found.cells, np.union1d(BLOCK, around)).size
    chosen, left = (found.squares.loc[found.squares["chosen"] == which, "distance"] for which in (True, False))
    assert chosen.max() <= left.min()
    outside = found.squares["level"] * found.squares["cells"]
    assert 0.5 <= outside[found.squares["chosen"]].sum() / outside.sum() < 0.75
    counts = np.asarray(made.counts.tocsc()[:, grid.cells].toarray())
    counts[times >= month("2024-01")] = 77
    assert (propose(counted(grid, counts), BLOCK, around, month("2024-01")).cells == found.cells).all()
    with pytest.raises(Refusal, match="5 months before"):
        propose(made, BLOCK, around, month("2020-06"))
    with pytest.raises(Refusal, match="no place like it lies outside"):
        propose(made, np.arange(900), np.empty(0, dtype=np.intp), month("2024-01"))


# --- where nothing was planned ----------------------------------------------------------------------------------------
def test_placebo_operations_cannot_tell(real_lattice: Lattice) -> None:
    table = placebo_operations(real_lattice, np.random.default_rng(1948))
    found = rates(table).set_index(["kind", "months"])
    assert len(table) == 500
    assert table["before"].min() >= 40
    assert table["cells"].between(1, 20).all()
    assert found.loc[("placebo", "all"), "cannot_tell"] >= 0.93
    assert {"1", "2", "3"} >= set(found.index.get_level_values("months")) - {"all"}


def test_placebo_operations_of_drugs(real: Incidents, area: Area) -> None:
    drugs = cell_counts_by_month(real.of(DRUGS), area.grid())
    table = placebo_operations(Lattice(drugs, np.ones(len(drugs.months), dtype=bool)), np.random.default_rng(3), 200)
    assert (table["verdict"] == CANNOT_TELL).mean() >= 0.93


def test_groups_at_their_worst_the_year_before_cry_no_wolf(real_lattice: Lattice) -> None:
    table = placebo_operations(real_lattice, np.random.default_rng(5), 150, last_year=True)
    assert (table["verdict"] == CANNOT_TELL).mean() >= 0.93


@pytest.mark.long
def test_half_of_300_removed_is_found(real_lattice: Lattice) -> None:
    table = removal_operations(real_lattice, np.random.default_rng(2), 40)
    assert table["expected"].between(255, 345).all()
    assert (table["verdict"] == FELL).mean() >= 0.75
