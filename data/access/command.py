"""The command ``python -m data log``: who did what, and taking out what is older than it is kept."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from data.access.log import Entry, purge, read_log


@dataclass(frozen=True)
class LogOutcome:
    """What the command tells: in lines for a person, in plain values for a program."""

    lines: tuple[str, ...]
    values: Mapping[str, Any]


def add_log(commands: Any) -> argparse.ArgumentParser:
    """Add the command to those of ``python -m data``."""
    command: argparse.ArgumentParser = commands.add_parser(
        "log",
        help="who imported, fetched, accepted, saved and archived what",
        description="Role and account of whoever changed what is kept, newest first. It is kept for 24 months: run "
        "--purge each month.",
    )
    command.add_argument("--purge", action="store_true", help="take out what is older than 24 months, and count it")
    command.add_argument(
        "--clock-is-right", action="store_true", help="purge also where nothing was noted for more than a year"
    )
    return command


def run_log(options: argparse.Namespace, store: Path) -> LogOutcome:
    """Read the log, or purge it.

    Raises
    ------
    InputError
        It cannot be read or written.
    """
    if options.purge:
        old, damaged = purge(store, clock_is_right=options.clock_is_right)
        said = f"Taken out: {_counted(old, 'entry', 'entries')} of before 24 months ago{damaged_words(damaged)}."
        return LogOutcome((said,), {"ok": True, "purged": old, "damaged": damaged})
    found = read_log(store)
    lines = tuple(entry_line(entry) for entry in found.entries) or ("Nothing was done yet.",)
    if found.damaged:
        lines += (f"{_counted(found.damaged, 'line')} cannot be read, and was passed over.",)
    entries = [asdict(entry) | {"at": entry.at.isoformat()} for entry in found.entries]
    return LogOutcome(lines, {"ok": True, "entries": entries, "damaged": found.damaged})


def entry_line(entry: Entry) -> str:
    """Write an entry on one line: time (UTC), role, account, act, what."""
    who = f"{entry.role} ({entry.account})" if entry.account else entry.role
    said = f"{entry.at:%Y-%m-%d %H:%M:%S} UTC, {who}: {entry.act}{f', {entry.what}' if entry.what else ''}"
    return said if entry.done else f"{said}: came to nothing"


def damaged_words(damaged: int) -> str:
    """Say how many damaged lines there are; empty where there are none."""
    return f", and {_counted(damaged, 'damaged line')}" if damaged else ""


def _counted(number: int, one: str, many: str = "") -> str:
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"
