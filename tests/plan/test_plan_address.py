"""What a plan says of itself in an address: read back it is the same, nothing typed is in it, what is wrong is told."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.patrol.crews import LEAST_STAY, MOST_CREWS, MOST_OFFICERS, MOST_STAY
from data.kinds.crime_types import ASB
from data.place.area import Area
from pages.ui.plan.when import address as when_address
from pages.ui.plan.when.operation import PlanWindow
from pages.ui.plan.when.window import windows_offered
from pages.ui.plan.who import address as who_address
from pages.ui.plan.who import form
from pages.ui.plan.who.form import Asked, CrewRow, ShiftRow
from pages.ui.shell.address import coarse
from pages.ui.shell.cache import Dataset
from tests.properties import examples

DAYS = st.dates(when_address.FIRST_DAY, when_address.LAST_DAY)
BASES = {"ward-halewood-north": "Ward: Halewood North", "hall-lane": "Hall Lane", "hall-lane-2": "Hall-Lane"}
PLAIN = Asked((CrewRow("Patrol 1", "officers", 2, "foot", "Hall Lane"),), (ShiftRow((), 18, 0, 4.0),), 15)
SAFE = set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.")  # what an address needs no code for


@st.composite
def spans(draw: st.DrawFn) -> tuple[date, date]:
    first = draw(st.dates(when_address.FIRST_DAY, when_address.LAST_DAY - timedelta(days=when_address.LONGEST_DAYS)))
    return first, first + timedelta(days=draw(st.integers(0, when_address.LONGEST_DAYS - 1)))


def window_of(days: tuple[date, date]) -> PlanWindow:
    return PlanWindow("", ASB, *days, pd.Period("2024-07", "M"), "")


@st.composite
def forms(draw: st.DrawFn) -> tuple[PlanWindow, Asked, tuple[date, ...]]:
    """A window, what may be asked for in it, and its usual nights."""
    days = draw(spans())
    nights = [days[0] + timedelta(days=n) for n in range((days[1] - days[0]).days + 1)]
    some = st.lists(st.sampled_from(nights), unique=True, max_size=form.MOST_NIGHTS).map(lambda one: tuple(sorted(one)))
    crew = st.builds(
        CrewRow, st.text(max_size=form.TYPED), st.sampled_from(list(form.WHO)), st.integers(1, MOST_OFFICERS),
        st.sampled_from(list(form.GOES)), st.sampled_from(["", "SJ414906", "SJ4190", *BASES.values()]),
    )  # fmt: skip
    hours = st.floats(0.5, 12.0) | st.integers(1, 24).map(lambda n: n / 2)
    shift = st.builds(ShiftRow, some, st.integers(0, 23), st.integers(0, 59), hours)
    asked = Asked(
        tuple(draw(st.lists(crew, min_size=1, max_size=MOST_CREWS))),
        tuple(draw(st.lists(shift, min_size=1, max_size=form.MOST_SHIFTS))),
        draw(st.integers(int(LEAST_STAY), int(MOST_STAY))),
    )
    return window_of(days), asked, draw(some)


@given(spans())
def test_days_of_ones_own_come_back(days: tuple[date, date]) -> None:
    word = when_address.days_word(days)
    assert when_address.days_of(word) == days
    assert set(word) <= SAFE


@examples(40)
@given(st.text(max_size=30) | st.builds(lambda a, b: f"{a}..{b}", DAYS, DAYS))
def test_days_that_are_none_are_refused(word: str) -> None:
    found = when_address.days_of(word)
    if found is not None:
        first, last = found
        assert first <= last < first + timedelta(days=when_address.LONGEST_DAYS)
        assert when_address.days_word(found) == word


@given(st.dates(date(2018, 1, 1), date(2030, 12, 31)))
def test_every_operation_on_offer_has_a_word_of_its_own(area: Area, day: date) -> None:
    windows = windows_offered(area, day)
    words = when_address.operation_words(windows)
    assert sorted(words.values()) == sorted(windows)
    assert all(set(word) <= SAFE for word in words)


@given(st.lists(st.text(min_size=1, max_size=40), unique=True, max_size=6))
def test_a_feed_has_a_word_that_is_not_its_name(names: list[str]) -> None:
    words = when_address.feed_words(names)
    assert sorted(words.values()) == sorted({*names, ""})
    assert all(len(word) <= 11 for word in words)
    assert set(when_address.feed_words(names[:1])) <= set(words)  # the same, whatever else is loaded


@examples(40)
@given(forms())
def test_crews_shifts_and_minutes_come_back_without_what_was_typed(
    found: tuple[PlanWindow, Asked, tuple[date, ...]],
) -> None:
    window, asked, usual = found
    plain = Asked(PLAIN.crews, (ShiftRow(usual, 18, 0, 4.0),), 15)
    words = who_address.words_of(asked, plain, None, BASES)
    assert set("".join(words.values())) <= SAFE
    if words["crews"]:
        crews, wrong = who_address.crews_of(words["crews"], BASES)
        assert (who_address.unnamed(crews), wrong) == (who_address.unnamed(asked.crews), ())
        assert [crew.name for crew in crews] == [f"Patrol {n}" for n in range(1, len(crews) + 1)]
    else:
        assert who_address.unnamed(asked.crews) == who_address.unnamed(plain.crews)
    if words["shifts"]:
        assert who_address.shifts_of(words["shifts"], window, usual) == (asked.shifts, ())
    else:
        assert asked.shifts == plain.shifts
    assert (who_address.stay_of(words["stay"]) or 15) == asked.stay


@examples(40)
@given(st.text(max_size=60) | st.from_regex(r"[0-9]{1,3}-(officers|wardens)-(foot|vehicle)(-[a-z]{1,5})?(_.*)?"))
def test_any_word_gives_crews_that_can_be_planned_with(word: str) -> None:
    crews, wrong = who_address.crews_of(word, BASES)
    assert len(crews) + len(wrong) == len(word.split("_"))
    assert len(crews) <= MOST_CREWS
    assert all(1 <= crew.number <= MOST_OFFICERS and crew.base in {"", *BASES.values()} for crew in crews)


@examples(40)
@given(spans(), st.text(max_size=40) | st.from_regex(r"[0-9]{4}-[0-9.]{1,4}h(-[0-9]{4}to[0-9]{4})?(-none)?"))
def test_any_word_gives_shifts_in_the_window(days: tuple[date, date], word: str) -> None:
    shifts, wrong = who_address.shifts_of(word, window_of(days), ())
    assert len(shifts) + len(wrong) == len(word.split("_"))
    for row in shifts:
        assert all(days[0] <= night <= days[1] for night in row.nights)
        assert len(row.nights) <= form.MOST_NIGHTS
        assert (0.5 <= row.hours <= 12, 0 <= row.hour < 24, 0 <= row.minute < 60) == (True, True, True)


@pytest.mark.parametrize(
    ("word", "shifts", "found"),
    [("2", 2, 1), ("3", 2, None), ("0", 2, None), ("", 2, None), ("-1", 2, None), ("١", 2, None), ("9" * 50, 2, None)],
)
def test_a_shift_is_looked_at_by_its_number(word: str, shifts: int, found: int | None) -> None:
    nights = tuple(date(2024, 10, 1) + timedelta(days=n) for n in range(shifts))
    assert who_address.shift_of(word, (ShiftRow(nights, 18, 0, 4.0),)) == found


def test_a_reference_that_was_typed_tells_no_house() -> None:
    assert [coarse(one) for one in ("sj 41234 90678", "SJ414906", "SJ4190", "SJ41239067", "SJ4", "<b>")] == [
        "SJ412906", "SJ414906", "SJ4190", "SJ412906", "SJ4", "<B>",
    ]  # fmt: skip
    assert who_address.base_word("SJ 41234 90678", BASES) == "SJ412906"
    assert who_address.base_word("12 Acacia Avenue", BASES) == ""


def test_every_base_has_a_word_of_its_own(monkeypatch: pytest.MonkeyPatch, area: Area) -> None:
    known = [
        *(form.WARD + name for name in area.wards.names),
        "Hall Lane",
        "Hall-Lane",
        "St. Ann's",
        "Ward Prescot",
        "é",
    ]
    monkeypatch.setattr(who_address, "cached", lambda *_: dict.fromkeys(known))
    words = who_address.bases(Dataset(area, None, date(2025, 1, 15), "1", Path("nowhere")))  # type: ignore[arg-type]
    assert sorted(words.values()) == sorted(known)
    assert all(set(word) <= SAFE - set("_.") for word in words)
    assert {who_address.base_word(name, words): name for name in known} == words


def test_more_nights_than_can_be_planned_are_refused() -> None:
    window = window_of((date(2024, 12, 20), date(2025, 3, 1)))
    (row,), wrong = who_address.shifts_of("1800-4h-1222to0121", window, ())  # over the new year, and no more
    assert (len(row.nights), row.nights[0], wrong) == (form.MOST_NIGHTS, date(2024, 12, 22), ())
    for word in ("1800-4h-1222to0122", "1800-4h-0121to1222", "1800-4h-0302", "1800-4h-"):
        assert who_address.shifts_of(word, window, ()) == ((), (word,))
