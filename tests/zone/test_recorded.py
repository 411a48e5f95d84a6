"""What was recorded in a zone, held against counting by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from analysis.common.refusal import Refusal
from analysis.common.years import Comparison
from analysis.zone.months import same_months, zone_months
from analysis.zone.recorded import CRIME, EDGE_M, Beside, Recorded, inside_of, published_points, recorded
from data.kinds.crime_types import ASB, kinds_of
from data.place.area import Area
from data.store.schema import Incidents
from tests.made_incidents import made, months_of
from tests.properties import examples

OCTOBER = pd.period_range("2025-10", "2025-11", freq="M")
LONDON = "Europe/London"


def centre(area: Area) -> tuple[float, float]:
    at = area.wards.outline.representative_point()
    return float(at.x), float(at.y)


def busy(real: Incidents) -> Any:
    """300 m around the published point with the most ASB of the last year."""
    asb = real.of(ASB).in_area().frame
    asb = asb[asb["month"] > real.months[-1] - 12]
    points, counts = np.unique(asb[["easting_m", "northing_m"]].to_numpy(), axis=0, return_counts=True)
    return shapely.Point(points[counts.argmax()]).buffer(300)


def at_by_hand(frame: pd.DataFrame, shape: Any) -> pd.DataFrame:
    """The other route: each point on its own."""
    each = frame[["easting_m", "northing_m"]].drop_duplicates()
    near = each[
        (each["easting_m"].sub(shape.centroid.x).abs() < 3000) & (each["northing_m"].sub(shape.centroid.y).abs() < 3000)
    ]
    keep = [shape.covers(shapely.Point(x, y)) for x, y in near.itertuples(index=False)]
    return frame.merge(near[keep], on=["easting_m", "northing_m"])


@pytest.fixture(scope="module")
def found(real: Incidents, area: Area) -> Recorded:
    return recorded(real, area, busy(real), OCTOBER)


def test_real_counts_are_those_by_hand(found: Recorded, real: Incidents, area: Area) -> None:
    shape, end = busy(real), real.months[-1]
    wanted = {"here": shape, "wider": shape.buffer(EDGE_M), "narrower": shape.buffer(-EDGE_M)}
    frame = real.frame[real.frame["ward_code"].notna()]
    late = frame[frame["month"] > end - 12]
    by_hand = {name: at_by_hand(late, each)["category"].value_counts() for name, each in wanted.items()}
    assert {one.category for one in found.kinds[2:]} <= set(kinds_of(CRIME))
    for one in found.kinds:
        for name in wanted:
            assert getattr(one, name) == by_hand[name].reindex(kinds_of(one.category)).sum(), (one.category, name)
        assert one.area == late["category"].isin(kinds_of(one.category)).sum()
    asb = found.kinds[0]
    assert asb.category == ASB
    assert asb.here > 30
    assert asb.narrower <= asb.here <= asb.wider
    own = at_by_hand(frame[frame["category"] == ASB], shape)["month"].value_counts()
    assert [each.first.year for each in asb.years] == [2018, 2019, 2020, 2021, 2022, 2023, 2024]
    for each in asb.years:
        there = each.first in real.months and each.last in real.months
        assert each.here == (own.get(each.first, 0) + own.get(each.last, 0) if there else None)
    assert sum(one.here is not None for one in asb.years) == 6
    assert found.points == len(at_by_hand(real.frame, shape)[["easting_m", "northing_m"]].drop_duplicates())
    assert found.land_share == pytest.approx(shape.intersection(area.wards.outline).area / area.wards.outline.area)


def test_of_late_is_beside_the_area(found: Recorded, real: Incidents) -> None:
    asb = found.kinds[0]
    assert isinstance(asb.late, Comparison)
    assert isinstance(asb.area_late, Comparison)
    assert isinstance(asb.beside, Beside)
    assert (asb.late.current, asb.area_late.current) == (asb.here, asb.area)
    assert asb.beside.ratio == pytest.approx(asb.late.change_ratio / asb.area_late.change_ratio)
    assert asb.beside.low < asb.beside.ratio < asb.beside.high
    assert found.version == real.version


def test_a_rise_is_found_and_chance_is_not(area: Area) -> None:
    x, y = centre(area)
    months = months_of(24)
    rng = np.random.default_rng(1)
    ward = area.wards.codes[0]
    for factor, clear in ((3, True), (1, False)):
        month = [m for i, m in enumerate(months) for _ in range(rng.poisson(4 * (factor if i >= 12 else 1)))]
        own = made([x] * len(month), [y] * len(month), month, months, ward_code=ward)
        rest_month = [m for m in months for _ in range(50)]
        rest = made([x + 900] * 1200, [y] * 1200, rest_month, months, ward_code=ward)
        both = replace(own, frame=pd.concat([own.frame, rest.frame]))
        asb = recorded(both, area, shapely.Point(x, y).buffer(100), OCTOBER).kinds[0]
        assert isinstance(asb.late, Comparison)
        assert isinstance(asb.beside, Beside)
        assert (asb.late.differs, asb.beside.clear) == (clear, clear)
        assert asb.share == pytest.approx(asb.here / (asb.here + 600))


def test_a_month_that_is_missing_is_no_zero(area: Area) -> None:
    x, y = centre(area)
    months = months_of(30, "2022-01").delete(21)  # October 2023
    incidents = made([x, x], [y, y], ["2022-10", "2023-11"], months, ward_code=area.wards.codes[0])
    years = recorded(incidents, area, shapely.Point(x, y).buffer(100), OCTOBER).kinds[0].years
    assert [(one.first.year, one.here) for one in years] == [(2022, 1), (2023, None)]


def test_refusals(area: Area) -> None:
    x, y = centre(area)
    zone = shapely.Point(x, y).buffer(100)
    ward = area.wards.codes[0]
    with pytest.raises(Refusal, match="nothing is loaded"):
        recorded(made([], [], [], months_of(0)), area, zone, OCTOBER)
    months = months_of(1)
    one = made([x], [y], months, months, ward_code=ward)
    with pytest.raises(Refusal, match="outside the"):
        recorded(one, area, shapely.Point(0, 0).buffer(100), OCTOBER)
    with pytest.raises(Refusal, match="No published point"):
        recorded(one, area, shapely.Point(x + 500, y).buffer(100), OCTOBER)
    asb = recorded(one, area, zone, OCTOBER).kinds[0]
    assert isinstance(asb.late, Refusal)
    assert isinstance(asb.beside, Refusal)
    assert asb.here == 1
    assert asb.years == ()


def test_what_lies_outside_the_area_is_not_counted(area: Area) -> None:
    months = months_of(12)
    edge = area.wards.outline.exterior if area.wards.outline.geom_type == "Polygon" else area.wards.outline.boundary
    at = edge.interpolate(100)
    incidents = made([at.x, at.x], [at.y, at.y], [months[-1]] * 2, months, ward_code=[area.wards.codes[0], None])
    found = recorded(incidents, area, at.buffer(200), OCTOBER)
    assert found.kinds[0].here == 1
    assert 0.1 < found.outside_share < 0.9


@given(st.lists(st.tuples(st.integers(-160, 160), st.integers(-160, 160)), min_size=1, max_size=40))
@examples(30)
def test_points_in_any_place_are_told_apart(at: list[tuple[int, int]]) -> None:
    shape = shapely.Polygon([(0, 0), (100, 0), (100, 40), (40, 40), (40, 100), (0, 100)])  # an L
    months = months_of(1)
    incidents = made([x for x, _ in at], [y for _, y in at], [months[0]] * len(at), months)

    def within(x: int, y: int) -> bool:
        return (0 <= x <= 100 and 0 <= y <= 40) or (0 <= x <= 40 and 0 <= y <= 100)

    assert inside_of(incidents.frame, shape).tolist() == [within(x, y) for x, y in at]
    points, inside, edge = published_points(incidents, shape)
    assert {tuple(one) for one in points[inside].tolist()} == {(x, y) for x, y in at if within(x, y)}
    close = {(x, y) for x, y in at if shape.exterior.distance(shapely.Point(x, y)) <= EDGE_M}
    assert {tuple(one) for one in points[edge].tolist()} == close
    assert (inside | edge).all()
    assert len(points) == len({tuple(one) for one in points.tolist()})


def test_months_that_a_zone_lies_in() -> None:
    def moment(text: str) -> datetime:
        return datetime.fromisoformat(text).replace(tzinfo=UTC)

    def named(starts: str, ends: str | None) -> list[str]:
        return zone_months(moment(starts), None if ends is None else moment(ends), LONDON).astype(str).tolist()

    assert named("2024-10-30T17:00", "2024-11-01T17:00") == ["2024-10", "2024-11"]
    assert named("2024-10-30T17:00", "2024-11-01T00:00") == ["2024-10"]  # ends as November begins
    assert named("2024-06-30T23:00", "2024-07-02T00:00") == ["2024-07"]  # midnight in summer time
    assert len(named("2024-10-30T17:00", None)) == 12
    assert len(named("2024-10-30T17:00", "2027-10-30T17:00")) == 12


@given(st.integers(0, 40), st.integers(1, 12), st.integers(1, 80))
@examples(40)
def test_same_months_are_all_that_reach_into_the_data(begin: int, length: int, known: int) -> None:
    months = pd.period_range(pd.Period("2020-01", "M") + begin, periods=length, freq="M")
    first, last = pd.Period("2021-05", "M"), pd.Period("2021-05", "M") + known - 1
    by_hand = [
        months + 12 * k for k in range(-20, 20) if (months + 12 * k)[-1] >= first and (months + 12 * k)[0] <= last
    ]
    assert [list(each) for each in same_months(months, first, last)] == [list(each) for each in by_hand]
