"""What is recorded in the cells of a problem: how many, when, since when, at few points or many, if it stands out."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.common import seeds
from analysis.common.disclosure import LEAST
from analysis.common.method import MONTH_NAMES, YEAR, covered, month_name
from analysis.common.percents import interval, signed
from analysis.common.refusal import Refusal
from analysis.common.season_ratio import digits_of
from analysis.common.years import compare_series
from analysis.problem.said import Said, none, refused, said
from analysis.problem.subject import Subject
from analysis.when.seasonality import UNUSUAL, SeasonalIndex, season_mask, season_reading, seasonal_index
from analysis.where import gistar
from analysis.where.cells import CellMonths
from analysis.where.concentration import concentration
from analysis.where.gistar import ChanceTest
from analysis.where.places import is_generic, street_name
from data.kinds.lists import join_words, number_words
from geo.errors import InputError

LEVEL, FURTHER_LEVEL = 0.95, 0.99  # of the year before, and of those before it
FEW = 10  # incidents under which neither a rate nor its spread over points is spoken of
_MOST_NAMED = 3
_LONGEST_NAME = 40
_FINE = 0.1  # per cent: a smaller share is "under 0.1 %"


def more_than_chance(counted: CellMonths, as_at: pd.Period) -> ChanceTest | Refusal:
    """Test which cells of the area are more than chance in the 12 months to a month, or say why that cannot be told.

    Parameters
    ----------
    counted : CellMonths
        Nothing later than the month.
    as_at : Period

    Returns
    -------
    ChanceTest or Refusal

    Notes
    -----
    The test of Hotspots with its random numbers, so that both mark the same cells. When it misleads: as
    :func:`analysis.where.gistar.more_than_chance`.

    References
    ----------
    As :func:`analysis.where.gistar.more_than_chance`.
    """
    rng = np.random.default_rng(seeds.PERMUTATION)
    try:
        return gistar.more_than_chance(counted, counted.grid, rng, as_at - YEAR + 1, as_at)
    except Refusal as refusal:
        return refusal


def count(asked: Subject) -> Said:
    """Say how many in the last 12 months, and in the 12 before."""
    were = "was" if asked.count == 1 and not asked.partner else "were"
    told = f"{_capital(asked.many(asked.count))} {were} recorded here {when(asked)}"
    before = asked.series.reindex(asked.year - YEAR)
    if len(asked.there) == YEAR and not before.isna().any():
        told += f", {asked.some(int(before.sum())) if before.sum() else 'none'} in the 12 before"
    return said("count", f"{told}.")


def when(asked: Subject) -> str:
    """Name the months that are spoken of: the last 12, or those of them that are in the data."""
    to, n = month_name(asked.as_at), len(asked.there)
    if n == YEAR:
        return f"in the 12 months to {to}"
    return f"in the {'one' if n == 1 else n} of the 12 months to {to} that {'is' if n == 1 else 'are'} in the data"


def change(asked: Subject) -> Said:
    """Tell whether the last 12 months differ clearly from the 12 before."""
    try:
        found = compare_series(asked.series, asked.as_at, "Incidents")
    except Refusal as why:
        return refused("change", why)
    a, b = found.current, found.previous
    against = "the 12 months before"
    if found.missing_months:
        against = f"the same months a year before ({number_words(found.months)} of twelve are in both years)"
    if a == b == 0:
        return said("change", f"None {when(asked)} and none in {against}: there is no change to tell.")
    if asked.partner and (0 < a < LEAST or 0 < b < LEAST):  # a change in per cent would tell the count
        return said("change", f"Too few to tell a change against {against}.")
    if b == 0 or a == 0:
        how = f"{asked.some(int(a))} after none" if b == 0 else f"None after {asked.some(int(b))}"
        clear = (
            f"clearly {'more' if b == 0 else 'fewer'} than" if found.differs else "too few to call it a change against"
        )
        return said("change", f"{how}: {clear} {against}.")
    if asked.partner:  # a share of two sums that are not told would tell them
        clear = f"Clearly {'more' if found.change_ratio > 1 else 'fewer'} than in"
        return said("change", f"{clear if found.differs else 'No clear change against'} {against}.")
    size, range_ = signed(found.change_ratio - 1), interval(found.low, found.high)
    per_day = " per day" if found.missing_months else ""
    if found.differs:
        more = "more" if found.change_ratio > 1 else "fewer"
        text = f"Clearly {more}{per_day} than in {against}: {size}, and {range_} if chance is allowed for."
    else:
        text = f"No clear change{per_day} against {against}: {size} can be chance, which allows {range_}."
    return said("change", text)


def months(asked: Subject) -> tuple[Said, ...]:
    """Tell which months of the year are high, and how the area's seasons run here."""
    series = asked.series
    mask = _left_out(asked)
    try:
        found = seasonal_index(series, mask if mask.any() else None, np.random.default_rng(seeds.BOOTSTRAP))
    except (Refusal, InputError) as why:
        return (refused("months", why if isinstance(why, Refusal) else Refusal(str(why))),)
    return (_months(found), *_seasons(asked, found))


