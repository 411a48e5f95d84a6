"""Workbooks with several sheets, hidden rows and other formats; points as GeoJSON."""

from __future__ import annotations

import io
import json
import zipfile
from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import openpyxl  # type: ignore[import-untyped]
import pytest
import xlwt  # type: ignore[import-untyped]
from hypothesis import given
from hypothesis import strategies as st

from data.feed.alike import Sheet, alike
from data.feed.table import Table, read_table
from geo.errors import InputError
from tests.feed.feed_files import workbook
from tests.properties import examples

HEADER = ["Ref", "When", "Kind"]
KINDS = ("Noise", "Fireworks", "Drinking")


def month(number: int, rows: int = 6) -> list[list[object]]:
    """Rows of a month under the header."""
    days = [datetime(2024, number, 1 + k, 19, 5 * k) for k in range(rows)]
    return [HEADER, *([f"{number}-{k}", at, KINDS[k % 3]] for k, at in enumerate(days))]


def rows_of(table: Table) -> Counter[tuple[str, ...]]:
    return Counter(zip(*table.columns.values(), strict=True))


# --- several sheets --------------------------------------------------------------------------------------------------
def test_one_sheet_a_month_is_one_table() -> None:
    book = {
        "Cover": [["Incidents of 2024"], ["Made for the partnership", "v2"]],
        "Jan": month(1),
        "Feb": month(2),
        "Mar": [["Report of March"], *month(3)],
        "By kind": [["Row labels", "Count"], ["Noise", 6], ["Fireworks", 6], ["Total", 12]],
        "Empty": [],
    }
    table = read_table("f.xlsx", workbook(book))
    assert len(table) == 18
    assert table.columns["Ref"] == [f"{m}-{k}" for m in (1, 2, 3) for k in range(6)]
    assert table.parts == ((0, "Jan"), (6, "Feb"), (12, "Mar"))
    assert (table.file_of(5), table.lines[5]) == ("f.xlsx, sheet 'Jan'", 7)
    assert (table.file_of(12), table.lines[12]) == ("f.xlsx, sheet 'Mar'", 3)
    assert table.dates["When"] == set(range(18))
    told = " ".join(table.notes)
    assert "3 of 6 sheets read alike and are one table: 'Jan', 'Feb' and 'Mar'" in told
    assert "sheets passed over: 'Cover' and 'Empty' (no table) and 'By kind' (no dates)" in told


def test_columns_of_another_order_or_one_more_are_put_together_by_name() -> None:
    more = [["When", "ref", "Kind", "Note"], [datetime(2024, 2, 1, 8), "2-0", "Noise", "x"]]
    table = read_table("f.xlsx", workbook({"Jan": month(1, 2), "Feb": more}))
    assert table.columns == {
        "Ref": ["1-0", "1-1", "2-0"],
        "When": ["2024-01-01T19:00:00", "2024-01-02T19:05:00", "2024-02-01T08:00:00"],
        "Kind": ["Noise", "Fireworks", "Noise"],
        "Note": ["", "", "x"],
    }


def test_a_sheet_that_holds_the_others_again_counts_once() -> None:
    whole = [HEADER, *month(1)[1:], *month(2)[1:]]
    table = read_table("f.xlsx", workbook({"2024": whole, "Jan": month(1), "Feb": month(2)}))
    assert len(table) == 12
    assert "'2024' (its rows stand in the others too)" in " ".join(table.notes)
    extract = read_table("f.xlsx", workbook({"2024": whole, "January alone": month(1)}))
    assert len(extract) == 12
    assert "'January alone' (its rows stand in the others too)" in " ".join(extract.notes)


def test_a_sheet_that_was_asked_for_is_the_only_one() -> None:
    table = read_table("f.xlsx", workbook({"Jan": month(1), "Feb": month(2)}), "Feb")
    assert table.columns["Ref"] == [f"2-{k}" for k in range(6)]
    assert (table.file_of(0), table.notes) == ("f.xlsx", ("sheet 'Feb' of 2",))


def test_a_row_with_too_many_fields_is_told_with_its_sheet() -> None:
    wide = [*month(2, 2), ["2-9", datetime(2024, 2, 9), "Noise", "stray"]]
    table = read_table("f.xlsx", workbook({"Jan": month(1, 2), "Feb": wide}))
    assert table.miscounted == (("f.xlsx, sheet 'Feb'", 4),)
    assert len(table) == 5


