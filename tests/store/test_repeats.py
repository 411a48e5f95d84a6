"""Rows with one Crime ID, and IDs that were damaged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from data.store.checks import Checked, check_rows, month_ordinal
from data.store.rows import read_rows
from geo.errors import InputError
from tests.published.police_files import crime, row, table

HERE, THERE = ("-2.85", "53.42"), ("-2.86", "53.43")


def check(rows: Sequence[Mapping[str, str]], named: tuple[str, str] | None = None) -> Checked:
    return check_rows(read_rows("a.csv", table(rows)), named, month_ordinal("2025-01"))


def test_equal_rows_of_one_id_are_one_incident_and_rows_without_an_id_stand() -> None:
    checked = check([crime(HERE, 1)] * 13 + [row(HERE)] * 3)
    assert (checked.rows_read, len(checked.usable), checked.joined, checked.rejected) == (16, 4, 12, ())
    assert checked.joined_units == {("somewhere", month_ordinal("2024-10")): 12}
    assert checked.usable.tolist() == [0, 13, 14, 15], "the first of them stands"
    assert checked.notes == ()


@pytest.mark.parametrize(
    "other",
    [{"Location": "On or near Elm Street"}, {"Crime type": "Robbery"}, {"Last outcome category": "Offender charged"},
     {"Month": "2024-09"}, {"Longitude": "-2.851"}, {"LSOA code": "E01006449"}, {"Falls within": "Elsewhere Police"}],
)  # fmt: skip
def test_rows_of_one_id_that_differ_in_anything_that_is_read_all_stand(other: dict[str, str]) -> None:
    checked = check([crime(HERE, 1), crime(HERE, 1) | other, crime(HERE, 1), crime(HERE, 2)])
    assert (len(checked.usable), checked.joined) == (3, 1)
    assert checked.notes == ("2 rows share a Crime ID and differ in something else: each is kept as an incident",)


def test_a_row_that_cannot_be_used_is_rejected_once_and_repeats_are_no_loss() -> None:
    checked = check([crime(("", ""), 1)] * 4 + [crime(HERE, 2)])
    assert (checked.by_reason, checked.joined, len(checked.published)) == ({"no location": 1}, 3, 2)
    assert checked.rows_read == len(checked.usable) + len(checked.rejected) + checked.joined


def test_a_file_that_holds_its_rows_twice_is_refused_where_some_have_no_id() -> None:
    crimes = [crime(HERE if n % 2 else THERE, n) for n in range(30)]
    assert check(crimes * 2).joined == 30
    assert check([*crimes, *crimes[:15], row(HERE)]).joined == 15
    with pytest.raises(InputError, match="30 of its 30 Crime IDs stand there more than once with the same row") as no:
        check([*crimes, row(HERE)] * 2)
    assert "the 2 rows without an ID" in str(no.value)
    assert "Download the file again" in str(no.value)


@pytest.mark.parametrize(
    ("text", "why"),
    [("1.2E+15", "rounded it"), ("1,23457E+63", "rounded it"), ("4e63", "rounded it"), ("########", "rounded it"),
     (f"{7:064x}"[:40], "Crime IDs are cut"), (f"{7:064x}"[:10], "Crime IDs are cut")],
)  # fmt: skip
def test_an_id_that_a_spreadsheet_damaged(text: str, why: str) -> None:
    rows = [crime(HERE, n) for n in range(3)]
    with pytest.raises(InputError, match=why) as refusal:
        check([*rows[:2], rows[2] | {"Crime ID": text}, row(HERE)])
    assert (refusal.value.row, refusal.value.column, refusal.value.value) == (4, "Crime ID", text)
    assert "without opening it in Excel" in str(refusal.value)


def test_ids_that_are_all_cut_at_one_place() -> None:
    with pytest.raises(InputError, match="Crime IDs are cut"):
        check([crime(HERE, 0) | {"Crime ID": f"{n:032x}"} for n in range(25)])
    assert check([crime(HERE, 0) | {"Crime ID": f"case {n}"} for n in range(25)]).joined == 0, "somebody's own"


def test_a_file_that_fills_a_sheet_of_excel_was_cut_off_there() -> None:
    raw = table([row(HERE)])
    header, line = raw.splitlines(keepends=True)
    full = read_rows("a.csv", header + line * 1_048_575)
    with pytest.raises(InputError, match="as many rows as fit into a sheet of Excel"):
        check_rows(full, None, month_ordinal("2025-01"))
