"""How good is a ranking: hit rate, PAI and PEI, and a backtest in which nothing of the future is seen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
import pandas as pd

from analysis.common.method import YEAR
from analysis.where.accuracy import hit_rate, pai, pei
from analysis.where.cells import CellMonths, cell_counts_by_month, cells_in_share
from analysis.where.hotspots import discounted_score
from data.store.schema import Incidents
from geo.errors import InputError
from geo.grid import Grid

__all__ = ["backtest", "hit_rate", "next_months", "pai", "pei", "summarise"]

SHARES = (0.01, 0.02, 0.03, 0.05, 0.10)
NEXT_MONTH = "next_month"
SEASONS: dict[str, tuple[int, ...]] = {"october": (10,), "summer": (7, 8), "november": (11,)}
SEASON_LAG = 3  # months between the last month seen and the first of the season: what a plan has to be made on
LEAST_TRAINING = 9  # published months behind a target
MOST_STEP_BACK = 3  # months by which training may end early; a map older than that is another method
COLUMNS = (
    "kind",
    "target",
    "months",
    "share",
    "cells",
    "incidents",
    "hit_rate",
    "pai",
    "pei",
    "rival_hit_rate",
)


def backtest(
    incidents: Incidents | CellMonths,
    grid: Grid,
    kind: str = NEXT_MONTH,
    targets: Sequence[int] | pd.PeriodIndex | None = None,
    shares: Sequence[float] = SHARES,
    season_months: Sequence[int] | None = None,
) -> pd.DataFrame:
    """Rank as it would have been ranked before each target, and count what the top cells then caught.

    Parameters
    ----------
    incidents : Incidents or CellMonths
        Of one crime type, buffer included, all months there are.
    grid : Grid
    kind : str
        ``"next_month"``: every month, trained on all up to the month before it. ``"october"``, ``"november"`` or
        ``"summer"`` (July and August as one): trained on all up to three months before its first month. Any other
        name goes with ``season_months``.
    targets : sequence of int or PeriodIndex, optional
        Years, or the first months of targets. Every target the data allow by default.
    shares : sequence of float
        Of the cells.
    season_months : sequence of int, optional
        Calendar months (1 to 12, in order, consecutive) of a season of another name.

    Returns
    -------
    DataFrame
        One row a target and share: kind, target (first month, "YYYY-MM"), months (how many the target has), share,
        cells, incidents (all that fell in the cells), hit_rate, pai, pei, rival_hit_rate. The rival is the plain count
        of the last 12 published months up to the same month. Empty with its columns where no target is possible.

    Raises
    ------
    InputError
        An unknown kind, or months that are no season.

    Notes
    -----
    Where the last month to train on is missing, training ends at the last one there is before it, at most three months
    earlier; a target with a longer gap before it is left out. A target needs all
    its months published and at least nine published months behind it. Targets without incidents give NaN.

    Misleads when parameters are then chosen by it: those of the ranking were, on the years up to 2024, so judge them by
    later months. Means over overlapping next-month targets have no plain standard error.

    References
    ----------
    As :func:`analysis.where.accuracy.hit_rate`; the rival and the lags are of this project.
    """
    counted = incidents if isinstance(incidents, CellMonths) else cell_counts_by_month(incidents, grid)
    rows: list[dict[str, object]] = []
    for first, span, trained in _targets(counted.months, kind, season_months, targets):
        start = counted.trained_on(first - 1)
        later = counted.of(slice(start, start + span))
        score = discounted_score(counted, trained)
        rival = counted.of(slice(max(trained - YEAR, 0), trained))
        rows.extend(
            {
                "kind": kind,
                "target": str(first),
                "months": span,
                "share": share,
                "cells": cells_in_share(share, len(later)),
                "incidents": int(later.sum()),
                "hit_rate": hit_rate(score, later, share),
                "pai": pai(score, later, share),
                "pei": pei(score, later, share),
                "rival_hit_rate": hit_rate(rival, later, share),
            }
            for share in shares
        )
    return pd.DataFrame(rows, columns=list(COLUMNS))


def next_months(months: pd.PeriodIndex) -> tuple[int, ...]:
    """Tell which published months a backtest of the next month takes as targets, as positions in ``months``."""
    return tuple(trained for _, _, trained in _targets(months, NEXT_MONTH, None, None))


def _targets(
    months: pd.PeriodIndex,
    kind: str,
    season_months: Sequence[int] | None,
    chosen: Sequence[int] | pd.PeriodIndex | None,
) -> Iterator[tuple[pd.Period, int, int]]:
    """Give each target's first month, its number of months, and how many published months lie before its cut-off."""
    known = np.asarray(months.asi8, dtype=np.int64)
    season = () if kind == NEXT_MONTH else _season(kind, season_months)
    lag = SEASON_LAG if season else 1
    span = len(season) or 1
    wanted = None if chosen is None else set(chosen)
    for first in months:
        if season and first.month != season[0]:
            continue
        if wanted is not None and first not in wanted and first.year not in wanted:
            continue
        if not np.isin(first.ordinal + np.arange(span), known).all():
            continue
        trained = int(np.searchsorted(known, first.ordinal - lag, side="right"))
        if trained < LEAST_TRAINING:
            continue
        if first.ordinal - lag - int(known[trained - 1]) <= MOST_STEP_BACK:
            yield first, span, trained


def season_targets(months: pd.PeriodIndex, season_months: Sequence[int]) -> tuple[tuple[pd.Period, int, int], ...]:
    """List the seasons that :func:`backtest` would try on some months.

    Parameters
    ----------
    months : PeriodIndex
        Published, in order.
    season_months : sequence of int
        Calendar months, in order, consecutive.

    Returns
    -------
    tuple of (Period, int, int)
        First month, how many months it has, and how many published months lie before its cut-off.
    """
    return tuple(_targets(months, "season", season_months, None))


def _season(kind: str, given: Sequence[int] | None) -> tuple[int, ...]:
    if given is None and kind not in SEASONS:
        raise InputError(
            "there is no such backtest",
            column="kind",
            value=kind,
            hint="Choose one of: " + ", ".join([NEXT_MONTH, *SEASONS]) + "; or give the months of the season.",
        )
    months = SEASONS[kind] if given is None else tuple(given)
    in_year = all(1 <= month <= 12 for month in months)
    if not months or not in_year or any((b - a) % 12 != 1 for a, b in pairwise(months)):
        raise InputError("a season is consecutive calendar months", column="season_months", value=str(months))
    return months


def summarise(table: pd.DataFrame) -> pd.DataFrame:
    """Unweighted mean over the targets of a backtest, by kind and share.

    Parameters
    ----------
    table : DataFrame
        From :func:`backtest`; several may be put together.

    Returns
    -------
    DataFrame
        kind, share, targets (how many had incidents), cells, hit_rate, pai, pei, rival_hit_rate.
    """
    there = table[table["incidents"] > 0]
    measures = ["hit_rate", "pai", "pei", "rival_hit_rate"]
    grouped = there.groupby(["kind", "share"], sort=False)
    means = grouped[measures].mean()
    means.insert(0, "targets", grouped.size())
    means.insert(1, "cells", grouped["cells"].first())
    return means.reset_index()
