"""An area by its name: local authority or partnership, its wards, forces and residents, from the public services."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from data.fetch.geography import DISTRICTS, PARTNERSHIPS, WARDS, Geography, Service
from data.fetch.hosts import Hosts
from data.fetch.incoming import scratch
from data.fetch.neighbours import fetch_neighbours
from data.fetch.residents import fetch_residents
from data.fetch.small_areas import fetch_small_areas
from data.fetch.web import FetchError, Web
from data.place.area import Area
from data.place.area_made import ATTRIBUTION, Place, check_free, make_area
from data.place.forces import slugs_by_area
from geo.crs import geometry_to_bng, to_wgs84
from geo.errors import InputError

BUFFER_M = 1000.0
_ASKED = "the name of the area"  # where an error is
_MOST_LISTED = 12
_OURS = ("E", "W")  # of whose districts data.police.uk publishes and the lookups speak


@dataclass(frozen=True)
class Partner:
    """A row of the lookup: district, its community safety partnership, its police force area."""

    district: str
    partnership: str
    partnership_name: str
    force_area: str


@dataclass(frozen=True)
class Found:
    """The districts that were asked for: names by code, and what they are together called, with a code."""

    districts: Mapping[str, str]
    name: str
    code: str


def fetch_area(
    web: Web,
    hosts: Hosts,
    asked: Sequence[str],
    out: Path | None = None,
    *,
    place: Place | None = None,
    census: bool = False,
    over: bool = False,
) -> tuple[Area, tuple[str, ...]]:
    """Find an area, and write its area file and ward layer.

    Parameters
    ----------
    web : Web
    hosts : Hosts
    asked : sequence of str
        Names or codes of local authorities, or of community safety partnerships.
    out : path, optional
        By default a file in this folder, called as the area is.
    place : Place, optional
        What a person says of it: that holds.
    census, over : bool, optional
        As :func:`data.fetch.residents.fetch_residents` and :func:`data.place.area_made.make_area`.

    Returns
    -------
    Area
    notes : tuple of str
        What is not known, and what was chosen.

    Raises
    ------
    InputError
        A name that fits none, or several, which are listed; a service failed; the file cannot be written.
    """
    said, geography = place or Place(), Geography(web, hosts)
    layer = geography.newest(DISTRICTS)
    partners = _partners(geography)
    names = _names(geography, layer)
    found = _find(names, partners, asked)
    name = said.name or found.name
    target = out or Path(f"{slug_of(name)}.toml")
    check_free(target, over=over)  # told before anything more is fetched
    codes = sorted(found.districts)
    wards, features = _wards(geography, found.districts)
    shapes = shapely.union_all([_shape(one, wards) for one in features])
    neighbours = _neighbours(geography, layer, geometry_to_bng(shapes), codes)
    forces, beside, notes = _forces(partners, codes, neighbours)
    people = fetch_residents(
        web, hosts, geography, codes, [_property(one, "WD..CD") for one in features], census=census
    )
    slugs = slugs_by_area()
    polices = {one.district: slugs.get(one.force_area, "") for one in partners}
    whom = fetch_neighbours(web, hosts, geography, names, polices, codes, source=people.source)
    whole = Place(
        name=name,
        code=said.code or found.code,
        kind=said.kind,
        partnership=said.partnership or _partnership(partners, codes),
        forces=said.forces or forces,
        buffer_forces=said.buffer_forces or beside,
        residents=said.residents or people.by_ward,
        residents_source=said.residents_source if said.residents else people.source,
        neighbours=whom.districts,
        neighbours_source=whom.source,
        notes=(*geography.notes, *notes, *(() if said.residents else people.notes), *whom.notes),
    )
    year = wards.when.rpartition(" ")[2]
    with scratch() as folder:
        source = folder / f"{wards.name}.geojson"
        source.write_text(
            json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8", newline="\n"
        )
        credit = ATTRIBUTION.replace("database right;", f"database right {year};")
        area, told = make_area(
            source, target, whole, vintage=f"{wards.when} ({wards.name})", attribution=credit, over=over
        )
    small = fetch_small_areas(geography, area, people.small_areas, people.by_small_area, people.small_source)
    return area, (*told, *small)


def slug_of(name: str) -> str:
    """Write a name as a file is called: small letters and hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "area"


