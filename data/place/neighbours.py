"""Beside whom the area is shown, as its area file says: districts of its force and city region, and what is claimed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from data.kinds.changes import EVERY
from data.kinds.crime_types import ASB, CATEGORIES, NEVER_ADDED, addable
from data.place.area import Area
from data.place.area_file import Table
from data.place.forces import known_slugs
from data.place.ward_layers import only_known
from geo.errors import InputError

CRIME = tuple(one for one in EVERY if one != ASB)  # all crime: ASB is none
DIRECTIONS = ("lowest", "highest")


@dataclass(frozen=True)
class District:
    """A local authority beside which the area is shown.

    Attributes
    ----------
    name, code : str
    force : str
        Whose files hold it, as data.police.uk calls it in their names.
    residents : int
        0 where they are not known: it then has no rate.
    called : tuple of str
        What small areas in it are called before their number: its own name, and those of districts it was made from.
    """

    name: str
    code: str
    force: str
    residents: int
    called: tuple[str, ...]


@dataclass(frozen=True)
class Neighbours:
    """The districts of a comparison, those of the area among them.

    Attributes
    ----------
    name : str
        What they are together, such as a city region.
    source : str
        Whose residents they are.
    districts : tuple of District
    own : tuple of str
        Codes of those that make up the area.
    """

    name: str
    source: str
    districts: tuple[District, ...]
    own: tuple[str, ...] = field(default=())

    @property
    def forces(self) -> tuple[str, ...]:
        """Forces of all districts, in order."""
        return tuple(sorted({one.force for one in self.districts}))


@dataclass(frozen=True)
class Claim:
    """What a plan says of the area among its neighbours.

    Attributes
    ----------
    text : str
        In its own words.
    categories : tuple of str
        Crime types that it speaks of; empty for all crime, which leaves anti-social behaviour out.
    direction : str
        ``lowest`` or ``highest``.
    source : str
    """

    text: str
    categories: tuple[str, ...]
    direction: str
    source: str

    @property
    def counted(self) -> tuple[str, ...]:
        """Crime types that are counted."""
        return self.categories or CRIME


def plain_name(name: str) -> str:
    """Write the name of a district as any other spelling of it is: "St. Helens" and "St Helens" are one."""
    words = re.sub(r"[^\w ]", "", name.casefold().replace("&", " and ").replace("-", " "))
    return " ".join(words.split())


def neighbours_of(area: Area) -> Neighbours | None:
    """Read the neighbours of an area file.

    Parameters
    ----------
    area : Area
        ``code`` names its own district, or several joined by ``+``; the residents of an own district that has none of
        its own are those of the wards.

    Returns
    -------
    Neighbours or None
        None where the file names none.

    Raises
    ------
    InputError
        A district without name or code, one that is there twice, a force that does not exist; or not all of the
        area's are among them.
    """
    if "comparison" not in area.raw:
        return None
    table = Table(area.raw, area.file).table("comparison")
    own = tuple(area.code.split("+"))
    found: list[District] = []
    for one in table.tables("districts"):
        name, code = one.text("name"), one.text("code")
        force = one.text("force", area.forces[0] if len(area.forces) == 1 else "")
        if force not in known_slugs():
            raise _wrong(area, "data.police.uk has no force of this name", f"{one.place}.force", force)
        counted = one.count("residents")
        residents = sum(area.residents.values()) if counted is None and own == (code,) else counted or 0
        found.append(District(name, code, force, residents, (name, *one.texts("formerly", ()))))
    codes = [one.code for one in found]
    names = [plain_name(text) for one in found for text in one.called]
    for what, values in (("code", codes), ("name", names)):
        if twice := sorted({value for value in values if values.count(value) > 1}):
            raise _wrong(area, "a district is there twice", f"comparison.districts.{what}", twice[0])
    if lacking := [code for code in own if code not in codes]:
        which = "none of the districts is that of the area"
        if len(lacking) < len(own):  # its rate would be that of a part, under the name of the whole
            which = f"districts of the area are not among them: {', '.join(lacking)}"
        raise _wrong(area, which, "comparison.districts", ", ".join(codes))
    return Neighbours(table.text("name", ""), table.text("source", ""), tuple(found), own)


def claims_of(raw: Mapping[str, Any], file: str = "") -> tuple[Claim, ...]:
    """Read what the plan says of the area among its neighbours; none where the file has no such sentence.

    Parameters
    ----------
    raw : mapping
        Of :class:`data.place.area.Area`.
    file : str, optional
        The area file, as messages name it.

    Raises
    ------
    InputError
        A crime type or direction that does not exist, ASB together with crimes, or no text.
    """
    found = []
    for one in Table(raw, file).tables("claims"):
        claim = Claim(
            one.text("text"), one.texts("categories", ()), one.text("direction", DIRECTIONS[0]), one.text("source", "")
        )
        only_known(set(claim.categories) - set(CATEGORIES), f"{one.place}.categories", file)
        only_known({claim.direction} - set(DIRECTIONS), f"{one.place}.direction", file)
        if len(claim.categories) > 1 and not all(map(addable, claim.categories)):
            raise InputError(
                NEVER_ADDED,
                file=file,
                column=f"{one.place}.categories",
                hint="Correct the area file: docs/formats.md shows the table.",
            )
        found.append(claim)
    return tuple(found)


def _wrong(area: Area, what: str, column: str, value: str) -> InputError:
    return InputError(
        what, file=area.file, column=column, value=value, hint="Correct the area file: docs/formats.md shows the table."
    )
