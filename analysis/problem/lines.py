"""The lines of scanning and analysis, filled in from the data of a problem's cells."""

from __future__ import annotations

from analysis.common.method import Method, covered
from analysis.common.refusal import Refusal
from analysis.problem import analysed, scanned
from analysis.problem.said import LONGEST, Said, refused
from analysis.problem.scanned import more_than_chance as standing_out
from analysis.problem.subject import Subject, by_month, positions, subject
from analysis.where.gistar import ChanceTest
from data.kinds.crime_types import category_words
from data.store.schema import Incidents

__all__ = ["LONGEST", "Said", "Subject", "analysis", "by_month", "positions", "scanning", "standing_out", "subject"]


def scanning(asked: Subject, chance: ChanceTest | Refusal) -> tuple[Said, ...]:
    """Say what is recorded in the cells of a problem.

    Parameters
    ----------
    asked : Subject
    chance : ChanceTest or Refusal
        Of :func:`standing_out`, or the one that a map of the same crime type and 12 months has made already.

    Returns
    -------
    tuple of Said
        At most eight: ``count``, ``change``, ``months``, ``season``, ``since``, ``share``, ``points``, ``chance``. With
        no month in the data only ``count``, refused; ``season`` is left out where ``months`` is refused.
    """
    if len(asked.there) == 0:
        return (refused("count", _nothing(asked)),)
    return (
        scanned.count(asked),
        scanned.change(asked),
        *scanned.months(asked),
        scanned.since(asked),
        scanned.share(asked),
        scanned.points(asked),
        scanned.chance(asked, chance),
    )


def analysis(asked: Subject, feed: Incidents | Refusal | None = None, stays: float | None = None) -> tuple[Said, ...]:
    """Say how firm that is, what a dated feed adds, and what these data do not know.

    Parameters
    ----------
    asked : Subject
    feed : Incidents or Refusal, optional
        A dated feed of the same crime type, nothing later than the as-at month; its incidents in the cells are looked
        at. Why there is none, where a page knows it.
    stays : float, optional
        Share of maps drawn another way in which the cells stay among the busiest, of :func:`analysed.stays`.

    Returns
    -------
    tuple of Said
        At most eight: ``steady``, ``beside``, ``hours``, ``repeat`` (with a feed), ``kinds`` (of ASB), ``who``,
        ``why``, ``reporting``.
    """
    known = (analysed.steady(asked, stays), analysed.beside(asked)) if len(asked.there) else ()
    return (*known, *analysed.dated(asked, feed), *analysed.unknown(asked))


def made(asked: Subject) -> Method:
    """Say how the counts of these lines are made."""
    cells = len(asked.cells)
    return Method(
        "incidents counted in whole cells",
        {
            "cells": f"{cells:,} of the {asked.area.kind}'s {len(asked.by_cell):,}",
            "each": f"{asked.counted.grid.cell_size_m:g} m wide",
        },
        n=None if asked.partner else asked.count,
        data_version=asked.counted.version,
        period=covered(asked.there),
        caveats=(
            "Cells do not end where a ward or a zone ends: by its outline, as on Overview, a ward has another count.",
        ),
    )


def _nothing(asked: Subject) -> Refusal:
    return Refusal(
        f"No month of {category_words(asked.category)} up to then is in the data", "Load files on the Data page"
    )
