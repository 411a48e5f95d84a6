"""Step 1 of a plan, when: the window, the crime type, the month up to which anything is known, and what to expect."""

from __future__ import annotations

from datetime import date, timedelta
from html import escape
from typing import Any

import pandas as pd
import streamlit as st

from analysis.ahead.volume import UNRELIABLE
from analysis.common.refusal import Refusal
from analysis.findings.age import known_words, load_words
from data.kinds.crime_types import incidents_words, kinds_of
from data.place.area import Area
from data.place.area_calendar import OperationWindow, operations_offered
from data.plan.plan import Plan
from pages.ui.plan.when import address as when_address
from pages.ui.plan.when.address import ALIKE, DAYS, FEED, FIRST_DAY, LAST_DAY, LONGEST_DAYS, OPERATION
from pages.ui.plan.when.operation import PlanWindow, forecast_of
from pages.ui.shell import filters, frame, screenshot
from pages.ui.shell.cache import Dataset, cached, feed, feeds
from pages.ui.shell.choice import as_at_date, day_at, known_month
from pages.ui.shell.kept_widget import held

OWN_DATES = "Own dates"
_WIDGET = "plan_widget_"


# --- what a person chose ---------------------------------------------------------------------------------------------
def windows_offered(area: Area, day: date) -> dict[str, OperationWindow]:
    """List the operations that are offered on a day, the one that is looked at first at the head.

    Parameters
    ----------
    area : Area
    day : date
        On which the person asks.

    Returns
    -------
    dict of str to OperationWindow
        Of :func:`data.place.area_calendar.operations_offered`. What they are called by is the name of the operation,
        with its year where the next one of the same name stands before it.
    """
    found: dict[str, OperationWindow] = {}
    for window in operations_offered(area, day):
        name = window.operation.name
        found[f"{name} {window.first.year}" if name in found else name] = window
    return found


def _label(window: OperationWindow, day: date) -> str:
    state = ", over" if window.last < day else ", running" if window.first <= day else ""
    return f"{window.operation.name} {window.first.year}{state}"


def choose(data: Dataset) -> PlanWindow:
    """Draw the controls in one row and give what they mean.

    Parameters
    ----------
    data : Dataset

    Returns
    -------
    PlanWindow
        By default the operation that is next to start, as the crime type and the as-at month that all pages share, or
        the latest that was known. Where the data are old, what would help is said above the controls.
    """
    lead, notes = st.empty(), st.container()
    names = feeds(data)
    widths = [3.1, 1.75, 1.75, 4.5, 2.1] if names else [3, 1.5, 1.5, 5]
    what, start, end, shared, *rest = st.columns(widths, gap="small")
    with shared:
        chosen = filters.draw(data, ("category", "as_at"))
    day = as_at_date(data, chosen)
    as_at = (chosen.as_at if chosen.stepped_back else known_month(data)) or _before(data)
    frame.knows(as_at)
    if not (chosen.stepped_back or data.simulated or chosen.as_at is None or screenshot.on()):
        _lead(lead, known_words(as_at, day) if as_at != chosen.as_at else load_words(as_at, day))
    windows = windows_offered(data.area, day)
    with notes:
        when_address.read(windows, names)
    operation = st.session_state.get(OPERATION)
    operation = operation if operation in (*windows, "") else next(iter(windows), "")
    own = st.session_state.get(DAYS)
    if operation:
        first, last = windows[operation].first, windows[operation].last
    else:
        first, last = own or _default_days(day)
    with what:
        options = [*windows, ""]
        labels = {name: _label(window, day) for name, window in windows.items()} | {"": OWN_DATES}
        st.selectbox(
            "Operation", options, format_func=labels.__getitem__,
            key=held(_WIDGET + "operation", operation), on_change=_take_operation, args=((first, last),),
        )  # fmt: skip
    for column, label, which, day in ((start, "From", "first", first), (end, "To", "last", last)):
        column.date_input(
            label, min_value=FIRST_DAY, max_value=LAST_DAY, format="DD/MM/YYYY",
            key=held(_WIDGET + which, day), on_change=_take_days, args=(which,),
        )  # fmt: skip
    name = usual = next((one for one in names if _holds(data, one, chosen.category)), ALIKE)
    if names:
        asked = st.session_state.get(FEED, usual)
        name = asked if asked in names else ALIKE
        labels = {"": "All hours alike"} | {one: one for one in names}
        rest[0].selectbox(
            "Hours from", [*names, ALIKE], format_func=labels.__getitem__,
            key=held(_WIDGET + "feed", name), on_change=_take_feed,
            help="A dated feed weighs the hours. It is never added to the counts.",
        )  # fmt: skip
    when_address.write(windows, names, (first, last), name, usual)
    named = windows[operation].operation.name if operation else ""
    return PlanWindow(named, chosen.category, first, last, as_at, name)


