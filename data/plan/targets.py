"""What a partnership's plan sets out to reach, as its area file says: target, priorities, outcomes, what to ask for."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from data.kinds.crime_types import CATEGORIES
from geo.errors import InputError

_YEAR = re.compile(r"(\d{4})/(\d{2})")
NONE = "none"  # in place of the list: nothing is asked of partners
_KEY = re.compile(r"[a-z0-9_]{1,40}")


@dataclass(frozen=True)
class Target:
    """A count that a financial year should not exceed.

    Attributes
    ----------
    category : str
        Crime type.
    change : float
        Of the baseline: -0.06 is 6 % less.
    by : str
        Financial year, April to March, such as "2026/27".
    baseline_year : str
        Empty where the plan names none: it then comes from the data.
    baseline : int or None
        Incidents of that year as the plan states them.
    source : str
        Where the plan says so.
    """

    category: str
    change: float
    by: str
    baseline_year: str = ""
    baseline: int | None = None
    source: str = ""


@dataclass(frozen=True)
class Priority:
    """A priority of the plan, with what open data has on it.

    Attributes
    ----------
    name : str
    categories : tuple of str
        Crime types that stand near it; may be empty.
    measured : bool
        Whether those crime types say how the priority itself is doing.
    missing : str
        What open data has not, in plain sentences.
    """

    name: str
    categories: tuple[str, ...]
    measured: bool
    missing: str


@dataclass(frozen=True)
class Outcome:
    """An outcome that no published file shows: the partnership's own figure stands for it.

    Attributes
    ----------
    key : str
        Under which figures are saved; never changes.
    name, unit : str
        Such as "Training delivered" and "people".
    note : str
        What counts.
    """

    key: str
    name: str
    unit: str
    note: str = ""


@dataclass(frozen=True)
class Wanted:
    """A part of the needs assessment that only partners can fill.

    Attributes
    ----------
    key : str
        Under which texts are saved; never changes.
    name : str
        The heading.
    ask : str
        Whom to ask.
    note : str
        What would answer it, and what open data has not.
    """

    key: str
    name: str
    ask: str
    note: str = ""


# What every partnership needs and no open data shows; an area file that lists its own has those instead.
NATIONAL = (
    Wanted(
        "domestic_abuse",
        "Domestic abuse",
        "the police, the council's domestic abuse service and refuges",
        "Incidents and victims, how many came back, high-risk cases discussed, and who was supported. Open data has it "
        "among violence and does not part it.",
    ),
    Wanted(
        "exploitation",
        "Exploitation and county lines",
        "the police, children's services and adult safeguarding",
        "Children and adults known to be exploited, and referrals. Open data has nothing on it.",
    ),
    Wanted(
        "confidence",
        "Public confidence and feeling safe",
        "the council and the police, from their surveys",
        "The question, the share of answers, how many were asked and when. Open data has nothing on it.",
    ),
    Wanted(
        "fire",
        "Fires and fire safety",
        "the fire and rescue service",
        "Deliberate fires by kind and place, and home safety visits. Published crime counts arson with other damage.",
    ),
    Wanted(
        "health",
        "Health, alcohol and drugs",
        "public health, the ambulance service and hospitals",
        "Ambulance calls to assaults, admissions through violence, and people in treatment. Open data has none of it.",
    ),
)


def target_of(raw: Mapping[str, Any], file: str = "") -> Target | None:
    """Read the target of an area file.

    Parameters
    ----------
    raw : mapping
        Of :class:`data.place.area.Area`.
    file : str, optional
        The area file, as messages name it.

    Returns
    -------
    Target or None
        None where the file sets none.

    Raises
    ------
    InputError
        All that is wrong with it.
    """
    if "target" not in raw:
        return None
    found = raw["target"]
    wrong = (
        _unknown(found, {"category", "change", "by", "baseline_year", "baseline", "source"}) if _table(found) else []
    )
    if not _table(found):
        raise _wrong("target", ["it is a table: [target]"], file)
    if found.get("category") not in CATEGORIES:
        wrong.append(f"category {found.get('category')!r} is no crime type of data.police.uk")
    change = found.get("change")
    if not _number(change) or not -1 < change < 1:
        wrong.append(f"change {change!r} is a share such as -0.06")
    by, year = str(found.get("by", "")), str(found.get("baseline_year", ""))
    if not _financial(by):
        wrong.append(f"by {by!r} is a financial year such as 2026/27")
    baseline = found.get("baseline")
    if (baseline is None) != (year == ""):
        wrong.append("baseline and baseline_year go together")
    elif year and not (_financial(year) and _number(baseline) and baseline == int(baseline) and baseline > 0):
        wrong.append(f"baseline {baseline!r} of {year!r} is a count of a financial year such as 2022/23")
    elif _financial(by) and year >= by:
        wrong.append(f"the baseline year {year} comes before the target year {by}")
    if wrong:
        raise _wrong("target", wrong, file)
    return Target(
        str(found["category"]),
        float(change),
        by,
        year,
        None if baseline is None else int(baseline),
        str(found.get("source", "")),
    )


def priorities_of(raw: Mapping[str, Any], file: str = "") -> tuple[Priority, ...]:
    """Read the priorities of an area file, in its order; none where it names none.

    Raises
    ------
    InputError
        All that is wrong with them.
    """
    wrong: list[str] = []
    found: list[Priority] = []
    for number, entry in enumerate(_list(raw, "priorities", file), start=1):
        here = f"priority {number}: "
        wrong += [here + said for said in _unknown(entry, {"name", "categories", "measured", "missing"})]
        name, kinds = _text(entry, "name"), entry.get("categories", [])
        if not name:
            wrong.append(here + "it has no name")
        if not isinstance(kinds, list) or not set(map(str, kinds)) <= set(CATEGORIES):
            wrong.append(f"{here}categories {kinds!r} are crime types of data.police.uk in a list")
            kinds = []
        measured = entry.get("measured", False)
        if not isinstance(measured, bool) or (measured and not kinds):
            wrong.append(here + "measured is true only where its categories measure it, else false")
        if not measured and not _text(entry, "missing"):
            wrong.append(here + "missing says what open data has not, since measured is not true")
        found.append(Priority(name, tuple(map(str, kinds)), bool(measured), _text(entry, "missing")))
    if wrong:
        raise _wrong("priorities", wrong, file)
    return tuple(found)


def outcomes_of(raw: Mapping[str, Any], file: str = "") -> tuple[Outcome, ...]:
    """Read the outcomes of an area file that no data shows, in its order; none where it names none.

    Raises
    ------
    InputError
        All that is wrong with them.
    """
    wrong: list[str] = []
    found: list[Outcome] = []
    for number, entry in enumerate(_list(raw, "outcomes", file), start=1):
        here = f"outcome {number}: "
        wrong += [here + said for said in _unknown(entry, {"key", "name", "unit", "note"})]
        key, name = _text(entry, "key"), _text(entry, "name")
        wrong += [here + said for said in _wrong_key(key, found)]
        if not name:
            wrong.append(here + "it has no name")
        found.append(Outcome(key, name, _text(entry, "unit"), _text(entry, "note")))
    if wrong:
        raise _wrong("outcomes", wrong, file)
    return tuple(found)


def wanted_of(raw: Mapping[str, Any], file: str = "") -> tuple[Wanted, ...]:
    """Read what an area file has partners fill, in its order; the national list where it names none.

    Raises
    ------
    InputError
        All that is wrong with it.
    """
    if "evidence" not in raw:
        return NATIONAL
    if raw["evidence"] == NONE:
        return ()
    wrong: list[str] = []
    found: list[Wanted] = []
    for number, entry in enumerate(_list(raw, "evidence", file), start=1):
        here = f"evidence {number}: "
        wrong += [here + said for said in _unknown(entry, {"key", "name", "ask", "note"})]
        key, name, ask = _text(entry, "key"), _text(entry, "name"), _text(entry, "ask")
        wrong += [here + said for said in _wrong_key(key, found)]
        wrong += [f"{here}it has no {what}" for what, text in (("name", name), ("ask: whom to ask", ask)) if not text]
        found.append(Wanted(key, name, ask, _text(entry, "note")))
    if wrong:
        raise _wrong("evidence", wrong, file)
    return tuple(found)


def plan_problems(raw: Mapping[str, Any], file: str) -> list[str]:
    """Tell what in an area file's target, priorities, outcomes and evidence cannot be used; nothing where all can."""
    found = []
    for read in (target_of, priorities_of, outcomes_of, wanted_of):
        try:
            read(raw, file)
        except InputError as error:
            found.append(str(error))
    return found


