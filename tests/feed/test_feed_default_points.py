"""Points that stand for no place: pointed out where one was planted, and not on real points, some of which are busy."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from data.feed.mapping import FeedMapping
from data.feed.place_notes import default_points
from data.kinds.crime_types import ASB
from data.place.area import Area
from geo.crs import to_bng
from tests.feed.feed_files import points_in
from tests.feed.feed_rows import import_rows

LOGGED_AT = (341_000.0, 394_000.0)


def placed(n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Points as unequal as real ones: a few places that repeat, and many that do not."""
    rng = np.random.default_rng(seed)
    at = np.minimum(rng.pareto(1.6, n).astype(int), 400)
    return 340_000.0 + at * 7 + rng.integers(0, 60, n) * 100, 390_000.0 + at * 3


def planted(east: np.ndarray, north: np.ndarray, rows: int) -> tuple[np.ndarray, np.ndarray]:
    return np.append(east, np.full(rows, LOGGED_AT[0])), np.append(north, np.full(rows, LOGGED_AT[1]))


def test_one_point_with_far_more_rows_than_any_other_is_pointed_out() -> None:
    rng = np.random.default_rng(2)
    east, north = rng.uniform(340_000, 348_000, 886), rng.uniform(388_000, 398_000, 886)
    assert default_points(east, north) == ()
    (said,) = default_points(*planted(east, north, 318))
    assert said.startswith(
        "318 of 1,204 rows lie at one point (341000, 394000); of all other points the busiest has 1:"
    )
    assert "is it where incidents are logged when the place is not known?" in said


def test_two_such_points_are_both_pointed_out() -> None:
    rng = np.random.default_rng(4)
    east, north = planted(rng.uniform(340_000, 348_000, 400), rng.uniform(388_000, 398_000, 400), 90)
    said = default_points(np.append(east, [343_000.0] * 80), np.append(north, [391_000.0] * 80))
    assert [text.split(" ")[0] for text in said] == ["90", "80"]


def test_few_rows_and_points_that_are_alike_say_nothing() -> None:
    assert default_points(np.empty(0), np.empty(0)) == ()
    assert default_points(np.full(9, 1.0), np.full(9, 1.0)) == ()
    assert len(default_points(np.full(10, 1.0), np.full(10, 1.0))) == 1
    assert default_points(np.repeat([1.0, 2.0, 3.0], 50), np.ones(150)) == ()
    assert sum(bool(default_points(*placed(600, seed))) for seed in range(60)) <= 2


def test_the_report_says_it_and_asks_whether_columns_are_swapped(area: Area, tmp_path: Path) -> None:
    points = points_in(area, 15)
    rows = [
        {"When": f"{1 + n:02d}/10/2024 20:15", "X": str(e), "Y": str(north)}
        for n, (e, north) in enumerate([*points[:1] * 11, *((n, e) for e, n in points[:2])])
    ]
    mapping = FeedMapping({"start": "When", "easting": "X", "northing": "Y"}, ASB, day_first=True)
    report = import_rows(tmp_path, area, rows, mapping)
    said = " ".join(report.notes)
    assert f"11 of 13 rows lie at one point ({points[0][0]}, {points[0][1]})" in said
    assert f"2 rows lie outside and would lie in {area.name} with easting and northing swapped" in said


@pytest.mark.long
def test_how_often_real_points_are_pointed_out_and_a_planted_one_is_seen(
    shared: Path, area: Area, capsys: pytest.CaptureFixture[str]
) -> None:
    from geo.assign import assign_wards

    parts = []
    for name in ("merseyside_2018-01_to_2021-12.zip", "merseyside_2022-10_to_2024-12.zip"):
        with zipfile.ZipFile(shared / "police_uk" / name) as archive:
            columns = ["Month", "Longitude", "Latitude", "Crime type"]
            parts += [pd.read_csv(archive.open(m), usecols=columns) for m in archive.namelist() if m.endswith(".csv")]
    frame = pd.concat(parts, ignore_index=True).dropna()
    frame["e"], frame["n"] = to_bng(frame["Longitude"], frame["Latitude"])
    inside = frame[assign_wards(frame["e"].to_numpy(), frame["n"].to_numpy(), area.wards, 0.0) >= 0]
    other = pd.read_csv(shared / "police_uk" / "lancashire_asb_2022.csv").dropna(subset=["longitude", "latitude"])
    other["e"], other["n"] = to_bng(other["longitude"], other["latitude"])

    def months(rows: pd.DataFrame, *by: str) -> list[tuple[np.ndarray, np.ndarray]]:
        groups = [part for _, part in rows.groupby(list(by)) if len(part) >= 10]
        return [(part["e"].to_numpy(), part["n"].to_numpy()) for part in groups]

    whole = [*months(frame, "Month"), *months(inside, "Month"), *months(other, "month")]
    told = sum(bool(default_points(*each)) for each in whole)
    by_type = [*months(frame, "Month", "Crime type"), *months(inside, "Month", "Crime type")]
    typed = sum(bool(default_points(*each)) for each in by_type)
    local = months(inside, "Month")
    seen = sum("(341000, 394000)" in " ".join(default_points(*planted(*each, len(each[0]) // 3))) for each in local)
    with capsys.disabled():
        print(f"\nmonths {told} of {len(whole)}, of one type {typed} of {len(by_type)}, planted {seen} of {len(local)}")
    assert told == 0
    assert typed <= 0.01 * len(by_type)
    assert seen >= 0.9 * len(local)
