"""What the last import brought, in a line: on the page, and in words for any months and places."""

from __future__ import annotations

import zipfile
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from analysis.findings.news import TOP, came_and_went, news
from analysis.where.places import Place
from data.place.area import Area
from data.published.police_uk import import_paths
from tests import tab_pages
from tests.tab_pages import Open


def place(number: int, cells: tuple[int, ...]) -> Place:
    return Place(
        number=number, cells=np.array(cells, dtype=np.intp), expected=1.0, count_last12=3, name=f"Street {number}",
        label="", ward_code="W", easting_m=0.0, northing_m=0.0, grid_reference="SJ000000", streets=(),
        method=None,  # type: ignore[arg-type]  # not looked at
    )  # fmt: skip


@given(st.lists(st.sets(st.integers(0, 60), min_size=1, max_size=4), max_size=15), st.randoms())
def test_places_come_and_go_by_their_cells(cells: list[set[int]], random: object) -> None:
    now = [place(n, tuple(sorted(one))) for n, one in enumerate(cells)]
    before = now[::-1]
    came, went = came_and_went(now, before)
    held = set().union(*[set(p.cells.tolist()) for p in before[:TOP]]) if before else set()
    assert list(came) == [p.title for p in now[:TOP] if not held & set(p.cells.tolist())]
    assert not set(came) & {p.title for p in before[:TOP]}
    assert came_and_went(now, now) == ((), ())
    assert (went, came) == came_and_went(before, now)


def test_the_words() -> None:
    months = [pd.Period("2024-08", "M"), pd.Period("2024-09", "M")]
    told = news(
        "2024-11-05", months, [(pd.Period("2024-07", "M"), -0.12)], (("Hall Drive",), ("Mill Lane", "Elm Road"))
    )
    assert told.title == "New with the import of 2024-11-05: August 2024 to September 2024"
    assert "July 2024 was revised to 12 % fewer rows." in told.detail
    assert "Hall Drive came in, Mill Lane and Elm Road fell out" in told.detail
    assert "chance" in told.detail
    assert "are those of before" in news("2024-11-05", months, [], ((), ())).detail
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
    assert "New with the import" not in tab_pages.text(opened(store, as_at="2024-09"))
