"""A briefing without the screen, for a schedule: ``python -m pages.ui.briefing --window halloween --out DIR``."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import pandas as pd

from data.kinds.crime_types import ASB
from data.kinds.printable import printable
from data.kinds.typed import category_option
from data.place.area import AREA_VARIABLE
from data.store.options import add_layer_option, add_store_options
from data.store.store import STORE_VARIABLE
from geo.aside import set_aside
from geo.errors import InputError
from geo.terminal import any_letters
from pages.ui.briefing.panel import AUDIENCES, PANELS, PARTNERSHIP, USUAL, Ask


def main(arguments: Sequence[str] | None = None) -> int:
    """Make the files of a briefing.

    Returns
    -------
    int
        0, or 2 where something cannot be used; then the reason stands on standard error.
    """
    any_letters()
    asked = _parser().parse_args(arguments)
    for variable, value in ((STORE_VARIABLE, asked.store), (AREA_VARIABLE, asked.area)):
        if value is not None:
            os.environ[variable] = str(value)
    try:
        path = _made(asked)
    except InputError as error:
        sys.stderr.write(printable(f"error: {error}") + "\n")
        return 2
    sys.stdout.write(f"{path}\n")
    return 0


def _made(asked: argparse.Namespace) -> Path:
    from pages.ui.briefing import make as briefing_make
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
    window = briefing_make.window_of(data, asked.category, as_at, day_at(data, as_at), asked.window, asked.year)
    ask = Ask(tuple(asked.panels or USUAL[asked.audience]), asked.audience, asked.title, window)
    pack = briefing_make.make(data, ask, asked.made)
    path: Path = asked.out / f"{pack.name}.zip"
    unpacked = {asked.out / pack.name / name: raw for name, raw in pack.files.items()} if asked.unpacked else {}
    try:
        for file, raw in {**unpacked, path: pack.zip}.items():
            file.parent.mkdir(parents=True, exist_ok=True)
            with set_aside(file) as aside:
                aside.write_bytes(raw)
    except OSError as error:
        raise InputError(
            f"the briefing cannot be written: {error.strerror or error}", file=str(asked.out),
            hint="Make room or get access, or name another folder with --out.",
        ) from error  # fmt: skip
    return path


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
        "--panels", nargs="+", choices=tuple(PANELS), help="in this order (default: those of the audience)"
    )
    parser.add_argument("--audience", default=PARTNERSHIP, choices=tuple(AUDIENCES))
    parser.add_argument("--title", default="")
    add_layer_option(parser)
    add_store_options(parser)
    parser.add_argument(
        "--made", type=datetime.fromisoformat, metavar="TIME", help="time that the files carry (default: the as-at day)"
    )
    parser.add_argument("--unpacked", action="store_true", help="write the files beside the zip as well")
    return parser
