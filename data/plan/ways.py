"""The ways of a plan from stop to stop, as they are kept with it: along the streets or, where none are known, straight.

They are kept with the plan, so that it is drawn alike where its streets are not loaded, or others are.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

# Why a leg is straight, at least in part; of one that follows streets it is "".
NO_STREET, NO_WAY, TOO_FAR = "no street near", "no way known", "too far round"
WHY = ("", NO_STREET, NO_WAY, TOO_FAR)
_SAID = {
    NO_STREET: "an end lies more than 150 m from any street",
    NO_WAY: "no way along known streets joins the ends",
    TOO_FAR: "the known way goes far round, as if a crossing were missing in the file",
}
_FEWEST = 4  # numbers: two points
Point = tuple[float, float]


@dataclass(frozen=True)
class Leg:
    """The way from a stop, or a base, to the next.

    Attributes
    ----------
    travel : str
        "foot" or "vehicle".
    points : tuple of float
        Easting and northing of the place where it starts, of every bend, and of the place where it ends; EPSG:27700.
    why : str
        "" where it follows streets all the way, else why it is straight, at least in part: one of ``WHY``.
    """

    travel: str
    points: tuple[float, ...]
    why: str = ""

    @property
    def line(self) -> tuple[Point, ...]:
        """The points as pairs."""
        return tuple(zip(self.points[::2], self.points[1::2], strict=True))


@dataclass(frozen=True)
class Ways:
    """The ways of a plan whose streets are known.

    Attributes
    ----------
    source, attribution : str
        Product the streets are from; what has to stand under what shows the ways.
    version : str
        Of the network of streets.
    legs : tuple of Leg
        Each once, whatever the shift and the direction.
    """

    source: str
    attribution: str
    version: str
    legs: tuple[Leg, ...]

    def along(self, travel: str, places: Sequence[Point]) -> list[Leg]:
        """Give the legs through some places in order; one that is not kept is straight."""
        known = {(leg.travel, leg.line[0], leg.line[-1]): leg for leg in self.legs}
        found = []
        for a, b in pairwise(places):
            leg = known.get((travel, a, b))
            back = known.get((travel, b, a))
            if leg is None and back is not None:
                leg = Leg(travel, tuple(value for point in back.line[::-1] for value in point), back.why)
            found.append(leg or Leg(travel, (*a, *b), NO_STREET))
        return found


def ways_from_json(raw: Mapping[str, Any] | None) -> Ways | None:
    """Read the ways of a plan back.

    Raises
    ------
    KeyError, TypeError, ValueError
        They are damaged.
    """
    if raw is None:
        return None
    legs = tuple(Leg(**{**leg, "points": tuple(leg["points"])}) for leg in raw["legs"])
    if any(leg.why not in WHY or len(leg.points) < _FEWEST or len(leg.points) % 2 for leg in legs):
        raise ValueError("a leg is no line")
    return Ways(**{**raw, "legs": legs})


def metres(line: Sequence[Point]) -> float:
    """Length of a line."""
    return sum(math.dist(a, b) for a, b in pairwise(line))


def ways_words(source: str, whys: Iterable[str]) -> str:
    """Say what the ways of some legs are: along which streets, and how many are straight, at least in part, and why.

    Parameters
    ----------
    source : str
        Product that the streets are from.
    whys : iterable of str
        ``why`` of every leg.
    """
    counts = Counter(whys)
    legs, streets = counts.total(), counts.pop("", 0)
    if legs == streets:
        return f"along the streets ({source})"
    reasons = "; ".join(
        f"{_SAID.get(why, why)}" + (f" ({count})" if len(counts) > 1 else "") for why, count in sorted(counts.items())
    )
    straight = legs - streets
    some = f"along the streets ({source}); {straight} of {legs} {'is' if straight == 1 else 'are'} "
    return f"{some if streets else ''}straight, at least in part, and counted 1.3 times as long: {reasons}"
