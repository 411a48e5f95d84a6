"""A window of days, and the expected incidents of a month: shares of forecasts, labelled, or a reason why not."""

from __future__ import annotations

import calendar
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from analysis.ahead.forecast import ALPHA_AREA, forecast, past_forecasts
from analysis.ahead.volume import expected_month, season_months, season_volume
from analysis.ahead.window import LABEL, forecast_window, forecast_window_wards, past_windows, window_days, window_words
from analysis.common.counts import monthly_series
from analysis.common.refusal import Refusal
from analysis.when.seasonality import season_mask
from data.kinds.crime_types import ASB, DRUGS
from data.place.area import Area, Season
from data.store.schema import Incidents
from geo.errors import InputError

DAYS = st.dates(date(2015, 1, 1), date(2030, 12, 31))


def month(text: str) -> pd.Period:
    return pd.Period(text, "M")


def known(real: Incidents, last: str, category: str = ASB) -> Incidents:
    return real.up_to(month(last)).of(category)


# Days of months.


@given(DAYS, st.integers(0, 200))
def test_every_day_of_a_window_is_in_one_month(first: date, more: int) -> None:
    last = first + timedelta(days=more)
    found = window_days(first, last)
    every = pd.Series(1, index=pd.date_range(first, last)).groupby(pd.date_range(first, last).to_period("M")).sum()
    assert found["days"].to_dict() == every.to_dict()
    whole = [calendar.monthrange(m.year, m.month)[1] for m in found.index]
    np.testing.assert_allclose(found["share"] * whole, found["days"])


def test_a_window_does_not_end_before_it_begins() -> None:
    with pytest.raises(InputError, match="ends before it begins"):
        window_days(date(2024, 11, 8), date(2024, 10, 25))


def test_a_window_in_words() -> None:
    assert window_words(date(2024, 10, 25), date(2024, 11, 8)) == "25 October to 8 November 2024"
    assert window_words(date(2024, 12, 25), date(2025, 1, 8)) == "25 December 2024 to 8 January 2025"
    assert window_words(date(2024, 11, 5), date(2024, 11, 5)) == "5 November 2024"


# The forecast of a window.


@pytest.mark.parametrize("category", [ASB, DRUGS])
def test_a_window_is_its_share_of_the_months_ahead(real: Incidents, area: Area, category: str) -> None:
    incidents = known(real, "2024-08", category)
    found = forecast_window(incidents, area, date(2024, 10, 25), date(2024, 11, 8), category)
    series = monthly_series(incidents)
    ahead = forecast(series, 3, season_mask(pd.PeriodIndex(series.index), area, category))
    october, november = (float(ahead.loc[month(m), "expected"]) for m in ("2024-10", "2024-11"))
    assert found.expected == pytest.approx(october * 7 / 31 + november * 8 / 30)
    # the interval by drawing: one error for both months, each incident in the window by its days' share
    rng = np.random.default_rng(3)
    alpha = float(ahead["alpha"].iloc[0])
    error = rng.gamma(1 / alpha, alpha, 200_000)
    drawn = rng.binomial(rng.poisson(october * error), 7 / 31) + rng.binomial(rng.poisson(november * error), 8 / 30)
    for name, level in (("low80", 0.1), ("high80", 0.9), ("low95", 0.025), ("high95", 0.975)):
        assert abs(getattr(found, name) - np.quantile(drawn, level)) <= 1
    assert found.label == LABEL == "a share of the month, not an event forecast"
    assert LABEL in found.sentence
    assert found.reliable
    assert any("not an event forecast" in caveat for caveat in found.method.caveats)


def test_a_whole_month_is_the_months_forecast(real: Incidents, area: Area) -> None:
    incidents = known(real, "2024-12")
    found = forecast_window(incidents, area, date(2025, 1, 1), date(2025, 1, 31), ASB)
    series = monthly_series(incidents)
    row = forecast(series, 1, season_mask(pd.PeriodIndex(series.index), area, ASB)).iloc[0]
    for name in ("expected", "low80", "high80", "low95", "high95"):
        assert getattr(found, name) == pytest.approx(row[name])


