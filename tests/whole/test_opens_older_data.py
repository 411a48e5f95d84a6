"""A data folder that version 0.1.0 wrote opens as that version read it: incidents, feeds, roads."""

from __future__ import annotations

import hashlib
import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from data.feed.importing import import_feed
from data.feed.mapping import FeedMapping
from data.feed.propose import propose
from data.feed.remembered import remembered_mapping
from data.feed.table import read_table
from data.kinds.crime_types import ASB, DRUGS
from data.place.area import Area
from data.plan import plans
from data.plan.figures import figures
from data.published.police_uk import import_paths
from data.store.manifest import Layer, read_manifest
from data.store.schema import POLICE_UK, Incidents
from data.store.status import rejected_rows, store_status
from data.store.store import feed_names, is_empty, load, store_version
from data.streets.base_map import base_map, basemap_version
from geo.errors import InputError
from tests import tab_pages
from tests.conftest import ROOT
from tests.feed.feed_files import HEADER, csv_bytes
from tests.published import police_files

OLDER = ROOT / "tests" / "fixtures" / "made_by_0_1" / "store"
NOW = datetime(2025, 2, 10, 9, 0, tzinfo=UTC)
VERSION = "2746ce0019a4c71d"
COUNCIL, FIRE = "council-asb", "fire-service"
MERSEYSIDE, LANCASHIRE = "Merseyside Police", "Lancashire Constabulary"
COLUMNS = (
    "incident_id", "source", "force", "month", "occurred_at", "occurred_until", "category", "asb_type", "subcategory",
    "easting_m", "northing_m", "location", "lsoa_code", "ward_code", "outcome",
)  # fmt: skip

