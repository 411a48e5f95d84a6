"""Which ward, place or township has most: all that share the first rank are named, or counted."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.findings.finding import Finding, readable
from data.kinds.lists import join_words

_NAMED = 2


def most_of(names: Sequence[str], counts: Sequence[int], what: str, when: str) -> Finding:
    """Say which has the most.

    Parameters
    ----------
    names, counts : sequence
        As long as each other.
    what : str
        "ASB".
    when : str
        "in 12 months", to go on from the title.

    Returns
    -------
    Finding
        One that stands alone is named with its count, without a claim of being the most.
    """
    top = max(counts, default=0)
    if not top:
        return Finding(f"No {what} in any of these wards" if len(names) != 1 else f"No {what} in {names[0]}", when)
    if len(names) == 1:
        return Finding(f"{names[0]}: {top:,} {what}", when)
    first = [name for name, count in zip(names, counts, strict=True) if count == top]
    if len(first) > _NAMED:
        return Finding(f"{len(first)} wards share the most {what}: {top:,} each", when)
    have = "has" if len(first) == 1 else "have"
    return Finding(f"{' and '.join(first)} {have} the most {what}: {top:,}{'' if len(first) == 1 else ' each'}", when)


def leading_place(name: str, what: str) -> Finding:
    """Say which place leads the list; by its rank alone where its name is too long to be read aloud.

    Parameters
    ----------
    name : str
        "Hall Drive (parking area)".
    what : str
        "drug offences".
    """
    title = f"{name} leads the places for {what}"
    return Finding(title if readable(title) else f"Place 1 of the list leads the places for {what}")


def busiest_places(names: Sequence[str], what: str) -> Finding:
    """Name the first places of a list; where their names are too long to be read aloud, the first alone.

    Parameters
    ----------
    names : sequence of str
        Busiest first.
    what : str
        As it begins a sentence: "ASB".
    """
    if not names:
        return Finding(f"{what}: no place has incidents enough to be ranked")
    verb = "place is" if len(names) == 1 else "places are"
    return Finding(f"{what}: the busiest {verb} {join_words(names)}")


def part_of_places(name: str, here: int, of: int, what: str) -> Finding:
    """Say how many of the busiest places lie in a part of the area."""
    if not here:
        return Finding(f"{name} has none of the {of} busiest places for {what}")
    if here == of == 1:
        return Finding(f"{name} has the one busiest place for {what}")
    return Finding(f"{name} has {here} of the {of} busiest places for {what}")


def about_operation(operation: str, said: str) -> Finding:
    """Put a short message under the name of an operation, or under no name where that is too long."""
    title = f"{operation}: {said}"
    return Finding(title if readable(title) else said[:1].upper() + said[1:])
