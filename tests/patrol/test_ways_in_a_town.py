"""How long ways along the streets of a made town are for their straight lines; what a whole plan gains by knowing them.

``python -m pytest -s -m long tests/patrol/test_ways_in_a_town.py`` prints the tables of docs/decisions/ways.md.
"""

from __future__ import annotations

import numpy as np
import pytest

from analysis.patrol.allocation import AreaCells, allocate
from analysis.patrol.crews import Crew, routes_of
from analysis.patrol.router import DETOUR, NO_STREET, STREETS, straight_metres
from analysis.patrol.streets import StreetRouter
from analysis.where.hotspots import rank_cells
from data.kinds.crime_types import ASB
from data.place.area import Area
from data.plan.plan import FOOT, VEHICLE, Base
from data.store.schema import Incidents
from data.streets.importing import import_basemap
from data.streets.network import NETWORK, network
from tests.patrol.test_allocation import NIGHT, half, real_places
from tests.streets.made_town import made_town
from tests.streets.town_files import write_pbf

pytestmark = pytest.mark.long
CLASSES_M = ((0, 600), (600, 1500), (1500, 4000), (4000, np.inf))
CELLS = 400


@pytest.fixture(scope="module")
def router(area: Area, tmp_path_factory: pytest.TempPathFactory) -> StreetRouter:
    folder = tmp_path_factory.mktemp("town")
    import_basemap(write_pbf(made_town(area), folder / "town.osm.pbf"), folder, area)
    found = network(folder, area)
    assert found is not None
    assert len(found.ends) > 7000
    assert (folder / NETWORK).stat().st_size < 1_000_000
    print(f"\n{len(found.ends):,} streets, {(folder / NETWORK).stat().st_size / 1000:.0f} kB")
    return StreetRouter(found)


@pytest.mark.parametrize("travel", [FOOT, VEHICLE])
def test_ways_for_their_straight_lines(router: StreetRouter, area: Area, travel: str) -> None:
    grid = area.grid()
    chosen = np.random.default_rng(1).choice(len(grid.cells), CELLS, replace=False)
    east, north = grid.centres(grid.cells[chosen])
    legs = router.legs(east, north, travel)
    beside = np.array([(np.delete(legs.why[k], k) != NO_STREET).any() for k in range(CELLS)])
    straight = straight_metres(east, north, east, north)
    pair = np.triu_indices(CELLS, 1)
    on, ratio, metres = legs.why[pair] == STREETS, legs.metres[pair] / np.maximum(straight[pair], 1), straight[pair]
    print(f"{travel}: {beside.mean():.0%} of cells lie by a street; of those, way for straight line:")
    middles = []
    for least, most in CLASSES_M:
        some = ratio[on & (metres > least) & (metres <= most)]
        low, middle, high = np.percentile(some, [5, 50, 95])
        middles.append(middle)
        over = f"{(some > DETOUR).mean():.0%} over {DETOUR}"
        print(f"  {least} to {most} m: {len(some):,} pairs, 5 % {low:.2f}, half {middle:.2f}, 95 % {high:.2f}; {over}")
    assert (np.diff(middles) < 0).all()  # the nearer, the further round
    assert 1.1 < middles[-1] < 1.5


def test_a_plan_that_knows_the_streets(router: StreetRouter, real: Incidents, area: Area) -> None:
    """Tours made with straight lines do not fit their shift where streets are longer; those made with streets do."""
    ranked = rank_cells(real.of(ASB), area.grid())
    places = real_places(ranked, real, area, 0.05)
    east, north = ranked.grid.centres(ranked.grid.cells)
    cells = AreaCells(east, north, ranked.expected, ranked.count_last12.astype(float))
    crews = [
        Crew("One", 2, Base("a", places[0].easting_m, places[0].northing_m), FOOT),
        Crew("Two", 2, Base("b", places[1].easting_m, places[1].northing_m), VEHICLE),
    ]
    plain = allocate(places, 200, cells, crews, [(NIGHT, 240)], half)
    known = allocate(places, 200, cells, crews, [(NIGHT, 240)], half, router=router)
    for name, found in (("straight lines", plain), ("streets", known)):
        (shift,) = found.shifts
        print(f"made with {name}: covered {shift.covered:.2f}, gap {shift.gap:.3f}, {found.method.parameters['way']}")
        for crew, patrol in zip(crews, shift.patrols, strict=True):
            at = [(v.easting_m, v.northing_m) for v in patrol.visits]
            (route,) = routes_of([crew], *(np.array(axis) for axis in zip(*at, strict=True)), 240, 15, router)
            took = (route.limit - route.left(range(len(at)))) / 60
            print(f"  {crew.name}, {len(at)} visits: {took:.0f} minutes of 240 along the streets")
            assert found is plain or took <= 240
    assert 0 <= known.shifts[0].gap < 0.5
