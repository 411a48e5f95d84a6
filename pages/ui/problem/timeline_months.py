"""Responses on months above what its places recorded: the figures and their words, on screen and on paper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.common.disclosure import HIDDEN, UNDER, Sum, protected
from analysis.common.method import YEAR
from data.kinds.crime_types import incidents_words
from data.problem.problem import STEPS, Problem, Response
from data.store.schema import POLICE_UK
from pages.ui.map import lattice
from pages.ui.shell import cache
from pages.ui.shell.cache import Dataset, cached
from pages.ui.shell.choice import known_month, short_month, short_period

BEFORE, MOST_MONTHS, AHEAD = 12, 60, 6
NOTE = (
    "Each bar covers the whole months in which the response lies. That months fall under a bar does not say that it "
    "was the response: the assessment compares with places like these."
)
NOT_TOLD = f"A partner counted: 1 to 4 read “{UNDER}” and are drawn hatched; what would give them away is “{HIDDEN}”."


@dataclass(frozen=True)
class Bar:
    """A response on months.

    Attributes
    ----------
    what, partner, state : str
    first, last : int
        Ordinals of its months, as far as they are shown.
    endless : bool
        No end is known: it runs to the last month with an arrow.
    earlier, later : bool
        It began before, or ends after, the months that are shown.
    """

    what: str
    partner: str
    state: str
    first: int
    last: int
    endless: bool
    earlier: bool
    later: bool

    @property
    def words(self) -> str:
        """What, who and its state."""
        return ", ".join(part for part in (self.what, self.partner, self.state) if part)


@dataclass(frozen=True, eq=False)
class TimeLine:
    """Bars above months.

    Attributes
    ----------
    months : PeriodIndex
        Without gaps.
    counts : ndarray, shape (months,)
        Of the places; NaN where a month is missing, has not come, or may not be told.
    small, hidden : ndarray of bool, shape (months,)
        Where a partner's count is 1 to 4, and where it would give such a one away.
    known : Period or None
        Last month that is known.
    bars : tuple of Bar
        In the order of their beginning.
    unseen : int
        Responses that ended before the first month.
    measured : (int, int) or None
        Ordinals of the months of the measure, as far as they are shown.
    what : str
        Of what incidents are counted: "ASB incidents".
    partner : bool
        The counts are a partner's.
    """

    months: pd.PeriodIndex
    counts: NDArray[np.float64]
    small: NDArray[np.bool_]
    hidden: NDArray[np.bool_]
    known: pd.Period | None
    bars: tuple[Bar, ...]
    unseen: int
    measured: tuple[int, int] | None
    what: str
    partner: bool

    def count_words(self, at: int) -> str:
        """Say a month's count; "" where there is none."""
        if self.small[at] or self.hidden[at]:
            return UNDER if self.small[at] else HIDDEN
        return "" if np.isnan(self.counts[at]) else f"{self.counts[at]:,.0f}"

    @property
    def last_known(self) -> int | None:
        """Position of the last month with a count that is told, be it as a small one."""
        there = np.flatnonzero(np.isfinite(self.counts) | self.small)
        return int(there[-1]) if len(there) else None

    @property
    def title(self) -> str:
        """How many responses, and what the last known month brought."""
        n = len(self.bars) + self.unseen
        said = f"{n or 'No'} {'response' if n == 1 else 'responses'}"
        at = self.last_known
        if at is None:
            return f"{said}; no month of its places is known"
        one = self.count_words(at) == "1"
        what = self.what.removesuffix("s") if one and self.what.endswith("incidents") else self.what
        return f"{said}; {self.count_words(at)} {what} in {short_month(self.months[at])}"

    @property
    def alt(self) -> str:
        """What is drawn, for those who do not see it."""
        rows = [f"{bar.words}: {bar_words(bar)}" for bar in self.bars]
        span = short_period(self.months[0], self.months[-1])
        drawn = f"Bars of responses above columns of {self.what} by month, {span}."
        return " ".join([drawn, *(f"{row}." for row in rows)])

    def table(self) -> pd.DataFrame:
        """Give the same figures in rows: month, incidents, responses."""
        return pd.DataFrame(
            {
                "month": [str(month) for month in self.months],
                "incidents": [self.count_words(at) for at in range(len(self.months))],
                "responses": [
                    "; ".join(bar.words for bar in self.bars if bar.first <= month.ordinal <= bar.last)
                    for month in self.months
                ],
            }
        )


def bar_words(bar: Bar) -> str:
    """Say the months of a bar."""
    first, last = (pd.Period(ordinal=at, freq="M") for at in (bar.first, bar.last))
    if bar.endless:
        return f"from {short_month(first)}, no end known"
    return short_period(first, last)


# --- figures ---------------------------------------------------------------------------------------------------------
def monthly(data: Dataset, source: str, category: str, cells: Sequence[str], as_at: pd.Period | None) -> pd.Series:
    """Count incidents in cells by month, up to a month; indexed without gaps, NaN where a month is missing.

    Parameters
    ----------
    data : Dataset
    source : str
        Of the incidents: data.police.uk's or a feed's name.
    category : str
    cells : sequence of str
        References; where the area's lattice holds none of them no month is known.
    as_at : Period or None
        Nothing later is counted.
    """
    own = source in {POLICE_UK, data.incidents.source}  # a page may hand over the data of the feed itself
    incidents = data.incidents if own else cache.feed(data, source)
    if as_at is not None:
        incidents = incidents.up_to(as_at)
    known = incidents.of(category)
    at = cached(lattice.references, data)
    grid = cached(lattice.grid, data)
    chosen = grid.cells[[at[name] for name in cells if name in at]]
    if not len(known.months) or not len(chosen):
        return pd.Series(dtype=float, index=pd.PeriodIndex([], freq="M"))
    frame = known.frame
    cell = grid.locate(frame["easting_m"].to_numpy(), frame["northing_m"].to_numpy())
    found = frame.loc[np.isin(cell, chosen), "month"].value_counts()
    index = pd.period_range(known.months[0], known.months[-1], freq="M")
    counts = found.reindex(index).fillna(0).astype(float)
    return counts.where(index.isin(known.months))


