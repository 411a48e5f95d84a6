"""What was recorded inside a zone: in its months of past years, of late, beside the area, and how sure that is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from analysis.common.method import YEAR, Method, covered, list_months
from analysis.common.rates import WHO_REPORTS
from analysis.common.refusal import Refusal
from analysis.common.years import Comparison, compare_series
from analysis.where.period_test import LEAST_INCIDENTS, change_test
from analysis.zone.months import same_months
from data.kinds.changes import EVERY
from data.kinds.crime_types import ASB, CATEGORIES, GROUPS, addable, kinds_of
from data.place.area import Area
from data.store.schema import Incidents, month_numbers

EDGE_M = 50.0
CRIME = GROUPS[0].category  # all recorded crime, without ASB
FEW = 10  # incidents in two years under which a crime type has no row of its own
_AREA, _HERE, _WIDER, _NARROWER = range(4)


@dataclass(frozen=True)
class YearCount:
    """The zone's months in one year; ``here`` and ``area`` are None where one of the months is not in the data."""

    first: pd.Period
    last: pd.Period
    here: int | None
    area: int | None


@dataclass(frozen=True)
class Beside:
    """The zone's change over the change of the whole area; 1 is as the area. ``clear`` where the range leaves out 1."""

    ratio: float
    low: float
    high: float
    clear: bool


@dataclass(frozen=True)
class KindCount:
    """What was recorded of one crime type, or of a sum.

    Attributes
    ----------
    category : str
    years : tuple of YearCount
        The zone's months in every year that reaches into the data, the earliest first.
    here, area : int
        In those of the last 12 months that are in the data, inside the zone and in the whole area.
    wider, narrower : int
        What ``here`` would be, were the zone 50 m wider or narrower.
    late, area_late : Comparison or Refusal
        The last 12 months against the 12 before, inside the zone and in the whole area.
    beside : Beside or Refusal
    """

    category: str
    years: tuple[YearCount, ...]
    here: int
    area: int
    wider: int
    narrower: int
    late: Comparison | Refusal
    area_late: Comparison | Refusal
    beside: Beside | Refusal

    @property
    def share(self) -> float | None:
        """Part of the area's incidents that lie in the zone; None where the area has none."""
        return self.here / self.area if self.area else None


@dataclass(frozen=True, eq=False)
class Recorded:
    """What was recorded inside a zone.

    Attributes
    ----------
    kinds : tuple of KindCount
        ASB; all recorded crime, which never holds ASB; then each crime type with at least 10 incidents in the zone in
        the last 24 months, the most frequent first.
    months : PeriodIndex
        That the zone lies in.
    as_at : Period
        Last month of the data.
    known : str
        Months of the data, in words.
    late_months : int
        How many of the last 12 months are in the data.
    land_share : float
        Part of the area's land that the zone covers.
    outside_share : float
        Part of the zone that lies outside the area; nothing of it is counted.
    points, edge_points : int
        Published points inside the zone, and within 50 m of its edge on either side.
    near : tuple of (float, float)
        Those points, inside or within 50 m of the edge: easting and northing, EPSG:27700.
    narrower_left : bool
        Whether anything is left of the zone when it is 50 m narrower.
    source, version : str
        Of the data.
    simulated : bool
    method : Method
    """

    kinds: tuple[KindCount, ...]
    months: pd.PeriodIndex
    as_at: pd.Period
    known: str
    late_months: int
    land_share: float
    outside_share: float
    points: int
    edge_points: int
    near: tuple[tuple[float, float], ...] = field(repr=False)
    narrower_left: bool
    source: str
    version: str
    simulated: bool
    method: Method = field(repr=False)


