"""A briefing names the months that it leaves out, and what of a crime type has no location."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pandas as pd
import pytest

from data.kinds.crime_types import ASB
from data.place.area import Area
from data.published.police_uk import import_paths
from pages.ui.briefing import make as briefing_make
from pages.ui.shell import unlocated
from pages.ui.shell.cache import Dataset
from tests.briefing.briefing_checks import asked, real_data

CUT = "2024-03"


@pytest.fixture(scope="module")
def data(shared: Path, area: Area, tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    """Ten real months of which one holds a third of its rows."""
    folder = tmp_path_factory.mktemp("left out")
    files = []
    with zipfile.ZipFile(shared / "police_uk" / "merseyside_2022-10_to_2024-12.zip") as archive:
        for month in (f"2024-{number:02d}" for number in range(1, 11)):
            name = next(one for one in archive.namelist() if one.endswith(f"{month}-merseyside-street.csv"))
            files.append(Path(archive.extract(name, folder)))
    cut = next(one for one in files if one.name.startswith(CUT))
    head, *rows = cut.read_text(encoding="utf-8").splitlines(keepends=True)
    cut.write_text(head + "".join(rows[::3]), encoding="utf-8")
    assert import_paths(files, folder / "store", area).ok
    return real_data(folder / "store", area)


def test_the_month_is_in_no_figure_and_named_on_the_first_slide(data: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DASHBOARD_DATA", str(data.store))
    assert pd.Period(CUT, "M") not in data.incidents.months
    ask = asked(data, ("headlines",), as_at="2024-10", window="", year=None)
    (line,) = [line for line in briefing_make.lines_of(data, ask) if line.startswith("Left out of every figure")]
    assert "March 2024 (merseyside" in line
    early = asked(data, ("headlines",), as_at="2024-02", window="", year=None)
    assert not any("Left out" in line for line in briefing_make.lines_of(data, early))
    summer = asked(data, ("headlines",), as_at="2024-10", window="summer", year=2026)
    assert "Its days are assumed: term dates are known to 22 July 2025" in briefing_make.lines_of(data, summer)
    months = dict(briefing_make.panels(data, ask)[0].numbers)["months"].set_index("month")
    assert months.loc[CUT].isna().all()
    assert months.loc["2024-02"].notna().all()


def test_what_has_no_location_is_a_caveat(data: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unlocated, "share", _tenth_of_asb)
    for key in ("headlines", "hotspots"):
        (panel,) = briefing_make.panels(data, asked(data, (key,), as_at="2024-09", window="", year=None))
        (said,) = [caveat for caveat in panel.caveats if "has no location" in caveat]
        assert said.startswith("In the months shown 10 % of")


def _tenth_of_asb(data: Dataset, category: str, first: pd.Period, last: pd.Period) -> float:
    return 0.1 if category == ASB else 0.0
