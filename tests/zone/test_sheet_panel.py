"""What was recorded in a zone, on the page: the figures of the sheet, and its button only where one may be made."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import shapely
from streamlit.testing.v1 import AppTest

from analysis.common.disclosure import HIDDEN, UNDER
from analysis.zone.dated import Dated
from data.access.actor import HERE
from data.zone.zone import CLOSURE, Zone, kept_shape
from data.zone.zones import ZONES
from pages.ui.shell.cache import dataset, feeds
from pages.ui.zone.sheet_panel import NO_SHEET, found_of, note_of
from pages.ui.zone.sheet_words import DECIDES, NOT_GROUNDS, Found
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
    rows = [table.value for table in at.dataframe]
    assert [next(iter(one.columns)) for one in rows] == ["kind", "Months", "kind", "weekday", "hours", "month"]
    printed = [cell for one in rows[3:] for cell in one["count"]]
    assert UNDER in printed
    assert all(cell in {UNDER, HIDDEN} or int(cell) == 0 or int(cell) >= 5 for cell in printed)
    (button,) = at.get("download_button")
    assert button.proto.label == "Evidence sheet (PDF)"
    assert note_of(data, zone) == ""
    assert "48 hours" in note_of(data, replace(zone, ends=None))


def test_no_sheet_is_offered_of_a_restricted_zone(zone: Zone) -> None:
    at = opened(replace(zone, kind=CLOSURE))
    assert NO_SHEET in text(at)
    assert not at.get("download_button")
