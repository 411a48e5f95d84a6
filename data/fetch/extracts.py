"""Which files of open data cover an area: extracts of OpenStreetMap at Geofabrik, squares of OS OpenData.

References
----------
download.geofabrik.de/technical.html: ``index-v1.json``; a file's MD5 beside it.
osdatahub.os.uk/docs/downloads: the OS Downloads API.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from shapely.geometry import shape as geometry_of

from data.fetch.hosts import Hosts
from data.fetch.web import FetchError, Web
from data.place.area import Area
from geo.crs import geometry_to_wgs84

MOST_INDEX = 48 << 20
_SLACK_M = 50.0
_SPECK = 1e-6  # share of an area that no extract need cover
_MD5 = re.compile(r"\s*([0-9a-fA-F]{32})\b")
_HUNDRED_KM = 100_000.0
_LETTERS = "ABCDEFGHJKLMNOPQRSTUVWXYZ"  # of the National Grid: no I
PRODUCTS = ("OpenMapLocal", "OpenGreenspace")
_SHAPEFILE = "ESRI® Shapefile"


@dataclass(frozen=True)
class Source:
    """A file to fetch: what it is called here, where it is, and the MD5 that its publisher gives ("" for none)."""

    name: str
    url: str
    md5: str


def shape_of(area: Area) -> Any:
    """Area and buffer, EPSG:27700, a little more than that rather than less."""
    return shapely.buffer(shapely.simplify(area.wards.outline, _SLACK_M), area.buffer_m + _SLACK_M, quad_segs=4)


# --- Geofabrik -------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, eq=False)
class _Extract:
    name: str
    parent: str
    url: str
    shape: Any


def geofabrik(web: Web, hosts: Hosts, area: Area) -> tuple[Source, ...]:
    """Choose extracts that cover an area and its buffer: the smallest that holds it, or several smaller ones together.

    Raises
    ------
    FetchError
        The index cannot be had or is of another form, or no extract touches the area.
    """
    url = f"{hosts.geofabrik}/index-v1.json"
    told = web.json(url, most=MOST_INDEX)
    try:
        every = [_extract(feature, hosts) for feature in told["features"] if "pbf" in feature["properties"]["urls"]]
    except (KeyError, TypeError, ValueError, AttributeError, shapely.errors.ShapelyError) as error:
        raise FetchError(f"the index of extracts has another form: {error}", url) from error
    chosen = choose(every, geometry_to_wgs84(shapely.segmentize(shape_of(area), 1000)))
    if not chosen:
        raise FetchError(f"no extract of OpenStreetMap covers {area.name}", url)
    for each in chosen:
        if not each.url.startswith(f"{hosts.geofabrik}/"):
            raise FetchError("the index leads to another machine", url, value=each.url)
    names = [f"{k}-{re.sub('[^a-z0-9-]', '', each.name.lower())[:40]}" for k, each in enumerate(chosen)]
    return tuple(
        Source(f"{name}.osm.pbf", each.url, _md5_of(web, f"{each.url}.md5"))
        for name, each in zip(names, chosen, strict=True)
    )


def _extract(feature: Any, hosts: Hosts) -> _Extract:
    said = feature["properties"]
    url = str(said["urls"]["pbf"]).replace(Hosts.geofabrik, hosts.geofabrik, 1)
    return _Extract(
        str(said["id"]), str(said.get("parent") or ""), url, shapely.make_valid(geometry_of(feature["geometry"]))
    )


def choose(every: list[_Extract], wanted: Any) -> list[_Extract]:
    """Take the smallest extract that holds a shape (degrees); several without parts of their own where that is less."""
    near = [each for each in every if shapely.intersects(each.shape, wanted)]
    parents = {each.parent for each in near}
    holding = sorted((each for each in near if shapely.contains(each.shape, wanted)), key=_size)
    together: list[_Extract] = []
    left = wanted
    leaves = [each for each in near if each.name not in parents]
    while leaves and left.area > _SPECK * wanted.area:
        best = max(leaves, key=lambda each: (shapely.intersection(each.shape, left).area, -_size(each)[0], each.name))
        if not shapely.intersects(best.shape, left):
            break
        together.append(best)
        leaves.remove(best)
        left = shapely.difference(left, best.shape)
    covered = left.area <= _SPECK * wanted.area
    if holding and (not covered or _size(holding[0])[0] <= sum(_size(each)[0] for each in together)):
        return holding[:1]
    return together


def _size(each: _Extract) -> tuple[float, str]:
    return float(each.shape.area), each.name


def _md5_of(web: Web, url: str) -> str:
    """Ask for the MD5 beside a file; "" where none is offered."""
    try:
        found = _MD5.match(web.get(url, most=4096).body.decode("ascii", "replace"))
    except FetchError as error:
        if error.status in (403, 404):
            return ""
        raise
    if found is None:
        raise FetchError("what should be an MD5 is none", url)
    return found[1].lower()


# --- OS OpenData -----------------------------------------------------------------------------------------------------
def squares(wanted: Any) -> tuple[str, ...]:
    """Name the 100 km squares of the National Grid that a shape (EPSG:27700) reaches into, such as SJ and SD."""
    west, south, east, north = np.floor(np.array(shapely.bounds(wanted)) / _HUNDRED_KM).astype(int)
    found = []
    for x in range(west, east + 1):
        for y in range(south, north + 1):
            box = shapely.box(*(_HUNDRED_KM * np.array([x, y, x + 1, y + 1])))
            if shapely.intersection(box, wanted).area > 0 and 0 <= x < 7 and 0 <= y < 13:
                first = _LETTERS[(3 - y // 5) * 5 + 2 + x // 5]
                found.append(first + _LETTERS[(4 - y % 5) * 5 + x % 5])
    return tuple(sorted(found))


def ordnance_survey(web: Web, hosts: Hosts, area: Area) -> tuple[Source, ...]:
    """Name the squares of OS OpenMap Local and OS Open Greenspace that cover an area and its buffer.

    Raises
    ------
    FetchError
        The service failed or answers in another form, or has none of the squares.
    """
    wanted = squares(shape_of(area))
    found: list[Source] = []
    for product in PRODUCTS:
        address = f"{hosts.os}/downloads/v1/products/{product}"
        has = _field(web.json(address), "areas", address)
        if not isinstance(has, list):
            raise FetchError("the answer has another form", address, value="areas")
        there = [square for square in wanted if square in has]  # a square of sea alone is not
        found += [_square(web, hosts, f"{address}/downloads", product, square) for square in there]
    if not any(source.name.startswith(PRODUCTS[0].lower()) for source in found):
        raise FetchError(f"none of the squares of {area.name} is there", hosts.os, value=", ".join(wanted))
    return tuple(found)


def _square(web: Web, hosts: Hosts, address: str, product: str, square: str) -> Source:
    listed = web.json(address, {"area": square, "format": _SHAPEFILE})
    if not isinstance(listed, list):
        raise FetchError("the list of files has another form", address)
    for entry in listed:
        if _field(entry, "area", address) == square and str(_field(entry, "format", address)).startswith("ESRI"):
            url = str(_field(entry, "url", address)).replace(Hosts.os, hosts.os, 1)
            if not url.startswith(f"{hosts.os}/"):
                raise FetchError("the list of files leads to another machine", address, value=url)
            md5 = str(entry.get("md5") or "")
            known = bool(_MD5.fullmatch(md5)) and md5.strip("0") != ""
            return Source(f"{product.lower()}-{square.lower()}.zip", url, md5 if known else "")
    raise FetchError(f"there is no shapefile of square {square}", address)


def _field(told: Any, name: str, url: str) -> Any:
    if not isinstance(told, dict) or name not in told:
        raise FetchError("the answer has another form", url, value=name)
    return told[name]
