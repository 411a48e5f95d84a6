"""School terms from a file of three columns (start, end, name), kept beside the area file."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path

from data.access.actor import MACHINE, Actor
from data.access.acts import allow
from data.place.school import School, SchoolTerm, with_terms
from geo.aside import set_aside
from geo.errors import ROOM, InputError

KEPT = ".terms.csv"
COLUMNS = ("start", "end", "name", "source")
TERMS = ("Autumn", "Spring", "Summer")
_NAMED = re.compile(r"\b(autumn|spring|summer)\b", re.IGNORECASE)
_NUMBERED = re.compile(r"\bterm\s*([1-6])\b", re.IGNORECASE)
_NO_TERM = re.compile(r"holiday|break|closed|closure|inset|training|bank", re.IGNORECASE)
_HALF = re.compile(r"half", re.IGNORECASE)
_LONGEST_HALF_TERM = 16  # days; what is longer and is called a half is a half of a term
_FORMS = ("%Y-%m-%d", "%d/%m/%Y", "%d/%m/%y", "%d-%m-%Y")
_LONGEST_TERM = 130
_DAY = timedelta(days=1)
_SATURDAY = 5
_FORM = (
    'Its columns are start, end and name; a name says Autumn, Spring or Summer, or Term 1 to Term 6, or "half term".'
)


@dataclass(frozen=True)
class TermsFile:
    """Terms of a file, in order of time, who published them, and names of rows that are no term."""

    terms: tuple[SchoolTerm, ...]
    source: str = ""
    passed_over: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Row:
    number: int
    first: date
    last: date
    name: str

    @property
    def half_term(self) -> bool:
        return _HALF.search(self.name) is not None and (self.last - self.first).days <= _LONGEST_HALF_TERM

    @property
    def term(self) -> str:
        """Autumn, Spring or Summer; empty where it is no term."""
        if _NO_TERM.search(self.name):
            return ""
        if named := _NAMED.search(self.name):
            return named[1].capitalize()
        numbered = _NUMBERED.search(self.name)
        return TERMS[(int(numbered[1]) - 1) // 2] if numbered else ""


def kept_beside(area_file: Path) -> Path:
    """Name the file in which the terms of an area are kept."""
    return area_file.with_name(area_file.stem + KEPT)


def read_kept_terms(area_file: Path) -> tuple[tuple[SchoolTerm, ...], str]:
    """Read the terms that were imported for an area; none, and no source, where none were.

    Raises
    ------
    InputError
        The file is not as it should be.
    """
    kept = kept_beside(area_file)
    if not kept.is_file():
        return (), ""
    found = read_terms(kept)
    return found.terms, found.source


def read_terms(path: Path) -> TermsFile:
    """Read a file of school terms.

    Parameters
    ----------
    path : path
        CSV with the columns start, end and name; days as 2025-09-03 or 03/09/2025. A half term stands in a row of its
        own, or is the gap between two halves of a term ("Autumn 1", "Autumn 2").

    Returns
    -------
    TermsFile

    Raises
    ------
    InputError
        It cannot be read, a day is none, a row is neither term nor holiday, or terms overlap.
    """
    rows, source = _rows(path)
    terms: list[SchoolTerm] = []
    for row in (row for row in rows if row.term and not row.half_term):
        if (row.last - row.first).days > _LONGEST_TERM:
            raise _wrong(path, row, "a term is not that long")
        before = terms[-1] if terms else None
        if before is not None and before.last >= row.first:
            raise _wrong(path, row, "this term begins before the one before it is over")
        if before is not None and before.name == row.term and (row.first - before.last).days <= _LONGEST_HALF_TERM + 5:
            gap = _weekdays(before.last + _DAY, row.first - _DAY)
            terms[-1] = replace(before, last=row.last, half_term=gap)
        else:
            terms.append(SchoolTerm(row.term, row.first, row.last, None))
    for row in (row for row in rows if row.half_term):
        at = next((n for n, t in enumerate(terms) if t.first <= row.first and row.last <= t.last), None)
        if at is None:
            raise _wrong(path, row, "this half term lies in no term of the file")
        terms[at] = replace(terms[at], half_term=_weekdays(row.first, row.last))
    other = tuple(row.name for row in rows if not row.half_term and not row.term)
    strange = next((row for row in rows if row.name in other and not _NO_TERM.search(row.name)), None)
    if strange is not None:
        raise _wrong(path, strange, "this is no term")
    if not terms:
        raise InputError("the file has no term in it", file=str(path), hint=_FORM)
    return TermsFile(tuple(terms), source, other)


def keep_terms(path: Path, area_file: Path, source: str = "", *, actor: Actor = MACHINE) -> tuple[School, TermsFile]:
    """Import a file of terms for an area: they are kept beside its area file.

    Parameters
    ----------
    path : path
        As :func:`read_terms`.
    area_file : path
    source : str, optional
        Who published them; by default the name of the file.
    actor : Actor
        Who does it.

    Returns
    -------
    School
        All terms that are now kept there; those of the new file in place of earlier ones that they overlap.
    TermsFile
        What the file had.

    Raises
    ------
    NotAllowedError
        The actor may not import.
    InputError
        As :func:`read_terms`; also when the kept file cannot be written. What was kept then stays as it was.
    """
    allow(actor, "terms")
    new = read_terms(path)
    kept, earlier = read_kept_terms(area_file)
    both = with_terms(School(kept, source=earlier), new.terms, source or new.source or f"term dates of {path.name}")
    target = kept_beside(area_file)
    try:
        with set_aside(target) as aside, aside.open("w", encoding="utf-8", newline="") as handle:
            writer = csv.writer(handle, lineterminator="\n")
            writer.writerow(COLUMNS)
            writer.writerows((*row, both.source) for term in both.terms for row in _written(term))
    except OSError as error:
        raise InputError(f"the terms cannot be kept: {error.strerror or error}", file=str(target), hint=ROOM) from error
    return both, new


def _written(term: SchoolTerm) -> Iterator[tuple[str, str, str]]:
    yield term.first.isoformat(), term.last.isoformat(), term.name
    if term.half_term:
        first, last = term.half_term
        yield first.isoformat(), last.isoformat(), f"{term.name} half term"


def _rows(path: Path) -> tuple[list[_Row], str]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as handle:
            lines = list(csv.reader(handle))
    except OSError as error:
        raise InputError(
            f"the file cannot be read: {error.strerror or error}", file=str(path), hint="May this account read it?"
        ) from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"the file is no CSV in UTF-8: {error}", file=str(path), hint=_FORM) from error
    head = [cell.strip().lower() for cell in lines[0]] if lines else []
    if not set(COLUMNS[:3]) <= set(head):
        raise InputError("columns are missing", file=str(path), value=", ".join(head), hint=_FORM)
    at = {name: head.index(name) for name in COLUMNS if name in head}
    rows: list[_Row] = []
    source = ""
    for number, line in enumerate(lines[1:], start=2):
        cells = {name: line[place].strip() if place < len(line) else "" for name, place in at.items()}
        if not any(cells.values()):
            continue
        source = source or cells.get("source", "")
        first, last = (_day(cells[name], path, number, name) for name in ("start", "end"))
        row = _Row(number, first, last, "".join(c if c.isprintable() else " " for c in cells["name"]))
        if last < first:
            raise _wrong(path, row, "it ends before it starts")
        rows.append(row)
    return sorted(rows, key=lambda row: row.first), source


def _day(text: str, path: Path, number: int, column: str) -> date:
    for form in _FORMS:
        with suppress(ValueError):
            return datetime.strptime(text, form).date()
    raise InputError(
        "this is no day", file=str(path), row=number, column=column, value=text,
        hint="A day is written 2025-09-03 or 03/09/2025.",
    )  # fmt: skip


def _weekdays(first: date, last: date) -> tuple[date, date] | None:
    """Monday to Friday of a gap."""
    while first <= last and first.weekday() >= _SATURDAY:
        first += _DAY
    while first <= last and last.weekday() >= _SATURDAY:
        last -= _DAY
    return (first, last) if first <= last else None


def _wrong(path: Path, row: _Row, message: str) -> InputError:
    return InputError(message, file=str(path), row=row.number, value=row.name, hint=_FORM)


def terms_lines(area_file: Path, school: School, found: TermsFile) -> Sequence[str]:
    """Tell what an import of terms did."""
    known = school.known_to
    span = f"{found.terms[0].first} to {found.terms[-1].last}"
    lines = [
        f"{len(found.terms)} terms, {span}; kept in {kept_beside(area_file)}.",
        f"Term dates are known to {known}; later ones are assumed, and marked so." if known else "",
        "Passed over, as they are no term: " + ", ".join(found.passed_over) + "." if found.passed_over else "",
    ]
    return [line for line in lines if line]
