"""What is said of the places of a season follows from what past seasons of these very incidents would have caught."""

from __future__ import annotations

import dataclasses
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from analysis.when.season_places import PAST_SEASONS, SHARE, SeasonPlaces, season_places
from analysis.when.ward_season import WARD_SEASONS, area_ward_seasons
from analysis.where.accuracy import hit_rate
from analysis.where.cells import CellMonths, cell_counts_by_month
from analysis.where.hotspots import discounted_score, smoothed
from analysis.where.validation import backtest
from data.kinds.crime_types import ASB, DRUGS
from data.place.area import Area, Season
from data.store.schema import Incidents
from tests.conftest import ROOT
from tests.made_incidents import square_grid
from tests.properties import examples

GRID = square_grid(20)
OCTOBER = Season("october", "October", (10,))
SUMMER = WARD_SEASONS[1]
TOP = 20  # cells: 5 % of 400
SAME, ITS_OWN, ANYWHERE = "the same", "its own", "anywhere"
FEW = examples(8)


def made(seed: int, october: str, years: int = 6, rate: float = 3.0) -> CellMonths:
    """Cells of which 20 lead all year, and in October the same, 20 others, or others in every year."""
    rng = np.random.default_rng(seed)
    months = pd.period_range("2018-01", periods=12 * years, freq="M")
    spread = rng.permutation(GRID.cells)
    rows = []
    for month in months:
        lead = spread[:TOP]
        if month.month == 10 and october == ITS_OWN:
            lead = spread[-TOP:]
        if month.month == 10 and october == ANYWHERE:
            lead = rng.choice(GRID.cells, TOP, replace=False)
        mean = np.zeros(GRID.size)
        mean[GRID.cells] = 0.05
        mean[lead] = rate
        rows.append(rng.poisson(mean * (1.5 if month.month == 10 else 1)))
    return CellMonths(GRID, months, sparse.csr_array(np.array(rows, dtype=float)), "made")


def wards(p: float, tau: float) -> Any:
    return SimpleNamespace(p=p, tau=tau)


# --- what is said ----------------------------------------------------------------------------------------------------
@FEW
@given(st.integers(0, 10**6))
def test_places_that_stay_are_said_to_stay(seed: int) -> None:
    found = season_places(made(seed, SAME), OCTOBER, wards(0.4, 0.1))
    assert found.sentence == "The same places lead in October as in the year (measured on 5 Octobers)."
    assert found.alike
    assert not found.helped


@FEW
@given(st.integers(0, 10**6))
def test_places_of_its_own_are_found_and_said(seed: int) -> None:
    for p in (0.4, 0.001):
        found = season_places(made(seed, ITS_OWN), OCTOBER, wards(p, 0.1))
        assert found.helped
        assert found.weight > PAST_SEASONS[0]
        assert found.sentence == (
            "Places in October are not quite those of the year: using past Octobers has helped to predict the next "
            "October (better in 5 of 5 Octobers tried). The ranking does not do so."
        )


@FEW
@given(st.integers(0, 10**6))
def test_places_that_move_every_year_are_not_said_to_be_the_same(seed: int) -> None:
    found = season_places(made(seed, ANYWHERE), OCTOBER)
    assert not found.alike
    assert f"hold {100 * found.by_year:.0f} % of incidents, in the months around it {100 * found.around:.0f} %" in (
        found.sentence
    )
    assert "same places" not in found.sentence


@pytest.mark.parametrize(
    ("p", "tau", "words"),
    [
        (0.038, 0.14, "Wards differ a little in October (more than chance); using that has not "),
        (0.001, 0.5, "Wards differ in October (more than chance); using that has not "),
        (0.2, 0.5, "The same places lead in October"),
    ],
)
def test_the_sentence_agrees_with_what_wards_show(p: float, tau: float, words: str) -> None:
    found = season_places(made(3, SAME), OCTOBER, wards(p, tau))
    assert found.differ is (p <= 0.05)
    assert found.sentence.startswith(words)
    if found.differ:
        assert found.sentence.endswith("helped to predict the next October (5 tried).")
        assert ("not clearly helped" in found.sentence) is (found.with_past_seasons > found.by_year)


def test_nothing_is_said_of_what_was_not_measured() -> None:
    every = made(1, SAME)
    for year, targets in ((2018, 0), (2019, 1), (2020, 2)):
        n = every.trained_on(pd.Period(f"{year}-12", "M"))
        cut = dataclasses.replace(every, months=every.months[:n], counts=every.counts[:n])
        found = season_places(cut, OCTOBER, wards(0.01, 0.1))
        assert len(found.targets) == targets
        assert found.measured is (targets >= 2)
        assert bool(found.sentence) is found.measured
        assert not found.helped
    none = dataclasses.replace(every, counts=every.counts * 0)
    assert season_places(none, OCTOBER).sentence == ""
    empty = dataclasses.replace(every, months=every.months[:0], counts=every.counts[:0])
    assert season_places(empty, OCTOBER).sentence == ""


