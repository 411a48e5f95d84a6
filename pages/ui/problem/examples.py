"""The problems of the demonstration: made in memory on what was planted, read only, never kept."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import numpy as np
import pandas as pd

from analysis.common.method import YEAR, period_words
from analysis.problem.said import Said
from data.demo.dataset import Demo
from data.demo.fall import MONTHS, PlantedFall
from data.demo.places import PlantedPlace
from data.kinds.crime_types import ASB
from data.plan.kept import Kept
from data.problem.problem import (
    CLOSED,
    DATA,
    DONE,
    LINE_LENGTH,
    OPEN,
    OWN,
    PARTNER,
    RUNNING,
    ZONE,
    Line,
    Measure,
    Problem,
    Response,
    Signed,
    Step,
    Tally,
    TallyRow,
    Where,
)
from data.store.schema import POLICE_UK
from geo.grid import grid_reference
from pages.ui.map.lattice import grid
from pages.ui.problem import found
from pages.ui.shell.cache import Dataset, cached
from pages.ui.zone import example

ANALYST = "Analyst of the partnership"
_LAG = 3  # months: what was published when the first of them began
_OCTOBER, _JULY = (10,), 7
_NOON = time(12)


def examples(data: Dataset) -> tuple[Kept[Problem], ...]:
    """Give the problems of the demonstration: one that was assessed and closed, and one in its third step.

    Parameters
    ----------
    data : Dataset

    Returns
    -------
    tuple of Kept
        Numbers -1 and -2, read only, once for a version of the data; none on other data, and only those whose place the
        demonstration of the area has.

    Raises
    ------
    Refusal
        None of the cells of a place lies in the area.
    """
    return cached(_made, data) if any_example(data) else ()


def any_example(data: Dataset) -> bool:
    """Tell whether there are examples, without making them."""
    return data.demo is not None and (data.demo.planted.fall is not None or bool(_rising(data.demo)))


def _rising(demo: Demo) -> list[PlantedPlace]:
    return [place for place in demo.planted.places if place.category == ASB and place.months == _OCTOBER]


def _made(data: Dataset) -> tuple[Kept[Problem], ...]:
    demo = data.demo
    assert demo is not None  # noqa: S101  see any_example
    fall = demo.planted.fall
    every = [] if fall is None else [_assessed(data, demo, fall)]
    return (*every, *(_third_step(data, demo, place) for place in _rising(demo)[:1]))


# --- assessed and closed ---------------------------------------------------------------------------------------------
def _assessed(data: Dataset, demo: Demo, fall: PlantedFall) -> Kept[Problem]:
    where = _where(data, demo, fall)
    known = fall.first - _LAG
    asked = (fall.category, where.cells, fall.first, fall.last)
    seen = cached(found.could_be_seen, data, *asked, known)
    begins, ends = fall.first.start_time.date(), fall.last.end_time.date()
    problem = Problem(
        title=f"Evening nuisance around {where.names[0]}",
        owner="Community safety team",
        source=POLICE_UK,
        category=fall.category,
        where=where,
        started_on=begins - timedelta(days=45),
        objective="People who live here can be out of doors on any evening.\n"
        "That shows as clearly fewer incidents than such months brought before.",
        measure=Measure(
            str(fall.first), str(fall.last), seen.baseline, seen.smallest_fall, seen.sentence, seen.smallest_fall
        ),
        scanning=_signed(data, cached(found.scanning, data, *asked[:2], known), known, begins - timedelta(days=30)),
        analysis=_signed(
            data,
            cached(found.analysis, data, *asked[:2], known),
            known,
            begins - timedelta(days=20),
            "The housing association: most callers speak of drinking and engines by the path, from about eight.",
            "The youth service: those who gather are mostly 15 to 17, and have nowhere else to sit when it is wet.",
        ),
        responses=_responses(data, begins, ends),
        assessment=_signed(
            data,
            cached(found.ended, data, *asked, fall.last),
            fall.last,
            data.as_at,
            "The housing association: callers now speak of other things. The lamps stay; the patrols have ended.",
        ),
        tallies=(
            Tally(
                f"Complaints about evenings here, {period_words(fall.first, fall.last)}",
                "A housing association",
                ends,
                (
                    TallyRow("Noise", 11),
                    TallyRow("Vehicles", 7),
                    TallyRow("Drinking outside", 3),
                    TallyRow("Litter and damage", 2),
                ),
            ),
        ),
        state=CLOSED,
        closed_on=data.as_at,
        as_at=str(fall.last),
        data_version=data.incidents.version,
        simulated=True,
    )
    return Kept(-1, 1, _moment(data.as_at), example.WHAT, archived=False, content=problem)


def _responses(data: Dataset, begins: date, ends: date) -> tuple[Response, ...]:
    zone = example.example_zone(data)
    every = [
        Response(
            OWN, 0, "Foot patrols, Thursday to Saturday evening", "Neighbourhood policing team",
            begins + timedelta(days=3), begins + timedelta(days=86), DONE,
        ),
        Response(
            OWN, 0, "Youth work on the path on Fridays, and a dry place to sit", "A youth charity",
            begins + timedelta(days=11), ends - timedelta(days=11), DONE,
        ),
        Response(
            OWN, 0, "New lamps on the path, hedge cut back", "A housing association",
            begins + timedelta(days=35), begins + timedelta(days=46), DONE,
        ),
    ]  # fmt: skip
    if zone is not None and zone.content.ends is not None:
        last = zone.content.ends.date()
        every.append(Response(ZONE, zone.id, zone.content.name, "The council", begins, last, RUNNING))
    return tuple(sorted(every, key=lambda one: (one.first, one.what)))


# --- in its third step -----------------------------------------------------------------------------------------------
def _third_step(data: Dataset, demo: Demo, place: PlantedPlace) -> Kept[Problem]:
    where = _where(data, demo, place)
    known = data.incidents.months[-1]
    first = known + 1 + (_JULY - 1 - known.month) % YEAR
    last = first + MONTHS - 1
    seen = cached(found.could_be_seen, data, place.category, where.cells, first, last, known)
    day = data.as_at - timedelta(days=5)
    problem = Problem(
        title=f"Autumn nuisance around {where.names[0]}",
        owner="Neighbourhood policing team",
        source=POLICE_UK,
        category=place.category,
        where=where,
        started_on=day - timedelta(days=7),
        objective="Families can go from door to door at Halloween, and nobody is frightened by fireworks.",
        measure=Measure(str(first), str(last), seen.baseline, seen.smallest_fall, seen.sentence),
        scanning=_signed(data, cached(found.scanning, data, place.category, where.cells, known), known, day),
        analysis=Step(
            (
                *_lines(cached(found.analysis, data, place.category, where.cells, known)),
                Line("", "The fire service: small fires on the green every year, from the middle of October.", PARTNER),
            )
        ),
        state=OPEN,
        as_at=str(known),
        data_version=data.incidents.version,
        simulated=True,
    )
    return Kept(-2, 1, _moment(day), example.WHAT, archived=False, content=problem)


# --- parts of both ---------------------------------------------------------------------------------------------------
def _where(data: Dataset, demo: Demo, place: PlantedPlace | PlantedFall) -> Where:
    """Give the cells in which a place's snap points lie, by the name of its street."""
    points, cells = demo.planted.points, cached(grid, data)
    here = points.inside & (
        np.hypot(points.easting_m - place.easting_m, points.northing_m - place.northing_m) <= place.radius_m
    )
    at = np.unique(cells.locate(points.easting_m[here], points.northing_m[here]))
    at = at[np.isin(at, cells.cells)]
    references = tuple(sorted(grid_reference(*cells.corners(at))))
    return Where(references, (example.place_name(data, place),), cell_size_m=cells.cell_size_m)


def _lines(said: tuple[Said, ...]) -> tuple[Line, ...]:
    return tuple(Line(one.key, one.text[:LINE_LENGTH], DATA, one.refused) for one in said)


def _signed(data: Dataset, said: tuple[Said, ...], known: pd.Period, day: date, *own: str) -> Step:
    """Sign off what the data say, with what partners add to it."""
    lines = (*_lines(said), *(Line("", text, PARTNER) for text in own))
    return Step(lines, Signed(_moment(day), ANALYST, data.incidents.version, str(known)))


def _moment(day: date) -> datetime:
    return datetime.combine(day, _NOON, UTC)
