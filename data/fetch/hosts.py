"""Which machines are asked: the public services' own, unless a setting names a mirror or a stand-in."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from urllib.parse import urlsplit

from geo.errors import InputError

ARCHIVES = "policeuk-data.s3.amazonaws.com"  # to which data.police.uk leads who asks for an archive
PREFIX = "DASHBOARD_HOST_"


@dataclass(frozen=True)
class Hosts:
    """Addresses that all others begin with, without a slash at the end.

    Settings put others in their place: DASHBOARD_HOST_POLICE, DASHBOARD_HOST_ONS, DASHBOARD_HOST_NOMIS,
    DASHBOARD_HOST_GEOFABRIK and DASHBOARD_HOST_OS.

    Attributes
    ----------
    police : str
        data.police.uk: archives and the monthly API.
    ons : str
        Open Geography's feature services: ward layers and lookups.
    nomis : str
        Residents.
    geofabrik : str
        Extracts of OpenStreetMap.
    os : str
        Ordnance Survey's downloads of OpenData.
    """

    police: str = "https://data.police.uk"
    ons: str = "https://services1.arcgis.com/ESMARspQHYMw9BZ9/arcgis/rest/services"
    nomis: str = "https://www.nomisweb.co.uk"
    geofabrik: str = "https://download.geofabrik.de"
    os: str = "https://api.os.uk"

    def machines(self, *, area: bool, streets: bool = False) -> tuple[str, ...]:
        """Name the machines that a run asks.

        Parameters
        ----------
        area : bool
            Whether it looks for an area, too.
        streets : bool
            Whether it looks for streets, too.
        """
        found = [urlsplit(one).netloc for one in ((self.ons, self.nomis) if area else ())]
        found.append(urlsplit(self.police).netloc)
        if self.police == Hosts.police:
            found.append(ARCHIVES)
        if streets:
            found.append(urlsplit(self.geofabrik).netloc)
        return tuple(dict.fromkeys(found))


def read_hosts(environment: Mapping[str, str] | None = None) -> Hosts:
    """Take the addresses from settings.

    Parameters
    ----------
    environment : mapping, optional
        By default the process's: ``DASHBOARD_HOST_POLICE`` and the like.

    Returns
    -------
    Hosts

    Raises
    ------
    InputError
        A setting is no address of the web.
    """
    told = os.environ if environment is None else environment
    found: dict[str, str] = {}
    for each in fields(Hosts):
        address = told.get(f"{PREFIX}{each.name.upper()}", "").strip().rstrip("/")
        if not address:
            continue
        if not _is_address(address):
            raise InputError(
                "this setting is no address",
                column=f"{PREFIX}{each.name.upper()}",
                value=address,
                hint="An address begins with https:// or http://.",
            )
        found[each.name] = address
    return Hosts(**found)


def _is_address(text: str) -> bool:
    """Whether it says a machine of the web, with nothing behind its path."""
    try:
        parts = urlsplit(text)
        there = bool(parts.hostname) and parts.port != 0  # a port that is none raises
    except ValueError:
        return False
    return there and parts.scheme in ("http", "https") and not (parts.query or parts.fragment) and text.isprintable()
