"""What is new with the data, what is in doubt, and what the next operation needs: none of it is a test."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path

import pandas as pd

from analysis.digest.operation import belonging, coming
from analysis.findings.digest import doubted
from analysis.findings.finding import Finding
from analysis.findings.news import news
from data.place.area import Area
from data.place.area_calendar import next_operation
from data.plan.plans import listed, load
from data.store.news import LastImport


def brought(found: LastImport | None) -> Finding | None:
    """Say what the last import brought; None where nothing was there before, and where it brought nothing."""
    if found is None or not found.before or not (found.added or found.revised):
        return None
    added = [pd.Period(month, "M") for month in found.added]
    revised = [(pd.Period(month, "M"), after / before - 1) for month, before, after in found.revised if before]
    return news(found.day, added, revised)


def standing(store: Path, area: Area, day: date, months: Iterable[str]) -> tuple[Finding, ...]:
    """Say which months are in doubt, and what the next operation needs.

    Parameters
    ----------
    store : Path
        Whose plans are looked at.
    area : Area
    day : date
        On which is asked.
    months : iterable of str
        In doubt, YYYY-MM.

    Raises
    ------
    InputError
        A plan cannot be read.

    Notes
    -----
    When it misleads: a plan under a name of its own is not found.

    References
    ----------
    Of this project.
    """
    found = [pd.Period(month, "M") for month in sorted(set(months))]
    said = [doubted(found)] if found else []
    window = next_operation(area, day)
    if window is not None:
        one = belonging(window, listed(store))
        said.append(coming(window, day, None if one is None else load(store, one.id).plan))
    return tuple(said)
