"""The command about a month: what is new and holds, and how often it speaks up where nothing happens."""

from __future__ import annotations

import argparse
from datetime import date

import numpy as np
import pandas as pd

from analysis.cli.base import Answer, Command, Question
from analysis.common import seeds
from analysis.common.refusal import Refusal
from analysis.digest.facts import brought, standing
from analysis.digest.month import month_digest
from analysis.digest.place_worlds import PlaceWorld, place_worlds, planted
from analysis.digest.risen import risen_now
from analysis.digest.simulated import speaks
from analysis.digest.unusual import unusual_now
from analysis.digest.worlds import fitted, made_worlds
from analysis.findings.finding import Finding
from data.kinds.crime_types import ASB
from data.store.accepted import read_accepted
from data.store.doubts import doubts_of
from data.store.news import last_import
from data.store.schema import POLICE_UK
from data.store.store import default_store
from data.store.sums import settled

PLANTED = 200  # made-up years in which one place has more


def _run(question: Question, options: argparse.Namespace) -> Answer:
    if options.simulate:
        return _simulated(question, options.simulate)
    if options.stored:
        return _stored(question)
    found = month_digest(question.history(), question.area, _facts(question, options))
    rows = [(head, one.title, one.when, one.detail) for head, one in found.rows]
    table = pd.DataFrame(rows, columns=["kind", "title", "when", "detail"])
    return Answer(table, question.made("monthly digest", found.method, month=found.month), sentence=found.text())


def _facts(question: Question, options: argparse.Namespace) -> tuple[Finding, ...]:
    """Say what is known beside the counts; nothing of a month that is no longer the newest, nor of another source."""
    newest = question.incidents.as_at_month
    if question.incidents.source != POLICE_UK or (question.last is not None and newest and question.last < newest):
        return ()
    store = options.store or default_store()
    manifest, damage = settled(store)
    doubts = doubts_of(manifest, question.area, read_accepted(store), damage.units) if manifest is not None else ()
    said = brought(last_import(store, question.area))
    months = [doubt.month for doubt in doubts if doubt.force in question.area.forces]
    return (*(() if said is None else (said,)), *standing(store, question.area, options.day or date.today(), months))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"a day is written YYYY-MM-DD, not {text}") from error


def _simulated(question: Question, draws: int) -> Answer:
    like = fitted(question.history(), question.area)
    try:
        places: tuple[PlaceWorld, ...] = place_worlds(question.history(), question.area)
    except Refusal:  # too few months for places, which are then not judged either
        places = ()
    rows: list[tuple[str | float, ...]] = []
    for world in (like, *made_worlds()):
        for doubled in ("", ASB):
            with_places = places if world is like and not doubled else ()
            found = speaks(world, np.random.default_rng(seeds.CONTROL), draws, doubled, with_places)
            rows.append((world.name, world.months, doubled, draws, found.any, found.area, found.wards, found.places,
                         found.named))  # fmt: skip
    for kind in places:
        fewer = min(draws, PLANTED)
        named = planted(kind, np.random.default_rng(seeds.CONTROL), fewer)[:, -1].mean()
        rows.append((f"{kind.kind}: one place tripled", len(kind.months), "", fewer, *[np.nan] * 4, named))
    columns = ["world", "months", "doubled", "draws", "any", "area", "wards", "places", "named"]
    return Answer(pd.DataFrame(rows, columns=columns), question.made("simulated months of the digest"))


def _stored(question: Question) -> Answer:
    known = question.history()
    rows = []
    for month in known.months:
        found = unusual_now(known.up_to(month), question.area)
        judged = found.area + found.wards
        rose = risen_now(known.up_to(month), question.area).found
        rows.append((month, judged, len(found.found) + len(rose), len(rose)))
    table = pd.DataFrame(rows, columns=["month", "judged", "remarks", "places"])
    could = table[table["judged"] > 0]
    said = int((could["remarks"] > 0).sum())
    return Answer(
        table, question.made("stored months as the digest would have had them"),
        sentence=f"{said} of the {len(could)} months that could be judged speak up, of {len(table)} stored.",
    )  # fmt: skip


def _draws(text: str) -> int:
    draws = int(text)
    if not 1 <= draws <= 100_000:
        raise argparse.ArgumentTypeError(f"1 to 100000 months can be made up, not {text}")
    return draws


def _add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--day", type=_day, metavar="YYYY-MM-DD", help="on which the next operation is asked for (default: today)"
    )
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--simulate", type=_draws, metavar="N", help="how often it speaks up in N made-up months")
    which.add_argument("--stored", action="store_true", help="every stored month as if it were the newest")


COMMANDS: dict[str, Command] = {
    "digest": Command(
        _run,
        "what is new in the newest month and holds",
        "All crime types, whatever --category is. Columns: kind (remark: claims a signal; fact; limit: what was looked "
        "at and what cannot be said), title, when, detail; the same as text on standard error. --simulate: world, "
        "months, doubled (crime type of which twice as much is expected), draws, any, area, wards (shares of months "
        "with a remark at all, on the area, on a ward, on a place), named (share in which the doubled type is named; "
        "of a place from outside the ten busiest that has three times as much, within twelve months). --stored: month, "
        "judged (counts), remarks, places (remarks on places).",
        ("digest --to 2024-12", "digest --simulate 1000 --out simulated.csv", "digest --stored"),
        _add,
    ),
}
