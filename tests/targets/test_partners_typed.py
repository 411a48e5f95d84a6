"""What partners gave, typed on Plan targets: saved, kept apart, asked about where it names somebody, withdrawn."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from data.plan.evidence import Entry, entries, save_evidence
from tests import tab_pages
from tests.tab_pages import Open
from tests.targets.test_outcomes_typed import press

SECTION = "demonstration: fire"
FIRST = Entry(0, SECTION, date(2024, 3, 31), "Bins", "", "Fire service, return", datetime(2024, 4, 2, tzinfo=UTC))


def shown(at: AppTest) -> pd.DataFrame:
    """The table of sections."""
    return next(each.value for each in at.dataframe if "ask" in each.value.columns).set_index("section")


def typed(at: AppTest, text: str, source: str, figures: str = "") -> AppTest:
    """Fill in the form for fires and send it."""
    at.selectbox(key="partners_key").select("fire").run()
    at.text_area(key="partners_text_fire").set_value(text)
    at.text_area(key="partners_figures_fire").set_value(figures)
    at.text_input(key="partners_source").set_value(source)
    return press(at, "Save the text")


@pytest.fixture
def demo(opened: Open, tmp_path: Path) -> AppTest:
    return opened(tmp_path)


def test_a_text_is_typed_and_withdrawn(demo: AppTest, tmp_path: Path) -> None:
    assert set(shown(demo)["given"]) == {"not given"}
    assert shown(demo).loc["Fires and fire safety", "ask"] == "Merseyside Fire and Rescue Service"
    at = typed(demo, "Bins\nand grass <script>alert(1)</script>", "Return of May", "Fires: 41")
    assert "Saved: Fires and fire safety, as of 2025-01-15." in tab_pages.text(at)
    assert shown(at).loc["Fires and fire safety", "source"] == "Return of May"
    (kept,) = entries(tmp_path)
    assert (kept.section, kept.figures, kept.as_of) == (SECTION, "Fires: 41", date(2025, 1, 15))
    assert kept.text == "Bins\nand grass <script>alert(1)</script>"
    assert "<script>alert(1)" not in " ".join(element.proto.body for element in at.get("html"))
    press(at, "Withdraw that day's text")
    assert "Withdrawn: Fires and fire safety, 2025-01-15." in tab_pages.text(at)
    assert entries(tmp_path) == ()
    past = next(each.value for each in at.dataframe if "role" in each.value.columns)
    assert list(past["given"]) == ["withdrawn", kept.text]
    assert "there is nothing of that day to withdraw" in tab_pages.text(press(at, "Withdraw that day's text"))


def test_a_text_that_names_somebody_is_asked_about(demo: AppTest, tmp_path: Path) -> None:
    at = typed(demo, "Jane Smith was there.", "Return")
    assert "looks like a person's name" in tab_pages.text(at)
    assert entries(tmp_path) == ()
    at.button(key="partners_change").click().run()
    assert "looks like a person's name" not in tab_pages.text(at)
    assert entries(tmp_path) == ()
    at = typed(at, "Jane Smith was there.", "Return")
    at.button(key="partners_keep").click().run()
    assert [one.text for one in entries(tmp_path)] == ["Jane Smith was there."]


def test_what_another_saved_meanwhile_is_not_replaced(demo: AppTest, tmp_path: Path) -> None:
    demo.selectbox(key="partners_key").select("fire").run()
    save_evidence(tmp_path, replace(FIRST, text="Theirs"))
    demo.text_area(key="partners_text_fire").set_value("Mine")
    demo.text_input(key="partners_source").set_value("Return")
    at = press(demo, "Save the text")
    assert "another has saved this section since you opened it" in tab_pages.text(at)
    assert [one.text for one in entries(tmp_path)] == ["Theirs"]
    assert "Theirs" in set(shown(at)["given"])
    press(at, "Save the text")
    assert [one.text for one in entries(tmp_path)] == ["Theirs", "Mine"]


def test_practice_stays_apart_and_later_days_are_not_shown(opened: Open, real_store: Path, tmp_path: Path) -> None:
    save_evidence(tmp_path, FIRST)
    save_evidence(tmp_path, replace(FIRST, section="health", text="Real"))
    assert set(shown(opened(tmp_path))["given"]) == {"not given", "Bins"}
    assert set(shown(opened(tmp_path, as_at="2024-02"))["given"]) == {"not given"}
