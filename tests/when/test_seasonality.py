from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.common.counts import monthly_series
from analysis.common.refusal import Refusal
from analysis.when.seasonality import SeasonalIndex, month_by_year, season_mask, season_reading, seasonal_index
from analysis.when.shape import seasonal_shape
from data.kinds.crime_types import ASB, DRUGS
from data.place.area import Area, Season
from data.store.schema import Incidents
from geo.errors import InputError
from tests.properties import examples

FEW = examples(25)
OCTOBER = Season("october", "October", (10,))
SUMMER = Season("summer", "Summer", (7, 8))
# A season like that of ASB, for simulated months.
SEASON = np.array([0.80, 0.88, 1.00, 1.05, 1.03, 1.06, 1.12, 1.06, 0.98, 1.47, 0.88, 0.66])
SEASON /= SEASON.mean()


# The second route: the text of the recipe, month by month, in plain Python. Nothing is shared with the module.


def plain_levels(y: list[float | None], d: list[float], s: list[float]) -> list[float | None]:
    out: list[float | None] = []
    for t in range(len(y)):
        total = weights = 0.0
        for k in range(-6, 7):
            if 0 <= t + k < len(y) and y[t + k] is not None:
                w = 0.5 if abs(k) == 6 else 1.0
                total += w * y[t + k] / (d[t + k] * s[t + k])  # type: ignore[operator]
                weights += w
        out.append(total / weights if weights >= 6 else None)
    return out


def plain_season(
    y: list[float | None], names: list[int], d: list[float], c: float
) -> tuple[list[float], list[float | None]]:
    season = [1.0] * 12
    level: list[float | None] = []
    for _ in range(3):
        level = plain_levels(y, d, [season[n - 1] for n in names])
        new = []
        for name in range(1, 13):
            at = [t for t in range(len(y)) if names[t] == name and y[t] is not None and level[t] is not None]
            if not at:
                new.append(1.0)
                continue
            below = sum(level[t] for t in at)  # type: ignore[misc]
            raw = sum(y[t] / d[t] for t in at) / below if below > 0 else 1.0  # type: ignore[operator]
            new.append((len(at) * raw + c) / (len(at) + c))
        mean = sum(new) / 12
        season = [value / mean for value in new]
    return season, level


def plain_c(y: list[float | None], names: list[int], d: list[float]) -> float:
    _, level = plain_season(y, names, d, 1.0)
    by_name: dict[int, list[float]] = {}
    for t in range(len(y)):
        if y[t] is not None and level[t]:
            by_name.setdefault(names[t], []).append(y[t] / d[t] / level[t])  # type: ignore[operator]
    df = sum(len(r) for r in by_name.values()) - len(by_name)
    if df < 6:
        return 4.0
    means = {name: sum(r) / len(r) for name, r in by_name.items()}
    sigma2 = sum((value - means[name]) ** 2 for name, r in by_name.items() for value in r) / df
    centre = sum(means.values()) / len(means)
    between = sum((m - centre) ** 2 for m in means.values()) / (len(means) - 1)
    tau2 = max(0.0, between - sigma2 * sum(1 / len(r) for r in by_name.values()) / len(by_name))
    return 50.0 if tau2 == 0 else min(50.0, max(0.5, sigma2 / tau2))


def plain(series: pd.Series[float], mask: np.ndarray | None = None) -> tuple[float, list[float]]:
    masked = [False] * len(series) if mask is None else mask.tolist()
    y = [None if m or math.isnan(v) else float(v) for v, m in zip(series, masked, strict=True)]
    names = [month.month for month in series.index]
    d = [month.days_in_month / 30.4375 for month in series.index]
    c = plain_c(y, names, d)
    return c, plain_season(y, names, d, c)[0]


def simulated(
    rng: np.random.Generator, years: int, season: np.ndarray = SEASON, spread: float = 0.15, mean: float = 140.0
) -> pd.Series[float]:
    index = pd.period_range("2018-01", periods=12 * years, freq="M")
    level = mean * np.exp(np.cumsum(rng.normal(0, 0.03, len(index))))
    mu = level * index.days_in_month / 30.4375 * season[index.month - 1] * np.exp(rng.normal(0, spread, len(index)))
    return pd.Series(rng.poisson(mu).astype(float), index=index)


