from __future__ import annotations

import dataclasses
import math

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from analysis.common.counts import monthly_series
from analysis.common.refusal import Refusal
from analysis.when.season_design import SEASONS, short_name, year_label
from analysis.when.season_effect import SeasonEffects, area_season_effects, season_effects
from analysis.when.seasonality import season_mask
from data.kinds.crime_types import ASB, DRUGS
from data.place.area import Area, Season
from data.store.schema import Incidents
from geo.errors import InputError
from tests.properties import examples

FEW = examples(25)
CAUSAL = ("because", "due to", "caused", "thanks to", "led to", "driven", "result of")
REFERENCE = (1, 2, 3, 4, 5, 6, 9)


@pytest.fixture(scope="module")
def asb(real: Incidents, area: Area) -> SeasonEffects:
    return area_season_effects(real.of(ASB), area, ASB)


def simulated(
    seed: int, years: int = 6, october: float = 1.6, spread: float = 0.1, first: str = "2018-04"
) -> pd.Series[float]:
    rng = np.random.default_rng(seed)
    index = pd.period_range(first, periods=12 * years, freq="M")
    ratio = np.where(index.month == 10, october, 1.0) * np.exp(rng.normal(0, spread, len(index)))
    level = np.exp(rng.normal(0, 0.3, index.year.max() + 1))[index.year]
    return pd.Series(rng.poisson(4 * level * index.days_in_month * ratio).astype(float), index=index)


# Published to 2024 for the whole area: ratio, low, high, each "about"; and how many years lie above 1.


@pytest.mark.parametrize(
    ("key", "ratio", "low", "high", "above"),
    [
        ("october", 1.6, 1.2, 2.1, "all"),
        ("july-august", 1.12, 1.0, 1.25, "all"),
        ("november", 0.9, 0.6, 1.3, "one"),
        ("december", 0.67, 0.56, 0.80, "none"),
    ],
)
def test_the_published_table(asb: SeasonEffects, key: str, ratio: float, low: float, high: float, above: str) -> None:
    found = asb.effect(key)
    assert found.ratio == pytest.approx(ratio, rel=0.03)
    assert found.low == pytest.approx(low, rel=0.1)
    assert found.high == pytest.approx(high, rel=0.07)
    assert found.years_above == {"all": len(found.yearly), "one": 1, "none": 0}[above]
    assert len(found.yearly) >= 5
    assert found.new_low < found.low < found.high < found.new_high


def test_the_figures_as_they_come_out(asb: SeasonEffects) -> None:
    table = asb.table().set_index("season")
    expected = {
        "October": (1.637, 1.196, 2.239, "years"),
        "July and August": (1.118, 0.982, 1.273, "regression"),
        "November": (0.919, 0.654, 1.290, "years"),
        "December": (0.669, 0.562, 0.797, "years"),
    }
    for season, values in expected.items():
        assert tuple(table.loc[season, ["ratio", "low", "high"]]) == pytest.approx(values[:3], abs=1e-3)
        assert table.loc[season, "route"] == values[3]
    assert asb.reliable
    assert asb.effect("october").sentence == (
        "ASB in October runs about 1.6 times an ordinary month [1.2 to 2.2], above it in 5 of 5 years; a single year "
        "may lie anywhere from 0.76 to 3.5."
    )
    assert asb.effect("november").sentence.startswith("ASB in November cannot be told from an ordinary month")


def test_drugs_cannot_be_told_from_a_usual_month(real: Incidents, area: Area) -> None:
    found = area_season_effects(real.of(DRUGS), area, DRUGS)
    assert [e.differs for e in found.effects] == [False] * 4
    assert all("cannot be told" in e.sentence for e in found.effects)


