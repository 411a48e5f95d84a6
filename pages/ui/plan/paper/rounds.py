"""Rounds of a plan: what one crew does in shifts that are alike, which is one sheet, one section of a phone's file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise

from data.plan.plan import FOOT, Patrol, Plan, Shift, Stop, Visit
from data.plan.stops import stops_of, way
from data.plan.ways import Leg, metres


@dataclass(frozen=True)
class Round:
    """What one crew does in some shifts alike.

    Attributes
    ----------
    patrol : Patrol
        Of the first of the shifts.
    shifts : tuple of Shift
        They start at the same time of day, take as long, and go to the same cells in the same order.
    """

    patrol: Patrol
    shifts: tuple[Shift, ...]

    @property
    def first(self) -> Shift:
        """The first of the shifts."""
        return self.shifts[0]

    @property
    def who(self) -> str:
        """Say who goes: "2 people, on foot"."""
        how = "on foot" if self.patrol.travel == FOOT else "by vehicle"
        return f"{self.patrol.officers} {'person' if self.patrol.officers == 1 else 'people'}, {how}"

    @property
    def hours(self) -> str:
        """Say when it starts and ends: "18:00 to 22:00", "22:00 to 02:00 the next day"."""
        starts, ends = self.first.starts, self.first.ends
        later = "" if starts.date() == ends.date() else " the next day"
        return f"{starts:%H:%M} to {ends:%H:%M}{later}"

    @property
    def days(self) -> str:
        """Say the days: "Thursday 31 October 2024", or "Wed 30, Thu 31 October, Fri 1 November 2024"."""
        days = [shift.starts for shift in self.shifts]
        if len(days) == 1:
            return f"{days[0]:%A} {days[0].day} {days[0]:%B %Y}"
        said = []
        for day, after in zip(days, [*days[1:], None], strict=True):
            text = f"{day:%a} {day.day}"
            if after is None or after.year != day.year:
                text += f" {day:%B %Y}"
            elif after.month != day.month:
                text += f" {day:%B}"
            said.append(text)
        return ", ".join(said)

    @property
    def back(self) -> datetime:
        """When the crew is back at its base."""
        return self.first.starts + timedelta(
            minutes=self.patrol.travel_minutes + sum(v.stay_minutes for v in self.visits)
        )

    @property
    def visits(self) -> tuple[Visit, ...]:
        """The visits in order."""
        return self.patrol.visits

    def arrive(self, visit: Visit) -> datetime:
        """When the crew comes to a stop; a time of the patrol, not of incidents."""
        return self.first.starts + timedelta(minutes=visit.arrive_minute)

    def leave(self, visit: Visit) -> datetime:
        """When the crew goes on."""
        return self.arrive(visit) + timedelta(minutes=visit.stay_minutes)

    @property
    def spots(self) -> list[tuple[float, float]]:
        """Base, visits in order, and the base again; EPSG:27700."""
        base = (self.patrol.base.easting_m, self.patrol.base.northing_m)
        return [base, *((v.easting_m, v.northing_m) for v in self.visits), base]

    def legs(self, plan: Plan) -> list[Leg]:
        """Give the way to each stop, and back to the base; none where the plan knows no streets."""
        return plan.ways.along(self.patrol.travel, self.spots) if plan.ways is not None else []

    def ways(self, plan: Plan) -> list[str]:
        """Say the way to each stop from the one before; the last is the way back to the base.

        Along streets where the plan knows them; what is straight there, at least in part, has an asterisk.
        """
        straight = [(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(self.spots)]
        if plan.ways is None:
            return [way(*step) for step in straight]
        found = zip(straight, self.legs(plan), strict=True)
        return [way(*step, metres(leg.line)) + ("*" if leg.why else "") for step, leg in found]

    def stops(self, plan: Plan) -> list[Stop]:
        """Give the stop of each visit, in order."""
        known = stops_of(plan)
        return [known[visit.reference] for visit in self.visits]


def rounds(plan: Plan) -> list[Round]:
    """Put the shifts of each crew that are alike together, crews in their order, then by the first day."""
    found: dict[tuple[object, ...], list[tuple[Shift, Patrol]]] = {}
    crews: list[str] = []
    for shift in sorted(plan.shifts, key=lambda shift: shift.starts):
        for patrol in shift.patrols:
            if patrol.crew not in crews:
                crews.append(patrol.crew)
            alike = replace(patrol, expected=0.0, visits=tuple(replace(v, expected=0.0) for v in patrol.visits))
            found.setdefault((crews.index(patrol.crew), shift.starts.time(), shift.minutes, alike), []).append(
                (shift, patrol)
            )
    ordered = sorted(found.items(), key=lambda pair: (pair[0][0], pair[1][0][0].starts))
    return [Round(same[0][1], tuple(shift for shift, _ in same)) for _, same in ordered]


def numbered(names: Sequence[str]) -> list[str]:
    """Tell a stop that is come to again: "Hall Drive", then "Hall Drive, again", then "Hall Drive, time 3"."""
    seen: dict[str, int] = {}
    said = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        more = "" if seen[name] == 1 else ", again" if seen[name] == 2 else f", time {seen[name]}"
        said.append(name + more)
    return said
