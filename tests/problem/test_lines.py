"""Lines of scanning and analysis: figures by a second route, sentences for any data, refusals, real places."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.common.refusal import Refusal
from analysis.problem import analysed
from analysis.problem.lines import (
    LONGEST,
    Said,
    Subject,
    analysis,
    by_month,
    positions,
    scanning,
    standing_out,
    subject,
)
from analysis.where.cells import cell_counts_by_month
from data.kinds.crime_types import ASB
from data.place.area import Area, load_area
from data.store.schema import Incidents
from geo.errors import InputError
from geo.grid import Grid, grid_reference
from tests.conftest import ROOT
from tests.made_incidents import made, months_of
from tests.properties import examples

AS_AT = pd.Period("2024-12", "M")
SCANNED = ["count", "change", "months", "season", "since", "share", "points", "chance"]
UNKNOWN = ["kinds", "who", "why", "reporting"]


@cache
def own() -> tuple[Area, Grid]:
    """The project's own area and its lattice, made once."""
    area = load_area(ROOT / "data" / "area.toml")
    return area, area.grid()


def asked(incidents: Incidents, cells: list[int] | np.ndarray, as_at: pd.Period = AS_AT) -> Subject:
    area, grid = own()
    known = incidents.up_to(as_at).of(ASB)
    return subject(area, ASB, known, cell_counts_by_month(known, grid), cells, as_at)


def lines(of: Subject, feed: Incidents | Refusal | None = None) -> dict[str, Said]:
    said = (*scanning(of, standing_out(of.counted, of.as_at)), *analysis(of, feed, analysed.stays(of)))
    assert len({one.key for one in said}) == len(said)
    for one in said:
        assert 0 < len(one.text) <= LONGEST, one
        assert one.text[-1] in ".…", one
        assert "nan" not in one.text, one
        assert "inf " not in one.text, one
    return {one.key: one for one in said}


def placed(counts: dict[int, np.ndarray], months: pd.PeriodIndex, missing: list[int] | None = None) -> Incidents:
    """Incidents by month at the middles of cells, given by position; ``missing`` months are not published."""
    _, grid = own()
    position = np.repeat(list(counts), [int(each.sum()) for each in counts.values()])
    month = np.concatenate([np.repeat(np.arange(len(months)), each) for each in counts.values()])
    east, north = grid.centres(grid.cells[position])
    return made(east, north, months[month], months.delete(missing or []))


# --- two routes -------------------------------------------------------------------------------------------------------
def test_figures_are_those_that_pandas_counts(real: Incidents, area: Area) -> None:
    grid = area.grid()
    frame = real.frame[real.frame["category"] == ASB].copy()
    frame["cell"] = grid.locate(frame["easting_m"].to_numpy(), frame["northing_m"].to_numpy())
    busiest = frame[frame["cell"].isin(grid.cells)].groupby("cell").size().nlargest(12)
    cells = np.searchsorted(grid.cells, np.sort(busiest.index))
    of = asked(real, cells)
    said = lines(of)
    inside = frame[frame["cell"].isin(grid.cells[cells])]
    on = frame[frame["cell"].isin(grid.cells)]
    n, m, whole, rest = (
        int((each["month"].dt.year == year).sum())
        for each, year in ((inside, 2024), (inside, 2023), (on, 2024), (on, 2023))
    )
    rest -= m
    assert (
        said["count"].text
        == f"{n} ASB incidents were recorded here in the 12 months to December 2024, {m} in the 12 before."
    )
    assert f" {n:,} of {whole:,} " in said["share"].text
    assert (
        f"({100 * 12 / len(grid.cells):.1f} %) hold {100 * n / whole:.0f} % of the incidents in them"
        in said["share"].text
    )
    assert f"{n} after {m} here, {whole - n:,} after {rest:,} there" in said["beside"].text
    at = inside[inside["month"].dt.year == 2024].groupby(["easting_m", "northing_m"]).size()
    at = at.sort_values(ascending=False)
    half = int((at.cumsum() < n / 2).sum()) + 1
    points = inside.groupby(["easting_m", "northing_m"]).ngroups
    assert f"at {half} of its {points} map points" in said["points"].text
    by = inside.groupby("month").size().reindex(of.series.index).astype(float)
    published = of.series.index.isin(real.months)
    assert of.series.isna().tolist() == (~published).tolist()
    assert of.series[published].tolist() == by[published].fillna(0).tolist()


