"""Without a dated feed no page, table, file or slide of a plan tells a figure of a shift or an hour."""

from __future__ import annotations

import io
import json
import re
from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from data.kinds.crime_types import ASB
from data.place.area import Area
from data.plan import plans
from data.plan import stops as plan_stops
from data.plan.plan import Plan
from data.plan.told import told
from pages.ui.briefing import plan as briefing_plan
from pages.ui.briefing.panel import PLAN
from pages.ui.plan.paper import patrol, pdf, phone
from pages.ui.plan.paper.rounds import rounds
from pages.ui.plan.when.operation import PlanWindow
from pages.ui.plan.who import result as plan_who_result
from pages.ui.plan.who.form import ShiftRow
from pages.ui.shell.cache import Dataset
from tests.briefing.briefing_checks import asked, demo_data, said
from tests.plan.made_plans import NOW, made_plan
from tests.plan.plan_steps import WHEN, Taken, taken, walked

NIGHTS = (date(2024, 10, 31), date(2024, 11, 5))
# What a shift, a patrol or a visit brings, however it is put.
IN_SHIFT = re.compile(
    r"expected (?:during|there|in (?:the|this|a) shift)|\d expected\.(?:\s|$)|covers? \d|\d\.\d+ of the \d"
    r"|are expected in the whole|expected_in_cells|of what is expected",
    re.IGNORECASE,
)


