"""From the checked rows of one file to the state of the store in which they count."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from data.place.area import Area
from data.store.checks import Checked, check_rows, month_ordinal
from data.store.inputs import Container, Entry
from data.store.locate import Locator
from data.store.manifest import Layer, Manifest
from data.store.report import FileReport
from data.store.rows import read_rows
from data.store.staging import RESTORED, known_file, stage, unchanged
from data.store.units import unit_tables
from tests.published.police_files import Points, contents, crime, points_of, row, table
from tests.store import made_states
from tests.store.made_states import DAYS, FILE

SHA = "f" * 64
AT = "2025-01-15T12:00:00+00:00"
KEY = "police.uk/somewhere/2024-10"

UNIT = replace(made_states.UNIT, counts="counts/a.parquet")
STATE = replace(made_states.STATE, units={UNIT.key: UNIT})
OCTOBER = datetime.date(2024, 10, 1)


def check(rows: Sequence[Mapping[str, str]], named: tuple[str, str] | None = None) -> Checked:
    return check_rows(read_rows("a.csv", table(rows)), named, month_ordinal("2025-01"))


def staged(
    state: Manifest,
    store: Path,
    area: Area,
    rows: Sequence[Mapping[str, str]],
    *,
    name: str = "a.csv",
    sha256: str = SHA,
    archive: bool = False,
) -> tuple[Manifest, FileReport]:
    entry = Entry(f"2024-10.zip/{name}" if archive else name, name)
    container = Container("2024-10.zip", Path("somewhere/2024-10.zip"), archive=archive, entries=(entry,))
    checked = check(rows, entry.named)
    return stage(state, store, area, Locator(area), container, entry, sha256, checked, AT)[:2]


@pytest.fixture
def at(area: Area) -> Points:
    return points_of(area)


@pytest.fixture
def empty(area: Area) -> Manifest:
    return Manifest(Layer.of(area))


# --- units


def test_what_is_stored_of_a_unit(area: Area, at: Points) -> None:
    rows = [
        row(at.other),
        crime(at.inside, 1),
        row(at.outside),
        row(("", "")),
        row(at.buffer, Location="", LSOA_code=""),
        row(at.inside, Location="Elm Street", LSOA_code="E02"),
    ]
    (unit,) = unit_tables(check(rows), Locator(area), area)
    assert (unit.force, unit.month, unit.in_area, unit.outside) == ("somewhere", "2024-10", 3, 1)
    words = pa.dictionary(pa.int32(), pa.string())
    assert {one.name: one.type for one in unit.table.schema} == {
        "incident_id": pa.string(),
        "month": pa.date32(),
        "category": words,
        "easting_m": pa.float64(),
        "northing_m": pa.float64(),
        "location": words,
        "lsoa_code": words,
        "ward_code": words,
        "outcome": words,
    }
    east, north, _ = Locator(area)(*(unit_degrees(point) for point in zip(at.other, at.inside, at.buffer, strict=True)))
    place = dict(zip(("other", "inside", "buffer"), zip(east.tolist(), north.tolist(), strict=True), strict=True))
    codes = area.wards.codes
    prefix = "police.uk:somewhere:2024-10:"
    asb, drugs, street = "Anti-social behaviour", "Drugs", "On or near High Street"
    assert [tuple(one.values()) for one in unit.table.to_pylist()] == [
        (f"{prefix}1", OCTOBER, asb, *place["other"], street, "E01006448", codes[-1], None),
        (f"{1:064x}", OCTOBER, drugs, *place["inside"], street, "E01006448", codes[0], "Under investigation"),
        (f"{prefix}2", OCTOBER, asb, *place["buffer"], None, None, None, None),
        (f"{prefix}3", OCTOBER, asb, *place["inside"], "Elm Street", "E02", codes[0], None),
    ]
    assert unit.table["location"].combine_chunks().dictionary.to_pylist() == [street, "Elm Street"], "what occurs"
    assert "High Street" not in repr(unit)


def unit_degrees(texts: Sequence[str]) -> object:

    return np.array([float(text) for text in texts])


def test_units_stand_by_force_and_month_and_rows_as_in_the_file(area: Area, at: Points) -> None:
    rows = [
        row(at.inside, Month=month, Falls_within=force, Location=f"{force} {month} {k}")
        for k in range(2)
        for month in ("2024-10", "2024-08", "2024-09")
        for force in ("B Police", "A Police")
    ]
    rows.append(row(at.outside, Month="2024-07", Falls_within="A Police"))
    rows.append(row(("", ""), Month="2024-06", Falls_within="A Police"))
    rows.append(row(at.inside, Month="2024-05", Falls_within="A Police", Crime_type="Sorcery"))
    units = list(unit_tables(check(rows), Locator(area), area))
    found = [(unit.force, unit.month, unit.table["location"].to_pylist(), unit.outside) for unit in units]
    # ordered by force as first met; a month without a location is there and empty, one that is all wrong is not
    months = ("2024-08", "2024-09", "2024-10")
    assert found == [
        *(("b", month, [f"B Police {month} {k}" for k in range(2)], 0) for month in months),
        ("a", "2024-06", [], 0),
        ("a", "2024-07", [], 1),
        *(("a", month, [f"A Police {month} {k}" for k in range(2)], 0) for month in months),
    ]


# --- files that are known


@pytest.mark.parametrize(
    ("sha256", "named", "known"),
    [
        ("0" * 64, None, "f1"),
        ("0" * 64, ("somewhere", "2024-10"), "f1"),
        ("0" * 64, ("somewhere", "2024-09"), None),
        ("0" * 64, ("elsewhere", "2024-10"), None),
        ("1" * 64, None, None),
    ],
)
def test_a_file_is_known_by_its_bytes_and_its_unit(
    tmp_path: Path, sha256: str, named: tuple[str, str] | None, known: str | None
) -> None:
    put_files(tmp_path, STATE)
    assert known_file(STATE, tmp_path, sha256, named) == known


def test_a_file_that_lost_a_unit_or_is_a_feed_is_not_known(tmp_path: Path) -> None:
    put_files(tmp_path, STATE)
    september = replace(UNIT, month="2024-09")
    both = replace(FILE, units=(UNIT.key, september.key))
    state = replace(STATE, units={UNIT.key: UNIT, september.key: september}, files={"f1": both})
    assert known_file(state, tmp_path, FILE.sha256, None) == "f1"
    assert known_file(state, tmp_path, FILE.sha256, ("somewhere", "2024-10")) is None, "it is more than that month"
    lost = replace(state, units={UNIT.key: UNIT, september.key: replace(september, file="f2")})
    assert known_file(lost, tmp_path, FILE.sha256, None) is None
    feed = replace(STATE, units={DAYS.key: DAYS}, files={"f1": replace(FILE, units=(DAYS.key,))})
    assert known_file(feed, tmp_path, FILE.sha256, None) is None
    # one that stands behind others is found
    first = {"f0": replace(FILE, sha256="9" * 64), "f2": replace(FILE, units=(DAYS.key,)), "f1": FILE}
    assert known_file(replace(STATE, files=first), tmp_path, FILE.sha256, None) == "f1"


@pytest.mark.parametrize("path", sorted(STATE.paths))
def test_a_file_of_which_something_stored_is_gone_is_not_known(tmp_path: Path, path: str) -> None:
    put_files(tmp_path, STATE)
    (tmp_path / path).unlink()
    assert known_file(STATE, tmp_path, FILE.sha256, None) is None


def put_files(store: Path, state: Manifest) -> None:
    for path in state.paths:
        (store / path).parent.mkdir(parents=True, exist_ok=True)
        (store / path).write_bytes(b"")


def test_the_report_of_a_known_file_has_the_counts_of_then() -> None:
    units = ("police.uk/b/2024-10", "police.uk/b/2024-09", "police.uk/a/2024-10")
    assert unchanged("copy.csv", replace(FILE, units=units)) == FileReport(
        name="copy.csv",
        status="unchanged",
        rows_read=50,
        loaded=40,
        rejected=3,
        outside=7,
        rejected_by_reason={"no location": 3},
        months=("2024-09", "2024-10"),
        forces=("a", "b"),
    )


# --- staging


def test_a_file_becomes_units_rejected_rows_and_a_report(
    area: Area, at: Points, empty: Manifest, tmp_path: Path
) -> None:
    rows = [row(at.inside), row(at.inside), row(at.buffer), row(at.outside), row(("", "")), row(at.inside, Month="x")]
    state, report = staged(empty, tmp_path, area, rows)
    (unit,) = state.units.values()
    assert list(state.units) == [KEY] == [unit.key]
    file_id = f"{SHA}:"
    assert (unit.file, list(state.files)) == (file_id, [file_id])
    assert (unit.rows, unit.in_area, unit.rejected, unit.outside, unit.first) == (3, 2, 1, 1, "")
    assert unit.path.startswith("incidents/police.uk/somewhere/2024-10.")
    file = state.files[file_id]
    assert (file.name, file.sha256, file.release, file.imported_at) == ("a.csv", SHA, "", AT)
    assert (file.rows_read, file.loaded, file.rejected, file.outside, file.units) == (6, 3, 2, 1, (KEY,))
    assert file.rejected_by_reason == {"no location": 1, "malformed month": 1}
    assert file.rejected_path is not None
    assert file.rejected_path.startswith(f"rejected/{SHA[:16]}.")
    assert sorted(contents(tmp_path)) == sorted(state.paths)
    kept = pq.ParquetFile(tmp_path / file.rejected_path).read()
    text = pa.string()
    assert [(one.name, one.type) for one in kept.schema] == [
        ("file", text),
        ("row", pa.int64()),
        *((name, text) for name in ("column", "value", "reason", "advice", "original")),
    ]
    assert [(one["file"], one["row"], one["value"]) for one in kept.to_pylist()] == [
        ("a.csv", 6, ""),
        ("a.csv", 7, "x"),
    ]
    assert report == FileReport(
        name="a.csv",
        status="loaded",
        rows_read=6,
        loaded=3,
        rejected=2,
        outside=1,
        rejected_by_reason={"no location": 1, "malformed month": 1},
        months=("2024-10",),
        forces=("somewhere",),
    )
    assert state.revisions == ()
    assert empty.units == {}, "what it was added to is unchanged"


def test_without_rejected_rows_nothing_is_put_aside(area: Area, at: Points, empty: Manifest, tmp_path: Path) -> None:
    state, _ = staged(empty, tmp_path, area, [row(at.inside)])
    (file,) = state.files.values()
    assert file.rejected_path is None
    assert [Path(path).parts[0] for path in contents(tmp_path)] == ["incidents"]


def test_an_archive_is_a_release_and_a_published_name_tells_the_unit(
    area: Area, at: Points, empty: Manifest, tmp_path: Path
) -> None:
    published = "2024-10-elsewhere-street.csv"
    state, report = staged(empty, tmp_path, area, [row(at.inside), row(("", ""))], name=published, archive=True)
    ((file_id, file),) = state.files.items()
    assert file_id == f"{SHA}:elsewhere/2024-10"
    assert (file.name, file.release) == (f"2024-10.zip/{published}", "2024-10")
    assert list(state.units) == ["police.uk/elsewhere/2024-10"]
    assert state.units["police.uk/elsewhere/2024-10"].rejected == 1
    assert (report.name, report.forces) == (file.name, ("elsewhere",))


def test_a_unit_again_gives_way_and_the_others_stay(area: Area, at: Points, empty: Manifest, tmp_path: Path) -> None:
    months = ("2024-08", "2024-09", "2024-10")
    old = [row(at.inside, Month=month) for month in months for _ in range(3)]
    first, report = staged(empty, tmp_path, area, old)
    assert (report.replaced, report.revision) == (0, ())
    new = [crime(at.inside, 1, Month=month) for month in months[1:]] + [row(at.inside, Month="2024-11")]
    second, report = staged(first, tmp_path, area, new, name="b.csv", sha256="e" * 64)
    assert [one.month for one in report.revision] == ["2024-09", "2024-10"]
    revision = report.revision[0]
    assert (revision.old_name, revision.new_name, revision.imported_at) == ("a.csv", "b.csv", AT)
    assert (revision.before, revision.after, revision.added, revision.gone_without_id) == (3, 1, 1, 3)
    assert report.replaced == 6
    assert second.revisions == report.revision
    assert {key[-7:]: unit.rows for key, unit in second.units.items()} == {
        "2024-08": 3,
        "2024-09": 1,
        "2024-10": 1,
        "2024-11": 1,
    }
    assert len(second.files) == 2
    assert set(contents(tmp_path)) == first.paths | second.paths, "the old files are there until the sweep"


def test_a_damaged_file_is_not_compared_and_told(area: Area, at: Points, empty: Manifest, tmp_path: Path) -> None:
    first, _ = staged(empty, tmp_path, area, [row(at.inside)])
    (tmp_path / first.units[KEY].path).write_bytes(b"PAR1")
    state, report = staged(first, tmp_path, area, [row(at.other)], sha256="e" * 64)
    assert state.revisions == ()
    assert report.notes[-1] == RESTORED.format(KEY)
