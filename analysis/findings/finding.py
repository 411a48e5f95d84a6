"""The form of a finding: a title that can be read aloud, when it holds, and the line below it."""

from __future__ import annotations

import re
from dataclasses import dataclass

MOST_WORDS = 14
MOST_NUMBERS = 2
_NUMBER = re.compile(r"\d[\d,.]*")


@dataclass(frozen=True)
class Finding:
    """One message.

    Attributes
    ----------
    title : str
        At most ``MOST_WORDS`` words with at most ``MOST_NUMBERS`` numbers, no interval, no full stop: what a slide
        says and a chair reads aloud.
    when : str
        Months it speaks of, to go on from the title: "in the 12 months to December 2024"; may be empty.
    detail : str
        Whole sentences for the line below: counts, interval, what stands behind it; may be empty.
    """

    title: str
    when: str = ""
    detail: str = ""

    @property
    def sentence(self) -> str:
        """Title with its months, for the head of a page; no full stop."""
        return f"{self.title} {self.when}".strip()


def words_in(text: str) -> int:
    """Count the words of a title as a reader meets them; a number and its sign of per cent are one."""
    return len([word for word in text.replace("\u00a0", " ").split() if re.search(r"\w", word)])


def numbers_in(text: str) -> int:
    """Count the numbers of a title, years of dates among them."""
    return len(_NUMBER.findall(text))


def readable(title: str) -> bool:
    """Whether a title keeps to ``MOST_WORDS`` and ``MOST_NUMBERS``."""
    return words_in(title) <= MOST_WORDS and numbers_in(title) <= MOST_NUMBERS


def capital(text: str) -> str:
    """Begin a sentence."""
    return text[:1].upper() + text[1:]


def lower(name: str) -> str:
    """Put the name of a crime type inside a sentence: "drug offences", but "ASB"."""
    first = name.split(" ", 1)[0]
    return name if first.isupper() else name[:1].lower() + name[1:]


def aloud(title: str, name: str) -> str:
    """Say a title that begins with a name and a colon as one says it: "For ASB, it is lowest of five"."""
    head = f"{name}: "
    return f"For {lower(name)}, {title[len(head) :]}" if title.startswith(head) else title
