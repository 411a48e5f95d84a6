"""Open Geography, the layers and lookups of the Office for National Statistics: the newest of a kind, asked in pages.

The service says that it failed with the status of success; whatever has no features is a failure here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from data.fetch.hosts import Hosts
from data.fetch.web import FetchError, Web, read_json
from geo.errors import InputError

_MONTHS = {name: number for number, name in enumerate(
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], start=1
)}  # fmt: skip
_VERSION = r"(?:_V?(?P<version>\d+))?"
_MONTH, _YEAR = r"(?P<month>[A-Za-z]+)", r"(?P<year>\d{4})"
# Names change from year to year; the last of each is what stood there in 2026, for a day when the list cannot be had.
WARDS, DISTRICTS, LSOA_WARDS, PARTNERSHIPS = "wards", "districts", "LSOA to ward", "partnerships"
LSOAS, LSOA_BEFORE = "LSOA", "LSOA of 2011 to LSOA of 2021"
_KINDS: dict[str, tuple[tuple[str, ...], str]] = {
    WARDS: (
        (rf"WD_{_MONTH}_{_YEAR}_UK_BGC{_VERSION}", rf"Wards_{_MONTH}_{_YEAR}_(?:Boundaries_)?(?:UK|GB)_BGC{_VERSION}"),
        "WD_MAY_2026_UK_BGC",
    ),
    DISTRICTS: (
        (
            rf"Local_Authority_Districts_{_MONTH}_{_YEAR}_Boundaries_UK_BGC{_VERSION}",
            rf"LAD_{_MONTH}_{_YEAR}_UK_BGC{_VERSION}",
        ),
        "Local_Authority_Districts_May_2026_Boundaries_UK_BGC",
    ),
    LSOA_WARDS: ((rf"LSOA21_WD(?P<short>\d\d)_LAD\d\d_EW_LU{_VERSION}",), "LSOA21_WD25_LAD25_EW_LU_v2"),
    LSOAS: (
        (rf"Lower_layer_Super_Output_Areas_{_MONTH}_(?P<year>2021)_(?:Boundaries_)?EW_BGC{_VERSION}",),
        "Lower_layer_Super_Output_Areas_December_2021_Boundaries_EW_BGC_V5",
    ),
    LSOA_BEFORE: ((rf"LSOA11_LSOA21_LAD(?P<short>\d\d)_EW_LU{_VERSION}",), "LSOA11_LSOA21_LAD22_EW_LU_v5"),
    PARTNERSHIPS: ((rf"LAD(?P<short>\d\d)_CSP\d\d_PFA\d\d_EW_LU{_VERSION}",), "LAD25_CSP25_PFA25_EW_LU"),
}
_MOST_PAGES = 200
_BATCH = 60  # codes in one question: longer addresses were answered with 404


@dataclass(frozen=True)
class Service:
    """A layer or table of the service.

    Attributes
    ----------
    name : str
    url : str
    fields : tuple of str
    page : int
        Rows that it gives at most at a time.
    when : str
        Month and year, or year, in words.
    """

    name: str
    url: str
    fields: tuple[str, ...]
    page: int
    when: str

    def field(self, stem: str) -> str:
        """Name the field of a kind of code or name: ``WD..CD`` in whatever year and case.

        Raises
        ------
        FetchError
            There is none.
        """
        pattern = re.compile(stem.replace("..", r"\d\d"), re.IGNORECASE)
        for name in self.fields:
            if pattern.fullmatch(name):
                return name
        raise FetchError(f"{self.name} has no field {stem}", self.url, value=", ".join(self.fields))


@dataclass(frozen=True)
class _Named:
    """A service by its name, in order of time."""

    order: tuple[int, int, int]
    name: str
    when: str


class Geography:
    """Open Geography.

    Parameters
    ----------
    web : Web
    hosts : Hosts
    """

    def __init__(self, web: Web, hosts: Hosts) -> None:
        self._web, self._base = web, hosts.ons
        self._names: tuple[str, ...] | None = None
        self.notes: list[str] = []

    def newest(self, kind: str) -> Service:
        """Find the newest service of a kind that can be asked.

        Parameters
        ----------
        kind : str
            ``WARDS``, ``DISTRICTS``, ``LSOA_WARDS``, ``LSOAS``, ``LSOA_BEFORE`` or ``PARTNERSHIPS``.

        Raises
        ------
        FetchError
            None can be.
        """
        error: FetchError | None = None
        for one in self._of_kind(kind):
            try:
                return self._service(one)
            except FetchError as failed:
                error = error or failed
                self.notes.append(f"{one.name} could not be asked ({failed.message}): an earlier one was looked for.")
        raise error or FetchError(f"no service of {kind} was found", self._base)

    def _of_kind(self, kind: str) -> list[_Named]:
        patterns, pinned = _KINDS[kind]
        if self._names is None:
            try:
                told = self._json("", {})
                entries = told.get("services")
                if not isinstance(entries, list):
                    raise FetchError("the service gave no list of its layers", self._base)
                self._names = tuple(
                    str(one.get("name")) for one in entries
                    if isinstance(one, Mapping) and one.get("type") == "FeatureServer"
                )  # fmt: skip
            except FetchError as error:
                self._names = ()
                self.notes.append(f"The list of layers cannot be had ({error.message}): known names were asked.")
        found = [named for name in self._names if (named := _read_name(name, patterns))]
        if not found:
            found = [named] if (named := _read_name(pinned, patterns)) else []
        return sorted(found, key=lambda one: one.order, reverse=True)[:3]

    def _service(self, one: _Named) -> Service:
        path = f"/{one.name}/FeatureServer/0"
        told = self._json(path, {})
        fields = told.get("fields")
        if not isinstance(fields, list):
            raise FetchError("the layer does not say its fields", self._base + path)
        page = told.get("maxRecordCount")
        names = tuple(str(each.get("name")) for each in fields if isinstance(each, Mapping))
        return Service(
            one.name, self._base + path, names, page if isinstance(page, int) and page > 0 else 1000, one.when
        )

    def rows(self, service: Service, fields: Sequence[str], where: str = "1=1") -> list[dict[str, str]]:
        """Ask for rows without their shapes; see :meth:`features`."""
        found = self._pages(service, {"where": where, "outFields": ",".join(fields), "returnGeometry": "false"}, "json")
        return [{field: _text(_attribute(one, field)) for field in fields} for one in found]

    def rows_of(self, service: Service, fields: Sequence[str], key: str, codes: Sequence[str]) -> list[dict[str, str]]:
        """Ask for the rows of some codes, a batch at a time."""
        return [row for where in _in(key, codes) for row in self.rows(service, fields, where)]

    def features(self, service: Service, fields: Sequence[str], **asked: str) -> list[dict[str, Any]]:
        """Ask for features as GeoJSON in degrees, page after page.

        Parameters
        ----------
        service : Service
        fields : sequence of str
        **asked : str
            ``where``, or ``geometry`` with what belongs to it.

        Raises
        ------
        FetchError
            A page failed, or the pages do not end.
        """
        query = {"where": "1=1", "outFields": ",".join(fields), "outSR": "4326", **asked}
        return self._pages(service, query, "geojson")

    def features_of(
        self, service: Service, fields: Sequence[str], key: str, codes: Sequence[str]
    ) -> list[dict[str, Any]]:
        """Ask for the features of some codes, a batch at a time."""
        return [one for where in _in(key, codes) for one in self.features(service, fields, where=where)]

    def _pages(self, service: Service, query: Mapping[str, str], form: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        first = query["outFields"].split(",")[0]
        for _ in range(_MOST_PAGES):
            page = {
                **query, "orderByFields": first, "resultOffset": str(len(found)),
                "resultRecordCount": str(service.page), "f": form,
            }  # fmt: skip
            told = self._answer(f"{service.url}/query", page)
            rows = told.get("features")
            if not isinstance(rows, list) or not all(isinstance(one, Mapping) for one in rows):
                raise FetchError("the answer has no features", service.url)
            found += rows
            inside = told.get("properties")
            more = told.get("exceededTransferLimit") or (
                isinstance(inside, Mapping) and inside.get("exceededTransferLimit")
            )
            if not rows or not more:
                return found
        raise FetchError("the pages of the answer do not end", service.url, value=f"{len(found):,} rows")

    def _json(self, path: str, query: Mapping[str, str]) -> Mapping[str, Any]:
        return _told(self._web.json(self._base + path, {**query, "f": "json"}), self._base + path)

    def _answer(self, url: str, form: Mapping[str, str]) -> Mapping[str, Any]:
        return _told(read_json(self._web.post(url, form)), url)


def _told(value: Any, url: str) -> Mapping[str, Any]:
    """Refuse a failure that comes as a success."""
    if not isinstance(value, Mapping):
        raise FetchError("the answer is not what the service gives", url, value=json.dumps(value)[:60])
    if "error" in value:
        error = value["error"]
        code, message = (error.get("code", 0), error.get("message", "")) if isinstance(error, Mapping) else (0, error)
        raise FetchError(
            f"the service says that it failed: {message}", url, status=code if isinstance(code, int) else 0,
            value=str(code),
        )  # fmt: skip
    return value


def _read_name(name: str, patterns: Sequence[str]) -> _Named | None:
    for pattern in patterns:
        match = re.fullmatch(pattern, name, re.IGNORECASE)
        if match is None:
            continue
        parts = match.groupdict()
        version = int(parts["version"] or 0)
        if parts.get("short"):
            year = 2000 + int(parts["short"])
            return _Named((year, 0, version), name, str(year))
        month = _MONTHS.get(parts["month"][:3].lower())
        if month:
            return _Named((int(parts["year"]), month, version), name, f"{parts['month'].capitalize()} {parts['year']}")
    return None


def _in(key: str, codes: Sequence[str]) -> Iterator[str]:
    for code in codes:
        if not re.fullmatch(r"[A-Z]\d{8}", code):
            raise InputError("this is no code of the Office for National Statistics", value=code)
    for start in range(0, len(codes), _BATCH):
        yield f"{key} IN ({','.join(repr(code) for code in codes[start : start + _BATCH])})"


def _attribute(row: Mapping[str, Any], field: str) -> Any:
    attributes = row.get("attributes")
    if not isinstance(attributes, Mapping):
        return ""
    lower = {str(key).lower(): value for key, value in attributes.items()}
    return lower.get(field.lower(), "")


def _text(value: Any) -> str:
    return "" if value is None else str(value).strip()
