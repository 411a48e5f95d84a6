"""A place needs three incidents to be ranked, and what the top cells caught is one number wherever it stands."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.common.refusal import Refusal
from analysis.where.places import Place, enough, find_places, too_few_words
from analysis.where.unseen import unseen_year
from data.kinds.crime_types import DRUGS
from data.place.area import Area
from data.store.schema import POLICE_UK, Incidents
from geo.grid import grid_reference
from pages.ui.briefing import plan as briefing_plan
from pages.ui.briefing import where as briefing_where
from pages.ui.briefing.panel import PARTNERSHIP, Ask
from pages.ui.chart.palette import LIGHT
from pages.ui.hotspots import map as hotspot_map
from pages.ui.hotspots import panel as hotspot_panel
from pages.ui.hotspots import picture as hotspots
from pages.ui.hotspots import tabs as hotspot_tabs
from pages.ui.map.maps import View
from pages.ui.plan.build import build
from pages.ui.plan.paper import exports
from pages.ui.plan.when.operation import PlanWindow
from pages.ui.plan.where import places as plan_places
from pages.ui.plan.where import ranking as plan_where
from pages.ui.shell.cache import Dataset
from pages.ui.shell.choice import LAST_12, Choice, Filters, resolve
from tests.properties import examples
from tests.tab_pages import finding, open_page, text

SHARE = 0.05
RARE = "Theft from the person"
YEAR = "in January 2024 to December 2024"
CAUGHT = re.compile(r"top (\d+)\s% of cells caught (\d+)\s%")


@pytest.fixture(scope="module")
def data(real: Incidents, area: Area, real_store: Path) -> Dataset:
    return Dataset(area, real, date(2025, 1, 15), f"{real.version}|{POLICE_UK}|ranked", real_store)


def not_tested(data: Dataset, window: PlanWindow, share: float) -> tuple[float, ...]:
    """In place of 84 maps drawn another way, which say nothing here."""
    return ()


@pytest.fixture(autouse=True)
def no_other_maps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan_where, "firm", not_tested)


def chosen(data: Dataset, category: str, period: str = LAST_12, wards: tuple[str, ...] = ()) -> Filters:
    return resolve(Choice(category=category, period=period, wards=wards), data.incidents.months)


def window(category: str) -> PlanWindow:
    return PlanWindow("Spring", category, date(2025, 3, 1), date(2025, 3, 20), pd.Period("2024-12", "M"), "")


def ask(category: str) -> Ask:
    return Ask(("hotspots",), PARTNERSHIP, "", window(category))


def by_cell(data: Dataset, category: str, first: str, last: str) -> pd.Series[int]:
    """Incidents by cell, counted from the frame by whole multiples of 200 m."""
    frame = data.incidents.frame[data.incidents.frame["category"] == category]
    there = frame[frame["month"].between(pd.Period(first), pd.Period(last))]
    corners = there["easting_m"] // 200 * 200 + 1j * (there["northing_m"] // 200 * 200)
    counts = corners.value_counts()
    east, north = np.real(counts.index.to_numpy()), np.imag(counts.index.to_numpy())
    return pd.Series(counts.to_numpy(), grid_reference(east, north))


# --- the rule --------------------------------------------------------------------------------------------------------
def place(number: int, last12: int) -> Place:
    none = np.empty(0, dtype=np.intp)
    return Place(number, none, 1.0, last12, f"P{number}", "", "", 0.0, 0.0, "", (), None)  # type: ignore[arg-type]


@examples(40)
@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), max_size=12))
def test_three_incidents_are_enough_and_two_are_not(counts: list[tuple[int, int]]) -> None:
    places = [place(number, last12) for number, (last12, _) in enumerate(counts, start=1)]
    kept = enough(places)
    assert [p.number for p in kept] == list(range(1, len(kept) + 1))
    assert [p.name for p in kept] == [p.name for p in places if p.count_last12 >= 3]
    of_period = enough(places, [shown for _, shown in counts])
    assert [p.number for p in of_period] == [n for n, (_, shown) in enumerate(counts, start=1) if shown >= 3]


def test_what_is_left_out_is_counted_in_words() -> None:
    assert too_few_words(0, YEAR) == ""
    assert too_few_words(1, "in May 2024") == (
        "1 more place has fewer than three incidents in May 2024: too few to rank, so not shown."
    )
    assert too_few_words(12, YEAR).startswith(f"12 more places have fewer than three incidents {YEAR}: ")


# --- list, map, files and slides hold the same places ---------------------------------------------------------------
@pytest.mark.parametrize(
    ("category", "period", "span", "words"),
    [
        ("Robbery", LAST_12, ("2024-01", "2024-12"), YEAR),
        (DRUGS, "2024-10..2024-10", ("2024-10", "2024-10"), "in October 2024"),
        ("Robbery", "2019-01..2019-12", ("2019-01", "2019-12"), f"in January 2019 to December 2019 or {YEAR}"),
        ("Robbery", "2018-01..2024-12", ("2018-01", "2024-12"), YEAR),
    ],
)
def test_table_map_file_and_slide_show_the_places_with_enough(
    data: Dataset, category: str, period: str, span: tuple[str, str], words: str
) -> None:
    filters = chosen(data, category, period)
    picture = hotspots.picture(data, filters, SHARE)
    table, cells = hotspot_panel.places_table(data.area, picture), hotspot_panel.cells_table(data.area, picture)
    # by hand: every place there is, and its incidents in the months shown and in the last 12
    everywhere = find_places(picture.ranking, data.incidents.of(category), data.area, SHARE)
    past, recent = by_cell(data, category, *span), by_cell(data, category, "2024-01", "2024-12")
    kept, drawn = [], set[str]()
    for one in everywhere:
        own = grid_reference(*picture.grid.corners(one.cells))
        shown, lately = int(past.reindex(own).sum()), int(recent.reindex(own).sum())
        if min(shown, lately) >= 3:
            kept.append((one.title, shown))
            drawn |= set(own)
    assert 0 < len(kept) < len(everywhere)
    assert list(zip(table["place"], table["count"], strict=True)) == kept
    assert picture.few == len(everywhere) - len(kept)
    assert set(cells["cell"]) == drawn
    assert cells["rank"].isna().tolist() == (past.reindex(cells["cell"]).fillna(0) < 3).tolist()
    overlay, _ = hotspot_map.overlay(data, filters, picture, "places", None, LIGHT, View("", (0.0, 0.0, 1.0, 1.0)))
    assert {square[6] for square in overlay.cells} == drawn
    assert [circle[5] for circle in overlay.places] == [title for title, _ in kept[:10]]
    assert hotspot_map.few_words(filters, picture) == too_few_words(picture.few, words)
    if period == LAST_12:
        slide = briefing_where.whole(data, ask(category))
        places, squares = (dict(slide.numbers)[name] for name in ("places", "cells"))
        assert list(zip(places["place"], places["incidents_12_months"], strict=True)) == kept
        assert set(squares["cell"]) == drawn
        assert too_few_words(picture.few, YEAR) in slide.caveats
        assert slide.table is not None
        assert [row[1] for row in slide.table.rows] == [title for title, _ in kept[:10]]


@pytest.mark.long
def test_the_page_of_such_a_crime_type_shows_no_list_and_no_capture(
    monkeypatch: pytest.MonkeyPatch, real_store: Path
) -> None:
    said = "Too few to rank: no place has three incidents of theft from the person in October 2024"
    at = open_page(
        monkeypatch, real_store, "pages/hotspots.py", {"hot_tabs": "How good is it"}, category="theft-from-the-person",
        period="2024-10..2024-10",
    )  # fmt: skip
    assert finding(at) == said
    assert len(at.dataframe[0].value) == 0
    assert f"{said}. Choose a longer period" in text(at)
    assert not CAUGHT.search(text(at))


def test_a_crime_type_without_a_place_that_has_three_gets_no_ranking(data: Dataset) -> None:
    filters = chosen(data, RARE, "2024-10..2024-10")
    said = "Too few to rank: no place has three incidents of theft from the person in October 2024"
    picture = hotspots.picture(data, filters, SHARE)
    assert picture.nothing_ranked
    assert (picture.places, len(picture.drawn)) == ((), 0)
    assert hotspot_panel.finding(data.area, filters, picture, SHARE, data.as_at) == said
    # the wards that hold none, of a type that has one place
    one = hotspots.picture(data, chosen(data, RARE), SHARE)
    assert [p.count_last12 for p in one.places] == [4]
    ward = next(code for code in data.area.wards.codes if code != one.places[0].ward_code)
    there = chosen(data, RARE, wards=(ward,))
    assert hotspot_panel.finding(data.area, there, hotspots.picture(data, there, SHARE), SHARE, data.as_at) == (
        f"Too few to rank: no place of the chosen wards has three incidents of theft from the person {YEAR}"
    )


def test_a_slide_and_a_plan_have_no_ranking_either(data: Dataset) -> None:
    rare = data.incidents.frame["category"] == RARE
    busy = data.incidents.frame.index[rare & (data.incidents.frame["month"] >= pd.Period("2024-01"))]
    thin = data.incidents.frame.drop(busy[2:])
    few = Dataset(
        data.area, Incidents(thin, data.incidents.months, "few"), data.as_at, "few", data.store
    )  # fmt: skip
    said = f"Too few to rank: no place has three incidents of theft from the person {YEAR}"
    for panel in (briefing_where.whole, briefing_where.townships, briefing_plan.plan):
        with pytest.raises(Refusal) as refused:
            panel(few, ask(RARE))
        assert refused.value.reason == f"{said}."
    found = plan_where.where(few, window(RARE), SHARE)
    assert (found.places, plan_places.finding(window(RARE), found, SHARE)) == ((), said)
    own = plan_where.where(few, window(RARE), SHARE, (plan_where.OwnPlace("Field", "SJ414906"),))
    assert (len(own.places), plan_places.finding(window(RARE), own, SHARE)) == (1, said)


def test_a_plan_leaves_out_the_same_places(data: Dataset) -> None:
    found = plan_where.where(data, window("Robbery"), SHARE)
    picture = hotspots.picture(data, chosen(data, "Robbery"), SHARE)
    assert [p.title for p in found.places] == [p.title for p in picture.places]
    assert [p.number for p in found.places] == list(range(1, len(found.places) + 1))
    assert min(p.past for p in found.places) >= 3
    assert found.few_words == too_few_words(picture.few, YEAR)


# --- one number with one name ----------------------------------------------------------------------------------------
def test_what_the_top_cells_caught_is_one_number_everywhere(data: Dataset) -> None:
    """The page itself is read in ``test_hotspots_page.py``."""
    known = unseen_year(data.incidents.of(DRUGS), data.area.grid(), SHARE)
    table = hotspot_tabs.accuracy(data, DRUGS, pd.Period("2024-12"))
    slide = briefing_where.whole(data, ask(DRUGS))
    found = plan_where.where(data, window(DRUGS), SHARE)
    made = build(data, window(DRUGS), found, found.places, SHARE)
    filters = chosen(data, DRUGS)
    said = {
        "page": hotspot_panel.finding(data.area, filters, hotspots.picture(data, filters, SHARE), SHARE, data.as_at),
        "tab": hotspot_tabs.curve(table, "drug offences").title,
        "slide": f"{slide.finding} {slide.more}",
        "plan": " ".join(made.caveats),
        "file of the plan": " ".join(exports.about(data.area, made)),
    }
    for where, words in said.items():
        numbers = {int(percent) for share, percent in CAUGHT.findall(words) if share == "5"}
        assert numbers == {round(100 * known.hit_rate)}, where
    assert table.loc[table["share"] == SHARE, "hit_rate"].item() == pytest.approx(known.hit_rate)
    assert known.words in " ".join(slide.more.split())
