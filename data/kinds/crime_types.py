"""Crime types: the list that incidents are counted by, and how a sentence says them."""

from __future__ import annotations

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


_WORDS = {ASB: "anti-social behaviour", DRUGS: "drug offences"}


def category_words(category: str) -> str:
    """Write a crime type as it stands inside a sentence: "drug offences" for Drugs."""
    return _WORDS.get(category, category.lower())


def incidents_words(category: str) -> str:
    """Say what is counted, after a number: "ASB incidents", "drug offences", "incidents of burglary"."""
    if category == ASB:
        return "ASB incidents"
    return _WORDS[DRUGS] if category == DRUGS else f"incidents of {category_words(category)}"
