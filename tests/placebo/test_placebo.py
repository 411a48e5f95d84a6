from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.common.counts import monthly_by_ward
from analysis.common.refusal import Refusal
from analysis.common.regression import binomial, poisson
from analysis.placebo.methods import (
    COLUMNS,
    placebo_change,
    placebo_events,
    placebo_hotspots,
    placebo_seasons,
    placebo_table,
)
from analysis.when.season_design import SEASONS, lay_out
from analysis.when.season_effect import season_effects
from analysis.when.seasonality import season_mask
from analysis.when.ward_season import ward_seasons
from analysis.when.window_fit import fit_starts, placebo_starts
from data.demo.dataset import make_demo
from data.kinds.crime_types import ASB, DRUGS
from data.place.area import Area
from data.store.schema import Incidents
from tests.properties import examples

BOTH = pytest.mark.parametrize("category", [ASB, DRUGS])


def rates(table: pd.DataFrame) -> dict[str, float]:
    assert tuple(table.columns) == COLUMNS
    assert (table["level"] == 0.05).all()
    assert (table["rejected"] <= table["trials"]).all()
    return dict(zip(table["unit"], table["rejected"] / table["trials"], strict=True))


def allowed(rate: float, trials: int) -> float:
    """A rate with two standard errors of so many draws."""
    return rate + 2 * float(np.sqrt(rate * (1 - rate) / trials))


def tabled(real: Incidents, area: Area, category: str) -> tuple[pd.DataFrame, np.ndarray]:
    table = monthly_by_ward(real.of(category), area.wards.codes)
    return table, season_mask(pd.PeriodIndex(table.index), area, category)


@pytest.fixture(scope="module")
def robberies(shared: Path) -> pd.Series[float]:
    when = pd.read_csv(shared / "partner" / "memphis_robberies_2019.csv", parse_dates=["datetime"])["datetime"]
    index = pd.date_range("2019-01-01", "2019-12-31", freq="D")
    return when.dt.normalize().value_counts().reindex(index, fill_value=0).astype(float)


@pytest.fixture(scope="module")
def searches(shared: Path) -> pd.Series[float]:
    when = pd.read_csv(shared / "partner" / "knowsley_stop_search_2022-10_to_2024-12.csv", usecols=["Date"])["Date"]
    index = pd.date_range("2023-02-01", "2024-12-31", freq="D")
    return pd.to_datetime(when.str[:10]).value_counts().reindex(index, fill_value=0).astype(float)


@BOTH
def test_shuffled_maps(real: Incidents, area: Area, category: str) -> None:
    # With 800 maps and 999 permutations .038 and .039.
    table = placebo_hotspots(real.of(category), area.grid(), np.random.default_rng(3), trials=30, permutations=199)
    assert rates(table)["any cell"] <= allowed(0.05, 30)


@BOTH
def test_months_split_at_random(real: Incidents, area: Area, category: str) -> None:
    table, _ = tabled(real, area, category)
    found = rates(placebo_change(table, np.random.default_rng(5), trials=500))
    assert found["ward"] <= 0.065
    assert found["any ward"] <= allowed(0.05, 500)


@BOTH
def test_placebo_months(real: Incidents, area: Area, category: str) -> None:
    found = rates(placebo_seasons(*tabled(real, area, category), np.random.default_rng(5), trials=150, whole="borough"))
    assert found["ward"] <= 0.07
    assert found["borough"] <= 0.07
    for unit in ("borough, regression alone", "any ward", "do wards differ"):
        assert found[unit] <= allowed(0.07, 150)


@BOTH
def test_the_placebo_months_are_the_published_ones(real: Incidents, area: Area, category: str) -> None:
    # The same draws, with the naive tests that are said to fail: plain binomial .13 to .19, plain Poisson .43 to .55.
    table, mask = tabled(real, area, category)
    keep = table.notna().all(axis=1).to_numpy() & ~mask
    months, y = pd.PeriodIndex(table.index[keep]), table.to_numpy()[keep]
    design = lay_out(months, [s.months for s in SEASONS])
    reference = ~np.isin(months.month, [m for s in SEASONS for m in s.months])
    rng = np.random.default_rng(9)
    ward, whole = [], []
    for _ in range(60):
        placebo = np.zeros(len(y))
        for u in np.unique(design.year):
            at = np.flatnonzero((design.year == u) & reference)
            if len(at) > 1:
                placebo[rng.choice(at)] = 1
        x = np.column_stack([design.x, placebo])
        fit = poisson(y.sum(axis=1), x, np.asarray(months.days_in_month, dtype=float))
        whole.append(abs(fit.coefficients[-1]) > 1.96 * fit.errors[-1])
        for w in range(y.shape[1]):
            fit = binomial(y[:, w], y.sum(axis=1), x)
            ward.append(abs(fit.coefficients[-1]) > 1.96 * fit.errors[-1])
    assert 0.10 <= np.mean(ward) <= 0.22
    assert 0.30 <= np.mean(whole) <= 0.65


