"""What a problem keeps to whatever is done to it: what may leave, which record is meant, what can be brought in."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import shapely
from streamlit.testing.v1 import AppTest

from data.kinds.crime_types import ASB, DRUGS
from data.place.area import Area
from data.problem.file import read, written
from data.problem.problem import (
    ASSESSMENT,
    CLOSED,
    DATA,
    OBJECTIVE,
    OWN,
    RESPONSE,
    Line,
    Problem,
    Response,
    Step,
    Tally,
    TallyRow,
    Where,
)
from data.problem.problems import PROBLEMS
from data.store.schema import POLICE_UK
from data.zone.covered import covered
from data.zone.zone import CLOSURE, kept_shape
from data.zone.zones import ZONES
from geo.errors import InputError
from geo.grid import grid_reference
from pages.ui.problem import carried, entry, form_cleared, form_files, found
from pages.ui.problem.counts import read_rows
from pages.ui.shell import cache
from pages.ui.shell.cache import Dataset
from pages.ui.zone import forgotten
from tests.conftest import ROOT
from tests.problem.made_problem import SECRET, closure, kept, made_problem, made_zone
from tests.problem.page_parts import NOW, Open, labels, newest, press, ran, type_in, widget
from tests.tab_pages import html, text

ROWS = "Rows, at most 40: a label, a colon, a count"


@pytest.fixture(autouse=True)
def _here(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DASHBOARD_DATA", str(store))
    monkeypatch.setenv("DASHBOARD_TODAY", "2025-01-15")


@pytest.fixture
def opened(store: Path, open_at: Open) -> Open:
    def start(number: int = 0, step: str = "") -> AppTest:
        words = {"problem": str(number) if number else "", "step": step}
        return open_at(store, **{key: word for key, word in words.items() if word})

    return start


def cells_of(area: Area, at: int = 500, n: int = 2) -> tuple[str, ...]:
    grid = area.grid()
    return tuple(sorted(grid_reference(*grid.corners(grid.cells[at : at + n]))))


def here(area: Area, **changed: object) -> Problem:
    """A problem on two cells of the area."""
    where = replace(made_problem().where, cells=cells_of(area))
    return replace(made_problem(), **{"where": where, "responses": (), "tallies": (), **changed})  # type: ignore[arg-type]


def pick(at: AppTest, label: str, value: object) -> None:
    [one for one in at.selectbox if one.label == label][-1].set_value(value)
    ran(at)


def day(at: AppTest, label: str) -> object:
    return next(one for one in at.date_input if one.label == label)


# --- restricted zones -------------------------------------------------------------------------------------------------
def test_a_restricted_zone_is_not_forgotten_while_a_problem_names_it(store: Path, area: Area) -> None:
    """Once it is gone nobody knows its name, to take it out of what a reader sees and of what leaves."""
    zone = ZONES.save(store, closure(), NOW)
    one = PROBLEMS.save(store, here(area, objective=f"Quiet at {SECRET.upper()}"), NOW)
    PROBLEMS.revise(store, one.id, 1, here(area, objective="Quiet"), NOW)  # the older revision can be read
    with pytest.raises(InputError, match=f"problem {one.id} names it, now or in an older revision"):
        forgotten.free_of(store, zone)
    gone = PROBLEMS.archive(store, one.id, 2, NOW)
    PROBLEMS.forget(store, one.id, gone.revision)
    forgotten.free_of(store, zone)


@pytest.fixture
def whole(real_store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    own = Path(shutil.copytree(real_store, tmp_path / "whole"))
    monkeypatch.setenv("DASHBOARD_DATA", str(own))
    monkeypatch.setenv("DASHBOARD_TODAY", "2025-01-15")
    return own


def secret_place(store: Path, data: Dataset) -> tuple[Problem, str, int]:
    """A closure in a cell of which the data name the busiest street, and a problem on it as the page makes it."""
    frame, grid = data.incidents.of(ASB).frame, data.area.grid()
    inside = frame[np.isin(grid.locate(frame["easting_m"].to_numpy(), frame["northing_m"].to_numpy()), grid.cells)]
    at = grid.locate(inside["easting_m"].to_numpy(), inside["northing_m"].to_numpy())
    last = data.incidents.months[-1]
    for cell, _ in Counter(at.tolist()).most_common(60):
        (reference,) = grid_reference(*grid.corners(np.array([cell])))
        lines = found.scanning(data, ASB, (reference,), last)
        street = re.search(r"; ([^;]+ (?:Street|Road|Way|Lane)) leads with", " ".join(line.text for line in lines))
        if street is None:
            continue
        east, north = (float(one[0]) for one in grid.corners(np.array([cell])))
        zone = made_zone(SECRET, CLOSURE, kept_shape(shapely.box(east + 80, north + 80, east + 110, north + 110)))
        assert covered(zone.shape, grid) == (reference,)
        number = ZONES.save(store, zone, NOW).id
        where = Where((reference,), (SECRET,), zone=number, cell_size_m=grid.cell_size_m)
        problem = Problem("Noise", "A team", POLICE_UK, ASB, where, date(2024, 6, 1))
        return entry.fill(data, problem, last), street[1], cell
    raise AssertionError("no such cell")


def test_the_data_name_no_street_of_a_place_that_is_not_printed(whole: Path) -> None:
    data = cache.dataset()
    problem, street, _ = secret_place(whole, data)
    one = PROBLEMS.save(whole, problem, NOW)
    out = form_cleared.cleared(one, form_cleared.zones_of(whole))
    assert out.hidden
    assert street not in repr(out.problem)


def test_published_counts_do_not_tell_which_cell_is_not_printed(whole: Path) -> None:
    """The form has no map, and counts of its months that only one cell of the borough has."""
    data = cache.dataset()
    problem, _, cell = secret_place(whole, data)
    one = PROBLEMS.save(whole, problem, NOW)
    out = form_cleared.cleared(one, form_cleared.zones_of(whole))
    line = form_files.figures(data, out).line
    told = {month: count for month, count in zip(line.months, line.counts, strict=True) if np.isfinite(count)}
    frame, grid = data.incidents.of(ASB).frame, data.area.grid()
    at = grid.locate(frame["easting_m"].to_numpy(), frame["northing_m"].to_numpy())
    by = pd.crosstab(at, frame["month"].astype(str))
    by = by[by.index.isin(grid.cells)]
    same = [one for one in by.index if all(by.loc[one, str(month)] == count for month, count in told.items())]
    assert not told or same != [cell]


def secret_problem(store: Path, area: Area) -> int:
    number = ZONES.save(store, made_zone(SECRET, CLOSURE, _box(area)), NOW).id
    where = Where(cells_of(area, n=1), (SECRET,), zone=number, cell_size_m=area.cell_size_m)
    return PROBLEMS.save(store, here(area, where=where, title=f"Noise at {SECRET}"), NOW).id


def _box(area: Area) -> str:
    grid = area.grid()
    east, north = (float(one[0]) for one in grid.corners(grid.cells[500:501]))
    return kept_shape(shapely.box(east + 20, north + 20, east + 50, north + 50))


def test_a_slide_does_not_show_where_the_form_has_its_cells(opened: Open, store: Path, area: Area) -> None:
    at = press(opened(secret_problem(store, area)), "Name, owner and places")
    press(at, "Screenshot view")
    drawn = " ".join(str(one.proto) for one in at.main if type(one).__name__ == "UnknownElement")
    cell = cells_of(area, n=1)[0]
    outlined = [drawn[at_.start() - 40 : at_.end()] for at_ in re.finditer(cell, drawn)]
    assert not any("not chosen" not in said and "chosen" in said for said in outlined)
    assert "cell chosen" not in html(at)


def test_a_slide_asks_nothing_by_name(opened: Open, store: Path, area: Area) -> None:
    at = press(opened(secret_problem(store, area)), "Archive")
    assert SECRET not in html(press(at, "Screenshot view"))


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("St Mary's House", "St Mary’s House"),
        ("Flat 4-6 Vine House", "Flat 4–6 Vine House"),
        ("Vine House", "ＶＩＮＥ House"),
    ],
)
def test_a_name_typed_with_other_marks_is_taken_out_too(name: str, typed: str) -> None:
    one = kept(made_problem(objective=f"At {typed}", responses=()))
    assert typed not in form_cleared.cleared(one, {7: (closure(name),)}).problem.objective


def test_a_copy_cuts_no_name_in_two(opened: Open, store: Path, area: Area) -> None:
    ZONES.save(store, closure(), NOW)
    title = "x" * (120 - len(SECRET) - 1) + " " + SECRET
    one = PROBLEMS.save(store, here(area, title=title), NOW)
    press(opened(one.id), "Make a copy")
    copy = form_cleared.cleared(PROBLEMS.listed(store)[0], form_cleared.zones_of(store))
    assert SECRET[:12] not in copy.problem.title


def tally(name: str, *rows: tuple[str, int]) -> Tally:
    return Tally(name, "Contact centre", date(2024, 12, 31), tuple(TallyRow(*row) for row in rows))


# --- one record taken for another -------------------------------------------------------------------------------------
def test_of_two_problems_of_one_name_both_can_be_opened(opened: Open, store: Path, area: Area) -> None:
    for owner in ("Team one", "Team two"):
        PROBLEMS.save(store, here(area, title="Same name", owner=owner), NOW)
    opens = set()
    for place in (0, 1):
        at = opened()
        box = widget(at.selectbox, "Open a problem")
        box.select_index(place)  # type: ignore[attr-defined]
        opens.add(ran(at).session_state["problem_chosen"][0])
    assert opens == {1, 2}


def test_of_two_tables_of_one_name_the_one_that_is_picked_is_changed(opened: Open, store: Path, area: Area) -> None:
    """A table of each month, of the same name and source: October is picked and November is overwritten."""
    monthly = tuple(replace(tally("Calls", ("Park", n)), as_of=date(2024, m, 28)) for m, n in ((10, 11), (11, 22)))
    PROBLEMS.save(store, here(area, tallies=monthly), NOW)
    at = opened(1, ASSESSMENT)
    pick(at, "Change", 0)
    type_in(at, ROWS, "Park: 99")
    press(at, "Save the counts")
    assert [one.rows[0].count for one in newest(store).tallies] == [99, 22]


def test_what_is_typed_for_one_entry_is_not_saved_into_another(opened: Open, store: Path, area: Area) -> None:
    """Two entries of the same words: an end that was typed for August, not saved, stands in June and is saved there."""
    patrols = tuple(Response(OWN, 0, "Patrols", "Police", date(2024, m, 1), date(2024, m, 20)) for m in (6, 8))
    PROBLEMS.save(store, here(area, responses=patrols), NOW)
    at = opened(1, RESPONSE)
    pick(at, "Change", 1)
    day(at, "To, if known").set_value(date(2024, 9, 25))  # type: ignore[attr-defined]
    pick(ran(at), "Change", 0)
    assert day(at, "To, if known").value == date(2024, 6, 20)  # type: ignore[attr-defined]


# --- what was said of another place or time ---------------------------------------------------------------------------
def test_a_new_name_does_not_move_a_problem_to_other_cells(
    opened: Open, store: Path, area: Area, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cells of 200 m, then of 400 m: the references that both have are taken for the places, four times as large."""
    line = Step((Line("count", "Ten, of the old cells.", DATA),))
    same = "SJ412988"
    where = Where((same,), ("The park",), cell_size_m=200.0)
    PROBLEMS.save(store, here(area, where=where, scanning=line), NOW)
    folder = tmp_path / "area"
    folder.mkdir()
    words = (ROOT / "data" / "area.toml").read_text(encoding="utf-8").replace("cell_size_m = 200", "cell_size_m = 400")
    (folder / "area.toml").write_text(words, encoding="utf-8", newline="\n")
    for one in (ROOT / "data").glob("*.geojson"):
        shutil.copy(one, folder)
    monkeypatch.setenv("DASHBOARD_AREA", str(folder / "area.toml"))
    at = press(opened(1), "Name, owner and places")
    type_in(at, "Name", "Only another name")
    press(at, "Save the changes")
    assert "no place is chosen" in text(at)
    assert newest(store).where.cell_size_m == 200.0


