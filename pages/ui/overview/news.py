"""What the Overview says after an import: the digest of the newest month, in at most five lines."""

from __future__ import annotations

import pandas as pd

from analysis.findings.digest import doubted as in_doubt
from analysis.findings.finding import Finding
from analysis.findings.news import news
from data.kinds.crime_types import ASB
from data.store.news import LastImport, last_import
from pages.ui.shell import frame
from pages.ui.shell.cache import Dataset, cached, doubts
from pages.ui.shell.choice import Filters

LINES, MOST_REMARKS = 5, 2


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


def _told(data: Dataset) -> tuple[Finding, ...]:
    """Say what stands out in the newest month, what could be judged, and what the import brought; none on the first."""
    told = cached(since_before, data)
    if told is None:
        return ()
    from analysis.digest.month import month_digest

    found = month_digest(data.incidents, data.area, (told,))
    if found.remarks:
        return (*found.remarks[:MOST_REMARKS], *found.facts)
    return (Finding(found.title), *found.facts)


def _next(data: Dataset) -> Finding | None:
    """Say what the next operation needs; plans and days change without the data, so it is kept nowhere."""
    from analysis.digest.operation import belonging, coming
    from data.place.area_calendar import next_operation
    from data.plan.plans import listed, load

    window = next_operation(data.area, data.as_at)
    if window is None:
        return None
    one = belonging(window, listed(data.store))
    return coming(window, data.as_at, None if one is None else load(data.store, one.id).plan)


def _standing(data: Dataset) -> tuple[Finding, ...]:
    """Say which months are in doubt, and what the next operation needs."""
    doubted = sorted({doubt.month for doubt in doubts(data)})
    more = (in_doubt([pd.Period(month, "M") for month in doubted]),) if doubted else ()
    after = _next(data)
    return more if after is None else (*more, after)


def digest(data: Dataset) -> tuple[Finding, ...]:
    """Give the lines of the digest, at most five; none on the demonstration and where nothing was there before."""
    told = cached(_told, data)
    return (*told, *_standing(data))[:LINES] if told else ()


def facts(data: Dataset) -> tuple[Finding, ...]:
    """Give what is new with the data, what is in doubt, and what the next operation needs: none of it is a test."""
    told = cached(since_before, data)
    return (*(() if told is None else (told,)), *_standing(data))


def show(data: Dataset, chosen: Filters) -> None:
    """Draw the digest, unless the person has stepped back in time."""
    for one in () if chosen.stepped_back else digest(data):
        frame.note(f"{one.sentence}. {one.detail}".strip())
