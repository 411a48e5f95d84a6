"""How firm the picture of a problem's cells is, what a dated feed adds, and what these data do not know."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from analysis.common import seeds
from analysis.common.disclosure import LEAST
from analysis.common.method import MONTH_NAMES, YEAR, list_months, month_name
from analysis.common.percents import interval, signed
from analysis.common.placed import for_cells
from analysis.common.refusal import Refusal
from analysis.problem.said import Said, hushed, none, refused, said
from analysis.problem.subject import Subject
from analysis.when.aoristic import SHOWN_FROM, clock_profile
from analysis.when.near_repeat import LEVEL, near_repeats
from analysis.where.cells import cells_in_share
from analysis.where.hotspots import smoothed
from analysis.where.period_test import LEAST_INCIDENTS, change_test
from analysis.where.places import SHARE
from analysis.where.stability import STAYS, points_of, stays_of
from data.kinds.crime_types import ASB
from data.store.schema import Incidents

MOST_REPEATS = 1000  # incidents of a feed whose pairs are looked at
MORE = "Load the missing months on the Data page"


def stays(asked: Subject) -> float | None:
    """Share of 84 maps drawn another way in which the cells stay among the area's busiest; None with no incident here.

    The same as :func:`analysis.where.stability.stability` says of a place of these cells, whatever else is a place.
    """
    points = points_of(asked.incidents, [asked.counted.grid.cells[asked.cells]], asked.counted.grid)
    if not (points.place >= 0).any():
        return None
    return float(stays_of(points, 1, asked.area, np.random.default_rng(seeds.JITTER))[0])


def steady(asked: Subject, stays: float | None = None) -> Said:
    """Tell in how many past years most of the incidents here lay in the area's busiest cells."""
    years = _years(asked)
    if not years:
        return none("steady", "How steady the place is cannot be told: that takes 12 months without a gap", MORE)
    if not asked.series.any():
        return none("steady", "How steady the place is cannot be told: nothing was ever recorded here")
    top = sum(busy for _, busy in years)
    busiest = f"in the area's busiest {100 * SHARE:g} % of cells"
    other = "" if stays is None else f"Of 100 maps drawn another way {100 * stays:.0f} keep it among them."
    if len(years) == 1:
        text = f"{'Most' if top else 'Under half'} of the incidents here lay {busiest} in the one whole year there is."
    else:
        lasts = [last for last, _ in years]
        n = len(years)
        gaps = lasts[0].year - lasts[-1].year + 1 - n
        span = f"{lasts[-1].year} to {lasts[0].year}"
        span += f"; {gaps} {'year has' if gaps == 1 else 'years have'} gaps" if gaps else ""
        often = {n: "each", 1: "one", 0: "none"}.get(top, str(top))
        often += f" of the {n} whole years to {MONTH_NAMES[asked.as_at.month - 1]} ({span})"
        lay = "most of the incidents here lay" if top else "did most of the incidents here lie"
        text = f"In {often} {lay} {busiest}."
    return said("steady", text, other)


def _years(asked: Subject) -> list[tuple[pd.Period, bool]]:
    """Last month of every whole year up to the as-at month, latest first, and whether it was among the busiest."""
    grid, known = asked.counted.grid, asked.counted.months
    out = []
    last = asked.as_at
    while len(known) and last - YEAR + 1 >= known[0]:
        start, end = asked.counted.trained_on(last - YEAR), asked.counted.trained_on(last)
        if end - start == YEAR:
            counts = asked.counted.of(slice(start, end))
            lattice = np.asarray(asked.counted.counts[start:end].sum(axis=0), dtype=float).reshape(
                grid.rows, grid.columns
            )
            score = smoothed(lattice, grid.cell_size_m).reshape(-1)[grid.cells]
            order = np.argsort(-score, kind="stable")[: cells_in_share(SHARE, len(score))]
            top = np.zeros(len(score), dtype=bool)
            top[order[score[order] > 0]] = True
            own = counts[asked.cells]
            out.append((last, bool(own.sum() > 0 and own[top[asked.cells]].sum() >= STAYS * own.sum())))
        last -= YEAR
    return out