# --- what version 0.1.0 said of it -----------------------------------------------------------------------------------
# In the area, October 2023 to December 2024.
BY_MONTH = {
    ASB: [12, 15, 9, 11, 10, 8, 8, 9, 9, 13, 15, 9, 14, 12, 8],
    DRUGS: [10, 7, 0, 1, 4, 1, 3, 5, 1, 4, 2, 4, 5, 3, 2],
    "all others": [4, 3, 5, 2, 4, 6, 6, 2, 6, 0, 1, 2, 9, 11, 7],
}
# With the buffer.
BY_CATEGORY = {
    ASB: 187, "Bicycle theft": 4, "Burglary": 3, "Criminal damage and arson": 9, DRUGS: 60, "Other crime": 7,
    "Other theft": 7, "Possession of weapons": 5, "Public order": 7, "Robbery": 8, "Shoplifting": 7,
    "Theft from the person": 5, "Vehicle crime": 8, "Violence and sexual offences": 6,
}  # fmt: skip
BY_WARD = {
    "E05010935": 18, "E05010936": 22, "E05010937": 15, "E05010938": 21, "E05010939": 21, "E05010940": 14,
    "E05010941": 17, "E05010942": 21, "E05010943": 17, "E05010944": 22, "E05010945": 26, "E05010946": 14,
    "E05010947": 9, "E05010948": 21, "E05010949": 24,
}  # fmt: skip
# Source: rows, months that are whole, digest of every value of every row.
SOURCES = {
    POLICE_UK: (323, pd.period_range("2023-10", "2024-12", freq="M"), "abf2b936f4a5bd2e"),
    COUNCIL: (18, pd.period_range("2024-10", "2024-11", freq="M"), "5da27435d68461fb"),
    FIRE: (8, pd.period_range("2024-11", "2024-11", freq="M"), "0635d2e69657beff"),
}
REVISIONS = [
    "revision of merseyside 2024-10: 28 rows gave way to 29; crimes 1 added, 1 gone, 1 with another outcome; incidents "
    "without an ID 2 added, 1 gone",
    "revision of council-asb 2024-11: 10 rows gave way to 9; by reference number 0 added, 1 gone, 1 changed; without "
    "one 0 added, 0 gone",
]
STATUS = [
    "Ward layer: Knowsley, in force since May 2016, as of December 2019 (version 65a3bfb1df86), buffer 1000 m.",
    "police.uk, lancashire: 13 months from 2023-11 to 2024-12; 40 rows read, 0 in the area, 26 in the buffer, 13 "
    "outside, 1 rejected.",
    "  missing between them: 2024-05",
    "  cannot be judged whether whole (fewer than 6 other months, or than 50 rows a month): 13 months, "
    "2023-11 to 2024-12",
    "police.uk, merseyside: 15 months from 2023-10 to 2024-12; 317 rows read, 282 in the area, 15 in the buffer, 15 "
    "outside, 5 rejected.",
    "  cannot be judged whether whole (fewer than 6 other months, or than 50 rows a month): 15 months, "
    "2023-10 to 2024-12",
    "Dated feed council-asb: 2024-10-01 to 2024-12-15, 2 whole months; 24 rows read, 23 in the area, 0 in the buffer, "
    "0 outside, 1 rejected. Never added to published files.",
    "  not used until every day is covered: 2024-12",
    "Dated feed fire-service: 2024-11-01 to 2024-11-30, 1 whole months; 8 rows read, 8 in the area, 0 in the buffer, 0 "
    "outside, 0 rejected. Never added to published files.",
    "Not loaded (buffer): cheshire.",
    "Counts of other districts: import these months of lancashire again: 13 months, 2023-11 to 2024-12",
    "Counts of other districts: import these months of merseyside again: 15 months, 2023-10 to 2024-12",
    "Rejected, coordinate not a number: 2",
    *(f"Rejected, {what}: 1" for what in ("coordinates swapped", "coordinates zero", "no location", "no such date")),
    *(f"Rejected, {what}: 1" for what in ("one coordinate missing", "unknown crime type")),
    *REVISIONS,
]
REJECTED = [
    ("2024-10-merseyside-street.csv", 29, "coordinate not a number", "west of here, 53.472875"),
    ("2024-10-merseyside-street.csv", 30, "coordinates swapped", "53.472875, -2.899102"),
    ("2024-11.zip/2024-03/2024-03-merseyside-street.csv", 19, "no location", ""),
    ("2024-11.zip/2024-03/2024-03-merseyside-street.csv", 20, "coordinates zero", "0, 0"),
    ("2024-11.zip/2024-03/2024-03-merseyside-street.csv", 21, "unknown crime type", "Violent crime"),
    ("2024-11.zip/2024-08/2024-08-lancashire-street.csv", 5, "one coordinate missing", ", 53.344403"),
    ("council autumn.csv", 6, "coordinate not a number", "not known, 384905"),
    ("council autumn.csv", 9, "no such date", "31/02/2024"),
]
MAPPING = FeedMapping(
    columns={
        "start": "Date Occurred", "start_time": "Time", "easting": "Easting", "northing": "Northing",
        "reference": "Case Ref", "asb_type": "National ASB Type", "subcategory": "Incident Type",
    },
    category=ASB,
    words={
        "asb_type": {"Environmental": "environmental", "Nuisance": "nuisance", "Personal": "personal"},
        "subcategory": {
            "Deliberate fire": "deliberate secondary fires", "Fireworks - inappropriate use": "misuse of fireworks",
            "Litter or fly-tipping": "littering and drugs paraphernalia", "Noise": "noise",
            "Nuisance neighbour": "rowdy or nuisance neighbour", "Rowdy youths": "rowdy and inconsiderate behaviour",
            "Street drinking": "street drinking", "Vehicle nuisance / off-road bikes": "vehicle nuisance",
        },
    },
    day_first=True,
)  # fmt: skip


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return Path(shutil.copytree(OLDER, tmp_path / "store"))


def digest(frame: pd.DataFrame) -> str:
    text = frame[list(COLUMNS)].to_csv(index=False, lineterminator="\n", float_format="%.3f")
    return hashlib.sha256(text.encode()).hexdigest()[:16]


