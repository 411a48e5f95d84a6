"""How long a zone of a kind may last by law: a table of the area file; what is longer gets a note, no refusal."""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from data.place.area_file import Table
from data.plan.saved import clean_line
from data.zone.times import length_words
from data.zone.zone import ALCOHOL, CLOSURE, DISPERSAL, KINDS, PUBLIC_SPACES, Zone
from geo.errors import InputError

KEY, NONE = "zone_limits", "none"
UNITS = ("hours", "days", "months", "years")
MOST = 10_000
TEXT_LENGTH = 200
_LAST_YEAR = 9000  # of a calendar: what may last until then has no end
_ACT = "Anti-social Behaviour, Crime and Policing Act 2014 as it stood in 2025"


@dataclass(frozen=True)
class Limit:
    """The longest that a zone of a kind may last.

    Attributes
    ----------
    kind : str
        Key of :data:`data.zone.zone.KINDS`.
    what : str
        What the law calls it: "dispersal authorisation".
    amount : int
    unit : str
        One of ``UNITS``: hours pass by themselves, the others follow the calendar.
    source : str
        Where the law says so.
    """

    kind: str
    what: str
    amount: int
    unit: str
    source: str

    @property
    def words(self) -> str:
        """Such as "48 hours"."""
        return f"{self.amount:,} {self.unit if self.amount != 1 else self.unit.removesuffix('s')}"

    @property
    def sentence(self) -> str:
        """Such as "a dispersal authorisation lasts at most 48 hours (section 34)"."""
        article = "an" if self.what[:1].lower() in set("aeiou") else "a"
        return f"{article} {self.what} lasts at most {self.words} ({self.source})"

    def until(self, starts: datetime, clock: ZoneInfo) -> datetime:
        """Last moment (UTC) of a zone that starts then and lasts as long as it may.

        A day of the month that the last month has not is its last day.
        """
        if self.unit == "hours":
            return starts + timedelta(hours=self.amount)
        local = starts.astimezone(clock).replace(tzinfo=None)
        if self.unit == "days":
            later = local + timedelta(days=self.amount)
        else:
            months = local.year * 12 + local.month - 1 + self.amount * (12 if self.unit == "years" else 1)
            year, month = min(months // 12, _LAST_YEAR), months % 12 + 1
            later = local.replace(year=year, month=month, day=min(local.day, calendar.monthrange(year, month)[1]))
        return later.replace(tzinfo=clock).astimezone(UTC)


# Of England and Wales as the Act stood in 2025; an area file that lists its own has those instead.
NATIONAL = (
    Limit(DISPERSAL, "dispersal authorisation", 48, "hours", f"{_ACT}, section 34"),
    Limit(PUBLIC_SPACES, "public spaces protection order", 3, "years", f"{_ACT}, section 60; it can be extended"),
    Limit(ALCOHOL, "order that restricts alcohol", 3, "years", f"{_ACT}, sections 59 to 63; it can be extended"),
    Limit(
        CLOSURE,
        "closure notice",
        48,
        "hours",
        f"{_ACT}, section 77; 24 hours below a superintendent or a council's chief executive",
    ),
    Limit(CLOSURE, "closure order", 3, "months", f"{_ACT}, sections 80 and 82; it can be extended to 6"),
)


def limits_of(raw: Mapping[str, Any], file: str = "") -> tuple[Limit, ...]:
    """Read the limits of an area file; the national ones where it has none of its own, none with ``"none"``.

    Parameters
    ----------
    raw : mapping
        Of :class:`data.place.area.Area`.
    file : str, optional
        The area file, as messages name it.

    Raises
    ------
    InputError
        All that is wrong with them.
    """
    found = raw.get(KEY)
    if found is None:
        return NATIONAL
    if found == NONE:
        return ()
    wrong: list[str] = []
    limits = []
    for number, entry in enumerate((one.raw for one in Table(raw, file).tables(KEY)), start=1):
        said = _wrong(entry)
        wrong += [f"limit {number}: {one}" for one in said]
        if not said:
            unit = next(unit for unit in UNITS if unit in entry)
            kind, source = str(entry["kind"]), str(entry["source"]).strip()
            what = str(entry.get("what", "")).strip() or KINDS[kind].lower()
            limits.append(Limit(kind, what, int(entry[unit]), unit, source))
    if wrong:
        raise InputError("; ".join(wrong), file=file or "area file", column=KEY, hint="Correct the area file.")
    return tuple(limits)


def _wrong(entry: Mapping[str, Any]) -> list[str]:
    wrong = [f"{key} is not among kind, what, source, {', '.join(UNITS)}" for key in entry
             if key not in {"kind", "what", "source", *UNITS}]  # fmt: skip
    if entry.get("kind") not in KINDS:
        wrong.append(f"kind {entry.get('kind')!r} is one of {', '.join(KINDS)}")
    units = [unit for unit in UNITS if unit in entry]
    if len(units) != 1:
        wrong.append(f"it has one of {', '.join(UNITS)}")
    for unit in units:
        amount = entry[unit]
        if isinstance(amount, bool) or not isinstance(amount, int) or not 0 < amount <= MOST:
            wrong.append(f"{unit} {amount!r} is a whole number from 1 to {MOST:,}")
    for key in ("what", "source"):
        text = entry.get(key, "")
        if not isinstance(text, str):
            wrong.append(f"{key} is a text")
        elif text.strip() != clean_line(text) or len(text) > TEXT_LENGTH:
            wrong.append(f"{key} is a line of at most {TEXT_LENGTH} characters, without such as control anything")
    if not str(entry.get("source", "")).strip():
        wrong.append("source says where the law says so")
    return wrong


def limit_note(zone: Zone, limits: tuple[Limit, ...], clock: ZoneInfo) -> str:
    """Say where a zone lasts longer than the law lets one of its kind; empty where it does not.

    Parameters
    ----------
    zone : Zone
    limits : tuple of Limit
    clock : ZoneInfo
        Of the area.

    Notes
    -----
    Of a kind with several limits, such as a closure by notice and by order, each that is passed is named. It is a note
    for whoever authorises, and no legal advice: what the area file says may be out of date.
    """
    own = [one for one in limits if one.kind == zone.kind]
    if zone.ends is None:
        longest = [one.sentence for one in own]
        return f"No end is set: {'; '.join(longest)}." if own else ""
    passed = [one for one in own if zone.ends > one.until(zone.starts, clock)]
    if not passed:
        return ""
    told = "; ".join(one.sentence for one in passed)
    return f"This zone lasts {length_words(zone.starts, zone.ends, clock)}: {told}."
