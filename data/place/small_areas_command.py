"""The command ``python -m data small-areas``: neighbourhoods (LSOA) of an area from published files."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from data.place.area import chosen_area, load_area
from data.place.small_area_tables import read_deprivation, read_other_census, read_people
from data.place.small_areas import SmallAreas, kept_beside
from data.place.small_areas_made import Known, keep_small_areas, read_boundaries


@dataclass(frozen=True)
class KeptSmallAreas:
    """Neighbourhoods that were kept, in which file, and what has to be known of them."""

    kept: SmallAreas
    file: str
    notes: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Plain values, for ``--json``."""
        kept = self.kept
        return {
            "ok": True, "file": self.file, "neighbourhoods": len(kept.codes), "vintage": kept.vintage,
            "residents": sum(kept.residents.values()), "residents_source": kept.residents_source,
            "other_codes": len(kept.other), "lookup": kept.lookup, "deprivation": len(kept.deprivation),
            "deprivation_source": kept.deprivation_source, "version": kept.version, "notes": list(self.notes),
        }  # fmt: skip

    def lines(self) -> list[str]:
        """Tell a person."""
        kept = self.kept
        people = f"{sum(kept.residents.values()):,} residents ({kept.residents_source})" if kept.residents else ""
        index = f"deprivation of {len(kept.deprivation):,} ({kept.deprivation_source})" if kept.deprivation else ""
        lookup = f"{len(kept.other):,} codes of another census ({kept.lookup})" if kept.lookup else ""
        return [
            f"{self.file}: {len(kept.codes):,} neighbourhoods of {kept.vintage}.",
            f"With {'; '.join(part for part in (people, lookup, index) if part) or 'nothing else'}.",
            *self.notes,
        ]


def add_small_areas(commands: Any) -> argparse.ArgumentParser:
    """Add the command to those of ``python -m data``."""
    small: argparse.ArgumentParser = commands.add_parser(
        "small-areas",
        help="keep neighbourhoods of some 1,500 residents (LSOA) beside the area file, for rates and maps",
        description="Read published files of neighbourhoods (LSOA) and keep those of the area beside its area file.",
    )
    small.add_argument("--boundaries", type=Path, required=True, metavar="FILE", help="layer of LSOA, as published")
    small.add_argument("--residents", type=Path, metavar="FILE", help="CSV of LSOA codes and residents")
    small.add_argument("--residents-source", default="", metavar="TEXT", help="whose they are, and of when")
    small.add_argument("--lookup", type=Path, metavar="FILE", help="CSV: LSOA of 2011 to LSOA of 2021, as published")
    small.add_argument("--imd", type=Path, metavar="FILE", help="CSV of the index of multiple deprivation by LSOA")
    small.add_argument("--layer", default="", metavar="NAME", help="of a file with several layers")
    small.add_argument("--area", type=Path, metavar="FILE", help="area file; default: as for all commands")
    small.add_argument("--store", type=Path, metavar="DIR", help="whose area it is; default: DASHBOARD_DATA")
    small.add_argument("--json", action="store_true", help="print JSON and nothing else")
    return small


def run_small_areas(options: argparse.Namespace) -> KeptSmallAreas:
    """Keep neighbourhoods beside the area file.

    Raises
    ------
    InputError
        As :mod:`data.place.small_areas_made` and :mod:`data.place.small_area_tables`. What was kept then stays.
    """
    area = load_area(chosen_area(options.area, options.store))
    found = read_boundaries(options.boundaries, area, layer=options.layer)
    residents = read_people(options.residents, found.codes) if options.residents else {}
    other = read_other_census(options.lookup, found.codes) if options.lookup else {}
    index, whose = read_deprivation(options.imd, found.codes) if options.imd else ({}, "")
    known = Known(
        residents=residents,
        residents_source=options.residents_source or (options.residents.name if options.residents else ""),
        other=other,
        lookup=options.lookup.name if options.lookup else "",
        deprivation=index,
        deprivation_source=whose,
    )
    kept, notes = keep_small_areas(found, known, area)
    return KeptSmallAreas(kept, str(kept_beside(Path(area.file))), notes)
