"""Where a count stands against its target, as a title."""

from __future__ import annotations

from math import isfinite

from analysis.common.method import month_name
from analysis.common.percents import percent
from analysis.common.refusal import Refusal
from analysis.course.target_progress import ABOVE, NEAR, Progress
from analysis.findings.finding import Finding
from data.kinds.crime_types import plural


def target_title(found: Progress, name: str) -> Finding:
    """Say on which side of the path to the target the last 12 months lie.

    Parameters
    ----------
    found : Progress
    name : str
        "ASB".

    Returns
    -------
    Finding
        A side is named only where the interval leaves out the path; the detail is the whole sentence.
    """
    verb = "are" if plural(name) else "is"
    if isinstance(found.year, Refusal):
        return Finding(f"{name}: no total of 12 months stands against the path", detail=found.sentence)
    when = f"in the 12 months to {month_name(found.year.last)}"
    if not isfinite(found.year.low):
        return Finding(f"{name}: too few months to tell which side of the path it is on", when, found.sentence)
    if found.year.side == NEAR:
        return Finding(f"{name} {verb} too close to the path to the target to call", when, found.sentence)
    side = "above" if found.year.side == ABOVE else "below"
    size = percent(found.year.ratio - 1)
    return Finding(f"{name} {verb} {size} {side} the path to the target", when, found.sentence)
