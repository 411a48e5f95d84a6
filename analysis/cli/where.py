"""Commands about places: hotspots, concentration, near repeats."""

from __future__ import annotations

import argparse
from typing import Any

import numpy as np

from analysis.ahead.volume import expected_month
from analysis.cli.base import Answer, Command, Question, always
from analysis.cli.output import cell_squares
from analysis.common import seeds
from analysis.common.method import YEAR, covered
from analysis.common.refusal import Refusal
from analysis.when.near_repeat import DISTANCE_BANDS_M, PERMUTATIONS, TIME_BANDS_DAYS, near_repeats
from analysis.where.concentration import cell_concentration, point_concentration
from analysis.where.gistar import more_than_chance
from analysis.where.hotspots import cell_counts_by_month, rank_counted
from analysis.where.places import LEAST_WORD, enough, find_places


def _hotspots(question: Question, options: argparse.Namespace) -> Answer:
    history, area = question.history().of(question.category), question.area
    grid = area.grid()
    counted = cell_counts_by_month(history, grid)
    season = area.season(options.season) if options.season else None
    volume = expected_month(history, area, question.category, season)
    ranking = rank_counted(counted, expected_total=volume.monthly)
    start = max(len(counted.months) - YEAR, 0) if question.first is None else counted.trained_on(question.first - 1)
    months = counted.months[start:]
    if len(months) == 0:
        raise Refusal(
            f"None of the months asked for is there; the last one is {history.as_at_month}.",
            "Choose other months with --from and --to.",
        )
    places = find_places(ranking, history, area)
    if places and not enough(places):
        raise Refusal(
            f"Too few to rank: no place has {LEAST_WORD} incidents in {covered(ranking.months_last12)}.",
            "Choose another crime type with --category.",
        )
    table = ranking.table()
    table["count"] = counted.of(slice(start, None)).astype(np.int64)[ranking.order]
    made: dict[str, Any] = {"count_of": covered(months)}
    try:
        since = question.first or counted.months[-1] - YEAR + 1  # calendar months, as on the page
        chance = more_than_chance(counted, grid, np.random.default_rng(seeds.PERMUTATION), since)
        table["q"] = chance.q[ranking.order]
        made["q"] = chance.method.line()
    except Refusal as refusal:
        table["q"] = np.nan
        made["q"] = str(refusal)
    made["expected"] = {
        "label": volume.label,
        "sentence": volume.sentence,
        "total": volume.monthly,
        **{name: getattr(volume, name) for name in ("low80", "high80", "low95", "high95")},
        "made": volume.method.line(),
        "caveats": list(volume.method.caveats),
    }
    what = f"cells ranked by expected {question.category}, {volume.label}"
    return Answer(table, question.made(what, ranking.method, **made), cell_squares(table, grid), volume.sentence)


def _add_hotspots(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--season", metavar="KEY", help="scale to a month of a season of the area file in place of the next month"
    )


def _concentration(question: Question, options: argparse.Namespace) -> Answer:
    rng = np.random.default_rng(seeds.THROWS)
    history, asked = question.history(), question.asked()
    if options.unit == "cells":
        counted = cell_counts_by_month(history.of(question.category), question.area.grid())
        found = cell_concentration(counted, asked.months[0], asked.months[-1], rng)
    else:
        found = point_concentration(asked, history, rng)
    what = f"concentration of {question.category} on {found.unit}"
    made = question.made(
        what,
        found.method,
        gini=found.gini,
        gini_random={"mean": found.gini_random, "low": found.gini_low, "high": found.gini_high},
    )
    return Answer(found.shares, made, sentence=found.sentence)


def _add_concentration(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--unit", choices=("cells", "points"), default="cells", help="default: cells")


def _near_repeat(question: Question, options: argparse.Namespace) -> Answer:
    found = near_repeats(
        question.asked().in_area(),
        np.random.default_rng(seeds.SHUFFLE),
        options.distances,
        options.days,
        options.permutations,
        options.metric,
    )
    table = found.table()
    table["monte_carlo_error"] = found.monte_carlo_error.ravel()
    made = question.made(f"near repeats of {question.category}", found.method)
    return Answer(table, made, sentence=found.sentence)


def _edges(text: str) -> tuple[float, ...]:
    try:
        return tuple(float(part) for part in text.split(","))
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"bands are written as edges, such as 0,200,400, not {text!r}") from error


def _add_near_repeat(parser: argparse.ArgumentParser) -> None:
    for name, default, words in (
        ("--distances", DISTANCE_BANDS_M, "edges of the distance bands in metres"),
        ("--days", TIME_BANDS_DAYS, "edges of the time bands in days; the last may be inf"),
    ):
        shown = ",".join(f"{edge:g}" for edge in default)
        parser.add_argument(name, type=_edges, default=default, metavar="A,B,C", help=f"{words} (default: {shown})")
    parser.add_argument("--permutations", type=int, default=PERMUTATIONS, metavar="N", help=f"default: {PERMUTATIONS}")
    parser.add_argument("--metric", choices=("euclidean", "manhattan"), default="euclidean", help="default: euclidean")


COMMANDS: dict[str, Command] = {
    "hotspots": Command(
        _hotspots,
        "cells ranked by expected incidents in the month after the as-at month",
        "Columns: cell (six-figure grid reference of the south-west corner), easting_m, northing_m (of that corner), "
        "count, expected (sums to the forecast of the month; to the mean month of the last 12, and labelled so, where "
        "there is no forecast), rank, q (more than chance where it is at most 0.05; empty for under 12 months). count "
        "and q are of the months from --from to --to, by default the last 12; rank and expected rest on every month up "
        "to --to, older ones counting less, as on the Hotspots page.",
        (
            "hotspots --category asb --out hotspots.gpkg",
            "hotspots --category asb --to 2024-08 --season halloween --out october.geojson",
        ),
        _add_hotspots,
        always,
    ),
    "concentration": Command(
        _concentration,
        "how concentrated incidents are, beside what chance alone would give",
        "Columns: share (of the places), units (how many), observed (share of the incidents in the busiest), random, "
        "low, high (the same number of incidents thrown at random on the same places: mean and 95 % band).",
        ("concentration --category asb --from 2024-01 --unit points",),
        _add_concentration,
        always,
    ),
    "near-repeat": Command(
        _near_repeat,
        "are incidents close in place also close in time: Knox's test, dated feeds only",
        "Columns: distance_from_m, distance_to_m, days_from, days_to, observed (pairs), expected (mean of the "
        "shuffled), ratio, p, q, monte_carlo_error (of p). Bands are closed below and open above. Month data, such as "
        "that of data.police.uk, is refused: it says nothing about days.",
        ("near-repeat --source NAME --category asb --distances 0,0.1,200,400 --days 0,7,14",),
        _add_near_repeat,
        always,
    ),
}
