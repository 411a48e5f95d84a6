"""What step 1 of a plan shows."""

from __future__ import annotations

from analysis.refusal import Refusal
from pages.ui import frame, plan_when
from pages.ui.cache import Dataset, cached
from pages.ui.plan_when import PlanWindow


def show(data: Dataset, window: PlanWindow) -> None:
    """Draw step 1."""
    found = cached(plan_when.forecast_of, data, window)
    if isinstance(found, Refusal):
        frame.refused(found)
    else:
        frame.how(found.method)
