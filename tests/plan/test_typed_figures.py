"""Figures that a person types: with their source, their day and their history."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from data.plan import plans
from data.plan.figures import figures, save_figure
from geo.errors import InputError
from tests.plan.made_plans import LATER, NOW


def test_figures_with_their_history(store: Path) -> None:
    day = date(2024, 3, 31)
    first = save_figure(store, "Victims supported", 120, day, "Council, letter of 3 May", NOW)
    second = save_figure(store, "Victims  supported", 125, day, "Council, corrected", LATER)
    other = save_figure(store, "Victims supported", 90, date(2023, 3, 31), "Council", LATER)
    assert figures(store) == (other, second)
    assert figures(store, with_history=True) == (other, first, second)
    save_figure(store, "Victims supported", None, day, "Withdrawn: wrong table", LATER)
    assert figures(store) == (other,)
    assert len(figures(store, with_history=True)) == 4
    assert plans.listed(store) == ()


@pytest.mark.parametrize(
    ("name", "value", "source", "said"),
    [("", 1, "x", "needs a name"), ("x", 1, " ", "needs a source"), ("x", float("nan"), "x", "not a number")],
)
def test_figures_that_are_refused(store: Path, name: str, value: float, source: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        save_figure(store, name, value, date(2024, 3, 31), source, NOW)
    assert not store.exists()
