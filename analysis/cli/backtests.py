"""The command that runs the evaluations again on whatever the store holds."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from tqdm import tqdm

from analysis.ahead.distance import backtest_distance, distance_scores
from analysis.ahead.forecast_backtest import COLUMNS, scores
from analysis.cli.base import Answer, Command, Question
from analysis.common import seeds
from analysis.common.counts import monthly_by_ward
from analysis.common.refusal import Refusal
from analysis.measure.everything import (
    CATEGORIES,
    REMOVED_SHARE,
    STEPS,
    forecasts,
    in_window,
    long_table,
    means,
    measure,
    ranking,
)
from analysis.measure.shown import SHARE, summary
from analysis.outcome.drift import Lattice
from analysis.placebo.methods import placebo_table
from analysis.placebo.operations import TRIALS, Targets, placebo_operations, rates, removal_operations
from analysis.placebo.verdict_rates import counted, keep
from analysis.when.seasonality import season_mask
from analysis.where.cells import cell_counts_by_month
from data.kinds.crime_types import category_words
from data.measured.measurement import FILE, keep_measured
from data.store.store import default_store
from geo.errors import InputError

FORECAST_COLUMNS = tuple(name for name in COLUMNS if name != "alpha")


def _hotspots(question: Question, options: argparse.Namespace) -> Answer:  # noqa: ARG001  all have one form
    counted = cell_counts_by_month(question.history().of(question.category), question.area.grid())
    table = ranking(counted, _targets(question))
    caught = means(table, question.category)
    made = question.made(
        f"backtest of the ranking of {question.category}",
        means=_records(caught),
        cells=f"{counted.grid.cell_size_m:g} m",
    )
    spoken = caught[caught["share"] == SHARE]
    words = "; ".join(
        f"{str(row['kind']).replace('_', ' ')} {100 * row['hit_rate']:.1f} % "
        f"(counts of the last 12 months {100 * row['rival_hit_rate']:.1f} %; {row['targets']} targets)"
        for _, row in spoken.iterrows()
    )
    what = category_words(question.category)
    sentence = f"Caught by the top {100 * SHARE:g} % of cells, {what}: {words}."
    return Answer(table, made, sentence=sentence)


def _forecast(question: Question, options: argparse.Namespace) -> Answer:
    area = question.area
    table = monthly_by_ward(question.history().of(question.category), area.wards.codes)
    if options.by_distance:
        return _distance(question, table)
    found = forecasts(table, area, question.category, _targets(question), area.kind)
    scored = scores(found)
    made = question.made(
        f"backtest of the forecast of {question.category}", means=_records(scored.rename_axis("level").reset_index())
    )
    words = "; ".join(
        f"{level} MAE {row['mae']:.1f} ({row['relative']:.2f} of the "
        f"seasonal naive), 80 % interval held {100 * row['cover80']:.0f} %, 95 % {100 * row['cover95']:.0f} %, "
        f"CRPS {row['crps']:.1f}"
        for level, row in scored.iterrows()
    )
    sentence = f"Forecasts of {category_words(question.category)}: {words}."
    return Answer(found[list(FORECAST_COLUMNS)], made, sentence=sentence)


def _distance(question: Question, table: pd.DataFrame) -> Answer:
    months = pd.PeriodIndex(table.index)
    targets = (question.first or months[0], question.last or months[-1])
    found = backtest_distance(table, season_mask(months, question.area, question.category), targets)
    if found.empty:
        raise Refusal(
            "There is no month in the window that was forecast from seven months before or more", "Load more months"
        )
    pooled = distance_scores(found, by_year=False)
    made = question.made(
        f"backtest of the forecast of {question.category}, 7 to 24 months ahead", means=_records(pooled)
    )
    words = "; ".join(
        f"{row['distance']}: 80 % interval held {100 * row['cover80']:.1f} %, 95 % {100 * row['cover95']:.1f} %, CRPS "
        f"{row['crps']:.1f} (seasonal naive {row['naive_crps']:.1f}), {row['n']} forecasts of {row['targets']} months"
        for _, row in pooled.iterrows()
    )
    return Answer(distance_scores(found), made, sentence=f"Forecasts of {category_words(question.category)}, {words}.")


def _placebo(question: Question, options: argparse.Namespace) -> Answer:
    rng = np.random.default_rng(seeds.PLACEBO)
    known = question.history().of(question.category)
    found = placebo_table(known, question.area, question.category, rng, options.trials, first=question.first)
    table = found.table
    if len(table) == 0:
        raise Refusal(
            f"There is nothing to test on. {' '.join(found.left_out)}",
            "Load more months, or choose a longer window with --from and --to.",
        )
    words = "; ".join(
        f"{row['test']}, {row['unit']}: {row['rejected'] / row['trials']:.3f} of {row['trials']:,} "
        f"(error {_standard_error(row['rejected'], row['trials']):.3f})"
        for row in table.to_dict("records")
    )
    made = question.made(
        f"how often tests of {question.category} reject where nothing happened",
        seed=seeds.PLACEBO,
        left_out=list(found.left_out),
        note="shuffled cells, months split at random, placebo months, placebo windows; the standard error of a rate is "
        "that of independent trials, and wards of one split are not",
    )
    left_out = "".join(f"\nLeft out: {what}" for what in found.left_out)
    return Answer(table, made, sentence=f"Rejected where nothing happened: {words}.{left_out}")


def _operations(question: Question, options: argparse.Namespace) -> Answer:
    area, targets = question.area, _targets(question)
    found = cell_counts_by_month(question.history().of(question.category), area.grid())
    used = ~season_mask(found.months, area, question.category)
    lattice = Lattice(found, used)
    rng = np.random.default_rng(seeds.PLACEBO)
    tables = [placebo_operations(lattice, rng, options.trials or TRIALS, targets=targets)]
    removals = max((options.trials or TRIALS) // REMOVED_SHARE, 1)
    try:
        tables.append(removal_operations(lattice, rng, removals, targets))
        missing = ""
    except Refusal as refusal:
        missing = f"\nLeft out: half removed: {refusal}"
    table = pd.concat(tables, ignore_index=True)
    if options.rates is not None:
        months = in_window(lattice.months, targets)
        keep(counted(table, area, question.category, months, lattice.version), options.rates)
    verdicts = rates(table)
    words = "; ".join(
        f"{row['kind']}{'' if row['months'] == 'all' else ', months ' + str(row['months'])}: cannot tell "
        f"{100 * row['cannot_tell']:.1f} %, fell {100 * row['fell']:.1f} %, rose {100 * row['rose']:.1f} % of "
        f"{row['trials']:,} (error {100 * row['error']:.1f})"
        for _, row in verdicts.iterrows()
    )
    made = question.made(
        f"operations that never were, {question.category}",
        seed=seeds.PLACEBO,
        rates=_records(verdicts),
        note='placebo: nothing was removed, so every verdict but "cannot tell" is a false alarm; half removed: half of '
        "about 300 expected incidents was taken away; groups overlap, so the error is larger than that of independent "
        "trials",
    )
    return Answer(table, made, sentence=f"Did it work, {category_words(question.category)}: {words}.{missing}")


def _all(question: Question, options: argparse.Namespace) -> Answer:
    if question.first is not None or question.last is not None:
        raise InputError(
            "backtest all measures every month that is loaded",
            column="--from, --to",
            value=f"{question.first or ''}:{question.last or ''}",
            hint="Leave them out, or choose targets of one backtest: hotspots, forecast, placebo or operations.",
        )
    categories = [options.category] if options.category else list(CATEGORIES)
    store = options.store or default_store()
    found = []
    # tqdm's None means: only where standard error is a terminal
    with tqdm(total=STEPS * len(categories), disable=None, file=sys.stderr, leave=False) as bar:
        for category in categories:

            def tell(what: str, category: str = category) -> None:
                bar.set_postfix_str(f"{category_words(category)}: {what}", refresh=False)
                bar.update()
                if bar.disable:
                    sys.stderr.write(f"{category_words(category)}: {what} ...\n")
                    sys.stderr.flush()

            one = measure(question.incidents, question.area, category, options.trials, tell)
            keep_measured(store, one)
            found.append(one)
    made = replace(question, category=categories[0]).made(
        "everything that is measured on the data of an area",
        categories=categories,
        seed=seeds.PLACEBO,
        left_out={one.category: list(one.left_out) for one in found},
    )
    table = pd.concat([long_table(one) for one in found], ignore_index=True)
    sentence = "\n".join([*(summary(one) for one in found), f"Kept in {store / FILE}, where the pages find it."])
    return Answer(table, made, sentence=sentence)


def _targets(question: Question) -> Targets:
    return question.first, question.last


def _standard_error(rejected: int, trials: int) -> float:
    rate = rejected / trials
    return float((rate * (1 - rate) / trials) ** 0.5)


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(key): value for key, value in row.items()} for row in table.to_dict(orient="records")]


BACKTESTS: dict[str, Callable[[Question, argparse.Namespace], Answer]] = {
    "hotspots": _hotspots,
    "forecast": _forecast,
    "placebo": _placebo,
    "operations": _operations,
    "all": _all,
}


def _run(question: Question, options: argparse.Namespace) -> Answer:
    return BACKTESTS[options.what](question, options)


def _add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=tuple(BACKTESTS), help="which method")
    parser.add_argument(
        "--trials",
        type=_positive,
        metavar="N",
        help="of each placebo test (default: 200 maps, 1,000 splits of months, 400 draws of placebo months; "
        "500 operations, and a fifth of that with half of 300 incidents removed)",
    )
    parser.add_argument(
        "--by-distance",
        action="store_true",
        help="of the forecast: 7 to 24 months ahead, the whole area, by distance and year of the target",
    )
    parser.add_argument(
        "--rates",
        type=Path,
        metavar="FILE",
        help="of operations: also keep how often each verdict was given, in place of what this CSV has of the crime "
        "area and crime type (data/verdict_rates.csv is what came with the project)",
    )


def _positive(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"not a number from 1: {text!r}")
    return int(text)


COMMANDS: dict[str, Command] = {
    "backtest": Command(
        _run,
        "how well the methods did on months that they had not seen",
        "--from and --to are the window of targets; months before it are learnt from, and no method sees a month later "
        "than its cut-off. hotspots: kind (next_month, october, summer, november), target (first month), months, share "
        "(of the cells), cells, incidents, hit_rate, pai, pei, rival_hit_rate (plain counts of the last 12 months). "
        "forecast: level (ward, or the whole area, called by its kind), origin, target, horizon, ward_code, actual, "
        "expected, seasonal_naive, low80, high80, low95, high95; with --by-distance: distance, year, n, targets "
        "(distinct months), cover80, cover95, width80, crps, naive_crps. placebo: test, unit, level, rejected, trials: "
        "how often each test rejects where nothing happened. Its targets are the months in which nothing happened: the "
        "placebo months and windows; the last 24 published months, which are split; the last 12, which are shuffled "
        "over the map. A test for which the window has too few is left out and named. operations: kind (placebo, half "
        "removed), first, last, cells, before, expected, recorded, low, high (between which nothing can be told), "
        "verdict; the targets are the months judged. Means stand beside the file and on standard error. all: all of "
        "these and the spread of a year's total, for ASB and drug offences or the --category named, over all months "
        "that are loaded: category, part, what, measure, value. It takes some minutes, keeps what it found in the "
        "store, and the pages show it.",
        (
            "backtest hotspots --category asb --from 2023-01 --out hotspots.csv",
            "backtest forecast --category drugs --from 2023-01 --to 2024-12 --out forecast.parquet",
            "backtest forecast --category asb --from 2023-01 --to 2024-12 --by-distance",
            "backtest placebo --category asb --trials 100",
            "backtest operations --category asb --trials 500 --rates data/verdict_rates.csv",
            "backtest all --out measured.csv",
        ),
        _add,
        lambda options: bool(options.what != "forecast"),
    ),
}
