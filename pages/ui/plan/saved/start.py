"""A problem that is started from a saved plan: its places, crime type and days."""

from __future__ import annotations

from data.plan.saved import ARCHIVED, RUN, Saved
from data.problem.problem import DONE, PLAN, PLANNED, Response
from pages.ui.shell import problem_link
from pages.ui.shell.cache import Dataset
from pages.ui.shell.problem_link import Start


def offer(data: Dataset, one: Saved) -> None:
    """Offer to start a problem on a saved plan, where the page of problems is listed."""
    if one.status != ARCHIVED and one.plan.simulated == data.simulated and one.plan.places:
        problem_link.offer(data, start(one), "plan")


def start(one: Saved) -> Start:
    """Give what the form is filled in with; of a plan that was run, the cells that were visited."""
    plan, run = one.plan, one.status == RUN
    there = {cell.reference for place in plan.places if not place.left_out for cell in place.cells}
    entry = Response(PLAN, one.id, plan.title, "", plan.first, plan.last, DONE if run else PLANNED)
    return Start(
        plan.title, category=plan.category, cells=tuple(sorted(one.visited or there)), names=(plan.title,),
        first=f"{plan.first:%Y-%m}", last=f"{plan.last:%Y-%m}", responses=(entry,),
    )  # fmt: skip
