"""A briefing without the screen, for a schedule: ``python -m pages.ui.briefing --window halloween --out DIR``."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from data.kinds.crime_types import ASB
from data.kinds.typed import category_option
from data.store.options import add_layer_option, add_store_options
from geo.errors import InputError
from pages.ui.briefing.panel import AUDIENCES, NAMES, PARTNERSHIP, Ask
from pages.ui.document.command import run
from pages.ui.document.written import write

if TYPE_CHECKING:
    from pages.ui.shell.cache import Dataset


def main(arguments: Sequence[str] | None = None) -> int:
    """Make the files of a briefing.

    Returns
    -------
    int
        0, or 2 where something cannot be used; then the reason stands on standard error. With ``--monthly`` also
        ``NOTHING_NEW`` and ``IN_DOUBT`` of :mod:`pages.ui.briefing.monthly`.
    """
    return run(_parser(), arguments, lambda asked: _monthly(asked) if asked.monthly else _once(asked))


def _once(asked: argparse.Namespace) -> tuple[int, list[Path]]:
    return 0, [_made(asked, *_asked_of(asked))]


def _monthly(asked: argparse.Namespace) -> tuple[int, list[Path]]:
    """Write digest and briefing where the data are others than at the last run into this folder, or it is forced."""
    from pages.ui.briefing import monthly

    if asked.as_at:
        raise InputError("the digest speaks of the newest month alone", column="as-at", value=asked.as_at)
    data, as_at = _asked_of(asked)
    if monthly.seen(asked.out) == data.incidents.version and not asked.force:
        return monthly.NOTHING_NEW, []
    written = write(asked.out, monthly.files(data, monthly.digest_of(data)))
    written.append(_made(asked, data, as_at))
    monthly.note(asked.out, data)
    return monthly.code_of(data), written


def _asked_of(asked: argparse.Namespace) -> tuple[Dataset, pd.Period]:
    """Give the data of the layer that is asked for, and the last month that is known."""
    from pages.ui.shell import cache
    from pages.ui.shell.choice import day_at, known_month

    place = cache.whole_area()
    data = cache.dataset(layer=asked.layer or place.layer_key)
    months = data.incidents.months
    if asked.as_at and asked.as_at not in {str(month) for month in months}:
        raise InputError("there is no such month in the data", column="as-at", value=asked.as_at)
    month = pd.Period(asked.as_at, "M") if asked.as_at else known_month(data)
    as_at = month if month is not None else pd.Period(data.as_at, "M") - 1
    if not asked.layer:
        data = cache.dataset(layer=place.on(day_at(data, as_at)).layer_key)
    return data, as_at


def _made(asked: argparse.Namespace, data: Dataset, as_at: pd.Period) -> Path:
    """Make the pack, and write it."""
    from pages.ui.briefing import make as briefing_make
    from pages.ui.briefing import problems as briefing_problems
    from pages.ui.shell.choice import day_at

    window = briefing_make.window_of(data, asked.category, as_at, day_at(data, as_at), asked.window, asked.year)
    panels = tuple(asked.panels or briefing_problems.usual(data, asked.audience))
    ask = Ask(panels, asked.audience, asked.title, window)
    pack = briefing_make.make(data, ask, asked.made)
    unpacked = {f"{pack.name}/{name}": raw for name, raw in pack.files.items()} if asked.unpacked else {}
    return write(asked.out, {**unpacked, f"{pack.name}.zip": pack.zip})[-1]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m pages.ui.briefing", description="Make a briefing pack.")
    parser.add_argument(
        "--window", default="", help="season of an operation (halloween), its name, or YYYY-MM-DD..YYYY-MM-DD"
    )
    parser.add_argument("--year", type=int, help="year in which the operation starts (default: the next)")
    parser.add_argument("--out", type=Path, required=True, help="folder for the zip")
    parser.add_argument(
        "--category",
        default=ASB,
        type=category_option,
        metavar="NAME",
        help=f"crime type, or several crimes with commas between them (default: {ASB})",
    )
    parser.add_argument(
        "--as-at",
        default="",
        metavar="YYYY-MM",
        help="last month that is known (default: the last that was on the day)",
    )
    parser.add_argument(
        "--panels", nargs="+", choices=tuple(NAMES), help="in this order (default: those of the audience)"
    )
    parser.add_argument("--audience", default=PARTNERSHIP, choices=tuple(AUDIENCES))
    parser.add_argument("--title", default="")
    add_layer_option(parser)
    add_store_options(parser)
    parser.add_argument(
        "--made", type=datetime.fromisoformat, metavar="TIME", help="time that the files carry (default: the as-at day)"
    )
    parser.add_argument(
        "--monthly",
        action="store_true",
        help="only where there is new data since the last run into this folder: the digest of the month, and the "
        "briefing; exit code 10 where there is nothing new, 11 where a month is in doubt",
    )
    parser.add_argument("--force", action="store_true", help="with --monthly: also where there is nothing new")
    parser.add_argument("--unpacked", action="store_true", help="write the files beside the zip as well")
    return parser
