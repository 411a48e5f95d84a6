"""A county as a second area: its wards as published, and a year of one crime type in files of the published form."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import pandas as pd

from data.kinds.crime_types import ASB
from data.place.area import Area
from data.place.area_made import Place, make_area
from data.published.police_uk import import_paths
from tests.published.police_files import HEADER, NOW

FORCE = "lancashire"
ROWS = 56_434


@dataclass(frozen=True)
class County:
    """The county with its incidents imported, and the rows they were made from."""

    area: Area
    store: Path
    rows: pd.DataFrame
    wards: gpd.GeoDataFrame
    notes: tuple[str, ...]


def make_county(shared: Path, folder: Path) -> County:
    """Make an area file beside the published boundaries, and a store of files of the published form, in a folder."""
    source = shared / "boundaries" / "lancashire_wards.gpkg"
    wards = gpd.read_file(source)
    place = Place(name="Lancashire", code="E10000017", kind="county", forces=(FORCE,))
    area, notes = make_area(source, folder / "lancashire.toml", place, vintage="as published with the rows")
    rows = pd.read_csv(shared / "police_uk" / "lancashire_asb_2022.csv", dtype=str, keep_default_na=False)
    rows["month"] = rows["month"].str[:7]
    for month, part in rows.groupby("month"):
        published = pd.DataFrame("", index=part.index, columns=list(HEADER))
        published["Month"] = part["month"]
        published["Reported by"] = published["Falls within"] = "Lancashire Constabulary"
        published["Longitude"], published["Latitude"] = part["longitude"], part["latitude"]
        published["Location"], published["LSOA code"] = part["location"], part["lsoa_code"]
        published["Crime type"] = ASB
        target = folder / "files" / str(month) / f"{month}-{FORCE}-street.csv"
        target.parent.mkdir(parents=True)
        published.to_csv(target, index=False, lineterminator="\r\n")
    report = import_paths([folder / "files"], folder / "store", area, now=NOW)
    assert report.ok, report.lines()
    assert report.total("rows_read") == ROWS
    return County(area, folder / "store", rows, wards, notes)
