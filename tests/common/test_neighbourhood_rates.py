"""Rates by neighbourhood: leaning, intervals that hold, marks that are not chance, and nothing of deprivation."""

from __future__ import annotations

import ast
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from analysis.common.neighbourhood_rates import (
    HIGHER,
    LOWER,
    leaning_ratio,
    neighbourhood_rates,
    next_counts,
    unlike_area,
)
from analysis.common.neighbourhoods import monthly_by_neighbourhood
from analysis.common.rates import rate_interval
from analysis.common.refusal import Refusal
from analysis.common.significance import benjamini_hochberg
from analysis.common.ward_spread import ward_spread
from data.kinds.crime_types import ASB
from data.place.area import Area
from data.place.small_areas import Deprivation, SmallAreas
from data.store.schema import Incidents, conform
from tests.common.test_neighbourhoods import real_areas
from tests.conftest import ROOT
from tests.made_incidents import months_of
from tests.made_small_areas import code_of, kept, own_area
from tests.properties import examples


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> SmallAreas:
    return kept(own_area(tmp_path_factory.mktemp("place")))


def counted(small: SmallAreas, table: np.ndarray, first: str = "2022-01") -> Incidents:
    """Incidents with the counts of a table of months by neighbourhoods."""
    months = months_of(len(table), first)
    row, column = np.nonzero(table)
    many = table[row, column].astype(int)
    frame = pd.DataFrame(
        {
            "month": months[np.repeat(row, many)],
            "category": ASB,
            "lsoa_code": np.array(small.codes, dtype=object)[np.repeat(column, many)],
            "ward_code": "E05010935",
        }
    )
    return Incidents(conform(frame), months, "made")


@given(
    st.lists(st.tuples(st.integers(0, 300), st.floats(0.5, 200)), min_size=2, max_size=40),
)
@examples(30)
def test_a_leaning_ratio_lies_between_its_own_and_one(pairs: list[tuple[int, float]]) -> None:
    x, mean = (np.array(part, dtype=float) for part in zip(*pairs, strict=True))
    leaning, own = leaning_ratio(x, mean), x / mean
    assert (leaning >= np.minimum(own, 1) - 1e-9).all()
    assert (leaning <= np.maximum(own, 1) + 1e-9).all()


def test_small_counts_lean_more() -> None:
    x, mean = np.array([2.0, 200.0, 1.0, 100.0]), np.array([1.0, 100.0, 1.0, 101.0])
    leaning = leaning_ratio(x, mean)
    assert leaning[1] > leaning[0] > 1
    assert leaning_ratio(np.array([1.0, 1.0]), np.array([1.0, 1.0])).tolist() == [1.0, 1.0], "nothing beyond chance"


def test_without_a_spread_it_is_poisson() -> None:
    x, mean = np.array([0.0, 3.0, 12.0]), np.array([4.0, 3.0, 5.0])
    by_hand = [
        min(1.0, 2 * min(stats.poisson.cdf(a, m), 1 - stats.poisson.cdf(a - 1, m)))
        for a, m in zip(x, mean, strict=True)
    ]
    assert unlike_area(x, mean, 0.0) == pytest.approx(by_hand, rel=1e-5)
    assert unlike_area(x, mean, 0.3)[2] > by_hand[2], "a place that moves by itself is less surprising"


def test_a_simulated_year_after_lies_within() -> None:
    rng, inside = np.random.default_rng(5), []
    for _ in range(150):
        usual = rng.uniform(5, 30, 100)
        level, around = rng.gamma(2, 0.5, 100), 0.06
        this, after = (rng.poisson(usual * level * rng.gamma(1 / around, around, 100)) for _ in range(2))
        low, high = next_counts(this, usual, 2 * around)
        inside.append(((after >= low) & (after <= high)).mean())
    assert 0.94 < np.mean(inside) < 0.985, np.mean(inside)


def test_places_alike_but_for_their_years_are_seldom_marked() -> None:
    rng, any_marked = np.random.default_rng(6), []
    for _ in range(300):
        usual, around = rng.uniform(5, 30, 100), 0.06
        this = rng.poisson(usual * rng.gamma(1 / around, around, 100))
        p = unlike_area(this, usual * this.sum() / usual.sum(), 2 * around)
        any_marked.append((benjamini_hochberg(p) <= 0.05).any())
    assert np.mean(any_marked) <= 0.06, np.mean(any_marked)


def planted(small: SmallAreas) -> Incidents:
    rng = np.random.default_rng(3)
    rate = np.ones(45)
    rate[4], rate[40] = 6.0, 0.05
    return counted(small, rng.poisson(2 * rate, (36, 45)))


