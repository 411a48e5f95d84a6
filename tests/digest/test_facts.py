"""What is known beside the counts: the import, months in doubt, and the next operation."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from analysis.digest.facts import brought, standing
from data.place.area import Area
from data.place.area_calendar import next_operation
from data.store.news import LastImport


def test_an_import_is_told_where_something_was_there_before() -> None:
    told = brought(LastImport("2025-01-03", ("2024-10",), (("2024-08", 100, 90), ("2024-07", 0, 5)), "2024-09"))
    assert told is not None
    assert told.title == "New with the import of 2025-01-03: October 2024"
    assert told.detail == "August 2024 was revised to 10 % fewer rows."
    assert brought(None) is None
    assert brought(LastImport("2025-01-03", ("2024-10",), (), "")) is None
    assert brought(LastImport("2025-01-03", (), (), "2024-09")) is None


def test_months_in_doubt_come_before_the_next_operation(area: Area, tmp_path: Path) -> None:
    day = date(2024, 9, 20)
    window = next_operation(area, day)
    assert window is not None
    first, last = standing(tmp_path, area, day, ["2024-05", "2024-05"])
    assert first.title == "One month is in doubt and left out"
    assert last.title.startswith(f"Next: {window.operation.name}")
    assert len(standing(tmp_path, area, day, [])) == 1
