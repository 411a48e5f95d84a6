"""The command line: ``python -m data start | fetch | import | area | import-feed | status | accept | ...``."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

from tqdm import tqdm

from data.access.actor import MACHINE
from data.access.acts import acting
from data.access.command import add_log, run_log
from data.feed.command import add_import_feed, run_import_feed
from data.feed.postcodes import import_postcodes
from data.fetch.area_command import add_area, run_area
from data.fetch.command import add_fetch, run_fetch
from data.fetch.start_command import add_start, run_start
from data.fetch.streets_command import run_basemap
from data.kinds.printable import printable
from data.place.area import Area, chosen_area, listed_wards
from data.place.small_areas_command import add_small_areas, run_small_areas
from data.place.terms_file import keep_terms, terms_lines
from data.plan.targets import plan_problems
from data.problem.there import problems_on
from data.published.police_uk import import_paths
from data.store.accept import accept
from data.store.keeping_command import Told, add_keeping, run_backup, run_restore, run_verify
from data.store.options import add_store_options, area_of
from data.store.status import accepted_lines, store_status
from data.store.store import default_store
from data.zone.limits import limits_of
from geo.boundaries import convert_wards
from geo.errors import InputError
from geo.terminal import any_letters

DONE, FAILED = 0, 1  # a wrong command line is 2, as argparse has it


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Parameters
    ----------
    arguments : sequence of str, optional
        By default those of the process.

    Returns
    -------
    int
        0 when all was well, 1 when a file or the store could not be used.
    """
    any_letters()
    options = _parser().parse_args(arguments)
    command: Callable[[argparse.Namespace], int] = options.command
    try:
        done = command(options)
        sys.stdout.flush()
        return done
    except BrokenPipeError:  # whoever read the lines, such as head, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except InputError as error:
        if getattr(options, "json", False):
            _print_json({"ok": False, "error": str(error)})
        _print_lines([str(error)], sys.stderr)
        return FAILED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m data", description="The data of the dashboard.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    begin = add_start(commands)
    begin.set_defaults(command=_start)
    load = commands.add_parser("import", help="import street-level files of data.police.uk")
    load.add_argument("paths", nargs="+", metavar="PATH", help="archive, folder or CSV")
    load.add_argument(
        "--rebuild", action="store_true", help="start from nothing (dated feeds go too), if every file can be used"
    )
    load.set_defaults(command=_import)
    fetch = add_fetch(commands)
    fetch.set_defaults(command=_fetch)
    place = add_area(commands)
    place.set_defaults(command=_area)
    terms = commands.add_parser("terms", help="take published school terms of an area from a CSV file")
    terms.add_argument("file", type=Path, metavar="FILE", help="CSV with the columns start, end and name")
    terms.add_argument("--area", type=Path, metavar="FILE", help="area file; default: as for all commands")
    terms.add_argument("--source", default="", metavar="TEXT", help="who published them")
    terms.add_argument("--store", type=Path, metavar="DIR", help="whose area it is; default: DASHBOARD_DATA")
    terms.set_defaults(command=_terms)
    small = add_small_areas(commands)
    small.set_defaults(command=_small_areas)
    feed = add_import_feed(commands)
    feed.set_defaults(command=_import_feed)
    log = add_log(commands)
    log.set_defaults(command=_log)
    status = commands.add_parser("status", help="what the store holds")
    status.set_defaults(command=_status)
    for one, run in zip(add_keeping(commands), (_verify, _told_of(run_backup), _told_of(run_restore)), strict=True):
        one.set_defaults(command=run)

    agree = commands.add_parser("accept", help="take a month in doubt for whole: the force published it so")
    agree.add_argument("force", metavar="FORCE", help="as it stands in the names of its files")
    agree.add_argument("month", metavar="YYYY-MM")
    agree.add_argument("--by", default="", metavar="ROLE", help="who says so; kept with the time")
    agree.add_argument("--withdraw", action="store_true", help="take an acceptance back")
    agree.set_defaults(command=_accept)

    wards = commands.add_parser("wards", help="convert a published ward layer into the project's own form")
    wards.add_argument(
        "source", type=Path, metavar="SOURCE", help="GeoJSON, GeoPackage, shapefile ... as published, also zipped"
    )
    wards.add_argument("target", type=Path, metavar="TARGET", help="GeoJSON to write")
    wards.add_argument("--vintage", required=True, metavar="TEXT", help="when these wards were in force")
    wards.add_argument("--attribution", required=True, metavar="TEXT", help="what has to stand under every map")
    wards.add_argument(
        "--area", type=Path, metavar="FILE", help="keep the wards that this area file lists; all have to be there"
    )
    wards.add_argument("--code", default="", metavar="COLUMN", help="column of codes; default: the one that holds them")
    wards.add_argument(
        "--name", default="", metavar="COLUMN", help="column of names; default: the one beside the codes"
    )
    wards.add_argument("--layer", default="", metavar="NAME", help="of a file with several layers")
    wards.add_argument("--crs", default="", metavar="EPSG:N", help="coordinate system, where the file does not say it")
    wards.add_argument("--swap", action="store_true", help="the file has latitude before longitude")
    wards.set_defaults(command=_wards)

    roads = commands.add_parser("basemap", help="draw streets, water and green of open data under every map")
    roads.add_argument(
        "files", nargs="*", type=Path, metavar="FILE",
        help="OS Open Zoomstack, Open Roads, OpenMap Local, Open Greenspace (GeoPackage, shapefile, zip) or an extract "
        "of OpenStreetMap (.osm.pbf); several cover an area together",
    )  # fmt: skip
    roads.add_argument("--fetch", action="store_true", help="fetch the smallest extract that covers the area")
    roads.add_argument("--ogl", action="store_true", help="with --fetch: squares of OS OpenData, not OpenStreetMap")
    roads.add_argument("--year", type=int, metavar="YYYY", help="of the copyright; default: of the file's last change")
    roads.set_defaults(command=_basemap)

    codes = commands.add_parser("postcodes", help="load the postcodes by which a feed's rows may be placed")
    codes.add_argument(
        "file", type=Path, metavar="FILE", help="OS Code-Point Open (zip) or an ONS postcode directory (CSV or zip)"
    )
    codes.set_defaults(command=_postcodes)

    log.add_argument("--store", type=Path, metavar="DIR", help="default: DASHBOARD_DATA or data/local")
    log.add_argument("--json", action="store_true", help="print JSON and nothing else")
    begin.add_argument("--store", type=Path, metavar="DIR", help="default: DASHBOARD_DATA or data/local")
    begin.add_argument("--json", action="store_true", help="print JSON and nothing else")
    for command in (load, fetch, feed, status, agree, roads, codes):
        add_store_options(command)
        command.add_argument("--json", action="store_true", help="print JSON and nothing else")
    return parser


