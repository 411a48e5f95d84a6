"""The demonstration: simulated incidents on the real wards, whose truth is known because it was planted.

Wards and residents are the area's own. Totals, points, streets, places, days and outcomes are drawn at random from a
fixed seed: the same area gives the same demonstration, on any day and any machine, and no total in it is published.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.demo.fall import PlantedFall, plant_fall
from data.demo.feed import PlantedEvent, make_feed
from data.demo.places import PlantedPlace, Weights, make_weights
from data.demo.streets import Points, digest, located, make_points, same_for_all
from data.demo.totals import LAST_YEAR, TOTAL_CATEGORIES, monthly_totals
from data.kinds.crime_types import ASB
from data.place.area import Area
from data.store.in_wards import in_wards
from data.store.schema import Incidents, conform

SOURCE = "demonstration"
SEED = 20250115
BUFFER_VOLUME = 0.3  # incidents in the buffer to every incident inside

# Last outcomes, commonest first, with rough weights; ASB has none, as in the published files.
_OUTCOMES = (
    "Unable to prosecute suspect",
    "Investigation complete; no suspect identified",
    "Court result unavailable",
    "Local resolution",
    "Under investigation",
)
_OUTCOME_SHARE = (0.46, 0.34, 0.12, 0.05, 0.03)


@dataclass(frozen=True, eq=False)
class Planted:
    """What was planted: the truth that an analysis of the demonstration has to find, and nothing else.

    Attributes
    ----------
    places : tuple of PlantedPlace
        Persistent places (``months`` empty) and places that rise in some calendar months.
    totals : DataFrame of int
        Incidents inside the area by month (rows) and crime type (columns); the recorded incidents equal it exactly.
    last_year : mapping of crime type to float
        Level of the last 12 months against those before, of crime types whose level changes; no other does.
    events : tuple of PlantedEvent
        Ratios by which the days of the feed are multiplied.
    window_ratio : float
        What the event ratios come to over the whole event window of the feed, per day against an ordinary day.
    hour_by_weekday : ndarray, shape (7, 24)
        Share of the feed's incidents of a weekday (Monday first) by hour, on ordinary days; every row sums to 1.
    points : Points
        The snap points.
    fall : PlantedFall or None
        A fall at one of the places, in the recorded incidents and in the feed; None where the area is too small.
    """

    places: tuple[PlantedPlace, ...]
    totals: pd.DataFrame = field(repr=False)
    last_year: Mapping[str, float]
    events: tuple[PlantedEvent, ...]
    window_ratio: float
    hour_by_weekday: NDArray[np.float64] = field(repr=False)
    points: Points = field(repr=False)
    fall: PlantedFall | None


@dataclass(frozen=True, eq=False)
class Demo:
    """The demonstration.

    Attributes
    ----------
    incidents : Incidents
        Month data as police.uk publishes it, buffer included; ``simulated``.
    feed : Incidents
        ASB with day and time, as a partner's feed would have it; ``simulated``.
    as_at : date
        The day on which the demonstration is looked at.
    planted : Planted
    """

    incidents: Incidents
    feed: Incidents
    as_at: date
    planted: Planted


def make_demo(area: Area) -> Demo:
    """Simulate 36 months of incidents for an area.

    Parameters
    ----------
    area : Area
        With a ``[demonstration]`` table its months and as-at date are used; without one the months are January 2022 to
        December 2024 and the date is 15 January 2025. Totals follow the residents (or the number of wards).

    Returns
    -------
    Demo
        Deterministic; under 2 s.

    Notes
    -----
    When it misleads: always, when it is taken for more than a demonstration. Every incident is made up. A large area is
    simulated more thinly than it would be (``data.demo.totals.MOST_INCIDENTS``), so that it opens as quickly.
    """
    raw: Mapping[str, Any] = area.raw.get("demonstration", {})
    months = pd.period_range(raw.get("first", "2022-01"), raw.get("last", "2024-12"), freq="M")
    as_at = demonstration_day(area)
    streams = np.random.default_rng(SEED).spawn(7)  # one for each part, so that a change in one leaves the others
    points = make_points(area, streams[0])
    totals = monthly_totals(area, months, streams[1])
    weights, places = make_weights(points, streams[2])
    fall = plant_fall(places, totals)
    incidents = _recorded(area, points, weights, totals, fall, (streams[3], streams[5]))
    feed, events, window_ratio, clock = make_feed(points, weights, totals[ASB], area, fall, (streams[4], streams[6]))
    return Demo(
        incidents=incidents,
        feed=feed,
        as_at=as_at,
        planted=Planted(
            places=places,
            totals=totals,
            last_year=LAST_YEAR,
            events=events,
            window_ratio=window_ratio,
            hour_by_weekday=clock,
            points=points,
            fall=fall,
        ),
    )


def demonstration_day(area: Area) -> date:
    """Tell the day on which the demonstration of an area is looked at."""
    return date.fromisoformat(str(area.raw.get("demonstration", {}).get("as_at", "2025-01-15")))


def demo_in(demo: Demo, area: Area) -> Demo:
    """Give the incidents of a demonstration the wards of another layer of its area.

    Parameters
    ----------
    demo : Demo
        Made for the first layer.
    area : Area
        With the layer that is looked at.
    """
    return replace(demo, incidents=in_wards(demo.incidents, area), feed=in_wards(demo.feed, area))


def _recorded(
    area: Area,
    points: Points,
    weights: Weights,
    totals: pd.DataFrame,
    fall: PlantedFall | None,
    streams: tuple[np.random.Generator, np.random.Generator],
) -> Incidents:
    """Draw the place of every recorded incident: inside exactly the planted totals, and some in the buffer."""
    rng, of_fall = streams
    months = pd.PeriodIndex(totals.index)
    buffer_points = np.flatnonzero(~points.inside)
    at: list[NDArray[np.int64]] = []
    month: list[NDArray[np.int64]] = []
    kind: list[NDArray[np.int64]] = []
    for code, category in enumerate(TOTAL_CATEGORIES):
        number = totals[category].to_numpy()
        row = np.repeat(np.arange(len(months)), number)
        there = weights.draw(category, months.month.to_numpy()[row], rng)
        if fall is not None and fall.category == category:
            there = fall.moved(points, weights, there, months.asi8[row], of_fall)
        at.append(there)
        month.append(row)
        kind.append(np.full(len(row), code))
        if len(buffer_points):
            row = np.repeat(np.arange(len(months)), rng.poisson(BUFFER_VOLUME * number))
            at.append(buffer_points[rng.integers(len(buffer_points), size=len(row))])
            month.append(row)
            kind.append(np.full(len(row), code))
    place, when, what = np.concatenate(at), np.concatenate(month), np.concatenate(kind)
    order = np.lexsort((rng.random(len(when)), when))
    place, when, what = place[order], when[order], what[order]
    outcome = rng.choice(len(_OUTCOMES), size=len(place), p=_OUTCOME_SHARE)
    outcome[what == TOTAL_CATEGORIES.index(ASB)] = -1
    names = months.strftime("%Y-%m").tolist()
    frame = located(points, place, area)
    frame["incident_id"] = [f"simulated:{names[m]}:{n}" for n, m in enumerate(when.tolist(), start=1)]
    frame["source"] = same_for_all(SOURCE, len(frame))
    frame["force"] = same_for_all(area.forces[0] if area.forces else SOURCE, len(frame))
    frame["month"] = months.asi8[when]
    frame["category"] = pd.Categorical.from_codes(what, categories=pd.Index(TOTAL_CATEGORIES))
    frame["outcome"] = pd.Categorical.from_codes(outcome, categories=pd.Index(_OUTCOMES))
    return Incidents(
        frame=conform(frame),
        months=months,
        version=digest(area, points, place, when, what),
        simulated=True,
        source=SOURCE,
    )
