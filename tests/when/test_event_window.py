from __future__ import annotations

import dataclasses
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from analysis.common.refusal import Refusal
from analysis.when.event_window import (
    COUNTS_ONLY,
    ESTIMATE,
    INDICATIVE,
    EventWindow,
    daily_counts,
    days_event_window,
    default_window,
    event_window,
    require_dates,
)
from analysis.when.window_fit import against_placebo, effective, fit_starts, fit_window, placebo_starts
from data.demo.dataset import Demo, make_demo
from data.kinds.crime_types import ASB
from data.place.area import Area
from data.store.schema import Incidents, conform
from geo.errors import InputError
from tests.properties import examples

FEW = examples(25)
CAUSAL = ("because", "due to", "caused", "thanks to", "led to", "driven", "result of")


def daily(
    seed: int, first: str = "2023-01-01", days: int = 730, mean: float = 6.0, event: float = 1.0, spread: float = 0.0
) -> pd.Series[float]:
    """Days with a weekday pattern and a slow trend; ``event`` is the ratio planted on 25 October to 8 November."""
    rng = np.random.default_rng(seed)
    index = pd.date_range(first, periods=days, freq="D", name="day")
    key = index.month * 100 + index.day
    mu = mean * np.array([0.9, 0.9, 0.9, 1, 1.2, 1.2, 0.9])[index.day_of_week] * np.linspace(1, 1.3, days)
    mu = mu * np.where((key >= 1025) & (key <= 1108), event, 1.0)
    if spread:
        mu = mu * np.repeat(rng.gamma(1 / spread, spread, days // 7 + 1), 7)[:days]
    return pd.Series(rng.poisson(mu).astype(float), index=index, name="count")


@pytest.fixture(scope="module")
def demo(area: Area) -> Demo:
    return make_demo(area)


@pytest.fixture(scope="module")
def memphis(shared: Path) -> pd.Series[float]:
    """Robberies of 2019 by day."""
    when = pd.read_csv(shared / "partner" / "memphis_robberies_2019.csv", parse_dates=["datetime"])["datetime"]
    index = pd.date_range("2019-01-01", "2019-12-31", freq="D", name="day")
    return when.dt.normalize().value_counts().reindex(index, fill_value=0).astype(float)


@FEW
@given(st.integers(0, 10**6), st.integers(7, 42))
def test_a_window_equals_statsmodels_and_the_text(seed: int, length: int) -> None:
    y = daily(seed, days=56 + length, spread=0.1).to_numpy()
    n = len(y)
    weekday, day = np.arange(n) % 7, np.arange(n)
    inside = (day >= 28) & (day < n - 28)
    x = np.column_stack([*(weekday == w for w in range(7)), day, inside]).astype(float)
    theirs = sm.GLM(y, x, family=sm.families.Poisson()).fit(tol=1e-14, maxiter=200)
    mine = fit_window(y, weekday)
    assert mine.log_ratio == pytest.approx(theirs.params[-1], abs=1e-7)
    assert mine.error == pytest.approx(theirs.bse[-1], rel=1e-6)
    weeks = [list(range(start, start + 7)) for start in range(0, n - n % 7, 7)]
    weeks[-1] += list(range(n - n % 7, n))
    residual = y - theirs.mu
    by_week = sum(residual[w].sum() ** 2 / theirs.mu[w].sum() for w in weeks) / (len(weeks) - 3)
    phi = max(1.0, theirs.pearson_chi2 / theirs.df_resid, by_week)
    assert mine.phi == pytest.approx(phi, rel=1e-6)
    assert mine.df == len(weeks) - 3
    t = abs(theirs.params[-1]) / theirs.bse[-1] / phi**0.5
    assert mine.p == pytest.approx(2 * stats.t.sf(t, len(weeks) - 3), rel=1e-5)


def test_level_days_have_a_closed_form() -> None:
    # Every weekday and week alike, the window twice as busy: the ratio is 2 and nothing is left over.
    y = np.full(71, 10.0)
    y[28:43] = 20.0
    fit = fit_window(y, np.arange(71) % 7)
    assert fit.log_ratio == pytest.approx(np.log(2))
    assert fit.usual == pytest.approx(150.0)
    assert fit.phi == 1.0
    assert fit.df == 7


def test_placebo_windows_keep_away() -> None:
    days = daily(1)
    days["2023-06-10"] = np.nan
    event = (date(2024, 3, 1), date(2024, 3, 15))
    starts = placebo_starts(days, 15, event)
    assert starts
    assert all((s - 28) % 3 == 0 for s in starts)
    barred = {(m, d) for m, d in [(10, 15), (10, 31), (11, 10), (12, 15), (12, 31), (1, 4)]}
    for start in starts:
        window = days.index[start : start + 15]
        assert not {(d.month, d.day) for d in window} & barred
        assert window[-1] < pd.Timestamp(event[0]) or window[0] > pd.Timestamp(event[1])
        assert days.iloc[start - 28 : start + 43].notna().all()
    # Every start that is not there has a reason.
    for start in set(range(28, len(days) - 42, 3)) - set(starts):
        window = days.index[start : start + 15]
        keys = {d.month * 100 + d.day for d in window}
        assert (
            any(1015 <= k <= 1110 or k >= 1215 or k <= 104 for k in keys)
            or days.iloc[start - 28 : start + 43].isna().any()
            or any(event[0] <= d.date() <= event[1] for d in window)
        )


@pytest.mark.parametrize(
    ("starts", "expected"), [([], 0), ([5], 1), ([0, 3, 6, 9, 12], 1), ([0, 15, 30], 3), ([0, 3, 18, 21, 33], 3)]
)
def test_windows_that_do_not_overlap(starts: list[int], expected: int) -> None:
    assert effective(starts, 15) == expected


def test_against_placebo_by_hand() -> None:
    others = np.array([-0.1, 0.0, 0.1, 0.2, -0.2, 0.0])
    assert against_placebo(0.5, others, 11, 0.95) is None
    found = against_placebo(0.5, others, 12, 0.95)
    assert found is not None
    error = others.std(ddof=1) * np.sqrt(1 + 1 / 12)
    assert found.p == pytest.approx(2 * stats.t.sf(0.5 / error, 11))
    assert found.high == pytest.approx(np.exp(0.5 + stats.t.ppf(0.975, 11) * error))


def test_the_planted_event_of_the_demonstration_is_found(demo: Demo) -> None:
    found = [event_window(demo.feed, *default_window(year), name="ASB") for year in (2022, 2023, 2024)]
    for one in found:
        assert one.low <= demo.planted.window_ratio <= one.high
        assert one.effective_windows >= 12
        assert one.standing == ESTIMATE
    assert any(one.differs for one in found)
    pooled = np.exp(np.mean([np.log(one.ratio) for one in found]))
    assert pooled == pytest.approx(demo.planted.window_ratio, rel=0.15)
    marks = found[0].days["mark"]
    assert [str(day.date()) for day in marks.index[marks != ""]] == ["2022-10-30", "2022-10-31", "2022-11-05"]


def test_the_wider_interval_is_published(memphis: pd.Series[float]) -> None:
    found = days_event_window(memphis, *default_window(2019), name="Robberies")
    assert found.weeks is not None
    assert found.placebo is not None
    assert np.log(found.high / found.low) == pytest.approx(max(found.weeks.width, found.placebo.width))
    assert found.count == memphis["2019-10-25":"2019-11-08"].sum()
    # Half a year of history: the weeks around it alone.
    short = days_event_window(memphis["2019-07-01":], *default_window(2019))
    assert short.placebo is None
    assert short.route == "weeks"
    assert any("Without a year of history" in c for c in short.method.caveats)


@pytest.mark.parametrize(
    ("mean", "standing"), [(0.6, COUNTS_ONLY), (2.0, INDICATIVE), (8.0, ESTIMATE)], ids=["few", "some", "many"]
)
def test_what_few_incidents_are_worth(mean: float, standing: str) -> None:
    found: EventWindow = days_event_window(daily(3, mean=mean), *default_window(2023), name="Fires")
    assert found.standing == standing
    assert found.count == {COUNTS_ONLY: 11, INDICATIVE: 37, ESTIMATE: 155}[standing] or found.count > 0
    limits = {COUNTS_ONLY: (0, 19), INDICATIVE: (20, 49), ESTIMATE: (50, 10**6)}[standing]
    assert limits[0] <= found.count <= limits[1]
    if standing == COUNTS_ONLY:
        assert np.isnan([found.ratio, found.low, found.high, found.p]).all()
        assert "Counts only" in found.sentence
        assert found.weeks is found.placebo is None
    else:
        assert found.sentence.startswith("Indicative only") == (standing == INDICATIVE)


def test_month_data_is_refused(real: Incidents) -> None:
    with pytest.raises(Refusal, match="An event window cannot be seen in month data") as caught:
        event_window(real.of(ASB), *default_window(2023))
    assert "gives the day of each incident" in caught.value.remedy
    with pytest.raises(Refusal, match="Bonfire Night cannot be seen in month data"):
        event_window(real.of(ASB), date(2023, 11, 5), date(2023, 11, 5))
    for question in ("The day of the week", "The hour of the day", "One night"):
        with pytest.raises(Refusal, match=f"{question} cannot be seen in month data"):
            require_dates(real, question)


@pytest.mark.parametrize("nights", [1, 2, 6])
def test_single_nights_are_refused(nights: int) -> None:
    first = date(2023, 11, 5)
    with pytest.raises(Refusal, match="cannot be told from an ordinary one") as caught:
        days_event_window(daily(1), first, first + timedelta(days=nights - 1))
    assert "pool the years" in caught.value.remedy


def test_a_missing_day_is_refused() -> None:
    days = daily(1)
    days["2023-11-20"] = np.nan
    with pytest.raises(Refusal, match=r"1 of its 71 days.* are not in the data, the first of them 20 November 2023"):
        days_event_window(days, *default_window(2023))
    assert days_event_window(days, *default_window(2024)).count > 0
    with pytest.raises(Refusal, match="are not in the data"):
        days_event_window(days[:"2024-11-30"], *default_window(2024))


@pytest.mark.parametrize("window", [(date(2023, 11, 8), date(2023, 10, 25)), (date(2023, 7, 1), date(2023, 8, 31))])
def test_windows_that_make_no_sense(window: tuple[date, date]) -> None:
    with pytest.raises(InputError, match="7 to 42 days"):
        days_event_window(daily(1), *window)


def test_days_are_counted_where_they_are_published(demo: Demo) -> None:
    days = daily_counts(demo.feed)
    assert days.sum() == len(demo.feed.frame)
    assert days.index[0] == pd.Timestamp("2022-01-01")
    assert days.index[-1] == pd.Timestamp("2024-12-31")
    gone = dataclasses.replace(demo.feed, months=demo.feed.months.delete(5))
    again = daily_counts(gone)
    assert again["2022-06"].isna().all()
    assert again.drop(again["2022-06"].index).equals(days.drop(days["2022-06"].index))


def test_incidents_without_a_date_are_left_out_and_said(demo: Demo) -> None:
    frame = demo.feed.frame.copy()
    frame.loc[frame.index[:7], "occurred_at"] = pd.NaT
    found = event_window(dataclasses.replace(demo.feed, frame=conform(frame)), *default_window(2023))
    assert any("7 incidents of the feed have no date" in c for c in found.method.caveats)


def test_nothing_loaded_is_refused(demo: Demo) -> None:
    empty = dataclasses.replace(demo.feed, frame=demo.feed.frame.iloc[:0], months=demo.feed.months[:0])
    with pytest.raises(Refusal, match="nothing is loaded"):
        event_window(empty, *default_window(2023))


@FEW
@given(st.integers(0, 10**6), st.integers(-200, 200))
def test_shifting_the_calendar_by_weeks_shifts_the_answer(seed: int, weeks: int) -> None:
    y = daily(seed, days=71).to_numpy()
    days = pd.Series(y, index=pd.date_range("2023-09-27", periods=71, freq="D"))
    moved = days.set_axis(days.index + pd.Timedelta(weeks=weeks))
    one = days_event_window(days, date(2023, 10, 25), date(2023, 11, 8))
    start = date(2023, 10, 25) + timedelta(weeks=weeks)
    other = days_event_window(moved, start, start + timedelta(days=14))
    assert (one.ratio, one.low, one.high) == pytest.approx((other.ratio, other.low, other.high), nan_ok=True)


@FEW
@given(st.integers(0, 10**6))
def test_doubling_doubles_what_is_usual_and_leaves_the_ratio(seed: int) -> None:
    days = daily(seed, days=200, mean=9)
    start = (date(2023, 3, 1), date(2023, 3, 15))
    one, other = days_event_window(days, *start), days_event_window(2 * days, *start)
    assert other.ratio == pytest.approx(one.ratio)
    assert other.usual == pytest.approx(2 * one.usual)
    assert other.count == 2 * one.count


def test_coverage_with_a_planted_event_whose_weeks_vary() -> None:
    held, seen = [], []
    for seed in range(40):
        found = days_event_window(daily(seed, event=1.6, spread=0.02), *default_window(2023))
        held.append(found.low <= 1.6 <= found.high)
        seen.append(found.differs)
    assert np.mean(held) >= 0.9
    assert np.mean(seen) >= 0.6


def test_quiet_windows_are_left_out_of_the_placebo() -> None:
    days = daily(2, days=200)
    days.iloc[28:43] = 0
    starts, fits = fit_starts(days, [28, 60], 15)
    assert starts == [60]
    assert len(fits) == 1


def test_results_carry_how_they_were_made(demo: Demo) -> None:
    found = event_window(demo.feed, *default_window(2023), name="ASB")
    line = found.method.line()
    for words in ("weekday, trend and event", "28 days on both sides", "25 October 2023 to 8 November 2023"):
        assert words in line
    assert found.method.data_version == demo.feed.version
    assert not [word for word in CAUSAL if word in found.sentence.lower()]
    with pytest.raises(dataclasses.FrozenInstanceError):
        found.count = 0  # type: ignore[misc]