def test_a_month_that_is_there_gives_its_count(real: Incidents, area: Area) -> None:
    incidents = known(real, "2024-12")
    found = forecast_window(incidents, area, date(2024, 12, 20), date(2025, 1, 10), ASB)
    december = int((incidents.in_area().frame["month"] == month("2024-12")).sum())
    assert found.months["published"].tolist() == [True, False]
    assert found.months["expected"].iloc[0] == pytest.approx(december * 12 / 31)
    ahead = found.months.loc[month("2025-01")]
    alpha = float(forecast(monthly_series(incidents), 1, _lockdown(incidents, area))["alpha"].iloc[0])
    rng = np.random.default_rng(4)
    drawn = rng.binomial(december, 12 / 31, 200_000)
    drawn += stats.nbinom.rvs(
        1 / alpha, 1 / (1 + alpha * ahead["expected"]), size=200_000, random_state=np.random.default_rng(5)
    )
    assert abs(found.low95 - np.quantile(drawn, 0.025)) <= 1
    assert abs(found.high80 - np.quantile(drawn, 0.9)) <= 1


def _lockdown(incidents: Incidents, area: Area) -> np.ndarray:
    return season_mask(pd.PeriodIndex(monthly_series(incidents).index), area, ASB)


def test_wards_add_up_to_the_area(real: Incidents, area: Area) -> None:
    incidents = known(real, "2024-08")
    days = (date(2024, 10, 25), date(2024, 11, 8))
    wards = forecast_window_wards(incidents, area, *days, ASB)
    assert list(wards.index) == list(area.wards.codes)
    assert wards["expected"].sum() == pytest.approx(forecast_window(incidents, area, *days, ASB).expected)
    assert (wards["low95"] <= wards["low80"]).all()
    assert (wards["low80"] <= wards["high80"]).all()
    assert (wards["high80"] <= wards["high95"]).all()


def test_two_months_share_their_error(real: Incidents, area: Area) -> None:
    """The reason for one shared error: with an error for each month the interval of two months holds too few."""
    series = monthly_series(real.of(ASB))
    past = past_forecasts(series.to_frame(), season_mask(pd.PeriodIndex(series.index), area, ASB), whole=True)
    held: dict[str, list[bool]] = {"shared": [], "own": []}
    rng = np.random.default_rng(6)
    for origin in np.flatnonzero(~np.isnan(past.expected[:, 0, 0])).tolist():
        for ahead in range(1, 6):
            targets = [origin + ahead, origin + ahead + 1]
            if targets[1] >= len(series) or past.months[targets[0]] < month("2023-01"):
                continue
            actual = past.actual[targets].sum()
            alpha, mean = past.alpha(origin, ALPHA_AREA), past.expected[origin, ahead - 1 : ahead + 1, 0]
            size, p = 1 / alpha, 1 / (1 + alpha * mean.sum())
            low, high = stats.nbinom.ppf([0.1, 0.9], size, p)
            held["shared"].append(bool(low <= actual <= high))
            own = rng.negative_binomial(size, 1 / (1 + alpha * mean), (4000, 2)).sum(axis=1)
            low, high = np.quantile(own, [0.1, 0.9])
            held["own"].append(bool(low <= actual <= high))
    assert len(held["shared"]) > 90
    assert 0.78 <= np.mean(held["shared"]) <= 0.9
    assert np.mean(held["own"]) < np.mean(held["shared"])


# What it refuses.


