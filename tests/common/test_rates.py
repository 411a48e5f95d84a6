from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from analysis.common.rates import RATE_COLUMNS, byar_interval, rates_spread, ward_rates, ward_rates_method
from analysis.common.refusal import Refusal
from data.demo.dataset import Demo, make_demo
from data.kinds.crime_types import ASB
from data.place.area import Area
from data.store.schema import Incidents, empty_frame
from geo.errors import InputError


@pytest.fixture(scope="module")
def demo(area: Area) -> Demo:
    return make_demo(area)


@pytest.mark.parametrize(
    ("count", "level", "low", "high"),
    [
        (65, 0.95, 50.163188, 82.849139),
        (1045, 0.95, 982.593202, 1110.331213),
        (1, 0.95, 0.013072, 5.563756),
        (0, 0.95, 0.0, 3.668012),
        (10, 0.998, 2.916318, 24.193725),
    ],
)
def test_published_values(count: float, level: float, low: float, high: float) -> None:
    assert byar_interval(count, level) == pytest.approx((low, high), abs=1e-6)


@given(st.integers(10, 100_000), st.sampled_from([0.8, 0.95]))
def test_close_to_the_exact_interval(count: int, level: float) -> None:
    tail = (1 - level) / 2
    exact = stats.chi2.ppf(tail, 2 * count) / 2, stats.chi2.ppf(1 - tail, 2 * count + 2) / 2
    assert byar_interval(count, level) == pytest.approx(exact, rel=0.004)


@given(st.integers(0, 10_000), st.floats(0.5, 0.999))
def test_holds_the_count_and_grows_with_it_and_with_the_level(count: int, level: float) -> None:
    low, high = byar_interval(count, level)
    assert 0 <= low <= count < high
    assert byar_interval(count + 1, level)[1] > high
    wider = byar_interval(count, level + (1 - level) / 2)
    assert wider[0] <= low
    assert wider[1] > high


@pytest.mark.parametrize(("count", "level"), [(-1, 0.95), (np.nan, 0.95), (np.inf, 0.95), (5, 0.0), (5, 1.0)])
def test_what_is_no_count_or_no_level(count: float, level: float) -> None:
    with pytest.raises(InputError):
        byar_interval(count, level)


def test_rates_by_hand(demo: Demo, area: Area) -> None:
    asb = demo.incidents.of(ASB)
    rates, spread = ward_rates(asb, area), rates_spread(asb, area)
    assert tuple(rates.columns) == RATE_COLUMNS
    assert rates["ward_code"].tolist() == list(area.wards.codes)
    frame = asb.frame[(asb.frame["month"] >= "2024-01") & asb.frame["ward_code"].notna()]
    for row in rates.itertuples():
        n = int((frame["ward_code"] == row.ward_code).sum())
        residents = area.residents[row.ward_code]
        assert (row.count, row.residents) == (n, residents)
        assert row.rate_per_1000 == pytest.approx(1000 * n / residents)
        phi = 2 + spread.variance * n
        bounds = (1000 * end * phi / residents for end in byar_interval(n / phi))
        assert (row.low, row.high) == pytest.approx(tuple(bounds))
    assert rates["count"].sum() == demo.planted.totals.loc["2024", ASB].sum()


def test_half_a_year_is_scaled_only_when_asked(demo: Demo, area: Area) -> None:
    months = pd.period_range("2024-01", "2024-06", freq="M")
    plain, yearly = (ward_rates(demo.incidents, area, months, annualised=a) for a in (False, True))
    assert plain["count"].equals(yearly["count"])
    np.testing.assert_allclose(yearly["rate_per_1000"], plain["rate_per_1000"] * 365.25 / 182)
    np.testing.assert_allclose(yearly["high"], plain["high"] * 365.25 / 182)
    assert "not scaled" in ward_rates_method(demo.incidents, area, months).line()
    assert "scaled to a year" in ward_rates_method(demo.incidents, area, months, annualised=True).line()


def test_months_need_not_touch(demo: Demo, area: Area) -> None:
    octobers = pd.PeriodIndex(["2024-10", "2022-10", "2023-10"], freq="M")
    totals = demo.planted.totals.loc[octobers, ASB]
    assert ward_rates(demo.incidents.of(ASB), area, octobers)["count"].sum() == 845 == totals.sum()


def test_a_ward_without_residents_has_a_count_and_no_rate(demo: Demo, area: Area) -> None:
    from dataclasses import replace

    code = area.wards.codes[3]
    some = replace(area, residents={c: n for c, n in area.residents.items() if c != code})
    rates = ward_rates(demo.incidents, some).set_index("ward_code")
    assert rates.loc[code, "count"] > 0
    assert rates.loc[code, ["residents", "rate_per_1000", "low", "high"]].isna().all()
    assert rates.drop(code).notna().all(axis=None)
    assert any("1 wards" in caveat for caveat in ward_rates_method(demo.incidents, some).caveats)


def test_refuses_missing_months_and_nothing(demo: Demo, area: Area) -> None:
    with pytest.raises(Refusal, match=r"1 of 12 months is not in the data, the first of them January 2025"):
        ward_rates(demo.incidents, area, pd.period_range("2024-02", "2025-01", freq="M"))
    nothing = Incidents(empty_frame(), pd.PeriodIndex([], freq="M"), "empty")
    with pytest.raises(Refusal, match="nothing is loaded"):
        ward_rates(nothing, area)
    with pytest.raises(InputError, match="at least one month"):
        ward_rates(demo.incidents, area, pd.PeriodIndex([], freq="M"))


def test_months_without_an_incident_give_zero(area: Area) -> None:
    quiet = Incidents(empty_frame(), pd.period_range("2024-01", "2024-12", freq="M"), "quiet")
    rates = ward_rates(quiet, area)
    assert (rates["rate_per_1000"] == 0).all()
    assert (rates["low"] == 0).all()
    assert (rates["high"] > 0).all()
