"""Counts by month and ward, and one year of them against the year before.

Only incidents that lie in a ward are counted: those of the buffer serve the edges of hotspot maps. A month that was not
published for the whole area is missing; a month that was published and has no incident is zero.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.common.refusal import Refusal
from analysis.common.years import Comparison, compare_series
from data.kinds.crime_types import ASB
from data.store.schema import Incidents, month_numbers
from geo.errors import InputError


def _table(incidents: Incidents, wards: Sequence[str] | None) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """Count by published month and ward, shape (months, wards); wards in the order given, or those seen, by code."""
    column = incidents.frame["ward_code"]
    seen = tuple(sorted(str(code) for code in column.dropna().unique()))
    codes = seen if wards is None else tuple(dict.fromkeys(str(code) for code in wards))
    ward = pd.Index(codes, dtype="object").get_indexer(pd.Index(column.astype("object")))
    published = incidents.months.asi8
    month = pd.Index(published).get_indexer(pd.Index(month_numbers(incidents.frame)))
    keep = (ward >= 0) & (month >= 0)
    size = len(published) * len(codes)
    flat = np.bincount(month[keep] * len(codes) + ward[keep], minlength=size) if size else np.zeros(0, dtype=np.int64)
    return flat.astype(np.int64).reshape(len(published), len(codes)), codes


def counts(incidents: Incidents, by: Sequence[str] = ("month",), *, wards: Sequence[str] | None = None) -> pd.DataFrame:
    """Count incidents that lie in a ward.

    Parameters
    ----------
    incidents : Incidents
        Of the crime types and months wanted (``Incidents.of``, ``Incidents.within``).
    by : sequence of str
        ``("month",)`` or ``("month", "ward")``.
    wards : sequence of str, optional
        Ward codes to count; give ``area.wards.codes`` so that a ward with no incident at all is there with its zeros.
        By default every ward that has an incident.

    Returns
    -------
    DataFrame
        ``month`` (period[M]), with wards ``ward_code``, and ``count`` (int), by month and then ward; a row for every
        published month, also with no incident. Summed over wards it equals the count by month.

    Raises
    ------
    InputError
        ``by`` is something else.

    Notes
    -----
    When it misleads: recorded incidents are those that police recorded and published, and recording changes.

    References
    ----------
    A count: nothing is estimated.
    """
    asked = (by,) if isinstance(by, str) else tuple(by)
    if asked not in {("month",), ("month", "ward")}:
        raise InputError(
            "incidents can be counted by month, or by month and ward",
            column="by",
            value=", ".join(asked),
            hint='Give ("month",) or ("month", "ward").',
        )
    table, codes = _table(incidents, wards)
    if asked == ("month",):
        return pd.DataFrame({"month": incidents.months, "count": table.sum(axis=1)})
    return pd.DataFrame(
        {
            "month": incidents.months.repeat(len(codes)),
            "ward_code": pd.Series(list(codes) * len(incidents.months), dtype="str"),
            "count": table.ravel(),
        }
    )


def monthly_by_ward(incidents: Incidents, wards: Sequence[str] | None = None) -> pd.DataFrame:
    """Lay counts out as a table of months by wards, for small charts.

    Parameters
    ----------
    incidents : Incidents
    wards : sequence of str, optional
        As in :func:`counts`.

    Returns
    -------
    DataFrame of float
        Index: every month from the first to the last published, NaN where it is missing; columns: ward codes.
    """
    table, codes = _table(incidents, wards)
    frame = pd.DataFrame(table.astype(float), index=incidents.months, columns=list(codes))
    return frame.reindex(_every_month(incidents.months)).rename_axis(index="month", columns="ward_code")


def monthly_series(incidents: Incidents, wards: Sequence[str] | None = None) -> pd.Series[float]:
    """Count every month from the first to the last published.

    Parameters
    ----------
    incidents : Incidents
    wards : sequence of str, optional
        Ward codes to count; by default all.

    Returns
    -------
    Series of float
        Indexed by month (PeriodIndex without gaps), NaN where a month is missing: never zero, never interpolated.
    """
    table, _ = _table(incidents, wards)
    series = pd.Series(table.sum(axis=1).astype(float), index=incidents.months, name="count")
    return series.reindex(_every_month(incidents.months)).rename_axis("month")


def _every_month(months: pd.PeriodIndex) -> pd.PeriodIndex:
    if len(months) == 0:
        return pd.PeriodIndex([], freq="M", name="month")
    return pd.period_range(months[0], months[-1], freq="M", name="month")


def compare_years(
    incidents: Incidents,
    as_at_month: pd.Period | None = None,
    *,
    wards: Sequence[str] | None = None,
    name: str = "",
    level: float = 0.95,
) -> Comparison:
    """Compare the 12 months up to a month with the 12 before; where months are missing, those there in both years.

    Parameters
    ----------
    incidents : Incidents
        Of one crime type, or of all.
    as_at_month : Period, optional
        Last month of the current year; by default the last one published. Nothing later is looked at.
    wards : sequence of str, optional
        Ward codes to count; by default all.
    name : str, optional
        What the sentence speaks of, such as "ASB"; by default the crime type, or "Recorded crime and ASB".
    level : float
        Of the interval.

    Returns
    -------
    Comparison
        With ``missing_months`` where it is not of whole years.

    Raises
    ------
    Refusal
        Fewer than three calendar months are there in both years.

    Notes
    -----
    When it misleads: as :func:`analysis.common.years.compare_series`, whose method it is.

    References
    ----------
    As :func:`analysis.common.years.compare_series`.
    """
    end = as_at_month if as_at_month is not None else incidents.as_at_month
    if end is None:
        raise Refusal("There are no months to compare: nothing is loaded", "Load published files on the Data page")
    series = monthly_series(incidents, wards)
    return compare_series(series, end, name or _label(incidents), level, incidents.version)


def _label(incidents: Incidents) -> str:
    kinds = incidents.frame["category"].dropna().unique()
    return str(kinds[0]) if len(kinds) == 1 else "Recorded crime and ASB" if ASB in kinds else "Recorded crime"
