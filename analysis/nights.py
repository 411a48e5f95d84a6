"""By night and hour: how a window's expected incidents are shared out over its days and hours, from a dated feed."""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from analysis.aoristic import HOURS, LONGEST_H, RAW_FROM, SHOWN_FROM, SMOOTHING, WEEKDAYS, clock_profile, hour_of_week
from analysis.event_window import COUNTS_ONLY_UNDER, INDICATIVE_UNDER, MARKS, daily_counts
from analysis.method import Method, covered
from analysis.refusal import Refusal
from data.schema import Incidents
from geo.errors import InputError

FEWEST_YEARS = 2  # one night alone says nothing: years are pooled
FEWEST_ORDINARY_DAYS = 7
PRIOR_HOURS = 50.0  # incidents by which the hours of named nights are drawn towards those of the weekday
ALIKE = "all hours count alike"
_LEVEL = 0.95
_HOUR_S = 3600.0

Named = Sequence[tuple[tuple[int, int], str]]


@dataclass(frozen=True, eq=False)
class NightHours:
    """How a window's expected incidents are shared out over its days and hours.

    Attributes
    ----------
    first, last : date
        Both included.
    shares : DataFrame, shape (days, 24)
        By ``date``, hours of the day 0 to 23: share of what is expected in the window; sums to 1.
    nights : DataFrame
        By ``date``: ``weekday``, ``mark`` ("Halloween", or empty), ``share`` of the window, ``weekday_times`` and
        ``night_times`` (against an ordinary day of the window; 1 where nothing is known), ``low``, ``high`` (95 %, of
        ``night_times``; NaN where it is not estimated), ``past`` (incidents of the feed on that day in past windows),
        ``past_usual`` (what the other days of those windows lead to expect).
    flat : bool
        All hours alike: there is no dated feed, or it holds too little.
    hours_known : bool
        The hours of a day are weighed.
    nights_known : bool
        The nights that have a name are weighed.
    years : tuple of int
        Years whose windows went in.
    sentence : str
    method : Method
    """

    first: date
    last: date
    shares: pd.DataFrame = field(repr=False)
    nights: pd.DataFrame = field(repr=False)
    flat: bool
    hours_known: bool
    nights_known: bool
    years: tuple[int, ...]
    sentence: str
    method: Method = field(repr=False)

    def share(self, starts: datetime, minutes: float) -> float:
        """Give the share of what is expected in the window that falls into a shift.

        Parameters
        ----------
        starts : datetime
            Local time without a zone.
        minutes : float
            Length; past midnight and part hours are counted as they are.

        Returns
        -------
        float
            0 to 1. Nothing is expected outside the window: what of a shift lies there counts 0, such as the small
            hours after its last day.

        Raises
        ------
        InputError
            A time with a zone, or a negative or endless length.

        Notes
        -----
        Shifts that lie side by side sum to the shift that they make. Within an hour every minute is alike. When it
        misleads: clocks are taken to run through; on the night when they go back an hour is lived twice.
        """
        if starts.tzinfo is not None:
            raise InputError("a shift starts at a local time without a zone", column="starts", value=str(starts))
        if not (np.isfinite(minutes) and minutes >= 0):
            raise InputError("a shift has a length of 0 minutes and more", column="minutes", value=str(minutes))
        begin = (starts - datetime.combine(self.first, datetime.min.time())).total_seconds() / _HOUR_S
        below = np.concatenate([[0.0], np.cumsum(self.shares.to_numpy(dtype=float).ravel())])
        ends = np.interp([begin, begin + minutes / 60], np.arange(len(below)), below)
        return float(min(max(ends[1] - ends[0], 0.0), 1.0))


