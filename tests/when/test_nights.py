"""A window shared out over nights and hours: what was planted comes out, what the data cannot carry does not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.when.aoristic import clock_profile
from analysis.when.event_window import MARKS
from analysis.when.night_effects import marks, night_times, weekday_times
from analysis.when.nights import NightHours, night_hours
from data.demo.dataset import Demo, make_demo
from data.kinds.crime_types import ASB
from data.place.area import Area
from data.store.schema import Incidents, conform
from geo.errors import InputError
from tests.properties import examples

FEW = examples(25)
AUTUMN = ((10, 25), (11, 8))
HOURLY = np.array([1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 4, 5, 6, 7, 8, 8, 8, 7, 5, 3], dtype=float)


@pytest.fixture(scope="module")
def demo(area: Area) -> Demo:
    return make_demo(area)


def feed_of(times: pd.DatetimeIndex, first: str, last: str, until: pd.DatetimeIndex | None = None) -> Incidents:
    frame = pd.DataFrame(
        {
            "incident_id": [str(i) for i in range(len(times))],
            "source": "a feed",
            "month": times.to_period("M") if len(times) else pd.PeriodIndex([], freq="M"),
            "occurred_at": times,
            "occurred_until": until if until is not None else pd.NaT,
            "category": ASB,
        }
    )
    return Incidents(conform(frame), pd.period_range(first, last, freq="M"), "made", source="partner feed")


def planted_days(
    seed: int, a_day: float, ratios: dict[tuple[int, int], float], first: str = "2018-01", last: str = "2023-12"
) -> pd.Series:
    """Poisson days with a weekday and named nights of known size."""
    rng = np.random.default_rng(seed)
    days = pd.date_range(first + "-01", pd.Period(last, "M").end_time.normalize(), freq="D", name="day")
    weekday = np.array([0.8, 0.8, 0.9, 1.0, 1.3, 1.3, 0.9])[days.day_of_week]
    event = np.ones(len(days))
    for (month, day), ratio in ratios.items():
        event[(days.month == month) & (days.day == day)] = ratio
    return pd.Series(rng.poisson(a_day * weekday * event).astype(float), index=days)


def planted(
    seed: int, a_day: float, ratios: dict[tuple[int, int], float], first: str = "2018-01", last: str = "2023-12"
) -> Incidents:
    """A feed of such days, with hours of known shape."""
    rng = np.random.default_rng(seed)
    days = planted_days(seed, a_day, ratios, first, last)
    at = days.index.repeat(days.astype(int))
    seconds = rng.choice(24, size=len(at), p=HOURLY / HOURLY.sum()) * 3600 + rng.integers(3600, size=len(at))
    return feed_of(at + pd.to_timedelta(seconds, unit="s"), first, last)


def effects(daily: pd.Series, year: int = 2024) -> pd.DataFrame:
    """Named nights of the autumn window by the days of a feed."""
    days = pd.date_range(date(year, *AUTUMN[0]), date(year, *AUTUMN[1]), freq="D")
    mark = marks(days, MARKS)
    found, _, _ = night_times(daily, days, mark, weekday_times(daily, MARKS))
    table = pd.DataFrame(found, index=days).assign(mark=mark)
    return table[table["mark"] != ""].set_index("mark")


def autumn(year: int, feed: Incidents | None, as_at: str | None = None) -> NightHours:
    month = None if as_at is None else pd.Period(as_at, "M")
    return night_hours(date(year, *AUTUMN[0]), date(year, *AUTUMN[1]), feed, month)


def by_mark(found: NightHours) -> pd.DataFrame:
    return found.nights[found.nights["mark"] != ""].set_index("mark")


# --- what was planted ------------------------------------------------------------------------------------------------
def test_the_planted_nights_of_the_demonstration_come_out(demo: Demo) -> None:
    found = autumn(2025, demo.feed, "2024-12")
    assert found.years == (2022, 2023, 2024)
    assert not found.flat
    assert found.nights_known
    assert found.hours_known
    nights = by_mark(found)
    assert list(nights.index) == ["Mischief Night", "Halloween", "Bonfire Night"]
    assert (nights["low"] > 1.3).all()
    for name in ("Mischief Night", "Halloween"):  # planted: 2.0 times a day of the window
        assert nights.loc[name, "low"] < 2.0 < nights.loc[name, "high"]
    others = found.nights[found.nights["mark"] == ""]
    assert (others["night_times"] == 1).all()
    assert set(found.nights.sort_values("night_times").index[-3:]) == set(
        found.nights.index[found.nights["mark"] != ""]
    )
    # Counts beside it are those of the feed.
    when = demo.feed.frame["occurred_at"]
    assert nights.loc["Halloween", "past"] == ((when.dt.month == 10) & (when.dt.day == 31)).sum()


def test_the_evening_of_planted_nights_comes_out(demo: Demo) -> None:
    found = autumn(2025, demo.feed, "2024-12")
    row = found.shares / found.shares.sum(axis=1).to_numpy()[:, None]
    evening = row[list(range(17, 23))].sum(axis=1)
    named = (found.nights["mark"] != "").to_numpy()
    assert evening[named].min() > evening[~named].max()


def test_shares_of_past_windows_predict_those_of_the_next_year(demo: Demo) -> None:
    """Backtest: by days of the window of 2024, planned from July, nights are nearer than days alike."""
    found = autumn(2024, demo.feed, "2024-07")
    when = demo.feed.frame["occurred_at"].dt.normalize()
    came = when.value_counts().reindex(found.nights.index, fill_value=0).to_numpy(dtype=float)
    share = found.nights["share"].to_numpy()
    assert (came * np.log(share)).sum() > (came * np.log(1 / len(share))).sum() + 3


def test_large_effects_are_recovered_and_the_interval_holds_them() -> None:
    held, ratio = [], {(10, 30): 1.5, (10, 31): 2.5, (11, 5): 2.0}
    for seed in range(30):
        nights = effects(planted_days(seed, 8.0, ratio))
        for name, truth in zip(nights.index, ratio.values(), strict=True):
            held.append(nights.loc[name, "low"] <= truth <= nights.loc[name, "high"])
    assert np.mean(held) >= 0.88
    big = effects(planted_days(1, 200.0, ratio))
    np.testing.assert_allclose(big["night_times"], list(ratio.values()), rtol=0.1)


def test_nights_like_any_other_do_not_stand_out() -> None:
    out, drawn, raw = [], [], []
    for seed in range(40):
        nights = effects(planted_days(seed, 3.0, {}))
        out += list((nights["low"] > 1) | (nights["high"] < 1))
        drawn += list(np.abs(nights["night_times"] - 1))
        raw += list(np.abs(nights["past"] / nights["past_usual"] - 1))
    assert np.mean(out) <= 0.05
    assert np.mean(drawn) < 0.6 * np.mean(raw)


def test_weekday_and_hours_equal_the_clock_where_there_are_no_nights(demo: Demo) -> None:
    first, last = date(2024, 6, 3), date(2024, 6, 9)
    found = night_hours(first, last, demo.feed, pd.Period("2024-05", "M"))
    assert not found.nights_known
    profile = clock_profile(demo.feed.up_to(pd.Period("2024-05", "M")))
    rows = profile.table.to_numpy() / profile.table.to_numpy().sum(axis=1, keepdims=True)
    np.testing.assert_allclose(found.shares.to_numpy() / found.shares.to_numpy().sum(axis=1, keepdims=True), rows)
    expected = profile.by_weekday / profile.by_weekday.sum()
    np.testing.assert_allclose(found.nights["share"], expected, atol=0.006)


# --- what the data cannot carry --------------------------------------------------------------------------------------
@pytest.mark.parametrize("feed", [None, planted(1, 0.02, {}, last="2018-12")])
def test_without_enough_all_hours_are_alike(feed: Incidents | None) -> None:
    found = autumn(2024, feed)
    assert found.flat
    assert not found.hours_known
    assert not found.nights_known
    assert np.ptp(found.shares.to_numpy()) == 0
    assert "all hours count alike" in found.sentence
    assert found.share(datetime(2024, 10, 31, 18), 360) == pytest.approx(6 / (24 * 15))


def test_month_data_are_flat(demo: Demo) -> None:
    found = autumn(2024, demo.incidents)
    assert found.flat
    assert "0 dated incidents" in found.sentence


def test_one_night_alone_says_nothing() -> None:
    one = autumn(2019, planted(1, 20.0, {(10, 31): 5.0}, last="2018-12"))
    assert one.years == (2018,)
    assert not one.nights_known
    assert not one.flat
    assert "one night alone says nothing" in one.sentence
    assert (one.nights["night_times"] == 1).all()


def test_under_twenty_incidents_no_night_is_weighed() -> None:
    few = autumn(2022, planted(3, 0.1, {(10, 31): 10.0}, last="2021-12"))
    assert int(few.nights["past"].sum()) < 20
    assert not few.nights_known
    assert "under 20" in few.sentence


def test_a_feed_of_days_shares_out_over_days_only() -> None:
    feed = planted(1, 30.0, {(10, 31): 3.0})
    days = replace(feed, frame=feed.frame.assign(occurred_at=feed.frame["occurred_at"].dt.normalize()))
    found = autumn(2024, days)
    assert not found.hours_known
    assert found.nights_known
    assert "does not know hours" in found.sentence
    assert np.ptp(found.shares.to_numpy(), axis=1).max() < 1e-15
    np.testing.assert_allclose(found.nights["night_times"], autumn(2024, feed).nights["night_times"])


def test_a_night_is_said_to_differ_only_where_its_interval_leaves_out_one() -> None:
    found = autumn(2024, planted(2, 6.0, {(10, 31): 3.0}))
    nights = by_mark(found)
    assert nights.loc["Halloween", "low"] > 1
    assert "Halloween" in found.sentence
    for name, row in nights.iterrows():
        times = f"{name} {row['night_times']:.1f} times [{row['low']:.1f} to {row['high']:.1f}]"
        assert (times in found.sentence) == (row["low"] > 1 or row["high"] < 1)
    assert "Mischief Night and Bonfire Night not clearly unlike other nights" in found.sentence


def test_a_window_that_runs_backwards_is_an_error() -> None:
    with pytest.raises(InputError, match="ends before it begins"):
        night_hours(date(2024, 11, 8), date(2024, 10, 25), None, None)


def test_a_past_window_with_a_gap_is_not_used() -> None:
    feed = planted(1, 10.0, {})
    gap = replace(
        feed,
        months=feed.months[feed.months != pd.Period("2020-11", "M")],
        frame=feed.frame[feed.frame["month"] != pd.Period("2020-11", "M")],
    )
    assert autumn(2024, gap).years == (2018, 2019, 2021, 2022, 2023)


# --- properties ------------------------------------------------------------------------------------------------------
@st.composite
def cases(draw: st.DrawFn) -> tuple[Incidents, date, date, pd.Period]:
    seed, a_day = draw(st.integers(0, 10**6)), draw(st.sampled_from([0.05, 0.3, 2.0]))
    feed = planted(seed, a_day, {(10, 31): 3.0}, first="2020-01", last="2022-12")
    if draw(st.booleans()):
        length = pd.to_timedelta(np.random.default_rng(seed).integers(0, 30 * 60, len(feed.frame)), unit="m")
        feed = replace(feed, frame=feed.frame.assign(occurred_until=feed.frame["occurred_at"] + length))
    first = draw(st.dates(date(2019, 12, 1), date(2023, 12, 31)))
    last = first + timedelta(days=draw(st.sampled_from([0, 1, 6, 14, 45])))
    return feed, first, last, draw(st.sampled_from(list(feed.months)))


@FEW
@given(cases(), st.integers(0, 10**6))
def test_shares_sum_to_one_and_depend_on_nothing_else(case: tuple[Incidents, date, date, pd.Period], seed: int) -> None:
    feed, first, last, as_at = case
    found = night_hours(first, last, feed, as_at)
    shares = found.shares.to_numpy()
    assert shares.shape == ((last - first).days + 1, 24)
    assert (shares >= 0).all()
    assert shares.sum() == pytest.approx(1)
    np.testing.assert_allclose(found.nights["share"], shares.sum(axis=1))
    # Neither the order of rows nor anything after the as-at month changes it.
    shuffled = replace(feed, frame=feed.frame.sample(frac=1, random_state=seed))
    np.testing.assert_allclose(night_hours(first, last, shuffled, as_at).shares, found.shares, atol=1e-12)
    known = night_hours(first, last, feed.up_to(as_at), None)
    np.testing.assert_allclose(known.shares, found.shares)
    assert known.sentence == found.sentence or found.flat


@FEW
@given(cases(), st.lists(st.floats(0, 3000), min_size=1, max_size=6), st.integers(-3000, 3000))
def test_shifts_side_by_side_sum_to_the_whole(
    case: tuple[Incidents, date, date, pd.Period], lengths: list[float], begin: int
) -> None:
    feed, first, last, as_at = case
    found = night_hours(first, last, feed, as_at)
    midnight = datetime.combine(first, datetime.min.time())
    start = midnight + timedelta(minutes=begin)
    parts, at = 0.0, start
    for length in lengths:
        part = found.share(at, length)
        assert 0 <= part <= 1
        parts, at = parts + part, at + timedelta(minutes=length)
    whole = found.share(start, (at - start).total_seconds() / 60)
    assert parts == pytest.approx(whole, abs=1e-7)
    minutes = ((last - first).days + 1) * 1440
    assert found.share(midnight, minutes) == pytest.approx(1)
    assert found.share(midnight - timedelta(days=9), minutes + 30 * 1440) == pytest.approx(1)
    assert found.share(midnight + timedelta(minutes=minutes), 600) == 0


def test_past_midnight_and_parts_of_an_hour() -> None:
    found = autumn(2024, planted(1, 30.0, {}))
    shares = found.shares
    evening, next_day = pd.Timestamp(2024, 10, 31), pd.Timestamp(2024, 11, 1)
    by_hand = shares.loc[evening, [22, 23]].sum() + shares.loc[next_day, 0] + 0.25 * shares.loc[next_day, 1]
    assert found.share(datetime(2024, 10, 31, 22), 195) == pytest.approx(by_hand)
    assert found.share(datetime(2024, 10, 31, 22, 30), 20) == pytest.approx(shares.loc[evening, 22] / 3)
    assert found.share(datetime(2024, 10, 31, 22, 30), 0) == 0


@pytest.mark.parametrize("minutes", [-1.0, float("nan"), float("inf")])
def test_a_shift_without_a_length_is_an_error(minutes: float) -> None:
    with pytest.raises(InputError, match="length"):
        autumn(2024, None).share(datetime(2024, 10, 31), minutes)


def test_a_time_with_a_zone_is_an_error() -> None:
    with pytest.raises(InputError, match="without a zone"):
        autumn(2024, None).share(pd.Timestamp("2024-10-31", tz="UTC").to_pydatetime(), 60)
