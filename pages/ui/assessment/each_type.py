"""A crime type in a needs assessment: how much, whether it changed, when, where, beside whom; one page each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from analysis.common.counts import monthly_series
from analysis.common.method import YEAR, Method, period_words
from analysis.common.refusal import Refusal
from analysis.findings.beside import beside_title
from analysis.findings.change import year_changes
from analysis.findings.finding import aloud
from analysis.findings.leaders import busiest_places
from analysis.findings.seasons import leading, season_title
from analysis.findings.type_profile import (
    HEADS,
    RULE,
    Profile,
    change_title,
    concentrated,
    concentration_title,
    row,
    volume_words,
    wards_title,
)
from analysis.findings.unusual import unusual_title
from analysis.where.places import SHARE, Place
from data.kinds.crime_types import ASB, DRUGS, incidents_words
from pages.ui.assessment.profiles import or_why, residents_of
from pages.ui.assessment.year import DocumentYear, filters
from pages.ui.briefing import lines as briefing_lines
from pages.ui.briefing import where as briefing_where
from pages.ui.briefing.board import Board
from pages.ui.briefing.panel import HOTSPOTS, PARTNERSHIP, Ask, Panel
from pages.ui.chart import control
from pages.ui.document.blocks import Block, Column, Figure, Paragraph, Points, Section, Table
from pages.ui.map import ranked
from pages.ui.plan.when.operation import PlanWindow
from pages.ui.shell.address import slug
from pages.ui.shell.cache import Dataset, cached

MAPPED = (ASB, DRUGS)
_WARDS, _PLACES = 5, 3


def ask_of(year: DocumentYear, category: str, key: str) -> Ask:
    """Give what a panel of a briefing is asked for, of the same months as the document."""
    day = year.last.end_time.date()
    return Ask((key,), PARTNERSHIP, "", PlanWindow("", category, day, day, year.last, ""))


def side_by_side(every: Sequence[Profile]) -> Section:
    """Put crime types side by side, with the rule by which it was done."""
    columns = tuple(Column(head, right=number == 1) for number, head in enumerate(HEADS))
    table = Table(columns, tuple(row(one) for one in every), "Crime types side by side", note=RULE)
    return Section("side-by-side", "Crime types side by side", (table,), new_page=True)


def each(data: Dataset, year: DocumentYear, every: Sequence[Profile]) -> Section:
    """Give a section for every crime type."""
    parts = tuple(one_type(data, year, one, new_page=number > 0) for number, one in enumerate(every))
    return Section("types", "Each crime type", (), parts, new_page=True)


def one_type(data: Dataset, year: DocumentYear, found: Profile, *, new_page: bool = True) -> Section:
    """Write the section of a crime type.

    Parameters
    ----------
    data : Dataset
    year : DocumentYear
    found : Profile
    new_page : bool
        On paper it begins a page.

    Returns
    -------
    Section
        What the data refuse stands as the refusal's own sentence.
    """
    residents = residents_of(data)
    change = year_changes({found.name: found.year})
    counted = volume_words(incidents_words(found.category), found.total, residents, found.end)
    blocks: list[Block] = [
        Paragraph(f"{change_title(found, change.title)} {counted}"),
        Paragraph(change.detail, small=True),
    ]
    blocks += _course(data, year, found)
    said = [*_trend(found), *_season(found), *_where(data, year, found), *_beside(found)]
    blocks += [Points(tuple(said))] if said else []
    blocks += _wards(found)
    if found.category in MAPPED:
        blocks += map_of(data, year, found.category)
    return Section(f"type-{slug(found.category)}", found.name, tuple(blocks), new_page=new_page)


def _course(data: Dataset, year: DocumentYear, found: Profile) -> list[Block]:
    """Give the picture of months against what is usual for them."""
    chosen = filters(data, year, found.category)
    chart = or_why(lambda: cached(control.unusual, data, chosen, found.category))
    if isinstance(chart, Refusal):
        return _counts(data, year, found)
    points = control.shown_points(chart)
    title = unusual_title(chart, found.name).title if chart.limited else f"{found.name} by month"
    shown = control.control_chart(chart, title)
    period = period_words(points.index[0], points.index[-1])
    caption = f"{data.area.name}, {period}. {_line(chart.method)}"
    return [Figure(title, shown.alt, briefing_lines.limits(chart, points), caption, shape=2.9)]


def _counts(data: Dataset, year: DocumentYear, found: Profile) -> list[Block]:
    """Give the picture of counts by month where nothing can be said of what is usual."""
    series = monthly_series(filters(data, year, found.category).history(data.incidents)).iloc[-control.SHOWN :]
    if series.dropna().empty:
        return []

    def draw(sheet: Any, x: float, y: float, wide: float, high: float) -> None:
        board = Board(sheet, x, y, wide, high)
        briefing_lines.monthly(board, series, found.name, data.area.seasons, months=control.SHOWN)

    period = period_words(series.index[0], series.index[-1])
    alt = f"Line of incidents by month: {series.iloc[-1]:,.0f} in the last, at most {series.max():,.0f}."
    caption = f"{data.area.name}, {period}. Seasons are shaded. Months without a line are not stored."
    return [Figure(f"{found.name} by month", alt, draw, caption, shape=2.9)]


def _line(method: Method) -> str:
    if method.name.startswith("counts"):
        return "Months without a line are not stored. Too few incidents to say what is usual."
    return f"The thin line is what is usual for the month; the dashed lines are its limits ({method.name})."


def _trend(found: Profile) -> list[str]:
    told = found.course_words
    if isinstance(told, Refusal):
        return [str(told)]
    return [f"{told.sentence}. {told.detail}".strip()]


def _season(found: Profile) -> list[str]:
    if isinstance(found.seasons, Refusal):
        return [str(found.seasons)]
    return [f"{season_title(leading(found.seasons), found.name).title}."] if found.seasons.effects else []


def _where(data: Dataset, year: DocumentYear, found: Profile) -> list[str]:
    told = wards_title(found)
    refused = isinstance(found.funnel, Refusal) or isinstance(found.wards, Refusal)
    said = [f"{told.title}. {told.detail}".strip() if not refused else told.detail]
    said.append(concentration_title(found))
    names = [place.title for place in _places(data, year, found.category)] if concentrated(found) else []
    return [*said, f"{busiest_places(names, found.name).title}."] if names else said


def _places(data: Dataset, year: DocumentYear, category: str) -> tuple[Place, ...]:
    places = or_why(lambda: cached(ranked.places, data, category, year.last, "", SHARE))
    return () if isinstance(places, Refusal) else places[:_PLACES]


def _beside(found: Profile) -> list[str]:
    if isinstance(found.beside, Refusal):
        return []  # said once, in the annex
    return [f"{aloud(beside_title(found.beside, found.name).sentence, found.name)}."]


def _wards(found: Profile) -> list[Block]:
    """List the wards with the highest rates, or the highest counts where residents are not known."""
    if isinstance(found.wards, Refusal) or not found.wards["count"].sum():
        return []
    known = bool(found.wards["rate_per_1000"].notna().any())
    by = ["rate_per_1000" if known else "count", "ward_name"]
    top = found.wards.sort_values(by, ascending=[False, True]).iloc[:_WARDS]
    columns = [Column("Ward"), Column("Recorded", right=True)]
    columns += [Column("per 1,000 residents", right=True), Column("Another such year", right=True)] if known else []
    rows = []
    for one in top.to_dict("records"):
        cells = [str(one["ward_name"]), f"{one['count']:,}"]
        if known:
            cells += [f"{one['rate_per_1000']:.1f}", f"{one['low']:.1f} to {one['high']:.1f}"]
        rows.append(tuple(cells))
    what = "highest rates" if known else "most incidents"
    title = f"Wards with the {what}, {YEAR} months"
    return [Table(tuple(columns), tuple(rows), title)]


def map_of(data: Dataset, year: DocumentYear, category: str) -> list[Block]:
    """Give the hotspot map of a crime type, or why there is none."""
    panel = or_why(lambda: cached(_mapped, data, year, category))
    if isinstance(panel, Refusal):
        return [Paragraph(str(panel), small=True)]
    return [] if panel.draw is None else [figure_of(panel, shape=1.45)]


def _mapped(data: Dataset, year: DocumentYear, category: str) -> Panel:
    return briefing_where.whole(data, ask_of(year, category, HOTSPOTS))


def figure_of(panel: Panel, shape: float) -> Figure:
    """Put the picture of a briefing's panel into a document, with a short caption."""
    if panel.draw is None:
        raise ValueError(f"{panel.key} has no picture")
    period = f", {panel.period}" if panel.period else ""
    return Figure(panel.finding, panel.alt, panel.draw, f"{panel.place}{period}. {panel.method}", shape)