@given(st.lists(st.lists(st.integers(0, 30), min_size=5, max_size=12), min_size=1, max_size=4), st.booleans())
@examples(40)
def test_no_row_is_lost_or_counted_twice(months: list[list[int]], whole: bool) -> None:
    """Whatever stands on the sheets of the months, the table holds it once, with a sheet of them all or without."""
    day = date(2024, 1, 1)
    rows = [[(f"{m}-{k}", str(day + timedelta(n)), "x") for k, n in enumerate(each)] for m, each in enumerate(months)]
    every = [row for each in rows for row in each]
    sheets = [Sheet(str(m), _columns(each)) for m, each in enumerate(rows)]
    if whole:
        sheets.append(Sheet("all", _columns(every)))
    choice = alike(sheets)
    read = Counter(row for place in choice.places for row in sheets[place].rows)
    assert read == Counter((kind, ref, at) for ref, at, kind in every)


def _columns(rows: Sequence[tuple[str, str, str]]) -> dict[str, list[str]]:
    return {name: [row[k] for row in rows] for k, name in enumerate(HEADER)}


# --- hidden ----------------------------------------------------------------------------------------------------------
def hidden_book(*, filtered: bool) -> bytes:
    book = openpyxl.Workbook()
    page = book.active
    page.title = "Data & more"
    for row in month(1):
        page.append(row)
    for line in (3, 4):
        page.row_dimensions[line].hidden = True
    if filtered:
        page.auto_filter.ref = "A1:C7"
        page.auto_filter.add_filter_column(2, ["Noise"])
    old = book.create_sheet("Old")
    for row in [*month(2), *month(3)[1:]]:
        old.append(row)
    old.sheet_state = "hidden"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize(("filtered", "words"), [(True, "a filter hides"), (False, "somebody has hidden")])
def test_hidden_rows_are_read_and_said_and_hidden_sheets_passed_over(filtered: bool, words: str) -> None:
    table = read_table("f.xlsx", hidden_book(filtered=filtered))
    assert len(table) == 6
    told = " ".join(table.notes)
    assert f"{words} 2 rows of sheet 'Data & more': read like the others" in told
    assert "'Old' (hidden)" in told


# --- other formats ---------------------------------------------------------------------------------------------------
def open_document(body: str, mime: str = "application/vnd.oasis.opendocument.spreadsheet") -> bytes:
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", mime)
        archive.writestr(
            "META-INF/manifest.xml",
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
            f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{mime}"/></manifest:manifest>',
        )
        archive.writestr(
            "content.xml",
            f'<?xml version="1.0"?><office:document-content {spaces} office:version="1.3"><office:body>'
            f"<office:spreadsheet>{body}</office:spreadsheet></office:body></office:document-content>",
        )
    return out.getvalue()


def cell(text: str, more: str = "") -> str:
    return f'<table:table-cell office:value-type="string" {more}><text:p>{text}</text:p></table:table-cell>'


def test_hidden_rows_of_an_open_document() -> None:
    head = "".join(map(cell, HEADER))
    lines = [f"<table:table-row {more}>{cell(f'A{k}')}{cell(f'2024-01-0{k} 19:05')}{cell('Noise')}</table:table-row>"
             for k, more in ((1, ""), (2, 'table:visibility="filter"'), (3, ""))]  # fmt: skip
    raw = open_document(
        f'<table:table table:name="Data"><table:table-row>{head}</table:table-row>{"".join(lines)}</table:table>'
    )
    table = read_table("f.ods", raw)
    assert table.columns["Ref"] == ["A1", "A2", "A3"]
    assert "a filter hides 1 row of sheet 'Data': read like the others" in " ".join(table.notes)


@pytest.mark.parametrize(
    "body",
    [
        "<table:table-row>" + cell("x", 'table:number-columns-repeated="16384"') + "</table:table-row>",
        f'<table:table-row table:number-rows-repeated="1000000">{cell("x") * 3}</table:table-row>',
    ],
)
def test_cells_repeated_without_end_are_refused(body: str) -> None:
    with pytest.raises(InputError, match="repeats cells beyond all reason"):
        read_table("f.ods", open_document(f'<table:table table:name="Data">{body}</table:table>'))


@pytest.mark.parametrize("mime", ["application/vnd.oasis.opendocument.text", "nonsense"])
def test_another_open_document_is_no_workbook(mime: str) -> None:
    with pytest.raises(InputError, match=r"not a workbook.*\.xls or \.ods"):
        read_table("f.odt", open_document("", mime))


