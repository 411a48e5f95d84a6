from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from analysis.ahead.forecast import forecast, forecast_method, forecast_wards, past_forecasts, ward_shares
from analysis.ahead.forecast_backtest import backtest_forecast, scores, seasonal_naive
from analysis.common.counts import monthly_by_ward, monthly_series
from analysis.common.negative_binomial import crps, moment_alpha, quantile
from analysis.common.refusal import Refusal
from analysis.when.seasonality import season_mask
from analysis.when.shape import seasonal_shape
from data.kinds.crime_types import ASB, DRUGS
from data.place.area import Area
from data.store.schema import Incidents
from geo.errors import InputError
from tests.properties import examples

FEW = examples(25)


def simulated(months: int = 48, seed: int = 1, mean: float = 120.0, first: str = "2019-01") -> pd.Series[float]:
    index = pd.period_range(first, periods=months, freq="M")
    rng = np.random.default_rng(seed)
    return pd.Series(rng.negative_binomial(25, 25 / (25 + mean), months).astype(float), index=index)


def wards_of(months: int = 40, wards: int = 4, seed: int = 1) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    index = pd.period_range("2019-01", periods=months, freq="M")
    table = rng.poisson(np.linspace(3, 15, wards), (months, wards)).astype(float)
    return pd.DataFrame(table, index=index, columns=[f"W{i}" for i in range(wards)])


# The table that it must reach.


@pytest.mark.parametrize(
    ("category", "mae", "relative", "score"),
    [(ASB, (28, 4.2), (0.58, 0.64), (18.2, 2.8)), (DRUGS, (21, 3.2), (0.71, 0.73), (14.1, 2.2))],
)
def test_backtest_reaches_its_table(
    real: Incidents,
    area: Area,
    category: str,
    mae: tuple[float, float],
    relative: tuple[float, float],
    score: tuple[float, float],
) -> None:
    table = monthly_by_ward(real.of(category), area.wards.codes)
    mask = season_mask(pd.PeriodIndex(table.index), area, category)
    targets = (pd.Period("2023-01", "M"), pd.Period("2024-12", "M"))
    found = scores(backtest_forecast(table, mask, targets, pd.Period("2022-10", "M")))
    assert found["n"].tolist() == [138, 138 * 15]
    for i, level in enumerate(("area", "ward")):
        row = found.loc[level]
        assert row["mae"] <= mae[i]
        assert row["relative"] == pytest.approx(relative[i], abs=0.06)
        assert row["crps"] == pytest.approx(score[i], rel=0.05)
        assert 0.78 <= row["cover80"] <= 0.885
        assert 0.92 <= row["cover95"] <= 0.98


def test_the_future_changes_nothing_that_was_forecast(real: Incidents, area: Area) -> None:
    table = monthly_by_ward(real.of(ASB), area.wards.codes)
    mask = season_mask(pd.PeriodIndex(table.index), area, ASB)
    cut = int(table.index.get_loc(pd.Period("2024-03", "M")))
    poisoned = table.copy()
    poisoned.iloc[cut + 1 :] = 9999.0
    one, other = (past_forecasts(t, mask, whole=True) for t in (table, poisoned))
    np.testing.assert_array_equal(one.expected[: cut + 1], other.expected[: cut + 1])
    assert one.alpha(cut, 0.05) == other.alpha(cut, 0.05)
    assert not np.allclose(one.expected[cut + 1], other.expected[cut + 1])
    known = forecast(monthly_series(real.of(ASB)).iloc[: cut + 1], 6, mask[: cut + 1])
    np.testing.assert_allclose(known["expected"], one.expected[cut, :, 0])


# The forecast.


def test_two_routes_to_the_expected_count() -> None:
    series = simulated(50)
    series.iloc[[7, 30, 31]] = np.nan
    mask = np.arange(50) == 12
    season = seasonal_shape(series, mask).season
    above = below = 0.0
    for t, (month, y) in enumerate(series.items()):
        if not np.isnan(y) and not mask[t]:
            weight = 0.5 ** ((49 - t) / 6)
            above += weight * y
            below += weight * month.days_in_month / 30.4375 * season[month.month - 1]  # type: ignore[attr-defined]
    expected = [
        above / below * month.days_in_month / 30.4375 * season[month.month - 1]
        for month in pd.period_range("2023-03", periods=9, freq="M")
    ]
    found = forecast(series, 9, mask)
    assert [str(m) for m in found.index[[0, -1]]] == ["2023-03", "2023-11"]
    np.testing.assert_allclose(found["expected"], expected)


