"""A problem as one file: written and read back, every wrong thing told at once, nothing that may not leave."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.problem.file import MOST_BYTES, UNDER, read, written
from data.problem.problem import OWN, Tally, TallyRow
from geo.errors import InputError
from pages.ui.problem.form_counts import told
from tests.problem.made_problem import HOSTILE, longest_problem, made_problem
from tests.properties import examples


def whole(**changed: object) -> dict[str, Any]:
    problem = made_problem(**changed)
    raw: dict[str, Any] = json.loads(written(problem, told(problem.tallies)))
    return raw


def said(raw: object) -> str:
    with pytest.raises(InputError) as told:
        read(json.dumps(raw).encode(), "theirs.json")
    assert told.value.file == "theirs.json"
    return str(told.value)


def test_what_is_written_is_read_back_without_numbers_of_this_store() -> None:
    problem = made_problem(where=replace(made_problem().where, zone=4))
    found = read(written(problem, told(problem.tallies)), "a.json").problem
    assert [(one.kind, one.ref) for one in found.responses] == [(OWN, 0)] * 4
    assert found.where == replace(problem.where, zone=0)
    same = ("title", "owner", "objective", "measure", "scanning", "analysis", "assessment", "started_on", "as_at")
    assert [getattr(found, name) for name in same] == [getattr(problem, name) for name in same]


def test_small_counts_leave_as_words_and_come_back_as_unknown() -> None:
    text = json.dumps(whole()["problem"]["tallies"])
    assert '"3"' not in text
    assert '"2"' not in text
    assert '"25 or more"' in text
    found = read(json.dumps(whole()).encode(), "a.json").problem
    assert [row.count for row in found.tallies[0].rows] == [25, None, None]
    again = json.loads(written(found, told(found.tallies)))
    assert [row["count"] for row in again["problem"]["tallies"][0]["rows"]] == ["25 or more", UNDER, UNDER]


def test_counts_that_were_told_coarsely_come_back_so() -> None:
    tally = Tally("Calls", "Council", made_problem().started_on, (TallyRow("A", 31), TallyRow("B", 2)))
    raw = written(made_problem(tallies=(tally,)), told([tally]))
    assert read(raw, "a.json").problem.tallies[0].rows == (TallyRow("A", 25, or_more=True), TallyRow("B", None))
    wrong = raw.replace(b"25 or more", b"25 or less")
    with pytest.raises(InputError, match=r"rows\[0\].count is a whole number as a text, with “or more” or without"):
        read(wrong, "a.json")


def test_everything_that_is_wrong_is_told_at_once_with_its_key() -> None:
    raw = whole()
    body = raw["problem"]
    del body["owner"]
    body["title"] = 7
    body["extra"] = 1
    body["scanning"]["lines"][1]["refused"] = "no"
    body["responses"][2]["first"] = "2024-02-31"
    body["scanning"]["signed"]["at"] = "2024-09-03T12:00:00"
    body["tallies"][0]["rows"][0]["count"] = "-3"
    body["where"]["cells"] = "SJ469939"
    raw["more"] = True
    words = said(raw)
    for key in (
        "more is not known", "problem.owner is missing", "problem.extra is not known", "problem.title is a text, not 7",
        "problem.scanning.lines[1].refused is true or false", "problem.responses[2].first is a day",
        "problem.scanning.signed.at is a time with its zone", "problem.tallies[0].rows[0].count is a whole number",
        "problem.where.cells is a list",
    ):  # fmt: skip
        assert key in words, key


def test_wrong_values_of_the_right_form_are_told_too() -> None:
    raw = whole()
    raw["problem"]["where"]["cells"] = ["SJ46", "nowhere"]
    raw["problem"]["state"] = "closed"
    words = said(raw)
    assert "not a grid reference" in words
    assert "closed on a day" in words


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"{", "cannot be read as JSON"),
        (b"[]", "no problem of such a dashboard"),
        (b'{"what": 1, "what": 2}', "a key stands twice"),
        (b'{"what": NaN}', "NaN is no number"),
        (b"[" * 200_000, "cannot be read as JSON"),
        (b" " * (MOST_BYTES + 1), "too large"),
        (b"\xff\xfe\x00", "cannot be read as JSON"),
    ],
    ids=["cut", "list", "twice", "nan", "deep", "large", "bytes"],
)
def test_files_that_are_none_are_refused(content: bytes, words: str) -> None:
    with pytest.raises(InputError, match=words):
        read(content, "theirs.json")


def test_a_newer_version_is_refused_as_one() -> None:
    assert "newer version" in said(whole() | {"format": 2})
    assert "lacks its version" in said(whole() | {"format": True})


def test_hostile_text_is_cleaned_and_the_longest_fits() -> None:
    found = read(json.dumps(whole(title=HOSTILE, objective="a\u202eb\x00c")).encode(), "a.json").problem
    assert "\x07" not in found.title
    assert found.objective == "a b c"
    long = longest_problem()
    again = read(written(long, told(long.tallies)), "a.json").problem
    assert again.title == long.title.strip()


def test_places_that_may_not_leave_are_refused() -> None:
    problem = replace(made_problem(), where=replace(made_problem().where, cells=()))
    with pytest.raises(InputError, match="not exported"):
        written(problem, told(problem.tallies))


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(max_size=5), inside, max_size=3),
    max_leaves=6,
)
_KEYS = st.sampled_from(sorted(whole()["problem"]))


@examples(60)
@given(_KEYS, _JSON)
def test_whatever_stands_in_a_file_it_is_read_or_refused(key: str, value: object) -> None:
    raw = whole()
    raw["problem"][key] = value
    try:
        found = read(json.dumps(raw).encode(), "a.json").problem
    except InputError:
        return
    assert found.where.cells


def test_a_count_that_an_older_file_does_not_show_is_one_of_any_size() -> None:
    raw = whole()
    raw["problem"]["tallies"][0]["rows"][0]["count"] = "not shown"
    (first, *_) = read(json.dumps(raw).encode(), "theirs.json").problem.tallies[0].rows
    assert (first.count, first.or_more) == (0, True)
