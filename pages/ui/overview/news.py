"""What the Overview says after an import: the digest of the newest month, in at most five lines."""

from __future__ import annotations

from analysis.findings.finding import Finding
from data.store.news import LastImport, last_import
from geo.errors import InputError
from pages.ui.shell import frame
from pages.ui.shell.cache import Dataset, cached, doubts
from pages.ui.shell.choice import Filters

LINES, MOST_REMARKS = 5, 2


def _brought(data: Dataset) -> LastImport | None:
    return None if data.simulated else last_import(data.store, data.area)


def since_before(data: Dataset) -> Finding | None:
    """Say what the last import brought; None on the demonstration and where nothing was there before."""
    from analysis.digest.facts import brought

    return brought(cached(_brought, data))


def _told(data: Dataset) -> tuple[Finding, ...]:
    """Say what stands out in the newest month, what could be judged, and what the import brought; none on the first."""
    told = cached(since_before, data)
    if told is None:
        return ()
    from analysis.digest.month import month_digest
    from analysis.digest.risen import Rises

    # places can only rise where there is a month more: what was revised may move them, and says so by itself
    last = cached(_brought, data)
    rises = None if last is not None and last.added else Rises()
    found = month_digest(data.incidents, data.area, (told,), rises)
    if found.remarks:
        return (*found.remarks[:MOST_REMARKS], *found.facts)
    return (Finding(found.title), *found.facts)


def _standing(data: Dataset) -> tuple[Finding, ...]:
    """Say what changes without the data, such as a plan and the day; kept nowhere."""
    from analysis.digest.facts import standing

    try:
        return standing(data.store, data.area, data.as_at, [doubt.month for doubt in doubts(data)])
    except InputError:  # a plan cannot be read: its own page says so, and no other page ends for it
        return ()


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
