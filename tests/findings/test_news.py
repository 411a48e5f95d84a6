"""What the last import brought, in a line: on the page, and in words for any months."""

from __future__ import annotations

import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd

from analysis.findings.news import news
from data.place.area import Area
from data.published.police_uk import import_paths
from tests import tab_pages
from tests.tab_pages import Open


def test_the_words() -> None:
    months = [pd.Period("2024-08", "M"), pd.Period("2024-09", "M")]
    told = news("2024-11-05", months, [(pd.Period("2024-07", "M"), -0.12)])
    assert told.title == "New with the import of 2024-11-05: August 2024 to September 2024"
    assert told.detail == "July 2024 was revised to 12 % fewer rows."
    assert not news("2024-11-05", months, []).detail
    assert news("2024-11-05", [], []).title.endswith("no further month")


def test_the_overview_says_it_after_the_second_import(
    opened: Open, shared: Path, area: Area, store: Path, tmp_path: Path
) -> None:
    names = [f"2024-{month:02d}" for month in range(1, 11)]
    with zipfile.ZipFile(shared / "police_uk" / "merseyside_2022-10_to_2024-12.zip") as archive:
        files = [
            Path(
                archive.extract(
                    next(n for n in archive.namelist() if n.endswith(f"{m}-merseyside-street.csv")), tmp_path
                )
            )
            for m in names
        ]
    import_paths(files[:-1], store, area, now=datetime(2024, 12, 1, tzinfo=UTC))
    assert "New with the import" not in tab_pages.text(opened(store))
    import_paths(files[-1:], store, area, now=datetime(2025, 1, 3, tzinfo=UTC))
    told = tab_pages.text(opened(store))
    assert "New with the import of 2025-01-03: October 2024." in told
    assert "These months do not say what is usual: October 2024." in told
    assert "No plan is saved for it." in told
    assert "rose to the top" not in told
    assert "busiest places" not in told
    assert "New with the import" not in tab_pages.text(opened(store, as_at="2024-09"))
