"""Another county, one crime type and one year: counts by district against pandas, and no difference called one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from analysis.course.beside import beside
from analysis.course.districts import district_series
from analysis.findings.beside import beside_title
from data.kinds.crime_types import ASB
from data.place.area import Area
from data.place.neighbours import neighbours_of
from data.published.police_uk import import_paths
from data.store.force_counts import force_counts
from tests.published.police_files import HEADER


@pytest.mark.long
def test_the_districts_of_lancashire_as_pandas_counts_them(shared: Path, area: Area, tmp_path: Path) -> None:
    """Runs of consecutive ward codes stand for districts: these rows carry no name of a small area."""
    wards = gpd.read_file(shared / "boundaries" / "lancashire_wards.gpkg")
    number = wards["ward_code"].str[3:].astype(int)
    order = np.sort(number.to_numpy())
    run = dict(zip(order.tolist(), np.cumsum(np.diff(order, prepend=order[0]) > 1).tolist(), strict=True))
    wards["district"] = [f"St. Run & {chr(65 + run[one])}" for one in number]
    rows = pd.read_csv(shared / "police_uk" / "lancashire_asb_2022.csv")
    points = gpd.GeoDataFrame(rows, geometry=gpd.points_from_xy(rows["longitude"], rows["latitude"]), crs=4326)
    joined = gpd.sjoin(points.to_crs(wards.crs), wards, how="left", predicate="within")
    joined = joined[~joined.index.duplicated()]
    first = joined.groupby("lsoa_code")["district"].agg(lambda found: next(iter(found.mode()), ""))
    rows["district"] = rows["lsoa_code"].map(first).fillna("")
    rows["month"] = rows["month"].str[:7]
    for month, part in rows.groupby("month"):
        table = pd.DataFrame("", index=part.index, columns=list(HEADER))
        table["Month"], table["Crime type"] = month, ASB
        table["Longitude"], table["Latitude"] = part["longitude"], part["latitude"]
        table["Location"], table["LSOA code"] = part["location"], part["lsoa_code"].fillna("")
        table["LSOA name"] = part["district"] + " 001A"
        table["Falls within"] = table["Reported by"] = "Lancashire Constabulary"
        table.to_csv(tmp_path / f"{month}-lancashire-street.csv", index=False)
    people = pd.read_excel(shared / "lookups" / "lancashire_ward_pop.xlsx", engine="openpyxl")
    residents = people.merge(wards, left_on="gss_code", right_on="ward_code").groupby("district")["population"].sum()
    districts = [
        {"name": name.replace("St. ", "St "), "code": f"E07{n:06d}", "force": "lancashire", "residents": int(people)}
        for n, (name, people) in enumerate(sorted(residents.items()), start=1)
    ]
    county = replace(
        area, name="Here", code="E07000001", forces=("lancashire",),
        raw={**area.raw, "comparison": {"source": "", "districts": districts}},
    )  # fmt: skip
    assert import_paths([tmp_path], tmp_path / "store", county).ok
    neighbours = neighbours_of(county)
    assert neighbours is not None
    counts = force_counts(tmp_path / "store", county, neighbours.forces)
    months = pd.PeriodIndex(counts.months["lancashire"], freq="M")
    assert len(months) == 12
    found = district_series(counts, neighbours, county, months, (ASB,), months[-1])
    assert found.left_out == ()
    named = rows[rows["lsoa_code"].notna()]
    expected = pd.crosstab(named["month"], named["district"])
    called = {
        one.name.replace("St ", "St. "): ("Here" if n == 0 else one.name) for n, one in enumerate(neighbours.districts)
    }
    assert len(called) == len(residents) >= 11, "two runs have newer wards than the residents"
    for theirs, ours in called.items():
        assert found.series[ours].tolist() == expected[theirs].tolist(), theirs
    said = beside(found, "ASB")
    assert set(said.table["against"]) == {""}, "one year does not tell how much years vary"
    assert beside_title(said, "ASB").title.endswith(" cannot yet be placed among the other ten")
    np.testing.assert_allclose(
        said.table.set_index("district").loc["Here", "rate"],
        1000 * expected["St. Run & A"].sum() / residents["St. Run & A"],
    )