def moments() -> list[list[Any]]:
    """Rows with a date and time, a day, a number and a time, one of them at midnight."""
    at = [datetime(2024, 10, 28 + k % 3, 0 if k == 5 else 19, 0 if k == 5 else k) for k in range(8)]
    return [[f"A{k}", each, each.date(), 341_000 + k + k / 4, each.time()] for k, each in enumerate(at)]


NAMES = ["Ref", "When", "Day", "East", "At"]


def old_excel(rows: Sequence[Sequence[Any]]) -> bytes:
    book = xlwt.Workbook()
    book.add_sheet("Cover").write(0, 0, "Report")
    page = book.add_sheet("Data")
    shapes = ("", "dd/mm/yyyy hh:mm", "dd/mm/yyyy", "0.00", "hh:mm")
    for line, row in enumerate([NAMES, *rows]):
        for place, (value, shape) in enumerate(zip(row, shapes, strict=True)):
            page.write(line, place, value, xlwt.easyxf(num_format_str=shape if line and shape else "General"))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def own_cell(value: Any) -> str:
    if isinstance(value, datetime):
        return _typed("date", "date", value.isoformat())
    if isinstance(value, date):
        return _typed("date", "date", value.isoformat())
    if isinstance(value, time):
        return _typed("time", "time", f"PT{value.hour}H{value.minute}M{value.second}S")
    return _typed("float", "", str(value)) if isinstance(value, float) else cell(value)


def _typed(kind: str, attribute: str, text: str) -> str:
    name = f"{attribute}-value" if attribute else "value"
    return f'<table:table-cell office:value-type="{kind}" office:{name}="{text}"/>'


def test_three_formats_of_one_workbook_are_one_table() -> None:
    """Old Excel and LibreOffice give what Excel gives, midnights in a column of times too."""
    rows = moments()
    wanted = read_table("f", workbook({"Cover": [["Report"]], "Data": [NAMES, *rows]}))
    assert wanted.columns["When"][5] == "2024-10-30T00:00:00"
    assert wanted.columns["Day"][5] == "2024-10-30"
    body = "".join(f"<table:table-row>{''.join(map(own_cell, row))}</table:table-row>" for row in [NAMES, *rows])
    cover = f'<table:table table:name="Cover"><table:table-row>{cell("Report")}</table:table-row></table:table>'
    ods = open_document(f'{cover}<table:table table:name="Data">{body}</table:table>')
    for raw in (old_excel(rows), ods):
        table = read_table("f", raw)
        assert table.columns == wanted.columns
        assert table.dates == wanted.dates
        assert (table.lines, table.sheets) == (wanted.lines, wanted.sheets)


# --- GeoJSON ---------------------------------------------------------------------------------------------------------
def features(*places: object, **more: Any) -> bytes:
    every = [
        {"type": "Feature", "properties": {"Ref": f"A{k}", "When": "31/10/2024 19:05", "n": k}, "geometry": place}
        for k, place in enumerate(places)
    ]
    return json.dumps({"type": "FeatureCollection", **more, "features": every}).encode()


POINT = {"type": "Point", "coordinates": [-2.84, 53.41, 12.0]}


def test_points_are_rows_with_two_columns_of_place() -> None:
    line = {"type": "LineString", "coordinates": [[-2.8, 53.4], [-2.7, 53.5]]}
    table = read_table("f.geojson", b"\xef\xbb\xbf" + features(POINT, None, line))
    assert table.columns == {
        "longitude": ["-2.84", "", ""],
        "latitude": ["53.41", "", ""],
        "Ref": ["A0", "A1", "A2"],
        "When": ["31/10/2024 19:05"] * 3,
        "n": ["0", "1", "2"],
    }
    assert table.lines == [1, 2, 3]
    assert "1 feature is no single point: without a place" in " ".join(table.notes)


def test_points_on_the_national_grid_say_so() -> None:
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::27700"}}
    raw = features({"type": "Point", "coordinates": [341_000, 394_000.5]}, crs=crs)
    table = read_table("f.json", raw)
    assert (table.columns["easting"], table.columns["northing"]) == (["341000"], ["394000.5"])


