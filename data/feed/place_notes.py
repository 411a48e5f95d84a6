"""What the places of a file show that a person should know: how exact they are, and points that stand for no place."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from data.place.area import Area
from data.store.schema import coarsest_m
from geo.assign import OUTSIDE, assign_wards
from geo.points import REFERENCE

POSTCODES = "centres of postcode units"
_SHARE = 0.005  # how rarely a point may stand out by chance
_NEXT = 20  # points after it that tell how unequal points are here
_STEEPEST = 5.0  # tail index from which points count as alike: one has to be four times the next
_FEWEST = 10  # rows at a point

Floats = NDArray[np.float64]


def place_notes(east: Floats, north: Floats, precision: Floats, area: Area, form: str = "") -> tuple[str, ...]:
    """Say in which form places were read, which are too coarse for cells, and which points stand out.

    Parameters
    ----------
    east, north, precision : ndarray, shape (n,)
        Metres; NaN where there is no place, or an exact one.
    area : Area
    form : str
        Of a column of points or postcodes; empty for two columns.
    """
    notes = []
    there = np.isfinite(east)
    if form == POSTCODES:
        notes.append(f"places are the centres of postcode units, not where it happened: {there.sum():,} rows")
    elif form == REFERENCE:
        notes.append("places read as National Grid references: each is the middle of its square")
    elif form:
        notes.append(f"places read as {form}")
    coarse = there & (precision > coarsest_m(area.cell_size_m))
    if coarse.any():
        widths = np.unique(np.round(precision[coarse]))
        how = f"{widths[0]:,.0f} m" if len(widths) == 1 else f"{widths[0]:,.0f} to {widths[-1]:,.0f} m"
        notes.append(
            f"the places of {coarse.sum():,} rows are known to {how} only: they count in wards, and not in cells of "
            f"{area.cell_size_m:g} m"
        )
    return (*notes, *default_points(east[there], north[there]))


def default_points(east: Floats, north: Floats) -> tuple[str, ...]:
    """Point out one or two points with far more rows than any other.

    Parameters
    ----------
    east, north : ndarray, shape (n,)
        Metres, finite.

    Notes
    -----
    Real places are unequal too, often like a power law. If they are, the ratio of the busiest to the next is beyond r
    with probability r to the power of minus the tail index (Rényi), and of the second to the third with twice that
    exponent. The index is Hill's of the 20 points after it, at most 5. A point is told from one in two hundred on,
    and from 10 rows. On the published points of two forces, which nobody put there by default, no month was pointed out
    (``tests/feed/test_feed_default_points.py``). When it misleads: a real place may stand out so; three or more
    default points hide each other.

    References
    ----------
    Hill 1975, A simple general approach to inference about the tail of a distribution. Rényi 1953, On the theory of
    order statistics.
    """
    points, counts = np.unique(np.round(np.column_stack([east, north])), axis=0, return_counts=True)
    order = np.lexsort((points[:, 1], points[:, 0], -counts)) if len(points) else np.empty(0, dtype=np.intp)
    points, counts = points[order], counts[order]
    far = _standing_out(counts.tolist())
    notes = []
    for at in range(far):
        x, y = points[at]
        after = f"; of all other points the busiest has {counts[far]:,}" if len(points) > far else ""
        notes.append(
            f"{counts[at]:,} of {len(east):,} rows lie at one point ({x:.0f}, {y:.0f}){after}: is it where "
            "incidents are logged when the place is not known? If so, leave them out of the file or blank their place"
        )
    return tuple(notes)


def _standing_out(counts: Sequence[int]) -> int:
    """How many of the busiest points stand out, 0 to 2; ``counts`` begin with the most."""
    if len(counts) == 1:
        return int(counts[0] >= _FEWEST)
    for place in (2, 1):
        if len(counts) <= place or counts[place - 1] < _FEWEST:
            continue
        tail = counts[place : place + _NEXT]
        spread = sum(math.log(count / tail[-1]) for count in tail)
        index = min((len(tail) - 1) / spread, _STEEPEST) if spread > 0 else _STEEPEST
        if (counts[place - 1] / counts[place]) ** (-place * index) <= _SHARE:
            return place
    return 0


def swapped_notes(east: Floats, north: Floats, ward: NDArray[np.int16], area: Area) -> tuple[str, ...]:
    """Point out rows outside that would lie in the area with easting and northing swapped."""
    away = np.isfinite(east) & (ward == OUTSIDE)
    if not away.any():
        return ()
    inside = int((assign_wards(north[away], east[away], area.wards, 0.0) >= 0).sum())
    if not inside:
        return ()
    rows = "row lies outside and would lie" if inside == 1 else "rows lie outside and would lie"
    return (f"{inside:,} {rows} in {area.name} with easting and northing swapped: are they swapped?",)
