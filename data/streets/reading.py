"""One or several files of open data, whatever they are, into what they hold of a rectangle."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from data.streets.found import Found, merged
from data.streets.os_products import read_os
from data.streets.osm import is_pbf, read_pbf


def read_files(paths: Sequence[Path], rectangle_m: tuple[float, float, float, float]) -> Found:
    """Read files together.

    Parameters
    ----------
    paths : sequence of Path
        At least one: GeoPackages, shapefiles or zips of OS OpenData; extracts of OpenStreetMap (``.osm.pbf``).
    rectangle_m : (west, south, east, north)
        EPSG:27700. Only it is read.

    Returns
    -------
    Found
        What lies in two of them is there once.

    Raises
    ------
    InputError
        One of them is missing, damaged, too large or of another form.
    """
    return merged([read_pbf(path, rectangle_m) if is_pbf(path) else read_os(path, rectangle_m) for path in paths])
