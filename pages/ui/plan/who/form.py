"""What a person says of step 3: crews with their bases, shifts, minutes per visit; kept beside the widgets."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any

import streamlit as st

from analysis.patrol.crews import (
    LEAST_SHIFT,
    LEAST_STAY,
    MOST_CREWS,
    MOST_OFFICERS,
    MOST_SHIFT,
    MOST_STAY,
    NAME_LENGTH,
    STAY_MINUTES,
    Crew,
)
from analysis.when.nights import NightHours
from data.plan.plan import FOOT, VEHICLE, Base, Patrol, Plan, PlanPlace
from geo.errors import InputError
from geo.reference import from_reference
from pages.ui.map import lattice
from pages.ui.plan.when.operation import PlanWindow
from pages.ui.shell.cache import Dataset, cached
from pages.ui.shell.frame import plain
from pages.ui.shell.kept_widget import held

OFFICERS, WARDENS = "officers", "wardens"
GOES = {FOOT: "On foot", VEHICLE: "By vehicle"}
WHO = {OFFICERS: "Officers", WARDENS: "Wardens"}
TYPED = 24  # characters of a call sign: role and number come behind it
BASE_LENGTH = 60
MOST_SHIFTS = 3  # a night
MOST_NIGHTS = 31
WARD = "Ward: "
_CREWS, _SHIFTS, _STAY = "plan_crews", "plan_shifts", "plan_stay"
_WIDGET = "plan_who_widget_"
FRIDAY, SATURDAY = 4, 5
_USUAL_SHIFT = (18, 0, 4.0)  # hour, minute, hours


@dataclass(frozen=True)
class CrewRow:
    """A crew as it was typed; ``base`` is a street, a ward or a grid reference."""

    name: str
    who: str
    number: int
    travel: str
    base: str


@dataclass(frozen=True)
class ShiftRow:
    """Shifts alike, on some nights; ``hour`` and ``minute`` are the start."""

    nights: tuple[date, ...]
    hour: int
    minute: int
    hours: float


@dataclass(frozen=True)
class Asked:
    """What hours are shared out: plain values, to be kept and compared."""

    crews: tuple[CrewRow, ...]
    shifts: tuple[ShiftRow, ...]
    stay: int


# --- what it means ---------------------------------------------------------------------------------------------------
def bases(data: Dataset) -> dict[str, tuple[float, float]]:
    """Give every ward's middle and every street of the area, for :func:`pages.ui.shell.cache.cached`."""
    wards = data.area.wards
    found = {}
    for name, polygon in sorted(zip(wards.names, wards.polygons, strict=True), key=lambda pair: pair[0]):
        middle = polygon.representative_point()
        found[WARD + name] = (float(middle.x), float(middle.y))
    streets = sorted(cached(lattice.streets, data))
    return found | {name: (east, north) for name, east, north in streets}


def base_of(data: Dataset, text: str) -> Base:
    """Find a base by what was typed.

    Raises
    ------
    InputError
        It is neither a street or ward of the area nor a grid reference.
    """
    known = cached(bases, data)
    typed = " ".join(text.split())
    if not typed:
        raise InputError("a crew has no base", column="base", hint="Type a street, a ward or a grid reference.")
    names = {name.casefold(): name for name in reversed(known)}
    name = names.get(typed.casefold()) or names.get((WARD + typed).casefold())
    if name is not None:
        return Base(name.removeprefix(WARD), *known[name])
    try:
        east, north = from_reference(typed)
    except InputError as error:
        raise InputError(
            "this is neither a street nor a ward of the area, nor a grid reference",
            column="base",
            value=typed[:BASE_LENGTH],
            hint="Choose from the list, or write a reference such as SJ414906.",
        ) from error
    return Base(typed.upper(), east, north)


def crews_of(data: Dataset, rows: tuple[CrewRow, ...]) -> tuple[Crew, ...]:
    """Turn what was typed into crews.

    Raises
    ------
    InputError
        A call sign is missing or too long, or a base is not known.
    """
    found = []
    for row in rows:
        name = " ".join(row.name.split())
        if not name or len(name) > TYPED or not name.isprintable():
            raise InputError(
                f"a crew has a call sign or a role of 1 to {TYPED} characters",
                column="crew",
                value=row.name[:NAME_LENGTH],
                hint="Never a person's name.",
            )
        found.append(Crew(f"{name} ({row.who})", row.number, base_of(data, row.base), row.travel))
    return tuple(found)


def shifts_of(rows: tuple[ShiftRow, ...]) -> tuple[tuple[datetime, float], ...]:
    """Turn what was chosen into shifts in order of time.

    Raises
    ------
    InputError
        No night is chosen, or two shifts overlap: every crew works every shift.
    """
    found = sorted(
        (datetime.combine(night, time(row.hour, row.minute)), 60 * row.hours) for row in rows for night in row.nights
    )
    if not found:
        raise InputError("no night is chosen", hint="Choose at least one night.")
    for (starts, minutes), (after, _) in pairwise(found):
        if starts + timedelta(minutes=minutes) > after:
            raise InputError(
                "two shifts overlap, and every crew works every shift",
                value=f"{night_words(starts)} {starts:%H:%M} and {after:%H:%M}",
                hint="Start the second one later or make the first one shorter.",
            )
    return tuple(found)


