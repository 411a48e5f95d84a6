"""What each command of ``python -m analysis`` computes: the same functions as the pages, laid out as a table."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from analysis import seeds
from analysis.concentration import concentration, point_counts
from analysis.counts import counts, monthly_series
from analysis.gistar import more_than_chance
from analysis.hotspots import cell_counts_by_month, rank_counted
from analysis.method import Method
from analysis.output import cell_squares, metadata, ward_polygons
from analysis.refusal import Refusal
from analysis.seasonality import season_mask, seasonal_index
from analysis.validation import NEXT_MONTH, backtest
from data.area import Area
from data.schema import Incidents
from geo.errors import InputError

BACKTEST_KINDS = (NEXT_MONTH, "october", "summer", "november")


@dataclass(frozen=True, eq=False)
class Question:
    """What is asked of: the area, everything loaded, a crime type and the months to look at (None for all)."""

    area: Area
    incidents: Incidents = field(repr=False)
    category: str
    first: pd.Period | None = None
    last: pd.Period | None = None

    def known(self) -> Incidents:
        """Every crime type, in the months asked for."""
        months = self.incidents.months
        if self.first is not None and self.last is not None and self.last < self.first:
            raise InputError("the window ends before it begins", value=f"{self.first} to {self.last}")
        if len(months) == 0:
            raise Refusal("There are no months to look at.", "Import every force that covers the area.")
        found = self.incidents.within(self.first or months[0], self.last or months[-1])
        if len(found.months) == 0:
            raise Refusal(
                f"None of the months asked for is there; there are {months[0]} to {months[-1]}.", "Choose other months."
            )
        return found

    def asked(self) -> Incidents:
        """Of the crime type, in the months asked for, buffer included."""
        return self.known().of(self.category)


@dataclass(frozen=True, eq=False)
class Answer:
    """A table with how it was made, a geometry for each row where it has one, and a sentence."""

    table: pd.DataFrame
    made: Mapping[str, Any]
    geometry: Any = None
    sentence: str = ""


def _made(question: Question, what: str, method: Method | None = None) -> dict[str, Any]:
    return metadata(
        f"{question.area.name}: {what}",
        method,
        category=question.category,
        source=question.incidents.source,
        data_version=question.incidents.version,
        attribution=question.area.wards.attribution,
    )


def count(question: Question, options: argparse.Namespace) -> Answer:
    """Count incidents by month, or by month and ward: only those that lie in a ward."""
    by = tuple(options.by.split(","))
    found = question.asked()
    wards = question.area.wards
    table = counts(found, by, wards=wards.codes)
    table["month"] = table["month"].astype(str)
    shapes = ward_polygons(table, wards) if "ward" in by else None
    return Answer(table, _made(question, f"{question.category} by {' and '.join(by)}"), shapes)


def hotspots(question: Question, options: argparse.Namespace) -> Answer:  # noqa: ARG001  every command has the same form
    """Rank cells by expected incidents, with what is more than chance in the last 12 months."""
    grid = question.area.grid()
    counted = cell_counts_by_month(question.asked(), grid)
    ranking = rank_counted(counted)
    table = ranking.table()
    try:
        chance = more_than_chance(counted, grid, np.random.default_rng(seeds.PERMUTATION))
        table["q"] = chance.q[ranking.order]
        note = str(chance.method.line())
    except Refusal as refusal:
        table["q"] = np.nan
        note = str(refusal)
    made = _made(question, f"cells ranked by expected {question.category}", ranking.method) | {"q": note}
    return Answer(table, made, cell_squares(table, grid))


def season(question: Question, options: argparse.Namespace) -> Answer:  # noqa: ARG001
    """Estimate the seasonal index of the calendar months."""
    series = monthly_series(question.asked())
    mask = season_mask(pd.PeriodIndex(series.index), question.area, question.category)
    index = seasonal_index(
        series,
        mask if mask.any() else None,
        np.random.default_rng(seeds.BOOTSTRAP),
        data_version=question.incidents.version,
    )
    made = _made(question, f"seasonal index of {question.category}", index.method)
    return Answer(index.index.reset_index(), made, sentence=index.sentence)


def concentrated(question: Question, options: argparse.Namespace) -> Answer:
    """Measure concentration on cells or snap points, beside what chance alone would give."""
    known, asked = question.known().in_area(), question.asked().in_area()
    rng = np.random.default_rng(seeds.THROWS)
    if options.unit == "cells":
        grid = question.area.grid()
        on = grid.count(asked.frame["easting_m"], asked.frame["northing_m"])[grid.cells].astype(int)
        words = f"cells of {grid.cell_size_m:g} m"
    else:
        on, words = point_counts(asked, known), "map points"
    found = concentration(on, rng, words, data_version=asked.version)
    made = _made(question, f"concentration of {question.category} on {words}", found.method) | {"gini": found.gini}
    return Answer(found.shares, made, sentence=found.sentence)


def backtests(question: Question, options: argparse.Namespace) -> Answer:
    """Rerun the evaluations on what the store holds; ``--from`` and ``--to`` are the window of targets."""
    return BACKTESTS[options.what](question)


def _backtest_hotspots(question: Question) -> Answer:
    every = question.incidents.of(question.category)
    counted = cell_counts_by_month(every, question.area.grid())
    tables = [backtest(counted, counted.grid, kind) for kind in BACKTEST_KINDS]
    table = (
        pd.concat([found for found in tables if len(found)], ignore_index=True) if any(map(len, tables)) else tables[0]
    )
    return Answer(_targets(table, question), _made(question, f"backtest of the ranking of {question.category}"))


def _targets(table: pd.DataFrame, question: Question) -> pd.DataFrame:
    """Rows whose target lies in the window that was asked for."""
    keep = np.ones(len(table), dtype=bool)
    if question.first is not None:
        keep &= (table["target"] >= str(question.first)).to_numpy()
    if question.last is not None:
        keep &= (table["target"] <= str(question.last)).to_numpy()
    return table[keep].reset_index(drop=True)


BACKTESTS: dict[str, Callable[[Question], Answer]] = {"hotspots": _backtest_hotspots}
COMMANDS: dict[str, Callable[[Question, argparse.Namespace], Answer]] = {
    "counts": count,
    "hotspots": hotspots,
    "season": season,
    "concentration": concentrated,
    "backtest": backtests,
}
HELP: tuple[tuple[str, str, str], ...] = (
    ("counts", "incidents by month, or by month and ward", "Months that are missing have no row; zeros have one."),
    (
        "hotspots",
        "cells ranked by expected incidents a month",
        "Columns: cell (six-figure grid reference of the south-west corner), easting_m, northing_m, count (last 12 "
        "months), expected, rank, q (more than chance where it is at most 0.05).",
    ),
    ("season", "seasonal index of the calendar months", "100 is a usual month, per day; 95 %% interval over years."),
    ("concentration", "how concentrated incidents are", "Beside the same number thrown at random on the same places."),
    (
        "backtest",
        "how well the methods did on months they had not seen",
        "--from and --to are the window of targets; training never sees a month later than its cut-off.",
    ),
)


def add_options(name: str, parser: argparse.ArgumentParser) -> None:
    """Add what only one command takes."""
    if name == "counts":
        parser.add_argument("--by", choices=("month", "month,ward"), default="month", help="default: month")
    elif name == "concentration":
        parser.add_argument("--unit", choices=("cells", "points"), default="cells", help="default: cells")
    elif name == "backtest":
        parser.add_argument("what", choices=tuple(BACKTESTS), help="which method")
