"""Ways between places: along streets where they are known, else the straight line, longer by what streets usually add.

A leg is the way from one place to another. Every answer says of every leg which it is, and of a straight one why.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from data.plan.ways import Leg, Ways

DETOUR = 1.3  # way along streets for a straight line
# Why a leg is a straight line; the first is none: positions in data.plan.ways.WHY.
STREETS, NO_STREET, NO_WAY, TOO_FAR = range(4)
Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Legs:
    """Ways between some places, both directions alike.

    Attributes
    ----------
    metres : ndarray, shape (n, n)
        At least the straight line. A way round by a third place may be shorter only where one leg of it is no street's.
    why : ndarray of int, shape (n, n)
        ``STREETS`` where it follows streets all the way, else why it is straight in part: ``NO_STREET`` is known near
        one of the ends, ``NO_WAY`` along known streets joins them, or the one there is goes ``TOO_FAR`` round.
    """

    metres: Floats
    why: NDArray[np.int8]


class Router(Protocol):
    """Finds ways for tours; the same for the same places."""

    @property
    def mixed(self) -> bool:
        """Whether some ways follow streets and others are straight."""

    def legs(self, east_m: Floats, north_m: Floats, travel: str) -> Legs:
        """Ways between all of some places."""

    def reach(self, base: int, east_m: Floats, north_m: Floats, travel: str) -> Floats:
        """Metres from one of some places to all of them, shape (n,): a row of their legs."""

    def lines(
        self, east_m: Floats, north_m: Floats, pairs: Sequence[tuple[int, int]], travel: str
    ) -> list[Floats | None]:
        """Points along the way of some legs, from place to place, shape (k, 2); None where streets give none."""

    def ways(self, legs: tuple[Leg, ...]) -> Ways | None:
        """Say for some legs which streets they follow; None where no streets are known."""


@dataclass(frozen=True)
class Straight:
    """Every way is 1.3 times the straight line: no streets are known."""

    mixed: bool = False

    def legs(self, east_m: Floats, north_m: Floats, travel: str) -> Legs:  # noqa: ARG002
        """Ways between all of some places."""
        metres = straight_metres(east_m, north_m, east_m, north_m) * DETOUR
        return Legs(metres, np.full(metres.shape, NO_STREET, dtype=np.int8))

    def reach(self, base: int, east_m: Floats, north_m: Floats, travel: str) -> Floats:  # noqa: ARG002
        """Metres from one of some places to all of them, shape (n,)."""
        one = slice(base, base + 1)
        metres: Floats = straight_metres(east_m[one], north_m[one], east_m, north_m)[0] * DETOUR
        return metres

    def lines(
        self, east_m: Floats, north_m: Floats, pairs: Sequence[tuple[int, int]], travel: str  # noqa: ARG002
    ) -> list[Floats | None]:  # fmt: skip
        """None for every leg."""
        return [None] * len(pairs)

    def ways(self, legs: tuple[Leg, ...]) -> Ways | None:  # noqa: ARG002
        """None: no streets are known."""
        return None


STRAIGHT = Straight()


def straight_metres(from_east: Floats, from_north: Floats, to_east: Floats, to_north: Floats) -> Floats:
    """Straight lines from some points to others, shape (from, to)."""
    metres: Floats = np.hypot(from_east[:, None] - to_east[None, :], from_north[:, None] - to_north[None, :])
    return metres
