"""The ways of a plan from stop to stop, as they are kept with it: along the streets or, where none are known, straight.

They are kept with the plan, so that it is drawn alike where its streets are not loaded, or others are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

# Why a leg is a straight line; of one that follows streets it is "".
NO_STREET, NO_WAY, TOO_FAR = "no street near", "no way known", "too far round"
WHY = ("", NO_STREET, NO_WAY, TOO_FAR)
_SAID = {
    NO_STREET: "no street is known near an end",
    NO_WAY: "no way along known streets joins the ends",
    TOO_FAR: "the known way goes far round, as where a crossing is missing in the file",
}
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
        "" where it follows streets, else why it is a straight line: one of ``WHY``.
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


def ways_words(source: str, whys: Iterable[str]) -> str:
    """Say what the ways of some legs are: along which streets, and how many are straight lines, and why.

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
    said = f"{straight} of {legs} legs {'is a straight line' if straight == 1 else 'are straight lines'} times 1.3"
    return (f"along the streets ({source}); " if streets else "") + f"{said}: {reasons}"
