from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import analysis.where.concentration
from analysis.common.refusal import Refusal
from analysis.where.concentration import cell_concentration, concentration, gini, point_concentration, point_counts
from analysis.where.hotspots import cell_counts_by_month
from data.kinds.crime_types import ASB
from data.place.area import Area
from data.store.schema import Incidents
from geo.errors import InputError
from tests.made_incidents import in_cells, made, months_of, square_grid

COUNTS = arrays(np.int64, st.integers(1, 40), elements=st.integers(0, 9)).filter(lambda x: x.sum() > 0)


def test_gini_of_known_distributions() -> None:
    assert gini([3, 3, 3, 3]) == pytest.approx(0)
    assert gini([0, 0, 0, 8]) == pytest.approx(0.75)
    assert gini([1, 2, 3, 4]) == pytest.approx(0.25)
    assert np.isnan(gini([0, 0]))


@given(COUNTS, st.randoms(use_true_random=False))
def test_gini_is_the_mean_difference_and_ignores_order_and_scale(counts: np.ndarray, shuffler: object) -> None:
    x = counts.astype(float)
    by_hand = abs(x[:, None] - x).sum() / (2 * len(x) ** 2 * x.mean())
    assert gini(x) == pytest.approx(by_hand, abs=1e-12)
    order = list(range(len(x)))
    shuffler.shuffle(order)  # type: ignore[attr-defined]
    assert gini(3 * x[order]) == pytest.approx(by_hand, abs=1e-12)


@given(COUNTS)
def test_curve_shares_and_gini_belong_together(counts: np.ndarray) -> None:
    found = concentration(counts, np.random.default_rng(1), draws=5)
    assert found.gini == pytest.approx(gini(counts), abs=1e-12)
    curve = found.lorenz["observed"].to_numpy()
    assert curve[0] == 0
    assert curve[-1] == pytest.approx(1)
    assert (np.diff(curve) >= -1e-12).all()
    assert (curve <= found.lorenz["x"] + 1e-12).all()
    busiest = np.sort(counts)[::-1]
    for row in found.shares.itertuples():
        assert row.observed == pytest.approx(busiest[: row.units].sum() / counts.sum())
        assert row.low - 1e-12 <= row.random <= row.high + 1e-12


def test_chance_is_chance() -> None:
    rng = np.random.default_rng(5)
    thrown = rng.multinomial(600, np.full(200, 1 / 200))
    found = concentration(thrown, rng, draws=400)
    assert found.gini_low <= found.gini <= found.gini_high
    # a second route: the expected Gini of Poisson counts of mean 3, by simulation of its own
    poisson = np.mean([gini(rng.poisson(3, 200)) for _ in range(300)])
    assert found.gini_random == pytest.approx(poisson, abs=0.01)
    planted = thrown.copy()
    planted[:3] += 100
    assert concentration(planted, rng, draws=200).gini > found.gini_high


def test_points_are_those_that_ever_had_an_incident() -> None:
    months = months_of(3)
    east, north = [341_000.0, 341_000.0, 341_200.0, 341_400.0, 341_600.0], [391_000.0] * 5
    wards = ["E1", "E1", "E1", "E1", None]
    every = made(east, north, [months[0]] * 5, months, ward_code=wards)
    some = made(east[1:3], north[1:3], [months[0]] * 2, months, ward_code=wards[1:3])
    assert point_counts(some, every).tolist() == [1, 1, 0]  # the buffer is not in the area
    assert point_counts(every, every).tolist() == [2, 1, 1]
    with pytest.raises(InputError, match="not among all"):
        point_counts(made([1.0], [2.0], [months[0]], months, ward_code="E1"), every)


def test_real_incidents_are_concentrated(real: Incidents, area: Area) -> None:
    assert len(point_counts(real.of(ASB), real)) == pytest.approx(3873, abs=10)  # distinct points, by LSOA name
    rng = np.random.default_rng(1)
    first, last = pd.Period("2024-01"), pd.Period("2024-12")
    asb = real.of(ASB).within(first, last)
    points = point_concentration(asb, real, rng, draws=99)
    assert points.incidents == len(asb.in_area().frame)
    assert points.gini > points.gini_high
    assert (points.shares["observed"] > points.shares["high"]).all()
    cells = cell_concentration(cell_counts_by_month(real.of(ASB), area.grid()), first, last, rng, draws=99)
    assert cells.units == 2165
    assert cells.gini > points.gini_random
    assert cells.sentence.startswith("The busiest 5 % of cells have ")
    assert "January 2024 to December 2024" in cells.method.line()


