"""Dated feeds: what a window of days, such as Halloween to Bonfire Night, ran at against the weeks around it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np
import pandas as pd

from analysis.common.method import MONTH_NAMES, Method
from analysis.common.refusal import Refusal
from analysis.common.season_ratio import Ratio
from analysis.when.window_fit import (
    BUFFER_DAYS,
    LEAST_HISTORY_DAYS,
    WindowFit,
    against_placebo,
    effective,
    fit_starts,
    placebo_starts,
    wider,
)
from data.store.schema import Incidents
from geo.errors import InputError

LEVEL = 0.95
COUNTS_ONLY_UNDER = 20
INDICATIVE_UNDER = 50
SHORTEST, LONGEST = 7, 42
WINDOW = ((10, 25), (11, 8))  # (month, day), both included: 15 days
MARKS: tuple[tuple[tuple[int, int], str], ...] = (
    ((10, 30), "Mischief Night"),
    ((10, 31), "Halloween"),
    ((11, 5), "Bonfire Night"),
)
COUNTS_ONLY, INDICATIVE, ESTIMATE = "counts only", "indicative", "estimate"
REMEDY = "Load a feed that gives the day of each incident, such as a partner's own records, on the Data page"


@dataclass(frozen=True, eq=False)
class EventWindow:
    """A window of days against the weeks around it.

    Attributes
    ----------
    first, last : date
        Of the window, both included.
    count : int
        Incidents in it.
    usual : float
        Incidents that the weeks around lead to expect in it; NaN where counts are all that is given.
    ratio, low, high, p : float
        Published: of the two routes the one with the wider interval; NaN where counts are all that is given.
    route : str
        "weeks" (variation of the weeks around) or "placebo" (variation of windows of the same kind).
    weeks, placebo : Ratio or None
        Both routes; ``placebo`` is None without a year of history or with fewer than 12 windows that do not overlap.
    phi : float
    placebo_windows, effective_windows : int
        Placebo windows, and how many of them do not overlap.
    standing : str
        "counts only" (under 20 incidents in the window), "indicative" (under 50), "estimate".
    days : DataFrame
        By ``day``, buffers included: ``count``, ``in_window``, ``mark`` ("Halloween", or empty).
    differs : bool
    sentence : str
    method : Method
    """

    first: date
    last: date
    count: int
    usual: float
    ratio: float
    low: float
    high: float
    p: float
    route: str
    weeks: Ratio | None
    placebo: Ratio | None
    phi: float
    placebo_windows: int
    effective_windows: int
    standing: str
    days: pd.DataFrame = field(repr=False)
    differs: bool
    sentence: str
    method: Method = field(repr=False)


def require_dates(incidents: Incidents, question: str) -> pd.Series[pd.Timestamp]:
    """Give the times of a dated feed, or refuse a question that month data cannot answer.

    Parameters
    ----------
    incidents : Incidents
    question : str
        What was asked for, as it begins a sentence: "The day of the week", "Bonfire Night".

    Returns
    -------
    Series of datetime64
        ``occurred_at`` of those that have it.

    Raises
    ------
    Refusal
        Incidents have months only.
    """
    times = incidents.frame["occurred_at"]
    dated = times[times.notna()]
    if len(dated) == 0 and len(times):
        raise Refusal(
            f"{question} cannot be seen in month data: only the month of an incident is published, and nothing tells "
            "one of its days from another",
            REMEDY,
        )
    return dated


def daily_counts(incidents: Incidents, question: str = "An event window") -> pd.Series[float]:
    """Count a dated feed by day.

    Parameters
    ----------
    incidents : Incidents
        Of a dated feed, of one kind.
    question : str
        For the refusal.

    Returns
    -------
    Series of float
        Every day from the first to the last published month; 0 where a published day has no incident, NaN in months
        that are missing.

    Raises
    ------
    Refusal
        Month data; no month at all.

    Notes
    -----
    When it misleads: a feed that starts or stops within a month looks quiet for the rest of it.

    References
    ----------
    A count: nothing is estimated.
    """
    times = require_dates(incidents, question)
    if len(incidents.months) == 0:
        raise Refusal(f"{question} needs a feed, and nothing is loaded", REMEDY)
    index = pd.date_range(
        incidents.months[0].start_time.normalize(), incidents.months[-1].end_time.normalize(), freq="D", name="day"
    )
    found = times.dt.normalize().value_counts().reindex(index, fill_value=0).astype(float)
    published = np.asarray(index.to_period("M").isin(incidents.months))
    return found.where(published).rename("count")


def default_window(year: int) -> tuple[date, date]:
    """Days of the Halloween and Bonfire Night window of a year: 25 October to 8 November."""
    return date(year, *WINDOW[0]), date(year, *WINDOW[1])


def event_window(
    incidents: Incidents,
    first: date,
    last: date,
    *,
    name: str = "Recorded incidents",
    level: float = LEVEL,
) -> EventWindow:
    """Compare a window of days with the four weeks before and after it.

    Parameters
    ----------
    incidents : Incidents
        Of a dated feed, of one kind, nothing later than the as-at month.
    first, last : date
        Of the window, both included; 7 to 42 days (:func:`default_window`).
    name : str
        What the sentence speaks of.
    level : float

    Returns
    -------
    EventWindow

    Raises
    ------
    Refusal
        As :func:`days_event_window`; month data.
    InputError
        As :func:`days_event_window`.

    Notes
    -----
    When it misleads: as :func:`days_event_window`, whose method it is.

    References
    ----------
    As :func:`days_event_window`.
    """
    question = "Bonfire Night" if first == last and (first.month, first.day) == MARKS[-1][0] else "An event window"
    undated = int(incidents.frame["occurred_at"].isna().sum())
    days = daily_counts(incidents, question)
    return days_event_window(days, first, last, name=name, level=level, undated=undated, data_version=incidents.version)


def days_event_window(
    days: pd.Series[float],
    first: date,
    last: date,
    *,
    name: str = "Recorded incidents",
    level: float = LEVEL,
    undated: int = 0,
    data_version: str = "",
) -> EventWindow:
    """Compare a window of a daily series with the four weeks before and after it.

    Parameters
    ----------
    days : Series of float
        Incidents by day (DatetimeIndex without gaps); NaN where a day is missing.
    first, last : date
    name : str
    level : float
    undated : int
        Incidents of the feed that have no date, for the caption.
    data_version : str

    Returns
    -------
    EventWindow

    Raises
    ------
    Refusal
        A day is missing in the window or its buffers; a window of under a week, such as one night.
    InputError
        A window that runs backwards or is longer than six weeks.

    Notes
    -----
    Poisson regression of days on weekday, a linear trend and the event; phi and t by weeks
    (:func:`analysis.when.window_fit.fit_window`). With a year of history and more, the same ratio is taken for windows
    at every third start, and the event's is read against their mean and spread; the wider interval is published.

    It misleads where something else falls in the window every year (half term, clocks going back on the last Sunday of
    October), and where the buffers hold an event of their own. About 95 incidents in the window find 1.4 times with
    80 % power, 50 find 1.6, 26 find 1.9.

    References
    ----------
    Bernal, J. L. et al. (2017). Int. J. Epidemiol. 46, 348-355 (interrupted series); Cameron, A. C. and Miller, D. L.
    (2015). J. Human Resources 50, 317-372 (few clusters).
    """
    length = (last - first).days + 1
    if length < 1 or length > LONGEST:
        raise InputError(
            f"a window has {SHORTEST} to {LONGEST} days and does not run backwards", value=f"{first} to {last}"
        )
    if length < SHORTEST:
        raise Refusal(
            f"{'One night' if length == 1 else f'A window of {length} days'} cannot be told from an ordinary one: each "
            f"of its weekdays is seen once at most, and a window needs at least {SHORTEST} days",
            "Choose the days around it, or pool the years",
        )
    days = days.asfreq("D")
    span = pd.date_range(first - timedelta(days=BUFFER_DAYS), last + timedelta(days=BUFFER_DAYS), freq="D", name="day")
    part = days.reindex(span)
    lost = pd.DatetimeIndex(part.index[part.isna().to_numpy()])
    if len(lost):
        raise Refusal(
            f"The window from {_day(first)} to {_day(last)} cannot be compared with the weeks around it: "
            f"{len(lost)} of its {len(span)} days, four weeks on both sides included, are not in the data, the first "
            f"of them {_day(lost[0].date())}",
            "Load the months they lie in on the Data page, or choose another year",
        )
    inside = np.asarray((span >= pd.Timestamp(first)) & (span <= pd.Timestamp(last)))
    count = int(part.to_numpy()[inside].sum())
    known = dict(MARKS)
    table = pd.DataFrame(
        {
            "count": part.astype(np.int64),
            "in_window": inside,
            "mark": [known.get((d.month, d.day), "") if w else "" for d, w in zip(span, inside, strict=True)],
        }
    )
    own, found = fit_starts(days, [int(days.index.get_indexer(span[[BUFFER_DAYS]])[0])], length)
    standing = (
        COUNTS_ONLY if count < COUNTS_ONLY_UNDER or not own else (INDICATIVE if count < INDICATIVE_UNDER else ESTIMATE)
    )
    fit = found[0] if standing != COUNTS_ONLY else None
    by_weeks = fit.ratio(level) if fit else None
    kept, others = _others(days, length, (first, last)) if fit else ([], [])
    n_effective = effective(kept, length)
    logs = np.array([other.log_ratio for other in others])
    by_placebo = against_placebo(fit.log_ratio, logs, n_effective, level) if fit else None
    published = wider(by_weeks, by_placebo) if by_weeks else Ratio(np.nan, np.nan, np.nan, np.nan)
    differs = published.low > 1 or published.high < 1
    return EventWindow(
        first=first,
        last=last,
        count=count,
        usual=fit.usual if fit else np.nan,
        ratio=published.ratio,
        low=published.low,
        high=published.high,
        p=published.p,
        route="none" if fit is None else ("placebo" if published is by_placebo else "weeks"),
        weeks=by_weeks,
        placebo=by_placebo,
        phi=fit.phi if fit else np.nan,
        placebo_windows=len(kept),
        effective_windows=n_effective,
        standing=standing,
        days=table,
        differs=differs,
        sentence=_sentence(name, first, length, count, published, standing, differs=differs),
        method=_method(fit, by_placebo, (first, last), count, kept, n_effective, undated, level, data_version),
    )


def _others(days: pd.Series[float], length: int, event: tuple[date, date]) -> tuple[list[int], list[WindowFit]]:
    if int(days.notna().sum()) < LEAST_HISTORY_DAYS:
        return [], []
    return fit_starts(days, placebo_starts(days, length, event), length)


def _method(
    fit: WindowFit | None,
    placebo: Ratio | None,
    window: tuple[date, date],
    count: int,
    kept: list[int],
    n_effective: int,
    undated: int,
    level: float,
    data_version: str,
) -> Method:
    parameters = {"window": f"{(window[1] - window[0]).days + 1} days", "buffers": f"{BUFFER_DAYS} days on both sides"}
    if fit is not None:
        parameters |= {
            "phi": f"{fit.phi:.2f}, t with {fit.df} df",
            "placebo windows": f"{len(kept)}, {n_effective} of them apart" if placebo else "none, for want of history",
            "interval": f"{100 * level:g} %, the wider of the two" if placebo else f"{100 * level:g} %",
        }
    caveats = ["It measures what this feed records, and says how much more, not why."]
    if undated:
        caveats.append(f"{undated:,} incidents of the feed have no date and are left out.")
    if placebo is None and fit is not None:
        caveats.append("Without a year of history its interval rests on the weeks around it alone.")
    return Method(
        name="Poisson regression of days on weekday, trend and event" if fit else "counts by day",
        parameters=parameters,
        n=count,
        correction="days of a week vary together (week sums)" if fit else "",
        data_version=data_version,
        period=f"{_day(window[0])} to {_day(window[1])}",
        caveats=tuple(caveats),
        source_refs=("Bernal et al. 2017", "Cameron and Miller 2015"),
    )


def _sentence(name: str, first: date, length: int, count: int, found: Ratio, standing: str, *, differs: bool) -> str:
    when = f"in the {length} days from {_day(first)}"
    if standing == COUNTS_ONLY:
        return f"{name} {when}: {count:,}, too few for a ratio. Counts only."
    figures = f"[{found.low:.2f} to {found.high:.2f}]; {count:,} incidents"
    prefix = "Indicative only: " if standing == INDICATIVE else ""
    if differs:
        return f"{prefix}{name} {when} ran at about {found.ratio:.1f} times the weeks around it {figures}."
    return f"{prefix}{name} {when} cannot be told from the weeks around it: {found.ratio:.2f} times {figures}."


def _day(day: date) -> str:
    return f"{day.day} {MONTH_NAMES[day.month - 1]} {day.year}"
