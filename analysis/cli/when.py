"""Commands about time: counts, forecast, change between two periods, trend."""

from __future__ import annotations

import argparse
from datetime import date

import numpy as np
import pandas as pd

from analysis.ahead.forecast import HORIZONS, forecast, forecast_method, forecast_wards
from analysis.ahead.volume import UNRELIABLE
from analysis.ahead.window import forecast_window, forecast_window_wards, window_words
from analysis.cli.base import Answer, Command, Question, two_months
from analysis.cli.output import cell_squares, ward_polygons
from analysis.common.counts import counts, monthly_by_ward, monthly_series
from analysis.common.method import YEAR, month_name
from analysis.course.trend import mann_kendall, seasonal_mann_kendall
from analysis.when.seasonality import season_mask
from analysis.where.change import change_between
from data.kinds.crime_types import incidents_words
from geo.errors import InputError
from geo.grid import grid_reference

BY = ("month", "month,ward")
BOUNDS = ("expected", "low80", "high80", "low95", "high95")


def _by(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--by", choices=BY, default=BY[0], help="default: month")


def _count(question: Question, options: argparse.Namespace) -> Answer:
    by = tuple(options.by.split(","))
    wards = question.area.wards
    table = counts(question.asked(), by, wards=wards.codes)
    shapes = ward_polygons(table, wards) if "ward" in by else None
    return Answer(table, question.made(f"{question.category} by {' and '.join(by)}"), shapes)


def _forecast(question: Question, options: argparse.Namespace) -> Answer:
    if options.window is not None:
        return _window(question, options)
    found = question.asked()
    series = monthly_series(found)
    mask = season_mask(pd.PeriodIndex(series.index), question.area, question.category)
    made = question.made(
        f"forecast of {question.category}",
        forecast_method(series, mask, found.version),
        note="incidents that lie in a ward; an interval holds the month's count in 80 % or 95 % of cases",
    )
    whole = forecast(series, options.horizon, mask).reset_index()
    first = whole.iloc[0]
    what = incidents_words(question.category)
    sentence = (
        f"{'' if first['reliable'] else UNRELIABLE}About {first['expected']:,.0f} {what} are forecast for "
        f"{month_name(first['month'])} (80 % interval {first['low80']:,.0f} to {first['high80']:,.0f})."
    )
    if options.by == BY[0]:
        return Answer(whole[["month", *BOUNDS, "reliable"]], made, sentence=sentence)
    wards = question.area.wards
    table = forecast_wards(monthly_by_ward(found, wards.codes), options.horizon, mask).reset_index()
    return Answer(table[["month", "ward_code", *BOUNDS, "reliable"]], made, ward_polygons(table, wards), sentence)


def _window(question: Question, options: argparse.Namespace) -> Answer:
    first, last = options.window
    found = forecast_window(question.asked(), question.area, first, last, question.category)
    made = question.made(f"{question.category} in {window_words(first, last)}", found.method, label=found.label)
    days = {"first": str(first), "last": str(last)}
    if options.by == BY[0]:
        row = {name: getattr(found, name) for name in (*BOUNDS, "reliable", "label")}
        return Answer(pd.DataFrame([days | row]), made, sentence=found.sentence)
    wards = question.area.wards
    table = forecast_window_wards(question.asked(), question.area, first, last, question.category).reset_index()
    for place, (name, value) in enumerate(days.items()):
        table.insert(place, name, value)
    table["label"] = found.label
    return Answer(table, made, ward_polygons(table, wards), found.sentence)


def _add_forecast(parser: argparse.ArgumentParser) -> None:
    _by(parser)
    parser.add_argument(
        "--horizon",
        type=int,
        choices=range(1, HORIZONS + 1),
        default=HORIZONS,
        metavar="MONTHS",
        help=f"months ahead, 1 to {HORIZONS} (default: {HORIZONS})",
    )
    parser.add_argument(
        "--window",
        type=_two_days,
        metavar="YYYY-MM-DD:YYYY-MM-DD",
        help="a window of days in place of months; it has to end within 24 months of the as-at month",
    )


def _two_days(text: str) -> tuple[date, date]:
    try:
        first, last = (date.fromisoformat(part) for part in text.split(":"))
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"a window is written YYYY-MM-DD:YYYY-MM-DD, not {text!r}") from error
    if last < first:
        raise argparse.ArgumentTypeError(f"the window ends before it begins: {text}")
    return first, last


