"""The options that every command line begins with: which store, and which area."""

from __future__ import annotations

import argparse
from pathlib import Path

from data.place.area import AREA_VARIABLE
from data.store.store import STORE_VARIABLE


def add_store_options(parser: argparse.ArgumentParser | argparse._ArgumentGroup) -> None:
    """Take ``--store`` and ``--area``; None where they are not given, so that the settings of the machine hold.

    Parameters
    ----------
    parser : ArgumentParser or group of one
    """
    parser.add_argument("--store", type=Path, metavar="DIR", help=f"default: {STORE_VARIABLE} or data/local")
    parser.add_argument("--area", type=Path, metavar="FILE", help=f"default: {AREA_VARIABLE} or data/area.toml")