# --- which one -------------------------------------------------------------------------------------------------------
def _names(geography: Geography, layer: Service) -> dict[str, str]:
    code, name = layer.field("LAD..CD"), layer.field("LAD..NM")
    return {row[code]: row[name] for row in geography.rows(layer, (code, name)) if row[code]}


def _partners(geography: Geography) -> list[Partner]:
    try:
        service = geography.newest(PARTNERSHIPS)
        fields = [service.field(stem) for stem in ("LAD..CD", "CSP..CD", "CSP..NM", "PFA..CD")]
        return [Partner(*(row[field] for field in fields)) for row in geography.rows(service, fields)]
    except FetchError as error:
        geography.notes.append(f"Partnerships and forces are not known: {error.message}.")
        return []


def _find(names: Mapping[str, str], partners: Sequence[Partner], asked: Sequence[str]) -> Found:
    """Resolve every name that was asked for; several make one area."""
    districts: dict[str, str] = {}
    called, codes = [], []
    for text in asked:
        code, name, inside = _one(names, partners, text)
        districts |= {one: names[one] for one in inside}
        called.append(name)
        codes.append(code)
    if abroad := [f"{name} ({code})" for code, name in districts.items() if not code.startswith(_OURS)]:
        raise InputError(
            "this lies outside England and Wales", file=_ASKED, value=", ".join(abroad),
            hint="Make its area file from a ward layer: python -m data area --from LAYER.gpkg.",
        )  # fmt: skip
    return Found(districts, " and ".join(called), "+".join(codes))


def _one(names: Mapping[str, str], partners: Sequence[Partner], text: str) -> tuple[str, str, tuple[str, ...]]:
    csps: dict[str, tuple[str, tuple[str, ...]]] = {}
    for one in partners:
        if one.district in names:
            inside = csps.get(one.partnership_name, ("", ()))[1]
            csps[one.partnership_name] = (one.partnership, (*inside, one.district))
    wanted, code = _plain(text), text.strip().upper()
    if code in names:
        return code, names[code], (code,)
    exact = [one for one, name in names.items() if _plain(name) == wanted]
    if len(exact) == 1:
        return exact[0], names[exact[0]], (exact[0],)
    groups = [name for name, (csp, _) in csps.items() if wanted == _plain(name) or code == csp.upper()]
    if len(groups) == 1 and not exact:
        csp, districts = csps[groups[0]]
        return csp, groups[0], districts
    near = [one for one, name in names.items() if wanted and wanted in _plain(name)]
    if exact or near:
        listed = sorted(f"{names[one]} ({one})" for one in exact or near)
        more = f" and {len(listed) - _MOST_LISTED} more" if len(listed) > _MOST_LISTED else ""
        raise InputError(
            "no local authority has just this name; it is in that of " + ", ".join(listed[:_MOST_LISTED]) + more,
            file=_ASKED, value=text, hint="Give one of them, by its name or code.",
        )  # fmt: skip
    plain = {_plain(name): f"{name} ({one})" for one, name in names.items()}
    plain |= {_plain(name): f"{name} (partnership)" for name in csps if _plain(name) not in plain}
    like = [plain[one] for one in difflib.get_close_matches(wanted, list(plain), 3, 0.6)]
    raise InputError(
        "no local authority or community safety partnership has this name", file=_ASKED, value=text,
        hint=f"Is it {' or '.join(like)}?" if like else "As in the Office for National Statistics' list, or its code.",
    )  # fmt: skip


def _plain(name: str) -> str:
    words = re.sub(r"[^\w ]", "", name.casefold().replace("&", "and").replace("-", " "))
    return " ".join(word for word in words.split() if word not in ("the", "of", "city", "county"))


