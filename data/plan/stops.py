"""The stops of a plan in words: what each is called, why a crew goes there, and which way it is from the last one."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import replace

from data.kinds.crime_types import ASB, DRUGS, category_words, kinds_of
from data.plan.plan import Plan, PlanPlace, Stop
from data.store.schema import POLICE_UK

FEWEST = 5  # smaller counts from a partner's own data do not leave the dashboard
UNDER = f"under {FEWEST}"
PART_NOT_KNOWN = -1.0  # of a stop
NOT_HARM = "Places are where incidents were reported, not where harm will happen: that depends on who reports what."
RANKED = "Places are ranked, never people."
FOLLOWS_PATROLS = (
    "Drug and stop-search records follow patrols: where more officers go, more is recorded, so a place may rank high "
    "because it was patrolled."
)
_KINDS = 3  # crime types named at a stop
_HERE_M = 20.0
_KM = 1000.0
_POINTS = ("N", "NE", "E", "SE", "S", "SW", "W", "NW")
_NEARLY_ALL, _IN_TEN, _RARE = 0.95, 0.35, 1000  # above 1 in 3 in tenths: a larger part is never said as a smaller one
_STEPS = ((20, 1), (100, 5), (500, 50), (_RARE, 100))  # up to so many, one in a multiple of


def part_words(part: float | None) -> str:
    """Say a part of the whole as a person would: "about 1 in 40"; never 0.

    Parameters
    ----------
    part : float or None
        0 to 1; None where it is not known.
    """
    if part is None:
        return "part not known"
    if part >= _NEARLY_ALL:
        return "nearly all"
    if part > _IN_TEN:
        tenths = round(10 * part)
        return "about half" if tenths == 5 else f"about {tenths} in 10"
    one_in = 1 / part if part > 0 else math.inf
    for most, step in _STEPS:
        if one_in < most:
            return f"about 1 in {step * round(one_in / step):,}"
    return f"under 1 in {_RARE:,}"


def way(east_m: float, north_m: float, metres: float | None = None) -> str:
    """Say a way: "430 m NE", "1.2 km S", or "here".

    Parameters
    ----------
    east_m, north_m : float
        How far to go east and north.
    metres : float, optional
        How far it is along streets; by default the straight line.
    """
    metres = math.hypot(east_m, north_m) if metres is None else metres
    if metres < _HERE_M:
        return "here"
    point = _POINTS[round(math.degrees(math.atan2(east_m, north_m)) / 45) % 8]
    return f"{metres / _KM:.1f} km {point}" if metres >= _KM - 5 else f"{10 * round(metres / 10):.0f} m {point}"


def partner(plan: Plan) -> bool:
    """Whether the incidents of the plan are a partner's own, whose small counts stay inside."""
    return plan.source != POLICE_UK and not plan.simulated


def count_words(count: int, *, partners: bool) -> str:
    """Write a count; 1 to 4 of a partner's data are "under 5"."""
    return UNDER if partners and 0 < count < FEWEST else f"{count:,}"


def stops_of(plan: Plan) -> Mapping[str, Stop]:
    """Give the stop of every cell that is visited, by its reference; of old plans as far as the plan knows.

    A plan of an earlier version holds no stops: each is then called by its place and its cell. Without a forecast no
    part of the days is known.
    """
    found = {stop.reference: stop if plan.expected else replace(stop, part=PART_NOT_KNOWN) for stop in plan.stops}
    for shift in plan.shifts:
        for patrol in shift.patrols:
            for visit in patrol.visits:
                if visit.reference not in found:
                    place = plan.place(visit.place)
                    part = part_of(plan, _expected(place, visit.reference))
                    part = PART_NOT_KNOWN if part is None else part
                    found[visit.reference] = Stop(visit.reference, f"{place.title}, {visit.reference}", "", part, {})
    return found


def _expected(place: PlanPlace, reference: str) -> float:
    return next((cell.expected for cell in place.cells if cell.reference == reference), 0.0)


