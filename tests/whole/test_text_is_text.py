"""Text from any file is text in what every page sends: area, incidents, feed, plans and streets, all of it hostile."""

from __future__ import annotations

from pathlib import Path

import pytest

from pages.ui.chart.figure import as_text
from pages.ui.shell.plain import plain
from tests.hostile import TEXTS, everywhere
from tests.whole import page_walk
from tests.whole.sent import wrong, wrong_html, wrong_in_chart, wrong_markdown


@pytest.mark.long  # every run has what makes text harmless, and test_sinks.py that it is used
def test_what_every_page_sends_is_text(tmp_path: Path) -> None:
    made = everywhere(tmp_path)
    seen = 0
    with pytest.MonkeyPatch.context() as patch:
        for name, value in made.environment.items():
            patch.setenv(name, value)
        for one in page_walk.walk(patch, made.store):
            found, carried = wrong(one.at)
            assert found == [], (one.page, one.part)
            assert carried > 1, (one.page, one.part)
            seen += 1
    assert seen > 25


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_what_makes_text_harmless_does(text: str) -> None:
    assert wrong_markdown(plain(text)) == []
    assert wrong_in_chart(as_text(text)) == []


def test_the_walk_would_notice() -> None:
    noticed = {name for name, text in TEXTS.items() if wrong_markdown(text) or wrong_in_chart(text)}
    assert len(noticed) > 20
    assert wrong_html(TEXTS["image"]) != []
    assert wrong_html(f"<p>{TEXTS['link of HTML']}</p>") != []
    assert wrong_html("<p>1337 is what a template makes</p>") != []
    assert wrong_html('<p class="note">An everyday note.</p>') == []


def test_no_text_begins_a_line_of_code_or_makes_a_title() -> None:
    assert plain("    four") == " four"
    assert "\n" not in plain("one\n===")
    assert plain(":material/home:") != r"\:material/home\:"
    assert plain("At 5:30 pm: 3 of 4") == r"At 5\:30 pm\: 3 of 4"
