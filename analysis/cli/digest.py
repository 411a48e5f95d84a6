"""The command about a month: what is new and holds, and how often it speaks up where nothing happens."""

from __future__ import annotations

import argparse

import numpy as np
import pandas as pd

from analysis.cli.base import Answer, Command, Question
from analysis.common import seeds
from analysis.digest.month import month_digest
from analysis.digest.simulated import speaks
from analysis.digest.unusual import unusual_now
from analysis.digest.worlds import fitted, made_worlds
from data.kinds.crime_types import ASB


def _run(question: Question, options: argparse.Namespace) -> Answer:
    if options.simulate:
        return _simulated(question, options.simulate)
    if options.stored:
        return _stored(question)
    found = month_digest(question.history(), question.area)
    rows = [(head, one.title, one.when, one.detail) for head, one in found.rows]
    table = pd.DataFrame(rows, columns=["kind", "title", "when", "detail"])
    return Answer(table, question.made("monthly digest", found.method, month=found.month), sentence=found.text())


def _simulated(question: Question, draws: int) -> Answer:
    worlds = (fitted(question.history(), question.area), *made_worlds())
    rows = []
    for world in worlds:
        for doubled in ("", ASB):
            found = speaks(world, np.random.default_rng(seeds.CONTROL), draws, doubled)
            rows.append((world.name, world.months, doubled, draws, found.any, found.area, found.wards, found.named))
    columns = ["world", "months", "doubled", "draws", "any", "area", "wards", "named"]
    return Answer(pd.DataFrame(rows, columns=columns), question.made("simulated months of the digest"))


def _stored(question: Question) -> Answer:
    known = question.history()
    rows = []
    for month in known.months:
        found = unusual_now(known.up_to(month), question.area)
        judged = found.area + found.wards
        rows.append((month, judged, len(found.found)))
    table = pd.DataFrame(rows, columns=["month", "judged", "remarks"])
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
        "with a remark at all, on the area, on a ward), named (share in which the doubled type is named). --stored: "
        "month, judged (counts), remarks.",
        ("digest --to 2024-12", "digest --simulate 1000 --out simulated.csv", "digest --stored"),
        _add,
    ),
}
