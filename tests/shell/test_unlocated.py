"""The sentence beside a figure whose crime type was often published without a location."""

from __future__ import annotations

import pytest

from data.kinds.crime_types import ASB
from pages.ui.shell.unlocated import sentence


@pytest.mark.parametrize("shares", [(0.019, None), (None, None), (0.0, 0.019), (None, 0.01)])
def test_a_small_loss_is_not_told(shares: tuple[float | None, float | None]) -> None:
    assert sentence(ASB, *shares, force="somewhere") == ""


def test_a_loss_is_told_and_its_change_is_a_caveat() -> None:
    told = "In the months shown 10 % of anti-social behaviour in the files of somewhere has no location"
    rest = "Such incidents are on no map and in no count"
    assert sentence(ASB, 0.1, None, force="somewhere") == f"{told}. {rest}."
    assert sentence(ASB, 0.1, 0.09, force="somewhere") == f"{told}. {rest}."
    assert sentence(ASB, 0.1, 0.01, force="somewhere") == (
        f"{told}, against 1 % in the months they are compared with. {rest}, and part of the change may be that alone."
    )
    assert "0 % of" in sentence(ASB, 0.0, 0.05, force="somewhere")
