"""Readers of what a person gives: police files, partners' files, layers, area files, mappings, terms, roads."""

from __future__ import annotations

import json
import tomllib
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import pyarrow.parquet as pq

from data.feed.importing import import_feed, read_file
from data.feed.mapping import LOCAL, FeedMapping, feed_slug, read_mapping
from data.feed.postcodes import import_postcodes, read_postcodes
from data.feed.propose import propose
from data.feed.report import FeedReport
from data.feed.table import read_table
from data.kinds.crime_types import ASB
from data.place.area import load_area
from data.place.area_made import read_residents
from data.place.small_area_tables import read_deprivation, read_other_census, read_people
from data.place.terms_file import keep_terms, read_terms
from data.published.police_uk import import_paths
from data.store.manifest import read_manifest
from data.store.report import FAILED, LOADED, RowCounts
from data.streets.base_map import base_map
from data.streets.importing import import_basemap
from data.streets.network import network
from data.zone.imported import read_zones
from data.zone.limits import limits_of
from data.zone.zone import FILE, OTHER, Zone, checked
from geo.boundaries import convert_wards, read_wards
from geo.errors import InputError
from tests.fuzz.spoil import Sample, Spoil, spoil_tree, text_of, toml_text
from tests.fuzz.world import ROOT, Lost, Told, World
from tests.published.police_files import NOW


def put(folder: Path, one: Sample) -> Path:
    """Write an input."""
    path = folder / one.name
    path.write_bytes(one.raw)
    return path


def add_up(file: RowCounts) -> None:
    """Refuse counts of which rows are missing."""
    there = file.loaded + file.rejected + file.outside + file.joined
    if file.rows_read + file.extra != there:
        raise Lost(f"{file.name}: {file.rows_read} + {file.extra} rows read, {there} accounted for")
    if file.status == LOADED and sum(file.rejected_by_reason.values()) != file.rejected:
        raise Lost(f"{file.name}: {file.rejected} rejected, {sum(file.rejected_by_reason.values())} with a reason")


def stored_rows(store: Path, loaded: int, rejected: int) -> None:
    """Hold what was said against what lies in the store."""
    manifest = read_manifest(store)
    if manifest is None:
        if loaded:
            raise Lost(f"{loaded} loaded, and no manifest")
        return
    there = {unit.path: pq.read_metadata(store / unit.path).num_rows for unit in manifest.units.values()}
    aside = sum(pq.read_metadata(store / file.rejected_path).num_rows for file in manifest.files.values()
                if file.rejected_path)  # fmt: skip
    if sum(there.values()) != loaded:
        raise Lost(f"{loaded} said to be loaded, {sum(there.values())} in the store")
    if aside != rejected:
        raise Lost(f"{rejected} said to be rejected, {aside} in the store")


# --- what the police publish ------------------------------------------------------------------------------------------
def police(world: World, one: Sample, folder: Path) -> None:
    """Import a file or an archive; every row of it is loaded, put aside with a reason, outside or joined."""
    store = folder / "store"
    report = import_paths([put(folder, one)], store, world.area, now=NOW)
    report.lines()
    json.dumps(report.to_json())
    for file in report.files:
        add_up(file)
    stored_rows(store, report.total("loaded"), report.total("rejected"))
    failed = [file for file in report.files if file.status == FAILED]
    if not failed and one.rows is not None and report.total("rows_read") != one.rows:
        raise Lost(f"the file has {one.rows} rows, {report.total('rows_read')} were read")
    if failed:
        raise Told(str(failed[0].error), names=one.name in str(failed[0].error))


# --- what a partner gives ---------------------------------------------------------------------------------------------
def partner(world: World, one: Sample, folder: Path) -> None:
    """Read a table, propose a mapping, try and import it, as the Data page does."""
    raw = read_file(put(folder, one))
    table = read_table(one.name, raw)
    proposal = propose(table, world.area, "Fire service")
    mapping = _answered(proposal.said("incidents"))
    store = folder / "store"
    given = {"today": NOW.date(), "now": NOW}
    tried = import_feed(table, raw, "Fire service", mapping, store, world.area, dry_run=True, **given)  # type: ignore[arg-type]
    done = import_feed(table, raw, "Fire service", mapping, store, world.area, **given)  # type: ignore[arg-type]
    for report in (tried, done):
        report.lines()
        json.dumps(report.to_json(), default=str)
        add_up(report)
        _all_rows(report, len(table))
    counts = [(each.rows_read, each.loaded, each.rejected, each.outside, each.joined) for each in (tried, done)]
    if counts[0] != counts[1]:
        raise Lost(f"tried {counts[0]}, done {counts[1]}")
    stored_rows(store, done.loaded, done.rejected)