def recorded(incidents: Incidents, area: Area, shape: Any, months: pd.PeriodIndex) -> Recorded:
    """Count what was recorded inside a zone.

    Parameters
    ----------
    incidents : Incidents
        Of every crime type, nothing later than the as-at month.
    area : Area
    shape : Geometry
        Polygon or polygons, EPSG:27700. A point on its edge lies inside.
    months : PeriodIndex
        That the zone lies in: :func:`analysis.zone.months.zone_months`.

    Returns
    -------
    Recorded

    Raises
    ------
    Refusal
        Nothing is loaded; the zone lies outside the area; no published point lies in it.

    Notes
    -----
    Counts are of points in the polygon. The change of late is :func:`analysis.common.years.compare_series`, the change
    beside the area :func:`analysis.where.period_test.change_test` of the zone against the rest of the area, each at
    5 % and uncorrected for the number of crime types.

    When it misleads: published incidents stand at the nearest of a fixed list of points, up to some hundreds of metres
    from where they happened. So a small zone's count depends on which points lie in it: incidents of its own may stand
    outside, and those of its surroundings inside. ``edge_points``, ``wider`` and ``narrower`` say how much hangs on
    that. A zone that was drawn where much had just been recorded will look as if it fell afterwards.

    References
    ----------
    Tompson, L. and others (2015). UK open source crime data: accuracy and possibilities for research. Cartography and
    Geographic Information Science 42, 97-111 (how points are moved).
    """
    end = incidents.as_at_month
    if end is None:
        raise Refusal("What was recorded in the zone is not known: nothing is loaded", "Load files on the Data page")
    inside = shapely.intersection(shape, area.wards.outline)
    if inside.area == 0:
        raise Refusal(f"The zone lies outside the {area.kind}: nothing is counted there", "Choose a zone inside it")
    near, in_it, by_edge = published_points(incidents, shape)
    if not in_it.any():
        raise Refusal(
            "No published point lies in the zone: incidents stand at the nearest of a fixed list of points, so that "
            "none here does not mean that nothing happened"
        )
    narrow = shapely.buffer(shape, -EDGE_M)
    table = _Table.of(incidents, (shape, shapely.buffer(shape, EDGE_M), narrow))
    kinds = [_kind(table, category, months, area.kind) for category in _listed(table)]
    late = table.late
    return Recorded(
        kinds=tuple(kinds),
        months=months,
        as_at=end,
        known=covered(incidents.months),
        late_months=int(late.sum()),
        land_share=float(inside.area / area.wards.outline.area),
        outside_share=max(0.0, 1.0 - float(inside.area / shape.area)),
        points=int(in_it.sum()),
        edge_points=int(by_edge.sum()),
        near=tuple((float(x), float(y)) for x, y in near),
        narrower_left=not narrow.is_empty,
        source=incidents.source,
        version=incidents.version,
        simulated=incidents.simulated,
        method=Method(
            name="incidents whose published point lies in the zone",
            parameters={
                "edge": f"{EDGE_M:g} m to either side",
                "change": "12 months against the 12 before, 95 %, counts divided by how much months vary",
                "beside": "the zone against the rest of the area, months as the unit of variation, 95 %",
            },
            n=int(table.counts[_HERE].sum()),
            correction="none for several crime types: of 20 rows one may look clear by chance",
            data_version=incidents.version,
            period=covered(incidents.months),
            caveats=(
                "Published points are moved, up to some hundreds of metres: a small zone's count depends on which "
                "points lie in it.",
                WHO_REPORTS,
                "A zone is drawn where much was recorded: fewer afterwards can be chance.",
            ),
            source_refs=("Tompson and others 2015",),
        ),
    )


def published_points(
    incidents: Incidents, shape: Any
) -> tuple[NDArray[np.float64], NDArray[np.bool_], NDArray[np.bool_]]:
    """Find the published points inside a zone or within 50 m of its edge.

    Parameters
    ----------
    incidents : Incidents
        Of every month and crime type; a point is known where at least one incident stands.
    shape : Geometry
        EPSG:27700.

    Returns
    -------
    points : ndarray, shape (n, 2)
        Easting and northing, each once, in their order.
    inside, edge : ndarray of bool, shape (n,)
        Which lie inside or on the edge, and which within 50 m of the edge on either side.

    Notes
    -----
    When it misleads: a point where nothing ever was recorded is not known.

    References
    ----------
    Of this project.
    """
    east, north = _places(incidents.frame)
    near = _near(east, north, shape.bounds, EDGE_M)
    each = np.unique(np.column_stack([east[near], north[near]]), axis=0)
    at = shapely.points(each)
    shapely.prepare(shape)
    inside = shapely.intersects(shape, at)
    edge = shapely.distance(at, shapely.boundary(shape)) <= EDGE_M
    kept = inside | edge
    return each[kept], inside[kept], edge[kept]


def _places(frame: pd.DataFrame) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    return frame["easting_m"].to_numpy(dtype=float), frame["northing_m"].to_numpy(dtype=float)


def _near(
    east: NDArray[np.float64], north: NDArray[np.float64], bounds: Sequence[float], by_m: float
) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = (
        (east >= bounds[0] - by_m) & (north >= bounds[1] - by_m) & (east <= bounds[2] + by_m)
        & (north <= bounds[3] + by_m)
    )  # fmt: skip
    return found


def inside_of(frame: pd.DataFrame, shape: Any) -> NDArray[np.bool_]:
    """Tell which incidents lie in a polygon or on its edge, shape (n,)."""
    east, north = _places(frame)
    found = np.zeros(len(frame), dtype=bool)
    if shape.is_empty:
        return found
    near = np.flatnonzero(_near(east, north, shape.bounds, 0.0))
    shapely.prepare(shape)
    found[near] = shapely.intersects_xy(shape, east[near], north[near])
    return found


