"""Change between two periods, by ward or cell, relative to the whole: months vary, so the test asks the months."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.common.counts import monthly_by_ward
from analysis.common.method import Method, days_in, list_months, period_words
from analysis.common.rates import WHO_REPORTS
from analysis.common.refusal import Refusal
from analysis.where.cells import cell_counts_by_month
from analysis.where.period_test import LEAST_INCIDENTS, LEVEL, ChangeTest, change_test
from data.place.area import Area
from data.store.schema import Incidents, months_between
from geo.errors import InputError
from geo.grid import Grid, grid_reference

_SEEN = 2.8  # standard errors at which a change is seen in 80 % of cases at a level of 5 %
_NAMED = 3  # units that the sentence names
_LARGE = 100  # a ratio above this is not worth its digits


@dataclass(frozen=True, eq=False)
class Change:
    """Two periods compared, unit by unit.

    Attributes
    ----------
    units : DataFrame
        By unit (ward code, or position in ``grid.cells``): ``name``, ``before``, ``after``, ``ratio``, ``low``,
        ``high``, ``phi``, ``p``, ``q``, ``significant``; NaN and False where a unit has under 10 incidents.
    total_before, total_after : int
        Incidents of all units.
    total_ratio : float
        Of all units together, per day.
    missing_months : tuple of Period
        Left out; empty unless that was asked for.
    visible : (float, float)
        Ratios below and above which a change of the typical tested unit is seen in 80 % of cases, before correction.
    level : float
        False discovery rate.
    sentence : str
    method : Method
    """

    units: pd.DataFrame
    total_before: int
    total_after: int
    total_ratio: float
    missing_months: tuple[pd.Period, ...]
    visible: tuple[float, float]
    level: float
    sentence: str
    method: Method = field(repr=False)

    def of(self, unit: object) -> pd.Series[float]:
        """Row of one unit.

        Raises
        ------
        Refusal
            It has under 10 incidents in both periods together.
        InputError
            There is no such unit.
        """
        if unit not in self.units.index:
            raise InputError("there is no such unit in the comparison", value=str(unit))
        row: pd.Series[float] = self.units.iloc[int(self.units.index.get_indexer(pd.Index([unit]))[0])]
        n = int(row["before"] + row["after"])
        if n < LEAST_INCIDENTS:
            raise Refusal(
                f"{row['name']} has {n} {'incident' if n == 1 else 'incidents'} in the two periods together: under "
                f"{LEAST_INCIDENTS}, no change can be told from chance",
                "Choose longer periods or a larger place",
            )
        return row


def change_between(
    incidents: Incidents,
    area: Area,
    before: tuple[pd.Period, pd.Period],
    after: tuple[pd.Period, pd.Period],
    *,
    grid: Grid | None = None,
    available_months: bool = False,
    level: float = LEVEL,
) -> Change:
    """Compare two periods by ward, or by cell, relative to the whole area.

    Parameters
    ----------
    incidents : Incidents
        Of one crime type, nothing later than the as-at month.
    area : Area
    before, after : (Period, Period)
        First and last month of each period, both included; the first period ends before the second begins.
    grid : Grid, optional
        Compare its cells; by default the wards are compared.
    available_months : bool
        Where months are missing, compare those that are there, per day and labelled, in place of refusing.
    level : float
        False discovery rate, and 1 - level of each interval.

    Returns
    -------
    Change

    Raises
    ------
    Refusal
        A month is missing; fewer than six months in all; a period without incidents; no unit with at least 10
        incidents; incidents that were assigned to another ward layer.
    InputError
        Periods that overlap or run backwards.

    Notes
    -----
    When it misleads: as :func:`change_test`, whose method it is. Relative to the whole means that a rise everywhere
    is no change of any ward; whether the area itself changed is :func:`analysis.common.counts.compare_years`.
    Periods of different calendar months compare seasons too, but alike in every unit.

    References
    ----------
    As :func:`change_test`.
    """
    first, second = (_period(*period) for period in (before, after))
    if first[-1] >= second[0]:
        raise InputError(
            "the first period ends before the second begins",
            column="after",
            value=f"{period_words(first[0], first[-1])}; {period_words(second[0], second[-1])}",
        )
    missing = [m for m in first.append(second) if m not in incidents.months]
    if missing and not available_months:
        several = len(missing) > 1
        raise Refusal(
            f"The two periods cannot be compared, because {list_months(missing)} {'are' if several else 'is'} not in "
            "the data, and a missing month is not a month without incidents",
            f"Load {'those months' if several else 'that month'} on the Data page, choose periods without gaps, or "
            "compare per day the months that are there",
        )
    one_ward_layer(incidents, area)
    kept = [pd.PeriodIndex([m for m in months if m not in missing], freq="M") for months in (first, second)]
    kind, names, tables = _by_cell(incidents, grid, kept) if grid is not None else _by_ward(incidents, area, kept)
    found = change_test(tables[0], tables[1], level)
    if not found.tested.any():
        raise Refusal(
            f"No {kind} has {LEAST_INCIDENTS} incidents in the two periods together, so no change can be told from "
            "chance",
            "Choose longer periods or a wider selection",
        )
    units = pd.DataFrame(
        {
            "name": list(names.to_numpy()),
            "before": found.before.astype(np.int64),
            "after": found.after.astype(np.int64),
            "ratio": found.ratio,
            "low": found.low,
            "high": found.high,
            "phi": found.phi,
            "p": found.p,
            "q": found.q,
            "significant": found.q <= level,
        },
        index=names.index,
    )
    total = (int(found.before.sum()), int(found.after.sum()))
    visible = _visible(found)
    caveats = [
        f"Relative to the {area.kind}: a rise everywhere is no change of any one place.",
        f"A typical {kind} must change by {_percent(visible[1])} or {_percent(visible[0])} to be seen in four of five "
        "cases; no mark is no proof that nothing changed.",
        "It says what changed, not why.",
    ]
    if grid is None:
        caveats.insert(0, WHO_REPORTS)
    if missing:
        caveats.append(f"Per day, over the months that are there: {list_months(missing)} left out.")
    return Change(
        units=units,
        total_before=total[0],
        total_after=total[1],
        total_ratio=total[1] / total[0] * days_in(kept[0]) / days_in(kept[1]),
        missing_months=tuple(missing),
        visible=visible,
        level=level,
        sentence=_sentence(units, kind, area.kind, visible, missing),
        method=Method(
            name=f"share of two periods against the {area.kind}'s, months as the unit of variation",
            parameters={
                "units": f"{int(found.tested.sum()):,} of {len(units):,} {kind}s: those with {LEAST_INCIDENTS} or more",
                "test": f"conditional binomial z/sqrt(phi), t with {found.df} df",
                "phi": f"{np.nanmedian(found.phi):.2f} in the middle, from {found.df + 2} months",
                **({"months left out": f"{len(missing)}, per day"} if missing else {}),
            },
            n=sum(total),
            correction=f"Benjamini-Hochberg at {100 * level:g} %",
            data_version=incidents.version,
            period=f"{period_words(second[0], second[-1])} against {period_words(first[0], first[-1])}",
            caveats=tuple(caveats),
            source_refs=("Przyborowski and Wilenski 1940", "McCullagh and Nelder 1989 (dispersion)"),
        ),
    )


def one_ward_layer(incidents: Incidents, area: Area) -> None:
    """Refuse incidents that were assigned to wards of another layer than the area's.

    Raises
    ------
    Refusal
        A ward code that the area's layer does not have: counts on both sides of a change of wards are not of the same
        places.
    """
    codes = incidents.frame["ward_code"].dropna().unique()
    other = sorted({str(code) for code in codes} - set(area.wards.codes))
    if other:
        raise Refusal(
            f"Wards cannot be compared across a change of the ward layer: {len(other)} ward "
            f"{'code is' if len(other) == 1 else 'codes are'} not in the layer in use ({area.ward_vintage})",
            "Import the files again with one ward layer",
        )


def _period(first: pd.Period, last: pd.Period) -> pd.PeriodIndex:
    if last < first:
        raise InputError("a period ends before it begins", value=f"{first} to {last}")
    return months_between(first, last)


_Tables = tuple[str, "pd.Series[str]", list[NDArray[np.float64]]]


def _by_ward(incidents: Incidents, area: Area, periods: Sequence[pd.PeriodIndex]) -> _Tables:
    table = monthly_by_ward(incidents, area.wards.codes)
    names = pd.Series(list(area.wards.names), index=pd.Index(area.wards.codes, name="ward_code"), dtype="str")
    return "ward", names, [table.reindex(months).to_numpy(dtype=float) for months in periods]


def _by_cell(incidents: Incidents, grid: Grid, periods: Sequence[pd.PeriodIndex]) -> _Tables:
    counted = cell_counts_by_month(incidents, grid)
    rows = [np.asarray(counted.months.get_indexer(months), dtype=np.intp) for months in periods]
    names = pd.Series(
        grid_reference(*grid.corners(grid.cells)), index=pd.RangeIndex(len(grid.cells), name="cell"), dtype="str"
    )
    return "cell", names, [counted.counts[row].toarray()[:, grid.cells] for row in rows]


def _visible(found: ChangeTest) -> tuple[float, float]:
    total = found.before + found.after
    r = found.before.sum() / total.sum()
    n, phi = float(np.median(total[found.tested])), float(np.nanmedian(found.phi))
    step = _SEEN * float(np.sqrt(phi / (n * r * (1 - r))))
    return float(np.exp(-step)), float(np.exp(step))


def _percent(ratio: float) -> str:
    return f"{'+' if ratio > 1 else '−'}{abs(100 * (ratio - 1)):.0f} %"


def _times(ratio: float) -> str:
    return f"over {_LARGE}" if ratio > _LARGE else f"{ratio:.2f}"


def _sentence(
    units: pd.DataFrame, kind: str, whole: str, visible: tuple[float, float], missing: Sequence[pd.Period]
) -> str:
    tested = int(units["p"].notna().sum())
    marked = units[units["significant"]].sort_values("p")
    prefix = "Per day, over the months that are there: relative" if missing else "Relative"
    if marked.empty:
        return (
            f"{prefix} to the {whole}, none of {tested:,} {kind}s changed by more than months vary; a typical {kind} "
            f"must change by {_percent(visible[1])} or {_percent(visible[0])} to be seen."
        )
    named = [
        f"{row['name']} {'up' if row['ratio'] > 1 else 'down'}, {_times(row['ratio'])} times [{_times(row['low'])} to "
        f"{_times(row['high'])}]"
        for _, row in marked.head(_NAMED).iterrows()
    ]
    more = f"; and {len(marked) - _NAMED} more" if len(marked) > _NAMED else ""
    return (
        f"{prefix} to the {whole}, {len(marked)} of {tested:,} {kind}s changed by more than months vary: "
        f"{'; '.join(named)}{more}."
    )