@FEW
@given(st.lists(st.none() | st.integers(0, 90), min_size=13, max_size=50), st.integers(0, 11), st.integers(0, 10_000))
def test_two_routes_to_the_season(values: list[int | None], start: int, seed: int) -> None:
    index = pd.period_range(pd.Period("2019-01", "M") + start, periods=len(values), freq="M")
    series = pd.Series([np.nan if v is None else float(v) for v in values], index=index)
    mask = np.random.default_rng(seed).random(len(values)) < 0.1
    c, season = plain(series, mask)
    shape = seasonal_shape(series, mask)
    assert shape.prior_weight == pytest.approx(c, rel=1e-6)
    np.testing.assert_allclose(shape.season, season, rtol=1e-8)
    assert shape.season.mean() == pytest.approx(1.0)


@pytest.mark.parametrize("category", [ASB, DRUGS])
def test_two_routes_on_the_real_files_at_every_origin(real: Incidents, area: Area, category: str) -> None:
    series = monthly_series(real.of(category))
    mask = season_mask(pd.PeriodIndex(series.index), area, category)
    for end in range(30, len(series) + 1, 9):
        c, season = plain(series.iloc[:end], mask[:end])
        shape = seasonal_shape(series.iloc[:end], mask[:end])
        assert shape.prior_weight == pytest.approx(c)
        np.testing.assert_allclose(shape.season, season, rtol=1e-9)


def test_what_the_real_files_give(real: Incidents, area: Area) -> None:
    """ASB: prior weight near 0.5, October 1.47; drugs: 12 to 50, almost flat."""
    found: dict[str, SeasonalIndex] = {}
    for category in (ASB, DRUGS):
        series = monthly_series(real.of(category))
        mask = season_mask(pd.PeriodIndex(series.index), area, category)
        assert mask.sum() == (13 if category == ASB else 0)
        found[category] = seasonal_index(series, mask, np.random.default_rng(1))
    asb, drugs = found[ASB], found[DRUGS]
    assert asb.prior_weight == pytest.approx(0.5, abs=0.1)
    assert 12 <= drugs.prior_weight <= 50
    assert asb.index["index"].idxmax() == 10
    assert asb.index.loc[10, "index"] == pytest.approx(147, abs=2)
    assert asb.index.loc[10, "low"] > 100
    assert asb.index.loc[12, "high"] < 100
    assert (drugs.index["index"] - 100).abs().max() < 4
    assert ((drugs.index["low"] < 100) & (drugs.index["high"] > 100)).all()
    assert asb.index["years"].tolist() == [5, 5, 5, 4, 4, 4, 5, 5, 5, 5, 5, 5]
    assert asb.sentence.startswith("October is highest, at 1.47 times an average month")
    assert drugs.sentence.startswith("No month differs")
    assert asb.reliable
    assert asb.monte_carlo_error < 8
    readings = {season.key: season_reading(asb, season) for season in area.seasons}
    assert readings["halloween"].differs
    assert "times an average month, per day" in readings["halloween"].sentence
    assert not readings["bonfire"].differs
    assert "cannot be told from one" in readings["bonfire"].sentence


def test_a_flat_month_by_month_rate_has_no_season() -> None:
    index = pd.period_range("2020-01", periods=48, freq="M")
    series = pd.Series(7.0 * index.days_in_month, index=index)
    np.testing.assert_allclose(seasonal_shape(series).season, 1.0, atol=1e-12)
    found = seasonal_index(series, None, np.random.default_rng(0), 200)
    assert found.sentence == "No month differs from an average month by more than years differ from each other."


def test_a_planted_season_is_found_without_noise() -> None:
    index = pd.period_range("2015-01", periods=120, freq="M")
    series = pd.Series(100 * index.days_in_month / 30.4375 * SEASON[index.month - 1], index=index)
    shape = seasonal_shape(series, c=0.0)
    # cut windows at the ends of the series leave the level there slightly off
    np.testing.assert_allclose(shape.season, SEASON, atol=0.012)
    assert seasonal_shape(series).prior_weight == 0.5


@FEW
@given(st.integers(0, 1000), st.floats(0.1, 50))
def test_nothing_depends_on_scale(seed: int, factor: float) -> None:
    series = simulated(np.random.default_rng(seed), 4)
    one, other = seasonal_shape(series), seasonal_shape(series * factor)
    np.testing.assert_allclose(one.season, other.season, rtol=1e-9)
    np.testing.assert_allclose(one.level * factor, other.level, rtol=1e-9)


