from __future__ import annotations

from dataclasses import replace

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
    with pytest.raises(InputError) as caught:
        quartic_kde(points, [[0, 0]], bandwidth)
    assert caught.value.column == ("points_m" if bandwidth == 300 else "bandwidth_m")


def test_what_is_wrong_is_named() -> None:
    for centres, value in (([[1, 2, 3]], "shape (1, 3)"), ([1, 2], "shape (2,)"), ([[0, np.inf]], None)):
        with pytest.raises(InputError) as caught:
            quartic_kde([[0, 0]], centres, 300)
        assert (caught.value.column, caught.value.value) == ("centres_m", value)
    for bandwidth in (0, -1.5, np.inf, np.nan):
        with pytest.raises(InputError) as caught:
            quartic_kde([[0, 0]], [[0, 0]], bandwidth)
        assert (caught.value.column, caught.value.value) == ("bandwidth_m", str(bandwidth))
    assert quartic_kde([[0, 0]], [[0, 0]], 1)[0] == pytest.approx(3 / np.pi)  # any distance above 0


def test_a_surface_is_per_square_kilometre_and_year() -> None:
    grid = square_grid()
    months = months_of(18)
    east, north = grid.centres(grid.cells[[27]])
    one = made(east, north, months[:1], months)
    surface = density_surface(one, grid)
    assert surface.per_km2_year[27] == pytest.approx(3 / (np.pi * 0.3**2) / 1.5)
    assert surface.per_km2_year[28] == pytest.approx(3 / (np.pi * 0.3**2) / 1.5 * (5 / 9) ** 2)
    assert surface.per_km2_year[36] == pytest.approx(3 / (np.pi * 0.3**2) / 1.5 * (1 / 9) ** 2)
    assert np.count_nonzero(surface.per_km2_year) == 9
    assert (surface.bandwidth_m, surface.grid) == (300, grid)
    for bandwidth in (200, 450, 600):
        found = density_surface(one, grid, bandwidth)
        assert found.per_km2_year[27] == pytest.approx(3 / (np.pi * (bandwidth / 1000) ** 2) / 1.5)
        assert found.bandwidth_m == bandwidth
        assert found.method.parameters["bandwidth"] == f"{bandwidth} m"
    for bandwidth in (199.9, 600.1, np.nan):
        with pytest.raises(InputError, match="200 to 600") as caught:
            density_surface(one, grid, bandwidth)
        assert (caught.value.column, caught.value.value) == ("bandwidth_m", str(bandwidth))
        assert caught.value.hint
    empty = density_surface(Incidents(empty_frame(), pd.PeriodIndex([], freq="M"), "empty"), grid)
    assert not empty.per_km2_year.any()


def test_a_surface_says_how_it_was_made() -> None:
    grid = square_grid()
    months = months_of(6)
    east, north = grid.centres(grid.cells[[27, 28]])
    late = replace(made(east, north, [months[0], months[5] + 1], months), version="v2")
    surface = density_surface(late, grid)
    alone = density_surface(made(east[:1], north[:1], months[:1], months), grid)
    np.testing.assert_array_equal(surface.per_km2_year, alone.per_km2_year)  # a month not published is not counted
    method = surface.method
    assert dict(method.parameters) == {
        "kernel": "quartic", "bandwidth": "300 m", "unit": "incidents per km² and year",
    }  # fmt: skip
    assert (method.name, method.n, method.data_version) == ("Kernel density", 1, "v2")
    assert method.period == "January 2023 to June 2023"
    assert len(method.caveats) == 1
    assert method.source_refs == ("Silverman 1986",)


def test_the_buffer_feeds_the_edge(real: Incidents) -> None:
    from data.place.area import load_area

    grid = load_area().grid()
    asb = real.of(ASB)
    whole, inside = density_surface(asb, grid), density_surface(asb.in_area(), grid)
    assert (whole.per_km2_year >= inside.per_km2_year - 1e-9).all()
    assert (whole.per_km2_year > inside.per_km2_year + 1).any()
