"""What the last import brought: months, revisions, nothing on the first."""

from __future__ import annotations

import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from data.place.area import Area
from data.published.police_uk import import_paths
from data.store.news import last_import

MONTHS = ("2024-07", "2024-08", "2024-09")


@pytest.fixture(scope="module")
def files(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Three real months as files of their own."""
    folder = tmp_path_factory.mktemp("months")
    found = {}
    with zipfile.ZipFile(shared / "police_uk" / "merseyside_2022-10_to_2024-12.zip") as archive:
        for month in MONTHS:
            name = next(one for one in archive.namelist() if one.endswith(f"{month}-merseyside-street.csv"))
            found[month] = Path(archive.extract(name, folder))
    return found


def test_months_revisions_and_the_first_time(files: dict[str, Path], store: Path, area: Area, tmp_path: Path) -> None:
    assert last_import(store, area) is None
    import_paths([files["2024-07"]], store, area, now=datetime(2024, 10, 1, tzinfo=UTC))
    first = last_import(store, area)
    assert first is not None
    assert (first.day, first.added, first.revised, first.before) == ("2024-10-01", ("2024-07",), (), "")

    import_paths([files["2024-08"], files["2024-09"]], store, area, now=datetime(2024, 11, 5, tzinfo=UTC))
    second = last_import(store, area)
    assert second is not None
    assert (second.day, second.added, second.revised, second.before) == ("2024-11-05", MONTHS[1:], (), "2024-07")

    cut = tmp_path / files["2024-09"].name
    lines = files["2024-09"].read_text(encoding="utf-8").splitlines(keepends=True)
    cut.write_text("".join(line for n, line in enumerate(lines) if n % 10 != 9), encoding="utf-8")
    import_paths([cut], store, area, now=datetime(2024, 12, 3, tzinfo=UTC))
    third = last_import(store, area)
    assert third is not None
    assert (third.day, third.added, third.before) == ("2024-12-03", (), "2024-09")
    ((month, before, after),) = third.revised
    assert month == "2024-09"
    assert after <= 0.95 * before