def test_a_verdict_of_other_months_does_not_stand_beside_the_objective(opened: Open, store: Path, area: Area) -> None:
    PROBLEMS.save(store, here(area), NOW)  # measured July to December 2024, with a verdict of these
    at = opened(1, OBJECTIVE)
    widget(at.selectbox, "From").set_value("2024-09")  # type: ignore[attr-defined]
    press(ran(at), "Save the objective")
    now = newest(store)
    assert now.measure is not None
    assert now.measure.first == "2024-09"
    assert "Cannot tell: 61 where 70.3 were expected." not in [line.text for line in now.assessment.lines]


def test_a_closed_problem_is_not_changed_without_being_opened(opened: Open, store: Path, area: Area) -> None:
    PROBLEMS.save(store, here(area, state=CLOSED, closed_on=date(2025, 1, 9)), NOW)
    assert "Save the objective" not in labels(opened(1, OBJECTIVE))
    assert "Save the entry" not in labels(opened(1, RESPONSE))


def test_a_form_that_was_overtaken_does_not_lose_what_was_typed(opened: Open, store: Path, area: Area) -> None:
    one = PROBLEMS.save(store, here(area), NOW)
    at = press(opened(1), "Name, owner and places")
    type_in(at, "Name", "Typed for long")
    theirs = replace(one.content, objective="Theirs", owner="Their team", category=DRUGS)
    theirs = replace(theirs, where=replace(theirs.where, cells=cells_of(area, 700)))
    PROBLEMS.revise(store, 1, 1, theirs, NOW)
    press(at, "Save the changes")
    assert "another has saved" in text(at)
    press(at, "Go on from the newest, with what you changed")
    assert widget(at.text_input, "Owner: a role or team").value == "Their team"  # type: ignore[attr-defined]
    press(at, "Save the changes")
    now = newest(store)
    assert (now.title, now.objective, now.owner, now.category) == ("Typed for long", "Theirs", "Their team", DRUGS)
    assert now.where.cells == cells_of(area, 700)