def _answered(mapping: FeedMapping) -> FeedMapping:
    """Answer what a file does not tell, as somebody would who wants it in."""
    told = mapping.category or "category" in mapping.columns
    return replace(
        mapping,
        category=mapping.category if told else ASB,
        labelled_times=mapping.labelled_times or LOCAL,
        day_first=True if mapping.day_first is None else mapping.day_first,
    )


def _all_rows(report: FeedReport, held: int) -> None:
    if report.rows_read != held:
        raise Lost(f"the table has {held} rows, {report.rows_read} were read")


# --- layers and areas -------------------------------------------------------------------------------------------------
def wards(world: World, one: Sample, folder: Path) -> None:
    """Read a ward layer, and convert it whether it can be read or not; a target of before stays."""
    path, target = put(folder, one), folder / "target.geojson"
    target.write_text("before", encoding="utf-8")
    for keep in (None, world.area.ward_names):
        try:
            made = convert_wards(path, target, vintage="2024", attribution="Somebody", keep=keep)
            if read_wards(target).version != made.version:
                raise Lost("the layer that was written reads as another")
            target.write_text("before", encoding="utf-8")
        except InputError as error:
            if target.read_text(encoding="utf-8") != "before":
                raise Lost("a layer that was refused was written over") from error
    found = read_wards(path)
    if not len(found.codes) == len(found.names) == len(found.polygons):
        raise Lost("codes, names and polygons of different lengths")


def zones(world: World, one: Sample, folder: Path) -> None:
    """Read zones; each feature is a proposal that can be kept, or is refused with its place."""
    found = read_zones(put(folder, one).read_bytes(), one.name, world.area, ZoneInfo("Europe/London"))
    if sorted(each.row for each in (*found.proposals, *found.refused)) != list(range(1, found.read + 1)):
        raise Lost(f"{found.read} features, {len(found.proposals)} taken and {len(found.refused)} refused")
    for each in found.proposals:
        starts = each.starts or NOW.replace(second=0, microsecond=0)
        checked(Zone(each.name or "x", each.kind or OTHER, each.role or "x", starts, None, each.wkt, FILE))


def area_file(world: World, one: Sample, folder: Path) -> None:
    """Load an area file beside its ward layer, and what is derived from it."""
    (folder / "wards.geojson").write_bytes((ROOT / "data" / "wards.geojson").read_bytes())
    area = load_area(put(folder, one))
    with suppress(InputError):  # told by the pages that need it
        limits_of(area.raw, area.file)
    if set(area.residents) - set(area.wards.codes):
        raise Lost("residents of wards that the area does not have")
    for township in area.townships:
        area.shape_of(township)
    area.grid()


def area_toml(rng: Random, one: Sample) -> Sample:
    """Spoil an area file: its lines, or its values."""
    if rng.random() < 0.4:
        return text_of(rng, one)
    raw = tomllib.loads(one.raw.decode())
    return Sample(one.name, toml_text(spoil_tree(rng, raw)).encode("utf-8", "replace"))


def mapping(world: World, one: Sample, folder: Path) -> None:
    """Read a mapping, and import a partner's file by it."""
    found = read_mapping(put(folder, one))
    assert isinstance(found, FeedMapping)
    raw = world.feeds[0].raw
    table = read_table("made.csv", raw)
    report = import_feed(
        table, raw, "Fire service", found, folder / "store", world.area, today=NOW.date(), now=NOW, dry_run=True
    )
    add_up(report)
    _all_rows(report, len(table))