def test_a_place_says_what_hotspots_says(real: Incidents, area: Area) -> None:
    from analysis.common import seeds
    from analysis.where.change import change_between
    from analysis.where.gistar import more_than_chance
    from analysis.where.hotspots import rank_counted
    from analysis.where.places import find_places
    from analysis.where.stability import stability

    known, grid = real.of(ASB), area.grid()
    counted = cell_counts_by_month(known, grid)
    place = find_places(rank_counted(counted), known, area)[0]
    of = asked(real, np.searchsorted(grid.cells, place.cells))
    assert of.count == place.count_last12
    some = find_places(rank_counted(counted), known, area)[:40]
    held = stability(known, area, some, grid, np.random.default_rng(seeds.JITTER)).stays
    least = int(np.argmin(held))
    assert 0 < held[least] < 0.9
    for i in (0, least):
        assert analysed.stays(asked(real, np.searchsorted(grid.cells, some[i].cells))) == held[i]
    chance = more_than_chance(counted, grid, np.random.default_rng(seeds.PERMUTATION))
    marked = int(chance.significant[of.cells].sum())
    assert lines(of)["chance"].text.startswith(f"{marked or 'None of its'} ")
    cell = int(of.cells[np.argmax(of.by_cell[of.cells])])
    change = change_between(known, area, (AS_AT - 23, AS_AT - 12), (AS_AT - 11, AS_AT), grid=grid).of(cell)
    said = lines(asked(real, [cell]))["beside"].text
    assert f"{change['after']:.0f} after {change['before']:.0f} here" in said
    assert f"{abs(100 * (change['ratio'] - 1)):.0f}" in said


# --- what is planted is said ------------------------------------------------------------------------------------------
MONTHS = months_of(72, "2019-01")


def test_a_summer_at_one_of_four_points_since_2023() -> None:
    rng = np.random.default_rng(3)
    summer = np.isin(MONTHS.month, (7, 8))
    rate = np.where(summer, 25.0, 5.0) * np.where(MONTHS.year >= 2023, 3.0, 1.0)
    elsewhere = {i: rng.poisson(1.0, 72) for i in range(100, 400)}
    said = lines(asked(placed({700: rng.poisson(rate), 701: rng.poisson(1.0, 72), **elsewhere}, MONTHS), [700, 701]))
    assert re.match(r"Clearly high: (July|August) \(.+ and (July|August) \(", said["months"].text)
    assert said["season"].text.startswith("Summer holidays ")
    assert (
        said["since"].text == "At about this rate since January 2023: the 12 months to December 2022 clearly had fewer."
    )
    assert said["points"].text.startswith("98 % of them were placed at 1 of its 2 map points, where chance")
    assert said["steady"].text.startswith("In each of the 6 whole years to December (2019 to 2024) most of")


def test_years_in_which_it_was_busy_read_right_for_none_one_and_some_with_a_gap() -> None:
    area_wide = {i: np.full(72, 3) for i in range(100, 400)}

    def steady(busy: list[int], missing: list[int] | None = None) -> str:
        own_counts = np.where(np.isin(MONTHS.year, busy), 40, 1)
        return lines(asked(placed({700: own_counts, **area_wide}, MONTHS, missing), [700]))["steady"].text

    span = "of the 6 whole years to December (2019 to 2024) "
    assert steady([2024]).startswith(f"In one {span}most of the incidents here lay")
    assert steady([]).startswith(f"In none {span}did most of the incidents here lie")
    assert steady([2022, 2024]).startswith(f"In 2 {span}most of")
    gap = "of the 5 whole years to December (2019 to 2024; 1 year has gaps) "
    assert steady([2019, 2020, 2022, 2023, 2024], [30]).startswith(f"In each {gap}most of")


def test_a_cluster_stands_out_and_the_rest_does_not() -> None:
    _, grid = own()
    rng = np.random.default_rng(4)
    middle = int(grid.cells[1000])
    block = np.intersect1d(
        grid.cells, [middle + down * grid.columns + side for down in (-1, 0, 1) for side in (-1, 0, 1)]
    )
    cells = np.searchsorted(grid.cells, block)
    busy = {int(i): rng.poisson(9.0, 72) for i in cells}
    incidents = placed({i: rng.poisson(0.5, 72) for i in range(900)} | busy, MONTHS)
    there = "more than chance would put there in the 12 months to December 2024."
    assert lines(asked(incidents, cells))["chance"].text == f"9 of its 9 cells had {there}"
    assert lines(asked(incidents, [3, 50]))["chance"].text.startswith(f"None of its 2 cells had {there}")


