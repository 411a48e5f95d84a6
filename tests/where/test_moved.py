"""What anonymous points cost: on the real data, against a plain second way, and where the answer is known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.common import seeds
from analysis.common.refusal import Refusal
from analysis.where.accuracy import caught
from analysis.where.hotspots import rank_cells
from analysis.where.moved import Moved, MovedPoints, moved_points
from analysis.where.unseen import unseen_year
from data.kinds.crime_types import ASB, DRUGS
from data.place.area import Area
from data.store.schema import Incidents
from geo.errors import InputError
from tests.made_incidents import made, months_of, square_grid
from tests.properties import examples

GRID = square_grid(6)
YEARS = ("2019-12", "2020-12", "2021-12", "2023-12", "2024-12")


def scattered(seed: int, points: int = 30, each: int = 12, months: int = 14) -> Incidents:
    """Incidents of some months on few points, some of them busier, in area and buffer."""
    rng = np.random.default_rng(seed)
    east, north = 340_000 + rng.uniform(-300, 1500, points), 390_000 + rng.uniform(-300, 1500, points)
    at = rng.choice(points, each * months, p=rng.dirichlet(np.full(points, 0.4)))
    every = months_of(months)
    return replace(
        made(east[at], north[at], list(np.repeat(np.asarray(every, dtype=object), each)), every), version="v"
    )


def ways(found: MovedPoints) -> Iterator[Moved]:
    return iter((found.history, found.everything, found.later))


def test_the_three_ways_are_rankings_of_moved_points_made_one_by_one() -> None:
    incidents = scattered(4)
    # in the order in which the moves are drawn
    order = ["easting_m", "northing_m", "month"]
    frame = incidents.frame.sort_values(order, kind="stable", ignore_index=True)
    rng = np.random.default_rng(11)
    expected = []
    for _ in range(3):
        distance, angle = rng.uniform(75, 120, len(frame)), rng.uniform(0, 2 * np.pi, len(frame))
        moved = frame.assign(
            easting_m=frame["easting_m"] + distance * np.cos(angle),
            northing_m=frame["northing_m"] + distance * np.sin(angle),
        )
        worlds = {True: replace(incidents, frame=moved), False: replace(incidents, frame=frame)}
        row = []
        for past, later in ((True, False), (True, True), (False, True)):
            held = total = 0.0
            for month in incidents.months[9:]:
                score = rank_cells(worlds[past].up_to(month - 1), GRID).score
                came = worlds[later].frame[worlds[later].frame["month"] == month]
                count = GRID.count(came["easting_m"], came["northing_m"])[GRID.cells]
                held, total = held + caught(score, count, 4), total + count.sum()
            row.append(held / total)
        expected.append(row)
    found = moved_points(incidents, GRID, np.random.default_rng(11), 0.1, draws=3)
    table = np.array(expected)
    for one, column in zip(ways(found), table.T, strict=True):
        assert (one.capture, one.low, one.high) == pytest.approx((column.mean(), column.min(), column.max()))
        assert one.loss == pytest.approx(found.base - column.mean())
    assert len({round(one.capture, 6) for one in ways(found)}) == 3
    unseen = unseen_year(incidents, GRID, 0.1)
    assert (found.base, found.incidents) == (unseen.hit_rate, unseen.incidents)
    assert list(found.months) == unseen.months["month"].tolist() == [str(m) for m in incidents.months[9:]]
    assert (found.cells, found.share, found.draws, found.together) == (4, 0.1, 3, False)
    assert found.method.n == unseen.incidents
    assert (found.method.data_version, found.method.period) == ("v", "October 2023 to February 2024")
    assert "each incident by itself" in found.method.line()


def test_the_sentences_say_the_figures() -> None:
    found = moved_points(scattered(4), GRID, np.random.default_rng(11), 0.1, draws=3)
    later = found.later
    assert found.sentence == (
        "Published points lie some 100 m from where incidents happened. Of the incidents of the last 5 months (October "
        f"2023 to February 2024), the top 10 % of cells caught {100 * found.base:.0f} % at the published points; at "
        f"the true addresses it would be about {100 * later.capture:.0f} % ({100 * later.low:.0f} to "
        f"{100 * later.high:.0f} % in 3 tries)."
    )
    for words, said, one in zip(
        ("past alone", "All points", "a patrol's case"), found.details, ways(found), strict=True
    ):
        assert words in said
        assert said.endswith(f"{100 * one.capture:.0f} % caught ({100 * one.low:.0f} to {100 * one.high:.0f} %).")


@examples(10)
@given(st.integers(0, 10_000), st.sampled_from([0.03, 0.1, 0.5, 1.0]), st.booleans())
def test_whatever_the_map_the_figures_keep_their_bounds(seed: int, share: float, together: bool) -> None:
    incidents = scattered(seed, 12, 14, 12)
    inside = GRID.locate(*(incidents.frame[name].to_numpy() for name in ("easting_m", "northing_m")))
    late = np.isin(inside, GRID.cells) & incidents.frame["month"].isin(incidents.months[9:]).to_numpy()
    if late.sum() < 30:
        with pytest.raises(Refusal, match=f"they have {late.sum()}"):
            moved_points(incidents, GRID, np.random.default_rng(seed), share)
        return
    shuffled = replace(incidents, frame=incidents.frame.sample(frac=1, random_state=seed))
    found, same = (
        moved_points(rows, GRID, np.random.default_rng(seed), share, draws=2, together=together)
        for rows in (incidents, shuffled)
    )
    assert found.base == pytest.approx(unseen_year(incidents, GRID, share).hit_rate)
    for one, other in zip(ways(found), ways(same), strict=True):
        assert one.capture == pytest.approx(other.capture)  # the order of a file never matters
        assert 0 <= one.low <= one.capture + 1e-12
        assert one.capture <= one.high + 1e-12
        assert one.high <= 1 + 1e-12
        assert one.loss == pytest.approx(found.base - one.capture)
        if share == 1:
            assert one.capture == pytest.approx(1)


def test_a_map_point_that_moves_as_a_whole_takes_its_cell_along() -> None:
    months = months_of(12)
    every = list(np.repeat(np.asarray(months, dtype=object), 10))
    incidents = made([340_610.0] * 120, [390_590.0] * 120, every, months)  # ten metres from the edge of its cell
    whole = moved_points(incidents, GRID, np.random.default_rng(1), 0.02, draws=8, together=True)
    assert (whole.base, whole.everything.low, whole.everything.high) == (1, 1, 1)
    assert (whole.later.low, whole.later.high) == (0, 1)
    assert 0 < whole.later.capture < 1
    assert "each map point as a whole" in whole.method.line()
    single = moved_points(incidents, GRID, np.random.default_rng(1), 0.02, draws=8)
    assert 0.2 < single.everything.capture < 0.9
    assert single.history.capture > single.everything.capture  # its cell stays the busiest but one
    assert single.later.low > 0


def test_nothing_after_the_as_at_month_is_seen() -> None:
    incidents = scattered(5, each=30, months=15)
    month = incidents.months[12]
    early = moved_points(incidents, GRID, np.random.default_rng(2), 0.1, month, draws=2)
    forgotten = moved_points(incidents.up_to(month), GRID, np.random.default_rng(2), 0.1, draws=2)
    assert (early.months, early.base, early.later) == (forgotten.months, forgotten.base, forgotten.later)
    assert early.months[-1] == str(month)


def test_what_cannot_be_measured_is_refused() -> None:
    with pytest.raises(Refusal, match="it takes 30 incidents in the months that can be tested, and they have 0"):
        moved_points(scattered(1, months=9), GRID, np.random.default_rng(0))
    with pytest.raises(Refusal):
        moved_points(made([], [], [], months_of(20)), GRID, np.random.default_rng(0))
    with pytest.raises(InputError, match="share"):
        moved_points(scattered(1), GRID, np.random.default_rng(0), 0)


@pytest.mark.parametrize(("category", "history"), [(ASB, 9), (DRUGS, 11)])
def test_the_three_costs_of_the_last_real_year(real: Incidents, area: Area, category: str, history: float) -> None:
    incidents, grid = real.of(category), area.grid()
    found = moved_points(incidents, grid, np.random.default_rng(seeds.JITTER), draws=6)
    assert found.base == unseen_year(incidents, grid).hit_rate
    losses = [100 * one.loss for one in ways(found)]
    assert losses[0] == pytest.approx(history, abs=1.5)
    assert 12 < losses[1] < 17
    assert 15.5 < losses[2] < 19
    assert losses[0] < losses[1] < losses[2] + 1


@pytest.mark.long
def test_the_three_costs_year_by_year(real: Incidents, area: Area, capsys: pytest.CaptureFixture[str]) -> None:
    """``python -m pytest -m long tests/where/test_moved.py -s`` prints the figures that the documents state."""
    grid = area.grid()
    rows = []
    for category in (ASB, DRUGS):
        for end in YEARS:
            for together in (False, True):
                found = moved_points(
                    real.of(category), grid, np.random.default_rng(seeds.JITTER), 0.05, pd.Period(end, "M"),
                    together=together,
                )  # fmt: skip
                rows.append((category, end, "point" if together else "incident", 100 * found.base,
                             *(100 * one.loss for one in ways(found)), 100 * found.later.capture))  # fmt: skip
    columns = ["category", "12 months to", "moved by", "caught", "history", "everything", "later", "left"]
    table = pd.DataFrame(rows, columns=columns).round(1)
    mean = table.groupby(["category", "moved by"], sort=False)[columns[3:]].mean().round(1)
    with capsys.disabled():
        print(f"\n{table.to_string(index=False)}\n{mean.to_string()}")
    single = mean.xs("incident", level="moved by")
    assert (single["history"] < single["everything"]).all()
    assert (single["everything"] < single["later"]).all()
    assert single["later"].between(14, 20).all()
