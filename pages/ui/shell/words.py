"""Words and figures as every page writes them."""

from __future__ import annotations

from data.kinds.crime_types import ASB, DRUGS

NAMES = {ASB: "ASB", DRUGS: "Drug offences"}


def signed(percent: float) -> str:
    """Write a change in per cent with its sign, unbroken at the end of a line."""
    rounded = round(percent)
    return "no change" if rounded == 0 else f"{'+' if rounded > 0 else '−'}{abs(rounded):,}\u00a0%"
