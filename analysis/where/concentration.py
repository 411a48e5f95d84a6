"""How concentrated: shares of the busiest places, Lorenz curve and Gini, each beside what chance alone would give."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from analysis.common.method import Method, covered
from analysis.common.refusal import Refusal
from analysis.where.cells import CellMonths, cells_in_share
from data.store.schema import Incidents
from geo.errors import InputError

SHARES = (0.01, 0.02, 0.05, 0.10, 0.25)
TOLD_SHARE = 0.05  # the share the sentence speaks of, or the next larger one
DRAWS = 999
BAND = (2.5, 97.5)
CURVE_POINTS = 101
BLOCK_VALUES = 1 << 20  # simulated counts held at a time


@dataclass(frozen=True, eq=False)
class Concentration:
    """Concentration of incidents on units, beside the same number thrown at random on the same units.

    Attributes
    ----------
    unit : str
        What was counted on, in the plural.
    units, incidents : int
    shares : DataFrame
        share (of the units), units (rounded up), observed (share of the incidents in the busiest), random (mean),
        low, high (95 % of the draws).
    gini, gini_random, gini_low, gini_high : float
        0 when all units have as many incidents, near 1 when one has them all; mean and 95 % band at random.
    lorenz : DataFrame
        x (share of the units, least busy first, 0 to 1 by 0.01), observed, random, low, high (share of incidents).
    sentence : str
    method : Method
    """

    unit: str
    units: int
    incidents: int
    shares: pd.DataFrame = field(repr=False)
    gini: float
    gini_random: float
    gini_low: float
    gini_high: float
    lorenz: pd.DataFrame = field(repr=False)
    sentence: str
    method: Method

    @property
    def told(self) -> pd.Series[float]:
        """Row of ``shares`` that the sentence speaks of: ``TOLD_SHARE``, or the next larger one."""
        at = int(np.argmax(self.shares["share"].to_numpy() >= TOLD_SHARE))
        return self.shares.iloc[at if self.shares["share"].iloc[at] >= TOLD_SHARE else -1]


def gini(counts: ArrayLike) -> float:
    """Gini coefficient of counts.

    Parameters
    ----------
    counts : array_like, shape (n,)
        Incidents by unit, zeros included.

    Returns
    -------
    float
        0 to ``1 - 1/n``; NaN with no incidents.

    Raises
    ------
    InputError
        Empty, or a count that is negative or not a number.

    Notes
    -----
    ``2 sum(i x_i) / (n sum x) - (n + 1) / n``, x ascending. Misleads when there are fewer incidents than units: it is
    then high by necessity. Read it beside its value at random, which :func:`concentration` gives.

    References
    ----------
    Gini, C. (1912). Variabilità e mutabilità. Bologna.
    """
    x = np.sort(_counts(counts))
    total = x.sum()
    if total == 0:
        return float("nan")
    n = len(x)
    return float(2 * (np.arange(1, n + 1) @ x) / (n * total) - (n + 1) / n)


def point_counts(incidents: Incidents, every: Incidents) -> NDArray[np.int64]:
    """Incidents by snap point, for the points in the area that ever had an incident of any type.

    Parameters
    ----------
    incidents : Incidents
        Those to count, such as one crime type in one period.
    every : Incidents
        Everything stored: its distinct points are the units.

    Returns
    -------
    ndarray of int, shape (points,)
        Zeros included; in the order of easting and northing.

    Raises
    ------
    InputError
        An incident at a point that is not among ``every``.
    """
    known, times = np.unique(_complex(every)), _complex(incidents)
    at = np.searchsorted(known, times)
    if len(times) and (len(known) == 0 or (known[np.minimum(at, len(known) - 1)] != times).any()):
        raise InputError("an incident lies at a point that is not among all incidents", column="every")
    return np.bincount(at, minlength=len(known)).astype(np.int64)


def concentration(
    counts: ArrayLike,
    rng: np.random.Generator,
    unit: str = "places",
    shares: tuple[float, ...] = SHARES,
    draws: int = DRAWS,
    period: str = "",
    data_version: str = "",
) -> Concentration:
    """Measure how concentrated incidents are, and how concentrated chance alone would make them.

    Parameters
    ----------
    counts : array_like of int, shape (n,)
        Incidents by unit, zeros included.
    rng : numpy.random.Generator
    unit : str
        What the units are called in the sentence, in the plural.
    shares : tuple of float
        Of the units.
    draws : int
        Times the same number of incidents is thrown at random.
    period, data_version : str
        For the method.

    Returns
    -------
    Concentration

    Raises
    ------
    Refusal
        No incidents.
    InputError
        Counts that are none, a share outside 0 to 1, no draws.

    Notes
    -----
    The unit decides the figure: compare one kind of unit only. Snap points that never had an incident are unknown, so
    the share of points is of those that ever had one.

    Misleads when it is quoted without its random value: 1,000 incidents on 4,000 points leave three quarters of them
    empty by arithmetic. It also says nothing of whether the same places stay busy; a backtest does.

    References
    ----------
    Weisburd, D. (2015). The law of crime concentration. Criminology 53, 133-157. Bernasco, W. and Steenbeek, W. (2017).
    More places than crimes. J. Quant. Criminol. 33, 451-467.
    """
    x = _counts(counts)
    n, total = len(x), int(x.sum())
    if draws < 1:
        raise InputError("there must be at least one draw", column="draws", value=str(draws))
    if total == 0:
        raise Refusal("There are no incidents whose concentration could be measured", "Choose a longer period.")
    tops = np.array([cells_in_share(share, n) for share in shares])
    positions = np.linspace(0, 1, CURVE_POINTS)
    observed = _measures(x[None, :], tops, positions)[0]
    simulated = np.empty((draws, len(observed)))
    done = 0
    while done < draws:
        many = min(draws - done, max(BLOCK_VALUES // n, 1))
        thrown = rng.multinomial(total, np.full(n, 1 / n), size=many)
        thrown = thrown.astype(np.min_scalar_type(int(thrown.max())))  # short numbers are sorted by counting
        simulated[done : done + many] = _measures(thrown, tops, positions)
        done += many
    mean = simulated.mean(axis=0)
    low, high = np.percentile(simulated, BAND, axis=0)
    own = slice(0, len(shares))
    curve = slice(len(shares) + 1, None)
    at = len(shares)
    told = next((share for share in shares if share >= TOLD_SHARE), shares[-1])
    which = shares.index(told)
    return Concentration(
        unit=unit,
        units=n,
        incidents=total,
        shares=pd.DataFrame(
            {
                "share": shares,
                "units": tops,
                "observed": observed[own],
                "random": mean[own],
                "low": low[own],
                "high": high[own],
            }
        ),
        gini=float(observed[at]),
        gini_random=float(mean[at]),
        gini_low=float(low[at]),
        gini_high=float(high[at]),
        lorenz=pd.DataFrame(
            {"x": positions, "observed": observed[curve], "random": mean[curve], "low": low[curve], "high": high[curve]}
        ),
        sentence=(
            f"The busiest {told * 100:g} % of {unit} have {100 * observed[which]:.0f} % of incidents; "
            f"chance alone would give them {100 * mean[which]:.0f} %."
        ),
        method=Method(
            name="Concentration on " + unit,
            parameters={unit: f"{n:,}", "thrown at random": f"{draws:,} times", "band": "95 % of the draws"},
            n=total,
            data_version=data_version,
            period=period,
            caveats=("The unit decides the figure: compare one kind of unit only.",),
            source_refs=("Weisburd 2015", "Bernasco and Steenbeek 2017"),
        ),
    )


def point_concentration(
    incidents: Incidents, every: Incidents, rng: np.random.Generator, draws: int = DRAWS
) -> Concentration:
    """Concentration on snap points: those in the area that ever had an incident of any type.

    Parameters and exceptions are as for :func:`point_counts` and :func:`concentration`.

    Notes
    -----
    Misleads as an answer about addresses: a snap point stands for the eight or more addresses nearest to it.

    References
    ----------
    As :func:`concentration`.
    """
    counts = point_counts(incidents, every)
    return concentration(
        counts, rng, "snap points", draws=draws, period=covered(incidents.months), data_version=every.version
    )


def cell_concentration(
    counted: CellMonths, first: pd.Period, last: pd.Period, rng: np.random.Generator, draws: int = DRAWS
) -> Concentration:
    """Concentration on cells, empty ones included, in the published months from first to last.

    Parameters and exceptions are as for :func:`concentration`.

    Notes
    -----
    Misleads by what the cells cover: fields and water are cells too, so chance alone is a low bar here.

    References
    ----------
    As :func:`concentration`.
    """
    start, end = counted.trained_on(first - 1), counted.trained_on(last)
    counts = counted.of(slice(start, end))
    return concentration(
        counts, rng, "cells", draws=draws, period=covered(counted.months[start:end]), data_version=counted.version
    )


def _measures(counts: NDArray[Any], tops: NDArray[np.int64], positions: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give the shares of the busiest, the Gini and the Lorenz curve of every row of counts, side by side."""
    n = counts.shape[1]
    curve = np.zeros((len(counts), n + 1))
    rising = np.cumsum(np.sort(counts, axis=1, kind="stable"), axis=1, dtype=float, out=curve[:, 1:])
    rising /= rising[:, -1:].copy()
    busiest = 1 - curve[:, n - tops]
    area = curve.sum(axis=1, keepdims=True) - 0.5  # under the curve, in steps of 1 / n
    place = positions * n
    left = np.minimum(np.floor(place).astype(np.intp), n - 1)
    lorenz = curve[:, left] + (place - left) * (curve[:, left + 1] - curve[:, left])
    return np.concatenate([busiest, 1 - 2 * area / n, lorenz], axis=1)


def _counts(counts: ArrayLike) -> NDArray[np.float64]:
    x = np.asarray(counts, dtype=float)
    if x.ndim != 1 or len(x) == 0:
        raise InputError("counts come as one list with at least one unit", column="counts", value=f"shape {x.shape}")
    wrong = x[~(np.isfinite(x) & (x >= 0))]
    if len(wrong):
        raise InputError("a count is negative or not a number", column="counts", value=str(wrong[0]))
    return x


def _complex(incidents: Incidents) -> NDArray[np.complex128]:
    frame = incidents.in_area().frame
    return np.asarray(frame["easting_m"].to_numpy() + 1j * frame["northing_m"].to_numpy())
