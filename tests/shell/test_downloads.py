"""Files that leave: figures unchanged, text harmless in a spreadsheet, marked where simulated."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.common.method import Method
from data.kinds.crime_types import ASB, DRUGS
from data.place.area import Area
from data.store.schema import Incidents, empty_frame
from pages.ui.shell import downloads
from pages.ui.shell.cache import Dataset

TEXT = st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\r\n\0"), max_size=30)
START = st.sampled_from(["", "=", "+", "-", "@", "\t", "\r", "\n", " =", "  @", "＝", "'"])


def dataset(area: Area, *, simulated: bool) -> Dataset:
    incidents = Incidents(empty_frame(), pd.PeriodIndex([], freq="M"), "v1", simulated=simulated)
    return Dataset(area, incidents, date(2025, 1, 15), "v1", Path("nowhere"))


def read(content: bytes) -> list[list[str]]:
    text = content.decode("utf-8-sig")
    return list(csv.reader(io.StringIO("\n".join(line for line in text.split("\r\n") if not line.startswith("#")))))


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("On or near High Street", "On or near High Street"),
        ("=1+1", "'=1+1"),
        ("+44", "'+44"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\rx", "'\rx"),
        ("\nx", "'\nx"),
        ("  =1", "'  =1"),
        ("＝1", "'＝1"),
        ("", ""),
        ("a=1", "a=1"),
    ],
)
def test_text_that_would_be_a_formula(text: str, written: str) -> None:
    assert downloads.neutral(text) == written


@given(START, TEXT)
def test_no_cell_can_start_a_formula(start: str, rest: str) -> None:
    cells = read(downloads.csv_bytes(pd.DataFrame({start + rest + "name": [start + rest], "n": [1]})))
    flat = [cell for row in cells for cell in row]
    assert not [cell for cell in flat if cell.lstrip()[:1] in set("=+-@＝＋－＠")]
    assert not [cell for cell in flat if cell[:1] in {"\t", "\r", "\n"}]


@given(
    st.lists(
        st.tuples(TEXT, st.integers(-(10**9), 10**9), st.floats(allow_nan=False, allow_infinity=False)), max_size=5
    )
)
def test_figures_come_back_unchanged(rows: list[tuple[str, int, float]]) -> None:
    frame = pd.DataFrame(rows, columns=["text", "count", "rate"]).astype({"count": "int64", "rate": "float64"})
    back = read(downloads.csv_bytes(frame, ['a note, with "quotes"\nand a line end']))[1:]
    assert [int(row[1]) for row in back] == frame["count"].tolist()
    assert [float(row[2]) for row in back] == frame["rate"].tolist()
    for row, text in zip(back, frame["text"], strict=True):
        assert row[0] in {text, "'" + text}


def test_a_missing_figure_is_empty_never_zero() -> None:
    frame = pd.DataFrame(
        {"month": ["2024-01", "2024-02"], "count": pd.array([None, 0], dtype="Int64"), "rate": [np.nan, 0]}
    )
    assert read(downloads.csv_bytes(frame))[1:] == [["2024-01", "", ""], ["2024-02", "0", "0.0"]]


def test_pandas_reads_it_past_its_head() -> None:
    frame = pd.DataFrame({"ward": ["St Michael's # 2", 'a "b", c'], "n": [1, 2]})
    content = downloads.csv_bytes(frame, ["SIMULATED", "second, line"])
    back = pd.read_csv(io.BytesIO(content), comment="#", skiprows=0, encoding="utf-8")
    assert back["n"].tolist() == [1, 2]
    assert back["ward"].tolist() == frame["ward"].tolist()


def test_excel_sees_its_encoding_and_one_cell_a_line() -> None:
    content = downloads.csv_bytes(pd.DataFrame({"a": [1]}), ["≥ 5, with a comma"])
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.decode("utf-8-sig").split("\r\n")[0] == "# ≥ 5; with a comma"
    assert b"\n" not in content.replace(b"\r\n", b"")


def test_names_say_what_it_is(area: Area) -> None:
    assert downloads.file_name(dataset(area, simulated=False), ASB, "2024-12") == f"{area.name.lower()}-asb-2024-12.csv"
    assert downloads.file_name(dataset(area, simulated=True), DRUGS, "", "2024-12").endswith(
        "-drugs-2024-12-simulated.csv"
    )


@given(TEXT)
def test_names_hold_nothing_a_file_system_objects_to(part: str) -> None:
    assert set(downloads.slug(part)) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")


def test_the_head_says_where_it_comes_from(area: Area) -> None:
    method = Method("a method", {"level": "95 %"}, n=3, caveats=("It misleads.",))
    real = downloads.about(dataset(area, simulated=False), "counts", "2024", method, asb=True)
    assert "Contains data from data.police.uk, licensed under the Open Government Licence v3.0" in real
    assert area.wards.attribution in real
    assert "It misleads." in real
    assert any("council, housing" in line for line in real)
    for category in (ASB, DRUGS):
        said = downloads.about(dataset(area, simulated=False), "counts", of=category)
        assert any("council, housing" in line for line in said) == (category == ASB)
    assert not any("SIMULATED" in line for line in real)
    made_up = downloads.about(dataset(area, simulated=True), "counts")
    assert made_up[0].startswith("SIMULATED")
    assert not any("data.police.uk, licensed" in line for line in made_up)
    other = dataset(area, simulated=False)
    other = replace(other, incidents=replace(other.incidents, source="a partner"))
    assert not any("data.police.uk, licensed" in line for line in downloads.about(other, "counts"))
