"""Wards of one name, told apart by what tells them apart: their town or district, else their code."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping


def told_apart(names: Mapping[str, str], places: Mapping[str, str]) -> dict[str, str]:
    """Give every ward a name that no other has.

    Parameters
    ----------
    names : mapping of code to name
    places : mapping of code to str
        Town or district of a ward; those that are not known may lack.

    Returns
    -------
    dict
        Names by code, in the same order. A name that stands once stays; "Park" that stands thrice becomes
        "Park (Newtown)", and "Park (E05001234)" where towns do not tell them apart.
    """
    same: dict[str, list[str]] = defaultdict(list)
    for code, name in names.items():
        same[_plain(name)].append(code)
    taken = {_plain(names[codes[0]]) for codes in same.values() if len(codes) == 1}
    found = dict(names)
    for codes in same.values():
        if len(codes) == 1:
            continue
        named = {code: f"{names[code]} ({places.get(code, '')})" for code in codes}
        apart = {_plain(one) for one in named.values()}
        if len(apart) < len(codes) or apart & taken or not all(places.get(code) for code in codes):
            named = {code: f"{names[code]} ({code})" for code in codes}
        taken |= {_plain(one) for one in named.values()}
        found |= named
    return found


def _plain(name: str) -> str:
    """As a person tells names apart: by their letters, however they are written."""
    return " ".join(name.casefold().replace("&", "and").split())
