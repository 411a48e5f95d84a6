"""Places that rose to the top: by more than chance, new there, firm; and seldom named where nothing happens.

How often a place with three times as much is named: ``python -m pytest -m long -s tests/digest``.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest

from analysis.course.control_limits import BASELINE
from analysis.digest.month import month_digest
from analysis.digest.place_worlds import PlaceWorld, named, place_worlds, planted, quiet_places
from analysis.digest.risen import NEWEST, TOP, Rises, beyond_chance, chance_of_rise, risen_now, rises, top_places
from analysis.findings.digest import places_judged, risen_place
from analysis.findings.finding import readable
from data.demo.dataset import make_demo
from data.kinds.crime_types import ASB, DRUGS
from data.place.area import Area
from data.store.schema import Incidents

MONTHS = BASELINE + NEWEST


@cache
def _demo(area: Area) -> Incidents:
    return make_demo(area).incidents


@pytest.fixture
def demo(area: Area) -> Incidents:
    return _demo(area)


@pytest.fixture
def worlds(area: Area, demo: Incidents) -> tuple[PlaceWorld, ...]:
    return place_worlds(demo, area)


def test_the_season_is_the_areas_and_a_rise_is_the_places_own() -> None:
    season = np.where(np.arange(MONTHS) % 12 < 6, 1.0, 3.0)
    season[-NEWEST:] = 3.0
    own = np.vstack([2 * season, np.where(np.arange(MONTHS) < BASELINE, 2 * season, 24.0), np.zeros(MONTHS)])
    usual, p = chance_of_rise(own, 300 * season)
    assert usual[0] == pytest.approx(2 * 3 * NEWEST, rel=0.02)
    assert p[0] > 0.4
    assert p[1] < 1e-6
    assert p[2] > 0.4


def test_chance_alone_is_not_beyond_chance_and_more_is_found() -> None:
    rng = np.random.default_rng(3)
    plain = rng.poisson(5.0, (400, 24)).astype(float)
    assert beyond_chance(plain, plain.sum(axis=0)) < 0.02
    more = rng.poisson(5.0 * rng.gamma(4.0, 0.25, (400, 24))).astype(float)
    assert beyond_chance(more, more.sum(axis=0)) == pytest.approx(0.25, abs=0.04)
    lasting = rng.poisson(5.0 * np.repeat(rng.gamma(4.0, 0.25, (400, 4)), 6, axis=1)).astype(float)
    assert beyond_chance(lasting, lasting.sum(axis=0), 6) == pytest.approx(0.25, abs=0.06)
    assert beyond_chance(np.zeros((2, 24)), np.zeros(24)) == 0


def test_p_is_right_where_nothing_happens() -> None:
    rng = np.random.default_rng(4)
    own = rng.poisson(2.0 * rng.gamma(4.0, 0.25, (4000, MONTHS))).astype(float)
    _, p = chance_of_rise(own, own.sum(axis=0))
    for share in (0.1, 0.01):
        assert (p <= share).mean() <= share * 1.25
    assert (p <= 0.1).mean() > 0.05


def test_a_place_with_far_more_is_named_once_and_by_its_street(area: Area, demo: Incidents) -> None:
    assert risen_now(demo.within(demo.months[1 - MONTHS], demo.months[-1]), area) == Rises()
    known = demo.of(ASB)
    quiet = demo.frame[(demo.frame["category"] == ASB) & demo.frame["ward_code"].notna()]
    grid = area.grid()
    cell = grid.locate(quiet["easting_m"].to_numpy(), quiet["northing_m"].to_numpy())
    many = np.bincount(cell, minlength=grid.size)
    chosen = grid.cells[np.argsort(-many[grid.cells], kind="stable")[200]]
    one = quiet[cell == chosen].iloc[:1]
    more = pd.concat([one.assign(month=month) for month in known.months[-1:] for _ in range(60)], ignore_index=True)
    loud = replace(demo, frame=pd.concat([demo.frame, more], ignore_index=True))
    found = risen_now(loud, area).found
    assert [place.category for place in found] == [ASB]
    assert found[0].count >= 60
    assert found[0].usual < 10
    assert found[0].stays >= 0.95
    said = month_digest(loud, area)
    assert any(remark.title.endswith("rose to the top for ASB") for remark in said.remarks)
    assert not any("to the top" in remark.title for remark in month_digest(loud, area, (), Rises()).remarks)
    earlier = more.assign(month=known.months[-2])
    before = replace(demo, frame=pd.concat([demo.frame, earlier, more], ignore_index=True))
    assert not [place for place in risen_now(before, area).found if place.category == ASB]  # it was there before


def test_made_up_places_are_like_the_stored_ones(worlds: tuple[PlaceWorld, ...], demo: Incidents, area: Area) -> None:
    for world, kind in zip(worlds, (ASB, DRUGS), strict=True):
        count = np.mean([world.draw(np.random.default_rng(seed)) for seed in range(5)], axis=0)
        assert count.sum() == pytest.approx(world.total.sum(), rel=0.1)
        assert np.corrcoef(count.sum(axis=0), world.share)[0, 1] > 0.9
        drawn = world.draw(np.random.default_rng(9))
        places = top_places(world.counted(drawn))[0][:TOP]
        points = world.points(np.random.default_rng(9), drawn, places)
        grid = area.grid()
        lies = grid.locate(points.east, points.north)
        for number, cells in enumerate(places):
            assert set(lies[points.place == number].tolist()) <= set(cells.tolist())
        at = np.isin(world.cells, places[0])
        age = world.months.asi8[-1] - world.months.asi8
        held = (drawn[:, at].sum(axis=1) * 0.5 ** (age / 12)).sum()
        assert points.weight[points.place == 0].sum() == pytest.approx(held)
        assert world.kind == kind


def test_quiet_months_are_quiet_and_much_more_is_named(worlds: tuple[PlaceWorld, ...]) -> None:
    assert quiet_places(worlds, np.random.default_rng(1), 20).any(axis=1).mean() <= 0.1
    assert quiet_places((), np.random.default_rng(1), 3).any(axis=1).tolist() == [False] * 3
    told = planted(worlds[0], np.random.default_rng(1), 4, 30.0, 3)
    assert told[:, -1].mean() >= 0.5
    assert (np.diff(told.astype(int), axis=1) >= 0).all()


def test_the_words_can_be_read_aloud() -> None:
    month = pd.Period("2024-12", "M")
    told = risen_place(DRUGS, "Mill Street", month, 12, 3.2)
    assert told.title == "Mill Street rose to the top for drug offences"
    assert "12 recorded in six months, where about 3 were usual" in told.detail
    assert risen_place(ASB, "near Elm Road", month, 12, 3.2).title == "Near Elm Road rose to the top for ASB"
    long = risen_place(ASB, "near The Very Long Name of a Street and Another Very Long One", month, 12, 1.0)
    assert readable(long.title)
    assert long.detail.startswith("Near The Very Long")
    assert places_judged((ASB, DRUGS)).title == "Busy places were looked at for ASB and drug offences"


@pytest.mark.long
def test_how_often_a_place_with_three_times_as_much_is_named(real: Incidents, area: Area) -> None:
    for world in place_worlds(real, area):
        for times in (3.0, 10.0):
            told = planted(world, np.random.default_rng(2025), 200, times).mean(axis=0)
            print(f"{world.kind}, {times:g} times: named by the first month {told[0]:.1%}, the sixth {told[5]:.1%}, "
                  f"the twelfth {told[11]:.1%}")  # fmt: skip
            assert told[-1] >= told[0]
    assert rises(world.counted(world.draw(np.random.default_rng(1)), MONTHS - 1)) is None
    assert isinstance(named(world, np.random.default_rng(1), world.draw(np.random.default_rng(1))), list)
