"""The command ``python -m data basemap``: what lies under the map, from files or from the network."""

from __future__ import annotations

import argparse

from data.fetch.command import terminal
from data.fetch.hosts import read_hosts
from data.fetch.streets import fetch_streets
from data.store.options import area_of
from data.store.store import default_store
from data.streets.importing import BasemapReport, import_basemap
from geo.errors import InputError


def run_basemap(options: argparse.Namespace) -> BasemapReport:
    """Read the files that are named, or fetch some.

    Raises
    ------
    InputError
        Neither or both were asked for; or as :func:`data.streets.importing.import_basemap` and
        :func:`data.fetch.streets.fetch_streets`.
    """
    if bool(options.files) == options.fetch or (options.ogl and not options.fetch):
        raise InputError("name files, or say --fetch (with --ogl for OS OpenData)")
    store, area = options.store or default_store(), area_of(options)
    if options.files:
        return import_basemap(options.files, store, area, options.year)
    with terminal(quiet=options.json) as (web, progress):
        return fetch_streets(web, read_hosts(), store, area, ogl=options.ogl, progress=progress)
