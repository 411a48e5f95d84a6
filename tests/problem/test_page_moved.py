"""A problem whose places change, one that comes from elsewhere, and one whose feed was taken away."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from data.demo.dataset import make_demo
from data.kinds.crime_types import ASB, DRUGS
from data.place.area import Area
from data.problem.file import Read
from data.problem.problem import (
    ANALYSIS,
    DATA,
    OWN,
    PARTNER,
    SCANNING,
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
    problem_from_json,
)
from data.problem.problems import PROBLEMS
from geo.errors import InputError
from geo.grid import grid_reference
from pages.ui.map.lattice import known_cells
from pages.ui.problem import carried, moved, places, typed
from pages.ui.problem.steps import signed_words
from pages.ui.shell.cache import Dataset
from tests.problem.made_problem import empty_problem, made_problem
from tests.tab_pages import html, open_page

DAY = date(2025, 1, 15)
FIRST, LAST = "2024-07", "2024-12"


@pytest.fixture(scope="module")
def demo(area: Area, tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    made = make_demo(area)
    return Dataset(area, made.incidents, DAY, made.incidents.version, tmp_path_factory.mktemp("empty"), demo=made)


def at(data: Dataset, start: int, n: int = 4) -> Where:
    """Some cells of the area."""
    grid = data.area.grid()
    names = sorted(grid_reference(*grid.corners(grid.cells[start : start + n])))
    return Where(tuple(names), ("a place",), cell_size_m=grid.cell_size_m)


def busiest(data: Dataset, n: int) -> Where:
    """The cells of the area with most ASB, so that much could be seen there."""
    counted = known_cells(data, ASB, pd.Period("2024-12", "M"))
    grid, top = counted.grid, np.argsort(counted.of(slice(None)))[-n:]
    names = sorted(grid_reference(*grid.corners(grid.cells[top])))
    return Where(tuple(names), ("a place",), cell_size_m=grid.cell_size_m)


def worked_on(where: Where) -> Problem:
    """A problem with lines and a measure that were never true."""
    old = Line("count", "9,999 incidents.", DATA)
    typed, own = Line("months", "Ours.", PARTNER, data_text="Old."), Line("", "Residents say so.", PARTNER)
    return replace(
        empty_problem(), simulated=True, where=where, objective="Less of it",
        measure=Measure(FIRST, LAST, "never", 0.01, "A fall under about 1 % would go unseen.", 0.3),
        scanning=Step((old, typed, own)), analysis=Step((old,), signed("2024-10")),
        assessment=Step((Line("verdict", "It fell by 99 %.", DATA), own)),
    )  # fmt: skip


def signed(month: str, version: str = "ab12") -> Signed:
    return Signed(datetime(2024, 11, 3, 12, tzinfo=UTC), "Analyst", version, month)


# --- other places -----------------------------------------------------------------------------------------------------
def test_new_places_bring_new_lines_and_a_new_measure(demo: Dataset) -> None:
    old = worked_on(at(demo, 500))
    new = moved.anew(demo, old, replace(old, where=busiest(demo, 12)), pd.Period("2024-12", "M"))
    lines = {line.key: line for line in new.scanning.lines}
    assert "9,999" not in lines["count"].text
    assert lines["months"].text == "Ours."
    assert lines["months"].data_text not in {"", "Old."}
    assert new.scanning.lines[-1].text == "Residents say so."
    assert new.analysis == old.analysis  # signed off: it stands
    assert new.measure is not None
    assert (new.measure.first, new.measure.last, new.measure.wanted) == (FIRST, LAST, 0.3)
    assert new.measure.said != old.measure.said  # type: ignore[union-attr]
    assert new.measure.baseline.startswith("the same months of")
    assert "99 %" not in " ".join(line.text for line in new.assessment.lines)
    assert new.assessment.lines[-1].text == "Residents say so."
    assert (new.as_at, new.data_version) == ("2024-12", demo.incidents.version)
    assert checked(new) == new
    assert moved.changed_words(old, new).endswith("; Analysis stands as signed for those before")


def test_steps_that_are_not_signed_are_filled_in_from_one_state_of_the_data(demo: Dataset) -> None:
    problem = worked_on(busiest(demo, 4))
    problem = replace(problem, analysis=replace(problem.analysis, signed=signed("2024-06", "old")), data_version="old")
    new = moved.again(demo, problem, pd.Period(LAST, "M"))
    assert (new.data_version, new.as_at) == (demo.incidents.version, LAST)
    assert "9,999" not in new.scanning.lines[0].text
    assert new.analysis == problem.analysis  # as it was signed
    assert [one.text for one in new.scanning.lines if one.by == PARTNER] == ["Ours.", "Residents say so."]


def test_a_new_name_changes_nothing_else(demo: Dataset) -> None:
    old = worked_on(at(demo, 500))
    new = replace(old, title="Another name")
    assert moved.anew(demo, old, new, pd.Period("2024-12", "M")) is new
    assert moved.changed_words(old, new) == moved.CHANGED


@pytest.mark.parametrize(("cells", "month"), [(("NZ123456",), "2024-12"), ((), "")])
def test_where_nothing_can_be_said_nothing_old_stays(demo: Dataset, cells: tuple[str, ...], month: str) -> None:
    old = worked_on(at(demo, 500))
    where = replace(old.where, cells=cells or at(demo, 700).cells)
    new = moved.anew(demo, old, replace(old, where=where), pd.Period(month, "M") if month else None)
    assert new.measure is None
    assert [line.by for line in (*new.scanning.lines, *new.assessment.lines)] == [PARTNER] * 3


def test_what_is_counted_and_where_makes_it_another() -> None:
    old = made_problem()
    other = replace(old.where, cells=old.where.cells[:1])
    assert [moved.moved(old, new) for new in (
        old, replace(old, owner="Another team", where=replace(old.where, names=("so called",))),
        replace(old, category=DRUGS), replace(old, source="Fires"), replace(old, where=other),
        replace(old, where=replace(old.where, cell_size_m=250.0)),
    )] == [False, False, True, True, True, True]  # fmt: skip


# --- the map of the form ----------------------------------------------------------------------------------------------
def test_a_click_on_the_map_does_not_move_it_and_a_list_does(demo: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(typed.st, "session_state", {})
    grid, none, one = demo.area.grid(), np.array([], dtype=np.intp), np.array([500], dtype=np.intp)
    lists = ((), (), 0)
    assert places.looked_at(demo, grid, none, lists) == places.looked_at(demo, grid, one, lists)
    assert places.looked_at(demo, grid, one, ((), ("E1",), 0)).bounds_m != demo.area.wards.outline.bounds
    typed.put(places.BEGAN, (at(demo, 500).cells, ("a place",)))
    began = places.looked_at(demo, grid, one, lists)
    assert began == places.looked_at(demo, grid, none, lists)  # also where the last cell is taken out
    assert began.bounds_m != demo.area.wards.outline.bounds


# --- signed off -------------------------------------------------------------------------------------------------------
def test_data_that_changed_are_told_and_a_page_that_looks_back_is_no_change() -> None:
    one = signed("2024-10")
    assert "have changed" not in signed_words(one, "ab12", pd.Period("2024-03", "M"))
    assert "they now reach to December 2024" in signed_words(one, "cd34", pd.Period("2024-12", "M"))


# --- from elsewhere ---------------------------------------------------------------------------------------------------
def test_all_that_does_not_fit_here_is_told_at_once(demo: Dataset) -> None:
    problem = made_problem(source="Fires", where=Where(("NZ123456",), ("far away",), cell_size_m=100.0))
    with pytest.raises(InputError) as told:
        carried.checked(demo, Read(problem, ()))
    for words in ("demonstration", "100 m wide", "none of its places", "feed that is not loaded here: Fires"):
        assert words in str(told.value)
    fits = made_problem(simulated=True, where=at(demo, 500), source=demo.demo.feed.source)  # type: ignore[union-attr]
    assert carried.checked(demo, Read(fits, ("a note",))) == Read(fits, ("a note",))


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"responses": (Response(OWN, 0, "x", "y", date(1, 1, 1), None),)}, "no year from 1990 to 2100: 1"),
        ({"started_on": date(2204, 5, 1)}, "2204"),
        ({"tallies": (Tally("Calls", "Desk", date(1024, 1, 1), (TallyRow("all", 7),)),)}, "1024"),
        ({"as_at": "0204-01"}, "204"),
        ({"scanning": Step((), signed("3024-10"))}, "3024"),
        ({"scanning": Step((), signed("soon"))}, "no month: 'soon'"),
        ({"measure": Measure("2024-01", "2025-01", "", None, "")}, "1 to 12 months: 2024-01 to 2025-01"),
        ({"measure": Measure("2024-05", "2024-04", "", None, "")}, "backwards"),
        ({"measure": Measure("", "2024-04", "", None, "")}, "no month: ''"),
        ({"source": " "}, "what is counted"),
        ({"category": ""}, "what is counted"),
    ],
)
def test_what_cannot_be_meant_is_not_kept(changed: dict[str, object], words: str) -> None:
    with pytest.raises(InputError, match="cannot be kept") as told:
        made_problem(**changed)
    assert words in str(told.value)


def test_a_year_of_twelve_months_is_kept() -> None:
    assert made_problem(measure=Measure("2024-04", "2025-03", "", None, "")).measure is not None


def test_a_time_at_the_edge_of_the_calendar_is_damage_not_a_fault() -> None:
    raw = made_problem(scanning=Step((), signed("2024-10"))).to_json()
    raw[SCANNING]["signed"]["at"] = "0001-01-01T00:00:00+14:00"
    with pytest.raises(InputError, match="damaged"):
        problem_from_json(raw)
    assert ANALYSIS in raw


# --- a feed that was taken away ---------------------------------------------------------------------------------------
def test_a_problem_of_a_feed_that_is_gone_keeps_its_steps(
    demo: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    problem = replace(empty_problem(), simulated=True, where=at(demo, 500), source="Gone", category="Fires")
    PROBLEMS.save(tmp_path, problem, datetime(2025, 1, 10, tzinfo=UTC))
    page = open_page(monkeypatch, tmp_path, "pages/problems.py", {"problem_chosen": (1, 1)})
    assert not page.exception
    assert "What fall could be seen cannot be told" in html(page)
