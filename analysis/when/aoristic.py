"""At what hour: incidents known as an interval spread over the hours of the week, and the profile hour by weekday."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.common.method import Method
from analysis.common.refusal import Refusal
from data.store.schema import Incidents
from geo.errors import InputError

HOURS = 24
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
HOURS_IN_WEEK = HOURS * len(WEEKDAYS)
SMOOTHING = (0.25, 0.5, 0.25)  # of the hour before, the hour, the hour after
RAW_FROM = 1000  # incidents from which 168 cells speak for themselves
SHOWN_FROM = 50
LONGEST_H = 24.0  # intervals that a profile uses
LEFT_OUT_TOLD = 0.005  # share left out from which the sentence says so

_HOUR_S = 3600
_WEEK_S = HOURS_IN_WEEK * _HOUR_S
_MONDAY_S = 4 * 86_400  # 1 January 1970 was a Thursday; the Monday after it
_REMEDY = "Load a feed that gives date and time of each incident, such as a partner's own records"


@dataclass(frozen=True, eq=False)
class ClockProfile:
    """When in the week incidents happen.

    Attributes
    ----------
    table : DataFrame, shape (7, 24)
        Incidents by weekday (Monday first) and hour of the day; sums to ``n``.
    by_weekday : Series, length 7
    by_hour : Series, length 24
        As counted, without smoothing.
    n : int
        Incidents that are in it.
    left_out : int
        Incidents with no time, or known only as an interval of more than the longest.
    smoothed : bool
        The table is the product of its margins, the hours smoothed; else as counted.
    sentence : str
    method : Method
    """

    table: pd.DataFrame = field(repr=False)
    by_weekday: pd.Series[float] = field(repr=False)
    by_hour: pd.Series[float] = field(repr=False)
    n: int
    left_out: int
    smoothed: bool
    sentence: str
    method: Method

    @property
    def left_out_share(self) -> float:
        """Share of all incidents that is left out."""
        return self.left_out / (self.n + self.left_out) if self.n + self.left_out else 0.0


def hour_of_week(start: Any, end: Any) -> NDArray[np.float64]:
    """Spread each incident evenly over the time in which it may have happened.

    Parameters
    ----------
    start, end : array_like of datetime64, shape (n,)
        Local time. Where the end is missing, or equals the start, the incident falls into the hour of its start.

    Returns
    -------
    ndarray, shape (168,)
        Incidents by hour of the week, Monday 00:00 first; sums to n.

    Raises
    ------
    Refusal
        A start is missing, or times are whole days or months.
    InputError
        Shapes that differ, no datetime64, or an end before its start: the row is named.

    Notes
    -----
    An interval of 168 hours and longer says nothing and is spread evenly over the week. When it misleads: long
    intervals smear; a break-in found in the morning counts at all hours of the night, and no hour of it was seen. An
    interval across a change of the clocks is an hour out.

    References
    ----------
    Ratcliffe, J. H. (2000). Aoristic analysis: the spatial interpretation of unspecific temporal events. International
    Journal of Geographical Information Science 14, 669-679.
    """
    first, last = _seconds(start, "start"), _seconds(end, "end", may_be_missing=True)
    if first.shape != last.shape:
        raise InputError("each start has an end", column="end", value=f"{len(first)} starts, {len(last)} ends")
    last = np.where(np.isnan(last), first, last)
    wrong = np.flatnonzero(last < first)
    if len(wrong):
        raise InputError(
            f"interval {int(wrong[0]) + 1} ends before it starts, {len(wrong)} such in all",
            column="end",
            value=f"{_text(first[wrong[0]])} to {_text(last[wrong[0]])}",
            hint="Swap the two, or leave the end empty.",
        )
    length = last - first
    whole_week = length >= _WEEK_S
    weights = np.full(HOURS_IN_WEEK, whole_week.sum() / HOURS_IN_WEEK)
    length = length[~whole_week]
    begin = (first[~whole_week] - _MONDAY_S) % _WEEK_S
    finish = begin + length
    hour = np.floor(begin / _HOUR_S).astype(np.intp)
    # an interval that ends on the hour does not reach into the next
    final = np.maximum(np.ceil(finish / _HOUR_S).astype(np.intp) - 1, hour)
    single = final == hour
    size = 2 * HOURS_IN_WEEK + 1
    bins = np.bincount(hour[single], minlength=size).astype(float)
    hour, final, begin, finish, length = (each[~single] for each in (hour, final, begin, finish, length))
    bins += np.bincount(hour, ((hour + 1) * _HOUR_S - begin) / length, minlength=size)
    bins += np.bincount(final, (finish - final * _HOUR_S) / length, minlength=size)
    # the whole hours in between: begin to count after the first, stop at the last
    share = _HOUR_S / length
    step = np.bincount(hour + 1, share, minlength=size) - np.bincount(final, share, minlength=size)
    covered = np.bincount(hour + 1, minlength=size) - np.bincount(final, minlength=size)
    bins += np.where(np.cumsum(covered) > 0, np.cumsum(step), 0.0)
    return np.asarray(weights + bins[:HOURS_IN_WEEK] + bins[HOURS_IN_WEEK : 2 * HOURS_IN_WEEK])


def clock_profile(incidents: Incidents, longest_h: float = LONGEST_H, *, name: str = "Incidents") -> ClockProfile:
    """Lay incidents of a dated feed out by hour and weekday.

    Parameters
    ----------
    incidents : Incidents
        Of one kind, with ``occurred_at`` and, where known as an interval, ``occurred_until``; local time.
    longest_h : float
        Incidents known as a longer interval are left out, and counted as such.
    name : str
        What the sentence speaks of.

    Returns
    -------
    ClockProfile

    Raises
    ------
    Refusal
        No incident has a time, as in published month data; all times are midnight; or fewer than 50 are left.
    InputError
        An interval that ends before it starts.

    Notes
    -----
    As counted from 1,000 incidents up. Below, 168 cells hold too few each: the table is the product of weekday and
    hour, the hours smoothed round the clock by (1/4, 1/2, 1/4). When it misleads: the product says that every day has
    the same evening, and Friday and Saturday night often differ from it; and many records carry the time of the call,
    not that of the incident.

    References
    ----------
    As :func:`hour_of_week`; product and smoothing are of this project.
    """
    frame = incidents.frame
    dated = frame[frame["occurred_at"].notna()]
    if len(dated) == 0 and len(frame):
        raise _month_data()
    until = dated["occurred_until"]
    hours = (until - dated["occurred_at"]).dt.total_seconds() / _HOUR_S
    kept = dated[~(hours > longest_h).to_numpy()]
    n, left_out = len(kept), len(frame) - len(kept)
    if n < SHOWN_FROM:
        raise Refusal(
            f"Hours of the week are not shown for {n} {'incident' if n == 1 else 'incidents'} with a time: under "
            f"{SHOWN_FROM} they are chance",
            "Choose a wider selection or more months",
        )
    times = kept["occurred_at"]
    if ((times.dt.hour == 0) & (times.dt.minute == 0) & (times.dt.second == 0) & kept["occurred_until"].isna()).all():
        raise Refusal(
            "There are no hours: every incident stands at midnight, so that the feed knows the day only", _REMEDY
        )
    weights = hour_of_week(times.to_numpy(), kept["occurred_until"].to_numpy()).reshape(len(WEEKDAYS), HOURS)
    smoothed = n < RAW_FROM
    cells = _product_of_margins(weights) if smoothed else weights
    hours_of_day = pd.Index(range(HOURS), name="hour")
    weekdays = pd.Index(WEEKDAYS, name="weekday")
    shape = "product of weekday and hour, hours smoothed by (1/4, 1/2, 1/4)" if smoothed else "as counted"
    caveats = ["Many records carry the time of the call, not that of the incident."]
    if smoothed:
        caveats.append(f"Under {RAW_FROM:,} incidents each weekday is given the same course of the day.")
    share = left_out / len(frame)
    if left_out:
        caveats.append(f"{left_out:,} incidents ({100 * share:.1f} %) are left out: no time, or an interval too long.")
    return ClockProfile(
        table=pd.DataFrame(cells, index=weekdays, columns=hours_of_day),
        by_weekday=pd.Series(weights.sum(axis=1), index=weekdays, name="count"),
        by_hour=pd.Series(weights.sum(axis=0), index=hours_of_day, name="count"),
        n=n,
        left_out=left_out,
        smoothed=smoothed,
        sentence=_sentence(name, cells, share),
        method=Method(
            name="aoristic profile by hour and weekday",
            parameters={
                "intervals": f"up to {longest_h:g} hours, spread evenly",
                "left out": f"{left_out:,} ({100 * share:.1f} %)",
                "table": shape,
            },
            n=n,
            data_version=incidents.version,
            period=f"{times.min():%Y-%m-%d} to {times.max():%Y-%m-%d}",
            caveats=tuple(caveats),
            source_refs=("Ratcliffe 2000",),
        ),
    )


def _product_of_margins(weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Weekday times hour of the day, the hours smoothed round the clock; shape and sum stay."""
    before, here, after = SMOOTHING
    hours = weights.sum(axis=0)
    smooth = before * np.roll(hours, 1) + here * hours + after * np.roll(hours, -1)
    return np.asarray(np.outer(weights.sum(axis=1), smooth) / weights.sum())


