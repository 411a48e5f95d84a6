"""How far areas drift apart by themselves: what windows brought against what was expected, with nothing planned."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.common.refusal import Refusal
from analysis.outcome.comparison import RING_M, dense, memberships, similar_squares, squares_of, sum_by, within_reach
from analysis.outcome.expectation import expect
from analysis.where.cells import CellMonths

GROUPS = 300  # random groups of cells from which drift is learnt
LARGE_GROUPS = 100
SIZES = ((1, 20), (21, 60), (61, 180), (181, 540), (541, 1620))  # cells: groups are compared with their like
LEAST_WINDOWS = 6
BANDWIDTH = 0.5  # of log expected: drift is taken from groups of about as many incidents
FLOOR = 0.01  # variance of log: no two areas move together closer than 10 %
PRIOR_DF = 8.0
OWN_SHARE = 0.5  # windows that overlap or follow each other are not worth one each


@dataclass(frozen=True, eq=False)
class Residuals:
    """What past windows brought against what was expected of them.

    Attributes
    ----------
    starts : ndarray of int, shape (u,)
        Positions of the first month of each window.
    length : int
        Months of each.
    log_ratio, variance, expected, recorded, before : ndarray, shape (g, u)
        As :class:`analysis.outcome.expectation.Expectation`; ``before`` is what the same months of earlier years had
        together.
    years : ndarray of int, shape (u,)
        Earlier years with the same months.
    """

    starts: NDArray[np.intp]
    length: int
    log_ratio: NDArray[np.float64]
    variance: NDArray[np.float64]
    expected: NDArray[np.float64]
    recorded: NDArray[np.float64]
    before: NDArray[np.float64]
    years: NDArray[np.intp]

    def known(self, months: pd.PeriodIndex, start: int) -> NDArray[np.intp]:
        """Windows that were over before another started."""
        number = np.asarray(months.asi8, dtype=np.int64)
        return np.flatnonzero(number[self.starts] + self.length <= number[start])


@dataclass(frozen=True)
class Spread:
    """How far log(recorded/expected) strays with nothing planned.

    Attributes
    ----------
    sd : float
    df : float
        Of the t distribution it is held against.
    drift : float
        Standard deviation by which like areas drifted, beyond chance.
    own : float
        Mean squared residual of the area's own past, in units of what like areas would have had.
    windows : int
        Past windows of the area itself.
    chance : float
        Variance of independent incidents.
    """

    sd: float
    df: float
    drift: float
    own: float
    windows: int
    chance: float


def windows_of(months: pd.PeriodIndex, used: NDArray[np.bool_], length: int) -> NDArray[np.intp]:
    """Positions of the first month of every window of some length whose months are there and used."""
    number = np.asarray(months.asi8, dtype=np.int64)
    starts = np.arange(max(len(months) - length + 1, 0))
    whole = number[starts + length - 1] - number[starts] == length - 1
    bad = np.concatenate([[0], np.cumsum(~used)])
    return np.asarray(starts[whole & (bad[starts + length] == bad[starts])], dtype=np.intp)


def residuals(
    treated: NDArray[np.float64],
    control: NDArray[np.float64] | Callable[[int], NDArray[np.float64]],
    months: pd.PeriodIndex,
    used: NDArray[np.bool_],
    length: int,
    upto: int | None = None,
) -> Residuals:
    """Expect every window of some length from the months before it, and compare.

    Parameters
    ----------
    treated : ndarray, shape (g, m)
    control : ndarray, shape (g, m), or callable
        Comparison area of each; a callable gives it for the first month of a window.
    months : PeriodIndex, length m
    used : ndarray of bool, shape (m,)
    length : int
        Months of a window.
    upto : int, optional
        Position of the last window's first month; all windows by default.
    """
    columns = []
    for start in windows_of(months, used, length):
        if upto is not None and start > upto:
            break
        against = control(int(start)) if callable(control) else control
        found = expect(treated, against, months, used, int(start), length)
        if found is not None:
            at = [int(np.searchsorted(months.asi8, window[0].ordinal)) for window in found.windows]
            before = sum((treated[:, a : a + length].sum(axis=1) for a in at), np.zeros(len(treated)))
            columns.append((int(start), found, before))
    shape = (len(treated), 0)

    def lay(values: list[NDArray[np.float64]]) -> NDArray[np.float64]:
        return np.stack(values, axis=1) if values else np.empty(shape)

    return Residuals(
        starts=np.array([start for start, _, _ in columns], dtype=np.intp),
        length=length,
        log_ratio=lay([found.log_ratio for _, found, _ in columns]),
        variance=lay([found.variance for _, found, _ in columns]),
        expected=lay([found.expected for _, found, _ in columns]),
        recorded=lay([found.recorded for _, found, _ in columns]),
        before=lay([before for _, _, before in columns]),
        years=np.array([len(found.windows) for _, found, _ in columns], dtype=np.intp),
    )


class Lattice:
    """What groups of cells of one crime type are counted with; made once, then only read.

    Parameters
    ----------
    counted : CellMonths
        Of one crime type.
    used : ndarray of bool, shape (m,)
        Months that may be learnt from.
    ring_m : float
        Width of the ring that is left out round a group.
    """

    def __init__(self, counted: CellMonths, used: NDArray[np.bool_], ring_m: float = RING_M) -> None:
        self.grid, self.months, self.used = counted.grid, counted.months, used
        self.version = counted.version
        self.counts = dense(counted)
        self.of_cell, self._east, self._north = squares_of(counted.grid)
        self.squares = len(self._east)
        self.by_square = sum_by(self.counts, self.of_cell, self.squares)
        self.square_cells = np.bincount(self.of_cell, minlength=self.squares).astype(float)
        self.reach = within_reach(counted.grid, ring_m)
        self.neighbours = within_reach(counted.grid, counted.grid.cell_size_m)
        self.active = np.flatnonzero(self.counts.any(axis=0))
        self._square = memberships([np.array([s]) for s in self.of_cell], self.squares)

    def series(self, groups: list[NDArray[np.intp]]) -> NDArray[np.float64]:
        """Incidents of groups of cells by month, shape (groups, m)."""
        return np.asarray(memberships(groups, len(self.of_cell)) @ self.counts.T, dtype=float)

    def proposed(
        self, groups: list[NDArray[np.intp]], treated: NDArray[np.float64]
    ) -> Callable[[int], NDArray[np.float64]]:
        """Comparison series of groups, as :func:`analysis.outcome.comparison.propose` chooses it before a month."""
        near = memberships(groups, len(self.of_cell)) @ self.reach
        touched = np.asarray((near @ self._square).toarray() > 0)
        cells = np.array([float(len(group)) for group in groups])

        def at(start: int) -> NDArray[np.float64]:
            may = np.flatnonzero(self.used[:start])
            if len(may) == 0:
                return np.zeros_like(treated)
            chosen, _ = similar_squares(self.by_square, self.square_cells, treated, cells, touched, may)
            return np.asarray(chosen.astype(float) @ self.by_square.T, dtype=float)

        return at

    def grow(self, size: int, rng: np.random.Generator) -> NDArray[np.intp]:
        """Draw a random group of neighbouring cells, started from a cell that ever had an incident."""
        return np.sort(self.grow_order(size, rng))

    def grow_order(self, size: int, rng: np.random.Generator) -> NDArray[np.intp]:
        """Draw as :meth:`grow`, in the order in which cells came in.

        Raises
        ------
        Refusal
            No cell ever had an incident.
        """
        if len(self.active) == 0:
            raise Refusal("There is nothing to learn from: no incident of this kind in any month", "Load more months")
        start = int(rng.choice(self.active))
        group, inside = [start], {start}
        edge = self._next_to(start)
        while len(group) < size and edge:
            at = int(rng.random() * len(edge))
            edge[at], edge[-1] = edge[-1], edge[at]
            cell = edge.pop()
            if cell not in inside:
                inside.add(cell)
                group.append(cell)
                edge += [other for other in self._next_to(cell) if other not in inside]
        return np.array(group, dtype=np.intp)

    def _next_to(self, cell: int) -> list[int]:
        found = self.neighbours
        return [int(other) for other in found.indices[found.indptr[cell] : found.indptr[cell + 1]] if other != cell]

    def library(
        self, size: tuple[int, int], length: int, rng: np.random.Generator, groups: int | None = None
    ) -> Residuals:
        """Residuals of random groups of neighbouring cells against the comparison area proposed for each.

        Parameters
        ----------
        size : (int, int)
            Fewest and most cells; at most a third of all.
        length : int
            Months of a window.
        rng : Generator
        groups : int, optional
            By default 300, and 100 of more than 60 cells, which overlap anyway.
        """
        groups = groups or (GROUPS if size[1] <= SIZES[1][1] else LARGE_GROUPS)
        most = max(min(size[1], len(self.of_cell) // 3), 1)
        least = min(max(size[0], 5), most)
        drawn = [self.grow(int(rng.integers(least, most + 1)), rng) for _ in range(groups)]
        treated = self.series(drawn)
        return residuals(treated, self.proposed(drawn, treated), self.months, self.used, length)


def size_class(cells: int) -> tuple[int, int]:
    """Fewest and most cells of the groups with which an area is compared."""
    return next((size for size in SIZES if cells <= size[1]), SIZES[-1])


def spread(own: Residuals, row: int, at: int, library: Residuals, months: pd.PeriodIndex) -> Spread:
    """Tell how far recorded over expected strays in an area like this, from what was over before the window.

    Parameters
    ----------
    own : Residuals
        Of the area against its comparison area; ``row`` and ``at`` (in ``own.starts``) say which area and window.
    row, at : int
    library : Residuals
        Of random groups of cells, windows of the same length.
    months : PeriodIndex

    Returns
    -------
    Spread

    Raises
    ------
    Refusal
        Fewer than six past windows to learn from.

    Notes
    -----
    Variance = (chance + drift^2) f. drift^2 = mean of squared log ratios less their chance variance over random groups
    of neighbouring cells and all earlier windows of that length, weighted by likeness of log expected (Gaussian, 0.5).
    f = (8 + k s)/(8 + k): s the mean squared residual of the area's own earlier windows over chance + drift^2, k half
    of the windows that do not overlap (Smyth 2004, for shrinking variances); at least the chance variance. Held against
    t with 8 + k df. When it misleads: an area that starts to drift as it never did.

    References
    ----------
    Smyth, G. K. (2004). Linear models and empirical Bayes methods. Statistical Applications in Genetics 3, 3.
    """
    start = int(own.starts[at])
    past = library.known(months, start)
    mine = own.known(months, start)
    if len(past) < LEAST_WINDOWS:
        raise Refusal(
            f"There is no verdict: how far areas drift apart by themselves cannot be told from {len(past)} earlier "
            f"{'window' if len(past) == 1 else 'windows'}",
            f"Load earlier months: windows of the same length, at least {LEAST_WINDOWS}, with six months before each",
        )
    expected = own.expected[row, at]
    apart = np.log((library.expected[:, past] + 0.5) / (expected + 0.5)) / BANDWIDTH
    nearest = np.abs(apart).min()
    weight = np.exp(-0.5 * (np.maximum(np.abs(apart) - nearest, 0)) ** 2)
    excess = library.log_ratio[:, past] ** 2 - library.variance[:, past]
    drift = max(FLOOR, float((weight * excess).sum() / weight.sum()))
    chance = float(own.variance[row, at])
    squared = own.log_ratio[row, mine] ** 2 / (own.variance[row, mine] + drift)
    k = OWN_SHARE * len(mine) / own.length
    s = float(squared.mean()) if len(mine) else 1.0
    variance = max(chance, (chance + drift) * (PRIOR_DF + k * s) / (PRIOR_DF + k))
    return Spread(float(np.sqrt(variance)), PRIOR_DF + k, float(np.sqrt(drift)), s, len(mine), chance)