def _start(options: argparse.Namespace) -> int:
    started = run_start(options)
    if options.json:
        _print_json(started.to_json())
    else:
        _print_lines(started.lines(), sys.stdout)
    return DONE if started.ok else FAILED


def _import(options: argparse.Namespace) -> int:
    store = options.store or default_store()
    area = area_of(options)
    # tqdm's None means: only where standard error is a terminal
    with tqdm(unit="file", disable=True if options.json else None, file=sys.stderr, leave=False) as bar:

        def progress(done: int, total: int, name: str) -> None:
            bar.total = total
            bar.set_postfix_str(printable(name)[-40:], refresh=False)
            bar.update(done - bar.n)

        report = import_paths(options.paths, store, area, progress, rebuild=options.rebuild)
    if options.json:
        _print_json(report.to_json())
    else:
        _print_lines(report.lines(), sys.stdout)
        if report.total("rejected"):
            _print_lines([f"Each rejected row with its place, value and what to do: {store / 'rejected'}"], sys.stdout)
    return DONE if report.ok else FAILED


def _fetch(options: argparse.Namespace) -> int:
    report = run_fetch(options)
    if options.json:
        _print_json(report.to_json())
    else:
        _print_lines(report.lines(), sys.stdout)
    return DONE if report.ok else FAILED


def _area(options: argparse.Namespace) -> int:
    made = run_area(options)
    if options.json:
        _print_json(made.to_json())
    else:
        _print_lines(made.lines(), sys.stdout)
    return DONE


def _small_areas(options: argparse.Namespace) -> int:
    kept = run_small_areas(options)
    if options.json:
        _print_json(kept.to_json())
    else:
        _print_lines(kept.lines(), sys.stdout)
    return DONE


