from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from analysis.where.kde import density_surface, quartic_kde
from data.kinds.crime_types import ASB
from data.store.schema import Incidents, empty_frame
from geo.errors import InputError
from tests.made_incidents import made, months_of, square_grid

POINTS = arrays(np.float64, st.tuples(st.integers(1, 30), st.just(2)), elements=st.integers(0, 900).map(float))


def by_hand(points: np.ndarray, centres: np.ndarray, h: float) -> np.ndarray:
    squared = ((centres[:, None, :] - points[None, :, :]) ** 2).sum(axis=2) / h**2
    return np.where(squared < 1, 3 / (np.pi * h**2) * (1 - squared) ** 2, 0.0).sum(axis=1)


def test_the_kernel_at_known_distances() -> None:
    density = quartic_kde([[0, 0]], [[0, 0], [150, 0], [0, 300], [301, 0]], 300)
    top = 3 / (np.pi * 300**2)
    np.testing.assert_allclose(density, [top, top * 0.75**2, 0, 0], rtol=1e-12, atol=1e-18)


@given(POINTS, st.sampled_from([200.0, 300.0, 600.0]))
def test_equals_the_sum_over_all_pairs(points: np.ndarray, h: float) -> None:
    centres = np.array([[x, y] for x in range(-300, 1201, 150) for y in range(-300, 1201, 250)], dtype=float)
    np.testing.assert_allclose(quartic_kde(points, centres, h), by_hand(points, centres, h), rtol=1e-9, atol=1e-15)


@given(POINTS)
def test_integrates_to_the_number_of_points(points: np.ndarray) -> None:
    step = 20.0
    axis = np.arange(-310, 1211, step)
    centres = np.array(np.meshgrid(axis, axis)).reshape(2, -1).T
    assert quartic_kde(points, centres, 300).sum() * step**2 == pytest.approx(len(points), rel=1e-3)


@given(POINTS, st.integers(-5000, 5000), st.integers(-5000, 5000))
def test_moves_with_the_points_and_ignores_their_order(points: np.ndarray, dx: int, dy: int) -> None:
    centres = np.array([[100.0, 100.0], [400.0, 500.0], [900.0, 0.0]])
    density = quartic_kde(points, centres, 400)
    move = np.array([dx, dy])
    np.testing.assert_allclose(quartic_kde(points[::-1] + move, centres + move, 400), density, atol=1e-15)
    np.testing.assert_allclose(quartic_kde(np.vstack([points, points]), centres, 400), 2 * density, rtol=1e-12)


def test_more_centres_than_a_block() -> None:
    rng = np.random.default_rng(1)
    points, centres = rng.uniform(0, 5000, (200, 2)), rng.uniform(0, 5000, (9001, 2))
    np.testing.assert_allclose(quartic_kde(points, centres, 500), by_hand(points, centres, 500), rtol=1e-9, atol=1e-15)


def test_nothing_has_no_density() -> None:
    assert quartic_kde(np.empty((0, 2)), [[0, 0]], 300).tolist() == [0.0]
    assert quartic_kde([[0, 0]], np.empty((0, 2)), 300).shape == (0,)


@pytest.mark.parametrize(
    ("points", "bandwidth"),
    [([[0, np.nan]], 300), ([[1, 2, 3]], 300), ([[0, 0]], 0), ([[0, 0]], -1), ([[0, 0]], np.inf)],
)
def test_what_cannot_be_used_is_refused(points: object, bandwidth: float) -> None:
    with pytest.raises(InputError):
        quartic_kde(points, [[0, 0]], bandwidth)


def test_a_surface_is_per_square_kilometre_and_year() -> None:
    grid = square_grid()
    months = months_of(24)
    east, north = grid.centres(grid.cells[[27]])
    surface = density_surface(made(east, north, months[:1], months), grid)
    assert surface.per_km2_year[27] == pytest.approx(3 / (np.pi * 0.3**2) / 2)
    assert surface.method.n == 1
    empty = density_surface(Incidents(empty_frame(), pd.PeriodIndex([], freq="M"), "empty"), grid)
    assert not empty.per_km2_year.any()
    with pytest.raises(InputError, match="200 to 600"):
        density_surface(made(east, north, months[:1], months), grid, 100)


def test_the_buffer_feeds_the_edge(real: Incidents) -> None:
    from data.place.area import load_area

    grid = load_area().grid()
    asb = real.of(ASB)
    whole, inside = density_surface(asb, grid), density_surface(asb.in_area(), grid)
    assert (whole.per_km2_year >= inside.per_km2_year - 1e-9).all()
    assert (whole.per_km2_year > inside.per_km2_year + 1).any()
