"""Step 3 of a plan in the address: crews, shifts, minutes per visit, and whether the hours are shared out.

A call sign was typed: it is in no address, and whoever opens it reads "Patrol 1". So it is with a base that is neither
a street, a ward nor a grid reference.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

from analysis.patrol.crews import LEAST_SHIFT, LEAST_STAY, MOST_CREWS, MOST_OFFICERS, MOST_SHIFT, MOST_STAY
from geo.errors import InputError
from geo.reference import from_reference
from pages.ui.plan.when.operation import PlanWindow
from pages.ui.plan.who import form
from pages.ui.plan.who.form import Asked, CrewRow, ShiftRow
from pages.ui.shell import address
from pages.ui.shell.address import PART
from pages.ui.shell.cache import Dataset, cached

CONTROLS = (
    address.word("crews", "the crews"),
    address.word("shifts", "the shifts"),
    address.word("stay", "the minutes per visit"),
    address.word("shared", "the hours shared out"),
    address.word("shift", "the shift"),
)
SHARED = "yes"
_NO_NIGHT = "none"
_CREW = re.compile(rf"([0-9]{{1,2}})-({'|'.join(form.WHO)})-({'|'.join(form.GOES)})(?:-(.+))?")
_SHIFT = re.compile(r"([0-2][0-9])([0-5][0-9])-([0-9]{1,2}(?:\.[0-9]{1,16})?)h(?:-([a-z0-9-]+))?")
_NIGHTS = re.compile(r"([0-9]{4})(?:to([0-9]{4}))?")


# --- crews -----------------------------------------------------------------------------------------------------------
def bases(data: Dataset) -> dict[str, str]:
    """Give every base by its word, for :func:`pages.ui.shell.cache.cached`; two that look alike are numbered."""
    found: dict[str, str] = {}
    for name in cached(form.bases, data):
        plain = word = address.slug(name) or "base"
        number = 1
        while word in found:
            number += 1
            word = f"{plain}-{number}"
        found[word] = name
    return found


def base_word(text: str, words: Mapping[str, str]) -> str:
    """Write a base by its word in ``words`` or as a grid reference; "" for what is neither."""
    typed = " ".join(text.split()).casefold()
    for word, name in words.items():
        if name.casefold() in {typed, (form.WARD + typed).casefold()}:
            return word
    return _reference(text)


def crews_word(crews: Sequence[CrewRow], words: Mapping[str, str]) -> str:
    """Write crews as "2-officers-foot-hall-drive", without their call signs."""
    found = []
    for crew in crews:
        base = base_word(crew.base, words)
        found.append(f"{crew.number}-{crew.who}-{crew.travel}" + (f"-{base}" if base else ""))
    return PART.join(found)


def crews_of(word: str, words: Mapping[str, str]) -> tuple[tuple[CrewRow, ...], tuple[str, ...]]:
    """Read crews.

    Returns
    -------
    crews : tuple of CrewRow
        At most as many as can be planned, called "Patrol 1" and so on.
    wrong : tuple of str
        What is none.
    """
    crews: list[CrewRow] = []
    wrong = []
    for item in word.split(PART):
        found = _CREW.fullmatch(item)
        base = found[4] or "" if found else ""
        name = words.get(base, _reference(base))
        if not found or not 1 <= int(found[1]) <= MOST_OFFICERS or (base and not name) or len(crews) == MOST_CREWS:
            wrong.append(item)
            continue
        crews.append(CrewRow(f"Patrol {len(crews) + 1}", found[2], int(found[1]), found[3], name))
    return tuple(crews), tuple(wrong)


def _reference(text: str) -> str:
    try:
        from_reference(text)
    except InputError:
        return ""
    return address.coarse(text)


# --- shifts ----------------------------------------------------------------------------------------------------------
def shifts_word(shifts: Sequence[ShiftRow], usual: tuple[date, ...]) -> str:
    """Write shifts as "1800-4h-1028to1031-1105": start, hours, and nights where they are not the usual."""
    found = []
    for row in shifts:
        nights = "" if row.nights == usual else f"-{_nights_word(row.nights)}"
        found.append(f"{row.hour:02d}{row.minute:02d}-{repr(float(row.hours)).removesuffix('.0')}h{nights}")
    return PART.join(found)


def shifts_of(
    word: str, window: PlanWindow, usual: tuple[date, ...]
) -> tuple[tuple[ShiftRow, ...], tuple[str, ...]]:  # fmt: skip
    """Read shifts; the other way round of :func:`shifts_word`. Gives what is none, too."""
    shifts: list[ShiftRow] = []
    wrong = []
    for item in word.split(PART):
        found = _SHIFT.fullmatch(item)
        nights = (usual if not found[4] else _nights_of(found[4], window)) if found else None
        if not found or nights is None or int(found[1]) > 23 or len(shifts) == form.MOST_SHIFTS:
            wrong.append(item)
            continue
        hours = float(found[3])
        if not LEAST_SHIFT <= 60 * hours <= MOST_SHIFT:
            wrong.append(item)
            continue
        shifts.append(ShiftRow(nights, int(found[1]), int(found[2]), hours))
    return tuple(shifts), tuple(wrong)


def _nights_word(nights: tuple[date, ...]) -> str:
    runs: list[list[date]] = []
    for night in sorted(nights):
        if runs and night - runs[-1][-1] == timedelta(days=1):
            runs[-1].append(night)
        else:
            runs.append([night])
    ends = [f"{run[0]:%m%d}" + (f"to{run[-1]:%m%d}" if len(run) > 1 else "") for run in runs]
    return "-".join(ends) or _NO_NIGHT


def _nights_of(word: str, window: PlanWindow) -> tuple[date, ...] | None:
    """Read nights of a window, which has no day of the year twice; None where one is not in it, or they are many."""
    if word == _NO_NIGHT:
        return ()
    days = [window.first + timedelta(days=n) for n in range((window.last - window.first).days + 1)]
    places = {f"{day:%m%d}": n for n, day in enumerate(days)}
    nights: set[date] = set()
    for run in word.split("-"):
        found = _NIGHTS.fullmatch(run)
        first, last = (found[1], found[2] or found[1]) if found else ("", "")
        if first not in places or last not in places or places[first] > places[last]:
            return None
        nights.update(days[places[first] : places[last] + 1])
    return tuple(sorted(nights)) if len(nights) <= form.MOST_NIGHTS else None


# --- the address -----------------------------------------------------------------------------------------------------
def words_of(asked: Asked, plain: Asked, shift: int | None, words: Mapping[str, str]) -> dict[str, str]:
    """Write all of step 3, "" for what is usual.

    Parameters
    ----------
    asked, plain : Asked
        What is asked for, and what would be without a word of it.
    shift : int or None
        Which of the shifts is looked at, from 0; None where its hours are not shared out.
    words : mapping of str to str
        Of :func:`bases`.
    """
    return {
        "crews": "" if unnamed(asked.crews) == unnamed(plain.crews) else crews_word(asked.crews, words),
        "shifts": "" if asked.shifts == plain.shifts else shifts_word(asked.shifts, plain.shifts[0].nights),
        "stay": "" if asked.stay == plain.stay else str(asked.stay),
        "shared": "" if shift is None else SHARED,
        "shift": str(shift + 1) if shift else "",
    }


def unnamed(crews: Sequence[CrewRow]) -> list[tuple[str, int, str, str]]:
    """Give what an address tells of crews."""
    return [(crew.who, crew.number, crew.travel, crew.base) for crew in crews]


def stay_of(word: str) -> int | None:
    """Read the minutes per visit; None where they cannot be asked for."""
    found = int(word) if re.fullmatch("[0-9]{1,2}", word) else 0
    return found if LEAST_STAY <= found <= MOST_STAY else None


def shift_of(word: str, shifts: Sequence[ShiftRow]) -> int | None:
    """Read which shift is looked at, from 0; None where there are not so many."""
    number = int(word) if re.fullmatch("[0-9]{1,3}", word) else 0
    return number - 1 if 1 <= number <= sum(len(row.nights) for row in shifts) else None


def read(data: Dataset, window: PlanWindow, plain: Asked, now: Asked) -> tuple[Asked, bool, int] | None:
    """Take what the address asks for anew; tell what is not there.

    Parameters
    ----------
    plain, now : Asked
        What is asked for without a word of the address, and what was asked for before: a crew that stays as it was
        keeps what was typed.

    Returns
    -------
    tuple or None
        What is asked for, whether its hours are to be shared out, and which shift is looked at; None where the address
        asks for nothing new.
    """
    words = address.asked(CONTROLS)
    if words is None:
        return None
    known = cached(bases, data)
    crews, no_crews = crews_of(words["crews"], known) if words["crews"] else ((), ())
    nights = plain.shifts[0].nights
    shifts, no_shifts = shifts_of(words["shifts"], window, nights) if words["shifts"] else ((), ())
    found = Asked(crews or plain.crews, shifts or plain.shifts, stay_of(words["stay"]) or plain.stay)
    kept = dict(enumerate(now.crews))
    typed = tuple(
        kept[at] if at in kept and crews_word([crew], known) == crews_word([kept[at]], known) else crew
        for at, crew in enumerate(found.crews)
    )
    shared, shift = words["shared"] == SHARED, shift_of(words["shift"], found.shifts)
    wrong = [("the crew", one, "what else it asks for is shown") for one in no_crews[:1]]
    wrong += [("the shift", one, "what else it asks for is shown") for one in no_shifts[:1]]
    if words["stay"] and stay_of(words["stay"]) is None:
        wrong.append(("the minutes per visit", words["stay"], f"{plain.stay} are shown"))
    if words["shared"] and not shared:
        wrong.append(("the hours shared out", words["shared"], "none are"))
    if words["shift"] and (shift is None or not shared):
        wrong.append(("the shift", words["shift"], "the first is shown"))
    for what, word, instead in wrong:
        address.tell(address.not_there(what, word, instead))
    return replace(found, crews=typed), shared, shift or 0


def write(data: Dataset, asked: Asked, plain: Asked, shift: int | None) -> None:
    """Put into the address what is asked for; parameters as in :func:`words_of`."""
    address.say(CONTROLS, words_of(asked, plain, shift, cached(bases, data)))