def night_words(day: date, mark: str = "") -> str:
    """Write a night as "Thu 31 Oct", with its name in brackets."""
    from pages.ui.chart.charts import SHORT

    weekday = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")[day.weekday()]
    return f"{weekday} {day.day} {SHORT[day.month - 1]}" + (f" ({mark})" if mark else "")


def default_nights(hours: NightHours) -> tuple[date, ...]:
    """Choose nights to begin with: those with a name, else Fridays and Saturdays, else all; at most seven."""
    days = [day.date() for day in hours.nights.index]
    named = [d for d, mark in zip(days, hours.nights["mark"], strict=True) if mark]
    ends = [d for d in days if d.weekday() in (FRIDAY, SATURDAY)]
    return tuple((named or ends or days)[:7])


# --- what is kept ----------------------------------------------------------------------------------------------------
def usual(data: Dataset, places: tuple[PlanPlace, ...], hours: NightHours) -> Asked:
    """Give what is asked for before a person has said anything."""
    ward = data.area.ward_names.get(places[0].ward_code, "") if places else ""
    crew = CrewRow("Patrol 1", OFFICERS, 2, FOOT, WARD + ward if ward else "")
    return Asked((crew,), (ShiftRow(default_nights(hours), *_USUAL_SHIFT),), int(STAY_MINUTES))


def keep(found: Asked, plain: Asked) -> None:
    """Set crews, shifts and minutes per visit; what is as in ``plain`` stays unsaid, and follows places and window."""
    st.session_state[_CREWS] = None if found.crews == plain.crews else found.crews
    st.session_state[_SHIFTS] = None if found.shifts == plain.shifts else found.shifts
    st.session_state[_STAY] = found.stay


def _crews(data: Dataset, places: tuple[PlanPlace, ...], hours: NightHours) -> tuple[CrewRow, ...]:
    return tuple(st.session_state.get(_CREWS) or usual(data, places, hours).crews)


def _shifts(window: PlanWindow, hours: NightHours) -> tuple[ShiftRow, ...]:
    rows = []
    for row in st.session_state.get(_SHIFTS) or ():
        nights = tuple(night for night in row.nights if window.first <= night <= window.last)
        rows.append(replace(row, nights=nights))
    if not any(row.nights for row in rows):
        first = rows[0] if rows else ShiftRow((), *_USUAL_SHIFT)
        return (replace(first, nights=default_nights(hours)), *rows[1:])
    return tuple(rows)


def _take(kept: str, rows: tuple[Any, ...], at: int, field: str, key: str) -> None:
    """Take what a widget of a row was changed to."""
    value = st.session_state[key]
    if isinstance(value, list):
        value = tuple(sorted(value))
    changes = {"hour": value.hour, "minute": value.minute} if isinstance(value, time) else {field: value}
    if value is not None:
        st.session_state[kept] = (*rows[:at], replace(rows[at], **changes), *rows[at + 1 :])


def _put(kept: str, rows: tuple[Any, ...]) -> None:
    st.session_state[kept] = rows


def _take_stay() -> None:
    st.session_state[_STAY] = st.session_state[_WIDGET + "stay"]


def restore(plan: Plan) -> None:
    """Set crews, shifts and minutes per visit to those of a plan that was opened and has its hours shared out."""
    if not plan.shifts:
        return
    st.session_state[_CREWS] = tuple(_crew_row(patrol) for patrol in plan.shifts[0].patrols)
    starts: dict[tuple[time, float], list[date]] = {}
    for shift in plan.shifts:
        starts.setdefault((shift.starts.time(), shift.minutes / 60), []).append(shift.starts.date())
    st.session_state[_SHIFTS] = tuple(
        ShiftRow(tuple(sorted(nights)), start.hour, start.minute, hours) for (start, hours), nights in starts.items()
    )
    stays = {visit.stay_minutes for shift in plan.shifts for patrol in shift.patrols for visit in patrol.visits}
    st.session_state[_STAY] = int(stays.pop()) if len(stays) == 1 else int(STAY_MINUTES)


def _crew_row(patrol: Patrol) -> CrewRow:
    """Take a crew back to what was typed: its role stands in brackets behind the call sign."""
    name, _, role = patrol.crew.removesuffix(")").rpartition(" (")
    known = role in WHO and bool(name)
    return CrewRow(
        (name if known else patrol.crew)[:TYPED],
        role if known else OFFICERS,
        patrol.officers,
        patrol.travel,
        patrol.base.name,
    )


# --- what is drawn ---------------------------------------------------------------------------------------------------
def asked(data: Dataset, window: PlanWindow, places: tuple[PlanPlace, ...], hours: NightHours) -> Asked:
    """Give what was asked last, without drawing it."""
    stay = int(st.session_state.get(_STAY, STAY_MINUTES))
    return Asked(_crews(data, places, hours), _shifts(window, hours), stay)


