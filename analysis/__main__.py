"""The answers of the dashboard without the screen: ``python -m analysis COMMAND``, for QGIS, Excel and scripts."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from analysis import commands
from analysis.output import FORMATS, write, write_csv
from analysis.refusal import Refusal
from data.area import load_area
from data.schema import CATEGORIES
from data.store import default_store, is_empty, load
from geo.errors import InputError

DONE, FAILED, REFUSED = 0, 1, 3  # a wrong command line is 2, as argparse has it


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Parameters
    ----------
    arguments : sequence of str, optional
        By default those of the process.

    Returns
    -------
    int
        0 when the table was written, 1 for input that cannot be used, 3 for a question the data cannot answer.
    """
    options = _parser().parse_args(arguments)
    try:
        answer = commands.COMMANDS[options.command](_question(options), options)
        if options.out is None:
            write_csv(answer.table, sys.stdout)
        else:
            write(answer.table, options.out, answer.made, answer.geometry)
            print(f"{options.out}: {len(answer.table):,} rows", file=sys.stderr)
        if answer.sentence:
            print(answer.sentence, file=sys.stderr)
    except InputError as error:
        print(error, file=sys.stderr)
        return FAILED
    except BrokenPipeError:  # whoever reads the table has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except Refusal as refusal:
        print(refusal, file=sys.stderr)
        return REFUSED
    return DONE


def _question(options: argparse.Namespace) -> commands.Question:
    store = options.store or default_store()
    area = load_area(options.area)
    if is_empty(store):
        raise InputError(
            "there is nothing in this store", file=str(store), hint="Import files first: python -m data import PATH"
        )
    incidents = load(store, area)
    return commands.Question(area, incidents, options.category, options.first, options.last)


def _month(text: str) -> pd.Period:
    try:
        if len(text) != 7:
            raise ValueError(text)
        return pd.Period(text, freq="M")
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"a month is written YYYY-MM, not {text!r}") from error


def _category(text: str) -> str:
    for name in CATEGORIES:
        if text.casefold() == name.casefold() or (text.casefold() == "asb" and name.startswith("Anti")):
            return name
    raise argparse.ArgumentTypeError(f"there is no crime type {text!r}; one of: {', '.join(CATEGORIES)}")


def _parser() -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--store", type=Path, metavar="DIR", help="default: DASHBOARD_DATA or data/local")
    common.add_argument("--area", type=Path, metavar="FILE", help="default: DASHBOARD_AREA or data/area.toml")
    common.add_argument(
        "--category",
        type=_category,
        default=CATEGORIES[0],
        metavar="NAME",
        help=f"crime type (default: {CATEGORIES[0]})",
    )
    common.add_argument("--from", dest="first", type=_month, metavar="YYYY-MM", help="first month to look at")
    common.add_argument(
        "--to",
        dest="last",
        type=_month,
        metavar="YYYY-MM",
        help="as-at month: nothing later is looked at (default: last)",
    )
    common.add_argument(
        "--out", type=Path, metavar="FILE", help=f"where to write: {', '.join(FORMATS)}; otherwise CSV to the terminal"
    )
    parser = argparse.ArgumentParser(
        prog="python -m analysis",
        description="The figures of the dashboard as tables. Each says how it was made, in or beside the file.",
        epilog="Exit codes: 0 written, 1 input that cannot be used, 2 wrong command line, 3 the data cannot answer.",
    )
    found = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, words, more in commands.HELP:
        command = found.add_parser(name, parents=[common], help=words, description=f"{words}. {more}")
        commands.add_options(name, command)
    return parser


if __name__ == "__main__":
    sys.exit(main())
