"""The command about seasons: the index of the calendar months, the effects of seasons, and seasons by ward."""

from __future__ import annotations

import argparse

import numpy as np
import pandas as pd

from analysis.cli.base import Answer, Command, Question
from analysis.cli.output import ward_polygons
from analysis.common import seeds
from analysis.common.counts import monthly_series
from analysis.when.season_effect import area_season_effects
from analysis.when.season_places import season_places
from analysis.when.seasonality import season_mask, seasonal_index
from analysis.when.ward_season import area_ward_seasons
from analysis.where.cells import cell_counts_by_month

_SHARES = ("by_year", "with_past_seasons", "around")  # of incidents, held by the top cells over all seasons tried


def _index(question: Question) -> Answer:
    series = monthly_series(question.asked())
    mask = season_mask(pd.PeriodIndex(series.index), question.area, question.category)
    index = seasonal_index(
        series,
        mask if mask.any() else None,
        np.random.default_rng(seeds.BOOTSTRAP),
        data_version=question.incidents.version,
    )
    made = question.made(f"seasonal index of {question.category}", index.method)
    return Answer(index.index.reset_index(), made, sentence=index.sentence)


def _effects(question: Question) -> Answer:
    found = area_season_effects(question.asked(), question.area, question.category)
    rows = [
        {
            "season": effect.season.key,
            "name": effect.season.name,
            **{name: getattr(effect, name) for name in ("ratio", "low", "high", "p", "route")},
            "years": len(effect.yearly),
            "years_above": effect.years_above,
            **{name: getattr(effect, name) for name in ("new_low", "new_high", "differs")},
        }
        for effect in found.effects
    ]
    made = question.made(
        f"effects of seasons on {question.category}",
        found.method,
        reliable=found.reliable,
        warnings=found.warnings,
        refused={season.key: reason for season, reason in found.refused},
    )
    return Answer(pd.DataFrame(rows), made, sentence=" ".join(effect.sentence for effect in found.effects))


def _wards(question: Question) -> Answer:
    found = area_ward_seasons(question.asked(), question.area, question.category)
    parts = []
    for season in found.seasons:
        part = season.wards.rename_axis("ward_code").reset_index()
        part.insert(0, "season", season.season.key)
        parts.append(part)
    table = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=["season", "ward_code"])
    counted = cell_counts_by_month(question.asked(), question.area.grid())
    places = [season_places(counted, season.season, season) for season in found.seasons]
    made = question.made(
        f"seasons of {question.category} by ward",
        found.method,
        differ={s.season.key: {"q": s.heterogeneity, "p": s.p, "mean": s.mean, "tau": s.tau} for s in found.seasons},
        places={
            one.season.key: {"tried": len(one.targets), **{name: getattr(one, name) for name in _SHARES}}
            for one in places
            if one.measured
        },
        refused={season.key: reason for season, reason in found.refused},
    )
    shapes = ward_polygons(table, question.area.wards)
    said = [text for season, one in zip(found.seasons, places, strict=True) for text in (season.sentence, one.sentence)]
    return Answer(table, made, shapes, " ".join(filter(None, said)))


_OF = {"index": _index, "effects": _effects, "wards": _wards}


def _run(question: Question, options: argparse.Namespace) -> Answer:
    return _OF[options.of](question)


def _add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--of",
        choices=tuple(_OF),
        default="index",
        help="the calendar months, the seasons of the whole area, or those of its wards (default: index)",
    )


COMMANDS: dict[str, Command] = {
    "season": Command(
        _run,
        "seasonal index of the calendar months, effects of seasons, seasons by ward",
        "Columns: month (1 to 12), index (100 = an average month, per day), low, high (95 % interval, from drawing "
        "whole years), years (in which the month was seen). --of effects: season, name, ratio (1 = months of no "
        "season), low, high, p, route (the wider of two intervals), years, years_above, new_low, new_high (range for "
        "one new year), differs. --of wards: season, ward_code, name, count, ratio (1 = like the rest), low, high, "
        "phi, p, q, shrunk, shrunk_low, shrunk_high: read the shrunk ones.",
        (
            "season --category asb --to 2024-12",
            "season --category asb --of effects",
            "season --category asb --of wards --out wards.gpkg",
        ),
        _add,
    ),
}
