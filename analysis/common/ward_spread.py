"""How much wards move from one year to the next, beyond chance and beyond what all of them share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from analysis.common.method import YEAR

# What ASB and drug offences of neighbourhoods show: tests/common/test_ward_spread.py, docs/decisions/wards.md.
PRIOR_VARIANCE = 0.06
PRIOR_WEIGHT = 10.0  # pairs of a ward's years, each with so many incidents that chance hardly blurs it
A_YEAR, SAME_MONTHS, A_PERIOD = "another year", "the same months of another year", "another such period"
_MOST_VARIANCE = 100.0


@dataclass(frozen=True)
class WardSpread:
    """How much the wards of an area move between two years, beyond chance and beyond what all of them share.

    Attributes
    ----------
    variance : float
        Of the ratio between a ward's true rates of successive years, shrunk towards ``PRIOR_VARIANCE``; 0 where it
        cannot be told.
    measured : float
        The same before it is shrunk; NaN where it cannot be told.
    weight : float
        How much was measured, in the unit of ``PRIOR_WEIGHT``.
    pairs : tuple of (Period, Period)
        Last months of the two years of each pair, the latest pair first.
    level : float
        Of the intervals.
    again : str
        What the intervals speak of: ``A_YEAR``, ``SAME_MONTHS`` or ``A_PERIOD``.
    unit : str
        What is counted by, as the sentence has it: wards, or smaller places.
    """

    variance: float
    measured: float
    weight: float
    pairs: tuple[tuple[pd.Period, pd.Period], ...]
    level: float = 0.95
    again: str = A_YEAR
    unit: str = "ward"

    @property
    def chance_alone(self) -> bool:
        """Too little is there to tell the spread."""
        return not self.pairs

    @property
    def percent(self) -> float:
        """Standard deviation of the ratio between two years, in per cent."""
        return float(100 * np.sqrt(self.variance))

    @property
    def label(self) -> str:
        """What stands at the head of a column of intervals."""
        return f"{100 * self.level:g} %{', chance alone' if self.chance_alone else ''}"

    @property
    def sentence(self) -> str:
        """What the intervals hold and how wide they are, in everyday words."""
        share = f"{100 * self.level:g} %"
        if self.chance_alone:
            return (
                f"{share} intervals are of chance alone: the months there are do not show yet how much {self.unit}s "
                f"move by themselves, and {self.again} may well lie outside."
            )
        n, time = len(self.pairs), "such period" if self.again == A_PERIOD else "year"
        return (
            f"{share} intervals say where a {self.unit}'s rate of {self.again} lies in {share} of cases, if the area "
            f"as a whole stays as it is. Beyond chance, {self.unit}s move by some {self.percent:.0f} % from one {time} "
            f"to the next (measured on {n} {'pair' if n == 1 else 'pairs'} of {time}s)."
        )

    def parameters(self) -> dict[str, str]:
        """Give what goes into the caption of a method."""
        share = f"{100 * self.level:g} %"
        if self.chance_alone:
            return {"interval": f"Byar, {share}, chance alone"}
        return {
            "interval": f"Byar, {share}, widened to where {self.again} lies",
            "spread from one to the next": (
                f"{self.percent:.0f} % (measured {100 * np.sqrt(self.measured):.0f} % on {len(self.pairs)} pairs, "
                f"weight {self.weight:.0f}; drawn towards {100 * np.sqrt(PRIOR_VARIANCE):.0f} %, weight "
                f"{PRIOR_WEIGHT:g})"
            ),
        }


def _whole_years(months: pd.PeriodIndex) -> bool:
    """Whether every calendar month is in them equally often, so that they can be moved by a month."""
    return len(months) % YEAR == 0 and int(months.asi8[-1] - months.asi8[0]) + 1 == len(months)


def pair_months(known: pd.PeriodIndex, months: pd.PeriodIndex) -> tuple[tuple[pd.PeriodIndex, pd.PeriodIndex], ...]:
    """Lay out pairs of successive years that do not overlap.

    Parameters
    ----------
    known : PeriodIndex
        Months that are there.
    months : PeriodIndex
        Those whose rates are asked for, in order: a year, or others.

    Returns
    -------
    tuple of (PeriodIndex, PeriodIndex)
        The earlier and the later months of each pair, the latest first: the same calendar months, so many whole years
        apart as the months span. None is later than ``months``, all are there, and no year is in two pairs but as the
        later of one and the earlier of the other.
    """
    there = set(known.asi8.tolist())
    own = months.asi8
    back = YEAR * -(-int(own[-1] - own[0] + 1) // YEAR)
    first = min(there, default=0)
    found, step = [], 0
    on = 1 if _whole_years(months) else YEAR
    while own[0] - step - back >= first:
        later, earlier = own - step, own - step - back
        whole = there.issuperset(later.tolist()) and there.issuperset(earlier.tolist())
        if whole:
            found.append((months - (step + back), months - step))
        step += back if whole else on
    return tuple(found)


def spread_between(pairs: Sequence[tuple[ArrayLike, ArrayLike]]) -> tuple[float, float]:
    """Estimate by moments how much wards move between two years, beyond chance and what all wards share.

    Parameters
    ----------
    pairs : sequence of (array_like, array_like), shape (wards,) each
        Counts of the earlier and of the later year.

    Returns
    -------
    variance : float
        Of the ratio between the true rates of a ward; NaN where nothing can be told.
    weight : float
        How many pairs of a ward's years would say as much, were there no chance in the counts.

    Notes
    -----
    With R the ratio of the two totals, a ward with m = (x + y)/(1 + R) incidents has y - R x with the variance
    R (1 + R) m + R^2 m^2 v: v is where the sum of squares over their variances equals the degrees of freedom (wards
    less one, per pair). A ward with few incidents says little about v: each counts with the share of its variance that
    is not chance, at the prior, squared.
    When it misleads: a change of recording, or a large site that opens or closes in one ward, is spread too.

    References
    ----------
    Paule, R. C. and Mandel, J. (1982). Consensus values and weighting factors. Journal of Research of the National
    Bureau of Standards 87, 377-385.
    """
    square, chance, moves = ([np.zeros(0)] for _ in range(3))
    free = 0
    for earlier, later in pairs:
        x, y = np.asarray(earlier, dtype=float), np.asarray(later, dtype=float)
        if x.sum() == 0 or y.sum() == 0:  # no ratio of the totals
            continue
        ratio = y.sum() / x.sum()
        some = x + y > 0
        m = (x + y)[some] / (1 + ratio)
        square.append((y - ratio * x)[some] ** 2)
        chance.append(ratio * (1 + ratio) * m)
        moves.append((ratio * m) ** 2)
        free += int(some.sum()) - 1
    if free < 1:
        return float("nan"), 0.0
    squares, of_chance, of_moves = (np.concatenate(part) for part in (square, chance, moves))

    def excess(variance: float) -> float:
        return float((squares / (of_chance + variance * of_moves)).sum()) - free

    if excess(0.0) <= 0:
        variance = 0.0
    elif excess(_MOST_VARIANCE) >= 0:
        variance = _MOST_VARIANCE
    else:
        from scipy import optimize  # takes long to import, and every page imports this module

        variance = float(optimize.brentq(excess, 0.0, _MOST_VARIANCE))
    told = PRIOR_VARIANCE * of_moves / (of_chance + PRIOR_VARIANCE * of_moves)
    return variance, free * float(told.mean()) ** 2


def ward_spread(table: pd.DataFrame, months: pd.PeriodIndex, level: float = 0.95, unit: str = "ward") -> WardSpread:
    """Estimate how much wards move between years from the months there are, shrunk to what wards usually show.

    Parameters
    ----------
    table : DataFrame of float
        Counts by month (PeriodIndex) and ward, NaN where a month is missing (:func:`counts.monthly_by_ward`).
    months : PeriodIndex
        Those whose rates are asked for; nothing later is looked at.
    level : float
        Of the intervals.
    unit : str
        What the columns are called in a sentence.

    Returns
    -------
    WardSpread
        Of chance alone with fewer than two whole years that do not overlap, fewer than two wards with incidents, or a
        year without any.

    Notes
    -----
    (weight measured + 10 x .06)/(weight + 10): .06, or 24 % as a standard deviation, is the middle of what ASB and drug
    offences show in neighbourhoods of some 8,000 residents in four districts, 2018 to 2024; it counts as much as ten
    pairs of a ward's years. Violence moves less there (.01), shoplifting more (.2).
    When it misleads: pairs of years are few, and what made wards move in them, a lockdown for one, need not come again.

    References
    ----------
    As :func:`spread_between`; the prior is of this project.
    """
    span = int(months.asi8[-1] - months.asi8[0]) + 1
    again = A_PERIOD if span > YEAR else A_YEAR if _whole_years(months) else SAME_MONTHS
    known = pd.PeriodIndex(table.index[table.notna().all(axis=1)])
    laid = pair_months(known, months) if table.shape[1] else ()
    values = [tuple(table.reindex(part).sum().to_numpy(dtype=float) for part in pair) for pair in laid]
    say = [bool(x.sum() and y.sum()) for x, y in values]
    measured, weight = spread_between([(x, y) for (x, y), says in zip(values, say, strict=True) if says])
    if not np.isfinite(measured):
        return WardSpread(0.0, float("nan"), 0.0, (), level, again, unit)
    variance = (weight * measured + PRIOR_WEIGHT * PRIOR_VARIANCE) / (weight + PRIOR_WEIGHT)
    ends = tuple((earlier[-1], later[-1]) for (earlier, later), says in zip(laid, say, strict=True) if says)
    return WardSpread(variance, measured, weight, ends, level, again, unit)
