from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.meta_analysis import combine_effects

from analysis.common.counts import monthly_by_ward
from analysis.common.rates import WHO_REPORTS
from analysis.common.refusal import Refusal
from analysis.when.seasonality import season_mask
from analysis.when.ward_logs import heterogeneity, shrink, ward_logs
from analysis.when.ward_season import WARD_SEASONS, WardSeasons, area_ward_seasons, ward_seasons
from data.kinds.crime_types import ASB, DRUGS
from data.place.area import Area, Season
from data.store.schema import Incidents, conform
from geo.errors import InputError
from tests.properties import examples

FEW = examples(20)
CAUSAL = ("because", "due to", "caused", "thanks to", "led to", "driven", "result of")


@pytest.fixture(scope="module")
def asb(real: Incidents, area: Area) -> WardSeasons:
    return area_ward_seasons(real.of(ASB), area, ASB)


def simulated(seed: int, wards: int = 8, years: int = 5, october: np.ndarray | float = 1.0) -> pd.DataFrame:
    """Wards of different size whose months vary; ``october`` is the ward's own ratio on top of the shared one."""
    rng = np.random.default_rng(seed)
    index = pd.period_range("2018-04", periods=12 * years, freq="M")
    size = np.linspace(4, 14, wards)
    own = np.where((index.month == 10)[:, None], 1.5 * np.broadcast_to(october, wards), 1.0)
    mean = size * own * rng.gamma(12, 1 / 12, (len(index), wards))
    return pd.DataFrame(rng.poisson(mean).astype(float), index=index, columns=[f"W{w}" for w in range(wards)])


@pytest.mark.parametrize("category", [ASB, DRUGS])
def test_no_single_ward_passes(real: Incidents, area: Area, category: str) -> None:
    found = area_ward_seasons(real.of(category), area, category)
    assert [s.season.key for s in found.seasons] == ["october", "july-august", "november"]
    for season in found.seasons:
        assert season.named == ()
        assert (season.wards["q"] > 0.05).all()
        assert "places" not in season.sentence  # that is measured apart
        assert not [word for word in CAUSAL if word in season.sentence.lower()]


def test_the_figures_as_they_come_out(asb: WardSeasons) -> None:
    october = asb.season("october")
    # Against chi-square, which does not hold on placebo months; with calendar years it would be .0255.
    assert october.heterogeneity == pytest.approx(22.4, abs=0.1)
    assert october.p_chi_square == pytest.approx(0.070, abs=0.002)
    assert october.p == pytest.approx(0.147, abs=0.003)
    assert october.tau == pytest.approx(0.137, abs=0.002)
    assert october.wards["shrunk"].between(0.85, 1.17).all()
    assert october.mean == pytest.approx(1.0, abs=0.02)


@pytest.mark.parametrize("category", [ASB, DRUGS])
def test_wards_equal_statsmodels(real: Incidents, area: Area, category: str) -> None:
    table = monthly_by_ward(real.of(category), area.wards.codes)
    used = table[~season_mask(pd.PeriodIndex(table.index), area, category)].dropna()
    index = pd.PeriodIndex(used.index)
    year, month = np.asarray((index - 3).year), np.asarray(index.month)
    x = np.column_stack([*(year == u for u in np.unique(year)), *(np.isin(month, s.months) for s in WARD_SEASONS)])
    total = used.sum(axis=1)
    found = area_ward_seasons(real.of(category), area, category)
    k = x.shape[1]
    t = stats.t.ppf(0.975, len(x) - k)
    for code in area.wards.codes:
        fit = sm.GLM(
            np.column_stack([used[code], total - used[code]]), x.astype(float), family=sm.families.Binomial()
        ).fit(tol=1e-14, maxiter=200)
        phi = max(1.0, fit.pearson_chi2 / (len(x) - k))
        for i, season in enumerate(found.seasons):
            b, error = fit.params[k - 3 + i], fit.bse[k - 3 + i] * phi**0.5
            row = season.wards.loc[code]
            assert row["ratio"] == pytest.approx(np.exp(b), rel=1e-6)
            assert (row["low"], row["high"]) == pytest.approx((np.exp(b - t * error), np.exp(b + t * error)), rel=1e-6)
            assert row["p"] == pytest.approx(2 * stats.t.sf(abs(b) / error, len(x) - k), rel=1e-5)