def _partnership(partners: Sequence[Partner], districts: Sequence[str]) -> str:
    """Name the partnership where the districts are those of one, whole."""
    theirs = {one.partnership_name for one in partners if one.district in districts}
    if len(theirs) != 1:
        return ""
    (name,) = theirs
    whole = {one.district for one in partners if one.partnership_name == name} == set(districts)
    return (name if "partnership" in name.lower() else f"{name} Community Safety Partnership") if whole else ""


# --- wards and neighbours --------------------------------------------------------------------------------------------
def _wards(geography: Geography, districts: Mapping[str, str]) -> tuple[Service, list[dict[str, Any]]]:
    service = geography.newest(WARDS)
    code, name, district = (service.field(stem) for stem in ("WD..CD", "WD..NM", "LAD..CD"))
    features = geography.features_of(service, (code, name, district), district, sorted(districts))
    there = {_property(one, "LAD..CD") for one in features}
    if strangers := sorted(there - set(districts)):
        raise FetchError(
            "the layer of wards gave some of no district that was asked for", service.url, value=strangers[0]
        )
    if lacking := sorted(set(districts) - there):
        raise FetchError(
            "the newest layer of wards has none of this local authority", service.url, value=", ".join(lacking)
        )
    beside = district[:-2] + "NM"  # not every layer of wards has the names of districts
    for one in features:
        one["properties"][beside] = districts[_property(one, "LAD..CD")]
    return service, features


def _property(feature: Mapping[str, Any], stem: str) -> str:
    """Value of the property of a kind, in whatever year and case."""
    pattern = re.compile(stem.replace("..", r"\d\d"), re.IGNORECASE)
    properties = feature.get("properties")
    for key, value in properties.items() if isinstance(properties, Mapping) else ():
        if pattern.fullmatch(str(key)):
            return "" if value is None else str(value).strip()
    return ""


def _shape(feature: Mapping[str, Any], service: Service) -> Any:
    try:
        return shapely.make_valid(shapely.from_geojson(json.dumps(feature.get("geometry"))))
    except shapely.errors.ShapelyError as error:
        code = _property(feature, "WD..CD") or _property(feature, "LAD..CD")
        raise FetchError("a shape of the answer cannot be read", service.url, value=code) from error


def _neighbours(geography: Geography, layer: Service, outline: Any, codes: Sequence[str]) -> list[str]:
    """Districts beside these that the buffer reaches: those of its envelope, then by their shapes."""
    west, south, east, north = outline.buffer(BUFFER_M).bounds
    lon, lat = to_wgs84(np.array([west, west, east, east]), np.array([south, north, south, north]))
    box = ",".join(f"{value:.5f}" for value in (min(lon), min(lat), max(lon), max(lat)))
    code = layer.field("LAD..CD")
    try:
        near = geography.features(
            layer, (code,), geometry=box, geometryType="esriGeometryEnvelope", inSR="4326",
            spatialRel="esriSpatialRelIntersects",
        )  # fmt: skip
    except FetchError as error:
        geography.notes.append(f"Neighbouring forces are not known: {error.message}.")
        return []
    shapely.prepare(outline)
    reached = [one for one in near if shapely.dwithin(outline, geometry_to_bng(_shape(one, layer)), BUFFER_M)]
    return sorted({_property(one, "LAD..CD") for one in reached} - set(codes))


def _forces(
    partners: Sequence[Partner], codes: Sequence[str], neighbours: Sequence[str]
) -> tuple[tuple[str, ...], tuple[str, ...], list[str]]:
    """Give forces of the area, those that reach into the buffer only, and what is not known."""
    slugs = slugs_by_area()
    polices = {one.district: slugs.get(one.force_area, "") for one in partners}
    own = sorted({polices.get(code, "") for code in codes} - {""})
    beside = sorted({polices.get(code, "") for code in neighbours} - {"", *own})
    unknown = [code for code in neighbours if not polices.get(code)]
    notes = [f"The force of these neighbours is not known: {', '.join(unknown)}."] if unknown and partners else []
    return tuple(own), tuple(beside), notes