# --- typed and brought ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("typed", "count"), [("Calls: 1,5", 15), ("Calls: 0000000000000123", 0)])
def test_no_other_number_is_read_than_was_typed(typed: str, count: int) -> None:
    try:
        rows = read_rows(typed)
    except InputError:
        return
    assert rows[0].count != count


def brought(area: Area, **changed: object) -> Problem:
    return carried.checked(cache.dataset(), read(written(here(area, **changed), []), "a.json")).problem


def test_a_crime_type_that_nobody_has_is_not_brought_in(store: Path, area: Area) -> None:
    with pytest.raises(InputError):
        brought(area, category="Nonsense")


def test_cells_that_stand_twice_in_a_file_are_one(store: Path, area: Area) -> None:
    where = here(area).where
    cells = brought(area, where=replace(where, cells=where.cells * 2)).where.cells
    assert len(cells) == len(set(cells))


def test_what_could_be_seen_is_a_share(store: Path, area: Area) -> None:
    measure = made_problem().measure
    assert measure is not None
    with pytest.raises(InputError):
        brought(area, measure=replace(measure, smallest_fall=-5.0))


def test_a_file_that_is_here_already_is_told(store: Path, area: Area) -> None:
    PROBLEMS.save(store, brought(area), NOW)
    again = carried.checked(cache.dataset(), read(written(here(area), []), "a.json"))
    assert any("already" in note or "same" in note for note in again.notes)
