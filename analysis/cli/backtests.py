"""The command that runs the evaluations again on whatever the store holds."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis.ahead.forecast_backtest import COLUMNS, WARD_LEVEL, backtest_forecast, scores
from analysis.cli.base import Answer, Command, Question
from analysis.common import seeds
from analysis.common.counts import monthly_by_ward
from analysis.common.refusal import Refusal
from analysis.outcome.drift import Lattice
from analysis.placebo.methods import placebo_table
from analysis.placebo.operations import TRIALS, placebo_operations, rates, removal_operations
from analysis.placebo.verdict_rates import counted, keep
from analysis.when.seasonality import season_mask
from analysis.where.cells import cell_counts_by_month
from analysis.where.validation import NEXT_MONTH, SEASONS, backtest, summarise
from data.kinds.crime_types import category_words, incidents_words

KINDS = (NEXT_MONTH, *SEASONS)
FORECAST_COLUMNS = tuple(name for name in COLUMNS if name != "alpha")
_SPOKEN_SHARE = 0.05


def _hotspots(question: Question, options: argparse.Namespace) -> Answer:  # noqa: ARG001  all have one form
    counted = cell_counts_by_month(question.incidents.of(question.category), question.area.grid())
    months = pd.PeriodIndex([month for month in counted.months if _is_target(question, month)], freq="M")
    tables = [backtest(counted, counted.grid, kind, months) for kind in KINDS]
    table = pd.concat([found for found in tables if len(found)], ignore_index=True) if any(map(len, tables)) else None
    if table is None:
        raise _no_target()
    means = summarise(table)
    if len(means) == 0:
        raise _no_incident(question)
    made = question.made(
        f"backtest of the ranking of {question.category}",
        means=_records(means),
        cells=f"{counted.grid.cell_size_m:g} m",
    )
    spoken = means[means["share"] == _SPOKEN_SHARE]
    words = "; ".join(
        f"{str(row['kind']).replace('_', ' ')} {100 * row['hit_rate']:.1f} % "
        f"(counts of the last 12 months {100 * row['rival_hit_rate']:.1f} %; {row['targets']} targets)"
        for _, row in spoken.iterrows()
    )
    what = category_words(question.category)
    sentence = f"Caught by the top {100 * _SPOKEN_SHARE:g} % of cells, {what}: {words}."
    return Answer(table, made, sentence=sentence)


def _forecast(question: Question, options: argparse.Namespace) -> Answer:  # noqa: ARG001
    table = monthly_by_ward(question.incidents.of(question.category), question.area.wards.codes)
    if len(table) == 0:
        raise _no_target()
    mask = season_mask(pd.PeriodIndex(table.index), question.area, question.category)
    targets = (question.first or table.index[0], question.last or table.index[-1])
    found = backtest_forecast(table, mask, targets)
    if len(found) == 0:
        raise _no_target()
    if not found["actual"].any():
        raise _no_incident(question)
    means = scores(found)
    made = question.made(
        f"backtest of the forecast of {question.category}", means=_records(means.rename_axis("level").reset_index())
    )
    words = "; ".join(
        f"{question.area.kind if level != WARD_LEVEL else level} MAE {row['mae']:.1f} ({row['relative']:.2f} of the "
        f"seasonal naive), 80 % interval held {100 * row['cover80']:.0f} %, 95 % {100 * row['cover95']:.0f} %, "
        f"CRPS {row['crps']:.1f}"
        for level, row in means.iterrows()
    )
    sentence = f"Forecasts of {category_words(question.category)}: {words}."
    return Answer(found[list(FORECAST_COLUMNS)], made, sentence=sentence)


def _placebo(question: Question, options: argparse.Namespace) -> Answer:
    rng = np.random.default_rng(seeds.PLACEBO)
    table = placebo_table(question.asked(), question.area, question.category, rng, options.trials)
    if len(table) == 0:
        raise _no_target()
    parts = zip(*(table[name].tolist() for name in ("test", "unit", "rejected", "trials")), strict=True)
    words = "; ".join(
        f"{test}, {unit}: {rejected / trials:.3f} of {trials:,} (error {_standard_error(rejected, trials):.3f})"
        for test, unit, rejected, trials in parts
        if trials
    )
    made = question.made(
        f"how often tests of {question.category} reject where nothing happened",
        seed=seeds.PLACEBO,
        note="shuffled cells, months split at random, placebo months, placebo windows; the standard error of a rate is "
        "that of independent trials, and wards of one split are not",
    )
    return Answer(table, made, sentence=f"Rejected where nothing happened: {words}.")


def _operations(question: Question, options: argparse.Namespace) -> Answer:
    found = cell_counts_by_month(question.asked(), question.area.grid())
    used = ~season_mask(found.months, question.area, question.category)
    lattice = Lattice(found, used)
    rng = np.random.default_rng(seeds.PLACEBO)
    tables = [placebo_operations(lattice, rng, options.trials or TRIALS)]
    try:
        tables.append(removal_operations(lattice, rng, max((options.trials or TRIALS) // 5, 1)))
        missing = ""
    except Refusal as refusal:
        missing = f" {refusal}"
    table = pd.concat(tables, ignore_index=True)
    if options.rates is not None:
        keep(counted(table, question.category, lattice.months, lattice.version), options.rates)
    means = rates(table)
    words = "; ".join(
        f"{row['kind']}{'' if row['months'] == 'all' else ', months ' + str(row['months'])}: cannot tell "
        f"{100 * row['cannot_tell']:.1f} %, fell {100 * row['fell']:.1f} %, rose {100 * row['rose']:.1f} % of "
        f"{row['trials']:,} (error {100 * row['error']:.1f})"
        for _, row in means.iterrows()
    )
    made = question.made(
        f"operations that never were, {question.category}",
        seed=seeds.PLACEBO,
        rates=_records(means),
        note='placebo: nothing was removed, so every verdict but "cannot tell" is a false alarm; half removed: half of '
        "about 300 expected incidents was taken away; groups overlap, so the error is larger than that of independent "
        "trials",
    )
    return Answer(table, made, sentence=f"Did it work, {category_words(question.category)}: {words}.{missing}")


def _standard_error(rejected: int, trials: int) -> float:
    rate = rejected / trials
    return float((rate * (1 - rate) / trials) ** 0.5)


def _is_target(question: Question, month: pd.Period) -> bool:
    first, last = question.first, question.last
    return (first is None or month >= first) and (last is None or month <= last)


def _no_target() -> Refusal:
    return Refusal(
        "There is nothing to test on: no month of the window is there with enough months before it",
        "Load more months, or choose other targets with --from and --to.",
    )


def _no_incident(question: Question) -> Refusal:
    return Refusal(
        f"There is nothing to test on: no {incidents_words(question.category)} in any target",
        "Choose other targets with --from and --to, or another crime type.",
    )


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(key): value for key, value in row.items()} for row in table.to_dict(orient="records")]


BACKTESTS: dict[str, Callable[[Question, argparse.Namespace], Answer]] = {
    "hotspots": _hotspots,
    "forecast": _forecast,
    "placebo": _placebo,
    "operations": _operations,
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
        "--rates",
        type=Path,
        metavar="FILE",
        help="of operations: also keep how often each verdict was given, in place of what this CSV has of the crime "
        "type (data/verdict_rates.csv is what the pages show)",
    )


def _positive(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"not a number from 1: {text!r}")
    return int(text)


COMMANDS: dict[str, Command] = {
    "backtest": Command(
        _run,
        "how well the methods did on months that they had not seen",
        "--from and --to are the window of targets; training never sees a month later than its cut-off. hotspots: kind "
        "(next_month, october, summer, november), target (first month), months, share (of the cells), cells, "
        "incidents, hit_rate, pai, pei, rival_hit_rate (plain counts of the last 12 months). forecast: level (borough: "
        "the whole area; ward), origin, target, horizon, ward_code, actual, expected, seasonal_naive, low80, high80, "
        "low95, high95. placebo: test, unit, level, rejected, trials: how often each test rejects where nothing "
        "happened, for the months from --from to --to. operations: kind (placebo, half removed), first, last, cells, "
        "before, expected, recorded, low, high (between which nothing can be told), verdict. Means stand beside the "
        "file and on standard error.",
        (
            "backtest hotspots --category asb --from 2023-01 --out hotspots.csv",
            "backtest forecast --category drugs --from 2023-01 --to 2024-12 --out forecast.parquet",
            "backtest placebo --category asb --trials 100",
            "backtest operations --category asb --trials 500 --rates data/verdict_rates.csv",
        ),
        _add,
    ),
}