def draw(data: Dataset, window: PlanWindow, places: tuple[PlanPlace, ...], hours: NightHours) -> tuple[Asked, bool]:
    """Draw crews, shifts and minutes per visit; give what was asked, and whether to share out now."""
    crews = _crews(data, places, hours)
    known = list(cached(bases, data))
    for at, crew in enumerate(crews):
        _draw_crew(crews, at, crew, known)
    shifts = _shifts(window, hours)
    for at, shift in enumerate(shifts):
        _draw_shift(shifts, at, shift, hours)
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        if len(crews) < MOST_CREWS:
            last = crews[-1]
            more = replace(last, name=_next_name(crews))
            st.button("Add a crew", key="plan_add_crew", on_click=_put, args=(_CREWS, (*crews, more)))
        if len(shifts) < MOST_SHIFTS:
            late = replace(shifts[-1], hour=(shifts[-1].hour + int(shifts[-1].hours) + 1) % 24)
            st.button("Add another shift", key="plan_add_shift", on_click=_put, args=(_SHIFTS, (*shifts, late)))
        pressed = st.button("Share out the hours", type="primary", key="plan_share_out")
    stay = int(st.session_state.get(_STAY, STAY_MINUTES))
    return Asked(crews, shifts, stay), pressed


def draw_stay() -> None:
    """Draw the minutes per visit."""
    st.slider(
        "Minutes per visit",
        int(LEAST_STAY),
        int(MOST_STAY),
        key=held(_WIDGET + "stay", int(st.session_state.get(_STAY, STAY_MINUTES))),
        on_change=_take_stay,
        help="About 10 minutes are needed for an effect that lasts; 11 to 15 did best (Koper 1995).",
    )


def _next_name(crews: tuple[CrewRow, ...]) -> str:
    taken = {row.name for row in crews}
    return next(name for name in (f"Patrol {i}" for i in range(1, MOST_CREWS + 2)) if name not in taken)


def _draw_crew(rows: tuple[CrewRow, ...], at: int, row: CrewRow, known: list[str]) -> None:
    shown = "visible" if at == 0 else "collapsed"
    name, who, number, travel, base, gone = st.columns(
        [2.4, 1.8, 1.5, 1.8, 4.5, 0.8], gap="small", vertical_alignment="bottom"
    )

    def on(field: str, value: object) -> dict[str, Any]:
        key = held(_WIDGET + f"crew_{at}_{field}", value)
        return {"key": key, "on_change": _take, "args": (_CREWS, rows, at, field, key), "label_visibility": shown}

    name.text_input(
        "Call sign or role", max_chars=TYPED, help="Never a person's name.", **on("name", row.name)
    )  # fmt: skip
    who.selectbox("Who", list(WHO), format_func=WHO.__getitem__, **on("who", row.who))
    number.number_input("How many", 1, MOST_OFFICERS, step=1, **on("number", row.number))
    travel.selectbox("Goes", list(GOES), format_func=GOES.__getitem__, **on("travel", row.travel))
    options = known if not row.base or row.base in known else [row.base, *known]
    base.selectbox(
        "Base",
        options,
        placeholder="Street, ward or grid reference",
        accept_new_options=True,
        help="Where the crew starts and ends. Choose a street or a ward, or type a grid reference such as SJ414906.",
        **on("base", row.base or None),
    )
    if len(rows) > 1:
        gone.button(
            "", icon=":material/close:", key=f"plan_crew_gone_{at}", help=f"Remove {plain(row.name)}",
            on_click=_put, args=(_CREWS, rows[:at] + rows[at + 1 :]),
        )  # fmt: skip


def _draw_shift(rows: tuple[ShiftRow, ...], at: int, row: ShiftRow, hours: NightHours) -> None:
    shown = "visible" if at == 0 else "collapsed"
    widths = [6.7, 1.6, 1.6, 2.4, 0.8]
    nights, start, length, stay, gone = st.columns(widths, gap="small", vertical_alignment="bottom")

    def on(field: str, value: object) -> dict[str, Any]:
        key = held(_WIDGET + f"shift_{at}_{field}", value)
        return {"key": key, "on_change": _take, "args": (_SHIFTS, rows, at, field, key), "label_visibility": shown}

    marks = dict(zip((day.date() for day in hours.nights.index), hours.nights["mark"], strict=True))
    names = {day: night_words(day, mark) for day, mark in marks.items()}
    nights.multiselect(
        "Nights",
        list(names),
        format_func=names.__getitem__,
        max_selections=MOST_NIGHTS,
        **on("nights", list(row.nights)),
    )
    start.time_input("From", step=timedelta(minutes=30), **on("start", time(row.hour, row.minute)))
    length.number_input("Hours", LEAST_SHIFT / 60, MOST_SHIFT / 60, step=0.5, format="%.1f", **on("hours", row.hours))
    if at == 0:
        with stay:
            draw_stay()
    if len(rows) > 1:
        gone.button(
            "", icon=":material/close:", key=f"plan_shift_gone_{at}", help="Remove this shift",
            on_click=_put, args=(_SHIFTS, rows[:at] + rows[at + 1 :]),
        )  # fmt: skip
