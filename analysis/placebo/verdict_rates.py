"""Rates of "did it work", kept in a file: how often it cries wolf, and how often it sees a removal."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from analysis.common.method import period_words
from analysis.outcome.evaluation import CANNOT_TELL, FELL, LEVEL, ROSE
from analysis.placebo.operations import CELLS, MONTHS, PLACEBO, POWER_EXPECTED, REMOVED
from data.kinds.crime_types import category_words, incidents_words
from geo.errors import InputError

KEPT = Path(__file__).resolve().parents[2] / "data" / "verdict_rates.csv"
COLUMNS = ("category", "kind", "trials", "cannot_tell", "fell", "rose", "first", "last", "data_version")
_TEXT = ("category", "kind", "first", "last", "data_version")
_NUMBERS = ("no", "one", "two", "three")


def counted(table: pd.DataFrame, category: str, months: pd.PeriodIndex, version: str) -> pd.DataFrame:
    """Count the verdicts of trials.

    Parameters
    ----------
    table : DataFrame
        Of :func:`analysis.placebo.operations.placebo_operations`, :func:`removal_operations`, or both.
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
        {"category": category, "kind": kind, "trials": len(group)}
        | {name: int((group["verdict"] == word).sum()) for word, name in words}
        | {"first": str(months[0]), "last": str(months[-1]), "data_version": version}
        for kind, group in table.groupby("kind", sort=False)
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def keep(rows: pd.DataFrame, path: Path) -> None:
    """Put counts into a CSV in place of those of the same crime type.

    Raises
    ------
    InputError
        The file cannot be read or written, or holds something else.
    """
    if path.exists():
        before = kept(path)
        rows = pd.concat([before[~before["category"].isin(rows["category"])], rows], ignore_index=True)
    try:
        rows.sort_values("category", kind="stable").to_csv(path, index=False, lineterminator="\n")
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


def false_alarms(table: pd.DataFrame) -> pd.DataFrame:
    """Lay out how often a verdict was given where nothing was planned, beside the rates of other tests.

    Returns
    -------
    DataFrame
        ``category``, ``test``, ``unit``, ``level``, ``rejected``, ``trials``.
    """
    part = table[table["kind"] == PLACEBO]
    return pd.DataFrame(
        {
            "category": part["category"],
            "test": "did it work, operations that never were",
            "unit": f"{CELLS[0]} to {CELLS[1]} cells",
            "level": 1 - LEVEL,
            "rejected": part["trials"] - part["cannot_tell"],
            "trials": part["trials"],
        }
    ).round({"level": 2})


def said(table: pd.DataFrame, category: str) -> str:
    """Say the rates of a crime type in words; of all that were tried where this one was not.

    Notes
    -----
    Misleads for areas and windows of another size than those that were tried.

    References
    ----------
    As :func:`analysis.placebo.operations.placebo_operations`.
    """
    tried = list(dict.fromkeys(table["category"]))
    if category in tried:
        return _said(table[table["category"] == category], category)
    lead = f"How often this cries wolf was not tried with {incidents_words(category)}. "
    return lead + " ".join(_said(table[table["category"] == one], one) for one in tried)


def _said(table: pd.DataFrame, category: str) -> str:
    parts = []
    for row in table.to_dict("records"):
        share = 100 / row["trials"]
        if row["kind"] == PLACEBO:
            months = period_words(pd.Period(row["first"], "M"), pd.Period(row["last"], "M"))
            parts.append(
                f"This method was tried on {row['trials']:,} operations that never were: {CELLS[0]} to {CELLS[1]} "
                f"cells, {_NUMBERS[MONTHS[0]]} to {_NUMBERS[MONTHS[-1]]} months, real {category_words(category)} of "
                f"{months}. It said something else than “{CANNOT_TELL}” in "
                f"{share * (row['trials'] - row['cannot_tell']):.1f} %. "
                "Trials share cells and months, so the rate is rough."
            )
        elif row["kind"] == REMOVED:
            parts.append(
                f"Where half of about {POWER_EXPECTED:.0f} expected incidents were taken away, it said “{FELL}” in "
                f"{share * row['fell']:.0f} % of {row['trials']:,}."
            )
    return " ".join([*parts, f"Data version {', '.join(dict.fromkeys(table['data_version']))}."])
