"""How often "did it work" says something where nothing was planned, and how often it sees a removal.

What was found stands in ``data/verdict_rates.csv``, with the area, the months and the version of the data.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.common.method import YEAR
from analysis.common.refusal import Refusal
from analysis.outcome.drift import LEAST_WINDOWS, SIZES, Lattice, Residuals, residuals, size_class, spread, windows_of
from analysis.outcome.evaluation import CANNOT_TELL, FELL
from analysis.outcome.expectation import expect, past_windows
from analysis.outcome.operation import call

TRIALS = 500
CELLS = (5, 20)
MONTHS = (1, 2, 3)
LEAST_BEFORE = 40
POWER_EXPECTED, POWER_REMOVED, POWER_TRIALS = 300.0, 0.5, 200
POWER_MONTHS = (1, 2, 3, 6, 12)
MOST_OF_AREA = 1 / 3  # more would leave too little to compare with
_AROUND = (0.85, 1.15)  # of the expected incidents that were aimed at
POOL = 2000
LEAST_HISTORY = 24
_TRIES = 20
COLUMNS = ("kind", "first", "last", "cells", "before", "expected", "recorded", "low", "high", "verdict")
PLACEBO, REMOVED = "placebo", "half removed"
Targets = tuple[pd.Period | None, pd.Period | None]


def placebo_operations(
    lattice: Lattice,
    rng: np.random.Generator,
    trials: int = TRIALS,
    months: tuple[int, ...] = MONTHS,
    *,
    last_year: bool = False,
    targets: Targets = (None, None),
) -> pd.DataFrame:
    """Judge operations that never were.

    Parameters
    ----------
    lattice : Lattice
        Of one crime type.
    rng : Generator
    trials : int
    months : tuple of int
        Lengths of windows, drawn alike.
    last_year : bool
        Ask for 40 incidents in the same months of the year before alone, not of all earlier years together: such
        groups are chosen at their worst.
    targets : (Period or None, Period or None)
        First and last month of the windows that are judged; None for no limit. Drift and comparison areas are learnt
        from all months before a window.

    Returns
    -------
    DataFrame
        ``COLUMNS``, one row a trial.

    Raises
    ------
    Refusal
        No window can be judged, or no group of cells has 40 incidents before one.

    Notes
    -----
    Random groups of 5 to 20 neighbouring cells, random windows of the stored months (none in lockdown, at least the
    same months of one earlier year and six windows to learn drift from), at least 40 incidents in the same months of
    earlier years, the comparison area proposed from the months before. Nothing was removed: every verdict but "cannot
    tell" is a false alarm.

    When it misleads: groups overlap, so trials are not independent, and the error of a rate is larger than theirs.

    References
    ----------
    Of this project: the verdict of :func:`analysis.outcome.operation.judge`, given where nothing was planned.
    """
    pool = [lattice.grow(int(rng.integers(CELLS[0], CELLS[1] + 1)), rng) for _ in range(POOL)]
    treated = lattice.series(pool)
    libraries = {length: lattice.library(SIZES[0], length, rng) for length in months}
    windows = [
        (length, start)
        for length in months
        for start in judged(lattice, libraries[length])
        if _is_target(lattice, start, length, targets)
    ]
    if not windows:
        raise Refusal(
            "There is nothing to test on: no window has the same months of an earlier year, and "
            f"{LEAST_WINDOWS} earlier windows to learn from",
            "Load more months, or choose other targets",
        )
    found = [
        (length, start, int(group))
        for length, start in windows
        for group in np.flatnonzero(_before(lattice, treated, start, length, last_year=last_year) >= LEAST_BEFORE)
    ]
    if not found:
        raise Refusal(
            f"There is nothing to test on: no group of cells has {LEAST_BEFORE} incidents before a window",
            "Load more months",
        )
    drawn = [found[int(at)] for at in rng.integers(len(found), size=trials)]
    rows: dict[int, tuple[Any, ...]] = {}
    for length in months:
        own = [at for at, one in enumerate(drawn) if one[0] == length]
        trial = [(pool[drawn[at][2]], drawn[at][1]) for at in own]
        rows |= dict(zip(own, _judge_all(lattice, libraries[length], trial, PLACEBO), strict=True))
    return pd.DataFrame([rows[at] for at in range(trials)], columns=list(COLUMNS))


def removal_operations(
    lattice: Lattice, rng: np.random.Generator, trials: int = POWER_TRIALS, targets: Targets = (None, None)
) -> pd.DataFrame:
    """Judge operations in which half of about 300 expected incidents was taken away.

    Parameters
    ----------
    lattice : Lattice
        Of one crime type.
    rng : Generator
    trials : int
    targets : (Period or None, Period or None)
        As in :func:`placebo_operations`.

    Returns
    -------
    DataFrame
        ``COLUMNS``, one row a trial.

    Raises
    ------
    Refusal
        No window has 24 months before it; 300 incidents are more than a third of the area's in any year.

    Notes
    -----
    Groups of neighbouring cells grown until about 300 (255 to 345) are to be expected in the window, which is the
    shortest of 1, 2, 3, 6 or 12 months in which 300 are at most a third of the area's. Each of the incidents recorded
    there is taken away with probability one half. Such areas are larger than 20 cells where incidents are few.

    When it misleads: incidents are taken away at random, one by one; an operation takes them from some streets and
    nights, and may move them.

    References
    ----------
    Of this project: the verdict of :func:`analysis.outcome.operation.judge`, given where half was taken away.
    """
    options: list[tuple[int, int]] = []
    known = False
    total = lattice.counts.sum(axis=1)
    for length in POWER_MONTHS:
        for start in windows_of(lattice.months, lattice.used, length):
            if not _is_target(lattice, int(start), length, targets):
                continue
            may = np.flatnonzero(lattice.used[:start])
            earlier = past_windows(lattice.months, lattice.used, int(start), length)
            if len(may) < LEAST_HISTORY or not earlier or any(start == s and length > n for n, s in options):
                continue
            known = True
            if total[earlier[0]].sum() * MOST_OF_AREA >= POWER_EXPECTED:
                options.append((length, int(start)))
    libraries: dict[tuple[int, tuple[int, int]], Residuals] = {}
    rows: list[tuple[Any, ...]] = []
    for _ in range(_TRIES * trials if options else 0):
        length, start = options[int(rng.integers(len(options)))]
        group = _grown_to(lattice, start, length, rng)
        if not _about(lattice, group, start, length):
            continue
        key = (length, size_class(len(group)))
        if key not in libraries:
            libraries[key] = lattice.library(key[1], length, rng)
        if start not in judged(lattice, libraries[key]):
            continue
        rows += _judge_all(lattice, libraries[key], [(group, start)], REMOVED, rng)
        if len(rows) == trials:
            break
    if not known:
        raise Refusal(
            f"There is nothing to test on: no window has {LEAST_HISTORY} months before it, and the same months of an "
            "earlier year",
            "Load more months, or choose other targets",
        )
    if not rows:
        raise Refusal(
            f"There is nothing to test on: {POWER_EXPECTED:g} incidents are more than a third of what any window had",
            "Load more months, or choose another crime type",
        )
    return pd.DataFrame(rows, columns=list(COLUMNS))


def judged(lattice: Lattice, library: Residuals) -> list[int]:
    """Windows that can be judged: the same months of an earlier year are there, and drift can be learnt."""
    return [
        int(start)
        for start, years in zip(library.starts, library.years, strict=True)
        if years and len(library.known(lattice.months, int(start))) >= LEAST_WINDOWS
    ]


def _is_target(lattice: Lattice, start: int, length: int, targets: Targets) -> bool:
    first, last = targets
    month = lattice.months[start]
    return (first is None or month >= first) and (last is None or month + length - 1 <= last)


def rates(table: pd.DataFrame) -> pd.DataFrame:
    """Share of trials with each verdict: kind, months, trials, cannot_tell, fell, rose, and the error of the first."""
    out = []
    length = [(last - first).n + 1 for first, last in zip(table["first"], table["last"], strict=True)]
    for kind, group in table.assign(months=length).groupby("kind", sort=False):
        parts = [("all", group), *((str(n), part) for n, part in group.groupby("months"))]
        for months, part in parts:
            quiet, fell = (float((part["verdict"] == word).mean()) for word in (CANNOT_TELL, FELL))
            error = float(np.sqrt(quiet * (1 - quiet) / len(part)))
            out.append((kind, months, len(part), quiet, fell, max(1 - quiet - fell, 0.0), error))
    return pd.DataFrame(out, columns=["kind", "months", "trials", "cannot_tell", "fell", "rose", "error"])


def _before(
    lattice: Lattice, treated: NDArray[np.float64], start: int, length: int, *, last_year: bool
) -> NDArray[np.float64]:
    windows = past_windows(lattice.months, lattice.used, start, length)
    if last_year:
        windows = [w for w in windows[:1] if lattice.months[w.start] == lattice.months[start] - YEAR]
    return np.asarray(sum((treated[:, w].sum(axis=1) for w in windows), np.zeros(len(treated))), dtype=float)


def _judge_all(
    lattice: Lattice,
    library: Residuals,
    trials: list[tuple[NDArray[np.intp], int]],
    kind: str,
    rng: np.random.Generator | None = None,
) -> list[tuple[Any, ...]]:
    """Judge one window of each group; with ``rng`` half of what was recorded is taken away."""
    if not trials:
        return []
    treated = lattice.series([group for group, _ in trials])
    control = np.concatenate(
        [lattice.proposed([group], treated[[row]])(start) for row, (group, start) in enumerate(trials)]
    )
    last = max(start for _, start in trials)
    own = residuals(treated, control, lattice.months, lattice.used, library.length, last)
    out = []
    for row, (group, start) in enumerate(trials):
        at = int(np.searchsorted(own.starts, start))
        found = spread(own, row, at, library, lattice.months)
        recorded, expected = round(float(own.recorded[row, at])), float(own.expected[row, at])
        if rng is not None:
            recorded = int(rng.binomial(recorded, 1 - POWER_REMOVED))
        said = call(recorded, expected, found)
        first = lattice.months[start]
        out.append(
            (
                kind, first, first + library.length - 1, len(group), int(own.before[row, at]), expected, recorded,
                said.usual[0], said.usual[1], said.verdict,
            )
        )  # fmt: skip
    return out


def _about(lattice: Lattice, group: NDArray[np.intp], start: int, length: int) -> bool:
    """Whether about 300 incidents are to be expected of a group."""
    treated = lattice.series([group])
    control = lattice.proposed([group], treated)(start)
    found = expect(treated, control, lattice.months, lattice.used, start, length)
    return found is not None and bool(_AROUND[0] <= found.expected[0] / POWER_EXPECTED <= _AROUND[1])


def _grown_to(lattice: Lattice, start: int, length: int, rng: np.random.Generator) -> NDArray[np.intp]:
    """Grow a group until it held such a share of the last two years that 300 are to be expected in the window."""
    may = np.flatnonzero(lattice.used[:start])[-2 * YEAR :]
    held = lattice.counts[may].sum(axis=0)
    window = past_windows(lattice.months, lattice.used, start, length)[0]
    share = POWER_EXPECTED / max(float(lattice.counts[window].sum()), 1.0)
    order = lattice.grow_order(len(held), rng)
    enough = int(np.searchsorted(np.cumsum(held[order]), share * held.sum())) + 1
    return np.sort(order[:enough])
