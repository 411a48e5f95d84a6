"""Rates of "did it work", kept in a file: how often it cries wolf, and how often it sees a removal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.common.method import period_words
from analysis.outcome.evaluation import CANNOT_TELL, FELL, LEVEL, ROSE
from analysis.placebo.operations import CELLS, MONTHS, PLACEBO, POWER_EXPECTED, REMOVED
from data.kinds.crime_types import category_words
from data.place.area import Area
from geo.errors import InputError

KEPT = Path(__file__).resolve().parents[2] / "data" / "verdict_rates.csv"
COLUMNS = (
    "area_code", "area", "category", "kind", "trials", "cannot_tell", "fell", "rose", "first", "last", "data_version",
)  # fmt: skip
_TEXT = ("area_code", "area", "category", "kind", "first", "last", "data_version")
_NUMBERS = ("no", "one", "two", "three")


def counted(table: pd.DataFrame, area: Area, category: str, months: pd.PeriodIndex, version: str) -> pd.DataFrame:
    """Count the verdicts of trials.

    Parameters
    ----------
    table : DataFrame
        Of :func:`analysis.placebo.operations.placebo_operations`, :func:`removal_operations`, or both.
    area : Area
    category : str
    months : PeriodIndex
        That the trials were drawn from.
    version : str
        Of the data.

    Returns
    -------
    DataFrame
        ``COLUMNS``, one row a kind of trial.
    """
    words = ((CANNOT_TELL, "cannot_tell"), (FELL, "fell"), (ROSE, "rose"))
    rows = [
        {"area_code": area.code, "area": area.name, "category": category, "kind": kind, "trials": len(group)}
        | {name: int((group["verdict"] == word).sum()) for word, name in words}
        | {"first": str(months[0]), "last": str(months[-1]), "data_version": version}
        for kind, group in table.groupby("kind", sort=False)
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def keep(rows: pd.DataFrame, path: Path) -> None:
    """Put counts into a CSV in place of those of the same area and crime type.

    Raises
    ------
    InputError
        The file cannot be read or written, or holds something else.
    """
    if path.exists():
        before = kept(path)
        of = ["area_code", "category"]
        same = pd.MultiIndex.from_frame(before[of]).isin(pd.MultiIndex.from_frame(rows[of]))
        rows = pd.concat([before[~same], rows], ignore_index=True)
    try:
        rows.sort_values(["area_code", "category"], kind="stable").to_csv(path, index=False, lineterminator="\n")
    except OSError as error:
        raise InputError(f"the rates cannot be written: {error.strerror or error}", file=str(path)) from error


def kept(path: Path = KEPT) -> pd.DataFrame:
    """Read the counts that were kept, with ``COLUMNS``.

    Raises
    ------
    InputError
        The file cannot be read or holds something else.
    """
    try:
        table = pd.read_csv(path, dtype=dict.fromkeys(_TEXT, "str"))
    except (OSError, ValueError) as error:
        raise InputError(f"the rates cannot be read: {error}", file=str(path)) from error
    if tuple(table.columns) != COLUMNS:
        raise InputError("this is no table of rates", file=str(path), hint="Its columns are " + ", ".join(COLUMNS))
    return table


def false_alarms(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Lay out how often a verdict was given where nothing was planned, as rows of the table of false alarms.

    Parameters
    ----------
    rows : iterable of mapping
        ``kind``, ``trials`` and ``cannot_tell``, as :func:`counted` gives them.

    Returns
    -------
    list of dict
        ``test``, ``unit``, ``level``, ``rejected``, ``trials``.
    """
    return [
        {
            "test": "did it work, operations that never were",
            "unit": f"{CELLS[0]} to {CELLS[1]} cells",
            "level": round(1 - LEVEL, 2),
            "rejected": row["trials"] - row["cannot_tell"],
            "trials": row["trials"],
        }
        for row in rows
        if row["kind"] == PLACEBO
    ]


def said(rows: Iterable[Mapping[str, Any]], category: str, area: str, first: pd.Period, last: pd.Period) -> str:
    """Say the rates of a crime type of an area in words.

    Parameters
    ----------
    rows : iterable of mapping
        As :func:`counted` gives them.
    category : str
    area : str
        Name of the area on whose data they were found.
    first, last : Period
        Months of those data.

    Notes
    -----
    Misleads for areas and windows of another size than those that were tried.

    References
    ----------
    As :func:`analysis.placebo.operations.placebo_operations`.
    """
    parts = []
    for row in rows:
        share = 100 / row["trials"]
        if row["kind"] == PLACEBO:
            parts.append(
                f"This method was tried on {row['trials']:,} operations that never were: {CELLS[0]} to {CELLS[1]} "
                f"cells, {_NUMBERS[MONTHS[0]]} to {_NUMBERS[MONTHS[-1]]} months, real {category_words(category)} of "
                f"{area}, {period_words(first, last)}. It said something else than “{CANNOT_TELL}” in "
                f"{share * (row['trials'] - row['cannot_tell']):.1f} %. "
                "Trials share cells and months, so the rate is rough."
            )
        elif row["kind"] == REMOVED:
            parts.append(
                f"Where half of about {POWER_EXPECTED:.0f} expected incidents were taken away, it said “{FELL}” in "
                f"{share * row['fell']:.0f} % of {row['trials']:,}."
            )
    return " ".join(parts)
