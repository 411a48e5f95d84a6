"""The Data page through AppTest: coverage, files dropped on it, what was rejected, and false alarms."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from data.kinds.crime_types import ASB, DRUGS
from data.place.area import Area
from data.store.schema import Incidents
from geo.errors import InputError
from pages.ui.loading import coverage
from tests.tab_pages import Open, charts, finding, html, numbers


def test_coverage_equals_the_months_of_the_files(opened: Open, real_store: Path, real: Incidents) -> None:
    at = opened(real_store, "Data")
    assert "term dates are known to 22 July 2025 (term dates as" in html(at)
    assert (
        finding(at) == "73 months of published incidents, January 2018 to December 2024; 11 months between them missing"
    )
    table = next(one for one in at.dataframe if "in_area" in one.value).value
    assert len(table) == 73
    inside = real.frame[real.frame["ward_code"].notna()]
    assert table.set_index("month")["in_area"].to_dict() == inside.groupby(inside["month"].astype(str)).size().to_dict()
    (spec,) = charts(at).values()
    assert [
        len(trace["x"]) if isinstance(trace["x"], list) else len(numbers(trace["x"])) for trace in spec["data"]
    ] == [73, 11]
    for force in ("lancashire", "cheshire"):
        assert force in html(at)


class Dropped(io.BytesIO):
    """A file as the browser sends it."""

    def __init__(self, name: str, content: bytes) -> None:
        super().__init__(content)
        self.name = name


@pytest.mark.parametrize(
    "name",
    ["../../etc/passwd", "..\\..\\x.csv", "/abs/2024-10-merseyside-street.csv", "", "..", "a\0b:c|d.zip", "x" * 999],
)
def test_a_dropped_file_cannot_choose_its_place(tmp_path: Path, name: str) -> None:
    (path,) = coverage.put_aside([Dropped(name, b"x")], tmp_path)
    assert path.parent == tmp_path
    assert path.read_bytes() == b"x"
    assert "\0" not in path.name


@pytest.mark.parametrize("name", ["CON", "nul.csv", "com1.2024.zip", "Aux .csv"])
def test_a_dropped_file_is_no_device_of_windows(tmp_path: Path, name: str) -> None:
    (path,) = coverage.put_aside([Dropped(name, b"x")], tmp_path)
    assert path.name == f"_{name}"


def test_a_full_disk_is_told_before_anything_is_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with (
        pytest.raises(InputError, match=r"cannot be put aside: No space left on device\. Make room there"),
        coverage.dropped([Dropped("a.csv", b"x")]),
    ):
        raise AssertionError("went on")


def test_dropped_files_of_one_name_are_all_kept(tmp_path: Path) -> None:
    paths = coverage.put_aside([Dropped("a.csv", b"1"), Dropped("A.csv", b"2"), Dropped("x/a.csv", b"3")], tmp_path)
    assert [path.read_bytes() for path in paths] == [b"1", b"2", b"3"]
    assert coverage.put_aside([Dropped("2024-10-merseyside-street.csv", b"")], tmp_path)[0].name == (
        "2024-10-merseyside-street.csv"
    )


def test_import_on_the_page_gives_the_report_of_the_command_line(
    opened: Open, shared: Path, tmp_path: Path, raw_october: pd.DataFrame
) -> None:
    archive = shared / "police_uk" / "merseyside_2022-10_to_2024-12.zip"
    with zipfile.ZipFile(archive) as packed:
        inside = next(one for one in packed.namelist() if one.endswith("2024-10-merseyside-street.csv"))
        month = packed.read(inside)
    at = opened(tmp_path / "store", "Data")
    at.file_uploader(key="upload").set_value(
        [("2024-10-merseyside-street.csv", month, "text/csv"), ("<b>page</b>.csv", b"<html></html>", "text/csv")]
    ).run()
    at.button(key="import").click().run()
    assert not at.exception
    assert finding(at).startswith("1 month of published incidents, October 2024")
    report = next(one for one in at.dataframe if "rows read" in one.value).value.set_index("status")
    loaded = report.loc["loaded"]
    assert (
        loaded["rows read"]
        == len(pd.read_csv(io.BytesIO(month)))
        == loaded["loaded"] + loaded["rejected"] + loaded["outside"]
    )
    assert "failed" in report.index
    assert "<b>page</b>" not in html(at)
    table = next(one for one in at.dataframe if "in_area" in one.value).value
    assert table["in_area"].tolist() == [len(raw_october)]


def test_rejected_rows_are_shown_and_harmless(opened: Open, shared: Path, tmp_path: Path, area: Area) -> None:
    from data.published.police_uk import import_paths

    with zipfile.ZipFile(shared / "police_uk" / "merseyside_2022-10_to_2024-12.zip") as packed:
        inside = next(one for one in packed.namelist() if one.endswith("2024-10-merseyside-street.csv"))
        rows = packed.read(inside).decode().splitlines()[:30]
    rows[1] = rows[1].replace(rows[1].split(",")[9], "=HYPERLINK(1)<img src=x onerror=alert(1)>")
    (tmp_path / "2024-10-merseyside-street.csv").write_text("\n".join(rows), encoding="utf-8")
    import_paths([tmp_path / "2024-10-merseyside-street.csv"], tmp_path / "store", area)
    at = opened(tmp_path / "store", "Data")
    shown = next(one for one in at.dataframe if "advice" in one.value).value
    assert len(shown) == 1
    assert "onerror" in shown["value"].iloc[0]
    assert "onerror" not in html(at)


def test_false_alarms_stand_on_the_data_page(opened: Open, real_store: Path) -> None:
    at = opened(real_store, "Data")
    shown = next(table.value for table in at.dataframe if "rejected" in table.value and "trials" in table.value)
    assert set(shown["category"]) == {ASB, DRUGS}
    # one test at 5 % rejects in at most 7 % of placebo months, one ward in 6.5 % of split months.
    assert (shown["rejected"] / shown["trials"]).max() <= 0.07
    np.testing.assert_allclose(shown["share rejected"], shown["rejected"] / shown["trials"], atol=0.0006)


@pytest.fixture
def doubted(area: Area, tmp_path: Path) -> Path:
    """A store of nine small months of the area's own force, one of which lost most of its rows."""
    from data.published.police_uk import import_paths
    from tests.published.police_files import NOW, named, points_of, put, row, table

    inside, force = points_of(area).inside, area.forces[0]
    for k in range(1, 10):
        month = f"2024-{k:02d}"
        rows = [row(inside, Month=month)] * (12 if k == 5 else 54) + [row(("", ""), Month=month)] * (0 if k == 5 else 6)
        put(tmp_path / "files", table(rows), named(f"2024-{k:02d}", force))
    import_paths([tmp_path / "files"], tmp_path / "store", area, now=NOW)
    return tmp_path / "store"


