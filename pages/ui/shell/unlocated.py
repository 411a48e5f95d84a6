"""One sentence beside a figure whose crime type was often published without a location."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from data.kinds.crime_types import category_words
from data.store.unlocated import TOLD_FROM, unlocated_share
from pages.ui.shell import frame, screenshot
from pages.ui.shell.cache import Dataset, cached


def share(data: Dataset, category: str, first: pd.Period, last: pd.Period) -> float | None:
    """Share of the rows without a location in the months of a span that are there; None where it is not known."""
    if data.simulated:
        return None
    months = data.incidents.months
    return unlocated_share(data.store, data.area, category, map(str, months[(months >= first) & (months <= last)]))


def sentence(category: str, now: float | None, before: float | None, *, force: str) -> str:
    """Say what is lost, and whether it changed across a comparison.

    Parameters
    ----------
    category : str
    now, before : float or None
        Share in the months shown, and in those they are compared with.
    force : str
        Whose files they are.

    Returns
    -------
    str
        Empty where both shares are small, or not known.
    """
    if max(now or 0.0, before or 0.0) < TOLD_FROM:
        return ""
    changed = now is not None and before is not None and abs(now - before) >= TOLD_FROM
    compared = f", against {100 * (before or 0.0):.0f} % in the months they are compared with" if changed else ""
    words = f"{100 * (now or 0.0):.0f} % of {category_words(category)} in the files of {force} has no location"
    more = ", and part of the change may be that alone" if changed else ""
    return f"In the months shown {words}{compared}. Such incidents are on no map and in no count{more}."


def told(
    data: Dataset,
    categories: Sequence[str],
    first: pd.Period,
    last: pd.Period,
    before: tuple[pd.Period, pd.Period] | None = None,
) -> tuple[str, ...]:
    """Say, for each crime type, what share has no location, where it is large enough to matter.

    Parameters
    ----------
    data : Dataset
    categories : sequence of str
    first, last : Period
        Months that are shown.
    before : (Period, Period), optional
        Months that they are compared with.
    """
    forces = " and ".join(data.area.forces)
    every = [
        sentence(
            category,
            cached(share, data, category, first, last),
            cached(share, data, category, *before) if before else None,
            force=forces,
        )
        for category in categories
    ]
    return tuple(words for words in every if words)


def show(
    data: Dataset,
    categories: Sequence[str],
    first: pd.Period,
    last: pd.Period,
    before: tuple[pd.Period, pd.Period] | None = None,
) -> None:
    """Draw the sentences of :func:`told`; same arguments."""
    for words in told(data, categories, first, last, before):
        if screenshot.on():
            screenshot.carry((words,))
        else:
            frame.note(words)
