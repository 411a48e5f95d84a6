"""Whose measurement may be said of an area: its own, or one that came with the project and is of the same area."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
from numpy.typing import ArrayLike

from analysis.common.method import period_words
from analysis.common.refusal import Refusal
from analysis.course.target_spread import TargetSpread, measured_spread
from analysis.placebo.verdict_rates import KEPT, kept
from data.measured.measurement import Measurement, Rows, read_measured
from data.place.area import Area
from data.store.schema import POLICE_UK, Incidents
from geo.errors import InputError

DATA = KEPT.parent
FALSE_ALARMS, SPREAD = DATA / "false_alarms.csv", DATA / "target_spread.csv"
_TEST = ("test", "unit", "level", "rejected", "trials")
_VERDICT = ("kind", "trials", "cannot_tell", "fell", "rose")
_TEXT = ("area_code", "area", "category", "first", "last", "data_version")


def shipped() -> tuple[Measurement, ...]:
    """Read what came with the project: false alarms, verdicts and the spread of a year, by area and crime type.

    Returns
    -------
    tuple of Measurement

    Raises
    ------
    InputError
        A file of it cannot be read.
    """
    found: dict[tuple[str, str, str], Measurement] = {}
    tables = (("tests", _read(FALSE_ALARMS), _TEST), ("verdicts", kept(), _VERDICT), ("spread", _read(SPREAD), None))
    for part, table, columns in tables:
        names = list(columns or ("months_left", "sigma"))
        for (code, area, category), rows in table.groupby(["area_code", "area", "category"], sort=False):
            head = rows.iloc[0]
            one = Measurement(str(code), str(area), str(category), head["first"], head["last"], 0)
            one = found.get(one.key, one)
            months = int(head["months"]) if "months" in rows else one.months
            version = str(head["data_version"]) if "data_version" in rows else one.data_version
            plain: Rows = tuple({str(k): v for k, v in row.items()} for row in rows[names].to_dict("records"))
            found[one.key] = replace(one, months=months, data_version=version, parts={**one.parts, part: plain})
    return tuple(found.values())


def _read(path: Path) -> pd.DataFrame:
    try:
        return pd.read_csv(path, dtype=dict.fromkeys(_TEXT, "str"))
    except (OSError, ValueError) as error:
        raise InputError(f"what was measured cannot be read: {error}", file=str(path)) from error


def measured_of(area: Area, store: Path) -> tuple[Measurement, ...]:
    """Give what may be said of an area: what was measured on its published files, or what came with the project.

    Parameters
    ----------
    area : Area
    store : Path

    Returns
    -------
    tuple of Measurement
        One of each crime type that was measured; what stands in the store comes first and counts. Of another area there
        is none: its rates are not this one's.

    Raises
    ------
    InputError
        A file cannot be read.
    """
    found: dict[str, Measurement] = {}
    for one in (*read_measured(store), *shipped()):
        if (one.area_code, one.source) == (area.code, POLICE_UK):
            found.setdefault(one.category, one)
    return tuple(found.values())


def is_old(one: Measurement, incidents: Incidents) -> bool:
    """Whether the data have moved on since: another version, or other months where no version of this store is known.

    A version is of one store, so that of what came with the project says nothing here.
    """
    if one.made_at:
        return one.data_version != incidents.version
    months = incidents.months
    return not len(months) or (one.first, one.last, one.months) != (str(months[0]), str(months[-1]), len(months))


def label(one: Measurement, incidents: Incidents) -> str:
    """Name the area and the months of a measurement, and say when the data have moved on."""
    first, last = pd.Period(one.first, "M"), pd.Period(one.last, "M")
    made = pd.Timestamp(one.made_at) if one.made_at else None
    when = f", on {made.day} {made:%B %Y}" if made is not None else ""
    months = f" ({one.months} months)" if one.months else ""
    old = ""
    if not incidents.simulated and is_old(one, incidents):
        old = "; made from older data" if one.made_at else "; made from other months than are loaded"
    return f"Measured on {one.area}, {period_words(first, last)}{months}{when}{old}"


def never(area: Area) -> str:
    """Say that nothing was measured on an area."""
    return f"Not measured on {area.name} yet"


def spread_of(area: Area, category: str, series: pd.Series[float], mask: ArrayLike | None = None) -> TargetSpread:
    """Give how far forecasts of the rest of a year go wrong in an area.

    Parameters
    ----------
    area : Area
    category : str
    series : Series of float
        Counts by month up to the as-at month.
    mask : array_like of bool, optional
        Months to leave out, in the order of ``series``.

    Returns
    -------
    TargetSpread
        What came with the project for this area and crime type; else measured on the series, which takes a fraction of
        a second; else that of another area, marked as rough.

    Notes
    -----
    When it misleads: as :func:`analysis.course.target_spread.measured_spread`; and one of another area says only what
    such forecasts are like somewhere.

    References
    ----------
    As :func:`analysis.course.target_spread.measured_spread`.
    """
    with_spread = [one for one in shipped() if one.of("spread")]
    for one in with_spread:
        if (one.area_code, one.category) == (area.code, category):
            return _spread(one)
    try:
        return measured_spread(series, mask)
    except Refusal:
        return replace(_spread(with_spread[0]), rough=True)


def _spread(one: Measurement) -> TargetSpread:
    months = period_words(pd.Period(one.first, "M"), pd.Period(one.last, "M"))
    return TargetSpread(tuple(float(row["sigma"]) for row in one.of("spread")), measured_on=f"{one.area}, {months}")
