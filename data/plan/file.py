"""The file of plans: one SQLite database in the store folder, opened anew for each reading and each change.

It keeps a rollback journal rather than a write-ahead log, because the folder may lie on a network drive, where a
write-ahead log is unsafe. A change is one transaction: a kill at any moment leaves the old state or the new one.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TypeVar

from geo.errors import InputError

_Made = TypeVar("_Made")
FILE = "plans.sqlite3"
BUSY_S = 10.0  # how long a person waits for another's save
APPLICATION = 0x504C414E  # "PLAN": tells the file from any other database
# One entry for each version of the file, each made from the one before; an entry that was released never changes.
_STEPS: tuple[tuple[str, ...], ...] = (
    (
        "CREATE TABLE plans (id INTEGER PRIMARY KEY AUTOINCREMENT)",  # a number is never given twice
        """CREATE TABLE revisions (
            plan INTEGER NOT NULL REFERENCES plans (id) ON DELETE CASCADE,
            revision INTEGER NOT NULL,
            saved_at TEXT NOT NULL,
            what TEXT NOT NULL,
            archived INTEGER NOT NULL,
            title TEXT NOT NULL,
            operation TEXT NOT NULL,
            category TEXT NOT NULL,
            first TEXT NOT NULL,
            last TEXT NOT NULL,
            simulated INTEGER NOT NULL,
            content TEXT NOT NULL,
            records TEXT,
            PRIMARY KEY (plan, revision)
        )""",
        """CREATE TABLE figures (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            name TEXT NOT NULL,
            as_of TEXT NOT NULL,
            value REAL,
            source TEXT NOT NULL,
            saved_at TEXT NOT NULL
        )""",
    ),
    ("ALTER TABLE revisions ADD COLUMN role TEXT NOT NULL DEFAULT ''",),  # of whoever saved it; never a name
    (
        """CREATE TABLE evidence (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            section TEXT NOT NULL,
            as_of TEXT NOT NULL,
            text TEXT,
            figures TEXT NOT NULL,
            source TEXT NOT NULL,
            saved_at TEXT NOT NULL,
            role TEXT NOT NULL
        )""",
    ),
    (
        "CREATE TABLE kept (id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL)",
        """CREATE TABLE kept_revisions (
            kept INTEGER NOT NULL REFERENCES kept (id) ON DELETE CASCADE,
            revision INTEGER NOT NULL,
            saved_at TEXT NOT NULL,
            what TEXT NOT NULL,
            archived INTEGER NOT NULL,
            title TEXT NOT NULL,
            simulated INTEGER NOT NULL,
            content TEXT NOT NULL,
            role TEXT NOT NULL,
            PRIMARY KEY (kept, revision)
        )""",
    ),
)
_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_CLOSED = {
    sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH, sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
}  # fmt: skip


def file_of(store: Path) -> Path:
    """Path of the file of plans of a store."""
    return store / FILE


@contextmanager
def reading(store: Path) -> Iterator[sqlite3.Connection | None]:
    """Read the plans as they are at one moment; a file of an older version is brought forward first.

    Parameters
    ----------
    store : Path

    Yields
    ------
    Connection or None
        None where nothing was ever saved: nothing is made by reading.

    Raises
    ------
    InputError
        The file is damaged, of a newer version of this program, not a file of plans, or out of reach.
    """
    path = file_of(store)
    if not path.exists():
        yield None
        return
    with _told(path), closing(_connect(path)) as here, closing(_connect(":memory:")) as copy:
        db, found = here, _version(here, path)
        if 0 < found < len(_STEPS):
            try:
                with _transaction(db, "IMMEDIATE"):
                    _upgrade(db, path)
            except sqlite3.OperationalError as error:
                if (getattr(error, "sqlite_errorcode", 0) & 0xFF) != sqlite3.SQLITE_READONLY:
                    raise
                here.backup(copy)  # a folder that may not be written: a copy is brought forward, and forgotten
                db = copy
                _upgrade(db, path)
        db.execute("PRAGMA query_only = ON")
        with _transaction(db, "DEFERRED"):
            yield db if found else None


@contextmanager
def writing(store: Path) -> Iterator[sqlite3.Connection]:
    """Change the plans: everything inside is done, or nothing of it.

    Parameters
    ----------
    store : Path
        Made when it is not there.

    Yields
    ------
    Connection
        In a transaction that no other can write beside.

    Raises
    ------
    InputError
        As :func:`reading`; or another has been saving for longer than ``BUSY_S``, or the folder cannot be written.
    """
    path = file_of(store)
    try:
        store.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _out_of_reach(path, error.strerror or str(error)) from error
    with _told(path), closing(_connect(path)) as db:
        # What is forgotten is overwritten with zeros, not only unlinked.
        db.execute("PRAGMA secure_delete = ON")
        db.execute("PRAGMA foreign_keys = ON")
        with _transaction(db, "IMMEDIATE"):
            _upgrade(db, path)
            faults = db.execute("PRAGMA quick_check(1)").fetchone()[0]
            if faults != "ok":
                raise _damaged(path, str(faults))
            yield db


def _connect(path: Path | str) -> sqlite3.Connection:
    return sqlite3.connect(path, timeout=BUSY_S, isolation_level=None)


@contextmanager
def _transaction(db: sqlite3.Connection, kind: str) -> Iterator[None]:
    db.execute(f"BEGIN {kind}")
    try:
        yield
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            with suppress(sqlite3.Error):  # the first error is the one to tell
                db.execute("ROLLBACK")
        raise


def _version(db: sqlite3.Connection, path: Path) -> int:
    """Version of the file; 0 where it is new."""
    version = int(db.execute("PRAGMA user_version").fetchone()[0])
    application = int(db.execute("PRAGMA application_id").fetchone()[0])
    if version == application == 0 and not db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
        return 0
    if application != APPLICATION or version < 1:
        raise InputError("this is not a file of plans", file=str(path), hint="Move it away; nothing was changed.")
    if version > len(_STEPS):
        raise InputError(
            "the plans were saved by a newer version of this program",
            file=str(path),
            value=f"version {version} of the file",
            hint=f"Use the newer program: this one knows version {len(_STEPS)}. Nothing was changed.",
        )
    return version


def _upgrade(db: sqlite3.Connection, path: Path) -> None:
    """Bring the file forward to the version of this program, inside the transaction."""
    version = _version(db, path)
    for step in _STEPS[version:]:
        for statement in step:
            db.execute(statement)
    if version < len(_STEPS):
        db.execute(f"PRAGMA application_id = {APPLICATION}")
        db.execute(f"PRAGMA user_version = {len(_STEPS)}")


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Tell a fault of the database as bad input, with what to do."""
    try:
        yield
    except UnicodeDecodeError as error:  # of a text, or of what SQLite itself says
        raise _damaged(path, "a text of it is none") from error
    except sqlite3.Error as error:
        code = (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF
        if code in _BUSY:
            raise InputError(
                "another is saving plans just now", file=str(path), hint="Try again in a moment. Nothing was changed."
            ) from error
        raise (_out_of_reach if code in _CLOSED else _damaged)(path, str(error)) from error


def _out_of_reach(path: Path, reason: str) -> InputError:
    return InputError(
        f"the plans cannot be read or saved: {reason}",
        file=str(path),
        hint="Make room or get access to the folder. Nothing was changed.",
    )


def _damaged(path: Path, reason: str) -> InputError:
    return InputError(
        f"the file of plans is damaged: {reason}",
        file=str(path),
        hint="Put a copy of it back, or move it away to begin anew. Nothing was overwritten.",
    )


def damaged_row(store: Path, reason: str) -> InputError:
    """Error for a row that cannot be read though the database can."""
    return _damaged(file_of(store), reason)


def made_rows(store: Path, query: str, make: Callable[..., _Made]) -> tuple[_Made, ...]:
    """Read rows of the file, each made into what it stands for; none where there is no file.

    Parameters
    ----------
    store : Path
    query : str
        Of this project's own words alone.
    make : callable
        From the columns of a row; TypeError and ValueError say that the row is damaged.

    Raises
    ------
    InputError
        The file cannot be used, or a row of it is damaged.
    """
    with reading(store) as db:
        if db is None:
            return ()
        rows = db.execute(query).fetchall()
    try:
        return tuple(make(*row) for row in rows)
    except (TypeError, ValueError) as error:
        raise damaged_row(store, str(error)) from error
