from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.common.refusal import Refusal
from analysis.when.aoristic import HOURS_IN_WEEK, SHOWN_FROM, WEEKDAYS, clock_profile, hour_of_week
from data.store.schema import Incidents, conform
from geo.errors import InputError
from tests.made_incidents import made, months_of

MONDAY = np.datetime64("2024-01-01T00:00", "m")
NAT = np.datetime64("NaT", "s")


def at(*times: str) -> np.ndarray:
    return np.array(times, dtype="datetime64[s]")


def by_the_minute(start: np.ndarray, end: np.ndarray) -> np.ndarray:
    out = np.zeros(HOURS_IN_WEEK)
    for a, b in zip(start.astype("datetime64[m]"), end.astype("datetime64[m]"), strict=True):
        minutes = np.arange(a, b) if b > a else np.array([a])
        hour = (minutes - MONDAY).astype(int) // 60 % HOURS_IN_WEEK
        if len(minutes) >= HOURS_IN_WEEK * 60:
            out += 1 / HOURS_IN_WEEK
        else:
            np.add.at(out, hour, 1 / len(minutes))
    return out


def feed(start: np.ndarray, end: np.ndarray | None = None) -> Incidents:
    n = len(start)
    frame = pd.DataFrame(
        {
            "incident_id": [f"made:{i}" for i in range(n)],
            "source": "feed",
            "month": pd.PeriodIndex(["2024-01"] * n, freq="M"),
            "occurred_at": start,
            "occurred_until": np.full(n, NAT) if end is None else end,
            "category": "Anti-social behaviour",
        }
    )
    return Incidents(conform(frame), months_of(1, "2024-01"), "fed", source="feed")


def test_published_examples() -> None:
    found = hour_of_week(at("2024-01-01T01:00"), at("2024-01-01T02:30"))
    assert found[1] == pytest.approx(2 / 3, abs=1e-12)
    assert found[2] == pytest.approx(1 / 3, abs=1e-12)
    assert found.sum() == pytest.approx(1)
    assert (found > 0).sum() == 2
    night = hour_of_week(at("2024-01-01T23:30"), at("2024-01-02T01:15"))
    np.testing.assert_allclose(night[23:26], [0.285714, 0.571429, 0.142857], atol=5e-7)
    assert (night > 0).sum() == 3


def test_a_missing_end_is_one_bin() -> None:
    found = hour_of_week(at("2024-01-03T17:59:59", "2024-01-07T23:00"), np.array([NAT, NAT]))
    assert np.flatnonzero(found).tolist() == [2 * 24 + 17, 167]
    assert found[[2 * 24 + 17, 167]].tolist() == [1, 1]
    # so is an end that equals the start
    assert hour_of_week(at("2024-01-01T05:00"), at("2024-01-01T05:00"))[5] == 1


def test_over_the_end_of_the_week_and_on_the_hour() -> None:
    found = hour_of_week(at("2024-01-07T23:00"), at("2024-01-08T01:00"))
    assert found[[167, 0]].tolist() == [0.5, 0.5]
    assert hour_of_week(at("2024-01-01T01:00"), at("2024-01-01T02:00"))[1] == 1
    whole = hour_of_week(at("2024-01-01T01:00"), at("2024-01-08T01:00"))
    np.testing.assert_allclose(whole, 1 / HOURS_IN_WEEK)
    longer = hour_of_week(at("2024-01-01T01:00"), at("2024-03-08T01:00"))
    np.testing.assert_allclose(longer, 1 / HOURS_IN_WEEK)
    nearly = hour_of_week(at("2024-01-01T01:00"), at("2024-01-08T00:59"))
    assert nearly.sum() == pytest.approx(1)
    assert nearly[0] == pytest.approx(59 / (168 * 60 - 1))
    before_1970 = hour_of_week(at("1969-12-29T03:20"), at("1969-12-29T03:40"))
    assert before_1970[3] == 1


INTERVALS = st.lists(st.tuples(st.integers(0, 60 * 24 * 30), st.integers(0, 60 * 24 * 9)), min_size=1, max_size=12)


@given(INTERVALS)
def test_equals_counting_minute_by_minute(pairs: list[tuple[int, int]]) -> None:
    start = np.array([MONDAY + a for a, _ in pairs])
    end = np.array([MONDAY + a + b for a, b in pairs])
    found = hour_of_week(start, end)
    np.testing.assert_allclose(found, by_the_minute(start, end), atol=1e-9)
    assert found.sum() == pytest.approx(len(pairs))
    assert (found >= 0).all()


@given(INTERVALS, st.integers(-400, 400))
def test_shifted_by_hours_and_reordered(pairs: list[tuple[int, int]], hours: int) -> None:
    start = np.array([MONDAY + a for a, _ in pairs])
    end = np.array([MONDAY + a + b for a, b in pairs])
    found = hour_of_week(start, end)
    step = np.timedelta64(hours, "h")
    np.testing.assert_allclose(hour_of_week(start + step, end + step), np.roll(found, hours), atol=1e-9)
    np.testing.assert_allclose(hour_of_week(start[::-1], end[::-1]), found, atol=1e-9)
    np.testing.assert_allclose(hour_of_week(np.tile(start, 2), np.tile(end, 2)), 2 * found, atol=1e-9)


