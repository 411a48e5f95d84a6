"""Lists and small numbers as sentences write them, and the names of months whatever the machine's language."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip

_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


def number_words(n: int) -> str:
    """Write a number up to twelve as a word, a larger one in figures."""
    return _NUMBERS[n] if n < len(_NUMBERS) else str(n)


def join_words(words: Iterable[str]) -> str:
    """Write a list as a sentence does: "a, b and c"; empty where there is nothing."""
    *most, last = list(words) or [""]
    return f"{', '.join(most)} and {last}" if most else last


def told_apart(names: Mapping[int, str], what: str) -> dict[int, str]:
    """Give names by number, those that several share with their number too: "Park (zone 3)"."""
    every = Counter(names.values())
    return {number: f"{name} ({what} {number})" if every[name] > 1 else name for number, name in names.items()}
