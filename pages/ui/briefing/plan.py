"""Panels on an operation: its plan, newest saved or the places of its days, and whether one that was run did change."""

from __future__ import annotations

import pandas as pd

from analysis.common.refusal import Refusal
from analysis.findings.leaders import about_operation
from analysis.outcome.comparison import RING_M
from analysis.outcome.evaluation import CANNOT_TELL, FELL
from analysis.outcome.operation import Verdict
from data.kinds.crime_types import incidents_words
from data.plan import plans
from data.plan import stops as plan_stops
from data.plan import wards as plan_wards
from data.plan.plan import Plan, PlanPlace
from data.plan.saved import Saved
from data.plan.told import told
from pages.ui.briefing import charts as briefing_charts
from pages.ui.briefing import maps as briefing_maps
from pages.ui.briefing.charts import Judged
from pages.ui.briefing.maps import Mapped
from pages.ui.briefing.panel import ANALYST, EVALUATION, PARTNERSHIP, PLAN, Ask, Panel, panel
from pages.ui.briefing.where import map_share
from pages.ui.document.blocks import Column, Table
from pages.ui.map import base_map, judged
from pages.ui.map.judged import AREA, RING, Changes, Did
from pages.ui.outcome import panel as outcome_panel
from pages.ui.outcome import subject as outcome_subject
from pages.ui.paper.picture import SIMULATED
from pages.ui.paper.room import Spot
from pages.ui.plan import build as plan_build
from pages.ui.plan.paper import sheet as plan_sheet
from pages.ui.plan.where import places as plan_places
from pages.ui.plan.where import ranking as plan_where
from pages.ui.plan.where.ranking import DEFAULT_SHARE
from pages.ui.shell.cache import Dataset, cached
from pages.ui.shell.choice import day_at

LISTED = 10


def newest(data: Dataset, ask: Ask) -> Saved | None:
    """Give the newest saved plan of the asked days and crime type that knew no more than is known; None without any."""
    found = [
        one
        for one in plans.saved(data.store)
        if not one.archived
        and one.plan.simulated == data.simulated
        and one.plan.category == ask.category
        and one.plan.first <= ask.window.last
        and ask.window.first <= one.plan.last
        and one.plan.as_at <= str(ask.window.as_at)
    ]
    return max(found, key=lambda one: (one.saved_at, one.id), default=None)


def plan(data: Dataset, ask: Ask) -> Panel:
    """Show the newest saved plan of the operation, else the places of its days."""
    window = ask.window
    saved = newest(data, ask)
    if saved is not None:
        made = saved.plan
        finding = saved_finding(made, data.area.kind)
        source = f"Saved plan, revision {saved.revision}, which knew the months to {pd.Period(made.as_at, 'M'):%B %Y}."
    elif pd.Period(window.first, "M") <= window.as_at:
        raise Refusal(
            f"{window.title} is not ahead of the last month that is known, {window.as_at:%B %Y}, and no plan of it is "
            "saved: places ranked now would know what came",
            "Step back to a month before it, or save a plan before its days begin",
        )
    else:
        found = cached(plan_where.where, data, window, DEFAULT_SHARE)
        found = plan_where.asked_on(found, window, day_at(data, window.as_at))
        if none := found.nothing_ranked(incidents_words(window.category)):
            raise Refusal(none, "Choose another crime type")
        made = plan_build.build(data, window, found, found.places, DEFAULT_SHARE)
        finding = plan_places.finding(window, found, DEFAULT_SHARE)
        source = "No plan of these days is saved: these are the places of its days."
    kept = [p for p in made.places if not p.left_out][:LISTED]
    squares, classes = plan_sheet.squares(made, made.visited)
    mapped = Mapped(
        squares, tuple(classes), tuple(Spot(str(p.number), p.easting_m, p.northing_m, p.name) for p in kept),
        "In a cell, whole operation:" if told(made).forecast else "Part of the area's in a cell:",
        "a patrol visits it" if made.visited else "",
        SIMULATED if made.simulated else "",
    )  # fmt: skip
    ground = base_map.base_map_of(data)
    shifts = shift_table(made)
    numbers = [("plan-places", place_table(data, made))] + ([("plan-shifts", shifts)] if len(shifts) else [])
    spread = ""
    if made.expected is not None and made.low80 is not None and made.high80 is not None:
        spread = (
            f"Expected in the {data.area.kind}: {made.expected:,.0f} (80 %: {made.low80:,.0f} to {made.high80:,.0f})."
        )
    figures = told(made)
    listed = "; ".join(f"{p.number} {p.title}: {figures.text(p.expected)}" for p in kept)
    parameters = "; ".join(f"{name}: {value}" for name, value in made.parameters.items())
    more = " ".join(part for part in (f"{finding}.", made.past_range, spread, figures.why, source) if part)
    by = "expected" if figures.forecast else "past"
    short = f"places of the top {100 * made.share:g} % of cells by {by} incidents, {made.cell_size_m:g} m cells."
    return panel(
        data, ask, PLAN, title(made), None, category=made.category, place=data.area.name,
        period=f"{plan_sheet.days(made)}, known to {pd.Period(made.as_at, 'M'):%B %Y}",
        method=parameters if ask.audience == ANALYST else short, more=more,
        alt=f"Maps of the cells of the plan, the whole area and each township, with numbered places: {listed}.",
        version=made.data_version or data.incidents.version,
        marked=True, draw=briefing_maps.townships(data.area, ground, mapped), table=_listed(data, ask, made, kept),
        numbers=tuple(numbers), share=map_share(ask), attribution=(ground.attribution,) if ground else (),
        caveats=made.caveats,
        notes=(f"How this was made: {parameters}", *([f"Notes: {made.notes}"] if made.notes else [])),
    )  # fmt: skip


