"""Which counts of one month lie outside what is usual, of every crime type and ward together, with few false alarms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.common import negative_binomial
from analysis.common.counts import monthly_by_ward
from analysis.common.tails import t_above
from analysis.course.control_limits import BASELINE, D2, baseline_of, estimate, known_months, length_of, month_of
from analysis.when.seasonality import season_mask
from data.kinds.crime_types import ASB, DRUGS
from data.place.area import Area
from data.store.schema import Incidents

LEAST_USUAL = 5.0  # incidents of a usual month, below which a count is not judged
DEGREES = 0.62  # of freedom by moving range: how well its mean tells of a spread (Wheeler 1995, degrees of freedom)
HIGH_PART = 2 / 3  # of every share below: for more than usual; the rest for less
# Shares of quiet months that may have a remark, 8 % in all: on each of the two crime types that the plan is about in
# the area, on any other crime type in the area, on any crime type in any ward.
FIRST_SHARES = {ASB: 0.05, DRUGS: 0.01}
OTHER_SHARE, WARD_SHARE = 0.01, 0.01


@dataclass(frozen=True)
class Unusual:
    """A count of the newest month that is outside what is usual.

    Attributes
    ----------
    category : str
    ward : str
        Code; empty of the whole area.
    count : int
    usual : float
        For a month of that name and length.
    p : float
        How often chance brings a count as far off, on this side or the other.
    """

    category: str
    ward: str
    count: int
    usual: float
    p: float

    @property
    def high(self) -> bool:
        """Whether there were more than usual."""
        return self.count > self.usual


@dataclass(frozen=True)
class Judged:
    """What became of all counts of one month.

    Attributes
    ----------
    found : tuple of Unusual
        Of the area first, then of wards, each the least likely first.
    area, wards : int
        How many counts were judged.
    rare : int
        How many were not, since a usual month has too few incidents.
    short : tuple of str
        Crime types whose months are too few to say what is usual.
    """

    found: tuple[Unusual, ...]
    area: int
    wards: int
    rare: int
    short: tuple[str, ...]


def chance_of(
    count: NDArray[np.float64], usual: NDArray[np.float64], spread: NDArray[np.float64], degrees: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Tell how likely counts as far from what is usual are, where nothing has changed.

    Parameters
    ----------
    count, usual : ndarray
        Incidents, of one shape.
    spread : ndarray
        Standard deviation of a month about what is usual, incidents.
    degrees : float
        Degrees of freedom of the spread.

    Returns
    -------
    (above, below) : ndarray
        Chance of so many and more, and of so few and fewer. Each the larger of two answers: by Student's t, since the
        spread is estimated, and by a negative binomial with that spread, since few incidents lie askew.

    Notes
    -----
    When it misleads: a level that moved within the two years before is taken for the usual level of now.

    References
    ----------
    Of this project.
    """
    mean = np.maximum(usual, 1e-9)
    off = (count - mean) / np.maximum(spread, 1e-9)
    beyond = np.maximum(spread**2, mean * (1 + 1e-6)) - mean
    size = mean**2 / beyond
    p = size / (size + mean)
    above = np.maximum(t_above(off, degrees), negative_binomial.above(count - 1, size, p))
    below = np.maximum(t_above(-off, degrees), negative_binomial.below(count, size, p))
    return above, below


