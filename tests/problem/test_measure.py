"""What fall could be seen before it is tried: stepped back to known months, rounded honestly, true on made data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from analysis.common import seeds
from analysis.common.refusal import Refusal
from analysis.outcome.comparison import propose, ring
from analysis.outcome.drift import Lattice, size_class
from analysis.outcome.evaluation import CANNOT_TELL, FELL, ROSE
from analysis.outcome.operation import Verdict, judge
from analysis.problem.ending import NO_VERDICT, ending
from analysis.problem.measure import baseline_words, objective_words, rounded, seen, stepped_back
from analysis.where.cells import CellMonths
from data.kinds.crime_types import ASB
from geo.errors import InputError
from geo.grid import Grid, make_grid
from tests.properties import examples

MONTHS = pd.period_range("2018-01", "2024-12", freq="M")
SIDE = 30
BLOCK = np.array([SIDE * r + c for r in range(10, 14) for c in range(10, 14)])


def month(text: str) -> pd.Period:
    return pd.Period(text, freq="M")


@pytest.fixture(scope="module")
def grid() -> Grid:
    return make_grid(shapely.box(340000, 390000, 346000, 396000))  # 900 cells of 200 m


def counted(grid: Grid, counts: np.ndarray, months: pd.PeriodIndex = MONTHS) -> CellMonths:
    whole = np.zeros((len(months), grid.size))
    whole[:, grid.cells] = counts
    return CellMonths(grid, months, sparse.csr_array(whole), "made")


def rates(rng: np.random.Generator, months: int, drift: float = 0.0) -> np.ndarray:
    """Incidents to expect by month and cell: a common season, and squares that drift apart, month by month."""
    cells = rng.gamma(0.7, 1.0, SIDE**2)
    cells[BLOCK] = 1.0
    season = 1 + 0.4 * np.sin(2 * np.pi * np.arange(months) / 12)
    squares = rng.normal(0, drift, (months, 6, 6)).cumsum(axis=0)
    apart = np.exp(np.repeat(np.repeat(squares, 5, axis=1), 5, axis=2).reshape(months, -1))
    return np.asarray(season[:, None] * cells * apart)


def judging(found: CellMonths, cells: np.ndarray) -> Callable[[pd.Period, pd.Period], Verdict | Refusal]:
    """Judge as a page does: a comparison area from before the months, a library up to the last of them."""
    used = np.ones(len(found.months), dtype=bool)
    lattice = Lattice(found, used)

    def judged(first: pd.Period, last: pd.Period) -> Verdict | Refusal:
        n = found.trained_on(last)
        past = replace(found, months=found.months[:n], counts=found.counts[:n])
        proposal = propose(found, cells, ring(found.grid, cells), first, used)
        size, rng = size_class(len(cells)), np.random.default_rng(seeds.PLACEBO)
        library = Lattice(past, used[:n]).library(size, (last - first).n + 1, rng, groups=60)
        return judge(lattice, cells, proposal.cells, first, last, library)

    return judged


@pytest.fixture(scope="module")
def judged(grid: Grid) -> Callable[[pd.Period, pd.Period], Verdict | Refusal]:
    rng = np.random.default_rng(8)
    return judging(counted(grid, rng.poisson(rates(rng, len(MONTHS)))), BLOCK)


# --- which months stand for it ----------------------------------------------------------------------------------------
@examples(60)
@given(st.integers(-40, 40), st.integers(1, 12), st.sets(st.integers(0, 83), max_size=20))
def test_months_are_stepped_back_by_whole_years_until_known(start: int, length: int, gone: set[int]) -> None:
    first, as_at = month("2024-12") + start, month("2024-12")
    last = first + length - 1
    usable = MONTHS.delete(sorted(gone))
    known = [years for years in range(12) if last - 12 * years <= as_at]
    whole = [
        years for years in known if all(m in usable for m in pd.period_range(first - 12 * years, last - 12 * years))
    ]
    assert stepped_back(usable, first, last, as_at) == (whole[0] if whole else known[0])


def test_with_no_month_that_can_be_used_the_fewest_years_stand() -> None:
    none = MONTHS[:0]
    for last, years in (("2024-12", 0), ("2025-01", 1), ("2025-12", 1), ("2026-01", 2)):
        assert stepped_back(none, month(last) - 1, month(last), MONTHS[-1]) == years


def test_what_it_is_measured_from_is_named() -> None:
    usable = MONTHS[(month("2020-03") > MONTHS) | (month("2021-06") < MONTHS)]
    assert (
        baseline_words(usable, month("2025-07"), month("2025-12")) == "the same months of 2018, 2019 and 2021 to 2024"
    )
    assert baseline_words(usable, month("2025-11"), month("2026-02")) == (
        "the same months of 2018, 2019 and 2021 to 2023"
    )
    assert baseline_words(MONTHS[:6], month("2018-05"), month("2018-06")) == ""
    told = objective_words(ASB, month("2025-07"), month("2025-12"), "the same months of 2021 to 2024")
    assert told == (
        "ASB incidents recorded in the places, July to December 2025, against the same months of 2021 to 2024 and "
        "places like it."
    )
    assert "against the months before and places" in objective_words(ASB, month("2025-07"), month("2025-07"), "")


@given(st.floats(0.001, 1.0))
def test_a_fall_is_rounded_up_to_five_per_cent(fall: float) -> None:
    found = rounded(fall)
    assert found == 1.0 or found >= fall - 1e-6
    assert found - fall < 0.05 + 1e-6
    assert (20 * found) == pytest.approx(round(20 * found))


# --- what is said -----------------------------------------------------------------------------------------------------
def test_it_is_the_smallest_fall_of_the_year_before(judged: Callable[..., Verdict]) -> None:
    found = seen(judged, MONTHS, month("2025-07"), month("2025-12"), MONTHS[-1])
    verdict = judged(month("2024-07"), month("2024-12"))
    assert (found.judged_first, found.judged_last) == (month("2024-07"), month("2024-12"))
    assert found.smallest_fall == rounded(verdict.smallest_fall)
    percent = round(100 * rounded(verdict.smallest_fall))
    assert 15 <= percent <= 60
    assert found.sentence == (
        f"A fall under about {percent} % in six months would go unseen, going by July to December 2024, when about "
        f"{verdict.expected:.0f} were to be expected."
    )
    assert found.baseline == "the same months of 2018 to 2024"
    assert found.method == verdict.method


def test_what_was_recorded_in_the_cells_then_does_not_change_it(grid: Grid) -> None:
    rng = np.random.default_rng(8)
    counts = rng.poisson(rates(rng, len(MONTHS)))
    other = counts.copy()
    other[-6:, BLOCK] = 0
    first, last = month("2025-07"), month("2025-12")
    one, two = (seen(judging(counted(grid, c), BLOCK), MONTHS, first, last, MONTHS[-1]) for c in (counts, other))
    assert one.smallest_fall == two.smallest_fall


def test_where_nothing_can_be_seen_or_told_it_says_so(grid: Grid) -> None:
    rng = np.random.default_rng(2)
    thin = rng.poisson(0.02 * rates(rng, len(MONTHS)))
    thin[:, BLOCK] = 0
    thin[:, BLOCK[0]] += np.arange(len(MONTHS)) % 6 == 0  # two a year
    found = seen(judging(counted(grid, thin), BLOCK), MONTHS, month("2025-01"), month("2025-12"), MONTHS[-1])
    assert found.smallest_fall is None
    assert found.refusal is None
    assert found.sentence.startswith("No fall, however large, could be seen in twelve months: ")
    thin[:, BLOCK[0]] += np.arange(len(MONTHS)) % 6 == 3  # four a year
    some = seen(judging(counted(grid, thin), BLOCK), MONTHS, month("2025-01"), month("2025-12"), MONTHS[-1])
    assert some.smallest_fall is None
    assert some.sentence.startswith("Only a fall to almost nothing could be seen in twelve months: ")
    few = seen(judging(counted(grid, thin), BLOCK[1:2]), MONTHS, month("2025-07"), month("2025-07"), MONTHS[-1])
    assert few.smallest_fall is None
    assert few.refusal is not None
    assert few.sentence == f"What fall could be seen cannot be told. {few.refusal}"
    assert "it takes at least 10" in few.sentence
    short = counted(grid, thin[-6:], MONTHS[-6:])
    new = seen(judging(short, BLOCK), short.months, month("2025-07"), month("2025-12"), MONTHS[-1])
    assert new.refusal is not None
    with pytest.raises(InputError, match="1 to 12 months"):
        seen(judging(short, BLOCK), short.months, month("2025-01"), month("2026-01"), MONTHS[-1])
    with pytest.raises(InputError, match="1 to 12 months"):
        seen(judging(short, BLOCK), short.months, month("2025-02"), month("2025-01"), MONTHS[-1])


# --- how it ends ------------------------------------------------------------------------------------------------------
def test_every_ending_has_its_sentence_and_blames_nobody(judged: Callable[..., Verdict]) -> None:
    verdict = judged(month("2024-07"), month("2024-12"))
    small = replace(verdict, verdict=CANNOT_TELL, smallest_fall=0.37)
    said = {one.key: one.text for one in ending(small)}
    assert said["verdict"] == verdict.sentence
    assert said["ending"] == "It cannot be told whether this worked: that is a usual ending, and no reproach."
    assert "no reproach" not in ending(replace(small, smallest_fall=0.1))[1].text
    assert ending(replace(small, smallest_fall=0.1))[1].text == "It changed no more than such places do by themselves."
    assert ending(replace(verdict, verdict=FELL))[1].text.startswith("Fewer were recorded")
    assert ending(replace(verdict, verdict=ROSE))[1].text.startswith("More were recorded")
    for kind in (CANNOT_TELL, FELL, ROSE):
        keys = [one.key for one in ending(replace(verdict, verdict=kind))]
        assert keys == ["verdict", "ending", "limits"]
    none = ending(Refusal("There is no verdict: too little", "Load more"))
    assert (none[0].text, none[0].refused) == ("There is no verdict: too little. Load more.", True)
    assert none[1].text == NO_VERDICT


def test_a_small_count_of_a_partner_is_not_written_out(grid: Grid, judged: Callable[..., Verdict]) -> None:
    verdict = judged(month("2024-07"), month("2024-12"))
    told = replace(verdict, sentence="Incidents: cannot tell; 3 recorded where about 14 were to be expected (1 to 30).")
    assert ending(told)[0].text == told.sentence
    assert ending(told, partner=True)[0].text == told.sentence.replace("3 recorded", "under 5 recorded")
    thin = np.zeros((len(MONTHS), SIDE**2))
    thin[6::36, BLOCK[0]] = 1
    args = (judging(counted(grid, thin + np.eye(1, SIDE**2, 500)), BLOCK), MONTHS, month("2025-07"), month("2025-07"))
    assert "the area had 2 incidents in" in seen(*args, MONTHS[-1]).sentence
    hushed = seen(*args, MONTHS[-1], partner=True)
    assert "the area had under 5 incidents in" in hushed.sentence
    assert str(hushed.refusal) in hushed.sentence


# --- is it true -------------------------------------------------------------------------------------------------------
@pytest.mark.long
@pytest.mark.parametrize("drift", [0.0, 0.05])
def test_falls_of_that_size_are_found_in_about_four_of_five_cases_and_much_smaller_ones_mostly_not(
    grid: Grid, drift: float
) -> None:
    """Said before the months, then the months are drawn with that fall planted, or a third of it, and judged."""
    rng = np.random.default_rng(2026)
    first, last = month("2025-01"), month("2025-06")
    months = pd.period_range(MONTHS[0], last, freq="M")
    asked, found, tried, third = 60, 0, 0, 0
    for _ in range(asked):
        rate = rates(rng, len(months), drift)
        counts = rng.poisson(rate)
        before = counted(grid, counts[: len(MONTHS)])
        said = seen(judging(before, BLOCK), MONTHS, first, last, MONTHS[-1])
        if said.smallest_fall is None:
            continue
        tried += 1
        for part in (1, 3):
            fallen = counts.copy()
            left = rate[-6:, BLOCK] * (1 - said.smallest_fall / part)
            fallen[-6:, BLOCK] = rng.poisson(left)
            verdict = judging(counted(grid, fallen, months), BLOCK)(first, last)
            assert isinstance(verdict, Verdict)
            if verdict.verdict == FELL:
                found, third = (found + 1, third) if part == 1 else (found, third + 1)
    assert tried >= 0.8 * asked
    assert 0.68 * tried <= found <= 0.97 * tried
    assert third <= 0.3 * tried
