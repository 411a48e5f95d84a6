"""From what is asked to a briefing: the operation's days, the panels, the files."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time

import pandas as pd

from analysis.common.method import month_name
from analysis.common.refusal import Refusal
from data.place.area_calendar import operation_window, operations_offered
from data.place.calendar_words import assumed_words
from data.plan.file import file_of
from geo.errors import InputError
from pages.ui.briefing import beside as briefing_beside
from pages.ui.briefing import files as briefing_files
from pages.ui.briefing import findings as briefing_findings
from pages.ui.briefing import plan as briefing_plan
from pages.ui.briefing import problems as briefing_problems
from pages.ui.briefing import where as briefing_where
from pages.ui.briefing.files import Pack
from pages.ui.briefing.panel import (
    AUDIENCES,
    BESIDE,
    EVALUATION,
    HEADLINES,
    HOTSPOTS,
    NAMES,
    PLAN,
    PROBLEMS,
    SEASON,
    TARGET,
    TOWNSHIPS,
    TREND,
    WARDS,
    Ask,
    Panel,
    refused,
)
from pages.ui.plan.when.operation import PlanWindow
from pages.ui.shell import choice, downloads, frame
from pages.ui.shell.cache import Dataset, cached, doubts, feeds
from pages.ui.shell.downloads import slug

TITLE_LENGTH = 120
_DAYS = re.compile(r"(\d{4}-\d\d-\d\d)\.\.(\d{4}-\d\d-\d\d)")
_MAKERS: dict[str, Callable[[Dataset, Ask], Panel | tuple[Panel, ...]]] = {
    HEADLINES: briefing_findings.headlines,
    TREND: briefing_findings.trend,
    TARGET: briefing_findings.target,
    BESIDE: briefing_beside.neighbours,
    HOTSPOTS: briefing_where.whole,
    TOWNSHIPS: briefing_where.townships,
    WARDS: briefing_findings.wards,
    SEASON: briefing_findings.season,
    PLAN: briefing_plan.plan,
    EVALUATION: briefing_plan.evaluation,
    PROBLEMS: briefing_problems.problems,
}


def window_of(
    data: Dataset, category: str, as_at: pd.Period, day: date, name: str = "", year: int | None = None
) -> PlanWindow:
    """Find the days of an operation.

    Parameters
    ----------
    data : Dataset
    category : str
    as_at : Period
    day : date
        On which is asked.
    name : str
        Key of a season of the area file that an operation is planned for, such as "halloween", the operation's name, or
        days as ``2024-10-25..2024-11-08``; "" for the operation that is next to start.
    year : int, optional
        In which it starts; by default the next.

    Raises
    ------
    InputError
        There is no such operation, or the days run backwards.
    """
    area = data.area
    feed = next(iter(feeds(data)), "")
    if match := _DAYS.fullmatch(name):
        try:
            first, last = (date.fromisoformat(text) for text in match.groups())
        except ValueError as error:
            raise InputError("a day is written YYYY-MM-DD", column="window", value=name) from error
        if last < first:
            raise InputError("the window ends before it starts", column="window", value=name)
        return PlanWindow("", category, first, last, as_at, feed)
    if not name:
        offered = operations_offered(area, day)
        if not offered:
            return PlanWindow("", category, day, day, as_at, feed)
        operation = offered[0].operation
        year = offered[0].first.year if year is None else year
    else:
        named = [o for o in area.operations if slug(name) in {slug(o.season or ""), slug(o.name)}]
        if not named:
            known = ", ".join(o.season or slug(o.name) for o in area.operations)
            raise InputError(
                "there is no such operation", column="window", value=name,
                hint=f"Choose one of: {known}; or days as 2024-10-25..2024-11-08.",
            )  # fmt: skip
        operation = named[0]
    if year is None:
        every = [operation_window(area, operation, y) for y in (day.year - 1, day.year, day.year + 1)]
        window = next(w for w in every if w.last >= day)
    else:
        window = operation_window(area, operation, year)
    return PlanWindow(operation.name, category, window.first, window.last, as_at, feed)


def day_of(data: Dataset, ask: Ask) -> date:
    """Give the day on which the briefing is asked for: today, or the end of the month that was stepped back to."""
    return choice.as_at_date(data, ask.filters(data))


def title_of(data: Dataset, ask: Ask) -> str:
    """Give the title: as typed, or place and operation."""
    typed = " ".join(ask.title.split())[:TITLE_LENGTH]
    return typed or f"{data.area.name} community safety briefing: {ask.window.title}"


def lines_of(data: Dataset, ask: Ask) -> tuple[str, ...]:
    """Give what stands under the title."""
    day = day_of(data, ask)
    window = ask.window
    assumed = assumed_words(data.area, window.operation, window.first, window.last)
    left_out = frame.left_out_words([one for one in doubts(data) if one.month <= str(ask.window.as_at)])
    changed = choice.changed(data, ask.window.category, ask.window.as_at)
    return (
        data.area.partnership,
        f"For: {AUDIENCES[ask.audience]}",
        f"Known to {month_name(ask.window.as_at)}; as at {day.day} {month_name(pd.Period(day, 'M'))}",
        *(line for line in (choice.age_line(data, ask.window.as_at), left_out, changed, assumed) if line),
    )


def panels(data: Dataset, ask: Ask) -> tuple[Panel, ...]:
    """Make the panels in their order; one that the data refuse becomes its refusal.

    Raises
    ------
    InputError
        There is no such panel, or what is stored cannot be used.
    """
    found: list[Panel] = []
    for key in ask.panels:
        found += one(data, ask, key)
    return tuple(found)


def one(data: Dataset, ask: Ask, key: str) -> tuple[Panel, ...]:
    """Make the panels of one key."""
    if key not in NAMES:
        raise InputError("there is no such panel", column="panels", value=key, hint=f"Choose of: {', '.join(NAMES)}.")
    alone = replace(ask, panels=(key,), title="")
    return cached(_one, data, alone, key, stamp(data))


def stamp(data: Dataset) -> str:
    """Tell the version of everything that a briefing is made from: data, roads, saved plans and the day."""
    path = file_of(data.store)
    # SQLite keeps what was last written beside the file
    files = [path.with_name(path.name + ending) for ending in ("", "-wal")]
    saved = [(file.stat().st_mtime_ns, file.stat().st_size) for file in files if file.is_file()]
    return f"{data.version}|{saved}|{data.as_at}"


def _one(data: Dataset, ask: Ask, key: str, version: str) -> tuple[Panel, ...]:  # noqa: ARG001  part of the key
    try:
        made = _MAKERS[key](data, ask)
    except Refusal as refusal:
        return (refused(data, ask, key, refusal),)
    return made if isinstance(made, tuple) else (made,)


def make(data: Dataset, ask: Ask, when: datetime | None = None) -> Pack:
    """Make a briefing with all its files; of the usual panels those that the data refuse are left out and named.

    Parameters
    ----------
    data : Dataset
    ask : Ask
    when : datetime, optional
        When it is made, as its files say; by default the as-at day.

    Returns
    -------
    Pack
        The same data, question and time give the same bytes.
    """
    moment = when or datetime.combine(day_of(data, ask), time())
    name = downloads.file_name(data, "briefing", ask.window.title, str(ask.window.as_at), ending="zip").removesuffix(
        ".zip"
    )
    every = panels(data, ask)
    shown = told(every) if ask.panels == briefing_problems.usual(data, ask.audience) else every
    return briefing_files.pack(
        name[:80].rstrip("-"), title_of(data, ask), lines_of(data, ask), shown, ask.audience, moment,
        tuple(one for one in every if one not in shown),
    )  # fmt: skip


def told(every: tuple[Panel, ...]) -> tuple[Panel, ...]:
    """Leave out the panels with nothing to say; all of them where none has anything."""
    return tuple(one for one in every if not one.refusal and not one.silent) or every