def _terms(options: argparse.Namespace) -> int:
    file = chosen_area(options.area, options.store)
    with acting(options.store or default_store(), MACHINE, "terms"):
        school, found = keep_terms(options.file, file, options.source)
    _print_lines(terms_lines(file, school, found), sys.stdout)
    return DONE


def _import_feed(options: argparse.Namespace) -> int:
    outcome = run_import_feed(options)
    if options.json:
        _print_json(outcome.values)
    else:
        _print_lines(outcome.lines, sys.stdout)
    return DONE if outcome.ok else FAILED


def _log(options: argparse.Namespace) -> int:
    outcome = run_log(options, options.store or default_store())
    if options.json:
        _print_json(outcome.values)
    else:
        _print_lines(outcome.lines, sys.stdout)
    return DONE


def _status(options: argparse.Namespace) -> int:
    area = area_of(options)
    status = store_status(options.store or default_store(), area)
    wrong = [*plan_problems(area.raw, area.file), *_of_file(area)]
    known = area.school.known_to
    if options.json:
        told = {"file": area.file, "notes": list(area.notes), "terms_known_to": str(known or ""), "problems": wrong}
        _print_json({**status.to_json(), "area": told})
    else:
        terms = f"School terms are known to {known}; later ones are assumed." if known else "No school terms are known."
        _print_lines([*status.lines(), *area.notes, *([terms] if area.school.holidays else [])], sys.stdout)
        _print_lines(wrong, sys.stderr)
    return FAILED if wrong else DONE


def _of_file(area: Area) -> list[str]:
    """Tell what in the area file on problems and zones cannot be used."""
    found = []
    for read in (lambda: problems_on(area), lambda: limits_of(area.raw, area.file)):
        try:
            read()
        except InputError as error:
            found.append(str(error))
    return found


def _verify(options: argparse.Namespace) -> int:
    found = run_verify(options)
    if options.json:
        _print_json(found.to_json())
    else:
        _print_lines(found.lines(), sys.stdout)
    return DONE if found.ok else FAILED


def _told_of(run: Callable[[argparse.Namespace], Told]) -> Callable[[argparse.Namespace], int]:
    def command(options: argparse.Namespace) -> int:
        _print_lines(run(options).lines(), sys.stdout)
        return DONE

    return command


def _accept(options: argparse.Namespace) -> int:
    store, area = options.store or default_store(), area_of(options)
    one = accept(store, area, options.force, options.month, options.by, whole=not options.withdraw)
    if options.json:
        _print_json({"ok": True, **asdict(one)})
    else:
        _print_lines(accepted_lines([one]) if one.whole else [f"Taken back: {one.force} {one.month}."], sys.stdout)
    return DONE


def _wards(options: argparse.Namespace) -> int:
    wards = convert_wards(
        options.source,
        options.target,
        vintage=options.vintage,
        attribution=options.attribution,
        keep=listed_wards(options.area) if options.area else None,
        code=options.code,
        name=options.name,
        crs=options.crs,
        layer=options.layer,
        swap=options.swap,
    )
    line = f"{options.target}: {len(wards.codes)} wards, {wards.vintage} (version {wards.version})"
    _print_lines([line, *wards.notes], sys.stdout)
    return DONE


def _basemap(options: argparse.Namespace) -> int:
    with acting(options.store or default_store(), MACHINE, "basemap"):
        report = run_basemap(options)
    if options.json:
        _print_json(report.to_json())
    else:
        _print_lines(report.text(), sys.stdout)
    return DONE


def _postcodes(options: argparse.Namespace) -> int:
    store, area = options.store or default_store(), area_of(options)
    with acting(store, MACHINE, "postcodes"):
        report = import_postcodes(options.file, store, area)
    if options.json:
        _print_json(report.to_json())
    else:
        _print_lines(report.text(), sys.stdout)
    return DONE


def _print_json(value: object) -> None:
    print(json.dumps(value, indent=1, default=int))


def _print_lines(lines: Sequence[str], stream: object) -> None:
    for line in lines:
        for part in line.splitlines():
            print(printable(part), file=stream)  # type: ignore[call-overload]


if __name__ == "__main__":
    sys.exit(main())
