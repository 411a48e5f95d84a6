"""The fall that was planted: it is where it is said to be, nothing else moved with it, and "Did it work" finds it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.common.counts import counts
from analysis.outcome.evaluation import CANNOT_TELL, FELL
from analysis.outcome.operation import Verdict
from data.demo import dataset, fall
from data.demo.dataset import Demo, make_demo
from data.demo.fall import STAYS, PlantedFall, plant_fall
from data.demo.places import PlantedPlace
from data.kinds.crime_types import ASB, CATEGORIES
from data.place.area import Area
from data.store.schema import Incidents
from geo.grid import grid_reference
from pages.ui.map.judged import AREA, RING, Changes, Did, verdict
from pages.ui.shell.cache import Dataset
from tests.demo.test_demo import near

LAST = pd.Period("2024-12", "M")
RING_M = 300.0


@pytest.fixture(scope="module")
def demo(area: Area) -> Demo:
    return make_demo(area)


@pytest.fixture(scope="module")
def without(area: Area) -> Demo:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dataset, "plant_fall", lambda *_: None)
        return make_demo(area)


@pytest.fixture(scope="module")
def planted(demo: Demo) -> PlantedFall:
    assert demo.planted.fall is not None
    return demo.planted.fall


def cells_of(place: PlantedPlace | PlantedFall, demo: Demo, area: Area) -> tuple[str, ...]:
    """References of the cells in which snap points of a place lie."""
    points, grid = demo.planted.points, area.grid()
    here = np.hypot(points.easting_m - place.easting_m, points.northing_m - place.northing_m) <= place.radius_m
    here &= points.inside
    found = np.unique(grid.locate(points.easting_m[here], points.northing_m[here]))
    return tuple(sorted(grid_reference(*grid.corners(found[found >= 0]))))


def looked_at(
    place: PlantedPlace | PlantedFall,
    demo: Demo,
    area: Area,
    of: str = AREA,
    months: tuple[str, str] = ("2024-07", "2024-12"),
) -> Verdict:
    data = Dataset(area, demo.incidents, demo.as_at, f"{demo.incidents.version} planted", Path("nowhere"), demo)
    first, last = (pd.Period(month, "M") for month in months)
    found = verdict(data, Did("", ASB, cells_of(place, demo, area), first, last, "", LAST, RING_M), Changes(), of)
    assert isinstance(found, Verdict), found
    return found


def by_half_year(incidents: Incidents, place: PlantedPlace) -> list[int]:
    """Incidents at a place in the second halves of 2022, 2023 and 2024."""
    month = incidents.frame["month"].dt
    late = near(incidents, place) & (month.month >= 7).to_numpy()
    return [int((late & (month.year == year).to_numpy()).sum()) for year in (2022, 2023, 2024)]


def test_it_lies_at_the_busiest_persistent_place_in_the_last_six_months(demo: Demo, planted: PlantedFall) -> None:
    place = next(p for p in demo.planted.places if p.category == ASB and not p.months)
    assert (planted.easting_m, planted.northing_m, planted.radius_m) == (
        place.easting_m,
        place.northing_m,
        place.radius_m,
    )
    assert (planted.category, str(planted.first), str(planted.last)) == (ASB, "2024-07", "2024-12")
    assert planted.first in demo.incidents.months
    assert planted.last == demo.incidents.months[-1]


def test_so_many_stay_as_it_says(demo: Demo, without: Demo, planted: PlantedFall) -> None:
    place = next(p for p in demo.planted.places if p.easting_m == planted.easting_m)
    for with_it, bare in ((demo.incidents.of(ASB), without.incidents.of(ASB)), (demo.feed, without.feed)):
        now, then = by_half_year(with_it, place), by_half_year(bare, place)
        assert now[:2] == then[:2]
        assert then[2] >= fall.LEAST_BEFORE
        assert now[2] == round(STAYS * then[2])


def test_totals_are_the_planted_ones_and_nothing_else_moved(demo: Demo, without: Demo, planted: PlantedFall) -> None:
    for category in CATEGORIES:
        assert counts(demo.incidents.of(category))["count"].tolist() == demo.planted.totals[category].tolist()
    pd.testing.assert_frame_equal(demo.planted.totals, without.planted.totals)
    place = next(p for p in demo.planted.places if p.easting_m == planted.easting_m)
    for with_it, bare in ((demo.incidents, without.incidents), (demo.feed, without.feed)):
        where = ["easting_m", "northing_m", "location", "ward_code"]
        rest = [name for name in with_it.frame.columns if name not in where]
        assert with_it.frame[rest].equals(bare.frame[rest])
        xy = with_it.frame[where[:2]].to_numpy() != bare.frame[where[:2]].to_numpy()
        moved = xy.any(axis=1)
        was, went = (replace(one, frame=one.frame[moved]) for one in (bare, with_it))
        assert set(was.frame["category"]) == {ASB}
        assert set(was.frame["month"]) == set(pd.period_range(planted.first, planted.last, freq="M"))
        assert near(was, place).all()
        assert not near(went, place).any()
        assert went.frame["ward_code"].notna().all(), "inside the area, or totals would change"
        assert with_it.version != bare.version


def test_did_it_work_finds_it(demo: Demo, planted: PlantedFall, area: Area) -> None:
    found = looked_at(planted, demo, area)
    assert found.verdict == FELL
    assert found.interval[1] < 0.7, "on no knife's edge"
    assert found.interval[0] < STAYS < found.interval[1]
    assert 1 - found.ratio > found.smallest_fall
    assert looked_at(planted, demo, area, RING).verdict == CANNOT_TELL, "nothing was moved next door"


def test_did_it_work_finds_it_at_no_other_place_nor_before(
    demo: Demo, without: Demo, planted: PlantedFall, area: Area
) -> None:
    others = [p for p in demo.planted.places if p.category == ASB and p.easting_m != planted.easting_m]
    assert len(others) == 14
    assert {looked_at(place, demo, area).verdict for place in others} == {CANNOT_TELL}
    assert looked_at(planted, demo, area, months=("2024-01", "2024-06")).verdict == CANNOT_TELL
    assert looked_at(planted, without, area).verdict == CANNOT_TELL


def test_months_decide_whether_there_is_one(demo: Demo) -> None:
    for number, months in ((36, ("2024-07", "2024-12")), (30, ("2024-01", "2024-06")), (29, None), (6, None)):
        found = plant_fall(demo.planted.places, demo.planted.totals.iloc[:number])
        assert (None if found is None else (str(found.first), str(found.last))) == months


def test_where_few_are_recorded_none_is_planted(area: Area) -> None:
    small = replace(area, residents=dict.fromkeys(area.wards.codes, 2000))
    made = make_demo(small)
    assert made.planted.fall is None
    for category in CATEGORIES:
        assert counts(made.incidents.of(category))["count"].tolist() == made.planted.totals[category].tolist()
