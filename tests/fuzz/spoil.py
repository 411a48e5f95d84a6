"""Spoiling good input: bytes, tables, trees, archives and databases, each by a passed source of chance.

What makes chance is a ``random.Random``; Hypothesis gives one of its own, which it can shrink.
"""

from __future__ import annotations

import csv
import io
import json
import sqlite3
import tempfile
import zipfile
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

WORDS: tuple[str, ...] = (
    "", " ", "0", "-1", "-0.0", "1e308", "1e400", "-1e400", "1e-320", "nan", "NaN", "inf", "-inf", "Infinity", "NaT",
    "null", "None", "true", "[]", "{}", "9" * 400, "9" * 5000, str(2**63), str(2**64), "0x10", "1_000", "1,5", "+44",
    "٣", "１２", "−5", "½", "2024-13", "0000-00", "0000-01", "9999-12", "10000-01", "2024-00", "2024-02-30",
    "31/02/2024", "29/02/1900", "0001-01-01", "9999-12-31", "1677-09-20", "2262-04-12", "2024-10-27 01:30", "24:00",
    "12:61", "99:99:99", "1970-01-01T00:00:00Z", "2024-06-01T00:00:00+99:99", "20240601", "45444", "45444.75",
    "-99999999999999", "=cmd|'/c calc'!A1", "<script>alert(1)</script>", "[x](javascript:alert(1))", "{{7*7}}",
    "$x^2$", "\x00", "a\x00b", "\ufeff", "\u202eabc", "\u2028", "\ufffd", "\u0301", "💥", "a" * 70_000, "a" * 140_000,
    '"', '""', '"\n', "\n", "\r", "\t", ",", ";", "../../etc/passwd", "..\\..\\x", "/etc/passwd", "C:\\x", "CON",
    "%s%n", "%00", "POINT (340000 390000)", "POINT EMPTY", "POINT (1e400 5)", "SRID=4326;POINT(-2.8 53.4)", "SJ 4 9",
    "SJ4290", "ZZ9999", "53.4, -2.83", '{"type":"Point","coordinates":[-2.8,53.4]}',
    '{"type":"Point","coordinates":[1e999,null]}', "L34 1AA", "E05010935", "e05010935",
    "E99999999", "Anti-social behaviour", "merseyside", "Kind & Sons",
    "2024-06", "2024-01",
)  # fmt: skip
VALUES: tuple[Any, ...] = (
    None, True, False, "", [], {}, 0, -1, 1, 2, 1.5, -0.0, 1e308, 1e-320, float("nan"), float("inf"), float("-inf"),
    10**18, 2**63, 2**64, 10**30, 10**400, -(10**400), [None], [[]], [{}], {"": None}, {"a": {"b": []}}, [0, 0],
    "x" * 300, [1, "2"], "\x00", "\ud800",
)  # fmt: skip
NAMES = ("../../x.csv", "/etc/x.csv", "a\x00b", "x" * 300, "CON", "..", ".", "a/../../b.shp", "C:\\x.csv", "\u202e.csv")
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "latin-1", "cp1252", "cp037")


@dataclass(frozen=True)
class Sample:
    """An input: its name as a file, its bytes, and how many rows of data it has, where that is certain."""

    name: str
    raw: bytes
    rows: int | None = None


Spoil = Callable[[Random, Sample], Sample]


def words(rng: Random) -> str:
    """Give a text that somebody might find in a cell."""
    return rng.choice(WORDS) if rng.random() < 0.9 else "".join(chr(rng.randrange(1, 0x2FF)) for _ in range(9))


def value(rng: Random) -> Any:
    """Give a value that JSON can hold, or almost."""
    return rng.choice(VALUES) if rng.random() < 0.6 else words(rng)


