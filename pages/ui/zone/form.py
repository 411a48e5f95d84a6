"""What is typed of a zone: its name, legal kind, role, times and notes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import streamlit as st

from data.feed.times import zone_of
from data.plan.saved import TITLE_LENGTH
from data.zone.limits import limit_note, limits_of
from data.zone.times import moment_of, second_of
from data.zone.zone import DRAWN, KINDS, NOTES_LENGTH, ROLE_LENGTH, Zone
from geo.errors import InputError
from pages.ui.shell import done, frame
from pages.ui.shell.cache import Dataset

_FIRST, _LAST = date(2000, 1, 1), date(2100, 12, 31)
_DAY_FORM = "DD/MM/YYYY"
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Facts:
    """What was typed; times as they were typed, local and not yet looked at.

    Attributes
    ----------
    name, kind, role, notes : str
    starts : (date, time)
        ``fold`` of the time is 1 where the second of two is meant, on the night that the clock is put back.
    ends : (date, time) or None
        None where no end is set.
    """

    name: str
    kind: str
    role: str
    notes: str
    starts: tuple[date, time]
    ends: tuple[date, time] | None

    def times(self, data: Dataset) -> tuple[datetime, datetime | None]:
        """Start and end in UTC.

        Raises
        ------
        InputError
            A minute is none on that day, because clocks went forward.
        """
        clock = zone_of(data.area)
        return moment_of(*self.starts, clock)[0], None if self.ends is None else moment_of(*self.ends, clock)[0]

    def zone(self, data: Dataset, wkt: str, origin: str) -> Zone:
        """Give the zone with an outline. Errors as :meth:`times`."""
        starts, ends = self.times(data)
        return Zone(
            name=self.name, kind=self.kind, role=self.role, starts=starts, ends=ends, wkt=wkt, origin=origin,
            notes=self.notes, data_version=data.incidents.version, simulated=data.simulated,
        )  # fmt: skip

    def notes_on_times(self, data: Dataset) -> tuple[str, ...]:
        """Say which minute the clock shows twice, and how the length stands beside the law's limit for the kind.

        Raises
        ------
        InputError
            As :meth:`times`; or the limits of the area file cannot be read.
        """
        clock = zone_of(data.area)
        twice = [moment_of(*one, clock)[1] for one in (self.starts, self.ends) if one is not None]
        return tuple(filter(None, [*twice, limit_words(data, self.zone(data, "", DRAWN))]))

    @property
    def texts(self) -> tuple[str, ...]:
        """What a person typed freely."""
        return self.name, self.role, self.notes


def facts_of(data: Dataset, zone: Zone) -> Facts:
    """Give what would be typed for a zone."""
    local = zone_of(data.area)
    starts, ends = zone.starts.astimezone(local), None if zone.ends is None else zone.ends.astimezone(local)
    return Facts(
        zone.name, zone.kind, zone.role, zone.notes, (starts.date(), starts.time()),
        None if ends is None else (ends.date(), ends.time()),
    )  # fmt: skip


def usual(data: Dataset) -> Facts:
    """Give what the form of a new zone begins with."""
    day = min(max(data.as_at, _FIRST), _LAST - timedelta(days=2))
    return Facts("", next(iter(KINDS)), "", "", (day, time()), (day + timedelta(days=1), time()))


def draw(data: Dataset, start: Facts, key: str) -> None:
    """Draw the form.

    Parameters
    ----------
    data : Dataset
    start : Facts
        What it begins with.
    key : str
        Of the zone that is made or changed: another one begins anew.
    """
    with st.container(key=f"{key}_form"):
        st.text_input("Name", value=start.name, max_chars=TITLE_LENGTH, key=f"{key}_name")
        left, right = st.columns(2, gap="small")
        left.selectbox(
            "Legal kind", list(KINDS), index=list(KINDS).index(start.kind), format_func=KINDS.__getitem__,
            key=f"{key}_kind",
        )  # fmt: skip
        right.text_input(
            "Authorised by (a role)", value=start.role, max_chars=ROLE_LENGTH, key=f"{key}_role",
            placeholder="Duty inspector",
        )  # fmt: skip
        _moment(data, "Starts", start.starts, f"{key}_start")
        open_ended = st.checkbox("No end is set", value=start.ends is None, key=f"{key}_open")
        if not open_ended:
            later = (start.starts[0] + timedelta(days=1), start.starts[1])
            _moment(data, "Ends", start.ends or later, f"{key}_end")
        st.text_area("Notes", value=start.notes, max_chars=NOTES_LENGTH, key=f"{key}_notes", height=68)
        frame.note(done.NO_NAMES)
        _say(data, typed(key))


def typed(key: str) -> Facts:
    """Give what the form holds, from a button or below it."""
    held: Mapping[Any, Any] = st.session_state
    ends = None if held[f"{key}_open"] else _typed_moment(held, f"{key}_end")
    return Facts(
        held[f"{key}_name"], held[f"{key}_kind"], held[f"{key}_role"], held[f"{key}_notes"],
        _typed_moment(held, f"{key}_start"), ends,
    )  # fmt: skip


def _typed_moment(held: Mapping[Any, Any], key: str) -> tuple[date, time]:
    return held[f"{key}_day"], held[f"{key}_time"].replace(fold=int(bool(held.get(f"{key}_second"))))


def _moment(data: Dataset, label: str, start: tuple[date, time], key: str) -> None:
    left, right = st.columns(2, gap="small")
    day = left.date_input(
        f"{label}: day", value=start[0], min_value=_FIRST, max_value=_LAST, format=_DAY_FORM, key=f"{key}_day"
    )
    at = right.time_input(f"{label}: time", value=start[1], step=_MINUTE, key=f"{key}_time")
    if name := second_of(day, at, zone_of(data.area)):  # the clock is put back: else one of the two could not be said
        st.checkbox(
            f"The second {at:%H:%M} of that night ({frame.plain(name)})", value=bool(start[1].fold), key=f"{key}_second"
        )


def _say(data: Dataset, found: Facts) -> None:
    """Say what is wrong with the times, else how the length stands beside the law's limit: a note, no refusal."""
    try:
        starts, ends = found.times(data)
        said = found.notes_on_times(data)
    except InputError as error:
        frame.warn(str(error))
        return
    if ends is not None and ends <= starts:
        frame.warn("It has to end after it starts.")
    elif said:
        frame.note(" ".join(said))


def limit_words(data: Dataset, zone: Zone) -> str:
    """Say where a zone lasts longer than the law lets one of its kind; "" where it does not.

    Raises
    ------
    InputError
        The limits of the area file cannot be read.
    """
    return limit_note(zone, limits_of(data.area.raw, data.area.file), zone_of(data.area))