def _lead(spot: Any, words: str) -> None:
    if words:
        spot.html(f'<p class="note">{escape(words)}</p>')


def restore(data: Dataset, plan: Plan) -> None:
    """Set this step to a plan that was opened: its days, by the name of an operation where they are its days."""
    latest = known_month(data)
    month = pd.Period(plan.as_at, "M")
    filters.choose(category=plan.category, as_at="" if month == latest else plan.as_at)
    offered = windows_offered(data.area, data.as_at if month == latest else month.end_time.date())
    mine = (plan.operation, plan.first, plan.last)
    same = [key for key, w in offered.items() if (w.operation.name, w.first, w.last) == mine]
    st.session_state[OPERATION] = same[0] if same else ""
    st.session_state[DAYS] = (plan.first, plan.last)
    st.session_state[FEED] = plan.feed


def _holds(data: Dataset, name: str, category: str) -> bool:
    return bool(feed(data, name).frame["category"].isin(kinds_of(category)).any())


def _default_days(day: date) -> tuple[date, date]:
    """Two weeks from the next Friday."""
    first = day + timedelta(days=(4 - day.weekday()) % 7 or 7)
    return first, first + timedelta(days=13)


def _before(data: Dataset) -> pd.Period:
    """Without any month: the last month of a feed, or the one before the day on which the person asks."""
    ends = [feed(data, name).as_at_month for name in feeds(data)]
    return max((month for month in ends if month is not None), default=pd.Period(data.as_at, "M") - 1)


def _take_operation(days: tuple[date, date]) -> None:
    """Take the operation; own dates begin with those that were shown."""
    st.session_state[OPERATION] = st.session_state[_WIDGET + "operation"]
    if not st.session_state[OPERATION]:
        st.session_state[DAYS] = days


def _take_days(changed: str) -> None:
    """Take one end of own dates; the other end moves with it where the window would run backwards or be too long."""
    first, last = (st.session_state[_WIDGET + end] for end in ("first", "last"))
    longest = timedelta(days=LONGEST_DAYS - 1)
    if changed == "first":
        last = min(max(first, last), first + longest)
    else:
        first = max(min(first, last), last - longest)
    st.session_state[DAYS] = (first, last)
    st.session_state[OPERATION] = ""


def _take_feed() -> None:
    st.session_state[FEED] = st.session_state[_WIDGET + "feed"]


# --- what the data say of it; each for ``cached`` --------------------------------------------------------------------


def finding(data: Dataset, window: PlanWindow) -> str:
    """Say what is expected in the window."""
    found = cached(forecast_of, data, window)
    if isinstance(found, Refusal):
        return f"{window.title}: no forecast of {incidents_words(window.category)}"
    over = window.last < day_at(data, window.as_at)
    waited = "were to be expected, not yet loaded" if over else "expected"
    what = f"about {found.expected:,.0f} {incidents_words(window.category)} {waited}"
    between = f"(80 % interval {found.low80:,.0f} to {found.high80:,.0f})"
    return f"{window.title}: {'' if found.reliable else UNRELIABLE}{what} {between}, {found.label}"
