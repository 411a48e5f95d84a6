"""Small counts of a partner: 1 to 4 print "under 5", and nothing that is printed beside them gives them away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

LEAST = 5
UNDER = f"under {LEAST}"
HIDDEN = "not shown"


@dataclass(frozen=True)
class Sum:
    """That some counts come to another: keys of the parts, and of their total."""

    parts: tuple[str, ...]
    total: str


def printed(count: int) -> str:
    """Write a count that stands alone: from 1 to 4 "under 5".

    Parameters
    ----------
    count : int
        Not negative.
    """
    return UNDER if 0 < count < LEAST else f"{count:,}"


def protected(counts: Mapping[str, int], sums: Sequence[Sum]) -> dict[str, str]:
    """Write counts that share sums so that no small one can be worked out.

    Parameters
    ----------
    counts : mapping of key to int
        All that is to be printed, parts and totals of every table, not negative.
    sums : sequence of Sum
        Which of them add up to which: by weekday, by hours and by month to the same total, for instance.

    Returns
    -------
    dict of str to str
        By key: the number, ``UNDER`` for 1 to 4, or ``HIDDEN`` for a larger one (or a 0) that would give one away. Each
        that prints ``UNDER`` keeps at least two values that agree with all that is printed.

    Raises
    ------
    ValueError
        A sum is not that of its parts, or names what is not there.

    Notes
    -----
    Where a small count is pinned, the one that is printed beside it and costs least is hidden: among those that free it
    the smallest part, before any total, since totals are what people read. Where none alone frees it the smallest is
    hidden all the same, and the search goes on; it ends because with everything hidden nothing is pinned.

    When it misleads: who knows this rule may now and then learn from what was hidden, and who knows other figures (a
    count of last month's sheet, a table of another body) is not reckoned with. Two values are few: it keeps a count
    from being read off, not from being guessed.

    References
    ----------
    Cell suppression as in Hundepool, A. and others (2012). Statistical Disclosure Control. Wiley, chapter 4; the ranges
    of hidden cells by integer programming (HiGHS, by ``scipy.optimize.milp``).
    """
    for one in sums:
        if sum(counts[key] for key in one.parts) != counts[one.total]:
            raise ValueError(f"{one.total} is not the sum of its parts")
    small = {key for key, count in counts.items() if 0 < count < LEAST}
    hidden: set[str] = set()
    totals = {one.total for one in sums}
    for key in sorted(small, key=lambda key: (counts[key], key)):
        while _pinned(key, counts, sums, small, hidden):
            shown = [other for other in counts if other not in small | hidden and _near(other, key, sums)]
            shown = shown or [other for other in counts if other not in small | hidden]
            shown.sort(key=lambda other: (other in totals, counts[other] == 0, counts[other], other))
            frees = (other for other in shown if not _pinned(key, counts, sums, small, hidden | {other}))
            hidden.add(next(frees, shown[0]))
    return {key: UNDER if key in small else HIDDEN if key in hidden else f"{count:,}" for key, count in counts.items()}


def _near(other: str, key: str, sums: Sequence[Sum]) -> bool:
    """Whether two stand in one sum."""
    return any({other, key} <= {*one.parts, one.total} for one in sums)


def _pinned(key: str, counts: Mapping[str, int], sums: Sequence[Sum], small: set[str], hidden: set[str]) -> bool:
    """Whether all that is printed leaves a small count one value."""
    least, most = feasible(key, counts, sums, small, hidden)
    return least == most


def feasible(
    key: str, counts: Mapping[str, int], sums: Sequence[Sum], small: set[str], hidden: set[str]
) -> tuple[int, int]:
    """Give the least and the most that a count can be, as far as what is printed tells.

    Parameters
    ----------
    key : str
    counts, sums
        As of :func:`protected`.
    small, hidden : set of str
        Keys that print ``UNDER`` and ``HIDDEN``; all others print their number.
    """
    from scipy.optimize import Bounds, LinearConstraint, milp  # takes long to import

    free = sorted(small | hidden)
    at = {name: i for i, name in enumerate(free)}
    rows: list[Any] = []
    right: list[float] = []
    for one in sums:
        row, known = np.zeros(len(free)), 0.0
        for name, sign in (*((part, 1) for part in one.parts), (one.total, -1)):
            if name in at:
                row[at[name]] += sign
            else:
                known -= sign * counts[name]
        if row.any():
            rows.append(row)
            right.append(known)
    most = sum(counts.values()) + LEAST * len(counts)
    bounds = Bounds(
        np.array([1.0 if name in small else 0.0 for name in free]),
        np.array([LEAST - 1.0 if name in small else float(most) for name in free]),
    )
    limits = [LinearConstraint(np.array(rows), np.array(right), np.array(right))] if rows else []
    ends: list[int] = []
    for way in (1.0, -1.0):
        aim = np.zeros(len(free))
        aim[at[key]] = way
        found = milp(aim, constraints=limits, bounds=bounds, integrality=np.ones(len(free), dtype=np.intp))
        if found.x is None:
            raise ValueError("the sums do not agree with what is printed")
        ends.append(round(float(found.x[at[key]])))
    return ends[0], ends[1]
