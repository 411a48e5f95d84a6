"""A change of the file of plans by somebody: the right to it, and its line in the log, are part of the change."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from data.access.actor import Actor
from data.access.acts import allow
from data.access.log import note
from data.plan.file import writing
from geo.errors import InputError


@dataclass
class Change:
    """A change that is being made.

    Attributes
    ----------
    db : Connection
    told : list of str
        What the log is to say of it, such as "plan 3, revision 2"; nothing where nothing changed.
    """

    db: sqlite3.Connection
    told: list[str] = field(default_factory=list)


@contextmanager
def changing(store: Path, actor: Actor, act: str) -> Iterator[Change]:
    """Change the plans as somebody: everything inside is done and noted, or nothing of it.

    Parameters
    ----------
    store : Path
    actor : Actor
    act : str
        One of :data:`data.access.acts.NEEDS`.

    Yields
    ------
    Change

    Raises
    ------
    NotAllowedError
        The actor has not the right.
    InputError
        As :func:`data.plan.file.writing`; or the log cannot be written.

    Notes
    -----
    The line is written when everything is ready, before it counts. Where it then cannot be made to count, another line
    says that it was not done.
    """
    allow(actor, act)
    noted: list[str] = []
    try:
        with writing(store) as db:
            change = Change(db)
            yield change
            for what in change.told:
                note(store, actor, act, what)
                noted.append(what)
    except BaseException:
        with suppress(InputError):  # the first error is the one to tell
            for what in noted:
                note(store, actor, act, what, done=False)
        raise
