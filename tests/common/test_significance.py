from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from statsmodels.stats.multitest import multipletests

from analysis.common.significance import benjamini_hochberg
from geo.errors import InputError

P_VALUES = arrays(np.float64, st.integers(1, 60), elements=st.floats(0, 1, allow_subnormal=False))


def test_the_published_example() -> None:
    # Benjamini and Hochberg (1995), section 3: 15 endpoints, four rejected at 5 %
    p = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344]
    p += [0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0000]
    q = benjamini_hochberg(p)
    assert (q <= 0.05).sum() == 4
    np.testing.assert_allclose(q[:4], [0.0015, 0.003, 0.0095, 0.035625], rtol=1e-12)


@given(P_VALUES)
def test_equals_statsmodels(p: np.ndarray) -> None:
    np.testing.assert_allclose(benjamini_hochberg(p), multipletests(p, method="fdr_bh")[1], rtol=1e-12, atol=0)


@given(P_VALUES, st.randoms(use_true_random=False))
def test_keeps_order_and_ignores_the_order_of_tests(p: np.ndarray, shuffler: object) -> None:
    q = benjamini_hochberg(p)
    assert (q >= p).all()
    assert (q <= 1).all()
    assert (np.diff(q[np.argsort(p, kind="stable")]) >= 0).all()
    order = np.arange(len(p))
    shuffler.shuffle(order)  # type: ignore[attr-defined]
    np.testing.assert_array_equal(benjamini_hochberg(p[order]), q[order])


def test_nothing_in_nothing_out() -> None:
    assert benjamini_hochberg([]).shape == (0,)


@pytest.mark.parametrize("bad", [[0.1, np.nan], [1.2], [-0.1], [[0.1, 0.2]]])
def test_what_is_no_probability_is_refused(bad: list[object]) -> None:
    with pytest.raises(InputError, match="p"):
        benjamini_hochberg(bad)
