"""The problems and the zone of the demonstration: whole, found by a second route, never kept, on other wards too."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
import shapely

from analysis.common.disclosure import LEAST, UNDER
from analysis.outcome.evaluation import FELL
from data.demo.dataset import Demo, make_demo
from data.kinds.crime_types import ASB
from data.place.area import Area
from data.plan.kept import Kept
from data.plan.names import names_in
from data.problem.problem import (
    ANALYSIS,
    ASSESSMENT,
    CLOSED,
    DATA,
    OPEN,
    PARTNER,
    SCANNING,
    ZONE,
    Problem,
    checked,
    problem_from_json,
)
from data.problem.problems import PROBLEMS
from data.zone import zone as zones
from data.zone.limits import limit_note, limits_of
from data.zone.zone import zone_from_json
from geo.boundaries import read_wards
from geo.grid import grid_reference
from pages.ui.briefing import problems as briefing_problems
from pages.ui.briefing.panel import PARTNERSHIP
from pages.ui.briefing.panel import PROBLEMS as PROBLEMS_PANEL
from pages.ui.plan.saved.asked import known
from pages.ui.problem import form_counts
from pages.ui.problem import known as known_problems
from pages.ui.problem.examples import examples
from pages.ui.shell.cache import Dataset
from pages.ui.zone.example import example_zone
from tests.tab_pages import open_page, text

NOW = datetime(2025, 1, 16, 9, 30, tzinfo=UTC)


def of_demo(area: Area, demo: Demo, store: Path) -> Dataset:
    return Dataset(area, demo.incidents, demo.as_at, f"{demo.incidents.version} {area.code} examples", store, demo)


@pytest.fixture(scope="module")
def data(area: Area, tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    return of_demo(area, make_demo(area), tmp_path_factory.mktemp("examples") / "store")


@pytest.fixture(scope="module")
def both(data: Dataset) -> tuple[Kept[Problem], ...]:
    return examples(data)


def recorded(data: Dataset, cells: tuple[str, ...], first: str, last: str) -> int:
    """ASB in some cells and months, by the reference of every incident's own square."""
    frame = data.incidents.of(ASB).frame
    frame = frame[frame["month"].isin(pd.period_range(first, last, freq="M"))]
    size = data.area.grid().cell_size_m
    corner = [np.floor(frame[name].to_numpy() / size) * size for name in ("easting_m", "northing_m")]
    return int(np.isin(np.array(grid_reference(*corner)), cells).sum())


def line(problem: Problem, step: str, key: str) -> str:
    return next(one.text for one in problem.step(step).lines if one.key == key)


def texts(problem: Problem) -> list[str]:
    """All that a person would have typed."""
    steps = [problem.step(key) for key in (SCANNING, ANALYSIS, ASSESSMENT)]
    own = [one.text for step in steps for one in step.lines if one.by == PARTNER]
    roles = [step.signed.role for step in steps if step.signed is not None]
    done = [text for one in problem.responses for text in (one.what, one.partner)]
    tallies = [text for one in problem.tallies for text in (one.name, one.source, *(row.label for row in one.rows))]
    return [problem.title, problem.owner, problem.objective, *problem.where.names, *own, *tallies, *roles, *done]


def test_one_is_assessed_and_one_in_its_third_step(both: tuple[Kept[Problem], ...], data: Dataset) -> None:
    assert [one.id for one in both] == [-1, -2]
    ended, begun = (one.content for one in both)
    assert (ended.state, ended.at_step, begun.state, begun.at_step) == (CLOSED, ASSESSMENT, OPEN, ANALYSIS)
    assert all(ended.step(key).signed is not None for key in (SCANNING, ANALYSIS, ASSESSMENT))
    assert begun.scanning.signed is not None
    assert begun.analysis.lines
    assert {one.kind for one in ended.responses} >= {ZONE}
    assert all(one.first <= data.as_at for one in ended.responses)
    assert ended.started_on < min(one.first for one in ended.responses)
    for kept in both:
        assert kept.content.simulated
        assert kept.saved_at.date() <= data.as_at
        assert checked(kept.content) == problem_from_json(kept.content.to_json()) == kept.content
        assert {one.by for one in kept.content.analysis.lines} == {DATA, PARTNER}


def test_the_assessment_finds_what_was_planted(both: tuple[Kept[Problem], ...], data: Dataset) -> None:
    problem = both[0].content
    assert data.demo is not None
    fall = data.demo.planted.fall
    assert fall is not None
    assert problem.measure is not None
    assert (problem.measure.first, problem.measure.last) == (str(fall.first), str(fall.last)) == ("2024-07", "2024-12")
    said = line(problem, ASSESSMENT, "verdict")
    assert FELL in said
    now = recorded(data, problem.where.cells, "2024-07", "2024-12")
    assert f": {now} recorded where about " in said
    expected = int(re.findall(r"where about (\d+) were", said)[0])
    before = [recorded(data, problem.where.cells, f"{year}-07", f"{year}-12") for year in (2022, 2023)]
    assert min(before) <= expected <= max(before)
    assert problem.measure.smallest_fall is not None
    assert 1 - now / expected > problem.measure.smallest_fall, "it could be seen, as was said before"


def test_lines_agree_with_another_count(both: tuple[Kept[Problem], ...], data: Dataset) -> None:
    for one, (first, last) in zip(both, (("2023-05", "2024-04"), ("2024-01", "2024-12")), strict=True):
        signed = one.content.scanning.signed
        assert signed is not None
        assert signed.as_at == last
        assert signed.at.date() >= date(int(last[:4]), int(last[5:]), 1), "nobody knew these months before"
        n = recorded(data, one.content.where.cells, first, last)
        assert line(one.content, SCANNING, "count").startswith(f"{n} ASB incidents were recorded here in the 12 months")
    assert line(both[1].content, SCANNING, "season").startswith("Halloween"), "the October that was planted"


