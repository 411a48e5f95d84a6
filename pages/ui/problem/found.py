"""What the data say of a problem: its lines, what change could be seen, and what became of it; each for ``cached``."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from analysis.common.method import Method
from analysis.common.refusal import Refusal
from analysis.outcome.comparison import RING_M
from analysis.outcome.operation import Verdict
from analysis.problem import analysed, lines
from analysis.problem.ending import ending
from analysis.problem.measure import Seen, seen, span_words
from analysis.problem.said import Said
from analysis.problem.subject import Subject, of_partner, positions, subject
from analysis.where.gistar import ChanceTest
from data.store.schema import POLICE_UK, Incidents
from pages.ui.map import judged
from pages.ui.map.judged import AREA, Changes, Did
from pages.ui.map.lattice import grid, known_cells
from pages.ui.shell import cache
from pages.ui.shell.cache import Dataset, cached


def data_of(data: Dataset, source: str) -> Dataset:
    """Give the data that a problem counts: published incidents, or those of a dated feed."""
    if source == POLICE_UK:
        return data
    return replace(data, incidents=cache.feed(data, source), version=f"{data.version}|feed|{source}")


def kinds(data: Dataset) -> tuple[str, ...]:
    """Give the kinds of incidents in some data."""
    return tuple(sorted(data.incidents.frame["category"].astype(str).unique()))


def standing_out(data: Dataset, category: str, as_at: pd.Period) -> ChanceTest | Refusal:
    """Test which cells are more than chance in the 12 months to a month."""
    return lines.standing_out(cached(known_cells, data, category, as_at), as_at)


def asked_of(data: Dataset, category: str, cells: tuple[str, ...], as_at: pd.Period) -> Subject:
    """Lay out what is known of some cells.

    Raises
    ------
    Refusal
        None of the cells lies in the area.
    """
    at, _ = positions(cached(grid, data), cells)
    counted = cached(known_cells, data, category, as_at)
    return subject(data.area, category, data.incidents.up_to(as_at).of(category), counted, at, as_at)


def scanning(data: Dataset, category: str, cells: tuple[str, ...], as_at: pd.Period) -> tuple[Said, ...]:
    """Say what is recorded in some cells."""
    return lines.scanning(cached(asked_of, data, category, cells, as_at), cached(standing_out, data, category, as_at))


def made(data: Dataset, category: str, cells: tuple[str, ...], as_at: pd.Period) -> Method:
    """Say how what is recorded in some cells was counted."""
    return lines.made(cached(asked_of, data, category, cells, as_at))


def analysis(data: Dataset, category: str, cells: tuple[str, ...], as_at: pd.Period) -> tuple[Said, ...]:
    """Say how firm that is, and what is not known."""
    asked = cached(asked_of, data, category, cells, as_at)
    return lines.analysis(asked, _dated(data, category, as_at), analysed.stays(asked))


def _dated(data: Dataset, category: str, as_at: pd.Period) -> Incidents | None:
    """Incidents of the first dated feed that has any of the crime type."""
    if data.incidents.source != POLICE_UK and data.demo is None:
        return data.incidents.up_to(as_at).of(category)
    for name in cache.feeds(data):
        known = cache.feed(data, name).up_to(as_at).of(category)
        if len(known.frame):
            return known
    return None


def could_be_seen(
    data: Dataset, category: str, cells: tuple[str, ...], first: pd.Period, last: pd.Period, as_at: pd.Period
) -> Seen:
    """Say what change in some months could be seen.

    Raises
    ------
    InputError
        The months run backwards, or are more than twelve.
    """
    lattice = cached(judged.lattice, data, category, as_at, RING_M)

    def tried(start: pd.Period, end: pd.Period) -> Verdict | Refusal:
        return judged.verdict(data, _did(category, cells, start, end, as_at), Changes(), AREA)

    partner = of_partner(data.incidents.source)
    return seen(tried, lattice.months[lattice.used], first, last, as_at, partner=partner)


def verdict(
    data: Dataset, category: str, cells: tuple[str, ...], first: pd.Period, last: pd.Period, as_at: pd.Period
) -> Verdict | Refusal:
    """Judge some cells in the months of a response, or say why that cannot be done."""
    try:
        return judged.verdict(data, _did(category, cells, first, last, as_at), Changes(), AREA)
    except Refusal as refusal:
        return refusal


def ended(
    data: Dataset, category: str, cells: tuple[str, ...], first: pd.Period, last: pd.Period, as_at: pd.Period
) -> tuple[Said, ...]:
    """Say how it ended, with what a verdict cannot see."""
    partner = of_partner(data.incidents.source)
    judged_now = cached(verdict, data, category, cells, first, last, as_at)
    return ending(judged_now, span_words(first, last), partner=partner)


def _did(category: str, cells: tuple[str, ...], first: pd.Period, last: pd.Period, as_at: pd.Period) -> Did:
    return Did("", category, tuple(sorted(cells)), first, last, "", as_at, RING_M)
