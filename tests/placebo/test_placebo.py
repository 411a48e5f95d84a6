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
from analysis.placebo import methods, seasons
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
    found = rates(placebo_seasons(*tabled(real, area, category), np.random.default_rng(5), trials=150))
    assert found["ward"] <= 0.07
    assert found["area"] <= 0.07
    for unit in ("area, regression alone", "any ward", "do wards differ"):
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
    assert found.left_out == ()
    assert tuple(found.table.columns) == COLUMNS
    assert found.table["test"].nunique() == 5
    assert (found.table["trials"] > 0).all()
    assert area.kind in set(found.table["unit"])
    again = placebo_table(
        demo.incidents.of(ASB), area, ASB, np.random.default_rng(1), trials=8, permutations=49, feed=demo.feed
    )
    pd.testing.assert_frame_equal(found.table, again.table)


def test_what_the_data_refuse_is_left_out_and_named(real: Incidents, area: Area) -> None:
    asb = real.of(ASB)
    year = asb.within(pd.Period("2024-01", "M"), pd.Period("2024-12", "M"))
    told: list[str] = []
    found = placebo_table(year, area, ASB, np.random.default_rng(1), trials=5, permutations=19, tell=told.append)
    assert found.table[["unit", "trials"]].to_numpy().tolist() == [["any cell", 5]]
    assert [words.split(":")[0] for words in found.left_out] == told[1:]
    change, season, events = found.left_out
    assert "need 24 published months, and there are 12" in change
    assert "need 3 years with two months outside the seasons, and there are 2" in season
    assert "cannot be seen in month data" in events
    short = placebo_table(
        asb.within(pd.Period("2024-06", "M"), pd.Period("2024-12", "M")), area, ASB, np.random.default_rng(1), 5, 19
    )
    assert len(short.table) == 0
    assert tuple(short.table.columns) == COLUMNS
    assert len(short.left_out) == 4
    none = placebo_table(
        asb.within(pd.Period("2030-01", "M"), pd.Period("2030-02", "M")), area, ASB, np.random.default_rng(1)
    )
    assert (len(none.table), len(none.left_out)) == (0, 4)


def seen(monkeypatch: pytest.MonkeyPatch, module: object, name: str) -> list[np.ndarray]:
    """First argument, or the last column of the second, of every call of a function of a module."""
    calls: list[np.ndarray] = []
    real = getattr(module, name)

    def spy(*arguments: object, **more: object) -> object:
        calls.append(np.asarray(arguments[1])[:, -1] if name == "fit_overdispersed" else np.asarray(arguments[0]))
        return real(*arguments, **more)

    monkeypatch.setattr(module, name, spy)
    return calls


def test_false_alarms_are_looked_for_in_the_window_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(3)
    index = pd.period_range("2016-04", periods=96, freq="M")
    table = pd.DataFrame(rng.poisson(20, (96, 4)).astype(float), index=index, columns=list("ABCD"))
    table.loc[: pd.Period("2020-03", "M")] += 1000  # older months are told apart by their counts
    first = pd.Period("2021-04", "M")
    split = seen(monkeypatch, methods, "change_test")
    placebo_change(table, rng, trials=3, first=first)
    assert all(half.max() < 500 for half in split)
    drawn = seen(monkeypatch, seasons, "fit_overdispersed")
    placebo_seasons(table, None, rng, trials=20, first=first)
    at = {i for column in drawn for i in np.flatnonzero(column)}
    assert at
    assert min(at) >= index.get_loc(first)
    assert {len(column) for column in drawn} == {96}  # what is older is learnt from
    with pytest.raises(Refusal, match="need 24 published months, and there are 12"):
        placebo_change(table, rng, first=pd.Period("2023-04", "M"))
    with pytest.raises(Refusal, match="need 3 years with two months outside the seasons, and there are 2"):
        placebo_seasons(table, None, rng, first=pd.Period("2022-04", "M"))


def test_windows_are_judged_in_the_window_alone(robberies: pd.Series[float]) -> None:
    every = placebo_events(robberies)
    late = placebo_events(robberies, length=5, first=pd.Period("2019-05", "M"))
    starts = placebo_starts(robberies, 5)
    expected = [start for start in starts if robberies.index[start] >= pd.Timestamp("2019-05-01")]
    assert late["trials"].max() == len(expected) < len(starts)
    assert every["trials"].max() > 60
    with pytest.raises(Refusal, match="need 12 that do not overlap"):
        placebo_events(robberies, first=pd.Period("2019-10", "M"))


def test_a_test_that_could_never_reject_is_refused() -> None:
    index = pd.period_range("2019-04", periods=60, freq="M")
    one = pd.DataFrame({"A": np.full(60, 30.0)}, index=index)
    with pytest.raises(Refusal, match="need two wards"):
        placebo_change(one, np.random.default_rng(1), 2)
    found = placebo_seasons(one, None, np.random.default_rng(1), 4).set_index("unit")["trials"]
    assert found[["area", "ward", "any ward", "do wards differ"]].tolist() == [4, 0, 0, 0]
    rare = pd.DataFrame(np.eye(4)[np.arange(60) % 4], index=index, columns=list("ABCD"))  # six of each in two years
    with pytest.raises(Refusal, match="need a ward with 10 incidents"):
        placebo_change(rare, np.random.default_rng(1), 2)


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
    with pytest.raises(Refusal, match="needs 12 published months, and there are 11"):
        placebo_hotspots(real.of(ASB), area.grid(), np.random.default_rng(1), first=pd.Period("2024-02", "M"))
    with pytest.raises(Refusal, match="more months than there are"):
        placebo_seasons(monthly_by_ward(short, area.wards.codes), None, np.random.default_rng(1))
    with pytest.raises(Refusal, match="No placebo window fits"):
        placebo_events(pd.Series(np.ones(60), index=pd.date_range("2023-03-01", periods=60)))
