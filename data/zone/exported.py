"""Zones as GeoJSON for others; a restricted one is never in it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any
from zoneinfo import ZoneInfo

import shapely

from data.zone.zone import Zone
from geo.crs import geometry_to_wgs84

_DECIMALS = 7  # a centimetre: a zone that is read again is the same to the 10 cm that are kept
SIMULATED = "Simulated: this zone is part of a demonstration."


def zones_geojson(zones: Iterable[Zone], clock: ZoneInfo, about: tuple[str, ...] = ()) -> bytes:
    """Write zones as GeoJSON (RFC 7946).

    Parameters
    ----------
    zones : iterable of Zone
    clock : ZoneInfo
        Of the area: times are written with its offset.
    about : tuple of str
        Source, licence and what else goes with the file.

    Returns
    -------
    bytes
        UTF-8. Restricted zones are left out; how many, the file says, and nothing else of them.
    """
    every = tuple(zones)
    told = [zone for zone in every if not zone.restricted]
    left = len(every) - len(told)
    lines = list(about)
    if left:
        lines.append(f"{left} zone{' is' if left == 1 else 's are'} not exported: closures and zones of one building.")
    features = [
        {
            "type": "Feature",
            "properties": {
                "name": zone.name,
                "kind": zone.kind,
                "role": zone.role,
                "starts": zone.starts.astimezone(clock).isoformat(timespec="minutes"),
                "ends": None if zone.ends is None else zone.ends.astimezone(clock).isoformat(timespec="minutes"),
                **({"simulated": SIMULATED} if zone.simulated else {}),
            },
            "geometry": json.loads(shapely.to_geojson(_degrees(zone))),
        }
        for zone in told
    ]
    document = {"type": "FeatureCollection", "about": lines, "features": features}
    return json.dumps(document, ensure_ascii=False, indent=1).encode()


def _degrees(zone: Zone) -> Any:
    """Shape in degrees, its outer rings against the clock as the standard has it."""
    turned = shapely.orient_polygons(zone.shape)
    return shapely.transform(geometry_to_wgs84(turned), lambda xy: xy.round(_DECIMALS))