@pytest.fixture(scope="module")
def data(area: Area, tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    return demo_data(area, tmp_path_factory.mktemp("alike") / "store")


def window(feed: str = "") -> PlanWindow:
    return PlanWindow(
        "Halloween and Bonfire Night", ASB, date(2024, 10, 25), date(2024, 11, 8), pd.Period("2024-07", "M"), feed
    )


@pytest.fixture(scope="module")
def alike(data: Dataset) -> Taken:
    """Two shifts alike."""
    return taken(data, window(), (ShiftRow(NIGHTS, 18, 0, 2.0),))


@pytest.fixture(scope="module")
def unlike(data: Dataset) -> Taken:
    """Two shifts of unlike length, which go to unlike cells."""
    return taken(data, window(), (ShiftRow(NIGHTS[:1], 18, 0, 2.0), ShiftRow(NIGHTS[1:], 18, 0, 1.5)))


def slide(data: Dataset, plan: Plan) -> str:
    """The words and figures of the briefing's slide of the plan, which is saved for it."""
    plans.save(data.store, plan, NOW)
    panel = briefing_plan.plan(data, asked(data, (PLAN,), as_at=plan.as_at))
    assert "Saved plan, revision 1" in panel.more
    words = (said(panel), panel.finding, panel.more, panel.alt, *(t.to_csv() for _, t in panel.numbers))
    return " ".join(words).replace("\xa0", " ")


def sheets_of(data: Dataset, plan: Plan) -> list[tuple[str, float]]:
    """Every text of the printed plan beside its maps, with its height in points from the top of its sheet."""
    sheets = pdf.plan_sheets(plan, data.area, None, when=WHEN)
    return [(text.get_text(), float(text.get_position()[1])) for sheet in sheets for text in sheet.figure.texts]


def of_a_shift(text: str) -> str:
    """A figure of a shift with what is around it; empty without one."""
    found = IN_SHIFT.search(text)
    return text[max(0, found.start() - 90) : found.end() + 40] if found else ""


def test_steps_and_slides_tell_parts_of_the_days(data: Dataset, alike: Taken, unlike: Taken) -> None:
    for way in (alike, unlike):
        assert way.plan.expected
        assert not way.plan.hours_known
        together = plan_stops.together_words(ASB, way.plan.stops, data.area.kind)
        assert re.fullmatch(r"All \d+ stops together: about .+ of the \w+'s ASB on these days", together)
        assert way.who[0] == together
        shown = slide(data, way.plan)
        assert together in shown
        for text in (*way.where, *way.who, shown):
            assert of_a_shift(text) == ""
        assert "expected" not in way.visits
        assert not {"expected", "covered"} & set(briefing_plan.shift_table(way.plan))


def test_bars_are_parts_and_stand_only_where_shifts_are_alike(alike: Taken, unlike: Taken) -> None:
    assert not plan_who_result.compared(unlike.result, unlike.told)
    (table,) = [pd.read_csv(io.StringIO(text)) for text in alike.who if "part_of_days" in text and "what" in text]
    parts = table.set_index("what")["part_of_days"]
    assert parts[plan_who_result.PLAN] == pytest.approx(sum(stop.part for stop in alike.plan.stops))
    assert 0 < parts[plan_who_result.EVEN] < parts[plan_who_result.PLAN] < 1


def test_no_file_tells_what_a_shift_brings(data: Dataset, unlike: Taken, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = unlike.plan
    written = walked(data, plan) | {"pdf": " ".join(words for words, _ in sheets_of(data, plan))}
    monkeypatch.setattr(phone, "_map", lambda *_: "")  # a picture: nothing to read
    written |= {crew: phone.phone_page(plan, data.area, None, crew).decode() for crew in phone.crews(plan)}
    assert len(written) == 8
    for name, text in written.items():
        assert of_a_shift(text) == "", name
        assert not re.search("Expected there", text), name
    assert pd.read_csv(io.StringIO(written["visits"]), comment="#")["expected"].isna().all()
    lines = [f["properties"] for f in json.loads(written["geojson"])["features"] if f["properties"]["kind"] == "patrol"]
    assert [line["expected"] for line in lines] == [None, None]


def test_the_stops_of_step_3_are_those_of_the_sheet(alike: Taken, unlike: Taken) -> None:
    for way in (alike, unlike):
        sheet = [row for one in rounds(way.plan) for row in patrol.rows(way.plan, one) if row.number]
        of_rounds = way.visits[way.visits["shift"].isin([f"{r.first.starts:%Y-%m-%d %H:%M}" for r in rounds(way.plan)])]
        assert list(of_rounds["cell"]) == [row.cell for row in sheet]
        assert list(of_rounds["time"]) == [row.time for row in sheet]
        for name, part, row in zip(of_rounds["name"], of_rounds["part_of_days"], sheet, strict=True):
            assert name.split(", near ")[0] == row.name
            assert row.about.split(" · ")[0] == plan_stops.part_words(part)


def test_what_came_of_such_figures_stands_beside_them(data: Dataset, alike: Taken, unlike: Taken) -> None:
    past = alike.plan.past_range
    assert "of what was said for the 40 busiest cells came" in past
    for plan in (alike.plan, unlike.plan):
        lines = sheets_of(data, plan)
        starts = [n for n, (words, _) in enumerate(lines) if past.startswith(words)]
        assert len(starts) == 2  # one a sheet
        for n in starts:
            above = [y for words, y in lines[n - 12 : n] if re.search(r"stops?, about|on these days$", words)]
            assert 0 < lines[n][1] - max(above) < 20
    assert past in slide(data, alike.plan)


def test_with_a_feed_hours_are_told_as_ever(data: Dataset, alike: Taken) -> None:
    plan = made_plan()
    assert told(plan).in_shifts
    assert of_a_shift(" ".join(words for words, _ in sheets_of(data, replace(plan, shifts=plan.shifts[:1]))))
    assert of_a_shift(briefing_plan.saved_finding(plan, data.area.kind))
    known = replace(alike.told, hours=True)
    assert of_a_shift(plan_who_result.headline(window(), alike.result, known, alike.plan.stops, "county"))
    shift = alike.result.shifts[0]
    assert of_a_shift(plan_who_result.patrol_words(shift, shift.patrols[0], known))
    assert "expected" in plan_who_result.visits_table(alike.result.shifts, alike.stops, known)
    assert plan_who_result.compared(alike.result, known)
