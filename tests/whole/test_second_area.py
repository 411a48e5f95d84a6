"""Another area runs by another area file alone."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest

from analysis.common.counts import counts, monthly_series
from analysis.where.gistar import more_than_chance
from analysis.where.hotspots import rank_cells
from analysis.where.places import find_places
from data.kinds.crime_types import ASB
from data.place.area import Area, load_area
from data.store.store import load
from geo.errors import InputError
from tests.county import FORCE, County, make_county
from tests.tab_pages import ASKED, PAGES, finding, open_page, text

PLAN = "Plan an operation"
SLOW = ("Hotspots", "Did it work")  # a county of 271 wards in cells of 200 m


@pytest.fixture(scope="module")
def second(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> County:
    """The county, made once."""
    return make_county(shared, tmp_path_factory.mktemp("second"))


def test_the_area_is_what_its_file_says(second: County) -> None:
    assert len(second.area.wards.codes) == 271
    assert second.area.forces == (FORCE,)
    assert second.area.notes == (), "everything national is written out"
    assert second.area.lockdown is not None
    assert len(second.area.seasons) == 3
    assert any("Park (E05001656)" in note or "Ashton (E05005186)" in note for note in second.notes)


def test_wards_of_one_name_are_told_apart(second: County) -> None:
    published = second.wards.set_index("ward_code")["ward_name"]
    assert published.duplicated().any()
    names = second.area.ward_names
    assert len(set(names.values())) == len(names)
    assert all(names[code].startswith(name) for code, name in published.items())
    assert sum(name.startswith("Park (E0") for name in names.values()) == 3


@pytest.mark.parametrize(
    "page", [pytest.param(page, marks=pytest.mark.long) if page in SLOW else page for page in (*PAGES, PLAN)]
)
def test_every_page_opens(second: County, monkeypatch: pytest.MonkeyPatch, page: str) -> None:
    monkeypatch.setenv("DASHBOARD_AREA", second.area.file)
    script = PAGES.get(page, "pages/plan_operation.py")
    at = open_page(monkeypatch, second.store, script, **ASKED.get(page, {}))
    assert finding(at)
    assert "Knowsley" not in text(at)
    assert "cannot be used" not in text(at)


def test_every_row_is_there_once(second: County) -> None:
    incidents = load(second.store, second.area)
    assert len(incidents.months) == 12
    loaded = incidents.frame.groupby("month", observed=True).size()
    assert (loaded.index.astype(str) == sorted(second.rows["month"].unique())).all()
    published = second.rows.groupby("month").size()
    assert (loaded.to_numpy() <= published.to_numpy()).all()
    assert set(incidents.frame["category"]) == {ASB}
    assert set(incidents.frame["force"]) == {FORCE}


def test_wards_equal_a_spatial_join(second: County) -> None:
    points = gpd.GeoDataFrame(
        second.rows,
        geometry=gpd.points_from_xy(second.rows["longitude"].astype(float), second.rows["latitude"].astype(float)),
        crs=4326,
    ).to_crs(second.wards.crs)
    joined = gpd.sjoin(points, second.wards, predicate="within")
    expected = joined.groupby("ward_code").size()
    found = load(second.store, second.area).in_area().frame.groupby("ward_code", observed=True).size()
    difference = found.reindex(expected.index, fill_value=0) - expected
    # the two transformations differ by up to 5 m: a point beside a boundary may change wards
    assert abs(found.sum() - expected.sum()) <= 0.001 * expected.sum()
    assert np.abs(difference).sum() <= 0.01 * expected.sum()


def test_a_superseded_ward_layer_is_refused_with_both_vintages_named(shared: Path, tmp_path: Path, area: Area) -> None:
    text = (Path(__file__).resolve().parents[2] / "data" / "area.toml").read_text(encoding="utf-8")
    old = shared / "boundaries" / "knowsley_wards_2013_superseded.json"
    (tmp_path / "area.toml").write_text(text.replace('"wards.geojson"', json.dumps(str(old))), encoding="utf-8")
    with pytest.raises(InputError) as refusal:
        load_area(tmp_path / "area.toml")
    message = str(refusal.value)
    assert "vintage 2013 with 21 wards" in message
    assert f"vintage {area.ward_vintage} with 15 wards" in message
    assert "Use the boundaries of the area file's vintage" in message


def test_counts_of_wards_and_months(second: County) -> None:
    incidents = load(second.store, second.area)
    by_month = counts(incidents)
    assert by_month["count"].sum() == len(incidents.in_area().frame)
    series = monthly_series(incidents)
    assert series.notna().all()
    assert [str(month) for month in series.index] == sorted(second.rows["month"].unique())


def test_ranking_and_chance_on_another_area(second: County) -> None:
    incidents, grid = load(second.store, second.area).of(ASB), second.area.grid(cell_size_m=500)
    ranking = rank_cells(incidents, grid)
    assert ranking.expected.shape == grid.cells.shape
    in_cells = grid.count(incidents.frame["easting_m"], incidents.frame["northing_m"])[grid.cells]
    assert ranking.expected.sum() == pytest.approx(in_cells.sum() / 12)
    assert (ranking.count_last12 == in_cells).all()
    test = more_than_chance(incidents, grid, np.random.default_rng(1), permutations=199)
    top = ranking.order[: max(1, len(grid.cells) // 200)]
    # a county of a few towns: where most incidents are expected there are clusters, and hardly anywhere else
    assert 0 < test.significant.mean() < 0.1
    assert test.significant[top].mean() > 5 * test.significant.mean()
    places = find_places(ranking, incidents, second.area, share=0.01)
    assert {place.ward_code for place in places} <= set(second.area.wards.codes)
    assert all(first.expected >= then.expected for first, then in pairwise(places))