def beside(asked: Subject) -> Said:
    """Tell how the last 12 months went here against the rest of the area, each beside the 12 before."""
    wanted = (asked.year - YEAR).append(asked.year)
    rest = f"the rest of the {asked.area.kind}"
    missing = [month for month in wanted if month not in asked.counted.months]
    if missing:
        are = "is" if len(missing) == 1 else "are"
        reason = f"The change here cannot be held against {rest}: {list_months(missing)} {are} not in the data"
        return none("beside", reason, MORE)
    rows = slice(asked.counted.trained_on(asked.as_at) - 2 * YEAR, asked.counted.trained_on(asked.as_at))
    cells = asked.counted.counts[rows].toarray()[:, asked.counted.grid.cells]
    own, whole = cells[:, asked.cells].sum(axis=1), cells.sum(axis=1)
    table = np.column_stack([own, whole - own])
    if asked.partner and min(table[:YEAR].sum(axis=0).min(), table[YEAR:].sum(axis=0).min()) < LEAST:
        return none("beside", f"Too few to hold the change here against {rest}")
    if not table[:, 1].any():
        return none("beside", f"Nothing was recorded in {rest} to hold it against")
    try:
        found = change_test(table[:YEAR], table[YEAR:])
    except Refusal as why:
        return refused("beside", why)
    if not found.tested[0]:
        few = f"under {LEAST_INCIDENTS} incidents in both years together"
        return none("beside", f"Beside {rest} no change can be told from chance: {few}", "Choose a larger place")
    ratio, low, high = float(found.ratio[0]), float(found.low[0]), float(found.high[0])
    clear = f"clearly {'rose' if ratio > 1 else 'fell'}" if low > 1 or high < 1 else "did not clearly change"
    here, there = (f"{found.after[i]:,.0f} after {found.before[i]:,.0f}" for i in (0, 1))
    return said(
        "beside",
        f"Beside {rest} it {clear} in the year to {month_name(asked.as_at)}: {here} here, {there} there.",
        f"Against the whole that is {signed(ratio - 1)} ({interval(low, high)}).",
    )


def dated(asked: Subject, feed: Incidents | Refusal | None) -> tuple[Said, ...]:
    """Give days, hours and repeats from a dated feed's incidents in the cells; one line where there is no such feed."""
    if feed is None:
        reason = "Days and hours cannot be told, nor whether one incident brings another: only the month is published"
        return (none("hours", reason, "Load a feed that gives date and time, such as a partner's own records"),)
    if isinstance(feed, Refusal):
        return (refused("hours", feed),)
    grid = asked.counted.grid
    kept, coarse = for_cells(feed, grid.cell_size_m)
    if coarse and not len(kept.frame):
        reason = (
            f"Days and hours cannot be told here: the feed's places are too coarse for cells of {grid.cell_size_m:g} m"
        )
        return (none("hours", reason, "Load a feed with exact places"),)
    at = grid.locate(kept.frame["easting_m"].to_numpy(), kept.frame["northing_m"].to_numpy())
    here = replace(kept, frame=kept.frame[np.isin(at, grid.cells[asked.cells])])
    if here.frame.empty:
        return (none("hours", "The dated feed has no incident in these places", "Choose a larger place"),)
    return (_hours(here), _repeat(here))


def _hours(here: Incidents) -> Said:
    try:
        found = clock_profile(here, name="In the dated feed")
    except Refusal as why:
        return refused("hours", Refusal(hushed(why.reason), why.remedy))
    return said("hours", found.sentence, "Many records carry the time of the call, not of the incident.")


def _repeat(here: Incidents) -> Said:
    n = len(here.frame)
    if n < SHOWN_FROM:
        reason = f"Whether one incident brings another cannot be told from under {SHOWN_FROM} of the feed here"
        return none("repeat", reason, "Choose a larger place")
    if n > MOST_REPEATS:
        reason = f"Whether one incident brings another is not looked at where the feed has over {MOST_REPEATS:,}"
        return none("repeat", reason, "Choose a smaller place")
    try:
        found = near_repeats(here, np.random.default_rng(seeds.SHUFFLE))
    except Refusal as why:
        return refused("repeat", why)
    ratio, within = float(found.ratio[0, 0]), f"at the same point within {found.time_bands_days[1]:g} days"
    if found.q[0, 0] <= LEVEL and ratio > 1:
        return said(
            "repeat",
            f"Once there was one, another {within} was {ratio:.1f} times as frequent as unrelated days would bring.",
            "A place that was busy for a while looks the same.",
        )
    return said(
        "repeat",
        f"No sign that one incident brings another: pairs {within} are no more than unrelated days bring.",
    )


KINDS = "What kind of ASB it was is not published: noise, vehicles and groups are counted as one."
WHO = "Who did it and who suffered from it is not in these data."
WHY = "Why it happens here is not in them either: that is for those who know the place."
REPORTING = (
    "Counts are what was reported and recorded: a place where people stopped reporting looks quiet, and more officers "
    "can mean more records."
)


def unknown(asked: Subject) -> tuple[Said, ...]:
    """Say what is not known, whatever the counts say."""
    kinds = (Said("kinds", KINDS, refused=True),) if asked.category == ASB and not asked.partner else ()
    return (*kinds, Said("who", WHO, refused=True), Said("why", WHY, refused=True), Said("reporting", REPORTING))
