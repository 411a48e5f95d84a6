"""Whether the ranking led last year's busiest cells by more than its error, by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from analysis.where.lead import Lead, lead


def table(*leads: float) -> pd.DataFrame:
    return pd.DataFrame({"hit_rate": [0.3 + one for one in leads], "rival_hit_rate": [0.3] * len(leads)})


def test_a_lead_within_its_error_is_none() -> None:
    found = lead(table(0.01, 0.02, -0.01))
    assert (found.targets, found.points) == (3, pytest.approx(2 / 3))
    # sd of 1, 2, -1 is 1.5275; t of 2 degrees of freedom at .975 is 4.3027
    assert found.error == pytest.approx(4.3027 * 1.5275 / 3**0.5, abs=1e-3)
    assert not found.proven
    assert found.sentence == (
        "No better than last year's busiest places: over 3 past windows it caught +0.7 points of the incidents, give "
        "or take 3.8."
    )


def test_a_lead_beyond_its_error_is_one() -> None:
    found = lead(table(0.030, 0.032, 0.028, 0.031))
    assert found.proven
    assert found.sentence.startswith(
        "Better than last year's busiest places: over 4 past windows it caught +3.0 points"
    )


@pytest.mark.parametrize("leads", [(), (0.2,), (0.2, 0.2), (float("nan"), 0.2, 0.3)])
def test_too_few_windows_prove_nothing(leads: tuple[float, ...]) -> None:
    found = lead(table(*leads))
    assert not found.proven
    assert "no better than last year's busiest places, as far as" in found.sentence
    assert found == Lead(found.targets, found.points, float("inf")) or found.points != found.points
