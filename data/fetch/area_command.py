"""The command ``python -m data area``: an area file by the name of a place, or from a layer of wards."""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tqdm import tqdm

from data.fetch.area import fetch_area
from data.fetch.hosts import read_hosts
from data.fetch.web import Web
from data.kinds.printable import printable
from data.place.area import AREA_VARIABLE, Area, chosen_area
from data.place.area_made import Place, make_area, read_residents
from data.place.layer_added import Added, add_layer
from geo.errors import InputError


@dataclass(frozen=True)
class MadeArea:
    """An area file that was made, and what has to be known of it."""

    area: Area
    notes: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Plain values, for ``--json``."""
        area = self.area
        return {
            "ok": True, "file": area.file, "name": area.name, "code": area.code, "wards": len(area.wards.codes),
            "forces": list(area.forces), "buffer_forces": list(area.buffer_forces),
            "residents": sum(area.residents.values()), "residents_source": area.residents_source,
            "notes": list(self.notes),
        }  # fmt: skip

    def lines(self) -> list[str]:
        """Tell a person."""
        area = self.area
        people = (
            f"{sum(area.residents.values()):,} residents ({area.residents_source})"
            if area.residents
            else "no residents"
        )
        return [
            f"{area.file}: {area.name} ({area.code}), {len(area.wards.codes)} wards of {area.wards.vintage}; {people}.",
            f"Forces: {', '.join(area.forces) or 'none'}; in the buffer: {', '.join(area.buffer_forces) or 'none'}.",
            *(f"Ward layer: {area.with_layer(one.key).layer_words}." for one in area.layers),
            *self.notes,
            f"To use it, set {AREA_VARIABLE}={area.file}, or give --area.",
        ]


def add_area(commands: Any) -> argparse.ArgumentParser:
    """Add the command to those of ``python -m data``."""
    area: argparse.ArgumentParser = commands.add_parser(
        "area",
        help="make an area file: by the name of a place from public services, or from a layer of wards",
        description="Write an area file and its ward layer. By name it asks the Office for National Statistics and "
        "Nomis; with --from it reads files and asks nobody.",
    )
    area.add_argument("names", nargs="*", metavar="NAME", help="local authority or partnership, by name or code")
    area.add_argument("--from", type=Path, dest="source", metavar="LAYER", help="ward layer, as published")
    area.add_argument("--lad", action="append", default=[], metavar="CODE", help="of LAYER, only this local authority")
    area.add_argument("--layer", default="", metavar="NAME", help="of a file with several layers")
    area.add_argument(
        "--add-layer", type=Path, metavar="LAYER", help="wards of a later day, added to the area file of --area"
    )
    area.add_argument("--valid-from", default="", metavar="YYYY-MM-DD", help="the day from which wards of LAYER hold")
    area.add_argument("--area", type=Path, metavar="FILE", help="for --add-layer; default: as the other commands")
    area.add_argument("--out", type=Path, metavar="FILE", help="default: called as the area is, in this folder")
    area.add_argument("--replace", action="store_true", help="replace a file that is there")
    area.add_argument("--residents", type=Path, metavar="FILE", help="CSV of ward codes and residents")
    area.add_argument("--residents-source", default="", metavar="TEXT", help="whose they are")
    area.add_argument("--census", action="store_true", help="residents of Census 2021, not the latest estimate")
    area.add_argument("--name", default="", metavar="TEXT", help="what the area is called")
    area.add_argument("--code", default="", metavar="CODE", help="published code of the area")
    area.add_argument("--kind", default="", metavar="TEXT", help="how sentences speak of it: district, county ...")
    area.add_argument("--partnership", default="", metavar="TEXT", help="name on briefings")
    area.add_argument("--force", action="append", default=[], metavar="SLUG", help="police force of the area")
    area.add_argument("--buffer-force", action="append", default=[], metavar="SLUG", help="a force of the buffer only")
    area.add_argument("--vintage", default="", metavar="TEXT", help="when the wards of LAYER were in force")
    area.add_argument("--attribution", default="", metavar="TEXT", help="what has to stand under every map")
    area.add_argument("--json", action="store_true", help="print JSON and nothing else")
    return area


def run_area(options: argparse.Namespace) -> MadeArea:
    """Make an area file.

    Raises
    ------
    InputError
        As :func:`data.fetch.area.fetch_area` and :func:`data.place.area_made.make_area`.
    """
    if options.add_layer:
        return _layer(options)
    if bool(options.names) == bool(options.source):
        raise InputError("give the name of a place, or a layer of wards with --from", hint="One of them, not both.")
    people = read_residents(options.residents) if options.residents else {}
    place = Place(
        name=options.name,
        code=options.code,
        kind=options.kind,
        partnership=options.partnership,
        forces=tuple(options.force),
        buffer_forces=tuple(options.buffer_force),
        residents=people,
        residents_source=options.residents_source or (options.residents.name if options.residents else ""),
    )
    if options.source:
        out = options.out or Path(f"{options.source.stem}.toml")
        return MadeArea(
            *make_area(
                options.source, out, place, options.lad, vintage=options.vintage, attribution=options.attribution,
                layer=options.layer, over=options.replace,
            )
        )  # fmt: skip
    web = Web(_say)
    try:
        return MadeArea(
            *fetch_area(
                web, read_hosts(), options.names, options.out, place=place, census=options.census, over=options.replace
            )
        )
    finally:
        web.close()


def _layer(options: argparse.Namespace) -> MadeArea:
    if options.names or options.source:
        raise InputError("a layer is added to one area file", hint="Leave the name and --from out, and give --area.")
    people = read_residents(options.residents) if options.residents else {}
    added = Added(
        valid_from=options.valid_from,
        vintage=options.vintage,
        attribution=options.attribution,
        residents=people,
        residents_source=options.residents_source or (options.residents.name if options.residents else ""),
        layer=options.layer,
        districts=tuple(options.lad),
    )
    return MadeArea(*add_layer(options.add_layer, chosen_area(options.area), added))


def _say(host: str) -> None:
    tqdm.write(printable(f"Asking {host} ..."), file=sys.stderr)
