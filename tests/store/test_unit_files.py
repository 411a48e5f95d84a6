"""Files of units: any reader of Parquet understands their month, and those of older stores are read as well."""

from __future__ import annotations

import datetime
import hashlib
import json
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from data.place.area import Area
from data.published.police_uk import import_paths
from data.store.store import load, month_dates
from geo.errors import InputError
from tests.published.police_files import named, points_of, put, row, table


def test_a_month_is_the_date_of_its_first_day() -> None:
    assert month_dates(pd.Period("2024-10", "M").ordinal, 2).to_pylist() == [datetime.date(2024, 10, 1)] * 2
    assert month_dates(-1, 1).to_pylist() == [datetime.date(1969, 12, 1)]
    assert len(month_dates(0, 0)) == 0


def test_a_file_of_the_store_is_read_without_this_program(area: Area, tmp_path: Path) -> None:
    store = one_month(area, tmp_path)
    (unit,) = (store / "incidents").rglob("*.parquet")
    month = pq.read_table(unit)["month"]
    assert month.type == pa.date32()
    assert month.to_pylist() == [datetime.date(2024, 10, 1)] * 3


def test_months_written_as_numbers_are_read_all_the_same(area: Area, tmp_path: Path) -> None:
    store = one_month(area, tmp_path)
    today = load(store, area)
    (unit,) = (store / "incidents").rglob("*.parquet")
    old = pq.read_table(unit).drop_columns("month").append_column("month", pa.array([657] * 3, pa.int32()))
    pq.write_table(old, unit)
    renamed = unit.with_name(f"older.{hashlib.sha256(unit.read_bytes()).hexdigest()[:16]}.parquet")
    unit.rename(renamed)
    manifest = store / "manifest.json"
    text = manifest.read_text(encoding="utf-8").replace(unit.name, renamed.name)
    assert renamed.name in json.dumps(json.loads(text))
    manifest.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="makes") as refusal:  # nobody edits a manifest
        load(store, area)
    true = refusal.value.message.split()[-1]
    manifest.write_text(text.replace(str(refusal.value.value), true), encoding="utf-8")
    again = load(store, area)
    pd.testing.assert_frame_equal(again.frame, today.frame)
    assert again.frame["month"].unique().tolist() == [pd.Period("2024-10", "M")]


def one_month(area: Area, folder: Path) -> Path:
    """A store with three incidents of October 2024."""
    (force,) = area.forces
    content = table([row(point) for point in (points_of(area).inside, points_of(area).other, points_of(area).buffer)])
    import_paths([put(folder, content, named("2024-10", force))], folder / "store", area)
    return folder / "store"