def test_points_too_large_for_degrees_are_metres_where_the_file_says_nothing() -> None:
    point = {"type": "Point", "coordinates": [341_000, 394_000.5]}
    table = read_table("f.json", features(point, None))
    assert (table.columns["easting"], table.columns["northing"]) == (["341000", ""], ["394000.5", ""])
    assert "metres of the National Grid by their size" in " ".join(table.notes)
    mercator = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3857"}}
    assert "longitude" in read_table("f.json", features(point, crs=mercator)).columns
    assert "longitude" in read_table("f.json", features(point, POINT)).columns


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b'{"type": "FeatureCollection", "features": [', "the JSON is damaged"),
        (b'{"a": 1}', "no GeoJSON of points"),
        (b'[{"a": 1}]', "no GeoJSON of points"),
        (features(None), "features without a place"),
        (features({"type": "Polygon", "coordinates": []}), "polygons or lines"),
        (features(POINT, exceededTransferLimit=True), "cut short"),
        (features(POINT, properties={"exceededTransferLimit": True}), "cut short"),
        (features({"type": "Point", "coordinates": ["-2.8", True]}), "there is no point"),
        (b"[" * 100_000, "damaged|no GeoJSON|one column"),
    ],
)
def test_what_holds_no_points_is_refused(raw: bytes, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_table("f.geojson", raw)


# --- cases -----------------------------------------------------------------------------------------------------------
def test_the_sheet_that_reads_is_proposed_beside_a_cover(shared: Path) -> None:
    raw = (shared / "cases" / "feed_forms" / "twosheets.xlsx").read_bytes()
    table = read_table("twosheets.xlsx", raw)
    assert (len(table), table.sheets, table.parts) == (40, ("Cover", "Data"), ((0, "Data"),))
    assert any("'Cover'" in note for note in table.notes)


def test_incidents_as_geojson_are_a_table(shared: Path) -> None:
    raw = (shared / "cases" / "geojson_points" / "geojson_points.geojson").read_bytes()
    table = read_table("g.geojson", raw)
    assert len(table) == len(json.loads(raw)["features"])
    assert all(table.columns["longitude"])


def test_cells_merged_downwards_stand_for_every_row() -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook({"S": [["Date", "Ref"], [date(2024, 10, 5), "A1"], [None, "A2"],
                                                             [None, "A3"], [None, "A4"]]})))  # fmt: skip
    book["S"].merge_cells("A2:A4")
    out = io.BytesIO()
    book.save(out)
    table = read_table("f.xlsx", out.getvalue())
    assert table.columns["Date"] == ["2024-10-05"] * 3 + [""]
    assert table.dates["Date"] == {0, 1, 2}
    assert "2 cells that are merged with the one above have its value" in " ".join(table.notes)


@pytest.mark.parametrize(
    ("above", "header"),
    [
        (["Case", "", "Place", "", "Kind"], ["Ref", "Date", "Easting", "Northing", "Category"]),
        (["", "Incident", "", "Where", "What"], ["Ref", "Date", "X", "Y", "Type"]),
    ],
)
def test_names_of_groups_of_columns_are_no_header(above: list[str], header: list[str]) -> None:
    rows = [["A1", "2024-10-05", "343300", "391000", "Noise"]] * 4
    table = read_table("f.xlsx", workbook({"S": [["Report"], above, header, *rows]}))
    assert (list(table.columns), len(table)) == (header, 4)


def test_a_header_with_a_blank_keeps_its_place() -> None:
    table = read_table("f.xlsx", workbook({"S": [["A", "B", "C"], ["one", "two", "three"], ["four", "five", "six"]]}))
    assert list(table.columns) == ["A", "B", "C"]
    blank = read_table("f.xlsx", workbook({"S": [["Date", "", "Kind"], ["2024-10-05", "x", "Noise"]]}))
    assert list(blank.columns) == ["Date", "column 2", "Kind"]


def test_cells_merged_over_rows_of_an_open_document_are_said() -> None:
    tall = cell("2024-01-05 19:05", 'table:number-rows-spanned="2" table:number-columns-spanned="1"')
    head = cell("Report", 'table:number-rows-spanned="1" table:number-columns-spanned="2"')
    body = [head, cell("Date") + cell("Ref"), tall + cell("A1"), "<table:covered-table-cell/>" + cell("A2")]
    lines = "".join(f"<table:table-row>{line}</table:table-row>" for line in body)
    table = read_table("f.ods", open_document(f'<table:table table:name="Data">{lines}</table:table>'))
    assert table.columns["Date"][1] == ""
    assert "1 cells of sheet 'Data' are merged over several rows" in " ".join(table.notes)
