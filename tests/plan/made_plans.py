"""A plan made for a test: two shifts of two crews at six places, as the demonstration has them; saving it.

The visits keep to the shift: a crew comes to a cell once it has walked or driven there, stays, goes on, and is back at
its base before the shift ends.
"""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from data.plan import file as plan_file
from data.plan.plan import FOOT, VEHICLE, Base, Patrol, Plan, PlanCell, PlanPlace, Shift, Visit
from data.plan.plans import Record

NOW = datetime(2024, 9, 2, 10, 30, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
CELL_M = 200.0
DETOUR = 1.3  # streets against the straight line
METRES_A_MINUTE = {FOOT: 75.0, VEHICLE: 400.0}
WINDOW = (date(2024, 10, 25), date(2024, 11, 8))
HALLOWEEN, BONFIRE = datetime(2024, 10, 31, 17), datetime(2024, 11, 5, 18, 30)
NORTH, SOUTH = Base("Kirkby police station", 341_300.0, 398_900.0), Base("Huyton police station", 344_300.0, 391_000.0)
WALKERS, DRIVERS = "Crew 1", "Crew 2"

_PLACES = (
    ("Teal Grove", "parking area", "E05010941", "SJ473923", 347_202.5, 392_277.6, 93, 0.99, False, False),
    ("Turnstone Crescent", "", "E05010938", "SJ421989", 342_100.0, 398_852.5, 58, 0.97, False, False),
    ("Broom Road", "", "E05010946", "SJ445923", 344_500.0, 392_275.7, 56, 0.96, False, False),
    ("Nightingale Close", "", "E05010942", "SJ435901", 343_437.6, 390_088.0, 47, 0.88, False, False),
    ("Heron Drive", "park/open space", "E05010941", "SJ483925", 348_241.5, 392_380.9, 38, 0.71, True, False),
    ("Broom Way", "", "E05010946", "SJ439927", 343_862.5, 392_267.3, 43, None, False, True),
)
_CELLS = (
    (("SJ472922", 347_200, 392_200, 1.973), ("SJ470920", 347_000, 392_000, 0.862), ("SJ470922", 347_000, 392_200, 0.5)),
    (("SJ420988", 342_000, 398_800, 1.689), ("SJ420986", 342_000, 398_600, 0.526)),
    (("SJ444922", 344_400, 392_200, 1.89), ("SJ444920", 344_400, 392_000, 0.262)),
    (("SJ434900", 343_400, 390_000, 1.359), ("SJ432898", 343_200, 389_800, 0.283)),
    (("SJ482924", 348_200, 392_400, 0.642), ("SJ480924", 348_000, 392_400, 0.335)),
    (("SJ438926", 343_800, 392_600, 0.408), ("SJ438920", 343_800, 392_000, 0.343)),
)
# Cells of a patrol in order: (place, cell).
_ROUTES = {
    WALKERS: ((2, "SJ420988"), (2, "SJ420986"), (2, "SJ420988")),
    DRIVERS: ((1, "SJ472922"), (1, "SJ470920"), (3, "SJ444922"), (4, "SJ434900"), (5, "SJ482924")),
}
_STAY = {WALKERS: 40.0, DRIVERS: 20.0}


def made_places() -> tuple[PlanPlace, ...]:
    """Six places: the fifth pinned, the sixth left out."""
    places = []
    for number, (place, cells) in enumerate(zip(_PLACES, _CELLS, strict=True), start=1):
        name, label, ward, reference, east, north, past, stability, pinned, left_out = place
        squares = tuple(PlanCell(text, float(x), float(y), expected) for text, x, y, expected in cells)
        expected = round(sum(cell.expected for cell in squares), 3)
        places.append(
            PlanPlace(
                number, name, label, ward, reference, east, north, expected, past, stability, pinned, left_out, squares
            )
        )
    return tuple(places)


def made_patrol(crew: str, base: Base, travel: str, minutes: float, share: float) -> Patrol:
    """What a crew does in a shift of so many minutes; ``share`` of the window's incidents fall into the shift."""
    cells = {cell.reference: cell for place in made_places() for cell in place.cells}
    east, north, now, moved = base.easting_m, base.northing_m, 0.0, 0.0
    visits: list[Visit] = []
    for number, reference in _ROUTES[crew]:
        cell = cells[reference]
        to_east, to_north = cell.easting_m + CELL_M / 2, cell.northing_m + CELL_M / 2
        leg = math.hypot(to_east - east, to_north - north) * DETOUR / METRES_A_MINUTE[travel]
        now, moved = now + leg, moved + leg
        expected = round(cell.expected * share, 4)
        visits.append(Visit(number, reference, to_east, to_north, round(now, 1), _STAY[crew], expected))
        now, east, north = now + _STAY[crew], to_east, to_north
    back = math.hypot(base.easting_m - east, base.northing_m - north) * DETOUR / METRES_A_MINUTE[travel]
    assert now + back <= minutes
    first = {visit.reference: visit.expected for visit in visits}
    return Patrol(crew, 2, base, travel, tuple(visits), round(moved + back, 1), round(sum(first.values()), 4))


def made_shift(starts: datetime, minutes: float = 360.0, share: float = 0.1) -> Shift:
    """A shift of both crews."""
    patrols = (
        made_patrol(WALKERS, NORTH, FOOT, minutes, share),
        made_patrol(DRIVERS, SOUTH, VEHICLE, minutes, share),
    )
    covered = round(sum(patrol.expected for patrol in patrols), 4)
    return Shift(starts, minutes, patrols, round(71.4 * share, 2), covered, 0.31 * covered, 0.82 * covered, 0.04)


def made_plan(title: str = "Halloween and Bonfire Night 2024", *, simulated: bool = True, notes: str = "") -> Plan:
    """The whole plan; the shift of Bonfire Night ends after midnight."""
    return Plan(
        title=title,
        operation="Halloween and Bonfire Night",
        category="Anti-social behaviour",
        source="demonstration" if simulated else "police.uk",
        first=WINDOW[0],
        last=WINDOW[1],
        as_at="2024-07",
        expected=71.4,
        low80=55.0,
        high80=89.0,
        low95=48.0,
        high95=99.0,
        share=0.05,
        cell_size_m=CELL_M,
        places=made_places(),
        shifts=(made_shift(HALLOWEEN), made_shift(BONFIRE, 400.0, 0.15)),
        feed="demonstration feed" if simulated else "",
        parameters={
            "Minutes a visit": "20",
            "Walking": "4.5 km an hour",
            "Solver": "largest gain first, then improved",
        },
        caveats=("Where incidents were reported, not where harm will happen.",),
        data_version="72c0b09bdf3f",
        simulated=simulated,
        notes=notes,
        hours_known=simulated,
    )


def retimed(plan: Plan, starts: datetime) -> Plan:
    """The plan with its first shift starting at another time."""
    return replace(plan, shifts=(replace(plan.shifts[0], starts=starts), *plan.shifts[1:]))


def as_planned(plan: Plan) -> list[Record]:
    """Records of a plan of which every shift ran as it was planned."""
    return [
        Record(
            shift.starts,
            ran=True,
            hours=12.0,
            cells=tuple(v.reference for patrol in shift.patrols for v in patrol.visits),
        )
        for shift in plan.shifts
    ]


def path(store: Path) -> Path:
    """File of the plans of a store."""
    return store / plan_file.FILE