def _text(seconds: np.float64) -> str:
    return str(np.datetime64(int(seconds), "s"))


def _month_data() -> Refusal:
    return Refusal(
        "Hours and weekdays cannot be had from month data: only the month of an incident is published", _REMEDY
    )


def _seconds(times: Any, column: str, *, may_be_missing: bool = False) -> NDArray[np.float64]:
    """Seconds since 1970, NaN where missing, shape (n,)."""
    given = times.array if isinstance(times, pd.Series | pd.Index) else times
    if isinstance(getattr(given, "dtype", None), pd.PeriodDtype):
        raise _month_data()
    raw = np.asarray(given)
    if raw.dtype.kind == "O" and raw.size and pd.isna(raw).all():
        raw = np.full(raw.shape, np.datetime64("NaT"), dtype="datetime64[s]")
    if raw.dtype.kind != "M" or raw.ndim != 1:
        raise InputError(
            "times are one list of datetime64",
            column=column,
            value=f"{raw.dtype}, shape {raw.shape}",
            hint="Convert them with pandas.to_datetime(...).to_numpy(); local time, without a time zone.",
        )
    absent = np.isnat(raw)
    unit = np.datetime_data(raw.dtype)[0]
    if unit in {"Y", "M"} and not absent.all():
        raise _month_data()
    if unit in {"W", "D"} and not absent.all():
        raise Refusal("There are no hours: these are days without a time", _REMEDY)
    if absent.any() and not may_be_missing:
        if absent.all():
            raise _month_data()
        raise Refusal(
            f"{int(absent.sum())} of {len(raw)} incidents have no time", f"Leave them out and say so. {_REMEDY}"
        )
    return np.where(absent, np.nan, raw.astype("datetime64[ms]").astype(np.int64) / 1000)


def _sentence(name: str, cells: NDArray[np.float64], left_out: float) -> str:
    day, hour = divmod(int(np.argmax(cells)), HOURS)
    most = int(np.argmax(cells.sum(axis=1)))
    busiest = WEEKDAYS[day] if day == most else f"{WEEKDAYS[day]} (over the whole day {WEEKDAYS[most]})"
    half = _half_of(cells.sum(axis=0))
    text = f"{name}: most frequent on {busiest} from {hour:02d}:00 to {(hour + 1) % HOURS:02d}:00"
    text += f"; half of them fall between {half[0]:02d}:00 and {half[1]:02d}:00"
    return text + (f" ({100 * left_out:.0f} % left out for want of a time)." if left_out >= LEFT_OUT_TOLD else ".")


def _half_of(hours: NDArray[np.float64]) -> tuple[int, int]:
    """Find the shortest run of hours of the day, round the clock, that holds half of the incidents."""
    twice = np.concatenate([[0.0], np.cumsum(np.tile(hours, 2))])
    for length in range(1, HOURS + 1):
        held = twice[length : length + HOURS] - twice[:HOURS]
        if held.max() >= hours.sum() / 2:
            start = int(np.argmax(held))
            return start, (start + length) % HOURS
    return 0, 0
