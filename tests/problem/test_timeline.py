"""Responses above monthly counts: bars lie on months, what is missing is missing, small counts of partners untold."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.common.disclosure import HIDDEN, UNDER
from data.demo.dataset import make_demo
from data.place.area import Area
from data.problem.problem import OWN, RUNNING, STATES, Measure, Response, Step
from pages.ui.chart import sent
from pages.ui.map import lattice
from pages.ui.paper.page import Sheet
from pages.ui.problem import timeline, timeline_paper
from pages.ui.problem.timeline_months import AHEAD, MOST_MONTHS, TimeLine, bar_words, monthly, time_line
from pages.ui.shell.cache import Dataset
from tests.paper.print_checks import collisions, outside
from tests.problem import made_problem as made
from tests.properties import examples


@pytest.fixture(scope="module")
def data(area: Area, tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    demo = make_demo(area)
    store = tmp_path_factory.mktemp("none") / "store"
    return Dataset(area, demo.incidents, demo.as_at, f"{demo.incidents.version}|line", store, demo)


def line_of(*responses: Response, partner: bool = False, series: pd.Series | None = None) -> TimeLine:
    problem = made.made_problem(responses=responses, measure=None)
    return time_line(problem, made.counts() if series is None else series, partner=partner)


def response(first: date, last: date | None, state: str = RUNNING, what: str = "Patrols") -> Response:
    return Response(OWN, 0, what, "Team", first, last, state)


def test_bars_lie_on_whole_months() -> None:
    found = line_of(response(date(2024, 7, 31), date(2024, 8, 1)), response(date(2024, 9, 2), None))
    first, endless = found.bars
    assert [str(pd.Period(ordinal=at, freq="M")) for at in (first.first, first.last)] == ["2024-07", "2024-08"]
    assert (bar_words(first), bar_words(endless)) == ("Jul to Aug 2024", "from Sep 2024, no end known")
    assert (endless.last, endless.endless) == (found.months[-1].ordinal, True)
    rows = found.table().set_index("month")["responses"]
    assert [rows[month] != "" for month in ("2024-06", "2024-07", "2024-08")] == [False, True, True]
    assert rows["2024-12"] == "Patrols, Team, running"


def test_a_missing_month_is_missing_and_one_that_has_not_come_too() -> None:
    found = line_of(response(date(2024, 7, 1), date(2025, 3, 1)))
    rows = found.table().set_index("month")["incidents"]
    assert (rows["2024-05"], rows["2025-02"]) == ("", "")
    assert rows["2024-12"] == f"{made.counts()['2024-12']:.0f}"
    assert str(found.known) == "2024-12"
    assert str(found.months[-1]) == "2025-03"


@given(st.lists(st.tuples(st.integers(-900, 900), st.one_of(st.none(), st.integers(0, 900))), max_size=6))
@examples(60)
def test_months_are_few_and_hold_the_last_known(spans: list[tuple[int, int | None]]) -> None:
    start = date(2024, 6, 1)
    made_of = [(start + pd.Timedelta(days=first), days) for first, days in spans]
    found = line_of(*(response(first, None if days is None else first + pd.Timedelta(days=days))
                      for first, days in made_of))  # fmt: skip
    assert len(found.months) <= MOST_MONTHS
    assert found.known in found.months
    assert found.months[-1] <= found.known + AHEAD  # type: ignore[operator]
    assert len(found.bars) + found.unseen == len(spans)
    ends = found.months[0].ordinal, found.months[-1].ordinal
    assert all(ends[0] <= bar.first <= bar.last <= ends[1] for bar in found.bars)


def months_of(counts: list[int]) -> pd.Series:
    return pd.Series(counts, index=pd.period_range(end="2024-12", periods=len(counts), freq="M"), dtype=float)


def test_published_counts_are_printed_as_they_are() -> None:
    found = line_of(series=months_of([1, 4, 7] * 8))
    assert found.table()["incidents"].tolist()[-3:] == ["1", "4", "7"]
    assert UNDER not in found.table()["incidents"].tolist()


@given(st.lists(st.integers(0, 12), min_size=24, max_size=24), st.sampled_from([None, ("2024-06", "2024-09")]))
@examples(12)
def test_no_small_count_of_a_partner_can_be_worked_out(counts: list[int], measured: tuple[str, str] | None) -> None:
    """The sums of 12 months, of those before and of the measure stand in lines of the form."""
    measure = None if measured is None else Measure(*measured, "", None, "")
    problem = made.made_problem(responses=(), measure=measure, started_on=date(2024, 1, 1), as_at="",
                                scanning=Step(), analysis=Step())  # fmt: skip
    series = months_of(counts)
    found = time_line(problem, series, partner=True)
    told = dict(zip(map(str, found.months), found.table()["incidents"], strict=True))
    spans = [("2024-01", "2024-12"), ("2023-01", "2023-12"), *([measured] if measured else [])]
    every = [[str(month) for month in pd.period_range(*span, freq="M")] for span in spans]
    sums = [(months, int(series[months].sum())) for months in every if set(months) <= set(told)]
    assert sums
    for month, text in told.items():
        assert text in {"", UNDER, HIDDEN} or int(text) == series[month] not in {1, 2, 3, 4}
        if text == UNDER:
            assert len(possible(month, told, sums)) > 1


def possible(month: str, told: dict[str, str], sums: list[tuple[list[str], int]]) -> set[int]:
    """Values that a month can have, by what is printed: each sum looked at for itself, which allows no fewer."""
    values = {1, 2, 3, 4}
    free = {UNDER: (1, 4), HIDDEN: (0, 10**6)}
    for months, total in sums:
        if month in months:
            ends = [free.get(told[other]) or (int(told[other]),) * 2 for other in months if other != month]
            least, most = sum(one[0] for one in ends), sum(one[1] for one in ends)
            totals = range(1, 5) if 0 < total < 5 else (total,)  # a small sum is told as little
            values &= {value for value in values for one in totals if least <= one - value <= most}
    return values


def test_counts_are_those_of_the_cells(data: Dataset) -> None:
    cells = list(lattice.references(data))[40:90]
    found = monthly(data, data.incidents.source, "Anti-social behaviour", cells, None)
    counted = lattice.counted(data, "Anti-social behaviour")
    chosen = [lattice.references(data)[cell] for cell in cells]
    own = pd.Series(counted.counts.toarray()[:, counted.grid.cells[chosen]].sum(axis=1), index=counted.months)
    assert found.dropna().equals(own.astype(float).rename(found.name))
    until = monthly(data, data.incidents.source, "Anti-social behaviour", [*cells, "SJ000000"], counted.months[5])
    assert until.index[-1] == counted.months[5]
    assert until.dropna().equals(own.astype(float)[: until.index[-1]].rename(until.name))


def test_a_feed_is_counted_by_itself(data: Dataset) -> None:
    assert data.demo is not None
    feed = data.demo.feed
    kind = str(feed.frame["category"].iloc[0])
    found = monthly(data, feed.source, kind, list(lattice.references(data)), None)
    inside = lattice.grid(data).locate(feed.frame["easting_m"].to_numpy(), feed.frame["northing_m"].to_numpy())
    held = np.isin(inside, lattice.grid(data).cells) & (feed.frame["category"] == kind).to_numpy()
    assert found.sum() == held.sum() > 0


def test_the_chart_is_one_that_plotly_knows_and_says_states_in_words_and_patterns() -> None:
    bars = [response(date(2024, 1 + k, 1), None, state, f"No. {k}") for k, state in enumerate(STATES)]
    found = replace(line_of(*bars), measured=(pd.Period("2024-07", "M").ordinal, pd.Period("2024-12", "M").ordinal))
    chart = timeline.chart(found)
    sent.message(chart.figure)
    faces = [(one["marker"]["color"], one["marker"]["pattern"]["shape"]) for one in chart.figure["data"][: len(STATES)]]
    assert len(set(faces)) == len(STATES)
    notes = [one["text"] for one in chart.figure["layout"]["annotations"]]
    assert all(any(f"No. {k}, {state}" in note for note in notes) for k, state in enumerate(STATES))
    assert "►" in notes
    assert chart.title == f"4 responses; {made.counts()['2024-12']:.0f} ASB incidents in Dec 2024"


def test_hostile_words_of_a_response_are_text_in_the_chart() -> None:
    chart = timeline.chart(line_of(response(date(2024, 7, 1), None, what="<a href=x>%{x}</a>")))
    told = repr(chart.figure)
    assert "<a href" not in told
    assert "&lt;a href=x&gt;&#37;{x}" in told


def test_states_are_told_apart_on_paper_without_colour() -> None:
    faces = {repr(sorted(look.items(), key=str)) for look in timeline_paper._LOOK.values()}
    assert len(faces) == len(STATES)
    assert all(
        look["facecolor"] in {"white", "#9AA1A6"} for look in timeline_paper._LOOK.values()
    )  # ink and grey alone


@pytest.mark.parametrize("n", [0, 3, 60])
def test_paper_keeps_its_words_apart_and_counts_what_has_no_room(n: int) -> None:
    bars = [response(date(2023 + k % 2, 1 + k % 12, 1), None if k % 3 else date(2025, 6, 1), STATES[k % 4],
                     f"{k} a long answer to it " * 4) for k in range(n)]  # fmt: skip
    problem = made.made_problem(responses=tuple(bars), measure=Measure("2024-07", "2025-03", "", None, ""))
    found = time_line(problem, made.counts(), partner=False)
    sheet = Sheet((520, 250))
    timeline_paper.drawn(found)(sheet, 0, 0, 520, timeline_paper.height(found, 250))
    assert collisions(sheet.figure) == []
    assert outside(sheet.figure) == []
    said = " ".join(text.get_text() for axes in sheet.figure.axes for text in axes.texts)
    shown = sum(re.search(rf"(?<!\d){k} a long answer", said) is not None for k in range(n))
    assert ("No response yet" in said) == (n == 0)
    assert (f"{n - shown} more in the record" in said) == (shown < n)


def test_nothing_known_is_said(area: Area) -> None:
    none = pd.Series(dtype=float, index=pd.PeriodIndex([], freq="M"))
    found = line_of(series=none)
    assert found.title == "No responses; no month of its places is known"
    sent.message(timeline.chart(found).figure)
    timeline_paper.drawn(found)(Sheet((520, 250)), 0, 0, 520, 150)
