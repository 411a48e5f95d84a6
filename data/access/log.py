"""The log of who did what: lines that are only ever added, with role and account, kept for 24 months.

A line is added before what it tells of is done. Where it cannot be added, nothing is done; where what it tells of then
fails, another line says so. So the log may tell of something that a kill cut off, and never leaves out what was done.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from getpass import getuser
from pathlib import Path

from data.access.actor import ADMINISTER, MACHINE, Actor
from geo.aside import set_aside
from geo.errors import InputError
from geo.held import hold

FILE, LOCK = "acts.jsonl", "acts.lock"
KEPT_YEARS = 2
LEAP = timedelta(days=400)  # purging is noted each month: a longer time without an entry may be a wrong clock
BUSY_S, _PAUSE_S = 10.0, 0.01  # how long one waits for another's line
TEXT_LENGTH = 300
_TEXTS = ("role", "account", "act", "what")


@dataclass(frozen=True)
class Entry:
    """Something that somebody did.

    Attributes
    ----------
    at : datetime
        UTC.
    role, account : str
    act : str
        One of :data:`data.access.acts.NEEDS`.
    what : str
        What it was done to, such as "plan 3, revision 2"; never a row, a title or the name of a file.
    done : bool
        False where what an earlier line tells of came to nothing.
    """

    at: datetime
    role: str
    account: str
    act: str
    what: str = ""
    done: bool = True


@dataclass(frozen=True)
class Log:
    """What the log holds: its entries, newest first, and how many lines cannot be read."""

    entries: tuple[Entry, ...] = ()
    damaged: int = 0


def note(
    store: Path, actor: Actor, act: str, what: str = "", *, done: bool = True, now: datetime | None = None
) -> None:
    """Add a line.

    Parameters
    ----------
    store : Path
        Made where it is not there.
    actor : Actor
        Its role and account are kept; at the command line the account of the machine.
    act, what : str
    done : bool
    now : datetime, optional
        By default the clock's.

    Raises
    ------
    InputError
        It cannot be added: the disk is full, the folder cannot be written, another holds the log.
    """
    account = _machine_user() if actor == MACHINE else actor.account
    at = (now or datetime.now(UTC)).astimezone(UTC).replace(microsecond=0)
    entry = {"at": at.isoformat(), "role": actor.role, "account": account, "act": act, "what": what}
    line = json.dumps({key: value[:TEXT_LENGTH] for key, value in entry.items()} | ({} if done else {"done": False}))
    path = store / FILE
    try:
        store.mkdir(parents=True, exist_ok=True)
        with _held(store), path.open("r+b" if path.exists() else "x+b") as file:
            _add(file.fileno(), line.encode() + b"\n")
    except OSError as error:
        raise _cannot(path, error) from error


def _add(handle: int, line: bytes) -> None:
    """Write a line at the end, whole or not at all."""
    end = os.lseek(handle, 0, os.SEEK_END)
    if end:
        os.lseek(handle, end - 1, os.SEEK_SET)
        if os.read(handle, 1) != b"\n":  # a kill cut the last one off
            line = b"\n" + line
    os.lseek(handle, end, os.SEEK_SET)
    try:
        written = 0
        while written < len(line):
            written += os.write(handle, line[written:])
        os.fsync(handle)
    except OSError:
        with suppress(OSError):
            os.ftruncate(handle, end)
        raise


def read_log(store: Path, actor: Actor = MACHINE) -> Log:
    """Read the log.

    Parameters
    ----------
    store : Path
    actor : Actor
        Must administer.

    Returns
    -------
    Log
        A line that is damaged is counted and passed over.

    Raises
    ------
    NotAllowedError
        The actor is no administrator.
    InputError
        The file cannot be read.
    """
    actor.must(ADMINISTER)
    found = [_entry(line) for line in _lines(store / FILE)]
    entries = tuple(entry for entry in reversed(found) if entry is not None)
    return Log(entries, len(found) - len(entries))


def purge(
    store: Path, actor: Actor = MACHINE, now: datetime | None = None, *, clock_is_right: bool = False
) -> tuple[int, int]:
    """Take out what is older than 24 months, and damaged lines, which tell nobody how old they are.

    Parameters
    ----------
    store : Path
    actor : Actor
        Must administer; that they purged is kept.
    now : datetime, optional
    clock_is_right : bool
        Take out what is old also where nothing was noted for longer than :data:`LEAP`.

    Returns
    -------
    int
        Entries taken out.
    int
        Damaged lines taken out.

    Raises
    ------
    NotAllowedError, InputError
        As :func:`read_log`; the file cannot be written, and is as it was; or the clock may have leapt ahead, which
        would make everything old.
    """
    actor.must(ADMINISTER)
    path, end = store / FILE, oldest_kept(now or datetime.now(UTC))
    if not path.exists():
        return 0, 0
    try:
        with _held(store):
            lines = list(_lines(path))
            found = [(_entry(line), line) for line in lines]
            kept = [line for entry, line in found if entry is not None and entry.at >= end]
            damaged = sum(entry is None for entry, _ in found)
            if len(kept) + damaged < len(lines) and not clock_is_right:
                _no_leap(path, [entry.at for entry, _ in found if entry is not None], now or datetime.now(UTC))
            if len(kept) < len(lines):
                with set_aside(path) as aside:
                    aside.write_bytes(b"".join(line + b"\n" for line in kept))
    except OSError as error:
        raise _cannot(path, error) from error
    old = len(lines) - len(kept) - damaged
    note(store, actor, "purge", f"{old} entries, {damaged} damaged lines", now=now)
    return old, damaged


def _no_leap(path: Path, times: list[datetime], now: datetime) -> None:
    """Refuse where the time between two entries, or since the last one, is too long to be believed."""
    newest = times[0]
    for at in [*times, now.astimezone(UTC)]:
        if newest + LEAP < at <= now:
            raise InputError(
                f"nothing was noted between {newest:%d %B %Y} and {at:%d %B %Y}: a clock that leapt ahead would make "
                "every entry old",
                file=str(path),
                hint="Look at the clock. If it is right: --clock-is-right. Nothing was taken out.",
            )
        newest = max(newest, at) if at <= now else newest


def oldest_kept(now: datetime) -> datetime:
    """Moment before which an entry is too old: 24 months earlier."""
    at = now.astimezone(UTC)
    try:
        return at.replace(year=at.year - KEPT_YEARS)
    except ValueError:  # 29 February
        return at.replace(year=at.year - KEPT_YEARS, day=28)


def _lines(path: Path) -> list[bytes]:
    try:
        return [line for line in path.read_bytes().split(b"\n") if line.strip()]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise _cannot(path, error) from error


def _entry(line: bytes) -> Entry | None:
    try:
        raw = json.loads(line)
        texts = {name: raw[name] for name in _TEXTS}
        at = datetime.fromisoformat(raw["at"])
        if at.tzinfo is None or not all(isinstance(text, str) for text in texts.values()):
            return None
        return Entry(at.astimezone(UTC), **texts, done=raw.get("done", True) is True)
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError):
        return None


def _machine_user() -> str:
    try:
        return getuser()
    except (OSError, KeyError, ImportError):  # a machine that does not name its users
        return ""


def _cannot(path: Path, error: OSError) -> InputError:
    return InputError(
        f"the log of who did what cannot be read or written: {error.strerror or error}",
        file=str(path),
        hint="Make room or get access to the folder. Without the log nothing is done.",
    )


@contextmanager
def _held(store: Path) -> Iterator[None]:
    """Hold the log. The operating system lets go of it when the process ends in whatever way."""
    with (store / LOCK).open("a+b") as handle:
        end = time.monotonic() + BUSY_S
        while True:
            try:
                hold(handle.fileno())
                break
            except OSError as error:
                if time.monotonic() > end:
                    raise InputError(
                        "another holds the log of who did what",
                        file=str(store / FILE),
                        hint="Try again in a moment. Nothing was done.",
                    ) from error
                time.sleep(_PAUSE_S)
        yield
