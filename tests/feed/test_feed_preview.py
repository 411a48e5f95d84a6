"""What a person sees of a partner's file before it is imported equals what is stored afterwards."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from data.__main__ import main
from data.feed.importing import import_feed
from data.feed.mapping import FeedMapping
from data.feed.preview import ROWS, Preview
from data.feed.table import read_table
from data.place.area import Area
from tests.feed.feed_files import csv_bytes, points_in

MAPPING = FeedMapping(
    columns={"start": "When", "easting": "E", "northing": "N", "subcategory": "Type"},
    category="Anti-social behaviour",
    words={"subcategory": {"Bang": "misuse of fireworks"}},
)


HEAD = ("When", "E", "N", "Type")


def rows(area: Area, n: int, *, timed: bool = True) -> list[dict[str, object]]:
    """Incidents with times all over the week, the last but one in the buffer and the last far north."""
    first = datetime(2024, 10, 20, 0, 7)
    places = points_in(area, n)
    west, _, _, north = area.wards.outline.bounds
    places[-1] = (round(west), round(north) + 300_000)
    return [
        {"When": (first + timedelta(hours=7 * k)).strftime("%d/%m/%Y %H:%M" if timed else "%d/%m/%Y"), "E": x, "N": y,
         "Type": "Bang" if k % 2 else "Else"}
        for k, (x, y) in enumerate(places)
    ]  # fmt: skip


def look(area: Area, raw: bytes, store: Path, mapping: FeedMapping = MAPPING) -> Preview:
    report = import_feed(read_table("f.csv", raw), raw, "f", mapping, store, area, today=date(2026, 1, 1), dry_run=True)
    assert report.preview is not None
    return report.preview


def test_the_preview_counts_what_is_stored(area: Area, tmp_path: Path) -> None:
    raw = csv_bytes(HEAD, rows(area, 80))
    seen = look(area, raw, tmp_path / "s")
    table = read_table("f.csv", raw)
    done = import_feed(table, raw, "f", MAPPING, tmp_path / "s", area, today=date(2026, 1, 1))
    assert done.preview is None
    stored = pd.concat([pd.read_parquet(path) for path in (tmp_path / "s" / "incidents").rglob("*.parquet")])
    assert len(stored) == 79
    inside = stored[stored["ward_code"].notna()]
    assert dict(seen.wards) == Counter(area.wards.name_of(code) for code in inside["ward_code"])
    assert (seen.buffer, seen.outside) == (len(stored) - len(inside), 1)
    assert seen.far.endswith("km to the north")
    assert 295 < int(seen.far.split()[2]) < 320
    wanted = [datetime.strptime(text, "%d/%m/%Y %H:%M") for text in table.columns["When"]]
    assert seen.weekdays == tuple(sum(at.weekday() == day for at in wanted) for day in range(7))
    assert seen.hours == tuple(sum(at.hour == hour for at in wanted) for hour in range(24))
    assert len(seen.points) == len(seen.ward) == 80


def test_rows_are_from_all_over_the_file_as_they_are_stored(area: Area, tmp_path: Path) -> None:
    told = rows(area, 60)
    seen = look(area, csv_bytes(HEAD, told), tmp_path / "s").rows
    assert len(seen) == ROWS
    assert seen["row"].tolist() == [2 + round(k * 59 / 9) for k in range(10)]
    last = seen.iloc[-1]
    at = datetime.strptime(str(told[59]["When"]), "%d/%m/%Y %H:%M")
    assert last["when"] == f"{at:%a} {at.day} {at:%b %Y %H:%M}"
    assert (last["where"], last["subcategory"]) == ("outside: not loaded", "misuse of fireworks")
    assert seen.iloc[0]["where"] in area.wards.names
    assert (seen.iloc[0]["easting_m"], seen.iloc[0]["northing_m"]) == (told[0]["E"], told[0]["N"])


def test_days_without_hours_say_so(area: Area, tmp_path: Path) -> None:
    seen = look(area, csv_bytes(HEAD, rows(area, 20, timed=False)), tmp_path / "s")
    assert (sum(seen.hours), sum(seen.weekdays), seen.hours_words) == (0, 20, "no hour is known")
    assert all("hour not known" in when for when in seen.rows["when"])


def test_a_large_file_is_looked_at_in_part_and_counted_whole(area: Area, tmp_path: Path) -> None:
    seen = look(area, csv_bytes(HEAD, rows(area, 700)), tmp_path / "s")
    assert sum(seen.weekdays) == 700
    assert len(seen.points) == 500
    assert np.isfinite(seen.points).all()


def test_the_command_shows_it_with_the_proposal_and_writes_nothing(
    area: Area, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, store = tmp_path / "f.csv", tmp_path / "s"
    path.write_bytes(csv_bytes(HEAD, [{**row, "Type": "Noise"} for row in rows(area, 40)]))
    command = ["import-feed", str(path), "--store", str(store), "--name", "Council ASB"]
    assert main(command) == 1
    told = capsys.readouterr().out
    assert "10 of its incidents, as they would be stored:" in told
    assert "days: Mon " in told
    assert "1 outside, the farthest" in told
    assert main([*command, "--dry-run", "--yes", "--json"]) == 0
    plain = json.loads(capsys.readouterr().out)
    assert sum(plain["preview"]["weekdays"]) == 40
    assert not list(store.glob("**/*.parquet"))


def test_a_proposal_that_cannot_be_imported_says_why(
    area: Area, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "f.csv"
    wrong = [{**row, "When": "31/10/2090 19:00", "Type": "Noise"} for row in rows(area, 10)]
    path.write_bytes(csv_bytes(HEAD, wrong))
    assert main(["import-feed", str(path), "--store", str(tmp_path / "s"), "--name", "Council ASB"]) == 1
    assert "It cannot be imported like this" in capsys.readouterr().out


def test_lines_hold_in_words_what_is_counted(area: Area, tmp_path: Path) -> None:
    seen = look(area, csv_bytes(HEAD, rows(area, 30)), tmp_path / "s")
    lines = seen.lines()
    assert len(lines) == 1 + 10 + 3
    bare = replace(seen, hours=(0,) * 19 + (5,) + (0,) * 4, weekdays=(5, 0, 0, 0, 0, 0, 1))
    assert bare.hours_words == "most between 19:00 and 20:00 (5); 1 without a known hour"
    assert bare.hours_bars == f"{'▁' * 19}█{'▁' * 4}"


def test_places_known_to_a_square_or_a_postcode_say_so_before_the_import(
    area: Area, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = [{**row, "E": int(row["E"]) // 100 * 100, "N": int(row["N"]) // 100 * 100, "Type": "Noise"}
            for row in rows(area, 40)[:-2]]  # fmt: skip
    seen = look(area, csv_bytes(HEAD, made), tmp_path / "s")
    assert all(where.endswith(", known to 100 m") for where in seen.rows["where"])
    path = tmp_path / "f.csv"
    path.write_bytes(csv_bytes(HEAD, [*made, {**made[0], "When": "soon"}]))
    assert main(["import-feed", str(path), "--store", str(tmp_path / "s"), "--name", "Council ASB"]) == 1
    told = capsys.readouterr().out
    assert "39 rows are known to 100 m only: they count in wards, and not in cells" in told
    assert "1 row would be put aside: date not readable" in told


def test_what_is_still_open_is_not_said_to_be_ready(
    area: Area, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "f.csv"
    command = ["import-feed", str(path), "--store", str(tmp_path / "s"), "--name", "Council ASB"]
    made = [{**row, "When": "1705321680", "Type": "Noise"} for row in rows(area, 10)]
    path.write_bytes(csv_bytes(HEAD, made))
    assert main(command) == 1
    told = capsys.readouterr().out
    assert "It cannot be imported like this" in told
    assert "If this is right" not in told