@pytest.mark.parametrize("category", [ASB, DRUGS])
def test_regression_equals_statsmodels(real: Incidents, area: Area, category: str) -> None:
    series = monthly_series(real.of(category))
    used = series[~season_mask(pd.PeriodIndex(series.index), area, category) & series.notna().to_numpy()]
    index = pd.PeriodIndex(used.index)
    year, month = np.asarray((index - 3).year), np.asarray(index.month)
    x = np.column_stack([*(year == u for u in np.unique(year)), *(np.isin(month, s.months) for s in SEASONS)])
    y, days = used.to_numpy(), np.asarray(index.days_in_month)
    n, k = x.shape
    first = sm.GLM(y, x.astype(float), family=sm.families.Poisson(), offset=np.log(days)).fit(tol=1e-14)
    alpha = ((y - first.mu) ** 2 - first.mu).sum() / (first.mu**2).sum() * n / (n - k)
    fit = sm.GLM(y, x.astype(float), family=sm.families.NegativeBinomial(alpha=alpha), offset=np.log(days)).fit(
        tol=1e-14, maxiter=200
    )
    scale = max(1.0, fit.pearson_chi2 / (n - k)) ** 0.5
    found = area_season_effects(real.of(category), area, category)
    assert found.alpha == pytest.approx(alpha, rel=1e-6)
    for i, effect in enumerate(found.effects):
        b, half = fit.params[k - 4 + i], stats.t.ppf(0.975, n - k) * fit.bse[k - 4 + i] * scale
        expected = (np.exp(b), np.exp(b - half), np.exp(b + half))
        got = effect.regression
        assert (got.ratio, got.low, got.high) == pytest.approx(expected, rel=1e-6)


def test_years_equal_the_recipe_in_plain_python(real: Incidents, area: Area, asb: SeasonEffects) -> None:
    series = monthly_series(real.of(ASB))
    mask = season_mask(pd.PeriodIndex(series.index), area, ASB)
    by_year: dict[int, dict[int, tuple[float, int]]] = {}
    for month, value, out in zip(series.index, series, mask, strict=True):
        if not out and not math.isnan(value):
            year = month.year if month.month >= 4 else month.year - 1
            by_year.setdefault(year, {})[month.month] = (float(value), month.days_in_month)
    for season in SEASONS:
        logs = []
        for _, months in sorted(by_year.items()):
            usual = [months[m] for m in REFERENCE if m in months]
            own = [months[m] for m in season.months if m in months]
            if len(own) == len(season.months) and len(usual) >= 3:
                per_day = [sum(c for c, _ in part) / sum(d for _, d in part) for part in (own, usual)]
                logs.append(math.log(per_day[0] / per_day[1]))
        found = asb.effect(season.key)
        assert [r for _, r in found.yearly] == pytest.approx([math.exp(value) for value in logs])
        n, mean = len(logs), sum(logs) / len(logs)
        sd = math.sqrt(sum((v - mean) ** 2 for v in logs) / (n - 1))
        t = float(stats.t.ppf(0.975, n - 1))
        assert found.years.low == pytest.approx(math.exp(mean - t * sd / math.sqrt(n)))
        assert found.years.high == pytest.approx(math.exp(mean + t * sd / math.sqrt(n)))
        if found.route == "years":
            assert found.new_high == pytest.approx(math.exp(mean + t * sd * math.sqrt(1 + 1 / n)))


def test_the_wider_interval_is_published(asb: SeasonEffects) -> None:
    for effect in asb.effects:
        published = math.log(effect.high / effect.low)
        assert published == pytest.approx(max(effect.regression.width, effect.years.width))


def test_a_planted_season_is_found_and_its_absence_too() -> None:
    there, absent = [], []
    for seed in range(60):
        found = season_effects(simulated(seed)).effect("october")
        there.append(found.low <= 1.6 <= found.high and found.low > 1)
        absent.append(season_effects(simulated(seed, october=1.0)).effect("october").differs)
    assert np.mean(there) >= 0.9
    assert np.mean(absent) <= 0.05


@FEW
@given(st.integers(0, 10**6), st.integers(2, 9))
def test_scaling_leaves_yearly_ratios_and_row_order_leaves_all(seed: int, times: int) -> None:
    series = simulated(seed, years=4)
    one, other = season_effects(series), season_effects(series * times)
    for a, b in zip(one.effects, other.effects, strict=True):
        assert a.yearly == tuple((label, pytest.approx(ratio)) for label, ratio in b.yearly)
        assert a.years.high == pytest.approx(b.years.high)
    shuffled = season_effects(series.sample(frac=1, random_state=seed % 1000))
    assert shuffled.table().equals(one.table())


