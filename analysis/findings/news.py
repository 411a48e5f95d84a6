"""What is new since the import before: months and revisions."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from analysis.common.method import list_months, month_name
from analysis.findings.finding import Finding


def news(
    day: str,
    added: Sequence[pd.Period],
    revised: Sequence[tuple[pd.Period, float]],
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

    Returns
    -------
    Finding
        The revisions are its detail.
    """
    title = f"New with the import of {day}: {list_months(list(added)) if added else 'no further month'}"
    said = []
    for month, change in revised:
        said.append(
            f"{month_name(month)} was revised to {abs(100 * change):.0f} % {'more' if change > 0 else 'fewer'} rows."
        )
    return Finding(title, detail=" ".join(said))
