"""What words of partners' files are taken for: by their sources, and never for a narrower kind than they say."""

from __future__ import annotations

from collections import Counter

import pytest

from data.feed.mapping import ASB_TYPES, FIRES, KINDS, LEFT_OUT
from data.feed.propose import Proposal, propose
from data.feed.propose_what import propose_words
from data.feed.table import Table
from data.feed.vocabulary import FIRE_KINDS, SOURCES, TABLE, WIDER, Entry, entry_of, meaning
from data.kinds.crime_types import ASB, CATEGORIES
from data.place.area import Area
from docs import make_words

EVERY = [pytest.param(entry, word, id=word) for entry in TABLE for word in entry.examples]
# Categories of ASB of the National Standard for Incident Recording until 2011, as they were published, with ours.
NSIR = {
    "Abandoned Vehicles (not stolen or causing an obstruction)": "abandoned vehicles",
    "Animal problems": "animal problems",
    "Begging / Vagrancy": "begging or vagrancy",
    "Hoax calls to Emergency Services": "nuisance calls",
    "Inappropriate Sale / Use / Possession of Fireworks": "misuse of fireworks",
    "Malicious / Nuisance Communications": "nuisance calls",
    "Noise": "noise",
    "Prostitution Related Activity": "prostitution related activity",
    "Rowdy and / or Nuisance Behaviour: Environmental Damage / Littering": "littering and drugs paraphernalia",
    "Rowdy and / or Nuisance Behaviour: Neighbours": "rowdy or nuisance neighbour",
    "Rowdy or Inconsiderate Behaviour": "rowdy and inconsiderate behaviour",
    "Street Drinking": "street drinking",
    "Solvent Misuse": "",
    "Trespass": "trespass",
    "Vehicle Nuisance / Inappropriate Use": "vehicle nuisance",
}
# Words with what they must never become: each is wider than that, or something else.
NEVER = {
    "Fire": {FIRES, "deliberate fires", "primary fires", "secondary fires", "accidental fires"},
    "Fires": {FIRES, "deliberate fires"},
    "Secondary Fire": {FIRES, "deliberate fires"},
    "Secondary fires - motive not known": {FIRES, "deliberate fires", "accidental fires"},
    "Non-deliberate secondary fire": {FIRES, "deliberate fires"},
    "Primary Fire": {FIRES, "deliberate primary fires", "deliberate fires"},
    "Deliberate fire": {FIRES, "deliberate primary fires"},
    "Deliberate refuse fire": {FIRES},
    "Arson": {FIRES, "deliberate primary fires"},
    "Bonfire": {FIRES, "deliberate fires"},
    "Vehicle fire": {"vehicle nuisance", FIRES, "deliberate fires"},
    "Fire and Rescue Service": set(KINDS),
    "Vehicle": {"vehicle nuisance", "abandoned vehicles", "Vehicle crime"},
    "Abandoned vehicle": {"vehicle nuisance", "Vehicle crime"},
    "Motorbike theft": {"vehicle nuisance", "Bicycle theft"},
    "Alcohol": {"street drinking", "rowdy and inconsiderate behaviour"},
    "Youths": {"rowdy and inconsiderate behaviour"},
    "Disorder": {"rowdy and inconsiderate behaviour", "Public order"},
    "Neighbourhood": {"rowdy or nuisance neighbour"},
    "Drugs": {"littering and drugs paraphernalia"},
    "Waste": {"littering and drugs paraphernalia"},
    "Missed bin collection": set(KINDS),
    "Nuisance": set(KINDS),
    "Other": {*KINDS, *CATEGORIES},
    "Unknown": {*KINDS, *CATEGORIES, LEFT_OUT},
    "Deliberate": {*KINDS, *CATEGORIES},
    "Secondary": {*KINDS, *CATEGORIES},
    "Noise and litter": {"noise", "littering and drugs paraphernalia"},
    "Graffiti / vandalism": {"graffiti"},
    "Theft": {"Other theft", "Vehicle crime", "Bicycle theft", "Shoplifting", "Theft from the person"},
    "Knife crime": {"Possession of weapons", "Robbery", "Violence and sexual offences"},
    "Bicycle": {"Bicycle theft"},
    "Fire alarm test": {*KINDS, *CATEGORIES},
}


def table(**columns: list[str]) -> Table:
    named = {name.replace("_", " "): values for name, values in columns.items()}
    return Table("f.csv", named, list(range(2, 2 + len(next(iter(named.values()))))))


# --- the table -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("entry", "word"), EVERY)
def test_each_word_is_known_by_its_own_line(entry: Entry, word: str) -> None:
    for target, ours in (("subcategory", entry.kind), ("category", entry.category)):
        if ours is not None:
            assert entry_of(target, word) is entry
            assert meaning(target, word) == meaning(target, word.upper()) == ours


def test_the_table_names_kinds_and_sources_that_there_are() -> None:
    assert {entry.kind for entry in TABLE} - {None, "", LEFT_OUT} <= set(KINDS)
    assert {entry.category for entry in TABLE} - {None, "", LEFT_OUT} <= set(CATEGORIES)
    assert {one for entry in TABLE for one in entry.may_be} <= {*KINDS, *CATEGORIES}
    assert {entry.source for entry in TABLE} == set(SOURCES)
    assert {*WIDER, *(wide for kinds in WIDER.values() for wide in kinds)} == FIRE_KINDS <= set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_can_be_said_by_its_own_name(kind: str) -> None:
    assert meaning("subcategory", kind.upper()) == kind
    found = entry_of("subcategory", kind)
    assert found is not None, "a word of the file for it"
    assert found.kind == kind


