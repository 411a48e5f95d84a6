"""What sharing out the hours gave: what is covered, beside the same hours spent otherwise, and the visits.

Incidents are told by the shift where a dated feed tells hours. Without one each stop is told by its part of what the
days bring, and without a forecast by no figure.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from html import escape

import pandas as pd
import streamlit as st

from analysis.patrol.allocation import Allocation
from analysis.when.nights import NightHours
from analysis.where.lead import Lead
from data.kinds.crime_types import incidents_words
from data.plan import stops as plan_stops
from data.plan.plan import FOOT, Patrol, PlanPlace, Shift, Stop
from data.plan.told import Told
from pages.ui.chart import charts
from pages.ui.chart.figure import FAINT, SERIES, Drawing
from pages.ui.plan.when.operation import PlanWindow
from pages.ui.plan.where import places as plan_places
from pages.ui.plan.where import ranking as plan_where
from pages.ui.plan.who import routes as plan_routes
from pages.ui.plan.who import stops as plan_who_stops
from pages.ui.plan.who.form import night_words
from pages.ui.shell import downloads, frame, screenshot, tables
from pages.ui.shell.cache import Dataset, cached
from pages.ui.shell.kept_widget import held

ALIKE = "All shifts are alike, so every shift goes to the same cells: places are not told apart by night."
AT_POINTS = "What is covered is counted at published points."
SHIFT = "plan_shift_shown"
PLAN, BUSIEST, EVEN = "This plan", "Last year's busiest cells", "Even spread over the area"
CHART_HEIGHT = 150
MAP_HEIGHT, SLIDE_MAP_HEIGHT = 400, 215
TABLE_HEIGHT, SLIDE_TABLE_HEIGHT = 330, 480
LEFT_MINUTES = 30  # left over in a shift that goes to every cell: worth a word


def show(
    data: Dataset,
    window: PlanWindow,
    places: tuple[PlanPlace, ...],
    result: Allocation,
    hours: NightHours,
    told: Told,
    lead: Lead,
) -> None:
    """Draw chart, words, and one shift: its routes on the map and its visits."""
    left, right = st.columns([42, 58], gap="medium")
    stops = plan_who_stops.of_shifts(data, window, places, result.shifts)
    named = {stop.reference: stop for stop in stops}
    with left:
        _covered(data, window, result, told, lead, stops)
        said = [told.why] if told.why else []
        said += sentences(window, result)
        said.insert(1, lead.sentence)
        for sentence in filter(None, (told.why,)) if screenshot.on() else said:
            frame.note(sentence)
        _at_points(data, window)
    with right:
        shift = _show_visits(data, window, named, result, told)
    with left if screenshot.on() else right:
        plan_routes.show(
            data, shift, named, places, SLIDE_MAP_HEIGHT if screenshot.on() else MAP_HEIGHT, told, result.ways
        )
    frame.how(result.method, hours.method.line())


def _covered(
    data: Dataset, window: PlanWindow, result: Allocation, told: Told, lead: Lead, stops: tuple[Stop, ...]
) -> None:
    """Draw what is covered, beside it what came of such figures on past months, and where no hours are known stops."""
    past_range = cached(plan_where.calibration_words, data, window)
    title = headline(window, result, told, stops, data.area.kind)
    if compared(result, told):
        lines = downloads.about(data, "what the plan covers", window.words, result.method, of=window.category)
        name = downloads.file_name(data, "plan-covered", window.category, str(window.first))
        charts.show(covered_chart(title, result, told, lead), data, "plan_covered", name, lines, past_range)
    else:
        st.html(f'<h2 class="chart-title">{escape(title)}</h2>')
        if past_range:
            frame.note(past_range)
    if told.forecast and not told.hours and stops and not screenshot.on():
        plan_who_stops.show(stops, window.category)


def _at_points(data: Dataset, window: PlanWindow) -> None:
    """Say beside what is covered that it is counted at published points, and what that hides."""
    said = f"{plan_places.true_addresses(data, window)} {AT_POINTS}"
    if screenshot.on():
        screenshot.carry((said,))
    else:
        frame.note(said)


# --- words -----------------------------------------------------------------------------------------------------------
def totals(result: Allocation) -> dict[str, float]:
    """Sum over all shifts what is expected, and what the plan, the busiest cells and an even spread cover of it."""
    shifts = result.shifts
    return {
        "expected": sum(s.expected for s in shifts),
        PLAN: sum(s.covered for s in shifts),
        BUSIEST: sum(s.busiest for s in shifts),
        EVEN: sum(s.even_spread for s in shifts),
    }


def headline(window: PlanWindow, result: Allocation, told: Told, stops: Iterable[Stop], kind: str) -> str:
    """Say what the plan covers, as the title of the chart; ``kind`` is of the area."""
    found = totals(result)
    n = len(result.shifts)
    shifts = "the shift" if n == 1 else f"the {n} shifts"
    if found["expected"] <= 0:
        return f"Nothing is expected during {shifts}: they lie outside the window"
    if not told.in_shifts:
        distinct = len({stop.reference for stop in stops})
        together = plan_stops.together_words(window.category, stops, kind) if told.forecast else ""
        counted = f"{distinct} {'stop' if distinct == 1 else 'stops'} in {shifts}"
        return together or f"{counted}" + ("" if told.forecast else "; no forecast of these days, so no figure")
    share = 100 * found[PLAN] / found["expected"]
    return (
        f"The cells visited hold {share:.0f} % of the {found['expected']:.1f} {incidents_words(window.category)} "
        f"expected during {shifts}"
    )


def sentences(window: PlanWindow, result: Allocation) -> list[str]:
    """Say how far from the best the plan may be, what is left or not counted, and whether shifts are alike."""
    said = [gap_words(result)]
    if result.ways is not None:
        said.append(f"Ways are {result.method.parameters['way']}.")
    end = datetime.combine(window.last, datetime.min.time()) + timedelta(days=1)
    if any(s.ends > end for s in result.shifts):
        said.append(f"Nothing is expected after the window, that is after midnight of {night_words(window.last)}.")
    if result.alike:
        said.append(ALIKE)
    visited = max(len({v.reference for p in s.patrols for v in p.visits}) for s in result.shifts)
    spare = max(s.minutes - spent(p) for s in result.shifts for p in s.patrols)
    if visited >= result.candidates and spare >= LEFT_MINUTES:
        said.append(
            f"All {result.candidates} cells of the places are visited, with up to {spare:.0f} minutes left for one "
            "crew: list more cells in step 2, or plan fewer hours."
        )
    if result.left_over:
        said.append(
            f"{result.left_over} further cells of the places were not to choose from: too far from every base, or "
            "beyond 40 cells for each patrol."
        )
    idle = sorted({p.crew for s in result.shifts for p in s.patrols if not p.visits})
    if idle:
        said.append("Without a visit: " + ", ".join(idle) + ". No cell is left that the crew can reach.")
    return said


def gap_words(result: Allocation) -> str:
    """Say the solver's gap in words."""
    gap = math.ceil(1000 * result.gap) / 10  # rounded up: it is said as a bound
    among = f"among these {result.candidates} cells"
    if gap <= 0:
        return f"No other routes of these crews {among} cover more."
    shown = f"{gap:.1f}" if gap < 1 else f"{math.ceil(gap)}"
    return f"No other routes of these crews {among} could cover more than {shown} % more."


