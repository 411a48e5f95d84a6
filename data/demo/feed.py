"""The demonstration's dated feed: ASB as a partner would record it, with events of known size."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.demo.fall import PlantedFall
from data.demo.places import Weights
from data.demo.streets import Points, digest, located, same_for_all
from data.kinds.crime_types import ASB
from data.place.area import Area
from data.store.schema import Incidents, conform

FEED_SOURCE = "demonstration feed"
VOLUME = 1.4  # incidents of the feed to every recorded one: partners record more of it than the police
WINDOW = ((10, 25), (11, 8))  # first and last day, (month, day)

_WEEKDAY = (0.88, 0.88, 0.92, 0.95, 1.17, 1.25, 0.95)  # Monday first
_SUMMER_RISE = 0.12  # a smooth wave through the year: no step at the end of a month can be taken for an event
_DAY_SHAPE = 40.0  # days differ a little more than chance

# Share of a day's incidents by hour: low in the small hours, rising from school's end to the evening.
_HOURS = (
    2.2, 1.4, 0.8, 0.5, 0.4, 0.4, 0.7, 1.3, 2.0, 2.5, 3.0, 3.4,
    3.9, 4.1, 4.5, 5.8, 7.0, 7.8, 8.6, 9.2, 9.4, 8.6, 6.8, 4.2,
)  # fmt: skip
_LATE = (0, 1, 2, 22, 23)
_EVENING = (17, 18, 19, 20, 21, 22)

# Kinds of ASB that a partnership's plan names: national type, share on ordinary days and on days of an event.
_KINDS: tuple[tuple[str, str, float, float], ...] = (
    ("youth disorder", "nuisance", 0.22, 0.24),
    ("nuisance vehicle", "nuisance", 0.17, 0.10),
    ("noise", "nuisance", 0.14, 0.08),
    ("neighbour dispute", "personal", 0.13, 0.06),
    ("threats or abuse", "personal", 0.10, 0.08),
    ("street drinking", "nuisance", 0.07, 0.04),
    ("fly-tipping", "environmental", 0.07, 0.03),
    ("deliberate fire", "environmental", 0.05, 0.12),
    ("graffiti", "environmental", 0.03, 0.02),
    ("fireworks", "nuisance", 0.02, 0.23),
)


@dataclass(frozen=True)
class PlantedEvent:
    """Days of the year on which the feed is multiplied; where events overlap their ratios multiply.

    Attributes
    ----------
    name : str
    first, last : (month, day)
    ratio : float
        Times an ordinary day of that weekday and time of year.
    """

    name: str
    first: tuple[int, int]
    last: tuple[int, int]
    ratio: float


EVENTS = (
    PlantedEvent("Halloween and Bonfire Night window", *WINDOW, 1.3),
    PlantedEvent("Mischief Night and Halloween", (10, 30), (10, 31), 2.0),
    PlantedEvent("Bonfire Night", (11, 5), (11, 5), 2.2),
)


def make_feed(
    points: Points,
    weights: Weights,
    recorded: pd.Series[int],
    area: Area,
    fall: PlantedFall | None,
    streams: tuple[np.random.Generator, np.random.Generator],
) -> tuple[Incidents, tuple[PlantedEvent, ...], float, NDArray[np.float64]]:
    """Simulate the feed over the months of the recorded totals.

    Parameters
    ----------
    points, weights : Points, Weights
        Where ASB falls, the same as in the recorded incidents.
    recorded : Series of int
        Recorded ASB by month: only its months and its sum are used.
    area : Area
    fall : PlantedFall or None
    streams : (Generator, Generator)
        Of the feed, and of what the fall moves.

    Returns
    -------
    Incidents
        All inside the area, by time; ``occurred_at`` to the minute, local time.
    tuple of PlantedEvent
    float
        Mean ratio over the days of the event window.
    ndarray, shape (7, 24)
        Share of a weekday's incidents by hour on ordinary days.
    """
    rng, of_fall = streams
    months = pd.PeriodIndex(recorded.index)
    days = pd.date_range(months[0].start_time.normalize(), months[-1].end_time.normalize(), freq="D")
    key = np.asarray(days.month) * 100 + np.asarray(days.day)
    event = np.ones(len(days))
    for planted in EVENTS:
        event[_on(key, planted)] *= planted.ratio
    wave = 1 - _SUMMER_RISE * np.cos(2 * np.pi * (np.asarray(days.day_of_year) - 15) / 365.25)
    usual = np.array(_WEEKDAY)[np.asarray(days.day_of_week)] * wave
    usual *= VOLUME * float(recorded.sum()) / usual.sum()
    number = rng.poisson(usual * event * rng.gamma(_DAY_SHAPE, 1 / _DAY_SHAPE, size=len(days)))
    day = np.repeat(np.arange(len(days)), number)
    clock = _clock()
    second = _seconds(np.asarray(days.day_of_week)[day], event[day] > EVENTS[0].ratio, clock, rng)
    at = np.asarray(days.to_numpy().astype("datetime64[s]")[day] + second, dtype="datetime64[s]")
    at[_skipped_hour(at)] += np.timedelta64(3600, "s")
    kind = _kinds(event[day] > 1, rng)
    place = weights.draw(ASB, np.asarray(days.month)[day], rng)
    month = at.astype("datetime64[M]").astype(np.int64)
    if fall is not None:
        place = fall.moved(points, weights, place, month, of_fall)
    order = np.argsort(at, kind="stable")
    at, kind, place, month = at[order], kind[order], place[order], month[order]
    frame = located(points, place, area)
    names = months.strftime("%Y-%m").tolist()
    first = int(months.asi8[0])
    frame["incident_id"] = [f"simulated feed:{names[m - first]}:{n}" for n, m in enumerate(month.tolist(), start=1)]
    frame["source"] = same_for_all(FEED_SOURCE, len(frame))
    frame["month"] = month
    frame["occurred_at"] = at
    frame["category"] = same_for_all(ASB, len(frame))
    frame["asb_type"] = pd.Series([_KINDS[k][1] for k in kind.tolist()], dtype="category")
    frame["subcategory"] = pd.Categorical.from_codes(kind, categories=pd.Index([k[0] for k in _KINDS]))
    feed = Incidents(
        frame=conform(frame),
        months=months,
        version=digest(area, points, place, at.astype(np.int64), kind),
        simulated=True,
        source=FEED_SOURCE,
    )
    window = _on(key, EVENTS[0])
    ratio = float((usual * event)[window].sum() / usual[window].sum())
    return feed, EVENTS, ratio, clock


def _on(key: NDArray[np.int64], event: PlantedEvent) -> NDArray[np.bool_]:
    first, last = (month * 100 + day for month, day in (event.first, event.last))
    return np.asarray((key >= first) & (key <= last))


def _clock() -> NDArray[np.float64]:
    table = np.tile(np.array(_HOURS), (7, 1))
    table[4:6, list(_LATE)] *= 1.7  # Friday and Saturday
    table[6, :3] *= 1.7  # and what runs on into Sunday
    return np.asarray(table / table.sum(axis=1, keepdims=True))


def _seconds(
    weekday: NDArray[np.int64], night: NDArray[np.bool_], clock: NDArray[np.float64], rng: np.random.Generator
) -> NDArray[np.timedelta64]:
    """Draw a time of day to the minute; on the nights of an event more falls in the evening."""
    late = clock.copy()
    late[:, list(_EVENING)] *= 2.5
    late /= late.sum(axis=1, keepdims=True)
    cumulative = np.cumsum(np.stack([clock, late]), axis=2)[night.astype(int), weekday]
    hour = (rng.random(len(weekday))[:, None] >= cumulative / cumulative[:, -1:]).sum(axis=1)
    minute = rng.integers(60, size=len(weekday))
    return np.asarray((hour * 3600 + minute * 60).astype("timedelta64[s]"))


def _skipped_hour(at: NDArray[np.datetime64]) -> NDArray[np.bool_]:
    """Whether a local time does not exist: 01:00 to 01:59 on the last Sunday of March, when clocks go forward."""
    when = pd.DatetimeIndex(at)
    return np.asarray((when.month == 3) & (when.day >= 25) & (when.day_of_week == 6) & (when.hour == 1))


def _kinds(event: NDArray[np.bool_], rng: np.random.Generator) -> NDArray[np.int64]:
    share = np.array([[k[2] for k in _KINDS], [k[3] for k in _KINDS]])
    cumulative = np.cumsum(share / share.sum(axis=1, keepdims=True), axis=1)[event.astype(int)]
    return np.asarray((rng.random(len(event))[:, None] >= cumulative[:, :-1]).sum(axis=1))
