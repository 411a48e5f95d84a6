"""Single values that strayed into a mapped column, such as a name among reference numbers, are never written down."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.feed.importing import import_feed
from data.feed.mapping import FeedMapping
from data.feed.personal import personal_columns, private_text
from data.feed.private import NOT_KEPT, kept_references, kept_value, kept_words
from data.feed.remembered import remembered_mapping
from data.feed.report import FeedReport
from data.feed.table import Table, read_table
from data.kinds.crime_types import ASB
from data.place.area import Area
from data.store.status import rejected_rows
from data.store.store import load
from tests.feed.feed_files import csv_bytes, everything_in, points_in
from tests.properties import examples

TODAY = date(2025, 1, 15)
MAPPING = FeedMapping(
    columns={"start": "When", "easting": "X", "northing": "Y", "reference": "Ref", "subcategory": "Kind"},
    category=ASB,
    words={"subcategory": {"youths": "rowdy and inconsiderate behaviour"}},
    day_first=True,
)
ROWS = 60
OCTOBER = date(2024, 10, 1), date(2024, 10, 31)


def brought_in(store: Path, area: Area, change: dict[str, str], mapping: FeedMapping = MAPPING) -> FeedReport:
    """Import ROWS rows of which one says something else."""
    points = points_in(area, ROWS)
    made = [
        {
            "Ref": f"KN/ASB/{n:05d}",
            "When": f"{1 + n % 28:02d}/10/2024 19:{n % 60:02d}",
            "X": str(points[n][0]),
            "Y": str(points[n][1]),
            "Kind": "youths" if n % 2 else "noise",
        }
        for n in range(ROWS)
    ]
    made[5] |= change
    raw = csv_bytes(list(made[0]), made)
    return import_feed(read_table("f.csv", raw), raw, "a", mapping, store, area, today=TODAY, period=OCTOBER)


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("AB123456C", "AB123456C"),
        ("ring ab 12 34 56 c", "34 56"),
        ("ZZ1 1ZZ", "ZZ1"),
        ("Mrs Q Specimen", "Specimen"),
        ("Specimen", "Specimen"),
        ("Jane Specimen 12", "Specimen"),
        ("07700 900123", "900123"),
        ("+447700900123", "900123"),
        ("R7 12 Specimen Street", "Specimen"),
        ("x" * 80 + "1", "xxxx"),
    ],
)
def test_a_reference_that_tells_of_somebody_is_dropped_and_its_incident_kept(
    area: Area, tmp_path: Path, text: str, secret: str
) -> None:
    report = brought_in(tmp_path, area, {"Ref": text})
    assert (report.rows_read, report.loaded, report.rejected) == (ROWS, ROWS, 0)
    assert any("1 reference number" in note for note in report.notes)
    assert secret.encode() not in everything_in(tmp_path)
    kept = load(tmp_path, area, "a").frame["incident_id"].astype(str)
    assert kept.str.startswith("a:KN/ASB/").sum() == ROWS - 1


@pytest.mark.parametrize("secret", ["Spec\u200bimen@example.org", "spec@\u2060example.org"])
def test_letters_that_nobody_sees_hide_no_address(secret: str) -> None:
    raw = csv_bytes(["Ref", "b"], [{"Ref": secret, "b": "1"}, {"Ref": "R1", "b": "2"}])
    assert personal_columns(read_table("f.csv", raw)) == {"Ref": "looks like an e-mail address (by its values)"}


@pytest.mark.parametrize(
    ("column", "text"),
    [
        ("When", "see Mrs Specimen 07700 900123"),
        ("When", "Specimen"),
        ("X", "12 Specimen Street"),
        ("X", "07700 900123"),
    ],
)
def test_a_row_put_aside_keeps_no_text_that_tells_of_somebody(
    area: Area, tmp_path: Path, column: str, text: str
) -> None:
    report = brought_in(tmp_path, area, {column: text})
    assert report.rejected == 1
    every = everything_in(tmp_path)
    assert b"Specimen" not in every
    assert b"900123" not in every
    row = rejected_rows(tmp_path).iloc[0]
    assert (row["row"], row["column"]) == (7, column)
    assert NOT_KEPT in row["value"]


def test_a_word_for_a_kind_that_tells_of_somebody_is_used_but_not_remembered(area: Area, tmp_path: Path) -> None:
    words = {"subcategory": {"youths": "noise", "noise by John Specimen 07700 900123": "noise"}}
    told = next(iter(reversed(words["subcategory"])))
    brought_in(tmp_path, area, {"Kind": told}, replace(MAPPING, words=words))
    assert (load(tmp_path, area, "a").frame["subcategory"] == "noise").sum() == ROWS
    assert b"Specimen" not in everything_in(tmp_path)
    remembered = remembered_mapping(tmp_path, "a")
    assert remembered is not None
    assert remembered.words == {"subcategory": {"youths": "noise"}}


def test_a_kind_that_is_put_aside_with_its_row(area: Area, tmp_path: Path) -> None:
    columns = {name: column for name, column in MAPPING.columns.items() if name != "subcategory"}
    mapping = FeedMapping(
        columns=columns | {"category": "Kind"}, words={"category": {"youths": ASB, "noise": ASB}}, day_first=True
    )
    report = brought_in(tmp_path, area, {"Kind": "noise by John Specimen"}, mapping)
    assert report.rejected_by_reason == {"kind of incident not mapped": 1}
    assert b"Specimen" not in everything_in(tmp_path)
    assert report.unmapped == {"category": {"noise by John Specimen": 1}}  # said on the screen, to be mapped or not


@pytest.mark.parametrize(
    "text", ["KN/ASB/00012", "R12", "2024-1031-0456", "MP-24-123456", "DR/12/A", "ALI/23/4", "PC-77", "00000123456"]
)
def test_ordinary_reference_numbers_are_kept(text: str) -> None:
    assert kept_references([text, *(f"R{n}" for n in range(99))])[0][0] == text


def test_numbers_as_long_as_a_phone_number_are_kept_where_all_are() -> None:
    numbers = [f"01{n:09d}" for n in range(50)]
    assert kept_references(numbers) == (numbers, 0)
    assert kept_references([*(f"R{n}" for n in range(50)), numbers[0]])[1] == 1


@pytest.mark.parametrize(
    "text", ["30 Rowdy or nuisance behaviour", "Vehicle nuisance / off-road bikes", "3 ASB personal", "Other"]
)
def test_words_for_kinds_are_remembered(text: str) -> None:
    assert not private_text(text)
    mapping = FeedMapping(columns={"start": "a"}, words={"subcategory": {text: "noise"}})
    assert kept_words(mapping) == mapping


@pytest.mark.parametrize("text", ["31/10/2024 7.05 pm", "Thu 31 Oct 2024", "31/09/2024", "not known", "1.7e5", "abcd"])
def test_what_is_wrong_with_a_date_can_be_seen(text: str) -> None:
    assert kept_value("start", text) == (NOT_KEPT if text == "abcd" else text)


@pytest.mark.parametrize(
    "header",
    [
        "FIRSTNAME", "firstname", "VICTIMNAME", "Fore\u200bname", "N\u00adame", "\uff2e\uff41\uff4d\uff45", "Name1",
        "Surname2", "Address1", "Addr2", "emailaddress", "Email1", "telno", "Tel1", "Mob", "mobno", "DOB1",
        "dateofbirth", "BIRTHDATE", "Postcode2", "Informant2", "Collar No", "NHSno", "Next of kin", "User",
    ],
)  # fmt: skip
def test_odd_headers_give_a_personal_column_away(header: str) -> None:
    values = [f"x{n}" for n in range(60)]
    assert header in personal_columns(Table("f", {header: values}, list(range(60))))


@pytest.mark.parametrize("header", ["streetname", "WARDNAME", "Road Name 2", "FileName", "X1", "Date 2", "Ref2"])
def test_odd_headers_of_places_and_numbers_are_left_alone(header: str) -> None:
    values = [f"x{n}" for n in range(60)]
    assert personal_columns(Table("f", {header: values}, list(range(60)))) == {}


def test_dates_of_birth_are_known_by_their_years() -> None:
    births = [f"{1 + n % 28:02d}/06/{1950 + n}" for n in range(60)]
    recent = [f"{1 + n % 28:02d}/06/{2010 + n % 14}" for n in range(54)] + ["01/01/1900"] * 6
    found = personal_columns(Table("f", {"D1": births, "D2": recent}, list(range(60))))
    assert found == {"D1": "looks like a date of birth or an age (by its values)"}


@examples(60)
@given(st.from_regex(r"(?:[A-Za-z]{1,6}[-/]?)?[0-9]{1,9}", fullmatch=True))
def test_short_numbers_behind_letters_tell_of_nobody(text: str) -> None:
    assert not private_text(text)
    assert kept_references([text]) == ([text], 0)