# --- what is there ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("source", SOURCES)
def test_every_incident_as_it_was(store: Path, area: Area, source: str) -> None:
    found = load(store, area, source)
    rows, months, values = SOURCES[source]
    assert (len(found.frame), found.source, found.simulated, found.version) == (rows, source, False, VERSION)
    assert found.months.equals(months)
    assert digest(found.frame) == values


def counts(found: Incidents) -> dict[str, list[int]]:
    """Incidents of the area by crime type and month."""
    frame = found.in_area().frame
    kind = frame["category"].astype(str)
    kind = kind.where(kind.isin(list(BY_MONTH)), "all others")
    table = pd.crosstab(kind, frame["month"].astype(str)).reindex(columns=found.months.astype(str), fill_value=0)
    return {str(name): row.tolist() for name, row in table.iterrows()}


def test_counts_of_published_incidents(store: Path, area: Area) -> None:
    found = load(store, area)
    assert counts(found) == BY_MONTH
    by_category = found.frame["category"].value_counts().sort_index()
    assert by_category[by_category > 0].to_dict() == BY_CATEGORY
    assert found.frame["ward_code"].value_counts().sort_index().to_dict() == BY_WARD
    assert found.frame["force"].value_counts().to_dict() == {"merseyside": 297, "lancashire": 26}
    assert int(found.frame["ward_code"].isna().sum()) == 41


def test_a_feed_has_its_times(store: Path, area: Area) -> None:
    fire = load(store, area, FIRE).frame.iloc[0]
    assert (fire["occurred_at"], fire["occurred_until"]) == (datetime(2024, 11, 1, 18, 1), datetime(2024, 11, 1, 21))
    council = load(store, area, COUNCIL).frame.set_index("incident_id").loc["council-asb:C000013"]
    assert (council["occurred_at"], council["asb_type"]) == (datetime(2024, 11, 6, 12, 34), "environmental")
    assert council["subcategory"] == "rowdy and inconsiderate behaviour"
    assert (council["easting_m"], council["northing_m"], council["ward_code"]) == (344_844, 391_844, "E05010945")


def test_what_is_said_of_the_store(store: Path, area: Area) -> None:
    status = store_status(store, area)
    assert status.lines() == STATUS
    assert status.ward_layer.matches
    wrong = rejected_rows(store)[["file", "row", "reason", "value"]]
    assert list(wrong.itertuples(index=False, name=None)) == REJECTED


def test_the_manifest(store: Path, area: Area) -> None:
    manifest = read_manifest(store)
    assert manifest is not None
    assert store_version(store) == manifest.version == VERSION  # what every cache and saved plan goes by
    assert manifest.layer == Layer.of(area)
    assert (len(manifest.units), len(manifest.files), len(manifest.revisions)) == (32, 30, 2)
    assert [revision.sentence for revision in manifest.revisions] == REVISIONS
    assert all((store / path).is_file() for path in manifest.paths)
    assert feed_names(store) == (COUNCIL, FIRE)
    assert not is_empty(store)


def test_the_roads_ask_to_be_loaded_again_for_water_and_green(store: Path, area: Area) -> None:
    with pytest.raises(InputError, match=r"another version of this program.*python -m data basemap"):
        base_map(store, area)
    assert basemap_version(store) == "e7ce59a6a80c"


def test_opening_writes_nothing(store: Path, area: Area) -> None:
    for source in SOURCES:
        load(store, area, source)
    store_status(store, area), rejected_rows(store), basemap_version(store), remembered_mapping(store, COUNCIL)
    plans.saved(store), figures(store)
    before, after = police_files.contents(OLDER), police_files.contents(store)
    for files in (before, after):
        del files["plans.sqlite3"]  # a later version may bring it forward: what it holds is tested elsewhere
    assert after == before


