"""What is kept of a saved plan, and how it stands in the file of plans."""

from __future__ import annotations

import json
import math
import re
import sqlite3
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar

from data.plan.file import damaged_row
from data.plan.plan import Plan, plan_from_json
from data.store.plain_types import check_types
from geo.errors import InputError

Row = TypeVar("Row")
DRAFT, RUN, ARCHIVED = "draft", "run", "archived"
TITLE_LENGTH, NOTES_LENGTH, REMARK_LENGTH, MOST_HOURS = 120, 4000, 500, 1000
COLUMNS = "plan, revision, saved_at, what, archived, content, records, role"
_REFERENCE = re.compile(r"[A-Z]{2}[0-9]{6}")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_UNSEEN = re.compile(r"[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2060-\u206f\u3164\ufeff\uffa0]")


@dataclass(frozen=True)
class Record:
    """What was really done in one shift.

    Attributes
    ----------
    starts : datetime
        Of the shift in the plan: local time, no zone.
    ran : bool
    hours : float
        Patrol-hours really spent: hours of one crew, added up over crews.
    cells : tuple of str
        References of the cells really visited, sorted; also cells that were not in the plan.
    remark : str
        Typed; no personal data.
    """

    starts: datetime
    ran: bool
    hours: float
    cells: tuple[str, ...]
    remark: str = ""


@dataclass(frozen=True)
class Saved:
    """One revision of a saved plan.

    Attributes
    ----------
    id : int
        Of the plan; never given to another.
    revision : int
        From 1.
    saved_at : datetime
        UTC.
    what : str
        What changed, in words.
    archived : bool
    plan : Plan
    records : tuple of Record
        One a shift, in the order of the plan; empty while it is not marked as run.
    role : str
        Of whoever saved it; empty where it was saved before roles were kept.
    """

    id: int
    revision: int
    saved_at: datetime
    what: str
    archived: bool
    plan: Plan
    records: tuple[Record, ...] = ()
    role: str = ""

    @property
    def status(self) -> str:
        """Draft, run or archived."""
        return status_of(archived=self.archived, run=bool(self.records))

    @property
    def visited(self) -> tuple[str, ...]:
        """References of the distinct cells really visited, sorted; empty while it is not marked as run."""
        return tuple(sorted({cell for record in self.records for cell in record.cells}))


@dataclass(frozen=True)
class Listed:
    """A saved plan in the list: its newest revision without its content.

    Attributes
    ----------
    id, revision : int
    title, operation, category : str
    first, last : date
    status : str
        Draft, run or archived.
    run : bool
        Marked as run, archived or not.
    simulated : bool
    saved_at : datetime
        UTC.
    """

    id: int
    revision: int
    title: str
    operation: str
    category: str
    first: date
    last: date
    status: str
    run: bool
    simulated: bool
    saved_at: datetime


@dataclass(frozen=True)
class Revision:
    """An entry of the history: when, what and by which role; ``status`` is that of the time."""

    revision: int
    saved_at: datetime
    what: str
    status: str
    role: str = ""


def status_of(*, archived: bool, run: bool) -> str:
    """Give the one word for where a plan stands."""
    return ARCHIVED if archived else RUN if run else DRAFT


def clean_line(text: str) -> str:
    """Put a typed text on one line, without control characters and without letters that nobody sees or that turn it.

    Parameters
    ----------
    text : str
    """
    return " ".join(_clean(text).split())


def clean_lines(text: str) -> str:
    """Clean a typed text of several lines as :func:`clean_line` does, and leave its lines.

    Parameters
    ----------
    text : str
    """
    return _clean(text.replace("\r\n", "\n")).strip()


def _clean(text: str) -> str:
    return _UNSEEN.sub("", _CONTROL.sub(" ", text))


def checked(plan: Plan) -> tuple[Plan, str]:
    """Make a plan as it will be read back: texts without control characters, values plain.

    Returns
    -------
    Plan
    str
        The same as JSON.

    Raises
    ------
    InputError
        It has no title, is too long, or holds what cannot be saved, such as what is not a number.
    """
    title = clean_line(plan.title)
    notes = clean_lines(plan.notes)
    if not title:
        raise InputError("the plan has no title", hint="Type one, such as the operation and the year.")
    for name, text, most in (("title", title, TITLE_LENGTH), ("notes", notes, NOTES_LENGTH)):
        if len(text) > most:
            raise InputError(f"at most {most:,} characters fit", column=name, value=f"{len(text):,} characters")
    try:
        content = json.dumps(
            _cleaned(replace(plan, title=title, notes=notes).to_json()), allow_nan=False, sort_keys=True, default=_item
        )
    except (TypeError, ValueError) as error:
        raise InputError(f"the plan holds a figure that cannot be saved: {error}") from error
    return plan_from_json(json.loads(content)), content