def _wrong_key(key: str, before: Sequence[Outcome | Wanted]) -> list[str]:
    if not _KEY.fullmatch(key):
        return [f"key {key!r} is a short word of small letters, digits and _"]
    return [f"key {key!r} is there twice"] if key in {one.key for one in before} else []


def _financial(text: str) -> bool:
    found = _YEAR.fullmatch(text)
    return found is not None and (int(found[1]) + 1) % 100 == int(found[2])


def _number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _table(value: object) -> bool:
    return isinstance(value, Mapping)


def _text(entry: Mapping[str, Any], key: str) -> str:
    value = entry.get(key, "")
    return value.strip() if isinstance(value, str) else ""


def _list(raw: Mapping[str, Any], name: str, file: str) -> Sequence[Mapping[str, Any]]:
    entries = raw.get(name, [])
    if not isinstance(entries, list) or not all(_table(entry) for entry in entries):
        raise _wrong(name, [f"each is a table of its own: [[{name}]]"], file)
    return entries


def _unknown(entry: Mapping[str, Any], known: set[str]) -> list[str]:
    return [f"{key} is not among " + ", ".join(sorted(known)) for key in entry if key not in known]


def _wrong(column: str, wrong: Sequence[str], file: str) -> InputError:
    return InputError("; ".join(wrong), file=file or "area file", column=column, hint="Correct the area file.")