# --- going on with it ------------------------------------------------------------------------------------------------
def published(area: Area, month: str, force: str, numbers: range) -> bytes:
    """A month: ASB in two wards, a row in the buffer, one far away, one without a place, and drug offences."""
    point = police_files.points_of(area)
    own = {"Month": month, "Reported_by": force, "Falls_within": force}
    rows = [police_files.row(at, **own) for at in (point.inside, point.other, point.buffer, point.outside, ("", ""))]
    return police_files.table(rows + [police_files.crime(point.other, number, **own) for number in numbers])


def test_another_month_and_one_again(store: Path, area: Area, tmp_path: Path) -> None:
    for month, force, last in (("2025-01", MERSEYSIDE, 8), ("2025-01", LANCASHIRE, 8), ("2024-12", MERSEYSIDE, 10)):
        name = police_files.named(month, force.split()[0].lower())
        police_files.put(tmp_path / "new", published(area, month, force, range(9000 + 1, 9000 + last)), name)
    before = load(store, area)
    report = import_paths([tmp_path / "new"], store, area, now=NOW)
    assert report.ok, report.lines()
    read, loaded, rejected, outside = (report.total(name) for name in ("rows_read", "loaded", "rejected", "outside"))
    assert (read, loaded, rejected, outside) == (38, 32, 3, 3)
    assert read == loaded + rejected + outside
    after = load(store, area)
    assert list(after.months) == [*before.months, pd.Period("2025-01", "M")]
    assert digest(after.up_to(pd.Period("2024-11", "M")).frame) == digest(before.up_to(pd.Period("2024-11", "M")).frame)
    assert counts(after)[ASB] == [*BY_MONTH[ASB][:-1], 2, 4]
    assert counts(after)[DRUGS] == [*BY_MONTH[DRUGS][:-1], 9, 14]
    (revision,) = [
        line for line in store_status(store, area).lines() if line.startswith("revision of merseyside 2024-12")
    ]
    assert revision.startswith("revision of merseyside 2024-12: 18 rows gave way to 12; crimes 9 added, 9 gone, 0 with")
    units = store_status(store, area).coverage
    assert np.array_equal(units["rows_read"], units[["loaded", "rejected", "outside"]].sum(axis=1))
    assert all(digest(load(store, area, feed).frame) == SOURCES[feed][2] for feed in (COUNCIL, FIRE))


def test_the_next_file_of_a_feed_is_read_in_the_same_way(store: Path, area: Area) -> None:
    place = area.wards.polygons[0].representative_point()
    east, north = f"{place.x:.0f}", f"{place.y:.0f}"
    told = ("19:05", east, north, "Nuisance", "Noise", "Mrs A Example", "07700 900123", "")
    rows = [dict(zip(HEADER, (f"C{n:06d}", f"{n - 500:02d}/12/2024", *told), strict=True)) for n in range(501, 532)]
    raw = csv_bytes(HEADER, rows)
    table = read_table("council december.csv", raw)
    mapping = remembered_mapping(store, COUNCIL)
    assert mapping == MAPPING
    assert propose(table, area, COUNCIL).mapping.columns == MAPPING.columns
    days = (date(2024, 12, 1), date(2024, 12, 31))
    report = import_feed(table, raw, COUNCIL, mapping, store, area, period=days, today=date(2025, 1, 5), now=NOW)
    assert (report.rows_read, report.loaded, report.rejected, report.outside, report.replaced) == (31, 31, 0, 0, 5)
    found = load(store, area, COUNCIL)
    assert counts(found) == {ASB: [9, 9, 31]}
    assert digest(found.up_to(pd.Period("2024-11", "M")).frame) == SOURCES[COUNCIL][2]
    assert remembered_mapping(store, COUNCIL) == MAPPING


# --- on the page -----------------------------------------------------------------------------------------------------
def test_the_overview_opens(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at = tab_pages.open_page(monkeypatch, store, "")
    shown = {metric.label: metric.value for metric in at.metric}
    assert shown["ASB, Jan to Dec 2024"] == "126"
    assert shown["ASB in December 2024"] == "8"
    assert "Demonstration: simulated incidents." not in tab_pages.text(at)
