"""What became of an operation: a question, its areas and comparison, the verdicts; once for a version and a question.

"Did it work" asks it, a briefing and the annual review of Plan targets do too.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.common import seeds
from analysis.common.refusal import Refusal
from analysis.outcome.comparison import Proposal, propose, ring, squares_of
from analysis.outcome.drift import Lattice, Residuals, size_class
from analysis.outcome.operation import Verdict, judge, position
from analysis.when.seasonality import season_mask
from data.kinds.crime_types import incidents_words
from pages.ui.map.lattice import known_cells, references
from pages.ui.shell.cache import Dataset, cached

AREA, RING, COMPARISON = "Where you went", "Around it", "Places like it"
CHOSEN = "Places chosen"  # instead of AREA where nobody went


@dataclass(frozen=True)
class Did:
    """What is asked; plain values.

    Attributes
    ----------
    title : str
        Of the plan, or "".
    category : str
    treated : tuple of str
        References of the cells where something was done, sorted.
    first, last : Period
        Months in which the operation lies.
    days : str
        Days of the plan in words; "" where nobody ran one.
    as_at : Period
    ring_m : float
        How far around the cells is looked at.
    """

    title: str
    category: str
    treated: tuple[str, ...]
    first: pd.Period
    last: pd.Period
    days: str
    as_at: pd.Period
    ring_m: float


@dataclass(frozen=True)
class Changes:
    """What a person changed of the proposed comparison area; plain values.

    Attributes
    ----------
    squares : tuple of str or None
        Squares of 1 km it is made of; None for the proposed ones.
    added, removed : tuple of str
        References of cells.
    """

    squares: tuple[str, ...] | None = None
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Areas:
    """Positions in ``grid.cells`` of the three areas, the proposal, and cells of the plan that the grid lacks."""

    treated: NDArray[np.intp]
    ring: NDArray[np.intp]
    comparison: NDArray[np.intp]
    proposal: Proposal
    unknown: tuple[str, ...]

    @property
    def named(self) -> dict[str, NDArray[np.intp]]:
        """The three areas, as a plan that was run names them."""
        return {AREA: self.treated, RING: self.ring, COMPARISON: self.comparison}


def lattice(data: Dataset, category: str, as_at: pd.Period, ring_m: float) -> Lattice:
    """Incidents of a crime type by month and cell up to the as-at month."""
    counted = cached(known_cells, data, category, as_at)
    return Lattice(counted, ~season_mask(counted.months, data.area, category), ring_m)


def library(
    data: Dataset, category: str, as_at: pd.Period, ring_m: float, size: tuple[int, int], length: int
) -> Residuals:
    """Random groups of cells of some size, and what windows of some length brought them, up to a month."""
    rng = np.random.default_rng(seeds.PLACEBO)
    return cached(lattice, data, category, as_at, ring_m).library(size, length, rng)


def areas(data: Dataset, did: Did, changes: Changes) -> Areas:
    """Lay out the three areas.

    Raises
    ------
    Refusal
        No cell of the operation lies in the area, or no comparison can be proposed.
    """
    found = cached(lattice, data, did.category, did.as_at, did.ring_m)
    position(found, did.first, did.last)
    at = cached(references, data)
    treated = np.array(sorted(at[name] for name in did.treated if name in at), dtype=np.intp)
    if len(treated) == 0:
        raise Refusal("No cell is chosen in which something was done", "Choose places, wards or cells.")
    around = ring(found.grid, treated, did.ring_m)
    counted = cached(known_cells, data, did.category, did.as_at)
    proposal = propose(counted, treated, around, did.first, found.used)
    chosen = proposal.cells
    if changes.squares is not None:
        number = proposal.squares.loc[proposal.squares["square"].isin(changes.squares), "number"]
        chosen = np.flatnonzero(np.isin(squares_of(found.grid)[0], number.to_numpy()))
    added, removed = (
        np.array([at[name] for name in names if name in at], dtype=np.intp)
        for names in (changes.added, changes.removed)
    )
    comparison = np.setdiff1d(np.union1d(chosen, added), np.concatenate([removed, treated, around]))
    if len(comparison) == 0:
        raise Refusal("No places like it are left", "Add squares or cells to them, or take the proposed ones.")
    return Areas(treated, around, comparison, proposal, tuple(name for name in did.treated if name not in at))


def verdict(data: Dataset, did: Did, changes: Changes, of: str) -> Verdict | Refusal:
    """Judge where somebody went, or what lies around it, or say why that cannot be done."""
    laid = cached(areas, data, did, changes)
    cells = laid.named[of]
    if len(cells) == 0:
        return Refusal("What lies around it is not looked at: that was set to 0 m", "Choose a width.")
    length = (did.last - did.first).n + 1
    try:
        return judge(
            cached(lattice, data, did.category, did.as_at, did.ring_m),
            cells,
            laid.comparison,
            did.first,
            did.last,
            # up to the operation and no later, or its verdict would change with every month that is loaded
            cached(library, data, did.category, did.last, did.ring_m, size_class(len(cells)), length),
            name=_name(did, of),
        )
    except Refusal as refusal:
        return refusal


def _name(did: Did, of: str) -> str:
    words = incidents_words(did.category)
    return f"{words[0].upper()}{words[1:]} {in_words(did, of)}"


def named(did: Did, of: str) -> str:
    """Name an area on the page: nobody went where a person only tries the page."""
    return CHOSEN if of == AREA and not did.days else of


def in_words(did: Did, of: str) -> str:
    """Name an area inside a sentence: "where you went", "in the places chosen"."""
    if of == AREA and not did.days:
        return f"in the {CHOSEN[:1].lower()}{CHOSEN[1:]}"
    words = f"{of[:1].lower()}{of[1:]}"
    return f"in {words}" if of == COMPARISON else words


def whole_months(did: Did) -> str:
    """Say that an operation of days is judged on whole months; "" where it fills them."""
    return (
        f"The operation ran {did.days}. Published incidents have a month and no day, so the whole months it lies in "
        "are judged: what a few days did is diluted by the others."
        if did.days
        else ""
    )


def without(did: Did) -> Did:
    """Give the question without its title, which changes no figure."""
    return replace(did, title="")
