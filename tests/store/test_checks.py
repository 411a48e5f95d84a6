"""Which rows of a published file are used, and what is said of the others."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from data.store.checks import REASONS, Checked, check_rows, force_slug, month_ordinal
from data.store.rows import read_rows
from geo.errors import InputError
from tests.published.police_files import row, table

HERE = ("-2.85", "53.42")
LAST = "2025-01"
NAMED = ("somewhere", "2024-10")


def check(
    *rows: Mapping[str, str], named: tuple[str, str] | None = None, raw: bytes = b"", most_units: int = 5_000
) -> Checked:
    """Check a small file."""
    return check_rows(read_rows("a.csv", raw or table(rows)), named, month_ordinal(LAST), most_units)


def reason(bad: Mapping[str, str]) -> str | None:
    """Why a row cannot be used, None where it can; a good row stands beside it."""
    checked = check(row(HERE), bad)
    why = [one.reason for one in checked.rejected]
    assert len(why) + len(checked.usable) == 2
    return why[0] if why else None


@pytest.mark.parametrize(
    ("month", "why"),
    [
        ("2010-11", "month out of range"),
        ("2010-12", None),
        ("2011-01", None),
        ("2024-12", None),
        (LAST, None),  # the month of the import itself
        ("2025-02", "month out of range"),
        ("0000-01", "month out of range"),
        ("2024-00", "malformed month"),
        ("2024-13", "malformed month"),
        ("2024-1", None),
        ("2024-10 ", None),
        ("10/2024", None),
        ("45566", None),
        ("45567", "malformed month"),
        ("٢٠٢٤-10", "malformed month"),
        ("", "blank month"),
        (" ", "blank month"),
    ],
)
def test_months_that_can_have_been_published(month: str, why: str | None) -> None:
    assert reason(row(HERE, Month=month)) == why


def test_months_are_counted_from_1970() -> None:
    assert [month_ordinal(month) for month in ("1969-12", "1970-01", "1970-12", "2024-10")] == [-1, 0, 11, 657]
    checked = check(row(HERE), row(HERE, Month="2024-09"), row(HERE, Month=""), row(HERE, Month="x"))
    assert checked.month[:2].tolist() == [657, 656]
    assert (checked.month[2:] < 0).all()


@pytest.mark.parametrize(
    ("lon", "lat", "why"),
    [
        # at the corners of Britain, and a hair beyond each side
        ("-9", "49", None),
        ("2.1", "61.5", None),
        ("-9.0001", "53.4", "outside Britain"),
        ("2.1001", "53.4", "outside Britain"),
        ("-2.8", "48.9999", "outside Britain"),
        ("-2.8", "61.5001", "outside Britain"),
        ("12.5", "41.9", "outside Britain"),
        # the same, each in the other's column
        ("49", "-9", "coordinates swapped"),
        ("61.5", "2.1", "coordinates swapped"),
        ("48.9999", "-2.8", "outside Britain"),
        ("61.5001", "-2.8", "outside Britain"),
        ("53.4", "-9.0001", "outside Britain"),
        ("53.4", "2.1001", "outside Britain"),
        # Greenwich is on longitude 0; nothing in Britain is on latitude 0
        ("0", "51.478", None),
        ("0", "0.0", "coordinates zero"),
        ("-2.8", "0", "coordinates zero"),
        ("53.4", "0", "coordinates zero"),
        ("", "", "no location"),
        ("-2.8", "", "one coordinate missing"),
        ("", "53.4", "one coordinate missing"),
        ("", "x", "one coordinate missing"),
        ("-2.8", "53,4", "coordinate not a number"),
        ("west", "53.4", "coordinate not a number"),
        ("west", "0", "coordinate not a number"),
        ("-2.8", "1e999", "coordinate not a number"),
    ],
)
def test_coordinates(lon: str, lat: str, why: str | None) -> None:
    assert reason(row((lon, lat))) == why


def test_the_first_reason_is_the_one_that_counts() -> None:
    wrong = {"Month": "", "Falls within": "", "Reported by": "", "Crime type": "x", "Longitude": "", "Latitude": ""}
    mended = {"Month": "2024-10", "Falls within": "Somewhere Police", "Crime type": "Drugs", "Longitude": "-2.8"}
    found = []
    for column, value in mended.items():
        found.append(reason(row(HERE) | wrong))
        wrong[column] = value
    found.append(reason(row(HERE) | wrong))
    expected = ["blank month", "no force", "unknown crime type", "no location", "one coordinate missing"]
    assert found == expected
    assert sorted(expected, key=list(REASONS).index) == expected


# --- forces and units


def test_the_force_is_where_it_falls_and_else_who_reported_it() -> None:
    checked = check(
        row(HERE, Falls_within="Somewhere Police", Reported_by="British Transport Police"),
        row(HERE, Falls_within="", Reported_by="British Transport Police"),
        row(HERE, Falls_within="Elsewhere Police", Reported_by=""),
        row(HERE, Falls_within="", Reported_by=" "),
    )
    assert [checked.forces[f] if f >= 0 else None for f in checked.force] == ["somewhere", "btp", "elsewhere", None]
    assert checked.by_reason == {"no force": 1}
    assert checked.usable.tolist() == [0, 1, 2]


def test_a_published_name_tells_the_force_whatever_the_rows_call_it() -> None:
    checked = check(row(HERE), row(HERE, Falls_within="Isle Constabulary"), row(HERE, Falls_within=""), named=NAMED)
    assert checked.forces == ("somewhere",)
    assert checked.force.tolist() == [0, 0, 0]
    assert checked.rejected == ()


def test_a_month_that_contradicts_the_name_refuses_the_file() -> None:
    rows = [row(HERE), row(HERE, Month=""), row(HERE, Month="2024-11"), row(HERE, Month="2024-12")]
    with pytest.raises(InputError) as refusal:
        check(*rows, named=NAMED)
    assert str(refusal.value) == (
        "a.csv, row 4, column 'Month': the file is named for 2024-10 and holds another month (found '2024-11'). "
        "Give it the name it was published under, or a name of another form if it holds several months."
    )
    assert check(*rows[:2], named=NAMED).by_reason == {"blank month": 1}
    assert len(check(*rows).usable) == 3


def test_rejected_rows_count_for_the_unit_they_belong_to() -> None:
    nowhere, odd = ("", ""), {"Crime_type": "Sorcery"}
    rows = [
        row(HERE),
        row(nowhere),
        row(HERE, **odd),
        row(nowhere, Month="2024-09"),
        row(nowhere, Falls_within="Elsewhere Police"),
        row(HERE, Month="x"),
        row(HERE, Falls_within="", Reported_by=""),
    ]
    checked = check(*rows)
    ten, nine = month_ordinal("2024-10"), month_ordinal("2024-09")
    assert checked.rejected_units == {("somewhere", ten): 2, ("somewhere", nine): 1, ("elsewhere", ten): 1}
    assert checked.published.tolist() == [0, 1, 3, 4], "published without a location, but published"
    # in a file of a published name even a row without a month is of its unit
    assert check(*rows[:3], rows[5], named=NAMED).rejected_units == {("somewhere", ten): 3}
    assert check(rows[0], named=NAMED).rejected_units == {}
    assert check(rows[0]).rejected_units == {}


def test_how_many_units_one_file_may_hold() -> None:
    rows = [row(HERE, Month=f"2024-0{m}", Falls_within=f) for m in (1, 2) for f in ("A Police", "B Police")]
    assert len(check(*rows, most_units=4).usable) == 4
    with pytest.raises(InputError) as refusal:
        check(*rows, row(("", ""), Month="2024-03"), most_units=4)
    assert str(refusal.value) == "a.csv: the file holds more than 4 months of forces. Split it."
    # a row that is rejected for what it holds makes no unit
    assert len(check(*rows, row(HERE, Month="2024-03", Crime_type="x"), most_units=4).usable) == 4


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Merseyside Police", "merseyside"),
        ("Avon and Somerset Constabulary", "avon-and-somerset"),
        ("Devon & Cornwall Police", "devon-and-cornwall"),
        ("Metropolitan Police Service", "metropolitan"),
        ("Police Service of Northern Ireland", "northern-ireland"),
        ("British Transport Police", "btp"),
        ("City of London Police", "city-of-london"),
        ("Dyfed-Powys Police", "dyfed-powys"),
        ("Kent Police Force", "kent"),
        ("BTP", "btp"),
        ("../../etc/passwd", "etc-passwd"),
        (" ", ""),
        ("x" * 80, "x" * 60),
    ],
)
def test_names_of_forces_as_in_file_names(name: str, slug: str) -> None:
    assert force_slug(name) == slug


# --- what is said


REJECTED = {
    "no location": (row(("", ""), Location="No location"), "Longitude", ""),
    "one coordinate missing": (row(("-2.8", "")), "Longitude", "-2.8, "),
    "coordinate not a number": (row(("-2.8", "53,4")), "Longitude", "-2.8, 53,4"),
    "coordinates swapped": (row(("53.4", "-2.8")), "Longitude", "53.4, -2.8"),
    "coordinates zero": (row(("0", "0.0")), "Longitude", "0, 0.0"),
    "outside Britain": (row(("12.5", "41.9")), "Longitude", "12.5, 41.9"),
    "unknown crime type": (row(("-2.8", "53.4"), Crime_type="Sorcery"), "Crime type", "Sorcery"),
    "blank month": (row(("-2.8", "53.4"), Month=""), "Month", ""),
    "malformed month": (row(("-2.8", "53.4"), Month="10/24"), "Month", "10/24"),
    "month out of range": (row(("-2.8", "53.4"), Month="2042-10"), "Month", "2042-10"),
    "no force": (row(("-2.8", "53.4"), Falls_within="", Reported_by=""), "Falls within", ""),
}


@pytest.mark.parametrize("why", list(REJECTED))
@pytest.mark.parametrize("quoted", [False, True])
def test_a_rejected_row_is_kept_with_place_value_advice_and_text(why: str, quoted: bool) -> None:
    bad, column, value = REJECTED[why]
    fine = row(HERE, Location='On, "or" near' if quoted else "On or near")
    raw = table([fine, bad, fine])
    checked = check(raw=raw)
    text = raw.decode().splitlines()[2]
    assert checked.rejected == (("a.csv", 3, column, value, why, REASONS[why][1], text),)
    assert checked.rejected[0].advice
    assert checked.by_reason == {why: 1}
    assert (checked.rows_read, checked.usable.tolist()) == (3, [0, 2])
    assert checked.published.tolist() == ([0, 1, 2] if why == "no location" else [0, 2])


def test_rejected_rows_stand_in_the_order_of_the_file() -> None:
    first, bad, last = (table([one]).splitlines(keepends=True)[1] for one in (row(HERE), row(("", "")), row(HERE)))
    raw = table([]) + first + bad + b"x,y\n" + bad + b"z\n" + last
    checked = check(raw=raw)
    fields = "wrong number of fields"
    assert [(one.row, one.reason) for one in checked.rejected] == [
        (3, "no location"),
        (4, fields),
        (5, "no location"),
        (6, fields),
    ]
    advice = "Give the row as many fields as the header has; the file may be cut off here."
    assert checked.rejected[1] == ("a.csv", 4, "", "", fields, advice, "x,y")
    assert (checked.rows_read, checked.by_reason) == (6, {"no location": 2, fields: 2})


def test_line_numbers_count_quoted_line_breaks_and_blank_lines() -> None:
    fine, broken, bad = (
        table([one]).split(b"\n", 1)[1]
        for one in (
            row(HERE),
            row(HERE, Location="two\nlines"),
            row(HERE, Crime_type="x", Location='"also\ntwo"'),
        )
    )
    (kept,) = check(raw=table([]) + fine + b"\n\n" + broken + bad + fine).rejected
    assert (kept.row, kept.original) == (7, bad.decode().rstrip("\n"))


@pytest.mark.parametrize(
    ("crime_type", "advice"),
    [
        ("Anti-social behavior", "Is 'Anti-social behaviour' meant?"),
        ("Other crimes", "Is 'Other crime' meant?"),
        (
            "Violent crime",
            "'Violent crime' was published until April 2013: since then, it is published as 'Violence and sexual "
            "offences'.",
        ),
        (
            " violent CRIME ",
            "'Violent crime' was published until April 2013: since then, it is published as 'Violence and sexual "
            "offences'.",
        ),
        (
            "Public disorder and weapons",
            "'Public disorder and weapons' was published until April 2013: since then, it is two crime types: "
            "'Public order' and 'Possession of weapons'.",
        ),
        ("Order, public", REASONS["unknown crime type"][1]),
        ("Sorcery", "Use a crime type of data.police.uk as it was published for that month."),
        ("", "Use a crime type of data.police.uk as it was published for that month."),
    ],
)
def test_advice_on_crime_types(crime_type: str, advice: str) -> None:
    (kept,) = check(row(HERE), row(HERE, Crime_type=crime_type)).rejected
    assert (kept.reason, kept.value, kept.advice) == ("unknown crime type", crime_type, advice)


def test_hostile_text_is_kept_as_text() -> None:
    text = "<script>alert(1)</script> =cmd() \x1b[2J \u202e"
    (kept,) = check(row(HERE), row(HERE, Crime_type=text)).rejected
    assert kept.value == text


def test_a_file_without_one_row_that_can_be_used_is_refused() -> None:
    swapped = row(("53.4", "-2.8"))
    with pytest.raises(InputError) as refusal:
        check(row(("", "")), *[swapped] * 1_200)
    assert str(refusal.value) == (
        "a.csv, row 3, column 'Longitude': not one of its 1,201 rows can be used; the first fails for: "
        "coordinates swapped (found '53.4, -2.8'). Longitude and latitude are in each other's column."
    )
    with pytest.raises(InputError) as refusal:
        check(raw=table([]) + b"x,y\n")
    assert str(refusal.value) == (
        "a.csv, row 2: not one of its 1 rows can be used; the first fails for: wrong number of fields (found ''). "
        "Give the row as many fields as the header has; the file may be cut off here."
    )
    nowhere = check(row(("", "")), row(("", "")))
    assert (nowhere.usable.tolist(), nowhere.published.tolist()) == ([], [0, 1])


def test_the_rows_are_not_shown_with_the_result() -> None:
    shown = repr(check(row(HERE, Location="Elm Street"), row(("", ""), Location="Ash Street")))
    assert "rows_read=2" in shown
    assert "Street" not in shown
