"""The other districts of an area's police force, with their residents: those beside which it is shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from data.fetch.geography import Geography
from data.fetch.hosts import Hosts
from data.fetch.residents import CENSUS, FITTED, by_district
from data.fetch.web import FetchError, Web
from data.place.neighbours import District, plain_name
from data.store.force_counts import district_of


@dataclass(frozen=True)
class Beside:
    """Districts of a comparison, whose residents they are, and what is not known; empty where there are no others."""

    districts: tuple[District, ...] = ()
    source: str = ""
    notes: tuple[str, ...] = ()


def fetch_neighbours(
    web: Web,
    hosts: Hosts,
    geography: Geography,
    names: Mapping[str, str],
    forces: Mapping[str, str],
    own: Sequence[str],
    *,
    source: str,
) -> Beside:
    """Find the districts that have the force of an area, and ask how many people live in each.

    Parameters
    ----------
    web : Web
    hosts : Hosts
    geography : Geography
    names, forces : mapping of str to str
        Of all districts, by code; of forces their names in files.
    own : sequence of str
        Codes of the area's own districts.
    source : str
        Whose residents the area has: those of the others are of the same.

    Returns
    -------
    Beside
        A district whose residents cannot be had stands in it without: it is then left out of comparisons by name. A
        city region across forces has to be written into the file by hand.
    """
    wanted = {forces.get(code, "") for code in own} - {""}
    codes = [code for code in sorted(names, key=names.__getitem__) if forces.get(code) in wanted]
    if not set(codes) - set(own):
        return Beside()
    notes: list[str] = []
    people: Mapping[str, int] = {}
    called: Mapping[str, set[str]] = {}
    try:
        people, small_areas = by_district(web, hosts, geography, codes, census=source == CENSUS)
        called = {code: {district_of(name) for name in found} for code, found in small_areas.items()}
    except FetchError as error:
        notes.append(f"Residents of the other districts are not known: {error.message}.")
    if people and (lacking := [names[code] for code in codes if code not in people]):
        notes.append(f"Residents of these districts are not known: {', '.join(lacking)}.")
    districts = tuple(
        District(names[code], code, forces[code], people.get(code, 0), (names[code], *_formerly(code, names, called)))
        for code in codes
    )
    return Beside(districts, source.removesuffix(FITTED), tuple(notes))


def _formerly(code: str, names: Mapping[str, str], called: Mapping[str, set[str]]) -> list[str]:
    """Names of districts that are no more and by which small areas of this one, and of no other, are called."""
    now = {plain_name(name) for name in names.values()}
    others = {plain_name(name) for other, found in called.items() if other != code for name in found}
    return sorted(name for name in called.get(code, ()) if name and plain_name(name) not in now | others)