# --- bytes ------------------------------------------------------------------------------------------------------------
def raw_bytes(rng: Random, raw: bytes) -> bytes:
    """Change a few bytes: flip, set, cut, double, insert, shuffle, end early."""
    found = bytearray(raw)
    for _ in range(rng.choice((1, 1, 1, 2, 3, 8))):
        size = len(found)
        at = rng.randrange(size) if size else 0
        span = rng.choice((1, 2, 4, 16, 100, 1000))
        match rng.randrange(8):
            case 0 if size:
                found[at] ^= 1 << rng.randrange(8)
            case 1 if size:
                found[at] = rng.choice((0, 1, 0x7F, 0x80, 0xFF, 0x0A, 0x22, 0x2C, rng.randrange(256)))
            case 2:
                del found[at : at + span]
            case 3:
                found[at:at] = found[at : at + span]
            case 4:
                found[at:at] = bytes(rng.randrange(256) for _ in range(min(span, 16)))
            case 5:
                del found[at:]
            case 6 if size:
                to = rng.randrange(size)
                found[to : to + span] = found[at : at + span]
            case 7 if size:
                width = rng.choice((2, 4, 8))
                number = rng.choice((0, 1, 2**15, 2**16 - 1, 2**31 - 1, 2**31, 2**32 - 1, 2**63 - 1))
                found[at : at + width] = (number % 2 ** (8 * width)).to_bytes(width, rng.choice(("little", "big")))
    return bytes(found)


def any_bytes(rng: Random, one: Sample) -> Sample:
    """Spoil a file of any form."""
    return Sample(one.name, raw_bytes(rng, one.raw))


# --- tables -----------------------------------------------------------------------------------------------------------
def table(rng: Random, one: Sample) -> Sample:
    """Spoil a CSV: its bytes, its cells, its columns, or how it is written."""
    if rng.random() < 0.25:
        return any_bytes(rng, one)
    try:
        rows = list(csv.reader(io.StringIO(one.raw.decode("utf-8-sig", "replace"), newline="")))
    except csv.Error:  # spoiled before
        return any_bytes(rng, one)
    for _ in range(rng.choice((1, 1, 2, 5, 20))):
        _spoil_rows(rng, rows)
    out = io.StringIO(newline="")
    form: dict[str, Any] = {"lineterminator": rng.choice(("\n", "\n", "\r\n", "\r"))}
    plain = rng.random() < 0.7
    if not plain:
        form |= {"delimiter": rng.choice(",;\t|"), "quoting": rng.choice((csv.QUOTE_ALL, csv.QUOTE_MINIMAL))}
    csv.writer(out, **form).writerows(rows)
    encoding = "utf-8" if plain else rng.choice(ENCODINGS)
    held = sum(1 for row in rows[1:] if any(cell.strip() for cell in row))
    sure = plain and not any("\r" in cell for row in rows for cell in row)  # Python 3.11 does not quote it
    return Sample(one.name, out.getvalue().encode(encoding, "replace"), held if sure else None)


def _spoil_rows(rng: Random, rows: list[list[str]]) -> None:
    if not rows:
        rows.append([words(rng)])
    at = rng.randrange(len(rows))
    row = rows[at]
    column = rng.randrange(len(rows[0])) if rows[0] else 0
    match rng.randrange(14):
        case 0 | 1 | 2 | 3 | 4 | 5 if row:
            row[rng.randrange(len(row))] = words(rng)
        case 6:
            text = words(rng)
            for each in rows[1:]:
                if column < len(each):
                    each[column] = text
        case 7:
            del rows[at]
        case 8:
            rows.insert(rng.randrange(len(rows) + 1), list(row))
        case 9:
            row.extend([words(rng)] * rng.choice((1, 2, 50)))
        case 10:
            del row[rng.randrange(len(row) + 1) :]
        case 11:
            for each in rows:
                del each[column : column + 1]
        case 12:
            for each in rows:
                each[column:column] = each[column : column + 1]
        case 13 if rows[0]:
            rows[0][column] = rng.choice((words(rng), rng.choice(rows[0]), rows[0][column].upper()))


