"""What came over what was said in the busiest cells: how far the figures of a plan were off on past months."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.ahead.forecast import past_forecasts
from analysis.where.cells import CellMonths
from analysis.where.hotspots import discounted_score

TOP = 40  # cells: about what the patrols of an operation are sent to
LAG = 3  # months from the last one that is known to the target
RECENT = 18  # known targets that a correction is learnt from
PRIOR = 6.0
FEWEST = 12  # targets, for a range
COLUMNS = ("target", "said", "came", "ratio", "factor")


@dataclass(frozen=True, eq=False)
class Calibration:
    """How figures of the busiest cells did on past months.

    Attributes
    ----------
    table : DataFrame
        By target: ``target``, ``said``, ``came``, ``ratio`` (came over said) and ``factor`` (the correction that was
        known then).
    factor : float
        The correction by the targets that are known now.
    bias, corrected : float
        Mean log ratio of the later half of the targets, as said and with the correction; NaN with under 12 targets.
    """

    table: pd.DataFrame = field(repr=False)
    factor: float
    bias: float
    corrected: float

    @property
    def helps(self) -> bool:
        """Whether the correction, each time learnt from earlier targets, lowered the log bias on later ones."""
        return abs(self.corrected) < abs(self.bias)

    @property
    def sentence(self) -> str:
        """Say what share of what was said came, as a range; that it cannot be said with few targets."""
        n = len(self.table)
        if n < FEWEST:
            return "What came of such figures on past months cannot be said yet: too few months were predicted."
        low, middle, high = np.quantile(self.table["ratio"], (0.1, 0.5, 0.9))
        lately = (
            f" Corrected by the last {min(n, RECENT)} of them, which did better than leaving it, 10 incidents that are "
            f"said there are about {10 * self.factor:.1f}."
            if self.helps
            else ""
        )
        return (
            f"On {n} past months, {100 * low:.0f} % to {100 * high:.0f} % of what was said for the {TOP} busiest cells "
            f"came, in eight months of ten; the middle is {100 * middle:.0f} %.{lately}"
        )


def calibration(table: pd.DataFrame, mask: NDArray[np.bool_], counted: CellMonths) -> Calibration:
    """Hold what was said for the busiest cells against what came, each month from what was known three months before.

    Parameters
    ----------
    table : DataFrame of float, shape (n, wards)
        Incidents by month (PeriodIndex without gaps) and ward; NaN where a month is missing.
    mask : ndarray of bool, shape (n,)
        Months to leave out.
    counted : CellMonths
        The same incidents by cell.

    Returns
    -------
    Calibration
        The correction is the mean ratio of the last 18 targets known at the origin, shrunk towards 1 by n / (n + 6).

    Notes
    -----
    When it misleads: targets that follow one another share their errors, so the range is of fewer months than it seems.

    References
    ----------
    Of this project.
    """
    past = past_forecasts(table, mask, whole=True)
    rows: list[tuple[pd.Period, float, float, float, float]] = []
    for origin in np.flatnonzero(~np.isnan(past.expected).any(axis=(1, 2))).tolist():
        target = origin + LAG
        if target >= len(past.months) or np.isnan(past.actual[target, 0]):
            continue
        score = discounted_score(counted, counted.trained_on(past.months[origin]))
        top = np.argsort(-score, kind="stable")[:TOP]
        if score.sum() <= 0:
            continue
        said = float(past.expected[origin, LAG - 1, 0] * score[top].sum() / score.sum())
        start = counted.trained_on(past.months[target])
        came = float(counted.of(slice(start - 1, start))[top].sum())
        known = [row[3] for row in rows if row[0] <= past.months[origin]][-RECENT:]
        rows.append((past.months[target], said, came, came / said, _shrunk(known)))
    found = pd.DataFrame(rows, columns=list(COLUMNS))
    factor = _shrunk([row[3] for row in rows][-RECENT:])
    later = found.iloc[len(found) // 2 :]
    if len(found) < FEWEST:
        return Calibration(found, factor, float("nan"), float("nan"))
    ratio = np.log(np.maximum(later["came"], 0.5) / later["said"])
    return Calibration(found, factor, float(ratio.mean()), float((ratio - np.log(later["factor"])).mean()))


def _shrunk(ratios: list[float]) -> float:
    """Mean of some ratios, drawn towards 1 as if six more of them had been 1."""
    return 1 + (sum(ratios) - len(ratios)) / (len(ratios) + PRIOR)
