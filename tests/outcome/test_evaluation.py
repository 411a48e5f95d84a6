from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.outcome.evaluation import FELL, ROSE, verdict_words, weighted_displacement_difference
from geo.errors import InputError

COUNTS = st.tuples(st.integers(0, 500), st.integers(0, 500))


def test_published_examples() -> None:
    found = weighted_displacement_difference((120, 100), (130, 150))
    assert found.difference == -40
    assert found.standard_error == pytest.approx(22.36, abs=0.005)
    assert found.interval == pytest.approx((-76.8, -3.2), abs=0.05)
    assert found.level == 0.9
    assert found.sentence == "Weighted displacement difference: −40 incidents (90 % interval −77 to −3)."
    around = weighted_displacement_difference((120, 100), (130, 150), (40, 25), (30, 25))
    assert around.difference == -50
    assert around.standard_error == pytest.approx(24.90, abs=0.005)
    assert around.method.n == 620
    wider = weighted_displacement_difference((120, 100), (130, 150), level=0.95)
    assert wider.interval[0] == pytest.approx(-40 - 1.959964 * 500**0.5, abs=1e-5)


@given(COUNTS, COUNTS, COUNTS, COUNTS)
def test_swapping_areas_or_periods_turns_the_difference_round(
    t: tuple[int, int], c: tuple[int, int], dt: tuple[int, int], dc: tuple[int, int]
) -> None:
    found = weighted_displacement_difference(t, c, dt, dc)
    swapped = weighted_displacement_difference(c, t, dc, dt)
    back = weighted_displacement_difference(t[::-1], c[::-1], dt[::-1], dc[::-1])
    assert swapped.difference == back.difference == -found.difference
    assert swapped.standard_error == back.standard_error == found.standard_error
    nowhere = weighted_displacement_difference(t, c, (0, 0), (0, 0))
    assert nowhere.interval == weighted_displacement_difference(t, c).interval


def test_nonsense_about_the_difference_is_an_error() -> None:
    for wrong, word in (
        ({"treated": (1, -1)}, "not negative"),
        ({"control": (1, 2, 3)}, "two counts"),
        ({"displacement_treated": (1, 2)}, "for both areas or for neither"),
        ({"level": 1.0}, "between 0 and 1"),
    ):
        with pytest.raises(InputError, match=word):
            weighted_displacement_difference(**{"treated": (1, 2), "control": (1, 2), **wrong})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("verdict", "after", "words"),
    [
        (FELL, 120, FELL),
        (FELL, 260, "rose less than elsewhere"),
        (ROSE, 480, ROSE),
        (ROSE, 200, "fell less than elsewhere"),
        (FELL, 240, "stayed the same, unlike elsewhere (less by comparison)"),
        (ROSE, 240, "stayed the same, unlike elsewhere (more by comparison)"),
    ],
)
def test_words_stay_true_when_both_move_the_same_way(verdict: str, after: float, words: str) -> None:
    assert verdict_words(verdict, 240, after) == words


def test_the_published_form_takes_a_common_rise_for_a_change() -> None:
    rng = np.random.default_rng(8)
    wrong = []
    for _ in range(400):
        t0, t1, c0, c1 = (int(rng.poisson(mean)) for mean in (100, 145, 200, 290))
        low, high = weighted_displacement_difference((t0, t1), (c0, c1), level=0.95).interval
        wrong.append(not low <= 0 <= high)
    assert np.mean(wrong) > 0.3
