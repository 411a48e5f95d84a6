"""Small counts of a partner: 1 to 4 print "under 5", and nothing that is printed beside them gives them away."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
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


def at_least(count: int) -> str:
    """Write a count that may stand beside small ones that add up to it in ways nobody knows: "25 or more".

    Parameters
    ----------
    count : int
        Not negative.

    Returns
    -------
    str
        "0", "under 5", or a multiple of 5 that is at least 4 below it (5 itself from 5 on) with "or more".

    Notes
    -----
    It has no upper end, and its lower end is reached without any small count beside it: so neither a sum of which it
    is a part nor one that it is tells more of a count "under 5" than that. Counts of 0 beside small ones are to be
    written "under 5" too: four counts "under 5" of which none is 0, with a sum "under 5", would be 1 each. When it
    misleads: who knows this rule knows an upper end as well, and where every count of a sum lies at the end of its
    step can work a small one out.

    References
    ----------
    Rounding of tables as in Hundepool, A. and others (2012). Statistical Disclosure Control. Wiley, chapter 5, but
    downwards and with an open end, so that no sum can be solved.
    """
    if count < LEAST:
        return printed(count)
    return f"{max(LEAST, (count - LEAST + 1) // LEAST * LEAST):,} or more"


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
        By key: the number, ``UNDER`` for 1 to 4, or ``HIDDEN`` for one that would give another away. Each that prints
        ``UNDER`` or ``HIDDEN`` keeps at least two values that agree with all that is printed.

    Raises
    ------
    ValueError
        A sum is not that of its parts, names what is not there, or a count is negative.

    Notes
    -----
    Where a small count is pinned, the one that is printed beside it and costs least is hidden: among those that free it
    the smallest part, before any total, since totals are what people read. Where none alone frees it the smallest is
    hidden all the same, and the search goes on. Where all else is hidden and the words themselves pin it (four counts
    "under 5" whose total is "under 5" are 1 each) small ones print ``HIDDEN`` too, totals first. It ends, because each
    step hides one more and with everything hidden nothing is pinned. What turns out to have been hidden for nothing is
    printed again. A reader is taken to know that ``HIDDEN`` is never 1 to 4, save in that last case.

    When it misleads: who knows how the hidden ones are chosen may now and then learn from which were, and who knows
    other figures (a count of last month's sheet, a table of another body) is not reckoned with. Two values are few: it
    keeps a count from being read off, not from being guessed.

    References
    ----------
    Cell suppression as in Hundepool, A. and others (2012). Statistical Disclosure Control. Wiley, chapter 4; the ranges
    of hidden cells by integer programming (HiGHS, by ``scipy.optimize.milp``).
    """
    _check(counts, sums)
    small = {key for key, count in counts.items() if 0 < count < LEAST}
    totals = {one.total for one in sums}
    hidden: set[str] = set()

    def cost(key: str) -> tuple[bool, bool, int, str]:
        return key in totals, counts[key] == 0, counts[key], key

    for key in sorted(small, key=lambda key: (counts[key], key)):
        while _pinned([key], counts, sums, small, hidden):
            shown = [other for other in counts if other not in small | hidden]
            shown = [other for other in shown if _near(other, key, sums)] or shown
            if not shown:
                hidden.add(max(small - hidden, key=cost))
                continue
            shown.sort(key=cost)
            frees = (other for other in shown if not _pinned([key], counts, sums, small, hidden | {other}))
            hidden.add(next(frees, shown[0]))
    for key in _needless(hidden, cost, counts, sums, small):
        hidden.remove(key)
    return {key: HIDDEN if key in hidden else printed(count) for key, count in counts.items()}