def test_what_was_planted_is_marked_and_nothing_else(small: SmallAreas) -> None:
    found = neighbourhood_rates(planted(small), small)
    marks = found.table.set_index("lsoa_code")["against_area"]
    assert marks[code_of(4)] == HIGHER
    assert marks[code_of(40)] == LOWER
    assert (marks != "").sum() == 2
    assert found.sentence == (
        "Of 45 neighbourhoods, 1 is above and 1 below the area's rate by more than chance and year-to-year change."
    )
    row = found.table.iloc[10]
    assert row["own_rate"] == pytest.approx(1000 * row["count"] / row["residents"])
    assert (
        (found.table["low"] <= found.table["rate_per_1000"]) & (found.table["rate_per_1000"] <= found.table["high"])
    ).all()
    total = found.table["count"].sum()
    assert found.area_rate == pytest.approx(1000 * total / sum(small.residents.values()))
    assert found.method.n == total
    assert "wards" not in found.spread.sentence
    assert found.method.parameters["codes"].startswith(f"{total:,} as published"), "of these months alone"
    assert "no league table" in " ".join(found.method.caveats)


def test_deprivation_changes_nothing(small: SmallAreas) -> None:
    incidents = planted(small)
    before = neighbourhood_rates(incidents, small).table
    deprived = replace(small, deprivation={code: Deprivation(n + 1, 1) for n, code in enumerate(reversed(small.codes))})
    pd.testing.assert_frame_equal(before, neighbourhood_rates(incidents, deprived).table)


def test_a_neighbourhood_without_residents_has_a_count_and_no_rate(small: SmallAreas) -> None:
    some = replace(small, residents={code: n for code, n in small.residents.items() if code != code_of(4)})
    found = neighbourhood_rates(planted(small), some)
    row = found.table.set_index("lsoa_code").loc[code_of(4)]
    assert row["count"] > 0
    assert row[["rate_per_1000", "own_rate", "low", "high", "q"]].isna().all()
    assert row["against_area"] == ""
    assert "1 neighbourhoods have no residents figure, and so no rate." in found.method.caveats


def test_refusals(small: SmallAreas) -> None:
    few = counted(small, np.eye(12, 45, dtype=int))
    with pytest.raises(Refusal, match="Too few for rates by neighbourhood: 12 incidents in 45 neighbourhoods"):
        neighbourhood_rates(few, small)
    with pytest.raises(Refusal, match="residents are not known"):
        neighbourhood_rates(planted(small), replace(small, residents={}))
    with pytest.raises(Refusal, match="nothing is loaded"):
        neighbourhood_rates(few.up_to(pd.Period("2020-01", "M")), small)
    with pytest.raises(Refusal, match="is not in the data"):
        neighbourhood_rates(planted(small), small, pd.period_range("2021-12", "2022-11", freq="M"))


@pytest.mark.long
def test_the_next_real_year_lies_within(real: Incidents, shared: Path, area: Area, tmp_path: Path) -> None:
    published = real_areas(shared, area, tmp_path)
    residents = np.array([published.residents[code] for code in published.codes], dtype=float)
    for kind in (
        ASB, "Drugs", "Violence and sexual offences", "Shoplifting", "Burglary", "Criminal damage and arson",
        "Vehicle crime", "Public order",
    ):  # fmt: skip
        table = monthly_by_neighbourhood(real.of(kind), published)
        inside, of_wards = [], []
        for end in pd.period_range("2019-12", "2023-12", freq="M"):
            this, after = (table.reindex(pd.period_range(end + k - 11, end + k, freq="M")) for k in (0, 12))
            if this.isna().any(axis=None) or after.isna().any(axis=None):
                continue
            x, y = this.sum().to_numpy(), after.sum().to_numpy()
            spread = ward_spread(table[table.index <= end], pd.PeriodIndex(this.index))
            low, high = next_counts(x, x.sum() * residents / residents.sum(), spread.variance)
            as_it_was = y * x.sum() / y.sum()  # were the area as a whole to stay as it is
            inside.append(((as_it_was > low - 1) & (as_it_was < high + 1)).mean())
            ends = np.array([rate_interval(n, spread) for n in x])
            held = ((as_it_was >= ends[:, 0]) & (as_it_was <= ends[:, 1])).mean()
            of_wards.append((held, (high - low).mean() / (ends[:, 1] - ends[:, 0]).mean()))
        others, narrower = np.mean(of_wards, axis=0)
        print(f"{kind}: held {np.mean(inside):.3f}; as for wards {others:.3f}, at {narrower:.2f} of their width")
        assert len(inside) == 14
        assert 0.915 < np.mean(inside) < 0.985, kind


def test_no_analysis_reads_deprivation() -> None:
    for path in (ROOT / "analysis").rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        named = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        assert not {name for name in named if "deprivation" in name or "decile" in name}, path
