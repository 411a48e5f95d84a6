"""A problem is taken from the page as one file and brought in there; what may not leave does not."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from analysis.common.refusal import Refusal
from data.demo.dataset import make_demo
from data.kinds.crime_types import ASB
from data.place.area import Area
from data.plan.names import names_in
from data.problem.file import Read, read
from data.problem.problem import Problem, Tally, TallyRow, Where
from data.problem.problems import PROBLEMS
from data.zone.zones import ZONES
from geo.errors import InputError
from geo.grid import grid_reference
from pages.ui.problem import carried, found
from pages.ui.shell.cache import Dataset
from tests.problem.made_problem import SECRET, closure, made_problem, made_zone

NOW = datetime(2025, 1, 10, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def shown(area: Area) -> Dataset:
    demo = make_demo(area)
    return Dataset(area, demo.incidents, demo.as_at, f"{demo.incidents.version} file", Path("nowhere"), demo)


@pytest.fixture
def data(shown: Dataset, tmp_path: Path) -> Dataset:
    return replace(shown, store=tmp_path)


def here(data: Dataset, **changed: object) -> Problem:
    """A simulated problem of two cells of the area."""
    grid = data.area.grid()
    cells = tuple(sorted(grid_reference(*grid.corners(grid.cells[100:102]))))
    where = Where(cells, ("A street",), cell_size_m=grid.cell_size_m)
    return replace(made_problem(), where=where, simulated=True, **changed)  # type: ignore[arg-type]


def test_what_is_taken_away_is_brought_in_whole(data: Dataset) -> None:
    one = PROBLEMS.save(data.store, here(data, responses=()), NOW)
    text = carried.file_of(data, one)
    got = carried.checked(data, read(text, "a.json")).problem
    mine = one.content
    same = ("title", "owner", "where", "objective", "measure", "scanning", "analysis", "assessment", "simulated")
    assert [getattr(got, name) for name in same] == [getattr(mine, name) for name in same]
    assert set(carried.texts_of(mine)) >= {mine.title, mine.owner, "Traders say that it is quieter.", "Contact centre"}
    assert not names_in(carried.texts_of(mine))


def test_restricted_zones_and_small_counts_do_not_leave(data: Dataset) -> None:
    zone = ZONES.save(data.store, closure(), NOW)
    rows = (TallyRow("Cars", 9), TallyRow("Bikes", 3), TallyRow("Both", 12))
    tally = Tally("Calls", "Council", NOW.date(), rows)
    one = PROBLEMS.save(data.store, here(data, title=f"Noise at {SECRET}", tallies=(tally,)), NOW)
    raw = json.loads(carried.file_of(data, one))
    assert SECRET not in json.dumps(raw)
    counts = [row["count"] for row in raw["problem"]["tallies"][0]["rows"]]
    assert counts[1] == "under 5"
    assert counts == ["5 or more", "under 5", "5 or more"]  # 12 - 9 would tell
    taken = replace(here(data), where=replace(here(data).where, zone=zone.id))
    with pytest.raises(InputError, match="not exported"):
        carried.file_of(data, PROBLEMS.save(data.store, taken, NOW))


def test_the_outline_of_an_open_zone_goes_with_it(data: Dataset) -> None:
    zone = ZONES.save(data.store, made_zone(simulated=True), NOW)
    where = replace(here(data).where, zone=zone.id)
    raw = json.loads(carried.file_of(data, PROBLEMS.save(data.store, here(data, responses=()), NOW)))
    assert raw["zone"] is None
    one = PROBLEMS.save(data.store, replace(here(data, responses=()), where=where), NOW)
    text = carried.file_of(data, one)
    assert json.loads(text)["zone"]["features"][0]["properties"]["name"] == "Dispersal at the park"
    assert read(text, "a.json").notes == (
        "The outline of its zone is in the file and was not taken over: import it under zones.",
    )


def test_what_does_not_belong_here_is_refused(data: Dataset) -> None:
    mine = here(data)
    with pytest.raises(InputError, match="demonstration"):
        carried.checked(data, Read(replace(mine, simulated=False), ()))
    with pytest.raises(InputError, match="100 m wide"):
        carried.checked(data, Read(replace(mine, where=replace(mine.where, cell_size_m=100.0)), ()))
    with pytest.raises(InputError, match="none of its places"):
        carried.checked(data, Read(replace(mine, where=replace(mine.where, cells=("TQ300800",))), ()))
    cells = (*mine.where.cells, "TQ300800")
    told = carried.checked(data, Read(replace(mine, where=replace(mine.where, cells=cells)), ()))
    assert told.notes == ("1 of its cells lie outside this area.",)


def test_a_problem_can_count_a_dated_feed(data: Dataset) -> None:
    assert data.demo is not None
    feed = found.data_of(data, data.demo.feed.source)
    assert feed.incidents is data.demo.feed
    kind = found.kinds(feed)[0]
    month = feed.incidents.months[-1]
    lines = found.scanning(feed, kind, here(data).where.cells, month)
    assert lines[0].key == "count"
    assert {line.key for line in found.analysis(feed, kind, here(data).where.cells, month)} >= {"hours", "who"}


def test_no_small_count_of_a_feed_stands_in_how_it_ended_or_what_could_be_seen(
    data: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise Refusal("The area had 3 incidents in the same months")

    monkeypatch.setattr(found.judged, "verdict", refuse)
    assert data.demo is not None
    months = data.incidents.months
    asked = (ASB, here(data).where.cells, months[-3], months[-2], months[-1])
    feed = found.data_of(data, data.demo.feed.source)
    assert "had under 5 incidents in" in found.ended(feed, *asked)[0].text
    assert "had 3 incidents in" in found.ended(data, *asked)[0].text
    seen = found.could_be_seen(feed, *asked)
    assert seen.refusal is not None
    assert "had under 5 incidents in" in seen.sentence
