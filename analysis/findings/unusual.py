"""Whether a month was unusual for its month of the year, as a title."""

from __future__ import annotations

import pandas as pd

from analysis.common.method import month_name
from analysis.course.control_chart import ControlChart
from analysis.findings.finding import Finding, readable
from data.kinds.crime_types import plural


def unusual_title(found: ControlChart, name: str) -> Finding:
    """Say how many of the judged months were unusual for their month of the year.

    Parameters
    ----------
    found : ControlChart
        Of :func:`analysis.course.control_chart.unusual_months`.
    name : str
        "ASB".

    Returns
    -------
    Finding
        One month that was is named; the detail is the chart's own sentence, which names them all.
    """
    if not found.limited:
        return Finding(f"{name}: these months do not say which was unusual", detail=found.sentence)
    judged = found.points[found.points["judged"] & found.points["value"].notna()]
    marked = judged[judged["signal"]]
    n = len(judged)
    if marked.empty:
        which = f"none of the {n} months judged was" if n > 1 else "the month judged was not"
        title = f"{name}: {which} unusual"
    elif len(marked) == 1:
        month = pd.PeriodIndex(marked.index)[0]
        way = "high" if marked["value"].iloc[0] > marked["usual"].iloc[0] else "low"
        were = "were" if plural(name) else "was"
        title = f"{name} {were} unusually {way} for the month in {month_name(month)}"
    else:
        title = f"{name}: {len(marked)} of the {n} months judged were unusual for their month"
        title = title if readable(title) else title.removesuffix(" for their month")
    return Finding(title, detail=found.sentence)
