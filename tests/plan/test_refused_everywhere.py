"""What step 1 refuses, no later step, file, slide or calendar entry gives: no number of expected incidents anywhere."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from analysis.common.refusal import Refusal
from analysis.patrol.allocation import Allocation
from analysis.where.lead import NO_BETTER, Lead
from data.kinds.crime_types import ASB
from data.place.area import Area
from data.plan.plan import Plan, plan_from_json
from data.plan.told import BESIDE, Told, told
from pages.ui.briefing import plan as briefing_plan
from pages.ui.briefing.panel import PLAN
from pages.ui.plan import build as plan_build
from pages.ui.plan.paper import carried, exports, pdf
from pages.ui.plan.saved import one as plan_saved_one
from pages.ui.plan.when import operation
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
from tests.briefing.briefing_checks import asked, demo_data, said
from tests.paper import print_checks
from tests.plan.made_plans import made_plan

WHEN = datetime(2024, 12, 1, tzinfo=UTC)
FAR = (date(2031, 10, 25), date(2031, 11, 8))
SHARE = 0.05
# A number of incidents that are to come, however it is put.
NUMBER = re.compile(
    r"about [\d,.]+ (?:ASB|incidents|drug)|\d (?:ASB )?incidents expected|\d expected|\d\.\d+ of (?:the )?\d"
    r"|covers \d|\"expected\"|,expected\b|expected[^.;%]{0,40}? \d+\.\d|this crew's cells: \d|\d in all",
    re.IGNORECASE,
)

PART = re.compile(r"about (?:1 in|half|\d in 10)|under 1 in|nearly all", re.IGNORECASE)  # of what the days bring


@pytest.fixture(scope="module")
def data(area: Area, tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    return demo_data(area, tmp_path_factory.mktemp("none") / "store")


@pytest.fixture(scope="module")
def window(data: Dataset) -> PlanWindow:
    as_at = data.incidents.as_at_month
    assert as_at is not None
    return PlanWindow("Halloween and Bonfire Night", ASB, *FAR, as_at, "")


@pytest.fixture(scope="module")
def pages_said() -> list[str]:
    return []


@pytest.fixture(scope="module")
def plan(data: Dataset, window: PlanWindow, pages_said: list[str]) -> Plan:
    """Make the plan of a window that is refused, through all steps; what the steps say is kept."""
    found = plan_where.where(data, window, SHARE)
    base = WARD + next(iter(data.area.ward_names.values()))
    wish = Asked((CrewRow("Kilo 1", "officers", 2, "foot", base),), (ShiftRow((FAR[0],), 18, 0, 1.5),), 15)
    result = plan_who_step.shared_out(data, window, found.places, wish)
    drawn, legend = plan_map.overlay(found, found.places, None, plan_map.View("t", (0, 0, 1, 1)), plan_map.palette())
    figures = plan_who_step.told(data, window)
    stops = {stop.reference: stop for stop in plan_who_stops.of_shifts(data, window, found.places, result.shifts)}
    (shift,) = result.shifts
    routes, _ = plan_routes.overlay(shift, stops, found.places, found.grid, plan_map.palette(), "", "t", figures)
    assert not plan_who_result.compared(result, figures)
    pages_said += [
        plan_when.finding(data, window), found.volume.sentence, plan_places.finding(window, found, SHARE),
        drawn.expected_words, legend.title,
        plan_who_result.headline(window, result, figures, stops.values(), data.area.kind),
        plan_who_result.visits_table(result.shifts, stops, figures).to_csv(), json.dumps(routes.places),
        *(plan_who_result.patrol_words(s, p, figures) for s in result.shifts for p in s.patrols),
    ]  # fmt: skip
    made = plan_build.build(data, window, found, found.places, SHARE, result.shifts, result.method.parameters)
    assert made.visited
    return made


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


def test_step_1_refuses_and_no_step_gives_a_number(
    data: Dataset, window: PlanWindow, plan: Plan, pages_said: list[str]
) -> None:
    refusal = operation.forecast_of(data, window)
    assert isinstance(refusal, Refusal)
    assert plan.refused == refusal.reason
    assert (plan.expected, plan.low80, plan.high95) == (None, None, None)
    for text in pages_said:
        assert not NUMBER.search(text), text
        assert "xpected_in" not in text
    assert sum("%" in text for text in pages_said) >= 2  # of the area's past, in step 2
    assert not any(PART.search(text) for text in pages_said)
    assert any(text.endswith("no forecast of these days, so no figure") for text in pages_said)


def test_no_file_gives_a_number_and_each_gives_the_reason(data: Dataset, plan: Plan) -> None:
    assert sum(place.expected for place in plan.places) <= 100
    paper = printed(data, plan)
    assert "so no number of incidents" in paper
    for name, text in {**walked(data, plan), "pdf": paper}.items():
        found = NUMBER.search(text) or PART.search(text)
        assert found is None, (name, text[max(0, found.start() - 80) : found.end() + 40])
        if name not in {"saved", "pdf"}:
            assert plan.refused.rstrip(".")[:60] in text.replace("\\,", ","), name


def test_a_briefing_gives_the_order_and_no_number(data: Dataset, window: PlanWindow) -> None:
    ask = replace(asked(data, (PLAN,), as_at=str(window.as_at)), window=window)
    panel = briefing_plan.plan(data, ask)
    text = " ".join((said(panel), panel.more, panel.alt, *(t.to_csv() for _, t in panel.numbers)))
    assert not NUMBER.search(text), text
    assert "so no number of incidents" in text


def test_two_bars_stand_only_where_the_lead_is_proven(data: Dataset, window: PlanWindow, plan: Plan) -> None:
    method = plan_where.ranking(data, window).method
    result = Allocation(plan.shifts, alike=False, candidates=1, left_over=0, method=method)
    figures = Told(ASB, forecast=True, hours=True)
    for lead, bars in ((Lead(6, 2.0, 1.0), 3), (Lead(6, 1.0, 2.0), 2), (Lead(1, 9.0, float("inf")), 2)):
        chart = plan_who_result.covered_chart("A finding", result, figures, lead)
        assert len(chart.table) == bars
        assert (plan_who_result.BUSIEST in chart.alt) == (bars == 3)
    one = replace(plan, shifts=plan.shifts[:1], places=plan.places[:5], parameters={BESIDE: NO_BETTER})
    visits = tuple(replace(p, visits=()) for p in one.shifts[0].patrols)
    paper = printed(data, replace(one, shifts=(replace(one.shifts[0], patrols=visits),)))
    assert "Last year's busiest places" not in paper
    assert "No better than last year's busiest places." in paper


def test_the_walk_finds_a_number_where_there_is_one(data: Dataset) -> None:
    for name, text in walked(data, made_plan()).items():
        if name not in {"gpx", "ics", "saved"}:
            assert NUMBER.search(text), name


def test_a_plan_of_an_earlier_version_without_a_forecast_tells_no_figure_either(data: Dataset) -> None:
    old = made_plan().to_json() | {"expected": None, "low80": None, "high80": None, "low95": None, "high95": None}
    del old["refused"]
    plan = plan_from_json(old)
    assert told(plan) == Told(ASB, forecast=False, refused="", hours=True)
    assert not told(plan).in_shifts
    assert told(plan).text(2.4) == "–"
    for name, text in walked(data, plan).items():
        assert not NUMBER.search(text), name
        assert "2.24" not in text
    assert briefing_plan.place_table(data, plan)["part_percent"].isna().all()


def test_parts_are_per_cent_and_add_up_to_the_whole(data: Dataset, window: PlanWindow) -> None:
    ranked = plan_where.ranking(data, window)
    assert ranked.expected.sum() == pytest.approx(100)
    ahead = window.as_at + 1
    near = replace(window, first=ahead.start_time.date(), last=ahead.end_time.date())
    forecast = plan_where.ranking(data, near)
    assert (forecast.order == ranked.order).all()
    assert forecast.expected.sum() == pytest.approx(operation.volume(data, near).total)
    assert "100 %" in ranked.method.line()
    assert Told(ASB, forecast=False, refused="Because.").text(2.44) == "2.4 %"
    assert Told(ASB, forecast=True).text(2.44) == "2.4"