def test_a_later_month_changes_nothing(real: Incidents, area: Area) -> None:
    early = real.up_to(pd.Period("2023-12", "M"))
    series = monthly_series(real.of(ASB))
    series[series.index > pd.Period("2023-12", "M")] = 5000
    cut = series[series.index <= pd.Period("2023-12", "M")]
    found = area_season_effects(early.of(ASB), area, ASB)
    other = season_effects(cut, season_mask(pd.PeriodIndex(cut.index), area, ASB))
    pd.testing.assert_frame_equal(found.table(), other.table())


def test_under_a_year_is_refused_and_two_years_are_called_unreliable() -> None:
    with pytest.raises(Refusal, match="at least 12 months, and there are 11"):
        season_effects(simulated(1).iloc[:11])
    short = season_effects(simulated(1).iloc[:20])
    assert not short.reliable
    assert all(e.sentence.startswith("Unreliable, for want of years") for e in short.effects)
    assert any("20 months of history" in w for w in short.warnings)
    effect = season_effects(simulated(1).iloc[:12]).effect("october")
    assert effect.route == "regression"
    assert np.isnan([effect.years.low, effect.new_low, effect.new_high]).all()


def test_a_season_that_cannot_be_had_says_why() -> None:
    series = simulated(2)
    december = series.index.month == 12
    november = series.index.month == 11
    series[november] = np.nan
    series[december] = 0
    found = season_effects(series)
    assert [e.season.key for e in found.effects] == ["october", "july-august"]
    with pytest.raises(Refusal, match="no such month is in the data"):
        found.effect("november")
    with pytest.raises(Refusal, match="no incident in such a month"):
        found.effect("december")
    with pytest.raises(InputError, match="no effect of such a season"):
        found.effect("easter")
    octobers = simulated(3, years=15)
    with pytest.raises(Refusal, match="no season can be told from the months of no season"):
        season_effects(octobers.where(octobers.index.month == 10))


def test_a_zero_year_does_not_break_the_ratios() -> None:
    series = simulated(5)
    series[(series.index.month == 10) & (series.index.year == 2020)] = 0
    found = season_effects(series).effect("october")
    assert all(ratio > 0 for _, ratio in found.yearly)
    assert np.isfinite([found.low, found.high]).all()


def test_a_year_without_any_incident_says_nothing() -> None:
    series = simulated(6)
    quiet = series.copy()
    quiet[np.asarray((quiet.index - 3).year) == 2020] = 0
    dropped = series.copy()
    dropped[np.asarray((dropped.index - 3).year) == 2020] = np.nan
    pd.testing.assert_frame_equal(season_effects(quiet).table(), season_effects(dropped).table())


@pytest.mark.parametrize(
    "seasons",
    [
        (Season("a", "A", (7, 8)), Season("b", "B", (8,))),
        (Season("a", "A", (0,)),),
        (Season("a", "A", tuple(range(1, 11))),),
        (),
    ],
)
def test_seasons_that_make_no_sense(seasons: tuple[Season, ...]) -> None:
    with pytest.raises(InputError, match="seasons"):
        season_effects(simulated(1), seasons=seasons)


def test_results_carry_how_they_were_made(asb: SeasonEffects, real: Incidents) -> None:
    line = asb.method.line()
    for words in ("negative binomial", "13 left out", "t with 49 df", "January 2018 to December 2024", "Cameron"):
        assert words in line
    assert asb.method.caveats
    assert asb.method.data_version == real.of(ASB).version
    for effect in asb.effects:
        assert not [word for word in CAUSAL if word in effect.sentence.lower()]
    with pytest.raises(dataclasses.FrozenInstanceError):
        asb.alpha = 0.0  # type: ignore[misc]


def test_names() -> None:
    assert [short_name(c) for c in (ASB, DRUGS, "Burglary", None)] == [
        "ASB",
        "Drug offences",
        "Burglary",
        "Recorded crime and ASB",
    ]
    assert (year_label(2019, 4), year_label(2019, 1)) == ("2019/20", "2019")
