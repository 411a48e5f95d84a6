"""Typed names of people are found, and what names a place, a team or an operation is let be."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.plan.names import names_in
from tests.plan.names_measured import asked, forms, streets, wards
from tests.plan.typed_texts import FORMS, NOBODY, SOMEBODY


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Halloween, Jane Smith", ("Jane Smith",)),
        ("jane smith", ("jane smith",)),
        ("Sgt Patel leads. Kilo 1 follows", ("Sgt Patel",)),
        ("PC 4821 Eze on foot", ("PC Eze",)),
        ("Mr. O'Neill has the key", ("Mr. O'Neill",)),
        ("J. Kallistratos and B Smith", ("J. Kallistratos", "B Smith")),
        ("Ask Susan about the gate", ("Susan",)),
        ("Dave", ("Dave",)),
        ("Dave 2", ("Dave",)),
        ("write to jo@example.org", ("jo@example.org",)),
        ("Jane Smith, again Jane Smith", ("Jane Smith",)),
        ("Xanthe Smith", ("Xanthe Smith",)),
        ("", ()),
        ("   ", ()),
        ("St John Fisher", ()),
        ("Jane Smith Road", ()),
        ("PC foot patrol", ()),
        ("Charlie 1", ()),
    ],
)
def test_a_text(text: str, found: tuple[str, ...]) -> None:
    assert names_in([text]) == found


def test_names_of_the_area_are_nobodys() -> None:
    assert names_in(["Halloween, Mark Rake"]) == ("Mark Rake",)
    assert names_in(["Halloween, mark rake and Jane Smith"], ["Mark Rake"]) == ("Jane Smith",)
    assert names_in(["Markham Rakes"], ["Mark"]) == ()


def test_every_text_is_looked_at() -> None:
    assert names_in(["Jane Smith", "Kilo 1", "Sgt Patel"]) == ("Jane Smith", "Sgt Patel")


def test_what_names_nobody_is_let_be() -> None:
    assert len(NOBODY) >= 100
    assert asked(NOBODY) == []


def test_most_names_are_found() -> None:
    for form, texts in forms(SOMEBODY).items():
        assert len(asked(texts)) >= (1.0 if "{last}" in form else 0.8) * len(texts), form
    assert len(FORMS) == 7


def test_few_streets_and_wards_are_asked_about_and_none_that_the_area_tells(shared: Path) -> None:
    names = streets(shared, 40)
    assert len(names) > 4_000
    assert len(asked([f"Halloween 2026, {name}" for name in names])) <= 0.001 * len(names)
    assert asked(names[::20], names) == []
    assert len(asked([f"Halloween 2026, {name}" for name in wards(shared)])) <= 1
