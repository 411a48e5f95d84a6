"""The command ``python -m data fetch``: what is new from the publisher's archives, from the network into the store."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from tqdm import tqdm

from data.fetch.history import fetch_history
from data.fetch.hosts import read_hosts
from data.fetch.report import FetchReport, Step
from data.fetch.web import Web
from data.kinds.printable import printable
from data.place.area_made import check_forces
from data.store.options import area_of
from data.store.store import default_store

_MONTH = re.compile(r"20[12]\d-(?:0[1-9]|1[0-2])")


def add_fetch(commands: Any) -> argparse.ArgumentParser:
    """Add the command to those of ``python -m data``."""
    fetch: argparse.ArgumentParser = commands.add_parser(
        "fetch",
        help="fetch what is new from data.police.uk, and import it",
        description="Fetch the months of the forces that cover the area and its buffer from the archives of "
        "data.police.uk, by parts: only what is not here yet. Months that no archive has come by outline from its "
        "monthly service, until the archive has them. Safe to run from a scheduler: a run that is cut off leaves the "
        "store whole, and the next one goes on.",
    )
    months = "default: the newest archive's 36 months"
    fetch.add_argument("--from", type=_month, dest="first", metavar="YYYY-MM", help=months)
    forces = "only these forces, and nothing by outline; may be repeated"
    fetch.add_argument("--force", action="append", default=[], metavar="SLUG", help=forces)
    fetch.add_argument(
        "--older", action="store_true", help="take months of older archives, which the publisher calls out of date"
    )
    return fetch


def _month(text: str) -> str:
    if not _MONTH.fullmatch(text):
        raise argparse.ArgumentTypeError(f"a month is written YYYY-MM, not {text!r}")
    return text


def run_fetch(options: argparse.Namespace) -> FetchReport:
    """Fetch and import.

    Raises
    ------
    InputError
        As :func:`data.fetch.history.fetch_history`.
    """
    check_forces(options.force)  # else it would stand as one that never published
    with terminal(quiet=options.json) as (web, progress):
        return fetch_history(
            web,
            read_hosts(),
            options.store or default_store(),
            area_of(options),
            first=options.first or "",
            forces=options.force,
            agree=lambda sentence: options.older or _asked(sentence),
            progress=progress,
        )


@contextmanager
def terminal(*, quiet: bool) -> Iterator[tuple[Web, Callable[[Step], None]]]:
    """Ask from a terminal: who is asked is said, and a bar shows how far it is.

    Parameters
    ----------
    quiet : bool
        No bar.
    """
    web = Web(_say)
    no_bar = True if quiet else None  # None: only where standard error is a terminal
    with tqdm(unit="B", unit_scale=True, disable=no_bar, file=sys.stderr, leave=False) as bar:

        def progress(step: Step) -> None:
            bar.total = step.bytes_total
            bar.set_postfix_str(f"{step.done} of {step.total} {step.month}", refresh=False)
            bar.update(step.bytes_done - bar.n)

        try:
            yield web, progress
        finally:
            web.close()


def _say(host: str) -> None:
    tqdm.write(printable(f"Asking {host} ..."), file=sys.stderr)


def _asked(sentence: str) -> bool:
    """Ask a person; nobody is there where standard input is no terminal."""
    if not sys.stdin.isatty():
        return False
    tqdm.write(printable(f'The publisher says of older archives: "{sentence}"'), file=sys.stderr)
    return input("Take months from them all the same? [y/N] ").strip().lower() in ("y", "yes")