@FEW
@given(st.integers(0, 10**6), st.integers(2, 15))
def test_heterogeneity_equals_statsmodels(seed: int, k: int) -> None:
    rng = np.random.default_rng(seed)
    b, error = rng.normal(0, 0.3, k), rng.uniform(0.05, 0.4, k)
    with np.errstate(invalid="ignore"):  # statsmodels leaves a negative variance between as it is
        theirs = combine_effects(b, error**2, method_re="dl")
    mine = heterogeneity(b, error, 50)
    assert mine.q == pytest.approx(theirs.q)
    assert mine.tau2 == pytest.approx(max(0.0, theirs.tau2), abs=1e-12)
    assert mine.mean == pytest.approx(theirs.mean_effect_re if theirs.tau2 > 0 else theirs.mean_effect_fe)
    assert mine.p_chi_square == pytest.approx(stats.chi2.sf(theirs.q, k - 1))
    assert mine.p == pytest.approx(stats.f.sf(theirs.q / k, k - 1, 50))


@FEW
@given(st.integers(0, 10**6), st.integers(2, 15))
def test_shrunken_ratios_lie_between_their_own_and_the_mean(seed: int, k: int) -> None:
    rng = np.random.default_rng(seed)
    b, error = rng.normal(0, 0.3, k), rng.uniform(0.05, 0.4, k)
    spread = heterogeneity(b, error, 50)
    shrunk, own = shrink(b, error, spread)
    assert (np.minimum(b, spread.mean) - 1e-12 <= shrunk).all()
    assert (shrunk <= np.maximum(b, spread.mean) + 1e-12).all()
    assert (own <= error + 1e-12).all()
    if spread.tau2 == 0:
        np.testing.assert_allclose(shrunk, spread.mean)


def test_two_wards_have_a_closed_form() -> None:
    # Two wards, one year: the log odds ratio of the 2 x 2 table, with opposite signs.
    y = np.array([[60.0, 40], [60, 40], [90, 30], [90, 30]])
    x = np.column_stack([np.ones(4), [0, 0, 1, 1]])
    logs = ward_logs(y, x, 1)
    expected = np.log(180 * 80 / (60 * 120))
    np.testing.assert_allclose(logs.log_ratio[:, 0], [expected, -expected])
    np.testing.assert_allclose(logs.error[:, 0], np.sqrt(1 / 180 + 1 / 80 + 1 / 60 + 1 / 120))
    np.testing.assert_allclose(logs.phi, 1.0)


@FEW
@given(st.integers(0, 10**6))
def test_relabelling_wards_permutes_the_answer(seed: int) -> None:
    table = simulated(seed)
    order = np.random.default_rng(seed).permutation(table.columns)
    one, other = ward_seasons(table), ward_seasons(table[order])
    for a, b in zip(one.seasons, other.seasons, strict=True):
        pd.testing.assert_frame_equal(a.wards.loc[order], b.wards, rtol=1e-7)
        assert (a.p, a.tau, a.mean) == pytest.approx((b.p, b.tau, b.mean), abs=1e-9)


@FEW
@given(st.integers(0, 10**6))
def test_doubling_leaves_ratios_and_a_shared_season_is_not_seen(seed: int) -> None:
    table = simulated(seed)
    one, other = ward_seasons(table), ward_seasons(2 * table)
    for a, b in zip(one.seasons, other.seasons, strict=True):
        np.testing.assert_allclose(a.wards["ratio"], b.wards["ratio"], rtol=1e-7)
    # A season that multiplies every ward alike multiplies both sides of every split.
    thrice = table.copy()
    thrice[thrice.index.month == 10] *= 3
    october = ward_seasons(thrice).season("october").wards["ratio"]
    np.testing.assert_allclose(october, one.season("october").wards["ratio"], rtol=0.25)


