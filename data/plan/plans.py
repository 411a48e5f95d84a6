"""Saved plans: every revision is kept, nobody saves over another's work, and what was really done is written down.

A plan is saved with the number of the revision that the person had before them. When another has saved in the
meantime the numbers differ, and the save is refused with what to do: nothing is lost on either side.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from data.access.actor import MACHINE, Actor
from data.access.acts import allow
from data.plan.changing import changing
from data.plan.file import damaged_row, file_of, made_rows, reading
from data.plan.plan import Plan
from data.plan.saved import (
    ARCHIVED,
    COLUMNS,
    DRAFT,
    RUN,
    Listed,
    Record,
    Revision,
    Saved,
    checked,
    checked_records,
    insert,
    moment,
    read_row,
    right,
    status_of,
)  # fmt: skip
from data.plan.wards import without_wards
from data.plan.words import difference
from geo.errors import InputError

__all__ = [
    "ARCHIVED", "DRAFT", "RUN", "Listed", "Record", "Revision", "Saved", "archive", "copy", "edit", "forget", "history",
    "listed", "load", "mark_run", "revise", "save", "saved", "take_back",
]  # fmt: skip


# --- reading ----------------------------------------------------------------------------------------------------------
def listed(store: Path) -> tuple[Listed, ...]:
    """All saved plans, archived ones too, the last saved first; a store without plans has none.

    Raises
    ------
    InputError
        The file of plans cannot be used.
    """
    query = (
        "SELECT plan, revision, title, operation, category, first, last, archived, records IS NOT NULL, simulated, "
        "saved_at FROM revisions AS r WHERE revision = (SELECT max(revision) FROM revisions WHERE plan = r.plan) "
        "ORDER BY rowid DESC"  # the last saved, whatever the clock said
    )
    return made_rows(store, query, _listed)


def _listed(
    plan_id: int, revision: int, title: str, operation: str, category: str, first: str, last: str, archived: int,
    run: int, simulated: int, when: str,
) -> Listed:  # fmt: skip
    return right(Listed(
        plan_id, revision, title, operation, category, date.fromisoformat(first), date.fromisoformat(last),
        status_of(archived=bool(archived), run=bool(run)), bool(run), bool(simulated), moment(when),
    ))  # fmt: skip


def load(store: Path, plan_id: int, revision: int | None = None) -> Saved:
    """One revision of a plan.

    Parameters
    ----------
    store : Path
    plan_id : int
    revision : int, optional
        By default the newest.

    Raises
    ------
    InputError
        There is no such plan or revision, or it is damaged.
    """
    with reading(store) as db:
        if db is None:
            raise _none(plan_id)
        return _one(store, db, plan_id, revision)


def saved(store: Path, by: date | None = None) -> tuple[Saved, ...]:
    """Newest revision of every plan with its content, archived ones too, in the order they were first saved.

    Parameters
    ----------
    store : Path
    by : date, optional
        As they were at the end of this day in UTC: nothing that was saved later.

    Raises
    ------
    InputError
        The file of plans cannot be used, or a plan in it is damaged.
    """
    with reading(store) as db:
        if db is None:
            return ()
        rows = db.execute(
            f"SELECT {COLUMNS} FROM revisions AS r "  # noqa: S608
            "WHERE revision = (SELECT max(revision) FROM revisions WHERE plan = r.plan AND date(saved_at) <= ?) "
            "ORDER BY plan",
            ((by or date.max).isoformat(),),
        ).fetchall()
    return tuple(read_row(store, row) for row in rows)


def history(store: Path, plan_id: int) -> tuple[Revision, ...]:
    """When and how a plan changed, newest first.

    Raises
    ------
    InputError
        There is no such plan.
    """
    with reading(store) as db:
        rows = [] if db is None else db.execute(
            "SELECT revision, saved_at, what, archived, records IS NOT NULL, role FROM revisions WHERE plan = ? "
            "ORDER BY revision DESC",
            (plan_id,),
        ).fetchall()  # fmt: skip
    if not rows:
        raise _none(plan_id)
    try:
        return tuple(
            right(Revision(number, moment(when), what, status_of(archived=bool(archived), run=bool(run)), role))
            for number, when, what, archived, run, role in rows
        )
    except (TypeError, ValueError) as error:
        raise damaged_row(store, str(error)) from error


# --- changing ---------------------------------------------------------------------------------------------------------
def save(
    store: Path, plan: Plan, now: datetime, what: str = "Saved", *, actor: Actor = MACHINE, act: str = "save"
) -> Saved:
    """Save a plan as a new one.

    Parameters
    ----------
    store : Path
        Made when it is not there; the demonstration stays as it is.
    plan : Plan
    now : datetime
        With its zone.
    what : str
        What the history says of it.
    actor : Actor
        Who saves it: the history keeps the role, the log the account too.
    act : str
        What the log calls it.

    Raises
    ------
    NotAllowedError
        The actor may not plan.
    InputError
        It has no title, holds what is not a number, or cannot be written.
    """
    allow(actor, act)
    kept, content = checked(plan)  # before the file is made
    first = Saved(0, 1, _utc(now), what, archived=False, plan=kept, role=actor.role)
    with changing(store, actor, act) as change:
        first = replace(first, id=int(change.db.execute("INSERT INTO plans DEFAULT VALUES").lastrowid or 0))
        insert(change.db, first, content)
        change.told.append(_told(first))
    return first


def revise(store: Path, plan_id: int, revision: int, plan: Plan, now: datetime, *, actor: Actor = MACHINE) -> Saved:
    """Save a changed plan as the next revision of the one it was opened from.

    Parameters
    ----------
    store : Path
    plan_id, revision : int
        What the person had before them.
    plan : Plan
    now : datetime
        With its zone.
    actor : Actor
        Who does it.

    Returns
    -------
    Saved
        The revision that is there already where nothing changed.

    Raises
    ------
    NotAllowedError
        The actor may not plan.
    InputError
        Another has saved it since, it is archived, or it was run: what was planned can then no longer change, only its
        title and notes can.
    """
    wanted, _ = checked(plan)

    def change(old: Saved) -> Saved:
        if wanted.simulated != old.plan.simulated:
            raise InputError(
                "a plan made on the demonstration and one made on real incidents are not the same plan",
                hint="Save it as a new plan.",
            )
        planned = replace(without_wards(wanted, old.plan), title=old.plan.title, notes=old.plan.notes)
        if old.records and planned != old.plan:
            raise InputError(
                "this plan was marked as run: what was planned can no longer change", hint="Save it as a new plan."
            )
        return replace(old, plan=wanted, what=difference(old.plan, wanted))

    return _next(store, plan_id, revision, now, change, actor, "revise")


def edit(
    store: Path, plan_id: int, revision: int, title: str, notes: str, now: datetime, *, actor: Actor = MACHINE
) -> Saved:
    """Change title and notes; also of a plan that was run. Arguments and errors as :func:`revise`."""

    def change(old: Saved) -> Saved:
        new, _ = checked(replace(old.plan, title=title, notes=notes))
        return replace(old, plan=new, what=difference(old.plan, new))

    return _next(store, plan_id, revision, now, change, actor, "edit")


def copy(store: Path, plan_id: int, revision: int, title: str, now: datetime, *, actor: Actor = MACHINE) -> Saved:
    """Save a revision of a plan as a new plan, a draft again, without what was done.

    Raises
    ------
    InputError
        The actor may not plan. There is no such revision, or no title.
    """
    allow(actor, "copy")
    source = load(store, plan_id, revision)
    said = f"Copy of revision {revision} of {source.plan.title}"
    return save(store, replace(source.plan, title=title), now, said, actor=actor, act="copy")


def mark_run(
    store: Path, plan_id: int, revision: int, records: Sequence[Record], now: datetime, *, actor: Actor = MACHINE
) -> Saved:
    """Write down what was really done; done again, it corrects what was written before.

    Parameters
    ----------
    store : Path
    plan_id, revision : int
        What the person had before them.
    records : sequence of Record
        One a shift of the plan, in its order.
    now : datetime
        With its zone.
    actor : Actor
        Who does it.

    Raises
    ------
    NotAllowedError
        The actor may not plan.
    InputError
        Another has saved it since, it is archived, has no shifts, or the records do not fit the shifts; all that is
        wrong with them is told at once.
    """

    def change(old: Saved) -> Saved:
        done = checked_records(old.plan, records)
        if done == old.records:
            return replace(old, what="")
        hours = round(sum(record.hours for record in done), 1)
        said = "What was done corrected" if old.records else "Marked as run"
        ran = sum(record.ran for record in done)
        return replace(old, records=done, what=f"{said}: {ran} of {len(done)} shifts ran, {hours:g} patrol-hours")

    return _next(store, plan_id, revision, now, change, actor, "mark-run")


def archive(store: Path, plan_id: int, revision: int, now: datetime, *, actor: Actor = MACHINE) -> Saved:
    """Put a plan away: it can be read and taken back, not changed. Errors as :func:`revise`."""
    return _next(
        store, plan_id, revision, now, lambda old: replace(old, archived=True, what="Archived"), actor, "archive"
    )


def take_back(store: Path, plan_id: int, revision: int, now: datetime, *, actor: Actor = MACHINE) -> Saved:
    """Take a plan out of the archive. Errors as :func:`revise`."""
    back: Callable[[Saved], Saved] = lambda old: replace(old, archived=False, what="Taken out of the archive")  # noqa: E731
    return _next(store, plan_id, revision, now, back, actor, "take-back", archived=True)


def forget(store: Path, plan_id: int, revision: int, *, actor: Actor = MACHINE) -> None:
    """Remove an archived plan with its whole history for good, such as when a name got into it.

    Its place in the file is overwritten with zeros; copies of the file that were made elsewhere keep it.

    Raises
    ------
    InputError
        The actor may not plan. It is not archived, another has saved it since, or there is no such plan.
    """
    allow(actor, "forget")
    _must_be_there(store, plan_id)
    with changing(store, actor, "forget") as change:
        old = _current(store, change.db, plan_id, revision, archived=True)
        change.db.execute("DELETE FROM plans WHERE id = ?", (plan_id,))
        change.told.append(_told(old))


# --- inside -----------------------------------------------------------------------------------------------------------
def _next(
    store: Path,
    plan_id: int,
    revision: int,
    now: datetime,
    change: Callable[[Saved], Saved],
    actor: Actor,
    act: str,
    *,
    archived: bool = False,
) -> Saved:
    """Save the next revision; none where ``change`` says of nothing that it changed."""
    allow(actor, act)
    when = _utc(now)
    _must_be_there(store, plan_id)
    with changing(store, actor, act) as made:
        old = _current(store, made.db, plan_id, revision, archived=archived)
        new = change(old)
        if not new.what:
            return old
        new = replace(new, revision=revision + 1, saved_at=when, role=actor.role)
        insert(made.db, new, checked(new.plan)[1])
        made.told.append(_told(new))
    return new


def _told(one: Saved) -> str:
    """Name a revision for the log, never by its title."""
    return f"plan {one.id}, revision {one.revision}"


def _must_be_there(store: Path, plan_id: int) -> None:
    if not file_of(store).exists():  # a change of nothing does not make a file
        raise _none(plan_id)


def _current(store: Path, db: sqlite3.Connection, plan_id: int, revision: int, *, archived: bool) -> Saved:
    """Newest revision, refused where it is not the one that the person had before them."""
    old = _one(store, db, plan_id, None)
    if old.revision != revision:
        raise InputError(
            f"another has saved this plan since you opened it ({old.what.lower()})",
            value=f"revision {old.revision}, yours is {revision}",
            hint="Open it again and make your change there, or save yours as a new plan. Nothing was overwritten.",
        )
    if old.archived != archived:
        raise InputError(
            "this plan is archived" if old.archived else "this plan is not archived",
            value=old.plan.title,
            hint="Take it out of the archive first." if old.archived else "Archive it first.",
        )
    return old


def _one(store: Path, db: sqlite3.Connection, plan_id: int, revision: int | None) -> Saved:
    newest = "SELECT max(revision) FROM revisions WHERE plan = :plan"
    row = db.execute(
        f"SELECT {COLUMNS} FROM revisions WHERE plan = :plan AND revision = coalesce(:revision, ({newest}))",  # noqa: S608
        {"plan": plan_id, "revision": revision},
    ).fetchone()
    if row is None:
        raise _none(plan_id, revision)
    return read_row(store, row)


def _utc(now: datetime) -> datetime:
    if now.tzinfo is None:
        raise InputError("the time of a save needs its zone", value=now.isoformat())
    return now.astimezone(UTC).replace(microsecond=0)


def _none(plan_id: int, revision: int | None = None) -> InputError:
    what = "plan" if revision is None else "revision of the plan"
    return InputError(f"there is no such {what}: it may have been forgotten", value=f"{revision or plan_id}")
