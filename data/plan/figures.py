"""Figures that the partnership types in, such as a count from its own records: each with its date and source.

They stand in the file of plans. Nothing is ever changed: a figure saved again for the same name and day replaces the
earlier one in what counts, and both stay in the history.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from data.access.actor import MACHINE, Actor
from data.access.acts import allow
from data.plan.changing import changing
from data.plan.file import made_rows
from data.plan.saved import moment, right
from geo.errors import InputError

TEXT_LENGTH = 200
PRACTICE = "demonstration: "  # what is typed on the demonstration stays apart from what is typed on real files


@dataclass(frozen=True)
class Figure:
    """A typed figure.

    Attributes
    ----------
    name : str
        What it counts; the key under which it is found.
    as_of : date
        The day it speaks of.
    value : float or None
        None where it was withdrawn.
    source : str
        Where it is from.
    saved_at : datetime
        UTC.
    """

    name: str
    as_of: date
    value: float | None
    source: str
    saved_at: datetime


def save_figure(
    store: Path, name: str, value: float | None, as_of: date, source: str, now: datetime, *, actor: Actor = MACHINE
) -> Figure:
    """Save a figure.

    Parameters
    ----------
    store : Path
    name : str
    value : float or None
        None withdraws what was saved for this name and day.
    as_of : date
    source : str
        Where it is from, such as "Council records, letter of 3 May"; no personal data.
    now : datetime
        With its zone.
    actor : Actor
        Who types it.

    Raises
    ------
    NotAllowedError
        The actor may not plan.
    InputError
        A name or source is missing or too long, the value is not a number, or the store cannot be written.
    """
    allow(actor, "figure")
    name, source = " ".join(name.split()), " ".join(source.split())
    for column, text in (("name", name), ("source", source)):
        if not 0 < len(text) <= TEXT_LENGTH or not text.isprintable():
            raise InputError(
                f"a figure needs a {column} of 1 to {TEXT_LENGTH} characters",
                column=column,
                value=text,
                hint="Shorten it, or fill it in.",
            )
    if value is not None and not math.isfinite(value):
        raise InputError("this is not a number", column=name, value=str(value), hint="Type a number.")
    if now.tzinfo is None:
        raise InputError("the time of a save needs its zone", value=now.isoformat())
    figure = Figure(name, as_of, None if value is None else float(value), source, now.astimezone(UTC))
    with changing(store, actor, "figure") as change:
        number = change.db.execute(
            "INSERT INTO figures (name, as_of, value, source, saved_at) VALUES (?, ?, ?, ?, ?)",
            (name, as_of.isoformat(), figure.value, source, figure.saved_at.isoformat()),
        ).lastrowid
        change.told.append(f"figure {number}")
    return figure


def figures(store: Path, *, with_history: bool = False, by: date | None = None) -> tuple[Figure, ...]:
    """Figures by name and day.

    Parameters
    ----------
    store : Path
    with_history : bool
        Also those that were replaced or withdrawn, in the order they were saved.
    by : date, optional
        As they were at the end of this day in UTC: nothing that was saved later.

    Returns
    -------
    tuple of Figure
        For every name and day the one saved last, without those withdrawn.

    Raises
    ------
    InputError
        The file cannot be used.
    """
    query = "SELECT name, as_of, value, source, saved_at FROM figures ORDER BY name, as_of, id"
    every = made_rows(store, query, _figure)
    every = tuple(one for one in every if by is None or one.saved_at.date() <= by)
    if with_history:
        return every
    last = {(figure.name, figure.as_of): figure for figure in every}
    return tuple(figure for figure in last.values() if figure.value is not None)


def _figure(name: str, as_of: str, value: float | None, source: str, when: str) -> Figure:
    return right(Figure(name, date.fromisoformat(as_of), value, source, moment(when)))