def spent(patrol: Patrol) -> float:
    """Minutes of a patrol, way and stays."""
    return patrol.travel_minutes + sum(visit.stay_minutes for visit in patrol.visits)


# --- chart -----------------------------------------------------------------------------------------------------------
def compared(result: Allocation, told: Told) -> bool:
    """Whether what is covered may be set beside the same hours spent otherwise.

    Without hours only where shifts are alike: else it would be a figure of each of them.
    """
    alike = result.alike or len(result.shifts) == 1
    return told.in_shifts or (told.forecast and alike and totals(result)["expected"] > 0)


def covered_chart(title: str, result: Allocation, told: Told, lead: Lead) -> charts.Chart:
    """Draw what the plan covers beside the same hours spent otherwise; without hours, as parts of what the days bring.

    Last year's busiest cells are beside it only where past windows prove a lead over them.
    """
    found = totals(result)
    names = (EVEN, BUSIEST, PLAN) if lead.proven else (EVEN, PLAN)  # drawn from below
    whole = found["expected"] or 1.0
    said = {name: f"{found[name]:.2f} ({100 * found[name] / whole:.0f} %)" for name in names}
    if not told.in_shifts:
        found = {name: found[name] / whole for name in names}
        said = {name: plan_stops.part_words(found[name]) for name in names}
    drawing = Drawing()
    drawing.trace(
        type="bar",
        orientation="h",
        x=[found[name] for name in names],
        y=list(names),
        marker={"color": [{EVEN: FAINT, BUSIEST: SERIES[1], PLAN: SERIES[0]}[name] for name in names]},
        width=0.62,
        customdata=[said[name] for name in names],
        hovertemplate="%{y}: %{customdata}<extra></extra>",
    )
    most, room = max(found[name] for name in names) or 1.0, 1.35 if told.in_shifts else 1.9  # for words on a phone
    for name in names:
        drawing.note(said[name], found[name], name, xanchor="left", xshift=5)
    figure = drawing.figure(CHART_HEIGHT, 22, {"range": [0, room * most], "showticklabels": False}, {"showgrid": False})
    table = pd.DataFrame(
        {
            "what": list(names[::-1]),
            "expected_in_cells_visited": [found[name] for name in names[::-1]],
            "share_of_expected": [found[name] / whole for name in names[::-1]],
        }
    )
    if not told.in_shifts:
        table = table[["what"]].assign(part_of_days=[found[name] for name in names[::-1]])
    what = "expected incidents in the cells visited" if told.in_shifts else "the part of what these days bring"
    alt = f"Bar chart of {what}. " + "; ".join(f"{name} {said[name]}" for name in names[::-1])
    return charts.Chart(figure, title, alt + ".", table, of="covered")


