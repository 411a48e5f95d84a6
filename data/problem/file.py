"""A problem as one file that is taken to another computer, and read there with every check.

It holds the newest state alone: older revisions may hold what was taken back on purpose, so no history leaves. Who
writes it hands over a problem that may leave, and its partners' counts as words: 1 to 4 are "under 5" there, and come
back as a count that is not known.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date, datetime
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

from data.plan.saved import clean_line, clean_lines
from data.problem.problem import FORMAT, MOST_COUNT, OWN, Problem, problem_from_json
from geo.errors import InputError

FILE_FORMAT = 1
WHAT = "a problem of a community safety dashboard"
UNDER, OR_MORE = "under 5", " or more"
_NOT_SHOWN = "not shown"  # stands in older files for a count of any size
MOST_BYTES = 2_000_000
_MOST_TOLD = 20
_KEYS = {"what", "format", "problem", "zone"}


@dataclass(frozen=True)
class Read:
    """A problem from a file.

    Attributes
    ----------
    problem : Problem
        Responses that were plans or zones there are entries of their own here, and it belongs to no zone.
    notes : tuple of str
        What was in the file and is not in the problem.
    """

    problem: Problem
    notes: tuple[str, ...]


def written(problem: Problem, told: Sequence[Sequence[str]], zone: Mapping[str, Any] | None = None) -> bytes:
    """Write a problem as a file.

    Parameters
    ----------
    problem : Problem
        As it may leave: nothing of a restricted zone is in it.
    told : sequence of sequence of str
        By table of counts: each row's count as it may leave, a number, "25 or more" or ``UNDER``.
    zone : mapping, optional
        GeoJSON of the zone that its places are of; none where there is none or it may not leave.

    Returns
    -------
    bytes
        UTF-8.

    Raises
    ------
    InputError
        Its places may not leave, so that nobody could read the file back.
    """
    if not problem.where.cells:
        raise InputError(
            "a problem whose places are a zone that is not exported is not exported either",
            hint="Print its form, which names no place.",
        )
    raw = problem.to_json()
    for tally, words in zip(raw["tallies"], told, strict=True):
        for row, word in zip(tally["rows"], words, strict=True):
            row["count"] = word.replace(",", "")
            del row["or_more"]
    for one in raw["responses"]:
        one["ref"] = 0
    raw["where"]["zone"] = 0
    whole = {"what": WHAT, "format": FILE_FORMAT, "problem": raw, "zone": zone}
    return json.dumps(whole, ensure_ascii=False, indent=1, allow_nan=False).encode() + b"\n"


def read(content: bytes, file: str) -> Read:
    """Read a problem from a file, with every text cleaned.

    Parameters
    ----------
    content : bytes
    file : str
        Its name, for messages.

    Raises
    ------
    InputError
        It is too large, no such file, of a newer version, or something in it is wrong: all of it is told at once, each
        with its key.
    """
    raw = _parsed(content, file)
    body = dict(raw["problem"])
    notes = []
    if raw.get("zone") is not None:
        notes.append("The outline of its zone is in the file and was not taken over: import it under zones.")
    wrong = [f"{key} is not known" for key in sorted(set(raw) - _KEYS)]
    wrong += _counts(body)
    wrong += ["problem.format is missing or wrong"] if body.get("format") != FORMAT else []
    wrong += _wrong({key: value for key, value in body.items() if key != "format"}, Problem, "problem")
    if wrong:
        more = f"; and {len(wrong) - _MOST_TOLD} more" if len(wrong) > _MOST_TOLD else ""
        raise InputError(f"the problem cannot be read: {'; '.join(wrong[:_MOST_TOLD])}{more}", file=file)
    try:
        problem = problem_from_json(_cleaned(body))
    except InputError as error:
        raise InputError(error.message, file=file, hint=error.hint) from error
    own = tuple(replace(one, kind=OWN, ref=0) for one in problem.responses)
    where = replace(problem.where, zone=0)
    made = replace(
        problem, title=clean_line(problem.title), owner=clean_line(problem.owner), responses=own, where=where
    )
    return Read(made, tuple(notes))


def _parsed(content: bytes, file: str) -> Mapping[str, Any]:
    if len(content) > MOST_BYTES:
        raise InputError(
            "the file is too large for a problem", file=file, value=f"{len(content):,} bytes",
            hint=f"At most {MOST_BYTES:,} bytes are read.",
        )  # fmt: skip
    hint = "Choose a file that was downloaded from the page of a problem."
    try:
        raw = json.loads(content.decode("utf-8-sig"), object_pairs_hook=_once, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise InputError(f"the file cannot be read as JSON: {str(error)[:120]}", file=file, hint=hint) from error
    if not isinstance(raw, dict) or raw.get("what") != WHAT:
        raise InputError("the file is no problem of such a dashboard", file=file, hint=hint)
    version = raw.get("format")
    if type(version) is int and version > FILE_FORMAT:
        raise InputError(
            "the file was written by a newer version of this program", file=file, value=f"version {version}",
            hint=f"Use the newer program: this one knows version {FILE_FORMAT}.",
        )  # fmt: skip
    inner = raw["problem"].get("format") if isinstance(raw.get("problem"), dict) else None
    if type(inner) is int and inner > FORMAT:
        raise InputError(
            "the problem was written by a newer version of this program", file=file, value=f"version {inner}",
            hint=f"Use the newer program: this one knows version {FORMAT}.",
        )  # fmt: skip
    if type(version) is not int or version != FILE_FORMAT or not isinstance(raw.get("problem"), dict):
        raise InputError("the file lacks its version or its problem", file=file, hint=hint)
    return raw


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key stands twice")
    return found


def _no_number(text: str) -> Any:
    raise ValueError(f"{text} is no number")


# --- counts of partners -----------------------------------------------------------------------------------------------
def _rows(body: Mapping[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Rows of counts that have the form of one, with their keys; what has not is told later."""
    tallies = body.get("tallies")
    found = []
    for n, tally in enumerate(tallies if isinstance(tallies, list) else ()):
        rows = tally.get("rows") if isinstance(tally, dict) else None
        for m, row in enumerate(rows if isinstance(rows, list) else ()):
            if isinstance(row, dict):
                found.append((f"problem.tallies[{n}].rows[{m}].count", row))
    return found


