"""How much of an area saved plans had already patrolled: recorded incidents depend on where patrols go."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from data.plan.saved import Saved


@dataclass(frozen=True)
class Patrolled:
    """Which of some cells had been patrolled before.

    Attributes
    ----------
    cells : int
        Distinct cells asked about.
    visited, planned : frozenset of str
        References of those visited in plans marked as run; and of those that were only in plans not marked as run.
    runs, plans : int
        Plans marked as run, and other plans, that were counted.
    """

    cells: int
    visited: frozenset[str]
    planned: frozenset[str]
    runs: int
    plans: int

    @property
    def share(self) -> float | None:
        """Share of the cells visited in plans marked as run; None where no such plan or no cell is there."""
        return len(self.visited) / self.cells if self.cells and self.runs else None

    @property
    def share_planned(self) -> float | None:
        """Share of the cells only in plans not marked as run; None where there is none."""
        return len(self.planned) / self.cells if self.cells and self.plans else None

    @property
    def sentence(self) -> str:
        """What was found, in plain words."""
        if not self.runs and not self.plans:
            return "No earlier plan is saved, so it is not known how many of these cells were patrolled before."
        said = "No earlier plan is marked as run, so it is not known how many of these cells were patrolled before."
        if self.share is not None:
            said = (
                f"{len(self.visited)} of these {self.cells} cells ({self.share:.0%}) were visited in "
                f"{_plans(self.runs)} marked as run."
            )
        if self.planned:
            also = "A further " if self.visited else ""
            said += (
                f" {also}{len(self.planned)} ({self.share_planned:.0%}) were in {_plans(self.plans)} not marked as run."
            )
        return said + " Patrols find and record incidents: places patrolled before can look busier for it."


def _plans(count: int) -> str:
    return "1 earlier plan" if count == 1 else f"{count} earlier plans"


def patrolled_before(
    plans: Iterable[Saved],
    cells: Collection[str],
    *,
    cell_size_m: float,
    before: date,
    simulated: bool,
    without: int | None = None,
) -> Patrolled:
    """Tell which of some cells saved plans had patrolled before.

    Parameters
    ----------
    plans : iterable of Saved
        Of :func:`data.plan.plans.saved`. Archived plans count where they were run: what happened, happened.
    cells : collection of str
        References of their south-west corners.
    cell_size_m : float
        Plans with cells of another size are not counted: their cells are not these.
    before : date
        Only shifts that started before this day count, so that a past window can be replayed.
    simulated : bool
        Whether plans made on the demonstration are counted, or those made on real incidents.
    without : int, optional
        Number of a plan that is not counted, such as the one that is being changed.

    Returns
    -------
    Patrolled

    Notes
    -----
    Misleads where patrols happen without a plan saved here: ordinary patrols are not known to it.
    """
    asked = set(cells)
    visited: set[str] = set()
    planned: set[str] = set()
    runs = others = 0
    for one in plans:
        plan = one.plan
        if one.id == without or plan.simulated != simulated or plan.cell_size_m != cell_size_m:
            continue
        if one.records:
            ran = [record for record in one.records if record.ran and record.starts.date() < before]
            runs += bool(ran)
            visited |= asked & {cell for record in ran for cell in record.cells}
        elif not one.archived:
            shifts = [shift for shift in plan.shifts if shift.starts.date() < before]
            others += bool(shifts)
            planned |= asked & {visit.reference for s in shifts for patrol in s.patrols for visit in patrol.visits}
    return Patrolled(len(asked), frozenset(visited), frozenset(planned - visited), runs, others)
