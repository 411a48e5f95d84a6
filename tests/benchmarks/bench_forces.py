"""Import of a national archive: made of real months, 43 forces a month, of which one is the area's.

``python -m tests.benchmarks --only forces``. The other 42 hold the same rows some 220 km further south, so that all but
one force's lie outside; the archive is packed before the clock starts.
"""

from __future__ import annotations

import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

from data.published.police_uk import import_paths
from tests.benchmarks import given
from tests.benchmarks.run import peak_mb
from tests.benchmarks.table import Row, by_clocks

FORCES, MONTHS = 43, 7
MOST_SECONDS, MOST_MB = 6.4, 307.0  # by the clock on the wall, when nothing else runs
_OWN, _OTHER = "merseyside", "force-{:02d}"
_NORTH, _SOUTH = b",53.", b",51."  # degrees of latitude


def national(folder: Path, months: int) -> tuple[Path, int]:
    """Pack the last real months as those of 43 forces; also gives the rows in it."""
    path, rows = folder / "national.zip", 0
    folder.mkdir(parents=True, exist_ok=True)
    with (
        zipfile.ZipFile(given.archives()[-1]) as real,
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed,
    ):
        names = sorted(name for name in real.namelist() if name.endswith("-street.csv"))[-months:]
        for name in names:
            own = real.read(name)
            rows += (own.rstrip(b"\n").count(b"\n")) * FORCES
            packed.writestr(name, own)
            other = own.replace(_NORTH, _SOUTH)
            for number in range(1, FORCES):
                packed.writestr(name.replace(_OWN, _OTHER.format(number)), other)
    return path, rows


def rows(quick: bool) -> Iterator[Row]:
    """One import into an empty store."""
    path, count = national(given.folder() / "national", 1 if quick else MONTHS)
    reports = []
    ((wall, used),) = by_clocks(
        (lambda: reports.append(import_paths([path], given.folder() / "of_all", given.area())),),
        (time.perf_counter, time.process_time),
        1,
    )
    read = reports[0].total("rows_read")
    if not reports[0].ok or read != count:
        raise ValueError(f"{read:,} of {count:,} rows were read")
    work = f"import of {FORCES} forces, one of the area"
    yield Row(work, wall, limit=None if quick else MOST_SECONDS, rows=read)
    yield Row(work, used, "s of processor", rows=read)
    if (peak := peak_mb()) is not None:
        yield Row("memory of that import, its archive's packing included", (peak,), "MB", limit=MOST_MB, rows=read)