def time_line(problem: Problem, counts: pd.Series, *, partner: bool) -> TimeLine:
    """Lay responses and counts on months.

    Parameters
    ----------
    problem : Problem
        As it may leave: of :func:`pages.ui.problem.form_cleared.cleared`.
    counts : Series
        Of :func:`monthly`.
    partner : bool
        The counts are a partner's: small ones are not told.
    """
    known = counts.index[-1] if len(counts) else None
    months = _months(problem, known)
    values = counts.reindex(months).to_numpy(dtype=float)
    small = hidden = np.zeros(len(months), dtype=bool)
    if partner:
        small, hidden = _untold(months, values, _windows(problem, known))
        values = np.where(small | hidden, np.nan, values)
    first, last = months[0].ordinal, months[-1].ordinal
    bars = [_bar(one, first, last) for one in sorted(problem.responses, key=lambda one: (one.first, one.what))]
    measured = None
    if problem.measure is not None:
        ends = (pd.Period(problem.measure.first, "M").ordinal, pd.Period(problem.measure.last, "M").ordinal)
        if ends[0] <= last and ends[1] >= first:
            measured = max(ends[0], first), min(ends[1], last)
    shown = tuple(bar for bar in bars if bar is not None)
    return TimeLine(
        months,
        values,
        small,
        hidden,
        known,
        shown,
        len(bars) - len(shown),
        measured,
        incidents_words(problem.category),
        partner,
    )


def _months(problem: Problem, known: pd.Period | None) -> pd.PeriodIndex:
    """Choose the months: from a year before it began to the last that is known, or that a response is planned for."""
    began = [pd.Period(problem.started_on, "M"), *(pd.Period(one.first, "M") for one in problem.responses)]
    measured = []
    if problem.measure is not None:
        measured = [pd.Period(problem.measure.first, "M"), pd.Period(problem.measure.last, "M")]
    now = known if known is not None else max(began)
    wanted = [*began, *measured, *(pd.Period(one.last, "M") for one in problem.responses if one.last is not None)]
    last = max(now, min(max(wanted), now + AHEAD))
    first = min(min([*began, *measured]) - BEFORE, last - BEFORE)
    return pd.period_range(max(first, last - MOST_MONTHS + 1), last, freq="M")


def _windows(problem: Problem, known: pd.Period | None) -> set[tuple[int, int]]:
    """Give the months, by their ordinals, whose sums lines tell: 12 months, the 12 before, those of the measure."""
    signed = [step.signed.as_at for key in STEPS if (step := problem.step(key)).signed is not None]
    ends = {pd.Period(text, "M").ordinal for text in (problem.as_at, *signed) if text}
    ends |= set() if known is None else {known.ordinal}
    found = {(end - k * YEAR - YEAR + 1, end - k * YEAR) for end in ends for k in (0, 1)}
    if problem.measure is not None:
        found.add((pd.Period(problem.measure.first, "M").ordinal, pd.Period(problem.measure.last, "M").ordinal))
    return found


def _untold(
    months: pd.PeriodIndex, values: NDArray[np.float64], windows: set[tuple[int, int]]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Find the months whose count is 1 to 4, and those that would give one away beside the sums that are told.

    A sum stands in lines already and cannot be hidden: where nothing else helps, no month of it is told at all.
    """
    counts = {str(m): int(v) for m, v in zip(months, values, strict=True) if np.isfinite(v)}
    sums = []
    for first, last in sorted(windows):
        if first < months[0].ordinal or last > months[-1].ordinal:
            continue  # months outside are told nowhere: such a sum gives nothing away
        parts = tuple(str(m) for m in months if first <= m.ordinal <= last and str(m) in counts)
        sums.append(Sum(parts, f"{first} {last}"))
    totals = {one.total: sum(counts[part] for part in one.parts) for one in sums}
    told = protected({**counts, **totals}, sums)
    for one in sums:
        if told[one.total] == HIDDEN:
            told |= dict.fromkeys(one.parts, HIDDEN)
    texts = [told.get(str(month), "") for month in months]
    return np.array([text == UNDER for text in texts]), np.array([text == HIDDEN for text in texts])


def _bar(one: Response, first: int, last: int) -> Bar | None:
    starts = _ordinal(one.first)
    ends = last if one.last is None else _ordinal(one.last)
    if ends < first or starts > last:
        return None
    return Bar(
        " ".join(one.what.split()), " ".join(one.partner.split()), one.state, max(starts, first), min(ends, last),
        one.last is None, starts < first, ends > last,
    )  # fmt: skip


def _ordinal(day: date) -> int:
    return int(pd.Period(day, "M").ordinal)


def of(data: Dataset, problem: Problem, as_at: pd.Period | None = None) -> TimeLine:
    """Give the time line of a problem as it may leave, up to a month: by default the last that is known.

    Parameters
    ----------
    data : Dataset
    problem : Problem
    as_at : Period, optional
    """
    until = known_month(data) if as_at is None else as_at
    where = problem.where.cells
    if problem.where.cell_size_m != data.area.cell_size_m:  # cells of another lattice are other places
        where = ()
    counts = cached(monthly, data, problem.source, problem.category, tuple(where), until)
    return time_line(problem, counts, partner=problem.source != POLICE_UK)