MAPPINGS = (
    Sample("mapping.json", json.dumps({
        "columns": {"start": "Date", "start_time": "Time", "easting": "Easting", "northing": "Northing",
                    "reference": "Ref", "subcategory": "Type"},
        "category": "Anti-social behaviour", "day_first": True, "rows_are": "incidents", "unknown_times": ["12:00"],
        "words": {"subcategory": {"Noise": "noise", "Rowdy": "leave out"}}, "labelled_times": "local",
        "midnight_unknown": True, "sheet": "",
    }).encode()),
)  # fmt: skip


def mapping_file(inner: Spoil) -> Spoil:
    """Give what spoils a mapping, as JSON or as TOML."""

    def spoil(rng: Random, one: Sample) -> Sample:
        if rng.random() < 0.3:
            raw = toml_text(spoil_tree(rng, json.loads(one.raw))).encode("utf-8", "replace")
            return text_of(rng, Sample("mapping.toml", raw)) if rng.random() < 0.3 else Sample("mapping.toml", raw)
        return inner(rng, one)

    return spoil


def feed_name(world: World, one: Sample, folder: Path) -> None:
    """Make a name in the store of what a person calls a feed."""
    slug = feed_slug(one.raw.decode("utf-8", "replace"))
    if (folder / slug).parent != folder or slug != slug.strip("-."):
        raise Lost(f"a name that leads elsewhere: {slug}")


def terms(world: World, one: Sample, folder: Path) -> None:
    """Read school terms, and keep them beside an area file."""
    path = put(folder, one)
    found = read_terms(path)
    school, kept = keep_terms(path, folder / "area.toml")
    if len(kept.terms) != len(found.terms) or len(school.terms) != len(found.terms):
        raise Lost(f"{len(found.terms)} terms read, {len(school.terms)} kept")


TERMS = (
    Sample("terms.csv", b"start,end,name\n2024-09-02,2024-10-25,Autumn 1\n2024-11-04,2024-12-20,Autumn 2\n"
           b"2025-01-06,2025-04-04,Spring\n2025-02-17,2025-02-21,Spring half term\n22/04/2025,22/07/2025,Summer\n"),
)  # fmt: skip


# --- roads and tables -------------------------------------------------------------------------------------------------
def streets(world: World, one: Sample, folder: Path) -> None:
    """Import what lies under the map, and read it back."""
    store = folder / "store"
    report = import_basemap(put(folder, one), store, world.area, 2024)
    report.text()
    kept = base_map(store, world.area)
    if kept is None:
        raise Lost("a base map was imported, and there is none")
    network(store, world.area)


def postcodes(world: World, one: Sample, folder: Path) -> None:
    """Import a list of postcodes, and read it back."""
    store = folder / "store"
    import_postcodes(put(folder, one), store, world.area).text()
    if read_postcodes(store, world.area) is None:
        raise Lost("postcodes were imported, and there are none")


POSTCODES = (
    Sample("onspd.csv", b"pcds,oseast1m,osnrth1m,doterm\nL34 1AA,0345000,0392000,\nL34 1AB,0345100,0392100,202201\n"
           b"L35 2BB,0347000,0391000,\n"),
    Sample("l.csv", b'"L34 1AA",10,345000,392000,"E92000001","","","","",""\n'
           b'"L34 1AB",10,345100,392100,"E9","","","","",""\n'),
)  # fmt: skip


def small_areas(world: World, one: Sample, folder: Path) -> None:
    """Read tables of residents and deprivation by small area, and of residents by ward."""
    path = put(folder, one)
    codes = [f"E010064{number}" for number in range(12, 30)]
    errors = []
    for read in (
        lambda: read_people(path, codes),
        lambda: read_deprivation(path, codes),
        lambda: read_other_census(path, codes),
        lambda: read_residents(path),
    ):
        try:
            read()
        except InputError as error:
            errors.append(error)
    if errors:
        raise errors[0]


def small_area_samples(world: World) -> tuple[Sample, ...]:
    """Tables by small area."""
    made = "LSOA21CD,LSOA21NM,Total\n" + "".join(f"E010064{n},Somewhere {n},{1000 + n}\n" for n in range(12, 30))
    real = world.real("data/lookups/lsoa*.csv")
    cut = (Sample(one.name, b"".join(one.raw.splitlines(keepends=True)[:30])) for one in real)
    return (Sample("made.csv", made.encode()), *cut)
