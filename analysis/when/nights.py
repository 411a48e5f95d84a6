"""By night and hour: how a window's expected incidents are shared out over its days and hours, from a dated feed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.common.method import Method, covered, month_name
from analysis.when.aoristic import HOURS, SHOWN_FROM, WEEKDAYS
from analysis.when.event_window import COUNTS_ONLY_UNDER, INDICATIVE_UNDER, MARKS, daily_counts
from analysis.when.night_effects import FEWEST_YEARS, Named, day_clock, marks, night_times, weekday_times
from data.kinds.lists import join_words
from data.store.schema import Incidents
from geo.errors import InputError

ALIKE = "all hours count alike"
_HOUR_S = 3600.0


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
    Hours: :func:`analysis.when.aoristic.clock_profile`; those of the named nights, pooled, are used where there are 50
    incidents of at least two years, drawn towards the hours of the weekday.

    When it misleads: the feed says when *its* incidents are recorded; that those of another source fall at the same
    hours is an assumption. A day here runs from midnight, so that the small hours after a night count to the next day.
    Half term and weather move nights from year to year, and two or three past years cannot tell.

    References
    ----------
    Of this project; hours as :func:`analysis.when.aoristic.clock_profile`.
    """
    days = _window(first, last)
    if feed is None:
        return _alike(days, named, "No dated feed is loaded: " + ALIKE + ".")
    known = feed if as_at is None else feed.up_to(as_at)
    dated = int(known.frame["occurred_at"].notna().sum())
    if dated < SHOWN_FROM or not len(known.months):
        why = f"{_upper(feed.source)} holds {dated:,} dated {'incident' if dated == 1 else 'incidents'}"
        until = "" if as_at is None else f" up to {month_name(as_at)}"
        return _alike(days, named, f"{why}{until}, under {SHOWN_FROM}: {ALIKE}.", known)
    daily = daily_counts(known)
    mark = marks(days, named)
    weekday = weekday_times(daily, named)
    nights, years, pooled = night_times(daily, days, mark, weekday)
    clock, smoothed = day_clock(known, days, mark, named)
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


def _alike(days: pd.DatetimeIndex, named: Named, sentence: str, known: Incidents | None = None) -> NightHours:
    shares = pd.DataFrame(
        np.full((len(days), HOURS), 1 / (HOURS * len(days))), index=days, columns=pd.Index(range(HOURS), name="hour")
    )
    nothing = {"weekday_times": 1.0, "night_times": 1.0, "low": np.nan, "high": np.nan, "past": 0, "past_usual": np.nan}
    table = pd.DataFrame(
        {
            "weekday": [WEEKDAYS[day] for day in days.day_of_week],
            "mark": marks(days, named),
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
        prefix = "Indicative only: " if pooled < INDICATIVE_UNDER else ""
        said.append(f"{prefix}{_nights(told)}, from {len(years)} past windows")
    elif (table["mark"] != "").any():
        said.append(f"No night is weighed apart from its weekday: {_why(years, pooled)}")
    if hours:
        start, length = _half_of(shares.sum(axis=0).to_numpy())
        said.append(f"half of the window is expected between {start:02d}:00 and {(start + length) % HOURS:02d}:00")
    else:
        said.append("the feed does not know hours, and all hours of a day count alike")
    text = "; ".join(said)
    return f"By {known.source}: {text}."


def _nights(told: pd.DataFrame) -> str:
    """Say how named nights stand to an ordinary one; of those whose interval holds 1 only that."""
    clear = ((told["low"] > 1) | (told["high"] < 1)).to_numpy()
    said = []
    if clear.any():
        parts = [
            f"{row['mark']} {row['night_times']:.1f} times [{row['low']:.1f} to {row['high']:.1f}]"
            for _, row in told[clear].iterrows()
        ]
        said.append(f"{join_words(parts)} an ordinary night of the window")
    if not clear.all():
        said.append(f"{join_words(told.loc[~clear, 'mark'])} not clearly unlike other nights")
    return ", ".join(said)


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def _why(years: tuple[int, ...], pooled: int) -> str:
    if len(years) < FEWEST_YEARS:
        held = "one past window" if years else "no past window"
        return f"{held} in the feed, and one night alone says nothing"
    if pooled < COUNTS_ONLY_UNDER:
        return f"{pooled} incidents in {len(years)} past windows, under {COUNTS_ONLY_UNDER}"
    return f"in {len(years)} past windows the named nights differed no more than other days do"


def _half_of(hours: NDArray[np.float64]) -> tuple[int, int]:
    """Start and length of the shortest run of hours, round the clock, that holds half."""
    twice = np.concatenate([[0.0], np.cumsum(np.tile(hours, 2))])
    for length in range(1, HOURS):
        held = twice[length : length + HOURS] - twice[:HOURS]
        if held.max() >= hours.sum() / 2:
            return int(np.argmax(held)), length
    return 0, HOURS
