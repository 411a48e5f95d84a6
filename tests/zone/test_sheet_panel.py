"""What was recorded in a zone, on the page: the figures of the sheet, and its button only where one may be made."""

from __future__ import annotations

import re
from dataclasses import replace
from html import escape
from pathlib import Path

import numpy as np
import pytest
import shapely
from streamlit.testing.v1 import AppTest

from analysis.common.disclosure import HIDDEN, UNDER
from analysis.zone.dated import Dated
from analysis.zone.recorded import Recorded
from data.access.actor import HERE
from data.zone.zone import CLOSURE, Zone, kept_shape
from data.zone.zones import ZONES
from pages.ui.shell.cache import dataset, feeds
from pages.ui.shell.rows import rows_html
from pages.ui.zone.sheet_panel import NO_SHEET, found_of, note_of
from pages.ui.zone.sheet_words import DECIDES, NOT_GROUNDS, Found, change_rows, count_rows, year_rows
from tests.tab_pages import text
from tests.zone.made_zones import made_zone

PANEL = """
from data.zone.zones import ZONES
from pages.ui.shell import frame
from pages.ui.zone import sheet_panel
with frame.page("Problems") as view:
    sheet_panel.show(view.data, ZONES.listed(view.data.store)[0])
"""


@pytest.fixture
def zone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Zone:
    """It lies around the demonstration's busiest point of the feed."""
    from pages.ui.shell import frame

    monkeypatch.setenv("DASHBOARD_DATA", str(tmp_path / "store"))
    monkeypatch.setattr(frame, "PAGES", ())
    data = dataset()
    assert data.demo is not None
    points = data.demo.feed.in_area().frame[["easting_m", "northing_m"]].to_numpy()
    at, counts = np.unique(points, axis=0, return_counts=True)
    shape = shapely.Point(at[counts.argmax()]).buffer(130, quad_segs=4)
    return replace(made_zone(), wkt=kept_shape(shape), simulated=True)


def opened(zone: Zone) -> AppTest:
    data = dataset()
    ZONES.save(data.store, zone, zone.starts, actor=HERE)
    at = AppTest.from_string(PANEL, default_timeout=60).run()
    assert not at.exception
    return at


def test_the_panel_shows_what_the_sheet_shows(zone: Zone) -> None:
    at = opened(zone)
    assert f"{NOT_GROUNDS} {DECIDES}" in text(at)
    data = dataset()
    found = found_of(data, zone, feeds(data)[0], None)
    assert isinstance(found, Found)
    assert isinstance(found.dated, Dated)
    recorded = found.recorded
    assert isinstance(recorded, Recorded)
    for row in (*count_rows(recorded), *change_rows(recorded)):
        assert all(f">{escape(cell)}</td>" in text(at) for cell in row), row
    assert all(f">{escape(row[0])}</td>" in text(at) for row in year_rows(recorded))
    rows = [table.value for table in at.dataframe]
    assert [next(iter(one.columns)) for one in rows] == ["weekday", "hours", "month"]
    printed = [cell for one in rows for cell in one["count"]]
    assert UNDER in printed
    assert all(cell in {UNDER, HIDDEN} or int(cell) == 0 or int(cell) >= 5 for cell in printed)
    (button,) = at.get("download_button")
    assert button.proto.label == "Evidence sheet (PDF)"
    assert note_of(data, zone) == ""
    assert "48 hours" in note_of(data, replace(zone, ends=None))


def test_counts_on_screen_have_their_thousands_apart_and_parts_beside_the_count(zone: Zone) -> None:
    whole = kept_shape(dataset().area.wards.outline)
    at = opened(replace(zone, wkt=whole))
    assert re.search(r'data-column="In the zone">\d{1,3},\d{3}</td>', text(at))
    assert not re.search(r">\d{4,}</td>", text(at))
    assert re.search(r'data-column="ASB">[\d,]+ \(100.0 %\)</td>', text(at))
    assert "In brackets: the part of the borough's." in text(at)


def test_a_table_on_screen_is_text_and_a_table_by_its_roles() -> None:
    told = rows_html(["<b>&"], [["<script>'\""]], '<i>"')
    assert "<b>" not in told
    assert "<script" not in told
    assert "<i>" not in told
    assert 'data-column="&lt;b&gt;&amp;"' in told
    assert told.count('role="cell"') == told.count('role="columnheader"') == 1


def test_no_sheet_is_offered_of_a_restricted_zone(zone: Zone) -> None:
    at = opened(replace(zone, kind=CLOSURE))
    assert NO_SHEET in text(at)
    assert not at.get("download_button")
