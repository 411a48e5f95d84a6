"""How a published file is laid out: its bytes as text, what parts its columns, its header, and files that are another.

A file as published is UTF-8 with commas. What a spreadsheet makes of one when it saves it again (UTF-16, semicolons or
tabs, a line that says so, empty columns at the end) is known by its header, which then names every column.
"""

from __future__ import annotations

import csv
import difflib
import re
from dataclasses import dataclass

from data.store.collected_errors import collect
from data.store.months import AGAIN
from geo.errors import InputError

NEEDED: tuple[str, ...] = (
    "Crime ID",
    "Month",
    "Reported by",
    "Falls within",
    "Longitude",
    "Latitude",
    "Location",
    "LSOA code",
    "Crime type",
    "Last outcome category",
)
SMALL_AREA = "LSOA name"  # read where a file has it, and empty where not
_FIRST_LINE = re.compile(rb"[^\r\n]+")
_SEPARATOR_LINE = re.compile(rb"\"?sep=([,;|\t])\"?[ \t;,]*(?:\r\n|\r|\n)", re.IGNORECASE)  # a spreadsheet's own
_BOM = b"\xef\xbb\xbf"
_DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
_LOOKED_AT = 64  # bytes by which UTF-16 without a mark is known: every other one is null

# Other files of data.police.uk by columns that only they have: what they are, and what to do.
_OTHERS: tuple[tuple[frozenset[str], str, str], ...] = (
    (
        frozenset({"Type", "Date", "Legislation", "Object of search"}),
        "this is a stop-and-search file, not a street-level one: it holds searches by the police, not incidents",
        "Load it as a dated feed: python -m data import-feed FILE. A street-level file is called "
        "YYYY-MM-FORCE-street.csv.",
    ),
    (
        frozenset({"Crime ID", "Month", "Outcome type"}),
        "this is an outcomes file, not a street-level one: it holds what became of crimes, not the crimes",
        "It is not needed: the street-level file, YYYY-MM-FORCE-street.csv, has the last outcome of each crime.",
    ),
    (
        frozenset({"Force", "Neighbourhood", "All crime"}),
        "this is a file of counts by neighbourhood, not a street-level one: it holds no single incident",
        "Download street-level crime: files called YYYY-MM-FORCE-street.csv.",
    ),
    (
        frozenset({"Month", "Easting", "Northing", "Crime type"}),
        "this is a street-level file in the form of before 2013, with eastings and northings",
        "Download the same months from the archive of data.police.uk: it has them in the form of today.",
    ),
)


@dataclass(frozen=True)
class Layout:
    """How the table stands in the text.

    Attributes
    ----------
    header : tuple of str
        All columns in the order of the file, without blanks around their names and without empty ones at the end.
    delimiter : str
    skipped : int
        Bytes before the header: a line that names the delimiter.
    wrapped : bool
        Each line is one quoted field that holds the whole record.
    names_as_published : bool
        No name had blanks around it, and no empty columns follow.
    """

    header: tuple[str, ...]
    delimiter: str = ","
    skipped: int = 0
    wrapped: bool = False
    names_as_published: bool = True

    @property
    def as_published(self) -> bool:
        """Whether nothing has to be undone."""
        return self.names_as_published and self.delimiter == "," and not self.skipped and not self.wrapped

    @property
    def notes(self) -> tuple[str, ...]:
        """Say what is undone."""
        found = (
            (f"columns parted by {_DELIMITERS[self.delimiter]}, not by commas", self.delimiter != ","),
            ("each line quoted as a whole", self.wrapped),
            ("empty columns at the end, or blanks around the names of columns", not self.names_as_published),
        )
        return tuple(note for note, holds in found if holds)


def decoded(name: str, raw: bytes) -> tuple[bytes, tuple[str, ...]]:
    """Give the text of a file in UTF-8 without a mark at its start, and say what was undone for it.

    Parameters
    ----------
    name : str
        The file as reports name it.
    raw : bytes

    Raises
    ------
    InputError
        Empty, a web page, neither UTF-8 nor UTF-16, a NUL in the text.
    """
    raw = raw.removeprefix(_BOM)
    notes: tuple[str, ...] = ()
    coding = _utf_16(raw)
    if coding:
        try:
            raw = raw.decode(coding).encode("utf-8").removeprefix(_BOM)
        except UnicodeError as error:
            what = "the file looks like UTF-16 and is cut off or damaged"
            raise InputError(what, file=name, value=str(error)[:80], hint=AGAIN) from error
        notes = ("text in UTF-16, not in UTF-8",)
    _check_bytes(name, raw)
    return raw, notes


