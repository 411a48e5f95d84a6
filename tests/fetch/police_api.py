"""The police's monthly service, played: it gives what lies in a polygon, and keeps its limits."""

from __future__ import annotations

import csv
import io
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import shapely

from tests.fetch.standin import Asked, Reply, Standin, as_json

SLUGS = {
    "Anti-social behaviour": "anti-social-behaviour",
    "Bicycle theft": "bicycle-theft",
    "Burglary": "burglary",
    "Criminal damage and arson": "criminal-damage-arson",
    "Drugs": "drugs",
    "Other crime": "other-crime",
    "Other theft": "other-theft",
    "Possession of weapons": "possession-of-weapons",
    "Public order": "public-order",
    "Robbery": "robbery",
    "Shoplifting": "shoplifting",
    "Theft from the person": "theft-from-the-person",
    "Vehicle crime": "vehicle-crime",
    "Violence and sexual offences": "violent-crime",
}


def as_api(row: Mapping[str, str], number: int = 0) -> dict[str, Any]:
    """A row of a published file as the service gives it."""
    outcome = row["Last outcome category"]
    return {
        "category": SLUGS[row["Crime type"]],
        "location_type": "BTP" if "Transport" in row["Falls within"] else "Force",
        "location": {
            "latitude": row["Latitude"],
            "longitude": row["Longitude"],
            "street": {"id": 1, "name": row["Location"]},
        },
        "context": "",
        "outcome_status": {"category": outcome, "date": row["Month"]} if outcome else None,
        "persistent_id": row["Crime ID"],
        "id": number,
        "location_subtype": "",
        "month": row["Month"],
    }


def as_api_file(raw: bytes) -> list[dict[str, Any]]:
    """The rows of a published file that have a location."""
    rows = csv.DictReader(io.StringIO(raw.decode()))
    return [as_api(row, number) for number, row in enumerate(rows) if row["Longitude"]]


@dataclass(eq=False)
class ApiHost:
    """Crimes by month.

    Attributes
    ----------
    months : dict of str to list
        As the service gives them.
    most : int
        Crimes in one answer.
    edges : bool
        Whether what lies exactly on an edge is given.
    burst, per_second : int
        Questions, after which 429.
    """

    months: dict[str, Sequence[dict[str, Any]]] = field(default_factory=dict)
    most: int = 10_000
    edges: bool = True
    burst: int = 30
    per_second: float = 15.0
    statuses: list[int] = field(default_factory=list)
    _tokens: float = 30.0
    _at: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def play(self, standin: Standin) -> None:
        """Take the paths of the service."""
        standin.plays = {"/api/": self._reply, **{k: v for k, v in standin.plays.items() if k != "/api/"}}

    def _reply(self, asked: Asked) -> Reply | None:
        found = self._answer(asked)
        self.statuses.append(404 if found is None else found.status)
        return found

    def _answer(self, asked: Asked) -> Reply | None:
        with self._lock:
            now = time.monotonic()
            self._tokens = min(self.burst, self._tokens + (now - self._at) * self.per_second)
            self._at = now
            if self._tokens < 1:
                return Reply(b"slow down", 429, {"Retry-After": "0"})
            self._tokens -= 1
        if asked.path.endswith("crimes-street-dates"):
            return as_json([{"date": month, "stop-and-search": []} for month in sorted(self.months, reverse=True)])
        if not asked.path.endswith("crimes-street/all-crime"):
            return None
        if asked.method == "GET" and sum(map(len, asked.query.values())) > 4_094:
            return Reply(b"too long", 400)
        told = asked.form or asked.query
        if told["date"] not in self.months:
            return Reply(b"no such month", 404)
        ring = [tuple(map(float, pair.split(","))) for pair in told["poly"].split(":")]
        polygon = shapely.Polygon([(longitude, latitude) for latitude, longitude in ring])
        rows = [one for one in self.months[told["date"]] if self._inside(polygon, one["location"])]
        return Reply(b"", 503, {"Retry-After": "0"}) if len(rows) > self.most else as_json(rows)

    def _inside(self, polygon: Any, place: Mapping[str, str]) -> bool:
        at = shapely.Point(float(place["longitude"]), float(place["latitude"]))
        return bool(polygon.covers(at) if self.edges else polygon.contains(at))