def test_nothing_depends_on_order_and_gaps_need_no_rows() -> None:
    rng = np.random.default_rng(2)
    series = simulated(rng, 5)
    series.iloc[[5, 20, 21]] = np.nan
    whole = seasonal_shape(series)
    shuffled = series.dropna().sample(frac=1, random_state=3)
    np.testing.assert_allclose(seasonal_shape(shuffled).season, whole.season)
    mask = np.asarray(series.index.year == 2020)
    masked = series.where(~mask)
    np.testing.assert_allclose(seasonal_shape(series, mask).season, seasonal_shape(masked).season)
    assert not np.allclose(seasonal_shape(series, mask).season, whole.season)
    jumbled = series.sample(frac=1, random_state=4)
    np.testing.assert_allclose(
        seasonal_shape(jumbled, np.asarray(jumbled.index.year == 2020)).season, seasonal_shape(series, mask).season
    )


def test_years_are_counted_where_there_is_a_level() -> None:
    index = pd.period_range("2020-01", periods=60, freq="M")
    series = pd.Series(50.0, index=index)
    series[(index.year == 2021) | ((index.year == 2022) & (index.month < 12))] = np.nan
    shape = seasonal_shape(series)
    # the lone December of 2022 has half a year after it: 1 + 5 + 0.5 = 6.5
    assert shape.years.tolist() == [3] * 11 + [4]
    lonely = series.copy()
    lonely[index == pd.Period("2023-01", "M")] = np.nan
    assert seasonal_shape(lonely).years[11] == 3, "5 + 0.5 is under 6: no level, not seen"


# The interval.


def test_interval_covers_the_truth() -> None:
    rng = np.random.default_rng(7)
    held, flagged, trials = [], [], 15
    for _ in range(trials):
        frame = seasonal_index(simulated(rng, 5), None, rng, 150).index
        held.append(((frame["low"] <= 100 * SEASON) & (frame["high"] >= 100 * SEASON)).mean())
        flat = seasonal_index(simulated(rng, 5, np.ones(12)), None, rng, 150).index
        flagged.append(((flat["low"] > 100) | (flat["high"] < 100)).mean())
    assert np.mean(held) > 0.89
    assert np.mean(flagged) < 0.05


def test_same_generator_same_interval_and_none_without() -> None:
    series = simulated(np.random.default_rng(1), 4)
    first, second = (seasonal_index(series, None, np.random.default_rng(9), 200) for _ in range(2))
    pd.testing.assert_frame_equal(first.index, second.index)
    assert first.draws.shape == (200, 12)
    without = seasonal_index(series)
    pd.testing.assert_series_equal(without.index["index"], first.index["index"])
    assert without.index["low"].isna().all()
    assert "interval none" in without.method.line()
    assert season_reading(without, OCTOBER).sentence.endswith("over 4 years.")


def test_the_interval_holds_the_index() -> None:
    for seed in range(5):
        frame = seasonal_index(simulated(np.random.default_rng(seed), 3), None, np.random.default_rng(seed), 200).index
        assert (frame["low"] <= frame["index"]).all()
        assert (frame["index"] <= frame["high"]).all()


def test_a_season_of_one_month_reads_as_the_index_does() -> None:
    found = seasonal_index(simulated(np.random.default_rng(4), 6), None, np.random.default_rng(4), 400)
    october = season_reading(found, OCTOBER)
    row = found.index.loc[10]
    assert (october.ratio, october.low, october.high) == pytest.approx(
        (row["index"] / 100, row["low"] / 100, row["high"] / 100)
    )
    summer = season_reading(found, SUMMER)
    assert summer.ratio == pytest.approx(found.index.loc[[7, 8], "index"].mean() / 100)
    assert "July and August" in summer.sentence


# What it refuses, and what it calls unreliable.


@pytest.mark.parametrize("months", [0, 1, 11])
def test_under_a_year_is_refused(months: int) -> None:
    series = simulated(np.random.default_rng(0), 1).iloc[:months]
    with pytest.raises(Refusal, match=rf"at least 12 months, and there (is|are) {months}\."):
        seasonal_index(series)


def test_masked_and_missing_months_are_no_history() -> None:
    series = simulated(np.random.default_rng(0), 2)
    mask = np.arange(24) < 8
    series.iloc[-5:] = np.nan
    with pytest.raises(Refusal, match="there are 11"):
        seasonal_index(series, mask)


