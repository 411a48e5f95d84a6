"""The panel of problems that partners work on: at which of five steps each stands, and what is known of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import pandas as pd

from analysis.common.refusal import Refusal
from analysis.findings.problems import day_words, problems_finding, step_words
from data.kinds.crime_types import ASB
from data.problem.problem import CLOSED, STEPS, Problem
from geo.errors import InputError
from pages.ui.briefing.board import GRID, NAVY, Board
from pages.ui.briefing.charts import Draw
from pages.ui.briefing.panel import NAMES, PANELS, PROBLEMS, TEAM, USUAL, Ask, Panel, panel
from pages.ui.document.blocks import Column, Table
from pages.ui.paper import text as words
from pages.ui.paper.room import INK, MUTED
from pages.ui.problem import known
from pages.ui.shell import choice
from pages.ui.shell.cache import Dataset

LISTED = 8
_SMALL = 8.5
_CLOSED_DAYS = 365  # for which one that has ended is still told of
NONE = Refusal("No problem is saved", "Save one on the page of problems")


def offered(data: Dataset) -> Mapping[str, str]:
    """Give the names of the panels that can be chosen: that of problems where there is one, or it cannot be told."""
    return PANELS if _any(data, known.there) is False else NAMES


def usual(data: Dataset, audience: str) -> tuple[str, ...]:
    """Give the panels that an audience usually sees: the problems too, where any is saved."""
    more = (PROBLEMS,) if audience != TEAM and _any(data, known.saved) else ()
    return (*USUAL[audience], *more)


def _any(data: Dataset, ask: Callable[[Dataset], object]) -> bool | None:
    """Whether there is a problem; None where the file cannot be read, which the panel itself then tells."""
    try:
        return bool(ask(data))
    except InputError:
        return None


def problems(data: Dataset, ask: Ask) -> Panel:
    """Say at which step each problem stands, as they were on the as-at day.

    Raises
    ------
    Refusal
        None was saved by then.
    InputError
        The file of plans cannot be used.
    """
    day = choice.as_at_date(data, ask.filters(data))
    every = tuple(
        one
        for one in known.told(data, day)
        if one.state != CLOSED or one.closed_on is None or (day - one.closed_on).days <= _CLOSED_DAYS
    )
    if not every:
        raise NONE
    said = problems_finding(every)
    shown = every[:LISTED]
    lines = [known.line_of(one) for one in every]
    rows = tuple((f"{k}. {one.problem}", one.owner, one.seen, one.known) for k, one in enumerate(lines[:LISTED], 1))
    columns = tuple(map(Column, ("Problem", "Owner", known.SEEN, "What is known")))
    more = [said.detail] if said.detail else []
    more += [f"{len(every) - LISTED} more are in the files."] if len(every) > LISTED else []
    category = ASB if any(one.category == ASB for one in every) else ""
    return panel(
        data, ask, PROBLEMS, said.title, None, category=category, period=f"as at {day_words(day)}",
        more=" ".join(more),
        alt="Five steps of each problem, those that are done filled. "
        + " ".join(f"{one.problem}: {one.step}." for one in lines[:LISTED]),
        draw=_steps(shown), table=Table(columns, rows, "Problems"),
        numbers=((PROBLEMS, pd.DataFrame([asdict(one) for one in lines])),), share=0.4,
        caveats=("A step that is done does not say that the problem is less.",),
        notes=tuple(f"{one.problem}: {_ended(one.objective)} {_ended(one.known)}" for one in lines),
    )  # fmt: skip


def _ended(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _steps(shown: Sequence[Problem]) -> Draw:
    """Draw five steps for each problem: filled where done, a ring where it stands; the words beside them."""

    def draw(sheet: Any, x: float, y: float, wide: float, high: float) -> None:
        board = Board(sheet, x, y, wide, high)
        names = list(STEPS.values())
        left, head = 26.0, 22.0
        step = (wide - left) / len(names)
        room = all(words.width(name, _SMALL) <= step - 3 for name in names)
        for k, name in enumerate(names if room else [name[:1] for name in names]):
            board.text(left + (k + 0.5) * step, 12, name, _SMALL, ha="center", color=MUTED)
        tall = min((high - head) / max(len(shown), 1), 46.0)
        for row, one in enumerate(shown):
            _row(board, one, row + 1, (left, head + row * tall, step, tall))

    return draw


def _row(board: Board, one: Problem, number: int, place: tuple[float, float, float, float]) -> None:
    left, top, step, tall = place
    ended, at = one.state == CLOSED, list(STEPS).index(one.at_step)
    middle = top + 0.36 * tall
    board.text(4, middle + 4, f"{number}", 11, "bold")
    ends = [left + 0.5 * step, left + 4.5 * step]
    board.line(ends, [middle, middle], GRID, 1.4, zorder=1)
    for k in range(len(STEPS)):
        x, done = left + (k + 0.5) * step, ended or k < at
        size = min(15.0, 0.42 * tall)
        colour = NAVY if done or k == at else MUTED
        board.dots([x], [middle], colour, size, hollow=not done, marker="o" if done or k == at else "s", zorder=3)
        if done:
            mark_size = 0.72 * size
            board.text(x, middle + 0.36 * mark_size, "✓", mark_size, "bold", ha="center", color="white", zorder=5)
    now = len(STEPS) - 1 if ended else at  # beneath the step it speaks of, without leaving the board
    x, ha = {0: (left, "left"), len(STEPS) - 1: (board.wide, "right")}.get(now, (left + (now + 0.5) * step, "center"))
    board.text(x, top + 0.86 * tall, words.cut(step_words(one), board.wide - left, _SMALL), _SMALL, ha=ha, color=INK)