def test_a_month_in_doubt_is_hatched_listed_and_accepted(opened: Open, doubted: Path, area: Area) -> None:
    at = opened(doubted, "Data")
    assert "1 in doubt and left out" in finding(at)
    assert "8 months" in finding(at)
    assert f"{area.forces[0]}, May 2024: 12 rows, usually 60, with 12 rows of anti-social behaviour" in html(at)
    (spec,) = charts(at).values()
    hatched = next(trace for trace in spec["data"] if trace["marker"]["symbol"] == "hash-open")
    assert (hatched["x"], hatched["y"]) == ([5], ["2024"])
    table = next(one for one in at.dataframe if "in_area" in one.value and "used" in one.value).value
    assert table.set_index("month")["used"].to_dict()["2024-05"] == "no, in doubt"
    at.text_input(key="accepted_by").set_value("<b>analyst</b>")
    at.button(key=f"accept_{area.forces[0]}_2024-05").click().run()
    assert not at.exception
    assert finding(at).startswith("9 months of published incidents, January 2024 to September 2024, none missing")
    assert "in doubt" not in finding(at)
    assert "by &lt;b&gt;analyst&lt;/b&gt; on" in html(at)
    at.button(key=f"take_back_{area.forces[0]}_2024-05").click().run()
    assert "1 in doubt and left out" in finding(at)


@pytest.fixture
def damaged(area: Area, doubted: Path) -> Path:
    """The same store, in which the file of March was cut and that of April is gone."""
    folder = doubted / "incidents" / "police.uk" / area.forces[0]
    (cut,), (gone,) = folder.glob("2024-03.*"), folder.glob("2024-04.*")
    cut.write_bytes(cut.read_bytes()[:-9])
    gone.unlink()
    return doubted


def test_a_damaged_month_is_hatched_and_listed_and_nobody_can_accept_it(
    opened: Open, damaged: Path, area: Area
) -> None:
    at = opened(damaged, "Data")
    assert not at.exception
    assert "3 in doubt and left out" in finding(at)
    for month in ("March", "April"):
        assert f"{area.forces[0]}, {month} 2024: its stored file is missing or damaged. Judged by the check sum" in (
            html(at)
        )
    (spec,) = charts(at).values()
    hatched = next(trace for trace in spec["data"] if trace["marker"]["symbol"] == "hash-open")
    assert hatched["x"] == [3, 4, 5]
    accepts = [button.key for button in at.button if str(button.key).startswith("accept_")]
    assert accepts == [f"accept_{area.forces[0]}_2024-05"]


def test_rejected_rows_that_are_gone_take_nothing_else_down(opened: Open, doubted: Path) -> None:
    for path in (doubted / "rejected").glob("*.parquet"):
        path.unlink()
    at = opened(doubted, "Data")
    assert not at.exception
    assert "1 in doubt and left out" in finding(at)


@pytest.mark.parametrize("page", ["Overview", "Hotspots"])
def test_no_page_is_taken_down_by_damage(opened: Open, damaged: Path, page: str) -> None:
    at = opened(damaged, page)
    assert not at.exception
    assert "because their files may hold a part of the month only, or are damaged: March 2024" in html(at)
    assert "its stored file is missing or damaged" in html(at)


def test_every_page_says_once_what_is_left_out(opened: Open, doubted: Path, area: Area) -> None:
    said = (
        "Left out of every figure, because its file may hold a part of the month only: May 2024 "
        f"({area.forces[0]}: 12 rows of anti-social behaviour, where 60 are usual). The Data page says what to do."
    )
    at = opened(doubted, "Overview")
    assert html(at).count(said) == 1
    lost = f"10 % of anti-social behaviour in the files of {area.forces[0]} has no location."
    assert html(at).count(lost) == 1
    assert "Left out of every figure" not in html(opened(doubted, "Data"))
