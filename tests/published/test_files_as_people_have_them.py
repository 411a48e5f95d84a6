"""Police files from the shared cases, and real months as people break them: what is kept, and what is told."""

from __future__ import annotations

import csv
import io
import shutil
import zipfile
from pathlib import Path

import numpy as np
import pytest

from data.kinds.crime_types import ASB
from data.place.area import Area
from data.published.police_uk import import_paths
from data.store.manifest import read_manifest
from data.store.report import FileReport
from data.store.store import load
from data.store.whole import IN_ALL, TYPE_GONE
from tests.conftest import need
from tests.published.police_files import NOW, put


def imported(shared: Path, case: str, area: Area, store: Path) -> FileReport:
    folder = shared / "cases" / case
    need(folder.is_dir(), f"the case {case} in ../shared/data/cases")
    (file,) = import_paths(sorted(folder.glob("*.csv")), store, area).files
    assert file.rows_read == file.loaded + file.rejected + file.outside + file.joined
    return file


def test_types_of_before_may_2013_are_loaded_under_their_own_names(shared: Path, area: Area, tmp_path: Path) -> None:
    file = imported(shared, "oldtypes", area, tmp_path)
    assert (file.loaded, file.rejected) == (3, 0)
    kinds = load(tmp_path, area).frame["category"].tolist()
    assert sorted(kinds) == ["Burglary", "Public disorder and weapons", "Violent crime"]
    manifest = read_manifest(tmp_path)
    assert manifest is not None
    assert dict(manifest.units["police.uk/merseyside/2012-01"].by_type) == dict.fromkeys(sorted(kinds), 1)


def test_equal_rows_of_one_id_are_one_incident(shared: Path, area: Area, tmp_path: Path) -> None:
    file = imported(shared, "dup13", area, tmp_path)
    assert (file.rows_read, file.loaded, file.joined) == (13, 1, 12)
    assert len(load(tmp_path, area).frame) == 1
    (again,) = import_paths(sorted((shared / "cases" / "dup13").glob("*.csv")), tmp_path, area).files
    assert (again.status, again.joined) == ("unchanged", 12)


def test_empty_rows_at_the_end_are_passed_over(shared: Path, area: Area, tmp_path: Path) -> None:
    file = imported(shared, "blanktail", area, tmp_path)
    assert (file.rows_read, file.loaded, file.rejected) == (5, 5, 0), "rows without an ID stand, equal or not"
    assert file.notes == ("2 rows without any text passed over",)


@pytest.fixture(scope="module")
def months(shared: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(shared / "police_uk" / "merseyside_2022-10_to_2024-12.zip") as packed:
        wanted = ("2024-06", "2024-08", "2024-10")
        return {month: packed.read(f"{month}/{month}-merseyside-street.csv") for month in wanted}


def test_a_real_month_saved_again_gives_the_same_file_of_the_store(
    months: dict[str, bytes], real_store: Path, area: Area, tmp_path: Path
) -> None:
    rows = list(csv.reader(io.StringIO(months["2024-10"].decode("utf-8"))))
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(rows[0])
    writer.writerows([["Oct-24" if cell == "2024-10" else cell for cell in row] for row in rows[1:]])
    again = put(tmp_path, out.getvalue().encode("utf-16"), "2024-10-merseyside-street.csv")
    (file,) = import_paths([again], tmp_path / "store", area, now=NOW).files
    assert file.notes == (
        "text in UTF-16, not in UTF-8",
        "columns parted by semicolons, not by commas",
        "months such as Oct-24 as 2024-10",
    )
    was, now = read_manifest(real_store), read_manifest(tmp_path / "store")
    assert was is not None
    assert now is not None
    unit = "police.uk/merseyside/2024-10"
    assert now.units[unit].path == was.units[unit].path, "the name tells the content"
    assert now.units[unit].by_type == was.units[unit].by_type


def test_months_that_lost_a_part_are_told(
    months: dict[str, bytes], real_store: Path, area: Area, tmp_path: Path
) -> None:
    shutil.copytree(real_store, tmp_path / "store")
    lines = {month: raw.splitlines(keepends=True) for month, raw in months.items()}
    drawn = np.random.default_rng(12).random(len(lines["2024-10"])) < 0.3
    cut = {
        "2024-06": lines["2024-06"][: len(lines["2024-06"]) // 5],
        "2024-08": [line for line in lines["2024-08"] if f",{ASB},".encode() not in line],
        "2024-10": [line for n, line in enumerate(lines["2024-10"]) if n == 0 or drawn[n]],
    }
    paths = [put(tmp_path, b"".join(part), f"{month}-merseyside-street.csv") for month, part in cut.items()]
    report = import_paths(paths, tmp_path / "store", area, now=NOW)
    told = {doubt.month: {short.rule for short in doubt.shortfalls} for doubt in report.in_doubt}
    assert sorted(told) == sorted(cut)
    assert IN_ALL in told["2024-06"] & told["2024-10"]
    assert TYPE_GONE in told["2024-08"]