@pytest.mark.parametrize("bad", [[], [1, -1], [np.nan, 1], [[1, 2]]])
def test_what_is_no_count_is_refused(bad: list[object]) -> None:
    with pytest.raises(InputError):
        gini(bad)
    with pytest.raises(InputError):
        concentration(bad, np.random.default_rng(1))


def test_nothing_has_no_concentration() -> None:
    with pytest.raises(Refusal, match="no incidents"):
        concentration([0, 0], np.random.default_rng(1))
    with pytest.raises(InputError, match="draw"):
        concentration([0, 1], np.random.default_rng(1), draws=0)


# Worked out by hand.

FEW_BUSY = np.array([0, 3, 0, 1, 0, 10, 0, 4, 0, 2])  # twenty incidents on ten units


def test_every_figure_of_ten_units_by_hand() -> None:
    found = concentration(FEW_BUSY, np.random.default_rng(3), "streets", (0.04, 0.1, 0.25), 7, "one week", "v4")
    assert (found.unit, found.units, found.incidents) == ("streets", 10, 20)
    assert found.shares["share"].tolist() == [0.04, 0.1, 0.25]
    assert found.shares["units"].tolist() == [1, 1, 3]
    assert found.shares["observed"].tolist() == pytest.approx([0.5, 0.5, 0.85])
    assert found.gini == pytest.approx(2 * (6 * 1 + 7 * 2 + 8 * 3 + 9 * 4 + 10 * 10) / (10 * 20) - 11 / 10)
    curve = found.lorenz
    assert curve["x"].tolist() == pytest.approx([i / 100 for i in range(101)])
    at = curve.set_index(curve["x"].round(2))["observed"]
    known = {0: 0, 0.5: 0, 0.6: 0.05, 0.7: 0.15, 0.8: 0.3, 0.9: 0.5, 1: 1, 0.55: 0.025, 0.68: 0.13, 0.99: 0.95}
    assert {x: at[x] for x in known} == pytest.approx(known, abs=1e-12)
    # the same throws, each measured by itself
    thrown = np.random.default_rng(3).multinomial(20, np.full(10, 0.1), size=7)
    top = np.array([np.sort(row)[::-1][:3].cumsum() / 20 for row in thrown])[:, [0, 0, 2]]
    assert found.shares["random"].tolist() == pytest.approx(top.mean(axis=0).tolist())
    assert found.shares["low"].tolist() == pytest.approx(np.percentile(top, 2.5, axis=0).tolist())
    assert found.shares["high"].tolist() == pytest.approx(np.percentile(top, 97.5, axis=0).tolist())
    ginis = [gini(row) for row in thrown]
    assert found.gini_random == pytest.approx(np.mean(ginis))
    assert (found.gini_low, found.gini_high) == pytest.approx(tuple(np.percentile(ginis, [2.5, 97.5])))
    halves = [np.sort(row)[:5].sum() / 20 for row in thrown]
    middle = curve.iloc[50]
    assert middle["random"] == pytest.approx(np.mean(halves))
    assert [middle["low"], middle["high"]] == pytest.approx(np.percentile(halves, [2.5, 97.5]).tolist())
    chance = f"chance alone would give them {100 * top[:, 1].mean():.0f} %."
    assert found.sentence == f"The busiest 10 % of streets have 50 % of incidents; {chance}"
    assert dict(found.method.parameters) == {
        "streets": "10", "thrown at random": "7 times", "band": "95 % of the draws",
    }  # fmt: skip
    method = found.method
    assert method.name == "Concentration on streets"
    assert (method.n, method.period, method.data_version) == (20, "one week", "v4")
    assert len(method.caveats) == 1
    assert method.source_refs == ("Weisburd 2015", "Bernasco and Steenbeek 2017")


def test_what_is_taken_where_nothing_is_said() -> None:
    found = concentration(FEW_BUSY, np.random.default_rng(3))
    assert found.shares["share"].tolist() == [0.01, 0.02, 0.05, 0.1, 0.25]
    assert found.sentence.startswith("The busiest 5 % of places have 50 % of incidents")
    assert found.method.parameters["thrown at random"] == "999 times"
    assert (found.method.period, found.method.data_version) == ("", "")
    below = concentration(FEW_BUSY, np.random.default_rng(3), shares=(0.01, 0.04), draws=1)
    assert below.sentence.startswith("The busiest 4 % of places")


