"""The commands ``verify``, ``backup`` and ``restore``."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Protocol

from data.access.actor import MACHINE
from data.access.acts import acting
from data.place.area import chosen_area
from data.store.backup import backup
from data.store.options import add_store_options
from data.store.restore import restore
from data.store.store import default_store
from data.store.verify import Verified, verify


class Told(Protocol):
    """What a command has to say."""

    def lines(self) -> list[str]: ...  # noqa: D102


def add_keeping(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> list[argparse.ArgumentParser]:
    """Take the three commands.

    Returns
    -------
    list of ArgumentParser
        Of verify, backup and restore.
    """
    check = commands.add_parser("verify", help="read everything that is stored, and name what is damaged")
    check.add_argument("--store", type=Path, metavar="DIR", help="default: DASHBOARD_DATA or data/local")
    check.add_argument("--json", action="store_true", help="print JSON and nothing else")
    keep = commands.add_parser("backup", help="write the whole store with its area and plans into one zip")
    keep.add_argument("file", type=Path, metavar="FILE", help="zip to write; one that is there is replaced")
    add_store_options(keep)
    back = commands.add_parser("restore", help="restore a store from a backup, checked before anything is replaced")
    back.add_argument("file", type=Path, metavar="FILE", help="zip of the command backup")
    back.add_argument("--store", type=Path, metavar="DIR", required=True, help="folder to restore into")
    back.add_argument("--replace", action="store_true", help="take the place of what is there; it is kept beside it")
    return [check, keep, back]


def run_verify(options: argparse.Namespace) -> Verified:
    """Verify a store."""
    return verify(options.store or default_store())


def run_backup(options: argparse.Namespace) -> Told:
    """Back a store up."""
    return backup(options.store or default_store(), options.file, chosen_area(options.area, options.store))


def run_restore(options: argparse.Namespace) -> Told:
    """Restore a store, and note it in its log."""
    done = restore(options.file, options.store, replace=options.replace)
    with acting(options.store, MACHINE, "restore"):
        return done
