"""What sharing out the hours gave: what is covered, beside the same hours spent otherwise, and the visits."""

from __future__ import annotations

import math
from datetime import datetime, timedelta

import pandas as pd
import streamlit as st

from analysis.patrol.allocation import Allocation
from analysis.when.nights import NightHours
from analysis.where.lead import Lead
from data.kinds.crime_types import ASB, incidents_words
from data.plan.plan import FOOT, Patrol, PlanPlace, Shift
from data.plan.told import Told
from pages.ui.chart import charts
from pages.ui.chart.figure import FAINT, SERIES, Drawing
from pages.ui.plan.when.operation import PlanWindow
from pages.ui.plan.where import places as plan_places
from pages.ui.plan.where import ranking as plan_where
from pages.ui.plan.who import routes as plan_routes
from pages.ui.plan.who.form import night_words
from pages.ui.shell import downloads, frame, screenshot, tables
from pages.ui.shell.cache import Dataset, cached
from pages.ui.shell.kept_widget import held

ALIKE = "All shifts are alike, so every shift goes to the same cells: places are not told apart by night."
AT_POINTS = "What is covered is counted at published points."
_SHIFT = "plan_shift_shown"
PLAN, BUSIEST, EVEN = "This plan", "Last year's busiest cells", "Even spread over the area"
CHART_HEIGHT = 150
MAP_HEIGHT, SLIDE_MAP_HEIGHT = 400, 260
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
    lines = downloads.about(data, "what the plan covers", window.words, result.method, asb=window.category == ASB)
    with left:
        charts.show(
            covered_chart(window, result, told, lead), data, "plan_covered",
            downloads.file_name(data, "plan-covered", window.category, str(window.first)), lines,
        )  # fmt: skip
        said = sentences(window, result)
        if told.why:
            said.insert(0, told.why)
        said[1:1] = [lead.sentence, *filter(None, (cached(plan_where.calibration_words, data, window),))]
        for sentence in said[:1] if screenshot.on() else said:
            frame.note(sentence)
        _at_points(data, window)
    with right:
        shift = _show_visits(data, window, places, result, told)
    with left if screenshot.on() else right:
        plan_routes.show(data, shift, places, SLIDE_MAP_HEIGHT if screenshot.on() else MAP_HEIGHT, told)
    frame.how(result.method, hours.method.line())


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


def headline(window: PlanWindow, result: Allocation, told: Told) -> str:
    """Say what the plan covers, as the title of the chart."""
    found = totals(result)
    n = len(result.shifts)
    shifts = "the shift" if n == 1 else f"the {n} shifts"
    if found["expected"] <= 0:
        return f"Nothing is expected during {shifts}: they lie outside the window"
    share = 100 * found[PLAN] / found["expected"]
    if not told.forecast:
        return f"The cells visited hold {share:.0f} % {told.words}; no forecast of these days"
    return (
        f"The cells visited hold {share:.0f} % of the {found['expected']:.1f} {incidents_words(window.category)} "
        f"expected during {shifts}"
    )


def sentences(window: PlanWindow, result: Allocation) -> list[str]:
    """Say how far from the best the plan may be, what is left or not counted, and whether shifts are alike."""
    said = [gap_words(result)]
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
def covered_chart(window: PlanWindow, result: Allocation, told: Told, lead: Lead) -> charts.Chart:
    """Draw what the plan covers beside the same hours spent otherwise; without a forecast, as parts alone.

    Last year's busiest cells are beside it only where past windows prove a lead over them.
    """
    found = totals(result)
    names = (EVEN, BUSIEST, PLAN) if lead.proven else (EVEN, PLAN)  # drawn from below
    whole = found["expected"] or 1.0
    parts = {name: f"{100 * found[name] / whole:.0f} %" for name in names}
    said = {name: f"{found[name]:.2f} ({parts[name]})" for name in names} if told.forecast else parts
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
    most = max(found[name] for name in names) or 1.0
    for name in names:
        drawing.note(said[name], found[name], name, xanchor="left", xshift=5)
    figure = drawing.figure(CHART_HEIGHT, 22, {"range": [0, 1.35 * most], "showticklabels": False}, {"showgrid": False})
    table = pd.DataFrame(
        {
            "what": list(names[::-1]),
            "expected_in_cells_visited": [found[name] for name in names[::-1]],
            "share_of_expected": [found[name] / whole for name in names[::-1]],
        }
    )
    if not told.forecast:
        table = table.drop(columns="expected_in_cells_visited").rename(columns={"share_of_expected": "part_of_area"})
    what = "expected incidents in the cells visited" if told.forecast else f"the part {told.words}"
    alt = f"Bar chart of {what}. " + "; ".join(f"{name} {said[name]}" for name in names[::-1])
    return charts.Chart(figure, headline(window, result, told), alt + ".", table, of="covered")