def test_a_steady_rate_goes_on() -> None:
    index = pd.period_range("2020-01", periods=40, freq="M")
    found = forecast(pd.Series(4.0 * index.days_in_month, index=index), 6)
    np.testing.assert_allclose(found["expected"], 4.0 * found.index.days_in_month)  # type: ignore[attr-defined]
    assert found["reliable"].all()


@FEW
@given(st.lists(st.none() | st.integers(0, 300), min_size=20, max_size=60), st.integers(1, 12))
def test_intervals_are_ordered_and_positive(values: list[int | None], horizon: int) -> None:
    index = pd.period_range("2018-05", periods=len(values), freq="M")
    series = pd.Series([np.nan if v is None else float(v) for v in values], index=index)
    if series.notna().sum() < 12:
        with pytest.raises(Refusal):
            forecast(series, horizon)
        return
    found = forecast(series, horizon)
    assert len(found) == horizon
    assert (found["expected"] >= 0).all()
    assert (found["low95"] <= found["low80"]).all()
    assert (found["low80"] <= found["high80"]).all()
    assert (found["high80"] <= found["high95"]).all()
    assert (found["low95"] >= 0).all()


def test_it_starts_after_the_last_entry_even_where_that_is_missing() -> None:
    series = simulated(36)
    series.iloc[-2:] = np.nan
    found = forecast(series, 2)
    assert [str(m) for m in found.index] == ["2022-01", "2022-02"]
    whole = forecast(series.iloc[:-2], 4)
    np.testing.assert_allclose(found["expected"], whole["expected"].iloc[2:])


def test_nothing_is_masked_by_itself() -> None:
    series = simulated(72, first="2018-01")
    burst = series.copy()
    burst["2020-04":"2021-04"] = 900.0  # type: ignore[misc]
    mask = np.asarray((burst.index >= pd.Period("2020-04", "M")) & (burst.index <= pd.Period("2021-04", "M")))
    assert not np.allclose(forecast(burst, 3)["expected"], forecast(series, 3)["expected"])
    np.testing.assert_allclose(forecast(burst, 3, mask)["expected"], forecast(series, 3, mask)["expected"])
    np.testing.assert_allclose(forecast(burst, 3, mask)["high95"], forecast(series, 3, mask)["high95"])


def test_order_of_rows_does_not_matter() -> None:
    series = simulated(40)
    mask = np.arange(40) < 3
    order = np.random.default_rng(0).permutation(40)
    pd.testing.assert_frame_equal(forecast(series.iloc[order], 6, mask[order]), forecast(series, 6, mask))


def test_worse_months_make_a_wider_interval() -> None:
    index = pd.period_range("2019-01", periods=60, freq="M")
    rng = np.random.default_rng(5)
    calm = pd.Series(rng.poisson(150, 60).astype(float), index=index)
    wild = pd.Series(rng.poisson(150 * rng.gamma(4, 1 / 4, 60)).astype(float), index=index)
    width = [(f["high95"] - f["low95"]).mean() / f["expected"].mean() for f in (forecast(calm, 6), forecast(wild, 6))]
    assert width[1] > 1.5 * width[0]


# Wards.


def test_wards_add_up_to_the_area() -> None:
    table = wards_of()
    found = forecast_wards(table, 6)
    area = forecast(table.sum(axis=1), 6)
    np.testing.assert_allclose(found["expected"].groupby("month").sum(), area["expected"])
    assert found.index.names == ["month", "ward_code"]
    assert len(found) == 24


def test_shares_forget() -> None:
    table = wards_of(36, 2)
    table.loc[:, :] = [[8.0, 2.0]] * 12 + [[5.0, 5.0]] * 12 + [[2.0, 8.0]] * 12
    shares = ward_shares(table)
    by_hand = sum(0.5 ** ((35 - t) / 12) * table.iloc[t, 0] for t in range(36)) / sum(
        0.5 ** ((35 - t) / 12) * 10 for t in range(36)
    )
    assert shares["W0"] == pytest.approx(by_hand)
    assert shares.sum() == pytest.approx(1)
    assert shares["W0"] < 0.5
    masked = ward_shares(table, np.arange(36) >= 12)
    assert masked["W0"] == pytest.approx(0.8)
    table.iloc[3, 1] = np.nan
    assert ward_shares(table, np.arange(36) >= 12)["W0"] == pytest.approx(0.8), "a month without a ward is left out"
    assert ward_shares(table * 0).tolist() == [0.5, 0.5]


