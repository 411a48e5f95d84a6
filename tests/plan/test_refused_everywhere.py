"""What step 1 refuses, no later step, file, slide or calendar entry gives: no number of expected incidents anywhere."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

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
from pages.ui.plan.when import operation
from pages.ui.plan.when.operation import PlanWindow
from pages.ui.plan.where import ranking as plan_where
from pages.ui.plan.who import result as plan_who_result
from pages.ui.plan.who.form import ShiftRow
from pages.ui.shell.cache import Dataset
from tests.briefing.briefing_checks import asked, demo_data, said
from tests.plan.made_plans import made_plan
from tests.plan.plan_steps import Taken, printed, taken, walked

FAR = (date(2031, 10, 25), date(2031, 11, 8))
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
def way(data: Dataset, window: PlanWindow) -> Taken:
    """A window that is refused, taken through all steps."""
    made = taken(data, window, (ShiftRow((FAR[0],), 18, 0, 1.5),))
    assert made.plan.visited
    return made


@pytest.fixture(scope="module")
def plan(way: Taken) -> Plan:
    return way.plan


def test_step_1_refuses_and_no_step_gives_a_number(data: Dataset, window: PlanWindow, way: Taken, plan: Plan) -> None:
    refusal = operation.forecast_of(data, window)
    assert isinstance(refusal, Refusal)
    assert plan.refused == refusal.reason
    assert (plan.expected, plan.low80, plan.high95) == (None, None, None)
    assert not plan_who_result.compared(way.result, way.told)
    for text in (*way.where, *way.who):
        assert not NUMBER.search(text), text
        assert "xpected_in" not in text
        assert not PART.search(text), text
    assert sum("%" in text for text in way.where) >= 2  # of the area's past, in step 2
    assert way.who[0].endswith("no forecast of these days, so no figure")


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