def test_months_far_apart_are_refused() -> None:
    index = pd.period_range("2000-01", periods=156, freq="M")
    series = pd.Series(np.where(np.arange(156) % 12 == 0, 9.0, np.nan), index=index)
    with pytest.raises(Refusal, match="too far apart"):
        seasonal_index(series)


def test_no_incident_at_all_is_refused() -> None:
    with pytest.raises(Refusal, match="no incident in these months"):
        seasonal_index(pd.Series(0.0, index=pd.period_range("2020-01", periods=36, freq="M")))


@pytest.mark.parametrize(("months", "reliable"), [(12, False), (23, False), (24, True), (36, True)])
def test_under_two_years_is_called_unreliable(months: int, reliable: bool) -> None:
    found = seasonal_index(simulated(np.random.default_rng(0), 3).iloc[:months], None, np.random.default_rng(0), 100)
    assert found.reliable is reliable
    assert found.sentence.startswith("Unreliable") is not reliable
    assert season_reading(found, OCTOBER).sentence.startswith("Unreliable") is not reliable
    assert all(caveat in found.method.caveats for caveat in found.warnings)
    if months < 36:
        assert found.index["low"].isna().all(), "two years give no interval"
        assert any(warning.startswith("No interval") for warning in found.warnings)
        assert "too few for an interval" in season_reading(found, OCTOBER).sentence
    else:
        assert found.warnings == ()


def test_a_month_seen_once_is_named() -> None:
    series = simulated(np.random.default_rng(0), 4)
    series[(series.index.month == 2) & (series.index.year > 2018)] = np.nan
    found = seasonal_index(series, None, np.random.default_rng(0), 100)
    assert not found.reliable
    assert any("fewer than 2 years seen for February." in warning for warning in found.warnings)
    assert np.isnan(found.index.loc[2, "low"])
    assert found.index.loc[3, "low"] > 0


def test_wrong_input() -> None:
    series = simulated(np.random.default_rng(0), 3)
    with pytest.raises(InputError, match="index of months"):
        seasonal_index(series.reset_index(drop=True))
    with pytest.raises(InputError, match="index of months"):
        month_by_year(pd.Series([1.0], index=pd.period_range("2020", periods=1, freq="Y")))
    with pytest.raises(InputError, match=r"twice .*2018-01"):
        seasonal_index(pd.concat([series, series.iloc[:1]]))
    with pytest.raises(InputError, match="not negative"):
        seasonal_index(-series)
    with pytest.raises(InputError, match="another length"):
        seasonal_index(series, np.zeros(3, dtype=bool))
    with pytest.raises(InputError, match="100 draws"):
        seasonal_index(series, None, np.random.default_rng(0), 10)
    with pytest.raises(InputError, match="level"):
        seasonal_index(series, level=1.5)


# Months by years.


def test_months_by_years_keeps_gaps() -> None:
    series = pd.Series([3.0, np.nan, 0.0], index=pd.period_range("2021-12", periods=3, freq="M"))
    table = month_by_year(series)
    assert table.index.tolist() == [2021, 2022]
    assert table.columns.tolist() == list(range(1, 13))
    assert table.loc[2021, 12] == 3.0
    assert table.loc[2022, 2] == 0.0
    assert int(table.notna().sum().sum()) == 2
    assert month_by_year(series, per_day=True).loc[2021, 12] == pytest.approx(3 / 31)
    assert month_by_year(series.iloc[:0]).shape == (0, 12)


@FEW
@given(st.lists(st.none() | st.integers(0, 999), min_size=1, max_size=40), st.integers(0, 11))
def test_months_by_years_hold_every_value_once(values: list[int | None], start: int) -> None:
    index = pd.period_range(pd.Period("2019-01", "M") + start, periods=len(values), freq="M")
    series = pd.Series([np.nan if v is None else float(v) for v in values], index=index)
    table = month_by_year(series)
    for month, value in series.items():
        np.testing.assert_equal(table.loc[month.year, month.month], value)  # type: ignore[union-attr]
    assert int(table.notna().sum().sum()) == series.notna().sum()


def test_the_lockdown_is_left_out_for_the_types_the_area_names(area: Area) -> None:
    index = pd.period_range("2020-01", "2021-12", freq="M")
    mask = season_mask(index, area, ASB)
    assert [str(m) for m in index[mask]][:: mask.sum() - 1] == ["2020-04", "2021-04"]
    assert not season_mask(index, area, DRUGS).any()
    assert not season_mask(index, area, None).any()
