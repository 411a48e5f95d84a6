"""Readers of what services answer: one answer of several is spoiled, all others are as they should be."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pandas as pd

from data.fetch.area import fetch_area
from data.fetch.extracts import PRODUCTS, geofabrik, ordnance_survey, shape_of, squares
from data.fetch.hosts import Hosts
from data.fetch.monthly import Monthly, as_file
from data.fetch.outline import outline_of
from data.fetch.web import Answer, FetchError, Web
from data.published.police_uk import import_paths
from data.store.report import FAILED
from tests.fetch import open_geography
from tests.fetch.open_geography import Nomis, recorded
from tests.fetch.police_api import ApiHost, as_api_file
from tests.fetch.standin import Asked, Play
from tests.fetch.streets_hosts import Geofabrik, Ordnance
from tests.fuzz.files import add_up, stored_rows
from tests.fuzz.spoil import Sample, any_bytes, table, tree
from tests.fuzz.world import Lost, World
from tests.published.police_files import NOW

MONTH = "2024-10"


class Played(Web):
    """Services without a network; the answer to one question, the ``spoiled``-th, is spoiled."""

    def __init__(self, plays: Mapping[str, Play], rng: Random, spoiled: int) -> None:
        super().__init__(tries=1, wait=0.0)
        self._plays, self._rng, self._left = plays, rng, spoiled

    def _ask(self, method: str, url: str, *, most: int, **settings: Any) -> Answer:
        parts = urlsplit(url)
        given = dict(settings.get("params") or {})
        asked = Asked(
            method, parts.path, {**dict(parse_qsl(parts.query)), **given}, dict(settings.get("data") or {}), ""
        )
        play = next((play for start, play in self._plays.items() if parts.path.startswith(start)), None)
        reply = play(asked) if play else None
        if reply is None or reply.status != 200:
            raise FetchError("the service refused", url, status=reply.status if reply else 404)
        body = self._spoil(reply.body) if self._left == 0 else reply.body
        self._left -= 1
        if len(body) > most:
            raise FetchError("the answer is larger than it may be", url)
        return Answer(url, 200, dict(reply.headers), body)

    def _spoil(self, body: bytes) -> bytes:
        one = Sample("answer", body)
        if body[:1] in (b"{", b"["):
            return tree(self._rng, one).raw
        return (table if b"," in body[:200] else any_bytes)(self._rng, one).raw


def which(rng: Random, one: Sample) -> Sample:
    """Choose which answer is spoiled, and how."""
    return Sample(one.name, bytes([rng.randrange(int(one.raw))]) + rng.randbytes(8))


def _played(one: Sample, plays: Mapping[str, Play]) -> Played:
    return Played(plays, Random(one.raw), one.raw[0])


def area(world: World, one: Sample, folder: Path) -> None:
    """Make an area of what Open Geography and Nomis answer."""
    web = _played(one, {open_geography.ROOT: recorded(), "/nomis": Nomis()})
    hosts = Hosts(ons="http://played" + open_geography.ROOT, nomis="http://played/nomis")
    made, _ = fetch_area(web, hosts, ["Knowsley"], folder / "made.toml")
    if len(made.wards.codes) != len(made.wards.names):
        raise Lost("wards without names")


def monthly(world: World, one: Sample, folder: Path) -> None:
    """Ask the police's monthly service for its months and a month, and import it."""
    host = ApiHost({MONTH: as_api_file(world.police[0].raw)})
    web = _played(one, {"/api/": host._reply})
    service = Monthly(web, Hosts(police="http://played"), per_second=1e9)
    service.months()
    crimes = service.crimes(outline_of(world.area), MONTH)
    path = folder / f"{MONTH}-somewhere-street.csv"
    path.write_bytes(as_file(crimes))
    report = import_paths([path], folder / "store", world.area, now=NOW)
    for file in report.files:
        add_up(file)
        if file.status != FAILED and file.rows_read != len(crimes):
            raise Lost(f"{len(crimes)} crimes were given, {file.rows_read} read")
    stored_rows(folder / "store", report.total("loaded"), report.total("rejected"))


def extracts(world: World, one: Sample, folder: Path) -> None:
    """Choose files of roads from what Geofabrik or the Ordnance Survey list."""
    hosts = Hosts(geofabrik="http://played/geofabrik", os="http://played/os")
    if one.name == "geofabrik":
        geofabrik(_played(one, {"/geofabrik": Geofabrik.of(world.area)}), hosts, world.area)
    else:
        files = {(product, square): b"x" for product in PRODUCTS for square in squares(shape_of(world.area))}
        ordnance_survey(_played(one, {"/os": Ordnance(files)}), hosts, world.area)


def recorded_crimes(world: World, one: Sample, folder: Path) -> None:
    """Read a recorded answer of the police's service."""
    web = Played({"/api/": lambda _: None}, Random(0), -1)
    web._ask = lambda method, url, **_: Answer(url, 200, {}, one.raw)  # type: ignore[method-assign]
    service = Monthly(web, Hosts(police="http://played"), per_second=1e9)
    month = "2023-01"
    assert pd.Period(month)
    as_file(service.crimes(outline_of(world.area), month))


def crimes(world: World) -> tuple[Sample, ...]:
    """A recorded answer, of a few crimes."""
    real = world.real("data/api/wbeeker*.json")
    found = [Sample(one.name, json.dumps(json.loads(one.raw)[:30]).encode()) for one in real]
    made = [crime | {"month": "2023-01"} for crime in as_api_file(world.police[0].raw)]
    return (Sample("made.json", json.dumps(made).encode()), *found)