def test_a_rise_here_alone_is_a_rise_beside_the_rest() -> None:
    counts = {i: np.full(72, 4) for i in range(300, 320)}
    counts[500] = np.repeat([5, 5, 5, 5, 5, 15], 12)
    said = lines(asked(placed(counts, MONTHS), [500]))
    assert said["change"].text.startswith("Clearly more than in the 12 months before: +200")
    assert "clearly rose in the year to December 2024: 180 after 60 here, 960 after 960 there" in said["beside"].text
    level = lines(asked(placed(counts, MONTHS), [300]))
    assert level["change"].text.startswith("No clear change")
    assert level["since"].text.startswith("No earlier year that can be compared, back to January 2019, clearly differs")


# --- refusals and little data -----------------------------------------------------------------------------------------
def test_nothing_loaded_is_one_refusal_and_what_is_not_known() -> None:
    area, grid = own()
    none = made([], [], [], months_of(0))
    of = subject(area, ASB, none, cell_counts_by_month(none, grid), [3], AS_AT)
    said = lines(of)
    assert list(said) == ["count", "hours", *UNKNOWN]
    assert said["count"].refused
    assert said["hours"].refused
    assert by_month(of.counted, of.cells).empty


@pytest.mark.parametrize("n", [1, 6])
def test_few_months_say_what_they_are_too_few_for(n: int) -> None:
    months = pd.period_range(end=AS_AT, periods=n, freq="M")
    said = lines(asked(placed({700: np.full(n, 20), 5: np.full(n, 2)}, months), [700]))
    assert [key for key in SCANNED if key not in said] == ["season"]
    there = (
        "the one of the 12 months to December 2024 that is"
        if n == 1
        else "the 6 of the 12 months to December 2024 that are"
    )
    assert said["count"].text == f"{20 * n} ASB incidents were recorded here in {there} in the data."
    assert {key for key, one in said.items() if one.refused} == {
        "change", "months", "since", "chance", "steady", "beside", "hours", "kinds", "who", "why"
    }  # fmt: skip


def test_a_quiet_cell_is_no_failure() -> None:
    said = lines(asked(placed({700: np.full(72, 3)}, MONTHS), [5]))
    assert said["count"].text.startswith("No ASB incidents were recorded here")
    assert said["since"].text == "None has ever been recorded here in the data, January 2019 to December 2024."
    assert said["share"].text.endswith("holds none of the 36 incidents in them.")
    one = lines(asked(placed({700: np.full(72, 3), 5: np.arange(72) == 71}, MONTHS), [5]))
    assert one["count"].text.startswith("1 ASB incident was recorded here")
    assert "1 was recorded here" in one["points"].text
    assert one["since"].text.startswith("Too few to tell a rate by. The first one here was recorded in December 2024;")


def test_cells_that_are_not_there_are_refused() -> None:
    incidents = placed({700: np.full(72, 3)}, MONTHS)
    with pytest.raises(Refusal, match="No cell"):
        asked(incidents, [])
    with pytest.raises(InputError, match="no such cell"):
        asked(incidents, [10**6])
    area, grid = own()
    with pytest.raises(InputError, match="as-at"):
        subject(area, ASB, incidents, cell_counts_by_month(incidents, grid), [5], AS_AT - 1)


def test_positions_of_references() -> None:
    _, grid = own()
    east, north = grid.corners(grid.cells[[3, 70]])
    found, unknown = positions(grid, [*reversed(grid_reference(east, north)), "not one"])
    assert found.tolist() == [3, 70]
    assert unknown == ("not one",)
    every, none = positions(grid, [])
    assert len(every) == 0
    assert none == ()


# --- a partner's feed -------------------------------------------------------------------------------------------------
def test_small_counts_of_a_partner_are_not_written_out() -> None:
    counts = {700: np.full(72, 9), 5: (np.arange(72) >= 69).astype(int)}
    feed = replace(placed(counts, MONTHS), source="Council")
    said = lines(asked(feed, [5]))
    for one in said.values():
        assert not re.search(r"(?<![\d,])3(?![\d,])", one.text), one
    assert said["count"].text.startswith("Under 5 ASB incidents were recorded here")
    assert "Mill Street" not in lines(asked(feed, [5, 700]))["points"].text
    for own_source in ("police.uk", "demonstration"):
        told = lines(asked(replace(feed, source=own_source), [5]))["count"].text
        assert told.startswith("3 ASB incidents were recorded here")


@pytest.mark.parametrize("before", [0, 8, 30])
def test_no_line_tells_a_small_count_of_a_partner_from_another(before: int) -> None:
    """The same lines whether it was 1, 2, 3 or 4, the area's total being the same."""
    told = set()
    for few in (1, 2, 3, 4):
        here, other = np.zeros(72, dtype=int), np.full(72, 9)
        here[59] = before
        here[71], other[71] = few, 20 - few
        of = asked(replace(placed({5: here, 700: other}, MONTHS), source="Council"), [5])
        told.add(tuple(lines(of).values()))
    assert len(told) == 1


