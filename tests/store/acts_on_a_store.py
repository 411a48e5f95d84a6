"""Everything that writes into a store or beside it, each as one call, and what a store then holds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import shapely

from analysis.cli.output import FORMATS, write
from data.access.actor import HERE
from data.access.log import note
from data.measured.measurement import Measurement, keep_measured, read_measured
from data.place.area import Area
from data.place.terms_file import keep_terms, read_kept_terms
from data.plan import plans
from data.plan.evidence import Entry, entries, save_evidence
from data.plan.figures import figures, save_figure
from data.published.police_uk import take_paths
from data.store.accept import accept
from data.store.accepted import read_accepted
from data.store.backup import backup
from data.store.restore import restore
from data.store.store import feed_names, load
from data.store.verify import verify
from data.streets.base_map import basemap_version
from data.streets.importing import import_basemap
from data.streets.network import network_version
from geo.errors import InputError
from tests.feed.feed_rows import import_rows, rows
from tests.plan.made_plans import LATER, NOW, made_plan
from tests.published.police_files import crime, named, points_of, put, table
from tests.streets.made_roads import open_roads


@dataclass(frozen=True)
class Made:
    """Files to import, and where an area file lies beside the store."""

    folder: Path
    area: Area
    roads: Path
    kept: Path

    def month(self, month: str, number: int = 4) -> Path:
        at = points_of(self.area).inside
        return put(self.folder, table([crime(at, k, Month=month) for k in range(number)]), named(month))


def made(folder: Path, area: Area) -> tuple[Made, Path]:
    """Files, and a store that has something of everything."""
    ours = replace(area, forces=("somewhere",))
    told = Made(folder, ours, open_roads(folder / "roads.gpkg", ours), folder / "kept.zip")
    store = folder / "first"
    months = [told.month(f"2024-{month:02d}", 12 if month == 5 else 60) for month in range(1, 8)]
    take_paths(months, store, ours)
    plans.save(store, made_plan(), NOW)
    accept(store, ours, "somewhere", "2024-05", "analyst", now=NOW)
    import_basemap(told.roads, store, ours)
    (store / "area.toml").write_bytes(Path(ours.file).read_bytes())
    for name in ("wards.geojson",):
        (store / name).write_bytes((Path(ours.file).parent / name).read_bytes())
    backup(store, told.kept, store / "area.toml", NOW)
    return told, store


def _import(made: Made, store: Path) -> None:
    report = take_paths([made.month("2024-08", 900)], store, made.area)
    for file in report.files:
        if file.error:
            raise InputError(file.error)


def _feed(made: Made, store: Path) -> None:
    import_rows(store, made.area, rows(made.area, [f"{day:02d}/10/2024 18:00" for day in range(1, 29)]))


def _terms(made: Made, store: Path) -> None:
    file = made.folder / "terms.csv"
    file.write_text("start,end,name\n2031-09-01,2031-12-19,Autumn term 2031\n", encoding="utf-8")
    keep_terms(file, store / "area.toml", "the council")


def _table(made: Made, store: Path) -> None:
    frame = pd.DataFrame({"a": range(1000)})
    points = shapely.points(np.arange(1000.0), np.arange(1000.0))
    for ending in FORMATS:
        write(frame, store / f"out{ending}", {}, points)


ACTS: dict[str, Callable[[Made, Path], Any]] = {
    "import": _import,
    "import-feed": _feed,
    "save": lambda made, store: plans.save(store, made_plan(), LATER),
    "revise": lambda made, store: plans.revise(store, 1, 1, replace(made_plan(), title="Other"), LATER),
    "figure": lambda made, store: save_figure(store, "training", 1.0, date(2025, 1, 31), "Register", NOW),
    "evidence": lambda made, store: save_evidence(store, Entry(0, "fire", date(2025, 1, 31), "x", "", "Register", NOW)),
    "accept": lambda made, store: accept(store, made.area, "somewhere", "2024-05", whole=False, now=LATER),
    "measure": lambda made, store: keep_measured(
        store, Measurement(made.area.code, made.area.name, "Drugs", "2024-01", "2024-12", 12)
    ),
    "basemap": lambda made, store: import_basemap(made.roads, store, made.area, year=2031),
    "terms": _terms,
    "log": lambda made, store: note(store, HERE, "save", "plan 1, revision 1"),
    "backup": lambda made, store: backup(made.folder / "first", store / ".." / "new.zip", store / "area.toml", LATER),
    "restore": lambda made, store: restore(made.kept, store, replace=True, now=LATER),
    "table": _table,
}  # fmt: skip


def held(store: Path, area: Area) -> tuple[object, ...]:
    """What a store holds, as a person sees it; that every file of it is whole is asserted."""
    assert verify(store).ok
    found = load(store, area)
    kept, _ = read_kept_terms(store / "area.toml")
    return (
        found.version, len(found.frame), feed_names(store), plans.saved(store), figures(store), entries(store),
        read_accepted(store), read_measured(store), basemap_version(store), network_version(store), kept,
    )  # fmt: skip