# What it refuses.


@pytest.mark.parametrize("months", [1, 11])
def test_under_a_year_is_refused(months: int) -> None:
    with pytest.raises(Refusal, match=rf"at least 12 months of history, and there (is|are) {months}\."):
        forecast(simulated(months), 3)


def test_under_two_years_is_called_unreliable() -> None:
    for months, reliable in ((12, False), (23, False), (24, True)):
        series = simulated(months)
        assert forecast(series, 3)["reliable"].tolist() == [reliable] * 3
        assert any(c.startswith("Unreliable") for c in forecast_method(series).caveats) is not reliable
    with pytest.raises(InputError, match="1 to 12 months ahead"):
        forecast(simulated(), 13)
    with pytest.raises(InputError, match="another length"):
        forecast(simulated(), 3, [True])


# Its parts.


@FEW
@given(st.floats(0.3, 400), st.floats(0.01, 1.5), st.sampled_from([0.025, 0.1, 0.9, 0.975]))
def test_quantiles_by_summation(mean: float, alpha: float, level: float) -> None:
    found = int(quantile(level, mean, alpha))
    k = np.arange(found + 1)
    size, p = 1 / alpha, 1 / (1 + alpha * mean)
    total = np.cumsum(np.exp(stats.nbinom.logpmf(k, size, p)))
    assert total[-1] >= level - 1e-9
    assert found == 0 or total[-2] < level + 1e-9
    assert (stats.nbinom.mean(size, p), stats.nbinom.var(size, p)) == pytest.approx((mean, mean + alpha * mean**2))


def test_crps_against_its_definition_by_simulation() -> None:
    """E|X - y| - E|X - X'|/2 (Gneiting and Raftery 2007)."""
    rng = np.random.default_rng(3)
    for mean, alpha, y in ((5.0, 0.2, 9.0), (120.0, 0.05, 80.0), (0.4, 0.1, 0.0)):
        x, other = rng.negative_binomial(1 / alpha, 1 / (1 + alpha * mean), (2, 400_000))
        simulated_score = np.abs(x - y).mean() - np.abs(x - other).mean() / 2
        assert crps([y], mean, alpha)[0] == pytest.approx(simulated_score, rel=0.02)


def test_alpha_by_moments() -> None:
    rng = np.random.default_rng(4)
    y = rng.negative_binomial(1 / 0.2, 1 / (1 + 0.2 * 60), 20_000)
    assert moment_alpha(y, np.full(20_000, 60.0)) == pytest.approx(0.2, rel=0.05)
    assert moment_alpha([60] * 5, [60.0] * 5) == 0.0
    assert moment_alpha([], []) == 0.0


def test_seasonal_naive_takes_the_latest_year_that_counts() -> None:
    values = np.arange(48.0)[:, None]
    masked = np.zeros(48, dtype=bool)
    assert seasonal_naive(values, masked, 40, 44)[0] == 32
    masked[32] = True
    assert seasonal_naive(values, masked, 40, 44)[0] == 20
    values[20] = np.nan
    assert seasonal_naive(values, masked, 40, 44)[0] == 8
    values[8] = np.nan
    assert seasonal_naive(values, masked, 40, 44)[0] == 32, "a masked one where nothing else exists"
    assert np.isnan(seasonal_naive(values, masked, 5, 10)[0])


def test_errors_are_those_known_at_the_origin() -> None:
    series = simulated(80).to_frame("all")
    past = past_forecasts(series)
    actual, expected, n = past.errors(60)
    # targets 25 to 60, six origins behind each, all of which exist
    assert len(actual) == len(expected) == 36 * 6
    assert n == 36
    assert set(actual) <= set(series["all"].iloc[25:61])
    assert past.errors(5)[2] == 0
    assert past.alpha(5, 0.05) == pytest.approx(0.05)