def test_a_ward_of_its_own_is_named() -> None:
    ratios = np.array([4.0, 1, 1, 1, 1, 1, 1, 1])
    found = ward_seasons(simulated(3, october=ratios), name="ASB").season("october")
    assert "W0" in found.named
    assert found.wards["q"].idxmin() == "W0"
    assert found.p < 0.01
    assert found.wards.loc["W0", "shrunk_low"] > 1
    assert found.sentence.startswith("ASB in October goes its own way in W0")


def test_wards_stay_in_the_order_of_the_layer(asb: WardSeasons, area: Area) -> None:
    for season in asb.seasons:
        assert tuple(season.wards.index) == tuple(area.wards.codes)
        assert tuple(season.wards["name"]) == tuple(area.wards.names)
        assert not [c for c in season.wards.columns if "rank" in c]


def test_a_quiet_ward_is_left_out_and_says_nothing() -> None:
    table = simulated(4)
    table["W8"] = 0.0
    table.iloc[:9, -1] = 1.0
    found = ward_seasons(table)
    assert np.isnan(found.season("october").wards.loc["W8", ["ratio", "p", "q", "shrunk"]].astype(float)).all()
    assert found.season("october").wards.drop("W8").notna().all(axis=None)
    assert "wards 8 of 9" in found.method.line()


def test_refusals() -> None:
    table = simulated(5)
    with pytest.raises(Refusal, match="at least 12 months, and there are 11"):
        ward_seasons(table.iloc[:11])
    with pytest.raises(Refusal, match="fewer than 3 wards have the 50 incidents"):
        ward_seasons(table[["W0", "W1"]])
    assert ward_seasons(table.iloc[:20]).seasons[0].sentence.startswith("Unreliable, for want of years")
    no_november = table.copy()
    no_november[table.index.month == 11] = np.nan
    with pytest.raises(Refusal, match="no such month is in the data"):
        ward_seasons(no_november).season("november")
    with pytest.raises(InputError, match="no effect of such a season"):
        ward_seasons(table).season("easter")
    octobers = simulated(5, years=15)
    octobers[octobers.index.month != 10] = np.nan
    with pytest.raises(Refusal, match="no season can be told"):
        ward_seasons(octobers)
    with pytest.raises(InputError, match="none of them in two seasons"):
        ward_seasons(table, seasons=(Season("a", "A", (7,)), Season("b", "B", (7,))))


def test_wards_of_another_layer_are_refused(real: Incidents, area: Area) -> None:
    some = real.of(ASB).within(pd.Period("2024-01", "M"), pd.Period("2024-12", "M"))
    frame = some.frame.assign(ward_code="E05000000")
    with pytest.raises(Refusal, match="across a change of the ward layer"):
        area_ward_seasons(dataclasses.replace(some, frame=conform(frame)), area, ASB)


def test_a_later_month_changes_nothing(real: Incidents, area: Area) -> None:
    last = pd.Period("2023-12", "M")
    found = area_ward_seasons(real.of(ASB).up_to(last), area, ASB)
    table = monthly_by_ward(real.of(ASB), area.wards.codes)
    table[table.index > last] = 999
    cut = table[table.index <= last]
    other = ward_seasons(cut, season_mask(pd.PeriodIndex(cut.index), area, ASB), names=area.ward_names)
    for a, b in zip(found.seasons, other.seasons, strict=True):
        pd.testing.assert_frame_equal(a.wards, b.wards)


def test_results_carry_how_they_were_made(asb: WardSeasons) -> None:
    line = asb.method.line()
    for words in ("binomial regression", "15 of 15", "Benjamini-Hochberg over wards at 5 %", "DerSimonian"):
        assert words in line
    assert WHO_REPORTS in asb.method.caveats