def checked_records(plan: Plan, records: Sequence[Record]) -> tuple[Record, ...]:
    """Make records as they will be read back; all that is wrong with them is told at once.

    Raises
    ------
    InputError
        They do not fit the shifts of the plan, or hold what cannot be.
    """
    if not plan.shifts:
        raise InputError("this plan has no shifts", hint="Share out the hours and save it, then mark it as run.")
    if [record.starts for record in records] != [shift.starts for shift in plan.shifts]:
        raise InputError("what was done must be told for each shift of the plan, in its order")
    wrong = []
    done = []
    for record in records:
        at = f"shift of {record.starts:%d %B, %H:%M}"
        cells = tuple(sorted(set(record.cells)))
        remark = clean_line(record.remark)
        if not (math.isfinite(record.hours) and 0 <= record.hours <= MOST_HOURS):
            wrong.append(f"{at}: patrol-hours must be from 0 to {MOST_HOURS:,}")
        if not record.ran and (record.hours or cells):
            wrong.append(f"{at}: it did not run, so it has no hours and no cells")
        if unknown := [cell for cell in cells if not _REFERENCE.fullmatch(cell)]:
            wrong.append(f"{at}: not a grid reference of six figures: {', '.join(unknown)[:60]}")
        if len(remark) > REMARK_LENGTH:
            wrong.append(f"{at}: a remark has at most {REMARK_LENGTH} characters")
        done.append(replace(record, ran=bool(record.ran), hours=float(record.hours), cells=cells, remark=remark))
    if wrong:
        raise InputError("; ".join(wrong))
    return tuple(done)


def read_row(store: Path, row: tuple[Any, ...]) -> Saved:
    """Read a row with ``COLUMNS``.

    Raises
    ------
    InputError
        What stands in it is damaged.
    """
    plan_id, revision, when, what, archived, content, records, role = row
    try:
        done = tuple(
            Record(**{**raw, "starts": datetime.fromisoformat(raw["starts"]), "cells": tuple(raw["cells"])})
            for raw in json.loads(records or "[]")
        )
        plan = plan_from_json(json.loads(content))
        return right(Saved(plan_id, revision, moment(when), what, bool(archived), plan, done, str(role)))
    except InputError as error:
        raise damaged_row(store, f"plan {plan_id}, revision {revision}: {error.message}") from error
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise damaged_row(store, f"plan {plan_id}, revision {revision}: {error}") from error


def right(row: Row) -> Row:
    """Give what was made of a row, where its values are of the types that it names.

    Raises
    ------
    TypeError, ValueError
        One is of another.
    """
    check_types(row)
    return row


def moment(text: str) -> datetime:
    """Read a time of a row.

    Raises
    ------
    TypeError, ValueError
        It is none, or says no zone: it could not be compared with others.
    """
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError(f"a time without its zone: {text}")
    return found


def insert(db: sqlite3.Connection, new: Saved, content: str) -> None:
    """Write a revision; ``content`` is its plan as JSON, of :func:`checked`."""
    plan, done = new.plan, [asdict(r) | {"starts": r.starts.isoformat()} for r in new.records]
    db.execute(
        "INSERT INTO revisions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            new.id, new.revision, new.saved_at.isoformat(), new.what, new.archived, plan.title, plan.operation,
            plan.category, plan.first.isoformat(), plan.last.isoformat(), plan.simulated, content,
            json.dumps(done, default=_item) if done else None, new.role,
        ),
    )  # fmt: skip


def _cleaned(value: Any) -> Any:
    """Plain values with every text in them cleaned."""
    if isinstance(value, dict):
        return {key: _cleaned(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_cleaned(part) for part in value]
    return _clean(value) if isinstance(value, str) else value


def _item(value: Any) -> Any:
    """Plain number for one of an array."""
    if hasattr(value, "item"):
        return value.item()
    raise TypeError(f"{type(value).__name__} is not a plain value")
