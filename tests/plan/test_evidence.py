"""Texts that partners give for the needs assessment: with figures, source, day and history; nothing is overwritten."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.access.actor import MACHINE, Actor, NotAllowedError
from data.plan import evidence, plans
from data.plan import file as plan_file
from data.plan.evidence import FIGURES_LENGTH, TEXT_LENGTH, Entry, entries, save_evidence, section_key
from geo.errors import InputError
from tests.plan.made_plans import LATER, NOW, made_plan, path
from tests.plan.test_plans_any import SEEN
from tests.plan.test_plans_together import together
from tests.properties import examples

SPRING, YEAR_BEFORE = date(2024, 3, 31), date(2023, 3, 31)
FIRST = Entry(0, "fire", SPRING, "Deliberate fires fell.\nMost were bins.", "Fires: 41", "Fire service, return", NOW)


def test_all_that_was_typed_is_kept(store: Path) -> None:
    planner = Actor("planner", "who@council.example", MACHINE.rights)
    first = save_evidence(store, FIRST, actor=planner)
    second = save_evidence(store, replace(FIRST, text="They rose.", saved_at=LATER), seen=first.id)
    older = save_evidence(store, replace(FIRST, as_of=YEAR_BEFORE), seen=second.id)
    assert first == replace(FIRST, id=1, role="planner")
    assert entries(store) == (older, second)
    assert entries(store, with_history=True) == (older, first, second)
    gone = save_evidence(store, replace(FIRST, text=None, figures="", source="Wrong year"), seen=older.id)
    assert entries(store) == (older,)
    assert entries(store, with_history=True) == (older, first, second, gone)
    assert plans.listed(store) == ()


def test_what_counts_on_a_day_the_newest_first(store: Path) -> None:
    for key, day in (("fire", SPRING), ("fire", YEAR_BEFORE), ("health", SPRING)):
        save_evidence(store, replace(FIRST, section=key, as_of=day, saved_at=datetime(2023, 3, 31, 9, tzinfo=UTC)))
    practice = replace(FIRST, section=section_key("fire", simulated=True), text="Practice")
    save_evidence(store, replace(practice, saved_at=datetime(2024, 3, 31, 9, tzinfo=UTC)))
    found = evidence.given(store, "fire", SPRING, simulated=False)
    assert [one.as_of for one in found] == [SPRING, YEAR_BEFORE]
    assert [one.as_of for one in evidence.given(store, "fire", date(2024, 3, 30), simulated=False)] == [YEAR_BEFORE]
    assert [one.text for one in evidence.given(store, "fire", SPRING, simulated=True)] == ["Practice"]
    assert evidence.given(store, "fire", date(2023, 1, 1), simulated=False) == ()


def test_what_was_known_on_a_day(store: Path) -> None:
    save_evidence(store, FIRST)
    save_evidence(store, replace(FIRST, text="They rose.", saved_at=NOW + timedelta(days=1)))
    by = {
        days: [
            one.text
            for one in evidence.given(store, "fire", SPRING, simulated=False, saved_by=NOW.date() + timedelta(days))
        ]
        for days in (-1, 0, 1)
    }
    assert by == {-1: [], 0: [FIRST.text], 1: ["They rose."]}


def test_nobody_saves_over_what_they_have_not_seen(store: Path) -> None:
    save_evidence(store, replace(FIRST, section="health"), seen=0)
    save_evidence(store, FIRST, seen=0)
    with pytest.raises(InputError, match="another has saved this section"):
        save_evidence(store, replace(FIRST, as_of=YEAR_BEFORE), seen=0)
    assert len(entries(store, with_history=True)) == 2
    found = together(6, lambda i: save_evidence(store, replace(FIRST, text=f"Text {i}"), seen=2))
    assert sum(isinstance(one, Entry) for one in found) == 1
    assert len(entries(store, with_history=True)) == 3


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"text": " \n "}, "the text is empty"),
        ({"text": "x" * (TEXT_LENGTH + 1)}, "the text: at most 2,000"),
        ({"figures": "1" * (FIGURES_LENGTH + 1)}, "figures: at most 500"),
        ({"source": ""}, "the source is empty"),
        ({"section": " ", "source": "x" * 201}, "the section is empty; the source: at most 200"),
        ({"saved_at": NOW.replace(tzinfo=None)}, "needs its zone"),
    ],
)
def test_what_is_wrong_is_told(store: Path, change: dict[str, object], said: str) -> None:
    with pytest.raises(InputError, match=said):
        save_evidence(store, replace(FIRST, **change))  # type: ignore[arg-type]
    assert not store.exists()


def test_there_is_nothing_to_withdraw(store: Path) -> None:
    save_evidence(store, FIRST)
    nothing = replace(FIRST, text=None, as_of=YEAR_BEFORE)
    with pytest.raises(InputError, match="nothing of that day to withdraw"):
        save_evidence(store, nothing)
    save_evidence(store, replace(FIRST, text=None))
    with pytest.raises(InputError, match="nothing of that day to withdraw"):
        save_evidence(store, replace(FIRST, text=None))
    assert len(entries(store, with_history=True)) == 2


def test_without_the_right_nothing_is_made(store: Path) -> None:
    with pytest.raises(NotAllowedError):
        save_evidence(store, FIRST, actor=Actor("reader", "", frozenset()))
    assert not store.exists()


LINES = st.text(SEEN, min_size=1, max_size=30).map(str.strip).filter(bool)


@given(st.lists(LINES, min_size=1, max_size=4).map("\n".join), st.dates(), LINES.map(lambda line: line[:30]))
@examples(20)
def test_any_text_is_read_back(tmp_path_factory: pytest.TempPathFactory, text: str, day: date, figures: str) -> None:
    store = tmp_path_factory.mktemp("any")
    saved = save_evidence(store, replace(FIRST, text=text, as_of=day, figures=figures))
    assert entries(store) == (saved,)
    assert (saved.text, saved.as_of, saved.figures) == (text, day, figures)


def test_what_controls_or_is_not_seen_is_taken_out(store: Path) -> None:
    saved = save_evidence(store, replace(FIRST, text="one\r\ntwo\x00\u202ethree\u200b", source="a\nb"))
    assert (saved.text, saved.source) == ("one\ntwo  three", "a b")


def test_a_file_of_before_takes_texts_and_keeps_its_plans(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as before:
        before.setattr(plan_file, "_STEPS", plan_file._STEPS[:2])
        one = plans.save(store, made_plan(), NOW)
    assert entries(store) == ()
    saved = save_evidence(store, FIRST)
    assert entries(store) == (saved,)
    assert plans.load(store, 1) == one


@pytest.mark.parametrize(
    "change", ["as_of = 'soon'", "text = x'00'", "saved_at = '2024-05-01T10:00:00'", "role = x'00'"]
)
def test_a_row_that_is_damaged_is_told(store: Path, change: str) -> None:
    save_evidence(store, FIRST)
    with sqlite3.connect(path(store)) as db:
        db.execute(f"UPDATE evidence SET {change}")  # noqa: S608
    db.close()
    with pytest.raises(InputError, match="damaged"):
        entries(store)
