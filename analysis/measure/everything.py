"""Everything that is measured on the data of an area: ranking, forecast, false alarms, verdicts, spread of a year."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pandas as pd

from analysis.ahead.forecast_backtest import AREA_LEVEL, backtest_forecast, scores
from analysis.common import seeds
from analysis.common.counts import monthly_by_ward
from analysis.common.refusal import Refusal
from analysis.course.target_spread import MONTHS_LEFT, measured_spread
from analysis.outcome.drift import Lattice
from analysis.placebo.methods import placebo_table
from analysis.placebo.operations import TRIALS, Targets, placebo_operations, removal_operations
from analysis.placebo.verdict_rates import counted
from analysis.when.seasonality import season_mask
from analysis.where.cells import CellMonths, cell_counts_by_month
from analysis.where.validation import NEXT_MONTH, SEASONS, backtest, summarise
from data.kinds.crime_types import ASB, DRUGS, incidents_words
from data.measured.measurement import Measurement, Rows
from data.place.area import Area
from data.store.schema import Incidents

CATEGORIES = (ASB, DRUGS)  # crime types of the dashboard
KINDS = (NEXT_MONTH, *SEASONS)
REMOVED_SHARE = 5  # one removal for so many operations that never were
STEPS = 10  # that :func:`measure` tells of
Tell = Callable[[str], object]


def in_window(months: pd.PeriodIndex, targets: Targets) -> pd.PeriodIndex:
    """Months of a window, both ends included; None is no limit."""
    first, last = targets
    return pd.PeriodIndex(
        [m for m in months if (first is None or m >= first) and (last is None or m <= last)], freq="M"
    )


def ranking(found: CellMonths, targets: Targets = (None, None)) -> pd.DataFrame:
    """Backtest the ranking on every kind of target, as :func:`analysis.where.validation.backtest`.

    Parameters
    ----------
    found : CellMonths
        Of one crime type.
    targets : (Period or None, Period or None)
        First and last month of the targets.

    Returns
    -------
    DataFrame
        Of all kinds, one after another.

    Raises
    ------
    Refusal
        No target.
    """
    months = in_window(found.months, targets)
    tables = [backtest(found, found.grid, kind, months) for kind in KINDS]
    if not any(map(len, tables)):
        raise no_target()
    return pd.concat([table for table in tables if len(table)], ignore_index=True)


def forecasts(
    table: pd.DataFrame, area: Area, category: str, targets: Targets = (None, None), level: str = AREA_LEVEL
) -> pd.DataFrame:
    """Backtest the forecast of the area and its wards.

    Parameters
    ----------
    table : DataFrame of float
        Of :func:`analysis.common.counts.monthly_by_ward`.
    area : Area
    category : str
    targets : (Period or None, Period or None)
        First and last target.
    level : str
        What the whole area is called.

    Returns
    -------
    DataFrame
        Of :func:`analysis.ahead.forecast_backtest.backtest_forecast`.

    Raises
    ------
    Refusal
        No target, or none with an incident.
    """
    if len(table) == 0:
        raise no_target()
    mask = season_mask(pd.PeriodIndex(table.index), area, category)
    window = (targets[0] or table.index[0], targets[1] or table.index[-1])
    found = backtest_forecast(table, mask, window, area_level=level)
    if len(found) == 0:
        raise no_target()
    if not found["actual"].any():
        raise no_incident(category)
    return found


def means(ranked: pd.DataFrame, category: str) -> pd.DataFrame:
    """Sum up a backtest of the ranking as :func:`analysis.where.validation.summarise`.

    Raises
    ------
    Refusal
        No target has an incident.
    """
    found = summarise(ranked)
    if len(found) == 0:
        raise no_incident(category)
    return found


def no_incident(category: str) -> Refusal:
    """Say that nothing of a crime type happened in any target."""
    return Refusal(
        f"There is nothing to test on: no {incidents_words(category)} in any target",
        "Choose other targets with --from and --to, or another crime type.",
    )


def no_target() -> Refusal:
    """Say that no target is left."""
    return Refusal(
        "There is nothing to test on: no month of the window is there with enough months before it",
        "Load more months, or choose other targets with --from and --to.",
    )


def measure(
    incidents: Incidents,
    area: Area,
    category: str,
    trials: int | None = None,
    tell: Tell = lambda name: None,  # noqa: ARG005
    now: datetime | None = None,
) -> Measurement:
    """Measure everything on one crime type of an area.

    Parameters
    ----------
    incidents : Incidents
        Everything that is loaded of a source, buffer included.
    area : Area
    category : str
    trials : int, optional
        Of each test; by default as in :mod:`analysis.placebo.methods` and 500 operations.
    tell : callable
        Is told what comes next, ``STEPS`` times.
    now : datetime, optional
        Stands in the measurement; the clock by default.

    Returns
    -------
    Measurement
        Parts that the data refuse are empty and named with the reason.

    Raises
    ------
    Refusal
        No month is loaded.

    Notes
    -----
    The generators are seeded as those of ``python -m analysis backtest`` are, so that both give the same figures. When
    it misleads: what it measures holds for these months; a later change of what is recorded is not in it.

    References
    ----------
    As its parts: :func:`analysis.where.validation.backtest`,
    :func:`analysis.ahead.forecast_backtest.backtest_forecast`, :func:`analysis.placebo.methods.placebo_table`,
    :func:`analysis.placebo.operations.placebo_operations`, :func:`analysis.course.target_spread.measured_spread`.
    """
    if not len(incidents.months):
        raise Refusal("There is nothing to measure on: no month is loaded", "Load months of every force of the area")
    mine = incidents.of(category)
    cells = cell_counts_by_month(mine, area.grid())
    table = monthly_by_ward(mine, area.wards.codes)
    mask = season_mask(pd.PeriodIndex(table.index), area, category) if len(table) else np.zeros(0, dtype=bool)
    lattice = Lattice(cells, ~season_mask(cells.months, area, category))
    rng = np.random.default_rng(seeds.PLACEBO)
    parts: dict[str, Rows] = {}
    left_out: list[str] = []

    def part(name: str, what: str, make: Callable[[], pd.DataFrame]) -> None:
        tell(what)
        try:
            parts[name] = (*parts.get(name, ()), *_rows(make()))
        except Refusal as refusal:
            left_out.append(f"{what}: {refusal.reason}")

    def tests() -> pd.DataFrame:
        found = placebo_table(
            mine, area, category, np.random.default_rng(seeds.PLACEBO), trials, whole=AREA_LEVEL, tell=tell
        )
        left_out.extend(found.left_out)
        return found.table

    def verdicts(found: pd.DataFrame) -> pd.DataFrame:
        return counted(found, area, category, lattice.months, incidents.version)[list(_VERDICTS)]

    part("hotspots", "ranking of cells", lambda: means(ranking(cells), category))
    part("forecast", "forecast", lambda: _by_level(scores(forecasts(table, area, category))))
    part("tests", "tests where nothing happened", tests)
    operations = trials or TRIALS
    part("verdicts", "did it work, nothing removed", lambda: verdicts(placebo_operations(lattice, rng, operations)))
    removals = max(operations // REMOVED_SHARE, 1)
    part("verdicts", "did it work, half removed", lambda: verdicts(removal_operations(lattice, rng, removals)))
    part("spread", "rest of a year against its forecast", lambda: _spread(table, mask))
    return Measurement(
        area_code=area.code,
        area=area.name,
        category=category,
        first=str(incidents.months[0]),
        last=str(incidents.months[-1]),
        months=len(incidents.months),
        source=incidents.source,
        data_version=incidents.version,
        made_at=(now or datetime.now(UTC)).isoformat(timespec="seconds"),
        parts=parts,
        left_out=tuple(left_out),
    )


_VERDICTS = ("kind", "trials", "cannot_tell", "fell", "rose")


def _by_level(means: pd.DataFrame) -> pd.DataFrame:
    return means.rename_axis("level").reset_index()


def _spread(table: pd.DataFrame, mask: np.ndarray[Any, np.dtype[np.bool_]]) -> pd.DataFrame:
    if len(table) == 0:
        raise no_target()
    found = measured_spread(table.sum(axis=1, min_count=table.shape[1]), mask)
    return pd.DataFrame(
        {"months_left": MONTHS_LEFT, "sigma": found.sigma, "windows": found.windows, "apart": found.apart}
    )


def _rows(table: pd.DataFrame) -> Rows:
    return tuple({str(name): _plain(value) for name, value in row.items()} for row in table.to_dict("records"))


def _plain(value: Any) -> Any:
    if isinstance(value, np.generic):
        value = value.item()
    return None if isinstance(value, float) and not math.isfinite(value) else value


def long_table(measured: Measurement) -> pd.DataFrame:
    """Lay a measurement out as rows for a file: category, part, what, measure, value."""
    rows = []
    for part, keys in _KEYS.items():
        for row in measured.of(part):
            what = ", ".join(_word(key, row[key]) for key in keys)
            rows += [
                (measured.category, part, what, name, value)
                for name, value in row.items()
                if name not in keys and value is not None
            ]
    return pd.DataFrame(rows, columns=list(LONG))


LONG = ("category", "part", "what", "measure", "value")
_KEYS: Mapping[str, tuple[str, ...]] = {
    "hotspots": ("kind", "share"),
    "forecast": ("level",),
    "tests": ("test", "unit"),
    "verdicts": ("kind",),
    "spread": ("months_left",),
}


def _word(key: str, value: Any) -> str:
    return {"share": f"top {100 * value:g} %" if key == "share" else "", "months_left": f"{value} months left"}.get(
        key, str(value)
    )
