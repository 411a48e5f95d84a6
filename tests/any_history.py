"""Histories that nobody tried: any number of months, of any shape, in an area of any number of wards."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable
from functools import cache
from itertools import product
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from data.kinds.crime_types import ASB, DRUGS
from data.place.area import Area, load_area
from data.store.schema import Incidents, conform

SHOP = "Shoplifting"
CATEGORIES = (ASB, DRUGS, SHOP)
LENGTHS = (*range(37), 48, 73, 120, 200)
WARDS = (1, 2, 15, 271, 300)
LAST = "2024-12"
_SIDE_M = 1000.0
_WEST, _SOUTH = 340_000.0, 390_000.0
_POINTS = 12  # snap points of a ward
_SEASON = np.array([0.8, 0.85, 0.95, 1.05, 1.0, 1.0, 1.12, 1.1, 1.0, 1.6, 0.88, 0.65])


def _level(months: pd.PeriodIndex) -> NDArray[np.float64]:
    return np.asarray(_SEASON[np.asarray(months.month) - 1])


def _spike(months: pd.PeriodIndex) -> NDArray[np.float64]:
    shape = np.zeros(len(months))
    shape[len(shape) // 2 : len(shape) // 2 + 1] = 20.0
    return shape


SHAPES: dict[str, Callable[[pd.PeriodIndex], NDArray[np.float64]]] = {
    "season": _level,
    "gaps": _level,
    "clipped": _level,
    "constant": lambda months: np.ones(len(months)),
    "nothing": lambda months: np.zeros(len(months)),
    "one spike": _spike,
    "fall, then level": lambda months: _level(months) * np.maximum(2.0 - np.arange(len(months)) / 18.0, 0.6),
    "few": lambda months: 0.03 * _level(months),
    "county": lambda months: 12.0 * _level(months),
}


@cache
def make_area(folder: Path, wards: int) -> Area:
    """An area of so many square wards with residents, townships, seasons, operations, priorities and a target."""
    return load_area(area_file(folder, wards))


def area_file(folder: Path, wards: int) -> Path:
    """Write the area file of :func:`make_area` with its boundaries."""
    codes = [f"E05{900_000 + number:06d}" for number in range(wards)]
    names = [f"Ward {number + 1}" for number in range(wards)]
    wide = int(np.ceil(np.sqrt(wards)))
    boxes = [
        shapely.box(_WEST + _SIDE_M * (n % wide), _SOUTH + _SIDE_M * (n // wide),
                    _WEST + _SIDE_M * (n % wide + 1), _SOUTH + _SIDE_M * (n // wide + 1))
        for n in range(wards)
    ]  # fmt: skip
    shapes = gpd.GeoDataFrame({"ward_code": codes, "ward_name": names}, geometry=boxes, crs=27700).to_crs(4326)
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"wards_{wards}.geojson"
    shapes.to_file(file, driver="GeoJSON")
    half = max(wards // 2, 1)
    lines = [
        'name = "Anywhere"', 'kind = "district"', 'code = "E07999999"', f"ward_file = {json.dumps(file.name)}",
        'ward_vintage = "made for tests"', "buffer_m = 1000", "[forces]", 'area = ["anywhere"]',
        "[residents]", 'source = "made for tests"', "[residents.by_ward]",
        *(f"{code} = {8000 + 100 * (n % 40)}" for n, code in enumerate(codes)),
        "[wards]", *(f'{code} = "{name}"' for code, name in zip(codes, names, strict=True)),
        "[[townships]]", 'name = "West"', f"wards = {json.dumps(codes[:half])}",
        *(("[[townships]]", 'name = "East"', f"wards = {json.dumps(codes[half:])}") if wards > 1 else ()),
        "[[seasons]]", 'key = "summer"', 'name = "Summer holidays"', "months = [7, 8]",
        "[[seasons]]", 'key = "halloween"', 'name = "Halloween"', "months = [10]",
        "[[seasons]]", 'key = "bonfire"', 'name = "Bonfire Night"', "months = [11]",
        "[[operations]]", 'name = "Halloween and Bonfire Night"', 'season = "halloween"',
        'starts = "10-25"', 'ends = "11-08"',
        "[target]", f'category = "{ASB}"', "change = -0.06", 'by = "2026/27"',
        "[[priorities]]", 'name = "Anti-social behaviour"', f'categories = ["{ASB}", "{DRUGS}"]', 'missing = ""',
    ]  # fmt: skip
    path = folder / f"area_{wards}.toml"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def history(area: Area, shape: str, months: int, last: str = LAST, rate: float = 6.0) -> Incidents:
    """Incidents of three crime types, ``rate`` a ward and usual month, from so many months up to ``last``.

    Of ``"gaps"`` a fifth of the months is missing, of ``"clipped"`` a run in the middle; the first and the last are
    there. The same arguments give the same incidents.
    """
    rng = np.random.default_rng(zlib.crc32(f"{shape} {months} {last} {len(area.wards.codes)}".encode()))
    every = pd.period_range(end=last, periods=months, freq="M") if months else pd.PeriodIndex([], freq="M")
    wanted = np.ones(months, dtype=bool)
    if shape == "gaps":
        wanted[1:-1] = rng.random(max(months - 2, 0)) > 0.2
    elif shape == "clipped":
        wanted[months // 3 : months // 2] = False
        wanted[[0, -1] if months else []] = True
    kept = every[wanted]
    level = SHAPES[shape](every)[wanted]
    wards = len(area.wards.codes)
    # a large area is simulated more thinly, so that it takes no longer
    rate = rate * min(1.0, 40 / wards)
    parts = []
    for category, size in zip(CATEGORIES, (1.0, 0.6, 0.1), strict=True):
        mean = rate * size * level[:, None] * np.linspace(0.4, 1.6, wards)[None, :]
        number = np.round(mean).astype(int) if shape == "constant" else rng.poisson(mean)
        row, ward = np.repeat(np.indices(number.shape).reshape(2, -1), number.ravel(), axis=1)
        parts.append((np.full(len(row), category, dtype=object), row, ward))
    kind, row, ward = (np.concatenate([part[i] for part in parts]) for i in range(3))
    wide = int(np.ceil(np.sqrt(wards)))
    point = np.minimum(rng.geometric(0.3, len(row)) - 1, _POINTS - 1)
    across, up = (point % 4 + 0.5) / 4, (point // 4 + 0.5) / 3
    frame = pd.DataFrame(
        {
            "incident_id": [f"made:{n}" for n in range(len(row))],
            "source": "police.uk",
            "force": "anywhere",
            "month": kept.asi8[row] if len(kept) else np.zeros(0, dtype=np.int64),
            "category": kind,
            "easting_m": _WEST + _SIDE_M * (ward % wide + across),
            "northing_m": _SOUTH + _SIDE_M * (ward // wide + up),
            "location": [f"On or near {name} Street" for name in np.char.mod("%d", point)],
            "ward_code": np.array(area.wards.codes, dtype=object)[ward],
        }
    )
    return Incidents(conform(frame), kept, f"{shape} {months} {last} {wards}")


def pairs(*axes: tuple[object, ...]) -> list[tuple[object, ...]]:
    """Few combinations in which every pair of values of two axes is met (greedy, always the same)."""
    wanted = {(i, a, j, b) for i in range(len(axes)) for j in range(i) for a, b in product(axes[i], axes[j])}
    rng = np.random.default_rng(1)
    found: list[tuple[object, ...]] = []
    while wanted:
        i, a, j, b = min(wanted, key=repr)
        best, held = (), -1
        for _ in range(30):
            row = [axis[int(rng.integers(len(axis)))] for axis in axes]
            row[i], row[j] = a, b
            met = sum((k, row[k], m, row[m]) in wanted for k in range(len(axes)) for m in range(k))
            if met > held:
                best, held = tuple(row), met
        found.append(best)
        wanted -= {(k, best[k], m, best[m]) for k in range(len(axes)) for m in range(k)}
    return found
