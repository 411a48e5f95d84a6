"""The zone of the demonstration: made in memory, never kept; nobody made such an order."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import numpy as np
import shapely

from analysis.where.places import is_generic, street_name
from data.demo.fall import PlantedFall
from data.demo.places import PlantedPlace
from data.feed.times import zone_of
from data.plan.kept import Kept
from data.zone.zone import PUBLIC_SPACES, STREETS, Zone, kept_shape
from geo.assign import assign_wards
from pages.ui.shell.cache import Dataset, cached

NUMBER = -1  # no record that is kept has a number below 1
WORD = "example"  # what stands in the address for its number
WHAT = "Example of the demonstration"
READ_ONLY = "An example: it can be looked at, not changed."
_YEARS = 3
_WIDE_M = 40.0  # to every side of the snap points
_BEFORE = timedelta(days=12)  # it was made so long before it came into force
_NOTES = "Made up: nobody made such an order. No open alcohol, and engines off when parked."


def example_zone(data: Dataset) -> Kept[Zone] | None:
    """Give the zone of the demonstration: around the place where a fall was planted, in force on its as-at day.

    Parameters
    ----------
    data : Dataset

    Returns
    -------
    Kept of Zone or None
        Number -1, read only; None on other data, and where no fall was planted. Once for a version of the data.
    """
    if data.demo is None or data.demo.planted.fall is None:
        return None
    return cached(_made, data)


def _made(data: Dataset) -> Kept[Zone]:
    demo = data.demo
    assert demo is not None and demo.planted.fall is not None  # noqa: S101, PT018  see example_zone
    fall, points = demo.planted.fall, demo.planted.points
    here = fall.members(points)
    spots = shapely.multipoints(np.column_stack([points.easting_m[here], points.northing_m[here]]))
    shape = shapely.buffer(shapely.convex_hull(spots), _WIDE_M, quad_segs=2)
    clock = zone_of(data.area)
    first = datetime.combine(fall.first.start_time.date(), time(), clock)
    zone = Zone(
        name=f"Order around {place_name(data, fall)}",
        kind=PUBLIC_SPACES,
        role="The council's head of community safety",
        starts=first.astimezone(UTC),
        ends=first.replace(year=first.year + _YEARS).astimezone(UTC),
        wkt=kept_shape(shape),
        origin=STREETS,
        notes=_NOTES,
        data_version=demo.incidents.version,
        simulated=True,
    )
    return Kept(NUMBER, 1, zone.starts - _BEFORE, WHAT, archived=False, content=zone)


def place_name(data: Dataset, place: PlantedPlace | PlantedFall) -> str:
    """Name a planted place by its busiest street, else by the ward in which its middle lies."""
    frame = data.incidents.of(place.category).in_area().frame
    apart = np.hypot(frame["easting_m"] - place.easting_m, frame["northing_m"] - place.northing_m)
    texts = frame.loc[apart <= place.radius_m, "location"].astype("object")
    names = [street_name(str(text)) for text in texts]
    streets = [name for name in names if name and not is_generic(name)]
    if streets:
        return max(sorted(set(streets)), key=streets.count)
    wards = data.area.wards
    return wards.names[int(assign_wards([place.easting_m], [place.northing_m], wards, 0)[0])]