# --- trees ------------------------------------------------------------------------------------------------------------
def _places(node: Any, here: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [here]
    if isinstance(node, dict):
        for key, part in node.items():
            found += _places(part, (*here, key))
    elif isinstance(node, list):
        for key in (0, len(node) // 2, len(node) - 1) if len(node) > 8 else range(len(node)):
            found += _places(node[key], (*here, key))
    return found


def spoil_tree(rng: Random, node: Any, made: Callable[[Random], Any] = value) -> Any:
    """Change a few places of a tree of lists and tables: other values, gone, doubled, renamed, wrapped, exchanged."""
    for _ in range(rng.choice((1, 1, 1, 2, 4))):
        every = _places(node)
        place = rng.choice(every)
        if not place:
            if rng.random() < 0.1:
                node = made(rng)
            continue
        holder, key = node, place[-1]
        for step in place[:-1]:
            holder = holder[step]
        match rng.randrange(8):
            case 0 | 1 | 2 | 3:
                holder[key] = made(rng)
            case 4:
                del holder[key]
            case 5:
                if isinstance(holder, list):
                    holder.insert(key, holder[key])
                else:
                    holder[words(rng)] = holder.pop(key)
            case 6:
                holder[key] = rng.choice(([holder[key]], {"a": holder[key]}, str(holder[key])[:200]))
            case 7:
                other = node
                for step in rng.choice(every):
                    other = other[step]
                holder[key] = json.loads(json.dumps(other, default=str))
    return node


def tree(rng: Random, one: Sample) -> Sample:
    """Spoil a JSON file: its text or its values."""
    chance = rng.random()
    if chance < 0.2:
        return any_bytes(rng, one)
    if chance < 0.22:
        deep = rng.choice((50, 900, 100_000))
        return Sample(one.name, rng.choice((b"[", b'{"a":')) * deep)
    node = spoil_tree(rng, json.loads(one.raw))
    text = json.dumps(node, ensure_ascii=rng.random() < 0.9)
    return Sample(one.name, text.encode(rng.choice(("utf-8",) * 9 + ("utf-16",)), "surrogatepass"))


def toml_text(table: Any) -> str:
    """Write a table as TOML, as far as TOML has its values."""
    if not isinstance(table, dict):
        return str(table)
    return "".join(f"{json.dumps(str(key))} = {_toml(part)}\n" for key, part in table.items() if part is not None)


def _toml(part: Any) -> str:
    if isinstance(part, dict):
        inner = ", ".join(f"{json.dumps(str(key))} = {_toml(one)}" for key, one in part.items() if one is not None)
        return "{" + inner + "}"
    if isinstance(part, list | tuple):
        return "[" + ", ".join(_toml(one) for one in part if one is not None) + "]"
    if isinstance(part, bool):
        return "true" if part else "false"
    if isinstance(part, str):
        return json.dumps(part, ensure_ascii=True) if part.isprintable() else json.dumps(repr(part))
    return str(part)


# --- archives ---------------------------------------------------------------------------------------------------------
def archive(inner: Spoil) -> Spoil:
    """Give what spoils a zip: its bytes, its members by ``inner``, their names, their packing, their number."""

    def spoil(rng: Random, one: Sample) -> Sample:
        if rng.random() < 0.3:
            return any_bytes(rng, one)
        with zipfile.ZipFile(io.BytesIO(one.raw)) as opened:
            members = [[info.filename, opened.read(info)] for info in opened.infolist() if not info.is_dir()]
        for _ in range(rng.choice((1, 1, 2))):
            _spoil_members(rng, members, inner)
        out = io.BytesIO()
        how = rng.choice((zipfile.ZIP_DEFLATED,) * 20 + (zipfile.ZIP_STORED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA))
        with zipfile.ZipFile(out, "w", how) as made:
            for name, raw in members:
                with suppress(UserWarning):
                    made.writestr(zipfile.ZipInfo(name.partition("\x00")[0] or "x"), raw, how)
        raw = out.getvalue()
        if rng.random() < 0.05:  # each member says that it is encrypted
            raw = raw.replace(b"PK\x01\x02\x14\x03\x14\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01")
        return Sample(one.name, raw)

    return spoil


def _spoil_members(rng: Random, members: list[list[Any]], inner: Spoil) -> None:
    at = rng.randrange(len(members)) if members else 0
    chance = rng.randrange(20)
    if not members or chance == 0:
        members.append([rng.choice(NAMES), b"x" * rng.choice((0, 5, 5000))])
    elif chance == 1:
        del members[at]
    elif chance == 2:
        members[at][0] = rng.choice((*NAMES, rng.choice(members)[0], members[at][0].upper()))
    elif chance == 3:
        members.append(list(members[at]))
    elif chance == 4 and rng.random() < 0.3:
        members[at][1] += b"\n" * 30_000_000
    elif chance == 5:
        members[at][1] = b""
    else:
        members[at][1] = inner(rng, Sample(members[at][0], members[at][1])).raw


# --- databases --------------------------------------------------------------------------------------------------------
def database(rng: Random, one: Sample) -> Sample:
    """Spoil an SQLite file (plans, GeoPackage): its bytes, or values, tables and columns by its own means."""
    if rng.random() < 0.4:
        return any_bytes(rng, one)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "db"
        path.write_bytes(one.raw)
        with closing(sqlite3.connect(path, isolation_level=None)) as db:
            for name, text in db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall():
                db.execute(f'DROP TRIGGER "{name}"') if text else None
            for _ in range(rng.choice((1, 1, 2, 3))):
                with suppress(sqlite3.Error, OverflowError, UnicodeError):
                    _spoil_rows_of(rng, db)
        return Sample(one.name, path.read_bytes())


def _spoil_rows_of(rng: Random, db: sqlite3.Connection) -> None:
    listed = [str(row[0]) for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    tables = [name for name in listed if not name.startswith(("sqlite_", "rtree"))]
    name = rng.choice(tables)
    columns = [str(row[1]) for row in db.execute(f'PRAGMA table_info("{name}")')]
    column = rng.choice(columns)
    rows = [row[0] for row in db.execute(f'SELECT rowid FROM "{name}"').fetchall()]  # noqa: S608  a test's own names
    chance = rng.randrange(20)
    if chance == 0:
        db.execute(f'DROP TABLE "{name}"')
    elif chance == 1:
        db.execute(f'ALTER TABLE "{name}" RENAME COLUMN "{column}" TO "other"')
    elif chance == 2:
        db.execute(f'ALTER TABLE "{name}" DROP COLUMN "{column}"')
    elif chance == 3:
        db.execute(f"PRAGMA {rng.choice(('user_version', 'application_id'))} = {rng.choice((0, 1, 99, -5, 2**31 - 1))}")
    elif rows:
        row = rng.choice(rows)
        if chance == 4:
            db.execute(f'DELETE FROM "{name}" WHERE rowid = ?', (row,))  # noqa: S608  a test's own names
            return
        old = db.execute(f'SELECT "{column}" FROM "{name}" WHERE rowid = ?', (row,)).fetchone()[0]  # noqa: S608  a test's own names
        where = "" if chance == 5 else " WHERE rowid = :row"
        db.execute(f'UPDATE "{name}" SET "{column}" = :new{where}', {"new": _other(rng, old), "row": row})  # noqa: S608  a test's own names


def _other(rng: Random, old: Any) -> Any:
    if isinstance(old, bytes) and rng.random() < 0.8:
        return raw_bytes(rng, old)
    if isinstance(old, str) and rng.random() < 0.9:
        with suppress(ValueError):
            return json.dumps(spoil_tree(rng, json.loads(old)))
    if rng.random() < 0.3:
        return rng.choice((None, -1, 2**62, 1e308, float("inf"), b"\xff\x00", "x"))
    return words(rng)


def of(*ways: Spoil) -> Spoil:
    """Give what spoils in one of several ways."""
    return lambda rng, one: rng.choice(ways)(rng, one)


def by_ending(ways: dict[str, Spoil], other: Spoil = any_bytes) -> Spoil:
    """Give what spoils a file by how its name ends."""

    def spoil(rng: Random, one: Sample) -> Sample:
        return ways.get(one.name.rpartition(".")[2].lower(), other)(rng, one)

    return spoil


def text_of(rng: Random, one: Sample, texts: Sequence[str] = WORDS) -> Sample:
    """Spoil a text file: a line gone, doubled, moved, or with words in it that are not its own."""
    if rng.random() < 0.3:
        return any_bytes(rng, one)
    lines = one.raw.decode("utf-8", "replace").splitlines()
    for _ in range(rng.choice((1, 1, 2, 4))):
        at = rng.randrange(len(lines)) if lines else 0
        match rng.randrange(5):
            case 0:
                del lines[at : at + rng.choice((1, 1, 5))]
            case 1:
                lines[at:at] = lines[at : at + 1]
            case 2 if lines:
                lines[at] += rng.choice(texts)
            case 3 if lines:
                head, sign, _ = lines[at].partition("=")
                lines[at] = f"{head}{sign} {rng.choice((json.dumps(rng.choice(texts)), rng.choice(texts)))}"
            case 4 if lines:
                lines[at], lines[-1] = lines[-1], lines[at]
    return Sample(one.name, "\n".join(lines).encode("utf-8", "replace"))
