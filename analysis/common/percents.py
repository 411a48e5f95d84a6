"""Changes in per cent as sentences write them: never rounded onto, or over, "no change"."""

from __future__ import annotations

import math

_GAP = "\u00a0"  # keeps the sign on the line of its figure


def percent(change: float) -> str:
    """Write the size of a change without its sign: "14 %", and "0.4 %" where it would round to nothing.

    Parameters
    ----------
    change : float
        As a share: 0.14 for 14 %.
    """
    size = abs(100 * change)
    return f"{size:,.0f} %" if size >= 0.95 or size < 0.05 else f"{size:.1f} %"


def signed(change: float) -> str:
    """Write a change with its sign: "+14 %", "−0.4 %", "0 %"; an infinite one is "any rise".

    Parameters
    ----------
    change : float
        As a share; NaN is "unknown".
    """
    if math.isnan(change):
        return "unknown"
    if change == math.inf:  # the upper end where few, very uneven counts say little
        return "any rise"
    size = percent(change)
    if size == "0 %":
        return f"0{_GAP}%" if change == 0 else f"just {'above' if change > 0 else 'under'} 0{_GAP}%"
    return f"{'+' if change > 0 else '−'}{size.replace(' ', _GAP)}"


def interval(low: float, high: float) -> str:
    """Write an interval of changes: "+3 % to +41 %"; an end near 0 says on which side of it it lies.

    Parameters
    ----------
    low, high : float
        Ratios: 1 is no change.
    """
    return f"{signed(low - 1)} to {signed(high - 1)}"