def test_small_counts_of_a_partner_are_seen_as_they_leave(both: tuple[Kept[Problem], ...]) -> None:
    tallies = both[0].content.tallies
    assert any(0 < row.count < LEAST for one in tallies for row in one.rows)
    printed = [cell for table in form_counts.tables(tallies) for row in table.rows for cell in row]
    assert UNDER in printed


def test_the_zone_is_in_force_around_the_place(both: tuple[Kept[Problem], ...], data: Dataset) -> None:
    kept = example_zone(data)
    assert kept is not None
    zone = kept.content
    assert kept.id == -1
    assert zone_from_json(zone.to_json()) == zone
    assert zone.simulated
    assert not zone.restricted
    assert zone.across_m > 2 * zones.SMALL_M
    assert zone.in_force(data.as_at, "Europe/London")
    assert not zone.in_force(date(2024, 6, 30), "Europe/London")
    assert limit_note(zone, limits_of(data.area.raw), ZoneInfo("Europe/London")) == ""
    response = next(one for one in both[0].content.responses if one.kind == ZONE)
    assert (response.ref, response.what) == (kept.id, zone.name)
    assert data.demo is not None
    fall = data.demo.planted.fall
    assert fall is not None
    assert shapely.contains_xy(zone.shape, fall.easting_m, fall.northing_m)


def test_nothing_is_kept_and_other_data_have_none(both: tuple[Kept[Problem], ...], data: Dataset) -> None:
    assert both
    assert not data.store.exists()
    real = replace(data, demo=None, version="examples without a demonstration")
    assert examples(real) == ()
    assert example_zone(real) is None


def test_a_copy_can_be_kept(both: tuple[Kept[Problem], ...], tmp_path: Path) -> None:
    for one in both:
        assert PROBLEMS.save(tmp_path / "store", one.content, NOW).content == one.content


def test_nobody_is_named(both: tuple[Kept[Problem], ...], data: Dataset) -> None:
    zone = example_zone(data)
    assert zone is not None
    every = [text for one in both for text in texts(one.content)]
    every += [zone.content.name, zone.content.role, zone.content.notes]
    assert names_in(every, known(data)) == ()
    assert not [text for text in every if data.area.name.lower() in text.lower() or data.area.kind in text.lower()]


def test_documents_know_them_after_what_is_saved(
    both: tuple[Kept[Problem], ...], data: Dataset, tmp_path: Path
) -> None:
    assert known_problems.known(data) == both
    assert known_problems.known(data, date(2025, 1, 12)) == both[1:], "the other is as it was at its end"
    assert known_problems.known(data, date(2025, 1, 9)) == ()
    assert [one.title for one in known_problems.told(data)] == [one.content.title for one in both]
    zone = example_zone(data)
    assert zone is not None
    assert zone.content.name in [response.what for response in known_problems.told(data)[0].responses]
    assert PROBLEMS_PANEL in briefing_problems.offered(data)
    assert PROBLEMS_PANEL not in briefing_problems.usual(data, PARTNERSHIP), "a first look makes none of them"
    PROBLEMS.save(tmp_path / "store", replace(both[0].content, title="Mine"), NOW)
    own = replace(data, store=tmp_path / "store")
    assert [one.id for one in known_problems.known(own)] == [1, -1, -2]


def test_the_page_shows_an_example_and_copies_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    at = open_page(monkeypatch, tmp_path / "store", "pages/problems.py", problem="-1")
    assert {"problem_copy", "problem_back"} <= {one.key for one in at.button}
    assert not {"problem_edit", "problem_archive", "problem_close"} & {one.key for one in at.button}
    assert at.query_params["problem"] == "-1"
    assert f" {FELL}: " in text(at)
    assert not (tmp_path / "store").exists()
    at.button(key="problem_copy").click().run()
    assert not at.exception
    assert at.query_params["problem"] == "1"
    assert [one.content.title for one in PROBLEMS.listed(tmp_path / "store")] == [
        "Copy of Evening nuisance around Teal Grove"
    ]


@pytest.mark.long
def test_without_a_fall_one_is_left(data: Dataset) -> None:
    assert data.demo is not None
    planted = replace(data.demo.planted, fall=None)
    small = replace(data, demo=replace(data.demo, planted=planted), version="examples without a fall")
    assert [one.id for one in examples(small)] == [-2]
    assert example_zone(small) is None
    none = replace(small, demo=replace(data.demo, planted=replace(planted, places=())), version="examples of nowhere")
    assert examples(none) == ()


@pytest.mark.long
def test_on_the_wards_of_a_county(area: Area, shared: Path, tmp_path: Path) -> None:
    wards = read_wards(shared / "boundaries" / "lancashire_wards.gpkg")
    county = replace(area, wards=wards, residents={}, raw={}, forces=("lancashire",), code="E10000017")
    data = of_demo(county, make_demo(county), tmp_path / "store")
    both = examples(data)
    assert [(one.id, one.content.at_step) for one in both] == [(-1, ASSESSMENT), (-2, ANALYSIS)]
    assert FELL in line(both[0].content, ASSESSMENT, "verdict")
    zone = example_zone(data)
    assert zone is not None
    assert not zone.content.restricted
    assert names_in([text for one in both for text in texts(one.content)], known(data)) == ()
