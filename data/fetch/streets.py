"""What lies under the map of an area, from its publishers into the store."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from data.fetch.download import download
from data.fetch.extracts import Source, geofabrik, ordnance_survey
from data.fetch.history import FETCHING
from data.fetch.hosts import Hosts
from data.fetch.incoming import incoming
from data.fetch.report import Step
from data.fetch.web import Web
from data.place.area import Area
from data.store.store import importing
from data.streets.base_map import base_map
from data.streets.importing import BasemapReport, import_basemap
from data.streets.osm import MOST_BYTES
from geo.errors import InputError

COMMAND = "python -m data basemap --fetch"


def lacks_streets(store: Path, area: Area) -> bool:
    """Whether no base map that can be used is in the store."""
    try:
        return base_map(store, area) is None
    except InputError:
        return True


def fetch_streets(
    web: Web,
    hosts: Hosts,
    store: Path,
    area: Area,
    *,
    ogl: bool = False,
    progress: Callable[[Step], None] | None = None,
) -> BasemapReport:
    """Fetch the smallest open files that cover an area and its buffer, and keep what lies under its map.

    Parameters
    ----------
    web : Web
    hosts : Hosts
    store : Path
        Made where it does not exist.
    area : Area
    ogl : bool
        Squares of OS OpenData, in place of the county's extract of OpenStreetMap.
    progress : callable, optional
        Told each :class:`Step`: files, and bytes of the file that is on its way.

    Returns
    -------
    BasemapReport

    Raises
    ------
    InputError
        A service failed, a file is too large or damaged, or another run is on. What lay under the map before stays.
    """
    with importing(store / FETCHING), incoming(store / FETCHING / "streets") as room:
        sources = (ordnance_survey if ogl else geofabrik)(web, hosts, area)
        files = [_fetched(web, source, room, number, sources, progress) for number, source in enumerate(sources)]
        report = import_basemap(files, store, area)
    if progress is not None:
        progress(Step(len(sources), len(sources), 0, 0, ""))
    return report


def _fetched(
    web: Web,
    source: Source,
    room: Path,
    number: int,
    sources: tuple[Source, ...],
    progress: Callable[[Step], None] | None,
) -> Path:
    def told(done: int, total: int) -> None:
        if progress is not None:
            progress(Step(number, len(sources), done, total, source.name))

    path = room / source.name
    download(web, source.url, path, most=MOST_BYTES, md5=source.md5, told=told)
    return path
