"""What the page says of a partner's file: the words of the command line without its options."""

from __future__ import annotations

import re

import pytest

from data.feed.propose_rows import SAID
from data.feed.propose_when import not_when
from pages.ui.loading.feed_words import on_page, sentence


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("Say so (--unknown-time 12:00): busy.", "Say so: busy."),
        ('label is right (--labelled-times "as labelled").', "label is right."),
        ("give up (--replace), or days (--from, --to).", "give up, or days."),
        ("Roby (24) and SJ (a square) stay", "Roby (24) and SJ (a square) stay"),
        (f"120 incidents; {SAID}.", "120 incidents; say which."),
    ],
)
def test_options_of_the_command_line_stay_off_the_page(said: str, shown: str) -> None:
    assert on_page(said) == shown
    assert not re.search(r"--\w", on_page(said))


def test_a_sentence_begins_and_ends_as_one() -> None:
    assert [sentence(text) for text in ("most at 17:00", "Ends already.", "")] == [
        "Most at 17:00.",
        "Ends already.",
        "",
    ]


@pytest.mark.parametrize(
    ("column", "part"),
    [
        ("Fixed", "dealt with"),
        ("DateClosed", "dealt with"),
        ("Date reported", "were reported"),
        ("Created", "were reported"),
        ("Date occurred", ""),
        ("Reported start date", ""),
        ("Date", ""),
    ],
)
def test_a_date_that_is_not_when_it_happened_is_known_by_its_name(column: str, part: str) -> None:
    said = not_when(column)
    assert part in said
    assert bool(said) == bool(part)