def test_bad_intervals_are_errors() -> None:
    with pytest.raises(InputError, match="column 'end': interval 2 ends before it starts, 1 such in all"):
        hour_of_week(at("2024-01-01T01:00", "2024-01-01T02:00"), at("2024-01-01T02:00", "2024-01-01T01:59"))
    with pytest.raises(InputError, match="1 starts, 2 ends"):
        hour_of_week(at("2024-01-01T01:00"), at("2024-01-01T02:00", "2024-01-01T01:59"))
    with pytest.raises(InputError, match="one list of datetime64"):
        hour_of_week([1, 2], [3, 4])
    assert hour_of_week(at(), at()).tolist() == [0] * HOURS_IN_WEEK


@pytest.mark.parametrize(
    "start",
    [
        np.array(["2024-01", "2024-02"], dtype="datetime64[M]"),
        pd.Series(pd.period_range("2024-01", periods=2, freq="M")),
        np.array([NAT, NAT]),
        np.array([None, None]),
    ],
)
def test_months_have_no_hours(start: object) -> None:
    with pytest.raises(Refusal, match="cannot be had from month data") as refused:
        hour_of_week(start, np.array([NAT, NAT]))
    assert "date and time" in refused.value.remedy


def test_days_and_gaps_are_refused() -> None:
    with pytest.raises(Refusal, match="days without a time"):
        hour_of_week(np.array(["2024-01-01"], dtype="datetime64[D]"), np.array([NAT]))
    with pytest.raises(Refusal, match="1 of 2 incidents have no time"):
        hour_of_week(np.array([MONDAY, NAT]), np.array([NAT, NAT]))


def test_profile_refuses_month_data_and_few_incidents() -> None:
    months = months_of(1)
    with pytest.raises(Refusal, match="only the month of an incident is published"):
        clock_profile(made([0.0] * 60, [0.0] * 60, [months[0]] * 60, months))
    few = np.full(SHOWN_FROM - 1, MONDAY + 90)
    with pytest.raises(Refusal, match="not shown for 49 incidents with a time: under 50"):
        clock_profile(feed(few))
    assert clock_profile(feed(np.append(few, MONDAY + 95))).n == 50
    midnight = MONDAY + np.arange(80) * 1440
    with pytest.raises(Refusal, match="stands at midnight"):
        clock_profile(feed(midnight))


def test_small_profile_is_the_product_of_its_margins() -> None:
    rng = np.random.default_rng(4)
    start = MONDAY + rng.integers(0, 60 * 24 * 28, 400)
    found = clock_profile(feed(start))
    assert found.smoothed
    raw = hour_of_week(start, np.full(400, NAT)).reshape(7, 24)
    assert found.table.to_numpy().sum() == pytest.approx(400)
    np.testing.assert_allclose(found.table.sum(axis=1), raw.sum(axis=1))
    hours = raw.sum(axis=0)
    smooth = [(hours[h - 1] + 2 * hours[h] + hours[(h + 1) % 24]) / 4 for h in range(24)]
    np.testing.assert_allclose(found.table.sum(axis=0), smooth)
    assert np.linalg.matrix_rank(found.table.to_numpy()) == 1
    assert found.by_hour.to_numpy() == pytest.approx(hours)
    assert found.table.index.tolist() == list(WEEKDAYS)


def test_smoothing_goes_round_the_clock() -> None:
    start = np.full(60, MONDAY + 10)  # Monday 00:10
    found = clock_profile(feed(start))
    assert found.table.loc["Monday", [23, 0, 1]].tolist() == [15, 30, 15]
    assert found.table.drop(index="Monday").to_numpy().sum() == 0


def test_large_profile_is_as_counted() -> None:
    rng = np.random.default_rng(5)
    start = MONDAY + rng.integers(0, 60 * 24 * 28, 1000)
    found = clock_profile(feed(start))
    assert not found.smoothed
    np.testing.assert_allclose(found.table.to_numpy().ravel(), hour_of_week(start, np.full(1000, NAT)))
    assert clock_profile(feed(start[:999])).smoothed


def test_real_thefts_and_what_is_left_out(shared: Path) -> None:
    frame = pd.read_csv(shared / "partner" / "nyc_vehicle_thefts_sample.csv")
    start, end = (pd.to_datetime(frame[f"date_{name}"]).to_numpy().astype("datetime64[s]") for name in ("start", "end"))
    assert hour_of_week(start, end).sum() == pytest.approx(8000)
    found = clock_profile(feed(start, end), name="Thefts")
    length = (end - start) / np.timedelta64(1, "h")
    assert found.left_out == (length > 24).sum()
    assert found.n == 8000 - found.left_out
    assert found.left_out_share == found.left_out / 8000
    assert found.table.to_numpy().sum() == pytest.approx(found.n)
    np.testing.assert_allclose(
        found.table.to_numpy().ravel(), by_the_minute(start[~(length > 24)], end[~(length > 24)]), atol=1e-8
    )
    assert f"{100 * found.left_out_share:.0f} % left out" in found.sentence
    assert found.method.parameters["left out"].startswith(f"{found.left_out:,}")


def test_sentence() -> None:
    start = np.concatenate([np.full(700, MONDAY + 5 * 1440 + 21 * 60), MONDAY + np.arange(600) * 37])
    found = clock_profile(feed(start), name="Robberies")
    assert found.sentence == (
        "Robberies: most frequent on Saturday from 21:00 to 22:00; half of them fall between 21:00 and 22:00."
    )
