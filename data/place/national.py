"""What holds all over England and Wales: seasons, operations, nights, bank holidays, school holidays, restrictions.

An area file that lacks one of them gets it, with a note; one that says ``"none"`` has none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

SEASONS: list[dict[str, Any]] = [
    {"key": "summer", "name": "Summer holidays", "months": [7, 8]},
    {"key": "halloween", "name": "Halloween", "months": [10]},
    {
        "key": "bonfire",
        "name": "Bonfire Night",
        "months": [11],
        "caveat": "Bonfire Night cannot be isolated in month data: 5 November is one day of a month that is otherwise "
        "quiet. Load a dated feed to see the night itself.",
    },
]
OPERATIONS: list[dict[str, Any]] = [
    {"name": "Summer holidays", "season": "summer", "starts": "07-21", "ends": "08-31", "from_terms": True},
    {"name": "Halloween and Bonfire Night", "season": "halloween", "starts": "10-25", "ends": "11-08"},
]
NIGHTS: list[dict[str, Any]] = [
    {"name": "Mischief Night", "day": "10-30"},
    {"name": "Halloween", "day": "10-31"},
    {"name": "Bonfire Night", "day": "11-05"},
]
# From the first restrictions to the month before indoor hospitality opened again
LOCKDOWN: dict[str, Any] = {"first": "2020-04", "last": "2021-04", "categories": ["Anti-social behaviour"]}
SCHOOL: dict[str, Any] = {
    "pattern": "the usual pattern of England and Wales",
    "holidays": [
        {"name": "October half term", "half_term_of": "Autumn", "month": 10, "week": "last full"},
        {"name": "Christmas holidays", "after": "Autumn", "days": ["12-21", "01-03"]},
        {"name": "February half term", "half_term_of": "Spring", "month": 2, "week": "third"},
        {"name": "Easter holidays", "after": "Spring", "easter": [-15, 1]},
        {"name": "May half term", "half_term_of": "Summer", "month": 5, "week": "last"},
        {"name": "Summer holidays", "after": "Summer", "days": ["07-21", "08-31"]},
    ],
}
NONE = "none"
# By the first letter of the codes of wards; as the "holidays" library names them
_PARTS = {"E": "ENG", "W": "WLS", "S": "SCT", "N": "NIR"}
_SCHOOLS = ("E", "W")
_CALLED = {
    "seasons": "seasons",
    "operations": "operations",
    "nights": "named nights",
    "bank_holidays": "bank holidays",
    "school": "school holidays",
    "lockdown": "COVID restrictions (April 2020 to April 2021, left out of ASB where a method says so)",
}


def bank_holidays(codes: Iterable[str]) -> dict[str, str]:
    """Tell whose bank holidays hold where these wards lie; empty where they are in no country, or in several."""
    letters = {code[:1] for code in codes}
    part = _PARTS.get(letters.pop()) if len(letters) == 1 else None
    return {"country": "GB", "subdivision": part} if part else {}


def with_national(raw: Mapping[str, Any], codes: Iterable[str]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Add what is national to an area file that does not speak of it.

    Parameters
    ----------
    raw : mapping
        The parsed area file.
    codes : iterable of str
        Of its wards.

    Returns
    -------
    raw : dict
        The same with what was missing, and without the keys that say ``"none"``.
    notes : tuple of str
        What was added, in one sentence; empty where nothing was.
    """
    wards = tuple(codes)
    found = {key: value for key, value in raw.items() if key not in _CALLED or value != NONE}
    national: dict[str, Any] = {
        "seasons": SEASONS,
        "operations": _operations(raw),
        "nights": NIGHTS,
        "bank_holidays": bank_holidays(wards),
        "school": SCHOOL if {code[:1] for code in wards} <= set(_SCHOOLS) else {},
        "lockdown": LOCKDOWN,
    }
    added = [key for key, value in national.items() if key not in raw and value]
    found |= {key: national[key] for key in added}
    school = found.get("school")
    if isinstance(school, Mapping) and "holidays" not in school and national["school"]:
        found["school"] = SCHOOL | dict(school)
        added.append("school")
    if not added:
        return found, ()
    none = f'{added[0]} = "none"' if added[0] not in raw else "holidays = [] in [school]"
    told = ", ".join(_CALLED[key] for key in added)
    return found, (
        f"The area file does not speak of these, so those of England and Wales hold: {told}. To have others, write "
        f"them into it; to have none, write {none}.",
    )


def _operations(raw: Mapping[str, Any]) -> list[dict[str, Any]]:
    """National operations whose season the file has: all where it has the national seasons."""
    seasons = raw.get("seasons", SEASONS)
    keys = [one.get("key") for one in seasons if isinstance(one, Mapping)] if isinstance(seasons, list) else []
    return [one for one in OPERATIONS if one["season"] in keys]