def title(made: Plan) -> str:
    """Say in a few words what a plan gives: what its patrols cover, or which place to go to first."""
    if made.shifts:
        covered, expected = sum(s.covered for s in made.shifts), sum(s.expected for s in made.shifts)
        share = f"{100 * covered / expected:.0f} %" if expected else "nothing"
        said = f"patrols cover {share} of what is expected"
        if not told(made).in_shifts:
            stops = plan_stops.stops_of(made)
            part = plan_stops.together(stops.values())
            said = f"patrols go to {len(stops)} {'stop' if len(stops) == 1 else 'stops'}"
            said = said if part is None else f"stops hold {plan_stops.part_words(part)} of these days' incidents"
        return about_operation(made.title, said).title
    lead = next((place.title for place in made.places if not place.left_out), "no place")
    return about_operation(made.title, f"{lead} leads the places to go to").title


def saved_finding(made: Plan, kind: str) -> str:
    """Say what the patrols of a saved plan cover, or what is expected in its places; ``kind`` is of the area."""
    if made.shifts:
        covered, expected = sum(s.covered for s in made.shifts), sum(s.expected for s in made.shifts)
        n = len(made.shifts)
        shifts = f"{made.title}: {n} {'shift' if n == 1 else 'shifts'} of patrols"
        if not told(made).in_shifts:
            stops = plan_stops.stops_of(made).values()
            together = plan_stops.together_words(made.category, stops, kind)
            return f"{shifts}. {together}" if together else f"{shifts} go to {len(stops)} stops"
        return (
            f"{shifts} cover {covered:.1f} of the {expected:.1f} {incidents_words(made.category)} expected during them"
        )
    kept = [p for p in made.places if not p.left_out]
    held = sum(p.expected for p in kept)
    hold = "place holds" if len(kept) == 1 else "places hold"
    if not told(made).forecast:
        part = f" {told(made).text(held)} {told(made).words}" if told(made).parts else " incidents of the past"
        return f"{made.title}: {len(kept)} {hold}{part}"
    what = incidents_words(made.category)
    of = f" of about {made.expected:,.0f} {what} expected" if made.expected is not None else f" {what} expected"
    return f"{made.title}: {len(kept)} {hold} {held:,.1f}{of}"


def _listed(data: Dataset, ask: Ask, made: Plan, kept: list[PlanPlace]) -> Table | None:
    if not kept:
        return None
    meeting = ask.audience == PARTNERSHIP
    columns = [Column("No."), Column("Place")]
    columns += [] if meeting else [Column("Ward"), Column("Middle")]
    columns += [Column(told(made).head, right=True)]
    columns += [] if meeting else [Column("Last 12 months", right=True)]
    columns += [Column("Stays", right=True)] if ask.audience == ANALYST else []
    rows = []
    for p in kept:
        cells = [str(p.number), p.title]
        cells += [] if meeting else [plan_wards.ward_of(made, p, data.area), p.grid_reference]
        cells += [told(made).text(p.expected)]
        cells += [] if meeting else [f"{p.past:,}"]
        cells += ["–" if p.stability is None else f"{100 * p.stability:.0f} %"] if ask.audience == ANALYST else []
        rows.append(tuple(cells))
    return Table(tuple(columns), tuple(rows), f"Places of {made.title}", (0,))


