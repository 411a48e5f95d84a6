"""Windows and volumes on made incidents, worked out beside: shares, bounds, stand-ins, what they say of themselves."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analysis.ahead.forecast import forecast, forecast_method, forecast_wards, intervals
from analysis.ahead.volume import CELLS_CAVEAT, DAYS_IN_A_MONTH, UNRELIABLE, expected_month, season_volume
from analysis.ahead.window import LABEL, forecast_window, forecast_window_wards, past_windows, window_days
from analysis.ahead.window_volume import NO_NUMBER, WindowVolume, window_volume
from analysis.common.counts import monthly_by_ward, monthly_series
from analysis.common.refusal import Refusal
from analysis.when.seasonality import season_mask, season_reading, seasonal_index
from data.kinds.crime_types import ASB
from data.place.area import Area, Season
from data.plan.told import Told
from data.store.schema import Incidents
from geo.errors import InputError
from tests.made_incidents import of_table

LEVELS = {"low80": 0.1, "high80": 0.9, "low95": 0.025, "high95": 0.975}
OCTOBER, AUTUMN = Season("o", "Halloween", (10,)), Season("a", "Autumn", (9, 10, 11))


def month(text: str) -> pd.Period:
    return pd.Period(text, "M")


def many(area: Area, months: int, first: str = "2019-06", missing: tuple[int, ...] = (), seed: int = 2) -> Incidents:
    """Some 45 incidents a month, half as many again in October, with a lockdown that must not be seen."""
    rng = np.random.default_rng(seed)
    index = pd.period_range(first, periods=months, freq="M")
    table = rng.poisson(3, (months, len(area.wards.codes)))
    table[index.month == 10] += 2
    table[(index >= "2020-04") & (index <= "2021-04")] += 4
    return replace(of_table(area, table, first, missing), version="v9")


@pytest.fixture(scope="module")
def made(area: Area) -> Incidents:
    return many(area, 45, missing=(8, 41))  # June 2019 to February 2023; November 2022 is missing


def masked(incidents: Incidents, area: Area) -> tuple[pd.Series[float], np.ndarray]:
    series = monthly_series(incidents)
    return series, season_mask(pd.PeriodIndex(series.index), area, ASB)


def test_a_window_over_a_published_month_and_two_ahead(made: Incidents, area: Area) -> None:
    series, mask = masked(made, area)
    first, last = date(2023, 2, 20), date(2023, 4, 10)
    found = forecast_window(made, area, first, last, ASB)
    ahead = forecast(series, 2, mask)
    assert not np.isclose(ahead["expected"].iloc[0], forecast(series, 2)["expected"].iloc[0], rtol=0.01)
    plan = found.months
    assert plan["published"].tolist() == [True, False, False]
    assert plan["days"].tolist() == [9, 31, 10]
    assert plan["share"].tolist() == [9 / 28, 1, 10 / 30]
    assert plan["monthly"].tolist() == pytest.approx([series.iloc[-1], *ahead["expected"]])
    assert plan["expected"].tolist() == pytest.approx((plan["monthly"] * plan["share"]).tolist())
    assert found.expected == pytest.approx(plan["expected"].sum())
    assert (found.first, found.last) == (first, last)
    alpha, mean = ahead["alpha"].iloc[0], plan["expected"].iloc[1:].sum()
    known = stats.binom.pmf(np.arange(series.iloc[-1] + 1), int(series.iloc[-1]), 9 / 28)
    coming = stats.nbinom.pmf(np.arange(2000), 1 / alpha, 1 / (1 + alpha * mean))
    below = np.cumsum(np.convolve(known, coming))
    for name, level in LEVELS.items():
        assert getattr(found, name) == np.flatnonzero(below >= level)[0]
    assert found.label == LABEL
    assert found.reliable
    words = "20 February to 10 April 2023"
    assert found.sentence == (
        f"About {found.expected:,.0f} ASB incidents are to be expected in {words} (50 days; 80 % interval "
        f"{found.low80:,.0f} to {found.high80:,.0f}): {LABEL}."
    )
    method, made_by = found.method, forecast_method(series, mask, "v9")
    assert dict(method.parameters) == {
        "window": f"{words}, 50 days", "2023-02": "9 days", "2023-03": "31 days", "2023-04": "10 days",
        **made_by.parameters,
    }  # fmt: skip
    assert (method.n, method.data_version, method.period) == (made_by.n, "v9", made_by.period)
    assert method.caveats[1:] == made_by.caveats
    assert method.caveats[0].startswith("A share of the month")


def test_a_window_of_all_types_and_of_one_day(made: Incidents, area: Area) -> None:
    found = forecast_window(made, area, date(2023, 3, 5), date(2023, 3, 5))
    ahead = forecast(monthly_series(made), 1)  # nothing is left out where no crime type is named
    assert found.expected == pytest.approx(ahead["expected"].iloc[0] / 31)
    assert " incidents are to be expected in 5 March 2023 (1 day; 80 % interval" in found.sentence
    assert found.sentence.startswith("About 2 incidents")
    young = many(area, 14)
    assert forecast_window(young, area, date(2020, 8, 1), date(2020, 8, 2)).sentence.startswith(f"{UNRELIABLE}About ")


def test_a_window_by_ward(made: Incidents, area: Area) -> None:
    table = monthly_by_ward(made, area.wards.codes)
    _, mask = masked(made, area)
    found = forecast_window_wards(made, area, date(2023, 2, 20), date(2023, 4, 10), ASB)
    ahead = forecast_wards(table, 2, mask)
    alpha = ahead["alpha"].iloc[0]
    assert found.index.name == "ward_code"
    assert found.index.tolist() == list(area.wards.codes)
    assert found["reliable"].tolist() == [True] * len(area.wards.codes)
    for code, row in found.iterrows():
        march, april = (ahead.loc[(month(m), code), "expected"] for m in ("2023-03", "2023-04"))
        known = int(table[code].iloc[-1])
        assert row["expected"] == pytest.approx(known * 9 / 28 + march + april / 3)
        below = np.cumsum(
            np.convolve(
                stats.binom.pmf(np.arange(known + 1), known, 9 / 28),
                stats.nbinom.pmf(np.arange(500), 1 / alpha, 1 / (1 + alpha * (march + april / 3))),
            )
        )
        for name, level in LEVELS.items():
            assert row[name] == np.flatnonzero(below >= level)[0]
    quiet = made.of(wards=area.wards.codes[1:])
    without = forecast_window_wards(quiet, area, date(2023, 2, 20), date(2023, 4, 10), ASB)
    assert without.index.tolist() == list(area.wards.codes)  # a ward without an incident is a ward
    assert without["expected"].iloc[0] == 0
    young = forecast_window_wards(many(area, 14), area, date(2020, 8, 1), date(2020, 8, 2))
    assert young["reliable"].tolist() == [False] * len(area.wards.codes)


def test_months_with_nothing_are_expected_to_bring_a_third_of_an_incident(area: Area) -> None:
    codes = len(area.wards.codes)
    quiet = of_table(area, np.zeros((30, codes)), "2019-06")
    found = forecast_window(quiet, area, date(2021, 12, 1), date(2022, 1, 31))
    assert found.expected == 0
    alpha = forecast(monthly_series(quiet), 2)["alpha"].iloc[0]
    for name, level in LEVELS.items():
        assert getattr(found, name) == stats.nbinom.ppf(level, 1 / alpha, 1 / (1 + alpha * 0.6))


def test_days_of_a_window() -> None:
    found = window_days(date(2024, 2, 3), date(2024, 2, 3))
    assert found["days"].tolist() == [1]
    assert found["share"].tolist() == [1 / 29]
    assert found.index.name == "month"
    with pytest.raises(InputError) as caught:
        window_days(date(2024, 2, 4), date(2024, 2, 3))
    assert caught.value.value == "2024-02-04 to 2024-02-03"


def test_why_a_window_is_not_forecast(made: Incidents, area: Area) -> None:
    def refused(first: date, last: date) -> Refusal:
        with pytest.raises(Refusal) as caught:
            forecast_window(made, area, first, last, ASB)
        return caught.value

    past = refused(date(2023, 2, 1), date(2023, 2, 28))
    assert past.reason == (
        "There is nothing to forecast in 1 February to 28 February 2023: it ends no later than February 2023, the last "
        "month there is."
    )
    assert past.remedy
    far = refused(date(2025, 3, 1), date(2025, 3, 2))
    assert "it ends 25 months after February 2023" in far.reason
    assert "only if it ends within 24 months of that" in far.reason
    assert far.remedy == "Load March 2023 first, when published."
    assert refused(date(2025, 5, 1), date(2025, 5, 2)).remedy == "Load March 2023 to May 2023 first, when published."
    assert forecast_window(made, area, date(2023, 8, 1), date(2023, 8, 31), ASB).months.index.tolist() == [
        month("2023-08")
    ]
    gap = refused(date(2022, 11, 20), date(2023, 3, 2))
    assert "November 2022 is not in the data" in gap.reason
    assert gap.remedy
    more = refused(date(2020, 2, 20), date(2023, 3, 2))
    assert "February 2020 and November 2022 are not in the data" in more.reason


# Past windows.


def test_past_windows_by_hand(made: Incidents) -> None:
    series = monthly_series(made)
    found = past_windows(made, date(2030, 10, 25), date(2030, 11, 8))
    assert found.columns.tolist() == ["first", "last", "incidents", "missing"]
    assert found["first"].tolist() == [date(year, 10, 25) for year in (2019, 2020, 2021, 2022)]
    assert found["last"].tolist() == [date(year, 11, 8) for year in (2019, 2020, 2021, 2022)]
    for year, total in zip((2019, 2020, 2021), found["incidents"], strict=False):
        assert total == pytest.approx(series[f"{year}-10"] * 7 / 31 + series[f"{year}-11"] * 8 / 30)
    assert np.isnan(found["incidents"].iloc[3])
    assert found["missing"].tolist() == ["", "", "", "November 2022"]
    over = past_windows(made, date(2029, 12, 30), date(2030, 2, 28))
    assert over["first"].tolist() == [date(year, 12, 30) for year in (2019, 2020, 2021, 2022)]
    assert over["last"].tolist() == [date(year, 2, 28) for year in (2020, 2021, 2022, 2023)]
    early = past_windows(made, date(2030, 5, 30), date(2030, 6, 2))
    assert early["first"].iloc[0] == date(2019, 5, 30)
    assert early["missing"].iloc[0] == "May 2019"
    turn = past_windows(made, date(2018, 12, 30), date(2019, 6, 1))
    assert turn["first"].iloc[0] == date(2018, 12, 30)  # of which only the last month is there
    one = past_windows(made.within(month("2019-10"), month("2019-10")), date(2030, 10, 1), date(2030, 11, 3))
    assert one["first"].tolist() == [date(2019, 10, 1)]
    assert one["missing"].tolist() == ["November 2019"]
    nothing = past_windows(
        Incidents(made.frame.iloc[:0], pd.PeriodIndex([], freq="M"), "x"), date(2030, 5, 1), date(2030, 5, 2)
    )
    assert nothing.empty
    assert nothing.columns.tolist() == ["first", "last", "incidents", "missing"]


# A month, a season.


def test_a_season_ahead_is_one_forecast_of_its_months(made: Incidents, area: Area) -> None:
    early = Season("e", "Early summer", (5, 6, 7))
    series, mask = masked(made, area)
    found = expected_month(made, area, ASB, early)
    ahead = forecast(series, 5, mask).iloc[2:]
    assert found.months == (month("2023-05"), month("2023-06"), month("2023-07"))
    assert found.monthly == pytest.approx(ahead["expected"].mean())
    bounds = intervals(np.array([ahead["expected"].sum()]), ahead["alpha"].iloc[0])
    for name in LEVELS:
        assert getattr(found, name) == pytest.approx(bounds[name][0] / 3)
    assert found.season is early
    assert found.label == "forecast for May 2023 to July 2023"
    assert found.sentence == (
        f"About {found.monthly:,.0f} ASB incidents a month are forecast for May 2023 to July 2023 (80 % "
        f"interval {found.low80:,.0f} to {found.high80:,.0f})."
    )
    assert found.reading is not None
    assert found.reading.sentence == season_reading(seasonal_index(series, mask), early).sentence
    method, made_by = found.method, forecast_method(series, mask, "v9")
    assert dict(method.parameters) == {"for": "May 2023 to July 2023", **made_by.parameters}
    assert (method.name, method.n, method.data_version, method.period) == (
        made_by.name, made_by.n, "v9", made_by.period,
    )  # fmt: skip
    assert method.caveats == (*made_by.caveats, CELLS_CAVEAT)


def test_the_next_month_of_all_types_and_of_little_history(made: Incidents, area: Area) -> None:
    found = expected_month(made, area)
    ahead = forecast(monthly_series(made), 1).iloc[0]
    assert found.monthly == pytest.approx(ahead["expected"])
    assert found.sentence.startswith(f"About {found.monthly:,.0f} incidents are forecast for March 2023 (80 %")
    assert found.reliable is True
    young = expected_month(many(area, 14, "2021-05"), area, ASB, OCTOBER)
    assert young.reliable is False
    assert young.sentence.startswith(f"{UNRELIABLE}About ")
    assert young.months == (month("2022-10"),)
    assert young.reading is not None


def test_a_season_that_cannot_be_read_is_forecast_without_a_reading(area: Area) -> None:
    # a year of months carries a forecast; scattered over two, none has half a year of others around it for an index
    scattered = many(area, 36, "2021-05", tuple(t for t in range(36) if t % 3))
    with pytest.raises(Refusal):
        season_volume(scattered, area, OCTOBER, ASB)
    found = expected_month(scattered, area, ASB, Season("m", "May", (5,)))
    assert found.reading is None
    assert found.is_forecast


def test_the_mean_month_times_the_season(made: Incidents, area: Area) -> None:
    incidents = made.up_to(month("2022-10"))
    series, mask = masked(incidents, area)
    last = series.dropna().iloc[-12:]
    reading = season_reading(seasonal_index(series, mask), AUTUMN)
    volume = season_volume(incidents, area, AUTUMN, ASB)
    assert volume.season is AUTUMN
    assert (volume.reading.ratio, volume.reading.sentence) == (reading.ratio, reading.sentence)
    assert volume.monthly == pytest.approx(last.mean() * reading.ratio * (30 + 31 + 30) / 3 / 30.4375)
    assert volume.sentence.startswith(
        f"Expected incidents are the mean month of the last 12 times {reading.ratio:.2f}, what the Autumn months have"
    )
    found = expected_month(incidents.up_to(month("2022-09")), area, ASB, Season("s", "S", (9,)))
    assert not found.is_forecast
    other = season_volume(incidents.up_to(month("2022-09")), area, Season("s", "S", (9,)), ASB)
    assert found.monthly == other.monthly
    assert found.reading is not None
    assert found.reading.sentence == other.reading.sentence
    assert found.season == Season("s", "S", (9,))
    assert found.label == "mean month of the last 12 times the season, not a forecast"
    assert found.sentence == (
        f"About {found.monthly:,.0f} ASB incidents a month are to be expected: the mean month of the last 12 times "
        f"{other.reading.ratio:.2f}, what September has run at. It is not a forecast: September 2023 lies more than 6 "
        "months ahead."
    )
    method = found.method
    assert method.name == found.label
    assert method.parameters["no forecast because"] == "September 2023 lies more than 6 months ahead"
    known = monthly_series(incidents.up_to(month("2022-09"))).dropna().iloc[-12:]
    assert (method.n, method.data_version, method.period) == (known.sum(), "v9", "October 2021 to September 2022")
    assert method.caveats[1] == CELLS_CAVEAT
    two = expected_month(incidents.up_to(month("2022-09")), area, ASB, Season("s", "S", (7, 8)))
    assert "what July and August have run at. It is not a forecast: July 2023 to August 2023 lie more" in two.sentence
    assert np.isnan([two.low80, two.high80, two.low95, two.high95]).all()


@pytest.mark.parametrize(
    ("months", "days"), [((2,), 28.25), ((4,), 30), ((6, 7), 30.5), ((9, 10, 11), 91 / 3), ((12, 1), 31)]
)
def test_days_of_a_season(made: Incidents, area: Area, months: tuple[int, ...], days: float) -> None:
    found = season_volume(made, area, Season("s", "S", months), ASB)
    last = monthly_series(made).dropna().iloc[-12:]
    assert found.monthly == pytest.approx(last.mean() * found.reading.ratio * days / 30.4375)
    assert pytest.approx(30.4375) == DAYS_IN_A_MONTH


def test_nothing_loaded_has_no_volume(made: Incidents, area: Area) -> None:
    nothing = Incidents(made.frame.iloc[:0], pd.PeriodIndex([], freq="M"), "x")
    for ask in (lambda: expected_month(nothing, area), lambda: season_volume(nothing, area, OCTOBER)):
        with pytest.raises(Refusal, match="There are no months to") as caught:
            ask()
        assert "Data page" in caught.value.remedy


def test_why_there_is_no_forecast_is_said_after_a_colon(area: Area) -> None:
    found = expected_month(many(area, 6), area, ASB)
    assert found.sentence.endswith(
        "the mean month of the last 6. It is not a forecast: it needs at least 12 months of history, and there are 6."
    )
    assert found.method.parameters["no forecast because"].startswith("it needs at least 12 months")
    assert found.reading is None
    assert found.reliable is False
    assert found.method.period == "June 2019 to November 2019"


# The volume of a window.


def test_the_volume_of_a_window_is_its_forecast(made: Incidents, area: Area) -> None:
    first, last = date(2023, 3, 5), date(2023, 3, 25)
    found = window_volume(made, area, first, last, ASB)
    expected = forecast_window(made, area, first, last, ASB)
    assert found.forecast is not None
    assert found.total == expected.expected == found.forecast.expected
    assert found.why_not is None
    assert found.label == f"expected in 5 March to 25 March 2023; {LABEL}"
    assert found.sentence == f"Expected in 5 March to 25 March 2023; {LABEL}."
    young = window_volume(many(area, 14), area, date(2020, 8, 1), date(2020, 8, 2), "Drugs")
    assert young.sentence == f"{UNRELIABLE}expected in 1 August to 2 August 2020; {LABEL}."
    assert WindowVolume(1.0, None, "a label").sentence == "A label."


def test_without_a_forecast_there_is_no_number_but_the_reason(made: Incidents, area: Area) -> None:
    found = window_volume(made, area, date(2034, 3, 5), date(2034, 3, 25), ASB)
    assert found.total == 100
    assert found.forecast is None
    assert found.why_not is not None
    assert found.answer is found.why_not
    assert "months after February 2023" in found.refused
    assert found.sentence == f"{NO_NUMBER[0].upper()}{NO_NUMBER[1:]}. {found.why_not}"
    assert found.told(ASB) == Told(ASB, forecast=False, refused=found.why_not.reason)
    nothing = Incidents(made.frame.iloc[:0], pd.PeriodIndex([], freq="M"), "x")
    with pytest.raises(Refusal, match="nothing is loaded"):
        window_volume(nothing, area, date(2024, 3, 5), date(2024, 3, 25), ASB)