def _utf_16(raw: bytes) -> str:
    """Tell the coding by its mark, or by its nulls: every letter of English has one in its pair of bytes."""
    if raw[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return "utf-16"
    start = raw[:_LOOKED_AT]
    if len(start) == _LOOKED_AT and start.count(0) == _LOOKED_AT // 2:
        if not any(start[1::2]):
            return "utf-16-le"
        if not any(start[::2]):
            return "utf-16-be"
    return ""


def _check_bytes(name: str, raw: bytes) -> None:
    if not raw or raw.isspace():
        raise InputError("the file is empty", file=name, hint="Download it again.")
    start = raw[:512].lstrip().lower()
    if start.startswith((b"<!doctype", b"<html", b"<?xml", b"<head", b"<!--")):
        raise InputError(
            "this is a web page saved as a CSV",
            file=name,
            value=raw[:60].decode("utf-8", "replace"),
            hint="Download the data itself: the page may be a login or an error message.",
        )
    if b"\0" in raw:
        place = raw.index(b"\0")
        raise InputError(
            "there is a NUL byte in the text",
            file=name,
            row=_line_of(raw, place),
            value=f"byte {place:,}",
            hint="The file is damaged or not a CSV: download it again.",
        )
    if raw.isascii():
        return
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(
            "the text is not UTF-8",
            file=name,
            row=_line_of(raw, error.start),
            value=f"byte 0x{raw[error.start]:02x} at {error.start:,}",
            hint=f"It was probably saved in Latin-1 (Windows) by another program. {AGAIN}",
        ) from error


def _line_of(raw: bytes, place: int) -> int:
    return len(raw[: place + 1].splitlines())


def layout_of(name: str, raw: bytes) -> Layout:
    """Find the header and what parts its columns.

    Parameters
    ----------
    name : str
        The file as reports name it.
    raw : bytes
        Of :func:`decoded`.

    Raises
    ------
    InputError
        Another file of data.police.uk, which is named; a column missing or there twice; no line of CSV.
    """
    marked = _SEPARATOR_LINE.match(raw)
    skipped = marked.end() if marked else 0
    found = _FIRST_LINE.search(raw, skipped)
    first = found[0].decode("utf-8") if found else ""
    row = 2 if skipped else 1
    try:
        header, delimiter, wrapped = _parted(first)
    except csv.Error as error:
        raise InputError(
            "the header is not a line of CSV",
            file=name,
            row=row,
            value=str(error),
            hint="Put the header into the first line.",
        ) from error
    plain = tuple(column.strip() for column in header)
    while plain and not plain[-1]:
        plain = plain[:-1]
    for columns, what, hint in _OTHERS:
        if columns <= set(plain) and not set(NEEDED) <= set(plain):
            raise InputError(what, file=name, hint=hint)
    _check_names(name, row, plain)
    return Layout(plain, delimiter, skipped, wrapped, plain == header)


def _parted(line: str) -> tuple[tuple[str, ...], str, bool]:
    """Part the first line by whatever gives most of the columns that are needed; by commas where nothing does.

    Raises
    ------
    csv.Error
        No way of parting it leaves a line of CSV.
    """
    ways: list[tuple[tuple[str, ...], str, bool]] = []
    wrong: list[csv.Error] = []

    def known(way: tuple[tuple[str, ...], str, bool]) -> int:
        return len(set(NEEDED) & {column.strip() for column in way[0]})

    def add(text: str, delimiter: str, *, wrapped: bool) -> None:
        try:
            ways.append((tuple(next(csv.reader([text], delimiter=delimiter, strict=True), ())), delimiter, wrapped))
        except csv.Error as error:  # the marks of quotation stand as another delimiter has them
            wrong.append(error)

    for delimiter in _DELIMITERS:
        if delimiter == "," or (delimiter in line and max(map(known, ways), default=0) < len(NEEDED)):
            add(line, delimiter, wrapped=False)
    inner = next((way[0][0] for way in ways if len(way[0]) == 1 and way[0][0] != line), "")
    for delimiter in _DELIMITERS:
        if delimiter in inner:
            add(inner, delimiter, wrapped=True)
    if not ways:
        raise wrong[0]
    return max(ways, key=known)


def _check_names(name: str, row: int, header: tuple[str, ...]) -> None:
    missing = [column for column in NEEDED if column not in header]
    with collect() as problems:
        for column in missing:
            near = _nearest(column, [other for other in header if other not in NEEDED])
            problems.add(
                InputError(
                    "a column is missing",
                    file=name,
                    row=row,
                    column=column,
                    value=near,
                    hint=f"Is {near!r} meant? Name it {column!r}." if near else "Import the file as published.",
                )
            )
        for column in NEEDED:
            if header.count(column) > 1:
                problems.add(
                    InputError(
                        "a column is there twice",
                        file=name,
                        row=row,
                        column=column,
                        hint="Leave one of the two columns out.",
                    )
                )


def _nearest(column: str, others: list[str]) -> str | None:
    by_folded = {re.sub(r"[^a-z]", "", other.lower()): other for other in others}
    near = difflib.get_close_matches(re.sub(r"[^a-z]", "", column.lower()), list(by_folded), n=1, cutoff=0.6)
    return by_folded[near[0]] if near else None
