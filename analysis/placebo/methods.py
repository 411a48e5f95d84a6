"""False alarms: how often each shipped test rejects where nothing happened, on shuffled and placebo data.

On the 73 months to December 2024, at 5 %, ASB and drug offences: any hotspot on a shuffled map .038 and .039 (800
maps); change of a ward .055 and .046, of any ward .053 and .036 (4,000 splits of 24 months); a placebo month for the
borough .019 and .038, for a ward .046 and .053, for any ward .050 and .053, for "do wards differ" .030 and .049 (1,000
draws). Placebo windows against their own kind: robberies .047 (85 windows), stop and search .070 (172); by the
published, wider interval none and .058.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from analysis.common.counts import monthly_by_ward
from analysis.common.permutation import PERMUTATIONS, pooled_permutation
from analysis.common.refusal import Refusal
from analysis.placebo.rows import COLUMNS, LEVEL, Row, as_table
from analysis.placebo.seasons import PLACEBOS, placebo_seasons
from analysis.when.event_window import daily_counts
from analysis.when.seasonality import season_mask
from analysis.when.window_fit import LEAST_HISTORY_DAYS, against_placebo, effective, fit_starts, placebo_starts, wider
from analysis.where.cells import CellMonths, cell_counts_by_month
from analysis.where.gistar import SHORTEST_PERIOD, queen_weights
from analysis.where.period_test import change_test
from data.place.area import Area
from data.store.schema import Incidents
from geo.grid import Grid

__all__ = [
    "COLUMNS",
    "placebo_change",
    "placebo_events",
    "placebo_hotspots",
    "placebo_seasons",
    "placebo_table",
]

SPLIT_MONTHS = 24
WINDOW_DAYS = 15
MAPS, SPLITS = 200, 1000
HOTSPOT = "hotspot on a shuffled map"
CHANGE = "change, months split at random"
EVENT = "event window, placebo windows"


def placebo_hotspots(
    incidents: Incidents | CellMonths,
    grid: Grid,
    rng: np.random.Generator,
    trials: int = MAPS,
    permutations: int = PERMUTATIONS,
    level: float = LEVEL,
) -> pd.DataFrame:
    """Shuffle the last 12 months' counts among the active cells and look for hotspots.

    Parameters
    ----------
    incidents : Incidents or CellMonths
        Of one crime type, up to the as-at month.
    grid : Grid
    rng : Generator
    trials : int
        Shuffled maps.
    permutations : int
        Of the test on each map.
    level : float

    Returns
    -------
    DataFrame
        One row: maps on which any cell is marked.

    Raises
    ------
    Refusal
        Fewer than 12 published months.

    Notes
    -----
    Misleads if it is read as the error of a single mark: that is the false discovery rate, of the marks that are made.

    References
    ----------
    Of this project: the test of :func:`analysis.where.gistar.more_than_chance`, run where nothing is.
    """
    counted = incidents if isinstance(incidents, CellMonths) else cell_counts_by_month(incidents, grid)
    n = len(counted.months)
    if n < SHORTEST_PERIOD:
        raise Refusal(f"A shuffled map needs {SHORTEST_PERIOD} published months, and there are {n}", "Load more months")
    counts = counted.of(slice(n - SHORTEST_PERIOD, n))
    active = counted.of(slice(0, n)) > 0
    weights = queen_weights(grid)
    marked = 0
    for _ in range(trials):
        shuffled = counts.copy()
        shuffled[active] = rng.permutation(counts[active])
        found = pooled_permutation(shuffled, weights, rng, permutations, active)
        marked += bool(found.significant(level).any())
    return as_table([Row(HOTSPOT, "any cell", level, marked, trials)])


def placebo_change(
    table: pd.DataFrame,
    rng: np.random.Generator,
    trials: int = SPLITS,
    months: int = SPLIT_MONTHS,
    level: float = LEVEL,
    unit: str = "ward",
) -> pd.DataFrame:
    """Split the last months at random into two halves and test every unit for change.

    Parameters
    ----------
    table : DataFrame of float
        Counts by month and unit, NaN where a month is missing.
    rng : Generator
    trials : int
        Splits.
    months : int
        Published months that are split.
    level : float
    unit : str

    Returns
    -------
    DataFrame
        Units rejected before correction, and splits with any unit flagged after it.

    Raises
    ------
    Refusal
        As :func:`analysis.where.period_test.change_test`.

    Notes
    -----
    Months are split, not incidents: incidents split at random vary less than months do, and pass any test. Misleads for
    periods that follow each other: there a drift adds to what months vary by.

    References
    ----------
    Of this project: the test of :func:`analysis.where.period_test.change_test`, run where nothing is.
    """
    y = table.dropna().to_numpy(dtype=float)[-months:]
    half = len(y) // 2
    raw = tested = flagged = 0
    for _ in range(trials):
        order = rng.permutation(len(y))
        found = change_test(y[order[:half]], y[order[half:]], intervals=False)
        raw += int((found.p[found.tested] <= level).sum())
        tested += int(found.tested.sum())
        flagged += bool((found.q[found.tested] <= level).any())
    return as_table([Row(CHANGE, unit, level, raw, tested), Row(CHANGE, f"any {unit}", level, flagged, trials)])


def placebo_events(days: pd.Series[float], length: int = WINDOW_DAYS, level: float = LEVEL) -> pd.DataFrame:
    """Call every placebo window of a feed an event, and test it.

    Parameters
    ----------
    days : Series of float
        Incidents by day, NaN where a day is missing (:func:`analysis.when.event_window.daily_counts`).
    length : int
        Days of a window.
    level : float

    Returns
    -------
    DataFrame
        Windows rejected by the published (wider) interval, against placebo windows alone, and by weeks alone. No draws:
        every window that there is. The placebo rows have no trials under a year of history.

    Raises
    ------
    Refusal
        No window fits.

    Notes
    -----
    Windows overlap: 85 of a year are worth about 17. Misleads where the feed holds real events that are not known.

    References
    ----------
    Of this project: the test of :func:`analysis.when.event_window.days_event_window`, run where nothing is.
    """
    starts, fits = fit_starts(days, placebo_starts(days, length), length)
    if not starts:
        raise Refusal("No placebo window fits in these days", "Load more months of the feed on the Data page")
    history = int(days.notna().sum()) >= LEAST_HISTORY_DAYS
    at, logs = np.array(starts), np.array([fit.log_ratio for fit in fits])
    published = alone = by_weeks = judged = 0
    for i, fit in enumerate(fits):
        apart = np.abs(at - at[i]) >= length
        kept = at[apart].tolist()
        other = against_placebo(fit.log_ratio, logs[apart], effective(kept, length), 1 - level) if history else None
        own = fit.ratio(1 - level)
        by_weeks += own.p <= level
        published += wider(own, other).p <= level
        judged += other is not None
        alone += other is not None and other.p <= level
    return as_table(
        [
            Row(EVENT, "window", level, published, len(fits)),
            Row(EVENT, "window, against placebo windows alone", level, alone, judged),
            Row(EVENT, "window, by weeks alone", level, by_weeks, len(fits)),
        ]
    )


def placebo_table(
    incidents: Incidents,
    area: Area,
    category: str | None,
    rng: np.random.Generator,
    trials: int | None = None,
    permutations: int = PERMUTATIONS,
    feed: Incidents | None = None,
) -> pd.DataFrame:
    """Run every evaluation that the data allow.

    Parameters
    ----------
    incidents : Incidents
        Of one crime type, up to the as-at month.
    area : Area
    category : str or None
        The crime type, for what the area file leaves out.
    rng : Generator
    trials : int, optional
        Of each evaluation; by default 200 maps, 1,000 splits and 400 placebo months.
    permutations : int
        Of the hotspot test on each map.
    feed : Incidents, optional
        Of a dated feed; without one there are no event windows. Incidents that have dates are their own feed.

    Returns
    -------
    DataFrame
        ``test``, ``unit``, ``level``, ``rejected``, ``trials``; an evaluation that the data refuse is not in it.

    Notes
    -----
    Misleads as each of its parts does, and as all of them do: a rate holds for these data, not for others.

    References
    ----------
    As its parts.
    """
    grid = area.grid()
    table = monthly_by_ward(incidents, area.wards.codes)
    mask = season_mask(pd.PeriodIndex(table.index), area, category) if len(table) else np.zeros(0, dtype=bool)
    parts: list[Callable[[], pd.DataFrame]] = [
        lambda: placebo_hotspots(incidents, grid, rng, trials or MAPS, permutations),
        lambda: placebo_change(table, rng, trials or SPLITS),
        lambda: placebo_seasons(table, mask, rng, trials or PLACEBOS, whole=area.kind),
        lambda: placebo_events(daily_counts(feed if feed is not None else incidents)),
    ]
    found = []
    for part in parts:
        try:
            found.append(part())
        except Refusal:
            continue
    return pd.concat(found, ignore_index=True) if found else as_table([])