def _counts(body: Mapping[str, Any]) -> list[str]:
    """Put numbers in place of the words of counts, None for "under 5"; gives what is wrong with them."""
    wrong = []
    for key, row in _rows(body):
        word = row.get("count")
        word = f"0{OR_MORE}" if word == _NOT_SHOWN else word
        number = word.removesuffix(OR_MORE) if isinstance(word, str) else ""
        row["count"], row["or_more"] = None, number != word
        if number.isascii() and number.isdigit() and len(number) <= len(str(MOST_COUNT)):
            row["count"] = int(number)
        elif word != UNDER:
            wrong.append(f"{key} is a whole number as a text, with “{OR_MORE.strip()}” or without, or “{UNDER}”, not "
                         f"{_short(word)}")  # fmt: skip
        else:
            row["or_more"] = False
    return wrong


# --- what is wrong ----------------------------------------------------------------------------------------------------
def _wrong(raw: Any, hint: Any, key: str) -> list[str]:
    """Hold plain values against what a dataclass says they are."""
    origin, inner = get_origin(hint), get_args(hint)
    if origin is UnionType:
        if raw is None and NoneType in inner:
            return []
        return _wrong(raw, next(each for each in inner if each is not NoneType), key)
    if origin is tuple:
        if not isinstance(raw, list):
            return [f"{key} is a list, not {_short(raw)}"]
        return [said for n, each in enumerate(raw) for said in _wrong(each, inner[0], f"{key}[{n}]")]
    if is_dataclass(hint):
        if not isinstance(raw, dict):
            return [f"{key} is a table of values, not {_short(raw)}"]
        hints: Mapping[str, Any] = get_type_hints(hint)
        names = [each.name for each in fields(hint)]
        wrong = [f"{key}.{name} is missing" for name in names if name not in raw]
        wrong += [f"{key}.{clean_line(name)[:40]} is not known" for name in raw if name not in hints]
        return wrong + [
            said for name in names if name in raw for said in _wrong(raw[name], hints[name], f"{key}.{name}")
        ]
    return [] if _fits(raw, hint) else [f"{key} is {_NAMES[hint]}, not {_short(raw)}"]


_NAMES = {
    str: "a text", bool: "true or false", int: "a whole number", float: "a number", date: "a day (YYYY-MM-DD)",
    datetime: "a time with its zone",
}  # fmt: skip


def _fits(raw: Any, hint: Any) -> bool:
    if hint in (date, datetime):
        try:
            return (
                isinstance(raw, str)
                and (hint is date or datetime.fromisoformat(raw).tzinfo is not None)
                and bool(hint.fromisoformat(raw))
            )
        except ValueError:
            return False
    if hint is float:
        return isinstance(raw, (int, float)) and not isinstance(raw, bool)
    return type(raw) is hint


def _short(raw: Any) -> str:
    if isinstance(raw, (dict, list)):  # however deep it is nested
        return "a list" if isinstance(raw, list) else "a table of values"
    text = clean_line(json.dumps(raw, ensure_ascii=False)[:60])
    return text if len(text) <= 40 else f"{text[:37]}..."


def _cleaned(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _cleaned(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_cleaned(part) for part in value]
    return clean_lines(value) if isinstance(value, str) else value
