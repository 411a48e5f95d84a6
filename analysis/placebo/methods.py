"""False alarms: how often each shipped test rejects where nothing happened, on shuffled and placebo data.

What was found, on which area and months, stands in ``data/false_alarms.csv``. Every test looks for false alarms in the
months of a window alone; what it learns from may be older. One that has too few of them is refused: a rate of nothing
is no rate.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from analysis.common.counts import monthly_by_ward
from analysis.common.permutation import PERMUTATIONS, pooled_permutation
from analysis.common.refusal import Refusal
from analysis.placebo.rows import COLUMNS, LEVEL, Placebos, Row, as_table
from analysis.placebo.seasons import PLACEBOS, SEASON, placebo_seasons
from analysis.when.event_window import daily_counts
from analysis.when.seasonality import season_mask
from analysis.when.window_fit import (
    LEAST_EFFECTIVE,
    LEAST_HISTORY_DAYS,
    against_placebo,
    effective,
    fit_starts,
    placebo_starts,
    wider,
)
from analysis.where.cells import CellMonths, cell_counts_by_month
from analysis.where.gistar import SHORTEST_PERIOD, queen_weights
from analysis.where.period_test import LEAST_INCIDENTS, change_test
from data.place.area import Area
from data.store.schema import Incidents
from geo.grid import Grid

__all__ = [
    "COLUMNS",
    "Placebos",
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
    first: pd.Period | None = None,
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
    first : Period, optional
        Start of the window: the 12 months lie in it. Which cells are active is learnt from older months too.

    Returns
    -------
    DataFrame
        One row: maps on which any cell is marked.

    Raises
    ------
    Refusal
        Fewer than 12 published months in the window, or no incident in them.

    Notes
    -----
    Misleads if it is read as the error of a single mark: that is the false discovery rate, of the marks that are made.

    References
    ----------
    Of this project: the test of :func:`analysis.where.gistar.more_than_chance`, run where nothing is.
    """
    counted = incidents if isinstance(incidents, CellMonths) else cell_counts_by_month(incidents, grid)
    n = len(counted.months)
    there = n if first is None else int((counted.months >= first).sum())
    if there < SHORTEST_PERIOD:
        raise _too_few("A shuffled map needs", SHORTEST_PERIOD, there)
    counts = counted.of(slice(n - SHORTEST_PERIOD, n))
    active = counted.of(slice(0, n)) > 0
    if not counts.any():
        raise Refusal("A shuffled map needs incidents, and the last 12 published months have none", "Load more months")
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
    first: pd.Period | None = None,
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
    first : Period, optional
        Start of the window: the months that are split lie in it.

    Returns
    -------
    DataFrame
        Units rejected before correction, and splits with any unit flagged after it, of those in which any was tested.

    Raises
    ------
    Refusal
        Fewer published months in the window, one unit alone, or none with enough incidents in them; as
        :func:`analysis.where.period_test.change_test`.

    Notes
    -----
    Months are split, not incidents: incidents split at random vary less than months do, and pass any test. Misleads for
    periods that follow each other: there a drift adds to what months vary by.

    References
    ----------
    Of this project: the test of :func:`analysis.where.period_test.change_test`, run where nothing is.
    """
    known = table.dropna()
    y = known[known.index >= first if first is not None else slice(None)].to_numpy(dtype=float)[-months:]
    if len(y) < months:
        raise _too_few("Months split at random need", months, len(y))
    if y.shape[1] < 2:
        raise Refusal(f"Months split at random need two {unit}s: one is never unlike the whole", "Choose a wider area")
    half = len(y) // 2
    raw = tested = flagged = splits = 0
    for _ in range(trials):
        order = rng.permutation(len(y))
        found = change_test(y[order[:half]], y[order[half:]], intervals=False)
        raw += int((found.p[found.tested] <= level).sum())
        tested += int(found.tested.sum())
        flagged += bool((found.q[found.tested] <= level).any())
        splits += bool(found.tested.any())
    if not splits:
        raise Refusal(
            f"Months split at random need a {unit} with {LEAST_INCIDENTS} incidents in them, and there is none",
            "Load more months",
        )
    return as_table([Row(CHANGE, unit, level, raw, tested), Row(CHANGE, f"any {unit}", level, flagged, splits)])


def placebo_events(
    days: pd.Series[float], length: int = WINDOW_DAYS, level: float = LEVEL, first: pd.Period | None = None
) -> pd.DataFrame:
    """Call every placebo window of a feed an event, and test it.

    Parameters
    ----------
    days : Series of float
        Incidents by day, NaN where a day is missing (:func:`analysis.when.event_window.daily_counts`).
    length : int
        Days of a window.
    level : float
    first : Period, optional
        Month from which on windows are judged; older ones are only learnt from.

    Returns
    -------
    DataFrame
        Windows rejected by the published (wider) interval, against placebo windows alone, and by weeks alone. No draws:
        every window that there is. The row of placebo windows alone has no trials under a year of history.

    Raises
    ------
    Refusal
        No window fits, or fewer than 12 that do not overlap.

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
    since = None if first is None else first.start_time
    judged_at = [i for i, start in enumerate(starts) if since is None or days.index[start] >= since]
    apart_there = effective([starts[i] for i in judged_at], length)
    if apart_there < LEAST_EFFECTIVE:
        raise Refusal(
            f"Placebo windows need {LEAST_EFFECTIVE} that do not overlap, and there {_are(apart_there)}",
            "Load more months of the feed on the Data page",
        )
    history = int(days.notna().sum()) >= LEAST_HISTORY_DAYS
    at, logs = np.array(starts), np.array([fit.log_ratio for fit in fits])
    published = alone = by_weeks = judged = 0
    for i in judged_at:
        fit = fits[i]
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
            Row(EVENT, "window", level, published, len(judged_at)),
            Row(EVENT, "window, against placebo windows alone", level, alone, judged),
            Row(EVENT, "window, by weeks alone", level, by_weeks, len(judged_at)),
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
    first: pd.Period | None = None,
    whole: str | None = None,
    tell: Callable[[str], object] = lambda name: None,  # noqa: ARG005
) -> Placebos:
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
    first : Period, optional
        Start of the window in which false alarms are looked for; it ends with the incidents. Older months are learnt
        from.
    whole : str, optional
        What the unit of the whole area is called; the area's own kind by default.
    tell : callable
        Is told the name of each test before it is run.

    Returns
    -------
    Placebos
        ``test``, ``unit``, ``level``, ``rejected``, ``trials``, and what the data refuse with the reason.

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
    parts: dict[str, Callable[[], pd.DataFrame]] = {
        HOTSPOT: lambda: placebo_hotspots(incidents, grid, rng, trials or MAPS, permutations, first=first),
        CHANGE: lambda: placebo_change(table, rng, trials or SPLITS, first=first),
        SEASON: lambda: placebo_seasons(table, mask, rng, trials or PLACEBOS, whole=whole or area.kind, first=first),
        EVENT: lambda: placebo_events(daily_counts(feed if feed is not None else incidents), first=first),
    }
    found, left_out = [], []
    for name, part in parts.items():
        tell(name)
        try:
            rows = part()
        except Refusal as refusal:
            left_out.append(f"{name}: {refusal.reason}")
            continue
        tried = rows["trials"] > 0
        found.append(rows[tried])
        left_out += [f"{row['test']}, {row['unit']}: no trial was possible." for row in rows[~tried].to_dict("records")]
    return Placebos(pd.concat(found, ignore_index=True) if found else as_table([]), tuple(left_out))


def _too_few(lead: str, needed: int, there: int) -> Refusal:
    return Refusal(f"{lead} {needed} published months, and there {_are(there)}", "Load more months")


def _are(n: int) -> str:
    return f"{'is' if n == 1 else 'are'} {n}"
