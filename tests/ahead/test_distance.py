"""How far ahead a forecast holds: errors by distance, what is refused, and that nothing later is known."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from analysis.ahead import distance
from analysis.ahead.distance import FAR, Held, backtest_distance, band_alpha, bands_of, distance_scores, held, whole
from analysis.ahead.forecast import Past
from analysis.ahead.window import forecast_window, forecast_window_wards
from analysis.common.counts import monthly_by_ward
from analysis.common.refusal import Refusal
from analysis.when.seasonality import season_mask
from data.kinds.crime_types import ASB, DRUGS
from data.place.area import Area
from data.store.schema import Incidents

NEAR, LONG = FAR


def flat(months: int = 30, actual: float = 120.0, expected: float = 100.0) -> Past:
    """Every forecast at every distance is the same, and so is what came."""
    index = pd.period_range("2019-01", periods=months, freq="M")
    return Past(index, np.full((months, 1), actual), np.full((months, distance.REACH, 1), expected))


def table(months: int = 54) -> pd.DataFrame:
    rng = np.random.default_rng(3)
    index = pd.period_range("2019-01", periods=months, freq="M")
    return pd.DataFrame(rng.poisson(40, (months, 2)).astype(float), index=index, columns=["A", "B"])


def test_bands_that_a_span_of_months_touches() -> None:
    assert bands_of(1, 6) == ()
    assert bands_of(6, 7) == (NEAR,)
    assert bands_of(12, 13) == (NEAR, LONG)
    assert bands_of(24, 24) == (LONG,)


def test_overdispersion_of_a_band_by_hand() -> None:
    # 20 of 100 too many each time: ((20^2) - 100) / 100^2 = 0.03. At origin 20, targets 0 to 20 and 36 months back: 6
    # distances, of each target so many origins as there are: 14 + 13 + ... + 9 = 69 pairs.
    n = 69 / 6
    assert band_alpha(flat(), 20, NEAR, 0.05) == pytest.approx((n * 0.03 + 24 * 0.05) / (n + 24))
    assert band_alpha(flat(), 3, NEAR, 0.05) == pytest.approx(0.05)
    # from 40 months on no more than the last 36 targets count
    assert band_alpha(flat(60), 59, NEAR, 0.05) == pytest.approx((36 * 0.03 + 24 * 0.05) / 60)


def test_what_holds_and_what_does_not() -> None:
    good = held(flat(), 20, NEAR)
    assert (good.targets, good.cover95, good.holds) == (14, 1.0, True)
    few = held(flat(), 17, NEAR)
    assert (few.targets, few.holds) == (11, False)
    assert few.why_not.startswith("11 past months can be held against forecasts made 7 to 12 months ahead, and 12 are")
    bad = held(flat(actual=260.0), 20, NEAR)
    assert bad.cover95 < 0.85
    assert not bad.holds
    assert "held what came in their 95 % interval, over 14 months, and 85 % are needed" in bad.why_not
    assert not Held(NEAR, 12, 0.849).holds
    assert Held(NEAR, 12, 0.85).holds
    assert not held(flat(), 5, NEAR).holds


def test_wards_add_up_and_the_future_is_not_known() -> None:
    known, nothing = table(), np.zeros(54, dtype=bool)
    later = known.copy()
    later.iloc[45:] = 999.0
    one, other = (distance.far_forecasts(t, nothing) for t in (known, later))
    np.testing.assert_allclose(whole(one).expected[:, :, 0], one.expected.sum(axis=2))
    for band in FAR:
        assert band_alpha(one, 44, band, 0.1) == band_alpha(other, 44, band, 0.1)
        assert held(whole(one), 44, band) == held(whole(other), 44, band)
    first, last = pd.Period("2022-01", "M"), pd.Period("2022-09", "M")
    before = backtest_distance(known, nothing, (first, last))
    pd.testing.assert_frame_equal(before, backtest_distance(later, nothing, (first, last)))
    scored = distance_scores(before)
    assert scored["targets"].tolist() == [9, 9]
    assert (scored["cover95"] > 0.8).all()


# On real months.


def test_a_summer_that_is_planned_in_winter_has_a_rough_range(real: Incidents, area: Area) -> None:
    days = date(2025, 10, 25), date(2025, 11, 8)
    found = forecast_window(real.of(ASB), area, *days, ASB)
    assert found.label.startswith("a rough range: 11 months ahead; a share of the month")
    assert found.low95 <= found.low80 < found.expected < found.high80 <= found.high95
    months = found.months["monthly"]
    assert months.iloc[0] > 1.2 * months.iloc[1]  # October runs above November: the season is in it
    wards = forecast_window_wards(real.of(ASB), area, *days, ASB)
    assert wards["expected"].sum() == pytest.approx(found.expected)
    with pytest.raises(Refusal, match="13 to 24 months ahead, 83 % held what came"):
        forecast_window(real.of(DRUGS), area, *(day.replace(year=2026) for day in days), DRUGS)


@pytest.mark.long
@pytest.mark.parametrize("category", [ASB, DRUGS])
def test_intervals_hold_on_targets_of_2023_and_2024(real: Incidents, area: Area, category: str) -> None:
    known = monthly_by_ward(real.of(category), area.wards.codes)
    mask = season_mask(pd.PeriodIndex(known.index), area, category)
    found = backtest_distance(known, mask, (pd.Period("2019-01", "M"), pd.Period("2024-12", "M")))
    print(distance_scores(found).round(3).to_string())
    late = found[[target.year in {2023, 2024} for target in found["target"]]]
    scored = distance_scores(late, by_year=False).set_index("distance")
    print(scored.round(3).to_string())
    for band in FAR:
        row = scored.loc[band.words]
        assert row["targets"] >= 20
        assert 0.70 <= row["cover80"] <= 0.95
        assert row["cover95"] >= 0.90
        assert row["crps"] <= row["naive_crps"]
