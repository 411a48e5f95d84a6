"""A line in plain words, and how long it may be."""

from __future__ import annotations

import re
from dataclasses import dataclass

from analysis.common.disclosure import at_least
from analysis.common.refusal import Refusal

LONGEST = 220  # characters of a line
_COUNT = re.compile(r"(?<![\d,.])(\d{1,3}(?:,\d{3})*) (incidents?|recorded)\b")


@dataclass(frozen=True)
class Said:
    """A line of a problem's step.

    Attributes
    ----------
    key : str
        What the data were asked.
    text : str
        One or two sentences, at most ``LONGEST`` characters; it may hold the name of a street, as it was published:
        escape it where it is drawn.
    refused : bool
        The data cannot carry an answer: the text says why.
    """

    key: str
    text: str
    refused: bool = False


def said(key: str, *sentences: str) -> Said:
    """Make a line of the first sentence and of those after it that still fit."""
    text = ""
    for sentence in filter(None, sentences):
        longer = f"{text} {sentence}".strip()
        if text and len(longer) > LONGEST:
            break
        text = longer
    return Said(key, cut(text))


def refused(key: str, why: Refusal) -> Said:
    """Make a line of a refusal: its reason, with what can be done about it where that fits."""
    whole = str(why)
    return Said(key, whole if len(whole) <= LONGEST else cut(why.reason), refused=True)


def none(key: str, reason: str, remedy: str = "") -> Said:
    """Make a line that says why there is no answer."""
    return refused(key, Refusal(reason, remedy))


def cut(text: str) -> str:
    """Shorten a text at a word; what fits stays as it is."""
    if len(text) <= LONGEST:
        return text
    return text[: LONGEST - 1].rsplit(" ", 1)[0].rstrip(",;:. ") + "…"


def hushed(text: str) -> str:
    """Write a partner's counts in a sentence of another analysis as :func:`~analysis.common.disclosure.at_least`."""

    def told(found: re.Match[str]) -> str:
        return f"{at_least(int(found[1].replace(',', '')))} {'recorded' if found[2] == 'recorded' else 'incidents'}"

    return _COUNT.sub(told, text)
