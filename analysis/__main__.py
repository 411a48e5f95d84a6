"""The answers of the dashboard without the screen: ``python -m analysis COMMAND``, for QGIS, Excel and scripts."""

from __future__ import annotations

import argparse
import os
import sys
import textwrap
from collections.abc import Sequence
from pathlib import Path

from analysis.cli.base import month
from analysis.cli.names import COMMANDS, Question
from analysis.cli.output import FORMATS, MAP_FORMATS, write, write_csv
from analysis.common.placed import for_cells
from analysis.common.refusal import Refusal
from data.kinds.crime_types import ASB
from data.kinds.printable import printable
from data.kinds.typed import category_option
from data.place.area import Area
from data.store.accepted import read_accepted
from data.store.doubts import doubts_of, left_out_line
from data.store.manifest import read_manifest
from data.store.options import add_layer_option, add_store_options, area_of
from data.store.schema import POLICE_UK, Incidents
from data.store.store import default_store, is_empty, load
from data.store.sums import settled
from geo.errors import InputError
from geo.terminal import any_letters

DONE, FAILED, REFUSED = 0, 1, 3  # a wrong command line is 2, as argparse has it
PROGRAM = "python -m analysis"
_CODES = (
    "Exit codes: 0 written, 1 input that cannot be used, 2 wrong command line, 3 the data cannot answer (the reason is "
    "on standard error)."
)
WIDTH = 100


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
    any_letters()
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.first is not None and options.last is not None and options.last < options.first:
        parser.error(f"argument --to: the window ends before it begins: {options.first} to {options.last}")
    try:
        question = _question(options)
        if question.left_out:
            _say(question.left_out)
        answer = COMMANDS[options.command].run(question, options)
        if options.out is None:
            write_csv(answer.table, sys.stdout, terminal=sys.stdout.isatty())
            sys.stdout.flush()
        else:
            write(answer.table, options.out, answer.made, answer.geometry)
            _say(f"{options.out}: {len(answer.table):,} rows")
        if answer.sentence:
            _say(answer.sentence)
    except InputError as error:
        _say(str(error))
        return FAILED
    except Refusal as refusal:
        _say(str(refusal))
        return REFUSED
    except BrokenPipeError:  # whoever reads the table has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return DONE


def _say(words: str) -> None:
    for line in words.splitlines():
        print(printable(line), file=sys.stderr)


def _question(options: argparse.Namespace) -> Question:
    area = area_of(options)
    store = options.store or default_store()
    area = area.with_layer(options.layer) if options.layer else area
    incidents = _incidents(store, area, options.source)
    if area.layers and not options.layer and (last := options.last or incidents.as_at_month) is not None:
        area = area.on(last.end_time.date())
        incidents = load(store, area, options.source)
    left_out = _left_out(store, area) if options.source == POLICE_UK else ""
    if COMMANDS[options.command].in_cells(options):
        incidents, coarse = for_cells(incidents, area.cell_size_m)
        left_out = " ".join(filter(None, (left_out, coarse)))
    return Question(area, incidents, options.category or ASB, options.first, options.last, left_out)


def _left_out(store: Path, area: Area) -> str:
    manifest, damage = settled(store)
    found = doubts_of(manifest, area, read_accepted(store), damage.units) if manifest is not None else ()
    return left_out_line([doubt for doubt in found if doubt.force in area.forces])


def _incidents(store: Path, area: Area, source: str) -> Incidents:
    if is_empty(store):
        raise InputError(
            "there is nothing in this store", file=str(store), hint="Import files first: python -m data import PATH"
        )
    manifest = read_manifest(store)
    sources = sorted({unit.source for unit in manifest.units.values()}) if manifest is not None else []
    if source not in sources:
        raise InputError(
            "there is no such source in the store",
            file=str(store),
            value=source,
            hint=f"Choose one of: {', '.join(sources)}",
        )
    return load(store, area, source)


def _common() -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    group = common.add_argument_group("options of every command")
    add_store_options(group)
    add_layer_option(group)
    group.add_argument(
        "--source", default=POLICE_UK, metavar="NAME", help=f"source in the store (default: {POLICE_UK})"
    )
    group.add_argument(
        "--category",
        type=category_option,
        metavar="NAME",
        help=f"crime type as published, in any case, or asb; crimes, never asb, may be added with commas between them "
        f"(default: {ASB}; of backtest all, with drugs)",
    )
    group.add_argument(
        "--from",
        dest="first",
        type=month,
        metavar="YYYY-MM",
        help="first month (default: first loaded); of a backtest, of the targets: older months are learnt from",
    )
    group.add_argument(
        "--to",
        dest="last",
        type=month,
        metavar="YYYY-MM",
        help="as-at month: nothing later is looked at (default: last loaded)",
    )
    group.add_argument(
        "--out",
        type=Path,
        metavar="FILE",
        help=f"where to write, by extension: {', '.join(FORMATS)} ({' and '.join(MAP_FORMATS)} for tables with "
        "places); how it was made stands inside, or beside a CSV in FILE.json; without --out, CSV to standard output",
    )
    return common


def _examples(lines: Sequence[str]) -> str:
    return "\n".join(f"  {PROGRAM} {line}" for line in lines)


def _parser() -> argparse.ArgumentParser:
    common = _common()
    parser = argparse.ArgumentParser(
        prog=PROGRAM,
        description="The figures of the dashboard as tables. Each says how it was made, in or beside the file.",
        epilog=(
            f"Examples:\n{_examples([command.examples[0] for command in COMMANDS.values()])}\n\n"
            f"Options, columns and more examples of a command: {PROGRAM} COMMAND --help\n\n{_wrapped(_CODES)}"
        ),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    found = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, command in COMMANDS.items():
        own = found.add_parser(
            name,
            parents=[common],
            help=command.words,
            description=_wrapped(f"{command.words[0].upper()}{command.words[1:]}. {command.more}"),
            epilog=f"Examples:\n{_examples(command.examples)}\n\n{_wrapped(_CODES)}",
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )
        command.add_options(own)
    return parser


def _wrapped(text: str) -> str:
    return textwrap.fill(text, WIDTH)


if __name__ == "__main__":
    sys.exit(main())
