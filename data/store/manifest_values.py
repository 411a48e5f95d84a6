"""Is every value of a manifest one that this program could have written: types, months, paths, sums, references.

JSON that is valid and wrong, for want of one digit or by a hand, would else end in a wrong figure or a fault far away.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

from data.store.plain_types import finite

_MONTH = re.compile(r"(19|20)\d\d-(0[1-9]|1[0-2])")
_DAY = re.compile(r"(19|20)\d\d-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")

Wrong = tuple[str, Any, str]  # key, with those above it; value; what is wrong


def _text(value: Any) -> str:
    return "" if isinstance(value, str) else "it has to be text"


def _count(value: Any) -> str:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        return "it has to be a whole number, 0 or more"
    return "" if finite(value) else "no month has so many rows"


def _metres(value: Any) -> str:
    number = isinstance(value, int | float) and not isinstance(value, bool) and finite(value) and value >= 0
    return "" if number else "it has to be a number of metres"


def _month(value: Any) -> str:
    return "" if isinstance(value, str) and _MONTH.fullmatch(value) else "there is no such month (YYYY-MM)"


def _path(value: Any) -> str:
    if not isinstance(value, str) or not value or "\\" in value or ":" in value or "\0" in value:
        return "it has to be a path in the store"
    there = PurePosixPath(value)
    return "it has to be a path in the store" if there.is_absolute() or ".." in there.parts else ""


def _path_or_none(value: Any) -> str:
    return "" if value is None else _path(value)


def _path_or_blank(value: Any) -> str:
    return "" if value == "" else _path(value)


def _counts(value: Any) -> str:
    if not isinstance(value, dict):
        return "it has to be numbers by name"
    return next((why for n in value.values() if (why := _count(n))), "")


def _texts(value: Any) -> str:
    return "" if isinstance(value, list) and all(isinstance(one, str) for one in value) else "it has to be a list"


_Rules = Mapping[str, Callable[[Any], str]]
_LAYER: _Rules = {**dict.fromkeys(("area", "code", "vintage", "version"), _text), "buffer_m": _metres}
_UNIT: _Rules = {
    **dict.fromkeys(("source", "force", "file", "first", "last"), _text),
    **dict.fromkeys(("rows", "in_area", "rejected", "outside", "joined", "extra"), _count),
    "month": _month, "path": _path, "by_type": _counts, "unlocated": _counts, "counts": _path_or_blank,
}  # fmt: skip
_PATHS: _Rules = {"path": _path, "counts": _path_or_blank}
_FILE: _Rules = {
    **dict.fromkeys(("name", "sha256", "release", "imported_at"), _text),
    **dict.fromkeys(("rows_read", "loaded", "rejected", "outside", "joined", "extra"), _count),
    "rejected_by_reason": _counts, "units": _texts, "rejected_path": _path_or_none,
}  # fmt: skip
_REVISION: _Rules = {
    **dict.fromkeys(("source", "force", "imported_at", "old_name", "new_name"), _text),
    "month": _month,
    **dict.fromkeys(
        ("before", "after", "added", "gone", "outcome_changed", "added_without_id", "gone_without_id"), _count
    ),
}


def wrong_values(raw: Mapping[str, Any]) -> Iterator[Wrong]:
    """Find values that no import can have written.

    Parameters
    ----------
    raw : mapping
        The manifest as JSON has it, with every key that it needs.

    Yields
    ------
    key : str
        With those above it, as ``units/SOURCE/FORCE/YYYY-MM/rows``.
    value
    why : str
    """
    yield from _fields("layer", raw["layer"], _LAYER)
    for key, unit in raw["units"].items():
        yield from _fields(f"units/{key}", unit, _UNIT)
    for key, file in raw["files"].items():
        yield from _fields(f"files/{key}", file, _FILE)
    for k, revision in enumerate(raw["revisions"]):
        yield from _fields(f"revisions/{k}", revision, _REVISION)


def wrong_paths(raw: Mapping[str, Any]) -> Iterator[Wrong]:
    """Find paths of units that lead out of the store, as :func:`wrong_values`, and nothing else."""
    for key, unit in raw["units"].items():
        yield from _fields(f"units/{key}", unit, _PATHS)


def wrong_together(raw: Mapping[str, Any]) -> Iterator[Wrong]:
    """Find values that do not go with one another; every one alone has been found right.

    Parameters, Yields
    ------------------
    As :func:`wrong_values`.
    """
    units, files = raw["units"], raw["files"]
    for key, unit in units.items():
        at = f"units/{key}"
        if key != f"{unit['source']}/{unit['force']}/{unit['month']}":
            yield at, key, "it is not the source, force and month that stand in it"
        if unit["file"] not in files:
            yield f"{at}/file", unit["file"], "there is no such file in the manifest"
        elif key not in files[unit["file"]]["units"]:
            yield f"{at}/file", unit["file"], "that file does not name this month"
        if unit["in_area"] > unit["rows"]:
            yield f"{at}/in_area", unit["in_area"], f"there are only {unit['rows']} rows"
        yield from _days(at, unit)
    for key, file in files.items():
        at = f"files/{key}"
        gone = file["loaded"] + file["rejected"] + file["outside"] + file.get("joined", 0) - file.get("extra", 0)
        if file["rows_read"] != gone:
            yield f"{at}/rows_read", file["rows_read"], f"what became of its rows adds up to {gone}"
        mine = {one: units[one]["rows"] for one in file["units"] if one in units and units[one]["file"] == key}
        rows, whole = sum(mine.values()), len(mine) == len(set(file["units"]))
        if rows > file["loaded"] or (whole and rows != file["loaded"]):
            where = f"units/{next(iter(mine))}/rows" if len(mine) == 1 else f"{at}/loaded"
            value = rows if len(mine) == 1 else file["loaded"]
            yield where, value, f"the file says {file['loaded']} rows in all, its months {rows}"


def _fields(at: str, values: Any, rules: _Rules) -> Iterator[Wrong]:
    if not isinstance(values, dict):
        yield at, values, "it has to be values by name"
        return
    for name, value in values.items():
        if name in rules and (why := rules[name](value)):
            yield f"{at}/{name}", value, why


def _days(at: str, unit: Mapping[str, Any]) -> Iterator[Wrong]:
    first, last = unit.get("first", ""), unit.get("last", "")
    if not first and not last:
        return
    days = calendar.monthrange(int(unit["month"][:4]), int(unit["month"][5:]))[1]
    for name, day in (("first", first), ("last", last)):
        if not _DAY.fullmatch(day) or day[:7] != unit["month"] or int(day[8:]) > days:
            yield f"{at}/{name}", day, "there is no such day in the month"
            return
    if first > last:
        yield f"{at}/first", first, f"it is after the last day, {last}"
