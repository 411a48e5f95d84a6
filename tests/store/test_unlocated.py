"""Rows without a location, counted by month and crime type at import."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from data.kinds.crime_types import ASB, DRUGS
from data.place.area import Area
from data.published.police_uk import import_paths
from data.store.unlocated import unlocated_share
from tests.published.police_files import NOW, crime, named, points_of, put, row, table

AUGUST, SEPTEMBER = "2024-08", "2024-09"


@pytest.fixture(scope="module")
def ours(area: Area) -> Area:
    return replace(area, forces=("somewhere",), buffer_forces=("elsewhere",))


@pytest.fixture(scope="module")
def store(ours: Area, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder, at, nowhere = tmp_path_factory.mktemp("unlocated"), points_of(ours), ("", "")

    def month(name: str, lost: int) -> bytes:
        asb = [row(nowhere, Month=name)] * lost + [row(at.inside, Month=name)] * (6 - lost)
        far = [row(at.outside, Month=name)] * 4  # the share is of the whole force
        return table([*asb, *far, crime(at.inside, lost, Month=name), row(at.inside, Month=name, Crime_type="Magic")])

    put(folder, month(AUGUST, 1), named(AUGUST))
    put(folder, month(SEPTEMBER, 4), named(SEPTEMBER))
    put(folder, table([row(nowhere, Month=AUGUST)] * 9), named(AUGUST, "elsewhere"))
    import_paths([folder], folder / "store", ours, now=NOW)
    return folder / "store"


@pytest.mark.parametrize(
    ("category", "months", "share"),
    [
        (ASB, [AUGUST], 0.1),
        (ASB, [AUGUST, SEPTEMBER], 0.25),
        (DRUGS, [AUGUST, SEPTEMBER], 0.0),
        (ASB, ["2024-01"], None),
    ],
)
def test_the_share_is_of_the_months_that_are_shown(
    ours: Area, store: Path, category: str, months: list[str], share: float | None
) -> None:
    assert unlocated_share(store, ours, category, months) == share


def test_of_nothing_there_is_no_share(ours: Area, store: Path) -> None:
    assert unlocated_share(store, ours, "Robbery", [AUGUST]) is None
    assert unlocated_share(store.parent / "none", ours, ASB, [AUGUST]) is None
