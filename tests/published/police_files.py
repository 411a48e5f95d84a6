"""Files of the published form, made for tests."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import shapely

from data.place.area import Area
from geo.crs import to_wgs84

HEADER = (
    "Crime ID",
    "Month",
    "Reported by",
    "Falls within",
    "Longitude",
    "Latitude",
    "Location",
    "LSOA code",
    "LSOA name",
    "Crime type",
    "Last outcome category",
    "Context",
)
NOW = datetime(2025, 1, 15, 12, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Points:
    """Published coordinates (text, six decimals) inside the first and the last ward, in the buffer and far away."""

    inside: tuple[str, str]
    other: tuple[str, str]
    buffer: tuple[str, str]
    outside: tuple[str, str] = ("-0.127800", "51.507400")


def points_of(area: Area) -> Points:
    """Points of an area."""
    first, last = (area.wards.polygons[k].representative_point() for k in (0, -1))
    edge = shapely.Point(shapely.get_coordinates(area.wards.outline.convex_hull.exterior)[0])
    centre = area.wards.outline.centroid
    length = edge.distance(centre)
    step = (length + area.buffer_m / 4) / length  # outwards from a corner of the hull
    out = shapely.Point(centre.x + (edge.x - centre.x) * step, centre.y + (edge.y - centre.y) * step)

    def degrees(point: shapely.Point) -> tuple[str, str]:
        lon, lat = to_wgs84([point.x], [point.y])
        return f"{lon[0]:.6f}", f"{lat[0]:.6f}"

    return Points(degrees(first), degrees(last), degrees(out))


def row(point: tuple[str, str], **other: str) -> dict[str, str]:
    """One published row; ASB without a Crime ID unless told otherwise (columns by name, spaces as underscores)."""
    plain = {
        "Crime ID": "",
        "Month": "2024-10",
        "Reported by": "Somewhere Police",
        "Falls within": "Somewhere Police",
        "Longitude": point[0],
        "Latitude": point[1],
        "Location": "On or near High Street",
        "LSOA code": "E01006448",
        "LSOA name": "Somewhere 001A",
        "Crime type": "Anti-social behaviour",
        "Last outcome category": "",
        "Context": "",
    }
    return plain | {key.replace("_", " "): value for key, value in other.items()}


def crime(point: tuple[str, str], number: int, outcome: str = "Under investigation", **other: str) -> dict[str, str]:
    """One published row of a crime with an ID."""
    return row(point, Crime_ID=f"{number:064x}", Crime_type="Drugs", Last_outcome_category=outcome) | {
        key.replace("_", " "): value for key, value in other.items()
    }


def table(rows: Sequence[Mapping[str, str]], *, header: Sequence[str] = HEADER, end: str = "\n") -> bytes:
    """A CSV, quoted only where it must be."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator=end)
    writer.writerow(header)
    writer.writerows([[one[name] for name in header] for one in rows])
    return out.getvalue().encode("utf-8")


def named(month: str = "2024-10", force: str = "somewhere") -> str:
    """Published name of a file."""
    return f"{month}-{force}-street.csv"


def put(folder: Path, content: bytes, name: str | None = None) -> Path:
    """Write a file."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / (name or named())
    path.write_bytes(content)
    return path


def archive(path: Path, members: Mapping[str, bytes]) -> Path:
    """Write a zip."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for name, content in members.items():
            out.writestr(name, content)
    return path


def contents(store: Path) -> dict[str, bytes]:
    """Every file of a store by name, but for locks and the log of who did what."""
    return {
        path.relative_to(store).as_posix(): path.read_bytes()
        for path in sorted(store.rglob("*"))
        if path.is_file() and path.name not in {"import.lock", "acts.lock", "acts.jsonl"}
    }