@dataclass(frozen=True, eq=False)
class _Table:
    """Counts of the area, the zone, the wider and the narrower one, by published month and crime type."""

    incidents: Incidents  # without rows: it knows which months count a crime type alike
    months: pd.PeriodIndex
    counts: NDArray[np.int64]  # shape (4, months, types)

    @classmethod
    def of(cls, incidents: Incidents, shapes: Sequence[Any]) -> _Table:
        """Count once, in the area only."""
        frame = incidents.in_area().frame
        month = pd.Index(incidents.months.asi8).get_indexer(pd.Index(month_numbers(frame)))
        kind = pd.Index(EVERY).get_indexer(pd.Index(frame["category"].astype("object")))
        known = (month >= 0) & (kind >= 0)
        size = (len(incidents.months), len(EVERY))
        found = []
        for keep in (known, *(known & inside_of(frame, shape) for shape in shapes)):
            flat = np.bincount(month[keep] * size[1] + kind[keep], minlength=size[0] * size[1])
            found.append(flat.astype(np.int64).reshape(size))
        return cls(replace(incidents, frame=incidents.frame.iloc[:0]), incidents.months, np.array(found))

    @property
    def late(self) -> NDArray[np.bool_]:
        """Which months are among the last 12."""
        return np.asarray(self.months > self.months[-1] - YEAR)

    def series(self, which: int, category: str) -> pd.Series[float]:
        """Count by month, NaN where a month is missing or counts the crime type otherwise."""
        kinds = [EVERY.index(kind) for kind in kinds_of(category)]
        found = pd.Series(self.counts[which][:, kinds].sum(axis=1).astype(float), index=self.months)
        alike = self.incidents.of(category).months
        every = pd.period_range(self.months[0], self.months[-1], freq="M")
        return found[self.months.isin(alike)].reindex(every)

    def sums(self, category: str) -> list[int]:
        """Count in those of the last 12 months that are there."""
        months = pd.period_range(self.months[-1] - YEAR + 1, self.months[-1], freq="M")
        return [int(self.series(which, category).reindex(months).sum()) for which in range(len(self.counts))]


def _listed(table: _Table) -> list[str]:
    """ASB, all crime, then each crime type with enough incidents, the most frequent first."""
    two_years = np.asarray(table.months > table.months[-1] - 2 * YEAR)
    number = {kind: int(table.counts[_HERE][two_years, EVERY.index(kind)].sum()) for kind in CATEGORIES}
    own = [kind for kind in CATEGORIES if addable(kind) and number[kind] >= FEW]
    return [ASB, CRIME, *sorted(own, key=lambda kind: (-number[kind], kind))]


def _kind(table: _Table, category: str, months: pd.PeriodIndex, area_kind: str) -> KindCount:
    here, whole = table.series(_HERE, category), table.series(_AREA, category)
    end = table.months[-1]
    sums = table.sums(category)
    late, area_late = (_of_late(series, end, table.incidents.version) for series in (here, whole))
    years = []
    for each in same_months(months, table.months[0], end):
        own, all_ = (series.reindex(each) for series in (here, whole))
        lacking = bool(own.isna().any())
        counts = (None, None) if lacking else (int(own.sum()), int(all_.sum()))
        years.append(YearCount(each[0], each[-1], *counts))
    return KindCount(
        category, tuple(years), sums[_HERE], sums[_AREA], sums[_WIDER], sums[_NARROWER], late, area_late,
        _beside(here, whole, end, area_kind),
    )  # fmt: skip


def _of_late(series: pd.Series[float], end: pd.Period, version: str) -> Comparison | Refusal:
    try:
        return compare_series(series, end, "Incidents", data_version=version)
    except Refusal as why:
        return why


def _beside(here: pd.Series[float], whole: pd.Series[float], end: pd.Period, area_kind: str) -> Beside | Refusal:
    months = pd.period_range(end - 2 * YEAR + 1, end, freq="M")
    own, all_ = here.reindex(months), whole.reindex(months)
    if missing := list(months[own.isna().to_numpy()]):
        are = "is" if len(missing) == 1 else "are"
        return Refusal(
            f"The change cannot be held against the {area_kind}'s: {list_months(missing)} {are} not in the data",
            "Load the missing months on the Data page",
        )
    table = np.column_stack([own, all_ - own])
    if not table[:, 1].any():
        return Refusal(f"Nothing was recorded in the rest of the {area_kind} to hold it against")
    try:
        found = change_test(table[:YEAR], table[YEAR:])
    except Refusal as why:
        return why
    if not found.tested[0]:
        return Refusal(f"Under {LEAST_INCIDENTS} incidents in two years: no change can be told from chance")
    low, high = float(found.low[0]), float(found.high[0])
    return Beside(float(found.ratio[0]), low, high, clear=low > 1 or high < 1)
