"""Crime types: the list that incidents are counted by, sums of several, and how a sentence says them.

A choice of several crime types is one text, such as "Burglary + Robbery": their names in alphabetical order. It goes
wherever the name of one type goes. Recorded crimes may be added: each row of the published files is one recorded crime,
counted under one set of rules. ASB incidents may not be added to them: they are counted when somebody calls, under
other rules, and one that turns out to be a crime may stand in both lists.

References
----------
Home Office, Crime recording rules for frontline officers and staff; National Standard for Incident Recording (2011).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from data.kinds.lists import join_words, number_words

ASB = "Anti-social behaviour"


DRUGS = "Drugs"


# The 14 crime types that data.police.uk publishes since May 2013; data/kinds/changes.py has those of before.
CATEGORIES: tuple[str, ...] = (
    ASB,
    "Bicycle theft",
    "Burglary",
    "Criminal damage and arson",
    DRUGS,
    "Other crime",
    "Other theft",
    "Possession of weapons",
    "Public order",
    "Robbery",
    "Shoplifting",
    "Theft from the person",
    "Vehicle crime",
    "Violence and sexual offences",
)


PLUS = " + "


def kinds_of(category: str) -> tuple[str, ...]:
    """List the crime types that a choice holds: one, or those of a sum."""
    return tuple(category.split(PLUS))


def is_sum(category: str) -> bool:
    """Whether a choice adds several crime types."""
    return PLUS in category


def addable(category: str) -> bool:
    """Whether a crime type may be added to others: every one but ASB, which is counted under other rules."""
    return category != ASB


def together(names: Iterable[str]) -> str:
    """Write crime types as one choice, the same text in whatever order they come.

    Parameters
    ----------
    names : iterable of str
        Crime types, or sums of them.

    Raises
    ------
    ValueError
        There are none, or ASB is among several.
    """
    kinds = sorted({kind for name in names for kind in kinds_of(name)})
    if not kinds:
        raise ValueError("there is no crime type")
    if len(kinds) > 1 and not all(addable(kind) for kind in kinds):
        raise ValueError(NEVER_ADDED)
    return PLUS.join(kinds)


NEVER_ADDED = (
    "ASB incidents are never added to crimes: they are counted under other rules, and one that turns out to be a crime "
    "may stand in both lists"
)


@dataclass(frozen=True)
class Group:
    """A sum that has a name of its own.

    Attributes
    ----------
    category : str
        The choice.
    name : str
        What a list of choices calls it.
    words, counted : str
        Inside a sentence, and what is counted after a number.
    """

    category: str
    name: str
    words: str
    counted: str


_THEFTS = ("Bicycle theft", "Other theft", "Shoplifting", "Theft from the person")
GROUPS: tuple[Group, ...] = (
    Group(together(filter(addable, CATEGORIES)), "All recorded crime", "all recorded crime", "recorded crimes"),
    Group(together(("Robbery", "Violence and sexual offences")), "Violence and robbery", "violence and robbery",
          "incidents of violence and robbery"),
    Group(together((*_THEFTS, "Burglary", "Robbery", "Vehicle crime")), "Theft, burglary and robbery",
          "theft, burglary and robbery", "incidents of theft, burglary and robbery"),
    Group(together((*_THEFTS, "Vehicle crime")), "Vehicle crime and theft", "vehicle crime and theft",
          "incidents of vehicle crime and theft"),
    Group(together(_THEFTS), "Thefts", "thefts", "thefts"),
)  # fmt: skip


def group_of(category: str) -> Group | None:
    """Find the name of a sum; None of a single crime type, and of a sum that has none."""
    return next((one for one in GROUPS if one.category == category), None)


_LONGEST = 4  # words of a sum that a title names
_WORDS = {ASB: "anti-social behaviour", DRUGS: "drug offences"}


def category_words(category: str) -> str:
    """Write a choice as it stands inside a sentence: "drug offences" for Drugs, "burglary plus robbery" for a sum.

    Of more types without a name of their own, or where their names are long, only their number: :func:`sum_words` says
    which, so that a title stays one that can be read aloud.
    """
    if not is_sum(category):
        return _WORDS.get(category, category.lower())
    if (group := group_of(category)) is not None:
        return group.words
    kinds = kinds_of(category)
    named = " plus ".join(category_words(kind) for kind in kinds)
    return named if len(named.split()) <= _LONGEST else f"{number_words(len(kinds))} chosen crimes"


def plural(name: str) -> bool:
    """Whether a crime type has its verb in the plural: "drug offences run", but "possession of weapons runs".

    Parameters
    ----------
    name : str
        As a title begins with it, or inside a sentence.
    """
    head = name.split(" of ", 1)[0]
    return head.endswith("s") and not head.isupper()


def incidents_words(category: str) -> str:
    """Say what is counted, after a number: "ASB incidents", "drug offences", "incidents of burglary"."""
    if category == ASB:
        return "ASB incidents"
    if (group := group_of(category)) is not None:
        return group.counted
    return _WORDS[DRUGS] if category == DRUGS else f"incidents of {category_words(category)}"


def category_title(category: str) -> str:
    """Name a choice as a list or a heading does: as published, or the name of its group, or its types with a plus."""
    group = group_of(category)
    return group.name if group is not None else category


def sum_words(category: str) -> str:
    """Say which crime types a sum adds, and why that may be done; empty of a single one."""
    if not is_sum(category):
        return ""
    kinds, group = kinds_of(category), group_of(category)
    listed = join_words(category_words(kind) for kind in kinds)
    name = f"{group.name}: " if group is not None else ""
    return (
        f"{name}{len(kinds)} crime types added together ({listed}). Each row is one recorded crime, so they may be "
        f"added. {NEVER_ADDED}."
    )
