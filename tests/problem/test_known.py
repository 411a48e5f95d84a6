"""A line of each problem in briefing, assessment and review: as it was on the day, and none where none is."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest

from analysis.common.refusal import Refusal
from analysis.findings.finding import readable
from analysis.findings.problems import ending_words, problems_finding, seen_words, step_words, verdict_words
from data.access.actor import MACHINE
from data.demo.dataset import make_demo
from data.kinds.crime_types import ASB
from data.place.area import Area
from data.problem.problem import CLOSED, DATA, OPEN, PARTNER, ZONE, Line, Response, Step
from data.problem.problems import PROBLEMS
from data.zone.zones import ZONES
from pages.ui.assessment import parts
from pages.ui.assessment.year import DocumentYear, year_of
from pages.ui.briefing import make as briefing_make
from pages.ui.briefing import problems as panel
from pages.ui.briefing import sheet as briefing_sheet
from pages.ui.briefing.panel import ANALYST, PANELS, PARTNERSHIP, TEAM, USUAL, Ask
from pages.ui.briefing.panel import PROBLEMS as KEY
from pages.ui.plan.when.operation import PlanWindow
from pages.ui.problem import known
from pages.ui.problem.form_cleared import NOT_PRINTED
from pages.ui.shell.cache import Dataset
from pages.ui.targets import review_more
from tests.paper.print_checks import collisions, outside
from tests.problem import made_problem as made
from tests.problem.made_problem import SECRET

NOW = datetime(2025, 1, 3, 12, tzinfo=UTC)


def given_data(area: Area, store: Path, *, shown: bool = False) -> Dataset:
    """Simulated incidents; with the examples of the demonstration where they are to be shown."""
    demo = make_demo(area)
    version = f"{demo.incidents.version}|known|{store}"
    return Dataset(area, demo.incidents, demo.as_at, version, store, demo if shown else None)


@pytest.fixture(scope="module")
def empty(area: Area, tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    return given_data(area, tmp_path_factory.mktemp("none") / "store")


@pytest.fixture(scope="module")
def data(area: Area, tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    """Two simulated problems, an older revision, one archived, one of real incidents; a restricted zone."""
    store = tmp_path_factory.mktemp("some") / "store"
    store.mkdir()
    zone = ZONES.save(store, made.closure(), NOW, actor=MACHINE)
    problem = made.made_problem(simulated=True)
    response = Response(ZONE, zone.id, SECRET, "Council", date(2024, 6, 1), None)
    told = Step((Line("", f"{SECRET} is quiet", PARTNER),))
    first = PROBLEMS.save(store, replace(problem, title="As it was"), NOW - timedelta(days=90), actor=MACHINE)
    PROBLEMS.revise(store, first.id, 1, problem, NOW, actor=MACHINE)
    ended = replace(problem, title=f"Ended near {SECRET}", responses=(response,), assessment=told, state=CLOSED,
                    closed_on=date(2024, 12, 20))  # fmt: skip
    PROBLEMS.save(store, ended, NOW, actor=MACHINE)
    PROBLEMS.save(store, replace(problem, simulated=False, title="Real"), NOW, actor=MACHINE)
    gone = PROBLEMS.save(store, replace(problem, title="Put away"), NOW, actor=MACHINE)
    PROBLEMS.archive(store, gone.id, 1, NOW, actor=MACHINE)
    return given_data(area, store)


def ask_of(data: Dataset, audience: str = PARTNERSHIP) -> Ask:
    as_at = data.incidents.months[-1]
    return Ask((KEY,), audience, "", PlanWindow("", ASB, data.as_at, data.as_at, as_at, ""))


def test_they_are_as_they_were_on_the_day(data: Dataset) -> None:
    titles = [one.content.title for one in known.known(data)]
    assert titles == ["Summer vehicle nuisance around the retail park", f"Ended near {SECRET}"]
    assert known.known(data, data.as_at) == known.known(data)
    assert [one.content.title for one in known.known(data, date(2024, 12, 1))] == ["As it was"]
    assert known.known(data, date(2024, 1, 1)) == ()


def test_nothing_of_them_tells_of_a_restricted_zone(data: Dataset) -> None:
    ask = ask_of(data)
    said = [known.told(data), panel.problems(data, ask), known.of_year(data, "2024/25"), parts.problems(
        data, DocumentYear("2024/25", pd.Period("2025-03", "M")), data.as_at
    )]  # fmt: skip
    assert SECRET not in repr(said)
    assert NOT_PRINTED in repr(said)
    assert SECRET not in repr([table.to_dict() for _, table in panel.problems(data, ask).numbers])


def test_lines_say_step_change_and_verdict(data: Dataset) -> None:
    one = known.line_of(known.told(data)[0])
    assert one.cells == (
        "Summer vehicle nuisance around the retail park", "Neighbourhood team, North", "Assessment, step 5 of 5",
        "Fewer complaints about cars on summer evenings. Residents say that it is quieter.",
        "A fall of about 38 % or more", "Cannot tell: 61 where 70.3 were expected.",
    )  # fmt: skip
    bare = made.empty_problem()
    assert (step_words(bare), seen_words(bare.measure), verdict_words(bare)) == (
        "Objective, step 1 of 5", "not set yet", "not looked at yet",
    )  # fmt: skip


@pytest.mark.parametrize(("many", "ended"), [(1, 0), (0, 1), (3, 2), (12, 40)])
def test_titles_can_be_read_aloud(many: int, ended: int) -> None:
    closed = made.made_problem(state=CLOSED, closed_on=date(2025, 1, 1))
    said = problems_finding([made.empty_problem()] * many + [closed] * ended)
    assert readable(said.title)
    assert str(ended) in said.title or not ended


def test_a_briefing_offers_them_only_where_there_are_any(data: Dataset, empty: Dataset) -> None:
    assert panel.offered(empty) == PANELS
    assert all(panel.usual(empty, one) == USUAL[one] for one in (PARTNERSHIP, TEAM, ANALYST))
    assert list(panel.offered(data)) == [*PANELS, KEY]
    assert panel.usual(data, PARTNERSHIP) == (*USUAL[PARTNERSHIP], KEY)
    assert panel.usual(data, TEAM) == USUAL[TEAM]
    with pytest.raises(Refusal, match="No problem is saved"):
        panel.problems(empty, ask_of(empty))


@pytest.mark.long
def test_the_panel_fits_its_page_and_is_in_the_pack(data: Dataset) -> None:
    ask = ask_of(data)
    found = panel.problems(data, ask)
    assert found.finding == "1 problem is being worked on, 1 has ended"
    sheet = briefing_sheet.page(found, ask.audience, briefing_sheet.SCREEN)
    assert collisions(sheet.figure) == []
    assert outside(sheet.figure) == []
    files = briefing_make.make(data, ask).files
    assert any(name.startswith("csv/01-problems") for name in files)
    assert SECRET.encode() not in files["README.txt"]


def test_a_year_has_those_that_were_open_in_it(data: Dataset, empty: Dataset) -> None:
    assert known.of_year(empty, "2024/25") is None
    assert known.of_year(data, "2023/24") is None
    found = known.of_year(data, "2024/25")
    assert found is not None
    assert review_more.frame_of(found)["problem"].tolist() == [
        "Summer vehicle nuisance around the retail park", f"Ended near {NOT_PRINTED}",
    ]  # fmt: skip
    assert known.of_year(data, "2024/25", date(2024, 1, 1)) is None


def test_the_needs_assessment_has_a_section_where_there_are_any(data: Dataset, empty: Dataset) -> None:
    year = year_of(data)
    assert year is not None
    assert parts.problems(empty, year, empty.as_at) == ()
    (section,) = parts.problems(data, year, data.as_at)
    assert section.heading == "Problems that partners work on"
    assert "1 problem is being worked on" in repr(section.blocks)


def test_the_examples_of_the_demonstration_count_too(area: Area, tmp_path: Path) -> None:
    data = given_data(area, tmp_path / "store", shown=True)
    every = known.known(data)
    assert [(one.id, one.content.state) for one in every] == [(-1, CLOSED), (-2, OPEN)]
    assert [one.id for one in known.known(data, date(2025, 1, 12))] == [-2]
    assert KEY in panel.offered(data)
    assert KEY not in panel.usual(data, PARTNERSHIP)  # of an example no meeting hears unasked
    assert panel.problems(data, ask_of(data)).finding == "1 problem is being worked on, 1 has ended"
    (assessed, _) = known.told(data)
    assert "fell more than elsewhere" in known.line_of(assessed).known
    assert any(one.what.startswith("Order around") for one in assessed.responses)  # no zone of it is restricted


def test_a_title_says_how_a_problem_ended() -> None:
    def ended(text: str) -> str:
        return ending_words(made.made_problem(assessment=Step((Line("verdict", text, DATA),))))

    tail = "11 recorded where about 40 were to be expected (with nothing planned 22 to 67 in 95 of 100 cases)"
    assert ended(f"ASB incidents where you went fell more than elsewhere: {tail}.") == (
        "ASB incidents where you went fell more than elsewhere"
    )
    said = f"ASB incidents in the places chosen: cannot tell; {tail}. A fall under about 40 % would go unseen."
    assert ended(said) == "ASB incidents in the places chosen: cannot tell"
