"""Lists as sentences write them, and the names of months whatever the machine's language."""

from __future__ import annotations

from collections.abc import Iterable

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def join_words(words: Iterable[str]) -> str:
    """Write a list as a sentence does: "a, b and c"; empty where there is nothing."""
    *most, last = list(words) or [""]
    return f"{', '.join(most)} and {last}" if most else last