def test_lockdown_is_left_out_of_what_is_compared() -> None:
    said = lines(asked(placed({700: np.full(72, 9)}, MONTHS), [700], pd.Period("2021-03", "M")))
    assert said["since"].text.endswith("the data begin in January 2019 and lockdown is left out, too short to compare.")


def dated(n: int, hour: int | None, cell: int = 700, precision: float | None = None) -> Incidents:
    feed = placed({cell: np.bincount(np.arange(n) % 24, minlength=24)}, months_of(24))
    rng = np.random.default_rng(1)
    days = feed.frame["month"].dt.start_time + pd.to_timedelta(rng.integers(0, 28, n), "D")
    at = days + pd.to_timedelta(hour or 0, "h")
    return replace(feed, frame=feed.frame.assign(occurred_at=at.astype("datetime64[s]"), precision_m=precision))


def test_hours_and_repeats_only_from_a_feed_that_has_them() -> None:
    of = asked(placed({700: np.full(72, 9)}, MONTHS), [700])
    told = lines(of, dated(300, 21))
    assert "from 21:00 to 22:00" in told["hours"].text
    assert not told["repeat"].refused
    assert "at midnight" in lines(of, dated(300, 0))["hours"].text
    few = lines(of, dated(20, 21))
    assert few["hours"].refused
    assert few["repeat"].refused
    assert "too coarse" in lines(of, dated(300, 21, precision=400.0))["hours"].text
    assert "no incident in these places" in lines(of, dated(300, 21, cell=3))["hours"].text
    assert lines(of, Refusal("The feed holds noise", "Choose it"))["hours"].text == "The feed holds noise. Choose it."
    assert "repeat" not in lines(of)


# --- whatever the data ------------------------------------------------------------------------------------------------
@examples(25)
@given(st.data())
def test_any_cells_and_any_incidents_have_their_sentences(data: st.DataObject) -> None:
    n = data.draw(st.integers(1, 40))
    months = pd.period_range(end=AS_AT, periods=n, freq="M")
    rng = np.random.default_rng(data.draw(st.integers(0, 10**6)))
    rates = data.draw(st.lists(st.sampled_from([0.0, 0.1, 1.0, 8.0]), min_size=1, max_size=4))
    counts = {i * 37: rng.poisson(rate, n) for i, rate in enumerate(rates)}
    missing = data.draw(st.lists(st.integers(0, n - 1), unique=True, max_size=n - 1))
    incidents = placed(counts, months, missing)
    incidents = replace(incidents, frame=incidents.frame[incidents.frame["month"].isin(incidents.months)])
    cells = data.draw(st.lists(st.sampled_from([*counts, 1, 2]), min_size=1, unique=True))
    as_at = AS_AT - data.draw(st.integers(0, min(3, n - 1)))
    of = asked(incidents, cells, as_at)
    lines(of)
    _, grid = own()
    frame = incidents.up_to(as_at).frame
    at = grid.locate(frame["easting_m"].to_numpy(), frame["northing_m"].to_numpy())
    inside = frame[np.isin(at, grid.cells[cells])]
    assert of.count == int((inside["month"] > as_at - 12).sum())
    assert of.series.sum() == len(inside)


# --- how often a steady place is said to be something else ------------------------------------------------------------
@pytest.mark.long
@pytest.mark.parametrize("rate", [1.0, 4.0, 12.0])
def test_a_steady_place_is_seldom_said_to_change_or_to_have_a_season(rate: float) -> None:
    rng = np.random.default_rng(17)
    tries, told = 200, {"change": 0, "since": 0, "months": 0}
    for _ in range(tries):
        of = asked(placed({700: rng.poisson(rate, 72), 300: np.full(72, 5)}, MONTHS), [700])
        said = {one.key: one for one in scanning(of, Refusal("not asked"))}
        told["change"] += said["change"].text.startswith("Clearly")
        told["since"] += "clearly had" in said["since"].text
        told["months"] += "learly" in said["months"].text and "No month" not in said["months"].text
    assert told["change"] <= 0.08 * tries
    assert told["since"] <= 0.08 * tries
    assert told["months"] <= 0.15 * tries


def test_no_line_names_a_statistic(real_store: Path, real: Incidents) -> None:
    from tests.whole.jargon import names

    of = asked(real, [700, 701, 900])
    for one in lines(of).values():
        words = {word.casefold() for word in re.findall(r"[A-Za-z]+", one.text)}
        assert not words & names(), one