def _change(question: Question, options: argparse.Namespace) -> Answer:
    known = question.known()
    as_at = known.months[-1]
    after = options.after or (as_at - YEAR + 1, as_at)
    before = options.before or (after[0] - YEAR, after[0] - 1)
    for name, (first, last) in (("--before", before), ("--after", after)):
        if last > as_at or (question.first is not None and first < question.first):
            raise InputError(
                "a period to compare lies outside the months that are looked at",
                column=name,
                value=f"{first}:{last}",
                hint=f"Those are up to {as_at}: choose other periods, or other months with --from and --to.",
            )
    area = question.area
    grid = area.grid() if options.unit == "cell" else None
    found = change_between(
        known.of(question.category), area, before, after, grid=grid, available_months=options.available
    )
    table = found.units.copy()
    if grid is None:
        table = table.rename_axis("ward_code").reset_index()
        shapes = ward_polygons(table, area.wards)
    else:
        east, north = grid.corners(grid.cells[table.index.to_numpy(dtype=np.intp)])
        table = table.drop(columns="name").reset_index(drop=True)
        place = pd.DataFrame({"cell": grid_reference(east, north), "easting_m": east, "northing_m": north})
        table = pd.concat([place, table], axis=1)
        shapes = cell_squares(table, grid)
    made = question.made(
        f"change of {question.category} by {options.unit}, {before[0]} to {before[1]} against {after[0]} to {after[1]}",
        found.method,
        before=f"{before[0]}:{before[1]}",
        after=f"{after[0]}:{after[1]}",
        total_before=found.total_before,
        total_after=found.total_after,
        total_ratio=found.total_ratio,
    )
    return Answer(table, made, shapes, found.sentence)


def _add_change(parser: argparse.ArgumentParser) -> None:
    for name, words in (("--before", "the 12 months before --after"), ("--after", "the last 12 months")):
        parser.add_argument(name, type=two_months, metavar="YYYY-MM:YYYY-MM", help=f"default: {words}")
    parser.add_argument("--unit", choices=("ward", "cell"), default="ward", help="default: ward")
    parser.add_argument(
        "--available",
        action="store_true",
        help="where months are missing, compare per day those that are there, and say so",
    )


def _trend(question: Question, options: argparse.Namespace) -> Answer:  # noqa: ARG001
    series = monthly_series(question.asked())
    name, version = question.category, question.incidents.version
    seasonal = seasonal_mann_kendall(series, name=name, data_version=version)
    plain = mann_kendall(series, name=name, step="month", data_version=version)
    rows = [
        {"test": test, **{key: getattr(found, key) for key in ("s", "variance", "z", "p", "slope")}, "slope_per": per}
        | {"n": found.n}
        for test, found, per in (("seasonal Mann-Kendall", seasonal, "year"), ("Mann-Kendall", plain, "month"))
    ]
    made = question.made(f"trend of {name}", seasonal.method, plain=plain.method.line())
    return Answer(pd.DataFrame(rows), made, sentence=seasonal.sentence)


COMMANDS: dict[str, Command] = {
    "counts": Command(
        _count,
        "incidents by month, or by month and ward",
        "Columns: month, ward_code (with --by month,ward), count. Only incidents that lie in a ward are counted. A "
        "month that is missing has no row; a month without incidents has a zero.",
        (
            "counts --category drugs --by month,ward --out drugs.csv",
            "counts --category asb --by month,ward --from 2024-10 --to 2024-10 --out october.gpkg",
        ),
        _by,
    ),
    "forecast": Command(
        _forecast,
        "the months ahead, or a window of days, with intervals",
        "Columns: month, ward_code (with --by month,ward), expected, low80, high80, low95, high95, reliable (False "
        "with 12 to 23 months of history). The months are those after the as-at month. With --window: first and last "
        "day in place of the month, and a label: it is a share of the month, not an event forecast.",
        (
            "forecast --category asb --horizon 3",
            "forecast --category asb --by month,ward --out forecast.gpkg",
            "forecast --category asb --to 2024-08 --window 2024-10-25:2024-11-08",
        ),
        _add_forecast,
    ),
    "change": Command(
        _change,
        "change of wards or cells between two periods, relative to the whole area",
        "Columns: ward_code and name, or cell, easting_m and northing_m; before, after (incidents), ratio (1 = as the "
        "whole area), low, high (95 % interval), phi (how much more than chance its months vary), p, q (adjusted over "
        "all that were tested), significant. Empty where there are under 10 incidents in both periods.",
        (
            "change --category asb",
            "change --category drugs --before 2023-01:2023-06 --after 2024-01:2024-06 --unit cell --out change.gpkg",
        ),
        _add_change,
        lambda options: bool(options.unit == "cell"),
    ),
    "trend": Command(
        _trend,
        "is there a trend: Mann-Kendall by calendar month, and plain, with Sen's slope",
        "Columns: test, s, variance, z, p (two-sided), slope, slope_per, n (months that are there). The first row "
        "compares each month with the same month of other years only, so that season counts for nothing.",
        ("trend --category asb --from 2022-10",),
    ),
}