# --- visits ----------------------------------------------------------------------------------------------------------
def shift_words(shift: Shift) -> str:
    """Write a shift as "Thu 31 Oct, 18:00 to 22:00"."""
    return f"{night_words(shift.starts)}, {shift.starts:%H:%M} to {shift.ends:%H:%M}"


def visits_table(shifts: tuple[Shift, ...], places: tuple[PlanPlace, ...], told: Told) -> pd.DataFrame:
    """List every visit in order: shift, crew, stop, time, place, cell, minutes; where there is a forecast, expected."""
    titles = {place.number: place.title for place in places}
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
                        "place": f"{visit.place} {titles.get(visit.place, '')}".strip(),
                        "cell": visit.reference,
                        "minutes": visit.stay_minutes,
                        "expected": visit.expected,
                    }
                )
    columns = ["shift", "crew", "stop", "time", "place", "cell", "minutes", "expected"]
    return pd.DataFrame(rows, columns=columns if told.forecast else columns[:-1])


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
        + (f", {patrol.expected:.2f} expected." if told.forecast else ".")
    )


def _show_visits(
    data: Dataset, window: PlanWindow, places: tuple[PlanPlace, ...], result: Allocation, told: Told
) -> Shift:
    """Draw the visits of the shift that is chosen; gives it."""
    shifts = result.shifts
    pick, save = st.columns([5, 1], gap="small", vertical_alignment="bottom")
    kept = st.session_state.get(_SHIFT, 0)
    at = kept if kept < len(shifts) else 0
    if len(shifts) > 1 and not screenshot.on():
        shown = held(f"{_SHIFT}_widget", at)
        at = pick.selectbox(
            "Shift", range(len(shifts)), format_func=lambda i: shift_words(shifts[i]), key=shown,
            on_change=_take_shift,
        )  # fmt: skip
    shift = shifts[at]
    if len(shifts) == 1 or screenshot.on():
        (st if screenshot.on() else pick).html(f'<h2 class="chart-title">{shift_words(shift)}</h2>')
    lines = downloads.about(data, "visits of patrols", window.words, result.method, asb=window.category == ASB)
    name = downloads.file_name(data, "plan-visits", window.category, str(window.first))
    with save:
        downloads.csv_button(visits_table(shifts, places, told), name, lines, key="csv_plan_visits")
    for patrol in shift.patrols:
        frame.note(patrol_words(shift, patrol, told))
    table = visits_table((shift,), places, told).drop(columns="shift")
    tables.show(
        table,
        f"Visits of the shift {shift_words(shift)} in order, by crew",
        of="visits",
        config={
            "crew": st.column_config.TextColumn(width=105),
            "stop": st.column_config.NumberColumn(width=45),
            "time": st.column_config.TextColumn(width=50),
            "place": st.column_config.TextColumn(width=210),
            "cell": st.column_config.TextColumn(width=75),
            "minutes": st.column_config.NumberColumn(format="%d", width=60),
            "expected": st.column_config.NumberColumn("Expected", format="%.3f", width=70),
        },
        key="plan_visits",
        most=SLIDE_TABLE_HEIGHT if screenshot.on() else TABLE_HEIGHT,
    )
    return shift


def _take_shift() -> None:
    st.session_state[_SHIFT] = st.session_state[f"{_SHIFT}_widget"]
