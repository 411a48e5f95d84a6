"""What the Overview says of the last import: one line, and nothing on the first."""

from __future__ import annotations

import pandas as pd

from analysis.findings.finding import Finding
from analysis.findings.news import news
from data.kinds.crime_types import ASB
from data.store.news import LastImport, last_import
from pages.ui.shell import frame
from pages.ui.shell.cache import Dataset, cached
from pages.ui.shell.choice import Filters


def _brought(data: Dataset) -> LastImport | None:
    return None if data.simulated else last_import(data.store, data.area)


def since_before(data: Dataset) -> Finding | None:
    """Say what the last import brought; None on the demonstration and where nothing was there before."""
    found = cached(_brought, data)
    if found is None or not found.before or not (found.added or found.revised):
        return None
    added = [pd.Period(month, "M") for month in found.added]
    revised = [(pd.Period(month, "M"), after / before - 1) for month, before, after in found.revised if before]
    now, before = data.incidents.as_at_month, pd.Period(found.before, "M")
    moved = None
    if now is not None and before in data.incidents.months and before < now:
        # the first view of the application waits for no map where nothing is new
        from analysis.findings.news import TOP, came_and_went
        from analysis.where.places import SHARE
        from pages.ui.map.ranked import places

        then = cached(places, data, ASB, before, "", SHARE)[:TOP]
        moved = came_and_went(cached(places, data, ASB, now, "", SHARE)[:TOP], then)
    return news(found.day, added, revised, moved)


def show(data: Dataset, chosen: Filters) -> None:
    """Draw the line, unless the person has stepped back in time."""
    told = None if chosen.stepped_back else cached(since_before, data)
    if told is not None:
        frame.note(f"{told.title}. {told.detail}")
