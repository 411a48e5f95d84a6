"""What a problem is looked at with: its cells, crime type and counts as known at a month, and its monthly series."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.common.disclosure import at_least
from analysis.common.method import YEAR
from analysis.common.refusal import Refusal
from analysis.where.cells import CellMonths
from data.demo.dataset import SOURCE as DEMONSTRATION
from data.kinds.crime_types import incidents_words
from data.place.area import Area
from data.store.schema import POLICE_UK, Incidents
from geo.errors import InputError
from geo.grid import Grid, grid_reference

_PLURALS = ("incidents", "offences", "crimes", "thefts")


def of_partner(source: str) -> bool:
    """Whether counts of a source are a partner's, whose small ones are not written out."""
    return source not in {POLICE_UK, DEMONSTRATION}


@dataclass(frozen=True, eq=False)
class Subject:
    """Cells of a problem with all that is known of them at a month; made by :func:`subject`.

    Attributes
    ----------
    area : Area
    category : str
        Crime type, or several as one text.
    incidents : Incidents
        Of the crime type, nothing later than the as-at month, buffer included.
    counted : CellMonths
        The same, by month and cell.
    cells : ndarray of int
        Positions in ``counted.grid.cells``, ascending, each once.
    as_at : Period
        Last month that is known.
    """

    area: Area
    category: str
    incidents: Incidents
    counted: CellMonths
    cells: NDArray[np.intp] = field(repr=False)
    as_at: pd.Period

    @cached_property
    def series(self) -> pd.Series[float]:
        """Incidents in the cells by month: :func:`by_month`."""
        return by_month(self.counted, self.cells)

    @property
    def year(self) -> pd.PeriodIndex:
        """The 12 months up to the as-at month, whether they are there or not."""
        return pd.period_range(self.as_at - YEAR + 1, self.as_at, freq="M")

    @property
    def rows(self) -> slice:
        """Rows of ``counted`` in these 12 months."""
        return slice(self.counted.trained_on(self.as_at - YEAR), self.counted.trained_on(self.as_at))

    @property
    def there(self) -> pd.PeriodIndex:
        """Which of these 12 months are in the data."""
        return self.counted.months[self.rows]

    @cached_property
    def by_cell(self) -> NDArray[np.float64]:
        """Incidents of these months by cell of the whole area, shape (n,)."""
        return self.counted.of(self.rows)

    @property
    def count(self) -> int:
        """Incidents in the cells in these months."""
        return int(self.by_cell[self.cells].sum())

    @property
    def partner(self) -> bool:
        """Whether a partner's feed gave the counts, whose small ones are not written out."""
        return of_partner(self.incidents.source)

    def some(self, n: int) -> str:
        """Write a count; a partner's as no more than how many there are at least, or "under 5"."""
        return at_least(n) if self.partner else f"{n:,}"

    def many(self, n: int) -> str:
        """Write a count with what is counted: "1 ASB incident", "no drug offences", "under 5 ASB incidents"."""
        words = incidents_words(self.category)
        if n == 1 and not self.partner:
            plural = next((word for word in _PLURALS if word in words), "")
            words = words.replace(plural, plural.removesuffix("s"), 1)
        return f"{self.some(n) if n else 'no'} {words}"


def subject(
    area: Area, category: str, incidents: Incidents, counted: CellMonths, cells: Iterable[int], as_at: pd.Period
) -> Subject:
    """Lay out what a problem's lines are made from.

    Parameters
    ----------
    area : Area
    category : str
    incidents : Incidents
        Of the crime type, nothing later than the as-at month, buffer included: ``known.up_to(as_at).of(category)``.
    counted : CellMonths
        The same, counted on the area's lattice.
    cells : iterable of int
        Positions in ``counted.grid.cells``.
    as_at : Period

    Returns
    -------
    Subject

    Raises
    ------
    Refusal
        There are no cells.
    InputError
        A position that the grid does not have, or counts later than the as-at month.
    """
    chosen = np.unique(np.asarray(list(cells), dtype=np.intp))
    if len(chosen) == 0:
        raise Refusal("No cell of the area is chosen", "Choose a place, a ward, a zone or cells")
    if chosen[0] < 0 or chosen[-1] >= len(counted.grid.cells):
        raise InputError("there is no such cell in the area", column="cells", value=str(int(chosen[-1])))
    if len(counted.months) and counted.months[-1] > as_at:
        raise InputError("counts end with the as-at month", column="as_at", value=f"{counted.months[-1]} after {as_at}")
    return Subject(area, category, incidents, counted, chosen, as_at)


def positions(grid: Grid, references: Iterable[str]) -> tuple[NDArray[np.intp], tuple[str, ...]]:
    """Positions in ``grid.cells`` of six-figure references, ascending, and the references that the grid lacks."""
    east, north = grid.corners(grid.cells)
    at = {reference: i for i, reference in enumerate(grid_reference(east, north))}
    asked = sorted(set(references))
    found = np.array(sorted(at[name] for name in asked if name in at), dtype=np.intp)
    return found, tuple(name for name in asked if name not in at)


def by_month(counted: CellMonths, cells: NDArray[np.intp]) -> pd.Series[float]:
    """Count incidents in some cells by month.

    Parameters
    ----------
    counted : CellMonths
        Nothing later than the as-at month.
    cells : ndarray of int
        Positions in ``counted.grid.cells``.

    Returns
    -------
    Series of float
        Every month from the first to the last (PeriodIndex); NaN where a month is missing.
    """
    if len(counted.months) == 0:
        return pd.Series(np.zeros(0), index=pd.PeriodIndex([], freq="M", name="month"), name="count")
    values = np.asarray(counted.counts.tocsc()[:, counted.grid.cells[cells]].sum(axis=1), dtype=float).reshape(-1)
    series = pd.Series(values, index=counted.months, name="count")
    return series.reindex(pd.period_range(counted.months[0], counted.months[-1], freq="M", name="month"))
