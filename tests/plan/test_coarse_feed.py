"""A plan says how many incidents of its feed have a place too coarse for its stops."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from data.demo.dataset import make_demo
from data.place.area import Area
from pages.ui.plan.when import operation
from pages.ui.plan.who import stops


def test_places_too_coarse_for_a_stop_are_told(area: Area, monkeypatch: pytest.MonkeyPatch) -> None:
    feed = make_demo(area).feed
    coarse = feed.frame.assign(precision_m=np.where(np.arange(len(feed.frame)) < 7, 100.0, np.nan))
    data, window = cast("Any", SimpleNamespace(area=area)), cast("Any", SimpleNamespace(feed="Wardens"))
    said = []
    for source in (feed, replace(feed, frame=coarse), None):
        monkeypatch.setattr(operation, "feed_of", lambda data, window, source=source: source)
        said.append(stops.coarse_words(data, window))
    assert said == [
        "",
        f"Wardens: 7 of {len(coarse):,} incidents have a place that is too coarse for cells of 200 m: they are left "
        "out of cells and places.",
        "",
    ]
