from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from analysis.common.refusal import Refusal
from analysis.where.concentration import cell_concentration, concentration, gini, point_concentration, point_counts
from analysis.where.hotspots import cell_counts_by_month
from data.kinds.crime_types import ASB
from data.place.area import Area
from data.store.schema import Incidents
from geo.errors import InputError
from tests.made_incidents import made, months_of

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
