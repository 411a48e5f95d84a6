"""Readers of what the project keeps itself: manifest, Parquet, plans, lists, settings, the log, backups."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, replace
from pathlib import Path
from random import Random
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from data.access.log import read_log
from data.access.settings import read_access
from data.feed.postcodes import import_postcodes, read_postcodes
from data.feed.remembered import remembered_mapping
from data.fetch.record import Record, read_record
from data.measured.measurement import Measurement, read_measured
from data.plan import evidence, plans
from data.plan.file import FILE as PLANS
from data.published.police_uk import import_paths
from data.store.accepted import Acceptance, read_accepted
from data.store.backup import backup
from data.store.fetched import read_fetching
from data.store.force_counts import force_counts
from data.store.manifest import MANIFEST, Manifest, read_manifest
from data.store.restore import restore
from data.store.status import rejected_rows, store_status
from data.store.store import commit, feed_names, load, store_version
from data.store.verify import verify
from data.streets.base_map import base_map
from data.streets.importing import import_basemap
from data.streets.network import network
from geo.errors import InputError
from tests.feed.feed_rows import import_rows, rows
from tests.fuzz.files import POSTCODES
from tests.fuzz.spoil import Sample, any_bytes, raw_bytes, tree, words
from tests.fuzz.world import ROOT, Lost, World
from tests.plan.made_plans import NOW, as_planned, made_plan

FEED = "fire-service"
_IN_PLACE = (PLANS, "acts.jsonl")  # written where they lie: never linked to


def good_store(world: World) -> Path:
    """Make a store with a little of everything, once."""
    store = world.folder / "good"
    if store.exists():
        return store
    aside = world.folder / "made-store"
    files = world.folder / "police"
    files.mkdir()
    for one in world.police:
        (files / one.name).write_bytes(one.raw)
    import_paths([files], aside, world.area, now=NOW)
    import_rows(aside, world.area, rows(world.area, [f"{day:02d}/10/2024 18:30" for day in range(1, 20)]))
    for title in ("One", "Two"):
        one = plans.save(aside, made_plan(title), NOW)
    plans.mark_run(aside, one.id, one.revision, as_planned(one.plan), NOW)
    for extra in (world.extracts[0], POSTCODES[0]):
        (files / extra.name).write_bytes(extra.raw)
    import_basemap(files / world.extracts[0].name, aside, world.area, 2024)
    import_postcodes(files / POSTCODES[0].name, aside, world.area)
    Record(checked_at=NOW.isoformat(), newest="2024-12", not_published=("somewhere/2024-03",)).save(aside)
    aside.rename(store)
    return store


def copied(world: World, folder: Path) -> Path:
    """Give a copy of the good store; files that nothing writes over are links."""
    store = folder / "store"

    def copy(source: str, target: str) -> str:
        name = Path(source).name
        return shutil.copy(source, target) if name in _IN_PLACE else str(os.link(source, target) or target)

    shutil.copytree(good_store(world), store, copy_function=copy)
    return store


def kept(*names: str) -> Callable[[World], tuple[Sample, ...]]:
    """Give what names the files of the good store that are spoiled."""

    def samples(world: World) -> tuple[Sample, ...]:
        store = good_store(world)
        paths = sorted(path for name in names for path in store.rglob(name))
        return tuple(Sample(path.relative_to(store).as_posix(), path.read_bytes()) for path in paths)

    return samples


def look(world: World, store: Path) -> None:
    """Read everything of a store as commands and pages do; each reader gives a result or its own error."""
    area, first = world.area, list[InputError]()

    def tried(read: Callable[[], Any]) -> Any:
        try:
            return read()
        except InputError as error:
            first.append(error)
            return None

    status = tried(lambda: store_status(store, area))
    if status is not None:
        status.lines()
        json.dumps(status.to_json(), default=str)
        for one in status.coverage.itertuples():
            if one.rows_read != one.loaded + one.rejected + one.outside + one.joined:
                raise Lost(f"{one.force} {one.month}: rows read are not those accounted for")
    tried(lambda: store_version(store))
    incidents = tried(lambda: load(store, area))
    manifest = tried(lambda: read_manifest(store))
    if incidents is not None and manifest is not None:
        _whole(incidents, manifest)
    tried(lambda: rejected_rows(store))
    for feed in tried(lambda: feed_names(store)) or ():
        tried(lambda feed=feed: load(store, area, feed))
    tried(lambda: force_counts(store, area, area.forces))
    verified = tried(lambda: verify(store))
    if verified is not None:
        verified.lines()
    for listed in tried(lambda: plans.listed(store)) or ():
        tried(lambda listed=listed: plans.load(store, listed.id))
        tried(lambda listed=listed: plans.history(store, listed.id))
    tried(lambda: evidence.entries(store, with_history=True))
    tried(lambda: plans.saved(store))
    tried(lambda: remembered_mapping(store, FEED))
    tried(lambda: base_map(store, area))
    tried(lambda: network(store, area))
    tried(lambda: read_postcodes(store, area))
    for read in (read_record, read_fetching, read_accepted, read_measured, read_log):
        tried(lambda read=read: read(store))
    if first:
        raise first[0]


def _whole(incidents: Any, manifest: Manifest) -> None:
    """Refuse a month of which another number of rows is loaded than the manifest says."""
    told: dict[str, int] = {}
    for unit in manifest.units.values():
        if unit.source == "police.uk":
            told[unit.month] = told.get(unit.month, 0) + unit.rows
    counts = incidents.frame["month"].astype(str).value_counts()
    for month, held in counts.items():
        if held > told.get(str(month), 0):
            raise Lost(f"{month}: {held} rows loaded, {told.get(str(month), 0)} in the manifest")


def stored(world: World, one: Sample, folder: Path) -> None:
    """Put a spoiled file into a store, and look at all of it."""
    store = copied(world, folder)
    path = store / one.name
    path.unlink(missing_ok=True)
    path.write_bytes(one.raw)
    look(world, store)


def renamed(world: World, one: Sample, folder: Path) -> None:
    """Put a spoiled Parquet file into a store with the check sum that it now has, as nobody but a vandal would."""
    store = copied(world, folder)
    manifest = read_manifest(store)
    assert manifest is not None
    name = f"{one.name.rsplit('.', 2)[0]}.{hashlib.sha256(one.raw).hexdigest()[:16]}.parquet"
    (store / name).write_bytes(one.raw)
    units = {
        key: replace(
            unit,
            path=name if unit.path == one.name else unit.path,
            counts=name if unit.counts == one.name else unit.counts,
        )
        for key, unit in manifest.units.items()
    }
    files = {
        key: replace(file, rejected_path=name) if file.rejected_path == one.name else file
        for key, file in manifest.files.items()
    }
    (store / MANIFEST).unlink()
    commit(store, replace(manifest, units=units, files=files))
    look(world, store)


def parquet(rng: Random, one: Sample) -> Sample:
    """Spoil a Parquet file: its bytes, or its columns."""
    if rng.random() < 0.5:
        return any_bytes(rng, one)
    found = pq.ParquetFile(io.BytesIO(one.raw)).read()
    with suppress(pa.ArrowException, NotImplementedError):
        found = _spoil_columns(rng, found)
    out = io.BytesIO()
    pq.write_table(found, out)
    return Sample(one.name, out.getvalue())


def _spoil_columns(rng: Random, found: pa.Table) -> pa.Table:
    at = rng.randrange(found.num_columns)
    name, column = found.column_names[at], found.column(at)
    match rng.randrange(8):
        case 0:
            return found.drop_columns(name)
        case 1:
            return found.rename_columns([words(rng)[:50] if each == name else each for each in found.column_names])
        case 2:
            return found.set_column(at, name, pa.nulls(len(found), column.type))
        case 3:
            kind = rng.choice((pa.string(), pa.int64(), pa.float64(), pa.binary(), pa.bool_(), pa.timestamp("ns")))
            return found.set_column(at, name, column.combine_chunks().cast(kind, safe=False))
        case 4:
            return found.slice(0, rng.randrange(len(found) + 1))
        case 5:
            return pa.concat_tables([found, found])
        case 6:
            return found.append_column(words(rng)[:50], column)
        case _:
            plain = column.cast(column.type.value_type) if pa.types.is_dictionary(column.type) else column
            text = pa.types.is_string(plain.type)
            other: Any = words(rng)[:90] if text else rng.choice((0, -1, 10**6, float("nan"), 1e308, None))
            kind = plain.type
            if not text and not pa.types.is_floating(kind):
                other = rng.choice((0, -1, 120, None))
            where = pa.array([rng.random() < 0.3 for _ in range(len(found))])
            changed = pc.if_else(where, pa.scalar(other, kind), plain)
            return found.set_column(
                at, name, changed.cast(column.type) if column.type == kind else changed.dictionary_encode()
            )


def lists(rng: Random, one: Sample) -> Sample:
    """Spoil one of the small files of a store."""
    if one.name.endswith(".json"):
        return tree(rng, one)
    if one.name.endswith(".jsonl"):
        lines = one.raw.splitlines()
        at = rng.randrange(len(lines))
        lines[at] = tree(rng, Sample(one.name, lines[at])).raw
        return Sample(one.name, b"\n".join(lines))
    return any_bytes(rng, one)


def small_files(world: World) -> tuple[Sample, ...]:
    """Give the lists of a store."""
    manifest = read_manifest(good_store(world))
    assert manifest is not None
    unit = next(iter(manifest.units.values()))
    said = Acceptance(unit.force, unit.month, unit.file, unit.rows, "analyst", NOW.isoformat())
    one = Measurement("E08000011", "Somewhere", "Drugs", "2024-01", "2024-12", 12, parts={"hotspots": ({"a": 1.0},)})
    return (
        *kept("fetched.json", "acts.jsonl", "feeds/*.json")(world),
        Sample("accepted.json", json.dumps({"format": 1, "accepted": [asdict(said)]}).encode()),
        Sample("measured.json", json.dumps({"format": 1, "measured": [asdict(one)]}).encode()),
    )


SETTINGS = (
    Sample(
        "access.toml",
        b'[access]\nlook = ["@example.org"]\nimport = ["a@example.org"]\nplan = ["b@example.org", "@example.net"]\n'
        b'accept = []\nadministrators = ["c@example.org"]\nclaim = "email"\nhours = 8\n',
    ),
)


def settings(world: World, one: Sample, folder: Path) -> None:
    """Read who may do what."""
    path = folder / one.name
    path.write_bytes(one.raw)
    found = read_access(path)
    if found is not None:
        found.actor_of("a@example.org")


def backups(world: World) -> tuple[Sample, ...]:
    """A backup of the good store."""
    file = world.folder / "kept.zip"
    if not file.exists():
        backup(good_store(world), file, ROOT / "data" / "area.toml")
    return (Sample(file.name, file.read_bytes()),)


def restored(world: World, one: Sample, folder: Path) -> None:
    """Restore a backup; one that is refused leaves nothing behind."""
    file, store = folder / one.name, folder / "restored"
    file.write_bytes(one.raw)
    before = set(folder.rglob("*"))
    try:
        restore(file, store).lines()
    except InputError as error:
        left = set(folder.rglob("*")) - before
        if any(path.is_file() for path in left):
            raise Lost(f"a backup that was refused left {sorted(path.name for path in left)}") from error
        raise
    if not verify(store).ok:
        raise Lost("a backup was restored, and the store does not verify")


def manifest_bytes(rng: Random, one: Sample) -> Sample:
    """Spoil one value of a manifest's text, and leave it JSON: one digit or letter is another."""
    found = bytearray(one.raw)
    for _ in range(rng.choice((1, 1, 2))):
        at = rng.choice([n for n, byte in enumerate(found) if chr(byte).isalnum()])
        found[at] = ord(rng.choice("0123456789abcdef" if chr(found[at]) in "0123456789abcdef" else "xyzE-"))
    return Sample(one.name, bytes(found))


def same_version(rng: Random, one: Sample) -> Sample:
    """Spoil a manifest by its values, and write the digest that it now has."""
    spoiled = tree(rng, one)
    try:
        raw = json.loads(spoiled.raw)
        from data.store.manifest import _digest

        raw["version"] = _digest({part: raw[part] for part in ("layer", "units", "files", "revisions")})
        return Sample(one.name, json.dumps(raw).encode("utf-8", "surrogatepass"))
    except (ValueError, KeyError, TypeError, RecursionError, AttributeError):
        return spoiled


def plan_bytes(rng: Random, one: Sample) -> Sample:
    """Spoil the file of plans in its bytes alone."""
    return Sample(one.name, raw_bytes(rng, one.raw))