def night_hours(
    first: date,
    last: date,
    feed: Incidents | None,
    as_at: pd.Period | None,
    *,
    named: Named = MARKS,
) -> NightHours:
    """Share a window's expected incidents out over its days and hours.

    Parameters
    ----------
    first, last : date
        Both included.
    feed : Incidents or None
        A dated feed of one kind of incident; None where there is none.
    as_at : Period or None
        The last month that may be known: whatever the feed holds later is not looked at. None for all of it.
    named : sequence of ((month, day), name)
        Nights that have a name.

    Returns
    -------
    NightHours
        ``flat`` without a feed, and with fewer than 50 dated incidents up to the as-at month.

    Raises
    ------
    InputError
        The window ends before it begins, or the feed holds an interval that ends before it starts.

    Notes
    -----
    share = weekday x night x hour of that weekday, scaled to sum to 1.

    Weekday: incidents of the feed on its weekdays against the mean day, named nights left out. Night: over the same
    days of past years, incidents on the named night against what the other days of those windows and the weekday lead
    to expect, all years pooled. Both are drawn towards 1 by an empirical Bayes weight tau^2/(tau^2 + phi/E), tau^2 =
    max(0, sum((O - E)^2 - phi E)/sum E^2), phi = max(1, Pearson/df) of the days: where nights differ no more than days
    do, no night stands out. A night is not weighed with fewer than two past windows or 20 incidents in them.
    Hours: :func:`analysis.aoristic.clock_profile`; those of the named nights, pooled, are used where there are 50
    incidents of at least two years, drawn towards the hours of the weekday.

    When it misleads: the feed says when *its* incidents are recorded; that those of another source fall at the same
    hours is an assumption. A day here runs from midnight, so that the small hours after a night count to the next day.
    Half term and weather move nights from year to year, and two or three past years cannot tell.
    """
    days = _window(first, last)
    if feed is None:
        return _alike(days, named, "No dated feed is loaded: " + ALIKE + ".")
    known = feed if as_at is None else feed.up_to(as_at)
    dated = int(known.frame["occurred_at"].notna().sum())
    if dated < SHOWN_FROM or not len(known.months):
        why = f"The {feed.source} holds {dated:,} dated {'incident' if dated == 1 else 'incidents'}"
        until = "" if as_at is None else f" up to {calendar.month_name[as_at.month]} {as_at.year}"
        return _alike(days, named, f"{why}{until}, under {SHOWN_FROM}: {ALIKE}.", known)
    daily = daily_counts(known)
    mark = _marks(days, named)
    weekday = _weekdays(daily, named)
    nights, years, pooled = _nights(daily, days, mark, weekday)
    clock, smoothed = _clock(known, days, mark, named)
    table = pd.DataFrame(
        {
            "weekday": [WEEKDAYS[day] for day in days.day_of_week],
            "mark": mark,
            "weekday_times": weekday[days.day_of_week],
            **nights,
        },
        index=days,
    )
    weight = (table["weekday_times"] * table["night_times"]).to_numpy()[:, None] * clock
    shares = pd.DataFrame(weight / weight.sum(), index=days, columns=pd.Index(range(HOURS), name="hour"))
    table.insert(2, "share", shares.sum(axis=1))
    told = bool(np.isfinite(table["low"]).any())
    return NightHours(
        first=first,
        last=last,
        shares=shares,
        nights=table,
        flat=False,
        hours_known=smoothed is not None,
        nights_known=told,
        years=years,
        sentence=_sentence(table, shares, known, years, pooled, hours=smoothed is not None),
        method=_method(known, dated, table, years, pooled, smoothed),
    )


def _window(first: date, last: date) -> pd.DatetimeIndex:
    if last < first:
        raise InputError("a window ends before it begins", value=f"{first} to {last}")
    return pd.date_range(first, last, freq="D", name="date")


def _keys(days: pd.DatetimeIndex) -> list[tuple[int, int]]:
    return list(zip(days.month.tolist(), days.day.tolist(), strict=True))


def _marks(days: pd.DatetimeIndex, named: Named) -> list[str]:
    names = dict(named)
    return [names.get(key, "") for key in _keys(days)]