def judge(
    months: pd.PeriodIndex, count: NDArray[np.float64], newest: NDArray[np.float64], learn: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
    """Hold the month after some months against them: what is usual, and how likely each count is; None if too few.

    Parameters
    ----------
    months : PeriodIndex, length n
        Without gaps, up to the month before the one that is judged.
    count : ndarray, shape (series, n)
        NaN where a month is missing: in all series the same.
    newest : ndarray, shape (series,)
        Of the month that is judged.
    learn : ndarray of bool, shape (n,)
        Months that may be learnt from.

    Returns
    -------
    (usual, p) : ndarray, shape (series,)
        NaN as p where a usual month has fewer than five incidents, by the months before alone. More than usual counts
        twice as much as less: p is the chance of so many times 3 / 2, or of so few times 3.

    Notes
    -----
    Level and season are those of :func:`analysis.course.control_limits.estimate` for the last 24 known months. The
    spread is the mean moving range of neighbouring months of all the history, each as a share of the two, so that a
    level that moved slowly does not widen it; never less than chance alone. When it misleads: months that depend on the
    month before lie nearer to it than to what is usual, so more of them stand out.

    References
    ----------
    Wheeler, D. J. and Chambers, D. S. (1992). Understanding statistical process control. SPC Press.
    """
    there = ~np.isnan(count[0]) & learn if len(months) else learn
    base = None
    if there.any():
        known = known_months(pd.Series(np.where(there, 1.0, np.nan), index=months))
        base = baseline_of(known, months[-1])
    if base is None:
        return None
    limits = estimate(months, count, there, np.asarray(months.isin(base)))
    month = pd.PeriodIndex([months[-1] + 1], freq="M")
    usual = limits.usual(month)[:, 0]
    seen = np.bincount(month_of(months)[there], minlength=12)
    unsure = 1 / (seen[None, :] + limits.prior[:, None])
    flat = count / (limits.season[:, month_of(months)] * length_of(months))
    pair = there[1:] & there[:-1]
    both = (flat[:, 1:] + flat[:, :-1])[:, pair]
    apart = np.abs(np.diff(flat, axis=1))[:, pair]
    share = np.divide(2 * apart, both, out=np.zeros_like(apart), where=both > 0).mean(axis=1) / D2
    nearer = np.sqrt(1 - np.minimum(unsure[:, month_of(months)[there]].mean(axis=1), 0.9))
    whole = np.maximum(share / nearer * usual, np.sqrt(usual))
    spread = whole * np.sqrt(1 + unsure[:, month_of(month)[0]] + 1 / BASELINE)
    above, below = chance_of(newest, usual, spread, DEGREES * pair.sum())
    p = np.minimum(1.0, np.where(newest > usual, above / HIGH_PART, below / (1 - HIGH_PART)))
    return usual, np.where(usual >= LEAST_USUAL, p, np.nan)


def holm(p: NDArray[np.float64], share: float) -> NDArray[np.bool_]:
    """Find what stands out among many tests so that any false one comes in at most a share of cases (Holm 1979).

    Parameters
    ----------
    p : ndarray, shape (n,)
        NaN where nothing was tested.
    share : float

    Returns
    -------
    ndarray of bool, shape (n,)
    """
    out = np.zeros(p.shape, dtype=bool)
    tested = np.flatnonzero(~np.isnan(p))
    for rank, at in enumerate(tested[np.argsort(p[tested], kind="stable")]):
        if p[at] * (len(tested) - rank) > share:
            break
        out[at] = True
    return out


def marked(kinds: Sequence[str], area: NDArray[np.float64], wards: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Mark what stands out of everything that was judged in a month.

    Parameters
    ----------
    kinds : sequence of str, length types
    area : ndarray, shape (types,)
        How likely each crime type's count is; NaN where it was not judged.
    wards : ndarray, shape (types, wards)

    Returns
    -------
    ndarray of bool, shape (types, 1 + wards)
        The area first.
    """
    share = np.array([FIRST_SHARES.get(kind, 0.0) for kind in kinds])
    first = share > 0
    out = np.zeros((len(kinds), 1 + wards.shape[1]), dtype=bool)
    out[first, 0] = area[first] <= share[first]
    out[~first, 0] = holm(area[~first], OTHER_SHARE)
    out[:, 1:] = holm(wards.ravel(), WARD_SHARE).reshape(wards.shape)
    return out


def unusual_now(incidents: Incidents, area: Area) -> Judged:
    """Hold every crime type's newest month, in the area and in its wards, against what is usual for it.

    Parameters
    ----------
    incidents : Incidents
        Every crime type; nothing later than the month that is judged.
    area : Area

    Returns
    -------
    Judged

    Notes
    -----
    What is usual comes from the 24 known months before, their season taken out, as in the control chart; here each
    month is judged by itself. A remark on ASB in the area may come in 5 % of quiet months; one on drug offences there,
    one on any other crime type there, and one on any ward in 1 % each (Holm within each).
    :mod:`analysis.digest.simulated` says in how many it does. When it misleads: a level that moves for
    good stands out until the two years before hold it.

    References
    ----------
    Holm, S. (1979). A simple sequentially rejective multiple test procedure. Scandinavian Journal of Statistics 6.
    """
    codes = tuple(str(code) for code in area.wards.codes)
    kinds = sorted(str(kind) for kind in incidents.frame["category"].dropna().unique())
    short, judged, now, before, chance = [], [], [], [], []
    for kind in kinds:
        table = monthly_by_ward(incidents.of(kind), codes)
        if not len(table) or table.index[-1] != incidents.as_at_month:
            continue
        every = np.column_stack([table.to_numpy().sum(axis=1), table.to_numpy()]).T
        months = pd.PeriodIndex(table.index)
        learn = ~season_mask(months, area, kind)
        found = judge(months[:-1], every[:, :-1], every[:, -1], learn[:-1])
        if found is None:
            short.append(kind)
            continue
        judged.append(kind)
        now.append(every[:, -1])
        before.append(found[0])
        chance.append(found[1])
    if not judged:
        return Judged((), 0, 0, 0, tuple(short))
    p = np.array(chance)
    what = marked(judged, p[:, 0], p[:, 1:])
    named = ("", *codes)
    told = [
        Unusual(judged[k], named[w], int(now[k][w]), float(before[k][w]), float(p[k, w])) for k, w in np.argwhere(what)
    ]
    told.sort(key=lambda one: (one.ward != "", one.p))
    tested = ~np.isnan(p)
    return Judged(tuple(told), int(tested[:, 0].sum()), int(tested[:, 1:].sum()), int((~tested).sum()), tuple(short))
