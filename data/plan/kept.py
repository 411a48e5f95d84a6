"""What is kept beside plans, problems and zones: every revision, and nobody saves over another's work.

A record has a kind, a title and a content; the room of its kind knows how the content is read and written.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Generic, TypeVar

from data.access.actor import MACHINE, Actor
from data.access.acts import allow
from data.plan.changing import changing
from data.plan.file import damaged_row, file_of, reading
from data.plan.saved import TITLE_LENGTH, clean_line, clean_lines, moment
from geo.errors import InputError

MOST_CONTENT = 400_000  # letters of a record as JSON
_COLUMNS = "r.kept, r.revision, r.saved_at, r.what, r.archived, r.content, r.role"
_OF = f"SELECT {_COLUMNS} FROM kept_revisions AS r JOIN kept ON kept.id = r.kept WHERE kept.kind = :kind"  # noqa: S608
_T = TypeVar("_T")


@dataclass(frozen=True)
class Kept(Generic[_T]):
    """A revision of a record.

    Attributes
    ----------
    id : int
        Never given twice.
    revision : int
        From 1.
    saved_at : datetime
        UTC.
    what : str
        What changed, for the history.
    archived : bool
    content : zone or problem
    role : str
        Of whoever saved it; never a name.
    """

    id: int
    revision: int
    saved_at: datetime
    what: str
    archived: bool
    content: _T
    role: str = ""


@dataclass(frozen=True)
class Told:
    """What is told of a content beside itself: its title, and whether it was made on the demonstration."""

    title: str
    simulated: bool


@dataclass(frozen=True)
class Keeper(Generic[_T]):
    """Records of one kind.

    Attributes
    ----------
    kind : str
        Such as "zone": as messages call it; acts of the log begin with it.
    clean : callable
        Gives a content as it will be read back; raises InputError where it cannot be kept.
    write : callable
        Gives plain values.
    read : callable
        Reads them back; raises InputError where they are damaged.
    tell : callable
        Gives what is told of a content.
    """

    kind: str
    clean: Callable[[_T], _T]
    write: Callable[[_T], Mapping[str, Any]]
    read: Callable[[Mapping[str, Any]], _T]
    tell: Callable[[_T], Told]

    def listed(self, store: Path) -> tuple[Kept[_T], ...]:
        """Give the newest revision of every record, archived ones too, the last saved first.

        Raises
        ------
        InputError
            The file of plans cannot be used, or a record in it is damaged.
        """
        last = "r.revision = (SELECT max(revision) FROM kept_revisions WHERE kept = r.kept)"
        return self._rows(store, f"{_OF} AND {last} ORDER BY r.rowid DESC")

    def load(self, store: Path, number: int, revision: int | None = None) -> Kept[_T]:
        """Give one revision of a record, by default the newest.

        Raises
        ------
        InputError
            There is no such record or revision, or it is damaged.
        """
        found = [one for one in self.history(store, number) if revision in {None, one.revision}]
        if not found:
            raise InputError(f"there is no such revision of the {self.kind}", value=f"{revision}")
        return found[0]

    def history(self, store: Path, number: int) -> tuple[Kept[_T], ...]:
        """Give all revisions of a record, the newest first.

        Raises
        ------
        InputError
            There is no such record, or it is damaged.
        """
        found = self._rows(store, f"{_OF} AND r.kept = :number ORDER BY r.revision DESC", number=number)
        if not found:
            raise self._none(number)
        return found

    def save(self, store: Path, content: _T, now: datetime, *, actor: Actor = MACHINE, what: str = "Saved") -> Kept[_T]:
        """Save a content as a new record.

        Parameters
        ----------
        store : Path
            Made when it is not there.
        content : zone or problem
        now : datetime
            With its zone.
        actor : Actor
            Who saves it: the history keeps the role, the log the account too.
        what : str
            What the history says of it.

        Raises
        ------
        NotAllowedError
            The actor may not plan.
        InputError
            It cannot be kept, all that is wrong told at once; or the store cannot be written.
        """
        act = f"{self.kind}-save"
        allow(actor, act)
        new, text = self._checked(Kept(0, 1, now, what, archived=False, content=content, role=actor.role))
        with changing(store, actor, act) as change:
            number = change.db.execute("INSERT INTO kept (kind) VALUES (?)", (self.kind,)).lastrowid
            new = replace(new, id=int(number or 0))
            self._insert(change.db, new, text)
            change.told.append(self._named(new))
        return new

    def revise(
        self, store: Path, number: int, revision: int, content: _T, now: datetime, *, actor: Actor = MACHINE,
        what: str = "Changed",
    ) -> Kept[_T]:  # fmt: skip
        """Save a changed content as the next revision of the one it was opened from.

        Parameters
        ----------
        store : Path
        number, revision : int
            What the person had before them.
        content : zone or problem
        now : datetime
            With its zone.
        actor : Actor
        what : str
            What changed, for the history.

        Returns
        -------
        Kept
            The revision that is there already where nothing changed.

        Raises
        ------
        NotAllowedError
            The actor may not plan.
        InputError
            As :meth:`save`; or another has saved it since, or it is archived.
        """
        allow(actor, f"{self.kind}-revise")
        clean = self.clean(content)

        def change(old: Kept[_T]) -> Kept[_T]:
            if self.tell(old.content).simulated != self.tell(clean).simulated:
                raise InputError(
                    f"a {self.kind} of the demonstration and one of real incidents are not the same {self.kind}",
                    hint=f"Save it as a new {self.kind}.",
                )
            return replace(old, content=clean)

        return self._next(store, number, revision, now, change, what, actor, "revise")

    def archive(self, store: Path, number: int, revision: int, now: datetime, *, actor: Actor = MACHINE) -> Kept[_T]:
        """Put a record away: it can be read and taken back, not changed. Errors as :meth:`revise`."""
        put: Callable[[Kept[_T]], Kept[_T]] = lambda old: replace(old, archived=True)  # noqa: E731
        return self._next(store, number, revision, now, put, "Archived", actor, "archive")

    def take_back(self, store: Path, number: int, revision: int, now: datetime, *, actor: Actor = MACHINE) -> Kept[_T]:
        """Take a record out of the archive. Errors as :meth:`revise`."""
        put: Callable[[Kept[_T]], Kept[_T]] = lambda old: replace(old, archived=False)  # noqa: E731
        said = "Taken out of the archive"
        return self._next(store, number, revision, now, put, said, actor, "take-back", archived=True)

    def forget(self, store: Path, number: int, revision: int, *, actor: Actor = MACHINE) -> None:
        """Remove an archived record with its whole history; its place in the file is overwritten with zeros.

        Raises
        ------
        NotAllowedError
            The actor may not plan.
        InputError
            It is not archived, another has saved it since, or there is none.
        """
        act = f"{self.kind}-forget"
        allow(actor, act)
        self._must_be_there(store, number)
        with changing(store, actor, act) as change:
            old = self._current(store, change.db, number, revision, archived=True)
            change.db.execute("DELETE FROM kept WHERE id = ?", (number,))
            change.told.append(self._named(old))

    # --- inside -------------------------------------------------------------------------------------------------------
    def _next(
        self, store: Path, number: int, revision: int, now: datetime, change: Callable[[Kept[_T]], Kept[_T]],
        what: str, actor: Actor, act: str, *, archived: bool = False,
    ) -> Kept[_T]:  # fmt: skip
        """Save the next revision; none where nothing changed."""
        act = f"{self.kind}-{act}"
        allow(actor, act)
        self._must_be_there(store, number)
        with changing(store, actor, act) as made:
            old = self._current(store, made.db, number, revision, archived=archived)
            new = change(old)
            if new == old:
                return old
            new, text = self._checked(replace(new, revision=revision + 1, saved_at=now, what=what, role=actor.role))
            self._insert(made.db, new, text)
            made.told.append(self._named(new))
        return new

    def _checked(self, new: Kept[_T]) -> tuple[Kept[_T], str]:
        """Make a revision as it will be read back, and its content as JSON."""
        content = self.clean(new.content)
        title = clean_line(self.tell(content).title)
        if not title:
            raise InputError(f"the {self.kind} has no name", hint="Type one that says what it is and where.")
        if len(title) > TITLE_LENGTH:
            raise InputError(f"at most {TITLE_LENGTH} characters fit", column="name", value=f"{len(title)} characters")
        if new.saved_at.tzinfo is None:
            raise InputError("the time of a save needs its zone", value=new.saved_at.isoformat())
        try:
            text = json.dumps(_cleaned(self.write(content)), allow_nan=False, sort_keys=True)
        except (TypeError, ValueError) as error:
            raise InputError(f"the {self.kind} holds what cannot be saved: {error}") from error
        if len(text) > MOST_CONTENT:
            raise InputError(
                f"the {self.kind} is too large to save", value=f"{len(text):,} characters", hint="Shorten its texts."
            )
        when = new.saved_at.astimezone(UTC).replace(microsecond=0)
        return replace(new, saved_at=when, what=clean_line(new.what), content=self.read(json.loads(text))), text

    def _insert(self, db: sqlite3.Connection, new: Kept[_T], text: str) -> None:
        told = self.tell(new.content)
        db.execute(
            "INSERT INTO kept_revisions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                new.id, new.revision, new.saved_at.isoformat(), new.what, new.archived, told.title, told.simulated,
                text, new.role,
            ),
        )  # fmt: skip

    def _rows(self, store: Path, query: str, **values: object) -> tuple[Kept[_T], ...]:
        with reading(store) as db:
            rows = [] if db is None else db.execute(query, {"kind": self.kind, **values}).fetchall()
        return tuple(self._read(store, row) for row in rows)

    def _read(self, store: Path, row: tuple[Any, ...]) -> Kept[_T]:
        number, revision, when, what, archived, text, role = row
        try:
            content = self.read(json.loads(text))
            return Kept(int(number), int(revision), moment(when), str(what), bool(archived), content, str(role))
        except (InputError, TypeError, ValueError, OverflowError, RecursionError) as error:
            said = error.message if isinstance(error, InputError) else str(error)
            raise damaged_row(store, f"{self.kind} {number}, revision {revision}: {said}") from error

    def _current(self, store: Path, db: sqlite3.Connection, number: int, revision: int, *, archived: bool) -> Kept[_T]:
        """Newest revision, refused where it is not the one that the person had before them."""
        query = f"{_OF} AND r.kept = :number ORDER BY r.revision DESC LIMIT 1"
        row = db.execute(query, {"kind": self.kind, "number": number}).fetchone()
        if row is None:
            raise self._none(number)
        old = self._read(store, row)
        if old.revision != revision:
            raise InputError(
                f"another has saved this {self.kind} since you opened it ({old.what.lower()})",
                value=f"revision {old.revision}, yours is {revision}",
                hint="Open it again and make your change there, or save yours as a new one. Nothing was overwritten.",
            )
        if old.archived != archived:
            raise InputError(
                f"this {self.kind} is archived" if old.archived else f"this {self.kind} is not archived",
                value=self.tell(old.content).title,
                hint="Take it out of the archive first." if old.archived else "Archive it first.",
            )
        return old

    def _must_be_there(self, store: Path, number: int) -> None:
        if not file_of(store).exists():  # a change of nothing does not make a file
            raise self._none(number)

    def _none(self, number: int) -> InputError:
        return InputError(f"there is no such {self.kind}: it may have been forgotten", value=f"{number}")

    def _named(self, one: Kept[_T]) -> str:
        """Name a revision for the log, never by its title."""
        return f"{self.kind} {one.id}, revision {one.revision}"


def _cleaned(value: Any) -> Any:
    """Plain values with every text in them cleaned."""
    if isinstance(value, Mapping):
        return {key: _cleaned(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_cleaned(part) for part in value]
    return clean_lines(value) if isinstance(value, str) else value