def _months(found: SeasonalIndex) -> Said:
    value, low, high = (found.index[name].to_numpy(dtype=float) / 100 for name in ("index", "low", "high"))
    top = int(np.argmax(value))
    if not found.reliable or np.isnan(low).all():
        return said("months", f"{MONTH_NAMES[top]} stands highest here, with too few years to tell that from chance.")
    above = [i for i in np.argsort(-value, kind="stable") if low[i] > 1 and value[i] >= 1 + UNUSUAL]
    below = [i for i in np.argsort(value, kind="stable") if high[i] < 1 and value[i] <= 1 - UNUSUAL]
    if not above and not below:
        return said("months", "No month of the year is clearly high or low here: years differ as much from each other.")
    parts = [f"clearly {how}: {_named(each, value)}" for how, each in (("high", above), ("low", below)) if each]
    one = len(above) + len(below) == 1
    return said(
        "months",
        f"{_capital('; '.join(parts))}, where 1 is an average month here.",
        "Of twelve months that are looked at, one may stand out by chance." if one else "",
    )


def _named(which: list[int], value: NDArray[np.float64]) -> str:
    named = join_words(f"{MONTH_NAMES[i]} ({value[i]:.1f} times)" for i in which[:_MOST_NAMED])
    more = len(which) - _MOST_NAMED
    return f"{named} and {number_words(more)} more" if more > 0 else named


def _seasons(asked: Subject, found: SeasonalIndex) -> tuple[Said, ...]:
    """Say how the area's own seasons run here, where it has any."""
    seasons = asked.area.seasons
    if not seasons:
        return ()
    if not found.reliable:
        return (none("season", "Too few years here to say how the area's seasons run in these places"),)
    read = [season_reading(found, season) for season in seasons]
    clear = [one for one in read if one.differs and abs(one.ratio - 1) >= UNUSUAL]
    other = [one for one in read if one not in clear]
    if not clear:
        names = join_words(one.season.name for one in other[:_MOST_NAMED])
        return (said("season", f"{names} cannot be told from an average month here."),)
    text = "; ".join(
        f"{one.season.name} {one.ratio:.1f} times an average month here"
        f" ({one.low:.{digits_of(one.low, one.high, 1)}f} to {one.high:.{digits_of(one.low, one.high, 1)}f})"
        for one in clear[:_MOST_NAMED]
    )
    rest = f"{join_words(one.season.name for one in other)} cannot be told from one." if other else ""
    return (said("season", f"{text}.", rest),)


def since(asked: Subject) -> Said:
    """Tell since when incidents have been recorded here at about the present rate."""
    every = asked.series
    seen = every[every > 0]
    data = covered(asked.counted.months)
    if not len(seen):
        return said("since", f"None has ever been recorded here in the data, {data}.")
    if asked.count == 0:
        return said("since", f"The last one here was recorded in {month_name(seen.index[-1])}.")
    if asked.count < FEW:
        return said(
            "since",
            "Too few to tell a rate by.",
            f"The first one here was recorded in {month_name(seen.index[0])}; the data begin in "
            f"{month_name(every.index[0])}.",
        )
    first, stopped = _present_rate(asked)
    if first is None and not stopped:
        begin = f"the data begin in {month_name(every.index[0])}"
        lockdown = " and lockdown is left out" if _left_out(asked)[-YEAR:].any() else ""
        return none(
            "since", f"Since when it has been like this cannot be told: {begin}{lockdown}, too short to compare"
        )
    if first is not None and not stopped:
        return said(
            "since",
            f"No earlier year that can be compared, back to {month_name(first)}, clearly differs from the last 12 "
            "months: it may have been like this for as long as the data go.",
        )
    rate = f"since {month_name(first)}" if first is not None else "for the last 12 months only"
    gone = 0 if first is None else int(every.loc[first:].isna().sum())
    rate += f" ({gone} {'month is' if gone == 1 else 'months are'} missing)" if gone else ""
    return said("since", f"At about this rate {rate}: {stopped}.")


def _left_out(asked: Subject) -> NDArray[np.bool_]:
    """Months of the series that the area file leaves out for the crime type: its lockdown."""
    return season_mask(pd.PeriodIndex(asked.series.index), asked.area, asked.category)