def test_only_as_far_as_past_forecasts_hold(real: Incidents, area: Area) -> None:
    incidents = known(real, "2024-12")
    assert forecast_window(incidents, area, date(2025, 6, 20), date(2025, 6, 30), ASB).expected > 0
    assert "a rough range: 7 months" in forecast_window(incidents, area, date(2025, 6, 20), date(2025, 7, 1), ASB).label
    with pytest.raises(Refusal, match="ends 25 months after December 2024") as refused:
        forecast_window(incidents, area, date(2026, 12, 20), date(2027, 1, 1), ASB)
    assert refused.value.remedy == "Load January 2025 first, when published."
    early = known(real, "2019-12")
    with pytest.raises(Refusal, match=r"7 to 12 months ahead, .* months, and 85 % are needed|12 are needed") as refused:
        forecast_window(early, area, date(2020, 10, 25), date(2020, 11, 8), ASB)
    assert refused.value.remedy == "Load January 2020 to May 2020 first, when published."


def test_nothing_to_forecast_in_the_past(real: Incidents, area: Area) -> None:
    with pytest.raises(Refusal, match="There is nothing to forecast in 25 October to 8 November 2024"):
        forecast_window(known(real, "2024-12"), area, date(2024, 10, 25), date(2024, 11, 8), ASB)


def test_a_month_missing_before_the_as_at_month(real: Incidents, area: Area) -> None:
    incidents = known(real, "2022-10")
    with pytest.raises(Refusal, match="September 2022 is not in the data"):
        forecast_window(incidents, area, date(2022, 9, 20), date(2022, 11, 8), ASB)


def test_little_history_is_refused_or_labelled(real: Incidents, area: Area) -> None:
    with pytest.raises(Refusal, match="at least 12 months of history"):
        forecast_window(known(real, "2018-06"), area, date(2018, 7, 1), date(2018, 7, 9), ASB)
    short = forecast_window(known(real, "2019-03"), area, date(2019, 4, 1), date(2019, 4, 9), ASB)
    assert not short.reliable
    assert short.sentence.startswith("Unreliable")
    nothing = Incidents(real.frame.iloc[:0], pd.PeriodIndex([], freq="M"), "empty")
    with pytest.raises(Refusal, match="nothing is loaded"):
        forecast_window(nothing, area, date(2018, 7, 1), date(2018, 7, 9), ASB)


def test_the_future_of_the_as_at_month_is_not_seen(real: Incidents, area: Area) -> None:
    days = (date(2024, 3, 1), date(2024, 3, 20))
    one = forecast_window(known(real, "2024-01"), area, *days, ASB)
    frame = real.frame[real.frame["month"] <= month("2024-01")]
    other = forecast_window(Incidents(frame, one_months(real), "x").of(ASB), area, *days, ASB)
    assert (one.expected, one.low80, one.high95) == (other.expected, other.low80, other.high95)


def one_months(real: Incidents) -> pd.PeriodIndex:
    return real.months[real.months <= month("2024-01")]


# Past windows.


def test_past_windows_are_shares_of_what_was_published(real: Incidents) -> None:
    incidents = known(real, "2024-12")
    found = past_windows(incidents, date(2025, 10, 25), date(2025, 11, 8))
    assert [day.year for day in found["first"]] == [2018, 2019, 2020, 2022, 2023, 2024]
    frame = incidents.in_area().frame
    october, november = (int((frame["month"] == month(m)).sum()) for m in ("2024-10", "2024-11"))
    assert found["incidents"].iloc[-1] == pytest.approx(october * 7 / 31 + november * 8 / 30)
    assert october == 270


def test_a_past_window_with_a_missing_month_has_no_total(real: Incidents) -> None:
    found = past_windows(known(real, "2024-12"), date(2025, 12, 20), date(2026, 1, 6)).set_index("first")
    assert np.isnan(found.loc[date(2021, 12, 20), "incidents"])
    assert found.loc[date(2021, 12, 20), "missing"] == "January 2022"
    assert found.loc[date(2023, 12, 20), "missing"] == ""
    leap = past_windows(known(real, "2024-12"), date(2024, 2, 29), date(2024, 2, 29))
    assert leap["first"].iloc[-1] == date(2024, 2, 29)
    assert leap["first"].iloc[0] == date(2018, 2, 28)


