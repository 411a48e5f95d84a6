from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st

from analysis.common.regression import binomial, estimable, poisson
from geo.errors import InputError
from tests.properties import examples

FEW = examples(30)


def made(seed: int, n: int = 40, groups: int = 4) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Columns (groups, a slope and an indicator), exposure, and a mean that depends on them."""
    rng = np.random.default_rng(seed)
    group = np.arange(n) % groups
    x = np.column_stack([*(group == g for g in range(groups)), rng.normal(size=n), rng.random(n) < 0.3]).astype(float)
    x[:2, -1] = (1, 0)
    exposure = rng.integers(28, 32, n).astype(float)
    return x, exposure, np.exp(x @ rng.normal(0, 0.4, x.shape[1]) + 1) * exposure / 10


@FEW
@given(st.integers(0, 10**6), st.sampled_from([0.0, 0.02, 0.3]))
def test_counts_equal_statsmodels(seed: int, alpha: float) -> None:
    x, exposure, mean = made(seed)
    y = np.random.default_rng(seed).poisson(mean).astype(float)
    family = sm.families.NegativeBinomial(alpha=alpha) if alpha else sm.families.Poisson()
    theirs = sm.GLM(y, x, family=family, offset=np.log(exposure)).fit(tol=1e-14, maxiter=200)
    mine = poisson(y, x, exposure, alpha)
    np.testing.assert_allclose(mine.coefficients, theirs.params, atol=1e-7)
    np.testing.assert_allclose(mine.errors, theirs.bse, rtol=1e-6)
    assert mine.pearson == pytest.approx(theirs.pearson_chi2, rel=1e-6)
    assert mine.df == theirs.df_resid


@FEW
@given(st.integers(0, 10**6))
def test_shares_equal_statsmodels(seed: int) -> None:
    x, _, mean = made(seed)
    rng = np.random.default_rng(seed)
    trials = rng.integers(40, 200, len(mean)).astype(float)
    y = rng.binomial(trials.astype(int), np.clip(mean / mean.max() / 2 + 0.1, 0, 1)).astype(float)
    theirs = sm.GLM(np.column_stack([y, trials - y]), x, family=sm.families.Binomial()).fit(tol=1e-14, maxiter=200)
    mine = binomial(y, trials, x)
    np.testing.assert_allclose(mine.coefficients, theirs.params, atol=1e-7)
    np.testing.assert_allclose(mine.errors, theirs.bse, rtol=1e-6)
    assert mine.pearson == pytest.approx(theirs.pearson_chi2, rel=1e-6)


def test_two_groups_have_a_closed_form() -> None:
    # One indicator beside a constant: the ratio of the two means, and an error of sqrt(1/a + 1/b).
    y = np.array([3.0, 5, 4, 9, 7, 8])
    x = np.column_stack([np.ones(6), [0, 0, 0, 1, 1, 1]])
    fit = poisson(y, x)
    assert fit.coefficients[1] == pytest.approx(np.log(24 / 12))
    assert fit.errors[1] == pytest.approx(np.sqrt(1 / 24 + 1 / 12))
    trials = np.full(6, 20.0)
    odds = binomial(y, trials, x)
    assert odds.coefficients[1] == pytest.approx(np.log(24 / 36) - np.log(12 / 48))
    assert odds.errors[1] == pytest.approx(np.sqrt(1 / 24 + 1 / 36 + 1 / 12 + 1 / 48))
    assert fit.phi == pytest.approx(max(1.0, fit.pearson / 4))


def test_what_has_no_finite_answer_is_an_error() -> None:
    x = np.column_stack([np.ones(6), [0, 0, 0, 1, 1, 1]])
    with pytest.raises(InputError, match="no finite estimate"):
        poisson(np.array([3.0, 5, 4, 0, 0, 0]), x)
    with pytest.raises(InputError, match="no finite estimate"):
        binomial(np.array([3.0, 5, 4, 9, 9, 9]), np.full(6, 9.0), x)
    with pytest.raises(InputError, match=r"depend on each other|no finite"):
        poisson(np.ones(6), np.column_stack([x, np.zeros(6)]))


def test_which_effects_can_be_told() -> None:
    x = np.array([[1.0, 0, 0], [1, 0, 0], [0, 1, 1], [0, 1, 1]])
    assert [estimable(x, i) for i in range(3)] == [True, False, False]
