"""A plan taken through all steps without a browser: what the steps say on the way, and its files as text."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime

import pandas as pd

from analysis.patrol.allocation import Allocation
from data.plan.plan import Plan, Stop
from data.plan.told import Told
from pages.ui.plan import build as plan_build
from pages.ui.plan.paper import carried, exports, pdf
from pages.ui.plan.saved import one as plan_saved_one
from pages.ui.plan.when import window as plan_when
from pages.ui.plan.when.operation import PlanWindow
from pages.ui.plan.where import map as plan_map
from pages.ui.plan.where import places as plan_places
from pages.ui.plan.where import ranking as plan_where
from pages.ui.plan.who import result as plan_who_result
from pages.ui.plan.who import routes as plan_routes
from pages.ui.plan.who import step as plan_who_step
from pages.ui.plan.who import stops as plan_who_stops
from pages.ui.plan.who.form import WARD, Asked, CrewRow, ShiftRow
from pages.ui.shell.cache import Dataset
from tests.paper import print_checks

WHEN = datetime(2024, 12, 1, tzinfo=UTC)
SHARE = 0.05


@dataclass(frozen=True)
class Taken:
    """A plan, and what the steps drew and said of it."""

    plan: Plan
    result: Allocation
    told: Told
    stops: dict[str, Stop]
    visits: pd.DataFrame
    where: tuple[str, ...]
    who: tuple[str, ...]


def taken(data: Dataset, window: PlanWindow, shifts: tuple[ShiftRow, ...]) -> Taken:
    """Take one crew through the steps."""
    found = plan_where.where(data, window, SHARE)
    base = WARD + next(iter(data.area.ward_names.values()))
    wish = Asked((CrewRow("Kilo 1", "officers", 2, "foot", base),), shifts, 15)
    result = plan_who_step.shared_out(data, window, found.places, wish)
    drawn, legend = plan_map.overlay(found, found.places, None, plan_map.View("t", (0, 0, 1, 1)), plan_map.palette())
    figures = plan_who_step.told(data, window)
    stops = {stop.reference: stop for stop in plan_who_stops.of_shifts(data, window, found.places, result.shifts)}
    title = plan_who_result.headline(window, result, figures, stops.values(), data.area.kind)
    visits = plan_who_result.visits_table(result.shifts, stops, figures)
    routes = [
        plan_routes.overlay(shift, stops, found.places, found.grid, plan_map.palette(), "", "t", figures)[0]
        for shift in result.shifts
    ]
    who = [
        title, visits.to_csv(), plan_who_stops.parts_table(stops.values(), window.category).to_csv(),
        *(json.dumps(shown.places) for shown in routes), *plan_who_result.sentences(window, result),
        *(plan_who_result.patrol_words(s, p, figures) for s in result.shifts for p in s.patrols),
    ]  # fmt: skip
    if plan_who_result.compared(result, figures):
        chart = plan_who_result.covered_chart(title, result, figures, plan_where.lead(data, window, SHARE))
        who += [chart.title, chart.alt, chart.table.to_csv(), json.dumps(chart.figure, default=str)]
    made = plan_build.build(data, window, found, found.places, SHARE, result.shifts, result.method.parameters)
    where = (
        plan_when.finding(data, window), found.volume.sentence, plan_places.finding(window, found, SHARE),
        drawn.expected_words, legend.title,
    )  # fmt: skip
    return Taken(made, result, figures, stops, visits, where, tuple(who))


def printed(data: Dataset, plan: Plan) -> str:
    """Give the words of the printed plan."""
    sheets = print_checks.pdf_pages(pdf.plan_pdf(plan, data.area, None, when=WHEN), scale=0.1)
    return " ".join(" ".join(text.split()) for text, _ in sheets)


def walked(data: Dataset, plan: Plan) -> dict[str, str]:
    """Give every file of a plan but the printed one, and the tables of the saved one, as text."""
    return {
        "gpx": carried.plan_gpx(data.area, plan).decode(),
        "ics": re.sub(r"\r\n ", "", carried.plan_ics(data.area, plan, WHEN).decode()),
        "visits": exports.plan_csv(data.area, plan).decode("utf-8-sig"),
        "places": exports.plan_csv(data.area, plan, "places").decode("utf-8-sig"),
        "geojson": exports.plan_geojson(data.area, plan).decode(),
        "saved": f"{plan_saved_one._patrols(plan).to_csv()} {plan_saved_one._places(data, plan).to_csv()}",
    }
