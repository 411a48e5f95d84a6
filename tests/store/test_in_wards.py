from __future__ import annotations

import shutil
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from data.demo.dataset import demo_in, make_demo
from data.place.area import Area
from data.published.police_uk import import_paths
from data.store.in_wards import in_wards
from data.store.manifest import SEVERAL, read_manifest
from data.store.schema import Incidents
from data.store.status import store_status
from data.store.store import feed_names, load, stored
from geo.assign import BUFFER, OUTSIDE, assign_wards
from geo.boundaries import Wards
from geo.errors import InputError
from tests.feed.feed_rows import import_rows, rows
from tests.properties import examples
from tests.two_layers import DAY, two_layers

MONTH = "2024-10"


@pytest.fixture(scope="module")
def both(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Area:
    """The area with a second layer, cut from another generalisation of its wards."""
    wards = shared / "boundaries" / "knowsley_wards_wd25_alt.geojson"
    return two_layers(tmp_path_factory.mktemp("both"), wards)


@pytest.fixture(scope="module")
def second(both: Area) -> Area:
    return both.with_layer(DAY)


@pytest.fixture(scope="module")
def fresh(shared: Path, second: Area, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One month of the short store, imported by the second layer."""
    folder = tmp_path_factory.mktemp("fresh")
    assert import_paths(police_files(shared, folder, MONTH), folder / "store", second).ok
    return folder / "store"


def police_files(shared: Path, folder: Path, *months: str) -> list[Path]:
    with zipfile.ZipFile(shared / "police_uk" / "merseyside_2022-10_to_2024-12.zip") as opened:
        names = [one for m in months for one in opened.namelist() if one.endswith(f"{m}-merseyside-street.csv")]
        return [Path(opened.extract(name, folder)) for name in names]


def last(incidents: Incidents) -> Incidents:
    return incidents.within(incidents.months[-1], incidents.months[-1])


def same(ours: Incidents, theirs: Incidents, area: Area) -> None:
    """In the area, row by row; in the buffer, but for its outer rim."""
    columns = ["month", "category", "easting_m", "northing_m", "location", "lsoa_code", "ward_code", "outcome"]
    inside, others = (
        one.in_area().frame[columns].astype({"ward_code": "str", "location": "str", "lsoa_code": "str",
                                             "outcome": "str"}).reset_index(drop=True)
        for one in (ours, theirs)
    )  # fmt: skip
    pd.testing.assert_frame_equal(inside, others)
    counts = [
        one.frame[one.frame["ward_code"].isna()].groupby(["easting_m", "northing_m"]).size() for one in (ours, theirs)
    ]
    apart = counts[0].index.symmetric_difference(counts[1].index)
    assert len(counts[0].index.difference(counts[1].index)) == 0
    for x, y in apart:  # never stored by the first layer: within metres of the buffer's end
        assert area.buffer_m - 25 < shapely.distance(area.wards.outline, shapely.Point(x, y)) <= area.buffer_m
    shared_points = counts[0].index.intersection(counts[1].index)
    assert (counts[0][shared_points] == counts[1][shared_points]).all()


def test_a_new_layer_gives_what_a_fresh_import_gives(short: Path, fresh: Path, both: Area, second: Area) -> None:
    ours, theirs = load(short, second), load(fresh, second)
    assert ours.frame["ward_code"].nunique() == len(second.wards.codes)
    assert set(ours.frame["ward_code"].dropna()) <= set(second.wards.codes)
    same(last(ours), theirs, second)
    assert (ours.version, len(ours.months)) == (load(short, both).version, 4)
    same(load(fresh, both), last(load(short, both)), both)  # and the other way round


@pytest.mark.long
def test_so_it_does_on_all_months(shared: Path, real_store: Path, second: Area, tmp_path: Path) -> None:
    police = shared / "police_uk"
    names = ("merseyside_2018-01_to_2021-12.zip", "merseyside_2022-10_to_2024-12.zip")
    import_paths([police / name for name in names], tmp_path, second)
    ours, theirs = load(real_store, second), load(tmp_path, second)
    same(ours, theirs, second)
    print(f"area {len(ours.in_area().frame):,}; buffer {len(ours.frame):,} of {len(theirs.frame):,} rows")


def test_the_layer_of_the_import_is_read_as_it_is(short: Path, both: Area, area: Area) -> None:
    found, layer = stored(short, both)
    assert layer == area.wards.version
    for other in (load(short, both), load(short, area), in_wards(found, area)):
        pd.testing.assert_series_equal(other.frame["ward_code"], found.frame["ward_code"])


def test_a_layer_that_took_the_place_of_the_first_needs_no_import(short: Path, second: Area) -> None:
    alone = replace(second, layers=())
    assert len(load(short, alone).in_area().frame) == len(load(short, second).in_area().frame)
    status = store_status(short, alone)
    assert (status.ward_layer.matches, status.ward_layer.current) == (True, False)
    assert any("get them by their points" in line for line in status.lines())


def test_another_area_under_the_same_code_is_refused(short: Path, area: Area) -> None:
    few = area.wards.codes[:3]
    part = replace(
        area.wards,
        codes=few,
        names=area.wards.names[:3],
        polygons=area.wards.polygons[:3],
        version="other",
        outline=shapely.union_all(area.wards.polygons[:3]),
    )
    with pytest.raises(InputError, match=r"another area or ward layer.*incidents lie inside by the one"):
        load(short, replace(area, wards=part))
    assert not store_status(short, replace(area, wards=part)).ward_layer.matches
    with pytest.raises(InputError, match="another area or ward layer"):
        load(short, replace(area, buffer_m=500.0))


def test_files_of_two_layers_stand_in_one_store(
    shared: Path, short: Path, both: Area, second: Area, tmp_path: Path
) -> None:
    store = tmp_path / "store"
    shutil.copytree(short, store)
    before = load(store, second)
    alone = replace(second, layers=())
    files = police_files(shared, tmp_path, "2024-11", "2024-12")
    report = import_paths(files[:1], store, both.with_layer(DAY))
    assert report.ok
    manifest = read_manifest(store)
    assert manifest is not None
    assert manifest.layer.version == both.wards.version  # an import goes on by the layer that it began with
    import_paths(files[1:], store, alone)
    manifest = read_manifest(store)
    assert manifest is not None
    assert manifest.layer.version == SEVERAL
    found = load(store, both)
    assert len(found.months) == 6
    assert set(found.frame["ward_code"].dropna()) == set(both.wards.codes)
    assert len(load(store, second).within(before.months[0], before.months[-1]).frame) == len(before.frame)


def test_a_feed_gets_the_wards_of_the_layer(area: Area, both: Area, second: Area, tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    days = [f"{day:02d}/10/2024 19:00" for day in range(1, 32)]
    import_rows(one, area, rows(area, days))
    import_rows(other, second, rows(area, days))
    (name,) = feed_names(one)
    ours, theirs = load(one, second, name), load(other, second, name)
    pd.testing.assert_frame_equal(ours.frame, theirs.frame)
    assert ours.frame["ward_code"].notna().any()


def test_the_demonstration_stays_the_same_incidents(area: Area, second: Area) -> None:
    made = make_demo(area)
    found = demo_in(made, second)
    for before, after in ((made.incidents, found.incidents), (made.feed, found.feed)):
        assert set(after.frame["ward_code"].dropna()) <= set(second.wards.codes)
        joined = before.frame.merge(after.frame, on="incident_id", suffixes=("", "_new"))
        assert len(joined) == len(after.frame) > 0.999 * len(before.frame)
        assert (joined["easting_m"] == joined["easting_m_new"]).all()
    assert (found.as_at, found.incidents.version) == (made.as_at, made.incidents.version)


def test_nothing_is_changed_that_others_hold(both: Area, second: Area, short: Path) -> None:
    found, _ = stored(short, both)
    before = found.frame["ward_code"].copy()
    in_wards(found, second)
    pd.testing.assert_series_equal(found.frame["ward_code"], before)


corner = st.integers(0, 6).map(lambda n: n * 50.0)


@examples(25)
@given(
    st.lists(st.tuples(corner, corner, corner.filter(bool), corner.filter(bool)), min_size=1, max_size=4),
    st.lists(st.tuples(st.integers(-8, 30), st.integers(-8, 30)), min_size=1, max_size=30),
    st.sampled_from([0.0, 25.0, 100.0]),
)
def test_wards_of_points_by_hand(boxes: list[Any], points: list[Any], buffer_m: float) -> None:
    """Against asking every ward about every point, with points on corners and sides, and repeated ones."""
    polygons = np.array([shapely.box(x, y, x + w, y + h) for x, y, w, h in boxes], dtype=object)
    outline = shapely.union_all(polygons)
    codes = tuple(f"W{n}" for n in range(len(boxes)))
    wards = Wards(codes, codes, polygons, "", "", "v", outline)
    x, y = (np.array([point[k] * 25.0 for point in [*points, *points]]) for k in (0, 1))
    wanted = []
    for east, north in zip(x, y, strict=True):
        point = shapely.Point(east, north)
        inside = [n for n, polygon in enumerate(polygons) if polygon.intersects(point)]
        near = buffer_m > 0 and outline.distance(point) <= buffer_m
        wanted.append(inside[0] if inside else BUFFER if near else OUTSIDE)
    assert assign_wards(x, y, wards, buffer_m).tolist() == wanted


def test_many_points_are_placed_as_few_are(area: Area) -> None:
    rng = np.random.default_rng(3)
    west, south, east, north = area.wards.outline.bounds
    x, y = rng.uniform(west - 2000, east + 2000, 60_000), rng.uniform(south - 2000, north + 2000, 60_000)
    whole = assign_wards(x, y, area.wards, area.buffer_m)
    parts = [assign_wards(x[k : k + 6000], y[k : k + 6000], area.wards, area.buffer_m) for k in range(0, 60_000, 6000)]
    assert (whole == np.concatenate(parts)).all()
    assert {BUFFER, OUTSIDE} < set(whole.tolist())
