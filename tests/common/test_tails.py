"""Quantiles and tails: the same numbers as scipy.stats, which is too slow to import for a first page."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from analysis.common import negative_binomial, tails
from tests.properties import examples

LEVELS = st.floats(1e-12, 1 - 1e-12)
VALUES = st.floats(-1e3, 1e3)
SIZES = st.floats(0.1, 1e5)


@given(LEVELS, VALUES, SIZES, SIZES)
@examples(200)
def test_they_are_those_of_scipy_to_the_last_digit(level: float, x: float, a: float, b: float) -> None:
    assert tails.t_quantile(level, a) == stats.t.ppf(level, a)
    assert tails.t_above(x, a) == stats.t.sf(x, a)
    assert tails.t_below(x, a) == stats.t.cdf(x, a)
    assert tails.normal_quantile(level) == stats.norm.ppf(level)
    assert tails.normal_above(x) == stats.norm.sf(x)
    assert tails.beta_quantile(level, a, b) == stats.beta.ppf(level, a, b)
    assert tails.gamma_quantile(level, a) == stats.gamma.ppf(level, a)
    assert tails.chi2_above(abs(x), a) == stats.chi2.sf(abs(x), a)
    assert tails.f_above(abs(x), a, b) == stats.f.sf(abs(x), a, b)


def test_what_cannot_be_told_stays_unknown_and_far_away_is_nothing() -> None:
    x = np.array([np.nan, np.inf, -np.inf])
    np.testing.assert_array_equal(tails.t_above(x, 5), [np.nan, 0, 1])
    np.testing.assert_array_equal(tails.normal_above(x), [np.nan, 0, 1])


@given(st.floats(1e-9, 1 - 1e-9), st.lists(st.tuples(st.floats(1e-3, 1e4), st.floats(1e-6, 50)), min_size=1))
@examples(100)
def test_counts_have_the_quantiles_of_scipy(level: float, pairs: list[tuple[float, float]]) -> None:
    mean, alpha = np.array(pairs).T
    size, p = 1 / alpha, 1 / alpha / (1 / alpha + mean)
    np.testing.assert_array_equal(negative_binomial.quantile(level, mean, alpha), stats.nbinom.ppf(level, size, p))


@given(st.integers(-2, 20_000), st.floats(1e-3, 1e4), st.floats(1e-6, 50))
@examples(200)
def test_counts_have_the_tails_of_scipy(k: int, mean: float, alpha: float) -> None:
    size, p = 1 / alpha, 1 / alpha / (1 / alpha + mean)
    assert negative_binomial.below(k, size, p) == stats.nbinom.cdf(k, size, p)
    assert negative_binomial.above(k, size, p) == pytest.approx(stats.nbinom.sf(k, size, p), rel=1e-11, abs=0)


@given(st.integers(0, 3_000), st.floats(0.3, 1e3), st.floats(1e-4, 5))
@examples(50)
def test_the_score_is_that_of_scipy(actual: int, mean: float, alpha: float) -> None:
    size, p = 1 / alpha, 1 / alpha / (1 / alpha + mean)
    k = np.arange(int(max(stats.nbinom.isf(1e-12, size, p), actual)) + 1)
    slow = ((stats.nbinom.cdf(k, size, p) - (k >= actual)) ** 2).sum()
    assert negative_binomial.crps(actual, mean, alpha)[0] == pytest.approx(slow, rel=1e-12)
