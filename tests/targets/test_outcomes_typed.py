"""Figures that the partnership types on Plan targets: saved, replaced, withdrawn, kept apart."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from data.plan.figures import figures, save_figure
from tests import tab_pages
from tests.tab_pages import Open


@pytest.fixture(scope="module")
def own(real_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the real store, into which figures are typed."""
    return Path(shutil.copytree(real_store, tmp_path_factory.mktemp("own") / "store"))


def outcomes(at: AppTest) -> pd.DataFrame:
    """The table of outcomes."""
    return next(each.value for each in at.dataframe if "what_counts" in each.value.columns).set_index("outcome")


def press(at: AppTest, label: str) -> AppTest:
    """Send the form."""
    next(button for button in at.button if button.label == label).click().run()
    assert not at.exception
    return at


def test_a_figure_is_typed_replaced_and_withdrawn(opened: Open, own: Path) -> None:
    at = opened(own)
    assert set(outcomes(at)["figure"]) == {"not given"}
    for value, source in ((1234.0, "Return of May <script>alert(1)</script>"), (1200.0, "=cmd()")):
        at.selectbox(key="outcome_key").select("training")
        at.number_input(key="outcome_value").set_value(value)
        at.date_input(key="outcome_as_of").set_value(date(2024, 11, 30))
        at.text_input(key="outcome_source").set_value(source)
        press(at, "Save the figure")
    assert "Saved: Training delivered, 1,200 as of 2024-11-30." in tab_pages.text(at)
    row = outcomes(at).loc["Training delivered"]
    assert (row["figure"], row["as_of"], row["source"]) == ("1,200", "2024-11-30", "=cmd()")
    past = next(each.value for each in at.dataframe if "saved" in each.value.columns)
    assert list(past["figure"]) == ["1,200", "1,234"]
    assert [(one.name, one.value) for one in figures(own)] == [("training", 1200.0)]
    assert "<script>alert(1)" not in " ".join(element.proto.body for element in at.get("html"))
    # it did not exist yet at an earlier month
    assert set(outcomes(opened(own, as_at="2024-10"))["figure"]) == {"not given"}
    at = opened(own)
    at.date_input(key="outcome_as_of").set_value(date(2024, 11, 30))
    press(at, "Withdraw that day's")
    assert "Withdrawn: Training delivered" in tab_pages.text(at)
    assert set(outcomes(at)["figure"]) == {"not given"}
    assert len(figures(own, with_history=True)) == 3


def test_what_is_wrong_with_a_figure_is_told(opened: Open, own: Path) -> None:
    at = press(opened(own), "Save the figure")
    assert "type the figure first" in tab_pages.text(at)
    at.number_input(key="outcome_value").set_value(5.0)
    assert "a figure needs a source" in tab_pages.text(press(at, "Save the figure"))
    at.date_input(key="outcome_as_of").set_value(date(2024, 1, 1))
    assert "no figure of that day to withdraw" in tab_pages.text(press(at, "Withdraw that day's"))


def test_practice_figures_stay_apart(opened: Open, tmp_path: Path, own: Path) -> None:
    at = opened(tmp_path)
    at.number_input(key="outcome_value").set_value(7.0)
    at.text_input(key="outcome_source").set_value("A try")
    press(at, "Save the figure")
    assert outcomes(at).loc["Training delivered", "figure"] == "7"
    assert [one.name for one in figures(tmp_path)] == ["demonstration: training"]
    shutil.copy(tmp_path / "plans.sqlite3", own / "plans.sqlite3")
    assert set(outcomes(opened(own))["figure"]) == {"not given"}


def test_a_file_of_plans_that_is_damaged_leaves_the_rest(opened: Open, own: Path, real_store: Path) -> None:
    (own / "plans.sqlite3").write_bytes(b"not a database at all, but long enough to be read as one" * 40)
    at = opened(own)
    assert "This cannot be shown." in tab_pages.text(at)
    assert tab_pages.finding(at) == tab_pages.finding(opened(real_store))
    (own / "plans.sqlite3").unlink()


def test_the_newest_day_counts_whatever_was_saved_last(opened: Open, own: Path) -> None:
    now = pd.Timestamp("2025-01-10", tz="UTC").to_pydatetime()
    save_figure(own, "confidence", 61.5, date(2024, 12, 1), "Survey, 400 asked", now)
    save_figure(own, "confidence", 58, date(2023, 12, 1), "Survey, 380 asked", now)
    row = outcomes(opened(own)).loc["Public confidence"]
    assert (row["figure"], row["as_of"]) == ("61.5", "2024-12-01")
