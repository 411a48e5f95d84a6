"""Several crime types together, on every page that asks for one: counted as pandas counts them, and said."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from data.kinds.crime_types import ASB, DRUGS, GROUPS, kinds_of, sum_words
from data.store.schema import Incidents
from pages.ui.shell.filters import SEVERAL
from pages.ui.targets.choice import ONE_TYPE
from tests.tab_pages import Open, charts, finding, in_address, numbers, text

TWO = ("Burglary", "Robbery")


def by_month(real: Incidents, kinds: tuple[str, ...]) -> pd.Series:
    """Incidents of the wards by month, straight from the frame."""
    frame = real.frame[real.frame["category"].isin(kinds) & real.frame["ward_code"].notna()]
    return frame.groupby("month").size()


@pytest.mark.parametrize("word", ["burglary,robbery", pytest.param("all-recorded-crime", marks=pytest.mark.long)])
def test_hotspots_counts_a_sum_as_pandas_does(opened: Open, real_store: Path, real: Incidents, word: str) -> None:
    at = opened(real_store, "Hotspots", category=word)
    kinds = TWO if word.startswith("burglary") else kinds_of(GROUPS[0].category)
    counts = by_month(real, kinds)
    figure = next(one for alt, one in charts(at).items() if alt.startswith("Line chart by month"))
    drawn = numbers(figure["data"][0]["y"])
    assert [value for value in drawn if value == value] == counts.iloc[-27:].tolist()
    assert f"Knowsley: {counts.loc['2024-01':'2024-12'].sum():,} in January 2024" in text(at)
    assert sum_words(" + ".join(kinds)) in text(at)
    assert in_address(at) == {"category": word}
    heads = dict.fromkeys(charts(at), "")
    assert heads


def test_crimes_are_chosen_one_by_one_and_asb_is_not_among_them(opened: Open, real_store: Path) -> None:
    at = opened(real_store, "Seasonal peaks")
    at.selectbox(key="filter_category").set_value(SEVERAL).run()
    assert (in_address(at), finding(at)[:4]) == ({}, "ASB:")
    several = at.multiselect(key="filter_kinds")
    assert ASB not in several.options
    several.set_value(["Robbery"]).run()
    assert in_address(at) == {"category": "robbery"}
    at.multiselect(key="filter_kinds").set_value(["Robbery", "Burglary"]).run()
    assert in_address(at) == {"category": "burglary,robbery"}
    assert finding(at).startswith("Burglary + Robbery: ")
    at.multiselect(key="filter_kinds").set_value([]).run()
    assert in_address(at) == {}
    at.selectbox(key="filter_category").set_value(GROUPS[1].category).run()
    assert in_address(at) == {"category": "violence-and-robbery"}
    assert not [one for one in at.multiselect if one.key == "filter_kinds"]


@pytest.mark.long
def test_what_cannot_be_added_is_told(opened: Open, real_store: Path) -> None:
    at = opened(real_store, "Seasonal peaks", category="robbery,anti-social-behaviour,<b>x,burglary")
    told = " ".join(note.value for note in at.info)
    assert "<b>" not in told
    assert "ASB incidents are never added to crimes" in told
    assert in_address(at) == {"category": "burglary,robbery"}


@pytest.mark.long
def test_a_target_is_of_one_type_and_says_why(opened: Open, real_store: Path) -> None:
    assert ONE_TYPE in text(opened(real_store, "Plan targets", category="burglary,robbery"))
    assert ONE_TYPE not in text(opened(real_store, "Plan targets", category="robbery"))


@pytest.mark.long
@pytest.mark.parametrize("word", ["burglary,drugs,robbery", *(one.name.lower().replace(" ", "-") for one in GROUPS)])
@pytest.mark.parametrize("page", ["Overview", "Hotspots", "Seasonal peaks", "Did it work", "Briefing"])
def test_every_page_takes_every_sum(opened: Open, real_store: Path, page: str, word: str) -> None:
    at = opened(real_store, page, category=word.replace(",-", ","))
    assert finding(at)
    assert in_address(at)["category"] == word.replace(",-", ",")


@pytest.mark.long
def test_did_it_work_shows_no_measured_figures_of_another_type(opened: Open, real_store: Path) -> None:
    at = opened(real_store, "Did it work", category="burglary,drugs")
    said = text(at)
    assert "is not measured for this sum of crime types" in said
    assert DRUGS.lower() in said
