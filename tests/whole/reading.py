"""How hard a text is to read: the Flesch-Kincaid grade, with syllables counted by the library ``readability``."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Sequence

from analysis.common.method import MONTH_NAMES
from data.kinds.crime_types import CATEGORIES
from data.place.area import Area

with warnings.catch_warnings():  # an old way of writing a pattern, told when the library is first compiled
    for kind in (SyntaxWarning, DeprecationWarning):
        warnings.simplefilter("ignore", kind)
    from readability.langdata import LANGDATA

_ENDS = re.compile(r"(?<=[.?!])\s+")
# Flesch (1979), How to Write Plain English, counts "each full unit of speech marked off by a period, colon, semicolon,
# dash, question mark, or exclamation point": short units, which a limit for each one goes by. Dashes are left out here.
_UNITS = re.compile(r"(?<=[.;:?!])\s+")
_NUMBER = re.compile(r"[−+±-]?\d[\d,.:/–-]*\d|\d")
_UNIT = re.compile(r"ten\s*(%|km²|km|m|MB|px)(?!\w)")
_WORD = re.compile(r"[A-Za-z][A-Za-z’'-]*")
_FEW = 4  # a grade of a few words says nothing
SHORT = "Hill Road"  # stands for the name of a place


def plain(text: str, names: Iterable[str]) -> str:
    """Put plain words for names of things, numbers, units, addresses and grid references.

    Parameters
    ----------
    text : str
    names : iterable of str
        Of wards, streets, the area, crime types, libraries; the longest are replaced first.
    """
    text = text.replace("\u00a0", " ")
    text = re.sub(r"\([^()]*\d[^()]*\)", "", text)  # intervals and criteria beside a sentence are figures
    text = re.sub(r"\S+@\S+|\b\w+\.(?:uk|toml|csv|geojson)(?:/\S*)?\b|\b[A-Z]{2}\d{4,}\b|\bSJ\d+\b", "it", text)
    for name in sorted({n for n in names if n}, key=lambda n: (-len(n), n)):
        text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", SHORT if name[:1].isupper() else "crime", text, flags=re.I)
    text = _NUMBER.sub("ten", text)
    return _UNIT.sub("ten", text)


def sentences(texts: Iterable[str]) -> list[str]:
    """Split paragraphs into sentences that have words."""
    return [part for text in texts for part in _ENDS.split(text) if len(_WORD.findall(part)) > 1]


def units(texts: Iterable[str]) -> list[str]:
    """Split paragraphs into units of speech of more than a few words."""
    return [part for text in texts for part in _UNITS.split(text) if len(_WORD.findall(part)) > _FEW]


def grade(parts: Sequence[str]) -> float:
    """Flesch-Kincaid grade of sentences (Kincaid and others 1975)."""
    words = [word for part in parts for word in _WORD.findall(part)]
    count = LANGDATA["en"]["syllables"]
    syllables = sum(max(1, count(word)) for word in words)  # the library gives words such as "the" none
    return 0.39 * len(words) / len(parts) + 11.8 * syllables / len(words) - 15.59


def names_of(area: Area, streets: Iterable[str] = ()) -> tuple[str, ...]:
    """Names of things that no other word can stand for."""
    own = (area.name, area.partnership, *area.ward_names.values(), *(t.name for t in area.townships))
    police = [force.capitalize() for force in (*area.forces, *area.buffer_forces)]
    seasons = [part for one in (*area.seasons, *area.operations) for part in (one.name, *one.name.split(" and "))]
    crimes = [name.lower() for name in CATEGORIES]
    return (*own, *police, *MONTH_NAMES, *seasons, *crimes, *streets)