def test_seasons_of_two_months_are_counted_in_years() -> None:
    found = season_places(made(1, SAME), SUMMER)
    assert found.sentence == "The same places lead in July and August as in the year (measured on 5 years)."


def test_two_seasons_are_too_few_to_have_helped() -> None:
    found = season_places(made(1, ITS_OWN, years=3), OCTOBER, wards(0.01, 0.1))
    assert len(found.targets) == 2
    assert not found.helped
    assert "has not clearly helped" in found.sentence


# --- the figures -----------------------------------------------------------------------------------------------------
def by_hand(counted: CellMonths, first: pd.Period) -> list[float]:
    """Hit rates of the year and of every rival, from the months before one October."""
    grid, months = counted.grid, counted.months
    known = np.flatnonzero(months <= first - 3)
    own = known[months.month[known] == 10]
    later = counted.of(np.flatnonzero(months == first))
    year = discounted_score(counted, len(known))
    lattice = np.asarray(counted.counts[own].sum(axis=0), dtype=float).reshape(grid.rows, grid.columns)
    past = smoothed(lattice, grid.cell_size_m).ravel()[grid.cells]
    mixed = [(1 - w) * year / year.sum() + w * past / past.sum() for w in PAST_SEASONS]
    return [hit_rate(score, later, SHARE) for score in (year, *mixed)]


@pytest.fixture(scope="module")
def octobers(real: Incidents, area: Area) -> dict[str, tuple[CellMonths, SeasonPlaces]]:
    grid, found = area.grid(), {}
    for category in (ASB, DRUGS):
        counted = cell_counts_by_month(real.of(category), grid)
        one = area_ward_seasons(real.of(category), area, category).season("october")
        found[category] = counted, season_places(counted, OCTOBER, one)
    return found


@pytest.mark.parametrize("category", [ASB, DRUGS])
def test_real_octobers_by_two_routes(octobers: dict[str, tuple[CellMonths, SeasonPlaces]], category: str) -> None:
    counted, found = octobers[category]
    assert found.targets["target"].tolist() == ["2019-10", "2020-10", "2023-10", "2024-10"]
    rates = np.array([by_hand(counted, pd.Period(target, "M")) for target in found.targets["target"]])
    n = found.targets["incidents"].to_numpy()
    np.testing.assert_allclose(found.targets["by_year"], rates[:, 0] * n)
    held = (rates * n[:, None]).sum(axis=0) / n.sum()
    assert found.by_year == pytest.approx(held[0])
    assert found.with_past_seasons == pytest.approx(held[1:].max())
    assert found.weight == PAST_SEASONS[int(held[1:].argmax())]
    published = backtest(counted, counted.grid, "october", shares=[SHARE]).set_index("target")["hit_rate"]
    np.testing.assert_allclose(found.targets["by_year"] / n, published.reindex(found.targets["target"]))
    print(f"\n{category}: {held.round(3)} around {found.around:.3f}; {found.sentence}")
    assert found.sentence == "The same places lead in October as in the year (measured on 4 Octobers)."


def test_the_months_around_are_those_that_the_ranking_had_not_seen() -> None:
    counted = made(2, SAME)
    found = season_places(counted, SUMMER).targets
    for target, total in zip(found["target"], found["around_incidents"], strict=True):
        first = pd.Period(target, "M")
        around = [first - 2, first - 1, first + 2, first + 3, first + 4]
        assert total == counted.of(np.flatnonzero(counted.months.isin(around))).sum()


def test_a_later_month_changes_nothing() -> None:
    every = made(5, SAME)
    n = every.trained_on(pd.Period("2022-12", "M"))
    cut = dataclasses.replace(every, months=every.months[:n], counts=every.counts[:n])
    whole, early = season_places(every, OCTOBER).targets, season_places(cut, OCTOBER).targets
    columns = ["target", "incidents", "by_year"]
    pd.testing.assert_frame_equal(whole[columns].iloc[: len(early)], early[columns])


@pytest.mark.long
def test_places_that_stay_are_seldom_said_to_be_helped() -> None:
    wrong = sum(season_places(made(seed, SAME, rate=1.0), OCTOBER).helped for seed in range(300))
    print(f"\nhelped where nothing helps: {wrong} of 300")
    assert wrong <= 15


# --- nothing else says it --------------------------------------------------------------------------------------------
def test_no_page_and_no_document_says_it_flatly() -> None:
    said = [
        str(path.relative_to(ROOT))
        for folder in ("analysis", "data", "pages", "docs")
        for path in (ROOT / folder).rglob("*")
        if path.suffix in {".py", ".md", ".toml"} and "not the places" in " ".join(path.read_text("utf-8").split())
    ]
    said += ["README.md"] if "not the places" in (ROOT / "README.md").read_text("utf-8") else []
    assert said == []
