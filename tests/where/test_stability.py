"""Stability of places: on the real data, and where the answer is known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from analysis.where.hotspots import rank_cells
from analysis.where.places import find_places
from analysis.where.stability import CELL_SIZES_M, JITTERS, ORIGINS, stability
from data.kinds.crime_types import ASB
from data.place.area import Area
from data.store.schema import Incidents


@pytest.fixture(scope="module")
def asb(real: Incidents) -> Incidents:
    return real.of(ASB)


def test_the_first_places_stay_and_the_count_of_maps_is_as_stated(asb: Incidents, area: Area) -> None:
    grid = area.grid()
    places = find_places(rank_cells(asb, grid), asb, area)
    found = stability(asb, area, places, grid, np.random.default_rng(1))
    assert found.maps == len(ORIGINS) * len(CELL_SIZES_M) * (1 + JITTERS) == 84
    assert len(found.stays) == len(places)
    assert min(found.stays[:5]) > 0.9
    # Places at the border of the top cells hang on the drawing; if none did, the test could not fail.
    assert min(found.stays) < 0.7
    assert found.stays == stability(asb, area, places, grid, np.random.default_rng(1)).stays


def test_row_order_never_matters(asb: Incidents, area: Area) -> None:
    grid = area.grid()
    places = find_places(rank_cells(asb, grid), asb, area)
    shuffled = replace(asb, frame=asb.frame.sample(frac=1, random_state=3))
    a = stability(asb, area, places[:3], grid, np.random.default_rng(1))
    b = stability(shuffled, area, places[:3], grid, np.random.default_rng(1))
    assert a.stays == pytest.approx(b.stays)


def test_one_single_point_always_stays_and_no_place_has_none(asb: Incidents, area: Area) -> None:
    grid = area.grid()
    last = asb.frame[asb.frame["ward_code"].notna() & (asb.frame["month"] == asb.months[-1])].head(1)
    one = replace(asb, frame=last.loc[last.index.repeat(30)])
    places = find_places(rank_cells(one, grid), one, area)
    found = stability(one, area, places[:1], grid, np.random.default_rng(0), share=0.01)
    assert found.stays[0] > 0.95
    assert stability(one, area, (), grid, np.random.default_rng(0)).stays == ()


def test_places_are_none_where_nothing_is_expected(asb: Incidents, area: Area) -> None:
    first = asb.frame[asb.frame["ward_code"].notna()].head(1)
    old = replace(asb, frame=first.loc[first.index.repeat(30)])
    assert find_places(rank_cells(old, area.grid()), old, area) == ()
