"""What columns mean: personal ones are refused, a mapping is proposed, checked, written down and read again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from data.feed.fit import check_mapping
from data.feed.mapping import KINDS, FeedMapping, feed_slug, mapping_from_json, read_mapping
from data.feed.personal import personal_columns
from data.feed.propose import propose
from data.feed.propose_what import propose_words
from data.feed.table import Table, read_table
from data.kinds.crime_types import ASB
from data.kinds.people import street_name
from data.place.area import Area
from data.store.collected_errors import CollectedError
from geo.errors import InputError
from tests.feed.feed_files import HEADER, partner_csv


def table(**columns: list[str]) -> Table:
    named = {name.replace("_", " "): values for name, values in columns.items()}
    return Table("f.csv", named, list(range(2, 2 + len(next(iter(named.values()))))))


# --- personal columns ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("header", "what"),
    [
        ("Name", "a person"),
        ("Complainant", "a person"),
        ("victim_name", "a person"),
        ("CallerSurname", "a person"),
        ("Officer", "a person"),
        ("Reported By", "a person"),
        ("Date of Birth", "a date of birth"),
        ("DOB", "a date of birth"),
        ("Age", "a date of birth or an age"),
        ("E-mail", "an e-mail address"),
        ("Tel", "a phone number"),
        ("Mobile No", "a phone number"),
        ("Address Line 1", "an address"),
        ("House number", "an address"),
        ("Post code", "an address"),
        ("UPRN", "an address"),
        ("Ethnicity", "a personal attribute"),
        ("Gender", "a personal attribute"),
        ("NHS Number", "an identity number"),
        ("Vehicle Reg", "an identity number"),
        ("Notes", "free text"),
        ("Description", "free text"),
        ("What happened", "free text"),
    ],
)
def test_a_header_gives_a_personal_column_away(header: str, what: str) -> None:
    found = personal_columns(Table("f", {header: [f"x{n}" for n in range(60)]}, list(range(60))))
    assert what in found[header]
    assert "by its name" in found[header]


@pytest.mark.parametrize(
    ("values", "what"),
    [
        (["07700 900123", "0151 496 0000", "+44 7700 900456"], "a phone number"),
        (["a.b@example.org", "", "x"], "an e-mail address"),
        (["L34 1AA", "L36 9ZZ", "L32 8RD"], "an address"),
        (["12 Mill Street", "Flat 3 Mill Court", "7a Hall Lane"], "an address"),
        (["Mrs Example", "Mr A Sample", "Dr No"], "a person"),
        (["John Smith", "Mary Jones", "Sarah Ann Brown"], "a person"),
        (["QQ 12 34 56 C", "AB123456C", "CD 65 43 21 A"], "an identity number"),
        ([f"They came back at {n} and threw eggs at the door" for n in range(50)], "free text"),
    ],
)
def test_values_give_a_personal_column_away(values: list[str], what: str) -> None:
    found = personal_columns(Table("f", {"Column A": values}, list(range(len(values)))))
    assert what in found["Column A"]
    assert "by its values" in found["Column A"]


@pytest.mark.parametrize(
    ("header", "values"),
    [
        ("Street Name", ["Mill Street", "Hall Lane", "St John's Road"]),
        ("Ward name", ["Alpha", "Beta", "Gamma"]),
        ("Log number", ["0700123456", "0700123457", "0700123458"]),
        ("Easting", ["343210", "344123", "345999"]),
        ("Northing", ["390123", "391456", "392789"]),
        ("Date", ["31 Oct 2024", "1 November 2024", "05/11/2024"]),
        ("When", ["2024-10-31T19:05:00+00:00"] * 3),
        ("Property type", ["Outdoors", "Dwelling"] * 20),
        ("Incident description", ["Noise", "Fireworks"] * 20),
        ("Legislation", ["Police and Criminal Evidence Act 1984 (section 1)", "Misuse of Drugs Act"] * 20),
        ("Reference", ["A1", "A2", "A3"]),
    ],
)
def test_what_is_not_personal_is_left_alone(header: str, values: list[str]) -> None:
    assert personal_columns(Table("f", {header: values}, list(range(len(values))))) == {}


@pytest.mark.parametrize(
    "text",
    [
        "Mill Street",
        "On or near Hall Lane",
        "ST JOHN'S ROAD",
        "A580",
        "M57",
        "Mab Lane Playing Fields",
        "Kirkby Bus Station",
    ],
)
def test_names_of_streets(text: str) -> None:
    assert street_name(text)


@pytest.mark.parametrize(
    "text",
    [
        "12 Mill Street",
        "Flat 2, Hall Lane",
        "Mill Street L34 1AA",
        "Rose Cottage",
        "John Smith",
        "Mill Street, Mrs Example",
        "",
    ],
)
def test_what_is_no_name_of_a_street(text: str) -> None:
    assert not street_name(text)


# --- proposal --------------------------------------------------------------------------------------------------------
def test_the_proposal_for_a_councils_file(area: Area, demo_csv: bytes) -> None:
    found = propose(read_table("council.csv", demo_csv), area, "council asb")
    assert found.mapping.columns == {
        "start": "Date Occurred",
        "start_time": "Time",
        "easting": "Easting",
        "northing": "Northing",
        "reference": "Case Ref",
        "asb_type": "National ASB Type",
        "subcategory": "Incident Type",
    }
    assert found.mapping.category == ASB
    assert set(found.personal) == {"Caller Name", "Caller Phone", "Log Text"}
    assert not set(found.personal) & set(found.samples)
    assert found.questions == ()
    assert found.mapping.words["subcategory"]["Fireworks - inappropriate use"] == "misuse of fireworks"
    assert "Threats" not in found.mapping.words["subcategory"]


@pytest.fixture(scope="module")
def demo_csv(area: Area) -> bytes:
    from data.demo.dataset import make_demo

    return partner_csv(make_demo(area).feed, 400)


def test_the_order_of_columns_does_not_matter(area: Area, demo_csv: bytes) -> None:
    lines = [line.split(",") for line in demo_csv.decode().split("\r\n") if line]
    turned = "\r\n".join(",".join(reversed(line)) for line in lines).encode()
    there = propose(read_table("f", demo_csv), area).mapping
    back = propose(read_table("f", turned), area).mapping
    assert (dict(there.columns), there.words, there.category) == (dict(back.columns), back.words, back.category)
    assert set(HEADER) >= set(back.mapped)


def test_start_and_end_are_told_apart(area: Area) -> None:
    found = propose(
        table(
            date_end=["2014-01-02 12:00", "2014-01-01 10:30"],
            date_reported=["2014-01-02 13:00", "2014-01-01 11:30"],
            date_start=["2013-12-30 16:00", "2013-12-31 23:00"],
        ),
        area,
    )
    assert (found.mapping.columns["start"], found.mapping.columns["end"]) == ("date start", "date end")


def test_coordinates_are_known_by_their_values_where_headers_say_nothing(area: Area) -> None:
    at = area.wards.outline.representative_point()
    x, y = [f"{at.x:.0f}"] * 3, [f"{at.y:.0f}"] * 3
    found = propose(table(c1=y, c2=x, When=["2024-10-31", "2024-10-30", "2024-10-29"]), area)
    assert (found.mapping.columns["easting"], found.mapping.columns["northing"]) == ("c2", "c1")


def test_fires_are_asked_about(area: Area) -> None:
    found = propose(table(Date=["31/10/2024", "30/10/2024"], Type=["Secondary fire", "Refuse fire"]), area)
    assert found.mapping.category == ""
    assert any("What kind of incident" in question for question in found.questions)
    assert found.mapping.words["subcategory"] == {"Secondary fire": "secondary fires", "Refuse fire": "fires"}


@pytest.mark.parametrize("kind", KINDS)
def test_the_plans_own_words_are_known(kind: str) -> None:
    assert propose_words("subcategory", [kind.upper()]) == {kind.upper(): kind}


# --- mapping ---------------------------------------------------------------------------------------------------------
def test_a_mapping_survives_being_written_down() -> None:
    mapping = FeedMapping(
        columns={"start": "When", "easting": "X", "northing": "Y", "subcategory": "Kind"},
        category=ASB,
        words={"subcategory": {"F": "misuse of fireworks"}},
        day_first=False,
        labelled_times="local",
        midnight_unknown=True,
        sheet="Data",
    )
    assert mapping_from_json(json.loads(json.dumps(mapping.to_json()))) == mapping
    assert mapping_from_json({}) == FeedMapping()


def test_a_mapping_in_toml_and_words_in_any_case(tmp_path: Path) -> None:
    path = tmp_path / "m.toml"
    path.write_text('category = "asb"\nday_first = true\n[columns]\nstart = "When"\n[words.subcategory]\nF = "NOISE"\n')
    mapping = read_mapping(path)
    assert mapping.category == ASB
    assert mapping.day_first is True
    assert mapping.words == {"subcategory": {"F": "noise"}}


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        ([], "a mapping is a table"),
        ({"colums": {}}, "'colums': there is no such option"),
        ({"columns": {"name": "Caller"}}, "nothing of this name to map to.*'name'"),
        ({"columns": {"start": 3}}, "names of columns are text"),
        ({"category": "Sorcery"}, "not among what it can be.*'Sorcery'.*Burglary"),
        ({"words": {"subcategory": {"x": "dragons"}}}, "not among what it can be.*'dragons'"),
        ({"words": {"location": {}}}, "values of this are not mapped"),
        ({"words": []}, "values are mapped in a table"),
        ({"day_first": "yes"}, "none of its values.*'yes'"),
        ({"labelled_times": "utc"}, "none of its values.*as labelled"),
    ],
)
def test_a_wrong_mapping_says_what_is_wrong(raw: object, message: str) -> None:
    with pytest.raises(InputError, match=message):
        mapping_from_json(raw)


def test_every_problem_of_a_mapping_is_told() -> None:
    with pytest.raises(InputError) as caught:
        mapping_from_json({"colums": {}, "category": "Sorcery", "columns": {"who": "x"}})
    assert str(caught.value).count("\n") == 2


@pytest.mark.parametrize("text", ["{", "[1, 2", "\xff"])
def test_a_mapping_that_is_no_mapping_file(tmp_path: Path, text: str) -> None:
    path = tmp_path / "m.json"
    path.write_text(text, encoding="utf-16")
    with pytest.raises(InputError, match="the mapping cannot be read"):
        read_mapping(path)


@pytest.mark.parametrize(
    ("name", "slug"), [("Fire service", "fire-service"), ("  ASB (2024) ", "asb-2024"), ("../x", "x")]
)
def test_names_of_feeds(name: str, slug: str) -> None:
    assert feed_slug(name) == slug


@pytest.mark.parametrize(
    "name", ["police.uk", "Police UK", "demonstration", "Demonstration feed", "", "///", "a" * 41, "CON", "COM1"]
)
def test_names_that_no_feed_may_have(name: str) -> None:
    with pytest.raises(InputError, match="the name of the feed: ") as caught:
        feed_slug(name)
    assert caught.value.hint


# --- mapping and file ------------------------------------------------------------------------------------------------
FILE = table(
    When=["31/10/2024 19:05"], X=["343210"], Y=["390123"], Caller_Name=["Mrs Example"], Notes_made=["a b c d e f g h"]
)


def test_a_personal_column_can_never_be_mapped() -> None:
    for target in ("reference", "location", "category", "asb_type", "subcategory", "end"):
        mapping = FeedMapping(
            columns={"start": "When", "easting": "X", "northing": "Y", target: "Caller Name"}, category=ASB
        )
        with pytest.raises(InputError, match=r"looks like a person .*can never be mapped"):
            check_mapping(FILE, mapping)


def test_everything_that_does_not_fit_is_told_at_once() -> None:
    mapping = FeedMapping(columns={"start": "Whn", "easting": "X", "longitude": "X", "end_time": "Y"})
    with pytest.raises(InputError) as caught:
        check_mapping(FILE, mapping)
    said = str(caught.value)
    for part in ("no such column for start", "more than once", "place is not mapped", "what kind", "without end"):
        assert part in said
    assert isinstance(caught.value, CollectedError)
    assert [problem.message for problem in caught.value.problems if not (problem.file and problem.hint)] == []


def test_a_mapping_without_a_date() -> None:
    with pytest.raises(InputError, match="no column is mapped to the date"):
        check_mapping(FILE, FeedMapping(columns={"easting": "X", "northing": "Y"}, category=ASB))
