"""A small area of two wards with incidents in some of its cells, and another one that differs in its code and name."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from data.place.area import Area, load_area
from data.store.schema import Incidents
from tests.made_incidents import made

CODE, NAME = "Z09000001", "Elsewhere"
_FILE = f"""
name = "{NAME}"
code = "{CODE}"
ward_file = "wards.gpkg"
lockdown = "none"
[forces]
area = ["norfolk"]
[wards]
Z1 = "West"
Z2 = "East"
"""


def small_area(folder: Path) -> Area:
    """Two wards of 2 km by 2 km, side by side."""
    shapes = [shapely.box(340_000 + 2000 * i, 390_000, 342_000 + 2000 * i, 392_000) for i in range(2)]
    names = {"WD24CD": ["Z1", "Z2"], "WD24NM": ["West", "East"]}
    gpd.GeoDataFrame(names, geometry=shapes, crs=27700).to_file(folder / "wards.gpkg", driver="GPKG")
    (folder / "area.toml").write_text(_FILE, encoding="utf-8")
    return load_area(folder / "area.toml")


def some_incidents(area: Area, months: int, first: str = "2018-04", a_month: float = 60.0) -> Incidents:
    """Incidents with nothing planned: busy and quiet cells, month after month."""
    rng = np.random.default_rng(months)
    grid = area.grid()
    span = pd.period_range(first, periods=months, freq="M")
    rate = rng.gamma(0.5, 1.0, len(grid.cells))
    counts = rng.poisson(a_month * rate / rate.sum(), (months, len(rate)))
    at, cell = np.nonzero(counts)
    many = counts[at, cell]
    east, north = (np.repeat(side, many) for side in grid.centres(grid.cells[cell]))
    return made(east, north, span[np.repeat(at, many)], span, ward_code=np.where(east < 342_000, "Z1", "Z2"))


def as_another_area(area_file: Path, folder: Path) -> Path:
    """The same wards under another code and name: the store stays usable, and what came with the project is not its."""
    text = area_file.read_text(encoding="utf-8")
    area = load_area(area_file)
    for old, new in (
        (f'name = "{area.name}"', f'name = "{NAME}"'),
        (f'code = "{area.code}"', f'code = "{CODE}"'),
        ('kind = "borough"', 'kind = "county"'),
        (f"term dates as {area.name} Council published them", "term dates as published"),
        ('"wards.geojson"', f'"{(area_file.parent / "wards.geojson").as_posix()}"'),
    ):
        assert old in text
        text = text.replace(old, new, 1)
    (folder / "area.toml").write_text(text, encoding="utf-8")
    return folder / "area.toml"