def test_placebo_windows_of_robberies(robberies: pd.Series[float]) -> None:
    found = rates(placebo_events(robberies))
    assert 0.02 <= found["window, against placebo windows alone"] <= 0.07
    assert found["window"] <= 0.07  # the wider of two intervals: none of 85


def test_placebo_windows_of_searches(searches: pd.Series[float]) -> None:
    found = rates(placebo_events(searches))
    assert 0.02 <= found["window, against placebo windows alone"] <= 0.07
    assert 0.02 <= found["window"] <= 0.07


def test_naive_windows_fail(robberies: pd.Series[float], searches: pd.Series[float]) -> None:
    for days, low, high in ((robberies, 0.07, 0.2), (searches, 0.45, 0.65)):
        _, fits = fit_starts(days, placebo_starts(days, 15), 15)
        assert low <= np.mean([abs(f.log_ratio) > 1.96 * f.error for f in fits]) <= high


def test_a_real_change_is_not_hidden() -> None:
    # The same code rejects where something happens: otherwise a low rate says nothing.
    rng = np.random.default_rng(2)
    index = pd.period_range("2019-04", periods=60, freq="M")
    table = pd.DataFrame(
        rng.poisson(np.linspace(6, 20, 10), (60, 10)).astype(float), index=index, columns=[f"W{i}" for i in range(10)]
    )
    quiet = rates(placebo_seasons(table, None, np.random.default_rng(1), trials=60))
    assert quiet["ward"] <= allowed(0.05, 600)
    table.loc[np.asarray(index.month) <= 6, "W3"] *= np.where(np.arange(60) % 2, 4.0, 0.5)[np.asarray(index.month) <= 6]
    split = rates(placebo_change(table, np.random.default_rng(1), trials=100))
    assert split["ward"] <= 0.065  # its months vary, and the test knows


def test_the_whole_table_with_a_feed(area: Area) -> None:
    demo = make_demo(area)
    found = placebo_table(
        demo.incidents.of(ASB), area, ASB, np.random.default_rng(1), trials=8, permutations=49, feed=demo.feed
    )
    assert tuple(found.columns) == COLUMNS
    assert found["test"].nunique() == 5
    assert (found["trials"] > 0).all()
    again = placebo_table(
        demo.incidents.of(ASB), area, ASB, np.random.default_rng(1), trials=8, permutations=49, feed=demo.feed
    )
    pd.testing.assert_frame_equal(found, again)


def test_what_the_data_refuse_is_not_in_the_table(real: Incidents, area: Area) -> None:
    short = real.of(ASB).within(pd.Period("2024-06", "M"), pd.Period("2024-12", "M"))
    found = placebo_table(short, area, ASB, np.random.default_rng(1), trials=5, permutations=19)
    assert set(found["unit"]) == {"ward", "any ward"}
    none = placebo_table(
        real.of(ASB).within(pd.Period("2030-01", "M"), pd.Period("2030-02", "M")), area, ASB, np.random.default_rng(1)
    )
    assert len(none) == 0
    assert tuple(none.columns) == COLUMNS


@examples(60)
@given(st.integers(0, 10**6), st.integers(0, 60), st.integers(1, 5), st.sampled_from([0.0, 0.05, 0.5, 3.0, 30.0]))
def test_sparse_gappy_and_short_months_answer_or_refuse(seed: int, n: int, wards: int, mean: float) -> None:
    rng = np.random.default_rng(seed)
    index = pd.period_range(pd.Period("2019-01", "M") + seed % 12, periods=n, freq="M")
    table = pd.DataFrame(rng.poisson(mean, (n, wards)).astype(float), index=index).add_prefix("W")
    table[rng.random(n) < rng.choice([0, 0.1, 0.5])] = np.nan
    mask = rng.random(n) < rng.choice([0, 0.3])
    for ask in (
        lambda: season_effects(table.sum(axis=1, min_count=wards), mask).table(),
        lambda: pd.concat([s.wards for s in ward_seasons(table, mask).seasons]),
        lambda: placebo_seasons(table, mask, rng, 2),
        lambda: placebo_change(table, rng, 2),
    ):
        try:
            answer: object = ask()
        except Refusal as refusal:
            answer = refusal.remedy
        assert len(answer)  # type: ignore[arg-type]


def test_refusals(real: Incidents, area: Area) -> None:
    short = real.of(ASB).within(pd.Period("2024-06", "M"), pd.Period("2024-12", "M"))
    with pytest.raises(Refusal, match="needs 12 published months, and there are 7"):
        placebo_hotspots(short, area.grid(), np.random.default_rng(1))
    with pytest.raises(Refusal, match="more months than there are"):
        placebo_seasons(monthly_by_ward(short, area.wards.codes), None, np.random.default_rng(1))
    with pytest.raises(Refusal, match="No placebo window fits"):
        placebo_events(pd.Series(np.ones(60), index=pd.date_range("2023-03-01", periods=60)))
