"""Files as partners send them, made for tests: the demonstration's feed under a council's own column names."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from data.place.area import Area
from data.store.schema import Incidents

HEADER = (
    "Case Ref",
    "Date Occurred",
    "Time",
    "Easting",
    "Northing",
    "National ASB Type",
    "Incident Type",
    "Caller Name",
    "Caller Phone",
    "Log Text",
)
# How a council words the kinds that the demonstration has.
WORDS = {
    "fireworks": "Fireworks - inappropriate use",
    "nuisance vehicle": "Vehicle nuisance / off-road bikes",
    "neighbour dispute": "Nuisance neighbour",
    "youth disorder": "Rowdy youths",
    "noise": "Noise",
    "street drinking": "Street drinking",
    "fly-tipping": "Litter or fly-tipping",
    "deliberate fire": "Deliberate fire",
    "threats or abuse": "Threats",
    "graffiti": "Other",
}
_PEOPLE = ("Mrs A Example", "Mr B Sample", "Ms C Specimen", "J Anyone", "P Nobody")
SECRET = ("Example", "Sample", "Specimen", "07700 900", "07700900", "knocked on the door")


def rows_of(feed: Incidents, most: int | None = None) -> list[dict[str, str]]:
    """One dict a row, by ``HEADER``, in the order of time; dates as British offices write them."""
    frame = feed.frame if most is None else feed.frame.head(most)
    times = pd.DatetimeIndex(frame["occurred_at"])
    return [
        {
            "Case Ref": f"C{number:06d}",
            "Date Occurred": at.strftime("%d/%m/%Y"),
            "Time": at.strftime("%H:%M"),
            "Easting": f"{east:.0f}",
            "Northing": f"{north:.0f}",
            "National ASB Type": str(kind).capitalize(),
            "Incident Type": WORDS.get(str(sub), str(sub)),
            "Caller Name": _PEOPLE[number % len(_PEOPLE)],
            "Caller Phone": f"07700 900{number % 1000:03d}",
            "Log Text": f"Caller {number} says that somebody knocked on the door and ran away",
        }
        for number, (at, east, north, kind, sub) in enumerate(
            zip(times, frame["easting_m"], frame["northing_m"], frame["asb_type"], frame["subcategory"], strict=True),
            start=1,
        )
    ]


def partner_csv(feed: Incidents, most: int | None = None) -> bytes:
    """Write a council's CSV out of a feed: own column names, British dates, and columns that must never be kept.

    Parameters
    ----------
    feed : Incidents
        Such as ``make_demo(area).feed``.
    most : int, optional
        Rows at most.
    """
    return csv_bytes(HEADER, rows_of(feed, most))


def csv_bytes(header: Sequence[str], rows: Iterable[Mapping[str, object]], delimiter: str = ",") -> bytes:
    """Write a CSV."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([[row[name] for name in header] for row in rows])
    return out.getvalue().encode("utf-8")


def workbook(sheets: Mapping[str, Sequence[Sequence[object]]]) -> bytes:
    """Write an Excel workbook: rows of cells by sheet."""
    import openpyxl

    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        page = book.create_sheet(title)
        for row in rows:
            page.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def points_in(area: Area, n: int, seed: int = 1) -> list[tuple[int, int]]:
    """Whole metres of points inside the wards of an area, easting and northing."""
    rng = np.random.default_rng(seed)
    inside = [polygon.representative_point() for polygon in area.wards.polygons]
    chosen = [inside[k] for k in rng.integers(len(inside), size=n)]
    return [(round(point.x), round(point.y)) for point in chosen]


def everything_in(folder: Path) -> bytes:
    """Bytes of every file of a folder, Parquet unpacked into text, to look for what must not be there."""
    import pyarrow.parquet as pq

    parts = []
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            parts.append(path.read_bytes())
            if path.suffix == ".parquet":
                parts.append(pq.read_table(path).to_pandas().to_csv().encode())
    return b"\n".join(parts)
