"""What the next operation needs: its window, what stands in its plan, and what the plan lacks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pandas as pd

from analysis.common.method import month_name
from analysis.findings.digest import next_up
from analysis.findings.finding import Finding
from data.place.area_calendar import OperationWindow
from data.plan.plan import Plan
from data.plan.saved import ARCHIVED, Listed


def belonging(window: OperationWindow, plans: Sequence[Listed], *, simulated: bool = False) -> Listed | None:
    """Find the plan of an operation: the last saved under its name whose days touch its window; None without one."""
    return next(
        (
            one
            for one in plans
            if one.status != ARCHIVED
            and one.simulated == simulated
            and one.operation == window.operation.name
            and one.first <= window.last
            and one.last >= window.first
        ),
        None,
    )


def coming(window: OperationWindow, day: date, plan: Plan | None) -> Finding:
    """Say what the next operation needs.

    Parameters
    ----------
    window : OperationWindow
        Of :func:`data.place.area_calendar.next_operation`.
    day : date
        On which is asked.
    plan : Plan or None
        The one of :func:`belonging`.

    Returns
    -------
    Finding

    Notes
    -----
    When it misleads: a plan under a name of its own is not found.

    References
    ----------
    Of this project.
    """
    said, missing = None, []
    if plan is not None:
        places, shifts = len([place for place in plan.places if not place.left_out]), len(plan.shifts)
        said = (
            f"Its plan has {places} {'place' if places == 1 else 'places'} and {shifts} "
            f"{'shift' if shifts == 1 else 'shifts'}, made with data to {month_name(pd.Period(plan.as_at, 'M'))}."
        )
        lacking = (("places", not places), ("shifts", not shifts), ("a forecast", plan.expected is None))
        missing = [what for what, lacks in lacking if lacks]
    if window.assumed:
        missing.append("the school terms that set its days")
    return next_up(window.operation.name, window.first, window.last, window.days_from(day), said, missing)
