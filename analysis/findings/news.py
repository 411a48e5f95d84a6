"""What is new since the import before: months, revisions, and places that came or went."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from analysis.common.method import list_months, month_name
from analysis.findings.finding import Finding
from analysis.where.places import Place
from data.kinds.lists import join_words

TOP = 10


def came_and_went(now: Sequence[Place], before: Sequence[Place]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Tell which of the ten busiest places were not among them before, and which no longer are.

    Parameters
    ----------
    now, before : sequence of Place
        Busiest first, on one grid. Two are the same place where they share a cell.

    Returns
    -------
    (came, went) : tuple of str
        Their names.
    """

    def alone(these: Sequence[Place], others: Sequence[Place]) -> tuple[str, ...]:
        held = {cell for place in others for cell in place.cells.tolist()}
        return tuple(place.title for place in these if not held & set(place.cells.tolist()))

    return alone(now[:TOP], before[:TOP]), alone(before[:TOP], now[:TOP])


def news(
    day: str,
    added: Sequence[pd.Period],
    revised: Sequence[tuple[pd.Period, float]],
    moved: tuple[Sequence[str], Sequence[str]] | None = None,
) -> Finding:
    """Say in one line what the last import brought.

    Parameters
    ----------
    day : str
        Of the import, YYYY-MM-DD.
    added : sequence of Period
        Months that were not there before.
    revised : sequence of (Period, float)
        Months whose number of rows changed by 5 % and more, with the change as a share.
    moved : (came, went), optional
        Of :func:`came_and_went`; None where the places before are not known.

    Returns
    -------
    Finding
        Its detail says why a place may have come or gone by chance, where one has.
    """
    title = f"New with the import of {day}: {list_months(list(added)) if added else 'no further month'}"
    said = []
    for month, change in revised:
        said.append(
            f"{month_name(month)} was revised to {abs(100 * change):.0f} % {'more' if change > 0 else 'fewer'} rows."
        )
    came, went = moved or ((), ())
    if moved is not None and added:
        if came or went:
            parts = [f"{join_words(came)} came in" if came else "", f"{join_words(went)} fell out" if went else ""]
            told = ", ".join(part for part in parts if part)
            said.append(
                f"Of the {TOP} busiest places for ASB, {told}: near the end of the list places lie so close together "
                "that chance alone moves them."
            )
        else:
            said.append(f"The {TOP} busiest places for ASB are those of before.")
    return Finding(title, detail=" ".join(said))
