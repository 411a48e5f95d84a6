"""Police files as a spreadsheet saves them again: the same incidents come back, or the reason why not."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.kinds import lists as names
from data.place.area import Area
from data.published.police_uk import import_paths
from data.store.checks import Checked, check_rows, month_ordinal
from data.store.layout import NEEDED
from data.store.rows import read_rows
from geo.errors import InputError
from tests.properties import examples
from tests.published.police_files import HEADER, NOW, archive, crime, named, points_of, put, row, table

LAST = month_ordinal("2025-01")
SHORT = "Jan-25"
MONTHS: dict[str, Callable[[date], str]] = {
    "2025-01": lambda day: f"{day:%Y-%m}",
    SHORT: lambda day: f"{names.MONTHS[day.month - 1][:3]}-{day:%y}",
    "01/01/2025": lambda day: f"{day:%d/%m/%Y}",
    "1/1/25, month first": lambda day: f"{day.month}/1/{day:%y}",
    "45658": lambda day: str((day - date(1899, 12, 30)).days),
    "2025-1": lambda day: f"{day.year}-{day.month}",
    "January 2025": lambda day: f"{names.MONTHS[day.month - 1]} {day.year}",
}


@dataclass(frozen=True)
class Form:
    """How a file is saved again."""

    coding: str = "utf-8"
    delimiter: str = ","
    sep_line: bool = False
    quoted: bool = False
    wrapped: bool = False
    empty_columns: int = 0
    blanks: bool = False
    month: str = "2025-01"
    decimal_comma: bool = False
    left_away: bool = False
    blank_rows: int = 0
    end: str = "\r\n"


FORMS = st.builds(
    Form,
    coding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"]),
    delimiter=st.sampled_from([",", ";", "\t", "|"]),
    sep_line=st.booleans(),
    quoted=st.booleans(),
    wrapped=st.booleans(),
    empty_columns=st.sampled_from([0, 0, 1, 4]),
    blanks=st.booleans(),
    month=st.sampled_from(sorted(MONTHS)),
    decimal_comma=st.booleans(),
    left_away=st.booleans(),
    blank_rows=st.sampled_from([0, 0, 1, 2]),
    end=st.sampled_from(["\r\n", "\n", "\r"]),
)


def written(month: str, form: Form) -> str:
    """Write a month in a form."""
    return MONTHS[form.month](date.fromisoformat(f"{month}-01"))


def saved(rows: Sequence[Mapping[str, str]], form: Form) -> bytes:
    """Write published rows in a form."""

    def text(name: str, value: str) -> str:
        if name == "Month":
            value = written(value, form)
        if name in ("Longitude", "Latitude") and form.decimal_comma:
            value = value.replace(".", ",")
        return f"{value} " if form.blanks else value

    def line(fields: Sequence[str], *, strip: bool = False) -> str:
        out = io.StringIO(newline="")
        quoting = csv.QUOTE_ALL if form.quoted else csv.QUOTE_MINIMAL
        kept = list(fields) + [""] * form.empty_columns
        while strip and form.left_away and not kept[-1].strip():
            kept.pop()
        csv.writer(out, delimiter=form.delimiter, lineterminator="", quoting=quoting).writerow(kept)
        if not form.wrapped:
            return out.getvalue()
        again = io.StringIO(newline="")
        csv.writer(again, lineterminator="", quoting=csv.QUOTE_ALL).writerow([out.getvalue()])
        return again.getvalue()

    lines = [f"sep={form.delimiter}"] if form.sep_line else []
    lines.append(line([f"{name} " if form.blanks else name for name in HEADER]))
    lines += [line([text(name, one[name]) for name in HEADER], strip=True) for one in rows]
    lines += [line([""] * len(HEADER))] * form.blank_rows
    return "".join(one + form.end for one in lines).encode(form.coding)


@st.composite
def published(draw: st.DrawFn, months: Sequence[str]) -> list[dict[str, str]]:
    """Rows as published: ASB without IDs and alike, crimes, some without a location, words with commas and accents."""
    places = st.sampled_from([("-2.851234", "53.412345"), ("0.12", "52.5"), ("-0.5", "51"), ("", "")])
    words = st.sampled_from(
        ["On or near High Street", "On or near Ffordd Tŷ, Gwyn", 'On or near "The Elm"', "No Location"]
    )
    found = []
    for n in range(draw(st.integers(1, 6))):
        month, at, location = draw(st.sampled_from(months)), draw(places), draw(words)
        made = row(at) if draw(st.booleans()) else crime(at, n, draw(st.sampled_from(["", "Under investigation"])))
        found.append(made | {"Month": month, "Location": location})
    return [*found, row(("-2.85", "53.41"), Month=months[0])]


def meant(checked: Checked) -> list[tuple[object, ...]]:
    """What is kept of the usable rows."""
    columns = [checked.table[name].to_pylist() for name in NEEDED if name != "Month"]
    rows = zip(checked.month.tolist(), checked.category.tolist(), *columns, strict=True)
    return [one for at, one in enumerate(rows) if at in set(checked.usable.tolist())]


@examples(40)
@given(data=st.data(), form=FORMS)
def test_what_was_saved_again_comes_back_or_is_refused_for_its_reason(data: st.DataObject, form: Form) -> None:
    one_month = data.draw(st.booleans(), "named")
    months = ["2024-02"] if one_month else data.draw(st.sampled_from([["2024-02"], ["2024-11", "2024-12", "2025-01"]]))
    rows = data.draw(published(months))
    name = ("somewhere", months[0]) if one_month else None
    plain = check_rows(read_rows("a.csv", table(rows)), name, LAST)
    raw = saved(rows, form)
    there = {one["Month"] for one in rows}
    if form.month == SHORT and not one_month and len(there) < 3:
        with pytest.raises(InputError, match="a month such as this may be a month of") as refusal:
            check_rows(read_rows("a.csv", raw), name, LAST)
        assert refusal.value.row is not None
        assert refusal.value.column == "Month"
        return
    again = check_rows(read_rows("a.csv", raw), name, LAST)
    assert meant(again) == meant(plain)
    assert (again.rows_read, again.by_reason, again.joined) == (plain.rows_read, plain.by_reason, plain.joined)
    shift = 1 if form.sep_line else 0
    assert [one.row - shift for one in again.rejected] == [one.row for one in plain.rejected]
    undone = " ".join(again.notes)
    assert ("UTF-16" in undone) == form.coding.startswith("utf-16")
    assert ("parted by" in undone) == (form.delimiter != ",")
    assert ("months such as" in undone) == any(written(month, form) != month for month in there)


def store_of(area: Area, folder: Path, raw: bytes, name: str) -> tuple[object, tuple[str, ...]]:
    report = import_paths([put(folder, raw, name)], folder / "store", area, now=NOW)
    (file,) = report.files
    assert file.rows_read == file.loaded + file.rejected + file.outside + file.joined
    return (file.status, file.loaded, file.rejected, file.outside, file.error), tuple(report.lines())


def test_the_report_says_what_was_undone(area: Area, tmp_path: Path) -> None:
    at = points_of(area)
    rows = [row(at.inside, Month="2024-12"), crime(at.other, 1) | {"Month": "2024-12"}]
    raw = saved(rows, Form("utf-16", ";", month=SHORT, decimal_comma=True, blank_rows=2))
    counts, lines = store_of(area, tmp_path, raw, named("2024-12"))
    assert counts == ("loaded", 2, 0, 0, None)
    assert lines[1:] == (
        "  note: text in UTF-16, not in UTF-8.",
        "  note: columns parted by semicolons, not by commas.",
        "  note: coordinates with decimal commas.",
        "  note: months such as Dec-24 as 2024-12.",
        "  note: 2 rows without any text passed over.",
    )


def test_the_name_of_a_file_is_held_against_months_in_any_form(area: Area, tmp_path: Path) -> None:
    raw = saved([row(points_of(area).inside, Month="2024-11")], Form(month=SHORT))
    counts, _ = store_of(area, tmp_path, raw, named("2024-12"))
    assert counts[0] == "failed"  # type: ignore[index]
    assert "named for 2024-12 and holds another month (found 'Nov-24')" in counts[4]  # type: ignore[index]


def test_a_row_that_is_short_at_the_end_of_a_file_may_be_cut_off() -> None:
    whole = table([row(("-2.85", "53.42"))] * 2)
    cut = whole.rstrip(b"\n").removesuffix(b",,")
    assert check_rows(read_rows("a.csv", cut + b"\n"), None, LAST).by_reason == {}
    assert check_rows(read_rows("a.csv", cut), None, LAST).by_reason == {"wrong number of fields": 1}
    middle = whole.replace(b",Anti-social behaviour,,", b",Anti-social behav", 1)
    assert check_rows(read_rows("a.csv", middle), None, LAST).by_reason == {"wrong number of fields": 1}


@pytest.mark.parametrize(
    "last", ["Total,,,,,,,,,2,,", "Total,2", ",,,,,,,,Grand Total,2,,", "Totals: 2", "Count,,,,,,,,,2,,", '"Total",2,']
)
@pytest.mark.parametrize("after", ["", ",,,,,,,,,,,\n,,,,,,,,,,,\n"])
def test_a_totals_row_at_the_end_is_named(last: str, after: str) -> None:
    raw = table([row(("-2.85", "53.42"))] * 2) + f"{last}\n{after}".encode()
    checked = check_rows(read_rows("a.csv", raw), ("somewhere", "2024-10"), LAST)
    assert checked.by_reason == {"totals row": 1}
    assert checked.rejected[0].row == 4
    assert "is no incident" in checked.rejected[0].advice
    higher = table([row(("-2.85", "53.42"))]) + f"{last}\n".encode() + table([row(("-2.85", "53.42"))]).split(b"\n")[1]
    assert "totals row" not in check_rows(read_rows("a.csv", higher + b"\n"), None, LAST).by_reason


OTHERS = {
    "stop-and-search": "Type,Date,Part of a policing operation,Policing operation,Latitude,Longitude,Gender,Age range,"
    "Self-defined ethnicity,Officer-defined ethnicity,Legislation,Object of search,Outcome,"
    "Outcome linked to object of search,Removal of more than just outer clothing",
    "outcomes": "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Outcome type",
    "neighbourhood": "Month,Force,Neighbourhood,All crime,Anti-social behaviour,Burglary",
    "eastings": "Month,Reported by,Falls within,Easting,Northing,Location,Crime type,Context",
}


@pytest.mark.parametrize("kind", OTHERS)
@pytest.mark.parametrize("delimiter", [",", ";"])
def test_another_file_of_the_police_is_named_as_what_it_is(kind: str, delimiter: str) -> None:
    raw = OTHERS[kind].replace(",", delimiter) + "\n" + delimiter.join("x" * len(OTHERS[kind].split(","))) + "\n"
    with pytest.raises(InputError) as refusal:
        read_rows("a.csv", raw.encode())
    said = str(refusal.value)
    assert kind in said
    assert "a column is missing" not in said
    assert ("import-feed" in said) == (kind == "stop-and-search")


def test_other_files_are_passed_over_in_an_archive_and_named_alone(area: Area, tmp_path: Path) -> None:
    stops, at = (OTHERS["stop-and-search"] + "\n").encode(), points_of(area)
    beside = "2024-10/2024-10-somewhere-stop-and-search.csv"
    packed = archive(tmp_path / "a.zip", {f"2024-10/{named()}": table([row(at.inside)]), beside: stops})
    (file,) = import_paths([packed], tmp_path / "store", area, now=NOW).files
    assert (file.status, file.left_alone) == ("loaded", 1)
    for name in ("2024-10-somewhere-stop-and-search.csv", "renamed.csv"):
        (alone,) = import_paths([put(tmp_path, stops, name)], tmp_path / "store", area, now=NOW).files
        assert alone.status == "failed"
        assert "python -m data import-feed" in (alone.error or "")


def test_a_workbook_is_named_as_one(area: Area, tmp_path: Path) -> None:
    book = archive(tmp_path / "2024-10-somewhere-street.xlsx", {"[Content_Types].xml": b"", "xl/workbook.xml": b""})
    (file,) = import_paths([book], tmp_path / "store", area, now=NOW).files
    assert "this is an Excel workbook" in (file.error or "")