# --- visits ----------------------------------------------------------------------------------------------------------
def shift_words(shift: Shift) -> str:
    """Write a shift as "Thu 31 Oct, 18:00 to 22:00"."""
    return f"{night_words(shift.starts)}, {shift.starts:%H:%M} to {shift.ends:%H:%M}"


def visits_table(shifts: tuple[Shift, ...], stops: Mapping[str, Stop], told: Told) -> pd.DataFrame:
    """List every visit in order: shift, crew, stop, time, name, place, cell, minutes, and what may be told of it.

    Parameters
    ----------
    shifts : tuple of Shift
    stops : mapping of str to Stop
        By the reference of their cell.
    told : Told
        With hours a visit has its ``expected`` incidents, without them its ``part_of_days``; without a forecast
        neither.
    """
    rows = []
    for shift in shifts:
        for patrol in shift.patrols:
            for stop, visit in enumerate(patrol.visits, start=1):
                at = shift.starts + timedelta(minutes=visit.arrive_minute)
                rows.append(
                    {
                        "shift": f"{shift.starts:%Y-%m-%d %H:%M}",
                        "crew": patrol.crew,
                        "stop": stop,
                        "time": f"{at:%H:%M}",
                        "name": plan_stops.title(stops[visit.reference]),
                        "place": visit.place,
                        "cell": visit.reference,
                        "minutes": visit.stay_minutes,
                        "expected": visit.expected,
                        "part_of_days": stops[visit.reference].part,
                    }
                )
    columns = ["shift", "crew", "stop", "time", "name", "place", "cell", "minutes"]
    columns += ["expected"] if told.in_shifts else ["part_of_days"] if told.forecast else []
    return pd.DataFrame(rows, columns=columns)


def patrol_words(shift: Shift, patrol: Patrol, told: Told) -> str:
    """Say in one line what a patrol does."""
    how = "on foot" if patrol.travel == FOOT else "by vehicle"
    if not patrol.visits:
        return f"{patrol.crew}: no visit."
    back = shift.starts + timedelta(minutes=spent(patrol))
    n = len(patrol.visits)
    return (
        f"{patrol.crew}, {patrol.officers} {how} from {patrol.base.name}: {n} {'visit' if n == 1 else 'visits'}, "
        f"{patrol.travel_minutes:.0f} minutes on the way, back by {back:%H:%M}"
        + (f", {patrol.expected:.2f} expected." if told.in_shifts else ".")
    )


def _show_visits(data: Dataset, window: PlanWindow, stops: Mapping[str, Stop], result: Allocation, told: Told) -> Shift:
    """Draw the visits of the shift that is chosen; gives it."""
    shifts = result.shifts
    pick, save = st.columns([5, 1], gap="small", vertical_alignment="bottom")
    kept = st.session_state.get(SHIFT, 0)
    at = kept if kept < len(shifts) else 0
    if len(shifts) > 1 and not screenshot.on():
        shown = held(f"{SHIFT}_widget", at)
        at = pick.selectbox(
            "Shift", range(len(shifts)), format_func=lambda i: shift_words(shifts[i]), key=shown,
            on_change=_take_shift,
        )  # fmt: skip
    shift = shifts[at]
    if len(shifts) == 1 or screenshot.on():
        (st if screenshot.on() else pick).html(f'<h2 class="chart-title">{shift_words(shift)}</h2>')
    lines = downloads.about(data, "visits of patrols", window.words, result.method, of=window.category)
    name = downloads.file_name(data, "plan-visits", window.category, str(window.first))
    with save:
        downloads.csv_button(visits_table(shifts, stops, told), name, lines, key="csv_plan_visits")
    for patrol in shift.patrols:
        frame.note(patrol_words(shift, patrol, told))
    told_already = ["crew"] if len(shift.patrols) == 1 else []
    table = visits_table((shift,), stops, told).drop(columns=["shift", "place", *told_already])
    if "part_of_days" in table:
        table["part_of_days"] = table["part_of_days"].map(plan_stops.part_words)
    tables.show(
        table,
        f"Visits of the shift {shift_words(shift)} in order, by crew",
        of="visits",
        config={
            "crew": st.column_config.TextColumn(width=105),
            "stop": st.column_config.NumberColumn(width=45),
            "time": st.column_config.TextColumn(width=50),
            "name": st.column_config.TextColumn(width=210),
            "cell": st.column_config.TextColumn(width=75),
            "minutes": st.column_config.NumberColumn(format="%d", width=60),
            "expected": st.column_config.NumberColumn(format="%.3f", width=70),
            "part_of_days": st.column_config.TextColumn(width=100),
        },
        key="plan_visits",
        most=SLIDE_TABLE_HEIGHT if screenshot.on() else TABLE_HEIGHT,
    )
    return shift


def _take_shift() -> None:
    st.session_state[SHIFT] = st.session_state[f"{SHIFT}_widget"]
