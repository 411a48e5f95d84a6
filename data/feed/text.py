"""A partner's file of text as rows: CSV in the encodings and with the delimiters that offices use."""

from __future__ import annotations

import csv
import io

from data.feed.geojson import read_geojson
from data.feed.records import MOST_ROWS, TOP, Records, bare
from data.store.collected_errors import unmatched_quotes
from geo.errors import InputError

_BOM = b"\xef\xbb\xbf"
_DELIMITERS = (",", ";", "\t", "|")


def read_text(name: str, raw: bytes) -> Records:
    """Read rows of a CSV.

    Raises
    ------
    InputError
        Not a table, damaged, empty, too long.
    """
    text, notes = _decoded(name, raw)
    if not text.strip("\ufeff \t\r\n"):  # nothing but the mark of its encoding
        raise InputError("the file is empty", file=name, hint="Save or send it again.")
    start = text[:300].lstrip().lower()
    if start.startswith(("<!doctype", "<html", "<?xml", "<head", "%pdf")):
        raise InputError("this is not a table", file=name, value=text[:60], hint="Give a CSV or an Excel workbook.")
    if start.startswith(("{", "[{")):
        return read_geojson(name, text)
    delimiter = _delimiter(text)
    if delimiter != ",":
        notes = (*notes, f"columns are parted by {'tabs' if delimiter == chr(9) else delimiter!r}")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    lines: list[int] = []
    records: list[list[str]] = []
    end = empty = 0
    ascii_only = text.isascii()
    try:
        for record in reader:
            start_line, end = end + 1, reader.line_num
            cells = [cell.strip() for cell in record] if ascii_only else [bare(cell) for cell in record]
            if any(cells):
                lines.append(start_line)
                records.append(cells)
                empty = 0
            elif records and len(cells) > 1:
                empty += 1
            if len(records) > MOST_ROWS:
                raise InputError("the file has too many rows", file=name, hint=f"At most {MOST_ROWS:,}: split it.")
    except csv.Error as error:
        raise unmatched_quotes(name, end + 1, error, "save it as CSV") from error
    if not records:
        raise InputError("the file is empty", file=name, hint="Save or send it again.")
    if empty:
        notes = (*notes, f"{empty:,} empty row{'s' if empty > 1 else ''} at the end passed over")
    return Records(lines, records, [frozenset()] * len(records), notes)


def _decoded(name: str, raw: bytes) -> tuple[str, tuple[str, ...]]:
    if raw[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        try:
            return raw.decode("utf-16"), ("read as UTF-16",)
        except UnicodeDecodeError as error:
            raise InputError("the text is damaged UTF-16", file=name, hint="Save it as CSV in UTF-8.") from error
    if mute := _without_mark(raw):
        return mute, ("read as UTF-16, which the file does not say that it is",)
    if b"\0" in raw:
        raise InputError("there is a NUL byte in the text", file=name, hint="The file is damaged or not a CSV.")
    raw = raw.removeprefix(_BOM)
    try:
        return raw.decode("utf-8"), ()
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace"), ("the text is not UTF-8: read as Windows-1252",)


def _without_mark(raw: bytes) -> str:
    """Text of UTF-16 that lost the mark at its start, known by every other byte being 0; empty for anything else."""
    start = raw[:2_000]
    for code, zeros in (("utf-16-le", start[1::2]), ("utf-16-be", start[::2])):
        if len(raw) % 2 == 0 and zeros.count(0) > 0.9 * len(zeros) and start.count(0) <= 0.6 * len(start):
            try:
                return raw.decode(code)
            except UnicodeDecodeError:
                return ""
    return ""


def _delimiter(text: str) -> str:
    lines = [line for line in text[:20_000].splitlines()[:TOP] if line.strip()]
    return max(_DELIMITERS, key=lambda mark: (sorted(line.count(mark) for line in lines)[len(lines) // 2], mark == ","))
