"""A problem in its last step, an empty one, one with the longest texts, and what is drawn of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import numpy as np
import pandas as pd

from data.kinds.crime_types import ASB
from data.place.area import Area
from data.plan.kept import Kept
from data.problem.problem import (
    DATA,
    DONE,
    LINE_LENGTH,
    MOST_LINES,
    MOST_RESPONSES,
    MOST_ROWS,
    MOST_TALLIES,
    OWN,
    OWNER_LENGTH,
    PARTNER,
    PLAN,
    PLANNED,
    RUNNING,
    STATES,
    STOPPED,
    TEXT_LENGTH,
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
    checked,
)
from data.store.schema import POLICE_UK
from data.zone.zone import CLOSURE, DISPERSAL, Zone, kept_shape
from geo.grid import grid_reference
from pages.ui.paper.map import Squares
from pages.ui.problem.form import Figures
from pages.ui.problem.form_cleared import Cleared, cleared
from pages.ui.problem.timeline_months import time_line

WHEN = datetime(2025, 1, 14, 15, 2, tzinfo=UTC)
SECRET = "Number 12 Vine House"
HOSTILE = "<b>$x_2$ %{x} ![a](b) =1+1 日本語 \x07"


def made_problem(**changed: object) -> Problem:
    """A problem at its assessment, with a line of every kind."""
    signed = Signed(datetime(2024, 9, 3, 12, tzinfo=UTC), "Partnership analyst", "ab12cd34", "2024-07")
    problem = Problem(
        title="Summer vehicle nuisance around the retail park",
        owner="Neighbourhood team, North",
        source=POLICE_UK,
        category=ASB,
        where=Where(("SJ469939", "SJ471939"), ("Mill Street", "Retail park"), cell_size_m=200.0),
        started_on=date(2024, 5, 20),
        objective="Fewer complaints about cars on summer evenings.\nResidents say that it is quieter.",
        measure=Measure("2024-07", "2024-12", "the same months of 2021 to 2023", 0.38,
                        "A fall under about 38 % would go unseen.", 0.4),
        scanning=Step((Line("count", "312 incidents in 12 months.", DATA),
                       Line("", "Complaints doubled since the ramp went.", PARTNER),
                       Line("hours", "Hours are not known: no dated feed.", DATA, refused=True)), signed),
        analysis=Step((Line("steady", "In each of 4 years.", PARTNER, data_text="In 3 of 4 years."),), signed),
        responses=(
            Response(PLAN, 3, "Summer patrols", "Neighbourhood team", date(2024, 6, 1), date(2024, 8, 31), DONE),
            Response(ZONE, 1, "Dispersal at the park", "Inspector", date(2024, 7, 19), date(2024, 7, 21), STOPPED),
            Response(OWN, 0, "Barrier at the entrance", "Highways", date(2024, 9, 10), None, RUNNING),
            Response(OWN, 0, "Youth work", "Housing", date(2025, 3, 1), date(2025, 6, 30), PLANNED),
        ),
        assessment=Step((Line("verdict", "Cannot tell: 61 where 70.3 were expected.", DATA),
                         Line("limits", "It says what changed, not why.", DATA),
                         Line("", "Traders say that it is quieter.", PARTNER))),
        tallies=(Tally("Calls", "Contact centre", date(2024, 12, 31),
                       (TallyRow("Retail park", 31), TallyRow("Mill Street", 3), TallyRow("Elsewhere", 2))),),
        as_at="2024-12",
        data_version="ab12cd34",
    )  # fmt: skip
    return checked(replace(problem, **changed))  # type: ignore[arg-type]


def empty_problem() -> Problem:
    """A problem of which only what must be is known."""
    return checked(
        Problem("A name", "A team", POLICE_UK, ASB, Where(("SJ469939",), ("Mill Street",)), date(2025, 1, 2))
    )


def longest_problem() -> Problem:
    """Every text as long, and every list as many, as can be kept."""
    words = ("nuisance Llanfairpwllgwyngyll " * 200)[:LINE_LENGTH]
    half = words[: LINE_LENGTH // 2]
    lines = tuple(
        Line("", f"{k} {words}"[:LINE_LENGTH], PARTNER if k % 2 else DATA, refused=k % 3 == 0)
        for k in range(MOST_LINES)
    )
    step = Step(lines, Signed(WHEN, words[:200], "v" * 40, "2024-12"))
    responses = tuple(
        Response(OWN, 0, f"{k} {half}"[: LINE_LENGTH // 2], half, date(2023, 1 + k % 12, 1), None, STATES[k % 4])
        for k in range(MOST_RESPONSES)
    )
    rows = tuple(TallyRow(f"{k} {words}", k) for k in range(MOST_ROWS))
    tally = Tally(half, half, date(2024, 12, 31), rows)
    return made_problem(
        title=words[:120], owner=words[:OWNER_LENGTH], objective=("long " * 500)[:TEXT_LENGTH], scanning=step,
        analysis=step, response=step, assessment=step, responses=responses, tallies=(tally,) * MOST_TALLIES,
        where=Where(tuple(f"SJ4{k:02d}9{k:02d}" for k in range(40)), (words,) * 30, cell_size_m=200.0),
    )  # fmt: skip


def kept(problem: Problem, number: int = 3, revision: int = 5) -> Kept[Problem]:
    """A saved revision of a problem."""
    return Kept(number, revision, WHEN, "Changed", archived=False, content=problem, role="planner")


def made_zone(name: str = "Dispersal at the park", kind: str = DISPERSAL, wkt: str = "", **changed: object) -> Zone:
    """A zone of 400 m a side; a closure is restricted."""
    import shapely

    outline = wkt or kept_shape(shapely.box(346900, 393900, 347300, 394300))
    start = datetime(2024, 7, 19, 17, tzinfo=UTC)
    return replace(Zone(name, kind, "Inspector", start, None, outline), **changed)  # type: ignore[arg-type]


def closure(name: str = SECRET) -> Zone:
    """A restricted zone."""
    return made_zone(name, CLOSURE)


def clear(problem: Problem) -> Cleared:
    """The problem as it leaves, with one zone that is not restricted."""
    return cleared(kept(problem), {1: (made_zone(),)})


def counts(last: str = "2024-12", n: int = 36, seed: int = 1) -> pd.Series:
    """Made counts by month, one missing."""
    index = pd.period_range(end=last, periods=n, freq="M")
    values = np.random.default_rng(seed).poisson(12, n).astype(float)
    values[n - 8] = np.nan
    return pd.Series(values, index=index)


def drawn(one: Cleared, area: Area, *, partner: bool = False, series: pd.Series | None = None) -> Figures:
    """What is drawn of a problem; its cells are two of the area's own."""
    line = time_line(one.problem, counts() if series is None else series, partner=partner)
    return Figures(line, None if one.hidden else squares_in(area), "0123abcd", "Data to December 2024")


def squares_in(area: Area) -> Squares:
    """Two cells of the area."""
    grid = area.grid()
    east, north = grid.corners(grid.cells[100:102])
    assert all(grid_reference(east, north))
    return Squares(east.tolist(), north.tolist(), [2, 2], [True, True], grid.cell_size_m)