def _needless(
    hidden: Iterable[str], cost: Callable[[str], Any], counts: Mapping[str, int], sums: Sequence[Sum], small: set[str]
) -> list[str]:
    """List what was hidden for nothing, what costs most first; looked for again after each, so that none is left."""
    left = set(hidden)
    found: list[str] = []
    while True:
        each = (key for key in sorted(left, key=cost, reverse=True)
                if not _pinned(small, counts, sums, small, left - {key}))  # fmt: skip
        if (key := next(each, None)) is None:
            return found
        left.remove(key)
        found.append(key)


def _check(counts: Mapping[str, int], sums: Sequence[Sum]) -> None:
    if any(count < 0 for count in counts.values()):
        raise ValueError("a count is negative")
    for one in sums:
        if not {*one.parts, one.total} <= counts.keys():
            raise ValueError(f"{one.total} or a part of it has no count")
        if sum(counts[key] for key in one.parts) != counts[one.total]:
            raise ValueError(f"{one.total} is not the sum of its parts")


def _near(other: str, key: str, sums: Sequence[Sum]) -> bool:
    """Whether two stand in one sum."""
    return any({other, key} <= {*one.parts, one.total} for one in sums)


def _pinned(
    keys: Iterable[str], counts: Mapping[str, int], sums: Sequence[Sum], small: set[str], hidden: set[str]
) -> bool:
    """Whether all that is printed leaves one of some unprinted counts a single value.

    A world that agrees with what is printed and differs from the true one frees every count in which it differs: few
    have to be asked for on their own.
    """
    free = sorted(small | hidden)
    world = _Worlds(free, counts, sums, small, hidden)
    left = set(keys)
    while left:
        key = min(left)
        for way in (1.0, -1.0):
            other = world.furthest(key, way)
            left -= {name for name in left if other[name] != counts[name]}
            if key not in left:
                break
        else:
            return True
    return False


class _Worlds:
    """All counts that agree with what is printed."""

    def __init__(
        self, free: Sequence[str], counts: Mapping[str, int], sums: Sequence[Sum], small: set[str], hidden: set[str]
    ) -> None:
        from scipy.optimize import Bounds, LinearConstraint  # takes long to import

        self.free = free
        self.at = {name: i for i, name in enumerate(free)}
        large = [name for name in free if name in hidden - small]  # 0 or at least 5: each has a switch of its own
        size, most = len(free) + len(large), float(sum(counts.values()) + LEAST * len(counts))
        rows: list[Any] = []
        least_of: list[float] = []
        most_of: list[float] = []
        for one in sums:
            row, known = np.zeros(size), 0.0
            for name, sign in (*((part, 1.0) for part in one.parts), (one.total, -1.0)):
                if name in self.at:
                    row[self.at[name]] += sign
                else:
                    known -= sign * counts[name]
            if row.any():
                rows.append(row)
                least_of.append(known)
                most_of.append(known)
        for i, name in enumerate(large, start=len(free)):
            for per, low, high in ((float(LEAST), 0.0, np.inf), (most, -np.inf, 0.0)):  # 5 s <= count <= most s
                row = np.zeros(size)
                row[self.at[name]], row[i] = 1.0, -per
                rows.append(row)
                least_of.append(low)
                most_of.append(high)
        under = [name in small - hidden for name in free]
        self.bounds = Bounds(
            np.array([float(one) for one in under] + [0.0] * len(large)),
            np.array([LEAST - 1.0 if one else most for one in under] + [1.0] * len(large)),
        )
        self.limits = [LinearConstraint(np.array(rows), np.array(least_of), np.array(most_of))] if rows else []
        self.size = size

    def furthest(self, key: str, way: float) -> dict[str, int]:
        """Give the world in which a count is least (way 1) or most (way -1)."""
        from scipy.optimize import milp

        aim = np.zeros(self.size)
        aim[self.at[key]] = way
        whole = np.ones(self.size, dtype=np.intp)
        found = milp(aim, constraints=self.limits, bounds=self.bounds, integrality=whole)
        if found.x is None:
            raise ValueError("the sums do not agree with what is printed")
        return {name: round(float(found.x[i])) for i, name in enumerate(self.free)}