@pytest.mark.parametrize("category", CATEGORIES)
def test_each_crime_type_can_be_said_by_its_own_name(category: str) -> None:
    assert propose_words("category", [category.lower()]) == {category.lower(): category}


@pytest.mark.parametrize(("word", "kind"), NSIR.items())
def test_categories_of_the_national_standard(word: str, kind: str) -> None:
    assert meaning("subcategory", word) == kind


@pytest.mark.parametrize("asb_type", ASB_TYPES)
def test_national_types(asb_type: str) -> None:
    word = f"ASB - {asb_type.capitalize()}"
    assert propose_words("asb_type", [word]) == {word: asb_type}


# --- never narrowed --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("word", NEVER)
def test_a_word_is_never_narrowed(word: str) -> None:
    found = {meaning("subcategory", word), meaning("category", word)}
    assert not found & NEVER[word]


@pytest.mark.parametrize("kind", WIDER)
def test_a_word_for_a_wider_kind_never_becomes_the_narrower(kind: str) -> None:
    for wide in WIDER[kind]:
        words = [wide, *(word for entry in TABLE if entry.kind == wide for word in entry.examples)]
        assert kind not in {meaning("subcategory", word) for word in words}


def test_words_that_say_something_only_beside_others() -> None:
    motives = ["Deliberate", "Accidental", "Not known"]
    assert propose_words("subcategory", motives) == {
        "Deliberate": "deliberate fires",
        "Accidental": "accidental fires",
    }
    classes = propose_words("subcategory", ["Primary", "Secondary", "Chimney"])
    assert list(classes.values()) == ["primary fires", "secondary fires", "chimney fires"]
    assert propose_words("subcategory", ["Primary", "Town centre"]) == {}


# --- which column ----------------------------------------------------------------------------------------------------
def calls(area: Area, **more: list[str]) -> Proposal:
    days = [f"{1 + n % 28:02d}/10/2024 19:{n % 60:02d}" for n in range(len(next(iter(more.values()))))]
    return propose(table(When=days, **more), area)


def test_the_column_that_tells_most_apart_is_taken(area: Area) -> None:
    groups = ["Fire"] * 30 + ["False Alarm"] * 20 + ["Special Service"] * 10
    codes = ["Primary Fire"] * 10 + ["Secondary Fire"] * 15 + ["Chimney Fire"] * 5 + ["AFA"] * 20 + groups[-10:]
    for columns in ({"Group": groups, "Code": codes}, {"Code": codes, "Group": groups}):
        found = calls(area, **columns)
        assert found.mapping.columns["subcategory"] == "Code"
        words = found.mapping.words["subcategory"]
        assert Counter(words.values()) == {
            "primary fires": 1, "secondary fires": 1, "chimney fires": 1, LEFT_OUT: 2,
        }  # fmt: skip
        said = "\n".join(found.notes)
        assert "“Code” tells the kinds of incident most apart; “Group” tells them too, and less" in said
        assert "30 rows have a word for what is no incident (“AFA” 20, “Special Service” 10)" in said
        assert "no word of the column says which fires were deliberate" in said
        assert found.mapping.category == ""


def test_a_column_of_states_is_none_of_kinds(area: Area) -> None:
    found = calls(area, Status=["Duplicate", "Cancelled"] * 20, Type=["Noise", "Litter"] * 20)
    assert found.mapping.columns["subcategory"] == "Type"
    assert "category" not in found.mapping.columns


def test_crime_types_are_not_counted_as_asb(area: Area) -> None:
    found = calls(area, Type=["Burglary"] * 10 + ["Noise"] * 20 + ["Fly-tipping"] * 10)
    assert "subcategory" not in found.mapping.columns
    assert found.mapping.columns["category"] == "Type"
    assert found.mapping.words["category"] == {"Burglary": "Burglary", "Noise": ASB, "Fly-tipping": ASB}


def test_words_too_general_are_told_with_their_rows(area: Area) -> None:
    found = calls(area, Type=["Vehicle"] * 7 + ["Noise"] * 20 + ["Graffiti"] * 5)
    assert found.mapping.words["subcategory"] == {"Noise": "noise", "Graffiti": "graffiti"}
    said = "\n".join(found.notes)
    assert "“Vehicle” (7 rows) is too general for one of ours" in said
    assert "it may be vehicle nuisance or abandoned vehicles" in said
    assert "“Graffiti” (5 rows) is graffiti; as a recorded crime it is Criminal damage and arson" in said


@pytest.mark.parametrize(
    ("feed", "kind"),
    [
        ("Fire", "fires"),
        ("Fire service", ""),
        ("Fire and Rescue Service calls", ""),
        ("Our Fire Service deliberate fires", "deliberate fires"),
        ("Deliberate secondary fires", FIRES),
        ("Council noise", ""),
    ],
)
def test_the_name_of_a_feed_says_no_more_than_it_says(area: Area, feed: str, kind: str) -> None:
    found = propose(table(When=["31/10/2024", "30/10/2024"], Colour=["red", "blue"]), area, feed)
    assert (found.mapping.category, found.mapping.subcategory) == ("", kind)


def test_the_document_of_words_is_made_from_the_table() -> None:
    assert make_words.TARGET.read_text(encoding="utf-8") == make_words.made()
    assert make_words.main(["--check"]) == 0