def test_draws_do_not_depend_on_how_many_are_held_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    at_once = concentration(FEW_BUSY, np.random.default_rng(3), draws=50)
    for values in (1, 70):
        monkeypatch.setattr(analysis.where.concentration, "BLOCK_VALUES", values)
        piecewise = concentration(FEW_BUSY, np.random.default_rng(3), draws=50)
        pd.testing.assert_frame_equal(piecewise.lorenz, at_once.lorenz)
        assert piecewise.gini_high == at_once.gini_high


def test_points_and_cells_say_what_they_are_and_of_when() -> None:
    grid = square_grid(3)
    months = months_of(4)
    when = [months[0], *[months[2]] * 3]
    every = replace(in_cells(grid, grid.cells[[0, 1, 1, 5]].tolist(), when, months, ward_code="E1"), version="all")
    some = every.within(months[1], months[2])
    points = point_concentration(some, every, np.random.default_rng(2), draws=8)
    expected = concentration([0, 2, 1], np.random.default_rng(2), draws=8)
    assert (points.unit, points.units, points.incidents) == ("snap points", 3, 3)
    pd.testing.assert_frame_equal(points.shares, expected.shares)
    assert points.method.parameters["thrown at random"] == "8 times"
    assert (points.method.data_version, points.method.period) == ("all", "February 2023 to March 2023")
    counted = cell_counts_by_month(every, grid)
    cells = cell_concentration(counted, months[1], months[2], np.random.default_rng(2), draws=8)
    expected = concentration([0, 2, 0, 0, 0, 1, 0, 0, 0], np.random.default_rng(2), draws=8)
    assert (cells.unit, cells.units, cells.incidents) == ("cells", 9, 3)
    pd.testing.assert_frame_equal(cells.shares, expected.shares)
    assert cells.method.parameters["thrown at random"] == "8 times"
    assert (cells.method.data_version, cells.method.period) == ("all", "February 2023 to March 2023")
    assert cell_concentration(counted, months[0], months[0], np.random.default_rng(2), draws=1).incidents == 1
    for made_of in (points, cells):
        assert made_of.shares.columns.tolist() == ["share", "units", "observed", "random", "low", "high"]
        assert made_of.lorenz.columns.tolist() == ["x", "observed", "random", "low", "high"]


def test_points_in_order_of_easting_then_northing_and_none_unknown() -> None:
    months = months_of(1)

    def at(*points: tuple[float, float]) -> Incidents:
        east, north = zip(*points, strict=True) if points else ((), ())
        return made(list(east), list(north), [months[0]] * len(points), months, ward_code="E1")

    every = at((2.0, 1.0), (1.0, 9.0), (1.0, 3.0))
    assert point_counts(at((1.0, 9.0), (2.0, 1.0), (1.0, 9.0)), every).tolist() == [0, 2, 1]
    assert point_counts(at(), every).tolist() == [0, 0, 0]
    assert point_counts(at(), at()).tolist() == []
    for unknown, known in ((at((3.0, 0.0)), every), (at((1.5, 0.0)), every), (at((0.0, 0.0)), at())):
        with pytest.raises(InputError) as caught:
            point_counts(unknown, known)
        assert caught.value.column == "every"


def test_what_is_wrong_is_named() -> None:
    for bad, value in (
        ([], "shape (0,)"),
        ([[1, 2]], "shape (1, 2)"),
        ([3, -2, 1], "-2.0"),
        ([1, np.nan], "nan"),
        ([1, np.inf], "inf"),
    ):
        with pytest.raises(InputError) as caught:
            gini(bad)
        assert (caught.value.column, caught.value.value) == ("counts", value)
    with pytest.raises(InputError) as caught:
        concentration([1], np.random.default_rng(1), draws=0)
    assert (caught.value.column, caught.value.value) == ("draws", "0")
    assert concentration([1], np.random.default_rng(1), draws=1).gini == 0
    with pytest.raises(Refusal) as refused:
        concentration([0], np.random.default_rng(1))
    assert refused.value.remedy
