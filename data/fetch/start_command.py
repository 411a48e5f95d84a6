"""The command ``python -m data start``: an area by its name, and all that the newest archive holds of it."""

from __future__ import annotations

import argparse
from typing import Any

from data.fetch.command import terminal
from data.fetch.hosts import read_hosts
from data.fetch.start import Started, start
from data.store.store import default_store


def add_start(commands: Any) -> argparse.ArgumentParser:
    """Add the command to those of ``python -m data``."""
    command: argparse.ArgumentParser = commands.add_parser(
        "start",
        help="from nothing to a dashboard: an area by its name, and every month of the newest archive",
        description="Ask the Office for National Statistics and Nomis for the area's wards, residents and forces, and "
        "data.police.uk for every month of its newest archive, and Geofabrik for the streets under its map. It says "
        "whom it asks before it does; run again, it goes on where it ended.",
    )
    command.add_argument(
        "names", nargs="*", metavar="NAME", help="local authority or partnership; default: the area chosen already"
    )
    command.add_argument("--census", action="store_true", help="residents of Census 2021, not the latest estimate")
    return command


def run_start(options: argparse.Namespace) -> Started:
    """Start.

    Raises
    ------
    InputError
        As :func:`data.fetch.start.start`.
    """
    with terminal(quiet=options.json) as (web, progress):
        return start(
            web,
            read_hosts(),
            options.store or default_store(),
            options.names,
            census=options.census,
            progress=progress,
        )
