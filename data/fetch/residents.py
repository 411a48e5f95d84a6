"""Residents by small area (LSOA) from Nomis, and by ward as the sum of the small areas that fit it best."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from data.fetch.geography import LSOA_WARDS, Geography
from data.fetch.hosts import Hosts
from data.fetch.web import FetchError, Web

_ONS, FITTED = "Office for National Statistics", ", by LSOA best-fitted to wards"
CENSUS = f"Census 2021, {_ONS}{FITTED}"
_PAGE = 25_000  # cells that are given at a time without a key
_MOST_PAGES = 40
_LSOAS_OF = "TYPE151"  # 2021 small areas inside a district
_PARTS = "date_name,geography_code,geography_name,obs_value,record_count"
_MID_YEAR = ("NM_2014_1", {"gender": "0", "c_age": "200"})
_CENSUS = ("NM_2021_1", {"c2021_restype_3": "0"})


@dataclass(frozen=True)
class Residents:
    """Residents by ward, and what they are; empty where they cannot be had, with the reason in ``notes``.

    ``small_areas`` are the codes of small areas in the districts, ``by_small_area`` who lives in them.
    """

    by_ward: Mapping[str, int]
    source: str
    notes: tuple[str, ...] = ()
    small_areas: tuple[str, ...] = ()
    by_small_area: Mapping[str, int] = field(default_factory=dict)
    small_source: str = ""


def fetch_residents(
    web: Web, hosts: Hosts, geography: Geography, districts: Sequence[str], wards: Sequence[str], *, census: bool
) -> Residents:
    """Ask how many people live in every ward.

    Parameters
    ----------
    web : Web
    hosts : Hosts
    geography : Geography
    districts, wards : sequence of str
        Codes.
    census : bool
        Take Census 2021 in place of the latest mid-year estimate.

    Returns
    -------
    Residents
        Of the census, and labelled so, where the estimate cannot be had. A ward that the lookup of small areas does
        not have is left out, and said: its boundary is newer than the lookup.

    Notes
    -----
    When it misleads: a small area that lies in two wards counts wholly for the one that fits it best.
    """
    notes: list[str] = []
    try:
        ward_of = _lookup(geography, districts)
    except FetchError as error:
        return Residents({}, "", (f"Residents are not known: {error.message}.",))
    there = set(ward_of.values())
    lacking, wards = sorted(set(wards) - there), sorted(set(wards) & there)
    if lacking:
        notes.append(f"The lookup of small areas to wards lacks {len(lacking)} wards, such as {lacking[0]}.")
    small = tuple(sorted(ward_of))
    if not wards:
        return Residents({}, "", tuple(notes), small)
    for dataset, asked in (_CENSUS,) if census else (_MID_YEAR, _CENSUS):
        try:
            year, counts, _ = _counts(web, hosts, dataset, asked, districts)
            by_ward = _sums(counts, ward_of, wards, dataset)
        except FetchError as error:
            notes.append(f"{'The census' if dataset == _CENSUS[0] else 'The estimate'} cannot be had: {error.message}.")
            continue
        whose = CENSUS if dataset == _CENSUS[0] else f"Mid-{year} population estimates, {_ONS}{FITTED}"
        here = {code: counts[code] for code in small}
        return Residents(by_ward, whose, tuple(notes), small, here, whose.removesuffix(FITTED))
    return Residents({}, "", (*notes, "Residents are not known, so no rates are shown."), small)


def by_district(
    web: Web, hosts: Hosts, geography: Geography, districts: Sequence[str], *, census: bool
) -> tuple[dict[str, int], dict[str, tuple[str, ...]]]:
    """Ask how many people live in each of some districts, and what their small areas are called.

    Parameters
    ----------
    web : Web
    hosts : Hosts
    geography : Geography
    districts : sequence of str
        Codes.
    census : bool
        Census 2021, not the latest mid-year estimate.

    Returns
    -------
    residents : dict of str to int
        By code; a district of which a small area is lacking is left out.
    names : dict of str to tuple of str
        Of its small areas.

    Raises
    ------
    FetchError
        A service failed, or knows none of them.
    """
    service = geography.newest(LSOA_WARDS)
    lsoa, district = service.field("LSOA21CD"), service.field("LAD..CD")
    lies_in = {row[lsoa]: row[district] for row in geography.rows_of(service, (lsoa, district), district, districts)}
    _, counts, names = _counts(web, hosts, *(_CENSUS if census else _MID_YEAR), districts)
    inside = {code: [one for one, place in lies_in.items() if place == code] for code in districts}
    whole = {code: found for code, found in inside.items() if found and set(found) <= set(counts)}
    residents = {code: sum(counts[one] for one in found) for code, found in whole.items()}
    called = {code: tuple(names[one] for one in found if one in names) for code, found in inside.items()}
    return {code: n for code, n in residents.items() if n}, called


def _lookup(geography: Geography, districts: Sequence[str]) -> dict[str, str]:
    service = geography.newest(LSOA_WARDS)
    lsoa, ward, district = (service.field(stem) for stem in ("LSOA21CD", "WD..CD", "LAD..CD"))
    rows = geography.rows_of(service, (lsoa, ward), district, districts)
    found = {row[lsoa]: row[ward] for row in rows if row[lsoa] and row[ward]}
    if not found:
        raise FetchError("the lookup of small areas has none in these districts", service.url)
    return found


def _counts(
    web: Web, hosts: Hosts, dataset: str, asked: Mapping[str, str], districts: Sequence[str]
) -> tuple[str, dict[str, int], dict[str, str]]:
    """Year, residents and name by small area, page after page."""
    url = f"{hosts.nomis}/api/v01/dataset/{dataset}.data.csv"
    found: dict[str, int] = {}
    names: dict[str, str] = {}
    year, taken = "", 0
    for _ in range(_MOST_PAGES):
        query = {
            "date": "latest",
            "geography": ",".join(f"{code}{_LSOAS_OF}" for code in districts),
            **asked,
            "measures": "20100",
            "select": _PARTS,
            "RecordLimit": str(_PAGE),
            "RecordOffset": str(taken),
        }
        text = web.get(url, query).body.decode("utf-8-sig", "replace")
        try:
            rows = [
                {str(key).upper(): (value or "").strip() for key, value in row.items() if key is not None}
                for row in csv.DictReader(io.StringIO(text, newline=""))
            ]
        except csv.Error as error:
            raise FetchError(f"Nomis gave no table: {error}", url, value=text.strip()[:60]) from error
        if not text.strip() or not {"GEOGRAPHY_CODE", "OBS_VALUE"} <= {k for row in rows[:1] for k in row}:
            raise FetchError("Nomis gave no table", url, value=text.strip()[:60])
        for row in rows:
            try:
                found[row["GEOGRAPHY_CODE"]] = int(float(row["OBS_VALUE"]))
                names[row["GEOGRAPHY_CODE"]] = row.get("GEOGRAPHY_NAME", "")
            except (ValueError, OverflowError) as error:  # also one without end
                raise FetchError("Nomis gave a count that is none", url, value=row["OBS_VALUE"]) from error
        year = year or rows[0].get("DATE_NAME", "") or rows[0].get("DATE", "")
        taken += len(rows)
        every = rows[0].get("RECORD_COUNT", "")
        if taken >= (int(every) if every.isdecimal() else taken):
            return year, found, names
    raise FetchError("the pages of Nomis do not end", url, value=f"{taken:,} rows")


def _sums(counts: Mapping[str, int], ward_of: Mapping[str, str], wards: Sequence[str], dataset: str) -> dict[str, int]:
    if lacking := sorted(set(ward_of) - set(counts)):
        raise FetchError(f"Nomis lacks {len(lacking)} of {len(ward_of)} small areas", dataset, value=lacking[0])
    found = dict.fromkeys(sorted(wards), 0)
    for lsoa, ward in ward_of.items():
        if ward in found:
            found[ward] += counts[lsoa]
    # districts that are no more are answered with 0, not left out
    if empty := [ward for ward, count in found.items() if not count]:
        raise FetchError(f"Nomis knows nobody in {len(empty)} of {len(found)} wards", dataset, value=empty[0])
    return found
