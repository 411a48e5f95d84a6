"""Step 1 of a plan in the address: the operation or the days, and whose hours weigh. The Briefing has the same."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date

import streamlit as st

from data.place.area_calendar import OperationWindow
from pages.ui.shell import address

OPERATION, DAYS, FEED = "plan_operation", "plan_days", "plan_feed"  # keys of the session
OWN_DATES, ALIKE = "", ""  # as the operation, and as the feed
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2100, 12, 31)
LONGEST_DAYS = 92  # a quarter: the longest window that is planned at once
CONTROLS = (
    address.word("operation", "the operation"),
    address.word("days", "the days"),
    address.word("hours", "the hours"),
)
_ALIKE = "alike"
_SPAN = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})\.\.([0-9]{4}-[0-9]{2}-[0-9]{2})")
Days = tuple[date, date]


def operation_words(windows: Mapping[str, OperationWindow]) -> dict[str, str]:
    """Give what an operation is called by its word: "halloween-2026"."""
    return {f"{address.slug(w.operation.name)}-{w.first.year}": name for name, w in windows.items()}


def days_of(word: str) -> Days | None:
    """Read days such as 2026-10-25..2026-11-08; None where they are no days, run backwards or are too many."""
    found = _SPAN.fullmatch(word)
    try:
        first, last = (date.fromisoformat(one) for one in found.groups()) if found else (LAST_DAY, FIRST_DAY)
    except ValueError:
        return None
    there = FIRST_DAY <= first <= last <= LAST_DAY and (last - first).days < LONGEST_DAYS
    return (first, last) if there else None


def days_word(days: Days) -> str:
    """Write days of one's own; the other way round of :func:`days_of`."""
    return f"{days[0]}..{days[1]}"


def feed_words(names: Iterable[str]) -> dict[str, str]:
    """Give the feed whose hours weigh, or none, by its word."""
    return address.feed_words(names) | {_ALIKE: ALIKE}


def read(windows: Mapping[str, OperationWindow], names: Iterable[str]) -> None:
    """Take what the address asks for anew, before the controls are drawn; tell what is not there.

    Parameters
    ----------
    windows : mapping of str to OperationWindow
        On offer, by what they are called.
    names : iterable of str
        Of the dated feeds.
    """
    asked = address.asked(CONTROLS, everywhere=True)
    if asked is None:
        return
    operation, days, feed = (asked[one.name] for one in CONTROLS)
    for key in (OPERATION, DAYS, FEED):
        st.session_state.pop(key, None)
    known = operation_words(windows)
    if operation in known:
        st.session_state[OPERATION] = known[operation]
    elif operation:
        address.tell(address.not_there("the operation", operation, "the usual is shown"))
    if days and operation in known:
        address.tell(address.not_there("the days", days, "those of the operation are shown"))
    elif found := days_of(days):
        st.session_state[OPERATION], st.session_state[DAYS] = OWN_DATES, found
    elif days:
        address.tell(address.not_there("the days", days, "the usual ones are shown"))
    feeds = feed_words(names)
    if feed in feeds:
        st.session_state[FEED] = feeds[feed]
    elif feed:
        address.tell(address.not_there("the hours of", feed, "the usual ones are shown"))


def write(windows: Mapping[str, OperationWindow], names: Iterable[str], days: Days, feed: str, usual: str) -> None:
    """Put into the address what is shown.

    Parameters
    ----------
    windows, names
        As in :func:`read`.
    days : tuple of date
        First and last that are shown.
    feed : str
        Whose hours weigh; ``usual`` is the one that goes without saying.

    Notes
    -----
    The operation that is usual changes with the day. So one that was chosen is written, even where it is the usual.
    """
    operation = st.session_state.get(OPERATION)
    words = {}
    if operation == OWN_DATES:
        words["days"] = days_word(days)
    elif operation in windows:
        words["operation"] = next(word for word, name in operation_words(windows).items() if name == operation)
    if feed != usual:
        words["hours"] = next((word for word, name in feed_words(names).items() if name == feed), "")
    address.say(CONTROLS, words, everywhere=True)
