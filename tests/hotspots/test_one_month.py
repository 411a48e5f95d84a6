"""One month on the map of Hotspots: what was recorded then, as pandas counts it, in the address and back."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from data.kinds.crime_types import ASB
from data.place.area import Area
from data.store.schema import Incidents
from geo.grid import grid_reference
from pages.ui.hotspots.month import NO_FORECAST
from pages.ui.hotspots.month import clicked as click
from tests.hotspots.test_hotspots_page import listed, opened, payload
from tests.tab_pages import charts, finding, html, in_address, numbers, text

__all__ = ["opened"]

MONTH = "2024-10"


def of_month(real: Incidents, month: str = MONTH) -> pd.DataFrame:
    """ASB incidents of the wards in a month, straight from the frame."""
    frame = real.frame[real.frame["ward_code"].notna() & (real.frame["category"] == ASB)]
    return frame[frame["month"] == pd.Period(month, "M")]


def test_map_and_list_hold_what_was_recorded_in_that_month(
    opened: Any, real_store: Any, real: Incidents, area: Area
) -> None:
    at = opened(real_store, month=MONTH)
    frame, grid = of_month(real), area.grid()
    said = f"{len(frame)} ASB incidents were recorded in Knowsley in October 2024: a look back, not what is expected"
    assert finding(at) == said
    every = real.frame[(real.frame["category"] == ASB) & (real.frame["month"] == pd.Period(MONTH, "M"))]
    where = grid.locate(every["easting_m"].to_numpy(), every["northing_m"].to_numpy())  # the buffer, too
    cells, counts = np.unique(where[np.isin(where, grid.cells)], return_counts=True)
    by_hand = dict(zip(grid_reference(*grid.corners(cells)), counts.tolist(), strict=True))
    drawn = payload(at, "data")["cells"]
    assert {c[6]: c[4] for c in drawn} == by_hand
    assert {(c[3], c[5]) for c in drawn} == {(None, 0)}, "nothing expected, nothing more than chance"
    table = listed(at)
    assert dict(zip(table["cell"], table["count"], strict=True)) == by_hand
    assert table["count"].is_monotonic_decreasing
    assert payload(at, "data")["places"] == []
    assert NO_FORECAST in text(at)
    assert "Showing October 2024 only." in html(at)
    assert in_address(at) == {"month": MONTH}


def test_wards_and_points_of_the_month(opened: Any, real_store: Any, real: Incidents, area: Area) -> None:
    at = opened(real_store, month=MONTH, layer="wards")
    by_hand = of_month(real).groupby("ward_code").size()
    shown = listed(at).set_index("ward_name")["count"]
    assert {code: shown[name] for code, name in area.ward_names.items()} == {
        code: by_hand.get(code, 0) for code in area.wards.codes
    }
    code = str(by_hand.idxmax())
    at.session_state["hot_show"] = "points"
    at.session_state["hot_at"] = f"ward-{code}"
    at.run()
    assert listed(at)["count"].sum() == len(of_month(real))
    assert finding(at).startswith(f"{by_hand.max()} ASB incidents were recorded in {area.ward_names[code]} in")


def test_a_click_shows_the_month_and_the_next_takes_it_back(opened: Any, real_store: Any) -> None:
    at = opened(real_store)
    (alt,) = (one for one in charts(at) if one.startswith("Line chart by month"))
    line, columns = charts(at)[alt]["data"]
    known = {x for x, y in zip(numbers(line["x"]), numbers(line["y"]), strict=True) if y == y}
    assert known == set(numbers(columns["x"])), "every month that is there can be clicked, and no other"
    at.selectbox(key="hot_month_list").set_value(MONTH).run()
    assert in_address(at) == {"month": MONTH}
    shapes = charts(at)[alt]["layout"]["shapes"]
    ordinal = pd.Period(MONTH, "M").ordinal
    assert [one["x0"] for one in shapes if one["line"]["width"] == 2] == [ordinal - 0.5]
    at.button(key="hot_month_back").click().run()
    assert in_address(at) == {}
    assert finding(at).startswith("About")


def test_what_a_click_means(monkeypatch: pytest.MonkeyPatch) -> None:
    kept: dict[str, Any] = {}
    monkeypatch.setattr("streamlit.session_state", kept)
    point = {"x": pd.Period(MONTH, "M").ordinal}
    click([point])
    assert kept == {"hot_month": MONTH}
    click([])
    assert kept == {"hot_month": MONTH}, "a click beside every month"
    click([point])
    assert kept == {"hot_month": ""}


@pytest.mark.parametrize(
    "month", ["<b>x", *(pytest.param(one, marks=pytest.mark.long) for one in ("1999-01", "2024-13"))]
)
def test_a_month_that_is_not_there_is_told_and_dropped(opened: Any, real_store: Any, month: str) -> None:
    at = opened(real_store, month=month)
    assert "all months are shown" in at.info[0].value
    assert "<b>" not in at.info[0].value
    assert in_address(at) == {}


def test_going_back_to_before_the_click_shows_all_months(opened: Any, real_store: Any) -> None:
    at = opened(real_store, month=MONTH)
    at.query_params.clear()  # the back button
    at.run()
    assert finding(at).startswith("About")
    assert in_address(at) == {}