def place_table(data: Dataset, made: Plan) -> pd.DataFrame:
    """Lay all places of a plan out as a table."""
    return pd.DataFrame(
        {
            "number": [p.number for p in made.places],
            "place": [p.title for p in made.places],
            "ward": [plan_wards.ward_of(made, p, data.area) for p in made.places],
            "grid_reference": [p.grid_reference for p in made.places],
            told(made).column: [told(made).value(p.expected, 3) for p in made.places],
            "incidents_12_months": [p.past for p in made.places],
            "stays_share": [p.stability for p in made.places],
            "pinned": [p.pinned for p in made.places],
            "left_out": [p.left_out for p in made.places],
        }
    )


def shift_table(made: Plan) -> pd.DataFrame:
    """Lay the shifts of a plan out as a table."""
    table = pd.DataFrame(
        {
            "starts": [f"{s.starts:%Y-%m-%d %H:%M}" for s in made.shifts],
            "ends": [f"{s.ends:%Y-%m-%d %H:%M}" for s in made.shifts],
            "patrols": [len(s.patrols) for s in made.shifts],
            "visits": [sum(len(p.visits) for p in s.patrols) for s in made.shifts],
            "expected": [round(s.expected, 3) for s in made.shifts],
            "covered": [round(s.covered, 3) for s in made.shifts],
        }
    )
    return table if told(made).in_shifts else table.drop(columns=["expected", "covered"])


# --- did it work -----------------------------------------------------------------------------------------------------
def question(data: Dataset, ask: Ask) -> Did:
    """Ask about the newest plan that was marked as run and whose months are known.

    Raises
    ------
    Refusal
        There is none.
    """
    run = [
        one
        for one in outcome_subject.run_plans(data).values()
        if one.visited and pd.Period(one.plan.last, "M") <= ask.window.as_at
    ]
    if not run:
        raise Refusal(
            "No operation can be judged: no saved plan was marked as run with its months known by "
            f"{ask.window.as_at:%B %Y}",
            "Mark a saved plan as run, with the cells that were really visited",
        )
    # the asked operation first, then the newest
    one = max(
        run, key=lambda s: (s.plan.first <= ask.window.last and ask.window.first <= s.plan.last, s.saved_at, s.id)
    )
    made = one.plan
    return Did(
        made.title, made.category, one.visited, pd.Period(made.first, "M"), pd.Period(made.last, "M"),
        plan_sheet.days(made), ask.window.as_at, RING_M,
    )  # fmt: skip


def _told(found: Verdict, category: str) -> str:
    what = incidents_words(category)
    if found.verdict == CANNOT_TELL:
        return f"whether {what} changed there cannot be told"
    return f"{'fewer' if found.verdict == FELL else 'more'} {what} there than expected"


def evaluation(data: Dataset, ask: Ask) -> Panel:
    """Say what changed where an operation was run, against what changed elsewhere."""
    did = question(data, ask)
    plain = judged.without(did)
    found = {of: cached(judged.verdict, data, plain, Changes(), of) for of in (AREA, RING)}
    main = found[AREA]
    if isinstance(main, Refusal):
        raise main
    there = {of: one for of, one in found.items() if isinstance(one, Verdict)}
    table = outcome_panel.verdict_table(there)
    rows = tuple(
        (
            of,
            one.verdict,
            f"{one.recorded:,}",
            f"{one.expected:,.1f}",
            f"{one.usual_counts[0]:,} to {one.usual_counts[1]:,}",
        )
        for of, one in there.items()
    )
    columns = (Column("Area"), Column("Verdict"), Column("Recorded", right=True), Column("Expected", right=True),
               Column("With nothing planned", right=True))  # fmt: skip
    months = main.series.reset_index(names="month").assign(month=[str(m) for m in main.series.index]).round(2)
    return panel(
        data, ask, EVALUATION, about_operation(did.title, _told(main, did.category)).title, main.method,
        category=did.category,
        period=f"{did.first:%B %Y} to {did.last:%B %Y}" if did.first != did.last else f"{did.first:%B %Y}",
        more=main.sentence,
        alt="Recorded and expected incidents with ranges, over the months where you went and in places like it. "
        + " ".join(one.sentence for one in there.values()),
        draw=briefing_charts.verdicts([Judged(of, one) for of, one in there.items()], main.series),
        table=Table(columns, rows, "Verdicts"), numbers=(("evaluation", table), ("evaluation-months", months)),
        caveats=(judged.whole_months(did),), notes=tuple(one.sentence for one in there.values()),
    )  # fmt: skip
