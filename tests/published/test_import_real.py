"""The real archives, against counts made from the raw CSVs with pandas and shapely alone."""

from __future__ import annotations

import io
import json
import shutil
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import shapely

from data.place.area import Area
from data.published.police_uk import import_paths
from data.store.schema import Incidents
from data.store.status import store_status
from data.store.store import load
from tests.published.police_files import NOW

ROOT = Path(__file__).resolve().parents[2]
ARCHIVES = ("merseyside_2018-01_to_2021-12.zip", "merseyside_2022-10_to_2024-12.zip")


def raw_month(archive: Path, month: str) -> pd.DataFrame:
    """A published CSV as pandas reads it."""
    with zipfile.ZipFile(archive) as opened:
        return pd.read_csv(io.BytesIO(opened.read(f"{month}/{month}-merseyside-street.csv")))


@pytest.fixture(scope="module")
def polygons() -> dict[str, shapely.Geometry]:
    """The ward polygons in degrees, as the file has them."""
    document = json.loads((ROOT / "data" / "wards.geojson").read_text(encoding="utf-8"))
    return {f["properties"]["ward_code"]: shapely.from_geojson(json.dumps(f["geometry"])) for f in document["features"]}


def wards_of(frame: pd.DataFrame, polygons: dict[str, shapely.Geometry]) -> pd.Series:
    """Ward of every row by point in polygon, in degrees: not the way of the import."""
    points = shapely.points(frame["Longitude"].to_numpy(), frame["Latitude"].to_numpy())
    found = pd.Series(None, index=frame.index, dtype=object)
    for code, polygon in sorted(polygons.items(), reverse=True):
        shapely.prepare(polygon)
        found[shapely.intersects(polygon, points)] = code
    return found


def test_totals(real_store: Path, real: Incidents, area: Area) -> None:
    coverage = store_status(real_store, area).coverage
    assert len(coverage) == len(real.months) == 73
    assert coverage["rows_read"].sum() == 1_018_891
    assert coverage["rejected"].sum() == 0
    assert (coverage["rows_read"] == coverage["loaded"] + coverage["rejected"] + coverage["outside"]).all()
    assert coverage["loaded"].sum() == len(real.frame)
    assert coverage["in_area"].sum() == len(real.in_area().frame)
    missing = [str(month) for month in pd.period_range("2021-10", "2021-11", freq="M")]
    missing += [str(month) for month in pd.period_range("2022-01", "2022-09", freq="M")]
    assert [month for _, month in store_status(real_store, area).gaps] == missing
    assert real.frame["incident_id"].is_unique


@pytest.mark.parametrize(
    ("month", "archive", "asb", "drugs"),
    [("2024-10", ARCHIVES[1], 270, 161), ("2018-01", ARCHIVES[0], None, None), ("2021-12", ARCHIVES[0], None, None)],
)
def test_a_month_equals_a_count_by_another_route(
    real: Incidents,
    shared: Path,
    polygons: dict[str, shapely.Geometry],
    month: str,
    archive: str,
    asb: int | None,
    drugs: int | None,
) -> None:
    raw = raw_month(shared / "police_uk" / archive, month)
    ward = wards_of(raw, polygons)
    ours = real.in_area().within(pd.Period(month), pd.Period(month)).frame
    inside = raw[ward.notna()]
    assert ours["category"].value_counts()[lambda n: n > 0].to_dict() == inside["Crime type"].value_counts().to_dict()
    assert ours["ward_code"].value_counts()[lambda n: n > 0].to_dict() == ward.dropna().value_counts().to_dict()
    assert ours["location"].value_counts()[lambda n: n > 0].to_dict() == inside["Location"].value_counts().to_dict()
    assert ours["outcome"].isna().sum() == inside["Last outcome category"].isna().sum()
    assert set(inside["Crime ID"].dropna()) <= set(ours["incident_id"])
    if asb is not None:
        assert (ours["category"] == "Anti-social behaviour").sum() == asb
        assert (ours["category"] == "Drugs").sum() == drugs
        by_name = raw["LSOA name"].str.startswith("Knowsley", na=False)  # the other way of counting, which disagrees
        assert (raw[by_name]["Crime type"] == "Anti-social behaviour").sum() == 271
        assert (raw[by_name]["Crime type"] == "Drugs").sum() == 160


def test_what_is_kept_outside_is_within_the_buffer(real: Incidents, area: Area) -> None:
    places = real.frame.loc[real.frame["ward_code"].isna(), ["easting_m", "northing_m"]].drop_duplicates().to_numpy()
    distance = shapely.distance(shapely.points(places), area.wards.outline)
    assert distance.min() > 0
    assert distance.max() <= area.buffer_m


def test_the_other_release_is_a_revision(
    real_store: Path, shared: Path, area: Area, polygons: dict[str, shapely.Geometry], tmp_path: Path
) -> None:
    store = tmp_path / "store"
    shutil.copytree(real_store, store)
    other = shared / "police_uk" / "merseyside_2024-01_to_04_other_release.zip"
    report = import_paths([other], store, area, now=NOW)
    assert report.ok
    assert [file.months for file in report.files] == [(f"2024-0{m}",) for m in (1, 2, 3, 4)]
    assert report.in_doubt == ()
    assert report.total("replaced") == report.total("loaded")
    changed, stored = 0, load(store, area).in_area()
    for file in report.files:
        (revision,) = file.revision
        old, new = (raw_month(path, revision.month) for path in (shared / "police_uk" / ARCHIVES[1], other))
        both = old.dropna(subset="Crime ID").merge(new.dropna(subset="Crime ID"), on="Crime ID")
        if revision.month == "2024-01":
            assert (len(both), (both["Last outcome category_x"] != both["Last outcome category_y"]).sum()) == (
                11_107,
                2_319,
            )
        near = both[in_reach(both["Longitude_x"], both["Latitude_x"], area)]
        assert revision.outcome_changed == (near["Last outcome category_x"] != near["Last outcome category_y"]).sum()
        assert (revision.added, revision.gone, revision.added_without_id, revision.gone_without_id) == (0, 0, 0, 0)
        changed += revision.outcome_changed
        inside = wards_of(new, polygons).notna()
        ours = stored.within(pd.Period(revision.month), pd.Period(revision.month)).frame
        expected = new[inside]["Last outcome category"].value_counts().to_dict()
        assert ours["outcome"].value_counts()[lambda n: n > 0].to_dict() == expected
    assert changed == 2_097
    assert store_status(store, area).revisions["outcome_changed"].sum() == changed
    again = import_paths([other], store, area)
    assert {file.status for file in again.files} == {"unchanged"}


def in_reach(lon: pd.Series, lat: pd.Series, area: Area) -> np.ndarray:
    """Whether points lie in the area or its buffer, by pyproj's own choice of transformation."""
    from pyproj import Transformer

    east, north = Transformer.from_crs(4326, 27700, always_xy=True).transform(lon.to_numpy(), lat.to_numpy())
    return shapely.dwithin(shapely.points(east, north), area.wards.outline, area.buffer_m)