# Expected incidents of a month.


def test_without_a_season_it_is_the_forecast_of_the_next_month(real: Incidents, area: Area) -> None:
    incidents = known(real, "2024-12")
    found = expected_month(incidents, area, ASB)
    row = forecast(monthly_series(incidents), 1, _lockdown(incidents, area)).iloc[0]
    assert found.months == (month("2025-01"),)
    for name in ("low80", "high80", "low95", "high95"):
        assert getattr(found, name) == row[name]
    assert found.monthly == pytest.approx(row["expected"])
    assert found.label == "forecast for January 2025"
    assert found.reliable
    assert found.is_forecast
    assert found.reading is None
    assert any("wards" in caveat or "ward" in caveat for caveat in found.method.caveats)


def test_a_season_within_six_months_is_forecast(real: Incidents, area: Area) -> None:
    incidents = known(real, "2024-06")
    ahead = forecast(monthly_series(incidents), 6, _lockdown(incidents, area))
    summer = expected_month(incidents, area, ASB, area.season("summer"))
    assert [str(m) for m in summer.months] == ["2024-07", "2024-08"]
    both = ahead.loc[[month("2024-07"), month("2024-08")], "expected"]
    assert summer.monthly == pytest.approx(both.mean())
    assert summer.low95 < summer.low80 < summer.monthly < summer.high80 < summer.high95
    october = expected_month(incidents, area, ASB, area.season("halloween"))
    assert october.months == (month("2024-10"),)
    assert october.monthly == pytest.approx(ahead.loc[month("2024-10"), "expected"])
    assert october.reading is not None
    assert october.reading.ratio > 1.2


def test_a_season_further_away_is_no_forecast_and_says_so(real: Incidents, area: Area) -> None:
    incidents = known(real, "2024-12")
    found = expected_month(incidents, area, ASB, area.season("halloween"))
    assert not found.is_forecast
    assert found.months == ()
    assert found.monthly == pytest.approx(season_volume(incidents, area, area.season("halloween"), ASB).monthly)
    assert np.isnan([found.low80, found.high80, found.low95, found.high95]).all()
    assert "not a forecast" in found.label
    assert "October 2025 lies more than 6 months ahead" in found.sentence
    assert not found.reliable


def test_the_mean_month_stands_in_where_the_forecast_refuses(real: Incidents, area: Area) -> None:
    incidents = known(real, "2018-06")
    found = expected_month(incidents, area, ASB)
    assert found.monthly == pytest.approx(monthly_series(incidents).mean())
    assert found.label == "mean month of the last 6, not a forecast"
    assert "at least 12 months of history" in found.sentence
    with pytest.raises(Refusal, match="What is usual for a month"):
        expected_month(incidents, area, ASB, area.season("halloween"))
    nothing = Incidents(real.frame.iloc[:0], pd.PeriodIndex([], freq="M"), "empty")
    with pytest.raises(Refusal, match="no months"):
        expected_month(nothing, area, ASB)


@pytest.mark.parametrize(
    ("as_at", "months", "found"),
    [
        ("2024-06", (7, 8), ["2024-07", "2024-08"]),
        ("2024-07", (7, 8), ["2024-08"]),
        ("2024-08", (7, 8), ["2025-07", "2025-08"]),
        ("2024-12", (12, 1), ["2025-01"]),
        ("2024-11", (12, 1), ["2024-12", "2025-01"]),
        ("2024-01", (12, 1), ["2024-12", "2025-01"]),
        ("2024-10", (10,), ["2025-10"]),
    ],
)
def test_the_season_that_comes_next(as_at: str, months: tuple[int, ...], found: list[str]) -> None:
    assert [str(m) for m in season_months(month(as_at), Season("s", "S", months))] == found
