"""Lists and small numbers as sentences write them, and the names of months whatever the machine's language."""

from __future__ import annotations

from collections.abc import Iterable

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
