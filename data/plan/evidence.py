"""What partners give for the needs assessment that no open data shows: a text with figures, its source and its day.

It stands in the file of plans. Nothing is ever changed: a text saved again for the same section and day replaces the
earlier one in what counts, and both stay in the history.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

from data.access.actor import MACHINE, Actor
from data.access.acts import allow
from data.plan import figures
from data.plan.changing import changing
from data.plan.file import made_rows
from data.plan.saved import clean_line, clean_lines, moment, right
from geo.errors import InputError

TEXT_LENGTH, FIGURES_LENGTH, KEY_LENGTH = 2000, 500, 80
SOURCE_LENGTH = figures.TEXT_LENGTH
_COLUMNS = "id, section, as_of, text, figures, source, saved_at, role"


@dataclass(frozen=True)
class Entry:
    """What was typed for a section.

    Attributes
    ----------
    id : int
        Larger than that of all that was saved before; 0 before it is saved.
    section : str
        Key of the section, of :class:`data.plan.targets.Wanted`; on the demonstration behind
        :data:`data.plan.figures.PRACTICE`.
    as_of : date
        The day it speaks of.
    text : str or None
        Of several lines; None where what was given for that day was withdrawn.
    figures : str
        As they were typed, a line each; may be empty.
    source : str
        Where it is from.
    saved_at : datetime
        UTC.
    role : str
        Of whoever saved it; never a name.
    """

    id: int
    section: str
    as_of: date
    text: str | None
    figures: str
    source: str
    saved_at: datetime
    role: str = ""


def section_key(key: str, *, simulated: bool) -> str:
    """Key under which texts of a section are saved: those of the demonstration stay apart."""
    return (figures.PRACTICE if simulated else "") + key


def save_evidence(store: Path, new: Entry, *, seen: int | None = None, actor: Actor = MACHINE) -> Entry:
    """Save what was typed for a section.

    Parameters
    ----------
    store : Path
        Made when it is not there.
    new : Entry
        Its ``id`` and ``role`` are given here, its texts are cleaned. Without a text it withdraws what was given for
        this section and day.
    seen : int, optional
        ``id`` of the newest entry of the section that the person had before them, 0 for none. Without it nobody is
        asked whether another has saved since.
    actor : Actor
        Who types it: the history keeps the role, the log the account too.

    Returns
    -------
    Entry
        As it was saved.

    Raises
    ------
    NotAllowedError
        The actor may not plan.
    InputError
        A text is missing or too long, the time has no zone, another has saved this section since, there is nothing of
        that day to withdraw, or the store cannot be written.
    """
    allow(actor, "evidence")
    new = _checked(replace(new, role=actor.role))
    with changing(store, actor, "evidence") as change:
        of = "FROM evidence WHERE section = ?"
        newest = change.db.execute(f"SELECT coalesce(max(id), 0) {of}", (new.section,)).fetchone()[0]
        if seen is not None and newest != seen:
            raise InputError(
                "another has saved this section since you opened it",
                hint="Read what stands there now, then save yours again. Nothing was overwritten.",
            )
        if new.text is None:
            last = change.db.execute(
                f"SELECT text {of} AND as_of = ? ORDER BY id DESC LIMIT 1",
                (new.section, new.as_of.isoformat()),
            ).fetchone()
            if last is None or last[0] is None:
                raise InputError("there is nothing of that day to withdraw", value=new.as_of.isoformat())
        number = change.db.execute(
            "INSERT INTO evidence (section, as_of, text, figures, source, saved_at, role) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                new.section, new.as_of.isoformat(), new.text, new.figures, new.source, new.saved_at.isoformat(),
                new.role,
            ),
        ).lastrowid  # fmt: skip
        change.told.append(f"evidence {number}")
    return replace(new, id=int(number or 0))


def _checked(new: Entry) -> Entry:
    """Make an entry as it will be read back; all that is wrong with it is told at once."""
    text = None if new.text is None else clean_lines(new.text)
    numbers, source, section = clean_lines(new.figures), clean_line(new.source), " ".join(new.section.split())
    wrong = []
    for name, said, least, most in (
        ("the section", section, 1, KEY_LENGTH),
        ("the text", "." if text is None else text, 1, TEXT_LENGTH),
        ("figures", numbers, 0, FIGURES_LENGTH),
        ("the source", source, 1, SOURCE_LENGTH),
    ):
        if len(said) > most:
            wrong.append(f"{name}: at most {most:,} characters fit, these are {len(said):,}")
        elif len(said) < least:
            wrong.append(f"{name} is empty")
    if wrong:
        raise InputError("; ".join(wrong), hint="Shorten it, or fill it in.")
    if new.saved_at.tzinfo is None:
        raise InputError("the time of a save needs its zone", value=new.saved_at.isoformat())
    when = new.saved_at.astimezone(UTC).replace(microsecond=0)
    return replace(new, section=section, text=text, figures=numbers, source=source, saved_at=when)


def entries(store: Path, *, with_history: bool = False, by: date | None = None) -> tuple[Entry, ...]:
    """Give what was typed, by section and day.

    Parameters
    ----------
    store : Path
    with_history : bool
        Also what was replaced or withdrawn, in the order it was saved.
    by : date, optional
        As it was at the end of this day in UTC: nothing that was saved later.

    Returns
    -------
    tuple of Entry
        For every section and day what was saved last, without what was withdrawn.

    Raises
    ------
    InputError
        The file cannot be used.
    """
    every = made_rows(store, f"SELECT {_COLUMNS} FROM evidence ORDER BY section, as_of, id", _entry)  # noqa: S608
    every = tuple(one for one in every if by is None or one.saved_at.date() <= by)
    if with_history:
        return every
    return _counting(every)


def _entry(
    number: int, section: str, day: str, text: str | None, numbers: str, source: str, when: str, role: str
) -> Entry:
    return right(Entry(number, section, date.fromisoformat(day), text, numbers, source, moment(when), role))


def _counting(every: Iterable[Entry]) -> tuple[Entry, ...]:
    """Keep the last of every section and day, without what was withdrawn."""
    last = {(one.section, one.as_of): one for one in every}
    return tuple(one for one in last.values() if one.text is not None)


def given(store: Path, key: str, day: date, *, simulated: bool, saved_by: date | None = None) -> tuple[Entry, ...]:
    """Give what counts of one section up to a day, the newest day first.

    Parameters
    ----------
    store : Path
    key : str
        Of :class:`data.plan.targets.Wanted`.
    day : date
        Nothing of a later one.
    simulated : bool
        What was typed on the demonstration.
    saved_by : date, optional
        Only as it was known at the end of this day (UTC); by default all that was saved counts, however much later.

    Raises
    ------
    InputError
        The file cannot be used.
    """
    section = section_key(key, simulated=simulated)
    known = (one for one in entries(store, by=saved_by) if one.section == section)
    return tuple(sorted((one for one in known if one.as_of <= day), key=lambda one: one.as_of, reverse=True))