def _alike(days: pd.DatetimeIndex, named: Named, sentence: str, known: Incidents | None = None) -> NightHours:
    shares = pd.DataFrame(
        np.full((len(days), HOURS), 1 / (HOURS * len(days))), index=days, columns=pd.Index(range(HOURS), name="hour")
    )
    nothing = {"weekday_times": 1.0, "night_times": 1.0, "low": np.nan, "high": np.nan, "past": 0, "past_usual": np.nan}
    table = pd.DataFrame(
        {
            "weekday": [WEEKDAYS[day] for day in days.day_of_week],
            "mark": _marks(days, named),
            "share": 1 / len(days),
            **nothing,
        },
        index=days,
    )
    return NightHours(
        first=days[0].date(),
        last=days[-1].date(),
        shares=shares,
        nights=table,
        flat=True,
        hours_known=False,
        nights_known=False,
        years=(),
        sentence=sentence,
        method=Method(
            name=ALIKE,
            data_version="" if known is None else known.version,
            caveats=("Without a dated feed nothing tells one hour of the window from another.",),
        ),
    )


def _drawn(
    observed: NDArray[np.float64], expected: NDArray[np.float64], phi: float
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Ratios drawn towards 1, with their 95 % interval (gamma with that mean)."""
    tau2 = max(0.0, float(((observed - expected) ** 2 - phi * expected).sum() / (expected**2).sum()))
    if tau2 == 0:
        one = np.ones(len(observed))
        return one, np.full(len(one), np.nan), np.full(len(one), np.nan)
    shape, rate = observed / phi + 1 / tau2, expected / phi + 1 / tau2
    low, high = (np.asarray(stats.gamma.ppf(q, shape) / rate) for q in ((1 - _LEVEL) / 2, (1 + _LEVEL) / 2))
    return shape / rate, low, high


def _weekdays(daily: pd.Series[float], named: Named) -> NDArray[np.float64]:
    """Find the times of the mean day by weekday, Monday first; 1 where the feed lacks a weekday."""
    there = daily.dropna()
    index = pd.DatetimeIndex(there.index)
    ordinary = np.array([not name for name in _marks(index, named)])
    y, day = there.to_numpy(dtype=float)[ordinary], np.asarray(index.day_of_week)[ordinary]
    number = np.bincount(day, minlength=7).astype(float)
    if y.sum() == 0 or (number == 0).any():
        return np.ones(7)
    observed = np.bincount(day, y, minlength=7).astype(np.float64)
    expected = number * y.mean()
    mean = (observed / number)[day]
    positive = mean > 0
    phi = max(1.0, float(((y - mean)[positive] ** 2 / mean[positive]).sum()) / max(len(y) - 7, 1))
    times, _, _ = _drawn(observed, expected, phi)
    return np.asarray(times / times.mean())


def _past_windows(daily: pd.Series[float], days: pd.DatetimeIndex) -> dict[int, pd.DatetimeIndex]:
    """Find the same days of the years before that the feed holds wholly, by year of their first day."""
    index = pd.DatetimeIndex(daily.index)
    found = {}
    for year in range(index[0].year - 1, days[0].year):
        shift = days[0].year - year
        past = pd.DatetimeIndex([_in_year(day, day.year - shift) for day in days]).unique()
        counts = daily.reindex(past)
        if past[-1] < days[0] and counts.notna().all():
            found[year] = past
    return found


def _in_year(day: pd.Timestamp, year: int) -> pd.Timestamp:
    return pd.Timestamp(year, day.month, min(day.day, calendar.monthrange(year, day.month)[1]))


def _nights(
    daily: pd.Series[float], days: pd.DatetimeIndex, mark: list[str], weekday: NDArray[np.float64]
) -> tuple[dict[str, NDArray[np.float64]], tuple[int, ...], int]:
    """Named nights against the other days of past windows, pooled over the years."""
    n = len(days)
    out = {"night_times": np.ones(n), "low": np.full(n, np.nan), "high": np.full(n, np.nan)}
    seen, usual = np.zeros(n), np.zeros(n)
    place = {key: i for i, key in enumerate(_keys(days))}
    windows = _past_windows(daily, days)
    residuals, ordinary_days, levels, pooled = 0.0, 0, 0, 0
    for past in windows.values():
        at = np.array([place.get(key, -1) for key in _keys(past)])
        count, times = daily.reindex(past).to_numpy(dtype=float), weekday[past.day_of_week]
        plain = np.array([i < 0 or not mark[i] for i in at])
        base_count, base_times = count[plain], times[plain]
        if plain.sum() < FEWEST_ORDINARY_DAYS:
            base_count, base_times = _around(daily, past, base_count, base_times, weekday)
        pooled += int(count.sum())
        if base_times.sum() == 0 or base_count.sum() == 0:
            continue
        level = base_count.sum() / base_times.sum()
        residuals += float(((base_count - level * base_times) ** 2 / (level * base_times)).sum())
        ordinary_days, levels = ordinary_days + len(base_count), levels + 1
        inside = at >= 0
        np.add.at(seen, at[inside], count[inside])
        np.add.at(usual, at[inside], (level * times)[inside])
    stands = np.array([bool(name) for name in mark]) & (usual > 0)
    if levels >= FEWEST_YEARS and pooled >= COUNTS_ONLY_UNDER and stands.any():
        phi = max(1.0, residuals / max(ordinary_days - levels, 1))
        out["night_times"][stands], out["low"][stands], out["high"][stands] = _drawn(seen[stands], usual[stands], phi)
    return out | {"past": seen.astype(np.int64), "past_usual": usual}, tuple(windows), pooled


def _around(
    daily: pd.Series[float],
    past: pd.DatetimeIndex,
    count: NDArray[np.float64],
    times: NDArray[np.float64],
    weekday: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Days of the week before and after too, where the window itself has too few ordinary ones."""
    week = pd.Timedelta(days=7)
    span = pd.date_range(past[0] - week, past[-1] + week, freq="D")
    span = span[~span.isin(past)]
    more = daily.reindex(span).to_numpy(dtype=float)
    there = np.isfinite(more)
    return np.concatenate([count, more[there]]), np.concatenate([times, weekday[span.day_of_week][there]])


def _clock(
    known: Incidents, days: pd.DatetimeIndex, mark: list[str], named: Named
) -> tuple[NDArray[np.float64], bool | None]:
    """Hours of every day of the window, each row summing to 1, and whether they are smoothed; None: not known."""
    try:
        profile = clock_profile(known)
    except Refusal:
        return np.full((len(days), HOURS), 1 / HOURS), None
    table = profile.table.to_numpy(dtype=float)
    by_hour = table.sum(axis=0) / table.sum()
    by_day = table.sum(axis=1, keepdims=True)
    rows = np.where(by_day > 0, table / np.where(by_day > 0, by_day, 1.0), by_hour)
    clock = rows[days.day_of_week]
    special = np.array([bool(name) for name in mark])
    hours = _named_hours(known, named) if special.any() else None
    if hours is not None:
        clock[special] = (hours + PRIOR_HOURS * clock[special]) / (hours.sum() + PRIOR_HOURS)
    return clock, profile.smoothed


def _named_hours(known: Incidents, named: Named) -> NDArray[np.float64] | None:
    """Incidents of the named nights of all years by hour, smoothed below 1,000; None where there are too few."""
    start = known.frame["occurred_at"]
    wanted = {month * 100 + day for (month, day), _ in named}
    length = (known.frame["occurred_until"] - start).dt.total_seconds() / _HOUR_S
    kept = (start.dt.month * 100 + start.dt.day).isin(wanted).to_numpy() & ~(length > LONGEST_H).to_numpy()
    if kept.sum() < SHOWN_FROM or start[kept].dt.year.nunique() < FEWEST_YEARS:
        return None
    weights = hour_of_week(start[kept].to_numpy(), known.frame["occurred_until"][kept].to_numpy())
    hours = weights.reshape(-1, HOURS).sum(axis=0)
    if kept.sum() < RAW_FROM:
        before, here, after = SMOOTHING
        hours = before * np.roll(hours, 1) + here * hours + after * np.roll(hours, -1)
    return np.asarray(hours)


def _method(
    known: Incidents, dated: int, table: pd.DataFrame, years: tuple[int, ...], pooled: int, smoothed: bool | None
) -> Method:
    told = np.isfinite(table["low"]).any()
    hours = (
        "not known" if smoothed is None else "product of margins, smoothed" if smoothed else "by weekday, as counted"
    )
    caveats = [
        "It shares out by what this feed records; that another source's incidents fall at the same hours is an "
        "assumption.",
        "A day runs from midnight: the small hours after a night count to the next day.",
    ]
    if told and pooled < INDICATIVE_UNDER:
        caveats.append(f"Indicative only: {pooled} incidents in the past windows.")
    undated = len(known.frame) - dated
    if undated:
        caveats.append(f"{undated:,} incidents of the feed have no date and are left out.")
    return Method(
        name="weekday x named night x hour of the weekday",
        parameters={
            "past windows": ", ".join(map(str, years)) if years else "none",
            "incidents in them": f"{pooled:,}",
            "named nights": "pooled over the years, drawn towards 1" if told else "not weighed",
            "hours": hours,
        },
        n=dated,
        data_version=known.version,
        period=covered(known.months),
        caveats=tuple(caveats),
        source_refs=("Ratcliffe 2000",),
    )


def _sentence(
    table: pd.DataFrame, shares: pd.DataFrame, known: Incidents, years: tuple[int, ...], pooled: int, *, hours: bool
) -> str:
    said = []
    told = table[np.isfinite(table["low"])]
    if len(told):
        parts = [f"{row['mark']} {row['night_times']:.1f} times" for _, row in told.iterrows()]
        prefix = "Indicative only: " if pooled < INDICATIVE_UNDER else ""
        said.append(f"{prefix}{_and(parts)} an ordinary night of the window, from {len(years)} past windows")
    elif (table["mark"] != "").any():
        said.append(f"No night is weighed apart from its weekday: {_why(years, pooled)}")
    if hours:
        start, length = _half_of(shares.sum(axis=0).to_numpy())
        said.append(f"half of the window is expected between {start:02d}:00 and {(start + length) % HOURS:02d}:00")
    else:
        said.append("the feed does not know hours, and all hours of a day count alike")
    text = "; ".join(said)
    return f"By the {known.source}: {text}."


def _why(years: tuple[int, ...], pooled: int) -> str:
    if len(years) < FEWEST_YEARS:
        held = "one past window" if years else "no past window"
        return f"{held} in the feed, and one night alone says nothing"
    if pooled < COUNTS_ONLY_UNDER:
        return f"{pooled} incidents in {len(years)} past windows, under {COUNTS_ONLY_UNDER}"
    return f"in {len(years)} past windows the named nights differed no more than other days do"


def _and(parts: Iterable[str]) -> str:
    *most, last = parts
    return f"{', '.join(most)} and {last}" if most else last


def _half_of(hours: NDArray[np.float64]) -> tuple[int, int]:
    """Start and length of the shortest run of hours, round the clock, that holds half."""
    twice = np.concatenate([[0.0], np.cumsum(np.tile(hours, 2))])
    for length in range(1, HOURS):
        held = twice[length : length + HOURS] - twice[:HOURS]
        if held.max() >= hours.sum() / 2:
            return int(np.argmax(held)), length
    return 0, HOURS