def part_of(plan: Plan, expected: float) -> float | None:
    """Say what part of the window's incidents some cells hold; None where that is not known, as without a forecast.

    Parameters
    ----------
    expected : float
        As the plan's cells have it, on whatever scale they are.
    """
    if not plan.expected:
        return None
    parts = {stop.reference: stop.part for stop in plan.stops}
    cells = {cell.reference: cell.expected for place in plan.places for cell in place.cells}
    both = [reference for reference in parts if cells.get(reference, 0.0) > 0 and parts[reference] > 0]
    whole = plan.expected
    if both:
        whole = sum(cells[reference] for reference in both) / sum(parts[reference] for reference in both)
    return min(expected / whole, 1.0)


def known_part(stop: Stop) -> float | None:
    """Give the part of a stop; None where it is not known."""
    return stop.part if stop.part >= 0 else None


def together(stops: Iterable[Stop]) -> float | None:
    """Add the parts of distinct stops; None where one is not known."""
    parts = [known_part(stop) for stop in {stop.reference: stop for stop in stops}.values()]
    return None if not parts or None in parts else sum(part for part in parts if part is not None)


def title(stop: Stop) -> str:
    """Name a stop with what it is near: "Hall Drive, near a parking area"."""
    return f"{stop.name}, {stop.near}" if stop.near else stop.name


def recorded_words(plan: Plan, stop: Stop) -> str:
    """Say what was recorded at a stop in the last 12 months: "ASB 41, burglary 3"; empty where it is not known.

    The plan's crime type, or those it adds, comes first, then the most frequent ones.
    """
    if not stop.recorded:
        return ""
    partners = partner(plan)
    own = kinds_of(plan.category)
    order = sorted(stop.recorded, key=lambda kind: (kind not in own, -stop.recorded[kind], kind))
    there = [kind for kind in order if stop.recorded[kind] > 0 or kind in own]
    named = [f"{_kind(kind)} {count_words(stop.recorded[kind], partners=partners)}" for kind in there[:_KINDS]]
    past = ""
    if stop.past_days is not None:
        past = f"; {plan.feed} on these days before: {count_words(stop.past_days, partners=not plan.simulated)}"
    return ", ".join(named) + past


def _kind(category: str) -> str:
    return "ASB" if category == ASB else category_words(category)


def why_words(plan: Plan, stop: Stop, kind: str) -> str:
    """Say why a crew goes to a stop, in one line without a method.

    Parameters
    ----------
    kind : str
        Of the area, from its file.
    """
    part = known_part(stop)
    said = [] if part is None else [f"{part_words(part)} of the {days_words(plan.category, kind)}"]
    said += [f"last 12 months: {words}" for words in (recorded_words(plan, stop),) if words]
    return ". ".join(f"{text[:1].upper()}{text[1:]}" for text in said)


def days_words(category: str, kind: str) -> str:
    """Say what a part is a part of, after "the": "area's ASB on these days"; ``kind`` is of the area."""
    return f"{kind}'s {_kind(category)} on these days"


def together_words(category: str, stops: Iterable[Stop], kind: str) -> str:
    """Say what some stops hold together: "All 10 stops together: about 1 in 6 of the area's ASB on these days".

    Empty where that is not known.
    """
    distinct = {stop.reference: stop for stop in stops}
    part = together(distinct.values())
    if part is None:
        return ""
    what = "This stop" if len(distinct) == 1 else f"All {len(distinct)} stops together"
    return f"{what}: {part_words(part)} of the {days_words(category, kind)}"


def by_part(stops: Iterable[Stop]) -> list[tuple[int, Stop]]:
    """Put distinct stops in the order of their part, the largest first, each with the number of its first visit.

    Parameters
    ----------
    stops : iterable of Stop
        One for each visit, in the order of the visits.

    Returns
    -------
    list of (int, Stop)
        Empty where a part is not known.
    """
    numbers: dict[str, tuple[int, Stop]] = {}
    for number, stop in enumerate(stops, start=1):
        numbers.setdefault(stop.reference, (number, stop))
    if any(known_part(stop) is None for _, stop in numbers.values()):
        return []
    return sorted(numbers.values(), key=lambda pair: (-pair[1].part, pair[0]))


def limits(plan: Plan) -> tuple[str, ...]:
    """Say what every sheet and file of a plan has to say of what it ranks; drug records follow patrols."""
    return (RANKED, FOLLOWS_PATROLS) if DRUGS in kinds_of(plan.category) else (RANKED,)
