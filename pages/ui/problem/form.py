"""The two-page form of a problem (OSARA): what stands on it, once for paper and for Word."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pandas as pd

from analysis.common.method import month_name
from analysis.common.percents import percent
from analysis.findings.finding import capital
from analysis.findings.problems import day_words, step_words
from analysis.problem.measure import objective_words
from data.kinds.crime_types import ASB, category_title, sum_words
from data.place.area import Area
from data.problem.problem import (
    ANALYSIS,
    ASSESSMENT,
    OBJECTIVE,
    PARTNER,
    PLAN,
    RESPONSE,
    SCANNING,
    STEPS,
    ZONE,
    Line,
    Measure,
    Problem,
    Step,
)
from data.store.schema import POLICE_UK
from data.streets.base_map import BaseMap
from pages.ui.document.blocks import Block, Column, Document, Figure, Paragraph, Points, Section, Table
from pages.ui.document.drawn import line as line_of
from pages.ui.paper import map as print_map
from pages.ui.paper.map import Squares
from pages.ui.paper.picture import SIMULATED
from pages.ui.problem import timeline_paper
from pages.ui.problem.form_cleared import Cleared
from pages.ui.problem.form_counts import tables as count_tables
from pages.ui.problem.timeline_months import NOT_TOLD, NOTE, TimeLine
from pages.ui.shell.frame import ASB_NOTE, POLICE_ATTRIBUTION, source_words

HEAD = "Problem-solving form (objective, scanning, analysis, response, assessment)"
BY_DATA, BY_PARTNER, NOT_KNOWN = "Data", "Partner", "Not known"
NOTHING = "Nothing is written yet."
NO_MAP = "No map: the places are those of a zone that is not printed."
COUNTS = "counts"
_AROUND_M, _LEAST_M = 300.0, 1500.0
_KINDS = {PLAN: "Plan", ZONE: "Zone"}
_MAP_SHAPE, _MONTHS_WIDE = 1.25, 520.0
_NAMES = 12  # of places that are listed


@dataclass(frozen=True, eq=False)
class Figures:
    """What is drawn on the form, counted before.

    Attributes
    ----------
    line : TimeLine
        Of the problem as it may leave.
    squares : Squares or None
        Its cells; None where no map is drawn.
    version : str
        Of the data that were counted.
    age : str
        How old they are, in words; may be empty.
    """

    line: TimeLine
    squares: Squares | None
    version: str
    age: str = ""


@dataclass(frozen=True)
class Said:
    """A line with whose it is: ``BY_DATA``, ``BY_PARTNER``, ``NOT_KNOWN``, or "" where that needs no word."""

    mark: str
    text: str


@dataclass(frozen=True, eq=False)
class Part:
    """A step on the form: a note on its sign-off, lines, tables."""

    key: str
    heading: str
    note: str
    lines: tuple[Said, ...]
    tables: tuple[Table, ...] = ()


@dataclass(frozen=True, eq=False)
class Form:
    """What stands on the form.

    Attributes
    ----------
    title : str
    facts : tuple of (str, str)
        What, and what it is.
    first, second : tuple of Part
        Of each page.
    place : Figure or None
        The small map.
    months : Figure
        Responses above the monthly counts.
    sources : tuple of str
    record : str
        When it was saved, and on which data its lines rest where that is another version.
    version : str
        Of the data that were counted.
    simulated : bool
    """

    title: str
    facts: tuple[tuple[str, str], ...]
    first: tuple[Part, ...]
    second: tuple[Part, ...]
    place: Figure | None
    months: Figure
    sources: tuple[str, ...]
    record: str
    version: str
    simulated: bool


def form_of(one: Cleared, figures: Figures, area: Area, ground: BaseMap | None, *, when: datetime) -> Form:
    """Put on a form what may leave of a problem.

    Parameters
    ----------
    one : Cleared
    figures : Figures
    area : Area
    ground : BaseMap or None
        Drawn under the map.
    when : datetime
        When the form is made, as it is shown.

    Returns
    -------
    Form
    """
    problem = one.problem
    steps = {key: _part(problem, key) for key in (SCANNING, ANALYSIS, ASSESSMENT)}
    counts = count_tables(problem.tallies)
    partners = (Part(COUNTS, "What partners counted", "", (), counts),) if counts else ()
    place = None if figures.squares is None else _map(problem, figures.squares, area, ground)
    return Form(
        line_of(problem.title),
        _facts(one, place is None),
        (_objective(problem), _measure(problem), steps[SCANNING], steps[ANALYSIS]),
        (_responses(problem), steps[ASSESSMENT], *partners),
        place,
        _months(figures.line, problem.simulated),
        _sources(problem, figures, area, ground if place is not None else None),
        _record(problem, figures, when),
        figures.version,
        problem.simulated,
    )


def _facts(one: Cleared, no_map: bool) -> tuple[tuple[str, str], ...]:
    problem, where = one.problem, one.problem.where
    names = list(where.names[:_NAMES])
    names += [f"and {len(where.names) - _NAMES} more"] if len(where.names) > _NAMES else []
    if where.cells:
        n = len(where.cells)
        size = f" of {where.cell_size_m:g} m" if where.cell_size_m else ""
        names.append(f"{n:,} {'cell' if n == 1 else 'cells'}{size} in all")
    places = "; ".join(names) or "not named"
    kept = one.kept
    found = (
        ("Owner", problem.owner),
        ("Places", f"{places}. {NO_MAP}" if no_map and one.hidden else places),
        ("Crime types", category_title(problem.category)),
        ("Since", day_words(problem.started_on)),
        ("State", capital(step_words(problem))),
        ("Record", kept.what if kept.id < 0 else f"Problem {kept.id}, revision {kept.revision}"),
    )
    return tuple((what, line_of(text)) for what, text in found)


# --- steps -----------------------------------------------------------------------------------------------------------
def _objective(problem: Problem) -> Part:
    texts = [line_of(text) for text in problem.objective.splitlines()]
    lines = [Said("", text) for text in texts if text] or [Said("", NOTHING)]
    return Part(OBJECTIVE, STEPS[OBJECTIVE], "", tuple(lines))


def _measure(problem: Problem) -> Part:
    """Lay the measure out as a part of its own: an objective that is cut takes nothing of it."""
    measure = problem.measure
    lines = [Said("", "No measure is set yet.")] if measure is None else _measured(measure, problem.category)
    return Part("measure", "Measure, and what change could be seen", "", tuple(lines))


def _measured(measure: Measure, category: str) -> list[Said]:
    first, last = (pd.Period(month, "M") for month in (measure.first, measure.last))
    wanted = f" Wanted: a fall of {percent(measure.wanted)}." if measure.wanted is not None else ""
    found = [Said("Counted", f"{objective_words(category, first, last, line_of(measure.baseline))}{wanted}")]
    said = line_of(measure.said)
    if not said:
        fall = measure.smallest_fall
        said = "Cannot be told." if fall is None else f"A fall under about {percent(fall)} would go unseen."
    return [*found, Said("Could be seen", said)]


def _part(problem: Problem, key: str) -> Part:
    step = problem.step(key)
    lines = tuple(map(_said, step.lines)) or (Said("", NOTHING),)
    return Part(key, STEPS[key], _signed(problem, step), lines)


def _said(line: Line) -> Said:
    text = line_of(line.text)
    if line.refused:
        return Said(NOT_KNOWN, text)
    if line.by != PARTNER:
        return Said(BY_DATA, text)
    was = line_of(line.data_text)
    return Said(BY_PARTNER, f"{text} (The data said: {was})" if was else text)


def _signed(problem: Problem, step: Step) -> str:
    """Say whether a step was signed off, by whom and on which data."""
    if not step.lines and step.signed is None:
        return ""
    signed = step.signed
    if signed is None:
        known = _known(problem.as_at)
        return (
            f"Not signed off. Data version {problem.data_version}{known}."
            if problem.data_version
            else ("Not signed off.")
        )
    by = f", by {line_of(signed.role)}" if signed.role.strip() else ""
    return f"Signed off {day_words(signed.at.date())}, on data version {signed.data_version}{_known(signed.as_at)}{by}."


def _known(month: str) -> str:
    return f", known to {month_name(pd.Period(month, 'M'))}" if month else ""


def _responses(problem: Problem) -> Part:
    rows = tuple(
        (
            line_of(one.what), _KINDS.get(one.kind, "Other"), line_of(one.partner) or "–",
            _day(one.first), "no end known" if one.last is None else _day(one.last), one.state,
        )
        for one in sorted(problem.responses, key=lambda one: (one.first, one.what))
    )  # fmt: skip
    columns = tuple(Column(name) for name in ("What", "Kind", "Who", "From", "To", "State"))
    step = problem.step(RESPONSE)
    lines = tuple(map(_said, step.lines))
    tables = (Table(columns, rows, "Responses"),) if rows else ()
    if not rows:
        lines = (Said("", "No response is entered yet."), *lines)
    return Part(RESPONSE, STEPS[RESPONSE], _signed(problem, step), lines, tables)


def _day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"


# --- pictures --------------------------------------------------------------------------------------------------------
def _map(problem: Problem, squares: Squares, area: Area, ground: BaseMap | None) -> Figure:
    west, south = min(squares.easting_m), min(squares.northing_m)
    east, north = max(squares.easting_m) + squares.size_m, max(squares.northing_m) + squares.size_m
    pad = max(_AROUND_M, (_LEAST_M - max(east - west, north - south)) / 2)
    bounds = (west - pad, south - pad, east + pad, north + pad)

    def draw(sheet: Any, x: float, y: float, wide: float, high: float) -> None:
        print_map.print_map(
            sheet.axes(x, y, wide, high), area, bounds, ground=ground, squares=squares,
            mark=SIMULATED if problem.simulated else "",
        )  # fmt: skip

    names = "; ".join(problem.where.names)
    return Figure(
        "The cells of the problem", f"Map of {area.name} around the cells of the problem: {names}.", draw,
        shape=_MAP_SHAPE, wide=230.0, marked=True,
    )  # fmt: skip


def _attributed(ground: BaseMap | None) -> str:
    return f"{ground.attribution.removesuffix('.')}." if ground is not None and ground.attribution else ""


def _months(line: TimeLine, simulated: bool) -> Figure:  # noqa: ARG001  the writer marks it
    high = timeline_paper.height(line, 300.0)
    caption = f"{NOTE} {NOT_TOLD}" if line.partner else NOTE
    return Figure(
        line.title, line.alt, timeline_paper.drawn(line), caption=caption, shape=_MONTHS_WIDE / high, wide=_MONTHS_WIDE
    )


# --- what it rests on ------------------------------------------------------------------------------------------------
def _sources(problem: Problem, figures: Figures, area: Area, ground: BaseMap | None) -> tuple[str, ...]:
    known = figures.line.known
    made_up = problem.simulated and not figures.line.partner
    source = "Source: simulated incidents" if made_up else f"Source: {source_words(problem.source)}"
    police = problem.source == POLICE_UK and not problem.simulated
    found = (
        f"{source}." if known is None or figures.age else f"{source}, counted to {month_name(known)}.",
        f"{figures.age}." if figures.age else "",
        f"{POLICE_ATTRIBUTION}." if police else "",
        f"{area.wards.attribution.removesuffix('.')}." if area.wards.attribution else "",
        _attributed(ground),
        ASB_NOTE if problem.category == ASB and problem.source == POLICE_UK else "",
        sum_words(problem.category),
        "A partner's counts of 1 to 4 read “under 5”." if problem.tallies or figures.line.partner else "",
    )
    return tuple(text for text in found if text)


def _record(problem: Problem, figures: Figures, when: datetime) -> str:
    lines = problem.data_version
    differs = f", its lines on data version {lines}" if lines and lines != figures.version else ""
    return f"Record of {when.day} {when:%B %Y}, {when:%H:%M}{differs}"


# --- as a document ---------------------------------------------------------------------------------------------------
def document_of(form: Form) -> Document:
    """Lay a form out as a document for Word: nothing is cut there."""
    first = [_section(part) for part in form.first]
    second = [_section(part) for part in form.second]
    head = second[0]
    second[0] = Section(head.key, head.heading, (form.months, *head.blocks), new_page=True)
    return Document(
        form.title,
        (HEAD, *(f"{what}: {text}" for what, text in form.facts)),
        (),
        (*first, *second),
        (*form.sources, f"{form.record}."),
        form.version,
        form.simulated,
        brief=True,
        beside=form.place,
    )


def _section(part: Part) -> Section:
    blocks: list[Block] = [Paragraph(part.note, small=True)] if part.note else []
    if part.lines:
        blocks.append(Points(tuple(f"{one.mark}: {one.text}" if one.mark else one.text for one in part.lines)))
    return Section(part.key, part.heading, (*blocks, *part.tables))
