"""The options that every command line begins with: which store, and which area."""

from __future__ import annotations

import argparse
from pathlib import Path

from data.place.area import AREA_VARIABLE, Area, chosen_area, load_area
from data.store.store import STORE_VARIABLE


def add_store_options(parser: argparse.ArgumentParser | argparse._ArgumentGroup) -> None:
    """Take ``--store`` and ``--area``; None where they are not given, so that the settings of the machine hold.

    Parameters
    ----------
    parser : ArgumentParser or group of one
    """
    parser.add_argument("--store", type=Path, metavar="DIR", help=f"default: {STORE_VARIABLE} or data/local")
    parser.add_argument(
        "--area", type=Path, metavar="FILE", help=f"default: {AREA_VARIABLE}, the store's own or data/area.toml"
    )


def add_layer_option(parser: argparse.ArgumentParser | argparse._ArgumentGroup) -> None:
    """Take ``--layer``; empty where it is not given.

    Parameters
    ----------
    parser : ArgumentParser or group of one
    """
    parser.add_argument(
        "--layer",
        default="",
        metavar="YYYY-MM-DD",
        help="of an area with several ward layers, the one valid from this day, or first (default: the one in force "
        "on the as-at day, of a month its last)",
    )


def area_of(options: argparse.Namespace) -> Area:
    """Read the area that the options choose.

    Raises
    ------
    InputError
        As :func:`data.place.area.load_area`.
    """
    return load_area(chosen_area(options.area, options.store))
