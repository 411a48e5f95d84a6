"""Neighbourhoods of some 1,500 residents (LSOA) of an area from the public services: boundaries, codes of 2011."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from data.fetch.geography import LSOA_BEFORE, LSOAS, Geography
from data.fetch.incoming import scratch
from data.fetch.web import FetchError
from data.place.area import Area
from data.place.area_made import ATTRIBUTION
from data.place.small_area_tables import KEPT, Table, other_census
from data.place.small_areas_made import Known, keep_small_areas, read_boundaries
from geo.errors import InputError


def fetch_small_areas(
    geography: Geography, area: Area, codes: Sequence[str], residents: Mapping[str, int], source: str
) -> tuple[str, ...]:
    """Find the neighbourhoods of an area, and keep them beside its area file.

    Parameters
    ----------
    geography : Geography
    area : Area
        As it was written.
    codes : sequence of str
        Of the neighbourhoods of 2021, as the lookup to wards has them.
    residents : mapping of code to int
    source : str
        Whose they are.

    Returns
    -------
    tuple of str
        What is not known, and what was chosen. Nothing here stops an area: without neighbourhoods it works as before.

    Notes
    -----
    The layer of boundaries does not say the district, so it is asked for by code, a batch at a time. Deprivation is not
    fetched: ``python -m data small-areas --imd`` reads its file.
    """
    if not codes:
        return ("Neighbourhoods (LSOA) are not known: the lookup to wards could not be had.",)
    try:
        layer = geography.newest(LSOAS)
        code, name = layer.field("LSOA..CD"), layer.field("LSOA..NM")
        features = geography.features_of(layer, (code, name), code, sorted(codes))
        if not features:
            raise FetchError("the layer has none of this area", layer.url)
        other, lookup, notes = _before(geography, codes)
        with scratch() as folder:
            path = folder / f"{layer.name}.geojson"
            path.write_text(
                json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8", newline="\n"
            )
            found = read_boundaries(path, area, file=layer.name)
        credit = ATTRIBUTION.replace("database right;", f"database right {layer.when.rpartition(' ')[2]};")
        known = Known(residents, source if residents else "", other, lookup, attribution=credit)
        kept, more = keep_small_areas(found, known, area)
    except InputError as error:
        return (f"Neighbourhoods (LSOA) are not known: {error.message}.",)
    told = f"{len(kept.codes):,} neighbourhoods (LSOA) of {layer.when}."
    return (told, *notes, *(note for note in more if "--lookup" not in note))


def _before(geography: Geography, codes: Sequence[str]) -> tuple[dict[str, tuple[str, ...]], str, tuple[str, ...]]:
    """Give what codes of the census before became, the lookup's name, and what is not known."""
    try:
        service = geography.newest(LSOA_BEFORE)
        fields = before, after, change = [service.field(stem) for stem in ("LSOA11CD", "LSOA21CD", "CHGIND")]
        rows = geography.rows_of(service, fields, after, sorted(codes))
        # a neighbourhood of 2011 may have become one of another district too
        changed = sorted({row[before] for row in rows if row[change] != KEPT})
        there = {tuple(row.values()) for row in rows}
        rows += [r for r in geography.rows_of(service, fields, before, changed) if tuple(r.values()) not in there]
        table = Table(service.name, {field: tuple(row[field] for row in rows) for field in fields})
        return other_census(table, sorted(codes)), service.name, ()
    except InputError as error:
        note = f"What codes of 2011 became is not known ({error.message}): their incidents are placed by map point."
        return {}, "", (note,)