def _present_rate(asked: Subject) -> tuple[pd.Period | None, str]:
    """Go back year by year until one differs clearly from the last: since when none did; how one did, or "".

    Each is held against the last 12 months as :func:`analysis.common.years.compare_series` holds the year before;
    months that the area file leaves out are left out, and a year that cannot be compared is passed over. Years further
    back must differ more clearly, for they are several chances to differ.
    """
    used = asked.series.copy()
    used[_left_out(asked)] = np.nan
    first = None
    for back in range(1, (asked.as_at - used.index[0]).n // YEAR + 1):
        block = used.reindex(asked.year - YEAR * back)
        shifted = pd.Series(block.to_numpy(), index=asked.year - YEAR)
        level = LEVEL if back == 1 else FURTHER_LEVEL
        try:
            found = compare_series(pd.concat([shifted, used.reindex(asked.year)]), asked.as_at, "Incidents", level)
        except Refusal:
            continue
        if found.differs:
            more = "fewer" if found.change_ratio > 1 else "more"
            return first, f"the 12 months to {month_name(block.index[-1])} clearly had {more}"
        first = block.dropna().index[0]
    return first, ""


def share(asked: Subject) -> Said:
    """Give the share of the area's incidents in what share of its cells."""
    whole, cells, n = int(asked.by_cell.sum()), len(asked.cells), len(asked.by_cell)
    these = f"{'This one' if cells == 1 else f'These {cells:,}'} of the {asked.area.kind}'s {n:,} cells"
    held = f"{these} ({_percent(cells / n)}) {'holds' if cells == 1 else 'hold'}"
    if whole == 0:
        return said("share", f"{held} none, and nor do the others: nothing was recorded {when(asked)}.")
    if asked.partner and 0 < whole - asked.count < LEAST:
        return said("share", f"{held} nearly all of the incidents in them.")
    if asked.count == 0 or asked.partner:
        here = asked.some(asked.count) if asked.count else "none"
        return said("share", f"{held} {here} of the {asked.some(whole)} incidents in them.")
    return said(
        "share",
        f"{held} {_percent(asked.count / whole)} of the incidents in them: {asked.count:,} of {whole:,} {when(asked)}.",
    )


def points(asked: Subject) -> Said:
    """Tell few points from many: at how many of its map points half of the incidents were placed."""
    counts, street = _by_point(asked)
    n = int(counts.sum())
    if n < FEW:
        few = f"{asked.some(n) if n else 'none'} {'was' if n < 2 and not asked.partner else 'were'} recorded here"
        return said("points", f"Whether they gather at few points or many cannot be told: {few} {when(asked)}.")
    caution = "" if asked.partner else "A map point stands for a street or more, not for an address."
    if len(counts) == 1:
        return said("points", "All of them were placed at one map point.", caution)
    ordered = np.sort(counts)[::-1]
    half = int(np.searchsorted(np.cumsum(ordered), n / 2)) + 1
    thrown = concentration(counts, np.random.default_rng(seeds.THROWS), "map points", (half / len(counts),))
    row = thrown.shares.iloc[0]
    much = "Over half" if asked.partner else _percent(row["observed"])  # of few, a share would tell a partner's count
    told = f"{much} of them were placed at {half:,} of its {len(counts):,} map points"
    if row["observed"] <= row["high"]:
        return said("points", f"{told}, no more than chance alone would put there.", caution)
    first = f"; {street or 'the busiest'} leads with {_percent(ordered[0] / n)}"
    first = "" if half == 1 or asked.partner else first
    return said("points", f"{told}, where chance alone would put {_percent(row['random'])}{first}.", caution)


def _by_point(asked: Subject) -> tuple[NDArray[np.intp], str]:
    """Incidents of the last 12 months at every point in the cells that ever had one; the street of the busiest.

    A name that is long, that a partner gave, or that names no street ("Parking Area") is left out.
    """
    frame, grid = asked.incidents.frame, asked.counted.grid
    at = grid.locate(frame["easting_m"].to_numpy(), frame["northing_m"].to_numpy())
    here = frame[np.isin(at, grid.cells[asked.cells]) & frame["month"].isin(asked.counted.months).to_numpy()]
    point = here.groupby(["easting_m", "northing_m"], sort=True).ngroup().to_numpy()
    late = here["month"].isin(asked.there).to_numpy()
    counts = np.bincount(point[late], minlength=int(point.max()) + 1 if len(point) else 0)
    if asked.partner or not counts.any():
        return counts, ""
    text = here["location"].to_numpy(dtype=object)[np.flatnonzero(late & (point == np.argmax(counts)))[-1]]
    name = "" if pd.isna(text) else street_name(str(text))
    return counts, name if len(name) <= _LONGEST_NAME and not is_generic(name) else ""


def chance(asked: Subject, found: ChanceTest | Refusal) -> Said:
    """Tell whether the cells stand out beside the area."""
    if isinstance(found, Refusal):
        return refused("chance", found)
    marked, cells = int(found.significant[asked.cells].sum()), len(asked.cells)
    during = when(asked) if found.months.equals(asked.year) else f"in {covered(found.months)}"
    if cells == 1:
        text = f"Its cell had {'more than' if marked else 'no more than'} chance would put there {during}."
    elif not marked:
        text = f"None of its {cells:,} cells had more than chance would put there {during}."
    else:
        text = f"{marked:,} of its {cells:,} cells had more than chance would put there {during}."
    return said("chance", text, "" if marked else "That is no proof that it is quiet.")


def _percent(share: float) -> str:
    percent = 100 * share
    if 0 < percent < _FINE:
        return f"under {_FINE:g} %"
    return f"{percent:.1f} %" if percent < 10 else f"{percent:.0f} %"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
