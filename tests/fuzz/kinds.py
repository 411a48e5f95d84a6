"""The table of what is tried: an input, what spoils it, what reads it. What may come of it is told by the runner."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.fuzz import files, kept, pages, services
from tests.fuzz.spoil import Sample, Spoil, any_bytes, archive, by_ending, database, of, table, text_of, tree
from tests.fuzz.spoil_extract import extract
from tests.fuzz.world import World

Read = Callable[[World, Sample, Path], None]


@dataclass(frozen=True)
class Kind:
    """A kind of input.

    Attributes
    ----------
    name : str
    share : int
        Cases of 20,000.
    samples : callable
        Good inputs.
    spoil : callable
    read : callable
        Gives nothing, or raises: the project's own error, or ``Lost`` where something is not accounted for.
    real : bool
        Whether there are none without the real data.
    """

    name: str
    share: int
    samples: Callable[[World], Sequence[Sample]]
    spoil: Spoil
    read: Read
    real: bool = False


def answers(*names: str, of_them: int) -> Callable[[World], Sequence[Sample]]:
    """Give what stands for a talk with a service, of so many answers."""
    return lambda world: tuple(Sample(name, str(of_them).encode()) for name in names)


_LAYER = by_ending(
    {"geojson": tree, "json": tree, "gpkg": database, "zip": archive(any_bytes), "kml": text_of, "gml": text_of}
)

_ZONES = by_ending({"geojson": tree, "gpkg": database})

KINDS = (
    Kind("police CSV", 2200, lambda world: world.police, table, files.police),
    Kind("police archive", 1200, lambda world: world.archives, archive(table), files.police),
    Kind("partner's CSV", 2000, lambda world: world.feeds, table, files.partner),
    Kind("partner's workbook", 800, lambda world: world.workbooks, archive(of(text_of, any_bytes)), files.partner),
    Kind("partner's GeoJSON", 800, lambda world: world.points, tree, files.partner),
    Kind("zones", 600, lambda world: world.zones, _ZONES, files.zones),
    Kind("ward layer, JSON", 1400, lambda world: world.layers, tree, files.wards),
    Kind("ward layer, others", 1200, lambda world: world.binary_layers, _LAYER, files.wards),
    Kind("area file", 1500, lambda world: world.area_files, files.area_toml, files.area_file),
    Kind("mapping", 800, lambda world: files.MAPPINGS, files.mapping_file(tree), files.mapping),
    Kind("name of a feed", 100, lambda world: (Sample("n", b"Fire service"),), of(any_bytes, text_of), files.feed_name),
    Kind("term dates", 400, lambda world: files.TERMS, table, files.terms),
    Kind("OpenStreetMap", 800, lambda world: world.extracts, extract, files.streets),
    Kind("OS roads", 300, lambda world: world.roads, database, files.streets),
    Kind("postcodes", 300, lambda world: files.POSTCODES, table, files.postcodes),
    Kind("small area tables", 300, files.small_area_samples, table, files.small_areas),
    Kind("Open Geography, Nomis", 400, answers("area", of_them=30), services.which, services.area, real=True),
    Kind("police.uk, asked", 300, answers("monthly", of_them=2), services.which, services.monthly),
    Kind("police.uk, crimes", 500, services.crimes, tree, services.recorded_crimes),
    Kind("lists of roads", 200, answers("geofabrik", "os", of_them=4), services.which, services.extracts),
    Kind("manifest", 800, kept.kept("manifest.json"), of(tree, kept.manifest_bytes, kept.same_version), kept.stored),
    Kind("Parquet", 500, kept.kept("*.parquet"), kept.parquet, kept.stored),
    Kind("Parquet, sum made right", 500, kept.kept("*/*.parquet"), kept.parquet, kept.renamed),
    Kind("plans", 900, kept.kept("plans.sqlite3"), of(database, kept.plan_bytes), kept.stored),
    Kind("lists of a store", 500, kept.small_files, kept.lists, kept.stored),
    Kind("settings", 200, lambda world: kept.SETTINGS, text_of, kept.settings),
    Kind("backup", 200, kept.backups, archive(any_bytes), kept.restored),
    Kind("address, filters", 700, lambda world: pages.ADDRESSES, pages.query, pages.choice),
    Kind("address, controls", 300, lambda world: pages.ADDRESSES, pages.query, pages.controls),
    Kind("page by address", 200, lambda world: pages.ADDRESSES, pages.query, pages.page),
    Kind("page of a spoiled store", 100, kept.kept("manifest.json", "*.parquet", "*.sqlite3", "fetched.json"),
         by_ending({"json": tree, "parquet": kept.parquet, "sqlite3": database}), pages.page_of_spoiled),
)  # fmt: skip
ALL = sum(kind.share for kind in KINDS)
